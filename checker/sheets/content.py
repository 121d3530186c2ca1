"""What stands in a cell, and what it means in a dossier: both directions, so that one can be held against the other.

Blank is absent; 无 is null. A text between ASCII quotation marks, or a list or object in its brackets, is read as JSON:
so that a text that is itself 无, or begins with a space, can be written too.
"""

import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import UNSET

from checker.classes import dataclass
from checker.dossier.citizens import without_citizens
from checker.dossier.records import exact
from checker.dossier.schema import Field, Kind
from checker.language.wording import UNITS
from checker.sheets.layout import Column, Role

NONE = "无"
PRESENT = "有"
EMPTY = "0"
YES, NO = "是", "否"
LONGEST_CELL = 32_767
"""No cell of a workbook holds a longer text."""

DIGITS_KEPT = 15
LOSSY = 10**DIGITS_KEPT
LONGEST_SHOWN = 40
LEAVE_BLANK = "没有就填“无”，不知道就留空"
WHOLE_RECORD = "*"

Cell = str | float | bool | date | time | timedelta | None
"""What a reader of workbooks gives for a cell; a `datetime` is a `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a cell can't be read, and the way out; `cause` is the same for all that are refused alike."""

    cause: str
    message: str
    suggestion: str


Read = Callable[[Any], Any]
"""From a cell that is not blank to a value of a dossier, or a `Refusal`."""


def is_blank(cell: Cell) -> bool:
    """Say whether nothing stands in a cell."""
    return cell is None or (cell.__class__ is str and not str(cell).strip())


def choices(column: Column) -> tuple[str, ...]:
    """Give what may be chosen in a column; empty where anything can be written."""
    field = column.field
    none = (NONE,) if field is None or field.nullable else ()
    match column.role:
        case Role.BLOCK:
            return (NONE, PRESENT)
        case Role.REGISTER:
            return (EMPTY, NONE)
        case Role.REGISTER_NAME:
            return tuple(column.names)
        case Role.VALUE if field is not None and field.kind is Kind.ENUM:
            return (*field.member_labels.values(), *none)
        case Role.VALUE if field is not None and field.kind is Kind.BOOLEAN:
            return (YES, NO, *none)
    return ()


# --- reading --------------------------------------------------------------------------------------------------------


def reader(column: Column, names: Mapping[str, str] | None = None) -> Read:
    """Give what reads the cells of a column; *names* are the fields that its texts can speak of."""
    known = column.names if names is None else names
    match column.role:
        case Role.OWNER | Role.REGISTER_NAME:
            return _text
        case Role.BLOCK:
            return _state({NONE: None, PRESENT: {}}, "填“无”或者“有”；后面各栏填了内容的，这一栏留空")
        case Role.REGISTER:
            return _state(
                {NONE: None, EMPTY: [], PRESENT: UNSET}, "一条也没有填 0，没有这种台账填“无”；有记录的，这一栏留空"
            )
        case Role.SOURCES:
            return _or_none(lambda cell: _sources(cell, known))
        case Role.WITHHELD:
            return _or_none(lambda cell: _texts(cell, known))
    assert column.field is not None
    read = _reader_of(column.field, known)
    return _or_none(read) if column.field.nullable else read


def _or_none(read: Read) -> Read:
    return lambda cell: None if cell.__class__ is str and cell.strip() == NONE else read(cell)


def _reader_of(field: Field, names: Mapping[str, str]) -> Read:
    match field.kind:
        case Kind.TEXT:
            return _text
        case Kind.ENUM:
            return _member(field)
        case Kind.DAY:
            return lambda cell: _day(cell, full=field.full_day)
        case Kind.NUMBER | Kind.INTEGER:
            return _number(field)
        case Kind.BOOLEAN:
            return _truth
        case Kind.TEXTS:
            return lambda cell: _texts(cell, names)
        case Kind.SHAPE:
            return _shape
    raise TypeError(field.name)


def _text(cell: Cell) -> Any:
    match cell:
        case str():
            text = cell.strip()
            if len(text) > 1 and text[0] == text[-1] == '"':
                told = _json(text)
                return told if isinstance(told, str) else text
            return text
        case bool():
            return _refused("text", cell, "应为文字", "把这一栏设为文本格式后重新填写")
        case float():
            if not math.isfinite(cell) or abs(cell) >= LOSSY:
                return _lost(cell)
            return f"{_exactly(cell):f}"
        case date():
            return _refused("text", cell, "被电子表格自动改成了日期", "把这一栏设为文本格式后重新填写")
    return _refused("text", cell, "应为文字", "把这一栏设为文本格式后重新填写")


def _lost(cell: float) -> Refusal:
    return Refusal(
        cause="lost digits",
        message=f"电子表格只保留了前{DIGITS_KEPT}位数字，后面的已经丢失（现为 {without_citizens(f'{cell:.0f}')}）",
        suggestion="把这一栏设为文本格式后重新填写",
    )


