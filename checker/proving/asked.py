"""The questions about a rule and about two: how each is seen, which truths let it be, what a solver is asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any as Goal

from checker.classes import dataclass
from checker.equivalence import ACT, answers_together
from checker.ladder import conditions_of
from checker.language.formula import All, Any, Formula, TestTable, conjunctions, negation, truth_of
from checker.language.tree import And, Choice, Constant, Let, Node, Not, Or, Sort
from checker.model import Truth, Verdict
from checker.policy.rules import Rule, below
from checker.proving.results import Question
from checker.proving.seeing import Seen
from checker.solving.judgement import Judgement
from checker.solving.terms import all_of

Every = Mapping[int, Truth]
"""The truths of all tests of a rule by their places, and at `ACT` whether the act happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question about a rule, or about each of two.

    `is_seen` says whether a dossier shows it, `may_be` whether truths let it be, where they tell at all, and `goal` is
    what a solver is asked. `what` is the condition or exemption that it is about, as people read it.
    """

    question: Question
    is_seen: Callable[[Seen], bool]
    goal: Callable[[Judgement], Goal]
    may_be: Callable[[Rule, Every], bool] | None = None
    what: str = ""


def of_conditions(rule: Rule) -> Iterator[Asked]:
    """Ask whether each part of `when` can hold, and fail."""
    for text, formula in _parts(rule, rule.when):
        yield from _of_part(text, formula, ALWAYS)


def of_rule(rule: Rule) -> Iterator[Asked]:
    """Ask all else about a rule: of the parts of its other conditions, where it applies."""
    whens = [formula for _, formula in _parts(rule, rule.when)]
    for text, formula in _parts(rule, rule.violated, rule.suspected):
        if formula not in whens:
            yield from _of_part(text, formula, rule.law.when)
    yield _accusation(rule)
    yield SATISFIED
    for index, plea in enumerate(rule.exemptions):
        yield from _of_exemption(index, plea.reason)


def refuted(asked: Sequence[Asked], rule: Rule) -> list[Asked]:
    """Give the questions that no truths which the tests can have together let be."""
    left = [each for each in asked if each.may_be is not None]
    every = answers_together(rule.tests, rule.conduct_on) if left else None
    if every is None:
        return []
    for truths in every:
        left = [each for each in left if each.may_be is not None and not each.may_be(rule, truths)]
        if not left:
            break
    return left


def are_refuted(asked: Asked, one: Rule, other: Rule) -> bool:
    """Say whether no truths that the tests of two rules can have together let something be of both.

    Their tests can be told apart only where the rules mean the same by the same words.
    """
    shared = _names(one) & _names(other)
    if (one.each, one.conduct_on) != (other.each, other.conduct_on) or any(
        one.lets[name] != other.lets[name] for name in shared
    ):
        return False
    tests = [*one.tests, *(each for each in other.tests if each not in one.tests)]
    places = [tests.index(each) for each in other.tests]
    every = answers_together(tests, one.conduct_on)
    if every is None or asked.may_be is None:
        return False
    return not any(
        asked.may_be(one, truths)
        and asked.may_be(other, {ACT: truths[ACT], **{index: truths[place] for index, place in enumerate(places)}})
        for truths in every
    )


def _names(rule: Rule) -> set[str]:
    """Give the names that the tests of a rule and the day of its act go by."""
    trees = (*rule.tests, rule.conduct_on)
    return {each.name for tree in trees for each in below(tree, rule.lets) if isinstance(each, Let)}


# --- parts of conditions --------------------------------------------------------------------------------------------

ALWAYS: Formula = All(())


def _of_part(text: str, formula: Formula, where: Formula) -> Iterator[Asked]:
    """Ask whether a part of a condition can hold, and whether it can fail, *where* something else holds."""
    for question, truth in ((Question.TRUE, True), (Question.FALSE, False)):
        if not (truth is False and _asks_whether_known(formula)):
            yield _part(question, text, formula, truth=truth, where=where)


def _part(question: Question, text: str, formula: Formula, *, truth: bool, where: Formula) -> Asked:
    everywhere = where == ALWAYS
    return Asked(
        question=question,
        what=text,
        is_seen=lambda seen: (everywhere or seen.applies) and truth_of(formula, seen.truths) is truth,
        goal=lambda judgement: all_of(everywhere or judgement.applies(), judgement.formula(formula).when(truth)),
        may_be=lambda rule, every: (
            (everywhere or _applies(rule, every)) and truth_of(formula, _tests(rule, every)) is truth
        ),
    )


def _asks_whether_known(formula: Formula) -> bool:
    """Say whether a part is `x or not x`, the way to say that x is known: it is never false, and means to be."""
    return isinstance(formula, Any) and any(negation(each) in formula.parts for each in formula.parts)


def _parts(rule: Rule, *conditions: Node) -> Iterator[tuple[str, Formula]]:
    """Give conditions, and what they are made of by *and* and *or* down to the tests, each once as it is written."""
    table = TestTable(rule.lets)
    table.tests = list(rule.tests)
    known: list[Formula] = []
    for node in (part for each in conditions for part in _below(each, rule)):
        formula = table.formula(node)
        if formula not in known:
            known += (formula, negation(formula))
            written = rule.written(node)[slice(*node.span)]
            yield " ".join(written.split()) or rule.wording.read(node), formula


def _below(node: Node, rule: Rule) -> Iterator[Node]:
    match node:
        case Constant():
            return
        case Not(part=And() | Or() | Not() | Let() | Choice() as part):
            yield from _below(part, rule)
            return
        case Let(name=name) if node.type.sort is Sort.TRUTH:
            yield from _below(rule.lets[name], rule)
            return
    yield node
    parts: Sequence[Node] = ()
    match node:
        case And(all=several) | Or(any=several):
            parts = several
        case Choice(condition=condition, first=first, second=second):
            parts = (condition, first, second)
    for each in parts:
        yield from _below(each, rule)


# --- rules and exemptions -------------------------------------------------------------------------------------------


def _accusation(rule: Rule) -> Asked:
    """Ask whether a rule can find what it is meant to find: a violation, or where it can't by its making, a risk."""
    firm = (
        not rule.law.signal
        and any(not each.at_most_risk and each.statute.text_seen for each in rule.basis)
        and bool(conjunctions(rule.law.breached, without=rule.law.soft))
    )
    wanted = Verdict.VIOLATION if firm else Verdict.RISK
    return Asked(
        question=Question.VIOLATED if firm else Question.SUSPECTED,
        is_seen=lambda seen: seen.verdict is wanted,
        goal=lambda judgement: judgement.verdict(wanted),
        may_be=lambda rule, every: _is_accused(rule, every, firm=firm),
    )


