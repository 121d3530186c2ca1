"""A rule pack as those who look for what is badly made in it want to see it.

Every expression of a rule with its place, its conditions over all combinations of truths, and the days that it can be
about. All answers err on one side: what is called impossible is impossible, what is called possible need not be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property

from checker import values
from checker.classes import dataclass
from checker.equivalence import ACT, answered
from checker.errors import Problem
from checker.ladder import Law
from checker.language.formula import Formula, FormulaTooLargeError, TestTable
from checker.language.tree import And, AsOf, Choice, Compare, Constant, Let, Node, Not, Or, Sort
from checker.policy.loading import Policy
from checker.policy.rules import Rule
from checker.policy.source import Source
from checker.truths import MOST_TRUTHS, Combinations, Holding
from checker.values import Range, Value

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pack:
    """A pack with what is known of it as a whole."""

    policy: Policy

    @cached_property
    def studies(self) -> tuple["Study", ...]:
        """Its rules."""
        return tuple(Study(self.policy, each.rule) for each in self.policy.rules)

    def of_figure(self, name: str, key: str, message: str, way_out: str) -> Problem:
        """Object to a figure."""
        return _of_record(self.policy.figures, name, key, message, way_out)

    def of_edition(self, name: str, key: str, message: str, way_out: str) -> Problem:
        """Object to an edition of an instrument."""
        return _of_record(self.policy.laws, name, key, message, way_out)


def _of_record(files: Sequence[Source], name: str, key: str, message: str, way_out: str) -> Problem:
    """Object to the record of that id; in several packs upon each other the last one has the say."""
    return next(
        file.problem(f"/{index}/{key}", message, way_out)
        for file in reversed(files)
        for index, each in enumerate(file.value)
        if each["id"] == name
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """Some conditions together with those of their rule: the `tests` of them all, and what can become of these."""

    law: Law
    tests: tuple[Node, ...]
    formulas: tuple[Formula, ...]
    possible: int

    @cached_property
    def combinations(self) -> Combinations:
        """All combinations of truths of the tests."""
        return Combinations(len(self.tests))

    def holding(self, formula: Formula) -> Holding:
        """Say where a condition holds among what is possible."""
        held = self.combinations.holding(formula)
        return Holding(held.true & self.possible, held.may_be & self.possible)

    @cached_property
    def accused(self) -> int:
        """Where the rule accuses: it applies, and is violated or gives rise to suspicion."""
        when, violated, suspected = map(self.holding, (self.law.when, self.law.violated, self.law.suspected))
        return when.true & (violated.true | suspected.true)

    @cached_property
    def in_doubt(self) -> int:
        """Where it accuses, or would if more were known."""
        when, violated, suspected = map(self.holding, (self.law.when, self.law.violated, self.law.suspected))
        return when.may_be & (violated.may_be | suspected.may_be)


class Study:
    """One rule of a pack."""

    def __init__(self, policy: Policy, rule: Rule) -> None:
        self.policy = policy
        self.rule = rule

    def problem(self, pointer: str, message: str, suggestion: str = "", node: Node | None = None) -> Problem:
        """Say what is wrong with the value at *pointer*, or with a *node* of the expression there."""
        source = self.rule.source
        if node is None:
            return source.problem(pointer, message, suggestion)
        place, excerpt = source.expression_place(pointer, node.span[0])
        return Problem(message=message, place=place, suggestion=suggestion, excerpt=excerpt)

    def read(self, node: Node) -> str:
        """Read an expression out."""
        return self.rule.wording.read(node)

    def below(self, node: Node) -> tuple[Node, ...]:
        """Give all nodes of an expression, those of the names that it uses included."""
        return self.rule.parts_of(node)

    # --- expressions ----------------------------------------------------------------------------------------------

    @cached_property
    def roots(self) -> Mapping[str, Node]:
        """All expressions but names and those of the message, by their pointers."""
        rule = self.rule
        found = {"/when": rule.when, "/violated": rule.violated, "/suspected": rule.suspected}
        found |= {"/conduct_on": rule.conduct_on, "/grade": rule.grade, "/responsible": rule.responsible}
        found |= {f"/matter/{name}": each for name, each in rule.matter.items()}
        found |= {} if rule.amount is None else {"/amount": rule.amount}
        for key, entries in (("basis", rule.basis), ("see", rule.see)):
            found |= {f"/{key}/{index}/if": each.condition for index, each in enumerate(entries)}
        for index, plea in enumerate(rule.exemptions):
            found |= {f"/exempt/{index}/if": plea.condition}
            found |= {f"/exempt/{index}/paper": plea.paper, f"/exempt/{index}/valid_on": plea.valid_on}
        return found | {f"/remedy/{index}/if": each.condition for index, each in enumerate(rule.remedy)}

    @cached_property
    def trees(self) -> Mapping[str, Node]:
        """All expressions but those of the message, by their pointers."""
        return {f"/let/{name}": tree for name, tree in self.rule.lets.items()} | dict(self.roots)

    @cached_property
    def used(self) -> tuple[Node, ...]:
        """Everything that the rule reads; names that nothing uses are left out."""
        return tuple(part for tree in (*self.roots.values(), *self.rule.message.nodes) for part in self.below(tree))

    def parts(self) -> Iterator[tuple[str, Node]]:
        """Give every node with the pointer of its expression, but for those of the message."""
        return ((pointer, part) for pointer, tree in self.trees.items() for part in tree.walk())

    # --- truths ---------------------------------------------------------------------------------------------------

    @cached_property
    def verdict_from(self) -> Mapping[str, Node]:
        """The conditions that the verdict is read from, and the names that stand in them for a condition."""
        found = {"/when": self.rule.when, "/violated": self.rule.violated, "/suspected": self.rule.suspected}
        waiting = list(found.values())
        while waiting:
            names = {each.name for each in joints(waiting.pop()) if isinstance(each, Let)}
            new = {f"/let/{name}": self.rule.lets[name] for name in sorted(names) if f"/let/{name}" not in found}
            found |= new
            waiting += new.values()
        return found

    def beside(self, *conditions: Node) -> Scene | None:
        """Look at conditions beside those of the rule; nothing where they are too many to be looked at."""
        table = TestTable(self.rule.lets)
        table.tests = list(self.rule.tests)
        try:
            formulas = tuple(map(table.formula, conditions))
        except FormulaTooLargeError:
            return None
        if len(table.tests) > MOST_TRUTHS:
            return None
        groups = (
            [{place: truth for place, truth in answer.items() if place != ACT} for answer in answers]
            for answers in answered(table.tests, self.rule.conduct_on)
        )
        possible = Combinations(len(table.tests)).possible(groups)
        return Scene(law=self.rule.law, tests=tuple(table.tests), formulas=formulas, possible=possible)

    @cached_property
    def scene(self) -> Scene:
        """The rule's own conditions."""
        found = self.beside()
        assert found is not None
        return found

    def law_with(self, changed: Mapping[str, Node]) -> Law:
        """Give the law of the rule where some of its conditions are others, over the same tests."""
        held = {**self.verdict_from, **changed}
        names = {each.removeprefix("/let/"): tree for each, tree in held.items() if each.startswith("/let/")}
        table = TestTable({**self.rule.lets, **names})
        table.tests = list(self.rule.tests)
        when, violated, suspected = (table.formula(held[each]) for each in ("/when", "/violated", "/suspected"))
        return replace(self.rule.law, when=when, violated=violated, suspected=suspected)

    @cached_property
    def idle(self) -> frozenset[int]:
        """The tests that decide nothing, whatever the truths of the others are."""
        law, every = self.rule.law, self.scene.combinations
        read = [found for verdicts in every.verdicts(law) for found in verdicts.values()]
        return frozenset(
            place for place in range(law.tests) if not any(every.decided_by(found, place, every.all) for found in read)
        )

    # --- days -----------------------------------------------------------------------------------------------------

    @cached_property
    def days(self) -> Range:
        """The days that it can be about; it is not asked of a day on which its document was not yet issued."""
        low, high = _between(self.rule.when, self.rule)
        if isinstance(self.rule.conduct_on, AsOf):
            issued = values.bounds(self.policy.statutes[self.policy.statute].first_day)[0]
            low = max((each for each in (low, issued) if each is not None), default=None)
        return Range(low, high)

    def days_where(self, condition: Node) -> Range:
        """Give those of its days on which a condition can hold."""
        low, high = _between(condition, self.rule)
        return _both(self.days, Range(low, high))

    def on(self, days: Range, scene: Scene) -> int:
        """Give the combinations that are possible where the act was on one of these days."""
        found = scene.possible
        for place, test in enumerate(scene.tests):
            if isinstance(test, Compare):
                truth = COMPARED[test.operator](*(self._day(each, days) for each in (test.left, test.right)))
                found &= scene.combinations.all if truth is None else scene.combinations.where(place, truth)
        return found

    def _day(self, node: Node, days: Range) -> Value:
        if node == self.rule.conduct_on:
            return days
        return node.value if isinstance(node, Constant) and node.type.sort is Sort.DAY else values.UNKNOWN


