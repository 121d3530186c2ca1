"""Truths, numbers and days that a solver is to choose: formulas, and where they are settled already, values of Python.

The only module that knows z3.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

from checker.classes import dataclass
from checker.model import Truth

PACKAGE = "z3"
SOLVER = "z3-solver"
EXTRA = "prove"

Term = Any
"""A formula or number of the solver, or a truth or number of Python where it is settled."""


def is_installed() -> bool:
    """Say whether the solver can be had."""
    return find_spec(PACKAGE) is not None


def solver_package() -> Any:
    """Give the package of the solver."""
    import z3  # noqa: PLC0415  (an extra that only proofs need, and half a second to load)

    return z3


def all_of(*terms: Term) -> Term:
    """Say that all terms hold."""
    left = [each for each in terms if each is not True]
    if any(each is False for each in left):
        return False
    return True if not left else left[0] if len(left) == 1 else solver_package().And(*left)


def any_of(*terms: Term) -> Term:
    """Say that some term holds."""
    left = [each for each in terms if each is not False]
    if any(each is True for each in left):
        return True
    return False if not left else left[0] if len(left) == 1 else solver_package().Or(*left)


def is_not(term: Term) -> Term:
    """Say that a term does not hold."""
    return not term if isinstance(term, bool) else solver_package().Not(term)


def if_then(condition: Term, first: Term, second: Term) -> Term:
    """Give the first term where a condition holds, else the second."""
    if isinstance(condition, bool):
        return first if condition else second
    if first is second:
        return first
    if isinstance(first, bool) and isinstance(second, bool):
        return first if first is second else condition if first else is_not(condition)
    return solver_package().If(condition, term_of(first), term_of(second))


def term_of(value: Term) -> Term:
    """Give what the solver takes for a number or truth of Python."""
    match value:
        case bool():
            return solver_package().BoolVal(value)
        case Fraction() | Decimal():
            return solver_package().RealVal(str(Fraction(value)))
    return value


class Kleene(NamedTuple):
    """When a truth is true, and when false; in neither case it is unknown."""

    true: Term
    false: Term

    @property
    def unknown(self) -> Term:
        """When it is unknown."""
        return all_of(is_not(self.true), is_not(self.false))

    def when(self, truth: Truth) -> Term:
        """Give when it is this truth."""
        return self.unknown if truth is None else self.true if truth else self.false


TRUE, FALSE, OPEN = Kleene(True, False), Kleene(False, True), Kleene(False, False)


def negation(truth: Kleene) -> Kleene:
    """Give the opposite."""
    return Kleene(truth.false, truth.true)


def conjunction(truths: Iterable[Kleene]) -> Kleene:
    """Join by *and*."""
    held = tuple(truths)
    return Kleene(all_of(*(each.true for each in held)), any_of(*(each.false for each in held)))


def disjunction(truths: Iterable[Kleene]) -> Kleene:
    """Join by *or*."""
    return negation(conjunction(map(negation, truths)))


def choice(asked: Kleene, here: Kleene, there: Kleene) -> Kleene:
    """Give one truth where another holds and else a third; where both are the same it does not matter which."""
    return Kleene(
        any_of(all_of(asked.true, here.true), all_of(asked.false, there.true), all_of(here.true, there.true)),
        any_of(all_of(asked.true, here.false), all_of(asked.false, there.false), all_of(here.false, there.false)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A value: when it is none, when unknown, when it may be anything (`loose`), and what it is in all other cases.

    A number is a term or `Cases`, a day a `Day`, a text a number that stands for it, texts a tuple of such numbers and
    of when they are there, a record the records that it can be, each with when it is.
    """

    none: Term = False
    unknown: Term = False
    loose: Term = False
    value: Any = None

    @property
    def known(self) -> Term:
        """When it is what `value` says."""
        return is_not(any_of(self.none, self.unknown, self.loose))


SILENT, ANYTHING = Held(unknown=True), Held(loose=True)


class Cases(tuple[tuple[Term, Fraction], ...]):
    """A number that is one of several, each with when it is; the last one otherwise."""

    __slots__ = ()


class Day(NamedTuple):
    """A day by its year, month and day of the month."""

    year: Term
    month: Term
    number: Term

    @property
    def place(self) -> Term:
        """A number that orders days as the calendar does."""
        return self.year * 384 + self.month * 32 + self.number


def day_of(day: date) -> Day:
    """Give a day of the calendar."""
    return Day(day.year, day.month, day.day)


NO_LEAP_YEARS = tuple(year for year in range(100, 10_000, 100) if year % 400)
"""The years that four divides and that are no leap years all the same."""


def ends_early(year: Term) -> Term:
    """Say whether a year that four divides is no leap year."""
    return any_of(*(year == each for each in NO_LEAP_YEARS))


def length_of(month: Term, february: Term) -> Term:
    """Give the number of days of a month, given that of February."""
    short = any_of(*(month == each for each in (4, 6, 9, 11)))
    return if_then(month == 2, february, if_then(short, 30, 31))


_BEFORE = (0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337)
"""How many days there are from the first of March to the first of each month from March on."""