def _exactly(cell: float) -> Decimal:
    """Give the number that was typed: no spreadsheet keeps more than fifteen digits, and calculation adds noise."""
    return Decimal(f"{cell:.{DIGITS_KEPT}g}")


NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)


def number(cell: Cell) -> int | Decimal | Refusal:
    """Read a number with every digit; thousands may be set off by commas, in groups of three."""
    match cell:
        case bool():
            return _refused("number", cell, "应为数值", LEAVE_BLANK)
        case float():
            if not math.isfinite(cell) or abs(cell) >= LOSSY:
                return _lost(cell)
            return _whole(_exactly(cell))
        case str():
            text = unicodedata.normalize("NFKC", cell).strip()
            if NUMBER.fullmatch(text):
                try:
                    return _whole(exact(text.replace(",", "")))
                except ValueError as error:
                    return Refusal(cause="number", message=str(error), suggestion="核对位数和单位")
    return _refused("number", cell, "应为数值", f"只填数字，不带单位和文字。{LEAVE_BLANK}")


def _whole(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value


def _number(field: Field) -> Read:
    unit = f"单位是{UNITS[field.unit]}" if UNITS.get(field.unit) else ""

    def read(cell: Cell) -> int | Decimal | Refusal:
        found = number(cell)
        if isinstance(found, Refusal):
            return Refusal(
                cause=found.cause,
                message=found.message,
                suggestion="；".join(each for each in (found.suggestion, unit) if each),
            )
        if field.kind is Kind.INTEGER and not isinstance(found, int):
            return _refused("number", cell, "应为整数", "填整数")
        return found

    return read


DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?(?:[ T]00:00(?::00)?)?", re.ASCII)
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
YEARS = range(1900, 2200)


def _day(cell: Cell, *, full: bool) -> str | Refusal:
    match cell:
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() if math.isfinite(cell) and cell == int(cell):
            text = str(int(cell))
            if len(text) == 5:
                return _refused(
                    "day", cell, "是数字，不是日期", "这像是日期的序号：把单元格设为日期格式，或者写 2021-04-03"
                )
        case str():
            text = unicodedata.normalize("NFKC", cell).strip()
        case _:
            return _not_a_day(cell, full=full)
    found = DAY.fullmatch(text) or PACKED.fullmatch(text)
    if found is None or int(found.group(1)) not in YEARS:
        return _not_a_day(cell, full=full)
    year, month, day = found.groups()
    try:
        whole = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return _refused("day", cell, "不是有效的日期，没有这一天", f"核对日期。{LEAVE_BLANK}")
    if full and not day:
        return _refused("day", cell, "没有写到日", "写到日，例如 2021-04-03")
    return whole.isoformat()[: 10 if day else 7 if month else 4]


def _not_a_day(cell: Cell, *, full: bool) -> Refusal:
    form = "2021-04-03" if full else "2021-04-03；只知道月份写 2021-04，只知道年份写 2021"
    return _refused("day", cell, "不是有效的日期", f"写作 {form}。{LEAVE_BLANK}")


def _member(field: Field) -> Read:
    known = {plain: member for member in field.members for plain in (member, field.member_labels[member])}

    def read(cell: Cell) -> str | Refusal:
        if isinstance(cell, str):
            text = cell.strip()
        elif isinstance(cell, float):
            text = next((each for each in known if _is_number(each, cell)), "")
        else:
            text = ""
        if text in known:
            return known[text]
        labels = list(dict.fromkeys(field.member_labels.values()))
        listed = "、".join(labels if len(labels) <= 12 else [*labels[:3], f"…（共{len(labels)}种）"])
        return _refused("member", cell, "不是可选的值", f"从下拉列表中选：{listed}。{LEAVE_BLANK}")

    return read


def _is_number(text: str, value: float) -> bool:
    return NUMBER.fullmatch(text) is not None and float(text.replace(",", "")) == value


TRUTHS: Mapping[str, bool] = MappingProxyType({YES: True, NO: False, "true": True, "false": False})


def _truth(cell: Cell) -> bool | Refusal:
    if isinstance(cell, bool):
        return cell
    found = TRUTHS.get(cell.strip().lower()) if isinstance(cell, str) else None
    return _refused("truth", cell, "应为“是”或者“否”", f"填“是”或者“否”。{LEAVE_BLANK}") if found is None else found


BETWEEN = re.compile(r"[、，,；;\n]")
BETWEEN_PAPERS = re.compile(r"[、，,\s]")
BETWEEN_FIELDS = re.compile(r"[；;\n]")
AFTER_NAME = re.compile(r"[=＝：]")


def parts(between: re.Pattern[str], text: str) -> list[str]:
    """Take a text apart, without the white space around its parts and without parts that hold nothing else.

    >>> parts(BETWEEN, "甲 、 乙，， ")
    ['甲', '乙']
    """
    return [each for each in map(str.strip, between.split(text)) if each]


def _texts(cell: Cell, names: Mapping[str, str]) -> Any:
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        return _bracketed(cell, list)
    text = _text(cell)
    if isinstance(text, Refusal):
        return text
    return [names.get(each, each) for each in parts(BETWEEN, text)]


def _sources(cell: Cell, names: Mapping[str, str]) -> Any:
    """Read `D01、D02` (papers of the whole record) or `出让价款总额=D02#p3；合同签订日期=D03`."""
    if isinstance(cell, str) and cell.lstrip().startswith("{"):
        return _bracketed(cell, dict)
    text = _text(cell)
    if isinstance(text, Refusal):
        return text
    found: dict[str, list[str]] = {}
    for part in parts(BETWEEN_FIELDS, text):
        *name, papers = map(str.strip, AFTER_NAME.split(part, maxsplit=1))
        key = names.get(name[0], name[0]) if name else WHOLE_RECORD
        found.setdefault(key, []).extend(parts(BETWEEN_PAPERS, papers))
    return found


def _shape(cell: Cell) -> Any:
    return _bracketed(cell, dict)


def _bracketed(cell: Cell, wanted: type) -> Any:
    found = _json(cell) if isinstance(cell, str) else None
    if not isinstance(found, wanted):
        return _refused("json", cell, "不是有效的 JSON", "核对括号、引号和逗号")
    return found


def _json(text: str) -> Any:
    """Read JSON with every digit; what is none gives `None`, and so does what nests too deep or holds NaN."""
    try:
        return json.loads(text, parse_float=exact, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(text: str) -> None:
    raise ValueError(text)


def _state(states: Mapping[str, Any], suggestion: str) -> Read:
    def read(cell: Cell) -> Any:
        if isinstance(cell, str):
            text = unicodedata.normalize("NFKC", cell).strip()
        else:
            text = f"{cell:g}" if cell.__class__ is float else ""
        if text not in states:
            return _refused("state", cell, "这一栏不填内容", suggestion)
        found = states[text]
        return found.__class__() if isinstance(found, dict | list) else found

    return read


def _refused(cause: str, cell: Cell, message: str, suggestion: str) -> Refusal:
    return Refusal(cause=cause, message=f"{message}（现为 {shown(cell)}）", suggestion=suggestion)


def shown(cell: Cell | Refusal) -> str:
    """Show what stands in a cell, cut short."""
    match cell:
        case Refusal():
            return cell.message
        case bool():
            return str(cell).upper()
        case float():
            return f"{cell:.{DIGITS_KEPT}g}"
        case date() | time():
            return cell.isoformat()
    text = without_citizens(str(cell))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


# --- writing --------------------------------------------------------------------------------------------------------


def written(value: Any, column: Column, names: Mapping[str, str] | None = None) -> str | int | Decimal | date:
    """Say what to put in a cell so that *value* is read back from it."""
    if value is None:
        return NONE
    if column.role in {Role.BLOCK, Role.REGISTER}:
        return PRESENT if column.role is Role.BLOCK else EMPTY
    field = column.field
    known = {name: label for label, name in (column.names if names is None else names).items()}
    if column.role is Role.SOURCES:
        plain = "；".join(
            ("" if name == WHOLE_RECORD else f"{known.get(name, name)}=") + "、".join(papers)
            for name, papers in value.items()
        )
    elif column.role is Role.WITHHELD or (field is not None and field.kind is Kind.TEXTS):
        plain = "、".join(known.get(each, each) for each in value)
    else:
        kind = field.kind if field is not None else Kind.TEXT
        match kind:
            case Kind.ENUM if field is not None:
                labels = list(field.member_labels.values())
                return field.member_labels[value] if labels.count(field.member_labels[value]) == 1 else str(value)
            case Kind.BOOLEAN:
                return YES if value else NO
            case Kind.DAY if field is not None and field.full_day:
                return date.fromisoformat(value) if int(value[:4]) in YEARS else str(value)
            case Kind.DAY:
                return str(value)
            case Kind.NUMBER | Kind.INTEGER:
                return value if _survives(value) else f"{value:f}"
            case _:
                plain = value if isinstance(value, str) else ""
    back = reader(column, names)(plain) if plain == _printable(plain) and not is_blank(plain) else UNSET
    return plain if back == value else _as_json(value)


def _survives(value: int | Decimal) -> bool:
    """Say whether a spreadsheet keeps every digit of a number."""
    return abs(value) < LOSSY and number(float(f"{float(value):.16G}")) == value


UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""What a workbook can't hold as it is, or spells in a way of its own."""


def _printable(text: str) -> str:
    return UNPRINTABLE.sub("", text)


_WRITER = msgspec.json.Encoder(decimal_format="number")


def _as_json(value: Any) -> str:
    text = _WRITER.encode(value).decode()
    return UNPRINTABLE.sub(lambda found: "".join(f"\\u{ord(each):04x}" for each in found.group()), text)
