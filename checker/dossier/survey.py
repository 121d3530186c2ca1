"""All records of a dossier, column by column: what is there, how far it reaches, and what deserves a closer look.

Most columns of most dossiers are in order, and a glance at the whole column shows it: the classes of its values, its
lowest and its highest. A survey never refuses anything. It names the columns that may hold a wrong number, tells how
far the days of a column reach, counts the quotation marks that the records take to write down, and notes whether a text
may hold the identity number of a citizen; whoever needs to know more looks record by record.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain, filterfalse
from types import MappingProxyType, NoneType
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import astuple

from checker.classes import dataclass
from checker.dossier.glance import Glance
from checker.dossier.schema import COMPLETENESS, DossierSchema, Entity, Field, Kind

AT_ONCE = 500
"""So many records are laid out in columns together: few enough to stay in the cache of a processor."""

NUMBERS_OR_NOTHING = frozenset({int, Decimal, NoneType, UnsetType})

Column = tuple[str, str]
"""The path of an entity and the attribute of one of its fields."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """What the records of a dossier have in their columns.

    `inside` are the records and blocks by their path, the root under no path; nobody changes these lists. `filled` are
    the attributes of each entity of which there is at least one value. `days` gives the first and last of a column of
    days, unless one of them is a range. `doubtful` columns may hold what is no number within its bounds; all others do
    not. An object `repeats_a_key` if the text has more quotation marks around keys and texts than it takes to write the
    records, which hold only the last of equal keys. Unless it `may_name_citizens`, no text holds the number of one.
    """

    root: Any
    inside: Mapping[str, Sequence[Any]]
    filled: Mapping[str, Set[str]]
    days: Mapping[Column, tuple[date, date]]
    doubtful: Mapping[Column, Field]
    repeats_a_key: bool
    may_name_citizens: bool


def flattened(values: Iterable[Any]) -> Iterator[Any]:
    """Yield the records of registers and blocks, passing over those that are absent or null."""
    for value in values:
        if value.__class__ is list:
            yield from value
        elif value is not None and value is not UNSET:
            yield value


class Surveyor:
    """Surveys dossiers of one schema, whose records are of these structs; *numbers* gives how one is looked at."""

    def __init__(
        self, schema: DossierSchema, structs: Mapping[str, type[msgspec.Struct]], numbers: "LookAtNumbers"
    ) -> None:
        self.tables = tuple(
            (entity.path, tuple(_columns(entity, structs[entity.path].__struct_fields__, numbers)))
            for entity in (*schema.entities(), schema.declaration)
        )

    def survey(
        self, root: Any, seen: Glance | None, prepare: Callable[[str, Sequence[Any]], None] | None = None
    ) -> Survey:
        """Look at all records, those of one entity after the other; *prepare* is given them first.

        *seen* is what the text showed, unless all that it shows was looked at before.
        """
        found = _Found(root, [path for path, _ in self.tables])
        for path, columns in self.tables:
            records, filled = found.inside[path], found.filled[path]
            if prepare is not None and records:
                prepare(path, records)
            for start in range(0, len(records), AT_ONCE):
                table = zip(*map(astuple, records[start : start + AT_ONCE]), strict=True)
                found.look(columns, list(table), filled)
        return Survey(
            root=root,
            inside=found.inside,
            filled=found.filled,
            days={column: reach for column, reach in found.days.items() if reach is not None},
            doubtful=found.doubtful,
            repeats_a_key=seen is not None and seen.marks != found.marks,
            may_name_citizens=seen is not None and seen.may_hold_citizens,
        )


class _Found:
    """What has been seen so far."""

    def __init__(self, root: Any, paths: Iterable[str]) -> None:
        self.inside: dict[str, list[Any]] = {path: [] for path in paths}
        self.inside[""].append(root)
        self.filled: dict[str, set[str]] = {path: set() for path in self.inside}
        self.days: dict[Column, tuple[date, date] | None] = {}
        self.doubtful: dict[Column, Field] = {}
        self.marks = 0

    def look(self, columns: Sequence["_Column"], table: Sequence["Values"], filled: set[str]) -> None:
        """Look at some records of one entity: at what is there at all, and closer where that is not enough."""
        marks, number = 0, len(table[0])
        for (attribute, marks_of_each, look), values in zip(columns, table, strict=True):
            if values[0] is UNSET and values.count(UNSET) == number:
                continue
            empty = list(filterfalse(None, values))
            keys = number - empty.count(UNSET)
            there = keys - empty.count(None)
            marks += 2 * keys + marks_of_each * there
            if there:
                filled.add(attribute)
                if look is not None:
                    look(values, self)
        self.marks += marks


# --- looking closer -------------------------------------------------------------------------------------------------

Values = tuple[Any, ...]
Look = Callable[[Values, _Found], None]
LookAtNumbers = Callable[[Column, Field], Look | None]


class _Column(NamedTuple):
    """How a column is looked at; each value takes so many quotation marks, besides those of its key."""

    attribute: str
    marks: int
    look: Look | None


def _columns(entity: Entity, slots: Sequence[str], numbers: "LookAtNumbers") -> Iterator[_Column]:
    """Give the columns of an entity in the order of the slots of its records."""
    fields = {each.slot: each for each in entity.fields.values()}
    for slot in slots:
        field = fields.get(slot)
        if field is None:
            yield _Column(slot, 0, _on_every_record((entity.path, slot)))
            continue
        column = entity.path, field.attribute
        look = numbers(column, field) if field.kind is Kind.NUMBER else _closer(column, field)
        yield _Column(field.attribute, MARKS.get(field.kind, 0), look)


MARKS = MappingProxyType({Kind.TEXT: 2, Kind.ENUM: 2, Kind.DAY: 2, Kind.SHAPE: 6})
"""How many quotation marks a value takes; a shape has a type, which is a text, and coordinates."""


def _on_every_record(column: Column) -> Look:
    """Give the look at what is no field of its own of any entity."""
    path, attribute = column
    looks = {"sources": _sources, "withheld": _lists_of_texts, COMPLETENESS: _declarations(f"{path}.{attribute}")}
    return looks[attribute]


def _closer(column: Column, field: Field) -> Look | None:
    match field.kind:
        case Kind.TEXT | Kind.ENUM | Kind.BOOLEAN | Kind.SHAPE | Kind.NUMBER:
            return None
        case Kind.DAY:
            return _days(column)
        case Kind.INTEGER:
            return any_numbers(column, field)
        case Kind.TEXTS:
            return _lists_of_texts
        case Kind.BLOCK:
            return _blocks(field.inner.path)
        case Kind.REGISTER:
            return _registers(field.inner.path)


def any_numbers(column: Column, field: Field) -> Look:
    """Doubt what is no number, or beyond the bounds, or a whole number that is spelled otherwise."""
    low, high = field.limits
    allowed = NUMBERS_OR_NOTHING - {Decimal} if field.kind is Kind.INTEGER else NUMBERS_OR_NOTHING
    present: Callable[[Values], Iterator[Any]] = partial(filter, None)
    if not low <= 0 <= high:
        present = partial(filterfalse, frozenset({None, UNSET}).__contains__)

    def look(values: Values, found: _Found) -> None:
        if set(map(type, values)) <= allowed:
            numbers = list(present(values))
            if not numbers or (low <= min(numbers) and max(numbers) <= high):
                return
        found.doubtful[column] = field

    return look


def known_numbers(_column: Column, _field: Field) -> None:
    """Doubt nothing: the decoder has looked at these numbers."""


def _days(column: Column) -> Look:
    """See how far the days reach, unless one of them is a range."""

    def look(values: Values, found: _Found) -> None:
        days = list(filter(None, values))
        try:
            first, last = min(days), max(days)
        except TypeError:
            found.days[column] = None
            return
        reach = found.days.get(column, (first, last))
        are_days = first.__class__ is date and last.__class__ is date
        found.days[column] = (min(first, reach[0]), max(last, reach[1])) if are_days and reach is not None else None

    return look


def _blocks(path: str) -> Look:
    def look(values: Values, found: _Found) -> None:
        found.inside[path].extend(filter(None, values))

    return look


def _registers(path: str) -> Look:
    def look(values: Values, found: _Found) -> None:
        found.inside[path].extend(chain.from_iterable(filter(None, values)))

    return look


def _lists_of_texts(values: Values, found: _Found) -> None:
    texts = list(chain.from_iterable(filter(None, values)))
    found.marks += 2 * len(texts)


def _sources(values: Values, found: _Found) -> None:
    for each in filter(None, values):
        _lists_of_texts((each, *each.values()), found)


def _declarations(path: str) -> Look:
    def look(values: Values, found: _Found) -> None:
        for each in filter(None, values):
            found.marks += 2 * len(each)
            found.inside[path].extend(each.values())

    return look
