"""What is asked of rules, and what was answered."""

from collections.abc import Iterable
from enum import StrEnum

from checker.classes import dataclass
from checker.verifying import Written


class Question(StrEnum):
    """Whether something can be, of a part of a rule, of a rule, of an exemption, or of two rules."""

    TRUE = "true"
    FALSE = "false"
    APPLIES = "applies"
    VIOLATED = "violated"
    SUSPECTED = "suspected"
    SATISFIED = "satisfied"
    EXCUSED = "excused"
    SPARED = "spared"
    TOGETHER = "together"
    MEETING = "meeting"


class Answer(StrEnum):
    """Whether it can be. What is untried needs a solver that is not installed."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"
    UNTRIED = "untried"


class Means(StrEnum):
    """By what it was shown or proved."""

    EXAMPLE = "example"
    DOSSIER = "dossier"
    MERGED = "merged"
    TRUTHS = "truths"
    SOLVER = "solver"


_MAY_BE_MEANT = frozenset({Question.SATISFIED, Question.MEETING})
"""Where nobody obeys a rule to whom it applies, it may be a mere prohibition; rules that never meet may be meant to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to one question.

    `what` is the condition or the exemption that it is about, empty for rules as a whole. What is possible is seen on
    `subjects` of the dossier that is `named`, or of the `witness` written out here. Of what is impossible, `core` are
    the truths that contradict one another, and `most` is how many records a register may have for the proof to hold;
    nought where it holds of any number. `loose` is what the solver could not take exactly.
    """

    question: Question
    rules: tuple[str, ...]
    answer: Answer = Answer.UNTRIED
    what: str = ""
    means: Means | None = None
    named: str = ""
    subjects: tuple[str, ...] = ()
    witness: Written | None = None
    core: tuple[str, ...] = ()
    most: int = 0
    loose: tuple[str, ...] = ()

    @property
    def is_pair(self) -> bool:
        """Whether it is about two rules."""
        return len(self.rules) > 1

    @property
    def is_finding(self) -> bool:
        """Whether it is impossible, in dossiers of any size, and should not be."""
        return self.answer is Answer.IMPOSSIBLE and not self.most and self.question not in _MAY_BE_MEANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """All answers, and whether a solver was at hand."""

    results: tuple[Result, ...]
    solved: bool

    @property
    def single(self) -> tuple[Result, ...]:
        """The answers about single rules."""
        return tuple(each for each in self.results if not each.is_pair)

    @property
    def pairs(self) -> tuple[Result, ...]:
        """The answers about two rules."""
        return tuple(each for each in self.results if each.is_pair)

    @property
    def findings(self) -> tuple[Result, ...]:
        """What should not be so."""
        return tuple(each for each in self.results if each.is_finding)


def count(results: Iterable[Result], answer: Answer) -> int:
    """Count the answers."""
    return sum(each.answer is answer for each in results)
