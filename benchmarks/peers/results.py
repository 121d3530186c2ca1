"""What was measured, and what is asked of it: the targets, each met or not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.harness import Series
from benchmarks.peers.columns import EXACT_COLUMNS
from benchmarks.peers.expressions import CEL_CPP, ZEN
from benchmarks.peers.generated import FLOOR
from benchmarks.peers.ours import OURS, OURS_WITH_EVIDENCE
from benchmarks.peers.production import CLIPS, NAIVE
from benchmarks.peers.rego import OPA, REGORUS

LIBRARIES = "engine, decoder and command line"
"""What every command has to import."""

ASKED = 10_000
"""The size that most is asked of."""
WITH_TWO_WORKERS = 100_000
"""From so many parcels on, columns are met with two workers."""
MEGABYTE = 1_000_000


@dataclass(kw_only=True)
class Results:
    """All that was measured, by peer and size; what is measured of this project alone by name and size."""

    sizes: Sequence[int]
    runs: int
    clock: str = "wall"
    peers: dict[tuple[str, int], Series] = field(default_factory=dict)
    inside: dict[tuple[str, int], Series] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)

    def took(self, peer: str, size: int, part: str = "whole") -> float | None:
        """Give the median seconds of a peer on a size; `None` where it was not measured."""
        series = self.peers.get((peer, size))
        return series.median(part) if series else None

    def inner(self, name: str, size: int, *parts: str) -> float | None:
        """Give the median seconds of what is measured of this project alone."""
        series = self.inside.get((name, size))
        return series.median(*parts) if series else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A target on one size: what is asked, what was measured (`None`: nothing), and whether that meets it.

    Of a size of which nothing is asked, it is told what was measured.
    """

    target: str
    at: str
    asked: str
    value: float | None
    met: bool
    unit: str = ""

    @property
    def told(self) -> str:
        """The measured figure, as it is printed."""
        return "not measured" if self.value is None else f"{self.value:,.2f}{self.unit}"

    @property
    def is_missed(self) -> bool:
        """Whether what was measured is not what is asked."""
        return self.value is not None and not self.met

    @property
    def answer(self) -> str:
        """Whether the target is met, in words."""
        return "" if self.value is None or not self.asked else "**not met**" if self.is_missed else "met"


def at_least(bound: float) -> tuple[str, Callable[[float], bool]]:
    """Ask for no less than a ratio."""
    return f"≥ {bound:g}", lambda value: value >= bound


def at_most(bound: float, unit: str = "") -> tuple[str, Callable[[float], bool]]:
    """Ask for no more than a ratio or figure."""
    return f"≤ {bound:g}{unit}", lambda value: value <= bound


Bound = tuple[str, Callable[[float], bool]]
NOT_ASKED: Bound = ("", lambda _: True)


def _asked(size: int, bound: Bound) -> Bound:
    return bound if size == ASKED else NOT_ASKED


def _line(target: str, at: str, bound: Bound, value: float | None, unit: str = "") -> Line:
    asked, meets = bound
    met = value is not None and meets(value)
    return Line(target=target, at=at, asked=asked, value=value, met=met, unit=unit)


def ratio(first: float | None, second: float | None) -> float | None:
    """Divide what was measured; nothing where either was not."""
    return None if first is None or not second else first / second


def least(*seconds: float | None) -> float | None:
    """Give the least of what was measured."""
    return min((each for each in seconds if each is not None), default=None)


FASTER: Mapping[str, float] = {ZEN: 4, CEL_CPP: 6, CLIPS: 12, REGORUS: 30, OPA: 60}
"""How many times as fast as a peer the evaluation is to be."""


def lines(results: Results) -> list[Line]:
    """Give every target on every size that it is asked of, in the order of their letters."""
    found = [each for size in results.sizes for each in (*_against_peers(results, size), *_inside(results, size))]
    return sorted([*found, *_overall(results)], key=lambda each: each.target[:3])


