"""Text of the rule language → typed tree, or an error with its place and a way out.

The grammar is a small subset of Python's expression grammar, read with `ast` and never compiled or evaluated as
Python. Every name is looked up in the dossier schema, every operand has a sort and a unit, and what is not in the
tables is refused.
"""

import ast
import difflib
import keyword
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from decimal import Decimal
from typing import NoReturn

from checker import values
from checker.classes import dataclass
from checker.dossier.schema import ATTESTATIONS, DossierSchema, Entity, Field, Kind
from checker.language.functions import FUNCTIONS, QUANTIFIERS
from checker.language.tree import (
    ANY_UNIT,
    SUBJECT,
    And,
    Arithmetic,
    AsOf,
    Attribute,
    Call,
    Choice,
    Columns,
    Compare,
    Constant,
    Function,
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
    path_text,
)

LONGEST_EXPRESSION = 2_000
DEEPEST_EXPRESSION = 40
MOST_LOOPS = 2
DIGITS = range(-20, 19)
ATTESTED = "核查记录是人的陈述，规则不能读取：查明的事实写入所涉的记录，规则读那里"
"""The powers of ten that a digit of a number may stand for: arithmetic stays exact and quick."""

TRUTH = Type(sort=Sort.TRUTH)
_SORT_OF_KIND = {
    Kind.TEXT: Sort.TEXT,
    Kind.ENUM: Sort.TEXT,
    Kind.DAY: Sort.DAY,
    Kind.NUMBER: Sort.NUMBER,
    Kind.INTEGER: Sort.NUMBER,
    Kind.BOOLEAN: Sort.TRUTH,
    Kind.TEXTS: Sort.TEXTS,
    Kind.BLOCK: Sort.RECORD,
    Kind.REGISTER: Sort.REGISTER,
    Kind.SHAPE: Sort.SHAPE,
}
_REPLACEABLE = frozenset({Sort.NUMBER, Sort.TEXT, Sort.DAY, Sort.TEXTS})
_PRODUCT_UNITS = {("cny_sqm", "sqm"): "cny", ("sqm", "cny_sqm"): "cny"}
_ORDERS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class ExpressionError(ValueError):
    """An expression that cannot be read: what is wrong, at which offset of the text, and the way out."""

    def __init__(self, message: str, *, offset: int, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The names that an expression may use.

    `subject` is the entity that the rule is applied to (`None` for rules over the zone as a whole use the zone's own
    entity), `records` further records by name (parent, zone, claim, loop variables), `texts` loop variables over
    plain texts, `lets` the types of names given earlier, `parameters` the types of the pack's figures and whether
    they are soft.
    """

    schema: DossierSchema
    subject: Entity
    records: Mapping[str, Entity]
    lets: Mapping[str, Type] = field(default_factory=dict)
    parameters: Mapping[str, tuple[Type, bool]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """Every name that may stand first in an expression, for suggestions."""
        links = [name[:-3] for name, each in self.subject.fields.items() if each.ref and name.endswith("_id")]
        return [
            *self.lets,
            *self.subject.fields,
            *links,
            *self.records,
            *self.texts,
            *(path for path in self.schema.registers if "." not in path),
            "as_of",
            "param",
        ]


def parse(text: str, scope: Scope) -> Node:
    """Read *text* in *scope*; raise `ExpressionError`."""
    if len(text) > LONGEST_EXPRESSION:
        raise ExpressionError(f"表达式超过{LONGEST_EXPRESSION}字", offset=0, suggestion="拆成几个 let")
    if not text.strip():
        raise ExpressionError("表达式是空的", offset=0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(f"({text}\n)", mode="eval")
    except SyntaxError as error:
        offset = _Positions(text).offset(error.lineno or 1, max((error.offset or 1) - 1, 0), in_bytes=False)
        raise ExpressionError("表达式不合语法", offset=offset, suggestion="检查括号、引号和运算符") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("表达式无法解析：嵌套过深或者含有非法字符", offset=0) from error
    if tree.body.lineno == 1 and tree.body.col_offset == 0:
        raise ExpressionError("括号没有配对，或者没有内容", offset=0, suggestion="检查括号；几个文字写成 {…}")
    if not text.isascii():
        _look_at_letters(tree, text)
    return _Reader(text, scope).read(tree.body)


def _look_at_letters(tree: ast.Expression, text: str) -> None:
    """Refuse names that only look like the one that Python reads them as (full-width, mathematical letters)."""
    positions = _Positions(text)
    for each in ast.walk(tree):
        if isinstance(each, ast.Name | ast.Attribute) and each.end_lineno and each.end_col_offset:
            end = positions.offset(each.end_lineno, each.end_col_offset)
            name = each.id if isinstance(each, ast.Name) else each.attr
            if text[max(end - len(name), 0) : end] != name:
                start = positions.offset(each.lineno, each.col_offset)
                raise ExpressionError("名称里有看起来像字母的其他字符", offset=start, suggestion=f"写作 {name}")


class _Positions:
    """Turns the lines and columns of Python's parser into offsets of the text without the brackets added to it."""

    def __init__(self, text: str) -> None:
        self.lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", f"({text}\n)")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.length = len(text)

    def offset(self, line: int, column: int, *, in_bytes: bool = True) -> int:
        row = min(line, len(self.lines)) - 1
        inside = len(self.lines[row].encode()[:column].decode(errors="ignore")) if in_bytes else column
        return max(0, min(self.starts[row] + inside - 1, self.length))


class _Reader:
    """Reads one expression. A new scope for a loop makes a new reader over the same text."""

    def __init__(self, text: str, scope: Scope, *, depth: int = 0, loops: int = 0) -> None:
        self.text = text
        self.scope = scope
        self.positions = _Positions(text)
        self.depth = depth
        self.loops = loops

    def span(self, tree: ast.expr) -> tuple[int, int]:
        assert tree.end_lineno is not None
        assert tree.end_col_offset is not None
        return (
            self.positions.offset(tree.lineno, tree.col_offset),
            self.positions.offset(tree.end_lineno, tree.end_col_offset),
        )

    def fail(self, message: str, tree: ast.expr, suggestion: str = "") -> NoReturn:
        raise ExpressionError(message, offset=self.span(tree)[0], suggestion=suggestion)

    def closest(self, word: str, words: Iterable[str]) -> str:
        found = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
        return f"是不是 {found[0]}？" if found else ""

    def read(self, tree: ast.expr) -> Node:
        self.depth += 1
        if self.depth > DEEPEST_EXPRESSION:
            self.fail(f"嵌套超过{DEEPEST_EXPRESSION}层", tree, "拆成几个 let")
        try:
            return self._read(tree)
        finally:
            self.depth -= 1

    def _read(self, tree: ast.expr) -> Node:
        match tree:
            case ast.Constant():
                return self.constant(tree)
            case ast.Name(id=name):
                return self.name(name, tree)
            case ast.Attribute(value=base, attr=name):
                return self.attribute(base, name, tree)
            case ast.BoolOp(op=ast.And(), values=parts):
                return And(TRUTH, self.span(tree), tuple(self.truth(part) for part in parts))
            case ast.BoolOp(op=ast.Or(), values=parts):
                return Or(TRUTH, self.span(tree), tuple(self.truth(part) for part in parts))
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return Not(TRUTH, self.span(tree), self.truth(part))
            case ast.UnaryOp(op=ast.USub(), operand=part):
                number = self.expect(part, Sort.NUMBER)
                return Negative(replace(number.type, floor=None), self.span(tree), number)
            case ast.Compare(left=left, ops=operators, comparators=others):
                return self.comparison(left, operators, others, tree)
            case ast.IfExp(test=test, body=first, orelse=second):
                return self.choice(test, first, second, tree)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
                return self.arithmetic(left, _ARITHMETIC[type(operator)], right, tree)
            case ast.Set(elts=members) | ast.Tuple(elts=members) | ast.List(elts=members):
                return self.members(members, tree)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(name, arguments, tree)
            case ast.Call():
                self.fail("只能调用函数表里的函数，且不带关键字参数", tree)
        self.fail(
            "规则语言里没有这种写法",
            tree,
            "可用：and or not、比较、in、is None、+ - * /、… if … else …、any/all/sum/count/union",
        )

    def truth(self, tree: ast.expr) -> Node:
        return self.expect(tree, Sort.TRUTH)

    def expect(self, tree: ast.expr, sort: Sort) -> Node:
        node = self.read(tree)
        if node.type.sort is not sort:
            self.fail(f"这里要{sort.label}，得到的是{node.type.sort.label}", tree)
        return node

    def constant(self, tree: ast.Constant) -> Node:
        span = self.span(tree)
        match tree.value:
            case bool():
                return Constant(TRUTH, span, tree.value)
            case int() | float():
                written = self.text[span[0] : span[1]]
                try:
                    number = Decimal(written)
                except ArithmeticError:
                    self.fail("数字只能写成十进制", tree)
                if number.as_tuple().exponent not in DIGITS or number.adjusted() not in DIGITS or len(written) > 30:
                    self.fail("数字过大或者过长", tree)
                return Constant(Type(sort=Sort.NUMBER, unit=ANY_UNIT, floor=number), span, number)
            case str():
                return Constant(Type(sort=Sort.TEXT), span, tree.value)
            case None:
                self.fail("None 只能用在 is None、is not None 里", tree)
        self.fail("规则语言里没有这种常量", tree)

    def members(self, parts: list[ast.expr], tree: ast.expr) -> Node:
        texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if not parts or len(texts) != len(parts):
            self.fail("集合里只能列文字", tree)
        return Constant(Type(sort=Sort.TEXTS), self.span(tree), frozenset(texts))

    def name(self, name: str, tree: ast.expr) -> Node:
        scope, span = self.scope, self.span(tree)
        if name in scope.texts:
            return Variable(Type(sort=Sort.TEXT), span, name)
        if name in scope.records and name != SUBJECT:
            return Variable(Type(sort=Sort.RECORD, entity=scope.records[name]), span, name)
        if name in scope.lets:
            return Let(scope.lets[name], span, name)
        if name == "as_of":
            return AsOf(Type(sort=Sort.DAY), span)
        subject = Variable(Type(sort=Sort.RECORD, entity=scope.subject), span, SUBJECT)
        found = self.field_of(subject, scope.subject, name, span)
        if found is not None:
            return found
        if name == ATTESTATIONS:
            self.fail(ATTESTED, tree)
        if name in scope.schema.root.fields and name in scope.schema.registers:
            register = scope.schema.root.fields[name]
            return Register(Type(sort=Sort.REGISTER, entity=register.entity), span, name, None, register)
        self.fail(f"没有名为 {name} 的字段、台账或者 let", tree, self.closest(name, scope.names()))

    def field_of(self, base: Node, entity: Entity, name: str, span: tuple[int, int]) -> Node | None:
        found = entity.fields.get(name.removesuffix("_") if keyword.iskeyword(name.removesuffix("_")) else name)
        if found is not None:
            kind = _type_of(found)
            if found.kind is Kind.REGISTER:
                assert found.entity is not None
                return Register(kind, span, found.entity.path, base, found)
            return Attribute(kind, span, base, found)
        link = entity.fields.get(f"{name}_id")
        if link is not None and link.ref:
            target = self.scope.schema.registers[link.ref]
            return Link(Type(sort=Sort.RECORD, entity=target), span, base, link)
        return None

    def attribute(self, base: ast.expr, name: str, tree: ast.expr) -> Node:
        parameter = _dotted(tree)
        if parameter.startswith("param."):
            identifier = parameter.removeprefix("param.")
            if identifier not in self.scope.parameters:
                self.fail(f"没有名为 {identifier} 的参数", tree, self.closest(identifier, self.scope.parameters))
            kind, soft = self.scope.parameters[identifier]
            return ParameterValue(kind, self.span(tree), identifier, soft)
        record = self.read(base)
        if record.type.sort is not Sort.RECORD or record.type.entity is None:
            self.fail(f"{record.type.sort.label}没有字段 {name}", tree)
        found = self.field_of(record, record.type.entity, name, self.span(tree))
        if found is None:
            entity = record.type.entity
            self.fail(f"“{entity.label}”没有字段 {name}", tree, self.closest(name, entity.fields))
        return found

    def comparison(self, left: ast.expr, operators: list[ast.cmpop], others: list[ast.expr], tree: ast.expr) -> Node:
        parts: list[Node] = []
        for operator, right in zip(operators, others, strict=True):
            parts.append(self.pair(left, operator, right, tree))
            left = right
        return parts[0] if len(parts) == 1 else And(TRUTH, self.span(tree), tuple(parts))

    def pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, tree: ast.expr) -> Node:
        span = self.span(tree)
        is_null = isinstance(right, ast.Constant) and right.value is None
        match operator:
            case ast.Is() | ast.IsNot():
                if not is_null:
                    self.fail("is 只用于 is None、is not None", right)
                value = self.read(left)
                if value.type.sort is Sort.REGISTER or isinstance(value, Variable):
                    self.fail("这里没有可以是“无”的值", left)
                if value.type.sort is Sort.TRUTH and not isinstance(value, Attribute):
                    self.fail("判断只有真、假和未知，不会是“无”", left)
                absence = IsNone(TRUTH, span, value)
                return absence if isinstance(operator, ast.Is) else Not(TRUTH, span, absence)
            case ast.In() | ast.NotIn():
                value, members = self.expect(left, Sort.TEXT), self.expect(right, Sort.TEXTS)
                if isinstance(members, Constant):
                    assert isinstance(members.value, frozenset)
                    self.known_members(value, members.value, right)
                found = Member(TRUTH, span, value, members)
                return found if isinstance(operator, ast.In) else Not(TRUTH, span, found)
        if is_null:
            self.fail("与“无”相比写作 is None 或者 is not None", right)
        first, second = self.read(left), self.read(right)
        sign = _ORDERS[type(operator)]
        self.comparable(first, second, sign, tree)
        for one, other, written in ((first, second, right), (second, first, left)):
            if isinstance(other, Constant) and isinstance(other.value, str):
                if one.type.sort is Sort.DAY:
                    continue
                self.known_members(one, {other.value}, written)
        first, second = _as_day(first, second), _as_day(second, first)
        match sign:
            case "<" | "<=" | "==":
                return Compare(TRUTH, span, sign, first, second)
            case ">":
                return Compare(TRUTH, span, "<", second, first, turned=True)
            case ">=":
                return Compare(TRUTH, span, "<=", second, first, turned=True)
        return Not(TRUTH, span, Compare(TRUTH, span, "==", first, second))

    def comparable(self, first: Node, second: Node, sign: str, tree: ast.expr) -> None:
        sorts = {first.type.sort, second.type.sort}
        written_day = Sort.DAY in sorts and any(
            isinstance(each, Constant) and isinstance(each.value, str) for each in (first, second)
        )
        if len(sorts) > 1 and not written_day:
            self.fail(f"{first.type.sort.label}不能与{second.type.sort.label}相比", tree)
        if sorts & {Sort.RECORD, Sort.REGISTER, Sort.TEXTS, Sort.TRUTH, Sort.SHAPE}:
            self.fail(f"{first.type.sort.label}不能这样比较", tree)
        if Sort.TEXT in sorts and not written_day and sign not in {"==", "!="}:
            self.fail("文字只能比较是否相同", tree, "级别高低写作 below(甲, 乙)")
        self.unit(first, second, tree)

    def unit(self, first: Node, second: Node, tree: ast.expr) -> str:
        one, other = first.type.unit, second.type.unit
        if ANY_UNIT in (one, other):
            return other if one == ANY_UNIT else one
        if one != other:
            self.fail(f"单位不同：{one or '无单位'} 与 {other or '无单位'}", tree)
        return one

    def known_members(self, value: Node, written: Iterable[str], tree: ast.expr) -> None:
        for word in sorted(written):
            if value.type.members and word not in value.type.members:
                self.fail(
                    f"这个字段没有取值 {word}",
                    tree,
                    self.closest(word, value.type.members) or "、".join(value.type.members),
                )

    def shared_members(self, first: Node, second: Node, tree: ast.expr) -> None:
        """Make sure that a text written in the place of a member of an enumeration is one."""
        for one, other in ((first, second), (second, first)):
            if isinstance(other, Constant) and isinstance(other.value, str):
                self.known_members(one, {other.value}, tree)

    def choice(self, test: ast.expr, first: ast.expr, second: ast.expr, tree: ast.expr) -> Node:
        condition, one, other = self.truth(test), self.read(first), self.read(second)
        if one.type.sort is not other.type.sort:
            self.fail(f"两种情形的结果不同：{one.type.sort.label}与{other.type.sort.label}", tree)
        if one.type.sort in {Sort.RECORD, Sort.REGISTER, Sort.TEXTS, Sort.SHAPE}:
            self.fail("只能在数值、文字、日期和判断之间选择", tree)
        self.shared_members(one, other, tree)
        unit = self.unit(one, other, tree)
        floors = [one.type.floor, other.type.floor]
        floor = None if None in floors else min(each for each in floors if each is not None)
        return Choice(replace(one.type, unit=unit, floor=floor), self.span(tree), condition, one, other)

    def arithmetic(self, left: ast.expr, operator: str, right: ast.expr, tree: ast.expr) -> Node:
        first, second = self.expect(left, Sort.NUMBER), self.expect(right, Sort.NUMBER)
        one, other = first.type.unit, second.type.unit
        positive = all(each.type.floor is not None and each.type.floor >= 0 for each in (first, second))
        match operator:
            case "+" | "-":
                unit = self.unit(first, second, tree)
                floor = None
                if operator == "+" and first.type.floor is not None and second.type.floor is not None:
                    floor = first.type.floor + second.type.floor
            case "*":
                unit = self.product(one, other, tree)
                floor = Decimal(0) if positive else None
            case _:
                unit = one if other in {"", ANY_UNIT} else ""
                if other not in {"", ANY_UNIT, one}:
                    self.fail(f"单位不能相除：{one or '无单位'} 与 {other}", tree)
                floor = Decimal(0) if positive else None
        return Arithmetic(Type(sort=Sort.NUMBER, unit=unit, floor=floor), self.span(tree), operator, first, second)

    def product(self, one: str, other: str, tree: ast.expr) -> str:
        if one in {"", ANY_UNIT}:
            return other
        if other in {"", ANY_UNIT}:
            return one
        if (one, other) not in _PRODUCT_UNITS:
            self.fail(f"单位不能相乘：{one} 与 {other}", tree)
        return _PRODUCT_UNITS[one, other]

    def call(self, name: str, arguments: list[ast.expr], tree: ast.expr) -> Node:
        if name in QUANTIFIERS:
            return self.quantifier(name, arguments, tree)
        function = FUNCTIONS.get(name)
        if function is None:
            self.fail(f"没有名为 {name} 的函数", tree, self.closest(name, [*FUNCTIONS, *QUANTIFIERS]))
        if len(arguments) != len(function.takes):
            self.fail(f"{name} 要{len(function.takes)}个参数，这里有{len(arguments)}个", tree)
        nodes = tuple(self.argument(argument, taken) for argument, taken in zip(arguments, function.takes, strict=True))
        if function.context == "order":
            self.ordered(nodes, arguments)
        for node, argument in zip(nodes, arguments, strict=True):
            if function.counts and node.type.sort is Sort.NUMBER and node.type.unit not in {ANY_UNIT, function.counts}:
                self.fail(f"{name} 以 {function.counts} 计，这里的单位是 {node.type.unit or '无单位'}", argument)
        return Call(self.result(function, nodes, tree), self.span(tree), function, nodes)

    def argument(self, tree: ast.expr, taken: Sort | Columns | None) -> Node:
        if isinstance(taken, Columns):
            return self.table(tree, taken)
        return self.read(tree) if taken is None else self.expect(tree, taken)

    def table(self, tree: ast.expr, taken: Columns) -> Node:
        register = self.expect(tree, Sort.REGISTER)
        entity = register.type.entity
        assert isinstance(register, Register)
        assert entity is not None
        row = Variable(Type(sort=Sort.RECORD, entity=entity), register.span, path_text(register) or register.path)
        columns = [
            Attribute(_type_of(entity.fields[name]), register.span, row, entity.fields[name])
            for name, sort in taken.sorts.items()
            if name in entity.fields and _SORT_OF_KIND[entity.fields[name].kind] is sort
        ]
        if len(columns) < len(taken.sorts) or any((each.field.minimum or 0) < 0 for each in columns):
            wanted = "、".join(f"{name}（{sort.label}）" for name, sort in taken.sorts.items())
            self.fail(f"“{entity.label}”不能用在这里：要有 {wanted}，且数值不得为负", tree)
        return Table(register.type, register.span, register, tuple(columns))

    def ordered(self, nodes: tuple[Node, ...], trees: list[ast.expr]) -> None:
        orders = [each.type.order for each in nodes if each.type.order]
        if not orders or any(order != orders[0] for order in orders):
            self.fail("只有声明了高低次序的字段才能比较级别", trees[0])
        for node, tree in zip(nodes, trees, strict=True):
            if isinstance(node, Constant) and node.value not in orders[0]:
                self.fail(f"{node.value} 不在声明的次序里", tree, " < ".join(orders[0]))
            if not isinstance(node, Constant) and not node.type.order:
                self.fail("这个字段没有声明高低次序", tree)

    def result(self, function: Function, nodes: tuple[Node, ...], tree: ast.expr) -> Type:
        if function.gives is None:
            first, second = nodes
            self.shared_members(first, second, tree)
            if first.type.sort is not second.type.sort or first.type.sort not in _REPLACEABLE:
                self.fail(f"{first.type.sort.label}不能由{second.type.sort.label}代替", tree)
            floors = [each.type.floor for each in nodes]
            floor = None if None in floors else min(each for each in floors if each is not None)
            return replace(first.type, unit=self.unit(first, second, tree), floor=floor)
        return Type(sort=function.gives, unit=function.unit)

    def quantifier(self, kind: str, arguments: list[ast.expr], tree: ast.expr) -> Node:
        match arguments:
            case [ast.GeneratorExp(elt=element, generators=generators)]:
                pass
            case _:
                self.fail(f"{kind} 里写 … for … in 台账", tree)
        if self.loops + len(generators) > MOST_LOOPS:
            self.fail(f"循环嵌套超过{MOST_LOOPS}层", tree)
        inner, loops = self, list[Loop]()
        for generator in generators:
            if not isinstance(generator.target, ast.Name) or generator.is_async:
                self.fail("循环变量是一个名字", generator.target)
            source = inner.read(generator.iter)
            inner = inner.inside(generator.target, source, generator.iter)
            conditions = tuple(inner.truth(condition) for condition in generator.ifs)
            loops.append(Loop(source.type, inner.span(generator.iter), generator.target.id, source, conditions))
        match kind:
            case "any" | "all":
                body, result = inner.truth(element), TRUTH
            case "sum":
                body = inner.expect(element, Sort.NUMBER)
                low = body.type.floor
                result = replace(body.type, floor=Decimal(0) if low is not None and low >= 0 else None)
            case "union":
                body = inner.expect(element, Sort.SHAPE)
                result = body.type
            case _:
                body = inner.read(element)
                if not isinstance(body, Variable):
                    self.fail("count 里写循环变量本身：count(p for p in 台账 if …)", element)
                result = Type(sort=Sort.NUMBER, unit="count", floor=Decimal(0))
        return Quantifier(result, self.span(tree), kind, body, tuple(loops))

    def inside(self, target: ast.Name, source: Node, tree: ast.expr) -> "_Reader":
        name = target.id
        if name in self.scope.names() or name in FUNCTIONS or name in QUANTIFIERS or keyword.iskeyword(name):
            self.fail(f"{name} 已有别的意思", target, "循环变量换一个名字")
        match source.type.sort:
            case Sort.REGISTER:
                assert source.type.entity is not None
                scope = replace(self.scope, records={**self.scope.records, name: source.type.entity})
            case Sort.TEXTS if not isinstance(source, Constant):
                scope = replace(self.scope, texts=(*self.scope.texts, name))
            case _:
                self.fail("只能在台账或者文字列表上循环", tree)
        return _Reader(self.text, scope, depth=self.depth, loops=self.loops + 1)


def _type_of(described: Field) -> Type:
    floor = described.minimum if described.kind in {Kind.NUMBER, Kind.INTEGER} else None
    return Type(
        sort=_SORT_OF_KIND[described.kind],
        unit="ha" if described.kind is Kind.SHAPE else described.unit,
        members=tuple(described.members),
        order=tuple(described.order),
        entity=described.entity,
        floor=None if floor is None else Decimal(floor),
    )


def _dotted(tree: ast.expr) -> str:
    names: list[str] = []
    while isinstance(tree, ast.Attribute):
        names.insert(0, tree.attr)
        tree = tree.value
    return ".".join([tree.id, *names]) if isinstance(tree, ast.Name) else ""


def _as_day(node: Node, other: Node) -> Node:
    """Read a written text as a day where it is compared with one."""
    if other.type.sort is not Sort.DAY or not isinstance(node, Constant) or not isinstance(node.value, str):
        return node
    try:
        return Constant(Type(sort=Sort.DAY), node.span, values.day(node.value))
    except ValueError as error:
        raise ExpressionError(f"{node.value} 不是日期", offset=node.span[0], suggestion="写作 2014-10-30") from error
