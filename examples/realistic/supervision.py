"""What offices above the zone said of it and asked of it: rankings, evaluations, inspections, orders to put right.

Everything here is a table; no dice are thrown, so that the other offices' records stay as they are.
"""

from names import CITY, ZONE, Record
from office import AS_OF, Office, day, on

# Year, rank and number ranked in the whole country; then, under the later measures, in the zone's own region.
NATIONAL = ((2016, None, 219), (2017, 141, 219), (2018, 133, 219), (2019, 128, 218))
REGIONAL = ((2020, 41, 63), (2021, 38, 63), (2022, 36, 63), (2023, 33, 63))
# Indicator, its unit, and the figure of the zone's ledger for 2022 and for 2023; what was submitted is rounded.
INDICATORS: tuple[tuple[str, str, float, float | None], ...] = (
    ("地区生产总值", "亿元", 512.34, 548.07),
    ("实际使用外资", "万美元", 18460, 19215),
    ("进出口总额", "亿元", 236.81, 251.49),
    ("税收收入", "亿元", 61.27, 64.92),
    ("规模以上工业总产值", "亿元", 1183.65, 1240.38),
    ("综合能源消费量", "万吨标准煤", 96.42, None),
    ("已供应国有建设用地", "公顷", 1428.6, 1451.3),
    ("有效发明专利", "件", 2164, 2397),
)
# Year of the evaluation, rates of development and of building. The report on 2018 was never handed in.
EVALUATED: tuple[tuple[int, float, float], ...] = (
    *((2014, 71.2, 80.5), (2015, 73.9, 82.1), (2016, 76.4, 83.8), (2017, 78.8, 85.2), (2018, 80.6, 86.4)),
    *((2019, 82.7, 87.9), (2020, 84.9, 89.1), (2021, 87.3, 90.6), (2022, 88.9, 91.4), (2023, 90.2, 92.3)),
)
# What the inspections found, who inspected, by when it is to be put right, and when it was closed.
FOUND: tuple[tuple[str, str, int, int | None], ...] = (
    ("工业园东区雨污混流，管网错接三处", "central", on(2019, 12, 31), on(2019, 11, 28)),
    ("污水处理厂污泥暂存场防渗不到位", "central", on(2020, 6, 30), on(2020, 7, 24)),
    ("部分企业挥发性有机物收集效率低", "province", on(2021, 12, 31), on(2021, 12, 10)),
    ("北片区工业固体废物露天堆放", "central", on(2023, 12, 31), on(2023, 12, 8)),
    ("应急事故池与雨水管网连通", "province", on(2023, 9, 30), on(2023, 9, 14)),
    ("施工工地扬尘管控不严", "prefecture", on(2024, 3, 31), None),
    ("港产片区初期雨水收集设施未建成", "province", on(2025, 6, 30), None),
    ("地下水环境状况调查评估未完成", "central", on(2025, 12, 31), None),
)
# Of each notice: its title, kind, day, days to the end; of each item what is asked, and the rule, register and record
# that it is about, if the notice came from a check like this one.
NOTICES: tuple[tuple[str, str, int, int, tuple[tuple[str, ...], ...]], ...] = (
    (
        "关于土地出让收支审计发现问题的审计决定",
        "audit",
        on(2022, 3, 18),
        90,
        (("规范土地出让台账登记",), ("清理应缴未缴的出让合同",), ("补正分期缴款约定的审批手续",)),
    ),
    (
        "土地出让价款清缴整改通知书",
        "administrative",
        on(2023, 2, 20),
        60,
        (
            ("缴清出让价款", "R18.8-01", "parcels", "ZD000030"),
            ("缴清出让价款", "R18.8-01", "parcels", "ZD000034"),
            ("核定并收取违约金", "R18.8-07", "parcels", "ZD000034"),
        ),
    ),
    (
        "规划环境影响评价措施落实整改通知书",
        "administrative",
        on(2023, 9, 11),
        180,
        (("完成跟踪评价工作方案",), ("落实审查意见提出的环保措施", "R16.8-04", "plan_eias.measures", "HP00001-C1")),
    ),
    (
        "省级生态环境保护督察反馈意见整改通知",
        "eco_inspection",
        on(2024, 1, 26),
        240,
        (("完成雨污分流排查",), ("建立危险废物转移台账",)),
    ),
    (
        "财政奖补资金专项审计报告",
        "audit",
        on(2024, 4, 9),
        120,
        (("清理未经公平竞争审查的奖补条款",), ("完善奖补资金兑付审批记录",), ("公开申报通知和评审结果",)),
    ),
    ("关于规范供地手续的整改通知书", "administrative", on(2024, 10, 21), 180, (("补齐供地方案报批材料",),)),
)


