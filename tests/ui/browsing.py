"""A real Chromium on the running app: the server, contexts whose faults are collected, waiting and walking."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.conftest import ROOT

IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
START_SECONDS = 30
FRAMEWORK_404 = ("/_stcore/health", "/_stcore/host-config")
"""On a page's own address Streamlit first asks below it (/compare/_stcore/health), is told 404, then asks the root."""


@contextmanager
def serving() -> Iterator[str]:
    """The app on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ADVISOR")}
    with subprocess.Popen(
        [*command, "--server.address", "127.0.0.1"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    ) as server:
        url = f"http://127.0.0.1:{port}/"
        try:
            _wait(server, f"{url}_stcore/health")
            yield url
        finally:
            server.terminate()


def _wait(server: subprocess.Popen, health: str) -> None:
    for _ in range(START_SECONDS * 4):
        try:
            with urllib.request.urlopen(health, timeout=1):
                return
        except OSError:
            assert server.poll() is None, "the server stopped"
            time.sleep(0.25)
    raise AssertionError("the app did not start")


def watched(page) -> list[str]:
    """Console errors, exceptions and requests that leave this machine; must stay empty."""
    faults: list[str] = []

    def console(message) -> None:
        path = urlsplit(message.location.get("url", "")).path
        if message.type == "error" and not path.endswith(FRAMEWORK_404):
            faults.append(f"{message.text} {path}")

    def request(sent) -> None:
        if urlsplit(sent.url).hostname not in ("127.0.0.1", "localhost", None):
            faults.append(sent.url)

    page.on("console", console)
    page.on("request", request)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return faults


def settle(page) -> None:
    """Until the script has run and the page is drawn."""
    page.wait_for_timeout(250)
    page.wait_for_selector(IDLE, timeout=60_000)
    page.wait_for_timeout(150)


def press(page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    settle(page)


def verdict(page) -> str:
    return page.locator("h2").first.inner_text()
