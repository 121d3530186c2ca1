"""The dossier schema: what is read from it, and that one which contradicts itself does not load."""

import copy
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checker.dossier.loading import dossier_schema
from checker.dossier.schema import Kind, SchemaError, load_schema

SCHEMA = dossier_schema()
RAW: Any = SCHEMA.raw


def test_the_schema_is_valid_json_schema() -> None:
    Draft202012Validator.check_schema(RAW)


def test_registers_are_listed_with_their_paths_parents_first() -> None:
    assert list(SCHEMA.registers) == [
        "evidence",
        "claims",
        "plans",
        "assessments",
        "assessment_submission",
        "land_metrics",
        "inspection_items",
        "notices",
        "plan_changes",
        "major_hazards",
        "accidents",
        "chemical_parks",
        "spot_checks",
        "plan_eias",
        "parcels",
        "agreements",
        "debts",
        "guarantees",
        "debt_ratios",
        "infrastructure_projects",
        "complaints",
        "arrears_to_firms",
        "expenditures",
        "policy_documents",
        "land_approvals",
        "delegations",
        "drainage_areas",
        "entry_lists",
        "projects",
        "enterprises",
        "wastewater_facilities",
        "pollutant_caps",
        "expropriations",
        "promo_expenses",
        "zone_blocks",
        "geometries",
        "trips",
        "attestations",
        "notices.items",
        "plan_eias.measures",
        "plan_eias.followups",
        "parcels.payment_schedule",
        "parcels.payments",
        "agreements.commitments",
        "entry_lists.limits",
        "wastewater_facilities.exceedances",
        "expropriations.public_notices",
        "expropriations.households",
        "expropriations.coercion_events",
        "expropriations.account_outflows",
    ]


def test_an_entity_has_its_names() -> None:
    entity = SCHEMA.registers["agreements.commitments"]
    assert (entity.name, entity.path, entity.parent) == ("commitment", "agreements.commitments", "agreements")
    assert (entity.label, entity.singular, entity.id_field) == ("承诺事项", "commitment", "commitment_id")
    assert entity.label_fields == ("text", "commitment_id")
    assert SCHEMA.registers["agreements"].singular == "agreement"
    assert SCHEMA.root.fields["agreements"].entity is SCHEMA.registers["agreements"]
    assert SCHEMA.root.fields["agreements"].proof == "招商协议及补充协议"


def test_a_field_has_what_the_annotations_say() -> None:
    price = SCHEMA.registers["parcels"].fields["total_price_cny"]
    assert (price.kind, price.unit, price.limits) == (Kind.NUMBER, "cny", (0, 10**15))
    assert (price.label, price.proof) == ("出让价款总额", "国有建设用地使用权出让合同")
    assert (price.nullable, price.required, price.claim, price.may_be_blank) == (True, False, False, False)
    assert SCHEMA.registers["expenditures"].fields["amount_cny"].limits[0] == -(10**15)


def test_a_reference_gives_the_name_of_what_it_leads_to() -> None:
    change = SCHEMA.registers["plan_changes"].fields["plan_id"]
    assert (change.ref, change.target) == ("plans", "plan")
    assert SCHEMA.registers["expenditures"].fields["linked_parcel_id"].target == "linked_parcel"
    assert SCHEMA.registers["plans"].fields["plan_id"].target == ""


def test_a_name_that_python_reserves_has_another_attribute() -> None:
    field = SCHEMA.registers["claims"].fields["from"]
    assert (field.name, field.attribute, field.claim) == ("from", "from_", True)


def test_an_enumeration_has_members_labels_and_an_order() -> None:
    level = SCHEMA.registers["plans"].fields["approver_level"]
    assert level.order == ("admin_committee", "township", "county", "prefecture", "province", "state_council")
    assert level.members == level.order
    assert level.member_labels["state_council"] == "国务院"
    assert SCHEMA.zone.fields["level"].members == ("national", "provincial")


def test_everything_but_ids_and_what_must_be_dated_may_be_left_out_or_null() -> None:
    required = {
        (each.path, field.name) for each in SCHEMA.entities() for field in each.fields.values() if field.required
    }
    ids = {(path, entity.id_field) for path, entity in SCHEMA.registers.items()}
    assert required == ids | {
        ("", "meta"),
        ("", "zone"),
        ("meta", "dossier_id"),
        ("meta", "as_of_date"),
        ("zone", "zone_id"),
    }
    assert {field.name for field in SCHEMA.declaration.fields.values() if field.required} == {"complete"}
    assert all(field.nullable != field.required for each in SCHEMA.entities() for field in each.fields.values())


def test_only_the_days_of_the_dossier_and_of_a_declaration_must_be_whole() -> None:
    whole = [field.name for each in SCHEMA.entities() for field in each.fields.values() if field.full_day]
    assert whole == ["as_of_date"]
    assert SCHEMA.declaration.fields["as_of"].full_day


