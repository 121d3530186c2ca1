"""What people wrote into a filled checklist besides facts: each becomes an attestation, in their own words.

An attestation has the person, the day and the evidence. What a tick means for a finding, no program decides.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import UNSET

from checker.authoring import fingerprint
from checker.classes import dataclass
from checker.dossier.naming import is_number, record_id, steps_of
from checker.dossier.schema import ATTESTATIONS, DossierSchema
from checker.language.tree import ZONE
from checker.model import Answer, Report
from checker.papers import checklist as sheet
from checker.papers.filled import Filled, Row
from checker.papers.found import EVIDENCE, Spot, spot
from checker.sheets.content import BETWEEN, WHOLE_RECORD, Refusal, is_blank, parts, reader, shown
from checker.sheets.layout import DECLARATIONS, Column, layout
from checker.sheets.sheet import told
from checker.sheets.workbook import Table

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)", re.ASCII)
_SAID = (sheet.METHOD, sheet.RESULT, sheet.NOTE, sheet.EXHIBITS)
_BY = (sheet.LOOKED_BY, sheet.CAPACITY, sheet.LOOKED_ON)
_SUPPLIED = (sheet.SUPPLY, sheet.PAGES, sheet.REMARK)
_HANDED = (sheet.PROVIDER, sheet.RECEIVER, sheet.PROVIDED_ON)
_NEWER = frozenset({sheet.CAPACITY})
_ASKED = frozenset({sheet.LOOK_AT, sheet.PAPER, sheet.WORRY})
_AGAIN = "按现在的档案重新编制核查表，把填写的内容抄过去"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An attestation without its id, the cells that its fields were read from, and the fields that were refused."""

    held: Mapping[str, Any]
    cells: Mapping[str, str]
    refused: tuple[Spot, ...] = ()


