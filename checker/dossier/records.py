"""Decoding a dossier into typed records, exactly and fast.

Each entity of the schema becomes a msgspec struct. An absent key is `UNSET`, except that an absent claim becomes
`None` once the keys are counted: nobody claims it. Money and areas keep every digit: an attribute gives an `int` or a
`Decimal`. What a record holds is a double, which carries the number (`values.CARRIED_DIGITS`), unless the dossier has a
number of more digits than a double can carry. Days are decoded by msgspec itself; only a dossier that has a day known
to the month or the year is decoded a second time, with days that may be ranges. What is accepted is exactly what the
JSON schema accepts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import (
    Clamped,
    Context,
    Decimal,
    DecimalException,
    Inexact,
    InvalidOperation,
    Overflow,
    Rounded,
    Subnormal,
    Underflow,
)
from functools import cache, lru_cache
from operator import attrgetter
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from checker.dossier.glance import Glance, glance
from checker.dossier.schema import COMPLETENESS, DossierSchema, Entity, Field, Kind
from checker.dossier.survey import Survey, Surveyor, any_numbers, flattened, known_numbers
from checker.shapes import Shape
from checker.values import day, number_of

BOM = b"\xef\xbb\xbf"
LONGEST_NUMBER = 24
"""A number of more digits is refused."""

_NUMBERS = Context(
    prec=LONGEST_NUMBER,
    Emin=-20,
    Emax=24,
    traps=[InvalidOperation, Inexact, Rounded, Clamped, Overflow, Underflow, Subnormal],
)
"""What a number may be: with no more digits, and of no other magnitude, than arithmetic can hold exactly."""


def exact(text: str) -> Decimal:
    """Read a number that is not an integer with every digit; refuse one that no arithmetic could hold.

    >>> exact("999999.99")
    Decimal('999999.99')
    """
    try:
        return _NUMBERS.create_decimal(text)
    except DecimalException:
        raise ValueError(f"数值 {text[:LONGEST_NUMBER]} 的位数过多") from None


def _number(text: str) -> int | Decimal:
    """Read a number as a carrier gives it: an integer if it is whole, without idle zeros; raise `DecimalException`."""
    number = _NUMBERS.create_decimal(text)
    return int(number) if number == number.to_integral_value() else number.normalize(_NUMBERS)


def decode(data: bytes, schema: DossierSchema) -> Any:
    """Turn the bytes of a dossier into its root record.

    Raise `msgspec.DecodeError` for what is not JSON, `msgspec.ValidationError` for what is not a dossier,
    `UnicodeDecodeError` for what is not UTF-8.
    """
    return read(data, schema).root


def read(data: bytes, schema: DossierSchema) -> Survey:
    """Turn the bytes of a dossier into a survey of its records; raise what `decode` raises."""
    seen = glance(data)
    try:
        family, root = _decoded(data, schema, is_carried=seen.is_carried)
    except RecursionError:
        raise msgspec.ValidationError("嵌套过深") from None
    except DecimalException:
        raise msgspec.ValidationError("数值的位数过多") from None
    return family.complete(root, seen)


def decode_again(data: bytes, schema: DossierSchema) -> Any:
    """Turn a text that was read before into its root record, without another look at whether it is a dossier."""
    family, root = _decoded(data, schema, is_carried=glance(data).is_carried)
    family.prepare(root)
    return root


def _decoded(data: bytes, schema: DossierSchema, *, is_carried: bool) -> tuple["_Family", Any]:
    """Give the root record and the family that it belongs to: that of whole days, where every day is one."""
    family = _family(schema, whole_days=True, is_carried=is_carried)
    try:
        return family, family.decode(data)
    except msgspec.ValidationError:
        family = _family(schema, whole_days=False, is_carried=is_carried)
        return family, family.decode(data)


def surveyed(root: Any, schema: DossierSchema) -> Survey:
    """Survey the records of a dossier that was decoded before."""
    return _second_surveyor(schema).survey(root, None)


@lru_cache(maxsize=8)
def _second_surveyor(schema: DossierSchema) -> Surveyor:
    return Surveyor(schema, _usual(schema).structs, known_numbers)


def made(schema: DossierSchema, path: str, values: Mapping[str, Any]) -> Any:
    """Make a record of an entity, as if it had been decoded with only these attributes."""
    family = _usual(schema)
    held = {family.slots[path][attribute]: value for attribute, value in values.items()}
    return family.structs[path](**{**dict.fromkeys(family.claims.get(path, ())), **held})


def records(root: Any, path: str) -> list[Any]:
    """Give all records (or blocks) at *path*, nested ones in the order of their parents; absent and null give none.

    >>> records(msgspec.defstruct("Root", [("plans", list, UNSET)])(), "plans")
    []
    """
    found = [root]
    for name in path.split(".") if path else ():
        found = list(flattened(map(attrgetter(name), found)))
    return found


class _Family:
    """Structs and a decoder for one way of reading days, and one of holding numbers."""

    def __init__(self, schema: DossierSchema, *, whole_days: bool, is_carried: bool) -> None:
        self.whole_days, self.is_carried = whole_days, is_carried
        self.schema = schema
        self.structs: dict[str, type[msgspec.Struct]] = {}
        self.slots: dict[str, dict[str, str]] = {}
        self.declaration = self.struct(schema.declaration, {})
        paths: Any = Literal[tuple(schema.registers)]
        declared: Any = dict[paths, self.declaration] | None | UnsetType  # type: ignore[name-defined]  # a type made of data
        meta = self.struct(schema.meta, {COMPLETENESS: (declared, UNSET)})
        root = self.struct(schema.root, {"meta": (meta,)})
        self.decoder = msgspec.json.Decoder(root, float_hook=_number)
        self.surveyor = Surveyor(schema, self.structs, known_numbers if is_carried else any_numbers)
        self.partial_days = {} if whole_days else dict(_partial_days(schema))
        self.claims = {
            entity.path: claims
            for entity in schema.entities()
            if (claims := tuple(each.slot for each in entity.fields.values() if each.claim))
        }

    def decode(self, data: bytes) -> Any:
        return self.decoder.decode(data)

    def struct(self, entity: Entity, more: Mapping[str, tuple[Any, ...]]) -> type[msgspec.Struct]:
        """Make the struct of an entity and of everything inside it."""
        members: dict[str, tuple[Any, ...]] = {
            each.slot: more.get(each.attribute) or self.member(each) for each in entity.fields.values()
        }
        if entity.id_field and entity.path != "meta":
            members |= {"sources": (_SOURCES, UNSET), "withheld": (_WITHHELD, UNSET)}
        members |= more
        made = msgspec.defstruct(
            "".join(part.title() for part in entity.path.replace("_", ".").split(".")) or "Dossier",
            [(name, *rest) for name, rest in members.items()],
            namespace={each.attribute: _number_in(each.slot) for each in entity.of_kind(Kind.NUMBER)},
            rename={each.slot: each.name for each in entity.fields.values() if each.slot != each.name},
            kw_only=True,
            gc=False,
            eq=False,
            forbid_unknown_fields=not self.schema.narrow,
            omit_defaults=True,
            module=__name__,
        )
        self.structs[entity.path] = made
        self.slots[entity.path] = {each.attribute: each.slot for each in entity.fields.values()}
        return made

    def member(self, each: Field) -> tuple[Any, ...]:
        """Give the type of a field, and its default unless it is required."""
        wanted = self.type_of(each)
        if each.nullable and wanted is not Any:
            wanted = wanted | None
        if each.required:
            return (wanted,)
        return (wanted, UNSET)

    def type_of(self, each: Field) -> Any:
        match each.kind:
            case Kind.TEXT:
                return _text(each.min_length, each.max_length, each.pattern)
            case Kind.ENUM:
                return Literal[each.members]
            case Kind.DAY:
                return date if self.whole_days or each.full_day else str
            case Kind.NUMBER if self.is_carried:
                low, high = map(float, each.limits)
                return Annotated[float, msgspec.Meta(ge=low, le=high)]
            case Kind.NUMBER | Kind.INTEGER:
                return Any
            case Kind.BOOLEAN:
                return bool
            case Kind.TEXTS:
                text = _text(each.min_length, each.max_length, each.pattern)
                return Annotated[list[text], msgspec.Meta(max_length=each.max_items)]  # type: ignore[valid-type]  # a type made of data
            case Kind.SHAPE:
                return Shape
            case Kind.BLOCK:
                return self.struct(each.inner, {})
            case Kind.REGISTER:
                return Annotated[list[self.struct(each.inner, {})], msgspec.Meta(max_length=each.max_items)]  # type: ignore[misc]  # a type made of data

    def prepare(self, root: Any) -> None:
        """Read the days that may be ranges, and make null what nobody claims."""
        read_days = _DayReader(self.partial_days)
        for path in sorted({*self.partial_days, *self.claims}):
            found = records(root, path)
            if found:
                read_days(path, found)
                for slot in self.claims.get(path, ()):
                    _unclaimed(found, slot)

    def complete(self, root: Any, seen: Glance) -> Survey:
        """Read the days that may be ranges, and check the numbers, which msgspec leaves as they are."""
        prepare = _DayReader(self.partial_days) if self.partial_days else None
        survey = self.surveyor.survey(root, seen, prepare)
        for (path, _), field in survey.doubtful.items():
            _check(field, survey.inside[path])
        for path, claims in self.claims.items():
            for slot in claims:
                _unclaimed(survey.inside[path], slot)
        return survey


def _unclaimed(found: Iterable[Any], slot: str) -> None:
    """Make null what nobody claims."""
    for each in found:
        if getattr(each, slot) is UNSET:
            setattr(each, slot, None)


def _check(field: Field, found: Iterable[Any]) -> None:
    """Check the class and the bounds of one number of many records."""
    low, high = field.limits
    whole = field.kind is Kind.INTEGER
    for value in map(attrgetter(field.attribute), found):
        kind = value.__class__
        if kind is int or kind is Decimal:
            if low <= value <= high and not (whole and kind is Decimal):
                continue
        elif value is None or value is UNSET:
            continue
        raise msgspec.ValidationError(f"{field.name}: {value!r:.40}")


def _partial_days(schema: DossierSchema) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the columns of each entity whose days may be only a month or a year."""
    for entity in schema.entities():
        days = tuple(each.attribute for each in entity.of_kind(Kind.DAY) if not each.full_day)
        if days:
            yield entity.path, days


