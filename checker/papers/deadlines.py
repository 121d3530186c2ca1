"""The day on which a worded deadline ends; working days are counted by the calendar of public holidays."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from checker import workdays
from checker.reporting.wording import chinese_day
from checker.values import bounds

_WITHIN = re.compile(r"^(\d{1,4})(个工作日|日|个月)内$")


class Due(NamedTuple):
    """When a deadline ends, in words, and whether the calendar reaches so far."""

    text: str
    is_settled: bool


def due(within: str, start: date) -> Due | None:
    """Say when *within* ends if it is counted from *start*, which itself does not count; `None` if it names no span.

    >>> due("30日内", date(2025, 1, 6)).text, due("1个月内", date(2025, 1, 31)).text, due("立即", date(2025, 1, 6))
    ('2025年2月5日', '2025年2月28日', None)
    >>> due("5个工作日内", date(2025, 9, 28)).text
    '2025年10月11日'
    """
    found = _WITHIN.match(within)
    if not found or not int(found[1]):
        return None
    number = int(found[1])
    try:
        match found[2]:
            case "日":
                return Due(chinese_day(start + timedelta(days=number)), is_settled=True)
            case "个月":
                return Due(chinese_day(_months_after(start, number)), is_settled=True)
    except (OverflowError, ValueError):  # after the year 9999
        return None
    low, high = bounds(workdays.workdays_after(start, number))
    if low is None:
        return None
    if low == high:
        return Due(chinese_day(low), is_settled=True)
    return Due(f"不早于{chinese_day(low)}", is_settled=False)


def _months_after(start: date, number: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def beyond_the_calendar() -> str:
    """Say on the paper that a deadline lies beyond the last day of which it is known whether it is worked."""
    return (
        f"标“不早于”的工作日期限超出节假日安排的已知范围（至{chinese_day(workdays.last_settled())}），"
        "须按届时公布的放假安排核定。"
    )
