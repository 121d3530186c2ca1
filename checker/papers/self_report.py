"""The report of a self-audit: what is in order and what shows it, what is to be put right, and what is missing.

It is written by those whom it speaks of, so that it is plain and holds nobody to account: measures that are for an
authority to take are left out, and what is not the zone's own is put to whoever it belongs to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from checker.model import Finding, InOrder, Mode, Report, Verdict
from checker.papers.numerals import first_of, ordinal
from checker.papers.paper import (
    DRAFT_OF,
    Align,
    Annex,
    Annexes,
    Block,
    Column,
    Level,
    Paper,
    Paragraph,
    Signature,
    Table,
    Title,
    blank,
)
from checker.papers.refusal import refuse_early
from checker.reporting import arrangement, wording

NAMED = 30
"""How many subjects of one question are named before only their number is given."""
CITED = 5
"""How many papers that show one thing are named before only their number is given."""
_BY_PEOPLE = "由人判断的事项清单"
_ASKED = "由人回答的问题清单"


def paper(report: Report, *, issued_on: date | None = None) -> Paper:
    """Write the self-audit of *report*, in the words of a self-audit whatever its own.

    Raise `MisuseError` for a day of issue before the facts.
    """
    refuse_early(report, issued_on, "报告日", "改正报告日，或者不填写")
    return Paper(
        name=f"{report.zone.name}合规自查报告",
        author=report.program,
        day=report.as_of,
        blocks=tuple(_blocks(replace(report, mode=Mode.SELF_AUDIT), issued_on)),
        running=DRAFT_OF[report.projected],
    )


def _blocks(report: Report, issued_on: date | None) -> Iterator[Block]:
    yield Title(lines=(report.zone.name, "合规自查报告"))
    yield Paragraph(
        text=f"对照《{report.policy.title}》（{report.policy.number}）和有关法律、法规、规定，"
        f"对截至{wording.chinese_day(report.as_of)}的档案进行了自查，情况报告如下。"
    )
    parts = (
        ("自查结论", tuple(_conclusion(report))),
        ("符合要求的事项", tuple(_in_order(report))),
        ("需要整改的事项", tuple(_to_do(report, Verdict.VIOLATION))),
        ("需要核实的事项", tuple(_to_do(report, Verdict.RISK))),
        ("尚缺的资料", tuple(_missing(report))),
        ("未纳入自查的事项", tuple(_left_out(report))),
    )
    held = [
        block
        for number, (title, blocks) in enumerate(((title, blocks) for title, blocks in parts if blocks), 1)
        for block in (Paragraph(text=f"{ordinal(number)}、{title}", level=Level.FIRST), *blocks)
    ]
    if isinstance(held[-1], Paragraph):  # the signature never stands on a page alone
        held[-1] = replace(held[-1], keep=True)
    yield from held
    annexes = tuple((title, table) for title, table in _annexes(report) if table.rows)
    if annexes:
        yield Annexes(titles=tuple(title for title, _ in annexes))
    yield Signature(agency=report.dossier.prepared_by or f"{report.zone.name}管理机构", day=issued_on)
    for number, (title, table) in enumerate(annexes, 1):
        yield Annex(number=number if len(annexes) > 1 else 0, title=title)
        yield table
    yield Paragraph(
        level=Level.SMALL,
        text=f"档案：{report.dossier.id}（{report.dossier.file}），校验值 {report.dossier.sha256}；"
        f"政策包：{report.policy.named}，校验值 {report.policy.sha256}；{report.program}",
    )


def _annexes(report: Report) -> Iterator[tuple[str, Table]]:
    """Give the annexes: what rules leave to people, and what people are asked of the norms that no rule checks."""
    yield (
        _BY_PEOPLE,
        Table(
            columns=(
                Column(title="序号", width=2.5, align=Align.CENTRE),
                Column(title="事项", width=7),
                Column(title="不能由档案查明、由人判断的部分", width=18.5),
            ),
            rows=tuple(
                (str(number), f"{title}（{rule}）", wording.numbered(texts))
                for number, (rule, title, texts) in enumerate(arrangement.limits(report), 1)
            ),
            size=10.5,
        ),
    )
    yield (
        _ASKED,
        Table(
            columns=(
                Column(title="条款", width=6.5),
                Column(title="自己看什么、据哪份材料", width=9),
                Column(title="有这样的情形要说明", width=6.5),
                Column(title="回答", width=6),
            ),
            rows=tuple(
                (f"{each.id}“{each.quote}”", f"{asked.look_at}。\n材料：{asked.paper}。", f"{asked.worry}。", "")
                for each, asked in arrangement.asked(report)
            ),
            size=10.5,
        ),
    )


def _conclusion(report: Report) -> Iterator[Block]:
    words = wording.WORDS[report.mode]
    if report.projected:
        yield Paragraph(
            text=f"自查基准日晚于档案所载的{wording.chinese_day(report.dossier.as_of)}，以下结论属于推算，"
            "应当在更新档案后重新自查。"
        )
    yield Paragraph(text=wording.conclusion(report))
    shown = (*wording.COUNTED, *wording.ASIDE)
    yield Table(
        columns=tuple(Column(title=words.short[each], width=1, align=Align.CENTRE) for each in shown),
        rows=(tuple(str(report.totals.get(each, 0)) for each in shown),),
    )


def _in_order(report: Report) -> Iterator[Block]:
    """Name what complies with each rule and the papers that show it; a whole clause only where nothing is open."""
    if report.in_order:
        yield Paragraph(text="下列对象经自查符合要求，所据的材料一并列明：")
        yield Table(
            columns=(
                Column(title="序号", width=1.25, align=Align.CENTRE),
                Column(title="未发现的情形", width=3.75),
                Column(title="对象", width=4),
                Column(title="佐证材料", width=5),
            ),
            size=10.5,
            rows=tuple(
                (str(number), f"{each.title}（{'、'.join(each.clauses)}）", _subjects(each), _evidence(each))
                for number, each in enumerate(report.in_order, 1)
            ),
        )
    clear = arrangement.clear(report)
    if clear:
        yield Paragraph(text="下列各款所涉的对象都已查清，没有发现问题：")
        for clause in clear:
            yield Paragraph(text=f"{wording.article(clause.article)}（{clause.id}）“{clause.quote}”。")
    if report.exempted:
        yield Paragraph(text="下列事项有证明文件，依照规定不作为问题：")
        for each in report.exempted:
            grounds = "；".join(wording.exemption(one) for one in each.exemptions if one.state == "proved")
            yield Paragraph(text=f"{each.title}：{wording.subject(each.subject)}，{grounds}。")


def _subjects(kept: InOrder) -> str:
    names = "、".join(wording.subject(subject) for subject, _ in kept.named)
    return names if kept.number <= len(kept.named) else f"{names}等{kept.number}个"


def _evidence(kept: InOrder) -> str:
    papers = wording.papers(paper for _, papers in kept.named for paper in papers)
    if not papers:
        return "档案所载事项，未附材料"
    rest = f"等{len(papers)}份" if len(papers) > CITED else ""
    return "；".join(papers[:CITED]) + rest


def _to_do(report: Report, verdict: Verdict) -> Iterator[Block]:
    """Tell what is to be put right, or looked into: rule by rule, what is the same for several subjects once."""
    number = 0
    for grounds in arrangement.by_rule(report.of(verdict)):
        for found in grounds:
            number += 1
            first = found[0]
            clauses = "；".join(f"{wording.article(each.article)}（{each.id}）“{each.quote}”" for each in first.clauses)
            yield Paragraph(
                text=f"（{ordinal(number) if number < 1000 else number}）{first.title}", level=Level.SECOND, keep=True
            )
            yield from (_situation(each) for each in found)
            yield Paragraph(label="对应条款：", text=f"{clauses}。")
            if verdict is Verdict.RISK:
                yield Paragraph(label="尚待核实：", text="；".join(_open(found)) + "。")
            yield Paragraph(label="负责：", text=f"{wording.responsibility(first.responsible, report.mode)}。")
            yield from _measures(first, report, is_proved=verdict is Verdict.VIOLATION)


def _situation(finding: Finding) -> Paragraph:
    return Paragraph(label=f"{wording.subject(finding.subject)}：", text=finding.message)


def _open(found: Sequence[Finding]) -> tuple[str, ...]:
    """Say what keeps a suspicion from being settled."""
    reasons = (reason for each in found for reason in (*each.reasons, *(f"补充{paper}" for paper in each.ask)))
    return tuple(dict.fromkeys(reasons)) or ("查明事实",)


def _measures(finding: Finding, report: Report, *, is_proved: bool) -> Iterator[Block]:
    steps = wording.measures(finding.remedy, report.mode)
    if not steps:
        return
    yield Paragraph(text="整改措施：" if is_proved else "查实以后的整改措施：", keep=True)
    yield Table(
        columns=(
            Column(title="措施", width=9),
            Column(title="完成标准", width=8),
            Column(title="时限", width=6),
            Column(title="计划完成日期", width=7),
        ),
        rows=tuple(
            (each.action, each.done_when, wording.deadline(each), f"{blank(2)}年{blank(1)}月{blank(1)}日")
            for each in steps
        ),
    )


def _missing(report: Report) -> Iterator[Block]:
    if report.requests:
        yield Paragraph(text="下列资料补齐以后，才能对所涉事项作出判断，不能因为没有资料就认为符合要求：")
        yield Table(
            columns=(
                Column(title="序号", width=1.5, align=Align.CENTRE),
                Column(title="资料", width=5.5),
                Column(title="用于查明", width=6),
                Column(title="所涉事项", width=2.5, align=Align.CENTRE),
            ),
            rows=tuple(
                (str(number), each.document, "、".join(each.facts), f"{len(each.findings)}项")
                for number, each in enumerate(report.requests, 1)
            ),
        )
    for group in arrangement.undecided(report.findings):
        lacking = "、".join(group.missing) or "；".join(group.reasons)
        names = first_of(tuple(map(wording.subject, group.subjects)), NAMED)
        yield Paragraph(label=f"{group.title}：", text=f"{names}，缺{lacking}。")
    for silence in arrangement.silences(report, report.findings):
        titles = "、".join(f"“{title}”" for _, title in silence.rules)
        why = f"（{silence.why}）" if silence.why else ""
        yield Paragraph(label=f"{silence.label}：", text=f"没有可用的完整性声明{why}，所涉事项：{titles}。")


def _left_out(report: Report) -> Iterator[Block]:
    limits = arrangement.limits(report)
    if limits:
        number = sum(len(texts) for *_, texts in limits)
        yield Paragraph(
            text=f"自查所用的{len(limits)}条规则各有不能由档案查明的部分，共{number}项，应当由人判断，"
            f"见附件“{_BY_PEOPLE}”。"
        )
    untouched = arrangement.untouched(report)
    if untouched:
        named = "、".join(f"{wording.article(each.article)}（{each.id}）" for each in untouched)
        yield Paragraph(text=f"下列各款没有检查对象，或者有关规则都不适用，没有得出结论：{named}。")
    asked = arrangement.asked(report)
    if asked:
        yield Paragraph(text=f"另有{len(asked)}个条款没有规则检查，逐条自问自答，见附件“{_ASKED}”。")
    for each in report.not_checked:
        if each.kind != "limit":
            yield Paragraph(text=f"{each.text.rstrip('。')}。")
