"""What the days ahead bring, in words for people."""

from collections.abc import Mapping
from typing import NamedTuple

from checker.catalogues import Catalogue
from checker.model import Ahead, Mode, Report, Turn
from checker.reporting import wording


class TurnSaid(NamedTuple):
    """A subject that will break a rule: the day, which rule and subject, and what will be found; and its number now."""

    day: str
    what: str
    message: str
    verdict: str
    label: str
    number: int


def heading(held: Ahead, words: Catalogue) -> str:
    """Give the heading, which says what is assumed."""
    return words("展望至{0}（假定此后没有变化）", wording.told_day(held.until, words))


def turns(report: Report, numbers: Mapping[str, int], words: Catalogue) -> tuple[TurnSaid, ...]:
    """Say who will break which rule, the first day first."""
    return () if report.ahead is None else tuple(_turn(each, report, numbers, words) for each in report.ahead.turns)


def _turn(turn: Turn, report: Report, numbers: Mapping[str, int], words: Catalogue) -> TurnSaid:
    short = wording.words_of(report.mode, words).short
    now, until_then, then = (short[each] for each in (turn.before, turn.until_then, turn.verdict))
    return TurnSaid(
        words("{day}（{number}天后）", day=wording.told_day(turn.on, words), number=turn.days),
        words("{0} — {1}", f"{turn.rule} {turn.title}", wording.subject(turn.subject, words)),
        turn.message,
        turn.verdict.value,
        words("现为“{0}”，将为“{1}”", now, then)
        if now == until_then
        else words("现为“{0}”，此前一日为“{1}”，将为“{2}”", now, until_then, then),
        numbers.get(turn.finding, 0),
    )


def nothing(report: Report, words: Catalogue) -> str:
    """Say that nobody will break a rule."""
    is_own = report.mode is Mode.SELF_AUDIT
    return words("没有新的需要整改、需要核实的事项。" if is_own else "没有新的违反、疑似。")


def law(report: Report, words: Catalogue) -> tuple[str, ...]:
    """Say which law comes or goes."""
    return () if report.ahead is None else tuple(words("{0}：{1}", each.on, each.text) for each in report.ahead.law)
