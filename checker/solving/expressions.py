"""The expressions of a rule as terms over a sketch, read as `values` reads them, none and unknown included.

What can't be said exactly (working days, shapes, late fees, a sum with an addend that nobody knows) may be anything:
more is thought possible than is, never less.
"""

import calendar
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from checker import values
from checker.dossier.schema import Field
from checker.language.tree import (
    SUBJECT,
    ZONE,
    And,
    Arithmetic,
    AsOf,
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    IsNone,
    Let,
    Link,
    Loop,
    Member,
    Negative,
    Node,
    Not,
    Or,
    ParameterValue,
    Quantifier,
    Register,
    Sort,
    Variable,
)
from checker.policy.law import Parameter
from checker.policy.rules import Rule
from checker.solving.sketch import Row, Sketch
from checker.solving.terms import (
    ANYTHING,
    FALSE,
    ONE_DAY,
    OPEN,
    SILENT,
    TRUE,
    Cases,
    Day,
    Held,
    Kleene,
    Term,
    add,
    all_of,
    any_of,
    as_number,
    calculate,
    choice,
    chosen,
    chosen_if,
    compare,
    conjunction,
    day_of,
    disjunction,
    either,
    ends_early,
    if_then,
    is_not,
    length_of,
    negation,
    number_of,
    ordinal,
)
from checker.values import UNKNOWN, Value

Scope = Mapping[str, Held]
FARTHEST = 120_000
"""By how many months a day is moved at most, as `values.months_after` does it."""


