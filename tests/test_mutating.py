"""Mutation testing of rules: which slips of the pen are made, which the examples tell, and which are none."""

import contextlib
import json
from dataclasses import replace
from typing import Any

import pytest
from reference.program import loaded, random_samples, rule_of, shipped_policy, verdicts
from test_cli import Run, desk, run

from checker.commands import rules
from checker.dossier.loading import dossier_schema
from checker.equivalence import are_same
from checker.errors import PolicyError
from checker.judging import Judge
from checker.language.parsing import Scope, parse
from checker.language.tree import Sort
from checker.mutating import Score, mutate
from checker.policy.loading import CompiledRule
from checker.policy.mutants import MUCH, edits, mutants
from checker.policy.rules import Rule, load_rule
from checker.policy.source import parse_yaml
from checker.reporting import mutation

__all__ = ["desk", "run"]

WITNESSED = """
  - {name: 管委会批准, expect: violation}
  - {name: 县级批准, set: {plans.0.approver_level: county}, expect: compliant}
  - {name: 总体规划, set: {plans.0.type: overall_dev}, expect: not_applicable}
  - {name: 施行前, set: {plans.0.approved_on: 2007-12-31}, expect: not_applicable}
"""
RULE = """
id: R16.5-01
title: 控制性详细规划由无权机关批准
clauses: ["16.5"]
grade: S1
responsible: local_government
each: plans
conduct_on: approved_on
basis:
  - {statute: chengxiangguihua-2008, articles: [第十九条, 第二十条]}
when: >-
  WHEN
violated: >-
  VIOLATED
message: "{{ name }}"
remedy: [{action: 报批, done_when: 已经批准, within: {days: 30}}]
examples:
  as_of: 2022-06-30
  base:
    complete: {plans: {blank_means_none: [approved_on]}}
    zone: {level: national}
    evidence: [{doc_id: D1, valid_from: null, valid_to: null, revoked_on: null}]
    plans: [{plan_id: PL1, type: regulatory_detailed, approved_on: 2018-05-01, approver_level: admin_committee}]
  cases:
    CASES
"""


def compiled(
    when: str = 'type == "regulatory_detailed"',
    violated: str = 'below(approver_level, "county")',
    *,
    cases: str = WITNESSED,
    change: tuple[str, str] = ("", ""),
) -> CompiledRule:
    """Give a rule with these conditions and examples, and one more *change* of its text."""
    text = RULE.replace("WHEN", when).replace("VIOLATED", violated).replace("    CASES\n", cases.lstrip("\n"))
    assert change[0] in text
    policy = shipped_policy()
    source = parse_yaml(text.replace(*change, 1), "rules/R16.5-01.yaml")
    return CompiledRule(rule=load_rule(source, "R16.5-01", policy.library, policy.schema), schema=policy.schema)


def scored(rule: CompiledRule) -> Score:
    return mutate(replace(shipped_policy(), judge=Judge([rule.rule.law])), rule)


def survivors(rule: CompiledRule) -> set[tuple[str, str]]:
    return {(each.what, each.before) for each in scored(rule).survivors}


