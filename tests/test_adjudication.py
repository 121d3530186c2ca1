"""What follows from all findings together: one matter counts once, what comes back is told, steps are proposed."""

import copy
import itertools
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from reference.program import PACK, loaded, random_samples, shipped_policy
from reference.strategies import shuffled

from checker.catalogues import CHINESE
from checker.checking import check
from checker.dossier.loading import dossier_schema
from checker.errors import PolicyError, ReadingsDisagreeError
from checker.model import Amount, Finding, Grade, Mode, Past, Report, Rung, Truth, Verdict
from checker.network import Docket
from checker.policy.adjudication import PAST, docket_of, read_past
from checker.policy.loading import read_policy
from checker.reporting import adjudged

AS_OF = "2024-12-30"
PARCEL = {
    "parcel_id": "P1",
    "supply_method": "listing",
    "grantee_uscc": "U1",
    "total_price_cny": 1000000,
    "contract_signed_on": "2023-06-01",
    "payment_schedule": [{"instalment_id": "1", "due_on": "2024-07-01", "amount_cny": 1000000}],
    "payments": [{"payment_id": "1", "paid_on": "2024-07-01", "amount_cny": 900000}],
    "title_cert_issued_on": "2024-08-01",
}
SIGNED = {
    "parcels": ["title_cert_issued_on"],
    "parcels.payments": [],
    "parcels.payment_schedule": [],
    "notices": [],
    "notices.items": ["closed_on", "cured_on", "reopened_on", "verified_on"],
}


def dossier(**registers: Any) -> dict[str, Any]:
    """Give a dossier of these registers, with those of land and notices declared complete."""
    held: dict[str, Any] = {
        "zone": {"zone_id": "Z", "level": "national"},
        "parcels": [copy.deepcopy(PARCEL)],
        "notices": [],
    }
    held |= registers
    declared = {}
    for path, blank in SIGNED.items():
        rows: list[Any] = [held]
        for step in path.split("."):
            rows = [row for holder in rows for row in holder.get(step) or ()]
        declared[path] = {
            "complete": True,
            "as_of": AS_OF,
            "count": len(rows),
            "signatory": "甲",
            "blank_means_none": blank,
        }
    return {"meta": {"dossier_id": "D", "as_of_date": AS_OF, "completeness": declared}, **held}


def report(**registers: Any) -> Report:
    return check(shipped_policy(), loaded(dossier(**registers)))


def notice(number: int = 1, **item: Any) -> dict[str, Any]:
    """Give a notice with one item on the arrears of the parcel."""
    about = {"rule_id": "R18.8-01", "register": "parcels", "subject_id": "P1"}
    step = {"step": item.pop("step")} if "step" in item else {}
    return {"notice_id": f"N{number}", **step, "items": [{"item_id": f"I{number}", **about, **item}]}


def steps(found: Report) -> Mapping[Rung, Sequence[str]]:
    return {each.rung: [reason.text for reason in each.reasons] for each in found.adjudication.proposals}


# --- one matter -----------------------------------------------------------------------------------------------------


def test_a_refund_found_in_several_ways_is_one_matter_under_the_clause_on_land_fees() -> None:
    promise = {
        "commitment_id": "1",
        "type": "land_fee_refund",
        "text": "按出让金三成返还",
        "basis": "tax_paid",
        "legal_basis_doc_id": None,
    }
    found = report(
        agreements=[{"agr_id": "A1", "signed_on": "2021-05-01", "counterparty_uscc": "U1", "commitments": [promise]}],
        expenditures=[
            {
                "exp_id": f"E{number}",
                "paid_on": "2024-09-01",
                "amount_cny": amount,
                "payee_uscc": "U1",
                "purpose_text": "返还土地出让金",
                "linked_parcel_id": "P1",
                "linked_agreement_id": "A1",
            }
            for number, amount in ((1, 300000), (2, 500000))
        ],
    )
    [group] = [each for each in found.adjudication.groups if each.on == "agreement"]
    members = {each.id: each for each in found.findings if each.id in group.findings}
    assert {each.rule for each in members.values()} == {"R18.8-02", "R18.8-03", "R18.5-02", "R18.5-04"}
    assert (group.clause, group.verdict, group.amount) == ("18.8", Verdict.VIOLATION, yuan(500000))
    lead = members[group.findings[0]]
    assert (lead.rule, lead.absorbed_by) == ("R18.8-02", None)
    assert {each.absorbed_by for each in members.values() if each is not lead} == {lead.id}


def yuan(amount: int) -> Amount:
    return Amount(low_cny=Decimal(amount), high_cny=Decimal(amount))


