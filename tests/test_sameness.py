"""Rules that are the same in other words: by all answers to their tests, or by the solver; and others that are not."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from reference.program import rule_of, shipped_policy

from checker.dossier.loading import dossier_schema
from checker.equivalence import are_same
from checker.errors import PolicyError
from checker.mutating import Stage, mutate
from checker.policy.loading import read_policy
from checker.policy.mutants import mutants
from checker.policy.rules import Rule, load_rule
from checker.resources import folder
from checker.solving.sameness import say_the_same

NAMES = [each.rule.id for each in shipped_policy().rules]


def loaded(rule: Rule, written: Any) -> Rule | None:
    policy = shipped_policy()
    try:
        return load_rule(replace(rule.source, value=written), rule.id, policy.library, policy.schema, for_engine=False)
    except PolicyError:
        return None


def by_answers(one: Rule, other: Rule) -> bool:
    policy = shipped_policy()
    return are_same(one, other, policy.statute, policy.parameters)


def by_solver(one: Rule, other: Rule) -> bool:
    return say_the_same(one, other, shipped_policy().parameters)


def changed(name: str, *steps: str | int, old: str = "", new: str | None = None) -> tuple[Rule, Rule]:
    """Give a shipped rule, and the same with a text replaced, or with the thing at *steps* left out."""
    rule = rule_of(shipped_policy(), name).rule
    written = copy.deepcopy(rule.source.value) | {"ask": {}}
    holder = written
    for step in steps[:-1]:
        holder = holder[step]
    if new is None:
        del holder[steps[-1]]
    else:
        assert old in holder[steps[-1]]
        holder[steps[-1]] = holder[steps[-1]].replace(old, new, 1)
    other = loaded(rule, written)
    assert other is not None
    return rule, other


@pytest.mark.parametrize(
    ("pair", "is_so"),
    [
        # a claim's own bound, where somebody else judges what it is worth
        (("R16.5-01", "exempt", 2, "if", "if_none(claim.until, approved_on)", "claim.until"), True),
        (("R16.5-01", "exempt", 2, "if", "claim.from_ <= approved_on", "claim.from_ < approved_on"), False),
        (("R16.5-01", "exempt", 2, "at_most", None), False),
        # an exemption that another one goes before
        (("R16.5-01", "exempt", 1, "if", 'and zone.merged_with_district.kind != "county"', ""), True),
        (("R16.5-01", "exempt", 1, "if", 'approver_level == "admin_committee" and', ""), False),
        # no paper, no proof; and a signal is a risk in any case
        (("R7.1-01", "exempt", 0, "if", " and legal_basis_doc_id is not None", ""), True),
        (("R7.1-01", "exempt", 0, "if", "happened(notice_on) and ", ""), False),
        # no basis is firm on that day, and a figure has no value before its first day
        pytest.param(
            ("R18.7-01", "exempt", 0, "if", '>= "2020-03-12"', '>= "2020-03-11"'), True, marks=pytest.mark.thorough
        ),
        pytest.param(
            ("R18.7-01", "exempt", 0, "if", '< "2021-03-12"', '< "2021-03-13"'), False, marks=pytest.mark.thorough
        ),
        pytest.param(
            ("R18.7-01", "exempt", 1, "if", ' and approved_on >= "2020-03-12"', ""), True, marks=pytest.mark.thorough
        ),
        pytest.param(
            ("R18.7-01", "exempt", 1, "if", '>= "2020-03-12"', '>= "2021-01-02"'), False, marks=pytest.mark.thorough
        ),
        # another basis is in force on every day that the rule is about
        (("R18.8-04", "basis", 3, None), True),
        (("R18.8-04", "basis", 0, None), False),
        (("R18.8-04", "basis", 0, "if", None), True),
        # what leads nowhere has no day
        (("R16.6-03", "violated", "detailed_plan_id is None or ", ""), True),
        (("R16.6-03", "violated", "detailed_plan.approved_on is None or ", ""), False),
    ],
    ids=lambda each: " ".join(map(str, each)) if isinstance(each, tuple) else "",
)
def test_what_no_answer_tells_apart_is_the_same(pair: tuple[Any, ...], is_so: bool) -> None:
    name, *steps = pair
    one, other = (
        changed(name, *steps[:-1]) if steps[-1] is None else changed(name, *steps[:-2], old=steps[-2], new=steps[-1])
    )
    assert by_answers(one, other) is is_so
    assert by_answers(other, one) is is_so


@pytest.mark.parametrize(
    ("name", "key", "let", "old", "new", "is_so"),
    [
        # the schema lets a share be a hundred at the most
        ("R17.3-01", "suspected", "", "else 100)", "else 101)", True),
        ("R17.3-01", "suspected", "", "else 100)", "else 99)", False),
        ("R17.3-01", "suspected", "", "coefficient_pct, 100)", "coefficient_pct, 40)", True),
        ("R17.3-01", "suspected", "", "coefficient_pct, 100)", "coefficient_pct, 39)", False),
        # a number of days that is compared with the thirty of a figure
        ("R18.6-07", "let", "consulted", "0 if", "29 if", True),
        ("R18.6-07", "let", "consulted", "0 if", "30 if", False),
        ("R18.6-02", "let", "posted_workdays", "0 if", "9 if", True),
        ("R18.6-02", "let", "posted_workdays", "0 if", "10 if", False),
        # at the edge both ways come to the same
        ("R18.8-04", "let", "prorated", "term_years < param", "term_years <= param", True),
        ("R18.8-04", "let", "prorated", "term_years / param", "term_years / 2 / param", False),
        ("R16.6-01", "let", "by_drawing", "surplus > 0", "surplus >= 0", True),
        ("R16.6-01", "let", "by_drawing", "surplus > 0", "surplus > 1", False),
        # what stands for none where there is nothing to compare it with
        ("R18.1-01", "let", "over_standard", "if_none(actual_cny, 0))", "if_none(actual_cny, 7))", True),
        ("R18.1-01", "let", "over_standard", "if_none(actual_cny, 0) >", "if_none(actual_cny, 7) >", False),
        ("R16.4-03", "let", "unpaid", "(0 if", "(3 if", True),
        ("R16.4-03", "let", "unpaid", "== 0 else", "== 1 else", False),
        # a day that may be known to the month only
        ("R17.2-01", "when", "", "years_after(if_none(approved_on, as_of), 1) < as_of", "happened(approved_on)", False),
    ],
)
def test_what_the_solver_knows_to_be_the_same(name: str, key: str, let: str, old: str, new: str, is_so: bool) -> None:
    one, other = changed(name, *((key, let) if let else (key,)), old=old, new=new)
    assert by_solver(one, other) is is_so
    assert by_solver(other, one) is is_so
    assert by_solver(one, one)


def killed(name: str) -> Iterator[tuple[Rule, Rule]]:
    policy = shipped_policy()
    compiled = rule_of(policy, name)
    stage = Stage(policy, compiled)
    for each in mutants(compiled.rule, policy.parameters, policy.figures):
        mutated = None if each.figures else loaded(compiled.rule, each.written)
        if mutated is not None and stage.kills(mutated, {}):
            yield compiled.rule, mutated


def never_called_the_same(names: list[str]) -> int:
    tried = 0
    for name in names:
        for one, other in killed(name):
            assert not by_answers(one, other), name
            assert not by_solver(one, other), name
            tried += 1
    return tried


def test_what_an_example_tells_apart_is_never_called_the_same() -> None:
    assert never_called_the_same(NAMES[::30]) > 100


@pytest.mark.thorough
def test_no_example_of_any_rule_tells_apart_what_is_called_the_same() -> None:
    assert never_called_the_same(NAMES) > 3_000


def unproved(names: list[str]) -> list[str]:
    policy = shipped_policy()
    scores = [mutate(policy, rule_of(policy, name)) for name in names]
    return [f"{each.place} {each.what}" for score in scores for each in score.survivors]


def test_the_rules_that_need_a_proof_leave_no_mutant_in_doubt() -> None:
    assert unproved(["R7.1-01", "R16.4-03", "R16.6-01", "R16.6-03", "R18.1-01", "R18.6-07"]) == []


@pytest.mark.thorough
def test_every_mutant_of_every_rule_is_killed_or_proved_to_be_none() -> None:
    assert unproved(NAMES) == []


def test_no_mutant_of_what_shandong_adds_is_left() -> None:
    policy = read_policy(folder("policies") / "shandong", dossier_schema())
    rules = [each for each in policy.rules if each.rule.id in {"R7.1-01", "R17.4-01", "R17.9-51"}]
    assert [each.place for rule in rules for each in mutate(policy, rule).survivors] == []
