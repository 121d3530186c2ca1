"""What a check finds of a rule in a dossier, as far as it shows what is possible."""

from collections.abc import Iterator, Mapping

from checker.classes import dataclass
from checker.dossier.places import joined
from checker.evidence import Witness
from checker.facts import View
from checker.ladder import Ground, conditions_of
from checker.language.tree import ZONE
from checker.model import Truth, Verdict
from checker.policy.loading import CompiledRule, Policy
from checker.policy.rules import Rule
from checker.verifying import Written


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What a check finds of a rule on one subject: all its truths, its verdict, the exemptions pleaded in vain.

    The dossier is called `name`; one that is `written` out is none that somebody gave. `ids` lead to the subject.
    """

    rule: Rule
    name: str
    written: Written | None
    ids: tuple[str, ...]
    ground: Ground
    truths: tuple[Truth, ...]
    verdict: Verdict
    unmet: frozenset[int]

    @property
    def subject(self) -> str:
        """What the subject is called."""
        return joined(self.ids)

    @property
    def conditions(self) -> Mapping[str, Truth]:
        """What the conditions of the rule say."""
        return conditions_of(self.rule.law, self.truths)

    @property
    def applies(self) -> bool:
        """Whether the act happened, a basis was in force, and the rule applies."""
        return self.ground[:2] == (True, True) and self.conditions["when"] is True

    @property
    def is_satisfied(self) -> bool:
        """Whether the rule applies and is complied with."""
        return self.applies and self.verdict is Verdict.COMPLIANT

    @property
    def is_accused(self) -> bool:
        """Whether the rule applies and is, or may be, violated, exempt or not."""
        found = self.conditions
        return self.applies and (found["violated"] is True or found["suspected"] is True)

    def is_excused(self, index: int) -> bool:
        """Say whether an exemption excuses the subject; one that is never proved, whether it is claimed."""
        truth = self.truths[self.rule.law.tests + index]
        if self.rule.exemptions[index].at_most_risk:
            return self.applies and self.conditions["violated"] is True and truth is None
        return self.verdict is Verdict.EXEMPT and truth is True

    def is_related(self, other: "Seen") -> bool:
        """Say whether two subjects of one dossier are one, or one holds the other; the zone holds all."""
        if ZONE in {self.rule.each, other.rule.each}:
            return True
        length = min(len(self.ids), len(other.ids))
        return self.ids[:length] == other.ids[:length]


def observe(
    policy: Policy, compiled: CompiledRule, view: View, *, name: str = "", written: Written | None = None
) -> Iterator[Seen]:
    """Give what a check finds of a rule on every subject of a dossier."""
    rule = compiled.rule
    for found in view.find(compiled):
        witness = Witness(view, rule, found._replace(truths=()))  # without truths nothing is left out
        yield Seen(
            rule=rule,
            name=name,
            written=written,
            ids=view.ids(rule.each, found.chain),
            ground=found.ground,
            truths=witness.truths(),
            verdict=policy.judge.verdict(rule.id, found.ground, found.truths),
            unmet=frozenset(_unmet(rule, witness)),
        )


def _unmet(rule: Rule, witness: Witness) -> Iterator[int]:
    """Give the exemptions that are pleaded, or would be by fields of the subject, and whose condition does not hold."""
    for index, plea in enumerate(rule.exemptions):
        truths = [each.truth for each in witness.pleaded(plea)]
        if not plea.grounds:
            truths.append(witness.truth(plea.condition))
        if False in truths:
            yield index