def ordinal(day: Day) -> Term:
    """Give the number of a day, counted as the calendar does from some day on."""
    early = day.month <= 2
    year = if_then(early, day.year - 1, day.year)
    before: Term = _BEFORE[0]
    for number, each in enumerate(_BEFORE):
        before = if_then(day.month == (number + 2) % 12 + 1, each, before)
    if isinstance(year, int):
        return 365 * year + year // 4 - year // 100 + year // 400 + before + day.number
    return 365 * year + year / 4 - year / 100 + year / 400 + before + day.number


def as_number(whole: Term) -> Term:
    """Give a whole number as one that may be compared with any other."""
    return Fraction(whole) if isinstance(whole, int) else solver_package().ToReal(whole)


ONE_DAY = timedelta(days=1)


def decided(term: Term) -> Kleene:
    """Give a truth that is never unknown."""
    return Kleene(term, is_not(term))


def either(condition: Term, first: Kleene, second: Kleene) -> Kleene:
    """Give the first truth where a condition holds, else the second."""
    return Kleene(if_then(condition, first.true, second.true), if_then(condition, first.false, second.false))


def _merge(condition: Term, first: Any, second: Any) -> Any:
    """Give one of two values of one sort, by a condition."""
    if first is None or second is None or condition is True:
        return second if first is None else first
    if condition is False:
        return second
    match first:
        case Day():
            return Day(*(if_then(condition, one, other) for one, other in zip(first, second, strict=True)))
        case tuple() if not isinstance(first, Cases):
            return (
                *((all_of(condition, when), each) for when, each in first),
                *((all_of(is_not(condition), when), each) for when, each in second),
            )
    if isinstance(first, Fraction | Cases) and isinstance(second, Fraction | Cases):
        one, other = (each if isinstance(each, Cases) else Cases([(True, each)]) for each in (first, second))
        return Cases([*((all_of(condition, when), each) for when, each in one), *other])
    if isinstance(first, Fraction | Cases) or isinstance(second, Fraction | Cases):
        return if_then(condition, number_of(first), number_of(second))
    return if_then(condition, first, second)


def chosen_if(condition: Term, first: Held, second: Held) -> Held:
    """Give the first value where a condition holds, else the second."""
    return Held(
        none=if_then(condition, first.none, second.none),
        unknown=if_then(condition, first.unknown, second.unknown),
        loose=if_then(condition, first.loose, second.loose),
        value=_merge(condition, first.value, second.value),
    )


def chosen(asked: Kleene, first: Held, second: Held) -> Held:
    """Choose by a condition; where that is unknown, only what both agree on."""
    settled = chosen_if(asked.true, first, second)
    if asked.unknown is False:
        return settled
    loose = any_of(first.loose, second.loose)
    agree = False
    if first.value is not None and second.value is not None and not _are_texts(first.value):
        agree = all_of(first.known, second.known, compare("==", first.value, second.value))
    none = all_of(first.none, second.none)
    open_one = Held(none=none, unknown=is_not(any_of(none, agree, loose)), loose=loose, value=first.value)
    return chosen_if(asked.unknown, open_one, settled)


def _are_texts(value: Any) -> bool:
    return isinstance(value, tuple) and not isinstance(value, Day | Cases)


def number_of(value: Term) -> Term:
    """Give a number of several cases as one term."""
    if isinstance(value, Cases):
        result: Term = value[-1][1]
        for when, each in value[-2::-1]:
            result = if_then(when, each, result)
        return result
    return value


def compare(operator: str, left: Any, right: Any) -> Term:
    """Compare two values that are known."""
    if isinstance(left, Day):
        left, right = left.place, right.place
    else:
        left, right = term_of(number_of(left)), term_of(number_of(right))
    return left < right if operator == "<" else left <= right if operator == "<=" else left == right


def add(left: Term, right: Term) -> Term:
    """Add two numbers."""
    return (
        left + right if isinstance(left, Fraction) and isinstance(right, Fraction) else term_of(left) + term_of(right)
    )


def calculate(operator: str, left: Any, right: Any) -> tuple[Any, Term]:
    """Give the number, and when there is none."""
    if isinstance(right, Cases):
        found = [(when, *calculate(operator, left, each)) for when, each in right]
        number, none = found[-1][1:]
        for when, each, more in found[-2::-1]:
            number, none = if_then(when, number_of(each), number_of(number)), if_then(when, more, none)
        return number, none
    if isinstance(left, Cases):
        if not isinstance(right, Fraction) and operator == "*":
            return calculate("*", right, left)
        left = number_of(left)
    match operator, left, right:
        case "/", Fraction(), Fraction() if right != 0:
            return left / right, False
        case "/", _, Fraction():
            return (term_of(left) / term_of(right), False) if right != 0 else (Fraction(0), True)
        case "/", _, _:
            return term_of(left) / right, right == 0
        case "+", Fraction(), Fraction():
            return left + right, False
        case "-", Fraction(), Fraction():
            return left - right, False
        case "*", Fraction(), Fraction():
            return left * right, False
        case "+", _, _:
            return term_of(left) + term_of(right), False
        case "-", _, _:
            return term_of(left) - term_of(right), False
    return term_of(left) * term_of(right), False
