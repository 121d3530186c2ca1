"""Many dossiers together: what a digest keeps, what is said of all, its formats, and what only several of them show."""

import io
import json
import random
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import jsonschema
import msgspec
import pdfplumber
import pytest
from browsing import Opened, browser, opening, unfold, violations
from conftest import Compare
from pace import within
from playwright.sync_api import Browser, Page
from python_calamine import CalamineWorkbook
from reference.program import shipped_policy
from stdnum import numdb
from stdnum.cn import uscc

from checker.batching.crossing import (
    MOST_LEADS,
    MOST_SIDES,
    STANDING,
    WINDOW_DAYS,
    Crossing,
    Lead,
    LeadKind,
    cross,
)
from checker.batching.digest import MOST_MARKS, Digest, Mark, MarkKind, Payment, Supplied, digest, read, written
from checker.batching.page import MOST_HEATED
from checker.batching.provinces import PROVINCES
from checker.batching.summary import FORMATS, Failure, Summary, Why, lacking, read_totals, summarise
from checker.batching.telling import other_days_told
from checker.batching.totals import Line, Totals
from checker.checking import check
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.errors import DossierError, MisuseError, Place, Problem
from checker.model import Amount, Finding, Proposal, Report, Rung, Verdict
from checker.policy.loading import Policy
from checker.resources import folder

__all__ = ["browser"]

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = ("dossier", "clean", "incomplete", "mapped", "shandong")
RAW_SCHEMA = json.loads((folder("schemas") / "summary.schema.json").read_bytes())
SCHEMA = jsonschema.Draft202012Validator(RAW_SCHEMA)


def failed(name: str, why: Why, *messages: str) -> Failure:
    problems = tuple(Problem(message=each, place=Place(file=name)) for each in messages)
    return Failure(name=name, source=f"档案/{name}", why=why, tries=1, problems=problems)


FAILURES = (
    failed("坏的.json", Why.INVALID, "没有这个字段", "日期不对", "数值不对", "编号重复"),
    failed("久的.json", Why.TIMEOUT, "超过300秒"),
)
HOSTILE = "=1+1<script>alert(1)</script>\"'&\u202e]]>@SUM(A1)"
ACCUSING = ("违反", "违规", "违法", "认定为", "骗取")


@cache
def example(name: str) -> tuple[Report, Dossier]:
    dossier = load_dossier((EXAMPLES / f"{name}.json").read_bytes(), f"{name}.json", dossier_schema())
    return check(shipped_policy(), dossier), dossier


@cache
def of_example(name: str) -> Digest:
    return digest(f"{name}.json", *example(name))


def fixed() -> Policy:
    """Give the shipped pack under a digest that does not change with each of its rules."""
    return replace(shipped_policy(), stamp=replace(shipped_policy().stamp, sha256="0" * 64, version="1.0.0"))


def steady(held: Digest) -> Digest:
    """Make a digest of an example the same after a release, and after a change of a rule that finds the same."""
    named = fixed().stamp.named
    return replace(held, program="zonecheck 0", policy="0" * 64, policy_named=named, sha256="a" * 64)


def sample() -> list[Digest]:
    """Give digests of the examples, and made-up ones: another province, another level, another pack, a thin one."""
    first, clean, thin, mapped, east = (steady(of_example(name)) for name in NAMES)
    shared = Mark(
        MarkKind.SUPERVISION_NO, "3300002022B00001", "/parcels/0/electronic_supervision_no", "精密仪器项目（P1）"
    )
    return [
        replace(first, province="330000"),
        replace(clean, province="330000"),
        thin,
        replace(mapped, province="320000", level="provincial"),
        east,
        replace(clean, name="变体甲.json", zone="Z91", zone_name="甲经济开发区", level="", marks=(shared,)),
        replace(
            first,
            name="变体乙.json",
            zone="Z92",
            zone_name="乙经济开发区",
            province="660000",
            policy="1" * 64,
            policy_named="other 2",
        ),
    ]


@cache
def whole() -> Summary:
    return summarise(sample(), FAILURES, fixed())


def plain(summary: Summary) -> dict[str, Any]:
    """Give a summary as JSON has it, which keeps to the schema."""
    held: dict[str, Any] = json.loads(FORMATS["json"](summary))
    assert list(SCHEMA.iter_errors(held)) == []
    return held


