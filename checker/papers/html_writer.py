"""A paper as one HTML page that needs no script, no network and no second file, and prints on A4."""

from typing import Any

from checker.papers.paper import (
    Align,
    Annex,
    Annexes,
    Block,
    Level,
    PageBreak,
    Paper,
    Paragraph,
    Signature,
    SignatureLines,
    Space,
    Table,
    Title,
    day_of,
    label_of,
    printable,
)
from checker.reporting.environment import template

_HEADINGS = {Level.FIRST: "h2", Level.SECOND: "h3"}


def render(paper: Paper) -> bytes:
    """Write *paper* as HTML."""
    blocks = [_block(each) for each in paper.blocks]
    return template("paper.html.j2").render(paper=paper, blocks=blocks).encode()


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Title(lines=lines):
            return {"kind": "title", "lines": lines}
        case Paragraph(text=text, level=level, label=label, keep=keep):
            return {
                "kind": "paragraph",
                "lines": _lines(text),
                "tag": _HEADINGS.get(level, "p"),
                "level": f"{level.value} keep" if keep else level.value,
                "label": label,
            }
        case Table(columns=columns, rows=rows, has_head=has_head):
            whole = sum(each.width for each in columns)
            return {
                "kind": "table",
                "columns": columns,
                "shares": [round(100 * each.width / whole, 1) for each in columns],
                "narrowest": sum(3 if each.align is Align.CENTRE else 8 for each in columns),
                "rows": [[*map(_lines, row)] for row in rows],
                "has_head": has_head,
            }
        case Annexes(titles=titles):
            return {"kind": "annexes", "titles": titles}
        case Signature(agency=agency, day=day):
            return {"kind": "signature", "agency": agency, "day": day_of(day)}
        case SignatureLines(rows=rows):
            return {"kind": "signature_lines", "rows": rows}
        case Space(lines=number):
            return {"kind": "space", "lines": number}
        case PageBreak():
            return {"kind": "page_break"}
        case Annex(title=title):
            return {"kind": "annex", "label": label_of(block), "title": title}


def _lines(text: str) -> list[str]:
    return printable(text).split("\n")
