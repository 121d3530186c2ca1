"""The views of a long dossier: what its rules look into is decoded for as long as they look, and let go.

Rules that look into the same registers of bulk go together. A register whose records they judge one by one comes in
portions; one that they go through, or look records up in, comes whole, with the fields that they read and no others.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import Any

from checker.dossier.long import Columns, LongDossier, Mention, narrowed
from checker.dossier.schema import DossierSchema
from checker.errors import Problem
from checker.facts import Answers, Candidates, Chain, Standing, Sweep, View, Wanted
from checker.language.tree import Attribute, Link, Node, Register
from checker.model import RegisterState
from checker.policy.loading import Policy, RuleGroup
from checker.policy.rules import Rule
from checker.values import Value


class LongView(View):
    """A long dossier, as far as it is held whole; the registers of bulk are seen by the views of its sweep."""

    def __init__(self, dossier: LongDossier, policy: Policy, as_of: date) -> None:
        super().__init__(dossier, policy.schema, policy.parameters, policy.statute, as_of, words=policy.words)
        self.policy = policy
        self.long, self.elsewhere = dossier, dossier.bulk
        self.spent: Counter[RuleGroup | None] = Counter()
        self._split: dict[RuleGroup, Sequence[RuleGroup]] = {}
        self._mentioned: dict[int, Mention] = {}

    def sees(self, path: str) -> bool:
        """Say whether the records of a register are held whole."""
        return path.partition(".")[0] not in self.long.bulk

    def rows(self, path: str) -> tuple[Value, ...]:
        """Give the records of a register; raise `LookupError` for one of bulk."""
        if not self.sees(path):
            raise LookupError(path)
        return super().rows(path)

    def chains(self, each: str) -> tuple[Chain, ...]:
        """Give each record with the records above it; raise `LookupError` for a register of bulk."""
        if not self.sees(each):
            raise LookupError(each)
        return super().chains(each)

    def number(self, path: str) -> int:
        """Give how many records a register has, wherever they are."""
        return super().number(path) if self.sees(path) else self.long.census.numbers[path]

    def leaves_out(self, path: str) -> bool:
        """Say whether a record leaves out its list, wherever it is."""
        return super().leaves_out(path) if self.sees(path) else path in self.long.census.left_out

    def named(self, each: str, name: Value) -> tuple[Value, ...]:
        """Give the records that a name means, wherever they are."""
        if self.sees(each):
            return super().named(each, name)
        return tuple(map(self._record, self.long.census.named(each, name))) if name.__class__ is str else ()

    def drawn(self, path: str) -> Iterable[Value]:
        """Give the records of a register that may be drawn, wherever they are."""
        return super().drawn(path) if self.sees(path) else map(self._record, self.long.census.drawn.get(path, ()))

    def _record(self, mention: Mention) -> Value:
        self._mentioned[id(mention.record)] = mention
        return mention.record

    def standing(self, record: Value) -> Standing:
        """Say where a record or block stands."""
        mention = self._mentioned.get(id(record))
        if mention is None:
            return super().standing(record)
        return Standing.of(record, "".join(f"/{each}" for each in mention.steps))

    def doubts(self) -> tuple[Problem, ...]:
        """Give what is hard to believe, in the language of the check."""
        return self.dossier.doubts if self.words.is_chinese else self.long.doubts_in(self.schema, self.words)

    def sweep(self, groups: Iterable[RuleGroup], wanted: Wanted) -> Iterator[Sweep]:
        """Give the groups of rules by what they look into, part by part."""
        together: dict[tuple[str, int], list[tuple[RuleGroup, RuleGroup]]] = {}
        for number, bounded in enumerate(groups):
            for group in self._pieces(bounded):
                needs_whole = any(self._looks_through(each.rule) for each in group.rules)
                key = (group.each.partition(".")[0], number if needs_whole else -1)
                together.setdefault(key, []).append((group, bounded))
        for (subject, _), pieces in together.items():
            for part, group, bounded, view in self._swept(subject, pieces, wanted):
                yield Sweep(part, group, view, bounded)

    def _pieces(self, group: RuleGroup) -> Sequence[RuleGroup]:
        """Take out of a group the rules that have to hold all records of their own register."""
        known = self._split.get(group)
        if known is None:
            own = group.each.partition(".")[0]
            alone = [each for each in group.rules if own in self._looks_through(each.rule)]
            others = tuple(each for each in group.rules if each not in alone)
            known = [group] if not alone or not others else [*(each.alone for each in alone), RuleGroup(rules=others)]
            self._split[group] = known
        return known

    def _looks_through(self, rule: Rule) -> frozenset[str]:
        """Give the registers of bulk that have to be there whole."""
        return self.long.bulk & {path.partition(".")[0] for path in _looked_through(rule)}

    def _swept(
        self, subject: str, pieces: Sequence[tuple[RuleGroup, RuleGroup]], wanted: Wanted
    ) -> Iterator[tuple[int, RuleGroup, RuleGroup, View]]:
        """Sweep over the portions of the register of the subjects, with what else is looked into held whole."""
        rules = [each.rule for group, _ in pieces for each in group.rules]
        whole = frozenset[str]().union(*map(self._looks_through, rules))
        is_held = subject in whole or self.sees(subject)
        below: View = self
        for part, portion in enumerate((None,) if is_held else self.long.outline.registers[subject]):
            there = [each for each in pieces if any(wanted(one.rule.id, part) for one in each[0].rules)]
            if not there:
                continue
            if whole and below is self:
                columns = _columns(rules, whole, self.schema)
                below = PartView(self, self, self.long.columns(columns), whole)
                below.described = narrowed(self.schema, columns).root
            view = below
            if portion is not None:
                root = self.long.bare()
                setattr(root, subject, self.long.records(portion))
                view = PartView(self, below, root, frozenset({subject}), first=portion.first)
            for group, bounded in there:
                if isinstance(view, PartView):
                    view.bounded = bounded
                yield part, group, bounded, view
            if isinstance(view, PartView):
                view.let_go()


class PartView(View):
    """Some registers of a long dossier, perhaps a portion of one; what is not its *own* is seen by the view *below*."""

    def __init__(self, base: LongView, below: View, root: Any, own: Set[str], *, first: int = 0) -> None:
        dossier, policy = replace(base.long, root=root), base.policy
        super().__init__(dossier, policy.schema, policy.parameters, policy.statute, base.as_of, words=policy.words)
        self.base, self.long, self.below, self.own, self.first = base, base.long, below, own, first
        self.bounded: RuleGroup | None = None
        self._figures, self._days = base._figures, base._days

    def holds(self, path: str) -> bool:
        """Say whether a register, or what it is nested in, is its own."""
        return path.partition(".")[0] in self.own

    def state(self, path: str) -> RegisterState:
        """Give what is declared of a register and how many records it has in all."""
        return self.base.state(path)

    def rows(self, path: str) -> tuple[Value, ...]:
        """Give the records of a register."""
        return super().rows(path) if self.holds(path) else self.below.rows(path)

    def chains(self, each: str) -> tuple[Chain, ...]:
        """Give each record of a register with the records above it."""
        return super().chains(each) if self.holds(each) else self.below.chains(each)

    def directory(self, path: str) -> Mapping[Value, Value]:
        """Give the records of a register by their ids."""
        return super().directory(path) if self.holds(path) else self.below.directory(path)

    def candidates(self, path: str, names: tuple[str, ...]) -> Callable[..., Candidates]:
        """Give the function from keys to the records that equal one of them, and to all that may."""
        return super().candidates(path, names) if self.holds(path) else self.below.candidates(path, names)

    def named(self, each: str, name: Value) -> tuple[Value, ...]:
        """Give the records that a name means, those that are here as they are here."""
        if not self.holds(each):
            return self.below.named(each, name)
        mentions = self.long.census.named(each, name) if name.__class__ is str else ()
        return tuple(map(self._found, mentions))

    def _found(self, mention: Mention) -> Value:
        """Give the record that is meant; one outside of the portion as it was noted."""
        register, nth, *others = mention.steps
        held = getattr(self.root, str(register))
        place = int(nth) - self.first
        if not 0 <= place < len(held):
            return mention.record
        record = held[place]
        for name, index in zip(others[::2], others[1::2], strict=True):
            record = getattr(record, str(name))[int(index)]
        return record

    def standing(self, record: Value) -> Standing:
        """Say where a record or block stands."""
        is_own = record is self.root or id(record) in self._standings or id(record) in self._holders
        return super().standing(record) if is_own else self.below.standing(record)

    def record_at(self, pointer: str) -> str:
        """Work out the ids of the record that a pointer leads into."""
        _, register, *others = pointer.split("/")
        if not self.holds(register):
            return self.below.record(pointer)
        if others:
            others[0] = str(int(others[0]) - self.first)
        return super().record_at("/".join(("", register, *others)))

    def together(self, group: RuleGroup) -> Sequence[Answers]:
        """Find the facts of rules; what they, and others of their group, visited in other parts counts too."""
        spent, before = self.base.spent, self.visited
        self.most_visits = self.base.most_visits - spent[self.bounded]
        try:
            return super().together(group)
        finally:
            spent[self.bounded] += self.visited - before


# --- what a rule looks into -----------------------------------------------------------------------------------------


def _trees(rule: Rule) -> Iterator[Node]:
    """Give every expression of a rule."""
    yield from (rule.grade, rule.responsible, rule.conduct_on, rule.when, rule.violated, rule.suspected)
    yield from (*rule.matter.values(), *rule.lets.values(), *rule.tests, *rule.message.nodes)
    yield from (each.condition for each in (*rule.basis, *rule.see))
    yield from (each.condition for each in rule.remedy)
    for each in rule.exemptions:
        yield from (each.condition, each.paper, each.valid_on)
    if rule.amount is not None:
        yield rule.amount


def _nodes(rule: Rule) -> tuple[Node, ...]:
    return rule.known.of("nodes", rule.when, lambda _: tuple(node for tree in _trees(rule) for node in tree.walk()))


def _looked_through(rule: Rule) -> Iterator[str]:
    """Give the registers that a rule goes through, or looks records up in, beside those of its subject."""
    for node in _nodes(rule):
        match node:
            case Register(base=None, path=path):
                yield path
            case Link(field=described):
                yield described.ref


def _columns(rules: Iterable[Rule], whole: Set[str], schema: DossierSchema) -> Columns:
    """Give the fields of the registers that are there whole, as far as the rules read them."""
    found: dict[str, set[str]] = {}

    def add(path: str, *names: str) -> None:
        if path.partition(".")[0] in whole:
            found.setdefault(path, set()).update(names)

    for rule in rules:
        for path in rule.registers:
            add(path, *schema.registers[path].label_fields)
        for node in _nodes(rule):
            match node:
                case Attribute(base=base, field=described) | Link(base=base, field=described):
                    add(base.type.entity.path if base.type.entity is not None else "", described.name)
                case Register(path=path):
                    add(path)
    return frozenset((path, frozenset(names)) for path, names in found.items())
