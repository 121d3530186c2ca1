"""Applying the law: the engine gives the verdict, and a second reading of the same law holds it to account."""

from collections.abc import Iterable

from checker.errors import Place, Problem, ReadingsDisagreeError
from checker.ladder import Ground, Law, combinations, conditions_of, grounds, parts_of, read
from checker.model import Truth, Verdict
from checker.network import Network


class Judge:
    """Asks the engine once for each distinct combination of truths; refuses to go on where the readings differ."""

    def __init__(self, laws: Iterable[Law]) -> None:
        """Compile the law of every rule into the engine."""
        self._laws = {law.rule: law for law in laws}
        self.network = Network(self._laws.values())
        self._verdicts: dict[tuple[str, Ground, tuple[Truth, ...]], Verdict] = {}

    def verdict(self, rule: str, ground: Ground, truths: tuple[Truth, ...]) -> Verdict:
        """Give the verdict of *rule*; raise `ReadingsDisagreeError`."""
        question = (rule, ground, truths)
        known = self._verdicts.get(question)
        if known is None:
            known = self._verdicts[question] = self.ask(rule, ground, truths)
        return known

    def ask(self, rule: str, ground: Ground, truths: tuple[Truth, ...]) -> Verdict:
        """Put a question to the engine and compare its answer with the reading, remembering nothing here."""
        answer = self.network.verdict(rule, ground, truths)
        expected = read(parts_of(self._laws[rule], ground, truths))
        if answer is not expected:
            raise _disagreement(rule, answer.label, expected.label)
        return answer

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