def test_findings_of_one_rule_are_no_group_and_different_keys_are_kept_apart() -> None:
    other = copy.deepcopy(PARCEL) | {"parcel_id": "P2", "title_cert_issued_on": "2024-06-01"}
    found = report(parcels=[PARCEL | {"title_cert_issued_on": None}, other])
    [group] = found.adjudication.groups
    assert (group.on, group.key, group.label) == ("parcel", "P2", "宗地 P2")
    assert group.amount == yuan(1000000)  # the title was issued before a cent was paid; 100,000 are still owed
    assert [each.group for each in found.findings if each.subject.id == "P1" and each.rule == "R18.8-01"] == [None]


@pytest.mark.thorough
def test_what_is_proved_never_hides_behind_a_suspicion() -> None:
    for found in reports():
        by_id = {each.id: each for each in found.findings}
        for group in found.adjudication.groups:
            lead, *others = [by_id[name] for name in group.findings]
            assert lead.absorbed_by is None
            assert group.clause == lead.clauses[0].id
            assert len({each.rule for each in (lead, *others)}) > 1
            for each in others:
                assert each.absorbed_by == lead.id
                assert (lead.verdict, each.verdict) != (Verdict.RISK, Verdict.VIOLATION)
            assert {each.matter[group.on] for each in (lead, *others)} == {group.key}
        grouped = [name for group in found.adjudication.groups for name in group.findings]
        assert len(grouped) == len(set(grouped))
        assert {each.id for each in found.findings if each.group} == set(grouped)
        assert not any(each.group for each in found.findings if each.verdict is Verdict.UNDETERMINED)


def reports() -> list[Report]:
    return [check(shipped_policy(), loaded(each.dossier), as_of=each.as_of) for each in random_samples(range(60))]


@pytest.mark.thorough
def test_the_order_of_records_never_matters() -> None:
    random = Random(54)  # noqa: S311 - nothing here is a secret
    for given in random_samples(range(40)):
        told, again = (
            check(shipped_policy(), loaded(each), as_of=given.as_of).adjudication
            for each in (given.dossier, shuffled(given.dossier, random))
        )
        assert {(each.id, frozenset(each.findings), each.amount, each.verdict) for each in told.groups} == {
            (each.id, frozenset(each.findings), each.amount, each.verdict) for each in again.groups
        }
        assert {(each.finding, each.item, each.state) for each in told.earlier} == {
            (each.finding, each.item, each.state) for each in again.earlier
        }
        assert [(each.rung, [one.number for one in each.reasons]) for each in told.proposals] == [
            (each.rung, [one.number for one in each.reasons]) for each in again.proposals
        ]


# --- what comes back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "state"),
    [
        ({"due_on": "2024-12-29", "closed_on": None}, Past.OVERDUE),
        ({"due_on": "2024-12-30", "closed_on": None}, Past.BEING_CURED),
        ({"due_on": "2024-12-01", "extended_to": "2025-01-31", "closed_on": None}, Past.BEING_CURED),
        ({"due_on": "2024-12", "closed_on": None}, Past.UNCLEAR),
        ({"due_on": "2024-12-29", "closed_on": "2022-12-30"}, Past.RECURRED),
        ({"due_on": "2024-12-29", "closed_on": "2022-12-29"}, Past.RETURNED),
        ({"due_on": "2024-12-29", "closed_on": "2022-12"}, Past.UNCLEAR),
        ({"due_on": "2024-12-29", "closed_on": "2024-12-29"}, Past.RECURRED),
        ({"due_on": "2024-12-29", "closed_on": "2024-12-30"}, Past.CLOSED),
        ({"due_on": "2024-12-29", "closed_on": "2024-01-01", "reopened_on": "2024-06-01"}, Past.OVERDUE),
        ({"due_on": "2025-12-29", "closed_on": "2024-01-01", "reopened_on": "2024-06-01"}, Past.BEING_CURED),
    ],
)
def test_a_finding_on_what_was_an_item_tells_how_it_stands_to_it(item: Mapping[str, Any], state: Past) -> None:
    told = report(notices=[notice(**item)]).adjudication.earlier
    assert [(each.notice, each.item, each.state) for each in told] == [("N1", "I1", state)]


def test_an_act_before_its_closure_is_the_act_that_was_closed_and_does_not_come_back() -> None:
    granted = PARCEL | {"grantor_kind": "admin_committee", "contract_signed_on": "2023-06-01"}
    about: dict[str, Any] = {"rule_id": "R18.7-03", "due_on": "2023-12-01"}
    before = report(parcels=[granted], notices=[notice(closed_on="2023-12-01", **about)])
    after = report(parcels=[granted], notices=[notice(closed_on="2023-05-31", **about)])
    assert [each.state for each in before.adjudication.earlier] == [Past.CLOSED]
    assert [each.state for each in after.adjudication.earlier] == [Past.RECURRED]


