"""The report of a self-audit: what is in order is named with what shows it, and nobody is held to account."""

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

import docx
import pdfplumber
import pytest
import reports_sample as sample
from paper_text import plain

from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.errors import MisuseError
from checker.model import Mode, Report, Verdict
from checker.papers.formats import PAPERS
from checker.papers.paper import Level, Paper, Paragraph
from checker.papers.self_report import paper
from checker.policy.loading import read_policy
from checker.resources import folder

EXAMPLE = Path(__file__).parents[1] / "examples" / "dossier.json"
SAMPLE = replace(sample.report(), mode=Mode.SELF_AUDIT)


@cache
def example() -> Report:
    schema = dossier_schema()
    policy = read_policy(folder("policies") / "guobanfa-2014-54", schema, examples=False)
    dossier = load_dossier(EXAMPLE.read_bytes(), EXAMPLE.name, schema)
    return check(policy, dossier)


@cache
def written() -> Paper:
    return paper(example())


def part(written: Paper, title: str) -> str:
    """Give the text of one numbered part."""
    held: dict[str, str] = {}
    here = ""
    for each in written.blocks:
        if isinstance(each, Paragraph) and each.level is Level.FIRST:
            here = each.text.partition("、")[2]
        held[here] = held.get(here, "") + plain(replace(written, running="", blocks=(each,)))
    return held.get(title, "")


def test_what_is_in_order_is_named_with_its_papers_and_adds_up() -> None:
    report = example()
    assert sum(each.number for each in report.in_order) == report.totals[Verdict.COMPLIANT]
    assert {each.rule: each.number for each in report.in_order} == {
        each.id: each.totals[Verdict.COMPLIANT] for each in report.rules if each.totals[Verdict.COMPLIANT]
    }
    said = part(written(), "符合要求的事项")
    assert "精密仪器项目（P1）" in said
    assert "国有建设用地使用权出让合同（岚土出〔2022〕7号）〔D09〕" in said


def test_a_clause_under_which_nothing_was_checked_is_not_vouched_for() -> None:
    untouched = [
        f"（{each.id}）" for each in example().clauses if set(+Counter(each.totals)) == {Verdict.NOT_APPLICABLE}
    ]
    assert "（5.2）" in untouched
    kept, left_out = part(written(), "符合要求的事项"), part(written(), "未纳入自查的事项")
    vouched = kept[kept.index("下列各款所涉的对象都已查清") :]
    assert not [each for each in untouched if each in vouched]
    told = left_out[left_out.index("没有得出结论：") :]
    assert all(each in told for each in untouched)


def test_each_finding_stands_in_its_own_part_and_nowhere_else() -> None:
    report = example()
    to_do, to_check = part(written(), "需要整改的事项"), part(written(), "需要核实的事项")
    for verdict, here, there in ((Verdict.VIOLATION, to_do, to_check), (Verdict.RISK, to_check, to_do)):
        for each in report.of(verdict):
            message = re.sub(r"\s", "", each.message)
            assert message in here
            assert message not in there
    missing = part(written(), "尚缺的资料")
    assert all(re.sub(r"\s", "", each.document) in missing for each in report.requests)


def test_nobody_is_held_to_account() -> None:
    report = example()
    penal = {step.action for each in report.findings for step in each.remedy if step.penal}
    kept = {step.action for each in report.findings for step in each.remedy if not step.penal}
    said = plain(written())
    assert penal - kept
    assert not [each for each in penal - kept if each in said]
    own = "".join(part(written(), title) for title in ("自查结论", "尚缺的资料"))
    assert not re.search("责令|处罚|追究|违反", own)


@pytest.mark.parametrize("form", PAPERS)
def test_every_format_says_the_same_and_is_the_same_bytes(form: str) -> None:
    data = PAPERS[form](written())
    assert data == PAPERS[form](written())
    match form:
        case "html":
            said = unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", data.decode(), flags=re.DOTALL))
        case "docx":
            body = docx.Document(io.BytesIO(data)).element.body
            said = "".join(each.text or "" for each in body.iter() if each.tag.endswith("}t"))
        case _:
            with pdfplumber.open(io.BytesIO(data)) as pages:
                said = "".join(page.extract_text() for page in pages.pages)
    said = re.sub(r"\s", "", said)
    for each in ("合规自查报告", "符合要求的事项", "截至2024年12月31日应缴50,000,000.00元", "由人判断的事项清单"):
        assert each in said


def test_a_projection_says_so_and_a_day_before_the_facts_is_refused() -> None:
    projected = replace(SAMPLE, projected=True)
    assert paper(projected).running.startswith("推算")
    assert "推算" in part(paper(projected), "自查结论")
    with pytest.raises(MisuseError, match="报告日2024年12月29日早于检查基准日"):
        paper(SAMPLE, issued_on=date(2024, 12, 29))


def test_hostile_names_stay_text_on_a_page() -> None:
    page = PAPERS["html"](paper(SAMPLE)).decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "{{ 7*7 }}" in page
