"""How the YAML files of a pack are read, and the JSON Schema of what can be read.

Strictly, each key by a reader of its own, with all faults of a file at once. A reader tells its own shape, so that
the schemas that editors use can't say anything else.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice
from typing import Any, Generic, TypeVar

from checker.classes import dataclass
from checker.dossier.places import escaped
from checker.errors import PolicyError, Problem
from checker.policy.source import MOST_PROBLEMS, Source

MOST_ITEMS = 2_000
"""How many items a list of a pack may have."""

_Enum = TypeVar("_Enum", bound=StrEnum)
_Read_co = TypeVar("_Read_co", covariant=True)

Shape = dict[str, Any]
"""The JSON Schema of a value."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A value is not what its key asks for; `steps` lead to it. `of_key` says that the key is wrong, not the value."""

    message: str
    suggestion: str = ""
    steps: str = ""
    of_key: bool = False


class FormError(Exception):
    """What was written can't be read, for all of these faults."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def below(self, step: object) -> list[Fault]:
        """Give the faults as seen from the record or list that holds the value under *step*."""
        return [replace(each, steps=f"/{step}{each.steps}") for each in self.faults]


@dataclass(frozen=True, slots=True)
class Reader(Generic[_Read_co]):
    """Turns what was written into a value, or raises `FormError`; `shape` is worked out when it is asked for."""

    read: Callable[[object], _Read_co]
    shape: Callable[[], Shape]

    def __call__(self, value: object) -> _Read_co:
        """Read a value."""
        return self.read(value)


def reads(shape: Shape) -> Callable[[Callable[[object], _Read_co]], Reader[_Read_co]]:
    """Make a reader of a function that reads values of this shape."""
    return lambda read: Reader(read, lambda: shape)


@dataclass(frozen=True, slots=True)
class Key:
    """What a key holds: `read` turns what was written into a value; a key that may be left out has a `default`.

    `about` tells people in an editor what it is for.
    """

    read: Callable[[object], Any]
    default: Any = ...
    about: str = ""


@reads({"type": "string", "pattern": r"\S"})
def text(value: object) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise FormError(Fault("这里要写文字", f'加引号："{value}"' if isinstance(value, int | Decimal) else ""))
    return value.strip()


@reads({"type": ["string", "null"]})
def text_or_nothing(value: object) -> str:
    """Read a text that may be empty."""
    return "" if value in ("", None) else text(value)


@reads({"type": "boolean"})
def yes_or_no(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise FormError(Fault("这里要写 true 或 false"))
    return value


def one_of(members: type[_Enum], *, but: Collection[_Enum] = ()) -> Reader[_Enum]:
    """Give a reader of a member of an enumeration."""
    allowed = [each for each in members if each not in but]

    @reads({"enum": [each.value for each in allowed]})
    def read(value: object) -> _Enum:
        for each in allowed:
            if each == value:
                return each
        raise FormError(Fault(f"没有“{value}”这一项，可写：{'、'.join(allowed)}", closest(value, allowed)))

    return read


def several(read: Callable[[object], Any], *, at_least: int = 0, at_most: int = MOST_ITEMS) -> Reader[tuple[Any, ...]]:
    """Give a reader of a list; after many faults it looks no further."""

    def read_all(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < at_least:
            raise FormError(Fault("这里要写列表" + ("，至少一项" if at_least else "")))
        if len(value) > at_most:
            raise FormError(Fault(f"列表超过{at_most}项"))
        items: list[Any] = []
        faults: list[Fault] = []
        for index, each in enumerate(value):
            if len(faults) >= MOST_PROBLEMS:
                break
            try:
                items.append(read(each))
            except FormError as error:
                faults += error.below(index)
        if faults:
            raise FormError(*faults)
        return tuple(items)

    return Reader(
        read_all,
        lambda: {"type": "array", "items": shape_of(read), "minItems": at_least, "maxItems": at_most},
    )


def matching(pattern: str, example: str) -> Reader[str]:
    """Give a reader of an id of a certain form."""

    @reads({"type": "string", "pattern": f"^(?:{pattern})$", "examples": [example]})
    def read(value: object) -> str:
        if not re.fullmatch(pattern, text(value)):
            raise FormError(Fault("编号的写法不对", f"例如 {example}"))
        return text(value)

    return read


def mapping(read: Callable[[object], Any]) -> Reader[Mapping[str, Any]]:
    """Give a reader of names with values of one kind."""

    def read_all(value: object) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise FormError(Fault("这里要写 名称: 内容"))
        found: dict[str, Any] = {}
        faults: list[Fault] = []
        for key, each in value.items():
            if len(faults) >= MOST_PROBLEMS:
                break
            try:
                found[key] = read(each)
            except FormError as error:
                faults += error.below(key)
        if faults:
            raise FormError(*faults)
        return found

    return Reader(read_all, lambda: {"type": "object", "additionalProperties": shape_of(read)})


def record(form: Mapping[str, Key]) -> Reader[dict[str, Any]]:
    """Give a reader of a record."""
    return Reader(lambda value: read_form(value, form), lambda: shape_of_form(form))


def either(shape: Shape, *shapes: Shape) -> Shape:
    """Give the shape of what has one of several shapes."""
    return {"anyOf": [shape, *shapes]}


def shape_of(read: Callable[[object], Any]) -> Shape:
    """Give the shape of what a reader reads; nothing is known of a plain function's."""
    return read.shape() if isinstance(read, Reader) else {}


