"""The land office: parcels granted and paid for, approvals of land for building, takings and who is compensated."""

from bisect import bisect_right
from math import ceil

from land_use import used
from money import account
from names import CITY, DEVELOPERS, LOGISTICS, SHORT, TRADES, ZONE, Company, Record
from office import AS_OF, GOVERNMENT, Grant, Office, day, month, on, year_of
from siting import sited, supplied

USES = (
    (0.56, "industrial"),
    (0.07, "warehouse"),
    (0.1, "commercial"),
    (0.08, "residential"),
    (0.08, "public_service"),
    (0.07, "infrastructure"),
    (0.03, "green"),
    (0.01, "other"),
)
TERMS = {"industrial": 50, "warehouse": 50, "commercial": 40, "residential": 70, "public_service": 50, "other": 50}
AREAS = {
    "industrial": (8000, 90000),
    "warehouse": (10000, 80000),
    "commercial": (4000, 40000),
    "residential": (20000, 120000),
    "public_service": (5000, 60000),
    "infrastructure": (1500, 60000),
    "green": (2000, 50000),
    "other": (3000, 20000),
}
PLACES = ("第一小学", "社区卫生服务中心", "消防站", "党群服务中心", "文体中心", "派出所", "职业技能实训基地", "中学")
WORKS = ("道路工程", "110千伏变电站", "污水泵站", "公交首末站", "配套管网工程", "加压泵站", "停车场")
MINIMUMS = (168, 204, 252)  # of the grades of land that the zone lies in, yuan for a square metre
PAPERLESS = 0.25  # so many parcels whose contract nobody has scanned


def authority(signed: int) -> str:
    """Give the name that the land authority of the city had on that day."""
    if signed < on(2001):
        return f"{CITY}土地管理局"
    return f"{CITY}国土资源局" if signed < on(2019, 2, 1) else f"{CITY}自然资源局"


def parcels(office: Office) -> None:
    """Write the register of land supplied."""
    for number in range(1, office.parcels + 1):
        _parcel(office, f"ZD{number:06d}")


def _parcel(office: Office, parcel_id: str) -> None:
    dice = office.dice
    wish = office.wish(parcel_id)
    plain = bool(wish)
    signed = wish.get("signed") or _signing_day(office)
    use = wish.get("use") or dice.weighted(USES)
    method = wish.get("method") or _method(office, use, signed)
    low, high = AREAS[use]
    area = dice.between(low, high)
    parcel: Record = {"parcel_id": parcel_id}
    if method == "allocation":
        _allocated(office, parcel, use, signed, area)
        return
    company = _grantee(office, use, plain=plain)
    parcel |= {"project_name": _project(office, use, company), "supply_method": method}
    if not plain and dice.chance(0.004):
        del parcel["supply_method"]
    _grantor(office, parcel, signed, plain=plain)
    parcel["grantee_name"] = company.name
    if company.code and (plain or signed > on(2016) or not dice.chance(0.1)):
        parcel["grantee_uscc"] = company.code
    if company.group:
        parcel["grantee_group_id"] = company.group
    contract_no = office.serial(f"{SHORT}{'土租' if method == 'lease' else '土出'}", signed)
    paper = None
    if plain or not dice.chance(PAPERLESS):
        title = "国有建设用地使用权租赁合同" if method == "lease" else "国有建设用地使用权出让合同"
        paper = office.paper(f"{title}（{company.name}）", contract_no, signed, authority(signed))
    parcel["contract_no"] = contract_no
    parcel["contract_signed_on"] = month(signed) if signed < on(2000) and dice.chance(0.3) else day(signed)
    price = _price(office, parcel, use, method, signed=signed, area=area, plain=plain)
    parcel |= {"land_use": use, "area_sqm": area}
    if plain or signed > on(1999) or not dice.chance(0.15):
        parcel["total_price_cny"] = price
    _planned(office, parcel, use, method, signed, plain=plain)
    last = _money(office, parcel, method, signed=signed, price=price, wish=wish)
    _built(office, parcel, use, signed=signed, last=last, price=price, wish=wish)
    sited(office, parcel, signed, plain=plain)
    if paper:
        parcel["sources"] = {"*": [paper]}
    if method != "lease":
        used(office, parcel, use, signed=signed, price=price)
        office.grants.append(Grant(parcel_id, company, area=area, price=price, signed=signed, last_paid=last))
    office.add("parcels", parcel)


