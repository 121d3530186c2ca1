"""How each breach of `planted.json` is committed: what the record is like, and what the offender makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from types import MappingProxyType

from land_use import kept_waiting_too_long
from names import CITY, SHORT, ZONE, Record
from office import Office, day, number_of, on

Act = Callable[[Office, Record], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One act: *wish* says what the record must be like before, *also* what is done with other records for it."""

    wish: Record = field(default_factory=dict)
    act: Act
    also: Mapping[str, tuple[Record, Act]] = field(default_factory=dict)


def put(**values: object) -> Act:
    """Write these values into the record, whoever made it."""

    def act(_: Office, record: Record) -> None:
        record.update(values)

    return act


def without(*names: str) -> Act:
    """Leave these columns empty."""

    def act(_: Office, record: Record) -> None:
        for each in names:
            record.pop(each, None)

    return act


def nothing(_: Office, __: Record) -> None:
    """Leave the record as it is: it only has to be there."""


def granted(signed: int, **more: object) -> Record:
    """Ask for an ordinary grant of industrial land by listing, paid in time."""
    return {"use": "industrial", "method": "listing", "signed": signed, "instalments": 1} | more


def in_item(number: int, act: Act) -> Act:
    """Do it to the item of a notice that has this number."""

    def inside(office: Office, record: Record) -> None:
        act(office, record["items"][number - 1])

    return inside


def then(*acts: Act) -> Act:
    """Do one thing after the other."""

    def act(office: Office, record: Record) -> None:
        for each in acts:
            each(office, record)

    return act


def gone(word: str) -> Act:
    """Let the paper with this word in its title never have been issued."""

    def act(office: Office, record: Record) -> None:
        paper = office.on_table(word)
        office.take_away(word)
        if record.get("sources") == {"*": [paper["doc_id"]]}:
            del record["sources"]

    return act


def issued_by(word: str, issuer: str, prefix: str) -> Act:
    """Let somebody else have issued that paper."""

    def act(office: Office, _: Record) -> None:
        paper = office.on_table(word)
        paper |= {"issuer_name": issuer, "doc_no": office.serial(prefix, number_of(paper["issued_on"]))}

    return act


def approved_by_committee(office: Office, plan: Record) -> None:
    plan["approver_level"] = "admin_committee"
    if "sources" in plan:
        issued_by("批复", COMMITTEE, f"{SHORT}岭管发")(office, plan)


def reviewed_after(office: Office, eia: Record) -> None:
    eia["reviewed_on"] = "2021-07-02"
    office.on_table("审查意见")["issued_on"] = "2021-07-02"


def used_unapproved(office: Office, plan: Record) -> None:
    if "sources" in plan:
        office.take_away("批复")
    for each in ("approved_on", "approver_level", "filed_npc", "filed_upper", "sources"):
        plan.pop(each, None)
    plan["in_use_from"] = "2016-10-12"


def begun_before_approval(_: Office, project: Record) -> None:
    project |= {"eia_class": "form", "started_on": "2021-03-10", "eia_approved_on": "2021-08-24"}


def above_limits(year: str, stream: str, days: int) -> Act:
    """Let the works of that record have been above the limits on so many days."""

    def act(_: Office, facility: Record) -> None:
        recorded = next(
            each for each in facility["exceedances"] if each["stream"] == stream and year in each["exceedance_id"]
        )
        recorded["days"] = days

    return act


def handed_over(item: str, kind: str, effective_on: str) -> Act:
    """Give the committee the power to decide, by a document that is still in force and rests on no law."""
    what: Record = {"item": item, "kind": kind, "scope": "decide", "from_level": "prefecture"}

    def act(office: Office, record: Record) -> None:
        paper = office.on_table("关于下放")
        issued = number_of(effective_on) - 20
        paper |= {"title": f"关于下放“{item}”事项的决定", "issued_on": day(issued)}
        paper["doc_no"] = office.serial(f"{SHORT}政规", issued)
        record |= what | {"effective_on": effective_on, "legal_basis_doc_id": None, "revoked_on": None}
        record["sources"] = {"*": [paper["doc_id"]]}

    return act


def changed_first(_: Office, change: Record) -> None:
    change["effective_on"] = day(number_of(change["reapproved_on"]) - 200)


def unfinished(_: Office, eia: Record) -> None:
    eia["measures"][0]["due_on"] = "2022-12-31"
    eia["measures"][0].pop("done_on", None)