# --- digests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_digest_is_one_line_that_reads_as_itself(name: str) -> None:
    line = written(of_example(name))
    assert line.count(b"\n") == 1
    assert read(line) == of_example(name)
    assert written(read(line)) == line == written(digest(f"{name}.json", *example(name)))
    assert len(line) < 64 * 1024


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"\xff", b'{"name": 1}', b"null"])
def test_a_line_that_is_no_digest_is_refused(line: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        read(line)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_digest_counts_is_what_the_report_counts(name: str) -> None:
    report, _ = example(name)
    held = of_example(name)
    assert held.totals == report.totals
    for verdict in Verdict:
        assert sum(each.get(verdict, 0) for each in held.rules.values()) == report.totals.get(verdict, 0)
        if verdict.is_finding:
            assert sum(each.get(verdict, 0) for each in held.grades.values()) == report.totals.get(verdict, 0)


def with_amounts(*amounts: tuple[str, str | None, Amount | None]) -> Digest:
    """Make a digest of a report that has one finding for each verdict, group and amount."""
    report, dossier = example("dossier")
    base = report.of(Verdict.VIOLATION)[0]
    findings: list[Finding] = [
        replace(base, id=f"F{nth}", verdict=Verdict(verdict), group=group, amount=amount)
        for nth, (verdict, group, amount) in enumerate(amounts)
    ]
    return digest("d.json", replace(report, findings=tuple(findings)), dossier)


def yuan(low: int | None, high: int | None) -> Amount:
    return Amount(low_cny=None if low is None else Decimal(low), high_cny=None if high is None else Decimal(high))


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], None),
        ([("violation", None, None)], None),
        ([("violation", None, yuan(5, 5))], yuan(5, 5)),
        ([("violation", None, yuan(5, 5)), ("violation", None, yuan(7, 7))], yuan(12, 12)),
        ([("violation", "G1", yuan(5, 5)), ("violation", "G1", yuan(7, 7))], yuan(7, 7)),
        ([("violation", "G1", yuan(5, 5)), ("violation", "G2", yuan(7, 7))], yuan(12, 12)),
        ([("violation", "G1", yuan(5, 5)), ("risk", "G1", yuan(70, 70))], yuan(5, 5)),
        ([("risk", None, yuan(70, 70))], None),
        ([("violation", None, yuan(5, 5)), ("violation", None, yuan(3, None))], yuan(8, None)),
        ([("violation", None, yuan(None, 9)), ("violation", None, yuan(1, 1))], yuan(1, 10)),
    ],
)
def test_amounts_of_violations_count_once_for_each_matter(
    amounts: list[tuple[str, str | None, Amount | None]], expected: Amount | None
) -> None:
    assert with_amounts(*amounts).amount == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], ("", "")),
        ([(Rung.EXIT, True), (Rung.WARNING, True)], ("exit", "")),
        ([(Rung.EXIT, False), (Rung.WARNING, True)], ("warning", "exit")),
        ([(Rung.ORDERED, False), (Rung.WARNING, False)], ("", "ordered")),
    ],
)
def test_a_step_on_suspicions_never_passes_for_one_that_is_proved(
    steps: list[tuple[Rung, bool]], expected: tuple[str, str]
) -> None:
    report, dossier = example("dossier")
    reason = report.adjudication.proposals[0].reasons[0]
    proposals = tuple(Proposal(rung=rung, reasons=(replace(reason, is_proved=proved),)) for rung, proved in steps)
    held = digest("d.json", replace(report, adjudication=replace(report.adjudication, proposals=proposals)), dossier)
    assert (held.step, held.step_to_verify) == expected


# --- all together -----------------------------------------------------------------------------------------------------


def summed(held: Sequence[Mapping[Verdict, int]]) -> dict[Verdict, int]:
    return {verdict: sum(each.get(verdict, 0) for each in held) for verdict in Verdict}


def test_totals_add_up_whichever_way_they_are_added() -> None:
    summary = whole()
    assert dict(summary.tally.totals) == summed([each.totals for each in sample()])
    for parts in (summary.rows, summary.provinces, summary.levels, summary.rules):
        assert summed([each.tally.totals for each in parts]) == dict(summary.tally.totals)
    for each in summary.rows:
        assert summed([part.totals for part in each.articles]) == dict(each.tally.totals)
    for group in (summary.provinces, summary.levels):
        assert sum(each.dossiers for each in group) == len(summary.rows)
    for histogram in summary.histograms:
        assert sum(each.dossiers for each in histogram.bins) == len(summary.rows)
    assert len(summary.rows) == 7
    assert summary.amount == yuan(2 * 29_500_000, 2 * 29_500_000)


@pytest.mark.parametrize("name", ["html", "xlsx", "json"])
def test_order_never_matters(name: str) -> None:
    digests, failures = sample(), list(FAILURES)
    first = FORMATS[name](whole())
    for seed in range(3):
        random.Random(seed).shuffle(digests)  # noqa: S311 - the order of a test
        failures.reverse()
        assert FORMATS[name](summarise(iter(digests), iter(failures), fixed())) == first


def test_a_zone_of_which_little_is_known_has_no_rank_and_stands_before_those_that_are_clean() -> None:
    rows = {each.name: each for each in whole().rows}
    names = [each.name for each in whole().rows]
    thin, clean = rows["incomplete.json"], rows["clean.json"]
    assert thin.tally.of(Verdict.VIOLATION) == 0
    assert thin.tally.is_thin
    assert thin.rank is None
    assert thin.tally.undetermined_share is not None
    assert thin.tally.undetermined_share > Decimal("0.5")
    assert thin.tally.most_violation_share is not None
    assert thin.tally.most_violation_share > Decimal("0.5")
    assert names.index("incomplete.json") < names.index("clean.json")
    assert clean.rank is not None
    assert clean.tally.most_violation_share is not None
    assert clean.tally.most_violation_share < thin.tally.most_violation_share


def tallied(violations: int, undetermined: int, compliant: int) -> Digest:
    totals = {Verdict.VIOLATION: violations, Verdict.UNDETERMINED: undetermined, Verdict.COMPLIANT: compliant}
    held = {key: number for key, number in totals.items() if number}
    grades = {"S1": {Verdict.VIOLATION: violations}}
    return replace(of_example("clean"), totals=held, rules={"R18.8-01": held}, clauses={"18.8": held}, grades=grades)


@pytest.mark.parametrize(("undetermined", "is_thin"), [(49, False), (50, False), (51, True), (100, True)])
def test_the_border_of_knowing_too_little(undetermined: int, is_thin: bool) -> None:
    [row] = summarise([tallied(0, undetermined, 100 - undetermined)], [], shipped_policy()).rows
    assert (row.rank is None) is is_thin


def test_zones_that_are_alike_have_the_same_rank() -> None:
    held = [
        replace(tallied(violations, 0, 9), zone=f"Z{nth}", name=f"{nth}")
        for nth, violations in enumerate((1, 3, 3, 0, 2))
    ]
    ranks = [(each.tally.of(Verdict.VIOLATION), each.rank) for each in summarise(held, [], shipped_policy()).rows]
    assert ranks == [(3, 1), (3, 1), (2, 3), (1, 4), (0, 5)]


def test_a_graver_violation_weighs_more_than_many_slight_ones() -> None:
    grave = replace(tallied(1, 0, 9), zone="Z1", name="grave")
    slight = replace(tallied(5, 0, 9), zone="Z2", name="slight", grades={"S3": {Verdict.VIOLATION: 5}})
    assert [each.name for each in summarise([slight, grave], [], shipped_policy()).rows] == ["grave", "slight"]


