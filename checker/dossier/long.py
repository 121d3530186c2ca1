"""A dossier whose text is larger than the memory there is for it: the registers of bulk are held in portions.

First the text is outlined (`spans`), and of each record its id is noted. Then every portion is made a small dossier of
its own, with the same `meta` and `zone`, and goes through the same decoding and the same looks as a whole dossier;
what the looks find is put in the order in which one look at the whole would have found it. Of a register of bulk are
kept: how many records there are, the ids that others refer to, the records that claims and attestations name, those
that are drawn. Then it is checked (`checker.portioning`), portion by portion again.

What is wrong is told by an ordinary look at the whole if there is memory for it; else by its place, in the words of
the decoder.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import field, replace
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

import msgspec
from msgspec import UNSET

from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.dossier.citizens import without_citizens
from checker.dossier.consistency import CHECKS, ONCE, Gaps, Look, Step, at_contracts, contracts
from checker.dossier.grouping import MOST_KEPT, Kept, Mistake, problems_in_place
from checker.dossier.loading import Dossier, load_dossier
from checker.dossier.places import joined, pointer_of
from checker.dossier.records import decode_again, read, surveyed
from checker.dossier.schema import ATTESTATIONS, DossierSchema, Entity
from checker.dossier.spans import PORTION, Outline, Portion, Text, UnreadableError, outline, portion_text
from checker.dossier.survey import Survey
from checker.errors import DossierError, Place, Problem
from checker.limits import Limits, look_at_depth, refusal

HELD = 8 * 1024 * 1024
"""How many bytes of text the registers may have together that are held whole; the largest are not."""

ALWAYS_HELD = frozenset({"evidence", "claims", ATTESTATIONS, "notices", "geometries"})
"""What every part of a check may look into."""

Columns = frozenset[tuple[str, frozenset[str]]]
"""Paths of registers and blocks, and the names of fields of their records."""

DRAWN = ("plans", "parcels")
BLOCKS = frozenset({"meta", "zone"})


class Elsewhere:
    """Stands in a root for the records of a register of bulk; whoever takes it for records fails."""


class Mention(NamedTuple):
    """A record of a register of bulk that is named somewhere, and the steps that lead to it."""

    record: Any
    steps: tuple[str | int, ...]


@dataclass(slots=True, kw_only=True)
class Census:
    """What is known of the registers of bulk, without their records.

    `numbers` of records by path; `left_out` are the lists that some record leaves out; `ids` those that others may
    refer to; `whole` and `last` the records that a `wanted` name means, by register and name; `drawn` those with a
    shape; `contracts` the parcels of contract numbers that are `repeated`.
    """

    repeated: Set[str] = frozenset()
    wanted: Set[str] = frozenset()
    numbers: Counter[str] = field(default_factory=Counter)
    left_out: set[str] = field(default_factory=set)
    ids: dict[str, set[str]] = field(default_factory=dict)
    whole: dict[tuple[str, str], Mention] = field(default_factory=dict)
    last: dict[tuple[str, str], list[Mention]] = field(default_factory=dict)
    drawn: dict[str, list[Mention]] = field(default_factory=dict)
    contracts: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def named(self, path: str, name: str) -> tuple[Mention, ...]:
        """Give the records that a wanted name means: the ids that lead to one, or else the last of them alone."""
        whole = self.whole.get((path, name))
        return (whole,) if whole is not None else tuple(self.last.get((path, name), ()))

    def add(self, look: "_PartLook", *, draws: bool) -> None:
        """Take note of the records of a portion."""
        register, schema = look.register, look.schema
        for path, above, name in schema.steps():
            if path.partition(".")[0] == register and path in schema.registers:
                self.numbers[path] += len(look.inside[path]) if above else 0
                if above and any(getattr(each, name) is UNSET for each in look.inside[above]):
                    self.left_out.add(path)
                if self.wanted:
                    self.note_mentions(look, path)
        numbered = enumerate(look.inside[register], look.first)
        if draws and register in DRAWN:
            held = [Mention(each, (register, nth)) for nth, each in numbered if each.geometry_id.__class__ is str]
            self.drawn.setdefault(register, []).extend(held)
        if self.repeated and register == "parcels":
            for nth, each in enumerate(look.inside[register], look.first):
                if each.contract_no in self.repeated:
                    self.contracts.setdefault(each.contract_no, []).append((nth, each.parcel_id))

    def note_mentions(self, look: "_PartLook", path: str) -> None:
        """Note the records of a path that have a wanted name."""
        pointers = look.pointers_of(path)
        for nth, ids in enumerate(look.leading_to(path)):
            own, key = ids[-1] in self.wanted, joined(ids)
            if own or key in self.wanted:
                mention = Mention(look.inside[path][nth], _steps(pointers[nth]))
                if own:
                    self.last.setdefault((path, ids[-1]), []).append(mention)
                if key in self.wanted:
                    self.whole[path, key] = mention


def _steps(pointer: str) -> tuple[str | int, ...]:
    return tuple(int(each) if each.isdecimal() else each for each in pointer.split("/")[1:])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LongDossier(Dossier):
    """A dossier of which some registers, the `bulk`, are in its text only; `root` has the others.

    `head` is the text of `meta` and `zone`, with which each portion begins.
    """

    text: Text
    schema: DossierSchema
    outline: Outline
    bulk: frozenset[str]
    census: Census
    head: bytes
    is_long: ClassVar[bool] = True

    def portions(self, register: str, schema: DossierSchema | None = None) -> Iterator[tuple[int, list[Any]]]:
        """Give the records of a register portion by portion, each with the number of its first one.

        Raise `DossierError` if the text is not what it was.
        """
        for portion in self.outline.registers[register]:
            yield portion.first, self.records(portion, schema)

    def records(self, portion: Portion, schema: DossierSchema | None = None) -> list[Any]:
        """Give the records of a portion."""
        found: list[Any] = getattr(decode_again(self.text_of(portion), schema or self.schema), portion.register)
        return found

    def text_of(self, portion: Portion) -> bytes:
        """Give the text of the small dossier that a portion makes; raise `DossierError`."""
        try:
            return _small(self.head, portion.register, portion_text(self.text, portion))
        except UnreadableError:
            message, suggestion = "文件在检查过程中被改动", "等文件写完再检查"
            raise DossierError([Problem(message=message, place=Place(file=self.name), suggestion=suggestion)]) from None

    def bare(self) -> Any:
        """Give a root without registers, for others to be put there."""
        others = dict.fromkeys(self.schema.root.fields.keys() - BLOCKS, UNSET)
        return msgspec.structs.replace(self.root, **others)

    def columns(self, wanted: Columns) -> Any:
        """Give a root with the registers that are wanted, all records of each; those of bulk with only some fields."""
        schema = narrowed(self.schema, wanted)
        root = self.bare()
        for register in sorted({path.partition(".")[0] for path, _ in wanted}):
            held = getattr(self.root, register)
            if register in self.bulk:
                held = [record for _, records in self.portions(register, schema) for record in records]
            setattr(root, register, held)
        return root

    def doubts_in(self, schema: DossierSchema, words: Catalogue) -> tuple[Problem, ...]:
        """Give the doubts in other words, which takes another look at all of it."""
        kinds = _Kinds()
        for register in sorted(self.bulk):
            for portion in self.outline.registers[register]:
                look = _PartLook(read(self.text_of(portion), schema), schema, words, self.census, portion)
                kinds.add(look.looked())
        root = msgspec.structs.replace(self.root, **dict.fromkeys(self.bulk, UNSET))
        whole = _PartLook(surveyed(root, schema), schema, words, self.census)
        kinds.add(whole.looked())
        whole.kinds = kinds.merged()
        return whole.doubts(self.name)


def _small(head: bytes, register: str, records: bytes) -> bytes:
    return b'%b,"%b":[%b]}' % (head, register.encode(), records)


@lru_cache(maxsize=64)
def narrowed(schema: DossierSchema, wanted: Columns) -> DossierSchema:
    """Give a schema of which registers have only the wanted fields, by path, and what identifies and proves a record.

    A list or block is there if anything of it is wanted.
    """
    names: dict[str, set[str]] = {}
    for path, fields in wanted:
        names.setdefault(path, set()).update(fields)
        above, _, name = path.rpartition(".")
        while above:
            names.setdefault(above, set()).add(name)
            above, _, name = above.rpartition(".")

    def narrow(entity: Entity) -> Entity:
        kept = names.get(entity.path, set()) | {entity.id_field, "doc_id"}
        held = {
            name: each if each.entity is None else replace(each, entity=narrow(each.entity))
            for name, each in entity.fields.items()
            if name in kept
        }
        return replace(entity, fields=held)

    held = {
        name: each if each.entity is None or name in BLOCKS else replace(each, entity=narrow(each.entity))
        for name, each in schema.root.fields.items()
        if name in BLOCKS or name in names
    }
    return replace(schema, root=replace(schema.root, fields=held), narrow=True)


# --- looking --------------------------------------------------------------------------------------------------------


class _Told(NamedTuple):
    """Mistakes of one kind in one part, and when a look at the whole would have come upon the first of them."""

    place: tuple[int, ...]
    kind: str
    kept: Kept[Mistake]


class _PartLook(Look):
    """A look at a portion of a register; or, without one, at all that is held whole."""

    def __init__(
        self, survey: Survey, schema: DossierSchema, words: Catalogue, census: Census, portion: Portion | None = None
    ) -> None:
        super().__init__(survey, schema, Gaps(), words)
        self.ids = {**self.ids, **census.ids}
        self.census = census
        self.register, self.first = (portion.register, portion.first) if portion is not None else ("", 0)
        self.place: tuple[int, ...] = ()
        self.places: dict[str, tuple[int, ...]] = {}

    def looked(self) -> Iterable[_Told]:
        """Take all looks that concern this part."""
        for step in self.steps():
            if not self.register or step.path.partition(".")[0] == self.register:
                self.place = step.place
                step.look()
        return [_Told(self.places[kind], kind, kept) for kind, kept in self.kinds.items()]

    def steps(self) -> Iterator[Step]:
        if self.register:
            yield from (each for each in super().steps() if each.place != _CONTRACTS)
            return
        yield from super().steps()
        if self.census.contracts:
            yield Step(_CONTRACTS, "parcels", partial(at_contracts, self, self.census.contracts))

    def say(
        self,
        kind: str,
        pointer: str,
        label: str,
        message: str,
        suggestion: str | Callable[[], str] = "",
        *,
        blocking: bool = False,
    ) -> None:
        super().say(kind, pointer, label, message, suggestion, blocking=blocking)
        self.places.setdefault(kind, self.place)

    def number(self, path: str) -> int:
        return self.census.numbers[path] if path in self.census.numbers else super().number(path)

    def pointer(self, path: str, nth: int, *names: str) -> str:
        if not self.register and not self.inside[path]:
            return pointer_of((path, nth, *names))
        return super().pointer(path, nth, *names)

    def pointers_of(self, path: str) -> Sequence[str]:
        """Give the pointers of all records of a path."""
        return self._pointers(path)

    def _pointers(self, path: str) -> list[str]:
        if path == self.register and path not in self.pointers:
            last = self.first + len(self.inside[path])
            self.pointers[path] = [f"/{path}/{index}" for index in range(self.first, last)]
        return super()._pointers(path)

    def names(self, wanted: Set[str]) -> tuple[set[str], dict[str, str]]:
        alone, several = super().names(wanted)
        alone |= {name for _, name in self.census.whole}
        for (_, name), mentions in self.census.last.items():
            if len(mentions) == 1:
                alone.add(name)
            else:
                several[name] = name
        return alone, several


_CONTRACTS = (4, [check for _, check in CHECKS].index(contracts))


class _Kinds:
    """What the looks at the parts of a dossier found."""

    def __init__(self) -> None:
        self.told: list[tuple[tuple[int, ...], int, int, _Told]] = []
        self.parts = 0

    def add(self, told: Iterable[_Told]) -> None:
        """Take over what was found in one part; parts of one register come in their order."""
        self.parts += 1
        self.told += ((each.place, self.parts, nth, each) for nth, each in enumerate(told))

    def merged(self) -> dict[str, Kept[Mistake]]:
        """Give all that was found as one look would have."""
        kinds: dict[str, Kept[Mistake]] = {}
        for *_, each in sorted(self.told, key=lambda each: each[:3]):
            kept = kinds.setdefault(each.kind, Kept())
            if kept.count and each.kind.startswith(f"{ONCE} "):
                continue
            kept.first = [*kept.first, *each.kept.first][:MOST_KEPT]
            kept.count += each.kept.count
        return kinds


# --- loading --------------------------------------------------------------------------------------------------------


class _RefusedError(Exception):
    """The dossier is none, for these problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


