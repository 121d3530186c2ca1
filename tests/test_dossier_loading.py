"""Dossiers from bytes to records: exactness, agreement of both validators, the words for what is wrong, the disk."""

import contextlib
import copy
import hashlib
import json
import os
import random
import socket
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from decoding import is_decoded, spots
from jsonschema import Draft202012Validator
from msgspec import UNSET
from msgspec.structs import astuple

from checker.dossier import mending, validation
from checker.dossier.consistency import Look, examine
from checker.dossier.faults import Fault
from checker.dossier.grouping import MOST_PROBLEMS, Mistake
from checker.dossier.loading import dossier_schema, load_dossier, read_dossier
from checker.dossier.places import pointer_of
from checker.dossier.records import decode, made, read, records
from checker.dossier.schema import DossierSchema, Kind
from checker.dossier.survey import AT_ONCE
from checker.dossier.validation import problems_of
from checker.errors import DossierError, Problem, listed
from checker.limits import LARGEST, MEGABYTE, Limits
from checker.values import Range

HERE = Path(__file__).parent / "dossiers"
SOUND = (HERE / "sound.json").read_bytes()
SCHEMA = dossier_schema()
MINIMAL = {"meta": {"dossier_id": "D", "as_of_date": "2024-12-31"}, "zone": {"zone_id": "Z"}}


def sound() -> Any:
    return json.loads(SOUND)


def encoded(dossier: Any) -> bytes:
    return json.dumps(dossier, ensure_ascii=False, indent=1).encode()


def minimal(**more: Any) -> bytes:
    return encoded({**copy.deepcopy(MINIMAL), **more})


def refused(data: bytes) -> tuple[Problem, ...]:
    with pytest.raises(DossierError) as caught:
        load_dossier(data, "d.json", SCHEMA)
    assert caught.value.exit_code == 4
    return caught.value.problems


def only(data: bytes) -> Problem:
    [problem] = refused(data)
    return problem


# --- what is decoded --------------------------------------------------------------------------------------------------


def test_absent_is_unset_null_is_none_and_an_absent_claim_is_none() -> None:
    root = decode(minimal(parcels=[{"parcel_id": "P", "contract_no": None}], claims=[{"claim_id": "C"}]), SCHEMA)
    assert root.parcels[0].project_name is UNSET
    assert root.parcels[0].contract_no is None
    assert root.claims[0].until is None
    assert root.claims[0].from_ is None
    assert root.zone.merged_with_district is None
    assert root.plans is UNSET
    assert root.meta.completeness is UNSET


def test_the_key_from_is_read_although_python_reserves_the_word() -> None:
    root = decode(minimal(claims=[{"claim_id": "C", "from": "2024-01-02"}]), SCHEMA)
    assert root.claims[0].from_ == date(2024, 1, 2)


def test_money_keeps_every_digit() -> None:
    amounts = "[0.1, 0.2, 999999.99, 1e3, 123456789012345, 0.30]".strip("[]").split(", ")
    payments = ",".join(f'{{"payment_id": "{n}", "amount_cny": {each}}}' for n, each in enumerate(amounts))
    data = minimal(parcels=[{"parcel_id": "P", "payments": []}]).replace(b"[]", f"[{payments}]".encode())
    found = [each.amount_cny for each in records(decode(data, SCHEMA), "parcels.payments")]
    assert found == [Decimal("0.1"), Decimal("0.2"), Decimal("999999.99"), 1000, 123456789012345, Decimal("0.3")]
    assert found[0] + found[1] == found[5]
    assert {each.__class__ for each in found} == {int, Decimal}


def test_a_day_is_a_date_and_a_month_or_a_year_a_range() -> None:
    plans = [
        {"plan_id": n, "approved_on": day} for n, day in zip("abc", ("2024-02-29", "2024-02", "2024"), strict=True)
    ]
    root = decode(minimal(plans=plans), SCHEMA)
    assert [each.approved_on for each in root.plans] == [
        date(2024, 2, 29),
        Range(date(2024, 2, 1), date(2024, 2, 29)),
        Range(date(2024, 1, 1), date(2024, 12, 31)),
    ]
    assert root.meta.as_of_date == date(2024, 12, 31)


def test_records_are_told_apart_by_identity_even_if_they_are_alike() -> None:
    root = decode(minimal(plans=[{"plan_id": "a"}, {"plan_id": "a"}]), SCHEMA)
    first, second = root.plans
    assert first != second
    assert len({first, second}) == 2


def test_records_of_a_path_come_in_the_order_of_their_parents() -> None:
    root = decode(SOUND, SCHEMA)
    assert [each.amount_cny for each in records(root, "parcels.payments")] == [
        Decimal("1500000.1"),
        Decimal("1500000.2"),
        Decimal("999999.99"),
    ]
    assert [each.persons for each in records(root, "trips.approved")] == [6]
    assert records(decode(minimal(), SCHEMA), "parcels.payments") == []


def test_records_that_are_made_are_of_the_classes_of_decoded_ones() -> None:
    registers: dict[str, list[dict[str, Any]]] = {}
    for path, entity in SCHEMA.registers.items():
        outer, _, name = path.rpartition(".")
        (registers[outer][0] if outer else registers)[name] = registers[path] = [{entity.id_field: "甲"}]
    root = decode(minimal(**{path: found for path, found in registers.items() if "." not in path}), SCHEMA)
    assert {path: type(records(root, path)[0]) for path in SCHEMA.registers} == {
        path: type(made(SCHEMA, path, {entity.id_field: "甲"})) for path, entity in SCHEMA.registers.items()
    }


def test_a_loaded_dossier_says_where_it_comes_from() -> None:
    dossier = load_dossier(SOUND, "d.json", SCHEMA)
    assert dossier.sha256 == hashlib.sha256(SOUND).hexdigest()
    assert dossier.name == "d.json"
    assert dossier.doubts == ()
    assert dossier.root.zone.name_zh == "某经济技术开发区"


