"""A paper as DOCX for Word and WPS: the only module that knows python-docx.

Each kind of block has a named style, so that people can go on editing. A site may bring a file of its own: its styles,
headers and footers are kept, a style of the same name is used instead of ours, and the text goes where its marker is.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from html import escape
from math import ceil
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from checker.classes import dataclass
from checker.errors import MisuseError, Place, Problem
from checker.papers.paper import (
    CELL_MM,
    CHARACTERS,
    WIDE_MM,
    WIDTH_MM,
    Annex,
    Annexes,
    Block,
    Fonts,
    Form,
    Head,
    Imprint,
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
from checker.reporting.wording import characters
from checker.sheets.packing import repacked

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section

MARKER = "{{正文}}"
"""A paragraph of a site's own file that holds this and nothing else is replaced by the text of a paper."""
LARGEST = 64 * 1024 * 1024
"""A site's own file that unpacks to more bytes than this is refused."""

_TWIPS_A_MM = 1440 / 25.4
_PITCH = 579
"""Twips from line to line: with 580 a page holds 21 lines only."""
_CHARACTER = 315
"""Twips of one character: 1/28 of the text area less what rounding could push over its edge."""
_RED = "E60012"
_TAB = "\ue000tab\ue000"
"""Stands for a tab until a run is made: a real one, coming out of a dossier, is printed as a space."""
_EMU_A_MM = 36000
_FIRST_BOX = 9001
"""The number of the box of the imprint; those of the other boxes of a document follow."""
_NAMES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in (
        ("w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
        ("wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
        ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("wps", "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"),
    )
)
_PAGE = (
    '<w:r><w:t xml:space="preserve">— </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    '<w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve"> —</w:t></w:r>'
)
_TINY = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
_GAP = '<w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/>'
_KEPT = "<w:keepNext/>"
_RULED = (
    '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="000000"/>'
    '<w:between w:val="single" w:sz="4" w:space="1" w:color="000000"/></w:pBdr>'
    f'<w:spacing w:before="0" w:after="0" w:line="{_PITCH - 35}" w:lineRule="exact"/>'  # the line takes room of its own
)
_FOURTEEN = '<w:sz w:val="28"/>'
_NUMBER_LINE = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="{_RED}"/></w:pBdr>'
_LETTER_LINE = f'<w:pBdr><w:bottom w:val="thickThinSmallGap" w:sz="18" w:space="5" w:color="{_RED}"/></w:pBdr>'
_LETTER_SIDES = '<w:ind w:left="-454" w:right="-340" w:firstLine="0"/>'
_LETTER_FOOT = (
    f'<w:pBdr><w:top w:val="thinThickSmallGap" w:sz="18" w:space="0" w:color="{_RED}"/></w:pBdr>{_TINY}{_LETTER_SIDES}'
)
_FONTS = "word/fontTable.xml"
_OTHERS: Mapping[str, str] = MappingProxyType(
    {"仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体", "黑体": "SimHei", "方正小标宋简体": "宋体"}
)
"""What stands in for a typeface on a computer that does not have it: of the same kind, and part of Windows."""
_SECTION = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}sectPr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A site's own file: its name, as errors print it, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """A named style: its id where we define it, its typeface by role, its size in points and its paragraph."""

    id: str
    role: str = "body"
    size: float = 16
    line: int = _PITCH
    line_rule: str = "exact"
    before: int = 0
    indent: int = 0
    align: str = "both"
    keep: bool = False
    outline: int | None = None
    red: bool = False


