"""Decoding a dossier into typed records, exactly and fast.

Each entity of the schema becomes a msgspec struct. An absent key is `UNSET`, except that an absent claim is `None`:
nobody claims it. Money and areas keep every digit (`int` or `Decimal`). Days are decoded by msgspec itself; only a
dossier that has a day known to the month or the year is decoded a second time, with days that may be ranges. What is
accepted is exactly what the JSON schema accepts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from checker.dossier.schema import COMPLETENESS, DossierSchema, Entity, Field, Kind
from checker.shapes import Shape
from checker.values import day

BOM = b"\xef\xbb\xbf"
LARGEST = 512 * 1024 * 1024
LONGEST_NUMBER = 24
"""No binary double needs more characters."""

ROWS_AT_ONCE = 1_000
MAGNITUDES = range(-20, 25)


def exact(text: str) -> Decimal:
    """Read a number that is not an integer with every digit; refuse one that no arithmetic could hold.

    >>> exact("999999.99")
    Decimal('999999.99')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"数值 {text[:LONGEST_NUMBER]} 超出可以计算的范围") from None
    if len(text) > LONGEST_NUMBER or number.adjusted() not in MAGNITUDES:
        raise ValueError(f"数值 {text[:LONGEST_NUMBER]} 的位数过多")
    return number


def decode(data: bytes, schema: DossierSchema) -> Any:
    """Turn the bytes of a dossier into its root record.

    Raise `msgspec.DecodeError` for what is not JSON, `msgspec.ValidationError` for what is not a dossier,
    `UnicodeDecodeError` for what is not UTF-8.
    """
    exactly, loosely = _families(schema)
    try:
        try:
            root = exactly.decode(data)
        except msgspec.ValidationError:
            root = loosely.decode(data)
            exactly = loosely
    except RecursionError:
        raise msgspec.ValidationError("嵌套过深") from None
    exactly.complete(root)
    return root


def structs(schema: DossierSchema) -> Mapping[str, type[msgspec.Struct]]:
    """Give the struct of each entity by its path, as a dossier in which every day is known is decoded."""
    return _families(schema)[0].structs


def records(root: Any, path: str) -> list[Any]:
    """Give all records (or blocks) at *path*, nested ones in the order of their parents; absent and null give none.

    >>> records(msgspec.defstruct("Root", [("plans", list, UNSET)])(), "plans")
    []
    """
    found = [root]
    for name in path.split(".") if path else ():
        found = list(flattened(map(attrgetter(name), found)))
    return found


def inside(root: Any, schema: DossierSchema) -> dict[str, list[Any]]:
    """Give the records and blocks of a dossier by their path, its root under no path; nobody changes these lists."""
    found: dict[str, list[Any]] = {"": [root]}
    for path, above, name in schema.steps():
        holders = found[above]
        if len(holders) == 1:  # as the root always is: most of what it could hold is not there
            held = getattr(holders[0], name)
            found[path] = [] if held is UNSET or held is None else held if held.__class__ is list else [held]
        else:
            found[path] = list(flattened([getattr(each, name) for each in holders])) if holders else []
    return found


def flattened(values: Iterable[Any]) -> Iterator[Any]:
    """Yield the records of registers and blocks, passing over those that are absent or null."""
    for value in values:
        if value.__class__ is list:
            yield from value
        elif value is not None and value is not UNSET:
            yield value


def repeats_a_key(data: bytes, root: Any) -> bool:
    """Say whether an object in *data* has a key twice, of which *root* holds only the last.

    A record written again has as many quotation marks as before unless a key was lost, or a claim was spelled out as
    null; only then, or where quotation marks hide as `u0022`, is it worth reading once more with an eye on the keys.
    """
    if b"\\u0022" in data:
        return _has_twice(data)
    values = {name: getattr(root, field) for name, field in zip(*_names(root), strict=True)}
    written = {name: _quotes(value) for name, value in values.items() if value is not UNSET}
    marks = data.count(b'"')
    if marks == sum(written.values()) + 2 * len(written):
        return False
    parts = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    read = {name: bytes(part).count(b'"') for name, part in parts.items()}
    if marks != sum(read.values()) + 2 * len(read):
        return True
    return any(
        _has_twice(suspect)
        for name, part in parts.items()
        if read[name] != written[name]
        for suspect in _suspects(part, values[name])
    )


def _names(root: Any) -> tuple[Sequence[str], Sequence[str]]:
    return root.__struct_encode_fields__, root.__struct_fields__


def _quotes(value: Any) -> int:
    """Count the quotation marks of a value written again; a register is written piece by piece.

    A day that is a range is written as an object with six more of them than the text that it was.
    """
    if value.__class__ is list:
        return sum(_quotes_of(value[start : start + ROWS_AT_ONCE]) for start in range(0, len(value), ROWS_AT_ONCE))
    return _quotes_of(value)


def _quotes_of(value: Any) -> int:
    written = _WRITER.encode(value)
    return written.count(b'"') - 6 * written.count(b'{"low":"')


def _suspects(part: msgspec.Raw, value: Any) -> Iterator[bytes]:
    """Give the texts of the records of a register that lost quotation marks."""
    if value.__class__ is not list:
        yield bytes(part)
        return
    for text, record in zip(msgspec.json.decode(part, type=list[msgspec.Raw]), value, strict=True):
        if bytes(text).count(b'"') != _quotes(record):
            yield bytes(text)


def _has_twice(data: bytes) -> bool:
    """Read a text once more and say whether one of its objects has a key twice."""
    found = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or len({key for key, _ in pairs}) < len(pairs)

    json.loads(data, object_pairs_hook=look, parse_float=len, parse_int=len)
    return found


_WRITER = msgspec.json.Encoder(decimal_format="number")


