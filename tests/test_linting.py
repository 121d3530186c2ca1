"""The numbered checks of a rule pack: what each objects to, at which place, and what it leaves alone."""

import contextlib
import json
import random
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from packs import copied
from reference.program import PACK, shipped_policy
from test_cli import Run, desk, run

from checker.dossier.schema import Kind
from checker.errors import PolicyError, Problem
from checker.ladder import Law, grounds, parts_of, read
from checker.language.formula import All, Any, Formula, Literal
from checker.language.tree import Attribute, Link, Register, Table
from checker.linting import CHECKS, Weight, lint
from checker.model import Truth, Verdict
from checker.policy.law import load_parameters, load_statutes
from checker.policy.loading import CompiledRule, Policy
from checker.policy.mutants import mutants
from checker.policy.rules import load_rule
from checker.policy.source import Source, parse_yaml
from checker.reporting.linting import EXPLANATIONS, FORMATS, Linted
from checker.study import Pack
from checker.truths import Combinations

__all__ = ["desk", "run"]

Changes = Mapping[str, str]
"""Pieces of text, each with what stands instead of all of it."""

STATUTES, PARAMETERS = "statutes.yaml", "parameters.yaml"
FEES, PLANS, GRANTS = "R18.8-01", "R16.5-01", "R18.7-03"


@cache
def written(name: str) -> str:
    return (PACK / name).read_text(encoding="utf-8")


ROOM = """  - ground: local_planning_power
    if: claim.from_ <= approved_on and if_none(claim.until, approved_on) >= approved_on
    at_most: risk
    reason: 批准以前已有地方性法规授予该机关控制性详细规划审批权
"""
"""An exemption that a changed rule does without: it has as many tests and exemptions as a rule may have."""


def changed(name: str, changes: Changes) -> Source:
    text = written(name).replace(ROOM, "") if changes else written(name)
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return parse_yaml(text, name)


