"""The workbook that people fill in: made from the schema, blank or with a dossier in it.

The same schema and the same dossier give the same bytes.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from checker.dossier.places import pointer_of
from checker.dossier.schema import COMPLETENESS, DossierSchema, Kind
from checker.errors import DossierError, Place, Problem
from checker.sheets.cells import in_words_of_a_sheet
from checker.sheets.content import LONGEST_CELL, choices, written
from checker.sheets.importing import TEMPLATE_VERSION
from checker.sheets.layout import (
    DECLARATIONS,
    DECLARATIONS_NAME,
    FORM,
    FORM_HEADERS,
    Column,
    Role,
    Sheet,
    layout,
    names_in,
)
from checker.sheets.packing import growing
from checker.sheets.sheet import column_name, height, pages_across
from checker.sheets.workbook import GUIDE, LISTS, META

MADE = datetime(2014, 11, 21, tzinfo=UTC)
"""What a workbook says of when it was made: never the clock, so that the same dossier gives the same bytes."""

ROOM = 1_000
"""How many rows below the last record have drop-down lists."""

LONGEST_LIST = 255
LONGEST_MESSAGE = 255
LONGEST_TITLE = 32
WIDEST, NARROWEST = 40, 12
FORM_WIDTHS = (34, 44, 70)
MOST_ROWS = 1_048_576
FONT = "宋体"

LINES = (
    "一张表是一种台账，一行是一条记录。栏名带 * 的必须填写；栏名上的批注说明填什么。",
    "空白表示“不知道”；“无”表示“知道没有”。两者在检查中意思不同，不要用“无”代替空白。",
    "金额以元计，面积看栏名中的单位；只填数字，不带单位和文字。",
    "日期写作 2021-04-03；只知道月份写 2021-04，只知道年份写 2021。",
    "编号、代码、文号一律是文本格式，不要改成数值，否则电子表格会丢掉15位以后的数字。",
    "下级记录（如缴款记录）在自己的表中，前面几栏填上级记录的编号。"
    "上级记录中的同名一栏，只在一条也没有（填 0）或者没有这种台账（填“无”）时填写。",
    "由几项组成的内容（如“规划条件”）：没有填“无”；有而不知道详情填“有”；知道详情的，这一栏留空，填后面各栏。",
    "资料来源写证据材料编号：D01、D02；只证明某一栏的写 出让价款总额=D02#p3；几栏之间用分号。",
    "列表（如国家）用顿号分开。确实要写“无”这个字、或者前后带空格的，加英文双引号。",
    "“台账完整性声明”中，一条记录也没有的台账在“记录情况”填 0；没有这种台账填“无”。",
    "不要改表名、栏名；可以删去不用的栏和表，可以调换栏的顺序。公式可以用，读的是保存时的结果。",
    "填好后：zonecheck dossier import 本文件 --out 档案.json，或者直接 zonecheck check 本文件。",
)


def template(schema: DossierSchema, dossier: Mapping[str, Any] | None = None, name: str = "") -> bytes:
    """Make the workbook, with the contents of a valid *dossier*; raise `DossierError` if a cell can't hold a text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": schema.root.label, "created": MADE})
    writer = _Writer(book, schema, name)
    writer.guide()
    for sheet in layout(schema).sheets.values():
        if sheet.key == FORM:
            writer.form(sheet, dossier or {})
        else:
            writer.table(sheet, tuple(_rows(sheet, dossier or {}, schema)))
    writer.hidden()
    book.close()
    if writer.problems:
        raise DossierError(writer.problems)
    return growing(out.getvalue())


Row = tuple[str, Mapping[Column, Any], Mapping[str, str] | None]
"""The pointer of a record, its values by their columns, and the names that its texts can speak of."""


def _rows(sheet: Sheet, dossier: Mapping[str, Any], schema: DossierSchema) -> Iterator[Row]:
    """Give the rows of a sheet: the records of a register, or a line for each register."""
    if sheet.key == DECLARATIONS:
        declared = dossier.get("meta", {}).get(COMPLETENESS) or {}
        register, state, *others = sheet.columns
        for name, path in register.names.items():
            held = declared.get(path, {})
            values = {register: name, **_values(others, held)}
            if "." not in path and path in dossier and not dossier[path]:
                values[state] = dossier[path]
            yield pointer_of(("meta", COMPLETENESS, path)), values, names_in(schema, path)
        return
    own = [each for each in sheet.columns if each.role is not Role.OWNER]
    for pointer, ids, record in _records(sheet, dossier, schema):
        yield pointer, {**dict(zip(sheet.owners, ids, strict=True)), **_values(own, record)}, None


