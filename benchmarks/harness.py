"""What all benchmarks share: processes that measure, the medians of what they measured, and tables."""

import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.workload import ROOT


@dataclass(kw_only=True)
class Series:
    """What was measured of one size, run by run."""

    parcels: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def add(self, measured: dict[str, Any]) -> None:
        """Take over what one process measured."""
        for name, seconds in measured["seconds"].items():
            self.seconds.setdefault(name, []).append(seconds)
        self.counts |= {name: int(number) for name, number in measured["counts"].items()}
        self.left_out |= set(measured.get("left_out", ()))

    def median(self, *names: str) -> float:
        """Give the seconds that the named phases take together."""
        return sum(statistics.median(self.seconds[name]) for name in names)

    def each(self, name: str) -> float:
        """Give what a phase takes for each record, in microseconds."""
        return 1e6 * self.median(name) / self.counts["records"]


def work(worker: str, *arguments: str | Path) -> dict[str, Any]:
    """Run a worker, a module, in a process of its own and read what it measured."""
    command = [sys.executable, "-m", worker, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def process_time(*arguments: str | Path, may_fail: bool = False, **variables: str) -> float:
    """Give the processor time that a Python takes from its start to its end; a check that accuses exits with 1.

    It keeps what it has compiled, as an installed program does, whatever the environment says of that; *variables* are
    set in it besides.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | variables
    command = [sys.executable, *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=not may_fail, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tell(text: str) -> None:
    """Say how far it is."""
    print(text, file=sys.stderr, flush=True)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table whose columns, but the first, are numbers.

    >>> print(table(["", "ms"], [["json", "7"]]))
    |  | ms |
    |---|---:|
    | json | 7 |
    """
    lines = [head, *rows]
    return "\n".join((_line(lines[0]), f"|---|{'---:|' * (len(head) - 1)}", *map(_line, lines[1:])))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