def _signing_day(office: Office) -> int:
    dice = office.dice
    year = dice.between(1995, 2006) if dice.chance(0.22) else dice.between(2007, 2024)
    return min(on(year, dice.between(1, 12), dice.between(1, 28)), AS_OF - 10)


def _method(office: Office, use: str, signed: int) -> str:
    dice = office.dice
    if use in {"infrastructure", "green"} or (use == "public_service" and dice.chance(0.85)):
        return "allocation"
    if signed < on(2003) or (signed < on(2007) and use in {"industrial", "warehouse"}):
        return dice.weighted(((0.78, "agreement"), (0.12, "grant_unspecified"), (0.1, "listing")))
    if use in {"commercial", "residential"}:
        return dice.weighted(((0.9, "listing"), (0.08, "auction"), (0.02, "tender")))
    return dice.weighted(((0.9, "listing"), (0.01, "tender"), (0.02, "auction"), (0.03, "lease"), (0.04, "agreement")))


def _allocated(office: Office, parcel: Record, use: str, signed: int, area: int) -> None:
    dice = office.dice
    if use == "public_service":
        name, user = f"{ZONE[:2]}{dice.pick(PLACES)}", f"{ZONE}管理委员会"
    elif use == "green":
        name, user = f"{dice.road()}沿线绿地", f"{SHORT}岭城市建设投资有限公司"
    else:
        name, user = f"{dice.road()}{dice.pick(WORKS)}", f"{SHORT}岭城市建设投资有限公司"
    parcel |= {"project_name": name, "supply_method": "allocation", "grantee_name": user}
    if dice.chance(0.7):  # the column for the contract says 无: there is a decision instead
        parcel["contract_signed_on"] = None
    parcel |= {"land_use": use, "area_sqm": area}
    if dice.chance(0.4) and signed < AS_OF - 400:
        parcel["title_cert_issued_on"] = day(signed + dice.between(60, 380))
    parcel |= {"payment_schedule": [], "payments": []}
    sited(office, parcel, signed, plain=False)
    if not dice.chance(PAPERLESS):
        parcel["sources"] = {"*": [office.paper(f"{name}划拨决定书", f"{SHORT}土划", signed, authority(signed))]}
    office.add("parcels", parcel)


def _grantee(office: Office, use: str, *, plain: bool) -> Company:
    dice = office.dice
    if office.grants and not plain and dice.chance(0.12):  # an enlargement
        return dice.pick(office.grants).company
    if use in {"commercial", "residential"}:
        trade = dice.pick(DEVELOPERS)
    else:
        trade = dice.pick(LOGISTICS) if use == "warehouse" else dice.pick(TRADES)[0]
    group = f"JT{dice.between(1, max(12, office.parcels // 8)):05d}" if plain or dice.chance(0.3) else None
    return dice.company(trade, group)


def _project(office: Office, use: str, company: Company) -> str:
    dice = office.dice
    if use == "industrial":
        trade = next((each for each in TRADES if each[0] in company.name), TRADES[0])
        count = dice.between(1, 60) * (1 if trade[2].startswith("万") else 500)
        return f"年产{count}{trade[2]}{trade[1]}项目" + ("（二期）" if dice.chance(0.1) else "")
    style = dice.style()
    kinds = {"warehouse": "智慧物流园", "commercial": "商业综合体", "residential": "花园", "public_service": "民办医院"}
    return f"{style}{kinds.get(use, '配套项目')}"