_STYLES: Mapping[str, _Style] = {
    "公文正文": _Style(id="ZcBody", indent=2),
    "公文标题": _Style(id="ZcTitle", role="title", size=22, line=660, align="center"),
    "主送机关": _Style(id="ZcFlush", align="left"),
    "一级标题": _Style(id="ZcFirst", role="hei", indent=2, keep=True, outline=0),
    "二级标题": _Style(id="ZcSecond", role="kai", indent=2, keep=True, outline=1),
    "三级标题": _Style(id="ZcThird", indent=2),
    "四级标题": _Style(id="ZcFourth", indent=2),
    "公文小字": _Style(id="ZcSmall", size=10.5, line=320, align="left"),
    "表格文字": _Style(id="ZcCell", size=12, line=340, line_rule="atLeast", align="left"),
    "表格小字": _Style(id="ZcDense", size=10.5, line=310, line_rule="atLeast", align="left"),
    "附件标识": _Style(id="ZcAnnex", role="hei", align="left", keep=True, outline=0),
    "落款": _Style(id="ZcSign", align="left", keep=True),
    "发文机关标志": _Style(id="ZcMark", role="title", size=42, line=240, line_rule="auto", align="center", red=True),
    "发文字号": _Style(id="ZcNumber", align="center"),
    "页眉标记": _Style(id="ZcRunning", role="hei", size=9, line=240, align="right"),
    "页码": _Style(id="ZcPage", size=14, line=240, line_rule="auto", align="left"),
}
_LEVELS = {
    Level.BODY: "公文正文",
    Level.FIRST: "一级标题",
    Level.SECOND: "二级标题",
    Level.THIRD: "三级标题",
    Level.FOURTH: "四级标题",
    Level.FLUSH: "主送机关",
    Level.CENTRE: "发文字号",
    Level.SMALL: "公文小字",
}


def render(paper: Paper, template: Template | None = None) -> bytes:
    """Write *paper* as DOCX, into *template* if there is one. Raise `MisuseError` for one that can't be used."""
    document = _empty() if template is None else _opened(template)
    _Writer(document=document, paper=paper, is_own=template is None).write(template)
    _describe(document, paper)
    held = io.BytesIO()
    document.save(held)
    return repacked(held.getvalue(), lambda name, part: _with_fonts(part, paper.fonts) if name == _FONTS else part)


def _empty() -> "Document":
    """Give a document without the picture of another one that python-docx puts into its own."""
    import docx  # noqa: PLC0415 - it is slow to import, and only papers need it

    document = docx.Document()
    rels = document.part.package.rels
    for name in [name for name, each in rels.items() if each.reltype.endswith("/thumbnail")]:
        del rels[name]
    return document


def _with_fonts(part: bytes, fonts: Fonts) -> bytes:
    """Name the typefaces of a paper in its table of fonts, each as Chinese and with one to use where it is missing."""
    named = part.decode()
    told = "".join(
        f'<w:font w:name="{escape(family)}">{_instead(family)}<w:charset w:val="86"/></w:font>'
        for family in dict.fromkeys(fonts.docx.values())
        if f'w:name="{escape(family)}"' not in named
    )
    return named.replace("</w:fonts>", f"{told}</w:fonts>").encode()


def _instead(family: str) -> str:
    return f'<w:altName w:val="{_OTHERS[family]}"/>' if family in _OTHERS else ""


