"""Whether two rules are one in other words: the same verdict whatever the truths of their tests are.

All combinations of truths are gone through. Tests that ask about the same value are answered together, by every value
that makes a difference to them: a day that has come is not none, and who is the one is not the other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import combinations, product
from math import prod
from types import EllipsisType, MappingProxyType
from typing import TypeVar

from checker import values
from checker.classes import dataclass
from checker.ladder import GROUND_PARTS, Ground, Law, Parts, conditions_of, read
from checker.language.formula import Formula, Literal, TestTable, truth_of
from checker.language.tree import (
    CLAIM,
    AsOf,
    Attribute,
    Call,
    Compare,
    Constant,
    IsNone,
    Let,
    Link,
    Member,
    Node,
    ParameterValue,
    Sort,
    Variable,
)
from checker.model import Truth, Verdict
from checker.policy.law import Parameter
from checker.policy.rules import Entry, ExemptionRule, Rule, below
from checker.values import UNKNOWN, Range, Value

MOST_COMBINATIONS = 1_000_000
NO_FIGURES: Mapping[str, Parameter] = MappingProxyType({})
ACT = -1
"""The place of the truth that says whether the act has happened; those of the tests count from nought."""

Answers = tuple[Mapping[int, Truth], ...]
"""Truths by their places, as some questions may be answered together."""

Group = tuple[tuple[int, Truth], ...]
"""One answer to some tests: their truths by their places."""

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


def are_same(rule: Rule, other: Rule, document: str = "", figures: Mapping[str, Parameter] = NO_FIGURES) -> bool:
    """Say whether two rules are proved to give the same verdict on every subject.

    *document* is the id of the statute that binds only some zones; of *figures* it matters on which days there are any.
    """
    tests = [*rule.tests, *(each for each in other.tests if each not in rule.tests)]
    places = [tuple(map(tests.index, each.tests)) for each in (rule, other)]
    pleas = _Pleas.of(rule, other, tests)
    if rule.conduct_on != other.conduct_on or pleas is None:
        return False
    concerns = [_formulas((entry.condition for entry in each.basis), each, tests) for each in (rule, other)]
    pleaded = [_formulas(pleas.conditions(number), each, tests) for number, each in enumerate((rule, other))]
    if not _mean_the_same(tests, rule, other):
        return False
    numbered = dict(enumerate(tests))
    of_claim = {place: test for place, test in numbered.items() if _is_of_claim(test)}
    of_day = {place: test for place, test in numbered.items() if _is_of_day(_about(test), rule.conduct_on)}
    of_day = {place: test for place, test in of_day.items() if place not in of_claim}
    groups = _groups({place: test for place, test in numbered.items() if place not in of_claim | of_day})
    claims = _groups(of_claim)
    silent = {place: name for place, test in numbered.items() if (name := _figure_of(test)) in figures}
    occasions = _occasions(of_day, rule, other, document, [figures[name] for name in dict.fromkeys(silent.values())])
    if prod(map(len, (*groups, *claims, occasions))) > MOST_COMBINATIONS:
        return False

    conditions = [
        _remembered(held, partial(_conditions, each.law, held))
        for each, held in zip((rule, other), places, strict=True)
    ]
    concerned = [_remembered(_places_in(each), partial(_truths, each)) for each in concerns]
    asked = [place for place, test in numbered.items() if isinstance(test, IsNone)]
    exempt = _remembered(
        sorted({*_places_in((*pleaded[0], *pleaded[1])), *asked} - of_claim.keys()),
        lambda every: pleas.outcomes(pleaded, every, claims),
    )
    compared = set()
    for answers in product(*groups):
        every: list[Truth] = [None] * len(tests)
        for place, truth in (each for answer in answers for each in answer):
            every[place] = truth
        for number, (occasion, forces) in enumerate(occasions.items()):
            for place, truth in occasion.answers:
                every[place] = truth
            if any(every[place] is not None for place, name in silent.items() if name in occasion.without):
                continue
            here, there = (read(every) for read in conditions)
            one, another = (read(every) for read in concerned)
            excused = exempt(every)
            question = (number, *map(id, (here, there, one, another, excused)))  # each is remembered, and stays
            if question in compared:
                continue
            compared.add(question)
            grounds = {
                ((occasion.came, *_joint(ours, one)), (occasion.came, *_joint(theirs, another)))
                for ours, theirs in forces
            }
            for (ground, other_ground), (plea, other_plea) in product(grounds, excused):
                if _verdict(rule.law, ground, here, plea) is not _verdict(other.law, other_ground, there, other_plea):
                    return False
    return True


_T = TypeVar("_T")


def _remembered(places: Sequence[int], read: Callable[[list[Truth]], _T]) -> Callable[[list[Truth]], _T]:
    """Read truths once for each combination of those at these places."""
    known: dict[tuple[Truth, ...], _T] = {}

    def remembered(every: list[Truth]) -> _T:
        key = tuple([every[place] for place in places])
        if key not in known:
            known[key] = read(every)
        return known[key]

    return remembered


def _conditions(law: Law, held: Sequence[int], every: Sequence[Truth]) -> Parts:
    return conditions_of(law, [every[place] for place in held])


def _truths(formulas: Sequence[Formula], every: Sequence[Truth]) -> tuple[Truth, ...]:
    return tuple(truth_of(each, every) for each in formulas)


def _places_in(formulas: Iterable[Formula]) -> list[int]:
    """Give the places of the tests that formulas are made of."""
    waiting, found = [*formulas], dict[int, None]()
    while waiting:
        each = waiting.pop()
        if isinstance(each, Literal):
            found[each.test] = None
        else:
            waiting += each.parts
    return sorted(found)


def _verdict(law: Law, ground: Ground, conditions: Parts, exempt: Truth) -> Verdict:
    known = {**conditions, **dict(zip(GROUND_PARTS, ground, strict=True)), "signal": law.signal}
    return read({**known, "exempt": exempt})


def _formulas(conditions: Iterable[Node], rule: Rule, tests: list[Node]) -> tuple[Formula, ...]:
    """Give conditions of a rule as formulas over *tests*, adding those that are new."""
    table = TestTable(rule.lets)
    table.tests = tests
    return tuple(map(table.formula, conditions))


# --- exemptions -----------------------------------------------------------------------------------------------------

Outcome = tuple[Truth, Truth]
"""Whether an exemption is proved, not claimed or merely claimed (unknown): of the one rule and of the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pleas:
    """The exemptions of two rules, which may differ in their conditions only.

    Those are `followed` that do, and those that read the subject's own fields; of the others it is enough whether there
    are any. `tests` are the tests of both rules.
    """

    followed: tuple[tuple[ExemptionRule, ExemptionRule], ...]
    is_any_kept: bool
    tests: list[Node]

    @classmethod
    def of(cls, rule: Rule, other: Rule, tests: list[Node]) -> "_Pleas | None":
        """Compare the exemptions of two rules; nothing can be said where more than conditions differ."""
        if len(rule.exemptions) != len(other.exemptions):
            return None
        pairs = list(zip(rule.exemptions, other.exemptions, strict=True))
        if any(one != replace(another, condition=one.condition) for one, another in pairs):
            return None
        followed = tuple(pair for pair in pairs if pair[0] != pair[1] or not pair[0].grounds)
        return cls(followed=followed, is_any_kept=len(followed) < len(pairs), tests=tests)

    def conditions(self, number: int) -> Iterator[Node]:
        """Give the conditions of one of the rules."""
        return (pair[number].condition for pair in self.followed)

    def is_known_to_lack(self, paper: Node, truths: Sequence[Truth]) -> bool:
        """Say whether the answers leave no paper: where a rule asks for it, it has to be there."""
        asked = (place for place, test in enumerate(self.tests) if isinstance(test, IsNone) and test.value == paper)
        return any(truths[place] is not False for place in asked)

    def outcomes(
        self, formulas: Sequence[Sequence[Formula]], truths: Sequence[Truth], claims: Sequence[tuple[Group, ...]]
    ) -> frozenset[Outcome]:
        """Give what may come of all exemptions together, whatever is claimed, with these answers about the subject."""
        found: set[Outcome] = {(truth, truth) for truth in ((True, False, None) if self.is_any_kept else (False,))}
        for (plea, _), one, another in zip(self.followed, *formulas, strict=True):
            single: set[Outcome] = set()
            papers = (False,) if self.is_known_to_lack(plea.paper, truths) else (True, False)
            for answers in product(*claims):
                every = list(truths)
                for place, truth in (each for answer in answers for each in answer):
                    every[place] = truth
                conditions = truth_of(one, every), truth_of(another, every)
                single |= {
                    (_plea(plea, conditions[0], papered), _plea(plea, conditions[1], papered)) for papered in papers
                }
            if plea.grounds:  # no claim may plead it, or several: of these, two say all that there is to say
                single |= {(False, False), *_together(single, single)}
            found = _together(found, single)
        return frozenset(found)


