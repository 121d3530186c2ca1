"""The words that every paper puts around a report, and how foreign text is made safe to look at.

The mode changes words and nothing else. What comes out of a dossier may hold controls that reorder or hide text:
`visible` names them in place, so that nobody signs a line that reads otherwise than it is stored.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from unicodedata import east_asian_width

from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.model import (
    MONTHS,
    VERDICT_LABELS,
    Answer,
    Attestation,
    Basis,
    Clause,
    Consequence,
    Document,
    Exemption,
    Fact,
    Mode,
    Party,
    RemedyStep,
    Report,
    Subject,
    Truth,
    Verdict,
)

_SPACES = r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+"
HIDDEN = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff"
)
"""Controls, and what nobody sees, as the ranges of a regular expression."""
_HIDDEN = f"[{HIDDEN}]"


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    r"""Give *text* on one line with each control, bidirectional or invisible character named in place.

    >>> visible("张\u202e三\n李四")
    '张〔U+202E〕三 李四'
    """
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_HIDDEN, lambda found: f"〔U+{ord(found[0]):04X}〕", re.sub(_SPACES, " ", text))


def without_hidden(text: str) -> str:
    r"""Give *text* without controls and what nobody sees, for comparing.

    >>> without_hidden("B\u200b001")
    'B001'
    """
    return re.sub(_HIDDEN, "", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a report calls things; there is one such set of words for each mode."""

    title: str
    verdicts: Mapping[Verdict, str]
    short: Mapping[Verdict, str]
    cited: Mapping[str, str]
    consequences: Mapping[Consequence, str]
    notice: str
    notice_itself: str
    advice: str
    advice_itself: str
    orders: str
    orders_lead: str


SHORT = {
    Verdict.VIOLATION: "违反",
    Verdict.RISK: "疑似",
    Verdict.UNDETERMINED: "资料不足",
    Verdict.COMPLIANT: "符合",
    Verdict.EXEMPT: "豁免",
    Verdict.NOT_APPLICABLE: "不适用",
}

WORDS: MappingProxyType[Mode, Words] = MappingProxyType(
    {
        Mode.INSPECTION: Words(
            title="检查报告",
            verdicts=VERDICT_LABELS,
            short=SHORT,
            cited={"breached": "违反", "reference": "参照"},
            consequences={
                Consequence.ORDER: "可责令整改",
                Consequence.ADVISE: "整改建议（仅有政策文件为据，不作责令）",
                Consequence.NONE: "暂不提出要求",
            },
            notice="整改通知书",
            notice_itself="本通知书",
            advice="整改建议书",
            advice_itself="本建议书",
            orders="责令整改事项",
            orders_lead="责令你单位按所列措施、标准和时限，整改下列问题：",
        ),
        Mode.SELF_AUDIT: Words(
            title="自查报告",
            verdicts={**VERDICT_LABELS, Verdict.VIOLATION: "需要整改", Verdict.RISK: "需要核实"},
            short={**SHORT, Verdict.VIOLATION: "需要整改", Verdict.RISK: "需要核实"},
            cited={"breached": "对应条款", "reference": "参照"},
            consequences={
                Consequence.ORDER: "应当整改",
                Consequence.ADVISE: "建议整改",
                Consequence.NONE: "暂不提出要求",
            },
            notice="自查整改通知单",
            notice_itself="本通知单",
            advice="自查整改建议单",
            advice_itself="本建议单",
            orders="整改事项",
            orders_lead="请按所列措施、标准和时限，整改下列问题：",
        ),
    }
)


def words_of(mode: Mode, words: Catalogue) -> Words:
    """Give the words of a mode in another language."""
    if words.is_chinese:
        return WORDS[mode]
    said = WORDS[mode]
    return Words(
        title=words(said.title),
        verdicts={verdict: words(label) for verdict, label in said.verdicts.items()},
        short={verdict: words(label) for verdict, label in said.short.items()},
        cited={how: words(label) for how, label in said.cited.items()},
        consequences={each: words(label) for each, label in said.consequences.items()},
        notice=words(said.notice),
        notice_itself=words(said.notice_itself),
        advice=words(said.advice),
        advice_itself=words(said.advice_itself),
        orders=words(said.orders),
        orders_lead=words(said.orders_lead),
    )


COUNTED = (Verdict.VIOLATION, Verdict.RISK, Verdict.UNDETERMINED, Verdict.COMPLIANT)
"""The four numbers of the conclusion, in the order in which they are read."""

