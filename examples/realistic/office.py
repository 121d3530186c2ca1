"""What every office of the zone has: a calendar, dice, sheets written line by line, papers with numbers, pleas."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from names import CITY, Company, Dice, Record

# The tables inside a record that a dossier counts as registers of their own.
NESTED: Mapping[str, tuple[str, ...]] = {
    "notices": ("items",),
    "plan_eias": ("followups", "measures"),
    "parcels": ("payment_schedule", "payments"),
    "agreements": ("commitments",),
    "entry_lists": ("limits",),
    "wastewater_facilities": ("exceedances",),
    "expropriations": ("public_notices", "households", "coercion_events", "account_outflows"),
}
IDS: Mapping[str, str] = {
    "evidence": "doc_id",
    "claims": "claim_id",
    "plans": "plan_id",
    "assessments": "assessment_id",
    "assessment_submission": "submission_id",
    "land_metrics": "metric_id",
    "inspection_items": "item_id",
    "notices": "notice_id",
    "plan_changes": "change_id",
    "major_hazards": "hazard_id",
    "accidents": "accident_id",
    "chemical_parks": "park_id",
    "spot_checks": "check_id",
    "plan_eias": "eia_id",
    "parcels": "parcel_id",
    "agreements": "agr_id",
    "debts": "debt_id",
    "guarantees": "guarantee_id",
    "debt_ratios": "ratio_id",
    "infrastructure_projects": "infra_id",
    "complaints": "complaint_id",
    "arrears_to_firms": "arrear_id",
    "expenditures": "exp_id",
    "policy_documents": "pol_id",
    "land_approvals": "batch_id",
    "delegations": "delegation_id",
    "drainage_areas": "area_id",
    "entry_lists": "list_id",
    "projects": "project_id",
    "enterprises": "enterprise_id",
    "wastewater_facilities": "facility_id",
    "pollutant_caps": "cap_id",
    "expropriations": "expro_id",
    "promo_expenses": "event_id",
    "zone_blocks": "block_id",
    "trips": "trip_id",
}

encode = json.JSONEncoder(ensure_ascii=False).encode


def on(year: int, month: int = 1, day_of_month: int = 1) -> int:
    return date(year, month, day_of_month).toordinal()


AS_OF = on(2024, 12, 31)


@cache
def day(number: int) -> str:
    return date.fromordinal(number).isoformat()


@cache
def month(number: int) -> str:
    return day(number)[:7]


@cache
def year_of(number: int) -> int:
    return date.fromordinal(number).year


def number_of(text: str) -> int:
    return date.fromisoformat(text).toordinal()


class Sheet:
    """One register on its way to the dossier: written record by record, and counted with its nested tables."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.nested: Counter[str] = Counter()
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def add(self, record: Record, nested: tuple[str, ...]) -> None:
        self._file.write(f"    {encode(record)}" if not self.count else f",\n    {encode(record)}")
        self.count += 1
        for each in nested:
            self.nested[each] += len(record.get(each) or ())

    def close(self) -> None:
        self._file.close()


