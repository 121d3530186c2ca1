"""What must hold whatever the dossier: silence accuses nobody and closes nothing, and the engine applies the ladder.

And that these tests would notice: a leak put in on purpose makes an accusation appear, or a finding fall silent.
"""

import resource
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from reference.program import PACK, loaded, plain_reading, random_samples, rule_of, shipped_policy, verdicts
from reference.strategies import Sample

from checker import ladder, network, values
from checker.checking import check
from checker.dossier.loading import dossier_schema
from checker.errors import DossierError, ReadingsDisagreeError
from checker.facts import View
from checker.judging import Judge
from checker.language.functions import FUNCTIONS
from checker.model import Verdict
from checker.network import Network
from checker.policy.loading import read_policy
from checker.verifying import (
    Removals,
    cases,
    creates_accusation,
    derive,
    disagreements,
    prove,
    removable,
    silences_finding,
    without,
)

RULES = [path.stem for path in sorted((PACK / "rules").glob("*.yaml"))]
IMPOVERISHED, FEW_IMPOVERISHED = 20, 2
IN_ONE_PROCESS, FEW_IN_ONE_PROCESS = 500, 100
MOST_GROWTH = 8 * 1024 * 1024

ENGINE: Any = vars(network)["engine"]
"""The C module, as the one module of ours that knows it has it."""

Patch = pytest.MonkeyPatch


def thorough(value: object) -> Any:
    """Give a parameter for the long run only."""
    return pytest.param(value, marks=pytest.mark.thorough)


# --- silence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [*RULES[::6], *(thorough(each) for each in RULES if each not in RULES[::6])])
def test_rule_is_proved(rule: str) -> None:
    compiled = rule_of(shipped_policy(), rule)
    proof = prove(shipped_policy(), compiled)
    truths = compiled.rule.law.tests + compiled.rule.law.pleas
    assert proof.problems == ()
    assert proof.combinations == 18 * 3**truths
    assert proof.removals.accusations == ()
    assert proof.removals.silenced == ()
    assert proof.removals.tried - proof.removals.refused > 200


@pytest.mark.parametrize("dossiers", [FEW_IMPOVERISHED, thorough(IMPOVERISHED)])
def test_taking_a_key_out_of_a_random_dossier_accuses_nobody_and_closes_nothing(dossiers: int) -> None:
    wrong = [told for given_sample in random_samples(range(dossiers)) for told in what_silence_does(given_sample)]
    assert wrong == []


def what_silence_does(given_sample: Sample) -> list[str]:
    """Take every key out of a dossier, one at a time, and tell what that accuses or closes.

    Only rules that can read a key are asked, but of every tenth all of them: the others must not notice.
    """
    before = by_rule(given_sample.dossier, given_sample.as_of)
    wrong = []
    for number, path in enumerate(removable(given_sample.dossier, dossier_schema())):
        rules = plain_reading().readers.get(part_of(path), frozenset(RULES))
        try:
            after = by_rule(
                without(dict(given_sample.dossier), path), given_sample.as_of, only=rules if number % 10 else RULES
            )
        except DossierError:
            continue
        wrong += [f"{rule} notices /{'/'.join(path)}" for rule in after.keys() - rules if after[rule] != before[rule]]
        for rule in after:
            accuses = creates_accusation(before[rule], after[rule])
            if accuses or silences_finding(before[rule], after[rule]):
                wrong.append(f"{rule}: {'accuses' if accuses else 'closes'} without /{'/'.join(path)}")
    return wrong


def part_of(path: tuple[str, ...]) -> str:
    """Give the part of a dossier that a key belongs to; a declaration belongs to its register, other heads to all."""
    match path:
        case ("meta", "completeness", register, *_):
            return register.partition(".")[0]
        case ("meta", *_):
            return ""
    return path[0]


def by_rule(
    dossier: Mapping[str, Any], as_of: date, *, only: Collection[str] = RULES
) -> Mapping[str, Mapping[str, Verdict]]:
    found: dict[str, dict[str, Verdict]] = {rule: {} for rule in only}
    for (rule, key), verdict in verdicts(shipped_policy(), loaded(dossier), as_of, only=only).items():
        found[rule][key] = Verdict(verdict)
    return found


MENDED: Mapping[str, Any] = {
    "meta": {
        "dossier_id": "D",
        "as_of_date": "2024-12-30",
        "completeness": {
            path: {"complete": True, "as_of": "2024-12-30", "count": count, "signatory": "甲"}
            for path, count in (("parcels", 2), ("parcels.payment_schedule", 1), ("parcels.payments", 0))
        },
    },
    "zone": {"zone_id": "Z"},
    "parcels": [
        {"parcel_id": "P1", "supply_method": "listing", "payment_schedule": [], "payments": [{"payment_id": "1"}]},
        {
            "parcel_id": "P2",
            "supply_method": "listing",
            "payment_schedule": [{"instalment_id": "1", "due_on": "2024-07-01", "amount_cny": 1}],
            "payments": [],
        },
    ],
}


