"""Doubles that carry decimal numbers: they say what exact numbers say, or are not used."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Context, Decimal, FloatOperation, localcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.program import loaded, raw_schema, shipped_policy
from reference.strategies import encoded, sample

from benchmarks.peers.formulas import PACK
from checker.checking import check
from checker.dossier import records
from checker.dossier.glance import AT_ONCE, glance
from checker.dossier.loading import dossier_schema, load_dossier
from checker.dossier.records import decode
from checker.dossier.schema import Kind
from checker.model import Verdict
from checker.policy.loading import Policy, read_policy
from checker.reporting.json import render
from checker.values import CARRIED_DIGITS, EXACT, UNKNOWN, carrier_of, months_after, number_of, refuse_strays, turning

SCHEMA = dossier_schema()
EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))
DIGITS = st.integers(0, 10**CARRIED_DIGITS - 1)
NUMBERS = st.builds(lambda digits, places: Decimal(digits).scaleb(-places), DIGITS, st.integers(0, CARRIED_DIGITS))


@contextmanager
def exactly(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have every dossier read without carriers."""
    with patch.context() as context:
        context.setattr(records, "glance", lambda data: replace(glance(data), is_carried=False))
        yield


# --- what a carrier is ----------------------------------------------------------------------------------------------


@settings(max_examples=2_000)
@given(NUMBERS, st.integers(-3, 3))
def test_a_carrier_stands_for_its_number_alone_and_has_its_order(number: Decimal, steps: int) -> None:
    carrier = float(str(number))
    assert number_of(carrier) == number
    other = number + steps * Decimal(1).scaleb(int(number.as_tuple().exponent))
    if len(other.as_tuple().digits) <= CARRIED_DIGITS:
        beside = float(str(other))
        assert [carrier < beside, carrier == beside] == [number < other, number == other]
        assert (carrier_of(other), number_of(beside)) == (beside, other)


@pytest.mark.parametrize("text", ["0.1234567890123456", "1234567890123456", "1e-20", "1e30"])
def test_what_has_more_digits_than_a_double_has_no_carrier(text: str) -> None:
    assert carrier_of(Decimal(text)) is None


def test_a_carrier_that_strays_among_decimal_numbers_is_refused() -> None:
    with pytest.raises(RuntimeError), localcontext(Context(prec=100)):
        refuse_strays()
    with localcontext(EXACT):
        refuse_strays()
        for stray in (lambda: Decimal("0.1") > 0.1, lambda: Decimal("0.1") <= 0.1, lambda: Decimal(1) + 0.1):  # type: ignore[operator]
            with pytest.raises((FloatOperation, TypeError)):
                stray()


# --- which dossiers are read with them --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "is_carried"),
    [
        ("1", True),
        ("123456789012345", True),
        ("12345678901234.5", False),  # its sixteen signs are enough to have it read exactly
        ("1234567890123.5", True),
        ("-12345678901234", True),
        ("-1234567890123456", False),
        ("1234567890123456", False),
        ("0.1234567890123456", False),
        ("100.0000000000000001", False),
        ("1e2", False),
        ("1E+2", False),
        ("1e-400", False),
        ("0.5e1", False),
    ],
)
@pytest.mark.parametrize("before", ['{"a":', '{"a": ', '{"a":\t', '{"a":[', '{"a":[1,', '{"a":[1, ', '{"a":\r\n'])
def test_a_number_that_a_double_cannot_carry_is_seen_wherever_it_stands(
    before: str, number: str, is_carried: bool
) -> None:
    assert glance((before + number + "}").encode()).is_carried is is_carried
    for shift in range(-20, 3):
        text = '{"x":"' + "y" * (AT_ONCE + shift - len(before) - 9) + '",' + before + number + "}"
        assert glance(text.encode()).is_carried is is_carried, shift


@pytest.mark.parametrize(
    "text",
    [
        '"3702002013B000123456789012345678"',
        '"91991029MA0E002951"',
        '"（2013）1E5"',
        '"370212001001GB00001W00000000"',
        '"12号楼E5座"',
        '"1234567890123456789"',
    ],
)
def test_long_numbers_of_papers_and_parcels_are_no_numbers(text: str) -> None:
    assert glance(f'{{"a": {text}, "b": 1.5}}'.encode()).is_carried


def test_a_record_gives_the_same_numbers_however_it_holds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    parcel = {"parcel_id": "P", "area_sqm": 12.50, "total_price_cny": 3e5, "far_min": 0.8, "term_years": 0}
    data = encoded(
        {"meta": {"dossier_id": "D", "as_of_date": "2024-01-01"}, "zone": {"zone_id": "Z"}, "parcels": [parcel]}
    )
    carried = decode(data, SCHEMA).parcels[0]
    with exactly(monkeypatch):
        exact = decode(data, SCHEMA).parcels[0]
    numbers = [each for each in SCHEMA.registers["parcels"].fields.values() if each.kind is Kind.NUMBER]
    for each in numbers:
        one, other = getattr(carried, each.attribute), getattr(exact, each.attribute)
        assert (one, one.__class__, str(one)) == (other, other.__class__, str(other))
        assert getattr(carried, each.slot).__class__ in {float, type(UNKNOWN)}
    assert [carried.area_sqm, carried.total_price_cny, carried.far_min] == [Decimal("12.5"), 300_000, Decimal("0.8")]


# --- a check says the same ------------------------------------------------------------------------------------------