def test_an_item_on_another_rule_subject_or_register_has_nothing_to_do_with_a_finding() -> None:
    for changes in ({"rule_id": "R18.8-04"}, {"subject_id": "P9"}, {"register": "plans"}, {"rule_id": None}):
        item: dict[str, Any] = {"due_on": "2024-01-01", "closed_on": "2024-01-01", **changes}
        told = report(parcels=[PARCEL], notices=[notice(**item)]).adjudication.earlier
        assert [each for each in told if each.item == "I1"] == []


def test_the_engine_and_the_table_agree_on_every_combination() -> None:
    docket = docket_of(shipped_policy().adjudicating)
    names = ("closed", "late", "after", "within")
    for values in itertools.product((True, False, None), repeat=len(names)):
        truths: Mapping[str, Truth] = dict(zip(names, values, strict=True))
        assert docket.first_of("past", truths) == read_past(truths).value
    assert {past for _, past in PAST} == set(Past)


# --- the ladder -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_on", "reasons"),
    [("2024-11-29", ["历次整改事项逾期30日以上未销号1项"]), ("2024-11-30", [])],
)
def test_an_item_raises_the_step_once_it_is_overdue_by_more_than_thirty_days(due_on: str, reasons: list[str]) -> None:
    found = steps(report(parcels=[], notices=[notice(due_on=due_on, closed_on=None)]))
    assert found.get(Rung.CIRCULATED, []) == reasons


def test_a_step_already_taken_that_is_left_unfinished_leads_to_the_next() -> None:
    late: dict[str, Any] = {"due_on": "2024-12-29", "closed_on": None}
    once = report(parcels=[], notices=[notice(step="circulated", **late)])
    twice = report(parcels=[], notices=[notice(1, step="ordered", **late), notice(2, step="ordered", **late)])
    cured = report(parcels=[], notices=[notice(step="circulated", due_on="2024-12-29", closed_on="2024-12-28")])
    assert Rung.ORDERED in steps(once)
    assert Rung.EXIT not in steps(once)
    assert Rung.EXIT in steps(twice)
    assert Rung.ORDERED not in steps(cured)


def test_a_matter_counts_once_however_often_it_is_found() -> None:
    found = report(parcels=[PARCEL | {"title_cert_issued_on": "2024-06-01"}])
    severe = [each for each in found.findings if each.verdict is Verdict.VIOLATION and each.grade is Grade.S1]
    [circulated] = [each for each in found.adjudication.proposals if each.rung is Rung.CIRCULATED]
    [reason] = circulated.reasons
    assert len(found.adjudication.groups) == 1
    assert reason.number == 1
    assert {each.id for each in severe} <= set(reason.findings)


def test_a_self_audit_gives_its_reasons_in_its_own_words() -> None:
    found = report(parcels=[PARCEL | {"title_cert_issued_on": "2024-06-01"}])
    [*reasons] = [each for step in found.adjudication.proposals for each in step.reasons]
    suspected = replace(
        found.adjudication.proposals[0], reasons=tuple(replace(one, is_proved=False) for one in reasons)
    )
    for proposals in (found.adjudication.proposals, (suspected,)):
        own = replace(found, mode=Mode.SELF_AUDIT, adjudication=replace(found.adjudication, proposals=proposals))
        told = "".join(one.text + step.label for step in adjudged.steps(own, {}, CHINESE) for one in step.reasons)
        assert "需要整改" in told
        assert not [each for each in ("违反", "疑似") if each in told]
    inspected = "".join(one.text for step in adjudged.steps(found, {}, CHINESE) for one in step.reasons)
    assert "严重违反1项" in inspected
    assert "需要整改" not in inspected


def test_nothing_to_object_to_suggests_nothing_and_silence_is_not_held_against_anybody() -> None:
    clean = report(parcels=[])
    unknown = report(parcels=[], notices=[notice(), notice(2, due_on="2024-11", closed_on=None)])
    assert clean.adjudication.proposals == unknown.adjudication.proposals == ()
    assert clean.adjudication.history == "complete"
    silent = dossier()
    del silent["notices"]
    assert check(shipped_policy(), loaded(silent)).adjudication.history == "absent"


def test_the_ladder_binds_national_zones_and_is_a_reference_for_others() -> None:
    for level, cited_as in (("national", "breached"), ("provincial", "reference")):
        clause = report(zone={"zone_id": "Z", "level": level}).adjudication.clause
        assert clause is not None
        assert (clause.id, clause.cited_as) == ("4.3", cited_as)


# --- engine and reading ---------------------------------------------------------------------------------------------