def test_leaving_a_nested_list_out_does_not_mend_the_count_of_its_register() -> None:
    assert what_silence_does(Sample(dossier=dict(MENDED), as_of=date(2024, 12, 30))) == []


# --- would it be noticed ---------------------------------------------------------------------------------------------


def removals_with_leak(rule: str) -> Removals:
    """Take every key out of every example of a rule, in a pack that is read anew, so that it has the leak."""
    policy = read_policy(PACK, dossier_schema())
    compiled = rule_of(policy, rule)
    return derive(policy, compiled, list(cases(compiled, dossier_schema())))


def leak_index(patch: Patch) -> None:
    """Let an index forget the records whose key is not known."""
    index = View._index
    patch.setattr(View, "_index", lambda *given: replace(index(*given), blank=()))


def leak_happened(patch: Patch) -> None:
    """Let an event whose day is not known count as one that never was."""
    leak_function(patch, "happened", lambda event, as_of: values.happened(event, as_of) is True)


def leak_function(patch: Patch, name: str, run: Callable[..., object]) -> None:
    table = MappingProxyType({**FUNCTIONS, name: replace(FUNCTIONS[name], run=run)})
    for module in ("parsing", "compiling"):
        patch.setattr(f"checker.language.{module}.FUNCTIONS", table)


def leak_completeness(patch: Patch) -> None:
    """Let a declaration count that bears no day."""
    why = View._why_incomplete

    def without_day(view: View, path: str, held: values.Value, count: int | None, declared: values.Value) -> str:
        if declared is None:
            return why(view, path, held, count, declared)
        day = declared.as_of or view.as_of
        signed = SimpleNamespace(
            complete=declared.complete, as_of=day, count=declared.count, signatory=declared.signatory
        )
        return why(view, path, held, count, signed)

    patch.setattr(View, "_why_incomplete", without_day)


def leak_blank(patch: Patch) -> None:
    """Let every blank mean none in a register that is complete."""
    patch.setattr(View, "blank", lambda view, path, _: view.whole(path))


def leak_sum(patch: Patch) -> None:
    """Let a sum pass over the addends that are not known."""
    patch.setattr(values, "summed", lambda total, _, **__: total)


def leak_choice(patch: Patch) -> None:
    """Let the first of two values stand where it is not known which of them applies."""
    choose = values.choose
    patch.setattr(values, "choose", lambda condition, first, other: choose(condition is not False, first, other))


def leak_comparison(patch: Patch) -> None:
    """Let a value that is not known differ from every other."""
    same = values.same
    patch.setattr(values, "same", lambda left, right: same(left, right) is True)


def leak_order(patch: Patch) -> None:
    """Let a value that is not known come after every other."""
    at_most = values.at_most
    patch.setattr(values, "at_most", lambda left, right: at_most(left, right) is True)


def leak_binding(patch: Patch) -> None:
    """Take a zone whose level is not known for a national one."""
    binds = View.binds
    patch.setattr(View, "binds", lambda view, entry, day: binds(view, entry, day) is not False)


def leak_day(patch: Patch) -> None:
    """Let an act whose day is not known be one that never was."""
    ground = View.ground
    patch.setattr(
        View, "ground", lambda view, rule, day, *more: ground(view, rule, None if day is values.UNKNOWN else day, *more)
    )


def leak_silence(patch: Patch) -> None:
    """Say nothing of the registers that prove nothing."""
    patch.setattr(View, "silent", lambda *_: ())


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("leak", "rule"),
    [
        (leak_index, "R16.8-01"),
        (leak_completeness, "R18.8-01"),
        (leak_blank, "R16.4-01"),
        (leak_sum, "R18.8-01"),
        (leak_choice, "R18.3-02"),
        (leak_comparison, "R16.8-01"),
        (leak_order, "R18.8-01"),
        (leak_binding, "R16.6-01"),
    ],
)
def test_leak_that_accuses_is_noticed(leak: Callable[[Patch], None], rule: str, monkeypatch: Patch) -> None:
    leak(monkeypatch)
    assert removals_with_leak(rule).accusations


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("leak", "rule"),
    [
        (leak_happened, "R18.7-04"),
        (leak_sum, "R18.8-01"),
        (leak_comparison, "R16.5-02"),
        (leak_day, "R18.8-02"),
        (leak_silence, "R16.4-01"),
    ],
)
def test_leak_that_closes_a_finding_is_noticed(leak: Callable[[Patch], None], rule: str, monkeypatch: Patch) -> None:
    leak(monkeypatch)
    assert removals_with_leak(rule).silenced


