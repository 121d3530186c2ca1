"""The environment and the approvals office: drainage areas, entry lists, projects, permits, treatment works, totals.

They throw dice of their own, so that what the other offices write is the same with them and without.
"""

from names import TRADES, Company, Dice, Record
from office import AS_OF, Grant, Office, day, on
from planning import PARTS

INDUSTRIES = {
    "精密机械": "3453",
    "汽车零部件": "3670",
    "电子科技": "3982",
    "新材料": "3062",
    "生物医药": "2761",
    "食品": "1419",
    "光电": "4040",
    "纺织": "1713",
    "包装制品": "2231",
    "电气设备": "3823",
    "医疗器械": "3589",
    "环保设备": "3591",
    "塑料制品": "2929",
    "金属制品": "3391",
    "家居": "2110",
    "新能源科技": "3841",
    "半导体": "3973",
    "仪器仪表": "4016",
}
RESIN = "2651"
LIMITS = {"1713": 1.2, "3391": 0.9, "3062": 0.8}
"""The most energy that the entry list allows these industries, in tonnes of coal for each 10,000 yuan of output."""
WORKS = (
    ("西片区污水处理厂", (1, 4), on(2013, 6, 28)),
    ("东片区污水处理厂", (2,), on(2016, 9, 30)),
    ("港产片区污水处理厂", (3,), on(2018, 12, 20)),
    ("南片区工业污水处理站", (5,), on(2019, 11, 8)),
)
TOTALS = (("化学需氧量", 860), ("氨氮", 74), ("总磷", 9), ("挥发性有机物", 410))
WORDS = {"new": "", "expansion": "扩建", "rebuild": "技术改造"}
YEARS = (2021, 2022, 2023)
ADDED: tuple[list[str], ...] = (["化学需氧量", "氨氮"], ["挥发性有机物"], [], [])


def drainage_areas(office: Office) -> None:
    """Write the drainage areas; the one at the airport has offices and warehouses only."""
    for number, name in enumerate(PARTS, 1):
        area: Record = {"area_id": f"PQ{number:02d}", "name": name}
        office.add("drainage_areas", area | {"industrial_discharge": name != "临空片区"})


def entry_lists(office: Office) -> None:
    """Write the entry lists: the second took the place of the first."""
    old: Record = {"list_id": "QD01", "name": "产业准入负面清单（2017年版）", "effective_on": "2017-03-01"}
    old |= {"repealed_on": "2021-06-30", "prohibited_codes": ["2611", "2631", "1910"], "limits": []}
    office.add("entry_lists", old)
    new: Record = {"list_id": "QD02", "name": "生态环境准入清单", "effective_on": "2021-07-01"}
    new["prohibited_codes"] = ["1910", "2521", "2611", "2614", "2631"]
    new["limits"] = [
        {"limit_id": f"QD02-X{at}", "industry_code": code, "energy_intensity_max": most}
        for at, (code, most) in enumerate(LIMITS.items(), 1)
    ]
    office.add("entry_lists", new)


def enterprises(office: Office) -> None:
    """Write the enterprises that discharge: makers who were granted land."""
    dice = _dice(office, 1)
    for number, grant in enumerate(_makers(office), 1):
        enterprise: Record = {"enterprise_id": f"QY{number:05d}", "name": grant.company.name}
        kinds = ((0.15, "key"), (0.4, "simple"), (0.38, "registered"), (0.07, "unlisted"))
        kind = office.wish(enterprise["enterprise_id"]).get("discharge_class") or dice.weighted(kinds)
        enterprise["discharge_class"] = kind
        begun = grant.signed + dice.between(500, 1100)
        stopped = begun < AS_OF - 900 and dice.chance(0.05) and not office.wish(enterprise["enterprise_id"])
        if begun < AS_OF:
            enterprise["discharging_from"] = day(begun)
        if stopped:
            enterprise["stopped_on"] = day(AS_OF - dice.between(60, 700))
        if kind in {"key", "simple"} and begun < AS_OF:
            _permit(enterprise, grant.company, number, AS_OF + dice.between(60, 1700))
        enterprise["env_risk"] = kind == "key" or dice.chance(0.1)
        office.add("enterprises", enterprise)


def _permit(enterprise: Record, company: Company, number: int, until: int) -> None:
    enterprise["permit_no"] = f"{company.code}001{'PQRUVW'[number % 6]}"
    if number % 29:  # somebody forgot to copy the day from the licence
        enterprise["permit_valid_to"] = day(until)


