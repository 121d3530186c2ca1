"""Proofs of rules: what is found where nothing can be, what is shown where it can, and that no proof is wrong."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import localcontext
from fractions import Fraction
from typing import Any

import pytest
from reference.program import key_of, shipped_policy
from test_cli import Run, desk, run

from checker import values
from checker.checking import judge, look
from checker.dossier.schema import Kind
from checker.facts import View
from checker.judging import Judge
from checker.model import Verdict
from checker.mutating import mutate
from checker.policy.loading import CompiledRule, Policy
from checker.policy.rules import Rule, load_rule
from checker.policy.source import parse_yaml
from checker.proving.comparing import thought_of
from checker.proving.prover import Given, Prover
from checker.proving.results import Answer, Means, Proofs, Question, Result
from checker.proving.seeing import Seen, observe
from checker.reporting import mutation, proof
from checker.site import Site
from checker.solving.judgement import Judgement
from checker.solving.sketch import Row, Sketch
from checker.solving.terms import Held, all_of, day_of, is_not, ordinal, solver_package, term_of
from checker.verifying import Case, Written, cases, load_example, verdicts

__all__ = ["desk", "run"]

IMPOSSIBLE, POSSIBLE, UNTRIED = Answer.IMPOSSIBLE, Answer.POSSIBLE, Answer.UNTRIED
WHEN = 'type == "regulatory_detailed"'
VIOLATED = 'below(approver_level, "county")'
NO_PLAN = "zone: {level: national}, plans: []"
RULE = """
id: «ID»
title: 示范
clauses: ["16.5"]
grade: S1
responsible: local_government
each: «EACH»
conduct_on: «CONDUCT»
basis:
  - {statute: chengxiangguihua-2008, articles: [第十九条, 第二十条]}
when: >-
  «WHEN»
violated: >-
  «VIOLATED»
suspected: >-
  «SUSPECTED»
«EXEMPT»
«LET»
message: 示范
remedy: [{action: 报批, done_when: 已经批准, within: {days: 30}}]
examples:
  as_of: 2022-06-30
  base: {«EXAMPLE»}
  cases: [{name: 例, expect: undetermined}]
