"""A report as JSON: the contract with other programs, described by `schemas/report.schema.json`.

Only this module knows how values are written: amounts, areas and shares as decimal strings, days as ISO, truths as
words, and every key in one fixed order.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from io import BytesIO
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import msgspec

from checker.catalogues import ZH
from checker.model import (
    Adjudication,
    Ahead,
    Amount,
    Basis,
    Exemption,
    Fact,
    Finding,
    InOrder,
    Map,
    NormWithoutRule,
    PolicyStamp,
    Report,
    Scalar,
    TestNode,
    Truth,
    Verdict,
)

Object = dict[str, Any]

UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""What a terminal obeys, or a reader does not see: written as an escape, which means the same to a program."""

_PRINTABLE = bytes(range(0x20, 0x7F))
TRUTHS: Mapping[Truth, str] = {True: "true", False: "false", None: "unknown"}
_CONDITIONS = ("when", "violated", "suspected")
_COUNTING = frozenset({"", "days", "workdays", "months", "years", "year", "persons"})


def render(report: Report) -> bytes:
    """Write *report* as JSON: the same report gives the same bytes.

    The findings, which may be many, are written one by one, so that they do not stand in memory a second time.
    """
    out = BytesIO()
    out.write(written(_around(report)).removesuffix(b"\n}"))
    lay_out = _Findings()
    for name, findings in (("findings", report.findings), ("exempted", report.exempted)):
        out.write(f',\n  "{name}": '.encode())
        out.writelines(_listed(map(lay_out, findings), indent=2))
    out.write(b"\n}\n")
    return out.getvalue()


def document(report: Report) -> Object:
    """Give *report* as plain objects, lists and strings."""
    held: Object = msgspec.json.decode(render(report))
    return held


def written(held: Object) -> bytes:
    """Write *held* as indented JSON in which nothing hides."""
    return _indented(msgspec.json.encode(held))


def _indented(compact: bytes) -> bytes:
    """Lay JSON out in lines; where every sign is printable, as most of ASCII is, none of them hides."""
    lines = msgspec.json.format(compact, indent=2)
    if compact.translate(None, _PRINTABLE).decode().isprintable():
        return lines
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", lines.decode()).encode()


class _Layout:
    """Lays values out as they stand so deep in lists, or in objects."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        head, tail = _indented(b"[" * depth + b"0" + b"]" * depth).split(b"0")
        self._inside = slice(len(head), -len(tail))

    def __call__(self, held: object) -> bytes:
        for _ in range(self._depth):
            held = [held]
        return _indented(msgspec.json.encode(held))[self._inside]


def written_singly(members: Iterable[Object], *, indent: int) -> Iterator[bytes]:
    """Write a list member by member, below lines that are indented by *indent*: each as deep in lists as it stands."""
    return _listed(map(_Layout(indent // 2 + 1), members), indent=indent)


def _listed(members: Iterable[bytes], *, indent: int) -> Iterator[bytes]:
    """Write a list whose members are laid out."""
    margin, before = b"\n" + b" " * indent, b"["
    for each in members:
        yield before + margin + b"  "
        yield each
        before = b","
    yield b"[]" if before == b"[" else margin + b"]"


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
        "dossier": report.dossier,
        "zone": report.zone,
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
        "registers": report.registers,
        "not_checked": report.not_checked,
        "requests": report.requests,
        "doubts": report.doubts,
        "in_order": [_in_order(each) for each in report.in_order],
        "without_rule": [_norm(each) for each in report.without_rule],
        **({"cells": dict(report.cells)} if report.cells else {}),
        **({} if report.map is None else {"map": _map(report.map)}),
        **({"attestations": report.attestations} if report.attestations else {}),
        "adjudication": _adjudication(report.adjudication),
        **({} if report.ahead is None else {"ahead": _ahead(report.ahead)}),
    }


def _adjudication(held: Adjudication) -> Object:
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
        "earlier": held.earlier,
        "clause": held.clause,
        "proposals": held.proposals,
        "history": held.history,
    }


def _ahead(held: Ahead) -> Object:
    return {"until": held.until, "turns": held.turns, "law": held.law}


def _amount(amount: Amount) -> Object:
    return {"low_cny": _scalar(amount.low_cny, "cny")[0], "high_cny": _scalar(amount.high_cny, "cny")[0]}


def _norm(norm: NormWithoutRule) -> Object:
    written = asdict(norm)
    return written if norm.question else {key: each for key, each in written.items() if key != "question"}


def _map(drawn: Map) -> Object:
    return {
        **asdict(drawn),
        "metres": _scalar(drawn.metres, "")[0],
        "areas": [{**asdict(each), "hectares": _scalar(each.hectares, "ha")[0]} for each in drawn.areas],
    }


def counts(totals: Mapping[Verdict, int]) -> Object:
    """Write how many there are of each verdict, of those too of which there are none."""
    return {verdict.value: totals.get(verdict, 0) for verdict in Verdict}


MOST_KEPT = 4_096
"""How many texts that may stand in other findings too are kept; with more they are laid out anew."""
_LEFT_OUT, _GAP = msgspec.Raw(b"-0"), re.compile(rb": -0,\n")
"""What stands in the place of such a text, and how it is found again: no text reaches over the end of a line."""


class _Findings:
    """Lays findings out. What many of them share (quotations, tests, measures) is laid out once, and put in."""

    def __init__(self) -> None:
        self._lay_out, self._lay_inside = _Layout(2), _Layout(3)
        self._kept: dict[int, bytes] = {}

    def __call__(self, finding: Finding) -> bytes:
        pieces = _GAP.split(self._lay_out(_own(finding)))
        parts = [b""] * (2 * len(pieces) - 1)
        parts[::2] = pieces
        parts[1::2] = [
            self._kept.get(id(held)) or self._keep(held, plain)
            for held, plain in zip(_SHARED_BY(finding), _SHARED.values(), strict=True)
        ]
        return b"".join(parts)

    def _keep(self, held: Any, plain: Callable[[Any], object]) -> bytes:
        """Lay out what other findings may hold too: the report keeps it, so that its identity is its own."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        laid = self._kept[id(held)] = b": " + self._lay_inside(plain(held)) + b",\n"
        return laid


