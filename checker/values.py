"""What a value of a dossier can be, and arithmetic and comparison on it in an open world.

A value is known (`str`, `bool`, `int`, `Decimal`, `Fraction`, `date`, a record), `None` (known: there is none),
`UNKNOWN` (the dossier is silent) or a `Range` (known within bounds: a month, a sum over an incomplete list). `None`
has no order: to compare or to calculate with it gives unknown; equality with it is decided. Ranges are this one type
and are handled here alone.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal, DefaultContext, FloatOperation, getcontext
from fractions import Fraction
from functools import lru_cache
from typing import Any

from msgspec import UNSET

from checker.classes import dataclass
from checker.model import Truth

UNKNOWN = UNSET
"""The value of a key that is absent. It is msgspec's own mark, so that a decoded record needs no translation."""

NUMBERS: frozenset[type[Any]] = frozenset({int, Decimal, Fraction})
PLAIN_NUMBERS: frozenset[type[Any]] = frozenset({int, Decimal})
"""The numbers that a dossier holds; Python calculates with them directly. Quotients are exact fractions."""

ORDERED: frozenset[type[Any]] = NUMBERS | {date}
"""What is known and has an order."""

EXACT = Context(prec=100, traps=[each for each, is_set in DefaultContext.traps.items() if is_set] + [FloatOperation])
"""Decimal arithmetic in which no sum or product of a dossier's numbers is rounded, and into which no carrier strays."""

Value = Any
"""Any of the kinds of value named above."""


@dataclass(frozen=True, slots=True)
class Range:
    """A value between `low` and `high`, both included; `None` is an open side.

    >>> Range(Decimal(1), None)
    Range(low=Decimal('1'), high=None)
    """

    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class Listing:
    """What a function reads of a register: the cells of each row, and whether the rows are all there are."""

    rows: Sequence[tuple[Value, ...]]
    whole: bool


ANYTHING = Range(None, None)

CARRIED_DIGITS = 15
"""A *carrier* is the double nearest to a decimal number of at most so many digits.

No other such number has the same one, and they have the order of their numbers: to compare two carriers is to compare
what they carry. To calculate with them is not: for that, and for everything else, `number_of` gives the number.
"""


def number_of(value: Value) -> Value:
    """Give the number that a carrier stands for; anything else as it is.

    >>> number_of(0.1), number_of(1200.0), number_of(None)
    (Decimal('0.1'), 1200, None)
    """
    if value.__class__ is not float:
        return value
    return int(value) if value.is_integer() else Decimal(repr(value))


def refuse_strays() -> None:
    """Raise `RuntimeError` outside of `EXACT`, where a carrier may be compared with a decimal number by mistake."""
    if not getcontext().traps[FloatOperation]:
        raise RuntimeError("no exact context")


def carrier_of(number: Decimal) -> float | None:
    """Give the carrier of a number, if it has one.

    >>> carrier_of(Decimal("0.7")), carrier_of(Decimal(1) / 3)
    (0.7, None)
    """
    _, digits, exponent = number.as_tuple()
    is_carried = len(digits) <= CARRIED_DIGITS and isinstance(exponent, int) and abs(exponent) <= CARRIED_DIGITS
    return float(number) if is_carried else None


def spanning(low: Value, high: Value) -> Value:
    """Give the range from *low* to *high*; the value itself where they are the same, unknown where both are open."""
    if low is None and high is None:
        return UNKNOWN
    if low is not None and low == high:
        return low
    return Range(low, high)


def bounds(value: Value) -> tuple[Value, Value]:
    """Give the lowest and the highest that *value* can be; null and unknown are open on both sides."""
    if value.__class__ is Range:
        return value.low, value.high
    if value is None or value is UNKNOWN:
        return None, None
    return value, value


# --- days -----------------------------------------------------------------------------------------------------------

_MONTH_OR_YEAR = r"([0-9]{4})(?:-([0-9]{2}))?"


