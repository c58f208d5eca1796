"""Screenshots for the README from the running app: ``python docs/screenshots.py`` (needs Chromium).

Walks the wizard from its first page with an example, then the other pages; 1280 and 390 px, light and dark.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
EXAMPLE = "Support assistant"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
WIDTHS = {"wide": 1280, "narrow": 390}
SCHEMES = ("light", "dark")


def main() -> None:
    """Start the app, take every shot, stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for_server(address)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                for name, width in WIDTHS.items():
                    for scheme in SCHEMES:
                        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
                        for shot, (height, go) in SHOTS.items():
                            page = context.new_page()
                            page.set_viewport_size({"width": width, "height": height if name == "wide" else NARROW_HEIGHT})
                            go(page, address)
                            page.mouse.move(0, 0)
                            page.wait_for_timeout(1200)
                            page.screenshot(path=IMAGES / f"{shot}-{name}-{scheme}.png")
                            page.close()
                        context.close()
        finally:
            server.terminate()


def wait_for_server(address: str) -> None:
    """Until the app answers, for half a minute."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{address}_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the app did not start")


def settle(page: Page) -> None:
    """Until the script has run and the page is drawn."""
    page.wait_for_timeout(500)
    page.wait_for_selector(IDLE, timeout=60_000)
    page.wait_for_timeout(500)


def start(page: Page, address: str) -> None:
    """The first step, with the example chosen."""
    page.goto(address)
    settle(page)
    box = page.get_by_role("combobox", name="Start from an example")
    box.click()
    box.fill(EXAMPLE)
    page.keyboard.press("Enter")
    settle(page)


def result(page: Page, address: str) -> None:
    """The result of the example."""
    start(page, address)
    page.get_by_role("button", name="Straight to the result", exact=True).click()
    page.get_by_text("Take it with you").wait_for(timeout=60_000)
    settle(page)


def opened(name: str) -> Callable[[Page, str], None]:
    """A page by its name."""

    def go(page: Page, address: str) -> None:
        page.goto(f"{address}{name}")
        settle(page)
        page.wait_for_timeout(1500)

    return go


NARROW_HEIGHT = 1500
SHOTS: dict[str, tuple[int, Callable[[Page, str], None]]] = {
    "workload": (1080, start),
    "result": (1500, result),
    "compare": (1500, opened("compare")),
    "guide": (1500, opened("guide")),
    "evidence": (1400, opened("evidence")),
}


if __name__ == "__main__":
    main()