def test_nothing_at_all_is_a_summary_too() -> None:
    summary = summarise([], FAILURES, fixed())
    held = plain(summary)
    assert (held["dossiers"], held["as_of"], held["violation_share"]) == (0, None, None)
    assert b'id="failures"' in FORMATS["html"](summary)
    assert CalamineWorkbook.from_filelike(io.BytesIO(FORMATS["xlsx"](summary))).sheet_names[5] == "未完成"


def test_a_zone_with_two_dossiers_is_told_and_is_one_zone() -> None:
    summary = summarise([*sample(), replace(sample()[0], name="旧.json", as_of="2023-12-31")], [], fixed())
    assert (len(summary.rows), summary.zones) == (8, 7)
    [repeated] = summary.crossing.repeated
    assert (repeated.zone, repeated.names) == ("Z01", ("dossier.json", "旧.json"))
    assert "各算各的" in FORMATS["html"](summary).decode()


def test_a_pack_that_was_not_given_is_told() -> None:
    assert [(each.named, each.is_given, each.dossiers) for each in whole().policies] == [
        (fixed().stamp.named, True, 6),
        ("other 2", False, 1),
    ]
    assert "不是本次给定的政策包" in FORMATS["html"](whole()).decode()


def test_a_rule_of_another_pack_is_counted_under_no_article() -> None:
    held = replace(tallied(2, 0, 1), rules={"R99.1-01": {Verdict.VIOLATION: 2, Verdict.COMPLIANT: 1}})
    summary = summarise([held], [], shipped_policy())
    assert summary.articles == ("其他",)
    assert [(each.id, each.title, each.article) for each in summary.rules] == [("R99.1-01", "", "其他")]


def test_the_provinces_are_those_of_the_standard() -> None:
    codes = numdb.get("cn/loc")
    known = {
        f"{number}0000": found[0][1]["province"]
        for number in range(10, 100)
        if "province" in (found := codes.info(f"{number}"))[0][1]
    }
    assert known.keys() == PROVINCES.keys()
    assert {code for code, name in known.items() if PROVINCES[code] != name} <= {"810000", "820000"}


# --- formats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["html", "json"])
def test_a_summary_is_what_it_was(golden: Compare, name: str) -> None:
    golden(f"summary.{name}", FORMATS[name](whole()))


def test_json_keeps_to_its_schema() -> None:
    reasons = RAW_SCHEMA["properties"]["failures"]["items"]["properties"]["why"]["enum"]
    assert set(reasons) == set(Why)
    held = plain(whole())
    assert held["dossiers"] == len(held["rows"]) == 7
    assert {each["name"] for each in held["failures"]} == {"坏的.json", "久的.json"}


def sheets(summary: Summary) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(FORMATS["xlsx"](summary)))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_the_workbook_has_its_sheets_and_numbers() -> None:
    held = sheets(whole())
    assert list(held) == ["汇总", "各区", "各规则", "条款×开发区", "跨区线索", "未完成"]
    zones = held["各区"]
    assert len(zones) == 8
    number = zones[0].index("违反")
    assert sum(row[number] for row in zones[1:]) == whole().tally.of(Verdict.VIOLATION)
    assert zones[0].index("资料不足占比") == zones[0].index("违反占比") + 1
    assert len(held["各规则"]) == len(whole().rules) + 1
    assert len(held["条款×开发区"][0]) == len(whole().norms) + 2
    assert [row[0] for row in held["未完成"][1:]] == ["坏的.json", "久的.json"]
    assert held["未完成"][1][3] == "没有这个字段；日期不对；数值不对；另有1处"
    assert {row[1] for row in held["跨区线索"][1:]} == {"线索"}


def hostile() -> Summary:
    held = replace(
        of_example("dossier"),
        name=HOSTILE,
        zone=HOSTILE,
        zone_name=HOSTILE,
        level=HOSTILE,
        province=HOSTILE,
        dossier=HOSTILE,
        policy_named=HOSTILE,
    )
    other = replace(held, zone="Z2", marks=tuple(each._replace(label=HOSTILE) for each in held.marks))
    failure = failed(HOSTILE, Why.DIED, HOSTILE)
    return summarise([held, other], [failure], shipped_policy())


def test_what_was_not_checked_says_where_it_is_wrong() -> None:
    places = [
        Place(file="坏的.json", pointer="/zone/level", line=3, column=9),
        Place(file="坏的.json", pointer="供地台账!C9"),
        Place(file="坏的.json"),
    ]
    problems = tuple(Problem(message="不对", label="级别", place=each) for each in places)
    failure = Failure(name="坏的.json", source="档案/坏的.json", why=Why.INVALID, tries=1, problems=problems)
    held = summarise([], [failure], shipped_policy())
    told = "第3行第9列 /zone/level：级别：不对；供地台账!C9：级别：不对；级别：不对"
    assert held.failures[0].message == told
    assert f"<td>{told}</td>" in FORMATS["html"](held).decode()
    assert told in [cell for row in sheets(held)["未完成"] for cell in row]


def test_a_hostile_name_is_only_text() -> None:
    page = FORMATS["html"](hostile()).decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "〔U+202E〕" in page
    assert "\u202e" not in FORMATS["json"](hostile()).decode()


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    data = FORMATS["xlsx"](hostile())
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")}
    for name, part in parts.items():
        if name.startswith("xl/worksheets"):
            assert "<f>" not in part
            assert "<hyperlink" not in part
    assert any("=1+1&lt;script&gt;" in part for part in parts.values())
    assert not any("\u202e" in part for part in parts.values())


def test_parquet_reads_back_as_the_totals() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    data = FORMATS["parquet"](whole())
    assert data == FORMATS["parquet"](summarise(reversed(sample()), FAILURES, fixed()))
    table = parquet.read_table(io.BytesIO(data)).to_pylist()
    found = {verdict: sum(each["number"] for each in table if each["verdict"] == verdict) for verdict in Verdict}
    assert found == dict(whole().tally.totals)
    assert {each["rank"] for each in table if each["name"] == "incomplete.json"} == {None}
    assert {each["province_name"] for each in table if each["zone"] == "Z05"} == {"山东省"}
    assert all(each["number"] > 0 and each["rule_title"] for each in table)


