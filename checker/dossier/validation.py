"""Wording everything that is wrong with a dossier, all at once, in Chinese, with the place and a way out.

This runs only after the typed decoder has refused a dossier, so it may be slow and thorough. It asks the JSON schema
itself what is wrong, and then looks at what is well formed as at any other dossier. Faults are gathered by field and
cause before any is worded: a hundred thousand of one kind cost little more than one.
"""

import difflib
import json
import operator
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from checker.classes import dataclass
from checker.dossier.citizens import citizens_in, without_citizens
from checker.dossier.consistency import refusal_of
from checker.dossier.faults import COMMON, Fault, Spot, spot
from checker.dossier.glance import glance
from checker.dossier.grouping import MOST_KEPT, Group, Kinds, Mistake, problems_in_place
from checker.dossier.mending import groups_of_what_is_sound
from checker.dossier.places import excerpt, pointer_of, position
from checker.dossier.records import BOM, LONGEST_NUMBER, exact
from checker.dossier.schema import COMPLETENESS, NOT_A_MEMBER, DossierSchema, Kind
from checker.errors import Place, Problem
from checker.limits import LARGEST, megabytes
from checker.nesting import DEEPEST, first_deeper

LONGEST_SHOWN = 40
MOST_LISTED = 20
"""Of more members of an enumeration than this only the first are listed."""

SILENCE = "写 null 表示没有，不知道就删去该键"

STARTS = (
    (b"\xff\xfe", "文件是 UTF-16 编码", "另存为 UTF-8 编码"),
    (b"\xfe\xff", "文件是 UTF-16 编码", "另存为 UTF-8 编码"),
    (b"PK\x03\x04", "这是压缩文件或者 Excel、Word 文件，不是 JSON", "电子表格先用 dossier import 转换"),
    (b"\xd0\xcf\x11\xe0", "这是旧版 Excel、Word 文件，不是 JSON", "电子表格另存为 .xlsx，再用 dossier import 转换"),
    (b"%PDF", "这是 PDF 文件，不是 JSON", "提供 JSON 格式的档案"),
)
SYNTAX = MappingProxyType(
    {
        "Expecting value": ("这里应当有一个值", "检查是否多了逗号，或者漏写了值；文字要加英文双引号"),
        "Expecting property name enclosed in double quotes": (
            "这里应当是加英文双引号的键",
            "检查是否多了逗号，或者用了单引号、中文引号",
        ),
        "Expecting ',' delimiter": ("这里缺英文逗号，或者括号没有配对", "在上一项之后补逗号，或者补上括号"),
        "Expecting ':' delimiter": ("键后面缺英文冒号", "键和值之间写英文冒号"),
        "Unterminated string starting at": ("引号没有配对", '补上结尾的英文双引号；文字中的双引号写作 \\"'),
        "Invalid control character at": ("文字中有换行或者控制字符", "换行写作 \\n"),
        "Invalid \\escape": ("反斜杠后面的字符不对", "反斜杠写作 \\\\"),
        "Invalid \\uXXXX escape": ("\\u 后面应当是四位十六进制数", "改正转义"),
        "Extra data": ("档案在这之前已经结束，后面还有内容", "一个文件只能有一份档案"),
    }
)
KINDS = MappingProxyType(
    {
        Kind.TEXT: "文字",
        Kind.ENUM: "枚举值",
        Kind.DAY: "日期",
        Kind.NUMBER: "数值",
        Kind.INTEGER: "整数",
        Kind.BOOLEAN: " true 或者 false",
        Kind.TEXTS: "文字的列表",
        Kind.BLOCK: "对象（花括号）",
        Kind.REGISTER: "记录的列表（方括号）",
        Kind.SHAPE: "图形（花括号）",
    }
)


class Unusable(str):
    """A number in the text that no arithmetic could hold, kept as it was written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong, before its place in the text is known."""

    path: tuple[str | int, ...]
    message: str
    label: str
    suggestion: str = ""
    at_key: bool = False


def problems_of(data: bytes, name: str, schema: DossierSchema) -> tuple[Problem, ...]:
    """Say everything that is wrong with a dossier that was refused, in the order of its text."""
    unreadable = _not_text(data, name)
    if unreadable is not None:
        return (unreadable,)
    text = data.removeprefix(BOM).decode()
    for look in (_too_deep, _not_a_number):
        found = look(text)
        if found is not None:
            return (_at(name, text, *found),)
    try:
        dossier = json.loads(text, parse_float=_number, parse_int=_whole)
    except json.JSONDecodeError as error:
        return (_at(name, text, *_syntax(text, error)),)
    return _told(dossier, data, text, name, schema)


