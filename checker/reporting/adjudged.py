"""What follows from all findings together, in words for people: one matter, what came back, which step is proposed."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from checker.catalogues import Catalogue
from checker.language.wording import say_number
from checker.model import Amount, Earlier, Group, Mode, Proposal, Reason, Report, Verdict
from checker.reporting import wording

MOST_REASON_NUMBERS = 12
"""How many problems a reason names before it counts the rest."""


class Said(NamedTuple):
    """A sentence, and the numbers of the problems it is about."""

    text: str
    problems: tuple[int, ...]


class StepSaid(NamedTuple):
    """A proposed step with its reasons."""

    label: str
    reasons: tuple[Said, ...]


def groups(report: Report, numbers: Mapping[str, int], words: Catalogue) -> tuple[Said, ...]:
    """Say which problems are one matter, the leading one first."""
    return tuple(
        Said(_group(each, words), tuple(numbers[name] for name in each.findings if name in numbers))
        for each in report.adjudication.groups
    )


def _group(group: Group, words: Catalogue) -> str:
    told = words("{0}：以第一项为主要问题（{1}），一并整改", group.label, group.clause)
    amount = "" if group.amount is None else _amount(group.amount, words)
    return words("{0}；涉及金额{1}（取其中最大的，不相加）", told, amount) if amount else told


def _amount(amount: Amount, words: Catalogue) -> str:
    low = "" if amount.low_cny is None else say_number(amount.low_cny, "cny", words)
    high = "" if amount.high_cny is None else say_number(amount.high_cny, "cny", words)
    if low and high:
        return low if low == high else words("{0}至{1}", low, high)
    return words("至少{0}", low) if low else words("至多{0}", high) if high else ""


def earlier(report: Report, numbers: Mapping[str, int], words: Catalogue) -> tuple[Said, ...]:
    """Say how problems stand to what earlier notices asked for."""
    return tuple(
        Said(_earlier(each, words), (numbers[each.finding],))
        for each in report.adjudication.earlier
        if each.finding in numbers
    )


def _earlier(held: Earlier, words: Catalogue) -> str:
    told = words("通知{0}、事项{1}：{2}", held.notice, held.item, words(held.state.label))
    if held.closed_on:
        return words("{0}（{1}销号）", told, held.closed_on)
    return words("{0}（期限{1}）", told, held.due_on) if held.due_on else told


def steps(report: Report, numbers: Mapping[str, int], words: Catalogue) -> tuple[StepSaid, ...]:
    """Say which steps are proposed, the heaviest first, with every reason and its threshold."""
    return tuple(_step(each, report.mode, numbers, words) for each in report.adjudication.proposals)


def _step(proposal: Proposal, mode: Mode, numbers: Mapping[str, int], words: Catalogue) -> StepSaid:
    label = words(proposal.rung.label)
    unproved = words(
        "{0}（所据都是需要核实的，先行查实）" if mode is Mode.SELF_AUDIT else "{0}（所据都是疑似，先行查实）", label
    )
    return StepSaid(
        label if proposal.is_proved else unproved,
        tuple(
            Said(_reason(each, mode, words), tuple(sorted(numbers[name] for name in each.findings if name in numbers)))
            for each in proposal.reasons
        ),
    )


def _reason(reason: Reason, mode: Mode, words: Catalogue) -> str:
    text = reason.self_audit if mode is Mode.SELF_AUDIT and reason.self_audit else reason.text
    source = words("四条所列情形") if reason.is_law else words("本工具建议的标准")
    return words("{0}（{1}：{2}项以上）", text, source, reason.at_least)


def named(said: Said, words: Catalogue) -> str:
    """Name the problems that a sentence is about."""
    shown = words("、").join(map(str, said.problems[:MOST_REASON_NUMBERS]))
    if len(said.problems) > MOST_REASON_NUMBERS:
        return words("问题{0}等{1}项", shown, len(said.problems))
    return words("问题{0}", shown) if shown else ""


def heading(report: Report, words: Catalogue) -> str:
    """Give the heading of the steps, which a zone auditing itself reads from the other side."""
    return words("上级机关可能采取的处置步骤" if report.mode is Mode.SELF_AUDIT else "建议的处置步骤")


def caveats(report: Report, words: Catalogue) -> Iterator[str]:
    """Say what the proposals are not, and what they could not count."""
    held = report.adjudication
    if held.clause is not None and held.proposals:
        yield words(
            "只是建议，供有权机关研究，不是决定；文件没有规定数量，数量标准由本工具提出。依据{0}（{1}）“{2}”。",
            wording.article(held.clause.article, words),
            held.clause.id,
            held.clause.quote,
        )
        if held.clause.cited_as != "breached":
            yield words("文件约束国家级经开区；本开发区不是或者不知道是不是国家级，仅供参照。")
    if held.history != "complete" and any(report.totals.get(each, 0) for each in (Verdict.VIOLATION, Verdict.RISK)):
        yield words(
            "档案中没有历次整改台账，逾期、复发没有计入。"
            if held.history == "absent"
            else "历次整改台账没有声明完整，逾期、复发只计已知的。"
        )
