"""Compare the law in the pack with the notes that it was made from, and try its days and figures at their edges."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pace import within

from checker.errors import PolicyError
from checker.model import Truth
from checker.policy import reading
from checker.policy.law import (
    Mark,
    Norm,
    Parameter,
    ParameterKind,
    Statute,
    load_norms,
    load_parameters,
    load_statutes,
)
from checker.policy.source import Source, parse_yaml, read_yaml
from checker.values import UNKNOWN, Range, Value, day

PACK = Path(__file__).parent.parent / "policies" / "guobanfa-2014-54"
DOCUMENT = (PACK / "document.txt").read_text(encoding="utf-8")
NOTES = (Path(__file__).parent / "law" / "domain-notes.md").read_text(encoding="utf-8")

NORMS = load_norms(read_yaml(PACK / "norms.yaml"), DOCUMENT)
STATUTES = load_statutes(read_yaml(PACK / "statutes.yaml"))
PARAMETERS = load_parameters(read_yaml(PACK / "parameters.yaml"))


# --- the notes ------------------------------------------------------------------------------------------------------


def rows(text: str) -> Iterator[list[str]]:
    """Give the cells of each row of the tables in *text*."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split(" | ")]


def part(start: str, end: str) -> str:
    """Give the part of the notes from one heading to the next."""
    return NOTES[NOTES.index(start) : NOTES.index(end)]


NOTED_NORMS = {row[0]: row for row in rows(part("## 1. ", "## 2. ")) if re.fullmatch(r"(?:\d+|Z)\.\d+", row[0])}
NOTED_PARAMETERS = list(rows(part("### 2b. ", "### 2c. ")))
ENTRIES: Mapping[str, str] = {
    code: text
    for text in re.split(r"\n\n|(?=\*\*L29)|(?=\*\*L30)", part("## 2. ", "### 2b. "))
    for code in re.findall(r"^\*\*(L\d\d) — ", text)
}

NUMERALS = {each: number for number, each in enumerate("一二三四五六七八九", 1)}


def numeral(text: str) -> int:
    """Read a Chinese numeral up to ninety-nine, or an article that has one.

    >>> numeral("第二十八条"), numeral("十"), numeral("四十")
    (28, 10, 40)
    """
    text = text.removeprefix("第").removesuffix("条")
    tens, ten, units = text.partition("十")
    return (NUMERALS[tens] if tens else 1) * 10 + NUMERALS.get(units, 0) if ten else NUMERALS[text]


CALLED = {
    "sifa-2005-5": "国有土地使用权合同纠纷解释",
    "sifa-2020": "国有土地使用权合同纠纷解释",
    "sifa-2000-tudi": "最高法 2000-06-19",
    "tudishishi-1998": "1998条例",
    "gongping-2024": "公平竞争审查条例",
    "kongzhizhibiao-2004": "工业项目建设用地控制指标: 2004 trial",
    "kaoping-2016": "2016 办法",
    "kaoping-2021": "2021 版",
    "gongping-xize-2017": "实施细则 2017",
    "gongping-xize-2021": "2021 (M-h)",
    "ducha-2022": "督察整改工作办法",
    "anquan-2014": "a weaker art.8",
    "caiyu-2017-87": "50号/87号",
}
"""What the notes call an instrument, where it is neither its number nor its title."""


def names(statute: Statute) -> list[str]:
    """Give what the notes may call an instrument: its number or, where it has none, its title."""
    if statute.id in CALLED:
        return [CALLED[statute.id]]
    if re.search(r"[〔/]|令第", statute.number):
        # the notes give ministries and numbers in short: 国务院令559号, 令21号, 市监总局令第99号
        return [statute.number, *re.findall(r"令第\d+号", statute.number)]
    return [statute.title.removeprefix("中华人民共和国")]


def named_at(statute: Statute, text: str) -> int:
    """Give where *text* first names an instrument, or -1."""
    plain = text.replace("令第", "令")
    return min((at for each in names(statute) if (at := plain.find(each.replace("令第", "令"))) >= 0), default=-1)


