"""Typed tree → Python: the code of expressions, and the scouts that look through long lists for what is worth telling.

The generated code does what `values` says, inlined where both operands are plain values, and calls it for everything
else. Carriers of numbers are compared as they are; what is calculated from them is compared so where the difference is
far larger than anything that was rounded away, and otherwise exactly.

The records that a rule names are called `r_…`, so that no name of a rule means anything else in it. `sweeping`
writes the code of whole rules with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import CodeType, MappingProxyType
from typing import Any as AnyType
from typing import NamedTuple, Protocol, TypeVar

from checker import values
from checker.classes import dataclass
from checker.dossier.schema import DossierSchema, Entity, Field, Kind
from checker.language import formula as formulas
from checker.language.functions import FUNCTIONS
from checker.language.tree import (
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
from checker.shapes import united
from checker.values import PLAIN_NUMBERS, UNKNOWN, Range, Value, carrier_of

_Part = TypeVar("_Part")

Probes = list[tuple[Field, Node]]
"""Columns, and keys of which a row must equal one at least."""


class Plea(Protocol):
    """An exemption, as far as finding its truth goes: true is proved, false not claimed, unknown claimed."""

    @property
    def grounds(self) -> tuple[str, ...]:
        """The grounds of the claims that plead it; none if it reads fields of the subject's own."""

    @property
    def condition(self) -> Node:
        """What it bounds."""

    @property
    def paper(self) -> Node:
        """The id of the document that proves it."""

    @property
    def valid_on(self) -> Node:
        """The day on which the document must be valid."""

    @property
    def at_most_risk(self) -> bool:
        """Whether it is never proved, whatever the dossier holds: it only makes a violation a risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the code of one rule is generated from.

    The tests, and the formulas that decide which of them still matter.
    """

    subject: Entity
    parents: tuple[str, ...]
    conduct_on: Node
    lets: Mapping[str, Node]
    tests: tuple[Node, ...]
    when: formulas.Formula
    violated: formulas.Formula
    suspected: formulas.Formula
    pleas: tuple[Plea, ...]
    basis: tuple[Node, ...]


class Surroundings(Protocol):
    """What the generated code asks of the dossier and the pack: the same for every subject of one check."""

    as_of: date
    zone: Value

    def rows(self, path: str) -> tuple[Value, ...]:
        """Give the records of a register of the dossier."""

    def whole(self, path: str) -> bool:
        """Say whether a register is declared complete, so that it proves absence."""

    def blank(self, path: str, name: str) -> bool:
        """Say whether it is signed that a blank in this column means none."""

    def directory(self, path: str) -> Mapping[Value, Value]:
        """Give the records by their ids, with null for null, and unknown for unknown."""

    def candidates(
        self, path: str, names: tuple[str, ...]
    ) -> Callable[..., tuple[tuple[Value, ...], tuple[Value, ...]]]:
        """Give the function from values of columns to the records that equal one at least, and those that may."""

    def within(self, path: str, name: str) -> Callable[..., tuple[Value, ...]]:
        """Give the function from records and two days to those of them that may lie between them."""

    def distinct(self, first: tuple[Value, ...], second: tuple[Value, ...]) -> tuple[Value, ...]:
        """Put records together, each of them once."""

    def pleas(self, grounds: tuple[str, ...]) -> Callable[[Value], tuple[Value, ...]]:
        """Give the function from a subject to the claims of these grounds that are about it."""

    def paper(self, doc_id: Value, day: Value) -> bool:
        """Say whether it is proved that the document is in the dossier and valid on that day."""

    def figure(self, identifier: str) -> Mapping[Value, Value]:
        """Give a figure by the day of the act."""

    def spend(self, visits: int) -> None:
        """Count rows of a register that were visited."""


MOST_OPEN_ROWS = 3
"""How many rows of a long list that leave a question open are told: what nobody knows of the others is the same."""
MOST_RULED_OUT = 3
"""How many of the rows that a condition names, and that do not hold, are told."""
MOST_UNSORTED = 50
"""How many records are gone through as they come, even if only those of some days can count."""
MOST_ADDENDS = 100
"""How many rows of a long list are told that a sum, a number or an area is made of."""


class Scouted(NamedTuple):
    """What is found in a long list: the value, the rows that are worth looking at, and how many others it is made of.

    For an `any` the row that makes it true, or else some that may, and some that do not.
    """

    value: Value
    rows: tuple[Value, ...]
    unlisted: int = 0


Scout = Callable[..., Scouted]
"""Looks through a long list. It is called with the day of the act, the records that the rule names, and those of the
loops around.
"""


def compile_scout(
    conditions: Conditions, schema: DossierSchema, node: Quantifier, *, around: Sequence[str], projected: bool
) -> Callable[[Surroundings], Scout]:
    """Generate the scout of the first loop of a quantifier; *around* names the records of the loops around it."""
    writer = Writer(schema, conditions, projected=projected)
    return bound(compiled(writer.scout(node, around)))  # type: ignore[no-any-return]  # generated code has no types


class Remembered(dict[Value, Value]):
    """What a function of one argument gives, worked out once for each."""

    def __init__(self, work: Callable[[Value], Value]) -> None:
        self.work = work

    def __missing__(self, given: Value) -> Value:
        value = self[given] = self.work(given)
        return value


def compiled(source: str) -> CodeType:
    """Make the code of a source, which is the same in every process."""
    return compile(source, "<rule>", "exec")


