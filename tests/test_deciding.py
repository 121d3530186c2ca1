"""What would decide what is not decided: the smallest sets of missing facts, and the papers that settle most."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from reference.program import loaded, rule_of, shipped_policy

from checker.checking import check
from checker.dossier.loading import dossier_schema
from checker.dossier.naming import steps_of
from checker.errors import DossierError
from checker.model import Finding, Grade, Report, Verdict
from checker.policy.loading import Policy
from checker.verifying import Case, cases, removable, without

EXAMPLES = Path(__file__).parents[1] / "examples"
RULES = ("R16.4-01", "R16.8-01", "R18.3-02", "R18.5-02", "R18.6-04", "R18.8-05")


def alone(rule: str) -> Policy:
    """Give the shipped pack with one rule in it."""
    return replace(shipped_policy(), rules=(rule_of(shipped_policy(), rule),))


def undetermined(policy: Policy, dossier: Any, as_of: date) -> Iterator[Finding]:
    report = check(policy, loaded(dossier), as_of=as_of)
    return (each for each in report.findings if each.verdict is Verdict.UNDETERMINED and each.decided_by)


@pytest.mark.parametrize("rule", RULES)
def test_with_one_of_the_smallest_sets_of_facts_the_rest_may_stay_unknown(rule: str) -> None:
    policy, random, tried = alone(rule), Random(54), 0  # noqa: S311 - nothing here is a secret
    decided = [each for each in cases(policy.rules[0], dossier_schema()) if each.expect is not Verdict.UNDETERMINED]
    for case in random.sample(decided, min(len(decided), 10)):
        keys = [each for each in removable(case.dossier, dossier_schema()) if each[0] != "meta"]
        for _ in range(12):
            tried += given_back(policy, case, random.sample(keys, min(len(keys), 4)))
    assert tried > 0


def given_back(policy: Policy, case: Case, keys: list[tuple[str, ...]]) -> int:
    """Take keys out, give only a smallest set of them back, and see that this decides; say how often that was so."""
    poor = case.dossier
    taken: list[tuple[str, ...]] = []
    for key in keys:
        if not any(key[: len(each)] == each for each in taken) and not any(each[: len(key)] == key for each in taken):
            poor = without(poor, key)
            taken.append(key)
    try:
        open_ = list(undetermined(policy, poor, case.as_of))
    except DossierError:
        return 0
    tried = 0
    for finding in open_:
        for pointers in finding.decided_by:
            wanted = {tuple(steps_of(each)) for each in pointers}
            if wanted <= {*taken}:
                richer = case.dossier
                for key in taken:
                    richer = richer if key in wanted else without(richer, key)
                report = check(policy, loaded(richer), as_of=case.as_of)
                still = [each for each in report.findings if each.id == finding.id]
                assert not still or still[0].verdict is not Verdict.UNDETERMINED, (case.name, keys)
                tried += 1
    return tried


def report() -> Report:
    found: Any = json.loads((EXAMPLES / "realistic" / "dossier.json").read_bytes())
    return check(shipped_policy(), loaded(found))


def test_papers_are_ranked_by_the_grades_of_what_each_settles_alone() -> None:
    told = report()
    findings = {each.id: each for each in told.findings}
    weigh = {Grade.S1: 4, Grade.S2: 3, Grade.S3: 2, Grade.A: 1, None: 1}
    for request in told.requests:
        assert set(request.settles) <= set(request.findings)
        assert request.weight == sum(weigh[findings[each].grade] for each in request.settles)
        for each in request.settles:
            papers = {one.pointer: one.document or one.label for one in findings[each].missing}
            assert any(
                {papers[one] for one in pointers} == {request.document} for pointers in findings[each].decided_by
            )
    ranks = [(each.weight, len(each.findings)) for each in told.requests]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0][0] > ranks[-1][0]


def test_a_set_is_of_what_is_missing_and_none_is_larger_than_need_be() -> None:
    sizes = set()
    for finding in report().findings:
        sizes |= {len(each) for each in finding.decided_by}
        assert {one for each in finding.decided_by for one in each} <= {each.pointer for each in finding.missing}
        assert len({len(each) for each in finding.decided_by}) <= 1
        assert not finding.decided_by or finding.verdict is Verdict.UNDETERMINED
    assert sizes >= {1, 2, 3}