def test_a_byte_order_mark_is_accepted_and_counts_in_the_digest() -> None:
    data = b"\xef\xbb\xbf" + SOUND
    assert (
        load_dossier(data, "d.json", SCHEMA).sha256
        == hashlib.sha256(data).hexdigest()
        != hashlib.sha256(SOUND).hexdigest()
    )


# --- both validators agree ------------------------------------------------------------------------------------------


ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, -0.5, 5.0, 5.5, 2, 10**15, 10**15 + 1, 10**40, 1e300, "", "x", "x" * 65, "x" * 5000,
    "D001", "D#1", "a b", "a\n", "2024", "2024-02", "2024-02-29", "2023-02-29", "2024-13", "2024-00", "2024-1-1",
    "0000", "0000-01-01", "2024-02-29\n", "２０２４", "20240229", "2024-02-29T00:00:00Z", "9999-12-31", "1900-02-29",
    "2000-02-29", "national", "district", "listing", "unknown", "不详", "other", "1.0", "true", "1000",
    [], {}, [[]], [None], [{}], ["x"], [1], [""], {"x": 1}, {"*": ["D001"]}, {"*": [""]}, {"*": None}, {"": ["D001"]},
    {"complete": True}, {"parcels": {"complete": True}}, {"parcels": {"complete": None}}, {"parcels": {}},
    {"parcels.nothing": {"complete": True}}, {"kind": "county"}, [{"payment_id": "1"}], [{"payment_id": 1}],
    [{"commitment_id": "1", "type": None}],
)  # fmt: skip


def mutated(chance: random.Random) -> Any:
    dossier = sound()
    for _ in range(chance.choice((1, 1, 1, 2))):
        path = chance.choice(list(spots(dossier))[1:])
        holder = dossier
        for step in path[:-1]:
            holder = holder[step]
        match chance.randrange(6):
            case 0:
                del holder[path[-1]]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(("colour", "x", "Zone_id", path[-1] + "s", "sources", "from", "from_"))] = (
                    chance.choice(ODD)
                )
            case 2 if isinstance(holder, list):
                holder.append(chance.choice(ODD))
            case _:
                holder[path[-1]] = chance.choice(ODD)
    return dossier


@pytest.mark.thorough
def test_the_decoder_accepts_exactly_what_the_json_schema_accepts() -> None:
    chance = random.Random(54)  # noqa: S311  (the same dossiers in every run)
    plain = Draft202012Validator(SCHEMA.raw)
    verdicts = []
    for _ in range(600):
        dossier = mutated(chance)
        data = encoded(dossier)
        verdicts.append(is_decoded(data))
        assert verdicts[-1] == plain.is_valid(json.loads(data)), data
        assert verdicts[-1] == (not problems_of(data, "d.json", SCHEMA)), data
    assert 60 < sum(verdicts) < 540


@pytest.mark.parametrize("path", sorted(set(spots(sound()))), ids=pointer_of)
def test_they_agree_on_every_value_of_the_wrong_kind_at_every_place(path: tuple[Any, ...]) -> None:
    plain = Draft202012Validator(SCHEMA.raw)
    odd: Any
    for odd in (None, True, 7, -7, 2.5, "x", "2024-05", [], {}, [{}], {"x": 1}):
        dossier = sound()
        if not path:
            dossier = odd
        else:
            holder = dossier
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = odd
        data = encoded(dossier)
        assert is_decoded(data) == plain.is_valid(dossier), (path, odd)


@pytest.mark.parametrize(
    "number",
    [
        "1e999",
        "1" + "0" * 400,
        "1" + "0" * 5000,
        "-1" + "0" * 400,
        "1e99999999999999999999",
        "1E-400",
        "0." + "1" * 60,
        "0e-999999",
    ],
)
def test_numbers_that_no_arithmetic_can_hold_are_refused_by_both(number: str) -> None:
    data = minimal(parcels=[{"parcel_id": "P", "area_sqm": 0.5}]).replace(b"0.5", number.encode())
    assert not is_decoded(data)
    problem = only(data)
    assert problem.place.pointer == "/parcels/0/area_sqm"
    assert problem.label == "宗地面积"
    assert problem.suggestion


@pytest.mark.parametrize("number", ["5.0", "50e-1", "0.5e1"])
def test_a_whole_number_may_be_spelled_as_a_decimal_as_the_json_schema_has_it(number: str) -> None:
    data = minimal(trips=[{"trip_id": "T", "approved": {"days": 77}}]).replace(b"77", number.encode())
    assert decode(data, SCHEMA).trips[0].approved.days == 5
    assert problems_of(data, "d.json", SCHEMA) == ()


NUMBERS = (
    "0", "-0", "0.0", "-0.0", "5", "5.0", "50e-1", "0.5e1", "1e2", "1E+2", "-1", "-0.5", "1e+0000000000000000000000002",
    "1e-20", "1e-21", "0e-20", "0e-99", "0." + "1" * 24, "0." + "1" * 25, "1." + "0" * 30, "1" * 25, "999999999.99",
    "1000000000", "1000000000.0", "1000000000.01", "1e9", "1e24", "1e25", "100.0000000000000001", "true", "false",
    "null", '"5"', '"5.5"', '""', '"NaN"', "[]", "[5]", "{}", '{"x": 5}',
)  # fmt: skip


@pytest.mark.parametrize("where", [0, 1, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 1])
@pytest.mark.parametrize("name", ["area_sqm", "in_boundary_pct"])
def test_one_odd_number_among_many_is_judged_as_the_json_schema_judges_it(where: int, name: str) -> None:
    plain = Draft202012Validator(SCHEMA.raw)
    parcels = [{"parcel_id": f"P{n}", name: n % 7 if n % 3 else n % 50 + 0.25} for n in range(2 * AT_ONCE + 2)]
    parcels[where][name] = 77.77
    before, _, after = minimal(parcels=parcels).partition(b"77.77")
    verdicts = set()
    for number in NUMBERS:
        data = before + number.encode() + after
        verdicts.add(verdict := is_decoded(data))
        assert verdict == (not problems_of(data, "d.json", SCHEMA)), number
        small = minimal(parcels=[{"parcel_id": "P", name: 77.77}]).replace(b"77.77", number.encode())
        assert verdict <= plain.is_valid(json.loads(small, parse_float=Decimal)), number
        if verdict and number != "null":
            found = getattr(decode(data, SCHEMA).parcels[where], name)
            exact = Decimal(number)
            assert found == exact
            assert found.__class__ is (int if exact == exact.to_integral_value() else Decimal)
    assert verdicts == {True, False}