SCOPE = Scope(
    schema=dossier_schema(),
    subject=dossier_schema().registers["plans"],
    records={"subject": dossier_schema().registers["plans"], "zone": dossier_schema().zone},
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("approved_on < as_of", {"approved_on <= as_of"}),
        ("as_of >= approved_on", {"as_of > approved_on"}),
        ('approver_level != "county"', {'approver_level == "county"'}),
        ("(approved_on) is  not None", {"(approved_on) is None"}),
        ("happened(approved_on)", {"((approved_on) is not None)"}),
        ('not (type == "overall_dev")', {'(type == "overall_dev")', 'not (type != "overall_dev")'}),
        ('below(approver_level, "county")', {'(not below("county", approver_level))'}),
        (
            'type not in {"overall_dev", "regulatory_detailed"}',
            {
                'type in {"overall_dev", "regulatory_detailed"}',
                'type not in ({"overall_dev"})',
                'type not in ({"regulatory_detailed"})',
            },
        ),
        ('mentions(name, {"总"})', set()),
        (
            'approved_on is None\n or (type == "overall_dev")',
            {
                '((type == "overall_dev"))',
                "((approved_on is None))",
                '((approved_on is None) and (type == "overall_dev"))',
                'approved_on is not None\n or (type == "overall_dev")',
                'approved_on is None\n or (type != "overall_dev")',
            },
        ),
        (
            "1 < zone.planned_construction_area_ha <= 2.50",
            {
                "(((zone.planned_construction_area_ha) <= (2.50)))",
                "(((1) < (zone.planned_construction_area_ha)))",
                "(((1) < (zone.planned_construction_area_ha)) or ((zone.planned_construction_area_ha) <= (2.50)))",
                "1 <= zone.planned_construction_area_ha <= 2.50",
                "1 < zone.planned_construction_area_ha < 2.50",
                *(f"({each}) < zone.planned_construction_area_ha <= 2.50" for each in (0, 2)),
                *(f"1 < zone.planned_construction_area_ha <= ({each})" for each in ("2.49", "2.51")),
            },
        ),
        (
            "all(p.term_years < 50 for p in parcels if p.parcel_id == name)",
            {
                "(any(p.term_years < 50 for p in parcels if p.parcel_id == name))",
                "all(p.term_years <= 50 for p in parcels if p.parcel_id == name)",
                "all(p.term_years < (49) for p in parcels if p.parcel_id == name)",
                "all(p.term_years < (51) for p in parcels if p.parcel_id == name)",
                "all(p.term_years < 50 for p in parcels if p.parcel_id != name)",
                "all(p.term_years < 50 for p in parcels if True)",
            },
        ),
        (
            "if_none(approved_on, as_of) == as_of",
            {"(approved_on) == as_of", "if_none(approved_on, as_of) != as_of"},
        ),
        (
            "if_none(zone.planned_construction_area_ha, 0) <= 0",
            {
                "(zone.planned_construction_area_ha) <= 0",
                f"(if_none(zone.planned_construction_area_ha, {MUCH})) <= 0",
                "if_none(zone.planned_construction_area_ha, 0) < 0",
                "if_none(zone.planned_construction_area_ha, 0) <= (1)",
            },
        ),
        (
            'approved_on < "2014-10-31" if zone.level == "national" else happened(approved_on)',
            {
                '((happened(approved_on)) if (zone.level == "national") else (approved_on < "2014-10-31"))',
                'approved_on <= "2014-10-31" if zone.level == "national" else happened(approved_on)',
                'approved_on < ("2014-10-30") if zone.level == "national" else happened(approved_on)',
                'approved_on < ("2014-11-01") if zone.level == "national" else happened(approved_on)',
                'approved_on < "2014-10-31" if zone.level != "national" else happened(approved_on)',
                'approved_on < "2014-10-31" if zone.level == "national" else ((approved_on) is not None)',
            },
        ),
        (
            "zone.planned_construction_area_ha - zone.planned_construction_area_ha < 1",
            {
                "zone.planned_construction_area_ha + zone.planned_construction_area_ha < 1",
                "zone.planned_construction_area_ha - zone.planned_construction_area_ha <= 1",
                *(
                    f"zone.planned_construction_area_ha - zone.planned_construction_area_ha < ({each})"
                    for each in (0, 2)
                ),
            },
        ),
    ],
)
def test_an_expression_is_written_wrong_in_every_way(expression: str, expected: set[str]) -> None:
    found = [each.of(expression) for each in edits(parse(expression, SCOPE), expression)]
    assert set(found) == expected
    assert len(found) == len(expected)
    for each in found:
        assert parse(each, SCOPE).type.sort is Sort.TRUTH


def test_what_stands_in_two_comparisons_is_written_wrong_once() -> None:
    expression = "1 < 5 < zone.planned_construction_area_ha"
    found = [each.of(expression) for each in edits(parse(expression, SCOPE), expression)]
    assert found.count("1 < (4) < zone.planned_construction_area_ha") == 1
    assert len(set(found)) == len(found)


