"""Evidence: following a rule once more on one subject, remembering what was read and where it stood.

The generated code finds truths; this finds out why, and is run for findings only. It calculates with the same
functions, needs no index, and keeps from every condition just what settled it: the false part of an *and*, the
witness of an *any*, the addends of a *sum*.

It is a reading of its own, made from the trees of the rule and not from the generated code: of each node a function,
once for all subjects.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import TypeVar

import msgspec

from checker import values
from checker.facts import Candidates, Found, View, distinct
from checker.language.compiling import MOST_RULED_OUT, Scouted, probes_of
from checker.language.tree import (
    CLAIM,
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
    Table,
    Variable,
    path_text,
)
from checker.model import TestNode, Truth
from checker.policy.rules import ExemptionRule, Rule
from checker.shapes import united
from checker.values import UNKNOWN, Range, Value

_ARITHMETIC: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": values.add,
    "-": values.subtract,
    "*": values.multiply,
    "/": values.divide,
}
_COMPARISONS: Mapping[str, Callable[[Value, Value], Truth]] = {
    "<": values.less,
    "<=": values.at_most,
    "==": values.same,
}
Scope = Mapping[str, Value]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
MOST_OPEN_ROWS = 10
"""How many rows that leave a question open are told: what nobody knows of the others is the same."""
MOST_FOLLOWED = 50
"""How many rows of a loop are followed one by one; of more, generated code says which are worth it."""


class Sight(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One value that was seen: the expression it was read by, and the record it stands in.

    For a reference that leads nowhere `record` is the id; a name of the rule has the `origins` that it was made from,
    and there may be others, `unlisted`.
    """

    node: Node
    value: Value
    record: Value = None
    origins: tuple["Origin", ...] = ()
    unlisted: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the dossier is silent on it, or says too little."""
        return self.value is UNKNOWN or self.value.__class__ is Range


class Pleaded(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One pleading of an exemption: whether its condition holds, what was read for it, and the id of its paper.

    `claim` is the record of the register `claims`, `None` where the rule reads fields of its own; `is_papered` says
    that the paper is in the dossier and valid on the day `valid_on`.
    """

    claim: Value
    truth: Truth
    reads: "Reads"
    paper: Value
    valid_on: Value
    is_papered: bool


Origin = tuple[Value, tuple[str, ...]]
"""A record that an answer was made from, and which of its fields were read."""

Place = tuple[object, ...]
"""What makes two readings readings of the same thing."""


class Besides(msgspec.Struct, eq=False, gc=False):
    """What some expressions read besides facts.

    `silent` are the registers whose incompleteness left something open, `whole` those whose completeness proved
    absence, each with the names to ask under; `figures` are parameters without a value; `origins` the records that an
    answer was made from, and `unlisted` how many more there are, for each long list.
    """

    silent: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    whole: dict[str, None] = msgspec.field(default_factory=dict)
    figures: dict[str, None] = msgspec.field(default_factory=dict)
    origins: dict[int, Origin] = msgspec.field(default_factory=dict)
    unlisted: dict[Place, int] = msgspec.field(default_factory=dict)

    def add(self, other: "Besides") -> None:
        """Take over what another read."""
        _take_over(self.silent, other.silent)
        _take_over(self.whole, other.whole)
        _take_over(self.figures, other.figures)
        _take_over(self.origins, other.origins)
        _take_over(self.unlisted, other.unlisted)


_NOTHING = Besides()


class Reads(msgspec.Struct, eq=False, gc=False):
    """What an expression read, in order, each place once; many read nothing `besides` facts.

    `is_open` says that a loop ran over a list of which it is not known whether that is all.
    """

    facts: dict[Place, Sight] = msgspec.field(default_factory=dict)
    besides: Besides | None = None
    is_open: bool = False

    @property
    def rest(self) -> Besides:
        """What was read besides facts, to be looked at."""
        return self.besides or _NOTHING

    @property
    def noted(self) -> Besides:
        """What was read besides facts, to be added to."""
        if self.besides is None:
            self.besides = Besides()
        return self.besides

    def add(self, other: "Reads") -> None:
        """Take over what another read."""
        if other.facts:
            _take_over(self.facts, other.facts)
        if other.besides is not None:
            self.noted.add(other.besides)

    @property
    def gaps(self) -> list[tuple[Place, Sight]]:
        """The facts on which the dossier is silent, or says too little."""
        return [each for each in self.facts.items() if each[1].value is UNKNOWN or each[1].value.__class__ is Range]


