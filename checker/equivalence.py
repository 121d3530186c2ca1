"""Whether two rules are one in other words: the same verdict whatever the truths of their tests are.

All combinations of truths are gone through. Tests that ask about the same value are answered together, by every value
that makes a difference to them: a day that has come is not none, and who is the one is not the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, product
from math import prod

from checker import values
from checker.ladder import GROUND_PARTS, Ground, Law, Parts, conditions_of, read
from checker.language.formula import Formula, TestTable, truth_of
from checker.language.tree import AsOf, Attribute, Call, Compare, Constant, IsNone, Let, Member, Node, Sort
from checker.model import Truth, Verdict
from checker.policy.rules import Entry, Rule, below
from checker.values import UNKNOWN, Range, Value

MOST_COMBINATIONS = 200_000
ACT = -1
"""The place of the truth that says whether the act has happened; those of the tests count from nought."""

Answers = tuple[Mapping[int, Truth], ...]
"""Truths by their places, as some questions may be answered together."""

_TODAY = date(2020, 6, 15)
_DAY = timedelta(days=1)
_DAYS = (UNKNOWN, None, _TODAY, _TODAY + _DAY, Range(_TODAY, _TODAY + _DAY))
_PAIRS = (
    *((each, 1) for each in (UNKNOWN, None, 0, 1, 2, Range(0, 1), Range(1, 2), Range(0, 2))),
    (1, UNKNOWN),
    (1, None),
    (None, None),
)
_ANOTHER_TEXT = "\n"


def are_same(rule: Rule, other: Rule, document: str = "") -> bool:
    """Say whether two rules are proved to give the same verdict on every subject.

    *document* is the id of the statute that binds only some zones.
    """
    if (rule.conduct_on, rule.exemptions) != (other.conduct_on, other.exemptions):
        return False
    tests = [*rule.tests, *(each for each in other.tests if each not in rule.tests)]
    places = [tuple(map(tests.index, each.tests)) for each in (rule, other)]
    concerns = [_concerns(each, tests) for each in (rule, other)]
    groups = list(_groups(tests, rule.conduct_on))
    if not _mean_the_same(tests, rule, other) or prod(map(len, groups)) > MOST_COMBINATIONS:
        return False
    forces = _forces(rule, other, document)
    compared = set()
    for answers in product(*groups):
        truths = dict(truth for answer in answers for truth in answer.items())
        every = [truths[place] for place in range(len(tests))]
        here, there = (
            conditions_of(each.law, [truths[place] for place in held])
            for each, held in zip((rule, other), places, strict=True)
        )
        concerned = tuple(tuple(truth_of(formula, every) for formula in each) for each in concerns)
        question = (truths[ACT], *here.values(), *there.values(), *concerned)
        if question in compared:
            continue
        compared.add(question)
        for one, another in {(_joint(one, concerned[0]), _joint(two, concerned[1])) for one, two in forces}:
            grounds = (truths[ACT], *one), (truths[ACT], *another)
            if _verdicts(rule.law, grounds[0], here) != _verdicts(other.law, grounds[1], there):
                return False
    return True


def _verdicts(law: Law, ground: Ground, conditions: Parts) -> list[Verdict]:
    """Give the verdict with each answer to whether an exemption is proved."""
    known = {**conditions, **dict(zip(GROUND_PARTS, ground, strict=True)), "signal": law.signal}
    return [read({**known, "exempt": exempt}) for exempt in (True, False, None)]


def answers_together(tests: Sequence[Node], conduct_on: Node) -> Iterator[Mapping[int, Truth]] | None:
    """Give all truths that tests, by their places, can have together, and with them at `ACT` whether the act happened.

    `None` where there are too many.
    """
    groups = list(_groups(tests, conduct_on))
    if prod(map(len, groups)) > MOST_COMBINATIONS:
        return None
    return (dict(truth for answer in answers for truth in answer.items()) for answers in product(*groups))


# --- bases ----------------------------------------------------------------------------------------------------------

Force = tuple[Truth, bool]
"""Whether a basis is in force on a day, and whether it can carry a violation of that day."""


def _concerns(rule: Rule, tests: list[Node]) -> tuple[Formula, ...]:
    """Give the formulas that say whom each basis concerns, over *tests*, adding those that are new."""
    table = TestTable(rule.lets)
    table.tests = tests
    return tuple(table.formula(each.condition) for each in rule.basis)


def _forces(rule: Rule, other: Rule, document: str) -> set[tuple[tuple[Force, ...], tuple[Force, ...]]]:
    """Give what can be said of the bases of both rules together: on every day, and within any two days."""
    bases = (*rule.basis, *other.basis)
    edges = {
        edge + step * _DAY
        for each in bases
        for edge in (
            *values.bounds(each.statute.first_day),
            *values.bounds(each.statute.last_day),
            values.years_after(values.bounds(each.statute.first_day)[1], 1),
        )
        if isinstance(edge, date)
        for step in (-1, 0, 1)
    }
    ranges = (Range(*each) for each in combinations((None, *sorted(edges), None), 2))
    binds = (True, False, None) if any(each.statute.id == document for each in bases) else (True,)
    return {
        (
            tuple(_force(each, day, bound if each.statute.id == document else True) for each in rule.basis),
            tuple(_force(each, day, bound if each.statute.id == document else True) for each in other.basis),
        )
        for day in (UNKNOWN, *sorted(edges), *ranges)
        for bound in binds
    }


def _force(entry: Entry, day: Value, binds: Truth) -> Force:
    in_force = values.conjunction((entry.statute.in_force(day), binds))
    return in_force, in_force is True and not entry.at_most_risk and entry.statute.firm_on(day)


def _joint(forces: tuple[Force, ...], concerned: tuple[Truth, ...]) -> Force:
    """Say whether some basis that concerns a subject is in force, and whether a firm one is."""
    return (
        values.disjunction(
            values.conjunction((truth, in_force)) for (in_force, _), truth in zip(forces, concerned, strict=True)
        ),
        any(truth is True and firm for (_, firm), truth in zip(forces, concerned, strict=True)),
    )


def _mean_the_same(tests: Iterable[Node], rule: Rule, other: Rule) -> bool:
    """Say whether all names that matter outside the formulas stand for the same in both rules."""
    trees = [*tests, rule.conduct_on, *(each.condition for each in (*rule.basis, *other.basis))]
    for plea in rule.exemptions:
        trees += (plea.condition, plea.paper, plea.valid_on)
    return all(
        rule.lets[part.name] == other.lets[part.name]
        for tree in trees
        for part in below(tree, rule.lets)
        if isinstance(part, Let)
    )


# --- questions that are answered together ---------------------------------------------------------------------------

About = Node | tuple[Node, Node] | None
"""The value that a test asks about, or the two that it compares; nothing where it stands for itself."""


def _groups(tests: Iterable[Node], conduct_on: Node) -> Iterator[Answers]:
    """Give the answers to all tests, group by group; to the day of the act belongs whether it has come."""
    asked: list[tuple[About, dict[int, Node]]] = [(conduct_on, {})]
    for place, test in enumerate(tests):
        about = _about(test)
        held = next((group for each, group in asked if _is_same_value(each, about)), None)
        if held is None:
            asked.append((about, held := {}))
        held[place] = test
    for index, (about, group) in enumerate(asked):
        found = {tuple(answer.items()): answer for answer in _answers(about, group, is_act=index == 0)}
        yield tuple(found.values())


def _about(test: Node) -> About:
    match test:
        case IsNone(value=value) | Member(value=value, members=Constant()):
            return value
        case Compare(operator="==", left=value, right=Constant(value=str())):
            return value
        case Compare(left=left, right=right):
            return left, right
        case Call(function=function, arguments=(value,)) if function.name == "happened":
            return value
        case Call(function=function, arguments=(value, Constant()) | (Constant(), value)) if function.name == "below":
            return value
    return None


def _is_same_value(one: About, other: About) -> bool:
    return one is not None and (one == other or (isinstance(one, tuple) and one[::-1] == other))


def _answers(about: About, group: Mapping[int, Node], *, is_act: bool) -> Iterator[dict[int, Truth]]:
    match about:
        case None:
            for truth in (True, False, None):
                yield {place: truth for place in group}  # noqa: C420 - mypy takes fromkeys for that of one truth
        case (Node() as left, Node() as right):
            for one, other in _PAIRS:
                yield {place: _truth(test, ((left, one), (right, other))) for place, test in group.items()}
        case Node():
            for value in _possible(about, group.values()):
                came = {ACT: values.happened(value, _TODAY)} if is_act else {}
                yield came | {place: _truth(test, ((about, value),)) for place, test in group.items()}


def _possible(node: Node, tests: Iterable[Node]) -> Iterable[Value]:
    """Give a value for each way in which tests about it may be answered."""
    match node.type.sort:
        case Sort.DAY:
            return (_TODAY,) if isinstance(node, AsOf) else _DAYS
        case Sort.TEXT:
            if isinstance(node, Attribute) and node.type.members:
                return (UNKNOWN, None, *node.type.members)
            constants = (each.value for test in tests for each in test.walk() if isinstance(each, Constant))
            named = {each for value in constants for each in (value if isinstance(value, frozenset) else {value})}
            return (UNKNOWN, None, _ANOTHER_TEXT, *named)
    return (UNKNOWN, None, True)


def _truth(test: Node, held: tuple[tuple[Node, Value], ...]) -> Truth:
    """Answer a test, given what stands for the values that it asks about."""

    def value(node: Node) -> Value:
        found = [each for about, each in held if about == node]
        return found[0] if found else node.value if isinstance(node, Constant) else UNKNOWN

    match test:
        case IsNone(value=asked):
            return values.is_none(value(asked))
        case Member(value=asked, members=members):
            return values.member(value(asked), value(members))
        case Compare(operator=operator, left=left, right=right):
            return _COMPARED[operator](value(left), value(right))
        case Call(function=function, arguments=(asked,)) if function.name == "happened":
            return values.happened(value(asked), _TODAY)
        case Call(arguments=(left, right)):
            return values.below(value(left), value(right), left.type.order or right.type.order)
    raise AssertionError(test)


_COMPARED = {"<": values.less, "<=": values.at_most, "==": values.same}