def _plea(plea: ExemptionRule, condition: Truth, papered: bool) -> Truth:  # noqa: FBT001 - one of two inputs
    if condition is False:
        return False
    return True if condition and papered and not plea.at_most_risk else None


def _together(some: Iterable[Outcome], others: Iterable[Outcome]) -> set[Outcome]:
    """Give what comes of two exemptions, or of two claims, together."""
    return {
        (values.disjunction((one[0], other[0])), values.disjunction((one[1], other[1])))
        for one, other in product(some, others)
    }


def _is_of_claim(test: Node) -> bool:
    return any(isinstance(each, Variable) and each.name == CLAIM for each in test.walk())


def answers_together(tests: Sequence[Node], conduct_on: Node) -> Iterator[Mapping[int, Truth]] | None:
    """Give all truths that tests, by their places, can have together, and with them at `ACT` whether the act happened.

    `None` where there are too many.
    """
    groups = list(answered(tests, conduct_on))
    if prod(map(len, groups)) > MOST_COMBINATIONS:
        return None
    return (dict(truth for answer in answers for truth in answer.items()) for answers in product(*groups))


# --- bases ----------------------------------------------------------------------------------------------------------

Force = tuple[Truth, bool]
"""Whether a basis is in force on a day, and whether it can carry a violation of that day."""


