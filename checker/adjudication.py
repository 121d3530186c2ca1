"""What follows from all findings together: one matter counts once, what was closed comes back, a step is suggested.

The engine joins findings by the keys of their matters and by rule and subject; what the joins give is read a second
time here, and where the readings differ there is no report. What it is told are codes and places in a list, never a
value of a dossier. Counts are of what is certain: what a dossier does not say is not held against anybody.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from checker import values
from checker.catalogues import Catalogue
from checker.classes import dataclass
from checker.dossier.survey import flattened
from checker.facts import View
from checker.model import (
    Adjudication,
    Amount,
    Clause,
    Count,
    Earlier,
    Fact,
    Finding,
    Grade,
    Group,
    Past,
    Proposal,
    Reason,
    Rung,
    Truth,
    Verdict,
)
from checker.network import Docket, disagreement
from checker.policy.adjudication import Adjudicating, Condition, SameMatter, condition_name, read_past
from checker.values import Value

NOTICES, ITEMS = "notices", "notices.items"

_ACCUSING = (Verdict.VIOLATION, Verdict.RISK)
_ORDER = {verdict: number for number, verdict in enumerate(Verdict)}
_WEIGHT = {grade: number for number, grade in enumerate((*Grade, None))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of an earlier notice, as far as it is known; `due` is the day of an extension where there is one.

    It is `late` where that day has passed, by `late_days` at the least.
    """

    notice: str
    item: str
    pointer: str
    step: Rung | None
    about: tuple[str, str, str] | None
    due: Value
    closed_on: Value
    closed: Truth
    late: Truth
    late_days: int

    @property
    def is_overdue(self) -> bool:
        """Whether it is certain that its day has passed and it is not closed."""
        return self.closed is False and self.late is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A group of findings, or a finding that is in none: what the ladder counts once."""

    verdict: Verdict
    grade: Grade | None
    article: str
    findings: tuple[Finding, ...]


def adjudicate(
    law: Adjudicating, docket: Docket, findings: Sequence[Finding], titles: Mapping[str, str], view: View
) -> tuple[list[Finding], Adjudication]:
    """Give the findings, each with its group, and what follows from them all; raise `ReadingsDisagreeError`.

    *titles* are those of the rules.
    """
    accused = [each for each in findings if each.verdict in _ACCUSING]
    groups = list(_groups(law.same_matter, docket, accused, view))
    items = list(_items(view))
    earlier = list(_earlier(law, docket, accused, items)) if law.recurrence is not None else []
    by_id = {each.id: each for each in accused}
    matters = list(_matters(accused, groups, by_id))
    clause = None
    if law.norm is not None:
        binds = view.zone.level == "national"
        cited_as = "breached" if binds else "reference"
        clause = Clause(id=law.norm.id, article=law.norm.article, quote=law.norm.quote, cited_as=cited_as)
    came_back = (each.finding for each in earlier if each.state is Past.RECURRED)
    tally = _Tally(
        matters=matters,
        items=items,
        recurred=tuple(dict.fromkeys(name for name in came_back if by_id[name].verdict is Verdict.VIOLATION)),
        titles=titles,
        words=view.words,
    )
    grouped = {name: group for group in groups for name in group.findings}
    return [_placed(each, grouped) for each in findings], Adjudication(
        groups=tuple(groups),
        earlier=tuple(earlier),
        clause=clause,
        proposals=tuple(_proposals(law, docket, tally)),
        history=_history(view),
    )


def _placed(finding: Finding, grouped: Mapping[str, Group]) -> Finding:
    group = grouped.get(finding.id)
    if group is None:
        return finding
    lead = group.findings[0]
    return replace(finding, group=group.id, absorbed_by=None if lead == finding.id else lead)


# --- one matter -----------------------------------------------------------------------------------------------------


def _groups(lines: Iterable[SameMatter], docket: Docket, accused: Sequence[Finding], view: View) -> Iterator[Group]:
    """Join findings on the keys of their matters, line by line: what a line has joined, no later one takes apart.

    A violation leads before a risk, so that nothing proved hides behind a suspicion; then the order of the line counts.
    """
    taken: set[str] = set()
    ids: Counter[str] = Counter()
    for line in lines:
        held: defaultdict[tuple[str, Verdict, str], list[Finding]] = defaultdict(list)
        for each in accused:
            if each.id not in taken and each.rule in line.rules and line.on in each.matter:
                held[each.matter[line.on], each.verdict, each.rule].append(each)
        kinds = sorted(held, key=lambda kind: (_ORDER[kind[1]], line.rules.index(kind[2]), kind[0]))
        members: defaultdict[int, list[int]] = defaultdict(list)
        for place, first in sorted(_leaders(docket, [key for key, _, _ in kinds]).items()):
            members[first].append(place)
        for first in sorted(members):
            whole = [kinds[place] for place in (first, *members[first])]
            if len({rule for _, _, rule in whole}) > 1:
                found = [each for kind in whole for each in held[kind]]
                taken |= {each.id for each in found}
                name = f"{line.on}:{kinds[first][0]}"
                ids[name] += 1
                yield _group(name if ids[name] == 1 else f"{name}#{ids[name]}", line.on, kinds[first][0], found, view)


def _leaders(docket: Docket, keys: Sequence[str]) -> Mapping[int, int]:
    """For each place that has a key of an earlier place, give the first with that key: asked, and read again."""
    codes = {key: f"k{number}" for number, key in enumerate(dict.fromkeys(keys))}
    asked = docket.leaders([codes[key] for key in keys])
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    if asked != {place: first[key] for place, key in enumerate(keys) if first[key] != place}:
        raise disagreement("同一事项")
    return asked


def _group(name: str, on: str, key: str, found: Sequence[Finding], view: View) -> Group:
    kinds = {each.singular: each.label for each in view.schema.registers.values()}
    return Group(
        id=name,
        on=on,
        key=key,
        label=view.words("{0} {1}", kinds.get(on, on), key),
        clause=found[0].clauses[0].id,
        verdict=found[0].verdict,
        grade=min((each.grade for each in found), key=_WEIGHT.__getitem__),
        amount=largest([each.amount for each in found if each.amount is not None]),
        findings=tuple(each.id for each in found),
    )


def largest(amounts: Sequence[Amount]) -> Amount | None:
    """Give the largest of amounts about one matter, between ends; `None` where there are none."""
    if not amounts:
        return None
    lows = [each.low_cny for each in amounts if each.low_cny is not None]
    highs = [each.high_cny for each in amounts if each.high_cny is not None]
    return Amount(
        low_cny=max(lows, default=None), high_cny=max(highs) if highs and len(highs) == len(amounts) else None
    )


def _matters(accused: Sequence[Finding], groups: Iterable[Group], by_id: Mapping[str, Finding]) -> Iterator[Matter]:
    grouped: set[str] = set()
    for group in groups:
        grouped |= set(group.findings)
        found = tuple(by_id[name] for name in group.findings)
        article = found[0].clauses[0].article
        yield Matter(verdict=group.verdict, grade=group.grade, article=article, findings=found)
    for each in accused:
        if each.id not in grouped:
            article = each.clauses[0].article
            yield Matter(verdict=each.verdict, grade=each.grade, article=article, findings=(each,))


# --- earlier notices ------------------------------------------------------------------------------------------------


def _items(view: View) -> Iterator[Item]:
    """Give the items of earlier notices."""
    notice_fields = view.schema.registers[NOTICES].fields
    item_entity = view.schema.registers[ITEMS]
    for notice in view.rows(NOTICES):
        step = view.field(notice, view.schema.registers[NOTICES], notice_fields["step"])
        for row in flattened([notice.items]):
            told = {name: view.field(row, item_entity, field) for name, field in item_entity.fields.items()}
            about = (told["rule_id"], told["register"], told["subject_id"])
            due = told["due_on"] if told["extended_to"] is None else told["extended_to"]
            closed = values.happened(told["closed_on"], view.as_of)
            if values.happened(told["reopened_on"], view.as_of) is not False:
                closed = values.conjunction((closed, values.less(told["reopened_on"], told["closed_on"])))
            last = values.bounds(due)[1]
            yield Item(
                notice=notice.notice_id,
                item=row.item_id,
                pointer=view.pointer(row),
                step=Rung(step) if isinstance(step, str) else None,
                about=about if all(isinstance(each, str) for each in about) else None,
                due=due,
                closed_on=told["closed_on"],
                closed=closed,
                late=False if due is None else values.less(due, view.as_of),
                late_days=max((view.as_of - last).days, 0) if isinstance(last, date) else 0,
            )


def _history(view: View) -> str:
    state = view.state(ITEMS)
    return "absent" if state.count is None else "complete" if view.whole(NOTICES) and state.complete else "incomplete"


def _earlier(law: Adjudicating, docket: Docket, accused: Sequence[Finding], items: Sequence[Item]) -> Iterator[Earlier]:
    """Give, for each finding, the items of earlier notices on the same rule and subject, and how it stands to them."""
    assert law.recurrence is not None
    findings = {(each.rule, each.subject.register, each.subject.id): each for each in accused}
    held: defaultdict[tuple[str, str, str], list[Item]] = defaultdict(list)
    for each in items:
        if each.about is not None:
            held[each.about].append(each)
    cases, kept = list(findings), list(held)
    codes = {key: f"k{number}" for number, key in enumerate(dict.fromkeys((*cases, *kept)))}
    asked = docket.before([codes[each] for each in cases], [codes[each] for each in kept])
    places = {key: place for place, key in enumerate(kept)}
    if asked != {(place, places[key]) for place, key in enumerate(cases) if key in places}:
        raise disagreement("历次整改")
    for place, nth in sorted(asked):
        finding = findings[cases[place]]
        for item in held[kept[nth]]:
            yield Earlier(
                finding=finding.id,
                notice=item.notice,
                item=item.item,
                pointer=item.pointer,
                state=_state(docket, finding, item, law.recurrence.months),
                due_on=values.written_day(item.due),
                closed_on=values.written_day(item.closed_on),
            )


def _state(docket: Docket, finding: Finding, item: Item, months: int) -> Past:
    day = _day(finding.conduct_on)
    truths: Mapping[str, Truth] = {
        "closed": item.closed,
        "late": item.late,
        "after": values.less(item.closed_on, day),
        "within": values.at_most(day, values.months_after(item.closed_on, months)),
    }
    asked = docket.first_of("past", truths)
    if Past(asked) is not read_past(truths):
        raise disagreement("历次整改")
    return Past(asked)


def _day(fact: Fact | None) -> Value:
    if fact is None or fact.state in {"unknown", "none"}:
        return values.UNKNOWN
    return values.spanning(fact.low, fact.high) if fact.state == "range" else fact.value


# --- the ladder -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    """Counts what the conditions of a ladder ask for, and words each; `recurred` are findings that came back."""

    matters: Sequence[Matter]
    items: Sequence[Item]
    recurred: tuple[str, ...]
    titles: Mapping[str, str]
    words: Catalogue

    def reason(self, condition: Condition, months: int) -> Reason:
        """Count what a condition counts."""
        match condition.count:
            case Count.VIOLATIONS | Count.SUSPICIONS:
                return self.of_matters(condition)
            case Count.RECURRED:
                told = self.words("销号后{months}个月内复发{number}项", months=months, number=len(self.recurred))
                return self.told(condition, told, len(self.recurred), findings=self.recurred)
            case Count.OVERDUE:
                late = tuple(each.pointer for each in self.items if each.is_overdue and each.late_days > condition.days)
                told = self.words("历次整改事项逾期未销号{number}项", number=len(late))
                if condition.days:
                    told = self.words(
                        "历次整改事项逾期{days}日以上未销号{number}项", days=condition.days, number=len(late)
                    )
                return self.told(condition, told, len(late), items=late)
            case Count.UNFINISHED:
                assert condition.step is not None
                held = [each for each in self.items if each.is_overdue and each.step is condition.step]
                number = len({each.notice for each in held})
                step = self.words(condition.step.label)
                told = self.words("经{step}仍有事项逾期未销号的{number}次", step=step, number=number)
                return self.told(condition, told, number, items=tuple(each.pointer for each in held))

    def of_matters(self, condition: Condition) -> Reason:
        """Count matters; of several articles, the one with the most."""
        accusing = _ACCUSING[:1] if condition.count is Count.VIOLATIONS else _ACCUSING
        held = [
            each
            for each in self.matters
            if each.verdict in accusing
            and condition.grade in {None, each.grade}
            and (not condition.rules or any(one.rule in condition.rules for one in each.findings))
        ]
        article = ""
        if condition.per_article and held:
            [(article, _)] = Counter(each.article for each in held).most_common(1)
            held = [each for each in held if each.article == article]
        where = self.words("同一条内") if article else ""
        told, audited = (
            self.of_rules(condition, said)
            for said in (
                self.accusing(condition, where=where, number=len(held)),
                self.to_do(condition, where=where, number=len(held)),
            )
        )
        findings = tuple(one.id for each in held for one in each.findings)
        proved = sum(each.verdict is Verdict.VIOLATION for each in held)
        reason = self.told(condition, told, len(held), findings=findings, is_proved=proved >= condition.at_least)
        return replace(reason, self_audit=audited)

    def accusing(self, condition: Condition, **parts: object) -> str:
        """Say how many matters there are, in the words of an inspection."""
        verdict = self.words("违反" if condition.count is Count.VIOLATIONS else "违反、疑似")
        if condition.grade is None:
            return self.words("{where}{verdict}{number}项，同一事项计一项", verdict=verdict, **parts)
        grade = self.words(condition.grade.label)
        return self.words("{where}{grade}{verdict}{number}项，同一事项计一项", grade=grade, verdict=verdict, **parts)

    def to_do(self, condition: Condition, **parts: object) -> str:
        """Say the same in the words of a self-audit."""
        verdict = self.words("需要整改" if condition.count is Count.VIOLATIONS else "需要整改、需要核实")
        if condition.grade is None:
            return self.words("{where}{verdict}的{number}项，同一事项计一项", verdict=verdict, **parts)
        grade = self.words(condition.grade.label)
        return self.words(
            "{where}{verdict}、等级为“{grade}”的{number}项，同一事项计一项", grade=grade, verdict=verdict, **parts
        )

    def of_rules(self, condition: Condition, said: str) -> str:
        """Name the rules that alone are counted, if only some are."""
        if not condition.rules:
            return said
        named = self.words("、").join(self.titles.get(name, name) for name in condition.rules)
        return self.words("{0}：{1}", named, said)

    def told(
        self,
        condition: Condition,
        text: str,
        number: int,
        *,
        findings: tuple[str, ...] = (),
        items: tuple[str, ...] = (),
        is_proved: bool = True,
    ) -> Reason:
        """Give a reason with its threshold."""
        return Reason(
            text=text,
            number=number,
            at_least=condition.at_least,
            is_law=condition.is_law,
            is_proved=is_proved,
            findings=findings,
            items=items,
        )


def _proposals(law: Adjudicating, docket: Docket, tally: _Tally) -> Iterator[Proposal]:
    """Give the steps for which a condition holds, the heaviest first."""
    months = law.recurrence.months if law.recurrence else 0
    reasons = [[tally.reason(each, months) for each in step.conditions] for step in law.ladder]
    truths: Mapping[str, Truth] = {
        condition_name(number, nth): each.number >= each.at_least
        for number, held in enumerate(reasons)
        for nth, each in enumerate(held)
    }
    asked = docket.all_of("ladder", truths) if truths else frozenset()
    read = {
        step.rung.value
        for number, step in enumerate(law.ladder)
        if any(truths[condition_name(number, nth)] for nth, _ in enumerate(step.conditions))
    }
    if asked != read:
        raise disagreement("处置步骤")
    for step, held in reversed(list(zip(law.ladder, reasons, strict=True))):
        if step.rung.value in asked:
            reached = (each for each in held if each.number >= each.at_least)
            yield Proposal(rung=step.rung, reasons=tuple(sorted(reached, key=lambda each: not each.is_proved)))