def test_the_joins_of_the_engine_are_those_of_a_plain_reading() -> None:
    docket, random = docket_of(shipped_policy().adjudicating), Random(54)  # noqa: S311 - nothing here is a secret
    for size in (0, 1, 2, 50, 3000):
        keys = [f"k{random.randrange(size // 3 + 1)}" for _ in range(size)]
        first = {key: place for place, key in reversed(list(enumerate(keys)))}
        assert docket.leaders(keys) == {place: first[key] for place, key in enumerate(keys) if first[key] != place}
        cases, items = (random.sample(sorted({*keys, *map(str, range(size))}), size // 2) for _ in range(2))
        there = {key: place for place, key in enumerate(items)}
        assert docket.before(cases, items) == {(place, there[key]) for place, key in enumerate(cases) if key in there}


@pytest.mark.parametrize("size", [48, 65, 200])
def test_a_fact_is_joined_with_any_number_of_others(size: int) -> None:
    docket = docket_of(shipped_policy().adjudicating)
    assert docket.leaders(["k"] * size) == dict.fromkeys(range(1, size), 0)


def test_without_agreement_on_the_joins_there_is_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Docket, "leaders", lambda *_: {})
        with pytest.raises(ReadingsDisagreeError, match="同一事项"):
            report(parcels=[PARCEL | {"title_cert_issued_on": "2024-06-01"}])
    for name, wrong in (("before", frozenset()), ("first_of", "closed")):
        with monkeypatch.context() as patch:
            patch.setattr(Docket, name, lambda *_, wrong=wrong: wrong)
            with pytest.raises(ReadingsDisagreeError, match="历次整改"):
                report(notices=[notice(due_on="2024-01-01", closed_on=None)])
    with monkeypatch.context() as patch:
        patch.setattr(Docket, "all_of", lambda *_: frozenset())
        with pytest.raises(ReadingsDisagreeError, match="处置步骤"):
            report()


@pytest.mark.thorough
def test_a_thousand_items_on_one_record_and_payments_under_one_agreement_are_borne() -> None:
    late: dict[str, Any] = {"due_on": "2024-01-01", "closed_on": None}
    found = report(
        notices=[notice(number, **late) for number in range(1000)],
        agreements=[
            {
                "agr_id": "A1",
                "signed_on": "2021-05-01",
                "counterparty_uscc": "U1",
                "commitments": [{"commitment_id": "1", "type": "land_fee_refund"}],
            }
        ],
        expenditures=[
            {
                "exp_id": f"E{number}",
                "paid_on": "2024-09-01",
                "amount_cny": number,
                "payee_uscc": "U1",
                "purpose_text": "返还土地出让金",
                "linked_parcel_id": "P1",
                "linked_agreement_id": "A1",
            }
            for number in range(1, 1001)
        ],
    )
    assert len(found.adjudication.earlier) == 1000
    [group] = [each for each in found.adjudication.groups if each.on == "agreement"]
    assert len(group.findings) == 1001
    assert group.amount == yuan(1000)


# --- how it is written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("R18.8-07", "R18.8-99", "没有规则 R18.8-99"),
        ("on: plan_change", "on: plan", "规则 R16.4-01 的 matter 没有“plan”"),
        ("[R18.7-01, R18.7-02]", "[R18.7-01]", "至少一项"),
        ("[R18.7-01, R18.7-02]", "[R18.7-01, R18.7-01]", "同一条规则写了两次"),
        ("step: circulated\n", "step: exit\n", "由轻到重"),
        ("count: recurred,", "count: recurred, grade: S1,", "不分 grade"),
        ("count: unfinished, step: circulated,", "count: unfinished,", "写明是哪一步"),
        ('norm: "4.3"', 'norm: "4.9"', "norms.yaml 没有 4.9"),
        ("months: 24", "months: 0", "1到1200的整数"),
        ("ladder:", "lader:", "没有“lader”这个键"),
        ("count: overdue", "count: parcels", "没有“parcels”这一项"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    pack = Path(shutil.copytree(PACK, tmp_path / PACK.name))
    path = pack / "adjudication.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy(pack, dossier_schema(), examples=False)
    [problem] = [each for each in caught.value.problems if message in each.message]
    assert problem.place.file == "adjudication.yaml"
    assert problem.place.line


def test_a_pack_that_says_nothing_of_findings_together_groups_and_proposes_nothing(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(PACK, tmp_path / PACK.name, ignore=shutil.ignore_patterns("adjudication.yaml")))
    policy = read_policy(pack, dossier_schema(), examples=False)
    found = check(policy, loaded(dossier(parcels=[PARCEL | {"title_cert_issued_on": "2024-06-01"}])))
    assert (found.adjudication.groups, found.adjudication.proposals) == ((), ())
    assert found.adjudication.clause is None
    assert grouped(found.findings) == []


def grouped(findings: Sequence[Finding]) -> list[Finding]:
    return [each for each in findings if each.group or each.absorbed_by]
