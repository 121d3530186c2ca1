"""A report as one HTML file that needs no script, no network and no second file.

The template loops and prints; what stands in a row is settled here, before the template sees it.
"""

from collections import Counter
from io import BytesIO
from itertools import islice
from typing import NamedTuple

from checker.catalogues import Catalogue, interface
from checker.model import Finding, Party, Report, Verdict
from checker.reporting import adjudged, arrangement, foreseen, wording
from checker.reporting.description import Ground, Teller, beside
from checker.reporting.environment import script, template
from checker.reporting.picture import KINDS, picture
from checker.reporting.rows import Rows

AT_ONCE = 32
"""So many pieces of a page are joined before they are written."""
_NARROWEST = 2.5
_LABELLED = 9

_MEANINGS = {
    Verdict.VIOLATION: "事实和依据均已查明",
    Verdict.RISK: "有迹象，或所据数值、文本尚待核实",
    Verdict.UNDETERMINED: "档案没有决定性的事实，不等于符合",
    Verdict.COMPLIANT: "事实齐备，未见问题",
    Verdict.EXEMPT: "有凭证证明的免责事由",
    Verdict.NOT_APPLICABLE: "规则不适用于该对象",
}


class Bar(NamedTuple):
    """A part of the bar; `label` is empty where the part is too narrow for its number."""

    verdict: str
    left: float
    width: float
    middle: float
    label: str


class Count(NamedTuple):
    """One number of the conclusion."""

    verdict: str
    label: str
    number: int
    meaning: str


class GroundRows(NamedTuple):
    """Problems of one rule that rest on the same ground, which is told once; the `first` and the `last` number."""

    shared: Ground
    first: int
    last: int
    problems: tuple[Finding, ...]


class RuleRows(NamedTuple):
    """The problems of one rule under one clause; `verdict` is the worst of them."""

    id: str
    title: str
    verdict: str
    number: int
    grounds: tuple[GroundRows, ...]


class Choices(NamedTuple):
    """What the findings can be filtered by: each choice with its id, its words and how many it leaves."""

    articles: tuple[tuple[str, str, int], ...]
    verdicts: tuple[tuple[str, str, int], ...]
    parties: tuple[tuple[str, str, int], ...]


class AttestedRow(NamedTuple):
    """An attestation in words; `places` are where the page tells of what it is about: `f1`, `open`, `exempted`."""

    id: str
    about: str
    told: str
    by: str
    against: str
    places: tuple[str, ...]
    at: str
    cell: str


class ClauseRows(NamedTuple):
    """The problems of one clause; the widths of its two bars are shares of the longest row of the picture."""

    id: str
    quote: str
    violations: int
    risks: int
    violation_width: float
    risk_width: float
    rules: tuple[RuleRows, ...]


def render(report: Report, language: str = "") -> bytes:
    """Write *report* as HTML; what stands around its own sentences in *language*, by default in theirs.

    The findings, which may be many, are put into words as the page is written, so that they do not stand in memory
    a second time.
    """
    words = interface(language or report.language)
    said = wording.words_of(report.mode, words)
    articles = arrangement.by_article(report)
    numbers = arrangement.numbered(articles)
    attested = arrangement.attested(report)
    tell = Teller(report.mode, words, numbers=numbers, cells=report.cells, attested=attested)
    rows = Rows(tell, words)
    pieces = template("report.html.j2", words.language).generate(
        _=words,
        page=words.language,
        report=report,
        words=said,
        as_of=wording.told_day(report.as_of, words),
        dossier_day=wording.told_day(report.dossier.as_of, words),
        level=wording.level(report.zone.level, words),
        conclusion=wording.conclusion(report, words),
        counts=_counts(report, wording.COUNTED, words),
        aside=_counts(report, wording.ASIDE, words),
        bars=_bars(report),
        rows=rows,
        urgent=tuple((each.title, tell(each)) for each in arrangement.urgent(report)),
        articles=_articles(articles, tell, words),
        matters=adjudged.groups(report, numbers, words),
        earlier=adjudged.earlier(report, numbers, words),
        steps=adjudged.steps(report, numbers, words),
        steps_heading=adjudged.heading(report, words),
        caveats=tuple(adjudged.caveats(report, words)),
        ahead=None if report.ahead is None else foreseen.heading(report.ahead, words),
        turns=foreseen.turns(report, numbers, words),
        nothing_ahead=foreseen.nothing(report, words),
        law_ahead=foreseen.law(report, words),
        groups=tuple(
            (
                group,
                words("、").join(group.missing),
                group.findings[0].clauses[0].article,
                beside((one for each in group.findings for one in attested.get(each.id, ())), words),
            )
            for group in arrangement.undecided(report.findings)
        ),
        silences=arrangement.silences(report, report.findings),
        exempted=_exempted(report),
        attested=_attested(report, numbers, words),
        clear=tuple(
            (wording.article(each.article, words), each.id, each.quote, each.totals.get(Verdict.COMPLIANT, 0))
            for each in arrangement.clear(report)
        ),
        untouched=tuple(
            (wording.article(each.article, words), each.id, each.quote) for each in arrangement.untouched(report)
        ),
        registers=tuple(
            (each, "" if each.as_of is None else wording.told_day(each.as_of, words)) for each in report.registers
        ),
        rules=tuple(
            (
                each.id,
                each.title,
                tuple(
                    (said.short[verdict], each.totals.get(verdict, 0)) for verdict in (*wording.COUNTED, *wording.ASIDE)
                ),
            )
            for each in report.rules
        ),
        inapplicable=tuple(
            (each.id, each.title, tuple(each.inapplicable.items())) for each in report.rules if each.inapplicable
        ),
        unset=tuple(each for each in report.not_checked if each.kind != "limit"),
        limits=arrangement.limits(report),
        picture=picture(report, numbers, words),
        kinds={kind: words(label) for kind, label in KINDS.items()},
        choices=_choices(report, words),
        script=script("report.js"),
    )
    out = BytesIO()
    while some := list(islice(pieces, AT_ONCE)):
        out.write("".join(some).encode())
    return out.getvalue()


