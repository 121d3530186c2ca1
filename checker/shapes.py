"""Planar shapes: what is wrong with one, what several cover together, and how much of one lies in another.

The only module that knows shapely, which is loaded when the first shape is looked at. A shape is one of the dossier,
as it was decoded, or what several of them cover. A `Range` of shapes lies between what is certainly covered and what
may be; an open upper side may be anywhere. Areas are rounded to 0.01 ha, half up, so that the last digits of floating
point numbers decide nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from math import hypot
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from checker.values import UNKNOWN, Range, Value, bounds, spanning

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

FARTHEST = 100_000_000
MOST_POSITIONS, MOST_IN_RING = 200_000, 10_000
"""How many positions the shapes of a dossier may have together, and one ring of one."""

ALWAYS_QUICK = 500
"""How many positions take no time however they lie."""

MOST_MEETINGS, MOST_CROSSINGS = 50_000_000, 100_000
"""How many pairs of edges may come near one another, and how many may cross: a few seconds, and no gigabytes.

Where boundaries cross is what merging shapes costs; two combs of a thousand teeth laid crosswise would cost minutes.
"""

Position = Annotated[
    list[Annotated[float, msgspec.Meta(ge=-FARTHEST, le=FARTHEST)]], msgspec.Meta(min_length=2, max_length=3)
]
Ring = Annotated[list[Position], msgspec.Meta(min_length=4, max_length=MOST_IN_RING)]
Rings = Annotated[list[Ring], msgspec.Meta(min_length=1, max_length=10_000)]


class Polygon(
    msgspec.Struct, tag_field="type", tag="Polygon", forbid_unknown_fields=True, frozen=True, eq=False, dict=True
):
    """One piece of land: its outline, then the holes in it. Two are the same only if they are one object."""

    coordinates: Rings

    def pieces(self) -> Iterator[tuple[tuple[int, ...], list[list[list[float]]]]]:
        """Give the rings of each piece, and where they stand among the coordinates."""
        yield (), self.coordinates

    @cached_property
    def geometry(self) -> "BaseGeometry":
        """The same as shapely has it."""
        return _geometry([self.coordinates])


class MultiPolygon(
    msgspec.Struct, tag_field="type", tag="MultiPolygon", forbid_unknown_fields=True, frozen=True, eq=False, dict=True
):
    """Several pieces of land that do not overlap."""

    coordinates: Annotated[list[Rings], msgspec.Meta(min_length=1, max_length=10_000)]

    def pieces(self) -> Iterator[tuple[tuple[int, ...], list[list[list[float]]]]]:
        """Give the rings of each piece, and where they stand among the coordinates."""
        for number, rings in enumerate(self.coordinates):
            yield (number,), rings

    @cached_property
    def geometry(self) -> "BaseGeometry":
        """The same as shapely has it."""
        return _geometry(self.coordinates)


Shape = Polygon | MultiPolygon


def _geometry(pieces: Sequence[Sequence[Sequence[Sequence[float]]]]) -> "BaseGeometry":
    import shapely  # noqa: PLC0415  (110 ms that only a dossier with shapes pays)

    made = [shapely.Polygon(*_plane(rings[:1]), _plane(rings[1:])) for rings in pieces]
    return made[0] if len(made) == 1 else shapely.MultiPolygon(made)


def _plane(rings: Sequence[Sequence[Sequence[float]]]) -> list[list[Sequence[float]]]:
    return [[position[:2] for position in ring] for ring in rings]


# --- what is wrong with a shape ---------------------------------------------------------------------------------------

REASONS = MappingProxyType(
    {
        "Self-intersection": "边界自相交",
        "Ring Self-intersection": "边界在一点上自相接触",
        "Hole lies outside shell": "内圈在外圈之外",
        "Nested holes": "内圈套着内圈",
        "Nested shells": "几块图形互相重叠",
        "Duplicate Rings": "有重复的圈",
        "Interior is disconnected": "内圈把图形切断了",
        "Too few points in geometry component": "一圈不同的点少于三个",
    }
)
HOW_TO_MEND = "用“修复几何”（QGIS、ArcGIS）改正后重新导出"
HOW_TO_PROJECT = (
    "先投影到 CGCS2000 3度带高斯—克吕格平面坐标再导出，"
    "如 ogr2ogr -t_srs EPSG:4549 平面.geojson 经纬度.geojson（4549 换成所在的带）"
)


def positions(shape: Shape) -> int:
    """Count the positions of a shape."""
    return sum(len(ring) for _, rings in shape.pieces() for ring in rings)


def faults(shape: Shape) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Say why a shape is none: where, what, and the way out."""
    if all(abs(x) <= 180 and abs(y) <= 180 for _, rings in shape.pieces() for ring in rings for x, y, *_ in ring):
        yield ("coordinates",), "坐标像是经纬度（度），不是平面坐标（米）", HOW_TO_PROJECT
        return
    is_closed = True
    for where, rings in shape.pieces():
        for number, ring in enumerate(rings):
            if ring[0][:2] != ring[-1][:2]:
                is_closed = False
                gap = hypot(ring[0][0] - ring[-1][0], ring[0][1] - ring[-1][1])
                message = f"这一圈没有闭合：首尾两点相距{gap:,.2f}米"
                yield ("coordinates", *where, number), message, "最后一点写成与第一点相同"
    if is_closed:
        import shapely  # noqa: PLC0415  (as above)

        reason, _, at = str(shapely.is_valid_reason(shape.geometry)).rstrip("]").partition("[")
        if at:
            yield ("coordinates",), f"图形无效：{REASONS.get(reason, reason)}（在 {at} 附近）", HOW_TO_MEND


