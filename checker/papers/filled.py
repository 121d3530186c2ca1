"""The sheets of a filled checklist as rows by the titles of their columns; whatever is wrong is told by its cell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from checker.classes import dataclass
from checker.errors import Place, Problem
from checker.sheets.content import Refusal, is_blank, reader
from checker.sheets.layout import Column, plainly
from checker.sheets.sheet import told
from checker.sheets.workbook import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a sheet by the titles of its columns, with the names of its cells."""

    cells: Mapping[str, Any]
    places: Mapping[str, str]

    def filled(self, *titles: str) -> tuple[str, ...]:
        """Give those of the columns in which something stands."""
        return tuple(each for each in titles if not is_blank(self.cells.get(each)))


class Filled:
    """One file that came back: what is wrong in it, and the cells that nothing was made of."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.unread: list[str] = []

    def wrong(self, cell: str, message: str, suggestion: str, label: str = "") -> None:
        """Note what is wrong in a cell, and the way out."""
        place = Place(file=self.file, pointer=cell)
        self.problems.append(Problem(message=message, place=place, label=label, suggestion=suggestion))

    def rows(self, table: Table, titles: Sequence[str], *, newer: frozenset[str] = frozenset()) -> Iterator[Row]:
        """Yield the rows; a sheet that lacks a column has none, and a problem.

        Only columns that are *newer* than some checklists may be lacking. What stands in others is not read.
        """
        head = [plainly(told(each) if not isinstance(each, Refusal) else "") for each in _first(table)]
        wanted = {each: plainly(each) for each in titles}
        missing = [each for each, plain in wanted.items() if head.count(plain) != 1]
        if any(each not in newer or head.count(wanted[each]) for each in missing):
            self.wrong(table.place, f"“{table.name}”应当有一栏“{'”“'.join(missing)}”", "不要改栏名，不要删去栏")
            return
        at = {each: head.index(plain) for each, plain in wanted.items() if plain in head}
        others = frozenset(range(max(map(len, table.rows), default=0))) - frozenset(at.values())
        for number, row in enumerate(table.rows[1:], start=1):
            self.leave(table.cell(number, place) for place in sorted(others) if not is_blank(_cell(row, place)))
            yield Row(
                cells={title: _cell(row, at[title]) if title in at else None for title in titles},
                places={title: table.cell(number, at[title]) if title in at else "" for title in titles},
            )

    def leave(self, cells: Iterator[str]) -> None:
        """Note cells that somebody filled in and nothing was made of."""
        self.unread.extend(cells)

    def leave_row(self, row: Row, titles: Sequence[str]) -> None:
        """Note what stands in the columns of a row that nothing was made of."""
        self.leave(row.places[each] for each in row.filled(*titles))

    def read(self, row: Row, title: str, column: Column) -> Any:
        """Read a cell as the column of the dossier reads it; `UNSET` where it is blank, or is told to be wrong."""
        cell = row.cells[title]
        if is_blank(cell):
            return UNSET
        value = cell if isinstance(cell, Refusal) else reader(column)(cell)
        if isinstance(value, Refusal):
            self.wrong(row.places[title], value.message, value.suggestion, title)
            return UNSET
        return value

    def words(self, row: Row, title: str, longest: int) -> str:
        """Read what a person wrote, whatever kind of cell it stands in; empty where it is blank or told to be wrong."""
        cell = row.cells[title]
        if isinstance(cell, Refusal):
            self.wrong(row.places[title], cell.message, cell.suggestion, title)
            return ""
        text = told(cell).strip()
        if len(text) > longest:
            self.wrong(row.places[title], f"长 {len(text):,} 个字，上限 {longest:,}", "分成几格，或者另附材料", title)
            return ""
        return text


def _first(table: Table) -> Sequence[Any]:
    return table.rows[0] if table.rows else ()


def _cell(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else None
