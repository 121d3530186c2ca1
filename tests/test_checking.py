"""What a check says of a whole dossier, and that everything it says can be found in the dossier again."""

import copy
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from reference.program import PACK, loaded, raw_schema, shipped_policy
from reference.reading import area, drawn
from reference.strategies import sample, shuffled

from checker import judging
from checker.checking import check, judge, look
from checker.dossier.loading import dossier_schema
from checker.errors import ReadingsDisagreeError
from checker.model import Consequence, Fact, Finding, Mode, Party, Report, Verdict
from checker.policy.loading import Policy, read_policy
from checker.reporting.json import render
from checker.reporting.wording import subject
from checker.values import EXACT, bounds, day

EXAMPLES = Path(__file__).parents[1] / "examples"
SEEDS = range(60)


@cache
def written(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_bytes(), parse_float=Decimal)
    return found


def example(name: str = "dossier", changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give an example dossier with some of its values changed (`parcels.2.payments.1.amount_cny`); `...` takes out."""
    dossier = copy.deepcopy(written(name))
    for path, value in (changes or {}).items():
        put(dossier, path, value)
    return dossier


def put(dossier: dict[str, Any], path: str, value: Any) -> None:
    holder: Any = dossier
    *steps, last = path.split(".")
    for step in steps:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value


def report(dossier: Mapping[str, Any], as_of: date | None = None, mode: Mode = Mode.INSPECTION) -> Report:
    return check(shipped_policy(), loaded(dossier), as_of=as_of, mode=mode)


def finding(found: Report, rule: str, subject: str) -> Finding:
    [only] = [each for each in (*found.findings, *found.exempted) if (each.rule, each.subject.id) == (rule, subject)]
    return only


def at(dossier: Any, pointer: str) -> Any:
    """Follow a JSON pointer; `...` where nothing stands there."""
    for written_step in pointer.split("/")[1:]:
        step = written_step.replace("~1", "/").replace("~0", "~")
        if isinstance(dossier, list) and step.isdigit() and int(step) < len(dossier):
            dossier = dossier[int(step)]
        elif isinstance(dossier, dict) and step in dossier:
            dossier = dossier[step]
        else:
            return ...
    return dossier


# --- totals, bytes, order -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_totals_of_a_random_dossier_add_up_to_its_pairs(seed: int) -> None:
    made = sample(seed, raw_schema())
    policy, dossier = shipped_policy(), loaded(made.dossier)
    found = check(policy, dossier, as_of=made.as_of)
    with localcontext(EXACT):
        view = look(policy, dossier, made.as_of)
        pairs = {each.rule.id: [pair.verdict for pair in judge(policy, view, each)] for each in policy.rules}
    assert all(pairs.values())
    assert {each.id: Counter(each.totals) for each in found.rules} == {
        rule: Counter({verdict: verdicts.count(verdict) for verdict in Verdict}) for rule, verdicts in pairs.items()
    }
    assert sum(found.totals.values()) == sum(map(len, pairs.values()))
    assert Counter(each.verdict for each in found.findings) == Counter(
        verdict for verdicts in pairs.values() for verdict in verdicts if verdict.is_finding
    )
    assert len(found.exempted) == found.totals[Verdict.EXEMPT]
    for each in found.rules:
        assert sum(each.inapplicable.values()) == each.totals[Verdict.NOT_APPLICABLE]
    for clause in found.clauses:
        of_rules = Counter[Verdict]()
        for rule in found.rules:
            if rule.id in clause.rules:
                of_rules.update(rule.totals)
        assert dict(clause.totals) == {verdict: of_rules[verdict] for verdict in Verdict}
        judged = {verdict for verdict in Verdict if of_rules[verdict] and verdict is not Verdict.NOT_APPLICABLE}
        assert clause.is_judged is bool(judged)
        assert clause.is_clear is (bool(judged) and not any(verdict.is_finding for verdict in judged))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_finding_of_a_random_dossier_can_be_found_in_it_again(seed: int) -> None:
    made = sample(seed, raw_schema())
    found = check(shipped_policy(), loaded(made.dossier), as_of=made.as_of)
    ids = [each.id for each in (*found.findings, *found.exempted)]
    assert len(ids) == len(set(ids))
    for each in (*found.findings, *found.exempted):
        for fact in each.facts:
            look_up(made.dossier, fact)
        if each.verdict is Verdict.UNDETERMINED and not any(kind.kind == "parameter" for kind in found.not_checked):
            has_no_order = any(fact.state == "none" for fact in each.facts)
            assert each.missing or each.reasons or has_no_order, each
        if each.verdict is Verdict.RISK:
            assert each.reasons
        if each.verdict is Verdict.VIOLATION:
            assert each.consequence is not Consequence.NONE
            assert any(basis.firm for basis in each.basis)
            assert {exemption.state for exemption in each.exemptions} <= {"not_claimed", "not_covered"}
        else:
            assert each.consequence is Consequence.NONE
            assert {clause.cited_as for clause in each.clauses} == {"reference"}


def look_up(dossier: Mapping[str, Any], fact: Fact) -> None:
    """Make sure that a fact stands where it says."""
    for origin in fact.origins:
        assert isinstance(at(dossier, origin), dict), fact
    if not fact.pointer or fact.name.startswith("completeness."):
        return
    value = at(dossier, fact.pointer)
    match fact.state:
        case "unknown":
            assert value is ... or value is None or fact.pointer.count("/") == 1, fact
        case "none":
            assert value is ... or value is None, fact
        case "range":
            assert (fact.low, fact.high) == bounds(day(value))
        case _ if isinstance(value, dict):
            assert fact.unit == "ha"
            assert fact.value == area(drawn(value).least, (), inside=False), fact
        case _:
            assert fact.value in ("、".join(value) if isinstance(value, list) else value, as_day(value)), fact


def as_day(value: Any) -> Any:
    try:
        return day(value)
    except (TypeError, ValueError):
        return None


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_the_same_dossier_gives_the_same_bytes_and_its_order_means_nothing(seed: int) -> None:
    made = sample(seed, raw_schema())
    once, again = (check(shipped_policy(), loaded(made.dossier), as_of=made.as_of) for _ in range(2))
    assert render(once) == render(again)
    other = shuffled(made.dossier, Random(seed))  # noqa: S311
    mixed = check(shipped_policy(), loaded(other), as_of=made.as_of)
    assert mixed.totals == once.totals
    assert essence(mixed) == essence(once)


def essence(found: Report) -> dict[str, tuple[Any, ...]]:
    """Give what a report says apart from places and the order of lists."""
    return {
        each.id: (each.rule, each.verdict, each.grade, each.subject.id, each.responsible, each.message.split("；缺")[0])
        for each in (*found.findings, *found.exempted)
    }


@pytest.mark.parametrize("name", ["dossier", "clean", "incomplete"])
def test_a_self_audit_changes_nothing_but_the_mode(name: str) -> None:
    inspected, audited = report(written(name)), report(written(name), mode=Mode.SELF_AUDIT)
    assert replace(audited, mode=Mode.INSPECTION) == inspected


# --- facts, witnesses, papers ---------------------------------------------------------------------------------------


def facts(found: Finding) -> dict[str, Fact]:
    return {each.name: each for each in found.facts}


def test_a_sum_names_its_addends_and_their_papers() -> None:
    arrears = finding(report(example()), "R18.8-01", "P3")
    known = facts(arrears)
    assert known["due"].value == 50_000_000
    assert known["due"].origins == ("/parcels/2/payment_schedule/0", "/parcels/2/payment_schedule/1")
    assert known["paid"].value == 33_000_000
    assert known["paid"].origins == ("/parcels/2/payments/0", "/parcels/2/payments/1")
    assert [each.doc_id for each in known["paid"].documents] == ["D13"]
    assert known["paid"].documents[0].page == "第3行"
    assert known["completeness.parcels.payments"].pointer == "/meta/completeness/parcels.payments"
    assert arrears.message == "截至2024年12月31日应缴50,000,000.00元，实缴33,000,000.00元，欠缴17,000,000.00元。"


def test_an_any_names_its_witness() -> None:
    refund = finding(report(example()), "R18.8-02", "X1")
    pointers = {each.pointer for each in refund.facts} | {origin for each in refund.facts for origin in each.origins}
    assert any(each.startswith("/parcels/1") for each in pointers)
    assert any(each.startswith("/agreements/0/commitments/0") for each in pointers)
    assert not any(each.startswith(("/parcels/0", "/agreements/1")) for each in pointers)


def test_what_was_withheld_is_told() -> None:
    [hidden] = finding(report(example()), "R18.7-03", "P6").withheld
    assert hidden == "/parcels/5/grantor_kind"
    assert report(example(changes={"parcels.5.withheld": []})).of(Verdict.UNDETERMINED)
    assert finding(report(example(changes={"parcels.5.withheld": []})), "R18.7-03", "P6").withheld == ()


def test_a_missing_fact_comes_with_the_paper_to_ask_for() -> None:
    [missing] = finding(report(example()), "R18.7-03", "P6").missing
    assert (missing.pointer, missing.label, missing.document) == (
        "/parcels/5/grantor_kind",
        "出让人类型",
        "国有建设用地使用权出让合同",
    )
    asked = {each.document: each.findings for each in report(example()).requests}
    assert finding(report(example()), "R18.7-03", "P6").id in asked["国有建设用地使用权出让合同"]


FILLED: Mapping[str, Any] = {
    "level": "national",
    "type": "overall_dev",
    "supply_method": "listing",
    "grantor_kind": "admin_committee",
    "approver_level": "province",
    "reapprover_level": "county",
    "countries": ["德国"],
    "total_price_cny": 60_000_000,
    "area_sqm": 20_000,
    "industry_code": "C3599",
    "payment_schedule": [{"instalment_id": "1", "due_on": "2024-06-10", "amount_cny": 60_000_000}],
}


@pytest.mark.parametrize(
    ("name", "mode"), [("dossier", "low"), ("dossier", "high"), ("incomplete", "low"), ("incomplete", "high")]
)
def test_filling_what_is_missing_decides_a_finding(name: str, mode: str) -> None:
    """Fill every missing fact of every open finding, again and again: in the end nothing is left open."""
    dossier = example(name)
    for _ in range(6):
        found = report(dossier)
        gaps = {gap.pointer for each in found.of(Verdict.UNDETERMINED) for gap in each.missing}
        if not gaps:
            break
        for pointer in sorted(gaps):
            fill(dossier, pointer, mode)
        recount(dossier)
    assert [(each.rule, each.subject.id, each.missing) for each in report(dossier).of(Verdict.UNDETERMINED)] == []


def fill(dossier: dict[str, Any], pointer: str, mode: str) -> None:
    _, *steps = pointer.split("/")
    if steps[:2] == ["meta", "completeness"]:
        columns = [key for key, each in definition(steps[2]).items() if each.get("x-may-be-blank")]
        day_of = dossier["meta"]["as_of_date"]
        declared = {"complete": True, "as_of": day_of, "signatory": "甲", "blank_means_none": columns}
        dossier["meta"].setdefault("completeness", {})[steps[2]] = declared
        outer, dot, name = steps[2].partition(".")
        for record in dossier.setdefault(outer, []) if dot else ():
            record.setdefault(name, [])
        dossier.setdefault(outer, [])
        return
    holder: Any = dossier
    for step in steps[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
    node = definition_of(steps)
    holder[steps[-1]] = value_for(steps[-1], node, mode)


def definition(path: str) -> Mapping[str, Any]:
    node: Mapping[str, Any] = raw_schema()
    for step in path.split("."):
        node = raw_schema()["$defs"][node["properties"][step]["items"]["$ref"].removeprefix("#/$defs/")]
    found: Mapping[str, Any] = node["properties"]
    return found


def definition_of(steps: list[str]) -> Mapping[str, Any]:
    node: Mapping[str, Any] = raw_schema()
    for step in steps:
        if not step.isdigit():
            node = node["properties"][step]
            reference = node.get("$ref") or node.get("items", {}).get("$ref")
            if reference:
                node = {**raw_schema()["$defs"][reference.removeprefix("#/$defs/")], **node}
    return node


def value_for(key: str, node: Mapping[str, Any], mode: str) -> Any:
    """Give some legal value: a text or a reference may as well be none, which is an answer too."""
    if key in FILLED:
        return FILLED[key]
    if "pattern" in node and "string" in node["type"]:
        return "2024-06-01" if mode == "low" else "2024-06-20"
    if "items" in node:
        return []
    if "properties" in node:
        return {}
    return (1 if mode == "low" else min(900_000, node["maximum"])) if "maximum" in node else None


def recount(dossier: dict[str, Any]) -> None:
    for path, declared in dossier["meta"]["completeness"].items():
        rows: list[Any] = [dossier]
        for step in path.split("."):
            rows = [row for holder in rows for row in holder.get(step) or ()]
        declared["count"] = len(rows)


# --- law ------------------------------------------------------------------------------------------------------------


def test_the_document_alone_advises_and_a_law_beside_it_orders() -> None:
    found = report(example())
    assert finding(found, "R16.6-01", "Z01").consequence is Consequence.ADVISE
    assert finding(found, "R18.8-01", "P3").consequence is Consequence.ORDER
    assert finding(found, "R18.8-02", "X3").consequence is Consequence.NONE


SIGNED_EARLIER = {"agreements.0.signed_on": "2014-03-01"}


@pytest.mark.parametrize(
    ("rule", "subject", "changes", "cited_as"),
    [
        ("R18.8-01", "P3", {}, "breached"),
        ("R18.8-01", "P3", {"zone.level": "provincial"}, "reference"),
        ("R18.8-01", "P3", {"zone.level": ...}, "reference"),
        ("R18.8-02", "X1", {"expenditures.0.paid_on": "2014-10-30", **SIGNED_EARLIER}, "breached"),
        ("R18.8-02", "X1", {"expenditures.0.paid_on": "2014-10-29", **SIGNED_EARLIER}, "reference"),
        ("R18.8-02", "X1", {"expenditures.0.paid_on": "2014-10", **SIGNED_EARLIER}, "reference"),
        ("R18.8-02", "X3", {}, "reference"),  # a risk is not a breach
    ],
)
def test_a_clause_is_breached_only_where_it_binds(
    rule: str, subject: str, changes: Mapping[str, Any], cited_as: str
) -> None:
    assert {each.cited_as for each in finding(report(example(changes=changes)), rule, subject).clauses} == {cited_as}


def test_nobody_breaches_an_encouragement() -> None:
    changes = {"agreements.1.signed_on": "2024-10-15", "agreements.1.commitments.0.type": "no_relocation"}
    found = finding(report(example(changes=changes)), "R18.5-03", "A2/1")
    assert found.verdict is Verdict.VIOLATION
    assert {each.id: each.cited_as for each in found.clauses} == {"18.5": "breached", "19.4": "reference"}


def test_a_party_that_nobody_knows_is_undetermined() -> None:
    found = report(example())
    assert finding(found, "R18.7-03", "P6").responsible is Party.UNDETERMINED
    assert finding(found, "R18.7-03", "P2").responsible is Party.ZONE
    assert finding(found, "R18.7-03", "P4").responsible is Party.LOCAL_GOVERNMENT
    assert finding(found, "R18.7-03", "P2").grade == "S1"
    assert finding(found, "R18.3-02", "trips").grade is None
    assert finding(found, "R18.3-02", "trips").responsible is Party.ZONE  # the rule knows no other


def test_a_register_that_proves_nothing_is_told_once_for_each_rule() -> None:
    found = report(example("incomplete"))
    silent = [(each.rule, each.subject.id) for each in found.findings if each.subject.id == each.subject.register]
    assert len(silent) == len(set(silent))
    assert set(silent) == {
        (each.rule.id, each.rule.each) for each in shipped_policy().rules if each.rule.each != "zone"
    }
    for each in found.findings:
        if each.subject.id == each.subject.register:
            assert each.verdict is Verdict.UNDETERMINED
            assert all(gap.pointer.startswith("/meta/completeness/") for gap in each.missing)
            assert each.reasons


REASONS = [
    ({"parcels": [], "expenditures": [], "claims": []}, "R18.8-01", "无检查对象"),
    ({"plan_changes.0.effective_on": "2025-01-01"}, "R16.4-01", "检查基准日前，行为没有发生"),
    ({"plan_changes.0.effective_on": None}, "R16.4-01", "检查基准日前，行为没有发生"),
    ({"plan_changes.0.effective_on": "2007-12-31"}, "R16.4-01", "行为当日尚无或者已无有效依据（最早的依据自2008-"),
    ({"zone.level": "provincial"}, "R16.6-01", "文件只约束国家级经开区，且没有其他现行依据"),
    (
        {"zone.national_since": "2024-12-31"},
        "R17.9-01",
        "行为当日尚无或者已无有效依据（最早的依据自2014-10-30起；",
    ),
    ({}, "R18.8-01", "不符合适用条件：供地方式 属于"),
]


@pytest.mark.parametrize(("changes", "rule", "reason"), REASONS, ids=[each[2][:12] + each[1] for each in REASONS])
def test_why_a_rule_does_not_apply_is_told(changes: Mapping[str, Any], rule: str, reason: str) -> None:
    dossier = example()
    for path, value in changes.items():
        put(dossier, path, value)
    recount(dossier)
    [state] = [each for each in report(dossier).rules if each.id == rule]
    assert any(each.startswith(reason) for each in state.inapplicable), dict(state.inapplicable)


def only(level: Mapping[str, Any], **registers: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Give a dossier of a zone with no more than these registers, all of them complete."""
    declared = {"complete": True, "as_of": "2024-12-31", "signatory": "管委会"}
    completeness = {path: {**declared, "count": len(rows)} for path, rows in registers.items()}
    meta = {"schema_version": "1.0", "dossier_id": "D", "as_of_date": "2024-12-31", "completeness": completeness}
    return {"meta": meta, "zone": {"zone_id": "Z", **level}, **registers}


def test_what_is_not_known_of_the_upgrade_of_a_zone_is_asked_for() -> None:
    """The document binds no act of before the day on which the zone became national."""
    parcel = {"parcel_id": "P1", "approved_on": "2019-05-01", "occupied_on": "2019-06-01", "in_boundary_pct": 40}

    def seen(since: str) -> Report:
        return report(only({"level": "national", "national_since": since}, parcels=[parcel], zone_blocks=[]))

    unsure = finding(seen("2019"), "R17.9-01", "P1")
    assert [each.pointer for each in unsure.missing] == ["/zone/national_since"]
    assert unsure.decided_by == (("/zone/national_since",),)
    assert finding(seen("2019-05-01"), "R17.9-01", "P1").verdict is Verdict.VIOLATION
    assert not [each for each in seen("2019-05-02").findings if each.rule == "R17.9-01"]


def test_what_may_excuse_is_told_apart_from_what_nobody_knows() -> None:
    """Land that the owner got late may be late by the government's doing."""
    idle: dict[str, Any] = {"notice_on": "2022-05-01", "determined_on": "2022-06-01", "cause": "enterprise"}
    idle |= {"disposal_on": None, "reclaim_decision_on": None}
    parcel: dict[str, Any] = {"parcel_id": "P1", "supply_method": "listing", "land_use": "industrial", "idle": idle}
    parcel |= {"agreed_start_on": "2021-03-31", "actual_start_on": None, "actual_completion_on": None}

    def why(**more: Any) -> tuple[str, ...]:
        return finding(report(only({"level": "national"}, parcels=[{**parcel, **more}])), "R17.5-02", "P1").reasons

    assert why(actual_delivery_on="2021-03-31") == ()
    assert why(actual_delivery_on="2021-04-01") == ("有豁免事由，是否足以免责须由有权机关认定",)
    assert why() == ("是否有豁免事由，档案没有写明",)


def test_an_exemption_that_is_proved_is_listed_with_its_paper() -> None:
    [excused] = report(example()).exempted
    assert (excused.rule, excused.subject.id, excused.verdict) == ("R18.8-01", "P4", Verdict.EXEMPT)
    assert excused.reasons == (excused.exemptions[0].reason,)
    assert [each.doc_id for each in excused.exemptions[0].documents] == ["D14"]
    pleaded = finding(report(example(changes={"claims.0.doc_id": None})), "R18.8-01", "P4")
    assert (pleaded.verdict, pleaded.exemptions[0].state) == (Verdict.RISK, "claimed")
    assert pleaded.reasons == ("有豁免主张，尚未证明",)
    assert [each.pointer for each in pleaded.missing] == ["/claims/0/doc_id"]
    accused = finding(report(example(changes={"claims": []})), "R18.8-01", "P4")
    assert (accused.verdict, accused.exemptions[0].state) == (Verdict.VIOLATION, "not_claimed")


@pytest.mark.parametrize("changes", [{"claims.0.amount_cny": 11_999_999.99}, {"claims.0.until": "2024-12-30"}])
def test_a_plea_that_does_not_reach_the_case_is_told_as_pleaded(changes: Mapping[str, Any]) -> None:
    accused = finding(report(example(changes=changes)), "R18.8-01", "P4")
    [deferral, *others] = accused.exemptions
    assert (accused.verdict, deferral.state) == (Verdict.VIOLATION, "not_covered")
    assert [each.doc_id for each in deferral.documents] == ["D14"]
    assert {"/claims/0/until", "/claims/0/amount_cny"} & {each.pointer for each in deferral.facts}
    assert {each.state for each in others} == {"not_claimed"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"claims.0.until": ...}, "/claims/0/until"),
        ({"claims.0.doc_id": "D99"}, "/claims/0/doc_id"),
        ({"evidence.13.issued_on": ...}, "/evidence/13/issued_on"),
    ],
)
def test_what_a_plea_lacks_is_what_is_asked_for(changes: Mapping[str, Any], pointer: str) -> None:
    pleaded = finding(report(example(changes=changes)), "R18.8-01", "P4")
    assert pleaded.verdict is Verdict.RISK
    assert pointer in [each.pointer for each in pleaded.missing]


