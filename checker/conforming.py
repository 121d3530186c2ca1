"""Whether what was read from JSON is what a JSON schema says: the schema is turned into functions once.

It knows the keywords that the schema of the report uses, and says of what does not conform only where the first fault
lies and what it is. Asking a general validator would take ten times as long as making the report anew.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

Step = str | int


class Misfit(NamedTuple):
    """The first thing that does not conform: the steps that lead to it, and what it is, in Chinese."""

    steps: tuple[Step, ...]
    message: str

    def below(self, step: Step) -> "Misfit":
        """Give it as seen from one step above."""
        return Misfit((step, *self.steps), self.message)


Check = Callable[[Any], Misfit | None]

TYPES: MappingProxyType[str, type] = MappingProxyType(
    {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
)
NAMES = MappingProxyType(
    {
        "object": "对象",
        "array": "列表",
        "string": "文字",
        "integer": "整数",
        "boolean": " true 或者 false",
        "null": " null",
    }
)
_LONGEST_SHOWN = 40


def conforming(schema: Mapping[str, Any]) -> Check:
    """Turn *schema* into a function that gives the first misfit of a value, or `None`.

    >>> conforming({"properties": {"n": {"type": "integer"}}})({"n": "1"})
    Misfit(steps=('n',), message='应为整数，现为“1”')
    """
    return _Checks(schema).of(schema)


class _Checks:
    """The functions of one schema; a definition is looked up when it is first asked, since it may hold itself."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.defined: dict[str, Check] = {}

    def of(self, schema: Any) -> Check:
        if schema is False:
            return lambda _value: Misfit((), "这里不能有这个键")
        made = [_KEYWORDS[each](self, schema[each], schema) for each in _KEYWORDS if each in schema]
        unknown = set(schema) - set(_KEYWORDS) - _SILENT
        if unknown:
            raise NotImplementedError(f"keywords {sorted(unknown)}")
        if len(made) == 1:
            return made[0]

        def check(value: Any) -> Misfit | None:
            for each in made:
                found = each(value)
                if found is not None:
                    return found
            return None

        return check

    def definition(self, reference: str, _: Any) -> Check:
        name = reference.removeprefix("#/$defs/")

        def check(value: Any) -> Misfit | None:
            if name not in self.defined:
                self.defined[name] = self.of(self.root["$defs"][name])
            return self.defined[name](value)

        return check

    def type(self, wanted: str | Sequence[str], _: Any) -> Check:
        names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        types = {TYPES[name] for name in names}
        said = "或者".join(NAMES[each] for each in names)

        def check(value: Any) -> Misfit | None:
            return None if value.__class__ in types else Misfit((), f"应为{said}，现为{_shown(value)}")

        return check

    def members(self, allowed: Sequence[Any], _: Any) -> Check:
        def check(value: Any) -> Misfit | None:
            if any(value == each and value.__class__ is each.__class__ for each in allowed):
                return None
            return Misfit((), f"{_shown(value)}不是可选的值；可用：{'、'.join(map(_shown, allowed))}")

        return check

    def constant(self, wanted: Any, _: Any) -> Check:
        return self.members((wanted,), None)

    def pattern(self, pattern: str, _: Any) -> Check:
        fits = re.compile(pattern).search

        def check(value: Any) -> Misfit | None:
            return Misfit((), f"{_shown(value)}的写法不对") if isinstance(value, str) and not fits(value) else None

        return check

    def day(self, wanted: str, _: Any) -> Check:
        assert wanted == "date"

        def check(value: Any) -> Misfit | None:
            try:
                date.fromisoformat(value)
            except ValueError:
                return Misfit((), f"没有{_shown(value)}这一天")
            return None

        return check

    def shortest(self, least: int, _: Any) -> Check:
        return lambda value: Misfit((), "不能为空") if isinstance(value, str | list) and len(value) < least else None

    def longest(self, most: int, _: Any) -> Check:
        return lambda value: Misfit((), f"最多{most}项") if isinstance(value, list) and len(value) > most else None

    def least(self, least: int, _: Any) -> Check:
        return lambda value: Misfit((), f"不能小于{least}") if value.__class__ is int and value < least else None

    def required(self, names: Sequence[str], _: Any) -> Check:
        def check(value: Any) -> Misfit | None:
            if value.__class__ is not dict:
                return None
            lacking = next((each for each in names if each not in value), None)
            return None if lacking is None else Misfit((), f"缺少 {lacking}")

        return check

    def properties(self, described: Mapping[str, Any], _: Any) -> Check:
        checks = {name: self.of(each) for name, each in described.items()}

        def check(value: Any) -> Misfit | None:
            if value.__class__ is dict:
                for name, each in value.items():
                    found = checks[name](each) if name in checks else None
                    if found is not None:
                        return found.below(name)
            return None

        return check

    def others(self, wanted: Any, schema: Mapping[str, Any]) -> Check:
        known = frozenset(schema.get("properties", ()))
        each_of = self.of(wanted) if wanted is not False else lambda _value: Misfit((), "没有这个键")

        def check(value: Any) -> Misfit | None:
            if value.__class__ is dict:
                for name, each in value.items():
                    found = each_of(each) if name not in known else None
                    if found is not None:
                        return found.below(name)
            return None

        return check

    def items(self, wanted: Any, _: Any) -> Check:
        each_of = self.of(wanted)

        def check(value: Any) -> Misfit | None:
            if value.__class__ is list:
                for number, each in enumerate(value):
                    found = each_of(each)
                    if found is not None:
                        return found.below(number)
            return None

        return check

    def one_of(self, choices: Sequence[Any], _: Any) -> Check:
        checks = [self.of(each) for each in choices]

        def check(value: Any) -> Misfit | None:
            found = [misfit for each in checks if (misfit := each(value)) is not None]
            if len(found) == len(checks) - 1:
                return None
            return max(found, key=lambda each: len(each.steps), default=Misfit((), "有两种读法"))

        return check

    def nothing_of(self, unwanted: Any, _: Any) -> Check:
        unfit = self.of(unwanted)
        return lambda value: Misfit((), f"不能是{_shown(value)}") if unfit(value) is None else None


_KEYWORDS: Mapping[str, Callable[[_Checks, Any, Any], Check]] = MappingProxyType(
    {
        "type": _Checks.type,
        "const": _Checks.constant,
        "enum": _Checks.members,
        "pattern": _Checks.pattern,
        "format": _Checks.day,
        "minLength": _Checks.shortest,
        "minItems": _Checks.shortest,
        "maxItems": _Checks.longest,
        "minimum": _Checks.least,
        "required": _Checks.required,
        "additionalProperties": _Checks.others,
        "$ref": _Checks.definition,
        "properties": _Checks.properties,
        "items": _Checks.items,
        "oneOf": _Checks.one_of,
        "not": _Checks.nothing_of,
    }
)
"""What each keyword asks; those that look at one value come before those that look into it."""

_SILENT = frozenset({"$schema", "$id", "$defs", "title", "description"})


def _shown(value: Any) -> str:
    match value:
        case str():
            return f"“{value[:_LONGEST_SHOWN]}{'…' if len(value) > _LONGEST_SHOWN else ''}”"
        case dict():
            return "对象"
        case list():
            return "列表"
        case True | False | None:
            return {True: " true", False: " false", None: " null"}[value]
        case _:
            return f" {value}"