def _grantor(office: Office, parcel: Record, signed: int, *, plain: bool) -> None:
    dice = office.dice
    if not plain and signed < on(2003) and dice.chance(0.06):  # as was usual then
        parcel |= {"grantor_name": f"{ZONE}管理委员会", "grantor_kind": "admin_committee"}
        return
    if not plain and dice.chance(0.008):
        parcel["grantor_name"] = f"{CITY}土地储备交易中心"  # the column for its kind was left blank
        return
    branch = dice.chance(0.3)
    parcel["grantor_name"] = authority(signed) + ("开发区分局" if branch else "")
    parcel["grantor_kind"] = "nr_branch" if branch else "nr_authority"


def _price(office: Office, parcel: Record, use: str, method: str, *, signed: int, area: int, plain: bool) -> int:
    """Give the price: that of a square metre by the market or the standard of its day, times the area."""
    dice = office.dice
    term = TERMS.get(use, 50)
    rises = 1 + max(0, year_of(signed) - 2007) * 0.03
    unit: float
    if use in {"industrial", "warehouse"}:
        if signed < on(2007):
            unit = dice.between(45, 160)
        else:
            least = dice.pick(MINIMUMS)
            parcel["min_price_cny_sqm"] = least
            unit = least * (1 + dice.pick((0, 0, 0.02, 0.05, 0.1, 0.2, 0.35)) * rises)
            if not plain and method == "listing" and signed > on(2015) and dice.chance(0.06):  # a term of twenty years
                term, unit = 20, least * (0.75 + dice.random() * 0.2)
            elif not plain and method == "listing" and signed > on(2009, 6) and dice.chance(0.06):
                unit = least * (0.7 + dice.random() * 0.2)
                paper = office.paper(
                    "优先发展产业且用地集约项目认定意见", f"{SHORT}自然资函", signed - 60, authority(signed - 60)
                )
                office.plead("price_factor", parcel["parcel_id"], paper, ratio=0.7)
    elif use == "residential":
        unit = dice.between(1400, 4200) * rises
    elif use == "commercial":
        unit = dice.between(900, 2600) * rises
    else:
        unit = dice.between(320, 700)
    if method == "agreement" and signed > on(2003, 8):
        benchmark = ceil(unit * (1 + dice.random() * 0.3))
        parcel["benchmark_price_cny_sqm"] = benchmark
    elif signed > on(2010) and dice.chance(0.3):
        parcel["benchmark_price_cny_sqm"] = round(unit * (0.9 + dice.random() * 0.5))
    if method == "lease":
        parcel.pop("min_price_cny_sqm", None)
        term, unit = dice.pick((5, 10, 20)), dice.between(12, 24)
        parcel["term_years"] = term
        return ceil(unit * area) * term
    if use in {"commercial", "residential"} and signed > on(2007) and dice.chance(0.5):
        parcel["min_price_cny_sqm"] = None  # there is no such standard for them: the clerk types 无
    parcel["term_years"] = term
    return ceil(unit * area / 100) * 100


def _planned(office: Office, parcel: Record, use: str, method: str, signed: int, *, plain: bool) -> None:
    dice = office.dice
    if use in {"industrial", "warehouse"}:
        if plain or dice.chance(0.85):
            parcel["far_max"] = None if dice.chance(0.7) else dice.pick((2.0, 2.5, 3.0))
    elif signed > on(2002):
        parcel["far_max"] = dice.pick((1.8, 2.0, 2.2, 2.5, 2.8))
    if signed > on(2010):
        usable = bisect_right(office.units, signed - 40, key=lambda each: each.approved)
        if usable and (plain or not dice.chance(0.05)):
            parcel["detailed_plan_id"] = office.units[int(dice.random() * usable)].plan_id
    if signed > on(2008) and method != "lease" and (plain or dice.chance(0.72)):
        issued = signed - dice.between(35, 120)
        paper = office.paper("规划条件通知书", f"{SHORT}规条", issued, authority(issued))
        parcel["planning_conditions"] = {"doc_id": paper, "in_contract": True}


