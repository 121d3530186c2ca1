"""The typed tree of an expression of the rule language.

Every node knows its type, and its span in the text that it was read from. Nothing here evaluates anything:
`compiling` writes Python for a tree, `evidence` follows it once more for the evidence of a finding, `wording` reads it
out in Chinese.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from checker.classes import dataclass
from checker.dossier.schema import Entity, Field


class Sort(StrEnum):
    """The sort of value that an expression has."""

    NUMBER = "number"
    TEXT = "text"
    DAY = "day"
    TRUTH = "truth"
    TEXTS = "texts"
    SHAPE = "shape"
    RECORD = "record"
    REGISTER = "register"
    NONE = "none"

    @property
    def label(self) -> str:
        """The Chinese word for the sort, for messages."""
        return {
            "number": "数值",
            "text": "文字",
            "day": "日期",
            "truth": "是否",
            "texts": "文字列表",
            "shape": "图形",
            "record": "记录",
            "register": "台账",
            "none": "无",
        }[self]


ANY_UNIT = "*"
"""The unit of a bare number in a rule: it fits every unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """The sort of an expression with what checking needs: unit, members of an enumeration, declared order, entity.

    `floor` is the lowest value that the schema admits, if it is known: a sum over an incomplete list is bounded below
    only if its addends are.
    """

    sort: Sort
    unit: str = ""
    members: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    entity: Entity | None = None
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes; `span` is the half-open range of characters in the expression's text."""

    type: Type
    span: tuple[int, int] = field(compare=False)

    def parts(self) -> Iterator["Node"]:
        """Give the nodes directly below this one."""
        for name in self.__match_args__[len(Node.__match_args__) :]:
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (part for part in value if isinstance(part, Node))

    def walk(self) -> Iterator["Node"]:
        """Give this node and all below it."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed((*node.parts(),))


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A literal of the rule: a number, a text, a day, true or false, or a set of texts."""

    value: Decimal | Fraction | str | bool | frozenset[str] | object


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """A record by name: the subject, its parent, the zone, a record of a loop, the claim of an exemption.

    Or a plain text.
    """

    name: str


@dataclass(frozen=True, slots=True)
class AsOf(Node):
    """The day on which the check looks."""


@dataclass(frozen=True, slots=True)
class Let(Node):
    """A name that the rule gives to an expression."""

    name: str


@dataclass(frozen=True, slots=True)
class ParameterValue(Node):
    """A figure of the pack, on the day of the act."""

    id: str
    soft: bool


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """A field of a record."""

    base: Node
    field: Field


@dataclass(frozen=True, slots=True)
class Link(Node):
    """The record that a field refers to: `plan` for `plan_id`."""

    base: Node
    field: Field


@dataclass(frozen=True, slots=True)
class Register(Node):
    """A register of the dossier, or with a `base` the list of records inside one of them.

    `path` is that of completeness.
    """

    path: str
    base: Node | None
    field: Field


@dataclass(frozen=True, slots=True)
class Table(Node):
    """A register as an argument: the columns that the function reads of each row, which is called as the register."""

    register: Register
    columns: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """An order or equality comparison.

    `operator` is one of `<`, `<=`, `==`. One written as `>` or `>=` reads `turned`.
    """

    operator: str
    left: Node
    right: Node
    turned: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Member(Node):
    """Whether a text is in a set of the rule, a list of the pack or a list of the dossier."""

    value: Node
    members: Node


@dataclass(frozen=True, slots=True)
class IsNone(Node):
    """Whether the dossier says that there is none."""

    value: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of the parts."""

    all: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """One of the parts at least."""

    any: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The opposite."""

    part: Node


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """One of two expressions, by a condition."""

    condition: Node
    first: Node
    second: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """A sum, difference, product or quotient."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """The number with the other sign."""

    part: Node


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """One `for … in … if …` of a quantifier; `source` is a register or a list of plain texts."""

    variable: str
    source: Node
    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    """`any`, `all`, `sum`, `count` or `union` over the records of loops."""

    kind: str
    element: Node
    loops: tuple[Loop, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """What a function reads of each row of a register that it takes. No number in it may be below zero."""

    sorts: Mapping[str, Sort]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function: the sorts it takes (`None` takes any, twice the same), what it gives, and its Chinese wording.

    Where it takes `Columns`, it is handed a `values.Listing` of a register.
    `counts` is the unit of a bare number among the arguments. `context` names what is handed over besides the
    arguments: the as-of day (`as_of`), or the declared order of the arguments (`order`). A function that `gives`
    nothing of its own gives what its arguments are. One that `guards_none` says what it means that its first argument
    is none. `prepare` makes of all arguments but the first the function of the first. One that gives an anniversary
    takes a number of so many `months` each. `inline` is Python for it where all arguments are plain values, `negated`
    the wording of its opposite.
    """

    name: str
    takes: tuple[Sort | Columns | None, ...]
    gives: Sort | None
    run: Callable[..., object]
    words: str
    prepare: Callable[..., Callable[[object], object]] | None = None
    months: int = 0
    unit: str = ""
    counts: str = ""
    context: str = ""
    guards_none: bool = False
    inline: str = ""
    negated: str = ""


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call of a function of the closed table."""

    function: Function
    arguments: tuple[Node, ...]


def path_text(node: Node) -> str | None:
    """Give the dotted path of a field, link, register or name (`plan.approver_level`), or `None` for anything else."""
    match node:
        case Variable(name=name):
            return "" if name == SUBJECT else name
        case Let(name=name):
            return name
        case Register(base=None, path=path):
            return path
        case Attribute(base=Node() as base) | Link(base=Node() as base) | Register(base=Node() as base):
            before = path_text(base)
            name = node.field.target if isinstance(node, Link) else node.field.name
            return None if before is None else f"{before}.{name}" if before else name
    return None


SUBJECT = "subject"
"""The name of the variable that holds the record a rule is applied to."""

ZONE = "zone"
"""The name of the variable that holds the zone; a rule whose `each` is `zone` judges the zone as a whole."""

CLAIM = "claim"
"""The name of the variable that holds the claim by which an exemption is pleaded."""
