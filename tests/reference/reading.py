"""A plain reading of rule files: slow, short, and without a line of the program that it holds to account.

It walks Python's own `ast` of each expression over a dossier as `json.loads(text, parse_float=Decimal)` gives it.
Numbers and days are spans of exact ends (a day is its ordinal), truths are 0, 1, 2, and every part of every condition
is worked out, whether it matters or not.
"""

import ast
import calendar
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, IntEnum
from fractions import Fraction
from functools import cache, cached_property
from math import inf
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml


class Kleene(IntEnum):
    """A truth; *and* is the least, *or* the greatest."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


class Silence(Enum):
    """What a dossier says that says nothing."""

    SILENT = "silent"


SILENT = Silence.SILENT
Value = Any
"""A `Span`, a text, a list of texts, a `Record`, a `Kleene` truth, `None` for known to be none, or `SILENT`."""


@dataclass(frozen=True, slots=True)
class Span:
    """A number or a day between two ends, which are infinite where that side is open."""

    low: Any
    high: Any

    @property
    def is_point(self) -> bool:
        return bool(self.low == self.high)


def point(value: Any) -> Span:
    return Span(value, value)


def span(low: Any, high: Any) -> Span | Silence:
    return SILENT if low == -inf and high == inf else Span(low, high)


def ends(value: Value) -> tuple[Any, Any]:
    """Give what a value lies between; none has no order, so nothing is known of where it lies."""
    return (value.low, value.high) if isinstance(value, Span) else (-inf, inf)


# --- days -----------------------------------------------------------------------------------------------------------


@cache
def read_number(text: str) -> Span:
    return point(Fraction(text))


@cache
def read_day(text: str) -> Span:
    """Read 2021-04-03, 2021-04 or 2021."""
    year, *rest = map(int, text.split("-"))
    first = date(year, rest[0] if rest else 1, rest[1] if len(rest) > 1 else 1)
    if len(rest) == 2:
        return point(first.toordinal())
    month = rest[0] if rest else 12
    return Span(first.toordinal(), date(year, month, calendar.monthrange(year, month)[1]).toordinal())


def move(end: Any, months: int) -> Any:
    """Move one end of a span of days by months, to the last day of a shorter month; off the calendar it is open."""
    if end in {inf, -inf}:
        return end
    day = date.fromordinal(end)
    number = day.year * 12 + (day.month - 1) + months
    year, month = number // 12, number % 12 + 1
    if not date.min.year <= year <= date.max.year:
        return inf if months > 0 else -inf
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1])).toordinal()


@cache
def is_worked(end: int) -> Kleene:
    """Say whether a day is a working day; the library is wrong about 2005, and a year may still move the last week."""
    day = date.fromordinal(end)
    try:
        chinese_calendar.is_workday(day + timedelta(days=7))
        return truth(chinese_calendar.is_workday(day)) if day.year >= 2006 else Kleene.UNKNOWN
    except (NotImplementedError, OverflowError):
        return Kleene.UNKNOWN


def worked(first: Any, last: Any, *, at_least: Kleene) -> int:
    """Count the days that are, or may be, working days, one by one."""
    return sum(is_worked(day) >= at_least for day in range(first, last + 1))


def after_work(end: Any, number: int, *, at_least: Kleene) -> Any:
    """Walk on from day to day until that many were, or may have been, working days."""
    if end in {inf, -inf}:
        return end
    day = end
    while number > 0:
        day += 1
        if day > date(2030, 1, 1).toordinal() and at_least is Kleene.TRUE:
            return inf
        number -= is_worked(day) >= at_least
    return day


# --- the schema -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the schema says of a field: its kind, and the marks that decide how silence is read."""

    name: str
    sort: str
    claim: bool = False
    blank: bool = False
    nullable: bool = True
    ref: str = ""
    order: tuple[str, ...] = ()
    minimum: int | None = None
    inner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A kind of record or block and where it stands (`parcels.payments`)."""

    path: str
    identity: str
    singular: str
    fields: Mapping[str, Kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Every entity by its path, and the paths of the registers."""

    entities: Mapping[str, Entity]
    registers: frozenset[str]


