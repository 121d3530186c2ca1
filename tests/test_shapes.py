"""Shapes: what is refused and where, areas against an exact reading, and what nobody has drawn."""

import copy
import itertools
import json
import math
import random
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import Any

import pytest
from decoding import is_decoded, spots
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reference import reading
from reference.program import loaded, raw_schema, rule_of, shipped_policy
from reference.strategies import rectangle
from test_language import DOSSIERS, PARCEL, SCHEMA, Written, disagreements, scope_of, typed
from test_values import holds

from checker import shapes
from checker.checking import check
from checker.dossier.loading import load_dossier
from checker.dossier.records import decode
from checker.dossier.validation import problems_of
from checker.errors import DossierError, Problem
from checker.language.parsing import ExpressionError, parse
from checker.language.template import parse_template
from checker.language.tree import Sort, Type
from checker.language.wording import Wording, say
from checker.reporting import FORMATS
from checker.shapes import area_ha, inside_ha, outside_ha, united
from checker.values import UNKNOWN, Range, Value, bounds
from checker.verifying import cases

D = Decimal
CRS = "EPSG:4549"
X, Y = 500_000, 3_400_000
Square = dict[str, Any]


def square(x: float = 0, y: float = 0, side: float = 100, height: float | None = None) -> Square:
    """Draw a square whose corner lies that many metres from the first one; 100 m by 100 m are one hectare."""
    right, top = x + side, y + (side if height is None else height)
    ring = [[X + x, Y + y], [X + right, Y + y], [X + right, Y + top], [X + x, Y + top], [X + x, Y + y]]
    return {"type": "Polygon", "coordinates": [ring]}


def dossier(*drawn: Any, **more: Any) -> dict[str, Any]:
    geometries = [
        {"geometry_id": f"G{number}", **({"crs": CRS, "shape": each} if "shape" not in each else each)}
        for number, each in enumerate(drawn)
    ]
    meta = {"dossier_id": "D", "as_of_date": "2024-12-31"}
    return {"meta": meta, "zone": {"zone_id": "Z"}, "geometries": geometries, **more}


def encoded(written: Any) -> bytes:
    return json.dumps(written, ensure_ascii=False).encode()


def refused(*drawn: Any) -> tuple[Problem, ...]:
    with pytest.raises(DossierError) as caught:
        load_dossier(encoded(dossier(*drawn)), "d.json", SCHEMA)
    return caught.value.problems


def decoded(*drawn: Square) -> list[Any]:
    return [each.shape for each in decode(encoded(dossier(*drawn)), SCHEMA).geometries]


# --- what is refused ------------------------------------------------------------------------------------------------

BOW = [[X, Y], [X + 10, Y + 10], [X + 10, Y], [X, Y + 10], [X, Y]]
LINE = [[X, Y], [X + 10, Y], [X, Y], [X, Y]]


def polygon(*rings: Any) -> Square:
    return {"type": "Polygon", "coordinates": [*rings]}


def changed(**more: Any) -> Square:
    return {**square(), **more}


