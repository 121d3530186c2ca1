"""The law as data: what the document asks, the instruments that give it teeth with their days, the figures.

Only this module knows how norms, statutes and parameters are written in a pack. Each file is read strictly, once, into
frozen types, and all that is wrong with it is told at once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any

from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.errors import PolicyError
from checker.model import Modality, Party, Question, Truth
from checker.policy.forms import (
    Fault,
    FormError,
    Key,
    Reader,
    Shape,
    either,
    matching,
    one_of,
    read_form,
    read_records,
    reads,
    record,
    several,
    shape_of_form,
    text,
    text_or_nothing,
    yes_or_no,
)
from checker.policy.source import Source
from checker.values import (
    ANYTHING,
    UNKNOWN,
    Range,
    Value,
    at_most,
    bounds,
    conjunction,
    day,
    less,
    negation,
    years_after,
)

LONGEST_DOCUMENT = 100_000
LONGEST_QUOTE = 2_000
CLOSING = "结尾"
"""What a norm has for an article where it stands after the last one."""


class Mark(StrEnum):
    """Where a text, day or figure was seen: on an official page, in a named medium, in a mirror copy; or not at all.

    `M` is general knowledge and `P` a proposal of this tool: neither is ever more than a reason to look.
    """

    SA = "Sa"
    SB = "Sb"
    SC = "Sc"
    M = "M"
    P = "P"

    @property
    def is_seen(self) -> bool:
        """Whether somebody saw it."""
        return self in {Mark.SA, Mark.SB, Mark.SC}


class Checkability(StrEnum):
    """How far a dossier can settle a norm; what it can't settle becomes a question to a person."""

    FULL = "full"
    PARTIAL = "partial"
    JUDGEMENT = "judgement"


class StatuteKind(StrEnum):
    """The rank of an instrument; `policy` is any document below a rule (规范性文件), standards included."""

    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    POLICY = "policy"
    INTERPRETATION = "interpretation"


