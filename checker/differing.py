"""What became of each finding between two checks, and what made it so. Pure.

Findings are matched by their ids, which are made of rule and subject and nothing else. Where dossiers and packs of both
checks are at hand, the causes are proved by checking again with one thing exchanged at a time; else they are inferred
from what the two reports say, and called so. What nothing shows is said to be undetermined.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from checker.checking import fingerprint
from checker.classes import dataclass
from checker.dossier.comparing import ABSENT, Entry
from checker.errors import Place, Problem, ReportError
from checker.exchanging import (
    AGE,
    DATA,
    TIME,
    WITH_GRADE,
    Bench,
    Exchange,
    Proof,
    Side,
    State,
    is_register,
    pack_differences,
)
from checker.impact import changed_keys
from checker.language.wording import say_number
from checker.model import Fact, Finding, Grade, InOrder, Missing, Report, Subject, TestNode, Verdict
from checker.policy.law import Parameter, Statute
from checker.policy.loading import Policy
from checker.values import Value, written_day


class Kind(StrEnum):
    """What became of a finding. The order is that in which people want to read of it.

    What was found compliant or exempt and is a finding now has `REGRESSED`, as has what is graver than it was; `NEW`
    is a finding of which nothing was known. A finding is `GONE` where its subject or its rule is no more, which is no
    cure. `OTHERWISE` is a change between verdicts on which nobody has to act; of an `UNCLEAR` one a report is silent
    because it had too many findings to list.
    """

    REGRESSED = "regressed"
    NEW = "new"
    FIXED = "fixed"
    MILDER = "milder"
    GONE = "gone"
    OTHERWISE = "otherwise"
    UNCLEAR = "unclear"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _KINDS[self]


_KINDS = {
    Kind.REGRESSED: "变坏",
    Kind.NEW: "新增",
    Kind.FIXED: "消除",
    Kind.MILDER: "减轻",
    Kind.GONE: "对象或者规则已不存在",
    Kind.OTHERWISE: "结论有变，前后都不是问题",
    Kind.UNCLEAR: "无法比较",
    Kind.UNCHANGED: "不变",
}
WORSE = (Kind.REGRESSED, Kind.NEW)


class CauseKind(StrEnum):
    """What a change may come from; `PACK` is something in the pack of which the reports do not show what."""

    DATA = "data"
    RULE = "rule"
    PARAMETER = "parameter"
    STATUTE = "statute"
    TIME = "time"
    PACK = "pack"
    PROGRAM = "program"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _CAUSES[self]


_CAUSES = {
    CauseKind.DATA: "档案",
    CauseKind.RULE: "规则",
    CauseKind.PARAMETER: "参数",
    CauseKind.STATUTE: "法规版本",
    CauseKind.TIME: "时间经过",
    CauseKind.PACK: "政策包",
    CauseKind.PROGRAM: "程序",
}


class How(StrEnum):
    """How a cause is known: proved by checking again, inferred from the reports, or not at all."""

    PROVED = "proved"
    INFERRED = "inferred"
    UNDETERMINED = "undetermined"


class Presence(StrEnum):
    """Where a subject stands in a check.

    It has a `VERDICT`; it is no finding, and the report does not say what (`CLOSED`); there is no such subject, or no
    such rule; or the report had too many findings to list (`UNLISTED`).
    """

    VERDICT = "verdict"
    CLOSED = "closed"
    NO_SUBJECT = "no_subject"
    NO_RULE = "no_rule"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one check says of a rule on a subject."""

    presence: Presence
    verdict: Verdict | None = None
    grade: Grade | None = None
    finding: Finding | None = None

    @property
    def is_finding(self) -> bool:
        """Whether someone must act on it."""
        return self.verdict is not None and self.verdict.is_finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that made a difference: `title` names it, `detail` says what of it is otherwise.

    Of `entries` that are proved, `is_smallest` says that no fewer would make the difference.
    """

    kind: CauseKind
    id: str = ""
    title: str = ""
    detail: str = ""
    before: str = ""
    after: str = ""
    entries: tuple[Entry, ...] = ()
    is_smallest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Causes that together make the difference; where a change has several explanations, each of them is enough.

    Those of an undetermined one are what may have made it, each alone or several together. `because` says from what an
    inference is made, or why nothing can be said.
    """

    how: How
    causes: tuple[Cause, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one rule on one subject between the checks."""

    id: str
    rule: str
    title: str
    clauses: tuple[str, ...]
    subject: Subject
    kind: Kind
    before: Standing
    after: Standing
    explanations: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Two checks, how many findings came to what, and every change, the worst first.

    `differs` names what the checks do not share. Where causes are not proved, `unproved` says why.
    """

    old: Report
    new: Report
    differs: tuple[CauseKind, ...]
    is_proved: bool
    unproved: str
    counts: Mapping[Kind, int]
    changes: tuple[Change, ...]

    @property
    def is_worse(self) -> bool:
        """Whether something is new, or worse than it was."""
        return any(self.counts[each] for each in WORSE)

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """Give the changes of one kind."""
        return tuple(each for each in self.changes if each.kind is kind)


def differ(old: Side, new: Side) -> Diff:
    """Compare two checks; raise `ReportError` for a report whose findings are not what their ids say."""
    reports = old.report, new.report
    ledgers = _Ledger(old.report), _Ledger(new.report)
    unproved = _why_unproved(old, new)
    bench = None if unproved else Bench(old, new)
    differs = tuple(_differs(*reports))
    found: list[Change] = []
    counts = dict.fromkeys(Kind, 0)
    for name in dict.fromkeys((*ledgers[1].named, *ledgers[0].named)):
        pair = _Pair(name, ledgers, bench)
        kind = kind_of(pair.before, pair.after)
        if kind is Kind.UNCHANGED and not pair.before.is_finding:
            continue
        counts[kind] += 1
        if kind is not Kind.UNCHANGED:
            explained = () if kind is Kind.UNCLEAR else _explanations(pair, (old, new), differs, bench)
            found.append(pair.change(kind, explained))
    order = {kind: number for number, kind in enumerate(Kind)}
    found.sort(key=lambda each: (order[each.kind], *_weight(each), each.rule, each.subject.register, each.subject.id))
    return Diff(
        old=old.report,
        new=new.report,
        differs=differs,
        is_proved=bench is not None,
        unproved=unproved,
        counts=MappingProxyType(counts),
        changes=tuple(found),
    )


# --- what became of it ----------------------------------------------------------------------------------------------

_RANK = {Verdict.VIOLATION: 3, Verdict.RISK: 2, Verdict.UNDETERMINED: 1}
_GRADES = {grade: number for number, grade in enumerate(reversed(Grade))}
_GOOD = frozenset({Verdict.COMPLIANT, Verdict.EXEMPT})


def kind_of(before: Standing, after: Standing) -> Kind:
    """Say what became of a rule on a subject."""
    if Presence.UNLISTED in {before.presence, after.presence}:
        return Kind.UNCLEAR
    match before.is_finding, after.is_finding:
        case True, True:
            was, now = _gravity(before), _gravity(after)
            if before.verdict is after.verdict and None in {before.grade, after.grade}:
                return Kind.UNCHANGED
            return Kind.UNCHANGED if was == now else Kind.REGRESSED if now > was else Kind.MILDER
        case False, True:
            return Kind.REGRESSED if before.verdict in _GOOD else Kind.NEW
        case True, False:
            return Kind.GONE if after.presence in {Presence.NO_SUBJECT, Presence.NO_RULE} else Kind.FIXED
    if before.verdict is after.verdict:
        return Kind.UNCHANGED
    known = before.verdict is not None and after.verdict is not None
    return Kind.OTHERWISE if known or Verdict.EXEMPT in {before.verdict, after.verdict} else Kind.UNCHANGED


def _gravity(standing: Standing) -> tuple[int, int]:
    assert standing.verdict is not None
    return _RANK[standing.verdict], -1 if standing.grade is None else _GRADES[standing.grade]


def _weight(change: Change) -> tuple[int, int]:
    """Order by the verdict that matters, the gravest first."""
    standing = change.after if change.after.is_finding else change.before
    rank, grade = _gravity(standing) if standing.is_finding else (0, 0)
    return -rank, -grade


class _Ledger:
    """What one report says of each rule and subject that it names, by the id of such a finding."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.rules = {each.id: each for each in report.rules}
        self.named: dict[str, Standing] = {}
        self.subjects: dict[str, tuple[str, str, tuple[str, ...], Subject]] = {}
        clauses = {rule: each.id for each in reversed(report.clauses) for rule in each.rules}
        for number, each in enumerate((*report.findings, *report.exempted)):
            _require_id(each, self.named, report.dossier.file, number)
            standing = Standing(presence=Presence.VERDICT, verdict=each.verdict, grade=each.grade, finding=each)
            self.named[each.id] = standing
            self.subjects[each.id] = each.rule, each.title, tuple(one.id for one in each.clauses), each.subject
        for kept in report.in_order:
            for subject, _ in kept.named:
                name = fingerprint(kept.rule, subject.register, subject.id)
                if name not in self.named:
                    self.named[name] = Standing(presence=Presence.VERDICT, verdict=Verdict.COMPLIANT)
                    self.subjects[name] = kept.rule, kept.title, kept.clauses or (clauses[kept.rule],), subject
        self.orders: Mapping[str, InOrder] = {each.rule: each for each in report.in_order}
        self.there = {(each.register, each.id) for _, _, _, each in self.subjects.values()}
        self.unlisted = {each.rule for each in report.not_checked if each.kind == "unlisted"}
        self.listed = Counter(
            self.subjects[name][0] for name, each in self.named.items() if each.verdict is not Verdict.COMPLIANT
        )

    def standing(self, name: str, rule: str, subject: Subject) -> Standing:
        """Say what the report says of a rule on a subject that it, or the other report, names."""
        if name in self.named:
            return self.named[name]
        if rule not in self.rules:
            return Standing(presence=Presence.NO_RULE)
        if rule in self.unlisted:
            return Standing(presence=Presence.UNLISTED)
        if is_register(subject):
            return Standing(presence=Presence.CLOSED)
        is_away = (subject.register, subject.id) not in self.there and self._names_all(rule)
        return Standing(presence=Presence.NO_SUBJECT if is_away else Presence.CLOSED)

    def _names_all(self, rule: str) -> bool:
        """Say whether the report names every subject of a rule, so that one that is not named is not there."""
        totals = self.rules[rule].totals
        kept = self.orders.get(rule)
        named = len(kept.named) if kept is not None else 0
        others = sum(count for verdict, count in totals.items() if verdict is not Verdict.COMPLIANT)
        return totals.get(Verdict.COMPLIANT, 0) == named and others == self.listed[rule]


def _require_id(finding: Finding, known: Mapping[str, Standing], file: str, number: int) -> None:
    """Refuse a report in which a finding does not have the id of its rule and subject, or one has it twice."""
    register, subject = finding.subject.register, finding.subject.id
    right = {fingerprint(finding.rule, register, subject), fingerprint(finding.rule, "register", register)}
    if finding.id in right and finding.id not in known:
        return
    message = f"问题编号 {finding.id} " + ("重复" if finding.id in known else "与规则、检查对象不符")
    place = Place(file=file, pointer=f"/findings/{number}/id")
    raise ReportError([Problem(message=message, place=place, suggestion="用 zonecheck check --format json 重新生成")])


class _Pair:
    """One rule on one subject in both checks; what the reports leave open is looked up where a check can be made."""

    def __init__(self, name: str, ledgers: tuple[_Ledger, _Ledger], bench: Bench | None) -> None:
        self.id = name
        known = ledgers[1].subjects.get(name) or ledgers[0].subjects[name]
        self.rule, self.title, self.clauses, self.subject = known
        reported = tuple(each.standing(name, self.rule, self.subject) for each in ledgers)
        self.states: tuple[State | None, State | None] = (None, None)
        if bench is not None:
            whole = frozenset(bench.differing(self.rule))
            self.states = tuple(bench.state(self.rule, self.subject, each) for each in (frozenset(), whole))  # type: ignore[assignment]  # two are two
        self.before, self.after = (_looked_up(each, state) for each, state in zip(reported, self.states, strict=True))

    def change(self, kind: Kind, explanations: tuple[Explanation, ...]) -> Change:
        return Change(
            id=self.id,
            rule=self.rule,
            title=self.title,
            clauses=self.clauses,
            subject=self.subject,
            kind=kind,
            before=self.before,
            after=self.after,
            explanations=explanations,
        )


def _looked_up(reported: Standing, state: State | None) -> Standing:
    """Say more exactly what a report leaves open, where checking again does not contradict it."""
    if state is None or reported.presence is Presence.VERDICT:
        return reported
    if state.verdict is None:
        presence = Presence.CLOSED if reported.presence is Presence.UNLISTED else reported.presence
        if not state.has_rule:
            return Standing(presence=Presence.NO_RULE)
        return Standing(presence=presence if state.has_subject else Presence.NO_SUBJECT)
    if state.verdict.is_finding and reported.presence is not Presence.UNLISTED:
        return reported
    return Standing(presence=Presence.VERDICT, verdict=state.verdict)


# --- why, proved ----------------------------------------------------------------------------------------------------


def _differs(old: Report, new: Report) -> Iterator[CauseKind]:
    """Name what two checks do not share."""
    if old.dossier.sha256 != new.dossier.sha256:
        yield CauseKind.DATA
    if old.policy.sha256 != new.policy.sha256:
        yield CauseKind.PACK
    if (old.as_of, old.projected) != (new.as_of, new.projected):
        yield CauseKind.TIME
    if (old.tool, old.tool_version) != (new.tool, new.tool_version):
        yield CauseKind.PROGRAM


def _why_unproved(old: Side, new: Side) -> str:
    """Say what is not at hand to check again with; nothing where all is."""
    lacking = [
        f"{name}的{'、'.join(parts)}"
        for name, side in (("旧的一方", old), ("新的一方", new))
        if (parts := [part for part, held in (("档案", side.dossier), ("政策包", side.policy)) if held is None])
    ]
    return f"没有{'，'.join(lacking)}，不能重新检查" if lacking else ""


def _explanations(
    pair: _Pair, sides: tuple[Side, Side], differs: Sequence[CauseKind], bench: Bench | None
) -> tuple[Explanation, ...]:
    if bench is None:
        return (_Inference(pair, sides, differs).explanation(),)
    graded = pair.before.verdict is pair.after.verdict
    program = tuple(_program(pair, sides))
    proofs = bench.proofs(pair.rule, pair.subject, graded=graded)
    if proofs:
        return tuple(
            Explanation(how=How.PROVED, causes=(*program, *_causes(each, pair, sides, bench))) for each in proofs
        )
    if program:
        return (Explanation(how=How.PROVED, causes=program),)
    return (Explanation(how=How.UNDETERMINED, because="逐项替换重新检查，没有看到结论的差别"),)


def _program(pair: _Pair, sides: tuple[Side, Side]) -> Iterator[Cause]:
    """Say of each report that says otherwise than this program does on the same dossier, pack and day."""
    for standing, state, side, name in zip(
        (pair.before, pair.after), pair.states, sides, ("旧报告", "新报告"), strict=True
    ):
        if state is None or _agree(standing, state):
            continue
        said = standing.verdict.label if standing.verdict is not None else "不是问题"
        now = state.verdict.label if state.verdict is not None else "不是问题"
        yield Cause(
            kind=CauseKind.PROGRAM,
            id=side.report.program,
            title=name,
            detail="同样的档案、政策包、基准日，本程序的结论不同：程序不同，或者报告被改动过",
            before=said,
            after=now,
        )


def _agree(standing: Standing, state: State) -> bool:
    if standing.presence is Presence.VERDICT:
        return standing.verdict is state.verdict
    return state.verdict is None or not state.verdict.is_finding


def _causes(proof: Proof, pair: _Pair, sides: tuple[Side, Side], bench: Bench) -> Iterator[Cause]:
    old, new = (each.report for each in sides)
    for each in proof.exchanged:
        if each == DATA:
            detail = "" if proof.is_fewest else "项数太多，没有试完，所列的可能多于必要"
            yield Cause(kind=CauseKind.DATA, detail=detail, entries=proof.entries, is_smallest=proof.is_smallest)
        elif each == AGE:
            detail = "完整性声明没有续到新的基准日" if old.as_of < new.as_of else "完整性声明只须到较早的基准日"
            yield replace(_time(old, new), id=AGE.id, detail=detail)
        elif each == TIME:
            time = _time(old, new)
            yield time if proof.since is None else replace(time, detail=f"自{_day(proof.since)}起")
        else:
            yield _of_pack(each, bench.policies, pair.title)


def _time(old: Report, new: Report) -> Cause:
    detail = "" if old.projected is new.projected else "其中一份是推算"
    return Cause(kind=CauseKind.TIME, detail=detail, before=_day(old.as_of), after=_day(new.as_of))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _of_pack(what: Exchange, policies: tuple[Policy, Policy], title: str) -> Cause:
    """Say what of a pack is otherwise: of a rule which of its keys, of a figure and an edition what they were."""
    old, new = policies
    if what.kind == CauseKind.PARAMETER:
        was, now = old.parameters[what.id], new.parameters[what.id]
        return Cause(kind=CauseKind.PARAMETER, id=what.id, title=now.title, before=_figure(was), after=_figure(now))
    if what.kind == CauseKind.STATUTE:
        edition, later = old.statutes[what.id], new.statutes[what.id]
        return Cause(
            kind=CauseKind.STATUTE, id=what.id, title=later.citation, before=_edition(edition), after=_edition(later)
        )
    one, other = (next((each.rule for each in held.rules if each.rule.id == what.id), None) for held in policies)
    detail = "新增规则" if one is None else "删去规则"
    if one is not None and other is not None:
        keys = changed_keys(one, other, WITH_GRADE)
        detail = f"改了{'、'.join(keys)}" if keys else "文件自身的编号改了"
    return Cause(
        kind=CauseKind.RULE,
        id=what.id,
        title=title,
        detail=detail,
        before="" if one is None else old.stamp.named,
        after="" if other is None else new.stamp.named,
    )


def _figure(figure: Parameter) -> str:
    """Word the dated values of a figure."""
    told = []
    for each in figure.values:
        value = "、".join(each.value) if isinstance(each.value, tuple) else say_number(each.value, figure.unit)
        told.append(f"{_as_known(each.first_day)}起{value}{'' if each.verified else '（待核实）'}")
    return "，".join(told)


def _edition(statute: Statute) -> str:
    """Word the days of an edition, and what of it nobody has seen."""
    last = "" if statute.last_day is None else f"至{_as_known(statute.last_day)}"
    unseen = [name for name, seen in (("文本", statute.text_seen), ("施行日", statute.first_day_seen)) if not seen]
    remark = f"（{'、'.join(unseen)}未见）" if unseen else ""
    return f"{_as_known(statute.first_day)}起{last}{remark}"


def _as_known(day: Value) -> str:
    """Word a day as precisely as it is known.

    >>> from checker.values import Range
    >>> _as_known(date(2009, 1, 2)), _as_known(Range(date(2009, 1, 1), date(2009, 12, 31)))
    ('2009年1月2日', '2009年')
    """
    ends = written_day(day).split("/")
    told = (
        "".join(f"{int(part)}{unit}" for part, unit in zip(each.split("-"), "年月日", strict=False)) for each in ends
    )
    return "至".join(told) if ends[0] else "日期不详"


# --- why, inferred --------------------------------------------------------------------------------------------------


class _Inference:
    """What two reports show of the causes of a change, by what they list: facts, tests, figures, bases."""

    def __init__(self, pair: _Pair, sides: tuple[Side, Side], differs: Sequence[CauseKind]) -> None:
        self.pair, self.sides = pair, sides
        self.one, self.other = pair.before.finding, pair.after.finding
        self.open = list(differs)
        old, new = (each.policy for each in sides)
        self.policies = None if old is None or new is None else (old, new)
        self.in_packs: tuple[Cause, ...] = ()
        if self.policies is not None and CauseKind.PACK in self.open:
            self.in_packs = tuple(_of_pack(each, self.policies, pair.title) for each in self._exchanges())
            if not self.in_packs:
                self.open.remove(CauseKind.PACK)

    def _exchanges(self) -> Iterator[Exchange]:
        assert self.policies is not None
        rule = self.pair.rule
        one, other = (next((each for each in held.rules if each.rule.id == rule), None) for held in self.policies)
        return pack_differences(self.policies, (one, other), rule)

    def explanation(self) -> Explanation:
        """Give what can be inferred, and from what."""
        clues = tuple(self.clues())
        labels = "、".join(each.label for each in self.open)
        if Presence.NO_RULE in {self.pair.before.presence, self.pair.after.presence}:
            return _inferred("两份报告所列的规则不同", clues)
        if not self.open:
            why = "两份报告的档案、政策包、基准日、程序版本都相同：其中一份被改动过，或者程序文件不同"
            return Explanation(how=How.UNDETERMINED, because=why)
        if len(self.open) == 1:
            [only] = self.open
            return _inferred(f"两份报告只有{labels}不同", clues or (self.plain(only),))
        if clues and CauseKind.TIME in self.open:
            why = f"两份报告的{labels}不同；这一项所列的内容有这些不同，看不出是因为它们还是因为基准日，还是合在一起"
            return Explanation(how=How.UNDETERMINED, causes=(*clues, self.plain(CauseKind.TIME)), because=why)
        if clues:
            return _inferred(f"两份报告的{labels}不同；这一项所列的内容有这些不同", clues)
        unlike = tuple(self.unlike())
        if unlike:
            why = f"两份报告的{labels}不同；这一项所列的{'、'.join(unlike)}也不同，看不出是因为哪一个，还是几个合在一起"
            return Explanation(how=How.UNDETERMINED, because=why)
        if CauseKind.TIME in self.open and CauseKind.PROGRAM not in self.open and self.one and self.other:
            because = f"两份报告的{labels}不同；这一项所列的事实、判定项和依据都相同"
            return _inferred(because, (self.plain(CauseKind.TIME),))
        why = f"两份报告的{labels}不同，这一项所列的内容看不出是哪一个"
        return Explanation(how=How.UNDETERMINED, because=why)

    def unlike(self) -> Iterator[str]:
        """Name what of the two findings is not the same, whatever made it so."""
        if self.one is None or self.other is None:
            return
        was, now = _facts(self.one), _facts(self.other)
        for name in dict.fromkeys((*was, *now)):
            if sorted(map(_rests_on, was.get(name, ()))) != sorted(map(_rests_on, now.get(name, ()))):
                yield f"“{(now.get(name) or was[name])[0].label}”"
        for aspect, read in _ASPECTS.items():
            if read(self.one) != read(self.other):
                yield aspect

    def plain(self, kind: CauseKind) -> Cause:
        """Give a cause of which no more is known than that it differs."""
        old, new = (each.report for each in self.sides)
        match kind:
            case CauseKind.TIME:
                return _time(old, new)
            case CauseKind.PACK:
                return Cause(kind=kind, before=old.policy.named, after=new.policy.named)
            case CauseKind.PROGRAM:
                return Cause(kind=kind, before=old.program, after=new.program)
        return Cause(kind=kind, before=old.dossier.id, after=new.dossier.id)

    def clues(self) -> Iterator[Cause]:
        """Give the causes that what is listed speaks for."""
        if CauseKind.DATA in self.open:
            entries = tuple(self.entries())
            if entries:
                yield Cause(kind=CauseKind.DATA, entries=entries)
        if CauseKind.PACK in self.open:
            yield from self.in_packs or self.of_pack()

    def of_pack(self) -> Iterator[Cause]:
        """Read off two findings what of the pack is otherwise."""
        rule, title = self.pair.rule, self.pair.title
        presences = self.pair.before.presence, self.pair.after.presence
        if Presence.NO_RULE in presences:
            detail = "新增规则" if presences[0] is Presence.NO_RULE else "删去规则"
            yield Cause(kind=CauseKind.RULE, id=rule, title=title, detail=detail)
        if self.one is None or self.other is None:
            return
        if _reading(self.one) != _reading(self.other):
            yield Cause(kind=CauseKind.RULE, id=rule, title=title, detail="判定项不同")
        was, now = _figures(self.one), _figures(self.other)
        for name in was:
            if name in now and _held(was[name]) != _held(now[name]):
                yield Cause(
                    kind=CauseKind.PARAMETER,
                    id=name.removeprefix("param."),
                    title=now[name].label,
                    before=was[name].text,
                    after=now[name].text,
                )
        editions = [{each.statute: each for each in held.basis} for held in (self.one, self.other)]
        for name in dict.fromkeys((*editions[0], *editions[1])):
            one, other = (each.get(name) for each in editions)
            if one != other:
                known = other or one
                assert known is not None
                told = tuple("不是依据" if each is None else f"{each.in_force_from}起" for each in (one, other))
                yield Cause(kind=CauseKind.STATUTE, id=name, title=known.title, before=told[0], after=told[1])

    def entries(self) -> Iterator[Entry]:
        """Compare the facts and the missing facts of both findings: what was worked out from others comes last.

        Where something else differs too, only what one place of the dossier says in both is a change of the dossier:
        what was worked out, and what only one of them lists or lacks, may be otherwise for the other cause alone.
        """
        if self.one is None or self.other is None:
            return
        if self.open != [CauseKind.DATA]:
            yield from _rewritten(self.one, self.other)
            return
        was, now = _facts(self.one), _facts(self.other)
        found = [
            Entry(
                pointer=now[name][0].pointer or was[name][0].pointer,
                label=now[name][0].label,
                before=_text(was[name]),
                after=_text(now[name]),
            )
            for name in was
            if name in now and sorted(map(_held, was[name])) != sorted(map(_held, now[name]))
        ]
        lacked, lacks = _lacking(self.one), _lacking(self.other)
        for key in dict.fromkeys((*lacked, *lacks)):
            if (key in lacked) is not (key in lacks):
                each = lacked.get(key) or lacks[key]
                before = ABSENT if key in lacked else _known(each, was)
                after = ABSENT if key in lacks else _known(each, now)
                found.append(
                    Entry(pointer=each.pointer, label=each.label, record=each.record, before=before, after=after)
                )
        yield from [each for each in found if each.pointer] or found


KNOWN = "（已有）"


def _inferred(because: str, causes: tuple[Cause, ...]) -> Explanation:
    return Explanation(how=How.INFERRED, causes=causes, because=because)


def _rewritten(one: Finding, other: Finding) -> Iterator[Entry]:
    """Give what the same place of the dossier says otherwise: a silence may become none as the days go by."""
    was, now = ({(each.name, _place(each, held)): each for each in held.facts if each.pointer} for held in (one, other))
    for key, before in was.items():
        after = now.get(key)
        if after is None or _held(before) == _held(after) or "unknown" in {before.state, after.state}:
            continue
        yield Entry(pointer=after.pointer, label=after.label, before=before.text, after=after.text)


def _place(fact: Fact, finding: Finding) -> str:
    """Give the place of a fact within the subject, wherever the subject stands in the file."""
    return fact.pointer.removeprefix(finding.subject.pointer + "/")


def _facts(finding: Finding) -> dict[str, list[Fact]]:
    """Give the facts by their names, which are the same in every language."""
    found: dict[str, list[Fact]] = {}
    for each in finding.facts:
        if not each.name.startswith("param."):
            found.setdefault(each.name, []).append(each)
    return found


def _figures(finding: Finding) -> dict[str, Fact]:
    return {each.name: each for each in finding.facts if each.name.startswith("param.")}


def _held(fact: Fact) -> str:
    """Give what a fact says, whatever the language it is worded in."""
    return f"{fact.state} {fact.value} {fact.low} {fact.high}"


def _rests_on(fact: Fact) -> tuple[str, tuple[str, ...], int]:
    """Give what a fact says and what of the dossier it was made from."""
    return _held(fact), fact.origins, fact.unlisted


def _text(facts: Sequence[Fact]) -> str:
    return "、".join(dict.fromkeys(each.text for each in facts))


def _lacking(finding: Finding) -> dict[tuple[str, str], Missing]:
    """Give what is missing by the record and the field, whatever the place of the record in the file."""
    return {(each.record or each.pointer, each.pointer.rpartition("/")[2]): each for each in finding.missing}


def _known(missing: Missing, facts: Mapping[str, list[Fact]]) -> str:
    """Word what one finding lacks and the other does not, where that one lists it."""
    told = (_text(held) for held in facts.values() if any(each.label == missing.label for each in held))
    return next(told, KNOWN)


def _reading(finding: Finding) -> tuple[object, ...]:
    """Give what a finding shows of its rule, in the rule language: the tests, without their truths."""
    return finding.kind, *((name, _shape(each)) for name, each in sorted(finding.tests.items()))


def _shape(node: TestNode) -> tuple[object, ...]:
    return node.op, node.text, *map(_shape, node.parts)


def _truths(finding: Finding) -> tuple[object, ...]:
    """Give the tests with the truths that they had."""

    def told(node: TestNode) -> tuple[object, ...]:
        return node.op, node.text, node.truth, *map(told, node.parts)

    return tuple((name, told(each)) for name, each in sorted(finding.tests.items()))


def _pleaded(finding: Finding) -> tuple[object, ...]:
    """Give the facts that are pleaded for each ground of exemption."""
    return tuple(tuple(map(_rests_on, each.facts)) for each in finding.exemptions)


def _bases(finding: Finding) -> tuple[object, ...]:
    return tuple((each.statute, each.articles, each.in_force_from, each.firm) for each in finding.basis)


_ASPECTS: Mapping[str, Callable[[Finding], object]] = MappingProxyType(
    {
        "判定项的真假": _truths,
        "缺的事实": lambda each: _lacking(each).keys(),
        "豁免理由所据的事实": _pleaded,
        "依据": _bases,
    }
)
"""What of a finding may differ beside its facts."""
