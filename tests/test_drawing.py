"""The map that a check draws of the shapes of a dossier."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from reference.program import shipped_policy

from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.model import Report
from checker.policy.loading import Policy
from checker.reporting import FORMATS

EXAMPLE = json.loads((Path(__file__).parent.parent / "examples" / "dossier.json").read_text(encoding="utf-8"))
EAST, NORTH = 500_000.0, 3_400_000.0

Ring = list[list[float]]


def ring(*corners: tuple[float, float]) -> Ring:
    """Give a closed ring of corners, in metres from the south-west."""
    return [[EAST + x, NORTH + y] for x, y in (*corners, corners[0])]


def box(x: float, y: float, width: float, height: float) -> Ring:
    return ring((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def shape(*rings: Ring) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": rings}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return shipped_policy()


def drawn(policy: Policy, planned: Any, plans: Sequence[Any], parcels: Sequence[Any]) -> Report:
    """Check the example dossier with shapes; `None` is a record without one."""
    dossier = json.loads(json.dumps(EXAMPLE))
    geometries: list[dict[str, Any]] = []

    def named(held: Any) -> str | None:
        if held is None:
            return None
        geometries.append({"geometry_id": f"G{len(geometries)}", "crs": "EPSG:4549", "shape": held})
        return str(geometries[-1]["geometry_id"])

    dossier["zone"]["planned_area_geometry_id"] = named(planned)
    for register, shapes in (("plans", plans), ("parcels", parcels)):
        for record, held in zip(dossier[register], shapes, strict=False):
            record["geometry_id"] = named(held)
    dossier["geometries"] = geometries
    data = json.dumps(dossier, ensure_ascii=False).encode()
    return check(policy, load_dossier(data, "x.json", dossier_schema()))


def test_what_is_drawn_lies_north_up_in_units_of_the_longer_side(policy: Policy) -> None:
    plan = shape(box(0, 0, 2000, 1000), ring((500, 250), (500, 500), (1000, 500), (1000, 250)))
    report = drawn(policy, shape(box(0, 0, 4000, 1000)), [plan], [None, shape(box(3000, 750, 200, 250))])
    assert report.map is not None
    assert (report.map.width, report.map.height, str(report.map.metres)) == (2000, 500, "2.000000")
    assert [(each.register, each.pointer, each.path, str(each.hectares)) for each in report.map.areas] == [
        ("zone", "/zone", "M0 500l2000 0 0 -500 -2000 0z", "400.00"),
        ("plans", "/plans/0", "M0 500l1000 0 0 -500 -1000 0zM250 375l0 -125 250 0 0 125z", "187.50"),
        ("parcels", "/parcels/1", "M1500 125l100 0 0 -125 -100 0z", "5.00"),
    ]
    assert report.map.areas[2].at == (1550, 62)
    assert report.map.areas[1].label == "西片区总体发展规划"


def test_a_dossier_without_shapes_has_no_map(policy: Policy) -> None:
    report = drawn(policy, None, [], [])
    assert report.map is None
    assert "map" not in json.loads(FORMATS["json"](report))


def test_points_that_no_eye_tells_apart_are_left_out_and_a_speck_still_shows(policy: Policy) -> None:
    fine = ring(*((x / 10, 0) for x in range(9_000)), (2000, 0), (2000, 1000), (0, 1000))
    speck = shape(box(10, 10, 0.4, 0.4))
    report = drawn(policy, shape(fine), [], [speck])
    assert report.map is not None
    assert [each.path for each in report.map.areas] == [
        "M0 1000l2000 0 0 -1000 -2000 0z",
        "M10 990l1 0 0 1 -1 0z",
    ]


def test_a_mark_stands_inside_even_where_the_middle_is_a_hole_or_a_bay(policy: Policy) -> None:
    bay = shape(ring((0, 0), (900, 0), (900, 900), (600, 900), (600, 300), (300, 300), (300, 900), (0, 900)))
    hollow = shape(box(1000, 0, 900, 900), ring((1200, 100), (1200, 800), (1800, 800), (1800, 100)))
    report = drawn(policy, shape(box(0, 0, 2000, 1000)), [], [bay, hollow])
    assert report.map is not None
    left, right = (each.at for each in report.map.areas[1:])
    assert left[0] < 300 or left[0] > 600
    assert 1000 < right[0] < 1200


def test_the_page_of_a_check_marks_the_parcel_that_is_violated(policy: Policy) -> None:
    report = drawn(policy, None, [], [shape(box(300 * nth, 0, 200, 200)) for nth in range(6)])
    violated = {each.subject.pointer for each in report.findings if each.verdict == "violation"}
    page = FORMATS["html"](report).decode()
    marked = {
        int(x) for x in page.split("fill-violation)")[1:] for x in [x.partition('d="M')[2].partition(" ")[0]] if x
    }
    assert report.map is not None
    places = {each.path.partition(" ")[0][1:] for each in report.map.areas if each.pointer in violated}
    assert marked == set(map(int, places)) != set()