def _opened(template: Template) -> "Document":
    import docx  # noqa: PLC0415 - it is slow to import, and only papers need it
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415 - it is slow to import, and only papers need it

    try:
        with zipfile.ZipFile(io.BytesIO(template.data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST:
                raise _unusable(template, "解压后过大", "换一个模板，去掉其中的大图")
            for each in packed.namelist():
                packed.read(each)
        document = docx.Document(io.BytesIO(template.data))
        _look_through(document)
    except (*_BROKEN, PackageNotFoundError) as error:
        raise _unusable(template, "不是 DOCX 文件，或者已经损坏", "在 Word、WPS 里另存为 .docx（不带宏）") from error
    return document


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, SyntaxError, ValueError, KeyError, AttributeError)
"""What is raised while a damaged file is opened: by the packing, by what is encrypted, by XML, by a part of no use."""


def _look_through(document: "Document") -> None:
    """Touch every part that will be written to, so that one of no use shows now and not halfway."""
    for section in document.sections:
        stories = (section.header, section.even_page_header, section.first_page_header, section.footer)
        for each in stories:
            list(each.paragraphs if not each.is_linked_to_previous else ())
    list(document.paragraphs)
    list(map(attrgetter("name", "style_id"), document.styles))
    _ = (document.settings.odd_and_even_pages_header_footer, document.core_properties.title)


def _unusable(template: Template, message: str, suggestion: str) -> MisuseError:
    return MisuseError([Problem(message=message, place=Place(file=template.name), suggestion=suggestion)])


def _describe(document: "Document", paper: Paper) -> None:
    """Say in the properties of the file what it is; the day is that of the paper, never that of today."""
    about = document.core_properties
    day = datetime(paper.day.year, paper.day.month, paper.day.day, tzinfo=UTC)
    about.title, about.author = printable(paper.name)[:255], printable(paper.author)[:255]
    about.keywords, about.comments = printable(paper.running)[:255], ""
    about.last_modified_by, about.revision = about.author, 1
    about.created = about.modified = day


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Puts the blocks of one paper at the end of one document, and moves them to the marker if it has one."""

    document: "Document"
    paper: Paper
    is_own: bool
    is_wide: bool = False
    ids: Mapping[str, str] = field(default_factory=dict)

    def write(self, template: Template | None) -> None:
        """Write everything."""
        self.ids = self._define_styles()
        body = self.document.element.body
        marker = None if template is None else self._marker(template)
        old = set(body)
        if self.is_own:
            self.is_wide = self.paper.is_wide
            self._lay_out(self.document.sections[0])
            self._head()
        else:
            for section in self.document.sections:
                self._mark_draft(section)
        for each in self.paper.blocks:
            self._write(each)
        if self.is_own and self.paper.imprint:
            self._put(self._paragraph("主送机关", _imprint(self.paper.imprint, self.ids["页码"]), properties=_TINY))
        if marker is not None:
            if self.is_wide:
                self._turn(is_wide=False)
            for each in [each for each in body if each not in old]:
                if each.tag != _SECTION:
                    marker.addprevious(each)
            body.remove(marker)

    def _marker(self, template: Template) -> Any:
        found = [each for each in self.document.paragraphs if each.text.strip() == MARKER]
        if len(found) != 1:
            raise _unusable(
                template,
                f"{'没有' if not found else f'有 {len(found)} 个'}内容是 {MARKER} 的段落",
                f"在正文要放的地方单独写一段 {MARKER}，只写一处",
            )
        return found[0]._p

    # --- styles and pages ---

    def _define_styles(self) -> dict[str, str]:
        """Add the styles that the document does not have, and give the ids of all by their names."""
        named = {each.name: each.style_id for each in self.document.styles}
        for name, style in _STYLES.items():
            if name not in named:
                self.document.styles.element.append(_element(_defined(name, style, self.paper.fonts)))
        return {name: named.get(name, style.id) for name, style in _STYLES.items()}

    def _lay_out(self, section: "Section") -> None:
        """Give the first section its size, margins, running head and page numbers."""
        from docx.enum.section import WD_ORIENT  # noqa: PLC0415 - it is slow to import, and only papers need it
        from docx.shared import Mm  # noqa: PLC0415 - it is slow to import, and only papers need it

        is_letter = self.paper.form is Form.LETTER
        sides = (28, 26, 35, 37) if self.is_wide else (37, 35, 28, 26)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, sides)
        section.page_width, section.page_height = (Mm(297), Mm(210)) if self.is_wide else (Mm(210), Mm(297))
        section.orientation = WD_ORIENT.LANDSCAPE if self.is_wide else WD_ORIENT.PORTRAIT
        section.header_distance, section.footer_distance = Mm(18), Mm(20) if is_letter else Mm(25.5)
        for old in section._sectPr.findall(_tag("docGrid")):
            section._sectPr.remove(old)
        section._sectPr.append(_element(f'<w:docGrid {_NAMES} w:type="lines" w:linePitch="{_PITCH}"/>'))
        self.document.settings.odd_and_even_pages_header_footer = True
        section.different_first_page_header_footer = is_letter
        heads: list[Any] = [section.header, section.even_page_header]
        if is_letter:
            heads.append(section.first_page_header)
            self._replace(section.first_page_footer, self._paragraph("页码", "", properties=_LETTER_FOOT))
        for each in heads:
            self._replace(each, self._text("页眉标记", self.paper.running))
        self._number(section)

    def _number(self, section: "Section") -> None:
        """Put the page numbers of a section, in by one character from the outer edge.

        A page of an official paper that lies on its side is bound with the others: its number stands where theirs do.
        """
        below = f'<w:spacing w:before="0" w:after="{int(5.5 * _TWIPS_A_MM) if self.paper.form is Form.LETTER else 0}"/>'
        is_aside = self.is_wide and self.paper.form is not Form.PLAIN
        for story, side, top_mm in ((section.footer, "right", 149), (section.even_page_footer, "left", 33)):
            aligned = f'<w:jc w:val="{side}"/>'
            if is_aside:
                inside = f"<w:p>{_properties(self.ids['页码'], aligned)}{_PAGE}</w:p>"
                box = _box(
                    inside,
                    name="页码",
                    number=_FIRST_BOX + 2 * len(self.document.sections) + (side == "left"),
                    size_mm=(10, 30),
                    place=("page", _offset(23), _offset(top_mm)),
                    properties='vert="vert" anchor="ctr"',
                )
                self._replace(story, self._paragraph("页码", box))
            else:
                aside = f'<w:ind w:{side}="280" w:firstLine="0"/>'
                self._replace(story, self._paragraph("页码", _PAGE, properties=below + aside + aligned))

    def _replace(self, story: Any, paragraph: Any) -> None:
        """Let *story*, a header or footer, hold one paragraph."""
        story.is_linked_to_previous = False
        for each in list(story._element):
            story._element.remove(each)
        story._element.append(paragraph)

    def _mark_draft(self, section: "Section") -> None:
        """Put the running line below what a site's own headers hold."""
        stories: list[Any] = [section.header]
        if self.document.settings.odd_and_even_pages_header_footer:
            stories.append(section.even_page_header)
        if section.different_first_page_header_footer:
            stories.append(section.first_page_header)
        is_first = section._sectPr is self.document.sections[0]._sectPr
        for each in stories:
            if is_first or not each.is_linked_to_previous:
                each._element.append(self._text("页眉标记", self.paper.running))

    def _turn(self, *, is_wide: bool) -> None:
        """Turn the pages from here on their side, or back."""
        from docx.enum.section import WD_ORIENT, WD_SECTION  # noqa: PLC0415 - it is slow to import, and only papers need it

        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        section.different_first_page_header_footer = False
        width, height = section.page_width, section.page_height
        section.page_width, section.page_height = height, width
        section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
        top, bottom, left, right = (
            section.top_margin,
            section.bottom_margin,
            section.left_margin,
            section.right_margin,
        )
        if is_wide:  # the left edge of a page that stands is the upper one of a page on its side
            section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
                left,
                right,
                bottom,
                top,
            )
        else:
            section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
                right,
                left,
                top,
                bottom,
            )
        self.is_wide = is_wide
        if self.is_own and self.paper.form is not Form.PLAIN:
            self._number(section)

    def _head(self) -> None:
        """Write what stands above the title."""
        head = self.paper.head
        if head is None:
            return
        hei = _typeface(self.paper.fonts.docx["hei"])
        lines = [_run(head.copy_number)] if head.copy_number else []
        lines += [_run(each, hei) for each in (head.secrecy, head.urgency) if each]
        if self.paper.form is Form.LETTER:
            self.document.sections[0].first_page_header._element.append(self._mark(head, 0))
            first, *others = lines or [""]
            number = _run(f"{_TAB}{head.number}")
            right = _tabs(("right", WIDTH_MM * _TWIPS_A_MM))
            self._put(self._paragraph("主送机关", first + number, properties=right))
            for each in others:
                self._put(self._paragraph("主送机关", each))
        else:
            for each in lines:
                self._put(self._paragraph("主送机关", each))
            self._put(self._mark(head, len(lines)))
            self._blanks(2)
            self._put(self._text("发文字号", head.number, properties=_NUMBER_LINE))
        self._blanks(2)

    def _mark(self, head: Head, lines: int) -> Any:
        """Make the red mark, below so many *lines*.

        In a document its top is 35 mm below that of the text area; in a letter it is 30 mm below the edge of the page,
        where it follows the running line, which is 12 points high and begins 18 mm below that edge.
        """
        is_letter = self.paper.form is Form.LETTER
        size = min(36 if is_letter else 42, WIDTH_MM / 25.4 * 72 / max(characters(head.mark), 1))
        before = (30 - 18) * _TWIPS_A_MM - 240 if is_letter else max(35 * _TWIPS_A_MM - lines * _PITCH, 0)
        spacing = f'<w:spacing w:before="{int(before)}" w:after="0" w:line="{int(size * 24)}" w:lineRule="exact"/>'
        properties = f"{_LETTER_LINE}{spacing}{_LETTER_SIDES}" if is_letter else spacing
        return self._text("发文机关标志", head.mark, properties=properties, run=f'<w:sz w:val="{int(size * 2)}"/>')

    # --- blocks ---

    def _write(self, block: Block) -> None:
        match block:
            case Title(lines=lines):
                for each in lines:
                    self._add("公文标题", each)
                self._blanks(1)
            case Paragraph(text=text, level=level, label=label, keep=keep):
                said = _run(label, _typeface(self.paper.fonts.docx["hei"])) if label else ""
                self._put(self._paragraph(_LEVELS[level], said + _run(text), properties=_KEPT if keep else ""))
            case Table(size=size):
                style = self.ids["表格文字" if size >= 12 else "表格小字"]
                self._add("主送机关", "", properties=_KEPT + _GAP)
                self._put(_table(block, self._width_mm, self.paper.fonts, style))
                self._add("主送机关", "", properties=_GAP)  # or it grows together with the next
            case Annexes(titles=titles):
                self._blanks(1, keep=True)
                self._annexes(titles)
            case Signature(agency=agency, day=day):
                self._blanks(2, keep=True)
                middle = (self._across - 4 - characters(day_of(day)) / 2) * _CHARACTER
                middle = min(middle, (self._across - characters(agency) / 2) * _CHARACTER)
                for each in (agency, day_of(day)):
                    self._add("落款", f"{_TAB}{each}", properties=_tabs(("center", max(middle, 0))))
            case SignatureLines(rows=rows, keep=keep):
                for place, row in enumerate(rows, 1):
                    properties = _KEPT if keep or place < len(rows) else ""
                    self._add("主送机关", f"{_TAB}　".join(row) + _TAB, properties=properties + self._ruled(row))
            case Space(lines=number, keep=keep):
                for _ in range(number):
                    self._add("主送机关", "", properties=(_KEPT if keep else "") + _RULED)
            case PageBreak(is_wide=is_wide):
                self._break(is_wide=is_wide)
            case Annex(title=title, is_wide=is_wide):
                self._break(is_wide=is_wide)
                self._add("附件标识", label_of(block))
                self._blanks(1)
                self._add("公文标题", title)
                self._blanks(1)

    @property
    def _width_mm(self) -> float:
        """The width of the text area; in a site's own file it is what its margins leave."""
        if self.is_own:
            return WIDE_MM if self.is_wide else WIDTH_MM
        section = self.document.sections[-1]
        sides = (section.left_margin, section.right_margin, section.gutter)
        return float(((section.page_width or 0) - sum(each or 0 for each in sides)) / _EMU_A_MM) or WIDTH_MM

    @property
    def _across(self) -> float:
        """So many characters stand on a line."""
        return CHARACTERS * self._width_mm / WIDTH_MM

    def _ruled(self, row: tuple[str, ...]) -> str:
        """Give the tab stops up to which the blanks of a row are ruled, all of them as long."""
        one = max(self._across - sum(map(characters, row)) - (len(row) - 1), 3 * len(row)) / max(len(row), 1)
        ends = (sum(map(characters, row[:place])) + place * one + place - 1 for place in range(1, len(row) + 1))
        stops = (f'<w:tab w:val="left" w:leader="underscore" w:pos="{int(end * _CHARACTER)}"/>' for end in ends)
        return f"<w:tabs>{''.join(stops)}</w:tabs>"

    def _annexes(self, titles: tuple[str, ...]) -> None:
        number = len(titles) > 1
        left = int((6.25 if number else 5) * _CHARACTER)
        properties = f'{_KEPT}{_tabs(("left", left))}<w:ind w:left="{left}" w:hanging="{left - 2 * _CHARACTER}"/>'
        for place, each in enumerate(titles, 1):
            head = "附件：" if place == 1 else "　　　"
            said = f"{head}{place}.{_TAB}{each}" if number else f"{head}{each}"
            self._add("主送机关", said, properties=properties)

    def _break(self, *, is_wide: bool) -> None:
        if is_wide is not self.is_wide:
            self._turn(is_wide=is_wide)
        else:
            self._put(self._paragraph("主送机关", '<w:r><w:br w:type="page"/></w:r>', properties=_TINY))

    def _blanks(self, number: int, *, keep: bool = False) -> None:
        for _ in range(number):
            self._add("主送机关", "", properties=_KEPT if keep else "")

    def _add(self, style: str, text: str, *, properties: str = "") -> None:
        self._put(self._text(style, text, properties=properties))

    def _text(self, style: str, text: str, *, properties: str = "", run: str = "") -> Any:
        return self._paragraph(style, _run(text, run) if text else "", properties=properties)

    def _paragraph(self, style: str, runs: str, *, properties: str = "") -> Any:
        """Make a paragraph of *runs*, referring to its style by the id that the document has for it."""
        return _element(f"<w:p {_NAMES}>{_properties(self.ids[style], properties)}{runs}</w:p>")

    def _put(self, element: Any) -> None:
        """Put a block at the end; what a section is stands last, if it is there."""
        body = self.document.element.body
        last = next(body.iterchildren(reversed=True), None)  # to count the children takes long
        if last is not None and last.tag == _SECTION:
            last.addprevious(element)
        else:
            body.append(element)


