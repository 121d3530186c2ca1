"""A report for the terminal: plain text, worst first, short enough for the evening before a visit."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from checker.model import Attestation, Finding, Report, Request
from checker.reporting import arrangement, wording
from checker.reporting.arrangement import Undecided
from checker.reporting.columns import WIDTH, fit, wrap
from checker.reporting.description import Description, FactLine, describe

DETAILED = 12
"""With more problems than this, each rule is told once and each problem in a line: the rest is a page's business."""
MOST_LISTED = 3
"""How many problems of one rule, or subjects of one question, are named before the rest is counted."""
MOST_OPEN = 12
"""How many groups of open questions, papers to ask for or doubts are listed before the rest is counted."""

_COLOURS = {"violation": "1;31", "risk": "33", "undetermined": "36", "compliant": "32", "head": "1"}


class Line(NamedTuple):
    """A line before it is broken: how far it is indented, how far its continuation hangs, and its colour.

    One that is `short` is cut where the line ends: the rest is told elsewhere.
    """

    text: str
    indent: int = 0
    hang: int = 2
    style: str = ""
    short: bool = False


def render(report: Report, *, colour: bool = False, room: int = WIDTH) -> bytes:
    """Write *report* as text no wider than *room* columns; with *colour*, for a terminal."""
    return ("\n".join(_painted(line, room, colour=colour) for line in _lines(report)) + "\n").encode()


def _painted(line: Line, room: int, *, colour: bool) -> str:
    told = wording.visible(line.text)
    if line.short:
        told = fit(told, room - line.indent)
    broken = "\n".join(wrap(told, indent=line.indent, hang=line.hang, room=room))
    return f"\x1b[{_COLOURS[line.style]}m{broken}\x1b[0m" if colour and line.style else broken


def _lines(report: Report) -> Iterator[Line]:
    numbers = arrangement.numbering(report)
    said = arrangement.attested(report)
    described = {
        each.id: describe(each, report.mode, numbers, report.cells, said.get(each.id, ()))
        for each in arrangement.problems(report)
    }
    is_detailed = len(described) <= DETAILED
    yield from _header(report)
    yield from _urgent(report, described)
    yield from _problems(report, described) if is_detailed else _problems_in_short(report, described)
    yield from _open(report, is_detailed=is_detailed)
    yield from _requests(report, is_detailed=is_detailed)
    yield from _exempted(report) if is_detailed else _exempted_in_short(report)
    yield from _attested(report)
    yield from _registers(report)
    yield from _not_checked(report)
    yield from _listed(
        "数据疑点",
        (f"{each.label}：{each.message}  {wording.located(each.pointer, report.cells)}" for each in report.doubts),
    )
    if not is_detailed:
        yield Line("")
        yield Line("逐项的事实、证据、依据和措施见 HTML 报告（--format html），或者 zonecheck explain 档案 编号。")
    yield from _versions(report)


def _heading(text: str) -> Iterator[Line]:
    yield Line("")
    yield Line(f"■ {text}", style="head")


def _listed(title: str, items: Iterator[str]) -> Iterator[Line]:
    """Print a section of plain lines, or nothing at all where there is none; what is too much is counted."""
    lines = [Line(f"- {each}", indent=2) for each in items]
    if lines:
        yield from _heading(f"{title}（{len(lines)}）")
        yield from _first(lines)


def _first(lines: list[Line]) -> Iterator[Line]:
    """Print the first of many lines, and how many more there are."""
    most = MOST_OPEN if len(lines) > MOST_OPEN + 1 else len(lines)
    yield from lines[:most]
    if len(lines) > most:
        yield Line(f"（另有{len(lines) - most}项，见 HTML、JSON 报告）", 2)


def _header(report: Report) -> Iterator[Line]:
    words = wording.WORDS[report.mode]
    yield Line(f"{'【推算】' if report.projected else ''}{words.title}  {report.zone.name}", style="head")
    standing = (
        wording.level(report.zone.level),
        f"截至{wording.chinese_day(report.as_of)}",
        f"依据《{report.policy.title}》（{report.policy.number}）",
    )
    yield Line(" · ".join(each for each in standing if each))
    if report.projected:
        yield Line(
            f"推算：档案只记载到{wording.chinese_day(report.dossier.as_of)}，以下结论是假定此后未再变化的推算，"
            "不得据以制作通知书。"
        )
    yield Line("")
    yield Line(
        f"结论：{wording.numbers(report)}（另：{wording.numbers(report, wording.ASIDE)}）",
        hang=6,
        style=next((each.value for each in wording.COUNTED if report.totals.get(each, 0)), ""),
    )
    yield Line(wording.conclusion(report), indent=6, hang=0)


def _urgent(report: Report, described: dict[str, Description]) -> Iterator[Line]:
    first = [described[each.id] for each in arrangement.urgent(report)]
    if first:
        yield from _heading("最紧要的问题")
        for each in first:
            yield Line(f"{_tag(each)} {each.title} — {each.subject}（见问题{each.number}）", 2, 2, each.verdict)


def _tag(item: Description) -> str:
    return f"[{item.label}·{item.grade}]" if item.grade else f"[{item.label}]"


