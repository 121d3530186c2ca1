"""What only the dossiers of several zones together show: leads to be looked into, and never more than that.

The same parcel or the same approval in two zones, a firm paid by two zones for what may be the same investment, and
figures of a province that the dossiers do not agree with. Each lead names both entries, what is the same, what would
explain it innocently, and which paper settles it. What is not known matches nothing.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from checker.batching.digest import LONGEST_TEXT, Digest, Mark, MarkKind, Payment
from checker.batching.totals import FIGURES, Line, Totals
from checker.classes import dataclass

STANDING = "lead"
"""The only standing that anything here has: a lead, at most a suspicion."""
MOST_LEADS = 500
"""How many leads of one kind are listed; the others are counted."""
MOST_SIDES = 8
"""How many entries a lead names; the others are counted."""
MOST_REPEATED = 100
WINDOW_DAYS = 730
"""Payments further apart are not held against one another: a figure of this tool, not of the law."""
LEAST_SAME_CNY = Decimal(10_000)
"""Smaller sums are the same by chance: a figure of this tool."""
TOLERANCE, LEAST_DIFFERENCE_HA, LEAST_DIFFERENCE_CNY = Decimal("0.005"), Decimal("0.01"), Decimal(10_000)
"""Figures that differ by less than the share and the least difference agree but for rounding: figures of this tool."""


class LeadKind(StrEnum):
    """What two zones share, or a zone and a table of its province do not."""

    SUPERVISION_NO = "supervision_no"
    PARCEL_CODE = "parcel_code"
    APPROVAL_NO = "approval_no"
    PAYMENT = "payment"
    TOTAL = "total"

    @property
    def label(self) -> str:
        """Word the kind."""
        return _KINDS[self].label

    @property
    def innocent(self) -> str:
        """Say what would explain it innocently."""
        return _KINDS[self].innocent

    @property
    def settled_by(self) -> str:
        """Name the papers that settle it."""
        return _KINDS[self].settled_by


class _Kind(NamedTuple):
    label: str
    innocent: str
    settled_by: str


_SAME_LAND = "区块调整、托管、代管后由两区先后或者共同登记；开发区合并、分立；宗地跨越两区边界；其中一方录入有误"
_KINDS = {
    LeadKind.SUPERVISION_NO: _Kind(
        "两个开发区登记了同一电子监管号",
        _SAME_LAND,
        "土地市场动态监测与监管系统的供地记录，出让合同，区块范围和移交文件",
    ),
    LeadKind.PARCEL_CODE: _Kind("两个开发区登记了同一宗地代码", _SAME_LAND, "不动产登记簿、宗地图，区块范围和移交文件"),
    LeadKind.APPROVAL_NO: _Kind(
        "两个开发区的用地批次引用了同一批准文号",
        "一个批复覆盖几个开发区；批次在区之间划转；不同机关的文号偶然相同；文号录入有误",
        "批复原件及勘测定界图、各区在该批复中的面积",
    ),
    LeadKind.PAYMENT: _Kind(
        "同一企业从两个开发区取得可能是同一投资的资金",
        "企业在两区各有项目；项目依约分期、分区建设；区之间移交后由后者续付；上级统一的奖补由各区分担；金额、名称偶然相同",
        "两区的招商协议、支付审批单和支付凭证，项目备案文件",
    ),
    LeadKind.TOTAL: _Kind(
        "档案的合计与省级汇总表不一致",
        "统计日期、统计口径（区块、供地方式、撤销的合同）不同；汇总表或者档案尚未更新；四舍五入",
        "省级汇总表的底册，供地台账及其完整性声明",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One entry that a lead is about: in a dossier at a pointer, or in the table of a province at a place.

    `more` counts further entries of the same dossier of which the same is true.
    """

    name: str
    dossier: str
    zone: str
    zone_name: str
    pointer: str
    label: str
    told: str
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Something to be looked into: `same` says what is shared (or differs), `others` how many sides are not named."""

    id: str
    kind: LeadKind
    same: tuple[str, ...]
    sides: tuple[Side, ...]
    others: int = 0
    zones: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A zone of which a run has several dossiers: they are counted each for itself, and never held together."""

    zone: str
    names: tuple[str, ...]
    dossiers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDay:
    """A line of a table that is of another day than the dossier on its zone: they are not held together."""

    zone: str
    place: str
    as_of: str
    name: str
    dossier_as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """What the dossiers together show; `found` counts all leads by kind, of which `leads` lists the first.

    `skipped` counts identifiers that were not compared. Of a table, `without_line` are zones that it does not have,
    `without_dossier` those that no dossier is about, and `not_compared` counts lines of another day than the dossier,
    of which `other_day` are the first.
    """

    leads: tuple[Lead, ...]
    found: Mapping[LeadKind, int]
    skipped: Mapping[str, int]
    repeated: tuple[Repeated, ...]
    repeated_more: int
    table: str
    without_line: tuple[str, ...]
    without_dossier: tuple[str, ...]
    not_compared: int
    other_day: tuple[OtherDay, ...]