class ParameterKind(StrEnum):
    """What a figure is: the law's, a tolerance in the zone's favour, or a threshold that this tool proposes."""

    LAW = "law"
    TOLERANCE = "tolerance"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """One atomic requirement of the document, with its verbatim quote.

    `own_duty` says that the clause itself sets the duty, so that it may stand among the bases of a rule; `why`, why so.
    What only people can judge has a `question` for them, what a dossier settles has none.
    """

    id: str
    article: str
    quote: str
    modality: Modality
    addressee: tuple[Party, ...]
    checkability: Checkability
    own_duty: bool
    why: str
    question: Question | None = None

    @property
    def heading(self) -> str:
        """The article by its name: 第十八条; what stands after the last one is the closing."""
        return self.article if self.article == CLOSING else f"第{self.article}条"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statute:
    """One edition of one instrument, with the days on which it is in force, the first and the last included.

    A day known only to the month or year is a range, and a first day that is not known at all is open on both sides.
    Where the title is a translation, `original` is the citation by the Chinese one.
    """

    id: str
    law: str
    title: str
    number: str
    kind: StatuteKind
    first_day: date | Range
    last_day: date | Range | None
    from_mark: Mark
    text_mark: Mark
    articles: tuple[str, ...]
    source: str
    note: str
    original: str = ""

    @property
    def text_seen(self) -> bool:
        """Whether somebody saw the text."""
        return self.text_mark.is_seen

    @property
    def first_day_seen(self) -> bool:
        """Whether somebody saw from which day it is in force."""
        return self.from_mark.is_seen

    @property
    def citation(self) -> str:
        """The instrument as papers cite it: 《…》（国办发〔2006〕100号）."""
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"

    def in_force(self, on: Value) -> Truth:
        """Say whether this edition is in force on a day, which may be known only within bounds or not at all."""
        ended = False if self.last_day is None else less(self.last_day, on)
        return conjunction((at_most(self.first_day, on), negation(ended)))

    def firm_on(self, on: Value) -> bool:
        """Say whether this edition can carry a violation on a day: its text was seen, and that day is safely within.

        Where the first day was not seen, the whole of *on* must be a year or more after the latest that it can be.
        """
        return self.text_seen and (self.first_day_seen or at_most(self._seasoned, on) is True)

    @property
    def _seasoned(self) -> Value:
        """The day a year after the latest that the first day can be."""
        return years_after(bounds(self.first_day)[1], 1)

    def turns(self) -> Iterator[date]:
        """Give the days from which on `in_force` and `firm_on` may say something else than on the day before.

        From one of them to the next they say the same of every day.
        """
        yield from (each for each in (*bounds(self.first_day), bounds(self._seasoned)[0]) if each is not None)
        for each in bounds(self.last_day):
            if each is not None and each < date.max:
                yield each + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """A figure from its first day until the next one takes over."""

    first_day: date | Range
    value: Value
    mark: Mark
    verified: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A legal or local figure with its dated values, the earliest first. `unit` is an id; empty for a mere share."""

    id: str
    title: str
    unit: str
    kind: ParameterKind
    values: tuple[ParameterValue, ...]

    @property
    def soft(self) -> bool:
        """Whether a violation must hold without it: a proposal, or a figure of law that nobody has verified."""
        if self.kind is ParameterKind.LAW:
            return not all(each.verified for each in self.values)
        return self.kind is ParameterKind.PROPOSAL

    def value_on(self, on: Value) -> Value:
        """Give the value in force on a day; unknown where there is none, or where different ones may be.

        Of a day that is not known at all, it is the value if there was never another.
        """
        possible = list(self.possible_on(on))
        if not possible or any(each.value != possible[0].value for each in possible):
            return UNKNOWN
        begun = on is UNKNOWN or at_most(possible[0].first_day, on)
        return possible[0].value if begun else UNKNOWN

    def turns(self) -> Iterator[date]:
        """Give the days from which on `value_on` may say something else than on the day before."""
        yield from (day for each in self.values for day in bounds(each.first_day) if day is not None)

    def possible_on(self, on: Value) -> Iterator[ParameterValue]:
        """Give the values that may be in force on a day."""
        for each, following in zip(self.values, (*self.values[1:], None), strict=True):
            replaced = False if following is None else at_most(following.first_day, on)
            if conjunction((at_most(each.first_day, on), negation(replaced))) is not False:
                yield each


def load_norms(source: Source, document_text: str, texts: Catalogue = CHINESE) -> Mapping[str, Norm]:
    """Read the norms, their questions through *texts*; each quote stands in the document, word for word and once."""
    document = _without_line_ends(document_text)

    if len(document) > LONGEST_DOCUMENT:
        raise PolicyError([source.problem("", f"文件原文超过{LONGEST_DOCUMENT}字")])

    def faults(record: Mapping[str, Any]) -> list[tuple[str, str]]:
        found = list(_questioned(record))
        if len(record["quote"]) > LONGEST_QUOTE:
            return [("quote", f"引文超过{LONGEST_QUOTE}字"), *found]
        occurrences = document.count(_without_line_ends(record["quote"]))
        if occurrences != 1:
            found.insert(0, ("quote", f"引文在文件中应出现一次，实际出现{occurrences}次"))
        return found

    def norm(record: dict[str, Any]) -> Norm:
        asked = record.pop("question")
        question = None if asked is None else Question(**{part: texts(told) for part, told in asked.items()})
        return Norm(**record, question=question)

    return {each["id"]: norm(each) for each in read_records(source, NORM, faults)}


def _questioned(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Tell where a question is lacking, or stands on what a dossier settles."""
    match record["checkability"], record["question"]:
        case Checkability.JUDGEMENT, None:
            yield "checkability", "只能由人判断的条款要有 question：看什么、在哪份材料里、怎样的回答令人担心"
        case Checkability.FULL, question if question is not None:
            yield "question", "档案足以查明的条款由规则检查，不写 question"


def load_statutes(source: Source, texts: Catalogue = CHINESE) -> Mapping[str, Statute]:
    """Read the editions of instruments; their titles and numbers through *texts*."""

    def faults(record: Mapping[str, Any]) -> list[tuple[str, str]]:
        is_reversed = record["to"] is not None and less(record["to"], record["from"]) is True
        return [("to", "失效日早于施行日")] if is_reversed else []

    read = (
        Statute(first_day=each.pop("from"), last_day=each.pop("to"), **each)
        for each in read_records(source, STATUTE, faults)
    )
    return {each.id: _translated(each, texts) for each in read}


def _translated(statute: Statute, texts: Catalogue) -> Statute:
    title = texts(statute.title)
    if title == statute.title:
        return statute
    return replace(statute, title=title, number=texts(statute.number), original=statute.citation)


def load_parameters(source: Source, texts: Catalogue = CHINESE) -> Mapping[str, Parameter]:
    """Read the figures, their titles through *texts*; one of law that nobody has seen can't be called verified."""

    def faults(record: Mapping[str, Any]) -> list[tuple[str, str]]:
        dated: Sequence[ParameterValue] = record["values"]
        found = [
            (f"values/{index}/verified", f"标记为 {each.mark} 的法定数值不能写 verified: true")
            for index, each in enumerate(dated)
            if each.verified and not each.mark.is_seen and record["kind"] is ParameterKind.LAW
        ]
        for index, (earlier, later) in enumerate(pairwise(dated), 1):
            if less(earlier.first_day, later.first_day) is not True:
                found.append((f"values/{index}/from", "各值的起始日要由早到晚，且不重叠"))
        return found

    return {
        each["id"]: Parameter(**{**each, "title": texts(each["title"])})
        for each in read_records(source, PARAMETER, faults)
    }