def about(statute: Statute) -> str:
    """Give the stretch of a notes entry that speaks of an instrument: from its name to the name of another."""
    entry = ENTRIES[statute.law].replace("令第", "令")
    start = named_at(statute, entry)
    others = (
        named_at(each, entry) for each in STATUTES.values() if each.law == statute.law and each.title != statute.title
    )
    return entry[start : min((at for at in others if at > start), default=len(entry))]


def articles_in(text: str) -> set[int]:
    """Give the numbers in *text* that can be articles: alone or a range of them, but no figures with a unit."""
    unit = r"(?!\d|[.%–/:-]\d)(?!\**\s*(?:days?|working|wd|years?|y\b|ha\b|months?|persons|km|[号%元亩倍年月个条])"
    found = set()
    for low, high in re.findall(rf"(?<!\d\.)(?<![\d%≥>≤〔〕/×–-])(\d{{1,2}})(?:–(\d{{1,2}}))?{unit})", text):
        found |= set(range(int(low), int(high or low) + 1))
    return found


def marks_in(text: str) -> set[str]:
    return set(re.findall(r"\b(?:Sa|Sb|Sc)\b", text))


# --- norms ----------------------------------------------------------------------------------------------------------

MODALITIES = {
    "OBL(soft)": "soft_obligation",
    "OBL": "obligation",
    "PRO": "prohibition",
    "PER": "permission",
    "ENC": "encouragement",
    "STA": "state_action",
    "GOAL": "goal",
    "SANC": "sanction",
}
CHECKABILITIES = {"F": "full", "P→F": "full", "P": "partial", "J": "judgement"}
PARTIES = {"Z": "zone", "LG": "local_government", "P": "province", "M": "ministry"}
ADDRESSEES = {
    "13.2": ["enterprise"],  # companies that the zone owns
    "16.5": ["local_government"],  # the zone only supplies facts
    "17.9": ["zone", "province"],  # the State Council only decides
    "18.4": ["province", "ministry"],  # the supervising departments
}


def test_every_norm_of_the_notes_is_in_the_pack_and_no_other() -> None:
    assert list(NORMS) == list(NOTED_NORMS)
    assert len(NORMS) == 113


@pytest.mark.parametrize("norm", NORMS.values(), ids=lambda norm: norm.id)
def test_norm_is_as_the_notes_have_it(norm: Norm) -> None:
    _, quote, modality, addressee, checkability, *_ = NOTED_NORMS[norm.id]
    parties = dict.fromkeys(PARTIES[each] for each in re.findall(r"\b(?:LG|Z|P|M)\b", addressee))
    assert norm.quote == quote
    assert norm.modality == next(mapped for short, mapped in MODALITIES.items() if modality.startswith(short))
    assert list(norm.addressee) == ADDRESSEES.get(norm.id, list(parties))
    assert norm.checkability == CHECKABILITIES[checkability]


@pytest.mark.parametrize("norm", NORMS.values(), ids=lambda norm: norm.id)
def test_quote_stands_under_the_article_of_its_norm(norm: Norm) -> None:
    article, _, _ = norm.id.partition(".")
    before = DOCUMENT[: DOCUMENT.index(norm.quote)]
    heading = re.findall(r"^（(.+?)）", before, re.MULTILINE)[-1]
    assert norm.article == ("结尾" if article == "Z" else heading)
    assert article == "Z" or numeral(norm.article) == int(article)


def test_clause_sets_a_duty_by_itself_only_where_it_needs_no_other_law() -> None:
    assert {each.id for each in NORMS.values() if each.own_duty} == {"14.3", "16.1", "16.6", "17.9", "18.1"}
    assert all(each.own_duty == each.why.startswith(("条款本身", "附条件的许可，含义")) for each in NORMS.values())


# --- statutes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statute", STATUTES.values(), ids=lambda statute: statute.id)
def test_statute_is_one_that_the_notes_name(statute: Statute) -> None:
    assert statute.law in ENTRIES
    assert named_at(statute, ENTRIES[statute.law]) >= 0
    edition = re.match(r"\d{4}", statute.number)
    assert not edition or any(edition[0] in text for text in ENTRIES.values() if named_at(statute, text) >= 0)


@pytest.mark.parametrize("statute", STATUTES.values(), ids=lambda statute: statute.id)
def test_articles_of_a_statute_are_those_that_the_notes_give(statute: Statute) -> None:
    assert {numeral(each) for each in statute.articles} <= articles_in(about(statute))


