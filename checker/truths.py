"""All combinations of truths at once: a set of them is one number, so that "never" is proved and not sampled.

A combination of n truths is a number of n ternary digits, a set of combinations a number with a bit for each of them.
A formula is read for all combinations in as many operations as it has parts.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, reduce
from itertools import product
from operator import and_, or_

from checker.classes import dataclass
from checker.ladder import LADDER, Law
from checker.language.formula import All, Any, Formula, Literal
from checker.model import Truth, Verdict

MOST_TRUTHS = 12
"""How many truths can be gone through together: a set of combinations has half a million bits."""

_DIGITS: tuple[Truth, ...] = (False, None, True)

Verdicts = Mapping[Verdict, int]
"""The set of combinations of which each verdict is given."""


@dataclass(frozen=True, slots=True)
class Holding:
    """In which combinations a condition is true, and in which it may be."""

    true: int
    may_be: int


@dataclass(frozen=True)
class Combinations:
    """All combinations of so many truths."""

    number: int

    @cached_property
    def all(self) -> int:
        """Every combination."""
        size: int = 3**self.number
        return (1 << size) - 1

    @cached_property
    def _where(self) -> tuple[Mapping[Truth, int], ...]:
        return tuple(
            {truth: self._numbers(place, digit) for digit, truth in enumerate(_DIGITS)} for place in range(self.number)
        )

    def _numbers(self, place: int, digit: int) -> int:
        """Give the set of the numbers that have *digit* at a place."""
        run: int = 3**place
        found, width = ((1 << run) - 1) << run * digit, 3 * run
        while width < 3**self.number:
            found |= found << width | found << 2 * width
            width *= 3
        return found

    def where(self, place: int, truth: Truth) -> int:
        """Give the combinations in which the truth at a place is this one."""
        return self._where[place][truth]

    def without(self, found: int) -> int:
        """Give all combinations but these."""
        return self.all & ~found

    def decided_by(self, found: int, place: int, among: int) -> bool:
        """Say whether it matters to some combination *among* these that nothing is known at *place*.

        It matters where the same truths elsewhere, with a known one here, lie in *found* and it does not, or it does
        and they do not.
        """
        run = 3**place
        with_no, with_yes = found & self.where(place, False), found & self.where(place, True)
        unknown = self.where(place, None)
        return bool(((found & unknown ^ with_no << run) | (found & unknown ^ with_yes >> run)) & among & unknown)

    def holding(self, formula: Formula, *, unknown: frozenset[int] = frozenset()) -> Holding:
        """Read a formula in Kleene logic; of the tests at *unknown* places nothing is known."""
        match formula:
            case Literal(test=place) if place in unknown:
                return Holding(0, self.all)
            case Literal(test=place, positive=positive):
                true = self.where(place, positive)
                return Holding(true, true | self.where(place, None))
            case All(parts=parts):
                held = [self.holding(each, unknown=unknown) for each in parts]
                return Holding(
                    reduce(and_, (each.true for each in held), self.all),
                    reduce(and_, (each.may_be for each in held), self.all),
                )
            case Any(parts=parts):
                held = [self.holding(each, unknown=unknown) for each in parts]
                return Holding(
                    reduce(or_, (each.true for each in held), 0), reduce(or_, (each.may_be for each in held), 0)
                )

    def possible(self, groups: Iterable[Iterable[Mapping[int, Truth]]]) -> int:
        """Give the combinations in which every group of questions has one of its answers."""
        found = self.all
        for answers in groups:
            allowed = 0
            for answer in answers:
                agreeing = self.all
                for place, truth in answer.items():
                    agreeing &= self.where(place, truth)
                allowed |= agreeing
            found &= allowed
        return found

    def verdicts(self, law: Law) -> Iterator[Verdicts]:
        """Give the verdicts, for every ground and whatever becomes of the exemptions."""
        conditions = {name: self.holding(getattr(law, name)) for name in ("when", "violated", "suspected")}
        hard = self.holding(law.breached, unknown=law.soft).true
        conditions["hard"] = Holding(hard, hard)
        for act, force, firm, exempt in product(_DIGITS, _DIGITS, (False, True), _DIGITS):
            known = {"act": act, "force": force, "firm": firm, "exempt": exempt, "signal": law.signal}
            held = {name: Holding(*_whole(truth, self.all)) for name, truth in known.items()}
            yield self._read(held | conditions)

    def _read(self, parts: Mapping[str, Holding]) -> Verdicts:
        left, found = self.all, dict.fromkeys(Verdict, 0)
        for line in LADDER:
            for alternative in line.alternatives:
                holds = left
                for name, truth in alternative.items():
                    held = parts[name]
                    holds &= (
                        held.true
                        if truth
                        else self.without(held.may_be)
                        if truth is False
                        else held.may_be & ~held.true
                    )
                found[line.verdict] |= holds
                left &= ~holds
        return found

    def are_same(self, law: Law, other: Law) -> bool:
        """Say whether two laws over the same tests give the same verdict on every combination and ground."""
        if law.soft == other.soft and all(
            self.holding(getattr(law, name)) == self.holding(getattr(other, name))
            for name in ("when", "violated", "suspected", "breached")
        ):
            return True
        return all(one == another for one, another in zip(self.verdicts(law), self.verdicts(other), strict=True))


def _whole(truth: Truth, everything: int) -> tuple[int, int]:
    return (everything if truth else 0), (0 if truth is False else everything)
