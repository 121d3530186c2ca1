"""A filled checklist comes back: what a visit found goes into a dossier, and nothing that stands there is lost.

Only what somebody stands for is written: a fact goes into its record, and who found it, when and on which evidence into
an attestation; so do ticks, notes and refusals. What was attested before stays, whatever is said later.
"""

import copy
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from msgspec import UNSET

from checker.classes import dataclass
from checker.dossier.faults import COMMON
from checker.dossier.loading import Dossier, load_dossier
from checker.dossier.naming import is_number, record_id
from checker.dossier.places import pointer_of
from checker.dossier.schema import ATTESTATIONS, COMPLETENESS, DossierSchema, Field, Kind
from checker.errors import DossierError, MisuseError, Place, Problem
from checker.model import Answer, Finding, Report, Verdict
from checker.papers import found as sheet
from checker.papers.checklist import NOTE, RECORD, RESULT, ZONE_ID
from checker.papers.filled import Filled, Row
from checker.papers.found import EVIDENCE, Spot, spot
from checker.papers.statements import Statement, Statements, told_of
from checker.reporting import wording
from checker.sheets.cells import Cells, in_cells
from checker.sheets.content import EMPTY, NONE, WHOLE_RECORD, is_blank, shown, written
from checker.sheets.importing import text_of
from checker.sheets.layout import DECLARATIONS, Column, Role, layout
from checker.sheets.sheet import told
from checker.sheets.workbook import Table

