"""Policy packs that are nearly right, and packs that extend another: lines of YAML, and expressions from a grammar."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

from fuzzing.dossiers import example
from fuzzing.oddities import DAYS, NUMBERS, PAYLOADS
from fuzzing.oracle import ROOT, Input
from fuzzing.trees import damaged, harms

NATIONAL, SHANDONG = ROOT / "policies/guobanfa-2014-54", ROOT / "policies/shandong"
LOADS = frozenset({0, 1, 3, 5})
COMMANDS: tuple[tuple[str, frozenset[int]], ...] = (
    *(("check d.json --policy pack", LOADS),) * 4,
    ("check d.json --policy pack --format html --format json --out out/ --cures", LOADS),
    ("check d.json --policy pack --lang en", LOADS),
    ("rules list --policy pack", frozenset({0, 5})),
    ("rules lint --policy pack", frozenset({0, 5})),
    ("rules coverage --policy pack --format html", frozenset({0, 5})),
    ("rules book --policy pack", frozenset({0, 5})),
    ("rules verify --policy pack", frozenset({0, 5})),
    ("rules show {} --policy pack", frozenset({0, 2, 5})),
    ("rules mutate {} --policy pack", frozenset({0, 2, 5})),
    ("rules prove {} --policy pack --seconds 0.05", frozenset({0, 2, 5})),
    ("rules impact guobanfa-2014-54 pack d.json", LOADS),
    ("rules new R18.8-91 --policy pack", frozenset({0, 2, 5})),
    ("notice d.json --policy pack --out n.html", frozenset({0, 1, 2, 3, 5})),
)
LINE = re.compile(rb"^(\s*(?:- )?)([A-Za-z_.0-9]+|\"[^\"]*\"): ?(.*)$")
VALUES = (
    *PAYLOADS,
    *DAYS,
    *NUMBERS,
    *("&a x", "*a", "!!python/object:os.system x", "!x y", "<<", "{<<: *a}", "? x", "[", "{", "]"),
    *("}", '"', "'", "|", ">-"),
    *("\tx", "x: y", "x #y", "# x", "- x", "%YAML 1.1", "---", "...", "@x", "`x`"),
    *("yes", "~", "null", "true", "0o17", "1_0"),
    *('"\\ud800"', '"\\0"', '"\\x1b[31m"', '"\\u202e"', "'x", "[]", "{}", "[[]]", "{a: {b: {c: 1}}}", "[null]", "1:30"),
    *("x" * 5_000, "[" * 300, "{a: " * 60 + "1" + "}" * 60, "９", "２０２４", "ｐaid < due"),
    *("{{ as_of }}", "{{ }}", "[[ {{ x }} ]]"),
    *("a" * 300, "../x", "/etc/passwd", "document.txt", "policy.yaml", "shandong", "guobanfa-2014-54", "pack", "base"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineEdit:
    """One edit of a line of a pack: what is done, in which file, at which line, with what."""

    do: str
    file: int
    line: int
    other: int
    value: str


# --- expressions ------------------------------------------------------------------------------------------------------

NAMES = (
    *("paid", "due", "as_of", "zone", "parcels", "payments"),
    *("supply_method", "area_sqm", "total_price_cny", "contract_no"),
    *("grantee_uscc", "plan", "plan.area_ha", "zone.level", "param", "p.amount_cny"),
    *("payment_schedule", "plans", "claim"),
    *("claim.until", "evidence", "self", "parcel_id", "p", "p.paid_on", "__class__", "contract_signed_on", "x"),
)  # fmt: skip
LITERALS = (
    *("0", "1", "-1", "1e308", "0.1", "9" * 40, "1e-400", "True", "False", "None"),
    *("'x'", "'national'", "''", "'\\0'", "1j"),
    *("2014-10-30", "{'listing', 'tender'}", "(1, 2)", "{}", "[]", "{'a': 1}", "b'x'", "f'{paid}'", "...", "'\\ud800'"),
)  # fmt: skip
OPERATORS = (
    *("<", "<=", "==", "!=", ">=", ">", "in", "not in", "is", "is not", "and", "or"),
    *("+", "-", "*", "/", "**", "%", "//", "<<", "|", "@"),
)  # fmt: skip
CALLS = (
    *("sum", "count", "any", "all", "min", "max", "years_after", "months_after", "days_inclusive", "workdays_after"),
    *("workdays_inclusive", "if_none", "happened", "latest", "below", "mentions", "between", "late_fee", "len", "eval"),
    *("area_within", "overlap", "exec", "__import__", "sorted", "str"),
)  # fmt: skip


def expressions() -> st.SearchStrategy[str]:
    """Give expressions that are nearly those of the language."""
    leaves = st.sampled_from((*NAMES, *LITERALS))
    whole: st.SearchStrategy[str] = st.deferred(lambda: leaves | leaves | leaves | _larger(whole))
    return _larger(whole)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(OPERATORS), inner),
        st.builds("({})".format, inner),
        st.builds("not {}".format, inner),
        st.builds("-{}".format, inner),
        st.builds("{} if {} else {}".format, inner, inner, inner),
        st.builds("{}({})".format, st.sampled_from(CALLS), inner),
        st.builds("{}({}, {})".format, st.sampled_from(CALLS), inner, inner),
        st.builds("{}({} for p in {} if {})".format, st.sampled_from(CALLS[:6]), inner, st.sampled_from(NAMES), inner),
        st.builds(
            "{}.{}".format, inner, st.sampled_from(("amount_cny", "area_ha", "x", "__class__", "until", "level"))
        ),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{0} < {1} <= {0}".format, inner, inner),
        st.builds("{{{}, {}}}".format, inner, inner),
        st.builds("{} # {}".format, inner, inner),
        st.builds("lambda: {}".format, inner),
        st.builds("(p := {})".format, inner),
    )


# --- packs ------------------------------------------------------------------------------------------------------------


@cache
def rules() -> tuple[str, ...]:
    """Give the names of the shipped rules."""
    return tuple(sorted(each.stem for each in (NATIONAL / "rules").glob("*.yaml")))


@cache
def _national() -> Mapping[str, bytes]:
    names = ("policy.yaml", "norms.yaml", "statutes.yaml", "parameters.yaml", "document.txt")
    return {name: (NATIONAL / name).read_bytes() for name in names}


@cache
def _shandong() -> Mapping[str, bytes]:
    return {
        str(each.relative_to(SHANDONG)): each.read_bytes()
        for each in sorted(SHANDONG.rglob("*"))
        if each.is_file() and each.suffix == ".yaml"
    }


def inputs() -> st.SearchStrategy[Input]:
    """Give inputs: a pack and a command that loads it."""
    values = st.one_of(st.sampled_from(VALUES), expressions(), st.text(max_size=10))
    numbers = st.integers(0, 1 << 16)
    edits = st.lists(
        st.builds(LineEdit, st.sampled_from(sorted(EDITS)), numbers, numbers, numbers, values), min_size=0, max_size=4
    )
    return st.builds(
        _input,
        st.sampled_from(COMMANDS),
        st.sampled_from(rules()),
        st.booleans(),
        edits,
        expressions(),
        harms(),
        numbers,
    )


def _input(
    command: tuple[str, frozenset[int]],
    rule: str,
    is_extending: bool,
    edits: list[LineEdit],
    expression: str,
    harm: str,
    number: int,
) -> Input:
    words, codes = command
    if is_extending:
        pack = dict(_shandong())
    else:
        pack = {**_national(), f"rules/{rule}.yaml": (NATIONAL / "rules" / f"{rule}.yaml").read_bytes()}
    rule = rule if not is_extending else "R17.9-51"
    files = [name for name in sorted(pack) if name != "document.txt"]
    ranked = [*files, *[each for each in files if each.startswith("rules/")] * 3]
    for each in edits:
        name = ranked[each.file % len(ranked)]
        pack[name] = b"\n".join(EDITS[each.do](pack[name].split(b"\n"), each))
    if number % 3 == 0:
        name = ranked[-1]
        pack[name] = _with_expression(pack[name], expression, number)
    name = ranked[number % len(ranked)]
    pack[name] = damaged(pack[name], harm)
    held = {f"pack/{name}": data for name, data in pack.items()}
    arguments = [rule if each == "{}" else each for each in words.split()]
    dossier = example("shandong" if is_extending else "dossier")
    return Input(kind="pack", files={**held, "d.json": dossier}, arguments=arguments, codes=codes)


def _with_expression(data: bytes, expression: str, number: int) -> bytes:
    key = ("violated", "when", "suspected", "conduct_on", "each", "message", "grade", "responsible")[number // 3 % 8]
    quoted = expression if key != "message" else f"{{{{ {expression} }}}}"
    line = f"{key}: '{quoted.replace(chr(39), chr(39) * 2)}'".encode("utf-8", "replace")
    kept = [each for each in data.split(b"\n") if not each.startswith(f"{key}:".encode())]
    where = next((number for number, each in enumerate(kept) if each.startswith(b"message")), len(kept))
    return b"\n".join([*kept[:where], line, *kept[where:]])


def _bytes(edit: LineEdit) -> bytes:
    return edit.value.encode("utf-8", "replace")


def _value(lines: list[bytes], edit: LineEdit) -> list[bytes]:
    found = [number for number, each in enumerate(lines) if LINE.match(each)]
    if not found:
        return lines
    number = found[edit.line % len(found)]
    held = LINE.match(lines[number])
    assert held is not None
    return [*lines[:number], held[1] + held[2] + b": " + _bytes(edit), *lines[number + 1 :]]


def _inside(lines: list[bytes], edit: LineEdit) -> list[bytes]:
    """Change one word of a line."""
    number = edit.line % len(lines)
    words = re.split(rb"([\w.-]+)", lines[number])
    if len(words) < 3:
        return lines
    words[1 + 2 * (edit.other % (len(words) // 2))] = _bytes(edit)
    return [*lines[:number], b"".join(words), *lines[number + 1 :]]


def _key(lines: list[bytes], edit: LineEdit) -> list[bytes]:
    number = edit.line % len(lines)
    held = LINE.match(lines[number])
    if held is None:
        return lines
    return [*lines[:number], held[1] + _bytes(edit)[:200] + b": " + held[3], *lines[number + 1 :]]


def _dropped(lines: list[bytes], edit: LineEdit) -> list[bytes]:
    number = edit.line % len(lines)
    return [*lines[:number], *lines[number + 1 + edit.other % 3 :]] or [b""]


def _doubled(lines: list[bytes], edit: LineEdit) -> list[bytes]:
    number = edit.line % len(lines)
    piece = lines[number : number + 1 + edit.other % 4]
    return [*lines[:number], *piece * (2 if edit.other % 7 else 200), *lines[number:]]


def _moved(lines: list[bytes], edit: LineEdit) -> list[bytes]:
    number = edit.line % len(lines)
    indent = (b"  ", b"\t", b" ", b"", b"    - ")[edit.other % 5]
    return [*lines[:number], indent + lines[number].lstrip(), *lines[number + 1 :]]


def _exchanged(lines: list[bytes], edit: LineEdit) -> list[bytes]:
    one, other = edit.line % len(lines), edit.other % len(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


EDITS = {
    "value": _value,
    "value ": _value,
    "word": _inside,
    "key": _key,
    "drop": _dropped,
    "double": _doubled,
    "move": _moved,
    "exchange": _exchanged,
}