def projects(office: Office) -> None:
    """Write the projects that were let in, and how far each of them has come."""
    dice = _dice(office, 2)
    makers = _makers(office)
    for number in range(1, office.share(0.1, 40) + 1):
        at = dice.between(0, len(makers) - 1)
        trade, product, unit = _trade(makers[at].company)
        project: Record = {"project_id": f"JS{number:05d}"}
        wish = office.wish(project["project_id"])
        kind = dice.weighted(((0.55, "new"), (0.35, "expansion"), (0.1, "rebuild")))
        output = dice.between(2, 90) * (1 if unit.startswith("万") else 100)
        project["name"] = f"年产{output}{unit}{product}{WORDS[kind]}项目"
        project |= {"enterprise_id": f"QY{at + 1:05d}", "kind": kind, "industry_code": INDUSTRIES[trade]}
        project["chemical"] = trade == "新材料" and dice.chance(0.4)
        if project["chemical"]:
            project |= {"industry_code": RESIN, "distance_to_yangtze_m": dice.between(21, 68) * 100}
        if project["industry_code"] in LIMITS:
            most = LIMITS[project["industry_code"]]
            project["energy_intensity"] = round(most * dice.between(50, 95) / 100, 2)
        admitted = on(2015, 1, 10) + dice.between(0, 3500)
        _progress(dice, project, wish.get("admitted") or admitted)
        office.add("projects", project)


def _progress(dice: Dice, project: Record, admitted: int) -> None:
    project["admitted_on"] = day(admitted)
    kinds = ((0.22, "report"), (0.6, "form"), (0.13, "register"), (0.05, "exempt"))
    kind = dice.weighted(kinds) if not project["chemical"] else "report"
    added, level = dice.pick(ADDED), dice.weighted(((0.85, "prefecture"), (0.15, "province")))
    ready = admitted + dice.between(100, 260)
    begun = ready + dice.between(15, 200)
    if not dice.chance(0.04):
        project["eia_class"] = kind
    project["pollutants"] = added if kind in {"report", "form"} else []
    if kind in {"report", "form"} and ready < AS_OF:
        project |= {"eia_approved_on": day(ready), "eia_approver_level": level}
    if begun < AS_OF:
        project["started_on"] = day(begun)


def wastewater_facilities(office: Office) -> None:
    """Write the treatment works and what their monitors recorded, year by year."""
    dice = _dice(office, 3)
    for number, (name, serves, begun) in enumerate(WORKS, 1):
        facility: Record = {"facility_id": f"WS{number:02d}", "name": name}
        facility["area_ids"] = [f"PQ{each:02d}" for each in serves]
        facility |= {"in_service_on": day(begun), "auto_monitor": True, "networked": True}
        facility["exceedances"] = [
            {
                "exceedance_id": f"WS{number:02d}-{year}{stream[0].upper()}",
                "pollutant": pollutant,
                "stream": stream,
                "period_from": f"{year}-01-01",
                "period_to": f"{year}-12-31",
                "days": dice.between(0, 14) if stream == "influent" else 0,
            }
            for year in YEARS
            for stream, pollutant in (("influent", "化学需氧量"), ("effluent", "总氮"))
        ]
        office.add("wastewater_facilities", facility)


def pollutant_caps(office: Office) -> None:
    """Write what the zone may discharge in a year, and what it did."""
    dice = _dice(office, 4)
    for year in YEARS:
        for at, (pollutant, cap) in enumerate(TOTALS, 1):
            total: Record = {"cap_id": f"ZL{year}-{at}", "pollutant": pollutant, "year": year, "cap_t": cap}
            total["actual_t"] = round(cap * dice.between(78, 96) / 100, 1)
            office.add("pollutant_caps", total | {"determined_on": day(on(year + 1, 4, dice.between(8, 26)))})


def _dice(office: Office, sheet: int) -> Dice:
    return Dice(office.parcels * 10 + sheet)


def _makers(office: Office) -> list[Grant]:
    """Give the first grant of each of so many makers."""
    found = {each.company.code: each for each in reversed(office.grants) if each.company.code and _is_maker(each)}
    makers = sorted(found.values(), key=lambda each: each.parcel_id)
    return makers[: office.share(0.1, 40)]


def _is_maker(grant: Grant) -> bool:
    return any(trade in grant.company.name for trade, _, _ in TRADES)


def _trade(company: Company) -> tuple[str, str, str]:
    return next(each for each in TRADES if each[0] in company.name)