def _properties(style: str, properties: str = "") -> str:
    return f'<w:pPr><w:pStyle w:val="{escape(style)}"/>{properties}</w:pPr>'


def _run(text: str, properties: str = "") -> str:
    """Make a run of text; nothing in it can be markup."""
    head = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    parts = (
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in line.split(_TAB))
        for line in printable(text).split("\n")
    )
    return f"<w:r>{head}{'<w:br/>'.join(parts)}</w:r>"


def _family(name: str) -> str:
    return " ".join(f'w:{each}="{escape(name)}"' for each in ("ascii", "hAnsi", "eastAsia", "cs"))


def _typeface(name: str) -> str:
    return f"<w:rFonts {_family(name)}/>"


def _defined(name: str, style: _Style, fonts: Fonts) -> str:
    """Define a style; the order of the properties is fixed by the schema, and Word minds it."""
    indent = (
        f'<w:ind w:firstLineChars="{style.indent * 100}" w:firstLine="{style.indent * 320}"/>' if style.indent else ""
    )
    paragraph = (
        f'{"<w:keepNext/>" if style.keep else ""}<w:widowControl w:val="0"/><w:kinsoku/><w:overflowPunct w:val="0"/>'
        '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{style.line}" w:lineRule="{style.line_rule}"/>{indent}'
        f'<w:jc w:val="{style.align}"/>' + ("" if style.outline is None else f'<w:outlineLvl w:val="{style.outline}"/>')
    )
    run = (
        f'<w:rFonts w:hint="eastAsia" {_family(fonts.docx[style.role])}/><w:b w:val="0"/><w:i w:val="0"/>'
        f'<w:color w:val="{_RED if style.red else "000000"}"/><w:spacing w:val="{-5 if style.size == 16 else 0}"/>'
        f'<w:sz w:val="{int(style.size * 2)}"/><w:szCs w:val="{int(style.size * 2)}"/><w:lang w:eastAsia="zh-CN"/>'
    )
    return (
        f'<w:style {_NAMES} w:type="paragraph" w:customStyle="1" w:styleId="{style.id}"><w:name w:val="{name}"/>'
        f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _aligned(align: str) -> str:
    return f'<w:jc w:val="{align}"/>'


def _tabs(*stops: tuple[str, float]) -> str:
    made = "".join(f'<w:tab w:val="{kind}" w:pos="{int(place)}"/>' for kind, place in stops)
    return f"<w:tabs>{made}</w:tabs>"


def _table(table: Table, width_mm: float, fonts: Fonts, style: str) -> Any:
    """Make a table; it is written as one piece of XML, since a thousand rows are nothing unusual."""
    whole = sum(each.width for each in table.columns)
    widths = [int(width_mm * _TWIPS_A_MM * each.width / whole) for each in table.columns]
    height = f'<w:trHeight w:val="{int(table.row_mm * _TWIPS_A_MM)}" w:hRule="atLeast"/>' if table.row_mm else ""
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )

    def row(cells: Iterable[tuple[str, str, str]], properties: str) -> str:
        made = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"<w:p>{_properties(style, _aligned(align))}{_run(text, family)}</w:p></w:tc>"
            for (text, align, family), width in zip(cells, widths, strict=True)
        )
        return f"<w:tr><w:trPr>{properties}</w:trPr>{made}</w:tr>"

    family = _typeface(fonts.docx["hei"])
    head = (
        row(((each.title, "center", family) for each in table.columns), "<w:cantSplit/><w:tblHeader/>")
        if table.has_head
        else ""
    )
    rows = "".join(
        row(
            ((text, each.align.value, "") for text, each in zip(cells, table.columns, strict=True)),
            f"{'<w:cantSplit/>' if kept else ''}{height}",
        )
        for cells, kept in zip(table.rows, table.kept(width_mm), strict=True)
    )
    return _element(
        f'<w:tbl {_NAMES}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>{_margins(CELL_MM * _TWIPS_A_MM, 40)}'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>"
    )