def test_examples_that_show_each_side_leave_no_survivor() -> None:
    score = scored(compiled())
    assert (score.survivors, score.equivalent) == ((), ())
    assert score.killed == score.made == 4


@pytest.mark.parametrize(
    ("missing", "survivor"),
    [
        ("县级批准", ("低于改为不高于", 'below(approver_level, "county")')),
        ("总体规划", ("去掉when", 'type == "regulatory_detailed"')),
    ],
)
def test_without_an_example_a_mutant_survives(missing: str, survivor: tuple[str, str]) -> None:
    cases = "".join(f"{line}\n" for line in WITNESSED.splitlines() if missing not in line)
    assert survivor in survivors(compiled(cases=cases))


def test_a_survivor_has_the_place_of_what_was_changed() -> None:
    rule = compiled(cases="\n  - {name: 管委会批准, expect: violation}\n")
    [each] = [each for each in scored(rule).survivors if each.what == "低于改为不高于"]
    lines = rule.rule.source.text.splitlines()
    assert each.place.line is not None
    assert each.place.column is not None
    assert lines[each.place.line - 1][each.place.column - 1 :] == 'below(approver_level, "county")'


# --- what is left out -----------------------------------------------------------------------------------------------

EXEMPT = """exempt:
  - ground: [local_planning_power, deferral]
    if: claim.from_ <= approved_on
    reason: 另有授权
message:"""
CLAIM = "claims: [{ground: local_planning_power, subject_id: PL1, from: 2018-01-01, doc_id: D1}]"
EXEMPTED = f"""{WITNESSED.rstrip()}
  - {{name: 有授权, set: {{{CLAIM}}}, expect: exempt}}
  - {{name: 授权在后, set: {{{CLAIM.replace("01-01", "05-02")}}}, expect: violation}}
  - {{name: 授权即日, set: {{{CLAIM.replace("01-01", "05-01")}}}, expect: exempt}}
"""


def test_an_exemption_is_left_out_whole_by_ground_and_without_its_paper() -> None:
    rule = compiled(cases=EXEMPTED, change=("message:", EXEMPT))
    assert survivors(rule) == {("去掉事由", "deferral"), ("豁免不要文件", "claim.doc_id")}
    more = f"""{EXEMPTED.rstrip()}
  - {{name: 无文件, set: {{{CLAIM.replace("D1", "D9")}}}, expect: risk}}
  - {{name: 缓办, set: {{{CLAIM.replace("local_planning_power", "deferral")}}}, expect: exempt}}
"""
    assert survivors(compiled(cases=more, change=("message:", EXEMPT))) == set()


def test_a_basis_is_left_out_and_so_is_its_bound() -> None:
    change = (
        "basis:\n  - {statute: chengxiangguihua-2008, articles: [第十九条, 第二十条]}",
        "basis:\n  - {statute: chengxiangguihua-2008, at_most: risk}\n  - {statute: tudiguanli-2019, if: is_own}\n"
        "let: {is_own: 'approver_level == \"admin_committee\"'}\nlabels: {is_own: 自批}",
    )
    now = WITNESSED.replace("管委会批准, ", "管委会批准, set: {plans.0.approved_on: 2021-05-01}, ")
    old = "  - {name: 旧法时期, expect: risk}\n"
    assert survivors(compiled(cases=now, change=change)) == {
        ("去掉依据的at_most", "risk"),
        ("去掉依据的if", "is_own"),
    }
    assert survivors(compiled(cases=f"{now.rstrip()}\n{old}", change=change)) == {("去掉依据的if", "is_own")}