@pytest.mark.parametrize("statute", STATUTES.values(), ids=lambda statute: statute.id)
def test_what_counts_as_seen_was_seen(statute: Statute) -> None:
    seen = {mark.value for mark in (statute.from_mark, statute.text_mark) if mark.is_seen}
    assert seen <= marks_in(ENTRIES[statute.law])


@pytest.mark.parametrize("statute", STATUTES.values(), ids=lambda statute: statute.id)
def test_first_day_is_the_notes_and_not_seen_where_they_say_so(statute: Statute) -> None:
    if isinstance(statute.first_day, Range):
        assert not statute.first_day_seen
        return
    entry, first = ENTRIES[statute.law], statute.first_day.isoformat()
    assert first in NOTES
    if statute.first_day_seen:
        assert first in (part("### 2c. ", "### 5.4 ") if statute.id == "guofa-2015-25" else entry)
        assert not re.search(rf"{first}\**[,;]?\s*\(?M-[hml]", about(statute))


def test_no_two_editions_of_an_instrument_are_in_force_on_one_day() -> None:
    editions: dict[tuple[str, str], list[Statute]] = {}
    for each in STATUTES.values():
        editions.setdefault((each.law, each.title.removesuffix("（试行）").removesuffix("（暂行）")), []).append(each)
    several = [group for group in editions.values() if len(group) > 1]
    assert len(several) >= 8
    for group in several:
        for years in range(1995, 2030):
            on = date(years, 6, 15)
            assert sum(each.in_force(on) is True for each in group) <= 1, (group[0].title, on)


def cited() -> Iterator[tuple[str, str, list[str]]]:
    """Give what the rules of the pack cite: rule, statute, articles."""
    for path in sorted((PACK / "rules").glob("*.yaml")):
        rule = read_yaml(path).value
        for entry in [*rule.get("basis", []), *rule.get("see", [])]:
            yield path.stem, entry["statute"], entry.get("articles", [])


def test_articles_that_rules_cite_are_those_that_the_notes_give() -> None:
    wrong = [
        (rule, statute, article)
        for rule, statute, articles in cited()
        for article in articles
        if article not in STATUTES[statute].articles or numeral(article) not in articles_in(about(STATUTES[statute]))
    ]
    assert not wrong


def test_no_address_of_a_page_is_in_the_pack_or_the_notes() -> None:
    texts = [NOTES, *(path.read_text(encoding="utf-8") for path in PACK.glob("*.*"))]
    address = re.compile(r"https?:|www\.|\b[a-z0-9-]+\.(?:com|cn|org|net|gov)\b", re.IGNORECASE)
    assert not [found.group() for text in texts for found in address.finditer(text)]


# --- parameters -----------------------------------------------------------------------------------------------------


def named(cell: str) -> set[str]:
    """Give the figures of a row: what follows the first has its prefix (`eia.panel_expert_min / sign_min`)."""
    prefix = cell.partition(".")[0]
    return {each if "." in each else f"{prefix}.{each}" for each in cell.split(" / ")}


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.id)
def test_verified_figure_was_seen_by_the_notes_as_it_is(parameter: Parameter) -> None:
    for each in parameter.values:
        if each.verified:
            [row] = [row for row in NOTED_PARAMETERS if parameter.id in named(row[0])]
            figures = each.value if isinstance(each.value, tuple) else [each.value]
            assert {str(figure) for figure in figures} <= set(re.findall(r"[\d./]+", row[1]))
            assert each.mark.value in marks_in(row[2])
            assert "M-" not in row[2]


