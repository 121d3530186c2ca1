"""What people have made is never written over in passing: a dossier, or a workbook that somebody has filled in.

What the program can make again is: a report, a paper that nobody has filled in, a dossier as it was imported.
"""

import hashlib
import mmap
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from checker.classes import dataclass
from checker.console import misuse
from checker.dossier.records import BOM
from checker.dossier.schema import ATTESTATIONS
from checker.errors import DossierError
from checker.sheets import WORKBOOKS

MOVE = "确实不要了的，先把它移走"
"""The way out for whoever does mean to replace a file."""
MOST_ABOVE = 50
"""So many rows people may have put above the titles."""


def spare_work(target: Path, made: str, data: bytes | None = None, *, option: str = "--out") -> None:
    """Refuse to replace by what is *made* a dossier, or a workbook that is filled in; *data* are the bytes to come.

    Where the same bytes stand there already nothing is lost.
    """
    if data is not None and _reads(target, data):
        return
    if (known := known_dossier(target)) is not None:
        message = f"{target} 已经有一份档案（{known.named()}），{made}会把它覆盖"
        raise misuse(message, f"换一个 {option}；{MOVE}")
    if target.suffix.lower() in WORKBOOKS and (found := _filled(target)) is not None:
        message = f"{target} {found.told}，{made}会把它覆盖"
        raise misuse(message, f"换一个 {option}；{found.way_out}；{MOVE}")


def spare_dossier(target: Path, made: str, data: bytes) -> None:
    """Refuse to replace by an import another dossier, unless that was imported too and is as it was then."""
    known = known_dossier(target)
    if known is None or known != _known(data) or not _is_as_imported(target):
        spare_work(target, made, data)


def _reads(target: Path, data: bytes) -> bool:
    """Say whether a file has just these bytes."""
    try:
        return target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data
    except OSError:  # writing says why
        return False


# --- dossiers ---------------------------------------------------------------------------------------------------------


class Known(msgspec.Struct, frozen=True):
    """What tells a dossier from any other JSON: it speaks of itself and of a zone."""

    meta: "_Meta"
    zone: "_Zone"

    def named(self) -> str:
        """Name it for people."""
        return "，".join(filter(None, map(_word, (self.zone.zone_id, self.meta.dossier_id)))) or "没有编号"


class _Meta(msgspec.Struct, frozen=True):
    dossier_id: Any = None


class _Zone(msgspec.Struct, frozen=True):
    zone_id: Any = None


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def known_dossier(path: Path) -> Known | None:
    """Say which dossier stands in a file, whatever its name; its text is looked through, not taken in."""
    try:
        if not path.is_file() or path.stat().st_size == 0:
            return None
        with path.open("rb") as file, closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as text:
            return _known(text)
    except OSError:
        return None


def _known(data: bytes | mmap.mmap) -> Known | None:
    if data[: len(BOM)].removeprefix(BOM).lstrip()[:1] not in {b"{", b""}:
        return None
    with memoryview(data) as whole, whole[len(BOM) if data[: len(BOM)] == BOM else 0 :] as text:
        try:
            return msgspec.json.decode(text, type=Known)
        except (msgspec.ValidationError, RecursionError):
            return None
        except (msgspec.DecodeError, UnicodeDecodeError):  # somebody may be in the middle of filling it
            is_one = all(re.search(rb'"%b"\s*:\s*\{' % key, text) for key in (b"meta", b"zone"))
            return Known(meta=_Meta(), zone=_Zone()) if is_one else None


def _is_as_imported(path: Path) -> bool:
    """Say whether a dossier is the one that the map of cells beside it was made with, and no checklist was merged."""
    from checker.sheets.files import cells_beside

    cells = cells_beside(path, hashlib.sha256(path.read_bytes()).hexdigest())
    return cells is not None and not any(each.startswith(f"/{ATTESTATIONS}/") for each in cells.single)