def _margins(sides: float, ends: float) -> str:
    """Give the white around the text of the cells of a table, in twips; without it each reader has its own."""
    told = {"top": ends, "left": sides, "bottom": ends, "right": sides}
    made = "".join(f'<w:{side} w:w="{int(white)}" w:type="dxa"/>' for side, white in told.items())
    return f"<w:tblCellMar>{made}</w:tblCellMar>"


def _imprint(imprint: Imprint, style: str) -> str:
    """Give the run that holds the imprint: a text box at the foot of the page on which the text ends.

    A floating table or a frame would be laid where it stands; a text box is laid at the foot by every reader tried. In
    it a table has lines as wide as the text area, and its text stands in by one character.
    """
    whole = int(WIDTH_MM * _TWIPS_A_MM)
    rows = []
    if imprint.copies_to:
        rows.append((f"抄送：{'，'.join(imprint.copies_to)}。", "", '<w:ind w:left="840" w:hanging="840"/>'))
    if imprint.printer or imprint.printed_on:
        rows.append((f"{imprint.printer}{_TAB}{imprint.printed_on}", _tabs(("right", whole - 560)), ""))
    spacing = '<w:spacing w:before="0" w:after="0" w:line="400" w:lineRule="exact"/>'
    lines = "".join(
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{whole}" w:type="dxa"/></w:tcPr>'
        f"<w:p>{_properties(style, tabs + spacing + indent)}{_run(text, _FOURTEEN)}</w:p></w:tc></w:tr>"
        for text, tabs, indent in rows
    )
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="{thickness}" w:space="0" w:color="000000"/>'
        for side, thickness in (("top", 8), ("bottom", 8), ("insideH", 6))
    )
    table = (
        f'<w:tbl><w:tblPr><w:tblW w:w="{whole}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/>{_margins(280, 40)}</w:tblPr><w:tblGrid><w:gridCol w:w="{whole}"/></w:tblGrid>'
        f"{lines}</w:tbl><w:p>{_properties(style, _TINY)}</w:p>"
    )
    copies = ceil((characters("，".join(imprint.copies_to)) + 1) / 26) if imprint.copies_to else 0
    count = copies + (1 if imprint.printer or imprint.printed_on else 0)
    high = (count * 400 + len(rows) * 100 + 20) / _TWIPS_A_MM
    return _box(
        table,
        name="版记",
        number=_FIRST_BOX,
        size_mm=(WIDTH_MM, high),
        place=("margin", "<wp:align>left</wp:align>", "<wp:align>bottom</wp:align>"),
        properties='anchor="b"',
        wrap="wrapTopAndBottom",
    )


