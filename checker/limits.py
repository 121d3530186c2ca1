"""How much one dossier may take: size of its file, records, levels, the time and the memory of the work on it.

`ZONECHECK_LIMITS="size=64 records=100000 seconds=300 memory=4000"` in the environment sets what is named there. What a
dossier of a real zone takes is far below; the limits are for whoever is sent dossiers by others.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from types import FrameType

from checker.classes import dataclass
from checker.dossier.nesting import DEEPEST, first_deeper
from checker.errors import DossierError, MisuseError, Place, Problem

VARIABLE = "ZONECHECK_LIMITS"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits in force: megabytes of a file, records, levels, seconds, megabytes of memory; 0 of memory is no limit.

    None can be set higher than it is here, but for memory.
    """

    size: int = 512
    records: int = 5_000_000
    depth: int = DEEPEST
    seconds: int = 3_600
    memory: int = 0


def limits(environment: Mapping[str, str] = os.environ) -> Limits:
    """Read the limits that are set; raise `MisuseError` for what sets none.

    >>> limits({"ZONECHECK_LIMITS": "size=64 seconds=300"})
    Limits(size=64, records=5000000, depth=40, seconds=300, memory=0)
    """
    highest = Limits()
    known = {each.name: getattr(highest, each.name) for each in fields(highest)}
    found: dict[str, int] = {}
    for part in environment.get(VARIABLE, "").replace(",", " ").split():
        name, _, number = part.partition("=")
        most = known.get(name)
        is_number = number.isascii() and number.isdigit() and len(number) < 10 and int(number) > 0
        if most is None or not is_number or (most and int(number) > most):
            told = "、".join(f"{each}=1 至 {most}" if most else f"{each}=1 以上" for each, most in known.items())
            problem = Problem(
                message=f"看不懂 {part}",
                place=Place(file=f"环境变量 {VARIABLE}"),
                suggestion=f"可以写 {told}，空格隔开",
            )
            raise MisuseError([problem])
        found[name] = int(number)
    return Limits(**found)


def refusal(name: str, message: str, limit: str, way_out: str = "按年度或者台账拆分") -> DossierError:
    """Give the error that refuses a dossier for its *limit*, which the message names."""
    suggestion = f"{way_out}；上限由环境变量 {VARIABLE} 的 {limit} 设定"
    return DossierError([Problem(message=message, place=Place(file=name), suggestion=suggestion)])


def look_at_text(data: bytes, name: str) -> None:
    """Refuse the text of a dossier with too many records, which stand in braces, or too many levels, undecoded."""
    held = limits()
    if data.count(b"{") > held.records:
        raise refusal(name, f"记录超过 {held.records:,} 条", "records")
    if held.depth < DEEPEST and first_deeper(data.decode("utf-8", "replace"), held.depth) is not None:
        raise refusal(name, f"嵌套超过 {held.depth} 层", "depth", "去掉多余的层次")


class _TooLongError(BaseException):
    """The time is over; nothing on the way may take it for a mistake of its own."""


@contextlib.contextmanager
def bearing(path: Path) -> Iterator[None]:
    """Work on the dossier in a file, no longer and with no more memory than is allowed; else raise `DossierError`."""
    held = limits()
    try:
        with _clock(held.seconds), _ceiling(held.memory):
            yield
    except _TooLongError:
        raise refusal(str(path), f"用时超过 {held.seconds:,} 秒，已停止", "seconds") from None
    except MemoryError:
        allowed = f"超过 {held.memory:,} MB" if held.memory else "不够用"
        raise refusal(str(path), f"内存{allowed}，已停止", "memory") from None


@contextlib.contextmanager
def _clock(seconds: int) -> Iterator[None]:
    """Raise `_TooLongError` after so many seconds, where the platform and the thread can be told the time."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _ceiling(megabytes: int) -> Iterator[None]:
    """Let the memory have an end for a while, where the platform has such a thing."""
    if not megabytes or os.name != "posix":
        yield
        return
    import resource  # noqa: PLC0415 - other platforms have no such module

    before = resource.getrlimit(resource.RLIMIT_AS)
    wanted = megabytes * MEGABYTE
    highest = before[1]
    least = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
    resource.setrlimit(resource.RLIMIT_AS, (least, highest))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
