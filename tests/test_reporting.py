"""What the formats of a report say, and what they never do with foreign text."""

import hashlib
import json
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import reports_sample as sample
from pace import within

from checker.model import (
    Ahead,
    Exemption,
    Fact,
    Finding,
    Missing,
    Mode,
    NotChecked,
    Proposal,
    Reason,
    Report,
    Rung,
    Scalar,
    Subject,
    Verdict,
)
from checker.reporting import ENDINGS, FORMATS, arrangement, explain, text
from checker.reporting.columns import HANGING, WIDTH, width, wrap
from checker.reporting.wording import COUNTED, visible
from checker.resources import folder

Compare = Callable[[str, bytes], None]

INSPECTION = sample.report()
SELF_AUDIT = sample.report(mode=Mode.SELF_AUDIT)
PROJECTED = sample.report(projected=True)
SAMPLES = {
    "inspection": INSPECTION,
    "self-audit": SELF_AUDIT,
    "projected": PROJECTED,
    "clean": sample.clean(),
    "large": sample.large(20),
    "mapped": sample.mapped(),
}
SCHEMA = json.loads((folder("schemas") / "report.schema.json").read_text(encoding="utf-8"))
OWN = re.compile('<style>.*?</style>|<script>"use strict";.*?</script>', re.DOTALL)
PENAL = ("违反", "责令", "处罚", "违法", "违规", "追究", "疑似")


