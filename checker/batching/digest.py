"""What a run over many dossiers keeps of each: enough to speak of all together, and no more.

A digest is made where a dossier is checked, goes to whoever gathers it as one line of JSON, and is read again there.
The same report gives the same line.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from checker.dossier.loading import Dossier
from checker.model import Report, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One dossier and what its check found; `name` tells it from all others of the run.

    `totals` are the pairs of rule and subject by verdict, `clauses` the same for each norm that a rule checks.
    """

    name: str
    dossier: str
    sha256: str
    policy: str
    as_of: str
    zone: str
    zone_name: str
    level: str
    province: str
    totals: Mapping[Verdict, int]
    clauses: Mapping[str, Mapping[Verdict, int]]


def digest(name: str, report: Report, dossier: Dossier) -> Digest:
    """Make the digest of a report on *dossier*, which the run calls *name*."""
    code = dossier.root.zone.province_code
    return Digest(
        name=name,
        dossier=report.dossier.id,
        sha256=report.dossier.sha256,
        policy=report.policy.sha256,
        as_of=report.as_of.isoformat(),
        zone=report.zone.id,
        zone_name=report.zone.name,
        level=report.zone.level,
        province=code if isinstance(code, str) else "",
        totals=report.totals,
        clauses=MappingProxyType({each.id: each.totals for each in report.clauses}),
    )


def written(held: Digest) -> bytes:
    """Write a digest as one line of JSON."""
    plain = {key: getattr(held, key) for key in Digest.__slots__}
    return json.dumps(_plain(plain), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read(line: bytes) -> Digest:
    """Read a digest that `written` wrote."""
    held: dict[str, Any] = json.loads(line)
    held["totals"] = _totals(held["totals"])
    held["clauses"] = MappingProxyType({name: _totals(each) for name, each in held["clauses"].items()})
    return Digest(**held)


def _totals(held: Mapping[str, int]) -> Mapping[Verdict, int]:
    return MappingProxyType({Verdict(verdict): number for verdict, number in held.items()})


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return value
