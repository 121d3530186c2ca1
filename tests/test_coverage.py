"""What becomes of every norm, and which truths the examples of a rule show of each of its tests."""

import json
import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import typer
from packs import copied

from checker import site
from checker.commands.rules import CoverageFormat, rules_coverage_command
from checker.covering import Coverage, Shown, cover
from checker.dossier.loading import dossier_schema
from checker.errors import PolicyError
from checker.model import Modality, Party, Question
from checker.policy.law import Checkability, Norm
from checker.policy.loading import CompiledRule, Policy, read_policy
from checker.policy.treatment import Treatment, treated, treatment_of
from checker.reporting.coverage import FORMATS
from checker.resources import folder

PACK = folder("policies") / site.POLICY
COMING = frozenset(
    {
        "4.3",
        "5.2",
        "6.5",
        "6.7",
        "6.8",
        "6.9",
        "6.10",
        "7.1",
        "14.3",
        "15.5",
        "15.8",
        "15.9",
        "16.1",
        "16.2",
        "17.1",
        "17.2",
        "17.3",
        "17.4",
        "17.5",
        "17.7",
        "17.9",
        "19.1",
    }
)
"""The norms for which rules are being written; when they are there, nothing is unaccounted for."""
SMALL = "R16.5-01"


@cache
def policy() -> Policy:
    return read_policy(PACK, dossier_schema())


@cache
def coverage() -> Coverage:
    return cover(policy(), (each for each in policy().rules if each.rule.id == SMALL))


def norm(
    modality: Modality = Modality.OBLIGATION,
    *addressee: Party,
    own_duty: bool = False,
    question: Question | None = None,
) -> Norm:
    return Norm(
        id="1.1",
        article="一",
        quote="甲",
        modality=modality,
        addressee=addressee or (Party.ZONE,),
        checkability=Checkability.PARTIAL,
        own_duty=own_duty,
        why="乙",
        question=question,
    )


ASKED = Question(look_at="丙", paper="丁", worry="戊")


# --- what becomes of the norms --------------------------------------------------------------------------------------


def test_every_norm_has_one_treatment_and_only_those_with_rules_to_come_are_unaccounted_for() -> None:
    found = treated(policy())
    assert [each.norm.id for each in found] == list(policy().norms)
    assert len(found) == 113
    assert {each.norm.id for each in found if each.treatment is Treatment.UNACCOUNTED} <= COMING


def test_the_treatment_is_in_accord_with_rules_addressees_and_question() -> None:
    checked = {each.id for compiled in policy().rules for each in compiled.rule.clauses}
    for each in treated(policy()):
        local = any(party.is_local for party in each.norm.addressee)
        assert (each.treatment is Treatment.RULES) == (each.norm.id in checked) == bool(each.rules)
        if each.treatment is Treatment.OTHERS:
            assert not local
        if each.treatment is Treatment.QUESTION:
            assert local
            assert each.norm.question is not None
        if each.treatment is Treatment.NOT_NORMATIVE:
            assert each.norm.modality in {Modality.GOAL, Modality.ENCOURAGEMENT, Modality.PERMISSION}


@pytest.mark.parametrize(
    ("given", "rules", "treatment"),
    [
        (norm(Modality.ENCOURAGEMENT, Party.PROVINCE, question=ASKED), ("R1.1-01",), Treatment.RULES),
        (norm(Modality.OBLIGATION, Party.PROVINCE, Party.MINISTRY), (), Treatment.OTHERS),
        (norm(Modality.STATE_ACTION, Party.MINISTRY, question=ASKED), (), Treatment.OTHERS),
        (norm(Modality.STATE_ACTION, Party.MINISTRY, Party.ZONE), (), Treatment.UNACCOUNTED),
        (norm(Modality.GOAL, question=ASKED), (), Treatment.NOT_NORMATIVE),
        (norm(Modality.PERMISSION), (), Treatment.NOT_NORMATIVE),
        (norm(Modality.PERMISSION, own_duty=True), (), Treatment.UNACCOUNTED),
        (norm(Modality.SOFT_OBLIGATION, question=ASKED), (), Treatment.QUESTION),
        (norm(Modality.PROHIBITION, Party.LOCAL_GOVERNMENT), (), Treatment.UNACCOUNTED),
    ],
)
def test_a_treatment_follows_from_the_data(given: Norm, rules: tuple[str, ...], treatment: Treatment) -> None:
    assert treatment_of(given, rules) is treatment