def test_figures_that_nobody_saw_are_soft_and_tolerances_are_not() -> None:
    assert {each.id for each in PARAMETERS.values() if not each.soft} == {
        *("coverage.tolerance", "eia.followup_years", "eia.panel_expert_min", "eia.sign_min", "plan.filing_days"),
        *("idle.fee_rate", "idle.fee_tolerance_cny", "idle.fee_years", "idle.handling_months"),
        *("idle.min_area_ratio", "idle.min_invest_ratio", "idle.reclaim_years"),
        *("chempark.recognition_months", "hazard.supervision_days", "spotcheck.publish_workdays"),
        *("landpay.penalty_per_day", "landpay.penalty_tolerance_cny"),
        *("landprice.unused_land_factor", "landterm.industrial_years", "landpower.pilot_provinces"),
        *("exprop.state_council_cultivated_ha", "exprop.state_council_other_ha"),
        *("exprop.prenotice_workdays", "exprop.plan_notice_days", "exprop.announce_workdays"),
        *("exit.scheme2016", "exit.scheme2021", "stat.mismatch_ratio"),
        *("exprop.area_price_max_age_years", "house.consult_days"),
        "treasury.max_workdays",
        *("plan.renewal_months", "siting.tolerance_pct", "siting.late_approval_months", "occupied.tolerance"),
    }


# --- days -----------------------------------------------------------------------------------------------------------


def statute(**fields: Any) -> Statute:
    plain = {
        "id": "x",
        "law": "L01",
        "title": "甲",
        "number": "乙〔2010〕1号",
        "kind": "law",
        "from": "2010-03-01",
        "to": "2012-02-29",
        "from_mark": "Sa",
        "text_mark": "Sa",
        "articles": [],
        "source": "丙",
    }
    written = yaml.safe_dump([plain | fields], allow_unicode=True)
    return load_statutes(parse_yaml(re.sub(r"'(\d{4}\S*)'", r"\1", written), "statutes.yaml"))["x"]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2010, 2, 28), False),
        (date(2010, 3, 1), True),
        (date(2012, 2, 29), True),
        (date(2012, 3, 1), False),
        (day("2010-02"), False),
        (day("2010-03"), True),
        (day("2010"), None),
        (day("2012-02"), True),
        (day("2012-03"), False),
        (day("2012"), None),
        (Range(date(2009, 1, 1), date(2013, 1, 1)), None),
        (Range(date(2012, 3, 1), None), False),
        (UNKNOWN, None),
    ],
)
def test_first_and_last_day_are_in_force(on: Value, expected: Truth) -> None:
    assert statute().in_force(on) is expected


@pytest.mark.parametrize(
    ("start", "end", "on", "expected"),
    [
        ("2010-03", None, date(2010, 2, 28), False),
        ("2010-03", None, date(2010, 3, 1), None),
        ("2010-03", None, date(2010, 3, 30), None),
        ("2010-03", None, date(2010, 3, 31), True),
        ("2010", None, date(2010, 12, 31), True),
        (None, "2012-02-29", date(2012, 2, 29), None),
        (None, "2012-02-29", date(2012, 3, 1), False),
        ("2004", "2008", date(2007, 12, 31), True),
        ("2004", "2008", date(2008, 1, 1), True),
        ("2004", "2008", date(2008, 1, 2), None),
        ("2004", "2008", date(2008, 12, 31), None),
        ("2004", "2008", date(2009, 1, 1), False),
    ],
)
def test_day_known_to_the_month_or_year_is_in_force_only_where_that_settles_it(
    start: str | None, end: str | None, on: date, expected: Truth
) -> None:
    assert statute(**{"from": start, "to": end}).in_force(on) is expected


@pytest.mark.parametrize(
    ("fields", "on", "expected"),
    [
        ({}, date(2010, 3, 1), True),
        ({"text_mark": "Sc"}, date(2010, 3, 1), True),
        ({"text_mark": "M"}, date(2011, 12, 1), False),
        ({"from_mark": "M"}, date(2011, 2, 28), False),
        ({"from_mark": "M"}, date(2011, 3, 1), True),
        ({"from_mark": "M"}, day("2011-02"), False),
        ({"from_mark": "M"}, day("2011-03"), True),
        ({"from_mark": "M"}, day("2011"), False),
        ({"from_mark": "M"}, UNKNOWN, False),
        ({"from_mark": "M", "from": "2010-03"}, date(2011, 3, 30), False),
        ({"from_mark": "M", "from": "2010-03"}, date(2011, 3, 31), True),
        ({"from_mark": "M", "from": "2010"}, date(2011, 12, 30), False),
        ({"from_mark": "M", "from": "2010"}, date(2011, 12, 31), True),
        ({"from_mark": "M", "from": "2008-02-29"}, date(2009, 2, 28), True),
        ({"from_mark": "M", "from": None}, date(2012, 1, 1), False),
    ],
)
def test_statute_is_firm_a_year_after_a_first_day_that_nobody_saw(
    fields: dict[str, Any], on: Value, expected: bool
) -> None:
    assert statute(**fields).firm_on(on) is expected