def second_unpaid(_: Office, parcel: Record) -> None:
    del parcel["payments"][1:]
    parcel.pop("title_cert_issued_on", None)


def paid_late(_: Office, parcel: Record) -> None:
    late = number_of(parcel["payment_schedule"][0]["due_on"]) + 120
    parcel["payments"][0]["paid_on"] = day(late)
    parcel["title_cert_issued_on"] = day(late + 40)


def granted_by(name: str, kind: str) -> Act:
    """Let this one sign the contract in its own name."""
    contract = issued_by("出让合同", name, f"{SHORT}岭土出")

    def act(office: Office, parcel: Record) -> None:
        contract(office, parcel)
        parcel |= {"grantor_name": name, "grantor_kind": kind}
        parcel["contract_no"] = office.on_table("出让合同")["doc_no"]

    return act


def cheap(share: float) -> Act:
    """Sell for this share of the least price, and at the same share of the benchmark where there is one."""

    def act(_: Office, parcel: Record) -> None:
        unit = parcel["min_price_cny_sqm"] * share
        price = ceil(unit * parcel["area_sqm"])
        parcel["total_price_cny"] = price
        if "benchmark_price_cny_sqm" in parcel:
            parcel["benchmark_price_cny_sqm"] = round(unit / share + 1)
        parcel["payment_schedule"][0]["amount_cny"] = price
        parcel["payments"][0]["amount_cny"] = price

    return act


def title_early(_: Office, parcel: Record) -> None:
    parcel["title_cert_issued_on"] = day(number_of(parcel["contract_signed_on"]) + 60)


def in_a_circle(_: Office, parcel: Record) -> None:
    paid = number_of(parcel["payments"][0]["paid_on"])
    parcel["payments"][0] |= {"funded_from": "platform", "funded_on": day(paid - 6)}
    parcel["payments"][0] |= {"returned_to": "platform", "returned_on": day(paid + 14)}


def kept_back(days: int | None) -> Act:
    """Let the money for the land lie in an account of the finance office, for so many days or to this day."""

    def act(_: Office, parcel: Record) -> None:
        payment = parcel["payments"][0]
        left = None if days is None else day(number_of(payment["paid_on"]) + days)
        payment |= {"account_kind": "fiscal_account", "treasury_on": left}

    return act


def never_connected(_: Office, agreement: Record) -> None:
    at = len(agreement["commitments"]) + 1
    commitment: Record = {"commitment_id": f"{agreement['agr_id']}-K{at}", "type": "infrastructure"}
    commitment |= {"text": "按补充约定，于2021年底以前将供热管道接至红线", "basis": None, "lawful": True}
    agreement["commitments"].append(commitment | {"due_on": "2021-12-31", "fulfilled_on": None})


def too_dense(_: Office, parcel: Record) -> None:
    parcel["site_check"]["far_actual"] = round(parcel["far_max"] + 0.6, 2)


def put_to_shops(_: Office, parcel: Record) -> None:
    parcel["site_check"]["actual_land_use"] = "commercial"


def not_topped_up(_: Office, parcel: Record) -> None:
    change = {"approved_on": "2019-05-20", "land_use": "commercial", "far_max": 2.5, "topup_due_cny": 8600000}
    parcel["conditions_change"] = change | {"topup_due_on": "2019-08-20", "topup_paid_cny": 0}
    parcel["site_check"] |= {"actual_land_use": "commercial", "far_actual": 1.8}


def promise(kind: str, text: str, basis: str | None, **terms: float) -> Act:
    """Add a promise that rests on no law."""

    def act(_: Office, agreement: Record) -> None:
        at = len(agreement["commitments"]) + 1
        commitment: Record = {"commitment_id": f"{agreement['agr_id']}-K{at}", "type": kind, "text": text}
        agreement["commitments"].append(commitment | {"basis": basis, "legal_basis_doc_id": None, **terms})

    return act


def pay(parcel_id: str, paid: str, purpose: str, amount: Callable[[int, int], float], **links: str) -> Act:
    """Pay a grantee a sum that is reckoned from the price and the area of what was granted."""

    def act(office: Office, record: Record) -> None:
        grant = office.grant(parcel_id)
        company = grant.company
        keep = {"exp_id": record["exp_id"]}
        record.clear()
        record |= keep | {"paid_on": paid, "amount_cny": amount(grant.price, grant.area), "payee_name": company.name}
        record |= {"payee_uscc": company.code, "payee_group_id": company.group, "purpose_text": purpose} | links
        voucher = office.paper("财政支付审批单及附件", None, number_of(paid), f"{ZONE}财政局")
        record["sources"] = {"*": [voucher]}

    return act


