"""A pack that extends another adds and tightens; whatever would weaken what rests on a statute is an error."""

import json
import shutil
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import jsonschema_rs
import pytest
from packs import problems
from reference.program import shipped_policy
from test_cli import Run, desk, run

from checker import values
from checker.checking import check, look
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.errors import DossierError
from checker.language.direction import DOWN, UP
from checker.model import Verdict
from checker.policy.extending import STRICTNESS, statutes_of, stricter
from checker.policy.loading import Policy, read_policy
from checker.policy.pack import MOST_LAYERS, digest_of
from checker.remembering import Memory
from checker.reporting import FORMATS
from checker.reporting.reading import read
from checker.resources import folder
from checker.verifying import cases, load_example, load_policy, load_remembered, verdict_in, verdicts

__all__ = ["desk", "run"]

PACKS = folder("policies")
BASE, SHANDONG = "guobanfa-2014-54", "shandong"
EXAMPLES = Path(__file__).parents[1] / "examples"
KEPT = ("R7.1-01", "R16.8-01", "R17.4-01", "R17.9-01", "R16.1-01", "R18.8-07", "R6.9-01", "R16.8-03")
"""The rules of the base that most tests keep: reading all of them takes longer."""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Give a copy of the pack of Shandong beside a copy of what it extends, with a few of its rules."""
    base = shutil.copytree(PACKS / BASE, tmp_path / BASE, ignore=shutil.ignore_patterns("adjudication.yaml"))
    for path in (base / "rules").iterdir():
        if path.stem not in KEPT:
            path.unlink()
    return Path(shutil.copytree(PACKS / SHANDONG, tmp_path / SHANDONG))


def edit(pack: Path, name: str, *changes: tuple[str, str]) -> Path:
    """Replace text in a file of a pack; an empty text to be replaced stands for the end of the file."""
    path = pack / name
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1) if old else text + new
    path.write_text(text, encoding="utf-8")
    return pack


def zone_in(code: str | None, name: str = "shandong.json") -> Dossier:
    written = json.loads((EXAMPLES / name).read_bytes())
    written["zone"].pop("province_code", None)
    if code is not None:
        written["zone"]["province_code"] = code
    return load_dossier(json.dumps(written).encode(), name, dossier_schema())


# --- the shipped pack -----------------------------------------------------------------------------------------------


def test_the_pack_of_shandong_has_all_the_rules_and_its_own() -> None:
    base, shandong = shipped_policy(), load_policy(PACKS / SHANDONG, dossier_schema())
    assert {each.rule.id for each in shandong.rules} - {each.rule.id for each in base.rules} == {"R17.9-51"}
    assert len(shandong.rules) == len(base.rules) + 1
    assert (shandong.stamp.named, shandong.stamp.extends) == (f"{SHANDONG} 1.0.0 + {BASE} 1.0.0", base.stamp)
    assert shandong.stamp.title == base.stamp.title
    assert shandong.stamp.sha256 != base.stamp.sha256
    assert shandong.province == "370000"
    rules = {each.rule.id: each.rule for each in shandong.rules}
    local = {each.statute.id for each in rules["R7.1-01"].basis} - {
        each.statute.id for compiled in base.rules for each in compiled.rule.basis
    }
    assert local == {"shandong-jingkaiqu-2016"}
    [figure] = {name for name, each in shandong.parameters.items() if each != base.parameters[name]}
    assert [(str(each.first_day)[:4], each.value) for each in shandong.parameters[figure].values][1:] == [("2022", 90)]


def test_what_shandong_adds_is_found_in_its_zones_and_nothing_else_changes() -> None:
    base, shandong = (read_policy(PACKS / name, dossier_schema(), examples=False) for name in (BASE, SHANDONG))
    dossier = zone_in("370000")
    found = [
        {(each.rule, each.subject.id): each.verdict for each in check(policy, dossier).findings}
        for policy in (base, shandong)
    ]
    assert {key: found[1][key] for key in found[1] if found[0].get(key) is not found[1][key]} == {
        ("R17.4-01", "P2"): Verdict.RISK,
        ("R17.9-51", "B2"): Verdict.VIOLATION,
    }
    assert not found[0].keys() - found[1].keys()


@pytest.mark.parametrize("name", ["dossier.json", "incomplete.json", "mapped.json", "realistic/dossier.json"])
def test_no_verdict_of_a_rule_of_the_base_is_less_strict(name: str) -> None:
    base, shandong = (read_policy(PACKS / each, dossier_schema(), examples=False) for each in (BASE, SHANDONG))
    dossier = zone_in("370000", name)
    own = {each.rule.id: each for each in shandong.rules}
    with localcontext(values.EXACT):
        views = [look(policy, dossier, dossier.root.meta.as_of_date) for policy in (base, shandong)]
        for compiled in base.rules:
            before = verdicts(base, views[0], compiled)
            after = verdicts(shandong, views[1], own[compiled.rule.id])
            assert before.keys() == after.keys()
            for subject, verdict in before.items():
                assert STRICTNESS.index(after[subject]) >= STRICTNESS.index(verdict), (compiled.rule.id, subject)


@pytest.mark.parametrize(("code", "told"), [("330000", "档案的是 330000"), (None, "档案没有写明")])
def test_a_pack_of_one_province_is_for_no_other_zone(code: str | None, told: str) -> None:
    policy = read_policy(PACKS / SHANDONG, dossier_schema(), examples=False)
    with pytest.raises(DossierError) as caught:
        check(policy, zone_in(code))
    [problem] = caught.value.problems
    assert told in problem.message
    assert problem.place.pointer == "/zone/province_code"
    assert problem.suggestion


def test_a_report_says_what_its_pack_extends_and_comes_back_the_same() -> None:
    policy = read_policy(PACKS / SHANDONG, dossier_schema(), examples=False)
    report = check(policy, zone_in("370000"))
    saved = FORMATS["json"](report)
    schema = json.loads((folder("schemas") / "report.schema.json").read_bytes())
    jsonschema_rs.validator_for(schema).validate(json.loads(saved))
    assert json.loads(saved)["policy"]["extends"]["id"] == BASE
    again = read(saved, "report.json")
    assert again.policy == report.policy
    assert FORMATS["html"](again) == FORMATS["html"](report)
    for name in ("text", "html"):
        assert policy.stamp.named in FORMATS[name](report).decode()


# --- what is refused ------------------------------------------------------------------------------------------------

FIGURE = "supervision.patrol_days"
PENALTY = """
- id: landpay.penalty_per_day
  title: 甲
  unit: ""
  kind: law
  values: [{from: 2007-01-01, value: 0.002, mark: Sb, verified: true, source: 乙}]