def _records(
    sheet: Sheet, dossier: Mapping[str, Any], schema: DossierSchema
) -> Iterator[tuple[str, tuple[str, ...], Mapping[str, Any]]]:
    """Yield the records of a register with their pointers and the ids of the records above."""
    waiting: list[tuple[str, tuple[str, ...], Mapping[str, Any]]] = [("", (), dossier)]
    path = ""
    for owner in (*(each.path[0].rpartition(".")[0] for each in sheet.owners), sheet.key):
        inside = owner.removeprefix(path).strip(".").split(".")
        identity = schema.registers[path].id_field if path else ""
        waiting = [
            (f"{pointer}{pointer_of(inside)}/{number}", (*ids, record[identity]) if identity else ids, each)
            for pointer, ids, record in waiting
            for number, each in enumerate(_inner(record, inside))
        ]
        path = owner
    yield from waiting


def _inner(record: Mapping[str, Any], path: Sequence[str]) -> Sequence[Any]:
    found: Any = record
    for step in path:
        found = (found or {}).get(step)
    return found or ()


def _values(columns: Sequence[Column], record: Mapping[str, Any]) -> dict[Column, Any]:
    """Give the values that have to be written for a record to be read back the same."""
    found = {}
    for column in columns:
        holder: Any = record
        for step in column.path[:-1]:
            holder = holder.get(step) if isinstance(holder, Mapping) else None
        if not isinstance(holder, Mapping) or column.path[-1] not in holder:
            continue
        value = holder[column.path[-1]]
        if column.role in {Role.BLOCK, Role.REGISTER} and value:
            continue  # what is inside says that it is there
        found[column] = value
    return found


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook, schema: DossierSchema, name: str) -> None:
        self.book, self.schema, self.name = book, schema, name
        self.lists: dict[tuple[str, ...], str] = {}
        self.problems: list[Problem] = []
        head = {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#DDE7F3", "font_name": FONT}
        self.head = self.format(head)
        self.must = self.format({**head, "font_color": "#C00000"})
        self.text = self.format({"num_format": "@", "font_name": FONT, "valign": "top"})
        self.wrapped = self.format({"font_name": FONT, "text_wrap": True, "valign": "top"})
        self.number = self.format({"num_format": "General", "font_name": FONT, "valign": "top"})
        self.day = self.format({"num_format": "yyyy-mm-dd", "font_name": FONT, "valign": "top", "align": "left"})
        self.told = self.format({"font_name": FONT, "text_wrap": True, "valign": "top", "indent": 1})

    def format(self, look: Mapping[str, Any]) -> Format:
        return self.book.add_format(dict(look))

    def format_of(self, column: Column) -> Format:
        """Give codes, names and days that may be partial the format of text: else a spreadsheet rewrites them."""
        field = column.field
        if field is not None and field.kind in {Kind.NUMBER, Kind.INTEGER}:
            return self.number
        return self.day if field is not None and field.kind is Kind.DAY and field.full_day else self.text

    def guide(self) -> None:
        """Write the page for people."""
        sheet = self.book.add_worksheet(GUIDE)
        sheet.set_column(0, 0, 110)
        self.printed(sheet, [110])
        sheet.set_row(0, 20)
        sheet.write_string(0, 0, f"{self.schema.root.label}填报表", self.head)
        for number, line in enumerate(LINES, start=1):
            sheet.write_string(number, 0, line, self.wrapped)
            sheet.set_row(number, height([(line, 100)]))

    def form(self, described: Sheet, dossier: Mapping[str, Any]) -> None:
        """Write a form: a field in each row."""
        sheet = self.page(described.name)
        for number, header in enumerate(FORM_HEADERS):
            sheet.write_string(0, number, header, self.head)
        for number, width in enumerate(FORM_WIDTHS):
            sheet.set_column(number, number, width)
        self.printed(sheet, FORM_WIDTHS)
        values = _values(described.columns, dossier)
        for number, column in enumerate(described.columns, start=1):
            mark = "*" if column.is_required else ""
            told = (f"{mark}{column.header}", "", _explained(column))
            sheet.set_row(number, height(zip(told, FORM_WIDTHS, strict=True)))
            sheet.write_string(number, 0, told[0], self.must if mark else self.head)
            sheet.write_string(number, 2, told[2], self.told)
            sheet.write_blank(number, 1, None, self.format_of(column))
            if column in values:
                self.put(sheet, (number, 1), written(values[column], column), column, pointer_of(column.path))
            self.validate(sheet, (number, 1, number, 1), column)

    def table(self, described: Sheet, rows: Sequence[Row]) -> None:
        """Write a sheet of records."""
        sheet = self.page(described.name)
        headers = [f"{'*' if each.is_required else ''}{each.header}" for each in described.columns]
        widths = [*map(_width, headers)]
        self.printed(sheet, widths)
        sheet.set_row(0, height(zip(headers, widths, strict=True)))
        for number, column in enumerate(described.columns):
            mark = "*" if column.is_required else ""
            header = f"{mark}{column.header}"
            sheet.write_string(0, number, header, self.must if mark else self.head)
            sheet.write_comment(0, number, _explained(column), {"x_scale": 2, "author": "", "font_size": 9})
            sheet.set_column(number, number, _width(header), self.format_of(column))
            self.validate(sheet, (1, number, min(len(rows) + ROOM, MOST_ROWS - 1), number), column)
        at = {column: number for number, column in enumerate(described.columns)}
        for line, (pointer, values, names) in enumerate(rows, start=1):
            for column, value in values.items():
                content = value if column.role is Role.REGISTER_NAME else written(value, column, names)
                self.put(sheet, (line, at[column]), content, column, pointer + pointer_of(column.path))
        sheet.autofilter(0, 0, max(len(rows), 1), len(described.columns) - 1)

    def page(self, name: str) -> Worksheet:
        """Begin a sheet: the headers stay in sight, and stand on every page."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)
        return sheet

    def printed(self, sheet: Worksheet, widths: Sequence[float]) -> None:
        """Print columns so wide on A4 on its side, on as many pages side by side as can be read."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        sheet.fit_to_pages(pages_across(widths, is_a3=False), 0)
        sheet.set_header(f"&C{sheet.get_name()}")
        sheet.set_footer("&C第&P页，共&N页")

    def put(
        self, sheet: Worksheet, at: tuple[int, int], content: str | int | Decimal | date, column: Column, pointer: str
    ) -> None:
        """Put something in a cell as what it is: what begins like a formula is text like any other."""
        look = self.format_of(column)
        match content:
            case str():
                if len(content) > LONGEST_CELL:
                    message = f"长 {len(content):,} 个字符，单元格最多 {LONGEST_CELL:,} 个"
                    place = Place(file=self.name, pointer=pointer)
                    suggestion = "这份档案不能写成电子表格，继续用 JSON"
                    self.problems.append(
                        Problem(message=message, place=place, label=column.header, suggestion=suggestion)
                    )
                else:
                    sheet.write_string(*at, content, self.text if look is self.number else look)
            case date():
                sheet.write_datetime(*at, datetime(content.year, content.month, content.day), look)  # noqa: DTZ001 - a day has no zone
            case _:
                sheet.write_number(*at, float(content), look)

    def validate(self, sheet: Worksheet, area: tuple[int, int, int, int], column: Column) -> None:
        """Give cells a drop-down list, or the bounds of what may be filled in."""
        field = column.field
        title = column.header.rpartition("：")[2][:LONGEST_TITLE]
        shared = {"input_title": title, "input_message": _explained(column)[:LONGEST_MESSAGE], "error_title": title}
        menu = choices(column)
        if menu:
            is_none = field is None or field.nullable
            message = f"从下拉列表中选；不知道就留空。{'没有填“无”。' if is_none else ''}"
            sheet.data_validation(
                *area, {**shared, "validate": "list", "source": self.source(menu), "error_message": message}
            )
        elif field is not None and field.ref:
            above = layout(self.schema).sheets[field.ref]
            at = column_name(next(n for n, each in enumerate(above.columns) if each.field and each.field.identity))
            source = f"='{above.name}'!${at}$2:${at}${ROOM + 1}"
            told = {"error_type": "warning", "error_message": f"“{above.name}”中没有这个编号。"}
            sheet.data_validation(*area, {**shared, **told, "validate": "list", "source": source})
        elif field is not None and field.kind in {Kind.NUMBER, Kind.INTEGER}:
            low, high = field.limits
            what = "整数" if field.kind is Kind.INTEGER else "数"
            told = {"error_type": "warning", "error_message": f"应为 {low} 到 {high} 之间的{what}；没有填“无”。"}
            wanted = "integer" if field.kind is Kind.INTEGER and high < 2**31 else "decimal"
            sheet.data_validation(
                *area, {**shared, **told, "validate": wanted, "criteria": "between", "minimum": low, "maximum": high}
            )
        elif field is not None and field.kind is Kind.TEXT and field.max_length:
            told = {"error_type": "warning", "error_message": f"最多 {field.max_length} 个字。"}
            sheet.data_validation(
                *area, {**shared, **told, "validate": "length", "criteria": "<=", "value": field.max_length}
            )
        else:
            sheet.data_validation(*area, {**shared, "validate": "any"})

    def source(self, choices: tuple[str, ...]) -> list[str] | str:
        """Give the source of a drop-down list; a long one stands in a sheet that nobody sees."""
        if len(",".join(choices)) <= LONGEST_LIST:
            return list(choices)
        at = column_name(list(self.lists).index(choices) if choices in self.lists else len(self.lists))
        return self.lists.setdefault(choices, f"={LISTS}!${at}$1:${at}${len(choices)}")

    def hidden(self) -> None:
        """Write the sheets that nobody sees: the long lists, and what this workbook is."""
        lists = self.book.add_worksheet(LISTS)
        lists.very_hidden()
        for number, listed in enumerate(self.lists):
            for line, choice in enumerate(listed):
                lists.write_string(line, number, choice)
        meta = self.book.add_worksheet(META)
        meta.very_hidden()
        held = {
            "template": TEMPLATE_VERSION,
            "schema": str(self.schema.raw.get("$id", "")),
            **{f"sheet:{each.name}": each.key for each in layout(self.schema).sheets.values()},
        }
        for number, (key, value) in enumerate(held.items()):
            meta.write_string(number, 0, key)
            meta.write_string(number, 1, value)


def _width(header: str) -> int:
    return max(NARROWEST, min(WIDEST, 2 * len(header) + 2))


ABOUT: Mapping[Role, str] = MappingProxyType(
    {
        Role.OWNER: "上级记录的编号。",
        Role.REGISTER: "一条也没有填 0；没有这种台账填“无”；有记录的，或者没有核对过的，留空。",
        Role.BLOCK: "没有填“无”；有而不知道详情填“有”；知道详情的，留空，填后面各栏。",
        Role.SOURCES: "证据材料编号，如 D01、D02#p3；只证明某一栏的写 栏名=编号，几栏之间用分号。",
        Role.WITHHELD: "已要求提供而对方拒不提供的栏，写栏名，用顿号分开。",
        Role.REGISTER_NAME: "表名。",
    }
)


def _explained(column: Column) -> str:
    """Say of a column what to fill in: its key, its description, and how."""
    field = column.field
    told = in_words_of_a_sheet(field.description) if field is not None else ""
    proof = f"凭证：{field.proof}。" if field is not None and field.proof else ""
    how = ABOUT.get(column.role, "")
    if column.role is Role.REGISTER and field is None and column.path[-1] == COMPLETENESS:
        how = f"填在“{DECLARATIONS_NAME}”表中，这一格留空。"
    if not how and field is not None:
        match field.kind:
            case Kind.DAY if not field.full_day and "2021" not in told:
                how = "写作 2021-04-03；只知道月份写 2021-04，只知道年份写 2021。"
            case Kind.TEXTS:
                how = "几项用顿号分开。"
            case Kind.SHAPE:
                how = "GeoJSON 文本。"
    return "".join(each for each in (told, how, proof) if each) + f"〔{column.key}〕"
