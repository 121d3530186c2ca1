"""From a place in a dossier back to the cell that it was filled in from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from checker.classes import dataclass
from checker.errors import Problem
from checker.model import Fact, Finding, Report

ENDING = ".cells.json"
"""What stands in place of `.json` in the name of the file that is written beside an imported dossier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The cells of an imported dossier.

    `sha256` is that of the dossier they belong to. `sheets` has for each sheet its name and the letters of its columns
    by the path inside a record; `records` has for each record the number of its sheet and its row; `single` are the
    cells that belong to no record.
    """

    sha256: str
    sheets: tuple[tuple[str, Mapping[str, str]], ...]
    records: Mapping[str, tuple[int, int]]
    single: Mapping[str, str]

    def of(self, pointer: str) -> str:
        """Name the cell of a value, or the first cell of a record; empty where nothing was filled in from a sheet."""
        if pointer in self.single:
            return self.single[pointer]
        record = pointer
        while record and record not in self.records:
            record = record.rpartition("/")[0]
        if not record:
            return self._single_above(pointer)
        sheet, row = self.records[record]
        name, columns = self.sheets[sheet]
        inside = pointer[len(record) :]
        while inside and inside not in columns:
            inside = inside.rpartition("/")[0]
        return f"{name}!{columns.get(inside) or columns.get('', 'A')}{row}"

    def _single_above(self, pointer: str) -> str:
        while pointer and pointer not in self.single:
            pointer = pointer.rpartition("/")[0]
        return self.single.get(pointer, "")

    def document(self) -> bytes:
        """Write the map as JSON."""
        import json  # noqa: PLC0415  (only a dossier that comes from sheets has a map)

        held = {
            "sha256": self.sha256,
            "sheets": [{"name": name, "columns": dict(columns)} for name, columns in self.sheets],
            "records": {pointer: list(at) for pointer, at in self.records.items()},
            "single": dict(self.single),
        }
        return json.dumps(held, ensure_ascii=False, indent=None, separators=(",", ":")).encode() + b"\n"


def read_cells(data: bytes, sha256: str) -> Cells | None:
    """Read a map that was written beside a dossier; `None` if it is none, or belongs to another dossier."""
    import json  # noqa: PLC0415  (as above)

    try:
        held = json.loads(data)
        cells = Cells(
            sha256=held["sha256"],
            sheets=tuple((str(each["name"]), _texts(each["columns"])) for each in held["sheets"]),
            records={str(pointer): (int(sheet), int(row)) for pointer, (sheet, row) in held["records"].items()},
            single=_texts(held["single"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    return cells if cells.sha256 == sha256 and _is_whole(cells) else None


def _texts(held: Any) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in held.items()}


def _is_whole(cells: Cells) -> bool:
    return all(0 <= sheet < len(cells.sheets) for sheet, _ in cells.records.values())


def with_cells(report: Report, cells: Cells) -> Report:
    """Give a report that knows the cell of every place it names."""
    named = {pointer: cell for pointer in _pointers(report) if (cell := cells.of(pointer))}
    return replace(report, cells=dict(sorted(named.items())))


def _pointers(report: Report) -> Iterator[str]:
    yield from (each.pointer for each in report.doubts)
    yield from (each.pointer for each in report.attestations)
    for finding in (*report.findings, *report.exempted):
        yield from _named_by(finding)


def _named_by(finding: Finding) -> Iterator[str]:
    yield finding.subject.pointer
    facts: Sequence[Fact] = (*finding.facts, *(fact for each in finding.exemptions for fact in each.facts))
    for fact in (*facts, *((finding.conduct_on,) if finding.conduct_on is not None else ())):
        yield fact.pointer
        yield from fact.origins
        yield from fact.unproved
    yield from (each.pointer for each in finding.missing)
    yield from finding.withheld


def in_cells(problems: Sequence[Problem], cells: Cells, file: str) -> tuple[Problem, ...]:
    """Tell problems of an imported dossier by their cells, in the words of a sheet and without the text of the JSON."""

    def place(pointer: str) -> str:
        return cells.of(pointer) or pointer

    return tuple(
        replace(
            each,
            message=in_words_of_a_sheet(each.message),
            suggestion=in_words_of_a_sheet(each.suggestion),
            place=replace(each.place, file=file, pointer=place(_of_what_is_missing(each)), line=None, column=None),
            excerpt="",
            also=tuple(map(place, each.also)),
        )
        for each in problems
    )


MISSING = r"缺少必填的 (\w+)（(.+?)）"


def _of_what_is_missing(problem: Problem) -> str:
    """Give the pointer of a problem; of a field that is missing, its own."""
    missing = re.match(MISSING, problem.message)
    return f"{problem.place.pointer}/{missing[1]}" if missing else problem.place.pointer


WORDS = (
    ("写 null 表示没有，不知道就删去该键", "没有就填“无”，不知道就留空"),
    ("写 0 或者 null", "填 0 或者“无”"),
    ("写 null", "填“无”"),
    ("写作 null", "填“无”"),
    ("写 []", "在上级记录的这一栏填 0"),
    ("写 0", "填 0"),
)


def in_words_of_a_sheet(text: str) -> str:
    """Say to those who fill sheets what the schema says to those who write JSON.

    >>> in_words_of_a_sheet("没有签订合同写 null。")
    '没有签订合同填“无”。'
    """
    for said, meant in WORDS:
        text = text.replace(said, meant)
    return re.sub(r"^补上 \w+$", "填写这一格", re.sub(MISSING, r"没有填写“\2”，这一项必须填写", text))
