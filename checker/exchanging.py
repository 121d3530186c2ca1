"""What makes two checks differ, proved by checking again with one thing exchanged at a time.

Between two checks lie a dossier, the day it is judged on, and of the pack the rule, the figures and the editions that
the rule stands on. Each of them is taken from the new check into the old one, alone and with others, and the rule is
applied again: the smallest sets that give the new verdict are its causes. Of a dossier, the smallest set of entries.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from decimal import localcontext
from functools import cached_property
from itertools import combinations
from math import comb
from typing import NamedTuple, TypeVar

from checker import values
from checker.authoring import Pair, finding_of
from checker.checking import judge, look
from checker.classes import dataclass
from checker.curing import reads
from checker.dossier.comparing import Comparison, Difference, Entry
from checker.dossier.loading import Dossier
from checker.errors import PolicyError
from checker.facts import View
from checker.impact import MUTE, changed_keys, figures
from checker.judging import Judge
from checker.language.tree import ZONE
from checker.model import Grade, Report, Subject, Verdict
from checker.policy.loading import CompiledRule, Policy
from checker.policy.rules import Rule, load_rule
from checker.verifying import REGISTER

MOST_AT_ONCE = 6
"""How many things that differ are exchanged in every combination; of more, one set that is enough is looked for."""

MOST_TRIED = 400
"""How many sets of entries are tried for one finding to make sure that no smaller one is enough."""

MOST_TRIALS = 20_000
"""How many times a subject may be judged anew in one comparison while entries are left out."""

WITH_GRADE = MUTE - {"grade"}
"""The keys of a rule on which neither its verdicts depend nor how grave they are."""

PARTS = frozenset({"meta", "zone"})
"""The parts of a dossier that every rule may read."""

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two checks: its report, and the dossier and the pack that it was made of, where they are at hand."""

    report: Report
    dossier: Dossier | None = None
    policy: Policy | None = None


class Exchange(NamedTuple):
    """A thing that can be taken from the new check into the old one: its `kind`, and its id where there are several."""

    kind: str
    id: str = ""


DATA, TIME, AGE = Exchange("data"), Exchange("time"), Exchange("time", "declarations")
"""The dossier; the day on which it is judged; and up to which day what is declared in it has to hold.

Where the same dossier is judged later, declarations that nobody renewed no longer prove anything: that is another
thing than that a day has passed by which something had to be done.
"""