@pytest.mark.parametrize(
    ("number", "is_sound"),
    [("0", False), ("0.0", False), ("1", True), ("1.0", True), ("1.5", False), ("10000", True), ("10001", False),
     ("1e4", True), ("true", False), ("-1", False), ("null", True)],
)  # fmt: skip
def test_a_whole_number_that_may_not_be_zero_is_judged_by_both_alike(number: str, is_sound: bool) -> None:
    entity = SCHEMA.registers["assessments"]
    years = [{entity.id_field: f"A{n}", "rank_national": 7} for n in range(AT_ONCE + 3)]
    before, _, after = minimal(assessments=years).rpartition(b"7")
    data = before + number.encode() + after
    assert entity.fields["rank_national"].limits == (1, 10_000)
    assert is_decoded(data) is is_sound
    assert (problems_of(data, "d.json", SCHEMA) == ()) is is_sound


def test_a_survey_has_every_record_in_its_place_and_doubts_nothing_that_is_sound() -> None:
    survey = read(SOUND, SCHEMA)
    for path in survey.inside:
        if path != "meta.completeness":
            assert survey.inside[path] == records(survey.root, path)
    assert survey.inside["meta.completeness"] == list(survey.root.meta.completeness.values())
    assert survey.doubtful == {}
    for entity in SCHEMA.entities():
        filled = {
            each.attribute
            for each in entity.fields.values()
            if any(getattr(record, each.attribute) not in (None, UNSET) for record in survey.inside[entity.path])
        }
        assert survey.filled[entity.path] - {"sources", "withheld", "completeness"} == filled


def test_a_record_that_is_made_is_as_one_that_was_decoded() -> None:
    decoded = decode(minimal(claims=[{"claim_id": "C", "from": "2024-01-02"}]), SCHEMA).claims[0]
    record = made(SCHEMA, "claims", {"claim_id": "C", "from_": date(2024, 1, 2)})
    assert record.__class__ is decoded.__class__
    assert astuple(record) == astuple(decoded)


# --- what is wrong, in words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((HERE / "malformed").glob("*.json")), ids=lambda path: path.stem)
def test_every_malformed_dossier_is_refused_in_these_words(path: Path, request: pytest.FixtureRequest) -> None:
    with pytest.raises(DossierError) as caught:
        load_dossier(path.read_bytes(), path.name, SCHEMA)
    worded = "\n".join(listed(caught.value.problems)) + "\n"
    expected = path.with_suffix(".txt")
    if request.config.getoption("--update-goldens"):
        expected.write_text(worded, encoding="utf-8")
    assert worded == expected.read_text(encoding="utf-8")


def test_a_wrong_value_has_label_pointer_line_column_excerpt_and_suggestion() -> None:
    data = SOUND.replace(b'"supply_method": "listing"', b'"supply_method": "listng"')
    problem = only(data)
    line = next(n for n, text in enumerate(data.decode().splitlines(), 1) if "listng" in text)
    text = data.decode().splitlines()[line - 1]
    assert problem.label == "供地方式"
    assert problem.place.pointer == "/parcels/0/supply_method"
    assert (problem.place.line, problem.place.column) == (line, text.index('"listng"') + 1)
    assert problem.message.startswith('"listng"不是可选的值；可选：allocation（划拨）')
    assert problem.suggestion == "listing（挂牌出让）？"
    shown, caret = problem.excerpt.splitlines()
    assert '"supply_method": "listng"' in shown
    assert caret.strip("　 ") == "^"


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    data = minimal(
        zone={"zone_id": "Z", "level": "省级"},
        parcels=[
            {"parcel_id": 7, "total_price_cny": "1,000"},
            {"parcel_id": "P", "payments": [{"paid_on": "2021/4/3"}]},
        ],
    )
    problems = refused(data)
    assert [each.place.pointer for each in problems] == [
        "/zone/level",
        "/parcels/0/parcel_id",
        "/parcels/0/total_price_cny",
        "/parcels/1/payments/0",
        "/parcels/1/payments/0/paid_on",
    ]
    lines = [each.place.line or 0 for each in problems]
    assert lines == sorted(lines)
    assert [each.suggestion for each in problems] == [
        "provincial（省级）？",
        '加引号："7"',
        "写作 1000，不加引号，不加千分位",
        "补上 payment_id",
        '写作 "2021-04-03"',
    ]


@pytest.mark.parametrize(
    ("key", "suggestion"),
    [
        ("approved_aera", "planned_construction_area_ha（规划建设用地面积）？"),
        ("planned_construction_area", "planned_construction_area_ha（规划建设用地面积）？"),
        ("规划建设用地面积", "planned_construction_area_ha（规划建设用地面积）？"),
        ("nameZh", "name_zh（开发区名称）？"),
        ("Level", "level（开发区级别）？"),
        ("grantor_kind", "grantor_kind 是 parcels（宗地）的字段"),
    ],
)
def test_an_unknown_key_is_placed_at_the_key_and_a_known_one_suggested(key: str, suggestion: str) -> None:
    data = minimal(zone={"zone_id": "Z", key: 1})
    problem = only(data)
    assert problem.message == f"没有 {key} 这个字段"
    assert problem.label == "开发区"
    assert problem.place.pointer == f"/zone/{key}"
    line = data.decode().splitlines()[(problem.place.line or 0) - 1]
    assert line[(problem.place.column or 0) - 1 :].startswith(f'"{key}"')
    assert problem.suggestion == suggestion


def test_a_second_spelling_of_a_key_that_is_there_is_told() -> None:
    problem = only(minimal(parcels=[{"parcel_id": "P", "payment_schedule": [], "payments": [], "payment": []}]))
    assert problem.suggestion == "已经有 payments（缴款记录）；只留一个，或者删去 payment"


