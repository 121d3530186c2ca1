"""The program against a plain reading of the same rule files that shares no code with it.

`python tests/test_against_reference.py 20000` compares as many dossiers, and says how often each verdict came up.
"""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from reference.program import (
    PACK,
    Verdicts,
    loaded,
    plain_reading,
    random_samples,
    raw_schema,
    read_plainly,
    rule_of,
    shipped_policy,
    verdicts,
)
from reference.reading import Reading
from reference.strategies import Sample, samples, shuffled

from checker.checking import check
from checker.dossier.loading import dossier_schema
from checker.model import Verdict
from checker.policy.loading import Policy, read_policy
from checker.verifying import cases

DOSSIERS, FEW_DOSSIERS = 1_500, 200
SHUFFLED = 200
RARE = {(rule, "exempt") for rule in ("R15.9-02", "R16.5-02", "R18.1-01", "R18.6-06", "R18.7-04", "R18.8-04")}
"""What so many things must come together for that chance hardly makes it; the examples of the rules show it."""
MADE_UP_DOSSIERS = 500

RULES = [path.stem for path in sorted((PACK / "rules").glob("*.yaml"))]


def compared(policy: Policy, reading: Reading, given: Sample) -> tuple[Verdicts, Mapping[tuple[str, str], object]]:
    """Give what the program says, and both answers wherever the plain reading says something else."""
    told = verdicts(policy, loaded(given.dossier), given.as_of)
    read = read_plainly(reading, given.dossier, given.as_of)
    pairs = sorted(told.keys() | read.keys())
    return told, {pair: (told.get(pair), read.get(pair)) for pair in pairs if told.get(pair) != read.get(pair)}


def test_the_plain_reading_knows_nothing_of_the_program() -> None:
    """A reading that shared code with the program would share its faults."""
    for name in ("reading", "strategies"):
        source = (Path(__file__).parent / "reference" / f"{name}.py").read_text(encoding="utf-8")
        assert not [line for line in source.splitlines() if "import" in line and "checker" in line]


# --- the rules of the pack ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_both_readings_agree_on_every_pair_of_every_example(rule: str) -> None:
    compiled = rule_of(shipped_policy(), rule)
    for case in cases(compiled, dossier_schema()):
        told = verdicts(shipped_policy(), loaded(case.dossier), case.as_of, only={rule})
        read = read_plainly(plain_reading(), case.dossier, case.as_of, only=rule)
        assert told == read, case.name
        assert case.expect.value in read.values(), case.name


def test_both_readings_agree_on_random_dossiers() -> None:
    for seed, given_sample in enumerate(random_samples(range(FEW_DOSSIERS))):
        assert compared(shipped_policy(), plain_reading(), given_sample)[1] == {}, f"seed {seed}"


@pytest.mark.thorough
def test_both_readings_agree_on_many_random_dossiers_and_nearly_every_verdict_occurs() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for seed, given_sample in enumerate(random_samples(range(DOSSIERS))):
        told, differences = compared(shipped_policy(), plain_reading(), given_sample)
        assert differences == {}, f"seed {seed}"
        seen.update((rule, verdict) for (rule, _), verdict in told.items())
    shown = {(rule, case.expect) for rule in RULES for case in cases(rule_of(shipped_policy(), rule), dossier_schema())}
    assert {(rule, verdict.value) for rule, verdict in shown if not seen[rule, verdict.value]} <= RARE


@pytest.mark.thorough
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
@given(samples(raw_schema()))
def test_both_readings_agree_on_whatever_hypothesis_makes(given_sample: Sample) -> None:
    _, differences = compared(shipped_policy(), plain_reading(), given_sample)
    assert differences == {}


@pytest.mark.thorough
def test_the_order_of_records_never_matters() -> None:
    random = Random(54)  # noqa: S311 - nothing here is a secret
    for seed, given_sample in enumerate(random_samples(range(SHUFFLED))):
        before = verdicts(shipped_policy(), loaded(given_sample.dossier), given_sample.as_of)
        after = verdicts(shipped_policy(), loaded(shuffled(given_sample.dossier, random)), given_sample.as_of)
        assert after == before, f"seed {seed}"


# --- rules made up to use the rest of the language -------------------------------------------------------------------

