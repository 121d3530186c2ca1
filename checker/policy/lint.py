"""What a rule may not say although its types fit: orders that none leaves open, and tests that nothing can make true.

Null has no order. Where a field is often none, a rule that orders it has to say what none means there; names, links,
sums and choices on the way are followed. A test that is the same for every dossier is a slip of the pen.
"""

from collections.abc import Iterable, Iterator, Mapping

from checker.classes import dataclass
from checker.dossier.schema import Field
from checker.language.tree import (
    CLAIM,
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
    Negative,
    Node,
    Quantifier,
    Sort,
    Variable,
)

Lets = Mapping[str, Node]

Path = tuple[str, ...]
"""Where a value is read: a name, then fields. A link is the field that it goes by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Something that should not stand where `node` stands."""

    node: Node
    message: str
    suggestion: str = ""


def guards(trees: Iterable[Node], lets: Lets, act: Node) -> frozenset[Path]:
    """Give the places that a rule asks whether there is anything; *trees* are all its expressions.

    *act* is the day of the act: where there is none, nothing else matters.
    """
    guarded = (guard for each in trees for part in each.walk() for guard in _guarded(part, lets))
    return frozenset({_path(act, lets), *guarded})


def slips(tree: Node, guarded: frozenset[Path], lets: Lets) -> Iterator[Slip]:
    """Give what is wrong with an expression of a rule, whose `guards` may stand in any other."""
    for part in tree.walk():
        match part:
            case Compare(operator="<" | "<=", left=left, right=right):
                for operand in (left, right):
                    yield from _without_order(operand, guarded, lets)
            case Compare(operator="==", left=left, right=right):
                yield from _never_equal(part, left, right, lets)
            case IsNone(value=value) if not can_be_none(value, lets):
                yield Slip(node=value, message="这里不会是“无”，这个判断没有意义")


# --- orders ---------------------------------------------------------------------------------------------------------


def _path(node: Node, lets: Lets) -> Path:
    match node:
        case Let(name=name):
            return _path(lets[name], lets)
        case Variable(name=name):
            return (name,)
        case Attribute(base=base, field=described) | Link(base=base, field=described):
            above = _path(base, lets)
            return (*above, described.name) if above else ()
    return ()


def _guarded(node: Node, lets: Lets) -> tuple[Path, ...]:
    match node:
        case IsNone(value=value):
            return (_path(value, lets),)
        case Call(function=function, arguments=arguments) if function.guards_none:
            return (_path(arguments[0], lets),)
    return ()


def _without_order(operand: Node, guarded: frozenset[Path], lets: Lets) -> Iterator[Slip]:
    for place, used, blank in _operands(operand, lets):
        path = _path(used, lets)
        if not any(path[:end] in guarded for end in range(len(path), 1, -1)):
            yield Slip(
                node=place,
                message=f"“{blank.label}”可能为“无”，而“无”没有先后大小",
                suggestion="先用 is None、if_none 或者 happened 说明“无”时怎么办",
            )


def _is_claim(node: Node) -> bool:
    """Say whether this is the claim that pleads an exemption: a bound that it leaves open leaves it merely claimed."""
    return isinstance(node, Variable) and node.name == CLAIM


def _operands(node: Node, lets: Lets) -> Iterator[tuple[Node, Node, Field]]:
    """Give each field whose being none would leave a comparison of *node* open.

    Where it is used in the expression, what is read, and the field that may be none: that itself, or a link to it.
    """
    match node:
        case Let(name=name):
            yield from ((node, used, blank) for _, used, blank in _operands(lets[name], lets))
        case Attribute(base=base, field=described):
            if (described.may_be_blank or described.claim) and not _is_claim(base):
                yield node, node, described
            elif isinstance(base, Link) and base.field.may_be_blank:
                yield node, node, base.field
        case Call(function=function, arguments=arguments) if not function.guards_none or function.gives is None:
            for argument in arguments[1:] if function.guards_none else arguments:
                yield from _operands(argument, lets)
        case Arithmetic(left=left, right=right):
            yield from _operands(left, lets)
            yield from _operands(right, lets)
        case Negative(part=part):
            yield from _operands(part, lets)
        case Choice(first=first, second=second):
            yield from _operands(first, lets)
            yield from _operands(second, lets)


# --- tests that are always the same ---------------------------------------------------------------------------------


def can_be_none(node: Node, lets: Lets) -> bool:
    """Say whether there may be known to be no such value; what is worked out of none is unknown, and not none."""
    match node:
        case Let(name=name):
            return can_be_none(lets[name], lets)
        case Attribute(base=base, field=described):
            return described.nullable or described.claim or can_be_none(base, lets)
        case Link(base=base, field=described):
            return described.nullable or described.claim or can_be_none(base, lets)
        case Choice(first=first, second=second):
            return can_be_none(first, lets) or can_be_none(second, lets)
        case Call(function=function, arguments=arguments) if function.guards_none and function.gives is None:
            return can_be_none(arguments[1], lets)
    return not isinstance(node, AsOf | Arithmetic | Negative | Call | Constant | Quantifier | Variable)


def _never_equal(node: Node, left: Node, right: Node, lets: Lets) -> Iterator[Slip]:
    one, other = set(left.type.members), set(right.type.members)
    if one and other and not one & other:
        yield Slip(node=node, message="两个字段没有共同的取值，永远不会相同")
    here, there = _register_of(left, lets), _register_of(right, lets)
    if here and there and here != there:
        yield Slip(node=node, message=f"{here} 的编号不会与 {there} 的编号相同")


def _register_of(node: Node, lets: Lets) -> str:
    """Give the register whose ids a text is one of, if the schema says so."""
    match node:
        case Let(name=name):
            return _register_of(lets[name], lets)
        case Attribute(base=base, field=described) if described.ref:
            return described.ref
        case Attribute(base=base, field=described) if base.type.entity is not None:
            entity = base.type.entity
            return entity.path if described.name == entity.id_field and node.type.sort is Sort.TEXT else ""
    return ""
