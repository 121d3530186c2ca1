"""Working days by the State Council's arrangements of public holidays: the only module that knows chinesecalendar.

A day outside the years that the library knows may be a working day or not, so that a count over it lies within
bounds. So may the last days of its last year: the arrangement of the year to come may move them.

The library was held against another one (holidays 0.109) for every day from 2004 to 2026. They differ on one, the
Saturday 2005-12-31, which the notice for 2006 has worked and this library not; so its years before 2006 are not used.
"""

from bisect import bisect_right
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

from checker.classes import dataclass
from checker.values import NUMBERS, UNKNOWN, Value, bounds, spanning

FIRST_SETTLED = date(2006, 1, 1)
LAST_SETTLED = (12, 24)
"""The last day of a year that no arrangement of the next year has ever moved (the earliest was a 29 December)."""

SATURDAY = 5
MOST_DAYS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calendar:
    """The days of which it is known whether they are worked; all days are ordinals.

    `before[n]` is how many of the first n days are worked, `worked` are those days.
    """

    first: int
    last: int
    before: tuple[int, ...]
    worked: tuple[int, ...]


@cache
def _calendar() -> _Calendar:
    from chinese_calendar.constants import holidays, workdays  # noqa: PLC0415  (only rules with deadlines need it)

    first, last = FIRST_SETTLED, date(max(holidays).year, *LAST_SETTLED)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    is_worked = [day in workdays or (day.weekday() < SATURDAY and day not in holidays) for day in days]
    return _Calendar(
        first=first.toordinal(),
        last=last.toordinal(),
        before=(0, *accumulate(is_worked)),
        worked=tuple(day.toordinal() for day, worked in zip(days, is_worked, strict=True) if worked),
    )


def last_settled() -> date:
    """Give the last day of which it is known whether it is worked."""
    return date.fromordinal(_calendar().last)


def workdays_inclusive(start: Value, end: Value) -> Value:
    """Give the number of working days from *start* to *end*, both included; none where *end* comes first."""
    (start_low, start_high), (end_low, end_high) = bounds(start), bounds(end)
    return spanning(
        None if start_high is None or end_low is None else _count(start_high, end_low)[0],
        None if start_low is None or end_high is None else _count(start_low, end_high)[1],
    )


def _count(start: date, end: date) -> tuple[int, int]:
    """Give how many working days there are at least and at most."""
    calendar, first, last = _calendar(), start.toordinal(), end.toordinal()
    low, high = max(first, calendar.first), min(last, calendar.last)
    known = calendar.before[high + 1 - calendar.first] - calendar.before[low - calendar.first] if low <= high else 0
    return known, known + max(last - first + 1, 0) - max(high - low + 1, 0)


def workdays_after(start: Value, number: Value) -> Value:
    """Give the working day that is the *number*-th after *start*, which itself does not count."""
    if number.__class__ not in NUMBERS or number != int(number) or not 1 <= number <= MOST_DAYS:
        return UNKNOWN
    low, high = bounds(start)
    return spanning(low and _earliest(low, int(number)), high and _latest(high, int(number)))


def _earliest(start: date, number: int) -> date | None:
    """Give the day if every day of which nothing is known is worked; `None` beyond the calendar."""
    calendar, day = _calendar(), start.toordinal()
    unknown = min(max(calendar.first - 1 - day, 0), number)
    day, number = day + unknown, number - unknown
    position = bisect_right(calendar.worked, day) + number - 1
    if number > 0 and position < len(calendar.worked):
        day = calendar.worked[position]
    elif number > 0:
        day = max(day, calendar.last) + position - len(calendar.worked) + 1
    return date.fromordinal(day) if day <= date.max.toordinal() else None


def _latest(start: date, number: int) -> date | None:
    """Give the day if no day of which nothing is known is worked; `None` if then nobody knows."""
    worked = _calendar().worked
    position = bisect_right(worked, start.toordinal()) + number - 1
    return date.fromordinal(worked[position]) if position < len(worked) else None