Forces = tuple[tuple[Force, ...], tuple[Force, ...]]
"""What can be said of the bases of both rules on one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Occasion:
    """What the day of the act may be, as far as it makes a difference.

    Whether it has come, the answers to the tests that ask about it, and the figures that have no value on it.
    """

    came: Truth
    answers: Group
    without: frozenset[str]


def _occasions(
    tests: Mapping[int, Node], rule: Rule, other: Rule, document: str, figures: Sequence[Parameter]
) -> Mapping[_Occasion, set[Forces]]:
    """Give the answers to the *tests* about the day of the act, each with what can be said of the bases on such days.

    The days are those at which a basis begins, ends or grows firm, a figure changes, or that a test names, and those
    around them. A day may be known to the month or year, or within any two where it is worked out, or not at all; the
    act may have come or not.
    """
    act, bases = rule.conduct_on, (*rule.basis, *other.basis)
    edges = {
        edge
        for each in bases
        for edge in (
            *values.bounds(each.statute.first_day),
            *values.bounds(each.statute.last_day),
            values.years_after(values.bounds(each.statute.first_day)[1], 1),
        )
        if isinstance(edge, date)
    }
    named = (part for test in tests.values() for part in test.walk() if isinstance(part, Constant))
    edges |= {edge for part in named for edge in values.bounds(part.value) if isinstance(edge, date)}
    dated = (each.first_day for figure in figures for each in figure.values)
    edges |= {edge for day in dated for edge in values.bounds(day) if isinstance(edge, date)}
    days = sorted(edge + step * _DAY for edge in edges for step in (-1, 0, 1))
    vague = (
        (values.day(text) for each in days for text in (f"{each:%Y-%m}", f"{each:%Y}"))  # a dossier knows no others
        if isinstance(act, Attribute)
        else (Range(*each) for each in combinations((None, *days, None), 2) if each != (None, None))
    )
    binds = (True, False, None) if any(each.statute.id == document for each in bases) else (True,)
    found: dict[_Occasion, set[Forces]] = {}
    for day in (UNKNOWN, None, *days, *vague):
        forces = {
            (
                tuple(_force(each, day, bound if each.statute.id == document else True) for each in rule.basis),
                tuple(_force(each, day, bound if each.statute.id == document else True) for each in other.basis),
            )
            for bound in binds
        }
        on = UNKNOWN if day is None else day
        without = frozenset(each.id for each in figures if each.value_on(on) is UNKNOWN)
        for came in _may_have_come(day, act):
            answers = tuple((place, _truth(test, ((act, day),), came)) for place, test in tests.items())
            found.setdefault(_Occasion(came=came, answers=answers, without=without), set()).update(forces)
    return found


def _may_have_come(day: Value, act: Node) -> tuple[Truth, ...]:
    """Say whether an act of that day has come: of a state that continues, always."""
    if isinstance(act, AsOf):
        return (True,)
    if day is None:
        return (False,)
    return (None,) if day is UNKNOWN else (True, False) if isinstance(day, date) else (True, False, None)


def _figure_of(test: Node) -> str:
    """Give the figure that a test compares something with, as it is: without a value, nobody knows its answer."""
    match test:
        case Compare(left=ParameterValue(id=name)) | Compare(right=ParameterValue(id=name)):
            return name
        case Member(members=ParameterValue(id=name)):
            return name
    return ""


def _is_of_day(about: "About", act: Node) -> bool:
    """Say whether a test asks about the day of the act alone, or compares it with a day that the rule names."""
    if isinstance(about, tuple):
        return act in about and any(isinstance(each, Constant) for each in about)
    return about == act


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
    for plea in (*rule.exemptions, *other.exemptions):
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


def answered(tests: Iterable[Node], conduct_on: Node) -> Iterator[Answers]:
    """Give the answers to all tests, group by group; to the day of the act belongs whether it has come."""
    for index, (about, group) in enumerate(_by_value(dict(enumerate(tests)), (conduct_on, {}))):
        found = {tuple(answer.items()): answer for answer in _answers(about, group, is_act=index == 0)}
        yield tuple(found.values())


def _groups(tests: Mapping[int, Node]) -> list[tuple[Group, ...]]:
    """Give the answers to some tests, group by group, each answer once.

    What is asked of a record belongs to what is asked of the field that leads there: where that is none or unknown, so
    is all of the record.
    """
    asked = _by_value(tests)
    leading = {index: _leading(about, asked) for index, (about, _) in enumerate(asked)}
    leading = {index: leader for index, leader in leading.items() if leader is not None and leading[leader] is None}
    groups = []
    for index, (about, held) in enumerate(asked):
        led = [asked[each] for each, leader in leading.items() if leader == index]
        if index in leading:
            continue
        found: dict[Group, None] = {}
        for value, answer in _valued(about, held) if led else ((..., each) for each in _answers(about, held)):
            forced = value if value is None or value is UNKNOWN else ...
            for answers in product(*(_answers(*each, forced=forced) for each in led)):
                found[tuple(truth for each in (answer, *answers) for truth in each.items())] = None
        groups.append(tuple(found))
    return groups


def _leading(about: About, asked: Sequence[tuple[About, Mapping[int, Node]]]) -> int | None:
    """Give the number of the group that asks about the field which leads to the record that a group asks about."""
    links = [link for each in _values_of(about) if (link := _link_to(each)) is not None]
    for index, (other, _) in enumerate(asked):
        if isinstance(other, Attribute) and any((other.base, other.field) == (each.base, each.field) for each in links):
            return index
    return None


def _link_to(value: Node) -> Link | None:
    """Give the link that a field is read through."""
    return value.base if isinstance(value, Attribute) and isinstance(value.base, Link) else None


def _values_of(about: About) -> tuple[Node, ...]:
    return () if about is None else about if isinstance(about, tuple) else (about,)


def _by_value(tests: Mapping[int, Node], *asked: tuple[About, dict[int, Node]]) -> list[tuple[About, dict[int, Node]]]:
    """Put tests together that ask about the same value; *asked* are groups to begin with."""
    groups = list(asked)
    for place, test in tests.items():
        about = _about(test)
        held = next((group for each, group in groups if _is_same_value(each, about)), None)
        if held is None:
            groups.append((about, held := {}))
        held[place] = test
    return groups


def _about(test: Node) -> About:
    match test:
        case Compare(left=Call(function=function, arguments=(one, another)), right=right) if (
            function.name == "if_none" and right in {one, another}
        ):
            return one, another
        case Compare(left=left, right=Call(function=function, arguments=(one, another))) if (
            function.name == "if_none" and left in {one, another}
        ):
            return one, another
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


def _answers(
    about: About, group: Mapping[int, Node], *, is_act: bool = False, forced: Value = ...
) -> Iterator[dict[int, Truth]]:
    """Give the answers to tests about the same value; what is read through a link is *forced* to be none or unknown."""
    match about:
        case None:
            for truth in (True, False, None):
                yield {place: truth for place in group}  # noqa: C420 - mypy takes fromkeys for that of one truth
        case (Node() as left, Node() as right):
            for pair in _PAIRS:
                held = tuple(zip((left, right), pair, strict=True))
                if all(value is forced for each, value in held if forced is not ... and _link_to(each) is not None):
                    yield {place: _truth(test, held) for place, test in group.items()}
        case Node():
            for value, answer in _valued(about, group, forced=forced):
                yield ({ACT: values.happened(value, _TODAY)} if is_act else {}) | answer


def _valued(
    about: About, group: Mapping[int, Node], *, forced: Value = ...
) -> Iterator[tuple[Value, dict[int, Truth]]]:
    """Give each value that makes a difference to tests about it, and their answers."""
    assert isinstance(about, Node)
    for value in _possible(about, group.values()) if forced is ... else (forced,):
        yield value, {place: _truth(test, ((about, value),)) for place, test in group.items()}


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


def _truth(test: Node, held: tuple[tuple[Node, Value], ...], came: Truth | EllipsisType = ...) -> Truth:
    """Answer a test, given what stands for the values that it asks about; *came* says whether that day has come."""

    def value(node: Node) -> Value:
        found = [each for about, each in held if about == node]
        if found:
            return found[0]
        if isinstance(node, Call) and node.function.name == "if_none":
            return values.if_none(*map(value, node.arguments))
        return node.value if isinstance(node, Constant) else UNKNOWN

    match test:
        case IsNone(value=asked):
            return values.is_none(value(asked))
        case Member(value=asked, members=members):
            return values.member(value(asked), value(members))
        case Compare(operator=operator, left=left, right=right):
            return _COMPARED[operator](value(left), value(right))
        case Call(function=function, arguments=(asked,)) if function.name == "happened":
            return values.happened(value(asked), _TODAY) if came is ... else came
        case Call(arguments=(left, right)):
            return values.below(value(left), value(right), left.type.order or right.type.order)
    raise AssertionError(test)


_COMPARED = {"<": values.less, "<=": values.at_most, "==": values.same}
