"""One check: policy, dossier and as-of day in, report out. Pure: no clock, disk, network or environment.

The same inputs give the same report, to the byte. Every pair of rule and subject is judged; what only findings need
(values, pointers, sentences) is made for findings only, by `authoring`.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import localcontext
from functools import partial
from itertools import chain
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from checker import __version__, attesting, values
from checker.adjudication import adjudicate
from checker.authoring import (
    DECLARATION,
    OPINION_ON_PLEA,
    PAPER_OF_PLEA,
    Author,
    Pair,
    finding_of,
    fingerprint,
    label_of,
    why_bounded,
)
from checker.catalogues import Catalogue
from checker.dossier.loading import Dossier
from checker.dossier.schema import ATTESTATIONS
from checker.drawing import map_of
from checker.facts import CLAIMS, DAY, Found, Sweep, TooManyVisitsError, View, Wanted
from checker.ladder import Ground
from checker.language.tree import Constant
from checker.language.wording import say
from checker.model import (
    ClauseState,
    Document,
    DossierStamp,
    Doubt,
    Finding,
    Grade,
    InOrder,
    Modality,
    Mode,
    NormWithoutRule,
    NotChecked,
    Report,
    Request,
    RuleState,
    Subject,
    Truth,
    Verdict,
    Zone,
)
from checker.policy.law import Checkability
from checker.policy.loading import CompiledRule, Policy, RuleGroup
from checker.policy.rules import Rule
from checker.values import Value

__all__ = ["Pair", "check", "finding_of", "fingerprint", "judge", "judgements", "look"]

NO_SUBJECT = "无检查对象"
MOST_FINDINGS = 100_000
"""How many findings a report writes out; the others are counted, those that accuse nobody first."""
MOST_NAMED = 10
"""How many subjects that comply with a rule a report names; the others are counted."""
_ASIDE = frozenset({CLAIMS, ATTESTATIONS})
"""The registers that nothing depends on being complete."""
_CLOSED = frozenset({Verdict.NOT_APPLICABLE, Verdict.COMPLIANT})
_ORDER = {verdict: number for number, verdict in enumerate(Verdict)}
_GRADES = {grade: number for number, grade in enumerate((*Grade, None))}


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
            why = policy.words("{0}：{1}", rule.title, why_bounded(policy.words))
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
        self.known: dict[str, Author] = {}

    def of(self, view: View, compiled: CompiledRule) -> Author:
        """Give the author of a rule."""
        if view is not self.view:
            return Author(self.policy, view, compiled)
        if compiled.rule.id not in self.known:
            self.known[compiled.rule.id] = Author(self.policy, view, compiled)
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

    def write(author: Author, pair: Pair) -> None:
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
    labels = {each: label_of(view, each) for each in called}
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
