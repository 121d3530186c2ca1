"""Arithmetic and comparison in an open world: the corner cases, and that less knowledge never decides otherwise."""

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import values
from checker.model import Truth
from checker.values import UNKNOWN, Range, Value, bounds, day

D = Decimal
FIVE, TEN = D(5), D(10)
AT_LEAST_FIVE, AT_MOST_FIVE, FIVE_TO_TEN = Range(FIVE, None), Range(None, FIVE), Range(FIVE, TEN)
APRIL = day("2021-04")

# --- the table of decisions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("compare", [values.less, values.at_most])
@pytest.mark.parametrize("other", [None, UNKNOWN, FIVE, AT_LEAST_FIVE, date(2021, 4, 3)])
def test_null_has_no_order(compare: Callable[[Value, Value], Truth], other: Value) -> None:
    assert compare(None, other) is None
    assert compare(other, None) is None


@pytest.mark.parametrize("calculate", [values.add, values.subtract, values.multiply, values.divide])
@pytest.mark.parametrize("other", [None, UNKNOWN, FIVE])
def test_null_and_the_unknown_do_not_calculate(calculate: Callable[[Value, Value], Value], other: Value) -> None:
    for nothing in (None, UNKNOWN):
        assert calculate(nothing, other) is UNKNOWN
        assert calculate(other, nothing) is UNKNOWN


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("甲", "甲", True),
        ("甲", "乙", False),
        (None, "甲", False),
        ("甲", None, False),
        (None, None, False),  # nobody is not the same as nobody
        (None, UNKNOWN, False),
        (UNKNOWN, None, False),
        (UNKNOWN, "甲", None),
        (UNKNOWN, UNKNOWN, None),
        (D("5.0"), 5, True),
        (FIVE_TO_TEN, D(7), None),
        (FIVE_TO_TEN, D(5), None),
        (FIVE_TO_TEN, D(10), None),
        (FIVE_TO_TEN, D(11), False),
        (D(4), FIVE_TO_TEN, False),
        (FIVE_TO_TEN, FIVE_TO_TEN, None),
        (AT_LEAST_FIVE, D(4), False),
        (AT_MOST_FIVE, D(6), False),
        (AT_MOST_FIVE, AT_LEAST_FIVE, None),
        (APRIL, date(2021, 5, 1), False),
        (APRIL, date(2021, 4, 1), None),
        (None, APRIL, False),
        (UNKNOWN, APRIL, None),
    ],
)
def test_equality_with_null_is_decided(left: Value, right: Value, expected: Truth) -> None:
    assert values.same(left, right) is expected


@pytest.mark.parametrize(
    ("value", "members", "expected"),
    [
        ("甲", frozenset({"甲"}), True),
        ("乙", frozenset({"甲"}), False),
        (None, frozenset({"甲"}), False),
        (UNKNOWN, frozenset({"甲"}), None),
        ("甲", None, False),
        ("甲", UNKNOWN, None),
        (None, UNKNOWN, False),
        (UNKNOWN, None, False),
        ("甲", ["乙", "甲"], True),
        ("甲", [], False),
    ],
)
def test_membership(value: Value, members: Value, expected: Truth) -> None:
    assert values.member(value, members) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [(None, True), (UNKNOWN, None), (0, False), ("", False), (False, False), (APRIL, False)]
)
def test_is_none(value: Value, expected: Truth) -> None:
    assert values.is_none(value) is expected


@pytest.mark.parametrize(("value", "expected"), [(None, False), (UNKNOWN, None), (True, True), (False, False)])
def test_null_as_a_yes_or_no_is_no(value: Value, expected: Truth) -> None:
    assert values.yes(value) is expected


