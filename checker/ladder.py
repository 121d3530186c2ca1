"""The verdict ladder: one table, applied by the engine and read again in Python to hold the engine to account.

The verdict of a rule on a subject is the first line that holds. A line speaks of the *parts* of a judgement, each of
them true, false or unknown: whether the act happened (`act`), whether some basis was in force that day (`force`) and
whether a firm one was (`firm`); the rule's own conditions (`when`, `violated`, `suspected`); whether the violation
stands with every soft test taken as unknown (`hard`); whether an exemption is proved, not claimed or merely claimed
(`exempt`: true, false, unknown); and whether the rule is only a signal.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from checker import values
from checker.classes import dataclass
from checker.language.formula import All, Formula, truth_of
from checker.model import Truth, Verdict

Parts = Mapping[str, Truth]
Ground = tuple[Truth, Truth, Truth]
"""Whether the act happened, whether a basis was in force that day, and whether a firm one was."""

GROUND_PARTS = ("act", "force", "firm")
CONDITION_PARTS = ("when", "violated", "suspected", "hard", "exempt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the ladder: it holds where one of the alternatives agrees with the parts."""

    verdict: Verdict
    alternatives: tuple[Mapping[str, Truth], ...]


LADDER: tuple[Line, ...] = (
    Line(verdict=Verdict.NOT_APPLICABLE, alternatives=({"act": False}, {"force": False}, {"when": False})),
    Line(verdict=Verdict.COMPLIANT, alternatives=({"violated": False, "suspected": False},)),
    Line(verdict=Verdict.EXEMPT, alternatives=({"exempt": True},)),
    Line(verdict=Verdict.UNDETERMINED, alternatives=({"when": None}, {"act": None}, {"force": None})),
    Line(
        verdict=Verdict.VIOLATION,
        alternatives=({"violated": True, "exempt": False, "firm": True, "hard": True, "signal": False},),
    ),
    Line(verdict=Verdict.RISK, alternatives=({"violated": True},)),
    Line(verdict=Verdict.RISK, alternatives=({"suspected": True},)),
    Line(verdict=Verdict.UNDETERMINED, alternatives=({},)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What the engine is told of a rule: formulas over its tests, by index, and nothing of any dossier.

    The first `tests` truths are those of the tests, the `pleas` after them those of the exemptions. `soft` are the
    tests that rest on a figure which awaits confirmation.
    """

    rule: str
    tests: int
    pleas: int
    when: Formula
    violated: Formula
    suspected: Formula
    soft: frozenset[int]
    signal: bool

    @property
    def breached(self) -> Formula:
        """What must stand with every soft test unknown: that the rule applies, and that it is violated."""
        return All((self.when, self.violated))


def parts_of(law: Law, ground: Ground, truths: Sequence[Truth]) -> Parts:
    """Read the parts of a judgement from its ground and the truths of a rule's tests and exemptions."""
    return {**dict(zip(GROUND_PARTS, ground, strict=True)), **conditions_of(law, truths), "signal": law.signal}


def conditions_of(law: Law, truths: Sequence[Truth]) -> Parts:
    """Read the parts that depend on the truths of a rule's tests and exemptions alone, in Kleene logic."""
    tests, pleas = truths[: law.tests], truths[law.tests :]
    firm_only = [None if index in law.soft else truth for index, truth in enumerate(tests)]
    return {
        "when": truth_of(law.when, tests),
        "violated": truth_of(law.violated, tests),
        "suspected": truth_of(law.suspected, tests),
        "hard": truth_of(law.breached, firm_only) is True,
        "exempt": values.disjunction(pleas),
    }


def read(parts: Parts) -> Verdict:
    """Give the verdict of the first line that holds."""
    return next(
        line.verdict
        for line in LADDER
        if any(all(parts[part] is truth for part, truth in each.items()) for each in line.alternatives)
    )


def grounds() -> Iterator[Ground]:
    """Give every ground there can be; a firm basis is never in doubt."""
    yield from itertools.product((True, False, None), (True, False, None), (True, False))


def combinations(law: Law) -> Iterator[tuple[Truth, ...]]:
    """Give all 3^n combinations of truths of a rule's tests and exemptions."""
    return itertools.product((True, False, None), repeat=law.tests + law.pleas)


ALTERNATIVES = MappingProxyType(
    {
        f"{number}.{position}": (number, line.verdict, alternative)
        for number, line in enumerate(LADDER, start=1)
        for position, alternative in enumerate(line.alternatives)
    }
)
"""The ladder taken apart: a name, the number of the line, its verdict, and one of the conditions on which it holds."""
