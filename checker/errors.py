"""The one family of errors that this package raises on purpose.

A finding is data and never an exception. What is here stops a dossier or a policy pack: each problem has a place, and
all the problems of one file are told at once.
"""

import errno
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from checker.classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a problem lies: a file, a JSON pointer inside it, and a line and column that start at 1."""

    file: str
    pointer: str = ""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        position = (
            "" if self.line is None else f":{self.line}" if self.column is None else f":{self.line}:{self.column}"
        )
        return f"{self.file}{position}" + (f" {self.pointer}" if self.pointer else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a file.

    `label` is the Chinese label of the field, `excerpt` the source lines with a caret below them, `suggestion` the
    way out. `blocking` problems stop the file; the others are doubts that a report prints. `others` is in how many
    more places the same is wrong; `also` names the next few of them.
    """

    message: str
    place: Place
    label: str = ""
    suggestion: str = ""
    excerpt: str = ""
    blocking: bool = True
    others: int = 0
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.worded()

    @property
    def kind(self) -> str:
        """The Chinese word for what stops a file, and for what does not."""
        return "错误" if self.blocking else "疑点"

    def worded(self, *, marked: bool = False) -> str:
        """Word the problem; *marked*, it says whether it stops the file."""
        mark = f"[{self.kind}] " if marked else ""
        label = f"{self.label}：" if self.label else ""
        more = ""
        if self.also:
            rest = "……" if len(self.also) < self.others else ""
            more = f"  同样的{self.kind}还有 {self.others} 处：{'、'.join(self.also)}{rest}"
        head = f"{self.place}: {mark}{label}{self.message}"
        way_out = f"  → {self.suggestion}" if self.suggestion else ""
        return "\n".join(part for part in (head, self.excerpt, way_out, more) if part)


def listed(problems: Sequence[Problem]) -> Iterator[str]:
    """Word what is wrong with a dossier: what stops it told apart from doubts, and at the end how many there are.

    >>> here = Place(file="d.json")
    >>> list(listed([Problem(message="a", place=here), Problem(message="b", place=here, blocking=False)]))
    ['d.json: [错误] a', 'd.json: [疑点] b', '1 处错误须改正后才能检查；另有 1 处疑点']
    """
    errors = sum(1 + each.others for each in problems if each.blocking)
    doubts = sum(1 + each.others for each in problems if not each.blocking)
    yield from (each.worded(marked=doubts > 0) for each in problems)
    if errors and errors + doubts > 1:
        yield f"{errors} 处错误须改正后才能检查" + (f"；另有 {doubts} 处疑点" if doubts else "")


REASONS = {
    errno.ENOENT: "没有这个文件或者文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "路径中有一段不是文件夹",
    errno.ELOOP: "链接首尾相接，没有指向任何文件",
    errno.ENAMETOOLONG: "路径过长",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "磁盘是只读的",
    errno.EFBIG: "文件超过系统允许的大小",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件过多",
    errno.EBUSY: "文件正被占用",
}


def reason(error: OSError) -> str:
    """Say in Chinese why the system refuses a file.

    >>> reason(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    '没有这个文件或者文件夹'
    """
    code = error.errno or 0
    return REASONS.get(code, f"系统错误 {errno.errorcode.get(code, code)}")


class ZonecheckError(Exception):
    """Base of every error that this package raises on purpose; `exit_code` is what the command line ends with.

    What takes long to word is given as a function, and worded when somebody reads it.
    """

    exit_code = 6

    def __init__(self, problems: Sequence[Problem] | Callable[[], Sequence[Problem]]) -> None:
        super().__init__()
        self._problems = problems

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, each with its place and the way out."""
        return tuple(self._problems() if callable(self._problems) else self._problems)

    def __str__(self) -> str:
        """Word every problem, a line or more for each."""
        return "\n".join(map(str, self.problems))


class MisuseError(ZonecheckError):
    """The command line asks for something that cannot be done: no such finding, a notice of a projected day."""

    exit_code = 2


class DossierError(ZonecheckError):
    """A dossier that cannot be read, or is not valid against the schema."""

    exit_code = 4


class ReportError(ZonecheckError):
    """A saved report that cannot be read, or is not valid against the schema."""

    exit_code = 4


class ReceiptError(ZonecheckError):
    """A receipt that cannot be read, or is not as the program wrote it."""

    exit_code = 4


class PolicyError(ZonecheckError):
    """A policy pack that does not load: a malformed rule, a quote that is not in the document, a failing example."""

    exit_code = 5


class ReadingsDisagreeError(ZonecheckError):
    """The engine and the compiled reading give different answers: a defect of ours, so no paper is issued."""

    exit_code = 6
