"""The pages in a real browser: readable by everybody, silent on the network, printable."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import reports_sample as sample
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from checker.model import Mode
from checker.papers import self_report
from checker.papers.formats import PAPERS
from checker.papers.notice import notices, render
from checker.reporting import FORMATS

PAGES = {
    "report": FORMATS["html"](sample.report()),
    "self-audit": FORMATS["html"](sample.report(mode=Mode.SELF_AUDIT, projected=True)),
    "clean": FORMATS["html"](sample.clean()),
    "self-report": PAPERS["html"](self_report.paper(sample.report(mode=Mode.SELF_AUDIT), ())),
    **{f"notice-{each.party.value}": render(each) for each in notices(sample.report())},
}
REPORTS = ("report", "self-audit", "clean")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    named = os.environ.get("ZONECHECK_CHROMIUM")
    executable = shutil.which(named) if named else shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable is not None, "the browser tests need chromium; name it in ZONECHECK_CHROMIUM"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Page, list[str]]]:
    """Open a page in a context with the given options; tell what it asked for and complained of."""
    name, options = request.param
    file = tmp_path / "page.html"
    file.write_bytes(PAGES[name])
    context: BrowserContext = browser.new_context(locale="zh-CN", **options)
    page = context.new_page()
    troubles: list[str] = []
    page.on("request", lambda each: None if each.url == file.as_uri() else troubles.append(f"request {each.url}"))
    page.on("console", lambda each: troubles.append(f"console {each.text}"))
    page.on("pageerror", lambda each: troubles.append(f"error {each}"))
    page.on("dialog", lambda each: troubles.append(f"dialog {each.message}"))
    page.goto(file.as_uri())
    yield page, troubles
    context.close()


def each_page(**options: object) -> list[tuple[str, dict[str, object]]]:
    return [(name, options) for name in PAGES]


def label(value: tuple[str, dict[str, object]]) -> str:
    return value[0]


Opened = tuple[Page, list[str]]


@pytest.mark.parametrize("opened", each_page(), indirect=True, ids=label)
def test_nothing_is_fetched_and_the_browser_has_no_complaint(opened: Opened) -> None:
    page, troubles = opened
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.wait_for_timeout(100)
    assert troubles == []


def violations(page: Page, scheme: str) -> list[str]:
    """Let axe look at the page with everything opened, and name what it finds with the elements."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    result = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    found = result.response
    assert len(found["passes"]) > 10
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opened", each_page(bypass_csp=True), indirect=True, ids=label)
def test_everybody_can_read_it(opened: Opened, scheme: str) -> None:
    page, _ = opened
    assert violations(page, scheme) == []


@pytest.mark.parametrize("opened", [("report", {"bypass_csp": True})], indirect=True, ids=label)
def test_axe_would_see_what_cannot_be_read(opened: Opened) -> None:
    page, _ = opened
    page.add_style_tag(content=":root { --muted: #e0e0e0 !important; }")
    assert any(each.startswith("color-contrast") for each in violations(page, "light"))


@pytest.mark.parametrize("opened", [(name, {"color_scheme": "dark"}) for name in REPORTS], indirect=True, ids=label)
def test_a_report_follows_a_dark_screen(opened: Opened) -> None:
    page, _ = opened
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 21, 27)"


@pytest.mark.parametrize("opened", each_page(viewport={"width": 320, "height": 640}), indirect=True, ids=label)
def test_a_narrow_screen_needs_no_sideways_scroll(opened: Opened) -> None:
    page, _ = opened
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("opened", [("report", {"java_script_enabled": False})], indirect=True, ids=label)
def test_a_report_is_complete_without_scripts(opened: Opened) -> None:
    page, _ = opened
    summaries = page.locator("details.finding > summary")
    assert summaries.count() == 6
    first = page.locator("details.finding").first
    assert not first.locator("dl").is_visible()
    first.locator("summary").click()
    assert first.locator("dl").is_visible()
    assert "已缴价款 小于 到期应缴价款" in first.inner_text()


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_the_first_key_press_offers_to_skip_to_the_text(opened: Opened) -> None:
    page, _ = opened
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_print_opens_every_finding(opened: Opened) -> None:
    page, _ = opened
    shown = "[...document.querySelectorAll('details dl')].map(each => each.checkVisibility())"
    assert set(page.evaluate(shown)) == {False}
    page.emulate_media(media="print")
    assert set(page.evaluate(shown)) == {True}


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_a_link_to_a_problem_opens_it(opened: Opened) -> None:
    page, _ = opened
    assert not page.locator("#f3").is_visible()
    page.locator("ol.urgent a[href='#f3']").click()
    assert page.locator("#f3").is_visible()


@pytest.mark.parametrize("opened", each_page(), indirect=True, ids=label)
def test_it_prints_on_a4(opened: Opened) -> None:
    page, _ = opened
    paper = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    assert paper.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 595.92 841.92]" in paper or b"/MediaBox [0 0 594.95996 841.91998]" in paper
