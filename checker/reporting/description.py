"""One finding in words: what each format prints of it, so that no two of them can tell it differently."""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from checker.catalogues import CHINESE, Catalogue
from checker.model import Attestation, Change, Exemption, Fact, Finding, Mode, Verdict
from checker.reporting import wording
from checker.reporting.arrangement import Step, refused, steps

_CONDITIONS = {"when": "适用条件", "violated": "违反条件", "suspected": "疑似条件"}
_CONDITIONS_SELF_AUDIT = {"when": "适用条件", "violated": "需要整改的条件", "suspected": "需要核实的条件"}
MOST_BESIDE = 10
"""How many attestations stand beside a finding before the rest is counted."""
NO_CELLS: Mapping[str, str] = MappingProxyType({})
_STATES = {True: "true", False: "false", None: "unknown"}


class FactLine(NamedTuple):
    """A fact as a line: what, how much, where it stands, what proves it, what it was made from and what lacks proof."""

    label: str
    text: str
    known: bool
    pointer: str
    documents: str
    origins: str
    papers: str
    cited: str
    unproved: str
    cell: str


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


class Description(NamedTuple):
    """A finding in words."""

    number: int
    id: str
    rule: str
    title: str
    verdict: str
    label: str
    grade: str
    subject: str
    subject_id: str
    name: str
    pointer: str
    message: str
    grounds: tuple[str, ...]
    papers: tuple[str, ...]
    clauses: tuple[tuple[str, str], ...]
    consequence: str
    article: str
    party: str
    responsible: str
    conduct_on: str
    facts: tuple[FactLine, ...]
    tests: tuple[tuple[str, tuple[StepLine, ...]], ...]
    bases: tuple[BasisLine, ...]
    see: tuple[BasisLine, ...]
    exemptions: tuple[str, ...]
    pleas: tuple[PleaLine, ...]
    unclaimed: tuple[str, ...]
    soft: tuple[str, ...]
    reasons: tuple[str, ...]
    missing: tuple[tuple[str, str, str], ...]
    withheld: tuple[str, ...]
    ask: tuple[str, ...]
    measures_heading: str
    measures: tuple[MeasureLine, ...]
    cure: tuple[str, ...]
    no_cure: bool
    breaks: tuple[str, ...]
    group: str
    absorbed_by: str
    cell: str
    attested: tuple[str, ...]


def describe(
    finding: Finding,
    mode: Mode,
    numbers: dict[str, int],
    cells: Mapping[str, str] = NO_CELLS,
    *,
    attested: tuple[Attestation, ...] = (),
    words: Catalogue = CHINESE,
) -> Description:
    """Put *finding* in the words of *mode*; *numbers* and *cells* are those that the report gives.

    What people *attested* about it stands beside its facts and is none of them.
    """
    said = wording.words_of(mode, words)
    conditions = _CONDITIONS_SELF_AUDIT if mode is Mode.SELF_AUDIT else _CONDITIONS
    return Description(
        number=numbers.get(finding.id, 0),
        id=finding.id,
        rule=finding.rule,
        title=finding.title,
        verdict=finding.verdict.value,
        label=said.short[finding.verdict],
        grade="" if finding.grade is None else words(finding.grade.label),
        subject=wording.subject(finding.subject, words),
        subject_id=finding.subject.id,
        name=finding.subject.label,
        pointer=wording.located(finding.subject.pointer, cells),
        message=finding.message,
        grounds=finding.grounds,
        papers=wording.papers((paper for fact in finding.facts for paper in fact.documents), words),
        clauses=tuple((wording.citation(each, finding.verdict, said, words), each.quote) for each in finding.clauses),
        consequence=said.consequences[finding.consequence],
        article=finding.clauses[0].article,
        party=finding.responsible.value,
        responsible=wording.responsibility(finding.responsible, mode, words),
        conduct_on=wording.conduct(finding.conduct_on, words),
        facts=tuple(told_as(each, cells, words) for each in finding.facts),
        tests=tuple(
            (words(heading), tuple(_step(each, words) for each in steps(finding.tests[name], words=words)))
            for name, heading in conditions.items()
            if name in finding.tests
        ),
        bases=tuple(BasisLine(wording.basis(each, words), each.why_soft, each.original) for each in finding.basis),
        see=tuple(BasisLine(wording.basis(each, words), each.why_soft, each.original) for each in finding.see),
        exemptions=tuple(wording.exemption(each, words) for each in finding.exemptions),
        pleas=tuple(_plea(each, cells, words) for each in finding.exemptions if each.state != "not_claimed"),
        unclaimed=tuple(each.reason for each in finding.exemptions if each.state == "not_claimed"),
        soft=finding.soft,
        reasons=finding.reasons,
        missing=tuple((each.label, wording.located(each.pointer, cells), each.document) for each in finding.missing),
        withheld=refused(finding),
        ask=finding.ask,
        measures_heading=words("整改措施" if finding.verdict is Verdict.VIOLATION else "查实后的整改措施"),
        measures=tuple(
            MeasureLine(each.action, each.done_when, wording.deadline(each, words))
            for each in wording.measures(finding, mode)
        ),
        cure=() if finding.cure is None else tuple(_change(each, cells, words) for each in finding.cure.changes),
        no_cure=finding.cure is not None and not finding.cure.changes,
        breaks=() if finding.cure is None else finding.cure.breaks,
        group=finding.group or "",
        absorbed_by=_named(finding.absorbed_by, numbers, words),
        cell=cells.get(finding.subject.pointer, ""),
        attested=beside(attested, words),
    )


