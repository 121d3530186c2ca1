"""A summary as one HTML file that needs no network and no second file, and is whole without its script.

The template loops and prints; what stands in a row, and where a cell of a heat map lies, is settled here. However many
zones there are, the heat map shows so many of them that it can be read, and the provinces.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from checker.batching.crossing import LeadKind
from checker.batching.gathering import UNNAMED_LEVEL, GroupRow, Summary, Tally, ZoneRow
from checker.batching.provinces import province_name
from checker.batching.telling import (
    amount_told,
    called_level,
    grade_told,
    other_days_told,
    percent,
    skipped_told,
    step_told,
    steps_told,
    why_told,
)
from checker.model import Grade, Verdict
from checker.reporting.columns import fit
from checker.reporting.environment import script, template
from checker.reporting.wording import ASIDE, COUNTED, SHORT, visible

MOST_HEATED = 250
"""How many zones the heat map shows, the worst first."""
BAND = 40
"""How many of them stand in one picture: it fits on a page of paper."""
MOST_SHOWN_LEADS = 60
MOST_SHOWN_RULES = 40
MOST_SHOWN_PAPERS = 40
MOST_SHOWN_FAILURES = 500
_LEFT, _TOP, _WIDTH, _HEIGHT = 210, 34, 46, 20
_NAME_COLUMNS = 30


class Part(NamedTuple):
    """A part of a bar, by its verdict, from and to so many hundredths."""

    verdict: str
    left: float
    width: float


class Row(NamedTuple):
    """A zone, a province or a level in a table."""

    anchor: str
    rank: str
    name: str
    id: str
    file: str
    province: str
    province_code: str
    level: str
    level_code: str
    is_thin: bool
    day: str
    numbers: tuple[tuple[str, str, int], ...]
    grave: int
    violation: str
    violation_sort: str
    most: str
    decided: str
    undetermined: str
    undetermined_sort: str
    parts: tuple[Part, ...]
    amount: str
    amount_sort: str
    step: str
    dossiers: int = 0
    with_violation: int = 0
    thin: int = 0


class Cell(NamedTuple):
    """A number printed on the heat map."""

    x: int
    y: int
    state: str
    number: int


class HeatBand(NamedTuple):
    """One picture of the heat map: paths of its cells by state, those mostly not known marked, numbers and names."""

    id: str
    title: str
    told: str
    width: int
    height: int
    paths: tuple[tuple[str, str], ...]
    thin: str
    cells: tuple[Cell, ...]
    names: tuple[tuple[int, str], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


class BarRow(NamedTuple):
    """A part of a distribution with its bar, a share of the longest."""

    label: str
    dossiers: int
    width: float


def render(summary: Summary) -> bytes:
    """Write *summary* as HTML."""
    crossing = summary.crossing
    heated = summary.rows[:MOST_HEATED]
    page = template("summary.html.j2").render(
        summary=summary,
        title=_title(summary),
        days=_days(summary),
        counts=tuple((each.value, SHORT[each], summary.tally.of(each)) for each in COUNTED),
        aside=tuple((each.value, SHORT[each], summary.tally.of(each)) for each in ASIDE),
        parts=_parts(summary.tally),
        shares=(
            ("违反占适用事项", percent(summary.tally.violation_share)),
            ("疑似、资料不足的如果都违反，至多", percent(summary.tally.most_violation_share)),
            ("违反占已能判定的", percent(summary.tally.decided_violation_share)),
            ("资料不足占适用事项", percent(summary.tally.undetermined_share)),
        ),
        amount=amount_told(summary.amount),
        grades=tuple(
            (grade_told(grade), tuple((verdict.value, number) for verdict, number in counts.items()))
            for grade, counts in summary.grades.items()
            if any(counts.values())
        ),
        steps=tuple(steps_told(summary.steps)),
        rows=tuple(_zone(nth, each) for nth, each in enumerate(summary.rows, 1)),
        provinces=tuple(map(_group, summary.provinces)),
        levels=tuple(map(_group, summary.levels)),
        articles=tuple(each.removeprefix("第").removesuffix("条") for each in summary.articles),
        full_articles=summary.articles,
        province_bands=tuple(_bands("p", "省份", [(each.label, each.articles) for each in summary.provinces]))
        if len(summary.provinces) > 1
        else (),
        zone_bands=tuple(_bands("z", "开发区", [(_heading(each), each.articles) for each in heated])),
        unheated=len(summary.rows) - len(heated),
        histograms=tuple((each.id, each.title, tuple(_bars(each.bins))) for each in summary.histograms),
        rules=summary.rules[:MOST_SHOWN_RULES],
        rules_more=max(len(summary.rules) - MOST_SHOWN_RULES, 0),
        percent=percent,
        why_told=why_told,
        papers=summary.papers[:MOST_SHOWN_PAPERS],
        papers_more=max(len(summary.papers) - MOST_SHOWN_PAPERS, 0) + summary.papers_more,
        failures=summary.failures[:MOST_SHOWN_FAILURES],
        failures_more=max(len(summary.failures) - MOST_SHOWN_FAILURES, 0),
        leads=tuple(_leads(summary)),
        skipped=tuple(skipped_told(crossing)),
        other_days=tuple(other_days_told(crossing)),
        script=script("summary.js"),
    )
    return page.encode()


def _title(summary: Summary) -> str:
    return f"{summary.zones}个开发区的汇总"


def _days(summary: Summary) -> str:
    if not summary.rows:
        return "没有检查成的档案"
    one = summary.first_day == summary.last_day
    return f"检查基准日 {summary.first_day if one else f'{summary.first_day}至{summary.last_day}'}"


def _heading(row: ZoneRow) -> str:
    return f"{row.rank or '—'} {row.called}"


def _parts(tally: Tally) -> tuple[Part, ...]:
    """Part a bar among the verdicts that apply, what is not known in full width like the others."""
    whole = tally.applicable
    found: list[Part] = []
    left = 0.0
    for verdict in (Verdict.VIOLATION, Verdict.RISK, Verdict.UNDETERMINED, Verdict.EXEMPT, Verdict.COMPLIANT):
        if number := tally.of(verdict):
            width = 100 * number / whole
            found.append(Part(verdict.value, round(left, 1), round(width, 1)))
            left += width
    return tuple(found)


def _zone(nth: int, row: ZoneRow) -> Row:
    tally = row.tally
    low = None if row.amount is None else row.amount.low_cny
    return Row(
        anchor=f"z{nth}",
        rank="不排名" if row.rank is None else str(row.rank),
        name=row.called,
        id=row.zone,
        file=row.name,
        province=province_name(row.province),
        province_code=row.province,
        level=called_level(row.level) or UNNAMED_LEVEL,
        level_code=row.level,
        is_thin=row.rank is None,
        day=f"{row.as_of}（推算）" if row.projected else row.as_of,
        numbers=tuple((each.value, SHORT[each], tally.of(each)) for each in COUNTED),
        grave=row.grades.get(Grade.S1.value, {}).get(Verdict.VIOLATION, 0),
        violation=percent(tally.violation_share),
        violation_sort=str(tally.violation_share or 0),
        most=percent(tally.most_violation_share),
        decided=percent(tally.decided_violation_share),
        undetermined=percent(tally.undetermined_share),
        undetermined_sort=str(1 if tally.undetermined_share is None else tally.undetermined_share),
        parts=_parts(tally),
        amount=amount_told(row.amount),
        amount_sort=str(low or 0),
        step=step_told(row.step, row.step_to_verify),
    )


def _group(group: GroupRow) -> Row:
    tally = group.tally
    return Row(
        anchor="",
        rank="",
        name=group.label,
        id=group.key,
        file="",
        province="",
        province_code="",
        level="",
        level_code="",
        is_thin=tally.is_thin,
        day="",
        numbers=tuple((each.value, SHORT[each], tally.of(each)) for each in COUNTED),
        grave=0,
        violation=percent(tally.violation_share),
        violation_sort="",
        most=percent(tally.most_violation_share),
        decided=percent(tally.decided_violation_share),
        undetermined=percent(tally.undetermined_share),
        undetermined_sort="",
        parts=_parts(tally),
        amount=amount_told(group.amount),
        amount_sort="",
        step="",
        dossiers=group.dossiers,
        with_violation=group.with_violation,
        thin=group.thin,
    )


# --- the heat map -----------------------------------------------------------------------------------------------------


def _state(tally: Tally) -> Verdict | None:
    """Give the worst that is found; none where no rule applies."""
    for verdict in (Verdict.VIOLATION, Verdict.RISK, Verdict.UNDETERMINED):
        if tally.of(verdict):
            return verdict
    return Verdict.COMPLIANT if tally.decided else None


def _bands(prefix: str, kind: str, rows: Sequence[tuple[str, tuple[Tally, ...]]]) -> Iterator[HeatBand]:
    for start in range(0, len(rows), BAND):
        held = rows[start : start + BAND]
        yield _band(f"{prefix}{start // BAND + 1}", f"条款×{kind}，第{start + 1}至{start + len(held)}行", held)


def _band(name: str, title: str, rows: Sequence[tuple[str, tuple[Tally, ...]]]) -> HeatBand:
    paths: dict[str, list[str]] = {each.value: [] for each in COUNTED}
    thin: list[str] = []
    cells: list[Cell] = []
    for line, (_, tallies) in enumerate(rows):
        y = _TOP + line * _HEIGHT
        for column, tally in enumerate(tallies):
            x = _LEFT + column * _WIDTH
            state = _state(tally)
            if state is None:
                continue
            paths[state.value].append(f"M{x} {y}h{_WIDTH - 2}v{_HEIGHT - 2}h{2 - _WIDTH}z")
            if tally.is_thin and state is not Verdict.UNDETERMINED:
                thin.append(f"M{x + _WIDTH - 2} {y}v9l-9 -9z")
            if state in {Verdict.VIOLATION, Verdict.RISK}:
                cells.append(Cell(x + _WIDTH // 2 - 1, y + _HEIGHT // 2 - 1, state.value, tally.of(state)))
    columns = len(rows[0][1]) if rows else 0
    counts = {verdict: len(paths[verdict.value]) for verdict in COUNTED}
    told = "，".join(f"{SHORT[verdict]}{number}格" for verdict, number in counts.items())
    return HeatBand(
        id=name,
        title=title,
        told=f"{told}。逐格的数目见下表。",
        width=_LEFT + columns * _WIDTH,
        height=_TOP + len(rows) * _HEIGHT,
        paths=tuple((state, "".join(held)) for state, held in paths.items() if held),
        thin="".join(thin),
        cells=tuple(cells),
        names=tuple(
            (_TOP + line * _HEIGHT + _HEIGHT // 2 - 1, fit(visible(label), _NAME_COLUMNS))
            for line, (label, _) in enumerate(rows)
        ),
        rows=tuple((label, tuple(map(_cell_told, tallies))) for label, tallies in rows),
    )


def _cell_told(tally: Tally) -> str:
    """Word a cell: every number of what is found, and of what complies."""
    told = " ".join(f"{SHORT[verdict]}{number}" for verdict in COUNTED if (number := tally.of(verdict)))
    return told or ("豁免" if tally.of(Verdict.EXEMPT) else "—")


def _bars(bins: Iterable[tuple[str, int]]) -> Iterator[BarRow]:
    held = list(bins)
    longest = max((number for _, number in held), default=0) or 1
    for label, number in held:
        yield BarRow(label, number, round(100 * number / longest, 1))


def _leads(summary: Summary) -> Iterator[tuple[LeadKind, tuple[object, ...], int]]:
    """Give the leads of each kind that are shown, and how many more there are."""
    for kind in LeadKind:
        held = [each for each in summary.crossing.leads if each.kind is kind][:MOST_SHOWN_LEADS]
        if held:
            yield kind, tuple(held), summary.crossing.found[kind] - len(held)
