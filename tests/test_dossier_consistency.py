"""What is valid and yet cannot be, or is hard to believe: each check fires, and does not fire beside its boundary."""

import json
from pathlib import Path
from typing import Any

import pytest

from checker.dossier.glance import AT_ONCE, glance
from checker.dossier.grouping import MOST_KEPT
from checker.dossier.loading import dossier_schema, load_dossier
from checker.dossier.survey import AT_ONCE as ROWS
from checker.errors import DossierError, Problem

SOUND = json.loads((Path(__file__).parent / "dossiers" / "sound.json").read_bytes())
SCHEMA = dossier_schema()
CODE = "91350100M000100Y43"
CITIZEN = "11010519491231002X"


def examined(completeness: Any = None, **more: Any) -> tuple[Problem, ...]:
    """Load the smallest dossier with *more* in it; give what was found, whether it blocks or not."""
    dossier = {
        "meta": {"dossier_id": "D", "as_of_date": "2024-12-31", "completeness": completeness or {}},
        "zone": {"zone_id": "Z"},
        **more,
    }
    try:
        return load_dossier(json.dumps(dossier, ensure_ascii=False, indent=1).encode(), "d.json", SCHEMA).doubts
    except DossierError as error:
        found = error.problems
    assert any(each.blocking for each in found)
    assert all(each.place.line is not None and each.excerpt for each in found if each.place.pointer)
    return found


def only(completeness: Any = None, **more: Any) -> Problem:
    [problem] = examined(completeness, **more)
    assert problem.place.file == "d.json"
    assert problem.suggestion
    return problem


def told(problem: Problem) -> tuple[str, str, str, bool]:
    return problem.place.pointer, problem.label, problem.message, problem.blocking


def parcel(**more: Any) -> dict[str, Any]:
    return {"parcel_id": "P1", **more}


def payment(paid_on: str, number: str = "1") -> dict[str, Any]:
    return {"payment_id": number, "paid_on": paid_on}


# --- ids ------------------------------------------------------------------------------------------------------------


def test_an_id_may_not_stand_twice_in_a_register() -> None:
    problem = only(plans=[{"plan_id": "A"}, {"plan_id": "B"}, {"plan_id": "A"}])
    assert told(problem) == ("/plans/2/plan_id", "规划编号", "A 在规划中出现了不止一次", True)
    assert (problem.place.line, problem.place.column) == (18, 15)


def test_an_id_that_stands_twice_is_told_beside_one_that_is_malformed() -> None:
    found = examined(plans=[{"plan_id": "A"}, {"plan_id": "A"}, {"plan_id": 5}])
    assert [told(each)[0] for each in found] == ["/plans/1/plan_id", "/plans/2/plan_id"]


def test_an_id_of_a_nested_register_may_not_stand_twice_under_one_parent() -> None:
    problem = only(
        parcels=[
            parcel(payments=[payment("2020-01-01", "1")]),
            {"parcel_id": "P2", "payments": [payment("2020-01-01", "1"), payment("2020-01-02", "1")]},
        ]
    )
    assert told(problem) == ("/parcels/1/payments/1/payment_id", "缴款编号", "1 在缴款中出现了不止一次", True)


def test_ids_may_be_the_same_in_two_registers_and_under_two_parents() -> None:
    found = examined(
        plans=[{"plan_id": "1"}],
        agreements=[{"agr_id": "1", "commitments": None}],
        parcels=[parcel(payments=[payment("2020-01-01")]), {"parcel_id": "P2", "payments": [payment("2020-01-01")]}],
    )
    assert found == ()


