"""Whether two tests give the same answer whatever the dossier says: asked of the solver, ranges and unknowns included.

A value is what `values` makes of it: none, or between two ends that may be open. Sums, differences, products of what
is never negative, choices and what stands for none are followed; all else may be any value, the same wherever the same
is asked. So what is called the same is the same; what is not may be so nonetheless.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from checker import values
from checker.language.tree import (
    And,
    Arithmetic,
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    IsNone,
    Let,
    Negative,
    Node,
    Not,
    Or,
    ParameterValue,
    Quantifier,
    Sort,
)
from checker.policy.law import Parameter
from checker.policy.rules import Rule
from checker.solving.terms import (
    Kleene,
    all_of,
    any_of,
    choice,
    conjunction,
    disjunction,
    if_then,
    is_not,
    negation,
    solver_package,
)

LONGEST = 2_000
"""Milliseconds that the solver may think about one pair of tests."""


def say_the_same(rule: Rule, other: Rule, figures: Mapping[str, Parameter]) -> bool:
    """Say whether the solver proves that two rules differ in tests only, and that each gives the same answer in both.

    The tests of both are taken in their order: rules that differ in more are not the same as far as this can tell.
    """
    law = replace(other.law, soft=rule.law.soft)
    if law != rule.law or rule.law.soft != other.law.soft or _frame(rule) != _frame(other):
        return False
    asked = (
        *zip(rule.tests, other.tests, strict=True),
        *((one.condition, two.condition) for one, two in zip(rule.exemptions, other.exemptions, strict=True)),
        *((one.condition, two.condition) for one, two in zip(rule.basis, other.basis, strict=True)),
    )
    return all(_Worlds(figures).agree(written_out(one, rule.lets), written_out(two, other.lets)) for one, two in asked)


def _frame(rule: Rule) -> object:
    """Give all that a verdict depends on besides the tests, with the names written out."""
    out = partial(written_out, lets=rule.lets)
    return (
        out(rule.conduct_on),
        [(each.statute, each.at_most_risk) for each in rule.basis],
        [(each.grounds, each.at_most_risk, out(each.paper), out(each.valid_on)) for each in rule.exemptions],
    )


def written_out(node: Node, lets: Mapping[str, Node]) -> Node:
    """Write the names out that an expression uses."""

    def out(part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(map(out, part))
        return written_out(part, lets) if isinstance(part, Node) else part

    if isinstance(node, Let):
        return written_out(lets[node.name], lets)
    names = node.__match_args__[len(Node.__match_args__) :]
    return replace(node, **{name: out(getattr(node, name)) for name in names})


class _End(NamedTuple):
    """The low or the high end of a value: whether it is known, and where it is."""

    there: Any
    at: Any


class _Value(NamedTuple):
    """A number or day: whether there is none, and between which ends it lies."""

    none: Any
    low: _End
    high: _End


class _Worlds:
    """What dossiers may say of the values in two tests."""

    def __init__(self, figures: Mapping[str, Parameter]) -> None:
        self.figures = figures
        self.z3 = solver_package()
        self.facts: list[Any] = []
        self._values: list[tuple[Node, _Value]] = []
        self._truths: list[tuple[Node, Kleene]] = []
        self._numbers = count()

    def agree(self, one: Node, other: Node) -> bool:
        """Say whether two tests have the same truth in every world."""
        if one == other:
            return True
        here, there = self.truth(one), self.truth(other)
        solver = self.z3.Solver()
        solver.set("timeout", LONGEST)
        solver.add(*self.facts)
        solver.add(any_of(self.differ(here.true, there.true), self.differ(here.false, there.false)))
        return bool(solver.check() == self.z3.unsat)

    def differ(self, one: Any, other: Any) -> Any:
        """Say that one of two terms holds and the other does not."""
        return any_of(all_of(one, is_not(other)), all_of(other, is_not(one)))

    # --- truths ---------------------------------------------------------------------------------------------------

    def truth(self, node: Node) -> Kleene:
        """Translate a condition."""
        match node:
            case Constant(value=bool() as value):
                return Kleene(value, not value)
            case And(all=parts):
                return conjunction(map(self.truth, parts))
            case Or(any=parts):
                return disjunction(map(self.truth, parts))
            case Not(part=part):
                return negation(self.truth(part))
            case Choice(condition=condition, first=first, second=second):
                return choice(*map(self.truth, (condition, first, second)))
            case Compare(operator="<" | "<=", left=left, right=right) if _is_measured(left) and _is_measured(right):
                return self.ordered(node.operator, self.value(left), self.value(right))
            case Compare(operator="==", left=left, right=right) if _is_plain(left) and _is_plain(right):
                return self.equal(self.value(left), self.value(right))
            case IsNone(value=value) if _is_measured(value):
                held = self.value(value)
                unknown = all_of(is_not(held.low.there), is_not(held.high.there))
                return Kleene(held.none, all_of(is_not(held.none), is_not(unknown)))
            case Quantifier(kind="any" | "all"):
                return self.over_rows(node)
        return self.any_truth(node)

    def over_rows(self, node: Quantifier) -> Kleene:
        """Say nothing of rows, but that the same loops over the same rows come to the same."""
        return self.any_truth(node)

    def ordered(self, operator: str, left: _Value, right: _Value) -> Kleene:
        """Compare two values, as `values.less` and `values.at_most` do."""
        some = all_of(is_not(left.none), is_not(right.none))
        is_less, is_more = (
            (left.high.at < right.low.at, left.low.at >= right.high.at)
            if operator == "<"
            else (left.high.at <= right.low.at, left.low.at > right.high.at)
        )
        return Kleene(
            all_of(some, left.high.there, right.low.there, is_less),
            all_of(some, left.low.there, right.high.there, is_more),
        )

    def equal(self, left: _Value, right: _Value) -> Kleene:
        """Compare two numbers that are known or not, as `values.same` does: none is the same as nothing."""
        known, is_same = all_of(left.low.there, right.low.there), left.low.at == right.low.at
        return Kleene(all_of(known, is_same), any_of(left.none, right.none, all_of(known, is_not(is_same))))

    def any_truth(self, node: Node) -> Kleene:
        """Give a truth that may be any, the same for the same question."""
        known = next((held for each, held in self._truths if each == node), None)
        if known is None:
            true, false = (self.z3.Bool(f"t{next(self._numbers)}") for _ in range(2))
            self.facts.append(self.z3.Not(self.z3.And(true, false)))
            self._truths.append((node, known := Kleene(true, false)))
        return known

    # --- values ---------------------------------------------------------------------------------------------------

    def value(self, node: Node) -> _Value:
        """Translate a number or a day."""
        match node:
            case Constant(value=value) if (ends := _ends(value)) is not None:
                return self.between(*ends)
            case Choice(condition=condition, first=first, second=second):
                return self.chosen(self.truth(condition), self.value(first), self.value(second))
            case Call(function=function, arguments=(first, second)) if function.name == "if_none":
                value, instead = self.value(first), self.value(second)
                return self.either(value.none, instead, value)
            case Call(function=function, arguments=(first, second)) if function.name == "between":
                return self.spanned(self.value(first).low, self.value(second).high)
            case Call(function=function, arguments=(first, second)) if function.name in _LENGTHS:
                return self.length(node, self.value(first), self.value(second))
            case Negative(part=part):
                return self.negative(self.value(part))
            case Arithmetic(operator="+", left=left, right=right):
                return self.sum(self.value(left), self.value(right))
            case Arithmetic(operator="-", left=left, right=right):
                return self.sum(self.value(left), self.negative(self.value(right)))
            case Arithmetic(operator="*", left=left, right=right) if _is_plain(left) and _is_plain(right):
                return self.plain_product(self.value(left), self.value(right))
            case Arithmetic(operator="/", left=left, right=right) if _is_plain(left) and _is_plain(right):
                return self.plain_quotient(self.value(left), self.value(right))
            case ParameterValue(id=name) if name in self.figures:
                return self.figure(node, self.figures[name])
        return self.any_value(node)

    def any_value(self, node: Node) -> _Value:
        """Give a value that may be any, the same for the same question; a plain number is never known by halves."""
        known = next((held for each, held in self._values if each == node), None)
        if known is None:
            number = next(self._numbers)
            none, has_low, has_high = (self.z3.Bool(f"{name}{number}") for name in ("none", "from", "to"))
            low, high = self.z3.Real(f"low{number}"), self.z3.Real(f"high{number}")
            self.facts.append(self.z3.Implies(none, self.z3.Not(self.z3.Or(has_low, has_high))))
            self.facts.append(self.z3.Implies(self.z3.And(has_low, has_high), low <= high))
            if _is_plain(node):
                self.facts += [has_low == has_high, low == high]
            if isinstance(node, Attribute):
                bounds = (node.field.minimum, node.field.maximum)
                self.facts += [low >= self.real(bounds[0])] if bounds[0] is not None else []
                self.facts += [high <= self.real(bounds[1])] if bounds[1] is not None else []
            self._values.append((node, known := _Value(none, _End(has_low, low), _End(has_high, high))))
        return known

    def figure(self, node: Node, parameter: Parameter) -> _Value:
        """Give a figure of the pack: one of its values, or nobody knows which."""
        held = self.any_value(node)
        numbers = [each.value for each in parameter.values if _ends(each.value) is not None]
        known = self.z3.And(held.low.there, held.high.there)
        is_one = any_of(
            *(self.z3.And(held.low.at == self.real(each), held.high.at == self.real(each)) for each in numbers)
        )
        self.facts += [self.z3.Not(held.none), held.low.there == held.high.there, self.z3.Implies(known, is_one)]
        return held

    def real(self, number: Any) -> Any:
        """Give a number to the solver."""
        return self.z3.RealVal(str(Fraction(number)))

    def between(self, low: Any, high: Any) -> _Value:
        """Give a value known to lie between two ends."""
        return _Value(False, _End(True, self.real(low)), _End(True, self.real(high)))

    def spanned(self, low: _End, high: _End) -> _Value:
        """Give what `values.between` gives: of ends that contradict each other, nothing is known."""
        sound = is_not(all_of(low.there, high.there, low.at > high.at))
        return _Value(False, _End(all_of(sound, low.there), low.at), _End(all_of(sound, high.there), high.at))

    def length(self, node: Node, start: _Value, end: _Value) -> _Value:
        """Give a number of days: without a day to begin or to end with, nothing is known of it."""
        held = self.any_value(node)
        known = all_of(*(any_of(each.low.there, each.high.there) for each in (start, end)))
        self.facts += [self.z3.Not(held.none), self.z3.Implies(self.z3.Or(held.low.there, held.high.there), known)]
        return held

    def either(self, condition: Any, first: _Value, second: _Value) -> _Value:
        """Give the first value where a condition holds, else the second."""
        ends = (
            _End(if_then(condition, one.there, other.there), if_then(condition, one.at, other.at))
            for one, other in ((first.low, second.low), (first.high, second.high))
        )
        return _Value(if_then(condition, first.none, second.none), *ends)

    def chosen(self, asked: Kleene, first: _Value, second: _Value) -> _Value:
        """Choose as `values.choose` does: where the condition is unknown, only what both agree on."""
        exact = [all_of(each.low.there, each.high.there, each.low.at == each.high.at) for each in (first, second)]
        agree = any_of(all_of(first.none, second.none), all_of(*exact, first.low.at == second.low.at))
        unknown = _Value(False, _End(False, self.real(0)), _End(False, self.real(0)))
        settled = self.either(asked.true, first, second)
        return self.either(any_of(asked.true, asked.false), settled, self.either(agree, first, unknown))

    def negative(self, value: _Value) -> _Value:
        """Change the sign; of none, nothing is known."""
        return _Value(False, _End(value.high.there, -value.high.at), _End(value.low.there, -value.low.at))

    def sum(self, one: _Value, other: _Value) -> _Value:
        """Add two values; with none, nothing is known."""
        low, high = (
            _End(all_of(here.there, there.there), here.at + there.at)
            for here, there in ((one.low, other.low), (one.high, other.high))
        )
        return _Value(False, low, high)

    def plain_product(self, one: _Value, other: _Value) -> _Value:
        """Multiply two numbers that are known or not."""
        known = all_of(one.low.there, other.low.there)
        return _Value(False, *(2 * (_End(known, one.low.at * other.low.at),)))

    def plain_quotient(self, one: _Value, other: _Value) -> _Value:
        """Divide two numbers that are known or not; by nothing, nothing is known."""
        known = all_of(one.low.there, other.low.there, other.low.at != 0)
        return _Value(False, *(2 * (_End(known, one.low.at / other.low.at),)))


_LENGTHS = frozenset({"days_inclusive", "workdays_inclusive"})


def _is_measured(node: Node) -> bool:
    return node.type.sort in {Sort.NUMBER, Sort.DAY}


def _ends(value: object) -> tuple[Any, Any] | None:
    """Give the ends of a number or a day as numbers."""
    low, high = values.bounds(value)
    if isinstance(low, date) and isinstance(high, date):
        return low.toordinal(), high.toordinal()
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return value, value
    return None


def _is_plain(node: Node) -> bool:
    """Say whether a number is known or not, and never within bounds: a field, a figure, the area of one shape."""
    match node:
        case Attribute() | ParameterValue() | Constant():
            return node.type.sort is Sort.NUMBER
        case Call(function=function, arguments=(shape,)) if function.name == "area_ha":
            return isinstance(shape, Attribute)
        case Call(function=function, arguments=arguments) if function.name == "if_none":
            return all(map(_is_plain, arguments))
        case Negative(part=part):
            return _is_plain(part)
        case Arithmetic(left=left, right=right):
            return _is_plain(left) and _is_plain(right)
        case Choice(first=first, second=second):
            return _is_plain(first) and _is_plain(second)
    return False
