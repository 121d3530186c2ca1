"""The debt office, the builders and those who answer firms: debts, guarantees, works, complaints, what is owed."""

from names import CITY, SHORT, SUPPLIERS, ZONE, Record
from office import AS_OF, GOVERNMENT, Office, day, on

COMMITTEE = f"{ZONE}管理委员会"
PLATFORM = f"{SHORT}岭城市建设投资有限公司"
OPERATOR = f"中国通讯设施服务有限公司{CITY}分公司"
LOANS: tuple[tuple[str, str, str, str], ...] = (  # what for, purpose, owner, source
    ("标准厂房三期建设贷款", "commercial", "soe", "project"),
    ("人才公寓建设贷款", "commercial", "soe", "project"),
    ("污水处理厂特许经营项目贷款", "infrastructure", "soe", "project"),
    ("供热管网改造贷款", "infrastructure", "soe", "project"),
    ("流动资金贷款", "commercial", "soe", "enterprise"),
    ("停车场及充电设施贷款", "mixed", "soe", "project"),
    ("产业园区专项债券转贷资金", "infrastructure", "admin_committee", "bond"),
)
WORKS: tuple[tuple[str, str], ...] = (
    ("{road}道路工程", "road"),
    ("{road}延伸段道路工程", "road"),
    ("{road}雨污水管网工程", "pipe"),
    ("{road}电力排管工程", "power"),
    ("{road}地块场地平整工程", "levelling"),
)
UPKEEP: tuple[tuple[str, str], ...] = (("{road}路面维修工程", "repair"), ("{road}沿线景观提升工程", "landscape"))
COMPLAINTS = (
    "用电报装迟延",
    "厂区周边道路积水",
    "不动产登记材料退回",
    "环评审批进度",
    "外籍员工居留许可",
    "供热价格争议",
)
OWED: tuple[tuple[str, int, int], ...] = (
    ("{road}工程结算尾款", 30, 900),
    ("信息系统运维服务费", 5, 60),
    ("办公设备采购款", 2, 30),
    ("绿化管护服务费", 8, 90),
    ("工程监理费", 6, 70),
)


def account(office: Office, paid: int) -> Record:
    """Say where a payment for land arrived: the treasury, or an account of the finance office that it left in days."""
    if paid < on(2007):  # nobody wrote it down then
        return {}
    dice = office.desk("JK").dice
    throw = dice.random()
    if throw < 0.006:
        return {}
    if throw < 0.9 or paid >= on(2022):
        return {"account_kind": "treasury"}
    return {"account_kind": "fiscal_account", "treasury_on": day(paid + dice.between(1, 10))}


def fulfilment(office: Office, commitment_id: str, kind: str, signed: int) -> Record:
    """Say what became of a promise: pipes and roads have their day, the rest is asked for whenever it is wanted."""
    if kind not in {"infrastructure", "rent", "fiscal_reward"}:
        return {}
    if kind != "infrastructure":
        return {"due_on": None}
    place = office.desk("DX")
    dice = place.dice
    due = signed + dice.between(300, 900)
    done = due + dice.between(-120, 40)
    throw = dice.random()
    if done > AS_OF - 5:
        return {"lawful": True, "due_on": day(max(due, AS_OF + 30))}
    if throw < 0.03:  # the line went elsewhere
        until = due - 60
        paper = place.paper("关于调整供电线路走向的决定及补偿协议", until, GOVERNMENT)
        place.plead("public_interest", commitment_id, paper, from_=day(until))
        return {"lawful": True, "due_on": day(due)}
    if throw < 0.1:  # only that it was done is on record
        return {"fulfilled_on": day(done)}
    return {"lawful": True, "due_on": day(due), "fulfilled_on": day(done)}


