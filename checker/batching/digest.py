"""What a run over many dossiers keeps of each: enough to speak of all together, and no more.

A digest is made where a dossier is checked, goes to whoever gathers it as one line of JSON, and is read again there.
The same report gives the same line. Its lists are bounded: what is left out is counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from checker.adjudication import largest
from checker.batching.identifiers import (
    SHORTEST_PROMISE,
    credit_code,
    document_no,
    name_of,
    parcel_code,
    plain_name,
    supervision_no,
)
from checker.classes import dataclass
from checker.dossier.loading import Dossier
from checker.model import Amount, Finding, Grade, RegisterState, Report, Verdict
from checker.values import UNKNOWN

MOST_MARKS = 20_000
"""How many identifiers of one kind a digest keeps."""
MOST_PAYMENTS = 2_000
"""How many payments to firms a digest keeps, the largest first."""
MOST_PAPERS = 30
"""How many of the papers that a report asks for a digest keeps, the most wanted first."""
MOST_PROMISES = 3
LONGEST_LABEL, LONGEST_TEXT = 60, 80
"""The characters of a name, and of a text to compare, that a digest keeps."""
NO_GRADE = "none"
_FOUND = (Verdict.VIOLATION, Verdict.RISK, Verdict.UNDETERMINED)
_OF_APPROVAL = ("*", "kind", "name", "approved_on", "approver_level")
"""The fields of a batch of land that its approval itself proves; a ledger proves the others."""


class MarkKind(StrEnum):
    """What identifies something that two zones can both have entered."""

    SUPERVISION_NO = "supervision_no"
    PARCEL_CODE = "parcel_code"
    APPROVAL_NO = "approval_no"


class Mark(NamedTuple):
    """An identifier, written one way, and the record that has it; `issuer` is who issued a document, if it says so."""

    kind: MarkKind
    value: str
    at: str
    label: str
    issuer: str = ""


class Payment(NamedTuple):
    """A payment to a firm for an agreement or a parcel: the day to the day, the sum, and what it was for."""

    uscc: str
    day: date
    cny: Decimal
    at: str
    label: str
    project: str
    promises: tuple[str, ...]


class Paper(NamedTuple):
    """A paper that the report asks for, with how many findings wait for it, and what it settles alone, by weight."""

    document: str
    findings: int
    settles: int
    weight: int


class Supplied(NamedTuple):
    """The supplied parcels that the dossier has; `is_whole` where the register is declared complete.

    The sums are those of the parcels that have a figure; `without_area` and `without_price` count the others.
    """

    parcels: int
    area_sqm: Decimal
    price_cny: Decimal
    without_area: int
    without_price: int
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One dossier and what its check found; `name` tells it from all others of the run.

    `totals` are the pairs of rule and subject by verdict, `clauses` the same for each norm that a rule checks, `rules`
    for each rule. `grades` are the findings by grade. The `amount` is that of the violations, of each group the
    largest; None where none has an amount. `step` is the heaviest step of the ladder that is proposed
    on what is proved, `step_to_verify` a heavier one that rests on suspicions. `skipped` counts the identifiers that
    are not kept: of no known form, or too many.
    """

    name: str
    dossier: str
    sha256: str
    program: str
    policy: str
    policy_named: str
    as_of: str
    projected: bool
    zone: str
    zone_name: str
    level: str
    province: str
    totals: Mapping[Verdict, int]
    clauses: Mapping[str, Mapping[Verdict, int]]
    rules: Mapping[str, Mapping[Verdict, int]]
    grades: Mapping[str, Mapping[Verdict, int]]
    amount: Amount | None
    step: str
    step_to_verify: str
    papers: tuple[Paper, ...]
    supplied: Supplied | None
    marks: tuple[Mark, ...]
    payments: tuple[Payment, ...]
    skipped: Mapping[str, int]