class _DayReader:
    """Reads days, those of one dossier only once each, because it has few days and many records."""

    def __init__(self, columns: Mapping[str, tuple[str, ...]]) -> None:
        self.columns = columns
        self.known: dict[str, Any] = {}

    def __call__(self, path: str, found: Sequence[Any]) -> None:
        for attribute in self.columns.get(path, ()):
            _read_days(found, attribute, self.known)


def _read_days(found: Sequence[Any], attribute: str, known: dict[str, Any]) -> None:
    """Read the days of one column; *known* are those read before, because a dossier has few days and many records."""
    values = list(map(attrgetter(attribute), found))
    texts = {each for each in values if each.__class__ is str}
    for text in sorted(texts - known.keys()):
        try:
            known[text] = day(text)
        except ValueError:
            raise msgspec.ValidationError(f"{attribute}: {text:.40}") from None
    if texts:
        for each, value in zip(found, values, strict=True):
            if value.__class__ is str:
                setattr(each, attribute, known[value])


@cache
def _text(shortest: int, longest: int, pattern: str) -> Any:
    """Give the type of a text of so many characters; few are different."""
    return Annotated[str, msgspec.Meta(min_length=shortest or None, max_length=longest, pattern=pattern or None)]


def _number_in(slot: str) -> property:
    """Give the attribute that reads the number in a slot."""
    held = attrgetter(slot)

    def read(record: Any) -> Any:
        return number_of(held(record))

    def write(record: Any, value: Any) -> None:
        setattr(record, slot, value)

    return property(read, write)


_SOURCES = (
    Annotated[
        dict[
            Annotated[str, msgspec.Meta(min_length=1, max_length=64)],
            Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=128)]], msgspec.Meta(max_length=100)],
        ],
        msgspec.Meta(max_length=200),
    ]
    | None
    | UnsetType
)
_WITHHELD = (
    Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=64)]], msgspec.Meta(max_length=200)]
    | None
    | UnsetType
)


@lru_cache(maxsize=32)
def _family(schema: DossierSchema, *, whole_days: bool, is_carried: bool) -> _Family:
    """Give a family of a schema, made when it is first needed."""
    return _Family(schema, whole_days=whole_days, is_carried=is_carried)


def _usual(schema: DossierSchema) -> _Family:
    """Give the family of most dossiers: they know every day, and have no number of many digits."""
    return _family(schema, whole_days=True, is_carried=True)