def _problems(report: Report, described: dict[str, Description]) -> Iterator[Line]:
    articles = arrangement.by_article(report)
    if articles:
        yield from _heading("按条款的问题")
    grounds: dict[tuple[object, ...], int] = {}
    for part in articles:
        for under in part.clauses:
            yield Line("")
            yield Line(f"{wording.article(part.article)}（{under.clause.id}）“{under.clause.quote}”", 2, 2, "head")
            for each in under.findings:
                item = described[each.id]
                yield from _facts(item)
                ground = (item.rule, item.clauses, item.bases, item.exemptions, item.measures, item.responsible)
                first = grounds.setdefault(ground, item.number)
                if item.absorbed_by:
                    yield Line(f"已并入{item.absorbed_by}，不另行处理；编号 {item.id}", 5)
                elif first != item.number:
                    yield Line(f"条款、依据、措施、责任主体同问题{first}；{item.consequence}；编号 {item.id}", 5)
                else:
                    yield from _grounds(item)


def _problems_in_short(report: Report, described: dict[str, Description]) -> Iterator[Line]:
    """Tell each clause and rule once, and of each of its problems what and where, the worst first."""
    yield from _heading("按条款的问题")
    for part in arrangement.by_article(report):
        for under in part.clauses:
            yield Line(f"{wording.article(part.article)}（{under.clause.id}）“{under.clause.quote}”", 2, 2, "head")
            rules: dict[str, list[Description]] = {}
            for each in under.findings:
                rules.setdefault(each.rule, []).append(described[each.id])
            for rule, items in rules.items():
                counts = Counter(item.label for item in items)
                told = " · ".join(f"{label} {count}" for label, count in counts.items())
                yield Line(f"{rule} {items[0].title}（{told}）", 4, 2, items[0].verdict)
                yield from (Line(_in_short(item), 6, short=True) for item in items[:MOST_LISTED])
                if len(items) > MOST_LISTED:
                    yield Line(f"（另有{len(items) - MOST_LISTED}项，见 HTML、JSON 报告）", 6)


def _in_short(item: Description) -> str:
    is_told = item.name in item.message or item.name in item.subject_id
    named = item.message if is_told else f"{item.name}：{item.message}"
    cell = f"（{item.cell}）" if item.cell else ""
    return f"{item.number}. [{item.label}] {item.subject_id}{cell} {named}"


def _facts(item: Description) -> Iterator[Line]:
    yield Line(f"{item.number}. {_tag(item)} {item.title} — {item.subject}", 2, 3, item.verdict)
    yield Line(item.message, 5, 0)
    if item.grounds:
        yield Line(f"认定：{'；'.join(item.grounds)}", 5, 6)
    facts = map(_fact, item.facts)
    yield Line(f"事实：{'；'.join(facts)}", 5, 6)
    if item.papers:
        yield Line(f"证据：{'；'.join(item.papers)}", 5, 6)
    if item.cell:
        cells = (f"{each.label} {each.cell}" for each in item.facts if each.cell)
        yield Line(f"单元格：{'；'.join((item.cell, *dict.fromkeys(cells)))}", 5, 8)
    for figure in item.soft:
        yield Line(f"待确认的数值：{figure}", 5, 14)
    for reason in item.reasons:
        yield Line(f"说明：{reason}", 5, 6)
    for attested in item.attested:
        yield Line(f"核查记录（人的陈述）：{attested}", 5, 6)


def _fact(fact: FactLine) -> str:
    papers = f"〔{fact.papers}〕" if fact.papers else ""
    return f"{fact.label} {fact.text}{papers}{'（部分未附证据）' if fact.unproved else ''}"


def _grounds(item: Description) -> Iterator[Line]:
    (heading, _), *others = item.clauses
    yield Line("；".join((heading, *(f"{cited}“{quote}”" for cited, quote in others))), 5)
    bases = (f"{each.text}{f'（待核实：{each.why_soft}）' if each.why_soft else ''}" for each in item.bases)
    yield Line(f"依据：{'；'.join(bases)}", 5, 6)
    if item.exemptions:
        yield Line(f"豁免事由：{'；'.join(item.exemptions)}", 5, 10)
    steps = (f"{step.action}，{step.deadline}" if step.deadline else step.action for step in item.measures)
    yield Line(f"{item.measures_heading}：{'；'.join(steps)}", 5, 6)
    yield Line(f"责任主体：{item.responsible}；{item.consequence}；编号 {item.id}", 5, 10)


def _open(report: Report, *, is_detailed: bool) -> Iterator[Line]:
    groups = arrangement.undecided(report.findings)
    silences = arrangement.silences(report, report.findings)
    if not groups and not silences:
        return
    yield from _heading("资料不足，无法判定")
    said = arrangement.attested(report)
    yield from _first(
        [
            Line(_undecided(group, report, said, is_detailed=is_detailed), 2, 2, "undetermined", short=not is_detailed)
            for group in groups
        ]
    )
    for silence in silences:
        yield Line(
            f"台账“{silence.label}”不完整（{silence.why or '未声明完整'}），台账以外是否还有记录不明，涉及：",
            2,
            2,
            "undetermined",
        )
        yield Line("；".join(f"{rule} {title}" for rule, title in silence.rules), 4, 0)


