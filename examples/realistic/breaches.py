"""How each breach of `planted.json` is committed: what the record is like, and what the offender makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from types import MappingProxyType

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


def same_project(approved: str, cultivated: float) -> Act:
    return put(project_ids=["XM00007"], approved_on=approved, cultivated_ha=cultivated, pbf_ha=0, other_ha=6.2)


COMMITTEE = f"{ZONE}管理委员会"
UNIT: Record = {"plan_id": "GH00019", "level": "prefecture", "approved": on(2011, 5, 11), "kind": "land_use"}
BOTH: Record = {"kind": "both", "approved": on(2019, 3, 5)}
TAX = "按企业当年缴纳增值税、企业所得税地方留成部分的百分之六十给予奖励，连续五年"

BREACHES: Mapping[str, Breach] = MappingProxyType(
    {
        "B02": Breach(act=nothing, also={"HP00005": ({}, reviewed_after)}),
        "B03": Breach(act=nothing),
        "B04": Breach(wish={"unusable": True}, act=approved_by_committee),
        "B05": Breach(act=put(filed_npc=False)),
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
        "B56": Breach(wish={"year": 2018}, act=strayed),
        "B57": Breach(wish={"year": 2018}, act=put(payer_kind="enterprise")),
        "B58": Breach(act=handed_over("集体土地征收审批", "expropriation", "2021-04-15")),
        "B59": Breach(act=nothing),
    }
)
