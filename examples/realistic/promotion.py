"""The investment and the finance office: agreements, payments, policies, powers passed on, events, trips."""

from money import fulfilment
from names import AGENCIES, CITY, SHORT, SUPPLIERS, ZONE, Company, Dice, Record
from office import AS_OF, GOVERNMENT, Grant, Office, day, month, on, year_of

COMMITTEE = f"{ZONE}管理委员会"
FINANCE = f"{ZONE}财政局"
PROMISES = (
    ("infrastructure", "负责项目红线外道路、给水、排水、供电、燃气接入，并达到“七通一平”", None),
    ("infrastructure", "协调供电部门于投产前接通10千伏双回路电源", None),
    ("other", "安排专人代办立项、环评、施工许可等手续", None),
    ("other", "协助申报国家、省公开设立的各类专项资金", None),
    ("other", "协助解决企业高级管理人员子女入学", None),
    ("rent", "过渡期租用标准厂房，租金按园区公布的统一标准执行", None),
    ("fiscal_reward", "符合全市统一公布的技术改造奖补办法的，按办法申报", "investment"),
)
SERVICES: tuple[tuple[str, int, int], ...] = (
    ("{road}道路养护费", 20, 400),
    ("{road}沿线绿化管护费", 10, 260),
    ("{road}工程第{n}期进度款", 300, 9000),
    ("园区环卫保洁服务费（{m}月）", 30, 200),
    ("办公楼物业服务费（{m}月）", 8, 60),
    ("办公设备采购款", 1, 40),
    ("政务服务大厅信息系统运维费", 5, 80),
    ("土壤污染状况调查服务费", 10, 90),
    ("土地勘测定界技术服务费", 3, 60),
    ("规划编制费第{n}期", 20, 200),
    ("宣传册印刷费", 1, 12),
    ("常年法律顾问费", 5, 20),
    ("工程造价审核费", 2, 40),
    ("公共停车场建设工程款", 100, 2200),
    ("智慧园区平台建设项目款", 40, 800),
    ("污水管网检测与修复工程款", 30, 900),
    ("会务服务费", 1, 15),
    ("职工食堂外包服务费（{m}月）", 5, 30),
    ("安全生产第三方检查服务费", 8, 60),
    ("标准厂房二期项目监理费", 10, 120),
    ("土石方工程结算款", 60, 1500),
)
PUBLIC: tuple[tuple[str, int, int], ...] = (
    ("路灯电费（{m}月）", 5, 60),
    ("办公楼水费（{m}月）", 1, 6),
    ("环境质量监测经费", 5, 60),
    ("锅炉压力容器检验费", 1, 8),
    ("公办学校生均公用经费", 30, 400),
    ("消防站运行经费", 20, 150),
    ("不动产登记业务经费", 5, 30),
)
SCHEMES: tuple[tuple[str, int, int], ...] = (
    ("{y}年度市级工业企业技术改造专项资金", 10, 300),
    ("{y}年度高新技术企业认定奖励", 5, 30),
    ("{y}年度省级“专精特新”企业奖励资金", 10, 60),
    ("{y}年度外经贸发展专项资金", 3, 80),
    ("{y}年度稳岗返还资金", 1, 40),
    ("{y}年度研发投入后补助", 5, 150),
    ("{y}年度节能降碳专项资金", 5, 90),
)
ORDERS: tuple[tuple[str, int, int], ...] = (
    ("应急物资采购款", 1, 30),
    ("路灯灯具采购款", 5, 90),
    ("公务接待用餐费", 1, 3),
    ("中小学课桌椅采购款", 5, 60),
    ("园区配电设施采购款", 10, 200),
    ("环境监测仪器采购款", 10, 160),
    ("防疫物资采购款", 2, 80),
)
PLACES = (
    "法国",
    "德国",
    "日本",
    "韩国",
    "新加坡",
    "泰国",
    "意大利",
    "荷兰",
    "英国",
    "匈牙利",
    "马来西亚",
    "瑞士",
    "丹麦",
)
GUESTS = ("生物医药", "汽车零部件", "电子信息", "新能源", "智能装备", "食品", "现代物流", "半导体", "新材料")
TOWNS = ("上海", "深圳", "苏州", "杭州", "北京", "东莞", "青岛", "成都", "佛山", "宁波")