@pytest.mark.parametrize(
    ("shape", "pointer", "message", "suggestion"),
    [
        (polygon(BOW), "/shape/coordinates", "图形无效：边界自相交（在 500005 3400005 附近）", "修复几何"),
        (polygon(LINE), "/shape/coordinates", "图形无效：", "修复几何"),
        (polygon(rectangle(X, Y, 10, 10)[:4]), "/shape/coordinates/0", "没有闭合：首尾两点相距10.00米", "与第一点相同"),
        (
            polygon(rectangle(X, Y, 10, 10), rectangle(X + 20, Y, 5, 5)),
            "/shape/coordinates",
            "图形无效：内圈在外圈之外",
            "修复几何",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [[rectangle(X, Y, 10, 10)], [rectangle(X + 5, Y, 10, 10)]]},
            "/shape/coordinates",
            "图形无效：边界自相交",
            "修复几何",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [[rectangle(X, Y, 10, 10)], [rectangle(X, Y + 20, 9, 9)[:4]]]},
            "/shape/coordinates/1/0",
            "没有闭合",
            "",
        ),
        (
            polygon([[120.1, 30.2], [120.2, 30.2], [120.2, 30.3], [120.1, 30.2]]),
            "/shape/coordinates",
            "经纬度",
            "ogr2ogr",
        ),
        (
            polygon([[30.2, 120.1], [30.2, 120.2], [30.3, 120.2], [30.2, 120.1]]),
            "/shape/coordinates",
            "经纬度",
            "ogr2ogr",
        ),
        (polygon(rectangle(X, Y, 10, 10)[:3]), "/shape/coordinates/0", "只有 3 项，至少要 4 项", "首尾是同一个点"),
        (polygon(), "/shape/coordinates", "只有 0 项", "外圈"),
        (polygon([[X]] * 4), "/shape/coordinates/0/0", "只有 1 项", "[横坐标, 纵坐标]"),
        (polygon([[X, None]] * 4), "/shape/coordinates/0/0/1", "应为数值，现为 null", ""),
        (polygon([[X, "3"]] * 4), "/shape/coordinates/0/0/1", "应为数值", ""),
        (polygon([[X, 1e9]] * 4), "/shape/coordinates/0/0/1", "大于上限 100000000", ""),
        (changed(type="Point"), "/shape/type", '"Point"不是可选的值', "只收面"),
        (changed(type="Feature"), "/shape/type", '"Feature"不是可选的值', "只收面"),
        (changed(crs="x"), "/shape/crs", "没有 crs 这个字段", "只有这两个键"),
        ({"coordinates": []}, "/shape", "缺少必填的 type", "只有这两个键"),
        ({"type": "Polygon"}, "/shape", "缺少必填的 coordinates", "只有这两个键"),
        (changed(type="MultiPolygon"), "/shape/coordinates/0/0/0", "应为列表（方括号）", "横坐标"),
        ("POLYGON((0 0, 1 1, 0 1, 0 0))", "/shape", "应为图形（花括号）", "Polygon"),
        ([], "/shape", "应为图形（花括号）", "Polygon"),
    ],
)
def test_what_is_no_shape_is_refused_at_its_place(shape: Any, pointer: str, message: str, suggestion: str) -> None:
    found = refused({"crs": CRS, "shape": shape})
    told = next(each for each in found if each.place.pointer == f"/geometries/0{pointer}")
    assert message in told.message
    assert suggestion in told.suggestion
    assert told.place.line == 1


@pytest.mark.parametrize(
    "crs", ["EPSG:4490", "EPSG:4326", "4549", "epsg:4549", "EPSG:4512", "EPSG:4555", 4549, "WGS84"]
)
def test_only_the_planar_systems_are_taken_and_the_way_to_them_is_told(crs: Any) -> None:
    found = refused({"crs": crs, "shape": square()})
    told = next(each for each in found if each.place.pointer == "/geometries/0/crs")
    assert "…（共42种）" in told.message
    assert "ogr2ogr -t_srs EPSG:4549" in told.suggestion


def test_every_planar_system_is_taken() -> None:
    members = SCHEMA.registers["geometries"].fields["crs"].members
    assert list(members) == [f"EPSG:{number}" for number in range(4513, 4555)]
    for crs in members:
        loaded(dossier({"crs": crs, "shape": square()}))


def test_drawings_in_one_dossier_have_one_system_and_each_says_which() -> None:
    other, silent = {"crs": "EPSG:4548", "shape": square()}, {"shape": square()}
    [told] = refused(square(), other)
    assert (told.place.pointer, "EPSG:4548，而第一个图形是 EPSG:4549" in told.message) == ("/geometries/1/crs", True)
    assert [each.place.pointer for each in refused(silent, square())] == ["/geometries/0"]
    assert [each.place.pointer for each in refused({"crs": None, "shape": square()})] == ["/geometries/0"]
    loaded(dossier(square(), {"shape": None}, {"crs": "EPSG:4548", "shape": None}))


def test_heights_are_not_looked_at() -> None:
    flat, high = square(), square()
    high["coordinates"] = [[[*position, 12.5] for position in ring] for ring in high["coordinates"]]
    one, other = decoded(flat, high)
    assert list(shapes.faults(other)) == []
    assert outside_ha(one, other) == outside_ha(other, one) == 0