@cache
def unchanged(name: str) -> Source:
    return changed(name, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A pack with some rules of the shipped one, and with changes of its files; those of `""` are of the first rule."""

    rules: tuple[str, ...]
    changes: Mapping[str, Changes]

    def source(self, name: str) -> Source:
        changes = self.changes.get("" if name == f"rules/{self.rules[0]}.yaml" else name)
        return changed(name, changes) if changes else unchanged(name)

    def policy(self) -> Policy:
        policy = shipped_policy()
        statutes, parameters = load_statutes(self.source(STATUTES)), load_parameters(self.source(PARAMETERS))
        library = replace(policy.library, statutes=statutes, parameters=parameters)
        rules = tuple(
            CompiledRule(
                rule=load_rule(self.source(f"rules/{name}.yaml"), name, library, policy.schema), schema=policy.schema
            )
            for name in self.rules
        )
        return replace(
            policy,
            statutes=statutes,
            parameters=parameters,
            laws=(self.source(STATUTES),),
            figures=(self.source(PARAMETERS),),
            rules=rules,
        )

    def pack(self) -> Pack:
        return Pack(policy=self.policy())


def problems(check: str, pack: Pack) -> list[tuple[str, Problem]]:
    look = CHECKS[check].look
    assert look is not None
    return [*look(pack)]


def draft(rule: str, changes: Changes = {}, **others: Changes) -> Draft:  # noqa: B006 - nobody changes it
    files = {f"{name}.yaml": each for name, each in others.items()}
    return Draft(rules=(rule,), changes={"": changes, **files})


V = "violated: paid < due"
WHEN = 'when: type == "regulatory_detailed"'
LEVEL = 'violated: below(approver_level, "county")'
CONTRACT = "when: supply_method in"
SPARE_FIGURE = """- id: spare.fee
  title: 备用的数值
  unit: cny
  kind: tolerance
  values:
    - from: 1984
      value: 1
      mark: P
      verified: false
      source: 本工具建议
"""
KONGZHI = """  - {statute: kongzhizhibiao-2008, if: 'mentions(industry_code, {"C"})', at_most: risk}\n"""
SMALL, TONS = "small: env_emergency.pool_built_m3 <", "sum(c.actual_t for c in pollutant_caps)"
JIESHI = "  - {statute: sifa-2020, articles: [第一条, 第二条]}\n"
GRANTED = "  - {statute: sifa-2005-5, articles: [第一条, 第二条]}\n"
OLD_RULE = "  from: 1999\n  to: 2012-06-30\n"
LIMITS = next(iter(re.findall(r"^limits:\n(?:  - .*\n)+", written("rules/R17.4-01.yaml"), re.MULTILINE)))
SLOTTED = "message: 截至{{ as_of | date }}应缴{{ due | yuan }}，实缴{{ paid | yuan }}，欠缴{{ due - paid | yuan }}。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A pack that a check objects to, the text at the very place, and a near neighbour that it leaves alone."""

    check: str
    bad: Draft
    file: str
    pointer: str
    text: str
    good: Draft


def of_rule(check: str, rule: str, bad: Changes, pointer: str, text: str, good: Changes, **others: Changes) -> Case:
    return Case(
        check=check,
        bad=draft(rule, bad, **others),
        file=f"rules/{rule}.yaml",
        pointer=pointer,
        text=text,
        good=draft(rule, good, **others),
    )


def of_file(check: str, file: str, bad: Changes, pointer: str, text: str, good: Changes) -> Case:
    name = file.removesuffix(".yaml")
    return Case(
        check=check,
        bad=draft(FEES, **{name: bad}),
        file=file,
        pointer=pointer,
        text=text,
        good=draft(FEES, **{name: good}),
    )


READ_BY_THE_PROGRAM = {"", "meta", "evidence", "claims", "notices", "geometries", "attestations"}
"""What the program itself reads: who and when, papers, pleas, earlier notices, drawings and statements."""


def place_of(file: str, key: str) -> int:
    """Give the number of a record in a file of the pack."""
    return [each["id"] for each in unchanged(file).value].index(key)


SPARE = {"labels:\n": "  spare: due - paid\nlabels:\n  spare: 备用\n"}
CASES = (
    of_rule("L01", FEES, SPARE, "/let/spare", "due - paid", SPARE | {"欠缴{{ due - paid |": "欠缴{{ spare |"}),
    of_rule("L01", FEES, SPARE, "/let/spare", "due - paid", SPARE | {V: "violated: spare > 0"}),
    of_rule(
        "L04",
        FEES,
        {V: "violated: paid < due or (paid < due and area_sqm > 5)"},
        "/violated",
        "area_sqm > 5",
        {V: "violated: paid < due and area_sqm > 5"},
    ),
    of_rule(
        "L04",
        PLANS,
        {"district: >-\n    approver_level": "district: >-\n    (as_of > approved_on or True) and approver_level"},
        "/let/district",
        "as_of > approved_on",
        {"district: >-\n    approver_level": "district: >-\n    as_of > approved_on and approver_level"},
    ),
    of_rule(
        "L05",
        FEES,
        {"suspected: >-\n  sum": "suspected: >-\n  paid < due or sum"},
        "/suspected",
        "paid < due",
        {"suspected: >-\n  sum": "suspected: >-\n  paid == due and sum"},
    ),
    of_rule(
        "L05",
        PLANS,
        {LEVEL: f'{LEVEL} and (type == "regulatory_detailed" or settlement == "city")'},
        "/violated",
        'type == "regulatory_detailed" or settlement == "city"',
        {LEVEL: f'{LEVEL} and (type == "overall_dev" or settlement == "city")'},
    ),
    of_rule(
        "L06",
        PLANS,
        {WHEN: f'{WHEN} and type == "overall_dev"'},
        "/when",
        'type == "regulatory_detailed" and type == "overall_dev"',
        {WHEN: f'{WHEN} or type == "overall_dev"'},
    ),
    of_rule(
        "L06",
        PLANS,
        {WHEN: f"{WHEN} and happened(as_of)"},
        "/when",
        "happened(as_of)",
        {WHEN: f"{WHEN} and happened(approved_on)"},
    ),
    of_rule(
        "L06",
        PLANS,
        {"    if: not cured\n": '    if: settlement == "town" and settlement == "city"\n'},
        "/remedy/0/if",
        'settlement == "town" and settlement == "city"',
        {"    if: not cured\n": '    if: settlement == "town" or settlement == "city"\n'},
    ),
    of_rule(
        "L07",
        PLANS,
        {LEVEL: f'{LEVEL} and type == "overall_dev"', "suspected: district": "suspected: False"},
        "/violated",
        "below(approver_level",
        {LEVEL: f'{LEVEL} and type == "regulatory_detailed"', "suspected: district": "suspected: False"},
    ),
    of_rule(
        "L07",
        PLANS,
        {"suspected: district": 'suspected: district and type == "overall_dev"'},
        "/suspected",
        "district and",
        {"suspected: district": 'suspected: district and type == "regulatory_detailed"'},
    ),
    of_rule(
        "L08",
        PLANS,
        {"    if: not cured\n": '    if: type == "overall_dev"\n'},
        "/remedy/0/if",
        'type == "overall_dev"',
        {"    if: not cured\n": '    if: type == "regulatory_detailed"\n'},
    ),
    of_rule(
        "L08",
        PLANS,
        {'kind == "county"\n    paper': 'kind == "county" and type == "overall_dev"\n    paper'},
        "/exempt/0/if",
        "approver_level",
        {'kind == "county"\n    paper': 'kind == "county" and type != "overall_dev"\n    paper'},
    ),
    of_rule(
        "L08",
        PLANS,
        {"grade: S1": """grade: '"S1" if type == "regulatory_detailed" else "S2"'"""},
        "/grade",
        '"S2"',
        {"grade: S1": """grade: '"S1" if settlement == "city" else "S2"'"""},
    ),
    of_rule(
        "L09",
        FEES,
        {V: f"{V} and in_boundary_pct > 100"},
        "/violated",
        "in_boundary_pct > 100",
        {V: f"{V} and in_boundary_pct >= 100"},
    ),
    of_rule(
        "L09",
        FEES,
        {V: "violated: paid < due and if_none(area_sqm, 0) + 5 >= 5"},
        "/violated",
        "if_none(area_sqm",
        {V: "violated: paid < due and if_none(area_sqm, 0) + 5 > 5"},
    ),
    of_rule("L09", FEES, {V: "violated: due < due"}, "/violated", "due < due", {}),
    of_rule(
        "L12",
        FEES,
        {V: f"{V} - param.idle.fee_rate * 2"},
        "/violated",
        "param.idle.fee_rate * 2",
        {V: f"{V} - param.idle.fee_rate * due"},
    ),
    of_rule(
        "L12",
        FEES,
        {V: f"{V} and paid / due * 10 < in_boundary_pct"},
        "/violated",
        "paid / due * 10",
        {V: f"{V} and paid / due * 100 < in_boundary_pct"},
    ),
    of_rule(
        "L12",
        PLANS,
        {WHEN: f"{WHEN} and years_after(approved_on, param.idle.fee_rate * 2) < as_of"},
        "/when",
        "param.idle.fee_rate * 2",
        {WHEN: f"{WHEN} and years_after(approved_on, param.idle.fee_years * 2) < as_of"},
    ),
    of_rule(
        "L13",
        FEES,
        {V: f"{V} and in_boundary_pct < 0.9"},
        "/violated",
        "0.9",
        {V: f"{V} and in_boundary_pct < 90"},
    ),
    of_rule(
        "L14",
        "R15.9-01",
        {SMALL: f"small: {TONS} < env_emergency.pool_built_m3 or env_emergency.pool_built_m3 <"},
        "/let/small",
        "sum(c.actual_t",
        {SMALL: "small: env_emergency.pool_built_m3 * 2 <"},
    ),
    of_file(
        "L15",
        PARAMETERS,
        {'  title: 土地闲置费占出让价款的比例\n  unit: ""': "  title: 土地闲置费\n  unit: 万元"},
        f"/{place_of(PARAMETERS, 'idle.fee_rate')}/unit",
        "万元",
        {'  title: 土地闲置费占出让价款的比例\n  unit: ""': "  title: 土地闲置费\n  unit: cny"},
    ),
    of_rule(
        "L16",
        PLANS,
        {WHEN: f'{WHEN} and zone.name_zh != "甲"'},
        "/when",
        "zone.name_zh",
        {WHEN: f'{WHEN} and zone.name_zh != "甲"', "ask:\n": "ask:\n  zone.name_zh: 批准设立的文件\n"},
    ),
    of_rule(
        "L16",
        PLANS,
        {
            "let:\n": """let:\n  named: zone.name_zh == "甲"\n""",
            "labels:\n": "labels:\n  named: 名称\n",
            WHEN: f"{WHEN} or named",
        },
        "/let/named",
        "zone.name_zh",
        {
            "let:\n": """let:\n  named: zone.name_zh == "甲"\n""",
            "labels:\n": "labels:\n  named: 名称\n",
            'kind == "county"\n    paper': 'kind == "county" and named\n    paper',
        },
    ),
    of_file(
        "L17",
        STATUTES,
        {OLD_RULE: "  from: 1999\n  to: 2012-07-01\n"},
        f"/{place_of(STATUTES, 'xianzhi-2012-53')}/from",
        "2012-07-01",
        {OLD_RULE: "  from: 1999\n  to: 2012\n"},
    ),
    of_file(
        "L17",
        STATUTES,
        {OLD_RULE: "  from: 1999\n  to: null\n"},
        f"/{place_of(STATUTES, 'xianzhi-2012-53')}/from",
        "2012-07-01",
        {"  title: 闲置土地处置办法\n": "  title: 闲置土地处置办法（试行）\n"},
    ),
    of_file(
        "L18",
        STATUTES,
        {OLD_RULE: "  from: 1999\n  to: 2012-05\n"},
        f"/{place_of(STATUTES, 'xianzhi-2012-53')}/from",
        "2012-07-01",
        {OLD_RULE: "  from: 1999\n  to: 2012-06\n"},
    ),
    of_rule(
        "L19",
        "R17.3-01",
        {KONGZHI: ""},
        "/basis/2",
        "{statute: kongzhizhibiao-2023",
        {},
    ),
    of_rule("L19", GRANTS, {JIESHI: ""}, "/basis/0", "{statute: sifa-2005-5", {GRANTED: ""}),
    of_rule(
        "L20",
        GRANTS,
        {CONTRACT: 'when: contract_signed_on >= "2021-01-01" and supply_method in'},
        "/basis/0",
        "{statute: sifa-2005-5",
        {CONTRACT: 'when: contract_signed_on >= "2020-12-31" and supply_method in'},
    ),
    of_rule(
        "L20",
        GRANTS,
        {JIESHI: JIESHI.replace("}", """, if: 'contract_signed_on < "2021-01-01"'}""")},
        "/basis/1",
        "{statute: sifa-2020",
        {JIESHI: JIESHI.replace("}", """, if: 'contract_signed_on <= "2021-01-01"'}""")},
    ),
    of_rule(
        "L20",
        GRANTS,
        {
            CONTRACT: 'when: contract_signed_on >= "2022-01-01" and supply_method in',
            JIESHI: JIESHI.replace("}", """, if: 'contract_signed_on < "2022-01-01"'}"""),
            GRANTED: "",
        },
        "/basis/0",
        "{statute: sifa-2020",
        {
            CONTRACT: 'when: contract_signed_on > "2021-12-31" and supply_method in',
            JIESHI: JIESHI.replace("}", """, if: 'contract_signed_on < "2022-01-02"'}"""),
            GRANTED: "",
        },
    ),
    of_rule(
        "L20",
        FEES,
        {"{statute: yusuan-2014}": "{statute: xianzhi-1999-5}"},
        "/see/0",
        "{statute: xianzhi-1999-5",
        {"{statute: yusuan-2014}": "{statute: sifa-2005-5}"},
    ),
    of_rule(
        "L21",
        "R16.6-03",
        {"title: 在没有": "title: 在还没有"},
        "/violated",
        "param.coverage.tolerance",
        {CONTRACT: 'when: contract_signed_on >= "2014-10-30" and supply_method in'},
        parameters={"    - from: 2008-01-01\n      value: 0.005": "    - from: 2014-10-30\n      value: 0.005"},
    ),
    of_rule(
        "L22",
        GRANTS,
        {JIESHI: JIESHI * 2},
        "/basis/2",
        "{statute: sifa-2020",
        {JIESHI: JIESHI + JIESHI.replace("}", """, if: 'grantor_kind == "nr_branch"'}""")},
    ),
    of_rule(
        "L22",
        GRANTS,
        {"when: supply": "see: [{statute: sifa-2020, articles: [第二条]}]\nwhen: supply"},
        "/see/0",
        "{statute: sifa-2020",
        {"when: supply": "see: [{statute: sifa-2020, articles: [第三条]}]\nwhen: supply"},
    ),
    of_rule("L22", GRANTS, {'clauses: ["18.7"]': 'clauses: ["18.7", "18.7"]'}, "/clauses/1", '"18.7"', {}),
    of_rule(
        "L25",
        FEES,
        {"    if: claim.until >= as_of and if_none(claim.from_, as_of) <= as_of\n": "    if: True\n"},
        "/exempt/1/if",
        "True",
        {"    if: claim.until >= as_of and if_none(claim.from_, as_of) <= as_of\n": "    if: claim.until >= as_of\n"},
    ),
    of_rule("L26", "R17.4-01", {LIMITS: ""}, "", "id: R17.4-01", {LIMITS: "limits: 间隔是本工具的建议\n"}),
    of_rule(
        "L27",
        FEES,
        {SLOTTED: "message: 欠缴土地出让价款。"},
        "/message",
        "欠缴",
        {SLOTTED: "message: 欠缴{{ due - paid | yuan }}。"},
    ),
    of_rule(
        "L28",
        GRANTS,
        {"expect: undetermined": "expect: compliant"},
        "/examples/cases",
        "- {",
        {},
    ),
    of_rule("L28", GRANTS, {"expect: exempt": "expect: risk"}, "/examples/cases", "- {", {}),
    of_rule(
        "L31",
        FEES,
        {V: "violated: if_none(paid - total_price_cny, 0) < due"},
        "/violated",
        "if_none(paid",
        {V: "violated: paid - if_none(total_price_cny, 0) < due"},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check} {case.text[:20]}")
def test_a_check_objects_at_the_very_place_and_leaves_a_near_neighbour_alone(case: Case) -> None:
    [(rule, found), *others] = problems(case.check, case.bad.pack())
    assert (found.place.file, found.place.pointer) == (case.file, case.pointer)
    assert found.place.line is not None
    assert found.place.column is not None
    line = case.bad.source(case.file).text.splitlines()[found.place.line - 1]
    assert line[found.place.column - 1 :].startswith(case.text)
    assert found.message
    assert found.suggestion
    assert found.excerpt.endswith("^")
    assert rule == ("" if case.file in {STATUTES, PARAMETERS} else case.bad.rules[0])
    assert found.place not in [each.place for _, each in others]
    assert problems(case.check, case.good.pack()) == []


def test_a_figure_is_told_that_no_rule_of_the_pack_reads() -> None:
    place = "- id: eia.followup_years"
    source = changed(PARAMETERS, {place: f"{SPARE_FIGURE}\n{place}"})
    policy = replace(shipped_policy(), parameters=load_parameters(source), figures=(source,))
    [(rule, found)] = problems("L03", Pack(policy=policy))
    assert (rule, found.place.pointer) == ("", f"/{place_of(PARAMETERS, 'eia.followup_years')}/id")
    assert found.message == "没有规则用到参数 spare.fee"
    reading = draft(
        FEES, {"欠缴{{ due - paid |": "欠缴{{ due - param.spare.fee |"}, parameters={place: f"{SPARE_FIGURE}\n{place}"}
    )
    assert "spare.fee" not in str(problems("L03", reading.pack()))


def test_rules_that_ask_the_same_are_told_at_the_later_one() -> None:
    def twins(old: str, new: str) -> list[tuple[str, Problem]]:
        policy = shipped_policy()
        text = written(f"rules/{FEES}.yaml").replace(FEES, "R18.8-99").replace(old, new)
        copy = load_rule(parse_yaml(text, "rules/R18.8-99.yaml"), "R18.8-99", policy.library, policy.schema)
        found = draft(FEES).policy()
        both = replace(found, rules=(*found.rules, CompiledRule(rule=copy, schema=policy.schema)))
        return problems("L29", Pack(policy=both))

    [(rule, found)] = twins("title: ", "title: 又一条：")
    assert (rule, found.place.file, found.place.pointer) == ("R18.8-99", "rules/R18.8-99.yaml", "/violated")
    assert FEES in found.message
    assert twins(V, "violated: paid <= due") == []
    assert twins("let:\n  due: sum(", "let:\n  due: 0 + sum(") == []


def test_no_slip_of_the_pen_upsets_a_check() -> None:
    policy = shipped_policy()
    [fees] = draft(FEES).policy().rules
    looked = 0
    for mutant in mutants(fees.rule, policy.parameters, policy.figures):
        source = replace(fees.rule.source, value=mutant.written)
        with contextlib.suppress(PolicyError):
            rule = load_rule(source, FEES, policy.library, policy.schema)
            one = replace(policy, rules=(CompiledRule(rule=rule, schema=policy.schema),))
            assert isinstance(lint(one), tuple)
            looked += 1
    assert looked > 40


# --- what loading refuses -------------------------------------------------------------------------------------------

NESTED = "(paid < 1 if " * 15 + "paid < due" + " else paid < 2)" * 15
REFUSED = (
    ("L02", FEES, {"  payments: 土地": "  payment: 土地"}, "规则没有用到 payment"),
    ("L02", FEES, {"labels:\n": "labels:\n  spare: 备用\n"}, "没有名为 spare 的 let"),
    ("L10", FEES, {V: "violated: as_of is None"}, "这个判断没有意义"),
    ("L11", FEES, {V: "violated: paid < area_sqm"}, "单位不同：cny 与 sqm"),
    (
        "L11",
        FEES,
        {V: "violated: days_inclusive(as_of, as_of) > param.idle.handling_months"},
        "单位不同：days 与 months",
    ),
    ("L11", FEES, {V: "violated: count(p for p in payments) < paid"}, "单位不同：count 与 cny"),
    ("L11", FEES, {V: "violated: in_boundary_pct < param.idle.fee_rate"}, "单位不同：pct 与 无单位"),
    ("L11", FEES, {V: "violated: months_after(as_of, param.idle.fee_years) < as_of"}, "以 months 计"),
    ("L11", FEES, {V: "violated: zone.planned_construction_area_ha < area_sqm"}, "单位不同：ha 与 sqm"),
    ("L23", FEES, {V: f"{V} and " + " and ".join(f"area_sqm > {n}" for n in range(9))}, "最多9个"),
    ("L23", FEES, {V: "violated: " + NESTED}, "装不下"),
    ("L24", FEES, {"{days: 30}": "{days: -5}"}, "时限写作"),
    ("L24", FEES, {"{days: 30}": "{days: 0}"}, "时限写作"),
    ("L24", FEES, {"{days: 30}": "{days: true}"}, "时限写作"),
    ("L24", FEES, {"{days: 30}": "{days: 3651}"}, "日数1至3650，月数1至120"),
    ("L24", FEES, {"{days: 30}": "{months: 121}"}, "时限写作"),
    ("L24", FEES, {"due: sum": "payments: sum"}, "不能用作名称"),
    ("L24", FEES, {V: f"{V} * 1e999"}, "数字过大"),
    ("L30", FEES, {"第十六条": "第九十九条"}, "没有登记 fangdichan-2019 的第九十九条"),
)


@pytest.mark.parametrize(("number", "rule", "changes", "told"), REFUSED, ids=lambda each: str(each)[:30])
def test_what_loading_refuses_has_its_number_too(number: str, rule: str, changes: Changes, told: str) -> None:
    assert CHECKS[number].weight is Weight.LOADING
    with pytest.raises(PolicyError, match=re.escape(told)):
        draft(rule, changes).policy()


def test_a_deadline_at_its_bounds_loads() -> None:
    for within in ("{days: 1}", "{days: 3650}", "{months: 120}", "immediately"):
        assert len(draft(FEES, {"{days: 30}": within}).policy().rules) == 1


# --- all checks -----------------------------------------------------------------------------------------------------


def test_the_shipped_pack_is_clean() -> None:
    assert lint(shipped_policy()) == ()


def test_every_check_has_a_number_of_its_own_and_an_explanation() -> None:
    assert list(CHECKS) == [f"L{place:02}" for place in range(1, len(CHECKS) + 1)]
    assert len({each.title for each in CHECKS.values()}) == len(CHECKS)
    for each in CHECKS.values():
        assert all((each.title, each.why, each.way_out, each.example))
        assert (each.look is None) == (each.weight is Weight.LOADING)


def test_every_check_has_a_case() -> None:
    assert {each.check for each in CASES} | {each[0] for each in REFUSED} | {"L03", "L29"} == set(CHECKS)


def test_the_guide_lists_every_check() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "规则编写.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (L\d\d) \| ([^|]+) \| ([^|]+) \|$", guide, re.MULTILINE)
    assert listed == [(each.number, each.title, each.weight.label) for each in CHECKS.values()]


def test_every_field_of_the_schema_is_read_by_a_rule_or_is_there_for_another_purpose() -> None:
    """A pack that leaves a field alone is no worse for it; a field that nothing needs would burden who fills it in."""
    studies = Pack(policy=shipped_policy()).studies
    read = {
        (node.base.type.entity.path, node.field.name)
        for study in studies
        for node in study.used
        if isinstance(node, Attribute | Link | Register) and node.base is not None and node.base.type.entity is not None
    }
    read |= {
        (column.base.type.entity.path, column.field.name)
        for study in studies
        for node in study.used
        if isinstance(node, Table)
        for column in node.columns
        if column.base.type.entity is not None
    }
    unread = {
        (entity.path, each.name)
        for entity in shipped_policy().schema.entities()
        for each in entity.fields.values()
        if entity.path.partition(".")[0] not in READ_BY_THE_PROGRAM
        and each.kind not in {Kind.BLOCK, Kind.REGISTER}
        and not (each.identity or each.ref or each.name in entity.label_fields)
    } - read
    told_to_people = {("zone.detailed_plan_coverage", "measured_on"), ("parcels", "grantee_name")}
    compared_across_dossiers = {("parcels", "real_estate_unit_no")}
    bounds_the_document = {("zone", "national_since")}
    assert unread == told_to_people | compared_across_dossiers | bounds_the_document


# --- truths ---------------------------------------------------------------------------------------------------------


def formula(dice: random.Random, tests: int, depth: int = 3) -> Formula:
    if depth == 0 or dice.random() < 0.3:
        return Literal(dice.randrange(tests), dice.random() < 0.5)
    parts = tuple(formula(dice, tests, depth - 1) for _ in range(dice.randint(0, 3)))
    return All(parts) if dice.random() < 0.5 else Any(parts)


@pytest.mark.parametrize("seed", range(12))
def test_all_combinations_together_give_the_verdicts_of_each_alone(seed: int) -> None:
    dice, tests = random.Random(seed), 3  # noqa: S311 - the dice guard no secret
    when, violated, suspected = (formula(dice, tests) for _ in range(3))
    law = Law(
        rule="R1.1-01",
        tests=tests,
        pleas=1,
        when=when,
        violated=violated,
        suspected=suspected,
        soft=frozenset(dice.sample(range(tests), seed % 2)),
        signal=seed % 5 == 0,
    )
    every = Combinations(tests)
    truths: tuple[Truth, ...] = (True, False, None)
    expected = [
        {
            tuple(verdict_in(law, (act, force, firm), (*held, exempt)) for held in product(truths, repeat=tests))
            for act, force, firm in grounds()
            for exempt in truths
        }
    ]
    found = {
        tuple(
            next(verdict for verdict, where in verdicts.items() if where & place_in(every, held))
            for held in product(truths, repeat=tests)
        )
        for verdicts in every.verdicts(law)
    }
    assert [found] == expected
    everywhere = [where for verdicts in every.verdicts(law) for where in verdicts.values()]
    for place in range(tests):
        others = [[*held[:place], None, *held[place + 1 :]] for held in product(truths, repeat=tests)]
        depends = any(
            len({bool(where & place_in(every, (*held[:place], truth, *held[place + 1 :]))) for truth in truths}) > 1
            for where in everywhere
            for held in others
        )
        assert any(every.decided_by(where, place, every.all) for where in everywhere) == depends


def verdict_in(law: Law, ground: tuple[Truth, Truth, Truth], truths: tuple[Truth, ...]) -> Verdict:
    return read(parts_of(law, ground, truths))


def place_in(every: Combinations, truths: tuple[Truth, ...]) -> int:
    found = every.all
    for place, truth in enumerate(truths):
        found &= every.where(place, truth)
    assert found.bit_count() == 1
    return found


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Give a pack of one rule whose second name nothing uses."""
    copy = copied(tmp_path / PACK.name)
    (copy / "rules" / f"{FEES}.yaml").write_text(changed(f"rules/{FEES}.yaml", SPARE).text, encoding="utf-8")
    return copy


def test_the_command_tells_people_and_programs(pack: Path, run: Run) -> None:
    told = run("rules", "lint", FEES, "--policy", str(pack))
    assert (told.code, told.err) == (PolicyError.exit_code, "")
    assert f"rules/{FEES}.yaml:" in told.out
    assert "[L01 错误] 没有表达式用到 spare" in told.out
    assert "1条规则，25项检查：错误1处，建议0处\n为什么、怎样改：zonecheck rules lint --explain L01\n" in told.out
    whole = json.loads(run("rules", "lint", "--format", "json", "--policy", str(pack)).out)
    assert (whole["rules"], whole["errors"]) == (1, 1)
    assert {each["check"] for each in whole["remarks"]} == {"L01", "L03"}
    [unused] = [each for each in whole["remarks"] if each["check"] == "L01"]
    assert (unused["weight"], unused["rule"], unused["pointer"]) == ("error", FEES, "/let/spare")
    assert [each["rule"] for each in whole["remarks"] if each["check"] == "L03"] == [None] * whole["advice"]


def test_advice_alone_is_no_failure(pack: Path, run: Run) -> None:
    shutil.copy(PACK / "rules" / f"{FEES}.yaml", pack / "rules")
    told = run("rules", "lint", "--policy", str(pack))
    assert told.code == 0
    assert "[L03 建议]" in told.out
    assert "错误0处" in told.out


@pytest.mark.parametrize("number", [*CHECKS, "all"])
def test_every_check_is_explained(number: str, run: Run) -> None:
    wanted = [*CHECKS.values()] if number == "all" else [CHECKS[number]]
    told = run("rules", "lint", "--explain", number)
    assert told.code == 0
    assert [f"{each.number} {each.title}（" in told.out for each in wanted] == [True] * len(wanted)
    read_by_programs = json.loads(run("rules", "lint", "--explain", number, "--format", "json").out)
    assert [each["number"] for each in read_by_programs["checks"]] == [each.number for each in wanted]


def test_both_formats_are_there_for_both_questions() -> None:
    assert FORMATS.keys() == EXPLANATIONS.keys()
    assert FORMATS["text"](Linted(rules=2, remarks=())) == "2条规则，25项检查：没有发现问题\n"
