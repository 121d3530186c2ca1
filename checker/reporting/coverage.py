"""How far the rules of a pack reach, for a terminal, for programs, and as a page."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import groupby
from types import MappingProxyType

from checker.covering import TRUTHS, Coverage, RuleCoverage, Shown
from checker.model import Question, Truth
from checker.policy.treatment import TreatedNorm
from checker.reporting import wording
from checker.reporting.columns import wrap
from checker.reporting.environment import template
from checker.reporting.json import TRUTHS as IDS
from checker.reporting.json import Object, written
from checker.reporting.wording import visible

FIRST_NAMED = 3
"""How many examples that show one truth the page names before only their number is given."""
_OF_EXEMPTION: dict[Truth, str] = {True: "有文件证明", False: "无人主张或者不及", None: "只有主张"}


def by_article(norms: tuple[TreatedNorm, ...]) -> tuple[tuple[str, tuple[TreatedNorm, ...]], ...]:
    """Give the norms of each article, in the order of the document."""
    return tuple((article, tuple(held)) for article, held in groupby(norms, lambda each: each.norm.heading))


def truth_of(shown: Shown, truth: Truth) -> str:
    """Word a truth of a test, or what it means of an exemption."""
    return _OF_EXEMPTION[truth] if shown.is_exemption else wording.truth(truth)


def summary(coverage: Coverage) -> str:
    """Say the totals in two sentences."""
    classes = "、".join(f"{each.label}{number}" for each, number in coverage.totals.items())
    examples = sum(each.examples for each in coverage.rules)
    return (
        f"条款{len(coverage.norms)}个：{classes}；其中写明问什么的{coverage.asked}个。"
        f"规则{len(coverage.rules)}条、示例{examples}个、判定项和豁免{coverage.tests}个，"
        f"可能的真值{coverage.possible}种，示例中出现{coverage.possible - coverage.never}种，"
        f"从未出现{coverage.never}种。"
    )


# --- for a terminal ---------------------------------------------------------------------------------------------------


def as_text(coverage: Coverage) -> bytes:
    """Write it as plain text."""
    return "".join(f"{line}\n" for each in _lines(coverage) for line in wrap(visible(each), hang=4)).encode()


def _lines(coverage: Coverage) -> Iterator[str]:
    pack = coverage.policy
    yield f"《{pack.title}》（{pack.number}），政策包 {pack.named}"
    yield summary(coverage)
    for each, number in coverage.totals.items():
        yield f"{each.label} {number}：{each.meaning}"
    for article, norms in by_article(coverage.norms):
        yield ""
        yield article
        for treated in norms:
            norm = treated.norm
            rules = f"：{'、'.join(treated.rules)}" if treated.rules else ""
            yield f"{norm.id} 〔{norm.modality.label}〕{treated.treatment.label}{rules} “{norm.quote}”"
            if norm.question is not None:
                yield f"　　{asked(norm.question)}"
    yield ""
    yield "示例中判定项、豁免的真值"
    for rule in coverage.rules:
        yield f"{rule.rule} {rule.title}（示例{rule.examples}个）"
        for shown in rule.shown:
            counts = "、".join(f"{truth_of(shown, each)}{len(shown.examples[each])}" for each in shown.possible)
            yield f"　　{_named(shown)}——{counts}"
    yield ""
    yield f"从未出现的真值 {coverage.never}"
    for rule, shown in lacking(coverage):
        yield f"{rule.rule} {_named(shown)}——没有{'、'.join(truth_of(shown, each) for each in shown.never)}的示例"
    if coverage.unaccounted:
        yield ""
        yield f"没有着落的条款 {len(coverage.unaccounted)}：{'、'.join(each.norm.id for each in coverage.unaccounted)}"


def asked(question: Question) -> str:
    """Put a question on one line."""
    return f"看：{question.look_at}。材料：{question.paper}。追问：{question.worry}。"


def lacking(coverage: Coverage) -> Iterator[tuple[RuleCoverage, Shown]]:
    """Give the tests and exemptions that some truth is never shown of."""
    for rule in coverage.rules:
        for shown in rule.lacking:
            yield rule, shown


def _named(shown: Shown) -> str:
    return f"豁免：{shown.wording}" if shown.is_exemption else shown.wording


# --- for programs -----------------------------------------------------------------------------------------------------


def as_json(coverage: Coverage) -> bytes:
    """Write it as JSON: ids and no translated enumerations, the same coverage the same bytes."""
    return (
        written(
            {
                "policy": asdict(coverage.policy),
                "totals": {
                    "norms": len(coverage.norms),
                    "by_treatment": {each.value: number for each, number in coverage.totals.items()},
                    "with_question": coverage.asked,
                    "rules": len(coverage.rules),
                    "examples": sum(each.examples for each in coverage.rules),
                    "tests": coverage.tests,
                    "truths": coverage.possible,
                    "truths_never_shown": coverage.never,
                },
                "norms": [_norm(each) for each in coverage.norms],
                "rules": [_rule(each) for each in coverage.rules],
            }
        )
        + b"\n"
    )


def _norm(treated: TreatedNorm) -> Object:
    norm = treated.norm
    return {
        "id": norm.id,
        "article": norm.article,
        "quote": norm.quote,
        "modality": norm.modality.value,
        "addressees": [each.value for each in norm.addressee],
        "checkability": norm.checkability.value,
        "treatment": treated.treatment.value,
        "rules": treated.rules,
        **({} if norm.question is None else {"question": asdict(norm.question)}),
    }


def _rule(covered: RuleCoverage) -> Object:
    return {
        "id": covered.rule,
        "title": covered.title,
        "examples": covered.examples,
        "tests": [
            {
                "kind": "exemption" if each.is_exemption else "test",
                "wording": each.wording,
                "soft": each.is_soft,
                "shown": {IDS[truth]: each.examples[truth] for truth in TRUTHS},
                "never": [IDS[truth] for truth in each.never],
            }
            for each in covered.shown
        ],
    }


# --- as a page --------------------------------------------------------------------------------------------------------


def as_html(coverage: Coverage) -> bytes:
    """Write it as one page that needs no script, no network and no second file."""
    page = template("coverage.html.j2").render(
        coverage=coverage,
        summary=summary(coverage),
        articles=by_article(coverage.norms),
        lacking=tuple(lacking(coverage)),
        truth_of=truth_of,
        first=FIRST_NAMED,
    )
    return page.encode()


FORMATS: MappingProxyType[str, Callable[[Coverage], bytes]] = MappingProxyType(
    {"text": as_text, "json": as_json, "html": as_html}
)
"""The formats, each a function from `Coverage` to bytes."""