# --- identity numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"parcels": [parcel(grantee_name=f"张某（{CITIZEN}）")]}, "/parcels/0/grantee_name"),
        ({"parcels": [parcel(grantee_name=CITIZEN.lower())]}, "/parcels/0/grantee_name"),
        ({"parcels": [{"parcel_id": CITIZEN}]}, "/parcels/0/parcel_id"),
        (
            {"parcels": [parcel(payments=[{"payment_id": "1", "receipt_no": CITIZEN}])]},
            "/parcels/0/payments/0/receipt_no",
        ),
        (
            {"trips": [{"trip_id": "T", "approved": {"countries": ["日本", f"日本 {CITIZEN}"]}}]},
            "/trips/0/approved/countries",
        ),
        ({"claims": [{"claim_id": "C", "stated_by": CITIZEN}]}, "/claims/0/stated_by"),
        ({"completeness": {"plans": {"complete": False, "signatory": CITIZEN}}}, "/meta/completeness/plans/signatory"),
    ],
)
def test_the_identity_number_of_a_citizen_is_refused_wherever_it_stands(more: dict[str, Any], pointer: str) -> None:
    problem = only(**more)
    assert problem.place.pointer == pointer
    assert problem.blocking
    assert problem.message.upper() == "出现了公民身份号码 110105********002X"
    assert "改用代号" in problem.suggestion
    assert CITIZEN not in str(problem).upper()


def test_an_identity_number_among_sources_is_refused() -> None:
    found = examined(plans=[{"plan_id": "A", "sources": {"*": [CITIZEN]}}])
    assert [told(each)[0] for each in found if each.blocking] == ["/plans/0/sources"]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # the check digit is wrong
        "110105194913310029",  # there is no thirteenth month
        f"6{CITIZEN}",  # a longer number: an account
        f"{CITIZEN}9",
        f"{CITIZEN[:17]}",
        "320583201200123456",
        "110105196001020063",  # a valid code of an enterprise as well
    ],
)
def test_other_long_numbers_are_no_identity_numbers(text: str) -> None:
    assert examined(parcels=[parcel(contract_no=text)]) == ()


@pytest.mark.parametrize("before", range(-1, 20))
def test_an_identity_number_is_found_wherever_the_pieces_meet_that_a_text_is_looked_through_in(before: int) -> None:
    number = CITIZEN.encode()
    assert glance(b" " * (AT_ONCE - before) + number).may_hold_citizens
    assert glance(number + b" " * AT_ONCE).may_hold_citizens
    assert not glance(b" " * (AT_ONCE - before) + number[:16] + b" " * AT_ONCE).may_hold_citizens


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [0, ROWS - 1, ROWS, 2 * ROWS])
@pytest.mark.parametrize("others", [None, "2020-05-06", "2020-05", "2020"])
@pytest.mark.parametrize(
    ("day", "is_blocking"), [("1900-01-01", True), ("1948-12-31", True), ("2055-01-01", True), ("2025-01-01", False)]
)
def test_one_odd_day_among_many_is_found(where: int, others: str | None, day: str, is_blocking: bool) -> None:
    trips: list[dict[str, Any]] = [{"trip_id": f"T{n}", "actual": {"return_on": others}} for n in range(2 * ROWS + 1)]
    assert examined(trips=trips) == ()
    trips[where]["actual"]["return_on"] = day
    problem = only(trips=trips)
    assert (problem.place.pointer, problem.blocking) == (f"/trips/{where}/actual/return_on", is_blocking)
    trips[where - ROWS]["actual"]["return_on"] = "2020-05-06"
    trips[where - 1]["actual"]["return_on"] = "2020-05"
    assert only(trips=trips) == problem


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("1900-01-01", "1900-01-01 是没有填写时系统留下的默认值"),
        ("1900-01", "1900-01 是没有填写时系统留下的默认值"),
        ("1900", "1900 是没有填写时系统留下的默认值"),
        ("1948-12-31", "1948-12-31 早于 1949-01-01"),
        ("1948", "1948 早于 1949-01-01"),
        ("2055-01-01", "2055-01-01 晚于基准日 2024-12-31 之后 30 年"),
        ("2055-01", "2055-01 晚于基准日 2024-12-31 之后 30 年"),
    ],
)
def test_a_day_that_can_be_no_day_is_refused(day: str, message: str) -> None:
    problem = only(evidence=[{"doc_id": "D1", "valid_to": day}])
    assert told(problem) == ("/evidence/0/valid_to", "有效期至", message, True)


