"""Editions of one instrument: which belong together, which follow each other, and where their days do not fit.

A day that is known only to the month or the year is held against nobody: what is told here is certain.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations, pairwise

from checker.policy.law import Statute
from checker.values import bounds

_REMARK = re.compile("（[^（）]*）$")
_DAY = timedelta(days=1)


def instruments(statutes: Iterable[Statute]) -> Iterator[tuple[Statute, ...]]:
    """Give the editions of each instrument that has several, the earliest first.

    They stand under the same law, are of the same kind, and are called the same but for a remark like （试行）.
    """
    found = defaultdict(list)
    for each in statutes:
        found[each.law, each.kind, _REMARK.sub("", each.original or each.title)].append(each)
    return (tuple(sorted(each, key=_begins)) for each in found.values() if len(each) > 1)


def _begins(edition: Statute) -> date:
    low, high = bounds(edition.first_day)
    return low or high or date.min


def _certain(edition: Statute) -> tuple[date | None, date]:
    """Give the first and the last day on which it is certainly in force; none where no day is."""
    return bounds(edition.first_day)[1], date.max if edition.last_day is None else bounds(edition.last_day)[0]


def overlaps(editions: tuple[Statute, ...]) -> Iterator[tuple[Statute, Statute, date]]:
    """Give every two editions that are certainly in force on the same day, and the first such day."""
    for one, other in combinations(editions, 2):
        (first, last), (next_first, next_last) = _certain(one), _certain(other)
        if first and next_first and max(first, next_first) <= min(last, next_last):
            yield one, other, max(first, next_first)


def gaps(editions: tuple[Statute, ...]) -> Iterator[tuple[Statute, Statute, date, date]]:
    """Give every two editions between which there certainly are days without any, with the first and the last."""
    for earlier, later in pairwise(editions):
        ended = None if earlier.last_day is None else bounds(earlier.last_day)[1]
        begun = bounds(later.first_day)[0]
        if ended and begun and ended + _DAY < begun:
            yield earlier, later, ended + _DAY, begun - _DAY


def passed_over(editions: tuple[Statute, ...], cited: Iterable[str]) -> Iterator[tuple[Statute, Statute, Statute]]:
    """Give the editions that are not cited and lie between two that are: the one before, itself, the one after."""
    held = set(cited)
    places = [place for place, each in enumerate(editions) if each.id in held]
    for before, after in pairwise(places):
        yield from ((editions[before], editions[place], editions[after]) for place in range(before + 1, after))


def replaced(editions: tuple[Statute, ...], cited: Iterable[str]) -> tuple[Statute, Statute] | None:
    """Give the last edition that is cited and the one that took its place, where only earlier ones are cited."""
    held = set(cited)
    places = [place for place, each in enumerate(editions) if each.id in held]
    if not places or places[-1] == len(editions) - 1 or editions[places[-1]].last_day is None:
        return None
    return editions[places[-1]], editions[places[-1] + 1]


def in_force_within(statute: Statute, low: date | None, high: date | None) -> bool:
    """Say whether a statute is certainly in force on some day between two days; `None` leaves a side open."""
    first, last = _certain(statute)
    return first is not None and max(first, low or date.min) <= min(last, high or date.max)