def load_long(
    text: Text,
    name: str,
    schema: DossierSchema,
    *,
    most_worded: int,
    allowed: Limits,
    held: int = HELD,
    portion: int = PORTION,
) -> Dossier:
    """Load a dossier of so many records and levels as are *allowed* without holding it; raise `DossierError`.

    What is wrong with a text of at most so many bytes is told as `load_dossier` does.
    """
    try:
        ids = _Ids(schema, name, allowed.records)
        return _load(text, ids, allowed, held=held, portion=portion)
    except _RefusedError as error:
        if text.size <= most_worded:
            return load_dossier(text.read(0, text.size), name, schema)
        raise DossierError(error.problems) from None


def _load(text: Text, ids: "_Ids", allowed: Limits, *, held: int, portion: int) -> LongDossier:
    schema, name = ids.schema, ids.name
    try:
        found = outline(text, ids, portion)
    except UnreadableError as error:
        message = f"档案无法解读：{error.why or 'JSON 语法不对，或者不是档案应有的内容'}"
        raise _RefusedError(_problem(name, message, error.pointer)) from None
    census = Census(repeated=ids.contracts_twice, ids=ids.of(found), numbers=Counter(ids.numbers))
    bulk = _bulk(found, held)
    head = b"{" + b",".join(
        b'"%b":%b' % (key.encode(), found.blocks[key]) for key in sorted(BLOCKS) if key in found.blocks
    )
    base = b",".join([head, *_rest(text, found, bulk)]) + b"}"
    ids.count(b"".join((b"{", *found.blocks.values())))
    look_at_depth(base, name, allowed.depth)
    survey = _decoded(base, name, schema)
    root = survey.root
    del base, ids
    long = LongDossier(
        root=root,
        name=name,
        sha256=found.sha256,
        doubts=(),
        text=text,
        schema=schema,
        outline=found,
        bulk=bulk,
        census=census,
        head=head,
    )
    registers = {register for register, portions in found.registers.items() if portions}
    _look_for_many(name, schema, census)
    claims = (each.subject_id for each in root.claims or ())
    attested = (each.subject_id for each in root.attestations or ())
    census.wanted = {each for each in (*claims, *attested) if each.__class__ is str}
    kinds = _Kinds()
    for register in sorted(bulk):
        for each in found.registers[register]:
            part = long.text_of(each)
            look_at_depth(part, name, allowed.depth)
            look = _PartLook(_part(part, long, each), schema, CHINESE, census, each)
            census.add(look, draws="geometries" in registers)
            if look.survey.may_name_citizens:
                look.at_citizens()
            kinds.add(look.looked())
    whole = _PartLook(survey, schema, CHINESE, census)
    if survey.may_name_citizens:
        whole.at_citizens()
    kinds.add(whole.looked())
    whole.kinds = kinds.merged()
    if whole.blocks:
        raise _RefusedError(*problems_in_place(whole.groups(), "{}", name))
    for register in bulk:
        setattr(root, register, Elsewhere())
    return replace(long, doubts=whole.doubts(name))


