"""A chart of bars on a logarithmic scale, as a small SVG that needs no font, script or network of its own."""

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, LABELS, FIGURES, ROW, HEAD = 860, 190, 90, 26, 64
OURS_COLOUR, OTHER_COLOUR, GRID, INK, PAPER = "#b3261e", "#5b7a99", "#d8d8d8", "#222222", "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with what it is called; ours stands out."""

    label: str
    value: float
    is_ours: bool = False


def chart(title: str, unit: str, bars: Sequence[Bar]) -> str:
    """Draw bars, the shortest first; the scale has a line at every power of ten.

    >>> chart("Time", "µs", [Bar(label="json", value=2.5)]).startswith("<svg ")
    True
    """
    ordered = sorted(bars, key=lambda each: each.value)
    low = math.floor(math.log10(ordered[0].value / 2))
    high = max(low + 1, math.ceil(math.log10(ordered[-1].value)))
    height = HEAD + ROW * len(ordered) + 34
    room = WIDTH - LABELS - FIGURES

    def place(value: float) -> float:
        return LABELS + room * (math.log10(value) - low) / (high - low)

    def parts() -> Iterator[str]:
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
            f' role="img" font-family="sans-serif" font-size="14" fill="{INK}">'
        )
        yield f"<title>{html.escape(title)}</title>"
        yield f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
        yield f'<text x="16" y="28" font-size="17" font-weight="bold">{html.escape(title)}</text>'
        yield f'<text x="16" y="48" font-size="12">{html.escape(unit)}, logarithmic scale; shorter is faster</text>'
        bottom = HEAD + ROW * len(ordered)
        for power in range(low, high + 1):
            x = place(10.0**power)
            yield f'<line x1="{x:.1f}" y1="{HEAD - 6}" x2="{x:.1f}" y2="{bottom + 4}" stroke="{GRID}"/>'
            yield f'<text x="{x:.1f}" y="{bottom + 20}" font-size="12" text-anchor="middle">{10.0**power:g}</text>'
        for number, bar in enumerate(ordered):
            y = HEAD + ROW * number
            weight = ' font-weight="bold"' if bar.is_ours else ""
            colour = OURS_COLOUR if bar.is_ours else OTHER_COLOUR
            end = place(bar.value)
            yield f'<text x="{LABELS - 8}" y="{y + 16}" text-anchor="end"{weight}>{html.escape(bar.label)}</text>'
            width = max(1.0, end - LABELS)
            yield f'<rect x="{LABELS}" y="{y + 3}" width="{width:.1f}" height="{ROW - 8}" fill="{colour}"/>'
            yield f'<text x="{end + 6:.1f}" y="{y + 16}"{weight}>{figure(bar.value)}</text>'
        yield "</svg>"

    return "\n".join(parts()) + "\n"


def figure(value: float) -> str:
    """Write a figure with two digits or three that count.

    >>> figure(2.513), figure(25.13), figure(2513)
    ('2.5', '25', '2,513')
    """
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"
