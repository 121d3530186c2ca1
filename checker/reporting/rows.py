"""The many things of a page: those of one kind read the same but for texts of their own, which are filled in.

Here is said of each thing what its kind is, and which texts are its own; its words are the template's.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import count, groupby
from typing import TYPE_CHECKING, Any

from checker.catalogues import Catalogue
from checker.model import Finding
from checker.reporting import wording
from checker.reporting.description import Description, FactLine, Ground, PleaLine, Teller
from checker.reporting.environment import Forms, blank

if TYPE_CHECKING:
    from jinja2.runtime import Macro
    from markupsafe import Markup


class Rows:
    """Writes what a page has many of, by the macros of its template."""

    def __init__(self, tell: Teller, words: Catalogue) -> None:
        self._tell, self._words, self._forms = tell, words, Forms(words.language)

    def problems(self, macro: "Macro", found: Iterable[Finding], ground: Ground, *, is_alone: bool) -> "Markup":
        """Write problems that rest on the same ground; one that is alone tells it itself."""
        return self._forms(macro, (_Problem(self._tell(each, ground), is_alone=is_alone) for each in found))

    def excused(self, macro: "Macro", found: Iterable[Finding]) -> "Markup":
        """Write the subjects that a proved exemption excuses, each with what proves it."""
        return self._forms(macro, map(self._excused, found))

    def _excused(self, finding: Finding) -> "_Excused":
        return _Excused(
            finding.clauses[0].article,
            finding.responsible.value,
            wording.subject(finding.subject, self._words),
            finding.message,
            tuple(self._tell.plea(each) for each in finding.exemptions if each.state == "proved"),
        )

    def subjects(self, found: Iterable[Finding]) -> Iterator[tuple[str, list[str]]]:
        """Name the subjects of findings, those together that follow one another and are of the same party."""
        for party, held in groupby(found, key=lambda each: each.responsible):
            yield party.value, [wording.subject(each.subject, self._words) for each in held]


class _Excused:
    """A subject that is excused, and why."""

    __slots__ = ("_held", "kind", "own")

    def __init__(self, article: str, party: str, subject: str, message: str, pleas: tuple[PleaLine, ...]) -> None:
        self.own = [subject, message]
        self.kind = (article, party, tuple([_plea(each, self.own) for each in pleas]))
        self._held = (article, party, subject, message, pleas)

    def whole(self) -> Sequence[object]:
        """Give all of it."""
        return self._held

    def blanked(self) -> Sequence[object]:
        """Give it with a blank for each own text."""
        article, party, _, _, pleas = self._held
        blanks = _blanks()
        return article, party, next(blanks), next(blanks), tuple(_blank_plea(each, blanks) for each in pleas)


_SAME = Description._fields.index("grade")
"""From here on a description has what others are likely to have too."""


class _Problem:
    """A problem in words; one `is_alone` that has a ground of its own."""

    __slots__ = ("_is_alone", "_told", "kind", "own")

    def __init__(self, told: Description, *, is_alone: bool) -> None:
        own = [str(told.number), told.id, told.subject, told.pointer, told.message, *told.papers]
        facts = tuple([_line(each, own) for each in told.facts])
        pleas = tuple([_plea(each, own) for each in told.pleas]) if told.pleas else ()
        missing = tuple([_lacks(each, own) for each in told.missing]) if told.missing else ()
        self._told, self._is_alone, self.own = told, is_alone, own
        self.kind = (told[_SAME:], len(told.papers), facts, pleas, missing, is_alone)

    def whole(self) -> Sequence[object]:
        """Give all of it."""
        return self._told, self._is_alone

    def blanked(self) -> Sequence[object]:
        """Give it with a blank for each own text."""
        told, blanks = self._told, _blanks()
        shown = told._replace(
            number=next(blanks),
            id=next(blanks),
            subject=next(blanks),
            pointer=next(blanks),
            message=next(blanks),
            papers=tuple(next(blanks) for _ in told.papers),
            facts=tuple(_blank_line(each, blanks) for each in told.facts),
            pleas=tuple(_blank_plea(each, blanks) for each in told.pleas),
            missing=tuple((label, next(blanks), paper) for label, _, paper in told.missing),
        )
        return shown, self._is_alone


def _blanks() -> Iterator[Any]:
    return map(blank, count())


def _line(fact: FactLine, own: list[str]) -> Hashable:
    """Add the own texts of a fact, and give what is the same of others."""
    label, _, pointer, cited, origins, unproved = fact
    own += fact[1:]
    return label, not pointer, not cited, not origins, not unproved


def _blank_line(fact: FactLine, blanks: Iterator[Any]) -> FactLine:
    text, *rooms = (next(blanks) for _ in range(5))
    return FactLine(fact.label, text, *(room if each else "" for room, each in zip(rooms, fact[2:], strict=True)))


def _plea(plea: PleaLine, own: list[str]) -> Hashable:
    own.append(plea.documents)
    facts = tuple([_line(each, own) for each in plea.facts])
    return plea.reason, plea.told, plea.condition, plea.silent, not plea.documents, facts


def _blank_plea(plea: PleaLine, blanks: Iterator[Any]) -> PleaLine:
    room = next(blanks)
    facts = tuple(_blank_line(each, blanks) for each in plea.facts)
    return plea._replace(documents=room if plea.documents else "", facts=facts)


def _lacks(missing: tuple[str, str, str], own: list[str]) -> Hashable:
    label, pointer, paper = missing
    own.append(pointer)
    return label, paper