ASIDE = (Verdict.EXEMPT, Verdict.NOT_APPLICABLE)
"""The two numbers that are printed small beside them."""

EXEMPTION_STATES = MappingProxyType(
    {
        "proved": "已证明",
        "claimed": "有人主张，尚未证明",
        "not_covered": "有人主张，但所主张的事项未及于此",
        "not_claimed": "无人主张",
    }
)

LEVELS = MappingProxyType({"national": "国家级", "provincial": "省级"})

_HANDLERS = MappingProxyType(
    {
        Party.LOCAL_GOVERNMENT: Party.LOCAL_GOVERNMENT.label,
        Party.PROVINCE: Party.PROVINCE.label,
        Party.MINISTRY: Party.MINISTRY.label,
        Party.ENTERPRISE: "有管辖权的主管部门",
        Party.UNDETERMINED: "上级机关明确责任主体后",
    }
)


def characters(text: str) -> float:
    """Give the width of a text in Chinese characters; letters and digits are half as wide.

    >>> characters("2026年1月5日")
    6.0
    """
    return sum(1 if east_asian_width(each) in "WFA" else 0.5 for each in text)


def told_day(day: date, words: Catalogue = CHINESE) -> str:
    """Write a day as people do in a language."""
    return words("{year}年{month}{day}日", year=day.year, month=words(MONTHS[day.month - 1]), day=day.day)


def chinese_day(day: date) -> str:
    """Write a day as papers do: no leading zeros.

    >>> chinese_day(date(2026, 3, 1))
    '2026年3月1日'
    """
    return told_day(day)


def level(zone_level: str, words: Catalogue) -> str:
    """Give the word for a zone's level."""
    return words(LEVELS[zone_level]) if zone_level in LEVELS else zone_level


def article(number: str, words: Catalogue = CHINESE) -> str:
    """Name an article of the document, or of a statute.

    >>> article("十八"), article("第十八条"), article("第二十条", Catalogue(language="en"))
    ('第十八条', '第十八条', '第20条')
    """
    return words("第{number}条", number=words.numeral(number))


def truth(value: Truth, words: Catalogue = CHINESE) -> str:
    """Give the word for a truth."""
    return words("不明" if value is None else "成立" if value else "不成立")


@lru_cache(maxsize=4096)
def document(paper: Document, words: Catalogue = CHINESE) -> str:
    """Name a paper by its title, number, page and id.

    >>> document(Document(doc_id="D001", title="出让合同", doc_no="合字3号", page="p3"))
    '出让合同（合字3号）p3〔D001〕'
    """
    number = words("（{0}）", paper.doc_no) if paper.doc_no else ""
    return words.gap.join(filter(None, (paper.title, number, paper.page, words("〔{0}〕", paper.doc_id))))


def merged(named: Iterable[Document], words: Catalogue = CHINESE) -> tuple[Document, ...]:
    """Give each paper once, with all its pages in one line."""
    pages: dict[str, tuple[Document, dict[str, None]]] = {}
    for each in named:
        pages.setdefault(each.doc_id, (each, {}))[1][each.page] = None
    return tuple(
        replace(first, page=words("、").join(page for page in found if page)) for first, found in pages.values()
    )


def papers(named: Iterable[Document], words: Catalogue = CHINESE) -> tuple[str, ...]:
    """Name each paper once, with all the pages on which it is relied.

    >>> papers(Document(doc_id="D001", title="出让合同", page=page) for page in ("p3", "p1", "p3"))
    ('出让合同p3、p1〔D001〕',)
    """
    return tuple(document(each, words) for each in merged(named, words))


def documents(named: Iterable[Document], words: Catalogue = CHINESE) -> str:
    """Name several papers in one line."""
    return words("；").join(papers(named, words))


@lru_cache(maxsize=4096)
def basis(edition: Basis, words: Catalogue = CHINESE) -> str:
    """Cite one edition of an instrument, with its articles and the day from which it is in force."""
    title = edition.title if edition.title.startswith("《") else words("《{0}》", edition.title)
    number = words("（{0}）", edition.number) if edition.number else ""
    named = words.gap.join(filter(None, (title, number)))
    articles = words("、").join(article(each, words) for each in edition.articles)
    told = words("{instrument}{articles}", instrument=named, articles=articles) if articles else named
    return words("{0}，{1}起施行", told, in_force_from(edition.in_force_from, words))


