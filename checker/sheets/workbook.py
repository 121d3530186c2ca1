"""Reading the cells of workbooks and CSV files that others made, without trusting them.

Nothing in a file is carried out: formulas are not calculated, links not followed, macros not looked at. What a cell
showed when the file was saved is what is read. How much a file may unfold to is settled before it is unfolded.
"""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from html import unescape
from pathlib import PurePosixPath
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from checker.classes import dataclass
from checker.errors import DossierError, Place, Problem
from checker.limits import megabytes
from checker.sheets import CSV, NOT_XLSX, OTHERS, WORKBOOKS
from checker.sheets.content import Refusal
from checker.sheets.sheet import cell_name

MOST_PARTS = 2_000

META = "_meta"
LISTS = "字典"
GUIDE = "填报说明"
"""Sheets of the template that hold no facts: what made it, the long drop-down lists, and a page for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is read of a file, and which sheets are left out because what stands in them is not asked for.

    `cells` are those of one sheet, counting the blank ones before the last that is filled; `text` is how many
    characters they may hold together, for many cells can share one long text.
    """

    file: int = 128 * 1024 * 1024
    unzipped: int = 512 * 1024 * 1024
    cells: int = 6_000_000
    text: int = 512 * 1024 * 1024
    without: frozenset[str] = frozenset({LISTS, GUIDE})


REGISTERS = Limits()
"""For the registers of a zone, of which one can have tens of thousands of records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The cells of one sheet or CSV file, from its first row and column on.

    `file` is a name; `place` names the sheet as a cell of it is named: `供地台账` gives `供地台账!C9`. A cell that
    can't be read holds a `Refusal`. `formulas` are told by the name of their cell in the sheet, `C9`.
    """

    file: str
    name: str
    place: str
    rows: Sequence[Sequence[Any]]
    formulas: Mapping[str, str] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> str:
        """Name a cell by its row and column, both counted from 0."""
        return f"{self.place}!{cell_name(row, column)}"


def tables(data: bytes, name: str, *, alone: bool = True, limits: Limits = REGISTERS) -> tuple[Table, ...]:
    """Read the sheets of a file; *alone*, its cells are named without it. Raise `DossierError` if it can't be read."""
    suffix = PurePosixPath(name).suffix.lower()
    if len(data) > limits.file:
        raise _refused(
            name,
            f"文件过大（{megabytes(len(data))}），上限 {limits.file // 1024 // 1024} MB",
            "删去图片，或者拆成几个文件",
        )
    if suffix == CSV:
        stem = PurePosixPath(name).stem
        return (Table(file=name, name=stem, place=stem if alone else name, rows=_csv_rows(data, name, limits)),)
    if suffix in OTHERS or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(name, *NOT_XLSX)
    if suffix not in WORKBOOKS:
        raise _refused(name, "不是电子表格", "用 .xlsx 或者 .csv 文件")
    return tuple(_sheets(data, name, limits, alone=alone))


def _refused(name: str, message: str, suggestion: str, place: str = "") -> DossierError:
    return DossierError([Problem(message=message, place=Place(file=name, pointer=place), suggestion=suggestion)])


# --- CSV ------------------------------------------------------------------------------------------------------------


def _csv_rows(data: bytes, name: str, limits: Limits) -> list[list[str]]:
    text = _decoded(data, name)
    rows: list[list[str]] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            cells += max(len(row), 1)
            if cells > limits.cells:
                raise _refused(name, f"单元格超过 {limits.cells:,} 个", "按年度拆分")
            rows.append(row)
    except csv.Error as error:
        raise _refused(
            name, f"第 {reader.line_num} 行不是有效的 CSV（{error}）", "检查引号是否配对；或者存成 .xlsx"
        ) from error
    return rows


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(name, "文件是 UTF-16 编码", "另存为 UTF-8 编码的 CSV")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(name, "文件既不是 UTF-8 编码，也不是 GB18030 编码", "另存为 UTF-8 编码的 CSV")


# --- workbooks ------------------------------------------------------------------------------------------------------


