"""The rectification notice: what one party has proved against it, and what it is to do about it.

A notice is written out as a model first; the template only prints it. Nothing stands on it that is not proved: a
suspicion, a silence, an exemption and an item whose responsible party is not settled never appear as a breach. What
only the signing office can give (number, signature, seal, day) is left blank.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from checker.classes import dataclass
from checker.errors import MisuseError
from checker.model import (
    Consequence,
    DossierStamp,
    Exemption,
    Fact,
    Finding,
    Mode,
    Party,
    PolicyStamp,
    RemedyStep,
    Report,
    Verdict,
)
from checker.papers import deadlines
from checker.papers.numerals import capitals, ordinal
from checker.papers.refusal import misuse, refuse_early, refuse_projection
from checker.reporting import arrangement, wording
from checker.reporting.environment import template

NAMED = 10
"""How many subjects of one question a notice names in its text before it refers to the annex."""
CITED = 3
"""How many papers that prove one fact a notice cites in its text before it refers to the annex."""


class NoticeForm(StrEnum):
    """The official forms: a notice of a superior, a letter between agencies, an order to an enterprise."""

    NOTICE = "notice"
    LETTER = "letter"
    ORDER = "order"

    @property
    def label(self) -> str:
        """The Chinese word of a form."""
        return {"notice": "整改通知（文件格式）", "letter": "函（信函格式）", "order": "责令限期整改通知书"}[self]

    def suits(self, party: Party) -> bool:
        """Whether a paper of this form can be addressed to *party*: only an enterprise is ordered.

        >>> NoticeForm.ORDER.suits(Party.ENTERPRISE), NoticeForm.NOTICE.suits(Party.ENTERPRISE)
        (True, False)
        """
        return party is not Party.UNDETERMINED and (self is NoticeForm.ORDER) is (party is Party.ENTERPRISE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FormWords:
    """What a paper of one form calls itself, with what it demands and with what it only recommends."""

    title: str
    itself: str
    lead: str
    orders: str
    orders_lead: str
    advice: str
    advice_lead: str


_APART = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
"""A space beside a Chinese character, as the wording of a rule has it and no official text does."""
_FORMS: Mapping[NoticeForm, _FormWords] = MappingProxyType(
    {
        NoticeForm.NOTICE: _FormWords(
            title="关于{zone}有关问题限期整改的通知",
            itself="本通知",
            lead="现将应由你单位负责的事项通知如下。",
            orders="责令整改事项",
            orders_lead="责令你单位按所列措施、标准和时限，整改下列问题：",
            advice="关于{zone}有关问题整改建议的通知",
            advice_lead="现就应由你单位负责的事项提出下列建议。",
        ),
        NoticeForm.LETTER: _FormWords(
            title="关于{zone}有关问题整改事项的函",
            itself="本函",
            lead="现将属于你单位职责的事项函告如下。",
            orders="请予整改事项",
            orders_lead="请按所列措施、标准和时限，整改下列问题：",
            advice="关于{zone}有关问题整改建议的函",
            advice_lead="现就属于你单位职责的事项提出下列建议。",
        ),
        NoticeForm.ORDER: _FormWords(
            title="责令限期整改通知书",
            itself="本通知书",
            lead="现查明你单位存在下列问题，责令限期整改。",
            orders="责令整改事项",
            orders_lead="责令你单位按所列措施、标准和时限，整改下列问题：",
            advice="",
            advice_lead="",
        ),
    }
)

_ADDRESSEES = {
    Party.ZONE: "{zone}管理机构",
    Party.LOCAL_GOVERNMENT: "{zone}所在地人民政府",
    Party.PROVINCE: "{zone}所在省级人民政府",
    Party.MINISTRY: "国务院有关主管部门",
    Party.ENTERPRISE: "〔受送达企业名称、统一社会信用代码〕",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFact:
    """A proved fact with its evidence; where `lacks_evidence`, the paper leaves a visible blank to fill in.

    Where the papers are too many for a line, `cited` are the first of them and the annex lists all `papers`. An order
    gives an amount in `capitals` as well.
    """

    label: str
    text: str
    cited: tuple[str, ...]
    papers: tuple[str, ...]
    lacks_evidence: bool
    capitals: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeClause:
    """A clause of the document as an item cites it: 违反 or 参照."""

    cited: str
    article: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeMeasure:
    """One measure with the standard by which it is done and its deadline, marked where only this tool proposes it.

    `due` says when the deadline ends if the paper is received on the day of issue; it is empty where that is not known.
    """

    action: str
    done_when: str
    deadline: str
    due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """One breach. `facts` are those of the dossier; `reckoning` holds parameters, tolerances and what was worked out.

    `same_matter` are breaches of the same matter that it absorbs.
    `pleaded` are grounds of exemption that were pleaded and do not reach it, `pleadable` those that nobody pleaded.
    """

    ordinal: str
    finding: str
    rule: str
    title: str
    grade: str
    subject: str
    message: str
    grounds: tuple[str, ...]
    conduct_on: str
    facts: tuple[NoticeFact, ...]
    reckoning: tuple[str, ...]
    clauses: tuple[NoticeClause, ...]
    bases: tuple[str, ...]
    see: tuple[str, ...]
    measures: tuple[NoticeMeasure, ...]
    pleaded: tuple[str, ...]
    pleadable: tuple[str, ...]
    same_matter: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeQuestion:
    """Something to be explained: which facts are missing for which subjects. It is no breach.

    Where the subjects are too many for a line, `named` are the first of them and the annex lists all `subjects`.
    """

    title: str
    missing: str
    named: tuple[str, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEvidence:
    """The papers that prove some facts of one item and are too many to be cited there."""

    item: str
    facts: tuple[str, ...]
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSection:
    """A numbered part of a notice with its items."""

    ordinal: str
    title: str
    lead: str
    items: tuple[NoticeItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Everything that stands on one notice; it is addressed to one party, and calls itself `itself`.

    `is_bound` says that the document itself binds the zone; otherwise it is no more than a reference. The `form` is
    `None` for the page that is read in a browser. `calendar_note` is there where a deadline is not settled.
    """

    party: Party
    form: NoticeForm | None
    title: str
    itself: str
    lead: str
    addressee: str
    zone: str
    as_of: date
    issued_on: date | None
    sections: tuple[NoticeSection, ...]
    questions: tuple[NoticeQuestion, ...]
    has_long_questions: bool
    evidence: tuple[NoticeEvidence, ...]
    annexes: tuple[str, ...]
    papers: tuple[str, ...]
    questions_ordinal: str
    requirements_ordinal: str
    may_appeal: bool
    is_bound: bool
    plan_days: int
    plan_due: str
    calendar_note: str
    rules: tuple[tuple[str, str], ...]
    dossier: DossierStamp
    policy: PolicyStamp
    tool: str

    @property
    def items(self) -> tuple[NoticeItem, ...]:
        """All breaches, part by part."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """How notices are to be written: the day of issue if it is known, the form, the working days for a plan if set."""

    issued_on: date | None = None
    form: NoticeForm | None = None
    plan_days: int = 0


def notices(
    report: Report,
    *,
    party: Party | None = None,
    issued_on: date | None = None,
    form: NoticeForm | None = None,
    selected: Sequence[str] = (),
    plan_days: int = 0,
) -> tuple[Notice, ...]:
    """Write a notice for each responsible party with a proved breach, or for *party* alone.

    With a *form*, only parties that it suits get one, and an enterprise gets an order for each subject. Of *selected*
    findings nothing else is written. Raise `MisuseError` for a projected report, which proves nothing, for a day of
    issue before the facts, and for a selected finding that is not proved.
    """
    refuse_projection(report, "制作通知书")
    refuse_early(report, issued_on, "签发日", "改正签发日，或不填写而由签发机关填写")
    if form is not None and report.mode is Mode.SELF_AUDIT:
        way_out = "用 --mode inspection，或者改做网页：--format html（render 用 --format notice）"
        raise _misuse(report, "自查只出具自查单，不制作公文", way_out)
    chosen = frozenset(_chosen(report, each) for each in selected)
    drafting = Drafting(issued_on=issued_on, form=form, plan_days=plan_days)
    return tuple(
        _notice(report, each, drafting, breaches, open_)
        for each in Party
        if each is not Party.UNDETERMINED and party in (None, each) and (form is None or form.suits(each))
        for breaches, open_ in _addressed(report, each, form, chosen)
    )


def why_none(report: Report, party: Party | None = None, form: NoticeForm | None = None) -> str:
    """Say truthfully why there is nothing to write."""
    breaches = [each for each in report.findings if each.verdict is Verdict.VIOLATION and not each.absorbed_by]
    others = [each for each in Party if any(each is found.responsible for found in breaches)]
    open_ = report.totals[Verdict.RISK] + report.totals[Verdict.UNDETERMINED]
    merged = "（同一事项归并后）" if len(breaches) < report.totals[Verdict.VIOLATION] else ""
    if not breaches:
        said = "没有已经证实的违反"
    elif others == [Party.UNDETERMINED]:
        said = f"已经证实的违反有 {len(breaches)} 项{merged}，但责任主体都待定"
    else:
        proved = f"已经证实的 {len(breaches)} 项{merged}，责任主体是{'、'.join(each.label for each in others)}"
        if form or party is None or party in others:  # an enterprise that can only be advised gets no order
            said = f"{(form or NoticeForm.ORDER).label}没有可写的；{proved}"
        else:
            said = f"没有责任主体是{party.label}的违反；{proved}"
    more = f"；另有 {open_} 项疑似或者资料不足，不写入通知书" if open_ else ""
    return f"没有写通知书：{said}{more}。"


def render(notice: Notice) -> bytes:
    """Write *notice* as one printable HTML page."""
    issued = "" if notice.issued_on is None else wording.chinese_day(notice.issued_on)
    return (
        template("notice.html.j2")
        .render(notice=notice, as_of=wording.chinese_day(notice.as_of), issued_on=issued)
        .encode()
    )


def _misuse(report: Report, message: str, suggestion: str) -> MisuseError:
    return misuse(report.dossier.file, message, suggestion)


def _chosen(report: Report, wanted: str) -> str:
    """Give the id of the finding that is meant; only what is proved, or asked for, can be chosen."""
    name = wanted.strip().lower()
    found = [
        each
        for each in (*report.findings, *report.exempted)
        if name and (each.id.lower().startswith(name) or f"{each.rule}@{each.subject.id}".lower() == name)
    ]
    exact = [each for each in found if each.id.lower() == name]
    match exact or found:
        case [one] if one.verdict not in {Verdict.VIOLATION, Verdict.UNDETERMINED}:
            message = f"{wanted} 的结论是“{one.verdict.label}”，不能写入通知书"
            raise _misuse(report, message, "只选已经证实的违反，或者资料不足的事项")
        case [one] if one.responsible is Party.UNDETERMINED:
            raise _misuse(report, f"{wanted} 的责任主体待定，不能写入通知书", "先明确责任主体")
        case [one]:
            return one.id
        case []:
            raise _misuse(report, f"没有这个问题：{wanted}", "用 zonecheck check 查看问题编号")
    raise _misuse(report, f"不止一个问题：{wanted}", f"写全编号：{'、'.join(each.id for each in found[:NAMED])}")


def _addressed(
    report: Report, party: Party, form: NoticeForm | None, chosen: frozenset[str]
) -> Iterator[tuple[tuple[Finding, ...], tuple[Finding, ...]]]:
    """Give the breaches of each paper to *party*, with what it is asked to explain.

    The dossier does not say which enterprise a subject belongs to, so that an order speaks of one subject only; and it
    holds nothing that is not ordered.
    """
    mine = [each for each in report.findings if each.responsible is party and (not chosen or each.id in chosen)]
    breaches = [each for each in mine if each.verdict is Verdict.VIOLATION]
    open_ = [each for each in mine if each.verdict is Verdict.UNDETERMINED]
    if form is not NoticeForm.ORDER:
        if breaches:
            yield tuple(breaches), tuple(open_)
        return
    ordered = [each for each in breaches if each.consequence is Consequence.ORDER]
    for at in dict.fromkeys((each.subject.register, each.subject.id) for each in ordered):
        yield (
            tuple(each for each in ordered if (each.subject.register, each.subject.id) == at),
            tuple(each for each in open_ if (each.subject.register, each.subject.id) == at),
        )


def _notice(
    report: Report, party: Party, drafting: Drafting, breaches: tuple[Finding, ...], open_: tuple[Finding, ...]
) -> Notice:
    words = wording.WORDS[report.mode]
    formal = None if drafting.form is None else _FORMS[drafting.form]
    issued_on = drafting.issued_on
    ordered = tuple(each for each in breaches if each.consequence is Consequence.ORDER)
    advised = tuple(each for each in breaches if each.consequence is not Consequence.ORDER)
    parts = (
        (
            formal.orders if formal else words.orders,
            formal.orders_lead if formal else words.orders_lead,
            _items(report, ordered, drafting),
        ),
        ("整改建议", "下列事项仅有政策文件为据，建议按所列措施改进：", _items(report, advised, drafting)),
    )
    held = tuple(part for part in parts if part[2])
    sections = tuple(
        NoticeSection(ordinal=ordinal(number), title=title, lead=lead, items=items)
        for number, (title, lead, items) in enumerate(held, 1)
    )
    questions = _questions(report, open_)
    has_long_questions = any(len(each.named) < len(each.subjects) for each in questions)
    evidence = tuple(each for section in sections for item in section.items for each in _evidence(section, item))
    if formal:
        title, itself = (formal.title if ordered else formal.advice).format(zone=report.zone.name), formal.itself
        lead = formal.lead if ordered else formal.advice_lead
    else:
        title, itself = (words.notice, words.notice_itself) if ordered else (words.advice, words.advice_itself)
        lead = "现将应由你单位负责的事项通知如下。" if ordered else "现就应由你单位负责的事项提出下列建议。"
    asks_for_plan = drafting.plan_days and drafting.form is not NoticeForm.ORDER
    plan = deadlines.due(f"{drafting.plan_days}个工作日内", issued_on) if asks_for_plan and issued_on else None
    dues = [plan, *(_due(step, drafting) for each in breaches for step in wording.measures(each.remedy, report.mode))]
    return Notice(
        party=party,
        form=drafting.form,
        title=title,
        itself=itself,
        lead=lead,
        addressee=_ADDRESSEES[party].format(zone=report.zone.name),
        zone=report.zone.name,
        as_of=report.as_of,
        issued_on=issued_on,
        sections=sections,
        questions=questions,
        has_long_questions=has_long_questions,
        evidence=evidence,
        annexes=tuple(
            title
            for title, is_there in (("证据材料清单", bool(evidence)), ("需补充说明事项清单", has_long_questions))
            if is_there
        ),
        papers=_papers(open_),
        questions_ordinal=ordinal(len(held) + 1),
        requirements_ordinal=ordinal(len(held) + (2 if questions else 1)),
        may_appeal=party is Party.ENTERPRISE and report.mode is Mode.INSPECTION,
        is_bound=any(clause.cited_as == "breached" for each in breaches for clause in each.clauses),
        plan_days=drafting.plan_days,
        plan_due=plan.text if plan else "",
        calendar_note="" if all(each is None or each.is_settled for each in dues) else deadlines.beyond_the_calendar(),
        rules=tuple(dict.fromkeys((each.rule, each.title) for each in breaches)),
        dossier=report.dossier,
        policy=report.policy,
        tool=report.program,
    )


def _due(step: RemedyStep, drafting: Drafting) -> deadlines.Due | None:
    """Say when a deadline ends if the paper is received on the day of issue; a page does not say it."""
    if drafting.form is None or drafting.issued_on is None:
        return None
    return deadlines.due(step.within, drafting.issued_on)


def _items(report: Report, findings: tuple[Finding, ...], drafting: Drafting) -> tuple[NoticeItem, ...]:
    """Write one item for each breach; one that another breach of the same part absorbs is named under that."""
    here = {each.id for each in findings}
    absorbed: dict[str, list[str]] = {}
    for each in findings:
        if each.absorbed_by in here and each.absorbed_by is not None:
            absorbed.setdefault(each.absorbed_by, []).append(f"{each.title}：{each.message}")
    own = tuple(each for each in findings if each.absorbed_by not in here)
    return tuple(
        _item(report, each, ordinal(number), tuple(absorbed.get(each.id, ())), drafting)
        for number, each in enumerate(own, 1)
    )


def _item(
    report: Report, finding: Finding, number: str, same_matter: tuple[str, ...], drafting: Drafting
) -> NoticeItem:
    words = wording.WORDS[report.mode]
    return NoticeItem(
        ordinal=number,
        finding=finding.id,
        rule=finding.rule,
        title=finding.title,
        grade="" if finding.grade is None else finding.grade.label,
        subject=wording.subject(finding.subject),
        message=finding.message,
        grounds=tuple(_APART.sub("", each) for each in finding.grounds),
        conduct_on=wording.conduct(finding.conduct_on),
        facts=_facts(finding, drafting),
        reckoning=tuple(
            f"{each.label}{each.text}" for each in finding.facts if each.state != "unknown" and not _is_recorded(each)
        ),
        clauses=tuple(
            NoticeClause(cited=words.cited[each.cited_as], article=wording.article(each.article), quote=each.quote)
            for each in finding.clauses
        ),
        bases=tuple(wording.basis(each) for each in finding.basis if each.firm),
        see=tuple(wording.basis(each) for each in finding.see if each.firm),
        measures=tuple(
            NoticeMeasure(
                action=each.action,
                done_when=each.done_when,
                deadline=wording.deadline(each),
                due=due.text if (due := _due(each, drafting)) else "",
            )
            for each in wording.measures(finding.remedy, report.mode)
        ),
        pleaded=tuple(map(_pleaded, (each for each in finding.exemptions if each.state == "not_covered"))),
        pleadable=tuple(each.reason for each in finding.exemptions if each.state == "not_claimed"),
        same_matter=same_matter,
    )


def _pleaded(ground: Exemption) -> str:
    """Word a ground that was pleaded and does not reach the breach: what it takes, and what was pleaded."""
    told = "、".join(f"{fact.label}{fact.text}" for fact in ground.facts)
    papers = f"，附{wording.documents(ground.documents)}" if ground.documents else ""
    return f"{ground.reason}（须{ground.condition}；所主张的：{told or '未写明界限'}{papers}）"


def _is_recorded(fact: Fact) -> bool:
    """Whether a fact comes out of the dossier; a parameter, a tolerance or a figure worked out of them does not."""
    return bool(fact.pointer or fact.origins)


def _capitals(fact: Fact, drafting: Drafting) -> str:
    """Give an amount in capitals where the form asks for it."""
    if drafting.form is not NoticeForm.ORDER or fact.unit != "cny" or fact.state != "known":
        return ""
    return capitals(fact.value) if isinstance(fact.value, Decimal) else ""


def _facts(finding: Finding, drafting: Drafting) -> tuple[NoticeFact, ...]:
    """Write the facts that the dossier records: each needs a document, which is named in full the first time."""
    named: set[str] = set()
    facts: list[NoticeFact] = []
    for each in finding.facts:
        if each.state != "unknown" and _is_recorded(each):
            papers = wording.merged(each.documents)
            facts.append(
                NoticeFact(
                    label=each.label,
                    text=each.text,
                    cited=tuple(
                        f"前引〔{paper.doc_id}〕{paper.page}" if paper.doc_id in named else wording.document(paper)
                        for paper in papers[:CITED]
                    ),
                    papers=tuple(map(wording.document, papers)),
                    lacks_evidence=bool(each.unproved) or not papers,
                    capitals=_capitals(each, drafting),
                )
            )
            named.update(paper.doc_id for paper in papers[:CITED])
    return tuple(facts)


def _evidence(section: NoticeSection, item: NoticeItem) -> tuple[NoticeEvidence, ...]:
    """List the papers of the facts of *item* that have too many; the same papers are listed once."""
    facts: dict[tuple[str, ...], list[str]] = {}
    for each in item.facts:
        if len(each.cited) < len(each.papers):
            facts.setdefault(each.papers, []).append(each.label)
    named = f"{section.ordinal}（{item.ordinal}）{item.title}"
    return tuple(NoticeEvidence(item=named, facts=tuple(told), papers=papers) for papers, told in facts.items())


def _questions(report: Report, findings: tuple[Finding, ...]) -> tuple[NoticeQuestion, ...]:
    return (
        *(
            _question(
                group.title,
                "、".join(group.missing) or "；".join(group.reasons),
                tuple(map(wording.subject, group.subjects)),
            )
            for group in arrangement.undecided(findings)
        ),
        *(
            _question("、".join(f"“{title}”" for _, title in silence.rules), f"{silence.label}的完整性声明", ())
            for silence in arrangement.silences(report, findings)
        ),
    )


def _question(title: str, missing: str, subjects: tuple[str, ...]) -> NoticeQuestion:
    return NoticeQuestion(title=title, missing=missing, named=subjects[:NAMED], subjects=subjects)


def _papers(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paper for each in findings for paper in arrangement.papers(each)))
