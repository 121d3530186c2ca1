"""The safety group and the market supervision office: hazards, accidents, chemical parks, spot checks."""

from names import CITY, SHORT, ZONE, Dice, Record
from office import AS_OF, Office, day, on

BUREAU = f"{CITY}应急管理局"
SERIES = "Y"
"""Their papers have numbers of their own, so that those of the others stay as they are."""
HAZARDS = (
    "甲类仓库超量储存易燃液体",
    "储罐区可燃气体报警系统失效",
    "涉爆粉尘除尘系统没有泄爆装置",
    "深井铸造结晶器没有设置联锁装置",
    "液氨制冷机房与人员密集区没有防火分隔",
    "煤气管道没有设置可靠的切断装置",
    "有限空间作业没有审批即进入",
    "高层厂房疏散楼梯封堵",
)
ACCIDENTS = ("高处坠落", "机械伤害", "触电", "物体打击", "车辆伤害", "中毒窒息")
PARKS = (("西片化工集中区", 2013, "HP00001"), ("北片精细化工园", 2019, "HP00004"))
TASKS = ("特种设备使用单位", "排污许可持证单位", "危险化学品经营企业", "在建房屋市政工程")
YEARS = range(2017, 2025)


def major_hazards(office: Office) -> None:
    """Write the ledger of major hazards of the last years: most were put right in time, the newest are still open."""
    dice = office.own_dice("hazards")
    count = office.share(0.06, 14)
    first = on(2021, 10, 11)
    for number in range(1, count + 1):
        hazard_id = f"YH{number:05d}"
        wish = office.wish(hazard_id)
        found = wish.get("found") or first + (AS_OF - 12 - first) * (number - 1) // (count - 1)
        due = wish.get("due") or found + dice.between(30, 90)
        hazard: Record = {"hazard_id": hazard_id, "description": dice.pick(HAZARDS), "found_on": day(found)}
        hazard["due_on"] = day(due)
        closed = due + dice.between(-20, 0) if dice.chance(0.85) else due + dice.between(1, 25)
        is_open = closed > AS_OF - 3
        if not is_open:
            hazard["closed_on"] = day(closed)
        if wish or is_open or dice.chance(0.6):
            paper = office.paper(
                "重大事故隐患挂牌督办通知书", f"{SHORT}应急督", found + dice.between(1, 8), BUREAU, series=SERIES
            )
            hazard |= {"supervision_doc_id": paper, "sources": {"*": [paper]}}
        if not wish:
            _as_it_happens(office, dice, hazard, number, due)
        office.add("major_hazards", hazard)


def _as_it_happens(office: Office, dice: Dice, hazard: Record, number: int, due: int) -> None:
    """Let one hazard wait in a plant that was stopped, and let the clerk forget a day here and there."""
    if number == 7:  # what is wrong stays wrong, and nothing is produced there
        del hazard["closed_on"]
        stop = office.paper("责令停产停业整顿决定书", f"{SHORT}应急停", due - 4, BUREAU, series=SERIES)
        bounds = {"from_": day(due - 3)}
        office.plead_apart("ZY", "production_stopped", hazard["hazard_id"], stop, **bounds)
    elif "closed_on" not in hazard:
        if number % 2:
            del hazard["due_on"]
    elif dice.chance(0.1):
        del hazard["found_on"]


def accidents(office: Office) -> None:
    """Write the accidents at work: a few a year hurt or kill somebody, and the loss of the last is not yet reckoned."""
    dice = office.own_dice("accidents")
    count = office.share(0.02, 6)
    first = on(2016, 4, 5)
    for number in range(1, count + 1):
        accident_id = f"SG{number:05d}"
        usual = first + (AS_OF - 40 - first) * (number - 1) // (count - 1)
        occurred = office.wish(accident_id).get("occurred") or usual
        kind = "车间爆燃" if occurred != usual else dice.pick(ACCIDENTS)
        name = f"{int(day(occurred)[5:7])}·{int(day(occurred)[8:])}{kind}事故"
        accident: Record = {"accident_id": accident_id, "name": name}
        accident |= {"occurred_on": day(occurred), "deaths": dice.between(0, 1), "severe_injuries": dice.between(0, 2)}
        if number < count:
            accident["loss_cny"] = dice.between(5, 260) * 10000
            report = office.paper(
                f"{name}调查报告的批复",
                f"{SHORT}岭管函安",
                occurred + 60,
                f"{ZONE}管理委员会",
                series=SERIES,
            )
            accident["sources"] = {"*": [report]}
        office.add("accidents", accident)


def chemical_parks(office: Office) -> None:
    """Write the chemical parks, recognised by the province after their plans and their safety were assessed."""
    dice = office.own_dice("chemical parks")
    for number, (name, year, eia_id) in enumerate(PARKS, 1):
        assessed = on(2021, dice.between(3, 10), dice.between(1, 28))
        recognised = assessed + dice.between(200, 420)
        title = f"{name}整体性安全风险评估报告评审意见"
        papers = [office.paper(title, f"{SHORT}应急评", assessed, BUREAU, series=SERIES)]
        papers.append(
            office.paper(
                f"关于{name}认定结果的公告", "省化园公告", recognised, "省化工专项行动领导小组办公室", series=SERIES
            )
        )
        park: Record = {"park_id": f"HG{number:05d}", "name": name, "established_on": day(on(year, 6, 18))}
        park |= {"recognised_on": day(recognised), "plan_eia_id": eia_id, "safety_assessment_on": day(assessed)}
        park["sources"] = {"recognised_on": [papers[1]], "safety_assessment_on": [papers[0]]}
        office.add("chemical_parks", park)


def spot_checks(office: Office) -> None:
    """Write what was planned and done of the random checks of each year; this year's are still to be made public."""
    dice = office.own_dice("spot checks")
    number = 0
    for year in YEARS:
        title = f"{year}年度“双随机、一公开”抽查计划"
        plan = office.paper(
            title, f"{SHORT}岭市监", on(year, 3, 10), f"{CITY}市场监督管理局{ZONE[:2]}分局", series=SERIES
        )
        for task in TASKS:
            number += 1
            end = on(year, 12, 31)
            planned = dice.between(10, 40)
            check: Record = {"check_id": f"CC{number:05d}", "name": f"{year}年{task}抽查", "period_end": day(end)}
            check |= {"planned": planned, "done": planned + dice.pick((0, 0, 0, 1, 2))}
            if end < AS_OF:
                check["published_on"] = day(end + dice.between(-25, 14))
                if dice.chance(0.04) and year < 2023:
                    del check["planned"]
            check["sources"] = {"*": [plan]}
            office.add("spot_checks", check)
