"""Spreadsheets: what is written is read back, what can't be read is told by its cell, and no file is trusted."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import cli
from checker.dossier.loading import dossier_schema
from checker.dossier.schema import Kind
from checker.errors import DossierError, MisuseError
from checker.model import Mode
from checker.reporting import FORMATS, explain
from checker.resources import folder
from checker.sheets.cells import read_cells
from checker.sheets.content import Refusal, is_blank, number, reader, written
from checker.sheets.files import load
from checker.sheets.importing import Imported, import_tables
from checker.sheets.land_supply import import_land_supply
from checker.sheets.layout import Column, Role, layout
from checker.sheets.template import template
from checker.sheets.workbook import REGISTERS, Limits, Table, tables
from checker.site import Site

EXAMPLES = Path(__file__).parent.parent / "examples"
SCHEMA = dossier_schema()
FORM = [["字段", "填写内容"], ["档案编号", "D"], ["基准日", "2024-12-31"], ["开发区编号", "Z"]]
Sheets = Mapping[str, Sequence[Sequence[Any]]]


def contents(path: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(path.read_bytes(), parse_float=Decimal)
    return held


def book(sheets: Sheets) -> bytes:
    """Make a workbook as people do, with what they type: days are days, numbers are numbers, `=…` calculates."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    day = made.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for line, row in enumerate(rows):
            for at, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(line, at, value, day)
                elif value is not None:
                    sheet.write(line, at, value)
    made.close()
    return out.getvalue()