class _Family:
    """Structs and a decoder for one way of reading days."""

    def __init__(self, schema: DossierSchema, *, whole_days: bool) -> None:
        self.whole_days = whole_days
        self.schema = schema
        self.structs: dict[str, type[msgspec.Struct]] = {}
        self.declaration = self.struct(schema.declaration, {})
        paths: Any = Literal[tuple(schema.registers)]
        declared: Any = dict[paths, self.declaration] | None | UnsetType  # type: ignore[name-defined]
        meta = self.struct(schema.meta, {COMPLETENESS: (declared, UNSET)})
        self.decoder = msgspec.json.Decoder(self.struct(schema.root, {"meta": (meta,)}), float_hook=exact)
        self.checks = [
            (entity.path, tuple(map(_Bounds, entity.of_kind(Kind.NUMBER, Kind.INTEGER))), self.partial_days(entity))
            for entity in schema.entities()
        ]
        self.declared_checks = tuple(map(_Bounds, schema.declaration.of_kind(Kind.NUMBER, Kind.INTEGER)))

    def decode(self, data: bytes) -> Any:
        return self.decoder.decode(data)

    def partial_days(self, entity: Entity) -> tuple[str, ...]:
        return (
            () if self.whole_days else tuple(each.attribute for each in entity.of_kind(Kind.DAY) if not each.full_day)
        )

    def struct(self, entity: Entity, more: Mapping[str, tuple[Any, ...]]) -> type[msgspec.Struct]:
        """Make the struct of an entity and of everything inside it."""
        members: dict[str, tuple[Any, ...]] = {each.attribute: self.member(each) for each in entity.fields.values()}
        if entity.id_field and entity.path != "meta":
            members |= {"sources": (_SOURCES, UNSET), "withheld": (_WITHHELD, UNSET)}
        members |= more
        made = msgspec.defstruct(
            "".join(part.title() for part in entity.path.replace("_", ".").split(".")) or "Dossier",
            [(name, *rest) for name, rest in members.items()],
            rename={each.attribute: each.name for each in entity.fields.values() if each.attribute != each.name},
            kw_only=True,
            gc=False,
            eq=False,
            forbid_unknown_fields=not self.schema.narrow,
            omit_defaults=True,
            module=__name__,
        )
        self.structs[entity.path] = made
        return made

    def member(self, each: Field) -> tuple[Any, ...]:
        """Give the type of a field, and its default unless it is required."""
        wanted = self.type_of(each)
        if each.nullable and wanted is not Any:
            wanted = wanted | None
        if each.required:
            return (wanted,)
        if each.claim:
            return (wanted, None)
        return (wanted if wanted is Any else wanted | UnsetType, UNSET)

    def type_of(self, each: Field) -> Any:
        match each.kind:
            case Kind.TEXT:
                return Annotated[str, msgspec.Meta(**_limits(each))]
            case Kind.ENUM:
                return Literal[each.members]
            case Kind.DAY:
                return date if self.whole_days or each.full_day else str
            case Kind.NUMBER | Kind.INTEGER:
                return Any
            case Kind.BOOLEAN:
                return bool
            case Kind.TEXTS:
                return Annotated[
                    list[Annotated[str, msgspec.Meta(**_limits(each))]], msgspec.Meta(max_length=each.max_items)
                ]
            case Kind.SHAPE:
                return Shape
            case Kind.BLOCK:
                return self.struct(each.inner, {})
            case Kind.REGISTER:
                return Annotated[list[self.struct(each.inner, {})], msgspec.Meta(max_length=each.max_items)]  # type: ignore[misc]

    def complete(self, root: Any) -> None:
        """Check the numbers, which msgspec leaves as they are, and read the days that may be ranges."""
        known: dict[str, Any] = {}
        held = inside(root, self.schema)
        for path, checks, days in self.checks:
            found = held[path]
            if found:
                for check in checks:
                    check(found)
                for attribute in days:
                    _read_days(found, attribute, known)
        declared = root.meta.completeness
        if declared:
            for check in self.declared_checks:
                check(declared.values())


class _Bounds:
    """Checks one number of many records: its class and its bounds."""

    def __init__(self, each: Field) -> None:
        self.name = each.name
        self.get = attrgetter(each.attribute)
        self.low, self.high = each.limits
        self.whole = each.kind is Kind.INTEGER

    def __call__(self, found: Iterable[Any]) -> None:
        low, high, whole = self.low, self.high, self.whole
        for value in map(self.get, found):
            kind = value.__class__
            if kind is int or kind is Decimal:
                if low <= value <= high and not (whole and kind is Decimal and value != value.to_integral_value()):
                    continue
            elif value is None or value is UNSET:
                continue
            raise msgspec.ValidationError(f"{self.name}: {value!r:.40}")


def _read_days(found: Iterable[Any], attribute: str, known: dict[str, Any]) -> None:
    """Read the days of one column; *known* are those read before, because a dossier has few days and many records."""
    for each in found:
        value = getattr(each, attribute)
        if value.__class__ is str:
            read = known.get(value)
            if read is None:
                try:
                    read = known[value] = day(value)
                except ValueError:
                    raise msgspec.ValidationError(f"{attribute}: {value:.40}") from None
            setattr(each, attribute, read)


def _limits(each: Field) -> dict[str, Any]:
    limits: dict[str, Any] = {"max_length": each.max_length}
    if each.min_length:
        limits["min_length"] = each.min_length
    if each.pattern:
        limits["pattern"] = each.pattern
    return limits


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


@lru_cache(maxsize=8)
def _families(schema: DossierSchema) -> tuple[_Family, _Family]:
    return _Family(schema, whole_days=True), _Family(schema, whole_days=False)
