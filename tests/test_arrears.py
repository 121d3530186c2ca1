"""The fee for late payment: by hand, against paying off instalment by instalment, and with less known."""

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packs import copied
from reference import reading
from reference.program import PACK, loaded
from test_language import PARCEL, scope_of
from test_values import Case, holds, vaguer

from checker import values
from checker.arrears import late_fee
from checker.checking import check
from checker.dossier.loading import dossier_schema
from checker.language.parsing import ExpressionError, parse
from checker.language.wording import Wording
from checker.policy.loading import read_policy
from checker.values import UNKNOWN, Listing, Range, Value, bounds, day

D = Decimal
RATE = D("0.001")
MARCH = day("2024-03-01")
Rows = list[tuple[Value, Value]]


def fee(due: Rows, paid: Rows, until: Value = MARCH, rate: Value = RATE, **whole: bool) -> Value:
    schedule = Listing([*due], whole.get("due_whole", True))
    return late_fee(schedule, Listing([*paid], whole.get("paid_whole", True)), rate, until)


def on(*rows: tuple[str, Value]) -> Rows:
    return [(day(text), amount) for text, amount in rows]


# --- everything known -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "paid", "expected"),
    [
        (on(("2024-01-01", 1000)), on(("2024-01-01", 1000)), 0),  # the day itself is still the debtor's
        (on(("2024-01-01", 1000)), on(("2024-01-02", 1000)), 1),
        (on(("2024-01-01", 1000)), on(("2023-12-01", 1000)), 0),
        (on(("2024-01-01", 1000)), on(("2024-01-11", 400), ("2024-01-21", 600)), 4 + 12),
        (on(("2024-01-01", 1000)), on(("2024-01-11", 400)), 4 + 36),  # 600 unpaid for 60 days
        (on(("2024-01-01", 1000)), [], 60),
        (on(("2024-01-01", D("0.01"))), [], D("0.0006")),
        (on(("2024-02-29", 1000)), [], 1),
        (on(("2024-03-01", 1000)), [], 0),
        (on(("2024-03-02", 1000)), [], 0),
        (on(("2024-01-01", 1000)), on(("2024-03-01", 1000)), 60),
        (on(("2024-01-01", 1000)), on(("2024-03-02", 1000)), 60),  # after the day to which it is counted
        (on(("2024-01-01", 1000), ("2024-01-31", 1000)), on(("2024-02-10", 1000)), 40 + 30),  # the oldest first
        (on(("2024-01-31", 1000), ("2024-01-01", 1000)), on(("2024-02-10", 1000)), 40 + 30),
        (on(("2024-01-01", 1000), ("2024-01-31", 1000)), on(("2024-01-01", 1500)), 15),  # the rest goes to the next
        (on(("2024-01-01", 1000)), on(("2024-01-01", 5000)), 0),
        (on(("2024-01-01", 1000), ("2024-02-20", 1000)), on(("2024-01-01", 5000)), 0),
        (on(("2024-01-01", None)), [], 0),
        (on(("2024-01-01", 1000)), on(("2024-01-01", None)), 60),
        ([], on(("2024-01-01", 1000)), 0),
    ],
)
def test_the_fee_by_hand(due: Rows, paid: Rows, expected: Value) -> None:
    assert fee(due, paid) == expected


def test_the_rate_is_exact() -> None:
    assert fee(on(("2024-01-01", D("999999.99"))), [], rate=D("0.0005")) == D("29999.9997")
    assert fee(on(("2024-01-01", 3)), [], rate=Fraction(1, 3)) == 60


# --- not everything known ---------------------------------------------------------------------------------------------

LATE = on(("2024-01-01", 1000))


@pytest.mark.parametrize(
    ("due", "paid", "whole", "expected"),
    [
        (LATE, [], {"paid_whole": False}, Range(0, 60)),
        (LATE, [], {"due_whole": False}, Range(60, None)),
        (LATE, [], {"due_whole": False, "paid_whole": False}, Range(0, None)),
        (on(("2024-01-01", UNKNOWN)), [], {}, Range(0, None)),
        (on(("2024-03-01", UNKNOWN)), [], {}, 0),
        ([(UNKNOWN, 1000)], [], {}, Range(0, None)),
        ([(None, 1000)], [], {}, Range(0, None)),
        ([(UNKNOWN, None)], [], {}, 0),
        (on(("2024-01", 1000)), [], {}, Range(30, 60)),
        (on(("2024-01-01", Range(D(500), D(1000)))), [], {}, Range(30, 60)),
        (LATE, on(("2024-01-11", UNKNOWN)), {}, Range(10, 60)),
        (LATE, [(UNKNOWN, 1000)], {}, Range(0, 60)),
        (LATE, [(None, 400)], {}, Range(36, 60)),
        (LATE, [(UNKNOWN, UNKNOWN)], {}, Range(0, 60)),
        (LATE, on(("2024-01", 1000)), {}, Range(0, 30)),
        (LATE, on(("2024-04", 1000)), {}, 60),
    ],
)
def test_what_is_not_known_leaves_bounds(due: Rows, paid: Rows, whole: dict[str, bool], expected: Value) -> None:
    assert fee(due, paid, **whole) == expected


