"""The planning and the environment office: plans, their changes, their environmental reviews."""

import re

from names import CITY, SHORT, ZONE, Record
from office import AS_OF, GOVERNMENT, Office, Unit, day, month, on

PARTS = ("西片区", "东片区", "港产片区", "北片区", "南片区", "临空片区")
# Day of approval of the six plans of parts, and how many days before it the review of its environmental report was.
OVERALL = ((2012, 9, 90), (2021, 3, 60), (2018, 6, 75), (2019, 8, 120), (2016, 10, 140), (2020, 11, 80))
MEASURES = (
    "建成工业污水集中处理设施二期",
    "完成雨污分流管网改造",
    "设置西侧居住区环境防护绿化带",
    "关停或者搬迁防护距离内的喷涂企业",
    "建成环境空气自动监测站",
    "完善区域突发环境事件应急预案并备案",
    "实施集中供热替代分散锅炉",
    "建立规划环评落实台账",
)
GENERAL = (
    ("经济社会发展中长期规划（2021—2035年）", "mid_long_term", on(2021, 5, 18), "prefecture"),
    ("重点产业投资促进规划（2021—2025年）", "investment_promotion", on(2021, 7, 6), "admin_committee"),
)
SECTORS = (
    ("起步区总体发展规划", "overall_dev", on(1999, 4, 1), "prefecture"),
    ("土地利用总体规划（2006—2020年）", "land_use_master", on(2010, 8, 12), "province"),
    ("城市总体规划（2010—2030年）", "urban_master", on(2011, 12, 20), "province"),
    ("国土空间总体规划（2021—2035年）", "territorial_space", on(2023, 10, 16), "province"),
    ("先进制造业发展规划", "industry", on(2022, 2, 25), "admin_committee"),
    ("信息通信基础设施专项规划", "ict", on(2020, 6, 10), "admin_committee"),
    ("再生水利用规划", "reclaimed_water", on(2019, 4, 22), "prefecture"),
    ("滨河地区城市设计", "urban_design", on(2018, 12, 5), "prefecture"),
)


ISSUERS = {
    "prefecture": (GOVERNMENT, f"{SHORT}政函"),
    "county": (f"{CITY}栖东县人民政府", f"{SHORT}东政函"),
    "province": ("省人民政府", "省政函"),
    "admin_committee": (f"{ZONE}管理委员会", f"{SHORT}岭管发"),
}


def plans(office: Office) -> None:
    """Write the plans; the units of the detailed plan are the most of them."""
    for name, kind, approved, level in GENERAL:
        _plan(office, f"{ZONE}{name}", kind, approved, level)
    for part, (year, in_month, _) in zip(PARTS, OVERALL, strict=True):
        area = round(office.parcels * 0.66, 1)
        _plan(office, f"{part}总体发展规划", "overall_dev", on(year, in_month, 15), "prefecture", area_ha=area)
    for name, kind, approved, level in SECTORS:
        _plan(office, name, kind, approved, level)
    units = office.share(0.15, 40) - office.sheets["plans"].count
    covered = left = round(office.parcels * 4 * 0.931, 2)
    for unit in range(1, units + 1):
        usual = round(covered / units * (0.8 + office.dice.random() * 0.4), 2)
        area = max(0.5, round(left if unit == units else min(usual, left), 2))
        left -= area
        _unit(office, unit, area)
    office.units.sort(key=lambda each: each.approved)


def _plan(office: Office, name: str, kind: str, approved: int, level: str, **more: object) -> str:
    plan_id = f"GH{office.sheets['plans'].count + 1:05d}"
    plan: Record = {"plan_id": plan_id, "name": name, "type": kind}
    plan["approved_on"] = month(approved) if approved < on(2000) else day(approved)
    plan["approver_level"] = level
    if years := re.search(r"（(\d{4})—(\d{4})年）", name):
        plan |= {"period_start": f"{years[1]}-01-01", "period_end": f"{years[2]}-12-31"}
    plan |= more
    if approved > on(2004) and not office.dice.chance(0.12):
        issuer, prefix = ISSUERS[level]
        plan["sources"] = {"*": [office.paper(f"关于{name}的批复", prefix, approved, issuer)]}
    office.add("plans", plan)
    return plan_id