"""


def made(
    violated: str = VIOLATED,
    *,
    when: str = WHEN,
    suspected: str = "False",
    exempt: str = "",
    name: str = "R16.5-01",
    each: str = "plans",
    conduct_on: str = "approved_on",
    example: str = NO_PLAN,
    let: str = "",
) -> CompiledRule:
    """Give a rule whose one example shows nothing of it, unless another is given."""
    words = {
        "ID": name,
        "EACH": each,
        "CONDUCT": conduct_on,
        "WHEN": when,
        "VIOLATED": violated,
        "SUSPECTED": suspected,
        "EXEMPT": f"exempt: [{{{exempt}, reason: 豁免}}]" if exempt else "",
        "EXAMPLE": example,
        "LET": let,
    }
    text = RULE
    for word, written in words.items():
        text = text.replace(f"«{word}»", written)
    policy = shipped_policy()
    source = parse_yaml(text, f"rules/{name}.yaml")
    return CompiledRule(rule=load_rule(source, name, policy.library, policy.schema), schema=policy.schema)


def prover(*rules: CompiledRule, solves: bool = True, given: Sequence[Given] = ()) -> Prover:
    policy = replace(shipped_policy(), rules=rules, judge=Judge(each.rule.law for each in rules))
    return Prover(policy=policy, solves=solves, given=given, seconds=20)


def answers(rule: CompiledRule, *, solves: bool = True) -> dict[tuple[Question, str], Result]:
    return {(each.question, each.what): each for each in prover(rule, solves=solves).rule(rule)}


def answer(rule: CompiledRule, question: Question, what: str = "", *, solves: bool = True) -> Result:
    return answers(rule, solves=solves)[question, what]


def checked(rule: CompiledRule, result: Result) -> dict[str, Verdict]:
    """Check the dossier that a result shows, as any dossier is checked."""
    assert result.witness is not None
    policy = prover(rule).policy
    dossier = load_example(result.witness, policy.schema)
    with localcontext(values.EXACT):
        return verdicts(policy, look(policy, dossier, dossier.root.meta.as_of_date), rule)


# --- parts of conditions --------------------------------------------------------------------------------------------

AREA = "zone.planned_construction_area_ha"


@pytest.mark.parametrize(
    ("condition", "question", "is_possible"),
    [
        (f"{AREA} < 1 and {AREA} > 2", Question.TRUE, False),
        (f"{AREA} < 2 and {AREA} > 1", Question.TRUE, True),
        (f"{AREA} <= 1 and {AREA} >= 1", Question.TRUE, True),
        (f"{AREA} < 2 or {AREA} > 1", Question.FALSE, False),
        (f"{AREA} < 1 or {AREA} > 1", Question.FALSE, True),
        (f"{AREA} * 2 < {AREA} + {AREA}", Question.TRUE, False),
        ('approver_level != "county"', Question.TRUE, True),
        (f"{AREA} < 0", Question.TRUE, False),
        ("years_after(approved_on, 1) <= approved_on", Question.TRUE, False),
        ("months_after(approved_on, 12) != years_after(approved_on, 1)", Question.TRUE, False),
        ('approved_on == "2020-02-29" and months_after(approved_on, 12) != "2021-02-28"', Question.TRUE, False),
        ('approved_on == "2020-02-29" and months_after(approved_on, 48) != "2024-02-29"', Question.TRUE, False),
        ('approved_on == "2020-01-31" and months_after(approved_on, 1) != "2020-02-29"', Question.TRUE, False),
        ('approved_on == "2020-01-31" and months_after(approved_on, 13) != "2021-02-28"', Question.TRUE, False),
        ("days_inclusive(approved_on, years_after(approved_on, 1)) > 367", Question.TRUE, False),
        ("days_inclusive(approved_on, years_after(approved_on, 1)) > 366", Question.TRUE, True),
        ('years_after(approved_on, 1) == "2021-02-28" and approved_on > "2020-02-28"', Question.TRUE, True),
        ('years_after(approved_on, 1) == "2021-02-28" and approved_on > "2020-02-29"', Question.TRUE, False),
        ('mentions(name, {"工业"}) and not mentions(name, {"工"})', Question.TRUE, False),
        ('mentions(name, {"工业"}) and name == "工业园"', Question.TRUE, True),
        ('mentions(name, {"工业"}) and name == "商贸城"', Question.TRUE, False),
        ("any(happened(c.effective_on) and c.effective_on > as_of for c in plan_changes)", Question.TRUE, False),
        ("any(happened(c.effective_on) and c.effective_on >= as_of for c in plan_changes)", Question.TRUE, True),
        ("sum(b.other_ha for b in land_approvals) < 0", Question.TRUE, False),
        ("count(c for c in plan_changes) > 3", Question.TRUE, True),
    ],
)  # fmt: skip
def test_a_part_that_can_never_hold_or_fail_is_told_from_its_neighbour(
    condition: str, question: Question, is_possible: bool
) -> None:
    rule = made(f"({condition}) and {VIOLATED}" if question is Question.TRUE else f"({condition}) or {VIOLATED}")
    found = answer(rule, question, condition)
    assert found.answer is (POSSIBLE if is_possible else IMPOSSIBLE)
    assert found.means is Means.SOLVER
    assert found.is_finding is (not is_possible and "plan_changes" not in condition and "land_" not in condition)
    if is_possible:
        [verdict] = checked(rule, found).values()
        assert verdict in Verdict


def test_the_truths_that_contradict_one_another_are_named() -> None:
    found = answer(made(f"({AREA} < 1 and {AREA} > 2) or {VIOLATED}"), Question.TRUE, f"{AREA} < 1 and {AREA} > 2")
    assert len(found.core) == 2
    assert all("规划建设用地面积" in each for each in found.core)


def test_a_branch_that_is_dead_where_the_rule_applies_is_found() -> None:
    rule = made(f'type == "overall_dev" or {VIOLATED}')
    found = answer(rule, Question.TRUE, 'type == "overall_dev"', solves=False)
    assert (found.answer, found.means, found.is_finding) == (IMPOSSIBLE, Means.TRUTHS, True)


def test_whether_something_is_known_may_be_asked() -> None:
    known = 'approver_level == "county" or not (approver_level == "county")'
    assert (Question.FALSE, known) not in answers(made(f"{known} and {AREA} < 1"))


# --- rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "question", "is_possible"),
    [
        (made('approved_on < "2010-01-01" and approved_on > "2010-01-02"'), Question.VIOLATED, False),
        (made('approved_on < "2010-01-03" and approved_on > "2010-01-01"'), Question.VIOLATED, True),
        (made('approved_on < "2007-12-31"'), Question.VIOLATED, False),
        (made('approved_on < "2009-01-01"', when=f"{WHEN} and {AREA} > 1"), Question.VIOLATED, False),
        (made('approved_on < "2009-01-02"', when=f"{WHEN} and {AREA} > 1"), Question.VIOLATED, True),
        (made(f"{AREA} >= 0"), Question.SATISFIED, False),
        (made(f"{AREA} > 0"), Question.SATISFIED, True),
        (made(VIOLATED, when=f'{WHEN} and type == "overall_dev"'), Question.APPLIES, False),
        (made(VIOLATED, when=f"{WHEN} and approved_on > as_of"), Question.APPLIES, False),
        (made(VIOLATED, when=f"{WHEN} and approved_on >= as_of"), Question.APPLIES, True),
    ],
)
def test_a_rule_that_nobody_can_break_or_obey_is_told_from_its_neighbour(
    rule: CompiledRule, question: Question, is_possible: bool
) -> None:
    found = answer(rule, question)
    assert found.answer is (POSSIBLE if is_possible else IMPOSSIBLE)
    assert found.is_finding is (not is_possible and question is not Question.SATISFIED)
    if is_possible and question is not Question.APPLIES:
        wanted = Verdict.VIOLATION if question is Question.VIOLATED else Verdict.COMPLIANT
        assert wanted in checked(rule, found).values()


def test_of_a_rule_that_never_applies_nothing_else_is_asked() -> None:
    found = answers(made(VIOLATED, when=f'{WHEN} and type == "overall_dev"'))
    assert found[Question.APPLIES, ""].answer is IMPOSSIBLE
    assert {question for question, _ in found} == {Question.TRUE, Question.FALSE, Question.APPLIES}


def test_what_is_proved_within_bounds_only_is_no_finding() -> None:
    rule = made("count(c for c in plan_changes if c.plan_id == plan_id) > 4")
    found = answer(rule, Question.VIOLATED)
    assert (found.answer, found.most, found.is_finding) == (IMPOSSIBLE, 4, False)
    assert "至多4条；更多的没有证明" in proof.text(Proofs(results=(found,), solved=True))


# --- exemptions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exempt", "question", "is_possible"),
    [
        ("if: 'approver_level != \"county\"', paper: approval_doc_id", Question.SPARED, False),
        ("if: 'approver_level == \"admin_committee\"', paper: approval_doc_id", Question.SPARED, True),
        ("ground: deferral, if: claim.from_ <= as_of or claim.from_ > as_of", Question.SPARED, False),
        ("ground: deferral, if: claim.from_ <= as_of", Question.SPARED, True),
        ("ground: deferral, if: claim.from_ > claim.until", Question.EXCUSED, False),
        ("ground: deferral, if: claim.from_ >= claim.until", Question.EXCUSED, True),
        ("if: 'approver_level == \"county\"', paper: approval_doc_id", Question.EXCUSED, False),
        ("if: 'approver_level == \"county\"', at_most: risk", Question.EXCUSED, False),
        ("if: 'zone.level == \"national\"', at_most: risk", Question.EXCUSED, True),
    ],
)
def test_an_exemption_that_swallows_the_rule_or_never_excuses_is_told_from_its_neighbour(
    exempt: str, question: Question, is_possible: bool
) -> None:
    exempt = exempt.replace("approval_doc_id", "plan_id")
    rule = made(exempt=exempt)
    found = answer(rule, question, "豁免")
    assert found.answer is (POSSIBLE if is_possible else IMPOSSIBLE)
    if is_possible:
        seen = seen_in(rule, found)
        assert (seen.is_accused and 0 in seen.unmet) if question is Question.SPARED else seen.is_excused(0)


def seen_in(rule: CompiledRule, result: Result) -> Seen:
    assert result.witness is not None
    policy = prover(rule).policy
    dossier = load_example(result.witness, policy.schema)
    with localcontext(values.EXACT):
        [seen] = observe(policy, rule, look(policy, dossier, dossier.root.meta.as_of_date))
    return seen


# --- two rules ------------------------------------------------------------------------------------------------------


def pair(one: CompiledRule, other: CompiledRule, *, solves: bool = True) -> Result:
    return prover(one, other, solves=solves).pair(one, other)


EARLY = made('not (approved_on < "2015-01-01")')
LATE = made('not (approved_on >= "2016-01-01")', name="R16.5-02")


def test_two_rules_that_ask_the_opposite_are_found_and_a_plan_to_which_both_apply_is_shown() -> None:
    found = pair(EARLY, LATE)
    assert (found.question, found.answer, found.is_finding) == (Question.TOGETHER, IMPOSSIBLE, True)
    assert len(found.core) == 2
    [early], [late] = checked(EARLY, found).values(), checked(LATE, found).values()
    assert Verdict.COMPLIANT in {early, late}
    assert {early, late} & {Verdict.VIOLATION, Verdict.RISK}


def test_two_rules_that_leave_one_day_are_compatible() -> None:
    found = pair(EARLY, made('not (approved_on >= "2014-12-31")', name="R16.5-02"))
    assert (found.question, found.answer, found.means) == (Question.TOGETHER, POSSIBLE, Means.SOLVER)
    assert set(checked(EARLY, found).values()) == {Verdict.COMPLIANT}


@pytest.mark.parametrize("solves", [True, False])
def test_two_rules_that_never_meet_do_not_contradict_each_other(solves: bool) -> None:
    late = made('not (approved_on >= "2016-01-01")', when='type == "overall_dev"', name="R16.5-02")
    found = pair(EARLY, late, solves=solves)
    assert (found.question, found.answer, found.is_finding) == (Question.MEETING, IMPOSSIBLE, False)


def test_the_same_word_of_two_rules_may_mean_two_things() -> None:
    national, other, again = (
        made("limit", let=f"let: {{limit: '{limit}'}}\nlabels: {{limit: 界限}}", name=name)
        for limit, name in (
            ('zone.level == "national"', "R16.5-01"),
            ('zone.level != "national"', "R16.5-02"),
            ('zone.level == "national"', "R16.5-03"),
        )
    )
    found = pair(national, other)
    assert (found.question, found.answer) == (Question.TOGETHER, IMPOSSIBLE)
    assert pair(national, again).answer is POSSIBLE


ZONE_RULE = made(f"{AREA} > 5", when="True", name="R16.5-02", each="zone", conduct_on="as_of")


def test_rules_over_the_zone_and_over_lists_inside_one_another_are_pairs() -> None:
    policy = shipped_policy()
    found = {frozenset((one.rule.id, other.rule.id)) for one, other in Prover(policy=policy).pairs(policy.rules, ())}
    for one, other in (("R16.8-02", "R16.8-04"), ("R16.1-01", "R18.8-01"), ("R18.8-01", "R18.8-04")):
        assert {one, other} in found
    assert {"R16.8-04", "R18.8-01"} not in found
    assert pair(made(), ZONE_RULE).answer is POSSIBLE


def test_a_rule_that_nobody_obeys_gets_into_the_way_of_no_other() -> None:
    never = made(f"{AREA} >= 0", name="R16.5-02")
    asked = prover(EARLY, never)
    results = [each for rule in (EARLY, never) for each in asked.rule(rule)]
    assert list(asked.pairs((EARLY, never), results)) == []


# --- what shows it --------------------------------------------------------------------------------------------------

PLAN = """zone: {level: national}, complete: {plans: true},
    plans: [{plan_id: PL1, type: regulatory_detailed, approved_on: 2013-05-01}]"""


def test_examples_are_heard_first() -> None:
    rule = made('not (approved_on < "2015-01-01")', example=PLAN)
    found = answer(rule, Question.SATISFIED, solves=False)
    assert (found.answer, found.means, found.named, found.subjects) == (POSSIBLE, Means.EXAMPLE, "例", ("PL1",))


def test_two_examples_are_put_together() -> None:
    other = PLAN.replace("PL1", "PL7").replace(
        "approved_on: 2013-05-01", "approver_level: county, approved_on: 2012-01-01"
    )
    one = made('not (approved_on < "2015-01-01")', example=PLAN)
    found = pair(one, made(VIOLATED, name="R16.5-02", example=other), solves=False)
    assert (found.answer, found.means) == (POSSIBLE, Means.MERGED)
    assert found.subjects in {("PL1", "PL1"), ("PL7", "PL7")}
    assert Verdict.COMPLIANT in checked(one, found).values()


def test_a_dossier_that_is_given_shows_what_is_possible() -> None:
    [case] = cases(made(example=PLAN.replace("}]", ", approver_level: county}]")), shipped_policy().schema)
    given = Given(name="档案.json", dossier=load_example(case.dossier, shipped_policy().schema))
    late = made('not (approved_on < "2015-01-01")', name="R16.5-02")
    found = prover(made(), late, solves=False, given=[given]).pair(made(), late)
    assert (found.answer, found.means, found.named) == (POSSIBLE, Means.DOSSIER, "档案.json")


# --- days -----------------------------------------------------------------------------------------------------------

DAYS = [
    *map(
        date.fromisoformat,
        ["1949-01-01", "1999-12-31", "2000-02-29", "2019-03-01", "2020-01-31", "2024-02-29", "2100-02-28"],
    )
]


@pytest.mark.parametrize("day", DAYS, ids=date.isoformat)
def test_days_are_moved_and_counted_as_values_does(day: date) -> None:
    policy = shipped_policy()
    sketch = Sketch(policy.schema, policy.parameters, policy.statute, most=1)
    expressions = Judgement(sketch, EARLY.rule).expressions
    open_day = sketch.fresh_day()
    goals = []
    for months in (-13, -1, 0, 1, 11, 12, 13, 24, 48, 960, 1200):
        moved = expressions.moved(Held(value=open_day), Held(value=Fraction(months)), 1)
        there = values.months_after(day, months)
        assert day_of(there) == expressions.moved(Held(value=day_of(day)), Held(value=Fraction(months)), 1).value
        goals += [moved.value.place == day_of(there).place, is_not(moved.unknown)]
        goals.append(ordinal(moved.value) - ordinal(open_day) == (there - day).days)
    solver = solver_package().Solver()
    solver.add(*map(term_of, sketch.known_facts()), open_day.place == day_of(day).place)
    assert solver.check() == solver_package().sat
    solver.add(is_not(all_of(*goals)))
    assert solver.check() == solver_package().unsat


def test_there_are_no_other_days_than_those_of_the_calendar() -> None:
    policy = shipped_policy()
    for year, month, number in ((2021, 2, 29), (2100, 2, 29), (2020, 2, 30), (2020, 4, 31), (2020, 13, 1), (0, 1, 1)):
        sketch = Sketch(policy.schema, policy.parameters, policy.statute, most=1)
        day = sketch.fresh_day()
        solver = solver_package().Solver()
        solver.add(*map(term_of, sketch.known_facts()), day.year == year, day.month == month, day.number == number)
        assert solver.check() == solver_package().unsat


# --- no proof is wrong ----------------------------------------------------------------------------------------------

SETTLED = {Verdict.VIOLATION, Verdict.COMPLIANT, Verdict.EXEMPT, Verdict.NOT_APPLICABLE}
"""The verdicts that stay the same whatever else becomes known."""


def pinned(row: Row, record: Any) -> Iterator[Any]:
    """Say that a record of a sketch is one of a dossier; of what the dossier does not say nothing is said."""
    for name, mine in row.lists.items():
        yield from pinned_rows(mine, getattr(record, name) or ())
    for name, held in row.fields.items():
        described = row.entity.fields[name]
        value = getattr(record, described.attribute)
        if value is values.UNKNOWN:
            continue
        yield held.none if value is None else is_not(held.none)
        if value is None or held.value is None:
            continue
        match described.kind:
            case Kind.BLOCK:
                yield from pinned(held.value[0][1], value)
            case Kind.DAY:
                low, high = values.bounds(value)
                yield from (held.value.place >= day_of(low).place, held.value.place <= day_of(high).place)
            case Kind.NUMBER | Kind.INTEGER:
                yield held.value == term_of(Fraction(value))
            case Kind.TEXTS:
                assert len(value) <= len(held.value)
                for index, (there, code) in enumerate(held.value):
                    yield there == (index < len(value))
                    yield code == row.sketch.code(value[index]) if index < len(value) else True
            case Kind.BOOLEAN:
                yield held.value == value
            case _:
                yield held.value == row.sketch.code(value)


def pinned_rows(rows: Sequence[Row], records: Sequence[Any]) -> Iterator[Any]:
    assert len(records) <= len(rows)
    for index, row in enumerate(rows):
        yield row.present == (index < len(records))
        if index < len(records):
            yield from pinned(row, records[index])


def contradicted(rule: CompiledRule, case: Case, *, most: int | None) -> bool:
    """Say whether the sketch can't be the dossier of an example with the truths that the check finds there."""
    policy = shipped_policy()
    dossier = load_example(case.dossier, policy.schema)
    with localcontext(values.EXACT):
        view = look(policy, dossier, case.as_of)
        judged = [each for each in judge(policy, view, rule) if each.found is not None]
        held = next((each for each in judged if case.subject in {"", key_of(view, each)}), None)
        if held is None or held.found is None or view.projected:
            return False
        key, chain, verdict = key_of(view, held), held.found.chain, held.verdict
        seen = next(each for each in observe(policy, rule, view) if each.subject == key)
    sketch = Sketch(policy.schema, policy.parameters, policy.statute, most=most)
    judgement = Judgement(sketch, rule.rule)
    tests = rule.rule.law.tests
    goals = [
        (judgement.test(index) if index < tests else judgement.plea(index - tests)).when(truth)
        for index, truth in enumerate(seen.truths)
        if truth is not None
    ]
    goals += [judgement.verdict(verdict)] if verdict in SETTLED else []
    facts = list(_pins(sketch, judgement, view, chain))
    solver = solver_package().Solver()
    solver.set("timeout", 60_000)
    definitions = [term for term, _ in judgement.definitions]
    solver.add(*map(term_of, (*sketch.known_facts(), *definitions, *facts, all_of(*goals))))
    return bool(solver.check() != solver_package().sat)


