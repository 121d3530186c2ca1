"""The map of a report as parts of an SVG picture: what is wrong shows by pattern and number, not by colour alone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from checker.catalogues import CHINESE, Catalogue
from checker.model import Area, Finding, Map, Report, Verdict
from checker.reporting import wording

WIDEST, HIGHEST = 900, 560
"""The pixels that a map has on a wide screen: by them letters and strokes are made large enough."""

MOST_MARKS = 60
"""How many areas have their numbers printed on the map, the worst first."""

MOST_ROWS = 20
"""How many rows of the table are shown unfolded."""

PLANNED, PLANS, PARCELS = "zone", "plans", "parcels"
KINDS = {PLANNED: "规划建设用地", PLANS: "规划", PARCELS: "宗地"}
NOTHING_LISTED = "没有列出的问题"
_SHOWN = (Verdict.VIOLATION, Verdict.RISK, Verdict.UNDETERMINED)


class Outline(NamedTuple):
    """An area as it is drawn and told; `state` is a verdict, or `none`. A parcel or plan has the `numbers` of problems.

    `order` is that of urgency; `mark` has the numbers as far as there is room for them.
    """

    kind: str
    name: str
    hectares: str
    state: str
    label: str
    order: int
    numbers: tuple[int, ...]
    mark: str
    x: int
    y: int
    path: str


class Legend(NamedTuple):
    """What a state of parcels or plans is called, and how many there are."""

    kind: str
    state: str
    label: str
    number: int


class Picture(NamedTuple):
    """A map as a page draws it; `unit` lengths of it are a pixel of a wide screen, `scale` is that of its bar."""

    box: str
    width: int
    height: int
    unit: float
    scale: int
    scale_told: str
    outlines: tuple[Outline, ...]
    marked: tuple[Outline, ...]
    unmarked: int
    legend: tuple[Legend, ...]
    planned: tuple[Outline, ...]
    rows: tuple[Outline, ...]
    others: tuple[Outline, ...]
    is_long: bool


def picture(report: Report, numbers: dict[str, int], words: Catalogue = CHINESE) -> Picture | None:
    """Draw the map of *report*, if it has one; *numbers* are those that the report gives its problems."""
    drawn = report.map
    if drawn is None:
        return None
    found = _by_record(report.findings)
    said = _Said(wording.words_of(report.mode, words).short, words)
    outlines = tuple(_outline(each, found.get(each.pointer, []), said, numbers) for each in drawn.areas)
    unit = max(drawn.width / WIDEST, drawn.height / HIGHEST, 0.01)
    margin, foot = round(16 * unit), round(44 * unit)
    scale, scale_told = _scale(drawn, words)
    numbered = sorted((each for each in outlines if each.numbers), key=lambda each: (each.order, each.numbers))
    marked = tuple(_legible(numbered, unit))
    rows = sorted((each for each in outlines if each.state != "none"), key=lambda each: (each.order, each.numbers))
    return Picture(
        box=f"{-margin} {-margin} {drawn.width + 2 * margin} {drawn.height + margin + foot}",
        width=drawn.width,
        height=drawn.height,
        unit=round(unit, 3),
        scale=scale,
        scale_told=scale_told,
        outlines=outlines,
        marked=marked,
        unmarked=len(numbered) - len(marked),
        legend=tuple(_legend(outlines)),
        planned=tuple(each for each in outlines if each.kind == PLANNED),
        rows=tuple(rows),
        others=tuple(each for each in outlines if each.state == "none" and each.kind != PLANNED),
        is_long=len(rows) > MOST_ROWS,
    )


def _by_record(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Give the findings of each record of a register, those of what it holds among them."""
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault("/".join(each.subject.pointer.split("/")[:3]), []).append(each)
    return found


class _Said(NamedTuple):
    """What verdicts are called, and the language."""

    short: Mapping[Verdict, str]
    words: Catalogue


def _outline(area: Area, findings: list[Finding], said: _Said, numbers: dict[str, int]) -> Outline:
    """Say of an area what the worst of its findings says; the planned area is only the ground of the others."""
    findings = [] if area.register == PLANNED else findings
    verdicts = {each.verdict for each in findings}
    order = next((place for place, each in enumerate(_SHOWN) if each in verdicts), len(_SHOWN))
    x, y = area.at
    named = not area.id or area.id in area.label or area.register == PLANNED
    return Outline(
        kind=area.register,
        name=area.label if named else said.words("{0}（{1}）", area.label, area.id),
        hectares=f"{area.hectares:,}",
        state=_SHOWN[order].value if order < len(_SHOWN) else "none",
        label=said.short[_SHOWN[order]] if order < len(_SHOWN) else said.words(NOTHING_LISTED),
        order=order,
        numbers=(marked := tuple(sorted(numbers[each.id] for each in findings if each.id in numbers))),
        mark=said.words("、").join(map(str, marked[:2])) + (said.words("等") if len(marked) > 2 else ""),
        x=x,
        y=y,
        path=area.path,
    )


def _legible(numbered: Iterable[Outline], unit: float) -> Iterator[Outline]:
    """Give those that have room for their numbers, the worst first: no number is printed over another."""
    placed: list[tuple[int, int, float]] = []
    for each in numbered:
        half = (5 * len(each.mark) + 4) * unit
        if all(abs(each.y - y) > 16 * unit or abs(each.x - x) > half + other for x, y, other in placed):
            placed.append((each.x, each.y, half))
            yield each
            if len(placed) == MOST_MARKS:
                return


def _legend(outlines: Iterable[Outline]) -> Iterator[Legend]:
    counts: dict[tuple[str, int, str, str], int] = {}
    for each in outlines:
        if each.kind != PLANNED:
            key = (each.kind, each.order, each.state, each.label)
            counts[key] = counts.get(key, 0) + 1
    for (kind, _, state, label), number in sorted(counts.items()):
        yield Legend(kind, state, label, number)


def _scale(drawn: Map, words: Catalogue) -> tuple[int, str]:
    """Choose the longest round distance that takes no more than a quarter of the width.

    >>> from decimal import Decimal
    >>> _scale(Map(width=2000, height=900, metres=Decimal("2.5"), areas=()), CHINESE)
    (400, '1千米')
    """
    metres = float(drawn.metres)
    room = max(drawn.width, drawn.height) * metres / 4
    power = 10 ** (len(str(int(room))) - 1)
    length = next((each * power for each in (5, 2) if each * power <= room), power)
    told = words("{0}千米", length // 1000) if length >= 1000 else words("{0}米", length)
    return round(length / metres), told
