"""What a peer is to the benchmarks: something that turns the bytes of a dossier into the findings of the workload."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from benchmarks.peers.formulas import ZoneRule

Found = tuple[str, str, str]
"""A rule, a subject, a verdict."""

VIOLATION, UNDETERMINED = "violation", "undetermined"
ZONE = "Z1"


class Engine(Protocol):
    """A peer with the rules compiled into it."""

    def decode(self, data: bytes, path: Path) -> Any:
        """Read a dossier, whose bytes are also in a file, into what the peer works on."""

    def evaluate(self, decoded: Any) -> Iterable[Found]:
        """Give the findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One way of checking the workload.

    `package` is what has to be installed for it, `modules` are its modules. `largest` is the largest zone that it is
    given: some would take minutes. It `gives` what a reader should know about its answers.
    """

    name: str
    package: str
    modules: Sequence[str]
    make: Callable[[], Engine]
    gives: str
    largest: int = 100_000


def zone_findings(rule: ZoneRule, amounts: Iterable[Any]) -> Iterator[Found]:
    """Judge the rule over the zone from the amounts of all parcels, for peers that know no sum over records."""
    total, lacking = Decimal(0), False
    for amount in amounts:
        if amount is None:
            lacking = True
        else:
            total += amount if isinstance(amount, Decimal) else Decimal(str(amount))
    if total > rule.limit:
        yield rule.id, ZONE, VIOLATION
    elif lacking:
        yield rule.id, ZONE, UNDETERMINED


def difference(expected: Iterable[Found], given: Iterable[Found], *, most: int = 10) -> list[str]:
    """Say in what two sets of findings differ; nothing where they do not. Each finding has to be given once."""
    wanted, got = sorted(expected), sorted(given)
    if wanted == got:
        return []
    missing, surplus = sorted({*wanted} - {*got}), sorted({*got} - {*wanted})
    told = [f"lacks {' '.join(each)}" for each in missing[:most]] + [
        f"adds {' '.join(each)}" for each in surplus[:most]
    ]
    return [f"{len(wanted)} findings expected, {len(got)} given", *told]


def parsed(data: bytes) -> Any:
    """Read bytes into dicts, with the fastest reader there is for peers that bring none."""
    import orjson  # noqa: PLC0415  (it is a peer's, and need not be installed)

    return orjson.loads(data)


class Projection:
    """A parcel as a flat record of what the rules read, with the columns of its plan; what is unknown is None."""

    def __init__(self, columns: Iterable[Any]) -> None:
        every = tuple(columns)
        self.own = tuple(each.field for each in every if not each.of_plan)
        self.of_plan = tuple((each.name, each.field) for each in every if each.of_plan)

    def records(self, root: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the id and the record of each parcel."""
        plans = {each["plan_id"]: each for each in root["plans"]}
        none: dict[str, Any] = {}
        for parcel in root["parcels"]:
            get = parcel.get
            record = {name: get(name) for name in self.own}
            plan = plans.get(get("detailed_plan_id"), none).get
            for name, field in self.of_plan:
                record[name] = plan(field)
            yield parcel["parcel_id"], record