def _pins(sketch: Sketch, judgement: Judgement, view: View, chain: Sequence[Any]) -> Iterator[Any]:
    """Pin a sketch to a dossier in which the record that is judged, and those above it, come first."""
    each = judgement.rule.each
    if each != "zone":
        holders = [*chain[1:], view.root]
        for record, holder, step in zip(chain, holders, reversed(each.split(".")), strict=True):
            setattr(holder, step, [record, *(other for other in getattr(holder, step) if other is not record)])
    yield sketch.as_of.place == day_of(view.as_of).place
    yield from pinned(sketch.zone, view.root.zone)
    for path, rows in sketch.registers.items():
        records = getattr(view.root, path)
        if records is not values.UNKNOWN:
            yield from pinned_rows(rows, records or ())
    claims = view.root.claims or () if view.root.claims is not values.UNKNOWN else ()
    for index, row in enumerate(sketch.registers.get("claims", ())):
        named = view.named(each, claims[index].subject_id) if index < len(claims) else ()
        about = sketch.about.get((id(row), id(judgement.chain[0])))
        yield True if about is None else about == any(record is chain[0] for record in named)


def wide(case: Case) -> int:
    """Give how many records the longest list of an example has, those of texts too."""
    found, waiting = 1, [case.dossier]
    while waiting:
        value: Any = waiting.pop()
        found = max(found, len(value)) if isinstance(value, list) else found
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found