def test_a_norm_that_binds_and_loses_its_question_is_unaccounted_for() -> None:
    held = dict(policy().norms)
    held["10.4"] = replace(held["10.4"], question=None)
    [lost] = [each for each in treated(replace(policy(), norms=held)) if each.norm.id == "10.4"]
    assert lost.treatment is Treatment.UNACCOUNTED


# --- truths that examples show --------------------------------------------------------------------------------------


def cases() -> list[dict[str, str]]:
    [compiled] = [each for each in policy().rules if each.rule.id == SMALL]
    held: list[dict[str, str]] = compiled.rule.examples["cases"]
    return held


def shown_of(wording: str, of: Coverage | None = None) -> Shown:
    [found] = [each for each in (of or coverage()).rules[0].shown if wording in each.wording]
    return found


def without(*names: str) -> Coverage:
    """Cover the small rule again as if it had not these examples."""
    [compiled] = [each for each in policy().rules if each.rule.id == SMALL]
    examples = compiled.rule.examples
    kept = [each for each in examples["cases"] if each["name"] not in names]
    assert len(kept) == len(examples["cases"]) - len(names)
    rule = replace(compiled.rule, examples={**examples, "cases": kept})
    return cover(policy(), iter([CompiledRule(rule=rule, schema=policy().schema)]))


def test_a_test_is_shown_true_false_and_unknown_by_the_examples_that_say_so() -> None:
    assert coverage().rules[0].examples == len(cases())
    kind, level = shown_of("规划类型 为"), shown_of("低于")
    assert kind.examples[False] == ("总体发展规划不在此列",)
    assert kind.examples[None] == ("类型未填", "类型未填但由市政府批准")
    assert level.examples[None] == ("批准机关未填",)
    assert "县级人民政府批准" in level.examples[False]
    assert "管委会批准" in level.examples[True]
    assert "两个单元中一个违法" in level.examples[True]
    assert "两个单元中合法的一个" in level.examples[False]


def test_what_is_left_out_because_it_could_not_matter_is_shown_with_its_truth_and_not_as_unknown() -> None:
    """An act that never happened has nothing to be judged: the engine is told unknown, the example still shows it."""
    assert "尚未批准" in shown_of("低于").examples[True]
    assert "总体发展规划不在此列" in shown_of("低于").examples[True]


def test_even_a_test_over_whole_registers_is_followed_where_the_verdict_does_not_need_it() -> None:
    [rule] = cover(policy(), (each for each in policy().rules if each.rule.id == "R16.6-01")).rules
    [uncovered] = [each for each in rule.shown if each.wording.startswith("控制性详细规划未覆盖的")]
    assert "省级开发区_文件不约束" in uncovered.examples[True]


def test_an_example_about_a_register_shows_no_truth() -> None:
    named = {name for each in coverage().rules[0].shown for names in each.examples.values() for name in names}
    assert named == {each["name"] for each in cases()} - {"台账不完整而空", "台账完整而空"}


def test_an_exemption_is_shown_proved_claimed_and_not_claimed_and_one_for_others_to_judge_is_never_proved() -> None:
    merged, judged = shown_of("与县级行政区合一"), shown_of("与市辖区合一")
    assert merged.examples[True] == ("与县合一有文件",)
    assert merged.examples[None] == ("与县合一无文件",)
    assert judged.at_most_risk
    assert judged.possible == (False, None)
    assert judged.never == ()


def test_the_examples_show_every_truth_that_a_test_can_have() -> None:
    assert [each for each in coverage().rules if each.lacking] == []


def test_what_somebody_claims_is_never_unknown_but_a_day_of_it_may_be_known_to_the_month() -> None:
    shown = {each.wording: each for rule in coverage().rules for each in rule.shown}
    claimed = next(each for wording, each in shown.items() if "合一的行政区类型 为 “县级行政区”" in wording)
    assert (claimed.possible, claimed.examples[None]) == ((True, False), ())
    [fact] = [each for each in shown.values() if each.wording == "批准机关层级 低于 “县级人民政府”"]
    assert None in fact.possible