def read_schema(raw: Mapping[str, Any]) -> Schema:
    """Read the JSON schema of dossiers."""
    entities: dict[str, Entity] = {}
    registers: set[str] = set()

    def definition(reference: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = raw["$defs"][reference.removeprefix("#/$defs/")]
        return found

    def visit(node: Mapping[str, Any], path: str) -> None:
        fields = {}
        for name, described in node["properties"].items():
            below = f"{path}.{name}" if path else name
            kind = kind_of(name, described, below)
            fields[name] = kind
            if kind.sort == "register":
                registers.add(below)
                visit(definition(described["items"]["$ref"]), below)
            elif kind.sort == "block":
                visit(definition(described["$ref"]), below)
        entities[path] = Entity(
            path=path, identity=node.get("x-id", ""), singular=node.get("x-singular", ""), fields=fields
        )

    def kind_of(name: str, described: Mapping[str, Any], below: str) -> Kind:
        whole = {**definition(described["$ref"]), **described} if "$ref" in described else dict(described)
        types = whole.get("type", [])
        sort = "text"
        if described.get("$ref", "").endswith("day"):
            sort = "day"
        elif described.get("$ref", "").endswith("/shape"):
            sort = "shape"
        elif "$ref" in described:
            sort = "other" if below.endswith((".sources", ".withheld", "completeness")) else "block"
        elif "items" in described:
            sort = "register" if "$ref" in described["items"] else "texts"
        elif {"number", "integer"} & set([types] if isinstance(types, str) else types):
            sort = "number"
        elif "boolean" in types:
            sort = "truth"
        return Kind(
            name=name,
            sort=sort,
            claim=bool(whole.get("x-claim")),
            blank=bool(whole.get("x-may-be-blank")),
            nullable=None in whole["enum"] if "enum" in whole else "null" in types,
            ref=whole.get("x-ref", ""),
            order=tuple(whole.get("x-order", ())),
            minimum=whole.get("minimum"),
            inner=below,
        )

    visit({**raw, "properties": {key: each for key, each in raw["properties"].items() if key != "meta"}}, "")
    return Schema(entities=entities, registers=frozenset(registers))


# --- the law --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Statute:
    """One edition of one instrument."""

    first: Span | Silence
    last: Span | None
    text_seen: bool
    first_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A parameter with its dated values."""

    soft: bool
    values: tuple[tuple[Span, Value], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plea:
    """An exemption: the grounds of claims that plead it, what it bounds, and the paper that must be valid on a day.

    `most` is what proof makes of it.
    """

    grounds: list[str]
    condition: ast.expr
    paper: ast.expr
    valid_on: ast.expr
    most: Kleene


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule file, with its expressions parsed by Python."""

    id: str
    each: str
    signal: bool
    conduct_on: ast.expr
    when: ast.expr
    violated: ast.expr
    suspected: ast.expr
    lets: Mapping[str, ast.expr]
    basis: tuple[tuple[str, bool, ast.expr], ...]
    pleas: tuple[Plea, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A policy pack, as far as it decides verdicts."""

    own_statute: str
    statutes: Mapping[str, Statute]
    figures: Mapping[str, Figure]
    rules: tuple[Rule, ...]


_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_yaml(path: Path) -> Any:
    """Read a file with every scalar left as it is written."""
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - it makes nothing but text


def read_law(folder: Path) -> Law:
    """Read a policy pack."""
    seen = {"Sa", "Sb", "Sc"}
    return Law(
        own_statute=read_yaml(folder / "policy.yaml")["statute"],
        statutes={
            each["id"]: Statute(
                first=SILENT if each["from"] == "null" else read_day(each["from"]),
                last=None if each["to"] == "null" else read_day(each["to"]),
                text_seen=each["text_mark"] in seen,
                first_seen=each["from_mark"] in seen,
            )
            for each in read_yaml(folder / "statutes.yaml")
        },
        figures={
            each["id"]: Figure(
                soft=each["kind"] == "proposal"
                or (each["kind"] == "law" and any(value["verified"] != "true" for value in each["values"])),
                values=tuple((read_day(value["from"]), figure(value["value"])) for value in each["values"]),
            )
            for each in read_yaml(folder / "parameters.yaml")
        },
        rules=tuple(read_rule(read_yaml(path)) for path in sorted((folder / "rules").glob("*.yaml"))),
    )


def figure(written: Any) -> Value:
    return list(written) if isinstance(written, list) else point(Fraction(written))


def read_rule(written: Mapping[str, Any]) -> Rule:
    """Read one rule file."""
    return Rule(
        id=written["id"],
        each=written["each"],
        signal=written.get("kind") == "signal",
        conduct_on=expression(written["conduct_on"]),
        when=expression(written.get("when", "True")),
        violated=expression(written["violated"]),
        suspected=expression(written.get("suspected", "False")),
        lets={name: expression(each) for name, each in written.get("let", {}).items()},
        basis=tuple(
            (each["statute"], "at_most" in each, expression(each.get("if", "True"))) for each in written["basis"]
        ),
        pleas=tuple(
            Plea(
                grounds=[each["ground"]] if isinstance(each.get("ground"), str) else each.get("ground", []),
                condition=expression(each["if"]),
                paper=expression(each.get("paper", "claim.doc_id" if "ground" in each else "''")),
                valid_on=expression(each.get("valid_on", written["conduct_on"])),
                most=Kleene.UNKNOWN if "at_most" in each else Kleene.TRUE,
            )
            for each in written.get("exempt", ())
        ),
    )


def expression(written: str) -> ast.expr:
    plain = {"true": "True", "false": "False"}.get(written, written)
    return ast.parse(f"({plain}\n)", mode="eval").body


# --- the dossier ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A record or block of the dossier, and which entity it is."""

    entity: Entity
    data: Mapping[str, Any]


class Look:
    """A dossier as it is seen on one day."""

    def __init__(self, schema: Schema, dossier: Mapping[str, Any], as_of: date) -> None:
        self.schema = schema
        self.dossier = dossier
        self.as_of = as_of.toordinal()
        self.is_later = as_of > date.fromisoformat(dossier["meta"]["as_of_date"])
        self.zone = Record(schema.entities["zone"], dossier["zone"])
        self.known_whole: dict[str, bool] = {}
        self.known_rows: dict[str, list[Record]] = {}
        self.known_declared: dict[str, Mapping[str, Any] | None] = {}

    def rows(self, path: str) -> list[Record]:
        """Give the records that are there, those of all parents together."""
        if path not in self.known_rows:
            above, _, name = path.rpartition(".")
            holders = [each.data for each in self.rows(above)] if above else [self.dossier]
            self.known_rows[path] = [
                Record(self.schema.entities[path], row) for holder in holders for row in holder.get(name) or ()
            ]
        return self.known_rows[path]

    def declared(self, path: str) -> Mapping[str, Any] | None:
        """Give the declaration of a register if it counts: complete, dated, counted, signed, and still current."""
        declared: Mapping[str, Any] = (self.dossier["meta"].get("completeness") or {}).get(path) or {}
        counts = (
            declared.get("complete") is True
            and declared.get("as_of") is not None
            and date.fromisoformat(declared["as_of"]).toordinal() >= self.as_of
            and declared.get("count") == len(self.rows(path))
            and bool(declared.get("signatory"))
        )
        outer, _, name = path.rpartition(".")
        left_out = bool(outer) and any(name not in row.data for row in self.rows(outer))
        return declared if counts and not left_out and path.partition(".")[0] in self.dossier else None

    def declaration(self, path: str) -> Mapping[str, Any] | None:
        """Give what `declared` gives, without looking again."""
        if path not in self.known_declared:
            self.known_declared[path] = self.declared(path)
        return self.known_declared[path]

    def is_whole(self, path: str) -> bool:
        """Say whether a register proves absence."""
        if path not in self.known_whole:
            none_at_all = not self.is_later and self.dossier.get(path.partition(".")[0], SILENT) is None
            above = path.rpartition(".")[0]
            nowhere = above != "" and self.rows(above) == [] and self.is_whole(above)
            self.known_whole[path] = none_at_all or nowhere or self.declaration(path) is not None
        return self.known_whole[path]

    def field(self, record: Value, name: str) -> Value:
        """Read a field: attribute of null is null, of what is not there not there."""
        if not isinstance(record, Record):
            return record
        kind = record.entity.fields[name]
        written = record.data.get(name, SILENT)
        if written is SILENT and kind.claim:
            written = None
        elif written is SILENT and kind.blank and record.entity.path in self.schema.registers:
            declared = self.declaration(record.entity.path)
            if declared and name in (declared.get("blank_means_none") or ()):
                written = None
        if written is None and self.is_later and not kind.claim:
            written = SILENT
        if written is None or written is SILENT:
            return written
        return self.value(kind, written)

    def value(self, kind: Kind, written: Any) -> Value:
        match kind.sort:
            case "day":
                return read_day(written)
            case "number":
                return point(Fraction(written))
            case "truth":
                return Kleene.TRUE if written else Kleene.FALSE
            case "block":
                return Record(self.schema.entities[kind.inner], written)
            case "shape":
                return drawn(written)
            case "register":
                return [Record(self.schema.entities[kind.inner], row) for row in written]
        return written

    def record(self, path: str, identity: Value) -> Value:
        """Follow a reference; what it leads to may be missing from the dossier."""
        if not isinstance(identity, str):
            return identity
        name = self.schema.entities[path].identity
        return next((row for row in self.rows(path) if row.data[name] == identity), SILENT)


# --- truths ---------------------------------------------------------------------------------------------------------


def less(left: Value, right: Value) -> Kleene:
    (low, high), (other_low, other_high) = ends(left), ends(right)
    if not isinstance(left, Span) or not isinstance(right, Span):
        return Kleene.UNKNOWN
    return Kleene.TRUE if high < other_low else Kleene.FALSE if low >= other_high else Kleene.UNKNOWN


def equal(left: Value, right: Value) -> Kleene:
    if left is None or right is None:
        return Kleene.FALSE
    if left is SILENT or right is SILENT:
        return Kleene.UNKNOWN
    if isinstance(left, Span) and isinstance(right, Span):
        if left.is_point and right.is_point:
            return truth(left.low == right.low)
        return Kleene.FALSE if left.high < right.low or right.high < left.low else Kleene.UNKNOWN
    return truth(left == right)


def truth(value: Value) -> Kleene:
    """Read a value as a truth; none is no."""
    if isinstance(value, Kleene):
        return value
    if value is SILENT:
        return Kleene.UNKNOWN
    return Kleene.TRUE if value is True else Kleene.FALSE


_OPPOSITES = (Kleene.TRUE, Kleene.UNKNOWN, Kleene.FALSE)


def opposite(value: Kleene) -> Kleene:
    return _OPPOSITES[value]


def every(truths: Iterable[Kleene]) -> Kleene:
    """Give the least of truths; what comes after a false one is not looked at."""
    least = Kleene.TRUE
    for each in truths:
        least = min(least, each)
        if least is Kleene.FALSE:
            break
    return least


def some(truths: Iterable[Kleene]) -> Kleene:
    return opposite(every(opposite(each) for each in truths))


# --- shapes ---------------------------------------------------------------------------------------------------------

Edge = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]
Pieces = tuple[tuple[Edge, ...], ...]
"""Pieces of land, each as the edges of its rings: a place is in it if a line to it crosses an odd number of them."""


@dataclass(frozen=True, slots=True)
class Region:
    """A piece of land between what it surely is and what it may be."""

    least: Pieces
    most: Pieces | Silence


def drawn(written: Mapping[str, Any]) -> Region:
    """Read a GeoJSON polygon, or several."""
    polygons = written["coordinates"] if written["type"] == "MultiPolygon" else [written["coordinates"]]
    pieces = []
    for rings in polygons:
        corners = [[(Fraction(x), Fraction(y)) for x, y, *_ in ring] for ring in rings]
        pieces.append(tuple(edge for ring in corners for edge in itertools.pairwise(ring)))
    return Region(tuple(pieces), tuple(pieces))


def measured(shape: Region, other: Region, *, inside: bool) -> Value:
    """Measure, in hectares, what is inside or outside the other at least and at most."""
    if not inside:
        low = 0 if other.most is SILENT else area(shape.least, other.most, inside=False)
        return span(low, inf if shape.most is SILENT else area(shape.most, other.least, inside=False))
    known = [each for each in (shape.most, other.most) if not isinstance(each, Silence)]
    high = area(known[0], known[-1], inside=True) if known else inf
    return span(area(shape.least, other.least, inside=True), high)


@cache
def area(one: Pieces, other: Pieces, *, inside: bool) -> Fraction:
    """Cut the plane into strips in which no edges meet; in each, what counts is a row of trapezoids."""
    edges = [edge for piece in (*one, *other) for edge in piece if edge[0][1] != edge[1][1]]
    heights = {y for edge in edges for _, y in edge} | set(meetings(edges))
    total = Fraction(0)
    for low, high in itertools.pairwise(sorted(heights)):
        rows, others = ([crossed(piece, (low + high) / 2) for piece in pieces] for pieces in (one, other))
        for left, right in itertools.pairwise(sorted({x for row in (*rows, *others) for x in row})):
            within, also = (any(holds(row, (left + right) / 2) for row in each) for each in (rows, others))
            if within and also is inside:
                total += (right - left) * (high - low)
    return rounded(rounded(total, 100) / 10_000, 100)


def meetings(edges: Sequence[Edge]) -> Iterator[Fraction]:
    """Give the heights at which edges meet."""
    for ((ax, ay), (bx, by)), ((cx, cy), (dx, dy)) in itertools.combinations(edges, 2):
        turn = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
        if turn and max(min(ay, by), min(cy, dy)) < min(max(ay, by), max(cy, dy)):
            along = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / turn
            yield ay + along * (by - ay)


def crossed(piece: Sequence[Edge], y: Fraction) -> list[Fraction]:
    """Give where a level line crosses the edges of a piece, from left to right."""
    return sorted(
        ax + (y - ay) * (bx - ax) / (by - ay) for (ax, ay), (bx, by) in piece if min(ay, by) < y < max(ay, by)
    )


def holds(row: Sequence[Fraction], place: Fraction) -> bool:
    return sum(x < place for x in row) % 2 == 1


def rounded(number: Fraction, parts: int) -> Fraction:
    """Round half up to that many parts of one."""
    return Fraction((number * parts * 2 + 1) // 2, parts)


# --- debts ------------------------------------------------------------------------------------------------------------

Debts = tuple[list[tuple[Any, Any, Any, Any]], bool]
"""For each row the earliest and latest day, the lowest and highest amount; and whether these are all rows."""


def late_fee(schedule: Debts, payments: Debts, until: Any, *, most: int) -> Any:
    """Pay off instalment by instalment, the oldest first, at the worst or at the best that is thinkable."""
    (due, is_due_whole), (paid, is_paid_whole) = schedule, payments
    if most and not is_due_whole:
        return inf
    if until == -inf or not (most or is_paid_whole):
        return 0
    debts = sorted([first if most else last, high if most else low] for first, last, low, high in due)
    money = sorted([last if most else first, low if most else high] for first, last, low, high in paid)
    total: Any = 0
    for day, amount in money:
        for debt in debts:
            settled = min(debt[1], amount) if day < until else 0
            total += product(settled, max(day - debt[0], 0) if settled else 0)
            debt[1] -= settled
            amount -= settled if settled < inf else 0  # noqa: PLW2901 - what is left of the payment
    return total + sum(product(rest, max(until - day, 0) if rest else 0) for day, rest in debts)


# --- expressions ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Judgement:
    """One rule on one subject: the names that its expressions know, and the day of the act."""

    law: Law
    look: Look
    rule: Rule
    subject: Record
    parents: Mapping[str, Record]
    day: Value = SILENT
    known_lets: dict[str, Value] = field(default_factory=dict)

    def verdict(self) -> str:
        """Go down the ladder."""
        rule, names = self.rule, dict(self.parents)
        self.day = self.value(rule.conduct_on, names)
        happened = Kleene.FALSE if self.day is None else opposite(less(point(self.look.as_of), self.day))
        in_force = some(every([self.concerns(case), self.in_force(name)]) for name, _, case in rule.basis)
        if Kleene.FALSE in (happened, in_force):
            return "not_applicable"
        when = truth(self.value(rule.when, names))
        if when is Kleene.FALSE:
            return "not_applicable"
        violated, suspected = (truth(self.value(each, names)) for each in (rule.violated, rule.suspected))
        if violated is Kleene.FALSE and suspected is Kleene.FALSE:
            return "compliant"
        exempt = some(list(map(self.plea, rule.pleas)))
        if exempt is Kleene.TRUE:
            return "exempt"
        if Kleene.UNKNOWN in (when, happened, in_force):
            return "undetermined"
        if violated is Kleene.TRUE:
            stands = (
                exempt is Kleene.FALSE
                and any(
                    self.is_firm(name) and not weak and self.concerns(case) is Kleene.TRUE
                    for name, weak, case in rule.basis
                )
                and self.firmly(rule.when) is self.firmly(rule.violated) is Kleene.TRUE
                and not rule.signal
            )
            return "violation" if stands else "risk"
        return "risk" if suspected is Kleene.TRUE else "undetermined"

    # --- law

    def concerns(self, case: ast.expr) -> Kleene:
        return truth(self.value(case, dict(self.parents)))

    def in_force(self, name: str) -> Kleene:
        statute = self.law.statutes[name]
        begun = opposite(less(self.day, statute.first))
        over = Kleene.FALSE if statute.last is None else less(statute.last, self.day)
        binds = Kleene.TRUE
        if name == self.law.own_statute:
            since = self.look.field(self.look.zone, "national_since")
            reached = Kleene.TRUE if since is None else opposite(less(self.day, since))
            binds = every([equal(self.look.field(self.look.zone, "level"), "national"), reached])
        return every([begun, opposite(over), binds])

    def is_firm(self, name: str) -> bool:
        statute = self.law.statutes[name]
        low, _ = ends(self.day)
        safe = statute.first_seen or low >= move(ends(statute.first)[1], 12)
        return statute.text_seen and bool(safe) and self.in_force(name) is Kleene.TRUE

    def parameter(self, name: str) -> Value:
        dated = self.law.figures[name].values
        found: list[tuple[Kleene, Value]] = []
        for (first, value), following in itertools.zip_longest(dated, dated[1:]):
            begun = opposite(less(self.day, first))
            over = opposite(less(self.day, following[0])) if following else Kleene.FALSE
            if begun is not Kleene.FALSE and over is not Kleene.TRUE:
                found.append((begun, value))
        if not found or any(value != found[0][1] for _, value in found):
            return SILENT
        return found[0][1] if self.day is SILENT or found[0][0] is Kleene.TRUE else SILENT

    # --- exemptions

    def plea(self, plea: Plea) -> Kleene:
        """Say whether an exemption is proved, claimed (unknown) or not claimed."""
        if not plea.grounds:
            return min(plea.most, self.pleaded(plea, dict(self.parents)))
        found = [
            self.pleaded(plea, {**self.parents, "claim": claim})
            for claim in self.look.rows("claims")
            if claim.data.get("ground") in plea.grounds and self.is_about_this(claim.data.get("subject_id"))
        ]
        return min(plea.most, some(found))

    def is_about_this(self, name: Any) -> bool:
        """Say whether a claim names the subject: by all ids that lead to it, or by its own if no other has the same."""
        path, identity = self.subject.entity.path, self.subject.entity.identity
        own = self.subject.data[identity]
        if path == "zone" or "." not in path:
            return bool(name == own)
        ids = [*(each.data[each.entity.identity] for each in self.parents.values()), own]
        if name == "/".join(each.replace("~", "~0").replace("/", "~1") for each in ids):
            return True
        namesakes = [row for row in self.look.rows(path) if row.data[identity] == name]
        return bool(name == own) and len(namesakes) == 1

    def pleaded(self, plea: Plea, names: Mapping[str, Value]) -> Kleene:
        holds = truth(self.value(plea.condition, names))
        if holds is Kleene.FALSE:
            return Kleene.FALSE
        papered = self.covers(self.value(plea.paper, names), self.value(plea.valid_on, names))
        return Kleene.TRUE if holds is Kleene.TRUE and papered else Kleene.UNKNOWN

    def covers(self, doc_id: Value, day: Value) -> bool:
        """Say whether a paper is in the dossier, and known to be issued by a day and valid on it."""
        document = self.look.record("evidence", doc_id)
        if not isinstance(document, Record):
            return False
        issued_on, valid_from, valid_to, revoked_on = (
            self.look.field(document, name) for name in ("issued_on", "valid_from", "valid_to", "revoked_on")
        )
        return (
            less(day, issued_on) is Kleene.FALSE
            and (valid_from is None or less(day, valid_from) is Kleene.FALSE)
            and (valid_to is None or less(valid_to, day) is Kleene.FALSE)
            and (revoked_on is None or less(day, revoked_on) is Kleene.TRUE)
        )

    # --- soft figures

    def firmly(self, node: ast.expr) -> Kleene:
        """Read a condition with every test that mentions a soft figure taken for unknown."""
        match node:
            case ast.BoolOp(op=ast.And(), values=parts):
                return every([self.firmly(part) for part in parts])
            case ast.BoolOp(values=parts):
                return some([self.firmly(part) for part in parts])
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return opposite(self.firmly(part))
            case ast.Compare(ops=[_, _, *_]):
                return every([self.firmly(each) for each in pairwise(node)])
            case ast.Name(id=name) if name in self.rule.lets and self.says(self.rule.lets[name]):
                return self.firmly(self.rule.lets[name])
            case ast.IfExp(test=test, body=first, orelse=second) if self.says(first):
                return truth(choose(self.firmly(test), self.firmly(first), self.firmly(second)))
        return Kleene.UNKNOWN if self.is_soft(node) else truth(self.value(node, dict(self.parents)))

    def says(self, node: ast.expr) -> bool:
        """Say whether an expression is a condition rather than a value."""
        match node:
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()) | ast.Constant(value=bool()):
                return True
            case ast.Call(func=ast.Name(id=name)):
                return name in {"any", "all", "happened", "below", "mentions"}
            case ast.IfExp(body=first):
                return self.says(first)
            case ast.Name(id=name) if name in self.rule.lets:
                return self.says(self.rule.lets[name])
        return False

    def is_soft(self, node: ast.expr) -> bool:
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and each.id in self.rule.lets and self.is_soft(self.rule.lets[each.id]):
                return True
            name = name_of(each).removeprefix("param.")
            if name in self.law.figures and self.law.figures[name].soft:
                return True
        return False

    # --- values

    def value(self, node: ast.expr, names: Mapping[str, Value]) -> Value:
        match node:
            case ast.Name(id=name):
                return self.named(name, names)
            case ast.Attribute(value=base, attr=name):
                if name_of(node).startswith("param."):
                    return self.parameter(name_of(node).removeprefix("param."))
                return self.attribute(self.value(base, names), name)
            case ast.Constant(value=bool() as constant):
                return Kleene.TRUE if constant else Kleene.FALSE
            case ast.Constant(value=str() as constant):
                return constant
            case ast.Constant(value=constant):
                return read_number(str(constant))
            case ast.Set() | ast.Tuple() | ast.List():
                return list(ast.literal_eval(node))
            case ast.BoolOp(op=operator, values=parts):
                found = (truth(self.value(part, names)) for part in parts)
                return every(found) if isinstance(operator, ast.And) else some(found)
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return opposite(truth(self.value(part, names)))
            case ast.UnaryOp(operand=part):
                low, high = ends(self.value(part, names))
                return span(-high, -low)
            case ast.Compare(ops=[_, _, *_]):
                return every([truth(self.value(each, names)) for each in pairwise(node)])
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self.compare(left, operator, right, names)
            case ast.IfExp(test=test, body=first, orelse=second):
                return choose(truth(self.value(test, names)), self.value(first, names), self.value(second, names))
            case ast.BinOp(left=left, op=operator, right=right):
                return calculate(operator, self.value(left, names), self.value(right, names))
            case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as over]):
                return self.quantify(name, over, names)
            case ast.Call(func=ast.Name(id="below"), args=[left, right]):
                return self.below(left, right, names)
            case ast.Call(func=ast.Name(id="late_fee"), args=[schedule, payments, rate, until]):
                due, paid = self.table(schedule, "due_on", names), self.table(payments, "paid_on", names)
                last = self.value(until, names)
                low, high = (late_fee(due, paid, end, most=most) for most, end in enumerate(ends(last)))
                return calculate(
                    ast.Mult(), span(low, high) if isinstance(last, Span) else last, self.value(rate, names)
                )
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, *(self.value(argument, names) for argument in arguments))
        raise NotImplementedError(ast.dump(node))

    def named(self, name: str, names: Mapping[str, Value]) -> Value:
        if name in names:
            return names[name]
        if name == "zone":
            return self.look.zone
        if name in self.rule.lets:
            if name not in self.known_lets:
                self.known_lets[name] = self.value(self.rule.lets[name], dict(self.parents))
            return self.known_lets[name]
        if name == "as_of":
            return point(self.look.as_of)
        return self.attribute(self.subject, name)

    def attribute(self, record: Value, name: str) -> Value:
        if not isinstance(record, Record):
            return record
        fields = record.entity.fields
        if name.removesuffix("_") in fields:
            return self.look.field(record, name.removesuffix("_"))
        link = fields[f"{name}_id"]
        return self.look.record(link.ref, self.look.field(record, link.name))

    def compare(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, names: Mapping[str, Value]) -> Kleene:
        one = self.value(left, names)
        if isinstance(operator, ast.Is | ast.IsNot):
            found = Kleene.UNKNOWN if one is SILENT else Kleene.TRUE if one is None else Kleene.FALSE
            return found if isinstance(operator, ast.Is) else opposite(found)
        other = self.value(right, names)
        if isinstance(one, Span) and isinstance(other, str):
            other = read_day(other)
        if isinstance(other, Span) and isinstance(one, str):
            one = read_day(one)
        match operator:
            case ast.Lt():
                return less(one, other)
            case ast.GtE():
                return opposite(less(one, other))
            case ast.Gt():
                return less(other, one)
            case ast.LtE():
                return opposite(less(other, one))
            case ast.Eq():
                return equal(one, other)
            case ast.NotEq():
                return opposite(equal(one, other))
        found = Kleene.FALSE
        if one is not None and other is not None:
            found = Kleene.UNKNOWN if SILENT in (one, other) else truth(one in other)
        return found if isinstance(operator, ast.In) else opposite(found)

    def below(self, left: ast.expr, right: ast.expr, names: Mapping[str, Value]) -> Kleene:
        one, other = self.value(left, names), self.value(right, names)
        [order, *_] = [
            kind.order
            for each in (left, right)
            for entity in self.look.schema.entities.values()
            for kind in entity.fields.values()
            if kind.order and name_of(each).rpartition(".")[2] == kind.name
        ]
        if not isinstance(one, str) or not isinstance(other, str):
            return Kleene.UNKNOWN
        return truth(order.index(one) < order.index(other))

    def call(self, name: str, *arguments: Value) -> Value:
        first, *others = arguments
        match name, others:
            case "years_after", [years]:
                return moved(first, calculate(ast.Mult(), years, point(Fraction(12))))
            case "months_after", [months]:
                return moved(first, months)
            case "days_inclusive", [last]:
                (low, high), (last_low, last_high) = ends(first), ends(last)
                return span(last_low - high + 1, last_high - low + 1)
            case "workdays_inclusive", [last]:
                (low, high), (last_low, last_high) = ends(first), ends(last)
                return span(
                    -inf if inf in (high, -last_low) else worked(high, last_low, at_least=Kleene.TRUE),
                    inf if inf in (-low, last_high) else worked(low, last_high, at_least=Kleene.UNKNOWN),
                )
            case "workdays_after", [number]:
                if not isinstance(number, Span) or not number.is_point or number.low % 1 or number.low < 1:
                    return SILENT
                low, high = ends(first)
                return span(
                    after_work(low, int(number.low), at_least=Kleene.UNKNOWN),
                    after_work(high, int(number.low), at_least=Kleene.TRUE),
                )
            case "if_none", [instead]:
                return instead if first is None else first
            case "happened", []:
                return Kleene.FALSE if first is None else opposite(less(point(self.look.as_of), first))
            case "mentions", [words]:
                return Kleene.UNKNOWN if first is SILENT else truth(any(word in (first or "") for word in words))
            case "between", [highest]:
                return span(ends(first)[0], ends(highest)[1])
            case "area_ha", []:
                return measured(first, Region((), ()), inside=False) if isinstance(first, Region) else SILENT
            case "inside_ha" | "outside_ha", [other]:
                if not isinstance(first, Region) or other is None:
                    return SILENT
                region = other if isinstance(other, Region) else Region((), SILENT)
                return measured(first, region, inside=name == "inside_ha")
            case "size", []:
                return first if first is SILENT else point(Fraction(len(first or ())))
        raise NotImplementedError(name)

    # --- registers

    def quantify(self, kind: str, over: ast.GeneratorExp, names: Mapping[str, Value]) -> Value:
        match kind:
            case "any":
                return self.any(over.elt, over.generators, names)
            case "all":
                return opposite(self.any(ast.UnaryOp(ast.Not(), over.elt), over.generators, names))
            case "count":
                return self.sum(ast.Constant(1), over.generators, names)
            case "union":
                return Region(*self.united(over.elt, over.generators, names, Kleene.TRUE))
        return self.sum(over.elt, over.generators, names)

    def source(self, node: ast.expr, names: Mapping[str, Value]) -> tuple[Sequence[Value], bool]:
        """Give the members of what a loop runs over, and whether these are all there are."""
        if (
            isinstance(node, ast.Name)
            and node.id not in self.subject.entity.fields
            and node.id in self.look.schema.registers
        ):
            return self.look.rows(node.id), self.look.is_whole(node.id)
        found = self.value(node, names)
        if found is None or found is SILENT:
            return (), found is None
        path = self.path(node, names)
        return found, path not in self.look.schema.registers or self.look.is_whole(path)

    def table(self, node: ast.expr, day: str, names: Mapping[str, Value]) -> Debts:
        """Give the days and amounts of a register between their ends, and whether they are all there are."""
        rows, is_whole = self.source(node, names)
        found = []
        for row in rows:
            amount = self.look.field(row, "amount_cny")
            low, high = (0, 0) if amount is None else ends(amount)
            found.append((*ends(self.look.field(row, day)), max(low, 0), high))
        return found, is_whole

    def path(self, node: ast.expr, names: Mapping[str, Value]) -> str:
        """Give the path of the entity that a name or an attribute leads to."""
        match node:
            case ast.Name(id=name) if isinstance(names.get(name), Record):
                return str(names[name].entity.path)
            case ast.Name(id="zone"):
                return "zone"
            case ast.Name(id=name):
                return self.field_of(self.subject.entity, name).inner
            case ast.Attribute(value=base, attr=name):
                return self.field_of(self.look.schema.entities[self.path(base, names)], name).inner
        raise NotImplementedError(ast.dump(node))

    def field_of(self, entity: Entity, name: str) -> Kind:
        link = entity.fields.get(f"{name}_id")
        if name not in entity.fields and link is not None:
            return Kind(name=name, sort="link", inner=link.ref)
        return entity.fields[name.removesuffix("_")]

    def any(self, element: ast.expr, loops: Sequence[ast.comprehension], names: Mapping[str, Value]) -> Kleene:
        if not loops:
            return truth(self.value(element, names))
        rows, is_whole = self.source(loops[0].iter, names)
        found = [Kleene.FALSE if is_whole else Kleene.UNKNOWN]
        for row, belongs in self.members(loops[0], rows, names):
            found.append(every([belongs, self.any(element, loops[1:], row)]))
        return some(found)

    def sum(self, element: ast.expr, loops: Sequence[ast.comprehension], names: Mapping[str, Value]) -> Value:
        low, high = self.total(element, loops, names, self.least(element, loops, names))
        return span(low, high)

    def total(
        self, element: ast.expr, loops: Sequence[ast.comprehension], names: Mapping[str, Value], least: Any
    ) -> tuple[Any, Any]:
        """Give the ends of a sum; *least* is what an addend of which nothing is known is at least."""
        if not loops:
            value = self.value(element, names)
            return (0, 0) if value is None else (least, inf) if value is SILENT else ends(value)
        rows, is_whole = self.source(loops[0].iter, names)
        low, high = (0, 0) if is_whole else (0 if least >= 0 else -inf, inf)
        for row, belongs in self.members(loops[0], rows, names):
            row_low, row_high = self.total(element, loops[1:], row, least)
            low += row_low if belongs is Kleene.TRUE else min(row_low, 0)
            high += row_high if belongs is Kleene.TRUE else max(row_high, 0)
        return low, high

    def united(
        self, element: ast.expr, loops: Sequence[ast.comprehension], names: Mapping[str, Value], belongs: Kleene
    ) -> tuple[Pieces, Pieces | Silence]:
        """Give the pieces that surely belong, and those that may, which is silent where there may be any."""
        if not loops:
            shape = self.value(element, names)
            least, most = (shape.least, shape.most) if isinstance(shape, Region) else ((), SILENT)
            return least if belongs is Kleene.TRUE else (), most
        rows, is_whole = self.source(loops[0].iter, names)
        sure: Pieces = ()
        maybe: Pieces | Silence = () if is_whole else SILENT
        for row, holds in self.members(loops[0], rows, names):
            least, most = self.united(element, loops[1:], row, every([belongs, holds]))
            sure += least
            maybe = SILENT if maybe is SILENT or most is SILENT else maybe + most
        return sure, maybe

    def members(
        self, loop: ast.comprehension, rows: Sequence[Value], names: Mapping[str, Value]
    ) -> Iterator[tuple[Mapping[str, Value], Kleene]]:
        """Give the names with each row that may belong to a loop, and whether it does."""
        assert isinstance(loop.target, ast.Name)
        for row in rows:
            inner = {**names, loop.target.id: row}
            belongs = every(truth(self.value(condition, inner)) for condition in loop.ifs)
            if belongs is not Kleene.FALSE:
                yield inner, belongs

    def least(self, element: ast.expr, loops: Sequence[ast.comprehension], names: Mapping[str, Value]) -> Any:
        """Give the least that an element can be by the schema."""
        entities = {key: each.entity.path for key, each in names.items() if isinstance(each, Record)}
        for loop in loops:
            assert isinstance(loop.target, ast.Name)
            match loop.iter:
                case ast.Name(id=name):
                    nested = self.subject.entity.fields.get(name)
                    entities[loop.target.id] = nested.inner if nested else name
                case ast.Attribute(value=ast.Name(id=name), attr=inner):
                    entities[loop.target.id] = f"{entities[name]}.{inner}"
        return self.least_of(element, entities)

    def least_of(self, node: ast.expr, entities: Mapping[str, str]) -> Any:
        kind = None
        match node:
            case ast.Constant(value=constant):
                return Fraction(str(constant))
            case ast.Attribute(value=ast.Name(id=name), attr=inner) if name in entities:
                kind = self.look.schema.entities[entities[name]].fields.get(inner)
            case ast.Name(id=name):
                kind = self.subject.entity.fields.get(name)
            case ast.Call(func=ast.Name(id="if_none" | "between"), args=[left, right]):
                return min(self.least_of(each, entities) for each in (left, right))
            case ast.BinOp(left=left, op=ast.Mult() | ast.Add() | ast.Div(), right=right):
                ends_of = [self.least_of(each, entities) for each in (left, right)]
                return 0 if min(ends_of) >= 0 else -inf
        return -inf if kind is None or kind.minimum is None else kind.minimum


