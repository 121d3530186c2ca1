"""Identifiers that two dossiers can share, written one way: what is no identifier gives `None`, and matches nothing.

People write the same number with full-width characters, spaces and small letters; they also fill a column that has to
be filled with 无, a dash or zeros. Only what has the form of its kind, and its check digit where there is one, counts.
"""

import re
from unicodedata import normalize

from checker.reporting.wording import without_hidden

_SUPERVISION = re.compile(r"[1-8][0-9]{5}(?:19|20)[0-9]{2}[A-Z]([0-9]{5})", re.ASCII)
_UNIT = re.compile(r"[1-8][0-9]{5}[0-9]{6}[A-Z]{2}([0-9]{5})[FLQW][0-9]{8}", re.ASCII)
_DOCUMENT = re.compile(r"(.{2,40}?)[〔(\[【]?((?:19|20)[0-9]{2})[〕)\]】]?年?第?0*([1-9][0-9]{0,5})号")
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTERS = re.compile(r"[\W_]+")
_FILLERS = frozenset(
    {
        "无",
        "没有",
        "不详",
        "未知",
        "暂无",
        "待定",
        "待补",
        "待补充",
        "同上",
        "略",
        "详见附件",
        "见附件",
        "NA",
        "NULL",
        "NONE",
        "NIL",
        "TBD",
    }
)
PARCEL_CODE = 19
"""So many of the 28 characters of a 不动产单元号 are the code of its parcel; the others tell a building on it."""
SHORTEST_NAME, SHORTEST_PROMISE = 6, 12
"""A name of a project, or a text of a promise, with fewer characters is shared by chance."""


def compact(text: str) -> str:
    """Write *text* in capitals and half-width characters, without spaces and what nobody sees.

    >>> compact("３２０５８３ 2012ｂ00123")
    '3205832012B00123'
    """
    return "".join(without_hidden(normalize("NFKC", text)).split()).upper()


def supervision_no(text: str) -> str | None:
    """Read an 电子监管号: region, year, a letter for how the land was supplied, five digits.

    >>> supervision_no(" 3205832012b00123"), supervision_no("无"), supervision_no("3205832012B00000")
    ('3205832012B00123', None, None)
    """
    held = compact(text)
    found = _SUPERVISION.fullmatch(held)
    return held if found and int(found[1]) else None


def parcel_code(text: str) -> str | None:
    """Read the code of the parcel out of a 不动产单元号 (GB/T 37346): its first 19 characters.

    >>> parcel_code("450103 001001 GB00001 W00000000"), parcel_code("000000000000GB00000W00000000")
    ('450103001001GB00001', None)
    """
    held = compact(text)
    found = _UNIT.fullmatch(held)
    return held[:PARCEL_CODE] if found and int(found[1]) else None


def document_no(text: str) -> str | None:
    """Read the number of a document: the sign of who issued it, the year, the number.

    >>> document_no("鲁政土字[2020]第012号"), document_no("鲁政土字〔２０２０〕12号"), document_no("〔2020〕12号")
    ('鲁政土字〔2020〕12号', '鲁政土字〔2020〕12号', None)
    """
    found = _DOCUMENT.fullmatch(compact(text))
    if found is None or len(_IDEOGRAPH.findall(found[1])) < 2:
        return None
    return f"{found[1]}〔{found[2]}〕{found[3]}号"


def credit_code(text: str) -> str | None:
    """Read a 统一社会信用代码 with a right check digit.

    >>> credit_code("91110000 600037341l"), credit_code("911100006000373411"), credit_code("0" * 18)
    ('91110000600037341L', None, None)
    """
    from stdnum.cn import uscc  # noqa: PLC0415 - 31 ms that only a dossier with codes pays

    held = compact(text)
    return held if len(set(held)) > 2 and uscc.is_valid(held) else None


def name_of(text: str, shortest: int = SHORTEST_NAME) -> str | None:
    """Read a name or a text that is long enough to be somebody's own: letters and digits only.

    >>> name_of("年产 29,000 吨复合材料项目（二期）"), name_of("——"), name_of("厂房"), name_of("0" * 30)
    ('年产29000吨复合材料项目二期', None, None, None)
    """
    held = _LETTERS.sub("", compact(text))
    return held if len(held) >= shortest and len(set(held)) > 3 and held not in _FILLERS else None


def plain_name(text: str) -> str:
    """Write the name of an office so that it can be compared; empty where it says nothing.

    >>> plain_name("山东省 人民政府"), plain_name("/"), plain_name("不详")
    ('山东省人民政府', '', '')
    """
    held = _LETTERS.sub("", compact(text))
    return "" if held in _FILLERS else held