@given(on=st.dates(date(2009, 1, 1), date(2013, 12, 31)), wider=st.integers(0, 400), mark=st.sampled_from("SM"))
def test_knowing_less_of_a_day_never_settles_more(on: date, wider: int, mark: str) -> None:
    edition = statute(from_mark="Sa" if mark == "S" else "M")
    loose = Range(on - timedelta(days=wider), on + timedelta(days=wider + 1))
    assert edition.in_force(loose) in (None, edition.in_force(on))
    assert edition.firm_on(on) or not edition.firm_on(loose)


def test_citation_is_that_of_papers() -> None:
    title = "国务院办公厅关于规范国有土地使用权出让收支管理的通知"
    assert STATUTES["guobanfa-2006-100"].citation == f"《{title}》（国办发〔2006〕100号）"
    assert STATUTES["chengxiangguihua-2008"].citation == "《中华人民共和国城乡规划法》"


FIGURE = """
- id: a.b
  title: 甲
  unit: years
  kind: {kind}
  values:
    - {{from: 2010, value: "1/3", mark: {mark}, verified: {verified}, source: 乙}}
    - {{from: 2015-05-11, value: 0.50, mark: Sa, verified: true, source: 乙}}
"""


def figure(*, kind: str = "law", mark: str = "Sa", verified: str = "true") -> Parameter:
    written = FIGURE.format(kind=kind, mark=mark, verified=verified)
    return load_parameters(parse_yaml(written, "parameters.yaml"))["a.b"]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2009, 12, 31), UNKNOWN),
        (date(2010, 6, 1), UNKNOWN),
        (date(2010, 12, 31), Fraction(1, 3)),
        (date(2015, 5, 10), Fraction(1, 3)),
        (date(2015, 5, 11), Decimal("0.50")),
        (day("2015-05"), UNKNOWN),
        (day("2015-06"), Decimal("0.50")),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_figure_holds_from_its_first_day_until_the_next(on: Value, expected: Value) -> None:
    assert figure().value_on(on) == expected


def test_unverified_figure_of_law_and_every_proposal_is_soft() -> None:
    assert not figure().soft
    assert figure(verified="false").soft
    assert figure(kind="proposal").soft
    assert not figure(kind="tolerance", mark="P", verified="false").soft


@pytest.mark.parametrize("mark", [Mark.M, Mark.P])
def test_figure_of_law_that_nobody_saw_cannot_be_called_verified(mark: Mark) -> None:
    with pytest.raises(PolicyError, match=f"parameters.yaml:7:.*标记为 {mark} 的法定数值不能写 verified: true"):
        figure(mark=mark)
    assert figure(kind=ParameterKind.TOLERANCE, mark=mark).values[0].mark is mark


def test_values_go_from_early_to_late() -> None:
    with pytest.raises(PolicyError, match="由早到晚"):
        load_parameters(parse_yaml(FIGURE.format(kind="law", mark="Sa", verified="true").replace("2010", "2016"), "p"))


def test_last_day_is_not_before_the_first() -> None:
    with pytest.raises(PolicyError, match="失效日早于施行日"):
        statute(to="2010-02-28")


# --- files that are wrong -------------------------------------------------------------------------------------------


def problems_of(text: str, document: str = DOCUMENT) -> list[str]:
    with pytest.raises(PolicyError) as raised:
        load_norms(parse_yaml(text, "norms.yaml"), document)
    return [f"{each.place} {each.message} {each.suggestion}".strip() for each in raised.value.problems]


NORM_KEYS = ("id", "article", "quote", "modality", "addressee", "checkability", "own_duty", "why", "question")
NORM = """\
- id: "18.6"
  article: 十八
  quote: 禁止侵占被拆迁居民和被征地农民的合法利益
  modality: prohibition
  addressee: [zone]
  checkability: full
  own_duty: false
  why: 甲
"""


