"""How fast a check is, and whether a record costs the same in a large dossier as in a small one.

    python -m benchmarks --parcels 1000 10000 100000 --runs 3

Each measurement is a process of its own; processor time is taken, the median of the runs is told, and every figure
stands beside a floor measured in the same process: read ratios, not seconds. Progress goes to standard error, the
result, as Markdown, to standard output. Exit code 1 if a record costs more than 1.25 times as much in the largest
dossier as in the smallest, or if a rule refuses a dossier.
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.floors import FLOORS
from benchmarks.workload import ROOT, write_dossier

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


@dataclass(kw_only=True)
class Series:
    """What was measured of one size, run by run."""

    parcels: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def add(self, measured: dict[str, dict[str, float]]) -> None:
        """Take over what one process measured."""
        for name, seconds in measured["seconds"].items():
            self.seconds.setdefault(name, []).append(seconds)
        self.counts |= {name: int(number) for name, number in measured["counts"].items()}
        self.left_out |= set(measured["left_out"])

    def median(self, *names: str) -> float:
        """Give the seconds that the named phases take together."""
        return sum(statistics.median(self.seconds[name]) for name in names)

    def each(self, name: str) -> float:
        """Give what a phase takes for each record, in microseconds."""
        return 1e6 * self.median(name) / self.counts["records"]


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
                series.add(work("phases", paths[series.parcels], *without))
                series.add(work("whole", paths[series.parcels], *without, *sorted(series.left_out)))
    return found


def work(*arguments: str | Path) -> dict[str, dict[str, float]]:
    """Run a worker and read what it measured."""
    command = [sys.executable, "-m", "benchmarks.worker", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


def process_time(*arguments: str) -> float:
    """Give the processor time that a Python takes from its start to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tell(text: str) -> None:
    """Say how far it is."""
    print(text, file=sys.stderr, flush=True)


# --- printing -------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table whose columns, but the first, are numbers."""
    print(f"| {' | '.join(head)} |\n|---|{'---:|' * (len(head) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()


def print_start(runs: int) -> None:
    """Print what a command takes before it opens a dossier."""
    tell("start-up")
    found = Series(parcels=0)
    for _ in range(runs):
        found.add(work("start"))
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
    table(("", "ms"), ((label, f"{1e3 * found.median(name):,.0f}") for label, name in rows))


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
    table(head, rows)
    head = ["", *(f"{each.parcels:,} parcels" for each in sizes)]
    table(head, ([name, *(f"{each.counts[name]:,}" for each in sizes)] for name in COUNTS))


COUNTS = ("records", "pairs", "questions", "findings")


def print_ratios(sizes: Sequence[Series]) -> None:
    """Print how many times its floor each phase takes."""
    print("## Against the floors\n")
    table(
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
    table(["", *(f"{each.parcels:,} parcels" for each in sizes)], ([label, *cells] for label, cells in rows))


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