@cache
def measured() -> Policy:
    return read_policy(PACK, SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda each: each.stem)
def test_a_report_is_the_same_to_the_byte_without_carriers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = path.read_bytes()
    carried = render(check(shipped_policy(), load_dossier(data, path.name, SCHEMA)))
    with exactly(monkeypatch):
        assert render(check(shipped_policy(), load_dossier(data, path.name, SCHEMA))) == carried


@pytest.mark.parametrize("seed", range(300, 380))
def test_a_report_on_a_random_dossier_is_the_same_without_carriers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = sample(seed, raw_schema())
    carried = render(check(shipped_policy(), loaded(made.dossier), as_of=made.as_of))
    with exactly(monkeypatch):
        assert render(check(shipped_policy(), loaded(made.dossier), as_of=made.as_of)) == carried


AMOUNTS = st.builds(lambda amount, places: Decimal(amount).scaleb(-places), st.integers(0, 10**9), st.integers(0, 6))
AREAS = st.integers(1, 10**6).map(lambda each: Decimal(each).scaleb(-2))
PRICES = st.integers(1, 10**5).map(lambda each: Decimal(each).scaleb(-3))
NEAR = st.sampled_from(
    [Decimal(0), Decimal("0.00001"), Decimal("-0.00001"), Decimal("0.01"), Decimal("-0.01"), Decimal(5)]
)
PARCELS = st.lists(
    st.tuples(
        AREAS, PRICES, NEAR, st.sampled_from(["auction", "agreement"]), st.sampled_from([1, 3, 4, Decimal("0.7")])
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=150)
@given(PARCELS)
def test_prices_at_their_very_limit_are_judged_as_by_exact_numbers(drawn: list[Any]) -> None:
    parcels = []
    for number, (area, price, near, method, factor) in enumerate(drawn):
        exact = area * price * (Decimal("0.7") if method == "agreement" else 1) + near
        parcels.append(
            {
                "parcel_id": f"P{number}",
                "supply_method": method,
                "area_sqm": area,
                "min_price_cny_sqm": price,
                "benchmark_price_cny_sqm": price,
                "total_price_cny": max(exact, Decimal(0)),
                "developed_area_sqm": area,
                "should_develop_area_sqm": area * factor,
                "invested_cny": area,
                "total_invest_cny": area * factor,
            }
        )
    dossier = {
        "meta": {"dossier_id": "D", "as_of_date": "2023-06-30"},
        "zone": {"zone_id": "Z", "level": "national"},
        "parcels": parcels,
    }
    found = check(measured(), loaded(dossier))
    with pytest.MonkeyPatch.context() as patch, exactly(patch):
        assert check(measured(), loaded(dossier)) == found
    judged = {(each.rule, each.subject.id): each.verdict for each in found.findings}
    for each in parcels:
        if each["supply_method"] == "auction":
            is_low = each["total_price_cny"] < each["min_price_cny_sqm"] * each["area_sqm"]
            assert (("R1.1-07", each["parcel_id"]) in judged) is is_low


@settings(deadline=None, max_examples=100)
@given(st.lists(AMOUNTS, min_size=1, max_size=40), NEAR)
def test_a_sum_at_its_very_limit_is_the_exact_sum(amounts: list[Decimal], near: Decimal) -> None:
    limit = Decimal(50_000_000_000)
    last = limit - sum(amounts) + near
    if last < 0:
        amounts, last = [Decimal("0.1")] * 9, limit - Decimal("0.9") + near
    prices = [*amounts, last]
    declared = {"complete": True, "as_of": "2023-06-30", "count": len(prices), "signatory": "某局"}
    dossier = {
        "meta": {"dossier_id": "D", "as_of_date": "2023-06-30", "completeness": {"parcels": declared}},
        "zone": {"zone_id": "Z", "level": "national"},
        "parcels": [{"parcel_id": f"P{n}", "total_price_cny": price} for n, price in enumerate(prices)],
    }
    found = {each.rule: each.verdict for each in check(measured(), loaded(dossier)).findings if each.subject.id == "Z"}
    assert found.get("R1.1-20") is (Verdict.VIOLATION if sum(prices) > limit else None)


# --- anniversaries ----------------------------------------------------------------------------------------------------

DAYS = st.dates(date(1949, 1, 1), date(2200, 12, 31))


@settings(max_examples=1_000)
@given(DAYS, st.sampled_from([0, 1, 2, 6, 11, 12, 13, 24, 600]), st.booleans(), st.integers(-5, 5))
def test_the_day_on_which_an_anniversary_turns_is_found(limit: date, months: int, beyond: bool, near: int) -> None:
    first, last = turning(limit, months, beyond=beyond)
    assert first is not None
    assert last is not None
    day = first + timedelta(near)
    anniversary = months_after(day, months)
    assert (day >= first) is (anniversary > limit if beyond else anniversary >= limit)
    assert months_after(last, months) is not UNKNOWN
    assert last == date.max or months_after(last + timedelta(1), months) is UNKNOWN


def test_where_no_day_is_the_first_none_is_given() -> None:
    assert turning(date.max, 12, beyond=True) == (None, None)
    assert turning(date(1, 1, 2), 12, beyond=False) == (None, None)
    assert turning(date(2024, 1, 1), UNKNOWN, beyond=False) == (None, None)
    assert turning(date(2024, 1, 1), Decimal("0.5"), beyond=False) == (None, None)
