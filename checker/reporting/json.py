"""A report as JSON: the contract with other programs, described by `schemas/report.schema.json`.

Only this module knows how values are written: amounts, areas and shares as decimal strings, days as ISO, truths as
words, and every key in one fixed order.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import msgspec

from checker.catalogues import ZH
from checker.model import (
    Adjudication,
    Ahead,
    Amount,
    Basis,
    Document,
    Fact,
    Finding,
    InOrder,
    Map,
    NormWithoutRule,
    PolicyStamp,
    Report,
    Scalar,
    Subject,
    TestNode,
    Truth,
    Verdict,
)

Object = dict[str, Any]

UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""What a terminal obeys, or a reader does not see: written as an escape, which means the same to a program."""

TRUTHS: Mapping[Truth, str] = {True: "true", False: "false", None: "unknown"}
_CONDITIONS = ("when", "violated", "suspected")
_COUNTING = frozenset({"", "days", "workdays", "months", "years", "year", "persons"})


def render(report: Report) -> bytes:
    """Write *report* as JSON: the same report gives the same bytes.

    The findings, which may be many, are written one by one, so that they do not stand in memory a second time.
    """
    out = BytesIO()
    out.write(written(_around(report)).removesuffix(b"\n}"))
    for name, findings in _lists(report).items():
        out.write(f',\n  "{name}": '.encode())
        out.writelines(written_singly(map(_finding, findings), indent=2))
    out.write(b"\n}\n")
    return out.getvalue()


def document(report: Report) -> Object:
    """Give *report* as plain objects, lists and strings."""
    return {**_around(report), **{name: list(map(_finding, held)) for name, held in _lists(report).items()}}


def written(held: Object) -> bytes:
    """Write *held* as indented JSON in which nothing hides."""
    return _indented(msgspec.json.encode(held))


def _indented(compact: bytes) -> bytes:
    """Lay JSON out in lines; where every sign is printable, none of them hides."""
    lines = msgspec.json.format(compact, indent=2)
    if compact.decode().isprintable():
        return lines
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", lines.decode()).encode()


def written_singly(members: Iterable[Object], *, indent: int) -> Iterator[bytes]:
    """Write a list member by member, below lines that are indented by *indent*: each as deep in lists as it stands."""
    depth = indent // 2 + 1
    opened, closed = b"[" * depth, b"]" * depth
    head, tail = _indented(opened + b"0" + closed).split(b"0")
    margin, before = b"\n" + b" " * indent, b"["
    for each in members:
        laid = _indented(opened + msgspec.json.encode(each) + closed)
        yield before + margin + b"  " + laid[len(head) : -len(tail)]
        before = b","
    yield b"[]" if before == b"[" else margin + b"]"


def _lists(report: Report) -> Mapping[str, tuple[Finding, ...]]:
    return {"findings": report.findings, "exempted": report.exempted}


def stamp(policy: PolicyStamp) -> Object:
    """Give a pack, with those that it extends, as plain objects."""
    held = {"id": policy.id, "title": policy.title, "number": policy.number, "version": policy.version}
    below = {} if policy.extends is None else {"extends": stamp(policy.extends)}
    return {**held, "sha256": policy.sha256, **below}


def _around(report: Report) -> Object:
    return {
        "schema_version": report.schema_version,
        **({} if report.language == ZH else {"language": report.language}),
        "as_of": report.as_of.isoformat(),
        "projected": report.projected,
        "mode": report.mode.value,
        "tool": {"name": report.tool, "version": report.tool_version},
        "policy": stamp(report.policy),
        "dossier": {**asdict(report.dossier), "as_of": report.dossier.as_of.isoformat()},
        "zone": asdict(report.zone),
        "totals": {
            "overall": counts(report.totals),
            "by_clause": {each.id: counts(each.totals) for each in report.clauses},
            "by_rule": {each.id: counts(each.totals) for each in report.rules},
        },
        "clauses": [
            {
                "id": each.id,
                "article": each.article,
                "quote": each.quote,
                "rules": each.rules,
                "clear": each.is_clear,
            }
            for each in report.clauses
        ],
        "rules": [
            {
                "id": each.id,
                "title": each.title,
                "grade": each.grade,
                "limits": each.limits,
                "inapplicable": dict(each.inapplicable),
            }
            for each in report.rules
        ],
        "registers": [
            {**asdict(each), "as_of": None if each.as_of is None else each.as_of.isoformat()}
            for each in report.registers
        ],
        "not_checked": [asdict(each) for each in report.not_checked],
        "requests": [asdict(each) for each in report.requests],
        "doubts": [asdict(each) for each in report.doubts],
        "in_order": [_in_order(each) for each in report.in_order],
        "without_rule": [_norm(each) for each in report.without_rule],
        **({"cells": dict(report.cells)} if report.cells else {}),
        **({} if report.map is None else {"map": _map(report.map)}),
        **({"attestations": list(map(asdict, report.attestations))} if report.attestations else {}),
        "adjudication": _adjudication(report.adjudication),
        **({} if report.ahead is None else {"ahead": _ahead(report.ahead)}),
    }


def _adjudication(held: Adjudication) -> Object:
    clause = held.clause
    return {
        "groups": [
            {
                "id": each.id,
                "on": each.on,
                "key": each.key,
                "label": each.label,
                "clause": each.clause,
                "verdict": each.verdict.value,
                "grade": each.grade,
                **({} if each.amount is None else {"amount": _amount(each.amount)}),
                "findings": each.findings,
            }
            for each in held.groups
        ],
        "earlier": list(map(asdict, held.earlier)),
        "clause": None if clause is None else asdict(clause),
        "proposals": list(map(asdict, held.proposals)),
        "history": held.history,
    }