def _unit(office: Office, unit: int, area: float) -> None:
    dice = office.dice
    settlement = dice.weighted(((0.84, "city"), (0.09, "county_town"), (0.07, "town")))
    early = dice.chance(0.06)
    year = dice.between(2003, 2006) if early else dice.between(2009, 2022)
    approved = on(year, dice.between(1, 12), dice.between(1, 28))
    if unit <= 8:  # the older heart of the zone
        settlement, early, approved = "city", False, on(2008 + unit, 5, 8 + unit)
    level = "prefecture" if settlement == "city" else "county"
    more: Record = {"settlement": settlement, "area_ha": area}
    if not early and settlement != "town":  # the plan of a town is approved one level up, and filed with nobody
        more |= {"filed_npc": True, "filed_upper": True}
    if dice.chance(0.7):
        more["in_use_from"] = day(approved + dice.between(30, 300))
    name = f"{dice.pick(PARTS)}{unit:02d}单元控制性详细规划"
    plan_id = _plan(office, name, "regulatory_detailed", approved, level, **more)
    if plan_id not in office.unusable:
        office.units.append(Unit(plan_id, approved, level))


def plan_changes(office: Office) -> None:
    """Write the changes of plans: most of one unit, a few of a plan of a part."""
    for _ in range(office.share(0.05, 12)):
        _change(office)


def _change(office: Office) -> None:
    dice = office.dice
    change_id = f"TZ{office.sheets['plan_changes'].count + 1:05d}"
    wish = office.wish(change_id)
    unit = dice.pick(office.units)
    if dice.chance(0.12) and not wish:  # of the plan of a part, which was assessed; so was the change
        wish = {
            "plan_id": "GH00003",
            "level": "prefecture",
            "approved": on(2012, 9, 15),
            "kind": "industry_positioning",
        }
    approved, level = wish.get("approved", unit.approved), wish.get("level", unit.level)
    latest = AS_OF - 200 - dice.between(0, 300)
    reapproved = wish.get("reapproved") or max(
        approved + 200, min(dice.between(approved + 400, approved + 3600), latest)
    )
    kind = wish.get("kind") or dice.weighted(((0.4, "land_use"), (0.35, "far"), (0.25, "layout")))
    kind_text = {
        "land_use": f"{dice.between(2, 30)}号地块由二类工业用地调整为一类工业用地",
        "far": f"{dice.between(2, 30)}号地块容积率由{dice.between(12, 18) / 10}调整为{dice.between(20, 25) / 10}",
        "layout": f"优化{dice.road()}以北支路线位",
        "industry_positioning": "产业定位增加新能源装备制造",
        "scale": "规划范围内建设用地规模增加一百二十公顷",
    }
    change: Record = {"change_id": change_id, "plan_id": wish.get("plan_id", unit.plan_id), "kind": kind}
    change["description"] = kind_text[kind]
    pending = not wish and dice.chance(0.06)
    if not pending:
        change["effective_on"] = day(reapproved + dice.between(5, 40))
    if kind in {"industry_positioning", "scale"}:
        change["eia_redone"] = True
    _materials(office, change, reapproved, level, pending=pending, plain=bool(wish))
    office.add("plan_changes", change)


