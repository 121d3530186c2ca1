"""A paper as PDF: the only module that knows typst.

The text of a paper goes to the layout `reports/paper.typ` as data, so that nothing in it is ever read as markup.
Typefaces come by path from a package and the folders that a paper names, never from the system: same paper, same bytes.
"""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.papers.paper import (
    PDF_FONTS,
    WIDE_MM,
    WIDTH_MM,
    Annex,
    Annexes,
    Block,
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
from checker.resources import folder

if TYPE_CHECKING:
    import typst


def render(paper: Paper) -> bytes:
    """Write *paper* as PDF."""
    data = json.dumps(_data(paper), ensure_ascii=False)
    written = _compiler(paper.fonts.folders).compile(input=_layout(), format="pdf", sys_inputs={"data": data})
    assert isinstance(written, bytes)
    return written


def font_files(folders: tuple[str, ...]) -> tuple[Path, ...]:
    """Give the files of the typefaces that a PDF may use: those of *folders*, and those that come with the program."""
    from pylopdf_fonts_zh_cn import sans_path, serif_path  # noqa: PLC0415 - only papers need it

    own = (Path(serif_path()), Path(sans_path()))
    named = (path for each in folders for path in sorted(Path(each).iterdir()))
    return (*(path for path in named if path.suffix.lower() in {".otf", ".ttf", ".ttc"}), *own)


@cache
def _compiler(folders: tuple[str, ...]) -> "typst.Compiler":
    import typst  # noqa: PLC0415 - it is large, and only papers need it

    places = [str(path) for path in dict.fromkeys(each.parent for each in font_files(folders))]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*places])
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


@cache
def _layout() -> bytes:
    return (folder("reports") / "paper.typ").read_bytes()


def _data(paper: Paper) -> dict[str, Any]:
    own = tuple(dict.fromkeys(PDF_FONTS.values()))
    return {
        "name": printable(paper.name),
        "author": printable(paper.author),
        "day": _ymd(paper.day),
        "form": paper.form.value,
        "running": printable(paper.running),
        "fonts": {role: [*dict.fromkeys((family, PDF_FONTS[role], *own))] for role, family in paper.fonts.pdf.items()},
        "head": paper.head
        and {
            "mark": printable(paper.head.mark),
            "number": printable(paper.head.number),
            "copy_number": printable(paper.head.copy_number),
            "secrecy": printable(paper.head.secrecy),
            "urgency": printable(paper.head.urgency),
        },
        "imprint": paper.imprint
        and {
            "copies_to": printable("，".join(paper.imprint.copies_to)),
            "printer": printable(paper.imprint.printer),
            "printed_on": printable(paper.imprint.printed_on),
        },
        "sections": [
            {"is_wide": is_wide, "blocks": [_block(each, WIDE_MM if is_wide else WIDTH_MM) for each in blocks]}
            for is_wide, blocks in _sections(paper)
        ],
    }


def _sections(paper: Paper) -> Iterator[tuple[bool, list[Block]]]:
    """Part the blocks where the pages turn on their side or back."""
    is_wide, blocks = paper.is_wide, list[Block]()
    for each in paper.blocks:
        if isinstance(each, PageBreak | Annex) and each.is_wide is not is_wide:
            yield is_wide, blocks
            is_wide, blocks = each.is_wide, []
        blocks.append(each)
    yield is_wide, blocks


def _block(block: Block, width_mm: float) -> dict[str, Any]:
    match block:
        case Title(lines=lines):
            return {"kind": "title", "lines": [*map(printable, lines)]}
        case Paragraph(text=text, level=level, label=label, keep=keep):
            return {
                "kind": "paragraph",
                "text": printable(text),
                "level": level.value,
                "label": printable(label),
                "keep": keep,
            }
        case Table(columns=columns, rows=rows, row_mm=row_mm, size=size, has_head=has_head):
            return {
                "kind": "table",
                "columns": [{"title": each.title, "width": each.width, "align": each.align.value} for each in columns],
                "rows": [[*map(printable, row)] for row in rows],
                "kept": block.kept(width_mm),
                "row_mm": row_mm,
                "size": size,
                "has_head": has_head,
            }
        case Annexes(titles=titles):
            return {"kind": "annexes", "titles": [*map(printable, titles)]}
        case Signature(agency=agency, day=day):
            return {"kind": "signature", "agency": printable(agency), "day": day_of(day)}
        case SignatureLines(rows=rows, keep=keep):
            return {"kind": "signature_lines", "rows": [[*map(printable, row)] for row in rows], "keep": keep}
        case Space(lines=number, keep=keep):
            return {"kind": "space", "lines": number, "keep": keep}
        case PageBreak():
            return {"kind": "page_break"}
        case Annex(title=title):
            return {"kind": "annex", "label": label_of(block), "title": printable(title)}


def _ymd(day: date) -> list[int]:
    return [day.year, day.month, day.day]