def test_without_its_library_parquet_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("checker.batching.summary.find_spec", lambda _: None)
    assert list(lacking()) == ["parquet"]
    with pytest.raises(MisuseError, match=r"zonecheck\[parquet\]"):
        FORMATS["parquet"](whole())


def many(number: int) -> Iterator[Digest]:
    dice = random.Random(20241231)  # noqa: S311 - the dice of made-up zones
    bases = [of_example(name) for name in NAMES]
    codes = list(PROVINCES)
    for nth in range(number):
        code = dice.choice(codes)
        marks = tuple(
            Mark(MarkKind.SUPERVISION_NO, f"{nth % 2400 + 110000}2020B{each:05d}", f"/parcels/{each}", f"P{each}")
            for each in range(1, 21)
        )
        yield replace(
            dice.choice(bases),
            name=f"{nth:04d}.json",
            zone=f"Z{nth}",
            zone_name=f"第{nth}经济技术开发区",
            province=code,
            marks=marks,
            payments=(),
        )


def test_two_thousand_five_hundred_zones_take_bounded_time_and_room() -> None:
    held = list(many(2500))
    with within(20):
        summary = summarise(held, [replace(FAILURES[0], name=f"{nth}") for nth in range(900)], shipped_policy())
        page = FORMATS["html"](summary).decode()
    assert len(page) < 5_000_000
    assert page.count('<tr data-p="') == 2500
    drawn = sum(map(int, re.findall(r'aria-label="条款×开发区，第\d+至(\d+)行"', page)[-1:]))
    assert drawn == MOST_HEATED
    assert f"其余{2500 - MOST_HEATED}份没有画出" in page
    assert "另有400份没有列出" in page
    assert summary.crossing.found[LeadKind.SUPERVISION_NO] == 2000
    assert len(summary.crossing.leads) == MOST_LEADS


# --- in a browser -----------------------------------------------------------------------------------------------------


def long() -> Summary:
    one, names = sample()[0], [f"区Z{number:03}" for number in range(100)]
    return summarise([replace(one, name=each, zone=each, zone_name=each) for each in names], [], fixed())


PAGES: Mapping[str, Callable[[], Summary]] = {
    "whole": whole,
    "hostile": hostile,
    "empty": lambda: summarise([], FAILURES, fixed()),
    "long": long,
}


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    name, options = request.param
    with opening(browser, tmp_path / "summary.html", FORMATS["html"](PAGES[name]()), options) as each:
        yield each


def pages(*names: str, **options: object) -> pytest.MarkDecorator:
    cases = [(name, options) for name in names]
    return pytest.mark.parametrize("opened", cases, indirect=True, ids=lambda case: case[0])


def rows_shown(page: Page) -> list[str]:
    return page.locator("#zones-table tbody tr:not([hidden]) .name").all_inner_texts()


@pages("whole", "hostile", "empty")
def test_nothing_is_fetched_and_the_browser_has_no_complaint(opened: Opened) -> None:
    page, troubles = opened
    unfold(page)
    page.wait_for_timeout(100)
    assert troubles == []


@pytest.mark.parametrize(
    "opened",
    [
        ("whole", {"bypass_csp": True}),
        ("whole", {"bypass_csp": True, "color_scheme": "dark"}),
        ("hostile", {"bypass_csp": True}),
        ("empty", {"bypass_csp": True, "color_scheme": "dark"}),
    ],
    indirect=True,
    ids=["light", "dark", "hostile", "empty"],
)
def test_everybody_can_read_it(opened: Opened) -> None:
    page, _ = opened
    assert violations(page) == []


@pages("whole", "hostile", viewport={"width": 320, "height": 640})
def test_a_narrow_screen_needs_no_sideways_scroll(opened: Opened) -> None:
    page, _ = opened
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pages("whole", java_script_enabled=False)
def test_it_is_whole_without_its_script(opened: Opened) -> None:
    page, _ = opened
    assert not page.locator("#filter").is_visible()
    assert len(rows_shown(page)) == 7
    assert page.locator("[hidden]:not(form)").count() == 0


@pages("whole")
def test_the_keyboard_filters_and_sorts(opened: Opened) -> None:
    page, troubles = opened
    told = page.locator("#filter output")
    assert told.inner_text() == "共7份"
    page.locator("#filter-p").select_option("330000")
    assert told.inner_text() == "筛选（浙江省）：显示2份，共7份"
    page.locator("#filter-p").select_option("-")
    assert rows_shown(page) == ["疏影经济技术开发区", "甲经济开发区"]
    page.locator("#filter-k").select_option("0")
    assert rows_shown(page) == ["疏影经济技术开发区"]
    page.locator("#filter button").press("Enter")
    assert len(rows_shown(page)) == 7
    page.locator("#filter-q").fill("Ｚ91 甲")
    assert rows_shown(page) == ["甲经济开发区"]
    page.locator("#filter button").press("Enter")
    before = rows_shown(page)
    button = page.get_by_role("button", name="资料不足占比")
    button.press("Enter")
    assert rows_shown(page)[0] == "疏影经济技术开发区"
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    button.press("Enter")
    assert rows_shown(page)[-1] == "疏影经济技术开发区"
    assert sorted(rows_shown(page)) == sorted(before)
    assert troubles == []


@pages("whole")
def test_the_share_that_is_not_known_stands_beside_that_of_violations(opened: Opened) -> None:
    page, _ = opened
    heads = [each.strip() for each in page.locator("#zones-table thead th").all_inner_texts()]
    assert heads.index("资料不足占比") == heads.index("违反占比") + 1
    row = page.locator("#zones-table tbody tr", has_text="疏影经济技术开发区").locator("td").all_inner_texts()
    assert row[0] == "不排名"
    assert "0%" in row


