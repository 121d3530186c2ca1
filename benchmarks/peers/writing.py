"""The page that tells what was measured: tables, targets, floors, where the time goes."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.harness import table
from benchmarks.peers.chart import Bar, chart, figure
from benchmarks.peers.entrants import ENTRANTS, version_of
from benchmarks.peers.ours import OURS, OURS_WITH_EVIDENCE
from benchmarks.peers.results import MEGABYTE, Results, lines, ratio

NOTHING = "–"
HEAD = """# How fast a check is, beside its peers

Written by `python -m benchmarks.peers --write`; do not edit. One seeded workload: a zone of so many parcels, twenty
rules (nineteen on each parcel, one over the zone), strong three-valued logic, exact amounts and days. Every peer was
first proved to find the same (rule, subject, verdict) as this project, on each size, in each run. Peers take turns;
each measurement is a process of its own, after a small dossier; the median is told. Read ratios, not microseconds."""


NOT_MET = {
    "(a)": "DuckDB and Polars build the columns that they are told, on all processors, and validate nothing. Here two"
    " thirds of the time are reading, on one: types and bounds of everything, digits, days, keys written twice, what"
    " cannot be, a digest. At 1,000 parcels it is level with them, at 10,000 they are some 7 % ahead.",
    "(b)": "The floor reads only what the rules read, and validates types alone. In this zone each parcel has 1.4"
    " findings; the values, places, papers and sentences of one take as long as the verdicts of six parcels. Two"
    " times the floor would leave some five microseconds for one: to read the JSON of one back, in C, takes more.",
    "(c)": "The engine's own work is C, this project's mostly Python: which of them a machine favours moves the ratio"
    " by a tenth, from seven to over eight.",
    "(d)": "What is left is mostly the comparing of days and amounts, in Python.",
    "(g)": "Importing the program's own modules takes a quarter of it, its schema, pack and decoders a fifth; the rest"
    " is the check, of which nothing has been worked out yet when a process begins.",
}
"""Where the time goes of which a target asks for less."""

CLOCKS = {
    "wall": "by the clock on the wall",
    "processor": "by the time of the processor, because other work ran beside it; what two threads take counts twice",
}


def page(results: Results, *, has_chart: bool = False) -> str:
    """Write the page."""
    return "\n\n".join(_parts(results, has_chart=has_chart)) + "\n"


def drawing(results: Results) -> str:
    """Draw the time from JSON to findings of all peers, on the largest zone that all of them were given."""
    size = _common(results)
    bars = [
        Bar(label=name, value=series.each("whole"), is_ours=name in {OURS, OURS_WITH_EVIDENCE})
        for (name, parcels), series in results.peers.items()
        if parcels == size
    ]
    return chart(f"From JSON to findings: {size:,} parcels, 20 rules", "microseconds a parcel", bars)


def _common(results: Results) -> int:
    """Give the largest size that everybody present was measured on."""
    present = {name for name, _ in results.peers}
    everybody = [size for size in results.sizes if all((name, size) in results.peers for name in present)]
    return max(everybody or results.sizes[:1])


def _parts(results: Results, *, has_chart: bool) -> Iterator[str]:
    yield HEAD
    yield (
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors, median of"
        f" {results.runs}, {CLOCKS[results.clock]}; the machine's load was {os.getloadavg()[0]:.1f}."
    )
    if has_chart:
        yield "![Time from JSON to findings](performance.svg)"
    yield "## Targets"
    found = lines(results)
    rows = [(each.target, each.at, each.asked, each.told, each.answer) for each in found]
    yield table(["target", "parcels", "asked", "measured", ""], rows)
    missed = sorted({each.target[:3] for each in found if each.is_missed})
    if missed:
        yield "What is not met, and why:"
        yield "\n".join(f"- {each} {NOT_MET[each]}" for each in missed if each in NOT_MET)
    yield "## Peers, from JSON bytes to findings"
    yield _peers(results, "whole")
    yield "## Peers, evaluation alone"
    yield "From what a peer decodes to the list of findings; what Python does for it (projection, plan, sum) counts."
    yield _peers(results, "evaluate")
    yield "## Who took part"
    yield _entrants(results)
    if results.absent:
        yield f"Not installed, and left out: {', '.join(results.absent)}."
    if results.inside:
        yield from _inside(results)


def _names(results: Results) -> Sequence[str]:
    """Give the peers that were measured, the fastest first."""
    size = _common(results)
    names = dict.fromkeys(name for name, _ in results.peers)
    return sorted(names, key=lambda name: results.took(name, size) or float("inf"))


def _peers(results: Results, part: str) -> str:
    sizes = results.sizes
    rows = []
    for name in _names(results):
        cells = [f"**{name}**" if name == OURS else name]
        for size in sizes:
            series = results.peers.get((name, size))
            cells.append(figure(series.each(part)) if series else NOTHING)
        for size in sizes:
            value = ratio(results.took(name, size, part), results.took(OURS, size, part))
            cells.append(NOTHING if value is None else f"{value:.2f}")
        rows.append(cells)
    head = ["", *(f"µs a parcel, {size:,}" for size in sizes), *(f"÷ {OURS}, {size:,}" for size in sizes)]
    return table(head, rows)


def _entrants(results: Results) -> str:
    size = _common(results)
    rows = []
    for name in _names(results):
        peer, series = ENTRANTS[name], results.peers.get((name, size))
        peak = f"{series.counts['peak'] / MEGABYTE:,.0f}" if series else NOTHING
        found = f"{series.counts['findings']:,}" if series else NOTHING
        rows.append([name, f"{peer.package} {version_of(peer)}".strip(), peer.gives, found, peak])
    return table(["", "package", "what it gives", f"findings, {size:,}", f"peak MB, {size:,}"], rows)


FLOORS = {
    "load": "this project: typed, exact, validated, examined",
    "decode": "… of which typed decoding",
    "json": "json.loads",
    "json exact": "json.loads, Decimal",
    "orjson": "orjson.loads",
    "msgspec untyped": "msgspec, untyped",
    "msgspec untyped, exact": "msgspec, untyped, Decimal",
    "msgspec typed": "msgspec, typed, Decimal and date (what the floor reads)",
    "jsonschema-rs": "validation alone: jsonschema-rs",
    "jsonschema": "validation alone: jsonschema",
    "glance": "this project: one pass over the text",
    "examine": "this project: what cannot be",
}


FINDINGS = {
    "check": "this project: verdicts, and the finding with all its evidence",
    "json": "this project: its JSON",
    "html": "this project: its HTML",
    "f-string rows": "a row of a table as a plain f-string",
    "read back": "msgspec, untyped: its JSON only read back, in C",
}


def _inside(results: Results) -> Iterator[str]:
    yield "## Floors: decoding and validation"
    yield _floors(results, "µs a parcel", "floors", FLOORS)
    yield "## Floors: a finding"
    yield _floors(results, "µs a finding", "html", FINDINGS)
    start = results.inside.get(("start", 0))
    if start:
        yield "## Floors: process start"
        nothing = start.median("python")
        labels = {
            "command": "the whole command on 100 parcels, all rules of the document",
            "command, twenty rules": "the whole command on 100 parcels, these twenty rules",
            "command, nothing remembered": "the same with all rules, when a pack is new and its examples are run",
            "python": "`python -c pass`",
        }
        told = sorted(start.seconds, key=start.median)
        yield table(
            ["", "ms of processor time", "more than `pass`"],
            (
                (
                    labels.get(name, name),
                    f"{1e3 * start.median(name):,.0f}",
                    f"{1e3 * (start.median(name) - nothing):,.0f}",
                )
                for name in told
            ),
        )
    if results.profile:
        yield "## Where the time goes"
        yield from _profile(results)


def _floors(results: Results, unit: str, measure: str, labels: Mapping[str, str]) -> str:
    rows = []
    for name, label in labels.items():
        every = [results.inside.get((measure, size)) for size in results.sizes]
        told = [figure(each.each(name)) if each and name in each.seconds else NOTHING for each in every]
        rows.append([label, *told])
    return table([unit, *(f"{size:,}" for size in results.sizes)], rows)


def _profile(results: Results) -> Iterator[str]:
    for name, steps in results.profile["steps"].items():
        whole = sum(steps.values())
        yield f"Step by step, {name}:"
        yield table(["", "part of the whole"], ((step, f"{seconds / whole:.0%}") for step, seconds in steps.items()))
    for name, functions in results.profile["functions"].items():
        yield f"By function, without those it calls, under a profiler (which makes calls look dearer): {name}:"
        yield table(["", "part of the whole"], ((place, f"{share:.0%}") for place, share in functions.items()))
