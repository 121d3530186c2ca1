"""The pages in a real browser: readable by everybody, silent on the network, printable."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import reports_sample as sample
from browsing import Opened, browser, opening, unfold, violations
from playwright.sync_api import Browser, Page, expect
from reference.program import shipped_policy

from checker.checking import check
from checker.differing import differ
from checker.dossier.loading import dossier_schema, load_dossier
from checker.exchanging import Side
from checker.model import Mode
from checker.papers import self_report
from checker.papers.formats import PAPERS
from checker.papers.notice import notices, render
from checker.reporting import FORMATS
from checker.reporting.diff import as_html
from checker.resources import folder

__all__ = ["browser"]


def side(name: str) -> Side:
    """Check an example, to be compared with another one."""
    path = folder("examples") / name
    return Side(report=check(shipped_policy(), load_dossier(path.read_bytes(), name, dossier_schema())))


PAGES = {
    "report": FORMATS["html"](sample.report()),
    "self-audit": FORMATS["html"](sample.report(mode=Mode.SELF_AUDIT, projected=True)),
    "clean": FORMATS["html"](sample.clean()),
    "mapped": FORMATS["html"](sample.mapped()),
    "english": FORMATS["html"](sample.mapped(), "en"),
    "diff": as_html(differ(*map(side, ("dossier.json", "incomplete.json")))),
    "self-report": PAPERS["html"](self_report.paper(sample.report(mode=Mode.SELF_AUDIT))),
    **{f"notice-{each.party.value}": render(each) for each in notices(sample.report())},
}
EVERY = len(sample.FINDINGS) + 1
"""The findings of the sample and its one exemption."""
REPORTS = ("report", "self-audit", "clean", "mapped")


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    name, options = request.param
    with opening(browser, tmp_path / "page.html", PAGES[name], options) as each:
        yield each


def each_page(**options: object) -> list[tuple[str, dict[str, object]]]:
    return [(name, options) for name in PAGES]


def label(value: tuple[str, dict[str, object]]) -> str:
    return value[0]


@pytest.mark.parametrize("opened", each_page(), indirect=True, ids=label)
def test_nothing_is_fetched_and_the_browser_has_no_complaint(opened: Opened) -> None:
    page, troubles = opened
    unfold(page)
    page.wait_for_timeout(100)
    assert troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opened", each_page(bypass_csp=True), indirect=True, ids=label)
def test_everybody_can_read_it(opened: Opened, scheme: str) -> None:
    page, _ = opened
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert violations(page) == []


@pytest.mark.parametrize("opened", [("report", {"bypass_csp": True})], indirect=True, ids=label)
def test_axe_would_see_what_cannot_be_read(opened: Opened) -> None:
    page, _ = opened
    page.add_style_tag(content=":root { --muted: #e0e0e0 !important; }")
    assert any(each.startswith("color-contrast") for each in violations(page))


@pytest.mark.parametrize("opened", [(name, {"color_scheme": "dark"}) for name in REPORTS], indirect=True, ids=label)
def test_a_report_follows_a_dark_screen(opened: Opened) -> None:
    page, _ = opened
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 21, 27)"


@pytest.mark.parametrize("opened", each_page(viewport={"width": 320, "height": 640}), indirect=True, ids=label)
def test_a_narrow_screen_needs_no_sideways_scroll(opened: Opened) -> None:
    page, _ = opened
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_no_screen_needs_sideways_scroll(opened: Opened) -> None:
    page, _ = opened
    unfold(page)
    for width in (480, 768, 1023, 1024, 1920, 3840):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


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
    assert not page.locator("#filter").is_visible()
    assert page.locator("[data-p]").count() == EVERY
    assert page.locator("[hidden]:not(form):not([data-nothing])").count() == 0


def told(page: Page) -> str:
    return page.locator("#filter output[aria-live=polite]").inner_text()


def left(page: Page) -> int:
    """Count the findings and exemptions that a filter leaves, closed or open."""
    return page.locator("[data-p]:not([hidden])").count()


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_the_keyboard_filters_and_the_count_follows(opened: Opened) -> None:
    page, troubles = opened
    assert told(page) == f"共{EVERY}项"
    page.locator("#filter-a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert told(page) == f"筛选（违反）：显示5项，共{EVERY}项"
    assert (left(page), page.locator("#filter-v").input_value()) == (5, "violation")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("批准面积 812")
    assert left(page) == 1
    assert page.locator("details.finding:visible").count() == 1
    assert page.locator("h3:visible").all_inner_texts() == ["第十六条"]
    assert page.locator("[data-nothing]:visible").count() == 2
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert (told(page), left(page)) == (f"共{EVERY}项", EVERY)
    assert page.evaluate("document.activeElement.id") == "filter-q"
    assert troubles == []


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_words_find_single_objects_within_what_is_told_together(opened: Opened) -> None:
    page, _ = opened
    page.locator("#filter-q").fill("Ｐ-042")
    assert left(page) == 1
    expect(page.locator("#open ~ div details:visible summary")).to_contain_text("1/7项", use_inner_text=True)
    page.locator("#filter-q").fill("r18.3-02 出国（境）")
    assert left(page) == 1


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_a_filtered_view_can_be_shared_by_its_address(opened: Opened) -> None:
    page, _ = opened
    page.locator("#filter-a").select_option("十八")
    page.locator("#filter-p").select_option("zone")
    page.locator("#filter-q").fill("退 & 100%+#?")
    address, before = page.evaluate("location.href"), told(page)
    assert "#filter?a=" in address
    page.goto("about:blank")
    page.goto(address)
    assert told(page) == before
    assert page.locator("#filter-p").input_value() == "zone"
    page.evaluate("location.hash = '#filter?v=violation&a=nonsense'")
    page.wait_for_function("document.querySelector('output').textContent.includes('违反')")
    assert left(page) == 5


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_a_link_to_what_is_filtered_away_shows_it(opened: Opened) -> None:
    page, _ = opened
    page.locator("#filter-v").select_option("undetermined")
    assert not page.locator("#f3").is_visible()
    page.locator("ol.urgent a[href='#f3']").click()
    assert page.locator("#f3").is_visible()
    assert left(page) == EVERY


@pytest.mark.parametrize("opened", [("report", {})], indirect=True, ids=label)
def test_what_is_printed_of_a_filtered_view_says_so(opened: Opened) -> None:
    page, _ = opened
    page.emulate_media(media="print")
    assert not page.locator("#filter").is_visible()
    page.locator("#filter-v").select_option("risk", force=True)
    assert page.locator("#filter output").is_visible()
    assert not page.locator("#filter-v").is_visible()


PACE = 40
"""The milliseconds that the browser of an ordinary machine takes for a piece of work by which others are measured."""


def test_five_thousand_findings_are_filtered_at_once(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "large.html"
    file.write_bytes(FORMATS["html"](sample.large(5000)))
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_timeout(1500)
    timed = """text => {
      const field = document.getElementById("filter-q");
      const start = performance.now();
      field.value = text;
      field.dispatchEvent(new Event("input", {bubbles: true}));
      document.body.offsetHeight;
      return performance.now() - start;
    }"""
    pace = """() => {
      const start = performance.now();
      let text = "";
      for (let number = 0; number < 200000; number++) text = (text + number).slice(-50);
      return performance.now() - start;
    }"""
    taken, paces = [], []
    for text in ("滨江路49", "滨江路499", "滨江路50", "滨江路 违约金"):
        taken.append(page.evaluate(timed, text))
        paces.append(page.evaluate(pace))
    assert told(page) == "筛选（“滨江路 违约金”）：显示5000项，共5000项"
    slowness = max(1, sorted(paces)[1] / PACE)
    assert sorted(taken)[1] < 100 * slowness, (taken, paces)


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
