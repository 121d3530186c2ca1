"""An XLSX that people filled, as grids of cells: the only module that knows calamine.

A workbook comes from anywhere, so it is weighed before it is opened: the file, what it unpacks to, and the cells that a
reader would make room for. No formula is ever evaluated; a cell that holds none that was computed is told by its name.
"""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from posixpath import join, normpath

from checker.errors import DossierError, Place, Problem
from checker.papers.sheets import LONGEST, Cell, Grid, cell_name

LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 2_000
MOST_CELLS = 5_000_000
MOST_TEXT = 500 * 1024 * 1024
"""So much text the cells of one workbook may hold, counted as often as it is shown."""
MOST_PROBLEMS = 50

_TOO_LONG = (f"内容超过 {LONGEST} 个字符", "缩短，或者分成几格")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^<>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CELL_START = re.compile(rb"<(?:\w+:)?c[\s/>]")
_CELL_PLACE = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br=[\"']([A-Z]{1,3})[0-9]+[\"']")
_ROW_START = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ANY_ROW = re.compile(rb"\br=[\"'][A-Z]{0,3}([0-9]{1,9})[\"']")
_ITEM = re.compile(rb"<(?:\w+:)?si[\s/>]")
_NUMBER = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>\s*([0-9]{1,7})\s*<")
_TAG = re.compile(rb"<(/?)(?:\w+:)?(c|f|v|is)(?=[\s/>])([^<>]*)>")


def read(data: bytes, file: str) -> tuple[Grid, ...]:
    """Read every sheet of the workbook in *data*; raise `DossierError` for one that is no workbook or too large."""
    parts = _unpack(data, file)
    for name, part in parts.items():
        _weigh(name, part, file)
    _weigh_text(parts, file)
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum  # noqa: PLC0415 - only papers need it

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as box:  # what was weighed is what is opened
        for name, part in parts.items():
            box.writestr(zipfile.ZipInfo(name), part)
    packed.seek(0)
    places = _places(parts)
    grids, problems = [], []
    try:
        book = CalamineWorkbook.from_filelike(packed)
        for name in (each.name for each in book.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet):
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            special = dict(_special(parts.get(places.get(name, ""), b"")))
            problems += [_problem(file, f"{name} {cell}", *words) for cell, words in _faults(special)]
            problems += [_problem(file, f"{name} {cell}", *_TOO_LONG) for cell in _too_long(rows)]
            formulas = {cell: formula for cell, (formula, _, _) in special.items() if formula}
            grids.append(Grid(name=name, rows=tuple(tuple(map(_cell, row)) for row in rows), formulas=formulas))
    except (CalamineError, ValueError) as error:
        raise _refusal(file, "工作簿已损坏，读不出来", "用 Excel 或者 WPS 打开后另存为 .xlsx") from error
    if problems:
        raise DossierError(problems[:MOST_PROBLEMS])
    return tuple(grids)