"""
TOLERANCE = """
- id: treasury.max_workdays
  title: 甲
  unit: workdays
  kind: tolerance
  values: [{from: 2001-01-01, value: 11, mark: P, verified: false, source: 乙}]
"""
YEARS = """
- id: eia.followup_years
  title: 甲
  unit: years
  kind: law
  values: [{from: 2009-10-01, value: 4, mark: M, verified: false, source: 乙}]
"""
OWN = "rules/R17.9-51.yaml"
WRONG: dict[str, tuple[str, tuple[tuple[str, str], ...], str, str]] = {
    "a figure is loosened": ("parameters.yaml", (("value: 90", "value: 181"),), "放宽：规则 R17.4-01", "只能不大于180"),
    "a tolerance is widened": (
        "parameters.yaml",
        (("", TOLERANCE),),
        "treasury.max_workdays 由10改为11是放宽",
        "不大于10",
    ),
    "a figure that may go either way": (
        "parameters.yaml",
        (("", PENALTY),),
        "改大改小都可能放宽：规则 R18.8-07",
        "另写一条规则",
    ),
    "a verified figure becomes unverified": (
        "parameters.yaml",
        (("", YEARS),),
        "不能换成未核实的：规则 R16.8-03",
        "核实",
    ),
    "another unit": ("parameters.yaml", (("unit: days", "unit: months"),), "单位、值的种类不能改", ""),
    "a list for a number": ("parameters.yaml", (("value: 90", "value: [甲]"),), "单位、值的种类不能改", ""),
    "a day that is not told apart": (
        "parameters.yaml",
        (("from: 2022-01-01", "from: 2009-06-01"),),
        "分不出先后",
        "写到日",
    ),
    "a statute of the base": (
        "statutes.yaml",
        (("id: shandong-kaifaqu-2025", "id: yusuan-2014"),),
        "已有 yusuan-2014",
        "换一个",
    ),
    "a rule of the base": (
        "rules/R16.8-01.yaml",
        (("extends: R16.8-01", "id: R16.8-01"),),
        "已有规则 R16.8-01，不能改写",
        "extends",
    ),
    "a number of the base": ("rules/R17.9-02.yaml", (("", "id: R17.9-02\n"),), "序号从 51 起", "R17.9-51"),
    "a rule that is not there": (
        "rules/R17.9-07.yaml",
        (("", "extends: R17.9-07\n"),),
        "没有规则 R17.9-07",
        "R17.9-01",
    ),
    "another file's rule": (
        "rules/R16.8-01.yaml",
        (("extends: R16.8-01", "extends: R16.8-03"),),
        "与文件名 R16.8-01 不同",
        "",
    ),
    "a condition is rewritten": (
        "rules/R16.8-01.yaml",
        (("see:", "when: type is None\nsee:"),),
        "没有“when”这个键",
        "",
    ),
    "an exemption is added": ("rules/R16.8-01.yaml", (("see:", "exempt: []\nsee:"),), "没有“exempt”这个键", ""),
    "a paper that is asked for already": (
        "rules/R7.1-01.yaml",
        (("limits:", "ask: {kind: 甲}\nlimits:"),),
        "已写明 kind",
        "去掉",
    ),
    "an example that is not there": (
        "rules/R17.4-01.yaml",
        (("首尾共一百八十日: risk", "首尾共一百八日: risk"),),
        "没有例",
        "首尾共一百八十日",
    ),
    "an example is weakened": (
        "rules/R17.4-01.yaml",
        (("restated:", "restated:\n    没有电子监管号: compliant"),),
        "只能改为更严",
        "",
    ),
    "an example is not restated": (
        "rules/R17.4-01.yaml",
        (("  restated:\n    首尾共一百八十日: risk\n", ""),),
        "应为 compliant，实为 risk",
        "",
    ),
    "an example that is not so": (
        "rules/R17.4-01.yaml",
        (("2024-04-02}, expect: risk", "2024-04-02}, expect: compliant"),),
        "例“首尾共九十一日”应为 compliant，实为 risk",
        "",
    ),
    "local law binds everywhere": (
        OWN,
        ((""", if: 'zone.province_code == "370000"'}     #""", "}     #"),),
        "只在本省有效",
        "if:",
    ),
    "local law binds another province": (OWN, (('"370000"', '"330000"'),), "只在本省有效", "370000"),
    "local law or something else": (
        OWN,
        (('zone.province_code == "370000"', 'zone.province_code == "370000" or kind is None'),),
        "只在本省有效",
        "",
    ),
    "a rule with a statute is dropped": (
        "policy.yaml",
        (("", "without: [{rule: R17.4-01, because: 甲}]\n"),),
        "不能不用",
        "",
    ),
    "a rule that is not there is dropped": (
        "policy.yaml",
        (("", "without: [{rule: R17.4-09, because: 甲}]\n"),),
        "没有规则 R17.4-09",
        "",
    ),
    "another version": (
        "policy.yaml",
        (
            (
                'extends: {policy: guobanfa-2014-54, version: "1.0.0"}',
                'extends: {policy: guobanfa-2014-54, version: "1.0.1"}',
            ),
        ),
        "guobanfa-2014-54 1.0.0，这里写的是",
        "impact",
    ),
    "a pack that is not there": (
        "policy.yaml",
        (("policy: guobanfa-2014-54", "policy: guobanfa-2014-55"),),
        "找不到所扩展的政策包",
        "同一个文件夹",
    ),
    "a pack by its path": (
        "policy.yaml",
        (("policy: guobanfa-2014-54", "policy: ../guobanfa-2014-54"),),
        "编号的写法不对",
        "",
    ),
    "itself": ("policy.yaml", (("policy: guobanfa-2014-54", "policy: shandong"),), "首尾相接", ""),
    "a document of its own": ("document.txt", (("", "甲"),), "没有自己的条款要求和文件原文", "所扩展的政策包"),
    "norms of its own": ("norms.yaml", (("", "[]"),), "没有自己的条款要求和文件原文", "所扩展的政策包"),
    "a ladder of its own": ("adjudication.yaml", (("", "norm: '4.3'\n"),), "没有“norm”这个键", ""),
    "no province": ("policy.yaml", (('"370000"', '"37"'),), "编号的写法不对", "370000"),
}