def assessments(office: Office) -> None:
    """Write how the zone was ranked; the notice of the first ranking is lost, and with it the rank."""
    for year, rank, of in NATIONAL:
        record: Record = {"assessment_id": f"KP{year}", "year": year, "scheme": "2016"}
        record |= {"n_national": of} if rank is None else {"rank_national": rank, "n_national": of}
        record["published_on"] = day(on(year + 1, 12, 20))
        office.add("assessments", record)
    for year, rank, of in REGIONAL:
        record = {"assessment_id": f"KP{year}", "year": year, "scheme": "2021", "rank_region": rank, "n_region": of}
        office.add("assessments", record | {"published_on": day(on(year + 1, 12, 27))})


def assessment_submission(office: Office) -> None:
    """Write what was submitted beside what the ledger says; of one indicator the ledger was not kept."""
    for at, (indicator, unit, before, now) in enumerate(INDICATORS, 1):
        for year, figure in ((2022, before), (2023, now)):
            record: Record = {"submission_id": f"SB{year}-{at:02d}", "indicator": f"{year}年{indicator}", "unit": unit}
            if figure is not None:
                record["value"] = figure
            record["submitted_value"] = round(figure or before * 1.03, 1)
            office.add("assessment_submission", record | {"submitted_on": day(on(year + 1, 5, 24))})


def land_metrics(office: Office) -> None:
    """Write the yearly evaluations of how land is used; averages of the country are known for one year."""
    for year, developed, built in EVALUATED:
        record: Record = {"metric_id": f"JY{year}", "year": year}
        if year != 2018:
            record |= {"submitted_on": day(on(year + 1, 7, 18)), "published_on": day(on(year + 1, 11, 15))}
        record |= {"list_tail": False, "development_pct": developed, "built_pct": built}
        if year == 2022:
            record |= {"national_development_pct": 89.66, "national_built_pct": 92.47}
        office.add("land_metrics", record)


def inspection_items(office: Office) -> None:
    """Write what inspections of the environment found."""
    for at, (text, level, due, closed) in enumerate(FOUND, 1):
        record: Record = {"item_id": f"DC{at:04d}", "text": text, "level": level, "due_on": day(due)}
        office.add("inspection_items", record | ({"closed_on": day(closed)} if closed else {}))


def notices(office: Office) -> None:
    """Write the orders to put right; of one item nobody remembers which papers showed that it was done."""
    for at, (title, kind, issued, days, asked) in enumerate(NOTICES, 1):
        notice_id = f"ZG{at:04d}"
        record: Record = {"notice_id": notice_id, "title": title, "kind": kind, "issued_on": day(issued)}
        record["items"] = [
            _item(office, f"{notice_id}-{number}", issued + days, *about) for number, about in enumerate(asked, 1)
        ]
        office.add("notices", record)


def _item(office: Office, item_id: str, due: int, text: str, *about: str) -> Record:
    item: Record = {"item_id": item_id, "text": text}
    item |= dict(zip(("rule_id", "register", "subject_id"), about, strict=False))
    item["due_on"] = day(due)
    if due > AS_OF:
        return item
    if item_id == "ZG0004-2":
        extended = _paper(office, item_id, "关于同意延长整改期限的批复", due - 12, f"{CITY}生态环境局")
        return item | {"extended_to": day(due + 120), "extension_doc_id": extended}
    item |= {"cured_on": day(due - 20), "verified_on": day(due - 9), "closed_on": day(due - 4)}
    if item_id != "ZG0001-3":
        item["evidence_ids"] = [_paper(office, item_id, f"{text}的整改情况及佐证材料", due - 20, f"{ZONE}管理委员会")]
    return item


def _paper(office: Office, item_id: str, title: str, issued: int, issuer: str) -> str:
    """File a paper under the number of the item, beside the archive's own count."""
    doc_id = f"D{item_id}"
    paper: Record = {"doc_id": doc_id, "title": title, "issuer_name": issuer, "issued_on": day(issued)}
    office.sheets["evidence"].add(paper, ())
    return doc_id
