"""What would put a violation right: the smallest change of facts with which the same check finds it compliant.

Changes are tried, not deduced: each is made in the dossier in memory, the rule is applied again to the same subject,
and the change is taken back. What is told has been checked, with every other rule that reads what was changed. It says
what the facts would have to be; whether they can still become so is for the law and for people.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal, localcontext
from functools import partial
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from checker import values
from checker.catalogues import Catalogue
from checker.checking import judge, look
from checker.classes import dataclass
from checker.dossier.loading import Dossier
from checker.dossier.records import made
from checker.dossier.schema import Field, Kind
from checker.evidence import Witness
from checker.facts import Chain, Found, View
from checker.language.tree import Attribute, Compare, Link, Loop, Node, Quantifier, Register, Sort, Type, Variable
from checker.language.wording import say
from checker.model import Change, Cure, Finding, Verdict
from checker.policy.loading import CompiledRule, Policy
from checker.policy.rules import Rule
from checker.values import UNKNOWN, Value

MOST_TOGETHER = 6
"""How many things that are wrong at once are mended, each by a change of its own."""

MOST_COMPARED = 3
"""How many changes that are enough are compared, should the first break another rule."""

MOST_TRIED = 300
"""How many changes, and how many pairs of them, are tried for one finding."""

NEW_PAPER = "补充的文件"
NEW_RECORD = "补充的记录"
EVIDENCE = "evidence"
LONG_AGO = date(1990, 1, 1)

_OPEN = frozenset({Verdict.VIOLATION, Verdict.RISK, Verdict.UNDETERMINED})

_ADD, _SUPPLY, _AFFIRM, _NUMBER, _DAY, _MEMBER = range(6)
"""The kinds of change; those come first that somebody can still make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """One change: `make` makes it and gives what takes it back; `told` is how it is told."""

    rank: int
    size: Decimal
    touched: str
    make: Callable[[], Callable[[], None]]
    told: Change


class _Other(NamedTuple):
    """A value that a field could have instead."""

    rank: int
    size: Decimal
    value: Value
    needs_paper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hints:
    """What a test suggests: by how much the sides of its comparisons lie apart, the days and the lists it reads."""

    gaps: tuple[Decimal, ...]
    days: tuple[date, ...]
    texts: tuple[list[str], ...]


def cure(policy: Policy, dossier: Dossier, finding: Finding, *, as_of: date) -> Cure:
    """Find the smallest change that makes the subject of *finding* compliant; one without changes where none is found.

    The dossier is as it was afterwards. Raise `ReadingsDisagreeError` as a check does.
    """
    with localcontext(values.EXACT):
        return _Surgery(policy, dossier, finding, as_of).cure()