def test_all_that_is_wrong_with_a_file_is_told_at_once_with_places_and_ways_out() -> None:
    wrong = NORM.replace("modality: prohibition", "modalty: prohibition").replace("[zone]", "[zone, zon, 5]")
    wrong = wrong.replace("own_duty: false", "own_duty: no").replace("full", "total")
    parties = "zone、local_government、province、ministry、enterprise"
    assert problems_of(wrong + NORM + NORM + "- 5\n") == [
        "norms.yaml:4:3 /0/modalty 没有“modalty”这个键 是否要写“modality”？",
        "norms.yaml:1:3 /0 缺少“modality”",
        f"norms.yaml:5:21 /0/addressee/1 没有“zon”这一项，可写：{parties} 是否要写“zone”？",
        f"norms.yaml:5:26 /0/addressee/2 没有“5”这一项，可写：{parties}",
        "norms.yaml:6:17 /0/checkability 没有“total”这一项，可写：full、partial、judgement",
        "norms.yaml:7:13 /0/own_duty 这里要写 true 或 false",
        "norms.yaml:17:7 /2/id 编号 18.6 重复（第 9 行已有）",
        f"norms.yaml:25:3 /3 这里要写一条记录，含：{'、'.join(NORM_KEYS)}",
    ]


@pytest.mark.parametrize(
    ("document", "times"),
    [("", 0), ("禁止侵占被拆迁居民和被征地农民的合法\n利益", 0), (DOCUMENT * 2, 2)],
    ids=["absent", "broken by a line", "twice"],
)
def test_quote_stands_in_the_document_word_for_word_and_once(document: str, times: int) -> None:
    assert problems_of(NORM, document) == [f"norms.yaml:3:10 /0/quote 引文在文件中应出现一次，实际出现{times}次"]


def test_blanks_at_line_ends_do_not_matter_to_a_quote() -> None:
    assert load_norms(parse_yaml(NORM, "norms.yaml"), DOCUMENT.replace("\n", "  \r\n"))


def test_unquoted_id_of_a_norm_is_told_how_to_be_written() -> None:
    assert problems_of(NORM.replace('"18.6"', "18.6")) == ['norms.yaml:1:7 /0/id 这里要写文字 加引号："18.6"']


# --- YAML with places -----------------------------------------------------------------------------------------------

EXPRESSIONS = """\
plain: 土地 << 出让价款
quoted: '甲 ''乙'' 丙'
escaped: "a\\u4e2d \\"b\\" \\
  c\\nd"
literal: |  # why
  first line
    second  line
folded: >-
  any(p.paid_on < as_of

  for p   in payments)
  or missing
flow: {x: [one, two three]}
spread: left and
  right
"""


@pytest.mark.parametrize(
    ("pointer", "excerpt", "line", "column"),
    [
        ("/plain", "土地", 1, 8),
        ("/plain", "出让", 1, 14),
        ("/quoted", "乙", 2, 14),
        ("/quoted", "丙", 2, 18),
        ("/escaped", "中", 3, 12),
        ("/escaped", "b", 3, 21),
        ("/escaped", "c", 4, 3),
        ("/escaped", "d", 4, 6),
        ("/literal", "line", 6, 9),
        ("/literal", "second", 7, 5),
        ("/literal", "  line", 7, 11),
        ("/folded", "any", 9, 3),
        ("/folded", "for", 11, 3),
        ("/folded", "in pay", 11, 11),
        ("/folded", "or missing", 12, 3),
        ("/flow/x/1", "three", 13, 21),
        ("/spread", "right", 15, 3),
    ],
)
def test_place_in_an_expression_is_that_of_its_character(pointer: str, excerpt: str, line: int, column: int) -> None:
    read = parse_yaml(EXPRESSIONS, "rules/x.yaml")
    value: Any = read.value
    for step in pointer.split("/")[1:]:
        value = value[int(step) if isinstance(value, list) else step]
    place, shown = read.expression_place(pointer, value.index(excerpt))
    assert (place.file, place.pointer, place.line, place.column) == ("rules/x.yaml", pointer, line, column)
    assert shown.splitlines()[0].strip() == EXPRESSIONS.splitlines()[line - 1].strip()


def test_caret_stands_below_its_character_where_chinese_is_twice_as_wide() -> None:
    _, shown = parse_yaml(EXPRESSIONS, "x").expression_place("/plain", 3)
    assert shown == "    plain: 土地 << 出让价款\n           \u3000\u3000 ^"