def _take_over(mine: dict[_Key, _Value], others: dict[_Key, _Value]) -> None:
    """Add what is new; what is there already keeps its place and its value."""
    if not mine:
        mine.update(others)
        return
    for key, value in others.items():
        if key not in mine:
            mine[key] = value


Settled = tuple[Truth, Reads]
"""A truth with what settled it, which nobody adds to."""


class Witness:
    """Follows the expressions of one rule on one subject."""

    def __init__(self, view: View, rule: Rule, found: Found) -> None:
        """Look at the subject of *found*; a test that was not settled there is not followed to its last row."""
        self.view = view
        self.rule = rule
        self.reading = reading = reading_of(rule)
        self.scope: Scope = dict(zip(reading.names, (view.zone, *found.chain), strict=True))
        self.chain = found.chain
        self.unsettled = {key for place, key in reading.loops if found.truths[place : place + 1] == (None,)}
        self.lets: dict[str, tuple[Value, Reads]] = {}
        self.settled: dict[int, Settled] = {}
        self.spared: set[int] = set()
        self._pleaded: dict[int, tuple[Pleaded, ...]] = {}
        self.conduct_reads = Reads()
        self.day: Value = reading.conduct_on(self, self.scope, self.conduct_reads)

    def value(self, node: Node, reads: Reads | None = None) -> Value:
        """Find a value, adding what was read on the way to *reads*."""
        return self.reading.value(node)(self, self.scope, Reads() if reads is None else reads)

    def truth(self, node: Node) -> Truth:
        """Find the truth of a condition."""
        return self.reading.settling(node)(self, self.scope)[0]

    def settle(self, node: Node) -> Settled:
        """Find the truth of a condition, and only what settled it."""
        return self.reading.settling(node)(self, self.scope)

    def has_read(self, node: Node, reads: Reads) -> bool:
        """Say whether *reads* surely hold what a node would read: it is a field of a record that has a name."""
        if node.__class__ is not Attribute or node.base.__class__ is not Variable:
            return False
        return (id(self.scope[node.base.name]), node.field.name) in reads.facts

    def is_spared(self, node: Node) -> bool:
        """Say whether a condition was not followed, because it could not matter."""
        return id(node) in self.spared and id(node) not in self.settled

    def waits_for(self, test: Node) -> Reads | None:
        """Give all that an unknown test or value waits for; nothing where that can't be told beforehand.

        Of two operands that are unknown each is waited for. What a row of a loop would have to say depends on what it
        says first, so a loop is understood only where nothing but the declaration of its register is lacking; and what
        a record would say to which an unknown link leads, nobody knows.
        """
        follow, fields = self.reading.waiting(test)
        reads = Reads()
        follow(self, self.scope, reads)
        if fields is None:
            return None if reads.gaps else reads
        for follow_field, is_link in fields:
            if follow_field(self, self.scope, reads) is UNKNOWN and is_link:
                return None
        return reads

    def near_tests(self) -> Iterator[tuple[int, Truth, Reads | None]]:
        """Give the place and truth of each test that was followed and does not go over whole registers.

        With what it waits for where it is unknown, and where that can be told beforehand.
        """
        settled, tests = self.settled, self.reading.tests.items()
        for place, (test, (key, (settle, goes_far))) in enumerate(zip(self.rule.tests, tests, strict=True)):
            if goes_far or (key in self.spared and key not in settled):
                continue
            truth, reads = settled.get(key) or settle(self, self.scope)
            if truth is not None:
                yield place, truth, None
            else:
                yield place, truth, reads if self.reading.reads_all(test) else self.waits_for(test)

    def truths(self) -> tuple[Truth, ...]:
        """Find the truths of all tests and exemptions of the rule, but those that were not worth following."""
        settled, tests = self.settled, list[Truth]()
        for key, (settle, goes_far) in self.reading.tests.items():
            if key in settled:
                tests.append(settled[key][0])
            elif goes_far and key in self.unsettled:
                tests.append(None)
            else:
                tests.append(settle(self, self.scope)[0])
        return (*tests, *[self._plea(plea) for plea in self.rule.exemptions])

    def _plea(self, plea: ExemptionRule) -> Truth:
        """Say whether an exemption is proved, not claimed, or (`None`) merely claimed."""
        pleaded = [each for each in self.pleaded(plea) if each.truth is not False]
        if not pleaded:
            return False
        is_proved = any(each.truth and each.is_papered for each in pleaded) and not plea.at_most_risk
        return True if is_proved else None

    def pleaded(self, plea: ExemptionRule) -> tuple[Pleaded, ...]:
        """Follow each pleading of an exemption, once."""
        known = self._pleaded.get(id(plea))
        if known is None:
            known = self._pleaded[id(plea)] = self._all_pleaded(plea)
        return known

    def _all_pleaded(self, plea: ExemptionRule) -> tuple[Pleaded, ...]:
        """Follow each pleading of an exemption; a rule's own fields plead where a paper stands in them."""
        if not plea.grounds:
            found = self._pleading(plea, None, self.scope)
            return (found,) if found.truth is not False or isinstance(found.paper, str) else ()
        claims = self.view.pleas(self.rule.each, plea.grounds)(self.scope[SUBJECT])
        return tuple(self._pleading(plea, claim, {**self.scope, CLAIM: claim}) for claim in claims)

    def _pleading(self, plea: ExemptionRule, claim: Value, scope: Scope) -> Pleaded:
        truth, reads = self.reading.settling(plea.condition)(self, scope)
        paper = self.reading.value(plea.paper)(self, scope, Reads())
        valid_on = self.reading.value(plea.valid_on)(self, scope, Reads())
        return Pleaded(
            claim=claim,
            truth=truth,
            reads=reads,
            paper=paper,
            valid_on=valid_on,
            is_papered=self.view.paper(paper, valid_on),
        )

    def shown(self, tree: "Tree") -> tuple[Truth, ...]:
        """Give the truth of each place of the and/or structure of a condition; of one that was spared, none."""
        settled, scope = self.settled, self.scope
        if not self.spared:
            return tuple([(settled.get(key) or settle(self, scope))[0] for key, settle, _ in tree.places])
        truths: list[Truth] = []
        spared: list[bool] = []
        for key, settle, above in tree.places:
            spared.append((above >= 0 and spared[above]) or (key in self.spared and key not in settled))
            truths.append(None if spared[-1] else settle(self, scope)[0])
        return tuple(truths)