class _Surgery:
    def __init__(self, policy: Policy, dossier: Dossier, finding: Finding, as_of: date) -> None:
        self.policy, self.dossier, self.as_of = policy, dossier, as_of
        self.compiled: CompiledRule = next(each for each in policy.rules if each.rule.id == finding.rule)
        self.rule: Rule = self.compiled.rule
        self.words = policy.words
        self.view = self.look()
        chains = self.view.chains(self.rule.each)
        self.chain = next((each for each in chains if self.view.key(self.rule.each, each) == finding.subject.id), None)

    def look(self) -> View:
        return look(self.policy, self.dossier, self.as_of)

    def cure(self) -> Cure:
        first: Cure | None = None
        for few in itertools.islice(self.sets(), MOST_COMPARED):
            found = Cure(changes=tuple(each.told for each in few), breaks=self.breaks(few))
            if not found.breaks:
                return found
            first = first or found
        return first or Cure(changes=(), breaks=())

    def sets(self) -> Iterator[tuple[_Trial, ...]]:
        """Give the sets of changes that are enough, the first ones first."""
        if self.chain is not None:
            witness = Witness(self.view, self.rule, self.found(self.chain))
            yield from self.enough(sorted(self.trials(witness), key=lambda each: (each.rank, each.size)))

    def enough(self, trials: Sequence[_Trial]) -> Iterator[tuple[_Trial, ...]]:
        """Give changes that are enough, the fewest first: one, one for each thing that is wrong, or two together."""
        assert self.chain is not None
        singly = trials[:MOST_TRIED]
        yield from ((each,) for each in singly if self.are_enough((each,)))
        chosen: tuple[_Trial, ...] = ()
        wrong = self.wrong(chosen)
        for _ in range(MOST_TOGETHER):
            better = next((each for each in singly if self.wrong((*chosen, each)) < wrong), None)
            if better is None:
                break
            chosen = (*chosen, better)
            wrong = self.wrong(chosen)
            if self.are_enough(chosen):
                yield chosen
        together = itertools.islice(itertools.combinations(trials, 2), MOST_TRIED)
        yield from (each for each in together if self.are_enough(each))

    def are_enough(self, few: Sequence[_Trial]) -> bool:
        assert self.chain is not None
        with _made(few):
            found = self.found(self.chain)
        return self.policy.judge.verdict(self.rule.id, found.ground, found.truths) not in _OPEN

    def wrong(self, few: Sequence[_Trial]) -> int:
        """Count the tests that hold with some changes made, of those that make the violation."""
        assert self.chain is not None
        with _made(few):
            found = self.found(self.chain)
        return sum(truth is True for truth in found.truths[: self.rule.law.tests])

    def found(self, chain: Chain) -> Found:
        view = self.look()
        view.narrow(self.rule.each, chain)
        return next(view.find(self.compiled))

    def breaks(self, tried: Sequence[_Trial]) -> tuple[str, ...]:
        """Give the rules, each with its subject, that somebody breaks with the change and nobody does without."""
        touched = {each.touched for each in tried}
        others = [each for each in self.policy.rules if touched & reads(each.rule)]
        before = dict(self.accused(others))
        with _made(tried):
            after = dict(self.accused(others))
        worse = (key for key, verdict in after.items() if _grave(verdict) > _grave(before.get(key)))
        return tuple(f"{rule}@{subject}" for rule, subject in sorted(worse))

    def accused(self, rules: Sequence[CompiledRule]) -> Iterator[tuple[tuple[str, str], Verdict]]:
        view = self.look()
        for each in rules:
            for pair in judge(self.policy, view, each):
                if pair.found is not None and _grave(pair.verdict):
                    yield (each.rule.id, view.key(each.rule.each, pair.found.chain)), pair.verdict

    # --- what may be tried

    def trials(self, witness: Witness) -> Iterator[_Trial]:
        """Give the changes of single facts that the tests of the violation read."""
        conduct = {id(each) for each in self.rule.parts_of(self.rule.conduct_on)}
        seen: set[tuple[str, str]] = set()
        for condition in (self.rule.violated, self.rule.suspected):
            for test in self.rule.tests_of(condition):
                parts = self.rule.parts_of(test)
                hints = _hints(parts, witness, self.as_of)
                for part in parts:
                    found: Iterator[_Trial] = iter(())
                    if isinstance(part, Attribute) and id(part) not in conduct:
                        found = self.of_field(part, witness, hints)
                    elif isinstance(part, Quantifier) and part.kind == "sum":
                        found = self.of_sum(part, witness, hints)
                    for each in found:
                        if (each.told.pointer, each.told.after) not in seen:
                            seen.add((each.told.pointer, each.told.after))
                            yield each

    def of_field(self, part: Attribute, witness: Witness, hints: _Hints) -> Iterator[_Trial]:
        """Give other values of a field of a record in scope."""
        record, described = _seen(part.base, witness), part.field
        if record is None and isinstance(part.base, Attribute) and part.base.field.kind is Kind.BLOCK:
            yield from self.of_block(part, part.base, witness, hints)
        if isinstance(record, msgspec.Struct) and not described.identity and described.ref in {"", EVIDENCE}:
            now = getattr(record, described.attribute)
            for other in _other_values(described, now, hints, self.as_of):
                yield self.trial(part, record, other, _told(described, part.type, other.value, self.words))

    def of_block(self, part: Attribute, base: Attribute, witness: Witness, hints: _Hints) -> Iterator[_Trial]:
        """Give a block where there is none, with this one field filled."""
        holder = _seen(base.base, witness)
        fillings: Mapping[Kind, tuple[Value, ...]] = {Kind.DAY: (self.as_of, *hints.days), Kind.BOOLEAN: (True,)}
        for filling in (NEW_PAPER,) if part.field.ref == EVIDENCE else fillings.get(part.field.kind, ()):
            if not isinstance(holder, msgspec.Struct):
                return
            block = made(self.policy.schema, base.field.inner.path, {part.field.attribute: filling})
            told = f"{part.field.label} {_told(part.field, part.type, filling, self.words)}"
            yield self.trial(base, holder, _Other(_SUPPLY, Decimal(1), block, filling == NEW_PAPER), told)

    def trial(self, part: Attribute, record: Any, other: _Other, told: str) -> _Trial:
        described, now = part.field, getattr(record, part.field.attribute)

        def make() -> Callable[[], None]:
            held = getattr(record, described.slot)
            setattr(record, described.slot, other.value)
            root = self.dossier.root
            paper = made(self.policy.schema, EVIDENCE, {"doc_id": NEW_PAPER, "issued_on": LONG_AGO})
            take_back = _added(root, EVIDENCE, paper, root, EVIDENCE) if other.needs_paper else None

            def undo() -> None:
                if take_back is not None:
                    take_back()
                setattr(record, described.slot, held)

            return undo

        pointer = f"{self.view.pointer(record)}/{described.name}"
        before = ""
        if not isinstance(now, msgspec.Struct):
            before = _told(described, part.type, UNKNOWN if now is UNSET else now, self.words)
        return _Trial(
            rank=other.rank,
            size=other.size,
            touched=pointer.split("/")[1],
            make=make,
            told=Change(pointer=pointer, label=self.rule.worded(part), before=before, after=told),
        )

    def of_sum(self, part: Quantifier, witness: Witness, hints: _Hints) -> Iterator[_Trial]:
        """Give a record more in a list inside a record that is in scope, with an amount that closes a gap."""
        [loop, *more] = part.loops
        if more or not isinstance(loop.source, Register) or loop.source.base is None:
            return
        holder, listed = _seen(loop.source.base, witness), loop.source.field
        if not isinstance(getattr(holder, listed.attribute, None), list):
            return
        columns, entity = _columns(part, loop), listed.inner
        for gap, day in itertools.product(hints.gaps, (self.as_of, *hints.days)):
            if gap <= 0:
                continue
            fillings: Mapping[Kind, Value] = {Kind.DAY: day, Kind.NUMBER: gap}
            filled = {each: fillings[each.kind] for each in columns if each.kind in fillings}
            values_of = {each.attribute: value for each, value in filled.items()}
            identity = entity.fields[entity.id_field].attribute
            record = made(self.policy.schema, entity.path, {identity: NEW_RECORD} | values_of)
            types = {
                each: Type(sort=Sort.DAY if each.kind is Kind.DAY else Sort.NUMBER, unit=each.unit) for each in filled
            }
            told = self.words("、").join(
                f"{each.label} {say(value, types[each], self.words)}" for each, value in filled.items()
            )
            pointer = f"{self.view.pointer(holder)}/{listed.name}"
            yield _Trial(
                rank=_ADD,
                size=gap,
                touched=entity.path.partition(".")[0],
                make=partial(_added, holder, listed.attribute, record, self.dossier.root, entity.path),
                told=Change(pointer=pointer, label=listed.label, before="", after=self.words("增加一条：{0}", told)),
            )


