"""How fast a check is, and whether a record costs the same in a large dossier as in a small one.

    python -m benchmarks --parcels 1000 10000 100000 --runs 3

Each measurement is a process of its own; processor time is taken, the median of the runs is told, and every figure
stands beside a floor measured in the same process: read ratios, not seconds. Progress goes to standard error, the
result, as Markdown, to standard output. Exit code 1 if a record costs more than 1.25 times as much in the largest
dossier as in the smallest, or if a rule refuses a dossier.
"""

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.floors import FLOORS
from benchmarks.harness import Series, process_time, table, tell, work
from benchmarks.workload import write_dossier

WORKER = "benchmarks.worker"
FLAT = 1.25
NOTABLE = 0.05
"""A phase that takes a smaller part of the whole may grow: the whole is looked at by itself."""

FULL_RUNS = 10_000
"""Up to so many parcels each size is measured as often as asked; larger ones, which waver less, less often."""

PHASES = (
    "load",
    "validate",
    "facts",
    "law",
    "evidence, report",
    "text",
    "html",
    "json",
    "csv",
    "sarif",
    "junit",
    "whole",
)
RATIOS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("load ÷ typed decode", ("load",), ("typed decode",)),
    ("load ÷ json.loads", ("load",), ("json.loads",)),
    ("validate ÷ jsonschema-rs", ("validate",), ("jsonschema-rs",)),
    ("load + validate ÷ json.loads + jsonschema-rs", ("load", "validate"), ("json.loads", "jsonschema-rs")),
    ("facts + law of three rules ÷ plain Python", ("same rules",), ("plain rules",)),
    ("html ÷ f-string rows", ("html",), ("f-string rows",)),
)
MEGABYTE = 1_000_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--parcels", type=int, nargs="+", default=[1_000, 10_000, 100_000], metavar="N")
    parser.add_argument("--runs", type=int, default=3, help="the median of so many runs is told")
    parser.add_argument("--without", nargs="*", default=[], metavar="RULE", help="rules that are not to be applied")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zonecheck-") as folder:
        sizes = measured(sorted(arguments.parcels), arguments.runs, arguments.without, Path(folder))
    if arguments.without:
        print(f"Without the rules {', '.join(arguments.without)}.\n")
    print_start(arguments.runs)
    print_phases(sizes)
    print_ratios(sizes)
    print_memory(sizes)
    sys.exit(print_verdict(sizes))


# --- measuring ------------------------------------------------------------------------------------------------------


def measured(sizes: Iterable[int], runs: int, without: Sequence[str], folder: Path) -> Sequence[Series]:
    """Measure every size, each run after the others have had theirs."""
    found = [Series(parcels=parcels) for parcels in sizes]
    paths = {}
    for series in found:
        tell(f"{series.parcels:,} parcels: writing")
        paths[series.parcels] = write_dossier(folder / str(series.parcels), series.parcels)
    for run in range(runs):
        for series in found:
            if run < max(1, runs * FULL_RUNS // max(series.parcels, FULL_RUNS)):
                tell(f"{series.parcels:,} parcels: run {run + 1}")
                series.add(work(WORKER, "phases", paths[series.parcels], *without))
                series.add(work(WORKER, "whole", paths[series.parcels], *without, *sorted(series.left_out)))
    return found


# --- printing -------------------------------------------------------------------------------------------------------


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table and the empty line after it."""
    print(table(head, rows), end="\n\n")


def print_start(runs: int) -> None:
    """Print what a command takes before it opens a dossier."""
    tell("start-up")
    found = Series(parcels=0)
    for _ in range(runs):
        found.add(work(WORKER, "start"))
        for name, program in (("python", "pass"), ("engine and decoder", "import durable_rules_engine, msgspec")):
            found.seconds.setdefault(name, []).append(process_time("-c", program))
    print(f"## Start-up (Python {platform.python_version()}, {platform.machine()}, processor time, median of {runs})\n")
    rows = [
        ("`python -c pass`", "python"),
        ("… and importing the engine and the decoder, which it must", "engine and decoder"),
        ("importing the command line", "import"),
        ("reading the schema", "schema"),
        ("reading the pack", "read pack"),
        ("reading the pack as the command does (examples proved)", "load pack"),
    ]
    print_table(("", "ms"), ((label, f"{1e3 * found.median(name):,.0f}") for label, name in rows))


def print_phases(sizes: Sequence[Series]) -> None:
    """Print what each phase takes."""
    print("## Phases\n")
    head = ["", *(part for each in sizes for part in (f"{each.parcels:,} parcels, ms", "µs a record")), "last ÷ first"]
    rows = [
        [
            name,
            *(part for each in sizes for part in (f"{1e3 * each.median(name):,.1f}", f"{each.each(name):,.2f}")),
            f"{growth(sizes, name):.2f}",
        ]
        for name in PHASES
    ]
    print_table(head, rows)
    head = ["", *(f"{each.parcels:,} parcels" for each in sizes)]
    print_table(head, ([name, *(f"{each.counts[name]:,}" for each in sizes)] for name in COUNTS))


COUNTS = ("records", "pairs", "questions", "findings")


def print_ratios(sizes: Sequence[Series]) -> None:
    """Print how many times its floor each phase takes."""
    print("## Against the floors\n")
    print_table(
        ["", *(f"{each.parcels:,} parcels" for each in sizes)],
        (
            [label, *(f"{each.median(*ours) / each.median(*floor):.2f}" for each in sizes)]
            for label, ours, floor in RATIOS
        ),
    )
    for name, meaning in FLOORS.items():
        print(f"- *{name}*: {meaning}")
    print()


def print_memory(sizes: Sequence[Series]) -> None:
    """Print the peak of memory of a whole check with every format."""
    print("## Memory\n")
    rows = [
        ("JSON, MB", [f"{each.counts['bytes'] / MEGABYTE:,.1f}" for each in sizes]),
        ("peak, MB", [f"{each.counts['peak'] / MEGABYTE:,.0f}" for each in sizes]),
        ("peak ÷ JSON", [f"{each.counts['peak'] / each.counts['bytes']:.1f}" for each in sizes]),
    ]
    print_table(["", *(f"{each.parcels:,} parcels" for each in sizes)], ([label, *cells] for label, cells in rows))


def growth(sizes: Sequence[Series], name: str) -> float:
    """Give how many times as much a record costs in the largest dossier as in the smallest."""
    return sizes[-1].each(name) / sizes[0].each(name)


def print_verdict(sizes: Sequence[Series]) -> int:
    """Say whether the cost of a record is flat and every rule was applied; give the exit code."""
    largest = sizes[-1]
    looked_at = [each for each in PHASES if largest.median(each) >= NOTABLE * largest.median("whole")]
    steep = [f"{name} {growth(sizes, name):.2f}" for name in looked_at if growth(sizes, name) > FLAT]
    refused = [f"{each.parcels:,} parcels: {', '.join(sorted(each.left_out))}" for each in sizes if each.left_out]
    if steep:
        print(f"**Not flat** (a record may cost {FLAT} times as much): {', '.join(steep)}")
    else:
        print(f"Flat: the whole {growth(sizes, 'whole'):.2f}, at most {FLAT}; looked at: {', '.join(looked_at)}.")
    if refused:
        print(f"\n**Rules that refuse the dossier, and were left out**: {'; '.join(refused)}")
    return 1 if steep or refused else 0


if __name__ == "__main__":
    main()
