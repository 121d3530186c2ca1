"""What is wrong with a paper before anybody signs it: levels, brackets, dates, numbers, units, the first page, glyphs.

What is ours or the office's to put right is refused. A quotation, a name or a number out of the dossier stands as it is
written there, so that it is only pointed out.
"""

import re
from collections.abc import Iterable, Iterator
from math import ceil
from unicodedata import east_asian_width

from checker.errors import Place, Problem
from checker.papers.notice import Notice, NoticeForm
from checker.papers.numerals import ordinal
from checker.papers.paper import (
    CHARACTERS,
    DRAFT,
    WIDTH_MM,
    Annex,
    Form,
    Level,
    Paper,
    Paragraph,
    Title,
    printable,
    texts,
)

SHOWN = 8
"""So many characters without a glyph are named."""
_HEIGHT_MM = 225
_CHARACTER_MM = WIDTH_MM / CHARACTERS
_LINE_MM = 1.875 * _CHARACTER_MM
_TITLE_MM = 22 / 72 * 25.4 + 0.875 * _CHARACTER_MM
_TITLE_CHARACTERS = 20
_HEAD_MM = {Form.DOCUMENT: 101, Form.LETTER: 50, Form.PLAIN: 0}
"""How much of the first page the head takes, down to the title."""

_FORMS = {
    Level.FIRST: re.compile(r"^([一二三四五六七八九十百千万零]+)、"),
    Level.SECOND: re.compile(r"^（([一二三四五六七八九十百千万零]+)）"),
    Level.THIRD: re.compile(r"^(\d+)\. "),
    Level.FOURTH: re.compile(r"^（(\d+)）"),
}
_LEVELS = tuple(_FORMS)
_WRONG = (
    (
        re.compile(r"[一-鿿][\[［【(（](?:19|20)\d\d[\]］】)）]\s*第?\d+号"),
        "年份应放在六角括号〔〕中",
        "改成〔〕，例如 国办发〔2014〕54号",
    ),
    (re.compile(r"〕\s*(?:第|0)\d+号"), "序号不加“第”，不编虚位", "写作 1号，不写 01号、第1号"),
    (re.compile(r"\d{4}年(?:0\d月|\d{1,2}月0\d日)"), "月、日不编虚位", "写作 2026年1月5日"),
    (re.compile(r"(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"), "日期应写全年、月、日", "写作 2026年1月5日"),
    (re.compile(r"(?<![\d.,])[\d,]+(?:\.\d|\.\d{3,})?万元"), "万元应保留两位小数", "写作 3,520.00万元"),
    (re.compile(r"\d\s*(?:平米|平方|m2|M2|㎡)(?!米)"), "单位应写规范的中文名称", "写作 平方米、公顷"),
)


def faults(notice: Notice, paper: Paper, glyphs: frozenset[int] | None = None) -> tuple[Problem, ...]:
    """Give what is wrong with *paper*, which *notice* was laid out as; with *glyphs*, what can't be printed as well."""
    return (
        *_shape(paper),
        *_levels(paper),
        *_amounts(notice),
        *_worded(_ours(notice, paper), is_ours=True),
        *_worded(_theirs(notice), is_ours=False),
        *(_without_glyph(paper, glyphs) if glyphs is not None else ()),
    )


def _problem(where: str, message: str, suggestion: str, *, blocking: bool = True) -> Problem:
    return Problem(message=message, place=Place(file=where), suggestion=suggestion, blocking=blocking)


# --- shape ----------------------------------------------------------------------------------------------------------


def _shape(paper: Paper) -> Iterator[Problem]:
    """Say what an official paper must have, and whether its first page shows text."""
    if DRAFT not in paper.running:
        yield _problem("页眉", f"没有“{DRAFT}”标记", "未经签发的文稿每页都应标明")
    if paper.form is not Form.PLAIN:
        if paper.head is None or not paper.head.mark.strip():
            yield _problem("版头", "没有发文机关标志", "在机关配置中写明 name 或者 red_head")
        elif not re.search(r"〔[^〔〕]*〕", paper.head.number):
            yield _problem("发文字号", "没有六角括号〔〕", "写作 机关代字〔年份〕序号号，年份和序号留空")
    title = next((each for each in paper.blocks if isinstance(each, Title)), None)
    if title is None or not "".join(title.lines).strip():
        yield _problem("标题", "没有标题", "写明标题")
    elif "".join(title.lines).rstrip()[-1] in "。；，：":
        yield _problem("标题", "标题末尾不用标点", "去掉标点")
    before = paper.blocks[: next((n for n, each in enumerate(paper.blocks) if _is_text(each)), len(paper.blocks))]
    taken = _HEAD_MM[paper.form] + sum(map(_height, before))
    if len(before) == len(paper.blocks) or taken + _LINE_MM > _HEIGHT_MM:
        yield _problem("首页", "首页没有正文", "缩短机关名称、标题或者主送机关，或者把主送机关移到版记")


