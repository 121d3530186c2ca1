"""What would put a violation right: tried in memory, found by a whole check, and taken back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import localcontext
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from reference.program import shipped_policy

from checker import curing, values
from checker.checking import check
from checker.curing import cure
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.model import Cure, Report, Verdict
from checker.reporting import FORMATS
from checker.reporting.reading import read

EXAMPLES = Path(__file__).parents[1] / "examples"
AS_OF = date(2024, 12, 31)
NOBODY_CAN = {"R18.8-02", "R18.8-03"}
"""What no change of one of its facts mends: money that was given back, and a promise of it."""


@cache
def dossier() -> Dossier:
    return load_dossier((EXAMPLES / "dossier.json").read_bytes(), "dossier.json", dossier_schema())


@cache
def report() -> Report:
    return check(shipped_policy(), dossier())


@cache
def cures() -> Mapping[str, Cure]:
    return {
        f"{each.rule}@{each.subject.id}": cure(shipped_policy(), dossier(), each, as_of=AS_OF)
        for each in report().findings
        if each.verdict is Verdict.VIOLATION
    }


def accusations(found: Report) -> Mapping[str, Verdict]:
    return {
        f"{each.rule}@{each.subject.id}": each.verdict
        for each in found.findings
        if each.verdict in {Verdict.VIOLATION, Verdict.RISK}
    }


def test_looking_for_cures_leaves_the_dossier_as_it_was() -> None:
    before = msgspec.json.encode(dossier().root)
    assert cures()
    assert msgspec.json.encode(dossier().root) == before
    assert check(shipped_policy(), dossier()) == report()


def test_with_the_change_a_whole_check_finds_it_compliant_and_broken_what_it_says() -> None:
    before = accusations(report())
    for finding in report().findings:
        name = f"{finding.rule}@{finding.subject.id}"
        found = cures().get(name)
        if finding.verdict is not Verdict.VIOLATION or finding.rule in NOBODY_CAN:
            assert found is None or not found.changes
            continue
        assert found is not None, name
        assert found.changes, name
        surgeon: Any = vars(curing)["_Surgery"](shipped_policy(), dossier(), finding, AS_OF)
        with localcontext(values.EXACT):
            few = next(each for each in surgeon.sets() if tuple(one.told for one in each) == found.changes)
        with vars(curing)["_made"](few):
            after = accusations(check(shipped_policy(), dossier()))
        assert name not in after
        worse = {each for each, verdict in after.items() if verdict is not before.get(each)}
        assert {each for each in worse if before.get(each) is not Verdict.VIOLATION} == set(found.breaks)


def test_what_is_short_is_told_to_the_cent_and_to_the_day() -> None:
    told = {name: each.changes for name, each in cures().items()}
    [arrears] = told["R18.8-01@P3"]
    assert arrears.after == "增加一条：缴款金额 17,000,000.00元、缴款日期 2024年12月31日"
    [covered] = told["R16.6-01@Z01"]
    assert (covered.before, covered.after) == ("900公顷", "995公顷")
    assert len(told["R18.3-02@T1"]) == len(("countries", "days", "cost"))


def test_a_change_that_breaks_another_rule_says_so() -> None:
    arrears = cures()["R18.8-01@P3"]
    assert arrears.breaks == ("R18.8-07@P3",)  # what is paid late bears a fee, which nobody has assessed


def test_where_nothing_that_was_tried_is_enough_the_report_says_so() -> None:
    found = tuple(
        replace(each, cure=cures().get(f"{each.rule}@{each.subject.id}")) if each.rule == "R18.8-02" else each
        for each in report().findings
    )
    tried = replace(report(), findings=found)
    assert sum(each.cure == Cure(changes=(), breaks=()) for each in found) == 1
    pages = [FORMATS["html"](each).decode() for each in (report(), tried)]
    assert [each.count("没有试出能使它符合的改动") for each in pages] == [0, 1]
    assert read(FORMATS["json"](tried), "saved.json") == tried
