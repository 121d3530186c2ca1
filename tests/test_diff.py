"""Two checks compared: what became of each finding, and that every cause told of it is one."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from packs import copied
from reference.program import PACK, shipped_policy
from test_cli import Run, desk, run

from checker import exchanging
from checker.authoring import fingerprint
from checker.checking import check
from checker.differing import CauseKind, Change, Diff, How, Kind, Presence, differ
from checker.dossier.comparing import Comparison
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.errors import DossierError, ReportError
from checker.exchanging import Side, fewest, smallest_sets
from checker.model import Grade, Report, Verdict
from checker.policy.loading import Policy, read_policy
from checker.reporting import diff as reporting
from checker.reporting import json as saved_as
from checker.reporting.reading import read
from checker.resources import folder

__all__ = ["desk", "run"]

EXAMPLES = Path(__file__).parents[1] / "examples"
RAW: dict[str, Any] = json.loads((EXAMPLES / "dossier.json").read_bytes())
SCHEMA = json.loads((folder("schemas") / "diff.schema.json").read_bytes())
ARREARS, REFUNDS, LATE_FEES, TITLES = "R18.8-01", "R18.8-02", "R18.8-07", "R18.8-05"
LATER = "2025-06-30"

Edit = Callable[[dict[str, Any]], object]
Text = tuple[str, str, str]


# --- what is compared -----------------------------------------------------------------------------------------------


def parcel(dossier: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [each for each in dossier["parcels"] if each["parcel_id"] == name]
    return found  # type: ignore[no-any-return]


def loaded(raw: Mapping[str, Any], name: str = "dossier.json") -> Dossier:
    return load_dossier(json.dumps(raw, ensure_ascii=False).encode(), name, dossier_schema())


def edited(*edits: Edit, of: Mapping[str, Any] = RAW) -> Dossier:
    raw = deepcopy(dict(of))
    for each in edits:
        each(raw)
    return loaded(raw)


def paid_in_full(dossier: dict[str, Any]) -> None:
    parcel(dossier, "P3")["payments"][1]["amount_cny"] = 25_000_000


def half_a_year_later(dossier: dict[str, Any]) -> None:
    dossier["meta"]["as_of_date"] = LATER
    for each in dossier["meta"]["completeness"].values():
        if each.get("as_of") == "2024-12-31":
            each["as_of"] = LATER


def one_more_instalment(dossier: dict[str, Any]) -> None:
    parcel(dossier, "P1")["payment_schedule"].append({"instalment_id": "9", "due_on": "2025-03-01", "amount_cny": 7})
    dossier["meta"]["completeness"]["parcels.payment_schedule"]["count"] += 1


def a_year_later(dossier: dict[str, Any]) -> None:
    dossier["meta"]["as_of_date"] = "2025-12-31"
    for each in dossier["meta"]["completeness"].values():
        each["as_of"] = "2025-12-31"


def the_rest_is_paid(dossier: dict[str, Any]) -> None:
    rest = {"payment_id": "3", "account_kind": "treasury", "paid_on": "2025-03-01", "amount_cny": 17_000_000}
    parcel(dossier, "P3")["payments"].append(rest)
    dossier["meta"]["completeness"]["parcels.payments"]["count"] += 1


def one_parcel_more(dossier: dict[str, Any]) -> None:
    dossier["parcels"].append({**deepcopy(parcel(dossier, "P3")), "parcel_id": "P99", "contract_no": "另一号"})
    declared = dossier["meta"]["completeness"]
    declared["parcels"]["count"] += 1
    for name in ("payments", "payment_schedule"):
        declared[f"parcels.{name}"]["count"] += 2


def nothing(_: dict[str, Any]) -> None:
    pass


@cache
def pack(rules: tuple[str, ...], texts: tuple[Text, ...], place: Path) -> Policy:
    """Read a version of the pack with some of its rules and with some text of it changed, running no examples."""
    copy = copied(place / str(abs(hash((rules, texts)))) / PACK.name, *rules)
    for file, old, new in texts:
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return read_policy(copy, dossier_schema(), examples=False)


def side(dossier: Dossier, policy: Policy, as_of: date | None = None) -> Side:
    return Side(report=check(policy, dossier, as_of=as_of), dossier=dossier, policy=policy)


def reported(one: Side) -> Side:
    """Give a side of which only the saved report is at hand."""
    return Side(report=read(saved_as.render(one.report), "report.json"))


def found(diff: Diff, rule: str, subject: str) -> Change:
    [each] = [each for each in diff.changes if (each.rule, each.subject.id) == (rule, subject)]
    return each


def causes(change: Change) -> list[set[str]]:
    return [{each.kind.value for each in one.causes} for one in change.explanations]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs")


# --- each cause alone -----------------------------------------------------------------------------------------------

STRICTER = (f"rules/{ARREARS}.yaml", "violated: paid < due", "violated: paid > due")
HARMLESS = (f"rules/{LATE_FEES}.yaml", "title: ", "title: 又名")
NO_FEE = ("parameters.yaml", "value: 0.001\n", "value: 0.0000000001\n")
ANOTHER_VERSION = ("policy.yaml", 'version: "1.0.0"', 'version: "1.0.1"')


def ended() -> Text:
    text = (PACK / "statutes.yaml").read_text(encoding="utf-8")
    entry = text[text.index("- id: guobanfa-2006-100") :].partition("\n\n")[0]
    return "statutes.yaml", entry, entry.replace("  to: null", "  to: 2007-01-02")


ALONE: Mapping[str, tuple[Edit, tuple[str, ...], tuple[Text, ...], str, str, Kind]] = {
    "data": (paid_in_full, (ARREARS, LATE_FEES), (), ARREARS, "P3", Kind.FIXED),
    "rule": (nothing, (ARREARS, LATE_FEES), (STRICTER,), ARREARS, "P3", Kind.FIXED),
    "parameter": (nothing, (ARREARS, LATE_FEES), (NO_FEE,), LATE_FEES, "P3", Kind.FIXED),
    "statute": (nothing, (REFUNDS,), (ended(),), REFUNDS, "X1", Kind.FIXED),
    "time": (half_a_year_later, (ARREARS,), (), ARREARS, "P4", Kind.REGRESSED),
}
"""What is changed in the dossier and the pack, and one change that it makes."""


@pytest.mark.parametrize("cause", ALONE)
def test_a_cause_is_told_that_alone_makes_the_difference(cause: str, place: Path) -> None:
    edit, rules, texts, rule, subject, kind = ALONE[cause]
    diff = differ(side(edited(), pack(rules, (), place)), side(edited(edit), pack(rules, texts, place)))
    each = found(diff, rule, subject)
    assert each.kind is kind
    assert causes(each) == [{cause}]
    assert {one.how for one in each.explanations} == {How.PROVED}
    assert diff.is_proved


@pytest.mark.parametrize("cause", sorted(set(ALONE) - {"time"}))  # later, the declarations in the dossier changed too
def test_from_reports_alone_the_same_cause_is_inferred_and_called_so(cause: str, place: Path) -> None:
    edit, rules, texts, rule, subject, _ = ALONE[cause]
    before, after = side(edited(), pack(rules, (), place)), side(edited(edit), pack(rules, texts, place))
    each = found(diff := differ(reported(before), reported(after)), rule, subject)
    assert not diff.is_proved
    assert "没有旧的一方的档案、政策包" in diff.unproved
    [one] = each.explanations
    assert one.how is How.INFERRED
    assert causes(each) in ([{cause}], [{"pack"}])
    assert "只有" in one.because


@pytest.mark.parametrize("cause", ["rule", "parameter", "statute"])
def test_with_the_packs_at_hand_an_inference_is_as_exact_as_a_proof(cause: str, place: Path) -> None:
    _, rules, texts, rule, subject, _ = ALONE[cause]
    before, after = side(edited(), pack(rules, (), place)), side(edited(), pack(rules, texts, place))
    one, other = (replace(reported(each), policy=each.policy) for each in (before, after))
    inferred, proved = found(differ(one, other), rule, subject), found(differ(before, after), rule, subject)
    assert [each.how for each in inferred.explanations] == [How.INFERRED]
    assert [each.causes for each in inferred.explanations] == [each.causes for each in proved.explanations]


def test_a_pack_at_hand_that_differs_elsewhere_is_not_inferred_either(place: Path) -> None:
    rules = (ARREARS, LATE_FEES)
    before = side(edited(), pack(rules, (), place))
    after = side(edited(paid_in_full), pack(rules, (HARMLESS, ANOTHER_VERSION), place))
    one, other = (replace(reported(each), policy=each.policy) for each in (before, after))
    [explained] = found(differ(one, other), ARREARS, "P3").explanations
    assert [each.kind for each in explained.causes] == [CauseKind.DATA]
    [unknown] = found(differ(reported(before), reported(after)), ARREARS, "P3").explanations
    assert unknown.how is How.UNDETERMINED


def test_the_entry_that_made_the_difference_is_named(place: Path) -> None:
    policy = pack((ARREARS, LATE_FEES), (), place)
    each = found(differ(side(edited(), policy), side(edited(paid_in_full), policy)), ARREARS, "P3")
    [[told]] = [one.causes for one in each.explanations]
    [entry] = told.entries
    assert (entry.record, entry.before, entry.after) == ("P3/2", "8,000,000.00元", "25,000,000.00元")
    assert entry.pointer == "/parcels/2/payments/1/amount_cny"
    assert told.is_smallest


def test_inferred_entries_are_read_off_the_facts_of_both_findings(place: Path) -> None:
    policy = pack((ARREARS,), (), place)

    def unpaid(dossier: dict[str, Any]) -> None:
        parcel(dossier, "P6")["payment_schedule"][0]["amount_cny"] = 99_000_000

    diff = differ(reported(side(edited(), policy)), reported(side(edited(unpaid), policy)))
    each = found(diff, ARREARS, "P6")
    assert each.kind is Kind.REGRESSED
    [one] = each.explanations
    assert one.how is How.INFERRED
    [told] = one.causes
    assert told.kind is CauseKind.DATA
    assert told.entries
    assert not told.is_smallest


def test_that_only_the_confirmation_of_a_figure_changed_is_seen(place: Path) -> None:
    """Softness is compiled into a rule: the rule is read again with the other figure."""
    text = (PACK / "parameters.yaml").read_text(encoding="utf-8")
    entry = text[text.index("- id: refund.window_months") :].partition("\n\n")[0]
    confirmed = entry.replace("kind: proposal", "kind: law").replace("mark: P", "mark: Sa")
    confirmed = confirmed.replace("verified: false", "verified: true")
    rules = (REFUNDS,)
    old, new = pack(rules, (), place), pack(rules, (("parameters.yaml", entry, confirmed),), place)
    diff = differ(side(edited(), old), side(edited(), new))
    assert {cause for each in diff.changes for one in causes(each) for cause in one} <= {"parameter"}


def test_a_rule_that_is_new_or_gone_is_a_cause_and_no_cure(place: Path) -> None:
    less, more = pack((ARREARS,), (), place), pack((ARREARS, REFUNDS), (), place)
    new, gone = (differ(side(edited(), one), side(edited(), other)) for one, other in ((less, more), (more, less)))
    assert {each.kind for each in new.changes} <= {Kind.NEW, Kind.OTHERWISE}
    assert {each.kind for each in gone.changes} <= {Kind.GONE, Kind.OTHERWISE}
    each = found(new, REFUNDS, "X1")
    assert causes(each) == [{"rule"}]
    assert each.before.presence is Presence.NO_RULE
    assert each.explanations[0].causes[0].detail == "新增规则"
    assert found(gone, REFUNDS, "X1").explanations[0].causes[0].detail == "删去规则"
    inferred = differ(reported(side(edited(), less)), reported(side(edited(), more)))
    assert found(inferred, REFUNDS, "X1").explanations[0].because == "两份报告所列的规则不同"


def test_a_report_by_another_program_is_told_from_what_this_one_finds(place: Path) -> None:
    policy = pack((ARREARS,), (), place)
    old = side(edited(), policy)
    milder = tuple(
        replace(each, verdict=Verdict.RISK) if each.subject.id == "P3" else each for each in old.report.findings
    )
    other = replace(old, report=replace(old.report, tool_version="0.0.1", findings=milder))
    each = found(differ(other, old), ARREARS, "P3")
    assert each.kind is Kind.REGRESSED
    assert causes(each) == [{"program"}]
    [[told]] = [one.causes for one in each.explanations]
    assert (told.id, told.before, told.after) == ("zonecheck 0.0.1", "疑似，需核查", "违反")
    [inferred] = found(differ(reported(other), reported(old)), ARREARS, "P3").explanations
    assert [one.kind for one in inferred.causes] == [CauseKind.PROGRAM]


def test_a_grade_that_nothing_explains_is_undetermined_even_with_everything_at_hand(place: Path) -> None:
    one = side(edited(), pack((ARREARS,), (), place))
    altered = tuple(replace(each, grade=Grade.A) for each in one.report.findings if each.subject.id == "P3")
    diff = differ(replace(one, report=replace(one.report, findings=altered)), one)
    each = found(diff, ARREARS, "P3")
    assert each.kind is Kind.REGRESSED
    [explained] = each.explanations
    assert (explained.how, explained.causes) == (How.UNDETERMINED, ())


def test_a_program_may_be_a_cause_beside_another(place: Path) -> None:
    policy = pack((ARREARS,), (), place)
    old, new = side(edited(paid_in_full), policy), side(edited(), policy)
    listed = tuple(each for each in new.report.findings if each.subject.id == "P3")
    suspected = replace(old.report, findings=tuple(replace(each, verdict=Verdict.RISK) for each in listed))
    each = found(differ(replace(old, report=suspected), new), ARREARS, "P3")
    assert causes(each) == [{"program", "data"}]


# --- several, none --------------------------------------------------------------------------------------------------


def test_causes_that_only_together_make_the_difference_are_told_together(place: Path) -> None:
    policy = pack((ARREARS,), (), place)
    diff = differ(side(edited(), policy), side(edited(half_a_year_later, one_more_instalment), policy))
    each = found(diff, ARREARS, "P1")
    assert causes(each) == [{"data", "time"}]
    [one] = each.explanations
    [entries] = [cause.entries for cause in one.causes if cause.kind is CauseKind.DATA]
    assert {entry.after for entry in entries} >= {"有"}


def test_causes_each_of_which_is_enough_are_told_side_by_side(place: Path) -> None:
    old, new = pack((ARREARS,), (), place), pack((ARREARS,), (STRICTER,), place)
    each = found(differ(side(edited(), old), side(edited(paid_in_full), new)), ARREARS, "P3")
    assert sorted(map(sorted, causes(each))) == [["data"], ["rule"]]


def test_a_pack_that_differs_elsewhere_is_no_cause(place: Path) -> None:
    rules = (ARREARS, LATE_FEES)
    old, new = pack(rules, (), place), pack(rules, (HARMLESS, ANOTHER_VERSION), place)
    assert differ(side(edited(), old), side(edited(), new)).changes == ()
    each = found(differ(side(edited(), old), side(edited(paid_in_full), new)), ARREARS, "P3")
    assert causes(each) == [{"data"}]


def test_a_subject_that_is_new_or_gone_is_told_as_such(place: Path) -> None:
    policy = pack((ARREARS,), (), place)
    one, other = side(edited(), policy), side(edited(one_parcel_more), policy)
    new, gone = found(differ(one, other), ARREARS, "P99"), found(differ(other, one), ARREARS, "P99")
    assert (new.kind, gone.kind) == (Kind.NEW, Kind.GONE)
    assert new.before.presence is gone.after.presence is Presence.NO_SUBJECT
    [[told]] = [each.causes for each in new.explanations]
    assert [(each.record, each.before) for each in told.entries] == [("P99", "没有这条记录")]
    assert told.is_smallest


def test_a_register_that_is_complete_now_is_fixed_and_not_gone(place: Path) -> None:
    policy = pack((ARREARS,), (), place)

    def incomplete(dossier: dict[str, Any]) -> None:
        dossier["meta"]["completeness"]["parcels"]["complete"] = False

    each = found(differ(side(edited(incomplete), policy), side(edited(), policy)), ARREARS, "parcels")
    assert each.kind is Kind.FIXED
    [[told]] = [one.causes for one in each.explanations]
    assert [entry.pointer for entry in told.entries] == ["/meta/completeness/parcels"]


def test_a_number_of_records_that_was_right_and_is_right_is_no_entry_of_its_own(place: Path) -> None:
    old, new = edited().root, edited(one_parcel_more).root
    compared = Comparison(old, new, dossier_schema())
    [added] = compared.differences
    with compared.made([added]):
        assert old.meta.completeness["parcels"].count == len(old.parcels)
        assert old.meta.completeness["parcels.payments"].count == new.meta.completeness["parcels.payments"].count

    def miscounted(dossier: dict[str, Any]) -> None:
        dossier["parcels"].pop()

    policy = pack((ARREARS,), (), place)
    diff = differ(side(edited(), policy), side(edited(miscounted), policy))
    each = found(diff, ARREARS, "parcels")
    [[told]] = [one.causes for one in each.explanations]
    assert [entry.after for entry in told.entries] == ["没有这条记录"]


def test_where_nothing_shows_the_cause_it_is_called_undetermined(place: Path) -> None:
    policy, other = pack((ARREARS,), (), place), pack((ARREARS,), (STRICTER,), place)
    old = reported(side(edited(), policy))
    altered = replace(old.report, findings=tuple(each for each in old.report.findings if each.subject.id != "P3"))
    [one] = found(differ(old, Side(report=altered)), ARREARS, "P3").explanations
    assert (one.how, one.causes) == (How.UNDETERMINED, ())
    assert "都相同" in one.because
    both = differ(old, reported(side(edited(paid_in_full), other)))
    [one] = found(both, ARREARS, "P3").explanations
    assert (one.how, one.causes) == (How.UNDETERMINED, ())
    assert "档案、政策包不同" in one.because


def test_only_the_day_is_inferred_where_all_that_is_listed_is_the_same(place: Path) -> None:
    policy = pack((ARREARS,), (), place)
    held = edited()
    before, after = side(held, policy, date(2024, 7, 1)), side(held, policy)
    diff = differ(reported(before), reported(after))
    assert {cause.kind for each in diff.changes for one in each.explanations for cause in one.causes} <= {
        CauseKind.TIME
    }
    proved = differ(before, after)
    assert [causes(each) for each in proved.changes] == [[{"time"}]] * len(proved.changes)


MONTH_KNOWN, PAID_LATE = (ARREARS, "P6"), (LATE_FEES, "P3")


@pytest.mark.parametrize(
    ("which", "unlike"), [(MONTH_KNOWN, ("到期应缴价款", "缺的事实")), (PAID_LATE, ("已缴价款", "判定项的真假"))]
)
def test_where_the_day_differs_too_no_change_of_the_dossier_is_made_up(
    which: tuple[str, str], unlike: tuple[str, ...], place: Path
) -> None:
    """That a month is over settles what was missing; what was paid is worked out, and both causes may be at work."""
    policy = pack((ARREARS, LATE_FEES), (), place)
    before, after = side(edited(), policy), side(edited(a_year_later, the_rest_is_paid), policy)
    [explained] = found(differ(reported(before), reported(after)), *which).explanations
    assert (explained.how, explained.causes) == (How.UNDETERMINED, ())
    assert "档案、时间经过不同" in explained.because
    assert "都相同" not in explained.because
    assert all(each in explained.because for each in unlike)
    proved = causes(found(differ(before, after), *which))
    assert proved == ([{"time"}] if which is MONTH_KNOWN else [{"data", "time"}])


def test_what_one_place_of_the_dossier_says_otherwise_may_be_the_cause_as_may_the_day(place: Path) -> None:
    def otherwise_supplied(dossier: dict[str, Any]) -> None:
        parcel(dossier, "P6")["supply_method"] = "listing"

    policy = pack((ARREARS,), (), place)
    before, after = side(edited(), policy), side(edited(a_year_later, otherwise_supplied), policy)
    [explained] = found(differ(reported(before), reported(after)), ARREARS, "P6").explanations
    assert explained.how is How.UNDETERMINED
    assert [each.kind for each in explained.causes] == [CauseKind.DATA, CauseKind.TIME]
    assert [(each.before, each.after) for each in explained.causes[0].entries] == [("拍卖出让", "挂牌出让")]
    assert causes(found(differ(before, after), ARREARS, "P6")) == [{"time"}]


def test_the_day_on_which_the_verdict_turned_is_told(place: Path) -> None:
    """The deferral of P4 ends on 2025-05-31."""
    policy = pack((ARREARS,), (), place)
    each = found(differ(side(edited(), policy), side(edited(half_a_year_later), policy)), ARREARS, "P4")
    [[told]] = [one.causes for one in each.explanations]
    assert (told.before, told.after, told.detail) == ("2024年12月31日", "2025年6月30日", "自2025年6月1日起")


def test_declarations_that_nobody_renewed_are_told_apart_from_a_day_that_passed(place: Path) -> None:
    policy = pack((ARREARS,), (), place)

    def later_and_no_more(dossier: dict[str, Any]) -> None:
        dossier["meta"]["as_of_date"] = LATER

    one, other = side(edited(), policy), side(edited(later_and_no_more), policy)
    diff = differ(one, other)
    assert found(diff, ARREARS, "parcels").kind is Kind.NEW
    for each in diff.changes:
        [explained] = each.explanations
        assert {cause.kind for cause in explained.causes} == {CauseKind.TIME}
    told = {cause.id for one in found(diff, ARREARS, "parcels").explanations for cause in one.causes}
    assert told == {"declarations"}
    back = differ(other, one)
    assert {cause.kind for each in back.changes for one in each.explanations for cause in one.causes} == {
        CauseKind.TIME
    }


def test_entries_that_there_was_no_time_to_leave_out_are_told_as_such(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "MOST_TRIALS", 2)
    policy = pack((ARREARS,), (), place)

    def much(dossier: dict[str, Any]) -> None:
        for each in dossier["parcels"]:
            each["area_sqm"] = each.get("area_sqm", 0) + 100

    each = found(differ(side(edited(), policy), side(edited(paid_in_full, much), policy)), ARREARS, "P3")
    [[told]] = [one.causes for one in each.explanations]
    assert not told.is_smallest
    assert len(told.entries) > 1
    assert "可能多于必要" in told.detail


def test_a_projected_report_differs_by_the_day_alone(place: Path) -> None:
    policy, held = pack((ARREARS,), (), place), edited()
    diff = differ(side(held, policy), side(held, policy, date(2025, 6, 30)))
    assert diff.changes
    assert all(causes(each) == [{"time"}] for each in diff.changes)


MILDER_ARREARS = (f"rules/{ARREARS}.yaml", "grade: S1", "grade: S2")
REWORDED_ARREARS = (f"rules/{ARREARS}.yaml", "violated: paid < due", "violated: due > paid")
MILDER_FEES = (f"rules/{LATE_FEES}.yaml", "grade: S2", "grade: S3")
MILDER_REFUNDS = (f"rules/{REFUNDS}.yaml", "grade: S1", "grade: S2")
DEARER = ("parameters.yaml", "value: 0.001\n", "value: 0.002\n")


def begun() -> Text:
    """Let an edition have come into force a day later."""
    text = (PACK / "statutes.yaml").read_text(encoding="utf-8")
    entry = text[text.index("- id: guobanfa-2006-100") :].partition("\n\n")[0]
    [line] = [each for each in entry.splitlines() if each.startswith("  from: ")]
    return "statutes.yaml", entry, entry.replace(line, "  from: 2006-12-18")


def beside_the_point(dossier: dict[str, Any]) -> None:
    dossier["zone"]["name_zh"] = "岚溪开发区"


def test_a_graver_grade_is_worse_though_the_verdict_is_the_same(place: Path) -> None:
    old, new = pack((ARREARS,), (MILDER_ARREARS,), place), pack((ARREARS,), (), place)
    diff = differ(side(edited(), old), side(edited(), new))
    each = found(diff, ARREARS, "P3")
    assert (each.kind, each.before.verdict, each.after.verdict) == (
        Kind.REGRESSED,
        Verdict.VIOLATION,
        Verdict.VIOLATION,
    )
    assert causes(each) == [{"rule"}]
    assert each.explanations[0].causes[0].detail == "改了grade"
    assert found(differ(side(edited(), new), side(edited(), old)), ARREARS, "P3").kind is Kind.MILDER


def test_within_a_pack_one_thing_is_exchanged_at_a_time(place: Path) -> None:
    """The rule says the same in other words; the figure alone makes the difference, and so does an edition."""
    reworded = (f"rules/{LATE_FEES}.yaml", "limits:", "# limits\nlimits:")
    old = pack((LATE_FEES, ARREARS), (), place)
    new = pack((LATE_FEES, ARREARS), (NO_FEE, reworded, REWORDED_ARREARS), place)
    diff = differ(side(edited(), old), side(edited(), new))
    assert [(each.rule, causes(each)) for each in diff.changes] == [(LATE_FEES, [{"parameter"}])] * len(diff.changes)
    assert diff.changes
    other = (f"rules/{REFUNDS}.yaml", "title: ", "kind: violation\ntitle: ")
    texts = (ended(), other)
    diff = differ(side(edited(), pack((REFUNDS,), (), place)), side(edited(), pack((REFUNDS,), texts, place)))
    assert causes(found(diff, REFUNDS, "X1")) == [{"statute"}]
    both_needed = (f"rules/{LATE_FEES}.yaml", "grade: S2", "grade: S3")
    new = pack((LATE_FEES,), (NO_FEE, both_needed), place)
    diff = differ(side(edited(), pack((LATE_FEES,), (), place)), side(edited(), new))
    assert causes(found(diff, LATE_FEES, "P3")) == [{"parameter"}]


CLUES: Mapping[str, tuple[str, str, tuple[Text, ...], str]] = {
    "rule": (ARREARS, "P3", (MILDER_ARREARS, REWORDED_ARREARS), "判定项不同"),
    "parameter": (LATE_FEES, "P3", (MILDER_FEES, DEARER), ""),
    "statute": (REFUNDS, "X1", (MILDER_REFUNDS, begun()), ""),
}


@pytest.mark.parametrize("cause", CLUES)
def test_of_several_things_that_differ_what_the_findings_show_is_inferred(cause: str, place: Path) -> None:
    rule, subject, texts, detail = CLUES[cause]
    before = side(edited(), pack((rule,), (), place))
    after = side(edited(beside_the_point), pack((rule,), texts, place))
    [explained] = found(differ(reported(before), reported(after)), rule, subject).explanations
    assert explained.how is How.INFERRED
    assert "档案、政策包不同；这一项所列的内容有这些不同" in explained.because
    assert cause in {each.kind.value for each in explained.causes}
    [told] = [each for each in explained.causes if each.kind.value == cause]
    assert told.detail == detail


def test_what_is_missing_in_one_finding_alone_is_an_inferred_entry(place: Path) -> None:
    policy = pack((ARREARS,), (MILDER_ARREARS,), place)

    def told(dossier: dict[str, Any]) -> None:
        parcel(dossier, "P6")["payment_schedule"][1]["due_on"] = "2024-12-20"

    each = found(differ(reported(side(edited(), policy)), reported(side(edited(told), policy))), ARREARS, "P6")
    [explained] = each.explanations
    [cause] = explained.causes
    assert any("（未填）" in {entry.before, entry.after} for entry in cause.entries)


# --- what holds of all ----------------------------------------------------------------------------------------------

PAIRS: Mapping[str, tuple[tuple[Edit, ...], tuple[Edit, ...]]] = {
    "paid": ((), (paid_in_full,)),
    "later": ((), (half_a_year_later,)),
    "all at once": ((one_parcel_more,), (half_a_year_later, one_more_instalment, paid_in_full)),
}
MIRROR = {
    Kind.NEW: {Kind.FIXED, Kind.GONE},
    Kind.REGRESSED: {Kind.MILDER, Kind.FIXED},
    Kind.FIXED: {Kind.NEW, Kind.REGRESSED},
    Kind.GONE: {Kind.NEW},
    Kind.MILDER: {Kind.REGRESSED},
    Kind.OTHERWISE: {Kind.OTHERWISE},
}


@cache
def both(name: str) -> tuple[Side, Side]:
    before, after = PAIRS[name]
    return side(edited(*before), shipped_policy()), side(edited(*after), shipped_policy())


@pytest.mark.parametrize("only_reports", [False, True], ids=["proved", "reports"])
@pytest.mark.parametrize("name", PAIRS)
def test_the_other_way_round_new_is_fixed_and_worse_is_milder(name: str, only_reports: bool) -> None:
    one, other = map(reported, both(name)) if only_reports else both(name)
    there, back = differ(one, other), differ(other, one)
    turned = {each.id: each for each in back.changes}
    assert {each.id for each in there.changes} == set(turned)
    for each in there.changes:
        again = turned[each.id]
        assert (each.before, each.after) == (again.after, again.before)
        assert again.kind in MIRROR[each.kind]
        is_finding = each.before.is_finding and each.after.is_finding
        assert (again.kind in {Kind.MILDER, Kind.REGRESSED} and each.kind in {Kind.MILDER, Kind.REGRESSED}) >= (
            is_finding
        )
    assert there.counts[Kind.UNCHANGED] == back.counts[Kind.UNCHANGED]


@pytest.mark.parametrize("only_reports", [False, True], ids=["proved", "reports"])
@pytest.mark.parametrize("name", PAIRS)
def test_the_counts_add_up_to_the_totals(name: str, only_reports: bool) -> None:
    one, other = map(reported, both(name)) if only_reports else both(name)
    diff = differ(one, other)
    assert diff.counts[Kind.UNCLEAR] == 0
    assert sum(diff.counts.values()) == len(diff.changes) + diff.counts[Kind.UNCHANGED]
    for verdict in (each for each in Verdict if each.is_finding):
        came = sum(each.after.verdict is verdict for each in diff.changes)
        went = sum(each.before.verdict is verdict for each in diff.changes)
        assert one.report.totals[verdict] - went + came == other.report.totals[verdict]
    kinds = Counter(each.kind for each in diff.changes)
    assert all(kinds[kind] == number for kind, number in diff.counts.items() if kind is not Kind.UNCHANGED)


@pytest.mark.parametrize("name", ["dossier.json", "clean.json", "incomplete.json", "mapped.json"])
def test_a_check_compared_with_itself_is_no_change(name: str) -> None:
    held = load_dossier((EXAMPLES / name).read_bytes(), name, dossier_schema())
    one = side(held, shipped_policy())
    for each in (one, reported(one)):
        diff = differ(each, each)
        assert (diff.changes, diff.differs, diff.is_worse) == ((), (), False)
        assert diff.counts[Kind.UNCHANGED] == len(one.report.findings)


@pytest.mark.parametrize("only_reports", [False, True], ids=["proved", "reports"])
def test_the_order_of_records_and_findings_never_matters(only_reports: bool) -> None:
    def shuffled(dossier: dict[str, Any]) -> None:
        for each in dossier.values():
            if isinstance(each, list):
                each.reverse()

    one, other = both("paid")[0], side(edited(shuffled, paid_in_full), shipped_policy())
    plain = differ(*(map(reported, both("paid")) if only_reports else both("paid")))
    listed = replace(other.report, findings=other.report.findings[::-1])
    mixed = differ(*(map(reported, (one, replace(other, report=listed))) if only_reports else (one, other)))
    assert mixed.counts == plain.counts
    told = {each.id: (each.kind, causes(each)) for each in plain.changes}
    assert {each.id: (each.kind, causes(each)) for each in mixed.changes} == told


@pytest.mark.parametrize("name", PAIRS)
def test_all_causes_between_dossiers_are_proved(name: str) -> None:
    diff = differ(*both(name))
    assert {one.how for each in diff.changes for one in each.explanations} == {How.PROVED}


@pytest.mark.parametrize("name", PAIRS)
def test_a_dossier_is_as_it_was_afterwards(name: str) -> None:
    one, other = both(name)
    assert one.dossier is not None
    before = msgspec.json.encode(one.dossier.root)
    differ(one, other)
    assert msgspec.json.encode(one.dossier.root) == before


# --- entries --------------------------------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [one for key, each in held for one in leaves(each, (*path, key))] or [path]


def holder(value: Any, path: tuple[Any, ...]) -> Any:
    for each in path[:-1]:
        value = value[each]
    return value


def disturbed(seed: int) -> dict[str, Any]:
    """Change some twenty single values of the example, as far as each leaves a dossier that can be checked."""
    dice, raw = random.Random(seed), deepcopy(RAW)  # noqa: S311 - no secret
    paths = [each for each in leaves(raw) if each[0] in {"parcels", "plans", "trips", "policy_documents"}]
    for path in dice.sample(paths, 20):
        held = holder(raw, path)
        before = deepcopy(held)
        match held[path[-1]]:
            case bool(truth):
                held[path[-1]] = not truth
            case int(number) | float(number):
                held[path[-1]] = number + dice.choice((-1, 1, 10_000))
            case _ if isinstance(path[-1], str):
                del held[path[-1]]
        try:
            loaded(raw)
        except DossierError:
            held.clear() if isinstance(held, dict) else None
            held.update(before) if isinstance(held, dict) else None
    return raw


@pytest.mark.parametrize("seed", range(4))
def test_the_entries_that_are_told_make_the_difference_and_none_can_be_left_out(seed: int) -> None:
    raw = disturbed(seed)
    policy = shipped_policy()
    one, other = side(edited(), policy), side(loaded(raw), policy)
    known: dict[tuple[str, ...], Report] = {}

    def with_entries(pointers: tuple[str, ...]) -> Report:
        """Check the old dossier with what the new one says at these pointers; written without the program's help."""
        if pointers not in known:
            mixed = deepcopy(RAW)
            for pointer in pointers:
                path = tuple(int(each) if each.isdigit() else each for each in pointer.split("/")[1:])
                there, here = holder(raw, path), holder(mixed, path)
                here.pop(path[-1], None)
                if path[-1] in there:
                    here[path[-1]] = there[path[-1]]
            known[pointers] = check(policy, loaded(mixed))
        return known[pointers]

    def verdict(report: Report, name: str) -> Verdict | None:
        return next((each.verdict for each in (*report.findings, *report.exempted) if each.id == name), None)

    tried = 0
    for each in differ(one, other).changes:
        [told] = [cause for explanation in each.explanations for cause in explanation.causes]
        pointers = tuple(entry.pointer for entry in told.entries)
        assert pointers
        assert verdict(with_entries(pointers), each.id) == verdict(other.report, each.id)
        for left_out in pointers:
            rest = tuple(pointer for pointer in pointers if pointer != left_out)
            assert not rest or verdict(with_entries(rest), each.id) != verdict(other.report, each.id)
        tried += 1
    assert tried