LAND: Mapping[str, Any] = {"statute": "fangdichan-2019"}
MADE_UP: tuple[Mapping[str, Any], ...] = (
    {
        "each": "parcels",
        "conduct_on": "as_of",
        "let": {
            "fee": "late_fee(payment_schedule, payments, 0.001, as_of)",
            "deadline": "workdays_after(contract_signed_on, 60)",
        },
        "violated": "fee > 100000 or workdays_inclusive(contract_signed_on, as_of) < 200",
        "suspected": "fee > 0 and (deadline < as_of or any(p.paid_on > deadline for p in payments))",
        "exempt": [
            {"ground": "deferral", "if": "claim.until >= as_of", "at_most": "risk", "reason": "延期"},
            {"if": "grantee_name is not None", "at_most": "risk", "reason": "受让人"},
        ],
    },
    {
        "each": "parcels.payments",
        "conduct_on": "paid_on",
        "when": 'parcel.supply_method != "allocation" and amount_cny != 0',
        "violated": "paid_on < parcel.contract_signed_on or amount_cny > parcel.total_price_cny / 2",
        "suspected": "years_after(parcel.contract_signed_on, 1) <= paid_on < as_of",
    },
    {
        "each": "agreements.commitments",
        "conduct_on": "agreement.signed_on",
        "violated": 'type in {"tax_rebate", "land_price_cap"} and agreement.counterparty_name is not None',
        "suspected": "not any(x.linked_agreement_id == agreement.agr_id and x.amount_cny > 0 for x in expenditures)",
        "basis": [{"statute": "guofa-2015-25", "at_most": "risk"}, {"statute": "gongping-2024"}],
    },
    {
        "each": "parcels",
        "conduct_on": "as_of",
        "kind": "signal",
        "violated": "count(p for p in payments if p.amount_cny > 0) < count(s for s in payment_schedule)",
        "suspected": "all(p.receipt_no is not None for p in payments)",
    },
    {
        "each": "plans",
        "conduct_on": "as_of",
        "let": {
            "others": "union(p.geometry.shape for p in plans if p.plan_id != plan_id and happened(p.approved_on))",
            "shared": "inside_ha(geometry.shape, others)",
        },
        "when": "geometry.shape is not None",
        "violated": "shared > area_ha(geometry.shape) / 2 or outside_ha(zone.planned_area_geometry.shape, others) < 9",
        "suspected": "shared > 0 or any(outside_ha(q.geometry.shape, geometry.shape) == 0 for q in parcels)",
    },
    {
        "each": "zone",
        "conduct_on": "as_of",
        "clauses": ["16.6"],
        "let": {
            "total": "sum(p.amount_cny for q in parcels for p in q.payments if p.paid_on <= as_of)",
            "spent": "sum(x.amount_cny for x in expenditures)",
            "share": "spent / total",
        },
        "violated": "total - spent > 1000000 or share * (1 - share) > 1",
        "suspected": "-spent >= 0 and total * 2 <= 3000000",
        "basis": [{"statute": "guobanfa-2014-54"}, {"statute": "guofa-2019-11"}],
    },
    {
        "each": "expenditures",
        "conduct_on": "if_none(paid_on, linked_agreement.signed_on)",
        "when": "linked_parcel.supply_method in {'listing', 'agreement'} and linked_parcel_id is not None",
        "let": {"price": "linked_parcel.total_price_cny"},
        "violated": "amount_cny > price if happened(linked_agreement.signed_on) else amount_cny > 1",
        "suspected": "any(p.payment_id == 'payments-0' for p in linked_parcel.payments)",
        "exempt": [{"ground": "judgment", "if": "claim.from_ <= paid_on and claim.until >= paid_on", "reason": "判决"}],
    },
    {
        "each": "plans",
        "conduct_on": "approved_on",
        "let": {"wide": "area_ha * (1 + param.coverage.tolerance)"},
        "when": 'if_none(approved_on, as_of) >= "2008-01-01" and not below("county", approver_level)',
        "violated": 'below(approver_level, "prefecture") and wide > 900 and area_ha is not None',
        "suspected": (
            "any(e.plan_id == plan_id and if_none(e.reviewed_on, as_of) < as_of for e in plan_eias) or wide == 1005"
        ),
    },
    {
        "each": "plan_eias",
        "conduct_on": "as_of",
        "let": {
            "newest": "if_none(reviewed_on, as_of)",
            "limit": "param.eia.followup_years if plan.type == 'overall_dev' else 4 - 2",
            "next": "years_after(newest, limit)",
        },
        "violated": "next < as_of and not all(happened(f.completed_on) for f in followups)",
        "suspected": "days_inclusive(newest, as_of) > 900 and if_none(plan.approved_on, as_of) <= newest",
    },
    {
        "each": "trips",
        "conduct_on": "if_none(actual.return_on, actual.depart_on)",
        "let": {"known": "any(d.doc_id == approval_doc_id and happened(d.issued_on) for d in evidence)"},
        "when": "actual is not None",
        "violated": "any(c in actual.countries for t in trips if t.trip_id != trip_id for c in t.approved.countries)",
        "suspected": "size(approved.countries) > size(actual.countries) and approval_doc_id is None",
        "exempt": [{"if": "known", "paper": "approval_doc_id", "reason": "批件"}],
    },
    {
        "each": "plan_eias.followups",
        "conduct_on": "completed_on",
        "when": "completed_on is not None and plan_eia.reviewed_on is not None",
        "violated": "if_none(completed_on, as_of) > months_after(plan_eia.reviewed_on, param.refund.window_months)",
        "suspected": "plan_eia.plan.type == 'overall_dev' if plan_eia.plan.area_ha > 900 else plan_eia.plan_id is None",
    },
    {
        "each": "parcels",
        "conduct_on": "contract_signed_on",
        "when": "grantee_uscc in {'U1'} or grantee_group_id == 'G1'",
        "let": {
            "twin": "count(p for p in parcels if p.grantee_uscc == grantee_uscc and p.supply_method == supply_method)"
        },
        "violated": "twin > 1 and twin != 3",
        "suspected": "not (total_price_cny > 400000 and total_price_cny <= 999999.99)",
        "exempt": [
            {"ground": "reclaim", "if": "claim.amount_cny == total_price_cny", "reason": "收回"},
            {"ground": "court_stay", "if": "claim.until is None or claim.until > contract_signed_on", "reason": "中止"},
        ],
    },
    {
        "each": "parcels",
        "conduct_on": "as_of",
        "let": {
            "sold": "any(p.supply_method == 'listing' for p in parcels if p.parcel_id != parcel_id)",
            "pleaded": "any(if_none(claim.amount_cny, 0) > 500000 for claim in claims)",
        },
        "violated": "any(sold and p.total_price_cny > 500000 and p.parcel_id == parcel_id for p in parcels)",
        "suspected": "sum(p.amount_cny for p in payments if sold and not pleaded) > 400000",
        "exempt": [{"ground": "deferral", "if": "pleaded and claim.amount_cny > 500000", "reason": "缓缴"}],
    },
    {
        "each": "zone",
        "conduct_on": "as_of",
        "when": "planned_construction_area_ha > 0",
        "let": {
            "open": "sum(between(0, c.amount_cny) for c in claims if c.ground == 'deferral')",
            "known": "sum(if_none(x.amount_cny, 5) for x in expenditures if x.paid_on < as_of)",
        },
        "violated": "open + known > 600000 or known / open < -2",
        "suspected": "all(q.total_price_cny >= 400000 or q.supply_method == 'lease' for q in parcels)",
    },
)