def _sheets(data: bytes, name: str, limits: Limits, *, alone: bool) -> Iterator[Table]:
    damaged = _refused(name, "文件已损坏，或者不是 xlsx 格式", "用电子表格软件打开后另存为 .xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = _unfolded(package, name, limits)
        wanted = dict(_parts_of_sheets(parts))
        faults, formulas = _looked_at(parts, wanted, name, limits, alone=alone)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise damaged from error
    if not wanted:
        raise damaged
    parts.clear()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for found in book.sheets_metadata:
            sheet = found.name
            if sheet in faults and found.typ is SheetTypeEnum.WorkSheet:
                rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
                for (row, column), fault in faults[sheet].items():
                    _put(rows, row, column, fault)
                place = sheet if alone else f"[{name}]{sheet}"
                yield Table(file=name, name=sheet, place=place, rows=rows, formulas=formulas[sheet])
    except (CalamineError, OSError, ValueError) as error:
        raise damaged from error


def _looked_at(
    parts: dict[str, bytes], wanted: Mapping[str, str], name: str, limits: Limits, *, alone: bool
) -> tuple[dict[str, dict[tuple[int, int], Refusal]], dict[str, dict[str, str]]]:
    """Make sure of the size of the sheets that are asked for; give what is wrong in each, and its formulas."""
    texts = _texts(parts)
    faults, formulas = {}, {}
    for sheet, part in wanted.items():
        if sheet not in limits.without:
            place = sheet if alone else f"[{name}]{sheet}"
            marks = _Marks.of(parts[part])
            size = _look_at_size(marks, parts[part], texts, limits, (name, place))
            faults[sheet], formulas[sheet] = _special(marks, parts[part], size)
    return faults, formulas


def _put(rows: list[list[Any]], row: int, column: int, fault: Refusal) -> None:
    """Put a fault where it belongs; a sheet that ends before it grows."""
    while len(rows) <= row:
        rows.append([])
    rows[row].extend([""] * (column + 1 - len(rows[row])))
    rows[row][column] = fault


def _unfolded(package: zipfile.ZipFile, name: str, limits: Limits) -> dict[str, bytes]:
    """Unzip what is needed, and make sure of the size of the rest."""
    infos = package.infolist()
    too_large = _refused(
        name,
        f"解压后过大，上限 {limits.unzipped // 1024 // 1024} MB",
        "删去空白行列和图片后另存，或者拆成几个文件",
    )
    if len(infos) > MOST_PARTS or sum(each.file_size for each in infos) > limits.unzipped:
        raise too_large
    parts = {}
    for each in infos:
        is_needed = each.filename.endswith((".xml", ".rels"))
        with package.open(each) as stream:  # reads no more than the size that was declared, and checks the sum
            if is_needed:
                parts[each.filename] = stream.read()
            else:
                while stream.read(1 << 20):
                    pass
    if len(parts) < sum(each.filename.endswith((".xml", ".rels")) for each in infos):
        raise zipfile.BadZipFile
    for part in parts.values():
        if b"\0" in part[:200] or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            raise zipfile.BadZipFile
    return parts


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        key.decode().rpartition(":")[2]: unescape((double or single).decode("utf-8", "replace"))
        for key, double, single in re.findall(rb"""(?<![\w:])([\w:]++)\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    }


def _parts_of_sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Give the part of each sheet by the sheet's name."""
    targets = {
        attributes["Id"]: attributes.get("Target", "")
        for tag in re.findall(rb"<(?:\w+:)?Relationship\s[^<>]*>", parts.get("xl/_rels/workbook.xml.rels", b""))
        if "Id" in (attributes := _attributes(tag))
    }
    for tag in re.findall(rb"<(?:\w+:)?sheet\s[^<>]*>", parts.get("xl/workbook.xml", b"")):
        attributes = _attributes(tag)
        target = targets.get(attributes.get("id", ""), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part in parts:
            yield attributes.get("name", ""), part


def _texts(parts: dict[str, bytes]) -> Sequence[int]:
    """Give the lengths of the texts that cells share."""
    shared = parts.get("xl/sharedStrings.xml", b"")
    prefix = _prefix(shared, b"sst")
    return [len(each) for each in shared.split(b"</" + prefix + b"si>")]


def _prefix(part: bytes, root: bytes) -> bytes:
    """Give what the names of a part begin with, should its namespace have a prefix."""
    found = re.search(rb"<(\w+:)?" + root + rb"[\s>]", part)
    return (found.group(1) or b"") if found else b""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """How the XML of one sheet is marked up; none of the patterns looks further than the end of a tag."""

    opening: bytes
    closing: bytes
    value: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    unnamed: re.Pattern[bytes]
    row: re.Pattern[bytes]
    cell: re.Pattern[bytes]

    @classmethod
    def of(cls, part: bytes) -> "_Marks":
        prefix = _prefix(part, b"worksheet")
        start = b"<" + prefix
        return cls(
            opening=start + b"c",
            closing=b"</" + prefix + b"c>",
            value=re.compile(start + rb"v(?:\s[^<>]*)?(?:/>|>([^<]*))"),
            formula=re.compile(start + rb"f(?:\s[^<>]*)?(?:/>|>([^<]*))"),
            unnamed=re.compile(start + rb"(?:row|c)(?=[\s/>])(?![^<>]*?\sr\s*=)"),
            row=re.compile(start + rb"""row\s[^<>]*?(?<=\s)r\s*=\s*["'](\d+)"""),
            cell=re.compile(start + rb"""c\s[^<>]*?(?<=\s)r\s*=\s*["']([A-Za-z]+)([0-9]+)"""),
        )


REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)(\d+)["']""")
IS_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
IS_TEXT = re.compile(rb"""\st\s*=\s*["']str["']""")
"""A formula whose result is a text; that may be empty."""
IS_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")


FARTHEST = 10**9
"""What stands for the number of a row or column that has too many digits or letters: no sheet goes so far."""


def _number_of(column: bytes) -> int:
    if len(column) > 5:
        return FARTHEST
    number = 0
    for each in column.upper():
        number = number * 26 + each - ord("A") + 1
    return number


def _row_number(digits: bytes) -> int:
    return int(digits) if len(digits) < len(str(FARTHEST)) else FARTHEST


def _look_at_size(
    marks: _Marks, part: bytes, texts: Sequence[int], limits: Limits, where: tuple[str, str]
) -> tuple[int, int]:
    """Refuse a sheet that would fill the memory with blank cells, or with one long text over and over.

    Give how many rows and columns it has.
    """
    name, place = where
    columns, rows = set(), set()
    for found in marks.cell.finditer(part):
        columns.add(found[1])
        rows.add(found[2])
    numbers = {*map(_row_number, marks.row.findall(part)), *map(_row_number, rows)}
    if 0 in numbers or marks.unnamed.search(part):
        raise _refused(name, "单元格没有编号，不能确定位置", "用电子表格软件打开后另存为 .xlsx", place)
    last = max(numbers, default=0)
    width = max(map(_number_of, columns), default=0)
    if last * width > limits.cells:
        raise _refused(
            name,
            f"这张表有 {last:,} 行 {width:,} 列，超过 {limits.cells:,} 个单元格",
            "删去末尾多余的行和列，或者按年度拆分",
            place,
        )
    longest = max(texts, default=0)
    if part.count(marks.closing) * longest > limits.text:
        shared = (marks.value.search(inside) for tag, inside in _cells(marks, part) if IS_SHARED.search(tag))
        uses = (int(each.group(1)) for each in shared if each and (each.group(1) or b"").isdigit())
        if sum(texts[each] for each in uses if each < len(texts)) > limits.text:
            raise _refused(name, f"这张表的文字超过 {limits.text:,} 字节", "按年度拆分", place)
    return last, width


def _cells(marks: _Marks, part: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the tag and the contents of each cell that has contents."""
    for each in part.split(marks.closing):
        start = max(each.rfind(marks.opening + mark) for mark in (b" ", b"\n", b"\t", b"\r"))
        tag, _, inside = each[max(start, 0) :].partition(b">")
        yield tag, inside


def _special(
    marks: _Marks, part: bytes, size: tuple[int, int]
) -> tuple[dict[tuple[int, int], Refusal], dict[str, str]]:
    """Find the cells that a reader of workbooks takes for blank although they are not, and the formulas."""
    faults: dict[tuple[int, int], Refusal] = {}
    formulas: dict[str, str] = {}
    if not marks.formula.search(part) and not IS_ERROR.search(part):
        return faults, formulas
    for tag, inside in _cells(marks, part):
        value, formula, at = marks.value.search(inside), marks.formula.search(inside), REFERENCE.search(tag)
        if at is None:
            continue
        place = _row_number(at.group(2)) - 1, _number_of(at.group(1)) - 1
        if place[0] not in range(size[0]) or place[1] not in range(size[1]):
            continue
        if formula is not None:
            formulas[cell_name(*place)] = f"={_decoded_text(formula.group(1)) or '（与别的单元格共用）'}"
        if IS_ERROR.search(tag):
            error = _decoded_text(value.group(1)) if value else ""
            faults[place] = Refusal(
                cause="error", message=f"公式出错（现为 {error[:20]}）", suggestion="改正公式，或者直接填内容"
            )
        elif formula is not None and not (value and value.group(1)) and not IS_TEXT.search(tag):
            faults[place] = Refusal(
                cause="formula",
                message="公式没有计算过，读不出结果",
                suggestion="用电子表格软件打开并保存一次，或者直接填内容",
            )
    return faults, formulas


def _decoded_text(text: bytes | None) -> str:
    return unescape((text or b"").decode("utf-8", "replace"))