# --- a rule as functions ----------------------------------------------------------------------------------------------


Follow = Callable[[Witness, Scope, Reads], Value]
"""A node as a function: it finds the value on the subject of a witness, adding to the reads what was read for it."""

Settle = Callable[[Witness, Scope], Settled]
"""A condition as a function: it finds the truth, with reads of its own that hold only what settled it.

Of the subject alone a condition is settled once; on the rows of a loop each time.
"""

Joined = Callable[[Witness, Scope, Reads], Truth]


class Tree:
    """The and/or structure of a condition: its places, each below the one it names, and the nodes made for truths."""

    def __init__(self, reading: "Reading", condition: Node) -> None:
        self.reading = reading
        self.places: list[tuple[int, Settle, int]] = []
        self._make = self._maker(condition, -1)
        self._known: dict[tuple[Truth, ...], TestNode] = {}

    def with_truths(self, truths: tuple[Truth, ...]) -> TestNode:
        """Give the structure with a truth at each place, made once."""
        known = self._known.get(truths)
        if known is None:
            known = self._known[truths] = self._make(iter(truths), "")
        return known

    def _maker(self, node: Node, above: int) -> Callable[[Iterator[Truth], str], TestNode]:
        """Give what makes the node of a condition of the truths from its own place on, and of its label."""
        here, rule = len(self.places), self.reading.rule
        self.places.append((id(node), self.reading.settling(node), above))
        operator, parts = "", tuple[Node, ...]()
        match node:
            case And(all=parts):
                operator = "and"
            case Or(any=parts):
                operator = "or"
            case Not(part=And() | Or() | Let() as part):
                operator, parts = "not", (part,)
            case Let(name=name):
                make = self._maker(rule.lets[name], here)

                def named(truths: Iterator[Truth], label: str) -> TestNode:
                    next(truths)
                    return make(truths, label or rule.labels[name])

                return named
        makers = [self._maker(part, here) for part in parts]

        def joined(truths: Iterator[Truth], label: str) -> TestNode:
            truth = next(truths)
            return TestNode(op=operator, truth=truth, label=label, parts=tuple(make(truths, "") for make in makers))

        def alone(truths: Iterator[Truth], label: str) -> TestNode:
            start, end = node.span
            return TestNode(
                op="test",
                truth=next(truths),
                text=rule.written(node)[start:end],
                wording=rule.worded(node),
                label=label,
                soft=rule.is_soft(node.part if isinstance(node, Not) else node),
            )

        return joined if operator else alone


def reading_of(rule: Rule) -> "Reading":
    """Give the expressions of a rule as functions."""
    reading: Reading = rule.known.of("reading", rule.when, lambda _: Reading(rule))
    return reading


