"""The sheets of a checklist on which a visit writes down what it found: one row for each fact that is missing.

A row is told by the place of its fact in the dossier and by the ids of the record there, so that neither sorting the
rows nor a dossier that has changed since can put a fact into another record.
"""

from collections.abc import Iterator, Sequence

from checker.classes import dataclass
from checker.dossier.naming import is_number, record_steps, steps_of
from checker.dossier.schema import ATTESTATIONS, COMPLETENESS, DossierSchema, Kind
from checker.model import Answer, Finding, Missing, Report, Verdict
from checker.papers.paper import printable
from checker.reporting import wording
from checker.sheets.content import NO, YES, choices
from checker.sheets.layout import FORM, Column, Role, layout
from checker.sheets.sheet import Cell, Choice, Heading, Sheet, fitted

FACTS = "查明事实"
DECLARED = "完整性声明"

FINDING, OBJECT, RECORD, POINTER = "问题编号", "对象", "记录编号", "档案位置"
FACT, HOW, PROOF = "要查明的事实", "填法", "凭证"
VALUE, FOUND_ON, FOUND_BY, PAPER, PAPER_NO = "现场查明的值", "查明日期", "查明人", "佐证材料名称", "文号"
CAPACITY, REFUSED, REFUSED_BY = "查明人身份", Answer.REFUSED.label, "拒绝提供人"
REGISTER, LABEL, COUNTED = "台账路径", "台账", "档案现有条数"
COMPLETE, AS_OF, COUNT, SIGNATORY = "台账完整", "完整性截止日", "记录条数", "签署人"
NOT_HERE = "不能在这里填，请改档案"