def pay_sister(office: Office, record: Record) -> None:
    pay("ZD000040", "2022-05-18", "产业发展扶持资金", lambda price, _: price * 0.3, linked_agreement_id="XY00004")(
        office, record
    )
    sister = office.dice.company("投资管理", office.grant("ZD000040").company.group)
    record |= {"payee_name": sister.name, "payee_uscc": sister.code}


def half_paid(_: Office, project: Record) -> None:
    household = project["households"][2]
    household["paid_cny"] = household["due_cny"] * 0.4
    household.pop("paid_on", None)
    household.pop("moved_on", None)
    outflow = next(each for each in project["account_outflows"] if each.get("payee_hh_id") == household["hh_id"])
    outflow["amount_cny"] = household["paid_cny"]


def notice_short(kind: str, days: int) -> Act:
    """Post a notice for so many days, the first and the last included."""

    def act(_: Office, project: Record) -> None:
        notice = next(each for each in project["public_notices"] if each["kind"] == kind)
        notice["posted_to"] = day(number_of(notice["posted_from"]) + days - 1)

    return act


def below_price(_: Office, project: Record) -> None:
    project["comp_std_cny_mu"] = project["district_price_cny_mu"] - 6000


def old_price(_: Office, project: Record) -> None:
    project["district_price_published_on"] = day(number_of(project["approved_on"]) - 1600)


def funds_late(_: Office, project: Record) -> None:
    project["funds_in_place_on"] = day(number_of(project["approved_on"]) + 70)


def moved_first(_: Office, project: Record) -> None:
    household = next(each for each in project["households"] if "paid_on" in each and "interim_on" not in each)
    moved = number_of(household["agreement_on"]) + 2
    household |= {"moved_on": day(moved), "agreement_on": day(moved + 180)}
    household |= {"due_on": day(moved + 210), "paid_on": day(moved + 200)}
    outflow = next(each for each in project["account_outflows"] if each.get("payee_hh_id") == household["hh_id"])
    outflow["paid_on"] = household["paid_on"]


def cut_off(office: Office, project: Record) -> None:
    occurred = number_of(project["decision_on"]) + 40
    finding = office.paper(
        "关于中断供水供电信访事项的调查处理决定", f"{SHORT}信复", occurred + 50, f"{CITY}住房和城乡建设局"
    )
    event: Record = {"event_id": f"{project['expro_id']}-S1", "kind": "utility_cut", "occurred_on": day(occurred)}
    project["coercion_events"] = [event | {"finding_doc_id": finding}]


def diverted(_: Office, project: Record) -> None:
    outflows = project["account_outflows"]
    outflow: Record = {"outflow_id": f"{project['expro_id']}-L{len(outflows) + 1:02d}", "paid_on": "2023-01-16"}
    outflow |= {"amount_cny": 3200000, "payee_name": f"{SHORT}州砚川市政工程有限公司", "payee_hh_id": None}
    outflows.append(outflow | {"purpose": "other"})


def asked_briefly(_: Office, project: Record) -> None:
    project["consultation_to"] = day(number_of(project["consultation_from"]) + 19)


def overspent(_: Office, event: Record) -> None:
    event["actual_cny"] = round(event["budget_cny"] * 1.3, 2)


def strayed(_: Office, trip: Record) -> None:
    actual = trip["actual"]
    added = next(each for each in ("西班牙", "希腊") if each not in actual["countries"])
    actual["countries"] = [*actual["countries"], added]
    actual["return_on"] = day(number_of(actual["depart_on"]) + 10)
    actual["cost_cny"] = round(trip["approved"]["budget_cny"] * 1.24, 2)