def cross(digests: Sequence[Digest], totals: Totals | None = None) -> Crossing:
    """Hold *digests*, which are in a settled order, against one another, and against the table of a province."""
    found: list[Lead] = [*_marks(digests), *_payments(digests)]
    agreeing = _Table() if totals is None else _against(digests, totals)
    found.extend(agreeing.leads)
    order = {kind: place for place, kind in enumerate(LeadKind)}
    found.sort(key=lambda each: (order[each.kind], -each.zones, each.same, each.id))
    counts = Counter(each.kind for each in found)
    skipped: Counter[str] = Counter()
    for each in digests:
        skipped.update(each.skipped)
    repeated = tuple(_repeated(digests))
    return Crossing(
        leads=tuple(each for _, held in groupby(found, lambda each: each.kind) for each in list(held)[:MOST_LEADS]),
        found={kind: counts[kind] for kind in LeadKind},
        skipped={kind.value: skipped[kind.value] for kind in LeadKind if skipped[kind.value]},
        repeated=repeated[:MOST_REPEATED],
        repeated_more=max(len(repeated) - MOST_REPEATED, 0),
        table="" if totals is None else totals.file,
        without_line=agreeing.without_line,
        without_dossier=agreeing.without_dossier,
        not_compared=len(agreeing.other_day),
        other_day=agreeing.other_day[:MOST_REPEATED],
    )


def _repeated(digests: Iterable[Digest]) -> Iterator[Repeated]:
    names: dict[str, list[str]] = defaultdict(list)
    for each in digests:
        names[each.zone].append(each.name)
    for zone, held in sorted(names.items()):
        if len(held) > 1:
            yield Repeated(zone=zone, names=tuple(held[:MOST_SIDES]), dossiers=len(held))


def _lead(kind: LeadKind, same: Sequence[str], sides: Sequence[Side]) -> Lead:
    places = "\n".join(f"{each.zone} {each.dossier} {each.name} {each.pointer}" for each in sides)
    return Lead(
        id=hashlib.sha256("\n".join((kind, *same, places)).encode()).hexdigest()[:12],
        kind=kind,
        same=tuple(same),
        sides=tuple(sides[:MOST_SIDES]),
        others=max(len(sides) - MOST_SIDES, 0),
        zones=len({each.zone for each in sides}),
    )


def _side(held: Digest, pointer: str, label: str, told: str = "", more: int = 0) -> Side:
    return Side(
        name=held.name,
        dossier=held.dossier,
        zone=held.zone,
        zone_name=held.zone_name,
        pointer=pointer,
        label=label,
        told=told,
        more=more,
    )


# --- the same parcel, the same approval -------------------------------------------------------------------------------


_WORDED = {
    MarkKind.SUPERVISION_NO: "电子监管号 {0}",
    MarkKind.PARCEL_CODE: "宗地代码 {0}（不动产单元号的前19位）",
    MarkKind.APPROVAL_NO: "批准文号 {0}",
}


