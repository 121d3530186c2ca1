"""The floor: plain Python generated from the formulas, on typed records with exact amounts (`Decimal`) and days.

It knows what the language leaves open: that the registers are complete, that blank means none where it may, which basis
is in force; nobody asks it for a reason.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from benchmarks.peers.contest import UNDETERMINED, VIOLATION, Engine, Found, Peer, zone_findings
from benchmarks.peers.formulas import Column, Compare, Dialect, Product, Rules, Scalar, negation, rules, tests
from benchmarks.peers.zone import APPROVERS, GRANTORS, LAND_USES, METHODS

Text = Annotated[str, msgspec.Meta(max_length=200)]


class Plan(msgspec.Struct, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A plan, as the measured dossiers have it."""

    plan_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    name: Text | None = None
    type: Literal["regulatory_detailed"] | None = None
    period_end: date | None = None
    approver_level: Literal[APPROVERS] | None = None  # type: ignore[valid-type]


class Parcel(msgspec.Struct, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A parcel, as the measured dossiers have it."""

    parcel_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    project_name: Text | None = None
    supply_method: Literal[METHODS] | None = None  # type: ignore[valid-type]
    grantor_name: Text | None = None
    grantor_kind: Literal[GRANTORS] | None = None  # type: ignore[valid-type]
    grantee_name: Text | None = None
    contract_no: Text | None = None
    contract_signed_on: date | None = None
    term_years: Decimal | None = None
    agreed_start_on: date | None = None
    agreed_completion_on: date | None = None
    actual_start_on: date | None = None
    actual_completion_on: date | None = None
    suspended_since: date | None = None
    last_patrol_on: date | None = None
    far_min: Decimal | None = None
    far_max: Decimal | None = None
    building_coefficient_min_pct: Decimal | None = None
    admin_living_land_max_pct: Decimal | None = None
    agreed_invest_cny: Decimal | None = None
    invested_cny: Decimal | None = None
    total_invest_cny: Decimal | None = None
    developed_area_sqm: Decimal | None = None
    should_develop_area_sqm: Decimal | None = None
    land_use: Literal[LAND_USES] | None = None  # type: ignore[valid-type]
    detailed_plan_id: Text | None = None
    min_price_cny_sqm: Decimal | None = None
    benchmark_price_cny_sqm: Decimal | None = None
    total_price_cny: Decimal | None = None
    area_sqm: Decimal | None = None
    approved_on: date | None = None
    occupied_on: date | None = None
    occupied_area_sqm: Decimal | None = None
    in_master_plan_pct: Decimal | None = None
    in_boundary_pct: Decimal | None = None


class Root(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A measured dossier; its head and zone stay as they are."""

    meta: dict[str, Any]
    zone: dict[str, Any]
    plans: list[Plan]
    parcels: list[Parcel]


def _name(number: Decimal) -> str:
    """Name a number that is not an integer, so that it is made once."""
    return f"number_{number}".replace(".", "_")


PYTHON = Dialect(
    both=" and ",
    either=" or ",
    column=lambda column: column.name,
    number=lambda number: str(number) if number == number.to_integral_value() else _name(number),
    day=lambda day: f"day_{day:%Y%m%d}",
    word=repr,
    blank="{} is None".format,
    not_blank="{} is not None".format,
    within=lambda column, members: f"{column} in {{{', '.join(members)}}}",
    not_within=lambda column, members: f"{column} not in {{{', '.join(members)}}}",
    known="{} is not None".format,
)


def source(every: Rules) -> str:
    """Write the function that judges all parcels."""
    lines = ["def judge(parcels, plans, add):", "    for p in parcels:"]
    lines += [f"        {each.name} = p.{each.field}" for each in every.columns if not each.of_plan]
    lines.append("        plan = plans.get(detailed_plan_id, none)")
    lines += [f"        {each.name} = plan.{each.field}" for each in every.columns if each.of_plan]
    for rule in every.parcels:
        lines += [
            f"        if not {PYTHON.formula(negation(rule.formula))}:",
            f"            verdict = {VIOLATION!r} if {PYTHON.formula(rule.formula)} else {UNDETERMINED!r}",
            f"            add(({rule.id!r}, p.parcel_id, verdict))",
        ]
    return "\n".join(lines)


def constants(every: Rules) -> dict[str, Any]:
    """Give the days and broken numbers that the function compares with, by the names that it has for them."""
    compared = [each for rule in every.parcels for each in tests(rule.formula) if isinstance(each, Compare)]
    waiting: list[Scalar] = [side for each in compared for side in (each.left, each.right)]
    found: dict[str, Any] = {}
    for scalar in waiting:
        if isinstance(scalar, Product):
            waiting += scalar.factors
        elif isinstance(scalar, Decimal | date) and (name := PYTHON.scalar(scalar)).isidentifier():
            found[name] = scalar
    return found


class Generated:
    """The generated function and the decoder of the records it reads."""

    def __init__(self) -> None:
        self.rules = rules()
        names: dict[str, Any] = {"none": Plan(plan_id="-")} | constants(self.rules)
        exec(source(self.rules), names)  # noqa: S102  (it was written above, from the rules of the benchmarks)
        self.judge: Callable[..., None] = names["judge"]
        self.decoder = msgspec.json.Decoder(Root)
        self.column: Column = self.rules.zone.column

    def decode(self, data: bytes, path: Path) -> Root:
        """Decode into typed records; what is not of the type is refused."""
        return self.decoder.decode(data)

    def evaluate(self, decoded: Root) -> Iterable[Found]:
        """Give the findings."""
        found: list[Found] = []
        self.judge(decoded.parcels, {each.plan_id: each for each in decoded.plans}, found.append)
        found += zone_findings(self.rules.zone, (getattr(each, self.column.field) for each in decoded.parcels))
        return found


def make() -> Engine:
    """Generate the code."""
    return Generated()


FLOOR = "generated Python"
PEERS = (
    Peer(
        name=FLOOR,
        package="msgspec",
        modules=("msgspec",),
        make=make,
        gives="the floor: typed, exact, three-valued; no reasons",
    ),
)
