"""A real Chromium: the wizard by keyboard, links, Back and refresh, downloads, accessibility, and no calls out."""

import json
import re
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import expect, sync_playwright

from advisor import link
from advisor.recommend import recommend
from advisor.report.words import verdict_sentence
from advisor.scenario_io import load_scenario
from tests.conftest import EXAMPLES, need_tool
from tests.importers.own_files import vllm
from tests.ui.browsing import FLAGS, press, serving, settle, verdict, watched

pytestmark = pytest.mark.browser
STRAIGHT = "Straight to the result"
MOST_TABS = 60

UPLOADS = {
    "today": "I have my own benchmark file",
    "targets": "I have evaluated both formats myself",
    "money": "I have a price file or a bill",
}

AXE_EXCEPTIONS = {
    "region": "Streamlit hangs popovers and menus on the body, outside every landmark",
    "presentation-role-conflict": "Streamlit's file uploader labels its drop zone, which it also calls presentation",
}
"""What axe-core finds in Streamlit's own markup and no page can change; anything else fails."""


@pytest.fixture(scope="module")
def address():
    with serving() as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    path = need_tool("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A fresh context whose console errors and outside requests must stay empty."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, accept_downloads=True)
    page = context.new_page()
    faults = watched(page)
    yield page
    context.close()
    assert faults == []


def open_result(page, address):
    page.goto(address)
    expect(page.get_by_text("Step 1 of 5 · Workload")).to_be_visible(timeout=60_000)
    settle(page)
    press(page, STRAIGHT)
    expect(page.get_by_text("Take it with you")).to_be_visible(timeout=60_000)
    settle(page)


