"""Random small dossiers, made from the JSON schema alone: few records, many links, values on the boundaries.

Everything that a dossier can leave open occurs often: absent keys, nulls, days known to the month or year, declarations
that do not count, claims without papers, a look on another day. The same seed gives the same dossier.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
from hypothesis import strategies as st

Written = dict[str, Any]

ENCODER = msgspec.json.Encoder(decimal_format="number")

OWN_DAYS = (
    *("2009-09-30", "2011-06-30", "2012-06-30", "2012-12-31", "2014-10-29", "2014-10-30", "2016-12-31", "2017-02-28"),
    *("2017-03-01", "2019-06-30", "2020-11-23", "2020-11-24", "2022-06-30", "2022-12-31", "2023-06-30", "2024-12-30"),
    *("2025-06-30",) * 5,
)
EDGES = (
    *("2016-01-01", "2021-11-02", "2022-01-01", "2024-01-01"),
    *("2003-08-31", "2003-09-01", "2004-09-01", "2005-08-01", "2006-08-01", "2006-12-31", "2007-01-01", "2008-01-01"),
    *("2009-01-01", "2009-10-01", "2012-02-29", "2014-01-01", "2014-10-30", "2015-01-01", "2020-12-31", "2021-01-01"),
    *("1991-06-01", "2008-09-01", "2011-01-21", "2015-05-10", "2016-07-01", "2020-01-01", "2020-03-12", "2020-06-01"),
    *("2014-12-01", "2015-08-05", "2018-01-01", "2019-01-01", "2021-03-01", "2021-09-01", "2021-12-28", "2022-03-01"),
    *("2022-08-01", "2022-09-01", "2024-08-01", "2024-08-01", "2025-04-20"),
)
MONEY = tuple(map(Decimal, ("0", "0.01", "400000", "600000", "999999.99", "1000000")))
SMALL = (Decimal(0), Decimal(1))
DENSITY = tuple(map(Decimal, ("1", "2", "2", "2.5")))
AREA = tuple(map(Decimal, ("0", "100", "500", "895", "900", "994.99", "995", "1000")))
FIGURES: Mapping[str, Sequence[Decimal | int]] = {
    "staff_count": (0, 0, 1, 3),
    "deaths": (0, 0, 0, 1, 2, 3),
    "severe_injuries": (0, 0, 0, 9, 10),
    "loss_cny": (0, 0, Decimal("9999999.99"), 10_000_000),
    "planned": (10, 20),
    "done": (0, 10, 20, 20),
    "energy_intensity": (Decimal("0.8"), Decimal("0.81")),
    "energy_intensity_max": (Decimal("0.8"),),
    "distance_to_yangtze_m": (999, 999, 1000, 1001),
    "cap_t": (500,),
    "actual_t": (480, 500, 520, 520, 520),
    "year": (2020, 2021, 2022),
    "pool_required_m3": (0, 8000),
    "pool_built_m3": (6000, 8000, 8000),
}
SHARES = tuple(map(Decimal, ("0", "40", "98.99", "99", "99", "100", "100")))
OCCUPIED = tuple(map(Decimal, ("999999.99", "1009999.98", "1010000", "1010000.01", "1500000")))
BATCH = tuple(map(Decimal, ("0", "20", "20", "35", "35", "35.01", "70.01")))
PERCENT = tuple(map(Decimal, ("60", "119.99", "120", "200")))
RANKS = {
    **dict.fromkeys(("rank_national", "rank_region"), (40, 41, 45, 46, 46, 50, 50, 50)),
    **dict.fromkeys(("n_national", "n_region"), (50,)),
    **dict.fromkeys(("development_pct", "built_pct"), tuple(map(Decimal, ("75", "79.9", "79.9", "80", "95")))),
    **dict.fromkeys(("national_development_pct", "national_built_pct"), (90,)),
    **dict.fromkeys(("value", "submitted_value"), tuple(map(Decimal, ("0", "97.99", "98", "100", "100", "102")))),
}
"""Figures of rankings, evaluations and submissions, by their column."""
TEXTS = {
    "province_code": ("330000", "650000"),
    "purpose_text": ("道路工程款", "返还土地出让金", "地价补助", "土地平整工程", "产业扶持资金", "财政奖励"),
    "payee_uscc": ("U1", "U2"),
    "grantee_uscc": ("U1", "U2"),
    "counterparty_uscc": ("U1", "U2"),
    "payee_group_id": ("G1", "G2"),
    "grantee_group_id": ("G1", "G2"),
    "payee_hh_id": ("households-0", "households-1", "households-9"),
    "industry_code": ("2614", "3091", "3091", "3620"),
    "parcels.industry_code": ("C3484", "C3484", "D4420"),
    "real_estate_unit_no": ("450103001001GB00001W00000000", "450103 001001 GB00002 F00010001"),
}
LISTS = {
    "pollutants": ("甲", "乙"),
    "prohibited_codes": ("2614", "3091"),
    "area_ids": ("drainage_areas-0", "drainage_areas-1", "drainage_areas-2"),
}
OFTEN_NONE = {
    **dict.fromkeys(("closed_on", "reopened_on", "rank_national", "rank_region", "evidence_ids"), 0.3),
    **dict.fromkeys(("approval_doc_id", "gift_rule_doc_id", "legal_basis_doc_id", "special_approval_doc_id"), 0.5),
    "topup_due_cny": 0.3,
    **dict.fromkeys(("treasury_on", "repayment_source", "fulfilled_on", "ict_completed_on"), 0.3),
    **dict.fromkeys(("discharged_on", "closed_on", "revoked_on"), 0.5),
    **dict.fromkeys(("repealed_on", "stopped_on"), 0.7),
    **dict.fromkeys(("eia_approved_on", "env_emergency", "permit_no", "plan_filed_on", "plan_revised_on"), 0.2),
    **dict.fromkeys(("actual_start_on", "actual_completion_on", "reclaim_decision_on", "fee_collected_on"), 0.5),
    **dict.fromkeys(("suspended_since", "disposal_on", "electronic_supervision_no"), 0.4),
}
IN_ORDER = (
    *(("valid_from", "valid_to"), ("issued_on", "revoked_on"), ("from", "until"), ("depart_on", "return_on")),
    *(("signed_on", "terminated_on"), ("signed_on", "voided_on"), ("consultation_from", "consultation_to")),
    *(("posted_from", "posted_to"), ("period_from", "period_to"), ("period_start", "period_end")),
)
"""Days of one record that can't come the other way round."""
LONG_AGO = {
    "agreed_start_on": (365, 367, 500, 600, 729, 732, 830, 900, 1200),
    "notice_on": (90, 93, 200, 500),
    "determined_on": (80, 93, 200, 500),
    "suspended_since": (364, 367, 700),
    "last_patrol_on": (10, 179, 180),
}
"""How many days before its own day a dossier puts what matters only when it is long past."""
ATTESTATIONS = "attestations"
COUNTRIES = ("日本", "韩国", "越南", "泰国")
COMMON = {
    "account_kind": ("treasury", "fiscal_account", "fiscal_account", "other"),
    "borrower_kind": ("soe",),
    "project_owner": ("government", "admin_committee", "soe"),
    "repayment_source": ("fiscal", "fiscal", "project"),
    "issuer_kind": ("government", "admin_committee", "admin_committee", "department"),
    "complainant_kind": ("foreign_invested",),
    "debtor_kind": ("admin_committee", "institution", "soe"),
    "cause": ("enterprise", "enterprise", "enterprise", "government", "force_majeure"),
    "disposal_kind": ("paid_reclaim", "extension"),
    "scheme": ("2021", "2021", "2016"),
    "type": (
        *("overall_dev",) * 3,
        *("regulatory_detailed",) * 4,
        *("mid_long_term", "mid_long_term", "investment_promotion"),
        "land_price_cap",
        "land_fee_refund",
        "infrastructure",
        "exclusivity",
        "no_relocation",
    ),
    "basis": ("tax_paid", "nontax_paid"),
    "payer_kind": ("own_budget", "enterprise", "subordinate"),
    "supply_method": ("listing", "agreement", "tender"),
    "land_use": ("industrial", "commercial"),
    "funded_from": ("fiscal", "platform", "own_funds"),
    "returned_to": ("fiscal", "platform", "grantee"),
    "grantor_kind": ("admin_committee", "platform", "nr_authority"),
    "level": ("national", "national", "national", "provincial"),
    "kind": (
        *("county", "district", "conversion", "both", "land_conversion", "boundary", "scale"),
        *("collective_land", "state_house", "other", "road", "pipe", "new", "expansion"),
    ),
    "purpose": ("compensation", "compensation", "other", "returned", "bank_fee", "infrastructure", "commercial"),
    "form": ("report", "guarantee", "guarantee", "repayment_promise", "support"),
    "discharge_class": ("key", "simple"),
    "eia_class": ("report", "form"),
    "settlement": ("city", "town"),
    "actual_land_use": ("industrial", "commercial"),
    "approver_level": ("admin_committee", "county", "prefecture", "prefecture", "province", "province"),
    "from_level": ("province", "county"),
    "scope": ("decide", "decide", "preliminary", "zone", "zone", "local_government"),
}
GROUNDS = {
    "debts": ("budgeted_project",) * 4,
    "guarantees": ("state_onlending",) * 4,
    "complaints": ("complaint_extension", "complaint_extension"),
    "arrears_to_firms": ("payment_dispute",) * 4,
    "assessments": ("newly_established", "assessment_settled"),
    "assessment_submission": ("statistics_revised", "statistics_revised"),
    "land_metrics": ("newly_established",),
    "inspection_items": ("due_extension",),
    "parcels": (
        *("schedule_extension", "government_delay", "special_process", "special_process", "reclaim"),
        "deferral",
        "court_stay",
        "rescission",
        "price_factor",
        "price_factor",
        "use_transition",
        "industrial_far",
        "price_factor",
        "separate_site",
        "temporary_land",
    ),
    "parcels.payments": (*("land_reserve_cost",) * 2, *("bid_deposit",) * 3),
    "land_approvals": (*("phased_project",) * 3, "unsuppliable_land", "approval_withdrawn"),
    "plan_changes": ("technical_correction", "delegated_approval", "not_material"),
    "major_hazards": ("production_stopped",),
    "accidents": ("natural_disaster",),
    "chemical_parks": ("chemical_park_revoked",),
    "spot_checks": ("no_inspection_power",),
    "plans": ("exempt_plan_type", "chapter_form", *("local_planning_power",) * 2),
    "plan_eias": ("followup_not_required", "plan_superseded"),
    "plan_eias.measures": ("measure_replaced", "measure_replaced"),
    "trips": ("amendment", "disruption", "urgent_trip", "urgent_trip", "urgent_trip"),
    "expenditures": ("open_scheme", "rescission", "judgment", "reclaim", "fair_competition_exception"),
    "agreements.commitments": ("franchise", "fair_competition_exception", *("public_interest",) * 3),
    "policy_documents": ("fair_competition_exception", "lawful_secrecy"),
    "promo_expenses": ("protocol_gift",),
    "drainage_areas": ("municipal_plant",),
    "projects": ("special_entry_approval", "offset", "offset", "upgrade_only"),
    "enterprises": ("permit_renewal", "permit_rectification"),
    "wastewater_facilities.exceedances": ("approved_maintenance", "approved_maintenance"),
    "zone": (
        *("excluded_land", "district_safety_bureau", "newly_established"),
        *("plan_under_review",) * 3,
        *("incorporated_plan",) * 2,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A dossier and the day on which it is looked at."""

    dossier: Written
    as_of: date


def sample(seed: int, schema: Mapping[str, Any]) -> Sample:
    """Make the dossier of a seed."""
    return _Maker(Random(seed), schema).sample()  # noqa: S311 - nothing here is a secret


def samples(schema: Mapping[str, Any]) -> st.SearchStrategy[Sample]:
    """Give the random dossiers as a strategy of Hypothesis."""
    return st.randoms(use_true_random=False).map(lambda random: _Maker(random, schema).sample())


def encoded(dossier: Written) -> bytes:
    """Write a dossier as JSON; a `Decimal` is written with its digits."""
    return ENCODER.encode(dossier)


def shuffled(value: Any, random: Random) -> Any:
    """Give the same dossier with the records of every register in another order."""
    match value:
        case dict():
            return {key: shuffled(each, random) for key, each in value.items()}
        case [dict(), *_]:
            return random.sample([shuffled(each, random) for each in value], len(value))
    return value


def rectangle(x: int, y: int, width: int, height: int) -> list[list[int]]:
    return [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]]


class _Maker:
    """Makes one dossier. How much of it is left open differs from dossier to dossier."""

    def __init__(self, random: Random, schema: Mapping[str, Any]) -> None:
        self.random = random
        self.schema = schema
        self.own_day = date.fromisoformat(random.choice(OWN_DAYS))
        self.look_on = self.own_day
        if random.random() < 0.15:
            self.look_on += timedelta(days=random.choice((-1, 1, 60, 400)))
        self.absent = random.choice((0, 0.02, 0.05, 0.2))
        self.none = random.choice((0, 0.02, 0.05, 0.2))
        self.vague = random.choice((0, 0, 0.1, 0.3))
        self.crs = random.choice(schema["$defs"]["geometry"]["properties"]["crs"]["enum"][:-1])
        self.definitions = dict(self.all_registers("", schema["properties"]))
        self.days: list[date] = []

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def sample(self) -> Sample:
        dossier: Written = {"meta": {"dossier_id": "D", "as_of_date": self.own_day.isoformat()}}
        for name, node in self.schema["properties"].items():
            if name == "zone":
                dossier[name] = self.record("zone", self.schema["$defs"]["zone"], "zone", 0)
            elif name not in {"meta", "claims", ATTESTATIONS} and not self.chance(self.absent):
                most = 4 if name == "land_approvals" else 3
                dossier[name] = None if self.chance(self.none) else self.register(name, name, node, most=most)
        if self.chance(0.8):
            dossier["claims"] = self.claims(dossier)
        dossier["meta"]["completeness"] = {
            path: self.declaration(path, definition, dossier)
            for path, definition in self.definitions.items()
            if path != ATTESTATIONS and not self.chance(max(0.03, self.absent))
        }
        if self.chance(0.5):  # last, so that the rest of a dossier is the same with them and without
            dossier[ATTESTATIONS] = self.attestations(dossier)
        return Sample(dossier=dossier, as_of=self.look_on)

    # --- records

    def definition(self, reference: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.schema["$defs"][reference.removeprefix("#/$defs/")]
        return found

    def all_registers(self, above: str, properties: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
        found = []
        for name, node in properties.items():
            if "$ref" in node.get("items", {}):
                definition = self.definition(node["items"]["$ref"])
                found += [(above + name, definition), *self.all_registers(f"{above}{name}.", definition["properties"])]
        return found

    def register(self, path: str, name: str, node: Mapping[str, Any], *, most: int) -> list[Written]:
        definition = self.definition(node["items"]["$ref"])
        fewest = 1 if path == "evidence" and self.chance(0.9) else 0
        return [self.record(path, definition, name, number) for number in range(self.random.randint(fewest, most))]

    def record(self, path: str, definition: Mapping[str, Any], name: str, number: int) -> Written:
        identity = definition.get("x-id")
        record = {}
        for key, node in definition["properties"].items():
            if key == identity:
                record[key] = f"{name}-{number}"
            elif key not in {"sources", "withheld"} and not self.chance(self.silence(path, node)):
                record[key] = self.value(path, key, node, number)
        for first, second in IN_ORDER:
            match record.get(first), record.get(second):
                case str(low), str(high) if high < low and not low.startswith(high):
                    record[first], record[second] = high, low
        if record.get("shape") is not None:
            record["crs"] = self.crs
        return record

    def silence(self, path: str, node: Mapping[str, Any]) -> float:
        """Say how often a key is left out: claims are rare, and most papers bear no days of their own."""
        if path == "evidence" and node.get("x-may-be-blank"):
            return 0.9
        return 0.6 if node.get("x-claim") and "." not in path and path != "claims" else self.absent

    def value(self, path: str, key: str, node: Mapping[str, Any], number: int) -> Any:
        if self.chance(OFTEN_NONE.get(key, self.none)):
            return None
        reference = node.get("$ref", "")
        if reference.endswith("/shape"):
            return self.shape()
        whole = {**self.definition(reference), **node} if reference else node
        if reference.endswith("day"):
            return self.day(key, path)
        if reference:
            return self.record(f"{path}.{key}", self.definition(reference), key, number)
        if "$ref" in node.get("items", {}):
            return self.register(f"{path}.{key}", key, node, most=2)
        if key in LISTS:
            return self.random.sample(LISTS[key], self.random.randint(0, len(LISTS[key])))
        if "items" in node:
            many = self.random.choice((0, 1, 1, 1, 2, 2, 3))
            return list(COUNTRIES[:many]) if self.chance(0.8) else self.random.sample(COUNTRIES, many)
        if "enum" in whole:
            members = [each for each in whole["enum"] if each is not None]
            likely = [each for each in COMMON.get(key, ()) if each in members]
            return self.random.choice(likely if likely and self.chance(0.85) else members)
        if "boolean" in whole["type"]:
            return self.chance(0.65 if key != "eia_redone" else 0.2)
        if key == "year":
            return self.own_day.year - self.random.choice((1, 1, 2, 2, 2, 3))
        if key == "ratio":
            return self.random.choice((Decimal("0.5"), Decimal("0.7"), Decimal(1)))
        if key in {"far_max", "far_actual"}:
            return self.random.choice(DENSITY)
        if node.get("x-ref"):
            return self.reference(node["x-ref"])
        if "string" in whole["type"]:
            return self.random.choice(TEXTS.get(f"{path}.{key}", TEXTS.get(key, ("甲",))))
        if key in RANKS:
            return self.random.choice(RANKS[key])
        return self.number(path, key, whole)

    def shape(self) -> Written:
        """Draw one or two blocks on a grid of 500 metres; two lie apart, or one is cut out of the other."""
        random = self.random
        x, y = (500_000 + 500 * random.randrange(4), 3_400_000 + 500 * random.randrange(4))
        block = rectangle(x, y, 1000 * random.randint(1, 3) + random.choice((0, 0, 5)), 1000 * random.randint(1, 3))
        match random.randrange(4):
            case 0:
                return {"type": "MultiPolygon", "coordinates": [[block], [rectangle(x - 2000, y, 500, 2000)]]}
            case 1:
                return {"type": "Polygon", "coordinates": [block, rectangle(x + 250, y + 250, 500, 250)]}
            case 2:
                slope = [[x, y], [x + 3000, y + 500], [x + 1000, y + 2500], [x, y]]
                return {"type": "Polygon", "coordinates": [slope]}
        return {"type": "Polygon", "coordinates": [block]}

    def reference(self, register: str) -> str:
        number = self.random.choice((0, 0, 0, 1, 1, 2, 9))
        return f"{register}-{number}"

    def number(self, path: str, key: str, node: Mapping[str, Any]) -> Decimal | int:
        def fits(number: Decimal) -> bool:
            return number <= node["maximum"] and ("number" in node["type"] or number % 1 == 0)

        if key in FIGURES:
            return self.random.choice(FIGURES[key])
        match node.get("x-unit"):
            case "years":
                return self.random.choice((20, 50, 50, 70))
            case "ha" if path == "land_approvals":
                return self.random.choice(BATCH if key != "pbf_ha" else (0, 0, 0, 0, 1))
            case "pct":
                return self.random.choice(PERCENT if key == "ratio_pct" else SHARES)
            case "sqm" if key == "occupied_area_sqm":
                return self.random.choice(OCCUPIED)
            case "sqm":
                return self.random.choice(MONEY[-2:])
            case "cny_sqm":
                return self.random.choice((Decimal("0.6"), 1, 2))
            case "days" if path == "wastewater_facilities.exceedances":
                return self.random.choice((0, 1, 30, 31))
            case "persons" | "days":
                return self.random.choice((5, 5, 6, 6, 7) if path == "trips.actual" else (5, 6, 7, 7, 8, 9, 10, 11))
            case "ha":
                return self.random.choice(AREA if key != "planned_construction_area_ha" else AREA[-2:])
        if key in {"budget_cny", "standard_cny"}:
            return self.random.choice(MONEY[-3:])
        money = self.random.choice([*filter(fits, MONEY if path != "claims" else MONEY[-4:])] or SMALL)
        return -money if node["minimum"] < 0 and self.chance(0.1) else money

    def day(self, key: str, path: str) -> str:
        found = self.some_day(key, path)
        self.days.append(found)
        text = found.isoformat()
        return text if not self.chance(self.vague) else text[: self.random.choice((4, 7, 7))]

    def some_day(self, key: str, path: str) -> date:
        random = self.random
        near = timedelta(days=random.choice((-1, 0, 0, 1)))
        if key == "return_on" and self.days:
            return self.days[-1] + timedelta(days=random.choice((0, 3, 4, 4, 4, 5, 7, 9)))
        if key in {"approved_on", "contract_signed_on"} and self.chance(0.6):
            return self.own_day - timedelta(days=random.choice((0, 100, 200, 300, 2600)))
        if key == "reviewed_on" and self.chance(0.3):
            return self.own_day - timedelta(days=random.choice((1826, 1827, 2600)))
        if key in {"admitted_on", "eia_approved_on"} and self.chance(0.4):
            return self.own_day - timedelta(days=random.choice((0, 1, 100, 300)))
        if key == "determined_on" and self.chance(0.6):
            return self.own_day - timedelta(days=random.choice((400, 800, 1200)))
        if key in {"published_on", "submitted_on", "closed_on"} and self.chance(0.7):
            return self.own_day - timedelta(days=random.choice((0, 1, 100, 400, 800)))
        if key in {"until", "valid_to", "extended_to"} and self.chance(0.6):
            return self.own_day + timedelta(days=random.choice((0, 1, 30, 400)))
        if key == "period_end" and self.chance(0.8):
            return self.own_day + timedelta(days=random.choice((-400, -366, -365, -200, -1, 0, 1, 400, 400)))
        if key in {"valid_from", "from"} and self.chance(0.5):
            return date(2000, 1, 1)
        if key == "issued_on" and path != "guarantees" and self.chance(0.9):
            return date(2000, 1, 1)
        if key in {"effective_on", "occurred_on", "period_end", "applied_on"} and self.chance(0.7):
            return self.own_day - timedelta(days=random.choice((0, 1, 200)))
        if key in {"posted_to", "consultation_to"} and self.days:
            return self.days[-1] + timedelta(days=random.choice((0, 8, 13, 14, 28, 29, 30)))
        if key in LONG_AGO and self.chance(0.8):
            return self.own_day - timedelta(days=random.choice(LONG_AGO[key]))
        match random.randrange(6):
            case 0 | 1 if self.days:
                return random.choice(self.days) + near
            case 2:
                return self.own_day + near
            case 3:
                years = random.choice((1, 2, 3, 5, 5, 6))
                return self.own_day.replace(year=self.own_day.year - years, day=min(self.own_day.day, 28)) + near * 2
            case 4:
                return date.fromisoformat(random.choice(EDGES)) + near
        return self.own_day - timedelta(days=random.randrange(4000))

    # --- what is said of registers

    def declaration(self, path: str, definition: Mapping[str, Any], dossier: Written) -> Written:
        holders: list[Any] = [dossier]
        for step in path.split("."):
            holders = [row for holder in holders for row in holder.get(step) or ()]
        day = max(self.own_day, self.look_on) if self.chance(0.8) else self.own_day
        declared: Written = {"complete": True, "as_of": day.isoformat(), "count": len(holders), "signatory": "甲"}
        match self.random.randrange(40):
            case 0 | 1:
                declared["complete"] = False
            case 2:
                declared["as_of"] = (self.look_on - timedelta(days=1)).isoformat()
            case 3:
                declared["count"] += self.random.choice((-1, 1)) if holders else 1
            case 4:
                declared["signatory"] = self.random.choice((None, ""))
            case 5:
                del declared[self.random.choice(("as_of", "count", "signatory"))]
        columns = [key for key, node in definition["properties"].items() if node.get("x-may-be-blank")]
        if self.chance(0.8):
            declared["blank_means_none"] = [each for each in columns if self.chance(0.95)]
        return declared

    def claims(self, dossier: Written) -> list[Written]:
        definition = self.schema["$defs"]["claim"]
        found: list[Written] = []
        for number in range(self.random.randint(5, 25)):
            claim = self.record("claims", definition, "claims", number)
            subject, grounds = self.subject(dossier)
            claim.pop("subject_id", None)
            if self.chance(0.97):
                claim |= {"subject_id": subject}
            if self.chance(0.97):
                claim |= {"ground": self.random.choice(grounds)}
            found.append(claim)
        return found

    def attestations(self, dossier: Written) -> list[Written]:
        definition = self.schema["$defs"]["attestation"]
        found: list[Written] = []
        for number in range(self.random.randint(0, 4)):
            attested = self.record(ATTESTATIONS, definition, ATTESTATIONS, number)
            register = self.random.choice([each for each in GROUNDS if each == "zone" or self.ids(dossier, each)])
            ids = [dossier["zone"]["zone_id"]] if register == "zone" else self.ids(dossier, register)
            if self.chance(0.9):
                attested |= {"register": register, "subject_id": self.random.choice(ids)}
            found.append(attested)
        return found

    def subject(self, dossier: Written) -> tuple[str, Sequence[str]]:
        there = [each for each in GROUNDS if each == "zone" or self.ids(dossier, each)]
        register = self.random.choice([each for each in there for _ in GROUNDS[each]])
        if register == "zone":
            return str(dossier["zone"]["zone_id"]), GROUNDS[register]
        ids = self.ids(dossier, register)
        return ids[min(self.random.choice((0, 0, 1, 2)), len(ids) - 1)], GROUNDS[register]

    def ids(self, dossier: Written, register: str) -> list[str]:
        """Give the ids of all records of a register, and the ids that lead there where several bear the same."""
        holders: list[tuple[tuple[str, ...], Any]] = [((), dossier)]
        path = ""
        for step in register.split("."):
            path = f"{path}.{step}".removeprefix(".")
            identity = self.definitions[path]["x-id"]
            holders = [((*ids, row[identity]), row) for ids, holder in holders for row in holder.get(step) or ()]
        own = Counter(ids[-1] for ids, _ in holders)
        return [ids[-1] if own[ids[-1]] == 1 else "/".join(ids) for ids, _ in holders]