@pages("whole")
def test_every_number_of_the_heat_map_is_there_as_text(opened: Opened) -> None:
    page, _ = opened
    unfold(page)
    drawn = sum(map(int, page.locator("svg.heat").last.locator("text.on").all_text_contents()))
    cells = page.locator("#heat ~ details table").last.locator("tbody td").all_text_contents()
    told = 0
    for each in cells:
        found = re.search(r"违反(\d+)", each) or re.search(r"疑似(\d+)", each)
        told += int(found[1]) if found else 0
    assert told == drawn > 0


@pages("whole")
def test_it_prints(opened: Opened) -> None:
    page, _ = opened
    paper = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    assert paper.startswith(b"%PDF-")
    page.emulate_media(media="print")
    assert not page.locator("#filter").is_visible()
    assert page.locator("#heat ~ details table").first.is_visible()
    page.locator("#filter-l").select_option("provincial", force=True)
    assert page.locator("#filter output").is_visible()


@pages("long")
def test_the_headings_of_the_zones_stand_on_every_page(opened: Opened) -> None:
    page, _ = opened
    page.evaluate("document.querySelectorAll('section:not(:has(#zones-table))').forEach(each => each.remove())")
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as paper:
        texts = ["".join(normalize("NFKC", each.extract_text()).split()) for each in paper.pages]
    listing = [text for text in texts if "区Z" in text]
    assert len(listing) > 2
    assert [text[:200] for text in listing if "违反占比资料不足占比违反至多" not in text] == []


# --- leads across dossiers --------------------------------------------------------------------------------------------


DAY = "2024-12-31"
NUMBER = "3205832012B00123"
UNIT = "450103001001GB00001W00000000"
FIRM, OTHER_FIRM = (f"91110000{body}" for body in ("600037341L", "MA0000001L"))


def dossier(zone: str, *, day: str = DAY, complete: Sequence[str] = (), **registers: Any) -> Digest:
    """Make a dossier of one zone, check it, and keep its digest."""
    declared = {
        name: {"complete": True, "as_of": day, "count": len(registers[name]), "signatory": "甲"} for name in complete
    }
    raw = {
        "meta": {"dossier_id": f"D-{zone}", "as_of_date": day, "completeness": declared},
        "zone": {"zone_id": zone, "name_zh": f"{zone}经济开发区"},
        **registers,
    }
    held = load_dossier(json.dumps(raw).encode(), f"{zone}.json", dossier_schema())
    return digest(f"{zone}.json", check(shipped_policy(), held), held)


def crossing(*held: Digest, totals: Totals | None = None) -> Crossing:
    """Hold dossiers together, in whatever order, and see that nothing said of them accuses anybody."""
    found = cross(held, totals)
    turned = cross(held[::-1], totals)
    assert {(each.kind, each.same, each.zones) for each in found.leads} == {
        (each.kind, each.same, each.zones) for each in turned.leads
    }
    summary = summarise(held, [], shipped_policy(), totals)
    assert {each["standing"] for each in plain(summary)["crossing"]["leads"]} <= {STANDING}
    page = FORMATS["html"](summary).decode()
    section = page[page.index('id="leads"') : page.index('<section aria-labelledby="failures"')]
    said = section + json.dumps(plain(summary)["crossing"], ensure_ascii=False)
    assert not [word for word in ACCUSING if word in said]
    assert summarise(held, [], shipped_policy()).tally == summary.tally
    return found


def parcels(*records: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"parcel_id": f"P{nth}", "project_name": "精密仪器项目", **each} for nth, each in enumerate(records)]


def test_a_parcel_in_two_zones_is_a_lead_that_names_both_entries() -> None:
    one = dossier("Z1", parcels=parcels({}, {"electronic_supervision_no": NUMBER}))
    other = dossier("Z2", parcels=parcels({"electronic_supervision_no": NUMBER}))
    [lead] = crossing(one, other).leads
    assert lead.kind is LeadKind.SUPERVISION_NO
    assert lead.same == (f"电子监管号 {NUMBER}",)
    assert [(each.zone, each.name, each.pointer, each.label) for each in lead.sides] == [
        ("Z1", "Z1.json", "/parcels/1/electronic_supervision_no", "精密仪器项目（P1）"),
        ("Z2", "Z2.json", "/parcels/0/electronic_supervision_no", "精密仪器项目（P0）"),
    ]
    assert "托管" in lead.kind.innocent
    assert "出让合同" in lead.kind.settled_by


@pytest.mark.parametrize(
    ("one", "other", "is_lead"),
    [
        (NUMBER, "３２０５８３ 2012ｂ００１２３", True),
        (NUMBER, "320583\u200b2012B00123", True),
        (NUMBER, "3205832012B00124", False),
        (None, None, False),
        ("无", "无", False),
        ("/", "/", False),
        ("0000000000000000", "0000000000000000", False),
        ("3205832012B00000", "3205832012B00000", False),
        ("99", "99", False),
        ("2012-B-123号地块", "2012-B-123号地块", False),
    ],
)
def test_only_a_known_number_is_the_same_parcel(one: str | None, other: str | None, is_lead: bool) -> None:
    held = [
        dossier(zone, parcels=parcels({"electronic_supervision_no": number}))
        for zone, number in (("Z1", one), ("Z2", other))
    ]
    assert bool(crossing(*held).leads) is is_lead


def test_what_is_absent_matches_nothing() -> None:
    assert not crossing(dossier("Z1", parcels=parcels({})), dossier("Z2", parcels=parcels({}))).leads
    assert not crossing(dossier("Z1"), dossier("Z2")).leads


def test_one_zone_alone_is_no_lead_whatever_it_repeats() -> None:
    held = dossier("Z1", parcels=parcels(*[{"electronic_supervision_no": NUMBER}] * 2))
    earlier = replace(held, name="earlier.json", as_of="2023-12-31")
    assert not crossing(held, earlier).leads
    [lead] = crossing(held, earlier, dossier("Z2", parcels=parcels({"electronic_supervision_no": NUMBER}))).leads
    assert [each.more for each in lead.sides] == [1, 1, 0]
    assert lead.zones == 2