class State(NamedTuple):
    """What a rule says of a subject: nothing where there is no such `subject`, or no such `rule`."""

    verdict: Verdict | None = None
    grade: Grade | None = None
    has_rule: bool = True
    has_subject: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Things that together turn the old verdict into the new one, and of the dossier the entries that are enough.

    None of the entries can be left out, unless there were too many to try (not `is_fewest`); `is_smallest` says that
    no smaller set would do either. Where it is the day alone, `since` is the day on which the new verdict came about.
    """

    exchanged: tuple[Exchange, ...]
    entries: tuple[Entry, ...] = ()
    is_fewest: bool = True
    is_smallest: bool = False
    since: date | None = None


class Bench:
    """Applies single rules again with some things of the old check exchanged for those of the new one.

    Both checks have their dossier and their pack.
    """

    def __init__(self, old: Side, new: Side) -> None:
        assert old.dossier is not None
        assert new.dossier is not None
        assert old.policy is not None
        assert new.policy is not None
        self.sides = (old, new)
        self.dossiers: tuple[Dossier, Dossier] = (old.dossier, new.dossier)
        self.policies: tuple[Policy, Policy] = (old.policy, new.policy)
        self.rules: tuple[Mapping[str, CompiledRule], Mapping[str, CompiledRule]] = (
            {each.rule.id: each for each in old.policy.rules},
            {each.rule.id: each for each in new.policy.rules},
        )
        self.trials = 0
        self._differing: dict[str, tuple[Exchange, ...]] = {}
        self._readings: dict[tuple[str, frozenset[Exchange]], Policy | None] = {}
        self._verdicts: dict[tuple[str, frozenset[Exchange]], Mapping[str, Verdict] | None] = {}

    # --- what differs

    def differing(self, rule: str) -> tuple[Exchange, ...]:
        """Give the things that differ between the checks and that the verdicts of a rule may depend on."""
        if rule not in self._differing:
            self._differing[rule] = tuple(self._differing_for(rule))
        return self._differing[rule]

    def _differing_for(self, rule: str) -> Iterator[Exchange]:
        if self.compared.differences:
            yield DATA
        yield from pack_differences(self.policies, (self.rules[0].get(rule), self.rules[1].get(rule)), rule)
        if self._days[0] != self._days[1]:
            yield TIME
            yield from (AGE,) if self._can_age else ()

    @cached_property
    def _days(self) -> tuple[tuple[date, bool], tuple[date, bool]]:
        old, new = (each.report for each in self.sides)
        return (old.as_of, old.projected), (new.as_of, new.projected)

    @cached_property
    def _can_age(self) -> bool:
        """Whether both reports are of days that their dossiers speak of: in a projected one nothing declared holds."""
        return not any(projected for _, projected in self._days)

    def _day(self, exchanged: Set[Exchange], *, is_mixed: bool) -> "_Day":
        """Give the day of one of two checks.

        But for what was said of declarations, a dossier is taken to hold on until a later day.
        """
        as_of, projected = self._days[TIME in exchanged]
        if not self._can_age:
            return _Day(as_of, assumed=is_mixed and not projected)
        proved_on, _ = self._days[AGE in exchanged]
        return _Day(as_of, assumed=True, proved_on=proved_on)

    # --- checking again

    def state(self, rule: str, subject: Subject, exchanged: Set[Exchange], *, graded: bool = False) -> State | None:
        """Say what a rule says of a subject with some things exchanged; `None` where that can't be told."""
        wanted = frozenset(exchanged)
        if (rule, wanted) not in self._verdicts:
            with localcontext(values.EXACT):
                self._verdicts[rule, wanted] = self._judged(rule, wanted)
        found = self._verdicts[rule, wanted]
        if found is None:
            return None
        if rule not in self.rules[(Exchange("rule", rule) in wanted)]:
            return State(has_rule=False, has_subject=False)
        key = key_of(subject)
        if key not in found:
            return State(has_subject=is_register(subject))
        grade = self._grade(rule, key, wanted) if graded and found[key].is_finding else None
        return State(verdict=found[key], grade=grade)

    def _judged(self, rule: str, exchanged: frozenset[Exchange]) -> Mapping[str, Verdict] | None:
        if rule not in self.rules[(Exchange("rule", rule) in exchanged)]:
            return {}
        policy = self._reading(rule, exchanged)
        if policy is None:
            return None
        [compiled] = policy.rules
        view = self._view(policy, rule, exchanged)
        return {_key(view, pair): pair.verdict for pair in judge(policy, view, compiled)}

    def _grade(self, rule: str, key: str, exchanged: frozenset[Exchange]) -> Grade | None:
        policy = self._reading(rule, exchanged)
        assert policy is not None
        [compiled] = policy.rules
        with localcontext(values.EXACT):
            view = self._view(policy, rule, exchanged)
            pair = next(each for each in judge(policy, view, compiled) if _key(view, each) == key)
            return finding_of(policy, view, pair).grade

    def _view(self, policy: Policy, rule: str, exchanged: frozenset[Exchange]) -> View:
        """Look at the dossier of one check on the day of one."""
        dossier = self.dossiers[DATA in exchanged]
        is_mixed = frozenset() < exchanged < frozenset(self.differing(rule))
        return self._day(exchanged, is_mixed=is_mixed).look(policy, dossier)

    def _reading(self, rule: str, exchanged: frozenset[Exchange]) -> Policy | None:
        """Give a pack of one rule, as it reads with figures and editions exchanged; `None` where it makes no sense."""
        wanted = exchanged - {DATA, TIME, AGE}
        key = (rule, wanted)
        if key not in self._readings:
            self._readings[key] = self._read(rule, wanted)
        return self._readings[key]

    def _read(self, rule: str, wanted: frozenset[Exchange]) -> Policy | None:
        old, new = self.policies
        if not wanted:
            return replace(old, rules=(self.rules[0][rule],))
        if wanted == frozenset(self.differing(rule)) - {DATA, TIME, AGE}:
            return replace(new, rules=(self.rules[1][rule],))
        own = self.policies[Exchange("rule", rule) in wanted]
        compiled = self.rules[Exchange("rule", rule) in wanted][rule]
        figures_of = {each.id: new.parameters[each.id] for each in wanted if each.kind == "parameter"}
        editions_of = {each.id: new.statutes[each.id] for each in wanted if each.kind == "statute"}
        parameters = {**new.parameters, **old.parameters, **figures_of}
        statutes = {**new.statutes, **old.statutes, **editions_of}
        library = replace(own.library, parameters=parameters, statutes=statutes)
        try:
            read = load_rule(compiled.rule.source, rule, library, own.schema)
        except PolicyError:  # a rule that names what only one of the packs has, or has in other units
            return None
        hybrid = CompiledRule(rule=read, schema=own.schema)
        return replace(own, rules=(hybrid,), judge=Judge([read.law]), parameters=parameters, statutes=statutes)

    # --- causes

    def proofs(self, rule: str, subject: Subject, *, graded: bool = False) -> tuple[Proof, ...]:
        """Give the smallest sets of things that turn the old verdict on a subject into the new one.

        There are none where checking again finds no difference.
        """
        found = self.differing(rule)
        target = self.state(rule, subject, frozenset(found), graded=graded)
        if target is None or self.state(rule, subject, frozenset(), graded=graded) == target:
            return ()

        def is_enough(few: Sequence[Exchange]) -> bool:
            return self.state(rule, subject, frozenset(few), graded=graded) == target

        sets = smallest_sets(found, is_enough)
        return tuple(self._proof(rule, subject, each, target, graded=graded) for each in sets)

    def _proof(
        self, rule: str, subject: Subject, exchanged: tuple[Exchange, ...], target: State, *, graded: bool
    ) -> Proof:
        if graded:
            return Proof(exchanged=exchanged)
        if exchanged == (TIME,):
            return Proof(exchanged=exchanged, since=self._since(rule, subject, target))
        policy = self._reading(rule, frozenset(exchanged)) if DATA in exchanged else None
        if policy is None or not policy.rules:
            return Proof(exchanged=exchanged)
        day = self._day(frozenset(exchanged), is_mixed=True)
        trial = _Trial(self.compared, self.dossiers[0], policy, subject, day)

        def is_enough(few: Sequence[Difference]) -> bool:
            self.trials += 1
            return self.trials <= MOST_TRIALS and trial.verdict(few, day) is target.verdict

        relevant = [each for each in self.compared.differences if each.part in trial.reads]
        relevant.sort(key=lambda each: each.entry.record != subject.id)
        few, is_smallest = fewest(relevant, is_enough)
        if not few:  # the rule may have read a part of the dossier that nobody thought of
            few, is_smallest = fewest(self.compared.differences, is_enough)
        is_fewest = self.trials <= MOST_TRIALS
        entries = tuple(each.entry for each in few)
        return Proof(exchanged=exchanged, entries=entries, is_fewest=is_fewest, is_smallest=is_smallest and is_fewest)

    def _since(self, rule: str, subject: Subject, target: State) -> date | None:
        """Give the day between the checks on which the new verdict came about, if nothing else changed.

        Where it came and went, it is one of these days; between projected reports none is looked for.
        """
        policy = self._reading(rule, frozenset())
        (first, _), (last, _) = self._days
        if policy is None or not self._can_age or first > last:
            return None
        day = self._day(frozenset(), is_mixed=True)
        trial = _Trial(self.compared, self.dossiers[0], policy, subject, day)
        if trial.verdict((), day._replace(as_of=last)) is not target.verdict:
            return None
        while (last - first).days > 1:
            middle = first + (last - first) // 2
            is_now = trial.verdict((), day._replace(as_of=middle)) is target.verdict
            first, last = (first, middle) if is_now else (middle, last)
        return last

    @cached_property
    def compared(self) -> Comparison:
        """The entries in which the dossiers differ."""
        old, new = self.dossiers
        return Comparison(old.root, new.root, self.policies[1].schema)


