"""Fact-finding: the subjects of a rule in a dossier, and the truths of the rule's tests on each of them.

A `View` is what one check sees: one dossier, one pack, one as-of day. It answers whatever the generated code asks,
works each thing out once, and changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType

from checker import values
from checker.dossier.loading import Dossier
from checker.dossier.records import records
from checker.dossier.schema import DossierSchema, Entity, Field, Kind
from checker.errors import Place, PolicyError, Problem
from checker.ladder import Ground
from checker.language.tree import ZONE
from checker.model import Document, RegisterState, Truth
from checker.policy.law import Parameter
from checker.policy.loading import CompiledRule
from checker.policy.rules import Entry, Rule
from checker.values import UNKNOWN, Value

NATIONAL = "national"
MOST_VISITS = 20_000_000
"""How many rows one rule may visit in one check: a few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A subject with the ground and the truths that a rule found on it."""

    subject: Value
    parents: tuple[Value, ...]
    ground: Ground
    truths: tuple[Truth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """Where a record or block stands: its JSON pointer, and the record that names its sources.

    `part` is what of that record it is (`actual`; empty for the record itself), `outer` the record above and the list.
    """

    pointer: str
    holder: Value
    part: str = ""
    outer: tuple[Value, str] | None = None


class View:
    """One dossier as one pack sees it on one day."""

    def __init__(
        self, dossier: Dossier, schema: DossierSchema, parameters: Mapping[str, Parameter], statute: str, as_of: date
    ) -> None:
        """Look at *dossier* on the day *as_of*.

        *statute* is the id of the pack's own statute, binding national zones.
        """
        self.dossier = dossier
        self.schema = schema
        self.root = dossier.root
        self.zone = dossier.root.zone
        self.as_of = as_of
        self.projected = as_of > dossier.root.meta.as_of_date
        self.statute = statute
        self._parameters = parameters
        self._figures: dict[tuple[str, Value], Value] = {}
        self._indexes: dict[tuple[str, str], tuple[Mapping[str, tuple[Value, ...]], tuple[Value, ...]]] = {}
        self._finders: dict[str, Mapping[str, Value]] = {}

    # --- registers ------------------------------------------------------------------------------------------------

    @cached_property
    def registers(self) -> Mapping[str, RegisterState]:
        """What the dossier declares of each register, and whether the declaration counts on the as-of day."""
        return MappingProxyType({path: self._state(path) for path in self.schema.registers})

    def _state(self, path: str) -> RegisterState:
        outer = path.partition(".")[0]
        held = getattr(self.root, outer)
        count = None if held is UNKNOWN else len(self.rows(path))
        declarations = self.root.meta.completeness
        declared = declarations.get(path) if declarations else None
        label = self.schema.registers[path].label
        if self.schema.root.fields[outer].entity is not self.schema.registers[path]:
            label = f"{self.schema.root.fields[outer].label}·{label}"
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
            return "档案中没有该台账"
        if held is None and not self.projected:
            return ""
        if self._has_no_place(path):
            return ""
        if declared is None:
            return "未声明完整"
        if declared.complete is not True:
            return "声明为不完整"
        if not declared.as_of or not declared.signatory or declared.count.__class__ is not int:
            return "完整性声明缺日期、条数或者签署人，不能采用"
        if declared.as_of < self.as_of:
            return f"完整性声明只到{declared.as_of.isoformat()}，早于检查基准日"
        if self._is_left_out(path):
            return "有的上级记录没有列出这一清单，声明的条数无从核对（没有的写 []）"
        if declared.count != count:
            return f"声明{declared.count}条，实有{count}条，声明不能采用"
        return ""

    def _has_no_place(self, path: str) -> bool:
        """Say whether it is proved that no record is there that could hold the list, so that nothing can be missing."""
        outer = path.rpartition(".")[0]
        return bool(outer) and not self.rows(outer) and self._state(outer).complete

    def _is_left_out(self, path: str) -> bool:
        """Say whether some record of a register above leaves out the list, so that no count can be held against it."""
        outer, _, name = path.rpartition(".")
        return bool(outer) and (
            any(getattr(row, name) is UNKNOWN for row in self.rows(outer)) or self._is_left_out(outer)
        )

    def rows(self, path: str) -> tuple[Value, ...]:
        """Give the records of a register; nested ones of all parents together."""
        return tuple(records(self.root, path))

    def whole(self, path: str) -> bool:
        """Say whether a register is declared complete and the declaration counts."""
        return self.registers[path].complete

    def blank(self, path: str, name: str) -> bool:
        """Say whether it is signed that a blank in this column means none."""
        if not self.whole(path):
            return False
        declarations = self.root.meta.completeness
        declared = declarations.get(path) if declarations else None
        return declared is not None and bool(declared.blank_means_none) and name in declared.blank_means_none

    def field(self, record: Value, entity: Entity, described: Field) -> Value:
        """Read a field as the check sees it: a signed blank is none, and none is unknown on a later day."""
        value = getattr(record, described.attribute)
        if value is UNKNOWN and described.may_be_blank and entity.path in self.schema.registers:
            value = None if self.blank(entity.path, described.name) else value
        if value is None and self.projected and described.nullable and not described.claim:
            return UNKNOWN
        return value

    @cached_property
    def _places(self) -> Mapping[int, "_Standing"]:
        """Where every record and block stands, by identity; made only when something has to be shown."""
        found: dict[int, _Standing] = {}
        waiting = [(self.root, self.schema.root, _Standing(pointer="", holder=self.root))]
        while waiting:
            record, entity, standing = waiting.pop()
            found[id(record)] = standing
            for each in entity.of_kind(Kind.BLOCK, Kind.REGISTER):
                value, inner, pointer = getattr(record, each.attribute), each.entity, f"{standing.pointer}/{each.name}"
                if inner is None or not value:
                    continue
                if each.kind is Kind.REGISTER:
                    for index, row in enumerate(value):
                        waiting.append(
                            (row, inner, _Standing(pointer=f"{pointer}/{index}", holder=row, outer=(record, each.name)))
                        )
                elif entity is self.schema.root:
                    waiting.append((value, inner, _Standing(pointer=pointer, holder=value)))
                else:
                    part = f"{standing.part}.{each.name}" if standing.part else each.name
                    waiting.append((value, inner, _Standing(pointer=pointer, holder=standing.holder, part=part)))
        return found

    def pointer(self, record: Value) -> str:
        """Give the JSON pointer of a record or block."""
        return self._places[id(record)].pointer

    def documents(self, record: Value, name: str) -> tuple[Document, ...]:
        """Give the papers that prove a field of a record or block.

        They are those that the record names for the field, else for the block it stands in, else for all of it, else
        those that the record above names for the list; and the paper that the field or its block refers to.
        """
        standing = self._places[id(record)]
        sources = _sources(standing.holder)
        inside = f"{standing.part}.{name}" if standing.part else name
        references = [*(sources.get(inside) or sources.get(standing.part) or sources.get("*") or ())]
        if not references and standing.outer is not None:
            above, register = standing.outer
            references += _sources(above).get(register) or ()
        own = [getattr(record, "doc_id", None) if standing.part else None]
        own += [getattr(record, name, None) if name.endswith("doc_id") else None]
        references += [each for each in own if isinstance(each, str)]
        return tuple(dict.fromkeys(self.document(each) for each in references))

    def withheld(self, record: Value, name: str) -> bool:
        """Say whether the production of a field, or of the block it stands in, was refused."""
        standing = self._places[id(record)]
        refused = getattr(standing.holder, "withheld", None) or ()
        return (f"{standing.part}.{name}" if standing.part else name) in refused or standing.part in refused

    def document(self, reference: str) -> Document:
        """Give the paper of a reference such as `D001#p3`; one that is not in the register keeps its id."""
        doc_id, _, page = reference.partition("#")
        found = self.finder("evidence")(doc_id)
        if found is UNKNOWN:
            return Document(doc_id=doc_id, page=page)
        return Document(doc_id=doc_id, title=found.title or "", doc_no=found.doc_no or "", page=page)

    # --- looking up -----------------------------------------------------------------------------------------------

    def finder(self, path: str) -> Callable[[Value], Value]:
        """Give the function from an id to its record: null for null, unknown where there is no such record."""
        known = self._finders.get(path)
        if known is None:
            entity = self.schema.registers[path]
            attribute = entity.fields[entity.id_field].attribute
            known = self._finders[path] = {getattr(row, attribute): row for row in self.rows(path)}
        found = known

        def find(identifier: Value) -> Value:
            return None if identifier is None else UNKNOWN if identifier is UNKNOWN else found.get(identifier, UNKNOWN)

        return find

    def candidates(self, path: str, names: tuple[str, ...]) -> Callable[..., tuple[Value, ...]]:
        """Give the function from keys to every record that may equal one of them: blank columns stay in the running."""
        rows = self.rows(path)
        indexes = [self._index(path, name, rows) for name in names]

        def matching(*keys: Value) -> tuple[Value, ...]:
            found: dict[int, Value] = {}
            for key, (index, maybe) in zip(keys, indexes, strict=True):
                if key is None:
                    continue
                if key.__class__ is not str:
                    return rows
                for row in (*index.get(key, ()), *maybe):
                    found[id(row)] = row
            return tuple(found.values())

        return matching

    def _index(
        self, path: str, name: str, rows: tuple[Value, ...]
    ) -> tuple[Mapping[str, tuple[Value, ...]], tuple[Value, ...]]:
        known = self._indexes.get((path, name))
        if known is None:
            entity = self.schema.registers[path]
            exact: dict[str, list[Value]] = {}
            maybe: list[Value] = []
            for row in rows:
                value = self.field(row, entity, entity.fields[name])
                if value.__class__ is str:
                    exact.setdefault(value, []).append(row)
                elif value is not None:
                    maybe.append(row)
            known = self._indexes[path, name] = ({key: tuple(each) for key, each in exact.items()}, tuple(maybe))
        return known

    # --- exemptions -----------------------------------------------------------------------------------------------

    def pleas(self, ground: str) -> Callable[[Value], tuple[tuple[Value, bool], ...]]:
        """Give the function from a subject's id to the claims of this ground that are, or may be, about it."""
        sure: dict[str, list[tuple[Value, bool]]] = {}
        maybe: list[tuple[Value, bool]] = []
        for claim in self.rows("claims"):
            if claim.ground not in {None, ground}:
                continue
            if claim.subject_id is None:
                maybe.append((claim, False))
            else:
                sure.setdefault(claim.subject_id, []).append((claim, claim.ground is not None))
        others = tuple(maybe)
        return lambda subject_id: (*sure.get(subject_id, ()), *others)

    def paper(self, doc_id: Value, day: Value) -> bool:
        """Say whether it is proved that the document is in the dossier and valid on *day*."""
        document = self.finder("evidence")(doc_id) if doc_id.__class__ is str else None
        if document is None or document is UNKNOWN:
            return False
        entity = self.schema.registers["evidence"]
        first, last, revoked = (
            self.field(document, entity, entity.fields[name]) for name in ("valid_from", "valid_to", "revoked_on")
        )
        return (
            (first is None or values.at_most(first, day) is True)
            and (last is None or values.at_most(day, last) is True)
            and (revoked is None or values.less(day, revoked) is True)
        )

    # --- law ------------------------------------------------------------------------------------------------------

    def parameter(self, identifier: str, day: Value) -> Value:
        """Give a figure on the day of the act; unknown where the pack has none for that day."""
        key = (identifier, day)
        if key not in self._figures:
            self._figures[key] = self._parameters[identifier].value_on(self.as_of if day is UNKNOWN else day)
        return self._figures[key]

    def binds(self, entry: Entry) -> Truth:
        """Say whether an instrument binds this zone: the document itself binds national zones only."""
        if entry.statute.id != self.statute:
            return True
        return values.same(self.field(self.zone, self.schema.zone, self.schema.zone.fields["level"]), NATIONAL)

    def in_force(self, entry: Entry, day: Value) -> Truth:
        """Say whether an edition was in force on *day* and binds this zone."""
        return values.conjunction((entry.statute.in_force(day), self.binds(entry)))

    def is_firm(self, entry: Entry, day: Value) -> bool:
        """Say whether an edition can carry a violation of that day."""
        return not entry.at_most_risk and self.in_force(entry, day) is True and entry.statute.firm_on(day)

    def ground(self, rule: Rule, day: Value) -> Ground:
        """Say whether the act of *day* has happened, whether any basis was in force, and whether a firm one was."""
        if day is None:
            return (False, None, False)
        force = values.disjunction(self.in_force(entry, day) for entry in rule.basis)
        firm = any(self.is_firm(entry, day) for entry in rule.basis)
        return (values.at_most(day, self.as_of), force, firm)

    # --- subjects -------------------------------------------------------------------------------------------------

    def subjects(self, rule: Rule) -> Iterator[tuple[Value, tuple[Value, ...]]]:
        """Give each subject of a rule with the records above it, the nearest first."""
        if rule.each == ZONE:
            yield self.zone, ()
            return
        above: list[tuple[Value, tuple[Value, ...]]] = [(self.root, ())]
        for step in rule.each.split("."):
            above = [
                (row, (record, *parents) if record is not self.root else ())
                for record, parents in above
                for row in getattr(record, step) or ()
            ]
        yield from above

    def silent(self, rule: Rule) -> tuple[str, ...]:
        """Give the registers of a rule's subjects that do not prove absence: there may be subjects nobody listed."""
        return tuple(path for path in rule.registers if not self.whole(path))

    def _bound(self, rule: Rule) -> None:
        """Refuse a rule that compares so many records with one another that it would not end; raise `PolicyError`."""
        subjects = 1 if rule.each == ZONE else len(self.rows(rule.each))
        visits = subjects * rule.visits(lambda path: len(self.rows(path)))
        if visits > MOST_VISITS:
            message = f"要逐条比对{visits:,}次记录，超过上限{MOST_VISITS:,}次"
            suggestion = "循环里写明与哪条记录对应，如 if p.parcel_id == linked_parcel_id"
            raise PolicyError(
                [Problem(message=message, place=Place(file=f"rules/{rule.id}.yaml"), suggestion=suggestion)]
            )

    def find(self, compiled: CompiledRule) -> Iterator[Found]:
        """Find the facts of one rule, subject by subject."""
        rule = compiled.rule
        self._bound(rule)
        truths = compiled.finder(_Surroundings(self, rule), projected=self.projected)
        for subject, parents in self.subjects(rule):
            ground, *found = truths(subject, *parents)
            yield Found(subject=subject, parents=parents, ground=ground, truths=tuple(found))


def _sources(record: Value) -> Mapping[str, list[str]]:
    return getattr(record, "sources", None) or {}


class _Surroundings:
    """The view as the generated code of one rule sees it."""

    def __init__(self, view: View, rule: Rule) -> None:
        self.as_of = view.as_of
        self.zone = view.zone
        self.rows = view.rows
        self.whole = view.whole
        self.blank = view.blank
        self.finder = view.finder
        self.candidates = view.candidates
        self.pleas = view.pleas
        self.paper = view.paper
        self.parameter = view.parameter
        self._view = view
        self._rule = rule
        self._grounds: dict[Value, Ground] = {}

    def ground(self, day: Value) -> Ground:
        """Work the ground out once for each day."""
        known = self._grounds.get(day)
        if known is None:
            known = self._grounds[day] = self._view.ground(self._rule, day)
        return known
