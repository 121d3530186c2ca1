"""The rules of the pack as plain formulas, read from the very YAML files that this project runs, for peers to render.

What a rule finds is *when* and *violated* together, in strong Kleene logic: true is a violation, unknown undetermined,
false nothing. A formula is made of tests joined by `All` and `Any`; negation is pushed into the tests. A day that is so
many years or months after a column is compared as the column with a day moved back, as a programmer would write it.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any as AnyType

import yaml

from benchmarks.peers.zone import AS_OF
from checker.dossier.loading import dossier_schema
from checker.dossier.schema import Entity, Kind
from checker.values import shift_months

PACK = Path(__file__).parents[1] / "pack"
PLAN = "detailed_plan"
"""The one record that rules reach from a parcel; its columns are named `plan_…` beside those of the parcel."""


class Sort(Enum):
    """What a column holds."""

    NUMBER = "number"
    DAY = "day"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field of a parcel, or of the plan that it names (`of_plan`)."""

    field: str
    sort: Sort
    of_plan: bool = False

    @property
    def name(self) -> str:
        """Its name among the columns of both."""
        return f"plan_{self.field}" if self.of_plan else self.field


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Scalars multiplied; all that the rules reckon with."""

    factors: tuple["Scalar", ...]


Scalar = Column | Product | Decimal | date | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A comparison, unknown where a column of it is."""

    left: Scalar
    operator: str
    right: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Whether a word is one of several (or, `negated`, none of them); unknown where the column is."""

    column: Column
    members: tuple[str, ...]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """Whether a column that may be blank is (or, `negated`, is not); always known."""

    column: Column
    negated: bool


Test = Compare | Within | Blank


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Formulas joined by *and*."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any:
    """Formulas joined by *or*."""

    parts: tuple["Formula", ...]


Formula = Test | All | Any
OPPOSITE: Mapping[str, str] = MappingProxyType({"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRule:
    """A rule over parcels."""

    id: str
    formula: Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRule:
    """The rule over the zone: whether the sum of a column of all parcels is more than a limit.

    No price is below zero, so that where one is unknown the sum is at least that of the others.
    """

    id: str
    column: Column
    limit: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All rules of the workload."""

    parcels: tuple[ParcelRule, ...]
    zone: ZoneRule

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column that a rule reads, once."""
        read = (column for rule in self.parcels for test in tests(rule.formula) for column in columns_of(test))
        return tuple(sorted({*read, self.zone.column}, key=lambda each: each.name))


@cache
def rules() -> Rules:
    """Read the rules of the pack."""
    files = [yaml.safe_load(each.read_bytes()) for each in sorted((PACK / "rules").glob("*.yaml"))]
    return Rules(
        parcels=tuple(_parcel_rule(each) for each in files if each["each"] == "parcels"),
        zone=next(_zone_rule(each) for each in files if each["each"] == "zone"),
    )


# --- reading --------------------------------------------------------------------------------------------------------


def _parcel_rule(file: Mapping[str, AnyType]) -> ParcelRule:
    parts = [_formula(_tree(file[key])) for key in ("when", "violated") if key in file]
    return ParcelRule(id=file["id"], formula=_all(parts))


def _zone_rule(file: Mapping[str, AnyType]) -> ZoneRule:
    match _tree(file["violated"]):
        case ast.Compare(
            left=ast.Call(func=ast.Name("sum"), args=[ast.GeneratorExp(elt=ast.Attribute(attr=field))]),
            ops=[ast.Gt()],
            comparators=[ast.Constant(value=int(limit))],
        ):
            return ZoneRule(id=file["id"], column=_column(field), limit=Decimal(limit))
    raise ValueError(file["violated"])


def _tree(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _formula(node: ast.expr) -> Formula:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return _all(map(_formula, parts))
        case ast.BoolOp(op=ast.Or(), values=parts):
            return Any(parts=tuple(map(_formula, parts)))
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _test(left, operator, right)
    raise ValueError(ast.unparse(node))


def _all(parts: AnyType) -> Formula:
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))]
    return flat[0] if len(flat) == 1 else All(parts=tuple(flat))


OPERATORS: Mapping[type[ast.cmpop], str] = MappingProxyType(
    {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
)


def _test(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Test:
    match left, operator, right:
        case _, ast.Is() | ast.IsNot(), ast.Constant(value=None):
            return Blank(column=_as_column(left), negated=isinstance(operator, ast.IsNot))
        case _, ast.In() | ast.NotIn(), ast.Set(elts=members):
            words = tuple(ast.literal_eval(each) for each in members)
            return Within(column=_as_column(left), members=words, negated=isinstance(operator, ast.NotIn))
        case (
            ast.Call(
                func=ast.Name(id="years_after" | "months_after" as unit), args=[moved, ast.Constant(value=int(number))]
            ),
            ast.Lt(),
            ast.Name(id="as_of"),
        ):
            months = number * (12 if unit == "years_after" else 1)
            return Compare(left=_scalar(moved), operator="<", right=_first_not_before(AS_OF, months))
    return Compare(left=_scalar(left), operator=OPERATORS[type(operator)], right=_scalar(right))


def _first_not_before(last: date, months: int) -> date:
    """Give the first day that, so many months later, is not before *last*."""
    day = last - timedelta(days=31 * months)
    while (later := shift_months(day, months)) is not None and later < last:
        day += timedelta(days=1)
    return day


def _scalar(node: ast.expr) -> Scalar:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            factors = (inner for each in map(_scalar, (left, right)) for inner in _factors(each))
            return Product(factors=tuple(factors))
        case ast.Constant(value=str(word)):
            return word
        case ast.Constant(value=number):
            return Decimal(str(number))
        case ast.Name(id="as_of"):
            return AS_OF
    return _as_column(node)


def _factors(scalar: Scalar) -> Sequence[Scalar]:
    return scalar.factors if isinstance(scalar, Product) else (scalar,)


def _as_column(node: ast.expr) -> Column:
    match node:
        case ast.Name(id=field):
            return _column(field)
        case ast.Attribute(value=ast.Name(id=name), attr=field) if name == PLAN:
            return _column(field, of_plan=True)
    raise ValueError(ast.unparse(node))


def _column(field: str, *, of_plan: bool = False) -> Column:
    entity: Entity = dossier_schema().registers["plans" if of_plan else "parcels"]
    match entity.fields[field].kind:
        case Kind.NUMBER | Kind.INTEGER:
            sort = Sort.NUMBER
        case Kind.DAY:
            sort = Sort.DAY
        case _:
            sort = Sort.WORD
    return Column(field=field, sort=sort, of_plan=of_plan)


# --- looking at -----------------------------------------------------------------------------------------------------


def tests(formula: Formula) -> Iterator[Test]:
    """Yield the tests of a formula."""
    if isinstance(formula, All | Any):
        for part in formula.parts:
            yield from tests(part)
    else:
        yield formula


def columns_of(part: Test | Scalar) -> tuple[Column, ...]:
    """Give the columns of a test or scalar, each of them once."""
    match part:
        case Column():
            return (part,)
        case Product(factors=inside):
            return _once(inside)
        case Compare(left=left, right=right):
            return _once((left, right))
        case Within(column=column) | Blank(column=column):
            return (column,)
    return ()


def _once(scalars: Sequence[Scalar]) -> tuple[Column, ...]:
    return tuple(dict.fromkeys(column for each in scalars for column in columns_of(each)))


def opposite(test: Test) -> Test:
    """Give the test that is true where this one is false, and unknown where it is."""
    match test:
        case Compare(left=left, operator=operator, right=right):
            return Compare(left=left, operator=OPPOSITE[operator], right=right)
        case Within(column=column, members=members, negated=negated):
            return Within(column=column, members=members, negated=not negated)
        case Blank(column=column, negated=negated):
            return Blank(column=column, negated=not negated)


def negation(formula: Formula) -> Formula:
    """Give the formula that is true where this one is false, and unknown where it is."""
    match formula:
        case All(parts=parts):
            return Any(parts=tuple(map(negation, parts)))
        case Any(parts=parts):
            return All(parts=tuple(map(negation, parts)))
    return opposite(formula)


def conjunctions(formula: Formula) -> list[tuple[Test, ...]]:
    """Give the tests of each way in which a formula can be true: its disjunctive normal form."""
    match formula:
        case All(parts=parts):
            return [tuple(dict.fromkeys(sum(each, ()))) for each in product(*map(conjunctions, parts))]
        case Any(parts=parts):
            return [each for part in parts for each in conjunctions(part)]
    return [(formula,)]


# --- rendering ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a language of infix expressions writes a formula.

    With `known` every comparison is guarded by its columns being known, so that it is true or false; a language that
    has Kleene logic of its own needs no guard and has none.
    """

    both: str
    either: str
    column: Callable[[Column], str]
    number: Callable[[Decimal], str]
    day: Callable[[date], str]
    word: Callable[[str], str]
    blank: Callable[[str], str]
    not_blank: Callable[[str], str]
    within: Callable[[str, Sequence[str]], str]
    not_within: Callable[[str, Sequence[str]], str]
    known: Callable[[str], str] | None = None
    factor: Callable[[str], str] = str
    equals: str = "=="

    def formula(self, formula: Formula) -> str:
        """Write a formula: true where it is true; where the language has Kleene logic, unknown where it is unknown."""
        match formula:
            case All(parts=parts):
                return f"({self.both.join(map(self.formula, parts))})"
            case Any(parts=parts):
                return f"({self.either.join(map(self.formula, parts))})"
        return self.test(formula)

    def test(self, test: Test) -> str:
        """Write a test with its guards."""
        if self.known is None or isinstance(test, Blank):
            return f"({self._bare(test)})"
        guards = [self.known(self.column(each)) for each in columns_of(test)]
        return f"({self.both.join([*guards, self._bare(test)])})"

    def _bare(self, test: Test) -> str:
        match test:
            case Compare(left=left, operator=operator, right=right):
                sign = self.equals if operator == "==" else operator
                return f"{self.scalar(left)} {sign} {self.scalar(right)}"
            case Within(column=column, members=members, negated=negated):
                write = self.not_within if negated else self.within
                return write(self.column(column), [self.word(each) for each in members])
            case Blank(column=column, negated=negated):
                return (self.not_blank if negated else self.blank)(self.column(column))

    def scalar(self, scalar: Scalar) -> str:
        """Write a scalar."""
        match scalar:
            case Column():
                return self.column(scalar)
            case Product(factors=factors):
                return " * ".join(self.factor(self.scalar(each)) for each in factors)
            case Decimal():
                return self.number(scalar)
            case date():
                return self.day(scalar)
            case str():
                return self.word(scalar)
