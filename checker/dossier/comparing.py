"""How one dossier differs from another, entry by entry, and what the first one would be with some of these entries.

Records are told by their ids, whatever their place in the file. What proves nothing is no difference: the order of
records, the papers that are named as sources, what people attest, and the day that the dossier itself speaks of.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
from msgspec import UNSET

from checker.classes import dataclass
from checker.dossier.places import escaped, joined
from checker.dossier.records import records
from checker.dossier.schema import ATTESTATIONS, COMPLETENESS, DossierSchema, Entity, Field, Kind
from checker.language.wording import say_number
from checker.model import MONTHS
from checker.shapes import area_ha
from checker.values import Range, Value, number_of

ABSENT = "（未填）"
NONE = "无"
THERE, NOT_THERE = "有", "没有这条记录"
META = "meta"
_SPEAKS_OF = "as_of_date"

Undo = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry in which two dossiers differ: what the old one says, and what the new one says.

    `record` are the ids that lead to the record it stands in. The pointer leads into the new dossier, or into the old
    one (`is_old`) where the new one has it no more.
    """

    pointer: str
    is_old: bool = False
    label: str
    record: str = ""
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One entry that differs: `make` puts what the new dossier says into the old one, and gives what takes it back.

    `part` is the block or register at the top of the dossier that it stands in; where records come or go, it
    `is_counted`.
    """

    part: str
    entry: Entry
    make: Callable[[], Undo]
    is_counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where a record or block stands in both dossiers, below which `part` of it, and the ids that lead to it."""

    part: str
    before: str = ""
    after: str = ""
    ids: tuple[str, ...] = ()

    def below(self, name: str) -> "_Spot":
        step = f"/{escaped(name)}"
        return replace(self, before=self.before + step, after=self.after + step)


class Comparison:
    """Two root records compared, the old one of which can be given some of what the new one says.

    Where both declare the right number of records of a register, the number is right in between too: that it is
    another one is no entry of its own.
    """

    def __init__(self, old: Any, new: Any, schema: DossierSchema) -> None:
        self.old, self.new, self.schema = old, new, schema
        self.counted = tuple(
            path for path in self._declared(old) if self._is_right(old, path) and self._is_right(new, path)
        )
        self.differences = tuple(self._all())

    @contextmanager
    def made(self, chosen: Sequence[Difference]) -> Iterator[None]:
        """Make some of the differences in the old dossier, and take them back whatever happens."""
        undo: list[Undo] = []
        try:
            undo.extend(each.make() for each in chosen)
            parts = {each.part for each in chosen if each.is_counted}
            undo.extend(self._counting(path) for path in self.counted if path.partition(".")[0] in parts)
            yield
        finally:
            for each in reversed(undo):
                each()

    def _declared(self, root: Any) -> Mapping[str, Any]:
        return _mapping(getattr(root.meta, COMPLETENESS))

    def _is_right(self, root: Any, path: str) -> bool:
        declared = self._declared(root).get(path)
        return declared is None or declared.count is UNSET or declared.count == len(records(root, path))

    def _counting(self, path: str) -> Undo:
        """Declare as many records as there are."""
        declared = self._declared(self.old).get(path)
        if declared is None or not isinstance(declared.count, int):
            return lambda: None
        return _setting(declared, "count", len(records(self.old, path)))()

    def _all(self) -> Iterator[Difference]:
        for each in self.schema.root.fields.values():
            if each.name == ATTESTATIONS:
                continue
            yield from self._field(self.old, self.new, self.schema.root, each, _Spot(part=each.name))
        yield from self._declarations()

    def _inside(self, old: Any, new: Any, entity: Entity, spot: _Spot) -> Iterator[Difference]:
        for each in entity.fields.values():
            if not (spot.part == META and each.name in {COMPLETENESS, _SPEAKS_OF}):
                yield from self._field(old, new, entity, each, spot)

    def _field(self, old: Any, new: Any, entity: Entity, field: Field, spot: _Spot) -> Iterator[Difference]:
        was, now = getattr(old, field.slot), getattr(new, field.slot)
        if was.__class__ is not now.__class__:  # one of two equal numbers may be carried
            was, now = number_of(was), number_of(now)
        here = spot.below(field.name)
        if field.kind is Kind.BLOCK and _is_record(was) and _is_record(now):
            yield from self._inside(was, now, field.inner, here)
        elif field.kind is Kind.REGISTER and isinstance(was, list) and isinstance(now, list):
            yield from self._register(old, now, field, here)
        elif not _same(was, now):
            told = _worded(number_of(was), field), _worded(number_of(now), field)
            entry = self._entry(here, entity, field, *told, gone=now is UNSET)
            is_counted = field.kind in {Kind.REGISTER, Kind.BLOCK}
            make = _setting(old, field.slot, getattr(new, field.slot))
            yield Difference(part=here.part, entry=entry, make=make, is_counted=is_counted)

    def _register(self, holder: Any, now: list[Any], field: Field, spot: _Spot) -> Iterator[Difference]:
        entity = field.inner
        attribute = entity.fields[entity.id_field].attribute
        was = getattr(holder, field.attribute)
        places = {getattr(each, attribute): number for number, each in enumerate(now)}
        known = {getattr(each, attribute) for each in was}
        for number, record in enumerate(was):
            name = getattr(record, attribute)
            ids = (*spot.ids, str(name))
            if name in places:
                place = places[name]
                here = replace(spot, before=f"{spot.before}/{number}", after=f"{spot.after}/{place}", ids=ids)
                yield from self._inside(record, now[place], entity, here)
            else:
                entry = Entry(
                    pointer=f"{spot.before}/{number}",
                    is_old=True,
                    label=entity.label,
                    record=joined(ids),
                    before=_named(entity, record),
                    after=NOT_THERE,
                )
                yield Difference(
                    part=spot.part, entry=entry, make=_removing(holder, field.attribute, record), is_counted=True
                )
        for number, record in enumerate(now):
            name = getattr(record, attribute)
            if name not in known:
                entry = Entry(
                    pointer=f"{spot.after}/{number}",
                    label=entity.label,
                    record=joined((*spot.ids, str(name))),
                    before=NOT_THERE,
                    after=_named(entity, record),
                )
                yield Difference(
                    part=spot.part, entry=entry, make=_adding(holder, field.attribute, record), is_counted=True
                )

    def _declarations(self) -> Iterator[Difference]:
        """Give the declarations of completeness that differ, each as a whole."""
        old, new = self.old.meta, self.new.meta
        was, now = (_mapping(getattr(each, COMPLETENESS)) for each in (old, new))
        for path in dict.fromkeys((*was, *now)):
            one, other = was.get(path), now.get(path)
            said = [{} if each is None else _written(each) for each in (one, other)]
            if path in self.counted and all(said):
                for each in said:
                    each.pop("count", None)
            if said[0] == said[1]:
                continue
            register = self.schema.registers.get(path)
            entry = Entry(
                pointer=f"/{META}/{COMPLETENESS}/{escaped(path)}",
                is_old=other is None,
                label=f"{register.several if register else path}的{self.schema.declaration.label}",
                record=path,
                before=_declared(one),
                after=_declared(other),
            )
            yield Difference(part=META, entry=entry, make=_declaring(old, path, other))

    def _entry(self, spot: _Spot, entity: Entity, field: Field, before: str, after: str, *, gone: bool) -> Entry:
        label = f"{entity.label}·{field.label}" if entity.path else field.label
        pointer = spot.before if gone else spot.after
        record = joined(spot.ids) if spot.ids else ""
        return Entry(pointer=pointer, is_old=gone, label=label, record=record, before=before, after=after)