WHICH = "核对；以核查表为准的，加 --replace；保留档案的值、只记下核查表的说法的，加 --keep"
"""The ways out where a dossier and a checklist do not say the same."""
MOST_PROBLEMS = 50
MOST_TOLD = 10
"""How many records in which the same paper was refused are named."""
MOST_UNREAD = 10
"""How many cells that nothing was made of are named."""
NEW_PAPER = "现场"
"""What the ids of papers begin with that a visit brought."""
_TOLD_BY = ("answer", "value", "note")
"""The fields whose cell an attestation is told by, the first that it has."""
NEW_ATTESTATION = "核查"
"""What the ids of attestations begin with."""
_REFUSED = Column(
    path=("refused",),
    header=sheet.REFUSED,
    role=Role.VALUE,
    field=Field(name="refused", attribute="refused", kind=Kind.BOOLEAN, label=sheet.REFUSED, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One thing that went into the dossier: where, what it is called, what stood there before and what stands now."""

    pointer: str
    label: str
    before: str
    after: str
    by: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The new dossier, the cells that its new contents came from, and what was written.

    `attested` are the ids of the attestations that are new. `unread` are the cells that people filled in and nothing
    was made of.
    """

    data: bytes
    dossier: Dossier
    cells: Cells
    written: tuple[Written, ...]
    papers: tuple[tuple[str, str], ...]
    attested: tuple[str, ...]
    unread: tuple[str, ...]


def merge(
    tables: Sequence[Table],
    dossier: Mapping[str, Any],
    schema: DossierSchema,
    report: Report,
    *,
    name: str,
    old_cells: Cells | None = None,
    may_replace: bool = False,
    may_keep: bool = False,
) -> Merged:
    """Put what a filled checklist says into a *dossier* of that *name*, on which there is a *report*.

    Where the dossier has another value, it is refused, or replaces that (`may_replace`), or is only attested beside it
    (`may_keep`).

    Raise `DossierError` with everything that is wrong with it, by its cell, and `MisuseError` if nothing was filled in.
    """
    by_name = {each.name: each for each in tables}
    file = tables[0].file if tables else name
    merger = _Merger(copy.deepcopy(dict(dossier)), schema, file, may_replace=may_replace, may_keep=may_keep)
    merger.look_at_zone(by_name.get(RECORD))
    if merger.problems:
        raise DossierError(merger.problems)
    if sheet.FACTS not in by_name:
        merger.wrong("", f"没有“{sheet.FACTS}”这张表", "用 zonecheck checklist 编制的 .xlsx 核查表")
    else:
        merger.facts(by_name[sheet.FACTS])
    if sheet.DECLARED in by_name:
        merger.declarations(by_name[sheet.DECLARED])
    if not merger.problems:
        merger.look_at_papers()
    statements = Statements(merger, merger.root, schema, report)
    for table in tables:
        for each in statements.of(table):
            merger.attest(each)
        if table.name not in {*statements.sheets, sheet.FACTS, sheet.DECLARED} and any(map(any, table.rows)):
            merger.leave(iter((table.place,)))
    if merger.problems:
        raise DossierError(merger.problems[:MOST_PROBLEMS])
    if not merger.cells:
        problem = Problem(
            message="核查表中没有填写任何内容，没有可以并入的",
            place=Place(file=file),
            suggestion=f"填“{sheet.VALUE}”“{RESULT}”“{NOTE}”等栏；空白就是不知道，不写入档案",
        )
        raise MisuseError([problem])
    data = text_of(merger.root)
    own = Cells(sha256=hashlib.sha256(data).hexdigest(), sheets=(), records={}, single=merger.cells)
    try:
        loaded = load_dossier(data, name, schema)
    except DossierError as error:
        raise DossierError([_in_checklist(each, own, file) for each in error.problems]) from error
    named = {pointer: f"[{file}]{cell}" for pointer, cell in merger.cells.items()}
    cells = replace(own, single=named) if old_cells is None else _joined(own.sha256, named, old_cells)
    return Merged(
        data=data,
        dossier=replace(loaded, cells=cells),
        cells=cells,
        written=tuple(merger.written),
        papers=tuple(merger.added.items()),
        attested=tuple(merger.attested),
        unread=tuple(merger.unread),
    )


def _joined(sha256: str, named: Mapping[str, str], old: Cells) -> Cells:
    return replace(old, sha256=sha256, single={**old.single, **named})


def _in_checklist(problem: Problem, cells: Cells, file: str) -> Problem:
    """Tell a problem of the new dossier by the cell that it came from, if it came from one."""
    if cells.of(problem.place.pointer):
        return in_cells([problem], cells, file)[0]
    return problem


@dataclass(slots=True)
class _Paper:
    """What a row says of a paper: its title or id, and its number, with their cells."""

    title: str
    number: str | None = None
    is_none: bool = False
    cells: dict[str, str] = field(default_factory=dict)


class _Merger(Filled):
    """Puts rows into one dossier, and writes down what was wrong and what was written."""

    def __init__(
        self, root: dict[str, Any], schema: DossierSchema, file: str, *, may_replace: bool, may_keep: bool
    ) -> None:
        super().__init__(file)
        self.root, self.schema, self.may_replace, self.may_keep = root, schema, may_replace, may_keep
        self.written: list[Written] = []
        self.cells: dict[str, str] = {}
        self.added: dict[str, str] = {}
        self.attested: list[str] = []
        self.said: dict[str, tuple[Any, str]] = {}
        sheets = layout(schema).sheets
        self.papers = {each.path[-1]: each for each in sheets[EVIDENCE].columns}
        self.declared = {each.path[-1]: each for each in sheets[DECLARATIONS].columns}
        self.attesting = {each.path[-1]: each for each in sheets[ATTESTATIONS].columns}

    def look_at_zone(self, record: Table | None) -> None:
        """Make sure that the checklist was made for this zone."""
        rows = record.rows if record is not None else ()
        row = next((each for each in rows if len(each) > 1 and each[0] == ZONE_ID), None)
        zone = self.root["zone"]["zone_id"]
        if row is None:
            self.wrong("", f"“{RECORD}”中没有{ZONE_ID}，不能确认是哪个开发区的核查表", "用原来的核查表，不要删去这张表")
        elif told(row[1]).strip() != zone:
            self.wrong("", f"核查表是开发区 {shown(row[1])} 的，档案是 {zone} 的", "核对两个文件")

    # --- attestations -----------------------------------------------------------------------------------------------

    @cached_property
    def known(self) -> dict[str, int]:
        """The places of the attestations by what they say."""
        return {_told(each): place for place, each in enumerate(self.root.get(ATTESTATIONS) or ())}

    @cached_property
    def numbers(self) -> Iterator[str]:
        """The ids that no attestation has yet."""
        taken = {each["attestation_id"] for each in self.root.get(ATTESTATIONS) or ()}
        return (name for number in itertools.count(1) if (name := f"{NEW_ATTESTATION}{number:03d}") not in taken)

    def attest(self, said: Statement) -> None:
        """Add an attestation, unless it is there already; the others stay, even those that say otherwise."""
        place = self.known.get(_told(said.held))
        if place is None:
            register = self.root.get(ATTESTATIONS)
            if not isinstance(register, list):
                register = self.root[ATTESTATIONS] = []
            place = self.known[_told(said.held)] = len(register)
            name = next(self.numbers)
            register.append({"attestation_id": name, **said.held})
            self.attested.append(name)
        pointer = pointer_of((ATTESTATIONS, place))
        self.cells |= {f"{pointer}/{name}": cell for name, cell in said.cells.items()}
        first = next(iter(said.cells.values()), "")
        self.cells[pointer] = next((said.cells[name] for name in _TOLD_BY if name in said.cells), first)
        self.refuse(said)

    def refuse(self, said: Statement) -> None:
        """Write the fields whose production was refused into their records."""
        records: dict[str, tuple[str, list[str]]] = {}
        for found in said.refused:
            record, name = self.record(found), ".".join(found.inside)
            if record is None:
                continue
            pointer = pointer_of((*found.record, "withheld"))
            self.cells[pointer] = said.cells.get("answer", "")
            if not isinstance(record.get("withheld"), list):
                record["withheld"] = []
            if name not in record["withheld"]:
                record["withheld"].append(name)
                named = record_id(self.root, found.record, self.schema)
                records.setdefault(pointer, (named, []))[1].append(found.column.header)
        is_long = len(records) > MOST_TOLD
        others = f"，以及另外 {len(records) - 1} 条记录" if is_long else ""
        by = " ".join(filter(None, (said.held.get("refused_by"), said.held.get("refused_on"))))
        for pointer, (named, labels) in itertools.islice(records.items(), 1 if is_long else MOST_TOLD):
            label = f"{named}{others} {COMMON['withheld']}"
            self.written.append(Written(pointer=pointer, label=label, before="", after="、".join(labels), by=by))

    def record(self, found: Spot) -> dict[str, Any] | None:
        """Give the record that a fact belongs to; `None` where there is none."""
        record: Any = self.root
        for step in found.record:
            if isinstance(record, list):
                record = record[int(step)] if int(step) < len(record) else None
            else:
                record = record.get(step) if isinstance(record, dict) else None
        return record if isinstance(record, dict) else None

    def about(self, row: Row, found: Spot) -> dict[str, str]:
        """Say of which fact an attestation is."""
        return {
            "item": " ".join(filter(None, (told_of(row.cells[sheet.OBJECT]), found.column.header))),
            "register": ".".join(step for step in found.record if not is_number(step)),
            "subject_id": record_id(self.root, found.record, self.schema),
            "field": ".".join(found.inside),
        }

    def before(self, found: Spot, value: str) -> str:
        """Say who attested a value that stands in the dossier, if anybody did."""
        wanted = {"subject_id": record_id(self.root, found.record, self.schema), "field": ".".join(found.inside)}
        wanted |= {"register": ".".join(step for step in found.record if not is_number(step)), "value": value}
        for each in reversed(self.root.get(ATTESTATIONS) or ()):
            if wanted.items() <= each.items():
                by = " ".join(filter(None, (each.get("found_by"), each.get("found_on"))))
                return f"（{each['attestation_id']}，{by}）"
        return ""

    # --- facts ------------------------------------------------------------------------------------------------------

    def facts(self, table: Table) -> None:
        """Write each fact that was filled in, and each refusal."""
        titles = [each.title for each in sheet.FACT_HEADINGS]
        peoples = [each.title for each in sheet.FACT_HEADINGS if each.by_people]
        for row in self.rows(table, titles, newer=sheet.NEWER):
            if row.filled(sheet.REFUSED):
                self.refusal(row)
            elif row.filled(sheet.VALUE):
                self.fact(row)
            else:
                self.leave_row(row, peoples)

    def fact(self, row: Row) -> None:
        """Write one fact where it belongs, and who found it."""
        before = len(self.problems)
        found = self.spot(row)
        if found is None:
            return
        value = self.read(row, sheet.VALUE, found.column)
        if value is UNSET and len(self.problems) == before:
            self.wrong(
                row.places[sheet.VALUE], "只说有，没有说是什么", "有记录的，把记录登记进档案", found.column.header
            )
        by, paper = self.by(row, "查明的值"), self.paper(row)
        if len(self.problems) > before or not self.agrees(row, value):
            return
        if found.column.field is not None and found.column.field.ref == EVIDENCE and isinstance(value, str):
            number = paper if paper is not None and paper.title == value else None
            value = self.registered(number or _Paper(title=value, cells={"title": row.places[sheet.VALUE]}))
        was, is_kept = self.put(row, found, value, " ".join((by["found_by"], by["found_on"])), paper)
        if len(self.problems) > before:
            return
        pointer = str(row.cells[sheet.POINTER])
        cells = {"value": row.places[sheet.VALUE], "found_by": row.places[sheet.FOUND_BY]}
        held = {**self.about(row, found), "answer": Answer.ESTABLISHED.value, "value": _worded(value, found.column)}
        held |= {"recorded": was} if was and was != held["value"] else {}
        sources = {"sources": {WHOLE_RECORD: [self.registered(paper)]}} if paper is not None else {}
        self.attest(Statement(held={**held, **by, **sources}, cells=cells))
        if not is_kept:
            self.cells.setdefault(pointer, row.places[sheet.VALUE])

    def refusal(self, row: Row) -> None:
        """Write that the production of a fact was refused, by whom and when."""
        before = len(self.problems)
        found = self.spot(row)
        if self.read(row, sheet.REFUSED, _REFUSED) is not True and len(self.problems) == before:
            self.wrong(row.places[sheet.REFUSED], "只能填“是”", "没有拒绝的留空", sheet.REFUSED)
        if row.filled(sheet.VALUE):
            self.wrong(row.places[sheet.VALUE], "既填了查明的值，又填了拒绝提供", "只留一项", sheet.VALUE)
        by, paper = self.by(row, sheet.REFUSED), self.paper(row)
        refuser = self.words(row, sheet.REFUSED_BY, _longest(self.attesting["refused_by"]))
        if not refuser and len(self.problems) == before:
            self.wrong(row.places[sheet.REFUSED_BY], f"没有填{sheet.REFUSED_BY}", "写明谁拒绝提供", sheet.REFUSED_BY)
        if found is None or len(self.problems) > before:
            return
        held = {**self.about(row, found), "answer": Answer.REFUSED.value, **by}
        held |= {"refused_by": refuser, "refused_on": by["found_on"]}
        sources = {"sources": {WHOLE_RECORD: [self.registered(paper)]}} if paper is not None else {}
        cells = {"answer": row.places[sheet.REFUSED], "refused_by": row.places[sheet.REFUSED_BY]}
        self.attest(Statement(held={**held, **sources}, cells=cells, refused=(found,)))

    def spot(self, row: Row) -> Spot | None:
        """Find where a row belongs; a record that is not there, or is another one, is told."""
        pointer = row.cells[sheet.POINTER]
        found = spot(pointer, self.schema) if isinstance(pointer, str) and pointer.startswith("/") else None
        if found is None:
            self.wrong(row.places[sheet.POINTER], f"{shown(pointer)} 不能从核查表填写", "空着，改档案")
            return None
        held, named = record_id(self.root, found.record, self.schema), row.cells[sheet.RECORD]
        if not held:
            self.wrong(
                row.places[sheet.POINTER], f"档案中没有 {shown(pointer)} 所在的记录", "按现在的档案重新编制核查表"
            )
            return None
        if told(named).strip() != held:
            message = f"档案这个位置上的记录是 {shown(held)}，表中是 {shown(named)}"
            self.wrong(row.places[sheet.RECORD], message, "档案改过了：按现在的档案重新编制核查表")
            return None
        return found

    def by(self, row: Row, what: str) -> dict[str, str]:
        """Read who found something, in what capacity and when; without a name and a day it is nobody's word."""
        said = {}
        for name, title in (("found_by", sheet.FOUND_BY), ("found_on", sheet.FOUND_ON)):
            column = self.attesting[name] if name == "found_by" else self.declared["as_of"]
            value = self.read(row, title, column)
            if not isinstance(value, str) or not value:
                if is_blank(row.cells[title]) or value is None:
                    self.wrong(row.places[title], f"填了{what}，没有填{title}", "写明谁在哪一天查明的", title)
                continue
            said[name] = value
        capacity = self.words(row, sheet.CAPACITY, _longest(self.attesting["capacity"]))
        return {**said, **({"capacity": capacity} if capacity else {})}

    def paper(self, row: Row) -> _Paper | None:
        """Read the paper that a row names, if it names one."""
        title = self.read(row, sheet.PAPER, self.papers["title"])
        number = self.read(row, sheet.PAPER_NO, self.papers["doc_no"])
        if not isinstance(title, str) or not title:
            if isinstance(number, str):
                self.wrong(row.places[sheet.PAPER], "填了文号，没有填佐证材料名称", "写明是什么材料", sheet.PAPER)
            return None
        return _Paper(
            title=title,
            number=number if isinstance(number, str) else None,
            is_none=number is None,
            cells={"title": row.places[sheet.PAPER], "doc_no": row.places[sheet.PAPER_NO]},
        )

    def registered(self, paper: _Paper) -> str:
        """Give the id of a paper; one that the register lacks is added."""
        papers = self.root.get(EVIDENCE)
        if not isinstance(papers, list):
            papers = self.root[EVIDENCE] = []
        for each in papers:
            if each["doc_id"] == paper.title:
                return str(each["doc_id"])
        for each in papers:
            if each.get("title") == paper.title and (each.get("doc_no") or None) == paper.number:
                return str(each["doc_id"])
        taken = {each["doc_id"] for each in papers}
        number = next(each for each in range(1, len(taken) + 2) if f"{NEW_PAPER}{each:02d}" not in taken)
        name = f"{NEW_PAPER}{number:02d}"
        held = {"doc_id": name, "title": paper.title}
        papers.append(held if paper.number is None and not paper.is_none else {**held, "doc_no": paper.number})
        self.added[name] = paper.title + (f"（{paper.number}）" if paper.number else "")
        self.cells |= {f"/{EVIDENCE}/{len(papers) - 1}/{key}": cell for key, cell in paper.cells.items()}
        return name

    def agrees(self, row: Row, value: Any) -> bool:
        """Say whether no other row says something else of the same fact."""
        pointer, cell = str(row.cells[sheet.POINTER]), row.places[sheet.VALUE]
        said, where = self.said.setdefault(pointer, (value, cell))
        if said != value:
            self.wrong(cell, f"与 {where} 说的不是同一个值", "同一事实只填一行，或者填成一样")
        return bool(said == value)

    def holder(self, row: Row, found: Spot) -> dict[str, Any] | None:
        """Give the object that a fact belongs in; a block that is said not to be there is told."""
        holder: Any = self.root
        for step in found.record:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        for step in found.inside[:-1]:
            holder = holder.setdefault(step, {})
            if not isinstance(holder, dict):
                message, way_out = f"档案说没有“{found.column.header.rpartition('：')[0]}”", "核对；确有的，先改档案"
                self.wrong(row.places[sheet.VALUE], message, way_out, found.column.header)
                return None
        assert isinstance(holder, dict)
        return holder

    def put(self, row: Row, found: Spot, value: Any, by: str, paper: _Paper | None) -> tuple[str, bool]:
        """Write a value and its paper; give what stood there before, in words, and whether that is kept.

        Another value that stands there is told, and never replaced silently.
        """
        holder = self.holder(row, found)
        if holder is None:
            return "", True
        name, column = found.inside[-1], found.column
        old = holder.get(name, UNSET)
        is_block = column.role is Role.BLOCK and isinstance(old, dict) and value == {}
        is_same = old is not UNSET and (old == value or is_block)
        if old is not UNSET and not is_same and not self.may_be(row, found, old, value):
            return _worded(old, column), True
        if not is_same:
            holder[name] = value
        cited = self.registered(paper) if paper is not None else ""
        is_new = bool(cited) and self.cite(found, cited, had_value=is_same)
        if not is_same or is_new:
            entry = Written(
                pointer=str(row.cells[sheet.POINTER]),
                label=f"{shown(row.cells[sheet.OBJECT] or '')} {column.header}".strip(),
                before=_worded(old, column),
                after=_worded(value, column),
                by=by,
                paper=cited,
            )
            self.written.append(entry)
        return _worded(old, column), False

    def may_be(self, row: Row, found: Spot, old: Any, value: Any) -> bool:
        """Say whether a value may take the place of another one: a day that is now known better, or on demand."""
        column = found.column
        is_day = column.field is not None and column.field.kind is Kind.DAY
        if is_day and isinstance(old, str) and isinstance(value, str) and value.startswith(f"{old}-"):
            return True
        if self.may_keep:
            return False
        was = _worded(old, column)
        said = f"档案中是 {was}{self.before(found, was)}"
        cell, both = row.places[sheet.VALUE], f"{said}，核查表填的是 {_worded(value, column)}"
        if isinstance(old, dict | list) and old and column.role in {Role.BLOCK, Role.REGISTER}:
            self.wrong(cell, f"{column.header}已有内容，不能用核查表删去", "要删去的，改档案", column.header)
            return False
        if not self.may_replace:
            self.wrong(cell, both, WHICH, column.header)
        return self.may_replace

    def cite(self, found: Spot, paper: str, *, had_value: bool) -> bool:
        """Name a paper as the source of a field; say whether it was not named before.

        What a field names takes the place of what its record names: a value that was there keeps both.
        """
        record: Any = self.root
        for step in found.record:
            record = record[int(step)] if isinstance(record, list) else record[step]
        sources = record.get("sources")
        if not isinstance(sources, dict):
            sources = record["sources"] = {}
        name = ".".join(found.inside)
        above = sources.get(found.inside[0]) or sources.get(WHOLE_RECORD) or []
        cited = sources.setdefault(name, [*above] if had_value else [])
        if any(each.partition("#")[0] == paper for each in cited):
            return False
        cited.append(paper)
        return True

    # --- declarations -----------------------------------------------------------------------------------------------

    def declarations(self, table: Table) -> None:
        """Write the declarations of completeness that somebody filled in."""
        peoples = [each.title for each in sheet.DECLARED_HEADINGS if each.by_people]
        for row in self.rows(table, [each.title for each in sheet.DECLARED_HEADINGS]):
            if row.filled(*peoples):
                self.declaration(row)

    def declaration(self, row: Row) -> None:
        """Write one declaration; one that is not signed, dated and counted proves nothing and is refused."""
        before = len(self.problems)
        path = shown(row.cells[sheet.REGISTER] or "").strip()
        if path not in self.schema.registers:
            self.wrong(row.places[sheet.REGISTER], f"没有“{shown(path)}”这个台账", "按原来的核查表改正")
            return
        titles = {
            "complete": sheet.COMPLETE,
            "as_of": sheet.AS_OF,
            "count": sheet.COUNT,
            "signatory": sheet.SIGNATORY,
        }
        said = {key: self.read(row, title, self.declared[key]) for key, title in titles.items()}
        needed = titles if said["complete"] is not False else {"complete": sheet.COMPLETE}
        for key, title in needed.items():
            if is_blank(row.cells[title]) or said[key] is None:
                message = f"声明台账完整，没有填{title}" if key != "complete" else f"没有填{title}"
                self.wrong(
                    row.places[title], message, "截止日、条数、签署人齐全的声明才算数；不声明的，整行留空", title
                )
        is_new = "." not in path and path not in self.root
        if is_new and said["complete"] is True and said["count"] not in {0, None, UNSET}:
            message = f"声明有 {shown(row.cells[sheet.COUNT])} 条，档案中没有这个台账"
            self.wrong(row.places[sheet.COUNT], message, "先把记录登记进档案", sheet.COUNT)
        paper = self.paper(row)
        if len(self.problems) > before:
            return
        new = {key: value for key, value in said.items() if value is not UNSET}
        declared = self.root["meta"].get(COMPLETENESS)
        if not isinstance(declared, dict):
            declared = self.root["meta"][COMPLETENESS] = {}
        old = declared.get(path, {})
        changed = [key for key, value in new.items() if key in old and old[key] != value]
        is_outdated = path == EVIDENCE and bool(self.added)
        if changed and self.may_keep and not is_outdated:
            entry = self.redeclared(path, old, {**old, **new}, paper)
            self.attest(Statement(held=_replaced(path, entry, new), cells={"value": row.places[sheet.COMPLETE]}))
            return
        if changed and not self.may_replace and not is_outdated:
            for key in changed:
                both = f"档案中是 {_worded(old[key], self.declared[key])}，核查表填的是 {shown(row.cells[titles[key]])}"
                self.wrong(row.places[titles[key]], both, WHICH, titles[key])
            return
        if paper is not None:
            new["doc_id"] = self.registered(paper)
        declared[path] = {**old, **new}
        pointer = pointer_of(("meta", COMPLETENESS, path))
        self.cells |= {f"{pointer}/{key}": row.places[title] for key, title in titles.items() if key in new}
        self.cells[pointer] = row.places[sheet.COMPLETE]
        if new["complete"] and is_new:
            self.root[path] = []  # whoever signs that it holds none says that it is there
            self.cells[f"/{path}"] = row.places[sheet.COUNT]
        if declared[path] != old:
            entry = self.redeclared(path, old, declared[path], paper)
            self.written.append(entry)
            if changed:
                self.attest(Statement(held=_replaced(path, entry, new), cells={"value": row.places[sheet.COMPLETE]}))

    def redeclared(self, path: str, old: Mapping[str, Any], new: Mapping[str, Any], paper: _Paper | None) -> Written:
        """Say how a declaration differs from the one that stood there."""
        return Written(
            pointer=pointer_of(("meta", COMPLETENESS, path)),
            label=f"{self.schema.registers[path].label}的{self.schema.declaration.label}",
            before=_declared(old),
            after=_declared(new),
            paper=self.registered(paper) if paper is not None else "",
        )

    def look_at_papers(self) -> None:
        """Make sure that a declaration of all papers is signed anew where papers were added; nobody else may do that.

        Left as it was, it would not count any more, and every exemption that rests on it would fall.
        """
        declared = (self.root["meta"].get(COMPLETENESS) or {}).get(EVIDENCE) or {}
        there = len(self.root.get(EVIDENCE) or ())
        if self.added and declared.get("complete") and declared.get("count") != there:
            cell = self.cells.get(pointer_of(("meta", COMPLETENESS, EVIDENCE, "count")), "")
            message = (
                f"新登记了 {len(self.added)} 份材料，证据材料共 {there} 条，完整性声明是 {declared.get('count')} 条"
            )
            way_out = f"在“{sheet.DECLARED}”的 {EVIDENCE} 一行重新声明 {there} 条，或者声明不完整；或者用已登记的材料"
            self.wrong(cell, message, way_out)


def _replaced(path: str, entry: Written, new: Mapping[str, Any]) -> dict[str, Any]:
    """Say in an attestation which declaration another one took the place of: it was somebody's word."""
    by = {"found_by": new.get("signatory"), "found_on": new.get("as_of")}
    return {
        "item": entry.label,
        "register": path,
        "subject_id": path,
        "answer": Answer.ESTABLISHED.value,
        "value": entry.after,
        "recorded": entry.before,
        **{name: value for name, value in by.items() if isinstance(value, str)},
        **({"sources": {WHOLE_RECORD: [entry.paper]}} if entry.paper else {}),
    }


def _told(attestation: Mapping[str, Any]) -> str:
    """Write what an attestation says, but for its id and for what a dossier said before: that is no part of it."""
    said = {name: value for name, value in attestation.items() if name not in {"attestation_id", "recorded"}}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _longest(column: Column) -> int:
    assert column.field is not None
    return column.field.max_length


def _declared(declaration: Mapping[str, Any]) -> str:
    """Word a declaration; empty where there is none."""
    if not declaration:
        return ""
    if not declaration.get("complete"):
        return "不完整"
    return (
        f"完整，截至 {declaration.get('as_of')}，共 {declaration.get('count')} 条，{declaration.get('signatory')}签署"
    )


def _worded(value: Any, column: Column) -> str:
    """Word a value as a cell shows it; empty where nothing stands there."""
    if value is UNSET:
        return ""
    if value is None:
        return NONE
    if isinstance(value, dict | list) and column.role in {Role.BLOCK, Role.REGISTER}:
        return "有" if value else EMPTY if isinstance(value, list) else "有"
    return str(written(value, column))


# --- what changed -----------------------------------------------------------------------------------------------------

GONE = "不再是问题（符合或者不适用）"
NEW = "原来不是问题"


def changes(before: Report, after: Report) -> Iterator[str]:
    """Say of each finding that changed from which verdict to which, then what people attest, and the totals."""
    old, new = _verdicts(before), _verdicts(after)
    words = wording.WORDS[after.mode].verdicts
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        if was is not None and now is not None and was.verdict is now.verdict:
            continue
        finding = now or was
        assert finding is not None
        yield (
            f"{finding.id} {finding.rule} {finding.title}（{wording.subject(finding.subject)}）："
            f"{words[was.verdict] if was else NEW} → {words[now.verdict] if now else GONE}"
        )
    there = {each.id for each in before.attestations}
    for each in after.attestations:
        if each.id not in there:
            yield wording.attestation(each)
    short = wording.WORDS[after.mode].short
    yield "合计：" + " · ".join(
        f"{short[each]} {before.totals.get(each, 0)} → {after.totals.get(each, 0)}" for each in Verdict
    )


def _verdicts(report: Report) -> dict[str, Finding]:
    return {each.id: each for each in (*report.findings, *report.exempted)}


def summary(merged: Merged) -> Iterator[str]:
    """Say what was written, who found it, and what has no place in a dossier."""
    for each in merged.written:
        proof = "，".join(filter(None, (each.by, f"材料 {each.paper}" if each.paper else "")))
        change = f"{each.before or '（空白）'} → {each.after}" if each.before != each.after else f"{each.after}（未变）"
        yield f"{each.pointer} {each.label}：{change}{f'（{proof}）' if proof else ''}"
    for name, title in merged.papers:
        yield f"/{EVIDENCE} 新登记材料 {name}：{title}"
    if merged.attested:
        first, *_, last = (*merged.attested, merged.attested[-1])
        told = first if first == last else f"{first}—{last}"
        yield f"/{ATTESTATIONS} 新记入核查记录 {len(merged.attested)} 条：{told}"
    if merged.unread:
        more = f"等 {len(merged.unread)} 处" if len(merged.unread) > MOST_UNREAD else ""
        where = "、".join(merged.unread[:MOST_UNREAD])
        yield f"没有写进档案的：{where}{more}。只有名字、日期而没有结果的，和写在核查表各栏以外的，请留存核查表。"