def _told(dossier: Any, data: bytes, text: str, name: str, schema: DossierSchema) -> tuple[Problem, ...]:
    """Tell what the schema finds wrong, and what else is wrong with the rest."""
    renamed = _renamed(dossier, schema)
    faults = _faults(dossier, schema)
    if HALF.search(text):
        faults += _surrogates(dossier, frozenset(each.path for each in faults))
    kinds: Kinds[Fault] = Kinds()
    for each in faults:
        kinds.add(_shape(each.path, schema), each.cause, _detail(each), each)
    groups = [
        kept.group(_likeness, lambda fault: pointer_of(fault.steps), lambda fault: _mistake(fault, schema))
        for kept in kinds
    ]
    if glance(data).may_hold_citizens:
        groups += _citizens(dossier, schema)
    if faults or renamed:
        groups += groups_of_what_is_sound(dossier, schema, faults)
    groups = [_as_written(each, renamed) for each in groups]
    groups += [_misnamed(name, register, schema) for register, name in renamed.items()]
    return problems_in_place(groups, text, name)


def _renamed(dossier: Any, schema: DossierSchema) -> dict[str, str]:
    """Give registers with misspelled names the names that were meant, so that the records in them are looked at too."""
    renamed: dict[str, str] = {}
    if isinstance(dossier, dict):
        names = {each: found.label for each, found in schema.root.fields.items()}
        unknown = [each for each, value in dossier.items() if each not in names and isinstance(value, list)]
        for key in unknown[:MOST_KEPT]:
            meant = _nearest_key(key, names, set(dossier))
            if meant in schema.registers:
                dossier[meant] = dossier.pop(key)
                renamed[meant] = key
    return renamed


def _misnamed(key: str, register: str, schema: DossierSchema) -> Group:
    mistake = Mistake(
        pointer=pointer_of([key]),
        message=f"没有 {key} 这个字段",
        label=schema.root.label,
        suggestion=f"{register}（{schema.root.fields[register].label}）？",
        at_key=True,
    )
    return Group(told=(mistake,))


def _as_written(group: Group, renamed: Mapping[str, str]) -> Group:
    """Point into the dossier as it is written, with the misspelled names of its registers."""
    if not renamed:
        return group

    def written(pointer: str) -> str:
        first, *rest = pointer.split("/")[1:] or [""]
        return "/".join(["", pointer_of([renamed[first]])[1:], *rest]) if first in renamed else pointer

    told = tuple(replace(each, pointer=written(each.pointer)) for each in group.told)
    return replace(group, told=told, named=tuple(map(written, group.named)))


def _shape(path: Sequence[str | int], schema: DossierSchema) -> Hashable:
    """Give the field that a path leads to, whichever record it is of."""
    shape: list[str] = []
    for step in path:
        free = bool(shape) and (shape[-1] == "sources" or (shape[-1] == COMPLETENESS and step not in schema.registers))
        shape.append("*" if free or isinstance(step, int) else str(step))
    return tuple(shape)


def _detail(fault: Fault) -> str | None:
    """Say what tells faults of one cause at one field apart: the key, or the word that is no member."""
    if fault.cause == "enum" and isinstance(fault.value, str):
        return fault.value[:LONGEST_SHOWN]
    return fault.key


def _likeness(fault: Fault) -> str:
    return _shown(fault.value) if fault.key is None else fault.key


def _mistake(fault: Fault, schema: DossierSchema) -> Mistake:
    """Word a fault."""
    if fault.cause == NAMES:
        wrong = _wrong_name(schema, fault.path, fault.key or "")
    else:
        wrong = WORDINGS[fault.cause](schema, fault.path, fault.value, fault.limit if fault.key is None else fault.key)
    return Mistake(
        pointer=pointer_of(wrong.path),
        message=wrong.message,
        label=wrong.label or spot(schema, wrong.path).label,
        suggestion=fault.otherwise or wrong.suggestion,
        at_key=wrong.at_key,
    )


