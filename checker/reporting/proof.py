"""What rules can say and what they can't, as text and as JSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from checker.proving.results import Answer, Means, Proofs, Question, Result, count
from checker.reporting.columns import wrap
from checker.reporting.wording import visible
from checker.solving.terms import EXTRA, SOLVER

_ENCODER = msgspec.json.Encoder(decimal_format="number")

WORDS: Mapping[Question, str] = MappingProxyType(
    {
        Question.TRUE: "成立",
        Question.FALSE: "不成立",
        Question.APPLIES: "适用",
        Question.VIOLATED: "违反",
        Question.SUSPECTED: "疑似",
        Question.SATISFIED: "适用而符合",
        Question.EXCUSED: "豁免起作用",
        Question.SPARED: "违反而豁免条件不成立",
        Question.TOGETHER: "同时符合",
        Question.MEETING: "同时适用",
    }
)
CAN_NOT: Mapping[Question, str] = MappingProxyType(
    {
        Question.TRUE: "判定永不成立",
        Question.FALSE: "判定没有不成立的时候",
        Question.APPLIES: "永不适用",
        Question.VIOLATED: "永不违反",
        Question.SUSPECTED: "永不疑似",
        Question.SATISFIED: "适用即不符合",
        Question.EXCUSED: "豁免永不起作用",
        Question.SPARED: "豁免吞没规则：违反时豁免条件无不成立",
        Question.TOGETHER: "互相矛盾：都适用时不能都符合",
        Question.MEETING: "从不同时适用",
    }
)
COUNTED: Mapping[Answer, str] = MappingProxyType(
    {
        Answer.POSSIBLE: "能",
        Answer.IMPOSSIBLE: "不能",
        Answer.UNDECIDED: "没有定论",
        Answer.UNTRIED: "没有试",
    }
)
MEANS: Mapping[Means, str] = MappingProxyType(
    {
        Means.EXAMPLE: "规则的示例",
        Means.DOSSIER: "给出的档案",
        Means.MERGED: "示例合并",
        Means.TRUTHS: "真值组合",
        Means.SOLVER: "求解器",
    }
)
UNTRIED = f"没有安装求解器 {SOLVER}：示例、真值组合没有答案的 {{number}} 问没有试"
INSTALL = f"安装：pip install 'zonecheck[{EXTRA}]'"


def text(proofs: Proofs) -> str:
    """Write a line for each rule and one for the pairs, and below each what is not possible or not decided."""
    return "".join(f"{line}\n" for line in _lines(proofs))


def _lines(proofs: Proofs) -> Iterator[str]:
    single, pairs = proofs.single, proofs.pairs
    for rule in dict.fromkeys(each.rules for each in single):
        held = tuple(each for each in single if each.rules == rule)
        yield f"{rule[0]}\t问 {len(held)}，{_counts(held)}"
        for each in held:
            yield from _told(each)
    if len({each.rules for each in single}) > 1:
        yield f"共\t问 {len(single)}，{_counts(single)}；{_means(single)}"
    if pairs:
        yield f"规则两两\t问 {len(pairs)}，{_pair_counts(pairs)}；{_means(pairs)}"
        for each in pairs:
            yield from _told(each)
    if untried := count(proofs.results, Answer.UNTRIED):
        yield from wrap(UNTRIED.format(number=untried))
        yield INSTALL


def _counts(results: Sequence[Result]) -> str:
    return "，".join(
        f"{word} {number}"
        for answer, word in COUNTED.items()
        if (number := count(results, answer)) or answer is not Answer.UNTRIED
    )


def _pair_counts(pairs: Sequence[Result]) -> str:
    meeting = sum(each.question is Question.MEETING for each in pairs)
    found = {
        answer: sum(each.answer is answer and each.question is Question.TOGETHER for each in pairs) for answer in Answer
    }
    told = [
        f"能同时符合 {found[Answer.POSSIBLE]}",
        f"从不同时适用 {meeting}",
        f"互相矛盾 {found[Answer.IMPOSSIBLE]}",
        f"没有定论 {found[Answer.UNDECIDED]}",
        *([f"没有试 {found[Answer.UNTRIED]}"] if found[Answer.UNTRIED] else []),
    ]
    return "，".join(told)


def _means(results: Sequence[Result]) -> str:
    return "，".join(
        f"{word} {number}" for means, word in MEANS.items() if (number := sum(each.means is means for each in results))
    )


def _told(result: Result) -> Iterator[str]:
    """Tell one answer that is not the usual one."""
    if result.answer in {Answer.POSSIBLE, Answer.UNTRIED}:
        return
    about = "、".join(result.rules) if result.is_pair else result.what
    if result.answer is Answer.UNDECIDED:
        yield from wrap(f"没有定论 能否{WORDS[result.question]}{_colon(about)}", indent=4, hang=4)
        if result.loose:
            yield from wrap(f"近似处理的：{'；'.join(result.loose)}", indent=8)
        return
    mark = "不能" if result.is_finding else "提示"
    yield from wrap(f"{mark} {CAN_NOT[result.question]}{_colon(about)}", indent=4, hang=4)
    if result.question is not Question.MEETING:
        yield from wrap(_why(result), indent=8)
    if result.core:
        yield from wrap(f"相互矛盾的：{'；'.join(result.core)}", indent=8)
    if result.question is Question.TOGETHER and result.subjects:
        named = visible(result.named) if result.named else MEANS[Means.SOLVER]
        yield from wrap(f"都适用的：{named}，{'、'.join(map(visible, result.subjects))}", indent=8)


def _colon(about: str) -> str:
    return f"：{about}" if about else ""


def _why(result: Result) -> str:
    if result.means is Means.TRUTHS:
        return "判定项的真值无论怎样组合都不能，对任何档案都是如此"
    bound = (
        f"，每本台账（每条上级记录下的清单）至多{result.most}条；更多的没有证明" if result.most else "，记录多少不限"
    )
    return f"求解器证明：每个值都已知或者为无、台账都完整的档案都不能{bound}"


def as_json(proofs: Proofs) -> str:
    """Write every answer, with the dossier that shows it where there is no other place to look."""
    told = [
        {
            "question": each.question,
            "rules": each.rules,
            "what": each.what,
            "answer": each.answer,
            "finding": each.is_finding,
            "by": each.means,
            "named": each.named,
            "subjects": each.subjects,
            "core": each.core,
            "most_records": each.most or None,
            "inexact": each.loose,
            "dossier": each.witness,
        }
        for each in proofs.results
    ]
    counts = {
        kind: {answer: count(results, answer) for answer in Answer}
        for kind, results in (("rules", proofs.single), ("pairs", proofs.pairs))
    }
    found = {"solver": proofs.solved, "findings": len(proofs.findings), "counts": counts, "results": told}
    return msgspec.json.format(_ENCODER.encode(found), indent=2).decode() + "\n"


FORMATS: Mapping[str, Callable[[Proofs], str]] = MappingProxyType({"text": text, "json": as_json})
