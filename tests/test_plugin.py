"""The extension points from outside: a plugin package and a host's own Streamlit app."""

import json
import os
import shutil
import subprocess
import sys
import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

RESULT = """# loadgen result
model: llama-3.3-70b
gpu: Example X1
answers: 96
seconds: 10
tokens in: 9600
tokens out: 4800
at once: 8
ms a token: 20
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The example plugin as an installer leaves it: the package, and its entry points in a dist-info folder."""
    folder = tmp_path_factory.mktemp("site")
    plugin = ROOT / "examples" / "plugin"
    project = tomllib.loads((plugin / "pyproject.toml").read_text())["project"]
    shutil.copytree(plugin / "advisor_example_plugin", folder / "advisor_example_plugin")
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = [f"[{g}]\n" + "\n".join(f"{n} = {v}" for n, v in e.items()) for g, e in project["entry-points"].items()]
    (info / "entry_points.txt").write_text("\n\n".join(groups) + "\n")
    return folder


def advisor(site, *arguments):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{site}"}
    environment.pop("ADVISOR_CATALOG", None)
    command = [sys.executable, "-m", "advisor", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=site)


def test_a_gpu_and_a_price_book_of_a_plugin(site):
    checked = advisor(site, "catalog", "check")
    assert checked.returncode == 0, checked.stderr
    assert "Own catalog example_catalog: 9 records added, 0 replaced." in checked.stdout
    assert "example-x1" in advisor(site, "catalog", "list", "--hardware").stdout
    assert "example-quotes" in advisor(site, "catalog", "list", "--prices").stdout


def test_the_plugins_gpu_is_an_option(site):
    scenario = ROOT / "examples" / "h200-own-benchmark.yaml"
    text = scenario.read_text().replace("hardware: [h200, b200]", "hardware: [example-x1]\n  price: {book: example-quotes}")
    (site / "scenario.yaml").write_text(text)
    done = advisor(site, "recommend", "scenario.yaml", "--json")
    assert done.returncode == 0, done.stderr
    option = next(o for o in json.loads(done.stdout)["options"] if o["id"] == "example-x1:fp8:none")
    assert option["price"]["usd_per_gpu_hour"] == 4.0
    assert option["operating_point"]["grade"] == "modelled"


def test_the_plugins_importer(site):
    (site / "result.txt").write_text(RESULT)
    done = advisor(site, "import", "result.txt", "--gpus", "2", "--json")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["files"][0]["runs"]
    assert (run["tool"], run["gpu"], run["tok_s_per_gpu"], run["interactivity_tok_s_per_user"]) == (
        "loadgen",
        "Example X1",
        720,
        50,
    )


def test_a_plugin_that_fails_is_named(site):
    (site / "advisor_example_plugin" / "loadgen.py").rename(site / "advisor_example_plugin" / "kept.py")
    try:
        broken = "from advisor.importers import Importer\nIMPORTER = Importer('loadgen', lambda d: 1 / 0, None)\n"
        (site / "advisor_example_plugin" / "loadgen.py").write_text(broken)
        done = advisor(site, "import", "result.txt")
        assert done.returncode == 2
        assert "plugin loadgen failed to look at result.txt: ZeroDivisionError" in done.stdout
        assert "Traceback" not in done.stderr
    finally:
        (site / "advisor_example_plugin" / "kept.py").replace(site / "advisor_example_plugin" / "loadgen.py")


def test_without_the_plugin_nothing_of_it_is_there(catalog):
    assert "example-x1" not in catalog.hardware


def host_page():
    """A host that draws its own parts and the advisor on one page."""
    import streamlit as st

    from advisor.ui import draw

    st.set_page_config(page_title="Host")
    st.title("A host's page")
    draw("wizard")


def test_the_wizard_on_a_hosts_page():
    test = AppTest.from_function(host_page, default_timeout=60).run()
    assert not test.exception
    assert test.title[0].value == "A host's page"
    assert any(caption.value.startswith("Step 1") for caption in test.caption)


def test_the_wizard_inside_a_hosts_app():
    test = AppTest.from_file(str(ROOT / "examples" / "host" / "app.py"), default_timeout=60).run()
    assert not test.exception
    assert test.title[0].value == "Capacity planning"
    test.text_input(key="cost_centre").set_value("R&D").run()
    assert not test.exception
