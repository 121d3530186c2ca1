"""What another version of a pack changes: verdicts that flip, and the part of the pack for which they do."""

import json
import shutil
from collections.abc import Callable
from decimal import localcontext
from pathlib import Path

import pytest
from reference.program import PACK
from test_cli import Run, desk, run

from checker.checking import look
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.impact import Flip, flips
from checker.model import Verdict
from checker.policy.loading import Policy, read_policy
from checker.resources import folder
from checker.values import EXACT
from checker.verifying import verdicts

__all__ = ["desk", "run"]

FEES, REFUNDS = "R18.8-01", "R18.8-02"
Made = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Give the function that makes a version of the pack with some of its rules, and some text of it changed."""

    def make(name: str, *rules: str, change: tuple[str, str, str] | None = None) -> Path:
        copy = tmp_path / name / PACK.name
        shutil.copytree(PACK, copy, ignore=shutil.ignore_patterns("R*.yaml", "adjudication.yaml"))
        (copy / "rules").mkdir(exist_ok=True)
        for rule in rules:
            shutil.copy(PACK / "rules" / f"{rule}.yaml", copy / "rules")
        if change is not None:
            file, old, new = change
            text = (copy / file).read_text(encoding="utf-8")
            assert old in text
            (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return copy

    return make


def read(pack: Path) -> Policy:
    """Read a version without running its examples: changed on purpose, they no longer agree."""
    return read_policy(pack, dossier_schema(), examples=False)


def dossier() -> Dossier:
    path = folder("examples") / "dossier.json"
    return load_dossier(path.read_bytes(), path.name, dossier_schema())


def found(old: Path, new: Path) -> tuple[Flip, ...]:
    held = dossier()
    return flips(read(old), read(new), held, held.root.meta.as_of_date)


RULE_FILE = f"rules/{FEES}.yaml"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ((RULE_FILE, "violated: paid < due", "violated: paid > due"), "规则改了violated"),
        ((RULE_FILE, "each: parcels", "kind: signal\neach: parcels"), "规则改了kind"),
        ((RULE_FILE, "title: ", "title: 又名"), ""),
        ((RULE_FILE, "message: ", "message: 又名"), ""),
    ],
)
def test_a_flip_is_told_with_its_cause(change: tuple[str, str, str], why: str, made: Made) -> None:
    told = found(made("old", FEES, REFUNDS), made("new", FEES, REFUNDS, change=change))
    assert bool(told) is bool(why)
    assert {each.rule for each in told} <= {FEES}
    assert {each.why for each in told} <= {(why,)}
    assert all(each.before is not each.after for each in told)


def test_an_edition_that_ended_earlier_is_the_cause(made: Made) -> None:
    text = (PACK / "statutes.yaml").read_text(encoding="utf-8")
    entry = text[text.index("- id: guobanfa-2006-100") :].partition("\n\n")[0]
    ended = entry.replace("  to: null", "  to: 2007-01-02")
    assert ended != entry
    told = found(made("old", REFUNDS), made("new", REFUNDS, change=("statutes.yaml", entry, ended)))
    assert {each.why for each in told} == {("法规guobanfa-2006-100改了",)}


def test_a_rule_more_or_less_is_told_with_all_that_it_says(made: Made) -> None:
    one, two = made("old", FEES), made("new", FEES, REFUNDS)
    more, less = found(one, two), found(two, one)
    policy, held = read(two), dossier()
    [compiled] = [each for each in policy.rules if each.rule.id == REFUNDS]
    with localcontext(EXACT):
        says = verdicts(policy, look(policy, held, held.root.meta.as_of_date), compiled)
    assert {each.subject: each.after for each in more} == says
    assert {each.subject: each.before for each in less} == says
    assert {each.why for each in more} == {("新增规则",)}
    assert {each.why for each in less} == {("删去规则",)}
    assert {each.before for each in more} == {each.after for each in less} == {None}


def test_the_same_pack_changes_nothing(made: Made, run: Run) -> None:
    pack = str(made("old", FEES))
    outcome = run("rules", "impact", pack, pack, "dossier.json")
    assert (outcome.code, outcome.out, outcome.err) == (0, "dossier.json：结论没有不同\n", "")


def test_the_command_tells_people_and_programs(made: Made, run: Run) -> None:
    packs = (str(made("old", FEES)), str(made("new", FEES, REFUNDS)))
    outcome = run("rules", "impact", *packs, "dossier.json")
    assert outcome.code == 1
    assert f"  {REFUNDS} " in outcome.out
    assert "（新增规则）" in outcome.out
    assert "没有这条规则 → " in outcome.out
    told = json.loads(run("rules", "impact", *packs, "dossier.json", "--format", "json").out)
    [each] = told["dossiers"]
    assert each["dossier"] == "dossier.json"
    assert {flip["rule"] for flip in each["flips"]} == {REFUNDS}
    assert {flip["before"] for flip in each["flips"]} == {None}
    assert {Verdict(flip["after"]) for flip in each["flips"]}


def test_a_dossier_that_is_none_does_not_hide_the_others(made: Made, run: Run, desk: Path) -> None:
    (desk / "bad.json").write_text("{}", encoding="utf-8")
    packs = (str(made("old", FEES)), str(made("new", FEES, REFUNDS)))
    outcome = run("rules", "impact", *packs, "bad.json", "dossier.json")
    assert outcome.code == 4
    assert "bad.json" in outcome.err
    assert outcome.out.startswith("dossier.json：")