def _marks(digests: Sequence[Digest]) -> Iterator[Lead]:
    shared: dict[tuple[MarkKind, str], list[tuple[int, Mark]]] = {}
    for nth, each in enumerate(digests):
        for mark in each.marks:
            shared.setdefault((mark.kind, mark.value), []).append((nth, mark))
    for (kind, value), held in shared.items():
        if len(held) == 1:
            continue
        for alike in _of_one_issuer(held):
            if len({digests[nth].zone for nth, _ in alike}) > 1:
                yield _lead(LeadKind(kind.value), [_WORDED[kind].format(value)], list(_sides(alike, digests)))


def _of_one_issuer(held: list[tuple[int, Mark]]) -> Iterator[list[tuple[int, Mark]]]:
    """Part documents by who issued them; one that does not say belongs to the others only if these are of one."""
    issuers = {mark.issuer for _, mark in held} - {""}
    if len(issuers) < 2:
        yield held
        return
    for issuer in sorted(issuers):
        yield [each for each in held if each[1].issuer == issuer]


def _sides(held: list[tuple[int, Mark]], digests: Sequence[Digest]) -> Iterator[Side]:
    """Give the first entry of each dossier, with how many more it has."""
    for nth, entries in groupby(held, lambda each: each[0]):
        marks = [mark for _, mark in entries]
        yield _side(digests[nth], marks[0].at, marks[0].label, more=len(marks) - 1)


# --- the same firm, paid by two zones ---------------------------------------------------------------------------------


Paid = tuple[int, Payment]
_QUOTED = {True: "“{0}”", False: f"的前{LONGEST_TEXT}字“{{0}}”"}
"""How a text is told that is whole, and one of which a digest keeps the beginning."""


def _payments(digests: Sequence[Digest]) -> Iterator[Lead]:
    """Look for a firm that two zones paid for an agreement or a parcel within the window.

    What it was paid for may be the same investment where the sum is the same to the cent, the parcel's project has the
    same name, or the agreement promises the same in the same words.
    """
    firms: dict[str, list[Paid]] = {}
    for nth, each in enumerate(digests):
        for payment in each.payments:
            firms.setdefault(payment.uscc, []).append((nth, payment))
    for uscc, paid in firms.items():
        if len({digests[nth].zone for nth, _ in paid}) > 1:
            yield from _of_firm(uscc, paid, digests)


def _of_firm(uscc: str, paid: list[Paid], digests: Sequence[Digest]) -> Iterator[Lead]:
    shared: dict[tuple[str, str], list[Paid]] = {}
    for each in paid:
        payment = each[1]
        if payment.cny >= LEAST_SAME_CNY:
            shared.setdefault(("金额 {0}元", _told(payment.cny)), []).append(each)
        if payment.project:
            shared.setdefault(("项目名称" + _QUOTED[len(payment.project) < LONGEST_TEXT], payment.project), []).append(
                each
            )
        for text in payment.promises:
            shared.setdefault(("承诺内容" + _QUOTED[len(text) < LONGEST_TEXT], text), []).append(each)
    found: dict[tuple[tuple[int, str], ...], tuple[list[Paid], list[str]]] = {}
    for (worded, value), alike in shared.items():
        for near in _near(alike, digests):
            places = tuple((nth, payment.at) for nth, payment in near)
            found.setdefault(places, (near, []))[1].append(worded.format(value))
    for near, same in found.values():
        sides = [_side(digests[nth], payment.at, payment.label, _paid(payment)) for nth, payment in near]
        yield _lead(LeadKind.PAYMENT, [f"收款人统一社会信用代码 {uscc}", *sorted(same)], sides)


def _paid(payment: Payment) -> str:
    return f"{payment.day.isoformat()}支付{_told(payment.cny)}元"


def _told(number: Decimal) -> str:
    return f"{number.normalize():,f}"