@cache
def made_up(target: Path) -> tuple[Policy, Reading]:
    """Give a pack of made-up rules in both readings."""
    shutil.copytree(PACK, target, ignore=shutil.ignore_patterns("rules", "adjudication.yaml"))
    (target / "rules").mkdir()
    for number, rule in enumerate(MADE_UP, start=1):
        identifier = f"RR-{number:02}"
        lets = dict.fromkeys(rule.get("let", {}), "名称")
        fixed = {"id": identifier, "title": "编造的规则", "clauses": ["18.8"], "grade": "S1", "responsible": "zone"}
        shown = {
            "message": "编造。",
            "labels": lets,
            "remedy": [{"action": "改", "done_when": "改了", "within": "immediately"}],
        }
        whole = {**fixed, **shown, "basis": [LAND], "examples": {}, **rule}
        (target / "rules" / f"{identifier}.yaml").write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return read_policy(target, dossier_schema()), Reading(target, raw_schema())


@pytest.mark.thorough
def test_both_readings_agree_on_rules_that_use_the_rest_of_the_language(tmp_path: Path) -> None:
    policy, reading = made_up(tmp_path / "pack")
    seen: Counter[str] = Counter()
    for seed, given_sample in enumerate(random_samples(range(MADE_UP_DOSSIERS))):
        told, differences = compared(policy, reading, given_sample)
        assert differences == {}, f"seed {seed}"
        seen.update(told.values())
        check(
            policy, loaded(given_sample.dossier), as_of=given_sample.as_of
        )  # its own witness sees the same, or it raises
    assert set(seen) == {verdict.value for verdict in Verdict}


# --- a long run ------------------------------------------------------------------------------------------------------


def long_run(policy: Policy, reading: Reading, dossiers: int) -> Iterator[str]:
    """Compare as many random dossiers; say what differs, and how often each verdict of each rule occurred."""
    seen: Counter[tuple[str, str]] = Counter()
    mismatches = 0
    for seed, given_sample in enumerate(random_samples(range(dossiers))):
        told, differences = compared(policy, reading, given_sample)
        seen.update((rule, verdict) for (rule, _), verdict in told.items())
        mismatches += len(differences)
        if differences:
            yield f"seed {seed}: {differences}"
    for rule in sorted({rule for rule, _ in seen}):
        yield rule + "".join(f"  {verdict.value} {seen[rule, verdict.value]}" for verdict in Verdict)
    yield f"{dossiers} dossiers, {sum(seen.values())} pairs, {mismatches} mismatches"


if __name__ == "__main__":
    for line in long_run(shipped_policy(), plain_reading(), int(sys.argv[1])):
        sys.stdout.write(f"{line}\n")