def test_a_figure_is_changed_where_the_rule_reads_it() -> None:
    violated = "zone.planned_construction_area_ha * param.coverage.tolerance > 1"
    cases = """
  - {name: 超过, set: {zone.planned_construction_area_ha: 201}, expect: violation}
  - {name: 总体规划, set: {plans.0.type: overall_dev}, expect: not_applicable}
  - {name: 远不足, set: {zone.planned_construction_area_ha: 100}, expect: compliant}
"""
    found = {each for each in survivors(compiled(violated=violated, cases=cases)) if "参数" in each[0]}
    assert found == {("参数差一", "coverage.tolerance 0.005")}
    cases += "  - {name: 恰好, set: {zone.planned_construction_area_ha: 200}, expect: compliant}\n"
    assert survivors(compiled(violated=violated, cases=cases)) == {("行为日改为检查基准日", "approved_on")}


# --- the same rule in other words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        ('happened(approved_on) and type == "overall_dev"', 'type == "overall_dev"', True),
        ('approved_on is not None and type == "overall_dev"', 'type == "overall_dev"', True),
        ('happened(approved_on) or type == "overall_dev"', "True", True),
        (
            'type in {"overall_dev", "regulatory_detailed"}',
            'type == "regulatory_detailed" or type == "overall_dev"',
            True,
        ),
        ('type in {"overall_dev", "regulatory_detailed"}', 'type == "regulatory_detailed"', False),
        ('type != "overall_dev" and type == "regulatory_detailed"', 'type == "regulatory_detailed"', True),
        ('name != "甲" and name == "乙"', 'name == "乙"', True),
        ('name != "甲" and name == name', "name == name", False),
        ('below(approver_level, "county") and approver_level != "county"', 'below(approver_level, "county")', True),
        ("zone.planned_construction_area_ha < 5", "zone.planned_construction_area_ha <= 5", False),
        (
            "zone.planned_construction_area_ha < 5 and zone.planned_construction_area_ha <= 5",
            "zone.planned_construction_area_ha < 5",
            True,
        ),
        (
            "zone.planned_construction_area_ha < 5 or zone.planned_construction_area_ha <= 5",
            "zone.planned_construction_area_ha < 5",
            False,
        ),
        ('type == "overall_dev" and (name == "甲" or type == "overall_dev")', 'type == "overall_dev"', True),
        ('type == "overall_dev" or not (type == "overall_dev")', "True", False),
    ],
)
def test_two_conditions_are_the_same_if_no_answer_tells_them_apart(one: str, other: str, is_so: bool) -> None:
    assert are_same(compiled(one).rule, compiled(other).rule) is is_so
    assert are_same(compiled(other).rule, compiled(one).rule) is is_so


def test_a_rule_that_can_never_say_violation_is_no_other_as_a_signal() -> None:
    soft = "days_inclusive(approved_on, as_of) > param.trip.max_days_one_country"
    firm = 'below(approver_level, "county")'
    for violated, is_so in ((soft, True), (firm, False), (f"{soft} or {firm}", False)):
        plain = compiled(violated=violated).rule
        signal = compiled(violated=violated, change=("grade:", "kind: signal\ngrade:")).rule
        assert are_same(plain, signal) is is_so


def test_rules_that_read_another_name_otherwise_are_not_the_same() -> None:
    change = (
        "message:",
        'let: {level: \'approver_level if type == "{}" else "county"\'}\nlabels: {level: 级}\nmessage:',
    )
    one, other = (
        compiled(violated='below(level, "county")', change=(change[0], change[1].replace("{}", word))).rule
        for word in ("overall_dev", "regulatory_detailed")
    )
    assert are_same(one, one)
    assert not are_same(one, other)


def read(rule: Rule, written: dict[str, Any]) -> Rule | None:
    policy = shipped_policy()
    with contextlib.suppress(PolicyError):
        return load_rule(replace(rule.source, value=written), rule.id, policy.library, policy.schema)
    return None


PLANNING, LAND = "{statute: chengxiangguihua-2008}", "{statute: tudiguanli-2019}"


def resting_on(*bases: str) -> Rule:
    written = "{statute: chengxiangguihua-2008, articles: [第十九条, 第二十条]}"
    return compiled(change=(written, "\n  - ".join(bases))).rule


