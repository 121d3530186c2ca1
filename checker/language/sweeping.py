"""Typed tree → Python: one function that goes over the records of a register and finds the truths of rules on each.

Rules over the same register share the function, and the fields that several of them read; one that goes over whole
registers has a function of its own. A test is evaluated only where it can still matter: nothing more once `when` is
false, no exemption where nothing is violated. A test left out counts as unknown, and the verdict is the same.

What a rule finds on a record is a *key*: its ground (act, in force, firm), then the truth of each test and of each
exemption. Keys are few and records many, so the function only notes the number of the record under its key. The keys
that most records have are *leaves*, known where the code is written: nothing is built there to look them up. Rules
that apply to the same records by the same test are *spared* the others together, by one note; and the records of one
leaf, that of a rule which applies and is kept, are not noted at all: they are the *rest*.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import CodeType
from typing import Any as AnyType
from typing import Protocol

from checker.dossier.schema import DossierSchema
from checker.language import formula as formulas
from checker.language.compiling import TRUE, Conditions, Plea, Surroundings, Writer, compiled
from checker.language.tree import (
    CLAIM,
    SUBJECT,
    AsOf,
    Attribute,
    Compare,
    Constant,
    IsNone,
    Member,
    Node,
    Register,
    Variable,
)
from checker.model import Truth
from checker.values import Value

Key = tuple[AnyType, ...]
"""What a rule found on a subject: the ground, then the truth of each test and of each exemption."""

Note = Callable[[int], None]
"""Notes the number of a subject."""

Leaves = tuple[AnyType, ...]
"""For one ground: whether the rule can apply, how a number is noted under each leaf, and under any other truths.

The first leaf is that of a rule that can't apply.
"""

Expected = Mapping[int, bool] | None

Sweep = Callable[[Iterable[tuple[Value, ...]]], None]
"""Goes over subjects, each with the records above it."""


class Openings(Surroundings, Protocol):
    """What the code of whole rules asks for, besides what expressions do."""

    def opening(self, rule: int, leaves: Sequence[tuple[Truth, ...]]) -> Callable[[Value, tuple[Truth, ...]], Leaves]:
        """Give the function from the day of the act and whether each basis concerns the subject to a rule's leaves."""

    def steady(
        self,
        rule: int,
        leaves: Sequence[tuple[Truth, ...]],
        concerned: tuple[Truth, ...],
        spared: Note | None,
        rest: int | None,
    ) -> Leaves:
        """Give the leaves of a rule that looks at the as-of day; where it can't apply, no subject need be noted.

        Those that are *spared* are noted under its second leaf; the *rest*, whose leaf has this number, nowhere.
        """

    def spared(self) -> Note:
        """Give what notes subjects for several rules."""


def sweep_code(rules: Sequence[Conditions], schema: DossierSchema, *, projected: bool) -> CodeType:
    """Generate the code of the function that finds the truths of rules over one register; `bound` gives it.

    *projected* code takes a null for unknown, the as-of day being a later one.
    """
    return compiled(_SweepWriter(schema, rules, projected=projected).function())


def goes_far(conditions: Conditions) -> bool:
    """Say whether the code of a rule goes over whole registers, so that it may take too long."""
    return any(isinstance(part, Register) and part.base is None for each in _nodes(conditions) for part in each.walk())


def _nodes(conditions: Conditions) -> Iterator[Node]:
    """Give all that is evaluated of a rule."""
    yield from (conditions.conduct_on, *conditions.basis, *conditions.lets.values(), *conditions.tests)
    for plea in conditions.pleas:
        yield from (plea.condition, plea.paper, plea.valid_on)


