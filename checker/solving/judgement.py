"""What the ladder says of a rule on a record of a sketch: when it gives which verdict."""

from collections.abc import Callable, Iterator
from datetime import date

from checker import values
from checker.ladder import LADDER
from checker.language import formula as formulas
from checker.language.formula import Formula
from checker.language.tree import CLAIM
from checker.model import Verdict
from checker.policy.rules import Entry, ExemptionRule, Rule
from checker.solving.expressions import Expressions, Scope, compared, vague
from checker.solving.sketch import Row, Sketch
from checker.solving.terms import (
    FALSE,
    ONE_DAY,
    OPEN,
    Day,
    Held,
    Kleene,
    Term,
    all_of,
    any_of,
    conjunction,
    decided,
    disjunction,
    either,
    is_not,
    negation,
    term_of,
)

NATIONAL = "national"


class Judgement:
    """One rule on the first record of its register. Truths are worked out when they are asked for, once.

    `definitions` are the truths that were asked for, each with what it is called: a proof tells which it needed.
    """

    def __init__(self, sketch: Sketch, rule: Rule) -> None:
        """Judge the first record of the register of *rule*."""
        self.sketch, self.rule = sketch, rule
        self.expressions = Expressions(sketch, rule)
        self.definitions: list[tuple[Term, str]] = []
        self._named: dict[tuple[str, int], Kleene] = {}

    @property
    def chain(self) -> tuple[Row, ...]:
        """The record that is judged, and those above it."""
        return self.expressions.chain

    # --- what may be asked ----------------------------------------------------------------------------------------

    def verdict(self, wanted: Verdict) -> Term:
        """Say when the ladder gives this verdict."""
        before: list[Term] = []
        found = []
        for line in LADDER:
            holds = any_of(
                *(all_of(*(self.part(name).when(truth) for name, truth in each.items())) for each in line.alternatives)
            )
            if line.verdict is wanted:
                found.append(all_of(holds, *map(is_not, before)))
            before.append(holds)
        return any_of(*found)

    def applies(self) -> Term:
        """Say when the rule applies: the act happened, a basis was in force, and `when` holds."""
        return all_of(*(self.part(name).true for name in ("act", "force", "when")))

    def is_satisfied(self) -> Term:
        """Say when the rule applies and is complied with."""
        return all_of(self.applies(), self.part("violated").false, self.part("suspected").false)

    def is_exempt(self, index: int) -> Term:
        """Say when an exemption is proved where it is needed; claimed, if it is never more than that."""
        if self.rule.exemptions[index].at_most_risk:
            return all_of(self.applies(), self.part("violated").true, self.plea(index).unknown)
        return all_of(self.verdict(Verdict.EXEMPT), self.plea(index).true)

    def is_spared(self, index: int) -> Term:
        """Say when the rule accuses and an exemption is pleaded whose condition does not hold."""
        plea = self.rule.exemptions[index]
        unmet = any_of(
            *(
                all_of(there, self.expressions.truth(plea.condition, scope).false)
                for there, scope in self.pleadings(plea)
            )
        )
        return all_of(self.applies(), any_of(self.part("violated").true, self.part("suspected").true), unmet)

    def formula(self, formula: Formula, *, without: frozenset[int] = frozenset()) -> Kleene:
        """Give the truth of a formula over the tests; those *without* which it has to stand are unknown."""
        match formula:
            case formulas.Literal(test=test, positive=positive):
                truth = OPEN if test in without else self.test(test)
                return truth if positive else negation(truth)
            case formulas.All(parts=parts):
                return conjunction(self.formula(each, without=without) for each in parts)
            case formulas.Any(parts=parts):
                return disjunction(self.formula(each, without=without) for each in parts)

    # --- what a judgement is made of ------------------------------------------------------------------------------

    def named(self, name: str, index: int, says: str, make: Callable[[], Kleene]) -> Kleene:
        """Give a truth under a name of its own, so that the solver can tell whether it mattered."""
        key = name, index
        if key not in self._named:
            truth = make()
            self._named[key] = called = Kleene(self.sketch.fresh("Bool"), self.sketch.fresh("Bool"))
            is_so = all_of(called.true == term_of(truth.true), called.false == term_of(truth.false))
            self.definitions.append((is_so, f"{self.rule.id} {says}"))
        return self._named[key]

    def part(self, name: str) -> Kleene:
        """Give a part of the judgement, as the ladder names it."""
        law = self.rule.law
        match name:
            case "act":
                return self.named("act", 0, "行为日已到", self.act)
            case "force":
                return self.named("force", 0, "行为日有依据施行", self.force)
            case "firm":
                return decided(self.named("firm", 0, "行为日有可以认定违反的依据施行", self.firm).true)
            case "hard":
                return decided(self.formula(law.breached, without=law.soft).true)
            case "exempt":
                return disjunction(self.plea(index) for index in range(law.pleas))
            case "signal":
                return decided(law.signal)
        return self.formula({"when": law.when, "violated": law.violated, "suspected": law.suspected}[name])

    def test(self, index: int) -> Kleene:
        """Give the truth of a test."""
        node, expressions = self.rule.tests[index], self.expressions
        return self.named("test", index, expressions.words(node), lambda: expressions.truth(node, expressions.given))

    def plea(self, index: int) -> Kleene:
        """Say whether an exemption is proved (true), not claimed (false), or merely claimed."""
        plea = self.rule.exemptions[index]
        return self.named("plea", index, f"豁免：{plea.reason}", lambda: self._plea(plea))

    def act(self) -> Kleene:
        """Say whether the act has happened."""
        day, as_of = self.expressions.day, self.expressions.as_of
        exact = either(day.none, FALSE, compared("<=", day, as_of))
        return self.expressions.or_free(day.loose, lambda: self.free("行为日", day.loose), exact)

    def free(self, why: str, when: Term, *more: object) -> Kleene:
        """Give a truth about the day of the act that may be any; the same one for all acts of one day."""
        key = (self.expressions.expanded(self.rule.conduct_on), why, self.chain, more)
        return self.sketch.free(why, when, key=key)

    # --- bases ----------------------------------------------------------------------------------------------------

    def force(self) -> Kleene:
        """Say whether a basis that concerns the record is in force on the day of the act."""
        found = disjunction(conjunction((self.concerns(each), self.in_force(each))) for each in self.rule.basis)
        return either(self.expressions.day.none, OPEN, found)

    def firm(self) -> Kleene:
        """Say whether a basis that can carry a violation is."""
        return Kleene(
            any_of(
                *(
                    all_of(self.concerns(each).true, self.in_force(each).true, self.is_safe(each))
                    for each in self.rule.basis
                    if not each.at_most_risk and each.statute.text_seen
                )
            ),
            False,
        )

    def concerns(self, entry: Entry) -> Kleene:
        """Say whether a basis concerns the record."""
        return self.expressions.truth(entry.condition, self.expressions.given)

    def in_force(self, entry: Entry) -> Kleene:
        """Say whether an edition is in force on the day of the act, and binds the zone."""
        truths = [self.since(*values.bounds(entry.statute.first_day))]
        if entry.statute.last_day is not None:
            earliest, latest = values.bounds(entry.statute.last_day)
            truths.append(negation(self.since(earliest and earliest + ONE_DAY, latest and latest + ONE_DAY)))
        if entry.statute.id == self.sketch.document:
            level = self.sketch.zone.field(self.sketch.schema.zone.fields["level"])
            national = Held(value=self.sketch.code(NATIONAL))
            truths += (compared("==", level, national), self.is_bound())
        return conjunction(truths)

    def is_bound(self) -> Kleene:
        """Say whether the act is of a day on which the zone was national, if the dossier names the first such day."""
        first, day = self.sketch.zone.field(self.sketch.schema.zone.fields["national_since"]), self.expressions.day
        reached = self.expressions.or_free(
            vague(first, day), lambda: self.free("升级为国家级的日期", True), compared("<=", first, day)
        )
        return Kleene(any_of(first.none, reached.true), all_of(is_not(first.none), reached.false))

    def since(self, earliest: date | None, latest: date | None) -> Kleene:
        """Say whether the day of the act is at or after a day that lies between two."""
        day = self.expressions.day
        if not isinstance(day.value, Day):
            return self.free("依据施行的日期", True, earliest, latest)
        exact = Kleene(
            False if latest is None else all_of(day.known, self.expressions.is_since(latest)),
            False if earliest is None else all_of(day.known, is_not(self.expressions.is_since(earliest))),
        )
        return self.expressions.or_free(
            day.loose, lambda: self.free("依据施行的日期", day.loose, earliest, latest), exact
        )

    def is_safe(self, entry: Entry) -> Term:
        """Say when the day of the act is safely after the first one of an edition."""
        day = self.expressions.day
        if entry.statute.first_day_seen or not isinstance(day.value, Day):
            return True
        safe = values.years_after(values.bounds(entry.statute.first_day)[1], 1)
        if safe.__class__ is not date:
            return False
        return any_of(day.loose, all_of(day.known, self.expressions.is_since(safe)))

    # --- exemptions -----------------------------------------------------------------------------------------------

    def _plea(self, plea: ExemptionRule) -> Kleene:
        return disjunction(either(there, self._pleaded(plea, scope), FALSE) for there, scope in self.pleadings(plea))

    def pleadings(self, plea: ExemptionRule) -> Iterator[tuple[Term, Scope]]:
        """Give each way in which an exemption is pleaded: when it is, and the names in its condition."""
        given = self.expressions.given
        if not plea.grounds:
            yield True, given
            return
        for claim in self.sketch.rows("claims"):
            ground = claim.field(claim.entity.fields["ground"])
            named = any_of(*(ground.value == self.sketch.code(each) for each in plea.grounds))
            is_one = all_of(claim.present, ground.known, named, self.sketch.is_about(claim, self.chain[0]))
            yield is_one, {**given, CLAIM: Held(value=((True, claim),))}

    def _pleaded(self, plea: ExemptionRule, scope: Scope) -> Kleene:
        condition = self.expressions.truth(plea.condition, scope)
        if plea.at_most_risk:
            return Kleene(False, condition.false)
        paper, day = self.expressions.value(plea.paper, scope), self.expressions.value(plea.valid_on, scope)
        return Kleene(all_of(condition.true, self.is_papered(paper, day)), condition.false)

    def is_papered(self, paper: Held, day: Held) -> Term:
        """Say when it is proved that a paper is in the dossier and valid on a day."""
        return all_of(paper.known, any_of(*(self._proves(row, paper, day) for row in self.sketch.rows("evidence"))))

    def _proves(self, row: Row, paper: Held, day: Held) -> Term:
        if paper.value is None:
            return False
        fields = row.entity.fields
        issued, first, last, revoked = (
            row.field(fields[each]) for each in ("issued_on", "valid_from", "valid_to", "revoked_on")
        )
        return all_of(
            row.present,
            row.field(fields[row.entity.id_field]).value == paper.value,
            self.is_so("<=", issued, day),
            any_of(first.none, self.is_so("<=", first, day)),
            any_of(last.none, self.is_so("<=", day, last)),
            any_of(revoked.none, self.is_so("<", day, revoked)),
        )

    def is_so(self, operator: str, left: Held, right: Held) -> Term:
        """Say when a comparison of the days of a paper holds."""
        exact = compared(operator, left, right)
        return self.expressions.or_free(vague(left, right), lambda: self.sketch.free("文件在有关日期有效"), exact).true
