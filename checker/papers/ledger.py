"""The ledger of rectification: one row a problem, with columns for those who put it right and those who accept it.

A ledger is made anew from each check, and what people wrote in the old one is carried over by the id of the problem.
Nothing that a person wrote is ever lost: where it has no place of its own any more, it goes to the sheet of records.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time

from checker.classes import dataclass
from checker.errors import DossierError, Place, Problem
from checker.model import Finding, Report, Verdict
from checker.papers.paper import printable
from checker.papers.refusal import misuse, refuse_projection
from checker.reporting import wording
from checker.sheets.content import Refusal
from checker.sheets.sheet import (
    LONGEST,
    Cell,
    Heading,
    Highlight,
    Sheet,
    Tone,
    Workbook,
    cell_name,
    fitted,
    is_blank,
    told,
)
from checker.sheets.workbook import Limits, Table, tables

MAIN = "整改台账"
OPEN = "需核查事项"
GONE = "已消除"
RECORDS = "留存记录"
ABOUT = "说明"
OWN_SHEETS = (MAIN, OPEN, GONE, RECORDS, ABOUT)

ID = "问题编号"
STATE = "本次状态"
CLOSED = "销号"
DUE = "到期日"
PROGRESS = ("未整改", "整改中", "已完成", "申请延期")

COLUMNS = (
    Heading(title="序号", width=6),
    Heading(title=ID, width=15),
    Heading(title="问题描述", width=44),
    Heading(title="法规依据", width=44),
    Heading(title="严重程度", width=9),
    Heading(title="整改要求", width=40),
    Heading(title="责任单位", width=16),
    Heading(title="责任人", width=10, by_people=True),
    Heading(title="整改时限", width=16),
    Heading(
        title=DUE, width=12, is_day=True, by_people=True, hint="按整改时限从要求送达之日起算，填 2026-01-31 这样的日期"
    ),
    Heading(title="整改措施", width=30, by_people=True),
    Heading(title="完成情况", width=10, by_people=True, choices=PROGRESS),
    Heading(title="完成日期", width=12, is_day=True, by_people=True, hint="填 2026-01-31 这样的日期"),
    Heading(title="佐证材料", width=24, by_people=True),
    Heading(title="验收意见", width=24, by_people=True),
    Heading(title=CLOSED, width=8, by_people=True, choices=("是", "否")),
    Heading(title=STATE, width=20),
)
_TITLES = tuple(each.title for each in COLUMNS)
_PEOPLES = frozenset(each.title for each in COLUMNS if each.by_people)
_RECORD = tuple(
    Heading(title=title, width=width)
    for title, width in (("记录日", 12), (ID, 15), ("出处", 24), ("栏目", 14), ("原有内容", 50), ("本次内容", 50))
)
_HIGHLIGHTS = (
    Highlight(tone=Tone.DOUBT, formula='AND({销号}="是",{本次状态}="已销号，但仍存在")'),
    Highlight(tone=Tone.GOOD, formula='{销号}="是"'),
    Highlight(tone=Tone.BAD, formula='AND({到期日}<>"",IFERROR(VALUE({到期日}),99999)<TODAY(),{销号}<>"是")'),
)

FIRST = "首次列入"
STILL = "仍存在"
STILL_CLOSED = "已销号，但仍存在"
AGAIN = "消除后再次出现"
PROVED = "原需核查，现已查实"
DOUBTED = "原已查实，现需核查"
SILENT = "资料不足，不能认为已消除"
UNLISTED = "本次未列出，不能认为已消除"
EXCUSED = "豁免理由已证明"
ABSENT = "本次检查未再列为问题"
STATES = frozenset({FIRST, STILL, STILL_CLOSED, AGAIN, PROVED, DOUBTED, SILENT, UNLISTED})
_END = re.compile(f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} (?:{EXCUSED}|{ABSENT})")
_FINDING_ID = re.compile(r"[0-9a-f]{12}")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
_ZONE_ID = "开发区编号"
_AS_OF = "检查基准日"
_SPARE = 200
_TOO_LONG = Refusal(cause="length", message=f"内容超过 {LONGEST} 个字符", suggestion="缩短，或者分成几格")
MOST_PROBLEMS = 50
LIMITS = Limits(
    file=20 * 1024 * 1024,
    unzipped=200 * 1024 * 1024,
    cells=5_000_000,
    text=500 * 1024 * 1024,
    without=frozenset(),
)
"""For an old ledger; no sheet of it is left out, for people may have written on any."""

Row = Mapping[str, Cell]
"""A row by the titles of its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of an old ledger, and in which sheet and line it stood."""

    sheet: str
    line: int
    row: Row

    @property
    def id(self) -> str:
        """The id of its problem, as a person may have retyped it."""
        return told(self.row.get(ID)).strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class OldLedger:
    """What an old ledger says: its rows, its records, and the sheets that people added."""

    entries: tuple[Entry, ...] = ()
    records: tuple[tuple[Cell, ...], ...] = ()
    extra: tuple[str, ...] = ()
    foreign: tuple[Sheet, ...] = ()
    zone: str = ""
    as_of: str = ""


def ledger(report: Report, old: OldLedger | None = None) -> Workbook:
    """Make the ledger of *report*, with all that people wrote in the *old* one.

    Raise `MisuseError` for a projected report, which proves nothing, and for the ledger of another zone or a later day.
    """
    _refuse_unfit(report, old)
    carried = old or OldLedger()
    columns = (*COLUMNS, *(Heading(title=each, width=16, by_people=True) for each in carried.extra))
    known, copies, gone = _sorted(carried.entries)
    records = [*carried.records]
    main, watched = list[Row](), list[Row]()
    finished = [each.row for each in gone]
    gone_ids = {each.id for each in gone}
    current = {each.id: each for each in report.findings}
    for finding in report.findings:
        entry = known.get(finding.id)
        if finding.verdict is Verdict.UNDETERMINED and entry is None:
            continue
        fresh = {**_row(finding, report), STATE: _state(finding, entry, was_gone=finding.id in gone_ids)}
        (main if finding.verdict is Verdict.VIOLATION else watched).append(_joined(fresh, entry, report, records))
    excused = {each.id for each in report.exempted}
    is_cut = any(each.kind == "unlisted" for each in report.not_checked)
    for entry in (*known.values(), *(each for each in copies if each.id in known)):
        if entry.id not in current:
            kept = is_cut and entry.id not in excused
            state = UNLISTED if kept else _end(report, is_excused=entry.id in excused)
            (watched if kept else finished).append(_joined({**entry.row, STATE: state}, entry, report, records))
    added = tuple(each for each in copies if each.id not in known or each.id in current)
    sheets = (
        _sheet(MAIN, columns, (*_numbered(main), *(each.row for each in added if each.sheet != OPEN))),
        _sheet(OPEN, columns, (*_numbered(watched), *(each.row for each in added if each.sheet == OPEN))),
        _sheet(GONE, columns, finished),
        Sheet(name=RECORDS, headings=_wide(_RECORD, records), rows=_once(records), is_a3=True),
        _about(report),
        *carried.foreign,
    )
    return Workbook(
        name=f"{report.zone.name}{MAIN}",
        author=report.program,
        day=report.as_of,
        sheets=sheets,
    )


def read_old(data: bytes, file: str) -> OldLedger:
    """Read an old ledger.

    Raise `DossierError` where something in it can't be kept as it is, and `MisuseError` where no sheet is a ledger.
    """
    grids = _read(data, file)
    heads = {each.name: place for each in grids if (place := _head(each)) is not None}
    own = [each for each in (MAIN, OPEN, GONE) if each in heads]
    if MAIN not in own:
        renamed = next((each.name for each in grids if each.name in heads and each.name not in OWN_SHEETS), None)
        if renamed is None:
            message = f"没有一张工作表有“{ID}”和“完成情况”两栏，不像本程序编制的整改台账"
            raise misuse(file, message, "核对 --merge 后的文件；栏目改了名的，改回原名")
        own.insert(0, renamed)
    extra: dict[str, None] = {}
    entries: list[Entry] = []
    records: list[tuple[Cell, ...]] = []
    about: dict[str, str] = {}
    foreign: list[Sheet] = []
    names = {each.lower() for each in OWN_SHEETS}
    for grid in grids:
        records += ((None, None, f"{grid.name} {cell}", "公式", text) for cell, text in grid.formulas.items())
        if grid.name in own:
            entries += _entries(grid, heads[grid.name], extra, records)
        elif grid.name == RECORDS:
            records += _old_records(grid)
        elif grid.name == ABOUT and _is_about(grid):
            about = {told(row[0]).strip(): told(row[1]).strip() for row in grid.rows if len(row) > 1}
            records += _additions(grid)
        else:
            foreign.append(Sheet(name=_free(grid.name, names), rows=grid.rows))
    return OldLedger(
        entries=tuple(entries),
        records=tuple(records),
        extra=tuple(extra),
        foreign=tuple(foreign),
        zone=about.get(_ZONE_ID, ""),
        as_of=about.get(_AS_OF, ""),
    )


def _refuse_unfit(report: Report, old: OldLedger | None) -> None:
    file = report.dossier.file
    refuse_projection(report, "编制台账")
    if old is None:
        return
    if old.zone and old.zone != report.zone.id:
        raise misuse(file, f"旧台账是开发区 {old.zone} 的，档案是 {report.zone.id} 的", "核对 --merge 后的文件")
    if old.as_of > report.as_of.isoformat():
        message = f"旧台账的检查基准日 {old.as_of} 晚于这次的 {report.as_of.isoformat()}"
        raise misuse(file, message, "用较新的档案，或者换一份较早的台账")


# --- what the check says ----------------------------------------------------------------------------------------------


def _row(finding: Finding, report: Report) -> dict[str, Cell]:
    words = wording.WORDS[report.mode]
    measures = wording.measures(finding.remedy, report.mode)
    same = f"\n（与问题 {finding.absorbed_by} 同属一事）" if finding.absorbed_by else ""
    quotes = (f"{wording.citation(each, finding.verdict, words)}“{each.quote}”" for each in finding.clauses)
    row = {
        ID: finding.id,
        "问题描述": f"{finding.title}（{wording.subject(finding.subject)}）：{finding.message}{same}",
        "法规依据": "\n".join((*quotes, *(wording.basis(each) for each in finding.basis if each.firm))),
        "严重程度": "" if finding.grade is None else finding.grade.label,
        "整改要求": wording.numbered(
            f"{each.action}{f'；完成标准：{each.done_when}' if each.done_when else ''}" for each in measures
        ),
        "责任单位": finding.responsible.label,
        "整改时限": wording.numbered(wording.deadline(each) or "未定" for each in measures),
    }
    return {title: fitted(printable(text)) or None for title, text in row.items()}


def _state(finding: Finding, entry: Entry | None, *, was_gone: bool) -> str:
    if finding.verdict is Verdict.UNDETERMINED:
        return SILENT
    if entry is None:
        return AGAIN if was_gone else FIRST
    if told(entry.row.get(CLOSED)).strip() == "是":
        return STILL_CLOSED
    if entry.sheet == OPEN and finding.verdict is Verdict.VIOLATION:
        return PROVED
    if entry.sheet != OPEN and finding.verdict is Verdict.RISK:
        return DOUBTED
    return STILL


def _end(report: Report, *, is_excused: bool) -> str:
    return f"{report.as_of.isoformat()} {EXCUSED if is_excused else ABSENT}"


# --- what people wrote ------------------------------------------------------------------------------------------------


def _sorted(entries: Iterable[Entry]) -> tuple[dict[str, Entry], list[Entry], list[Entry]]:
    """Part the rows of an old ledger: those of a problem, those that people added or copied, those that are over."""
    known: dict[str, Entry] = {}
    added, gone = [], []
    for each in entries:
        if each.sheet == GONE:
            gone.append(each)
        elif _FINDING_ID.fullmatch(each.id) and each.id not in known:
            known[each.id] = each
        else:
            added.append(each)
    return known, added, gone


def _joined(fresh: Row, entry: Entry | None, report: Report, records: list[tuple[Cell, ...]]) -> Row:
    """Put what people wrote beside what the check says; what the check overwrites is recorded first."""
    if entry is None:
        return fresh
    joined = {**entry.row, **{title: cell for title, cell in fresh.items() if title not in _PEOPLES}}
    for title, before in entry.row.items():
        after = joined.get(title)
        if is_blank(before) or _same(title, before, after):
            continue
        day, place = report.as_of.isoformat(), f"{entry.sheet} 第{entry.line}行"
        records.append((day, told(entry.row.get(ID)), place, title, before, after))
    return joined


def _same(title: str, before: Cell, after: Cell) -> bool:
    """Whether a cell keeps what it said, or said nothing but the number or the state of a row."""
    if title == "序号":
        return told(before).strip().isdigit()
    if title == STATE and (told(before) in STATES or _END.fullmatch(told(before))):
        return True
    if title == ID:
        return told(before).strip().lower() == told(after)
    return _unbroken(before) == _unbroken(after)


def _unbroken(cell: Cell) -> str:
    return told(cell).replace("\r\n", "\n").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """A sheet as it was read, from its cell A1; `formulas` by the name of their cell, `C4`."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    formulas: Mapping[str, str]