def day(text: str) -> date | Range:
    """Read a day, a month or a year (`2021-04-03`, `2021-04`, `2021`); raise `ValueError` for anything else.

    >>> day("2021-04")
    Range(low=datetime.date(2021, 4, 1), high=datetime.date(2021, 4, 30))
    """
    if len(text) == 10 and text[4] == text[7] == "-" and text.isascii():
        return date.fromisoformat(text)
    found = re.fullmatch(_MONTH_OR_YEAR, text)
    if found is None:
        raise ValueError(text)
    year, month = (int(part) if part else None for part in found.groups())
    assert year is not None
    if month is None:
        return Range(date(year, 1, 1), date(year, 12, 31))
    return Range(date(year, month, 1), date(year, month, days_in(year, month)))


def written_day(day: Value) -> str:
    """Write a day as precisely as it is known: `2011-04-03`, `2011-04`, `2011`; empty where it is not known at all.

    Where it is known to lie between two days of different years, both: `2011-12-03/2012-03-07`.
    """
    low, high = bounds(day)
    if low is None:
        return ""
    written: str = low.isoformat()
    if low == high:
        return written
    if low.year != high.year:
        return f"{written}/{high.isoformat()}"
    return written[:7] if low.month == high.month else written[:4]


def days_in(year: int, month: int) -> int:
    """Give how many days a month has; the standard library's calendar takes too long to load for this.

    >>> days_in(2024, 2), days_in(2100, 2), days_in(9999, 12)
    (29, 28, 31)
    """
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def shift_months(start: date, months: int) -> date | None:
    """Give the day *months* later; the last day of the month where there is no such day, `None` beyond the calendar.

    >>> shift_months(date(2020, 2, 29), 12)
    datetime.date(2021, 2, 28)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    if start.day <= 28:  # as every month has
        return date(year, month + 1, start.day)
    return date(year, month + 1, min(start.day, days_in(year, month + 1)))


@lru_cache(maxsize=1_000)
def months_later(months: Value) -> Callable[[Value], Value]:
    """Give the function from a day to its anniversary so many months later; unknown if that is no bearable number."""
    if months.__class__ not in NUMBERS or months != int(months) or abs(months) > 120_000:
        return lambda _: UNKNOWN
    number = int(months)
    years, more = divmod(number, 12)

    def later(start: Value) -> Value:
        if start.__class__ is date:
            if not more:
                try:
                    return start.replace(year=start.year + years)
                except ValueError:  # 29 February, or beyond the calendar
                    pass
            return shift_months(start, number) or UNKNOWN
        low, high = bounds(start)
        return spanning(low and shift_months(low, number), high and shift_months(high, number))

    return later


MORE_THAN_A_CLIP = timedelta(4)
"""No month is four days shorter than another: an anniversary falls less than that before the day of its month."""


@lru_cache(maxsize=1_000)
def turning(limit: date, months: Value, *, beyond: bool) -> tuple[date | None, date | None]:
    """Give the first day whose anniversary so many months later is *limit* or after it, and the last that has one.

    Only after it, with *beyond*. Twice `None` where there is no such day, or not before the calendar.

    >>> turning(date(2023, 2, 28), 12, beyond=False)
    (datetime.date(2022, 2, 28), datetime.date(9998, 12, 31))
    """
    later = months_later(months)
    start = shift_months(limit, -int(months)) if later(limit) is not UNKNOWN and months >= 0 else None
    last = None if start is None else shift_months(date.max, -int(months))
    if start is None or last is None or start - date.min < MORE_THAN_A_CLIP:
        return None, None
    first = start - MORE_THAN_A_CLIP
    while first < last and (later(first) < limit or (beyond and later(first) == limit)):
        first += timedelta(1)
    return (first, last) if first < last else (None, None)


def years_later(years: Value) -> Callable[[Value], Value]:
    """Give the function from a day to its anniversary so many years later, as `months_later` does."""
    return months_later(years * 12 if years.__class__ in NUMBERS else UNKNOWN)


def months_after(start: Value, months: Value) -> Value:
    """Give the anniversary *months* after *start*; a range of days gives a range, an unknown operand unknown."""
    return months_later(months)(start)


def years_after(start: Value, years: Value) -> Value:
    """Give the anniversary *years* after *start*: 29 February falls on 28 February where the year has no such day."""
    return years_later(years)(start)


def days_between(start: Value, end: Value, *, inclusive: int = 0) -> Value:
    """Give the number of days from *start* to *end*; `inclusive=1` counts the first day too."""
    (start_low, start_high), (end_low, end_high) = bounds(start), bounds(end)
    return spanning(
        None if end_low is None or start_high is None else (end_low - start_high).days + inclusive,
        None if end_high is None or start_low is None else (end_high - start_low).days + inclusive,
    )


def days_inclusive(start: Value, end: Value) -> Value:
    """Give the number of days from *start* to *end*, counting both (out on Monday and back on Friday are five)."""
    return days_between(start, end, inclusive=1)


def happened(event: Value, as_of: date) -> Truth:
    """Say whether *event* lies on or before *as_of*; where there is no event, it has not happened."""
    return False if event is None else at_most(event, as_of)


# --- comparison -----------------------------------------------------------------------------------------------------


def less(left: Value, right: Value) -> Truth:
    """Say whether *left* is less than *right*; null has no order."""
    if left.__class__ in ORDERED and right.__class__ in ORDERED:
        return bool(left < right)
    (left_low, left_high), (right_low, right_high) = bounds(left), bounds(right)
    if left_high is not None and right_low is not None and left_high < right_low:
        return True
    if left_low is not None and right_high is not None and left_low >= right_high:
        return False
    return None


def at_most(left: Value, right: Value) -> Truth:
    """Say whether *left* is at most *right*; null has no order."""
    if left.__class__ in ORDERED and right.__class__ in ORDERED:
        return bool(left <= right)
    (left_low, left_high), (right_low, right_high) = bounds(left), bounds(right)
    if left_high is not None and right_low is not None and left_high <= right_low:
        return True
    if left_low is not None and right_high is not None and left_low > right_high:
        return False
    return None


def same(left: Value, right: Value) -> Truth:
    """Say whether two values are equal; null equals nothing, not even null: nobody is not the same as nobody."""
    if left is None or right is None:
        return False
    if left is UNKNOWN or right is UNKNOWN:
        return None
    if left.__class__ is not Range and right.__class__ is not Range:
        return bool(left == right)
    (left_low, left_high), (right_low, right_high) = bounds(left), bounds(right)
    if left_high is not None and right_low is not None and left_high < right_low:
        return False
    if left_low is not None and right_high is not None and left_low > right_high:
        return False
    return None


def member(value: Value, members: Value) -> Truth:
    """Say whether *value* is one of *members*: a set of the rule, or a list of plain values of the dossier."""
    if value is None or members is None:
        return False
    if value is UNKNOWN or members is UNKNOWN:
        return None
    return value in members


def is_none(value: Value) -> Truth:
    """Say whether the dossier says that there is none."""
    return None if value is UNKNOWN else value is None


def yes(value: Value) -> Truth:
    """Read a yes/no field: null is no."""
    return None if value is UNKNOWN else bool(value)


def negation(truth: Truth) -> Truth:
    """Negate in Kleene logic."""
    return None if truth is None else not truth


def conjunction(truths: Iterable[Truth]) -> Truth:
    """Join by *and* in Kleene logic."""
    known = True
    for truth in truths:
        if truth is False:
            return False
        known = known and truth is not None
    return True if known else None


def disjunction(truths: Iterable[Truth]) -> Truth:
    """Join by *or* in Kleene logic."""
    return negation(conjunction(map(negation, truths)))


def either(condition: Truth, first: Truth, second: Truth) -> Truth:
    """Give the truth of *first* or *second*; where the condition is unknown, only what both agree on."""
    if condition is None:
        return first if first is second else None
    return first if condition else second


def below(level: Value, other: Value, order: tuple[str, ...]) -> Truth:
    """Say whether *level* ranks below *other* in a declared order; a level outside the order has no rank."""
    if level not in order or other not in order:
        return None
    return order.index(level) < order.index(other)


def mentions(text: Value, words: Value) -> Truth:
    """Say whether *text* contains one of *words*; no text mentions nothing, and no words are mentioned nowhere."""
    if text is None or words is None:
        return False
    if text is UNKNOWN or words is UNKNOWN:
        return None
    return any(word in text for word in words)


# --- arithmetic -----------------------------------------------------------------------------------------------------


def if_none(value: Value, instead: Value) -> Value:
    """Give *instead* only where the dossier says that there is none; what is unknown stays unknown."""
    return instead if value is None else value


def choose(condition: Truth, first: Value, second: Value) -> Value:
    """Give *first* or *second*; where the condition is unknown, only what both agree on."""
    if condition is not None:
        return first if condition else second
    if first is UNKNOWN or second is UNKNOWN or first.__class__ is Range or second.__class__ is Range:
        return UNKNOWN
    return first if (first is None and second is None) or (None not in (first, second) and first == second) else UNKNOWN


def _exact(value: Value) -> Value:
    """Make numbers of different kinds fit for exact arithmetic with one another."""
    return Fraction(value) if value.__class__ is Decimal else value


def add(left: Value, right: Value) -> Value:
    """Add two numbers, or two ranges of them."""
    if left.__class__ in PLAIN_NUMBERS and right.__class__ in PLAIN_NUMBERS:
        return left + right
    (left_low, left_high), (right_low, right_high) = bounds(left), bounds(right)
    return spanning(_sum(left_low, right_low), _sum(left_high, right_high))


def _sum(left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    return _exact(left) + _exact(right) if Fraction in (left.__class__, right.__class__) else left + right


def negative(value: Value) -> Value:
    """Change the sign."""
    low, high = bounds(value)
    return spanning(None if high is None else -high, None if low is None else -low)


def subtract(left: Value, right: Value) -> Value:
    """Subtract *right* from *left*."""
    return add(left, negative(right))


def multiply(left: Value, right: Value) -> Value:
    """Multiply; a range by its ends, an open one only by a number above zero."""
    if left.__class__ in PLAIN_NUMBERS and right.__class__ in PLAIN_NUMBERS:
        return left * right
    (left_low, left_high), (right_low, right_high) = bounds(left), bounds(right)
    if None not in (left_low, left_high, right_low, right_high):
        products = [_exact(a) * _exact(b) for a in (left_low, left_high) for b in (right_low, right_high)]
        if left.__class__ is not Range and right.__class__ is not Range:
            return products[0] if Fraction in (left.__class__, right.__class__) else left * right
        return spanning(min(products), max(products))
    if left.__class__ is Range and right.__class__ in NUMBERS and right > 0:
        return spanning(
            None if left_low is None else _exact(left_low) * _exact(right),
            None if left_high is None else _exact(left_high) * _exact(right),
        )
    if right.__class__ is Range and left.__class__ in NUMBERS and left > 0:
        return multiply(right, left)
    return UNKNOWN


def divide(left: Value, right: Value) -> Value:
    """Divide exactly; division by what is, or may be, zero is unknown."""
    low, high = bounds(right)
    if low is None or high is None or low <= 0 <= high:
        return UNKNOWN
    return multiply(left, spanning(1 / Fraction(high), 1 / Fraction(low)))


def size(members: Value) -> Value:
    """Count the members of a list of plain values, which is one value: known as a whole, or not."""
    return members if members is UNKNOWN else 0 if members is None else len(members)


def ten_thousandths(number: int) -> Value:
    """Give so many ten-thousandths.

    >>> ten_thousandths(12_500), ten_thousandths(20_000)
    (Decimal('1.25'), 2)
    """
    whole, rest = divmod(number, 10_000)
    return Decimal(number) / 10_000 if rest else whole


def summed(total: Value, loose: Sequence[tuple[Value, bool]], *, whole: bool, floor: Value) -> Value:
    """Finish a sum: *total* of what is certain, plus addends that are unknown, ranges, or not certain to belong.

    *whole* says whether the list is complete; *floor* is the lowest that an addend can be, `None` if nothing is known
    of it.
    """
    low: Value = total
    high: Value = total
    for value, certain in loose:
        value_low, value_high = bounds(value)
        least = floor if value_low is None else value_low
        low = _sum(low, least if certain or least is None else min(least, 0))
        high = _sum(high, value_high if certain or value_high is None else max(value_high, 0))
    if not whole:
        high = None
        low = low if floor is not None and floor >= 0 else None
    return spanning(low, high)


def counted(certain: int, possible: int, *, whole: bool) -> Value:
    """Finish a count: *certain* members, and *possible* ones that may belong.

    Open above where the list is incomplete.
    """
    return spanning(certain, certain + possible if whole else None)


def between(low: Value, high: Value) -> Value:
    """Give a value known only to lie between *low* and *high*.

    Of bounds that contradict each other, nothing is known.
    """
    least, most = bounds(low)[0], bounds(high)[1]
    return UNKNOWN if least is not None and most is not None and least > most else spanning(least, most)