def _without_line_ends(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


# --- how the files are written --------------------------------------------------------------------------------------

DAY: Shape = {
    "type": ["string", "integer"],
    "pattern": "^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?$",
    "minimum": 1000,
    "maximum": 9999,
    "examples": ["2007-01-01", "2007-01", "2007"],
}


@reads(DAY)
def _day(value: object) -> date | Range:
    try:
        return day(value if isinstance(value, str) else str(value) if type(value) is int else "")
    except ValueError as error:
        raise FormError(
            Fault("这里要写日期，只知月份或年份时写到月或年", "写作 2007-01-01、2007-01 或 2007")
        ) from error


FROM: Shape = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "examples": ["2021-12-03/2024-03-07"],
}


@reads(either(DAY, FROM, {"type": "null"}))
def _first_day(value: object) -> date | Range:
    """Read the first day; where only two days are known that it lies between, both (an interval of ISO 8601)."""
    if value is None:
        return ANYTHING
    if not isinstance(value, str) or "/" not in value:
        return _day(value)
    first, last = (_day(each) for each in (*value.split("/", 1),))
    if isinstance(first, Range) or isinstance(last, Range) or first >= last:
        raise FormError(Fault("只知在两日之间的，写这两日，前一日在先", "写作 2021-12-03/2024-03-07"))
    return Range(first, last)


@reads(either(DAY, {"type": "null"}))
def _last_day(value: object) -> date | Range | None:
    return None if value is None else _day(value)


@reads(
    either(
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": "^[0-9]{1,9}/[1-9][0-9]{0,8}$", "examples": ["1/3"]},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    )
)
def _figure(value: object) -> Value:
    """Read a value; a number is never negative, so that a sum of such numbers has a lower bound."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if value < 0:
            raise FormError(Fault("参数不能是负数", "写成正数，在规则里用减号"))
        return value
    if isinstance(value, str) and (ratio := re.fullmatch(r"([0-9]{1,9})/([1-9][0-9]{0,8})", value)):
        return Fraction(int(ratio[1]), int(ratio[2]))
    if isinstance(value, list) and value:
        return several(text)(value)
    raise FormError(Fault("这里要写数、分数或文字列表", '例如 0.2、"1/3" 或 ["110000", "120000"]'))


SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"

QUESTION = {
    "look_at": Key(text, about="看什么，具体到能动手"),
    "paper": Key(text, about="在开发区的哪份材料、哪本台账里"),
    "worry": Key(text, about="怎样的回答要追问；只是线索，不是结论"),
}
NORM = {
    "id": Key(matching(r"(?:[1-9][0-9]?|Z)\.[1-9][0-9]?", "18.8")),
    "article": Key(text),
    "quote": Key(text),
    "modality": Key(one_of(Modality)),
    "addressee": Key(several(one_of(Party, but=[Party.UNDETERMINED]), at_least=1)),
    "checkability": Key(one_of(Checkability)),
    "own_duty": Key(yes_or_no),
    "why": Key(text),
    "question": Key(record(QUESTION), None, about="规则查不明的，问人什么"),
}
STATUTE = {
    "id": Key(matching(SLUG, "guobanfa-2006-100")),
    "law": Key(matching(r"L[0-9]{2}", "L02"), about="组号：同一文件的各个版本写同一个"),
    "title": Key(text),
    "number": Key(text_or_nothing),
    "kind": Key(one_of(StatuteKind)),
    "from": Key(_first_day),
    "to": Key(_last_day),
    "from_mark": Key(one_of(Mark, but=[Mark.P])),
    "text_mark": Key(one_of(Mark, but=[Mark.P])),
    "articles": Key(several(matching("第[一二三四五六七八九十百]+条", "第十六条"))),
    "source": Key(text),
    "note": Key(text_or_nothing, ""),
}
DATED_VALUE = {
    "from": Key(_day),
    "value": Key(_figure),
    "mark": Key(one_of(Mark)),
    "verified": Key(yes_or_no),
    "source": Key(text),
}


def _dated_value(value: object) -> ParameterValue:
    held = read_form(value, DATED_VALUE)
    return ParameterValue(first_day=held.pop("from"), **held)


PARAMETER = {
    "id": Key(matching(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+", "eia.followup_years")),
    "title": Key(text),
    "unit": Key(text_or_nothing),
    "kind": Key(one_of(ParameterKind)),
    "values": Key(several(Reader(_dated_value, lambda: shape_of_form(DATED_VALUE)), at_least=1)),
}