def _citizens(dossier: Any, schema: DossierSchema) -> Iterator[Group]:
    """Look for identity numbers of citizens in all that is written, well formed or not."""
    kinds: Kinds[tuple[tuple[str | int, ...], str, bool]] = Kinds()
    for path, value in _all(dossier):
        key = isinstance(path[-1], str) and citizens_in(path[-1]) if path else ()
        text = value if isinstance(value, str) else str(value) if value.__class__ is int else ""
        for each in (*(key or ()), *citizens_in(text)):
            kinds.add(_shape(path[:-1] if key else path, schema), "citizen", "", (path, each, bool(key)))
    for kept in kinds:
        yield kept.group(
            lambda each: pointer_of(each[0]),
            lambda each: pointer_of(each[0]),
            lambda each: _citizen(schema, *each),
        )


def _citizen(schema: DossierSchema, path: tuple[str | int, ...], number: str, at_key: bool) -> Mistake:  # noqa: FBT001 - a part of what was found there
    message, suggestion = refusal_of(number)
    label = spot(schema, path).label
    return Mistake(pointer=pointer_of(path), message=message, label=label, suggestion=suggestion, at_key=at_key)


def _all(value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every value with its path."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        path, each = waiting.pop()
        yield path, each
        if isinstance(each, dict):
            waiting.extend(((*path, key), inner) for key, inner in reversed(each.items()))
        elif isinstance(each, list):
            waiting.extend(((*path, index), each[index]) for index in range(len(each) - 1, -1, -1))


# --- the text -------------------------------------------------------------------------------------------------------


def _not_text(data: bytes, name: str) -> Problem | None:
    """Say why the bytes are not text in UTF-8, if they are not."""
    place = Place(file=name)
    if len(data) > LARGEST:
        return Problem(
            message=f"文件过大（{megabytes(len(data))}），上限 {LARGEST // 1024 // 1024} MB",
            place=place,
            suggestion="按年度或者台账拆分",
        )
    for start, message, suggestion in STARTS:
        if data.startswith(start):
            return Problem(message=message, place=place, suggestion=suggestion)
    if not data.removeprefix(BOM).strip():
        return Problem(message="文件是空的", place=place, suggestion="至少要有 meta（档案信息）和 zone（开发区）")
    if b"\0" in data[:1024]:
        return Problem(message="文件不是文本，或者是 UTF-16 编码", place=place, suggestion="另存为 UTF-8 编码")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].removeprefix(BOM).decode()
        at = position(before, len(before))
        if error.reason == "unexpected end of data":
            return Problem(
                message="文件不完整，在一个字符中间突然结束",
                place=Place(file=name, line=at.line, column=at.column),
                suggestion="检查是否传输中断，重新取得完整的文件",
            )
        return Problem(
            message="文件不是 UTF-8 编码，从这里起无法解读（可能是 GBK，即 ANSI 编码）",
            place=Place(file=name, line=at.line, column=at.column),
            suggestion="另存为 UTF-8 编码",
        )
    return None


def _at(name: str, text: str, offset: int, message: str, suggestion: str) -> Problem:
    at = position(text, offset)
    return Problem(
        message=message,
        place=Place(file=name, line=at.line, column=at.column),
        suggestion=suggestion,
        excerpt=excerpt(without_citizens(text), at),
    )


CHINESE_MARKS = frozenset("“”‘’＂，：｛｝［］【】")
TRAILING_COMMA = re.compile(r",\s*[\]}]")
NO_NUMBERS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|(-?(?:NaN|Infinity))\b', re.DOTALL)


def _too_deep(text: str) -> tuple[int, str, str] | None:
    offset = first_deeper(text, DEEPEST)
    return None if offset is None else (offset, f"嵌套超过 {DEEPEST} 层", "档案最多只有几层，检查括号是否配对")


def _not_a_number(text: str) -> tuple[int, str, str] | None:
    for match in NO_NUMBERS.finditer(text):
        if match.group(1):
            return match.start(), f"{match.group(1)} 不是数值", SILENCE
    return None


def _syntax(text: str, error: json.JSONDecodeError) -> tuple[int, str, str]:
    """Say where and why a text is not JSON; Pythons differ in what they say of one comma too many."""
    end = len(text.rstrip())
    if error.pos >= end or (error.msg.startswith("Unterminated") and text[end - 1] not in "]}"):
        return end, "文件不完整，到这里突然结束", "检查是否传输中断，或者缺少结尾的括号、引号"
    comma = TRAILING_COMMA.match(text, error.pos if text[error.pos] == "," else text.rfind(",", 0, error.pos + 1))
    if comma is not None and error.pos < comma.end():
        return comma.start(), "最后一项后面多了逗号", "删去这个逗号"
    if text[error.pos] in CHINESE_MARKS:
        return error.pos, f"这里用了中文标点 {text[error.pos]}", "换成英文标点"
    return error.pos, *SYNTAX.get(error.msg, (f"不是有效的 JSON（{error.msg}）", ""))