class Office:
    """The zone's offices together: what they hold in common while the registers are written."""

    def __init__(
        self,
        *,
        parcels: int,
        seed: int,
        folder: Path,
        acts: Mapping[str, list[Callable[["Office", Record], None]]],
        wishes: Mapping[str, Record],
    ) -> None:
        self.parcels = parcels
        self.seed = seed
        self.dice = Dice(seed)
        self.sheets = {register: Sheet(folder / f".{register}.part") for register in IDS}
        self.suppliers: list[Company] = []
        self.agencies: list[Company] = []
        self.grants: list[Grant] = []
        self.units: list[Unit] = []
        self.later: dict[str, list[Record]] = {"evidence": [], "claims": []}
        self.founding = ""
        self.afterwards: list[Callable[[], None]] = []
        self.unusable = frozenset(each for each, wish in wishes.items() if wish.get("unusable"))
        self._acts = acts
        self._wishes = wishes
        self._filed: Counter[str] = Counter()
        self._pleas: Counter[str] = Counter()
        self._desks: dict[str, Desk] = {}
        self._table: list[Record] = []
        self._shared: dict[str, str] = {}
        self._serials: Counter[tuple[str, int]] = Counter()

    def share(self, of_a_parcel: float, least: int) -> int:
        """Give how many records there are for each parcel, but at the least so many."""
        return max(least, round(self.parcels * of_a_parcel))

    def wish(self, record_id: str) -> Record:
        """Give what an ordinary record must be like so that somebody can break the law with it."""
        return self._wishes.get(record_id, {})

    def add(self, register: str, record: Record) -> None:
        """Write a record, after whoever broke the law with it has done so."""
        for act in self._acts.get(record[IDS[register]], ()):
            act(self, record)
        self.clear_table()
        self.sheets[register].add(record, NESTED.get(register, ()))

    def own_dice(self, office: str) -> Dice:
        """Give an office dice that nobody else throws: what it throws changes no other register."""
        return Dice(f"{self.seed} {office}")

    def serial(self, prefix: str, day_of_issue: int) -> str:
        """Give the next number of this prefix in the year of that day."""
        year = year_of(day_of_issue)
        self._serials[prefix, year] += 1
        return f"{prefix}〔{year}〕{self._serials[prefix, year]}号"

    def paper(
        self,
        title: str,
        prefix: str | None,
        issued: int,
        issuer: str | None = None,
        *,
        until: int | None = None,
        series: str = "D",
    ) -> str:
        """File a paper and give its number in the evidence register; a prefix that ends with 号 is a whole number.

        It is on the table until the record that it belongs to is written: who breaks the law may take it away.
        """
        self._filed[series] += 1
        record: Record = {"doc_id": f"{series}{self._filed[series]:06d}", "title": title}
        if prefix:
            record["doc_no"] = prefix if prefix.endswith("号") else self.serial(prefix, issued)
        if issuer:
            record["issuer_name"] = issuer
        record["issued_on"] = day(issued) if prefix or issued > on(2005) else month(issued)
        if until:
            record["valid_to"] = day(until)
        self._table.append(record)
        return str(record["doc_id"])

    def on_table(self, word: str) -> Record:
        """Give the one paper on the table whose title has this word."""
        [found] = [each for each in self._table if word in each["title"]]
        return found

    def take_away(self, word: str) -> None:
        """Let there be no such paper."""
        self._table.remove(self.on_table(word))

    def clear_table(self) -> None:
        """Enter the papers on the table into the register."""
        for each in self._table:
            self.sheets["evidence"].add(each, ())
        self._table.clear()

    def shared_paper(self, title: str, prefix: str, issued: int, issuer: str) -> str:
        """Give the number of a paper that many records cite; it is filed once."""
        if title not in self._shared:
            self._shared[title] = self.paper(title, prefix, issued, issuer)
        return self._shared[title]

    def grant(self, parcel_id: str) -> "Grant":
        return next(each for each in self.grants if each.parcel_id == parcel_id)

    def plead(self, ground: str, subject: str, doc_id: str | None, **bounds: object) -> None:
        """Enter what the checked party pleads for one record."""
        self.enter_plea("ZZ", self.dice, {"ground": ground, "subject_id": subject} | bounds, doc_id)

    def plead_apart(self, series: str, ground: str, subject: str, doc_id: str | None, **bounds: object) -> None:
        """Enter a plea that bears a number of its own series, so that the others keep theirs."""
        dice = self.own_dice(f"{series} {subject}")
        self.enter_plea(series, dice, {"ground": ground, "subject_id": subject} | bounds, doc_id)

    def enter_plea(self, series: str, dice: Dice, pleaded: Record, doc_id: str | None) -> None:
        """Enter a plea with the next number of its series, as stated some weeks ago."""
        self._pleas[series] += 1
        claim: Record = {"claim_id": f"{series}{self._pleas[series]:05d}"}
        claim |= {name.rstrip("_"): value for name, value in pleaded.items()}
        if doc_id:
            claim["doc_id"] = doc_id
        claim |= {
            "stated_by": "栖岭经济技术开发区管理委员会",
            "stated_on": day(dice.between(AS_OF - 25, AS_OF - 5)),
        }
        self.sheets["claims"].add(claim, ())

    def desk(self, prefix: str) -> "Desk":
        """Give the desk of this name, always the same."""
        if prefix not in self._desks:
            self._desks[prefix] = Desk(self, prefix)
        return self._desks[prefix]

    def put_on_table(self, paper: Record) -> None:
        self._table.append(paper)


class Desk:
    """One office with dice and numbers of its own: what it writes shifts nothing that the others write."""

    def __init__(self, office: Office, prefix: str) -> None:
        self.office = office
        self.dice = office.own_dice(prefix)
        self._prefix = prefix
        self._filed = 0

    def paper(self, title: str, issued: int, issuer: str) -> str:
        """File a paper and give its number in the evidence register."""
        self._filed += 1
        record: Record = {"doc_id": f"D{self._prefix}{self._filed:04d}", "title": title, "issuer_name": issuer}
        self.office.put_on_table(record | {"issued_on": day(issued)})
        return str(record["doc_id"])

    def plead(self, ground: str, subject: str, doc_id: str | None, **bounds: object) -> None:
        """Enter what the checked party pleads for one record."""
        pleaded: Record = {"ground": ground, "subject_id": subject} | bounds
        self.office.enter_plea(f"ZZ{self._prefix}", self.dice, pleaded, doc_id)


class Grant:
    """What other offices know of a parcel that was granted."""

    __slots__ = ("area", "company", "last_paid", "parcel_id", "price", "signed")

    def __init__(self, parcel_id: str, company: Company, *, area: int, price: int, signed: int, last_paid: int) -> None:
        self.parcel_id = parcel_id
        self.area = area
        self.company = company
        self.price = price
        self.signed = signed
        self.last_paid = last_paid


class Unit:
    """A unit of the detailed plan in whose name land can be granted."""

    __slots__ = ("approved", "level", "plan_id")

    def __init__(self, plan_id: str, approved: int, level: str) -> None:
        self.plan_id = plan_id
        self.approved = approved
        self.level = level


GOVERNMENT = f"{CITY}人民政府"
