"""Fact-finding: the subjects of a rule in a dossier, and the truths of the rule's tests on each of them.

A `View` is what one check sees: one dossier, one pack, one as-of day. It answers whatever the generated code asks,
works each thing out once, and changes nothing.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, partial
from heapq import merge
from itertools import islice
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple, overload

import msgspec

from checker import values
from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.dossier.consistency import examine
from checker.dossier.loading import Dossier
from checker.dossier.naming import is_number, record_id, record_steps, steps_of
from checker.dossier.places import joined
from checker.dossier.records import records, surveyed
from checker.dossier.schema import DossierSchema, Entity, Field, Kind
from checker.errors import Problem
from checker.ladder import Ground
from checker.language.compiling import Remembered, Scout, compile_scout
from checker.language.sweeping import Key, Leaves, Note
from checker.language.tree import ZONE, Node, Quantifier, Sort, Type
from checker.language.wording import say
from checker.model import Document, RegisterState, Subject, Truth
from checker.policy.law import Parameter, Statute
from checker.policy.loading import CompiledRule, RuleGroup
from checker.policy.rules import Entry, Rule
from checker.values import UNKNOWN, Value

Answers = Mapping[Key, Sequence[int]]
"""Each ground with the truths that a rule found, and the numbers of the subjects that have them: many, of few kinds."""

Candidates = tuple[tuple[Value, ...], tuple[Value, ...]]
"""The records that equal a key, and the others that may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """The records of a register by the text in a column, or by each of the texts in it, and those where it is blank."""

    exact: Mapping[str, tuple[Value, ...]]
    blank: tuple[Value, ...]
    is_list: bool

    def matching(self, key: Value) -> Candidates | None:
        """Give the records that match a key, and those that may; `None` where the key is not known, and all may.

        A list of keys asks for records that match one of them. None matches no text; what stands in a blank list is not
        looked into, not even for none.
        """
        if key.__class__ is str:
            return self.exact.get(key, ()), self.blank
        if key is UNKNOWN:
            return None
        if not self.is_list:
            return (), ()
        return tuple({id(row): row for each in key or () for row in self.exact.get(each, ())}.values()), self.blank


Chain = tuple[Value, ...]
"""A record and those above it, the nearest first."""

CLAIMS = "claims"
"""The register that nothing depends on being complete: what nobody claims is not claimed."""
NATIONAL = "national"
DAY = Type(sort=Sort.DAY)
MOST_VISITS = 20_000_000
"""How many rows one rule may visit in one check: some ten seconds, a minute at the most."""


class TooManyVisitsError(Exception):
    """A rule would visit more rows of this dossier than a check has time for."""


class Found(NamedTuple):
    """A subject with the ground and the truths that a rule found on it.

    `chain` are the subject and the records above it, the nearest first.
    """

    chain: "Chain"
    ground: Ground
    truths: tuple[Truth, ...]

    @property
    def subject(self) -> Value:
        """The record that the rule was applied to."""
        return self.chain[0]


class Standing(msgspec.Struct, frozen=True, kw_only=True, eq=False, gc=False):
    """Where a record or block stands: its JSON pointer, and the `sources` that its record names, and what it `refused`.

    `part` is what of that record it is (`actual`; empty for the record itself). `listed` are the papers that the record
    above names for the list it is in.
    """

    pointer: str
    sources: Mapping[str, list[str]]
    refused: Sequence[str]
    part: str = ""
    listed: tuple[str, ...] = ()

    @classmethod
    def of(cls, record: Value, pointer: str, listed: tuple[str, ...] = ()) -> "Standing":
        """Say where a record stands."""
        return cls(
            pointer=pointer,
            sources=getattr(record, "sources", None) or {},
            refused=getattr(record, "withheld", None) or (),
            listed=listed,
        )

    def refuses(self, name: str) -> bool:
        """Say whether the production of a field, or of the block it stands in, was refused."""
        return (f"{self.part}.{name}" if self.part else name) in self.refused or self.part in self.refused


Wanted = Callable[[str, int], bool]
"""Says whether a rule, by its id, is wanted on a part of a dossier."""


class Sweep(NamedTuple):
    """Rules to be applied to a part of a dossier, and the view that sees it.

    Rules that are `bounded` together may visit no more records together than one check may.
    """

    part: int
    group: RuleGroup
    view: "View"
    bounded: RuleGroup