@pytest.mark.parametrize(
    "day", ["1949-01-01", "1949", "2024-12-31", "2025-01-01", "2054-12-31", "2054-12", "2054", None]
)
def test_a_day_at_the_edge_of_what_can_be_is_believed(day: str | None) -> None:
    assert examined(evidence=[{"doc_id": "D1", "valid_to": day}]) == ()


@pytest.mark.parametrize(
    ("more", "pointer", "label"),
    [
        ({"parcels": [parcel(contract_signed_on="DAY")]}, "/parcels/0/contract_signed_on", "合同签订日期"),
        ({"parcels": [parcel(payments=[payment("DAY")])]}, "/parcels/0/payments/0/paid_on", "缴款日期"),
        ({"expenditures": [{"exp_id": "X", "paid_on": "DAY"}]}, "/expenditures/0/paid_on", "支付日期"),
        ({"plan_eias": [{"eia_id": "E", "reviewed_on": "DAY"}]}, "/plan_eias/0/reviewed_on", "审查日期"),
        (
            {"plan_eias": [{"eia_id": "E", "followups": [{"followup_id": "F", "completed_on": "DAY"}]}]},
            "/plan_eias/0/followups/0/completed_on",
            "完成日期",
        ),
        ({"trips": [{"trip_id": "T", "actual": {"depart_on": "DAY"}}]}, "/trips/0/actual/depart_on", "离境日期"),
        ({"trips": [{"trip_id": "T", "actual": {"return_on": "DAY"}}]}, "/trips/0/actual/return_on", "返回日期"),
        (
            {"zone": {"zone_id": "Z", "detailed_plan_coverage": {"measured_on": "DAY"}}},
            "/zone/detailed_plan_coverage/measured_on",
            "测算日期",
        ),
    ],
)
def test_what_has_been_done_is_not_after_the_day_of_the_dossier(more: Any, pointer: str, label: str) -> None:
    def on(day: str) -> Any:
        return json.loads(json.dumps(more).replace("DAY", day))

    message = "2025-01-01 晚于基准日 2024-12-31，而这应当是已经发生的事"
    assert told(only(**on("2025-01-01"))) == (pointer, label, message, False)
    assert told(only(**on("2025-01")))[3] is False
    assert examined(**on("2024-12-31")) == ()
    assert examined(**on("2024")) == ()


def test_what_is_planned_may_lie_after_the_day_of_the_dossier() -> None:
    found = examined(
        parcels=[parcel(payment_schedule=[{"instalment_id": "1", "due_on": "2030-01-01"}])],
        plan_changes=[{"change_id": "C", "effective_on": "2025-06-01"}],
    )
    assert found == ()


@pytest.mark.parametrize(
    ("left", "back", "fires"),
    [
        ("2016-05-13", "2016-05-12", True),
        ("2016-05-13", "2016-05-13", False),
        ("2016-05-13", "2016-04", True),
        ("2016-05-13", "2016-05", False),
        ("2017", "2016-12-31", True),
        ("2016-05-13", None, False),
    ],
)
def test_nobody_returns_before_leaving(left: str, back: str | None, fires: bool) -> None:
    found = examined(trips=[{"trip_id": "T0"}, {"trip_id": "T", "actual": {"depart_on": left, "return_on": back}}])
    message = f"返回日期 {back} 早于离境日期 {left}"
    assert [told(each) for each in found] == [("/trips/1/actual/return_on", "返回日期", message, True)] * fires


