"""Mutation testing: whether the examples of a rule tell it from the same rule with a slip of the pen in it.

A mutant that an example tells apart is killed; one that does not load was never possible. One that gives the same
verdict on every combination of truths is the same rule in other words. Whatever else survives shows that an example
is missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import localcontext

from checker import values
from checker.classes import dataclass
from checker.dossier.loading import Dossier
from checker.equivalence import are_same
from checker.errors import DossierError, PolicyError
from checker.facts import View
from checker.judging import Judge
from checker.ladder import Ground, Law, parts_of, read
from checker.model import Truth, Verdict
from checker.policy.law import Parameter
from checker.policy.loading import CompiledRule, Policy
from checker.policy.mutants import ANY_PAPER, Mutant, mutants
from checker.policy.rules import Rule, load_rule
from checker.solving.sameness import say_the_same
from checker.solving.terms import is_installed
from checker.values import Value
from checker.verifying import Written, cases, disagreements, load_example, verdict_in, verdicts

Thinking = Callable[[Policy, Rule, Rule], Written | None]
"""Gives a dossier on which two versions of a rule may give different verdicts, where it thinks of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What became of the mutants of a rule; `refused` ones do not load, `equivalent` ones are the same rule.

    Where it was asked for, `telling` has for each survivor a dossier on which its verdict is another, if there is one.
    """

    rule: str
    killed: int
    refused: int
    equivalent: tuple[Mutant, ...]
    survivors: tuple[Mutant, ...]
    telling: tuple[Written | None, ...] = ()

    @property
    def made(self) -> int:
        """How many mutants there are that load."""
        return self.killed + len(self.equivalent) + len(self.survivors)


def mutate(policy: Policy, compiled: CompiledRule, think: Thinking | None = None) -> Score:
    """Look which mutants of a rule its examples kill.

    With a way to *think* of dossiers that tell rules apart, each is tried on the survivors that read the same figures.
    Raise `PolicyError` where the examples do not even agree with the rule.
    """
    if problems := list(disagreements(policy, compiled)):
        raise PolicyError(problems)
    stage = Stage(policy, compiled)
    rule, killed, refused = compiled.rule, 0, 0
    equivalent, survivors, telling = [], [], []
    for mutant in mutants(rule, policy.parameters, policy.figures):
        source = replace(rule.source, value=mutant.written)
        try:
            mutated = load_rule(source, rule.id, policy.library, policy.schema, for_engine=False)
        except PolicyError:
            refused += 1
            continue
        if stage.kills(mutated, mutant.figures):
            killed += 1
        elif not mutant.figures and _is_the_same(rule, mutated, policy):
            equivalent.append(mutant)
        else:
            survivors.append(mutant)
            if think is not None:
                written = None if mutant.figures else think(policy, rule, mutated)
                telling.append(written if written is not None and stage.tells(written, mutated) else None)
    return Score(
        rule=rule.id,
        killed=killed,
        refused=refused,
        equivalent=tuple(equivalent),
        survivors=tuple(survivors),
        telling=tuple(telling),
    )


def _is_the_same(rule: Rule, mutated: Rule, policy: Policy) -> bool:
    """Say whether a mutant is proved to be the same rule: by all truths together, or by the solver if there is one."""
    return are_same(rule, mutated, policy.statute, policy.parameters) or (
        is_installed() and say_the_same(rule, mutated, policy.parameters)
    )


class _Reading(Judge):
    """Gives the verdict by the reading alone: the engine was proved to agree with it, and need not know a mutant."""

    def __init__(self, law: Law) -> None:
        """Read this law."""
        super().__init__(())
        self._laws = {law.rule: law}

    def verdict(self, rule: str, ground: Ground, truths: tuple[Truth, ...]) -> Verdict:
        """Give the verdict."""
        return read(parts_of(self._laws[rule], ground, truths))


class _Sight(View):
    """What a mutant sees of an example: the paper that needs no paper is always valid."""

    def paper(self, doc_id: Value, day: Value) -> bool:
        """Say whether a document is proved to be valid on a day."""
        return doc_id == ANY_PAPER or super().paper(doc_id, day)


class Stage:
    """The examples of a rule, read once; that which killed last is tried first."""

    def __init__(self, policy: Policy, compiled: CompiledRule) -> None:
        self.policy, self.compiled = policy, compiled
        found = [(case, load_example(case.dossier, policy.schema)) for case in cases(compiled, policy.schema)]
        self.scenes = [(case, dossier, self.sight(dossier, case.as_of, {})) for case, dossier in found]

    def sight(self, dossier: Dossier, as_of: date, figures: Mapping[str, Parameter]) -> View:
        """Give what a check with these figures sees of a dossier."""
        policy = self.policy
        parameters = {**policy.parameters, **figures}
        return _Sight(dossier, policy.schema, parameters, policy.statute, as_of, words=policy.words)

    def tells(self, written: Written, mutated: Rule) -> bool:
        """Say whether a dossier tells a mutant from the rule."""
        try:
            dossier = load_example(written, self.policy.schema)
        except DossierError:
            return False
        sight = self.sight(dossier, dossier.root.meta.as_of_date, {})
        other = CompiledRule(rule=mutated, schema=self.policy.schema)
        with localcontext(values.EXACT):
            here = verdicts(self.policy, sight, self.compiled)
            return here != verdicts(replace(self.policy, judge=_Reading(mutated.law)), sight, other)

    def kills(self, mutated: Rule, figures: Mapping[str, Parameter]) -> bool:
        """Say whether some example tells a mutant from the rule."""
        policy = replace(self.policy, judge=_Reading(mutated.law))
        compiled = CompiledRule(rule=mutated, schema=policy.schema)
        with localcontext(values.EXACT):
            for index, (case, dossier, view) in enumerate(self.scenes):
                seen = self.sight(dossier, case.as_of, figures) if figures else view
                if verdict_in(verdicts(policy, seen, compiled), case) is not case.expect:
                    self.scenes.insert(0, self.scenes.pop(index))
                    return True
        return False