def never_begun(agreed: str, notice: str, determined: str, **more: object) -> Act:
    """Let nothing have been built for no reason but the owner's, which the authority found out and left at that."""

    def act(_: Office, parcel: Record) -> None:
        for each in ("actual_start_on", "actual_completion_on", "invested_cny"):
            parcel.pop(each, None)
        idle = {"notice_on": notice, "determined_on": determined, "cause": "enterprise", "fee_assessed_cny": None}
        idle |= {"fee_collected_on": None, "disposal_on": None, "reclaim_decision_on": None}
        end = day(number_of(agreed) + 730)
        parcel |= {"agreed_start_on": agreed, "agreed_completion_on": end, "last_patrol_on": "2024-11-12", "idle": idle}
        parcel |= more

    return act


def given_up(_: Office, parcel: Record) -> None:
    for each in ("actual_completion_on", "invested_cny"):
        parcel.pop(each, None)
    parcel |= {"agreed_start_on": "2018-07-31", "agreed_completion_on": "2020-07-31", "actual_start_on": "2018-06-20"}
    parcel |= {"suspended_since": "2019-08-15", "last_patrol_on": "2024-10-30"}
    area = parcel["area_sqm"]
    parcel |= {"developed_area_sqm": round(area * 0.18), "should_develop_area_sqm": round(area * 0.9)}
    parcel |= {"invested_cny": 9800000, "total_invest_cny": 126000000}


def short_of_money(_: Office, parcel: Record) -> None:
    price = parcel.get("total_price_cny", 9_600_000)
    parcel |= {"agreed_invest_cny": price * 9, "invested_cny": price * 3, "actual_completion_on": "2024-03-15"}
    parcel |= {"agreed_start_on": "2021-06-30", "agreed_completion_on": "2024-06-30", "actual_start_on": "2021-05-10"}


def too_spread_out(_: Office, parcel: Record) -> None:
    parcel |= {"building_coefficient_min_pct": 35, "actual_completion_on": "2014-05-22"}
    parcel["site_check"] = parcel.get("site_check", {}) | {
        "building_coefficient_pct": 23.6,
        "admin_living_land_pct": 6.2,
    }


def same_project(approved: str, cultivated: float) -> Act:
    return put(project_ids=["XM00007"], approved_on=approved, cultivated_ha=cultivated, pbf_ha=0, other_ha=6.2)


def expired(office: Office, plan: Record) -> None:
    name = f"{ZONE}经济社会发展中长期规划（2011—2020年）"
    plan |= {"name": name, "approved_on": "2011-06-20", "period_start": "2011-01-01", "period_end": "2020-12-31"}
    if "sources" in plan:
        number = office.serial(f"{SHORT}政办函", on(2011))
        office.on_table("中长期").update(title=f"关于{name}的批复", issued_on="2011-06-20", doc_no=number)


def three_years_only(office: Office, plan: Record) -> None:
    name = f"{ZONE}重点产业投资促进规划（2021—2023年）"
    plan |= {"name": name, "period_end": "2023-12-31"}
    if "sources" in plan:
        office.on_table("投资促进规划")["title"] = f"关于{name}的批复"


def occupied_first(_: Office, parcel: Record) -> None:
    parcel["occupied_on"] = day(number_of(parcel["approved_on"]) - 40)


def fenced_in_more(_: Office, parcel: Record) -> None:
    parcel["occupied_area_sqm"] = round(parcel["area_sqm"] * 1.18)


def hardly_supplied(_: Office, batch: Record) -> None:
    area = batch["cultivated_ha"] + batch["pbf_ha"] + batch["other_ha"]
    batch["supplied_ha"] = round(area * 0.42, 4)


COMMITTEE = f"{ZONE}管理委员会"
UNIT: Record = {"plan_id": "GH00019", "level": "prefecture", "approved": on(2011, 5, 11), "kind": "land_use"}
BOTH: Record = {"kind": "both", "approved": on(2019, 3, 5)}
TAX = "按企业当年缴纳增值税、企业所得税地方留成部分的百分之六十给予奖励，连续五年"