def _materials(office: Office, change: Record, reapproved: int, level: str, *, pending: bool, plain: bool) -> None:
    dice = office.dice
    issuer, prefix = ISSUERS[level]
    what = change["description"]
    if not plain and not pending and change["kind"] == "layout" and dice.chance(0.3):
        rule = office.paper("控制性详细规划局部修正管理规定", f"{SHORT}政规", reapproved - 900, GOVERNMENT)
        paper = office.paper(
            f"关于{what}属于技术修正的认定意见", f"{SHORT}自然资函", reapproved - 8, f"{CITY}自然资源局"
        )
        change["sources"] = {"*": [rule, paper]}
        office.plead("technical_correction", change["change_id"], paper, from_=change["effective_on"])
        return
    bundle = office.paper(f"{what}论证报告", None, reapproved - 120, f"{CITY}规划设计院")
    change["necessity_report_doc_id"] = bundle
    change["consultation"] = {
        "doc_id": office.paper(f"{what}公示及座谈会材料", None, reapproved - 80, f"{CITY}自然资源局")
    }
    if pending:
        return
    consent = office.paper(f"同意编制{what}修改方案的函", prefix, reapproved - 50, issuer)
    change["original_approver_consent_doc_id"] = consent
    paper = office.paper(f"关于{what}的批复", prefix, reapproved, issuer)
    change |= {"reapproved_on": day(reapproved), "reapprover_level": level, "sources": {"*": [paper]}}


def plan_eias(office: Office) -> None:
    """Write the environmental reviews: of the parts except one, of sector plans, of parts of large zones."""
    reviewed = {f"GH{3 + at:05d}": on(year, in_month, 15) - days for at, (year, in_month, days) in enumerate(OVERALL)}
    del reviewed["GH00005"]
    first = ["GH00003", "GH00006", "GH00007", "GH00008", "GH00004"]
    for plan_id in first:
        _review(office, plan_id, reviewed[plan_id])
    eia: Record = {"eia_id": "HP00006", "plan_id": "GH00011", "form": "chapter"}
    office.add("plan_eias", eia | {"measures": [], "followups": []})
    _review(office, "GH00013", on(2021, 12, 3))
    for unit in office.units[:: max(1, len(office.units) // office.share(0.01, 1))][: office.share(0.01, 1)]:
        _review(office, unit.plan_id, unit.approved - 100)


def _review(office: Office, plan_id: str, reviewed: int) -> None:
    dice = office.dice
    eia_id = f"HP{office.sheets['plan_eias'].count + 1:05d}"
    issuer = f"{CITY}生态环境局" if reviewed > on(2019) else f"{CITY}环境保护局"
    opinion = office.paper("规划环境影响报告书审查意见", f"{SHORT}环审", reviewed, issuer)
    total = dice.pick((7, 9, 11))
    experts = total // 2 + dice.between(1, 2)
    eia: Record = {"eia_id": eia_id, "plan_id": plan_id, "form": "report", "reviewed_on": day(reviewed)}
    eia |= {"review_opinion_doc_id": opinion, "panel_total": total, "panel_experts": experts}
    eia["panel_signed"] = total - dice.between(0, 1)
    eia["measures"] = [_measure(office, eia_id, at, reviewed) for at in range(1, dice.between(4, 7))]
    followups: list[Record] = []
    eia["followups"] = followups
    last = reviewed
    while last + 5 * 365 < AS_OF:
        last += dice.between(1500, 1800)
        if last < AS_OF:
            followups.append({"followup_id": f"{eia_id}-G{len(followups) + 1}", "completed_on": day(last)})
    eia["sources"] = {"*": [opinion]}
    office.add("plan_eias", eia)


def _measure(office: Office, eia_id: str, at: int, reviewed: int) -> Record:
    dice = office.dice
    due = reviewed + dice.between(300, 1600)
    measure: Record = {"measure_id": f"{eia_id}-C{at}", "text": MEASURES[at - 1], "due_on": day(due)}
    done = due + dice.between(-200, 60)
    if done < AS_OF and due < AS_OF:
        measure["done_on"] = day(done)
    elif due < AS_OF:
        measure["done_on"] = day(AS_OF - dice.between(1, 10))
    return measure