# --- workbooks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A workbook that holds what people wrote, and what to do with that."""

    told: str
    way_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The columns of a sheet that the program fills, and the rows, by their first cell, that it fills as a whole."""

    own: frozenset[str]
    rows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A workbook that is given out to be filled in: its sheets by name, and what to do with one that is."""

    forms: Mapping[str, Form]
    way_out: str


def _filled(path: Path) -> Filled | None:
    """Find what people wrote in a workbook that this program gives out; `None` where it is another, or nothing."""
    from checker.papers.ledger import ID, LIMITS
    from checker.sheets.layout import plainly
    from checker.sheets.workbook import GUIDE, LISTS, META, tables

    limits = replace(LIMITS, without=frozenset({GUIDE, LISTS, META}))

    try:
        if not path.is_file() or path.stat().st_size == 0:
            return None
        found = tables(path.read_bytes(), str(path), limits=limits)
    except OSError:
        return None
    except DossierError as error:
        [problem, *_] = error.problems
        return Filled(told=f"打不开（{problem.message}），看不出有没有人填写", way_out="核对这个文件")
    for kind in _kinds():
        if any(each.name in kind.forms for each in found):
            for table in found:
                form = kind.forms.get(table.name, Form(own=frozenset()))
                written = _written(table.rows, form, plainly(ID))
                if written is not None:
                    return Filled(told=f"已有人填写（{table.cell(*written)}）", way_out=kind.way_out.format(path))
    return None


def _kinds() -> Iterator[Kind]:
    from checker.dossier.loading import dossier_schema
    from checker.papers import checklist, found, ledger
    from checker.sheets.layout import DECLARATIONS, FORM, FORM_HEADERS, layout

    def left(headings: Sequence[Any]) -> frozenset[str]:
        return frozenset(each.title for each in headings if not each.by_people)

    headings = {**checklist.HEADINGS, found.FACTS: found.FACT_HEADINGS, found.DECLARED: found.DECLARED_HEADINGS}
    visit = {name: Form(own=left(each)) for name, each in headings.items()}
    visit[checklist.RECORD] = Form(own=visit[checklist.RECORD].own, rows=checklist.PRINTED)
    yield Kind(forms=MappingProxyType(visit), way_out="填写的内容用 zonecheck dossier merge 并入档案")
    rows = dict.fromkeys((ledger.MAIN, ledger.OPEN, ledger.GONE), Form(own=left(ledger.COLUMNS)))
    about = {ledger.RECORDS: Form(own=frozenset()), ledger.ABOUT: Form(own=frozenset({"项目", "内容"}))}
    yield Kind(forms=MappingProxyType({**rows, **about}), way_out="填写的内容用 ledger --merge {} 带到新的台账")
    sheets = layout(dossier_schema()).sheets
    registers = {each.name: Form(own=frozenset()) for each in sheets.values()}
    registers[sheets[FORM].name] = Form(own=frozenset({FORM_HEADERS[0], FORM_HEADERS[2]}))
    registers[sheets[DECLARATIONS].name] = Form(own=frozenset({sheets[DECLARATIONS].columns[0].header}))
    yield Kind(forms=MappingProxyType(registers), way_out="填写的内容用 zonecheck dossier import 读入档案")


def _written(rows: Sequence[Sequence[Any]], form: Form, number: str) -> tuple[int, int] | None:
    """Find the first cell that a person wrote: beside the columns of the program, or in a row that has no *number*."""
    from checker.sheets.content import is_blank
    from checker.sheets.layout import plainly

    heads = [[plainly(_text(each)) for each in row] for row in rows[:MOST_ABOVE]]
    own = set(map(plainly, form.own))
    first = next((place for place, each in enumerate(heads) if own.intersection(each)), 0)
    titles = heads[first] if heads else []
    numbered = titles.index(number) if number in titles else None
    for line, row in enumerate(rows[first + 1 :], first + 1):
        if row and _text(row[0]) in form.rows:
            continue
        is_added = numbered is not None and numbered < len(row) and is_blank(row[numbered])
        for place, cell in enumerate(row):
            if not is_blank(cell) and (is_added or place >= len(titles) or titles[place] not in own):
                return line, place
    return None


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else ""
