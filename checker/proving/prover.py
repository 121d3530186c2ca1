"""Answers about the rules of a pack, by the cheapest means first."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from decimal import localcontext
from typing import Any

from checker import values
from checker.checking import look
from checker.classes import dataclass
from checker.dossier.loading import Dossier
from checker.errors import DossierError
from checker.language.tree import ZONE
from checker.policy.loading import CompiledRule, Policy
from checker.proving.asked import APPLIES, SATISFIED, Asked, are_refuted, of_conditions, of_rule, refuted
from checker.proving.merging import merged
from checker.proving.results import Answer, Means, Question, Result
from checker.proving.seeing import Seen, observe
from checker.solving.asking import Reply, ask
from checker.solving.judgement import Judgement
from checker.solving.sketch import Sketch
from checker.solving.terms import all_of, is_installed
from checker.verifying import Written, cases, load_example

FEW, MORE = 2, 4
"""How many records a register of a sketch has at most.

What is impossible with few is asked again without a bound, and where that proves nothing, with more.
"""
SECONDS = 2.0
MEETING = replace(APPLIES, question=Question.MEETING)
TOGETHER = replace(SATISFIED, question=Question.TOGETHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A dossier that is given to show what is possible."""

    name: str
    dossier: Dossier


@dataclass(kw_only=True, eq=False)
class Prover:
    """Answers questions about the rules of one pack, whose examples must have been read.

    Each dossier *given* may show what is possible too. Each question to the solver takes so many *seconds* at the most;
    none is put to it unless it `solves`.
    """

    policy: Policy
    given: Sequence[Given] = ()
    seconds: float = SECONDS
    solves: bool = field(default_factory=is_installed)

    def __post_init__(self) -> None:
        """Look at the dossiers that are given, once for all rules."""
        self._seen: dict[str, tuple[Seen, ...]] = {}
        self._views = [
            (each.name, look(self.policy, each.dossier, each.dossier.root.meta.as_of_date)) for each in self.given
        ]

    # --- what is seen

    def seen(self, compiled: CompiledRule) -> tuple[Seen, ...]:
        """Give what is seen of a rule in its examples and in the dossiers that are given."""
        name = compiled.rule.id
        if name not in self._seen:
            with localcontext(values.EXACT):
                self._seen[name] = tuple(self._all_seen(compiled))
        return self._seen[name]

    def _all_seen(self, compiled: CompiledRule) -> Iterator[Seen]:
        for case in cases(compiled, self.policy.schema):
            view = look(self.policy, load_example(case.dossier, self.policy.schema), case.as_of)
            yield from observe(self.policy, compiled, view, name=case.name, written=case.dossier)
        for name, view in self._views:
            yield from observe(self.policy, compiled, view, name=name)

    def tried(self, written: Written, rules: Sequence[CompiledRule]) -> list[list[Seen]]:
        """Check rules on a written dossier, and give what is seen of each; nothing where it is no dossier after all."""
        try:
            dossier = load_example(written, self.policy.schema)
        except DossierError:
            return [[] for _ in rules]
        with localcontext(values.EXACT):
            view = look(self.policy, dossier, dossier.root.meta.as_of_date)
            return [list(observe(self.policy, each, view, written=written)) for each in rules]

    # --- one rule

    def rule(self, compiled: CompiledRule) -> Iterator[Result]:
        """Answer all questions about one rule; of one that never applies there is no more to be asked."""
        *conditions, applies = self._answers([*of_conditions(compiled.rule), APPLIES], compiled)
        yield from (*conditions, applies)
        if applies.answer is not Answer.IMPOSSIBLE:
            yield from self._answers(list(of_rule(compiled.rule)), compiled)

    def _answers(self, asked: Sequence[Asked], compiled: CompiledRule) -> Iterator[Result]:
        shown = [self._shown(each, compiled) for each in asked]
        never = refuted([each for each, found in zip(asked, shown, strict=True) if found is None], compiled.rule)
        for each, found in zip(asked, shown, strict=True):
            if found is not None:
                yield found
            elif any(each is one for one in never):
                yield replace(_blank(each, compiled), answer=Answer.IMPOSSIBLE, means=Means.TRUTHS)
            else:
                yield self._solved(each, compiled)

    def _shown(self, asked: Asked, compiled: CompiledRule) -> Result | None:
        seen = next(filter(asked.is_seen, self.seen(compiled)), None)
        if seen is None:
            return None
        means = Means.DOSSIER if seen.written is None else Means.EXAMPLE
        return replace(
            _blank(asked, compiled), answer=Answer.POSSIBLE, means=means, named=seen.name, subjects=(seen.subject,)
        )

    def _solved(self, asked: Asked, compiled: CompiledRule) -> Result:
        def subjects(written: Written) -> tuple[str, ...]:
            [seen] = self.tried(written, [compiled])
            return tuple(each.subject for each in seen if asked.is_seen(each))[:1]

        return self._replied(
            _blank(asked, compiled), [compiled], lambda judgements: asked.goal(judgements[0]), subjects
        )

    # --- two rules

    def pairs(
        self, chosen: Sequence[CompiledRule], results: Iterable[Result]
    ) -> Iterator[tuple[CompiledRule, CompiledRule]]:
        """Give the pairs of rules that may get into each other's way, one of them *chosen* at least.

        They judge records of one register, or of one that is inside the other's; the zone holds all. A rule that nobody
        can comply with, as its *results* say, gets into the way of no other.
        """
        asked = {Question.APPLIES, Question.SATISFIED}
        never = {each.rules[0] for each in results if each.question in asked and each.answer is Answer.IMPOSSIBLE}
        wanted = {each.rule.id for each in chosen}
        rules = [each for each in self.policy.rules if each.rule.id not in never]
        for one, other in itertools.combinations(rules, 2):
            outer, inner = sorted((one.rule.each, other.rule.each), key=len)
            are_near = outer == inner or ZONE in {outer, inner} or inner.startswith(f"{outer}.")
            if are_near and wanted & {one.rule.id, other.rule.id}:
                yield one, other

    def pair(self, one: CompiledRule, other: CompiledRule) -> Result:
        """Say whether two rules can both be complied with where both apply; if not, whether they ever both apply."""
        together = self._of_both(TOGETHER, one, other)
        if together.answer is not Answer.IMPOSSIBLE:
            return together
        meeting = self._of_both(MEETING, one, other)
        if meeting.answer is Answer.IMPOSSIBLE:
            return meeting
        return replace(together, named=meeting.named, subjects=meeting.subjects, witness=meeting.witness)

    def _of_both(self, asked: Asked, one: CompiledRule, other: CompiledRule) -> Result:
        both = (one, other)
        blank = Result(question=asked.question, rules=(one.rule.id, other.rule.id))
        held = [[each for each in self.seen(compiled) if asked.is_seen(each)] for compiled in both]
        for first, second in itertools.product(held[0], held[1]):
            if first.written is second.written and first.name == second.name and first.is_related(second):
                of_both = (first.subject, second.subject)
                return replace(blank, answer=Answer.POSSIBLE, means=Means.DOSSIER, named=first.name, subjects=of_both)

        def related(written: Written) -> tuple[str, ...]:
            for first, second in itertools.product(*self.tried(written, both)):
                if asked.is_seen(first) and asked.is_seen(second) and first.is_related(second):
                    return first.subject, second.subject
            return ()

        for written, named in merged(held[0], held[1], self.policy.schema):
            if subjects := related(written):
                shown = replace(blank, answer=Answer.POSSIBLE, means=Means.MERGED, named=named)
                return replace(shown, subjects=subjects, witness=written)
        if are_refuted(asked, one.rule, other.rule):
            return replace(blank, answer=Answer.IMPOSSIBLE, means=Means.TRUTHS)
        return self._replied(blank, both, lambda judgements: all_of(*map(asked.goal, judgements)), related)

    # --- the solver

    def _replied(
        self,
        blank: Result,
        rules: Sequence[CompiledRule],
        goal: Callable[[Sequence[Judgement]], Any],
        subjects: Callable[[Written], tuple[str, ...]],
    ) -> Result:
        """Ask the solver; *subjects* of a dossier that it thought of show whether the real check agrees."""
        if not self.solves:
            return blank
        sketch, reply = self._ask(rules, goal, FEW)
        most = FEW
        if reply.is_impossible:
            boundless, most = self._ask(rules, goal, None), 0
            if not boundless[1].is_impossible:
                boundless, most = self._ask(rules, goal, MORE), MORE
            sketch, reply = boundless
        told = replace(blank, most=most, loose=sketch.inexact)
        if reply.is_impossible:
            return replace(told, answer=Answer.IMPOSSIBLE, means=Means.SOLVER, core=reply.core)
        found = subjects(reply.dossier) if reply.dossier is not None else ()
        if not found:
            return replace(told, answer=Answer.UNDECIDED)
        return replace(blank, answer=Answer.POSSIBLE, means=Means.SOLVER, subjects=found, witness=reply.dossier)

    def _ask(
        self, rules: Sequence[CompiledRule], goal: Callable[[Sequence[Judgement]], Any], most: int | None
    ) -> tuple[Sketch, Reply]:
        sketch = Sketch(self.policy.schema, self.policy.parameters, self.policy.statute, most=most)
        judgements = [Judgement(sketch, each.rule) for each in rules]
        return sketch, ask(sketch, judgements, goal(judgements), seconds=self.seconds)


def _blank(asked: Asked, compiled: CompiledRule) -> Result:
    return Result(question=asked.question, rules=(compiled.rule.id,), what=asked.what)