def _is_text(block: object) -> bool:
    return isinstance(block, Paragraph) and block.level not in {Level.FLUSH, Level.CENTRE, Level.SMALL}


def _height(block: object) -> float:
    match block:
        case Title(lines=lines):
            return sum(ceil(_width(each) / _TITLE_CHARACTERS) for each in lines) * _TITLE_MM + _LINE_MM
        case Paragraph(text=text):
            return ceil(_width(text) / CHARACTERS) * _LINE_MM
    return 2 * _LINE_MM


def _width(text: str) -> float:
    return sum(1 if east_asian_width(each) in "WFA" else 0.5 for each in printable(text))


def _levels(paper: Paper) -> Iterator[Problem]:
    """Say where headings are not counted as they must be: each level from one on, anew under each higher one."""
    counts = dict.fromkeys(_LEVELS, 0)
    for each in paper.blocks:
        if isinstance(each, Annex):
            counts = dict.fromkeys(_LEVELS, 0)
        if not isinstance(each, Paragraph) or each.level not in _FORMS:
            continue
        place = _LEVELS.index(each.level)
        counts[each.level] += 1
        counts.update(dict.fromkeys(_LEVELS[place + 1 :], 0))
        said = f"{each.label}{each.text}"
        found = _FORMS[each.level].match(said)
        number = counts[each.level]
        wanted = ordinal(number) if place < 2 else str(number)
        if found is None:
            form = ("一、", "（一）", "1. ", "（1）")[place]
            yield _problem(f"“{said[:20]}”", f"第{ordinal(place + 1)}层序数应写作 {form}", "改正序数")
        elif found[1] != wanted:
            yield _problem(f"“{said[:20]}”", f"序数应为 {wanted}", "依次编号")


# --- words ----------------------------------------------------------------------------------------------------------


def _ours(notice: Notice, paper: Paper) -> Iterator[tuple[str, str]]:
    """Give the texts that the program or the office words, each with its place."""
    if paper.head:
        yield "发文机关标志", paper.head.mark
        yield "发文字号", paper.head.number
    yield "署名", paper.author
    for section in notice.sections:
        for item in section.items:
            for measure in item.measures:
                yield f"{section.ordinal}（{item.ordinal}）时限", f"{measure.deadline}{measure.due}"
    if paper.imprint:
        yield "版记", f"{paper.imprint.printer}{'，'.join(paper.imprint.copies_to)}"
    yield (
        "附注",
        next((each.text for each in paper.blocks if isinstance(each, Paragraph) and "联系人" in each.text), ""),
    )


def _theirs(notice: Notice) -> Iterator[tuple[str, str]]:
    """Give the texts that come out of the dossier or quote the law."""
    for section in notice.sections:
        for item in section.items:
            where = f"{section.ordinal}（{item.ordinal}）"
            yield f"{where}对象", item.subject
            yield f"{where}事实", item.message
            yield from ((f"{where}证据", f"{each.label}：{each.text}{'；'.join(each.papers)}") for each in item.facts)
    for each in notice.questions:
        yield "需补充说明事项", "、".join(each.subjects)


def _worded(said: Iterable[tuple[str, str]], *, is_ours: bool) -> Iterator[Problem]:
    for where, text in said:
        for pattern, message, suggestion in _WRONG:
            found = pattern.search(text)
            if found:
                way_out = suggestion if is_ours else "核对原件；档案写错的，改正档案"
                yield _problem(where, f"{message}：{printable(found[0])}", way_out, blocking=is_ours)


def _amounts(notice: Notice) -> Iterator[Problem]:
    """Say where an order gives an amount of money in digits alone."""
    for item in notice.items if notice.form is NoticeForm.ORDER else ():
        for each in item.facts:
            if re.fullmatch(r"[\d,.]+万?元", each.text) and not each.capitals:
                yield _problem(
                    f"（{item.ordinal}）{each.label}", "金额没有大写", "金额过大或者为负，由签发机关核对档案"
                )


def _without_glyph(paper: Paper, glyphs: frozenset[int]) -> Iterator[Problem]:
    """Say which characters none of the typefaces has: they would vanish from the page without a word."""
    lacking: dict[str, str] = {}
    for _, text in texts(paper):
        for each in dict.fromkeys(printable(text)):
            if ord(each) not in glyphs and each not in "\n ":
                lacking.setdefault(each, text)
    if lacking:
        named = "、".join(f"{each}（U+{ord(each):04X}）" for each in list(lacking)[:SHOWN])
        where = printable(next(iter(lacking.values())))[:30]
        more = f"等{len(lacking)}个" if len(lacking) > SHOWN else ""
        way_out = "在机关配置 [fonts] folder 中放入有这些字的字体，或者用 --format docx"
        yield _problem(f"“{where}”", f"PDF 的字体没有这些字：{named}{more}", way_out)