def shaken(seed: int) -> dict[str, Any]:
    """Disturb the example, take records out, let time pass, and renew some of the declarations."""
    dice, raw = random.Random(seed), disturbed(seed)  # noqa: S311 - no secret
    for name in ("parcels", "trips", "plan_changes", "expenditures"):
        raw[name].pop(dice.randrange(len(raw[name])))
    raw["meta"]["as_of_date"] = dice.choice(("2025-03-01", "2026-01-01", "2024-11-01"))
    for name, declared in raw["meta"]["completeness"].items():
        if dice.random() < 0.7:
            declared["as_of"] = max(declared["as_of"], raw["meta"]["as_of_date"])
            declared["count"] = len(raw[name]) if isinstance(raw.get(name), list) else declared["count"]
    return raw


@pytest.mark.parametrize("seed", [2, 4, 13])
def test_whatever_changed_between_dossiers_everything_is_proved_down_to_the_entries(seed: int) -> None:
    one, other = side(edited(), shipped_policy()), side(loaded(shaken(seed)), shipped_policy())
    for there in (differ(one, other), differ(other, one)):
        assert there.changes
        assert {each.how for change in there.changes for each in change.explanations} == {How.PROVED}
        told = [cause for change in there.changes for each in change.explanations for cause in each.causes]
        assert all(cause.entries for cause in told if cause.kind is CauseKind.DATA)