def test_numbers_of_no_known_form_are_counted() -> None:
    held = crossing(
        dossier("Z1", parcels=parcels({"electronic_supervision_no": "无"}, {"electronic_supervision_no": NUMBER}))
    )
    assert held.skipped == {"supervision_no": 1}


@pytest.mark.parametrize(
    ("other", "is_lead"),
    [
        (UNIT, True),
        ("450103 001001 GB00001 F00010002", True),
        ("450103001001GB00002W00000000", False),
        ("000000000000GB00000W00000000", False),
        (None, False),
    ],
)
def test_a_unit_on_the_same_land_is_the_same_parcel(other: str | None, is_lead: bool) -> None:
    held = [
        dossier(zone, parcels=parcels({"real_estate_unit_no": number}))
        for zone, number in (("Z1", UNIT), ("Z2", other))
    ]
    assert [each.kind for each in crossing(*held).leads] == [LeadKind.PARCEL_CODE] * is_lead


@pytest.mark.parametrize("number", ["450103001001GB00001", UNIT.lower(), UNIT + "1", "无", UNIT.replace("W", "X")])
def test_a_unit_number_of_another_form_is_refused(number: str) -> None:
    with pytest.raises(DossierError, match="的写法不对"):
        dossier("Z1", parcels=parcels({"real_estate_unit_no": number}))


def approval(number: str | None, issuer: str | None = None, field: str = "*") -> dict[str, Any]:
    paper = {"doc_id": "D1", "title": "用地批复", "doc_no": number, "issuer_name": issuer}
    return {
        "evidence": [{key: value for key, value in paper.items() if value is not None}],
        "land_approvals": [{"batch_id": "B1", "name": "2020年第一批次", "sources": {field: ["D1#p3"]}}],
    }


@pytest.mark.parametrize(
    ("one", "other", "is_lead"),
    [
        (approval("鲁政土字〔2020〕12号"), approval("鲁政土字[２０２０]第012号"), True),
        (approval("鲁政土字〔2020〕12号"), approval("鲁政土字〔2020〕13号"), False),
        (approval("鲁政土字〔2020〕12号"), approval("鲁政土字〔2021〕12号"), False),
        (approval("鲁政土字〔2020〕12号", "山东省人民政府"), approval("鲁政土字〔2020〕12号", "山东省 人民政府"), True),
        (approval("政土〔2020〕12号", "甲市人民政府"), approval("政土〔2020〕12号", "乙市人民政府"), False),
        (approval("政土〔2020〕12号", "甲市人民政府"), approval("政土〔2020〕12号"), True),
        (approval("〔2020〕12号"), approval("〔2020〕12号"), False),
        (approval("无"), approval("无"), False),
        (approval(None), approval(None), False),
        (approval("鲁政土字〔2020〕12号"), approval("鲁政土字〔2020〕12号", field="supplied_ha"), False),
    ],
)
def test_batches_of_land_on_the_same_approval(one: dict[str, Any], other: dict[str, Any], is_lead: bool) -> None:
    found = crossing(dossier("Z1", **one), dossier("Z2", **other)).leads
    assert [each.kind for each in found] == [LeadKind.APPROVAL_NO] * is_lead


def test_a_batch_on_two_shared_approvals_is_two_leads() -> None:
    one = approval("鲁政土字〔2020〕12号")
    one["evidence"].append({"doc_id": "D2", "doc_no": "鲁政土字〔2020〕13号"})
    one["land_approvals"][0]["sources"]["*"].append("D2")
    leads = crossing(dossier("Z1", **one), dossier("Z2", **one)).leads
    assert len({each.id for each in leads}) == len(leads) == 2


def test_a_paper_without_an_issuer_belongs_to_no_one_where_two_issue_the_same_number() -> None:
    number = "政土〔2020〕12号"
    one, two, unsaid = (approval(number, each) for each in ("甲市人民政府", "乙市人民政府", None))
    held = [dossier(f"Z{nth}", **each) for nth, each in enumerate((one, two, unsaid))]
    assert not crossing(*held).leads
    [lead] = crossing(*held, dossier("Z9", **one)).leads
    assert [each.zone for each in lead.sides] == ["Z0", "Z9"]


def paid(
    cny: object = 4_500_000,
    day: str | None = "2020-01-10",
    *,
    code: str | None = FIRM,
    linked: bool = True,
    project: str = "",
    promise: str = "",
) -> dict[str, Any]:
    spent = {
        "exp_id": "X1",
        "paid_on": day,
        "amount_cny": cny,
        "payee_uscc": code,
        "purpose_text": "产业扶持",
        **({"linked_parcel_id": "P0", "linked_agreement_id": "A1"} if linked else {}),
    }
    return {
        "parcels": [{"parcel_id": "P0", "project_name": project or None}],
        "agreements": [{"agr_id": "A1", "commitments": [{"commitment_id": "1", "text": promise or None}]}],
        "expenditures": [{key: value for key, value in spent.items() if value is not None}],
    }


def later(days: int) -> str:
    return (date(2020, 1, 10) + timedelta(days=days)).isoformat()


NAMED: dict[str, Any] = {"project": "年产29,000吨复合材料项目（二期）"}
PROMISED: dict[str, Any] = {"promise": "按实缴土地价款的百分之三十给予基础设施补助"}


