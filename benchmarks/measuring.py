"""What every measurement shares: a stopwatch of processor time, and the peak of memory."""

import gc
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

_Result = TypeVar("_Result")
STATUS = Path("/proc/self/status")
CLOCK = "ZONECHECK_BENCHMARKS_CLOCK"
"""The variable of the environment that names the clock by which peers are timed."""

CLOCKS: Mapping[str, Callable[[], float]] = MappingProxyType(
    {"wall": time.perf_counter, "processor": time.process_time}
)
LONG_ENOUGH = 0.5
"""Seconds that a measurement takes at least, repeated if need be; a few milliseconds measure nothing."""

MOST_REPEATS = 15


class Stopwatch:
    """Seconds of processor time by name; what other processes take of the machine is not counted."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Add the time of the block to *name*."""
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start

    def of(self, name: str, work: Callable[[], _Result]) -> _Result:
        """Time *work*, after the garbage of what came before is gone, and give what it gives."""
        gc.collect()
        with self.time(name):
            return work()

    def count(self, name: str, number: int) -> None:
        """Add *number* to the count of *name*."""
        self.counts[name] = self.counts.get(name, 0) + number


def peak_memory() -> int:
    """Give the most memory that this process has had, in bytes.

    Where the system tells it of the program itself, what the process was before it became this program does not count.
    """
    if STATUS.exists():
        told = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(told.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def clock() -> Callable[[], float]:
    """Give the clock that was asked for; on a machine with other work the time of the processor wavers less."""
    return CLOCKS[os.environ.get(CLOCK, "wall")]


def timed(work: Callable[[], object]) -> float:
    """Give the median seconds that *work* takes, repeated until that is sure enough."""
    now, taken = clock(), list[float]()
    while sum(taken) < LONG_ENOUGH and len(taken) < MOST_REPEATS:
        gc.collect()
        start = now()
        work()
        taken.append(now() - start)
    return statistics.median(taken)