@pytest.mark.parametrize(
    ("left", "right", "is_less", "is_at_most"),
    [
        (D(4), FIVE, True, True),
        (FIVE, FIVE, False, True),
        (D(6), FIVE, False, False),
        (D(4), FIVE_TO_TEN, True, True),
        (FIVE, FIVE_TO_TEN, None, True),
        (TEN, FIVE_TO_TEN, False, None),
        (D(11), FIVE_TO_TEN, False, False),
        (FIVE_TO_TEN, FIVE, False, None),
        (FIVE_TO_TEN, TEN, None, True),
        (FIVE_TO_TEN, FIVE_TO_TEN, None, None),
        (AT_LEAST_FIVE, FIVE, False, None),
        (AT_LEAST_FIVE, D(4), False, False),
        (AT_LEAST_FIVE, TEN, None, None),
        (AT_MOST_FIVE, FIVE, None, True),
        (AT_MOST_FIVE, D(6), True, True),
        (UNKNOWN, FIVE, None, None),
        (APRIL, date(2021, 5, 1), True, True),
        (APRIL, date(2021, 4, 30), None, True),
        (APRIL, date(2021, 4, 1), False, None),
        (date(2021, 3, 31), APRIL, True, True),
    ],
)
def test_bounds_decide_a_comparison_or_leave_it_open(
    left: Value, right: Value, is_less: Truth, is_at_most: Truth
) -> None:
    assert values.less(left, right) is is_less
    assert values.at_most(left, right) is is_at_most
    assert values.negation(values.at_most(right, left)) is is_less
    assert values.negation(values.less(right, left)) is is_at_most


@pytest.mark.parametrize(
    ("calculate", "left", "right", "expected"),
    [
        (values.add, FIVE_TO_TEN, D(1), Range(D(6), D(11))),
        (values.add, AT_LEAST_FIVE, AT_LEAST_FIVE, Range(TEN, None)),
        (values.add, AT_LEAST_FIVE, AT_MOST_FIVE, UNKNOWN),
        (values.add, AT_LEAST_FIVE, UNKNOWN, UNKNOWN),
        (values.subtract, FIVE_TO_TEN, FIVE_TO_TEN, Range(D(-5), FIVE)),
        (values.subtract, TEN, AT_LEAST_FIVE, Range(None, FIVE)),
        (values.subtract, TEN, AT_MOST_FIVE, Range(FIVE, None)),
        (values.multiply, FIVE_TO_TEN, D(2), Range(TEN, D(20))),
        (values.multiply, D(-2), FIVE_TO_TEN, Range(D(-20), D(-10))),
        (values.multiply, Range(D(-1), D(2)), Range(D(-3), D(1)), Range(D(-6), D(3))),
        (values.multiply, AT_LEAST_FIVE, D(2), Range(TEN, None)),
        (values.multiply, D(2), AT_MOST_FIVE, Range(None, TEN)),
        (values.multiply, AT_LEAST_FIVE, D(-2), UNKNOWN),
        (values.multiply, AT_LEAST_FIVE, D(0), UNKNOWN),
        (values.multiply, AT_LEAST_FIVE, AT_LEAST_FIVE, UNKNOWN),
        (values.divide, TEN, FIVE, D(2)),
        (values.divide, FIVE_TO_TEN, FIVE, Range(D(1), D(2))),
        (values.divide, TEN, FIVE_TO_TEN, Range(D(1), D(2))),
        (values.divide, AT_LEAST_FIVE, FIVE, Range(D(1), None)),
        (values.divide, D(-10), Range(D(-5), D(-2)), Range(D(2), FIVE)),
        (values.divide, FIVE, D(0), UNKNOWN),
        (values.divide, D(0), D(0), UNKNOWN),
        (values.divide, FIVE, Range(D(-1), D(1)), UNKNOWN),
        (values.divide, FIVE, Range(D(0), D(1)), UNKNOWN),
        (values.divide, FIVE, Range(D(-1), D(0)), UNKNOWN),
        (values.divide, FIVE, AT_LEAST_FIVE, UNKNOWN),
        (values.divide, UNKNOWN, FIVE, UNKNOWN),
    ],
)
def test_bounds_go_through_arithmetic(
    calculate: Callable[[Value, Value], Value], left: Value, right: Value, expected: Value
) -> None:
    assert calculate(left, right) == expected