def test_an_unknown_key_like_nothing_gets_the_list_of_keys() -> None:
    assert only(minimal(zone={"zone_id": "Z", "qqqq": 1})).suggestion.startswith("可用的键：zone_id、name_zh、level、")


@pytest.mark.parametrize(
    ("value", "message", "suggestion"),
    [
        ("2021/4/3", '"2021/4/3"不是日期；写法：2021-04-03、2021-04 或者 2021', '写作 "2021-04-03"'),
        ("2021年4月3日", '"2021年4月3日"不是日期；写法：2021-04-03、2021-04 或者 2021', '写作 "2021-04-03"'),
        ("2021年4月", '"2021年4月"不是日期；写法：2021-04-03、2021-04 或者 2021', '写作 "2021-04"'),
        ("20210403", '"20210403"不是日期；写法：2021-04-03、2021-04 或者 2021', '写作 "2021-04-03"'),
        (
            "2021-04-03 00:00:00",
            '"2021-04-03 00:00:00"不是日期；写法：2021-04-03、2021-04 或者 2021',
            '写作 "2021-04-03"',
        ),
        ("2021-02-29", "没有 2021-02-29 这一天", "核对日期。写 null 表示没有，不知道就删去该键"),
        ("2021-13", "没有 2021-13 这一天", "核对日期。写 null 表示没有，不知道就删去该键"),
        ("", '""不是日期；写法：2021-04-03、2021-04 或者 2021', "写 null 表示没有，不知道就删去该键"),
        ("不详", '"不详"不是日期；写法：2021-04-03、2021-04 或者 2021', "写 null 表示没有，不知道就删去该键"),
        (44289, "应为日期，现为 44289", '如果是电子表格的日期序号，写作 "2021-04-03"'),
        (20210403, "应为日期，现为 20210403", '写作 "2021-04-03"'),
        (True, "应为日期，现为 true", '写作 "2021-04-03"，加引号'),
    ],
)
def test_a_day_that_is_none_is_read_as_it_was_meant(value: Any, message: str, suggestion: str) -> None:
    problem = only(minimal(plans=[{"plan_id": "A", "approved_on": value}]))
    assert (problem.label, problem.message, problem.suggestion) == ("批准日期", message, suggestion)


@pytest.mark.parametrize(
    ("value", "suggestion"), [("2024-12", '写到日，例如 "2024-12-30"'), ("2024", '写到日，例如 "2024-12-31"')]
)
def test_the_day_of_a_dossier_may_not_be_a_month(value: str, suggestion: str) -> None:
    problem = only(encoded({"meta": {"dossier_id": "D", "as_of_date": value}, "zone": {"zone_id": "Z"}}))
    assert (problem.label, problem.message, problem.suggestion) == ("基准日", f'"{value}"没有写到日', suggestion)


@pytest.mark.parametrize("word", ["unknown", "不详", "", "无", "N/A"])
def test_a_word_for_not_known_is_answered_with_what_to_write(word: str) -> None:
    problem = only(minimal(parcels=[{"parcel_id": "P", "supply_method": word}]))
    assert problem.suggestion == "写 null 表示没有，不知道就删去该键"


@pytest.mark.parametrize(
    ("record", "label", "message", "suggestion"),
    [
        ({"total_price_cny": -1}, "出让价款总额", "-1 小于下限 0", "核对正负号"),
        ({"total_price_cny": 1e17}, "出让价款总额", "100000000000000000 大于上限 1000000000000000", "核对位数和单位"),
        (
            {"total_price_cny": "300万元"},
            "出让价款总额",
            '应为数值，现为"300万元"',
            "只写数字，不写单位；金额以元计。写 null 表示没有，不知道就删去该键",
        ),
        ({"project_name": "长" * 201}, "项目名称", "长 201，超过上限 200", "缩短，或者拆开"),
        ({"payments": {}}, "缴款记录", "应为记录的列表（方括号），现为对象（花括号）", "在对象外面加方括号"),
        ({"payments": ["x"]}, "缴款", '应为对象（花括号），现为"x"', ""),
        ({"sources": {"*": "D001"}}, "资料来源", '应为列表（方括号），现为"D001"', ""),
        ({"withheld": [""]}, "拒不提供的字段", "不能是空的文字", "填写，或者删去这一项"),
        ({"sources": {"": ["D001"]}}, "资料来源", "字段名不能为空，也不能超过 64 个字符", "写字段名，或者 *"),
        ({"project_name": True}, "项目名称", "应为文字，现为 true", ""),
    ],
)  # fmt: skip
def test_every_kind_of_fault_has_its_words(record: dict[str, Any], label: str, message: str, suggestion: str) -> None:
    problem = only(minimal(parcels=[{"parcel_id": "P", **record}]))
    assert (problem.label, problem.message, problem.suggestion) == (label, message, suggestion)


@pytest.mark.parametrize(
    ("meta", "label", "message", "suggestion"),
    [
        ({"parcel": {"complete": True}}, "台账完整性声明", "没有 parcel 这个台账", "parcels（宗地）？"),
        ({"parcels": {"complete": "是"}}, "台账完整", '应为 true 或者 false，现为"是"', "写作 true"),
        ({"parcels": {"complete": "否"}}, "台账完整", '应为 true 或者 false，现为"否"', "写作 false"),
        ({"parcels": {}}, "台账完整性声明（宗地）", "缺少必填的 complete（台账完整）", "补上 complete"),
        (
            {"parcels": {"complete": True, "as_of": "2024-06"}},
            "完整性截止日",
            '"2024-06"没有写到日',
            '写到日，例如 "2024-06-30"',
        ),
        ({"parcels": {"complete": True, "count": 2.5}}, "记录条数", "应为整数，现为 2.5", "写整数"),
    ],
)  # fmt: skip
def test_faults_of_a_declaration_have_their_words(meta: Any, label: str, message: str, suggestion: str) -> None:
    problem = only(encoded({"meta": {**MINIMAL["meta"], "completeness": meta}, "zone": {"zone_id": "Z"}}))
    assert (problem.label, problem.message, problem.suggestion) == (label, message, suggestion)


