"""The ledger of rectification: what the check says stands in it, and nothing that a person wrote is ever lost."""

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
import reports_sample as sample
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.errors import DossierError, MisuseError
from checker.model import NotChecked, Report, Verdict
from checker.papers import ledger as ledgers
from checker.papers.ledger import GONE, MAIN, OPEN, RECORDS, OldLedger, ledger, read_old
from checker.sheets import xlsx_writer
from checker.sheets.sheet import Cell, Heading, Sheet, Workbook, is_blank, told
from checker.sheets.workbook import Table, tables


def _with_ids(report: Report) -> Report:
    """Give the sample ids of the form that a check gives."""
    findings = tuple(
        replace(each, id=_id(each.id), absorbed_by=each.absorbed_by and _id(each.absorbed_by))
        for each in report.findings
    )
    return replace(report, findings=findings)


def _id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]


REPORT = _with_ids(sample.report())
LATER = replace(REPORT, as_of=REPORT.as_of + timedelta(days=30))
FRESH = ledger(REPORT)
DUE = date(2025, 3, 1)
PEOPLES = tuple(each.title for each in ledgers.COLUMNS if each.by_people)
[VIOLATION, *_] = REPORT.of(Verdict.VIOLATION)
[RISK, *_] = REPORT.of(Verdict.RISK)
[OPEN_ONE, *_] = REPORT.of(Verdict.UNDETERMINED)

Lines = dict[str, list[list[Cell]]]


def lines_of(workbook: Workbook) -> Lines:
    return {each.name: [[head.title for head in each.headings], *map(list, each.rows)] for each in workbook.sheets}


def as_old(lines: Lines) -> OldLedger:
    """Give what a person's file says, through the bytes of a file."""
    sheets = tuple(Sheet(name=name, rows=tuple(map(tuple, rows))) for name, rows in lines.items())
    data = xlsx_writer.render(Workbook(name="旧", author="人", day=date(2024, 1, 1), sheets=sheets))
    return read_old(data, "旧.xlsx")


def read_back(workbook: Workbook) -> dict[str, Table]:
    return {each.name: each for each in tables(xlsx_writer.render(workbook), "新.xlsx")}


def rows_of(workbook: Workbook, sheet: str) -> dict[str, dict[str, Cell]]:
    [found] = [each for each in workbook.sheets if each.name == sheet]
    titles = [each.title for each in found.headings]
    rows = (dict(zip(titles, row, strict=False)) for row in found.rows)
    return {told(row.get(ledgers.ID)): row for row in rows}


def filled(lines: Lines, sheet: str, finding: str, **cells: Cell) -> Lines:
    head, *rows = lines[sheet]
    changed = [
        [cells.get(str(title), cell) for title, cell in zip(head, row, strict=True)] if row[1] == finding else row
        for row in rows
    ]
    return {**lines, sheet: [head, *changed]}


def without(report: Report, *findings: str) -> Report:
    return replace(report, findings=tuple(each for each in report.findings if each.id not in findings))


def test_a_violation_stands_in_the_ledger_and_a_suspicion_apart_and_a_silence_nowhere() -> None:
    assert list(rows_of(FRESH, MAIN)) == [each.id for each in REPORT.of(Verdict.VIOLATION)]
    assert list(rows_of(FRESH, OPEN)) == [each.id for each in REPORT.of(Verdict.RISK)]
    row = rows_of(FRESH, MAIN)[VIOLATION.id]
    assert VIOLATION.message[:10] in str(row["问题描述"])
    assert VIOLATION.clauses[0].quote in str(row["法规依据"])
    assert row[ledgers.STATE] == ledgers.FIRST
    assert all(is_blank(row[title]) for title in PEOPLES)


def test_the_same_ledger_is_the_same_bytes() -> None:
    assert xlsx_writer.render(ledger(REPORT)) == xlsx_writer.render(FRESH)


def test_no_text_becomes_a_formula_or_a_link() -> None:
    hostile = (
        '=HYPERLINK("http://x.example","x")',
        "+1+1",
        "-1",
        "@SUM(A1)",
        "http://x.example",
        "\t=1",
        sample.HOSTILE,
    )
    book = Workbook(
        name="n",
        author="a",
        day=date(2024, 1, 1),
        sheets=(Sheet(name="s", headings=(Heading(title="=1+1"),), rows=tuple((each,) for each in hostile)),),
    )
    data = xlsx_writer.render(book)
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        page = box.read("xl/worksheets/sheet1.xml")
        assert not any("rels" in name and "sheet" in name for name in box.namelist())
    assert b"<f" not in page
    assert b"hyperlink" not in page
    [grid] = tables(data, "x.xlsx")
    assert [row[0] for row in grid.rows[1:]] == [*hostile]