class View:
    """One dossier as one pack sees it on one day."""

    first = 0
    """The number of the first record that the root has of its registers."""
    elsewhere: Set[str] = frozenset()
    """The registers whose records the root does not have."""

    def __init__(
        self,
        dossier: Dossier,
        schema: DossierSchema,
        parameters: Mapping[str, Parameter],
        statute: str,
        as_of: date,
        *,
        words: Catalogue = CHINESE,
        assumed: bool = False,
    ) -> None:
        """Look at *dossier* on the day *as_of*; what is told of it is told in *words*.

        On a later day than its own a dossier proves no absence, unless it is *assumed* that nothing changed.

        *statute* is the id of the pack's own statute, binding national zones. How many rows rules `visited` in loops
        over registers is counted; one rule may visit `most_visits`.
        """
        self.dossier = dossier
        self.schema = schema
        self.words = words
        self.root = dossier.root
        self.described = schema.root
        self.zone = dossier.root.zone
        self.as_of = as_of
        own_day = dossier.root.meta.as_of_date
        self.projected = as_of > own_day and not assumed
        self.proved_on = min(as_of, own_day) if assumed else as_of
        self.statute = statute
        self.visited = 0
        self.most_visits = MOST_VISITS
        self._parameters = parameters
        self._figures: dict[str, Mapping[Value, Value]] = {}
        self._rows: dict[str, tuple[Value, ...]] = {}
        self._states: dict[str, RegisterState] = {}
        self._blanks: dict[str, Set[str]] = {}
        self._in_force: dict[tuple[int, Value], Truth] = {}
        self._chains: dict[str, tuple[Chain, ...]] = {}
        self._ids: dict[str, Sequence[str]] = {}
        self._indexes: dict[tuple[str, str], _Index] = {}
        self._candidates: dict[tuple[str, tuple[str, ...]], Callable[..., Candidates]] = {}
        self._scouts: dict[tuple[str, tuple[int, int, tuple[str, ...]]], Scout] = {}
        self._standings: dict[int, Standing] = {}
        self._papers: dict[tuple[str, ...], tuple[Document, ...]] = {}
        self._records: dict[str, str] = {}
        self._subjects: dict[tuple[str, int], Subject] = {}
        self._days: dict[date, str] = {}
        self._directories: dict[str, Mapping[Value, Value]] = {}
        self._names: dict[str, Mapping[str, tuple[Value, ...]]] = {}
        self._pleas: dict[tuple[str, tuple[str, ...]], Mapping[int, tuple[Value, ...]]] = {}

    # --- registers ------------------------------------------------------------------------------------------------

    @cached_property
    def registers(self) -> Mapping[str, RegisterState]:
        """What the dossier declares of each register, and whether the declaration counts on the as-of day."""
        return MappingProxyType({path: self.state(path) for path in self.schema.registers})

    def state(self, path: str) -> RegisterState:
        """Give what the dossier declares of one register, and whether the declaration counts on the as-of day."""
        known = self._states.get(path)
        if known is None:
            known = self._states[path] = self._state(path)
        return known

    def _state(self, path: str) -> RegisterState:
        outer = path.partition(".")[0]
        held = getattr(self.root, outer)
        count = None if held is UNKNOWN else self.number(path)
        declared = self._declared(path)
        label = self.schema.registers[path].several
        if self.schema.root.fields[outer].entity is not self.schema.registers[path]:
            label = self.words("{0}·{1}", self.schema.root.fields[outer].label, label)
        else:
            label = self.schema.root.fields[outer].label
        return RegisterState(
            path=path,
            label=label,
            count=count,
            complete=not (why := self._why_incomplete(path, held, count, declared)),
            as_of=(declared.as_of or None) if declared else None,
            signatory=(declared.signatory or "") if declared else "",
            why_incomplete=why,
        )

    def _why_incomplete(self, path: str, held: Value, count: int | None, declared: Value) -> str:
        if held is UNKNOWN:
            return self.words("档案中没有该台账")
        if held is None and not self.projected:
            return ""
        if self._has_no_place(path):
            return ""
        if declared is None:
            return self.words("未声明完整")
        if declared.complete is not True:
            return self.words("声明为不完整")
        if not declared.as_of or not declared.signatory or declared.count.__class__ is not int:
            return self.words("完整性声明缺日期、条数或者签署人，不能采用")
        if declared.as_of < self.proved_on:
            return self.words("完整性声明只到{day}，早于检查基准日", day=declared.as_of.isoformat())
        if self._is_left_out(path):
            return self.words("有的上级记录没有列出这一清单，声明的条数无从核对（没有的写 []）")
        if declared.count != count:
            return self.words("声明{declared}条，实有{count}条，声明不能采用", declared=declared.count, count=count)
        return ""

    def _has_no_place(self, path: str) -> bool:
        """Say whether it is proved that no record is there that could hold the list, so that nothing can be missing."""
        outer = path.rpartition(".")[0]
        return bool(outer) and not self.number(outer) and self.whole(outer)

    def _is_left_out(self, path: str) -> bool:
        """Say whether some record of a register above leaves out the list, so that no count can be held against it."""
        outer = path.rpartition(".")[0]
        return bool(outer) and (self.leaves_out(path) or self._is_left_out(outer))

    def leaves_out(self, path: str) -> bool:
        """Say whether a record leaves out its list of a nested register."""
        outer, _, name = path.rpartition(".")
        return any(getattr(row, name) is UNKNOWN for row in self.rows(outer))

    def number(self, path: str) -> int:
        """Give how many records a register has."""
        return len(self.rows(path))

    def rows(self, path: str) -> tuple[Value, ...]:
        """Give the records of a register; nested ones of all parents together."""
        known = self._rows.get(path)
        if known is None:
            known = self._rows[path] = tuple(records(self.root, path))
        return known

    def whole(self, path: str) -> bool:
        """Say whether a register is declared complete and the declaration counts."""
        return self.state(path).complete

    def blank(self, path: str, name: str) -> bool:
        """Say whether it is signed that a blank in this column means none."""
        known = self._blanks.get(path)
        if known is None:
            declared = self._declared(path) if self.whole(path) else None
            known = self._blanks[path] = frozenset(declared.blank_means_none or ()) if declared else frozenset()
        return name in known

    def declared_by(self, path: str) -> tuple[Document, ...]:
        """Give the paper in which a register was declared complete, where the dossier names it."""
        declared = self._declared(path)
        return (self.document(declared.doc_id),) if declared and declared.doc_id else ()

    def _declared(self, path: str) -> Value:
        declarations = self.root.meta.completeness
        return declarations.get(path) if declarations else None

    def field(self, record: Value, entity: Entity, described: Field) -> Value:
        """Read a field as the check sees it."""
        return self.seen(getattr(record, described.attribute), entity, described)

    def seen(self, value: Value, entity: Entity, described: Field) -> Value:
        """Give what stands in a field as the check sees it: a signed blank is none, none is unknown on a later day."""
        if value is UNKNOWN and described.may_be_blank and entity.path in self.schema.registers:
            value = None if self.blank(entity.path, described.name) else value
        if value is None and self.projected and described.nullable and not described.claim:
            return UNKNOWN
        return value

    @cached_property
    def _holders(self) -> Mapping[int, tuple[Value, Field, int]]:
        """What holds each record and block, by identity, in which field and where in a list.

        Made only when something has to be shown.
        """
        found: dict[int, tuple[Value, Field, int]] = {}
        waiting = [(self.root, self.described)]
        while waiting:
            record, entity = waiting.pop()
            for each in entity.of_kind(Kind.BLOCK, Kind.REGISTER):
                value = getattr(record, each.attribute)
                if not value or (record is self.root and each.name in self.elsewhere):
                    continue
                held = value if each.kind is Kind.REGISTER else (value,)
                for index, inside in enumerate(held, self.first if record is self.root else 0):
                    found[id(inside)] = record, each, index
                if each.inner.of_kind(Kind.BLOCK, Kind.REGISTER):
                    waiting += ((inside, each.inner) for inside in held)
        return found

    def standing(self, record: Value) -> "Standing":
        """Say where a record or block stands."""
        known = self._standings.get(id(record))
        if known is None:
            if record is self.root:
                known = Standing.of(record, "")
            else:
                above, described, index = self._holders[id(record)]
                outer = self.standing(above)
                pointer, part = f"{outer.pointer}/{described.name}", described.name
                if described.kind is Kind.REGISTER:
                    sources = getattr(above, "sources", None)
                    listed = tuple(sources.get(part) or ()) if sources else ()
                    known = Standing.of(record, f"{pointer}/{index}", listed)
                elif above is self.root:
                    known = Standing.of(record, pointer)
                else:
                    part = f"{outer.part}.{part}" if outer.part else part
                    known = Standing(pointer=pointer, sources=outer.sources, refused=outer.refused, part=part)
            self._standings[id(record)] = known
        return known

    def drawn(self, path: str) -> Iterable[Value]:
        """Give the records of a register that may be drawn."""
        return self.rows(path)

    def doubts(self) -> tuple[Problem, ...]:
        """Give what is hard to believe in the dossier; in another language, by looking at it again."""
        if self.words.is_chinese:
            return self.dossier.doubts
        survey = surveyed(self.root, self.schema)
        return examine(survey, self.schema, words=self.words).doubts(self.dossier.name)

    def pointer(self, record: Value) -> str:
        """Give the JSON pointer of a record or block."""
        return self.standing(record).pointer

    def documents(self, record: Value, name: str) -> tuple[Document, ...]:
        """Give the papers of the dossier that prove a field of a record or block; one that it lacks proves nothing.

        They are those that the record names for the field, else for the block it stands in, else for all of it, else
        those that the record above names for the list; and the paper that the field or its block refers to.
        """
        return self.documents_at(self.standing(record), record, name)

    def documents_at(self, standing: "Standing", record: Value, name: str) -> tuple[Document, ...]:
        """Give the papers that prove a field, as `documents` does, of a record of which it is known where it stands."""
        references, part, sources = standing.listed, standing.part, standing.sources
        is_paper = name.endswith("doc_id")
        if not (references or part or sources or is_paper):
            return ()
        if sources:
            inside = f"{part}.{name}" if part else name
            references = tuple(sources.get(inside) or sources.get(part) or sources.get("*") or references)
        if part and isinstance(own := getattr(record, "doc_id", None), str):
            references += (own,)
        if is_paper and isinstance(own := getattr(record, name, None), str):
            references += (own,)
        return self._proving(references) if references else ()

    def _proving(self, references: tuple[str, ...]) -> tuple[Document, ...]:
        """Give those of the papers referred to that are in the dossier, each once."""
        known = self._papers.get(references)
        if known is None:
            held = (each for each in references if self.finder("evidence")(each.partition("#")[0]) is not UNKNOWN)
            known = self._papers[references] = tuple(dict.fromkeys(map(self.document, held)))
        return known

    def document(self, reference: str) -> Document:
        """Give the paper of a reference such as `D001#p3`; one that is not in the register keeps its id."""
        doc_id, _, page = reference.partition("#")
        found = self.finder("evidence")(doc_id)
        if found is UNKNOWN:
            return Document(doc_id=doc_id, page=page)
        return Document(doc_id=doc_id, title=found.title or "", doc_no=found.doc_no or "", page=page)

    # --- looking up -----------------------------------------------------------------------------------------------

    def directory(self, path: str) -> Mapping[Value, Value]:
        """Give the records of a register by their ids, with null for null, and unknown for unknown."""
        known = self._directories.get(path)
        if known is None:
            entity = self.schema.registers[path]
            attribute = entity.fields[entity.id_field].attribute
            known = {None: None, UNKNOWN: UNKNOWN} | {getattr(row, attribute): row for row in self.rows(path)}
            self._directories[path] = known
        return known

    def finder(self, path: str) -> Callable[[Value], Value]:
        """Give the function from an id to its record: null for null, unknown where there is no such record."""
        directory = self.directory(path)
        return lambda identifier: directory.get(identifier, UNKNOWN)

    def candidates(self, path: str, names: tuple[str, ...]) -> Callable[..., Candidates]:
        """Give the function from keys to the records that equal one of them, and to all that may, some of them again.

        A key, and a column, may be a list of which one element is enough. Blank columns stay in the running, and where
        a key is not known, every record does.
        """
        known = self._candidates.get((path, names))
        if known is None:
            rows = self.rows(path)
            known = self._candidates[path, names] = _matching(rows, [self._index(path, name, rows) for name in names])
        return known

    def _index(self, path: str, name: str, rows: tuple[Value, ...]) -> _Index:
        known = self._indexes.get((path, name))
        if known is None:
            entity = self.schema.registers[path]
            described = entity.fields[name]
            exact: dict[str, list[Value]] = {}
            blank: list[Value] = []
            for row in rows:
                value = self.field(row, entity, described)
                if value.__class__ is str:
                    exact.setdefault(value, []).append(row)
                elif value.__class__ is list:
                    for each in dict.fromkeys(value):
                        exact.setdefault(each, []).append(row)
                elif value is not None:
                    blank.append(row)
            known = self._indexes[path, name] = _Index(
                exact={key: tuple(each) for key, each in exact.items()},
                blank=tuple(blank),
                is_list=described.kind is Kind.TEXTS,
            )
        return known

    def within(self, path: str, name: str) -> Callable[[tuple[Value, ...], Value, Value], tuple[Value, ...]]:
        """Give the function from records of a register to those whose day in a column may lie between two days."""
        entity = self.schema.registers[path]
        described = entity.fields[name]
        calendars: dict[int, _Calendar] = {}

        def calendar(rows: tuple[Value, ...]) -> _Calendar:
            days = [(self.field(row, entity, described), row) for row in rows]
            dated = sorted(((day, row) for day, row in days if day.__class__ is date), key=itemgetter(0))
            return _Calendar(
                rows=rows,
                days=tuple(day for day, _ in dated),
                dated=tuple(row for _, row in dated),
                undated=tuple(row for day, row in days if day.__class__ is not date),
            )

        def within(rows: tuple[Value, ...], low: Value, high: Value) -> tuple[Value, ...]:
            known = calendars.get(id(rows))
            if known is None:
                known = calendars[id(rows)] = calendar(rows)
            return known.within(low, high)

        return within

    # --- exemptions -----------------------------------------------------------------------------------------------

    def pleas(self, each: str, grounds: tuple[str, ...]) -> Callable[[Value], tuple[Value, ...]]:
        """Give the function from a record of the register *each* to the claims of these grounds that are about it.

        A claim that names no ground, or no record, or one of which there are several, is about nobody.
        """
        known = self._pleas.get((each, grounds))
        if known is None:
            found: dict[int, list[Value]] = {}
            for claim in self.rows(CLAIMS):
                if claim.ground in grounds and len(named := self.named(each, claim.subject_id)) == 1:
                    found.setdefault(id(named[0]), []).append(claim)
            known = self._pleas[each, grounds] = {key: tuple(claims) for key, claims in found.items()}
        claims_of = known
        return lambda subject: claims_of.get(id(subject), ())

    def named(self, each: str, name: Value) -> tuple[Value, ...]:
        """Give the records of a register that a name means: the ids that lead to one, or else the last of them alone.

        Within their own register ids are unique; nested ones may recur under another record above.
        """
        if name.__class__ is not str:
            return ()
        known = self._names.get(each)
        if known is None:
            whole: dict[str, tuple[Value, ...]] = {}
            last: dict[str, tuple[Value, ...]] = {}
            for chain in self.chains(each):
                ids = self.ids(each, chain)
                whole[joined(ids)] = (chain[0],)
                last[ids[-1]] = (*last.get(ids[-1], ()), chain[0])
            known = self._names[each] = last | whole
        return known.get(name, ())

    def paper(self, doc_id: Value, day: Value) -> bool:
        """Say whether it is proved that the document is in the dossier, was issued by *day*, and valid on it."""
        document = self._paper(doc_id)
        return document is not None and all(truth for _, truth in self._validity(document, day))

    def undated(self, doc_id: Value, day: Value) -> Iterator[tuple[Value, Field]]:
        """Give the fields of a document of the dossier that leave open whether it was valid on *day*."""
        document = self._paper(doc_id)
        if document is not None:
            yield from ((document, each) for each, truth in self._validity(document, day) if truth is None)

    def _paper(self, doc_id: Value) -> Value:
        """Give the document of an id; `None` where the dossier has none such."""
        found = self.finder("evidence")(doc_id) if doc_id.__class__ is str else None
        return None if found is UNKNOWN else found

    def _validity(self, document: Value, day: Value) -> Iterator[tuple[Field, Truth]]:
        """Give each day that a document's validity hangs on, and whether it lets the document be valid on *day*."""
        entity = self.schema.registers["evidence"]
        issued, first, last, revoked = (
            (described, self.field(document, entity, described))
            for described in map(entity.fields.__getitem__, ("issued_on", "valid_from", "valid_to", "revoked_on"))
        )
        yield issued[0], values.at_most(issued[1], day)
        yield first[0], first[1] is None or values.at_most(first[1], day)
        yield last[0], last[1] is None or values.at_most(day, last[1])
        yield revoked[0], revoked[1] is None or values.less(day, revoked[1])

    # --- law ------------------------------------------------------------------------------------------------------

    def parameter(self, identifier: str, day: Value) -> Value:
        """Give a figure on the day of the act; unknown where the pack has none, or more than one, for that day."""
        return self.figure(identifier)[day]

    def figure(self, identifier: str) -> Mapping[Value, Value]:
        """Give a figure by the day of the act, as `parameter` does."""
        if identifier not in self._figures:
            parameter = self._parameters[identifier]
            turns, found = sorted(set(parameter.turns())), dict[Value, Value]()

            def value_on(day: Value) -> Value:
                key = period_of(day, turns)
                if key not in found:
                    found[key] = parameter.value_on(day)
                return found[key]

            self._figures[identifier] = Remembered(value_on)
        return self._figures[identifier]

    def lacks_day(self, identifier: str, day: Value) -> bool:
        """Say whether it is for want of the day of the act, and not of the pack, that a figure is unknown."""
        return day.__class__ is not date and any(True for _ in self._parameters[identifier].possible_on(day))

    def binds(self, statute: Statute, day: Value) -> Truth:
        """Say whether an instrument bound this zone on *day*: the document itself binds those that are national."""
        if statute.id != self.statute:
            return True
        is_national = values.same(self.field(self.zone, self.schema.zone, self.schema.zone.fields["level"]), NATIONAL)
        since = self.zone.national_since
        return values.conjunction((is_national, True if since is None else values.at_most(since, day)))

    def unsure_of(self, rule: Rule) -> Iterator[Field]:
        """Give what is not known of when the document, if a rule rests on it, began to bind the zone."""
        if any(each.statute.id == self.statute for each in rule.basis):
            level, since = (self.schema.zone.fields[each] for each in ("level", "national_since"))
            if self.field(self.zone, self.schema.zone, level) is UNKNOWN:
                yield level
            if self.zone.national_since.__class__ is values.Range:
                yield since

    def in_force(self, statute: Statute, day: Value) -> Truth:
        """Say whether an edition was in force on *day* and bound this zone: many rules rest on the same one."""
        key = id(statute), day
        if key not in self._in_force:
            self._in_force[key] = values.conjunction((statute.in_force(day), self.binds(statute, day)))
        return self._in_force[key]

    def is_firm(self, entry: Entry, day: Value) -> bool:
        """Say whether an edition can carry a violation of that day."""
        return not entry.at_most_risk and self.in_force(entry.statute, day) is True and entry.statute.firm_on(day)

    def ground(self, rule: Rule, day: Value, concerned: tuple[Truth, ...]) -> Ground:
        """Say whether the act of *day* has happened, whether any basis was in force, and whether a firm one was.

        *concerned* says of each basis of the rule whether it concerns the subject.
        """
        if day is None:
            return (False, None, False)
        entries = tuple(zip(rule.basis, concerned, strict=True))
        force = values.disjunction(
            values.conjunction((concerns, self.in_force(each.statute, day))) for each, concerns in entries
        )
        firm = any(concerns is True and self.is_firm(each, day) for each, concerns in entries)
        return (values.at_most(day, self.as_of), force, firm)

    def turns(self, entries: Iterable[Entry]) -> list[date]:
        """Give the days from which on a ground that rests on these may differ from that of the day before, in order."""
        tomorrow = () if self.as_of == date.max else (self.as_of + timedelta(days=1),)
        since = self.zone.national_since
        bound = () if since is None else (each for each in values.bounds(since) if each is not None)
        return sorted({*tomorrow, *bound, *(day for each in entries for day in each.statute.turns())})

    # --- subjects -------------------------------------------------------------------------------------------------

    def chains(self, each: str) -> tuple[Chain, ...]:
        """Give each record of a register, or the zone, with the records above it, the nearest first."""
        known = self._chains.get(each)
        if known is None:
            found: list[Chain] = [(self.zone,)] if each == ZONE else [()]
            for step in () if each == ZONE else each.split("."):
                found = [
                    (row, *chain) for chain in found for row in getattr(chain[0] if chain else self.root, step) or ()
                ]
            known = self._chains[each] = tuple(found)
        return known

    def narrow(self, each: str, chain: Chain) -> None:
        """Let rules over a register see no other subject than this one."""
        self._chains[each] = (chain,)

    def key(self, each: str, chain: Chain) -> str:
        """Give what a record is called among those of its register: its id, or the ids that lead to it."""
        return joined(self.ids(each, chain))

    def ids(self, each: str, chain: Chain) -> tuple[str, ...]:
        """Give the ids that lead to a record, the outermost first."""
        known = self._ids.get(each)
        if known is None:
            entity = self.schema.zone if each == ZONE else self.schema.registers[each]
            known = [entity.fields[entity.id_field].attribute]
            while entity.parent:
                entity = self.schema.registers[entity.parent]
                known.append(entity.fields[entity.id_field].attribute)
            self._ids[each] = known
        return tuple(map(getattr, chain, known))[::-1]

    def scout(self, rule: Rule, key: tuple[int, int, tuple[str, ...]], node: Quantifier) -> Scout:
        """Give the scout of a loop of a rule, from the position in *key* on."""
        known = self._scouts.get((rule.id, key))
        if known is None:
            _, position, around = key

            def compiled(_: Node) -> Callable[..., Scout]:
                looked_for = replace(node, loops=node.loops[position:])
                return compile_scout(rule.conditions, self.schema, looked_for, around=around, projected=self.projected)

            what = f"scout {position} {' '.join(around)} {self.projected}"
            bind = rule.known.of(what, node, compiled)
            known = self._scouts[rule.id, key] = bind(_Surroundings(self, (rule,), most_visits=None))
        return known

    def let_go(self) -> None:
        """Forget what holds on to the view itself, so that its records go with it."""
        self._scouts.clear()

    def subject(self, each: str, chain: Chain) -> Subject:
        """Give a record of a register, or the zone, as a finding names it."""
        key = (each, id(chain[0]))
        known = self._subjects.get(key)
        if known is None:
            ids = self.ids(each, chain)
            label = self._called(each, chain, ids)
            name, pointer = joined(ids), self.pointer(chain[0])
            known = self._subjects[key] = Subject(register=each, id=name, label=label, pointer=pointer)
            self._records[pointer] = name
        return known

    def _called(self, each: str, chain: Chain, ids: tuple[str, ...]) -> str:
        """Give what people call a record; one within another that only has a number is named with the other."""
        entity = self.schema.zone if each == ZONE else self.schema.registers[each]
        label = entity.label_of(chain[0]) or ids[-1]
        if not entity.parent or label != ids[-1]:
            return label
        return self.words("{0}的{1}{2}", self._called(entity.parent, chain[1:], ids[:-1]), entity.label, label)

    def record(self, pointer: str) -> str:
        """Give the ids of the record that a pointer leads into: the same for all that stands directly in it."""
        above, _, last = pointer.rpartition("/")
        place = above if above and not is_number(last) else pointer
        known = self._records.get(place)
        if known is None:
            known = self._records[place] = self.record_at(place)
        return known

    def record_at(self, pointer: str) -> str:
        """Work out the ids of the record that a pointer leads into."""
        return record_id(self.root, record_steps(steps_of(pointer)), self.schema)

    # --- words ----------------------------------------------------------------------------------------------------

    def day(self, day: date) -> str:
        """Word a day, each of them once."""
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = say(day, DAY, self.words)
        return known

    def silent(self, rule: Rule) -> tuple[str, ...]:
        """Give the registers of a rule's subjects that do not prove absence: there may be subjects nobody listed."""
        return tuple(path for path in rule.registers if not self.whole(path))

    def find(self, compiled: CompiledRule) -> Iterator[Found]:
        """Find the facts of one rule, subject by subject.

        Raise `TooManyVisitsError` for one that compares so many records with one another that it would not end.
        """
        chains = self.chains(compiled.rule.each)
        answers = {number: answer for answer, numbers in self.answers(compiled).items() for number in numbers}
        for number, chain in enumerate(chains):
            ground, *truths = answers[number]
            yield Found(chain=chain, ground=ground, truths=tuple(truths))

    def answers(self, compiled: CompiledRule) -> Answers:
        """Find the facts of one rule; raise `TooManyVisitsError` as `find` does."""
        return self.together(compiled.alone)[0]

    def sweep(self, groups: Iterable[RuleGroup], wanted: Wanted) -> Iterator[Sweep]:
        """Give the groups of rules of which one is *wanted*, part by part of the dossier; one view sees it all."""
        for group in groups:
            if any(wanted(each.rule.id, 0) for each in group.rules):
                yield Sweep(0, group, self, group)

    def together(self, group: RuleGroup) -> Sequence[Answers]:
        """Find the facts of rules over the same register, for each of them; raise `TooManyVisitsError`."""
        chains = self.chains(group.each)
        if not chains:
            return [{} for _ in group.rules]  # no code is made that would have nothing to look at
        surroundings = _Surroundings(self, [each.rule for each in group.rules], most_visits=self.most_visits)
        group.sweep(surroundings, projected=self.projected)(chains)
        return [each.answers(len(chains)) for each in surroundings.noted]


