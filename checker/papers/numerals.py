"""Numbers in Chinese, as headings count, amounts are written out and lists cut short: only this module knows cn2an."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from checker import values

MOST = Decimal(10) ** 15
"""From here on the library words an amount wrongly (壹仟万亿)."""
CENT = Decimal("0.01")


def capitals(amount: Decimal) -> str:
    """Give an amount in yuan in capitals, rounded to the cent as the digits are; empty where it can't be worded.

    >>> capitals(Decimal("35200000")), capitals(Decimal("0.005")), capitals(Decimal(10) ** 16)
    ('人民币叁仟伍佰贰拾万元整', '人民币壹分', '')
    """
    import cn2an  # noqa: PLC0415 - only papers need it

    with localcontext(values.EXACT):
        rounded = amount.quantize(CENT, ROUND_HALF_UP) if abs(amount) < MOST else MOST
    if not 0 <= rounded < MOST:
        return ""
    return f"人民币{cn2an.an2cn(str(rounded), 'rmb')}"


def ordinal(number: int) -> str:
    """Write a number as headings count.

    >>> [ordinal(number) for number in (1, 10, 12, 20, 35, 105, 110, 1005)]
    ['一', '十', '十二', '二十', '三十五', '一百零五', '一百一十', '一千零五']
    """
    import cn2an  # noqa: PLC0415 - only papers need it

    return str(cn2an.an2cn(number, "low"))


def first_of(names: Sequence[str], most: int) -> str:
    """Name the first of many and give their number.

    >>> first_of(("甲", "乙", "丙"), 2), first_of(("甲", "乙"), 2)
    ('甲、乙等3个', '甲、乙')
    """
    return "、".join(names[:most]) + (f"等{len(names)}个" if len(names) > most else "")