def _cell(value: object) -> Cell:
    """Give a cell as it is; a blank one is `None`, and midnight is a day."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    assert isinstance(value, Cell)
    return value


def _unpack(data: bytes, file: str) -> dict[str, bytes]:
    if len(data) > LARGEST:
        size = len(data) // 1024 // 1024
        raise _refusal(file, f"文件过大（{size} MB），上限 {LARGEST // 1024 // 1024} MB", "删去图片，或者分成几个文件")
    if data.startswith(_OLE):
        raise _refusal(file, "是旧格式（.xls、.et）或者加了密码的工作簿", "去掉密码，另存为 .xlsx")
    if not data.startswith(_ZIP):
        raise _refusal(file, "不是 .xlsx 工作簿", "另存为 .xlsx")
    left = LARGEST_UNPACKED
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            if len(box.infolist()) > MOST_PARTS:
                raise _refusal(file, f"工作簿的部件超过 {MOST_PARTS} 个", "另存为新的 .xlsx")
            for each in box.infolist():
                if not each.filename.lower().endswith((".xml", ".rels")):
                    continue
                with box.open(each) as held:
                    part = held.read(left + 1)
                left -= len(part)
                if left < 0:
                    limit = LARGEST_UNPACKED // 1024 // 1024
                    raise _refusal(file, f"解压后超过 {limit} MB", "删去不用的工作表，或者分成几个文件")
                if each.filename in parts:
                    raise _refusal(file, f"工作簿中有两个 {each.filename}", "用 Excel 或者 WPS 打开后另存为 .xlsx")
                parts[each.filename] = part
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise _refusal(file, "压缩包已损坏，或者加了密码", "用 Excel 或者 WPS 打开后另存为 .xlsx") from error
    return parts


def _weigh(name: str, part: bytes, file: str) -> None:
    """Refuse a part for which a reader would make room for more cells than can be borne."""
    if part.startswith(_WIDE_TEXT):
        raise _refusal(file, f"{name} 不是 UTF-8 编码", "用 Excel 或者 WPS 打开后另存为 .xlsx")
    cells = len(_CELL_START.findall(part))
    if not cells:
        return
    columns = _CELL_PLACE.findall(part)
    unplaced = cells - len(columns)
    widest = max(map(_column_number, set(columns)), default=0) + unplaced
    tallest = max(map(int, set(_ANY_ROW.findall(part))), default=0) + (len(_ROW_START.findall(part)) if unplaced else 0)
    if widest * tallest > MOST_CELLS:
        raise _refusal(
            file,
            f"一张工作表的范围有 {tallest} 行 {widest} 列，超过 {MOST_CELLS} 格",
            "删去表格以外的行、列（选中后“删除”，不是清除内容）再保存",
        )


def _weigh_text(parts: Mapping[str, bytes], file: str) -> None:
    """Refuse a workbook whose shared texts, told as often as cells show them, are more than can be borne."""
    shared = next((part for name, part in parts.items() if name.lower().endswith("sharedstrings.xml")), b"")
    starts = [each.start() for each in _ITEM.finditer(shared)]
    sizes = [end - start for start, end in zip(starts, [*starts[1:], len(shared)], strict=False)]
    cells = sum(len(_CELL_START.findall(part)) for part in parts.values())
    if max(sizes, default=0) * cells <= MOST_TEXT:
        return
    shown = (int(number) for part in parts.values() for number in _NUMBER.findall(part))
    if sum(sizes[number] for number in shown if number < len(sizes)) > MOST_TEXT:
        raise _refusal(file, "单元格中的文字过多", "分成几个文件")


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number


def _places(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Say in which part each sheet stands."""
    book = parts.get("xl/workbook.xml", b"").decode("utf-8", "replace")
    relations = parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")
    targets = {}
    for found in map(_attributes, _RELATION.findall(relations)):
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
    sheets = map(_attributes, _SHEET.findall(book))
    return {each.get("name", ""): targets.get(each.get("id", ""), "") for each in sheets}


def _attributes(text: str) -> dict[str, str]:
    return {name.rpartition(":")[2]: html.unescape(one or other) for name, one, other in _ATTRIBUTE.findall(text)}


def _special(part: bytes) -> Iterator[tuple[str, tuple[str, bool, bool]]]:
    """Give each cell with a formula or an error: its formula, whether it is an error, whether it has a value."""
    if not re.search(rb"<(?:\w+:)?f[\s/>]|\bt=[\"']e[\"']", part):
        return
    cell, formula, is_error, has_value = "", "", False, False
    for found in _TAG.finditer(part):
        closes, tag, rest = found[1], found[2], found[3]
        if tag == b"c" and not closes:
            attributes = _attributes(rest.decode("utf-8", "replace"))
            cell, formula = attributes.get("r", ""), ""
            is_error, has_value = attributes.get("t") == "e", False
        elif tag == b"f" and not closes:
            end = part.find(b"<", found.end())
            text = "" if rest.endswith(b"/") else part[found.end() : end].decode("utf-8", "replace")
            formula = f"={html.unescape(text) or '（与别的单元格共用）'}"
        elif tag in {b"v", b"is"} and not closes:
            has_value = True
        elif tag == b"c" and closes and (formula or is_error):
            yield cell, (formula, is_error, has_value)


def _too_long(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and len(cell) > LONGEST:
                yield cell_name(line, column)


def _faults(special: Mapping[str, tuple[str, bool, bool]]) -> Iterator[tuple[str, tuple[str, str]]]:
    for cell, (formula, is_error, has_value) in special.items():
        if is_error:
            yield cell, ("单元格是错误值（如 #N/A、#DIV/0!）", "改正公式，或者直接填写内容")
        elif formula and not has_value:
            yield cell, (f"公式没有算出结果（{formula[:60]}）", "用 Excel 或者 WPS 打开并保存，或者直接填写内容")


def _problem(file: str, pointer: str, message: str, suggestion: str) -> Problem:
    return Problem(message=message, place=Place(file=file, pointer=pointer), suggestion=suggestion)


def _refusal(file: str, message: str, suggestion: str) -> DossierError:
    return DossierError([_problem(file, "", message, suggestion)])