class Page(HTMLParser):
    """The elements of a page, and its text with one space between the pieces; without its style and its own script."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[str] = []
        self.feed(OWN.sub("", page.decode()))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def plain(report: Report, name: str) -> str:
    """Give what a reader of a format reads, without the line breaks."""
    content = FORMATS[name](report)
    return re.sub(r"\s+", "", Page(content).text if name == "html" else content.decode())


@pytest.mark.parametrize("mode", ["inspection", "self-audit"])
@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_as_it_was(golden: Compare, name: str, mode: str) -> None:
    golden(f"report-{mode}.{ENDINGS[name]}", FORMATS[name](SAMPLES[mode]))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    assert FORMATS[name](sample.report()) == FORMATS[name](sample.report())


def test_text_and_json_need_no_template_library() -> None:
    code = (
        "import sys; from checker.reporting import FORMATS; import reports_sample as s;"
        "FORMATS['text'](s.report()); FORMATS['json'](s.report()); print('jinja2' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{Path(__file__).parent.parent}:{Path(__file__).parent}"},
    )
    assert done.stdout.strip() == "False"


# --- JSON -----------------------------------------------------------------------------------------------------------


def as_json(report: Report) -> dict[str, Any]:
    content = FORMATS["json"](report)
    decoded: dict[str, Any] = json.loads(content)
    return decoded


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", SAMPLES)
def test_json_is_what_its_schema_says(name: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(as_json(SAMPLES[name]))


def test_every_object_of_the_schema_is_closed_and_every_definition_used() -> None:
    def objects(node: Any) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [found for each in node for found in objects(each)]
        if not isinstance(node, dict):
            return []
        here = [node] if node.get("type") == "object" else []
        return here + [found for each in node.values() for found in objects(each)]

    assert all("additionalProperties" in each for each in objects(SCHEMA))
    assert all(each["additionalProperties"] is False for each in objects(SCHEMA) if "properties" in each)
    used = set(re.findall(r"#/\$defs/(\w+)", json.dumps(SCHEMA)))
    assert used == set(SCHEMA["$defs"])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("findings", 0, "verdict"), "违反"),
        (("findings", 0, "verdict"), "exempt"),
        (("findings", 0, "facts", 0, "value"), 1.5),
        (("findings", 0, "facts", 0, "value"), None),
        (("findings", 0, "facts", 0, "low"), "1"),
        (("findings", 0, "tests", "violated", "truth"), True),
        (("findings", 0, "colour"), "red"),
        (("totals", "overall", "violation"), -1),
        (("dossier", "file"), "/home/somebody/dossier.json"),
        (("schema_version",), "1.0"),
    ],
)
def test_the_schema_refuses_what_the_contract_does_not_allow(path: tuple[Any, ...], value: object) -> None:
    report = as_json(INSPECTION)
    place: Any = report
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(report))


def test_json_has_a_key_for_each_field_of_a_finding() -> None:
    of_some = {"amount", "cure", "decided_by"}
    everything = {each.name for each in fields(Finding)}
    assert {frozenset(each) | of_some for each in as_json(INSPECTION)["findings"]} == {frozenset(everything)}


def test_json_writes_readable_utf8_in_a_fixed_order() -> None:
    content = FORMATS["json"](INSPECTION).decode()
    assert content.startswith('{\n  "schema_version": "2.0",\n  "as_of": "2024-12-30",')
    assert "欠缴3,520.00万元" in content
    assert content.endswith("}\n")
    only_of_some = {"ahead", "attestations", "cells", "language", "map"}
    assert [each for each in SCHEMA["properties"] if each not in only_of_some] == list(json.loads(content))
    assert list(json.loads(content)) == SCHEMA["required"]
    mapped = list(json.loads(FORMATS["json"](sample.mapped())))
    assert mapped == [each for each in SCHEMA["properties"] if each not in {"ahead", "cells", "language"}]


def test_json_says_what_the_report_says() -> None:
    report = as_json(INSPECTION)
    [first, second, *_] = report["findings"]
    assert report["totals"]["overall"] == {
        "violation": 5,
        "risk": 1,
        "undetermined": 10,
        "exempt": 1,
        "compliant": 120,
        "not_applicable": 8,
    }
    assert report["totals"]["by_rule"]["R18.8-01"]["undetermined"] == 7
    assert report["totals"]["by_clause"]["18.8"]["violation"] == 3
    assert [each["id"] for each in report["findings"]] == [each.id for each in INSPECTION.findings]
    assert [each["verdict"] for each in report["exempted"]] == ["exempt"]
    assert first["facts"][0]["from"] == ["/parcels/12/payment_schedule/0", "/parcels/12/payment_schedule/1"]
    assert first["facts"][0]["value"] == "86400000.00"
    assert second["conduct_on"]["low"] == "2019-06-01"
    assert (second["facts"][2]["low"], second["facts"][2]["high"]) == ("12000000", None)
    assert second["tests"]["violated"]["parts"][1]["parts"][0]["truth"] == "unknown"
    assert second["message"] == sample.REFUND.message
    assert report["registers"][1]["count"] is None


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (Decimal("1E+3"), "cny", "1000"),
        (Decimal("0.10"), "pct", "0.10"),
        (1200, "cny", "1200"),
        (1200, "days", 1200),
        (True, "", True),
        (date(2024, 1, 2), "", "2024-01-02"),
        ("listing", "", "listing"),
    ],
)
def test_json_writes_figures_exactly(value: Scalar, unit: str, written: object) -> None:
    fact = Fact(name="x", label="某项", state="known", value=value, text="…", unit=unit)
    report = replace(INSPECTION, findings=(replace(sample.ARREARS, facts=(fact,)),))
    assert as_json(report)["findings"][0]["facts"][0]["value"] == written
    jsonschema.Draft202012Validator(SCHEMA).validate(as_json(report))


# --- Foreign text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["text", "html"])
def test_foreign_text_is_shown_but_can_hide_and_forge_nothing(name: str) -> None:
    content = FORMATS[name](INSPECTION).decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", content)
    assert "〔U+202E〕钉〔U+2066〕" in plain(INSPECTION, name)
    assert "{{7*7}}" in plain(INSPECTION, name)
    assert "49" not in plain(INSPECTION, name)


def test_a_line_of_the_terminal_cannot_be_forged() -> None:
    lines = FORMATS["text"](INSPECTION).decode().splitlines()
    assert [each for each in lines if each.startswith("■ 结论")] == []
    assert sum(each.startswith("结论：") for each in lines) == 1


def test_markup_in_a_name_makes_no_element() -> None:
    page = Page(FORMATS["html"](INSPECTION))
    assert {"script", "img", "link", "iframe", "object"}.isdisjoint(tag for tag, _ in page.elements)
    assert "<script>alert(1)</script>" in page.text
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert all(
        (attributes[name] or "").startswith("#")
        for _, attributes in page.elements
        for name in ("href", "src")
        if name in attributes
    )


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\x1b", "\x00", "\x9b", "\ufeff", "\U000e0041", "\ud800"])
def test_invisible_characters_are_named(hidden: str) -> None:
    assert visible(f"甲{hidden}乙") == f"甲〔U+{ord(hidden):04X}〕乙"


# --- Text -----------------------------------------------------------------------------------------------------------


def test_text_is_plain_unless_colour_is_asked_for() -> None:
    assert b"\x1b" not in text.render(INSPECTION)
    coloured = text.render(INSPECTION, colour=True).decode()
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text.render(INSPECTION).decode()


def test_text_puts_the_worst_first() -> None:
    content = FORMATS["text"](INSPECTION).decode()
    order = [
        "检查报告  滨江经济技术开发区",
        "结论：违反 5 · 疑似 1 · 资料不足 10 · 符合 120（另：豁免 1 · 不适用 8）",
        "■ 最紧要的问题",
        "■ 按条款的问题",
        "■ 资料不足，无法判定",
        "■ 应调取的资料",
        "■ 豁免",
        "■ 不完整的台账",
        "■ 未检查事项",
        "■ 数据疑点",
        "■ 版本与校验值",
    ]
    places = [content.index(each) for each in order]
    assert places == sorted(places)


def test_text_is_within_the_width_and_loses_nothing() -> None:
    lines = FORMATS["text"](INSPECTION).decode().splitlines()
    assert max(map(width, lines)) <= WIDTH + 2
    together = plain(INSPECTION, "text")
    for each in arrangement.problems(INSPECTION):
        assert re.sub(r"\s+", "", visible(each.message)) in together
        for fact in each.facts:
            assert re.sub(r"\s+", "", visible(f"{fact.label} {fact.text}")) in together


def test_a_line_is_never_cut_and_never_begins_with_a_stop() -> None:
    long = "x" * 200
    assert "".join(wrap(f"编号{long}结束", room=40)) == f"编号{long}结束"
    assert list(wrap("一二三四五。六七八九（十一）十二", room=10)) == ["一二三四五。", "六七八九", "（十一）十", "二"]


def test_only_the_most_urgent_problems_stand_on_top() -> None:
    assert [each.id for each in arrangement.urgent(sample.large(20))] == [f"R18.8-01:P-{n:05}" for n in range(5)]


def test_what_one_rule_says_twice_is_said_once() -> None:
    content = FORMATS["text"](sample.large(3)).decode()
    assert content.count("整改措施：催缴") == 1
    assert content.count("同问题1") == 2
    assert content.count("欠缴3,520.00万元") == 3


# --- What is open ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["text", "html"])
def test_findings_that_lack_the_same_facts_are_one_line(name: str) -> None:
    content = plain(INSPECTION, name)
    assert content.count("缺缴款记录") == 1
    assert "7项" in content
    assert "无法判定标记" not in content


def test_other_missing_facts_make_another_line() -> None:
    [*_, last] = [each for each in INSPECTION.findings if each.rule == "R18.8-01"]
    other = replace(last, id="other", missing=(Missing(pointer="/parcels/60/plan", label="付款条款"),))
    report = replace(INSPECTION, findings=(*INSPECTION.findings, other))
    groups = [each for each in arrangement.undecided(report.findings) if each.rule == "R18.8-01"]
    assert [(each.missing, len(each.subjects)) for each in groups] == [(("缴款记录",), 7), (("付款条款",), 1)]


def test_a_silent_register_is_told_once_with_all_its_rules() -> None:
    [silence] = arrangement.silences(INSPECTION, INSPECTION.findings)
    assert silence.path == "households"
    assert silence.why == "没有完整性声明"
    assert [rule for rule, _ in silence.rules] == ["R18.6-01", "R18.6-02"]


def test_the_zone_that_lacks_a_register_is_no_silent_register() -> None:
    zone = replace(
        sample.REFUSED,
        id="R16.6-01:zone",
        subject=Subject(register="zone", id="zone", label="开发区", pointer="/zone"),
        missing=(Missing(pointer="/meta/completeness/plans", label="规划台账的完整性声明"),),
    )
    assert not arrangement.is_silence(zone)
    assert len(arrangement.undecided((zone,))) == 1


@pytest.mark.parametrize("name", ["text", "html"])
def test_what_nobody_knows_is_never_called_compliant(name: str) -> None:
    unknown = tuple(each for each in INSPECTION.findings if each.verdict is Verdict.UNDETERMINED)
    report = replace(INSPECTION, findings=unknown, totals={Verdict.UNDETERMINED: 10, Verdict.COMPLIANT: 120})
    assert "不能据此认为符合" in plain(report, name)
    assert "范围内未发现问题" not in plain(report, name)
    assert "范围内未发现问题" in plain(sample.clean(), name)


def test_only_a_clause_with_every_pair_closed_is_clear() -> None:
    assert [each.id for each in arrangement.clear(INSPECTION)] == ["16.8"]
    page = FORMATS["html"](INSPECTION).decode()
    section = page[page.index('<h2 id="clear">') : page.index("各规则的结论")]
    assert "应依法开展规划的环境影响评价" in section
    assert "严禁擅自调整规划" not in section
    assert "加强出国" not in section


def test_a_clause_that_applies_to_nothing_is_not_called_clear() -> None:
    [kept] = arrangement.clear(INSPECTION)
    nothing = replace(kept, id="9.9", quote="没有对象的一款", totals={Verdict.NOT_APPLICABLE: 3})
    none_yet = replace(kept, id="9.8", quote="没有结论的一款", totals={})
    report = replace(INSPECTION, clauses=(kept, nothing, none_yet))
    assert arrangement.clear(report) == (kept,)
    assert arrangement.untouched(report) == (nothing,)
    page = FORMATS["html"](report).decode()
    clear, rest = page[page.index('<h2 id="clear">') :].split('<h2 id="inapplicable">')
    assert "没有对象的一款" not in clear
    assert "1个条款没有检查对象，或者有关规则都不适用，没有得出结论" in rest
    assert "没有对象的一款" in rest
    assert "没有结论的一款" not in page
    assert [each["clear"] for each in json.loads(FORMATS["json"](report))["clauses"]] == [True, False, False]


# --- Words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["text", "html"])
def test_a_suspicion_is_never_said_to_break_a_clause(name: str) -> None:
    report = replace(INSPECTION, findings=(sample.IDLE_LAND,), totals={Verdict.RISK: 1}, exempted=())
    assert "涉及第十七条（17.5）" in plain(report, name)
    assert "违反第十七条" not in plain(report, name)
    assert plain(report, name).count("整改措施") == plain(report, name).count("查实后的整改措施") == 1


@pytest.mark.parametrize("name", ["text", "html"])
def test_a_self_audit_has_other_words_and_no_penal_ones(name: str) -> None:
    own = plain(replace(SELF_AUDIT, findings=tuple(map(_without_foreign_words, SELF_AUDIT.findings))), name)
    assert "自查报告" in own
    assert "需要整改5" in own or "5需要整改" in own
    assert "由所在地人民政府负责，提请所在地人民政府处理" in own
    assert "由开发区管理机构负责" not in own
    unquoted = re.sub("“[^”]*”|《[^》]*》", "", own).replace("不等于违规", "")
    assert [word for word in PENAL if word in unquoted] == []


def _without_foreign_words(finding: Finding) -> Finding:
    """Leave out what a dossier or a rule says, so that only our own words remain."""
    subject = replace(finding.subject, label="某对象")
    return replace(finding, message="某情形。", subject=subject, facts=())


def test_the_mode_changes_no_verdict() -> None:
    inspection, own = as_json(INSPECTION), as_json(SELF_AUDIT)
    assert inspection.pop("mode") == "inspection"
    assert own.pop("mode") == "self-audit"
    assert inspection == own


@pytest.mark.parametrize("name", ["text", "html"])
def test_a_projected_report_says_so_at_the_top(name: str) -> None:
    content = plain(PROJECTED, name)
    assert "推算" in content[: content.index("结论")]
    assert "档案只记载到2024年12月30日" in content
    assert "推算" not in plain(INSPECTION, name)


def test_many_problems_are_told_in_a_line_each_and_every_one_is_counted() -> None:
    many = sample.large(40)
    told = text.render(many).decode()
    assert len(told.splitlines()) < 60
    assert f"（违反 {40}）" in told
    assert "（另有37项，见 HTML、JSON 报告）" in told
    assert "zonecheck explain" in told


@pytest.mark.parametrize("columns", [40, 60, 92])
def test_no_line_is_wider_than_the_room_there_is(columns: int) -> None:
    lines = text.render(INSPECTION, room=columns).decode().splitlines()
    words = {word for line in lines for word in re.findall("[!-~]+", line) if len(word) > columns - 12}
    assert all(width(line) <= columns + HANGING or any(word in line for word in words) for line in lines)


@pytest.mark.parametrize("name", ["text", "html"])
def test_a_proposed_deadline_is_marked_and_a_legal_one_is_not(name: str) -> None:
    content = plain(INSPECTION, name)
    assert "90日内（建议时限）" in content
    assert "立即" in content
    assert "立即（建议时限）" not in content


@pytest.mark.parametrize("name", ["text", "html"])
def test_an_absorbed_finding_points_to_the_one_that_absorbs_it(name: str) -> None:
    assert "与问题3是同一事项，一并整改" in plain(INSPECTION, name)
    assert arrangement.numbering(INSPECTION)[sample.ARREARS.id] == 3
    assert sample.ABSORBED not in arrangement.urgent(INSPECTION)


# --- HTML -----------------------------------------------------------------------------------------------------------


def test_html_is_one_file_under_a_strict_policy() -> None:
    page = FORMATS["html"](INSPECTION).decode()
    [script] = re.findall("<script.*?>(.*?)</script>", page, re.DOTALL)
    allowed = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{allowed}'; style-src 'unsafe-inline'; img-src data:" in page
    assert not re.search(r"<[^>]* on\w+=", page)
    assert "url(" not in page
    assert "@import" not in page
    assert not re.search(r"=\"https?:", page)


def test_the_choices_of_the_filter_add_up_to_all_findings_and_exemptions() -> None:
    page = Page(FORMATS["html"](INSPECTION))
    marked = [attributes for _, attributes in page.elements if "data-p" in attributes]
    every = (*INSPECTION.findings, *INSPECTION.exempted)
    assert sorted(each["data-p"] or "" for each in marked) == sorted(each.responsible for each in every)
    text = re.sub(r"\s+", "", page.text)
    eighteenth = sum(each.clauses[0].article == "十八" for each in every)
    for told in (f"第十八条（{eighteenth}）", "违反（5）", "资料不足（10）", "豁免（1）", "责任主体待定（1）"):
        assert told in text, told


def test_the_map_marks_what_is_wrong_by_pattern_and_number_and_tells_the_same_in_a_table() -> None:
    content = FORMATS["html"](sample.mapped())
    page = Page(content)
    titled = re.findall(r'<path class="([^"]*)"(?: style="fill: url\(#([a-z-]+)\)")? d="M(\d+)', content.decode())
    assert [(pattern, int(x) // 110) for _, pattern, x in titled if pattern] == [
        ("fill-violation", 1),
        ("fill-risk", 2),
        ("fill-undetermined", 3),
    ]
    assert [classes for classes, _, _ in titled][:2] == ["line zone", "line plans"]
    assert {attributes["id"] for tag, attributes in page.elements if tag == "pattern"} >= {
        each[1] for each in titled if each[1]
    }
    text = re.sub(r"\s+", "", page.text)
    for told in (
        "宗地违反1处，宗地疑似1处，宗地资料不足1处，宗地没有列出的问题2处，规划没有列出的问题1处。逐处见下表。",
        "规划建设用地范围1,234.50公顷",
        "宗地（P-012）1,234.50违反3、5",
        "宗地（P-007）1,234.50疑似2",
        "宗地（P-040）1,234.50资料不足无法判定",
        "宗地（P-099）1,234.50公顷；宗地（P-015）1,234.50公顷。",
        "500米",
    ):
        assert told in text, told
    assert "合规" not in text
    assert sum(tag == "script" for tag, _ in page.elements) == 0
    assert 'id="map"' not in FORMATS["html"](INSPECTION).decode()


def test_no_number_on_the_map_is_printed_over_another() -> None:
    report = sample.mapped()
    assert report.map is not None
    crowded = tuple(replace(each, at=(50, 50)) for each in report.map.areas)
    page = FORMATS["html"](replace(report, map=replace(report.map, areas=crowded))).decode()
    assert re.findall(r"<text x=\"50\" y=\"50\"[^>]*>([^<]*)", page) == ["3、5"]
    assert "另有1处没有标在图上" in page


def test_a_long_list_is_laid_out_by_the_hundred() -> None:
    page = FORMATS["html"](sample.large(201)).decode()
    hundreds = [each.count('<details class="finding" data-a') for each in page.split('<div class="hundred" data-box>')]
    assert hundreds == [0, 100, 100, 1]
    assert '<div class="hundred"' not in FORMATS["html"](sample.large(100)).decode()


def test_the_contents_name_every_section_of_the_page() -> None:
    step = Proposal(
        rung=Rung.WARNING, reasons=(Reason(text="违反1项", number=1, at_least=1, is_law=False, is_proved=True),)
    )
    adjudication = replace(INSPECTION.adjudication, proposals=(step,))
    report = replace(INSPECTION, adjudication=adjudication, ahead=Ahead(until=date(2025, 6, 1), turns=(), law=()))
    for each in (report, INSPECTION, sample.clean(), sample.mapped()):
        page = FORMATS["html"](each).decode()
        sections = re.findall(r'<section aria-labelledby="([a-z]+)"', page)
        linked = set(re.findall(r'<li><a href="#([a-z]+)">', page[: page.index("</nav>")]))
        assert set(sections) <= linked
        assert linked <= set(re.findall(r' id="([a-z]+)"', page))
    assert {"adjudged", "ahead"} <= set(re.findall(r'href="#([a-z]+)"', FORMATS["html"](report).decode()))


def test_of_a_zone_of_unknown_level_the_page_begins_with_the_day() -> None:
    page = FORMATS["html"](replace(INSPECTION, zone=replace(INSPECTION.zone, level=""))).decode()
    assert "<p>截至2024年12月30日</p>" in page
    assert "<p>国家级 · 截至2024年12月30日</p>" in FORMATS["html"](INSPECTION).decode()


def test_html_prints_everything_a_finding_rests_on() -> None:
    content = plain(INSPECTION, "html")
    for expected in (
        "/parcels/12/payment_schedule/0、/parcels/12/payment_schedule/1",
        "国有建设用地使用权出让合同（浦合字〔2018〕31号）第4页〔D001〕",
        "《中华人民共和国城市房地产管理法》（主席令第三十二号）第十六条、第十七条，2020年1月1日起施行",
        "（待核实：未见原文，施行日待核）",
        "成立已缴价款小于到期应缴价款",
        "不明受益人为土地竞得人",
        "不成立已纳入年度预算",
        "变相返还占比提示值（10%，本工具建议值，待核实）",
        "政府原因造成动工迟延（有人主张，尚未证明；规划环评审查意见（环审〔2013〕8号）〔D021〕）",
        "经批准变更缴款期限，期限未届满且覆盖全部欠缴额（已证明；缓缴批复（市政复〔2024〕6号）〔D040〕）",
        "当地基准地价未录入",
        "供地方式为划拨：7项",
        "未发生：1项",
        "a1" * 32,
        "5e" * 32,
    ):
        assert expected in content, expected


def test_the_numbers_of_the_bar_are_those_of_the_table() -> None:
    page = Page(FORMATS["html"](INSPECTION))
    rects = [attributes for tag, attributes in page.elements if tag == "rect"]
    bars, clauses = rects[: len(COUNTED)], rects[len(COUNTED) :]
    assert [each["class"] for each in bars] == [each.value for each in COUNTED]
    assert sum(float((each["width"] or "").rstrip("%")) for each in bars) == pytest.approx(100, abs=0.05)
    assert all(float((each["width"] or "").rstrip("%")) > 2 for each in bars)
    assert "违反5，疑似1，资料不足10，符合120。" in plain(INSPECTION, "html")
    widths = [float((each["width"] or "").rstrip("%")) for each in clauses]
    assert widths == [pytest.approx(100 * number / 3, abs=0.01) for number in (1, 0, 0, 1, 3, 0, 1, 0)]
    told = [
        (under.clause.id, len(under.findings)) for part in arrangement.by_article(INSPECTION) for under in part.clauses
    ]
    assert told == [("16.6", 1), ("17.5", 1), ("18.8", 3), ("18.7", 1)]


def test_what_problems_of_one_rule_share_is_printed_once() -> None:
    content = plain(sample.large(4), "html")
    assert content.count("催缴本金及违约金；逾期依法解除合同；完成标准") == 1
    assert content.count("第1—4项共同的条款、依据、措施") == 1
    assert content.count("滨江路2号地块（P-002）截至") == 1
    other = replace(sample.ARREARS, id="other", basis=(sample.FEES,))
    [under] = arrangement.by_article(replace(INSPECTION, findings=(sample.ARREARS, other)))[0].clauses
    assert [[len(ground) for ground in grounds] for grounds in under.rules] == [[1, 1]]


def test_problems_of_one_rule_stand_together_the_worst_rule_first() -> None:
    found = (sample.ARREARS, sample.REFUND, replace(sample.ARREARS, id="later"))
    report = replace(INSPECTION, findings=found)
    assert arrangement.numbering(report) == {sample.ARREARS.id: 1, "later": 2, sample.REFUND.id: 3}


def test_a_plea_is_told_with_what_it_takes_and_what_was_pleaded() -> None:
    until = Fact(name="until", label="主张的期限止日", state="known", text="2024年12月1日", pointer="/claims/0/until")
    unsaid = Fact(name="amount_cny", label="主张的金额", state="unknown", text="不详")
    plea = Exemption(
        reason="经批准延期",
        state="not_covered",
        condition="期限未届满",
        facts=(until, unsaid, unsaid),
        documents=(sample.REVIEW,),
    )
    report = replace(INSPECTION, findings=(replace(sample.ARREARS, exemptions=(plea, *sample.ARREARS.exemptions)),))
    content = plain(report, "html")
    assert "经批准延期（有人主张，但所主张的事项未及于此；规划环评审查意见（环审〔2013〕8号）〔D021〕）" in content
    assert "须：期限未届满。所主张的：主张的期限止日2024年12月1日/claims/0/until。未写明：主张的金额（2处）" in content
    assert "无人主张的事由经批准变更缴款期限" in content
    assert "须：" not in plain(replace(INSPECTION, exempted=(), findings=(sample.ARREARS,)), "html")


def test_limits_are_told_rule_by_rule_and_folded() -> None:
    limits = tuple(NotChecked(rule="R18.8-01", kind="limit", text=f"限制{number}") for number in range(3))
    report = replace(INSPECTION, not_checked=(*limits, *INSPECTION.not_checked))
    assert arrangement.limits(report) == (
        ("R18.8-01", "欠缴、少缴土地出让价款", ("限制0", "限制1", "限制2", "违约金另行核算")),
    )
    page = FORMATS["html"](report).decode()
    section = page[page.index('<h2 id="limits">') :]
    assert section.index("当地基准地价未录入") < section.index("<details") < section.index("限制0")
    assert section.index("限制2") < section.index("</details>")


def test_seventy_problems_and_four_hundred_questions_make_a_small_page() -> None:
    [*_, model] = [each for each in INSPECTION.findings if each.rule == "R18.8-01"]
    questions = tuple(replace(model, id=f"open-{n}", subject=sample.parcel(n)) for n in range(400))
    report = sample.large(70)
    report = replace(report, findings=(*report.findings, *questions))
    FORMATS["html"](sample.clean())
    with within(0.5):
        page = FORMATS["html"](report)
    assert len(page) < 600_000


def test_headings_come_in_order() -> None:
    levels = [int(tag[1]) for tag, _ in Page(FORMATS["html"](INSPECTION)).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_link_has_its_target() -> None:
    elements = Page(FORMATS["html"](INSPECTION)).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {(attributes["href"] or "")[1:] for tag, attributes in elements if tag == "a"} <= set(ids)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _palettes() -> list[dict[str, str]]:
    template = (folder("reports") / "report.html.j2").read_text(encoding="utf-8")
    return [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", each)) for each in re.findall(r":root \{(.*?)\}", template, re.S)
    ]


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark", "print"])
def test_every_colour_is_readable(palette: dict[str, str]) -> None:
    verdicts = ("violation", "risk", "undetermined", "compliant", "exempt", "not_applicable")
    on_fill = [(palette["on"], palette[each]) for each in verdicts]
    on_ground = [
        (palette[each], palette[ground])
        for each in (*verdicts, "ink", "muted", "accent", "false")
        for ground in ("paper", "panel")
    ]
    assert min(_contrast(*pair) for pair in (*on_fill, *on_ground)) >= 4.5


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", FORMATS)
def test_five_thousand_findings_take_less_than_three_seconds(name: str) -> None:
    report = sample.large(5000)
    with within(3):
        FORMATS[name](report)


# --- Explanation ----------------------------------------------------------------------------------------------------


def test_an_explanation_is_as_it_was(golden: Compare) -> None:
    content = "\n".join(explain.render(INSPECTION, each) for each in (sample.ARREARS, sample.REFUND, sample.REFUSED))
    golden("explain.txt", content.encode())


def test_an_explanation_shows_each_test_with_its_truth() -> None:
    lines = [each.strip() for each in explain.render(INSPECTION, sample.REFUND).splitlines()]
    assert lines[0] == "违反（严重）  R18.8-02 以奖励、补助名义变相返还土地出让价款"
    assert "✓ 成立  下列各项同时成立" in lines
    assert "? 不明  受益人 为 土地竞得人" in lines
    assert "✗ 不成立  已纳入年度预算" in lines
    assert "✓ 成立  返还占比 不低于 提示比例（所用数值待确认）" in lines
    assert "停止支付；完成标准：停付文件；时限：立即" in lines


def test_an_explanation_says_what_is_missing() -> None:
    content = explain.render(INSPECTION, sample.REFUSED)
    assert "资料不足，无法判定" in content
    assert "实际在外天数  /trips/4/actual_days  凭证：出入境记录" in content
    assert "拒绝提供" in content
    assert "违反第" not in content