PLEADING = {
    "notices.items": {"extended_to", "extension_doc_id"},
    "zone": {"merged_with_district", "national_since", "detailed_plan_coverage", "planned_area_geometry_id"},
    "zone.merged_with_district": {"kind", "doc_id"},
    "zone.detailed_plan_coverage": {"covered_ha", "measured_on", "doc_id"},
    "parcels": {"geometry_id", "block_id"},
    "parcels.idle": {"cause_doc_id", "disposal_doc_id"},
    "agreements": {"terminated_on", "termination_doc_id", "voided_on", "voiding_doc_id"},
    "infrastructure_projects": {"ict_waiver_doc_id"},
    "land_approvals": {"delegated_by_doc_id"},
    "delegations": {"legal_basis_doc_id", "notice_on"},
    "policy_documents": {"repealed_on", "repeal_doc_id"},
    "expropriations.households": {
        *("escrowed_on", "escrowed_cny", "escrow_doc_id", "disputed_cny", "dispute_doc_id", "interim_on"),
        "interim_doc_id",
    },
}
"""Fields outside the register of claims whose absence means that nobody claims it, by entity: each needs a reason."""


def test_what_is_a_claim_is_said_twice() -> None:
    claims = {
        each.path: {name for name, field in each.fields.items() if field.claim}
        for each in SCHEMA.entities()
        if any(field.claim for field in each.fields.values())
    }
    register = {name for name in SCHEMA.registers["claims"].fields if name != "claim_id"}
    assert claims == {"claims": register, **PLEADING}


def test_only_events_and_links_may_be_blank() -> None:
    for entity in SCHEMA.entities():
        for field in entity.fields.values():
            if field.may_be_blank:
                assert field.kind in {Kind.DAY, Kind.BLOCK, Kind.TEXTS} or field.ref, (entity.path, field.name)
                assert not field.identity


def test_everything_has_a_chinese_label() -> None:
    for entity in (*SCHEMA.entities(), SCHEMA.declaration):
        for field in entity.fields.values():
            assert field.name == "schema_version" or re.search("[\u4e00-\u9fff]", field.label), (
                entity.path,
                field.name,
            )


def test_the_pattern_of_days_is_the_calendar() -> None:
    loose, whole = re.compile(RAW["$defs"]["day"]["pattern"]), re.compile(RAW["$defs"]["full_day"]["pattern"])
    first = date(1896, 1, 1)
    real = {(first + timedelta(days=n)).isoformat() for n in range(366 * 210)}
    for year in (1896, 1899, 1900, 1904, 2000, 2023, 2024, 2100):
        for month in range(14):
            for number in range(33):
                text = f"{year}-{month:02}-{number:02}"
                assert bool(whole.search(text)) == bool(loose.search(text)) == (text in real), text
            text = f"{year}-{month:02}"
            assert bool(loose.search(text)) == (1 <= month <= 12)
            assert not whole.search(text)
    assert loose.search("2024")
    assert not loose.search("0000")
    assert not loose.search("2024\n")
    assert not whole.search("2024-01-01\n")


# --- a schema that contradicts itself ---------------------------------------------------------------------------------


def field_of(raw: Any, record: str, name: str) -> Any:
    return raw["$defs"][record]["properties"][name]


def annotated(record: str, name: str, **more: Any) -> Callable[[Any], object]:
    keys = {
        key.replace("x_", "x-").replace("_", "-") if key.startswith("x_") else key: value for key, value in more.items()
    }
    return lambda raw: field_of(raw, record, name).update(keys)


def removed(record: str, name: str, key: str) -> Callable[[Any], object]:
    return lambda raw: field_of(raw, record, name).pop(key)


def on_record(record: str, **more: Any) -> Callable[[Any], object]:
    return lambda raw: raw["$defs"][record].update({key.replace("_", "-"): value for key, value in more.items()})