def in_force_from(day: str, words: Catalogue = CHINESE) -> str:
    """Word the first day of an edition, as precisely as it is known.

    >>> in_force_from("2011"), in_force_from("2021-12-03/2024-03-07")
    ('2011年', '2021年12月3日至2024年3月7日之间')
    """
    if "/" in day:
        return words("{0}至{1}之间", *(in_force_from(each, words) for each in day.split("/")))
    match [int(each) for each in day.split("-")] if day else []:
        case [year]:
            return words("{year}年", year=year)
        case [year, month]:
            return words("{year}年{month}", year=year, month=words(MONTHS[month - 1]))
        case [year, month, number]:
            return told_day(date(year, month, number), words)
    return words("日期不详")


def citation(clause: Clause, verdict: Verdict, mode: Words, words: Catalogue = CHINESE) -> str:
    """Name a clause and what the subject has to do with it: only what is proved is said to break it."""
    is_told = verdict is Verdict.VIOLATION or clause.cited_as == "reference"
    how = mode.cited[clause.cited_as] if is_told else words("涉及")
    return words("{how}{article}（{id}）", how=how, article=article(clause.article, words), id=clause.id)


def subject(record: Subject, words: Catalogue = CHINESE) -> str:
    """Name the record a rule was applied to, with its id where its label does not hold it."""
    label, name = record.label, record.id
    if not name or name == record.register or name in label:
        return label
    between, after = _around_an_id(words)
    return "".join((label, between, name, after))


@cache
def _around_an_id(words: Catalogue) -> tuple[str, str]:
    """Give what stands between a label and an id, and after that: it is asked for every finding, several times."""
    label, between, name, after = re.split("([\0\1])", words("{0}（{1}）", "\0", "\1"))[1:]
    assert (label, name) == ("\0", "\1")
    return between, after


def located(pointer: str, cells: Mapping[str, str]) -> str:
    """Write a pointer with the cell that it was filled in from.

    >>> located("/parcels/7/area_sqm", {"/parcels/7/area_sqm": "供地台账!AJ9"})
    '/parcels/7/area_sqm ← 供地台账!AJ9'
    """
    return f"{pointer} ← {cells[pointer]}" if pointer in cells else pointer


def attestation(said: Attestation, words: Catalogue = CHINESE) -> str:
    """Word an attestation in one line: what it is about, what is said, by whom, and who says otherwise."""
    return words("{0}：{1}", f"{said.id} {attested_about(said, words)}", _statement(said, words))


def attested_here(said: Attestation, words: Catalogue) -> str:
    """Word an attestation where it stands beside a finding that it is about."""
    return words("{0}：{1}", f"{said.id}{f' {said.fact}' if said.fact else ''}", _statement(said, words))


def _statement(said: Attestation, words: Catalogue) -> str:
    told = words("{0}（{1}）", attested(said, words), attested_by(said, words))
    return f"{told}{words('；')}{against(said, words)}" if said.against else told


def against(said: Attestation, words: Catalogue) -> str:
    """Name those that say otherwise than an attestation."""
    return words("与{0}不同", words("、").join(said.against)) if said.against else ""


def attested_about(said: Attestation, words: Catalogue) -> str:
    """Say what an attestation is about."""
    if said.norm and said.article:
        sentence = "{article}（{norm}）“{quote}”"
        return words(sentence, article=article(said.article, words), norm=said.norm, quote=said.quote)
    if said.norm:
        return said.norm
    if said.document:
        return words("资料：{0}", said.document)
    named = subject(said.subject, words) if said.subject is not None else ""
    if said.fact:
        return said.item or f"{named} {said.fact}"
    about = said.item or said.rule
    told = f"{about} — {named}" if about and named and named not in about else about or named
    return told or words("没有写明事项")


def attested(said: Attestation, words: Catalogue = CHINESE) -> str:
    """Say what somebody attests: the answer, what was found, what was written down."""
    answer = words(said.answer.label) if said.answer is not None else ""
    if said.answer is Answer.ESTABLISHED:
        answer = words("{0}：{1}", answer, said.value)
        if said.recorded:
            answer = words("{0}（当时档案所载：{1}）", answer, said.recorded)
    elif said.answer is Answer.REFUSED:
        refused = (said.refused_by, said.refused_on and in_force_from(said.refused_on, words))
        by = words("，").join(filter(None, refused))
        answer = words("{0}（{1}）", answer, by or words("没有写明是谁"))
    return words("；").join(filter(None, (answer, said.note))) or words("没有写明结果")