def digest(name: str, report: Report, dossier: Dossier) -> Digest:
    """Make the digest of a report on *dossier*, which the run calls *name*."""
    root = _columns(dossier) if dossier.is_long else dossier.root
    code = root.zone.province_code
    skipped: Counter[str] = Counter()
    proposed = report.adjudication.proposals
    heaviest = next((place for place, each in enumerate(proposed) if each.is_proved), len(proposed))
    return Digest(
        name=name,
        dossier=report.dossier.id,
        sha256=report.dossier.sha256,
        program=report.program,
        policy=report.policy.sha256,
        policy_named=report.policy.named,
        as_of=report.as_of.isoformat(),
        projected=report.projected,
        zone=report.zone.id,
        zone_name=report.zone.name,
        level=report.zone.level,
        province=code if isinstance(code, str) else "",
        totals=dict(report.totals),
        clauses={each.id: dict(each.totals) for each in report.clauses},
        rules={each.id: dict(each.totals) for each in report.rules},
        grades=_grades(report.findings),
        amount=_amount(report),
        step=proposed[heaviest].rung.value if heaviest < len(proposed) else "",
        step_to_verify=proposed[0].rung.value if heaviest else "",
        papers=tuple(
            Paper(each.document, len(each.findings), len(each.settles), each.weight)
            for each in report.requests[:MOST_PAPERS]
        ),
        supplied=_supplied(root, report.registers),
        marks=tuple(_kept(_marks(root), skipped)),
        payments=_payments(root, skipped),
        skipped=dict(sorted(skipped.items())),
    )


def _grades(findings: Sequence[Finding]) -> dict[str, dict[Verdict, int]]:
    counts = Counter((each.grade, each.verdict) for each in findings)
    found: dict[str, dict[Verdict, int]] = {}
    for grade in (*Grade, None):
        held = {verdict: counts[grade, verdict] for verdict in _FOUND if counts[grade, verdict]}
        if held:
            found[NO_GRADE if grade is None else grade.value] = held
    return found


def _amount(report: Report) -> Amount | None:
    """Add up the amounts of the violations: those of one group are about one matter, so the largest counts."""
    matters: dict[str, list[Amount]] = {}
    for each in report.of(Verdict.VIOLATION):
        if each.amount is not None:
            matters.setdefault(f"group {each.group}" if each.group else each.id, []).append(each.amount)
    held = [amount for amounts in matters.values() if (amount := largest(amounts)) is not None]
    is_cut = any(each.kind == "unlisted" for each in report.not_checked)
    return added(held, is_open=is_cut) if held else None


def added(amounts: Sequence[Amount], *, is_open: bool = False) -> Amount:
    """Add up amounts: an end that one of them leaves open is at least nothing, and at most anything."""
    highs = [each.high_cny for each in amounts]
    closed = [each for each in highs if each is not None]
    return Amount(
        low_cny=sum((each.low_cny for each in amounts if each.low_cny is not None), Decimal(0)),
        high_cny=sum(closed, Decimal(0)) if len(closed) == len(highs) and not is_open else None,
    )


# --- what other dossiers may have too ---------------------------------------------------------------------------------


def _columns(dossier: Dossier) -> Any:
    """Give a root that has what is read here of a dossier whose root has not all."""
    from checker.dossier.long import LongDossier  # noqa: PLC0415  (few dossiers are so long)

    assert isinstance(dossier, LongDossier)
    return dossier.columns(frozenset((path, frozenset(names)) for path, names in _READ.items()))


_READ: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "parcels": (
            *("area_sqm", "total_price_cny", "project_name"),
            *("electronic_supervision_no", "real_estate_unit_no"),
        ),
        "evidence": ("doc_no", "issuer_name"),
        "land_approvals": ("name",),
        "agreements.commitments": ("text",),
        "expenditures": (
            *("linked_agreement_id", "linked_parcel_id", "payee_uscc", "amount_cny", "paid_on", "purpose_text"),
        ),
    }
)


def _register(root: Any, name: str) -> Sequence[Any]:
    held = getattr(root, name)
    return held if held.__class__ is list else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _label(record_id: str, name: Any) -> str:
    told = _text(name)
    return (f"{told}（{record_id}）" if told and told != record_id else record_id)[:LONGEST_LABEL]


def _supplied(root: Any, registers: Sequence[RegisterState]) -> Supplied | None:
    if root.parcels is UNKNOWN:
        return None
    parcels = _register(root, "parcels")
    areas = [exact for each in parcels if (exact := _number(each.area_sqm)) is not None]
    prices = [exact for each in parcels if (exact := _number(each.total_price_cny)) is not None]
    return Supplied(
        parcels=len(parcels),
        area_sqm=sum(areas, Decimal(0)),
        price_cny=sum(prices, Decimal(0)),
        without_area=len(parcels) - len(areas),
        without_price=len(parcels) - len(prices),
        is_whole=root.parcels is None or any(each.path == "parcels" and each.complete for each in registers),
    )