def tab_to(page, label):
    """Press Tab until the control with this label has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.ariaLabel || document.activeElement.innerText || '').trim()") == label:
            return
    raise AssertionError(f"{label!r} is not reached by Tab")


def test_the_whole_wizard_by_keyboard(page, address, catalog):
    page.goto(address)
    expect(page.get_by_text("Step 1 of 5 · Workload")).to_be_visible(timeout=60_000)
    settle(page)
    tab_to(page, "Requests per second, mean (requests/s)")
    page.keyboard.press("Control+A")
    page.keyboard.type("4.5")
    for label, heading in (("Next", "Step 2 of 5"), ("Next", "Step 3 of 5"), ("Next", "Step 4 of 5")):
        tab_to(page, label)
        page.keyboard.press("Enter")
        expect(page.get_by_text(heading)).to_be_visible(timeout=30_000)
        settle(page)
    tab_to(page, "Show the result")
    page.keyboard.press("Space")
    expect(page.get_by_text("Take it with you")).to_be_visible(timeout=30_000)
    settle(page)
    content = link.decode(page.evaluate("location.href"), catalog)
    assert content.scenario.workload.demand.requests_per_second_mean == 4.5
    assert verdict(page) == verdict_sentence(recommend(content.scenario, catalog))


def test_link_in_a_second_context_refresh_back_and_forward(page, browser, address):
    page.goto(address)
    settle(page)
    press(page, "Next")
    press(page, STRAIGHT)
    expect(page.get_by_text("Take it with you")).to_be_visible(timeout=60_000)
    found, url = verdict(page), page.evaluate("location.href")
    assert "H200" in found
    assert len(url) < 2000
    with browser.new_context() as other:
        second = other.new_page()
        faults = watched(second)
        second.goto(url)
        expect(second.get_by_text("Take it with you")).to_be_visible(timeout=60_000)
        assert verdict(second) == found
        assert faults == []
    page.reload()
    expect(page.get_by_text("Take it with you")).to_be_visible(timeout=60_000)
    assert verdict(page) == found
    page.go_back()
    expect(page.get_by_text("Step 2 of 5")).to_be_visible(timeout=30_000)
    page.go_forward()
    expect(page.get_by_text("Step 5 of 5")).to_be_visible(timeout=30_000)
    settle(page)
    assert verdict(page) == found


def test_another_page_and_back_loses_nothing(page, address):
    page.goto(address)
    settle(page)
    field = page.get_by_role("spinbutton", name="Requests per second, mean (requests/s)", exact=True)
    field.fill("4.5")
    field.press("Enter")
    settle(page)
    press(page, "Next")
    page.get_by_role("link", name="Guide").click()
    expect(page.get_by_text("Which GPU runs what")).to_be_visible(timeout=30_000)
    press(page, "Decide in the wizard")
    expect(page.get_by_text("Step 1 of 5")).to_be_visible(timeout=30_000)
    settle(page)
    assert field.input_value() == "4.5"


def test_a_second_workload_is_kept_by_refresh_back_and_link(page, browser, address):
    page.goto(address)
    settle(page)
    press(page, "Add another workload")
    rate = page.get_by_role("spinbutton", name="Requests per second, mean (requests/s)", exact=True)
    rate.fill("2.5")
    rate.press("Enter")
    settle(page)
    press(page, "Edit workload 1")
    expect(rate).to_have_value("6", timeout=30_000)
    page.go_back()
    expect(page.get_by_role("button", name="Workload 2 is below")).to_be_visible(timeout=30_000)
    page.go_forward()
    expect(page.get_by_role("button", name="Workload 1 is below")).to_be_visible(timeout=30_000)
    settle(page)
    press(page, "Edit workload 2")
    expect(rate).to_have_value("2.5", timeout=30_000)
    page.reload()
    expect(page.get_by_role("button", name="Workload 2 is below")).to_be_visible(timeout=60_000)
    settle(page)
    expect(rate).to_have_value("2.5", timeout=30_000)
    with browser.new_context() as other:
        second = other.new_page()
        faults = watched(second)
        second.goto(page.evaluate("location.href"))
        expect(second.get_by_role("button", name="Workload 2 is below")).to_be_visible(timeout=60_000)
        expect(second.get_by_role("spinbutton").first).to_have_value("2.5", timeout=30_000)
        assert faults == []


def test_a_step_begins_at_its_top_and_an_answer_leaves_the_page_where_it_is(browser, address):
    def top():
        return page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")

    with browser.new_context(viewport={"width": 390, "height": 900}) as context:
        page = context.new_page()
        page.goto(address)
        settle(page)
        for label in ("Next", "Next", "Straight to the result"):
            page.get_by_role("button", name=label, exact=True).scroll_into_view_if_needed()
            assert top() > 0
            press(page, label)
            page.wait_for_timeout(500)
            assert top() == 0
        expect(page.get_by_text("Take it with you")).to_be_visible(timeout=60_000)
        page.get_by_role("radio", name="Cash", exact=True).click()
        settle(page)
        assert top() > 0


def test_damaged_link(page, address):
    page.goto(f"{address}?s=1.abcdef.0000000000&step=result")
    expect(page.get_by_text("damaged or cut off")).to_be_visible(timeout=60_000)


def test_a_link_of_an_older_catalog_gives_the_verdict_and_what_changed(page, address, catalog):
    decision = recommend(load_scenario(EXAMPLES[0], catalog), catalog)
    then = link.Outcome("migrate_now", "b200:fp4:none", 1000.0, {"h100": 1.5})
    page.goto(f"{address}?s={link.encode_scenario(decision.scenario, '2026.5.1', then)}&step=result")
    expect(page.get_by_text("Prices have changed since")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("price of h100: 1.50 USD/GPU-hour then, 1.99 now")).to_be_visible()
    assert verdict(page) == verdict_sentence(decision)


def test_downloads_open(page, address, tmp_path):
    open_result(page, address)

    def saved(click, name):
        with page.expect_download() as download:
            click()
        download.value.save_as(tmp_path / name)
        return tmp_path / name

    def button(label):
        return page.get_by_role("button", name=label, exact=True).click

    assert "Options" in load_workbook(saved(button("Excel workbook"), "m.xlsx")).sheetnames
    assert json.loads(saved(button("JSON"), "m.json").read_text(encoding="utf-8"))["verdict"]["sentence"] == verdict(page)
    assert saved(button("Markdown"), "m.md").read_text(encoding="utf-8").startswith("# ")
    assert ElementTree.parse(saved(button("Chart (SVG)"), "m.svg")).getroot().tag.endswith("svg")
    page.locator('[data-testid="stVegaLiteChart"]').first.hover()
    png = saved(page.get_by_role("button", name="Download as PNG").first.click, "m.png")
    assert png.read_bytes().startswith(b"\x89PNG")


def test_print_view_is_a_whole_document(page, address):
    open_result(page, address)
    found = verdict(page)
    press(page, "Print view")
    expect(page.get_by_text("Print with your browser")).to_be_visible(timeout=30_000)
    settle(page)
    assert verdict(page) == found
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") >= 2  # the inner pane is printed whole, not its view


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_but_the_written_exceptions(browser, address, scheme):
    with browser.new_context(viewport={"width": 1280, "height": 1400}, color_scheme=scheme) as context:
        page = context.new_page()
        found = {}
        rules = {"runOnly": ["color-contrast"]} if scheme == "dark" else None  # the markup is the same, the colours are not

        def scan(name):
            for violation in Axe().run(page, options=rules).response["violations"]:
                if violation["id"] not in AXE_EXCEPTIONS:
                    found[f"{name}: {violation['id']}"] = [node["html"][:120] for node in violation["nodes"]]

        page.goto(address)
        settle(page)
        scan("workload")
        press(page, "Add another workload")
        shape = page.get_by_role("combobox", name="Over the day")
        shape.click()
        shape.fill("Own")
        page.keyboard.press("Enter")
        settle(page)
        scan("two workloads")
        for name in ("today", "targets", "money"):
            press(page, "Next")
            if name in UPLOADS:
                page.get_by_text(UPLOADS[name]).click()
                settle(page)
            scan(name)
        press(page, "Show the result")
        expect(page.get_by_text("Take it with you")).to_be_visible(timeout=60_000)
        settle(page)
        scan("result")
        for chart in ("Cash", "What matters", "Cost split", "Quality"):
            page.get_by_role("radio", name=chart, exact=True).click()
            settle(page)
        page.get_by_text("Numbers of the chart: quality").click()
        settle(page)
        scan("charts")
        page.get_by_role("button", name="How?").first.click()
        settle(page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)  # the button's hint fades: half gone it has no contrast
        scan("trace")
        for name in ("compare", "guide", "evidence"):
            page.goto(f"{address}{name}")
            settle(page)
            page.wait_for_timeout(500)
            scan(name)
        assert found == {}


def test_narrow_screens_do_not_scroll_sideways(browser, address):
    with browser.new_context(viewport={"width": 390, "height": 900}) as context:
        page = context.new_page()
        open_result(page, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for name in ("compare", "guide", "evidence"):
            page.goto(f"{address}{name}")
            settle(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name


def test_a_benchmark_file_is_taken_in_a_real_browser(page, address, catalog):
    page.goto(f"{address}?step=today")
    settle(page)
    page.get_by_text(UPLOADS["today"]).click()
    settle(page)
    content = json.dumps(vllm(model_id="![x](http://evil.example/x.png)")).encode()
    page.locator('input[type="file"]').set_input_files(
        {"name": "run.json", "mimeType": "application/json", "buffer": content}
    )
    expect(page.get_by_text("4 of the questions above are open")).to_be_visible(timeout=30_000)
    for question, answer in (("Which model", "Llama-3.3-70B"), ("Which GPU", "H200 SXM"), ("In which number format", "FP8")):
        box = page.get_by_role("combobox", name=re.compile(question))
        box.click()
        box.fill(answer)
        page.keyboard.press("Enter")
        settle(page)
    count = page.get_by_role("spinbutton", name=re.compile("How many GPUs"))
    count.fill("1")
    count.press("Enter")
    settle(page)
    press(page, "Take these measurements")
    expect(page.get_by_text("1 of your own measurements are in the scenario")).to_be_visible(timeout=30_000)
    measured = link.decode(page.evaluate("location.href"), catalog).scenario.current.measured
    assert [(point.model, point.hardware, point.precision) for point in measured] == [("llama-3.3-70b", "h200", "fp8")]
    assert page.locator('img[src*="evil"]').count() == 0


def test_a_workbook_is_downloaded_changed_and_read_back(page, address, tmp_path, catalog):
    open_result(page, address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel workbook", exact=True).click()
    download.value.save_as(tmp_path / "model.xlsx")
    before = verdict(page)
    book = load_workbook(tmp_path / "model.xlsx")
    rows = {row[11].value: row[0].row for row in book["Inputs"].iter_rows(min_row=5) if row[11].value}
    book["Inputs"].cell(rows["current.price.usd_per_gpu_hour"], 2).value = 1.0
    book.save(tmp_path / "model.xlsx")
    page.get_by_text("I have changed the workbook: read it back").click()
    settle(page)
    page.locator('input[type="file"]').set_input_files(tmp_path / "model.xlsx")
    expect(page.get_by_text("This run differs from the file's own figures")).to_be_visible(timeout=30_000)
    settle(page)
    press(page, "Open its result")
    expect(page.get_by_text("Read from model.xlsx")).to_be_visible(timeout=30_000)
    settle(page)
    scenario = link.decode(page.evaluate("location.href"), catalog).scenario
    assert scenario.current.price.usd_per_gpu_hour == 1.0
    assert verdict(page) == verdict_sentence(recommend(scenario, catalog)) != before


def test_a_quote_sheet_is_taken_in_a_real_browser(page, address):
    page.goto(f"{address}?step=money")
    settle(page)
    page.get_by_text(UPLOADS["money"]).click()
    settle(page)
    sheet = (
        b"GPU,USD/GPU-hour,Basis,Provider,Date\nB200,2.1,on demand,<b>Acme</b> ![x](http://evil.example/x.png),2026-11-02\n"
    )
    page.locator('input[type="file"]').set_input_files({"name": "q.csv", "mimeType": "text/csv", "buffer": sheet})
    expect(page.get_by_role("button", name="Take these prices")).to_be_visible(timeout=30_000)
    press(page, "Take these prices")
    expect(page.get_by_text("Prices of your own files in the scenario: 1")).to_be_visible(timeout=30_000)
    press(page, "Show the result")
    expect(page.get_by_text("your quote sheet q.csv")).to_be_visible(timeout=60_000)
    assert page.locator('img[src*="evil"]').count() == 0


def test_what_an_address_supplies_is_never_rendered(page, address):
    page.goto(f"{address}compare?model=![x](http://evil.example/x.png)&isl=1&osl=1&a=b200:fp4&b=b200:<b>fp8</b>")
    expect(page.get_by_text("This address cannot be used")).to_be_visible(timeout=60_000)
    settle(page)
    assert page.locator('img[src*="evil"]').count() == 0
    assert page.locator('[data-testid="stAlert"] b').count() == 0