def _against_peers(results: Results, size: int) -> Iterator[Line]:
    at, took = f"{size:,}", results.took
    columns = least(*(took(each, size) for each in EXACT_COLUMNS))
    if size >= WITH_TWO_WORKERS:
        ours = results.inner("pair", size, "whole")
        yield _line(
            "(a) two workers, a dossier each: the better of DuckDB and Polars, exact ÷ this",
            at,
            at_least(1),
            ratio(columns, ours),
        )
    else:
        yield _line(
            "(a) the better of DuckDB and Polars, exact ÷ this, JSON to findings",
            at,
            at_least(1),
            ratio(columns, took(OURS, size)),
        )
    floor = took(FLOOR, size)
    yield _line(
        "(b) this ÷ generated Python, before evidence", at, _asked(size, at_most(1.5)), ratio(took(OURS, size), floor)
    )
    yield _line(
        "(b) this ÷ generated Python, with evidence",
        at,
        _asked(size, at_most(2)),
        ratio(took(OURS_WITH_EVIDENCE, size), floor),
    )
    yield _line(
        "(c) durable-rules by its Host ÷ this, JSON to findings",
        at,
        _asked(size, at_least(8)),
        ratio(took(NAIVE, size), took(OURS, size)),
    )
    for peer, times in FASTER.items():
        value = ratio(took(peer, size, "evaluate"), took(OURS, size, "evaluate"))
        yield _line(f"(d) {peer} ÷ this, evaluation", at, _asked(size, at_least(times)), value)


def _inside(results: Results, size: int) -> Iterator[Line]:
    at, inner = f"{size:,}", results.inner
    if ("floors", size) in results.inside:
        typed, untyped = inner("floors", size, "decode"), inner("floors", size, "msgspec untyped")
        assert typed is not None
        assert untyped is not None
        value = ratio(typed - untyped, inner("floors", size, "jsonschema-rs"))
        yield _line(
            "(e) validating while decoding, beyond decoding anything ÷ jsonschema-rs",
            at,
            _asked(size, at_most(1.5)),
            value,
        )
    series = results.inside.get(("rules", size))
    if series:
        more = series.median("more rules") - series.median("few rules")
        value = 1e9 * more / series.counts["added"] / series.counts["records"]
        yield _line("(f) one more rule, a record", at, _asked(size, at_most(50, " ns")), value, " ns")
    if ("html", size) in results.inside:
        value = ratio(inner("html", size, "html"), inner("html", size, "f-string rows"))
        yield _line("(h) HTML ÷ f-string rows, a finding", at, _asked(size, at_most(3)), value)


def _overall(results: Results) -> Iterator[Line]:
    libraries = results.inner("start", 0, LIBRARIES)
    for name, rules in (("command, twenty rules", "these twenty rules"), ("command", "all rules of the document")):
        value = ratio(results.inner("start", 0, name), libraries)
        yield _line(f"(g) the whole command, {rules} ÷ importing its libraries", "100", at_most(2), value)
    first, last = results.sizes[0], results.sizes[-1]
    series = results.peers.get((OURS, last))
    if first < last and series:
        once, again = results.peers[OURS, first].each("whole"), series.each("whole")
        bound = at_most(1.25 if last <= 100_000 else 1.4)
        yield _line(f"(i) a record ÷ one of {first:,} parcels", f"{last:,}", bound, again / once)
    if series:
        value = series.counts["more"] / series.counts["bytes"]
        yield _line("(i) peak of memory, beyond that of a small dossier ÷ JSON", f"{last:,}", at_most(4.5), value)
    many = results.inside.get(("many", 0))
    grown = many.counts["grown"] / MEGABYTE if many else None
    yield _line("(i) growth of memory over 500 dossiers", "200", at_most(1, " MB"), grown, " MB")
    workers = ratio(results.inner("office", 0, "1 workers"), results.inner("office", 0, "2 workers"))
    yield _line("(i) two workers on 50 dossiers, times as fast", "200", at_least(1.7), workers)