# --- the changes ----------------------------------------------------------------------------------------------------


@contextmanager
def _made(tried: Sequence[_Trial]) -> Iterator[None]:
    """Make changes, and take them back whatever happens."""
    undo: list[Callable[[], None]] = []
    try:
        undo.extend(each.make() for each in tried)
        yield
    finally:
        for each in reversed(undo):
            each()


def _added(holder: Any, attribute: str, record: Any, root: Any, path: str) -> Callable[[], None]:
    """Add a record to a list, and to the number that was declared; give what takes it out again."""
    before = getattr(holder, attribute)
    declared: Any = (root.meta.completeness or {}).get(path)
    count = declared.count if declared is not None else None
    setattr(holder, attribute, [*(before if isinstance(before, list) else ()), record])
    if isinstance(count, int):
        declared.count = count + 1

    def undo() -> None:
        setattr(holder, attribute, before)
        if declared is not None:
            declared.count = count

    return undo


def _other_values(described: Field, now: Value, hints: _Hints, as_of: date) -> Iterator[_Other]:
    """Give values that a field could have instead."""
    is_none = now is None or now is UNSET
    one = Decimal(1)
    match described.kind:
        case Kind.TEXT if described.ref == EVIDENCE and is_none:
            yield _Other(_SUPPLY, one, NEW_PAPER, True)
        case Kind.BOOLEAN:
            yield _Other(_AFFIRM, one, now is not True, False)
        case Kind.ENUM:
            yield from (_Other(_MEMBER, one, each, False) for each in described.members if each != now)
        case Kind.DAY:
            for day in (as_of, *hints.days):
                far = Decimal(abs((day - now).days)) if now.__class__ is date else one
                if day != now:
                    yield _Other(_SUPPLY if is_none else _DAY, far, day, False)
        case Kind.NUMBER | Kind.INTEGER if now.__class__ in values.PLAIN_NUMBERS or is_none:
            low, high = described.limits
            for gap in hints.gaps:
                then = gap if is_none else now + gap
                is_whole = then == int(then)
                if low <= then <= high and then != now and (is_whole or described.kind is Kind.NUMBER):
                    yield _Other(_NUMBER, abs(gap), int(then) if is_whole else then, False)
        case Kind.TEXTS:
            for each in hints.texts:
                if each != now:
                    yield _Other(_NUMBER, Decimal(abs(len(each) - len(now or ()))), each, False)
        case _:
            return