def _own(finding: Finding) -> Object:
    """Give a finding as plain objects, without what it may share with others."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "title": finding.title,
        "kind": finding.kind,
        "verdict": finding.verdict,
        "grade": finding.grade,
        "consequence": finding.consequence,
        "clauses": _LEFT_OUT,
        "basis": _LEFT_OUT,
        "see": _LEFT_OUT,
        "responsible": finding.responsible,
        "subject": finding.subject,
        "matter": dict(finding.matter),
        **({} if finding.amount is None else {"amount": _amount(finding.amount)}),
        "conduct_on": None if finding.conduct_on is None else _fact(finding.conduct_on),
        "facts": [_fact(each) for each in finding.facts],
        "tests": _LEFT_OUT,
        "exemptions": _LEFT_OUT,
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
        **({} if finding.cure is None else {"cure": finding.cure}),
        "withheld": finding.withheld,
        "ask": finding.ask,
        "remedy": _LEFT_OUT,
        "group": finding.group,
        "absorbed_by": finding.absorbed_by,
    }


def _exemption(each: Exemption) -> Object:
    return {
        "reason": each.reason,
        "state": each.state,
        "condition": each.condition,
        "facts": [_fact(fact) for fact in each.facts],
        "documents": each.documents,
        **({"at_most_risk": True} if each.at_most_risk else {}),
    }


def _in_order(kept: InOrder) -> Object:
    return {
        "rule": kept.rule,
        "title": kept.title,
        "clauses": kept.clauses,
        "number": kept.number,
        "named": [{"subject": subject, "documents": documents} for subject, documents in kept.named],
    }


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


def _fact(fact: Fact) -> Object:
    unit, state, sort = fact.unit, fact.state, ""
    told: Object = {"name": fact.name, "label": fact.label, "state": state, "text": fact.text}
    if state == "range":
        told["low"], low = _scalar(fact.low, unit)
        told["high"], high = _scalar(fact.high, unit)
        sort = low or high
    elif state != "unknown":
        told["value"], sort = _scalar(fact.value, unit)
    if sort:
        told["sort"] = sort
    told["unit"], told["pointer"] = unit, fact.pointer
    told["documents"], told["from"] = fact.documents, fact.origins
    if fact.unlisted:
        told["unlisted"] = fact.unlisted
    told["unproved"] = fact.unproved
    return told


def _scalar(value: Scalar, unit: str) -> tuple[str | bool | int | None, str]:
    """Give a value as it is written, and what it is where it is written as a string and is no text.

    So a program need not guess whether `007` is a number.
    """
    if value is None or isinstance(value, str):
        return value, ""
    if isinstance(value, Decimal):
        return format(value, "f"), "number"
    if isinstance(value, date):
        return value.isoformat(), "day"
    return (value, "") if unit in _COUNTING else (str(value), "number")


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


def _each(plain: Callable[[Any], object]) -> Callable[[Iterable[Any]], list[object]]:
    return lambda held: [plain(each) for each in held]


_SHARED: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "clauses": tuple,
        "basis": _each(_basis),
        "see": _each(_basis),
        "tests": lambda tests: {name: _test(tests[name]) for name in _CONDITIONS if name in tests},
        "exemptions": _each(_exemption),
        "remedy": tuple,
    }
)
"""What findings may share, in their order, and how it is made plain."""
_SHARED_BY: Callable[[Finding], tuple[Any, ...]] = attrgetter(*_SHARED)
