"""Reading out: values and expressions as Chinese, from the schema's labels, so that a lawyer checks sentences."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard

from checker.language.tree import (
    ANY_UNIT,
    SUBJECT,
    ZONE,
    And,
    Arithmetic,
    AsOf,
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    IsNone,
    Let,
    Link,
    Loop,
    Member,
    Negative,
    Node,
    Not,
    Or,
    ParameterValue,
    Quantifier,
    Register,
    Sort,
    Table,
    Type,
    Variable,
)
from checker.shapes import area_ha
from checker.values import UNKNOWN, Range, Value

UNITS: Mapping[str, str] = {
    "cny": "元",
    "cny_mu": "元/亩",
    "cny_sqm": "元/平方米",
    "sqm": "平方米",
    "ha": "公顷",
    "mu": "亩",
    "pct": "%",
    "years": "年",
    "months": "个月",
    "days": "天",
    "workdays": "个工作日",
    "persons": "人",
    "count": "个",
}
UNKNOWN_WORD = "不详"
NONE_WORD = "无"


def say(value: Value, kind: Type) -> str:
    """Word a value with its unit; what is unknown is 不详, a range is told by its bounds.

    >>> say(Decimal("1234567.5"), Type(sort=Sort.NUMBER, unit="cny"))
    '1,234,567.50元'
    """
    if value is UNKNOWN:
        return UNKNOWN_WORD
    if value is None:
        return NONE_WORD
    if kind.sort is Sort.SHAPE:
        return f"面积{say(area_ha(value), replace(kind, sort=Sort.NUMBER))}的图形"
    if isinstance(value, Range):
        return _say_range(value, kind)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int | Decimal | Fraction):
        return say_number(value, kind.unit)
    if isinstance(value, frozenset | list | tuple):
        return "、".join(sorted(value) if isinstance(value, frozenset) else value) or NONE_WORD
    return str(value)


def say_number(number: Decimal | Fraction | int, unit: str) -> str:
    """Word a number: money with two decimals, quotients to four, thousands apart.

    >>> say_number(Fraction(1, 3), "")
    '约0.3333'
    """
    about = ""
    if isinstance(number, Fraction):
        exact = Decimal(number.numerator) / Decimal(number.denominator)
        about = "" if Fraction(exact) == number and abs(exact.normalize().as_tuple().exponent) <= 6 else "约"  # type: ignore[arg-type]
        number = exact.quantize(Decimal("0.0001")) if about else exact
    if unit == "cny":
        cents = Decimal(number).quantize(Decimal("0.01"))
        if cents == number:
            number = cents
        return f"{about}{number:,}元"
    plain = Decimal(number).normalize()
    return f"{about}{plain:,f}{UNITS.get(unit, '')}"


def _say_range(value: Range, kind: Type) -> str:
    low, high = value.low, value.high
    if isinstance(low, date) and isinstance(high, date):
        if (low.month, low.day, high.month, high.day) == (1, 1, 12, 31) and low.year == high.year:
            return f"{low.year}年"
        if (low.year, low.month, low.day) == (high.year, high.month, 1) and (high.day >= 28):
            return f"{low.year}年{low.month}月"
    if low is None:
        return f"至多{say(high, kind)}"
    if high is None:
        return f"至少{say(low, kind)}"
    return f"{say(low, kind)}至{say(high, kind)}"


class Wording:
    """Reads expressions of one rule out in Chinese. `lets` and `figures` are the labels of its names and parameters."""

    def __init__(self, *, subject: str, lets: Mapping[str, str], figures: Mapping[str, str]) -> None:
        self.subject = subject
        self.lets = lets
        self.figures = figures

    def read(self, node: Node) -> str:
        """Give the sentence for a condition, or the phrase for a value."""
        match node:
            case And(all=parts):
                return "，且".join(self._inside(part) for part in parts)
            case Or(any=parts):
                return "，或者".join(self._inside(part) for part in parts)
            case Not(part=part):
                return self._not(part)
            case Compare():
                return self._compare(node, positive=True)
            case Member(value=value, members=members):
                return f"{self.read(value)} 属于 {self._members(members, value)}"
            case IsNone(value=value):
                return f"没有{self.read(value)}"
            case Choice(condition=condition, first=first, second=second):
                return f"（{self.read(condition)}的，为{self.read(first)}；否则为{self.read(second)}）"
            case Arithmetic(operator=operator, left=left, right=right):
                sign = {"+": "加", "-": "减", "*": "乘以", "/": "除以"}[operator]
                return f"{self._inside(left)} {sign} {self._inside(right)}"
            case Negative(part=part):
                return f"负的{self.read(part)}"
            case Quantifier():
                return self._quantifier(node)
            case Table(register=register):
                return self.read(register)
            case Call(function=function, arguments=arguments):
                if function.context == "order":
                    first, second = arguments
                    return function.words.format(self._beside(first, second), self._beside(second, first))
                return function.words.format(*(self._argument(argument, function.counts) for argument in arguments))
        return self._name(node)

    def _argument(self, node: Node, unit: str) -> str:
        """Read an argument; a bare number by the unit that the function counts in."""
        return say(node.value, replace(node.type, unit=unit)) if _is_number(node) and unit else self.read(node)

    def _beside(self, node: Node, other: Node) -> str:
        """Read one side of a comparison: a member of an enumeration by its label, a bare number by the other's unit."""
        if isinstance(node, Constant) and isinstance(node.value, str):
            return f"“{_member_label(other, node.value)}”"
        text = self._argument(node, "" if other.type.unit == ANY_UNIT else other.type.unit)
        return f"（{text}）" if isinstance(node, And | Or | Arithmetic) else text

    def _name(self, node: Node) -> str:
        match node:
            case AsOf():
                return "检查基准日"
            case Let(name=name):
                return self.lets.get(name, name)
            case ParameterValue(id=identifier):
                return self.figures.get(identifier, identifier)
            case Constant(value=value):
                return say(value, node.type) if not isinstance(value, str) else f"“{value}”"
            case Variable(name=name):
                if name == SUBJECT:
                    return self.subject
                label = node.type.entity.label if node.type.entity else "该项"
                return f"另一{label}" if label == self.subject and name != ZONE else label
            case Attribute(base=base, field=described):
                owner = self._owner(base)
                return (
                    described.label if described.label.startswith(owner.removesuffix("的")) else owner + described.label
                )
            case Link(base=base, field=described):
                return f"{self._owner(base)}{described.label.removesuffix('编号')}"
            case Register(base=base, field=described):
                return described.label if base is None else f"{self._owner(base)}{described.label}"
        raise TypeError(node)

    def _owner(self, base: Node) -> str:
        if isinstance(base, Variable) and base.name == SUBJECT:
            return ""
        if isinstance(base, Attribute):  # a block: the labels of its fields speak for themselves
            return self._owner(base.base)
        return f"{self._name(base)}的"

    def _inside(self, node: Node) -> str:
        text = self.read(node)
        return f"（{text}）" if isinstance(node, And | Or | Arithmetic) else text

    def _members(self, members: Node, value: Node) -> str:
        if isinstance(members, Constant) and isinstance(members.value, frozenset):
            return "、".join(f"“{_member_label(value, word)}”" for word in sorted(members.value))
        return self.read(members)

    def _compare(self, node: Compare, *, positive: bool) -> str:
        left, right = node.left, node.right
        operator = node.operator
        if operator == "==":
            if isinstance(left, Constant):
                left, right = right, left
            if isinstance(right, Constant):
                return f"{self.read(left)} {'为' if positive else '不为'} {self._beside(right, left)}"
            return f"{self.read(left)} 与 {self.read(right)} {'相同' if positive else '不同'}"
        words = _ORDER_WORDS[left.type.sort is Sort.DAY]
        if node.turned:
            left, right = right, left
            words = {("<", True): words["<=", False], ("<=", True): words["<", False]} | {
                ("<", False): words["<=", True],
                ("<=", False): words["<", True],
            }
        return f"{self._beside(left, right)} {words[operator, positive]} {self._beside(right, left)}"

    def _not(self, part: Node) -> str:
        match part:
            case Compare():
                return self._compare(part, positive=False)
            case Member(value=value, members=members):
                return f"{self.read(value)} 不属于 {self._members(members, value)}"
            case IsNone(value=value):
                return f"有{self.read(value)}"
            case Quantifier(kind="any"):
                return self._exists(part, "没有一")
            case Call(function=function, arguments=arguments) if function.negated:
                return function.negated.format(*(self._argument(argument, function.counts) for argument in arguments))
        return f"并非（{self.read(part)}）"

    def _quantifier(self, node: Quantifier) -> str:
        match node.kind:
            case "any":
                return self._exists(node, "至少有一")
            case "all":
                return f"{self._sources(node.loops)}逐一都符合：{self.read(node.element)}"
            case "sum":
                return f"{self._sources(node.loops)}的{self.read(node.element)}合计"
            case "union":
                return f"{self._sources(node.loops)}中各{self.read(node.element)}的合并"
        return f"{self._sources(node.loops)}的条数"

    def _exists(self, node: Quantifier, how_many: str) -> str:
        measure = "条" if node.loops[-1].source.type.sort is Sort.REGISTER else "项"
        return f"{self._sources(node.loops)}中{how_many}{measure}符合：{self.read(node.element)}"

    def _sources(self, loops: tuple[Loop, ...]) -> str:
        """Read the lists that are gone through, each with its conditions: 招商协议（…）的承诺事项."""
        return "的".join(
            (loop.source.field.label if number and isinstance(loop.source, Register) else self.read(loop.source))
            + (f"（{'，且'.join(map(self.read, loop.conditions))}）" if loop.conditions else "")
            for number, loop in enumerate(loops)
        )


_ORDER_WORDS: Mapping[bool, Mapping[tuple[str, bool], str]] = {
    False: {("<", True): "小于", ("<", False): "不小于", ("<=", True): "不超过", ("<=", False): "超过"},
    True: {("<", True): "早于", ("<", False): "不早于", ("<=", True): "不晚于", ("<=", False): "晚于"},
}


def _is_number(node: Node) -> TypeGuard[Constant]:
    return isinstance(node, Constant) and node.type.sort is Sort.NUMBER


def _member_label(value: Node, member: object) -> str:
    described = value.field if isinstance(value, Attribute) else None
    return described.member_labels.get(str(member), str(member)) if described is not None else str(member)


def member_text(value: Value, node: Node) -> str:
    """Word the value of an expression, an enumeration by the label of its member."""
    if isinstance(value, str):
        return _member_label(node, value)
    return say(value, node.type)
