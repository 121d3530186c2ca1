"""CSV, SARIF and JUnit, and every format made again from a report that was saved as JSON."""

import csv
import io
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import reports_sample as sample
from reference.program import shipped_policy

from checker import cli, site
from checker.checking import check
from checker.conforming import conforming
from checker.dossier.loading import dossier_schema, load_dossier
from checker.errors import ReportError
from checker.model import Exemption, Fact, Finding, Mode, Report, Verdict
from checker.papers import notice
from checker.reporting import ENDINGS, FORMATS, reading
from checker.reporting import json as saved_as
from checker.reporting.csv import COLUMNS, plain
from checker.reporting.json import UNSEEN, document
from checker.resources import folder

EXAMPLES = Path(__file__).parent.parent / "examples"
DOSSIERS = ("dossier.json", "clean.json", "incomplete.json", "mapped.json", "realistic/dossier.json")
SARIF = json.loads((Path(__file__).parent / "reference" / "sarif-schema-2.1.0.json").read_bytes())
SCHEMA = json.loads((folder("schemas") / "report.schema.json").read_bytes())

HOSTILE = "=1+1]]>\x00\x0b\ufffe\ud800\x1b[31m[此处](https://example.org) {0} <b>&amp;</b>\r\n,\"'\u202e\u2028"
"""A name that no XML can hold, that closes a CDATA section, is a formula, a link, an argument, and two lines."""


def excused() -> Exemption:
    """Make a ground that only an authority can judge, with facts of every kind."""
    facts = (
        sample.yuan("owed", "欠缴价款", "0.10", origins=("/parcels/1",), unlisted=3, unproved=("/parcels/1",)),
        Fact(name="far", label="容积率", state="known", value="007", text="007"),
        Fact(name="day", label="日期", state="known", value="2024-01-02", text="2024-01-02"),
    )
    return Exemption(reason="不可抗力", state="claimed", condition="有凭证", facts=facts, at_most_risk=True)


def strange(name: str) -> Report:
    """Make a report in which everything that a dossier names has this name."""
    whole = sample.report()
    purpose = Fact(name="purpose", label=name, state="known", value=name, text=name)
    findings = (
        replace(
            each,
            message=name,
            title=name,
            subject=replace(each.subject, label=name),
            facts=(*each.facts, purpose),
        )
        for each in whole.findings
    )
    return replace(
        whole,
        zone=replace(whole.zone, name=name),
        dossier=replace(whole.dossier, file="a b:50%#?.json"),
        findings=(*findings, replace(sample.IDLE_LAND, id="000123456789", exemptions=(excused(),))),
    )


STRANGE = strange(HOSTILE)
SAMPLES = {
    "inspection": sample.report(),
    "self-audit": sample.report(mode=Mode.SELF_AUDIT),
    "projected": sample.report(projected=True),
    "clean": sample.clean(),
    "large": sample.large(200),
    "strange": STRANGE,
    "mapped": replace(sample.mapped(), cells={"/parcels/3": "供地台账!A5", "/parcels/3/payments": "缴款!C2"}),
}


@cache
def checked(name: str) -> Report:
    return check(shipped_policy(), load_dossier((EXAMPLES / name).read_bytes(), Path(name).name, dossier_schema()))


def every(report: Report) -> tuple[Finding, ...]:
    return (*report.findings, *report.exempted)


# --- CSV ------------------------------------------------------------------------------------------------------------


def rows(report: Report) -> list[dict[str, str]]:
    written = FORMATS["csv"](report)
    assert written.startswith(b"\xef\xbb\xbf")
    header, *others = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert header == list(COLUMNS)
    assert all(len(each) == len(header) for each in others)
    return [dict(zip(header, each, strict=True)) for each in others]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_table_has_a_row_for_each_finding_and_exemption(name: str) -> None:
    report = SAMPLES[name]
    assert [each["问题编号"].removeprefix("'") for each in rows(report)] == [each.id for each in every(report)]
    assert FORMATS["csv"](report).count(b"\n") == len(every(report)) + 1