def test_place_after_the_last_character_is_just_behind_it() -> None:
    place, _ = parse_yaml("a: x <\nb: 1\n", "x").expression_place("/a", 3)
    assert (place.line, place.column) == (1, 7)


@pytest.mark.parametrize(
    ("pointer", "key", "line", "column"),
    [
        ("", False, 1, 1),
        ("/a", False, 1, 4),
        ("/a", True, 1, 1),
        ("/b~1c/~0d/0", False, 3, 8),
        ("/b~1c/none/at/all", False, 3, 3),
        ("/b~1c/~0d/7", False, 3, 7),
        ("/e", False, 4, 3),
    ],
)
def test_place_of_a_pointer_or_of_its_nearest_parent(pointer: str, key: bool, line: int, column: int) -> None:
    place = parse_yaml("a: 1\nb/c:\n  ~d: [1]\ne:\n", "x").place(pointer, key=key)
    assert (place.pointer, place.line, place.column) == (pointer, line, column)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"])), st.data())
def test_place_holds_the_character_it_was_asked_for(text: str, data: st.DataObject) -> None:
    style = data.draw(st.sampled_from(["'", '"', "|", ">", None]))
    written = yaml.safe_dump({"k": text}, allow_unicode=True, default_style=style, width=20)
    read = parse_yaml(written, "x")
    solid = [index for index, each in enumerate(read.value["k"]) if not each.isspace()]
    if solid:
        place, _ = read.expression_place("/k", offset := data.draw(st.sampled_from(solid)))
        assert place.line is not None
        assert place.column is not None
        found = read.text.split("\n")[place.line - 1][place.column - 1]
        assert found in (read.value["k"][offset], "\\")


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("0.50", Decimal("0.50")),
        ("999999.99", Decimal("999999.99")),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        *(
            (same, same)
            for same in ["yes", "no", "on", "off", "~", "True", "NULL", "007", "0x1F", "1_000", "1e5", ".5"]
        ),
        *((same, same) for same in ["2014-10-30", "2014-10-30 12:00:00", "12:30:45", ".inf", ".nan", "=", "9" * 5000]),
    ],
)
def test_only_numbers_and_three_words_are_more_than_text(plain: str, value: object) -> None:
    read = parse_yaml(f"k: {plain}", "x").value["k"]
    assert read == value
    assert type(read) is type(value)


def test_quoted_words_and_numbers_are_text() -> None:
    assert parse_yaml("['1', \"true\", 'null']", "x").value == ["1", "true", "null"]


def test_line_ends_and_mark_at_the_start_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("\ufeffa: 1\r\nb: 2\rc: 3".encode())
    read = read_yaml(path, "rules/x.yaml")
    assert read.value == {"a": 1, "b": 2, "c": 3}
    assert str(read.place("/c")) == "rules/x.yaml:3:4 /c"


def test_empty_file_holds_nothing() -> None:
    read = parse_yaml("# nothing\n", "x")
    assert read.value is None
    assert read.place("/a/b").line == 1


HOSTILE = {
    "sequences without end": ("[" * 100_000, "嵌套超过 40 层"),
    "mappings without end": ("{" * 100_000, "键必须是文字"),
    "dashes without end": ("- " * 100_000, "嵌套超过 40 层"),
    "keys of keys": ("? " * 100_000, "键必须是文字"),
    "41 levels": ("[" * 41 + "]" * 41, "嵌套超过 40 层"),
    "billion laughs": ("a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{n}, *{n}]\n" for n in "bcdefgh"), "锚点"),
    "alias": ("a: *b", "锚点"),
    "python object": ("a: !!python/object/apply:os.system [true]", "类型标记"),
    "local tag": ("a: !x y", "类型标记"),
    "merge key": ("a: 1\n<<: {b: 2}", "合并键"),
    "two documents": ("a: 1\n---\nb: 2", "一个文档"),
    "key twice": ("a: 1\nb: 2\na: 3", "x.yaml:3:1: 键“a”重复（第 1 行已有）"),
    "number as a key": ("1: a", "键必须是文字：1"),
    "nothing as a key": ("null: a", "键必须是文字：null"),
    "list as a key": ("[a]: b", "键必须是文字"),
    "set in flow style": ("when: {x in {1}}", ">- 块"),
    "open quote": ('a: "b', "x.yaml:1:6: 不是有效的 YAML：引号没有配对"),
    "open bracket": ("a: [1, 2", "没有配对"),
    "colon in a text": ("a: b: c", "x.yaml:1:5: 不是有效的 YAML：这里不能出现冒号"),
    "tab": ("a:\n\t- b", "x.yaml:2:1"),
    "null character": ("a: \x00", "U+0000"),
    "escape character": ("a: \x1b[31m", "U+001B"),
    "unknown directive": ("%YAML 9.9\n---\na: 1", "不是有效的 YAML"),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, reading._LOADER], ids=["python", "c"])