def _problem(name: str, message: str, pointer: str, label: str = "", suggestion: str = "") -> Problem:
    place = Place(file=name, pointer=pointer)
    return Problem(message=without_citizens(message), place=place, label=label, suggestion=suggestion)


def _bulk(found: Outline, most: int) -> frozenset[str]:
    """Give the registers that are not held whole."""
    sizes = sorted((found.size(each), each) for each in found.registers if each not in ALWAYS_HELD)
    bulk, total = set(), 0
    for size, register in sizes:
        total += size
        if total > most:
            bulk.add(register)
    return frozenset(bulk)


def _rest(text: Text, found: Outline, bulk: Set[str]) -> Iterator[bytes]:
    """Give the members of the object that holds all but the registers of bulk, after `meta` and `zone`."""
    for name, block in found.blocks.items():
        if name not in BLOCKS:
            yield b"%b:%b" % (msgspec.json.encode(name), block)
    for register, portions in found.registers.items():
        records = () if register in bulk else (portion_text(text, each) for each in portions)
        yield b"%b:[%b]" % (msgspec.json.encode(register), b",".join(records))


def _decoded(data: bytes, name: str, schema: DossierSchema) -> Survey:
    """Decode a text; raise `_RefusedError`."""
    try:
        survey = read(data, schema)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _RefusedError(_problem(name, f"档案无法解读：{error}", "")) from error
    if survey.repeats_a_key:
        raise _RefusedError(_problem(name, "同一对象中有重复的键", ""))
    return survey