def beside(attested: Iterable[Attestation], words: Catalogue = CHINESE) -> tuple[str, ...]:
    """Word the attestations that stand beside a finding, each once; of many the first."""
    every = tuple({each.id: each for each in attested}.values())
    more = len(every) - MOST_BESIDE
    rest = (words("另有{number}条，见“核查记录”", number=more),) if more > 0 else ()
    return (*(wording.attested_here(each, words) for each in every[:MOST_BESIDE]), *rest)


def told_as(fact: Fact, cells: Mapping[str, str] = NO_CELLS, words: Catalogue = CHINESE) -> FactLine:
    """Put a fact into a line."""
    mark = words("、")
    return FactLine(
        words.headed(fact.label),
        fact.text,
        fact.state != "unknown",
        wording.located(fact.pointer, cells),
        wording.documents(fact.documents, words),
        mark.join(wording.located(each, cells) for each in fact.origins)
        + (words("等（另有{number}条未列）", number=fact.unlisted) if fact.unlisted else ""),
        mark.join(dict.fromkeys(paper.doc_id for paper in fact.documents)),
        mark.join(dict.fromkeys(words.gap.join(filter(None, (paper.doc_id, paper.page))) for paper in fact.documents)),
        mark.join(wording.located(each, cells) for each in fact.unproved),
        cells.get(fact.pointer, ""),
    )


def _plea(ground: Exemption, cells: Mapping[str, str], words: Catalogue) -> PleaLine:
    known = tuple(each for each in ground.facts if each.state != "unknown")
    silent = Counter(each.label for each in ground.facts if each.state == "unknown")
    return PleaLine(
        ground.reason,
        ground.state,
        wording.plea(ground, words),
        ground.condition,
        tuple(told_as(each, cells, words) for each in known),
        tuple(
            words("{0}（{number}处）", label, number=count) if count > 1 else label for label, count in silent.items()
        ),
        wording.documents(ground.documents, words),
    )


def _step(step: Step, words: Catalogue) -> StepLine:
    return StepLine(
        step.depth, _STATES[step.truth], wording.truth(step.truth, words), words.headed(step.wording), step.soft
    )


def _change(change: Change, cells: Mapping[str, str], words: Catalogue) -> str:
    """Say which fact would have to be otherwise, and where it stands."""
    place = wording.located(change.pointer, cells)
    told = words("由“{0}”改为“{1}”", change.before, change.after) if change.before else change.after
    return words("{0}：{1}（{2}）", change.label, told, place)


def _named(absorber: str | None, numbers: dict[str, int], words: Catalogue) -> str:
    if absorber is None:
        return ""
    return words("问题{0}", numbers[absorber]) if absorber in numbers else absorber