@pytest.mark.parametrize("name", PAIRS)
def test_all_entries_together_make_the_new_dossier_of_the_old_one(name: str) -> None:
    before, after = PAIRS[name]
    schema = dossier_schema()
    old, new = edited(*before).root, edited(*after).root
    compared = Comparison(old, new, schema)
    every = compared.differences
    assert every
    with compared.made(every):
        assert Comparison(old, new, schema).differences == ()
    assert {each.entry for each in Comparison(old, new, schema).differences} == {each.entry for each in every}


def test_a_drawing_a_list_and_a_declaration_are_worded() -> None:
    raw = json.loads((EXAMPLES / "mapped.json").read_bytes())

    def other(dossier: dict[str, Any]) -> None:
        ring = dossier["geometries"][0]["shape"]["coordinates"][0]
        ring[1][0] += 50
        del dossier["meta"]["completeness"]["parcels"]
        dossier["plans"][0]["sources"] = {"*": []}
        dossier["trips"] = None

    entries = [
        each.entry for each in Comparison(loaded(raw).root, edited(other, of=raw).root, dossier_schema()).differences
    ]
    told = {each.pointer: (each.before, each.after) for each in entries}
    assert set(told) == {"/geometries/0/shape", "/meta/completeness/parcels", "/trips"}
    assert all("公顷的图形" in each for each in told["/geometries/0/shape"])
    assert told["/meta/completeness/parcels"][1] == "没有声明"
    assert told["/trips"][1] == "无"


