"""How papers look on the page and in an office program: what was found by looking at them, held fast by measuring."""

import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pdfplumber
import pytest
import reports_sample as sample
from reference.program import shipped_policy

from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.model import Mode, Report
from checker.papers import checklist as checklists
from checker.papers import docx_writer, found, html_writer, pdf_writer, self_report
from checker.papers import ledger as ledgers
from checker.papers.agency import Agency
from checker.papers.docx_writer import MARKER, Template
from checker.papers.drafting import Order, drafts
from checker.papers.merging import merge
from checker.papers.notice import NoticeForm, notices
from checker.papers.official import paper_of
from checker.papers.paper import (
    Annexes,
    Block,
    Column,
    Imprint,
    Level,
    PageBreak,
    Paper,
    Paragraph,
    Signature,
    SignatureLines,
    Space,
    Table,
)
from checker.reporting.wording import characters
from checker.sheets import xlsx_writer
from checker.sheets.sheet import TALLEST_POINTS, Workbook, height, told
from checker.sheets.template import template
from checker.sheets.workbook import tables

ROOT = Path(__file__).parent.parent
OFFICE = Path(__file__).parent / "office"
"""Files that were filled in and saved with LibreOffice 7.4."""
EXAMPLE = ROOT / "examples" / "dossier.json"
SCHEMA = dossier_schema()
DAY = date(2026, 1, 5)
MM = 72 / 25.4
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def paper(*blocks: Block, **more: Any) -> Paper:
    return Paper(name="n", author="a", day=DAY, blocks=blocks, **more)


def pages(made: Paper) -> list[str]:
    with pdfplumber.open(io.BytesIO(pdf_writer.render(made))) as pdf:
        return [re.sub(r"\s", "", page.extract_text()) for page in pdf.pages]


