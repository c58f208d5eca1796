"""A real Chromium: the wizard by hand, the link in a second context, Back, refresh, downloads, no calls out."""

import os
import socket
import subprocess
import sys
import urllib.request
from urllib.error import URLError

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.conftest import ROOT, need_tool

pytestmark = pytest.mark.browser
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address():
    """The app on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ADVISOR")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as server:
        url = f"http://127.0.0.1:{port}/"
        for _ in range(120):
            try:
                with urllib.request.urlopen(f"{url}_stcore/health", timeout=1):
                    break
            except (URLError, OSError):
                if server.poll() is not None:
                    pytest.fail("the server stopped")
                __import__("time").sleep(0.25)
        yield url
        server.terminate()


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the module."""
    path = need_tool("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A fresh context whose console errors and outside requests are collected and must stay empty."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda r: faults.append(r.url) if "127.0.0.1" not in r.url and not r.url.startswith(("data:", "blob:")) else None,
    )
    yield page
    context.close()
    assert faults == []


def settle(page):
    page.wait_for_timeout(300)
    page.wait_for_selector(IDLE, timeout=30_000)


def next_step(page, label, heading):
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_text(heading)).to_be_visible(timeout=30_000)
    settle(page)


def walk(page, address):
    page.goto(address)
    expect(page.get_by_text("Step 1 of 5 · Workload")).to_be_visible(timeout=60_000)
    settle(page)
    next_step(page, "Next", "Step 2 of 5")
    next_step(page, "Next", "Step 3 of 5")
    next_step(page, "Next", "Step 4 of 5")
    next_step(page, "Show the result", "Step 5 of 5 · Result")
    expect(page.get_by_text("Take it with you")).to_be_visible(timeout=30_000)
    settle(page)


def verdict(page):
    return page.locator("h2").first.inner_text()


def test_wizard_link_and_second_context(page, browser, address):
    walk(page, address)
    found = verdict(page)
    assert "H200" in found
    url = page.evaluate("location.href")
    assert len(url) < 2000
    other = browser.new_context()
    second = other.new_page()
    second.goto(url)
    expect(second.get_by_text("Take it with you")).to_be_visible(timeout=60_000)
    assert verdict(second) == found
    other.close()
    page.reload()
    expect(page.get_by_text("Take it with you")).to_be_visible(timeout=60_000)
    assert verdict(page) == found


def test_back_and_forward_of_the_browser(page, address):
    walk(page, address)
    found = verdict(page)
    page.go_back()
    expect(page.get_by_text("Step 4 of 5")).to_be_visible(timeout=30_000)
    page.go_forward()
    expect(page.get_by_text("Step 5 of 5")).to_be_visible(timeout=30_000)
    settle(page)
    assert verdict(page) == found


def test_damaged_link(page, address):
    page.goto(f"{address}?s=1.abcdef.0000000000")
    expect(page.get_by_text("damaged or cut off")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Step 1 of 5")).to_be_visible()


def test_downloads_open(page, address, tmp_path):
    walk(page, address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel workbook").click()
    download.value.save_as(tmp_path / "model.xlsx")
    from openpyxl import load_workbook

    assert "Options" in load_workbook(tmp_path / "model.xlsx").sheetnames


def test_narrow_screen_does_not_scroll_sideways(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 900})
    narrow = context.new_page()
    walk(narrow, address)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