FIGURES = Breach(act=nothing)  # what is wrong with the zone as a whole shows in its own figures
BREACHES: Mapping[str, Breach] = MappingProxyType(
    {
        "B02": Breach(act=nothing, also={"HP00005": ({}, reviewed_after)}),
        "B03": Breach(act=nothing),
        "B04": Breach(wish={"unusable": True}, act=approved_by_committee),
        "B05": Breach(act=put(filed_npc=False)),
        "B60": Breach(act=put(rank_region=60)),
        "B61": Breach(act=put(rank_region=62)),
        "B62": Breach(act=put(submitted_value=22150)),
        "B64": Breach(act=put(list_tail=True)),
        "B65": Breach(act=without("closed_on")),
        "B66": Breach(act=in_item(1, without("cured_on", "verified_on", "closed_on", "evidence_ids"))),
        "B67": Breach(act=in_item(1, put(evidence_ids=[]))),
        "B06": Breach(wish={"unusable": True}, act=used_unapproved),
        "B07": Breach(
            wish=UNIT | {"reapproved": on(2019, 6, 3)},
            act=then(without("reapproved_on", "reapprover_level"), gone("的批复")),
        ),
        "B08": Breach(
            wish=UNIT
            | {"plan_id": "GH00021", "approved": on(2013, 5, 13), "kind": "far", "reapproved": on(2020, 9, 7)},
            act=changed_first,
        ),
        "B09": Breach(
            wish={
                "plan_id": "GH00003",
                "level": "prefecture",
                "approved": on(2012, 9, 15),
                "kind": "scale",
                "reapproved": on(2022, 4, 11),
            },
            act=put(eia_redone=False),
        ),
        "B10": Breach(act=put(panel_total=9, panel_experts=3, panel_signed=5)),
        "B11": Breach(act=put(followups=[])),
        "B12": Breach(act=unfinished),
        "B13": Breach(wish=granted(on(2021, 6, 10), instalments=2), act=second_unpaid),
        "B14": Breach(wish=granted(on(2020, 3, 18)), act=paid_late),
        "B15": Breach(wish=granted(on(2016, 5, 9)), act=granted_by(COMMITTEE, "admin_committee")),
        "B71": Breach(
            wish={"found": on(2024, 3, 12), "due": on(2024, 6, 30), "supervised": True}, act=without("closed_on")
        ),
        "B72": Breach(
            wish={"found": on(2024, 10, 8), "due": on(2025, 3, 31), "supervised": True},
            act=then(gone("挂牌督办"), without("closed_on", "supervision_doc_id")),
        ),
        "B73": Breach(wish={"occurred": on(2024, 5, 17)}, act=put(deaths=4, severe_injuries=2, loss_cny=8600000)),
        "B74": Breach(
            act=then(gone("风险评估"), gone("认定"), without("recognised_on", "safety_assessment_on", "sources")),
        ),
        "B75": Breach(act=without("published_on")),
        "B76": Breach(act=put(done=6)),
        "B77": Breach(act=put(published_on=None)),
        "B78": Breach(act=put(published_on=None)),
        "B79": Breach(act=then(without("notice_on"), put(on_public_catalogue=False, revoked_on=None))),
        "B16": Breach(wish=granted(on(2019, 8, 21)), act=granted_by(f"{SHORT}岭城市建设投资有限公司", "platform")),
        "B17": Breach(wish=granted(on(2012, 4, 16), method="agreement"), act=cheap(0.6)),
        "B18": Breach(wish=granted(on(2020, 11, 5)), act=cheap(0.82)),
        "B19": Breach(wish=granted(on(2017, 3, 27), instalments=2), act=title_early),
        "B20": Breach(wish=granted(on(2018, 9, 14)), act=in_a_circle),
        "B21": Breach(wish=granted(on(2015, 10, 20), use="residential", built=True), act=too_dense),
        "B22": Breach(wish=granted(on(2014, 6, 24), built=True), act=put_to_shops),
        "B23": Breach(wish=granted(on(2016, 8, 30), built=True), act=not_topped_up),
        "B24": Breach(
            wish=granted(on(2019, 12, 3)),
            act=then(gone("规划条件通知书"), put(planning_conditions={"doc_id": None, "in_contract": False})),
        ),
        "B25": Breach(wish=granted(on(2018, 1, 25)), act=put(detailed_plan_id=None)),
        "B80": Breach(act=kept_back(None)),
        "B81": Breach(act=kept_back(160)),
        "B82": Breach(
            act=put(issuer_kind="admin_committee", form="guarantee", issued_on="2017-04-12", revoked_on=None)
        ),
        "B83": Breach(act=put(issuer_kind="admin_committee", form="support", issued_on="2020-08-19", revoked_on=None)),
        "B84": Breach(
            act=put(
                name="道路项目建设贷款",
                incurred_on="2018-05-25",
                purpose="infrastructure",
                project_owner="admin_committee",
                repayment_source="fiscal",
                discharged_on=None,
            )
        ),
        "B85": Breach(act=put(ratio_pct=168)),
        "B86": Breach(
            act=then(without("ict_completed_on"), put(plan_approved_on="2018-07-03", ict_in_plan=False)),
        ),
        "B87": Breach(
            act=put(complainant_kind="foreign_invested", accepted_on="2024-03-11", closed_on=None),
        ),
        "B88": Breach(act=never_connected),
        "B89": Breach(
            act=put(item="道路工程结算尾款", debtor_kind="admin_committee", due_on="2023-09-28", paid_on=None)
        ),
        "B26": Breach(
            wish={"parcel": "ZD000036", "signed": on(2018, 2, 6)},
            act=promise(
                "land_price_cap",
                "竞得价格超过120元/平方米的部分，由甲方在乙方缴清价款后以产业扶持资金兑付给乙方",
                "land_price",
                cap_price_cny_sqm=120,
            ),
            also={"ZD000036": (granted(on(2018, 6, 12)), nothing)},
        ),
        "B27": Breach(
            act=pay(
                "ZD000036",
                "2019-11-20",
                "产业扶持资金（按招商协议第五条）",
                lambda price, area: price - 120 * area,
                linked_parcel_id="ZD000036",
                linked_agreement_id="XY00003",
            ),
        ),
        "B28": Breach(
            wish={"parcel": "ZD000040", "signed": on(2021, 1, 19)},
            act=promise(
                "land_fee_refund", "乙方缴清土地出让金后，甲方按出让金总额的百分之三十返还乙方", "land_price", ratio=0.3
            ),
            also={"ZD000040": (granted(on(2021, 4, 22)), nothing)},
        ),
        "B29": Breach(act=pay_sister),
        "B30": Breach(
            act=pay("ZD000044", "2021-08-27", "土地出让金奖补", lambda price, _: price * 0.15),
            also={"ZD000044": (granted(on(2020, 7, 2)), nothing)},
        ),
        "B31": Breach(
            wish={"parcel": "ZD000044", "signed": on(2024, 9, 12)}, act=promise("fiscal_reward", TAX, "tax_paid")
        ),
        "B32": Breach(
            wish={"parcel": "ZD000042", "signed": on(2019, 3, 15)},
            act=promise("fiscal_reward", TAX, "tax_paid"),
            also={"ZD000042": (granted(on(2019, 6, 6)), nothing)},
        ),
        "B33": Breach(
            act=pay(
                "ZD000042",
                "2024-10-18",
                "2023年度企业发展奖励",
                lambda price, _: round(price * 0.04),
                linked_agreement_id="XY00006",
            ),
        ),
        "B34": Breach(
            wish={"parcel": "ZD000044", "signed": on(2024, 10, 24)},
            act=promise("exclusivity", "协议期内甲方不再引进与乙方产品相同或者近似的企业", None),
        ),
        "B35": Breach(wish={"issued": on(2024, 9, 5)}, act=without("fcr")),
        "B90": Breach(
            wish={"admitted": on(2022, 4, 12)},
            act=put(name="年产八千吨有机中间体项目", industry_code="2614", kind="new", chemical=True),
        ),
        "B91": Breach(wish={"admitted": on(2020, 9, 7)}, act=begun_before_approval),
        "B92": Breach(
            wish={"admitted": on(2021, 5, 20)},
            act=then(put(eia_class="form", started_on="2022-02-16"), without("eia_approved_on", "eia_approver_level")),
        ),
        "B93": Breach(act=nothing, also={"WS04": ({}, put(networked=False))}),
        "B94": Breach(act=above_limits("2023", "effluent", 12)),
        "B95": Breach(act=above_limits("2022", "influent", 46)),
        "B96": Breach(
            wish={"admitted": on(2023, 3, 6)},
            act=put(
                eia_class="report", eia_approved_on="2023-09-14", eia_approver_level="prefecture", pollutants=["总磷"]
            ),
            also={"ZL2022-3": ({}, put(actual_t=9.8))},
        ),
        "B97": Breach(wish={"discharge_class": "simple"}, act=put(permit_no=None, permit_valid_to=None)),
        "B98": Breach(wish={"discharge_class": "key"}, act=put(permit_valid_to="2024-07-31")),
        "C01": Breach(
            wish={"admitted": on(2022, 10, 9)},
            act=put(
                name="年产两万吨环氧树脂扩建项目",
                kind="expansion",
                industry_code="2651",
                chemical=True,
                distance_to_yangtze_m=640,
                eia_class="report",
                eia_approved_on="2023-05-22",
                started_on="2023-08-30",
            ),
        ),
        "B36": Breach(wish={"issued": on(2019, 4, 10)}, act=put(fcr={"done_on": "2019-08-12"})),
        "B37": Breach(
            wish={"kind": "expropriation", "approved": on(2018, 7, 16)},
            act=then(put(approver_level="prefecture"), issued_by("批复", f"{CITY}人民政府", f"{SHORT}政地")),
        ),
        "B38": Breach(wish={"kind": "conversion", "approved": on(2013, 9, 23)}, act=approved_by_committee),
        "B39": Breach(wish={"kind": "both", "approved": on(2022, 3, 28)}, act=put(pbf_ha=3.2164)),
        "B40": Breach(
            wish=BOTH,
            act=same_project("2019-03-05", 21.4076),
            also={"PC00008": (BOTH | {"approved": on(2019, 8, 12)}, same_project("2019-08-12", 19.8321))},
        ),
        "B41": Breach(act=handed_over("国有建设用地供地审批", "land_supply", "2016-03-01")),
        "B42": Breach(wish={"kind": "collective_land", "start": on(2021, 10, 11)}, act=half_paid),
        "B43": Breach(wish={"kind": "collective_land", "start": on(2022, 2, 14)}, act=notice_short("pre_notice", 5)),
        "B44": Breach(
            wish={"kind": "collective_land", "start": on(2023, 2, 13)}, act=notice_short("compensation_plan", 20)
        ),
        "B45": Breach(wish={"kind": "collective_land", "start": on(2022, 5, 9)}, act=below_price),
        "C10": Breach(act=nothing, also={"GH00001": ({}, expired)}),
        "C11": Breach(act=nothing, also={"GH00002": ({}, three_years_only)}),
        "C12": Breach(act=put(in_master_plan_pct=71.5)),
        "C13": Breach(act=occupied_first),
        "C14": Breach(act=fenced_in_more),
        "C15": Breach(act=put(in_boundary_pct=38)),
        "C16": Breach(act=put(in_boundary_pct=0, block_id="QK03")),
        "C17": Breach(act=hardly_supplied),
        "B46": Breach(wish={"kind": "collective_land", "start": on(2021, 12, 6)}, act=old_price),
        "B47": Breach(wish={"kind": "collective_land", "start": on(2021, 11, 15)}, act=funds_late),
        "B48": Breach(wish={"kind": "state_house", "start": on(2019, 4, 8)}, act=moved_first),
        "B49": Breach(wish={"kind": "state_house", "start": on(2020, 6, 15)}, act=cut_off),
        "B50": Breach(wish={"kind": "collective_land", "start": on(2021, 10, 25)}, act=diverted),
        "B51": Breach(wish={"kind": "state_house", "start": on(2018, 3, 12)}, act=asked_briefly),
        "B52": Breach(wish={"plain": True}, act=overspent),
        "B53": Breach(wish={"plain": True}, act=put(gifts_cny=36000, gift_rule_doc_id=None)),
        "B54": Breach(wish={"year": 2018}, act=then(gone("任务批件"), put(approval_doc_id=None, approved=None))),
        "B55": Breach(wish={"year": 2018}, act=put(in_annual_plan=False, special_approval_doc_id=None)),
        "C20": Breach(act=too_spread_out),
        "C21": Breach(act=short_of_money),
        "C22": Breach(act=put(electronic_supervision_no=None)),
        "C23": Breach(act=never_begun("2023-05-08", "2024-05-20", "2024-06-18", actual_delivery_on="2022-11-08")),
        "C24": Breach(act=never_begun("2020-09-30", "2021-11-08", "2021-12-20", actual_delivery_on="2020-06-30")),
        "C25": Breach(act=given_up),
        "C26": Breach(act=nothing),
        "C27": Breach(act=kept_waiting_too_long),
        "B56": Breach(wish={"year": 2018}, act=strayed),
        "B57": Breach(wish={"year": 2018}, act=put(payer_kind="enterprise")),
        "B58": Breach(act=handed_over("集体土地征收审批", "expropriation", "2021-04-15")),
        "B59": Breach(act=nothing),
    }
)