def agreements(office: Office) -> None:
    """Write the agreements with investors; most are with somebody who was granted land."""
    dice = office.dice
    for number in range(1, office.share(0.3, 30) + 1):
        agr_id = f"XY{number:05d}"
        wish = office.wish(agr_id)
        grant = office.grant(wish["parcel"]) if "parcel" in wish else dice.pick(office.grants)
        company = grant.company
        if not wish and dice.chance(0.15):
            company = dice.company(dice.pick(GUESTS))
        signed = wish.get("signed") or max(on(2004), min(grant.signed - dice.between(60, 400), AS_OF - 30))
        agreement: Record = {"agr_id": agr_id, "counterparty_name": company.name}
        if company.code and (wish or dice.chance(0.9)):
            agreement["counterparty_uscc"] = company.code
        agreement["signed_on"] = month(signed) if not wish and signed < on(2010) and dice.chance(0.2) else day(signed)
        kinds = ((0.8, "admin_committee"), (0.12, "department"), (0.08, "government"))
        agreement["party_a_kind"] = dice.weighted(kinds)
        promises = [dice.pick(PROMISES) for _ in range(dice.between(1, 4))]
        agreement["commitments"] = [
            _promise(office, f"{agr_id}-K{at}", promise, signed)
            | fulfilment(office, f"{agr_id}-K{at}", promise[0], signed)
            for at, promise in enumerate(dict.fromkeys(promises), 1)
        ]
        if not wish and on(2007) < signed < on(2015, 5, 1) and dice.chance(0.1):
            _old_reward(office, agreement)
        if not wish and signed < on(2023) and dice.chance(0.05):
            ended = signed + dice.between(300, 700)
            agreement["terminated_on"] = day(ended)
            agreement["termination_doc_id"] = office.paper(
                f"解除招商协议的协议（{company.name}）", None, ended, COMMITTEE
            )
        if wish or not dice.chance(0.2):
            paper = office.paper(f"招商协议（{company.name}）", f"{SHORT}岭招", signed, COMMITTEE)
            agreement["sources"] = {"*": [paper]}
        office.add("agreements", agreement)


def _promise(office: Office, commitment_id: str, promise: tuple[str, str, str | None], signed: int) -> Record:
    kind, text, basis = promise
    commitment: Record = {"commitment_id": commitment_id, "type": kind, "text": text}
    if kind == "fiscal_reward":
        commitment["basis"] = basis
        title = "市级工业企业技术改造专项资金管理办法"
        commitment["legal_basis_doc_id"] = office.shared_paper(
            title, f"{SHORT}政发", min(signed - 200, on(2016, 3, 1)), GOVERNMENT
        )
    elif office.dice.chance(0.5):
        commitment["basis"] = None  # tied to no sum: the clerk types 无
    return commitment


def _old_reward(office: Office, agreement: Record) -> None:
    """Add what many signed before the rule of May 2015, and what the State then let stand."""
    at = len(agreement["commitments"]) + 1
    text = "投产后前三年按企业缴纳增值税、所得税地方留成部分的百分之五十给予奖励"
    reward: Record = {"commitment_id": f"{agreement['agr_id']}-K{at}", "type": "fiscal_reward", "text": text}
    agreement["commitments"].append(reward | {"basis": "tax_paid", "due_on": None})
    signed = int(agreement["signed_on"][:4])
    ended = on(min(2015, signed + 4), 12, 20)
    agreement["terminated_on"] = day(ended)
    agreement["termination_doc_id"] = office.paper(
        f"奖励期满确认书（{agreement['counterparty_name']}）", None, ended, COMMITTEE
    )


