"""Official notices: what may stand on them, how they are laid out, and which papers are refused."""

import hashlib
import io
import itertools
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest
import reports_sample as sample
from msgspec import structs

from checker.errors import MisuseError
from checker.model import Consequence, Finding, Mode, Party, Verdict
from checker.papers import docx_writer, pdf_writer
from checker.papers.agency import Agency, read_agency
from checker.papers.docx_writer import MARKER, Template
from checker.papers.drafting import WRITERS, Draft, Order, drafts
from checker.papers.glyphs import covered
from checker.papers.lint import faults
from checker.papers.notice import Notice, NoticeForm, notices
from checker.papers.official import QUESTIONS, paper_of
from checker.papers.paper import (
    DRAFT,
    Form,
    Head,
    Imprint,
    Level,
    Paper,
    Paragraph,
    Signature,
    Title,
    printable,
    texts,
)

MM = 72 / 25.4
AGENCY = Agency(name="滨江市商务局", code="滨商整", copies_to=("市财政局",), plan_days=10)
ORDERED = replace(sample.ARREARS, id="e-1", responsible=Party.ENTERPRISE)
REPORT = sample.report()
WITH_ENTERPRISE = replace(REPORT, findings=(*REPORT.findings, ORDERED))
DAY = date(2025, 1, 6)


@cache
def drafted(kind: str, form: NoticeForm | None = None) -> tuple[Draft, ...]:
    return drafts(WITH_ENTERPRISE, kind, Order(form=form, agency=AGENCY, issued_on=DAY))


def order_of(*findings: Finding, **more: Any) -> tuple[Notice, ...]:
    return notices(replace(REPORT, findings=findings), form=NoticeForm.ORDER, **more)


def said(paper: Paper) -> str:
    return "\n".join(text for _, text in texts(paper))


