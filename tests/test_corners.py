"""Corners of the mechanism, each shown by a made-up rule on a dossier of a few records.

Every verdict is found three ways: by the engine from the generated code, by the witness, and by the plain reading.
"""

import cProfile
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from reference.program import PACK, loaded, raw_schema, read_plainly, rule_of, verdicts
from reference.reading import Reading

from checker.checking import check
from checker.dossier.loading import Dossier, dossier_schema
from checker.errors import PolicyError, ReadingsDisagreeError
from checker.evidence import _COMPARISONS, Witness
from checker.language.parsing import ATTESTED
from checker.language.sweeping import _SweepWriter
from checker.model import Report, Verdict
from checker.policy.loading import Policy, read_policy
from checker.reporting.json import render as json_report
from checker.reporting.text import render as text_report
from checker.verifying import cases, disagreements

Written = Mapping[str, Any]
DAY = "2024-12-30"


class Lab:
    """A pack of made-up rules, each of which says no more than a test is about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(PACK, folder, ignore=shutil.ignore_patterns("rules", "adjudication.yaml"))
        (folder / "rules").mkdir()

    def policy(self, *rules: Written, figures: str = "") -> Policy:
        if figures:
            path = self.folder / "parameters.yaml"
            path.write_text(path.read_text(encoding="utf-8") + "\n" + figures, encoding="utf-8")
        for number, rule in enumerate(rules, start=1):
            whole = {
                "id": f"RR-{number:02}",
                "title": "编造的规则",
                "clauses": ["18.8"],
                "grade": "S1",
                "responsible": "zone",
                "each": "zone",
                "conduct_on": "as_of",
                "message": "编造。",
                "labels": dict.fromkeys(rule.get("let", {}), "名称"),
                "remedy": [{"action": "改", "done_when": "改了", "within": "immediately"}],
                "basis": [{"statute": "fangdichan-2019"}],
                "examples": {},
                **rule,
            }
            path = self.folder / "rules" / f"{whole['id']}.yaml"
            path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
        return read_policy(self.folder, dossier_schema())

    def told(self, policy: Policy, dossier: Written) -> dict[str, str]:
        """Give the verdict on each subject, by its key; all three readings must say the same."""
        read = loaded(dossier)
        found = verdicts(policy, read, read.root.meta.as_of_date)
        assert found == read_plainly(Reading(self.folder, raw_schema()), dossier, read.root.meta.as_of_date)
        self.report(policy, dossier)
        rules = {rule for rule, _ in found}
        return {key if len(rules) == 1 else f"{rule} {key}": verdict for (rule, key), verdict in found.items()}

    def report(self, policy: Policy, dossier: Written) -> Report:
        return check(policy, loaded(dossier))


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path / "pack")


def dossier(
    complete: Sequence[str] = (), blank: Mapping[str, Sequence[str]] | None = None, **registers: Any
) -> Written:
    """Give a dossier of one zone, with the registers that are declared complete and what their blanks mean."""
    declared = {}
    for path in complete:
        rows: list[Any] = [registers]
        for step in path.split("."):
            rows = [row for holder in rows for row in holder.get(step) or ()]
        declared[path] = {"complete": True, "as_of": DAY, "count": len(rows), "signatory": "甲"}
        if blank and path in blank:
            declared[path]["blank_means_none"] = list(blank[path])
    meta = {"dossier_id": "D", "as_of_date": DAY, "completeness": declared}
    return {"meta": meta, "zone": {"zone_id": "Z", "level": "national"}, **registers}


# --- names and loops ------------------------------------------------------------------------------------------------

PLANS = [{"plan_id": "A", "type": "overall_dev", "area_ha": 5}, {"plan_id": "B", "area_ha": 1}]


@pytest.mark.parametrize(
    ("let", "violated", "verdict"),
    [
        ("any(p.area_ha == 1 for p in plans)", "any(l and p.area_ha == 5 for p in plans)", "violation"),
        ("any(p.area_ha == 5 for p in plans)", "any(l and p.area_ha == 1 for p in plans)", "violation"),
        (
            "any(p.area_ha > 0 for p in plans)",
            "any(p.area_ha == 1 and l and p.area_ha == 5 for p in plans)",
            "compliant",
        ),
        ("any(p.area_sqm > 0 for p in parcels)", "any(l and p.area_ha == 5 for p in plans)", "violation"),
        (
            "any(p.area_ha == 1 for p in plans)",
            "sum(p.area_ha for p in plans if l and p.area_ha > 1) == 5",
            "violation",
        ),
        ("sum(p.area_ha for p in plans)", "any(p.area_ha + 1 == l for p in plans)", "violation"),
    ],
)
def test_a_name_used_in_a_loop_is_worked_out_apart_from_its_rows(
    lab: Lab, let: str, violated: str, verdict: str
) -> None:
    policy = lab.policy({"let": {"l": let}, "violated": violated})
    given = dossier(("plans", "parcels"), plans=PLANS, parcels=[{"parcel_id": "P", "area_sqm": 1}])
    assert lab.told(policy, given) == {"Z": verdict}


def test_a_loop_in_a_name_of_an_exemption_does_not_change_the_claim(lab: Lab) -> None:
    """The claim about the zone has no paper; another one, of which the name speaks, has one."""
    policy = lab.policy(
        {
            "let": {
                "known": "any(claim.doc_id == 'D1' for claim in claims)",
                "most": "sum(claim.area_ha for claim in claims)",
            },
            "violated": "zone_id == 'Z'",
            "exempt": [{"ground": "excluded_land", "if": "known and claim.area_ha <= most", "reason": "理由"}],
        }
    )
    papers = [{"doc_id": "D1", "issued_on": "2020-01-01"}]
    claims = [
        {"claim_id": "1", "ground": "excluded_land", "subject_id": "Z", "area_ha": 5},
        {"claim_id": "2", "ground": "deferral", "subject_id": "D1", "doc_id": "D1", "area_ha": 0},
    ]
    blanks = {"evidence": ["valid_from", "valid_to", "revoked_on"]}
    assert lab.told(policy, dossier(("evidence",), blanks, evidence=papers, claims=claims)) == {"Z": "risk"}


def test_a_chain_of_names_costs_no_more_than_its_length(lab: Lab) -> None:
    lets = {"a0": "any(p.area_ha > 4 for p in plans)"}
    lets |= {f"a{number}": f"any(a{number - 1} for p in plans)" for number in range(1, 36)}
    policy = lab.policy({"let": lets, "violated": "a35"})
    assert lab.told(policy, dossier(("plans",), plans=PLANS)) == {"Z": "violation"}
    [compiled] = policy.rules
    code = _SweepWriter(dossier_schema(), (compiled.rule.conditions,), projected=False).function()
    assert code.count("for row") == 36


# --- conditions without a test --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("violated", "suspected", "verdict"),
    [("True", "False", "violation"), ("False", "True", "risk"), ("True", "True", "violation")],
)
def test_what_holds_of_every_subject_is_told_with_what_makes_it_one(
    lab: Lab, violated: str, suspected: str, verdict: str
) -> None:
    rule = {"each": "plans", "when": "area_ha > 4", "violated": violated, "suspected": suspected}
    policy, given = lab.policy(rule), dossier(("plans",), plans=PLANS)
    assert lab.told(policy, given) == {"A": verdict, "B": "not_applicable"}
    [found] = lab.report(policy, given).findings
    assert found.grounds == ("规划面积 超过 4公顷",)


@pytest.mark.parametrize(
    ("violated", "grounds"),
    [
        ("not small", ("不符合“面积很小”",)),
        (
            "not (area_ha < 2 or type == 'regulatory_detailed')",
            ("并非（规划面积 小于 2公顷，或者规划类型 为 “控制性详细规划”）",),
        ),
        ("not (small or not (area_ha > 4))", ("并非（面积很小，或者规划面积 不超过 4公顷）",)),
        (
            "not (small or not (area_ha > 4 and area_ha < 9))",
            ("并非（面积很小，或者并非（规划面积 超过 4公顷，且规划面积 小于 9公顷））",),
        ),
    ],
)
def test_what_a_condition_denies_is_told_whole(lab: Lab, violated: str, grounds: tuple[str, ...]) -> None:
    small = {"let": {"small": "area_ha < 2"}, "labels": {"small": "面积很小"}}
    policy = lab.policy(
        {"each": "plans", "when": "area_ha > 3", "violated": violated, **(small if "small" in violated else {})}
    )
    [found] = lab.report(policy, dossier(("plans",), plans=PLANS)).findings
    assert found.grounds == grounds


# --- figures --------------------------------------------------------------------------------------------------------

FIGURES = """- id: x.limit
  title: 限额
  unit: cny
  kind: law
  values:
    - {from: 2007-01-01, value: 10, mark: Sa, verified: true, source: 甲}
    - {from: 2015-01-01, value: 20, mark: Sa, verified: true, source: 甲}