def expenditures(office: Office) -> None:
    """Write the ledger of payments of the last years: services and works for the most part, as everywhere."""
    dice = office.dice
    count = office.share(0.3, 40)
    office.suppliers.extend(dice.company(dice.pick(SUPPLIERS)) for _ in range(count))
    office.agencies.extend(Company(name=f"{CITY}{each}", code=dice.code("12")) for each in AGENCIES)
    vouchers = {
        (year, at): office.paper(f"{year}年{at}月财政支付凭证", None, on(year, at, 28), FINANCE)
        for year in range(2017, 2025)
        for at in range(1, 13)
    }
    total = office.share(7.5, 450)
    days = (on(2017, 1, 4), AS_OF - 3)
    for number in range(1, total + 1):
        # As ledgers are: by day.
        paid = days[0] + (days[1] - days[0]) * (number - 1) // total
        exp_id = f"CZ{number:07d}"
        record = _entry(office, exp_id, paid)
        if dice.random() < 0.85:
            year, at = divmod(_months(paid), 12)
            record["sources"] = {"*": [vouchers[year, at + 1]]}
        office.add("expenditures", record)


def _months(number: int) -> int:
    text = day(number)
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def _entry(office: Office, exp_id: str, paid: int) -> Record:
    dice = office.dice
    throw = dice.random()
    if throw < 0.68:
        company, (text, low, high) = dice.pick(office.suppliers), dice.pick(SERVICES)
    elif throw < 0.8:
        company, (text, low, high) = dice.pick(office.agencies), dice.pick(PUBLIC)
    elif throw < 0.87:  # open to all: whoever was granted land may win too
        company, (text, low, high) = _somebody(office), dice.pick(SCHEMES)
    elif throw < 0.93:  # bought from whoever offers best, a firm of the zone now and then
        company, (text, low, high) = _somebody(office), dice.pick(ORDERS)
    elif throw < 0.985:
        return _personal(office, exp_id, paid)
    else:
        return _special(office, exp_id, paid)
    amount = round((low + (high - low) * dice.random() ** 2) * 10000, 2 if dice.random() < 0.4 else -2)
    filled = (
        text.format(road=dice.road(), n=dice.between(1, 9), m=int(day(paid)[5:7]), y=year_of(paid) - 1)
        if "{" in text
        else text
    )
    record: Record = {"exp_id": exp_id, "paid_on": day(paid), "amount_cny": amount, "payee_name": company.name}
    if company.code and dice.random() > 0.015:
        record["payee_uscc"] = company.code
    if company.group and dice.random() < 0.6:
        record["payee_group_id"] = company.group
    record["purpose_text"] = filled
    return record


def _somebody(office: Office) -> Company:
    """Give a firm of the zone: one that was granted land, one of its group, or one that rents."""
    dice = office.dice
    if dice.chance(0.55):
        grant = dice.pick(office.grants)
        if grant.company.group and dice.chance(0.3):
            return dice.company(dice.pick(GUESTS), grant.company.group)
        return grant.company
    return dice.pick(office.suppliers)


def _personal(office: Office, exp_id: str, paid: int) -> Record:
    dice = office.dice
    text, high = dice.pick(
        (("高层次人才安家补贴", 200000), ("差旅费报销", 9000), ("编外人员劳务报酬", 60000), ("征地农民养老补贴", 6000))
    )
    record: Record = {"exp_id": exp_id, "paid_on": day(paid), "amount_cny": dice.between(500, high)}
    record["payee_name"] = f"个人{dice.between(1, 99999):05d}"
    if dice.chance(0.9):
        record["payee_uscc"] = None
    record["purpose_text"] = text
    return record


