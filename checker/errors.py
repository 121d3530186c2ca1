"""The one family of errors that this package raises on purpose.

A finding is data and never an exception. What is here stops a dossier or a policy pack: each problem has a place, and
all the problems of one file are told at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass


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
    way out. `blocking` problems stop the file; the others are doubts that a report prints.
    """

    message: str
    place: Place
    label: str = ""
    suggestion: str = ""
    excerpt: str = ""
    blocking: bool = True

    def __str__(self) -> str:
        head = f"{self.place}: {self.label}：{self.message}" if self.label else f"{self.place}: {self.message}"
        return "\n".join(part for part in (head, self.excerpt, self.suggestion and f"  → {self.suggestion}") if part)


class ZonecheckError(Exception):
    """Base of every error that this package raises on purpose; `exit_code` is what the command line ends with."""

    exit_code = 6

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class MisuseError(ZonecheckError):
    """The command line asks for something that cannot be done: no such finding, a notice of a projected day."""

    exit_code = 2


class DossierError(ZonecheckError):
    """A dossier that cannot be read, or is not valid against the schema."""

    exit_code = 4


class PolicyError(ZonecheckError):
    """A policy pack that does not load: a malformed rule, a quote that is not in the document, a failing example."""

    exit_code = 5


class ReadingsDisagreeError(ZonecheckError):
    """The engine and the compiled reading give different answers: a defect of ours, so no paper is issued."""

    exit_code = 6
