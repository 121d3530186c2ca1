"""Which way an expression goes when a figure of the pack rises: what makes a condition hold more often, or less.

The figure is thought to rise while all else stays as it is. Nothing is said of the size of the change, and whatever is
not plainly going one way is said to go both ways.
"""

from collections.abc import Callable, Iterable, Mapping

from checker.language.tree import (
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
    Member,
    Negative,
    Node,
    Not,
    Or,
    ParameterValue,
    Quantifier,
    Register,
    Table,
    Variable,
)

Direction = frozenset[int]
"""Where an expression goes: up (1), down (-1), nowhere (neither), or it can't be told (both)."""

STILL: Direction = frozenset()
UP: Direction = frozenset({1})
DOWN: Direction = frozenset({-1})
EITHER: Direction = frozenset({1, -1})

_BY_ARGUMENT: Mapping[str, tuple[Direction, ...]] = {
    "years_after": (UP, UP),
    "months_after": (UP, UP),
    "workdays_after": (UP, UP),
    "days_inclusive": (DOWN, UP),
    "workdays_inclusive": (DOWN, UP),
    "if_none": (UP, UP),
    "between": (UP, UP),
    "happened": (DOWN,),
    "late_fee": (EITHER, EITHER, UP, UP),
}
"""Where a function goes when one of its arguments rises; those that are not here may go anywhere."""


def direction(node: Node, figure: str, lets: Mapping[str, Node]) -> Direction:
    """Say where an expression goes as the figure of that id rises: a number, a day, or a truth (false, unknown, true).

    >>> from checker.language.tree import Compare, Constant, Sort, Type
    >>> number, truth = Type(sort=Sort.NUMBER), Type(sort=Sort.TRUTH)
    >>> limit, ten = ParameterValue(number, (0, 0), "limit", False), Constant(number, (0, 0), 10)
    >>> sorted(direction(Compare(truth, (0, 0), "<", ten, limit), "limit", {}))
    [1]
    >>> sorted(direction(Compare(truth, (0, 0), "==", ten, limit), "limit", {}))
    [-1, 1]
    """

    def of(part: Node) -> Direction:
        return direction(part, figure, lets)

    match node:
        case ParameterValue(id=name):
            return UP if name == figure else STILL
        case Let(name=name):
            return of(lets[name])
        case Constant() | Variable() | AsOf() | Attribute() | Link() | Register():
            return STILL
        case And(all=parts) | Or(any=parts):
            return _all(map(of, parts))
        case Not(part=part) | Negative(part=part):
            return turned(of(part))
        case Compare(operator="<" | "<=", left=left, right=right):
            return turned(of(left)) | of(right)
        case Compare() | IsNone() | Member() | Table():
            return EITHER if _all(map(of, node.parts())) else STILL
        case Choice(condition=condition, first=first, second=second):
            return (EITHER if of(condition) else STILL) | of(first) | of(second)
        case Arithmetic(operator="+", left=left, right=right):
            return of(left) | of(right)
        case Arithmetic(operator="-", left=left, right=right):
            return of(left) | turned(of(right))
        case Arithmetic(operator=operator, left=left, right=right):
            return _scaled(left, right, of, turns=operator == "/")
        case Call(function=function, arguments=arguments):
            ways = _BY_ARGUMENT.get(function.name, (EITHER,) * len(arguments))
            return _all(_through(way, of(each)) for way, each in zip(ways, arguments, strict=True))
        case Quantifier(kind=kind, element=element, loops=loops):
            conditions = _all(of(each) for loop in loops for each in loop.conditions)
            return _gathered(kind, of(element), conditions)
    return EITHER


def turned(way: Direction) -> Direction:
    """Give the opposite direction."""
    return frozenset(-each for each in way)


def _all(ways: Iterable[Direction]) -> Direction:
    return frozenset().union(*ways)


def _through(outer: Direction, inner: Direction) -> Direction:
    """Give the direction of what goes *outer* as its argument rises, where that goes *inner*."""
    return frozenset(one * other for one in outer for other in inner)


def _scaled(left: Node, right: Node, of: Callable[[Node], Direction], *, turns: bool) -> Direction:
    """Give the direction of a product or a quotient: plain only where the other operand is known not to be negative."""
    one = of(left) if _never_negative(right) else EITHER if of(left) else STILL
    other = of(right) if _never_negative(left) else EITHER if of(right) else STILL
    return one | (turned(other) if turns else other)


def _never_negative(node: Node) -> bool:
    return node.type.floor is not None and node.type.floor >= 0


def _gathered(kind: str, element: Direction, conditions: Direction) -> Direction:
    match kind:
        case "any":
            return element | conditions
        case "all":
            return element | turned(conditions)
        case "count":
            return conditions
        case "sum" if not conditions:
            return element
    return EITHER if element | conditions else STILL
