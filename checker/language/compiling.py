"""Typed tree → Python: one function for each rule that finds the truths of its tests on one subject.

The generated code does what `values` says, inlined where both operands are plain values, and calls it for everything
else. The records that a rule names are called `r_…`, so that no name of a rule means anything else in it. It evaluates
a test only where the test can still matter: nothing more once `when` is false, no exemption where nothing is violated.
A test left out counts as unknown, and the verdict is the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any as AnyType
from typing import Protocol, TypeVar

from checker import values
from checker.dossier.schema import DossierSchema, Entity, Field
from checker.language import formula as formulas
from checker.language.tree import (
    SUBJECT,
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
from checker.values import PLAIN_NUMBERS, UNKNOWN, Range, Value

_Part = TypeVar("_Part")

Key = tuple[AnyType, ...]
"""What a rule found on a subject.

The ground (act, in force, firm), then the truth of each test and of each exemption.
"""

TruthFinder = Callable[..., Key]


class Plea(Protocol):
    """An exemption, as far as finding its truth goes: true is proved, false not claimed, unknown claimed."""

    @property
    def ground(self) -> str | None:
        """The ground of the register `claims` that it reads, or `None` if it reads fields of its own."""

    @property
    def condition(self) -> Node:
        """What it bounds."""

    @property
    def paper(self) -> Node:
        """The id of the document that proves it."""

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

    def finder(self, path: str) -> Callable[[Value], Value]:
        """Give the function from an id to its record, null for null, unknown if there is none such."""

    def candidates(self, path: str, names: tuple[str, ...]) -> Callable[..., tuple[Value, ...]]:
        """Give the function from the values of these columns to all records that may equal at least one of them."""

    def pleas(self, ground: str) -> Callable[[Value], tuple[tuple[Value, bool], ...]]:
        """Give the function from a subject's id to the claims that are, or (`False`) may be, about it."""

    def paper(self, doc_id: Value, day: Value) -> bool:
        """Say whether it is proved that the document is in the dossier and valid on that day."""

    def ground(self, day: Value) -> Value:
        """Give the truths of act, in force and firm for the day of the act."""

    def parameter(self, identifier: str, day: Value) -> Value:
        """Give the value of a figure on a day."""


def compile_conditions(
    conditions: Conditions, schema: DossierSchema, *, projected: bool
) -> Callable[[Surroundings], TruthFinder]:
    """Generate the truth finder of a rule.

    *projected* code takes a null for unknown, the as-of day being a later one.
    """
    writer = _Writer(schema, conditions, projected=projected)
    source = writer.function()
    namespace: dict[str, AnyType] = {
        "UNKNOWN": UNKNOWN,
        "PLAIN": PLAIN_NUMBERS,
        "date": date,
        "united": united,
        **{name: getattr(values, name) for name in _RUNTIME},
        **writer.constants,
    }
    exec(compile(source, "<rule>", "exec"), namespace)  # noqa: S102 - our own text: names of the schema and constants only
    bind: Callable[[Surroundings], TruthFinder] = namespace["bind"]
    return bind


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
    "same",
    "subtract",
    "summed",
    "yes",
)
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