@pytest.mark.parametrize(("name", "changes", "message", "way_out"), WRONG.values(), ids=WRONG.keys())
def test_what_weakens_or_clashes_is_told_with_its_place(
    pack: Path, name: str, changes: tuple[tuple[str, str], ...], message: str, way_out: str
) -> None:
    found = problems(edit(pack, name, *changes))
    [problem] = [each for each in found if message in str(each)]
    of_base = message.startswith("应为")
    assert problem.place.file == (f"{BASE}/{name}" if of_base else name)
    assert way_out in problem.suggestion
    assert problem.place.line is not None or name in {"document.txt", "norms.yaml"}


def test_an_error_in_the_base_names_the_pack(pack: Path) -> None:
    edit(pack.parent / BASE, "rules/R17.4-01.yaml", ("grade: S3", "grade: S9"))
    assert {each.place.file for each in problems(pack)} == {f"{BASE}/rules/R17.4-01.yaml"}


def test_a_figure_may_stay_or_be_tightened_from_its_first_day_on(pack: Path) -> None:
    edit(pack, "parameters.yaml", ("value: 90", "value: 180"))
    edit(
        pack,
        "rules/R17.4-01.yaml",
        (
            "首尾共九十一日, set: {parcels.0.last_patrol_on: 2024-04-02}, expect: risk",
            "甲, set: {parcels.0.last_patrol_on: 2024-04-02}, expect: compliant",
        ),
        ("  restated:\n    首尾共一百八十日: risk\n", ""),
    )
    same = load_policy(pack, dossier_schema()).parameters[FIGURE]
    assert [each.value for each in same.values] == [180, 180]
    edit(pack, "parameters.yaml", ("from: 2022-01-01", "from: 2008-12-31"))
    [only] = load_policy(pack, dossier_schema()).parameters[FIGURE].values
    assert only.value == 180