def debts(office: Office) -> None:
    """Write what the companies of the zone borrowed."""
    place = office.desk("GQ")
    dice = place.dice
    for number in range(1, office.share(0.025, 8) + 1):
        debt_id = f"GQZ{number:03d}"
        name, purpose, owner, source = dice.pick(LOANS)
        incurred = on(dice.between(2012, 2024), dice.between(1, 11), dice.between(1, 28))
        record: Record = {"debt_id": debt_id, "name": name, "borrower_kind": "soe", "incurred_on": day(incurred)}
        record |= {"amount_cny": dice.between(20, 400) * 1_000_000, "purpose": purpose, "project_owner": owner}
        record["repayment_source"] = source
        if incurred < on(2019) and dice.chance(0.6):
            record["discharged_on"] = day(incurred + dice.between(1000, 2000))
        if number == 3:  # bought by tender, paid in the years for which the budget provides
            record |= {"name": "安置房项目施工垫资", "purpose": "public_welfare", "project_owner": "admin_committee"}
            record |= {"repayment_source": "fiscal", "incurred_on": "2020-06-18", "discharged_on": None}
            paper = place.paper("关于安置房项目列入年度预算的批复", on(2020, 3, 12), GOVERNMENT)
            place.plead("budgeted_project", debt_id, paper, from_="2020-03-12", amount_cny=record["amount_cny"])
        elif number == 4:
            del record["repayment_source"]
            record["discharged_on"] = None
        if dice.chance(0.5):
            record["sources"] = {"*": [place.paper(f"{name}合同", incurred, PLATFORM)]}
        office.add("debts", record)


def guarantees(office: Office) -> None:
    """Write who stood for whose debts: companies for one another, and the government of old."""
    place = office.desk("DB")
    dice = place.dice
    banks = ("栖州农村商业银行", "栖州银行开发区支行", "中部发展银行栖州分行", "栖州信托")
    for number in range(1, office.share(0.015, 6) + 1):
        guarantee_id = f"DBH{number:03d}"
        issued = on(dice.between(2016, 2023), dice.between(1, 11), dice.between(1, 28))
        record: Record = {"guarantee_id": guarantee_id, "beneficiary_name": dice.pick(banks), "issuer_kind": "soe"}
        record |= {"form": "guarantee", "amount_cny": dice.between(10, 200) * 1_000_000, "issued_on": day(issued)}
        if number == 3:
            record |= {"issuer_kind": "government", "form": "repayment_promise", "issued_on": "2013-05-20"}
        elif number == 4:
            record |= {"issuer_kind": "department", "form": "support", "revoked_on": "2018-03-09"}
        elif number == 5:
            record |= {"issuer_kind": "government", "issued_on": "2019-09-16"}
            paper = place.paper("关于利用国际金融组织贷款城市交通项目转贷的批复", on(2019, 6, 3), "国务院")
            place.plead("state_onlending", guarantee_id, paper, from_="2019-06-03", amount_cny=record["amount_cny"])
        office.add("guarantees", record)


def debt_ratios(office: Office) -> None:
    """Write the debt ratios of the last years, the zone's own and the city's."""
    dice = office.desk("ZW").dice
    for year in range(2019, 2024):
        for at, scope in enumerate(("zone", "local_government"), 1):
            record: Record = {"ratio_id": f"ZWL{year}-{at}", "scope": scope, "measured_on": f"{year}-12-31"}
            office.add("debt_ratios", record | {"ratio_pct": dice.between(640, 1120) / 10})