class Reading:
    """The expressions of one rule as functions, each made when it is first followed.

    Nothing of a dossier stays in them.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.names = (ZONE, SUBJECT, *rule.parents)
        self._values: dict[int, Follow] = {}
        self._truths: dict[int, Follow] = {}
        self._settling: dict[int, Settle] = {}
        self._trees: dict[int, Tree] = {}
        self._waiting: dict[int, tuple[Follow, list[tuple[Follow, bool]] | None]] = {}
        self._plain: dict[int, bool] = {}
        self._kept: list[Node] = []
        self.conduct_on = self.value(rule.conduct_on)
        self.tests = {id(test): (self.settling(test), rule.goes_far(test)) for test in rule.tests}
        self.loops = tuple(
            (place, id(test))
            for place, test in enumerate(rule.tests)
            if isinstance(test, Quantifier) or rule.goes_far(test)
        )

    def value(self, node: Node) -> Follow:
        """Give the function that finds a value."""
        known = self._values.get(id(node))
        if known is None:
            known = self._values[id(node)] = self._value(node)
            self._kept.append(node)
        return known

    def truth(self, node: Node) -> Follow:
        """Give the function that finds the truth of a condition."""
        if id(node) not in self._truths:
            self._condition(node)
        return self._truths[id(node)]

    def settling(self, node: Node) -> Settle:
        """Give the function that settles a condition."""
        known = self._settling.get(id(node))
        if known is None:
            self._condition(node)
            known = self._settling[id(node)]
        return known

    def tree(self, condition: Node) -> Tree:
        """Give the structure of a condition."""
        known = self._trees.get(id(condition))
        if known is None:
            known = self._trees[id(condition)] = Tree(self, condition)
        return known

    def waiting(self, test: Node) -> tuple[Follow, list[tuple[Follow, bool]] | None]:
        """Give what follows a test, and what follows each field and link in it; none of these where it has loops."""
        known = self._waiting.get(id(test))
        if known is None:
            parts = self.rule.parts_of(test)
            fields: list[tuple[Follow, bool]] | None = None
            if not any(isinstance(each, Quantifier) for each in parts):
                of_rows = {id(each) for part in parts if isinstance(part, Table) for each in part.columns}
                fields = [
                    (self.value(part), isinstance(part, Link))
                    for part in parts
                    if isinstance(part, Attribute | Link) and id(part) not in of_rows
                ]
            known = self._waiting[id(test)] = (self.value(test), fields)
        return known

    def reads_all(self, test: Node) -> bool:
        """Say whether following a test reads all that is in it: it has no cases, loops or references."""
        known = self._plain.get(id(test))
        if known is None:
            parts = self.rule.parts_of(test)
            known = not any(isinstance(each, And | Or | Choice | Quantifier | Link) for each in parts)
            self._plain[id(test)] = known
        return known

    def _condition(self, node: Node) -> None:
        """Make the functions of a condition, which remember what was settled of the subject alone."""
        self._kept.append(node)
        key, plain = id(node), self._truth(node)
        fixed = (bool(node.value), Reads()) if isinstance(node, Constant) else None

        def settle(witness: Witness, scope: Scope) -> Settled:
            if scope is not witness.scope:
                inner = Reads()
                return plain(witness, scope, inner), inner
            known = fixed or witness.settled.get(key)
            if known is None:
                inner = Reads()
                known = witness.settled[key] = (plain(witness, scope, inner), inner)
            return known

        def follow(witness: Witness, scope: Scope, reads: Reads) -> Truth:
            if scope is not witness.scope:
                truth: Truth = plain(witness, scope, reads)
                return truth
            truth, inner = settle(witness, scope)
            reads.add(inner)
            return truth

        self._settling[key], self._truths[key] = settle, follow

    # --- truths ---------------------------------------------------------------------------------------------------

    def _truth(self, node: Node) -> Follow:
        match node:
            case Constant(value=bool() as value):
                return lambda _witness, _scope, _reads: value
            case And(all=parts):
                return self.joined(parts, decisive=False)
            case Or(any=parts):
                return self.joined(parts, decisive=True)
            case Not(part=part):
                return self._negated(self.truth(part))
            case Compare(operator=operator, left=left, right=right):
                return self._of_two(_COMPARISONS[operator], left, right)
            case Member(value=value, members=members):
                return self._of_two(values.member, value, members)
            case IsNone(value=value):
                return self._of_one(values.is_none, value)
            case Let(name=name) if node.type.sort is Sort.TRUTH:
                named = self.truth(self.rule.lets[name])
                # of the subject alone, whatever loop it stands in
                return lambda witness, _, reads: named(witness, witness.scope, reads)
            case Quantifier(kind="any"):
                return self._exists(node, node.element)
            case Quantifier(kind="all", element=element):
                return self._negated(self._exists(node, Not(element.type, element.span, element)))
            case Choice(condition=condition, first=first, second=second):
                chosen, one, other = self.truth(condition), self.truth(first), self.truth(second)
                return lambda witness, scope, reads: values.either(
                    chosen(witness, scope, reads), one(witness, scope, reads), other(witness, scope, reads)
                )
            case Call():
                return self._call(node)
        return self._of_one(values.yes, node)

    def _negated(self, follow: Follow) -> Follow:
        return lambda witness, scope, reads: values.negation(follow(witness, scope, reads))

    def _of_one(self, run: Callable[[Value], Value], part: Node) -> Follow:
        follow = self.value(part)
        return lambda witness, scope, reads: run(follow(witness, scope, reads))

    def _of_two(self, run: Callable[[Value, Value], Value], left: Node, right: Node) -> Follow:
        one, other = self.value(left), self.value(right)
        if isinstance(right, Constant):
            constant = right.value
            return lambda witness, scope, reads: run(one(witness, scope, reads), constant)
        return lambda witness, scope, reads: run(one(witness, scope, reads), other(witness, scope, reads))

    def joined(self, parts: tuple[Node, ...], *, decisive: bool) -> Joined:
        """Join parts; if one is decisive, only such parts are evidence, else those that are open, else all.

        Where an *and* is false anyway, no part is followed that goes over whole registers.
        """
        settling = [self.settling(part) for part in parts]
        far = {} if decisive else {number: id(part) for number, part in enumerate(parts) if self.rule.goes_far(part)}

        def settled(witness: Witness, scope: Scope) -> list[Settled]:
            found = {number: settle(witness, scope) for number, settle in enumerate(settling) if number not in far}
            if any(truth is False for truth, _ in found.values()):
                witness.spared.update(far.values())
            else:
                found |= {number: settling[number](witness, scope) for number in far}
            return [found[number] for number in sorted(found)]

        def follow(witness: Witness, scope: Scope, reads: Reads) -> Truth:
            followed = settled(witness, scope) if far else [settle(witness, scope) for settle in settling]
            truths = [truth for truth, _ in followed]
            result = decisive if decisive in truths else None if None in truths else not decisive
            settled_by = result if result is decisive or result is None else not decisive
            for truth, inner in followed:
                if truth is settled_by:
                    reads.add(inner)
            return result

        return follow

    # --- values ---------------------------------------------------------------------------------------------------

    def _value(self, node: Node) -> Follow:
        match node:
            case Constant(value=constant):
                return lambda _witness, _scope, _reads: constant
            case AsOf():
                return lambda witness, _scope, _reads: witness.view.as_of
            case Variable(name=variable):
                return lambda _witness, scope, _reads: scope[variable]
            case Let() if node.type.sort is not Sort.TRUTH:
                return self._let(node)
            case ParameterValue():
                return self._figure(node)
            case Attribute():
                return self._field(node)
            case Link():
                return self._link(node)
            case Arithmetic(operator=operator, left=left, right=right):
                return self._of_two(_ARITHMETIC[operator], left, right)
            case Negative(part=part):
                return self._of_one(values.negative, part)
            case Choice() if node.type.sort is not Sort.TRUTH:
                return self._chosen(node)
            case Quantifier(kind="sum" | "count" | "union"):
                return self._folded(node)
            case Table():
                return self._table(node)
            case Call():
                return self._call(node)
        return self.truth(node)

    def _chosen(self, node: Choice) -> Follow:
        condition, first, second = self.truth(node.condition), self.value(node.first), self.value(node.second)

        def follow(witness: Witness, scope: Scope, reads: Reads) -> Value:
            chosen = condition(witness, scope, reads)
            of_first, of_second = Reads(), Reads()
            one, other = first(witness, scope, of_first), second(witness, scope, of_second)
            if chosen is not False:
                reads.add(of_first)
            if chosen is not True:
                reads.add(of_second)
            return values.choose(chosen, one, other)

        return follow

    def _figure(self, node: ParameterValue) -> Follow:
        name, place = node.id, ("param", node.id)

        def follow(witness: Witness, _: Scope, reads: Reads) -> Value:
            figure = witness.view.parameter(name, witness.day)
            if figure is not UNKNOWN:
                reads.facts[place] = Sight(node, figure)
            elif witness.view.lacks_day(name, witness.day):
                reads.add(_only_open(witness.conduct_reads))
            else:
                reads.noted.figures[name] = None
            return figure

        return follow

    def _let(self, node: Let) -> Follow:
        name, place, named = node.name, ("let", node.name), self.value(self.rule.lets[node.name])

        def follow(witness: Witness, _: Scope, reads: Reads) -> Value:
            known = witness.lets.get(name)
            if known is None:
                inner = Reads()
                value = named(witness, witness.scope, inner)
                inner.facts[place] = Sight(
                    node, value, origins=tuple(inner.rest.origins.values()), unlisted=sum(inner.rest.unlisted.values())
                )
                known = witness.lets[name] = (value, inner)
            reads.add(known[1])
            return known[0]

        return follow

    def _field(self, node: Attribute) -> Follow:
        described, name, entity = node.field, node.field.name, node.base.type.entity
        assert entity is not None
        held = attrgetter(described.attribute)
        may_be_none, may_be_unknown = described.may_be_blank, described.nullable and not described.claim
        is_block, is_id = node.type.sort is Sort.RECORD, name == entity.id_field
        base = self.value(node.base)
        variable = node.base.name if isinstance(node.base, Variable) else ""

        def follow(witness: Witness, scope: Scope, reads: Reads) -> Value:
            record = scope[variable] if variable else base(witness, scope, reads)
            if record is None or record is UNKNOWN:
                return record
            value = held(record)
            if value is UNKNOWN:
                if may_be_none:
                    value = witness.view.seen(value, entity, described)
            elif value is None:
                if may_be_unknown:
                    value = witness.view.seen(value, entity, described)
            elif is_block:
                return value
            if not is_id:
                reads.facts[id(record), name] = Sight(node, value, record)
            return value

        return follow

    def _link(self, node: Link) -> Follow:
        named, register = self.value(Attribute(node.type, node.span, node.base, node.field)), node.field.ref

        def follow(witness: Witness, scope: Scope, reads: Reads) -> Value:
            identifier = named(witness, scope, reads)
            found = witness.view.directory(register).get(identifier, UNKNOWN)
            if found is UNKNOWN and isinstance(identifier, str):
                reads.facts[register, identifier] = Sight(node, UNKNOWN, identifier)
            return found

        return follow

    def _call(self, node: Call) -> Follow:
        run, arguments = node.function.run, [self.value(argument) for argument in node.arguments]
        match node.function.context:
            case "as_of":
                return lambda witness, scope, reads: run(
                    *[argument(witness, scope, reads) for argument in arguments], witness.view.as_of
                )
            case "order":
                order = next(each.type.order for each in node.arguments if each.type.order)
                return lambda witness, scope, reads: run(
                    *[argument(witness, scope, reads) for argument in arguments], order
                )
        return lambda witness, scope, reads: run(*[argument(witness, scope, reads) for argument in arguments])

    def _table(self, node: Table) -> Follow:
        """Read the columns of a register; every row of it is where the answer comes from."""
        records, columns = self.records(node.register), [self.value(each) for each in node.columns]
        name = node.columns[0].base
        assert isinstance(name, Variable)
        variable = name.name

        def follow(witness: Witness, scope: Scope, reads: Reads) -> values.Listing:
            rows, whole = records(witness, scope, reads)
            cells = []
            for row in rows:
                inner, inner_scope = Reads(), {**scope, variable: row}
                cells.append(tuple([column(witness, inner_scope, inner) for column in columns]))
                _originate(inner, row)
                reads.noted.origins.update(inner.rest.origins)
                reads.add(_only_open(inner))
            return values.Listing(cells, whole)

        return follow

    # --- quantifiers ----------------------------------------------------------------------------------------------

    def records(self, source: Register) -> Callable[[Witness, Scope, Reads], tuple[tuple[Value, ...], bool]]:
        """Give what finds all records of a register, and whether they are all there are, noting what that rested on."""
        path, asked = source.path, (path_text(source) or source.path,)

        def noted(reads: Reads, *, whole: bool) -> None:
            if whole:
                reads.noted.whole[path] = None
            else:
                reads.noted.silent[path] = asked

        if source.base is None:

            def at_the_top(witness: Witness, _: Scope, reads: Reads) -> tuple[tuple[Value, ...], bool]:
                whole = witness.view.whole(path)
                noted(reads, whole=whole)
                return witness.view.rows(path), whole

            return at_the_top

        base, entity, described = self.value(source.base), source.base.type.entity, source.field
        assert entity is not None

        def inside(witness: Witness, scope: Scope, reads: Reads) -> tuple[tuple[Value, ...], bool]:
            record = base(witness, scope, reads)
            is_there = record is not None and record is not UNKNOWN
            listed = witness.view.field(record, entity, described) if is_there else record
            if listed is UNKNOWN and record is not UNKNOWN:
                reads.facts[id(record), described.name] = Sight(source, UNKNOWN, record)
                return (), False
            whole = listed is None or (witness.view.whole(path) and listed is not UNKNOWN)
            noted(reads, whole=whole)
            return tuple(listed or ()), whole

        return inside

    def _exists(self, node: Quantifier, element: Node) -> Joined:
        walk = _Walk(self, node, replace(node, kind="any", element=element))
        settle = self.settling(element)
        names_rows = bool(node.loops[-1].conditions) or _is_nested(node.loops[-1])

        def follow(witness: Witness, scope: Scope, reads: Reads) -> Truth:
            ends, open_rows, ruled_out = Reads(), Reads(), Reads()
            undecided, dismissed = 0, 0
            for outer, inner_scope, around, row in walk.rows(witness, scope, ends):
                truth, inner = settle(witness, inner_scope)
                truth = values.conjunction((outer, truth))
                if truth is False:
                    dismissed += 1
                    if names_rows and dismissed <= MOST_RULED_OUT:
                        ruled_out.add(inner)
                    continue
                inner.add(around)
                _originate(inner, row)
                if truth is True:
                    reads.add(inner)
                    return True
                undecided += 1
                open_rows.add(_only_open(inner))
                if undecided == MOST_OPEN_ROWS and id(node) in witness.unsettled:
                    break
            if undecided or ends.is_open:
                reads.add(open_rows)
                reads.add(_only_open(ends))
                return None
            reads.add(ends)
            reads.add(ruled_out)
            return False

        return follow

    def _folded(self, node: Quantifier) -> Follow:
        walk, kind, floor = _Walk(self, node, node), node.kind, node.element.type.floor
        element = None if kind == "count" else self.value(node.element)

        def follow(witness: Witness, scope: Scope, reads: Reads) -> Value:
            ends = Reads()
            total: Value = 0
            loose: list[tuple[Value, bool]] = []
            parts: list[tuple[Value, bool]] = []
            certain = possible = 0
            first = walk.level(witness, 0, scope, ends)
            scouted = walk.scouted(witness, 0, scope) if len(first) > MOST_FOLLOWED else None
            followed = first if scouted is None else scouted.rows
            for truth, inner_scope, inner, row in walk.through(witness, 0, followed, (True, scope, Reads()), ends):
                addend = 1 if element is None else element(witness, inner_scope, inner)
                _originate(inner, row)
                reads.noted.origins.update(inner.rest.origins)
                _take_over(reads.noted.unlisted, inner.rest.unlisted)
                if truth is None or addend is UNKNOWN or addend.__class__ is Range:
                    reads.add(_only_open(inner))
                elif addend is None and kind == "union":
                    reads.add(inner)
                certain, possible = certain + (truth is True), possible + (truth is None)
                parts.append((addend, truth is True))
                if truth is True and addend.__class__ in values.PLAIN_NUMBERS:
                    total = total + addend
                elif addend is not None:
                    loose.append((addend, truth is True))
            whole = not ends.is_open
            reads.add(ends)
            if scouted is not None:
                if scouted.unlisted:
                    reads.noted.unlisted[id(node), *map(id, scope.values())] = scouted.unlisted
                return scouted.value
            if kind == "count":
                return values.counted(certain, possible, whole=whole)
            if kind == "union":
                return united(parts, whole=whole)
            return values.summed(total, loose, whole=whole, floor=floor)

        return follow


Row = tuple[Truth, Scope, Reads, Value]
"""A combination of rows: whether the conditions of the loops hold of it, its scope, what settled that, its last row."""

Listed = Callable[[Witness, Scope, Reads], tuple[Candidates, bool]]


class _Walk:
    """Goes through the loops of a quantifier; `sought` says for which element, where some are not worth following."""

    def __init__(self, reading: Reading, node: Quantifier, sought: Quantifier) -> None:
        self.reading = reading
        self.node = node
        self.sought = sought
        self.is_any = sought.kind == "any"
        last = len(node.loops) - 1
        self.listed = [
            self._listed(loop, (sought.element,) if self.is_any and position == last else ())
            for position, loop in enumerate(node.loops)
        ]
        self.settling = [self._settling(loop.conditions) for loop in node.loops]

    def _settling(self, conditions: tuple[Node, ...]) -> Settle | None:
        """Give what settles the conditions of a loop on one of its rows; nothing where it has none."""
        if len(conditions) == 1:
            return self.reading.settling(conditions[0])
        join = self.reading.joined(conditions, decisive=False)

        def settle(witness: Witness, scope: Scope) -> Settled:
            reads = Reads()
            return join(witness, scope, reads), reads

        return settle if conditions else None

    def _listed(self, loop: Loop, also: tuple[Node, ...]) -> Listed:
        """Give what finds the rows of a loop that may count, and whether they are all there are.

        The second part holds those that are looked at because a key or a column is blank, some of the first among them.
        """
        source = loop.source
        if not isinstance(source, Register):
            texts = self.reading.value(source)

            def of_texts(witness: Witness, scope: Scope, reads: Reads) -> tuple[Candidates, bool]:
                found = texts(witness, scope, reads)
                return (tuple(found or ()), ()), found is not UNKNOWN

            return of_texts
        path, records = source.path, self.reading.records(source)
        ways = [
            (tuple(described.name for described, _ in probes), [self.reading.value(key) for _, key in probes])
            for probes in (probes_of(loop, also) if source.base is None else ())
        ]

        def of_records(witness: Witness, scope: Scope, reads: Reads) -> tuple[Candidates, bool]:
            rows, whole = records(witness, scope, reads)
            for names, keys in ways:
                found = witness.view.candidates(path, names)(*[key(witness, scope, Reads()) for key in keys])
                if found[1] is not rows:
                    return found, whole
            return (rows, ()), whole

        return of_records

    def level(self, witness: Witness, position: int, scope: Scope, ends: Reads) -> tuple[Value, ...]:
        """Give the rows of one loop that are worth following, and note in *ends* whether they are all there are."""
        outer = Reads()
        (first, second), whole = self.listed[position](witness, scope, outer)
        ends.add(outer)
        ends.is_open = ends.is_open or not whole
        if self.is_any and len(first) + len(second) > MOST_FOLLOWED:
            return self.scouted(witness, position, scope).rows
        return distinct(first, second)

    def rows(self, witness: Witness, scope: Scope, ends: Reads) -> Iterator[Row]:
        """Give each combination of rows that the conditions of the loops do not rule out."""
        return self.through(witness, 0, self.level(witness, 0, scope, ends), (True, scope, Reads()), ends)

    def through(
        self,
        witness: Witness,
        position: int,
        rows: Iterable[Value],
        around: tuple[Truth, Scope, Reads],
        ends: Reads,
    ) -> Iterator[Row]:
        """Go through the *rows* of a loop and the loops inside it."""
        variable, settle, (truth, scope, reads) = self.node.loops[position].variable, self.settling[position], around
        is_last = position + 1 == len(self.node.loops)
        for row in rows:
            inner_scope = {**scope, variable: row}
            held, inner = (True, Reads()) if settle is None else settle(witness, inner_scope)
            if held is False:
                continue
            inner.add(reads)
            joined = values.conjunction((truth, held))
            if is_last:
                yield joined, inner_scope, inner, row
            else:
                found = self.level(witness, position + 1, inner_scope, ends)
                yield from self.through(witness, position + 1, found, (joined, inner_scope, inner), ends)

    def scouted(self, witness: Witness, position: int, scope: Scope) -> Scouted:
        """Have generated code look through a long list."""
        around = tuple(name for name in scope if name not in witness.scope)
        scout = witness.view.scout(witness.rule, (id(self.node), position, around), self.sought)
        return scout(witness.day, *witness.chain, *(scope[name] for name in around))


def _originate(reads: Reads, row: Value) -> None:
    """Remember the record that an answer was made from, and what was read of it."""
    if not isinstance(row, str):
        names = tuple(
            each.node.field.name
            for each in reads.facts.values()
            if each.record is row and isinstance(each.node, Attribute)
        )
        reads.noted.origins[id(row)] = (row, names)


def _is_nested(loop: Loop) -> bool:
    return isinstance(loop.source, Register) and loop.source.base is not None


def _only_open(reads: Reads) -> Reads:
    """Keep only what left something open: what nobody knows or, where all is known, what is none and has no order."""
    facts = {key: each for key, each in reads.facts.items() if each.is_open}
    rest = reads.besides
    if not facts and (rest is None or not rest.silent):
        facts = {key: each for key, each in reads.facts.items() if each.value is None}
    if rest is not None:
        rest = Besides(silent=rest.silent, figures=rest.figures, origins=rest.origins, unlisted=rest.unlisted)
    return Reads(facts=facts, besides=rest)