def test_a_rule_that_rests_on_no_statute_may_be_done_without_and_the_report_says_so(pack: Path) -> None:
    edit(pack, "policy.yaml", ("", "without: [{rule: R16.1-01, because: 本省已由省级规划统一管控}]\n"))
    policy = load_policy(pack, dossier_schema())
    assert "R16.1-01" not in {each.rule.id for each in policy.rules}
    [told] = [each for each in check(policy, zone_in("370000")).not_checked if each.kind == "dropped"]
    assert told.rule == "R16.1-01"
    assert "本省已由省级规划统一管控" in told.text
    assert "shandong" in told.text


def test_a_pack_may_say_which_of_its_findings_are_one_matter(pack: Path) -> None:
    shutil.copy(PACKS / BASE / "adjudication.yaml", pack.parent / BASE)
    text = (pack.parent / BASE / "adjudication.yaml").read_text(encoding="utf-8")
    (pack.parent / BASE / "adjudication.yaml").write_text("norm: '4.3'\nladder: []\n" if text else "", encoding="utf-8")
    edit(pack, "adjudication.yaml", ("", "same_matter:\n  - {rules: [R17.4-01, R17.9-01], on: parcel}\n"))
    [line] = load_policy(pack, dossier_schema()).adjudicating.same_matter
    assert line.rules == ("R17.4-01", "R17.9-01")
    edit(pack, "adjudication.yaml", ("R17.9-01", "R17.9-51"))
    [problem] = problems(pack)
    assert (problem.place.file, problem.place.line) == ("adjudication.yaml", 2)