@pytest.mark.parametrize(
    ("path", "earlier", "later", "labels"),
    [
        ("claims", "from", "until", ("期限起日", "期限止日")),
        ("evidence", "valid_from", "valid_to", ("生效日期", "有效期至")),
        ("evidence", "issued_on", "revoked_on", ("出具日期", "撤销日期")),
        ("trips.actual", "depart_on", "return_on", ("离境日期", "返回日期")),
        ("agreements", "signed_on", "terminated_on", ("签订日期", "解除日期")),
        ("agreements", "signed_on", "voided_on", ("签订日期", "确认无效日期")),
        ("expropriations", "consultation_from", "consultation_to", ("征求意见起始日期", "征求意见截止日期")),
    ],
)
def test_no_second_day_lies_before_the_first(path: str, earlier: str, later: str, labels: tuple[str, str]) -> None:
    def of(first: str | None, second: str | None) -> tuple[Problem, ...]:
        register, _, block = path.partition(".")
        days = {earlier: first, later: second}
        return examined(
            **{register: [{SCHEMA.registers[register].id_field: "R", **({block: days} if block else days)}]}
        )

    [problem] = of("2020-03-02", "2020-03-01")
    pointer = f"/{path.replace('.', '/0/')}/{later}" if "." in path else f"/{path}/0/{later}"
    assert told(problem) == (pointer, labels[1], f"{labels[1]} 2020-03-01 早于{labels[0]} 2020-03-02", True)
    for first, second in (
        ("2020-03-02", "2020-03-02"),
        ("2020-03", "2020-03-01"),
        (None, "2020-03-01"),
        ("2020", None),
    ):
        assert of(first, second) == ()


@pytest.mark.parametrize(
    ("subject", "suggestion"),
    [
        ("P1O", "P10（宗地）？"),
        ("INST-1O", "INST-10（约定支付）？"),
        ("zone-01", "ZONE-01（开发区）？"),
        ("完全不同的编号", "核对编号，或者补充这条记录"),
    ],
)
def test_a_claim_is_about_a_record_of_the_dossier(subject: str, suggestion: str) -> None:
    more = {
        "zone": {"zone_id": "ZONE-01"},
        "parcels": [{"parcel_id": "P10", "payment_schedule": [{"instalment_id": "INST-10"}]}],
    }
    problem = only(claims=[{"claim_id": "C", "subject_id": subject}], **more)
    message = f"{subject} 不是档案中任何一条记录的编号"
    assert told(problem) == ("/claims/0/subject_id", "所涉记录编号", message, True)
    if "宗地" in suggestion or "核对" in suggestion:
        assert problem.suggestion == suggestion
    for right in ("P10", "INST-10", "P10/INST-10", "ZONE-01", None):
        assert examined(claims=[{"claim_id": "C", "subject_id": right}], **more) == ()


def test_a_claim_says_which_of_several_records_of_one_id_it_is_about() -> None:
    parcels = [{"parcel_id": each, "payment_schedule": [{"instalment_id": "I1"}]} for each in ("P1", "P/2")]
    problem = only(claims=[{"claim_id": "C", "subject_id": "I1"}], parcels=parcels)
    assert told(problem) == ("/claims/0/subject_id", "所涉记录编号", "编号为 I1 的记录不止一条，不能确定是哪一条", True)
    assert problem.suggestion == "连同上级编号写，例如 P~12/I1"
    for right in ("P1/I1", "P~12/I1"):
        assert examined(claims=[{"claim_id": "C", "subject_id": right}], parcels=parcels) == ()
    assert told(only(claims=[{"claim_id": "C", "subject_id": "P/2/I1"}], parcels=parcels))[3]


def test_the_paper_of_a_declaration_is_in_the_dossier() -> None:
    declared = {"plans": {"complete": True, "doc_id": "D9"}}
    problem = only(declared, evidence=[{"doc_id": "D1"}])
    pointer = "/meta/completeness/plans/doc_id"
    assert told(problem) == (pointer, "声明文件", "D9 不在证据材料（evidence）之中", False)
    assert examined({"plans": {"complete": True, "doc_id": "D1"}}, evidence=[{"doc_id": "D1"}]) == ()


# --- references -----------------------------------------------------------------------------------------------------


def test_a_reference_leads_to_a_record() -> None:
    problem = only(
        plans=[{"plan_id": "A"}],
        plan_changes=[
            {"change_id": "1", "plan_id": "A"},
            {"change_id": "2", "plan_id": "B"},
            {"change_id": "3", "plan_id": None},
        ],
    )
    assert told(problem) == ("/plan_changes/1/plan_id", "所调整的规划", "B 不在规划（plans）之中", False)