@pytest.mark.parametrize(
    ("one", "other", "is_lead"),
    [
        (paid(), paid(), True),
        (paid(), paid(4_500_000.01), False),
        (paid(), paid(code=OTHER_FIRM), False),
        (paid(), paid(code=FIRM.lower().replace("9111", "9111 ")), True),
        (paid(code="911100006000373411"), paid(code="911100006000373411"), False),
        (paid(code="无"), paid(code="无"), False),
        (paid(code=None), paid(code=None), False),
        (paid(day=later(0)), paid(day=later(WINDOW_DAYS)), True),
        (paid(day=later(0)), paid(day=later(WINDOW_DAYS + 1)), False),
        (paid(day=None), paid(day=None), False),
        (paid(day="2020-01"), paid(day="2020-01"), False),
        (paid(linked=False), paid(), False),
        (paid(10_000), paid(10_000), True),
        (paid(9_999.99), paid(9_999.99), False),
        (paid(-4_500_000), paid(-4_500_000), False),
        (paid(None), paid(None), False),
        (paid(1, **NAMED), paid(2, project="年产29000吨复合材料项目 二期"), True),
        (paid(1, **NAMED), paid(2, project="年产29000吨复合材料项目（三期）"), False),
        (paid(1, project="厂房"), paid(2, project="厂房"), False),
        (paid(1, project="——————"), paid(2, project="——————"), False),
        (paid(1, **PROMISED), paid(2, **PROMISED), True),
        (paid(1, promise="给予奖励"), paid(2, promise="给予奖励"), False),
        (paid(1, **NAMED), paid(2, **NAMED, day=later(WINDOW_DAYS + 1)), False),
    ],
)
def test_a_firm_paid_by_two_zones_for_what_may_be_the_same(
    one: dict[str, Any], other: dict[str, Any], is_lead: bool
) -> None:
    found = crossing(dossier("Z1", **one), dossier("Z2", **other)).leads
    assert [each.kind for each in found] == [LeadKind.PAYMENT] * is_lead


def test_the_codes_of_the_firms_are_valid() -> None:
    assert uscc.is_valid(FIRM)
    assert uscc.is_valid(OTHER_FIRM)


def test_two_payments_that_share_much_are_one_lead() -> None:
    one, other = paid(**NAMED, **PROMISED), paid(**NAMED, **PROMISED, day=later(30))
    [lead] = crossing(dossier("Z1", **one), dossier("Z2", **other)).leads
    assert lead.same[0] == f"收款人统一社会信用代码 {FIRM}"
    assert sorted(each[:2] for each in lead.same[1:]) == ["承诺", "金额", "项目"]
    assert [each.told for each in lead.sides] == ["2020-01-10支付4,500,000元", "2020-02-09支付4,500,000元"]


def test_payments_of_one_zone_are_no_lead_and_stretches_of_time_are_told_apart() -> None:
    one = paid()
    one["expenditures"] = [{**one["expenditures"][0], "exp_id": f"X{nth}"} for nth in range(3)]
    assert not crossing(dossier("Z1", **one)).leads
    far: dict[str, Any] = {"day": later(5 * WINDOW_DAYS)}
    held = [dossier("Z1", **one), dossier("Z2", **paid()), dossier("Z3", **paid(**far)), dossier("Z4", **paid(**far))]
    assert [[side.zone for side in each.sides] for each in crossing(*held).leads] == [
        ["Z1", "Z1", "Z1", "Z2"],
        ["Z3", "Z4"],
    ]


@pytest.mark.parametrize("seed", range(40))
def test_near_payments_are_those_that_a_plain_search_finds(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - made-up payments
    start = date(2010, 1, 1)
    spent: dict[str, list[Payment]] = {f"Z{nth}": [] for nth in range(3)}
    for nth in range(dice.randint(2, 14)):
        day = start + timedelta(
            days=dice.choice((0, 1, WINDOW_DAYS, WINDOW_DAYS + 1, 3 * WINDOW_DAYS)) + dice.randint(0, 1)
        )
        payment = Payment(FIRM, day, Decimal(10_000), f"/expenditures/{nth}", "", "", ())
        spent[dice.choice(list(spent))].append(payment)
    held = [
        replace(of_example("clean"), zone=zone, name=zone, marks=(), payments=tuple(payments))
        for zone, payments in spent.items()
    ]
    expected = {
        (zone, each.at)
        for zone, payments in spent.items()
        for each in payments
        if any(
            abs((each.day - other.day).days) <= WINDOW_DAYS
            for elsewhere, others in spent.items()
            if elsewhere != zone
            for other in others
        )
    }
    leads = cross(held).leads
    assert sum(len(each.sides) + each.others for each in leads) == len(expected)
    assert {(side.zone, side.pointer) for each in leads for side in each.sides} <= expected
    assert all(each.zones > 1 for each in leads)


def table(zone: str = "Z1", as_of: str = "", **figures: object) -> Totals:
    held = {name: Decimal(str(number)) for name, number in figures.items()}
    return Totals(file="省表.csv", lines=(Line(zone=zone, as_of=as_of, figures=held, place="第2行"),))


LAND = parcels({"area_sqm": 100_000, "total_price_cny": 5_000_000}, {"area_sqm": 100_000, "total_price_cny": 5_000_000})
UNMEASURED = parcels({"area_sqm": 100_000}, {})


@pytest.mark.parametrize(
    ("land", "complete", "figures", "is_lead"),
    [
        (LAND, True, {"parcels": 2}, False),
        (LAND, True, {"parcels": 3}, True),
        (LAND, True, {"parcels": 1}, True),
        (LAND, False, {"parcels": 3}, False),
        (LAND, False, {"parcels": 1}, True),
        (LAND, True, {"area_ha": 20}, False),
        (LAND, True, {"area_ha": "20.1005"}, False),
        (LAND, True, {"area_ha": "20.11"}, True),
        (LAND, True, {"area_ha": "19.91"}, False),
        (LAND, True, {"area_ha": "19.89"}, True),
        (LAND, False, {"area_ha": 30}, False),
        (UNMEASURED, True, {"area_ha": 30}, False),
        (UNMEASURED, True, {"area_ha": 5}, True),
        (LAND, True, {"price_cny": 10_000_000}, False),
        (LAND, True, {"price_cny": 10_060_000}, True),
        (LAND, True, {}, False),
        (None, True, {"parcels": 3}, False),
    ],
)
def test_figures_of_a_province_that_the_dossier_does_not_agree_with(
    land: list[dict[str, Any]] | None, complete: bool, figures: dict[str, Any], is_lead: bool
) -> None:
    held = dossier("Z1") if land is None else dossier("Z1", complete=["parcels"] if complete else [], parcels=land)
    found = crossing(held, totals=table(**figures)).leads
    assert [each.kind for each in found] == [LeadKind.TOTAL] * is_lead
    assert [[side.name for side in each.sides] for each in found] == [["Z1.json", "省表.csv"]] * is_lead


def test_figures_of_another_day_or_zone_are_not_compared() -> None:
    held = dossier("Z1", complete=["parcels"], parcels=LAND)
    assert crossing(held, totals=table(as_of=DAY, parcels=9)).found[LeadKind.TOTAL] == 1
    found = crossing(held, totals=table(as_of="2023-12-31", parcels=9))
    assert (found.leads, found.not_compared) == ((), 1)
    [line] = other_days_told(found)
    assert line == f"第2行 Z1：表中 2023-12-31，档案 Z1.json {DAY}"
    found = crossing(held, totals=table("Z2", parcels=9))
    assert (found.leads, found.without_line, found.without_dossier) == ((), ("Z1",), ("Z2",))


def test_what_is_listed_is_bounded_and_the_rest_is_counted() -> None:
    base = of_example("clean")
    marks = tuple(
        Mark(MarkKind.SUPERVISION_NO, f"3205832012B{each:05d}", f"/parcels/{each}", "P") for each in range(1, 700)
    )
    held = [replace(base, zone=f"Z{nth}", name=f"{nth:02d}", marks=marks) for nth in range(30)]
    found = cross(held)
    assert found.found[LeadKind.SUPERVISION_NO] == 699
    assert len(found.leads) == MOST_LEADS
    assert {(len(each.sides), each.others, each.zones) for each in found.leads} == {(MOST_SIDES, 30 - MOST_SIDES, 30)}


def test_a_digest_keeps_only_so_many_identifiers() -> None:
    land = [
        {"parcel_id": f"P{each}", "electronic_supervision_no": f"320583201{each // 99999}B{each % 99999 + 1:05d}"}
        for each in range(MOST_MARKS + 3)
    ]
    raw = {"meta": {"dossier_id": "D", "as_of_date": DAY}, "zone": {"zone_id": "Z"}, "parcels": land}
    held = digest("d", example("clean")[0], load_dossier(json.dumps(raw).encode(), "d.json", dossier_schema()))
    assert (len(held.marks), held.skipped) == (MOST_MARKS, {"supervision_no": 3})


def test_no_word_for_a_lead_accuses() -> None:
    for kind in LeadKind:
        for text in (kind.label, kind.innocent, kind.settled_by):
            assert text
            assert not [word for word in ACCUSING if word in text]
    assert "verdict" not in Lead.__slots__


# --- the table of a province ------------------------------------------------------------------------------------------


TABLE = '开发区编号,截至日期,供地宗数,供地面积（公顷）\nZ1,2024-12-31,12,31.5\nZ2,,"1,200",\n'


def as_xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - only this test writes one

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held)
    page = book.add_worksheet()
    for nth, row in enumerate(rows):
        page.write_row(nth, 0, row)
    book.close()
    return held.getvalue()