def _attested(
    report: Report, numbers: dict[str, int], words: Catalogue
) -> tuple[tuple[str, tuple[AttestedRow, ...]], ...]:
    """Give what people attest, under what it is about."""
    places = dict.fromkeys((each.id for each in report.exempted), "exempted")
    places |= {each.id: f"f{numbers[each.id]}" if each.id in numbers else "open" for each in report.findings}
    return tuple(
        (
            about,
            tuple(
                AttestedRow(
                    each.id,
                    wording.attested_about(each, words),
                    wording.attested(each, words),
                    wording.attested_by(each, words),
                    wording.against(each, words),
                    tuple(dict.fromkeys(places[name] for name in each.findings if name in places)),
                    each.at,
                    report.cells.get(each.pointer, ""),
                )
                for each in held
            ),
        )
        for about, held in arrangement.attestations(report)
    )


def _choices(report: Report, words: Catalogue) -> Choices:
    """Count what can be chosen; what nothing has is no choice."""
    every = (*report.findings, *report.exempted)
    short = wording.words_of(report.mode, words).short
    order = {each.article: number for number, each in reversed(tuple(enumerate(report.clauses)))}
    articles = Counter(each.clauses[0].article for each in every)
    verdicts = Counter(each.verdict for each in every)
    parties = Counter(each.responsible for each in every)
    return Choices(
        tuple(
            (each, wording.article(each, words), articles[each])
            for each in sorted(articles, key=lambda each: order.get(each, len(order)))
        ),
        tuple((each.value, short[each], verdicts[each]) for each in Verdict if verdicts[each]),
        tuple((each.value, words(each.label), parties[each]) for each in Party if parties[each]),
    )


def _articles(
    articles: tuple[arrangement.UnderArticle, ...], tell: Teller, words: Catalogue
) -> tuple[tuple[str, tuple[ClauseRows, ...]], ...]:
    longest = max((len(under.findings) for part in articles for under in part.clauses), default=1)
    return tuple(
        (wording.article(part.article, words), tuple(_clause(under, tell, longest) for under in part.clauses))
        for part in articles
    )


def _clause(under: arrangement.UnderClause, tell: Teller, longest: int) -> ClauseRows:
    verdicts = Counter(each.verdict for each in under.findings)
    violations, risks = verdicts[Verdict.VIOLATION], verdicts[Verdict.RISK]
    return ClauseRows(
        under.clause.id,
        under.clause.quote,
        violations,
        risks,
        round(100 * violations / longest, 2),
        round(100 * risks / longest, 2),
        tuple(_rule(grounds, tell) for grounds in under.rules),
    )


def _rule(grounds: tuple[tuple[Finding, ...], ...], tell: Teller) -> RuleRows:
    told = tuple(
        GroundRows(tell.ground(found[0]), tell.number(found[0]), tell.number(found[-1]), found) for found in grounds
    )
    first = grounds[0][0]
    return RuleRows(first.rule, first.title, first.verdict.value, sum(map(len, grounds)), told)


def _exempted(report: Report) -> tuple[tuple[str, str, tuple[Finding, ...]], ...]:
    """Give the findings that a proved exemption excuses, rule by rule."""
    rules: dict[tuple[str, str], list[Finding]] = {}
    for each in report.exempted:
        rules.setdefault((each.rule, each.title), []).append(each)
    return tuple((rule, title, tuple(found)) for (rule, title), found in rules.items())


def _counts(report: Report, verdicts: tuple[Verdict, ...], words: Catalogue) -> tuple[Count, ...]:
    short = wording.words_of(report.mode, words).short
    return tuple(
        Count(each.value, short[each], report.totals.get(each, 0), words(_MEANINGS[each])) for each in verdicts
    )


def _bars(report: Report) -> tuple[Bar, ...]:
    """Share the width among the numbers that are not zero; a very small one is widened so that it can be seen."""
    counts = {each: report.totals.get(each, 0) for each in wording.COUNTED if report.totals.get(each, 0)}
    total = sum(counts.values())
    shares = {each: max(100 * count / total, _NARROWEST) for each, count in counts.items()}
    scale = 100 / sum(shares.values()) if shares else 0
    bars: list[Bar] = []
    left = 0.0
    for each, share in shares.items():
        width = share * scale
        label = str(counts[each]) if width >= _LABELLED else ""
        bars.append(Bar(each.value, round(left, 2), round(width, 2), round(left + width / 2, 2), label))
        left += width
    return tuple(bars)