def test_a_row_says_what_is_the_matter_how_much_and_what_to_do() -> None:
    [first, *_] = rows(SAMPLES["inspection"])
    expected = {
        "结论": "违反",
        "等级": "严重",
        "规则": "R18.8-01",
        "对象编号": "P-012",
        "档案位置": "/parcels/12",
        "金额": "到期应缴价款 8,640.00万元；已缴价款 5,120.00万元",
        "其他事实": "供地方式 挂牌出让",
        "条款": "违反第十八条（18.8）；违反第十八条（18.5）",
        "责任主体": "所在地人民政府",
        "时限": "30日内（建议时限）",
        "检查基准日": "2024年12月30日",
    }
    assert {name: first[name] for name in expected} == expected
    assert "推算" in rows(SAMPLES["projected"])[0]["检查基准日"]
    [open_, *_] = [each for each in rows(SAMPLES["inspection"]) if each["结论"] == "资料不足"]
    assert (open_["缺少的事实"], open_["应调取的资料"]) == ("缴款记录", "土地出让价款缴款、入库凭证")
    assert "违反" not in {each["结论"] for each in rows(SAMPLES["self-audit"])}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM(1)", "\t=1", " =1", "\r\n=1", "＝1", "＋1", "|calc", "'=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert plain(text).startswith("'")


@pytest.mark.parametrize("text", ["00123", "330106202412310000123", "12e5", "18.10", "3-4", "2024/1/2", "1:2"])
def test_no_id_is_rounded_or_becomes_a_day(text: str) -> None:
    assert plain(text) == f"'{text}"


def test_a_hostile_name_stays_in_its_cell() -> None:
    for each in rows(STRANGE):
        assert not any(re.match(r"[\s\"]*[=+\-@|%＝＋－＠]", cell) for cell in each.values())
        assert not any(re.search("[\x00-\x1f\u202e\u2028\ud800]", cell) for cell in each.values())


# --- SARIF ----------------------------------------------------------------------------------------------------------


def run_of(report: Report) -> dict[str, Any]:
    [run] = json.loads(FORMATS["sarif"](report))["runs"]
    found: dict[str, Any] = run
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_sarif_is_what_its_schema_says(name: str) -> None:
    jsonschema.Draft4Validator(SARIF).validate(json.loads(FORMATS["sarif"](SAMPLES[name])))