# --- what is put in place of what -----------------------------------------------------------------------------------


def _setting(holder: Any, attribute: str, value: Any) -> Callable[[], Undo]:
    def make() -> Undo:
        before = getattr(holder, attribute)
        setattr(holder, attribute, value)
        return lambda: setattr(holder, attribute, before)

    return make


def _adding(holder: Any, attribute: str, record: Any) -> Callable[[], Undo]:
    def make() -> Undo:
        return _setting(holder, attribute, [*getattr(holder, attribute), record])()

    return make


def _removing(holder: Any, attribute: str, record: Any) -> Callable[[], Undo]:
    def make() -> Undo:
        others = [each for each in getattr(holder, attribute) if each is not record]
        return _setting(holder, attribute, others)()

    return make


def _declaring(meta: Any, path: str, declared: Any) -> Callable[[], Undo]:
    def make() -> Undo:
        others = {name: each for name, each in _mapping(getattr(meta, COMPLETENESS)).items() if name != path}
        return _setting(meta, COMPLETENESS, others if declared is None else {**others, path: declared})()

    return make


# --- values ---------------------------------------------------------------------------------------------------------


def _is_record(value: Any) -> bool:
    return isinstance(value, msgspec.Struct)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    if all(map(_is_record, (one, other))) or (isinstance(one, list) and isinstance(other, list)):
        return bool(_written(one) == _written(other))
    return bool(one == other)


def _written(value: Any) -> Any:
    """Write out records as plain values: a number as itself, whether it was carried or not."""
    match msgspec.to_builtins(value, builtin_types=(Decimal,)) if isinstance(value, msgspec.Struct | list) else value:
        case dict() as held:
            return {name: _written(each) for name, each in held.items()}
        case list() as held:
            return [_written(each) for each in held]
        case plain:
            return number_of(plain)


def _declared(declaration: Any) -> str:
    if declaration is None:
        return "没有声明"
    if declaration.complete is not True:
        return "不完整"
    told = {"截至": declaration.as_of, "条数": declaration.count, "签署人": declaration.signatory}
    parts = (f"{name}{_plain(each)}" for name, each in told.items() if each is not UNSET and each is not None)
    blank = declaration.blank_means_none
    none = (f"空白即无：{'、'.join(blank)}",) if blank else ()
    return "，".join(("完整", *parts, *none))


def _named(entity: Entity, record: Any) -> str:
    """Name a whole record; where its id is all the name it has, say that it is there."""
    label = entity.label_of(record)
    return label if label and label != getattr(record, entity.fields[entity.id_field].attribute) else THERE


def _worded(value: Any, field: Field) -> str:
    """Word what stands in a field."""
    if value is UNSET:
        return ABSENT
    match field.kind:
        case _ if value is None:
            return NONE
        case Kind.BLOCK:
            return THERE
        case Kind.REGISTER:
            return f"{len(value)}条"
        case Kind.SHAPE:
            return f"面积{_plain(area_ha(value))}公顷的图形"
        case Kind.BOOLEAN:
            return "是" if value else "否"
        case Kind.ENUM:
            return field.member_labels.get(value, str(value))
        case Kind.TEXTS:
            return "、".join(value) or NONE
        case Kind.NUMBER | Kind.INTEGER if isinstance(value, int | Decimal):
            return say_number(value, field.unit)
    return _plain(value)


def _plain(value: Value) -> str:
    match value:
        case Range(low=low, high=high):
            return f"{_plain(low)}至{_plain(high)}"
        case Decimal() | Fraction():
            return say_number(value, "")
        case _ if hasattr(value, "year"):
            return f"{value.year}年{MONTHS[value.month - 1]}{value.day}日"
    return str(value)