def pack_differences(
    policies: tuple[Policy, Policy], compiled: tuple[CompiledRule | None, CompiledRule | None], rule: str
) -> Iterator[Exchange]:
    """Give what differs between two packs for one rule: the rule itself, its figures, the editions among its bases."""
    (old, new), (one, other) = policies, compiled
    if one is None or other is None:
        if one is not other:
            yield Exchange("rule", rule)
        return
    if changed_keys(one.rule, other.rule, WITH_GRADE) or old.statute != new.statute:
        yield Exchange("rule", rule)
    for name in sorted(figures(one.rule) | figures(other.rule)):
        if name in old.parameters and name in new.parameters and old.parameters[name] != new.parameters[name]:
            yield Exchange("parameter", name)
    for name in dict.fromkeys(each.statute.id for each in (*one.rule.basis, *other.rule.basis)):
        if name in old.statutes and name in new.statutes and old.statutes[name] != new.statutes[name]:
            yield Exchange("statute", name)


class _Trial:
    """One subject judged by one rule on some day, with some entries of the new dossier in the old one."""

    def __init__(self, compared: Comparison, dossier: Dossier, policy: Policy, subject: Subject, day: "_Day") -> None:
        [self.compiled] = policy.rules
        self.compared, self.policy, self.dossier = compared, policy, dossier
        self.rule: Rule = self.compiled.rule
        self.key = key_of(subject)
        self.reads = reads(self.rule) | PARTS
        view = day.look(policy, dossier)
        chains = () if is_register(subject) else view.chains(self.rule.each)
        self.chain = next((each for each in chains if view.key(self.rule.each, each) == self.key), None)

    def verdict(self, few: Sequence[Difference], day: "_Day") -> Verdict | None:
        """Give the verdict with some entries exchanged; nothing where there is no such subject."""
        with self.compared.made(few), localcontext(values.EXACT):
            view = day.look(self.policy, self.dossier)
            if self.chain is not None and self._is_there():
                view.narrow(self.rule.each, self.chain)
            for pair in judge(self.policy, view, self.compiled):
                if _key(view, pair) == self.key:
                    return pair.verdict
        return None

    def _is_there(self) -> bool:
        """Say whether the subject and the records above it are still in their lists."""
        if self.rule.each == ZONE:
            return True
        assert self.chain is not None
        steps = self.rule.each.split(".")
        holders = (*self.chain[1:], self.dossier.root)
        return all(
            any(each is record for each in getattr(holder, step) or ())
            for record, holder, step in zip(self.chain, holders, reversed(steps), strict=True)
        )


