"""The map of a report: the land that a dossier draws, small enough for a page.

Coordinates become whole units of a picture; what is smaller than one is left out. Pure Python: the same shapes give
the same map, whatever library measures them.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain

from checker.facts import View
from checker.model import Area, Map
from checker.shapes import Shape, area_ha
from checker.values import Value

LONGEST_SIDE = 2_000
"""How many units the longer side of a map has: more than a page has points."""

PLANNED = "规划建设用地范围"

Point = tuple[int, int]


def map_of(view: View) -> Map | None:
    """Draw the planned area, the plans and the parcels that name a shape; without one there is no map."""
    found = tuple(_drawn(view))
    if not found:
        return None
    every = [position for *_, shape in found for _, rings in shape.pieces() for ring in rings for position in ring]
    left, right = min(each[0] for each in every), max(each[0] for each in every)
    bottom, top = min(each[1] for each in every), max(each[1] for each in every)
    metres = Decimal(f"{max(right - left, top - bottom) / LONGEST_SIDE:.6f}") or Decimal("0.000001")
    step = float(metres)

    def outlines(shape: Shape) -> list[list[Point]]:
        return [
            _simplified([(round((x - left) / step), round((top - y) / step)) for x, y, *_ in ring[:-1]])
            for _, rings in shape.pieces()
            for ring in rings
        ]

    areas = []
    for register, identifier, label, pointer, shape in found:
        drawn = outlines(shape)
        hectares = area_ha(shape)
        assert isinstance(hectares, Decimal)
        path = "".join(map(_path, drawn))
        areas.append(
            Area(
                register=register,
                id=identifier,
                label=label,
                pointer=pointer,
                hectares=hectares,
                at=_inside(drawn),
                path=path,
            )
        )
    return Map(
        width=round((right - left) / step), height=round((top - bottom) / step), metres=metres, areas=tuple(areas)
    )


def _drawn(view: View) -> Iterator[tuple[str, str, str, str, Shape]]:
    """Give what is drawn: first what lies below."""
    geometry = view.finder("geometries")

    def shape(identifier: Value) -> Value:
        return getattr(geometry(identifier), "shape", None)

    planned = shape(view.zone.planned_area_geometry_id)
    if isinstance(planned, Shape):
        yield "zone", view.zone.zone_id, view.words(PLANNED), view.pointer(view.zone), planned
    for register in ("plans", "parcels"):
        entity = view.schema.registers[register]
        identify = entity.fields[entity.id_field].attribute
        for each in view.drawn(register):
            own = shape(each.geometry_id)
            if isinstance(own, Shape):
                identifier = getattr(each, identify)
                yield register, identifier, entity.label_of(each) or identifier, view.pointer(each), own


def _simplified(ring: Sequence[Point]) -> list[Point]:
    """Leave out points that repeat the one before, or lie on the line between their neighbours."""
    points: list[Point] = []
    for each in (*ring, ring[0]):
        if points and each == points[-1]:
            continue
        while len(points) > 1 and _is_between(points[-2], points[-1], each):
            points.pop()
        points.append(each)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def _is_between(one: Point, middle: Point, other: Point) -> bool:
    (ax, ay), (bx, by), (cx, cy) = one, middle, other
    return (bx - ax) * (cy - by) == (by - ay) * (cx - bx) and (bx - ax) * (cx - bx) + (by - ay) * (cy - by) > 0


def _path(ring: Sequence[Point]) -> str:
    """Write a ring as an SVG path; one that is smaller than a unit as a square of one, so that it can be seen.

    >>> _path([(0, 0), (40, 0), (40, 25)])
    'M0 0l40 0 0 25z'
    """
    if len(ring) < 3:
        ring = [ring[0], (ring[0][0] + 1, ring[0][1]), (ring[0][0] + 1, ring[0][1] + 1), (ring[0][0], ring[0][1] + 1)]
    (x, y), *others = ring
    steps = (f"{bx - ax} {by - ay}" for (ax, ay), (bx, by) in zip(ring, others, strict=False))
    return f"M{x} {y}l{' '.join(steps)}z"


def _inside(rings: Sequence[Sequence[Point]]) -> Point:
    """Give a point inside the widest part of a shape at half its height, for a mark to stand on.

    >>> _inside([[(0, 0), (40, 0), (40, 20), (0, 20)]])
    (20, 10)
    """
    rows = [y for _, y in chain.from_iterable(rings)]
    level = (min(rows) + max(rows)) // 2 + 0.5
    crossings = sorted(
        ax + (level - ay) * (bx - ax) / (by - ay)
        for ring in rings
        for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True)
        if (ay < level) != (by < level)
    )
    spans = list(zip(crossings[::2], crossings[1::2], strict=False))
    if not spans:
        return rings[0][0]
    low, high = max(spans, key=lambda each: each[1] - each[0])
    return round((low + high) / 2), int(level)
