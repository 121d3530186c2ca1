"""A workbook as XLSX: the only module that knows XlsxWriter.

Text is written as text, whatever it begins with: nothing that stands in a dossier or in an old workbook becomes a
formula or a link. The only formulas are those that colour rows.
"""

import io
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from checker.sheets.packing import growing
from checker.sheets.sheet import (
    Cell,
    Heading,
    Sheet,
    Tone,
    Workbook,
    column_name,
    fitted,
    height,
    pages_across,
    told,
)

if TYPE_CHECKING:
    import xlsxwriter

_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_TONES = {
    Tone.BAD: {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    Tone.GOOD: {"bg_color": "#C6EFCE", "font_color": "#006100"},
    Tone.DOUBT: {"bg_color": "#FFEB9C", "font_color": "#7F4F00"},
}
_A3, _A4 = 8, 9
_LONGEST_LIST = 255
"""No drop-down that stands in the cell itself is longer."""
_KINDS = ("text", "day", "moment", "time", "span", "number")


def render(workbook: Workbook) -> bytes:
    """Write *workbook* as XLSX."""
    import xlsxwriter  # noqa: PLC0415 - only papers need it

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, _PLAIN)
    created = datetime(workbook.day.year, workbook.day.month, workbook.day.day)  # noqa: DTZ001 - a day has no zone
    book.set_properties({"title": workbook.name, "author": workbook.author, "created": created})
    book.set_calc_mode("auto")
    styles = _styles(book)
    for each in workbook.sheets:
        _write(book.add_worksheet(each.name), each, styles)
    book.close()
    return growing(held.getvalue())


def _styles(book: "xlsxwriter.Workbook") -> dict[str, Any]:
    base = {"text_wrap": True, "valign": "top", "border": 1, "font_name": "宋体", "font_size": 10}
    formats = {
        "text": "@",
        "day": "yyyy-mm-dd",
        "moment": "yyyy-mm-dd hh:mm:ss",
        "time": "hh:mm:ss",
        "span": "[h]:mm:ss",
        "number": "General",
    }
    head = {**base, "bold": True, "valign": "vcenter", "align": "center", "bg_color": "#D9E2EC"}
    return {
        **{kind: book.add_format({**base, "num_format": formats[kind]}) for kind in _KINDS},
        "head": book.add_format(head),
        "head_by_people": book.add_format({**head, "bg_color": "#FFF2CC"}),
        **{tone.value: book.add_format(colours) for tone, colours in _TONES.items()},
    }


def _write(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    page.set_landscape()
    page.set_paper(_A3 if sheet.is_a3 else _A4)
    widths = [each.width for each in sheet.headings]
    page.fit_to_pages(pages_across(widths, is_a3=sheet.is_a3) or 1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    page.set_footer("&C第&P页，共&N页")
    first = 0
    if sheet.headings:
        _head(page, sheet, styles)
        first = 1
    for row, cells in enumerate(sheet.rows, first):
        if sheet.headings:
            page.set_row(row, height(zip(map(told, cells), widths, strict=False)))
        for column, cell in enumerate(cells):
            if cell in (None, ""):
                is_day = column < len(sheet.headings) and sheet.headings[column].is_day
                page.write_blank(row, column, None, styles["day" if is_day else "text"])
            else:
                _put(page, (row, column), cell, styles)
    last = first + len(sheet.rows) - 1 + sheet.spare
    if sheet.headings and last >= first:
        _guide(page, sheet, first, last, styles)


def _head(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    page.set_header(f"&C&14{sheet.name.replace('&', '&&')}")
    page.freeze_panes(1, 2)
    page.repeat_rows(0)
    page.repeat_columns(0, 1)
    page.set_row(0, max(height((each.title, each.width) for each in sheet.headings), 30))
    for column, each in enumerate(sheet.headings):
        page.set_column(column, column, each.width, styles["day" if each.is_day else "text"])
        page.write_string(0, column, each.title, styles["head_by_people" if each.by_people else "head"])
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.headings) - 1)


def _guide(page: Any, sheet: Sheet, first: int, last: int, styles: dict[str, Any]) -> None:
    """Put drop-downs, hints and colours on the rows of a headed sheet."""
    for column, each in enumerate(sheet.headings):
        validation = _validation(each)
        if validation:
            page.data_validation(first, column, last, column, validation)
    for menu in sheet.menus:
        if len(",".join(menu.words)) <= _LONGEST_LIST:
            (row, column), *others = ((first + row, column) for row, column in menu.cells)
            listed = {**_choice(menu.words, ""), "other_cells": [[*each, *each] for each in others]}
            page.data_validation(row, column, row, column, listed)
    places = {each.title: f"${column_name(column)}{first + 1}" for column, each in enumerate(sheet.headings)}
    for rule in sheet.highlights:
        criteria = f"={rule.formula.format(**places)}"
        colour = {"type": "formula", "criteria": criteria, "format": styles[rule.tone.value], "stop_if_true": True}
        page.conditional_format(first, 0, last, len(sheet.headings) - 1, colour)


def _choice(words: tuple[str, ...], title: str) -> dict[str, Any]:
    message = f"请从下拉列表中选择：{'、'.join(words)}"[:_LONGEST_LIST]
    named = {"error_title": title[:32]} if title else {}
    return {"validate": "list", "source": list(words), "error_message": message, **named}


def _validation(heading: Heading) -> dict[str, Any]:
    hint = {"input_title": heading.title[:32], "input_message": heading.hint} if heading.hint else {}
    if heading.choices:
        return {**_choice(heading.choices, heading.title), **hint}
    if heading.is_day:
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1949, 10, 1),
            "maximum": date(2100, 12, 31),
            "error_type": "warning",
            "error_title": heading.title[:32],
            "error_message": "请填 2026-01-31 这样的日期",
            **hint,
        }
    return {"validate": "any", **hint} if hint else {}


def _put(page: Any, place: tuple[int, int], cell: Cell, styles: dict[str, Any]) -> None:
    match cell:
        case bool():
            page.write_boolean(*place, cell, styles["number"])
        case int() | float():
            page.write_number(*place, cell, styles["number"])
        case date() if cell.year <= 1900:  # spreadsheets know no day before, and err about that year
            page.write_string(*place, told(cell), styles["text"])
        case datetime():
            page.write_datetime(*place, cell, styles["moment"])
        case date():
            page.write_datetime(*place, cell, styles["day"])
        case time():
            page.write_datetime(*place, cell, styles["time"])
        case timedelta():
            page.write_datetime(*place, cell, styles["span"])
        case str():
            page.write_string(*place, fitted(cell), styles["text"])