class _Day(NamedTuple):
    """The day of a check; *assumed*, a dossier holds on until then, and what it declares has to hold on `proved_on`."""

    as_of: date
    assumed: bool
    proved_on: date | None = None

    def look(self, policy: Policy, dossier: Dossier) -> View:
        """Give what is seen of a dossier on that day."""
        view = look(policy, dossier, self.as_of, assumed=self.assumed)
        if self.proved_on is not None:
            view.proved_on = self.proved_on
        return view


def _key(view: View, pair: Pair) -> str:
    each = pair.compiled.rule.each
    return f"{REGISTER}{each}" if pair.found is None else view.key(each, pair.found.chain)


def is_register(subject: Subject) -> bool:
    """Say whether the subject is a register itself, because it proves no absence."""
    outer = subject.register.partition(".")[0]
    return subject.register != ZONE and subject.id == subject.register and subject.pointer == f"/{outer}"


def key_of(subject: Subject) -> str:
    """Give the key of a subject among the pairs of a rule."""
    return f"{REGISTER}{subject.register}" if is_register(subject) else subject.id


# --- the fewest -----------------------------------------------------------------------------------------------------


def smallest_sets(
    items: Sequence[_Item], is_enough: Callable[[Sequence[_Item]], bool]
) -> tuple[tuple[_Item, ...], ...]:
    """Give the sets that are enough and of which no part is; of many items, one of them.

    >>> smallest_sets("abc", lambda few: "a" in few or {"b", "c"} <= {*few})
    (('a',), ('b', 'c'))
    """
    if len(items) > MOST_AT_ONCE:
        few, _ = fewest(items, is_enough)
        return (few,) if few else ()
    found: list[tuple[_Item, ...]] = []
    for size in range(1, len(items) + 1):
        for few in combinations(items, size):
            if not any(set(each) <= set(few) for each in found) and is_enough(few):
                found.append(few)
    return tuple(found)


def fewest(items: Sequence[_Item], is_enough: Callable[[Sequence[_Item]], bool]) -> tuple[tuple[_Item, ...], bool]:
    """Give a set that is enough and of which nothing can be left out, and whether it is sure that none is smaller.

    Nothing is given where not even all together are enough.

    >>> fewest(range(100), lambda few: {7, 93} <= {*few})
    ((7, 93), True)
    """
    kept = list(items)
    if not kept or not is_enough(kept):
        return (), False
    size = max(1, len(kept) // 2)
    while True:
        before = len(kept)
        start = 0
        while start < len(kept):
            rest = kept[:start] + kept[start + size :]
            if rest and is_enough(rest):
                kept = rest
            else:
                start += size
        if size > 1:
            size //= 2
        elif len(kept) == before:
            break
    for smaller in range(1, len(kept)):
        if comb(len(items), smaller) > MOST_TRIED:
            return tuple(kept), False
        few = next((each for each in combinations(items, smaller) if is_enough(each)), None)
        if few is not None:
            return few, True
    return tuple(kept), True