def test_arithmetic_is_exact() -> None:
    with localcontext(values.EXACT):
        assert values.add(D("0.1"), D("0.2")) == D("0.3")
        assert values.multiply(values.divide(1, 3), 3) == 1
        assert values.multiply(3, values.divide(D(1), D(3))) == 1
        assert values.add(values.divide(1, 3), D("0.1")) == Fraction(13, 30)
        assert values.subtract(D("0.1"), values.divide(1, 3)) == Fraction(-7, 30)
        assert values.same(values.divide(1, 4), D("0.25")) is True
        assert values.less(values.divide(1, 3), D("0.3333333333333333333333")) is False
        assert values.multiply(D("99999999999999.99"), D("99999999999999.99")) == D("9999999999999998000000000000.0001")
        assert values.divide(D("0.1"), D("0.3")) == Fraction(1, 3)


def test_a_range_whose_ends_meet_is_a_value_and_one_without_ends_is_unknown() -> None:
    assert values.spanning(FIVE, D("5.00")) == FIVE
    assert values.spanning(None, None) is UNKNOWN
    assert values.spanning(None, FIVE) == AT_MOST_FIVE
    assert values.negative(FIVE_TO_TEN) == Range(D(-10), D(-5))
    assert values.negative(AT_LEAST_FIVE) == Range(None, D(-5))
    assert values.negative(None) is UNKNOWN


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "2021-4", "2021-13", "2021-02-29", "0000", "２０２１", "2021-04-03\n", " 2021", "20210403", "2021-04-00"],
)
def test_what_is_not_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        day(text)


def test_a_month_and_a_year_are_ranges_of_days() -> None:
    assert day("2021-04-03") == date(2021, 4, 3)
    assert day("2020-02") == Range(date(2020, 2, 1), date(2020, 2, 29))
    assert day("2021") == Range(date(2021, 1, 1), date(2021, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 2, 29), 48, date(2024, 2, 29)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2021, 1, 31), 2, date(2021, 3, 31)),
        (date(2021, 12, 15), 1, date(2022, 1, 15)),
        (date(2021, 1, 15), -1, date(2020, 12, 15)),
        (date(2021, 1, 15), D("1.0"), date(2021, 2, 15)),
        (date(2021, 1, 15), D("0.5"), UNKNOWN),
        (date(2021, 1, 15), Fraction(1, 3), UNKNOWN),
        (date(2021, 1, 15), 0, date(2021, 1, 15)),
        (date(9999, 12, 1), 1, UNKNOWN),
        (date(1, 1, 1), -1, UNKNOWN),
        (date(2021, 1, 15), 10**12, UNKNOWN),
        (date(2021, 1, 15), UNKNOWN, UNKNOWN),
        (date(2021, 1, 15), None, UNKNOWN),
        (date(2021, 1, 15), FIVE_TO_TEN, UNKNOWN),
        (None, 1, UNKNOWN),
        (UNKNOWN, 1, UNKNOWN),
        (APRIL, 1, Range(date(2021, 5, 1), date(2021, 5, 30))),
        (Range(None, date(2021, 4, 30)), 12, Range(None, date(2022, 4, 30))),
    ],
)
def test_anniversaries(start: Value, months: Value, expected: Value) -> None:
    assert values.months_after(start, months) == expected


def test_years_are_twelve_months_each() -> None:
    assert values.years_after(date(2020, 2, 29), 1) == date(2021, 2, 28)
    assert values.years_after(date(2016, 2, 29), 4) == date(2020, 2, 29)
    assert values.years_after(date(2014, 10, 30), D(5)) == date(2019, 10, 30)
    assert values.years_after(date(2014, 10, 30), D("0.5")) == date(2015, 4, 30)
    assert values.years_after(date(2014, 10, 30), UNKNOWN) is UNKNOWN
    assert values.years_after(date(2014, 10, 30), None) is UNKNOWN