def shape_of_form(form: Mapping[str, Key]) -> Shape:
    """Give the shape of a record."""
    return {
        "type": "object",
        "properties": {
            name: ({"description": key.about} if key.about else {}) | shape_of(key.read) for name, key in form.items()
        },
        "required": [name for name, key in form.items() if key.default is ...],
        "additionalProperties": False,
    }


def read_records(
    source: Source, form: Mapping[str, Key], faults_of: Callable[[Mapping[str, Any]], list[tuple[str, str]]]
) -> list[dict[str, Any]]:
    """Read a file that is a list of records of one form; `faults_of` tells what is wrong with a whole record."""
    if not isinstance(source.value, list):
        raise PolicyError([source.problem("", "这个文件要写成列表，每项以“- ”开头")])
    problems: list[Problem] = []
    records: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    if len(source.value) > MOST_ITEMS:
        raise PolicyError([source.problem("", f"这个文件超过{MOST_ITEMS}项")])
    for index, written in enumerate(source.value):
        if len(problems) >= MOST_PROBLEMS:
            break
        try:
            record = read_form(written, form)
        except FormError as error:
            problems += [
                source.problem(each.steps, each.message, each.suggestion, key=each.of_key)
                for each in error.below(index)
            ]
            continue
        first = places.setdefault(record["id"], index)
        if first != index:
            line = source.place(f"/{first}/id").line
            problems.append(source.problem(f"/{index}/id", f"编号 {record['id']} 重复（第 {line} 行已有）"))
        problems += [source.problem(f"/{index}/{steps}", message) for steps, message in faults_of(record)]
        records.append(record)
    if problems:
        raise PolicyError(problems[:MOST_PROBLEMS])
    return records


def read_whole(source: Source, form: Mapping[str, Key]) -> dict[str, Any]:
    """Read a file that is one record; raise `PolicyError` with every fault in it, each at its place."""
    try:
        return read_form(source.value, form)
    except FormError as error:
        raise PolicyError(
            [
                source.problem(each.steps, each.message, each.suggestion, key=each.of_key)
                for each in error.faults[:MOST_PROBLEMS]
            ]
        ) from error


def read_form(written: object, form: Mapping[str, Key]) -> dict[str, Any]:
    """Read one record; raise `FormError` with every fault in it."""
    if not isinstance(written, dict):
        raise FormError(Fault(f"这里要写一条记录，含：{'、'.join(form)}"))
    unknown = (key for key in written if key not in form)
    faults = [
        Fault(f"没有“{key}”这个键", closest(key, form), f"/{escaped(key)}", of_key=True)
        for key in islice(unknown, MOST_PROBLEMS)
    ]
    record = {}
    for name, key in form.items():
        if name not in written:
            if key.default is ...:
                faults.append(Fault(f"缺少“{name}”"))
            record[name] = key.default
            continue
        try:
            record[name] = key.read(written[name])
        except FormError as error:
            faults += error.below(name)
    if faults:
        raise FormError(*faults)
    return record


def closest(word: object, known: Collection[str]) -> str:
    """Word a guess at what was meant."""
    close = get_close_matches(str(word), list(known), n=1)
    return f"是否要写“{close[0]}”？" if close else ""
