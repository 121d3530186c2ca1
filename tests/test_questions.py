"""The questions to people: each names what to look at, in which paper and what should worry, and no two are alike."""

import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from paper_text import plain

from checker import site
from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.errors import PolicyError
from checker.model import Mode, Party, Question, Report
from checker.papers import self_report
from checker.papers.checklist import LOOK_AT, NORMS, PAPER, WORRY, checklist, paper, workbook
from checker.papers.filled import Filled
from checker.papers.statements import Statements
from checker.policy.law import Checkability, Norm, load_norms
from checker.policy.loading import Policy, read_policy
from checker.policy.source import parse_yaml
from checker.reporting import FORMATS
from checker.reporting.json import render
from checker.reporting.reading import read
from checker.resources import folder
from checker.sheets import xlsx_writer
from checker.sheets.workbook import tables

PACK = folder("policies") / site.POLICY
EXAMPLE = Path(__file__).parents[1] / "examples" / "dossier.json"
ALIKE = 8
"""So many signs that two questions share are no accident, unless they name the same paper."""


@cache
def policy(language: str = "zh") -> Policy:
    return read_policy(PACK, dossier_schema(language), examples=False)


@cache
def report(language: str = "zh") -> Report:
    return check(policy(language), load_dossier(EXAMPLE.read_bytes(), EXAMPLE.name, dossier_schema()))


def questions(language: str = "zh") -> dict[str, Question]:
    return {each.id: each.question for each in policy(language).norms.values() if each.question is not None}


# --- what they say --------------------------------------------------------------------------------------------------


def test_what_only_people_can_judge_is_asked_and_what_a_dossier_settles_is_not() -> None:
    norms = policy().norms.values()
    judged = {each.id for each in norms if each.checkability is Checkability.JUDGEMENT}
    assert len(judged) == 57
    assert judged <= questions().keys()
    assert all(each.question is None for each in norms if each.checkability is Checkability.FULL)


def without_quote(told: str, norm: Norm) -> str:
    return told.replace(norm.quote, "").replace(norm.id, "")


@pytest.mark.parametrize("part", ["look_at", "worry"])
def test_no_two_questions_share_a_phrase(part: str) -> None:
    phrases: dict[str, set[str]] = {}
    for name, asked in questions().items():
        told = without_quote(getattr(asked, part), policy().norms[name])
        assert len(told) > ALIKE
        for start in range(len(told) - ALIKE + 1):
            phrases.setdefault(told[start : start + ALIKE], set()).add(name)
    assert {phrase: names for phrase, names in phrases.items() if len(names) > 1} == {}


def test_no_two_questions_are_the_same_without_the_quote_and_none_is_the_quote() -> None:
    told = [
        tuple(without_quote(each, policy().norms[name]) for each in (asked.look_at, asked.paper, asked.worry))
        for name, asked in questions().items()
    ]
    for part in zip(*told, strict=True):
        assert [each for each, times in Counter(part).items() if times > 1] == []
    for name, asked in questions().items():
        assert policy().norms[name].quote not in f"{asked.look_at}{asked.worry}"


def test_a_question_names_no_figure_of_its_own_and_no_instrument() -> None:
    for asked in questions().values():
        told = f"{asked.look_at}{asked.paper}{asked.worry}"
        assert re.findall(r"[0-9０-９%％]|第[一二三四五六七八九十百]+条|《", told) == []


def test_the_english_questions_are_as_different() -> None:
    chinese, english = questions(), questions("en")
    assert chinese.keys() == english.keys()
    for part in ("look_at", "paper", "worry"):
        told = [getattr(each, part) for each in english.values()]
        assert len(set(told)) == len(told)
        assert not any(re.search("[\u3000-\u9fff\uff00-\uffef]", each) for each in told)


# --- how they are read ----------------------------------------------------------------------------------------------

NORM = """\
- id: "1.1"
  article: 一
  quote: 甲
  modality: goal
  addressee: [zone]
  checkability: judgement
  own_duty: false
  why: 乙
"""
ASKED = NORM + "  question:\n    look_at: 丙\n    paper: 丁\n    worry: 戊\n"


def told(text: str) -> list[str]:
    with pytest.raises(PolicyError) as raised:
        load_norms(parse_yaml(text, "norms.yaml"), "甲")
    return [f"{each.place} {each.message}" for each in raised.value.problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NORM, "norms.yaml:6:17 /0/checkability 只能由人判断的条款要有 question"),
        (ASKED.replace("judgement", "full"), "norms.yaml:10:5 /0/question 档案足以查明的条款由规则检查"),
        (ASKED.replace("    worry: 戊\n", ""), "norms.yaml:10:5 /0/question 缺少“worry”"),
        (ASKED.replace("paper: 丁", 'paper: " "'), "norms.yaml:11:12 /0/question/paper 这里要写文字"),
        (ASKED.replace("worry", "worries"), "norms.yaml:12:5 /0/question/worries 没有“worries”这个键"),
        (NORM + "  question: 丙\n", "norms.yaml:9:13 /0/question 这里要写一条记录，含：look_at、paper、worry"),
    ],
    ids=["none", "of a full one", "a part lacks", "a part is blank", "another part", "no parts"],
)
def test_a_question_that_is_not_whole_is_told_with_its_place(text: str, said: str) -> None:
    assert told(text)[0].startswith(said)


