"""What the days ahead bring if nothing changes: the very day, for everybody, and nothing that is not so on that day."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import localcontext
from pathlib import Path

import pytest
from reference.program import loaded, random_samples, shipped_policy

from checker import values
from checker.checking import check, judge, look
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.errors import DossierError
from checker.foresight import foresee
from checker.model import Ahead, Mode, Verdict
from checker.policy.loading import Policy
from checker.reporting import FORMATS, reading

EXAMPLES = Path(__file__).parents[1] / "examples"
BAD = (Verdict.VIOLATION, Verdict.RISK)
AS_OF = date(2024, 12, 31)


def example() -> Dossier:
    return load_dossier((EXAMPLES / "dossier.json").read_bytes(), "dossier.json", dossier_schema())


def ahead(days: int, dossier: Dossier | None = None) -> Ahead:
    return foresee(shipped_policy(), dossier or example(), as_of=AS_OF, days=days)


def verdicts(policy: Policy, dossier: Dossier, day: date) -> Mapping[tuple[str, str], Verdict]:
    """Give the verdicts on a day, with what was said to hold taken to hold on."""
    with localcontext(values.EXACT):
        view = look(policy, dossier, day, assumed=True)
        return {
            (compiled.rule.id, view.key(compiled.rule.each, pair.found.chain)): pair.verdict
            for compiled in policy.rules
            for pair in judge(policy, view, compiled)
            if pair.found is not None
        }


def worse(before: Verdict, after: Verdict) -> bool:
    return after in BAD and (before not in BAD or (before, after) == (Verdict.RISK, Verdict.VIOLATION))


def day_by_day(policy: Policy, dossier: Dossier, days: int) -> Iterator[tuple[date, str, str, Verdict]]:
    """Look at every day, and give each subject with the first day on which it is worse than on the day before."""
    before, told = verdicts(policy, dossier, AS_OF), set()
    for number in range(1, days + 1):
        after = verdicts(policy, dossier, AS_OF + timedelta(days=number))
        for (rule, key), verdict in after.items():
            if worse(before[rule, key], verdict) and (rule, key, verdict) not in told:
                told.add((rule, key, verdict))
                yield AS_OF + timedelta(days=number), rule, key, verdict
        before = after


def test_the_days_are_those_that_a_look_at_every_day_finds() -> None:
    policy = replace(shipped_policy(), rules=tuple(each for each in shipped_policy().rules if "R18.8" in each.rule.id))
    found = foresee(policy, example(), as_of=AS_OF, days=160).turns
    told = [(each.on, each.rule, each.subject.id, each.verdict) for each in found]
    assert sorted(told) == sorted(day_by_day(policy, example(), 160))
    assert len(told) > 2


@pytest.mark.thorough
def test_on_the_day_it_is_so_and_on_the_day_before_it_is_not() -> None:
    for given in random_samples(range(30)):
        try:
            dossier = loaded(given.dossier)
        except DossierError:
            continue
        own_day, policy = dossier.root.meta.as_of_date, shipped_policy()
        for turn in foresee(shipped_policy(), dossier, as_of=own_day, days=400).turns:
            key = (turn.rule, turn.subject.id)
            assert verdicts(policy, dossier, turn.on)[key] is turn.verdict
            assert worse(verdicts(policy, dossier, turn.on - timedelta(days=1))[key], turn.verdict)
            assert verdicts(policy, dossier, turn.on - timedelta(days=1))[key] is turn.until_then
            assert turn.days == (turn.on - own_day).days


def test_what_is_declared_and_what_is_none_hold_on_as_no_later_check_would_say() -> None:
    later = check(shipped_policy(), example(), as_of=date(2025, 6, 1))
    [turn] = [each for each in ahead(160).turns if (each.rule, each.subject.id) == ("R18.8-01", "P4")]
    assert (turn.on, turn.before, turn.verdict) == (date(2025, 6, 1), Verdict.EXEMPT, Verdict.VIOLATION)
    assert later.projected
    assert not [each for each in later.findings if each.id == turn.finding and each.verdict is Verdict.VIOLATION]


@pytest.mark.parametrize("name", ["dossier.json", "realistic/dossier.json"])
def test_what_is_told_as_now_is_what_the_report_finds_now(name: str) -> None:
    dossier = load_dossier((EXAMPLES / name).read_bytes(), name, dossier_schema())
    policy, own_day = shipped_policy(), dossier.root.meta.as_of_date
    report = check(policy, dossier)
    found = {each.id: each.verdict for each in (*report.findings, *report.exempted)}
    with localcontext(values.EXACT):
        view = look(policy, dossier, own_day)
        now = {
            (compiled.rule.id, view.key(compiled.rule.each, pair.found.chain)): pair.verdict
            for compiled in policy.rules
            for pair in judge(policy, view, compiled)
            if pair.found is not None
        }
    turns = foresee(policy, dossier, as_of=own_day, days=200).turns
    assert turns
    for turn in turns:
        assert turn.before is now[turn.rule, turn.subject.id]
        assert turn.before is found.get(turn.finding, turn.before)
        assert worse(turn.until_then, turn.verdict)
    assert {each for each in turns if each.before is not each.until_then}


def test_the_verdict_of_the_day_before_is_told_where_it_is_not_that_of_now() -> None:
    [turn] = [each for each in ahead(180).turns if (each.rule, each.subject.id) == ("R18.8-07", "P4")]
    assert (turn.before, turn.until_then, turn.verdict) == (Verdict.COMPLIANT, Verdict.EXEMPT, Verdict.RISK)
    report = replace(check(shipped_policy(), example()), ahead=Ahead(until=turn.on, turns=(turn,), law=()))
    for page in ("text", "html"):
        told = "".join(FORMATS[page](report).decode().split())
        assert "现为“符合”，此前一日为“豁免”，将为“疑似”" in told


def test_law_comes_and_goes_on_days_after_the_look_up_to_the_last_one() -> None:
    starts = "gongping-banfa-2025"  # on 20 April 2025, 110 days later
    assert [each.on for each in ahead(110).law if each.id == starts] == ["2025-04-20"]
    assert [each for each in ahead(109).law if each.id == starts] == []
    after = foresee(shipped_policy(), example(), as_of=date(2025, 4, 20), days=30)
    assert [each for each in after.law if each.id == starts] == []


def test_an_outlook_comes_back_from_a_saved_report_and_is_told_to_people() -> None:
    report = check(shipped_policy(), example())
    assert report.ahead is None
    report = replace(report, ahead=ahead(160))
    assert reading.read(FORMATS["json"](report), "report.json") == report
    for page in ("text", "html"):
        told = FORMATS[page](report).decode()
        assert "展望至2025年6月9日（假定此后没有变化）" in told
        assert "2025年6月1日（152天后）" in told


def test_one_day_is_one_day_in_english() -> None:
    report = replace(check(shipped_policy(), example()), language="en", ahead=ahead(1))
    told = FORMATS["text"](report).decode()
    assert "1 January 2025 (in 1 day)" in told
    later = replace(report, ahead=ahead(160))
    assert "1 June 2025 (in 152 days)" in FORMATS["text"](later).decode()


def test_a_report_with_an_outlook_of_nothing_says_so() -> None:
    report = replace(check(shipped_policy(), example()), ahead=Ahead(until=date(2025, 1, 1), turns=(), law=()))
    assert "没有新的违反、疑似。" in FORMATS["text"](report).decode()
    assert "没有新的违反、疑似。" in FORMATS["html"](report).decode()
    for page in ("text", "html"):
        own = FORMATS[page](replace(report, mode=Mode.SELF_AUDIT)).decode()
        assert "没有新的需要整改、需要核实的事项。" in own
        assert "违反、疑似" not in own