def _number(value: Any) -> Decimal | None:
    return Decimal(value) if value.__class__ in {int, Decimal} else None


def _marks(root: Any) -> Iterator[tuple[MarkKind, Mark | None]]:
    """Give what identifies a parcel or an approval; None for a text that is there and has no known form."""
    for nth, each in enumerate(_register(root, "parcels")):
        label = _label(each.parcel_id, each.project_name)
        for kind, field, value, read in (
            (MarkKind.SUPERVISION_NO, "electronic_supervision_no", each.electronic_supervision_no, supervision_no),
            (MarkKind.PARCEL_CODE, "real_estate_unit_no", each.real_estate_unit_no, parcel_code),
        ):
            if text := _text(value).strip():
                known = read(text)
                yield kind, None if known is None else Mark(kind, known, f"/parcels/{nth}/{field}", label)
    papers = {each.doc_id: each for each in _register(root, "evidence")}
    for nth, each in enumerate(_register(root, "land_approvals")):
        cited = each.sources if isinstance(each.sources, dict) else {}
        names = dict.fromkeys(name.partition("#")[0] for field in _OF_APPROVAL for name in cited.get(field, ()))
        for paper in (papers[name] for name in names if name in papers):
            if text := _text(paper.doc_no).strip():
                known = document_no(text)
                label = _label(each.batch_id, each.name)
                issuer = plain_name(_text(paper.issuer_name))[:LONGEST_LABEL]
                kind, at = MarkKind.APPROVAL_NO, f"/land_approvals/{nth}"
                yield kind, None if known is None else Mark(kind, known, at, label, issuer)


def _kept(found: Iterator[tuple[MarkKind, Mark | None]], skipped: Counter[str]) -> Iterator[Mark]:
    kept: Counter[MarkKind] = Counter()
    for kind, mark in found:
        if mark is None or kept[kind] >= MOST_MARKS:
            skipped[kind.value] += 1
        else:
            kept[kind] += 1
            yield mark


def _payments(root: Any, skipped: Counter[str]) -> tuple[Payment, ...]:
    """Give the payments to a firm for an agreement or a parcel; one without a day or a sum can match nothing."""
    parcels = {each.parcel_id: each for each in _register(root, "parcels")}
    agreements = {each.agr_id: each for each in _register(root, "agreements")}
    found: list[Payment] = []
    for nth, each in enumerate(_register(root, "expenditures")):
        linked = agreements.get(each.linked_agreement_id), parcels.get(each.linked_parcel_id)
        cny = _number(each.amount_cny)
        if linked == (None, None) or not _text(each.payee_uscc).strip() or (cny is not None and cny <= 0):
            continue
        code = credit_code(each.payee_uscc)
        if code is None or cny is None or not isinstance(each.paid_on, date):
            skipped["payment"] += 1
            continue
        agreement, parcel = linked
        name = None if parcel is None else name_of(_text(parcel.project_name))
        label = _label(each.exp_id, each.purpose_text)
        texts = () if agreement is None else tuple(_promises(agreement))
        found.append(
            Payment(code, each.paid_on, cny, f"/expenditures/{nth}", label, (name or "")[:LONGEST_TEXT], texts)
        )
    skipped["payment"] += max(len(found) - MOST_PAYMENTS, 0)
    if not skipped["payment"]:
        del skipped["payment"]
    return tuple(sorted(found, key=lambda each: -each.cny)[:MOST_PAYMENTS])


def _promises(agreement: Any) -> Iterator[str]:
    texts = (name_of(_text(each.text), SHORTEST_PROMISE) for each in _register(agreement, "commitments"))
    yield from [each[:LONGEST_TEXT] for each in texts if each is not None][:MOST_PROMISES]


# --- as one line ------------------------------------------------------------------------------------------------------


_WRITER = msgspec.json.Encoder()
_READER = msgspec.json.Decoder(Digest)


def written(held: Digest) -> bytes:
    """Write a digest as one line of JSON."""
    return _WRITER.encode(held) + b"\n"


def read(line: bytes) -> Digest:
    """Read a digest that `written` wrote; raise `msgspec.MsgspecError` for anything else."""
    return _READER.decode(line)