def circle(points: int, x: float = 0, radius: float = 1000, inner: float | None = None) -> Square:
    """Draw a circle, or a star whose points reach far out of an inner circle."""
    ring = [
        [
            X + x + (inner if inner and step % 2 else radius) * math.cos(math.tau * step / points),
            Y + (inner if inner and step % 2 else radius) * math.sin(math.tau * step / points),
        ]
        for step in range(points)
    ]
    return polygon([*ring, ring[0]])


def comb(teeth: int, *, lying: bool) -> Square:
    width = 5000 / teeth
    ring = [[0.0, 0.0]]
    for tooth in range(teeth):
        left = 2 * tooth * width
        ring += [[left, 10], [left, 9990], [left + width, 9990], [left + width, 10]]
    ring += [[10_000, 0], [0, 0]]
    return polygon([[X + (y if lying else x), Y + (x if lying else y)] for x, y in ring])


def test_a_dossier_with_too_many_positions_is_refused_at_once() -> None:
    with pytest.raises(DossierError) as caught:
        load_dossier(encoded(dossier(*[circle(9_999)] * 21)), "d.json", SCHEMA)
    [told] = caught.value.problems
    assert (told.place.pointer, told.message) == ("/geometries", "图形共有 210,000 个点，上限 200,000 个")
    assert "长 10001，超过上限 10000" in refused(circle(10_000))[0].message


@pytest.mark.parametrize(
    "drawn",
    [[comb(1_000, lying=False), comb(1_000, lying=True)], [circle(9_998, x, inner=1) for x in range(8)]],
    ids=["combs", "stars"],
)
def test_shapes_made_to_take_for_ever_are_refused(drawn: list[Square]) -> None:
    assert [each.message for each in refused(*drawn)] == ["图形的边界彼此交错过多，无法测算"]


def test_a_whole_zone_of_ordinary_shapes_is_accepted() -> None:
    units = [circle(500, 1_900 * number) for number in range(100)]
    assert loaded(dossier(*units)).doubts == ()


# --- both validators agree ------------------------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    *(None, True, 0, 1.5, 1e8, 1e8 + 1, -1e8, -1e9, 1e300, "1", "", [], {}, [[]], [1, 2], [1, 2, 3], [1, 2, 3, 4]),
    *([[1, 2]] * 4, [[[1, 2]] * 4], [[[1, 2]] * 3], "Polygon", "MultiPolygon", "Point", square(), {"type": "Polygon"}),
)


def mutated(chance: random.Random) -> Any:
    several = {"type": "MultiPolygon", "coordinates": [square()["coordinates"], square(200)["coordinates"]]}
    made = dossier(copy.deepcopy(chance.choice((square(), several))))
    holder: Any = made
    *steps, last = chance.choice([path for path in spots(made) if path[:1] == ("geometries",) and len(path) > 2])
    for step in steps:
        holder = holder[step]
    match chance.randrange(5):
        case 0:
            del holder[last]
        case 1 if isinstance(holder, dict):
            holder[chance.choice(("bbox", "properties", "shapes"))] = chance.choice(ODD)
        case 2 if isinstance(holder, list):
            holder.append(chance.choice(ODD))
        case _:
            holder[last] = chance.choice(ODD)
    return made


@pytest.mark.thorough
def test_the_decoder_accepts_exactly_the_shapes_that_the_json_schema_accepts() -> None:
    chance, plain, verdicts = random.Random(54), Draft202012Validator(SCHEMA.raw), []  # noqa: S311
    for _ in range(1_500):
        made = mutated(chance)
        verdicts.append(is_decoded(encoded(made)))
        assert verdicts[-1] == plain.is_valid(made), made
        assert verdicts[-1] or problems_of(encoded(made), "d.json", SCHEMA), made
    assert 200 < sum(verdicts) < 1_300


# --- areas ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "area", "inside", "outside"),
    [
        (square(), square(), 1, 1, 0),
        (square(), square(100), 1, 0, 1),  # side by side
        (square(), square(50), 1, "0.50", "0.50"),
        (square(side=200), square(50, 50), 4, 1, 3),
        (square(50, 50), square(side=200), 1, 1, 0),
        (square(side=100, height=0.49), square(), 0, 0, 0),
        (square(side=100, height=0.50), square(500), "0.01", 0, "0.01"),  # half up
        (square(side=100, height=1.49), square(500), "0.01", 0, "0.01"),
        (square(side=100, height=1.50), square(500), "0.02", 0, "0.02"),
        (square(), square(side=99.51, height=100), 1, 1, 0),
        (square(), square(side=99.5, height=100), 1, 1, "0.01"),
    ],
)
def test_areas_are_rounded_to_a_hundredth_of_a_hectare(
    one: Square, other: Square, area: str, inside: str, outside: str
) -> None:
    first, second = decoded(one, other)
    found = area_ha(first), inside_ha(first, second), outside_ha(first, second)
    assert found == (D(area), D(inside), D(outside))
    assert {each.as_tuple().exponent for each in found} == {-2}