def test_a_table_is_read_the_same_from_every_format() -> None:
    expected = [
        ("Z1", "2024-12-31", {"parcels": Decimal(12), "area_ha": Decimal("31.5")}),
        ("Z2", "", {"parcels": Decimal(1200)}),
    ]
    rows: list[list[object]] = [
        ["zone", "as_of", "parcels", "area_ha"],
        ["Z1", "2024-12-31", 12, 31.5],
        ["Z2", "", 1200, ""],
    ]
    listed = [
        {"zone": "Z1", "as_of": "2024-12-31", "parcels": 12, "area_ha": 31.5},
        {"zone": "Z2", "parcels": 1200},
    ]
    for data, name in (
        (TABLE.encode(), "t.csv"),
        (TABLE.encode("gb18030"), "t.csv"),
        (as_xlsx(rows), "t.xlsx"),
        (json.dumps({"totals": listed}).encode(), "t.json"),
    ):
        read_back = read_totals(data, name)
        assert [(each.zone, each.as_of, dict(each.figures)) for each in read_back.lines] == expected


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "t.csv", "空的"),
        (b"zone,parcels\n", "t.csv", "没有一行"),
        ("供地宗数\n1\n".encode(), "t.csv", "缺少栏目"),
        (b"zone,parcels,number\nZ1,1,2\n", "t.csv", "没有这样的栏目：number"),
        (b"zone,parcels\nZ1,1.5\n", "t.csv", "应为整数"),
        ("zone,area_ha\nZ1,12公顷\n".encode(), "t.csv", "应为数值"),
        (b"zone,area_ha\nZ1,-1\n", "t.csv", "应为数值"),
        (b"zone,parcels\n,1\n", "t.csv", "没有开发区编号"),
        (b"zone,parcels\nZ1,1\nZ1,2\n", "t.csv", "在 第2行 已有一行"),
        (b"zone,as_of,parcels\nZ1,2024-13-01,1\n", "t.csv", "截至日期"),
        (b"zone,zone\nZ1,Z1\n", "t.csv", "栏目重复"),
        (b"{", "t.json", "不是有效的 JSON"),
        (b"[]", "t.json", "应为"),
        (b'{"totals": [{"zone": "Z1", "parcel": 1}]}', "t.json", "没有这样的栏目：parcel"),
        (b'{"totals": [{"zone": "Z1", "parcels": true}]}', "t.json", "应为整数"),
        (b'{"totals": [{"zone": "Z1", "area_ha": NaN}]}', "t.json", "应为数值"),
        (b"zone", "t.docx", "不是电子表格"),
    ],
)
def test_a_table_that_is_not_right_is_refused_with_the_place(data: bytes, name: str, message: str) -> None:
    with pytest.raises(DossierError, match=re.escape(message)):
        read_totals(data, name)


def test_supplied_land_is_what_the_dossier_has() -> None:
    assert dossier("Z1").supplied is None
    assert dossier("Z1", parcels=UNMEASURED).supplied == Supplied(
        parcels=2, area_sqm=Decimal(100_000), price_cny=Decimal(0), without_area=1, without_price=2, is_whole=False
    )