def test_what_proves_nothing_is_no_difference() -> None:
    def retold(dossier: dict[str, Any]) -> None:
        dossier["parcels"].reverse()
        parcel(dossier, "P3")["sources"] = {"*": ["D11"]}
        dossier["attestations"] = [{"attestation_id": "A1", "note": "看过"}]
        dossier["meta"]["as_of_date"] = LATER

    assert Comparison(edited().root, edited(retold).root, dossier_schema()).differences == ()


def test_the_fewest_are_found_also_where_more_would_do() -> None:
    assert fewest(range(6), lambda few: {0, 1} <= {*few} or tuple(few) == (4,)) == ((4,), True)
    assert fewest(range(100), lambda few: {7, 50, 93} <= {*few}) == ((7, 50, 93), False)
    assert fewest(range(50), lambda few: {3} <= {*few} or {10, 20} <= {*few}) == ((3,), True)
    assert fewest(range(5), lambda _: False) == ((), False)
    assert smallest_sets(range(7), lambda few: {1, 5} <= {*few}) == ((1, 5),)


# --- reports of any origin ------------------------------------------------------------------------------------------


def saved() -> dict[str, Any]:
    held: dict[str, Any] = saved_as.document(both("paid")[0].report)
    return json.loads(json.dumps(held, default=str))  # type: ignore[no-any-return]


