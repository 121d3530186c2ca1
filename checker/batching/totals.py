"""A province's own figures of its zones, to hold against what the dossiers of these zones say.

A small table: a line for each zone, with a column `zone` for its number and one or more of the columns of `FIGURES`;
`as_of` is the day of the figures. As CSV or XLSX (the first sheet; titles in Chinese or as keys) or as JSON:
`{"totals": [{"zone": "Z1", "as_of": "2024-12-31", "parcels": 12, "area_ha": 31.5}]}`. A blank cell says nothing.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from checker.classes import dataclass
from checker.dossier.records import BOM, exact
from checker.errors import DossierError, Place, Problem

ZONE, DAY = "zone", "as_of"
FIGURES: MappingProxyType[str, str] = MappingProxyType(
    {"parcels": "供地宗数", "area_ha": "供地面积（公顷）", "price_cny": "供地成交价款（元）"}
)
"""The figures that a table can have, with the titles of their columns."""
_KEYS = (ZONE, DAY, *FIGURES)
_TITLES = {"开发区编号": ZONE, "截至日期": DAY, **{title: name for name, title in FIGURES.items()}}
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?", re.ASCII)
MOST_LINES = 100_000
MOST_TOLD = 20
"""How many mistakes of a table are told before the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the table says of one zone; `place` is where: `C9`, or `/totals/3`."""

    zone: str
    as_of: str
    figures: Mapping[str, Decimal]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A table of a province, by the name of its file."""

    file: str
    lines: tuple[Line, ...]


def read_totals(data: bytes, name: str) -> Totals:
    """Read a table; raise `DossierError` with everything that is wrong with it."""
    problems: list[Problem] = []
    rows = _json_rows(data, name) if PurePosixPath(name).suffix.lower() == ".json" else _sheet_rows(data, name)
    lines: list[Line] = []
    seen: dict[tuple[str, str], str] = {}
    for place, row in rows:
        line = _line(row, name, place, problems)
        if line is None:
            continue
        before = seen.setdefault((line.zone, line.as_of), place)
        if before != place:
            problems.append(_problem(name, place, f"开发区 {line.zone} 同一日期在 {before} 已有一行", "只留一行"))
        lines.append(line)
    if not lines and not problems:
        problems.append(_problem(name, "", "表中没有一行数据", "每个开发区写一行"))
    if problems:
        rest = len(problems) - MOST_TOLD
        more = [_problem(name, "", f"另有 {rest} 处错误")] if rest > 0 else []
        raise DossierError([*problems[:MOST_TOLD], *more])
    return Totals(file=name, lines=tuple(lines))


def _problem(name: str, place: str, message: str, way_out: str = "") -> Problem:
    return Problem(message=message, place=Place(file=name, pointer=place), suggestion=way_out)


def _json_rows(data: bytes, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        held = json.loads(data.removeprefix(BOM), parse_float=exact)
    except (ValueError, RecursionError) as error:
        raise DossierError(
            [_problem(name, "", "不是有效的 JSON", '写作 {"totals": [{"zone": …, "parcels": …}]}')]
        ) from error
    rows = held.get("totals") if isinstance(held, dict) else None
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise DossierError([_problem(name, "", '应为 {"totals": [{"zone": …, "parcels": …}]} 这样的对象')])
    _require_bearable(len(rows), name)
    for nth, row in enumerate(rows):
        unknown = [key for key in row if key not in _KEYS]
        if unknown:
            message = f"没有这样的栏目：{'、'.join(unknown[:MOST_TOLD])}"
            raise DossierError([_problem(name, f"/totals/{nth}", message, f"可用的栏目：{'、'.join(_KEYS)}")])
        yield f"/totals/{nth}", row


def _sheet_rows(data: bytes, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    from checker.sheets.workbook import tables  # noqa: PLC0415 - only a table in a spreadsheet needs it

    found = tables(data, name)
    rows: Sequence[Sequence[Any]] = found[0].rows if found else ()
    if not rows:
        raise DossierError([_problem(name, "", "表是空的", f"第一行写栏名：{'、'.join(_TITLES)}")])
    titles = [_title(each) for each in rows[0]]
    unknown = [str(title) for title, key in zip(rows[0], titles, strict=True) if key is None and not _is_blank(title)]
    if unknown:
        message = f"没有这样的栏目：{'、'.join(unknown[:MOST_TOLD])}"
        raise DossierError([_problem(name, "", message, f"可用的栏目：{'、'.join(_TITLES)}")])
    if ZONE not in titles:
        raise DossierError([_problem(name, "", "缺少栏目“开发区编号”（zone）", "补上这一栏")])
    if len(set(titles) - {None}) < len([each for each in titles if each]):
        raise DossierError([_problem(name, "", "栏目重复", "每栏只留一个")])
    _require_bearable(len(rows) - 1, name)
    for nth, row in enumerate(rows[1:], 2):
        cells = {key: cell for key, cell in zip(titles, row, strict=False) if key and not _is_blank(cell)}
        if cells:
            yield f"第{nth}行", cells


def _require_bearable(rows: int, name: str) -> None:
    if rows > MOST_LINES:
        raise DossierError([_problem(name, "", f"超过 {MOST_LINES:,} 行", "只留要核对的开发区")])


def _title(cell: Any) -> str | None:
    told = str(cell).strip().strip("*").replace("(", "（").replace(")", "）")
    return told if told in _KEYS else _TITLES.get(told)


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _line(row: Mapping[str, Any], name: str, place: str, problems: list[Problem]) -> Line | None:
    before = len(problems)
    zone = row.get(ZONE)
    if isinstance(zone, float) and zone.is_integer():
        zone = int(zone)
    told = str(zone).strip() if isinstance(zone, (str, int)) and not isinstance(zone, bool) else ""
    if not told:
        problems.append(_problem(name, place, "没有开发区编号", "补上编号，或者删去这一行"))
    figures: dict[str, Decimal] = {}
    for key, title in FIGURES.items():
        if _is_blank(row.get(key)):
            continue
        number = _number(row[key])
        if number is None or (key == "parcels" and number != number.to_integral_value()):
            wanted = "整数" if key == "parcels" else "数值"
            problems.append(_problem(name, place, f"“{title}”应为{wanted}，不带单位", "改正，或者留空"))
        else:
            figures[key] = number
    day = _day(row.get(DAY))
    if day is None:
        problems.append(_problem(name, place, "“截至日期”应为 2024-12-31 这样的日期", "改正，或者留空"))
    return None if len(problems) > before or day is None else Line(zone=told, as_of=day, figures=figures, place=place)


def _number(cell: Any) -> Decimal | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float, Decimal)):
        number = Decimal(str(cell))
        return number if number.is_finite() and 0 <= number < Decimal(10) ** 18 else None
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()) and len(cell) < 24:
        return Decimal(cell.strip().replace(",", ""))
    return None


def _day(cell: Any) -> str | None:
    """Read a day; a blank cell is no day, and no mistake."""
    if _is_blank(cell):
        return ""
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day).isoformat()
    try:
        return date.fromisoformat(str(cell).strip()).isoformat()
    except ValueError:
        return None