class _SweepWriter(Writer):
    """Writes the source of rules over one register, each in a block that is left once its key is known.

    What is *expected* where the code stands is the truth of each test on the way there that most records take; none is
    where there are several such ways.
    """

    def __init__(self, schema: DossierSchema, rules: Sequence[Conditions], *, projected: bool) -> None:
        super().__init__(schema, rules[0], projected=projected)
        self.rules = rules
        self.level = 3
        self.openings: list[str] = []
        self.leaves: list[tuple[Truth, ...]] = []
        self.rest: int | None = None
        self.tested: set[int] = set()
        self.patchy: set[int] = set()
        self.names: dict[int, str] = {}
        self.base = self.level
        self.suffix = ""

    def function(self) -> str:
        """Write the loop over the subjects."""
        firsts = self.prelude()
        alike: dict[tuple[str, bool] | int, list[int]] = {}
        for number, rule in enumerate(self.rules):
            key: tuple[str, bool] | int = number
            if firsts[number] and isinstance(rule.when, formulas.Literal) and _is_steady(rule):
                key = firsts[number], rule.when.positive
            alike.setdefault(key, []).append(number)
        for key, numbers in alike.items():
            if len(numbers) == 1 or isinstance(key, int):
                self.rule(numbers[0], firsts[numbers[0]])
                continue
            test, positive = key
            spared = f"spared_{numbers[0]}"
            self.openings.append(f"    {spared} = env.spared()")
            with self.block(f"if {test} is {not positive}:"):
                self.line(f"{spared}(number)")
            with self.block("else:"):
                for number in numbers:
                    self.rule(number, test, spared)
        records = "".join(f"r_{name}, " for name in (SUBJECT, *self.rules[0].parents))
        self.lines.insert(0, f"        for number, ({records}) in enumerate(chains):")
        return self.bound(["chains"], self.openings)

    # --- what rules share -----------------------------------------------------------------------------------------

    def prelude(self) -> Sequence[str]:
        """Write what several rules read, and the plain tests that come first; give the names that hold those."""
        readers = Counter(each for rule in self.rules for each in {*map(_column, self.readings(_nodes(rule)))})
        for rule in self.rules:
            for each in self.readings(_nodes(rule)):
                if readers[_column(each)] > 1:
                    self.held_as(each)
        shared: dict[str, str] = {}
        return [self.first_test(rule, shared) for rule in self.rules]

    def first_test(self, rule: Conditions, shared: dict[str, str]) -> str:
        """Write the first test of a rule, if it is plain; not again if it is among those *shared* already."""
        first = _first(rule.when)
        node = None if first is None else rule.tests[first.test]
        if not isinstance(node, Compare | Member | IsNone):
            return ""
        if not all(isinstance(part, Constant | AsOf) or self.is_reading(part) for part in node.parts()):
            return ""
        for each in self.readings((node,)):
            self.held_as(each)
        start = len(self.lines)
        name = self.truth(node)
        text = "\n".join(self.lines[start:]).replace(name, "")
        if text in shared:
            del self.lines[start:]
        return shared.setdefault(text, name)

    def readings(self, nodes: Iterable[Node]) -> Iterator[Attribute]:
        """Give the fields of the subject and of the records above it that are read."""
        for node in nodes:
            yield from (part for part in node.walk() if isinstance(part, Attribute) and self.is_reading(part))

    def is_reading(self, node: Node) -> bool:
        """Say whether a node is a field of the subject or of a record above it."""
        match node:
            case Attribute(base=Variable(name=name)):
                return name == SUBJECT or name in self.rules[0].parents
        return False

    # --- one rule -------------------------------------------------------------------------------------------------

    def rule(self, number: int, first: str, spared: str = "") -> None:
        """Write one rule; *first* holds the truth of its first test, if that is known already.

        If that is all that `when` asks for, and subjects were *spared* for it, it is not asked again.
        """
        rule = self.conditions = self.rules[number]
        self.suffix = f"_{number}"
        self.names, self.tested, self.patchy, self.rest = {}, set(), set(), None
        self.leaves = [(None,) * (len(rule.tests) + len(rule.pleas))]
        if not _is_steady(rule):
            with self.block("while True:"):
                self.day = self.value(rule.conduct_on)
                concerned = f"({''.join(f'{self.truth(each)}, ' for each in rule.basis)})"
                start = len(self.lines)
                with self.block(f"if not live{self.suffix}:"):
                    self.note("leaf0")
                self.judged(first, spared)
                self.insert(start, self.opened(number, concerned))
            return
        with self.block(f"if live{self.suffix}:"), self.block("while True:"):
            self.day = "as_of"
            self.judged(first, spared)
        given = f"{number}, {self.constant(tuple(self.leaves))}, {(True,) * len(rule.basis)}, {spared or None}"
        self.openings.append(f"    {self.unpacked()} = env.steady({given}, {self.rest})")

    def judged(self, first: str, spared: str) -> None:
        """Write the conditions and exemptions of the rule."""
        rule, start = self.conditions, len(self.lines)
        self.base = self.level
        literal = _first(rule.when)
        expected: Expected
        if first and literal is not None:
            self.names[literal.test] = first
            self.tested.add(literal.test)
        if spared and literal is not None:
            expected = {literal.test: literal.positive}
            self.leaves.append(self.pattern({literal.test: not literal.positive}))
        else:
            expected = self.require(rule.when, {})
        alternatives = (*_alternatives(rule.violated), *_alternatives(rule.suspected))
        breached = alternatives[0] if len(alternatives) == 1 else formulas.Any(alternatives)
        self.require(breached, expected, is_rest=_is_steady(rule))
        for index, plea in enumerate(rule.pleas):
            self.plea(f"x{index}", plea)
        self.leaf(None, (), [f"x{index}" for index in range(len(rule.pleas))])
        self.insert(start, (f"t{test} = None" for test in sorted(self.patchy)))

    def insert(self, start: int, lines: Iterable[str]) -> None:
        """Put lines before others."""
        self.lines[start:start] = ["    " * self.level + each for each in lines]

    def unpacked(self) -> str:
        """Give the names that hold the leaves of the rule."""
        leaves = "".join(f"leaf{index}{self.suffix}, " for index in range(len(self.leaves)))
        return f"live{self.suffix}, {leaves}other{self.suffix}"

    def opened(self, number: int, concerned: str) -> Iterator[str]:
        """Give the line that unpacks the leaves for the day of an act."""
        opening = f"env.opening({number}, {self.constant(tuple(self.leaves))})"
        if all(each == TRUE for each in self.conditions.basis):
            days = self.once(f"Remembered(lambda day, opening={opening}: opening(day, {concerned}))")
            yield f"{self.unpacked()} = {days}[{self.day}]"
        else:
            yield f"{self.unpacked()} = {self.once(opening)}({self.day}, {concerned})"

    def require(self, formula: formulas.Formula, expected: Expected, *, is_rest: bool = False) -> Expected:
        """Write the tests of a formula, and leave the rule where it is false; give what is expected after it.

        The subjects whose leaf *is_rest* are not noted.
        """
        if isinstance(formula, formulas.All):
            for part in formula.parts:
                expected = self.require(part, expected)
            return expected
        literals = [each for each in _alternatives(formula) if isinstance(each, formulas.Literal)]
        refuted = {each.test: not each.positive for each in literals}
        if len(refuted) == len(_alternatives(formula)):
            names = {test: self.formula(formulas.Literal(test, positive=True)) for test in refuted}
            check = " and ".join(f"{names[test]} is {truth}" for test, truth in refuted.items()) or "True"
            with self.block(f"if {check}:"):
                self.leaf(None if expected is None else {**expected, **refuted}, refuted, is_rest=is_rest)
        else:
            with self.block(f"if {self.formula(formula)} is False:"):
                self.leaf(None, ())
        if expected is None or not isinstance(formula, formulas.Literal):
            return None
        return {**expected, formula.test: formula.positive}

    def leaf(
        self, expected: Expected, sure: Collection[int], pleas: Sequence[str] = (), *, is_rest: bool = False
    ) -> None:
        """Write what notes the subject and leaves the rule. Of the tests only those in *sure* are sure as expected."""
        rule = self.conditions
        if expected is not None and expected.keys() == self.tested:
            truths = self.pattern(expected)
            if truths not in self.leaves:
                self.leaves.append(truths)
            place = self.leaves.index(truths)
            if is_rest:
                self.rest = place
            leaf = "" if is_rest else f"leaf{place}"
            unsure = [f"{self.names[test]} is {truth}" for test, truth in expected.items() if test not in sure]
            if not unsure:
                self.note(leaf)
                return
            with self.block(f"if {' and '.join(unsure)}:"):
                self.note(leaf)
        self.patchy.update(self.tested - self.names.keys())
        tests = (self.names.get(test, f"t{test}" if test in self.tested else "None") for test in range(len(rule.tests)))
        names = (*tests, *(pleas or ("None" for _ in rule.pleas)))
        self.note(f"other{self.suffix}[({''.join(f'{each}, ' for each in names)})]")

    def pattern(self, expected: Mapping[int, bool]) -> tuple[Truth, ...]:
        """Give the truths of all tests and exemptions, of which only some are known."""
        rule = self.conditions
        return (*(expected.get(test) for test in range(len(rule.tests))), *(None for _ in rule.pleas))

    def note(self, where: str) -> None:
        """Write what notes the number of the subject, unless it is one of the rest, and leaves the rule."""
        if where:
            self.line(f"{where if where.startswith('other') else where + self.suffix}(number)")
        self.line("break")

    def formula(self, formula: formulas.Formula) -> str:
        """Write the tests of a formula, none that is known; give what holds its truth."""
        match formula:
            case formulas.Literal(test=test, positive=positive):
                name = self.names.get(test) or f"t{test}"
                if test not in self.names and name not in self.known:
                    self.tested.add(test)
                    found = self.truth(self.conditions.tests[test])
                    if self.level == self.base:
                        name = self.names[test] = found
                    else:
                        self.line(f"{name} = {found}")
                        self.known.add(name)
                return name if positive else self.fresh(f"None if {name} is None else not {name}")
            case formulas.All(parts=parts):
                return self.all(parts, self.formula)
            case formulas.Any(parts=parts):
                return self.any([self.formula(part) for part in parts])

    def plea(self, name: str, plea: Plea) -> None:
        """Write an exemption: true is proved, false not claimed, unknown claimed."""
        self.line(f"{name} = False")
        paper = self.once("env.paper")
        if not plea.grounds:
            truth = self.truth(plea.condition)
            if plea.at_most_risk:
                self.line(f"{name} = False if {truth} is False else None")
                return
            with self.block(f"if {truth} is not False:"):
                proof, valid_on = self.value(plea.paper), self.value(plea.valid_on)
                self.line(f"{name} = True if {truth} and {paper}({proof}, {valid_on}) else None")
            return
        self.lets(plea.condition, plea.paper, plea.valid_on)
        claims = self.once(f"env.pleas({plea.grounds!r})")
        with self.row(CLAIM, f"{claims}(r_{SUBJECT})"):
            truth = self.truth(plea.condition)
            with self.block(f"if {truth} is not False:"):
                self.line(f"{name} = None")
                if plea.at_most_risk:
                    self.line("break")
                    return
                proof, valid_on = self.value(plea.paper), self.value(plea.valid_on)
                with self.block(f"if {truth} and {paper}({proof}, {valid_on}):"):
                    self.line(f"{name} = True")
                    self.line("break")


def _is_steady(rule: Conditions) -> bool:
    """Say whether a rule looks at the as-of day, and each of its bases concerns every subject."""
    return isinstance(rule.conduct_on, AsOf) and all(each == TRUE for each in rule.basis)


def _first(formula: formulas.Formula) -> formulas.Literal | None:
    """Give the test that is always evaluated first."""
    match formula:
        case formulas.Literal() as literal:
            return literal
        case formulas.All(parts=(first, *_)):
            return _first(first)
    return None


def _alternatives(formula: formulas.Formula) -> tuple[formulas.Formula, ...]:
    return formula.parts if isinstance(formula, formulas.Any) else (formula,)


def _column(reading: Attribute) -> tuple[str, str]:
    """Name the record and the field that are read."""
    assert isinstance(reading.base, Variable)
    return reading.base.name, reading.field.attribute