def test_days_are_counted_with_and_without_the_first() -> None:
    monday, friday = date(2016, 5, 9), date(2016, 5, 13)
    assert values.days_inclusive(monday, friday) == 5
    assert values.days_between(monday, friday) == 4
    assert values.days_inclusive(friday, monday) == -3
    assert values.days_inclusive(date(2021, 4, 30), day("2021-05")) == Range(2, 32)
    assert values.days_inclusive(day("2021-05"), date(2021, 5, 31)) == Range(1, 31)
    assert values.days_inclusive(None, friday) is UNKNOWN
    assert values.days_inclusive(UNKNOWN, friday) is UNKNOWN
    assert values.days_inclusive(Range(None, monday), friday) == Range(5, None)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (None, False),
        (UNKNOWN, None),
        (date(2021, 4, 3), True),
        (date(2021, 4, 4), False),
        (day("2021-03"), True),
        (day("2021-04"), None),
        (day("2021-05"), False),
    ],
)
def test_happened(event: Value, expected: Truth) -> None:
    assert values.happened(event, date(2021, 4, 3)) is expected


# --- sums, counts, choices ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "loose", "whole", "floor", "expected"),
    [
        (FIVE, [], True, 0, FIVE),
        (FIVE, [], False, 0, AT_LEAST_FIVE),
        (FIVE, [], False, D("0.01"), AT_LEAST_FIVE),
        (FIVE, [], False, -1, UNKNOWN),  # who knows what reversals are missing
        (FIVE, [], False, None, UNKNOWN),
        (0, [(UNKNOWN, True)], True, 0, Range(0, None)),
        (0, [(UNKNOWN, True)], True, None, UNKNOWN),
        (FIVE, [(UNKNOWN, True)], True, 2, Range(D(7), None)),
        (FIVE, [(UNKNOWN, False)], True, 2, AT_LEAST_FIVE),
        (FIVE, [(UNKNOWN, False)], True, -2, Range(D(3), None)),
        (FIVE, [(D(3), False)], True, 0, Range(FIVE, D(8))),
        (FIVE, [(D(-3), False)], True, -9, Range(D(2), FIVE)),
        (FIVE, [(FIVE_TO_TEN, True)], True, 0, Range(TEN, D(15))),
        (FIVE, [(FIVE_TO_TEN, False)], True, 0, Range(FIVE, D(15))),
        (FIVE, [(Range(D(-2), D(3)), False)], True, None, Range(D(3), D(8))),
        (FIVE, [(D(3), False)], False, 0, AT_LEAST_FIVE),
        (FIVE, [(AT_LEAST_FIVE, True), (D(1), False)], True, 0, Range(TEN, None)),
        (0, [(Fraction(1, 3), True)], True, 0, Fraction(1, 3)),
    ],
)
def test_sums(total: Value, loose: list[tuple[Value, bool]], whole: bool, floor: Value, expected: Value) -> None:
    assert values.summed(total, loose, whole=whole, floor=floor) == expected


def test_counts() -> None:
    assert values.counted(2, 0, whole=True) == 2
    assert values.counted(2, 3, whole=True) == Range(2, 5)
    assert values.counted(2, 3, whole=False) == Range(2, None)
    assert values.counted(0, 0, whole=False) == Range(0, None)


@pytest.mark.parametrize(
    ("condition", "first", "second", "expected"),
    [
        (True, "甲", "乙", "甲"),
        (False, "甲", "乙", "乙"),
        (True, None, "乙", None),
        (False, "甲", UNKNOWN, UNKNOWN),
        (None, "甲", "乙", UNKNOWN),
        (None, "甲", "甲", "甲"),
        (None, D("5.0"), 5, D("5.0")),
        (None, None, None, None),
        (None, None, "甲", UNKNOWN),
        (None, "甲", None, UNKNOWN),
        (None, UNKNOWN, UNKNOWN, UNKNOWN),
        (None, FIVE_TO_TEN, FIVE_TO_TEN, UNKNOWN),  # the same bounds need not be the same number
        (True, FIVE_TO_TEN, FIVE, FIVE_TO_TEN),
    ],
)
def test_choices(condition: Truth, first: Value, second: Value, expected: Value) -> None:
    assert values.choose(condition, first, second) == expected


