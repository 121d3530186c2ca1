"""What every measurement shares: a stopwatch of processor time, and the peak of memory."""

import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_Result = TypeVar("_Result")


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
    """Give the most memory that this process has had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