def docx_parts(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the text of a DOCX piece by piece, each with the heading or the title of the annex that it stands under."""
    heading = ""
    for each in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(each, docx.table.Table):
            yield heading, "\n".join(cell.text for row in each.rows for cell in row.cells)
        else:
            assert each.style is not None
            if each.style.name in {"一级标题", "公文标题"}:
                heading = each.text
            yield heading, each.text


def pdf_text(data: bytes) -> str:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))


# --- the guard ------------------------------------------------------------------------------------------------------

MARK = replace(sample.ARREARS, id="mark", title="标记甲", message="标记乙。", subject=sample.parcel(1, "标记丙"))


@pytest.mark.parametrize("form", NoticeForm)
def test_only_a_violation_is_an_item_and_nothing_but_a_silence_is_asked(form: NoticeForm) -> None:
    for verdict, consequence, party in itertools.product(Verdict, Consequence, Party):
        finding = replace(MARK, verdict=verdict, consequence=consequence, responsible=party)
        other = replace(sample.ARREARS, responsible=party, subject=finding.subject)
        papers = notices(replace(REPORT, findings=(other, finding), exempted=(finding,)), form=form)
        assert bool(papers) is form.suits(party)
        is_item = verdict is Verdict.VIOLATION and (form is not NoticeForm.ORDER or consequence is Consequence.ORDER)
        for each in papers:
            case = (verdict, consequence, party)
            assert ("mark" in {item.finding for item in each.items}) is is_item, case
            is_asked = verdict is Verdict.UNDETERMINED
            assert ("标记甲" in {question.title for question in each.questions}) is is_asked, case
            text = said(paper_of(each, AGENCY))
            assert ("标记乙" in text) is is_item, case
            assert ("标记甲" in text) is (is_item or is_asked), case


def test_what_is_only_recommended_is_ordered_nowhere() -> None:
    [paper] = notices(replace(REPORT, findings=(sample.UNCOVERED,)), form=NoticeForm.NOTICE)
    assert paper.title == "关于滨江经济技术开发区有关问题整改建议的通知"
    assert "责令" not in said(paper_of(paper, AGENCY))
    assert order_of(replace(sample.UNCOVERED, responsible=Party.ENTERPRISE)) == ()


NOT_PROVED = tuple(
    each.subject.id
    for each in (*REPORT.findings, *REPORT.exempted)
    if each.verdict is not Verdict.VIOLATION or each.responsible is Party.UNDETERMINED
)
NEVER = ("疑似闲置标记", "豁免标记", "责任主体待定标记", "无法判定标记", "疑似", *NOT_PROVED)


@pytest.mark.parametrize("form", [None, NoticeForm.LETTER])
def test_a_docx_read_back_holds_no_record_that_is_not_a_violation(form: NoticeForm | None) -> None:
    for draft in drafted("docx", form):
        parts = list(docx_parts(draft.data))
        assert any(QUESTIONS in heading for heading, _ in parts) is bool(draft.notice.questions)
        for heading, text in parts:
            if QUESTIONS not in heading:
                assert not [each for each in NEVER if each in text], (draft.name, text)


@pytest.mark.parametrize("form", [None, NoticeForm.LETTER])
def test_a_pdf_read_back_holds_no_record_that_is_not_a_violation(form: NoticeForm | None) -> None:
    for draft in drafted("pdf", form):
        text = pdf_text(draft.data)
        for item in draft.notice.items:
            assert re.sub(r"\s", "", printable(item.title)) in text
        text = re.sub(rf"[一二三四]、{QUESTIONS}.*?[一二三四五]、办理要求", "", text)
        text = re.sub(rf"附件\d{QUESTIONS}清单.*?附件\d", "", text)
        assert not [each for each in NEVER if each in text], draft.name


def test_chosen_findings_alone_are_written_and_what_is_not_proved_cannot_be_chosen() -> None:
    [paper] = notices(REPORT, form=NoticeForm.NOTICE, selected=("r18.8-02@A-003-2",))
    assert [each.finding for each in paper.items] == ["R18.8-02:A-003"]
    assert paper.questions == ()
    for wanted, why in (
        ("R17.5-01:P-007", "的结论是“疑似，需核查”，不能写入通知书"),
        ("R18.8-01:P-015", "的结论是“豁免”，不能写入通知书"),
        ("R18.7-03:P-020", "的责任主体待定"),
        ("R18.8-01:P-04", "不止一个问题"),
        ("R99", "没有这个问题"),
        (" ", "没有这个问题"),
    ):
        with pytest.raises(MisuseError, match=why):
            notices(REPORT, selected=(wanted,))


def test_an_order_speaks_of_one_subject_with_capitals_remedies_and_a_receipt() -> None:
    other = replace(ORDERED, id="e-2", subject=sample.parcel(77))
    first, second = order_of(ORDERED, other)
    assert [each.finding for each in (*first.items, *second.items)] == ["e-1", "e-2"]
    text = said(paper_of(first, AGENCY))
    for expected in (
        "8,640.00万元（大写：人民币捌仟陆佰肆拾万元整）",
        "责令限期整改通知书",
        "送达回证",
        "统一社会信用代码",
    ):
        assert expected in text
    assert "P-077" not in text
    assert "（受理机关和期限由签发机关依法填写）＿＿" in text
    assert "可以向某机关申请" in said(paper_of(first, replace(AGENCY, remedies="可以向某机关申请。")))
    assert not any("复议" in text or "诉讼" in text for text in (text, said(paper_of(second, AGENCY))))


def test_a_self_audit_makes_no_official_paper() -> None:
    with pytest.raises(MisuseError, match="自查只出具自查单"):
        notices(sample.report(mode=Mode.SELF_AUDIT), form=NoticeForm.NOTICE)


def test_a_working_day_beyond_the_calendar_is_marked_on_the_paper() -> None:
    def paper(day: date) -> str:
        [found] = notices(REPORT, party=Party.ZONE, form=NoticeForm.NOTICE, issued_on=day, plan_days=10)
        return said(paper_of(found, AGENCY))

    within, beyond = paper(date(2025, 9, 28)), paper(date(2026, 12, 20))
    assert "10个工作日内（于落款之日收到的，截止日为2025年10月18日）报送整改方案" not in within
    assert "10个工作日内（于落款之日收到的，截止日为2025年10月17日）报送整改方案" in within
    assert "须按届时公布的放假安排核定" not in within
    assert "截止日为不早于" in beyond
    assert "须按届时公布的放假安排核定" in beyond


def test_every_page_says_that_it_is_a_draft_of_which_dossier_and_what_the_office_fills_is_blank() -> None:
    for draft in drafted("pdf"):
        assert DRAFT in draft.name
        with pdfplumber.open(io.BytesIO(draft.data)) as pdf:
            pages = [page.extract_text() for page in pdf.pages]
        assert all("送审稿 档案 binjiang-2024（2024年12月30日，a1a1a1a1a1a1） 政策包 1.0.0" in page for page in pages)
        text = "".join(pages)
        assert re.search(r"滨商整〔＿{4}〕＿＿号", text)
        assert "a1" * 32 in re.sub(r"\s", "", text)
        if draft.notice.form is not NoticeForm.ORDER:
            assert "份号：＿＿＿＿＿＿" in text
            assert "密级：＿＿＿＿＿＿" in text


# --- layout ---------------------------------------------------------------------------------------------------------


def tops(page: Any) -> list[tuple[float, list[Any]]]:
    """Give the lines of a page from above: where the characters begin, in mm, and the characters."""
    lines: dict[float, list[Any]] = {}
    for each in page.chars:
        baseline = page.height - each["matrix"][5]
        lines.setdefault(round((baseline - 0.88 * each["size"]) / MM, 2), []).append(each)
    return sorted(lines.items())


def test_a_page_holds_22_lines_of_28_characters_within_the_margins_of_the_standard() -> None:
    text = Paragraph(text="国" * 28 * 25, level=Level.FLUSH)
    data = pdf_writer.render(Paper(name="n", author="a", day=DAY, blocks=(text,)))
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
        lines = [(top, chars) for top, chars in tops(page) if len(chars) > 10]
        assert [len(chars) for _, chars in lines] == [28] * 22
        assert lines[0][0] == pytest.approx(37, abs=0.05)
        assert lines[-1][0] + 156 / 28 == pytest.approx(262, abs=0.1)
        assert {round(b[0] - a[0], 2) for a, b in itertools.pairwise(lines)} <= {10.44, 10.45}
        assert lines[0][1][0]["x0"] / MM == pytest.approx(28, abs=0.3)
        assert lines[0][1][-1]["x1"] / MM == pytest.approx(184, abs=0.3)
        number = [each for each in page.chars if each["text"] == "1"]
        assert (number[0]["top"] + number[0]["bottom"]) / 2 / MM == pytest.approx(268.5, abs=1.5)


def test_a_document_has_its_red_head_and_imprint_where_the_standard_puts_them() -> None:
    head = Head(mark="滨江市商务局文件", number="滨商整〔2026〕1号", copy_number="000001")
    blocks = (Title(lines=("关于整改的通知",)), Paragraph(text="正文"))
    imprint = Imprint(copies_to=("甲局",), printer="乙室", printed_on="2026年1月5日印发")
    paper = Paper(name="n", author="a", day=DAY, blocks=blocks, form=Form.DOCUMENT, head=head, imprint=imprint)
    with pdfplumber.open(io.BytesIO(pdf_writer.render(paper))) as pdf:
        [page] = pdf.pages
        lines = {"".join(each["text"] for each in chars): (top, chars) for top, chars in tops(page)}
        assert lines["000001"][0] == pytest.approx(37, abs=0.1)
        mark, chars = lines["滨江市商务局文件"]
        assert mark == pytest.approx(72, abs=0.1)
        assert (chars[0]["x0"] + chars[-1]["x1"]) / 2 / MM == pytest.approx(28 + 78, abs=0.5)
        red, *others = sorted(page.lines, key=lambda each: each["top"])
        assert red["width"] / MM == pytest.approx(156, abs=0.1)
        number = lines["滨商整〔2026〕1号"][0]
        assert red["top"] / MM - (number + 156 / 28) == pytest.approx(4, abs=0.3)
        assert others[-1]["top"] / MM == pytest.approx(262, abs=0.4)
        assert [round(each["linewidth"] / MM, 2) for each in others] == [0.35, 0.25, 0.35]


@pytest.mark.parametrize("name", ["滨江市商务局", "滨江市" * 7, "滨江市" * 12])
def test_the_day_ends_four_characters_from_the_edge_and_the_name_stands_in_its_middle(name: str) -> None:
    blocks = (Paragraph(text="正文"), Signature(agency=name, day=date(2026, 1, 5)))
    with pdfplumber.open(io.BytesIO(pdf_writer.render(Paper(name="n", author="a", day=DAY, blocks=blocks)))) as pdf:
        [(text, left, right), *_] = [
            (each["text"], each["x0"] / MM, each["x1"] / MM)
            for each in pdf.pages[0].extract_text_lines()
            if each["text"].startswith("2026年")
        ]
        [first, *_] = [each for each in pdf.pages[0].extract_text_lines() if each["text"].startswith("滨江市")]
    assert text == "2026年1月5日"
    assert first["x0"] / MM > 27.5
    assert first["x1"] / MM < 184.5
    if len(name) < 28:
        assert (first["x0"] + first["x1"]) / 2 / MM == pytest.approx((left + right) / 2, abs=0.2)
    if len(name) < 10:
        assert right == pytest.approx(184 - 4 * 156 / 28, abs=0.1)


def test_a_letter_has_its_name_30_mm_below_the_edge_and_no_number_on_its_first_page() -> None:
    draft = drafted("pdf", NoticeForm.LETTER)[0]
    with pdfplumber.open(io.BytesIO(draft.data)) as pdf:
        first, second, *_ = pdf.pages
        mark = next(top for top, chars in tops(first) if chars[0]["size"] > 30)
        assert mark == pytest.approx(30, abs=0.2)
        lines = sorted(each["top"] / MM for each in first.lines)
        assert lines[-1] == pytest.approx(277, abs=1.5)
        assert {round(each["width"] / MM) for each in first.lines} == {170}
        assert "—" not in first.extract_text()[-8:]
        assert second.extract_text().endswith("— 2 —")


def test_a_docx_has_the_margins_the_grid_and_the_named_styles() -> None:
    document = docx.Document(io.BytesIO(drafted("docx")[0].data))
    first = document.sections[0]
    assert [round(each.mm) for each in (first.page_width, first.page_height) if each] == [210, 297]
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(each.mm) for each in margins if each] == [37, 35, 28, 26]
    assert 'w:type="lines" w:linePitch="579"' in first._sectPr.xml
    assert DRAFT in first.header.paragraphs[0].text
    used = {each.style.name for each in document.paragraphs if each.style}
    assert {"公文标题", "主送机关", "公文正文", "一级标题", "二级标题", "三级标题", "四级标题"} <= used
    assert any(section.orientation for section in document.sections)


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_notice_is_the_same_bytes_in_another_process(kind: str) -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests'); import test_official as t;"
        f"print(*(hashlib.sha256(each.data).hexdigest() for each in t.drafted({kind!r})))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent
    )
    assert run.stdout.split() == [hashlib.sha256(each.data).hexdigest() for each in drafted(kind)]


HOSTILE = {
    "markup": "<w:p/><script>alert(1)</script>&amp;",
    "jinja": "{{ 7*7 }}{% raw %}{{正文}}",
    "typst": '#read("/etc/passwd") $x^2$ *b* `raw` @x <l> \\ #import "@preview/x:1" // -',
    "bidi": "甲\u202e乙\u2066丙\x1b[31m\ufffe\x00",
    "long": "甲" * 10_000,
    "long word": "w" * 10_000,
    "controls": "a\tb\r\nc\u2028d",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_foreign_text_is_printed_as_it_is_and_stays_on_the_page(name: str) -> None:
    finding = replace(sample.ARREARS, subject=sample.parcel(1, name), message=name)
    order = Order(agency=AGENCY)
    report = replace(REPORT, findings=(finding,), zone=replace(REPORT.zone, name=f"滨江{name[:40]}"))
    [word] = drafts(report, "docx", order)
    assert printable(name) in "\n".join(text for _, text in docx_parts(word.data))
    [paper] = drafts(report, "pdf", order)
    with pdfplumber.open(io.BytesIO(paper.data)) as pdf:
        pages = pdf.pages[:4]
        text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
        wanted = re.sub(r"\s", "", printable(name))[:60]
        assert wanted in text.replace("\u200b", "")
        assert max(each["x1"] for page in pages for each in page.chars) / MM < 262.5
        inside = [each for page in pages[:2] for each in page.chars if each["text"].isalnum()]
        assert max(each["x1"] for each in inside) / MM < 184.6


def test_more_than_999_items_are_counted_on() -> None:
    [notice] = notices(sample.large(1001), form=NoticeForm.NOTICE)
    assert [each.ordinal for each in notice.items[-2:]] == ["一千", "一千零一"]
    assert not [each for each in faults(notice, paper_of(notice, AGENCY)) if each.blocking]


# --- the linter -----------------------------------------------------------------------------------------------------

[PLAIN] = notices(replace(REPORT, findings=(sample.ARREARS,)), form=NoticeForm.NOTICE)
GOOD = paper_of(PLAIN, AGENCY)
assert GOOD.head is not None


def test_a_good_paper_has_no_faults() -> None:
    for draft in (*drafted("docx"), *drafted("docx", NoticeForm.LETTER)):
        assert draft.doubts == ()


def swapped(old: str, new: str) -> Paper:
    blocks = tuple(
        replace(each, text=each.text.replace(old, new)) if isinstance(each, Paragraph) else each for each in GOOD.blocks
    )
    return replace(GOOD, blocks=blocks)


@pytest.mark.parametrize(
    ("paper", "why"),
    [
        (replace(GOOD, running=""), "没有“送审稿”标记"),
        (replace(GOOD, head=replace(GOOD.head, number="滨商整[2026]1号")), "没有六角括号"),
        (replace(GOOD, head=replace(GOOD.head, mark=" ")), "没有发文机关标志"),
        (replace(GOOD, head=replace(GOOD.head, number="滨商整〔2026〕第01号")), "序号不加“第”"),
        (replace(GOOD, blocks=GOOD.blocks[1:]), "没有标题"),
        (replace(GOOD, blocks=(Title(lines=("关于整改的通知。",)), *GOOD.blocks[1:])), "标题末尾不用标点"),
        (replace(GOOD, blocks=(Title(lines=("关于" * 90,)), *GOOD.blocks[1:])), "首页没有正文"),
        (replace(GOOD, blocks=(GOOD.blocks[0], Paragraph(text="某" * 400, level=Level.FLUSH))), "首页没有正文"),
        (swapped("一、责令", "1、责令"), "第一层序数应写作 一、"),
        (swapped("二、办理", "三、办理"), "序数应为 二"),
        (swapped("（一）欠缴", "（二）欠缴"), "序数应为 一"),
        (replace(GOOD, imprint=Imprint(printer="甲办发[2026]3号印")), "年份应放在六角括号"),
    ],
)
def test_a_bad_paper_is_refused_and_told_why(paper: Paper, why: str) -> None:
    found = faults(PLAIN, paper)
    assert [each.message for each in found if each.blocking and why in each.message], [str(each) for each in found]
    assert all(each.suggestion for each in found)


def test_what_a_dossier_writes_otherwise_is_pointed_out_and_not_refused() -> None:
    message = "合字[2018]31号，2024-01-05欠3520万元，面积80㎡。"
    finding = replace(sample.ARREARS, message=message)
    [draft] = drafts(replace(REPORT, findings=(finding,)), "docx", Order(agency=AGENCY))
    told = "".join(map(str, draft.doubts))
    for why in ("六角括号", "日期应写全年、月、日", "两位小数", "规范的中文名称"):
        assert why in told


def test_a_character_that_no_typeface_has_is_refused_in_a_pdf_and_not_in_a_docx() -> None:
    report = replace(REPORT, findings=(replace(sample.ARREARS, message="𠮷某欠缴。"),))
    with pytest.raises(MisuseError, match=r"没有这些字：𠮷（U\+20BB7）[\s\S]*--format docx"):
        drafts(report, "pdf", Order(agency=AGENCY))
    assert drafts(report, "docx", Order(agency=AGENCY))


def test_an_amount_that_cannot_be_worded_in_capitals_is_refused_on_an_order() -> None:
    due, *others = sample.ARREARS.facts
    huge = structs.replace(due, value=Decimal(10) ** 16, text="1,000,000,000,000.00万元")
    with pytest.raises(MisuseError, match="金额没有大写"):
        drafts(replace(REPORT, findings=(replace(ORDERED, facts=(huge, *others)),)), "docx", Order(agency=AGENCY))


def test_the_typefaces_have_what_notices_are_made_of() -> None:
    points = covered(pdf_writer.font_files(()))
    assert all(ord(each) in points for each in "〔〕＿□√㎡²喆堃垚昇犇燚翀“”—·★①②③壹贰叁肆伍陆柒捌玖拾")
    assert ord("\ue000") not in points


# --- the office and its own file ------------------------------------------------------------------------------------


def test_an_office_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "字体").mkdir()
    text = """
        name = "滨江市商务局"
        red_head = "滨江市商务局 滨江市财政局文件"
        copies_to = ["甲局"]
        plan_days = 15
        [fonts]
        folder = "字体"
        docx = {body = "FangSong"}
    """
    agency = read_agency(text.encode(), "a.toml", tmp_path)
    assert (agency.mark, agency.letter_mark, agency.plan_days) == ("滨江市商务局 滨江市财政局文件", "滨江市商务局", 15)
    assert agency.fonts.folders == (str(tmp_path / "字体"),)
    assert (agency.fonts.docx["body"], agency.fonts.docx["hei"]) == ("FangSong", "黑体")


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ('nam = "x"', "nam", "没有这个字段"),
        ("", "name", "没有写签发机关的名称"),
        ("name = 3", "name", "应为文字"),
        ('name = " "', "name", "是空的"),
        ('name = "甲\\n乙"', "name", "应写在一行之内"),
        ('name = "甲\\u0001\\u202e乙"', "name", "含有不可见的字符"),
        ('name = "x"\ncopies_to = "甲局"', "copies_to", "应为一列文字"),
        ('name = "x"\ncopies_to = ["甲局", 1]', "copies_to[1]", "应为文字"),
        ('name = "x"\nplan_days = true', "plan_days", "应为工作日的天数"),
        ('name = "x"\nfonts = 1', "fonts", "应为一节"),
        ('name = "x"\n[fonts]\nfolder = "没有"', "fonts.folder", "没有字体文件夹"),
        ('name = "x"\n[fonts.pdf]\nbodi = "x"', "fonts.pdf.bodi", "没有这个字段"),
        ("name = x", "", "不是合格的 TOML"),
    ],
)
def test_a_fault_of_the_offices_file_is_told_by_field(text: str, field: str, why: str) -> None:
    with pytest.raises(MisuseError) as caught:
        read_agency(text.encode(), "a.toml")
    assert (field, True) in {(each.place.pointer, why in each.message) for each in caught.value.problems}
    assert all(each.suggestion for each in caught.value.problems)


def own_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "本局页眉"
    document.sections[0].footer.paragraphs[0].text = "本局页脚"
    document.styles.add_style("公文正文", 1).font.size = docx.shared.Pt(13)
    for each in paragraphs:
        document.add_paragraph(each)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def test_a_sites_own_file_keeps_its_head_and_foot_and_takes_the_text_at_its_marker() -> None:
    template = Template(name="t.docx", data=own_file("红头", MARKER, "版记"))
    [draft] = drafts(replace(REPORT, findings=(sample.ARREARS,)), "docx", Order(agency=AGENCY, template=template))
    document = docx.Document(io.BytesIO(draft.data))
    lines = [each.text for each in document.paragraphs]
    assert (lines[0], lines[-1]) == ("红头", "版记")
    assert MARKER not in lines
    assert "滨江市商务局文件" not in lines
    heads = [each.text for each in document.sections[0].header.paragraphs]
    assert heads[0] == "本局页眉"
    assert DRAFT in heads[1]
    assert document.sections[0].footer.paragraphs[0].text == "本局页脚"
    style: Any = document.styles["公文正文"]
    assert style.font.size.pt == 13


def bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"\0" * (docx_writer.LARGEST + 1))
    return held.getvalue()


PARTS = ("word/document.xml", "word/styles.xml", "word/settings.xml", "docProps/core.xml", "_rels/.rels")


def damaged(part: str, content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(own_file(MARKER))) as packed, zipfile.ZipFile(held, "w") as anew:
        for each in packed.namelist():
            anew.writestr(each, content if each == part else packed.read(each))
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no zip", "不是 DOCX 文件"),
        (b"PK\x03\x04", "不是 DOCX 文件"),
        (own_file("没有标记"), "没有内容是"),
        (own_file(MARKER, MARKER), "有 2 个内容是"),
        (bomb(), "解压后过大"),
        (own_file(MARKER)[:3000] + b"\xff" * 200 + own_file(MARKER)[3200:], "不是 DOCX 文件"),
        *((damaged(each, b"<a/>"), "不是 DOCX 文件") for each in PARTS),
    ],
    ids=["text", "cut short", "no marker", "two markers", "bomb", "overwritten", *PARTS],
)
def test_a_file_that_cannot_be_used_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MisuseError, match=re.escape(why)):
        docx_writer.render(Paper(name="n", author="a", day=DAY, blocks=()), Template(name="t", data=data))
