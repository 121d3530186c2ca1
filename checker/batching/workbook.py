"""A summary as a workbook: six sheets, every text as text, whatever it begins with."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from checker.batching.crossing import LeadKind
from checker.batching.gathering import UNNAMED_LEVEL, GroupRow, Summary, Tally, ZoneRow
from checker.batching.provinces import province_name
from checker.batching.telling import (
    amount_told,
    called_level,
    grade_told,
    other_days_told,
    percent,
    skipped_told,
    step_told,
    steps_told,
    why_told,
)
from checker.model import Grade, Verdict
from checker.reporting.wording import SHORT, visible
from checker.sheets.sheet import Cell, Heading, Sheet, Workbook
from checker.sheets.xlsx_writer import render as as_xlsx

NO_DAY = date(1980, 1, 1)
"""The day in the properties of a workbook of no dossier."""
_OPEN = (Verdict.VIOLATION, Verdict.RISK, Verdict.UNDETERMINED)
"""What still has to be looked into, the worst first."""


def render(summary: Summary) -> bytes:
    """Write *summary* as XLSX."""
    return as_xlsx(
        Workbook(
            name="开发区汇总",
            author="",
            day=date.fromisoformat(summary.last_day) if summary.last_day else NO_DAY,
            sheets=(
                _sheet("汇总", (("项目", 34), ("内容", 90)), _overview(summary)),
                _sheet("各区", _ZONES, map(_zone, summary.rows)),
                _sheet("各规则", _RULES, _rules(summary)),
                _matrix(summary),
                _sheet("跨区线索", _LEADS, _leads(summary)),
                _sheet(
                    "未完成",
                    (("档案", 40), ("来源", 40), ("原因", 24), ("说明", 90)),
                    ((each.name, each.source, why_told(each.why), each.message) for each in summary.failures),
                ),
            ),
        )
    )


def _sheet(name: str, headings: Iterable[tuple[str, int]], rows: Iterable[tuple[Cell, ...]]) -> Sheet:
    return Sheet(
        name=name,
        headings=tuple(Heading(title=title, width=width) for title, width in headings),
        rows=tuple(tuple(map(_safe, row)) for row in rows),
        is_a3=True,
    )


def _safe(cell: Cell) -> Cell:
    return visible(cell) if isinstance(cell, str) else cell


def _number(value: Decimal | None) -> Cell:
    return None if value is None else float(value)


def _overview(summary: Summary) -> Iterator[tuple[Cell, ...]]:
    tally = summary.tally
    yield "政策文件", f"《{summary.policy.title}》（{summary.policy.number}）"
    yield (
        "检查基准日",
        summary.first_day if summary.first_day == summary.last_day else f"{summary.first_day}至{summary.last_day}",
    )
    yield "检查了的档案", len(summary.rows)
    yield "其中的开发区", summary.zones
    yield "资料不足过半、不排名的档案", summary.thin
    yield "没有完成的档案", len(summary.failures)
    for verdict in Verdict:
        yield f"{verdict.label}（项）", tally.of(verdict)
    yield "违反占适用事项", percent(tally.violation_share)
    yield "疑似、资料不足的如果都违反，至多", percent(tally.most_violation_share)
    yield "违反占已能判定的", percent(tally.decided_violation_share)
    yield "资料不足占适用事项", percent(tally.undetermined_share)
    yield "违反涉及金额（同一事项取最大的一项）", amount_told(summary.amount)
    for grade, counts in summary.grades.items():
        told = "、".join(f"{SHORT[verdict]}{number}" for verdict, number in counts.items() if verdict in _OPEN)
        yield f"其中{grade_told(grade)}的", told
    for step, number in steps_told(summary.steps):
        yield f"最重的建议步骤：{step}", number
    for group in (*summary.levels, *summary.provinces):
        yield group.label, _group(group)
    for paper in summary.papers[:40]:
        yield f"最应调取：{paper.document}", f"{paper.zones}个档案、{paper.findings}项，单凭它可定{paper.settles}项"
    for each in summary.crossing.repeated:
        yield f"一个开发区有几份档案：{each.zone}", f"{'、'.join(each.names)}（共{each.dossiers}份）"
    for told in skipped_told(summary.crossing):
        yield "没有比对的编号", told
    for told in other_days_told(summary.crossing):
        yield "没有比较的汇总表行（日期与档案不同）", told
    for use in summary.policies:
        yield f"政策包 {use.named}", f"{use.dossiers}个档案，sha256 {use.sha256}"
    yield "程序", "、".join(summary.programs)
    yield "说明", "缺少资料既不等于违规，也不等于符合；名次只比较已查明的项数。跨区线索只是线索，须经核实。"


def _group(group: GroupRow) -> str:
    tally = group.tally
    return (
        f"档案{group.dossiers}个（不排名{group.thin}个），有违反的{group.with_violation}个；"
        f"违反{tally.of(Verdict.VIOLATION)}、疑似{tally.of(Verdict.RISK)}、资料不足{tally.of(Verdict.UNDETERMINED)}；"
        f"违反占{percent(tally.violation_share)}（至多{percent(tally.most_violation_share)}），"
        f"资料不足占{percent(tally.undetermined_share)}；金额{amount_told(group.amount)}"
    )


_ZONES = (
    ("名次", 10),
    ("开发区", 28),
    ("编号", 16),
    ("省份", 14),
    ("级别", 10),
    ("违反", 8),
    ("疑似", 8),
    ("资料不足", 10),
    ("豁免", 8),
    ("符合", 8),
    ("不适用", 10),
    ("违反占比", 11),
    ("资料不足占比", 13),
    ("违反占比至多", 13),
    ("违反占已能判定的", 13),
    *((f"违反：{each.label}", 10) for each in Grade),
    ("金额至少（元）", 18),
    ("金额至多（元）", 18),
    ("建议步骤", 16),
    ("检查基准日", 13),
    ("档案", 26),
    ("档案编号", 20),
    ("档案sha256", 40),
    ("政策包sha256", 40),
)


def _zone(row: ZoneRow) -> tuple[Cell, ...]:
    tally = row.tally
    return (
        "不排名（资料不足过半）" if row.rank is None else row.rank,
        row.called,
        row.zone,
        province_name(row.province),
        called_level(row.level) or UNNAMED_LEVEL,
        *(tally.of(each) for each in Verdict),
        _number(tally.violation_share),
        _number(tally.undetermined_share),
        _number(tally.most_violation_share),
        _number(tally.decided_violation_share),
        *(row.grades.get(each.value, {}).get(Verdict.VIOLATION, 0) for each in Grade),
        None if row.amount is None else _number(row.amount.low_cny),
        None if row.amount is None else _number(row.amount.high_cny),
        step_told(row.step, row.step_to_verify),
        f"{row.as_of}（推算）" if row.projected else row.as_of,
        row.name,
        row.dossier,
        row.sha256,
        row.policy,
    )


_RULES = (
    ("规则", 12),
    ("名称", 40),
    ("条", 12),
    ("严重程度", 12),
    ("违反的档案", 12),
    ("疑似的档案", 12),
    ("资料不足的档案", 12),
    *((each.label, 12) for each in Verdict),
    ("违反占比", 11),
    ("资料不足占比", 13),
)


def _rules(summary: Summary) -> Iterator[tuple[Cell, ...]]:
    for each in summary.rules:
        yield (
            each.id,
            each.title,
            each.article,
            grade_told(each.grade) if each.grade else "逐项而定",
            each.violating,
            each.suspected,
            each.undetermined,
            *(each.tally.of(verdict) for verdict in Verdict),
            _number(each.tally.violation_share),
            _number(each.tally.undetermined_share),
        )


def _matrix(summary: Summary) -> Sheet:
    """Say of each clause and dossier the worst that is found; an article with several rules names several clauses."""
    headings = (("开发区", 28), ("档案", 20), *((clause, 11) for clause, _ in summary.norms))
    rows = (
        (row.called, row.name, *(_worst(Tally(totals=row.clauses.get(clause, {}))) for clause, _ in summary.norms))
        for row in summary.rows
    )
    return _sheet("条款×开发区", headings, rows)


def _worst(tally: Tally) -> str:
    for verdict in _OPEN:
        if number := tally.of(verdict):
            return f"{SHORT[verdict]}{number}"
    return "符合" if tally.decided else "不适用" if tally.of(Verdict.NOT_APPLICABLE) else ""


_LEADS = (
    ("编号", 14),
    ("性质", 10),
    ("种类", 30),
    ("相同（不同）之处", 44),
    ("开发区", 28),
    ("档案", 22),
    ("位置", 30),
    ("登记的内容", 36),
    ("另有", 16),
    ("可能的正当原因", 50),
    ("可查明的材料", 40),
)


def _leads(summary: Summary) -> Iterator[tuple[Cell, ...]]:
    """Give a row for each entry that a lead names; those of one lead stand together."""
    for lead in summary.crossing.leads:
        for side in lead.sides:
            yield (
                lead.id,
                "线索",
                lead.kind.label,
                "；".join(lead.same),
                f"{side.zone_name}（{side.zone}）" if side.zone_name else side.zone,
                side.name,
                side.pointer,
                "，".join(filter(None, (side.label, side.told))),
                "；".join(
                    filter(
                        None,
                        (
                            f"本档案另有{side.more}处" if side.more else "",
                            f"另有{lead.others}处" if lead.others else "",
                        ),
                    )
                ),
                lead.kind.innocent,
                lead.kind.settled_by,
            )
    for kind in LeadKind:
        listed = sum(each.kind is kind for each in summary.crossing.leads)
        if summary.crossing.found[kind] > listed:
            yield "", "线索", kind.label, f"另有{summary.crossing.found[kind] - listed}条没有列出"