def _ahead(held: Ahead) -> Object:
    return {
        "until": held.until.isoformat(),
        "turns": [{**asdict(each), "on": each.on.isoformat()} for each in held.turns],
        "law": list(map(asdict, held.law)),
    }


def _amount(amount: Amount) -> Object:
    return {"low_cny": _scalar(amount.low_cny, "cny"), "high_cny": _scalar(amount.high_cny, "cny")}


def _norm(norm: NormWithoutRule) -> Object:
    written = asdict(norm)
    return written if norm.question else {key: each for key, each in written.items() if key != "question"}


def _map(drawn: Map) -> Object:
    return {
        **asdict(drawn),
        "metres": _scalar(drawn.metres, ""),
        "areas": [{**asdict(each), "hectares": _scalar(each.hectares, "ha")} for each in drawn.areas],
    }


def counts(totals: Mapping[Verdict, int]) -> Object:
    """Write how many there are of each verdict, of those too of which there are none."""
    return {verdict.value: totals.get(verdict, 0) for verdict in Verdict}


def _finding(finding: Finding) -> Object:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "title": finding.title,
        "kind": finding.kind,
        "verdict": finding.verdict.value,
        "grade": finding.grade,
        "consequence": finding.consequence.value,
        "clauses": [
            {"id": each.id, "article": each.article, "quote": each.quote, "cited_as": each.cited_as}
            for each in finding.clauses
        ],
        "basis": [_basis(each) for each in finding.basis],
        "see": [_basis(each) for each in finding.see],
        "responsible": finding.responsible.value,
        "subject": _subject(finding.subject),
        "matter": dict(finding.matter),
        **({} if finding.amount is None else {"amount": _amount(finding.amount)}),
        "conduct_on": None if finding.conduct_on is None else _fact(finding.conduct_on),
        "facts": [_fact(each) for each in finding.facts],
        "tests": {name: _test(finding.tests[name]) for name in _CONDITIONS if name in finding.tests},
        "exemptions": [
            {
                "reason": each.reason,
                "state": each.state,
                "condition": each.condition,
                "facts": [_fact(fact) for fact in each.facts],
                "documents": _documents(each.documents),
                **({"at_most_risk": True} if each.at_most_risk else {}),
            }
            for each in finding.exemptions
        ],
        "soft": finding.soft,
        "message": finding.message,
        "grounds": finding.grounds,
        "reasons": finding.reasons,
        "missing": [
            {
                "pointer": each.pointer,
                "label": each.label,
                "document": each.document,
                **({"record": each.record} if each.record else {}),
            }
            for each in finding.missing
        ],
        **({"decided_by": finding.decided_by} if finding.decided_by else {}),
        **({} if finding.cure is None else {"cure": asdict(finding.cure)}),
        "withheld": finding.withheld,
        "ask": finding.ask,
        "remedy": [
            {
                "action": each.action,
                "done_when": each.done_when,
                "within": each.within,
                "days": each.days,
                "source": each.source,
                "penal": each.penal,
            }
            for each in finding.remedy
        ],
        "group": finding.group,
        "absorbed_by": finding.absorbed_by,
    }


def _in_order(kept: InOrder) -> Object:
    return {
        "rule": kept.rule,
        "title": kept.title,
        "clauses": kept.clauses,
        "number": kept.number,
        "named": [
            {"subject": _subject(subject), "documents": _documents(documents)} for subject, documents in kept.named
        ],
    }


def _subject(subject: Subject) -> Object:
    return {"register": subject.register, "id": subject.id, "label": subject.label, "pointer": subject.pointer}


def _basis(basis: Basis) -> Object:
    return {
        "statute": basis.statute,
        "title": basis.title,
        "number": basis.number,
        "articles": basis.articles,
        "in_force_from": basis.in_force_from,
        "firm": basis.firm,
        "why_soft": basis.why_soft,
        **({"original": basis.original} if basis.original else {}),
    }


def _documents(documents: tuple[Document, ...]) -> list[Object]:
    return [
        {"doc_id": each.doc_id, "title": each.title, "doc_no": each.doc_no, "page": each.page} for each in documents
    ]


def _fact(fact: Fact) -> Object:
    value, unit, documents = fact.value, fact.unit, fact.documents
    told: Object = {"name": fact.name, "label": fact.label, "state": fact.state, "text": fact.text}
    if fact.state == "range":
        told["low"], told["high"] = _scalar(fact.low, unit), _scalar(fact.high, unit)
    elif fact.state != "unknown":
        told["value"] = _scalar(value, unit)
    sort = next(filter(None, (_sort(each, unit) for each in (value, fact.low, fact.high) if each is not None)), "")
    if sort:
        told["sort"] = sort
    told["unit"], told["pointer"] = unit, fact.pointer
    told["documents"], told["from"] = _documents(documents) if documents else [], fact.origins
    if fact.unlisted:
        told["unlisted"] = fact.unlisted
    told["unproved"] = fact.unproved
    return told


def _sort(value: Scalar, unit: str) -> str:
    """Say what is written as a string and is no text: a program need not guess whether `007` is a number."""
    if isinstance(value, str) or not isinstance(_scalar(value, unit), str):
        return ""
    return "day" if isinstance(value, date) else "number"


def _scalar(value: Scalar, unit: str) -> str | bool | int | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value if unit in _COUNTING else str(value)


def _test(node: TestNode) -> Object:
    if node.op == "test":
        return {
            "op": node.op,
            "truth": TRUTHS[node.truth],
            "text": node.text,
            "wording": node.wording,
            "label": node.label,
            "soft": node.soft,
        }
    parts = [_test(each) for each in node.parts]
    return {"op": node.op, "truth": TRUTHS[node.truth], "label": node.label, "parts": parts}
