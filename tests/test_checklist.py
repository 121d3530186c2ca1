"""The papers for a visit: the worst and most decisive first, with room for people, and nothing filled in for them."""

import io
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import docx
import pdfplumber
import pytest
import reports_sample as sample
from paper_text import plain

from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.model import Grade, Party
from checker.papers.checklist import (
    ITEMS,
    NORMS,
    RECORD,
    REQUESTS,
    RESULTS,
    SUPPLIED,
    Checklist,
    checklist,
    paper,
    workbook,
)
from checker.papers.formats import PAPERS
from checker.papers.paper import Title
from checker.policy.law import Checkability, Norm
from checker.policy.loading import read_policy
from checker.resources import folder
from checker.sheets import xlsx_writer
from checker.sheets.workbook import tables

EXAMPLE = Path(__file__).parents[1] / "examples" / "dossier.json"


@cache
def example() -> tuple[Checklist, tuple[Norm, ...], frozenset[str]]:
    schema = dossier_schema()
    policy = read_policy(folder("policies") / "guobanfa-2014-54", schema, examples=False)
    report = check(policy, load_dossier(EXAMPLE.read_bytes(), EXAMPLE.name, schema))
    norms = tuple(policy.norms.values())
    return checklist(report), norms, frozenset(policy.checks)


VISIT, ALL_NORMS, CHECKED = example()
REPORT = VISIT.report
HOSTILE = checklist(replace(sample.report(), without_rule=REPORT.without_rule))


def test_each_problem_is_looked_at_once_and_what_it_absorbs_with_it() -> None:
    for visit in (VISIT, HOSTILE):
        named = [name for item in visit.items for name in item.findings]
        assert sorted(named) == sorted(each.id for each in visit.report.findings if each.absorbed_by is None)
        why = {name: item.why for item in visit.items for name in item.findings}
        for each in visit.report.findings:
            if each.absorbed_by in why:
                assert each.title in why[str(each.absorbed_by)]


def test_the_worst_come_first_and_what_is_open_before_what_is_proved() -> None:
    grades = [*(each.label for each in Grade), ""]
    turns = ["疑似", "资料不足", "违反"]
    keys = [(grades.index(each.grade), turns.index(each.verdict), -len(each.findings)) for each in VISIT.items]
    assert keys == sorted(keys)
    assert {each.verdict for each in VISIT.items} == set(turns)


def test_an_item_tells_what_is_open_where_it_stands_and_what_to_ask() -> None:
    [refused] = [
        each for each in VISIT.items if each.title.startswith("管委会作为出让方") and each.verdict == "资料不足"
    ]
    assert refused.why == "缺出让人类型；曾拒绝提供：出让人类型"
    assert refused.said == ""
    assert refused.records == ("供地台账第6条",)
    assert refused.wanted == ("国有建设用地使用权出让合同",)
    assert refused.questions[0] == "出让人类型是什么？以什么材料为证？"
    [owed] = [each for each in VISIT.items if each.title == "欠缴、少缴土地出让价款" and each.verdict == "违反"]
    assert "欠缴17,000,000.00元" in owed.said
    assert owed.places
    assert owed.papers


def test_what_a_rule_leaves_unchecked_stands_once_beside_its_first_item() -> None:
    rules = {each.id: each.rule for each in REPORT.findings}
    limits = {each.id: each.limits for each in REPORT.rules}
    told: dict[str, list[tuple[str, ...]]] = {}
    for item in VISIT.items:
        if not item.title.endswith("是否齐全"):
            told.setdefault(rules[item.findings[0]], []).append(item.unchecked)
    assert any(len(each) > 1 for each in told.values())
    assert told == {rule: [limits[rule], *[()] * (len(each) - 1)] for rule, each in told.items()}
    said = plain(paper(VISIT))
    assert all(said.count(re.sub(r"\s", "", f"规则没有检查的：{'；'.join(limits[rule])}。")) == 1 for rule in told)
    filled = [str(row[10]) for row in workbook(VISIT).sheets[0].rows if "规则没有检查的" in str(row[10])]
    assert len(filled) == len(told)


