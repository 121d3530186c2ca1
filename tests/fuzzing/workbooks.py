"""Workbooks that are nearly right: what stands in the XML of a sheet, and how the archive around it is damaged."""

import hashlib
import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from hypothesis import strategies as st
from reference.program import shipped_policy

from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.papers.drafting import Order
from checker.papers.issuing import issue
from checker.sheets.files import contents
from checker.sheets.template import template
from fuzzing.dossiers import example
from fuzzing.oracle import ROOT, Input
from fuzzing.trees import TEXTS

CHECKED = frozenset({0, 1, 3, 4})
COMMANDS: tuple[tuple[str, frozenset[int]], ...] = (
    *(("check b.xlsx", CHECKED),) * 3,
    ("check b.xlsx --format json --out out/", CHECKED),
    *(("dossier import b.xlsx --out out.json", frozenset({0, 4})),) * 2,
    ("dossier import b.xlsx b.csv --out out.json", frozenset({0, 4})),
    ("dossier import b.csv --out out.json", frozenset({0, 4})),
    ("dossier import b.xlsx --land-supply --zone Z --as-of 2024-12-31 --out out.json", frozenset({0, 4})),
    ("dossier import b.csv --land-supply --into d.json --out out.json", frozenset({0, 4})),
    *(("dossier merge d.json b.xlsx --out out.json", frozenset({0, 1, 2, 3, 4})),) * 2,
    ("dossier merge d.json b.xlsx --out out.json --replace", frozenset({0, 1, 2, 3, 4})),
    *(("ledger d.json --merge b.xlsx --out out.xlsx", frozenset({0, 1, 2, 3, 4})),) * 2,
    ("dossier lint b.xlsx", frozenset({0, 4})),
    ("dossier template --from b.xlsx --out out.xlsx", frozenset({0, 4})),
    ("check d.json", CHECKED),
)
NUMBERS = (
    *("0", "-0", "1e308", "1e999", "-1e-400", "NaN", "1" * 40, "9" * 5_000, ""),
    *(" ", "1.5", "44927", "2958465", "2958466"),
    *("-1", "4294967296", "18446744073709551616", "x", "&amp;", "&#0;", "&lt;b&gt;", "TRUE", "0.1", "１", "1e0", "0x1"),
)  # fmt: skip
REFERENCES = (
    *("A0", "A1", "XFD1048576", "A1048577", "XFE1", "AAAAAAA1"),
    *("A" + "9" * 30, "A" + "9" * 5_000, "Z" * 4_000 + "1", ""),
    *("1A", "a1", "A-1", "$A$1", "A1:B2", "AA", "1", "A01", "C3", "B2", "A6000001", "\u0410\u0031"),
)  # fmt: skip
PIECES = (
    '<c r="B2"><f>SUM(A1:A9)</f></c>',
    '<c r="B2" t="e"><v>#REF!</v></c>',
    '<c r="C3" t="s"><v>99999999</v></c>',
    '<c r="C3" t="s"><v>-1</v></c>',
    '<c r="C3" t="s"><v>x</v></c>',
    '<c r="C3" t="inlineStr"><is><t>x</t></is></c>',
    '<c r="C3" t="str"><f>[1]x!A1</f><v>y</v></c>',
    '<c r="C3" t="d"><v>2024-13-45T00:00:00</v></c>',
    '<c r="C3" t="zz"><v>1</v></c>',
    '<c r="C3" s="99999"><v>1</v></c>',
    '<row r="9999999999"/>',
    '<row r="0"><c r="A0"><v>1</v></c></row>',
    '<dimension ref="A1:XFD1048576"/>',
    '<mergeCell ref="A1:Z99"/>',
    "<c><v>1</v></c>",
    "<!-- x -->",
    "<![CDATA[<c r='A1'/>]]>",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "</sheetData>",
    "<" + "a" * 20_000 + " ",
    "<c " + "r " * 5_000,
    "\0",
    "\x1b[31m",
)
FLAGS = ("encrypted", "method", "crc", "short", "long", "huge", "name", "cut", "tail", "comment", "offset", "noise")


@dataclass(frozen=True, slots=True)
class Harm:
    """One thing that is done to a workbook: `member` and `spot` are numbers that are taken round."""

    do: str
    member: int
    spot: int
    value: int
    text: str


@cache
def sources() -> tuple[bytes, ...]:
    """Give workbooks that the program itself made: filled and blank, a checklist, a ledger, ones people filled."""
    schema = dossier_schema()
    held = [
        template(schema, contents(ROOT / "examples" / f"{each}.json", schema), each) for each in ("dossier", "clean")
    ]
    report = check(shipped_policy(), load_dossier(example("dossier"), "d.json", schema))
    papers = [issue(report, each, "xlsx", Order()).files[0].data for each in ("checklist", "ledger")]
    filled = [each.read_bytes() for each in sorted((ROOT / "tests/office").glob("*.xlsx"))]
    return (*held, *held, template(schema), *papers, *filled)


