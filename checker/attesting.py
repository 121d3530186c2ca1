"""What people attest, set beside what a check found: which findings an attestation is about, and who says otherwise.

An attestation is a statement. No rule reads one, so that none makes, changes or closes a finding; here they are only
put where a reader needs them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from checker.catalogues import CHINESE, Catalogue
from checker.dossier.schema import ATTESTATIONS, Entity
from checker.facts import View
from checker.language.tree import ZONE
from checker.model import Answer, Attestation, Document, Doubt, Fact, Finding, Method, Subject
from checker.policy.law import Norm
from checker.values import Value, written_day

MOST = 5
"""How many attestations that say otherwise are named."""
MOST_FINDINGS = 100
"""How many findings of one fact, paper or subject an attestation names, the worst first: some are half a report."""
_NO_ANSWER = frozenset({None, Answer.NOT_EXAMINED})
"""Whoever says so says nothing that another could contradict."""


def attestations(
    view: View, norms: Mapping[str, Norm], findings: Iterable[Finding], asked: Callable[[str], Iterable[str]]
) -> tuple[Attestation, ...]:
    """Give the attestations of a dossier, each with the *findings* that it is about.

    They say of a paper what it was *asked* for as; the findings may call it otherwise, in the language of the check.
    """
    rows = view.rows(ATTESTATIONS)
    if not rows:
        return ()
    places = _Places(findings, asked)
    told = tuple(_attestation(row, view, norms, places) for row in rows)
    against = _against(told)
    return tuple(replace(each, against=against.get(each.id, ())) for each in told)


def doubts(attested: Iterable[Attestation], rules: Collection[str], words: Catalogue = CHINESE) -> Iterator[Doubt]:
    """Point at each attestation that nobody is named for, or that names a norm, rule or record that is not there."""
    for each in attested:
        if each.rule and each.rule not in rules:
            message = words("政策包中没有规则 {0}", each.rule)
            yield Doubt(pointer=f"{each.pointer}/rule", label=words("所涉规则"), message=message)
        if each.norm and not each.article:
            message = words("政策包中没有条款 {0}", each.norm)
            yield Doubt(pointer=f"{each.pointer}/norm", label=words("所涉条款"), message=message)
        if each.subject is not None and not each.subject.pointer:
            message = words("{0} 不是档案中哪一条记录的编号，或者不止一条；这条核查记录没有对上记录", each.subject.id)
            yield Doubt(pointer=f"{each.pointer}/subject_id", label=words("所涉记录编号"), message=message)
        if not each.found_by:
            yield Doubt(pointer=f"{each.pointer}/found_by", label=words("查明人"), message=words("没有写明是谁查明的"))


class _Places:
    """The findings by what an attestation can name: their rule and subject, the places they rest on, their papers."""

    def __init__(self, findings: Iterable[Finding], asked: Callable[[str], Iterable[str]]) -> None:
        self.asked = asked
        self.on_subject: dict[tuple[str, str, str], dict[str, None]] = {}
        self.at: dict[str, dict[str, None]] = {}
        self.wanting: dict[str, dict[str, None]] = {}
        for each in findings:
            for register in ("", each.subject.register):
                _add(self.on_subject, (each.rule, register, each.subject.id), each.id)
            for pointer in _rests_on(each):
                _add(self.at, pointer, each.id)
            for missing in each.missing:
                _add(self.wanting, missing.document or missing.label, each.id)

    def of(self, rule: str, subject: Subject | None, at: str, document: str) -> tuple[str, ...]:
        """Give the findings that an attestation is about, each once."""
        found: dict[str, None] = {}
        if rule and subject is not None:
            found |= self.on_subject.get((rule, subject.register, subject.id), {})
        if at and subject is not None:
            found |= self.at.get(at, {}) | self.at.get(subject.pointer, {})
        for each in self.asked(document) if document else ():
            found |= self.wanting.get(each, {})
        return tuple(found)


_Key = TypeVar("_Key")


def _add(index: dict[_Key, dict[str, None]], key: _Key, finding: str) -> None:
    held = index.setdefault(key, {})
    if len(held) < MOST_FINDINGS:
        held[finding] = None


def _rests_on(finding: Finding) -> Iterator[str]:
    """Give the places that a finding rests on or lacks."""
    facts: tuple[Fact, ...] = (*finding.facts, *(fact for each in finding.exemptions for fact in each.facts))
    for fact in (*facts, *((finding.conduct_on,) if finding.conduct_on is not None else ())):
        yield fact.pointer
        yield from fact.origins
    yield from (each.pointer for each in finding.missing)
    yield from finding.withheld


def _attestation(row: Value, view: View, norms: Mapping[str, Norm], places: _Places) -> Attestation:
    norm = norms.get(_text(row.norm))
    subject = _subject(row, view)
    field = _text(row.field)
    record = subject.pointer if subject is not None else ""
    at = f"{record}/{field.replace('.', '/')}" if record and field else ""
    rule, document = _text(row.rule), _text(row.document)
    return Attestation(
        id=row.attestation_id,
        pointer=view.pointer(row),
        item=_text(row.item),
        norm=_text(row.norm),
        article=norm.article if norm is not None else "",
        quote=norm.quote if norm is not None else "",
        rule=rule,
        subject=subject,
        fact=_label(subject, field, view),
        at=at,
        document=document,
        method=Method(row.method) if isinstance(row.method, str) else None,
        answer=Answer(row.answer) if isinstance(row.answer, str) else None,
        value=_text(row.value),
        recorded=_text(row.recorded),
        note=_text(row.note),
        exhibits=_text(row.exhibits),
        found_by=_text(row.found_by),
        capacity=_text(row.capacity),
        found_on=written_day(row.found_on),
        stated_by=_text(row.stated_by),
        refused_by=_text(row.refused_by),
        refused_on=written_day(row.refused_on),
        documents=_documents(row, view),
        findings=places.of(rule, subject, at, document),
    )


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _subject(row: Value, view: View) -> Subject | None:
    """Give the record that an attestation names; one that is not there, or one of several, has no pointer."""
    register, name = _text(row.register), _text(row.subject_id)
    if not name:
        return None
    if name == register and register in view.schema.registers:
        return Subject(
            register=register, id=name, label=view.state(register).label, pointer=f"/{register.partition('.')[0]}"
        )
    known = register == ZONE or register in view.schema.registers
    named = view.named(register, name) if known else ()
    if len(named) != 1:
        return Subject(register=register, id=name, label=name, pointer="")
    entity = view.schema.zone if register == ZONE else view.schema.registers[register]
    label = entity.label_of(named[0]) or name
    return Subject(register=register, id=name, label=label, pointer=view.pointer(named[0]))


def _label(subject: Subject | None, field: str, view: View) -> str:
    """Give what people call a field; one that the record cannot have keeps its name."""
    schema = view.schema
    register = subject.register if subject is not None else ""
    entity: Entity | None = schema.zone if register == ZONE else schema.registers.get(register)
    label = ""
    for step in field.split("."):
        found = entity.fields.get(step) if entity is not None else None
        if found is None:
            return field
        label, entity = found.label, found.entity
    return label


def _documents(row: Value, view: View) -> tuple[Document, ...]:
    named = (paper for name in row.sources or () for paper in view.documents(row, name))
    return tuple(dict.fromkeys(named))


def _against(told: Iterable[Attestation]) -> dict[str, tuple[str, ...]]:
    """Give, for each attestation, the first of the others that say otherwise of the same thing."""
    same: dict[tuple[str, ...], dict[tuple[Answer | None, str], list[Attestation]]] = {}
    for each in told:
        thing = _thing(each)
        if any(thing) and each.answer not in _NO_ANSWER:
            same.setdefault(thing, {}).setdefault((each.answer, each.value), []).append(each)
    return {
        each.id: tuple(islice((other.id for key, others in said.items() if key != answer for other in others), MOST))
        for said in same.values()
        if len(said) > 1
        for answer, held in said.items()
        for each in held
    }


def _thing(said: Attestation) -> tuple[str, ...]:
    subject = said.subject
    record = (subject.register, subject.id) if subject is not None else ("", "")
    return (said.norm, "" if said.fact else said.rule, *record, said.fact, said.document)