def _number(text: str) -> Decimal | Unusable:
    try:
        return exact(text)
    except ValueError:
        return Unusable(text)


def _whole(text: str) -> int | Unusable:
    return int(text) if len(text) <= LONGEST_NUMBER else Unusable(text)


HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _surrogates(dossier: Any, wrong: frozenset[tuple[str | int, ...]]) -> Iterator[Fault]:
    """Find halves of characters, which JSON can spell as escapes but no text can hold."""
    for path, each in _all(dossier):
        if path in wrong:
            continue
        if path and isinstance(path[-1], str) and _is_broken(path[-1]):
            yield Fault(path=path[:-1], cause="half", key=path[-1])
        elif isinstance(each, str) and _is_broken(each):
            yield Fault(path=path, cause="half", value=each)


def _is_broken(text: str) -> bool:
    return any("\ud800" <= each <= "\udfff" for each in text)


# --- the schema -----------------------------------------------------------------------------------------------------


def _faults(dossier: Any, schema: DossierSchema) -> list[Fault]:
    """Ask the JSON schema what is wrong."""
    found: list[Fault] = []
    _finder(schema)(dossier, (), found)
    return found


@lru_cache(maxsize=8)
def _finder(schema: DossierSchema) -> "Finder":
    return _Asked(schema).of(schema.raw)


NAMES = "propertyNames"
Path = tuple[str | int, ...]
Finder = Callable[[Any, Path, list[Fault]], None]


def _one_after_another(finders: Sequence[Finder]) -> Finder:
    if len(finders) == 1:
        return finders[0]

    def find(value: Any, path: Path, found: list[Fault]) -> None:
        for each in finders:
            each(value, path, found)

    return find


class _Asked:
    """Turns the parts of the JSON schema into functions that gather faults.

    A library for all of JSON Schema takes ten times as long, which a hundred thousand mistakes make felt. That these
    few keywords mean what they mean there, tests see to; one that is not among them is told at once.
    """

    def __init__(self, schema: DossierSchema) -> None:
        self.raw: Mapping[str, Any] = schema.raw
        self.known: dict[str, Finder] = {}

    def of(self, part: Mapping[str, Any]) -> Finder:
        """Give the function for a part of the schema: it takes a value, its path, and the list of what was found."""
        finders: list[Finder] = []
        otherwise = part.get("x-otherwise", "")
        for keyword, limit in part.items():
            if keyword in TESTS:
                finders.append(self.test(keyword, limit, otherwise))
            elif keyword in PARTS:
                finders.append(getattr(self, PARTS[keyword])(limit, part))
            elif keyword not in SAYING_NOTHING and not keyword.startswith("x-"):
                raise NotImplementedError(keyword)
        return _one_after_another(finders)

    @staticmethod
    def test(keyword: str, limit: Any, otherwise: str) -> Finder:
        passes = TESTS[keyword](limit)

        def find(value: Any, path: Path, found: list[Fault]) -> None:
            if not passes(value):
                found.append(Fault(path=path, cause=keyword, value=value, limit=limit, otherwise=otherwise))

        return find

    def reference(self, name: str, _part: Mapping[str, Any]) -> Finder:
        """Follow a reference when it is first needed."""

        def find(value: Any, path: Path, found: list[Fault]) -> None:
            known = self.known.get(name)
            if known is None:
                target: Any = self.raw
                for step in name.removeprefix("#/").split("/"):
                    target = target[step]
                known = self.known[name] = self.of(target)
            known(value, path, found)

        return find

    def every(self, parts: Sequence[Mapping[str, Any]], _part: Mapping[str, Any]) -> Finder:
        return _one_after_another(tuple(map(self.of, parts)))

    def condition(self, condition: Mapping[str, Any], part: Mapping[str, Any]) -> Finder:
        holds, then = self.of(condition), self.of(part["then"])

        def find(value: Any, path: Path, found: list[Fault]) -> None:
            against: list[Fault] = []
            holds(value, path, against)
            if not against:
                then(value, path, found)

        return find

    def members(self, parts: Mapping[str, Mapping[str, Any]], _part: Mapping[str, Any]) -> Finder:
        finders = {name: self.of(each) for name, each in parts.items()}

        def find(value: Any, path: Path, found: list[Fault]) -> None:
            if isinstance(value, dict):
                for name, each in finders.items():
                    if name in value:
                        each(value[name], (*path, name), found)

        return find

    def others(self, limit: Any, part: Mapping[str, Any]) -> Finder:
        named, otherwise = frozenset(part.get("properties", ())), part.get("x-otherwise", "")
        inside = self.of(limit) if limit is not False else None

        def find(value: Any, path: Path, found: list[Fault]) -> None:
            if isinstance(value, dict) and not value.keys() <= named:
                for name in value:
                    if name in named:
                        continue
                    if inside is not None:
                        inside(value[name], (*path, name), found)
                    else:
                        fault = Fault(
                            path=path, cause="additionalProperties", key=name, value=value, otherwise=otherwise
                        )
                        found.append(fault)

        return find

    def names(self, part: Mapping[str, Any], _part: Mapping[str, Any]) -> Finder:
        inside = self.of(part)

        def find(value: Any, path: Path, found: list[Fault]) -> None:
            for name in value if isinstance(value, dict) else ():
                against: list[Fault] = []
                inside(name, path, against)
                if against:
                    found.append(Fault(path=path, cause=NAMES, key=name))

        return find

    def elements(self, part: Mapping[str, Any], _part: Mapping[str, Any]) -> Finder:
        inside = self.of(part)

        def find(value: Any, path: Path, found: list[Fault]) -> None:
            if isinstance(value, list):
                for number, each in enumerate(value):
                    inside(each, (*path, number), found)

        return find

    @staticmethod
    def required(names: Sequence[str], part: Mapping[str, Any]) -> Finder:
        otherwise = part.get("x-otherwise", "")

        def find(value: Any, path: Path, found: list[Fault]) -> None:
            if isinstance(value, dict):
                missing = [each for each in names if each not in value]
                found += (
                    Fault(path=path, cause="required", key=each, value=value, otherwise=otherwise) for each in missing
                )

        return find


