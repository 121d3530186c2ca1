"""Production systems: durable-rules the way its documentation shows (`Host.assert_fact`), and CLIPS.

Both are given one fact a parcel, projected by Python: what the rules read, days as numbers such as 20230630, products
worked out, the plan looked up; Python adds up the zone. Neither knows Kleene logic, so that a rule falls apart into
those by which it is true and those by which it may be.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import count, islice, product
from pathlib import Path
from typing import Any

from benchmarks.peers.contest import UNDETERMINED, VIOLATION, Engine, Found, Peer, Projection, parsed, zone_findings
from benchmarks.peers.formulas import (
    All,
    Blank,
    Column,
    Compare,
    Formula,
    Product,
    Scalar,
    Sort,
    Test,
    Within,
    conjunctions,
    negation,
    rules,
    tests,
)
from benchmarks.peers.formulas import Any as Any_

Fact = dict[str, Any]


def _number_of(day: str) -> int:
    return int(day.replace("-", ""))


class Facts:
    """Projects parcels to facts; what is unknown or blank is said to be: `no_area_sqm`."""

    def __init__(self) -> None:
        self.rules = rules()
        self.projection = Projection(self.rules.columns)
        self.days = [each.name for each in self.rules.columns if each.sort is Sort.DAY]
        compared = (each for rule in self.rules.parcels for each in tests(rule.formula) if isinstance(each, Compare))
        sides = (side for each in compared for side in (each.left, each.right))
        self.products = {
            product_name(each): (
                tuple(factor.name for factor in each.factors if isinstance(factor, Column)),
                float(next((factor for factor in each.factors if isinstance(factor, Decimal)), 1)),
            )
            for each in sides
            if isinstance(each, Product)
        }

    def of(self, root: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
        """Yield the id and the fact of each parcel."""
        for subject, record in self.projection.records(root):
            fact: Fact = {}
            for name, value in record.items():
                if value is None:
                    fact[f"no_{name}"] = 1
                else:
                    fact[name] = value
            for name in self.days:
                if name in fact:
                    fact[name] = _number_of(fact[name])
            for name, (columns, constant) in self.products.items():
                multiplied = constant
                for column in columns:
                    if column not in fact:
                        fact[f"no_{name}"] = 1
                        break
                    multiplied *= fact[column]
                else:
                    fact[name] = multiplied
            yield subject, fact

    def of_zone(self, root: Mapping[str, Any]) -> Iterator[Found]:
        """Judge the rule over the zone."""
        return zone_findings(self.rules.zone, (each.get(self.rules.zone.column.field) for each in root["parcels"]))


def product_name(scalar: Product) -> str:
    """Name the column that a product is projected to."""
    parts = (each.name if isinstance(each, Column) else str(each).replace(".", "_") for each in scalar.factors)
    return "_times_".join(parts)


def _side(scalar: Scalar) -> str | None:
    """Name the property that a side of a comparison is in; a constant has none."""
    match scalar:
        case Column():
            return scalar.name
        case Product():
            return product_name(scalar)
    return None


# --- durable-rules, naively -----------------------------------------------------------------------------------------

Condition = dict[str, Any]
SIGNS = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "!=": "$neq"}
MAYBE = "#"
"""What stands behind the id of a rule where it only may be true."""


def _constant(scalar: Scalar) -> Any:
    if isinstance(scalar, str):
        return scalar
    if isinstance(scalar, Decimal):
        return float(scalar)
    return _number_of(str(scalar))


def _holding(test: Test) -> list[list[Condition]]:
    """Give the conditions of each way in which a test is true. What is compared must be there: nothing else is safe."""
    match test:
        case Blank(column=column, negated=negated):
            return [[{"$ex": {column.name: 1}} if negated else {f"no_{column.name}": 1}]]
        case Within(column=column, members=members, negated=False):
            return [[{column.name: each}] for each in members]
        case Within(column=column, members=members):
            return [[{"$ex": {column.name: 1}}, *({"$neq": {column.name: each}} for each in members)]]
        case Compare(left=left, operator=operator, right=right):
            name, other = _side(left), _side(right)
            assert name is not None
            compared = _constant(right) if other is None else {"$m": other}
            there = [{"$ex": {each: 1}} for each in (name, other) if each is not None]
            return [[*there, {name: compared} if operator == "==" else {SIGNS[operator]: {name: compared}}]]


def _unknown(test: Test) -> list[list[Condition]]:
    """Give the conditions of each way in which a test is unknown."""
    match test:
        case Blank():
            return []
        case Within(column=column):
            return [[{f"no_{column.name}": 1}]]
        case Compare(left=left, right=right):
            return [[{f"no_{each}": 1}] for each in map(_side, (left, right)) if each is not None]


def definitions() -> dict[str, list[Condition]]:
    """Write an engine rule for each conjunction, of what is true and of what may be and is not surely true."""
    found: dict[str, list[Condition]] = {}
    number = count()
    for rule in rules().parcels:
        for each in conjunctions(rule.formula):
            sure = [[(True, part) for part in _holding(test)] for test in each]
            open_ = [[(False, part) for part in _unknown(test)] for test in each]
            for chosen in product(*(map(sum, zip(sure, open_, strict=True), [[]] * len(each)))):
                mark = "" if all(is_true for is_true, _ in chosen) else MAYBE
                conditions = [condition for _, part in chosen for condition in part]
                found[f"{rule.id}{mark}_{next(number)}"] = [
                    each for n, each in enumerate(conditions) if each not in conditions[:n]
                ]
    return found


class NaiveHost:
    """`Host.assert_fact`, an action for each rule; facts stay until their session is left."""

    def __init__(self) -> None:
        from durable.engine import Host, MessageNotHandledException  # noqa: PLC0415  (imported by its own measurement)

        self.unhandled: type[Exception] = MessageNotHandledException
        self.facts = Facts()
        self.sessions = count()
        self.fired: list[tuple[str, str]] = []
        self.host = Host(
            {
                "measured": {
                    name: {"all": [{"m": {"$and": conditions}}], "run": self._action(name.rpartition("_")[0])}
                    for name, conditions in definitions().items()
                }
            }
        )

    def _action(self, rule: str) -> Callable[[Any], None]:
        def fire(context: Any) -> None:
            self.fired.append((rule, context.m.id))

        return fire

    def decode(self, data: bytes, path: Path) -> Any:
        """Read the bytes into dicts."""
        return parsed(data)

    def evaluate(self, decoded: Any) -> Iterable[Found]:
        """Assert a fact for each parcel, and read what the actions noted."""
        session = str(next(self.sessions))
        self.fired.clear()
        for subject, fact in self.facts.of(decoded):
            fact["id"], fact["sid"] = subject, session
            try:
                self.host.assert_fact("measured", fact)
            except self.unhandled:
                continue
        sure = {each for each in self.fired if not each[0].endswith(MAYBE)}
        yield from ((rule, subject, VIOLATION) for rule, subject in sure)
        possible = {(rule.removesuffix(MAYBE), subject) for rule, subject in self.fired if rule.endswith(MAYBE)}
        yield from ((rule, subject, UNDETERMINED) for rule, subject in possible - sure)
        yield from self.facts.of_zone(decoded)


# --- CLIPS ----------------------------------------------------------------------------------------------------------

AT_ONCE = 500
"""How many facts CLIPS holds at once; with all of them it is many times slower."""


def _prefix(test: Test) -> str:
    """Write a test as CLIPS does, true where the test is and all its columns are known."""
    match test:
        case Blank(column=column, negated=negated):
            return f"({'neq' if negated else 'eq'} ?{column.name} nil)"
        case Within(column=column, members=members, negated=negated):
            same = " ".join(f'(eq ?{column.name} "{each}")' for each in members)
            bare = f"(not (or {same}))" if negated else f"(or {same} FALSE)"
            return f"(and (neq ?{column.name} nil) {bare})"
        case Compare(left=left, operator=operator, right=right):
            sides = [f"?{name}" if (name := _side(each)) else _atom(each) for each in (left, right)]
            words = isinstance(right, str)
            sign = {"==": "eq" if words else "=", "!=": "neq" if words else "<>"}.get(operator, operator)
            known = " ".join(f"(neq {each} nil)" for each in sides if each.startswith("?"))
            return f"(and {known} ({sign} {' '.join(sides)}))"


def _atom(scalar: Scalar) -> str:
    value = _constant(scalar)
    return f'"{value}"' if isinstance(value, str) else str(value)


def _whole(formula: Formula) -> str:
    match formula:
        case All(parts=parts):
            return f"(and {' '.join(map(_whole, parts))})"
        case Any_(parts=parts):
            return f"(or {' '.join(map(_whole, parts))})"
    return _prefix(formula)


def clips_rules() -> Iterator[str]:
    """Write a CLIPS rule for each rule: it fires where the formula is not false, and then says what it is."""
    for rule in rules().parcels:
        *others, last = sorted({name for each in tests(rule.formula) for name in _slots(each)})
        slots = " ".join(f"({name} ?{name})" for name in others)
        holds, fails = _whole(rule.formula), _whole(negation(rule.formula))
        pattern = f"(parcel (id ?id) {slots} ({last} ?{last}&:(not {fails})))"
        verdict = f'(if {holds} then "{VIOLATION}" else "{UNDETERMINED}")'
        yield f'(defrule {rule.id} {pattern} => (found "{rule.id}" ?id {verdict}))'


def _slots(test: Test) -> Iterator[str]:
    sides = (test.left, test.right) if isinstance(test, Compare) else (test.column,)
    yield from (name for each in sides if (name := _side(each)) is not None)


class Clips:
    """Facts in portions, each retracted before the next; the actions call Python."""

    def __init__(self) -> None:
        from clips import Environment  # noqa: PLC0415  (a peer is imported by its own measurement only)

        self.facts = Facts()
        self.found: list[Found] = []
        self.environment = Environment()
        names = [*(each.name for each in self.facts.rules.columns), *self.facts.products]
        slots = " ".join(f"(slot {name})" for name in names)
        self.environment.build(f"(deftemplate parcel (slot id) {slots})")
        self.environment.define_function(lambda *found: self.found.append(found), name="found")
        for each in clips_rules():
            self.environment.build(each)
        self.template = self.environment.find_template("parcel")
        self.slots = frozenset(names)

    def decode(self, data: bytes, path: Path) -> Any:
        """Read the bytes into dicts."""
        return parsed(data)

    def evaluate(self, decoded: Any) -> Iterable[Found]:
        """Assert, run and retract, portion by portion."""
        self.found.clear()
        facts = self.facts.of(decoded)
        while portion := list(islice(facts, AT_ONCE)):
            held = [
                self.template.assert_fact(id=subject, **{name: fact[name] for name in fact.keys() & self.slots})
                for subject, fact in portion
            ]
            self.environment.run()
            for each in held:
                each.retract()
        yield from self.found
        yield from self.facts.of_zone(decoded)


def naive_host() -> Engine:
    """Give durable-rules, driven naively."""
    return NaiveHost()


def clips() -> Engine:
    """Give CLIPS."""
    return Clips()


NAIVE, CLIPS = "durable-rules, Host", "CLIPS"
_PROJECTED = "projected facts; plan and sum by Python; nothing validated, no reasons"
PEERS = (
    Peer(name=NAIVE, package="durable-rules", modules=("durable.engine", "orjson"), make=naive_host, gives=_PROJECTED),
    Peer(name=CLIPS, package="clipspy", modules=("clips", "orjson"), make=clips, gives=_PROJECTED),
)
