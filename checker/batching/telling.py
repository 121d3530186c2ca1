"""How the numbers of a summary are worded for people, on the page and in the workbook alike."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from checker.batching.crossing import Crossing, LeadKind
from checker.batching.failure import Why
from checker.model import Amount, Grade, Rung
from checker.reporting.wording import LEVELS

_UNITS = (
    (Decimal(10) ** 8, "亿元", Decimal("0.0001")),
    (Decimal(10) ** 4, "万元", Decimal("0.01")),
    (Decimal(1), "元", Decimal("0.01")),
)


def percent(value: Decimal | None) -> str:
    """Word a share; one that is not none is never worded as none, and only all is worded as all.

    >>> percent(Decimal("0.1234")), percent(Decimal("0.0001")), percent(Decimal("0.9999")), percent(Decimal(0))
    ('12.3%', '不到0.1%', '99.9%以上', '0%')
    >>> percent(Decimal(1)), percent(None)
    ('100%', '—')
    """
    if value is None:
        return "—"
    told = (value * 100).quantize(Decimal("0.1"))
    if value and not told:
        return "不到0.1%"
    if told == 100 and value < 1:
        return "99.9%以上"
    return f"{told.to_integral_value() if told == told.to_integral_value() else told}%"


def sum_told(value: Decimal, rounding: str = ROUND_HALF_UP) -> str:
    """Word a sum in the largest unit that it reaches, to ten thousand, a hundred, or a cent.

    >>> sum_told(Decimal(236500000)), sum_told(Decimal("1234.5")), sum_told(Decimal(0))
    ('2.365亿元', '1,234.5元', '0元')
    >>> sum_told(Decimal(19999)), sum_told(Decimal(19999), ROUND_FLOOR)
    ('2万元', '1.99万元')
    """
    size, word, places = next((each for each in _UNITS if abs(value) >= each[0]), _UNITS[-1])
    told = (value / size).quantize(places, rounding)
    return f"{f'{told:,f}'.rstrip('0').rstrip('.') if told else '0'}{word}"


def amount_told(amount: Amount | None) -> str:
    """Word what violations are about.

    >>> amount_told(Amount(low_cny=Decimal(5), high_cny=None)), amount_told(None)
    ('至少5元', '—')
    """
    if amount is None:
        return "—"
    low, high = amount.low_cny, amount.high_cny
    if low is not None and low == high:
        return sum_told(low)
    if high is None:
        return "—" if not low else f"至少{sum_told(low, ROUND_FLOOR)}"
    return f"{sum_told(low, ROUND_FLOOR)}至{sum_told(high)}" if low else f"至多{sum_told(high)}"


def grade_told(grade: str) -> str:
    """Word a grade; a finding can have none yet."""
    return f"{grade} {Grade(grade).label}" if grade in set(Grade) else "没有分级"


def step_told(step: str, to_verify: str) -> str:
    """Word the heaviest step that is proposed, never decided, and a heavier one that rests on suspicions.

    >>> step_told("warning", "exit"), step_told("", "")
    ('警告；退出（所据有疑似，先行查实）', '')
    """
    proved = [Rung(step).label] if step else []
    return "；".join([*proved, *([f"{Rung(to_verify).label}（所据有疑似，先行查实）"] if to_verify else [])])


def steps_told(steps: Mapping[str, tuple[int, int]]) -> Iterator[tuple[str, int]]:
    """Word how many dossiers each step is proposed of."""
    for step, (proved, to_verify) in steps.items():
        if proved:
            yield step_told(step, ""), proved
        if to_verify:
            yield step_told("", step), to_verify


def called_level(level: str) -> str:
    """Word the level of a zone; empty where it is not known."""
    return LEVELS.get(level, level)


_WHY = {
    Why.UNREADABLE: "读不了",
    Why.INVALID: "档案不合格",
    Why.DIED: "程序意外终止",
    Why.TIMEOUT: "超过时限",
    Why.DEFECT: "程序内部算法不一致",
}


def why_told(why: Why) -> str:
    """Word why a dossier was not checked."""
    return _WHY.get(why, why.value)


_SKIPPED = {
    LeadKind.SUPERVISION_NO: "电子监管号{0}个写法不合格式或者超出数量",
    LeadKind.PARCEL_CODE: "不动产单元号{0}个写法不合格式或者超出数量",
    LeadKind.APPROVAL_NO: "批准文号{0}个写法不合格式或者超出数量",
    LeadKind.PAYMENT: "对企业的支付{0}笔没有有效的统一社会信用代码、确切日期、金额，或者超出数量",
}


def other_days_told(crossing: Crossing) -> Iterator[str]:
    """Name the lines of a table that are of another day than the dossier on their zone."""
    for each in crossing.other_day:
        yield f"{each.place} {each.zone}：表中 {each.as_of}，档案 {each.name} {each.dossier_as_of}"
    if more := crossing.not_compared - len(crossing.other_day):
        yield f"另有{more}行"


def skipped_told(crossing: Crossing) -> Iterator[str]:
    """Say what was not compared."""
    for kind, told in _SKIPPED.items():
        if number := crossing.skipped.get(kind.value, 0):
            yield told.format(number)