PARTS = MappingProxyType(
    {
        "$ref": "reference",
        "allOf": "every",
        "if": "condition",
        "properties": "members",
        "additionalProperties": "others",
        "propertyNames": "names",
        "items": "elements",
        "required": "required",
    }
)
SAYING_NOTHING = frozenset({"$schema", "$id", "$defs", "title", "description", "then"})


def _is_number(value: Any) -> bool:
    return value.__class__ is int or value.__class__ is Decimal


IS = MappingProxyType[str, Callable[[Any], bool]](
    {
        "null": lambda each: each is None,
        "boolean": lambda each: each.__class__ is bool,
        "string": lambda each: each.__class__ is str,
        "number": _is_number,
        "integer": lambda each: (
            each.__class__ is int or (each.__class__ is Decimal and each == each.to_integral_value())
        ),
        "object": lambda each: each.__class__ is dict,
        "array": lambda each: each.__class__ is list,
    }
)


def _of_type(wanted: Any) -> Callable[[Any], bool]:
    kinds = [IS[each] for each in ([wanted] if isinstance(wanted, str) else wanted)]
    return kinds[0] if len(kinds) == 1 else lambda value: any(each(value) for each in kinds)


def _equals(member: Any) -> Callable[[Any], bool]:
    return lambda value: value.__class__ is member.__class__ and value == member


def _one_of(members: Sequence[Any]) -> Callable[[Any], bool]:
    assert all(each is None or isinstance(each, str) for each in members)
    known = frozenset(members)
    return lambda value: (value is None or value.__class__ is str) and value in known


def _matching(pattern: str) -> Callable[[Any], bool]:
    look = re.compile(pattern).search
    return lambda value: value.__class__ is not str or look(value) is not None


def _bound(kinds: tuple[type, ...], passes: Callable[[Any, Any], bool]) -> Callable[[Any], Callable[[Any], bool]]:
    return lambda limit: lambda value: value.__class__ not in kinds or passes(value, limit)


TESTS = MappingProxyType[str, Callable[[Any], Callable[[Any], bool]]](
    {
        "type": _of_type,
        "enum": _one_of,
        "const": _equals,
        "pattern": _matching,
        "minimum": _bound((int, Decimal), operator.ge),
        "maximum": _bound((int, Decimal), operator.le),
        "minLength": _bound((str,), lambda value, limit: len(value) >= limit),
        "maxLength": _bound((str,), lambda value, limit: len(value) <= limit),
        "minItems": _bound((list,), lambda value, limit: len(value) >= limit),
        "maxItems": _bound((list,), lambda value, limit: len(value) <= limit),
        "maxProperties": _bound((dict,), lambda value, limit: len(value) <= limit),
    }
)