def test_a_sketch_can_be_an_example_of_a_rule_with_the_truths_found_there() -> None:
    for rule in shipped_policy().rules[::5]:
        every = sorted(cases(rule, shipped_policy().schema), key=wide)
        case = next((each for each in every if each.expect is Verdict.EXEMPT and wide(each) <= 2), every[0])
        assert not contradicted(rule, case, most=max(2, wide(case))), (rule.rule.id, case.name)
        assert wide(case) > 2 or not contradicted(rule, case, most=None), (rule.rule.id, case.name)


@pytest.mark.thorough
@pytest.mark.parametrize("start", range(6))
def test_a_sketch_can_be_any_example_with_the_truths_found_there(start: int) -> None:
    for rule in shipped_policy().rules[start::6]:
        for case in cases(rule, shipped_policy().schema):
            assert not contradicted(rule, case, most=max(2, wide(case))), (rule.rule.id, case.name)
            assert wide(case) > 2 or not contradicted(rule, case, most=None), (rule.rule.id, case.name)


class _Deaf(Prover):
    """Hears no example, and asks the solver everything."""

    def seen(self, _compiled: CompiledRule) -> tuple[Seen, ...]:
        return ()


def refuted(rules: Sequence[CompiledRule]) -> list[tuple[str, Question, str]]:
    """Give what examples show and the solver calls impossible; it is asked of everything, without the examples."""
    hearing, deaf = Prover(policy=shipped_policy()), _Deaf(policy=shipped_policy())
    shown = {
        (each.rules[0], each.question, each.what)
        for rule in rules
        for each in hearing.rule(rule)
        if each.answer is POSSIBLE
    }
    return [
        key
        for rule in rules
        for each in deaf.rule(rule)
        if each.answer is IMPOSSIBLE and (key := (each.rules[0], each.question, each.what)) in shown
    ]