def test_a_reference_inside_a_block_is_followed_too() -> None:
    problem = only(evidence=[{"doc_id": "D1"}], plan_changes=[{"change_id": "1", "consultation": {"doc_id": "D2"}}])
    assert problem.place.pointer == "/plan_changes/0/consultation/doc_id"
    assert not problem.blocking


def test_references_to_a_register_that_is_not_there_are_one_doubt() -> None:
    problem = only(expenditures=[{"exp_id": str(n), "linked_parcel_id": f"P{n}"} for n in range(5)])
    assert told(problem) == (
        "/expenditures/0/linked_parcel_id",
        "关联宗地",
        "引用了宗地，而档案中没有任何宗地（parcels）",
        False,
    )


@pytest.mark.parametrize(
    ("source", "fires"), [("D1", False), ("D1#p3", False), ("D2", True), ("D2#p3", True), ("D1x", True)]
)
def test_a_source_is_a_paper_of_the_dossier(source: str, fires: bool) -> None:
    found = examined(evidence=[{"doc_id": "D1"}], plans=[{"plan_id": "A", "sources": {"area_ha": [source]}}])
    message = f"{source} 不在证据材料（evidence）之中"
    assert [told(each) for each in found] == [("/plans/0/sources/area_ha", "资料来源", message, False)] * fires


def test_sources_without_any_paper_are_one_doubt() -> None:
    plans = [{"plan_id": str(n), "sources": {"*": ["D1"]}} for n in range(5)]
    problem = only(plans=plans, trips=[{"trip_id": "T", "sources": {"*": ["D1"]}}])
    assert told(problem) == (
        "/plans/0/sources/*",
        "资料来源",
        "写明了资料来源，而档案中没有任何证据材料（evidence）",
        False,
    )


@pytest.mark.parametrize(
    ("name", "fires"),
    [
        ("purpose", False),
        ("approved", False),
        ("approved.days", False),
        ("approved.x", True),
        ("purpose.x", True),
        ("x", True),
    ],
)
def test_sources_and_withheld_name_fields_of_the_record(name: str, fires: bool) -> None:
    sourced = examined(evidence=[{"doc_id": "D1"}], trips=[{"trip_id": "T", "sources": {name: ["D1"]}}])
    assert [told(each)[2:] for each in sourced] == [(f"{name} 不是这条记录的字段", False)] * fires
    withheld = examined(trips=[{"trip_id": "T", "withheld": [name]}])
    assert [told(each)[1:] for each in withheld] == [("拒不提供的字段", f"{name} 不是这条记录的字段", False)] * fires


# --- declarations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "fires"), [(2, False), (2.0, False), (1, True), (3, True), (None, False)])
def test_a_declared_count_agrees_with_the_register(count: Any, fires: bool) -> None:
    declared = {"parcels.payments": {"complete": True, "as_of": "2024-12-31", "count": count}}
    parcels = [parcel(payments=[payment("2020-01-01")]), {"parcel_id": "P2", "payments": [payment("2020-01-01")]}]
    found = examined(declared, parcels=parcels)
    message = f"声明有 {count} 条缴款，档案中有 2 条；这项完整性声明不作数"
    expected = ("/meta/completeness/parcels.payments/count", "记录条数", message, False)
    assert [told(each) for each in found] == [expected] * fires


@pytest.mark.parametrize("column", ["payee_uscc", "amount_cny", "exp_id", "purpose_text"])
def test_identities_and_amounts_may_not_be_declared_blank(column: str) -> None:
    problem = only({"expenditures": {"complete": True, "blank_means_none": ["linked_parcel_id", column]}})
    assert problem.place.pointer == "/meta/completeness/expenditures/blank_means_none/1"
    assert problem.label == "空白即无的栏目"
    assert problem.message.startswith(f"{column}（")
    assert problem.message.endswith("不能声明“空白即无”")
    assert problem.suggestion == "可以声明的栏目：linked_parcel_id（关联宗地）、linked_agreement_id（关联招商协议）"
    assert problem.blocking