def test_a_finding_whose_id_is_not_its_own_stops_the_report() -> None:
    old, new = map(reported, both("paid"))
    [first, *others] = new.report.findings
    for findings in (
        (replace(first, id="0" * 12), *others),
        (first, *new.report.findings),
        (replace(first, subject=replace(first.subject, id="另一个")), *others),
    ):
        with pytest.raises(ReportError) as caught:
            differ(old, Side(report=replace(new.report, findings=findings)))
        assert caught.value.problems[0].place.pointer.startswith("/findings/")


def test_what_a_report_had_no_room_to_list_is_not_called_fixed() -> None:
    old, new = map(reported, both("paid"))
    first = next(each for each in old.report.findings if (each.rule, each.subject.id) == (ARREARS, "P6"))
    listed = tuple(each for each in new.report.findings if each.id != first.id)
    [limit] = [each for each in new.report.not_checked if each.rule == ARREARS][:1]
    short = replace(new.report, findings=listed, not_checked=(*new.report.not_checked, replace(limit, kind="unlisted")))
    assert found(differ(old, Side(report=short)), ARREARS, first.subject.id).kind is Kind.UNCLEAR


def test_an_english_report_compares_with_a_chinese_one() -> None:
    schema = dossier_schema("en")
    policy = read_policy(PACK, schema)
    english = Side(report=check(policy, edited()))
    assert differ(reported(english), reported(both("paid")[0])).changes == ()
    diff = differ(reported(english), reported(both("paid")[1]))
    assert {each.kind for each in diff.changes} <= {Kind.FIXED, Kind.MILDER, Kind.OTHERWISE}


