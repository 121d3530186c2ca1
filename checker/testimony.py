"""Testimony: what a witness saw, put into words, with its place in the dossier and the papers that prove it.

Following a rule over thousands of records costs little as long as nobody words what was seen. Only what a finding
finally rests on, or lacks, is worded here; what an expression is called, whoever it is read on, once for all findings.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from checker.classes import dataclass
from checker.evidence import Sight
from checker.facts import View
from checker.language.tree import Attribute, Link, Node, ParameterValue, Register, Sort, path_text
from checker.language.wording import NONE_WORD, UNKNOWN_WORD, member_text
from checker.model import Document, Fact, Scalar
from checker.policy.rules import Rule
from checker.shapes import area_ha
from checker.values import UNKNOWN, Range, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What an expression of a rule is called, and what is known of it whoever it is read on.

    `field` is that of the record its value stands in, `register` the one that a reference leads to; others have no
    place of their own. `proof` is the paper that the schema names, `ask` the one that the rule may name before it.
    """

    name: str
    label: str
    field: str = ""
    register: str = ""
    proof: str = ""
    ask: str = ""


class Clerk:
    """Puts what the witnesses of one rule saw in one dossier into words."""

    def __init__(self, view: View, rule: Rule) -> None:
        self.view = view
        self.rule = rule
        self.unknown, self.none = view.words(UNKNOWN_WORD), view.words(NONE_WORD)
        self._called: dict[int, tuple[Node, Called]] = {}
        self._figures: dict[tuple[int, int], tuple[Sight, Fact]] = {}

    def called(self, node: Node) -> Called:
        """Give what an expression is called, worked out once."""
        known = self._called.get(id(node))
        if known is None:
            known = self._called[id(node)] = (node, self._call(node))
        return known[1]

    def _call(self, node: Node) -> Called:
        name, label = path_text(node) or "", self.rule.worded(node)
        match node:
            case ParameterValue(id=identifier, soft=soft):
                label = self.view.words("{0}（待核实）", label) if soft else label
                return Called(name=f"param.{identifier}", label=label)
            case Link(field=described):
                register = self.view.schema.root.fields[described.ref]
                ask = self.rule.ask.get(name, register.proof)
                return Called(name=name, label=register.label, register=register.name, proof=register.proof, ask=ask)
            case Attribute(base=base, field=described) | Register(base=Node() as base, field=described):
                proof = described.proof or self._proof(base)
                ask = self.rule.ask.get(name, self.rule.ask.get(path_text(base) or "", proof))
                return Called(name=name or described.name, label=label, field=described.name, proof=proof, ask=ask)
        return Called(name=name, label=label)

    def _proof(self, base: Node) -> str:
        """Give the paper that proves the block or register a field stands in, where the field names none."""
        if isinstance(base, Attribute):
            return base.field.proof
        entity = base.type.entity
        register = self.view.schema.root.fields.get(entity.path) if entity is not None else None
        return register.proof if register is not None else ""

    def label(self, sight: Sight) -> str:
        """Give what a value is called, a record that is not there by its id."""
        called = self.called(sight.node)
        if called.register:
            return self.view.words("{register}中编号为“{id}”的记录", register=called.label, id=sight.record)
        return called.label

    def pointer(self, sight: Sight) -> str:
        """Say where a value stands; empty for one that has no place of its own."""
        called = self.called(sight.node)
        if called.field:
            return f"{self.view.pointer(sight.record)}/{called.field}"
        return f"/{called.register}" if called.register else ""

    def place(self, sight: Sight) -> tuple[str, bool]:
        """Say where a value stands, as `pointer` does, and whether its production was refused."""
        field = self.called(sight.node).field
        if not field:
            return self.pointer(sight), False
        standing = self.view.standing(sight.record)
        return f"{standing.pointer}/{field}", bool(standing.refused) and standing.refuses(field)

    def documents(self, sight: Sight) -> tuple[Document, ...]:
        """Give the papers that prove a value; of a name of the rule, those of the records that it was made from."""
        field = self.called(sight.node).field
        if field:
            return self.view.documents(sight.record, field)
        return tuple(dict.fromkeys(each for row, names in sight.origins for each in self._papers(row, names)))

    def _papers(self, row: Value, names: tuple[str, ...]) -> tuple[Document, ...]:
        """Give the papers that prove what was read of a record, or else the record as a whole."""
        named = tuple(dict.fromkeys(paper for name in names for paper in self.view.documents(row, name)))
        return named or self.view.documents(row, "*")

    def fact(self, sight: Sight) -> Fact:
        """Tell a value; a figure, which stands in no record, once."""
        called = self.called(sight.node)
        if sight.node.__class__ is not ParameterValue:
            return self._fact(sight, called, called.name, self.label(sight) if called.register else called.label, sight)
        key = id(sight.node), id(sight.value)
        if key not in self._figures:
            self._figures[key] = sight, self._fact(sight, called, called.name, called.label, sight)
        return self._figures[key][1]

    def day(self, sight: Sight, name: str, found: Sight) -> Fact:
        """Tell, under a *name* of its own, the day that a rule *found* by what was seen."""
        return self._fact(sight, self.called(sight.node), name, self.rule.worded(found.node), found)

    def _fact(self, sight: Sight, called: Called, name: str, label: str, told: Sight) -> Fact:
        """Tell a value with the place and the papers of what was seen of it."""
        kind, value, field = told.node.type, told.value, called.field
        text = self.text(value, told.node)
        if kind.sort is Sort.SHAPE and value is not None:
            value = area_ha(value)
        low = high = known = None
        origins: tuple[str, ...] = ()
        unproved: tuple[str, ...] = ()
        if value is UNKNOWN:
            state = "unknown"
        elif value is None:
            state = "none"
        elif value.__class__ is Range:
            state, low, high = "range", _scalar(value.low), _scalar(value.high)
        else:
            state, known = "known", "、".join(value) if value.__class__ is list else _scalar(value)
        if field:
            standing = self.view.standing(sight.record)
            pointer = f"{standing.pointer}/{field}"
            documents = self.view.documents_at(standing, sight.record, field)
        else:
            pointer = self.pointer(sight)
            documents, origins, unproved = self._sourced(sight)
        return Fact(
            name=name,
            label=label,
            state=state,
            value=known,
            text=text,
            low=low,
            high=high,
            unit=kind.unit,
            pointer=pointer,
            documents=documents,
            origins=origins,
            unlisted=0 if field else sight.unlisted,
            unproved=unproved,
        )

    def _sourced(self, sight: Sight) -> tuple[tuple[Document, ...], tuple[str, ...], tuple[str, ...]]:
        """Give the papers of the records that a value was made from, where these stand, and which have no paper."""
        papers = {self.view.pointer(row): self._papers(row, names) for row, names in sight.origins}
        documents = tuple(dict.fromkeys([paper for found in papers.values() for paper in found]))
        return documents, tuple(papers), tuple([pointer for pointer, found in papers.items() if not found])

    def text(self, value: Value, node: Node) -> str:
        """Word the value of an expression."""
        if value is UNKNOWN:
            return self.unknown
        if value is None:
            return self.none
        return self.view.day(value) if value.__class__ is date else member_text(value, node, self.view.words)


def _scalar(value: Value) -> Scalar:
    """Make a value fit for a report: a quotient to six places."""
    if value.__class__ is Fraction:
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"))
    scalar: Scalar = value
    return scalar
