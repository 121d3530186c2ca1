"""Working days: the State Council's arrangements as printed, their edges, and what nobody knows yet."""

import json
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.reading import Kleene, Span, after_work, worked
from test_values import Case, holds, vaguer

from checker.language.parsing import ExpressionError, parse
from checker.language.wording import Wording
from checker.values import UNKNOWN, Range, Value, bounds, day
from checker.workdays import workdays_after, workdays_inclusive

EXAMPLES = Path(__file__).parents[1] / "examples"

# --- the arrangements as the notices of the General Office print them ------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-09-27", "2024-10-12", 8),  # 27, 29 (a Sunday), 30; then 8 to 11 and 12 (a Saturday): 国庆 is 1 to 7
        ("2024-10-01", "2024-10-07", 0),
        ("2024-09-28", "2024-09-28", 0),  # an ordinary Saturday
        ("2024-09-29", "2024-09-29", 1),  # 补班
        ("2024-10-12", "2024-10-12", 1),  # 补班
        ("2024-10-13", "2024-10-13", 0),
        ("2025-01-26", "2025-02-08", 6),  # 26 (a Sunday), 27, 春节 28 to 4, 5, 6, 7, 8 (a Saturday)
        ("2025-01-28", "2025-02-04", 0),
        ("2020-01-24", "2020-02-02", 0),  # the Spring Festival that was prolonged
        ("2020-02-03", "2020-02-03", 1),
        ("2020-01-31", "2020-02-01", 0),  # a Friday, and a Saturday that was to be worked until it was prolonged
        ("2018-12-29", "2019-01-01", 1),  # a Saturday worked for a Monday of the same year
        ("2025-06-02", "2025-06-02", 0),  # 端午
        ("2023-05-06", "2023-05-06", 1),
        ("2024-12-30", "2024-12-30", 1),
        ("2024-12-30", "2024-12-29", 0),  # nothing between
        ("2024-12-30", "2020-01-01", 0),
    ],
)
def test_working_days_between_two_days(first: str, last: str, expected: int) -> None:
    assert workdays_inclusive(day(first), day(last)) == expected


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        ("2024-09-27", 1, "2024-09-29"),
        ("2024-09-30", 1, "2024-10-08"),
        ("2024-09-30", 5, "2024-10-12"),
        ("2024-10-12", 1, "2024-10-14"),
        ("2025-01-27", 1, "2025-02-05"),
        ("2025-01-24", 2, "2025-01-27"),
        ("2024-05-10", 1, "2024-05-11"),
        ("2024-07-01", 60, "2024-09-24"),  # 16 and 17 September are 中秋, 14 September is worked for one of them
    ],
)
def test_the_nth_working_day_after_a_day(start: str, number: int, expected: str) -> None:
    assert workdays_after(day(start), number) == day(expected)
    assert workdays_inclusive(date.fromisoformat(start) + timedelta(days=1), day(expected)) == number


# --- days of which nothing is known, or not all ----------------------------------------------------------------------


def test_a_day_outside_the_known_years_may_be_worked_or_not() -> None:
    assert workdays_inclusive(date(2005, 12, 31), date(2006, 1, 4)) == Range(1, 2)
    assert workdays_inclusive(date(1990, 1, 1), date(1990, 1, 10)) == Range(0, 10)
    assert workdays_inclusive(date(2040, 1, 1), date(2040, 1, 10)) == Range(0, 10)
    assert workdays_inclusive(date(2026, 12, 24), date(2026, 12, 28)) == Range(1, 5)
    assert workdays_inclusive(date.min, date.max).low == workdays_inclusive(date(2006, 1, 1), date(2026, 12, 24))


def test_the_last_week_of_the_last_known_year_is_not_settled() -> None:
    """The notice of a year may have the last days of December before it worked, or not."""
    assert workdays_inclusive(date(2026, 12, 24), date(2026, 12, 24)) == 1
    assert workdays_inclusive(date(2026, 12, 25), date(2026, 12, 25)) == Range(0, 1)


def test_the_nth_working_day_outside_the_known_years_lies_within_bounds() -> None:
    assert workdays_after(date(2026, 12, 23), 1) == date(2026, 12, 24)
    assert workdays_after(date(2026, 12, 24), 1) == Range(date(2026, 12, 25), None)
    assert workdays_after(date(2026, 12, 22), 5) == Range(date(2026, 12, 27), None)
    assert workdays_after(date(2040, 1, 1), 10) == Range(date(2040, 1, 11), None)
    assert workdays_after(date(2005, 12, 30), 1) == Range(date(2005, 12, 31), date(2006, 1, 4))
    assert workdays_after(date(2005, 12, 30), 2) == Range(date(2006, 1, 4), date(2006, 1, 5))
    assert workdays_after(date(1990, 1, 1), 3) == Range(date(1990, 1, 4), date(2006, 1, 6))
    assert workdays_after(date.max, 1) is UNKNOWN