def _undecided(
    group: Undecided, report: Report, said: Mapping[str, tuple[Attestation, ...]], *, is_detailed: bool
) -> str:
    named = group.findings[:MOST_LISTED]
    shown = "、".join(f"{wording.subject(each.subject)}{_cell(each.subject.pointer, report)}" for each in named)
    number = len(group.subjects)
    more = f"等{number}项" if number > MOST_LISTED else f"（{number}项）" if number > 1 else ""
    lacking = f"缺 {'、'.join(group.missing)}" if group.missing else "无法判定"
    cells = _cells(named, report) if is_detailed else ()
    attested = tuple(dict.fromkeys(one.id for each in group.findings for one in said.get(each.id, ())))
    rest = f"等{len(attested)}条" if len(attested) > MOST_LISTED else ""
    notes = (
        ("原因", group.reasons),
        ("拒绝提供", group.withheld),
        ("单元格", cells),
        ("核查记录（人的陈述）", ("、".join(attested[:MOST_LISTED]) + rest,) if attested else ()),
    )
    told = "".join(f"；{heading}：{'、'.join(each)}" for heading, each in notes if each)
    return f"- {group.rule} {group.title}：{lacking} — {shown}{more}{told}"


def _cells(findings: Iterable[Finding], report: Report) -> tuple[str, ...]:
    """Name the cells of a spreadsheet in which what is missing would have to be filled in, each sheet once a label."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for each in (missing for finding in findings for missing in finding.missing):
        sheet, mark, cell = report.cells.get(each.pointer, "").rpartition("!")
        if cell:
            found.setdefault((each.label, f"{sheet}{mark}"), {})[cell] = None
    return tuple(f"{label} {sheet}{' '.join(cells)}" for (label, sheet), cells in found.items())


def _cell(pointer: str, report: Report) -> str:
    return f"（{report.cells[pointer]}）" if pointer in report.cells else ""


def _requests(report: Report, *, is_detailed: bool) -> Iterator[Line]:
    def told(request: Request) -> str:
        facts = f"可查明：{'、'.join(request.facts)}；" if request.facts and is_detailed else ""
        return f"{request.document}（{facts}涉及{len(request.findings)}项）"

    yield from _listed("应调取的资料", map(told, report.requests))


def _exempted(report: Report) -> Iterator[Line]:
    yield from _listed(
        "豁免",
        (
            f"{each.rule} {each.title} — {wording.subject(each.subject)}："
            f"{'；'.join(wording.exemption(ground) for ground in each.exemptions if ground.state == 'proved')}"
            for each in report.exempted
        ),
    )


def _exempted_in_short(report: Report) -> Iterator[Line]:
    rules = Counter((each.rule, each.title) for each in report.exempted)
    yield from _listed("豁免", (f"{rule} {title}：{count}项" for (rule, title), count in rules.items()))


def _not_checked(report: Report) -> Iterator[Line]:
    """List what is left open for a reason of ours; where that is much, say where each rule's limits are told."""
    ours = [each for each in report.not_checked if each.kind != "limit"]
    limits = [each for each in report.not_checked if each.kind == "limit"]
    if len(limits) <= MOST_OPEN:
        yield from _listed("未检查事项", (f"{each.rule} {each.text}" for each in (*ours, *limits)))
        return
    yield from _heading(f"未检查事项（{len(report.not_checked)}）")
    yield from _first([Line(f"- {each.rule} {each.text}", indent=2) for each in ours])
    rules = len({each.rule for each in limits})
    where = "HTML 报告“未检查事项”，或者 zonecheck rules show 规则编号"
    yield Line(f"- {rules}条规则各有未检查的部分，共{len(limits)}项：见 {where}", indent=2)


def _attested(report: Report) -> Iterator[Line]:
    """List what people attest, under what it is about."""
    groups = arrangement.attestations(report)
    if not groups:
        return
    yield from _heading(f"核查记录（{len(report.attestations)}）")
    yield Line("下列是人的陈述，不是证据，不改变结论；查明的事实另见档案。", 2, 0)
    for name, held in groups:
        yield Line(f"{name}：", 2)
        yield from _first(
            [Line(f"- {wording.attestation(each)}{_cell(each.pointer, report)}", indent=4) for each in held]
        )


def _registers(report: Report) -> Iterator[Line]:
    yield from _listed(
        "不完整的台账",
        (
            f"{each.label}（{each.path}）：{'' if each.count is None else f'{each.count}条；'}{each.why_incomplete}"
            for each in report.registers
            if not each.complete
        ),
    )


def _versions(report: Report) -> Iterator[Line]:
    yield from _heading("版本与校验值")
    yield Line(f"档案 {report.dossier.id}（{report.dossier.file}）sha256 {report.dossier.sha256}", 2)
    yield Line(f"政策包 {report.policy.id} {report.policy.version} sha256 {report.policy.sha256}", 2)
    yield Line(f"{report.tool} {report.tool_version}；报告格式 {report.schema_version}", 2)
