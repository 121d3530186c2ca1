"""A report for the terminal: plain text, worst first, short enough for the evening before a visit."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from checker.catalogues import Catalogue, interface
from checker.model import Attestation, Clause, Fact, Finding, RegisterState, Report, Request
from checker.reporting import adjudged, arrangement, foreseen, wording
from checker.reporting.arrangement import Undecided, UnderArticle
from checker.reporting.columns import WIDTH, fit, wrap
from checker.reporting.description import Description, Teller

DETAILED = 12
"""With more problems than this, each rule is told once and each problem in a line: the rest is a page's business.

With more registers that are not complete, the rules that wait for each are named by their ids.
"""
CROWDED = 80
"""With more problems and rules than this, a rule and its problems are one line."""
MOST_LISTED = 3
"""How many problems of one rule, or subjects of one question, are named before the rest is counted."""
MOST_OPEN = 8
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


def render(report: Report, language: str = "", *, colour: bool = False, room: int = WIDTH) -> bytes:
    """Write *report* as text no wider than *room* columns; with *colour*, for a terminal.

    What stands around its own sentences is in *language*, by default in theirs.
    """
    lines = _lines(report, interface(language or report.language))
    return ("\n".join(_painted(line, room, colour=colour) for line in lines) + "\n").encode()


def _painted(line: Line, room: int, *, colour: bool) -> str:
    told = wording.visible(line.text)
    if line.short:
        told = fit(told, room - line.indent)
    broken = "\n".join(wrap(told, indent=line.indent, hang=line.hang, room=room))
    return f"\x1b[{_COLOURS[line.style]}m{broken}\x1b[0m" if colour and line.style else broken


def _lines(report: Report, words: Catalogue) -> Iterator[Line]:
    articles = arrangement.by_article(report)
    numbers = arrangement.numbered(articles)
    attested = arrangement.attested(report)
    tell = Teller(report.mode, words, numbers=numbers, cells=report.cells, attested=attested)
    is_detailed = len(numbers) <= DETAILED
    yield from _header(report, words)
    yield from _urgent(report, tell, words, is_detailed=is_detailed)
    yield from (_problems if is_detailed else _problems_in_short)(articles, tell, words)
    yield from _adjudged(report, numbers, words, is_detailed=is_detailed)
    yield from _foreseen(report, numbers, words)
    yield from _open(report, words, is_detailed=is_detailed)
    yield from _requests(report, words, is_detailed=is_detailed)
    yield from (_exempted if is_detailed else _exempted_in_short)(report, words)
    yield from _attested(report, words)
    if is_detailed:  # those that matter have been named above
        yield from _registers(report, words)
    yield from _not_checked(report, words)
    doubts = (
        words("{0}：{1}", words.headed(each.label), each.message) + f"  {wording.located(each.pointer, report.cells)}"
        for each in report.doubts
    )
    yield from _listed(words("数据疑点"), doubts, words)
    if not is_detailed:
        yield Line("")
        told = "逐项的事实、证据、依据和措施见 HTML 报告（--format html），或者 zonecheck explain 档案 编号。"
        yield Line(words(told))
    yield from _versions(report, words)


def _heading(text: str) -> Iterator[Line]:
    yield Line("")
    yield Line(f"■ {text}", style="head")


def _listed(title: str, items: Iterator[str], words: Catalogue) -> Iterator[Line]:
    """Print a section of plain lines, or nothing at all where there is none; what is too much is counted."""
    lines = [Line(f"- {each}", indent=2) for each in items]
    if lines:
        yield from _heading(words("{0}（{1}）", title, len(lines)))
        yield from _first(lines, words)


def _first(lines: list[Line], words: Catalogue) -> Iterator[Line]:
    """Print the first of many lines, and how many more there are."""
    most = MOST_OPEN if len(lines) > MOST_OPEN + 1 else len(lines)
    yield from lines[:most]
    if len(lines) > most:
        yield Line(words("（另有{number}项，见 HTML、JSON 报告）", number=len(lines) - most), 2)


def _header(report: Report, words: Catalogue) -> Iterator[Line]:
    title = wording.words_of(report.mode, words).title
    yield Line(f"{words('【推算】') if report.projected else ''}{title}  {report.zone.name}", style="head")
    standing = (
        wording.level(report.zone.level, words),
        words("截至{0}", wording.told_day(report.as_of, words)),
        words("依据《{0}》（{1}）", report.policy.title, report.policy.number),
    )
    yield Line(" · ".join(each for each in standing if each))
    if report.projected:
        told = words(
            "档案只记载到{0}，以下结论是假定此后未再变化的推算，不得据以制作通知书。",
            wording.told_day(report.dossier.as_of, words),
        )
        yield Line(words("{0}：{1}", words("推算"), told))
    yield Line("")
    yield Line(
        words(
            "结论：{0}（另：{1}）",
            wording.numbers(report, words=words),
            wording.numbers(report, wording.ASIDE, words),
        ),
        hang=6,
        style=next((each.value for each in wording.COUNTED if report.totals.get(each, 0)), ""),
    )
    yield Line(wording.conclusion(report, words), indent=6, hang=0)


def _urgent(report: Report, tell: Teller, words: Catalogue, *, is_detailed: bool) -> Iterator[Line]:
    first = [(each, tell(each)) for each in arrangement.urgent(report)]
    if first:
        yield from _heading(words("最紧要的问题"))
        for each, item in first:
            told = words("{0} — {1}（见问题{2}）", each.title, item.subject, item.number)
            yield Line(f"{_tag(item)} {told}", 2, 2, item.ground.verdict, not is_detailed)


def _tag(item: Description) -> str:
    return f"[{item.ground.label}·{item.grade}]" if item.grade else f"[{item.ground.label}]"


def _problems(articles: tuple[UnderArticle, ...], tell: Teller, words: Catalogue) -> Iterator[Line]:
    if articles:
        yield from _heading(words("按条款的问题"))
    grounds: dict[tuple[object, ...], int] = {}
    for part in articles:
        for under in part.clauses:
            yield Line("")
            yield Line(_cited(part.article, under.clause, words), 2, 2, "head")
            for each in under.findings:
                item = tell(each)
                yield from _facts(each, item, tell, words)
                held, exemptions = item.ground, tell.exemptions(each)
                ground = (each.rule, held.clauses, held.bases, exemptions, held.measures, held.responsible)
                first = grounds.setdefault(ground, item.number)
                if item.absorbed_by:
                    yield Line(words("与{0}是同一事项，一并整改", item.absorbed_by), 5)
                if first != item.number:
                    told = "条款、依据、措施、责任主体同问题{0}；{1}；编号 {2}"
                    yield Line(words(told, first, held.consequence, item.id), 5)
                else:
                    yield from _grounds(item, exemptions, words)


def _problems_in_short(articles: tuple[UnderArticle, ...], tell: Teller, words: Catalogue) -> Iterator[Line]:
    """Tell each clause and rule once, and of each of its problems what and where, the worst first.

    Where that would still fill screens, each rule is a line that names its problems.
    """
    yield from _heading(words("按条款的问题"))
    listed = [each for part in articles for under in part.clauses for each in under.findings]
    is_crowded = len(listed) + len({each.rule for each in listed}) > CROWDED
    for part in articles:
        for under in part.clauses:
            yield Line(_cited(part.article, under.clause, words), 2, 2, "head", is_crowded)
            for grounds in under.rules:
                found = [each for held in grounds for each in held]
                first = found[0]
                counts = Counter(tell.label(each) for each in found)
                told = " · ".join(f"{label} {count}" for label, count in counts.items())
                counted = words("{0}（{1}）", f"{first.rule} {first.title}", told)
                if is_crowded:
                    named = words("、").join(f"{tell.number(each)}. {each.subject.id}" for each in found)
                    yield Line(words("{0}：{1}", counted, named), 4, 2, first.verdict.value, short=True)
                    continue
                yield Line(counted, 4, 2, first.verdict.value)
                yield from (Line(_in_short(each, tell, words), 6, short=True) for each in found[:MOST_LISTED])
                if len(found) > MOST_LISTED:
                    yield Line(words("（另有{number}项，见 HTML、JSON 报告）", number=len(found) - MOST_LISTED), 6)


def _adjudged(report: Report, numbers: dict[str, int], words: Catalogue, *, is_detailed: bool) -> Iterator[Line]:
    """Tell what follows from all problems together; of what is not detailed, each in a line."""
    proposed = adjudged.steps(report, numbers, words)
    parts = (
        (words("同一事项"), adjudged.groups(report, numbers, words)),
        (words("历次整改"), adjudged.earlier(report, numbers, words)),
    )
    if not proposed and not any(held for _, held in parts):
        return
    yield from _heading(words("归并研判"))
    for title, held in parts:
        if held:
            yield Line(words("{0}（{1}）", title, len(held)), 2, 2, "head")
            yield from _first([Line(f"- {_about(each, words)}", 4, short=not is_detailed) for each in held], words)
    if proposed:
        yield Line(adjudged.heading(report, words), 2, 2, "head")
    for step in proposed:
        reasons = [_about(each, words) if is_detailed else each.text for each in step.reasons]
        if len(reasons) > 1 and not is_detailed:
            reasons = [words("{0}；等{1}项理由", reasons[0], len(reasons))]
        yield Line(f"- {words('{0}：{1}', step.label, words('；').join(reasons))}", 4)
    for caveat in adjudged.caveats(report, words):
        yield Line(caveat, 4, 0, short=not is_detailed)


def _foreseen(report: Report, numbers: dict[str, int], words: Catalogue) -> Iterator[Line]:
    """Tell what the days ahead bring if nothing changes."""
    if report.ahead is None:
        return
    yield from _heading(foreseen.heading(report.ahead, words))
    turns = foreseen.turns(report, numbers, words)
    if not turns:
        yield Line(foreseen.nothing(report, words), 2)
    told = (f"- {each.day} {each.what}{words('：')}{each.message}{words('（{0}）', each.label)}" for each in turns)
    yield from _first([Line(each, 2) for each in told], words)
    changes = foreseen.law(report, words)
    if changes:
        yield Line(words("法律依据和数值的变化"), 2, 2, "head")
        yield from _first([Line(f"- {each}", 4) for each in changes], words)


def _about(said: adjudged.Said, words: Catalogue) -> str:
    named = adjudged.named(said, words)
    return words("{0}（{1}）", said.text, named) if named else said.text


def _cited(article: str, clause: Clause, words: Catalogue) -> str:
    return words(
        "{article}（{id}）“{quote}”", article=wording.article(article, words), id=clause.id, quote=clause.quote
    )


def _in_short(finding: Finding, tell: Teller, words: Catalogue) -> str:
    subject, message, cell = finding.subject, finding.message, tell.cell(finding.subject)
    is_told = subject.label in message or subject.label in subject.id
    named = message if is_told else words("{0}：{1}", subject.label, message)
    place = words("{0}（{1}）", subject.id, cell) if cell else subject.id
    return f"{tell.number(finding)}. [{tell.label(finding)}] {place} {named}"


def _facts(finding: Finding, item: Description, tell: Teller, words: Catalogue) -> Iterator[Line]:
    yield Line(f"{item.number}. {_tag(item)} {finding.title} — {item.subject}", 2, 3, item.ground.verdict)
    yield Line(item.message, 5, 0)
    if item.grounds:
        yield Line(words("认定：{0}", words("；").join(item.grounds)), 5, 6)
    facts = (_fact(each, tell, words) for each in finding.facts)
    yield Line(words("事实：{0}", words("；").join(facts)), 5, 6)
    if item.papers:
        yield Line(words("证据：{0}", words("；").join(item.papers)), 5, 6)
    if cell := tell.cell(finding.subject):
        cells = (f"{words.headed(each.label)} {tell.cell(each)}" for each in finding.facts if tell.cell(each))
        yield Line(words("单元格：{0}", words("；").join((cell, *dict.fromkeys(cells)))), 5, 8)
    for figure in item.soft:
        yield Line(words("待确认的数值：{0}", figure), 5, 14)
    for reason in item.reasons:
        yield Line(words("说明：{0}", reason), 5, 6)
    if item.cure:
        told = words("事实如果是这样就符合：{0}", words("；").join(item.cure))
        harm = words("；这样改动以后又会违反：{0}", words("、").join(item.breaks)) if item.breaks else ""
        yield Line(told + harm, 5, 6)
    if item.no_cure:
        yield Line(words("事实怎样才符合：没有试出能使它符合的改动"), 5, 6)
    for attested in item.attested:
        yield Line(words("核查记录（人的陈述）：{0}", attested), 5, 6)


def _fact(held: Fact, tell: Teller, words: Catalogue) -> str:
    fact, ids = tell.fact(held), tell.papers(held).ids
    papers = words("〔{0}〕", ids) if ids else ""
    return f"{fact.label} {fact.text}{papers}{words('（部分未附证据）') if fact.unproved else ''}"


def _grounds(item: Description, exemptions: tuple[str, ...], words: Catalogue) -> Iterator[Line]:
    mark = words("；")
    held = item.ground
    (heading, _), *others = held.clauses
    yield Line(mark.join((heading, *(words("{0}“{1}”", cited, quote) for cited, quote in others))), 5)
    bases = (each.text + (words("（待核实：{0}）", each.why_soft) if each.why_soft else "") for each in held.bases)
    yield Line(words("依据：{0}", mark.join(bases)), 5, 6)
    if exemptions:
        yield Line(words("豁免事由：{0}", mark.join(exemptions)), 5, 10)
    steps = (words("{0}，{1}", step.action, step.deadline) if step.deadline else step.action for step in held.measures)
    yield Line(words("{0}：{1}", held.measures_heading, mark.join(steps)), 5, 6)
    yield Line(words("责任主体：{0}；{1}；编号 {2}", held.responsible, held.consequence, item.id), 5, 10)


def _open(report: Report, words: Catalogue, *, is_detailed: bool) -> Iterator[Line]:
    groups = arrangement.undecided(report.findings)
    silences = arrangement.silences(report, report.findings)
    if not groups and not silences:
        return
    yield from _heading(words("资料不足，无法判定"))
    attested = arrangement.attested(report)
    lines = [
        Line(_undecided(group, report, attested, words, is_detailed=is_detailed), 2, 2, "undetermined", not is_detailed)
        for group in groups
    ]
    yield from _first(lines, words)
    for silence in silences:
        told = words(
            "台账“{0}”不完整（{1}），台账以外是否还有记录不明，涉及：",
            silence.label,
            silence.why or words("未声明完整"),
        )
        if is_detailed and len(silences) <= DETAILED:
            yield Line(told, 2, 2, "undetermined")
            yield Line(words("；").join(f"{rule} {title}" for rule, title in silence.rules), 4, 0)
        else:
            yield Line(told + words("、").join(rule for rule, _ in silence.rules), 2, 2, "undetermined")


def _undecided(
    group: Undecided,
    report: Report,
    attested: Mapping[str, tuple[Attestation, ...]],
    words: Catalogue,
    *,
    is_detailed: bool,
) -> str:
    mark = words("、")
    first = group.findings[:MOST_LISTED]
    shown = mark.join(
        f"{wording.subject(each.subject, words)}{_cell(each.subject.pointer, report, words)}" for each in first
    )
    number = len(group.subjects)
    if number > 1:
        shown = words(
            "{named}等{number}项" if number > MOST_LISTED else "{named}（{number}项）", named=shown, number=number
        )
    lacking = words("缺 {0}", mark.join(group.missing)) if group.missing else words("无法判定")
    said = tuple(dict.fromkeys(one.id for each in group.findings for one in attested.get(each.id, ())))
    told_by = mark.join(said[:MOST_LISTED])
    if len(said) > MOST_LISTED:
        told_by = words("{named}等{number}条", named=told_by, number=len(said))
    notes = (
        (words("原因"), group.reasons),
        (words("拒绝提供"), group.withheld),
        (words("单元格"), _cells(first, report) if is_detailed else ()),
        (words("核查记录（人的陈述）"), (told_by,) if told_by else ()),
    )
    told = "".join(words("；{0}：{1}", heading, mark.join(each)) for heading, each in notes if each)
    return f"- {group.rule} {words('{0}：{1}', group.title, lacking)} — {shown}{told}"


def _cells(findings: Iterable[Finding], report: Report) -> tuple[str, ...]:
    """Name the cells of a spreadsheet in which what is missing would have to be filled in, each sheet once a label."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for each in (missing for finding in findings for missing in finding.missing):
        sheet, mark, cell = report.cells.get(each.pointer, "").rpartition("!")
        if cell:
            found.setdefault((each.label, f"{sheet}{mark}"), {})[cell] = None
    return tuple(f"{label} {sheet}{' '.join(cells)}" for (label, sheet), cells in found.items())


