"""What becomes of a dossier that gives no report: which one it is, and why, for people and for programs."""

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from checker.classes import dataclass
from checker.errors import DossierError, Problem, ZonecheckError

MOST_PROBLEMS = 200
"""So many problems of one dossier are kept; one with more is not a dossier."""


class Why(StrEnum):
    """Why a dossier gives no report."""

    UNREADABLE = "unreadable"
    INVALID = "invalid"
    DIED = "died"
    TIMEOUT = "timeout"
    DEFECT = "defect"


CODES = {
    Why.UNREADABLE: DossierError.exit_code,
    Why.INVALID: DossierError.exit_code,
    Why.TIMEOUT: DossierError.exit_code,
    Why.DIED: ZonecheckError.exit_code,
    Why.DEFECT: ZonecheckError.exit_code,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A dossier, or a source of dossiers, without a report.

    `source` says where it lies, as people find it; `tries` is how often it was tried. The problems are those of the
    last time.
    """

    name: str
    source: str
    why: Why
    tries: int
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """The code that a run ends with in which nothing worse happened."""
        return CODES[self.why]


def written(failures: Sequence[Failure]) -> bytes:
    """Write failures, one to a line, in the order of their names."""
    ordered = sorted(failures, key=lambda each: (each.name, each.source))
    return b"".join(json.dumps(_plain(each), ensure_ascii=False).encode() + b"\n" for each in ordered)


def _plain(failure: Failure) -> dict[str, Any]:
    return {
        "name": failure.name,
        "source": failure.source,
        "why": failure.why.value,
        "exit_code": failure.exit_code,
        "tries": failure.tries,
        "problems": [_problem(each) for each in failure.problems[:MOST_PROBLEMS]],
        "more_problems": max(0, len(failure.problems) - MOST_PROBLEMS),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    place = problem.place
    held = {
        "file": place.file,
        "pointer": place.pointer,
        "line": place.line,
        "column": place.column,
        "label": problem.label,
        "message": problem.message,
        "suggestion": problem.suggestion,
        "blocking": problem.blocking,
        "others": problem.others,
    }
    return {key: value for key, value in held.items() if value not in {None, ""} and (key, value) != ("others", 0)}


TOLD = 3


def told(failure: Failure) -> Iterator[str]:
    """Tell people of a failure: which dossier, and the first problems; all of them are in the list."""
    tried = f"（试了 {failure.tries} 次）" if failure.tries > 1 else ""
    yield f"没有结论：{failure.source}{tried}"
    blocking = [each for each in failure.problems if each.blocking] or list(failure.problems)
    yield from (f"  {line}" for each in blocking[:TOLD] for line in str(each).splitlines())
    if len(blocking) > TOLD:
        yield f"  另有 {len(blocking) - TOLD} 处，见 failures.ndjson"