def bound(code: CodeType) -> AnyType:
    """Give the function `bind` of a source."""
    namespace: dict[str, AnyType] = {
        "UNKNOWN": UNKNOWN,
        "Range": Range,
        "PLAIN": PLAIN_NUMBERS,
        "Remembered": Remembered,
        "Decimal": Decimal,
        "date": date,
        "united": united,
        "Scouted": Scouted,
        "FUNCTIONS": FUNCTIONS,
        **{name: getattr(values, name) for name in _RUNTIME},
    }
    exec(code, namespace)  # noqa: S102 - our own text: names of the schema and constants only
    return namespace["bind"]


def spelled(value: AnyType) -> str:
    """Write a constant of a rule as source.

    >>> print(spelled((True, "a", Decimal("0.80"), Range(date(2014, 10, 1), None))))
    (True, 'a', Decimal('0.80'), Range(low=date(2014, 10, 1), high=None), )
    """
    match value:
        case None | bool() | int() | str():
            return repr(value)
        case Decimal():
            return f"Decimal('{value}')"
        case date():
            return f"date({value.year}, {value.month}, {value.day})"
        case Range():
            return f"Range(low={spelled(value.low)}, high={spelled(value.high)})"
        case tuple():
            return f"({''.join(f'{spelled(each)}, ' for each in value)})"
        case frozenset():
            return f"frozenset(({''.join(f'{each}, ' for each in sorted(map(spelled, value)))}))"
    raise TypeError(type(value).__name__)


_RUNTIME = (
    "Listing",
    "add",
    "at_most",
    "choose",
    "counted",
    "divide",
    "either",
    "is_none",
    "less",
    "member",
    "multiply",
    "negation",
    "negative",
    "number_of",
    "refuse_strays",
    "same",
    "subtract",
    "summed",
    "ten_thousandths",
    "turning",
    "yes",
)
COMPARISONS = MappingProxyType({"<": "less", "<=": "at_most", "==": "same"})
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


TRUE = Constant(Type(sort=Sort.TRUTH), (0, 0), True)


class Look(Protocol):
    """Writes what looks at a row."""

    def __call__(self, is_open: str, *, counts: bool) -> None:
        """Write what is done where the expression *is_open* holds, and what else, if the row *counts*."""


ROUNDED = 1e-12
"""Of carriers, and of what is calculated from a few of them, no more than a hundredth of this share is rounded away."""
MOST_CARRIED = 8
"""From more carriers than this nothing is calculated before they are made numbers."""


def _near(node: Node, name: str, other: Node) -> str:
    """Write a side of a comparison: a whole constant is compared with an integer as an integer, which is faster."""
    match node, other:
        case Constant(value=Decimal() as value), Attribute(field=Field(kind=Kind.INTEGER)) if value == int(value):
            return str(int(value))
    return name


def _is_carried(node: Node) -> bool:
    """Say whether a carrier may hold a number."""
    return isinstance(node, Attribute) and node.field.kind is Kind.NUMBER


def _carrier(node: Node) -> float | None:
    """Give the carrier of a constant, if it has one."""
    match node:
        case Constant(value=Decimal() as value):
            return carrier_of(value)
    return None


def _is_calculable(node: Node) -> bool:
    """Say whether this is made of carriers, none of which is less than zero, by adding and multiplying alone."""
    match node:
        case Arithmetic(operator="+" | "*", left=left, right=right):
            return _is_calculable(left) and _is_calculable(right)
        case Attribute(field=described) if _is_carried(node):
            return described.limits[0] >= 0
    carrier = _carrier(node)
    return carrier is not None and carrier >= 0


def _is_open(name: str) -> str:
    return f"{name} is UNKNOWN or {name}.__class__ is Range"


