"""A report as people read it: worst first, by article, and what is open in as few lines as it takes."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.model import (
    Attestation,
    Basis,
    Clause,
    ClauseState,
    Consequence,
    Finding,
    Missing,
    NormWithoutRule,
    Party,
    Question,
    RemedyStep,
    Report,
    Subject,
    TestNode,
    Truth,
    Verdict,
)

URGENT = 5
"""How many problems a report puts on top."""


ABOUT = ("由人判断的条款", "调取的资料", "问题和事实", "检查笔录")
"""What attestations can be about, in the order in which that is decided and told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderClause:
    """The problems of one norm, rule by rule, the rule with the worst of them first.

    Each rule has one member for each ground that its problems rest on: clauses, bases, measures and exemptions that
    nobody pleaded are the same for all of a ground, so that they need to be told once.
    """

    clause: Clause
    rules: tuple[tuple[tuple[Finding, ...], ...], ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order in which they are numbered."""
        return tuple(each for grounds in self.rules for found in grounds for each in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderArticle:
    """The problems of one article of the document, clause by clause, in the order of the document."""

    article: str
    clauses: tuple[UnderClause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """The subjects on which one rule cannot decide because the same facts are missing."""

    rule: str
    title: str
    missing: tuple[str, ...]
    papers: tuple[str, ...]
    reasons: tuple[str, ...]
    withheld: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Give the records that it is about."""
        return tuple(each.subject for each in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A register that proves no absence, with all the rules that it leaves open."""

    path: str
    label: str
    why: str
    findings: tuple[Finding, ...]

    @property
    def rules(self) -> tuple[tuple[str, str], ...]:
        """Give the rules with their titles."""
        return tuple((each.rule, each.title) for each in self.findings)


class Step(NamedTuple):
    """One line of an and/or structure; `depth` is how far it is indented."""

    depth: int
    op: str
    truth: Truth
    wording: str
    text: str
    soft: bool


_JOINTS = {"and": "下列各项同时成立", "or": "下列任一项成立", "not": "下列情形不成立"}


def problems(report: Report) -> tuple[Finding, ...]:
    """Give what is violated or suspected, worst first."""
    return tuple(each for each in report.findings if each.verdict is not Verdict.UNDETERMINED)


def urgent(report: Report) -> tuple[Finding, ...]:
    """Give the problems to look at first: the worst of each clause before the second of any.

    What another problem absorbs is not said twice.
    """
    turns: Counter[str] = Counter()
    found = []
    for place, each in enumerate(problems(report)):
        if each.absorbed_by is None:
            clause = each.clauses[0].id
            found.append((each.verdict is not Verdict.VIOLATION, turns[clause], place, each))
            turns[clause] += 1
    return tuple(each for *_, each in sorted(found, key=lambda one: one[:3])[:URGENT])


def by_article(report: Report) -> tuple[UnderArticle, ...]:
    """Arrange the problems under the first clause that each of them cites."""
    articles: dict[str, dict[str, tuple[Clause, list[Finding]]]] = {}
    order = {each.id: number for number, each in enumerate(report.clauses)}
    for each in sorted(problems(report), key=lambda each: order.get(each.clauses[0].id, len(order))):
        clause = each.clauses[0]
        articles.setdefault(clause.article, {}).setdefault(clause.id, (clause, []))[1].append(each)
    return tuple(
        UnderArticle(
            article=article,
            clauses=tuple(UnderClause(clause=clause, rules=by_rule(found)) for clause, found in clauses.values()),
        )
        for article, clauses in articles.items()
    )


class RestsOn(NamedTuple):
    """What a finding rests on and asks for; `unclaimed` are the grounds of exemption that nobody pleads."""

    verdict: Verdict
    consequence: Consequence
    responsible: Party
    remedy: tuple[RemedyStep, ...]
    ask: tuple[str, ...]
    clauses: tuple[Clause, ...]
    basis: tuple[Basis, ...]
    see: tuple[Basis, ...]
    unclaimed: tuple[str, ...]


def rests_on(finding: Finding) -> RestsOn:
    """Give what a finding rests on."""
    exemptions = finding.exemptions
    return RestsOn(
        finding.verdict,
        finding.consequence,
        finding.responsible,
        finding.remedy,
        finding.ask,
        finding.clauses,
        finding.basis,
        finding.see,
        tuple(each.reason for each in exemptions if each.state == "not_claimed") if exemptions else (),
    )


def by_rule(findings: Iterable[Finding]) -> tuple[tuple[tuple[Finding, ...], ...], ...]:
    """Put the findings of one rule together, and among them those that rest on the same ground."""
    rules: dict[str, dict[RestsOn, list[Finding]]] = {}
    for each in findings:
        rules.setdefault(each.rule, {}).setdefault(rests_on(each), []).append(each)
    return tuple(tuple(map(tuple, grounds.values())) for grounds in rules.values())


def asked(report: Report) -> tuple[tuple[NormWithoutRule, Question], ...]:
    """Give the norms that bind somebody on the spot and that no rule checks, with what people are asked of them."""
    return tuple(
        (each, each.question)
        for each in report.without_rule
        if each.question is not None and any(party.is_local for party in each.addressees)
    )


def limits(report: Report) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Give what each rule leaves unchecked by its own limits: the rule, its title, the limits."""
    titles = {each.id: each.title for each in report.rules}
    rules: dict[str, list[str]] = {}
    for each in report.not_checked:
        if each.kind == "limit":
            rules.setdefault(each.rule, []).append(each.text)
    return tuple((rule, titles.get(rule, ""), tuple(texts)) for rule, texts in rules.items())


def numbering(report: Report) -> dict[str, int]:
    """Give each problem its number in the list that `by_article` makes."""
    return numbered(by_article(report))


def numbered(articles: Iterable[UnderArticle]) -> dict[str, int]:
    """Give each problem its number in this list."""
    listed = (each for part in articles for under in part.clauses for each in under.findings)
    return {each.id: number for number, each in enumerate(listed, 1)}


def is_silence(finding: Finding) -> bool:
    """Whether a finding only says that its own register is not declared complete."""
    subject = finding.subject
    if subject.id and subject.id != subject.register:
        return False
    declaration = f"completeness.{subject.register}"
    return any(each.pointer.replace("/", ".").endswith(declaration) for each in finding.missing)


def undecided(findings: Iterable[Finding]) -> tuple[Undecided, ...]:
    """Join the undetermined findings of one rule that lack the same facts; the order is that of the report."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for each in findings:
        if each.verdict is Verdict.UNDETERMINED and not is_silence(each):
            key = (each.rule, _labels(each.missing), each.reasons, refused(each))
            groups.setdefault(key, []).append(each)
    return tuple(
        Undecided(
            rule=first.rule,
            title=first.title,
            missing=_labels(first.missing),
            papers=papers(first),
            reasons=first.reasons,
            withheld=refused(first),
            findings=tuple(found),
        )
        for found in groups.values()
        for first in found[:1]
    )


def silences(report: Report, findings: Iterable[Finding]) -> tuple[Silence, ...]:
    """Say once for each register that is not declared complete which rules it leaves open."""
    states = {each.path: each for each in report.registers}
    rules: dict[str, dict[str, Finding]] = {}
    labels: dict[str, str] = {}
    for each in findings:
        if each.verdict is Verdict.UNDETERMINED and is_silence(each):
            path = each.subject.register
            rules.setdefault(path, {})[each.rule] = each
            labels[path] = states[path].label if path in states else each.subject.label
    return tuple(
        Silence(
            path=path,
            label=labels[path],
            why=states[path].why_incomplete if path in states else "",
            findings=tuple(found.values()),
        )
        for path, found in rules.items()
    )


def clear(report: Report) -> tuple[ClauseState, ...]:
    """Give the clauses of which 未发现问题 may be said: all their pairs are closed, and some are judged."""
    return tuple(each for each in report.clauses if each.is_clear)


def untouched(report: Report) -> tuple[ClauseState, ...]:
    """Give the clauses of which nothing may be said: their rules found nothing that they apply to."""
    return tuple(each for each in report.clauses if not each.is_judged and any(each.totals.values()))


def steps(node: TestNode, depth: int = 0, words: Catalogue = CHINESE) -> tuple[Step, ...]:
    """Read an and/or structure out line by line."""
    named = words("{0}：", node.label) if node.label else ""
    if node.op == "test":
        return (Step(depth, node.op, node.truth, named + (node.wording or node.text), node.text, node.soft),)
    head = Step(depth, node.op, node.truth, named + words(_JOINTS[node.op]), "", node.soft)
    return (head, *(step for part in node.parts for step in steps(part, depth + 1, words)))


def attested(report: Report) -> dict[str, tuple[Attestation, ...]]:
    """Give the attestations by the findings that they are about."""
    found: dict[str, list[Attestation]] = {}
    for said in report.attestations:
        for each in said.findings:
            found.setdefault(each, []).append(said)
    return {name: tuple(held) for name, held in found.items()}


def attestations(report: Report) -> tuple[tuple[str, tuple[Attestation, ...]], ...]:
    """Give the attestations under what they are about: norms, findings and facts, papers, the visit as such."""
    groups: dict[str, list[Attestation]] = {each: [] for each in ABOUT}
    for said in report.attestations:
        is_about = (said.norm, said.document, said.subject or said.rule)
        groups[next((name for name, held in zip(ABOUT, is_about, strict=False) if held), ABOUT[-1])].append(said)
    return tuple((name, tuple(held)) for name, held in groups.items() if held)


def _labels(missing: Iterable[Missing]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([each.label for each in missing]))


def refused(finding: Finding) -> tuple[str, ...]:
    """Name the facts whose production was refused."""
    if not finding.withheld:
        return ()
    labels = {each.pointer: each.label for each in finding.missing}
    return tuple(dict.fromkeys(labels.get(pointer, pointer) for pointer in finding.withheld))


def papers(finding: Finding) -> tuple[str, ...]:
    """Give the papers that would settle what a finding lacks."""
    named = tuple(dict.fromkeys(each.document for each in finding.missing if each.document))
    return named or finding.ask