def test_a_column_that_is_none_may_not_be_declared_blank() -> None:
    problem = only({"parcels.payment_schedule": {"complete": True, "blank_means_none": ["colour"]}})
    assert problem.message == "parcels.payment_schedule 没有 colour 这个字段，它不能声明“空白即无”"
    assert problem.suggestion == "付款约定没有可以这样声明的栏目"
    assert problem.blocking


def test_events_and_links_may_be_declared_blank() -> None:
    assert examined({"plan_changes": {"complete": True, "blank_means_none": ["reapproved_on", "consultation"]}}) == ()


# --- land and money -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "amounts", "complete", "fires"),
    [
        (0.3, [0.1, 0.2], True, False),
        (0.3, [0.1, 0.21], True, True),
        (0.3, [0.1, 0.21], False, False),
        (0.3, [0.1, None], True, False),
        (300, [], True, True),
        (None, [1], True, False),
    ],
)
def test_instalments_add_up_to_the_price(price: Any, amounts: list[Any], complete: bool, fires: bool) -> None:
    schedule = [{"instalment_id": str(n), "amount_cny": each} for n, each in enumerate(amounts)]
    declared = {"parcels.payment_schedule": {"complete": complete, "as_of": "2024-12-31"}}
    found = examined(declared, parcels=[parcel(total_price_cny=price, payment_schedule=schedule)])
    assert [told(each)[:2] for each in found] == [("/parcels/0/payment_schedule", "付款约定")] * fires
    assert not any(each.blocking for each in found)


def test_the_sums_of_odd_instalments_are_told_to_the_cent() -> None:
    declared = {"parcels.payment_schedule": {"complete": True, "as_of": "2024-12-31"}}
    schedule = [{"instalment_id": "1", "amount_cny": 999999.99}]
    problem = only(declared, parcels=[parcel(total_price_cny=1000000, payment_schedule=schedule)])
    assert problem.message == "宗地 P1 各期约定支付金额合计 999,999.99 元，出让价款总额 1,000,000 元，两者不符"


@pytest.mark.parametrize(
    ("price", "area", "method", "fires"),
    [
        (1000, 100, "listing", False),
        (999.99, 100, "listing", True),
        (10_000_000, 100, "listing", False),
        (10_000_000.01, 100, "listing", True),
        (999.99, 100, "allocation", False),
        (0, 100, "lease", False),
        (5, 0, "listing", True),
        (5, None, "listing", False),
        (999.99, 100, None, True),
    ],
)
def test_a_price_far_from_any_price_is_doubted(
    price: float, area: float | None, method: str | None, fires: bool
) -> None:
    found = examined(parcels=[parcel(total_price_cny=price, area_sqm=area, supply_method=method)])
    assert [told(each)[:2] for each in found] == [("/parcels/0/total_price_cny", "出让价款总额")] * fires
    assert not any(each.blocking for each in found)


def test_the_doubt_of_a_price_names_the_price_and_the_likely_slip() -> None:
    problem = only(parcels=[parcel(total_price_cny=300, area_sqm=10000)])
    assert problem.message == "宗地 P1 的单价（0.03 元/㎡）不在 10～100,000 元/㎡ 之间"
    assert problem.suggestion == "核对单位：价款以元计（不是万元），面积以平方米计（不是公顷、亩）"
    assert "面积为零" in only(parcels=[parcel(total_price_cny=300, area_sqm=0)]).message


@pytest.mark.parametrize(
    ("paid_on", "fires"), [("2014-06-09", True), ("2014-06-10", False), ("2015-06-10", False), ("2014-06", False)]
)
def test_a_payment_long_before_the_contract_is_doubted(paid_on: str, fires: bool) -> None:
    payments = [payment("2016-01-01", "0"), payment(paid_on, "1")]
    found = examined(parcels=[parcel(contract_signed_on="2015-06-10", payments=payments)])
    message = f"宗地 P1 的缴款日期 {paid_on} 早于合同签订日期 2015-06-10 一年以上"
    assert [told(each) for each in found] == [("/parcels/0/payments/1/paid_on", "缴款日期", message, False)] * fires