@pytest.mark.parametrize("condition", [True, False, None])
def test_a_choice_of_truths_is_a_truth(condition: Truth) -> None:
    for first, second in itertools.product((True, False, None), repeat=2):
        written_out = values.disjunction(
            (
                values.conjunction((condition, first)),
                values.conjunction((values.negation(condition), second)),
                values.conjunction((first, second)),
            )
        )
        assert values.either(condition, first, second) is written_out


def test_if_none_replaces_null_only() -> None:
    assert values.if_none(None, FIVE) is FIVE
    assert values.if_none(UNKNOWN, FIVE) is UNKNOWN
    assert values.if_none(TEN, FIVE) is TEN
    assert values.if_none(FIVE_TO_TEN, FIVE) is FIVE_TO_TEN
    assert values.if_none(None, UNKNOWN) is UNKNOWN


def test_between() -> None:
    assert values.between(FIVE, TEN) == FIVE_TO_TEN
    assert values.between(FIVE, FIVE) == FIVE
    assert values.between(FIVE_TO_TEN, Range(D(12), D(20))) == Range(FIVE, D(20))
    assert values.between(FIVE, UNKNOWN) == AT_LEAST_FIVE
    assert values.between(None, FIVE) == AT_MOST_FIVE
    assert values.between(UNKNOWN, None) is UNKNOWN
    assert values.between(TEN, FIVE) is UNKNOWN  # nothing lies there


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("返还土地出让金", {"出让金", "地价"}, True),
        ("道路工程款", {"出让金", "地价"}, False),
        (None, {"地价"}, False),
        (UNKNOWN, {"地价"}, None),
        ("地价", [], False),
        ("地价", None, False),
        ("地价", UNKNOWN, None),
        (None, UNKNOWN, False),
        (UNKNOWN, None, False),
    ],
)
def test_mentions(text: Value, words: Value, expected: Truth) -> None:
    assert values.mentions(text, words) is expected


def test_ranks() -> None:
    order = ("township", "county", "province")
    assert values.below("county", "province", order) is True
    assert values.below("county", "county", order) is False
    assert values.below("province", "county", order) is False
    for nobody in (None, UNKNOWN, "village"):
        assert values.below(nobody, "county", order) is None
        assert values.below("county", nobody, order) is None


def test_a_list_of_texts_is_one_value() -> None:
    assert values.size(["日本", "韩国"]) == 2
    assert values.size([]) == 0
    assert values.size(None) == 0
    assert values.size(UNKNOWN) is UNKNOWN


KLEENE: list[tuple[Truth, Truth, Truth, Truth]] = [
    (True, True, True, True),
    (True, False, False, True),
    (True, None, None, True),
    (False, False, False, False),
    (False, None, False, None),
    (None, None, None, None),
]


@pytest.mark.parametrize(("one", "other", "both", "any_of_them"), KLEENE)
def test_kleene_logic(one: Truth, other: Truth, both: Truth, any_of_them: Truth) -> None:
    for pair in ((one, other), (other, one)):
        assert values.conjunction(pair) is both
        assert values.disjunction(pair) is any_of_them
    assert values.conjunction(()) is True
    assert values.disjunction(()) is False


# --- less knowledge never decides otherwise -------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(-20, 20),
    st.decimals(-20, 20, places=2),
    st.fractions(-20, 20, max_denominator=7),
)
DAYS = st.dates(date(2015, 1, 1), date(2022, 12, 31))
Case = tuple[Any, Any]


def vaguer(strategy: st.SearchStrategy[Any], step: Callable[[Any, int], Any]) -> st.SearchStrategy[Case]:
    """Draw a value with something that may stand in its place: itself, a range that holds it, or unknown."""

    def blur(value: Any, low: int | None, high: int | None) -> Any:
        return values.spanning(None if low is None else step(value, -low), None if high is None else step(value, high))

    margin = st.none() | st.integers(0, 30)
    return strategy.flatmap(
        lambda value: st.tuples(st.just(value), st.just(value) | st.builds(blur, st.just(value), margin, margin))
    )


NUMBER_CASES = vaguer(NUMBERS, lambda value, by: value + by)
DAY_CASES = vaguer(DAYS, lambda value, by: value + timedelta(days=by))
COMPARISONS = [values.less, values.at_most, values.same]
CALCULATIONS = [values.add, values.subtract, values.multiply, values.divide]