Wording = Callable[[DossierSchema, tuple[str | int, ...], Any, Any], Wrong]


def _wrong_type(schema: DossierSchema, path: tuple[str | int, ...], value: Any, wanted: Any) -> Wrong:
    here = spot(schema, path)
    kind = here.field.kind if here.field is not None else None
    if not path or (path and isinstance(path[-1], int) and kind is None and here.entity is not None):
        expected = "对象（花括号）"
    elif kind is None or isinstance(path[-1], int):
        expected = {
            "array": "列表（方括号）",
            "string": "文字",
            "boolean": " true 或者 false",
            "number": "数值",
            "object": "对象（花括号）",
        }.get(_single(wanted), str(wanted))
    else:
        expected = KINDS[kind]
    message = f"应为{expected}，现为{_shown(value)}"
    suggestion = _instead(value, kind) if path else '最外层写作 {"meta": {…}, "zone": {…}, …}'
    return Wrong(path=path, message=message, label=here.label, suggestion=suggestion)


def _single(wanted: Any) -> str:
    return wanted if isinstance(wanted, str) else next((each for each in wanted if each != "null"), "")


def _instead(value: Any, kind: Kind | None) -> str:
    """Say how a value of the wrong kind might have been meant."""
    if value is None:
        return "这一项必须填写"
    if isinstance(value, Unusable):
        return "核对位数和单位"
    match kind:
        case Kind.NUMBER | Kind.INTEGER if isinstance(value, str):
            plain = re.sub(r"[,，\s]", "", value)
            try:
                number = Decimal(plain)
            except InvalidOperation:
                number = None
            if number is not None and number.is_finite():
                return f"写作 {plain}，不加引号，不加千分位"
            return f"只写数字，不写单位；金额以元计。{SILENCE}"
        case Kind.INTEGER:
            return "写整数"
        case Kind.BOOLEAN if str(value).strip().lower() in TRUE_WORDS:
            return "写作 true"
        case Kind.BOOLEAN if str(value).strip().lower() in FALSE_WORDS:
            return "写作 false"
        case Kind.DAY if value.__class__ is int and 20_000 < value < 80_000:
            return f'如果是电子表格的日期序号，写作 "{date(1899, 12, 30) + timedelta(days=value)}"'
        case Kind.DAY:
            return _as_day(str(value)) or '写作 "2021-04-03"，加引号'
        case Kind.TEXT if _is_number(value):
            return f'加引号："{value}"'
        case Kind.TEXTS if isinstance(value, str):
            parts = [each for each in re.split(r"[、，,；;\s]+", value) if each]
            return f"写作 {json.dumps(parts, ensure_ascii=False)}"
        case Kind.REGISTER if isinstance(value, dict):
            return "在对象外面加方括号"
    return ""


TRUE_WORDS = frozenset({"true", "yes", "y", "1", "是", "√", "有", "对"})
FALSE_WORDS = frozenset({"false", "no", "n", "0", "否", "×", "无", "不是"})


def _wrong_member(schema: DossierSchema, path: tuple[str | int, ...], value: Any, members: Sequence[Any]) -> Wrong:
    here = spot(schema, path)
    labels = here.field.member_labels if here.field is not None else {}
    told = [_labelled(each, labels) for each in members if each is not None]
    listed = "、".join(told if len(told) <= MOST_LISTED else [*told[:3], f"…（共{len(told)}种）"])
    if isinstance(value, str) and value.strip().lower() in NOT_A_MEMBER | {""}:
        suggestion = SILENCE
    else:
        found = _nearest_member(str(value), labels)
        suggestion = f"{_labelled(found, labels)}？" if found else SILENCE
    message = f"{_shown(value)}不是可选的值；可选：{listed}"
    return Wrong(path=path, message=message, label=here.label, suggestion=suggestion)


def _labelled(member: str, labels: Mapping[str, str]) -> str:
    label = labels.get(member, member)
    return member if label == member else f"{member}（{label}）"