def test_what_people_wrote_goes_with_its_problem_and_the_state_is_told() -> None:
    lines = filled(lines_of(FRESH), MAIN, VIOLATION.id, 责任人="张三", 到期日=DUE, 销号="是")
    [row] = [row for name, row in rows_of(ledger(LATER, as_old(lines)), MAIN).items() if name == VIOLATION.id]
    assert (row["责任人"], row["到期日"], row[ledgers.STATE]) == ("张三", DUE, ledgers.STILL_CLOSED)


def test_a_problem_that_is_gone_is_kept_with_all_that_people_wrote_and_comes_back_as_a_new_one() -> None:
    lines = filled(lines_of(FRESH), MAIN, VIOLATION.id, 整改措施="已补缴", 佐证材料="缴款书")
    merged = ledger(without(LATER, VIOLATION.id), as_old(lines))
    assert VIOLATION.id not in rows_of(merged, MAIN)
    gone = rows_of(merged, GONE)[VIOLATION.id]
    assert (gone["整改措施"], gone["佐证材料"]) == ("已补缴", "缴款书")
    assert str(gone[ledgers.STATE]).endswith(ledgers.ABSENT)
    again = ledger(LATER, as_old(lines_of(merged)))
    assert rows_of(again, MAIN)[VIOLATION.id][ledgers.STATE] == ledgers.AGAIN
    assert rows_of(again, GONE)[VIOLATION.id]["整改措施"] == "已补缴"


def test_silence_or_a_list_that_was_cut_never_ends_a_problem() -> None:
    old = as_old(filled(lines_of(FRESH), MAIN, VIOLATION.id, 责任人="张三"))
    silent = replace(VIOLATION, verdict=Verdict.UNDETERMINED, message="资料不足")
    others = without(LATER, VIOLATION.id)
    told_silent = rows_of(ledger(replace(others, findings=(*others.findings, silent)), old), OPEN)[VIOLATION.id]
    assert (told_silent[ledgers.STATE], told_silent["责任人"]) == (ledgers.SILENT, "张三")
    cut = replace(others, not_checked=(NotChecked(rule="R", kind="unlisted", text="另有"),))
    assert rows_of(ledger(cut, old), OPEN)[VIOLATION.id][ledgers.STATE] == ledgers.UNLISTED


def test_a_suspicion_that_is_proved_moves_with_what_people_wrote() -> None:
    lines = filled(lines_of(FRESH), OPEN, RISK.id, 责任人="李四")
    proved = replace(RISK, verdict=Verdict.VIOLATION)
    row = rows_of(ledger(replace(LATER, findings=(proved,)), as_old(lines)), MAIN)[RISK.id]
    assert (row["责任人"], row[ledgers.STATE]) == ("李四", ledgers.PROVED)


def test_merging_again_changes_nothing() -> None:
    lines = filled(lines_of(FRESH), MAIN, VIOLATION.id, 责任单位="改过的单位", 责任人="张三")
    lines[MAIN][0].append("备注")
    lines[MAIN][1:] = [[*row, "看过"] for row in lines[MAIN][1:]]
    once = ledger(without(LATER, RISK.id), as_old(lines))
    twice = ledger(without(LATER, RISK.id), as_old(lines_of(once)))
    thrice = ledger(without(LATER, RISK.id), as_old(lines_of(twice)))
    assert "改过的单位" in {row[4] for row in lines_of(once)[RECORDS][1:]}
    assert xlsx_writer.render(twice) == xlsx_writer.render(thrice)


WRITTEN = st.one_of(
    st.integers(0, 10**6).map("写{}".format),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=8),
    st.sampled_from(["=1+1", "是", "第一行\n第二行", VIOLATION.id, OPEN_ONE.id, "abcdef012345", " 前后 "]),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
)


@st.composite
def _people(draw: st.DrawFn) -> Lines:
    """Give a ledger after people were at it: cells anywhere, rows, columns, lines above and whole sheets."""
    lines = {name: [[*row] for row in rows] for name, rows in lines_of(FRESH).items()}
    for name in draw(st.lists(st.sampled_from([MAIN, OPEN, GONE, RECORDS]), min_size=3, max_size=8)):
        rows = lines[name]
        match draw(st.sampled_from(["cell", "row", "copy", "column", "above", "sheet"])):
            case "cell" if len(rows) > 1:
                row = draw(st.sampled_from(rows[1:]))
                row[draw(st.sampled_from(range(len(row))))] = draw(WRITTEN)
            case "row":
                rows.append([draw(st.none() | WRITTEN) for _ in rows[0]])
            case "copy" if len(rows) > 1:
                rows.append([*draw(st.sampled_from(rows[1:]))])
            case "column":
                rows[0].append(draw(st.none() | st.sampled_from(["备注", "责任人", ledgers.ID])))
                for row in rows[1:]:
                    row.append(draw(st.none() | WRITTEN))
            case "above" if name != RECORDS:
                rows.insert(0, [draw(WRITTEN)])
            case "sheet":
                lines[draw(st.sampled_from(["我的表", "人员"]))] = [[draw(WRITTEN), None, draw(WRITTEN)]]
    return lines