class Writer:
    """Writes the source of expressions. `value` and `truth` emit statements and give the name that holds the result."""

    def __init__(self, schema: DossierSchema, conditions: Conditions, *, projected: bool) -> None:
        self.schema = schema
        self.conditions = conditions
        self.projected = projected
        self.constants: dict[str, str] = {}
        self.setup: dict[str, str] = {}
        self.lines: list[str] = []
        self.level = 2
        self.count = 0
        self.known: set[str] = set()
        self.fields: dict[tuple[str, str], str] = {}
        self.given = {name: f"r_{name}" for name in (SUBJECT, ZONE, *conditions.parents)}
        self.records = self.given
        self.held: dict[int, str] = {}
        self.day = "day"

    # --- writing --------------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        """Write a line."""
        self.lines.append("    " * self.level + text)

    def fresh(self, text: str | None = None) -> str:
        """Give a new name, which holds *text* if there is any."""
        self.count += 1
        name = f"v{self.count}"
        if text is not None:
            self.line(f"{name} = {text}")
        return name

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write an indented block; what is first known inside it is not known after it."""
        self.line(head)
        self.level += 1
        outside, fields = self.known, self.fields
        self.known, self.fields = set(outside), dict(fields)
        yield
        self.known, self.fields = outside, fields
        self.level -= 1

    @contextmanager
    def row(self, variable: str, rows: str) -> Iterator[None]:
        """Write a loop; its variable gets a name that nothing else has, so that no loop inside another clobbers it."""
        self.count += 1
        name = f"row{self.count}"
        outside = self.records
        with self.block(f"for {name} in {rows}:"):
            self.records = {**outside, variable: name}
            yield
        self.records = outside

    def once(self, text: str) -> str:
        """Have *text* evaluated once for each check."""
        return self.setup.setdefault(text, f"once{len(self.setup)}")

    def constant(self, value: AnyType) -> str:
        """Give the name of a value; the same for equal ones."""
        return self.fixed(spelled(value))

    def fixed(self, text: str) -> str:
        """Give the name of what *text* is in every check."""
        return self.constants.setdefault(text, f"K{len(self.constants)}")

    # --- functions --------------------------------------------------------------------------------------------------

    def bound(self, parameters: Sequence[str], openings: Sequence[str] = ()) -> str:
        """Give the source: the function, inside one that looks up once what is the same for every call."""
        near = [f"{name}={name}" for name in ("UNKNOWN", *self.constants.values())]  # where it is found fastest
        return "\n".join(
            [
                *(f"{name} = {text}" for text, name in self.constants.items()),
                "def bind(env):",
                "    refuse_strays()",
                "    as_of = env.as_of",
                f"    r_{ZONE} = env.zone",
                *(f"    {name} = {text}" for text, name in self.setup.items()),
                *openings,
                f"    def found({', '.join([*parameters, *near])}):",
                *self.lines,
                "    return found",
            ]
        )

    def scout(self, node: Quantifier, around: Sequence[str]) -> str:
        """Write the scout of the first loop: what the loops inside it say decides of each of its rows."""
        self.records = {**self.given, **{name: f"around{number}" for number, name in enumerate(around)}}
        parameters = ["day", *(self.records[name] for name in (SUBJECT, *self.conditions.parents, *around))]
        self.lets(node)
        if node.kind == "any":
            self.scout_any(node)
        else:
            self.scout_fold(node)
        return self.bound(parameters)

    def scout_any(self, node: Quantifier) -> None:
        """Write what finds the row that settles an `any`, or some that leave it open and some that do not hold."""
        first, *others = node.loops
        inner = replace(node, loops=tuple(others)) if others else None
        opens, outs = self.fresh("[]"), self.fresh("[]")

        def body(certain: str) -> None:
            truth = self.truth(node.element) if inner is None else self.exists(inner)
            row = self.records[first.variable]
            with self.block(f"if {truth} is False:"):
                self.line(f"if len({outs}) < {MOST_RULED_OUT}: {outs}.append({row})")
                self.line("continue")
            self.line(f"if {truth} and {certain}: return Scouted(True, ({row},))")
            self.line(f"if len({opens}) < {MOST_OPEN_ROWS}: {opens}.append({row})")

        outer = replace(node, loops=(first,), element=TRUE if others else node.element)
        self.loops(outer, lambda _: None, body, found="False", is_open=f"len({opens}) == {MOST_OPEN_ROWS}")
        self.line(f"return Scouted(None, (*{opens}, *{outs}))")

    def scout_fold(self, node: Quantifier) -> None:
        """Write what finds a sum, number or area, and the rows of its first loop that it is made of or left open by."""
        told, opens, unlisted, last = self.fresh("{}"), self.fresh("0"), self.fresh("0"), self.fresh("None")
        variable = node.loops[0].variable

        def look(is_open: str, *, counts: bool) -> None:
            row = self.records.get(variable)
            if row is None:  # the list itself may go on: that concerns no row of it
                return
            with self.block(f"if {is_open}:"), self.block(f"if {row} is not {last} and {opens} < {MOST_OPEN_ROWS}:"):
                self.line(f"{opens} += 1")
                self.line(f"{told}[id({row})] = {last} = {row}")
            if counts:
                with self.block(f"elif id({row}) not in {told}:"):
                    self.line(f"if len({told}) - {opens} < {MOST_ADDENDS}: {told}[id({row})] = {row}")
                    self.line(f"else: {unlisted} += 1")

        value = {"sum": self.sum, "union": self.union}.get(node.kind, self.size)(node, look)
        self.line(f"return Scouted({value}, tuple({told}.values()), {unlisted})")

    def lets(self, *nodes: Node) -> None:
        """Work out the names that stand in expressions, before a loop in which they mean the same for every row."""
        for node in nodes:
            for part in node.walk():
                if isinstance(part, Let):
                    self.let(part.name)

    def let(self, name: str) -> str:
        """Work a name of the rule out, of the subject alone: no row of the loop that it is used in belongs to it."""
        held = f"let_{name}"
        if held not in self.known:
            around, self.records = self.records, self.given
            node = self.conditions.lets[name]
            self.line(f"{held} = {self.truth(node) if node.type.sort is Sort.TRUTH else self.value(node)}")
            self.records = around
            self.known.add(held)
        return held

    # --- truths ---------------------------------------------------------------------------------------------------

    def all(self, parts: Sequence[_Part], emit: Callable[[_Part], str]) -> str:
        """Join by *and*; a part is evaluated only while none before it is false."""
        result = self.fresh("True")
        for number, part in enumerate(parts):
            if number == 0:
                self.line(f"{result} = {emit(part)}")
                continue
            with self.block(f"if {result} is not False:"):
                name = emit(part)
                self.line(f"{result} = {name} if {result} else (False if {name} is False else None)")
        return result

    def any(self, names: list[str]) -> str:
        """Join by *or*; every part is evaluated, since one of them may stand on firmer ground than another."""
        if not names:
            return "False"
        result = names[0]
        for name in names[1:]:
            either = f"True if {result} or {name} else (None if {result} is None or {name} is None else False)"
            result = self.fresh(either)
        return result

    def truth(self, node: Node) -> str:
        """Write what finds the truth of a condition."""
        if id(node) in self.held:
            return self.held[id(node)]
        match node:
            case Constant(value=bool() as value):
                return repr(value)
            case And(all=parts):
                return self.all(parts, self.truth)
            case Or(any=parts):
                return self.any([self.truth(part) for part in parts])
            case Not(part=part):
                name = self.truth(part)
                return self.fresh(f"None if {name} is None else not {name}")
            case Compare():
                return self.compare(node)
            case Member(value=value, members=members):
                return self.member(value, members)
            case IsNone(value=value):
                name = self.held_as(value)
                return self.fresh(f"None if {name} is UNKNOWN else {name} is None")
            case Let(name=name) if node.type.sort is Sort.TRUTH:
                return self.let(name)
            case Quantifier(kind="any"):
                return self.exists(node)
            case Quantifier(kind="all", element=element):
                opposite = Quantifier(node.type, node.span, "any", Not(node.type, node.span, element), node.loops)
                return self.fresh(f"negation({self.exists(opposite)})")
            case Call():
                return self.call(node)
            case Choice(condition=condition, first=first, second=second):
                return self.fresh(f"either({self.truth(condition)}, {self.truth(first)}, {self.truth(second)})")
        name = self.value(node)
        return self.fresh(f"{name} if {name}.__class__ is bool else yes({name})")

    def compare(self, node: Compare) -> str:
        """Write a comparison."""
        parts = (node.left, node.right)
        if any(map(_is_carried, parts)) and all(_is_carried(each) or _carrier(each) is not None for each in parts):
            return self.compare_carriers(node)
        if node.operator != "==" and all(map(_is_calculable, parts)) and not any(map(self.is_held, node.walk())):
            leaves = [each for each in node.walk() if _is_carried(each)]
            if 0 < len(leaves) <= MOST_CARRIED:
                return self.compare_roughly(node, leaves)
        return self.compare_anniversary(node) or self.compare_values(node)

    def compare_anniversary(self, node: Compare) -> str:
        """Write a comparison of an anniversary with the as-of day as one of the day itself; nothing for any other."""
        match node:
            case Compare(operator="<" | "<=", left=Call() as call, right=AsOf()):
                beyond, answers = node.operator == "<=", (True, False)
            case Compare(operator="<" | "<=", left=AsOf(), right=Call() as call):
                beyond, answers = node.operator == "<", (False, True)
            case _:
                return ""
        if not call.function.months or not self.is_same_for_all(call.arguments[1]) or self.is_held(call):
            return ""
        day, number = call.arguments[0], self.value(call.arguments[1])
        months = f"{number} * {call.function.months} if {number}.__class__ in PLAIN else UNKNOWN"
        turn = self.once(f"turning(as_of, {months}, beyond={beyond})")
        name, first, last = self.value(day), self.once(f"{turn}[0]"), self.once(f"{turn}[1]")
        later = f"{self.fixed(f'FUNCTIONS[{call.function.name!r}].run')}({name}, {number})"
        slow = (
            f"{COMPARISONS[node.operator]}({later}, as_of)"
            if node.left is call
            else f"{COMPARISONS[node.operator]}(as_of, {later})"
        )
        text = f"{answers[0]} if {name} < {first} else {answers[1]} if {name} <= {last} else {slow}"
        return self.attempt(text, [(name, day)], "None", slow)

    def is_same_for_all(self, node: Node) -> bool:
        """Say whether a number is known before any record is looked at."""
        return isinstance(node, Constant) or (isinstance(node, ParameterValue) and self.day == "as_of")

    def compare_carriers(self, node: Compare) -> str:
        """Write a comparison of carriers: as they are, unless a number is none; then Python's own operator refuses."""
        sides = [(self.held_as(each), each) for each in (node.left, node.right)]
        text = f" {node.operator} ".join(name if _is_carried(each) else repr(_carrier(each)) for name, each in sides)
        exact = ", ".join(f"number_of({name})" if _is_carried(each) else name for name, each in sides)
        slow = f"{COMPARISONS[node.operator]}({exact})"
        changing = [(name, each) for name, each in sides if _is_carried(each)]
        if node.operator != "==":
            return self.attempt(text, changing, "None", slow)
        checks = " and ".join(f"{name}.__class__ is float" for name, _ in changing)
        return self.fresh(f"{text} if {checks} else {slow}")

    def compare_roughly(self, node: Compare, leaves: Sequence[Node]) -> str:
        """Write a comparison of what is calculated from carriers: with doubles, unless they come too near."""
        names = dict.fromkeys(map(self.held_as, leaves))
        result = self.fresh("None")
        with self.block(f"if {' and '.join(f'{each} is not UNKNOWN and {each} is not None' for each in names)}:"):
            with self.block("try:"):
                left, right = self.fresh(self.rough(node.left)), self.fresh(self.rough(node.right))
                surely = f"True if {left} < {right} * {1 - ROUNDED} else False if {left} > {right} * {1 + ROUNDED}"
                self.line(f"{result} = {surely} else UNKNOWN")
            self.line(f"except TypeError: {result} = UNKNOWN")
            with self.block(f"if {result} is UNKNOWN:"):
                self.line(f"{result} = {self.compare_values(node)}")
        return result

    def rough(self, node: Node) -> str:
        """Write a calculation with doubles."""
        if isinstance(node, Arithmetic):
            return f"({self.rough(node.left)} {node.operator} {self.rough(node.right)})"
        return self.held_as(node) if _is_carried(node) else repr(_carrier(node))

    def compare_values(self, node: Compare) -> str:
        """Write a comparison of values."""
        left, right = self.value(node.left), self.value(node.right)
        operator, slow = node.operator, COMPARISONS[node.operator]
        sides = ((left, node.left), (right, node.right))
        changing = [(name, each) for name, each in sides if not isinstance(each, Constant | AsOf)]
        if not changing or any(isinstance(each, Constant) and isinstance(each.value, Range) for each in node.parts()):
            return self.fresh(f"{slow}({left}, {right})")
        if operator != "==":
            text = f"{_near(node.left, left, node.right)} {operator} {_near(node.right, right, node.left)}"
            return self.attempt(text, changing, "None", f"{slow}({left}, {right})")
        if len(changing) == 1 and node.left.type.sort is Sort.TEXT:
            return self.fresh(f"{left} == {right} if {changing[0][0]} is not UNKNOWN else None")
        checks = " and ".join(_plain(name, each.type) for name, each in changing)
        return self.fresh(f"{left} == {right} if {checks} else {slow}({left}, {right})")

    def member(self, value: Node, members: Node) -> str:
        """Write whether a text is one of some."""
        name, group = self.value(value), self.value(members)
        if isinstance(members, Constant):
            return self.fresh(f"{name} in {group} if {name} is not UNKNOWN else None")
        return self.fresh(f"member({name}, {group})")

    def attempt(self, text: str, operands: Sequence[tuple[str, Node]], unknown: str, slow: str) -> str:
        """Emit Python's own operator, which knows no range, no none and nothing unknown; give what holds the result.

        It is *unknown* where one of the operands is, or is none. For all else that the operator refuses there is the
        slow way.
        """
        known = {f"{name} is not UNKNOWN": None for name, _ in operands}
        known |= {f"{name} is not None": None for name, node in operands if not isinstance(node, Arithmetic)}
        guards = " and ".join(known)
        result = self.fresh(unknown)
        with self.block(f"if {guards}:"):
            self.line(f"try: {result} = {text}")
            self.line(f"except TypeError: {result} = {slow}")
        return result

    # --- values ---------------------------------------------------------------------------------------------------

    def is_held(self, node: Node) -> bool:
        """Say whether a calculation was worked out before the rows of a loop."""
        return id(node) in self.held and not _is_carried(node)

    def held_as(self, node: Node) -> str:
        """Write what finds the value of an expression, that of a number as the record holds it."""
        if _is_carried(node) and isinstance(node, Attribute):
            return self.held.get(id(node)) or self.field(node.base, node.field)
        return self.value(node)

    def value(self, node: Node) -> str:
        """Write what finds the value of an expression."""
        if _is_carried(node):
            return self.number(self.held_as(node))
        if id(node) in self.held:
            return self.held[id(node)]
        if node.type.sort is Sort.TRUTH and not isinstance(node, Attribute):
            return self.truth(node)
        match node:
            case Constant(value=value):
                return self.constant(value)
            case Variable(name=name):
                return self.records[name]
            case AsOf():
                return "as_of"
            case Let(name=name):
                return self.let(name)
            case ParameterValue(id=identifier):
                figure = f"env.figure({identifier!r})"
                return self.once(f"{figure}[as_of]") if self.day == "as_of" else f"{self.once(figure)}[{self.day}]"
            case Attribute(base=base, field=described):
                return self.field(base, described)
            case Link(base=base, field=described):
                assert described.ref is not None
                find = self.once(f"env.directory({described.ref!r}).get")
                return self.fresh(f"{find}({self.field(base, described)}, UNKNOWN)")
            case Arithmetic(operator=operator, left=left, right=right):
                return self.arithmetic(operator, left, right)
            case Negative(part=part):
                return self.fresh(f"negative({self.value(part)})")
            case Choice(condition=condition, first=first, second=second):
                return self.fresh(f"choose({self.truth(condition)}, {self.value(first)}, {self.value(second)})")
            case Quantifier(kind="sum"):
                return self.sum(node)
            case Quantifier(kind="union"):
                return self.union(node)
            case Quantifier():
                return self.size(node)
            case Table():
                return self.table(node)
            case Call():
                return self.call(node)
        raise TypeError(node)

    def number(self, carried: str) -> str:
        """Write what makes a number of what a record holds."""
        known = self.fields.get((carried, ""))
        if known is None:
            known = self.fields[carried, ""] = self.fresh(f"number_of({carried})")
        return known

    def field(self, base: Node, described: Field) -> str:
        """Write what reads a field, as the check sees it; a number may be a carrier."""
        record = self.value(base)
        known = self.fields.get((record, described.attribute))
        if known is not None:
            return known
        entity = base.type.entity
        assert entity is not None
        reading = f"{record}.{described.slot}"
        always = isinstance(base, Variable)
        if not always:
            reading = f"{record} if {record} is None or {record} is UNKNOWN else {reading}"
        name = self.fresh(reading)
        if described.may_be_blank and entity.path in self.schema.registers:
            blank = self.once(f"env.blank({entity.path!r}, {described.name!r})")
            self.line(
                f"if {name} is UNKNOWN and {blank}{'' if always else f' and {record} is not UNKNOWN'}: {name} = None"
            )
        if self.projected and described.nullable and not described.claim:
            self.line(f"if {name} is None{'' if always else f' and {record} is not None'}: {name} = UNKNOWN")
        self.fields[record, described.attribute] = name
        return name

    def arithmetic(self, operator: str, left: Node, right: Node) -> str:
        """Write a calculation."""
        one, other = self.value(left), self.value(right)
        slow = f"{_ARITHMETIC[operator]}({one}, {other})"
        if operator == "/":
            return self.fresh(slow)
        changing = [(name, each) for name, each in ((one, left), (other, right)) if not isinstance(each, Constant)]
        if not changing:
            return self.fresh(f"{one} {operator} {other}")
        return self.attempt(f"{one} {operator} {other}", changing, "UNKNOWN", slow)

    def call(self, node: Call) -> str:
        """Write the call of a function."""
        first, *others = node.arguments
        function = f"FUNCTIONS[{node.function.name!r}]"
        if node.function.prepare is not None and all(isinstance(each, Constant) for each in others):
            fixed = ", ".join(spelled(each.value) for each in others if isinstance(each, Constant))
            return self.fresh(f"{self.fixed(f'{function}.prepare({fixed})')}({self.value(first)})")
        names = [self.value(argument) for argument in node.arguments]
        given = list(names)
        match node.function.context:
            case "as_of":
                given.append("as_of")
            case "order":
                given.append(self.constant(next(each.type.order for each in node.arguments if each.type.order)))
        run = self.fixed(f"{function}.run")
        text = f"{run}({', '.join(given)})"
        if not node.function.inline:
            changing = [each for each in node.arguments if not isinstance(each, Constant)]
            if [each.type.sort for each in changing] == [Sort.DAY]:  # a dossier has few days and many records
                day = names[node.arguments.index(changing[0])]
                text = ", ".join("given" if each == day else each for each in given)
                return self.fresh(f"{self.once(f'Remembered(lambda given: {run}({text}))')}[{day}]")
            return self.fresh(text)
        checks = [_plain(name, argument.type) for name, argument in zip(names, node.arguments, strict=True)]
        return self.fresh(f"{node.function.inline.format(*names)} if {' and '.join(checks)} else {text}")

    def table(self, node: Table) -> str:
        """Write what reads columns of a register."""
        rows, whole = self.all_rows(node.register)
        found, row = self.fresh("[]"), node.columns[0].base
        assert isinstance(row, Variable)
        if node.register.base is None:
            self.line(f"{self.once('env.spend')}(len({rows}))")
        with self.row(row.name, rows):
            self.line(f"{found}.append(({', '.join(map(self.value, node.columns))},))")
        return self.fresh(f"Listing({found}, {whole})")

    # --- quantifiers ----------------------------------------------------------------------------------------------

    def rows(self, loop: Loop, also: tuple[Node, ...], barred: str) -> tuple[str, str, str]:
        """Emit what gives the rows of a loop, those of which its conditions are at most unknown, and if they are all.

        All three are names; where nothing is known of the rows beforehand, the second is empty. There are no rows, and
        none are looked up, where the loop is *barred*.
        """
        source = loop.source
        if not isinstance(source, Register):
            name = self.value(source)
            rows = f"() if {barred} else {name} or ()" if barred else f"{name} or ()"
            return self.fresh(rows), "", self.fresh(f"{name} is not UNKNOWN")
        rows, whole = self.all_rows(source)
        probes = probes_of(loop, also) if source.base is None else []
        if not probes:
            return self.fresh(f"() if {barred} else {rows}") if barred else rows, "", whole
        sure, maybe = self.fresh(), self.fresh()
        self.narrow(source, probes, rows, f"{sure}, {maybe}", f"((), ()) if {barred} else " if barred else "")
        window = window_of(loop, also)
        if window is not None:
            described, ends = window
            with self.block(f"if len({maybe}) > {MOST_UNSORTED}:"):
                within = self.once(f"env.within({source.path!r}, {described.name!r})")
                low, high = ("None" if each is None else self.value(each) for each in ends)
                self.line(f"{maybe} = {within}({maybe}, {low}, {high})")
        return sure, maybe, whole

    def narrow(self, source: Register, probes: Sequence[Probes], rows: str, names: str, unless: str) -> None:
        """Emit the look-up by the first columns of which all keys are known."""
        keyed, *others = probes
        columns = tuple(described.name for described, _ in keyed)
        index = self.once(f"env.candidates({source.path!r}, {columns!r})")
        self.line(f"{names} = {unless}{index}({', '.join(self.value(key) for _, key in keyed)})")
        if others:
            with self.block(f"if {names.rpartition(' ')[2]} is {rows}:"):
                self.narrow(source, others, rows, names, unless)

    def all_rows(self, source: Register) -> tuple[str, str]:
        """Emit what gives all records of a register, and whether they are all there are."""
        declared = self.once(f"env.whole({source.path!r})")
        if source.base is None:
            return self.once(f"env.rows({source.path!r})"), declared
        name = self.field(source.base, source.field)
        return self.fresh(f"{name} or ()"), self.fresh(f"{name} is None or ({declared} and {name} is not UNKNOWN)")

    def loops(
        self,
        node: Quantifier,
        open_end: Callable[[str], None],
        body: Callable[[str], None],
        *,
        found: str = "",
        is_open: str = "",
    ) -> None:
        """Emit nested loops: *open_end* is told each completeness, *body* how certain the row is.

        For an `any`: once *found* holds, no row matters any more; once *is_open* does, none of those that can't make
        it true. What does not depend on a row is worked out before the loop.
        """
        self.lets(node)
        stops = [found] if found else []

        def nest(position: int, certain: str) -> None:
            if position == len(node.loops):
                body(certain)
                return
            loop = node.loops[position]
            also = (node.element,) if found and position == len(node.loops) - 1 else ()
            around = self.held
            barred = self.barred(_conjuncts(loop, also), {each.variable for each in node.loops[position:]})
            rows, maybe, whole = self.rows(loop, also, barred)
            open_end(whole)
            if maybe and not found:
                rows, maybe = self.fresh(f"{self.once('env.distinct')}({rows}, {maybe})"), ""
            with self.block(f"if {rows} or {maybe}:" if maybe else f"if {rows}:"):
                self.hold(node, position)
                if maybe:
                    phase = self.fresh()
                    stops.append(f"({phase} is {maybe} and {is_open})")
                    with self.block(f"for {phase} in ({rows}, {maybe}):"):
                        self.line(f"if {stops[-1]}: break")
                        each_row(loop, phase, position, certain)
                    stops.pop()
                else:
                    each_row(loop, rows, position, certain)
            self.held = around

        def each_row(loop: Loop, rows: str, position: int, certain: str) -> None:
            counted = isinstance(loop.source, Register) and loop.source.base is None
            walk = self.fresh(f"iter({rows})") if counted else rows
            with self.row(loop.variable, walk):
                held = certain
                for condition in loop.conditions:
                    truth = self.truth(condition)
                    self.line(f"if {truth} is False: continue")
                    held = truth if held == "True" else self.fresh(f"{held} and {truth}")
                nest(position + 1, held)
                if stops:
                    self.line(f"if {' or '.join(stops)}: break")
            if counted:  # where a loop was broken off, its rest was not visited
                self.line(f"{self.once('env.spend')}(len({rows}) - {walk}.__length_hint__())")

        nest(0, "True")

    def barred(self, conditions: Sequence[Node], variables: set[str]) -> str:
        """Work out the conditions that are the same for every row; give what says that one of them is false.

        Those that go over whole registers are not: they may cost more than the rows that they spare.
        """
        same = [each for each in conditions if not isinstance(each, Constant) and _is_steady(each, variables)]
        self.held = {**self.held, **{id(each): self.truth(each) for each in same}}
        return " or ".join(f"{self.held[id(each)]} is False" for each in same)

    def hold(self, node: Quantifier, position: int) -> None:
        """Work out, before the rows of a loop, what is the same for each of them."""
        inside = [*node.loops[position].conditions, *node.loops[position + 1 :], node.element]
        same = [part for each in inside for part in _steady(each, {loop.variable for loop in node.loops[position:]})]
        self.held = {**self.held, **{id(each): self.held_as(each) for each in same if id(each) not in self.held}}

    def exists(self, node: Quantifier) -> str:
        """Write an `any`."""
        result = self.fresh("False")

        def open_end(whole: str) -> None:
            self.line(f"if not {whole} and {result} is False: {result} = None")

        def body(certain: str) -> None:
            truth = self.truth(node.element)
            self.line(f"if {truth} is False: continue")
            self.line(f"if {truth} and {certain}: {result} = True")
            self.line(f"elif {result} is False: {result} = None")

        self.loops(node, open_end, body, found=result, is_open=f"{result} is not False")
        return result

    def sum(self, node: Quantifier, look: Look | None = None) -> str:
        """Write a sum; what is of few digits is added up as whole ten-thousandths, and so without rounding."""
        total, small, loose = self.fresh("0"), self.fresh("0"), self.fresh("None")

        def body(certain: str) -> None:
            if not _is_carried(node.element):
                any_value(certain)
                return
            held, part = self.held_as(node.element), self.fresh("None")
            is_sure = "" if certain == "True" else f" and {certain}"
            self.line(f"if {held}.__class__ is float and {held} < 1e11{is_sure}: {part} = int({held} * 1e4 + 0.5)")
            with self.block(f"if {part} is not None and {part} / 1e4 == {held}:"):
                self.line(f"{small} += {part}")
                if look is not None:
                    look("False", counts=True)
            with self.block("else:"):
                any_value(certain)

        def any_value(certain: str) -> None:
            value = self.value(node.element)
            plain = f"{value}.__class__ in PLAIN" + ("" if certain == "True" else f" and {certain}")
            self.line(f"if {plain}: {total} = {total} + {value}")
            with self.block(f"elif {value} is not None:"):
                self.line(f"if {loose} is None: {loose} = []")
                self.line(f"{loose}.append(({value}, {certain} is True))")
            if look is not None:
                look(f"{certain} is not True or {_is_open(value)}", counts=True)

        whole = self.folded(node, body, look)
        if _is_carried(node.element):
            self.line(f"{total} = {total} + ten_thousandths({small})")
        floor = self.constant(node.element.type.floor)
        done = f"{total} if {loose} is None and {whole}"
        return self.fresh(f"{done} else summed({total}, {loose} or (), whole={whole}, floor={floor})")

    def union(self, node: Quantifier, look: Look | None = None) -> str:
        """Write an area of shapes put together."""
        parts = self.fresh("[]")

        def body(certain: str) -> None:
            value = self.value(node.element)
            self.line(f"{parts}.append(({value}, {certain} is True))")
            if look is not None:
                look(f"{certain} is not True or {value} is None or {_is_open(value)}", counts=True)

        whole = self.folded(node, body, look)
        return self.fresh(f"united({parts}, whole={whole})")

    def size(self, node: Quantifier, look: Look | None = None) -> str:
        """Write a number of records."""
        sure, maybe = self.fresh("0"), self.fresh("0")

        def body(certain: str) -> None:
            self.line(f"if {certain}: {sure} += 1")
            self.line(f"else: {maybe} += 1")
            if look is not None:
                look(f"{certain} is not True", counts=True)

        whole = self.folded(node, body, look)
        return self.fresh(f"counted({sure}, {maybe}, whole={whole})")

    def folded(self, node: Quantifier, body: Callable[[str], None], look: Look | None) -> str:
        """Emit the loops of a sum, number or area; give what says whether their rows are all there are."""
        whole = self.fresh("True")

        def open_end(name: str) -> None:
            self.line(f"{whole} = {whole} and {name}")
            if look is not None:
                look(f"not {name}", counts=False)

        self.loops(node, open_end, body)
        return whole