def test_a_day_or_a_rate_that_is_not_known_gives_nothing_or_bounds() -> None:
    for nothing in (None, UNKNOWN):
        assert fee(LATE, [], until=nothing) is UNKNOWN
        assert fee(LATE, [], rate=nothing) is UNKNOWN
    assert fee(LATE, [], until=day("2024-02")) == Range(31, 59)
    assert fee(LATE, [], rate=Range(RATE, 2 * RATE)) == Range(60, 120)


# --- against paying off instalment by instalment ----------------------------------------------------------------------

DAYS = st.dates(date(2024, 1, 1), date(2024, 3, 31))
AMOUNTS = st.decimals(0, 1000, places=2)
VAGUE_DAYS = vaguer(DAYS, lambda value, by: value + timedelta(days=by))
VAGUE_AMOUNTS = vaguer(AMOUNTS, lambda value, by: max(value + by, 0))
ROWS = st.lists(st.tuples(VAGUE_DAYS, VAGUE_AMOUNTS), max_size=3)


def debts(rows: Rows, *, whole: bool) -> reading.Debts:
    found = []
    for paid_on, amount in rows:
        (first, last), (low, high) = bounds(paid_on), bounds(amount)
        ends = (first.toordinal() if first else -inf, last.toordinal() if last else inf)
        found.append((*ends, Fraction(max(low or 0, 0)), inf if high is None else Fraction(high)))
    return found, whole


def drawn(rows: list[tuple[Case, Case]], which: int) -> Rows:
    return [(paid_on[which], amount[which]) for paid_on, amount in rows]


@given(due=ROWS, paid=ROWS, until=DAYS, whole=st.tuples(st.booleans(), st.booleans()), which=st.sampled_from((0, 1)))
@settings(max_examples=100, deadline=None)
def test_the_fee_is_what_paying_off_one_by_one_costs(
    due: list[tuple[Case, Case]], paid: list[tuple[Case, Case]], until: date, whole: tuple[bool, bool], which: int
) -> None:
    told = fee(drawn(due, which), drawn(paid, which), until, D(1), due_whole=whole[0], paid_whole=whole[1])
    tables = debts(drawn(due, which), whole=whole[0]), debts(drawn(paid, which), whole=whole[1])
    low, high = (reading.late_fee(*tables, until.toordinal(), most=most) for most in (False, True))
    assert bounds(told) == (low, None if high == inf else high)


@given(
    due=ROWS,
    paid=ROWS,
    unlisted=st.tuples(ROWS, ROWS),
    until=VAGUE_DAYS,
)
@settings(max_examples=100, deadline=None)
def test_a_fee_of_which_less_is_known_leaves_room_for_what_it_is(
    due: list[tuple[Case, Case]],
    paid: list[tuple[Case, Case]],
    unlisted: tuple[list[tuple[Case, Case]], list[tuple[Case, Case]]],
    until: Case,
) -> None:
    more_due, more_paid = unlisted
    exact = fee(drawn([*due, *more_due], 0), drawn([*paid, *more_paid], 0), until[0])
    vague = fee(drawn(due, 1), drawn(paid, 1), until[1], due_whole=not more_due, paid_whole=not more_paid)
    with localcontext(values.EXACT):
        assert holds(vague, exact)


# --- in a rule --------------------------------------------------------------------------------------------------------

FEE = "late_fee(payment_schedule, payments, 0.001, as_of)"


def test_a_fee_is_read_out() -> None:
    read = Wording(subject="宗地", lets={}, figures={}).read
    assert read(parse(f"{FEE} > 0", PARCEL)) == (
        "按付款约定和缴款记录（先抵最早一期，到期次日起算）计至检查基准日、按日0.001的违约金 超过 0.00元"
    )


