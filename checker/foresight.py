"""What the days ahead bring if nothing changes: who will break the law, from which day, and which law comes or goes.

The same check is made on later days, with everything that was declared and everything that is none taken to hold on:
a forecast for those who can still act, never a finding. The days between two looks are halved until the day is known.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import localcontext

from checker import values
from checker.checking import Pair, finding_of, judge, look
from checker.classes import dataclass
from checker.dossier.loading import Dossier
from checker.facts import View
from checker.language.wording import say_number
from checker.model import Ahead, LawAhead, Turn, Verdict
from checker.policy.law import ParameterValue
from checker.policy.loading import CompiledRule, Policy

STRIDE = 30
"""How many days lie between two looks: what turns bad and good again in between is not seen."""

FARTHEST = 5 * 366
"""How many days ahead may be looked."""

MOST_VIEWS = 16
"""How many days are kept in sight at once: those of the looks of a year, and a few between."""

_BAD = (Verdict.VIOLATION, Verdict.RISK)


def foresee(policy: Policy, dossier: Dossier, *, as_of: date, days: int) -> Ahead:
    """Look so many days ahead of *as_of*, at most `FARTHEST`; raise `ReadingsDisagreeError` as a check does."""
    until = as_of + timedelta(days=days)
    with localcontext(values.EXACT):
        ahead = _Days(policy, dossier, as_of)
        turns = [turn for compiled in policy.rules for turn in ahead.turns(compiled, until)]
    return Ahead(
        until=until,
        turns=tuple(sorted(turns, key=lambda each: (each.on, each.rule, each.subject.id))),
        law=tuple(sorted(_law(policy, as_of, until), key=lambda each: (each.on, each.id))),
    )


class _Days:
    """The verdicts on the days of a forecast. Of the views of single days only the last few are kept."""

    def __init__(self, policy: Policy, dossier: Dossier, as_of: date) -> None:
        self.policy, self.dossier, self.as_of = policy, dossier, as_of
        self.views: dict[date, View] = {}
        self.own: View | None = None

    def view(self, day: date) -> View:
        found = self.views.pop(day, None) or look(self.policy, self.dossier, day, assumed=True)
        self.views[day] = found
        if len(self.views) > MOST_VIEWS:
            del self.views[next(iter(self.views))]
        return found

    def pairs(self, compiled: CompiledRule, day: date) -> Iterator[tuple[str, Pair]]:
        """Give the pairs of a rule on a day by the key of the subject."""
        view = self.view(day)
        for pair in judge(self.policy, view, compiled):
            if pair.found is not None:
                yield view.key(compiled.rule.each, pair.found.chain), pair

    def turns(self, compiled: CompiledRule, until: date) -> Iterator[Turn]:
        """Give the subjects of a rule that turn bad, each with the first day on which it is."""
        known: dict[date, Mapping[str, Verdict]] = {}

        def verdicts(day: date) -> Mapping[str, Verdict]:
            if day not in known:
                known[day] = {key: pair.verdict for key, pair in self.pairs(compiled, day)}
            return known[day]

        # of each day on which verdicts turn: those of the day before, by the subject
        days: defaultdict[date, dict[str, Verdict]] = defaultdict(dict)
        told: set[tuple[str, Verdict]] = set()
        first = self.as_of
        while first < until:
            last = min(first + timedelta(days=STRIDE), until)
            for key, verdict in verdicts(last).items():
                before = verdicts(first).get(key)
                if before is None or not _is_worse(before, verdict) or (key, verdict) in told:
                    continue
                low, high = first, last
                while (high - low).days > 1:
                    middle = low + (high - low) // 2
                    later = verdicts(middle).get(key, before)
                    low, high = (low, middle) if _is_worse(before, later) else (middle, high)
                told.add((key, verdicts(high)[key]))
                days[high][key] = verdicts(low).get(key, before)
            first = last
        now = self.found_now(compiled) if days else {}
        for day, turned in days.items():
            for key, pair in self.pairs(compiled, day):
                if key in turned:
                    yield self.turn(now.get(key, turned[key]), turned[key], pair, day)

    def found_now(self, compiled: CompiledRule) -> Mapping[str, Verdict]:
        """Give the verdicts of the check itself, which takes nothing to hold on, by the key of the subject."""
        if self.own is None:
            self.own = look(self.policy, self.dossier, self.as_of)
        view = self.own
        return {
            view.key(compiled.rule.each, pair.found.chain): pair.verdict
            for pair in judge(self.policy, view, compiled)
            if pair.found is not None
        }

    def turn(self, before: Verdict, until_then: Verdict, pair: Pair, day: date) -> Turn:
        finding = finding_of(self.policy, self.view(day), pair)
        return Turn(
            on=day,
            days=(day - self.as_of).days,
            finding=finding.id,
            rule=finding.rule,
            title=finding.title,
            clauses=tuple(each.id for each in finding.clauses),
            subject=finding.subject,
            responsible=finding.responsible,
            grade=finding.grade,
            before=before,
            until_then=until_then,
            verdict=finding.verdict,
            message=finding.message,
        )


def _is_worse(before: Verdict, after: Verdict) -> bool:
    """Whether somebody is accused who was not, or a suspicion is proved."""
    return after in _BAD and (before not in _BAD or (before, after) == (Verdict.RISK, Verdict.VIOLATION))


# --- the law --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    after: date
    until: date

    def holds(self, day: values.Value) -> bool:
        """Whether a day surely lies after the look, up to the last day ahead."""
        low, high = values.bounds(day)
        return low is not None and high is not None and self.after < low and high <= self.until


def _law(policy: Policy, as_of: date, until: date) -> Iterator[LawAhead]:
    """Give the statutes that come into force or end, and the figures that change, in the days ahead."""
    window, words = _Window(after=as_of, until=until), policy.words
    for each in policy.statutes.values():
        cited = words("《{0}》（{1}）", each.title, each.number) if each.number else words("《{0}》", each.title)
        if window.holds(each.first_day):
            on = values.written_day(each.first_day)
            yield LawAhead(on=on, kind="statute", id=each.id, text=words("{0}施行", cited))
        if each.last_day is not None and window.holds(each.last_day):
            on = values.written_day(each.last_day)
            yield LawAhead(on=on, kind="statute", id=each.id, text=words("{0}最后一日有效", cited))
    for figure in policy.parameters.values():
        for value in figure.values:
            if window.holds(value.first_day):
                told = words("参数“{0}”改为{1}", figure.title, _told(value, figure.unit, policy))
                yield LawAhead(on=values.written_day(value.first_day), kind="parameter", id=figure.id, text=told)


def _told(value: ParameterValue, unit: str, policy: Policy) -> str:
    if isinstance(value.value, tuple):
        return policy.words("、").join(value.value)
    return say_number(value.value, unit, policy.words)
