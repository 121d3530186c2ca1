"""Testimony: what a witness saw, put into words, with its place in the dossier and the papers that prove it.

Following a rule over thousands of records costs little as long as nobody words what was seen. Only what a finding
finally rests on, or lacks, is worded here.
"""

from checker.classes import dataclass
from checker.evidence import Sight
from checker.facts import View
from checker.language.tree import Attribute, Let, Link, Node, ParameterValue, Register, path_text
from checker.model import Document
from checker.policy.rules import Rule
from checker.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """One value that was seen: what it is called, where it stands, and what proves it.

    A name of the rule stands for several `origins`, and others that are `unlisted`; `unproved` are those of them that
    no paper proves. `asks` are the
    names under which the rule may say which paper to ask for, the nearest first; `proof` is the paper that the schema
    names. `withheld` says that its production was refused.
    """

    __test__ = False

    node: Node
    value: Value
    name: str
    label: str
    pointer: str = ""
    documents: tuple[Document, ...] = ()
    origins: tuple[str, ...] = ()
    unlisted: int = 0
    unproved: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    proof: str = ""
    withheld: bool = False


def testify(sight: Sight, view: View, rule: Rule) -> Testimony:
    """Put what was seen into words."""
    node, value = sight.node, sight.value
    name, label = path_text(node) or "", view.worded(rule, node)
    match node:
        case ParameterValue(id=identifier, soft=soft):
            label = view.words("{0}（待核实）", label) if soft else label
            return Testimony(node=node, value=value, name=f"param.{identifier}", label=label)
        case Let():
            return _of_several(sight, view, name, label)
        case Link(field=described):
            register = view.schema.root.fields[described.ref]
            label = view.words("{register}中编号为“{id}”的记录", register=register.label, id=sight.record)
            return Testimony(
                node=node,
                value=value,
                name=name,
                label=label,
                pointer=f"/{register.name}",
                asks=(name,),
                proof=register.proof,
            )
        case Attribute(base=base, field=described) | Register(base=Node() as base, field=described):
            return Testimony(
                node=node,
                value=value,
                name=name or described.name,
                label=label,
                pointer=f"{view.pointer(sight.record)}/{described.name}",
                documents=view.documents(sight.record, described.name),
                asks=(name, path_text(base) or ""),
                proof=described.proof or _proof(base, view),
                withheld=view.withheld(sight.record, described.name),
            )
    return Testimony(node=node, value=value, name=name, label=label)


def _of_several(sight: Sight, view: View, name: str, label: str) -> Testimony:
    papers = {view.pointer(row): _papers(row, names, view) for row, names in sight.origins}
    return Testimony(
        node=sight.node,
        value=sight.value,
        name=name,
        label=label,
        documents=tuple(dict.fromkeys(each for found in papers.values() for each in found)),
        origins=tuple(papers),
        unlisted=sight.unlisted,
        unproved=tuple(pointer for pointer, found in papers.items() if not found),
    )


def _papers(row: Value, names: tuple[str, ...], view: View) -> tuple[Document, ...]:
    """Give the papers that prove what was read of a record, or else the record as a whole."""
    named = tuple(dict.fromkeys(paper for name in names for paper in view.documents(row, name)))
    return named or view.documents(row, "*")


def _proof(base: Node, view: View) -> str:
    """Give the paper that proves the block or register a field stands in, where the field names none."""
    if isinstance(base, Attribute):
        return base.field.proof
    entity = base.type.entity
    register = view.schema.root.fields.get(entity.path) if entity is not None else None
    return register.proof if register is not None else ""