def _cell(pointer: str, report: Report, words: Catalogue) -> str:
    return words("（{0}）", report.cells[pointer]) if pointer in report.cells else ""


def _requests(report: Report, words: Catalogue, *, is_detailed: bool) -> Iterator[Line]:
    def told(request: Request) -> str:
        number = len(request.findings)
        if not request.facts or not is_detailed:
            if request.settles:
                told = "{document}（涉及{number}项，单凭它可定{settled}项）"
                return words(told, document=request.document, number=number, settled=len(request.settles))
            return words("{document}（涉及{number}项）", document=request.document, number=number)
        facts = words("、").join(request.facts)
        sentence = "{document}（可查明：{facts}；涉及{number}项）"
        return words(sentence, document=request.document, facts=facts, number=number)

    yield from _listed(words("应调取的资料"), map(told, report.requests), words)


def _exempted(report: Report, words: Catalogue) -> Iterator[Line]:
    def told(each: Finding) -> str:
        proved = (wording.exemption(ground, words) for ground in each.exemptions if ground.state == "proved")
        named = f"{each.rule} {each.title} — {wording.subject(each.subject, words)}"
        return words("{0}：{1}", named, words("；").join(proved))

    yield from _listed(words("豁免"), map(told, report.exempted), words)


def _exempted_in_short(report: Report, words: Catalogue) -> Iterator[Line]:
    rules = Counter(each.rule for each in report.exempted)
    told = (words("{rule}：{number}项", rule=rule, number=count) for rule, count in rules.items())
    if rules:
        yield from _heading(words("{0}（{1}）", words("豁免"), len(report.exempted)))
        yield Line(words("；").join(told), 2, 0)