# --- several layers -------------------------------------------------------------------------------------------------


def city(pack: Path, name: str = "jiaodong", below: str = SHANDONG) -> Path:
    """Put a pack upon another."""
    where = pack.parent / name
    (where / "rules").mkdir(parents=True)
    edit(where, "policy.yaml", ("", f'id: {name}\nversion: "2.0.0"\nextends: {{policy: {below}, version: "1.0.0"}}\n'))
    return where


def test_a_city_stands_upon_its_province(pack: Path) -> None:
    jiaodong = city(pack)
    policy = load_policy(jiaodong, dossier_schema())
    assert policy.stamp.named == f"jiaodong 2.0.0 + {SHANDONG} 1.0.0 + {BASE} 1.0.0"
    assert policy.province == "370000"
    edit(
        jiaodong,
        "parameters.yaml",
        ("", (pack / "parameters.yaml").read_text(encoding="utf-8").replace("value: 90", "value: 120")),
    )
    [problem] = problems(jiaodong)
    assert "由90改为120是放宽" in problem.message
    edit(jiaodong, "parameters.yaml", ("value: 120", "value: 60"), ("from: 2022-01-01", "from: 2025-01-01"))
    figure = load_policy(jiaodong, dossier_schema()).parameters[FIGURE]
    assert [each.value for each in figure.values] == [180, 90, 60]


def test_there_is_an_end_of_packs_upon_packs(pack: Path) -> None:
    below = SHANDONG
    for number in range(MOST_LAYERS):
        where = city(pack, f"layer-{number}", below)
        edit(where, "policy.yaml", ('version: "2.0.0"', 'version: "1.0.0"'))
        below = where.name
    read_policy(pack.parent / f"layer-{MOST_LAYERS - 3}", dossier_schema(), examples=False)
    [problem] = problems(pack.parent / f"layer-{MOST_LAYERS - 2}")
    assert f"超过{MOST_LAYERS}层" in problem.message


def test_two_packs_that_extend_each_other_are_refused(pack: Path) -> None:
    other = city(pack)
    edit(pack, "policy.yaml", ("policy: guobanfa-2014-54", "policy: jiaodong"))
    for each in (pack, other):
        assert any("首尾相接" in problem.message for problem in problems(each))


def test_a_link_for_a_base_is_refused(pack: Path) -> None:
    base = pack.parent / BASE
    (base / "rules" / "R6.9-01.yaml").unlink()
    (base / "rules" / "R6.9-01.yaml").symlink_to(PACKS / BASE / "rules" / "R6.9-01.yaml")
    assert any("不是普通文件" in each.message for each in problems(pack))


def test_a_pack_without_its_base_beside_it_takes_the_shipped_one(tmp_path: Path) -> None:
    alone = Path(shutil.copytree(PACKS / SHANDONG, tmp_path / SHANDONG))
    assert len(read_policy(alone, dossier_schema(), examples=False).rules) > len(KEPT)


def test_what_was_remembered_of_a_pack_is_forgotten_when_its_base_changes(pack: Path, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "cache")
    first = load_remembered(pack, dossier_schema(), memory)
    assert digest_of(pack) == first.stamp.sha256
    again = load_remembered(pack, dossier_schema(), memory)
    assert all(each.rule.examples is None for each in again.rules)
    edit(pack.parent / BASE, "rules/R6.9-01.yaml", ("grade: ", "grade:  "))
    assert digest_of(pack) != first.stamp.sha256
    assert any(each.rule.examples for each in load_remembered(pack, dossier_schema(), memory).rules)


# --- which way a figure goes ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> Policy:
    return read_policy(PACKS / BASE, dossier_schema())