class _Writer:
    """Writes the source of one rule. `value` and `truth` emit statements and give the name that holds the result."""

    def __init__(self, schema: DossierSchema, conditions: Conditions, *, projected: bool) -> None:
        self.schema = schema
        self.conditions = conditions
        self.subject_id = conditions.subject.fields[conditions.subject.id_field].attribute
        self.projected = projected
        self.constants: dict[str, AnyType] = {}
        self.setup: dict[str, str] = {}
        self.lines: list[str] = []
        self.level = 2
        self.count = 0
        self.known: dict[str, str] = {}

    # --- writing --------------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        self.lines.append("    " * self.level + text)

    def fresh(self, text: str | None = None) -> str:
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
        outside = self.known
        self.known = dict(outside)
        yield
        self.known = outside
        self.level -= 1

    def once(self, name: str, text: str) -> str:
        """Have *text* evaluated once for each check."""
        self.setup[name] = text
        return name

    def constant(self, value: AnyType) -> str:
        name = f"K{len(self.constants)}"
        self.constants[name] = value
        return name

    # --- the function ---------------------------------------------------------------------------------------------

    def function(self) -> str:
        conditions = self.conditions
        tests = [f"t{index}" for index in range(len(conditions.tests))]
        pleas = [f"x{index}" for index in range(len(conditions.pleas))]
        key = f"return ({', '.join(['ground', *tests, *pleas])},)"
        self.line(f"day = {self.value(conditions.conduct_on)}")
        self.line("ground = ground_of(day)")
        for name in (*tests, *pleas):
            self.line(f"{name} = None")
        with self.block("if ground[0] is False or ground[1] is False:"):
            self.line(key)
        holds = self.formula(conditions.when)
        with self.block(f"if {holds} is False:"):
            self.line(key)
        violated, suspected = self.formula(conditions.violated), self.formula(conditions.suspected)
        if pleas:
            with self.block(f"if {violated} is False and {suspected} is False:"):
                self.line(key)
            for name, plea in zip(pleas, conditions.pleas, strict=True):
                self.plea(name, plea)
        self.line(key)
        setup = [f"    {name} = {text}" for name, text in self.setup.items()]
        return "\n".join(
            [
                "def bind(env):",
                "    as_of = env.as_of",
                "    r_zone = env.zone",
                "    ground_of = env.ground",
                *setup,
                f"    def truths({', '.join(f'r_{name}' for name in (SUBJECT, *conditions.parents))}):",
                *self.lines,
                "    return truths",
            ]
        )

    def formula(self, formula: formulas.Formula) -> str:
        match formula:
            case formulas.Literal(test=test, positive=positive):
                name = f"t{test}"
                if name not in self.known:
                    self.line(f"{name} = {self.truth(self.conditions.tests[test])}")
                    self.known[name] = name
                return name if positive else self.fresh(f"None if {name} is None else not {name}")
            case formulas.All(parts=parts):
                return self.all(parts, self.formula)
            case formulas.Any(parts=parts):
                return self.any([self.formula(part) for part in parts])

    def plea(self, name: str, plea: Plea) -> None:
        self.line(f"{name} = False")
        paper = self.once("paper", "env.paper")
        if plea.ground is None:
            truth = self.truth(plea.condition)
            if plea.at_most_risk:
                self.line(f"{name} = False if {truth} is False else None")
                return
            with self.block(f"if {truth} is not False:"):
                proof = self.value(plea.paper)
                self.line(f"{name} = True if {truth} and {paper}({proof}, day) else None")
            return
        claims = self.once(f"pleas_{plea.ground}", f"env.pleas({plea.ground!r})")
        with self.block(f"for r_claim, certain in {claims}(r_{SUBJECT}.{self.subject_id}):"):
            truth = self.truth(plea.condition)
            with self.block(f"if {truth} is not False:"):
                self.line(f"{name} = None")
                if plea.at_most_risk:
                    self.line("break")
                    return
                proof = self.value(plea.paper)
                with self.block(f"if {truth} and certain and {paper}({proof}, day):"):
                    self.line(f"{name} = True")
                    self.line("break")

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
                name = self.value(value)
                return self.fresh(f"None if {name} is UNKNOWN else {name} is None")
            case Let(name=name) if node.type.sort is Sort.TRUTH:
                return self.truth(self.conditions.lets[name])
            case Quantifier(kind="any"):
                return self.exists(node)
            case Quantifier(kind="all", element=element):
                opposite = Quantifier(node.type, node.span, "any", Not(node.type, node.span, element), node.loops)
                return self.fresh(f"negation({self.exists(opposite)})")
            case Call(function=function):
                return self.call(node) if function.name != "happened" else self.happened(node)
            case Choice(condition=condition, first=first, second=second):
                return self.fresh(f"either({self.truth(condition)}, {self.truth(first)}, {self.truth(second)})")
        name = self.value(node)
        return self.fresh(f"{name} if {name}.__class__ is bool else yes({name})")

    def compare(self, node: Compare) -> str:
        left, right = self.value(node.left), self.value(node.right)
        operator, slow = {"<": ("<", "less"), "<=": ("<=", "at_most"), "==": ("==", "same")}[node.operator]
        checks = [
            _plain(name, each.type)
            for name, each in ((left, node.left), (right, node.right))
            if not isinstance(each, Constant | AsOf)
        ]
        if not checks or any(isinstance(each, Constant) and isinstance(each.value, Range) for each in node.parts()):
            return self.fresh(f"{slow}({left}, {right})")
        return self.fresh(f"{left} {operator} {right} if {' and '.join(checks)} else {slow}({left}, {right})")

    def member(self, value: Node, members: Node) -> str:
        name, group = self.value(value), self.value(members)
        if isinstance(members, Constant):
            return self.fresh(f"{name} in {group} if {name}.__class__ is str else member({name}, {group})")
        return self.fresh(f"member({name}, {group})")

    def happened(self, node: Call) -> str:
        name = self.value(node.arguments[0])
        return self.fresh(f"{name} <= as_of if {name}.__class__ is date else {self.call(node, (name,))}")

    # --- values ---------------------------------------------------------------------------------------------------

    def value(self, node: Node) -> str:
        if node.type.sort is Sort.TRUTH and not isinstance(node, Attribute):
            return self.truth(node)
        match node:
            case Constant(value=value):
                return self.constant(value)
            case Variable(name=name):
                return _record(name)
            case AsOf():
                return "as_of"
            case Let(name=name):
                held = f"let_{name}"
                if held not in self.known:
                    self.line(f"{held} = {self.value(self.conditions.lets[name])}")
                    self.known[held] = held
                return held
            case ParameterValue(id=identifier):
                figure = self.once("parameter", "env.parameter")
                return self.fresh(f"{figure}({identifier!r}, day)")
            case Attribute(base=base, field=described):
                return self.field(base, described)
            case Link(base=base, field=described):
                assert described.ref is not None
                find = self.once(f"find_{described.ref}", f"env.finder({described.ref!r})")
                return self.fresh(f"{find}({self.field(base, described)})")
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

    def field(self, base: Node, described: Field) -> str:
        record = self.value(base)
        entity = base.type.entity
        assert entity is not None
        reading = f"{record}.{described.attribute}"
        always = isinstance(base, Variable)
        if not always:
            reading = f"{record} if {record} is None or {record} is UNKNOWN else {reading}"
        name = self.fresh(reading)
        if described.may_be_blank and entity.path in self.schema.registers:
            blank = self.once(
                f"blank_{entity.path.replace('.', '_')}_{described.attribute}",
                f"env.blank({entity.path!r}, {described.name!r})",
            )
            self.line(
                f"if {name} is UNKNOWN and {blank}{'' if always else f' and {record} is not UNKNOWN'}: {name} = None"
            )
        if self.projected and described.nullable and not described.claim:
            self.line(f"if {name} is None{'' if always else f' and {record} is not None'}: {name} = UNKNOWN")
        return name

    def arithmetic(self, operator: str, left: Node, right: Node) -> str:
        one, other = self.value(left), self.value(right)
        slow = f"{_ARITHMETIC[operator]}({one}, {other})"
        if operator == "/":
            return self.fresh(slow)
        checks = [
            _plain(name, each.type) for name, each in ((one, left), (other, right)) if not isinstance(each, Constant)
        ]
        return self.fresh(f"{one} {operator} {other} if {' and '.join(checks) or 'True'} else {slow}")

    def call(self, node: Call, names: tuple[str, ...] | None = None) -> str:
        arguments = list(names or [self.value(argument) for argument in node.arguments])
        match node.function.context:
            case "as_of":
                arguments.append("as_of")
            case "order":
                arguments.append(self.constant(next(each.type.order for each in node.arguments if each.type.order)))
        function = self.constant(node.function.run)
        text = f"{function}({', '.join(arguments)})"
        return text if names else self.fresh(text)

    def table(self, node: Table) -> str:
        rows, whole = self.records(node.register)
        found, row = self.fresh("[]"), node.columns[0].base
        with self.block(f"for {self.value(row)} in {rows}:"):
            self.line(f"{found}.append(({', '.join(map(self.value, node.columns))},))")
        return self.fresh(f"Listing({found}, {whole})")

    # --- quantifiers ----------------------------------------------------------------------------------------------

    def rows(self, loop: Loop, also: tuple[Node, ...]) -> tuple[str, str]:
        """Emit what gives the rows of a loop: their name, and the name of whether they are all there are."""
        source = loop.source
        if not isinstance(source, Register):
            name = self.value(source)
            return self.fresh(f"{name} or ()"), self.fresh(f"{name} is not UNKNOWN")
        rows, whole = self.records(source)
        probes = probes_of(loop, also) if source.base is None else []
        if not probes:
            return rows, whole
        names = tuple(described.name for described, _ in probes)
        index = self.once(f"candidates_{source.path}_{'_'.join(names)}", f"env.candidates({source.path!r}, {names!r})")
        return self.fresh(f"{index}({', '.join(self.value(key) for _, key in probes)})"), whole

    def records(self, source: Register) -> tuple[str, str]:
        """Emit what gives all records of a register, and whether they are all there are."""
        declared = self.once(f"whole_{source.path.replace('.', '_')}", f"env.whole({source.path!r})")
        if source.base is None:
            return self.once(f"rows_{source.path}", f"env.rows({source.path!r})"), declared
        name = self.field(source.base, source.field)
        return self.fresh(f"{name} or ()"), self.fresh(f"{name} is None or ({declared} and {name} is not UNKNOWN)")

    def loops(
        self, node: Quantifier, also: tuple[Node, ...], open_end: Callable[[str], None], body: Callable[[str], None]
    ) -> None:
        """Emit nested loops: *open_end* is told each completeness, *body* how certain the row is."""
        for part in node.walk():
            if isinstance(part, Let):
                self.value(part)

        def nest(position: int, certain: str) -> None:
            if position == len(node.loops):
                body(certain)
                return
            loop = node.loops[position]
            rows, whole = self.rows(loop, also if position == len(node.loops) - 1 else ())
            open_end(whole)
            with self.block(f"for r_{loop.variable} in {rows}:"):
                held = certain
                for condition in loop.conditions:
                    truth = self.truth(condition)
                    self.line(f"if {truth} is False: continue")
                    held = truth if held == "True" else self.fresh(f"{held} and {truth}")
                nest(position + 1, held)

        nest(0, "True")

    def exists(self, node: Quantifier) -> str:
        result = self.fresh("False")

        def open_end(whole: str) -> None:
            self.line(f"if not {whole} and {result} is False: {result} = None")

        def body(certain: str) -> None:
            truth = self.truth(node.element)
            self.line(f"if {truth} is False: continue")
            self.line(f"if {truth} and {certain}:")
            self.line(f"    {result} = True")
            self.line("    break")
            self.line(f"if {result} is False: {result} = None")

        self.loops(node, (node.element,), open_end, body)
        return result

    def sum(self, node: Quantifier) -> str:
        total, loose, whole = self.fresh("0"), self.fresh("None"), self.fresh("True")

        def body(certain: str) -> None:
            value = self.value(node.element)
            plain = f"{value}.__class__ in PLAIN" + ("" if certain == "True" else f" and {certain}")
            self.line(f"if {plain}: {total} = {total} + {value}")
            with self.block(f"elif {value} is not None:"):
                self.line(f"if {loose} is None: {loose} = []")
                self.line(f"{loose}.append(({value}, {certain} is True))")

        self.loops(node, (), lambda name: self.line(f"{whole} = {whole} and {name}"), body)
        floor = self.constant(node.element.type.floor)
        done = f"{total} if {loose} is None and {whole}"
        return self.fresh(f"{done} else summed({total}, {loose} or (), whole={whole}, floor={floor})")

    def union(self, node: Quantifier) -> str:
        parts, whole = self.fresh("[]"), self.fresh("True")

        def body(certain: str) -> None:
            self.line(f"{parts}.append(({self.value(node.element)}, {certain} is True))")

        self.loops(node, (), lambda name: self.line(f"{whole} = {whole} and {name}"), body)
        return self.fresh(f"united({parts}, whole={whole})")

    def size(self, node: Quantifier) -> str:
        sure, maybe, whole = self.fresh("0"), self.fresh("0"), self.fresh("True")

        def body(certain: str) -> None:
            self.line(f"if {certain}: {sure} += 1")
            self.line(f"else: {maybe} += 1")

        self.loops(node, (), lambda name: self.line(f"{whole} = {whole} and {name}"), body)
        return self.fresh(f"counted({sure}, {maybe}, whole={whole})")