# --- formats --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("only_reports", [False, True], ids=["proved", "reports"])
@pytest.mark.parametrize("name", PAIRS)
def test_json_is_what_its_schema_says(name: str, only_reports: bool) -> None:
    diff = differ(*(map(reported, both(name)) if only_reports else both(name)))
    told = reporting.as_json(diff)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(told))
    assert told == reporting.as_json(diff)


def test_the_schema_and_the_words_know_every_kind() -> None:
    assert list(SCHEMA["properties"]["counts"]["properties"]) == list(Kind)
    assert SCHEMA["$defs"]["standing"]["properties"]["presence"]["enum"] == list(Presence)
    assert SCHEMA["$defs"]["explanation"]["properties"]["how"]["enum"] == list(How)
    assert {each.label for each in Kind}
    assert {each.label for each in CauseKind}


def test_the_page_tells_the_worst_first_and_needs_nothing_else() -> None:
    page = reporting.as_html(differ(*both("all at once"))).decode()
    heads = [page.index(f'<h2 id="{each}">') for each in (Kind.REGRESSED, Kind.FIXED, Kind.GONE)]
    assert heads == sorted(heads)
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


TOLD: Mapping[str, tuple[str, str]] = {
    "data": ("P3/2 缴款·缴款金额：8,000,000.00元 → 25,000,000.00元", "档案不同（岚溪-2024 → 岚溪-2024）"),
    "rule": ("规则 R18.8-01：改了violated", "政策包：guobanfa-2014-54 1.0.0 → guobanfa-2014-54 1.0.0"),
    "parameter": ("参数 landpay.penalty_per_day（迟缴土地价款的违约金日比例）：2007年1月1日起0.001", "政策包："),
    "statute": ("法规 guobanfa-2006-100（", "政策包："),
    "time": ("时间经过：检查基准日 2024年12月31日 → 2025年6月30日，自2025年6月1日起", "原因（"),
}


