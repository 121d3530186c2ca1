"""Amounts in capitals (人民币大写): the only module that knows cn2an."""

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
    import cn2an  # noqa: PLC0415 - only orders need it

    with localcontext(values.EXACT):
        rounded = amount.quantize(CENT, ROUND_HALF_UP) if abs(amount) < MOST else MOST
    if not 0 <= rounded < MOST:
        return ""
    return f"人民币{cn2an.an2cn(str(rounded), 'rmb')}"