def test_a_key_that_stands_twice_is_refused_although_json_readers_take_the_last() -> None:
    meta = b'"meta": {"dossier_id": "D", "as_of_date": "2024-12-31"}'
    data = b"{\n " + meta + b',\n "zone": {"zone_id": "Z"},\n "plans": [],\n "plans": []}'
    assert is_decoded(data)
    problem = only(data)
    assert problem.message == "同一对象中 plans 出现了两次，前一次在第 4 行第 2 列"
    assert (problem.place.line, problem.place.column, problem.place.pointer) == (5, 2, "/plans")
    assert problem.suggestion == "只留一个"


@pytest.mark.parametrize(
    "record",
    [
        b'{"plan_id": "A", "name": null, "name": "x"}',
        b'{"plan_id": "A", "name": "x", "name": null}',
        b'{"plan_id": "A", "name" : "x", "name"\n: "y"}',
        b'{"plan_id": "A", "name": "x", "n\\u0061me": "y"}',
        b'{"plan_id": "A", "name": "\\"", "name": "\\u0022"}',
        b'{"plan_id": "A", "name": null, "name": "\\u0022\\u0022"}',
        b'{"plan_id": "A", "area_ha": 1.5, "area_ha": 2}',
        b'{"plan_id": "A", "approved_on": "2020", "approved_on": "2020-01"}',
    ],
)
def test_no_key_that_stands_twice_gets_by(record: bytes) -> None:
    data = minimal(plans=[]).replace(b"[]", b"[" + record + b"]")
    assert read(data, SCHEMA).repeats_a_key
    assert "出现了两次" in only(data).message


def test_a_day_that_is_a_range_hides_no_key_that_stands_twice() -> None:
    twice = b'{"batch_id": "B", "approved_on": "2020-01", "project_ids": ["a", "b"], "project_ids": ["a", "b"]}'
    data = minimal(land_approvals=[]).replace(b"[]", b"[" + twice + b"]")
    assert read(data, SCHEMA).repeats_a_key


def test_no_register_that_stands_twice_gets_by() -> None:
    data = minimal(plans=[]).replace(b'"plans": []', b'"plans": [{"plan_id": "A"}], "plans": []')
    assert read(data, SCHEMA).repeats_a_key