def test_hostile_file_is_refused_at_once_with_its_place(
    case: str, loader: type[yaml.SafeLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LOADER", loader)
    text, expected = HOSTILE[case]
    with within(2), pytest.raises(PolicyError) as raised:
        parse_yaml(text, "x.yaml")
    assert len(str(raised.value)) < 2000
    assert all(each.place.line and each.place.column for each in raised.value.problems)
    if loader is not yaml.SafeLoader or "不是有效的 YAML" not in str(raised.value):  # the two word syntax differently
        assert expected in str(raised.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "x.yaml:1:1: 不是 UTF-8 编码的文本"),
        ("a: 中\nb: ".encode() + b"\xff\xfe", "x.yaml:2:4: 不是 UTF-8 编码的文本"),
        ("a: 1".encode("utf-16"), "不是 UTF-8 编码的文本"),
        (b"a: " + b"x" * 1_000_000, "文件超过 1 MB"),
    ],
    ids=["image", "bad byte", "utf-16", "too large"],
)
def test_file_that_is_no_text_is_refused(content: bytes, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(PolicyError, match=re.escape(expected)):
        read_yaml(path)


def test_file_that_is_not_there_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"rules/none\.yaml: 读不到文件"):
        read_yaml(tmp_path / "none.yaml", "rules/none.yaml")


def test_forty_levels_are_read() -> None:
    assert parse_yaml("[" * 40 + "]" * 40, "x").value


def test_lesser_faults_are_told_together() -> None:
    with pytest.raises(PolicyError) as raised:
        parse_yaml("a: 1\na: 2\n3: 4\n<<: 5\na: 6\n", "x")
    assert [each.place.line for each in raised.value.problems] == [2, 3, 4, 5]


@given(st.text(st.sampled_from("ab:-[]{}?&*!|>'\"%@`#\n \t,\\~<0.中")))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    with suppress(PolicyError):
        assert isinstance(parse_yaml(text, "x"), Source)


# --- turns ----------------------------------------------------------------------------------------------------------


def days_around(turns: Iterable[date]) -> list[date]:
    """Give some days before, at and after each turn, and some far from any, in their order."""
    far = [date(year, 7, 1) for year in range(1970, 2060)]
    return sorted({*far, *(each + timedelta(days=more) for each in turns for more in (-366, -31, -1, 0, 1, 31, 366))})


def test_what_a_statute_says_of_a_day_changes_at_its_turns_only() -> None:
    spans = ((None, "2012"), ("2010", None), ("2010-03", "2012-02-29"), ("2010", "2012-02"))
    vague = [statute(**{"from": start, "to": end, "from_mark": "M"}) for start, end in spans]
    changes = 0
    for each in (*STATUTES.values(), *vague):
        turns = set(each.turns())
        days = days_around(turns)
        for before, after in pairwise(days):
            if (each.in_force(before), each.firm_on(before)) != (each.in_force(after), each.firm_on(after)):
                assert any(before < turn <= after for turn in turns), (each.id, before, after)
                changes += 1
    assert changes >= len(STATUTES)


def test_a_figure_changes_at_its_turns_only() -> None:
    changes = 0
    for each in PARAMETERS.values():
        turns = set(each.turns())
        for before, after in pairwise(days_around(turns)):
            if each.value_on(before) != each.value_on(after):
                assert any(before < turn <= after for turn in turns), (each.id, before, after)
                changes += 1
    assert changes >= 10