COMPARED = {"<": values.less, "<=": values.at_most, "==": values.same}


def joints(tree: Node) -> Iterator[Node]:
    """Give a condition and all the conditions that it is joined from; a name stands for itself."""
    yield tree
    match tree:
        case And(all=parts) | Or(any=parts):
            for each in parts:
                yield from joints(each)
        case Not(part=part):
            yield from joints(part)
        case Choice(condition=condition, first=first, second=second) if tree.type.sort is Sort.TRUTH:
            for each in (condition, first, second):
                yield from joints(each)


def joined(joint: Node) -> tuple[Node, ...]:
    """Give what `and` or `or` joins; nothing for any other condition."""
    match joint:
        case And(all=parts) | Or(any=parts):
            return parts
    return ()


def without_part(tree: Node, joint: Node, index: int) -> Node:
    """Give a condition of which one joint lacks one of its parts."""
    rest = tuple(each for place, each in enumerate(joined(joint)) if place != index)
    match joint:
        case And() if len(rest) > 1:
            return _with(tree, joint, replace(joint, all=rest))
        case Or() if len(rest) > 1:
            return _with(tree, joint, replace(joint, any=rest))
    return _with(tree, joint, rest[0])


def _with(tree: Node, old: Node, new: Node) -> Node:
    if tree is old:
        return new
    match tree:
        case And(all=parts):
            return replace(tree, all=tuple(_with(each, old, new) for each in parts))
        case Or(any=parts):
            return replace(tree, any=tuple(_with(each, old, new) for each in parts))
        case Not(part=part):
            return replace(tree, part=_with(part, old, new))
        case Choice(condition=condition, first=first, second=second):
            one, other, third = (_with(each, old, new) for each in (condition, first, second))
            return replace(tree, condition=one, first=other, second=third)
    return tree


