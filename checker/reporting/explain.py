"""One finding explained: why it is what it is, what it rests on, and what would put it right."""

from collections.abc import Iterator

from checker.model import Exemption, Fact, Finding, Report
from checker.reporting import arrangement, wording
from checker.reporting.columns import wrap
from checker.reporting.description import BasisLine, Teller

_MARKS = {"true": "✓", "false": "✗", "unknown": "?"}


def render(report: Report, finding: Finding) -> str:
    """Explain *finding* of *report* as plain text."""
    return (
        "\n".join(
            line
            for text, indent in _lines(report, finding)
            for line in wrap(wording.visible(text), indent=indent, hang=2)
        )
        + "\n"
    )


def _lines(report: Report, finding: Finding) -> Iterator[tuple[str, int]]:
    tell = Teller(
        report.mode,
        numbers=arrangement.numbering(report),
        cells=report.cells,
        attested=arrangement.attested(report),
    )
    item = tell(finding)
    words = wording.WORDS[report.mode]
    grade = f"（{item.grade}）" if item.grade else ""
    yield f"{words.verdicts[finding.verdict]}{grade}  {finding.rule} {finding.title}", 0
    yield f"对象：{item.subject}  {item.pointer}", 0
    yield (
        f"{report.zone.name}，截至{wording.chinese_day(report.as_of)}{'【推算】' if report.projected else ''}"
        f"；编号 {item.id}",
        0,
    )
    yield item.message, 0
    yield from _section("认定", iter(item.grounds))
    yield from _section("条款", (f"{cited}：“{quote}”" for cited, quote in item.ground.clauses))
    yield from _section("说明", iter(item.reasons))
    for heading, lines in item.tests:
        yield "", 0
        yield heading, 0
        for step in lines:
            soft = "（所用数值待确认）" if step.soft else ""
            yield f"{_MARKS[step.state]} {step.truth}  {step.wording}{soft}", 2 + 2 * step.depth
    yield from _section("事实", (line for fact in finding.facts for line in _told(fact, tell)))
    if item.conduct_on:
        yield f"行为日：{item.conduct_on}", 2
    yield from _section("核查记录（人的陈述，不是证据）", iter(item.attested))
    yield from _section("依据", (_cited(each) for each in item.ground.bases))
    yield from _section("另见", (_cited(each) for each in item.ground.see))
    yield from _section("豁免事由", (line for each in finding.exemptions for line in _pleaded(each, tell)))
    yield from _section("待确认的数值", iter(item.soft))
    yield from _section(
        "缺少的事实",
        (f"{label}  {pointer}" + (f"  凭证：{paper}" if paper else "") for label, pointer, paper in item.missing),
    )
    labels = {each.pointer: each.label for each in finding.missing}
    sets = ("、".join(labels[pointer] for pointer in each) for each in finding.decided_by)
    yield from _section("补齐其中一组即可判定，不论结果如何", sets)
    yield from _section("拒绝提供", iter(item.withheld))
    yield from _section("应调取", iter(item.ground.ask))
    yield from _section(
        f"如何改正（{item.ground.measures_heading}）",
        map(wording.measure, wording.measures(finding.remedy, report.mode)),
    )
    yield from _section("事实如果是这样就符合（已按此重新检查；不是叫人改材料，能否补办依法办理）", iter(item.cure))
    yield from _section("事实怎样才符合", iter(["没有试出能使它符合的改动"] if item.no_cure else []))
    yield from _section("这样改动以后又会违反", iter(item.breaks))
    yield "", 0
    yield f"责任主体：{item.ground.responsible}；{item.ground.consequence}", 0
    if item.absorbed_by:
        yield f"与{item.absorbed_by}是同一事项，一并整改", 0


def _section(title: str, lines: Iterator[str]) -> Iterator[tuple[str, int]]:
    held = tuple(lines)
    if held:
        yield "", 0
        yield title, 0
        yield from ((line, 2) for line in held)


def _told(held: Fact, tell: Teller) -> Iterator[str]:
    fact, papers = tell.fact(held), tell.papers(held)
    yield f"{fact.label}：{fact.text}" + (f"  {fact.pointer}" if fact.pointer else "")
    yield from (
        f"  {heading}：{told}"
        for heading, told in (("证据", papers.named), ("来自", fact.origins), ("未附证据", fact.unproved))
        if told
    )


def _pleaded(ground: Exemption, tell: Teller) -> Iterator[str]:
    yield wording.exemption(ground)
    yield f"  条件：{ground.condition}"
    yield from (f"  {line}" for fact in ground.facts for line in _told(fact, tell))


def _cited(basis: BasisLine) -> str:
    return f"{basis.text}（待核实：{basis.why_soft}）" if basis.why_soft else basis.text