def test_a_month_gives_bounds() -> None:
    assert workdays_inclusive(day("2024-10"), day("2024-10-31")) == Range(1, 19)
    assert workdays_inclusive(day("2024-09-30"), day("2024-10")) == Range(1, 20)
    assert workdays_after(day("2024-10"), 1) == Range(date(2024, 10, 8), date(2024, 11, 1))
    assert workdays_inclusive(Range(None, date(2024, 9, 30)), date(2024, 10, 8)) == Range(2, None)
    assert workdays_after(Range(None, date(2024, 9, 30)), 1) == Range(None, date(2024, 10, 8))


@pytest.mark.parametrize("nothing", [None, UNKNOWN])
def test_of_a_day_that_is_none_or_not_known_nothing_is_known(nothing: Value) -> None:
    assert workdays_inclusive(nothing, nothing) is UNKNOWN
    assert workdays_inclusive(date(2024, 1, 1), nothing) is UNKNOWN
    assert workdays_after(nothing, 5) is UNKNOWN
    assert workdays_after(date(2024, 1, 1), nothing) is UNKNOWN


@pytest.mark.parametrize("number", [0, -1, Decimal("0.5"), Fraction(1, 3), 10**9, Range(1, 2)])
def test_only_a_whole_number_of_working_days_leads_to_a_day(number: Value) -> None:
    assert workdays_after(date(2024, 1, 1), number) is UNKNOWN


# --- against a walk from day to day ----------------------------------------------------------------------------------

SOME_DAYS = st.dates(date(2005, 6, 1), date(2027, 6, 30))
VAGUE_DAYS = vaguer(SOME_DAYS, lambda value, by: value + timedelta(days=by))


def plain(value: Value) -> tuple[object, object]:
    low, high = bounds(value)
    return low and low.toordinal(), high and high.toordinal()


@given(SOME_DAYS, st.integers(0, 900))
@settings(max_examples=60, deadline=None)
def test_a_count_is_what_a_walk_counts(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    ordinals = first.toordinal(), last.toordinal()
    expected = Span(worked(*ordinals, at_least=Kleene.TRUE), worked(*ordinals, at_least=Kleene.UNKNOWN))
    assert bounds(workdays_inclusive(first, last)) == (expected.low, expected.high)


@given(SOME_DAYS, st.integers(1, 90))
@settings(max_examples=60, deadline=None)
def test_a_deadline_is_where_a_walk_ends(start: date, number: int) -> None:
    low, high = plain(workdays_after(start, number))
    assert low == after_work(start.toordinal(), number, at_least=Kleene.UNKNOWN)
    assert high in {after_work(start.toordinal(), number, at_least=Kleene.TRUE), None}


@given(first=VAGUE_DAYS, last=VAGUE_DAYS, number=st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_vaguer_days_leave_room_for_the_exact_answer(first: Case, last: Case, number: int) -> None:
    for vague, exact in (
        (workdays_inclusive(first[1], last[1]), workdays_inclusive(first[0], last[0])),
        (workdays_after(first[1], number), workdays_after(first[0], number)),
    ):
        for end in bounds(exact):
            assert end is None or holds(vague, end)


# --- in a rule -------------------------------------------------------------------------------------------------------


def test_working_days_are_not_days() -> None:
    from test_language import PARCEL  # noqa: PLC0415 - a scope, not the tests beside it

    read = Wording(subject="宗地", lets={}, figures={}).read
    deadline = parse("as_of > workdays_after(contract_signed_on, 60)", PARCEL)
    assert read(deadline) == "检查基准日 晚于 合同签订日期之后满60个工作日之日（按国务院节假日安排）"
    count = parse("workdays_inclusive(contract_signed_on, as_of) < 10", PARCEL)
    assert read(count) == "合同签订日期至检查基准日的工作日数（首尾均计，按国务院节假日安排） 小于 10个工作日"
    with pytest.raises(ExpressionError, match="单位不同：workdays 与 days"):
        parse("workdays_inclusive(contract_signed_on, as_of) < days_inclusive(contract_signed_on, as_of)", PARCEL)


def test_a_check_that_needs_no_calendar_does_not_load_one(tmp_path: Path) -> None:
    dossier = json.loads((EXAMPLES / "dossier.json").read_text(encoding="utf-8"))
    del dossier["parcels"], dossier["claims"]
    (tmp_path / "dossier.json").write_text(json.dumps(dossier, ensure_ascii=False), encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from checker.site import Site; site = Site.load(None, examples=False);"
        "site.check(Path(sys.argv[1]), None, 'inspection');"
        "print(sorted({'chinese_calendar', 'shapely', 'numpy'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "dossier.json")]
    told = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert told.stdout.strip() == "[]"