def _not_checked(report: Report, words: Catalogue) -> Iterator[Line]:
    """List what is left open for a reason of ours; where that is much, say where each rule's limits are told."""
    ours = [each for each in report.not_checked if each.kind != "limit"]
    limits = [each for each in report.not_checked if each.kind == "limit"]
    if len(limits) <= MOST_OPEN:
        told = (f"{each.rule} {each.text}" for each in (*ours, *limits))
        yield from _listed(words("未检查事项"), told, words)
        return
    yield from _heading(words("{0}（{1}）", words("未检查事项"), len(report.not_checked)))
    yield from _first([Line(f"- {each.rule} {each.text}", indent=2) for each in ours], words)
    rules = len({each.rule for each in limits})
    where = "{rules}条规则各有未检查的部分，共{number}项：见 HTML 报告“未检查事项”，或者 zonecheck rules show 规则编号"
    yield Line("- " + words(where, rules=rules, number=len(limits)), indent=2)


def _attested(report: Report, words: Catalogue) -> Iterator[Line]:
    """List what people attest, under what it is about."""
    groups = arrangement.attestations(report)
    if not groups:
        return
    yield from _heading(words("{0}（{1}）", words("核查记录"), len(report.attestations)))
    yield Line(words("下列是人的陈述，不是证据，不改变结论；查明的事实另见档案。"), 2, 0)
    for name, held in groups:
        yield Line(words("{0}：", words(name)), 2)
        told = (f"{wording.attestation(each, words)}{_cell(each.pointer, report, words)}" for each in held)
        yield from _first([Line(f"- {each}", indent=4) for each in told], words)


def _registers(report: Report, words: Catalogue) -> Iterator[Line]:
    def told(each: RegisterState) -> str:
        count = "" if each.count is None else words("{number}条；", number=each.count)
        return words("{0}（{1}）：{2}", words.headed(each.label), each.path, count + each.why_incomplete)

    yield from _listed(words("不完整的台账"), (told(each) for each in report.registers if not each.complete), words)


def _versions(report: Report, words: Catalogue) -> Iterator[Line]:
    dossier, policy = report.dossier, report.policy
    yield from _heading(words("版本与校验值"))
    yield Line(words("档案 {id}（{file}）sha256 {sha256}", id=dossier.id, file=dossier.file, sha256=dossier.sha256), 2)
    yield Line(f"{words('政策包')} {policy.named} sha256 {policy.sha256}", 2)
    yield Line(words("{0} {1}；报告格式 {2}", report.tool, report.tool_version, report.schema_version), 2)