@cache
def members(number: int) -> Mapping[str, bytes]:
    """Give the parts of one of them."""
    with zipfile.ZipFile(io.BytesIO(sources()[number])) as package:
        return {name: package.read(name) for name in package.namelist()}


LAND = (
    "电子监管号,项目名称,面积(公顷),供地方式,土地用途,土地使用年限,成交价格(万元),土地使用权人,约定容积率上限,合同签订日期,分期支付约定\n"
    '3205002024B00001,厂房,1.5,挂牌出让,工业用地,50,100,甲公司,2,2024-01-02,"1 2024-02-01 50万元"\n'
)
PARCELS = "宗地编号,供地方式,成交价款（元）\nP1,挂牌,100\n"


def inputs() -> st.SearchStrategy[Input]:
    """Give inputs: a workbook, a CSV file beside it, and a command that reads them."""
    numbers = st.integers(0, 1 << 16)
    texts = st.one_of(
        st.sampled_from(
            (*TEXTS, *NUMBERS, "无", "有", "=1+1", "=HYPERLINK(1)", "2024-02-30", "x" * 33_000, "1,2", "1,234")
        ),
        st.text(max_size=8),
    )
    harms = st.lists(st.builds(Harm, st.sampled_from(sorted(HARMS)), numbers, numbers, numbers, texts), max_size=4)
    return st.builds(
        _input, st.sampled_from(COMMANDS), st.integers(0, len(sources()) - 1), harms, st.integers(0, 1 << 20), texts
    )