"""
FIRST, SECOND = "value: 10", "value: 20"


@pytest.mark.parametrize(
    ("signed", "figures", "verdict"),
    [
        ("2010-01-01", FIGURES, "violation"),
        ("2016-01-01", FIGURES, "compliant"),
        ("2014", FIGURES, "violation"),
        (None, FIGURES, "undetermined"),
        (None, FIGURES.replace(FIRST, "value: 20"), "compliant"),  # there was never another
        (None, FIGURES.replace(FIRST, "value: 5").replace(SECOND, "value: 5"), "undetermined"),
        ("2006", FIGURES, "undetermined"),  # the pack has none for that year
    ],
)
def test_a_figure_of_an_act_of_unknown_day_is_known_only_where_there_is_one(
    lab: Lab, signed: str | None, figures: str, verdict: str
) -> None:
    """A price of 15 breaks a limit of 10, and not one of 20: which of them held, the day decides."""
    rule = {
        "each": "parcels",
        "conduct_on": "contract_signed_on",
        "violated": "total_price_cny > param.x.limit",
        "basis": [{"statute": "guobanfa-2006-100"}],
    }
    parcel = {"parcel_id": "P", "total_price_cny": 15} | ({"contract_signed_on": signed} if signed else {})
    policy, given = lab.policy(rule, figures=figures), dossier(("parcels",), parcels=[parcel])
    found = lab.told(policy, given)
    assert found["P"] in {verdict, "not_applicable"}
    if verdict == "undetermined" and signed is None:
        [told] = lab.report(policy, given).findings
        assert [each.pointer for each in told.missing] == ["/parcels/0/contract_signed_on"]
        assert not [each for each in lab.report(policy, given).not_checked if each.kind == "parameter"]


def test_a_figure_below_zero_is_refused(lab: Lab) -> None:
    """A sum is taken to be at least the sum of what is known only because nothing that it adds is below zero."""
    with pytest.raises(PolicyError, match="参数不能是负数") as caught:
        lab.policy({"violated": "zone_id == 'Z'"}, figures=FIGURES.replace(FIRST, "value: -10"))
    assert caught.value.problems[0].place.line is not None


def test_a_none_that_has_no_order_is_what_an_open_loop_lacks(lab: Lab) -> None:
    """`missing` says what would decide: an entry of 无 that can't be compared leaves as much open as a blank."""
    policy = lab.policy({"violated": "any(p.area_ha > 4 for p in plans)"})
    given = dossier(("plans",), plans=[{"plan_id": "A", "area_ha": 1}, {"plan_id": "B", "area_ha": None}])
    assert lab.told(policy, given) == {"Z": "undetermined"}
    [found] = lab.report(policy, given).findings
    assert [each.pointer for each in found.missing] == ["/plans/1/area_ha"]


