"""One finding: what is said of one subject, or of a register, and why.

The only module that knows how a verdict becomes sentences, facts with their places, bases and measures. It judges
nothing: it makes sure that a second reading of the dossier gives the verdict that it is told.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from types import MappingProxyType
from typing import NamedTuple

from checker import values
from checker.catalogues import Catalogue
from checker.errors import Place, Problem, ReadingsDisagreeError
from checker.evidence import Pleaded, Reads, Sight, Witness, reading_of
from checker.facts import MOST_VISITS, Found, View, period_of
from checker.ladder import Ground, parts_of
from checker.language.tree import SUBJECT, ZONE, Attribute, Constant, Node, Variable
from checker.model import (
    Amount,
    Basis,
    Clause,
    Consequence,
    Document,
    Exemption,
    Fact,
    Finding,
    Grade,
    Missing,
    Modality,
    Party,
    RemedyStep,
    Subject,
    TestNode,
    Truth,
    Verdict,
)
from checker.policy.law import Statute
from checker.policy.loading import CompiledRule, Policy
from checker.policy.rules import Entry, ExemptionRule, Rule
from checker.testimony import Clerk
from checker.values import UNKNOWN, Range, Value

WHY_BOUNDED = "记录过多，要逐条比对的次数超过上限{number}次，没有检查"
DECLARATION = "{register}（附截至{day}的完整性声明，载明条数，经签署）"
PAPER_OF_PLEA = "主张“{plea}”所依据、在有关日期有效的文件"
OPINION_ON_PLEA = "主张“{plea}”所依据、在有关日期有效的文件，以及有权机关的认定意见"
ZONE_BINDS = ("/zone/level", "/zone/national_since")
"""What says of a zone since when the document itself binds it."""
_GRADES: Mapping[str, Grade] = {each.value: each for each in Grade}
_PARTIES: Mapping[str, Party] = {each.value: each for each in Party}
_NO_MATTER: Mapping[str, str] = MappingProxyType({})


class Pair(NamedTuple):
    """A rule on one subject with its verdict; where no subject is found, on a register (`found` is `None`).

    `is_bounded` says that nothing was looked at: the rule would compare more records than a check has time for.
    """

    compiled: CompiledRule
    verdict: Verdict
    found: Found | None
    register: str = ""
    is_bounded: bool = False


def finding_of(policy: Policy, view: View, pair: Pair) -> Finding:
    """Write what is found on one subject; raise `ReadingsDisagreeError`."""
    return Author(policy, view, pair.compiled).finding(pair)[0]


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


Pleas = tuple[tuple[ExemptionRule, Truth, tuple[Pleaded, ...]], ...]
"""The exemptions of a rule on a subject, whether each is proved, and what is pleaded for it."""


class Gap(NamedTuple):
    """A fact that was looked for and not found, where it belongs, and whether its production was refused."""

    sight: Sight
    pointer: str
    is_withheld: bool


Gaps = Mapping[tuple[object, ...], Gap]
"""Gaps by what makes each of them that fact."""


class Author:
    """Writes the findings (and proved exemptions) of one rule from what the witnesses saw.

    What hangs on the rule alone, or on few things besides it, is worked out once for all of them.
    """

    def __init__(self, policy: Policy, view: View, compiled: CompiledRule) -> None:
        self.policy = policy
        self.view = view
        self.words = view.words
        self.compiled = compiled
        self.rule = rule = compiled.rule
        self.kind = rule.kind
        self.clerk = Clerk(view, rule)
        self.conditions = {"when": rule.when, "violated": rule.violated, "suspected": rule.suspected}
        reading = reading_of(rule)
        self.settling = tuple([reading.settling(each) for each in self.conditions.values()])
        self.trees = {
            name: reading.tree(node) for name, node in self.conditions.items() if not isinstance(node, Constant)
        }
        self.near = tuple(each for each in rule.message.nodes if not rule.goes_far(each))
        self.name_of_day = "as_of" if rule.looks_at_state else ""
        self.soft_tests = {name: tuple(self.with_soft_figures(each)) for name, each in self.conditions.items()}
        self._grounds: dict[int, tuple[TestNode, tuple[str, ...]]] = {}
        self._days: dict[Value, Fact] = {}
        self._tests: dict[tuple[tuple[Truth, ...], ...], Mapping[str, TestNode]] = {}
        self._unpleaded: dict[tuple[Truth, ...], tuple[Exemption, ...]] = {}
        self.declaration = cache(partial(_declaration, view))
        self.declared = cache(partial(_declared, view))
        self.basis = _Instruments(view, rule.basis)
        self.see = _Instruments(view, rule.see)
        self.is_called_for = _together(each.condition for each in rule.remedy)
        self.is_bound = cache(partial(_is_bound, view, policy.statutes[policy.statute]))
        self.clauses = cache(partial(_quoted, rule))
        self.suspicions = cache(partial(_suspicions, rule, view.words))
        self.undetermined = cache(partial(_undetermined, view.words))
        self.measures = cache(partial(_measures, rule))

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
            label=label_of(self.view, self.rule.each),
            pointer=f"/{self.rule.each.partition('.')[0]}",
        )
        message = self.words("{0}不能证明没有其他记录，台账以外的情况无法判定", subject.label)
        if is_bounded:
            message = why_bounded(self.words)
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
            matter=_NO_MATTER,
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
        """Give the finding on a subject, and the parameters that it lacked."""
        rule, view, verdict = self.rule, self.view, pair.verdict
        witness = Witness(view, rule, found)
        settled = [settle(witness, witness.scope) for settle in self.settling]
        hold_to_account(self.policy, pair, witness)
        is_violated = settled[1][0]
        evidence, lacking = Reads(), Reads()
        for truth, reads in settled[:2] if is_violated is True else settled:
            if truth is not False:
                evidence.add(reads)
        for truth, reads in settled:
            if truth is None:
                lacking.add(reads)
        if found.ground[0] is None or found.ground[1] is None:
            lacking.add(witness.conduct_reads)
            for each in rule.basis:
                concerns, reads = witness.settle(each.condition)
                if concerns is None:
                    lacking.add(reads)
        message = self.message(verdict, witness, evidence)
        pleaded_truths = found.truths[rule.law.tests :]
        pleas = tuple(
            [(plea, truth, witness.pleaded(plea)) for plea, truth in zip(rule.exemptions, pleaded_truths, strict=True)]
        )
        is_open = verdict is Verdict.UNDETERMINED
        is_accused = verdict is Verdict.VIOLATION or verdict is Verdict.RISK
        subject = view.subject(rule.each, found.chain)
        gaps = self.gaps(lacking)
        missing = self.missing(found, lacking, gaps, pleas)
        basis = self.basis(witness)
        tests = self.tests(witness)
        decisive = "violated" if is_violated is True else "suspected"
        told = (tests.get(decisive) or tests.get("when")) if is_accused else None
        soft = self.soft_figures(("when", decisive), witness) if is_accused else ()
        is_breached = verdict is Verdict.VIOLATION and self.is_bound(witness.day)
        is_excused = any(plea.at_most_risk and any(one.truth for one in pleaded) for plea, _, pleaded in pleas)
        finding = Finding(
            id=fingerprint(rule.id, rule.each, subject.id),
            rule=rule.id,
            title=rule.title,
            kind=self.kind,
            verdict=verdict,
            grade=self.grade(witness),
            consequence=self.consequence(verdict, basis),
            clauses=self.clauses("breached" if is_breached else "reference"),
            basis=basis,
            see=self.see(witness),
            responsible=_party(_value(rule.responsible, witness)),
            subject=subject,
            matter=self.matter(witness),
            amount=self.amount(witness) if is_accused else None,
            decided_by=self.decided_by(found, witness, pleas, missing, gaps) if is_open and missing else (),
            conduct_on=self.conduct(witness),
            facts=self.facts(evidence),
            tests=tests,
            exemptions=self.exemptions(pleaded_truths, pleas),
            soft=soft,
            message=message or self.undetermined(tuple([each.label for each in missing])),
            grounds=() if told is None else self.grounds(told),
            reasons=self.reasons(verdict, found, witness, is_excused=is_excused, soft=soft, basis=basis),
            missing=missing,
            withheld=tuple([each.pointer for each in gaps.values() if each.is_withheld]),
            ask=tuple(dict.fromkeys([each.document for each in missing if each.document])),
            remedy=() if verdict is Verdict.EXEMPT else self.remedy(witness),
        )
        return finding, tuple(lacking.rest.figures)

    def in_order(self, found: Found) -> tuple[Subject, tuple[Document, ...]]:
        """Give the subject that complies, and the papers of what was read on it."""
        witness = Witness(self.view, self.rule, found)
        reads = Reads()
        for settle in self.settling:
            reads.add(settle(witness, witness.scope)[1])
        hold_to_account(self.policy, Pair(self.compiled, Verdict.COMPLIANT, found), witness)
        read = [paper for each in reads.facts.values() for paper in self.clerk.documents(each)]
        dated = (path for path in reads.rest.whole if self.view.state(path).as_of is not None)
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
            if not witness.has_read(each, evidence):
                value_of(each)
        return ""

    # --- parts of a finding ---------------------------------------------------------------------------------------

    def grade(self, witness: Witness) -> Grade | None:
        """Give the grade, if it is known."""
        word = _value(self.rule.grade, witness)
        return _GRADES[word] if isinstance(word, str) else None

    def matter(self, witness: Witness) -> Mapping[str, str]:
        """Give the ids by which findings are about one matter, as far as they are known."""
        if not self.rule.matter:
            return _NO_MATTER
        found = {key: witness.value(node) for key, node in self.rule.matter.items()}
        return MappingProxyType({key: value for key, value in found.items() if isinstance(value, str)})

    def amount(self, witness: Witness) -> Amount | None:
        """Give how much money a breach is about, as far as it is known."""
        if self.rule.amount is None:
            return None
        low, high = values.bounds(witness.value(self.rule.amount))
        return None if low is None and high is None else Amount(low_cny=_yuan(low), high_cny=_yuan(high))

    def consequence(self, verdict: Verdict, basis: tuple[Basis, ...]) -> Consequence:
        """Say what a violation leads to by what it rests on."""
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
            *[fact for path in evidence.rest.whole if (fact := self.declared(path)) is not None],
        )

    def tests(self, witness: Witness) -> Mapping[str, TestNode]:
        """Give the structure of each condition; where it has the same truths it is the same object."""
        truths = tuple([witness.shown(tree) for tree in self.trees.values()])
        known = self._tests.get(truths)
        if known is None:
            found = zip(self.trees.items(), truths, strict=True)
            known = MappingProxyType({name: tree.with_truths(each) for (name, tree), each in found})
            self._tests[truths] = known
        return known

    def grounds(self, told: TestNode) -> tuple[str, ...]:
        """Word the tests by which a condition holds; the same structure is worded once."""
        known = self._grounds.get(id(told))
        if known is None:
            known = self._grounds[id(told)] = (told, tuple(dict.fromkeys(_grounds(told, self.words))))
        return known[1]

    def remedy(self, witness: Witness) -> tuple[RemedyStep, ...]:
        """Give the measures that are called for: what the dossier shows to be done already is not."""
        return self.measures(self.is_called_for(witness))

    def exemptions(self, truths: tuple[Truth, ...], pleas: Pleas) -> tuple[Exemption, ...]:
        """Say of each exemption whether it is proved; where nothing is pleaded the truths are all there is to say."""
        if any(pleaded for _, _, pleaded in pleas):
            return tuple([self.exemption(*each) for each in pleas])
        if truths not in self._unpleaded:
            self._unpleaded[truths] = tuple([self.exemption(*each) for each in pleas])
        return self._unpleaded[truths]

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
        for test in self.rule.tests_of(condition) if self.rule.law.soft else ():
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
        self, found: Found, witness: Witness, pleas: Pleas, missing: tuple[Missing, ...], gaps: Gaps
    ) -> tuple[tuple[str, ...], ...]:
        """Give the smallest sets of what is missing that decide a pair which is undetermined."""
        numbers = {each.pointer: number for number, each in enumerate(missing)}
        truths = list(found.truths)
        needs: list[tuple[int, frozenset[int]]] = []
        for place, truth, reads in witness.near_tests():
            truths[place] = truth
            if reads is not None:
                wanted = self.numbered(reads, numbers, gaps)
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
            of_ground = frozenset[int]().union(*(self.numbered(each, numbers, gaps) for each in known))
            if found.ground[1] is None:
                of_ground |= {numbers[each] for each in ZONE_BINDS if each in numbers}
            if -1 in of_ground or len(known) < len(waiting):
                of_ground = frozenset()
        sets = self.policy.judge.deciding(self.rule.id, found.ground, tuple(truths), tuple(needs), of_ground)
        return tuple([tuple([missing[number].pointer for number in each]) for each in sets])

    def gaps(self, lacking: Reads) -> Gaps:
        """Give the facts that were looked for and not found."""
        return {place: Gap(sight, *self.clerk.place(sight)) for place, sight in lacking.gaps}

    def numbered(self, lacking: Reads, numbers: Mapping[str, int], gaps: Gaps) -> frozenset[int]:
        """Give the numbers of what was looked for and not found; one for all that has none. Most are known *gaps*."""
        places = [
            known.pointer if (known := gaps.get(place)) is not None else self.clerk.pointer(sight)
            for place, sight in lacking.gaps
        ]
        if lacking.besides is not None:
            places += map(_declared_at, lacking.besides.silent)
        return frozenset([numbers.get(each, -1) for each in places if each])

    def lacked(self, pointer: str, label: str, document: str) -> Missing:
        """Tell a fact that is missing, and in which record."""
        return Missing(pointer=pointer, label=label, document=document, record=self.view.record(pointer))

    def wanting(self, gaps: Gaps) -> Iterator[Missing]:
        """Give the facts that were looked for and not found, each with the paper to ask for."""
        for sight, pointer, _ in gaps.values():
            if pointer:
                label = self.clerk.label(sight)
                if sight.value is not UNKNOWN:
                    label = self.words("{0}（只知为{1}）", label, self.clerk.text(sight.value, sight.node))
                yield self.lacked(pointer, label, self.clerk.called(sight.node).ask)

    def missing(self, found: Found, lacking: Reads, gaps: Gaps, pleas: Pleas) -> tuple[Missing, ...]:
        """Give the facts that would settle it, each with the paper to ask for."""
        wanted = [*self.wanting(gaps), *map(self.declaration, lacking.rest.silent)]
        if not wanted and lacking.facts:
            wanted += self.without_order(lacking)
        if found.ground[1] is None:
            wanted += (
                self.lacked(f"/zone/{each.name}", each.label, each.proof) for each in self.view.unsure_of(self.rule)
            )
        for plea, truth, pleaded in pleas:
            for one in pleaded if truth is None else ():
                if one.truth is not False:
                    wanted += self.unproved(plea, one, found.subject)
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
            if pleaded.claim is not None or pleaded.truth:  # where only a fact is lacking, that is asked for above
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
            return tuple(self.unclear_law(witness.day)) if found.ground[1] is None else ()
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

    def unclear_law(self, day: Value) -> Iterator[str]:
        """Say where nobody has seen on which day an instrument came into force, so that it may not have been yet."""
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


class _Instruments:
    """Finds which of some instruments a finding rests on: the same ones on all days on which the same law was."""

    def __init__(self, view: View, entries: tuple[Entry, ...]) -> None:
        self.view, self.entries = view, entries
        self.concerned = _together(each.condition for each in entries)
        self.turns = view.turns(entries)
        self.known: dict[tuple[Value, tuple[Truth, ...]], tuple[Basis, ...]] = {}

    def __call__(self, witness: Witness) -> tuple[Basis, ...]:
        if not self.entries:
            return ()
        key = period_of(witness.day, self.turns), self.concerned(witness)
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = _in_force(self.view, self.entries, witness.day, key[1])
        return known


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


def _measures(rule: Rule, called_for: tuple[Truth, ...]) -> tuple[RemedyStep, ...]:
    return tuple([each.step for each, truth in zip(rule.remedy, called_for, strict=True) if truth is not False])


def _declared_at(path: str) -> str:
    """Give where a register is declared complete."""
    return f"/meta/completeness/{path}"


def _truth(condition: Node, witness: Witness) -> Truth:
    return bool(condition.value) if isinstance(condition, Constant) else witness.truth(condition)


def _together(conditions: Iterable[Node]) -> Callable[[Witness], tuple[Truth, ...]]:
    """Give what finds the truths of conditions; most rules have only such as always hold."""
    nodes = tuple(conditions)
    fixed = tuple([bool(each.value) for each in nodes if isinstance(each, Constant)])
    if len(fixed) == len(nodes):
        return lambda _: fixed
    return lambda witness: tuple([_truth(each, witness) for each in nodes])


def _value(node: Node, witness: Witness) -> Value:
    return node.value if isinstance(node, Constant) else witness.value(node)


def _party(word: Value) -> Party:
    """Read the responsible party; where it is not known, nobody is."""
    return _PARTIES[word] if isinstance(word, str) else Party.UNDETERMINED


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


def _undetermined(words: Catalogue, missing: tuple[str, ...]) -> str:
    """Say that what is *missing* leaves it open."""
    labels = list(dict.fromkeys(missing))
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


def why_bounded(words: Catalogue) -> str:
    """Say why a rule that would compare too many records was not tried."""
    return words(WHY_BOUNDED, number=f"{MOST_VISITS:,}")


def label_of(view: View, each: str) -> str:
    """Give the name of a register, or that of the zone itself."""
    return view.schema.zone.label if each == ZONE else view.state(each).label