@pytest.mark.parametrize(
    "more",
    [
        {"claims": [{"claim_id": "C", "from": None}]},
        {"plans": [{"plan_id": "A", "approved_on": "2020-01"}], "claims": [{"claim_id": "C", "from": None}] * 3},
        {"plans": [{"plan_id": "A", "name": 'say "x": "y"\\', "approved_on": "2020"}]},
        {"plans": [{"plan_id": "A", "name": "中\u2028文"}], "zone": {"zone_id": "Z", "merged_with_district": None}},
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_nulls_and_quotation_marks_are_no_repetition(more: dict[str, Any], ascii_only: bool) -> None:
    data = json.dumps({**MINIMAL, **more}, ensure_ascii=ascii_only).encode()
    assert not read(data, SCHEMA).repeats_a_key


SPELLINGS: tuple[tuple[str, str], ...] = ((",", ":"), (", ", ": "), (" ,\n\t", "\r\n : "))


def spelled(value: Any, path: tuple[Any, ...], twice: tuple[Any, ...], marks: tuple[str, str]) -> str:
    """Write a dossier as JSON, with the key at the end of the path *twice* written twice."""
    comma, colon = marks
    if isinstance(value, dict):
        pairs = [
            f"{json.dumps(key)}{colon}{spelled(inner, (*path, key), twice, marks)}"
            for key, inner in value.items()
            for _ in range(2 if (*path, key) == twice else 1)
        ]
        return "{" + comma.join(pairs) + "}"
    if isinstance(value, list):
        return "[" + comma.join(spelled(each, (*path, n), twice, marks) for n, each in enumerate(value)) + "]"
    return json.dumps(value, ensure_ascii=len(path) % 2 == 0)


def with_everything() -> Any:
    """Give a sound dossier with texts that look like JSON, null claims, shapes, and days known to the month."""
    dossier = sound()
    dossier["zone"] |= {"name_zh": '"', "planned_area_geometry_id": None}
    dossier["evidence"][0] |= {"title": '{"a": "b\\", "\\"', "issued_on": "2015-06", "withheld": ["title", "doc_no"]}
    dossier["evidence"][1] |= {"title": "\\", "sources": {"*": ["D001", 'D"'], '"': []}, "doc_no": '\\\\"'}
    dossier["claims"][0] |= {"persons": None, "stated_by": None}
    ring = [[0, 0], [0, 1], [1, 1.5], [0, 0]]
    dossier["geometries"] = [
        {"geometry_id": "G1", "shape": {"type": "Polygon", "coordinates": [ring]}},
        {"geometry_id": "G2", "shape": {"coordinates": [[ring]], "type": "MultiPolygon"}},
    ]
    return dossier


@pytest.mark.parametrize("marks", SPELLINGS)
@pytest.mark.parametrize("dossier", [sound(), with_everything()], ids=["sound", "everything"])
def test_every_key_that_stands_twice_is_found_and_no_other(dossier: Any, marks: tuple[str, str]) -> None:
    once = spelled(dossier, (), (), marks).encode()
    assert not read(once, SCHEMA).repeats_a_key
    keys = [path for path in spots(dossier) if path and isinstance(path[-1], str)]
    assert len(keys) > 100
    for path in keys:
        data = spelled(dossier, (), path, marks).encode()
        assert read(data, SCHEMA).repeats_a_key, path


def test_a_null_that_stands_twice_does_not_pass_for_a_claim_that_is_null() -> None:
    data = minimal(claims=[{"claim_id": "C", "until": None, "persons": 7}])
    twice = data.replace(b'"until": null', b'"until": null, "until": null')
    assert not read(data, SCHEMA).repeats_a_key
    assert read(twice, SCHEMA).repeats_a_key


def many(count: int) -> bytes:
    return minimal(
        parcels=[{"parcel_id": f"P{n}", "supply_method": "挂牌", "total_price_cny": "3,000"} for n in range(count)]
    )


def test_the_same_mistakes_in_every_record_are_told_once_and_counted() -> None:
    method, price = refused(many(500))
    assert (method.place.pointer, price.place.pointer) == ("/parcels/0/supply_method", "/parcels/0/total_price_cny")
    assert method.place.line is not None
    assert method.excerpt
    assert (method.others, price.others) == (499, 499)
    assert str(method).splitlines()[-1] == (
        "  同样的错误还有 499 处：" + "、".join(f"/parcels/{n}/supply_method" for n in range(1, 6)) + "……"
    )
    lines = "\n".join(listed((method, price))).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "1000 处错误须改正后才能检查"


def test_what_is_wrong_in_different_ways_at_one_field_is_told_in_several() -> None:
    prices = [f"{n},000" for n in range(50)]
    found = refused(minimal(parcels=[{"parcel_id": f"P{n}", "total_price_cny": each} for n, each in enumerate(prices)]))
    assert [each.suggestion for each in found] == [f"写作 {n}000，不加引号，不加千分位" for n in range(3)]
    assert [each.others for each in found] == [0, 0, 47]
    assert found[-1].also == tuple(f"/parcels/{n}/total_price_cny" for n in range(3, 8))


def test_every_misspelled_column_is_told_with_its_own_suggestion() -> None:
    record = {"grantee_nmae": "x", "area_sqmm": 1, "contract_num": "y"}
    found = refused(minimal(parcels=[{"parcel_id": f"P{n}", **record} for n in range(30)]))
    assert [each.suggestion.partition("（")[0] for each in found] == ["grantee_name", "area_sqm", "contract_no"]
    assert [each.others for each in found] == [29] * 3


def test_few_faults_of_many_are_worded(monkeypatch: pytest.MonkeyPatch) -> None:
    worded = []
    word = validation._mistake

    def counted(fault: Fault, schema: DossierSchema) -> Mistake:
        worded.append(fault)
        return word(fault, schema)

    monkeypatch.setattr(validation, "_mistake", counted)
    assert len("\n".join(listed(refused(many(5_000))))) < 2_000
    assert len(worded) == 2


def test_the_output_is_bounded_whatever_is_wrong_and_accounts_for_all() -> None:
    chance = random.Random(7)  # noqa: S311  (the same dossier in every run)
    records = [{"parcel_id": n, "contract_no": n, f"key{n}": 1, f"k{chance.random()}": ""} for n in range(3_000)]
    found = refused(minimal(parcels=records, plans=[f"{n}" for n in range(3_000)]))
    assert len(found) <= MOST_PROBLEMS + 2
    assert sum(1 + each.others for each in found if each.blocking) == 5 * 3_000
    assert len("\n".join(listed(found))) < 100_000


def test_beyond_two_hundred_kinds_only_their_number_is_told() -> None:
    entities = {
        path: [{field.name: "?" * 9_999 if field.kind is not Kind.TEXT else 1 for field in entity.fields.values()}]
        for path, entity in SCHEMA.registers.items()
        if "." not in path
    }
    unknown = {f"nothing{n}": 1 for n in range(19)}
    data = minimal(**{path: [{**record[0], **unknown}] for path, record in entities.items()})
    found = refused(data)
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1].message == f"还有 {found[-1].others + 1} 处错误没有列出"
    everything = sum(len(each[0]) for each in entities.values()) + len(unknown) * len(entities)
    assert sum(1 + each.others for each in found) == everything


def test_groups_stand_in_the_order_of_their_first_places_errors_before_doubts() -> None:
    found = refused(
        minimal(
            plan_changes=[{"change_id": "1", "plan_id": "B"}],
            plans=[{"plan_id": "A", "area_ha": "x"}, {"plan_id": "A"}, {"plan_id": "C", "area_ha": "y"}],
            trips=[{"trip_id": "T", "purpose": 1}],
        )
    )
    assert [each.place.pointer for each in found] == [
        "/plans/0/area_ha",
        "/plans/2/area_ha",
        "/plans/1/plan_id",
        "/trips/0/purpose",
        "/plan_changes/0/plan_id",
    ]
    assert [each.blocking for each in found] == [True] * 4 + [False]


# --- what is sound in it is looked at too ---------------------------------------------------------------------------


def test_faults_of_form_do_not_hide_what_cannot_be() -> None:
    data = (HERE / "malformed" / "everything.json").read_bytes()
    pointers = {each.place.pointer for each in refused(data)}
    assert pointers >= {
        "/meta/completeness/parcels/complete",
        "/meta/completeness/parcels/count",
        "/meta/completeness/parcels/doc_id",
        "/meta/completeness/parcels/blank_means_none/0",
        "/meta/completeness/plans/blank_means_none/0",
        "/parcels/0/total_price_cny",
        "/parcels/0/contract_signed_on",
        "/parcels/0/grantee_name",
        "/parcels/1/parcel_id",
        "/parcels/1/grantee_uscc",
        "/parcels/1/payment_schedule",
        "/plan_changes/0/plan_id",
        "/evidence/0/valid_to",
        "/claims/0/subject_id",
        "/claims/0/until",
        "/trips/0/actual/return_on",
    }


def test_what_is_told_is_told_once() -> None:
    found = refused((HERE / "malformed" / "everything.json").read_bytes())
    places = [(each.place.pointer, each.message) for each in found]
    assert len(set(places)) == len(places)


def test_a_register_with_a_misspelled_name_is_looked_at_under_the_name_that_is_written() -> None:
    found = refused(minimal(parcel=[{"parcel_id": "A", "area_sqm": "x"}, {"parcel_id": "A"}]))
    assert [each.place.pointer for each in found] == ["/parcel", "/parcel/0/area_sqm", "/parcel/1/parcel_id"]
    assert all(each.place.line for each in found)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"parcels": [{"parcel_id": None}]}, "/parcels/0/parcel_id"),
        ({"parcels": [{}]}, "/parcels/0"),
        ({"parcels": ["x"]}, "/parcels/0"),
        ({"parcels": {}}, "/parcels"),
        ({"parcels": [{"parcel_id": 1}]}, "/parcels/0/parcel_id"),
        ({"parcle_ledger": [{"parcel_id": "1"}]}, "/parcle_ledger"),
        ({"parcels": [{"parcel_id": "1", "project_name": 1}]}, "/parcels/0/project_name"),
    ],
)
def test_nothing_is_told_of_what_only_follows_from_a_fault(change: dict[str, Any], pointer: str) -> None:
    spending = [{"exp_id": "X", "linked_parcel_id": "1"}]
    claims = [{"claim_id": "C", "ground": "deferral", "subject_id": "1"}]
    meta = {**MINIMAL["meta"], "completeness": {"parcels": {"complete": True, "count": 1}}}
    problem = only(encoded({**MINIMAL, "meta": meta, "expenditures": spending, "claims": claims, **change}))
    assert problem.place.pointer == pointer


