"""Hostile and broken files: our refusal or a result, never another exception, never a hang."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.importers import Document, ImportRefusedError, import_documents, read_document
from advisor.importers.as_dict import imported_as_dict
from advisor.importers.document import MAX_BYTES, MAX_DEPTH
from advisor.importers.values import number
from tests.importers import own_files as files

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.just("1e309"),
    st.just(10**400),
    st.just(-1.0),
)


def outcome(raw, name="x.json", **given_):
    (result,) = import_documents([Document(name, raw, given_)])
    assert (result.refusal is None) == bool(
        result.found.runs or result.found.offers or result.found.bill or result.found.probe
    )
    json.dumps(imported_as_dict(result))
    return result


@given(st.binary(max_size=2000))
def test_any_bytes(raw):
    outcome(raw)


@given(st.binary(max_size=300))
def test_any_bytes_behind_a_workbooks_magic(raw):
    outcome(b"PK\x03\x04" + raw)


def paths(value, prefix=()):
    """Places in nested data."""
    yield prefix
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*prefix, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


JSON_FILES = [json.loads(text) for text in files.ALL.values() if text[:1] in "{[" and "\n{" not in text and text[:2] != "[0"]


@settings(max_examples=150)
@given(st.data())
def test_any_value_in_any_place(data):
    """Every JSON format with a few of its values replaced by something else."""
    value = data.draw(st.sampled_from(JSON_FILES))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(value))))
        new = data.draw(
            st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(max_size=3), SCALARS, max_size=2))
        )
        value = replaced(value, path, new)
    outcome(json.dumps(value).encode())


@settings(max_examples=150)
@given(st.sampled_from(sorted(files.ALL)), st.integers(0, 5000), st.integers(0, 40), st.text(max_size=12))
def test_any_cut_or_insertion(kind, at, length, inserted):
    """Every format with a piece cut out and something else put in."""
    text = files.ALL[kind]
    at = at % (len(text) + 1)
    changed = (text[:at] + inserted + text[at + length :]).encode("utf-8", "replace")
    outcome(changed, seconds=10.0)


@given(st.lists(st.lists(st.text(max_size=10), max_size=6), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_any_table(rows, delimiter):
    outcome("\n".join(delimiter.join(row) for row in rows).encode("utf-8", "replace"))


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"b":'])
def test_deep_nesting_is_refused_at_once(opening):
    started = time.monotonic()
    result = outcome((opening * 2_000_000).encode())
    assert f"more than {MAX_DEPTH} levels" in result.refusal or "JSON values" in result.refusal
    assert time.monotonic() - started < 10


def test_strings_full_of_brackets_are_not_nested():
    assert outcome(json.dumps(files.vllm(label="[" * 500 + '"' + "{" * 500)).encode()).refusal is None


def test_too_many_values_are_refused_before_they_are_parsed():
    assert "JSON values" in outcome(b"[" + b"0," * 5_000_000 + b"0]").refusal


def test_fifty_megabytes_are_refused(tmp_path):
    with pytest.raises(ImportRefusedError, match="larger than 50 MB"):
        Document("x", b" " * (MAX_BYTES + 1))
    path = tmp_path / "big.json"
    with path.open("wb") as handle:
        handle.truncate(MAX_BYTES + 1)
    with pytest.raises(ImportRefusedError, match="larger than 50 MB"):
        read_document(path)
    with pytest.raises(ImportRefusedError, match="cannot be read"):
        read_document(tmp_path / "absent.json")


@pytest.mark.parametrize(
    "value", ["nan", "inf", "1e999", "1_000", "٣", "", "--1", "0x10", True, None, [], 10**400, float("nan")]
)
def test_what_is_no_number(value):
    assert number(value) is None


@pytest.mark.parametrize(
    ("value", "expected"), [("1,146.31", 1146.31), ("8.0", 8), (" $2.5 ", 2.5), ("1e3", 1000), (".5", 0.5)]
)
def test_numbers_as_they_are_written(value, expected):
    assert number(value) == expected


def test_other_encodings():
    text = files.GENAI_CSV
    for encoding in ("utf-8-sig", "utf-16"):
        assert outcome(text.encode(encoding)).found.runs[0].total_tok_s == pytest.approx(1440)
    assert "neither UTF-8" in outcome(b"\xc3\x28\xff").refusal


LONG = [
    " " * 100_000,
    "e" * 100_000,
    "(" * 100_000,
    "{" * 50_000 + "} " * 50_000,
    "[ " * 60_000,
    "a2-" * 40_000,
    "1" * 100_000,
]


@pytest.mark.parametrize("kind", sorted(files.ALL))
def test_long_cells_take_no_long_time(kind):
    """Nothing an importer looks for may cost more than reading the text once."""
    text = files.ALL[kind]
    started = time.monotonic()
    for piece in LONG:
        for place in (0.1, 0.5, 0.9):
            at = int(len(text) * place)
            outcome((text[:at] + piece + text[at:]).encode(), seconds=10.0)
    assert time.monotonic() - started < 20