def _special(office: Office, exp_id: str, paid: int) -> Record:
    """Write a payment that looks odd and is not: a reversal, a refund with its papers, a pipe that was promised."""
    dice = office.dice
    record: Record = {"exp_id": exp_id, "paid_on": day(paid)}
    kind = dice.weighted(((0.3, "reversal"), (0.25, "deposit"), (0.2, "refund"), (0.25, "promised")))
    supplier = dice.pick(office.suppliers)
    grant = _paid_before(office, paid) if kind == "refund" else None
    if kind == "promised":
        record |= {
            "amount_cny": dice.between(10, 300) * 10000,
            "payee_name": supplier.name,
            "payee_uscc": supplier.code,
        }
        agreement = f"XY{dice.between(10, office.share(0.3, 30)):05d}"
        return record | {"purpose_text": "红线外给水、燃气管道接入工程款", "linked_agreement_id": agreement}
    if kind == "deposit":
        loser = dice.company(dice.pick(("置业", "实业", "投资")))
        record |= {"amount_cny": dice.between(20, 900) * 10000, "payee_name": loser.name, "payee_uscc": loser.code}
        return record | {"purpose_text": "退还未竞得人竞买保证金"}
    if grant is None:
        record |= {"amount_cny": -dice.between(1, 50) * 1000, "payee_name": supplier.name, "payee_uscc": supplier.code}
        return record | {"purpose_text": "冲销重复支付"}
    company = grant.company
    record |= {"amount_cny": grant.price, "payee_name": company.name, "payee_uscc": company.code}
    if company.group:
        record["payee_group_id"] = company.group
    ground, text, title, issuer = dice.pick(
        (
            ("rescission", "解除出让合同，退还已缴价款", "解除国有建设用地使用权出让合同协议书", f"{CITY}自然资源局"),
            ("judgment", "执行生效判决，返还已缴价款", "民事判决书", f"{CITY}中级人民法院"),
            ("reclaim", "收回国有建设用地使用权补偿款", "收回国有建设用地使用权决定书", GOVERNMENT),
        )
    )
    paper = office.paper(
        f"{title}（{company.name}）", f"{SHORT}民终" if ground == "judgment" else None, paid - 30, issuer
    )
    office.plead(ground, exp_id, paper, from_=day(paid - 30), amount_cny=grant.price)
    return record | {"purpose_text": text, "linked_parcel_id": grant.parcel_id, "sources": {"*": [paper]}}


def _paid_before(office: Office, paid: int) -> Grant | None:
    for _ in range(6):
        grant = office.dice.pick(office.grants)
        if grant.last_paid and grant.last_paid + 200 < paid and not office.wish(grant.parcel_id):
            return grant
    return None


def policy_documents(office: Office) -> None:
    """Write the catalogue of documents issued."""
    dice = office.dice
    subjects = (
        "工业经济高质量发展",
        "商贸服务业发展",
        "科技创新",
        "企业上市",
        "外资外贸稳增长",
        "人才引进",
        "楼宇经济",
        "绿色制造",
    )
    internal = ("机关公文处理", "干部考勤", "值班工作", "档案管理", "财务报销", "会议管理", "公务用车管理")
    website = office.own_dice("website")
    for number in range(1, office.share(0.15, 16) + 1):
        pol_id = f"ZC{number:05d}"
        wish = office.wish(pol_id)
        issued = wish.get("issued") or on(dice.between(2012, 2024), dice.between(1, 11), dice.between(1, 28))
        market = bool(wish) or dice.chance(0.7)
        title = f"关于促进{dice.pick(subjects)}的若干意见" if market else f"关于进一步规范{dice.pick(internal)}的通知"
        document: Record = {"pol_id": pol_id, "title": title, "doc_no": f"{SHORT}岭管发〔{year_of(issued)}〕{number}号"}
        document |= {"issuer_kind": "admin_committee" if dice.chance(0.8) else "department"}
        plainly = wish or issued > on(2016) or not dice.chance(0.25)
        document |= {"issued_on": day(issued) if plainly else month(issued), "concerns_market_entities": market}
        paper = office.paper(title, f"{SHORT}岭管发文", issued, COMMITTEE)
        if market and issued > on(2016, 6, 25):
            document["fcr"] = {"done_on": day(issued - dice.between(4, 40))}
            if dice.chance(0.06) and not wish:
                table = office.paper(f"公平竞争审查表（{title}）", None, issued - 3, COMMITTEE)
                bounds = {"from_": day(issued), "until": day(issued + 730)}
                office.plead("fair_competition_exception", pol_id, table, **bounds)
        if not wish and issued < on(2021) and dice.chance(0.2):
            ended = issued + dice.between(400, 1200)
            document["repealed_on"] = day(ended)
            document["repeal_doc_id"] = office.paper("关于废止一批文件的决定", f"{SHORT}岭管发文", ended, COMMITTEE)
        if not dice.chance(0.15):
            document["sources"] = {"*": [paper]}
        _publish(website, document, issued, plainly=bool(wish))
        office.add("policy_documents", document)