def test_a_claim_that_no_rule_hears_is_doubted() -> None:
    doubts = report(example(changes={"claims.0.subject_id": "G1"})).doubts
    assert [each.pointer for each in doubts if "只对供地台账的记录有意义，G1 不是" in each.message] == [
        "/claims/0/ground"
    ]
    assert not any("不起作用" in each.message for each in report(example()).doubts)


def test_a_paper_that_the_dossier_lacks_proves_no_fact() -> None:
    arrears = finding(report(example(changes={"parcels.2.sources": {"*": ["D99"]}})), "R18.8-01", "P3")
    assert not any(paper.doc_id == "D99" for fact in arrears.facts for paper in fact.documents)


def test_only_what_is_still_to_be_done_is_ordered() -> None:
    late = finding(report(example()), "R16.8-01", "PL2")  # reviewed two months after its approval
    assert [each.done_when for each in late.remedy if not each.penal] == ["采纳情况说明已报规划审批机关"]
    never = finding(report(example(changes={"plan_eias.1.reviewed_on": None})), "R16.8-01", "PL2")
    assert [each.days for each in never.remedy if not each.penal] == [30, None]


def test_a_later_day_is_a_projection_and_an_earlier_one_is_not() -> None:
    assert not report(example()).projected
    assert report(example(), date(2025, 1, 1)).projected
    assert not report(example(), date(2024, 12, 30)).projected
    assert report(example(), date(2025, 1, 1)).dossier.as_of == date(2024, 12, 31)
    assert report(example(), date(2025, 1, 1)).as_of == date(2025, 1, 1)