def test_holes_and_pieces_count() -> None:
    ring = rectangle(X, Y, 100, 100)
    holed = polygon(ring, rectangle(X + 25, Y + 25, 50, 50))
    pieces = {"type": "MultiPolygon", "coordinates": [[ring], [rectangle(X + 200, Y, 100, 100)]]}
    one, two, whole = decoded(holed, pieces, square())
    assert (area_ha(one), area_ha(two)) == (D("0.75"), D(2))
    assert (inside_ha(one, two), outside_ha(two, one), inside_ha(whole, one)) == (D("0.75"), D("1.25"), D("0.75"))


def test_what_overlaps_is_counted_once() -> None:
    one, other, apart = decoded(square(), square(50), square(1000))
    covered = united([(one, True), (other, True), (apart, True)], whole=True)
    assert area_ha(covered) == D("2.50")
    assert area_ha(united([], whole=True)) == 0


def test_what_is_not_known_of_a_union_leaves_it_between_bounds() -> None:
    one, other, zone = decoded(square(), square(100), square(side=200))
    known = [(one, True), (other, True)]
    for parts, whole, least, most in (
        (known, True, 2, 2),
        (known, False, 2, None),
        ([(one, True), (other, False)], True, 1, 2),
        ([(one, True), (UNKNOWN, True)], True, 1, None),
        ([(one, True), (UNKNOWN, False)], True, 1, None),
        ([(one, True), (None, True)], True, 1, None),  # nobody drew it, yet it lies somewhere
        ([(one, True), (None, False)], True, 1, None),
        ([(None, True)], True, 0, None),
        ([(one, False)], False, 0, None),
        ([], False, 0, None),
    ):
        region = united(parts, whole=whole)
        assert bounds(area_ha(region)) == (least, most), parts
        assert bounds(inside_ha(zone, region)) == (least, 4 if most is None else most), parts
        assert bounds(outside_ha(zone, region)) == (0 if most is None else 4 - most, 4 - least), parts


@pytest.mark.parametrize("nothing", [None, UNKNOWN])
def test_of_a_shape_that_is_none_or_not_known_nothing_is_known(nothing: Value) -> None:
    [one] = decoded(square())
    assert area_ha(nothing) is UNKNOWN
    assert inside_ha(nothing, one) is UNKNOWN
    assert outside_ha(nothing, one) is UNKNOWN
    assert bounds(inside_ha(one, nothing)) == ((0, 1) if nothing is UNKNOWN else (None, None))
    assert bounds(outside_ha(one, nothing)) == ((0, 1) if nothing is UNKNOWN else (None, None))


def test_an_open_region_measured_by_another_stays_open() -> None:
    [one] = decoded(square())
    wide = Range(one, None)
    assert area_ha(wide) == Range(D(1), None)
    assert inside_ha(wide, wide) == Range(D(1), None)
    assert inside_ha(wide, one) == D(1)
    assert outside_ha(wide, one) == Range(D(0), None)


# --- against an exact reading of strips -------------------------------------------------------------------------------