@pytest.mark.parametrize("name", SAMPLES)
def test_sarif_keeps_the_rules_of_the_standard_that_its_schema_cannot_say(name: str) -> None:
    run = run_of(SAMPLES[name])
    driver, results = run["tool"]["driver"], run["results"]
    norms = {each["id"] for each in run["taxonomies"][0]["taxa"]}
    assert all((each["kind"] == "fail") == (each["level"] != "none") for each in results)
    assert all(driver["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in results)
    assert all(
        max(Counter(near["id"] for near in each["relatedLocations"]).values(), default=1) == 1 for each in results
    )
    assert len({each["id"] for each in driver["rules"]}) == len(driver["rules"])
    assert all(taxon["id"] in norms for each in results for taxon in each["taxa"])
    assert all(re.fullmatch("[a-z]{2}(-[A-Z]{2})?", each["language"]) for each in (run, driver, *run["taxonomies"]))
    texts = [each["message"]["text"] for each in (*results, *run["invocations"][0]["toolExecutionNotifications"])]
    assert not any(re.search(r"\]\(|(?<!\{)\{(\{\{)*(?!\{)|(?<!\})\}(\}\})*(?!\})", each) for each in texts)


def test_sarif_says_what_the_report_says() -> None:
    report = SAMPLES["inspection"]
    run = run_of(report)
    results = run["results"]
    assert [each["fingerprints"] for each in results] == [{"zonecheck/v1": each.id} for each in every(report)]
    told = {"violation": "error", "risk": "warning", "undetermined": "note", "exempt": "none"}
    assert [each["level"] for each in results] == [told[each.verdict] for each in every(report)]
    assert [bool(each.get("suppressions")) for each in results] == [
        each.verdict is Verdict.EXEMPT for each in every(report)
    ]
    assert "缓缴批复" in results[-1]["suppressions"][0]["justification"]
    [place] = results[0]["locations"]
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "/parcels/12"
    assert run["artifacts"][place["physicalLocation"]["artifactLocation"]["index"]]["hashes"] == {"sha-256": "a1" * 32}
    [rule, *_] = run["tool"]["driver"]["rules"]
    assert "不得以任何形式违规减免或返还土地出让金" in rule["help"]["text"]
    assert "违约金另行核算" in rule["help"]["text"]


def test_the_name_of_a_dossier_is_no_address() -> None:
    uri = run_of(STRANGE)["artifacts"][0]["location"]["uri"]
    assert uri == "a%20b%3A50%25%23%3F.json"


# --- JUnit ----------------------------------------------------------------------------------------------------------


def suites(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(FORMATS["junit"](report))  # noqa: S314 - what this program itself has written


@pytest.mark.parametrize("name", SAMPLES)
def test_junit_counts_what_it_holds(name: str) -> None:
    report = SAMPLES[name]
    root = suites(report)
    assert {each.tag for each in root} == {"testsuite"}
    for each in (root, *root):
        cases = list(each.iter("testcase"))
        outcomes = Counter(outcome.tag for case in cases for outcome in case)
        assert each.get("tests") == str(len(cases))
        assert each.get("failures") == str(outcomes["failure"])
        assert (each.get("errors"), each.get("skipped")) == ("0", str(outcomes["skipped"]))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)


def test_junit_fails_what_is_accused_skips_what_is_open_and_passes_what_is_excused() -> None:
    report = SAMPLES["inspection"]
    root = suites(report)
    cases = {str(case.get("name")).split(" ")[-1]: case for case in root.iter("testcase")}
    for each in every(report):
        [outcome] = cases[each.id]
        expected = {"violation": "failure", "risk": "failure", "undetermined": "skipped", "exempt": "system-out"}
        assert outcome.tag == expected[each.verdict]
        assert outcome.get("type") == (each.verdict.value if outcome.tag == "failure" else None)
        assert each.subject.pointer in str(outcome.text)
    assert "缺少：缴款记录（/parcels/40/payments）" in str(cases["R18.8-01:P-040"][0].text)
    [passed] = [case for case in root.iter("testcase") if case.get("classname") == "R16.8-01"]
    assert passed[0].text == "40项"


def test_a_hostile_name_breaks_no_xml() -> None:
    written = FORMATS["junit"](STRANGE).decode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffe\ud800]|]]>", written)
    assert "〔U+FFFE〕〔U+D800〕〔U+001B〕" in written


@pytest.mark.parametrize("name", ["csv", "junit"])
def test_a_self_audit_has_no_penal_words_in_a_machine_format_either(name: str) -> None:
    own = SAMPLES["self-audit"]
    plainly = tuple(
        replace(each, message="某情形。", subject=replace(each.subject, label="某对象"), facts=())
        for each in own.findings
    )
    told = FORMATS[name](replace(own, findings=plainly)).decode()
    unquoted = re.sub("“[^”]*”|《[^》]*》|不得[^,]*", "", told)
    assert [word for word in ("违反", "责令", "处罚", "违法", "违规", "追究", "疑似") if word in unquoted] == []
    assert "需要整改" in told


# --- a report that was saved ----------------------------------------------------------------------------------------


def saved(report: Report) -> bytes:
    return FORMATS["json"](report)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", DOSSIERS)
@pytest.mark.thorough
def test_every_format_of_a_saved_report_has_the_same_bytes(name: str, mode: Mode) -> None:
    report = replace(checked(name), mode=mode)
    read = reading.read(saved(report), "saved.json")
    assert read == report
    for form, render in FORMATS.items():
        assert render(read) == render(report), form
    assert list(map(notice.render, notice.notices(read))) == list(map(notice.render, notice.notices(report)))