# --- claims ---------------------------------------------------------------------------------------------------------

PAPERS = [{"doc_id": "D1", "issued_on": "2020-01-01"}]
BLANKS = {"evidence": ["valid_from", "valid_to", "revoked_on"]}
CLAIM = {"claim_id": "1", "ground": "deferral", "subject_id": "P1", "until": "2030-01-01", "doc_id": "D1"}
EXCUSE = {"if": "claim.until >= as_of", "reason": "理由"}
LAND = {"each": "parcels", "violated": "area_sqm > 0", "exempt": [{"ground": "deferral", **EXCUSE}]}


@pytest.mark.parametrize(
    ("change", "verdict", "pointer"),
    [
        ({}, "exempt", None),
        ({"doc_id": None}, "risk", None),
        ({"subject_id": None}, "violation", "/claims/0/subject_id"),
        ({"ground": None}, "violation", "/claims/0/ground"),
        ({"subject_id": None, "ground": None}, "violation", "/claims/0/ground"),
        ({"subject_id": "D1"}, "violation", "/claims/0/ground"),  # no parcel
    ],
)
def test_a_claim_excuses_only_whom_it_names(lab: Lab, change: Written, verdict: str, pointer: str | None) -> None:
    """What is not claimed of a record is not claimed: a claim that names nobody, or no ground, is about nobody."""
    policy, claim = lab.policy(LAND), {**CLAIM, **change}
    claim = {key: value for key, value in claim.items() if value is not None}
    parcels = [{"parcel_id": each, "area_sqm": 1} for each in ("P1", "P2")]
    given = dossier(("parcels", "evidence"), BLANKS, evidence=PAPERS, claims=[claim], parcels=parcels)
    assert lab.told(policy, given) == {"P1": verdict, "P2": "violation"}
    assert [each.pointer for each in lab.report(policy, given).doubts] == ([pointer] if pointer else [])