def _near(alike: list[Paid], digests: Sequence[Digest]) -> Iterator[list[Paid]]:
    """Give the payments that another zone's lies near to, those of each stretch of time together."""
    ordered = sorted(alike, key=lambda each: (each[1].day, each[0], each[1].at))
    days = [payment.day.toordinal() for _, payment in ordered]
    zones = [digests[nth].zone for nth, _ in ordered]
    near = _reached(days, zones) | {
        len(days) - 1 - place for place in _reached([-day for day in reversed(days)], zones[::-1])
    }
    stretch: list[Paid] = []
    last: int | None = None
    for place in sorted(near):
        if last is not None and days[place] - last > WINDOW_DAYS:
            yield stretch
            stretch = []
        stretch.append(ordered[place])
        last = days[place]
    if stretch:
        yield stretch


def _reached(days: Sequence[int], zones: Sequence[str]) -> set[int]:
    """Give the places before which another zone's payment lies within the window; days do not fall."""
    found: set[int] = set()
    latest: dict[str, int] = {}
    first = second = ""  # the zones paid by last, of which one is another than any given
    for place, (day, zone) in enumerate(zip(days, zones, strict=True)):
        other = second if zone == first else first
        if other and day - latest[other] <= WINDOW_DAYS:
            found.add(place)
        latest[zone] = day
        if zone != first:
            first, second = zone, first
    return found


# --- the table of a province ------------------------------------------------------------------------------------------


class _Table(NamedTuple):
    leads: tuple[Lead, ...] = ()
    without_line: tuple[str, ...] = ()
    without_dossier: tuple[str, ...] = ()
    other_day: tuple[OtherDay, ...] = ()


def _against(digests: Sequence[Digest], totals: Totals) -> _Table:
    """Hold the figures of a table against the dossiers of the same zone and day."""
    zones = {each.zone for each in digests}
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in totals.lines:
        lines[line.zone].append(line)
    leads: list[Lead] = []
    other_day: list[OtherDay] = []
    for each in digests:
        for line in lines.get(each.zone, ()):
            if line.as_of and line.as_of != each.as_of:
                other_day.append(
                    OtherDay(
                        zone=line.zone, place=line.place, as_of=line.as_of, name=each.name, dossier_as_of=each.as_of
                    )
                )
            else:
                leads.extend(_unlike(each, line, totals.file))
    return _Table(
        tuple(leads),
        tuple(sorted(zones - lines.keys()))[:MOST_REPEATED],
        tuple(sorted(lines.keys() - zones))[:MOST_REPEATED],
        tuple(other_day),
    )


def _unlike(held: Digest, line: Line, file: str) -> Iterator[Lead]:
    if held.supplied is None:
        return
    known = held.supplied
    measured = {
        "parcels": (Decimal(known.parcels), known.is_whole, Decimal(0)),
        "area_ha": (known.area_sqm / 10_000, known.is_whole and not known.without_area, LEAST_DIFFERENCE_HA),
        "price_cny": (known.price_cny, known.is_whole and not known.without_price, LEAST_DIFFERENCE_CNY),
    }
    for key, (ours, is_whole, least) in measured.items():
        theirs = line.figures.get(key)
        if theirs is None:
            continue
        room = Decimal(0) if key == "parcels" else max(least, theirs * TOLERANCE)
        if not (ours - theirs > room or (is_whole and theirs - ours > room)):
            continue
        title = FIGURES[key]
        extent = "" if is_whole else "（档案不完整，至少有这么多）"
        yield _lead(
            LeadKind.TOTAL,
            [f"{title}：档案{_told(ours)}{extent}，汇总表{_told(theirs)}"],
            [
                _side(held, "/parcels", title, f"{_told(ours)}{extent}"),
                Side(
                    name=file,
                    dossier="",
                    zone=line.zone,
                    zone_name="",
                    pointer=f"{line.place} {key}",
                    label=title,
                    told=_told(theirs),
                ),
            ],
        )