def _between(condition: Node, rule: Rule) -> tuple[date | None, date | None]:
    """Give the first and the last day of an act that a condition allows, as far as it names days."""
    lows: list[date] = []
    highs: list[date] = []
    for each in _conjuncts(condition, rule):
        match each:
            case Compare(operator=operator, left=left, right=Constant(value=value)) if left == rule.conduct_on:
                low, high = values.bounds(value)
                highs += [high - _DAY if operator == "<" else high]
                lows += [low] if operator == "==" else []
            case Compare(operator=operator, left=Constant(value=value), right=right) if right == rule.conduct_on:
                low, high = values.bounds(value)
                lows += [low + _DAY if operator == "<" else low]
                highs += [high] if operator == "==" else []
    return max(lows, default=None), min(highs, default=None)


def _conjuncts(condition: Node, rule: Rule) -> Iterator[Node]:
    match condition:
        case And(all=parts):
            for each in parts:
                yield from _conjuncts(each, rule)
        case Let(name=name):
            yield from _conjuncts(rule.lets[name], rule)
        case _:
            yield condition


def _both(one: Range, other: Range) -> Range:
    low = max((each for each in (one.low, other.low) if each is not None), default=None)
    high = min((each for each in (one.high, other.high) if each is not None), default=None)
    return Range(low, high)
