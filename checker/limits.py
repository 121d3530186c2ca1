"""How much one dossier may take: size of its file, records, levels, the time and the memory of the work on it.

What is larger than the memory that is free is checked in portions (`checker.dossier.long`).
`ZONECHECK_LIMITS="size=64 records=100000 seconds=300 memory=4000"` in the environment sets what is named there. What a
dossier of a real zone takes is far below; the limits are for whoever is sent dossiers by others.
"""

import contextlib
import os
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from types import FrameType

from checker.classes import dataclass
from checker.errors import DossierError, MisuseError, Place, Problem
from checker.nesting import DEEPEST, first_deeper

VARIABLE = "ZONECHECK_LIMITS"
MEGABYTE = 1024 * 1024


def megabytes(size: int) -> str:
    """Word a size that is beyond a limit of whole megabytes: rounded up, lest it read like the limit.

    >>> megabytes(1_800_000), megabytes(512 * MEGABYTE + 1), megabytes(3 * MEGABYTE)
    ('1.8 MB', '512.1 MB', '3 MB')
    """
    tenths = -(-size * 10 // MEGABYTE)
    return f"{tenths / 10:,.1f}".removesuffix(".0") + " MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits in force: megabytes of a file, records, levels, seconds, megabytes of memory (0 is no limit)."""

    size: int = 512
    records: int = 5_000_000
    depth: int = DEEPEST
    seconds: int = 3_600
    memory: int = 0


HIGHEST = Limits(size=1_048_576, records=999_999_999)
"""How high each can be set."""

LARGEST = 2_048 * MEGABYTE
"""No text of more bytes is read as a whole; one beyond what holds where nothing is set only if there is room for it."""

LEAST_ROOM = 128
"""So many megabytes a limit of memory has to leave for a dossier: with less, libraries end the process."""

TIMES_THE_TEXT = 6
"""How many times the size of its text an ordinary check may take of memory."""
TIMES_THE_TEXT_WHEN_WRONG = 16
"""How many times as much it may take to tell everything that is wrong with a dossier."""


def limits(environment: Mapping[str, str] = os.environ) -> Limits:
    """Read the limits that are set; raise `MisuseError` for what sets none.

    >>> limits({"ZONECHECK_LIMITS": "size=64 seconds=300"})
    Limits(size=64, records=5000000, depth=40, seconds=300, memory=0)
    """
    known = {each.name: getattr(HIGHEST, each.name) for each in fields(HIGHEST)}
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


class BeyondLimitError(DossierError):
    """A dossier that takes more than a `limit` allows."""

    limit: str = ""


def refusal(name: str, message: str, limit: str, way_out: str = "按年度或者台账拆分") -> BeyondLimitError:
    """Give the error that refuses a dossier for its *limit*, which the message names."""
    suggestion = f"{way_out}；上限由环境变量 {VARIABLE} 的 {limit} 设定"
    error = BeyondLimitError([Problem(message=message, place=Place(file=name), suggestion=suggestion)])
    error.limit = limit
    return error


_TOLD = (
    (Path("/proc/meminfo"), r"^MemAvailable:\s+(\d+) kB$", 1024),
    (Path("/sys/fs/cgroup/memory.max"), r"^(\d+)$", 1),
)


def free_memory() -> int | None:
    """Give how many bytes of memory there are for a check, as far as the system, and the setting, tell."""
    found = [limits().memory * MEGABYTE] if limits().memory else []
    for path, pattern, unit in _TOLD:
        with contextlib.suppress(OSError):
            told = re.search(pattern, path.read_text(), re.MULTILINE)
            found += [int(told[1]) * unit] if told is not None else []
    return min(found, default=None)


def fits(size: int) -> bool:
    """Say whether a dossier of so many bytes can be checked as a whole."""
    free = free_memory()
    return size <= Limits().size * MEGABYTE if free is None else size <= LARGEST and size * TIMES_THE_TEXT <= free


def most_worded() -> int:
    """Give how large a text may be for all that is wrong with it to be told."""
    free, most = free_memory(), Limits().size * MEGABYTE
    return most if free is None else min(most, free // TIMES_THE_TEXT_WHEN_WRONG)


def look_at_text(data: bytes, name: str) -> None:
    """Refuse the text of a dossier with too many records, which stand in braces, or too many levels, undecoded."""
    held = limits()
    if data.count(b"{") > held.records:
        raise refusal(name, f"记录超过 {held.records:,} 条", "records")
    look_at_depth(data, name, held.depth)


def look_at_depth(data: bytes, name: str, most: int) -> None:
    """Refuse a text of more levels than are allowed, undecoded."""
    if most < DEEPEST and first_deeper(data.decode("utf-8", "replace"), most) is not None:
        raise refusal(name, f"嵌套超过 {most} 层", "depth", "去掉多余的层次")


class _TooLongError(BaseException):
    """The time is over; nothing on the way may take it for a mistake of its own."""


@contextlib.contextmanager
def bearing(path: Path | str) -> Iterator[None]:
    """Work on the dossier in a file, no longer and with no more memory than is allowed; else raise `BeyondLimitError`.

    Where the memory has an end, what can't be loaded any more is taken for a sign of it.
    """
    held = limits()
    if held.memory:
        _look_at_room(str(path), held.memory)
    try:
        with _clock(held.seconds), _ceiling(held.memory):
            yield
    except _TooLongError:
        raise refusal(str(path), f"用时超过 {held.seconds:,} 秒，已停止", "seconds") from None
    except (MemoryError, ImportError) as error:
        if isinstance(error, ImportError) and not held.memory:
            raise
        allowed = f"超过 {held.memory:,} MB" if held.memory else "不够用"
        raise refusal(str(path), f"内存{allowed}，已停止", "memory") from None


def _look_at_room(name: str, megabytes: int) -> None:
    """Refuse a limit of memory that leaves hardly any beside the program itself, as far as the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return
    least = pages * os.sysconf("SC_PAGE_SIZE") // MEGABYTE + LEAST_ROOM
    if megabytes < least:
        message, way_out = f"内存上限 {megabytes:,} MB 太小，程序本身就要这么多", f"至少设为 {least:,}"
        raise refusal(name, message, "memory", way_out)


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