def test_a_price_is_not_doubted_where_the_kind_of_supply_is_malformed() -> None:
    problem = only(
        minimal(parcels=[{"parcel_id": "P", "total_price_cny": 0, "area_sqm": 9, "supply_method": "划拨土地"}])
    )
    assert problem.place.pointer == "/parcels/0/supply_method"


@pytest.mark.parametrize("path", sorted(set(spots(sound())))[1:], ids=pointer_of)
def test_whatever_is_wrong_at_one_place_the_rest_is_still_looked_at(
    path: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def noted(*given: Any) -> Look:
        looked.append(given)
        return examine(*given)

    monkeypatch.setattr(mending, "examine", noted)
    odd: Any
    for odd in (None, True, -7, 2.5, "x" * 5_000, [], {}, [{}], {"x": 1}, {"": [""]}, [""]):
        dossier = sound()
        holder = dossier
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = odd
        data = encoded(dossier)
        if not is_decoded(data):
            looked.clear()
            assert problems_of(data, "d.json", SCHEMA)
            assert looked


# --- identity numbers -----------------------------------------------------------------------------------------------

CITIZEN = "11010519491231002X"


@pytest.mark.parametrize(
    "more",
    [
        {"parcels": [{"parcel_id": "P", "contract_signed_on": CITIZEN}]},
        {"parcels": [{"parcel_id": "P", "supply_method": f"张某的挂牌地块编号为何等等等等等等等等等等等等{CITIZEN}"}]},
        {"parcels": [{"parcel_id": "P", CITIZEN: 1}]},
        {"parcels": [{"parcel_id": "P", "total_price_cny": f"{CITIZEN}元"}]},
        {"parcels": [{"parcel_id": "P", "project_name": f"张{CITIZEN}", "area_sqm": "x"}]},
        {"parcels": [{"parcel_id": "P", "contract_no": 110105194912310021}]},
        {"parcels": [{"parcel_id": "P", "area_sqm": 110105194912310021}]},
        {"parcels": [{"parcel_id": "P", "grantee_uscc": CITIZEN, "area_sqm": "x"}]},
        {"parcels": [{"parcel_id": "P", "sources": {CITIZEN: 1}}]},
        {"claims": [{"claim_id": CITIZEN, "subject_id": CITIZEN.replace("X", "1")}]},
        {"claims": [{"claim_id": "C", "persons": CITIZEN}], "evidence": [{"doc_id": f"D {CITIZEN}"}]},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_no_message_shows_an_identity_number(more: dict[str, Any], indent: int | None) -> None:
    for ascii_only in (True, False):
        data = json.dumps({**MINIMAL, **more}, ensure_ascii=ascii_only, indent=indent).encode()
        told = "\n".join(listed(refused(data)))
        assert "19491231" not in told
        assert "110105********00" in told


def test_an_identity_number_at_the_edge_of_an_excerpt_is_not_shown_in_part() -> None:
    for padding in range(60):
        record = {"parcel_id": "P", "project_name": CITIZEN, "grantee_name": "x" * padding, "area_sqm": "many"}
        told = "\n".join(listed(refused(json.dumps({**MINIMAL, "parcels": [record]}).encode())))
        assert "91231" not in told.replace("********", "")


def test_an_identity_number_written_in_escapes_is_found_and_not_shown() -> None:
    escaped = "".join(f"\\u00{ord(each):02x}" for each in CITIZEN[:14]) + CITIZEN[14:]
    data = minimal(parcels=[{"parcel_id": "P", "grantee_name": "NAME"}]).replace(b"NAME", escaped.encode())
    problem = only(data)
    assert problem.message == "出现了公民身份号码 110105********002X"
    assert "u0031" not in problem.excerpt


def test_an_identity_number_is_refused_together_with_faults_of_form() -> None:
    found = refused(minimal(parcels=[{"parcel_id": "P", "area_sqm": "x", "grantee_name": CITIZEN, "id": CITIZEN}]))
    assert [each.place.pointer for each in found if "公民身份号码" in each.message] == [
        "/parcels/0/grantee_name",
        "/parcels/0/id",
    ]


# --- hostile bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b"", "文件是空的", (None, None)),
        (b" \n\t", "文件是空的", (None, None)),
        (b"\xef\xbb\xbf", "文件是空的", (None, None)),
        (SOUND[:200], "文件不完整，到这里突然结束", None),
        (SOUND.decode().encode("utf-16"), "文件是 UTF-16 编码", (None, None)),
        (SOUND.decode().encode("utf-16-le"), "文件不是文本，或者是 UTF-16 编码", (None, None)),
        (SOUND.decode().encode("gbk"), "文件不是 UTF-8 编码，从这里起无法解读（可能是 GBK，即 ANSI 编码）", (6, 22)),
        ('{"zone": "某'.encode()[:-1], "文件不完整，在一个字符中间突然结束", (1, 11)),
        ('{"zone": "某'.encode()[:-2], "文件不完整，在一个字符中间突然结束", (1, 11)),
        (b"PK\x03\x04....", "这是压缩文件或者 Excel、Word 文件，不是 JSON", (None, None)),
        (b"%PDF-1.7", "这是 PDF 文件，不是 JSON", (None, None)),
        (b"\x89PNG\r\n\x1a\n\0\0", "文件不是文本，或者是 UTF-16 编码", (None, None)),
        (b'{"zone": NaN}', "NaN 不是数值", (1, 10)),
        (b'{"zone": -Infinity}', "-Infinity 不是数值", (1, 10)),
        (b'{"zone": "NaN", }', "最后一项后面多了逗号", (1, 15)),
        (b'{"zone": [1,\n]}', "最后一项后面多了逗号", (1, 12)),
        (b"{'zone': 1}", "这里应当是加英文双引号的键", (1, 2)),
        (b'{"zone" 1}', "键后面缺英文冒号", (1, 9)),
        (b'{"zone": 1 "meta": 2}', "这里缺英文逗号，或者括号没有配对", (1, 12)),
        (b'{"zone": 01}', "这里缺英文逗号，或者括号没有配对", (1, 11)),
        (b'{"zone": "a\nb"}', "文字中有换行或者控制字符", (1, 12)),
        (b'{"zone": "\\x"}', "反斜杠后面的字符不对", (1, 11)),
        (b'{"zone": 1} {"zone": 2}', "档案在这之前已经结束，后面还有内容", (1, 13)),
        (b"nonsense", "这里应当有一个值", (1, 1)),
        ('{"zone"： 1}'.encode(), "这里用了中文标点 ：", (1, 8)),
        (b"[" * 100_000, "嵌套超过 40 层", (1, 41)),
        (b'{"zone":' + b"[" * 41 + b"]" * 41 + b"}", "嵌套超过 40 层", (1, 48)),
        (b'{"parcels":[{"area_sqm":' + b"[" * 90_000 + b"]" * 90_000 + b"}]}", "嵌套超过 40 层", (1, 62)),
    ],
    ids=lambda value: value[:24].decode("utf-8", "backslashreplace") if isinstance(value, bytes) else "",
)  # fmt: skip
def test_what_is_not_json_is_refused_in_one_sentence(
    data: bytes, message: str, place: tuple[int | None, int | None] | None
) -> None:
    problem = only(data)
    assert problem.message == message
    if place is not None:
        assert (problem.place.line, problem.place.column) == place
    assert problem.suggestion


def test_deep_brackets_within_a_text_are_only_text() -> None:
    assert load_dossier(minimal(plans=[{"plan_id": "A", "name": "[" * 100}]), "d.json", SCHEMA).doubts == ()


@pytest.mark.parametrize("data", [b"[]", b'"x"', b"1", b"null", b"[1]", b"true"])
def test_what_is_no_object_is_no_dossier(data: bytes) -> None:
    problem = only(data)
    assert problem.label == "园区档案"
    assert problem.message.startswith("应为对象（花括号），现为")


def test_half_a_character_is_refused_with_its_place() -> None:
    problem = only(minimal(plans=[{"plan_id": "A", "name": "zz"}]).replace(b"zz", b"\\ud800"))
    assert problem.place.pointer == "/plans/0/name"
    assert problem.label == "规划名称"
    assert "\\ud800" in problem.message
    str(problem).encode()


def test_half_a_character_in_a_key_can_be_printed() -> None:
    problems = refused(minimal(plans=[{"plan_id": "A", "zz": "y"}]).replace(b"zz", b"\\ud800"))
    assert all(str(each).encode() for each in problems)
    assert any("没有 \\ud800 这个字段" in each.message for each in problems)


def test_the_excerpt_of_a_dossier_in_one_line_is_cut_around_the_place() -> None:
    data = json.dumps({**sound(), "colour": 1}, ensure_ascii=False).encode()
    problem = only(data)
    shown, caret = problem.excerpt.splitlines()
    assert len(shown) < 90
    assert shown.strip().startswith("…")
    assert shown[len(caret) - 1 :].startswith('"colour"')


def test_a_file_beyond_the_limit_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.dossier.loading.LARGEST", 10)
    monkeypatch.setattr("checker.dossier.validation.LARGEST", 10)
    problem = only(SOUND)
    assert problem.message.startswith("文件过大（")
    assert Limits().size * MEGABYTE == 512 * 1024 * 1024 < LARGEST


# --- the disk -------------------------------------------------------------------------------------------------------


def refused_file(path: Path) -> Problem:
    with pytest.raises(DossierError) as caught:
        read_dossier(path)
    [problem] = caught.value.problems
    assert problem.place.file == str(path)
    assert problem.suggestion
    return problem


def test_a_file_is_read_as_it_is_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "档案.json").write_bytes(SOUND)
    (tmp_path / "link").symlink_to("档案.json")
    assert read_dossier(tmp_path / "档案.json") == read_dossier(tmp_path / "link") == SOUND


def test_what_is_no_file_is_refused_and_nothing_hangs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_bytes(b"")
    assert refused_file(tmp_path / "none").message == "找不到这个文件"
    assert refused_file(tmp_path).message == "这是文件夹，不是文件"
    assert refused_file(tmp_path / "pipe").message == "这不是普通文件（管道或者设备）"
    assert refused_file(Path("/dev/zero")).message == "这不是普通文件（管道或者设备）"
    assert refused_file(tmp_path / "dangling").message == "链接指向的文件不存在"
    assert refused_file(tmp_path / "loop").message == "链接首尾相接，没有指向任何文件"
    assert refused_file(tmp_path / "file" / "inside").message == "路径中有一段不是文件夹"
    assert refused_file(tmp_path / ("x" * 300)).message == "路径过长"
    assert refused_file(Path("-")).message == "找不到这个文件"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind("socket")
        assert refused_file(Path("socket")).message == "这不是普通文件（管道或者设备）"


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.write_bytes(SOUND)

    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert refused_file(path).message == "没有读取这个文件的权限"


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(Limits().size * MEGABYTE + 1)
    assert refused_file(path).message == "文件过大（512.1 MB），上限 512 MB"