def _kept(cell: Cell) -> str:
    return told(cell).replace("\r\n", "\n").strip()


@settings(max_examples=40, deadline=None)
@given(lines=_people(), gone=st.sets(st.sampled_from([VIOLATION.id, RISK.id])))
def test_nothing_that_a_person_wrote_is_ever_lost(lines: Lines, gone: set[str]) -> None:
    assume(any(ledgers.ID in row and "完成情况" in row for row in lines[MAIN]))  # or it is refused as no ledger
    before = {
        _kept(cell)
        for name, rows in lines.items()
        if name != ledgers.ABOUT
        for row in rows
        for place, cell in enumerate(row)
        if not is_blank(cell) and not (place == 0 and _kept(cell).isdigit()) and _kept(cell) not in ledgers.STATES
    }
    found = read_back(ledger(without(LATER, *gone), as_old(lines)))
    after = {_kept(cell) for grid in found.values() for row in grid.rows for cell in row if not is_blank(cell)}
    assert before <= after


def test_an_old_ledger_of_another_zone_or_a_later_day_or_for_a_projection_is_refused() -> None:
    old = as_old(lines_of(FRESH))
    with pytest.raises(MisuseError, match=r"旧台账是开发区 .* 的，档案是 Z99 的"):
        ledger(replace(REPORT, zone=replace(REPORT.zone, id="Z99")), old)
    with pytest.raises(MisuseError, match=r"晚于这次的 2024-12-29"):
        ledger(replace(REPORT, as_of=date(2024, 12, 29)), old)
    with pytest.raises(MisuseError, match="推算，不能据以编制台账"):
        ledger(sample.report(projected=True))


def test_a_file_that_is_no_ledger_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(MisuseError, match="没有一张工作表有“问题编号”和“完成情况”两栏"):
        as_old({"Sheet1": [["甲", "乙"]]})


def _packed(**parts: bytes) -> bytes:
    held = io.BytesIO(xlsx_writer.render(FRESH))
    with zipfile.ZipFile(held) as box:
        old = {each: box.read(each) for each in box.namelist()}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in {**old, **{f"xl/worksheets/{name}.xml": part for name, part in parts.items()}}.items():
            box.writestr(name, data)
    return held.getvalue()


def _sheet(cells: bytes) -> bytes:
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return head + cells + b"</sheetData></worksheet>"


HOSTILE_FILES = {
    "文件已损坏，或者不是 xlsx 格式": b"a,b\n1,2\n",
    "旧版格式": b"\xd0\xcf\x11\xe0" + bytes(600),
    "文件已损坏，或者": xlsx_writer.render(FRESH)[:3000],
    "文件已损坏": _packed(sheet1=b"<worksheet><sheetData><row r='1'><c r='A1'"),
    "文件过大": b"PK\x03\x04" + bytes(ledgers.LIMITS.file),
    "解压后过大，上限 200 MB": _packed(sheet1=b" " * (ledgers.LIMITS.unzipped + 1)),
    "这张表有 1,048,576 行 16,384 列": _packed(
        sheet1=_sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>')
    ),
    "整改台账!B2: 公式出错（现为 #N/A）": _packed(sheet1=_sheet(b'<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>')),
    "整改台账!B2: 公式没有计算过": _packed(sheet1=_sheet(b'<row r="2"><c r="B2"><f>1+1</f></c></row>')),
    "整改台账!B3: 公式没有计算过": _packed(sheet1=_sheet(b'<row r="3"><c r="B3"><f>1+1</f><v /></c></row>')),
    "整改台账!A1: 内容超过 32767 个字符": _packed(
        sheet1=_sheet(b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"x" * 40000 + b"</t></is></c></row>")
    ),
}


@pytest.mark.parametrize("message", HOSTILE_FILES)
def test_a_workbook_that_is_broken_or_too_large_is_refused_with_its_place(message: str) -> None:
    with pytest.raises(DossierError, match=message):
        read_old(HOSTILE_FILES[message], "旧.xlsx")


def test_a_formula_that_a_person_wrote_is_kept_as_text_beside_its_value() -> None:
    head = b"".join(
        f'<c r="{"ABC"[place]}1" t="inlineStr"><is><t>{title}</t></is></c>'.encode()
        for place, title in enumerate(("问题编号", "完成情况", "备注"))
    )
    row = b'<row r="2"><c r="A2"><v>5</v></c><c r="C2"><f>SUM(1,2)</f><v>3</v></c></row>'
    old = read_old(_packed(sheet1=_sheet(b'<row r="1">' + head + b"</row>" + row)), "旧.xlsx")
    merged = ledger(REPORT, old)
    assert "=SUM(1,2)" in {row[4] for row in lines_of(merged)[RECORDS][1:]}
    assert rows_of(merged, MAIN)["5"]["备注"] == 3.0