def attested_by(said: Attestation, words: Catalogue) -> str:
    """Say who attests something, in what capacity, when, how, and on which evidence."""
    named = said.found_by or words("查明人不详")
    who = words("{0}（{1}）", named, said.capacity) if said.capacity else named
    papers = words("；").join(filter(None, (documents(said.documents, words), said.exhibits)))
    parts = (
        words("{0}，{1}", who, in_force_from(said.found_on, words)),
        words(said.method.label) if said.method is not None else "",
        words("提供人：{0}", said.stated_by) if said.stated_by else "",
        words("证据：{0}", papers) if papers else "",
    )
    return words("；").join(part for part in parts if part)


def conduct(day: Fact | None, words: Catalogue = CHINESE) -> str:
    """Word the day by which a subject is judged; a state that continues is judged on the as-of day."""
    if day is None:
        return ""
    return words("{0}（持续状态，以检查基准日为准）", day.text) if day.name == "as_of" else day.text


def exemption(ground: Exemption, words: Catalogue = CHINESE) -> str:
    """Say on what ground the subject would be excused, and whether that is proved."""
    shown = words("；") + documents(ground.documents, words) if ground.documents else ""
    return words("{0}（{1}）", ground.reason, plea(ground, words) + shown)


def plea(ground: Exemption, words: Catalogue = CHINESE) -> str:
    """Say what has come of a ground of exemption."""
    judged = ground.state == "claimed" and ground.at_most_risk
    return words("是否足以免责，须由有权机关认定" if judged else EXEMPTION_STATES[ground.state])


def deadline(step: RemedyStep, words: Catalogue = CHINESE) -> str:
    """Word the deadline of a measure, marked where it is this tool that proposes it."""
    if not step.within:
        return ""
    return words("{0}（建议时限）", step.within) if step.source == "proposal" else step.within


def measures(remedy: tuple[RemedyStep, ...], mode: Mode) -> tuple[RemedyStep, ...]:
    """Give the measures of a remedy; a self-audit leaves holding to account to those whose office it is."""
    return tuple(each for each in remedy if not (each.penal and mode is Mode.SELF_AUDIT))


def measure(step: RemedyStep, words: Catalogue = CHINESE) -> str:
    """Word a measure in one line with its standard and deadline."""
    parts = (
        step.action,
        step.done_when and words("完成标准：{0}", step.done_when),
        step.within and words("时限：{0}", deadline(step, words)),
    )
    return words("；").join(part for part in parts if part)


def numbered(texts: Iterable[str]) -> str:
    r"""Put several texts into lines with numbers; one alone has none.

    >>> numbered(["甲", "乙"]), numbered(["甲"])
    ('1. 甲\n2. 乙', '甲')
    """
    listed = tuple(texts)
    return listed[0] if len(listed) == 1 else "\n".join(f"{number}. {text}" for number, text in enumerate(listed, 1))


def responsibility(party: Party, mode: Mode, words: Catalogue = CHINESE) -> str:
    """Say who is responsible; a self-audit says to whom the zone turns with what is not its own to put right."""
    if mode is Mode.SELF_AUDIT and party is not Party.ZONE:
        handler = words(_HANDLERS[party])
        if party is Party.UNDETERMINED:
            return words("待定，提请{0}处理", handler)
        return words("由{0}负责，提请{1}处理", words(party.label), handler)
    return words("待定" if party is Party.UNDETERMINED else party.label)


def numbers(report: Report, verdicts: tuple[Verdict, ...] = COUNTED, words: Catalogue = CHINESE) -> str:
    """Give the conclusion in numbers."""
    short = words_of(report.mode, words).short
    return " · ".join(f"{short[each]} {report.totals.get(each, 0)}" for each in verdicts)


def conclusion(report: Report, words: Catalogue = CHINESE) -> str:
    """Say in a sentence what the numbers mean; what nobody knows is never called compliant."""
    violations, risks, open_, _ = (report.totals.get(each, 0) for each in COUNTED)
    short = words_of(report.mode, words).short
    found = words("、").join(
        words("{number}项{verdict}", number=count, verdict=label)
        for count, label in ((violations, short[Verdict.VIOLATION]), (risks, short[Verdict.RISK]))
        if count
    )
    if found and open_:
        return words("发现{found}；另有{number}项资料不足，无法判定。", found=found, number=open_)
    if found:
        return words("发现{0}。", found)
    if open_:
        told = "未发现问题的部分仅以现有资料为限；有{number}项资料不足，无法判定，不能据此认为符合要求。"
        return words(told, number=open_)
    if report.not_checked:
        return words("在本次检查的范围内未发现问题；未检查事项见后。")
    return words("在本次检查的范围内未发现问题。")
