"""How long something may take that must not hang, in seconds of an ordinary machine, whatever machine this is.

A bound in plain seconds fails where a machine is slow or busy, and then says nothing about the program.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

STEPS = 300_000
ORDINARY = 0.03
"""The seconds of processor time that the steps take on an ordinary machine."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if what is done takes more processor time than so many seconds of an ordinary machine."""
    start = time.process_time()
    yield
    assert_bearable(time.process_time() - start, seconds)


def assert_bearable(spent: float, seconds: float) -> None:
    """Fail if the seconds *spent* here are more than so many *seconds* of an ordinary machine."""
    assert spent < seconds or spent < seconds * slowness()


def slowness() -> float:
    """Give how many times longer than an ordinary machine this one takes just now."""
    taken = []
    for _ in range(5):
        start = time.process_time()
        sum(number * number for number in range(STEPS))
        taken.append(time.process_time() - start)
    return sorted(taken)[2] / ORDINARY