@pytest.mark.parametrize(
    ("scope", "text", "at", "message"),
    [
        (
            PARCEL,
            "late_fee(payments, payments, 0.001, as_of) > 0",
            "payments",
            "要有 due_on（日期）、amount_cny（数值）",
        ),
        (PARCEL, "late_fee(payment_schedule, plans, 0.001, as_of) > 0", "plans", "“规划”不能用在这里"),
        (PARCEL, "late_fee(area_sqm, payments, 0.001, as_of) > 0", "area_sqm", "这里要台账，得到的是数值"),
        (PARCEL, "late_fee(payment_schedule, payments, 0.001) > 0", "late_fee", "要4个参数"),
        (PARCEL, f"{FEE} > area_sqm", FEE, "单位不同：cny 与 sqm"),
        (PARCEL, "happened(payments)", "payments", "这里要日期，得到的是台账"),
        (
            scope_of("zone"),
            "any(late_fee(x.payment_schedule, expenditures, 0.001, as_of) > 0 for x in parcels)",
            "expenditures",
            "数值不得为负",
        ),
    ],
)
def test_only_a_register_with_the_columns_is_taken(scope: Any, text: str, at: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, scope)
    assert message in caught.value.message
    assert caught.value.offset == text.index(at)


RULE = """
id: RR-01
title: 编造的规则
clauses: ["18.8"]
grade: S1
responsible: zone
each: parcels
conduct_on: as_of
basis: [{statute: fangdichan-2019}]
let: {fee: "late_fee(payment_schedule, payments, 0.001, as_of)"}
labels: {fee: 应计违约金}
violated: fee > 5
message: "应计违约金{{ fee | yuan }}。"
remedy: [{action: 催缴, done_when: 缴清, within: immediately}]
ask: {payments: 缴款凭证}
examples: {}
"""
DOSSIER: dict[str, Any] = {
    "meta": {"dossier_id": "D", "as_of_date": "2024-03-01"},
    "zone": {"zone_id": "Z"},
    "evidence": [{"doc_id": "D1"}],
    "parcels": [
        {
            "parcel_id": "P",
            "payment_schedule": [{"instalment_id": "I", "due_on": "2024-01-01", "amount_cny": 1000}],
            "payments": [{"payment_id": "A", "paid_on": "2024-01-11", "amount_cny": 400, "sources": {"*": ["D1"]}}],
        }
    ],
}


def declared(*paths: str) -> dict[str, Any]:
    whole = {
        path: {"complete": True, "as_of": "2024-03-01", "count": 1, "signatory": "甲"} for path in ("parcels", *paths)
    }
    return {**DOSSIER, "meta": {**DOSSIER["meta"], "completeness": whole}}


@pytest.fixture
def policy(tmp_path: Path) -> Any:
    pack = copied(tmp_path / PACK.name)
    (pack / "rules" / "RR-01.yaml").write_text(RULE, encoding="utf-8")
    return read_policy(pack, dossier_schema())


def test_the_evidence_names_the_rows_that_a_fee_was_made_from(policy: Any) -> None:
    [finding] = check(policy, loaded(declared("parcels.payment_schedule", "parcels.payments"))).findings
    fact = next(each for each in finding.facts if each.name == "fee")
    assert finding.message == "应计违约金40.00元。"
    assert fact.origins == ("/parcels/0/payment_schedule/0", "/parcels/0/payments/0")
    assert (fact.unproved, [each.doc_id for each in fact.documents]) == (("/parcels/0/payment_schedule/0",), ["D1"])
    assert {each.name for each in finding.facts} >= {
        "completeness.parcels.payment_schedule",
        "completeness.parcels.payments",
    }


def test_a_fee_that_cannot_be_told_says_what_is_missing(policy: Any) -> None:
    dossier = declared("parcels.payment_schedule", "parcels.payments")
    payment = {"payment_id": "A", "paid_on": "2024-01-01"}
    dossier["parcels"] = [{**DOSSIER["parcels"][0], "payments": [payment]}]
    [finding] = check(policy, loaded(dossier)).findings
    assert (finding.verdict.value, [each.pointer for each in finding.missing]) == (
        "undetermined",
        ["/parcels/0/payments/0/amount_cny"],
    )
    [finding] = check(policy, loaded(declared("parcels.payment_schedule"))).findings
    assert [each.pointer for each in finding.missing] == ["/meta/completeness/parcels.payments"]