def _nearest_member(word: str, labels: Mapping[str, str]) -> str:
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    found = difflib.get_close_matches(plain, labels, n=1)
    if found:
        return found[0]
    by_label = [each for each, label in labels.items() if word.strip() and (word.strip() in label or label in word)]
    if len(by_label) == 1:
        return by_label[0]
    near = difflib.get_close_matches(word.strip(), labels.values(), n=1, cutoff=0.5)
    return next((each for each, label in labels.items() if near and label == near[0]), "")


def _wrong_pattern(schema: DossierSchema, path: tuple[str | int, ...], value: Any, _: Any) -> Wrong:
    here = spot(schema, path)
    day = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", value)
    if here.field is not None and here.field.kind is Kind.TEXT and here.field.description:
        message, suggestion = f"{_shown(value)}的写法不对", here.field.description
    elif here.field is None or here.field.kind is not Kind.DAY:
        message, suggestion = f"{_shown(value)}中有不允许的字符", "编号中不能有空格和 #"
    elif day is not None and here.field.full_day and day.group(3) is None:
        message, suggestion = (
            f"{_shown(value)}没有写到日",
            f'写到日，例如 "{value}{"-30" if day.group(2) else "-12-31"}"',
        )
    elif day is not None and day.group(2):
        message, suggestion = f"没有 {value} 这一天", f"核对日期。{SILENCE}"
    else:
        form = "2021-04-03" if here.field.full_day else "2021-04-03、2021-04 或者 2021"
        message, suggestion = f"{_shown(value)}不是日期；写法：{form}", _as_day(value) or SILENCE
    return Wrong(path=path, message=message, label=here.label, suggestion=suggestion)


def _as_day(text: str) -> str:
    """Rewrite a day as people write it: 2021/4/3, 2021年4月3日, 20210403, 2021-04-03 00:00:00."""
    found = re.match(r"\s*(\d{4})(?:\D{1,2}(\d{1,2})(?:\D{1,2}(\d{1,2}))?|(\d{2})(\d{2}))?(?!\d)", text)
    if found is None:
        return ""
    year, month, number = int(found.group(1)), found.group(2) or found.group(4), found.group(3) or found.group(5)
    try:
        whole = date(year, int(month or 1), int(number or 1))
    except ValueError:
        return ""
    return f'写作 "{whole.isoformat()[: 10 if number else 7 if month else 4]}"'


def _too_low(schema: DossierSchema, path: tuple[str | int, ...], value: Any, limit: Any) -> Wrong:
    label = spot(schema, path).label
    return Wrong(path=path, message=f"{_shown(value)}小于下限 {limit}", label=label, suggestion="核对正负号")


def _too_high(schema: DossierSchema, path: tuple[str | int, ...], value: Any, limit: Any) -> Wrong:
    label = spot(schema, path).label
    return Wrong(path=path, message=f"{_shown(value)}大于上限 {limit}", label=label, suggestion="核对位数和单位")


def _too_long(schema: DossierSchema, path: tuple[str | int, ...], value: Any, limit: Any) -> Wrong:
    label = spot(schema, path).label
    return Wrong(path=path, message=f"长 {len(value)}，超过上限 {limit}", label=label, suggestion="缩短，或者拆开")


def _too_short(schema: DossierSchema, path: tuple[str | int, ...], _value: Any, _: Any) -> Wrong:
    here = spot(schema, path)
    suggestion = "编号必须填写" if here.field is not None and here.field.identity else "填写，或者删去这一项"
    return Wrong(path=path, message="不能是空的文字", label=here.label, suggestion=suggestion)


def _too_few(schema: DossierSchema, path: tuple[str | int, ...], value: Any, limit: Any) -> Wrong:
    return Wrong(path=path, message=f"只有 {len(value)} 项，至少要 {limit} 项", label=spot(schema, path).label)


def _missing(schema: DossierSchema, path: tuple[str | int, ...], _value: Any, key: str) -> Wrong:
    return Wrong(
        path=path,
        message=f"缺少必填的 {key}（{spot(schema, (*path, key)).label}）",
        label=spot(schema, path).label,
        suggestion=f"补上 {key}",
    )


def _not_allowed(schema: DossierSchema, path: tuple[str | int, ...], value: Any, key: str) -> Wrong:
    names = _names(schema, path)
    meant = _nearest_key(key, names, set(value))
    taken = _nearest_key(key, {each: label for each, label in names.items() if each in value}, set())
    if meant:
        suggestion = f"{meant}（{names[meant]}）？"
    elif elsewhere := _elsewhere(key, schema):
        suggestion = elsewhere
    elif taken:
        suggestion = f"已经有 {taken}（{names[taken]}）；只留一个，或者删去 {key}"
    else:
        suggestion = f"可用的键：{'、'.join(names)}"
    return Wrong(
        path=(*path, key),
        message=f"没有 {key} 这个字段",
        label=spot(schema, path).label,
        suggestion=suggestion,
        at_key=True,
    )


