"""One finding in words: what each format prints of it, so that no two of them can tell it differently."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.model import (
    Attestation,
    Change,
    Document,
    Exemption,
    Fact,
    Finding,
    Grade,
    Missing,
    Mode,
    Subject,
    TestNode,
    Verdict,
)
from checker.reporting import wording
from checker.reporting.arrangement import RestsOn, refused, rests_on, steps

_CONDITIONS = {"when": "适用条件", "violated": "违反条件", "suspected": "疑似条件"}
_CONDITIONS_SELF_AUDIT = {"when": "适用条件", "violated": "需要整改的条件", "suspected": "需要核实的条件"}
MOST_BESIDE = 10
"""How many attestations stand beside a finding before the rest is counted."""
MOST_REMEMBERED = 1024
"""How many different grounds, conditions and lists of papers are remembered while a report is put into words."""
NO_NUMBERS: Mapping[str, int] = MappingProxyType({})
NO_CELLS: Mapping[str, str] = MappingProxyType({})
NOTHING_ATTESTED: Mapping[str, tuple[Attestation, ...]] = MappingProxyType({})
_STATES = {True: "true", False: "false", None: "unknown"}


class FactLine(NamedTuple):
    """A fact as a line: what, how much, where it stands, its papers, what it was made from, what lacks proof."""

    label: str
    text: str
    pointer: str
    cited: str
    origins: str
    unproved: str


class StepLine(NamedTuple):
    """A line of an and/or structure; `state` is an id, `truth` the word for it."""

    depth: int
    state: str
    truth: str
    wording: str
    soft: bool


class BasisLine(NamedTuple):
    """A basis as it is cited, why it carries no violation where it does not, and its Chinese title if translated."""

    text: str
    why_soft: str
    original: str


class MeasureLine(NamedTuple):
    """A measure with its standard and its deadline."""

    action: str
    done_when: str
    deadline: str


class PleaLine(NamedTuple):
    """A ground of exemption that somebody pleads: what came of it, what it takes, what was pleaded and with what."""

    reason: str
    state: str
    told: str
    condition: str
    facts: tuple[FactLine, ...]
    silent: tuple[str, ...]
    documents: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What findings have in common that rest on the same ground: one object, and equal to no other, for all of them."""

    verdict: str
    label: str
    clauses: tuple[tuple[str, str], ...]
    consequence: str
    article: str
    party: str
    responsible: str
    bases: tuple[BasisLine, ...]
    see: tuple[BasisLine, ...]
    unclaimed: tuple[str, ...]
    ask: tuple[str, ...]
    measures_heading: str
    measures: tuple[MeasureLine, ...]


class Description(NamedTuple):
    """A finding in words. What comes first is its own; from `grade` on, others are likely to have the same."""

    number: int
    id: str
    subject: str
    pointer: str
    message: str
    papers: tuple[str, ...]
    facts: tuple[FactLine, ...]
    pleas: tuple[PleaLine, ...]
    missing: tuple[tuple[str, str, str], ...]
    grade: str
    ground: Ground
    grounds: tuple[str, ...]
    conduct_on: str
    tests: tuple[tuple[str, tuple[StepLine, ...]], ...]
    soft: tuple[str, ...]
    reasons: tuple[str, ...]
    withheld: tuple[str, ...]
    cure: tuple[str, ...]
    no_cure: bool
    breaks: tuple[str, ...]
    absorbed_by: str
    attested: tuple[str, ...]


class Papers(NamedTuple):
    """The papers of a fact: named in full, by their ids, and as they are cited beside it."""

    named: str
    ids: str
    cited: str


