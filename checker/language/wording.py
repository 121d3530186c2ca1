"""Reading out: values and expressions as sentences, from the schema's labels, so that a lawyer checks sentences.

They are Chinese; with a catalogue they are read out in its language.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard

from checker.catalogues import CHINESE, Catalogue
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
from checker.model import MONTHS
from checker.shapes import area_ha
from checker.values import NUMBERS, UNKNOWN, Range, Value

AMOUNTS: Mapping[str, str] = {
    "": "{number}",
    "cny": "{number}元",
    "cny_mu": "{number}元/亩",
    "cny_sqm": "{number}元/平方米",
    "sqm": "{number}平方米",
    "ha": "{number}公顷",
    "mu": "{number}亩",
    "pct": "{number}%",
    "years": "{number}年",
    "year": "{number}年",
    "months": "{number}个月",
    "days": "{number}天",
    "workdays": "{number}个工作日",
    "persons": "{number}人",
    "count": "{number}个",
}
UNITS: Mapping[str, str] = {unit: amount.removeprefix("{number}") for unit, amount in AMOUNTS.items() if unit}
UNKNOWN_WORD = "不详"
NONE_WORD = "无"
_CENT = Decimal("0.01")


def say(value: Value, kind: Type, words: Catalogue = CHINESE) -> str:
    """Word a value with its unit; what is unknown is 不详, a range is told by its bounds.

    >>> say(Decimal("1234567.5"), Type(sort=Sort.NUMBER, unit="cny"))
    '1,234,567.50元'
    """
    if value is UNKNOWN:
        return words(UNKNOWN_WORD)
    if value is None:
        return words(NONE_WORD)
    if kind.sort is Sort.SHAPE:
        return words("面积{area}的图形", area=say(area_ha(value), replace(kind, sort=Sort.NUMBER), words))
    if value.__class__ in NUMBERS:
        return say_number(value, kind.unit, words)
    if isinstance(value, Range):
        return _say_range(value, kind, words)
    if isinstance(value, bool):
        return words("是") if value else words("否")
    if isinstance(value, date):
        return words("{year}年{month}{day}日", year=value.year, month=words(MONTHS[value.month - 1]), day=value.day)
    if isinstance(value, frozenset | list | tuple):
        return words("、").join(sorted(value) if isinstance(value, frozenset) else value) or words(NONE_WORD)
    return str(value)


def say_number(number: Decimal | Fraction | int, unit: str, words: Catalogue = CHINESE) -> str:
    """Word a number: money with two decimals, quotients to four, thousands apart.

    >>> say_number(Fraction(1, 3), "")
    '约0.3333'
    """
    is_about = False
    if isinstance(number, Fraction):
        exact = Decimal(number.numerator) / Decimal(number.denominator)
        is_about = not (Fraction(exact) == number and abs(exact.normalize().as_tuple().exponent) <= 6)  # type: ignore[arg-type]  # no fraction is infinite
        number = exact.quantize(Decimal("0.0001")) if is_about else exact
    if unit == "cny":
        told = f"{number:,}"
        if told[-3:-2] != "." and (cents := Decimal(number).quantize(_CENT)) == number:
            told = f"{cents:,}"
    elif unit == "year":
        told = f"{number}"  # 2024, and not 2,024
    else:
        told = f"{number:,f}" if number.__class__ is Decimal else f"{number:,}"
        told = told.rstrip("0").rstrip(".") if "." in told else told
    amount = words(AMOUNTS.get(unit, "{number}"), number=told)
    return words("约{amount}", amount=amount) if is_about else amount


def _say_range(value: Range, kind: Type, words: Catalogue) -> str:
    low, high = value.low, value.high
    if isinstance(low, date) and isinstance(high, date):
        if (low.month, low.day, high.month, high.day) == (1, 1, 12, 31) and low.year == high.year:
            return words("{year}年", year=low.year)
        if (low.year, low.month, low.day) == (high.year, high.month, 1) and (high.day >= 28):
            return words("{year}年{month}", year=low.year, month=words(MONTHS[low.month - 1]))
    if low is None:
        return words("至多{value}", value=say(high, kind, words))
    if high is None:
        return words("至少{value}", value=say(low, kind, words))
    return words("{low}至{high}", low=say(low, kind, words), high=say(high, kind, words))


class Wording:
    """Reads expressions of one rule out. `lets` and `figures` are the labels of its names and parameters."""

    def __init__(
        self, *, subject: str, lets: Mapping[str, str], figures: Mapping[str, str], words: Catalogue = CHINESE
    ) -> None:
        self.subject = subject
        self.lets = lets
        self.figures = figures
        self.words = words

    def read(self, node: Node) -> str:
        """Give the sentence for a condition, or the phrase for a value."""
        words = self.words
        match node:
            case And(all=parts):
                return words("，且").join(self._inside(part) for part in parts)
            case Or(any=parts):
                return words("，或者").join(self._inside(part) for part in parts)
            case Not(part=part):
                return self._not(part)
            case Compare():
                return self._compare(node, positive=True)
            case Member(value=value, members=members):
                return words("{0} 属于 {1}", self.read(value), self._members(members, value))
            case IsNone(value=value):
                return words("没有{0}", self.read(value))
            case Choice(condition=condition, first=first, second=second):
                return words("（{0}的，为{1}；否则为{2}）", *map(self.read, (condition, first, second)))
            case Arithmetic(operator=operator, left=left, right=right):
                return words(_SIGNS[operator], self._inside(left), self._inside(right))
            case Negative(part=part):
                return words("负的{0}", self.read(part))
            case Quantifier():
                return self._quantifier(node)
            case Table(register=register):
                return self.read(register)
            case Call(function=function, arguments=arguments):
                if function.context == "order":
                    first, second = arguments
                    return words(function.words, self._beside(first, second), self._beside(second, first))
                return words(function.words, *(self._argument(argument, function.counts) for argument in arguments))
        return self._name(node)

    def _argument(self, node: Node, unit: str) -> str:
        """Read an argument; a bare number by the unit that the function counts in."""
        if _is_number(node) and unit:
            return say(node.value, replace(node.type, unit=unit), self.words)
        return self.read(node)

    def _beside(self, node: Node, other: Node) -> str:
        """Read one side of a comparison: a member of an enumeration by its label, a bare number by the other's unit."""
        if isinstance(node, Constant) and isinstance(node.value, str):
            return self.words("“{0}”", _member_label(other, node.value))
        text = self._argument(node, "" if other.type.unit == ANY_UNIT else other.type.unit)
        return self.words("（{0}）", text) if isinstance(node, And | Or | Arithmetic) else text

    def _name(self, node: Node) -> str:
        match node:
            case AsOf():
                return self.words("检查基准日")
            case Let(name=name):
                return self.lets.get(name, name)
            case ParameterValue(id=identifier):
                return self.figures.get(identifier, identifier)
            case Constant(value=value):
                is_text = isinstance(value, str)
                return self.words("“{0}”", value) if is_text else say(value, node.type, self.words)
            case Variable(name=name):
                if name == SUBJECT:
                    return self.subject
                label = node.type.entity.label if node.type.entity else self.words("该项")
                return self.words("另一{0}", label) if label == self.subject and name != ZONE else label
            case Attribute(base=base, field=described):
                owner = self._owner(base)
                return described.label if described.label.startswith(owner) else self._of(owner, described.label)
            case Link(base=base, field=described):
                return self._of(self._owner(base), self._linked(described.label))
            case Register(base=base, field=described):
                return described.label if base is None else self._of(self._owner(base), described.label)
        raise TypeError(node)

    def _of(self, owner: str, label: str) -> str:
        return self.words("{0}的{1}", owner, label) if owner else label

    def _linked(self, label: str) -> str:
        """Name the record that a field refers to: 规划编号 leads to the 规划."""
        return label.removesuffix(self.words("编号")).rstrip()

    def _owner(self, base: Node) -> str:
        if isinstance(base, Variable) and base.name == SUBJECT:
            return ""
        if isinstance(base, Attribute):  # a block: the labels of its fields speak for themselves
            return self._owner(base.base)
        return self._name(base)

    def _inside(self, node: Node) -> str:
        text = self.read(node)
        return self.words("（{0}）", text) if isinstance(node, And | Or | Arithmetic) else text

    def _members(self, members: Node, value: Node) -> str:
        if isinstance(members, Constant) and isinstance(members.value, frozenset):
            named = (self.words("“{0}”", _member_label(value, word)) for word in sorted(members.value))
            return self.words("、").join(named)
        return self.read(members)

    def _compare(self, node: Compare, *, positive: bool) -> str:
        left, right = node.left, node.right
        operator = node.operator
        if operator == "==":
            if isinstance(left, Constant):
                left, right = right, left
            if isinstance(right, Constant):
                sentence = "{0} 为 {1}" if positive else "{0} 不为 {1}"
                return self.words(sentence, self.read(left), self._beside(right, left))
            sentence = "{0} 与 {1} 相同" if positive else "{0} 与 {1} 不同"
            return self.words(sentence, self.read(left), self.read(right))
        order = _ORDER_WORDS[left.type.sort is Sort.DAY]
        if node.turned:
            left, right = right, left
            order = {("<", True): order["<=", False], ("<=", True): order["<", False]} | {
                ("<", False): order["<=", True],
                ("<=", False): order["<", True],
            }
        return self.words(order[operator, positive], self._beside(left, right), self._beside(right, left))

    def _not(self, part: Node) -> str:
        match part:
            case Compare():
                return self._compare(part, positive=False)
            case Member(value=value, members=members):
                return self.words("{0} 不属于 {1}", self.read(value), self._members(members, value))
            case IsNone(value=value):
                return self.words("有{0}", self.read(value))
            case Quantifier(kind="any"):
                return self._exists(part, positive=False)
            case Call(function=function, arguments=arguments) if function.negated:
                read = (self._argument(argument, function.counts) for argument in arguments)
                return self.words(function.negated, *read)
            case Attribute() | Let():  # a name, which is short
                return self.words("不符合“{0}”", self.read(part))
        return self.words("并非（{0}）", self.read(part))

    def _quantifier(self, node: Quantifier) -> str:
        if node.kind == "any":
            return self._exists(node, positive=True)
        sources = self._sources(node.loops)
        if node.kind == "count":
            return self.words("{0}的条数", sources)
        sentences = {"all": "{0}逐一都符合：{1}", "sum": "{0}的{1}合计", "union": "{0}中各{1}的合并"}
        return self.words(sentences[node.kind], sources, self.read(node.element))

    def _exists(self, node: Quantifier, *, positive: bool) -> str:
        if node.loops[-1].source.type.sort is Sort.REGISTER:
            sentence = "{0}中至少有一条符合：{1}" if positive else "{0}中没有一条符合：{1}"
        else:
            sentence = "{0}中至少有一项符合：{1}" if positive else "{0}中没有一项符合：{1}"
        return self.words(sentence, self._sources(node.loops), self.read(node.element))

    def _sources(self, loops: tuple[Loop, ...]) -> str:
        """Read the lists that are gone through, each with its conditions: 招商协议（…）的承诺事项."""
        told = ""
        for number, loop in enumerate(loops):
            source = loop.source.field.label if number and isinstance(loop.source, Register) else self.read(loop.source)
            if loop.conditions:
                source = self.words("{0}（{1}）", source, self.words("，且").join(map(self.read, loop.conditions)))
            told = self.words("{0}的{1}", told, source) if told else source
        return told