def _read(data: bytes, file: str) -> tuple[_Grid, ...]:
    """Read every sheet; raise `DossierError` with each cell that could not be written again as it is."""
    found = tables(data, file, limits=LIMITS)
    problems = [
        Problem(message=fault.message, place=Place(file=file, pointer=table.cell(*at)), suggestion=fault.suggestion)
        for table in found
        for at, fault in _faults(table)
    ]
    if problems:
        raise DossierError(problems[:MOST_PROBLEMS])
    return tuple(
        _Grid(name=table.name, rows=tuple(tuple(map(_cell, row)) for row in table.rows), formulas=table.formulas)
        for table in found
    )


def _faults(table: Table) -> Iterator[tuple[tuple[int, int], Refusal]]:
    for line, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            if isinstance(cell, Refusal):
                yield (line, column), cell
            elif isinstance(cell, str) and len(cell) > LONGEST:
                yield (line, column), _TOO_LONG


def _cell(value: Cell) -> Cell:
    """Give a cell as it is; a blank one is `None`, and midnight is a day."""
    if value == "":
        return None
    return value.date() if isinstance(value, datetime) and value.time() == time() else value


def _head(grid: _Grid) -> int | None:
    """Find the line with the titles."""
    for line, row in enumerate(grid.rows[:50]):
        titles = {_title(each) for each in row}
        if ID in titles and "完成情况" in titles:
            return line
    return None