@st.composite
def land(draw: st.DrawFn) -> Square:
    """Draw a triangle, a rectangle, a star of four or a rectangle with a hole, on a grid of metres."""
    x, y = draw(st.integers(0, 300)), draw(st.integers(0, 300))
    wide, high = draw(st.integers(50, 400)), draw(st.integers(50, 400))
    corner = [X + x, Y + y]
    match draw(st.integers(0, 3)):
        case 0:
            return polygon([corner, [X + x + wide, Y + y + 7], [X + x + 3, Y + y + high], corner])
        case 1:
            spikes = [[X + x + wide // 2, Y + y + high // 2], [X + x, Y + y + high]]
            return polygon([corner, [X + x + wide, Y + y], spikes[0], spikes[1], corner])
        case 2:
            hole = rectangle(X + x + 10, Y + y + 10, wide // 2, high // 2)
            return polygon(rectangle(X + x, Y + y, wide, high), hole)
    return square(x, y, wide, high)


def exactly(*drawn: Square) -> reading.Region:
    pieces = [reading.drawn({**each, "coordinates": rational(each["coordinates"])}).least for each in drawn]
    joined = tuple(itertools.chain.from_iterable(pieces))
    return reading.Region(joined, joined)


def rational(value: Any) -> Any:
    return [rational(each) for each in value] if isinstance(value, list) else Fraction(value)


@given(st.lists(land(), min_size=1, max_size=4), st.lists(land(), min_size=1, max_size=3))
@settings(max_examples=120, deadline=None)
@pytest.mark.thorough
def test_areas_are_what_strips_of_the_plane_add_up_to(first: list[Square], second: list[Square]) -> None:
    one, two = (united([(each, True) for each in decoded(*drawn)], whole=True) for drawn in (first, second))
    plain_one, plain_two = exactly(*first), exactly(*second)
    for told, inside in ((inside_ha(one, two), True), (outside_ha(one, two), False)):
        assert told == reading.measured(plain_one, plain_two, inside=inside).low


@given(
    rows=st.lists(st.tuples(land(), st.sampled_from(("certain", "uncertain", "not drawn", "unknown"))), max_size=4),
    belongs=st.lists(st.booleans(), min_size=4, max_size=4),
    unlisted=st.lists(land(), max_size=1),
    subject=land(),
)
@settings(max_examples=150, deadline=None)
def test_a_region_of_which_less_is_known_leaves_room_for_what_it_is(
    rows: list[tuple[Square, str]], belongs: list[bool], unlisted: list[Square], subject: Square
) -> None:
    drawn = decoded(subject, *(shape for shape, _ in rows), *unlisted)
    truly = [
        (shape, True)
        for (_, how), shape, belonging in zip(rows, drawn[1:], belongs, strict=False)
        if belonging or how != "uncertain"
    ]
    exact = united([*truly, *((each, True) for each in drawn[len(rows) + 1 :])], whole=True)
    instead: dict[str, Value] = {"not drawn": None, "unknown": UNKNOWN}
    vague = united(
        [(instead.get(how, shape), how != "uncertain") for (_, how), shape in zip(rows, drawn[1:], strict=False)],
        whole=not unlisted,
    )
    assert holds(area_ha(vague), area_ha(exact))
    for measure in (inside_ha, outside_ha):
        assert holds(measure(drawn[0], vague), measure(drawn[0], exact))
        assert holds(measure(vague, drawn[0]), measure(exact, drawn[0]))


CONDITIONS = [
    # what the rule is applied to, and the condition
    ("zone", "outside_ha(planned_area_geometry.shape, union(p.geometry.shape for p in plans)) > 100"),
    ("zone", "area_ha(union(g.shape for g in geometries if g.crs is not None)) > 500"),
    ("zone", "planned_area_geometry.shape is None or area_ha(planned_area_geometry.shape) < 300"),
    (
        "zone",
        "inside_ha(union(p.geometry.shape for p in plans if p.type == 'overall_dev' and happened(p.approved_on)),"
        " union(p.geometry.shape for p in parcels)) >= 100",
    ),
    (
        "parcels",
        "geometry_id is not None and outside_ha(geometry.shape, union(p.geometry.shape for p in plans"
        " if happened(p.approved_on) and p.approved_on <= contract_signed_on)) > area_ha(geometry.shape) / 10",
    ),
    ("parcels", "inside_ha(geometry.shape, detailed_plan.geometry.shape) == area_ha(geometry.shape)"),
    ("plans", "any(inside_ha(geometry.shape, p.geometry.shape) > 0 for p in plans if p.plan_id != plan_id)"),
    ("plans", "sum(inside_ha(geometry.shape, g.shape) for g in geometries) > 200"),
]


@pytest.mark.parametrize(("each", "text"), CONDITIONS, ids=[text[:40] for _, text in CONDITIONS])
def test_three_readings_of_a_condition_on_shapes_agree(each: str, text: str) -> None:
    made = Written(each, "as_of", {}, text)
    assert typed(made) is not None
    assert not list(disagreements(made, range(DOSSIERS)))


# --- in a rule --------------------------------------------------------------------------------------------------------

ZONE = scope_of("zone")
COVERED = "union(p.geometry.shape for p in plans if p.type == 'regulatory_detailed')"


def test_shapes_are_read_out() -> None:
    read = Wording(subject="开发区", lets={}, figures={}).read
    assert read(parse(f"outside_ha(planned_area_geometry.shape, {COVERED}) > 5", ZONE)) == (
        "规划建设用地图形的范围在规划（规划类型 为 “控制性详细规划”）中各规划的图形的范围的合并之外的面积 超过 5公顷"
    )


def test_words_for_shapes() -> None:
    kind = Type(sort=Sort.SHAPE, unit="ha")
    [one] = decoded(square())
    assert say(one, kind) == "面积1公顷的图形"
    assert say(united([(one, True)], whole=False), kind) == "面积至少1公顷的图形"
    assert say(UNKNOWN, kind) == "不详"
    assert say(None, kind) == "无"


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("area_ha(planned_construction_area_ha) > 1", "planned_construction_area_ha", "这里要图形，得到的是数值"),
        ("area_ha(planned_area_geometry) > 1", "planned_area_geometry", "这里要图形，得到的是记录"),
        ("planned_area_geometry.shape > 1", "planned_area_geometry.shape", "图形不能与数值相比"),
        ("planned_area_geometry.shape == planned_area_geometry.shape", "planned_area", "图形不能这样比较"),
        ("area_ha(union(p.area_ha for p in plans)) > 1", "p.area_ha", "这里要图形，得到的是数值"),
        ("union(geometries)", "union", "写 … for … in 台账"),
        ("area_ha(planned_area_geometry.shape) > total_price_cny", "total_price_cny", "没有名为 total_price_cny"),
        ("if_none(planned_area_geometry.shape, planned_area_geometry.shape) is None", "if_none", "图形不能由图形代替"),
        ("any(True for union in plans)", "union", "已有别的意思"),
        ("planned_area_geometry.shape.coordinates is None", "planned_area_geometry", "图形没有字段 coordinates"),
    ],
)
def test_what_cannot_be_done_with_shapes_is_refused(text: str, at: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, ZONE)
    assert message in caught.value.message
    assert caught.value.offset == text.index(at)


def test_a_shape_does_not_go_into_a_sentence() -> None:
    with pytest.raises(ExpressionError, match="图形不能放进句子里"):
        parse_template("{{ geometry.shape }}", PARCEL)


def test_a_report_tells_shapes_by_their_area() -> None:
    compiled = rule_of(shipped_policy(), "R16.6-01")
    case = next(each for each in cases(compiled, SCHEMA) if each.name == "图形_重叠部分只算一次")
    report = check(shipped_policy(), loaded(case.dossier))
    [finding] = [each for each in report.findings if each.rule == "R16.6-01"]
    assert finding.message == "规划建设用地1,000公顷，控制性详细规划未覆盖200公顷。"
    fact = next(each for each in finding.facts if each.name == "drawn")
    assert (fact.value, fact.unit, fact.text) == (D(800), "ha", "面积800公顷的图形")
    assert fact.origins == ("/plans/0", "/plans/1")
    for render in FORMATS.values():
        assert "未覆盖200公顷" in render(report).decode()


def test_a_region_that_is_not_known_says_what_to_ask_for() -> None:
    compiled = rule_of(shipped_policy(), "R16.6-01")
    case = next(each for each in cases(compiled, SCHEMA) if each.name == "图形_单元的图形不在档案中")
    [finding] = [each for each in check(shipped_policy(), loaded(case.dossier)).findings if each.rule == "R16.6-01"]
    assert [each.pointer for each in finding.missing] == ["/geometries"]
    assert "编号为“未附”的记录" in finding.missing[0].label


def test_the_schema_says_what_the_decoder_honours() -> None:
    rings = raw_schema()["$defs"]["rings"]
    assert (rings["items"]["maxItems"], inf > shapes.FARTHEST) == (shapes.MOST_IN_RING, True)
    position = rings["items"]["items"]["items"]
    assert (position["minimum"], position["maximum"]) == (-shapes.FARTHEST, shapes.FARTHEST)