class Statements:
    """Reads the statements of one file about one dossier."""

    def __init__(self, filled: Filled, root: Mapping[str, Any], schema: DossierSchema, report: Report) -> None:
        self.filled, self.root, self.schema, self.report = filled, root, schema, report
        self.columns = {each.path[-1]: each for each in layout(schema).sheets[ATTESTATIONS].columns}
        self.day = next(each for each in layout(schema).sheets[DECLARATIONS].columns if each.path == ("as_of",))
        self.sheets: Mapping[str, Callable[[Table], Iterator[Statement]]] = {
            sheet.ITEMS: self.items,
            sheet.NORMS: self.norms,
            sheet.REQUESTS: self.requests,
            sheet.RECORD: self.record,
        }

    def of(self, table: Table) -> Iterator[Statement]:
        """Yield the statements of a sheet; one that has none of its own gives none."""
        if table.name in self.sheets:
            yield from self.sheets[table.name](table)

    # --- items and norms --------------------------------------------------------------------------------------------

    def items(self, table: Table) -> Iterator[Statement]:
        """Read what was found on single findings."""
        for row in self.rows(table, (*_SAID, *_BY), newer=_NEWER):
            if row.filled(*_SAID):
                before = len(self.filled.problems)
                subject = self.subject(row)
                said = self.said(row)
                if len(self.filled.problems) == before:
                    item = self.filled.words(row, sheet.ITEM, self.longest("item"))
                    yield self.statement(row, {"item": item, **subject, **said}, _ITEM_CELLS)

    def norms(self, table: Table) -> Iterator[Statement]:
        """Read what was found on norms that no rule settles."""
        for row in self.rows(table, (*_SAID, *_BY), newer=_NEWER | _ASKED):
            if row.filled(*_SAID):
                before = len(self.filled.problems)
                norm = self.filled.words(row, sheet.NORM, self.longest("norm"))
                if not norm:
                    self.filled.wrong(row.places[sheet.NORM], "没有条款的编号", "按原来的核查表改正", sheet.NORM)
                said = self.said(row)
                if len(self.filled.problems) == before:
                    item = self.filled.words(row, sheet.ARTICLE, self.longest("item"))
                    yield self.statement(row, {"item": item, "norm": norm, **said}, _ITEM_CELLS)

    def said(self, row: Row) -> dict[str, Any]:
        """Read the answer, the note and the evidence of a row, who gives them and when: else it is nobody's word."""
        what = next(iter(row.filled(sheet.RESULT, sheet.NOTE, sheet.EXHIBITS, sheet.METHOD)))
        return {
            "method": self.choice(row, sheet.METHOD, self.columns["method"]),
            "answer": self.choice(row, sheet.RESULT, self.columns["answer"], sheet.RESULTS),
            "note": self.filled.words(row, sheet.NOTE, self.longest("note")),
            **self.evidence(row, sheet.EXHIBITS),
            "found_by": self.named(row, sheet.LOOKED_BY, "found_by", what),
            "capacity": self.filled.words(row, sheet.CAPACITY, self.longest("capacity")),
            "found_on": self.dated(row, sheet.LOOKED_ON, what),
        }

    def subject(self, row: Row) -> dict[str, Any]:
        """Give the rule and the record that a row is about; its id and the place of the record have to agree."""
        name, pointer = told_of(row.cells[sheet.FINDING]), told_of(row.cells[sheet.POINTER])
        steps = steps_of(pointer)
        path = ".".join(each for each in steps if not is_number(each))
        is_known = path == ZONE or path in self.schema.registers
        held = record_id(self.root, steps, self.schema) if is_known else ""
        for rule in self.report.rules if held else ():
            if fingerprint(rule.id, path, held) == name:
                return {"rule": rule.id, "register": path, "subject_id": held}
        if name in self.registers:
            rule_id, register = self.registers[name]
            return {"rule": rule_id, "register": register, "subject_id": register}
        found = self.findings.get(name)
        if found is not None:
            return {"rule": found.rule, "register": found.subject.register, "subject_id": found.subject.id}
        message = f"{shown(row.cells[sheet.FINDING])} 不是档案位置 {shown(pointer)} 上的问题，档案可能改过了"
        self.filled.wrong(row.places[sheet.FINDING], message, _AGAIN, sheet.FINDING)
        return {}

    @cached_property
    def registers(self) -> Mapping[str, tuple[str, str]]:
        """The rules and registers by the ids of the findings that a register proves no absence."""
        every = ((rule.id, path) for rule in self.report.rules for path in self.schema.registers)
        return {fingerprint(rule, "register", path): (rule, path) for rule, path in every}

    @cached_property
    def findings(self) -> Mapping[str, Any]:
        """The findings of the dossier as it is, by their ids."""
        return {each.id: each for each in (*self.report.findings, *self.report.exempted)}

    # --- papers -----------------------------------------------------------------------------------------------------

    def requests(self, table: Table) -> Iterator[Statement]:
        """Read what came of the papers that were asked for."""
        for row in self.rows(table, (*_SUPPLIED, *_HANDED)):
            if not row.filled(*_SUPPLIED):
                continue
            before = len(self.filled.problems)
            what = next(iter(row.filled(*_SUPPLIED)))
            document = self.filled.words(row, sheet.DOCUMENT, self.longest("document"))
            answer = self.choice(row, sheet.SUPPLY, self.columns["answer"], sheet.SUPPLIED)
            provider = self.filled.words(row, sheet.PROVIDER, self.longest("stated_by"))
            is_refused = answer == Answer.REFUSED
            if is_refused and not provider:
                self.filled.wrong(
                    row.places[sheet.PROVIDER], "拒绝提供，没有填是谁拒绝的", "写明谁拒绝提供", sheet.PROVIDER
                )
            held = {
                "item": self.filled.words(row, sheet.DOCUMENT, self.longest("item")),
                "document": document,
                "answer": answer,
                "note": self.filled.words(row, sheet.REMARK, self.longest("note")),
                **self.evidence(row, sheet.PAGES),
                "found_by": self.named(row, sheet.RECEIVER, "found_by", what),
                "found_on": self.dated(row, sheet.PROVIDED_ON, what),
            }
            held |= {"refused_by": provider, "refused_on": held["found_on"]} if is_refused else {"stated_by": provider}
            if len(self.filled.problems) == before:
                refused = tuple(self.wanting(document)) if is_refused else ()
                yield self.statement(row, held, _REQUEST_CELLS, refused)

    def wanting(self, document: str) -> Iterator[Spot]:
        """Give the fields that a paper would have settled."""
        pointers = dict.fromkeys(
            each.pointer
            for finding in self.report.findings
            for each in finding.missing
            if (each.document or each.label) == document
        )
        yield from filter(None, (spot(each, self.schema) for each in pointers))

    # --- the record -------------------------------------------------------------------------------------------------

    def record(self, table: Table) -> Iterator[Statement]:
        """Read the record of the visit: each line that was filled in is said by whoever wrote the record."""
        rows = [
            each for each in self.rows(table, (sheet.CONTENT,)) if told_of(each.cells[sheet.TOPIC]) not in sheet.PRINTED
        ]
        by_topic = {told_of(each.cells[sheet.TOPIC]): each for each in rows}
        writer = next(
            (
                each
                for name in (sheet.WRITER, sheet.INSPECTOR)
                if (each := self.content(by_topic.get(name), "found_by"))
            ),
            "",
        )
        begun = _DAY.match(self.content(by_topic.get(sheet.BEGUN), "note"))
        day = reader(self.day)("-".join(begun.groups())) if begun else UNSET
        for row in rows:
            if row.filled(sheet.CONTENT):
                before = len(self.filled.problems)
                held = {
                    "item": f"{sheet.RECORD}：{self.filled.words(row, sheet.TOPIC, self.longest('found_by'))}",
                    "note": self.filled.words(row, sheet.CONTENT, self.longest("note")),
                    "found_by": writer,
                    "found_on": day if isinstance(day, str) else "",
                }
                if len(self.filled.problems) == before:
                    yield self.statement(row, held, {"note": sheet.CONTENT})

    def content(self, row: Row | None, name: str) -> str:
        """Give what stands in a line of the record, as far as a field holds it."""
        cell = row.cells[sheet.CONTENT] if row is not None else None
        return "" if isinstance(cell, Refusal) else told_of(cell)[: self.longest(name)]

    # --- cells ------------------------------------------------------------------------------------------------------

    def rows(self, table: Table, peoples: Sequence[str], *, newer: frozenset[str] = frozenset()) -> Iterator[Row]:
        """Yield the rows of a sheet; what stands in one without a statement is noted as not read."""
        statements = frozenset((*_SAID, *_SUPPLIED, sheet.CONTENT))
        for row in self.filled.rows(table, [each.title for each in sheet.HEADINGS[table.name]], newer=newer):
            yield row
            if not row.filled(*statements.intersection(peoples)):
                self.filled.leave_row(row, peoples)

    def longest(self, name: str) -> int:
        """Say how long a text a field holds."""
        field = self.columns[name].field
        assert field is not None
        return field.max_length

    def choice(self, row: Row, title: str, column: Column, words: Sequence[str] = ()) -> Any:
        """Read which of the words was chosen; only those of the sheet may be."""
        value = self.filled.read(row, title, column)
        if words and not is_blank(row.cells[title]) and value is not UNSET and told_of(row.cells[title]) not in words:
            message = f"不是可选的值（现为 {shown(row.cells[title])}）"
            self.filled.wrong(row.places[title], message, f"从下拉列表中选：{'、'.join(words)}", title)
            return UNSET
        return value

    def named(self, row: Row, title: str, name: str, what: str) -> str:
        """Read who says it."""
        said = self.filled.words(row, title, self.longest(name))
        if not said and not isinstance(row.cells[title], Refusal):
            self.filled.wrong(row.places[title], f"填了{what}，没有填{title}", "写明是谁", title)
        return said

    def dated(self, row: Row, title: str, what: str) -> Any:
        """Read on which day it was said."""
        if is_blank(row.cells[title]):
            self.filled.wrong(row.places[title], f"填了{what}，没有填{title}", "写明是哪一天", title)
        return self.filled.read(row, title, self.day)

    def evidence(self, row: Row, title: str) -> dict[str, Any]:
        """Read the evidence: papers that are registered by their ids or titles, and whatever else as it is written."""
        text, papers = self.filled.words(row, title, self.longest("exhibits")), self.papers
        named = [each.partition("#") for each in parts(BETWEEN, text)]
        known = [f"{papers[paper]}{mark}{page}" for paper, mark, page in named if paper in papers]
        sources = {WHOLE_RECORD: list(dict.fromkeys(known))} if known else None
        return {"exhibits": text if len(known) < len(named) else "", "sources": sources}

    @cached_property
    def papers(self) -> Mapping[str, str]:
        """The ids of the registered papers by their titles and ids."""
        held = self.root.get(EVIDENCE) or ()
        return {each[key]: each["doc_id"] for key in ("title", "doc_id") for each in held if each.get(key)}

    def statement(
        self, row: Row, held: Mapping[str, Any], cells: Mapping[str, str], refused: tuple[Spot, ...] = ()
    ) -> Statement:
        """Make a statement of what was filled in."""
        kept = {name: value for name, value in held.items() if value is not UNSET and value not in ("", None)}
        return Statement(
            held=kept,
            cells={name: row.places[title] for name, title in cells.items() if name in kept and row.places[title]},
            refused=refused,
        )


_ITEM_CELLS = {
    "method": sheet.METHOD,
    "answer": sheet.RESULT,
    "note": sheet.NOTE,
    "exhibits": sheet.EXHIBITS,
    "sources": sheet.EXHIBITS,
    "found_by": sheet.LOOKED_BY,
    "capacity": sheet.CAPACITY,
    "found_on": sheet.LOOKED_ON,
}
_REQUEST_CELLS = {
    "document": sheet.DOCUMENT,
    "answer": sheet.SUPPLY,
    "exhibits": sheet.PAGES,
    "sources": sheet.PAGES,
    "note": sheet.REMARK,
    "stated_by": sheet.PROVIDER,
    "refused_by": sheet.PROVIDER,
    "found_by": sheet.RECEIVER,
    "found_on": sheet.PROVIDED_ON,
    "refused_on": sheet.PROVIDED_ON,
}


def told_of(cell: Any) -> str:
    """Word what stands in a cell that the program filled in; what can't be read is nothing."""
    return "" if isinstance(cell, Refusal) else told(cell).strip()