def _title(cell: Cell) -> str:
    return told(cell).replace("\u3000", " ").replace("*", "").strip()


def _entries(grid: _Grid, head: int, extra: dict[str, None], records: list[tuple[Cell, ...]]) -> Iterator[Entry]:
    """Read the rows below the titles; what stands above them, or beside them without a title, is kept as well."""
    for line, row in enumerate(grid.rows[:head]):
        for column, cell in enumerate(row):
            if not is_blank(cell):
                records.append((None, None, f"{grid.name} {cell_name(line, column)}", "表头以上", cell))
    titles = _titles(grid, head)
    for line, row in enumerate(grid.rows[head + 1 :], head + 2):
        cells = {title: cell for title, cell in zip(titles, row, strict=False) if title}
        if not all(map(is_blank, cells.values())):
            yield Entry(sheet=grid.name, line=line, row=cells)
    extra.update(dict.fromkeys(each for each in titles if each and each not in _TITLES))


def _titles(grid: _Grid, head: int) -> list[str]:
    """Name the columns: a second one of a name gets a number, one that has no title and is not empty gets a name."""
    titles: list[str] = []
    for column, cell in enumerate(grid.rows[head]):
        title = known if (known := _title(cell)) in _TITLES else told(cell).strip()
        if not title and any(not is_blank(row[column]) for row in grid.rows[head + 1 :]):
            title = "未命名栏"
        name, number = title, 2
        while title and name in titles:
            name, number = f"{title}（{number}）", number + 1
        titles.append(name)
    return titles