@pytest.mark.parametrize(
    ("change", "message", "suggestion"),
    [
        (annotated("plan_change", "plan_id", x_ref="plan"), "x-ref 指向的台账 plan 不存在", "是不是 plans？"),
        (annotated("plan", "name", x_ref="plans"), "引用字段的名称必须以 _id 结尾", ""),
        (annotated("plan", "plan_id", x_claim=True), "编号不能是主张（x-claim）", ""),
        (annotated("plan", "plan_id", x_may_be_blank=True), "编号和必填字段不能空白（x-may-be-blank）", ""),
        (annotated("plan", "name", x_may_be_blank=True), "x-may-be-blank 只能用于事件和关联，不能用于身份和金额", ""),
        (annotated("plan", "area_ha", x_may_be_blank=True), "x-may-be-blank 用在 number 类字段上没有意义", ""),
        (annotated("claim", "until", x_may_be_blank=True), "主张未提出即为无，不必再标 x-may-be-blank", ""),
        (annotated("plan", "area_ha", x_unit="acre"), "x-unit 不是已知的单位", ""),
        (annotated("plan", "name", x_unit="ha"), "x-unit 用在 text 类字段上没有意义", ""),
        (annotated("plan", "area_ha", x_untis="ha"), "x-untis 用在 number 类字段上没有意义", "是不是 x-unit？"),
        (annotated("plan", "area_ha", multipleOf=1), "multipleOf 用在 number 类字段上没有意义", ""),
        (removed("plan", "area_ha", "maximum"), "数值缺 minimum 或者 maximum", ""),
        (removed("plan", "name", "maxLength"), "文字字段缺 maxLength", ""),
        (removed("plan", "name", "title"), "缺中文名称 title", ""),
        (annotated("plan", "name", type="string"), "非必填字段必须允许 null", ""),
        (annotated("plan", "name", type=["string", "number"]), "不支持的类型 ['string', 'number']", ""),
        (annotated("plan", "plan_id", type=["string", "null"]), "编号字段 plan_id 必须是必填、不可为 null 的文字", ""),
        (removed("plan", "type", "x-labels"), "x-labels 与枚举值不一致", ""),
        (annotated("plan", "approver_level", x_order=["county"]), "x-order 必须恰好列出全部枚举值", ""),
        (
            annotated("agreement", "commitments", items={"$ref": "#/$defs/nothing"}),
            "$ref 指向的 #/$defs/nothing 不存在",
            "",
        ),
        (on_record("plan", additionalProperties=True), "缺 additionalProperties: false：拼错的字段名会被悄悄接受", ""),
        (on_record("plan", x_id="plan"), "x-id 所指的字段 plan 没有声明", "是不是 plan_id？"),
        (on_record("plan", x_label=["nam"]), "x-label 中的 nam 不是文字类字段", "是不是 name？"),
        (on_record("plan", x_singular=""), "台账记录缺 x-singular", ""),
        (on_record("plan", x_singular="name"), "x-singular name 与本记录的字段同名", ""),
        (on_record("plan", x_singular="parcel"), "x-singular parcel 同时用于 plans 和 parcels", ""),
        (on_record("plan", required=["plan_id", "colour"]), "required 中的 colour 没有声明", ""),
        (lambda raw: raw["$defs"]["plan"]["properties"].pop("sources"), "台账记录缺公共字段 sources", ""),
        (
            lambda raw: raw["$defs"]["plan"]["properties"].update(Colour=field_of(raw, "plan", "name")),
            "字段名 Colour 只能用小写字母、数字和下划线，以字母开头",
            "",
        ),
        (
            lambda raw: raw["$defs"]["plan_change"]["properties"].update(plan=field_of(raw, "plan", "name")),
            "引用字段 plan_id 与字段 plan 在规则中同名",
            "",
        ),
        (
            lambda raw: raw["$defs"]["commitment"]["properties"].update(agreement=field_of(raw, "plan", "name")),
            "agreements.commitments 的字段与上级记录的名称 agreement 同名",
            "",
        ),
        (
            lambda raw: raw["$defs"]["meta"]["properties"]["completeness"]["propertyNames"]["enum"].remove("trips"),
            "台账 trips 不能声明完整：propertyNames 缺它",
            "",
        ),
        (
            lambda raw: raw["$defs"]["meta"]["properties"]["completeness"]["propertyNames"]["enum"].append("trip"),
            "propertyNames 中的 trip 不是台账",
            "是不是 trips？",
        ),
        (
            lambda raw: raw["$defs"]["followup"]["properties"].update(again=field_of(raw, "plan_eia", "followups")),
            "嵌套过深或者循环引用",
            "",
        ),
    ],
)
def test_a_schema_that_contradicts_itself_does_not_load(
    change: Callable[[Any], object], message: str, suggestion: str
) -> None:
    raw = copy.deepcopy(RAW)
    change(raw)
    with pytest.raises(SchemaError) as caught:
        load_schema(raw)
    found = [each for each in caught.value.problems if each.message == message]
    assert found, [each.message for each in caught.value.problems]
    assert found[0].suggestion == suggestion
    assert found[0].place.file == "dossier.schema.json"


@pytest.mark.parametrize("word", ["unknown", "Unclassified", "不详", "n/a", "other"])
@pytest.mark.parametrize("label", ["其他", "不知道"])
def test_no_enumeration_has_a_member_that_means_not_known(word: str, label: str) -> None:
    raw = copy.deepcopy(RAW)
    kind = field_of(raw, "parcel", "supply_method")
    kind["enum"].append(word)
    kind["x-labels"][word] = label
    if (word, label) == ("other", "其他"):
        assert word in load_schema(raw).registers["parcels"].fields["supply_method"].members
        return
    with pytest.raises(SchemaError, match="表示“不知道”") as caught:
        load_schema(raw)
    assert caught.value.problems[0].place.pointer == "/properties/parcels/properties/supply_method"


def test_all_that_is_wrong_with_a_schema_is_told_at_once() -> None:
    raw = copy.deepcopy(RAW)
    annotated("plan", "area_ha", x_unit="acre")(raw)
    annotated("trip", "approval_doc_id", x_ref="papers")(raw)
    with pytest.raises(SchemaError) as caught:
        load_schema(raw)
    assert len(caught.value.problems) == 2
    assert caught.value.exit_code == 6