def test_a_truth_that_no_example_shows_any_more_is_listed_and_counted() -> None:
    assert shown_of("规划类型 为").never == ()
    fewer = without("类型未填", "类型未填但由市政府批准", "与县合一有文件")
    assert shown_of("规划类型 为", fewer).never == (None,)
    assert shown_of("与县级行政区合一", fewer).never == (True,)
    assert fewer.never == coverage().never + 2
    said = FORMATS["text"](fewer).decode()
    assert "豁免：与县级行政区合一，由县级人民政府批准——没有有文件证明的示例" in said
    assert f"从未出现的真值 {fewer.never}" in said


# --- views ----------------------------------------------------------------------------------------------------------


def test_the_totals_add_up_in_every_format() -> None:
    found = coverage()
    assert sum(found.totals.values()) == len(found.norms) == 113
    held = json.loads(FORMATS["json"](found))
    assert held["totals"]["by_treatment"] == {each.value: number for each, number in found.totals.items()}
    assert held["totals"]["truths"] == sum(len(each.possible) for each in found.rules[0].shown)
    assert [each["id"] for each in held["norms"]] == list(policy().norms)
    assert held["norms"][0]["question"]["look_at"] == policy().norms["1.1"].question.look_at  # type: ignore[union-attr]
    [rule] = held["rules"]
    assert {name for each in rule["tests"] for name in each["shown"]} == {"true", "false", "unknown"}
    assert [each["never"] for each in rule["tests"] if each["kind"] == "test"].count(["unknown"]) == found.never
    for each in found.totals:
        assert f"{each.label} {found.totals[each]}：" in FORMATS["text"](found).decode()


def test_the_page_is_one_file_without_script_and_escapes_what_it_prints() -> None:
    found = coverage()
    evil = replace(found.norms[0].norm, quote='<script>alert("甲")</script>')
    page = FORMATS["html"](replace(found, norms=(replace(found.norms[0], norm=evil), *found.norms[1:]))).decode()
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script|<link|<img|https?:|@import|url\(", page)
    assert "default-src 'none'" in page
    assert [each.norm.id for each in found.norms if f'id="n{each.norm.id}"' not in page] == []
    assert len(re.findall(r"<table", page)) == len(re.findall(r"</table>", page))


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_coverage_gives_the_same_bytes(form: str) -> None:
    assert FORMATS[form](coverage()) == FORMATS[form](coverage())


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a pack with one rule."""
    return copied(tmp_path_factory.mktemp("pack") / "pack", SMALL)


def run(pack: Path, form: str = "", out: Path | None = None) -> int:
    """Give the exit code."""
    try:
        rules_coverage_command(CoverageFormat(form) if form else None, out, pack)
    except typer.Exit as end:
        return end.exit_code
    return 0


def test_the_command_fails_where_something_is_unaccounted_for_and_says_what(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "覆盖.html"
    assert run(pack, out=page) == PolicyError.exit_code
    said = capsys.readouterr()
    assert "没有着落的条款" in said.err
    assert "18.8" in said.err
    assert said.out == ""
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_command_succeeds_where_every_norm_is_accounted_for(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "pack"
    shutil.copytree(pack, whole)
    norms = (whole / "norms.yaml").read_text(encoding="utf-8")
    (whole / "norms.yaml").write_text(re.sub(r"addressee: \[.*\]", "addressee: [ministry]", norms), encoding="utf-8")
    assert run(whole, "json") == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert json.loads(said.out)["totals"]["by_treatment"]["unaccounted"] == 0


def test_a_pack_whose_examples_disagree_shows_nothing(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "pack"
    shutil.copytree(pack, wrong)
    path = wrong / "rules" / f"{SMALL}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("管委会批准, expect: violation", "管委会批准, expect: risk", 1), encoding="utf-8")
    with pytest.raises(PolicyError):
        run(wrong)
    assert capsys.readouterr().out == ""
