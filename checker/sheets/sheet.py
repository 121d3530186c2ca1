"""A workbook as an office fills it, free of any library: sheets of headed columns.

What people put into a cell keeps its kind (text, number, day, yes or no), so that writing it again changes nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import ceil

from checker.classes import dataclass
from checker.reporting.wording import characters

Cell = str | bool | int | float | date | datetime | time | timedelta | None
"""What one cell holds; `None` where it is blank."""


LONGEST = 32_767
"""So many characters fit into a cell."""
LINE_POINTS = 14
"""The height of a line of text of 10 points."""
TALLEST_POINTS = 409
"""No row is higher: a spreadsheet shows no more of a text that needs more room."""
READABLE_A4, READABLE_A3 = 230, 345
"""So many characters of column width fit across a page on its side at two thirds of their size."""
_CUT = "……（内容过长，其余见检查报告）"


class Tone(StrEnum):
    """What a coloured row tells a reader, who finds it in words as well."""

    BAD = "bad"
    GOOD = "good"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column: its title, its width in characters, what may be chosen in it, and a hint for whoever fills it.

    One that is `by_people` is left to them; the others the program fills.
    """

    title: str
    width: float = 12
    choices: tuple[str, ...] = ()
    is_day: bool = False
    hint: str = ""
    by_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A colour for each row for which a formula holds; the formula is that of the first row, with `{title}` columns."""

    tone: Tone
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What may be chosen in single cells, each given by its row, without the line of titles, and its column."""

    words: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet. Without headings its rows are written as they are; drop-downs reach `spare` rows below the last.

    `menus` are the drop-downs of single cells, where those of a column are not all the same.
    """

    name: str
    headings: tuple[Heading, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    highlights: tuple[Highlight, ...] = ()
    spare: int = 0
    is_a3: bool = False
    menus: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """Everything in one file; `day` goes into its properties: the same workbook is the same bytes on any day."""

    name: str
    author: str
    day: date
    sheets: tuple[Sheet, ...]


def cell_name(row: int, column: int) -> str:
    """Name the cell of a row and a column that are counted from 0.

    >>> cell_name(3, 2), cell_name(0, 27)
    ('C4', 'AB1')
    """
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """Name a column that is counted from 0.

    >>> [column_name(column) for column in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    name = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        name, column = chr(ord("A") + letter) + name, column - 1
    return name


def fitted(text: str) -> str:
    """Cut a text that does not fit into a cell, and say so there."""
    return text if len(text) <= LONGEST else text[: LONGEST - len(_CUT)] + _CUT


def height(cells: Iterable[tuple[str, float]]) -> float:
    """Give the points that a row needs to show all its texts, each with the width of its column.

    >>> height([("序号", 6), ("一二三四五六七八", 8)])
    44
    """
    lines = max(
        (sum(max(ceil(2 * characters(line) / (width - 1)), 1) for line in text.split("\n")) for text, width in cells),
        default=1,
    )
    return min(lines * LINE_POINTS + 2, TALLEST_POINTS)


def pages_across(widths: Iterable[float], *, is_a3: bool) -> int:
    """Give how many pages lie side by side for columns so wide to be read when printed.

    >>> pages_across([30] * 7, is_a3=False), pages_across([30] * 10, is_a3=True), pages_across([30] * 20, is_a3=True)
    (1, 1, 2)
    """
    return ceil(sum(widths) / (READABLE_A3 if is_a3 else READABLE_A4))


def is_blank(cell: Cell) -> bool:
    """Whether nobody wrote anything there; spaces alone are nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def told(cell: Cell) -> str:
    """Word a cell as text.

    >>> told(3.0), told(True), told(date(2026, 1, 5)), told(None)
    ('3', '是', '2026-01-05', '')
    """
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case date():
            return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell)