@pytest.mark.parametrize(
    ("bases", "fewer", "document", "is_so"),
    [
        ((PLANNING, LAND), (PLANNING,), "", True),
        ((PLANNING, LAND), (LAND,), "", False),
        ((PLANNING, LAND), (PLANNING,), "chengxiangguihua-2008", False),
        ((PLANNING, LAND), (PLANNING,), "tudiguanli-2019", True),
        (("{statute: chengxiangguihua-2008, at_most: risk}", LAND), (PLANNING, LAND), "", False),
        ((PLANNING, "{statute: tudiguanli-2019, at_most: risk}"), (PLANNING,), "", True),
        ((PLANNING, "{statute: tudiguanli-2019, if: happened(approved_on)}"), (PLANNING,), "", True),
        ((LAND, "{statute: chengxiangguihua-2008, if: happened(approved_on)}"), (LAND,), "", False),
        ((LAND, "{statute: chengxiangguihua-2008, if: happened(approved_on)}"), (LAND, PLANNING), "", True),
        ((LAND, "{statute: chengxiangguihua-2008, if: name is None}"), (LAND, PLANNING), "", False),
        ((LAND, "{statute: chengxiangguihua-2008, if: 'type != \"overall_dev\"'}"), (LAND, PLANNING), "", True),
        (
            (PLANNING, "{statute: tudiguanli-2019, if: happened(approved_on)}"),
            (PLANNING, "{statute: tudiguanli-2019, if: name is None}"),
            "",
            True,
        ),
    ],
)
def test_a_basis_makes_no_difference_if_on_every_day_another_does_as_well(
    bases: tuple[str, ...], fewer: tuple[str, ...], document: str, is_so: bool
) -> None:
    one, other = resting_on(*bases), resting_on(*fewer)
    assert are_same(one, other, document) is is_so
    assert are_same(other, one, document) is is_so


@pytest.mark.parametrize(
    "name", ["R18.3-03", *(pytest.param(each, marks=pytest.mark.thorough) for each in ("R16.4-01", "R18.7-04"))]
)
def test_what_is_called_the_same_gives_the_same_verdicts(name: str) -> None:
    policy = shipped_policy()
    rule = rule_of(policy, name).rule
    same = [
        mutated
        for each in mutants(rule, policy.parameters, policy.figures)
        if not each.figures and (mutated := read(rule, each.written)) is not None and are_same(rule, mutated)
    ]
    assert same
    for mutated in same:
        both = [
            replace(policy, judge=Judge([each.law]), rules=(CompiledRule(rule=each, schema=policy.schema),))
            for each in (rule, mutated)
        ]
        for sample in random_samples(range(15)):
            dossier = loaded(sample.dossier)
            one, other = (verdicts(each, dossier, sample.as_of) for each in both)
            assert one == other


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_lists_survivors_and_says_so_by_its_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    survivor = scored(compiled(cases="\n  - {name: 管委会批准, expect: violation}\n"))
    monkeypatch.setattr(rules, "mutate", lambda _policy, each, *_: replace(survivor, rule=each.rule.id))
    outcome = run("rules", "mutate", "R18.7-03", "R16.6-02", "R18.7-03")
    assert outcome.code == 5
    assert outcome.out == mutation.text([replace(survivor, rule=each) for each in ("R18.7-03", "R16.6-02")])
    assert outcome.out.count("存活 rules/R16.5-01.yaml:14:3 /violated") == 2
    assert "共2条规则" in outcome.out


@pytest.mark.thorough
def test_the_command_tells_programs_all_of_it(run: Run) -> None:
    outcome = run("rules", "mutate", "R18.3-03", "--format", "json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["survived"], told["made"]) == (0, 0, 6)
    assert told["killed"] + told["equivalent"] == told["made"]
    [rule] = told["rules"]
    assert [each["what"] for each in rule["equivalents"]] == ["happened改为is not None", "去掉when"]
    assert rule["equivalents"][0]["file"] == "rules/R18.3-03.yaml"


def test_a_rule_that_its_examples_contradict_is_not_mutated() -> None:
    with pytest.raises(PolicyError, match="应为 risk，实为 violation"):
        scored(compiled(cases="\n  - {name: 管委会批准, expect: risk}\n"))