def probes_of(loop: Loop, also: tuple[Node, ...]) -> list[Probes]:
    """Give the ways in which the conditions let rows be looked up, the first written first."""
    found = []
    for condition in _conjuncts(loop, also):
        branches = condition.any if isinstance(condition, Or) else (condition,)
        probes = [_probe(branch, loop.variable) for branch in branches]
        if all(probes):
            found.append([each for each in probes if each is not None])
    return found


def window_of(loop: Loop, also: tuple[Node, ...]) -> tuple[Field, tuple[Node | None, Node | None]] | None:
    """Give a column of days that the conditions keep between two ends, or on one side of one; the first such column."""
    found: dict[str, tuple[Field, list[Node | None]]] = {}
    for condition in _conjuncts(loop, also):
        match condition:
            case Compare(operator="<" | "<=", left=left, right=right) if left.type.sort is Sort.DAY:
                for end, one, other in ((1, left, right), (0, right, left)):
                    described = _column(one, loop.variable)
                    if described is not None and _is_free(other, loop.variable):
                        ends = found.setdefault(described.name, (described, [None, None]))[1]
                        ends[end] = ends[end] or other
    for described, (low, high) in found.values():
        return described, (low, high)
    return None


def _steady(node: Node, variables: set[str]) -> Iterator[Node]:
    """Give the largest parts of an expression that are the same whatever the variables stand for."""
    if isinstance(node, Constant | Variable | AsOf | Let):
        return
    if _is_steady(node, variables) and not isinstance(node, Loop | Register):
        yield node
        return
    for part in node.parts():
        yield from _steady(part, variables | _bound_in(node))