_SIGNS: Mapping[str, str] = {"+": "{0} 加 {1}", "-": "{0} 减 {1}", "*": "{0} 乘以 {1}", "/": "{0} 除以 {1}"}
_ORDER_WORDS: Mapping[bool, Mapping[tuple[str, bool], str]] = {
    False: {
        ("<", True): "{0} 小于 {1}",
        ("<", False): "{0} 不小于 {1}",
        ("<=", True): "{0} 不超过 {1}",
        ("<=", False): "{0} 超过 {1}",
    },
    True: {
        ("<", True): "{0} 早于 {1}",
        ("<", False): "{0} 不早于 {1}",
        ("<=", True): "{0} 不晚于 {1}",
        ("<=", False): "{0} 晚于 {1}",
    },
}


def _is_number(node: Node) -> TypeGuard[Constant]:
    return isinstance(node, Constant) and node.type.sort is Sort.NUMBER


def _member_label(value: Node, member: object) -> str:
    described = value.field if isinstance(value, Attribute) else None
    return described.member_labels.get(str(member), str(member)) if described is not None else str(member)


def member_text(value: Value, node: Node, words: Catalogue = CHINESE) -> str:
    """Word the value of an expression, an enumeration by the label of its member."""
    if isinstance(value, str):
        return _member_label(node, value)
    return say(value, node.type, words)
