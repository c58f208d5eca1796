"""The house rules that a machine can check."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCES = sorted((ROOT / "advisor").rglob("*.py"))
ENGINE = [path for path in SOURCES if path.relative_to(ROOT / "advisor").parts[0] != "ui"]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module.split(".")[0], node.module}
    return names


@pytest.mark.parametrize("path", ENGINE, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_ui_knows_streamlit(path):
    assert not imported(path) & {"streamlit", "altair"}
    assert not any(name.startswith("advisor.ui") for name in imported(path))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_readable(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_functions_fit_a_screen(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{node.name} is {node.end_lineno - node.lineno} lines long"


def test_pure_engine_reads_no_files():
    """Only loading and file parsing touch the file system."""
    may_read = {"load.py", "reading.py", "scenario_io.py", "questions.py", "cli.py"}
    for path in ENGINE:
        if path.name not in may_read:
            source = path.read_text(encoding="utf-8")
            assert "open(" not in source, path
            assert "read_text" not in source, path
