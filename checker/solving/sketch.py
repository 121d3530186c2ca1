"""A small dossier that is not filled in: so many records in each register, every field of them open.

What a field holds is for the solver to choose, within the bounds that the schema and the examination of dossiers set:
it is known or none, and every register is complete.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from checker.classes import dataclass
from checker.dossier.consistency import EARLIEST, ORDERS, YEARS_AHEAD
from checker.dossier.schema import DossierSchema, Entity, Field, Kind
from checker.language.tree import ZONE
from checker.policy.law import Parameter
from checker.solving.terms import (
    Day,
    Held,
    Kleene,
    Term,
    all_of,
    any_of,
    as_number,
    day_of,
    if_then,
    is_not,
    length_of,
    solver_package,
)

FEWEST = 2
"""How many claims and papers there are where there is no bound."""
USUAL = (2015, 2026)
"""The years in which a dossier is looked for first."""


@dataclass(eq=False)
class Row:
    """A record or block of the sketch; its fields are made when something reads them."""

    sketch: "Sketch"
    entity: Entity
    present: Term
    fields: dict[str, Held] = field(default_factory=dict)
    lists: dict[str, tuple["Row", ...]] = field(default_factory=dict)

    def field(self, described: Field) -> Held:
        """Give a field, made within the bounds that the schema sets."""
        if described.name not in self.fields:
            self.fields[described.name] = self.sketch.made(self, described)
        return self.fields[described.name]

    def rows(self, described: Field) -> tuple["Row", ...]:
        """Give the records of a list inside this one."""
        if described.name not in self.lists:
            self.lists[described.name] = self.sketch.made_rows(described.inner, inside=self)
        return self.lists[described.name]


Chain = tuple[Row, ...]
"""A record of the sketch and those above it, the nearest first."""


class Sketch:
    """A dossier that is not filled in, with at most `most` records in each register and under each record.

    With no `most` it stands for dossiers of any size: what a rule makes of a list may then be anything, and each
    reference leads to a record of its own. Of claims and papers a few are always enough: whether an exemption is
    proved, claimed or not hangs on one claim and its paper.
    """

    def __init__(
        self, schema: DossierSchema, parameters: Mapping[str, Parameter], document: str, *, most: int | None
    ) -> None:
        """Begin with nothing but the zone and the day of the look; *document* is the statute of the pack itself."""
        self.schema, self.parameters, self.document = schema, parameters, document
        self.is_boundless, self.most = most is None, most or FEWEST
        self.targets: dict[tuple[str, str], tuple[Term, Row]] = {}
        self.facts: list[Term] = []
        self.texts: dict[str, int] = {}
        self.spoken: dict[str, Term] = {}
        self.looked_into: dict[str, Term] = {}
        self.registers: dict[str, tuple[Row, ...]] = {}
        self.about: dict[tuple[int, int], Term] = {}
        self.loose: dict[str, list[Term]] = {}
        self.freed: list[tuple[object, Kleene]] = []
        self.count = 0
        self.as_of = self.fresh_day()
        self.facts.append(self.as_of.place >= day_of(EARLIEST).place)
        self.zone = Row(self, schema.zone, True)

    # --- names

    def fresh(self, kind: str) -> Term:
        """Give a new unknown of the solver."""
        self.count += 1
        return getattr(solver_package(), kind)(f"x{self.count}")

    def code(self, text: str) -> int:
        """Give the number that stands for a text."""
        return self.texts.setdefault(text, len(self.texts) + 1)

    def fresh_day(self) -> Day:
        """Give a new day of the calendar."""
        day = Day(self.fresh("Int"), self.fresh("Int"), self.fresh("Int"))
        self.facts += [day.month >= 1, day.month <= 12, day.number >= 1, day.year >= 1, day.year <= 9999]
        fours, hundreds, rest = self.fresh("Int"), self.fresh("Int"), self.fresh("Int")
        common = any_of(all_of(rest >= 1, rest <= 24), all_of(rest == 0, hundreds == 4 * self.fresh("Int")))
        leap = all_of(day.number == 29, day.year == 4 * fours, fours == 25 * hundreds + rest, common)
        self.facts.append(any_of(day.number <= 28, day.number <= length_of(day.month, 28), leap))
        return day

    def free(self, why: str, when: Term = True, *, key: object = None) -> Kleene:  # noqa: FBT002 - a term, no switch
        """Give a truth that may be any, for want of exact words for it *when* so; the same one for the same *key*."""
        self.loose.setdefault(why, []).append(when)
        known = next((truth for each, truth in self.freed if key is not None and each == key), None)
        if known is not None:
            return known
        truth = Kleene(self.fresh("Bool"), self.fresh("Bool"))
        self.facts.append(is_not(all_of(truth.true, truth.false)))
        self.freed.append((key, truth))
        return truth

    def says(self, word: str, code: Term) -> Term:
        """Say whether the text of a number has a word in it."""
        z3 = solver_package()
        if word not in self.spoken:
            self.spoken[word] = z3.Function(f"says {len(self.spoken)}", z3.IntSort(), z3.BoolSort())
        self.looked_into[str(code)] = code
        return self.spoken[word](code)

    # --- records

    def rows(self, path: str) -> Chain:
        """Give the records of a register of the dossier."""
        if path not in self.registers:
            self.registers[path] = self.made_rows(self.schema.registers[path])
        return self.registers[path]

    def made_rows(self, entity: Entity, *, inside: Row | None = None) -> Chain:
        """Make the records of a list: there are some of them, the first ones, each with an id of its own."""
        there = [self.fresh("Bool") for _ in range(self.most)]
        if inside is not None:
            self.facts += [any_of(inside.present, is_not(each)) for each in there]
        self.facts += [any_of(one, is_not(other)) for one, other in itertools.pairwise(there)]
        made = tuple(Row(self, entity, each) for each in there)
        for path, earlier, later in ORDERS:
            if path == entity.path:
                for each in made:
                    self.in_order(each, earlier, later)
        names = [each.field(entity.fields[entity.id_field]).value for each in made]
        self.facts += [is_not(one == other) for one, other in itertools.combinations(names, 2)]
        return made

    def target(self, path: str, key: Term) -> tuple[Term, Row]:
        """Give the record that a reference leads to where there is no bound, and when it leads nowhere."""
        named = path, str(key)
        if named not in self.targets:
            self.targets[named] = self.fresh("Bool"), Row(self, self.schema.registers[path], True)
        return self.targets[named]

    def in_order(self, row: Row, earlier: str, later: str) -> None:
        """Say that two days of a record can't come in the other order."""
        first, last = (row.field(row.entity.fields[each]) for each in (earlier, later))
        self.facts.append(any_of(is_not(first.known), is_not(last.known), first.value.place <= last.value.place))

    def chain(self, each: str) -> Chain:
        """Give the record of a register that is judged, and those above it, the nearest first; it is there."""
        if each == ZONE:
            return (self.zone,)
        found: tuple[Row, ...] = ()
        for step in each.split("."):
            rows = found[0].rows(found[0].entity.fields[step]) if found else self.rows(step)
            self.facts.append(rows[0].present)
            found = (rows[0], *found)
        return found

    def made(self, row: Row, described: Field) -> Held:
        """Make a field: known or none, and within its bounds."""
        none = self.fresh("Bool") if described.nullable or described.claim else False
        value = self.made_value(row, described, is_not(none))
        return Held(none=none, loose=False if value is not None else is_not(none), value=value)

    def made_value(self, row: Row, described: Field, known: Term) -> Any:
        """Make what a field holds where it is known; `None` where that can't be said exactly."""
        match described.kind:
            case Kind.TEXT:
                return self.fresh("Int")
            case Kind.ENUM:
                code = self.fresh("Int")
                self.facts.append(any_of(*(code == self.code(each) for each in described.members)))
                return code
            case Kind.BOOLEAN:
                return self.fresh("Bool")
            case Kind.DAY:
                day = self.fresh_day()
                self.facts += [day.place >= day_of(EARLIEST).place, day.place <= self.last.place]
                return day
            case Kind.NUMBER | Kind.INTEGER:
                number = self.fresh("Real") if described.kind is Kind.NUMBER else as_number(self.fresh("Int"))
                low, high = described.limits
                self.facts += [number >= low, number <= high]
                return number
            case Kind.TEXTS if not self.is_boundless:
                there = [self.fresh("Bool") for _ in range(self.most)]
                self.facts += [any_of(one, is_not(other)) for one, other in itertools.pairwise(there)]
                return tuple((each, self.fresh("Int")) for each in there)
            case Kind.BLOCK:
                block = Row(self, described.inner, all_of(row.present, known))
                for path, earlier, later in ORDERS:
                    if path == described.inner.path:
                        self.in_order(block, earlier, later)
                return ((True, block),)
        return None

    def known_facts(self) -> list[Term]:
        """Give all that holds of every dossier, and what is known of the texts of the rules."""
        z3 = solver_package()
        found = list(self.facts)
        for word, says in self.spoken.items():
            found += [says(z3.IntVal(code)) == (word in text) for text, code in self.texts.items()]
            within = [other for each, other in self.spoken.items() if word in each and word != each]
            found += [any_of(says(code), is_not(other(code))) for other in within for code in self.looked_into.values()]
        return found

    def small(self, judged: Sequence[Row]) -> list[Term]:
        """Say that there are no records but those that are judged, and that it is looked at them in our days."""
        kept = {id(each) for each in (self.zone, *judged)}
        others = [is_not(row.present) for row in self.all_rows() if id(row) not in kept and row.entity.id_field]
        return [*others, self.as_of.year >= USUAL[0], self.as_of.year <= USUAL[1]]

    @property
    def inexact(self) -> tuple[str, ...]:
        """What could not be said exactly."""
        return tuple(dict.fromkeys(self.loose))

    def crisp(self) -> list[Term]:
        """Say that nothing may be anything, but for what always may."""
        return [is_not(when) for found in self.loose.values() for when in found if when is not True]

    def with_two_decimals(self) -> list[Term]:
        """Say that numbers have two decimals."""
        z3 = solver_package()
        return [
            z3.IsInt(held.value * 100)
            for row in self.all_rows()
            for name, held in row.fields.items()
            if row.entity.fields[name].kind is Kind.NUMBER
        ]

    def all_rows(self) -> Iterator[Row]:
        """Give all records and blocks that were made."""
        waiting = [self.zone, *(row for rows in self.registers.values() for row in rows)]
        while waiting:
            row = waiting.pop()
            yield row
            waiting += [inner for rows in row.lists.values() for inner in rows]
            for name, held in row.fields.items():
                if row.entity.fields[name].kind is Kind.BLOCK:
                    waiting += [inner for _, inner in held.value]

    @property
    def last(self) -> Day:
        """The last day that a dossier may speak of; a leap day has none so many years on, and the last of February."""
        leaps = all_of(self.as_of.month == 2, self.as_of.number == 29)
        return Day(self.as_of.year + YEARS_AHEAD, self.as_of.month, if_then(leaps, 28, self.as_of.number))

    def is_about(self, claim: Row, subject: Row) -> Term:
        """Say whether a claim is about a record."""
        key = id(claim), id(subject)
        if key not in self.about:
            self.about[key] = self.fresh("Bool")
            self.facts.append(any_of(is_not(self.about[key]), all_of(claim.present, subject.present)))
        return self.about[key]