def test_a_norm_that_is_partly_checkable_may_have_one() -> None:
    assert load_norms(parse_yaml(ASKED, "norms.yaml"), "甲")["1.1"].question == Question(
        look_at="丙", paper="丁", worry="戊"
    )
    for text in (ASKED, NORM):
        load_norms(parse_yaml(text.replace("judgement", "partial"), "norms.yaml"), "甲")


# --- where people work ----------------------------------------------------------------------------------------------


def test_the_checklist_asks_every_question_that_concerns_somebody_on_the_spot() -> None:
    visit = checklist(report())
    asked = [each.question for each in visit.norms if each.question is not None]
    local = [each for each in report().without_rule if any(party.is_local for party in each.addressees)]
    assert len(asked) == sum(each.question is not None for each in local) > 40
    said = plain(paper(visit))
    [sheet] = [each for each in workbook(visit).sheets if each.name == NORMS]
    titles = [each.title for each in sheet.headings]
    rows = {tuple(row[titles.index(each)] for each in ("编号", LOOK_AT, PAPER, WORRY)) for row in sheet.rows}
    for each in visit.norms:
        if each.question is not None:
            parts = (each.question.look_at, each.question.paper, each.question.worry)
            assert all(re.sub(r"\s", "", part) in said for part in parts)
            assert (each.id, *parts) in rows


def test_a_norm_without_a_question_leaves_its_cells_blank() -> None:
    [norm, *_] = report().without_rule
    visit = checklist(replace(report(), without_rule=(replace(norm, question=None, addressees=(Party.ZONE,)),)))
    [sheet] = [each for each in workbook(visit).sheets if each.name == NORMS]
    titles = [each.title for each in sheet.headings]
    [row] = sheet.rows
    assert [row[titles.index(each)] for each in (LOOK_AT, PAPER, WORRY)] == [None, None, None]
    assert norm.quote in plain(paper(visit))


def test_the_self_audit_asks_itself_and_says_so() -> None:
    written = plain(self_report.paper(report()))
    asked = [
        each.question
        for each in report().without_rule
        if each.question and any(party.is_local for party in each.addressees)
    ]
    assert f"另有{len(asked)}个条款没有规则检查" in written
    assert all(re.sub(r"\s", "", each.look_at) in written for each in asked)
    assert all(re.sub(r"\s", "", each.worry) in written for each in asked)
    silent = replace(report(), without_rule=tuple(replace(each, question=None) for each in report().without_rule))
    assert "由人回答的问题清单" not in plain(self_report.paper(silent))


def test_a_saved_report_keeps_the_questions_and_an_older_one_without_them_is_read() -> None:
    data = render(report())
    held = json.loads(data)
    assert read(data, "报告.json").without_rule == report().without_rule
    assert render(read(data, "报告.json")) == data
    for each in held["without_rule"]:
        each.pop("question", None)
    older = read(json.dumps(held, ensure_ascii=False).encode(), "报告.json")
    assert all(each.question is None for each in older.without_rule)
    assert [each.id for each in older.without_rule] == [each.id for each in report().without_rule]
    for form in FORMATS:
        FORMATS[form](replace(older, mode=Mode.SELF_AUDIT))
    paper(checklist(older))
    self_report.paper(older)


def test_a_report_in_english_asks_in_english_and_quotes_in_chinese() -> None:
    chinese, english = ({each.id: each for each in report(each).without_rule} for each in ("zh", "en"))
    assert chinese.keys() == english.keys()
    for name, norm in english.items():
        assert norm.quote == chinese[name].quote
        if norm.question is not None:
            assert norm.question == questions("en")[name]


def test_a_filled_checklist_from_before_the_questions_still_comes_back() -> None:
    [grid] = [
        each for each in tables(xlsx_writer.render(workbook(checklist(report()))), "核查.xlsx") if each.name == NORMS
    ]
    head, first, *_ = ([*row] for row in grid.rows)
    said = {"结果": "不符合", "现场记录": "记下来的话", "核查人": "甲", "核查日期": "2025-02-01"}
    filled = [said.get(str(title), cell) for title, cell in zip(head, first, strict=True)]
    kept = [place for place, title in enumerate(head) if title not in {LOOK_AT, PAPER, WORRY}]
    assert len(kept) == len(head) - 3
    older = replace(grid, rows=[[row[place] for place in kept] for row in (head, filled)])
    for table in (replace(grid, rows=[head, filled]), older):
        file = Filled("核查.xlsx")
        root = json.loads(EXAMPLE.read_bytes())
        [statement] = Statements(file, root, dossier_schema(), report()).of(table)
        assert (statement.held["norm"], statement.held["note"]) == (first[head.index("编号")], "记下来的话")
        assert (file.problems, file.unread) == ([], [])
