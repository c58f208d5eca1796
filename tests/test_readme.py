"""The README is true: every command it shows prints what it shows, and its Python example runs."""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```console\n\$ (.*)\n((?:.*\n)*?)```", README)


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=lambda text: text.splitlines()[0][:60] if text else "")
def test_commands_print_what_is_shown(command, shown, tmp_path):
    wrapper = tmp_path / "advisor"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m advisor "$@"\n')
    wrapper.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    environment.pop("ADVISOR_CATALOG", None)
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == shown


def test_the_readme_shows_every_example():
    for example in (ROOT / "examples").glob("*.yaml"):
        assert any(example.name in command for command, _ in COMMANDS)


def test_python_example():
    code, printed = re.search(r"```python\n(.*?)```\n\nprints\n\n```text\n(.*?)```", README, re.DOTALL).groups()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README", "exec"), {})
    assert out.getvalue() == printed


@pytest.mark.parametrize(
    "document", ["README.md", "docs/architecture.md", "docs/method.md", "docs/extending.md", "catalogs/README.md"]
)
def test_links_lead_somewhere(document):
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (Path(path.parent) / target).exists(), target