_PLACE = re.compile(r"\$\.(\w+)\[(\d+)\]")


def _part(data: bytes, long: LongDossier, portion: Portion) -> Survey:
    """Decode a portion; raise `_RefusedError` for the first record that is none."""
    try:
        return _decoded(data, long.name, long.schema)
    except _RefusedError:
        records = msgspec.json.decode(data[len(long.head) + len(portion.register) + 4 : -1], type=list[msgspec.Raw])
        for nth, record in enumerate(records, portion.first):
            pointer, label = f"/{portion.register}/{nth}", long.schema.root.fields[portion.register].label
            try:
                _decoded(_small(long.head, portion.register, bytes(record)), long.name, long.schema)
            except _RefusedError as error:
                told = _PLACE.sub(rf"$.\1[{nth}]", error.problems[0].message)
                raise _RefusedError(_problem(long.name, f"第 {nth + 1} 条记录：{told}", pointer, label)) from error
        raise


def _look_for_many(name: str, schema: DossierSchema, census: Census) -> None:
    for register, number in census.numbers.items():
        most = schema.root.fields[register].max_items
        if number > most:
            raise _RefusedError(_problem(name, f"记录超过 {most:,} 条", f"/{register}"))


class _Ids:
    """Notes the ids of records while the text is outlined, and which numbers of contracts several parcels have."""

    def __init__(self, schema: DossierSchema, name: str, most: int) -> None:
        self.schema, self.name, self.most = schema, name, most
        self.braces = 0
        self.seen: dict[str, set[str]] = {}
        self.referred = {"evidence"} | {
            each.ref for entity in schema.entities() for each in entity.fields.values() if each.ref
        }
        self.numbers: dict[str, int] = {}
        self.contracts: set[str] = set()
        self.contracts_twice: set[str] = set()
        self.decoders: dict[str, msgspec.json.Decoder[list[Any]]] = {}

    def add(self, register: str, records: bytes) -> int:
        """Note the records of a list; raise `msgspec.DecodeError` if it is none, `_RefusedError` for an id twice."""
        entity = self.schema.registers.get(register)
        if entity is None:
            raise UnreadableError(f"/{register}")
        found = self.decoder(entity).decode(b"[%b]" % records)
        self.count(records)
        first = self.numbers.get(register, 0)
        ids = list(map(attrgetter(entity.id_field), found))
        if register not in self.seen:
            self.seen = {each: seen for each, seen in self.seen.items() if each in self.referred}
        seen = self.seen.setdefault(register, set())
        once = {each for each in ids if each.__class__ is str}
        if len(once) < len(ids) or not seen.isdisjoint(once):
            self.look_for_twice(entity, ids, first)
        seen |= once
        self.numbers[register] = first + len(found)
        if register == "parcels":
            self.note_contracts([each.contract_no for each in found if each.contract_no.__class__ is str])
        return len(found)

    def count(self, text: bytes) -> None:
        """Count the records of a text, each of which stands in braces; raise `DossierError` for too many."""
        self.braces += text.count(b"{")
        if self.braces > self.most:
            raise refusal(self.name, f"记录超过 {self.most:,} 条", "records")

    def look_for_twice(self, entity: Entity, ids: Sequence[Any], first: int) -> None:
        """Refuse an id that was there before."""
        seen = set(self.seen[entity.path])
        for nth, each in enumerate(ids, first):
            if each.__class__ is str and each in seen:
                label = entity.fields[entity.id_field].label
                message, way_out = (
                    f"{each} 在{entity.label}中出现了不止一次",
                    "每条记录用不同的编号；重复录入的删去一条",
                )
                pointer = f"/{entity.path}/{nth}/{entity.id_field}"
                raise _RefusedError(_problem(self.name, message, pointer, label, way_out))
            seen.add(each if each.__class__ is str else "")

    def note_contracts(self, numbers: Sequence[str]) -> None:
        """Note the numbers of contracts, and those that were there before."""
        once = set(numbers)
        self.contracts_twice |= once & self.contracts
        if len(once) < len(numbers):
            self.contracts_twice |= {each for each, count in Counter(numbers).items() if count > 1}
        self.contracts |= once

    def decoder(self, entity: Entity) -> "msgspec.json.Decoder[list[Any]]":
        """Give the decoder of what is noted of the records of a register, whatever stands there."""
        known = self.decoders.get(entity.path)
        if known is None:
            names = [entity.id_field, *(["contract_no"] if entity.path == "parcels" else [])]
            noted: Any = msgspec.defstruct("Noted", [(each, Any, UNSET) for each in names], gc=False)
            known = self.decoders[entity.path] = msgspec.json.Decoder(list[noted])
        return known

    def of(self, found: Outline) -> dict[str, set[str]]:
        """Give the ids of the registers that records of those that are there may refer to."""
        there = {register for register, portions in found.registers.items() if portions} | {"meta", "zone"}
        referred = {"evidence"} | {
            each.ref
            for entity in self.schema.entities()
            if entity.path.partition(".")[0] in there
            for each in entity.fields.values()
            if each.ref
        }
        return {register: self.seen.get(register, set()) for register in referred}