def test_a_figure_moved_the_strict_way_never_makes_an_example_less_strict(shipped: Policy) -> None:
    tried = turned_strict = 0
    for compiled in shipped.rules:
        ways = {name: stricter(compiled.rule, name) for name in shipped.parameters}
        for name, way in ways.items():
            if way not in {UP, DOWN}:
                continue
            figure = shipped.parameters[name]
            for factor in (Decimal("1.02"), Decimal(3)) if way == UP else (Decimal("0.98"), Decimal("0.3")):
                moved = replace(
                    figure, values=tuple(replace(each, value=_moved(each.value, factor)) for each in figure.values)
                )
                policy = replace(shipped, parameters={**shipped.parameters, name: moved})
                for case in cases(compiled, shipped.schema):
                    dossier = load_example(case.dossier, shipped.schema)
                    with localcontext(values.EXACT):
                        found = verdict_in(verdicts(policy, look(policy, dossier, case.as_of), compiled), case)
                    assert found is not None
                    assert STRICTNESS.index(found) >= STRICTNESS.index(case.expect), (name, factor, case.name)
                    tried += 1
                    turned_strict += found is not case.expect
    assert tried > 3_000
    assert turned_strict > 200


def _moved(value: values.Value, factor: Decimal) -> values.Value:
    """Give a figure moved by a factor; one that counts whole things by one at the least."""
    if isinstance(value, int):
        return max(0, value + (max(1, int(value * (factor - 1))) if factor > 1 else -max(1, int(value * (1 - factor)))))
    return value * (Fraction(factor) if isinstance(value, Fraction) else factor)


def test_a_list_and_a_figure_that_cuts_both_ways_have_no_strict_side(shipped: Policy) -> None:
    rules = {each.rule.id: each.rule for each in shipped.rules}
    for rule, name in (
        ("R18.7-01", "landpower.pilot_provinces"),
        ("R16.6-01", "coverage.tolerance"),  # of the gap, and of what an exemption leaves of it
        ("R6.10-03", "debt.ratio_orange_pct"),  # of the grade
    ):
        assert stricter(rules[rule], name) == UP | DOWN
    assert stricter(rules["R18.8-01"], "coverage.tolerance") == frozenset()


def test_which_rules_rest_on_the_document_alone(shipped: Policy) -> None:
    alone = {each.rule.id for each in shipped.rules if not statutes_of(each.rule, shipped.statute)}
    assert alone == {"R14.3-01", "R16.1-01", "R16.1-02", "R16.6-01", "R17.9-01", "R18.1-01"}


# --- the command line -----------------------------------------------------------------------------------------------


def test_a_shipped_pack_goes_by_its_id(run: Run, desk: Path) -> None:
    shutil.copy(EXAMPLES / "shandong.json", desk)
    ended = run("check", "shandong.json", "--policy", SHANDONG)
    assert (ended.code, "未经批准扩区、调整区位的区块已经用地" in ended.out) == (1, True)
    refused = run("check", "dossier.json", "--policy", SHANDONG)
    assert refused.code == 4
    assert "/zone/province_code" in refused.err
    unknown = run("check", "dossier.json", "--policy", "shangdong")
    assert unknown.code == 5
    assert "guobanfa-2014-54、shandong" in unknown.err


def test_the_impact_of_a_pack_on_what_it_extends_is_told(run: Run, desk: Path) -> None:
    shutil.copy(EXAMPLES / "shandong.json", desk)
    ended = run("rules", "impact", BASE, SHANDONG, "shandong.json")
    assert (ended.code, "参数supervision.patrol_days改了" in ended.out, "新增规则" in ended.out) == (1, True, True)
    assert run("rules", "impact", BASE, SHANDONG, "dossier.json").code == 4


def test_a_new_rule_of_a_province_has_a_number_of_its_own(run: Run, desk: Path) -> None:
    shutil.copytree(PACKS / SHANDONG, desk / SHANDONG)
    refused = run("rules", "new", "R18.8-08", "--each", "parcels", "--policy", SHANDONG)
    assert (refused.code, "R18.8-51" in refused.err) == (2, True)
    assert run("rules", "new", "R18.8-51", "--each", "parcels", "--policy", SHANDONG).code == 0
    assert "18.8" in (desk / SHANDONG / "rules" / "R18.8-51.yaml").read_text(encoding="utf-8")
