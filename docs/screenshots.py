"""Screenshots for the README from the running app: ``python docs/screenshots.py`` (needs Chromium).

Walks the wizard from its first page and keeps the result at 1280 and 390 px, light and dark.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PORT = 8599
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SHOTS = (
    ("wide", 1280, 1500, "light"),
    ("wide", 1280, 1500, "dark"),
    ("narrow", 390, 1500, "light"),
    ("narrow", 390, 1500, "dark"),
)


def main() -> None:
    """Start the app, take every shot, stop it."""
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(PORT),
        "--server.address",
        "127.0.0.1",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for_server()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                for name, width, height, scheme in SHOTS:
                    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                    page = context.new_page()
                    walk(page)
                    page.screenshot(path=IMAGES / f"result-{name}-{scheme}.png")
                    context.close()
        finally:
            server.terminate()


def wait_for_server() -> None:
    """Until the app answers, for half a minute."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the app did not start")


def walk(page: Page) -> None:
    """From the first step to the result, as it is offered."""
    page.goto(f"http://127.0.0.1:{PORT}/")
    for label in ("Next", "Next", "Next", "Show the result"):
        page.get_by_role("button", name=label, exact=True).wait_for(timeout=30_000)
        page.wait_for_selector(IDLE)
        page.wait_for_timeout(500)
        page.get_by_role("button", name=label, exact=True).click()
        page.wait_for_timeout(500)
    page.get_by_text("Take it with you").wait_for(timeout=30_000)
    page.wait_for_timeout(1500)


if __name__ == "__main__":
    main()