def name_of(node: ast.AST) -> str:
    """Give a dotted name as it is written, or nothing where there is no name."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=base, attr=name):
            return f"{name_of(base)}.{name}"
    return ""


def pairwise(node: ast.Compare) -> list[ast.Compare]:
    """Take `a < b < c` apart."""
    operands = [node.left, *node.comparators]
    return [
        ast.Compare(left, [operator], [right])
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False)
    ]


def moved(day: Value, months: Value) -> Value:
    if not isinstance(months, Span) or not months.is_point or months.low % 1:
        return SILENT
    low, high = ends(day)
    return span(move(low, int(months.low)), move(high, int(months.low)))


def choose(condition: Kleene, first: Value, second: Value) -> Value:
    if condition is not Kleene.UNKNOWN:
        return first if condition is Kleene.TRUE else second
    if isinstance(first, Kleene) or isinstance(second, Kleene):
        one, other = truth(first), truth(second)
        return one if one is other else Kleene.UNKNOWN
    if isinstance(first, Span) and not first.is_point:
        return SILENT
    return first if first == second else SILENT


def calculate(operator: ast.operator, left: Value, right: Value) -> Value:
    """Calculate with spans; with none or with silence there is no result."""
    if not isinstance(left, Span) or not isinstance(right, Span):
        return SILENT
    match operator:
        case ast.Add():
            return span(left.low + right.low, left.high + right.high)
        case ast.Sub():
            return span(left.low - right.high, left.high - right.low)
        case ast.Div():
            if right.low <= 0 <= right.high:
                return SILENT
            right = Span(reciprocal(right.high), reciprocal(right.low))
    products = [product(one, other) for one in (left.low, left.high) for other in (right.low, right.high)]
    return span(min(products), max(products))


def reciprocal(end: Any) -> Any:
    return Fraction(0) if end in {inf, -inf} else 1 / Fraction(end)


def product(one: Any, other: Any) -> Any:
    return Fraction(0) if 0 in (one, other) else one * other


# --- verdicts -------------------------------------------------------------------------------------------------------


class Reading:
    """A law and a schema, read; `verdicts` is the plain reading of a dossier."""

    def __init__(self, folder: Path, schema: Mapping[str, Any]) -> None:
        self.folder = folder
        self.schema = read_schema(schema)

    @cached_property
    def law(self) -> Law:
        return read_law(self.folder)

    @cached_property
    def readers(self) -> Mapping[str, frozenset[str]]:
        """For each part of a dossier, the rules that name it, or a link into it, or whose subjects come from it.

        Another rule says the same whatever stands there.
        """
        links = {kind.name: kind.ref for each in self.schema.entities.values() for kind in each.fields.values()}
        found: dict[str, set[str]] = {}
        for rule in self.law.rules:
            trees = (rule.conduct_on, rule.when, rule.violated, rule.suspected, *rule.lets.values())
            cases = (case for _, _, case in rule.basis)
            pleas = (tree for plea in rule.pleas for tree in (plea.condition, plea.paper, plea.valid_on))
            parts = [part for tree in (*trees, *cases, *pleas) for part in ast.walk(tree)]
            names = {part.id if isinstance(part, ast.Name) else getattr(part, "attr", "") for part in parts}
            named = {*names, *(links.get(f"{name}_id", "") for name in names), rule.each}
            named |= {"claims", "evidence"} if rule.pleas else set()
            named |= {"zone"} if any(name == self.law.own_statute for name, _, _ in rule.basis) else set()
            for name in named & {*self.schema.registers, "zone"}:
                found.setdefault(name.partition(".")[0], set()).add(rule.id)
        return {name: frozenset(rules) for name, rules in found.items()}

    def verdicts(self, dossier: Mapping[str, Any], as_of: date, *, only: str = "") -> dict[tuple[str, str], str]:
        """Give the verdict of each pair: a rule, and the ids that lead to a subject or `register` with its path."""
        look = Look(self.schema, dossier, as_of)
        found: dict[tuple[str, str], str] = {}
        for rule in self.law.rules:
            if only not in {"", rule.id}:
                continue
            is_there = False
            for key, subject, parents in self.subjects(rule, look):
                found[rule.id, key] = Judgement(self.law, look, rule, subject, parents).verdict()
                is_there = True
            open_register = self.is_open(rule, look)
            if open_register or not is_there:
                found[rule.id, f"register {rule.each}"] = "undetermined" if open_register else "not_applicable"
        return found

    def subjects(self, rule: Rule, look: Look) -> Iterator[tuple[str, Record, Mapping[str, Record]]]:
        if rule.each == "zone":
            yield look.zone.data["zone_id"], look.zone, {}
            return
        path = ""
        above: list[tuple[tuple[str, ...], Mapping[str, Any], dict[str, Record]]] = [((), look.dossier, {})]
        for step in rule.each.split("."):
            path = f"{path}.{step}" if path else step
            entity = self.schema.entities[path]
            above = [
                ((*ids, row[entity.identity]), row, {**parents, entity.singular: Record(entity, row)})
                for ids, holder, parents in above
                for row in holder.get(step) or ()
            ]
        singular = self.schema.entities[rule.each].singular
        for ids, _, records in above:
            subject = records.pop(singular)
            key = ids[0] if len(ids) == 1 else "/".join(each.replace("~", "~0").replace("/", "~1") for each in ids)
            yield key, subject, records

    def is_open(self, rule: Rule, look: Look) -> bool:
        """Say whether there may be subjects that nobody listed."""
        if rule.each == "zone":
            return False
        steps = rule.each.split(".")
        paths = [".".join(steps[: end + 1]) for end in range(len(steps))]
        left_out = any(
            steps[depth] not in holder.data for depth in range(1, len(steps)) for holder in look.rows(paths[depth - 1])
        )
        return left_out or not all(map(look.is_whole, paths))