@pytest.mark.parametrize("name", ['甲": -0,\n      "tests": -0,\n', "甲\u202e乙"])
def test_findings_are_laid_out_alike_whatever_they_say_and_share(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = strange(name)
    whole = FORMATS["json"](report)
    laid_out = json.dumps(json.loads(whole), ensure_ascii=False, indent=2)
    assert whole.decode() == UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", laid_out) + "\n"
    monkeypatch.setattr(saved_as, "MOST_KEPT", 1)
    assert FORMATS["json"](report) == whole


@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_of_a_report_comes_back_as_what_it_was(name: str) -> None:
    report = strange(HOSTILE.replace("\ud800", "")) if name == "strange" else SAMPLES[name]
    read = reading.read(saved(report), "saved.json")
    assert all(render(read) == render(report) for render in FORMATS.values())
    if name != "clean":  # whose totals leave out what is zero
        assert read.findings == report.findings
        assert read.exempted == report.exempted


def test_what_a_figure_is_is_not_guessed_from_how_it_looks() -> None:
    report = replace(sample.report(), findings=STRANGE.findings[-1:])
    [found] = reading.read(saved(report), "saved.json").findings
    assert found.exemptions == (excused(),)
    assert [type(each.value).__name__ for each in found.exemptions[0].facts] == ["Decimal", "str", "str"]


# --- what is no report ----------------------------------------------------------------------------------------------


def altered(path: tuple[Any, ...], value: object = None) -> bytes:
    """Give the sample report with one value altered, or one key left out."""
    held = json.loads(saved(sample.report()))
    place = held
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(held, ensure_ascii=False).encode()


WHOLE = saved(sample.report())
REFUSED: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "文件是空的", ""),
    "cut": (WHOLE[: len(WHOLE) // 2], "", ""),
    "cut in a character": (WHOLE[: WHOLE.index("滨".encode()) + 1], "在一个字符中间突然结束", ""),
    "in another encoding": (WHOLE.decode().encode("gbk", "replace"), "不是 UTF-8", ""),
    "not JSON": (b"<testsuites/>", "这里应当有一个值", ""),
    "a list": (b"[]", "这不是 zonecheck 的检查报告", ""),
    "a dossier": ((EXAMPLES / "dossier.json").read_bytes(), "这是园区档案，不是检查报告", ""),
    "another format": (FORMATS["sarif"](sample.report()), "这不是 zonecheck 的检查报告", ""),
    "of an earlier version": (
        altered(("schema_version",), "1.0"),
        "报告格式是 1.0，这个版本的程序只读 2.0",
        "/schema_version",
    ),
    "of a later version": (altered(("schema_version",), "3.0"), "报告格式是 3.0", "/schema_version"),
    "of a version that is none": (altered(("schema_version",), "new"), "“new”不是可选的值", "/schema_version"),
    "without a key": (altered(("findings", 1, "message")), "缺少 message", "/findings/1"),
    "with another key": (altered(("findings", 1, "colour"), "red"), "没有这个键", "/findings/1/colour"),
    "with a verdict of no kind": (altered(("findings", 0, "verdict"), "违反"), "不是可选的值", "/findings/0/verdict"),
    "with an exemption as a finding": (altered(("findings", 0, "verdict"), "exempt"), "", "/findings/0/verdict"),
    "without a clause": (altered(("findings", 0, "clauses"), []), "不能为空", "/findings/0/clauses"),
    "with a day that is none": (altered(("as_of",), "2024-02-30"), "没有“2024-02-30”这一天", "/as_of"),
    "with a number that is no count": (altered(("totals", "overall", "risk"), 1.5), "应为整数", "/totals/overall/risk"),
    "with NaN": (altered(("totals", "overall", "risk"), float("nan")), "应为整数", "/totals/overall/risk"),
    "with a number without end": (
        WHOLE.replace(b'"risk": 1', b'"risk": ' + b"9" * 9999, 1),
        "应为整数",
        "/totals/overall/risk",
    ),
    "with fewer than none": (altered(("totals", "overall", "risk"), -1), "不能小于0", "/totals/overall/risk"),
    "with totals of nothing": (altered(("totals", "by_rule", "R9"), {}), "缺少 violation", "/totals/by_rule/R9"),
    "with totals at odds": (altered(("totals", "by_rule", "R18.8-01")), "不一致", "/totals/by_rule"),
    "with a key twice": (WHOLE.replace(b'"projected"', b'"mode": "x", "projected"', 1), "mode 重复", "/mode"),
    "with half a character": (WHOLE.replace(b'"R18.8-01"', rb'"\ud83d"', 1), "半个字符", ""),
    "too deep": (b'{"schema_version":' + b"[" * 100_000, "嵌套过深", ""),
    "with tests too deep": (
        b'{"op":"and","truth":"true","label":"","parts":['.join([b""] * 9000) + b"]}" * 9000,
        "",
        "",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_report_is_refused_with_its_place_and_a_way_out(name: str) -> None:
    data, message, pointer = REFUSED[name]
    with pytest.raises(ReportError) as caught:
        reading.read(data, "r.json")
    [problem] = caught.value.problems
    assert message in problem.message
    assert problem.place.pointer == pointer
    assert problem.place.file == "r.json"
    assert problem.suggestion
    assert caught.value.exit_code == 4


def test_a_report_that_is_too_large_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1000)
    with pytest.raises(ReportError, match="文件过大"):
        reading.read(WHOLE, "r.json")


def test_what_conforms_is_what_a_general_validator_accepts() -> None:
    chance = random.Random(54)  # noqa: S311 - the same mutants in every run
    small = replace(sample.report(), findings=sample.report().findings[1:6:4], clauses=(), rules=(), requests=())
    sound = json.loads(json.dumps(document(small)))
    general = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker(["date"]))
    own = conforming(SCHEMA)
    assert own(sound) is None
    answers: Counter[bool] = Counter()
    for _ in range(250):
        mutant = deepcopy(sound)
        _spoil(mutant, chance)
        found = own(mutant)
        assert (found is None) == general.is_valid(mutant), found
        answers[found is None] += 1
        if found is not None:
            place = mutant
            for step in found.steps:
                place = place[step]
    assert min(answers[True], answers[False]) > 20, answers


def test_a_spoilt_report_is_refused_or_makes_every_format() -> None:
    chance = random.Random(54)  # noqa: S311 - the same mutants in every run
    sound = json.loads(saved(replace(sample.report(), findings=sample.report().findings[:8])))
    outcomes: Counter[str] = Counter()
    for _ in range(100):
        mutant = deepcopy(sound)
        _spoil(mutant, chance)
        data = json.dumps(mutant, ensure_ascii=False).encode()
        if chance.random() < 0.3:
            at = chance.randrange(len(data))
            data = data[:at] + chance.choice((b"", b"\xff", b"\0", b'"', b"]", data[at : at + 1])) + data[at + 1 :]
        try:
            report = reading.read(data, "spoilt.json")
        except ReportError:
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        for render in FORMATS.values():
            assert render(report)
    assert min(outcomes["refused"], outcomes["read"]) > 10, outcomes


JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    "",
    "x",
    "true",
    "2024-02-30",
    [],
    {},
    "known",
    "none",
    "exempt",
    "a/b",
    ["x"],
)