def _publish(dice: Dice, document: Record, issued: int, *, plainly: bool) -> None:
    """Put a document that concerns businesses on the website before it is applied; of some nobody noted when."""
    published = issued + dice.between(0, 6)
    applied = published + dice.between(0, 30)
    if document["concerns_market_entities"]:
        if plainly or not dice.chance(0.06):
            document["published_on"] = day(published)
        if plainly or not dice.chance(0.03):
            document["applied_on"] = day(applied)


def delegations(office: Office) -> None:
    """Write what powers were passed to the zone: permits mostly, and the first steps of land matters."""
    dice = office.dice
    permits: tuple[str, ...] = (
        "企业投资项目备案",
        "建筑工程施工许可",
        "食品经营许可",
        "户外广告设置审批",
        "城镇污水排入排水管网许可",
        "特种设备使用登记",
    )
    permits += (
        "占用城市道路审批",
        "人力资源服务许可",
        "固定资产投资项目节能审查",
        "建设项目环境影响登记表备案",
        "道路运输经营许可",
    )
    steps: tuple[tuple[str, str], ...] = (
        ("land_conversion", "农用地转用报批材料组卷、初审"),
        ("expropriation", "征收土地现状调查、补偿登记"),
    )
    steps += (("land_supply", "供地方案拟订、报件受理"),)
    website = office.own_dice("catalogue")
    for number in range(1, office.share(0.0625, 12) + 1):
        effective = on(dice.between(2014, 2023), dice.between(1, 12), dice.between(1, 28))
        kind, item = dice.pick(steps) if dice.chance(0.2) else ("other", dice.pick(permits))
        level = dice.weighted(((0.7, "prefecture"), (0.15, "county"), (0.15, "province")))
        record: Record = {"delegation_id": f"XF{number:05d}", "item": item, "kind": kind}
        record |= {"scope": "decide" if kind == "other" else "preliminary", "from_level": level}
        record |= {"to_body": COMMITTEE, "effective_on": day(effective)}
        paper = office.paper(f"关于下放“{item}”事项的决定", f"{SHORT}政规", effective - 20, GOVERNMENT)
        if kind == "other":
            record["legal_basis_doc_id"] = paper
            if dice.chance(0.1):
                record["revoked_on"] = day(min(AS_OF - 5, effective + dice.between(300, 1500)))
            _catalogue(website, record, effective)
        if not dice.chance(0.2):
            record["sources"] = {"*": [paper]}
        office.add("delegations", record)


def _catalogue(dice: Dice, record: Record, effective: int) -> None:
    """Note whether an item is in the published catalogue; some were announced alone, of some nobody noted it."""
    kind = dice.weighted(((0.84, "listed"), (0.08, "announced"), (0.08, "open")))
    if kind == "listed":
        record["on_public_catalogue"] = True
    elif kind == "announced":
        record |= {"on_public_catalogue": False, "notice_on": day(effective - 5)}


def promo_expenses(office: Office) -> None:
    """Write the promotion events with what they were to cost and did cost."""
    dice = office.dice
    for number in range(1, office.share(0.2, 20) + 1):
        event_id = f"HD{number:05d}"
        held = on(dice.between(2015, 2024), dice.between(2, 11), dice.between(1, 28))
        budget = dice.between(4, 60) * 10000
        limit = round(budget * (1 + dice.random() * 0.2), -3)
        event = f"{dice.pick(TOWNS)}{dice.pick(GUESTS)}产业招商推介会"
        record: Record = {"event_id": event_id, "event": event, "held_on": day(held), "budget_cny": budget}
        record["actual_cny"] = round(budget * (0.6 + dice.random() * 0.39), 2)
        record["standard_cny"] = None if dice.chance(0.2) else limit
        record["gifts_cny"] = 0
        papers = [office.paper(f"{event}方案及预算批复", f"{SHORT}岭管办", held - 25, COMMITTEE)]
        if not office.wish(event_id) and dice.chance(0.08):
            record["gifts_cny"] = dice.between(10, 40) * 100
            rule = office.shared_paper(
                "外事礼品和接待管理实施细则", f"{SHORT}外发", on(2014, 9, 10), f"{CITY}外事办公室"
            )
            record["gift_rule_doc_id"] = rule
            approval = office.paper(f"外宾礼品审批单（{event}）", f"{SHORT}外礼", held - 10, f"{CITY}外事办公室")
            office.plead("protocol_gift", event_id, approval, amount_cny=record["gifts_cny"])
        if not dice.chance(0.15):
            record["sources"] = {"*": papers}
        office.add("promo_expenses", record)