def followups(*ids: tuple[str, str]) -> list[Written]:
    above: dict[str, list[Written]] = {}
    for eia, followup in ids:
        above.setdefault(eia, []).append({"followup_id": followup, "completed_on": None})
    return [{"eia_id": eia, "followups": rows} for eia, rows in above.items()]


@pytest.mark.parametrize(
    ("name", "ids", "excused"),
    [
        ("E1/F1", [("E1", "F1"), ("E2", "F1")], ["E1/F1"]),
        ("F2", [("E1", "F1"), ("E2", "F2")], ["E2/F2"]),
        ("E~11/F", [("E/1", "F"), ("E", "1/F")], ["E~11/F"]),
        ("1/F", [("E/1", "F"), ("E", "1/F")], ["E/1~1F"]),
    ],
)
def test_a_claim_names_a_nested_record_by_all_its_ids_or_by_one_that_is_unique(
    lab: Lab, name: str, ids: list[tuple[str, str]], excused: list[str]
) -> None:
    rule = {
        "each": "plan_eias.followups",
        "violated": "completed_on is None",
        "exempt": [{"ground": "followup_not_required", **EXCUSE}],
    }
    claim = {**CLAIM, "ground": "followup_not_required", "subject_id": name}
    given = dossier(
        ("plan_eias", "plan_eias.followups", "evidence"),
        BLANKS,
        evidence=PAPERS,
        claims=[claim],
        plan_eias=followups(*ids),
    )
    policy = lab.policy(rule)
    found = lab.told(policy, given)
    assert [key for key, verdict in found.items() if verdict == "exempt"] == excused
    assert len(found) == len(ids)
    assert lab.report(policy, given).doubts == ()


def test_two_records_never_have_one_finding_between_them(lab: Lab) -> None:
    policy = lab.policy({"each": "plan_eias.followups", "violated": "completed_on is None"})
    eias = followups(("E/1", "F"), ("E", "1/F"))
    found = lab.report(policy, dossier(("plan_eias", "plan_eias.followups"), plan_eias=eias)).findings
    assert [each.subject.id for each in found] == ["E~11/F", "E/1~1F"]
    assert len({each.id for each in found}) == 2


