"""Conditions as formulas over elementary tests: what the engine is told of a rule, and a plain reading of the same.

A condition is taken apart into *tests* (comparisons, absences, quantifiers: whatever is not `and`, `or`, `not`) and
the formula that joins them. Negation is pushed down to the tests, so that *is true* and *may be true* are both
positive formulas.
"""

from collections.abc import Mapping, Sequence

from checker import values
from checker.classes import dataclass
from checker.language.tree import And, Choice, Constant, Let, Node, Not, Or, Sort
from checker.model import Truth


@dataclass(frozen=True, slots=True)
class Literal:
    """A test by its index, or its opposite."""

    test: int
    positive: bool


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the parts; no part at all is true."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the parts; no part at all is false."""

    parts: tuple["Formula", ...]


Formula = Literal | All | Any
ALWAYS: Formula = All(())
NEVER: Formula = Any(())


MOST_PARTS = 1_000
MOST_CONJUNCTIONS = 200


class FormulaTooLargeError(ValueError):
    """A condition that, written out, is larger than any that a person could have meant."""


class TestTable:
    """Collects the distinct tests of a rule while its conditions are turned into formulas.

    A formula is written out in full, names and choices included; `FormulaTooLargeError` is raised where that has no
    end in sight.
    """

    __test__ = False

    def __init__(self, lets: Mapping[str, Node]) -> None:
        self.lets = lets
        self.tests: list[Node] = []
        self.parts = 0

    def formula(self, node: Node, *, positive: bool = True) -> Formula:
        """Turn a condition into a formula, adding the tests that are new."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise FormulaTooLargeError(self.parts)
        match node:
            case And(all=parts) | Or(any=parts):
                joined = tuple(self.formula(part, positive=positive) for part in parts)
                return All(joined) if isinstance(node, And) is positive else Any(joined)
            case Not(part=part):
                return self.formula(part, positive=not positive)
            case Constant(value=bool() as value):
                return ALWAYS if value is positive else NEVER
            case Let(name=name) if node.type.sort is Sort.TRUTH:
                return self.formula(self.lets[name], positive=positive)
            case Choice(condition=condition, first=first, second=second) if node.type.sort is Sort.TRUTH:
                return Any(
                    (
                        All((self.formula(condition), self.formula(first, positive=positive))),
                        All((self.formula(condition, positive=False), self.formula(second, positive=positive))),
                        All((self.formula(first, positive=positive), self.formula(second, positive=positive))),
                    )
                )
        if node not in self.tests:
            self.tests.append(node)
        return Literal(self.tests.index(node), positive)


def truth_of(formula: Formula, truths: Sequence[Truth]) -> Truth:
    """Read a formula in Kleene logic, given the truth of each test."""
    match formula:
        case Literal(test=test, positive=positive):
            return truths[test] if positive else values.negation(truths[test])
        case All(parts=parts):
            return values.conjunction(truth_of(part, truths) for part in parts)
        case Any(parts=parts):
            return values.disjunction(truth_of(part, truths) for part in parts)


def conjunctions(formula: Formula, *, without: frozenset[int] = frozenset()) -> frozenset[frozenset[Literal]]:
    """Give the disjunctive normal form, smallest conjunctions only; a conjunction with a test of *without* is left out.

    Raise `FormulaTooLargeError` where there are too many of them.

    >>> sorted(len(each) for each in conjunctions(Any((Literal(0, True), All((Literal(0, True), Literal(1, False)))))))
    [1]
    """
    match formula:
        case Literal(test=test):
            return frozenset() if test in without else frozenset({frozenset({formula})})
        case Any(parts=parts):
            found = frozenset(each for part in parts for each in conjunctions(part, without=without))
        case _:
            found = frozenset({frozenset[Literal]()})
            for part in formula.parts:
                others = conjunctions(part, without=without)
                found = _smallest(frozenset(one | other for one in found for other in others))
    return _smallest(found)


def _smallest(found: frozenset[frozenset[Literal]]) -> frozenset[frozenset[Literal]]:
    if len(found) > MOST_CONJUNCTIONS:
        raise FormulaTooLargeError(len(found))
    return frozenset(each for each in found if not any(other < each for other in found))


def negation(formula: Formula) -> Formula:
    """Give the opposite formula, with the negation pushed down to the tests."""
    match formula:
        case Literal(test=test, positive=positive):
            return Literal(test, not positive)
        case All(parts=parts):
            return Any(tuple(map(negation, parts)))
        case Any(parts=parts):
            return All(tuple(map(negation, parts)))