@pytest.mark.parametrize("cause", TOLD)
def test_each_cause_is_told_in_words(cause: str, place: Path) -> None:
    edit, rules, texts, *_ = ALONE[cause]
    before, after = side(edited(), pack(rules, (), place)), side(edited(edit), pack(rules, texts, place))
    proved, inferred = TOLD[cause]
    for diff, piece, how in (
        (differ(before, after), proved, "原因（已证明）"),
        (differ(reported(before), reported(after)), inferred, "原因（推断）"),
    ):
        text = "".join(line.strip() for line in reporting.as_text(diff).decode().splitlines())
        page = reporting.as_html(diff).decode()
        assert piece.replace(" ", "") in text.replace(" ", "")
        assert how in text or cause == "time"
        assert piece in page or piece.startswith("原因")


def test_what_a_change_does_not_mean_is_said_beside_it(place: Path) -> None:
    policy = pack((ARREARS,), (), place)

    def hidden(dossier: dict[str, Any]) -> None:
        del parcel(dossier, "P3")["payments"][1]["amount_cny"]

    def gone(dossier: dict[str, Any]) -> None:
        dossier["parcels"] = [each for each in dossier["parcels"] if each["parcel_id"] != "P3"]

    cases = ((hidden, "不等于已经整改"), (paid_in_full, ""), (gone, "不等于已经整改"))
    for edit, remark in cases:
        each = found(differ(side(edited(), policy), side(edited(edit), policy)), ARREARS, "P3")
        assert remark in reporting.remark(each)
        assert bool(remark) is bool(reporting.remark(each))
    each = found(differ(reported(side(edited(), policy)), reported(side(edited(gone), policy))), ARREARS, "P3")
    assert reporting.remark(each).startswith("报告没有写明") or each.kind is Kind.GONE