class Expressions:
    """The expressions of one rule on the first record of its register in a sketch."""

    def __init__(self, sketch: Sketch, rule: Rule) -> None:
        """Find the record, and the day of the act."""
        self.sketch, self.rule = sketch, rule
        self.chain = sketch.chain(rule.each)
        named = ((ZONE, sketch.zone), *zip((SUBJECT, *rule.parents), self.chain, strict=True))
        self.given: Scope = {name: Held(value=((True, row),)) for name, row in named}
        self.as_of = Held(value=sketch.as_of)
        self._lets: dict[str, Any] = {}
        self._figures: dict[str, Held] = {}
        self._expanded: dict[int, tuple[Node, Node]] = {}
        self.day = self.value(rule.conduct_on, self.given)

    # --- truths ---------------------------------------------------------------------------------------------------

    def truth(self, node: Node, scope: Scope) -> Kleene:
        """Translate a condition."""
        match node:
            case Constant(value=bool() as value):
                return TRUE if value else FALSE
            case And(all=parts):
                return conjunction(self.truth(each, scope) for each in parts)
            case Or(any=parts):
                return disjunction(self.truth(each, scope) for each in parts)
            case Not(part=part):
                return negation(self.truth(part, scope))
            case Compare(operator=operator, left=left, right=right):
                one, other = self.value(left, scope), self.value(right, scope)
                return self.or_free(
                    vague(one, other), lambda: self.free(node, scope, vague(one, other)), compared(operator, one, other)
                )
            case Member(value=value, members=members):
                one, other = self.value(value, scope), self.value(members, scope)
                return self.or_free(
                    any_of(one.loose, other.loose),
                    lambda: self.free(node, scope, any_of(one.loose, other.loose)),
                    member(one, other),
                )
            case IsNone(value=value):
                held = self.value(value, scope)
                return self.or_free(
                    held.loose, lambda: self.free(node, scope, held.loose), Kleene(held.none, held.known)
                )
            case Let(name=name) if node.type.sort is Sort.TRUTH:
                return self.let(name)  # type: ignore[no-any-return]  # a name for a truth holds one
            case Quantifier(kind="any"):
                return self.exists(node, node.element, scope)
            case Quantifier(kind="all", element=element):
                return negation(self.exists(node, Not(element.type, element.span, element), scope))
            case Choice(condition=condition, first=first, second=second):
                return choice(*(self.truth(each, scope) for each in (condition, first, second)))
            case Call(function=function, arguments=arguments):
                return self.called_truth(node, function.name, arguments, scope)
        held = self.value(node, scope)
        return Kleene(all_of(held.known, held.value), any_of(held.none, all_of(held.known, is_not(held.value))))

    def words(self, node: Node) -> str:
        """Read a node out in Chinese."""
        return self.rule.wording.read(node)

    def free(self, node: Node, scope: Scope, when: Term = True) -> Kleene:  # noqa: FBT002 - a term, no switch
        """Give a truth that may be any: the same wherever the same is asked of the same records on the same day."""
        asked = tuple((name, each.value[0][1]) for name, each in scope.items() if _is_one_record(each))
        key = (self.expanded(node), self.expanded(self.rule.conduct_on), asked)
        return self.sketch.free(self.words(node), when, key=key)

    def expanded(self, node: Node) -> Node:
        """Write the names out that an expression uses."""
        if id(node) not in self._expanded:
            parts = {
                name: self._expanded_part(getattr(node, name))
                for name in node.__match_args__[len(Node.__match_args__) :]
            }
            written = self.expanded(self.rule.lets[node.name]) if isinstance(node, Let) else replace(node, **parts)
            self._expanded[id(node)] = node, written
        return self._expanded[id(node)][1]

    def _expanded_part(self, part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(map(self._expanded_part, part))
        return self.expanded(part) if isinstance(part, Node) else part

    def or_free(self, loose: Term, free: Callable[[], Kleene], exact: Kleene) -> Kleene:
        """Give a truth that may be any where a value may be anything."""
        return exact if loose is False else either(loose, free(), exact)

    def called_truth(self, node: Node, name: str, arguments: tuple[Node, ...], scope: Scope) -> Kleene:
        """Translate a call that gives a truth."""
        held = [self.value(each, scope) for each in arguments]
        loose = any_of(*(each.loose for each in held))
        match name:
            case "happened":
                exact = either(held[0].none, FALSE, compared("<=", held[0], self.as_of))
            case "below":
                order = next(each.type.order for each in arguments if each.type.order)
                exact = self.below(held[0], held[1], order)
            case "mentions" if isinstance(arguments[1], Constant | ParameterValue):
                exact = self.mentions(held[0], held[1])
            case _:
                exact, loose = OPEN, True
        return self.or_free(loose, lambda: self.free(node, scope, loose), exact)

    def below(self, level: Held, other: Held, order: tuple[str, ...]) -> Kleene:
        """Translate whether a level ranks below another; a level outside the order has no rank."""
        ranks: list[Term] = []
        for held in (level, other):
            rank: Term = -1
            for number, each in enumerate(order if held.value is not None else ()):
                rank = if_then(held.value == self.sketch.code(each), number, rank)
            ranks.append(rank)
        both = all_of(level.known, other.known, *(each >= 0 for each in ranks))
        is_below = ranks[0] < ranks[1]
        return Kleene(all_of(both, is_below), all_of(both, is_not(is_below)))

    def mentions(self, text: Held, words: Held) -> Kleene:
        """Translate whether a text has one of some words in it: for each word of the rule, some texts do."""
        there = False
        if text.value is not None:
            by_code = {code: each for each, code in self.sketch.texts.items()}
            there = any_of(
                *(all_of(when, self.sketch.says(by_code[code], text.value)) for when, code in words.value or ())
            )
        both = all_of(text.known, words.known)
        return Kleene(all_of(both, there), any_of(text.none, words.none, all_of(both, is_not(there))))

    # --- loops ----------------------------------------------------------------------------------------------------

    def ways(self, loops: Sequence[Loop], scope: Scope) -> Iterator[tuple[Term, Kleene, Scope]]:
        """Give each row that loops come by: when it is there, whether their conditions hold, and the names."""
        if not loops:
            yield True, TRUE, scope
            return
        first, *others = loops
        for there, row in self.elements(first.source, scope):
            inner = {**scope, first.variable: row}
            holds = conjunction(self.truth(each, inner) for each in first.conditions)
            for deeper, more, names in self.ways(others, inner):
                yield all_of(there, deeper), conjunction((holds, more)), names

    def elements(self, source: Node, scope: Scope) -> Iterator[tuple[Term, Held]]:
        """Give the records or texts of a list, each with when it is there."""
        if not isinstance(source, Register):
            held = self.value(source, scope)
            for when, code in held.value or ():
                yield all_of(held.known, when), Held(value=code)
        elif source.base is None:
            for row in self.sketch.rows(source.path):
                yield row.present, Held(value=((True, row),))
        else:
            base = self.value(source.base, scope)
            for when, holder in base.value or ():
                for row in holder.rows(source.field):
                    yield all_of(base.known, when, row.present), Held(value=((True, row),))

    def open_ends(self, loops: Sequence[Loop], scope: Scope) -> Term:
        """Say when nothing is known of some list that loops go over, because nothing is known of what holds it."""
        if not loops:
            return False
        first, *others = loops
        found: list[Term] = []
        if not isinstance(first.source, Register):
            held = self.value(first.source, scope)
            found += [held.unknown, held.loose]
        elif first.source.base is not None:
            found.append(self.value(first.source.base, scope).unknown)
        for there, row in self.elements(first.source, scope) if others else ():
            found.append(all_of(there, self.open_ends(others, {**scope, first.variable: row})))
        return any_of(*found)

    def exists(self, node: Quantifier, element: Node, scope: Scope) -> Kleene:
        """Translate whether some row holds."""
        if self.sketch.is_boundless:
            return self.free(replace(node, kind="any", element=element), scope)
        found = [
            (there, conjunction((holds, self.truth(element, names))))
            for there, holds, names in self.ways(node.loops, scope)
        ]
        return Kleene(
            any_of(*(all_of(there, truth.true) for there, truth in found)),
            all_of(
                is_not(self.open_ends(node.loops, scope)),
                *(any_of(is_not(there), truth.false) for there, truth in found),
            ),
        )

    def sum(self, node: Quantifier, scope: Scope) -> Held:
        """Translate a sum or a number of rows: exact where every addend and every condition is."""
        if self.sketch.is_boundless:
            return ANYTHING
        total: Term = Fraction(0)
        loose = [self.open_ends(node.loops, scope)]
        for there, holds, names in self.ways(node.loops, scope):
            held = self.value(node.element, names) if node.kind == "sum" else Held(value=Fraction(1))
            if held.value is not None:
                counts = all_of(there, holds.true, held.known)
                total = add(total, if_then(counts, number_of(held.value), Fraction(0)))
            vague = any_of(holds.unknown, all_of(holds.true, any_of(held.unknown, held.loose)))
            loose.append(all_of(there, is_not(held.none), vague))
        return Held(loose=any_of(*loose), value=total)

    # --- values ---------------------------------------------------------------------------------------------------

    def let(self, name: str) -> Any:
        """Work a name of the rule out, of the subject alone."""
        if name not in self._lets:
            node = self.rule.lets[name]
            is_truth = node.type.sort is Sort.TRUTH
            self._lets[name] = self.truth(node, self.given) if is_truth else self.value(node, self.given)
        return self._lets[name]

    def value(self, node: Node, scope: Scope) -> Held:
        """Translate an expression that gives a value."""
        if node.type.sort is Sort.TRUTH and not isinstance(node, Attribute):
            truth = self.truth(node, scope)
            return Held(unknown=truth.unknown, value=truth.true)
        match node:
            case Constant(value=value):
                return self.constant(value)
            case Variable(name=name):
                return scope[name]
            case AsOf():
                return self.as_of
            case Let(name=name):
                return self.let(name)  # type: ignore[no-any-return]  # a name for a value holds one
            case ParameterValue(id=identifier):
                return self.figure(identifier)
            case Attribute(base=base, field=described):
                return self.attribute(self.value(base, scope), described)
            case Link(base=base, field=described):
                return self.linked(self.attribute(self.value(base, scope), described), described.ref)
            case Arithmetic(operator=operator, left=left, right=right):
                return self.arithmetic(operator, self.value(left, scope), self.value(right, scope))
            case Negative(part=part):
                return self.arithmetic("-", Held(value=Fraction(0)), self.value(part, scope))
            case Choice(condition=condition, first=first, second=second):
                return chosen(self.truth(condition, scope), self.value(first, scope), self.value(second, scope))
            case Quantifier(kind="sum" | "count"):
                return self.sum(node, scope)
            case Call(function=function, arguments=arguments):
                return self.called(function.name, arguments, scope)
        return ANYTHING

    def constant(self, value: Value) -> Held:
        """Translate a literal of the rule, or a figure of the pack."""
        match value:
            case date():
                return Held(value=day_of(value))
            case str():
                return Held(value=self.sketch.code(value))
            case frozenset() | tuple():
                return Held(value=tuple((True, self.sketch.code(each)) for each in sorted(value)))
            case Decimal() | Fraction() | int():
                return Held(value=Fraction(value))
        return SILENT if value is UNKNOWN else ANYTHING

    def attribute(self, base: Held, described: Field) -> Held:
        """Translate a field of a record that may be one of several, or none."""
        found = [(when, row.field(described)) for when, row in base.value or ()]
        if not found:
            return Held(none=base.none, unknown=base.unknown, loose=base.loose)
        result = found[-1][1]
        for when, held in found[-2::-1]:
            result = chosen_if(when, held, result)
        known = is_not(any_of(base.none, base.unknown))
        return Held(
            none=any_of(base.none, all_of(known, result.none)),
            unknown=any_of(base.unknown, all_of(known, result.unknown)),
            loose=all_of(known, result.loose),
            value=result.value,
        )

    def linked(self, key: Held, path: str) -> Held:
        """Translate a reference: one that leads nowhere is unknown."""
        if self.sketch.is_boundless:
            dangling, row = self.sketch.target(path, key.value)
            unknown = any_of(key.unknown, key.loose, all_of(key.known, dangling))
            return Held(none=key.none, unknown=unknown, value=((True, row),))
        identity = self.sketch.schema.registers[path]
        described = identity.fields[identity.id_field]
        found = tuple(
            (all_of(row.present, row.field(described).value == key.value), row) for row in self.sketch.rows(path)
        )
        dangling = all_of(key.known, *(is_not(when) for when, _ in found))
        return Held(none=key.none, unknown=any_of(key.unknown, key.loose, dangling), value=found)

    def figure(self, identifier: str) -> Held:
        """Translate a figure of the pack on the day of the act."""
        if identifier not in self._figures:
            self._figures[identifier] = self._figure(self.sketch.parameters[identifier])
        return self._figures[identifier]

    def _figure(self, parameter: Parameter) -> Held:
        edges = sorted({each for one in parameter.values for each in values.bounds(one.first_day) if each is not None})
        if not isinstance(self.day.value, Day) or not edges:
            return ANYTHING
        result = self.constant(parameter.value_on(edges[0] - ONE_DAY))
        for edge in edges:
            result = chosen_if(self.is_since(edge), self.constant(parameter.value_on(edge)), result)
        for lacking, day in ((self.day.none, None), (self.day.unknown, UNKNOWN)):
            if lacking is not False:
                result = chosen_if(lacking, self.constant(parameter.value_on(day)), result)
        return result if self.day.loose is False else chosen_if(self.day.loose, ANYTHING, result)

    def is_since(self, day: date) -> Term:
        """Say when the day of the act, if there is one, is not before a day."""
        assert isinstance(self.day.value, Day)
        return self.day.value.place >= day_of(day).place

    def arithmetic(self, operator: str, left: Held, right: Held) -> Held:
        """Translate a sum, difference, product or quotient."""
        absent = any_of(left.none, left.unknown, right.none, right.unknown)
        if left.value is None or right.value is None:
            return Held(unknown=absent, loose=is_not(absent))
        number, is_none = calculate(operator, left.value, right.value)
        loose = any_of(left.loose, right.loose)
        unknown = any_of(absent, all_of(is_not(loose), is_none))
        return Held(unknown=unknown, loose=all_of(is_not(absent), loose), value=number)

    def called(self, name: str, arguments: tuple[Node, ...], scope: Scope) -> Held:
        """Translate a call that gives a value; what can't be said exactly may be anything."""
        match name:
            case "if_none":
                value, instead = (self.value(each, scope) for each in arguments)
                return chosen_if(value.none, instead, value)
            case "years_after" | "months_after":
                start, number = (self.value(each, scope) for each in arguments)
                return self.moved(start, number, 12 if name == "years_after" else 1)
            case "days_inclusive":
                start, end = (self.value(each, scope) for each in arguments)
                absent = any_of(start.none, start.unknown, end.none, end.unknown)
                if start.value is None or end.value is None:
                    return Held(unknown=absent, loose=is_not(absent))
                days = as_number(ordinal(end.value) - ordinal(start.value) + 1)
                loose = all_of(is_not(absent), any_of(start.loose, end.loose))
                return Held(unknown=absent, loose=loose, value=days)
            case "size":
                held = self.value(arguments[0], scope)
                count: Term = Fraction(0)
                for when, _ in held.value or ():
                    count = add(count, if_then(all_of(is_not(held.none), when), Fraction(1), Fraction(0)))
                return Held(unknown=held.unknown, loose=held.loose, value=count)
        self.sketch.free(name)
        return ANYTHING

    def moved(self, start: Held, number: Held, months: int) -> Held:
        """Translate the day that lies a number of times so many months after another."""
        absent = any_of(start.none, start.unknown, number.none, number.unknown)
        if start.value is None or not isinstance(number.value, Fraction | Cases):
            self.sketch.free("months_after")
            return Held(unknown=absent, loose=is_not(absent))
        cases = number.value if isinstance(number.value, Cases) else Cases([(True, number.value)])
        *others, (_, count) = cases
        result = self._moved(start.value, count * months)
        for when, count in reversed(others):
            result = chosen_if(when, self._moved(start.value, count * months), result)
        loose = any_of(start.loose, number.loose)
        unknown = any_of(absent, all_of(is_not(loose), result.unknown))
        return Held(unknown=unknown, loose=all_of(is_not(absent), loose), value=result.value)

    def _moved(self, day: Day, months: Fraction) -> Held:
        if months.denominator != 1 or abs(months) > FARTHEST:
            return Held(unknown=True, value=day)
        years, more = divmod(int(months), 12)
        year, month, number = day.year + years, day.month + more, day.number
        if more:
            late = month > 12
            year, month = if_then(late, year + 1, year), if_then(late, month - 12, month)
            length = length_of(month, self.february(year))
            number = if_then(all_of(number > 28, number > length), length, number)
        elif isinstance(year, int):
            number = min(number, calendar.monthrange(year, month)[1])
        else:
            no_leap = ends_early(year) if years % 4 == 0 else True
            number = if_then(all_of(month == 2, number == 29, no_leap), 28, number)
        return Held(unknown=any_of(year < 1, year > 9999), value=Day(year, month, number))

    def february(self, year: Term) -> Term:
        """Give the number of days of a February."""
        if isinstance(year, int):
            return calendar.monthrange(year, 2)[1]
        quarter, rest = self.sketch.fresh("Int"), self.sketch.fresh("Int")
        self.sketch.facts += [year == 4 * quarter + rest, rest >= 0, rest <= 3]
        return if_then(all_of(rest == 0, is_not(ends_early(year))), 29, 28)


def _is_one_record(held: Held) -> bool:
    """Say whether a name of the scope stands for one record of the sketch."""
    return isinstance(held.value, tuple) and len(held.value) == 1 and isinstance(held.value[0][1], Row)


def vague(left: Held, right: Held) -> Term:
    """Say when a comparison may come out in any way: one side may be anything, and neither is lacking."""
    lacking = any_of(left.none, right.none, left.unknown, right.unknown)
    return all_of(is_not(lacking), any_of(left.loose, right.loose))


def compared(operator: str, left: Held, right: Held) -> Kleene:
    """Translate a comparison: none has no order, and equals nothing."""
    exact = OPEN
    if left.value is not None and right.value is not None:
        both, is_so = all_of(left.known, right.known), compare(operator, left.value, right.value)
        exact = Kleene(all_of(both, is_so), all_of(both, is_not(is_so)))
    return exact if operator != "==" else Kleene(exact.true, any_of(exact.false, left.none, right.none))


def member(value: Held, members: Held) -> Kleene:
    """Translate whether a text is one of several."""
    there = False
    if value.value is not None:
        there = any_of(*(all_of(when, code == value.value) for when, code in members.value or ()))
    both = all_of(value.known, members.known)
    return Kleene(all_of(both, there), any_of(value.none, members.none, all_of(both, is_not(there))))
