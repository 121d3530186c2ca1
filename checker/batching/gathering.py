"""From the digests of a run to what is said of all zones together: pure, and in whatever order they come.

A zone of which little is known must never look good. So the share of what is undetermined stands beside that of the
violations, a share of violations has the end it could reach, and a zone of which more than half is undetermined is
not ranked.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from typing import NamedTuple

from checker.batching.crossing import Crossing, cross
from checker.batching.digest import NO_GRADE, Digest, added, written
from checker.batching.failure import Failure, Why
from checker.batching.provinces import PROVINCES, province_name
from checker.batching.totals import Totals
from checker.classes import dataclass
from checker.errors import Problem
from checker.language.tree import Constant, Node
from checker.model import Amount, Grade, PolicyStamp, Rung, Verdict
from checker.policy.loading import Policy
from checker.reporting.wording import LEVELS

MOST_PAPERS = 200
"""How many papers are listed, the most wanted first."""
MOST_PROBLEMS, LONGEST_MESSAGE = 3, 1000
"""How many problems of a dossier that was not checked are told, and in how many characters."""
ELSEWHERE = "其他"
"""The article of a rule that the pack given does not have."""
UNNAMED_LEVEL = "级别不详"
_GRADES = (*(each.value for each in Grade), NO_GRADE)
_FOUR_PLACES = Decimal("0.0001")


def share(part: int, whole: int) -> Decimal | None:
    """Give a share to four places, but none or all only where it is that.

    >>> share(1, 3), share(1, 100_000), share(99_999, 100_000), share(0, 0)
    (Decimal('0.3333'), Decimal('0.0001'), Decimal('0.9999'), None)
    """
    if not whole:
        return None
    exact = (Decimal(part) / whole).quantize(_FOUR_PLACES)
    if part and not exact:
        return _FOUR_PLACES
    return 1 - _FOUR_PLACES if part < whole and exact == 1 else exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Pairs of rule and subject by verdict; those not applicable count in no share."""

    totals: Mapping[Verdict, int]

    def of(self, verdict: Verdict) -> int:
        """Give the pairs of one verdict."""
        return self.totals.get(verdict, 0)

    @property
    def applicable(self) -> int:
        """The pairs that a rule applies to, or may apply to."""
        return sum(number for verdict, number in self.totals.items() if verdict is not Verdict.NOT_APPLICABLE)

    @property
    def decided(self) -> int:
        """The pairs of which it is known whether they comply."""
        return self.of(Verdict.VIOLATION) + self.of(Verdict.COMPLIANT) + self.of(Verdict.EXEMPT)

    @property
    def violation_share(self) -> Decimal | None:
        """The share that violates for certain."""
        return share(self.of(Verdict.VIOLATION), self.applicable)

    @property
    def most_violation_share(self) -> Decimal | None:
        """The share that would violate if all that is suspected or not known did."""
        open_pairs = sum(self.of(each) for each in Verdict if each.is_finding)
        return share(open_pairs, self.applicable)

    @property
    def decided_violation_share(self) -> Decimal | None:
        """The share of what is decided that violates."""
        return share(self.of(Verdict.VIOLATION), self.decided)

    @property
    def undetermined_share(self) -> Decimal | None:
        """The share of which the dossier does not tell."""
        return share(self.of(Verdict.UNDETERMINED), self.applicable)

    @property
    def is_thin(self) -> bool:
        """Whether more than half is undetermined, or nothing applies: too little to compare with others."""
        return 2 * self.of(Verdict.UNDETERMINED) > self.applicable or not self.applicable