def test_norms_that_only_people_can_judge_stand_with_their_words_and_none_that_a_rule_checks() -> None:
    shown = {each.id: each for each in VISIT.norms}
    there = {Party.ZONE, Party.ENTERPRISE, Party.LOCAL_GOVERNMENT}
    for each in ALL_NORMS:
        is_asked = each.checkability is Checkability.JUDGEMENT and there & set(each.addressee)
        if is_asked and each.id not in CHECKED:
            assert shown[each.id].quote == each.quote
            assert shown[each.id].only_people
    assert not {each.id for each in REPORT.clauses} & set(shown)
    assert VISIT.norms[0].modality == "应当"


def test_papers_are_asked_for_in_the_order_of_the_report() -> None:
    assert [each.document for each in VISIT.requests] == [each.document for each in REPORT.requests]
    ranks = [(each.weight, len(each.findings)) for each in REPORT.requests]
    assert ranks == sorted(ranks, reverse=True)
    assert [each.findings for each in VISIT.requests] == [findings for _, findings in ranks]


def test_the_record_is_blank() -> None:
    written = paper(VISIT)
    start = next(place for place, each in enumerate(written.blocks) if each == Title(lines=(RECORD,)))
    said = plain(replace(written, blocks=written.blocks[start:]))
    assert REPORT.zone.name in said
    for each in REPORT.findings:
        assert re.sub(r"\s", "", each.message) not in said
        assert each.title not in said
    assert "✓" not in plain(written)
    assert "√" not in plain(written).replace("打√", "")


def test_a_projection_says_so() -> None:
    assert paper(checklist(sample.report(projected=True))).running.startswith("推算")


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_papers_are_the_same_bytes_and_have_boxes_and_lines_to_sign(form: str) -> None:
    data = PAPERS[form](paper(VISIT))
    assert data == PAPERS[form](paper(VISIT))
    if form == "docx":
        body = docx.Document(io.BytesIO(data)).element.body
        said = "".join(each.text or "" for each in body.iter() if each.tag.endswith("}t"))
    else:
        with pdfplumber.open(io.BytesIO(data)) as pages:
            said = "".join(page.extract_text() for page in pages.pages)
            first, last = pages.pages[0], pages.pages[-1]
            assert first.width > first.height
            assert last.width < last.height
    said = re.sub(r"\s", "", said)
    for each in (ITEMS, NORMS, REQUESTS, RECORD, "检查人员（签名、证件号）", "被检查单位在场人员（签名"):
        assert each in said
    assert said.count("□不符合") == len(VISIT.items) + len(VISIT.norms)
    assert said.count("□拒绝提供") == len(VISIT.requests)


def test_the_workbook_has_a_row_a_finding_with_its_id_and_leaves_the_rest_to_people() -> None:
    for visit in (VISIT, HOSTILE):
        book = workbook(visit)
        data = xlsx_writer.render(book)
        assert data == xlsx_writer.render(book)
        grids = {each.name: each for each in tables(data, "核查.xlsx")}
        assert list(grids) == [ITEMS, NORMS, REQUESTS, RECORD]
        head, *rows = grids[ITEMS].rows
        place = head.index("问题编号")
        assert [row[place] for row in rows] == [name for item in visit.items for name in item.findings]
        for sheet in book.sheets[:3]:
            for column, each in enumerate(sheet.headings):
                if each.by_people:
                    assert {row[column] for row in sheet.rows} <= {None}
        choices = {each.title: each.choices for sheet in book.sheets for each in sheet.headings if each.choices}
        assert choices["结果"] == RESULTS
        assert choices["提供情况"] == SUPPLIED
        assert not any(grid.formulas for grid in grids.values())


def test_a_dossier_that_leaves_nothing_open_says_so() -> None:
    report = replace(REPORT, findings=(), requests=(), without_rule=())
    said = plain(paper(checklist(report)))
    assert "没有需要到现场查明的事项" in said
    assert "不缺判断所需的资料" in said
    assert NORMS not in said