def _half(_schema: DossierSchema, path: tuple[str | int, ...], _value: Any, key: str) -> Wrong:
    message = "文字中有不完整的字符（孤立的 \\ud800 一类转义）"
    at = (*path, key) if key else path
    return Wrong(path=at, message=message, label="", suggestion="重新输入这段文字", at_key=bool(key))


def _names(schema: DossierSchema, path: Sequence[str | int]) -> Mapping[str, str]:
    """Give the keys that an object may have, with their labels."""
    here = spot(schema, path)
    known = here.entity.fields if here.entity is not None else {}
    return {**{each: field.label for each, field in known.items()}, **_common(here, schema)}


def _common(here: Spot, schema: DossierSchema) -> Mapping[str, str]:
    entity = here.entity
    if entity is schema.meta:
        return {COMPLETENESS: schema.declaration.label}
    return COMMON if entity is not None and entity.id_field else {}


def _nearest_key(word: str, names: Mapping[str, str], taken: set[str]) -> str:
    """Find the field that was meant: by spelling, by its Chinese label, else by the words it is made of."""
    free = {name: label for name, label in names.items() if name not in taken}
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower().replace("-", "_").replace(" ", "_")
    found = difflib.get_close_matches(plain, free, n=1, cutoff=0.75)
    if not found:
        near = difflib.get_close_matches(word, free.values(), n=1, cutoff=0.5)
        found = [name for name, label in free.items() if near and label == near[0]][:1]
    if not found:
        scores = {name: _closeness(plain.split("_"), name.split("_")) for name in free}
        best = max(scores, key=lambda name: scores[name], default="")
        found = [best] if best and scores[best] >= 0.35 else []
    return found[0] if found else ""


def _closeness(words: Sequence[str], others: Sequence[str]) -> float:
    """Say how many of *words* have a look-alike among *others*, from 0 to 1."""
    best = (max(difflib.SequenceMatcher(None, each, other).ratio() for other in others) for each in words)
    return sum(each for each in best if each >= 0.7) / len(words)


def _elsewhere(word: str, schema: DossierSchema) -> str:
    owners = [entity for entity in schema.entities() if entity.path and word in entity.fields]
    return f"{word} 是 {'、'.join(f'{each.path}（{each.label}）' for each in owners)}的字段" if owners else ""


def _wrong_name(schema: DossierSchema, path: tuple[str | int, ...], name: str) -> Wrong:
    labels = {each: entity.label for each, entity in schema.registers.items()}
    if path[-1:] == (COMPLETENESS,):
        meant = _nearest_key(name, labels, set())
        suggestion = f"{meant}（{labels[meant]}）？" if meant else f"可用的路径：{'、'.join(labels)}"
        message = f"没有 {name} 这个台账"
    else:
        message, suggestion = "字段名不能为空，也不能超过 64 个字符", "写字段名，或者 *"
    return Wrong(
        path=(*path, name), message=message, label=spot(schema, path).label, suggestion=suggestion, at_key=True
    )


WORDINGS: Mapping[str, Wording] = MappingProxyType(
    {
        "type": _wrong_type,
        "enum": _wrong_member,
        "pattern": _wrong_pattern,
        "minimum": _too_low,
        "maximum": _too_high,
        "maxLength": _too_long,
        "maxItems": _too_long,
        "maxProperties": _too_long,
        "minLength": _too_short,
        "minItems": _too_few,
        "required": _missing,
        "additionalProperties": _not_allowed,
        "half": _half,
    }
)


def _shown(value: Any) -> str:
    """Show a value as it stands in the dossier, cut short."""
    match value:
        case None:
            return " null "
        case bool():
            return f" {str(value).lower()} "
        case Unusable():
            return f"无法计算的数值 {value[:LONGEST_NUMBER]} "
        case dict():
            return "对象（花括号）"
        case list():
            return "列表（方括号）"
        case str():
            text = without_citizens(value)
            return json.dumps(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…", ensure_ascii=False)
        case Decimal():
            return f" {value:f} "
    return f" {value} "