def _together(held: Iterable[Mapping[Verdict, int]]) -> Tally:
    counts: Counter[Verdict] = Counter()
    for each in held:
        counts.update(each)
    return Tally(totals={verdict: counts[verdict] for verdict in Verdict})


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRow:
    """One dossier; `rank` is None where too little is known. `articles` are in the order of those of the summary."""

    rank: int | None
    name: str
    dossier: str
    sha256: str
    policy: str
    program: str
    as_of: str
    projected: bool
    zone: str
    zone_name: str
    level: str
    province: str
    tally: Tally
    grades: Mapping[str, Mapping[Verdict, int]]
    amount: Amount | None
    step: str
    step_to_verify: str
    articles: tuple[Tally, ...]
    clauses: Mapping[str, Mapping[Verdict, int]]
    rules: Mapping[str, Mapping[Verdict, int]]

    @property
    def called(self) -> str:
        """What people call the zone: its name, else its number."""
        return self.zone_name or self.zone


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """The zones of one province or level; `with_violation` have at least one, `thin` are those not ranked."""

    key: str
    label: str
    dossiers: int
    with_violation: int
    thin: int
    tally: Tally
    amount: Amount | None
    articles: tuple[Tally, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule over all zones, with how many of them violate it, may violate it, or do not tell."""

    id: str
    title: str
    grade: str
    article: str
    tally: Tally
    violating: int
    suspected: int
    undetermined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A paper that zones are asked for: how many, for how many findings, and how much it would settle alone."""

    document: str
    zones: int
    findings: int
    settles: int
    weight: int


class Bin(NamedTuple):
    """A part of a distribution, and how many dossiers fall into it."""

    label: str
    dossiers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How a number is distributed over the dossiers; `id` names it for programs."""

    id: str
    title: str
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A dossier of the run that was not checked: nothing is known of it, and it counts as nothing."""

    name: str
    source: str
    why: Why
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyUse:
    """A policy pack that dossiers were checked with; `is_given` for the one that the run was given."""

    sha256: str
    named: str
    dossiers: int
    is_given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything that is said of the zones of a run together. The zones come worst first, and so do the rules.

    `articles` are the headings of the document that some rule checks, each rule under its first clause: so the pairs
    by article sum to all pairs. `norms` are the clauses with their articles: a pair of a rule with two clauses counts
    under both. `steps` counts the dossiers by the heaviest step that is
    proposed on what is proved, and by a heavier one that has to be verified first.
    """

    schema_version: str = field(default="1.0", init=False)
    policy: PolicyStamp
    policies: tuple[PolicyUse, ...]
    programs: tuple[str, ...]
    first_day: str
    last_day: str
    zones: int
    tally: Tally
    grades: Mapping[str, Mapping[Verdict, int]]
    amount: Amount | None
    articles: tuple[str, ...]
    norms: tuple[tuple[str, str], ...]
    rows: tuple[ZoneRow, ...]
    provinces: tuple[GroupRow, ...]
    levels: tuple[GroupRow, ...]
    rules: tuple[RuleRow, ...]
    papers: tuple[PaperRow, ...]
    papers_more: int
    steps: Mapping[str, tuple[int, int]]
    histograms: tuple[Histogram, ...]
    failures: tuple[Unfinished, ...]
    crossing: Crossing

    @property
    def thin(self) -> int:
        """How many dossiers are not ranked."""
        return sum(each.rank is None for each in self.rows)


def summarise(
    digests: Iterable[Digest], failures: Iterable[Failure], policy: Policy, totals: Totals | None = None
) -> Summary:
    """Say of all *digests* together what there is to say; *totals* is a table of a province to hold against them.

    The order of digests and failures does not matter: the same ones give the same summary.
    """
    held = sorted(digests, key=lambda each: (each.zone, each.name, hashlib.sha256(written(each)).digest()))
    titles = {each.rule.id: (each.rule.title, each.rule.clauses[0].heading) for each in policy.rules}
    norms = _norms(held, policy)
    articles = _articles(held, policy, titles)
    rows = _ranked([_row(each, articles, titles) for each in held])
    papers = tuple(_papers(held))
    return Summary(
        policy=policy.stamp,
        policies=_policies(held, policy.stamp),
        programs=tuple(sorted({each.program for each in held})),
        first_day=min((each.as_of for each in held), default=""),
        last_day=max((each.as_of for each in held), default=""),
        zones=len({each.zone for each in held}),
        tally=_together(each.totals for each in held),
        grades=_grades(each.grades for each in held),
        amount=_amount(held),
        articles=articles,
        norms=norms,
        rows=rows,
        provinces=_provinces(rows),
        levels=_levels(rows),
        rules=_rules(held, titles, {each.rule.id: _grade(each.rule.grade) for each in policy.rules}),
        papers=papers[:MOST_PAPERS],
        papers_more=max(len(papers) - MOST_PAPERS, 0),
        steps={
            rung.value: (sum(each.step == rung for each in held), sum(each.step_to_verify == rung for each in held))
            for rung in Rung
        },
        histograms=_histograms(rows),
        failures=tuple(
            sorted(map(_unfinished, failures), key=lambda each: (each.why, each.name, each.source, each.message))
        ),
        crossing=cross(held, totals),
    )


def _unfinished(failed: Failure) -> Unfinished:
    """Give a failure with the first of its problems on one line, each with its place in what failed."""
    blocking = [each for each in failed.problems if each.blocking] or list(failed.problems)
    more = f"；另有{len(blocking) - MOST_PROBLEMS}处" if len(blocking) > MOST_PROBLEMS else ""
    told = "；".join(map(_placed, blocking[:MOST_PROBLEMS]))[:LONGEST_MESSAGE]
    return Unfinished(name=failed.name, source=failed.source, why=failed.why, message=f"{told}{more}")


def _placed(problem: Problem) -> str:
    """Word a problem behind its place, as far as it lies inside the file that is named beside it.

    >>> from checker.errors import Place
    >>> _placed(Problem(message="没有这个字段", place=Place(file="a.json", pointer="/zone/x", line=3, column=9)))
    '第3行第9列 /zone/x：没有这个字段'
    """
    place = problem.place
    line = "" if place.line is None else f"第{place.line}行" + ("" if place.column is None else f"第{place.column}列")
    return "：".join(filter(None, (" ".join(filter(None, (line, place.pointer))), problem.label, problem.message)))


def _grade(grade: Node) -> str:
    """Give the grade of a rule where it is one and the same for all subjects."""
    return grade.value if isinstance(grade, Constant) and isinstance(grade.value, str) else ""


def _row(held: Digest, articles: Sequence[str], titles: Mapping[str, tuple[str, str]]) -> ZoneRow:
    parts: dict[str, list[Mapping[Verdict, int]]] = defaultdict(list)
    for rule, counts in held.rules.items():
        parts[titles[rule][1] if rule in titles else ELSEWHERE].append(counts)
    return ZoneRow(
        rank=None,
        name=held.name,
        dossier=held.dossier,
        sha256=held.sha256,
        policy=held.policy,
        program=held.program,
        as_of=held.as_of,
        projected=held.projected,
        zone=held.zone,
        zone_name=held.zone_name,
        level=held.level,
        province=held.province,
        tally=_together([held.totals]),
        grades=held.grades,
        amount=held.amount,
        step=held.step,
        step_to_verify=held.step_to_verify,
        articles=tuple(_together(parts[each]) for each in articles),
        clauses=held.clauses,
        rules=held.rules,
    )


def _ranked(rows: Sequence[ZoneRow]) -> tuple[ZoneRow, ...]:
    """Put the worst first: by violations from the gravest grade down, suspicions, and what is not known.

    Those that are alike have the same rank. One of which too little is known stands where its violations put it, ahead
    of those that have as many and of which more is known, and has no rank.
    """
    ordered = sorted(rows, key=lambda each: (*_weight(each), each.zone, each.name))
    found: list[ZoneRow] = []
    number, rank = 0, 0
    before: tuple[object, ...] = ()
    for each in ordered:
        if each.tally.is_thin:
            found.append(each)
            continue
        number += 1
        weight = _weight(each)
        rank = rank if weight == before else number
        before = weight
        found.append(replace(each, rank=rank))
    return tuple(found)


def _weight(row: ZoneRow) -> tuple[Decimal | int, ...]:
    by_grade = tuple(-row.grades.get(grade, {}).get(Verdict.VIOLATION, 0) for grade in _GRADES)
    unknown = row.tally.undetermined_share
    return (
        *by_grade,
        -row.tally.of(Verdict.VIOLATION),
        -row.tally.of(Verdict.RISK),
        Decimal(-1) if unknown is None else -unknown,
    )


def _norms(held: Sequence[Digest], policy: Policy) -> tuple[tuple[str, str], ...]:
    """Give the clauses that some digest speaks of, in the order of the document; those of no norm given come last."""
    spoken = {clause for each in held for clause in each.clauses}
    known = [(each.id, each.heading) for each in policy.norms.values() if each.id in spoken]
    return (*known, *((each, ELSEWHERE) for each in sorted(spoken - policy.norms.keys())))


def _articles(held: Sequence[Digest], policy: Policy, titles: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    spoken = {titles[rule][1] if rule in titles else ELSEWHERE for each in held for rule in each.rules}
    headings = dict.fromkeys((*(each.heading for each in policy.norms.values()), ELSEWHERE))
    return tuple(each for each in headings if each in spoken)


def _grades(held: Iterable[Mapping[str, Mapping[Verdict, int]]]) -> Mapping[str, Mapping[Verdict, int]]:
    counts: Counter[tuple[str, Verdict]] = Counter()
    for each in held:
        counts.update({(grade, verdict): number for grade, found in each.items() for verdict, number in found.items()})
    return {grade: {verdict: counts[grade, verdict] for verdict in Verdict if verdict.is_finding} for grade in _GRADES}


def _amount(held: Iterable[Digest | ZoneRow]) -> Amount | None:
    amounts = [each.amount for each in held if each.amount is not None]
    return added(amounts) if amounts else None


def _policies(held: Sequence[Digest], given: PolicyStamp) -> tuple[PolicyUse, ...]:
    counts = Counter((each.policy, each.policy_named) for each in held)
    used = [
        PolicyUse(sha256=sha256, named=named, dossiers=number, is_given=sha256 == given.sha256)
        for (sha256, named), number in counts.items()
    ]
    return tuple(sorted(used, key=lambda each: (not each.is_given, each.named, each.sha256)))


# --- by province, level, rule and paper -------------------------------------------------------------------------------


def _provinces(rows: Sequence[ZoneRow]) -> tuple[GroupRow, ...]:
    order = {code: place for place, code in enumerate(PROVINCES)}
    codes = sorted({each.province for each in rows}, key=lambda each: (not each, order.get(each, len(order)), each))
    return tuple(_group(code, province_name(code), [each for each in rows if each.province == code]) for code in codes)


def _levels(rows: Sequence[ZoneRow]) -> tuple[GroupRow, ...]:
    found = {level: [each for each in rows if each.level == level] for level in LEVELS}
    other = [each for each in rows if each.level not in LEVELS]
    named = [_group(level, LEVELS[level], held) for level, held in found.items() if held]
    return (*named, *([_group("", UNNAMED_LEVEL, other)] if other else []))


def _group(key: str, label: str, rows: Sequence[ZoneRow]) -> GroupRow:
    return GroupRow(
        key=key,
        label=label,
        dossiers=len(rows),
        with_violation=sum(each.tally.of(Verdict.VIOLATION) > 0 for each in rows),
        thin=sum(each.rank is None for each in rows),
        tally=_together(each.tally.totals for each in rows),
        amount=_amount(rows),
        articles=tuple(
            _together(each.totals for each in held) for held in zip(*(each.articles for each in rows), strict=True)
        ),
    )


def _rules(
    held: Sequence[Digest], titles: Mapping[str, tuple[str, str]], grades: Mapping[str, str]
) -> tuple[RuleRow, ...]:
    """Give the rules that some digest speaks of: those that most zones violate first."""
    parts: dict[str, list[Mapping[Verdict, int]]] = defaultdict(list)
    for each in held:
        for rule, counts in each.rules.items():
            parts[rule].append(counts)
    found = [
        RuleRow(
            id=rule,
            title=titles.get(rule, ("", ""))[0],
            grade=grades.get(rule, ""),
            article=titles.get(rule, ("", ELSEWHERE))[1],
            tally=_together(counts),
            violating=sum(each.get(Verdict.VIOLATION, 0) > 0 for each in counts),
            suspected=sum(each.get(Verdict.RISK, 0) > 0 for each in counts),
            undetermined=sum(each.get(Verdict.UNDETERMINED, 0) > 0 for each in counts),
        )
        for rule, counts in parts.items()
    ]
    return tuple(
        sorted(
            found,
            key=lambda each: (
                -each.violating,
                -each.tally.of(Verdict.VIOLATION),
                -each.suspected,
                -each.tally.of(Verdict.RISK),
                -each.undetermined,
                each.id,
            ),
        )
    )


def _papers(held: Sequence[Digest]) -> list[PaperRow]:
    """Add up what the dossiers ask for, paper by paper: those that settle most by weight first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for each in held:
        for paper in each.papers:
            numbers = counts[paper.document]
            for place, number in enumerate((1, paper.findings, paper.settles, paper.weight)):
                numbers[place] += number
    found = (
        PaperRow(document=document, zones=zones, findings=findings, settles=settles, weight=weight)
        for document, (zones, findings, settles, weight) in counts.items()
    )
    return sorted(found, key=lambda each: (-each.weight, -each.zones, -each.findings, each.document))


# --- distributions ----------------------------------------------------------------------------------------------------


_COUNTS = (0, 1, 2, 5, 10, 20, 50)
"""The last number of each part but the last of the distribution of violations."""
_SUMS = (
    (Decimal(10) ** 6, "100万元"),
    (Decimal(10) ** 7, "1,000万元"),
    (Decimal(10) ** 8, "1亿元"),
    (Decimal(10) ** 9, "10亿元"),
)


def _histograms(rows: Sequence[ZoneRow]) -> tuple[Histogram, ...]:
    return (
        Histogram(
            id="violations", title="违反项数", bins=_by_count([each.tally.of(Verdict.VIOLATION) for each in rows])
        ),
        Histogram(
            id="violation_share",
            title="违反占已能判定的比例",
            bins=_by_share([each.tally.decided_violation_share for each in rows]),
        ),
        Histogram(
            id="undetermined_share",
            title="资料不足占适用事项的比例",
            bins=_by_share([each.tally.undetermined_share for each in rows]),
        ),
        Histogram(id="amount", title="违反涉及金额（至少）", bins=_by_sum([each.amount for each in rows])),
    )


def _by_count(numbers: Sequence[int]) -> tuple[Bin, ...]:
    found: list[Bin] = []
    first = 0
    for last in _COUNTS:
        label = f"{last}项" if first == last else f"{first}—{last}项"
        found.append(Bin(label, sum(first <= each <= last for each in numbers)))
        first = last + 1
    return (*found, Bin(f"{first}项以上", sum(each >= first for each in numbers)))


def _by_share(shares: Sequence[Decimal | None]) -> tuple[Bin, ...]:
    """Part shares by tenths; none at all is a part of its own, and so is one that nothing can be said of."""
    known = [each for each in shares if each is not None]
    tenths = Counter(min(int((each * 100).to_integral_value("ROUND_CEILING") - 1) // 10, 9) for each in known if each)
    bins = [Bin("0", sum(not each for each in known))]
    bins.extend(
        Bin(f"{'' if not place else f'{place * 10}%至'}{place * 10 + 10}%", tenths[place]) for place in range(10)
    )
    return (*bins, Bin("无从计算", len(shares) - len(known)))


def _by_sum(amounts: Sequence[Amount | None]) -> tuple[Bin, ...]:
    lows = [each.low_cny or Decimal(0) for each in amounts if each is not None]
    found: list[Bin] = [Bin("没有或者未载金额", len(amounts) - len(lows))]
    before, words = Decimal(0), ""
    for top, label in _SUMS:
        found.append(Bin(f"{words}不到{label}", sum(before <= each < top for each in lows)))
        before, words = top, f"{label}以上、"
    return (*found, Bin(_SUMS[-1][1] + "以上", sum(each >= before for each in lows)))


def verdicts_by_row(rows: Iterable[ZoneRow]) -> Iterator[tuple[ZoneRow, str, Verdict, int]]:
    """Give what each rule says of each dossier, verdict by verdict, where there is any."""
    for each in rows:
        for rule, counts in each.rules.items():
            for verdict in Verdict:
                if number := counts.get(verdict, 0):
                    yield each, rule, verdict, number
