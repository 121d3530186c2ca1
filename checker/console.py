"""The terminal and the disk: what people are told, what is written, and what they see meanwhile.

Results go to standard output, everything else to standard error; what names and values hold can't steer a terminal.
"""

import contextlib
import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO, TypeVar

import typer

from checker.errors import DossierError, MisuseError, Place, Problem, ZonecheckError, listed, reason
from checker.reporting.wording import visible
from checker.sheets import WORKBOOKS

NARROWEST = 40
LARGE = 2_000_000
"""A dossier of so many bytes may take more than two seconds."""
LARGE_PACKED = 200_000
"""So may one of so many bytes that is a workbook."""
UNWRITABLE = {errno.EACCES: "没有写入的权限", errno.EPERM: "没有写入的权限"}

_Item = TypeVar("_Item")


def tell(message: str) -> None:
    """Tell people something on standard error; names and values in it can't steer the terminal."""
    try:
        typer.echo("\n".join(map(visible, message.splitlines())), err=True)
    except OSError:  # nobody can be told, not even this
        _mute(sys.stderr)


def tell_problems(error: ZonecheckError) -> None:
    """Tell what is wrong, each problem with its place and the way out."""
    for line in listed(error.problems) if isinstance(error, DossierError) else map(str, error.problems):
        tell(line)


def misuse(message: str, suggestion: str) -> MisuseError:
    """Give the error of a command line that asks for what can't be done."""
    return MisuseError([Problem(message=message, place=Place(file="zonecheck"), suggestion=suggestion)])


def show(words: str) -> None:
    """Show people something on standard output, in the encoding of their terminal."""
    put(words.encode(sys.stdout.encoding, "replace"))


def put(data: bytes) -> None:
    """Put bytes on standard output; a reader who has gone away has seen enough."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except OSError as error:
        _mute(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise unwritable("标准输出", error) from error


def _mute(stream: TextIO) -> None:
    """Lead a broken stream nowhere, lest what it still holds fail once more at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; a device or a pipe is written to and stays what it is."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise unwritable(str(path), error, "换一个 --out") from error
    tell(f"已写入 {path}")


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    held = path.with_name(f".zonecheck.{os.getpid()}")
    try:
        held.write_bytes(data)
        held.replace(path)
    finally:
        held.unlink(missing_ok=True)


def unwritable(where: str, error: OSError, suggestion: str = "") -> MisuseError:
    """Give the error of a place that can't be written to."""
    why = UNWRITABLE.get(error.errno or 0) or reason(error)
    return MisuseError([Problem(message=f"写不进去：{why}", place=Place(file=where), suggestion=suggestion)])


def progress(items: Sequence[_Item], doing: str, name: Callable[[_Item], str]) -> Iterator[_Item]:
    """Give the items one by one; people at a terminal see which one is at work, and how many are to come."""
    if len(items) < 2 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(doing, total=len(items))
        for each in items:
            bar.update(task, description=escape(f"{doing} {visible(name(each))}"))
            yield each
            bar.advance(task)


SELDOM = 10.0
"""Where nobody watches a terminal, how far a long run is stands in a line of its own every so many seconds."""


@contextlib.contextmanager
def counting(total: int, doing: str) -> Iterator[Callable[[int, int], None]]:
    """Let people see how far a run is: they are told how many are done, and how many of these took work.

    At a terminal a bar is painted, else a line is written now and then; both estimate the time that is left.
    """
    started = told = time.monotonic()

    def left(done: int, worked: int) -> str:
        return remaining(time.monotonic() - started, worked, total - done)

    if not sys.stderr.isatty():

        def say(done: int, worked: int) -> None:
            nonlocal told
            if time.monotonic() - told >= SELDOM and done < total:
                told = time.monotonic()
                tell(f"{doing} {done}/{total}{left(done, worked)}")

        yield say
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(doing, total=total, left="")
        yield lambda done, worked: bar.update(task, completed=done, left=left(done, worked))


def remaining(seconds: float, done: int, left: int) -> str:
    """Estimate how long what is left will take, when *done* took so many seconds.

    >>> remaining(30.0, 10, 70), remaining(1.0, 4, 8), remaining(9000.0, 10, 70), remaining(1.0, 0, 5)
    ('，约剩 4 分', '，约剩 2 秒', '，约剩 17 小时 30 分', '')
    """
    if not (done and left):
        return ""
    whole = round(seconds / done * left)
    if whole < 60:
        return f"，约剩 {whole} 秒"
    hours, minutes = divmod(-(-whole // 60), 60)
    return f"，约剩 {hours} 小时 {minutes} 分" if hours else f"，约剩 {minutes} 分"


@contextlib.contextmanager
def waiting(path: Path, doing: str = "检查") -> Iterator[None]:
    """Let people at a terminal see that a large dossier is at work."""
    with contextlib.ExitStack() as shown:
        if sys.stderr.isatty() and _size(path) > (LARGE_PACKED if path.suffix.lower() in WORKBOOKS else LARGE):
            from rich.console import Console
            from rich.markup import escape

            shown.enter_context(Console(stderr=True).status(escape(f"{doing} {visible(path.name)}")))
        yield


def _size(path: Path) -> int:
    """Give the size of a file; one that can't be looked at has none, and reading it says why."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def wants_colour() -> bool:
    """Say whether standard output is a terminal that has not asked for plain text."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def room() -> int:
    """Give how many columns a line may take: those of the terminal, within what can be read."""
    from checker.reporting.columns import HANGING, WIDTH

    if not sys.stdout.isatty():
        return WIDTH
    return max(NARROWEST, min(shutil.get_terminal_size((WIDTH, 24)).columns - HANGING, WIDTH))