class Teller:
    """Puts the findings of a report into words; what many of them have in common is worded once.

    The `numbers` and `cells` are those that the report gives. What people have *attested* about a finding stands beside
    its facts and is none of them.
    """

    def __init__(
        self,
        mode: Mode,
        words: Catalogue = CHINESE,
        *,
        numbers: Mapping[str, int] = NO_NUMBERS,
        cells: Mapping[str, str] = NO_CELLS,
        attested: Mapping[str, tuple[Attestation, ...]] = NOTHING_ATTESTED,
    ) -> None:
        self._mode, self._words, self._numbers, self._cells, self._attested = mode, words, numbers, cells, attested
        self._said = wording.words_of(mode, words)
        conditions = _CONDITIONS_SELF_AUDIT if mode is Mode.SELF_AUDIT else _CONDITIONS
        self._conditions = tuple((name, words(heading)) for name, heading in conditions.items())
        self._grades = {each: words(each.label) for each in Grade}
        self._grounds = lru_cache(MOST_REMEMBERED)(self._ground)
        self._steps = lru_cache(MOST_REMEMBERED)(self._step_lines)
        self._papers = lru_cache(MOST_REMEMBERED)(self._named_papers)

    def __call__(self, finding: Finding, ground: Ground | None = None) -> Description:
        """Give *finding* in words; its *ground* needs no wording where it is known."""
        words, cells, subject, exemptions = self._words, self._cells, finding.subject, finding.exemptions
        return Description(
            number=self._numbers.get(finding.id, 0),
            id=finding.id,
            subject=wording.subject(subject, words),
            pointer=wording.located(subject.pointer, cells),
            message=finding.message,
            papers=self._all_papers(finding.facts),
            facts=tuple(map(self.fact, finding.facts)),
            pleas=tuple(self.plea(each) for each in exemptions if each.state != "not_claimed") if exemptions else (),
            missing=tuple(map(self._lacks, finding.missing)),
            grade="" if finding.grade is None else self._grades[finding.grade],
            ground=ground or self.ground(finding),
            grounds=finding.grounds,
            conduct_on=wording.conduct(finding.conduct_on, words),
            tests=tuple(
                [
                    (heading, self._steps(finding.tests[name]))
                    for name, heading in self._conditions
                    if name in finding.tests
                ]
            ),
            soft=finding.soft,
            reasons=finding.reasons,
            withheld=refused(finding),
            cure=() if finding.cure is None else tuple(map(self._change, finding.cure.changes)),
            no_cure=finding.cure is not None and not finding.cure.changes,
            breaks=() if finding.cure is None else finding.cure.breaks,
            absorbed_by="" if finding.absorbed_by is None else self._named(finding.absorbed_by),
            attested=beside(self._attested[finding.id], words) if finding.id in self._attested else (),
        )

    def number(self, finding: Finding) -> int:
        """Give the number of a problem, 0 of what has none."""
        return self._numbers.get(finding.id, 0)

    def label(self, finding: Finding) -> str:
        """Give the word for the verdict on a finding."""
        return self._said.short[finding.verdict]

    def cell(self, place: Subject | Fact) -> str:
        """Give the cell that a subject or a fact was filled in from."""
        return self._cells.get(place.pointer, "")

    def exemptions(self, finding: Finding) -> tuple[str, ...]:
        """Give what would excuse the subject, and what has come of it."""
        return tuple(wording.exemption(each, self._words) for each in finding.exemptions)

    def ground(self, finding: Finding) -> Ground:
        """Give what a finding rests on, the same object for all that rest on the same."""
        return self._grounds(rests_on(finding))

    def _ground(self, held: RestsOn) -> Ground:
        words, said = self._words, self._said
        is_violation = held.verdict is Verdict.VIOLATION
        return Ground(
            verdict=held.verdict.value,
            label=said.short[held.verdict],
            clauses=tuple((wording.citation(each, held.verdict, said, words), each.quote) for each in held.clauses),
            consequence=said.consequences[held.consequence],
            article=held.clauses[0].article,
            party=held.responsible.value,
            responsible=wording.responsibility(held.responsible, self._mode, words),
            bases=tuple(BasisLine(wording.basis(each, words), each.why_soft, each.original) for each in held.basis),
            see=tuple(BasisLine(wording.basis(each, words), each.why_soft, each.original) for each in held.see),
            unclaimed=held.unclaimed,
            ask=held.ask,
            measures_heading=words("整改措施" if is_violation else "查实后的整改措施"),
            measures=tuple(
                MeasureLine(each.action, each.done_when, wording.deadline(each, words))
                for each in wording.measures(held.remedy, self._mode)
            ),
        )

    def fact(self, fact: Fact) -> FactLine:
        """Put a fact into a line."""
        words, cells = self._words, self._cells
        return FactLine(
            words.headed(fact.label),
            fact.text,
            wording.located(fact.pointer, cells),
            self._papers(fact.documents).cited if fact.documents else "",
            self._origins(fact) if fact.origins or fact.unlisted else "",
            words("、").join(wording.located(each, cells) for each in fact.unproved) if fact.unproved else "",
        )

    def _lacks(self, missing: Missing) -> tuple[str, str, str]:
        return missing.label, wording.located(missing.pointer, self._cells), missing.document

    def _origins(self, fact: Fact) -> str:
        more = self._words("等（另有{number}条未列）", number=fact.unlisted) if fact.unlisted else ""
        return self._words("、").join(wording.located(each, self._cells) for each in fact.origins) + more

    def papers(self, fact: Fact) -> Papers:
        """Name the papers of a fact."""
        return self._papers(fact.documents)

    def _named_papers(self, documents: tuple[Document, ...]) -> Papers:
        words = self._words
        pages = dict.fromkeys(words.gap.join(filter(None, (each.doc_id, each.page))) for each in documents)
        cited = words("、").join(pages)
        return Papers(
            wording.documents(documents, words),
            words("、").join(dict.fromkeys(each.doc_id for each in documents)),
            words("〔{0}〕", cited) if cited else "",
        )

    def _all_papers(self, facts: tuple[Fact, ...]) -> tuple[str, ...]:
        """Name each paper of these facts once; most often they are the same of all of them."""
        held = dict.fromkeys([each.documents for each in facts if each.documents])
        return wording.papers(chain.from_iterable(held), self._words) if held else ()

    def plea(self, ground: Exemption) -> PleaLine:
        """Put a ground of exemption that somebody pleads into words."""
        words = self._words
        known = tuple(each for each in ground.facts if each.state != "unknown")
        silent = Counter(each.label for each in ground.facts if each.state == "unknown")
        return PleaLine(
            ground.reason,
            ground.state,
            wording.plea(ground, words),
            ground.condition,
            tuple(map(self.fact, known)),
            tuple(
                words("{0}（{number}处）", label, number=count) if count > 1 else label
                for label, count in silent.items()
            ),
            wording.documents(ground.documents, words),
        )

    def _step_lines(self, node: TestNode) -> tuple[StepLine, ...]:
        words = self._words
        return tuple(
            StepLine(
                each.depth, _STATES[each.truth], wording.truth(each.truth, words), words.headed(each.wording), each.soft
            )
            for each in steps(node, words=words)
        )

    def _change(self, change: Change) -> str:
        """Say which fact would have to be otherwise, and where it stands."""
        words = self._words
        place = wording.located(change.pointer, self._cells)
        told = words("由“{0}”改为“{1}”", change.before, change.after) if change.before else change.after
        return words("{0}：{1}（{2}）", change.label, told, place)

    def _named(self, absorber: str) -> str:
        return self._words("问题{0}", self._numbers[absorber]) if absorber in self._numbers else absorber


def beside(attested: Iterable[Attestation], words: Catalogue = CHINESE) -> tuple[str, ...]:
    """Word the attestations that stand beside a finding, each once; of many the first."""
    every = tuple({each.id: each for each in attested}.values())
    more = len(every) - MOST_BESIDE
    rest = (words("另有{number}条，见“核查记录”", number=more),) if more > 0 else ()
    return (*(wording.attested_here(each, words) for each in every[:MOST_BESIDE]), *rest)