def test_two_parcels_of_one_contract_are_doubted() -> None:
    numbers = ["A", "B", "A", None, None, "A"]
    parcels = [{"parcel_id": f"P{n}", "contract_no": each} for n, each in enumerate(numbers)] + [{"parcel_id": "P9"}]
    problem = only(parcels=parcels)
    message = "合同编号 A 用于 3 宗地（P0、P2、P5）"
    assert told(problem) == ("/parcels/2/contract_no", "出让合同编号", message, False)


@pytest.mark.parametrize(
    ("experts", "signed", "total", "wrong"),
    [
        (8, 8, 8, []),
        (9, 8, 8, ["panel_experts"]),
        (8, 9, 8, ["panel_signed"]),
        (9, 9, None, []),
        (None, 9, 8, ["panel_signed"]),
    ],
)
def test_no_panel_has_more_experts_or_signatures_than_members(
    experts: int | None, signed: int, total: int | None, wrong: list[str]
) -> None:
    panel = {"panel_experts": experts, "panel_signed": signed, "panel_total": total}
    found = examined(plan_eias=[{"eia_id": "E1", **panel}])
    labels = {"panel_experts": "审查小组专家人数", "panel_signed": "审查意见签字人数"}
    assert [told(each) for each in found] == [
        (f"/plan_eias/0/{name}", labels[name], f"{labels[name]} 9 人，大于审查小组人数 8 人", False) for name in wrong
    ]


@pytest.mark.parametrize(
    ("covered", "planned", "fires"), [(900, 900, False), (900.01, 900, True), (900.01, None, False)]
)
def test_no_more_is_covered_than_was_planned(covered: float, planned: float | None, fires: bool) -> None:
    zone = {"zone_id": "Z", "planned_construction_area_ha": planned, "detailed_plan_coverage": {"covered_ha": covered}}
    found = examined(zone=zone)
    message = "已覆盖面积 900.01 公顷，大于规划建设用地面积 900 公顷"
    expected = ("/zone/detailed_plan_coverage/covered_ha", "已覆盖面积", message, False)
    assert [told(each) for each in found] == [expected] * fires


@pytest.mark.parametrize(
    ("gifts", "spent", "fires"),
    [(5000, 5000, False), (5000.01, 5000, True), (5000.01, None, False), (None, 5000, False)],
)
def test_gifts_are_a_part_of_what_an_event_cost(gifts: float | None, spent: float | None, fires: bool) -> None:
    found = examined(promo_expenses=[{"event_id": "E0"}, {"event_id": "E", "gifts_cny": gifts, "actual_cny": spent}])
    message = "招商活动费用 E 的礼品支出 5,000.01 元，大于实际支出 5,000 元"
    expected = ("/promo_expenses/1/gifts_cny", "礼品支出", message, False)
    assert [told(each) for each in found] == [expected] * fires


@pytest.mark.parametrize(
    ("code", "fires"),
    [
        (CODE, False),
        ("91350100M000100Y4Z", True),
        ("91350100M000100Y4", True),
        ("U1", True),
        (None, False),
        ("91350100I000100Y43", True),
    ],
)
def test_a_code_has_its_check_digit(code: str | None, fires: bool) -> None:
    message = f"{code} 不是有效的统一社会信用代码（位数、字符或者校验码不对）"
    found = examined(parcels=[{"parcel_id": "P0", "grantee_uscc": CODE}, parcel(grantee_uscc=code)])
    assert [told(each) for each in found] == [
        ("/parcels/1/grantee_uscc", "受让人统一社会信用代码", message, False)
    ] * fires
    found = examined(expenditures=[{"exp_id": "X", "payee_uscc": code}])
    assert [told(each) for each in found] == [
        ("/expenditures/0/payee_uscc", "收款人统一社会信用代码", message, False)
    ] * fires


