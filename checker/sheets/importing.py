"""From the cells of sheets to a dossier: every cell that can't be read is told by its name, all at once.

What is wrong with a cell leaves a hole in the dossier that its schema refuses, so that everything else is looked at as
in any other dossier, and nothing is said of what only follows from the hole.
"""

import difflib
import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from checker.classes import dataclass
from checker.dossier.grouping import Group, Kinds, Mistake, problems_without_text
from checker.dossier.loading import Dossier, load_dossier
from checker.dossier.places import pointer_of
from checker.dossier.schema import COMPLETENESS, DossierSchema, Kind
from checker.errors import DossierError, Problem
from checker.sheets.cells import Cells, in_cells
from checker.sheets.content import NONE, Read, Refusal, is_blank, reader, shown
from checker.sheets.layout import (
    DECLARATIONS,
    FORM,
    FORM_HEADERS,
    Column,
    Role,
    Sheet,
    layout,
    names_in,
    plainly,
)
from checker.sheets.sheet import column_name
from checker.sheets.workbook import META, Table

TEMPLATE_VERSION = "1"
MOST_GUESSES = 20
MOST_COMPARED = 10_000
"""Of more records than this none is suggested for an id that is not known."""

_WRITER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A dossier made of sheets: its text, what was loaded from it, and the cells it came from."""

    data: bytes
    dossier: Dossier
    cells: Cells


def import_tables(tables: Sequence[Table], name: str, schema: DossierSchema) -> Imported:
    """Make a dossier of sheets; raise `DossierError` with everything that is wrong, by its cell."""
    importer = _Importer(schema)
    dossier = importer.dossier(tables)
    return finish(dossier, importer.notes, name, schema)


def text_of(dossier: Any) -> bytes:
    """Write a dossier as JSON with every digit of its numbers."""
    return msgspec.json.format(_WRITER.encode(dossier), indent=2) + b"\n"


@dataclass(slots=True, kw_only=True)
class Notes:
    """What is written down while sheets are read: the mistakes, the holes they leave, and where each record stood."""

    mistakes: Kinds[Mistake] = field(default_factory=Kinds)
    holes: set[str] = field(default_factory=set)
    sheets: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    records: dict[str, tuple[int, int]] = field(default_factory=dict)
    single: dict[str, str] = field(default_factory=dict)

    def wrong(self, place: str, refusal: Refusal, label: str = "", kind: Hashable = None) -> None:
        """Note what is wrong with a cell; *kind* is the same for the cells of a column."""
        mistake = Mistake(pointer=place, message=refusal.message, label=label, suggestion=refusal.suggestion)
        self.mistakes.add(place if kind is None else kind, refusal.cause, "", mistake)

    def kept(self) -> bool:
        """Say whether anything was wrong."""
        return bool(self.mistakes.kept)

    def cells(self, sha256: str) -> Cells:
        """Give the map of the cells."""
        return Cells(sha256=sha256, sheets=tuple(self.sheets), records=self.records, single=self.single)


def gathered(mistakes: Kinds[Mistake]) -> tuple[Group, ...]:
    """Gather what is alike."""
    return tuple(
        kept.group(lambda each: each.message, lambda each: each.pointer, lambda each: each) for kept in mistakes
    )


_CELL = re.compile(r"(.*)!([A-Z]+)([0-9]+)", re.DOTALL)


def _as_they_are_read(problems: Sequence[Problem]) -> Sequence[Problem]:
    """Put problems in the order in which people come upon them: sheet by sheet, line by line, from left to right."""
    sheets: dict[str, int] = {}

    def place(each: Problem) -> tuple[int, int, int, str]:
        found = _CELL.fullmatch(each.place.pointer)
        sheet, column, row = found.groups() if found is not None else (each.place.pointer, "", "0")
        return sheets.setdefault(sheet, len(sheets)), int(row), len(column), column

    return sorted(problems, key=place)


def finish(dossier: dict[str, Any], notes: Notes, name: str, schema: DossierSchema) -> Imported:
    """Look at an imported dossier as at any other; raise `DossierError` with what is wrong, by its cell."""
    data = text_of(dossier)
    cells = notes.cells(hashlib.sha256(data).hexdigest())
    told = problems_without_text(gathered(notes.mistakes), name)

    def besides(problems: Sequence[Problem]) -> Sequence[Problem]:
        return in_cells([each for each in problems if each.place.pointer not in notes.holes], cells, name)

    try:
        loaded = load_dossier(data, name, schema)
    except DossierError as error:
        raise DossierError(_as_they_are_read([*told, *besides(error.problems)])) from error
    if told:
        raise DossierError([*_as_they_are_read(told), *besides(loaded.doubts)])
    return Imported(data=data, dossier=loaded, cells=cells)


Place = Callable[[Column], str]
"""From a column to the name of its cell in the row that is being read."""


class _Importer:
    """Reads the sheets of one dossier.

    `records` are the records of each register by the ids that lead to them, with their pointers; `lists` those that
    have been begun, by the object they are in and their name there.
    """

    def __init__(self, schema: DossierSchema) -> None:
        self.schema = schema
        self.layout = layout(schema)
        self.notes = Notes()
        self.readers: dict[Column, Read] = {}
        self.records: dict[str, dict[tuple[str, ...], tuple[dict[str, Any], str]]] = {}
        self.lists: dict[tuple[int, str], list[Any]] = {}
        self.guesses = MOST_GUESSES

    def dossier(self, tables: Sequence[Table]) -> dict[str, Any]:
        """Read all sheets, parents before what is inside them."""
        self.look_at_version(tables)
        found = self.matched(tables)
        root: dict[str, Any] = {"meta": {}, "zone": {}}
        if FORM in found:
            self.form(found[FORM], root)
        else:
            message = f"缺“{self.layout.sheets[FORM].name}”这张表"
            no_form = Refusal(cause="no form", message=message, suggestion="补上档案编号、基准日、开发区编号")
            self.notes.wrong("", no_form)
            self.notes.holes |= {"/meta", "/zone"}
        if DECLARATIONS in found:
            self.declarations(found[DECLARATIONS], root)
        for sheet in self.layout.registers:
            if sheet.key in found:
                self.register(found[sheet.key], sheet, root)
        return {each: root[each] for each in self.schema.root.fields if each in root}

    # --- which sheet is which ---------------------------------------------------------------------------------------

    def look_at_version(self, tables: Sequence[Table]) -> None:
        for table in tables:
            if table.name == META:
                held = {str(row[0]): str(row[1]) for row in table.rows if len(row) > 1}
                if held.get("template") != TEMPLATE_VERSION:
                    self.wrong_sheet(table, "这是另一个版本的模板", "用 zonecheck dossier template 重新生成模板")

    def wrong_sheet(self, table: Table, message: str, suggestion: str) -> None:
        self.notes.wrong(table.place, Refusal(cause=message, message=message, suggestion=suggestion))

    def matched(self, tables: Sequence[Table]) -> dict[str, Table]:
        """Find the sheet of the layout that each table is."""
        found: dict[str, Table] = {}
        names = [each.name for each in self.layout.sheets.values()]
        for table in tables:
            if table.name == META or all(is_blank(cell) for row in table.rows for cell in row):
                continue
            sheet = self.layout.find(table.name)
            if sheet is None:
                near = self.near(table.name, names)
                way_out = f"改名为“{near}”？" if near else f"可用的表名：{'、'.join(names)}。"
                self.wrong_sheet(table, f"没有“{shown(table.name)}”这种表", f"{way_out}不是档案内容的，删去这张表")
            elif sheet.key in found:
                self.wrong_sheet(table, f"“{sheet.name}”不止一张", f"与 {found[sheet.key].place} 合并成一张")
            else:
                found[sheet.key] = table
        return found

    def columns(self, table: Table, sheet: Sheet) -> dict[Column, int]:
        """Match the headers of a sheet with its columns, whatever their order; give them in the order of the schema."""
        known = _by_spelling(sheet)
        for each in sheet.owners:
            known.setdefault(plainly(each.header.removeprefix("所属")), each)
        found: dict[Column, int] = {}
        for number, header in enumerate(table.rows[0] if table.rows else ()):
            column = None if isinstance(header, Refusal) else known.get(plainly(str(header)))
            if is_blank(header):
                if any(number < len(row) and not is_blank(row[number]) for row in table.rows[1:]):
                    message, way_out = "这一栏有内容，没有栏名", "补上栏名，或者删去这一栏"
                    self.notes.wrong(
                        table.cell(0, number), Refusal(cause="no header", message=message, suggestion=way_out)
                    )
            elif column is None:
                self.unknown(table.cell(0, number), shown(header), sheet)
            elif column in found:
                self.twice(table.cell(0, number), column)
            else:
                found[column] = number
        for each in sheet.columns:
            if each.is_required and each not in found:
                self.wrong_sheet(table, f"缺“{each.header}”这一栏", "按模板补上这一栏")
        return {each: found[each] for each in sheet.columns if each in found}

    def unknown(self, place: str, header: str, sheet: Sheet) -> None:
        near = self.near(header, [each.header for each in sheet.columns])
        way_out = f"改为“{near}”？" if near else "按模板改正栏名。"
        if near and near != header and _without_unit(near) == _without_unit(header):
            way_out = f"模板的这一栏是“{near}”：先把各行换算成这个单位，再改栏名。"
        refusal = Refusal(
            cause=f"unknown {header}",
            message=f"“{sheet.name}”没有“{header}”这一栏",
            suggestion=f"{way_out}不是档案内容的，删去这一栏",
        )
        self.notes.wrong(place, refusal, kind=(sheet.key, "header"))

    def twice(self, place: str, meant: Column) -> None:
        self.notes.wrong(place, Refusal(cause="twice", message=f"“{meant.header}”出现了两次", suggestion="只留一个"))

    # --- what is there once -----------------------------------------------------------------------------------------

    def form(self, table: Table, root: dict[str, Any]) -> None:
        """Read the form: a field in each row."""
        sheet = self.layout.sheets[FORM]
        known = _by_spelling(sheet)
        rows: dict[Column, int] = {}
        for number, row in enumerate(table.rows):
            label = shown(row[0]) if row else ""
            if is_blank(label) or (number == 0 and plainly(label) == plainly(FORM_HEADERS[0])):
                continue
            column = known.get(plainly(label))
            if column is None:
                self.unknown(table.cell(number, 0), label, sheet)
            elif column in rows:
                self.twice(table.cell(number, 0), column)
            else:
                rows[column] = number
        single = self.notes.single
        single |= {f"/{each.path[0]}": table.cell(0, 0) for each in sheet.columns}
        single |= {pointer_of(each.path): table.cell(row, 1) for each, row in rows.items()}
        cells = {
            each: table.rows[rows[each]][1]
            for each in sheet.columns
            if each in rows and len(table.rows[rows[each]]) > 1
        }
        self.fill(root, "", sheet, cells, place=lambda column: table.cell(rows[column], 1))

    def declarations(self, table: Table, root: dict[str, Any]) -> None:
        """Read what is said of each register: whether it has records, and whether it is complete."""
        sheet = self.layout.sheets[DECLARATIONS]
        columns = self.columns(table, sheet)
        register, state, *_ = sheet.columns
        if register not in columns:
            return
        declared: dict[str, Any] = {}
        index = self.begun(table, columns, register)
        for number, row in enumerate(table.rows[1:], start=1):
            cells = _filled(row, columns)

            def place(column: Column, number: int = number) -> str:
                return table.cell(number, columns[column])

            path = self.register_named(cells.pop(register, ""), place(register)) if cells else ""
            pointer = pointer_of(("meta", COMPLETENESS, path))
            if not path:
                continue
            if pointer in self.notes.records:
                self.twice(place(register), register)
                continue
            self.notes.records[pointer] = (index, number + 1)
            if state in cells:
                said = self.read(sheet, state, cells.pop(state), place(state))
                if "." in path and not isinstance(said, Refusal | UnsetType):
                    message, way_out = "下级台账不在这里填", "填在上级记录的同名一栏；这一格留空"
                    self.notes.wrong(place(state), Refusal(cause="inner", message=message, suggestion=way_out))
                elif not isinstance(said, Refusal | UnsetType):
                    root[path] = said
                    self.notes.single[f"/{path}"] = place(state)
            if cells:
                declared[path] = {}
                self.fill(declared[path], pointer, sheet, cells, place=place, names=names_in(self.schema, path))
        if declared and root["meta"].setdefault(COMPLETENESS, declared) is not declared:
            self.notes.wrong(
                self.notes.single[pointer_of(("meta", COMPLETENESS))],
                Refusal(cause="against none", message="这里说没有声明，声明表里又有", suggestion="两者只留一个"),
                self.schema.declaration.label,
            )

    def register_named(self, cell: Any, place: str) -> str:
        """Give the path of the register that a declaration speaks of; empty, and a mistake, where there is none."""
        labels = self.layout.sheets[DECLARATIONS].columns[0].names
        text = shown(cell).strip()
        path = labels.get(text, text)
        if path in self.schema.registers:
            return path
        near = self.near(text, labels)
        way_out = f"{near}？" if near else f"可用：{'、'.join(labels)}"
        message = f"没有“{text}”这个台账" if text else "没有写明是哪个台账"
        self.notes.wrong(place, Refusal(cause="register", message=message, suggestion=way_out))
        return ""

    # --- records ----------------------------------------------------------------------------------------------------

    def register(self, table: Table, sheet: Sheet, root: dict[str, Any]) -> None:
        """Read the records of a register."""
        columns = self.columns(table, sheet)
        owners, above, inside = sheet.owners, sheet.above, sheet.inside
        identity = next((each for each in columns if each.field is not None and each.field.identity), None)
        if identity is None or any(each not in columns for each in owners):
            return
        known = self.records.setdefault(sheet.key, {})
        index = self.begun(table, columns, identity)
        self.notes.single.setdefault(pointer_of(sheet.key.split(".")), table.cell(0, 0))
        for number, row in enumerate(table.rows[1:], start=1):
            cells = _filled(row, columns)
            if not cells:
                continue

            def place(column: Column, number: int = number) -> str:
                return table.cell(number, columns[column])

            ids = self.owners(sheet, owners, cells, place) if owners else ()
            held, pointer = ({}, "") if ids is None else self.records[above][ids] if owners else (root, "")
            rows = None if ids is None else self.rows(held, sheet, inside, place(identity))
            if ids is None or rows is None:
                self.notes.holes.add(pointer_of(("meta", COMPLETENESS, sheet.key, "count")))
                continue
            record: dict[str, Any] = {}
            at = f"{pointer}{pointer_of(inside)}/{len(rows)}"
            rows.append(record)
            self.notes.records[at] = (index, number + 1)
            self.fill(record, at, sheet, cells, place=place)
            name = record.get(identity.path[-1])
            if isinstance(name, str):
                known.setdefault((*ids, name), (record, at))

    def begun(self, table: Table, columns: Mapping[Column, int], first: Column) -> int:
        """Note the columns of a sheet, and the one that stands for a whole record; give the number of the sheet."""
        names = {pointer_of(each.path): column_name(at) for each, at in columns.items() if each.role is not Role.OWNER}
        self.notes.sheets.append((table.place, {**names, "": column_name(columns[first])}))
        return len(self.notes.sheets) - 1

    def owners(
        self, sheet: Sheet, owners: Sequence[Column], cells: dict[Column, Any], place: Place
    ) -> tuple[str, ...] | None:
        """Give the ids of the records above; `None`, and a mistake, where there is no such record."""
        found: list[str] = []
        for each in owners:
            value = self.read(sheet, each, cells.pop(each, ""), place(each))
            if value == "":
                message, way_out = "没有填写，不知道属于哪一条记录", "填上级记录的编号"
                refusal = Refusal(cause="owner", message=message, suggestion=way_out)
                self.notes.wrong(place(each), refusal, each.header, (sheet.key, each.key))
            if not isinstance(value, str) or not value:
                return None
            found.append(value)
        ids = tuple(found)
        known = self.records.get(sheet.above, {})
        if ids in known:
            return ids
        above = self.layout.sheets[sheet.above].name
        names = [each[-1] for each in known] if len(known) <= MOST_COMPARED else []
        near = self.near(ids[-1], names, likeness=0.75)
        refusal = Refusal(
            cause="no such owner",
            message=f"“{above}”中没有编号为 {shown(ids[-1])} 的记录",
            suggestion=f"{near}？" if near else f"先在“{above}”登记，或者改正编号",
        )
        self.notes.wrong(place(owners[-1]), refusal, owners[-1].header, (sheet.key, owners[-1].key))
        return None

    def rows(self, held: dict[str, Any], sheet: Sheet, inside: Sequence[str], place: str) -> list[Any] | None:
        """Give the list that a record belongs in; `None`, and a mistake, where it was said that there is none."""
        holder: Any = held
        for step in inside[:-1]:
            holder = holder.setdefault(step, {}) if isinstance(holder, dict) else holder
        begun = self.lists.get((id(holder), inside[-1]))
        if begun is None and isinstance(holder, dict) and inside[-1] not in holder:
            begun = holder[inside[-1]] = self.lists[id(holder), inside[-1]] = []
        if begun is None:
            refusal = Refusal(
                cause="against none",
                message=f"已经说明没有{sheet.name}，这里又有记录",
                suggestion=f"删去这条记录，或者把上级记录或者声明表中的“{NONE}”、0 改为空白",
            )
            self.notes.wrong(place, refusal, sheet.name, (sheet.key, "against none"))
        return begun

    def near(self, word: str, words: Iterable[str], likeness: float = 0.4) -> str:
        """Give the word that was meant, if one is like it; after so many words no more is guessed."""
        self.guesses -= 1
        found = difflib.get_close_matches(word, list(words), n=1, cutoff=likeness) if self.guesses >= 0 else []
        return found[0] if found else ""

    # --- cells ------------------------------------------------------------------------------------------------------

    def fill(
        self,
        record: dict[str, Any],
        pointer: str,
        sheet: Sheet,
        cells: Mapping[Column, Any],
        *,
        place: Place,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Put the cells of one record where they belong; they come in the order of the schema."""
        for column, cell in cells.items():
            if is_blank(cell):
                continue
            value = self.read(sheet, column, cell, place, names)
            if isinstance(value, Refusal):
                self.notes.holes.add(pointer + pointer_of(column.path))
                value = _hole(column)
            if value is UNSET:
                continue
            if column.role is Role.REGISTER and column.field is None and value == []:
                value = {}
            holder = self.holder(record, column, place)
            if holder is not None:
                holder[column.path[-1]] = value

    def read(
        self,
        sheet: Sheet,
        column: Column,
        cell: Any,
        place: str | Place,
        names: Mapping[str, str] | None = None,
    ) -> Any:
        """Read a cell; a `Refusal` has been noted."""
        if isinstance(cell, Refusal):
            value: Any = cell
        elif names is not None:
            value = reader(column, names)(cell)
        else:
            read = self.readers.get(column)
            if read is None:
                read = self.readers[column] = reader(column)
            value = read(cell)
        if isinstance(value, Refusal):
            named = place if isinstance(place, str) else place(column)
            self.notes.wrong(named, value, column.header, (sheet.key, column.key))
        return value

    def holder(self, record: dict[str, Any], column: Column, place: Place) -> dict[str, Any] | None:
        """Give the block that a value belongs in; `None`, and a mistake, where the block was said not to be there."""
        holder = record
        for step in column.path[:-1]:
            inner = holder.setdefault(step, {})
            if inner is None:
                block = column.header.rpartition("：")[0]
                message = f"“{block}”一栏填了“{NONE}”，这里又有内容"
                self.notes.wrong(
                    place(column),
                    Refusal(cause="against none", message=message, suggestion="两者只留一个"),
                    column.header,
                    column.key,
                )
            if not isinstance(inner, dict):
                return None
            holder = inner
        return holder


def _without_unit(header: str) -> str:
    """Give what a header says before the unit in its last brackets."""
    return re.sub(r"[（(][^（()）]*[）)]$", "", header.strip())


def _filled(row: Sequence[Any], columns: Mapping[Column, int]) -> dict[Column, Any]:
    """Give the cells of a row that are not blank; most are, and that is seen at a glance."""
    width = len(row)
    return {column: row[at] for column, at in columns.items() if at < width and row[at] != "" and not is_blank(row[at])}


def _by_spelling(sheet: Sheet) -> dict[str, Column]:
    """Give the columns by every way of writing their headers; what two share means the first."""
    known: dict[str, Column] = {}
    for each in sheet.columns:
        for spelling in each.spellings:
            known.setdefault(spelling, each)
    return known


def _hole(column: Column) -> Any:
    """Give a value that the schema refuses at this place."""
    is_object = column.role in {Role.BLOCK, Role.SOURCES} or (
        column.field is not None and column.field.kind is Kind.SHAPE
    )
    return 0 if is_object else {}