def repacked(data: bytes, change: Mapping[str, tuple[str, str]]) -> bytes:
    """Change the text of parts of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            text = old.read(each)
            if each in change:
                before, after = change[each]
                assert re.search(before, text.decode())
                text = re.sub(before, after, text.decode()).encode()
            new.writestr(each, text)
    return out.getvalue()


def imported(sheets: Sheets) -> Imported:
    return import_tables(tables(book({"基本信息": FORM, **sheets}), "台账.xlsx"), "台账.xlsx", SCHEMA)


def dossier_of(sheets: Sheets) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(imported(sheets).data, parse_float=Decimal)
    return held


def refused(sheets: Sheets) -> str:
    with pytest.raises(DossierError) as caught:
        imported(sheets)
    return "\n".join(map(str, caught.value.problems))


def why_not(data: bytes, name: str = "台账.xlsx", limits: Limits = REGISTERS) -> str:
    with pytest.raises(DossierError) as caught:
        tables(data, name, limits=limits)
    return "\n".join(map(str, caught.value.problems))


# --- there and back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["dossier.json", "clean.json", "incomplete.json", "mapped.json", "realistic/dossier.json"]
)
def test_a_dossier_put_into_a_workbook_is_read_back_the_same(name: str) -> None:
    raw = contents(EXAMPLES / name)
    made = template(SCHEMA, raw, name)
    assert template(SCHEMA, raw, name) == made
    back = import_tables(tables(made, "x.xlsx"), "x.xlsx", SCHEMA)
    assert json.loads(back.data, parse_float=Decimal) == raw


def test_a_blank_template_has_nothing_but_what_is_missing() -> None:
    read = tables(template(SCHEMA), "x.xlsx")
    with pytest.raises(DossierError) as caught:
        import_tables(read, "x.xlsx", SCHEMA)
    assert sorted(map(str, caught.value.problems)) == [
        "x.xlsx 基本信息!B3: 档案信息：没有填写“档案编号”，这一项必须填写\n  → 填写这一格",
        "x.xlsx 基本信息!B4: 档案信息：没有填写“基准日”，这一项必须填写\n  → 填写这一格",
        "x.xlsx 基本信息!B7: 开发区：没有填写“开发区编号”，这一项必须填写\n  → 填写这一格",
    ]
    assert {each.name for each in read} >= {"基本信息", "台账完整性声明", "供地台账", "缴款记录", "_meta"}


def test_every_sheet_has_headers_by_which_its_columns_are_found() -> None:
    read = {each.name: each for each in tables(template(SCHEMA), "x.xlsx")}
    for sheet in layout(SCHEMA).sheets.values():
        if sheet.key != "form":
            headers = read[sheet.name].rows[0]
            assert [each.lstrip("*") for each in headers] == [each.header for each in sheet.columns]
            assert len(set(headers)) == len(headers)


def test_absent_null_and_empty_stay_three_different_things() -> None:
    raw = contents(EXAMPLES / "dossier.json")
    raw["trips"], raw["delegations"] = None, []
    raw.pop("promo_expenses")
    first, second, third = raw["parcels"][:3]
    first["payments"], second["payments"] = None, []
    first["planning_conditions"], second["planning_conditions"] = None, {}
    first["sources"], second["sources"], third["sources"] = None, {}, {"*": ["D01"], "奇怪的=名；称": ["D02#p、3"]}
    first["withheld"], second["withheld"], third["withheld"] = None, [], ["area_sqm"]
    raw["meta"]["completeness"] = {"parcels": {"complete": False, "blank_means_none": []}}
    made = template(SCHEMA, raw, "x")
    read = tables(made, "x.xlsx")
    back = import_tables(read, "x.xlsx", SCHEMA)
    assert json.loads(back.data, parse_float=Decimal) == raw
    nothing: Any
    for nothing in (None, {}):
        raw["meta"]["completeness"] = nothing
        again = import_tables(tables(template(SCHEMA, raw, "x"), "x.xlsx"), "x.xlsx", SCHEMA)
        assert json.loads(again.data, parse_float=Decimal) == raw


HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "@SUM(A1)",
    "+1",
    "-1",
    "{{ 7*7 }}",
    "{% for %}",
    "<script>alert(1)</script>",
    "&lt;v&gt;",
    "]]>",
    "无",
    "有",
    " 前面有空格",
    "后面有空格　",
    '"引号"',
    '"',
    "a\r\nb",
    "一\n二",
    "tab\there",
    "\x01\x1f",
    "_x0041_",
    "\ufffe",
    "\u202e倒",
    "😀",
    "0012",
    "1E5",
    "2021-04-03",
    "TRUE",
    "[1]",
    "{}",
    "#REF!",
    "http://example.com",
    "x" * 500,
]


def test_texts_that_mean_something_to_spreadsheets_survive_as_texts() -> None:
    raw = contents(EXAMPLES / "clean.json")
    raw["evidence"] += [{"doc_id": f"X{nth}", "title": text} for nth, text in enumerate(HOSTILE)]
    raw["meta"]["completeness"].pop("evidence")
    ring = [[500000, 3400000], [500100.125, 3400000], [500100.125, Decimal("3400100.5")], [500000, 3400000]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    raw["geometries"] = [{"geometry_id": "G1", "crs": "EPSG:4549", "shape": shape}]
    back = import_tables(tables(template(SCHEMA, raw, "x"), "x.xlsx"), "x.xlsx", SCHEMA)
    assert json.loads(back.data, parse_float=Decimal) == raw


def test_what_no_cell_can_hold_is_told_before_anything_is_written() -> None:
    ring = [[500000 + nth, 3400000] for nth in range(3_000)]
    raw = contents(EXAMPLES / "clean.json")
    raw["geometries"] = [{"geometry_id": "G1", "shape": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}]
    with pytest.raises(DossierError, match=r"d\.json /geometries/0/shape: 范围：长 .* 个字符，单元格最多 32,767 个"):
        template(SCHEMA, raw, "d.json")


def _values_of(column: Column) -> st.SearchStrategy[Any]:
    field = column.field
    texts = st.one_of(st.text(max_size=30), st.sampled_from(HOSTILE))
    if column.role is Role.SOURCES:
        return st.dictionaries(texts, st.lists(texts, max_size=3), max_size=3)
    if column.role is Role.WITHHELD or (field is not None and field.kind is Kind.TEXTS):
        return st.lists(texts, max_size=4)
    assert field is not None
    match field.kind:
        case Kind.ENUM:
            return st.sampled_from(field.members)
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.DAY:
            days = st.dates(date(1949, 10, 1), date(2100, 1, 1)).map(date.isoformat)
            return (
                days
                if field.full_day
                else st.one_of(days, days.map(lambda day: day[:7]), days.map(lambda day: day[:4]))
            )
        case Kind.NUMBER | Kind.INTEGER:
            places = 0 if field.kind is Kind.INTEGER else 4
            return st.decimals(-(10**17), 10**17, places=places, allow_nan=False)
        case _:
            return texts


COLUMNS = [each for sheet in layout(SCHEMA).sheets.values() for each in sheet.columns]
PLAIN = [
    each
    for each in COLUMNS
    if each.role in {Role.VALUE, Role.SOURCES, Role.WITHHELD} and not (each.field and each.field.kind is Kind.SHAPE)
]


@given(st.data())
@settings(max_examples=600, deadline=None)
def test_whatever_is_written_into_a_cell_is_read_back_from_it(data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(PLAIN))
    value = data.draw(_values_of(column))
    cell: Any = written(value, column)
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        cell = float(f"{float(cell):.16G}")  # as a workbook holds it
    assert not is_blank(cell)
    assert reader(column)(cell) == value


# --- what people type -----------------------------------------------------------------------------------------------


def test_cells_are_read_as_people_fill_them_in() -> None:
    found = dossier_of(
        {
            "供地台账": [
                ["出让价款总额（元）", " *宗地编号 ", "合同签订日期", "供地方式", "规划条件", "约定容积率上限"],
                ["12,345,678.90", 1001, date(2021, 4, 3), "挂牌出让", "无", "无"],
                [0.1 + 0.2, "P２", "2021年4月", "listing", "有", None],
                ["１２３", "P3", "2021/4/3", None, None, "1.5"],
                [None, "P4", 2021, None, None, None],
                [None, "P5", 20210403, None, None, None],
            ],
            "缴款": [
                ["所属宗地编号", "缴款编号", "缴款金额"],
                ["P3", "a", 5],
                ["1001", "b", "7.10"],
                ["P3", "c", "无"],
            ],
        }
    )["parcels"]
    assert found == [
        {
            "parcel_id": "1001",
            "supply_method": "listing",
            "contract_signed_on": "2021-04-03",
            "far_max": None,
            "planning_conditions": None,
            "total_price_cny": Decimal("12345678.90"),
            "payments": [{"payment_id": "b", "amount_cny": Decimal("7.1")}],
        },
        {
            "parcel_id": "P２",
            "supply_method": "listing",
            "contract_signed_on": "2021-04",
            "planning_conditions": {},
            "total_price_cny": Decimal("0.3"),
        },
        {
            "parcel_id": "P3",
            "contract_signed_on": "2021-04-03",
            "far_max": Decimal("1.5"),
            "total_price_cny": 123,
            "payments": [{"payment_id": "a", "amount_cny": 5}, {"payment_id": "c", "amount_cny": None}],
        },
        {"parcel_id": "P4", "contract_signed_on": "2021"},
        {"parcel_id": "P5", "contract_signed_on": "2021-04-03"},
    ]


HEAD = [
    "宗地编号",
    "出让价款总额（元）",
    "合同签订日期",
    "供地方式",
    "出让合同编号",
    "受让人统一社会信用代码",
    "规划条件",
    "规划条件：规划条件文件",
]
WRONG = [
    ([None, "12,5"], "供地台账!B2", "应为数值（现为 12,5）"),
    ([None, "2 000公顷"], "供地台账!B2", "应为数值（现为 2 000公顷）"),
    ([None, 12345678901234567890], "供地台账!B2", "只保留了前15位数字"),
    ([None, "9" * 30], "供地台账!B2", "位数过多"),
    ([None, None, "2024/2/30"], "供地台账!C2", "没有这一天（现为 2024/2/30）"),
    ([None, None, 45000], "供地台账!C2", "是数字，不是日期（现为 45000）"),
    ([None, None, "不详"], "供地台账!C2", "不是有效的日期（现为 不详）"),
    ([None, None, None, "挂牌"], "供地台账!D2", "不是可选的值（现为 挂牌）"),
    ([None, None, None, None, date(2014, 3, 1)], "供地台账!E2", "被电子表格自动改成了日期（现为 2014-03-01"),
    ([None, None, None, None, None, 913302000000000000], "供地台账!F2", "只保留了前15位数字"),
    ([None, None, None, None, None, None, "没有"], "供地台账!G2", "这一栏不填内容（现为 没有）"),
    ([None, None, None, None, None, None, "无", "D1"], "供地台账!H2", "“规划条件”一栏填了“无”，这里又有内容"),
    ([None, -5], "供地台账!B2", "小于下限 0"),
    (["P" * 70], "供地台账!A2", "长 70，超过上限 64"),
]


@pytest.mark.parametrize(("row", "cell", "message"), WRONG)
def test_what_can_not_be_read_is_told_by_its_cell(row: list[Any], cell: str, message: str) -> None:
    told = refused({"供地台账": [HEAD, [row[0] or "P1", *row[1:]]]})
    assert re.search(rf"^台账\.xlsx {cell}: .*{re.escape(message)}", told, re.MULTILINE), told
    assert "null" not in told
    assert "JSON" not in told


def test_all_mistakes_are_told_at_once_and_those_alike_together() -> None:
    rows = [[f"P{nth}", "一千万", "2024-13-01" if nth == 3 else None] for nth in range(50)]
    told = refused(
        {"供地台账": [HEAD, *rows, ["P0"], [None, 5]], "缴款记录": [["所属宗地编号", "缴款编号"], ["Q", "x"]]}
    )
    assert "供地台账!B2: 出让价款总额（元）：应为数值（现为 一千万）" in told
    assert "同样的错误还有 49 处：供地台账!B3、供地台账!B4" in told
    assert "供地台账!C5" in told
    assert "供地台账!A52: 宗地编号：P0 在宗地中出现了不止一次" in told
    assert "供地台账!A53" in told
    assert "缴款记录!A2: 所属宗地编号：“供地台账”中没有编号为 Q 的记录" in told


def test_mistakes_are_told_in_the_order_in_which_a_sheet_is_read() -> None:
    told = refused(
        {"基本信息": FORM, "供地台账": [HEAD, ["P1", "一千万", "明天"], ["P1", 5, "昨天"], ["P3", "三", None]]}
    )
    cells = re.findall(r"供地台账!([A-Z]+[0-9]+): ", told)
    assert cells == sorted(cells, key=lambda cell: (int(cell[1:]), cell[0]))
    assert len(cells) > 2


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"供地台帐": [["宗地编号"], ["P"]]}, "供地台帐: 没有“供地台帐”这种表\n  → 改名为“供地台账”？"),
        ({"供地台账": [["宗地编号", "面积（亩）"], ["P", 1]]}, "供地台账!B1: “供地台账”没有“面积（亩）”这一栏"),
        ({"供地台账": [["项目名称"], ["甲"]]}, "供地台账: 缺“宗地编号”这一栏"),
        ({"供地台账": [["宗地编号", "宗地编号"], ["P", "P"]]}, "供地台账!B1: “宗地编号”出现了两次"),
        ({"供地台账": [["宗地编号", None], ["P", 5]]}, "供地台账!B1: 这一栏有内容，没有栏名"),
        ({"供地台账": [["宗地编号"], ["P"]], "parcels": [["宗地编号"], ["Q"]]}, "parcels: “供地台账”不止一张"),
        ({"台账完整性声明": [["台账"], ["供地台帐"]]}, "台账完整性声明!A2: 没有“供地台帐”这个台账\n  → 供地台账？"),
        (
            {"台账完整性声明": [["台账", "记录情况"], ["供地台账", 0]], "供地台账": [["宗地编号"], ["P"]]},
            "供地台账!A2: 供地台账：已经说明没有供地台账",
        ),
        ({"台账完整性声明": [["台账", "记录情况"], ["缴款记录", 0]]}, "台账完整性声明!B2: 下级台账不在这里填"),
        ({"_meta": [["template", "0"]]}, "_meta: 这是另一个版本的模板"),
    ],
)
def test_sheets_and_headers_that_fit_nothing_are_told(sheets: Sheets, message: str) -> None:
    assert message in refused(sheets)


# --- files that are not trusted -------------------------------------------------------------------------------------


@pytest.mark.parametrize("never", ["", "<v/>", "<v />", "<v></v>"])
def test_errors_and_formulas_that_were_never_calculated_are_not_taken_for_blanks(never: str) -> None:
    data = book({"基本信息": FORM, "供地台账": [HEAD[:3], ["P1", "=1/0"], ["P2", "=A1"], ["P3", "=6*7"]]})
    part = "xl/worksheets/sheet2.xml"
    data = repacked(data, {part: (r'<c r="B2"><f>1/0</f><v>0</v>', '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v>')})
    data = repacked(data, {part: (r"<f>A1</f><v>0</v>", f"<f>A1</f>{never}")})
    data = repacked(data, {part: (r"<f>6\*7</f><v>0</v>", "<f>6*7</f><v>42</v>")})
    with pytest.raises(DossierError) as caught:
        import_tables(tables(data, "台账.xlsx"), "台账.xlsx", SCHEMA)
    told = "\n".join(map(str, caught.value.problems))
    assert "供地台账!B2: 出让价款总额（元）：公式出错（现为 #DIV/0!）" in told
    assert "供地台账!B3: 出让价款总额（元）：公式没有计算过，读不出结果" in told
    assert "B4" not in told
    assert tables(data, "台账.xlsx")[1].rows[3][1] == 42.0


def test_a_formula_whose_result_is_an_empty_text_is_a_blank() -> None:
    data = book({"基本信息": FORM, "供地台账": [HEAD[:2], ["P1", '=""']]})
    empty = '<c r="B2" t="str"><f>""</f><v></v>'
    data = repacked(data, {"xl/worksheets/sheet2.xml": ('<c r="B2"><f>""</f><v>0</v>', empty)})
    found = import_tables(tables(data, "台账.xlsx"), "台账.xlsx", SCHEMA)
    assert "total_price_cny" not in json.loads(found.data)["parcels"][0]


def test_links_to_other_files_are_not_followed_and_what_was_shown_is_read(tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    other.write_bytes(book({"S": [[99]]}))
    data = book({"基本信息": FORM, "供地台账": [HEAD[:2], ["P1", f"='{tmp_path}/[other.xlsx]S'!A1"]]})
    data = repacked(data, {"xl/worksheets/sheet2.xml": ("<v>0</v>", "<v>41</v>")})
    found = import_tables(tables(data, "台账.xlsx"), "台账.xlsx", SCHEMA)
    assert json.loads(found.data)["parcels"][0]["total_price_cny"] == 41


def test_a_text_of_ten_thousand_characters_is_read_whole_and_refused_only_where_a_field_is_shorter() -> None:
    long = "长" * 10_000
    data = book({"基本信息": FORM, "供地台账": [HEAD[:1], [long]]})
    assert tables(data, "x.xlsx")[1].rows[1][0] == long
    told = refused({"供地台账": [["宗地编号", "项目名称"], ["P1", long]]})
    assert "供地台账!B2: 项目名称：长 10000，超过上限 200" in told
    assert len(told) < 500


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    limits = Limits(unzipped=1_000_000)
    bomb = io.BytesIO(book({"S": [[1]]}))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/a.bin", b"\0" * 2_000_000)
    assert "解压后过大" in why_not(bomb.getvalue(), limits=limits)
    lying = bomb.getvalue().replace((2_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert "文件已损坏" in why_not(lying, limits=limits)


def test_a_cell_far_away_does_not_fill_the_memory() -> None:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    made.add_worksheet("供地台账").write(1_048_575, 16_383, "x")
    made.close()
    assert "供地台账: 这张表有 1,048,576 行 16,384 列" in why_not(out.getvalue())
    inner = repacked(book({"S": [[1, "a"]]}), {"xl/worksheets/sheet1.xml": ('r="B1"', 'r="XFD1048576"')})
    assert "1,048,576 行" in why_not(inner)


def test_one_long_text_in_many_cells_does_not_fill_the_memory() -> None:
    limits = Limits(text=100_000)
    assert "文字超过 100,000 字节" in why_not(book({"S": [["长" * 1_000]] * 60}), limits=limits)
    assert tables(book({"S": [["长" * 1_000]] + [["短"]] * 600}), "x.xlsx", limits=limits)


ONE = book({"S": [[1]]})


FAR = "9" * 5_000
PLACES = {
    "a row without end": (r'<c r="A1"', f'<c r="A{FAR}"'),
    "a column without end": (r'<c r="A1"', f'<c r="{"Z" * 5_000}1"'),
    "the row of a row without end": (r'<row r="1"', f'<row r="{FAR}"'),
    "row nought": (r'<c r="A1"', '<c r="A0"'),
    "row nought with an error": (r'<c r="A1" t="s"><v>', '<c r="A0" t="e"><v>'),
    "a formula far away": (r"<sheetData>", '<sheetData><c x="<" r="A900000000"><f>1</f></c>'),
    "a character without end": (r"<sheetData>", f'<sheetData><c r="A1" t="e"><f>&#{FAR};</f></c>'),
}


@pytest.mark.parametrize("change", PLACES.values(), ids=PLACES.keys())
def test_a_cell_at_a_place_that_no_sheet_has_is_refused(change: tuple[str, str]) -> None:
    data = book({"基本信息": FORM})
    assert why_not(repacked(data, {"xl/worksheets/sheet1.xml": change}))


def test_a_map_of_cells_with_a_number_that_is_none_is_no_map() -> None:
    for none in ("1e999", "NaN", "null", '"x"', "[]"):
        held = f'{{"sha256": "x", "sheets": [], "records": {{"/a": [{none}, 1]}}, "single": {{}}}}'
        assert read_cells(held.encode(), "x") is None


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "a.xlsx", "文件已损坏，或者不是 xlsx 格式"),
        (b"PK\x03\x04 nothing", "a.xlsx", "文件已损坏，或者不是 xlsx 格式"),
        (b"\xd0\xcf\x11\xe0rest", "a.xlsx", "不是 xlsx 格式（旧版格式，或者加了密码）"),
        (b"x", "a.xls", "不是 xlsx 格式"),
        (b"x", "a.docx", "不是电子表格"),
        (b"\xff\xfea", "a.csv", "UTF-16"),
        (b"\xff\xff\xff", "a.csv", "既不是 UTF-8 编码，也不是 GB18030 编码"),
        (b'a,"b\n', "a.csv", "不是有效的 CSV"),
        (ONE[:-400], "a.xlsx", "文件已损坏"),
        (repacked(ONE, {"xl/workbook.xml": ("<workbook", "<!DOCTYPE a><workbook")}), "a.xlsx", "文件已损坏"),
        (repacked(ONE, {"xl/worksheets/sheet1.xml": ('<c r="A1">', "<c>")}), "a.xlsx", "单元格没有编号"),
    ],
)
def test_what_is_no_spreadsheet_is_told(data: bytes, name: str, message: str) -> None:
    assert message in why_not(data, name)


# --- CSV ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_registers_as_csv_are_read_in_the_encodings_that_offices_use(encoding: str, tmp_path: Path) -> None:
    def put(name: str, rows: Sequence[Sequence[Any]]) -> None:
        with (tmp_path / name).open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)

    put("基本信息.csv", FORM)
    put("parcels.csv", [["parcel_id", "project_name", "area_sqm"], ["P1", "=1+1，“甲”", "1,200.5"], ["P2", "无", ""]])
    put("缴款记录.csv", [["宗地编号", "缴款编号", "票据号"], ["P2", "1", "00123456789012345678"]])
    (tmp_path / "~$lock.xlsx").write_bytes(b"")
    run("dossier", "import", str(tmp_path), "--out", str(tmp_path / "d.json"))
    assert json.loads((tmp_path / "d.json").read_bytes())["parcels"] == [
        {"parcel_id": "P1", "project_name": "=1+1，“甲”", "area_sqm": 1200.5},
        {
            "parcel_id": "P2",
            "project_name": None,
            "payments": [{"payment_id": "1", "receipt_no": "00123456789012345678"}],
        },
    ]


def test_a_register_alone_is_no_dossier_and_that_is_all_there_is_to_say() -> None:
    with pytest.raises(DossierError) as caught:
        import_tables(tables("宗地编号\nP1\n".encode(), "parcels.csv"), "parcels.csv", SCHEMA)
    assert [str(each) for each in caught.value.problems] == [
        "parcels.csv: 缺“基本信息”这张表\n  → 补上档案编号、基准日、开发区编号"
    ]


def run(*arguments: str) -> Any:
    command = typer.main.get_command(cli.command_line())
    return command.main(list(arguments), prog_name="zonecheck", standalone_mode=False)


# --- cells in what is said later ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site() -> Site:
    return Site.load(None, examples=False)


@pytest.mark.thorough
def test_every_finding_names_the_cell_whether_the_workbook_or_the_imported_dossier_is_checked(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook_file, dossier_file = tmp_path / "台账.xlsx", tmp_path / "d.json"
    run("dossier", "template", "--from", str(EXAMPLES / "dossier.json"), "--out", str(workbook_file))
    run("dossier", "import", str(workbook_file), "--out", str(dossier_file))
    assert "财政支出!E3: [疑点] 收款人统一社会信用代码" in capsys.readouterr().err
    plain = site.check(EXAMPLES / "dossier.json", None, Mode.INSPECTION)
    for path in (workbook_file, dossier_file):
        report = site.check(path, None, Mode.INSPECTION)
        assert report.findings == plain.findings
        finding = next(each for each in report.findings if each.rule == "R18.8-01" and each.subject.id == "P3")
        assert report.cells[finding.subject.pointer] == "供地台账!A4"
        assert all(fact.pointer in report.cells for each in report.findings for fact in each.facts if fact.pointer)
        told = explain.render(report, finding)
        assert "/parcels/2 ← 供地台账!A4" in told
        assert "/parcels/2/payments/0 ← 缴款记录!B4" in told
        assert "<code>/parcels/2 ← 供地台账!A4</code>" in FORMATS["html"](report).decode()
        assert "P3（供地台账!A4）" in FORMATS["text"](report).decode()
        written_report = json.loads(FORMATS["json"](report))
        jsonschema.validate(written_report, json.loads((folder("schemas") / "report.schema.json").read_bytes()))
        assert written_report["cells"]["/parcels/2"] == "供地台账!A4"
    dossier_file.write_bytes(dossier_file.read_bytes() + b"\n")
    assert not site.check(dossier_file, None, Mode.INSPECTION).cells
    (tmp_path / "d.cells.json").write_text('{"sha256": 1, "sheets": [{}]}')
    assert site.read(dossier_file).cells is None


# --- land supply ----------------------------------------------------------------------------------------------------

PUBLISHED: Sequence[Sequence[Any]] = [
    [
        "行政区",
        "电子监管号",
        "项目名称",
        "面积（公顷）",
        "土地用途",
        "供地方式",
        "土地使用年限",
        "成交价格(万元)",
        "土地使用权人",
        "约定容积率上限",
        "合同签订日期",
        "期号",
        "约定支付日期",
        "约定支付金额",
    ],
    [
        "某区",
        "3205832012B00123",
        "甲",
        "1.2345",
        "工业用地",
        "挂牌出让",
        "50",
        "1234.5678",
        "甲公司",
        "无上限",
        "2014-03-05",
        "1",
        "2014-05-01",
        "617.2839",
    ],
    ["", "", "", "", "", "", "", "", "", "", "", "2", "1900-01-01", "617.2839"],
    [
        "某区",
        "3205832012B00124",
        "乙",
        0.7,
        "科教用地",
        "划拨",
        None,
        None,
        "乙学校",
        1.5,
        date(1900, 1, 1),
        None,
        None,
        None,
    ],
]
BASE = {"meta": {"dossier_id": "D", "as_of_date": "2024-12-31"}, "zone": {"zone_id": "Z"}}


def published(rows: Sequence[Sequence[Any]], base: Mapping[str, Any] = BASE) -> Any:
    table = Table(file="结果.csv", name="结果", place="结果", rows=rows)
    return import_land_supply([table], base, None, name="结果.csv", schema=SCHEMA)


def test_published_results_become_parcels_with_exact_units_and_without_invented_days() -> None:
    for rows in (PUBLISHED, tables(book({"S": PUBLISHED}), "x.xlsx")[0].rows):
        found = published(rows)
        assert json.loads(found.imported.data, parse_float=Decimal)["parcels"] == [
            {
                "parcel_id": "3205832012B00123",
                "electronic_supervision_no": "3205832012B00123",
                "project_name": "甲",
                "area_sqm": 12345,
                "land_use": "industrial",
                "supply_method": "listing",
                "term_years": 50,
                "total_price_cny": 12345678,
                "grantee_name": "甲公司",
                "far_max": None,
                "contract_signed_on": "2014-03-05",
                "payment_schedule": [
                    {"instalment_id": "1", "due_on": "2014-05-01", "amount_cny": 6172839},
                    {"instalment_id": "2", "amount_cny": 6172839},
                ],
            },
            {
                "parcel_id": "3205832012B00124",
                "electronic_supervision_no": "3205832012B00124",
                "project_name": "乙",
                "area_sqm": 7000,
                "supply_method": "allocation",
                "grantee_name": "乙学校",
                "far_max": Decimal("1.5"),
            },
        ]
        assert [each.place.pointer.rpartition("!")[2] for each in found.remarks] == ["A1", "E4"]
        cells = found.imported.cells
        assert cells.of("/parcels/0/total_price_cny").endswith("!H2")
        assert cells.of("/parcels/0/payment_schedule/1/due_on").endswith("!M3")


def test_all_instalments_in_one_cell_and_the_short_names_of_the_interface_are_read() -> None:
    rows = [
        ["dzBaBh", "mj", "cjJg", "分期支付约定"],
        ["A1", "333.3", "0.1", "1 2014-05-01 0.05；第2期 2015年5月1日 500元"],
    ]
    assert json.loads(published(rows).imported.data, parse_float=Decimal)["parcels"] == [
        {
            "parcel_id": "A1",
            "electronic_supervision_no": "A1",
            "area_sqm": Decimal("333.3"),
            "total_price_cny": 1000,
            "payment_schedule": [
                {"instalment_id": "1", "due_on": "2014-05-01", "amount_cny": 500},
                {"instalment_id": "2", "due_on": "2015-05-01", "amount_cny": 500},
            ],
        }
    ]


def test_what_was_agreed_and_done_is_read_and_what_has_no_place_is_named() -> None:
    rows = [
        [
            "行政区",
            "电子监管号",
            "约定容积率下限",
            "约定开工时间",
            "约定竣工时间",
            "实际开工时间",
            "实际竣工时间",
            "批准单位",
        ],
        ["某区", "A1", "1.2", "2014-09-01", "2016年9月1日", "1900-01-01", "", "某市人民政府"],
        ["某区", "A2", "无下限", "", "", "2014-08-30", "2016-08-01", "某市人民政府"],
    ]
    found = published(rows)
    first, second = json.loads(found.imported.data, parse_float=Decimal)["parcels"]
    assert {key: first[key] for key in first.keys() - {"parcel_id", "electronic_supervision_no"}} == {
        "far_min": Decimal("1.2"),
        "agreed_start_on": "2014-09-01",
        "agreed_completion_on": "2016-09-01",
    }
    assert {key: second[key] for key in second.keys() - {"parcel_id", "electronic_supervision_no"}} == {
        "far_min": None,
        "actual_start_on": "2014-08-30",
        "actual_completion_on": "2016-08-01",
    }
    [remark] = found.remarks
    assert (remark.place.pointer, remark.message) == (
        "结果!A1",
        "这些栏在档案中没有对应的内容，没有读入：行政区、批准单位",
    )


def test_a_parcel_with_an_id_of_its_own_is_known_by_its_number() -> None:
    parcels = [{"parcel_id": "P1", "electronic_supervision_no": "3205832012B00123"}, {"parcel_id": "P2"}]
    found = published(PUBLISHED, {**BASE, "parcels": parcels})
    first, second, third = json.loads(found.imported.data)["parcels"]
    assert (found.added, found.completed) == (1, 1)
    assert (first["parcel_id"], first["total_price_cny"], second) == ("P1", 12345678, {"parcel_id": "P2"})
    assert third["parcel_id"] == "3205832012B00124"
    assert not [each for each in found.remarks if "3205832012B00123" in each.message]


def test_what_a_dossier_already_says_of_a_parcel_is_kept_and_the_difference_told() -> None:
    base = {**BASE, "parcels": [{"parcel_id": "3205832012B00123", "total_price_cny": 1, "payment_schedule": []}]}
    found = published(PUBLISHED, base)
    first, second = json.loads(found.imported.data)["parcels"]
    assert (found.added, found.completed) == (1, 1)
    assert (first["total_price_cny"], first["payment_schedule"], first["area_sqm"]) == (1, [], 12345)
    assert second["parcel_id"] == "3205832012B00124"
    assert {each.place.pointer for each in found.remarks} == {"结果!A1", "结果!H2", "结果!L2", "结果!E4"}
    assert base["parcels"] == [{"parcel_id": "3205832012B00123", "total_price_cny": 1, "payment_schedule": []}]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["电子监管号", "面积(亩)"], ["A", "3"]], "结果!B1: 面积：不能换算的单位“亩”"),
        ([["电子监管号", "成交价格"], ["A", "3"]], "结果!B1: 成交价格：栏名没有写明单位"),
        ([["电子监管号", "成交价格(万元)"], ["A", "面议"]], "结果!B2: 成交价格：应为数值（现为 面议）"),
        ([["电子监管号", "成交价格(万元)"], ["A", "1"], ["A", "2"]], "结果!B3: 成交价格：同一宗地前后不一致"),
        ([["电子监管号", "成交价格(万元)"], ["", "1"]], "结果!A2: 电子监管号：没有电子监管号"),
        ([["电子监管号", "合同签订日期"], ["A", "2014-02-30"]], "结果!B2: 合同签订日期：不是有效的日期"),
        ([["电子监管号", "分期支付约定"], ["A", "分三期"]], "结果!B2: 分期支付约定：不是可以读的分期约定"),
        ([["项目名称"], ["甲"]], "结果: 缺“电子监管号”这一栏"),
        ([["电子监管号"]], "没有读到任何宗地"),
    ],
)
def test_published_cells_that_can_not_be_read_are_told(rows: Sequence[Sequence[Any]], told: str) -> None:
    with pytest.raises(DossierError) as caught:
        published(rows)
    assert told in "\n".join(map(str, caught.value.problems))


def test_land_supply_goes_into_an_imported_dossier_and_both_keep_their_cells(tmp_path: Path) -> None:
    old, new, results = tmp_path / "旧.json", tmp_path / "新.json", tmp_path / "结果.csv"
    (tmp_path / "台账.xlsx").write_bytes(book({"基本信息": FORM, "供地台账": [["宗地编号"], ["A"], ["B"]]}))
    results.write_text("电子监管号,面积(公顷),成交价格(万元)\nB,2,3\nC,4,\n", encoding="gb18030")
    run("dossier", "import", str(tmp_path / "台账.xlsx"), "--out", str(old))
    run("dossier", "import", "--land-supply", str(results), "--into", str(old), "--out", str(new))
    assert json.loads(new.read_bytes())["parcels"] == [
        {"parcel_id": "A"},
        {"parcel_id": "B", "electronic_supervision_no": "B", "area_sqm": 20000, "total_price_cny": 30000},
        {"parcel_id": "C", "electronic_supervision_no": "C", "area_sqm": 40000},
    ]
    cells = load(new, SCHEMA).cells
    assert cells is not None
    places = ["/parcels/0", "/parcels/1", "/parcels/1/area_sqm", "/parcels/2", "/parcels/2/area_sqm"]
    assert [*map(cells.of, places)] == ["供地台账!A2", "供地台账!A3", "结果!B2", "结果!A3", "结果!B3"]


def test_a_doubt_about_the_dossier_that_results_go_into_is_told_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, results = tmp_path / "旧.json", tmp_path / "结果.csv"
    declared = {"parcels": {"complete": True, "count": 1, "as_of": "2024-01-01", "signatory": "甲"}}
    meta = {**BASE["meta"], "completeness": declared}
    old.write_text(json.dumps({**BASE, "meta": meta, "parcels": [{"parcel_id": "A"}]}), encoding="utf-8")
    results.write_text("电子监管号,面积(公顷)\nB,2\n", encoding="utf-8")
    run("dossier", "import", "--land-supply", str(results), "--into", str(old), "--out", str(tmp_path / "新.json"))
    told = capsys.readouterr().err
    assert "旧.json /meta/completeness/parcels/count: [疑点]" in told
    assert "结果.csv /" not in told


def test_land_supply_needs_a_dossier_to_go_into(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="--into"):
        run("dossier", "import", "--land-supply", "a.csv", "--out", str(tmp_path / "d.json"))
    with pytest.raises(MisuseError, match="只用于供地结果"):
        run("dossier", "import", "a.csv", "--zone", "Z", "--out", str(tmp_path / "d.json"))


def test_numbers_keep_every_digit_a_spreadsheet_keeps_and_no_noise() -> None:
    assert number(0.1 + 0.2) == Decimal("0.3")
    assert number(123456789012.34) == Decimal("123456789012.34")
    assert number("1,234,567.890") == Decimal("1234567.890")
    for cell in ("12,5", "1,2345", "1e5", "0x10", "1 000", "", "NaN", float("nan"), float("inf"), True):
        assert isinstance(number(cell), Refusal)
