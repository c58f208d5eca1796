"""Driving a page under AppTest: open, press, find a field by the start of its label."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

TIMEOUT = 60


def open_app(**query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
    for name, value in query.items():
        test.query_params[name] = value
    return clean(test.run())


def open_page(name: str, **query: str) -> AppTest:
    script = f"from advisor.ui import draw\ndraw({name!r})\n"
    test = AppTest.from_string(script, default_timeout=TIMEOUT)
    for key, value in query.items():
        test.query_params[key] = value
    return clean(test.run())


def clean(test: AppTest) -> AppTest:
    assert not test.exception, test.exception
    return test


def press(test: AppTest, label: str) -> AppTest:
    return clean(named(test.button, label, whole=True).click().run())


def named(elements, label: str, *, whole: bool = False):
    for element in elements:
        if element.label == label or (not whole and element.label.startswith(label)):
            return element
    raise AssertionError(f"no {label!r} among {[element.label for element in elements]}")


def field(test: AppTest, label: str):
    return named(test.number_input, label)


def token(test: AppTest) -> str:
    value = test.query_params["s"]
    return value[0] if isinstance(value, list) else value


def step(test: AppTest) -> str:
    return test.caption[0].value.split(" &nbsp;")[0].strip()


def shown(test: AppTest) -> list[str]:
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error, test.subheader, test.header)
    return [element.value for kind in kinds for element in kind]