def _record(name: str) -> str:
    """Give the name in the generated code of a record, which may itself be called by a path."""
    return f"r_{name.replace('.', '·')}"


def probes_of(loop: Loop, also: tuple[Node, ...]) -> list[tuple[Field, Node]]:
    """Give columns and keys of which a row must equal one at least, or nothing if the conditions do not say so."""
    flat = [part for each in (*loop.conditions, *also) for part in (each.all if isinstance(each, And) else (each,))]
    for condition in flat:
        branches = condition.any if isinstance(condition, Or) else (condition,)
        found = [_probe(branch, loop.variable) for branch in branches]
        if all(found):
            return [each for each in found if each is not None]
    return []


def _plain(name: str, kind: Type) -> str:
    """Give the check that a name holds a plain value of its sort, for which Python's own operators are right."""
    match kind.sort:
        case Sort.NUMBER:
            return f"{name}.__class__ in PLAIN"
        case Sort.DAY:
            return f"{name}.__class__ is date"
    return f"{name}.__class__ is str"


def _probe(condition: Node, variable: str) -> tuple[Field, Node] | None:
    """Read `row.field == key`, either way round, where the key is a text and does not depend on the row."""
    match condition:
        case Compare(operator="==", left=left, right=right) if left.type.sort is Sort.TEXT:
            for one, other in ((left, right), (right, left)):
                free = all(not isinstance(each, Variable) or each.name != variable for each in other.walk())
                match one:
                    case Attribute(base=Variable(name=name), field=described) if name == variable and free:
                        return described, other
    return None