def _bound_in(node: Node) -> set[str]:
    """Give the variables that mean something inside an expression only."""
    match node:
        case Quantifier(loops=loops):
            return {loop.variable for loop in loops}
        case Table(columns=columns):
            return {each.base.name for each in columns if isinstance(each.base, Variable)}
    return set()


def _is_steady(node: Node, variables: set[str]) -> bool:
    """Say whether an expression is the same whatever the variables stand for, and goes over no whole register."""
    return not any(
        (isinstance(part, Register) and part.base is None) or (isinstance(part, Variable) and part.name in variables)
        for part in node.walk()
    )


def _conjuncts(loop: Loop, also: tuple[Node, ...]) -> list[Node]:
    return [part for each in (*loop.conditions, *also) for part in (each.all if isinstance(each, And) else (each,))]


def _plain(name: str, kind: Type) -> str:
    """Give the check that a name holds a plain value of its sort, for which Python's own operators are right."""
    match kind.sort:
        case Sort.NUMBER:
            return f"{name}.__class__ in PLAIN"
        case Sort.DAY:
            return f"{name}.__class__ is date"
        case Sort.TEXT:
            return f"{name}.__class__ is str"
    raise TypeError(kind.sort)


def _probe(condition: Node, variable: str) -> tuple[Field, Node] | None:
    """Read `row.field == key`, either way round, or `any(x in key for x in row.field)`.

    The key is a text or a list of texts, and does not depend on the row.
    """
    match condition:
        case Compare(operator="==", left=left, right=right) if left.type.sort is Sort.TEXT:
            for one, other in ((left, right), (right, left)):
                if (described := _column(one, variable)) and _is_free(other, variable):
                    return described, other
        case Quantifier(
            kind="any",
            element=Member(value=Variable(name=element), members=members),
            loops=(Loop(variable=name, source=source, conditions=()),),
        ) if element == name and not isinstance(members, Constant):
            if (described := _column(source, variable)) and _is_free(members, variable) and _is_free(members, name):
                return described, members
    return None


def _column(node: Node, variable: str) -> Field | None:
    """Give the field, if this is one of the row itself."""
    match node:
        case Attribute(base=Variable(name=name), field=described) if name == variable:
            return described
    return None


def _is_free(node: Node, variable: str) -> bool:
    return all(not isinstance(each, Variable) or each.name != variable for each in node.walk())
