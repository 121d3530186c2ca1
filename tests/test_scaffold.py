"""A new rule: its file is never put over another, does not load while a gap is left, and loads when all are filled."""

import re
import shutil
from pathlib import Path

import pytest
from reference.program import PACK
from test_cli import Run, desk, run

from checker.dossier.loading import dossier_schema
from checker.errors import PolicyError
from checker.model import Verdict
from checker.policy.scaffold import gaps, scaffold
from checker.policy.source import parse_yaml
from checker.verifying import cases, load_policy

__all__ = ["desk", "run"]

FIELDS = "〔填：字段〕: 〔填：值〕"
FILLED = (
    ("〔填：问题的名称，印在报告和通知书上〕", "批准机关不对"),
    ("〔填：S1 严重、S2 较重、S3 一般、A 提示〕", "S1"),
    ("〔填：zone、local_government、province、ministry、enterprise〕", "local_government"),
    ("〔填：行为日的字段；持续状态写 as_of〕", "approved_on"),
    ("〔填：statutes.yaml 中的编号〕", "chengxiangguihua-2008"),
    ("〔填：第几条〕", "第十九条"),
    ("〔填：适用条件〕", 'type == "regulatory_detailed"'),
    ("〔填：违反条件〕", 'below(approver_level, "county")'),
    ("〔填：一句话的事实，值写在双花括号里〕", '"{{ name }}"'),
    ("〔填：要做什么〕", "报批"),
    ("〔填：做到什么算完成〕", "已经批准"),
    ("〔填：没有检查的部分；没有就删去这一行〕", "公示不检查"),
    ("〔填：基准日，写作 2022-06-30〕", "2022-06-30"),
    (FIELDS, "type: regulatory_detailed, approved_on: 2018-05-01, approver_level: township"),
    (FIELDS, "approver_level: county"),
    (FIELDS, "approver_level: province"),
    (FIELDS, "approver_level: admin_committee"),
    (FIELDS, "approver_level: prefecture"),
    (FIELDS, "type: overall_dev"),
    ("〔填：字段〕", "approver_level"),
    (FIELDS, "approved_on: 2007-12-31"),
    (FIELDS, "approved_on: 2009-01-01"),
)


def filled(text: str) -> str:
    """Fill every gap, in the order in which they stand; what is a name gets one of its own."""
    for gap, word in FILLED:
        assert gap in text, gap
        text = text.replace(gap, word, 1)
    return re.sub("〔填：([^〕]*)〕", r"\1", text)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Give a copy of the shipped pack without rules."""
    copy = tmp_path / PACK.name
    shutil.copytree(PACK, copy, ignore=shutil.ignore_patterns("R*.yaml", "adjudication.yaml"))
    (copy / "rules").mkdir(exist_ok=True)
    return copy


def test_a_filled_scaffold_loads_and_its_examples_agree(pack: Path) -> None:
    text = scaffold("R16.5-09", "plans", "16.5", "", dossier_schema())
    (pack / "rules" / "R16.5-09.yaml").write_text(filled(text), encoding="utf-8")
    [compiled] = load_policy(pack, dossier_schema()).rules
    found = list(cases(compiled, dossier_schema()))
    assert len({each.name for each in found}) == len(found) == 11
    assert {each.expect for each in found} == set(Verdict) - {Verdict.RISK, Verdict.EXEMPT}


@pytest.mark.parametrize("each", ["", "zone", "plans", "agreements.commitments"])
def test_every_gap_is_told_and_nothing_else_stops_a_scaffold_from_being_read(each: str) -> None:
    text = scaffold("R16.5-09", each, "", "", dossier_schema())
    told = "".join(problem.message for problem in gaps(parse_yaml(text, "rules/R16.5-09.yaml")))
    lines = [line for line in text.splitlines() if "〔填：" in line and not line.startswith("#")]
    assert all(gap in told for line in lines for gap in re.findall("〔填：[^〕]*〕", line))
    assert len(lines) == told.count("还没有填")


def test_loading_says_which_gaps_are_left(pack: Path) -> None:
    text = scaffold("R16.5-09", "plans", "16.5", "", dossier_schema())
    (pack / "rules" / "R16.5-09.yaml").write_text(text.replace("〔填：适用条件〕", "true"), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policy(pack, dossier_schema())
    told = [str(each) for each in caught.value.problems]
    assert told[0].startswith("rules/R16.5-09.yaml:3:8 /title: 还没有填〔填：问题的名称")
    assert not any("适用条件" in each for each in told)
    assert len(told) == sum("〔填：" in line for line in text.splitlines() if not line.startswith("#")) - 1


def test_the_command_writes_a_file_and_never_over_another(pack: Path, run: Run) -> None:
    outcome = run("rules", "new", "R16.5-09", "--each", "agreements.commitments", "--policy", str(pack))
    path = pack / "rules" / "R16.5-09.yaml"
    assert (outcome.code, outcome.err) == (0, f"已写入 {path}\n")
    before = path.read_text(encoding="utf-8")
    assert 'clauses: ["16.5"]   # 国家级经开区内控制性详细规划应经依法批准' in before
    assert "agreements: [{agr_id: A1, commitments: [{commitment_id: C1, " in before
    again = run("rules", "new", "R16.5-09", "--each", "plans", "--policy", str(pack))
    assert (again.code, path.read_text(encoding="utf-8")) == (2, before)
    assert "已有规则 R16.5-09" in again.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("R16-1",), "编号的写法不对\n  → 例如 R18.8-01"),
        (("../R16.5-09",), "编号的写法不对"),
        (("R16.5-09", "--each", "plan"), "没有台账 plan\n  → 是否要写“plans”？"),
        (("R16.5-09", "--clause", "16.55"), "norms.yaml 没有 16.55\n  → 是否要写“16.5”？"),
    ],
)
def test_the_command_says_what_it_does_not_know(arguments: tuple[str, ...], told: str, pack: Path, run: Run) -> None:
    outcome = run("rules", "new", *arguments, "--policy", str(pack))
    assert outcome.code == 2
    assert told in outcome.err
    assert not list((pack / "rules").iterdir())


def test_a_new_rule_is_never_written_into_a_pack_that_ships(run: Run) -> None:
    """Until it is filled in, no check with that pack would go on."""
    for pack in ((), ("--policy", "shandong"), ("--policy", str(PACK))):
        refused = run("rules", "new", "R18.8-51", "--each", "parcels", *pack)
        assert (refused.code, "cp -r" in refused.err) == (2, True)
    assert not list(PACK.parent.rglob("R18.8-51.yaml"))