def test_leak_in_a_column_of_signed_blanks_is_noticed_by_the_examples_themselves(monkeypatch: Patch) -> None:
    leak_happened(monkeypatch)
    policy = read_policy(PACK, dossier_schema())
    assert list(disagreements(policy, rule_of(policy, "R16.8-01")))


# --- the engine ------------------------------------------------------------------------------------------------------


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("replaced", "instead"),
    [
        ("violated is#0", "violated may be#0"),  # what may be violated is taken for violated
        ("exempt may be#0", "exempt is#0"),  # a mere claim is not seen
        ("5.0", "6.0"),  # every risk is a violation
        ("4.1", "8.0"),  # nobody but the undecided is left below
    ],
)
def test_one_engine_rule_in_the_place_of_another_changes_a_verdict_and_is_noticed(
    replaced: str, instead: str, monkeypatch: Patch
) -> None:
    law = rule_of(shipped_policy(), "R18.8-01").rule.law
    questions = [(law.rule, ground, truths) for truths in ladder.combinations(law) for ground in ladder.grounds()]
    engine = Network([law])
    sound = [engine.verdict(*question) for question in questions]
    name = "ladder_rules" if replaced in ladder.ALTERNATIVES else "engine_rules"
    write: Callable[..., Mapping[str, Any]] = getattr(network, name)

    def changed(*given: ladder.Law) -> Mapping[str, Any]:
        written = write(*given)
        return {**written, replaced: {**written[instead], "pri": written[replaced]["pri"]}}

    monkeypatch.setattr(network, name, changed)
    engine = Network([law])
    unsound = [engine.verdict(*question) for question in questions]
    assert unsound != sound
    judge = Judge([law])
    with pytest.raises(ReadingsDisagreeError):
        judge.prove(law.rule)
    for question, one, other in zip(questions, sound, unsound, strict=True):
        if one is other:
            assert judge.ask(*question) is one
        else:
            with pytest.raises(ReadingsDisagreeError):
                judge.ask(*question)


@pytest.mark.parametrize("number", [FEW_IN_ONE_PROCESS, thorough(IN_ONE_PROCESS)])
def test_nothing_is_left_behind_by_many_dossiers(number: int) -> None:
    examples = [case for rule in RULES for case in cases(rule_of(shipped_policy(), rule), dossier_schema())]
    chosen = examples[:: len(examples) // number]
    assert len(chosen) >= number
    dossiers = [(loaded(each.dossier), each.as_of) for each in chosen]

    def check_all() -> None:
        for dossier, as_of in dossiers:
            check(shipped_policy(), dossier, as_of=as_of)

    check_all()
    before, threads, asked = memory(), threading.active_count(), shipped_policy().judge.network.questions
    check_all()
    assert shipped_policy().judge.network.questions == asked
    assert threading.active_count() == threads
    assert memory() - before < MOST_GROWTH


def memory() -> int:
    """Give the memory that this process occupies, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def test_without_the_engine_there_is_no_verdict(monkeypatch: Patch) -> None:
    def silent(*_: object) -> Verdict:
        raise ZeroDivisionError

    policy = read_policy(PACK, dossier_schema())
    compiled = rule_of(policy, "R18.8-01")
    case = next(cases(compiled, dossier_schema()))
    monkeypatch.setattr(Network, "verdict", silent)
    with pytest.raises(ZeroDivisionError):
        check(policy, loaded(case.dossier), as_of=case.as_of)
    with pytest.raises(ZeroDivisionError):
        verdicts(policy, loaded(case.dossier), case.as_of)


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("assert_fact", lambda *_: (2, 1), "拒绝"),
        ("assert_fact", lambda *_: (1, 1), "没有给出结论"),
        ("retract_fact", lambda *_: (2, 1), "没有收回"),
    ],
)
def test_an_engine_that_fails_is_a_defect_and_no_verdict(
    name: str, answer: Callable[..., object], told: str, monkeypatch: Patch
) -> None:
    law = rule_of(shipped_policy(), "R18.8-01").rule.law
    engine = Network([law])
    truths = (True,) * (law.tests + law.pleas)
    monkeypatch.setattr(ENGINE, name, answer)
    with pytest.raises(ReadingsDisagreeError, match=told):
        engine.verdict(law.rule, (True, True, True), truths)


def test_a_fact_is_given_back_even_where_the_engine_breaks_off(monkeypatch: Patch) -> None:
    law = rule_of(shipped_policy(), "R18.8-01").rule.law
    engine = Network([law])
    given_back: list[tuple[object, ...]] = []
    retract = ENGINE.retract_fact

    def give_back(*given: object) -> object:
        given_back.append(given)
        return retract(*given)

    monkeypatch.setattr(ENGINE, "retract_fact", give_back)

    def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(ENGINE, "start_action_for_state", breaks)
    with pytest.raises(RuntimeError):
        engine.verdict(law.rule, (True, True, True), (True,) * (law.tests + law.pleas))
    assert len(given_back) == 1
