"""Mistakes of one kind told together: the first in full, the others counted and the next few named.

However many mistakes a dossier has, what is kept of them and what is printed stays bounded, and none goes uncounted.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from typing import Generic, TypeVar

from checker.classes import dataclass
from checker.dossier.citizens import without_citizens
from checker.dossier.places import Position, Repetition, excerpt, places
from checker.errors import Place, Problem

MOST_KEPT = 20
"""How many mistakes of one kind, and how many kinds at one field, are remembered one by one."""
TOLD_IN_FULL = 3
NAMED = 5
MOST_PROBLEMS = 200

_Fault = TypeVar("_Fault")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong, before its place in the text is known; `at_key` is about the key, not the value."""

    pointer: str
    message: str
    label: str = ""
    suggestion: str = ""
    at_key: bool = False
    blocking: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Mistakes of one kind: those `told` in full, the pointers of the next few, and how many others there are."""

    told: tuple[Mistake, ...]
    named: tuple[str, ...] = ()
    others: int = 0


@dataclass(slots=True)
class Kept(Generic[_Fault]):
    """The first faults of one kind, and how many there are."""

    first: list[_Fault] = field(default_factory=list)
    count: int = 0

    def add(self, fault: _Fault) -> None:
        """Count a fault, and keep it if it is among the first."""
        self.count += 1
        if len(self.first) < MOST_KEPT:
            self.first.append(fault)

    def group(
        self,
        likeness: Callable[[_Fault], Hashable],
        pointer: Callable[[_Fault], str],
        word: Callable[[_Fault], Mistake],
    ) -> Group:
        """Tell the first of those that are alike in full, and name a few of the others."""
        told: dict[Hashable, _Fault] = {}
        named = []
        for each in self.first:
            like = likeness(each)
            if like in told or len(told) == TOLD_IN_FULL:
                named.append(pointer(each))
            else:
                told[like] = each
        return Group(told=tuple(map(word, told.values())), named=tuple(named[:NAMED]), others=self.count - len(told))


class Kinds(Generic[_Fault]):
    """Faults by field, cause and detail; of one field and cause only so many details are told apart."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Hashable, Hashable, Hashable], Kept[_Fault]] = {}
        self.details: dict[tuple[Hashable, Hashable], int] = {}

    def add(self, shape: Hashable, cause: Hashable, detail: Hashable, fault: _Fault) -> None:
        """Put a fault where it belongs."""
        kept = self.kept.get((shape, cause, detail))
        if kept is None:
            number = self.details[shape, cause] = self.details.get((shape, cause), 0) + 1
            kept = self.kept.setdefault((shape, cause, detail if number <= MOST_KEPT else None), Kept())
        kept.add(fault)

    def __iter__(self) -> Iterator[Kept[_Fault]]:
        return iter(self.kept.values())


def problems_in_place(groups: Iterable[Group], text: str, name: str) -> tuple[Problem, ...]:
    """Put the groups in the order of their first places in *text*, what blocks first; add keys that stand twice."""
    held = list(groups)
    found = places(text, frozenset(each.pointer for group in held for each in group.told))

    def at(mistake: Mistake) -> Position | None:
        return found.of(mistake.pointer) if mistake.at_key else found.values.get(mistake.pointer)

    placed = [(group, [at(each) for each in group.told]) for group in held]
    placed += _repeated(found.repetitions)
    placed.sort(
        key=lambda each: (
            not each[0].told[0].blocking,
            each[1][0].offset if each[1][0] is not None else 0,
            each[0].told[0].message,
        )
    )
    shown = without_citizens(text)
    problems = [problem for group, spots in placed for problem in _told(group, spots, shown, name)]
    return (*problems[:MOST_PROBLEMS], *_overflow(problems[MOST_PROBLEMS:], name))


def problems_without_text(groups: Iterable[Group], name: str) -> tuple[Problem, ...]:
    """Tell groups whose places are named by themselves, such as cells of a sheet, in the order they are given."""
    problems = [problem for group in groups for problem in _told(group, [None] * len(group.told), "", name)]
    return (*problems[:MOST_PROBLEMS], *_overflow(problems[MOST_PROBLEMS:], name))


def _repeated(repetitions: Sequence[Repetition]) -> list[tuple[Group, list[Position | None]]]:
    kinds: Kinds[Repetition] = Kinds()
    for each in repetitions:
        kinds.add(re.sub(r"/[0-9]+(?=/)", "/*", each.pointer.rpartition("/")[0]), "twice", each.key, each)
    placed: list[tuple[Group, list[Position | None]]] = []
    for kept in kinds:
        first = kept.first[0]
        mistake = Mistake(
            pointer=first.pointer,
            message=f"同一对象中 {first.key} 出现了两次，前一次在第 {first.first.line} 行第 {first.first.column} 列",
            suggestion="只留一个",
        )
        named = tuple(each.pointer for each in kept.first[1 : 1 + NAMED])
        placed.append((Group(told=(mistake,), named=named, others=kept.count - 1), [first.again]))
    return placed


def _told(group: Group, spots: Sequence[Position | None], text: str, name: str) -> Iterator[Problem]:
    for number, (mistake, at) in enumerate(zip(group.told, spots, strict=True), start=1):
        line, column = (at.line, at.column) if at is not None else (None, None)
        problem = Problem(
            message=_printable(mistake.message.strip()),
            place=Place(file=name, pointer=_printable(mistake.pointer), line=line, column=column),
            label=mistake.label,
            suggestion=_printable(mistake.suggestion),
            excerpt=excerpt(text, at) if at is not None else "",
            blocking=mistake.blocking,
        )
        if number == len(group.told) and group.others:
            problem = replace(problem, others=group.others, also=tuple(map(_printable, group.named)))
        yield problem


def _overflow(problems: Sequence[Problem], name: str) -> Iterator[Problem]:
    for blocking, what in ((True, "错误"), (False, "疑点")):
        number = sum(1 + each.others for each in problems if each.blocking is blocking)
        if number:
            message = f"还有 {number} 处{what}没有列出"
            yield Problem(message=message, place=Place(file=name), blocking=blocking, others=number - 1)


def _printable(text: str) -> str:
    return without_citizens(text.encode("utf-8", "backslashreplace").decode())
