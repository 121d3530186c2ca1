"""A report as a table: one row for each finding and each exemption, for spreadsheets (UTF-8 with a mark, CRLF).

Every cell is text for people, on one line. What a spreadsheet would run as a formula, or round as a number, begins
with an apostrophe.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from io import BytesIO, TextIOWrapper
from operator import itemgetter
from types import MappingProxyType

from checker.catalogues import interface
from checker.model import Finding, Report
from checker.reporting import arrangement, wording
from checker.reporting.description import Description, Ground, Teller
from checker.reporting.wording import visible

_FORMULA = re.compile(r"[\s'\"]*[=+\-@|%＝＋－＠]")
_NUMBER = re.compile(r"[0-9.][0-9.,:/eE+\-\s]*")
"""What a spreadsheet takes for a number or a day: it would drop zeros in front and digits past the fifteenth."""

MONEY = frozenset({"cny", "cny_mu", "cny_sqm"})

Held = str | Iterable[str]

_OWN: MappingProxyType[str, Callable[[Finding, Description, Teller], Held]] = MappingProxyType(
    {
        "问题编号": lambda finding, _, __: finding.id,
        "结论": lambda _, told, __: told.ground.label,
        "等级": lambda _, told, __: told.grade,
        "规则": lambda finding, _, __: finding.rule,
        "事项": lambda finding, _, __: finding.title,
        "检查对象": lambda finding, _, __: finding.subject.label,
        "对象编号": lambda finding, _, __: finding.subject.id,
        "档案位置": lambda finding, _, __: finding.subject.pointer,
        "情况": lambda finding, _, __: finding.message,
        "认定": lambda _, told, __: told.grounds,
        "行为日": lambda _, told, __: told.conduct_on,
        "金额": lambda finding, told, _: _figures(finding, told, of_money=True),
        "其他事实": lambda finding, told, _: _figures(finding, told, of_money=False),
        "证据": lambda _, told, __: told.papers,
        "豁免事由": lambda finding, _, tell: tell.exemptions(finding),
        "缺少的事实": lambda _, told, __: [label for label, _pointer, _paper in told.missing],
        "应调取的资料": lambda finding, _, __: arrangement.papers(finding),
        "说明": lambda _, told, __: told.reasons,
        "同一事项": lambda finding, _, __: finding.group or "",
        "已并入": lambda finding, _, __: finding.absorbed_by or "",
    }
)
_OF_GROUND: MappingProxyType[str, Callable[[Ground], Held]] = MappingProxyType(
    {
        "条款": lambda ground: [cited for cited, _quote in ground.clauses],
        "条款原文": lambda ground: [quote for _cited, quote in ground.clauses],
        "依据": lambda ground: [each.text for each in ground.bases],
        "责任主体": lambda ground: ground.responsible,
        "处理": lambda ground: ground.consequence,
        "措施": lambda ground: [each.action for each in ground.measures],
        "完成标准": lambda ground: [each.done_when for each in ground.measures],
        "时限": lambda ground: [each.deadline for each in ground.measures],
    }
)
COLUMNS = (
    *("问题编号", "结论", "等级", "规则", "事项", "检查对象", "对象编号", "档案位置", "情况", "认定", "行为日"),
    *("金额", "其他事实", "证据", "条款", "条款原文", "依据", "豁免事由", "责任主体", "处理", "措施", "完成标准"),
    *("时限", "缺少的事实", "应调取的资料", "说明", "同一事项", "已并入", "开发区", "检查基准日", "档案", "档案校验值"),
)
"""The columns in their order."""

MOST_REMEMBERED = 1024


def render(report: Report) -> bytes:
    """Write *report* as CSV; what a column says of many findings, because they rest on the same, is said once."""
    out = BytesIO()
    lines = TextIOWrapper(out, "utf-8-sig", newline="")
    table = csv.writer(lines)
    words = interface(report.language)
    tell, mark = Teller(report.mode, words), words("；")
    remembered = lru_cache(MOST_REMEMBERED)(plain)

    def cell(held: Held) -> str:
        return remembered(held if isinstance(held, str) else mark.join(filter(None, held)))

    @lru_cache(MOST_REMEMBERED)
    def shared(ground: Ground) -> Mapping[str, str]:
        return {name: cell(of(ground)) for name, of in _OF_GROUND.items()}

    dossier = report.dossier
    everywhere = {
        "开发区": plain(report.zone.name),
        "检查基准日": plain(_day(report)),
        "档案": plain(dossier.file),
        "档案校验值": plain(dossier.sha256),
    }
    chosen = itemgetter(*COLUMNS)
    table.writerow(words.headed(words(each)) for each in COLUMNS)
    for each in (*report.findings, *report.exempted):
        told = tell(each)
        own = {name: cell(of(each, told, tell)) for name, of in _OWN.items()}
        table.writerow(chosen({**everywhere, **shared(told.ground), **own}))
    lines.flush()
    return out.getvalue()


def plain(text: str) -> str:
    r"""Give *text* on one line, and so that a spreadsheet shows it and does nothing else with it.

    >>> plain("=1+1"), plain("12\n34"), plain("00123"), plain("第十八条（18.8）")
    ("'=1+1", "'12 34", "'00123", '第十八条（18.8）')
    """
    if not text:
        return text
    line = visible(text)
    return f"'{line}" if _FORMULA.match(line) or _NUMBER.fullmatch(line) else line


def _day(report: Report) -> str:
    words = interface(report.language)
    day = wording.told_day(report.as_of, words)
    return words("{0}（推算）", day) if report.projected else day


def _figures(finding: Finding, told: Description, *, of_money: bool) -> list[str]:
    """Give the facts that are known and are amounts, or are none."""
    return [
        f"{line.label} {line.text}"
        for fact, line in zip(finding.facts, told.facts, strict=True)
        if (fact.unit in MONEY) is of_money and fact.state != "unknown"
    ]