def _hints(parts: Sequence[Node], witness: Witness, as_of: date) -> _Hints:
    """Read what may be suggested off the comparisons and lists of a test that are not in loops."""
    gaps: list[Decimal] = []
    days: list[date] = []
    texts: list[list[str]] = []
    for part in parts:
        if isinstance(part, Compare):
            left, right = (_seen(each, witness) for each in (part.left, part.right))
            if {left.__class__, right.__class__} <= values.PLAIN_NUMBERS:
                apart = Decimal(right) - Decimal(left)
                little = Decimal("0.01")
                gaps += (
                    apart,
                    -apart,
                    apart + little,
                    little - apart,
                    apart + 1,
                    1 - apart,
                    -little - apart,
                    -1 - apart,
                )
            for each in (left, right):
                if each.__class__ is date:
                    days += (each, each - timedelta(days=1), each + timedelta(days=1))
        elif isinstance(part, Attribute):
            value = _seen(part, witness)
            if part.field.kind is Kind.TEXTS and isinstance(value, list):
                texts.append(value)
            elif value.__class__ is date:
                days.append(value)
    return _Hints(
        gaps=tuple(dict.fromkeys(gaps)),
        days=tuple(dict.fromkeys(each for each in days if each != as_of)),
        texts=tuple(texts),
    )


def _seen(node: Node, witness: Witness) -> Value:
    """Give a value that does not hang on the record of a loop; which of its rows would be meant, nobody knows."""
    if any(isinstance(each, Variable) and each.name not in witness.scope for each in node.walk()):
        return UNKNOWN
    return witness.value(node)


def _columns(part: Quantifier, loop: Loop) -> list[Field]:
    """Give the fields of a row that a sum reads."""
    found = (
        each.field
        for tree in (part.element, *loop.conditions)
        for each in tree.walk()
        if isinstance(each, Attribute) and isinstance(each.base, Variable) and each.base.name == loop.variable
    )
    return list({each.name: each for each in found}.values())


def _told(described: Field, kind: Type, value: Value, words: Catalogue) -> str:
    if isinstance(value, list):
        return words("、").join(value)
    if isinstance(value, bool):
        return words("是") if value else words("否")
    if value == NEW_PAPER:
        return words(NEW_PAPER)
    return described.member_labels.get(value, value) if isinstance(value, str) else say(value, kind, words)


def _grave(verdict: Verdict | None) -> int:
    return {Verdict.VIOLATION: 2, Verdict.RISK: 1}.get(verdict, 0) if verdict is not None else 0


def reads(rule: Rule) -> frozenset[str]:
    """Give the parts of a dossier that a rule can read."""
    found = {rule.each.partition(".")[0]}
    conditions = (rule.when, rule.violated, rule.suspected, rule.conduct_on, *(each.condition for each in rule.basis))
    for condition in (*conditions, *(each.condition for each in rule.exemptions)):
        for part in rule.parts_of(condition):
            if isinstance(part, Register):
                found.add(part.path.partition(".")[0])
            elif isinstance(part, Link):
                found.add(part.field.ref)
    return frozenset(found | ({EVIDENCE, "claims"} if rule.exemptions else set()))