# --- expropriations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "fires"),
    [
        ("2023-03-02", "2023-03-01", True),
        ("2023-03-01", "2023-03-01", False),
        ("2023-03", "2023-02", True),
        ("2023-03", "2023-03-01", False),
        (None, "2023-03-01", False),
        ("2023-03-02", None, False),
    ],
)
def test_no_notice_ends_before_it_begins(start: str | None, end: str | None, fires: bool) -> None:
    consulted = examined(expropriations=[{"expro_id": "E", "consultation_from": start, "consultation_to": end}])
    message = f"征求意见截止日期 {end} 早于征求意见起始日期 {start}"
    assert [told(each) for each in consulted] == [
        ("/expropriations/0/consultation_to", "征求意见截止日期", message, True)
    ] * fires
    notice = {"notice_id": "N", "posted_from": start, "posted_to": end}
    posted = examined(expropriations=[{"expro_id": "D"}, {"expro_id": "E", "public_notices": [notice]}])
    message = f"公告截止日期 {end} 早于公告起始日期 {start}"
    assert [told(each) for each in posted] == [
        ("/expropriations/1/public_notices/0/posted_to", "公告截止日期", message, True)
    ] * fires


@pytest.mark.parametrize(
    ("kind", "listed", "complete", "missing"),
    [
        ("collective_land", ["pre_notice", "compensation_plan", "announcement"], True, ""),
        ("collective_land", ["pre_notice", "announcement"], True, "征地补偿安置方案公告"),
        ("collective_land", [], True, "征收土地预公告、征地补偿安置方案公告、征收土地公告"),
        ("collective_land", [], False, ""),
        ("state_house", [], True, ""),
        (None, [], True, ""),
    ],
)
def test_a_whole_list_of_notices_has_all_kinds(
    kind: str | None, listed: list[str], complete: bool, missing: str
) -> None:
    notices = [{"notice_id": each, "kind": each} for each in listed]
    found = examined(
        {"expropriations.public_notices": {"complete": complete}},
        expropriations=[{"expro_id": "E", "kind": kind, "public_notices": notices}],
    )
    message = f"征收项目 E 声明公告已列全，而没有{missing}"
    assert [told(each) for each in found] == [("/expropriations/0/public_notices", "征收公告", message, False)] * bool(
        missing
    )


def test_a_notice_of_unknown_kind_may_be_the_missing_one() -> None:
    project = {"expro_id": "E", "kind": "collective_land", "public_notices": [{"notice_id": "N"}]}
    assert not examined({"expropriations.public_notices": {"complete": True}}, expropriations=[project])


@pytest.mark.parametrize(
    ("code", "fires"), [("H001", False), ("甲村1户", False), ("王某", True), ("欧阳某某", True), ("东一户", False)]
)
def test_a_household_is_a_code_and_not_a_name(code: str, fires: bool) -> None:
    found = examined(expropriations=[{"expro_id": "E", "households": [{"hh_id": code}]}])
    message = f"户编号“{code[0]}…”像是姓名"
    assert [told(each) for each in found] == [
        ("/expropriations/0/households/0/hh_id", "户编号", message, False)
    ] * fires


# --- all together ---------------------------------------------------------------------------------------------------


def test_a_sound_dossier_leaves_no_doubt() -> None:
    assert load_dossier(json.dumps(SOUND).encode(), "d.json", SCHEMA).doubts == ()


def test_of_one_kind_only_the_first_are_told_and_the_rest_counted() -> None:
    found = examined(parcels=[{"parcel_id": f"P{n}", "grantee_uscc": "x"} for n in range(MOST_KEPT + 7)])
    assert len(found) == MOST_KEPT + 1
    assert found[-1].message == "同类问题还有 7 处没有列出"
    assert found[-2].place.pointer == f"/parcels/{MOST_KEPT - 1}/grantee_uscc"


def test_what_blocks_comes_first_and_doubts_are_told_with_it() -> None:
    found = examined(expenditures=[{"exp_id": "X", "payee_uscc": "x"}], plans=[{"plan_id": "A"}, {"plan_id": "A"}])
    assert [each.blocking for each in found] == [True, False]


def test_the_same_dossier_gives_the_same_doubts() -> None:
    parcels = [{"parcel_id": f"P{n}", "contract_no": f"C{n % 7}", "grantee_uscc": f"U{n}"} for n in range(40)]
    assert examined(parcels=parcels) == examined(parcels=parcels)