def _box(
    inside: str,
    *,
    name: str,
    number: int,
    size_mm: tuple[float, float],
    place: tuple[str, str, str],
    properties: str,
    wrap: str = "wrapNone",
) -> str:
    """Give the run that holds a text box; *place* says from what, and where, it stands across and down."""
    wide, high = (int(each * _EMU_A_MM) for each in size_mm)
    start, across, down = place
    return (
        '<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1"'
        ' behindDoc="0" locked="0" layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="{start}">{across}</wp:positionH>'
        f'<wp:positionV relativeFrom="{start}">{down}</wp:positionV>'
        f'<wp:extent cx="{wide}" cy="{high}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:{wrap}/>'
        f'<wp:docPr id="{number}" name="{name}"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData'
        ' uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        f"</a:prstGeom><a:noFill/></wps:spPr><wps:txbx><w:txbxContent>{inside}</w:txbxContent></wps:txbx>"
        f'<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" {properties}/></wps:wsp></a:graphicData></a:graphic>'
        "</wp:anchor></w:drawing></w:r>"
    )


def _offset(mm: float) -> str:
    return f"<wp:posOffset>{int(mm * _EMU_A_MM)}</wp:posOffset>"


def _element(xml: str) -> Any:
    from docx.oxml import parse_xml  # noqa: PLC0415 - it is slow to import, and only papers need it

    return parse_xml(xml)


def _tag(name: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415 - it is slow to import, and only papers need it

    return qn(f"w:{name}")