def holds(vague: Value, exact: Value) -> bool:
    """Say whether what is known of a value leaves room for what it is."""
    if exact is UNKNOWN:
        return vague is UNKNOWN
    low, high = bounds(vague)
    return (low is None or low <= exact) and (high is None or exact <= high)


@pytest.mark.parametrize("compare", COMPARISONS)
@given(pair=st.tuples(NUMBER_CASES, NUMBER_CASES) | st.tuples(DAY_CASES, DAY_CASES))
@settings(max_examples=200, deadline=None)
def test_a_vaguer_operand_leaves_a_comparison_decided_as_it_was_or_open(
    compare: Callable[[Value, Value], Truth], pair: tuple[Case, Case]
) -> None:
    (one, vague_one), (other, vague_other) = pair
    exact = compare(one, other)
    assert exact is not None
    assert compare(vague_one, vague_other) in {exact, None}


@pytest.mark.parametrize("calculate", CALCULATIONS)
@given(one=NUMBER_CASES, other=NUMBER_CASES)
@settings(max_examples=200, deadline=None)
def test_a_vaguer_operand_gives_a_result_that_leaves_room_for_the_exact_one(
    calculate: Callable[[Value, Value], Value], one: Case, other: Case
) -> None:
    with localcontext(values.EXACT):
        assert holds(calculate(one[1], other[1]), calculate(one[0], other[0]))


@given(start=DAY_CASES, end=DAY_CASES, months=st.integers(-40, 40))
@settings(max_examples=200, deadline=None)
def test_vaguer_days_leave_room_for_anniversaries_and_lengths(start: Case, end: Case, months: int) -> None:
    assert holds(values.months_after(start[1], months), values.months_after(start[0], months))
    assert holds(values.days_inclusive(start[1], end[1]), values.days_inclusive(start[0], end[0]))
    assert values.happened(start[1], end[0]) in {values.happened(start[0], end[0]), None}


@given(
    rows=st.lists(st.tuples(NUMBER_CASES, st.sampled_from(("certain", "belongs", "does not belong"))), max_size=5),
    unlisted=st.lists(st.integers(0, 9), max_size=3),
    floor=st.sampled_from((0, None)),
)
@settings(max_examples=300, deadline=None)
@pytest.mark.thorough
def test_a_sum_leaves_room_for_what_was_not_listed_or_not_certain(
    rows: list[tuple[Case, str]], unlisted: list[int], floor: int | None
) -> None:
    """The addends may be vague, whether they belong uncertain, and others may be missing altogether."""
    if floor is not None:
        rows = [((abs(exact), values.spanning(abs(exact), None)), belongs) for (exact, _), belongs in rows]
    with localcontext(values.EXACT):
        truly: Value = sum(
            (Fraction(exact) for (exact, _), belongs in rows if belongs != "does not belong"), Fraction(0)
        )
        truly += sum(unlisted)
        loose = [(vague, belongs == "certain") for (_, vague), belongs in rows]
        found = values.summed(0, loose, whole=not unlisted, floor=floor)
        assert holds(found, truly)


@given(NUMBER_CASES, NUMBER_CASES, st.booleans(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_choice_leaves_room_for_what_is_chosen(one: Case, other: Case, condition: bool, known: bool) -> None:
    exact = one[0] if condition else other[0]
    assert holds(values.choose(condition if known else None, one[1], other[1]), exact)


@given(st.lists(st.sampled_from((True, False, None)), max_size=4), st.data())
@settings(max_examples=200, deadline=None)
def test_a_truth_that_becomes_unknown_never_turns_a_junction_over(truths: list[Truth], data: st.DataObject) -> None:
    vaguer_truths = [data.draw(st.sampled_from((truth, None))) for truth in truths]
    for join in (values.conjunction, values.disjunction):
        exact = join(truths)
        if exact is None:
            assert join(vaguer_truths) is None
        else:
            assert join(vaguer_truths) in {exact, None}