def test_findings_come_worst_first() -> None:
    found = report(example()).findings
    order = [list(Verdict).index(each.verdict) for each in found]
    assert order == sorted(order)
    within = [(each.verdict, each.grade or "Z") for each in found if each.verdict is Verdict.VIOLATION]
    assert within == sorted(within)


def test_an_id_stays_whatever_else_changes() -> None:
    before = finding(report(example()), "R18.8-01", "P3").id
    moved = example()
    moved["parcels"].reverse()
    moved["zone"]["name_zh"] = "另一个名称"
    assert finding(report(moved), "R18.8-01", "P3").id == before
    assert before != finding(report(example()), "R18.8-01", "P6").id


# --- two readings that disagree -------------------------------------------------------------------------------------


def fresh(policy: Policy) -> Policy:
    """Give the policy with a judge that has no answers yet."""
    return replace(policy, judge=judging.Judge(each.rule.law for each in policy.rules))


def test_an_engine_that_answers_otherwise_than_the_ladder_stops_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = fresh(shipped_policy())
    monkeypatch.setattr(judging, "read", lambda _: Verdict.COMPLIANT)
    with pytest.raises(ReadingsDisagreeError, match="不能出具任何文书") as caught:
        check(policy, loaded(example()))
    assert caught.value.exit_code == 6


def test_a_witness_that_sees_otherwise_than_the_code_stops_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.evidence._COMPARISONS", dict.fromkeys(("<", "<=", "=="), lambda *_: False))
    with pytest.raises(ReadingsDisagreeError, match="两种读法"):
        check(read_policy(PACK, dossier_schema()), loaded(example()))


def test_a_record_within_another_that_only_has_a_number_is_named_with_the_other() -> None:
    raw = json.loads((Path(__file__).parents[1] / "examples" / "dossier.json").read_bytes())
    view = look(shipped_policy(), loaded(raw), date(2024, 12, 31))
    parcel = next(each for each in view.root.parcels if each.parcel_id == "P3")
    named = view.subject("parcels.payments", (parcel.payments[1], parcel))
    assert (named.label, named.id) == ("装备制造项目的缴款2", "P3/2")
    assert subject(named) == "装备制造项目的缴款2（P3/2）"
    assert view.subject("parcels", (parcel,)).label == "装备制造项目"