def _spoil(held: Any, chance: random.Random) -> None:
    """Alter, add or leave out something at a random place."""
    place = held
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = chance.choice(keys)
        if not isinstance(place[key], dict | list) or chance.random() < 0.1:
            break
        place = place[key]
    match chance.randrange(4):
        case 0:
            del place[key]
        case 1 if isinstance(place, dict):
            place["colour"] = chance.choice(JUNK)
        case 2:
            place[key] = chance.choice(JUNK)
        case _:
            place[key] = deepcopy(chance.choice([place[each] for each in keys]))


# --- the command ----------------------------------------------------------------------------------------------------

Run = Callable[..., tuple[object, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(site, "load_remembered", lambda *_: shipped_policy())
    (tmp_path / "dossier.json").write_bytes((EXAMPLES / "dossier.json").read_bytes())

    def run(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["zonecheck", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        streams = capsys.readouterr()
        return ended.value.code, streams.out, streams.err

    return run


def test_render_makes_of_a_saved_report_what_check_and_notice_make(run: Run) -> None:
    formats = [word for name in FORMATS for word in ("--format", name)]
    assert run("check", "dossier.json", *formats, "--out", "checked/")[0] == 1
    assert run("notice", "dossier.json", "--out", "checked/dossier-notice.html")[0] == 1
    code, out, err = run("render", "checked/dossier.json", *formats, "--format", "notice", "--out", "made/")
    assert (code, out) == (1, "")
    assert "岚溪经济技术开发区（dossier.json）：违反 11" in err
    contents = [{each.name: each.read_bytes() for each in Path(name).iterdir()} for name in ("checked", "made")]
    assert contents[0] == contents[1]
    assert {f"dossier.{ending}" for ending in ENDINGS.values()} < set(contents[0])
    assert run("render", "checked/dossier.json")[1].encode() == (Path("checked/dossier.txt")).read_bytes()
    assert run("render", "checked/dossier.json", "--out", "a.csv")[0] == 1
    assert Path("a.csv").read_bytes() == contents[0]["dossier.csv"]


@pytest.mark.parametrize("dossier", ["dossier.json", "dossier.xlsx"])
def test_render_makes_of_a_saved_report_every_paper_that_its_own_command_makes(run: Run, dossier: str) -> None:
    if dossier.endswith(".xlsx"):
        assert run("dossier", "template", "--from", "dossier.json", "--out", dossier)[0] == 0
    Path("office.toml").write_text('name = "岚溪市商务局"\ncode = "岚商整"\nplan_days = 10\n', encoding="utf-8")
    assert run("ledger", dossier, "--out", "old.xlsx", "--mode", "self-audit")[0] == 1
    assert run("check", dossier, "--format", "json", "--out", "saved/")[0] == 1
    notice = ("--agency", "office.toml", "--party", "zone", "--issued-on", "2025-01-10")
    assert run("notice", dossier, "--format", "docx", *notice, "--out", "own/")[0] == 1
    assert run("ledger", dossier, "--merge", "old.xlsx", "--out", "own/dossier-ledger.xlsx")[0] == 1
    assert run("checklist", dossier, "--out", "own/dossier-checklist.xlsx")[0] == 1
    assert run("self-report", dossier, "--issued-on", "2025-01-10", "--out", "own/dossier-self-report.docx")[0] == 1
    Path("dossier.json").unlink()
    Path(dossier).unlink(missing_ok=True)
    papers = ("notice-docx", "ledger", "checklist-xlsx", "self-report-docx")
    formats = [word for name in papers for word in ("--format", name)]
    code, out, err = run("render", "saved/dossier.json", *formats, *notice, "--merge", "old.xlsx", "--out", "made/")
    assert (code, out) == (1, ""), err
    contents = [{each.name: each.read_bytes() for each in Path(name).iterdir()} for name in ("own", "made")]
    assert contents[0] == contents[1]
    assert len(contents[0]) == len(papers)


def test_one_paper_can_be_had_in_a_file_of_its_own_or_on_standard_output(run: Run) -> None:
    Path("sound.json").write_bytes(WHOLE)
    assert run("render", "sound.json", "--format", "notice", "--out", "通知.html")[0] == 1
    assert sorted(each.name for each in Path().glob("*.html")) == ["通知-local_government.html", "通知-zone.html"]
    assert run("render", "sound.json", "--format", "notice", "--party", "zone", "--out", "一.html")[0] == 1
    assert Path("一.html").read_bytes() == Path("通知-zone.html").read_bytes()
    assert run("render", "sound.json", "--format", "self-report", "--out", "自查.html")[0] == 1
    code, out, _ = run("render", "sound.json", "--format", "self-report", "--out", "-")
    assert (code, out.encode()) == (1, Path("自查.html").read_bytes())


def test_a_saved_report_is_told_in_other_words_where_they_are_asked_for(run: Run) -> None:
    assert run("check", "dossier.json", "--format", "json", "--out", "saved/")[0] == 1
    assert run("check", "dossier.json", "--format", "html", "--mode", "self-audit", "--out", "own.html")[0] == 1
    assert run("render", "saved/dossier.json", "--mode", "self-audit", "--out", "made.html")[0] == 1
    assert Path("made.html").read_bytes() == Path("own.html").read_bytes()


def test_a_report_that_a_paper_cannot_be_made_of_hinders_no_other_and_leaves_nothing_half_made(run: Run) -> None:
    Path("later.json").write_bytes(saved(SAMPLES["projected"]))
    Path("sound.json").write_bytes(WHOLE)
    code, _, err = run("render", "later.json", "sound.json", "--format", "csv", "--format", "ledger", "--out", "made")
    assert code == 2
    assert "推算，不能据以编制台账" in err
    assert "sound.json: 整改台账 " in err
    assert sorted(each.name for each in Path("made").iterdir()) == ["sound-ledger.xlsx", "sound.csv"]


def test_of_several_reports_a_broken_one_hinders_no_other(run: Run) -> None:
    Path("sound.json").write_bytes(WHOLE)
    Path("cut.json").write_bytes(WHOLE[:5000])
    code, out, err = run("render", "cut.json", "nothing.json", "sound.json", "--format", "junit", "--out", "made/")
    assert (code, out) == (4, "")
    assert "cut.json:" in err
    assert "文件不完整" in err
    assert "nothing.json: 找不到这个文件" in err
    assert [each.name for each in Path("made").iterdir()] == ["sound.xml"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sound.json", "--format", "notice"), "没有说明文书写到哪里"),
        (("sound.json", "--format", "notice", "--out", "sound.json"), "sound.json 是检查报告，整改通知书会把它覆盖"),
        (("sound.json", "--format", "ledger", "--out", "new.html"), "扩展名不是 .xlsx"),
        (("sound.json", "--format", "notice", "--format", "html", "--out", "new.html"), "不能写进一个文件"),
        (("sound.json", "--format", "notice", "--out", "-"), "--party zone、--party local_government"),
        (("sound.json", "--out", "new.docx"), "notice-docx、checklist-docx、self-report-docx"),
        (("sound.json", "--format", "html", "--merge", "plain", "--out", "made/"), "--merge 用于整改台账"),
        (("sound.json", "--format", "notice", "--form", "letter", "--out", "made/"), "--format notice-docx"),
        (("sound.json", "--format", "ledger", "--party", "zone", "--out", "made/"), "--party、--finding 用于通知书"),
        (("sound.json", "--issued-on", "2025-01-06"), "--issued-on 用于通知书和自查报告"),
        (("sound.json", "--format", "notice", "--out", "x" * 300), "路径过长"),
        (("sound.json", "--format", "notice", "--out", "plain"), "不是文件夹"),
        (("sound.json", "--format", "json", "--out", "./"), "sound.json 是检查报告，报告会把它覆盖"),
        (("sound.json", "--format", "pdf"), "--format 不能是 pdf"),
    ],
)
def test_render_refuses_what_it_cannot_do(run: Run, arguments: tuple[str, ...], told: str) -> None:
    Path("sound.json").write_bytes(WHOLE)
    Path("plain").touch()
    code, out, err = run("render", *arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert Path("sound.json").read_bytes() == WHOLE


def test_no_notice_is_made_of_a_projected_report(run: Run) -> None:
    Path("later.json").write_bytes(saved(SAMPLES["projected"]))
    code, _, err = run("render", "later.json", "--format", "notice", "--out", "made/")
    assert code == 2
    assert "推算" in err