def test_a_claim_that_names_records_of_two_registers_is_pointed_at(lab: Lab) -> None:
    policy = lab.policy(LAND, {**LAND, "each": "plans", "violated": "area_ha > 0"})
    parcels, plans = [{"parcel_id": "P1", "area_sqm": 1}], [{"plan_id": "P1", "area_ha": 1}]
    registers = {"parcels": parcels, "plans": plans, "evidence": PAPERS, "claims": [CLAIM]}
    given = dossier(("parcels", "plans", "evidence"), BLANKS, **registers)
    assert set(lab.told(policy, given).values()) == {"exempt"}
    [doubt] = lab.report(policy, given).doubts
    assert doubt.pointer == "/claims/0/subject_id"
    assert "都有 P1" in doubt.message


# --- many records ---------------------------------------------------------------------------------------------------

LINKED = (
    "any(p.parcel_id == linked_parcel_id and (p.grantee_uscc == payee_uscc or p.grantee_group_id == payee_group_id)"
    " for p in parcels)"
)


def counted(policy: Policy, read: Dossier) -> tuple[Report, int]:
    """Check a dossier and count the calls that it takes, which no other work on the machine makes more."""
    with cProfile.Profile() as profile:
        found = check(policy, read)
    return found, sum(each.callcount for each in profile.getstats())


def spent(count: int, many: int, **more: Any) -> Written:
    return dossier(
        ("expenditures", "parcels"),
        expenditures=[{"exp_id": f"X{number}", "paid_on": "2020-01-01", **more} for number in range(count)],
        parcels=[{"parcel_id": f"P{number}", "grantee_uscc": f"U{number}"} for number in range(many)],
    )


@pytest.mark.parametrize("more", [{}, {"payee_uscc": "U9"}, {"linked_parcel_id": "P5"}])
def test_blank_keys_do_not_make_a_check_quadratic(lab: Lab, more: Written) -> None:
    """Four times as many records of two registers make four times as many calls, not sixteen."""
    policy = lab.policy({"each": "expenditures", "violated": LINKED})
    took = []
    for count, many in ((100, 60), (400, 240)):
        read = loaded(spent(count, many, **more))
        found, calls = counted(policy, read)
        took.append(calls)
        assert found.totals[Verdict.UNDETERMINED] == count
    assert took[1] < 4 * took[0] * 2


def test_what_a_long_list_leaves_open_is_told_of_some_of_its_rows(lab: Lab) -> None:
    policy = lab.policy({"each": "expenditures", "violated": LINKED})
    [finding] = lab.report(policy, spent(1, 200)).findings
    rows = {each.pointer for each in finding.missing if each.pointer.startswith("/parcels/")}
    assert 1 <= len(rows) <= 10


def test_a_row_that_decides_is_found_in_a_long_list(lab: Lab) -> None:
    policy = lab.policy({"violated": "any(p.grantee_uscc != 'U0' and p.area_sqm > 5 for p in parcels)"})
    parcels = [{"parcel_id": f"P{number}", "grantee_uscc": f"U{number}", "area_sqm": 1} for number in range(200)]
    parcels[150]["area_sqm"] = 6
    given = dossier(("parcels",), parcels=parcels)
    assert lab.told(policy, given) == {"Z": "violation"}
    [finding] = lab.report(policy, given).findings
    assert {each.pointer for each in finding.facts} == {"/parcels/150/grantee_uscc", "/parcels/150/area_sqm"}


def test_many_claims_do_not_make_a_check_quadratic(lab: Lab) -> None:
    policy = lab.policy(LAND)
    took = []
    for many in (100, 400):
        parcels = [{"parcel_id": f"P{number}", "area_sqm": 1} for number in range(many)]
        claims = [{**CLAIM, "claim_id": str(number), "subject_id": f"P{number}"} for number in range(many)]
        read = loaded(dossier(("parcels",), parcels=parcels, claims=claims))
        found, calls = counted(policy, read)
        took.append(calls)
        assert found.totals[Verdict.RISK] == many
    assert took[1] < 4 * took[0] * 1.1


