"""A paper as an office lays it out, free of any format: blocks of text, tables and lines to sign.

Papers of every kind (notice, checklist, record, ledger) are put together from these blocks, and each writer (DOCX, PDF)
writes them by the geometry of GB/T 9704—2012. Whatever only people can give is a `blank`: a visible line to write on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum
from math import ceil
from types import MappingProxyType

from checker.classes import dataclass
from checker.reporting.wording import characters, chinese_day, visible

_NO_CHARACTER = re.compile(
    "[" + "".join(chr(plane * 0x10000 + low) for plane in range(17) for low in (0xFFFE, 0xFFFF)) + "]"
)

BLANK = "＿"
"""One character of a line to write on; as many of them stand together as the line is characters long."""
DRAFT = "送审稿"
DRAFT_OF = MappingProxyType({False: DRAFT, True: f"推算　{DRAFT}"})
"""The mark of a draft, by whether it rests on a projection."""
CHARACTERS = 28
"""So many characters stand on a line of the text area, which is 156 mm wide."""
LINES = 22
"""So many lines stand on a page, whose text area is 225 mm high."""
WIDTH_MM = 156
WIDE_MM = 225
"""The text area of a page that lies on its side is as wide as that of an upright one is high."""
CELL_MM = 1.4
"""So much white stands between the text of a cell and the line on its left or right."""
TALLEST_MM = 110
"""A row of a table that is no higher than this is never parted: two thirds of what a page on its side holds."""
_MM_A_POINT = 25.4 / 72
_LEADING = 5
"""Points between the lines of a cell."""


class Form(StrEnum):
    """How a paper is headed: as an official document with a red head, as a letter, or by its title alone."""

    DOCUMENT = "document"
    LETTER = "letter"
    PLAIN = "plain"


class Level(StrEnum):
    """What a paragraph is: text, a heading of one of four levels (一、 （一） 1. （1）), or text without an indent."""

    BODY = "body"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    FLUSH = "flush"
    CENTRE = "center"
    SMALL = "small"


class Align(StrEnum):
    """Where the text of a column stands."""

    LEFT = "left"
    CENTRE = "center"


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The title of a paper, one or more lines broken where the meaning breaks."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; a `label` is put before the text and set off from it. `keep` holds it together with what follows."""

    text: str
    level: Level = Level.BODY
    label: str = ""
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; widths are shares of the whole."""

    title: str
    width: float
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with lines. Its head is repeated on each page; without titles there is no head. A cell may have lines.

    Rows are at least `row_mm` high, so that there is room to write. The text is so many points in `size`.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    row_mm: float = 0
    size: float = 12

    @property
    def has_head(self) -> bool:
        """Whether any column has a title."""
        return any(each.title for each in self.columns)

    def kept(self, width_mm: float) -> tuple[bool, ...]:
        """Say of each row whether it is never parted, in a table so wide; one that would fill a page may be."""
        whole = sum(each.width for each in self.columns)
        room = [width_mm * each.width / whole - 2 * CELL_MM for each in self.columns]
        across = [max(each / (self.size * _MM_A_POINT), 1) for each in room]
        most = TALLEST_MM / ((self.size + _LEADING) * _MM_A_POINT)
        return tuple(
            all(
                len(cell) <= most * fits * 2
                and sum(max(ceil(characters(line) / fits), 1) for line in cell.split("\n")) <= most
                for cell, fits in zip(row, across, strict=True)
            )
            for row in self.rows
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Annexes:
    """What is enclosed: the names that stand below the text (附件：1. …)."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signs, and the day; where the day is not known, it is a blank for the office to fill."""

    agency: str
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLines:
    """Lines to sign on: each label is followed by a blank; those of one row share a line.

    They are never parted by the end of a page; `keep` holds them together with what follows.
    """

    rows: tuple[tuple[str, ...], ...]
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Room to write on: so many ruled lines; `keep` holds them together with what follows."""

    lines: int
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBreak:
    """What follows begins on a new page; `is_wide` turns the pages from there on their side, or back again."""

    is_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """An annex begins on a new page, its number in the corner, its title in the middle. The only one has number 0."""

    number: int
    title: str
    is_wide: bool = False


Block = Title | Paragraph | Table | Annexes | Signature | SignatureLines | Space | PageBreak | Annex


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above the title of a document or a letter. Lines that only the office fills are blanks or empty."""

    mark: str
    number: str
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What stands at the foot of the last page of a document: who gets a copy, who prints it."""

    copies_to: tuple[str, ...] = ()
    printer: str = ""
    printed_on: str = ""


PDF_FONTS: Mapping[str, str] = MappingProxyType(
    {"body": "Noto Serif SC", "hei": "Noto Sans SC", "kai": "Noto Serif SC", "title": "Noto Serif SC"}
)
DOCX_FONTS: Mapping[str, str] = MappingProxyType(
    {"body": "仿宋_GB2312", "hei": "黑体", "kai": "楷体_GB2312", "title": "方正小标宋简体"}
)
ROLES = tuple(PDF_FONTS)
"""What a typeface is for: text, first headings, second headings, titles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts:
    """Families by role. Those of a DOCX are on the reader's computer, those of a PDF in `folders` or come with us."""

    docx: Mapping[str, str] = field(default_factory=lambda: DOCX_FONTS)
    pdf: Mapping[str, str] = field(default_factory=lambda: PDF_FONTS)
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Everything that stands on one paper.

    `running` stands at the head of every page; a draft says so there. `day` goes into the properties of the file, so
    that the same paper is the same bytes on any day. A paper that `is_wide` lies on its side from the first page.
    """

    name: str
    author: str
    day: date
    blocks: tuple[Block, ...]
    form: Form = Form.PLAIN
    head: Head | None = None
    imprint: Imprint | None = None
    running: str = ""
    is_wide: bool = False
    fonts: Fonts = field(default_factory=Fonts)


def blank(characters: int = 6) -> str:
    """Give a line to write on.

    >>> blank(3)
    '＿＿＿'
    """
    return BLANK * characters


def day_of(day: date | None) -> str:
    """Word the day of a signature; room is left for one that is not known.

    >>> day_of(None), day_of(date(2026, 1, 5))
    ('＿＿年＿月＿日', '2026年1月5日')
    """
    return f"{blank(2)}年{blank(1)}月{blank(1)}日" if day is None else chinese_day(day)


def label_of(annex: Annex) -> str:
    """Give what stands in the corner of an annex.

    >>> label_of(Annex(number=0, title="清单")), label_of(Annex(number=2, title="清单"))
    ('附件', '附件2')
    """
    return f"附件{annex.number or ''}"


def printable(text: str) -> str:
    r"""Give *text* with everything invisible named in place and line breaks kept, as every writer prints it.

    >>> printable("张\u202e三\n\ufffe")
    '张〔U+202E〕三\n〔U+FFFE〕'
    """
    named = _NO_CHARACTER.sub(lambda found: f"〔U+{ord(found[0]):04X}〕", text)
    return "\n".join(map(visible, named.split("\n")))


def texts(paper: Paper) -> Iterator[tuple[str, str]]:
    """Give every text that stands on *paper*, each with the role of the typeface in which it is set."""
    if paper.running:
        yield "hei", paper.running
    if paper.head:
        yield "title", paper.head.mark
        yield "body", paper.head.number
        yield "body", paper.head.copy_number
        yield "hei", paper.head.secrecy
        yield "hei", paper.head.urgency
    for each in paper.blocks:
        yield from _texts(each)
    if paper.imprint:
        yield "body", "、".join(paper.imprint.copies_to)
        yield "body", f"{paper.imprint.printer}{paper.imprint.printed_on}"


def _texts(block: Block) -> Iterator[tuple[str, str]]:
    match block:
        case Title(lines=lines):
            yield from (("title", each) for each in lines)
        case Paragraph(text=text, level=level, label=label):
            yield {Level.FIRST: "hei", Level.SECOND: "kai"}.get(level, "body"), text
            yield "hei", label
        case Table(columns=columns, rows=rows):
            yield from (("hei", each.title) for each in columns)
            yield from (("body", cell) for row in rows for cell in row)
        case Annexes(titles=titles):
            yield from (("body", each) for each in titles)
        case Signature(agency=agency):
            yield "body", agency
        case SignatureLines(rows=rows):
            yield from (("body", each) for row in rows for each in row)
        case Annex(title=title):
            yield "title", title
        case Space() | PageBreak():
            pass