def are_tangled(shapes: Iterable[Shape]) -> bool:
    """Say whether the boundaries of shapes cross so often that nobody drew them so."""
    shapes = tuple(shapes)
    if sum(map(positions, shapes)) <= ALWAYS_QUICK:
        return False
    import numpy as np  # noqa: PLC0415  (shapely brings it)
    import shapely  # noqa: PLC0415  (as above)

    rings = [np.array(ring) for shape in shapes for _, pieces in shape.pieces() for ring in _plane(pieces)]
    starts, ends = np.concatenate([each[:-1] for each in rings]), np.concatenate([each[1:] for each in rings])
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    tree = shapely.STRtree(boxes)

    def side(first: Any, second: Any, points: Any) -> Any:
        (ax, ay), (bx, by), (px, py) = first.T, second.T, points.T
        return np.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax))

    meetings = crossings = 0
    for chunk in range(0, len(boxes), 50):
        mine, others = tree.query(boxes[chunk : chunk + 50])
        mine = mine + chunk
        mine, others = mine[mine < others], others[mine < others]
        a, b, c, d = starts[mine], ends[mine], starts[others], ends[others]
        crossed = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
        meetings, crossings = meetings + len(mine), crossings + int(crossed.sum())
        if meetings > MOST_MEETINGS or crossings > MOST_CROSSINGS:
            return True
    return False


NOTHING = Decimal("0.00")
NOWHERE = MultiPolygon(coordinates=[])
"""What no shape covers: it needs no shapely."""

# --- what rules calculate ---------------------------------------------------------------------------------------------


def united(parts: Sequence[tuple[Value, bool]], *, whole: bool) -> Value:
    """Give what shapes cover together, of which some only may belong; one that nobody has drawn may be anywhere.

    *whole* says whether the list is complete.
    """
    ends = [(*bounds(shape), certain) for shape, certain in parts]
    sure = _merged(tuple(low for low, _, certain in ends if certain and low is not None))
    if not whole or any(high is None for _, high, _ in ends):
        return Range(sure, None)
    if all(certain and low is high for low, high, certain in ends):
        return sure
    return Range(sure, _merged(tuple(high for _, high, _ in ends)))


class _Union:
    """What shapes cover together, merged only where all of it is asked for: a parcel lies in few of many plans."""

    def __init__(self, shapes: tuple[Any, ...]) -> None:
        self.drawn = [_drawn(each) for each in shapes]

    @cached_property
    def geometry(self) -> Any:
        """All of it, merged."""
        import shapely  # noqa: PLC0415  (as above)

        merged: BaseGeometry = shapely.union_all(self.drawn)
        shapely.prepare(merged)
        return merged

    @cached_property
    def _tree(self) -> Any:
        import shapely  # noqa: PLC0415  (as above)

        return shapely.STRtree(self.drawn)

    def near(self, geometry: Any) -> Any:
        """Give as much of it as can meet a geometry."""
        import shapely  # noqa: PLC0415  (as above)

        return shapely.union_all([self.drawn[each] for each in sorted(self._tree.query(geometry))])


@lru_cache(maxsize=64)
def _merged(shapes: tuple[Any, ...]) -> Any:
    """Merge shapes; many subjects ask for the same few unions."""
    return _Union(shapes) if shapes else NOWHERE


def _drawn(shape: Any) -> Any:
    return shape.geometry if isinstance(shape, Shape | _Union) else shape


def area_ha(shape: Value) -> Value:
    """Give the area of a shape."""
    low, high = bounds(shape)
    return UNKNOWN if low is None else spanning(_hectares(low), None if high is None else _hectares(high))


def inside_ha(shape: Value, other: Value) -> Value:
    """Give the area of the part of a shape that lies inside the other."""
    if shape is None or other is None or shape is UNKNOWN:
        return UNKNOWN
    (low, high), (other_low, other_high) = bounds(shape), bounds(other)
    known = [each for each in (high, other_high) if each is not None]
    return spanning(_part(low, other_low, inside=True), _part(known[0], known[-1], inside=True) if known else None)


def outside_ha(shape: Value, other: Value) -> Value:
    """Give the area of the part of a shape that lies outside the other."""
    if shape is None or other is None or shape is UNKNOWN:
        return UNKNOWN
    (low, high), (other_low, other_high) = bounds(shape), bounds(other)
    least = NOTHING if other_high is None else _part(low, other_high, inside=False)
    return spanning(least, None if high is None else _part(high, other_low, inside=False))


def _part(shape: Any, other: Any, *, inside: bool) -> Decimal:
    """Measure what lies inside or outside the other; `None` covers nothing."""
    is_empty, is_alone = (each is None or each is NOWHERE for each in (shape, other))
    if is_empty or is_alone:
        return NOTHING if inside or is_empty else _hectares(shape)
    one = _drawn(shape)
    two = other.near(one) if isinstance(other, _Union) else _drawn(other)
    if one is two or two.covers(one):
        return _hectares(one) if inside else NOTHING
    return _hectares(one.intersection(two) if inside else one.difference(two))


def _hectares(shape: Any) -> Decimal:
    square_metres = Decimal(0 if shape is NOWHERE else f"{_drawn(shape).area:.2f}")
    return (square_metres / 10_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
