"""The words that every paper puts around a report, and how foreign text is made safe to look at.

The mode changes words and nothing else. What comes out of a dossier may hold controls that reorder or hide text:
`visible` names them in place, so that nobody signs a line that reads otherwise than it is stored.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from unicodedata import east_asian_width

from checker.model import (
    VERDICT_LABELS,
    Answer,
    Attestation,
    Basis,
    Clause,
    Consequence,
    Document,
    Exemption,
    Fact,
    Finding,
    Mode,
    Party,
    RemedyStep,
    Report,
    Subject,
    Truth,
    Verdict,
)

_SPACES = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    r"""Give *text* on one line with each control, bidirectional or invisible character named in place.

    >>> visible("张\u202e三\n李四")
    '张〔U+202E〕三 李四'
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(lambda found: f"〔U+{ord(found[0]):04X}〕", _SPACES.sub(" ", text))


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


_SHORT = {
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
            short=_SHORT,
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
            short={**_SHORT, Verdict.VIOLATION: "需要整改", Verdict.RISK: "需要核实"},
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

_LEVELS = MappingProxyType({"national": "国家级", "provincial": "省级"})

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


def chinese_day(day: date) -> str:
    """Write a day as papers do: no leading zeros.

    >>> chinese_day(date(2026, 3, 1))
    '2026年3月1日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def level(zone_level: str) -> str:
    """Give the Chinese word of a zone's level."""
    return _LEVELS.get(zone_level, zone_level)


def article(number: str) -> str:
    """Name an article of the document.

    >>> article("十八")
    '第十八条'
    """
    return number if number.startswith("第") else f"第{number}条"


def truth(value: Truth) -> str:
    """Give the Chinese word of a truth."""
    return "不明" if value is None else "成立" if value else "不成立"


def document(paper: Document) -> str:
    """Name a paper by its title, number, page and id.

    >>> document(Document(doc_id="D001", title="出让合同", doc_no="合字3号", page="p3"))
    '出让合同（合字3号）p3〔D001〕'
    """
    number = f"（{paper.doc_no}）" if paper.doc_no else ""
    return f"{paper.title}{number}{paper.page}〔{paper.doc_id}〕"


def merged(named: Iterable[Document]) -> tuple[Document, ...]:
    """Give each paper once, with all its pages in one line."""
    pages: dict[str, tuple[Document, dict[str, None]]] = {}
    for each in named:
        pages.setdefault(each.doc_id, (each, {}))[1][each.page] = None
    return tuple(replace(first, page="、".join(page for page in found if page)) for first, found in pages.values())


def papers(named: Iterable[Document]) -> tuple[str, ...]:
    """Name each paper once, with all the pages on which it is relied.

    >>> papers(Document(doc_id="D001", title="出让合同", page=page) for page in ("p3", "p1", "p3"))
    ('出让合同p3、p1〔D001〕',)
    """
    return tuple(map(document, merged(named)))


def documents(named: Iterable[Document]) -> str:
    """Name several papers in one line."""
    return "；".join(papers(named))


def basis(edition: Basis) -> str:
    """Cite one edition of an instrument, with its articles and the day from which it is in force."""
    title = edition.title if edition.title.startswith("《") else f"《{edition.title}》"
    number = f"（{edition.number}）" if edition.number else ""
    return f"{title}{number}{'、'.join(edition.articles)}，{in_force_from(edition.in_force_from)}起施行"


def in_force_from(day: str) -> str:
    """Word the first day of an edition, as precisely as it is known.

    >>> in_force_from("2011")
    '2011年'
    """
    parts = [int(each) for each in day.split("-")] if day else []
    return "".join(f"{number}{unit}" for number, unit in zip(parts, "年月日", strict=False)) or "日期不详"


def citation(clause: Clause, verdict: Verdict, words: Words) -> str:
    """Name a clause and what the subject has to do with it: only what is proved is said to break it."""
    how = words.cited[clause.cited_as] if verdict is Verdict.VIOLATION or clause.cited_as == "reference" else "涉及"
    return f"{how}{article(clause.article)}（{clause.id}）"


def subject(record: Subject) -> str:
    """Name the record a rule was applied to, with its id where its label does not hold it."""
    named = not record.id or record.id == record.register or record.id in record.label
    return record.label if named else f"{record.label}（{record.id}）"


def located(pointer: str, cells: Mapping[str, str]) -> str:
    """Write a pointer with the cell that it was filled in from.

    >>> located("/parcels/7/area_sqm", {"/parcels/7/area_sqm": "供地台账!AJ9"})
    '/parcels/7/area_sqm ← 供地台账!AJ9'
    """
    return f"{pointer} ← {cells[pointer]}" if pointer in cells else pointer


def attestation(said: Attestation) -> str:
    """Word an attestation in one line: what it is about, what is said, by whom, and who says otherwise."""
    return f"{said.id} {attested_about(said)}：{_statement(said)}"


def attested_here(said: Attestation) -> str:
    """Word an attestation where it stands beside a finding that it is about."""
    return f"{said.id}{f' {said.fact}' if said.fact else ''}：{_statement(said)}"


def _statement(said: Attestation) -> str:
    others = f"；与{'、'.join(said.against)}不同" if said.against else ""
    return f"{attested(said)}（{attested_by(said)}）{others}"


def attested_about(said: Attestation) -> str:
    """Say what an attestation is about."""
    if said.norm:
        return f"{article(said.article)}（{said.norm}）“{said.quote}”" if said.article else said.norm
    if said.document:
        return f"资料：{said.document}"
    named = subject(said.subject) if said.subject is not None else ""
    if said.fact:
        return said.item or f"{named} {said.fact}"
    about = said.item or said.rule
    return f"{about} — {named}" if about and named and named not in about else about or named or "没有写明事项"


def attested(said: Attestation) -> str:
    """Say what somebody attests: the answer, what was found, what was written down."""
    if said.answer is Answer.ESTABLISHED:
        was = f"（当时档案所载：{said.recorded}）" if said.recorded else ""
        answer = f"{said.answer.label}：{said.value}{was}"
    elif said.answer is Answer.REFUSED:
        by = "，".join(filter(None, (said.refused_by, said.refused_on and in_force_from(said.refused_on))))
        answer = f"{said.answer.label}（{by or '没有写明是谁'}）"
    else:
        answer = said.answer.label if said.answer is not None else ""
    return "；".join(filter(None, (answer, said.note))) or "没有写明结果"


def attested_by(said: Attestation) -> str:
    """Say who attests something, in what capacity, when, how, and on which evidence."""
    capacity = f"（{said.capacity}）" if said.capacity else ""
    named = documents(said.documents)
    parts = (
        f"{said.found_by or '查明人不详'}{capacity}，{in_force_from(said.found_on)}",
        said.method.label if said.method is not None else "",
        said.stated_by and f"提供人：{said.stated_by}",
        (named or said.exhibits) and f"证据：{'；'.join(filter(None, (named, said.exhibits)))}",
    )
    return "；".join(part for part in parts if part)


def conduct(day: Fact | None) -> str:
    """Word the day by which a subject is judged; a state that continues is judged on the as-of day."""
    if day is None:
        return ""
    return f"{day.text}（持续状态，以检查基准日为准）" if day.name == "as_of" else day.text


def exemption(ground: Exemption) -> str:
    """Say on what ground the subject would be excused, and whether that is proved."""
    shown = f"；{documents(ground.documents)}" if ground.documents else ""
    return f"{ground.reason}（{plea(ground)}{shown}）"


def plea(ground: Exemption) -> str:
    """Say what has come of a ground of exemption."""
    judged = ground.state == "claimed" and ground.at_most_risk
    return "是否足以免责，须由有权机关认定" if judged else EXEMPTION_STATES[ground.state]


def deadline(step: RemedyStep) -> str:
    """Word the deadline of a measure, marked where it is this tool that proposes it."""
    if not step.within:
        return ""
    return f"{step.within}（建议时限）" if step.source == "proposal" else step.within


def measures(finding: Finding, mode: Mode) -> tuple[RemedyStep, ...]:
    """Give the measures of a finding; a self-audit leaves holding to account to those whose office it is."""
    return tuple(each for each in finding.remedy if not (each.penal and mode is Mode.SELF_AUDIT))


def measure(step: RemedyStep) -> str:
    """Word a measure in one line with its standard and deadline."""
    parts = (step.action, step.done_when and f"完成标准：{step.done_when}", step.within and f"时限：{deadline(step)}")
    return "；".join(part for part in parts if part)


def numbered(texts: Iterable[str]) -> str:
    r"""Put several texts into lines with numbers; one alone has none.

    >>> numbered(["甲", "乙"]), numbered(["甲"])
    ('1. 甲\n2. 乙', '甲')
    """
    listed = tuple(texts)
    return listed[0] if len(listed) == 1 else "\n".join(f"{number}. {text}" for number, text in enumerate(listed, 1))


def responsibility(party: Party, mode: Mode) -> str:
    """Say who is responsible; a self-audit says to whom the zone turns with what is not its own to put right."""
    if mode is Mode.SELF_AUDIT and party is not Party.ZONE:
        head = "待定" if party is Party.UNDETERMINED else f"由{party.label}负责"
        return f"{head}，提请{_HANDLERS[party]}处理"
    return "待定" if party is Party.UNDETERMINED else party.label


def numbers(report: Report, verdicts: tuple[Verdict, ...] = COUNTED) -> str:
    """Give the conclusion in numbers."""
    short = WORDS[report.mode].short
    return " · ".join(f"{short[each]} {report.totals.get(each, 0)}" for each in verdicts)


def conclusion(report: Report) -> str:
    """Say in a sentence what the numbers mean; what nobody knows is never called compliant."""
    violations, risks, open_, _ = (report.totals.get(each, 0) for each in COUNTED)
    short = WORDS[report.mode].short
    found = "、".join(
        f"{count}项{label}"
        for count, label in ((violations, short[Verdict.VIOLATION]), (risks, short[Verdict.RISK]))
        if count
    )
    if found and open_:
        return f"发现{found}；另有{open_}项资料不足，无法判定。"
    if found:
        return f"发现{found}。"
    if open_:
        return f"未发现问题的部分仅以现有资料为限；有{open_}项资料不足，无法判定，不能据此认为符合要求。"
    return f"在本次检查的范围内未发现问题{'；未检查事项见后' if report.not_checked else ''}。"
