"""Applying the law: the engine gives the verdict, and a second reading of the same law holds it to account."""

import itertools
from collections.abc import Iterable

from checker.errors import Place, Problem, ReadingsDisagreeError
from checker.ladder import Ground, Law, combinations, conditions_of, grounds, parts_of, read
from checker.model import Truth, Verdict
from checker.network import Network

MOST_FACTS = 9
"""Of more missing facts than this no smallest set is looked for."""

Needs = tuple[tuple[int, frozenset[int]], ...]
"""The places of unknown truths, each with the numbers of the facts that it waits for."""

Question = tuple[str, Ground, tuple[Truth, ...], Needs, frozenset[int]]


class Judge:
    """Asks the engine once for each distinct combination of truths; refuses to go on where the readings differ."""

    def __init__(self, laws: Iterable[Law]) -> None:
        """Compile the law of every rule into the engine."""
        self._laws = {law.rule: law for law in laws}
        self.network = Network(self._laws.values())
        self._verdicts: dict[tuple[str, Ground, tuple[Truth, ...]], Verdict] = {}
        self._conditions: dict[tuple[str, tuple[Truth, ...]], tuple[Truth, ...]] = {}
        self._lines: dict[tuple[Truth, ...], Verdict] = {}
        self._deciding: dict[Question, tuple[tuple[int, ...], ...]] = {}

    def verdict(self, rule: str, ground: Ground, truths: tuple[Truth, ...]) -> Verdict:
        """Give the verdict of *rule*; raise `ReadingsDisagreeError`."""
        question = (rule, ground, truths)
        known = self._verdicts.get(question)
        if known is None:
            known = self._verdicts[question] = self.ask(rule, ground, truths)
        return known

    def ask(self, rule: str, ground: Ground, truths: tuple[Truth, ...]) -> Verdict:
        """Put a question to the engine and compare its answer with the reading."""
        answer = self.network.verdict(rule, ground, truths)
        expected = self._read(self._laws[rule], ground, truths)
        if answer is not expected:
            raise _disagreement(rule, answer.label, expected.label)
        return answer

    def _read(self, law: Law, ground: Ground, truths: tuple[Truth, ...]) -> Verdict:
        """Read what the law says, each of the two steps once: conditions from truths, verdict from ground and these."""
        conditions = self._conditions.get((law.rule, truths))
        if conditions is None:
            conditions = self._conditions[law.rule, truths] = tuple(conditions_of(law, truths).values())
        parts = (*ground, *conditions, law.signal)
        verdict = self._lines.get(parts)
        if verdict is None:
            verdict = self._lines[parts] = read(parts_of(law, ground, truths))
        return verdict

    def deciding(
        self, rule: str, ground: Ground, truths: tuple[Truth, ...], needs: Needs, of_ground: frozenset[int]
    ) -> tuple[tuple[int, ...], ...]:
        """Give the smallest sets of facts that surely decide what is not decided, all of the same size.

        *needs* are the facts, by number, that each unknown truth waits for, *of_ground* those that the day of the act
        or the law in force waits for. A set decides where the verdict is one on which somebody can act or rest,
        whatever the facts turn out to be. Nothing is given where none does, or where there are too many facts.
        """
        question = (rule, ground, truths, needs, of_ground)
        known = self._deciding.get(question)
        if known is None:
            facts = sorted(of_ground.union(*(each for _, each in needs)))
            sizes = range(1, len(facts) + 1) if len(facts) <= MOST_FACTS else ()
            found: tuple[tuple[int, ...], ...] = ()
            for size in sizes:
                found = tuple(each for each in itertools.combinations(facts, size) if self._decides(question, {*each}))
                if found:
                    break
            known = self._deciding[question] = found
        return known

    def _decides(self, question: Question, facts: set[int]) -> bool:
        rule, ground, truths, needs, of_ground = question
        known = [place for place, each in needs if each <= facts]
        grounds_then = [ground]
        if of_ground and of_ground <= facts:
            act, force, firm = ground
            grounds_then = list(
                itertools.product(
                    (True, False) if act is None else (act,),
                    (True, False) if force is None else (force,),
                    (True, False) if force is None else (firm,),
                )
            )
        for answers in itertools.product((True, False), repeat=len(known)):
            then = list(truths)
            for place, answer in zip(known, answers, strict=True):
                then[place] = answer
            if any(self.verdict(rule, each, tuple(then)) is Verdict.UNDETERMINED for each in grounds_then):
                return False
        return bool(known) or len(grounds_then) > 1

    def prove(self, rule: str) -> int:
        """Compare engine and reading on all combinations of truths and grounds; give how many there are.

        Both conclude in two steps, first the conditions from the truths, then the verdict from ground and conditions.
        The first is compared for each combination of truths, the second for each of grounds and conditions.
        Raise `ReadingsDisagreeError`.
        """
        law = self._laws[rule]
        every_ground = tuple(grounds())
        combined, asked = 0, set()
        for truths in combinations(law):
            answer, expected = self.network.conditions(rule, truths), conditions_of(law, truths)
            if answer != expected:
                raise _disagreement(rule, str(answer), str(expected))
            combined += len(every_ground)
            conditions = tuple(expected.values())
            if conditions not in asked:
                asked.add(conditions)
                for ground in every_ground:
                    self.ask(rule, ground, truths)
        return combined


def _disagreement(rule: str, answer: str, expected: str) -> ReadingsDisagreeError:
    message = f"规则引擎的结论（{answer}）与复核（{expected}）不一致，不能出具任何文书"
    return ReadingsDisagreeError([Problem(message=message, place=Place(file=rule))])