def infrastructure_projects(office: Office) -> None:
    """Write the roads, pipes and lines that were built; ducts for telecoms go in with them."""
    place = office.desk("JS")
    dice = place.dice
    for number in range(1, office.share(0.05, 12) + 1):
        infra_id = f"JSX{number:03d}"
        text, kind = dice.pick(UPKEEP) if dice.chance(0.2) else dice.pick(WORKS)
        if number == 4:  # the works whose plan forgets the ducts: somebody has to have planned a road
            text, kind = WORKS[0]
        approved = on(dice.between(2012, 2024), dice.between(1, 10), dice.between(1, 28))
        built = approved + dice.between(240, 600)
        record: Record = {"infra_id": infra_id, "name": text.format(road=dice.road()), "kind": kind}
        record |= {"plan_approved_on": day(approved), "ict_in_plan": kind not in {"repair", "landscape"}}
        if built < AS_OF - 10:
            record["completed_on"] = day(built)
        late = built + dice.between(-60, 110)
        if record["ict_in_plan"] and late < AS_OF - 10:
            record["ict_completed_on"] = day(late)
        if kind == "levelling" and dice.chance(0.4):
            paper = place.paper(f"关于{record['name']}没有通信需求的函", approved - 30, OPERATOR)
            record |= {"ict_in_plan": False, "ict_waiver_doc_id": paper}
            record.pop("ict_completed_on", None)
        elif number != 4 and dice.chance(0.06):
            del record["ict_in_plan"]
        if dice.chance(0.4):
            record["sources"] = {"*": [place.paper(f"关于{record['name']}初步设计的批复", approved, COMMITTEE)]}
        office.add("infrastructure_projects", record)


def complaints(office: Office) -> None:
    """Write the complaints of firms; most are closed within weeks."""
    place = office.desk("TS")
    dice = place.dice
    for number in range(1, office.share(0.04, 10) + 1):
        complaint_id = f"QTS{number:03d}"
        accepted = on(dice.between(2020, 2024), dice.between(1, 10), dice.between(1, 28))
        record: Record = {"complaint_id": complaint_id, "subject": dice.pick(COMPLAINTS)}
        record["complainant_kind"] = "foreign_invested" if dice.chance(0.5) else "domestic"
        record |= {"accepted_on": day(accepted), "closed_on": day(accepted + dice.between(5, 60))}
        if number == 2:
            record |= {"accepted_on": day(AS_OF - 20), "complainant_kind": "foreign_invested"}
            del record["closed_on"]
        elif number == 5:
            record |= {"complainant_kind": "foreign_invested", "closed_on": day(accepted + 140)}
            paper = place.paper("延长投诉办理期限告知书", accepted + 50, COMMITTEE)
            bounds = {"from_": day(accepted + 50), "until": day(accepted + 150)}
            place.plead("complaint_extension", complaint_id, paper, **bounds)
        elif number == 6:
            record["complainant_kind"] = "foreign_invested"
            del record["accepted_on"]
        office.add("complaints", record)


def arrears_to_firms(office: Office) -> None:
    """Write what is owed to firms for works and services: paid in time, not yet due, or before a court."""
    place = office.desk("ZK")
    dice = place.dice
    for number in range(1, office.share(0.05, 12) + 1):
        arrear_id = f"YFK{number:03d}"
        text, low, high = dice.pick(OWED)
        record: Record = {"arrear_id": arrear_id, "item": text.format(road=dice.road())}
        record["creditor_name"] = dice.company(dice.pick(SUPPLIERS)).name
        record["debtor_kind"] = dice.weighted(((0.6, "admin_committee"), (0.25, "institution"), (0.15, "soe")))
        record["amount_cny"] = dice.between(low, high) * 10000
        due = on(dice.between(2021, 2024), dice.between(1, 11), dice.between(1, 28))
        record |= {"due_on": day(due), "paid_on": day(due - dice.between(0, 40))}
        if number == 3:
            record |= {"due_on": "2024-03-29", "paid_on": None}
            paper = place.paper(f"受理案件通知书（{record['creditor_name']}）", on(2024, 5, 17), f"{CITY}中级人民法院")
            place.plead("payment_dispute", arrear_id, paper, from_="2024-05-17", amount_cny=record["amount_cny"])
        elif number == 4:
            record |= {"due_on": None}  # not accepted yet
            del record["paid_on"]
        elif number == 5:
            del record["due_on"], record["paid_on"]
        elif dice.chance(0.15):
            record["due_on"] = day(AS_OF + dice.between(5, 90))
            del record["paid_on"]
        office.add("arrears_to_firms", record)