def test_several_explanations_and_those_by_another_program_are_told(place: Path) -> None:
    old, new = pack((ARREARS,), (), place), pack((ARREARS,), (STRICTER,), place)
    one = side(edited(), old)
    text = reporting.as_text(differ(one, side(edited(paid_in_full), new))).decode()
    assert text.count("单有这一样就足以改变结论") == 2
    milder = tuple(replace(each, verdict=Verdict.RISK) for each in one.report.findings)
    text = reporting.as_text(differ(replace(one, report=replace(one.report, findings=milder)), one)).decode()
    assert "同样的档案、政策包、基准日，本程序的结论不同" in text.replace("\n        ", "")


def test_a_name_that_steers_a_terminal_or_a_page_does_not() -> None:
    def renamed(dossier: dict[str, Any]) -> None:
        parcel(dossier, "P3")["project_name"] = "<b>\u202e\x1b[31m"

    diff = differ(side(edited(renamed), shipped_policy()), side(edited(renamed, paid_in_full), shipped_policy()))
    for data in (reporting.as_text(diff), reporting.as_html(diff)):
        assert not {"\u202e", "\x1b"} & set(data.decode())
    assert "<b>" not in reporting.as_html(diff).decode()


# --- the command ----------------------------------------------------------------------------------------------------


def lay(desk: Path, name: str, raw: Mapping[str, Any]) -> None:
    (desk / name).write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")


def after(*edits: Edit) -> dict[str, Any]:
    raw = deepcopy(RAW)
    for each in edits:
        each(raw)
    return raw


def test_dossiers_and_their_reports_are_told_apart_by_what_they_hold(desk: Path, run: Run) -> None:
    lay(desk, "later.json", after(paid_in_full))
    run("check", "dossier.json", "--format", "json", "--out", "old-report.json")
    run("check", "later.json", "--format", "json", "--out", "new-report.json")
    given = ("--dossier-old", "dossier.json", "--dossier-new", "later.json")
    whole = run("diff", "dossier.json", "later.json", "--format", "json")
    assert whole.code == 0
    assert run("diff", "old-report.json", "later.json", "--dossier-old", "dossier.json", "--format", "json") == whole
    assert run("diff", "old-report.json", "new-report.json", *given, "--format", "json") == whole
    assert json.loads(whole.out)["proved"] is True
    alone = json.loads(run("diff", "old-report.json", "new-report.json", "--format", "json").out)
    assert alone["proved"] is False
    assert run("diff", "later.json", "dossier.json").code == 1


def test_a_dossier_or_pack_that_a_report_was_not_made_of_is_refused(desk: Path, run: Run) -> None:
    lay(desk, "later.json", after(paid_in_full))
    run("check", "dossier.json", "--format", "json", "--out", "old-report.json")
    wrong = run("diff", "old-report.json", "later.json", "--dossier-old", "later.json")
    assert wrong.code == 2
    assert "不是 old-report.json 所据的档案" in wrong.err
    useless = run("diff", "dossier.json", "later.json", "--dossier-new", "later.json")
    assert useless.code == 2
    assert "本身就是档案" in useless.err
    shutil.copytree(
        PACK, desk / "other", ignore=shutil.ignore_patterns("R1*.yaml", "R[4-7]*.yaml", "adjudication.yaml")
    )
    other = run("diff", "old-report.json", "later.json", "--policy-old", "other")
    assert other.code == 2
    assert "不是 old-report.json 所用的政策包" in other.err


def test_reports_that_are_older_broken_or_none_end_with_4(desk: Path, run: Run) -> None:
    run("check", "dossier.json", "--format", "json", "--out", "good.json")
    whole = json.loads((desk / "good.json").read_bytes())
    cases = {
        "older": json.dumps({name: each for name, each in whole.items() if name != "adjudication"}),
        "cut": (desk / "good.json").read_text("utf-8")[:5000],
        "deep": '{"schema_version":' * 5000,
        "nothing": "",
        "list": "[]",
        "twice": (desk / "good.json").read_text("utf-8").replace("{", '{"mode": "inspection", ', 1),
        "other id": json.dumps(whole | {"findings": [whole["findings"][0] | {"id": "0" * 12}, *whole["findings"][1:]]}),
    }
    for name, text in cases.items():
        (desk / "bad.json").write_text(text, encoding="utf-8")
        for pair in (("bad.json", "good.json"), ("good.json", "bad.json")):
            outcome = run("diff", *pair)
            assert (outcome.code, outcome.out) == (4, ""), name
            assert "Traceback" not in outcome.err
            assert outcome.err


def test_a_hostile_id_of_a_pack_opens_nothing(desk: Path, run: Run) -> None:
    run("check", "dossier.json", "--format", "json", "--out", "good.json")
    (desk / "evil").mkdir()
    text = (desk / "good.json").read_text("utf-8").replace('"id": "guobanfa-2014-54"', '"id": "../evil"', 1)
    (desk / "bad.json").write_text(text, encoding="utf-8")
    outcome = run("diff", "bad.json", "good.json", "--dossier-old", "dossier.json", "--dossier-new", "dossier.json")
    assert outcome.code == 0
    assert "evil" in outcome.out


def test_ids_are_made_of_rule_and_subject() -> None:
    assert {
        each.id for each in both("paid")[0].report.findings if each.subject.id == "P3" and each.rule == ARREARS
    } == {fingerprint(ARREARS, "parcels", "P3")}