def _input(command: tuple[str, frozenset[int]], number: int, harms: list[Harm], packing: int, text: str) -> Input:
    words, codes = command
    parts = dict(members(number))
    for each in harms:
        name = sorted(parts)[each.member % len(parts)]
        sheets = [other for other in sorted(parts) if other.startswith("xl/worksheets/sheet")]
        if each.member % 3 and sheets:
            name = sheets[each.member % len(sheets)]
        parts[name] = HARMS[each.do](parts[name].decode("utf-8", "replace"), each).encode("utf-8", "replace")
    data = packed(parts, packing)
    files = {"b.xlsx": data, "b.csv": _csv(packing, text), "d.json": example("dossier")}
    if packing % 2:
        files["d.cells.json"] = CELLS[packing // 2 % len(CELLS)]
    used = {each for each in words.split() if each in files} | {each for each in files if each.endswith(".cells.json")}
    return Input(
        kind="workbook",
        files={name: each for name, each in files.items() if name in used},
        arguments=words.split(),
        codes=codes,
    )


CELLS = tuple(
    f'{{"sha256":"SHA","sheets":{sheets},"records":{records},"single":{single}}}'.replace(
        "SHA", hashlib.sha256(example("dossier")).hexdigest()
    ).encode()
    for sheets in ('[{"name":"a","columns":{"":"A"}}]', "[]", "[{}]", "[null]", "{}")
    for records in ("{}", '{"/parcels/0":[0,1e999]}', '{"/parcels/0":[0,NaN]}', '{"/parcels/0":[-1,3]}', '{"":[0,2]}')
    for single in ("{}", '{"/zone/name_zh":"\\u202eA1"}', '{"/zone":"\\ud800"}', "[]", '{"":null}')
)


def _csv(packing: int, text: str) -> bytes:
    held = LAND if packing % 3 else PARCELS
    cells = re.split(r"([,\n])", held)
    at = 2 * (packing // 7 % (len(cells) // 2))
    quoted = text.replace('"', '""') if packing % 5 else text
    cells[at] = f'"{quoted}"' if packing % 5 else quoted
    encoding = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-8")[packing // 3 % 5]
    return "".join(cells).encode(encoding, "replace")


# --- what stands in a part --------------------------------------------------------------------------------------------


def _replaced(text: str, pattern: str, harm: Harm, new: str) -> str:
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    place = found[harm.spot % len(found)]
    return text[: place.start(1)] + new + text[place.end(1) :]


def _piece(text: str, harm: Harm) -> str:
    found = list(re.finditer(r">()<", text))
    where = found[harm.spot % len(found)].start(1) if found else 0
    return text[:where] + PIECES[harm.value % len(PIECES)] + text[where:]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


HARMS: Mapping[str, Callable[[str, Harm], str]] = {
    "value": lambda text, harm: _replaced(text, r"<v>([^<]*)</v>", harm, NUMBERS[harm.value % len(NUMBERS)]),
    "shared": lambda text, harm: _replaced(text, r'<c [^<>]*t="s"[^<>]*><v>([^<]*)</v>', harm, str(harm.value)),
    "text": lambda text, harm: _replaced(text, r"<t[^<>]*>([^<]*)</t>", harm, _escaped(harm.text)),
    "text of a cell": lambda text, harm: _replaced(
        text,
        r"(<c [^<>]*>.*?</c>)",
        harm,
        f'<c r="C{3 + harm.value % 5}" t="inlineStr"><is><t>{_escaped(harm.text)}</t></is></c>',
    ),
    "type": lambda text, harm: _replaced(
        text, r'<c [^<>]*t="(\w+)"', harm, ("n", "b", "e", "str", "d", "x")[harm.value % 6]
    ),
    "reference": lambda text, harm: _replaced(text, r'<c r="([^"]*)"', harm, REFERENCES[harm.value % len(REFERENCES)]),
    "row": lambda text, harm: _replaced(text, r'<row r="([^"]*)"', harm, REFERENCES[harm.value % len(REFERENCES)][1:]),
    "piece": _piece,
    "tag": lambda text, harm: _replaced(text, r"(<[^<>]*>)", harm, ""),
    "attribute": lambda text, harm: _replaced(text, r'="([^"]*)"', harm, _escaped(harm.text).replace('"', "")[:2_000]),
    "name": lambda text, harm: _replaced(text, r'<sheet name="([^"]*)"', harm, _escaped(harm.text).replace('"', "")),
    "target": lambda text, harm: _replaced(text, r'Target="([^"]*)"', harm, TARGETS[harm.value % len(TARGETS)]),
    "prefix": lambda text, _: re.sub(r"<(/?)(c|v|row|sheetData|worksheet|f|t|is)\b", r"<\1x:\2", text),
    "single quotes": lambda text, _: text.replace('"', "'"),
    "cut": lambda text, harm: text[: harm.spot * len(text) // (1 << 16)],
    "nothing": lambda _text, _harm: "",
}
TARGETS: tuple[str, ...] = (
    *("../../../etc/passwd", "/xl/worksheets/sheet1.xml", "http://example.invalid/x", "worksheets/sheet1.xml", "", "x"),
    *("file:///etc/passwd", "worksheets/../workbook.xml", "WORKSHEETS/SHEET1.XML", "worksheets%2Fsheet1.xml"),
)  # fmt: skip


# --- the archive ------------------------------------------------------------------------------------------------------


def packed(parts: Mapping[str, bytes], packing: int) -> bytes:
    """Write an archive; of four, one is damaged in the way that *packing* says."""
    how = FLAGS[packing // 4 % len(FLAGS)] if packing % 4 == 0 else ""
    more = {"../../evil.xml": b"<x/>", "/etc/evil.xml": b"<x/>", "xl/a\0b.xml": b"<x/>"} if how == "name" else {}
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        warnings.simplefilter("ignore")  # of names that are there twice, which is meant
        for name, data in {**parts, **more}.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
            if how == "name" and PurePosixPath(name).name == "workbook.xml":
                package.writestr(zipfile.ZipInfo(name), data)
        if how == "huge":
            package.writestr(zipfile.ZipInfo("xl/media/bomb.xml"), b"\0" * 40_000_000, zipfile.ZIP_DEFLATED)
        if how == "comment":
            package.comment = b"PK\x05\x06" * 1_000
    return _damaged(bytearray(out.getvalue()), how, packing // 64)


def _damaged(data: bytearray, how: str, number: int) -> bytes:
    centres = [each.start() for each in re.finditer(rb"PK\x01\x02", data)]
    locals_ = [each.start() for each in re.finditer(rb"PK\x03\x04", data)]
    centre, local = centres[number % len(centres)], locals_[number % len(locals_)]
    fields = {
        "encrypted": ((centre + 8, "<H", 1), (local + 6, "<H", 1)),
        "method": (
            (centre + 10, "<H", (0, 12, 14, 97, 99)[number % 5]),
            (local + 8, "<H", (0, 12, 14, 97, 99)[number % 5]),
        ),
        "crc": ((centre + 16, "<I", 12345),),
        "short": ((centre + 24, "<I", number % 50),),
        "long": ((centre + 24, "<I", 0xFFFFFFF0),),
        "offset": ((centre + 42, "<I", number * 65_537 % 0xFFFFFFFF),),
    }
    for where, form, value in fields.get(how, ()):
        struct.pack_into(form, data, where, value)
    match how:
        case "cut":
            return bytes(data[: len(data) * (number % 100) // 100])
        case "tail":
            return bytes(data) + b"\0" * (number % 70_000)
        case "noise":
            for step in range(1 + number % 40):
                data[(number * 7_919 + step * 104_729) % len(data)] ^= 1 + step % 255
    return bytes(data)