def _money(office: Office, parcel: Record, method: str, *, signed: int, price: int, wish: Record) -> int:
    """Write when the price is due and when it came in, and give the day of the last payment; 0 where some is open."""
    dice = office.dice
    if method == "lease":
        shares = [(signed + 365 * year + 30, price // parcel["term_years"]) for year in range(parcel["term_years"])]
    elif (wish.get("instalments") or dice.weighted(((0.58, 1), (0.34, 2), (0.08, 3)))) == 1 or signed < on(2000):
        shares = [(signed + dice.pick((30, 30, 60)), price)]
    else:
        half = ceil(price * dice.pick((0.5, 0.5, 0.6)) / 100) * 100
        shares = [(signed + 30, half), (signed + dice.pick((180, 270, 360)), price - half)]
        if wish.get("instalments") is None and price > 60_000_000 and dice.chance(0.3):
            third = (price - half) // 2
            shares = [shares[0], (signed + 180, third), (signed + 360, price - half - third)]
    key = parcel["parcel_id"]
    schedule: list[Record] = []
    payments: list[Record] = []
    parcel |= {"payment_schedule": schedule, "payments": payments}
    late_fee, last, open_sum = 0.0, 0, 0
    for at, (due, amount) in enumerate(shares, 1):
        instalment: Record = {"instalment_id": f"{key}-Q{at}", "due_on": day(due), "amount_cny": amount}
        if not wish and signed < on(2007) and dice.chance(0.02):
            del instalment["due_on"]
        schedule.append(instalment)
        if due > AS_OF:
            open_sum += amount
        elif not wish and at > 1 and on(2024) < due and method == "listing" and dice.chance(0.2):
            _deferred(office, parcel, due, amount)
            open_sum += amount
        else:
            late = dice.between(3, 70) if not wish and signed > on(2008) and dice.chance(0.06) else 0
            paid = due + late if late and due + late < AS_OF - 5 else max(signed, due - dice.between(0, 25))
            if paid > due:
                late_fee += round(amount * (paid - due) * 0.001, 2)
            _pay(office, payments, key, paid, amount, whole=bool(wish) or paid > due)
            last = max(last, paid)
    if late_fee:
        parcel["penalty"] = {"assessed_cny": round(late_fee, 2), "collected_cny": round(late_fee, 2)}
    return 0 if open_sum else last


def _deferred(office: Office, parcel: Record, due: int, amount: int) -> None:
    until = AS_OF + office.dice.between(20, 300)
    issued = due - office.dice.between(10, 40)
    paper = office.paper("关于同意变更出让价款缴纳期限的批复", f"{SHORT}政复", issued, GOVERNMENT, until=until)
    bounds = {"from_": day(due), "until": day(until), "amount_cny": amount}
    office.plead("deferral", parcel["parcel_id"], paper, **bounds)


def _pay(office: Office, payments: list[Record], key: str, paid: int, amount: int, *, whole: bool) -> None:
    dice = office.dice
    parts = [(paid, amount)]
    if not whole and dice.chance(0.15):
        first = amount // 3
        parts = [(paid - dice.between(0, 6), first), (paid, amount - first)]
    for on_day, part in parts:
        known = month(on_day) if on_day < on(2001) and dice.chance(0.5) else day(on_day)
        payment: Record = {"payment_id": f"{key}-J{len(payments) + 1}", "paid_on": known, "amount_cny": part}
        if on_day > on(2004):
            payment["receipt_no"] = (
                f"{'税' if on_day >= on(2022) else '非税'}{year_of(on_day)}{dice.between(1, 999999):06d}"
            )
        payment |= account(office, on_day)
        if dice.chance(0.05):
            payment["funded_from"] = dice.pick(("own_funds", "own_funds", "bank_loan"))
        payments.append(payment)


def _built(office: Office, parcel: Record, use: str, *, signed: int, last: int, price: int, wish: Record) -> None:
    """Write what came after the contract: the certificate, the check on site, a change of the conditions."""
    dice = office.dice
    if last and last + 220 < AS_OF and (wish or not dice.chance(0.08)):
        parcel["title_cert_issued_on"] = day(last + dice.between(6, 200))
    if not wish.get("built") and (signed > AS_OF - 900 or signed < on(2005) or not dice.chance(0.35)):
        return
    limit = parcel.get("far_max")
    far = round((limit or 2.0) * (0.62 + dice.random() * 0.36), 2)
    check: Record = {"checked_on": day(AS_OF - dice.between(20, 300)), "far_actual": far, "actual_land_use": use}
    if not wish and signed > on(2008) and use == "industrial" and dice.chance(0.12):
        approved = signed + dice.between(400, 700)
        if dice.chance(0.5):  # more storeys on industrial land cost nothing
            change: Record = {"approved_on": day(approved), "land_use": None, "far_max": 3.5, "topup_due_cny": 0}
            check["far_actual"] = round(2.4 + dice.random(), 2)
        else:
            due = price * 2
            change = {"approved_on": day(approved), "land_use": "commercial", "far_max": 2.5, "topup_due_cny": due}
            change |= {"topup_due_on": day(approved + 60), "topup_paid_cny": due}
            check |= {"far_actual": round(1.2 + dice.random(), 2), "actual_land_use": "commercial"}
        office.paper("关于变更规划条件的批复", f"{SHORT}自然资函", approved, authority(approved))
        parcel["conditions_change"] = change
    parcel["site_check"] = check


def land_approvals(office: Office) -> None:
    """Write the batches in which farmland was converted and land was taken."""
    dice = office.dice
    for number in range(1, office.share(0.1, 14) + 1):
        batch_id = f"PC{number:05d}"
        wish = office.wish(batch_id)
        approved = wish.get("approved") or on(dice.between(2002, 2024), dice.between(1, 12), dice.between(1, 28))
        kind = wish.get("kind") or dice.weighted(((0.2, "conversion"), (0.1, "expropriation"), (0.7, "both")))
        cultivated = round(dice.random() * 26 + 2, 4)
        pbf = round(dice.random() * 5 + 0.5, 4) if not wish and dice.chance(0.06) else 0
        if not wish and dice.chance(0.05):
            cultivated = round(36 + dice.random() * 30, 4)
        other = round(dice.random() * 30 + 1, 4)
        high = pbf > 0 or cultivated > 35 or other > 70
        level = "state_council" if high else "province"
        year = year_of(approved)
        name = f"{CITY}{year}年度第{dice.between(1, 40)}批次城市建设用地"
        batch: Record = {"batch_id": batch_id, "name": name, "kind": kind, "project_ids": [f"XM{number:05d}"]}
        if not wish and dice.chance(0.1):
            del batch["project_ids"]
        batch |= {"cultivated_ha": cultivated, "pbf_ha": pbf, "other_ha": other, "approver_level": level}
        if wish or approved < on(2024, 9) or dice.chance(0.5):
            batch["approved_on"] = day(approved)
            issuer, prefix = ("国务院", "国函") if high else ("省人民政府", "省政地")
            paper = office.paper(f"关于{name}的批复", prefix, approved, issuer)
            if not dice.chance(0.1):
                batch["sources"] = {"*": [paper]}
        if not wish and kind == "conversion" and not high and approved < on(2020) and dice.chance(0.5):
            batch["approver_level"] = "prefecture"
            title = "关于授权批准土地利用总体规划确定的村庄集镇建设用地范围内农用地转用的通知"
            batch["delegated_by_doc_id"] = office.paper(title, "省政发", approved - 700, "省人民政府")
        if not wish and number % 17 == 16:
            _phased(office, batch, approved)
            continue
        supplied(office, batch, approved)
        office.add("land_approvals", batch)


def _phased(office: Office, batch: Record, approved: int) -> None:
    """Write a batch whose project is built in phases that were authorised one by one, and go on with the next phase."""
    batch |= {"approver_level": "province", "pbf_ha": 0, "cultivated_ha": 21.5, "kind": "both"}
    batch |= {"approved_on": day(min(approved, AS_OF - 300)), "project_ids": [f"XM{batch['batch_id'][2:]}"]}
    batch.pop("delegated_by_doc_id", None)
    first = min(approved, AS_OF - 300)
    paper = office.paper("关于核准项目分期建设的批复", f"{SHORT}发改审", first - 200, f"{CITY}发展和改革委员会")
    area = round(2 * (batch["cultivated_ha"] + batch["other_ha"]), 4)
    office.plead("phased_project", batch["batch_id"], paper, area_ha=area)
    supplied(office, batch, first)
    office.add("land_approvals", batch)
    second = batch | {"batch_id": f"{batch['batch_id']}B", "name": f"{batch['name']}（二期）"}
    second["approved_on"] = day(first + 240)
    office.plead("phased_project", second["batch_id"], paper, area_ha=area)
    supplied(office, second, first + 240)
    office.add("land_approvals", second)


def expropriations(office: Office) -> None:
    """Write the takings, with what each household is due; households have codes, never names."""
    dice = office.dice
    for number in range(1, office.share(0.05, 14) + 1):
        expro_id = f"ZS{number:05d}"
        wish = office.wish(expro_id)
        start = wish.get("start") or on(dice.between(2013, 2023), dice.between(1, 12), dice.between(1, 28))
        if wish.get("kind", "collective_land" if dice.chance(0.7) else "state_house") == "collective_land":
            record, paid_from = _collective(office, expro_id, start)
        else:
            record, paid_from = _houses(office, expro_id, start)
        _households(office, record, paid_from, plain=bool(wish))
        office.add("expropriations", record)


def _collective(office: Office, expro_id: str, start: int) -> tuple[Record, int]:
    dice = office.dice
    village = f"{dice.road()[:2]}村"
    record: Record = {"expro_id": expro_id, "name": f"{village}集体土地征收项目", "kind": "collective_land"}
    plan_from = start + dice.between(40, 60)
    plan_to = plan_from + dice.between(31, 40)
    funds = plan_to + dice.between(20, 60)
    security = funds + dice.between(0, 20)
    approved = security + dice.between(20, 80)
    received = approved + dice.between(3, 12)
    announced = received + dice.between(2, 9)
    risk = office.paper(f"{village}征收土地社会稳定风险评估报告", None, start + 25, f"{ZONE}管理委员会")
    record |= {"stability_risk_doc_id": risk, "funds_in_place_on": day(funds), "special_account": True}
    if approved < on(2020):  # before: two notices after the approval, the money within three months
        funds = announced + dice.between(20, 50)
        record["funds_in_place_on"] = day(funds)
    record |= {"approved_on": day(approved), "approval_received_on": day(received)}
    price = dice.pick((42000, 45500, 48600, 52000))
    record["comp_std_cny_mu"] = price + dice.pick((0, 0, 1000, 3000))
    if approved > on(2020):
        record["district_price_cny_mu"] = price
        record["district_price_published_on"] = day(approved - dice.between(200, 950))
    required = dice.between(800, 6000) * 1000
    record["social_security"] = {"required_cny": required, "paid_on": day(security)}
    spans: dict[str, tuple[int, int] | None] = {
        "pre_notice": (start, start + dice.between(18, 30)),
        "compensation_plan": (plan_from, plan_to),
        "announcement": (announced, announced + dice.between(10, 20)),
    }
    if approved < on(2020):
        after = announced + 20
        spans |= {"pre_notice": None, "compensation_plan": (after, after + 31)}
    notices: list[Record] = []
    record["public_notices"] = notices
    for at, (kind, span) in enumerate(spans.items(), 1):
        notice: Record = {"notice_id": f"{expro_id}-N{at}", "kind": kind, "posted_from": None}
        notices.append(notice | ({"posted_from": day(span[0]), "posted_to": day(span[1])} if span else {}))
    paper = office.paper(f"关于{village}征收土地的批复", "省政地", approved, "省人民政府")
    record["sources"] = {"*": [paper]}
    return record, max(announced, funds) + 5


def _houses(office: Office, expro_id: str, start: int) -> tuple[Record, int]:
    dice = office.dice
    street = f"{dice.road()[:2]}片区"
    record: Record = {"expro_id": expro_id, "name": f"{street}旧城区改建房屋征收项目", "kind": "state_house"}
    until = start + dice.between(31, 45)
    funds = until + dice.between(10, 30)
    decided = funds + dice.between(5, 40)
    risk = office.paper(f"{street}房屋征收社会稳定风险评估报告", None, until - 5, f"{CITY}住房和城乡建设局")
    record |= {"consultation_from": day(start), "consultation_to": day(until), "stability_risk_doc_id": risk}
    record |= {"funds_in_place_on": day(funds), "special_account": True, "decision_on": day(decided)}
    record["public_notices"] = []
    paper = office.paper(f"关于{street}房屋征收的决定", f"{SHORT}政征", decided, GOVERNMENT)
    record["sources"] = {"*": [paper]}
    return record, decided + 10


def _households(office: Office, record: Record, paid_from: int, *, plain: bool) -> None:
    dice = office.dice
    key = record["expro_id"]
    households: list[Record] = []
    outflows: list[Record] = []
    for at in range(1, dice.between(8, 22) + 1):
        hh_id = f"{key}-H{at:02d}"
        signed = paid_from + dice.between(0, 60)
        due = signed + 30
        sum_due = dice.between(60, 900) * 1000
        household: Record = {"hh_id": hh_id, "due_cny": sum_due, "due_on": day(due)}
        household["agreement_on"] = day(signed)
        paid = signed + dice.between(2, 28)
        if paid > AS_OF:
            household["paid_cny"] = 0
            if signed > AS_OF:
                del household["agreement_on"]
        elif not plain and dice.chance(0.02):
            _escrowed(office, household, key, sum_due, paid)
        else:
            household |= {"paid_cny": sum_due, "paid_on": day(paid)}
            moved = paid + dice.between(3, 60)
            if not plain and dice.chance(0.04) and record["kind"] == "state_house":
                moved = signed + 1
                interim = office.paper(f"临时安置协议（{hh_id}）", None, moved - 2, f"{CITY}房屋征收办公室")
                household |= {"interim_on": day(moved - 2), "interim_doc_id": interim}
            if moved < AS_OF:
                household["moved_on"] = day(moved)
            outflow: Record = {
                "outflow_id": f"{key}-L{len(outflows) + 1:02d}",
                "paid_on": day(paid),
                "amount_cny": sum_due,
            }
            outflows.append(outflow | {"payee_name": hh_id, "payee_hh_id": hh_id, "purpose": "compensation"})
        households.append(household)
    fee: Record = {"outflow_id": f"{key}-L{len(outflows) + 1:02d}", "paid_on": day(min(paid_from + 70, AS_OF - 1))}
    if outflows:
        outflows.append(fee | {"amount_cny": dice.between(20, 900), "payee_name": "开户银行", "purpose": "bank_fee"})
    record |= {"households": households, "coercion_events": [], "account_outflows": outflows}


def _escrowed(office: Office, household: Record, key: str, due: int, paid: int) -> None:
    name = household["hh_id"]
    if office.dice.chance(0.5):
        paper = office.paper(f"补偿决定及提存公证书（{name}）", f"{SHORT}证", paid, f"{CITY}公证处")
        household |= {"paid_cny": 0, "escrowed_on": day(paid), "escrowed_cny": due, "escrow_doc_id": paper}
    else:
        paper = office.paper(f"权属争议及专户存款证明（{name}）", None, paid, f"{key}项目指挥部")
        household |= {"paid_cny": 0, "disputed_cny": due, "dispute_doc_id": paper}
