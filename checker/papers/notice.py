"""The rectification notice: what one party has proved against it, and what it is to do about it.

A notice is written out as a model first; the template only prints it. Nothing stands on it that is not proved: a
suspicion, a silence, an exemption and an item whose responsible party is not settled never appear as a breach. What
only the signing office can give (number, signature, seal, day) is left blank.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from checker.errors import MisuseError, Place, Problem
from checker.model import Consequence, DossierStamp, Exemption, Fact, Finding, Mode, Party, PolicyStamp, Report, Verdict
from checker.reporting import arrangement, wording
from checker.reporting.environment import template

NAMED = 10
"""How many subjects of one question a notice names in its text before it refers to the annex."""
CITED = 3
"""How many papers that prove one fact a notice cites in its text before it refers to the annex."""

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

    Where the papers are too many for a line, `cited` are the first of them and the annex lists all `papers`.
    """

    label: str
    text: str
    cited: tuple[str, ...]
    papers: tuple[str, ...]
    lacks_evidence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeClause:
    """A clause of the document as an item cites it: 违反 or 参照."""

    cited: str
    article: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeMeasure:
    """One measure with the standard by which it is done and its deadline, marked where only this tool proposes it."""

    action: str
    done_when: str
    deadline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """One breach. `facts` are those of the dossier; `reckoning` holds parameters, tolerances and what was worked out.

    `same_matter` are breaches of the same matter that it absorbs.
    `pleaded` are grounds of exemption that were pleaded and do not reach it, `pleadable` those that nobody pleaded.
    """

    ordinal: str
    finding: str
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

    `is_bound` says that the document itself binds the zone; otherwise it is no more than a reference.
    """

    party: Party
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
    dossier: DossierStamp
    policy: PolicyStamp
    tool: str


def notices(report: Report, *, party: Party | None = None, issued_on: date | None = None) -> tuple[Notice, ...]:
    """Write a notice for each responsible party with a proved breach, or for *party* alone.

    Raise `MisuseError` for a projected report, which proves nothing, and for a day of issue before the facts.
    """
    if report.projected:
        raise _misuse(
            report,
            f"检查基准日{wording.chinese_day(report.as_of)}晚于档案所载的{wording.chinese_day(report.dossier.as_of)}，"
            "结论属于推算，不能据以制作通知书",
            "以档案记载之日为检查基准日重新检查，或先更新档案",
        )
    if issued_on is not None and issued_on < report.as_of:
        raise _misuse(
            report,
            f"签发日{wording.chinese_day(issued_on)}早于检查基准日{wording.chinese_day(report.as_of)}",
            "改正签发日，或不填写而由签发机关填写",
        )
    return tuple(
        _notice(report, each, issued_on)
        for each in Party
        if each is not Party.UNDETERMINED and party in (None, each) and _breaches(report, each)
    )


def render(notice: Notice) -> bytes:
    """Write *notice* as one printable HTML page."""
    issued = "" if notice.issued_on is None else wording.chinese_day(notice.issued_on)
    return (
        template("notice.html.j2")
        .render(notice=notice, as_of=wording.chinese_day(notice.as_of), issued_on=issued)
        .encode()
    )


def ordinal(number: int) -> str:
    """Write a number from 1 to 999 as headings count.

    >>> [ordinal(number) for number in (1, 10, 12, 20, 35, 105, 110)]
    ['一', '十', '十二', '二十', '三十五', '一百零五', '一百一十']
    """
    digits = "零一二三四五六七八九"
    if number >= 100:
        rest = number % 100
        between = "零" if 0 < rest < 10 else "一" if 10 <= rest < 20 else ""
        return f"{digits[number // 100]}百{between}{ordinal(rest) if rest else ''}"
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{digits[tens]}十"
    return f"{head}{digits[ones] if ones else ''}"


def _misuse(report: Report, message: str, suggestion: str) -> MisuseError:
    return MisuseError([Problem(message=message, place=Place(file=report.dossier.file), suggestion=suggestion)])


def _breaches(report: Report, party: Party) -> tuple[Finding, ...]:
    return tuple(each for each in report.of(Verdict.VIOLATION) if each.responsible is party)


def _notice(report: Report, party: Party, issued_on: date | None) -> Notice:
    words = wording.WORDS[report.mode]
    breaches = _breaches(report, party)
    open_ = tuple(each for each in report.of(Verdict.UNDETERMINED) if each.responsible is party)
    ordered = tuple(each for each in breaches if each.consequence is Consequence.ORDER)
    advised = tuple(each for each in breaches if each.consequence is not Consequence.ORDER)
    parts = (
        (words.orders, words.orders_lead, _items(report, ordered)),
        ("整改建议", "下列事项仅有政策文件为据，建议按所列措施改进：", _items(report, advised)),
    )
    held = tuple(part for part in parts if part[2])
    sections = tuple(
        NoticeSection(ordinal=ordinal(number), title=title, lead=lead, items=items)
        for number, (title, lead, items) in enumerate(held, 1)
    )
    questions = _questions(report, open_)
    has_long_questions = any(len(each.named) < len(each.subjects) for each in questions)
    evidence = tuple(each for section in sections for item in section.items for each in _evidence(section, item))
    return Notice(
        party=party,
        title=words.notice if ordered else words.advice,
        itself=words.notice_itself if ordered else words.advice_itself,
        lead="现将应由你单位负责的事项通知如下。" if ordered else "现就应由你单位负责的事项提出下列建议。",
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
        dossier=report.dossier,
        policy=report.policy,
        tool=f"{report.tool} {report.tool_version}",
    )


def _items(report: Report, findings: tuple[Finding, ...]) -> tuple[NoticeItem, ...]:
    """Write one item for each breach; one that another breach of the same part absorbs is named under that."""
    here = {each.id for each in findings}
    absorbed: dict[str, list[str]] = {}
    for each in findings:
        if each.absorbed_by in here and each.absorbed_by is not None:
            absorbed.setdefault(each.absorbed_by, []).append(f"{each.title}：{each.message}")
    own = tuple(each for each in findings if each.absorbed_by not in here)
    return tuple(
        _item(report, each, ordinal(number), tuple(absorbed.get(each.id, ()))) for number, each in enumerate(own, 1)
    )


def _item(report: Report, finding: Finding, number: str, same_matter: tuple[str, ...]) -> NoticeItem:
    words = wording.WORDS[report.mode]
    return NoticeItem(
        ordinal=number,
        finding=finding.id,
        title=finding.title,
        grade="" if finding.grade is None else finding.grade.label,
        subject=wording.subject(finding.subject),
        message=finding.message,
        grounds=finding.grounds,
        conduct_on=wording.conduct(finding.conduct_on),
        facts=_facts(finding),
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
            NoticeMeasure(action=each.action, done_when=each.done_when, deadline=wording.deadline(each))
            for each in wording.measures(finding, report.mode)
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


def _facts(finding: Finding) -> tuple[NoticeFact, ...]:
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
            _question("、".join(title for _, title in silence.rules), f"{silence.label}的完整性声明", ())
            for silence in arrangement.silences(report, findings)
        ),
    )


def _question(title: str, missing: str, subjects: tuple[str, ...]) -> NoticeQuestion:
    return NoticeQuestion(title=title, missing=missing, named=subjects[:NAMED], subjects=subjects)


def _papers(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paper for each in findings for paper in arrangement.papers(each)))