def _of_exemption(index: int, reason: str) -> Iterator[Asked]:
    yield Asked(
        question=Question.EXCUSED,
        what=reason,
        is_seen=lambda seen: seen.is_excused(index),
        goal=lambda judgement: judgement.is_exempt(index),
    )
    yield Asked(
        question=Question.SPARED,
        what=reason,
        is_seen=lambda seen: seen.is_accused and index in seen.unmet,
        goal=lambda judgement: judgement.is_spared(index),
    )


def _tests(rule: Rule, every: Every) -> list[Truth]:
    return [every[place] for place in range(len(rule.tests))]


def _conditions(rule: Rule, every: Every) -> Mapping[str, Truth]:
    return conditions_of(rule.law, [*_tests(rule, every), *[False] * rule.law.pleas])


def _applies(rule: Rule, every: Every) -> bool:
    return every[ACT] is True and truth_of(rule.law.when, _tests(rule, every)) is True


def _is_satisfied(rule: Rule, every: Every) -> bool:
    found = _conditions(rule, every)
    return _applies(rule, every) and found["violated"] is False and found["suspected"] is False


def _is_accused(rule: Rule, every: Every, *, firm: bool) -> bool:
    found = _conditions(rule, every)
    if firm:
        return _applies(rule, every) and found["violated"] is True and found["hard"] is True
    return _applies(rule, every) and True in {found["violated"], found["suspected"]}


APPLIES = Asked(
    question=Question.APPLIES,
    is_seen=lambda seen: seen.applies,
    goal=lambda judgement: judgement.applies(),
    may_be=_applies,
)
SATISFIED = Asked(
    question=Question.SATISFIED,
    is_seen=lambda seen: seen.is_satisfied,
    goal=lambda judgement: judgement.is_satisfied(),
    may_be=_is_satisfied,
)