def trips(office: Office) -> None:
    """Write the journeys abroad; there were none in the three years of the epidemic."""
    dice = office.dice
    for number in range(1, office.share(0.15, 16) + 1):
        trip_id = f"CF{number:05d}"
        wish = office.wish(trip_id)
        year = wish.get("year") or dice.pick((2014, 2015, 2016, 2017, 2018, 2019, 2023, 2023, 2024, 2024))
        departs = on(year, dice.between(3, 11), dice.between(1, 28))
        countries = list(dict.fromkeys(dice.pick(PLACES) for _ in range(2 if wish else dice.between(1, 3))))
        allowed = {1: 5, 2: 8, 3: 10}[len(countries)]
        persons = dice.between(3, 6)
        budget = persons * allowed * dice.between(38, 52) * 100
        trip: Record = {"trip_id": trip_id, "purpose": f"赴{'、'.join(countries)}开展{dice.pick(GUESTS)}产业招商"}
        approval = office.paper("因公出国（境）任务批件", f"{SHORT}外批", departs - 40, f"{CITY}外事办公室")
        trip["approval_doc_id"] = approval
        trip |= {"in_annual_plan": True, "payer_kind": "own_budget"}
        trip["approved"] = {"countries": countries, "days": allowed, "persons": persons, "budget_cny": budget}
        days = allowed - dice.between(0, 1)
        actual: Record = {"countries": countries, "depart_on": day(departs), "return_on": day(departs + days - 1)}
        trip["actual"] = actual | {"persons": persons, "cost_cny": round(budget * (0.75 + dice.random() * 0.24), 2)}
        if not wish:
            _journey(office, trip, departs, allowed)
        if not dice.chance(0.15):
            trip["sources"] = {"*": [approval]}
        office.add("trips", trip)


def _journey(office: Office, trip: Record, departs: int, allowed: int) -> None:
    """Let some journeys go otherwise than planned, as may lawfully happen, and some columns stay empty."""
    dice = office.dice
    key = trip["trip_id"]
    kind = dice.weighted(((0.06, "cancelled"), (0.06, "storm"), (0.07, "amended"), (0.06, "urgent"), (0.75, "usual")))
    actual = trip["actual"]
    if kind == "cancelled":
        trip |= {"actual": None, "payer_kind": None}
    elif kind == "storm":
        late = departs + allowed
        actual["return_on"] = day(late)
        proof = office.paper("航班取消证明", None, late - 1, "航空公司")
        office.plead("disruption", key, proof, from_=day(late - 1), until=day(late))
    elif kind == "amended" and len(actual["countries"]) < 3:
        added = next(each for each in PLACES if each not in actual["countries"])
        actual["countries"] = [*actual["countries"], added]
        actual["return_on"] = day(departs + allowed)
        consent = office.paper("关于同意变更出访行程的复函", f"{SHORT}外批", departs - 12, f"{CITY}外事办公室")
        bounds = {"until": day(departs + allowed), "countries": actual["countries"], "persons": actual["persons"]}
        office.plead("amendment", key, consent, **bounds, amount_cny=actual["cost_cny"])
    elif kind == "urgent":
        trip["in_annual_plan"] = False
        special = office.paper("关于同意增列出国团组的批复", f"{SHORT}外批", departs - 30, f"{CITY}外事办公室")
        trip["special_approval_doc_id"] = special
        office.plead("urgent_trip", key, special)
    elif dice.chance(0.06):
        del actual["cost_cny"]
