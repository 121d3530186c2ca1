"""Evidence: following a rule once more on one subject, remembering what was read and where it stood.

The generated code finds truths; this finds out why, and is run for findings only. It calculates with the same
functions, needs no index, and keeps from every condition just what settled it: the false part of an *and*, the
witness of an *any*, the addends of a *sum*.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import TypeVar

from checker import values
from checker.classes import dataclass
from checker.facts import Candidates, Found, View, distinct
from checker.language.compiling import MOST_RULED_OUT, Scouted
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


@dataclass(frozen=True, slots=True)
class Sight:
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
        return self.value is UNKNOWN or isinstance(self.value, Range)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pleaded:
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


@dataclass(slots=True)
class Reads:
    """What an expression read, in order, each place once.

    `is_open` says that a loop ran over a list of which it is not known whether that is all. `silent` are the registers
    whose incompleteness left something open, `whole` those whose completeness proved absence, each with the names to
    ask under; `figures` are parameters without a value; `origins` the records that an answer was made from, and
    `unlisted` how many more there are, for each long list.
    """

    facts: dict[Place, Sight] = field(default_factory=dict)
    silent: dict[str, tuple[str, ...]] = field(default_factory=dict)
    whole: dict[str, None] = field(default_factory=dict)
    figures: dict[str, None] = field(default_factory=dict)
    origins: dict[int, Origin] = field(default_factory=dict)
    unlisted: dict[Place, int] = field(default_factory=dict)
    is_open: bool = False

    def add(self, *others: "Reads") -> None:
        """Take over what others read."""
        for other in others:
            if other.facts:
                _take_over(self.facts, other.facts)
            if other.silent:
                _take_over(self.silent, other.silent)
            if other.whole:
                _take_over(self.whole, other.whole)
            if other.figures:
                _take_over(self.figures, other.figures)
            if other.origins:
                _take_over(self.origins, other.origins)
            if other.unlisted:
                _take_over(self.unlisted, other.unlisted)

    @property
    def unknown(self) -> Iterator[Sight]:
        """The facts on which the dossier is silent, or says too little."""
        return (each for each in self.facts.values() if each.is_open)


def _take_over(mine: dict[_Key, _Value], others: dict[_Key, _Value]) -> None:
    """Add what is new; what is there already keeps its place and its value."""
    for key, value in others.items():
        if key not in mine:
            mine[key] = value


class Witness:
    """Follows the expressions of one rule on one subject."""

    def __init__(self, view: View, rule: Rule, found: Found) -> None:
        """Look at the subject of *found*; a test that was not settled there is not followed to its last row."""
        self.view = view
        self.rule = rule
        self.scope: Scope = {ZONE: view.zone, **dict(zip((SUBJECT, *rule.parents), found.chain, strict=True))}
        self._chain = found.chain
        self._unsettled = {id(test) for test, truth in zip(rule.tests, found.truths, strict=False) if truth is None}
        self._lets: dict[str, tuple[Value, Reads]] = {}
        self._truths: dict[int, tuple[Truth, Reads]] = {}
        self._pleaded: dict[int, tuple[Pleaded, ...]] = {}
        self._spared: set[int] = set()
        self.conduct_reads = Reads()
        self.day = self.value(rule.conduct_on, self.scope, self.conduct_reads)

    # --- truths ---------------------------------------------------------------------------------------------------

    def truth(self, node: Node, reads: Reads, scope: Scope | None = None) -> Truth:
        """Find the truth of a condition, adding to *reads* only what settled it."""
        if scope is None or scope is self.scope:
            known = self._truths.get(id(node))
            if known is None:
                inner = Reads()
                known = self._truths[id(node)] = (self._truth(node, inner, self.scope), inner)
            reads.add(known[1])
            return known[0]
        return self._truth(node, reads, scope)

    def _truth(self, node: Node, reads: Reads, scope: Scope) -> Truth:
        match node:
            case Constant(value=bool() as value):
                return value
            case And(all=parts):
                return self._joined(parts, reads, scope, decisive=False)
            case Or(any=parts):
                return self._joined(parts, reads, scope, decisive=True)
            case Not(part=part):
                return values.negation(self.truth(part, reads, scope))
            case Compare(operator=operator, left=left, right=right):
                return _COMPARISONS[operator](self.value(left, scope, reads), self.value(right, scope, reads))
            case Member(value=value, members=members):
                return values.member(self.value(value, scope, reads), self.value(members, scope, reads))
            case IsNone(value=value):
                return values.is_none(self.value(value, scope, reads))
            case Let(name=name) if node.type.sort is Sort.TRUTH:
                return self.truth(self.rule.lets[name], reads)  # of the subject alone, whatever loop it stands in
            case Quantifier(kind="any"):
                return self._exists(node, node.element, reads, scope)
            case Quantifier(kind="all", element=element):
                return values.negation(self._exists(node, Not(element.type, element.span, element), reads, scope))
            case Choice(condition=condition, first=first, second=second):
                return values.either(
                    self.truth(condition, reads, scope),
                    self.truth(first, reads, scope),
                    self.truth(second, reads, scope),
                )
            case Call():
                return self._call(node, scope, reads)  # type: ignore[no-any-return]
        return values.yes(self.value(node, scope, reads))

    def _joined(self, parts: tuple[Node, ...], reads: Reads, scope: Scope, *, decisive: bool) -> Truth:
        """Join parts; if one is decisive, only such parts are evidence, else those that are open, else all.

        Where an *and* is false anyway, no part is followed that goes over whole registers.
        """
        found: list[tuple[Truth, Reads] | None] = [
            None if self._goes_far(part) and not decisive else self._follow(part, scope) for part in parts
        ]
        if None in found:
            is_settled = any(each is not None and each[0] is False for each in found)
            for number, part in enumerate(parts):
                if found[number] is not None:
                    continue
                if is_settled:
                    self._spared.add(id(part))
                else:
                    found[number] = self._follow(part, scope)
        followed = [each for each in found if each is not None]
        truths = [truth for truth, _ in followed]
        result = values.disjunction(truths) if decisive else values.conjunction(truths)
        settled_by = result if result is decisive or result is None else not decisive
        reads.add(*(inner for truth, inner in followed if truth is settled_by))
        return result

    def _follow(self, node: Node, scope: Scope) -> tuple[Truth, Reads]:
        reads = Reads()
        return self.truth(node, reads, scope), reads

    def _goes_far(self, node: Node) -> bool:
        return self.rule.goes_far(node)

    def is_spared(self, node: Node) -> bool:
        """Say whether a condition was not followed, because it could not matter."""
        return id(node) in self._spared and id(node) not in self._truths

    def waits_for(self, test: Node) -> Reads | None:
        """Give all that an unknown test or value waits for; nothing where that can't be told beforehand.

        Of two operands that are unknown each is waited for. What a row of a loop would have to say depends on what it
        says first, so a loop is understood only where nothing but the declaration of its register is lacking; and what
        a record would say to which an unknown link leads, nobody knows.
        """
        reads = Reads()
        self.value(test, self.scope, reads)
        parts = self.rule.parts_of(test)
        if any(isinstance(each, Quantifier) for each in parts):
            return None if any(reads.unknown) else reads
        of_rows = {id(each) for part in parts if isinstance(part, Table) for each in part.columns}
        for part in parts:
            if isinstance(part, Attribute | Link) and id(part) not in of_rows:
                value = self.value(part, self.scope, reads)
                if value is UNKNOWN and isinstance(part, Link):
                    return None
        return reads

    def truths(self) -> tuple[Truth, ...]:
        """Find the truths of all tests and exemptions of the rule, but those that were not worth following."""
        tests = (
            None
            if id(test) in self._unsettled and id(test) not in self._truths and self._goes_far(test)
            else self.truth(test, Reads())
            for test in self.rule.tests
        )
        return (*tests, *(self._plea(plea) for plea in self.rule.exemptions))

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
        reads = Reads()
        truth = self.truth(plea.condition, reads, scope)
        paper = self.value(plea.paper, scope, Reads())
        return Pleaded(
            claim=claim,
            truth=truth,
            reads=reads,
            paper=paper,
            valid_on=(valid_on := self.value(plea.valid_on, scope, Reads())),
            is_papered=self.view.paper(paper, valid_on),
        )

    def tree(self, node: Node, *, spared: bool = False) -> TestNode:
        """Give the and/or structure of a condition with the truth of each test; of one that was *spared*, none."""
        spared = spared or self.is_spared(node)
        truth = None if spared else self.truth(node, Reads())
        match node:
            case And(all=parts):
                return TestNode(op="and", truth=truth, parts=tuple(self.tree(part, spared=spared) for part in parts))
            case Or(any=parts):
                return TestNode(op="or", truth=truth, parts=tuple(self.tree(part, spared=spared) for part in parts))
            case Let(name=name):
                return replace(self.tree(self.rule.lets[name], spared=spared), label=self.rule.labels[name])
            case Not(part=And() | Or() | Let() as part):
                return TestNode(op="not", truth=truth, parts=(self.tree(part, spared=spared),))
        test = node.part if isinstance(node, Not) else node
        soft = self.rule.is_soft(test)
        start, end = node.span
        return TestNode(
            op="test",
            truth=truth,
            text=self.rule.written(node)[start:end],
            wording=self.view.worded(self.rule, node),
            soft=soft,
        )

    # --- values ---------------------------------------------------------------------------------------------------

    def value(self, node: Node, scope: Scope, reads: Reads) -> Value:
        """Find a value, adding what was read on the way to *reads*."""
        match node:
            case Constant(value=value):
                return value
            case AsOf():
                return self.view.as_of
            case Variable(name=name):
                return scope[name]
            case Let(name=name) if node.type.sort is not Sort.TRUTH:
                return self._let(node, reads)
            case ParameterValue():
                return self._figure(node, reads)
            case Attribute():
                return self._field(node, scope, reads)
            case Link():
                return self._link(node, scope, reads)
            case Arithmetic(operator=operator, left=left, right=right):
                return _ARITHMETIC[operator](self.value(left, scope, reads), self.value(right, scope, reads))
            case Negative(part=part):
                return values.negative(self.value(part, scope, reads))
            case Choice(condition=condition, first=first, second=second) if node.type.sort is not Sort.TRUTH:
                return self._chosen(condition, (first, second), scope, reads)
            case Quantifier(kind="sum" | "count" | "union"):
                return self._folded(node, scope, reads)
            case Table():
                return self._table(node, scope, reads)
            case Call():
                return self._call(node, scope, reads)
        return self.truth(node, reads, scope)

    def _chosen(self, condition: Node, cases: tuple[Node, Node], scope: Scope, reads: Reads) -> Value:
        chosen = self.truth(condition, reads, scope)
        one, other = Reads(), Reads()
        first, second = (self.value(case, scope, inner) for case, inner in zip(cases, (one, other), strict=True))
        reads.add(*((one, other) if chosen is None else (one,) if chosen else (other,)))
        return values.choose(chosen, first, second)

    def _figure(self, node: ParameterValue, reads: Reads) -> Value:
        figure = self.view.parameter(node.id, self.day)
        if figure is not UNKNOWN:
            reads.facts["param", node.id] = Sight(node, figure)
        elif self.view.lacks_day(node.id, self.day):
            reads.add(_only_open(self.conduct_reads))
        else:
            reads.figures[node.id] = None
        return figure

    def _let(self, node: Let, reads: Reads) -> Value:
        if node.name not in self._lets:
            inner = Reads()
            value = self.value(self.rule.lets[node.name], self.scope, inner)
            inner.facts["let", node.name] = Sight(
                node, value, origins=tuple(inner.origins.values()), unlisted=sum(inner.unlisted.values())
            )
            self._lets[node.name] = (value, inner)
        value, inner = self._lets[node.name]
        reads.add(inner)
        return value

    def _field(self, node: Attribute, scope: Scope, reads: Reads) -> Value:
        record = self.value(node.base, scope, reads)
        if record is None or record is UNKNOWN:
            return record
        entity = node.base.type.entity
        assert entity is not None
        value = self.view.field(record, entity, node.field)
        is_block = node.type.sort is Sort.RECORD and value is not None and value is not UNKNOWN
        if not is_block and node.field.name != entity.id_field:
            reads.facts[id(record), node.field.name] = Sight(node, value, record)
        return value

    def _link(self, node: Link, scope: Scope, reads: Reads) -> Value:
        identifier = self.value(Attribute(node.type, node.span, node.base, node.field), scope, reads)
        found = self.view.finder(node.field.ref)(identifier)
        if found is UNKNOWN and isinstance(identifier, str):
            reads.facts[node.field.ref, identifier] = Sight(node, UNKNOWN, identifier)
        return found

    def _call(self, node: Call, scope: Scope, reads: Reads) -> Value:
        arguments = [self.value(argument, scope, reads) for argument in node.arguments]
        match node.function.context:
            case "as_of":
                arguments.append(self.view.as_of)
            case "order":
                arguments.append(next(each.type.order for each in node.arguments if each.type.order))
        return node.function.run(*arguments)

    def _table(self, node: Table, scope: Scope, reads: Reads) -> values.Listing:
        """Read the columns of a register; every row of it is where the answer comes from."""
        rows, whole = self._records(node.register, scope, reads)
        name, cells = node.columns[0].base, []
        assert isinstance(name, Variable)
        for row in rows:
            inner = Reads()
            cells.append(tuple(self.value(each, {**scope, name.name: row}, inner) for each in node.columns))
            _originate(inner, row)
            reads.origins.update(inner.origins)
            reads.add(_only_open(inner))
        return values.Listing(cells, whole)

    # --- quantifiers ----------------------------------------------------------------------------------------------

    def _rows(self, loop: Loop, scope: Scope, reads: Reads, also: tuple[Node, ...]) -> tuple[Candidates, bool]:
        """Give the rows of a loop that may count, and whether they are all there are, noting which it rested on.

        The second part holds those that are looked at because a key or a column is blank, some of the first among them.
        """
        source = loop.source
        if not isinstance(source, Register):
            listed = self.value(source, scope, reads)
            return (tuple(listed or ()), ()), listed is not UNKNOWN
        rows, whole = self._records(source, scope, reads)
        for probes in self.view.probes(loop, also) if source.base is None else ():
            keys = (self.value(key, scope, Reads()) for _, key in probes)
            found = self.view.candidates(source.path, tuple(described.name for described, _ in probes))(*keys)
            if found[1] is not rows:
                return found, whole
        return (rows, ()), whole

    def _records(self, source: Register, scope: Scope, reads: Reads) -> tuple[tuple[Value, ...], bool]:
        """Give all records of a register, and whether they are all there are, noting what that rested on."""
        if source.base is None:
            rows, whole = self.view.rows(source.path), self.view.whole(source.path)
        else:
            record = self.value(source.base, scope, reads)
            entity = source.base.type.entity
            assert entity is not None
            listed = record if record in (None, UNKNOWN) else self.view.field(record, entity, source.field)
            if listed is UNKNOWN and record is not UNKNOWN:
                reads.facts[id(record), source.field.name] = Sight(source, UNKNOWN, record)
                return (), False
            rows, whole = (
                tuple(listed or ()),
                listed is None or (self.view.whole(source.path) and listed is not UNKNOWN),
            )
        if whole:
            reads.whole[source.path] = None
        else:
            reads.silent[source.path] = (path_text(source) or source.path,)
        return rows, whole

    def _matches(
        self, node: Quantifier, sought: Quantifier, scope: Scope, ends: Reads
    ) -> Iterator[tuple[Truth, Scope, Reads, Value]]:
        """Give each combination of rows that the conditions of the loops of an `any` do not rule out.

        Its truth, its scope, what settled it, and its last row.
        """
        rows = self._level(node, sought, 0, scope, ends)
        for truth, inner_scope, reads, row in self._nested(node, sought, 0, rows, (True, scope, Reads()), ends=ends):
            inner = Reads()
            joined = values.conjunction((truth, self.truth(sought.element, inner, inner_scope)))
            if joined is not False:
                inner.add(reads)
            yield joined, inner_scope, inner, row

    def _level(
        self, node: Quantifier, sought: Quantifier, position: int, scope: Scope, ends: Reads
    ) -> tuple[Value, ...]:
        """Give the rows of one loop that are worth following, and note in *ends* whether they are all there are."""
        is_any = sought.kind == "any"
        also = (sought.element,) if is_any and position == len(node.loops) - 1 else ()
        outer = Reads()
        (first, second), whole = self._rows(node.loops[position], scope, outer, also)
        ends.add(outer)
        ends.is_open = ends.is_open or not whole
        if is_any and len(first) + len(second) > MOST_FOLLOWED:
            return self._scouted(node, sought, position, scope).rows
        return distinct(first, second)

    def _nested(
        self,
        node: Quantifier,
        sought: Quantifier,
        position: int,
        rows: Iterable[Value],
        around: tuple[Truth, Scope, Reads],
        *,
        ends: Reads,
    ) -> Iterator[tuple[Truth, Scope, Reads, Value]]:
        """Go through the *rows* of a loop and the loops inside it."""
        loop, (truth, scope, reads) = node.loops[position], around
        for row in rows:
            inner_scope, inner = {**scope, loop.variable: row}, Reads()
            held = self._joined(loop.conditions, inner, inner_scope, decisive=False)
            if held is False:
                continue
            inner.add(reads)
            joined = values.conjunction((truth, held))
            if position + 1 == len(node.loops):
                yield joined, inner_scope, inner, row
            else:
                found = self._level(node, sought, position + 1, inner_scope, ends)
                yield from self._nested(node, sought, position + 1, found, (joined, inner_scope, inner), ends=ends)

    def _scouted(self, node: Quantifier, sought: Quantifier, position: int, scope: Scope) -> Scouted:
        """Have generated code look through a long list."""
        around = tuple(name for name in scope if name not in self.scope)
        scout = self.view.scout(self.rule, (id(node), position, around), sought)
        return scout(self.day, *self._chain, *(scope[name] for name in around))

    def _exists(self, node: Quantifier, element: Node, reads: Reads, scope: Scope) -> Truth:
        ends, open_rows, ruled_out = Reads(), Reads(), Reads()
        undecided, dismissed = 0, 0
        names_rows = bool(node.loops[-1].conditions) or _is_nested(node.loops[-1])
        sought = replace(node, kind="any", element=element)
        for truth, _, inner, row in self._matches(node, sought, scope, ends):
            if truth is False:
                dismissed += 1
                if names_rows and dismissed <= MOST_RULED_OUT:
                    ruled_out.add(inner)
                continue
            _originate(inner, row)
            if truth is True:
                reads.add(inner)
                return True
            undecided += 1
            open_rows.add(_only_open(inner))
            if undecided == MOST_OPEN_ROWS and id(node) in self._unsettled:
                break
        if undecided or ends.is_open:
            reads.add(open_rows, _only_open(ends))
            return None
        reads.add(ends, ruled_out)
        return False

    def _folded(self, node: Quantifier, scope: Scope, reads: Reads) -> Value:
        ends = Reads()
        total: Value = 0
        loose: list[tuple[Value, bool]] = []
        parts: list[tuple[Value, bool]] = []
        certain = possible = 0
        rows = self._level(node, node, 0, scope, ends)
        scouted = self._scouted(node, node, 0, scope) if len(rows) > MOST_FOLLOWED else None
        followed = rows if scouted is None else scouted.rows
        for truth, inner_scope, inner, row in self._nested(node, node, 0, followed, (True, scope, Reads()), ends=ends):
            addend = self.value(node.element, inner_scope, inner) if node.kind != "count" else 1
            _originate(inner, row)
            reads.origins.update(inner.origins)
            _take_over(reads.unlisted, inner.unlisted)
            if truth is None or addend is UNKNOWN or isinstance(addend, Range):
                reads.add(_only_open(inner))
            elif addend is None and node.kind == "union":
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
                reads.unlisted[id(node), *map(id, scope.values())] = scouted.unlisted
            return scouted.value
        if node.kind == "count":
            return values.counted(certain, possible, whole=whole)
        if node.kind == "union":
            return united(parts, whole=whole)
        return values.summed(total, loose, whole=whole, floor=node.element.type.floor)


def _originate(reads: Reads, row: Value) -> None:
    """Remember the record that an answer was made from, and what was read of it."""
    if not isinstance(row, str):
        names = tuple(
            each.node.field.name
            for each in reads.facts.values()
            if each.record is row and isinstance(each.node, Attribute)
        )
        reads.origins[id(row)] = (row, names)


def _is_nested(loop: Loop) -> bool:
    return isinstance(loop.source, Register) and loop.source.base is not None


def _only_open(reads: Reads) -> Reads:
    """Keep only what left something open: what nobody knows or, where all is known, what is none and has no order."""
    facts = {key: each for key, each in reads.facts.items() if each.is_open}
    if not facts and not reads.silent:
        facts = {key: each for key, each in reads.facts.items() if each.value is None}
    return Reads(
        facts=facts,
        silent=reads.silent,
        figures=reads.figures,
        origins=reads.origins,
        unlisted=reads.unlisted,
    )