def part(data: bytes, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(name).decode()


def every_part(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return [packed.read(each).decode() for each in packed.namelist() if each.endswith(".xml")]


def tree(data: bytes, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(part(data, name))  # noqa: S314 - what this program itself has written


@cache
def visited() -> checklists.Checklist:
    return checklists.checklist(report())


@cache
def report() -> Report:
    return check(shipped_policy(), load_dossier(EXAMPLE.read_bytes(), EXAMPLE.name, SCHEMA))


# --- on paper -------------------------------------------------------------------------------------------------------

ROWS = tuple((f"起{number}。\n{'字' * 150}\n止{number}。", "") for number in range(10))
TALL = ("首行。\n" + "字\n" * 120 + "末行。", "")
BY_TWO = (Column(title="甲", width=2), Column(title="乙", width=1))


def test_a_row_of_a_table_stands_on_one_page_unless_it_would_fill_one() -> None:
    table = Table(columns=BY_TWO, rows=(*ROWS, TALL))
    shown = pages(paper(table))
    assert len(shown) > 3
    for number in range(len(ROWS)):
        assert [f"起{number}。" in each for each in shown] == [f"止{number}。" in each for each in shown]
    assert sum("首行。" in each or "末行。" in each for each in shown) == 2
    assert all("甲" in each for each in shown), "the head of a table is on each of its pages"
    assert part(docx_writer.render(paper(table))).count("<w:cantSplit/>") == 1 + len(ROWS)


SIGNED = (
    Paragraph(text="末段。", keep=True),
    Annexes(titles=("甲清单", "乙清单")),
    Signature(agency="滨江市商务局"),
    Paragraph(text="（联系人：某某）", keep=True),
    SignatureLines(rows=(("签发人：", "签发日期："),)),
)


@pytest.mark.parametrize("lines", range(10, 23))
def test_a_signature_stands_on_the_page_of_the_last_paragraph_with_all_that_belongs_to_it(lines: int) -> None:
    shown = pages(paper(*(Paragraph(text=f"第{number}段。") for number in range(lines)), *SIGNED))
    for wanted in ("附件：1.甲清单", "滨江市商务局", "＿＿年＿月＿日", "联系人", "签发日期："):
        assert [wanted in each for each in shown] == ["末段。" in each for each in shown], wanted


def test_whatever_stands_above_a_signature_is_held_together_with_it() -> None:
    forms = (*notices(sample.report(), form=NoticeForm.NOTICE), *notices(sample.report(), form=NoticeForm.LETTER))
    self_audit = self_report.paper(sample.report(mode=Mode.SELF_AUDIT))
    for made in (*(paper_of(each, Agency()) for each in forms), self_audit):
        place = next(number for number, each in enumerate(made.blocks) if isinstance(each, Annexes))
        before = made.blocks[place - 1]
        assert isinstance(before, Paragraph)
        assert before.keep
        xml = docx_writer.render(made)
        kept = re.findall(r"<w:p\b.*?</w:p>", part(xml))
        [last] = [number for number, each in enumerate(kept) if before.text[:20] in each]
        assert all("keepNext" in each or "ZcSign" in each for each in kept[last : last + 4])


@pytest.mark.parametrize("lines", range(11, 22, 2))
def test_an_imprint_never_stands_on_a_page_alone(lines: int) -> None:
    said = (Paragraph(text=f"第{number}段。") for number in range(lines))
    imprint = Imprint(copies_to=("甲局",), printer="乙室", printed_on="某年印发")
    shown = pages(paper(*said, Paragraph(text="末段。", level=Level.SMALL, keep=True), imprint=imprint))
    assert "末段。" in shown[-1]
    assert "某年印发" in shown[-1]


COPIES = tuple(f"市第{number}某某某管理局" for number in range(12))


def test_an_imprint_of_a_docx_has_room_for_all_who_get_a_copy_and_lines_as_wide_as_the_text() -> None:
    def box(copies: tuple[str, ...]) -> tuple[float, int]:
        xml = part(docx_writer.render(paper(imprint=Imprint(copies_to=copies, printer="室", printed_on="印发"))))
        [inside] = re.findall(r"<w:txbxContent>.*</w:txbxContent>", xml)
        [width] = re.findall(r'<w:tblW w:w="(\d+)"', inside)
        assert "<w:tbl>" in inside
        return int(re.findall(r'<wp:extent cx="\d+" cy="(\d+)"', xml)[0]) / 36000, int(width)

    (low, width), (high, _) = box(COPIES[:1]), box(COPIES)
    assert width == pytest.approx(156 * 1440 / 25.4, abs=2)
    lines = characters("，".join(COPIES)) / 26
    assert high - low >= (lines - 1) * 7


def test_a_letter_has_two_lines_above_and_below_with_white_between_them() -> None:
    [draft, *_] = drafts(sample.report(), "pdf", Order(form=NoticeForm.LETTER))
    with pdfplumber.open(io.BytesIO(draft.data)) as pdf:
        lines = sorted((each["top"], each["linewidth"]) for each in pdf.pages[0].lines)
    assert len(lines) == 4
    for (above, first), (below, second) in ((lines[0], lines[1]), (lines[2], lines[3])):
        assert below - above - (first + second) / 2 > 1
    assert lines[0][1] > lines[1][1]
    assert lines[2][1] < lines[3][1]


def test_a_page_of_a_document_that_lies_on_its_side_is_numbered_where_the_others_are() -> None:
    for form in (NoticeForm.NOTICE, NoticeForm.LETTER):
        [draft, *_] = drafts(sample.report(), "pdf", Order(form=form))
        with pdfplumber.open(io.BytesIO(draft.data)) as pdf:
            [page, *_] = [each for each in pdf.pages if each.width > each.height]
            is_odd = page.page_number % 2 == 1
            number = [each for each in page.chars if each["text"] == "—" and each["matrix"][1] < -0.9]
        assert len(number) == 2
        assert {round((each["x0"] + each["x1"]) / 2 / MM) for each in number} == {28}
        edge = 210 - max(each["bottom"] for each in number) / MM if is_odd else min(each["top"] for each in number) / MM
        assert edge == pytest.approx((26 if is_odd else 28) + 156 / 28, abs=0.5)
        [draft, *_] = drafts(sample.report(), "docx", Order(form=form))
        document = docx.Document(io.BytesIO(draft.data))
        wide = [(each.page_width or 0) > (each.page_height or 0) for each in document.sections]
        assert ['vert="vert"' in each.footer._element.xml for each in document.sections] == wide
        assert ['vert="vert"' in each.even_page_footer._element.xml for each in document.sections] == wide
        numbers = [re.findall(r'docPr id="(\d+)"', each) for each in every_part(draft.data)]
        assert len({one for each in numbers for one in each}) == sum(map(len, numbers))


def test_a_checklist_is_numbered_at_the_foot_of_its_pages() -> None:
    with pdfplumber.open(io.BytesIO(pdf_writer.render(paper(Paragraph(text="甲"), is_wide=True)))) as pdf:
        assert [each["matrix"][0] for each in pdf.pages[0].chars if each["text"] == "—"] == [1, 1]


def test_all_blanks_of_a_line_to_sign_are_as_long_whatever_their_labels() -> None:
    row = ("被检查单位在场人员（签名、职务）：", "日期：")
    with pdfplumber.open(io.BytesIO(pdf_writer.render(paper(SignatureLines(rows=(row,)))))) as pdf:
        first, second = sorted(pdf.pages[0].rects, key=lambda each: each["x0"])
        widths = [(each["x1"] - each["x0"]) / MM for each in (first, second)]
    assert widths[0] == pytest.approx(widths[1], abs=0.5)
    assert widths[0] > 15
    [stops] = re.findall(r"<w:tabs>(.*?)</w:tabs>", part(docx_writer.render(paper(SignatureLines(rows=(row,))))))
    ends = [int(each) for each in re.findall(r'w:leader="underscore" w:pos="(\d+)"', stops)]
    lengths = (ends[0] - characters(row[0]) * 315, ends[1] - ends[0] - (characters(row[1]) + 1) * 315)
    assert lengths[0] == pytest.approx(lengths[1], abs=3)
    assert ends[1] <= 156 * 1440 / 25.4


def test_a_record_of_a_visit_fills_a_sheet_of_two_sides_and_is_signed_on_the_second() -> None:
    blocks = checklists.paper(visited()).blocks
    start = max(number for number, each in enumerate(blocks) if isinstance(each, PageBreak))
    shown = pages(paper(*blocks[start + 1 :]))
    assert shown[0].startswith("现场检查笔录")
    assert len(shown) == 2
    for wanted in ("以上笔录已阅", "被检查单位在场人员（签名）：", "拒绝签名的，由检查人员注明原因和见证人"):
        assert wanted in shown[-1]


def test_what_is_signed_on_a_visit_is_named_beside_the_signatures() -> None:
    blocks = checklists.paper(visited()).blocks
    before = [above for above, below in itertools.pairwise(blocks) if isinstance(below, SignatureLines)]
    counted = [each.text for each in before if isinstance(each, Paragraph) and each.keep]
    numbers = (len(visited().items), len(visited().requests))
    assert [re.findall(r"以上共(\d+)项", each) for each in counted[:2]] == [[str(each)] for each in numbers]


def test_a_docx_puts_the_white_into_its_cells_and_its_tables_between_the_margins() -> None:
    xml = part(docx_writer.render(paper(Table(columns=BY_TWO, rows=(("甲", "乙"),)))))
    assert '<w:jc w:val="center"/><w:tblBorders>' in xml, (
        "a table at the left would stand out by the white of its cells"
    )
    assert "<w:tblCellMar>" in xml
    widths = [int(each) for each in re.findall(r'<w:gridCol w:w="(\d+)"', xml)]
    assert sum(widths) == pytest.approx(156 * 1440 / 25.4, abs=3)


def test_no_line_of_a_docx_is_indented_two_ways() -> None:
    """A hanging indent beside one of the first line, even of nothing, is none in LibreOffice."""
    for each in re.findall(r"<w:ind [^>]*>", part(docx_writer.render(paper(*SIGNED)))):
        assert not ("w:hanging" in each and "w:firstLine=" in each), each


def test_the_secrecy_of_a_document_is_set_in_bold_type_in_every_format() -> None:
    [draft, *_] = drafts(sample.report(), "docx", Order(form=NoticeForm.NOTICE))
    lines = docx.Document(io.BytesIO(draft.data)).paragraphs
    [run] = [run for each in lines for run in each.runs if run.text.startswith("密级：")]
    assert run._r.rPr is not None
    assert "黑体" in run._r.rPr.xml
    for form in (NoticeForm.NOTICE, NoticeForm.LETTER):
        [draft, *_] = drafts(sample.report(), "pdf", Order(form=form))
        with pdfplumber.open(io.BytesIO(draft.data)) as pdf:
            [name] = {each["fontname"] for each in pdf.pages[0].chars if each["text"] == "密"}
        assert "Sans" in name


def test_a_docx_names_what_to_use_for_a_typeface_that_a_computer_does_not_have() -> None:
    [draft, *_] = drafts(sample.report(), "docx", Order(form=NoticeForm.NOTICE))
    fonts = part(draft.data, "word/fontTable.xml")
    for family, other in (("仿宋_GB2312", "仿宋"), ("楷体_GB2312", "楷体"), ("方正小标宋简体", "宋体")):
        assert f'<w:font w:name="{family}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>' in fonts
    assert docx.Document(io.BytesIO(draft.data)).paragraphs


def test_a_narrow_page_of_a_sites_own_file_holds_the_tables_and_the_lines() -> None:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.left_margin, section.right_margin = map(docx.shared.Mm, (148, 20, 20))
    document.add_paragraph(MARKER)
    held = io.BytesIO()
    document.save(held)
    blocks = (Table(columns=BY_TWO, rows=(("甲", "乙"),)), SignatureLines(rows=(("签发人：", "签发日期："),)))
    xml = part(docx_writer.render(paper(*blocks), Template(name="t.docx", data=held.getvalue())))
    room = 108 * 1440 / 25.4
    assert sum(int(each) for each in re.findall(r'<w:gridCol w:w="(\d+)"', xml)) <= room + 1
    assert max(int(each) for each in re.findall(r'w:leader="underscore" w:pos="(\d+)"', xml)) <= room + 1


def test_the_grounds_of_a_notice_have_no_spaces_between_chinese_characters() -> None:
    items = [each for party in notices(report()) for each in party.items]
    said = [ground for each in items for ground in each.grounds]
    assert any("属于“" in each for each in said)
    assert not [each for each in said if re.search(r"[^\x00-\x7f] | [^\x00-\x7f]", each)]


def test_a_page_of_html_keeps_the_widths_of_columns_and_scrolls_on_a_narrow_screen() -> None:
    page = html_writer.render(paper(Table(columns=BY_TWO, rows=(("甲", "乙"),)))).decode()
    assert '<col style="width: 66.7%"><col style="width: 33.3%">' in page
    assert '<table style="min-width: 16em">' in page


# --- in a spreadsheet -----------------------------------------------------------------------------------------------


@cache
def workbook(name: str) -> bytes:
    match name:
        case "checklist":
            return xlsx_writer.render(checklists.workbook(visited(), found.sheets(report(), SCHEMA)))
        case "ledger":
            return xlsx_writer.render(ledgers.ledger(report()))
    return template(SCHEMA, json.loads(EXAMPLE.read_bytes()))


def sheets_of(data: bytes) -> Iterator[tuple[str, ElementTree.Element]]:
    names = [each.get("name", "") for each in tree(data, "xl/workbook.xml").iter(f"{SHEET}sheet")]
    for number, name in enumerate(names, 1):
        yield name, tree(data, f"xl/worksheets/sheet{number}.xml")


@pytest.mark.parametrize("name", ["checklist", "ledger"])
def test_every_row_shows_all_of_its_text_and_may_grow(name: str) -> None:
    read = {each.name: each.rows for each in tables(workbook(name), "a.xlsx")}
    for sheet, xml in sheets_of(workbook(name)):
        widths: dict[int, float] = {}
        for each in xml.iter(f"{SHEET}col"):
            reach = range(int(each.get("min", 0)), int(each.get("max", 0)) + 1)
            widths |= dict.fromkeys(reach, float(each.get("width", 0)))
        rows = list(xml.iter(f"{SHEET}row"))
        assert len(rows) == len(read[sheet])
        for row, cells in zip(rows, read[sheet], strict=True):
            assert row.get("customHeight") is None, "a row of a settled height does not grow"
            texts = (told(each) for each in cells if not hasattr(each, "message"))  # a refusal is no text
            wanted = height((text, widths[place] - 0.7) for place, text in enumerate(texts, 1))
            assert float(row.get("ht", 15)) >= min(wanted, TALLEST_POINTS) - 14, (sheet, cells)


@pytest.mark.parametrize("name", ["checklist", "ledger", "template"])
def test_a_printed_sheet_can_be_read_and_repeats_its_titles(name: str) -> None:
    for sheet, xml in sheets_of(workbook(name)):
        if sheet in {"字典", "_meta"}:
            continue
        [setup] = xml.iter(f"{SHEET}pageSetup")
        across = int(setup.get("fitToWidth", 1))
        whole = sum(
            float(each.get("width", 0)) * (int(each.get("max", 0)) - int(each.get("min", 0)) + 1)
            for each in xml.iter(f"{SHEET}col")
        )
        room = {"8": 400, "9": 277}[setup.get("paperSize", "9")] / 1.85  # characters at full size between the margins
        assert setup.get("orientation") == "landscape"
        assert setup.get("fitToHeight") == "0"
        assert across * room / whole > 0.6, f"{sheet} is printed at {across * room / whole:.0%}"
        if sheet != "填报说明":
            titles = part(workbook(name), "xl/workbook.xml")
            assert re.search(rf"'?{re.escape(sheet)}'?!\$A:\$[AB],'?{re.escape(sheet)}'?!\$1:\$1", titles), sheet


@pytest.mark.parametrize("name", ["checklist", "ledger"])
def test_a_blank_for_a_day_takes_a_day_and_not_a_text_that_looks_like_one(name: str) -> None:
    styles = tree(workbook(name), "xl/styles.xml")
    formats = {each.get("numFmtId"): each.get("formatCode") for each in styles.iter(f"{SHEET}numFmt")}
    [cells] = styles.iter(f"{SHEET}cellXfs")
    codes = [formats.get(each.get("numFmtId")) for each in cells]
    days = {"到期日", "完成日期", "核查日期", "提供日期", "查明日期", "完整性截止日"}
    read = {each.name: each.rows for each in tables(workbook(name), "a.xlsx")}
    checked = 0
    for sheet, xml in sheets_of(workbook(name)):
        for row in list(xml.iter(f"{SHEET}row"))[1:]:
            for title, cell in zip(read[sheet][0], row, strict=False):
                if title in days:
                    assert codes[int(cell.get("s", 0))] == "yyyy-mm-dd"
                    checked += 1
    assert checked > 10


def test_a_ledger_that_another_program_saved_gives_back_all_that_people_wrote() -> None:
    old = ledgers.read_old((OFFICE / "ledger.xlsx").read_bytes(), "ledger.xlsx")
    anew: Workbook = ledgers.ledger(report(), old)
    by_name = {each.name: each for each in tables(xlsx_writer.render(anew), "anew.xlsx")}
    head, first, second, *_ = by_name[ledgers.MAIN].rows
    wrote = (("责任人", "王五"), (ledgers.DUE, date(2025, 3, 1)), ("完成情况", "整改中"), ("局里加的一栏", 0.125))
    for title, cell in wrote:
        assert first[head.index(title)] == cell
    assert second[head.index("责任人")] == "00123"
    assert second[head.index(ledgers.STATE)] == ledgers.STILL_CLOSED
    assert "自己写的" in {told(cell) for row in by_name[ledgers.RECORDS].rows for cell in row if isinstance(cell, str)}


def test_a_checklist_that_another_program_saved_comes_back_into_the_dossier() -> None:
    filled = tables((OFFICE / "visit.xlsx").read_bytes(), "visit.xlsx")
    [asked] = [each for each in filled if each.name == "资料调取清单"]
    head, first, *_ = asked.rows
    first[head.index("接收人")] = "张三"  # type: ignore[index]  # who filled it in forgot to say
    merged = merge(filled, json.loads(EXAMPLE.read_bytes()), SCHEMA, report(), name="新.json", may_replace=True)
    dossier = json.loads(merged.data)
    parcel = dossier["parcels"][5]
    assert parcel["grantor_kind"] == "admin_committee"
    assert parcel["payment_schedule"][1]["due_on"] == "2024-12-15"
    assert dossier["trips"][2]["actual"]["cost_cny"] == 120_000
    assert dossier["meta"]["completeness"]["trips"]["as_of"] == "2024-12-31"


def test_a_long_run_of_room_to_write_goes_on_over_the_page() -> None:
    shown = pages(paper(Space(lines=30), Paragraph(text="末段。")))
    assert len(shown) == 2