# --- what is soft ---------------------------------------------------------------------------------------------------

SOFT = """- id: x.soft
  title: 拟议面积
  unit: ha
  kind: proposal
  values:
    - {from: 2000-01-01, value: 1, mark: P, verified: false, source: 甲}
"""


def test_a_figure_that_awaits_confirmation_is_named_where_it_decides_whether_the_rule_applies(lab: Lab) -> None:
    policy = lab.policy({"each": "plans", "when": "area_ha > param.x.soft", "violated": "plan_id == 'A'"}, figures=SOFT)
    given = dossier(("plans",), plans=PLANS)
    assert lab.told(policy, given) == {"A": "risk", "B": "not_applicable"}
    [finding] = lab.report(policy, given).findings
    assert finding.soft == ("拟议面积",)
    assert finding.reasons == ("所依据的数值有待核实：拟议面积",)


# --- the examples hold the witness to account -----------------------------------------------------------------------


def test_the_witness_is_heard_on_exemptions_in_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = read_policy(PACK, dossier_schema())
    monkeypatch.setattr(Witness, "_plea", lambda *_: False)
    with pytest.raises(ReadingsDisagreeError):
        list(disagreements(policy, rule_of(policy, "R18.8-01")))


def test_the_witness_is_heard_on_what_is_compliant_in_the_examples_and_in_a_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No finding would ever have shown that it sees something else."""
    policy = read_policy(PACK, dossier_schema())
    monkeypatch.setattr("checker.evidence._COMPARISONS", {**_COMPARISONS, "<": lambda *_: None})
    compiled = rule_of(policy, "R18.8-01")
    case = next(each for each in cases(compiled, dossier_schema()) if each.expect is Verdict.COMPLIANT)
    with pytest.raises(ReadingsDisagreeError):
        check(policy, loaded(case.dossier))
    with pytest.raises(ReadingsDisagreeError):
        list(disagreements(policy, compiled))


# --- what a rule may not say ----------------------------------------------------------------------------------------

NO_ORDER = "没有先后大小"
SLIPS: list[tuple[Written, str]] = [
    ({"each": "plan_changes", "let": {"d": "reapproved_on"}, "violated": "d < as_of"}, NO_ORDER),
    ({"each": "plan_changes", "let": {"d": "years_after(reapproved_on, 1)"}, "violated": "d < as_of"}, NO_ORDER),
    (
        {"each": "plan_changes", "violated": "(reapproved_on if plan_id == 'a' else effective_on) < as_of"},
        NO_ORDER,
    ),
    ({"violated": "any(c.amount_cny * 2 - 1 < 5 for c in claims)"}, NO_ORDER),
    ({"violated": "any(-c.amount_cny < 5 for c in claims)"}, NO_ORDER),
    ({"each": "expenditures", "violated": "linked_parcel.total_price_cny < 5"}, NO_ORDER),
    (
        {
            "each": "plan_changes",
            "violated": "plan_id == 'a'",
            "exempt": [{"if": "reapproved_on < as_of", "paper": "plan_id", "reason": "理由"}],
        },
        NO_ORDER,
    ),
    ({"each": "plan_changes", "violated": "if_none(effective_on, reapproved_on) < as_of"}, NO_ORDER),
    ({"each": "parcels", "violated": "sum(p.amount_cny for p in payments) is None"}, "不会是“无”"),
    ({"each": "parcels", "let": {"s": "count(p for p in payments)"}, "violated": "s is None"}, "不会是“无”"),
    ({"each": "parcels", "violated": "parcel_id is None"}, "不会是“无”"),
    ({"each": "parcels", "violated": "if_none(area_sqm, 0) is None"}, "不会是“无”"),
    ({"each": "parcels", "violated": "supply_method == grantor_kind"}, "没有共同的取值"),
    ({"each": "parcels", "violated": "if_none(supply_method, 'listinq') == 'listing'"}, "没有取值 listinq"),
    ({"each": "parcels", "violated": "(supply_method if area_sqm > 1 else 'x') == 'listing'"}, "没有取值 x"),
    ({"each": "expenditures", "violated": "linked_parcel_id == linked_agreement_id"}, "不会与"),
    (
        {"each": "expenditures", "violated": "any(p.parcel_id == linked_agreement_id for p in parcels)"},
        "不会与",
    ),
    ({"violated": "years_after(as_of, param.refund.window_months) > as_of"}, "以 years 计"),
    ({"each": "parcels", "violated": "years_after(as_of, total_price_cny) > as_of"}, "以 years 计"),
    ({"violated": "months_after(as_of, param.eia.followup_years) > as_of"}, "以 months 计"),
    ({"violated": "any(a.answer == 'conforming' for a in attestations)"}, ATTESTED),
    ({"each": "attestations", "violated": "answer == 'conforming'"}, ATTESTED),
]


@pytest.mark.parametrize(("rule", "message"), SLIPS, ids=[str(rule["violated"])[:40] for rule, _ in SLIPS])
def test_a_slip_of_the_pen_is_refused(lab: Lab, rule: Written, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        lab.policy(rule)
    told, *_ = caught.value.problems
    assert message in told.message
    assert told.place.line is not None


@pytest.mark.parametrize(
    "rule",
    [
        {"each": "plan_changes", "let": {"d": "reapproved_on"}, "violated": "d is None or reapproved_on < as_of"},
        {"each": "plan_changes", "let": {"d": "reapproved_on"}, "violated": "happened(reapproved_on) and d < as_of"},
        {"each": "expenditures", "violated": "linked_parcel_id is not None and linked_parcel.total_price_cny < 5"},
        {"each": "expenditures", "violated": "linked_parcel is not None and linked_parcel.total_price_cny < 5"},
        {**LAND, "exempt": [{"ground": "deferral", "if": "claim.amount_cny >= 5", "reason": "理由"}]},
        {"each": "parcels", "violated": "if_none(supply_method, 'listing') == 'listing'"},
        {"violated": "zone.merged_with_district.kind is None"},
        {"violated": "years_after(as_of, param.eia.followup_years) > as_of"},
    ],
    ids=lambda rule: str(rule["violated"])[:40],
)
def test_what_says_what_none_means_is_accepted(lab: Lab, rule: Written) -> None:
    lab.policy(rule)


def test_a_day_of_the_act_by_a_name_is_still_the_day_of_an_act(lab: Lab) -> None:
    rule = {"each": "parcels", "let": {"d": "contract_signed_on"}, "conduct_on": "d", "violated": "parcel_id == 'P'"}
    [compiled] = lab.policy(rule).rules
    assert not compiled.rule.looks_at_state


# --- too many records -----------------------------------------------------------------------------------------------


def many_plans(count: int) -> Written:
    plans = [{"plan_id": f"L{number}", "area_ha": 1} for number in range(count)]
    return dossier(("plans", "parcels"), plans=plans, parcels=[{"parcel_id": "P", "grantee_uscc": "U"}])


def test_a_rule_that_would_not_end_is_left_undecided_and_the_report_says_so(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other rules are checked; a large dossier is no fault of the pack."""
    monkeypatch.setattr("checker.facts.MOST_VISITS", 1_000)
    unkeyed = {"each": "plans", "violated": "any(p.area_ha > area_ha for p in plans)"}
    zone = {"violated": "any(p.area_ha > q.area_ha for p in plans for q in plans)"}
    policy = lab.policy(unkeyed, zone, {"each": "parcels", "violated": "grantee_uscc == 'U'"})
    found = lab.report(policy, many_plans(40))
    told = [(each.rule, each.subject.id, each.verdict) for each in found.findings]
    undecided = Verdict.UNDETERMINED
    assert told == [("RR-03", "P", Verdict.VIOLATION), ("RR-01", "plans", undecided), ("RR-02", "zone", undecided)]
    assert [(each.rule, each.kind) for each in found.not_checked] == [("RR-01", "bound"), ("RR-02", "bound")]
    assert "没有检查" in found.not_checked[0].text
    assert all("没有检查" in each.message or "没有检查" in each.reasons[0] for each in found.findings[1:])
    assert sum(found.totals.values()) == 3
    assert json_report(found)
    assert lab.report(policy, many_plans(20)).not_checked == ()


