"""Run every command the README shows and put what it prints in its place: ``python docs/readme_examples.py``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"```console\n\$ (.*)\n((?:.*\n)*?)```")


def main() -> None:
    """Rewrite README.md."""
    with tempfile.TemporaryDirectory() as folder:
        wrapper = Path(folder) / "advisor"
        wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m advisor "$@"\n')
        wrapper.chmod(0o755)
        environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

        def rerun(found: re.Match[str]) -> str:
            done = subprocess.run(
                ["bash", "-c", found[1]], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
            )
            return f"```console\n$ {found[1]}\n{done.stdout}```"

        path = ROOT / "README.md"
        path.write_text(BLOCK.sub(rerun, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