def _old_records(grid: _Grid) -> Iterator[tuple[Cell, ...]]:
    """Give the records of an old ledger; of the line of titles only what people wrote beside them."""
    for line, row in enumerate(grid.rows):
        is_head = line == 0 and tuple(map(_title, row[: len(_RECORD)])) == tuple(each.title for each in _RECORD)
        kept = (*(None,) * len(_RECORD), *row[len(_RECORD) :]) if is_head else row
        if not all(map(is_blank, kept)):
            yield kept


def _once(records: Iterable[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    """Give each record once, without the blanks at its end; a yes is not the number 1."""
    found: dict[tuple[tuple[bool, Cell], ...], tuple[Cell, ...]] = {}
    for each in records:
        length = max((place for place, cell in enumerate(each, 1) if not is_blank(cell)), default=0)
        found.setdefault(tuple((isinstance(cell, bool), cell) for cell in each[:length]), each[:length])
    return tuple(found.values())


def _is_about(grid: _Grid) -> bool:
    return any(row and told(row[0]).strip() == _ZONE_ID for row in grid.rows)


def _additions(grid: _Grid) -> Iterator[tuple[Cell, ...]]:
    """Give what people added to the sheet that says what a ledger was made from."""
    for line, row in enumerate(grid.rows):
        own = told(row[0]).strip() in _ABOUT_TITLES if row else False
        for column, cell in enumerate(row):
            if not is_blank(cell) and (not own or column > 1):
                yield (None, None, f"{grid.name} {cell_name(line, column)}", None, cell)


def _free(name: str, taken: set[str]) -> str:
    """Give a sheet that people added its own name, or where that is one of ours or none at all, one beside it."""
    allowed = _NOT_IN_A_NAME.sub("_", name).strip("'")[:_LONGEST_NAME] or "工作表"
    free, number = allowed, 1
    while free.lower() in taken:
        free, number = f"{allowed[:24]}（旧{number}）", number + 1
    taken.add(free.lower())
    return free


# --- sheets -----------------------------------------------------------------------------------------------------------


def _numbered(rows: Iterable[Row]) -> Iterator[Row]:
    yield from ({**row, "序号": number} for number, row in enumerate(rows, 1))


def _sheet(name: str, columns: Sequence[Heading], rows: Iterable[Row]) -> Sheet:
    return Sheet(
        name=name,
        headings=tuple(columns),
        rows=tuple(tuple(row.get(each.title) for each in columns) for row in rows),
        highlights=_HIGHLIGHTS if name != GONE else (),
        spare=_SPARE if name != GONE else 0,
        is_a3=True,
    )


def _wide(headings: tuple[Heading, ...], rows: Iterable[tuple[Cell, ...]]) -> tuple[Heading, ...]:
    """Give columns enough for the widest of *rows*."""
    more = max((len(row) for row in rows), default=0) - len(headings)
    return (*headings, *(Heading(title="", width=16) for _ in range(more)))


def _about(report: Report) -> Sheet:
    rows = (
        ("说明", "本台账由检查结果生成；黄色表头的栏目由人填写，下一次编制时用 --merge 按问题编号带入。"),
        ("颜色", "红：到期而未销号；绿：已销号；黄：已销号，但检查仍然发现。"),
        (_ZONE_ID, report.zone.id),
        ("开发区", report.zone.name),
        (_AS_OF, report.as_of.isoformat()),
        ("档案", f"{report.dossier.id}（{report.dossier.file}）"),
        ("档案校验值", report.dossier.sha256),
        ("政策包", report.policy.named),
        ("政策包校验值", report.policy.sha256),
        ("程序", report.program),
    )
    return Sheet(
        name=ABOUT,
        headings=(Heading(title="项目", width=16), Heading(title="内容", width=80)),
        rows=tuple((title, printable(text)) for title, text in rows),
    )


_ABOUT_TITLES = frozenset(
    {"项目", "说明", "颜色", _ZONE_ID, "开发区", _AS_OF, "档案", "档案校验值", "政策包", "政策包校验值", "程序"}
)


def summary(workbook: Workbook) -> str:
    """Say in one line how many rows stand on each sheet."""
    counts = {each.name: len(each.rows) for each in workbook.sheets}
    return "，".join(f"{name} {counts[name]} 行" for name in (MAIN, OPEN, GONE, RECORDS))
