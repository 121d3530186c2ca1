"""A report as a table: one row for each finding and each exemption, for spreadsheets (UTF-8 with a mark, CRLF).

Every cell is text for people, on one line. What a spreadsheet would run as a formula, or round as a number, begins
with an apostrophe.
"""

import csv
import re
from collections.abc import Callable, Iterable
from io import StringIO
from types import MappingProxyType

from checker.catalogues import Catalogue, interface
from checker.model import Fact, Finding, Report
from checker.reporting import arrangement, wording
from checker.reporting.description import Description, FactLine, Teller
from checker.reporting.wording import visible

_FORMULA = re.compile(r"[\s'\"]*[=+\-@|%＝＋－＠]")
_NUMBER = re.compile(r"[0-9.][0-9.,:/eE+\-\s]*")
"""What a spreadsheet takes for a number or a day: it would drop zeros in front and digits past the fifteenth."""

MONEY = frozenset({"cny", "cny_mu", "cny_sqm"})

Cell = Callable[[Report, Finding, Description], str | Iterable[str]]

COLUMNS: MappingProxyType[str, Cell] = MappingProxyType(
    {
        "问题编号": lambda _, finding, __: finding.id,
        "结论": lambda _, __, told: told.ground.label,
        "等级": lambda _, __, told: told.grade,
        "规则": lambda _, finding, __: finding.rule,
        "事项": lambda _, finding, __: finding.title,
        "检查对象": lambda _, finding, __: finding.subject.label,
        "对象编号": lambda _, finding, __: finding.subject.id,
        "档案位置": lambda _, finding, __: finding.subject.pointer,
        "情况": lambda _, finding, __: finding.message,
        "认定": lambda _, __, told: told.grounds,
        "行为日": lambda _, __, told: told.conduct_on,
        "金额": lambda _, finding, told: map(_figure, _of_money(finding, told)),
        "其他事实": lambda _, finding, told: map(_figure, _of_money(finding, told, others=True)),
        "证据": lambda _, __, told: told.papers,
        "条款": lambda _, __, told: [cited for cited, _quote in told.ground.clauses],
        "条款原文": lambda _, __, told: [quote for _cited, quote in told.ground.clauses],
        "依据": lambda _, __, told: [each.text for each in told.ground.bases],
        "豁免事由": lambda report, finding, _: _exemptions(report, finding),
        "责任主体": lambda _, __, told: told.ground.responsible,
        "处理": lambda _, __, told: told.ground.consequence,
        "措施": lambda _, __, told: [each.action for each in told.ground.measures],
        "完成标准": lambda _, __, told: [each.done_when for each in told.ground.measures],
        "时限": lambda _, __, told: [each.deadline for each in told.ground.measures],
        "缺少的事实": lambda _, __, told: [label for label, _pointer, _paper in told.missing],
        "应调取的资料": lambda _, finding, __: arrangement.papers(finding),
        "说明": lambda _, __, told: told.reasons,
        "同一事项": lambda _, finding, __: finding.group or "",
        "已并入": lambda _, finding, __: finding.absorbed_by or "",
        "开发区": lambda report, _, __: report.zone.name,
        "检查基准日": lambda report, _, __: _day(report),
        "档案": lambda report, _, __: report.dossier.file,
        "档案校验值": lambda report, _, __: report.dossier.sha256,
    }
)
"""What stands in each column; the order is that of the table."""


def render(report: Report) -> bytes:
    """Write *report* as CSV."""
    out = StringIO()
    table = csv.writer(out)
    words = interface(report.language)
    table.writerow(map(words, COLUMNS))
    tell = Teller(report.mode, words)
    for each in (*report.findings, *report.exempted):
        told = tell(each)
        table.writerow([plain(_joined(cell(report, each, told), words)) for cell in COLUMNS.values()])
    return out.getvalue().encode("utf-8-sig")


def plain(text: str) -> str:
    r"""Give *text* on one line, and so that a spreadsheet shows it and does nothing else with it.

    >>> plain("=1+1"), plain("12\n34"), plain("00123"), plain("第十八条（18.8）")
    ("'=1+1", "'12 34", "'00123", '第十八条（18.8）')
    """
    line = visible(text)
    return f"'{line}" if _FORMULA.match(line) or _NUMBER.fullmatch(line) else line


def _exemptions(report: Report, finding: Finding) -> list[str]:
    words = interface(report.language)
    return [wording.exemption(each, words) for each in finding.exemptions]


def _day(report: Report) -> str:
    words = interface(report.language)
    day = wording.told_day(report.as_of, words)
    return words("{0}（推算）", day) if report.projected else day


def _joined(held: str | Iterable[str], words: Catalogue) -> str:
    return held if isinstance(held, str) else words("；").join(filter(None, held))


def _of_money(finding: Finding, told: Description, *, others: bool = False) -> list[FactLine]:
    """Give the facts that are amounts, or the *others*."""
    pairs: Iterable[tuple[Fact, FactLine]] = zip(finding.facts, told.facts, strict=True)
    return [line for fact, line in pairs if (fact.unit in MONEY) is not others and fact.state != "unknown"]


def _figure(fact: FactLine) -> str:
    return f"{fact.label} {fact.text}"
