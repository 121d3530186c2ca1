"""One check: policy, dossier and as-of day in, report out. Pure: no clock, disk, network or environment.

The same inputs give the same report, to the byte. Every pair of rule and subject is judged; what only findings need
(values, pointers, sentences) is made for findings only.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache, partial
from itertools import chain
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from checker import __version__, attesting, values
from checker.adjudication import adjudicate
from checker.catalogues import Catalogue
from checker.dossier.loading import Dossier
from checker.dossier.schema import ATTESTATIONS
from checker.drawing import map_of
from checker.errors import Place, Problem, ReadingsDisagreeError
from checker.evidence import Pleaded, Reads, Sight, Witness
from checker.facts import CLAIMS, DAY, MOST_VISITS, Found, Sweep, TooManyVisitsError, View, Wanted
from checker.ladder import Ground, parts_of
from checker.language.tree import SUBJECT, ZONE, Attribute, Constant, Node, Variable
from checker.language.wording import say
from checker.model import (
    Amount,
    Basis,
    Clause,
    ClauseState,
    Consequence,
    Document,
    DossierStamp,
    Doubt,
    Exemption,
    Fact,
    Finding,
    Grade,
    InOrder,
    Missing,
    Modality,
    Mode,
    NormWithoutRule,
    NotChecked,
    Party,
    RemedyStep,
    Report,
    Request,
    RuleState,
    Subject,
    TestNode,
    Truth,
    Verdict,
    Zone,
)
from checker.policy.law import Checkability, Statute
from checker.policy.loading import CompiledRule, Policy, RuleGroup
from checker.policy.rules import Entry, ExemptionRule, Rule
from checker.testimony import Clerk
from checker.values import UNKNOWN, Range, Value

NO_SUBJECT = "无检查对象"
MOST_FINDINGS = 100_000
"""How many findings a report writes out; the others are counted, those that accuse nobody first."""
MOST_NAMED = 10
"""How many subjects that comply with a rule a report names; the others are counted."""
WHY_BOUNDED = "记录过多，要逐条比对的次数超过上限{number}次，没有检查"
DECLARATION = "{register}（附截至{day}的完整性声明，载明条数，经签署）"
PAPER_OF_PLEA = "主张“{plea}”所依据、在有关日期有效的文件"
OPINION_ON_PLEA = "主张“{plea}”所依据、在有关日期有效的文件，以及有权机关的认定意见"
_ASIDE = frozenset({CLAIMS, ATTESTATIONS})
"""The registers that nothing depends on being complete."""
ZONE_BINDS = ("/zone/level", "/zone/national_since")
"""What says of a zone since when the document itself binds it."""
_CLOSED = frozenset({Verdict.NOT_APPLICABLE, Verdict.COMPLIANT})
_ORDER = {verdict: number for number, verdict in enumerate(Verdict)}
_GRADES = {grade: number for number, grade in enumerate((*Grade, None))}


class Pair(NamedTuple):
    """A rule on one subject with its verdict; where no subject is found, on a register (`found` is `None`).

    `is_bounded` says that nothing was looked at: the rule would compare more records than a check has time for.
    """

    compiled: CompiledRule
    verdict: Verdict
    found: Found | None
    register: str = ""
    is_bounded: bool = False


Inapplicable = tuple[Truth, Truth] | None
"""Why a rule does not apply, as far as it differs between subjects: act and force; `None` where there is no subject."""


def look(policy: Policy, dossier: Dossier, as_of: date, *, assumed: bool = False) -> View:
    """Give what a check of *dossier* on *as_of* sees; *assumed* takes what the dossier says to hold on until then."""
    return View(dossier, policy.schema, policy.parameters, policy.statute, as_of, words=policy.words, assumed=assumed)


def judge(policy: Policy, view: View, compiled: CompiledRule) -> Iterator[Pair]:
    """Judge every subject of one rule. A register that proves nothing, or is empty, is a pair of its own.

    So is one with so many records that the rule is not worked out: nobody knows, and the report says so.
    """
    rule = compiled.rule
    empty = True
    try:
        every = tuple(view.find(compiled))
    except TooManyVisitsError:
        yield Pair(compiled=compiled, verdict=Verdict.UNDETERMINED, found=None, register=rule.each, is_bounded=True)
        return
    for found in every:
        empty = False
        yield Pair(compiled, policy.judge.verdict(rule.id, found.ground, found.truths), found)
    silent = view.silent(rule)
    if silent:
        yield Pair(compiled=compiled, verdict=Verdict.UNDETERMINED, found=None, register=rule.each)
    elif empty:
        yield Pair(compiled=compiled, verdict=Verdict.NOT_APPLICABLE, found=None, register=rule.each)


class Judged(NamedTuple):
    """Subjects of a rule of which the same was found, by their numbers, and the verdict on all of them."""

    verdict: Verdict
    ground: Ground
    truths: tuple[Truth, ...]
    numbers: Sequence[int]


Judgement = tuple[CompiledRule, Sequence[Judged]]


def judgements(
    policy: Policy, view: View, wanted: Wanted = lambda _rule, _part: True
) -> Iterator[tuple[Sweep, Sequence[Judgement] | None]]:
    """Judge every subject of every rule that is *wanted*, part by part of the dossier.

    Nothing is given of rules that would compare too many records. What is said of a register as a whole is not told.
    """
    for sweep in view.sweep(policy.groups, wanted):
        try:
            judged = _judged(policy, sweep.view, sweep.group)
        except TooManyVisitsError:
            yield sweep, None
        else:
            yield sweep, judged


def _judged(policy: Policy, view: View, group: RuleGroup) -> Sequence[Judgement]:
    """Judge every subject of rules that are applied together; raise `TooManyVisitsError`."""
    return [
        (
            compiled,
            [
                Judged(policy.judge.verdict(compiled.rule.id, ground, tuple(truths)), ground, tuple(truths), numbers)
                for (ground, *truths), numbers in answers.items()
            ],
        )
        for compiled, answers in zip(group.rules, view.together(group), strict=True)
    ]


class _Tally:
    """What one rule came to: how many pairs of each verdict, why it does not apply, and what a report tells one by one.

    `open` are the judgements that are not closed, by the part of the dossier and their verdict. `named` are the first
    subjects that comply, with their papers. A rule that `is_bounded` would compare too many records.
    """

    def __init__(self, compiled: CompiledRule) -> None:
        self.compiled, self.rule = compiled, compiled.rule
        self.counts: Counter[Verdict] = Counter()
        self.inapplicable: Counter[Inapplicable] = Counter()
        self.open: dict[int, dict[Verdict, list[Judged]]] = {}
        self.named: list[tuple[Subject, tuple[Document, ...]]] = []
        self.is_bounded = False

    def bound(self) -> None:
        """Let nothing be known."""
        self.is_bounded = True
        for each in (self.counts, self.inapplicable, self.open, self.named):
            each.clear()

    def add(self, part: int, view: View, judged: Iterable[Judged], authors: "_Authors") -> None:
        """Count what was found in a part of the dossier, and keep what is not closed."""
        complying: list[tuple[int, Judged]] = []
        for each in judged:
            self.counts[each.verdict] += len(each.numbers)
            if each.verdict is Verdict.NOT_APPLICABLE:
                self.inapplicable[each.ground[:2]] += len(each.numbers)
            elif each.verdict is Verdict.COMPLIANT:
                complying += ((number, each) for number in each.numbers[:MOST_NAMED])
            else:
                kept = self.open.setdefault(part, {}).setdefault(each.verdict, [])
                kept.append(each._replace(numbers=array("I", each.numbers)))
        complying.sort(key=itemgetter(0))
        for number, each in complying[: MOST_NAMED - len(self.named)]:
            found = _found(view, self.rule, number, each)
            self.named.append(authors.of(view, self.compiled).in_order(found))

    def close(self, view: View) -> Pair | None:
        """Count, and give, what is found on a register instead of a subject."""
        if self.is_bounded or view.silent(self.rule):
            self.counts[Verdict.UNDETERMINED] += 1
            return Pair(self.compiled, Verdict.UNDETERMINED, None, self.rule.each, self.is_bounded)
        if not self.counts:
            self.counts[Verdict.NOT_APPLICABLE] = self.inapplicable[None] = 1
        return None

    def pairs(self, part: int, view: View, verdict: Verdict, most: int) -> Iterator[Pair]:
        """Give the first pairs of a verdict in a part."""
        numbered = [(number, each) for each in self.open[part][verdict] for number in each.numbers]
        numbered.sort(key=itemgetter(0))
        for number, each in numbered[:most]:
            yield Pair(self.compiled, verdict, _found(view, self.rule, number, each))


def _found(view: View, rule: Rule, number: int, judged: Judged) -> Found:
    return Found(view.chains(rule.each)[number], judged.ground, judged.truths)


def check(policy: Policy, dossier: Dossier, *, as_of: date | None = None, mode: Mode = Mode.INSPECTION) -> Report:
    """Check *dossier* against *policy* on the day *as_of* (by default the dossier's own day).

    Raise `ReadingsDisagreeError` if the engine and the compiled reading give different verdicts: then there is no
    report; and `DossierError` if the pack is for another province.
    """
    policy.require_province(dossier)
    day = as_of or dossier.root.meta.as_of_date
    with localcontext(values.EXACT):
        view = _long_look(policy, dossier, day) if dossier.is_long else look(policy, dossier, day)
        try:
            return _report(policy, dossier, view, mode)
        finally:
            view.let_go()


def _long_look(policy: Policy, dossier: Dossier, as_of: date) -> View:
    from checker.dossier.long import LongDossier  # noqa: PLC0415  (few dossiers are so long)
    from checker.portioning import LongView  # noqa: PLC0415

    assert isinstance(dossier, LongDossier)
    return LongView(dossier, policy, as_of)


def _report(policy: Policy, dossier: Dossier, view: View, mode: Mode) -> Report:
    authors = _Authors(policy, view)
    tallies = _tallied(policy, view, authors)
    totals: Counter[Verdict] = Counter()
    states: list[RuleState] = []
    limits: dict[str, list[NotChecked]] = {}
    in_order: list[InOrder] = []
    on_registers: dict[str, Pair] = {}
    for name, tally in tallies.items():
        rule = tally.rule
        on_register = tally.close(view)
        if on_register is not None:
            on_registers[name] = on_register
        limits[name] = [NotChecked(rule=name, kind="limit", text=each) for each in rule.limits]
        if tally.is_bounded:
            why = policy.words("{0}：{1}", rule.title, _why_bounded(policy.words))
            limits[name].append(NotChecked(rule=name, kind="bound", text=why))
        totals += tally.counts
        if tally.named:
            in_order.append(_in_order(rule, tally.counts[Verdict.COMPLIANT], tally.named))
        states.append(_rule_state(rule, tally.counts, _reasons(rule, tally.inapplicable, view)))
    listed = _listed(tallies)
    findings, figures = _written(authors, tallies, on_registers, listed)
    for name, lacks in figures.items():
        limits[name] += _lacking(name, lacks, policy)
    for each in _unlisted(policy.words, tallies, listed):
        limits[each.rule].append(each)
    prohibited = {
        each.rule.id
        for each in policy.rules
        if any(norm.modality is Modality.PROHIBITION for norm in each.rule.clauses)
    }
    findings.sort(key=lambda each: _urgency(each, prohibited))
    titles = {each.rule.id: each.rule.title for each in policy.rules}
    findings, adjudication = adjudicate(policy.adjudicating, policy.docket, findings, titles, view)
    attested = attesting.attestations(view, policy.norms, findings, lambda paper: _asked(paper, policy, view.as_of))
    return Report(
        language=policy.words.language,
        as_of=view.as_of,
        projected=view.projected,
        mode=mode,
        tool="zonecheck",
        tool_version=__version__,
        policy=policy.stamp,
        dossier=_dossier_stamp(dossier),
        zone=_zone(view),
        totals=_all_verdicts(totals),
        clauses=_clauses(policy, states),
        rules=tuple(states),
        registers=tuple(state for path, state in view.registers.items() if path not in _ASIDE),
        not_checked=(*_dropped(policy), *chain.from_iterable(limits.values())),
        requests=_requests(findings),
        doubts=(
            *_doubts(view),
            *_idle_claims(policy, view),
            *attesting.doubts(attested, {each.rule.id for each in policy.rules}, policy.words),
        ),
        findings=tuple(each for each in findings if each.verdict.is_finding),
        exempted=tuple(each for each in findings if each.verdict is Verdict.EXEMPT),
        in_order=tuple(in_order),
        without_rule=tuple(_without_rule(policy)),
        map=map_of(view),
        attestations=attested,
        adjudication=adjudication,
    )


class _Authors:
    """Gives who writes the findings of a rule on what a view sees; those of the view of all are kept."""

    def __init__(self, policy: Policy, view: View) -> None:
        self.policy, self.view = policy, view
        self.known: dict[str, _Author] = {}

    def of(self, view: View, compiled: CompiledRule) -> "_Author":
        """Give the author of a rule."""
        if view is not self.view:
            return _Author(self.policy, view, compiled)
        if compiled.rule.id not in self.known:
            self.known[compiled.rule.id] = _Author(self.policy, view, compiled)
        return self.known[compiled.rule.id]


def _tallied(policy: Policy, view: View, authors: _Authors) -> Mapping[str, _Tally]:
    """Judge every subject of every rule, part by part of the dossier."""
    tallies = {each.rule.id: _Tally(each) for each in policy.rules}
    for sweep, judged in judgements(policy, view, lambda rule, _: not tallies[rule].is_bounded):
        for compiled in sweep.bounded.rules if judged is None else ():
            tallies[compiled.rule.id].bound()
        for compiled, found in judged or ():
            tallies[compiled.rule.id].add(sweep.part, sweep.view, found, authors)
    return tallies


def _listed(tallies: Mapping[str, _Tally]) -> Mapping[tuple[Verdict, str], int]:
    """Say how many pairs of each verdict and rule a report writes out."""
    room = MOST_FINDINGS
    listed: dict[tuple[Verdict, str], int] = {}
    for verdict in Verdict:
        if verdict not in _CLOSED:
            for name, tally in tallies.items():
                listed[verdict, name] = min(tally.counts[verdict], room)
                room -= listed[verdict, name]
    return listed


def _unlisted(
    words: Catalogue, tallies: Mapping[str, _Tally], listed: Mapping[tuple[Verdict, str], int]
) -> Iterator[NotChecked]:
    """Say of each verdict and rule how many pairs are counted only."""
    for (verdict, name), count in listed.items():
        more = tallies[name].counts[verdict] - count
        if more:
            told = words(
                "另有{number}项“{verdict}”没有逐项列出：本报告最多逐项列出{most}项",
                number=f"{more:,}",
                verdict=words(verdict.label),
                most=f"{MOST_FINDINGS:,}",
            )
            yield NotChecked(rule=name, kind="unlisted", text=told)


def _written(
    authors: _Authors,
    tallies: Mapping[str, _Tally],
    on_registers: Mapping[str, Pair],
    listed: Mapping[tuple[Verdict, str], int],
) -> tuple[list[Finding], Mapping[str, Iterable[str]]]:
    """Write the first findings, by verdict and rule; give also the parameters that each rule lacked."""
    left = dict(listed)
    findings: dict[tuple[Verdict, str], list[Finding]] = {each: [] for each in listed}
    figures: dict[str, dict[str, None]] = {}

    def write(author: _Author, pair: Pair) -> None:
        key = pair.verdict, pair.compiled.rule.id
        finding, lacking = author.finding(pair)
        findings[key].append(finding)
        left[key] -= 1
        if lacking:
            figures.setdefault(finding.rule, {}).update(dict.fromkeys(lacking))

    def wanted(rule: str, part: int) -> bool:
        return any(left[verdict, rule] for verdict in tallies[rule].open.get(part, ()))

    for sweep in authors.view.sweep(authors.policy.groups, wanted):
        for compiled in sweep.group.rules:
            tally = tallies[compiled.rule.id]
            if wanted(compiled.rule.id, sweep.part):
                author = authors.of(sweep.view, compiled)
                for verdict in sorted(tally.open[sweep.part], key=_ORDER.__getitem__):
                    for pair in tally.pairs(sweep.part, sweep.view, verdict, left[verdict, compiled.rule.id]):
                        write(author, pair)
    for name, pair in on_registers.items():
        if left[pair.verdict, name]:
            write(authors.of(authors.view, pair.compiled), pair)
    return list(chain.from_iterable(findings.values())), figures


# --- the report around the findings ---------------------------------------------------------------------------------


def _urgency(finding: Finding, prohibited: Set[str]) -> tuple[int, int, bool, str]:
    """Order by verdict and grade; what the document forbids outright comes before what it asks for."""
    return (_ORDER[finding.verdict], _GRADES[finding.grade], finding.rule not in prohibited, finding.rule)


def _all_verdicts(counts: Mapping[Verdict, int]) -> Mapping[Verdict, int]:
    return MappingProxyType({verdict: counts.get(verdict, 0) for verdict in Verdict})


def _rule_state(rule: Rule, counts: Mapping[Verdict, int], inapplicable: Mapping[str, int]) -> RuleState:
    return RuleState(
        id=rule.id,
        title=rule.title,
        grade=rule.grade.value if isinstance(rule.grade, Constant) and isinstance(rule.grade.value, str) else "",
        limits=rule.limits,
        totals=_all_verdicts(counts),
        inapplicable=MappingProxyType(dict(sorted(inapplicable.items()))),
    )


def _in_order(rule: Rule, number: int, named: Iterable[tuple[Subject, tuple[Document, ...]]]) -> InOrder:
    clauses = tuple(each.id for each in rule.clauses)
    return InOrder(rule=rule.id, title=rule.title, clauses=clauses, number=number, named=tuple(named))


def _without_rule(policy: Policy) -> Iterator[NormWithoutRule]:
    checked = policy.checks
    for norm in policy.norms.values():
        if norm.id not in checked:
            yield NormWithoutRule(
                id=norm.id,
                article=norm.article,
                quote=norm.quote,
                modality=norm.modality,
                addressees=norm.addressee,
                only_people=norm.checkability is Checkability.JUDGEMENT,
                question=norm.question,
            )


def _dropped(policy: Policy) -> Iterator[NotChecked]:
    for rule, (title, why) in policy.dropped.items():
        text = policy.words("{0}：政策包 {1} 不用这条规则，{2}", title, policy.stamp.id, why)
        yield NotChecked(rule=rule, kind="dropped", text=text)


def _lacking(rule: str, figures: Iterable[str], policy: Policy) -> Iterator[NotChecked]:
    for figure in figures:
        text = policy.words("政策包没有适用于该日的参数“{0}”", policy.parameters[figure].title)
        yield NotChecked(rule=rule, kind="parameter", text=text)


def _why_bounded(words: Catalogue) -> str:
    return words(WHY_BOUNDED, number=f"{MOST_VISITS:,}")


def _clauses(policy: Policy, rules: list[RuleState]) -> tuple[ClauseState, ...]:
    states = {each.id: each for each in rules}
    by_clause = policy.checks
    found = []
    for norm in policy.norms.values():
        if norm.id in by_clause:
            counts: Counter[Verdict] = Counter()
            for rule in by_clause[norm.id]:
                counts += Counter(states[rule].totals)
            found.append(
                ClauseState(
                    id=norm.id,
                    article=norm.article,
                    quote=norm.quote,
                    rules=by_clause[norm.id],
                    totals=_all_verdicts(counts),
                )
            )
    return tuple(found)


def _dossier_stamp(dossier: Dossier) -> DossierStamp:
    meta = dossier.root.meta
    return DossierStamp(
        id=meta.dossier_id,
        sha256=dossier.sha256,
        file=dossier.name,
        as_of=meta.as_of_date,
        prepared_by=meta.prepared_by or "",
    )


def _zone(view: View) -> Zone:
    zone = view.zone
    return Zone(id=zone.zone_id, name=zone.name_zh or zone.zone_id, level=zone.level or "")


def _doubts(view: View) -> Iterator[Doubt]:
    """Tell what is hard to believe in the dossier."""
    for each in view.doubts():
        yield Doubt(pointer=each.place.pointer, label=each.label, message=each.message)


def _asked(paper: str, policy: Policy, as_of: date) -> frozenset[str]:
    """Give what a check in the language of the pack calls a paper that was asked for in Chinese.

    The pack and the schema may each have a name for it.
    """
    words, schema = policy.words, policy.schema
    if words.is_chinese:
        return frozenset({paper})

    def told(part: str, texts: Catalogue) -> str:
        if part == say(as_of, DAY):
            return say(as_of, DAY, words)
        outer, mark, inner = part.partition("·")
        if mark and texts(part) == part:
            return words("{0}·{1}", schema.texts(outer), schema.texts(inner))
        return texts(part)

    sentences = (DECLARATION, OPINION_ON_PLEA, PAPER_OF_PLEA)
    return frozenset(
        words.retold(paper, sentences, partial(told, texts=texts)) for texts in (policy.texts, schema.texts)
    )


def _requests(findings: Iterable[Finding]) -> tuple[Request, ...]:
    """Gather the papers to ask for: first those that settle most alone, by grade, then those that most wait for."""
    facts: dict[str, dict[str, None]] = {}
    waiting: dict[str, dict[str, None]] = {}
    settles: dict[str, dict[str, int]] = {}
    for finding in findings:
        papers = {each.pointer: each.document or each.label for each in finding.missing}
        for each in finding.missing if finding.verdict.is_finding else ():
            facts.setdefault(each.document or each.label, {})[each.label] = None
            waiting.setdefault(each.document or each.label, {})[finding.id] = None
        for pointers in finding.decided_by:
            wanted = {papers[pointer] for pointer in pointers}
            if len(wanted) == 1:
                settles.setdefault(wanted.pop(), {})[finding.id] = _WEIGHTS[finding.grade]
    weights = {document: sum(settles.get(document, {}).values()) for document in waiting}
    return tuple(
        Request(
            document=document,
            facts=tuple(facts[document]),
            findings=tuple(waiting[document]),
            settles=tuple(settles.get(document, ())),
            weight=weights[document],
        )
        for document in sorted(waiting, key=lambda each: (-weights[each], -len(waiting[each]), each))
    )


_WEIGHTS: Mapping[Grade | None, int] = MappingProxyType({Grade.S1: 4, Grade.S2: 3, Grade.S3: 2, Grade.A: 1, None: 1})
"""What a verdict on a rule of a grade weighs where papers are ranked by what they settle."""


def _idle_claims(policy: Policy, view: View) -> Iterator[Doubt]:
    """Point at each claim that no rule hears, or of which it is not clear what it is about: it excuses nobody."""
    heard: dict[str, dict[str, None]] = {}
    for compiled in policy.rules:
        for plea in compiled.rule.exemptions:
            for each in plea.grounds:
                heard.setdefault(each, {})[compiled.rule.each] = None
    fields = view.schema.registers[CLAIMS].fields
    for claim in view.rows(CLAIMS):
        name, why = _why_idle(claim, heard.get(claim.ground, {}), view)
        if why:
            yield Doubt(pointer=f"{view.pointer(claim)}/{name}", label=fields[name].label, message=why)


def _why_idle(claim: Value, registers: Iterable[str], view: View) -> tuple[str, str]:
    """Give the field for which a claim excuses nobody, or not only whom it means, and why."""
    words = view.words
    if claim.ground is None:
        return "ground", words("没有写明事由；本项主张不起作用")
    if claim.subject_id is None:
        return "subject_id", words("没有写明针对哪条记录；本项主张不起作用")
    ground = view.schema.registers[CLAIMS].fields["ground"].member_labels[claim.ground]
    called = {each: len(view.named(each, claim.subject_id)) for each in registers}
    labels = {each: _label_of(view, each) for each in called}
    if not called:
        return "ground", words("没有规则采用事由“{0}”；本项主张不起作用", ground)
    if not any(called.values()):
        told = words("、").join(labels.values())
        message = "事由“{ground}”只对{registers}的记录有意义，{subject} 不是；本项主张不起作用"
        return "ground", words(message, ground=ground, registers=told, subject=claim.subject_id)
    several = [labels[each] for each, many in called.items() if many > 1]
    if several:
        message = "{registers}中有几条记录都是 {subject}；要连同上级编号写明，如 上级编号/编号"
        return "subject_id", words(message, registers=words("、").join(several), subject=claim.subject_id)
    found = [labels[each] for each, many in called.items() if many]
    if len(found) > 1:
        message = "{registers}中都有 {subject}，本项主张对它们都起作用；请核对"
        return "subject_id", words(message, registers=words("、").join(found), subject=claim.subject_id)
    return "", ""


def _label_of(view: View, each: str) -> str:
    return view.schema.zone.label if each == ZONE else view.state(each).label


def _reasons(rule: Rule, inapplicable: Mapping[Inapplicable, int], view: View) -> Counter[str]:
    """Word why a rule does not apply, each reason once, however many subjects it is the reason for."""
    reasons: Counter[str] = Counter()
    for each, count in inapplicable.items():
        reasons[_why_not_applicable(rule, each, view)] += count
    return reasons


def _why_not_applicable(rule: Rule, why: Inapplicable, view: View) -> str:
    if why is None:
        return view.words(NO_SUBJECT)
    act, force = why
    if act is False:
        return view.words("检查基准日前，行为没有发生")
    if force is False:
        if rule.looks_at_state and any(view.binds(entry.statute, view.as_of) is False for entry in rule.basis):
            return view.words("文件只约束国家级经开区，且没有其他现行依据")
        first = min((low for each in rule.basis if (low := values.bounds(each.statute.first_day)[0])), default=None)
        if first is None:
            return view.words("行为当日尚无或者已无有效依据")
        since = view.zone.national_since
        if since is not None and any(entry.statute.id == view.statute for entry in rule.basis):
            return view.words(
                "行为当日尚无或者已无有效依据（最早的依据自{day}起；文件只约束升级为国家级（{since}）以后的行为）",
                day=first.isoformat(),
                since=values.written_day(since),
            )
        return view.words("行为当日尚无或者已无有效依据（最早的依据自{day}起）", day=first.isoformat())
    return view.words("不符合适用条件：{0}", rule.wording.read(rule.when))


def finding_of(policy: Policy, view: View, pair: Pair) -> Finding:
    """Write what is found on one subject; raise `ReadingsDisagreeError`."""
    return _Author(policy, view, pair.compiled).finding(pair)[0]


def hold_to_account(policy: Policy, pair: Pair, witness: Witness) -> None:
    """Make sure that the witness finds what the generated code found, and that it gives this verdict.

    What the code left out it calls unknown, so only what it calls true or false has to be found again. Raise
    `ReadingsDisagreeError`.
    """
    assert pair.found is not None
    rule, found = pair.compiled.rule, pair.found
    seen = witness.truths()
    differs = seen != found.truths and any(
        truth is not None and truth is not again for truth, again in zip(found.truths, seen, strict=True)
    )
    if differs or policy.judge.verdict(rule.id, found.ground, seen) is not pair.verdict:
        subject = witness.view.key(rule.each, found.chain)
        message = f"两种读法对“{subject}”的判断不一致，不能出具任何文书"
        raise ReadingsDisagreeError([Problem(message=message, place=Place(file=rule.id))])


# --- one finding ----------------------------------------------------------------------------------------------------


Pleas = tuple[tuple[ExemptionRule, Truth, tuple[Pleaded, ...]], ...]
"""The exemptions of a rule on a subject, whether each is proved, and what is pleaded for it."""


class _Author:
    """Writes the findings (and proved exemptions) of one rule from what the witnesses saw.

    What hangs on the rule alone, or on few things besides it, is worked out once for all of them.
    """

    def __init__(self, policy: Policy, view: View, compiled: CompiledRule) -> None:
        self.policy = policy
        self.view = view
        self.words = view.words
        self.compiled = compiled
        self.rule = rule = compiled.rule
        self.clerk = Clerk(view, rule)
        self.conditions = {"when": rule.when, "violated": rule.violated, "suspected": rule.suspected}
        self.tested = {name: node for name, node in self.conditions.items() if not isinstance(node, Constant)}
        self.near = tuple(each for each in rule.message.nodes if not rule.goes_far(each))
        self.name_of_day = "as_of" if rule.looks_at_state else ""
        self.soft_tests = {name: tuple(self.with_soft_figures(each)) for name, each in self.conditions.items()}
        self._grounds: dict[int, tuple[TestNode, tuple[str, ...]]] = {}
        self._days: dict[Value, Fact] = {}
        self.declaration = cache(partial(_declaration, view))
        self.declared = cache(partial(_declared, view))
        self.basis = cache(partial(_in_force, view, rule.basis))
        self.see = cache(partial(_in_force, view, rule.see))
        self.is_bound = cache(partial(_is_bound, view, policy.statutes[policy.statute]))
        self.clauses = cache(partial(_quoted, rule))
        self.suspicions = cache(partial(_suspicions, rule, view.words))

    def finding(self, pair: Pair) -> tuple[Finding, tuple[str, ...]]:
        """Give the finding, and the parameters that it lacked."""
        if pair.found is None:
            return self.of_register(is_bounded=pair.is_bounded), ()
        return self.on_subject(pair, pair.found)

    def of_register(self, *, is_bounded: bool) -> Finding:
        """Give the finding that a register does not prove absence, or is too long for a rule."""
        silent = () if is_bounded else self.view.silent(self.rule)
        missing = tuple(map(self.declaration, silent))
        states = map(self.view.state, silent)
        reasons = tuple(self.words("{0}：{1}", state.label, state.why_incomplete) for state in states)
        subject = Subject(
            register=self.rule.each,
            id=self.rule.each,
            label=_label_of(self.view, self.rule.each),
            pointer=f"/{self.rule.each.partition('.')[0]}",
        )
        message = self.words("{0}不能证明没有其他记录，台账以外的情况无法判定", subject.label)
        if is_bounded:
            message = _why_bounded(self.words)
            reasons = (message,)
        return Finding(
            id=fingerprint(self.rule.id, "register", self.rule.each),
            rule=self.rule.id,
            title=self.rule.title,
            kind=self.rule.kind,
            verdict=Verdict.UNDETERMINED,
            grade=None,
            consequence=Consequence.NONE,
            clauses=self.clauses("reference"),
            basis=(),
            see=(),
            responsible=_party(self.rule.responsible.value if isinstance(self.rule.responsible, Constant) else None),
            subject=subject,
            matter=MappingProxyType({}),
            conduct_on=None,
            facts=(),
            tests=MappingProxyType({}),
            exemptions=(),
            soft=(),
            message=message,
            reasons=reasons,
            missing=missing,
            decided_by=(tuple(each.pointer for each in missing),) if missing else (),
            withheld=(),
            ask=tuple(dict.fromkeys(each.document for each in missing if each.document)),
            remedy=(),
        )

    def on_subject(self, pair: Pair, found: Found) -> tuple[Finding, tuple[str, ...]]:
        rule, view, verdict = self.rule, self.view, pair.verdict
        witness = Witness(view, rule, found)
        when, violated, suspected = [witness.settle(each) for each in self.conditions.values()]
        hold_to_account(self.policy, pair, witness)
        is_violated = violated[0]
        evidence, lacking = Reads(), Reads()
        for truth, reads in (when, violated) if is_violated is True else (when, violated, suspected):
            if truth is not False:
                evidence.add(reads)
        for truth, reads in (when, violated, suspected):
            if truth is None:
                lacking.add(reads)
        if found.ground[0] is None or found.ground[1] is None:
            lacking.add(witness.conduct_reads)
            for each in rule.basis:
                concerns, reads = witness.settle(each.condition)
                if concerns is None:
                    lacking.add(reads)
        message = self.message(verdict, witness, evidence)
        pleas = tuple(
            [
                (plea, truth, witness.pleaded(plea))
                for plea, truth in zip(rule.exemptions, found.truths[rule.law.tests :], strict=True)
            ]
        )
        is_open = verdict is Verdict.UNDETERMINED
        is_accused = verdict is Verdict.VIOLATION or verdict is Verdict.RISK
        missing = self.missing(found, lacking, pleas)
        subject = view.subject(rule.each, found.chain)
        basis = self.basis(witness.day, self.concerned(rule.basis, witness))
        tests = {name: witness.tree(node) for name, node in self.tested.items()}
        decisive = "violated" if is_violated is True else "suspected"
        told = (tests.get(decisive) or tests.get("when")) if is_accused else None
        soft = self.soft_figures(("when", decisive), witness) if is_accused else ()
        is_breached = verdict is Verdict.VIOLATION and self.is_bound(witness.day)
        is_excused = any(plea.at_most_risk and any(one.truth for one in pleaded) for plea, _, pleaded in pleas)
        finding = Finding(
            id=fingerprint(rule.id, rule.each, subject.id),
            rule=rule.id,
            title=rule.title,
            kind=rule.kind,
            verdict=verdict,
            grade=self.grade(witness),
            consequence=self.consequence(verdict, basis),
            clauses=self.clauses("breached" if is_breached else "reference"),
            basis=basis,
            see=self.see(witness.day, self.concerned(rule.see, witness)),
            responsible=_party(_value(rule.responsible, witness)),
            subject=subject,
            matter=self.matter(witness),
            amount=self.amount(witness) if is_accused else None,
            decided_by=self.decided_by(found, witness, pleas, missing) if is_open and missing else (),
            conduct_on=self.conduct(witness),
            facts=self.facts(evidence),
            tests=MappingProxyType(tests),
            exemptions=tuple([self.exemption(*each) for each in pleas]),
            soft=soft,
            message=message or _undetermined(missing, self.words),
            grounds=() if told is None else self.grounds(told),
            reasons=self.reasons(verdict, found, witness, is_excused=is_excused, soft=soft, basis=basis),
            missing=missing,
            withheld=tuple([self.clerk.pointer(each) for each in lacking.unknown if self.clerk.is_withheld(each)])
            if lacking.facts
            else (),
            ask=tuple(dict.fromkeys([each.document for each in missing if each.document])),
            remedy=() if verdict is Verdict.EXEMPT else self.remedy(witness),
        )
        return finding, tuple(lacking.figures)

    def in_order(self, found: Found) -> tuple[Subject, tuple[Document, ...]]:
        """Give the subject that complies, and the papers of what was read on it."""
        witness = Witness(self.view, self.rule, found)
        reads = Reads()
        for node in self.conditions.values():
            reads.add(witness.settle(node)[1])
        hold_to_account(self.policy, Pair(self.compiled, Verdict.COMPLIANT, found), witness)
        read = [paper for each in reads.facts.values() for paper in self.clerk.documents(each)]
        dated = (path for path in reads.whole if self.view.state(path).as_of is not None)
        declared = (paper for path in dated for paper in self.view.declared_by(path))
        return self.view.subject(self.rule.each, found.chain), tuple(dict.fromkeys((*read, *declared)))

    def message(self, verdict: Verdict, witness: Witness, evidence: Reads) -> str:
        """Say what is found, adding to *evidence* what the sentence tells; nothing where nothing is found.

        Even then what it would tell is shown, unless that would have to be looked for in whole registers.
        """

        def value_of(node: Node) -> Value:
            inner = Reads()
            value = witness.value(node, inner)
            if value is not UNKNOWN:
                evidence.add(inner)
            return value

        if verdict is not Verdict.UNDETERMINED:
            return self.rule.message.fill(value_of, self.clerk.text)
        for each in self.near:
            value_of(each)
        return ""

    # --- parts of a finding ---------------------------------------------------------------------------------------

    def grade(self, witness: Witness) -> Grade | None:
        word = _value(self.rule.grade, witness)
        return Grade(word) if isinstance(word, str) else None

    def matter(self, witness: Witness) -> Mapping[str, str]:
        found = {key: witness.value(node) for key, node in self.rule.matter.items()}
        return MappingProxyType({key: value for key, value in found.items() if isinstance(value, str)})

    def amount(self, witness: Witness) -> Amount | None:
        """Give how much money a breach is about, as far as it is known."""
        if self.rule.amount is None:
            return None
        low, high = values.bounds(witness.value(self.rule.amount))
        return None if low is None and high is None else Amount(low_cny=_yuan(low), high_cny=_yuan(high))

    def concerned(self, entries: tuple[Entry, ...], witness: Witness) -> tuple[Truth, ...]:
        """Say of each instrument whether it concerns the subject."""
        return tuple([_truth(each.condition, witness) for each in entries])

    def consequence(self, verdict: Verdict, basis: tuple[Basis, ...]) -> Consequence:
        if verdict is not Verdict.VIOLATION:
            return Consequence.NONE
        carried = any(each.firm and each.statute != self.policy.statute for each in basis)
        return Consequence.ORDER if carried else Consequence.ADVISE

    def conduct(self, witness: Witness) -> Fact:
        """Tell the day of the act: by the field that it is, or as the rule finds it."""
        day, seen = witness.day, witness.conduct_reads.facts
        known = None if seen else self._days.get(day)
        if known is None:
            found = Sight(self.rule.conduct_on, day)
            [sight] = seen.values() if len(seen) == 1 else (found,)
            name = self.name_of_day or self.clerk.called(sight.node).name or "conduct_on"
            known = self.clerk.day(sight, name, found)
            if not seen:
                self._days[day] = known
        return known

    def facts(self, evidence: Reads) -> tuple[Fact, ...]:
        """Give what was read, and the declarations that absence was proved by."""
        return (
            *[self.clerk.fact(each) for each in evidence.facts.values()],
            *[fact for path in evidence.whole if (fact := self.declared(path)) is not None],
        )

    def grounds(self, told: TestNode) -> tuple[str, ...]:
        """Word the tests by which a condition holds; the same structure is worded once."""
        known = self._grounds.get(id(told))
        if known is None:
            known = self._grounds[id(told)] = (told, tuple(dict.fromkeys(_grounds(told, self.words))))
        return known[1]

    def remedy(self, witness: Witness) -> tuple[RemedyStep, ...]:
        """Give the measures that are called for: what the dossier shows to be done already is not."""
        return tuple([each.step for each in self.rule.remedy if _truth(each.condition, witness) is not False])

    def exemption(self, plea: ExemptionRule, truth: Truth, pleaded: tuple[Pleaded, ...]) -> Exemption:
        """Say of an exemption whether it is proved, and with which facts and papers it was pleaded."""
        state = "proved" if truth else "claimed" if truth is None else "not_covered" if pleaded else "not_claimed"
        facts = (self.clerk.fact(sight) for each in pleaded for sight in each.reads.facts.values())
        papers = (self.view.document(each.paper) for each in pleaded if isinstance(each.paper, str) and each.paper)
        return Exemption(
            reason=plea.reason,
            state=state,
            condition=self.rule.worded(plea.condition),
            facts=tuple(dict.fromkeys(facts)),
            documents=tuple(dict.fromkeys(papers)),
            at_most_risk=plea.at_most_risk,
        )

    def with_soft_figures(self, condition: Node) -> Iterator[tuple[Node, tuple[str, ...]]]:
        """Give the tests of a condition in which figures await confirmation, each with these."""
        for test in self.rule.tests_of(condition):
            figures = self.rule.soft_figures(test)
            if figures:
                yield test, tuple(self.policy.parameters[each].title for each in figures)

    def soft_figures(self, names: tuple[str, str], witness: Witness) -> tuple[str, ...]:
        """Name the figures awaiting confirmation in the tests of conditions that are not ruled out."""
        figures = (
            title
            for name in names
            for test, titles in self.soft_tests[name]
            if not witness.is_spared(test) and witness.truth(test) is not False
            for title in titles
        )
        return tuple(dict.fromkeys(figures))

    def decided_by(
        self, found: Found, witness: Witness, pleas: Pleas, missing: tuple[Missing, ...]
    ) -> tuple[tuple[str, ...], ...]:
        """Give the smallest sets of what is missing that decide a pair which is undetermined."""
        numbers = {each.pointer: number for number, each in enumerate(missing)}
        truths = list(found.truths)
        needs: list[tuple[int, frozenset[int]]] = []
        for place, truth, reads in witness.near_tests():
            truths[place] = truth
            if reads is not None:
                wanted = self.numbered(reads, numbers)
                if wanted and -1 not in wanted:
                    needs.append((place, wanted))
        for place, (plea, truth, pleaded) in enumerate(pleas, self.rule.law.tests):
            open_ = (
                each for one in pleaded if one.truth is not False for each in self.unproved(plea, one, found.subject)
            )
            wanted = frozenset(numbers.get(each.pointer, -1) for each in open_)
            if truth is None and wanted and -1 not in wanted:
                needs.append((place, wanted))
        of_ground: frozenset[int] = frozenset()
        if None in found.ground[:2]:
            waiting = [
                witness.waits_for(node)
                for node in (self.rule.conduct_on, *(each.condition for each in self.rule.basis))
            ]
            known = [each for each in waiting if each is not None]
            of_ground = frozenset[int]().union(*(self.numbered(each, numbers) for each in known))
            if found.ground[1] is None:
                of_ground |= {numbers[each] for each in ZONE_BINDS if each in numbers}
            if -1 in of_ground or len(known) < len(waiting):
                of_ground = frozenset()
        sets = self.policy.judge.deciding(self.rule.id, found.ground, tuple(truths), tuple(needs), of_ground)
        return tuple([tuple([missing[number].pointer for number in each]) for each in sets])

    def numbered(self, lacking: Reads, numbers: Mapping[str, int]) -> frozenset[int]:
        """Give the numbers of what was looked for and not found; one for all that has none."""
        places = (*map(self.clerk.pointer, lacking.unknown), *map(_declared_at, lacking.silent))
        return frozenset([numbers.get(each, -1) for each in places if each])

    def lacked(self, pointer: str, label: str, document: str) -> Missing:
        """Tell a fact that is missing, and in which record."""
        return Missing(pointer=pointer, label=label, document=document, record=self.view.record(pointer))

    def wanting(self, lacking: Reads) -> Iterator[Missing]:
        """Give the facts that were looked for and not found, each with the paper to ask for."""
        for each in lacking.unknown:
            pointer = self.clerk.pointer(each)
            if pointer:
                label = self.clerk.label(each)
                if each.value is not UNKNOWN:
                    label = self.words("{0}（只知为{1}）", label, self.clerk.text(each.value, each.node))
                yield self.lacked(pointer, label, self.clerk.called(each.node).ask)
        yield from map(self.declaration, lacking.silent)

    def missing(self, found: Found, lacking: Reads, pleas: Pleas) -> tuple[Missing, ...]:
        """Give the facts that would settle it, each with the paper to ask for."""
        wanted = list(self.wanting(lacking)) or list(self.without_order(lacking))
        if found.ground[1] is None:
            wanted += (
                self.lacked(f"/zone/{each.name}", each.label, each.proof) for each in self.view.unsure_of(self.rule)
            )
        wanted += [
            each
            for plea, truth, pleaded in pleas
            if truth is None
            for one in pleaded
            if one.truth is not False
            for each in self.unproved(plea, one, found.subject)
        ]
        return tuple(dict.fromkeys(wanted) if len(wanted) > 1 else wanted)

    def without_order(self, lacking: Reads) -> Iterator[Missing]:
        """Give the facts of which the dossier says that there are none, so that they could not be compared."""
        for each in lacking.facts.values():
            pointer = self.clerk.pointer(each) if each.value is None else ""
            if pointer:
                label = self.words("{0}（档案填“无”，无从比较）", self.clerk.label(each))
                yield self.lacked(pointer, label, self.clerk.called(each.node).proof)

    def place_of(self, paper: Node, subject: Value) -> str:
        """Give where the subject names a paper; the register of papers, where no field of its own does."""
        names: list[str] = []
        while isinstance(paper, Attribute):
            names.insert(0, paper.field.name)
            paper = paper.base
        if not names or not (isinstance(paper, Variable) and paper.name == SUBJECT):
            return "/evidence"
        return "/".join((self.view.pointer(subject), *names))

    def unproved(self, plea: ExemptionRule, pleaded: Pleaded, subject: Value) -> Iterator[Missing]:
        """Give what a pleading lacks: the bounds it leaves open, whom and what it is about, and its paper."""
        place = "" if pleaded.claim is None else self.view.pointer(pleaded.claim)
        document = self.words(OPINION_ON_PLEA if plea.at_most_risk else PAPER_OF_PLEA, plea=plea.reason)
        if pleaded.truth is None:
            for each in pleaded.reads.facts.values():
                pointer = self.clerk.pointer(each) if each.value is None or each.is_open else ""
                if pointer:
                    proof = self.clerk.called(each.node).proof
                    yield self.lacked(pointer, self.clerk.label(each), proof or document)
        if plea.at_most_risk:
            label = self.words("豁免主张“{0}”是否成立", plea.reason)
            yield self.lacked(place or "/evidence", label, document)
            return
        if pleaded.is_papered:
            return
        undated = tuple(self.view.undated(pleaded.paper, pleaded.valid_on))
        for record, described in undated:
            label = self.words("豁免主张“{0}”的凭证的{1}", plea.reason, described.label)
            yield self.lacked(f"{self.view.pointer(record)}/{described.name}", label, described.proof)
        if not undated:
            label = self.words("豁免主张“{0}”的凭证", plea.reason)
            yield self.lacked(f"{place}/doc_id" if place else self.place_of(plea.paper, subject), label, document)

    def reasons(
        self,
        verdict: Verdict,
        found: Found,
        witness: Witness,
        *,
        is_excused: bool,
        soft: tuple[str, ...],
        basis: tuple[Basis, ...],
    ) -> tuple[str, ...]:
        """Say why it is a suspicion and not a violation, or an exemption."""
        if verdict is Verdict.EXEMPT:
            return tuple(
                plea.reason
                for plea, truth in zip(self.rule.exemptions, found.truths[self.rule.law.tests :], strict=True)
                if truth
            )
        if verdict is Verdict.UNDETERMINED:
            return tuple(self.unclear_law(found.ground, witness.day))
        if verdict is not Verdict.RISK:
            return ()
        unsure = tuple([(each.title, each.why_soft) for each in basis if each.why_soft])
        return self.suspicions(
            ground=found.ground,
            truths=found.truths,
            is_violated=witness.truth(self.rule.violated),
            is_excused=is_excused,
            soft=soft,
            unsure=unsure,
        )

    def unclear_law(self, ground: Ground, day: Value) -> Iterator[str]:
        """Say where nobody has seen on which day an instrument came into force, so that it may not have been yet."""
        if ground[1] is not None:
            return
        for each in self.rule.basis:
            statute = each.statute
            is_vague = any(isinstance(one, Range) for one in (statute.first_day, statute.last_day))
            if is_vague and day.__class__ is date and self.view.in_force(statute, day) is None:
                yield self.words("{0}的施行日、失效日没有确切查明，行为当日是否有效不明", statute.title)


def _declaration(view: View, path: str) -> Missing:
    """Give the missing declaration that a register is complete."""
    label = view.state(path).label
    return Missing(
        pointer=_declared_at(path),
        label=view.words("{0}的完整性声明", label),
        document=view.words(DECLARATION, register=label, day=view.day(view.as_of)),
    )


def _in_force(view: View, entries: tuple[Entry, ...], day: Value, concerned: tuple[Truth, ...]) -> tuple[Basis, ...]:
    """Give the instruments that concern the subject and were, or may have been, in force on the day of the act."""
    found = []
    for each, concerns in zip(entries, concerned, strict=True):
        if day is None or concerns is False or view.in_force(each.statute, day) is False:
            continue
        firm = concerns is True and view.is_firm(each, day)
        found.append(
            Basis(
                statute=each.statute.id,
                title=each.statute.title,
                number=each.statute.number,
                articles=each.articles,
                in_force_from=values.written_day(each.statute.first_day),
                firm=firm,
                why_soft="" if firm else view.words(_why_soft(each)),
                original=each.statute.original,
            )
        )
    return tuple(found)


def _is_bound(view: View, own: Statute, day: Value) -> bool:
    """Say whether the document was in force on the day of the act and binds the zone."""
    return view.in_force(own, day) is True


def _quoted(rule: Rule, cited_as: str) -> tuple[Clause, ...]:
    """Quote the clauses; nobody breaches an encouragement."""
    return tuple(
        Clause(
            id=norm.id,
            article=norm.article,
            quote=norm.quote,
            cited_as="reference" if norm.modality is Modality.ENCOURAGEMENT else cited_as,
        )
        for norm in rule.clauses
    )


def _declared(view: View, path: str) -> Fact | None:
    """Tell the declaration that a register is complete."""
    state = view.state(path)
    if state.as_of is None:
        return None
    text = view.words(
        "已声明完整（截至{day}，共{number}条，签署人：{signatory}）",
        day=view.day(state.as_of),
        number=state.count,
        signatory=state.signatory,
    )
    return Fact(
        name=f"completeness.{path}",
        label=view.words("{0}的完整性", state.label),
        state="known",
        value=True,
        text=text,
        pointer=_declared_at(path),
        documents=view.declared_by(path),
    )


def _suspicions(
    rule: Rule,
    words: Catalogue,
    *,
    ground: Ground,
    truths: tuple[Truth, ...],
    is_violated: Truth,
    is_excused: bool,
    soft: tuple[str, ...],
    unsure: tuple[tuple[str, str], ...],
) -> tuple[str, ...]:
    """Say why it is no more than a suspicion; *unsure* are bases that carry no more, each with why.

    *is_excused* says that what may excuse it is there, not only that nobody knows whether it is.
    """
    parts = parts_of(rule.law, ground, truths)
    reasons = []
    if is_violated is not True:
        reasons.append(words("只达到疑似的条件"))
    else:
        claimed = [
            plea.at_most_risk
            for plea, truth in zip(rule.exemptions, truths[rule.law.tests :], strict=True)
            if truth is None
        ]
        if not all(claimed):
            reasons.append(words("有豁免主张，尚未证明"))
        if any(claimed) and is_excused:
            reasons.append(words("有豁免事由，是否足以免责须由有权机关认定"))
        elif any(claimed):
            reasons.append(words("是否有豁免事由，档案没有写明"))
        if not parts["firm"]:
            reasons.extend(words("{0}：{1}", title, why) for title, why in unsure)
        if not parts["hard"]:
            reasons.append(words("所依据的数值有待核实：{0}", words("、").join(soft)))
    if rule.law.signal:
        reasons.append(words("本规则只作预警"))
    return tuple(reasons)


def _declared_at(path: str) -> str:
    """Give where a register is declared complete."""
    return f"/meta/completeness/{path}"


def _truth(condition: Node, witness: Witness) -> Truth:
    return bool(condition.value) if isinstance(condition, Constant) else witness.truth(condition)


def _value(node: Node, witness: Witness) -> Value:
    return node.value if isinstance(node, Constant) else witness.value(node)


def _party(word: Value) -> Party:
    """Read the responsible party; where it is not known, nobody is."""
    return Party(word) if isinstance(word, str) else Party.UNDETERMINED


def _yuan(value: Value) -> Decimal | None:
    """Make an end of an amount fit for a report: a quotient to the cent."""
    if isinstance(value, Fraction):
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))
    return None if value is None else Decimal(value)


def _grounds(node: TestNode, words: Catalogue) -> Iterator[str]:
    """Word the tests by which a condition holds; one that has a name by its name."""
    if node.truth is not True:
        return
    if node.label:
        yield node.label
    elif node.op in {"and", "or"}:
        for part in node.parts:
            yield from _grounds(part, words)
    elif node.op == "not":
        [part] = node.parts
        yield words("不符合“{0}”", part.label) if part.label else words("并非（{0}）", _whole(part, words))
    else:
        yield node.wording


def _whole(node: TestNode, words: Catalogue) -> str:
    """Word a condition that has no name, whatever its truth."""
    if node.label or node.op == "test":
        return node.label or node.wording
    joint = {"and": words("，且"), "or": words("，或者"), "not": ""}[node.op]
    told = joint.join(_whole(part, words) for part in node.parts)
    return words("并非（{0}）", told) if node.op == "not" else told


def _undetermined(missing: tuple[Missing, ...], words: Catalogue) -> str:
    labels = list(dict.fromkeys(each.label for each in missing))
    named = words("、").join(labels[:4])
    if len(labels) > 4:
        named = words("{named}等{number}项", named=named, number=len(labels))
    return words("资料不足，无法判定；缺：{0}", named) if labels else words("现有资料不足以判定")


def _why_soft(entry: Entry) -> str:
    if entry.at_most_risk:
        return "只能作为核查线索"
    if not entry.statute.text_seen:
        return "条文原文尚待核实"
    if not entry.statute.first_day_seen:
        return "施行日期尚待核实"
    return "行为日期不明，不能确定当日有效"


def fingerprint(*parts: str) -> str:
    """Give the id of a finding: the same from run to run, whatever its place in the file."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