def test_nothing_that_an_example_shows_is_called_impossible() -> None:
    assert refuted(shipped_policy().rules[::30]) == []


@pytest.mark.thorough
def test_nothing_that_any_example_shows_is_called_impossible() -> None:
    assert refuted(shipped_policy().rules) == []


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_shipped_rules_are_possible_in_every_part(run: Run) -> None:
    told = proved(run, "--no-pairs")
    never = [each["rules"] for each in told["results"] if each["answer"] == "impossible"]
    assert never == [["R18.8-03"]]  # whoever promises a price of land is at least suspected: there is no way to comply


@pytest.mark.parametrize("rules", [("R16.8-01",), pytest.param((), marks=pytest.mark.thorough)], ids=["one", "all"])
def test_the_shipped_rules_contradict_one_another_nowhere(run: Run, rules: Sequence[str]) -> None:
    pairs = [each for each in proved(run, *rules)["results"] if len(each["rules"]) > 1]
    assert len([each for each in pairs if each["question"] == "together"]) > (5 if rules else 700)
    assert {each["question"] for each in pairs if each["answer"] == "impossible"} == {"meeting"}


def proved(run: Run, *arguments: str) -> Any:
    """Have the command prove shipped rules; nothing is found, and nothing left undecided."""
    outcome = run("rules", "prove", *arguments, "--dossier", "dossier.json", "--seconds", "20", "--format", "json")
    told = json.loads(outcome.out)
    assert outcome.code == 0
    assert (told["solver"], told["findings"]) == (True, 0)
    assert not {"undecided", "untried"} & {each["answer"] for each in told["results"]}
    return told