_DAY = "填 2026-01-31 这样的日期"
_PAPERS = (
    Heading(title=PAPER, width=26, by_people=True, hint="已登记的证据材料可以写它的编号"),
    Heading(title=PAPER_NO, width=20, by_people=True),
)
FACT_HEADINGS = (
    Heading(title=FINDING, width=15),
    Heading(title=OBJECT, width=22),
    Heading(title=RECORD, width=12),
    Heading(title=POINTER, width=26),
    Heading(title=FACT, width=22),
    Heading(title=HOW, width=30),
    Heading(title=PROOF, width=26),
    Heading(title=VALUE, width=22, by_people=True),
    Heading(title=FOUND_ON, width=12, by_people=True, is_day=True, hint=_DAY),
    Heading(title=FOUND_BY, width=10, by_people=True),
    Heading(title=CAPACITY, width=12, by_people=True, hint="以什么身份查明的，如检查人员"),
    *_PAPERS,
    Heading(title=REFUSED, width=10, by_people=True, choices=(YES,), hint="要求提供而对方拒绝的填“是”，值留空"),
    Heading(title=REFUSED_BY, width=12, by_people=True),
)
NEWER = frozenset({CAPACITY, REFUSED, REFUSED_BY})
"""Columns that checklists of before did not have."""
DECLARED_HEADINGS = (
    Heading(title=REGISTER, width=26),
    Heading(title=LABEL, width=26),
    Heading(title=COUNTED, width=12),
    Heading(title=COMPLETE, width=10, by_people=True, choices=(YES, NO)),
    Heading(title=AS_OF, width=13, by_people=True, is_day=True, hint=_DAY),
    Heading(title=COUNT, width=10, by_people=True),
    Heading(title=SIGNATORY, width=16, by_people=True, hint="对完整性负责、在声明上签字的人"),
    *_PAPERS,
)
EVIDENCE = "evidence"
_TEXTS_BY_REF = {EVIDENCE: "材料编号，新的材料写名称"}
_VALUE_AT = [each.title for each in FACT_HEADINGS].index(VALUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a fact belongs: the steps to its record, and its column among the fields of such records."""

    record: tuple[str, ...]
    inside: tuple[str, ...]
    column: Column


def spot(pointer: str, schema: DossierSchema) -> Spot | None:
    """Find where a pointer leads; `None` where it is no field of a record."""
    steps = steps_of(pointer)
    record = record_steps(steps)
    inside = steps[len(record) :]
    if is_number(record[-1]):
        key, wanted = ".".join(step for step in record if not is_number(step)), inside
    else:
        key, wanted = FORM, steps
    sheet = layout(schema).sheets.get(key)
    column = next((each for each in sheet.columns if each.path == wanted), None) if sheet is not None else None
    if column is None or column.role not in {Role.VALUE, Role.BLOCK, Role.REGISTER} or column.field is None:
        return None
    if column.field.identity or column.field.kind is Kind.SHAPE or steps[0] in {"meta", ATTESTATIONS}:
        return None
    return Spot(record=record, inside=inside, column=column)


def sheets(report: Report, schema: DossierSchema) -> tuple[Sheet, Sheet]:
    """Make the sheet of missing facts and that of missing declarations for the report on a dossier."""
    rows: list[tuple[Cell, ...]] = []
    menus: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for finding, missing in _missing(report):
        found = spot(missing.pointer, schema)
        menu = choices(found.column) if found is not None else ()
        if menu:
            menus.setdefault(menu, []).append((len(rows), _VALUE_AT))
        rows.append(_shown(_fact_row(finding, missing, found)))
    facts = Sheet(
        name=FACTS,
        headings=FACT_HEADINGS,
        rows=tuple(rows),
        is_a3=True,
        menus=tuple(Choice(words=words, cells=tuple(cells)) for words, cells in menus.items()),
    )
    declared = Sheet(name=DECLARED, headings=DECLARED_HEADINGS, rows=tuple(map(_shown, _undeclared(report))))
    return facts, declared


def _missing(report: Report) -> Iterator[tuple[Finding, Missing]]:
    for finding in report.of(Verdict.UNDETERMINED):
        yield from ((finding, each) for each in finding.missing if not _register_of(each))


def _register_of(missing: Missing) -> str:
    """Give the register whose declaration is missing; empty for any other fact."""
    match steps_of(missing.pointer):
        case ("meta", step, register) if step == COMPLETENESS:
            return register
    return ""


def _fact_row(finding: Finding, missing: Missing, found: Spot | None) -> tuple[str, ...]:
    return (
        finding.id,
        wording.subject(finding.subject),
        missing.record if found is not None else "",
        missing.pointer,
        missing.label,
        _how(found.column) if found is not None else NOT_HERE,
        missing.document,
    )


def _how(column: Column) -> str:
    """Say what can be filled in."""
    field = column.field
    menu = choices(column)
    if column.role is Role.REGISTER:
        return "一条也没有填 0；没有这种台账填“无”；有记录的请改档案"
    if column.role is Role.BLOCK:
        return "没有填“无”；有填“有”"
    if menu:
        return f"选：{'、'.join(menu)}"
    kind = field.kind if field is not None else Kind.TEXT
    unit = column.header.partition("（")[2].rstrip("）")
    said = {
        Kind.DAY: "日期，如 2021-04-03",
        Kind.NUMBER: f"数字{f'，单位{unit}' if unit else ''}",
        Kind.INTEGER: f"整数{f'，单位{unit}' if unit else ''}",
        Kind.TEXTS: "文字，几项用顿号分开",
    }.get(kind, _TEXTS_BY_REF.get(field.ref, "编号") if field is not None and field.ref else "文字")
    return f"{said}；没有填“无”" if field is not None and field.nullable else said


def _undeclared(report: Report) -> Iterator[tuple[str, ...]]:
    """Give the registers without a declaration that counts, each once; last the papers, to which a visit adds."""
    states = {each.path: each for each in report.registers}
    wanted = (_register_of(each) for finding in report.of(Verdict.UNDETERMINED) for each in finding.missing)
    for path in dict.fromkeys(filter(None, wanted)):
        state = states.get(path)
        count = state.count if state is not None else None
        yield path, state.label if state is not None else "", "档案未列" if count is None else str(count)
    papers = states.get(EVIDENCE)
    if papers is not None and papers.complete and papers.count is not None:
        yield EVIDENCE, f"{papers.label}（已声明；登记了新材料的，重新声明）", str(papers.count)


def _shown(row: Sequence[str]) -> tuple[Cell, ...]:
    width = len(FACT_HEADINGS if len(row) > 3 else DECLARED_HEADINGS)
    return (*(fitted(printable(each)) or None for each in row), *(None,) * (width - len(row)))