def test_rows_that_are_visited_because_a_key_is_blank_count(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.facts.MOST_VISITS", 1_000)
    text = "sum(p.area_sqm for p in parcels if p.parcel_id == linked_parcel_id) > 5"
    policy = lab.policy({"each": "expenditures", "violated": text})
    assert lab.report(policy, spent(40, 40, linked_parcel_id="P3")).not_checked == ()
    [told] = lab.report(policy, spent(40, 40)).not_checked
    assert told.kind == "bound"


def test_records_that_share_an_element_of_a_list_are_looked_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.facts.MOST_VISITS", 1_000)
    text = "count(b for b in land_approvals if any(x in project_ids for x in b.project_ids)) >= 3"
    policy = lab.policy({"each": "land_approvals", "violated": text})
    odd: dict[int, Written] = {10: {"project_ids": None}, 20: {"project_ids": []}, 30: {}}
    batches = [{"batch_id": f"B{n}", **odd.get(n, {"project_ids": [f"J{n}", f"J{n + 1}"]})} for n in range(200)]
    found = lab.report(policy, dossier(("land_approvals",), land_approvals=batches))
    assert found.not_checked == ()
    verdicts = {each.subject.id: each.verdict for each in found.findings}
    undetermined = {
        f"B{n}" for n in (0, 9, 11, 19, 21, 29, 30, 31, 199)
    }  # with the one that is not known they may be three
    assert {key for key, verdict in verdicts.items() if verdict is Verdict.UNDETERMINED} == undetermined
    compliant = 2  # the one that has no project, and the one whose list is empty, share none
    assert found.totals[Verdict.COMPLIANT] == compliant
    assert found.totals[Verdict.VIOLATION] == len(batches) - compliant - len(undetermined)


def test_of_a_loop_that_is_broken_off_only_what_was_visited_counts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.facts.MOST_VISITS", 1_000)
    for area, is_bounded in ((0.5, False), (1, True)):
        policy = lab.policy({"each": "plans", "violated": f"any(p.area_ha > {area} for p in plans)"})
        assert bool(lab.report(policy, many_plans(40)).not_checked) is is_bounded


def test_of_too_many_findings_those_that_accuse_are_written_out(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.checking.MOST_FINDINGS", 3)
    policy = lab.policy({"each": "parcels", "violated": "area_sqm > 5"})
    areas: list[Written] = [{}, {"area_sqm": 9}, {"area_sqm": 1}, {}, {"area_sqm": 9}, {}]
    parcels = [{"parcel_id": f"P{n}", **more} for n, more in enumerate(areas)]
    found = lab.report(policy, dossier(("parcels",), parcels=parcels))
    assert [each.subject.id for each in found.findings] == ["P1", "P4", "P0"]
    assert found.totals[Verdict.UNDETERMINED] == 3
    assert [(each.kind, each.text) for each in found.not_checked] == [
        ("unlisted", "另有2项“资料不足，无法判定”没有逐项列出：本报告最多逐项列出3项")
    ]
    assert "另有2项“资料不足，无法判定”没有逐项列出" in text_report(found).decode()


def test_a_bar_inside_a_text_is_no_style(lab: Lab) -> None:
    rule = {"each": "parcels", "violated": "parcel_id == 'P'", "message": "{{ if_none(contract_no, '甲|乙') }}。"}
    policy = lab.policy(rule)
    [finding] = lab.report(policy, dossier(("parcels",), parcels=[{"parcel_id": "P", "contract_no": None}])).findings
    assert finding.message == "甲|乙。"