def test_without_a_solver_the_rest_is_answered_and_it_is_said_how_to_get_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    told = json.loads(run("rules", "prove", "R16.8-01", "--no-pairs", "--format", "json").out)
    assert told["solver"] is False
    assert {"possible"} <= {each["answer"] for each in told["results"]} <= {"possible", "untried"}
    shows(monkeypatch, EARLY, LATE)
    outcome = run("rules", "prove")
    assert outcome.code == 0
    assert "没有试 1" in outcome.out
    assert "没有安装求解器 z3-solver" in outcome.out
    assert "\n安装：pip install 'zonecheck[prove]'\n" in outcome.out


def shows(monkeypatch: pytest.MonkeyPatch, *rules: CompiledRule) -> None:
    """Have the command load a pack with these rules."""
    site = replace(Site.load(None), policy=prover(*rules).policy)
    monkeypatch.setattr("checker.commands.rules.Site.load", lambda *_, **__: site)


def test_findings_are_told_with_their_reason_and_end_with_5(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    shows(monkeypatch, EARLY, LATE)
    outcome = run("rules", "prove")
    assert outcome.code == 5
    assert "互相矛盾：都适用时不能都符合：R16.5-01、R16.5-02" in outcome.out
    assert "求解器证明" in outcome.out
    assert "都适用的：求解器" in outcome.out


# --- mutants that no example kills ----------------------------------------------------------------------------------


def test_what_the_solver_thinks_of_is_tried() -> None:
    policy = shipped_policy()
    rule = next(each for each in policy.rules if each.rule.id == "R16.6-02")
    tried = []

    def nothing(_policy: Policy, _rule: Rule, _other: Rule) -> Written:
        tried.append(1)
        return {"meta": {"dossier_id": "例", "as_of_date": "2022-06-30"}, "zone": {"zone_id": "Z"}}

    lone = replace(rule, rule=replace(rule.rule, examples=_only_the_first(rule.rule.examples)))
    score = mutate(policy, lone, nothing)
    assert len(tried) == len(score.survivors) > 0
    assert set(score.telling) == {None}
    score = mutate(policy, lone, thought_of)
    assert sum(each is not None for each in score.telling) > len(score.telling) / 2
    told = json.loads(mutation.as_json([score]))
    assert [each["dossier"] is None for each in told["rules"][0]["survivors"]] == [
        each is None for each in score.telling
    ]
    assert mutation.text([score]).count("识破它的档案") == len(score.telling) - score.telling.count(None)


def _only_the_first(examples: Any) -> Any:
    return {**examples, "cases": examples["cases"][:1]}


def test_without_a_solver_nobody_thinks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    outcome = run("rules", "mutate", "R16.6-02", "--think")
    assert outcome.code == 2
    assert "没有安装求解器" in outcome.err
    assert "pip install 'zonecheck[prove]'" in outcome.err
