"""The dossier that all peers read: a seeded zone of so many parcels, deliberately dirty.

Three fields in a hundred are missing and, where the rules only ask for their order, two more are null: both are
unknown then, so that a peer that knows no difference between them is at no loss. Amounts have cents, days are whole
days; what may be blank is declared to mean none.
"""

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

SEED = 20_141_030
AS_OF = date(2023, 6, 30)
MISSING, NULL = 0.03, 0.02
PLANS_PER_PARCEL = 0.02

METHODS = ("allocation", "agreement", "tender", "auction", "listing")
LAND_USES = ("industrial", "warehouse", "commercial", "residential", "public_service", "green")
GRANTORS = ("nr_authority", "nr_branch", "admin_committee", "platform")
APPROVERS = ("admin_committee", "county", "prefecture", "province")
MAY_BE_BLANK = (
    "actual_start_on",
    "actual_completion_on",
    "suspended_since",
    "last_patrol_on",
    "approved_on",
    "occupied_on",
    "detailed_plan_id",
)
NEVER_NULL = frozenset({"supply_method", "land_use", "grantor_kind", "total_price_cny", "approver_level"})
"""What is null here would not be unknown: no method is none of these methods, and no price adds nothing to a sum."""


def dossier(parcels: int, seed: int = SEED) -> bytes:
    """Write the dossier of a zone with so many parcels; the same bytes for the same seed."""
    dice = random.Random(f"{seed} {parcels}")  # noqa: S311  (the dice of an invented zone guard no secret)
    plans = max(3, int(parcels * PLANS_PER_PARCEL))
    declared = {"complete": True, "as_of": AS_OF.isoformat(), "signatory": "管委会"}
    root = {
        "meta": {
            "schema_version": "1.0",
            "dossier_id": f"measured-{parcels}",
            "as_of_date": AS_OF.isoformat(),
            "completeness": {
                "plans": {**declared, "count": plans},
                "parcels": {**declared, "count": parcels, "blank_means_none": list(MAY_BE_BLANK)},
            },
        },
        "zone": {"zone_id": "Z1", "name_zh": "测量用开发区", "level": "national"},
        "plans": [_plan(number, dice) for number in range(plans)],
        "parcels": [_parcel(number, plans, dice) for number in range(parcels)],
    }
    return json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode()


def _plan(number: int, dice: random.Random) -> dict[str, Any]:
    end = date(2020, 12, 31) + timedelta(days=366 * dice.randrange(15))
    approver = dice.choices(APPROVERS, (1, 60, 25, 14))[0]
    whole = {"name": f"规划{number}", "type": "regulatory_detailed", "period_end": end.isoformat()}
    return {"plan_id": f"PL{number}", **dict(_worn({**whole, "approver_level": approver}, dice))}


def _parcel(number: int, plans: int, dice: random.Random) -> dict[str, Any]:
    """Give a parcel; each rule is broken on some of them, and most keep most rules."""
    area = _cents(dice.uniform(5_000, 120_000))
    price = _cents(dice.uniform(150, 900))
    invest = _cents(area * dice.uniform(2_000, 8_000))
    signed = AS_OF - timedelta(days=dice.randrange(90, 3_600))
    start = signed + timedelta(days=dice.randrange(90, 400))
    completion = start + timedelta(days=dice.randrange(400, 1_000))
    started = start + timedelta(days=dice.choices((-20, 0, 30), (80, 17, 3))[0])
    has_started, is_done = started < AS_OF and dice.random() < 0.97, completion < AS_OF and dice.random() < 0.8
    seldom: Callable[[float], bool] = lambda share: dice.random() < share  # noqa: E731
    land_use = dice.choices(LAND_USES, (55, 12, 10, 10, 8, 5))[0]
    for_living = land_use in {"commercial", "residential"}
    far = round(dice.uniform(0.8, 2.0), 2)
    method = dice.choices(METHODS, (1, 1, 10, 18, 70) if for_living else (6, 8, 10, 16, 60))[0]
    whole: dict[str, Any] = {
        "project_name": f"项目{number}",
        "supply_method": method,
        "grantor_name": "自然资源局",
        "grantor_kind": dice.choices(GRANTORS, (80, 17, 2, 1))[0],
        "grantee_name": f"企业{dice.randrange(10_000)}",
        "contract_no": f"HT-{number:07}",
        "contract_signed_on": signed.isoformat(),
        "term_years": 51 if seldom(0.02) else 50,
        "agreed_start_on": start.isoformat(),
        "agreed_completion_on": completion.isoformat(),
        "actual_start_on": started.isoformat() if has_started else None,
        "actual_completion_on": (
            (completion + timedelta(days=45 if seldom(0.05) else -dice.randrange(30))).isoformat() if is_done else None
        ),
        "suspended_since": (AS_OF - timedelta(days=300)).isoformat() if seldom(0.03) else None,
        "last_patrol_on": (AS_OF - timedelta(days=dice.randrange(10, 220))).isoformat() if seldom(0.5) else None,
        "far_min": round(far * (0.7 if seldom(0.03) else 1), 2),
        "far_max": round(far * (0.9 if seldom(0.01) else 1.5), 2),
        "building_coefficient_min_pct": 35 if seldom(0.03) else 40,
        "admin_living_land_max_pct": 7.5 if seldom(0.03) else 7,
        "agreed_invest_cny": invest,
        "invested_cny": _cents(invest * dice.choices((0.2, 0.9, 1, 1.1), (2, 4, 64, 30))[0]),
        "total_invest_cny": invest,
        "developed_area_sqm": _cents(area * dice.choices((0.3, 0.7, 1), (2, 40, 58))[0]),
        "should_develop_area_sqm": area,
        "land_use": land_use,
        "detailed_plan_id": f"PL{dice.randrange(plans)}" if seldom(0.9) else None,
        "min_price_cny_sqm": price,
        "benchmark_price_cny_sqm": price,
        "total_price_cny": _cents(area * price * dice.choices((0.65, 1, 1.2), (2, 0, 98))[0]),
        "area_sqm": area,
        "approved_on": signed.isoformat() if seldom(0.98) else None,
        "occupied_on": (signed + timedelta(days=-40 if seldom(0.01) else 10)).isoformat() if seldom(0.95) else None,
        "occupied_area_sqm": _cents(area * (1.08 if seldom(0.02) else 1)),
        "in_master_plan_pct": 98.5 if seldom(0.02) else 100,
        "in_boundary_pct": 97.25 if seldom(0.02) else 100,
    }
    return {"parcel_id": f"P{number}", **dict(_worn(whole, dice))}


def _worn(whole: dict[str, Any], dice: random.Random) -> Iterator[tuple[str, Any]]:
    """Yield the fields that are left of a record after some got lost; what is none is left blank."""
    for name, value in whole.items():
        luck = dice.random()
        if value is None or luck < MISSING:
            continue
        is_null = luck < MISSING + NULL and name not in NEVER_NULL
        yield name, None if is_null else value


def _cents(value: float) -> float:
    return round(value, 2)