def _matching(rows: tuple[Value, ...], indexes: list[_Index]) -> Callable[..., Candidates]:
    all_may = ((), rows)
    if len(indexes) == 1:
        matching_one = indexes[0].matching
        return lambda key: matching_one(key) or all_may

    blanks: dict[tuple[int, ...], tuple[Value, ...]] = {}

    def blank_in(columns: tuple[tuple[Value, ...], ...]) -> tuple[Value, ...]:
        """Give the rows that are blank in one of the columns."""
        used = tuple(map(id, columns))
        if used not in blanks:
            blanks[used] = tuple({id(row): row for column in columns for row in column}.values())
        return blanks[used]

    def matching(*keys: Value) -> Candidates:
        found = [index.matching(key) for index, key in zip(indexes, keys, strict=True)]
        known = [each for each in found if each is not None]
        sure = tuple({id(row): row for matches, _ in known for row in matches}.values())
        return sure, blank_in(tuple(blank for _, blank in known)) if len(known) == len(found) else rows

    return matching


def distinct(first: tuple[Value, ...], second: tuple[Value, ...]) -> tuple[Value, ...]:
    """Put records together, each of them once."""
    if not first or not second:
        return first or second
    known = set(map(id, first))
    return first + tuple(row for row in second if id(row) not in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calendar:
    """Records sorted by a day: those whose day is known, in the order of `days`, and the others, which may be of any.

    `rows` are the records it was made of.
    """

    rows: tuple[Value, ...]
    days: tuple[date, ...]
    dated: tuple[Value, ...]
    undated: tuple[Value, ...]

    def within(self, low: Value, high: Value) -> tuple[Value, ...]:
        """Give the records that may lie from *low* to *high*; an end that is not a certain day bounds nothing."""
        first = bisect_left(self.days, low) if low.__class__ is date else 0
        last = bisect_right(self.days, high) if high.__class__ is date else len(self.days)
        return self.undated + self.dated[first:last]


class _Surroundings:
    """The view as the generated code of rules over one register sees it."""

    def __init__(self, view: View, rules: Sequence[Rule], *, most_visits: int | None) -> None:
        self.as_of = view.as_of
        self.zone = view.zone
        self.rows = view.rows
        self.whole = view.whole
        self.blank = view.blank
        self.directory = view.directory
        self.candidates = view.candidates
        self.within = view.within
        self.distinct = distinct
        self.paper = view.paper
        self.figure = view.figure
        self.pleas = partial(view.pleas, rules[0].each)
        self.noted = [_Noted(partial(view.ground, each), partial(view.turns, each.basis)) for each in rules]
        self._view = view
        self._visits = 0
        self._most_visits = most_visits

    def opening(self, rule: int, leaves: Sequence[tuple[Truth, ...]]) -> Callable[[Value, tuple[Truth, ...]], Leaves]:
        """Give the function from the day of the act and whether each basis concerns the subject to a rule's leaves."""
        return partial(self.noted[rule].opened, leaves)

    def steady(
        self,
        rule: int,
        leaves: Sequence[tuple[Truth, ...]],
        concerned: tuple[Truth, ...],
        spared: Note | None,
        rest: int | None,
    ) -> Leaves:
        """Give the leaves of a rule that looks at the as-of day; those *spared* are noted under the second of them.

        The leaf of the *rest* is that of all who are noted nowhere else.
        """
        return self.noted[rule].steady(leaves, self.as_of, concerned, spared, rest)

    def spared(self) -> Note:
        """Give what notes subjects for several rules."""
        return array("I").append

    def spend(self, visits: int) -> None:
        """Count rows of a register that were visited; raise `TooManyVisitsError`."""
        self._visits += visits
        self._view.visited += visits
        if self._most_visits is not None and self._visits > self._most_visits:
            raise TooManyVisitsError


def period_of(day: Value, turns: Sequence[date]) -> Value:
    """Give the same for all days from one of the *turns* to the next; whatever else is given, as it is."""
    return bisect_right(turns, day) if day.__class__ is date else day


class _Noted:
    """What one rule found: the numbers of the subjects under their grounds and truths."""

    def __init__(
        self, ground_of: Callable[[Value, tuple[Truth, ...]], Ground], turns: Callable[[], Sequence[date]]
    ) -> None:
        self._ground_of = ground_of
        self._turns = turns
        self._days: Sequence[date] | None = None
        self._others: dict[Ground, _Others] = {}
        self._dead: Key | None = None
        self._rest: Key | None = None
        self._opened: dict[tuple[Value, tuple[Truth, ...]], Leaves] = {}

    def opened(self, leaves: Sequence[tuple[Truth, ...]], day: Value, concerned: tuple[Truth, ...]) -> Leaves:
        """Give the leaves for the day of the act, and whether each basis concerns the subject.

        They are the same for all days on which the same law was in force: a dossier has many days, the law few turns.
        """
        if self._days is None:
            self._days = self._turns()
        period = period_of(day, self._days)
        known = self._opened.get((period, concerned))
        if known is None:
            ground = self._ground_of(day, concerned)
            known = self._opened[period, concerned] = self._leaves(leaves, ground)
        return known

    def steady(
        self,
        leaves: Sequence[tuple[Truth, ...]],
        day: date,
        concerned: tuple[Truth, ...],
        spared: Note | None,
        rest: int | None,
    ) -> Leaves:
        """Give the leaves for every subject."""
        ground = self._ground_of(day, concerned)
        if spared is not None:
            self._others[ground] = _Others({leaves[1]: spared})
        live, *noting = self._leaves(leaves, ground)
        if not live:
            self._dead = (ground, *leaves[0])
        elif rest is not None:
            self._rest = (ground, *leaves[rest])
        return (live, *noting)

    def _leaves(self, leaves: Sequence[tuple[Truth, ...]], ground: Ground) -> Leaves:
        others = self._others.setdefault(ground, _Others())
        live = ground[0] is not False and ground[1] is not False
        return (live, *(others[each] for each in leaves), others)

    def answers(self, subjects: int) -> Answers:
        """Give the grounds with the truths that were found, and the numbers of the subjects that have them."""
        if self._dead is not None:
            return {self._dead: range(subjects)}
        every = ((ground, truths, add) for ground, others in self._others.items() for truths, add in others.items())
        found: dict[Key, Sequence[int]] = {(ground, *truths): add.__self__ for ground, truths, add in every}
        if self._rest is not None:
            found[self._rest] = Rest(subjects, [each for key, each in found.items() if key != self._rest])
        return {key: numbers for key, numbers in found.items() if numbers}


class Rest(Sequence[int]):
    """The numbers below *end* that none of some sorted sequences has, found as far as somebody looks."""

    def __init__(self, end: int, others: Sequence[Sequence[int]]) -> None:
        self._end, self._others = end, others
        self._number = end - sum(map(len, others))

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[int]:
        first = 0
        for each in merge(*self._others):
            yield from range(first, each)
            first = each + 1
        yield from range(first, self._end)

    @overload
    def __getitem__(self, place: int) -> int: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[int]: ...

    def __getitem__(self, place: int | slice) -> int | Sequence[int]:
        """Give some of them.

        >>> Rest(5, [[0, 3], [1]])[:1]
        [2]
        """
        if isinstance(place, slice):
            start, stop, step = place.indices(self._number)
            return list(islice(self, start, stop, step)) if step > 0 else list(self)[place]
        return next(islice(self, range(self._number)[place], None))


class _Others(dict[tuple[Truth, ...], Any]):
    """For each combination of truths the method that notes a number; there is one for any that is asked for."""

    def __missing__(self, truths: tuple[Truth, ...]) -> Any:
        numbers = array("I")
        add = self[truths] = numbers.append
        return add
