"""Values that hardly belong anywhere: what people, other programs and attackers put where something else is meant."""

import json
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Raw:
    """A value spelled in JSON as it stands here."""

    text: str


MARK = "Zq7"
PAYLOADS = (
    f"<script>alert('{MARK}')</script>",
    f'"><img src=x onerror={MARK}>',
    f"</style></title><svg/onload={MARK}>",
    f"javascript:{MARK}",
    f"<a href='https://{MARK}.example'>{MARK}</a>",
    f"&lt;{MARK}&#60;b&gt;",
    f"{{{{ 8191 * 7919 }}}}{{% for each in {MARK} %}}{{# {MARK} #}}",
    "${8191*7919}#{8191*7919}%{8191*7919}{0.__class__}%s%n",
    f"=cmd|' /C calc'!A0{MARK}",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    f"\x1b]0;{MARK}\x07\x1b[2J\x9b31m",
    f"甲\u202e乙\u2066丙\u200f\u061c{MARK}",
    f"甲\u2028乙\u2029丙\x85丁\r\n戊\x00\x0b{MARK}",
    "\u200b\ufeff\u00ad\u2060\ufe0f\U000e0041\u115f\u3164",
    "e" + "\u0301" * 300,
    "\U0010ffff\ufffe\ufdd0",
    "[red]x[/y][bold]",
    "a/b~c#d%20?e",
    "~0~1/-/..",
    "x\ny",
    "../../etc/passwd",
    "__class__",
    "null",
    " ",
    "　",
    "0",
    "-1",
)
LONG = ("长" * 201, "x" * 5_000, "<" * 100_000, "=" * 1_000_000, "无引号" * 400_000)
DAYS = (
    "0001-01-01", "0001", "0001-01", "0000-01-01", "9999-12-31", "9999", "9999-12", "2024-02-29", "2023-02-29",
    "1900-02-29", "2000-02-29", "2024-02", "2014-11-21", "1999-12-31", "10000-01-01", "-001-01-01", "2024-13-01",
)  # fmt: skip
NUMBERS = (
    "0", "-0", "-0.0", "0.0", "0e0", "1e15", "1e16", "1000000000000000", "1000000000000001", "-1", "-1e15", "1e-20",
    "1e-21", "1E+2", "5.0", "1e24", "1e25", "1e308", "1e999", "-1e999", "1e-999", "0.1" + "0" * 19 + "1",
    "0.12345678901234567890", "0.1" + "2" * 60, "123456789012.345678901", "999999999999999.99", "9" * 24, "9" * 25,
    "9" * 5_000, "1" + "0" * 400, "0.30", "1e0000000000000000000001", "NaN", "Infinity", "-Infinity", "1.", ".5", "01",
    "+1", "0x10", "1_000", "１２", "1e", "--1", "9007199254740993",
)  # fmt: skip
REAL_DAYS = tuple(
    each
    for each in DAYS
    if re.fullmatch(r"(?!0000)\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?", each) and each not in {"2023-02-29", "1900-02-29"}
)
USABLE = (
    "0",
    "-0",
    "-0.0",
    "0e0",
    "1e15",
    "999999999999999.99",
    "0.12345678901234567890",
    "1e-20",
    "1e0",
    "5.0",
    "2",
    "1E+2",
    "100",
    "0.1",
)
SPELLED = ('"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', '"\\u0022"', '"\\/"', "tru", "None", "")
IDS = (
    "{}/x", "~{}", "{}~1", "<{}>", "{}'\"", "{}&amp;", "\u202e{}", "={}", "{}长长长", "{{{{{}}}}}", "{}\0",
    "\x1b[31m{}", "'{}",
)  # fmt: skip
KINDS: tuple[Any, ...] = (
    None, True, False, 0, -7, 2.5, "", "x", "2024-05", "true", "other", "unknown", [], {}, [[]], [None], [{}], ["x"],
    {"x": 1}, {"": [""]}, {"*": ["D001"]}, [""] * 101, ["x"] * 1_001, [{"": None}], {"complete": True},
)  # fmt: skip


def encoded(dossier: Any) -> bytes:
    """Write a dossier, what is spelled by hand as it is spelled."""
    raws: list[str] = []

    def held(value: Any) -> str:
        raws.append(value.text)
        return f"@RAW{len(raws) - 1}@"

    text = json.dumps(dossier, ensure_ascii=False, indent=1, default=held)
    return re.sub(r'"@RAW(\d+)@"', lambda found: raws[int(found[1])], text).encode()
