"""A rule as a lawyer reads it: quotes, statutes with their days, and every expression as a Chinese sentence.

What is told of a rule is settled here once; the sheet for a terminal and the rule book only set it out.
"""

from collections.abc import Iterator

from checker.classes import dataclass
from checker.language.tree import ZONE, Choice, Constant, Node
from checker.model import Grade, Party
from checker.policy.law import Norm
from checker.policy.rules import Entry, ExemptionRule, Measure, Rule
from checker.values import bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """An instrument that a rule names: its citation with the articles, days and doubts; `case`, whom it concerns."""

    case: str
    citation: str
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The citation with its days and doubts."""
        return f"{self.citation}（{'；'.join(self.notes)}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name that a rule gives to an expression: its label, the name as written, what it stands for."""

    label: str
    name: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """What excuses a subject: the reason, the condition, and what it takes or does."""

    reason: str
    condition: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the remedy: `kind` is 整改 or 追责, `case` when it is due, `deadline` whether the time is the law's."""

    kind: str
    case: str
    action: str
    done_when: str
    within: str
    deadline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSheet:
    """Everything that is told of a rule. `conditions` are titles and sentences; what always holds is not told."""

    id: str
    title: str
    subject: str
    each: str
    grade: str
    responsible: str
    is_signal: bool
    clauses: tuple[Norm, ...]
    conduct_on: str
    basis: tuple[Cited, ...]
    see: tuple[Cited, ...]
    names: tuple[Named, ...]
    conditions: tuple[tuple[str, str], ...]
    excuses: tuple[Excuse, ...]
    remedy: tuple[Step, ...]
    limits: tuple[str, ...]


ONLY_A_SIGNAL = "只作预警，不作违反的结论"


def sheet_of(rule: Rule) -> RuleSheet:
    """Say everything that is told of a rule."""
    read = rule.wording.read
    conditions = (("适用条件", rule.when), ("违反", rule.violated), ("疑似", rule.suspected))
    return RuleSheet(
        id=rule.id,
        title=rule.title,
        subject="开发区整体" if rule.each == ZONE else rule.subject.label,
        each=rule.each,
        grade=_word(rule, rule.grade),
        responsible=_word(rule, rule.responsible),
        is_signal=rule.law.signal,
        clauses=rule.clauses,
        conduct_on=read(rule.conduct_on),
        basis=tuple(_cited(rule, each) for each in rule.basis),
        see=tuple(_cited(rule, each) for each in rule.see),
        names=tuple(Named(label=rule.labels[name], name=name, meaning=read(node)) for name, node in rule.lets.items()),
        conditions=tuple((title, read(node)) for title, node in conditions if not isinstance(node, Constant)),
        excuses=tuple(_excuse(rule, each) for each in rule.exemptions),
        remedy=tuple(_step(rule, each) for each in rule.remedy),
        limits=rule.limits,
    )


def sheet(rule: Rule) -> str:
    """Write the sheet of a rule as plain text."""
    return "\n".join(_lines(sheet_of(rule))) + "\n"


def _lines(told: RuleSheet) -> Iterator[str]:
    yield f"{told.id}　{told.title}"
    yield f"检查对象：{told.subject}（{told.each}）"
    yield f"严重程度：{told.grade}　责任主体：{told.responsible}"
    if told.is_signal:
        yield ONLY_A_SIGNAL
    yield ""
    for norm in told.clauses:
        yield f"{norm.id}（{norm.heading}）“{norm.quote}”"
    yield ""
    yield f"行为日：{told.conduct_on}"
    yield from (f"依据{each.case}：{each.text}" for each in told.basis)
    yield from (f"另见{each.case}：{each.text}" for each in told.see)
    yield ""
    yield from (f"{each.label}（{each.name}）：{each.meaning}" for each in told.names)
    yield from (f"{title}：{sentence}" for title, sentence in told.conditions)
    yield from (f"豁免：{each.reason}；条件：{each.condition}；{each.effect}" for each in told.excuses)
    yield ""
    for step in told.remedy:
        yield f"{step.kind}{step.case}：{step.action}；完成标准：{step.done_when}；{step.within}（{step.deadline}）"
    yield from (f"未检查：{each}" for each in told.limits)


def _excuse(rule: Rule, plea: ExemptionRule) -> Excuse:
    valid_on = "" if plea.valid_on is rule.conduct_on else f"（{rule.wording.read(plea.valid_on)}有效）"
    return Excuse(
        reason=plea.reason,
        condition=rule.wording.read(plea.condition),
        effect="只改为疑似，不免除" if plea.at_most_risk else f"须有证明文件{valid_on}",
    )


def _step(rule: Rule, measure: Measure) -> Step:
    step = measure.step
    return Step(
        kind="追责" if step.penal else "整改",
        case=_case(rule, measure.condition),
        action=step.action,
        done_when=step.done_when,
        within=step.within,
        deadline="法定时限" if step.source == "law" else "建议时限",
    )


def _case(rule: Rule, condition: Node) -> str:
    """Say in which case a part of the rule applies, unless it always does."""
    return "" if isinstance(condition, Constant) else f"（{rule.wording.read(condition)}的）"


def _word(rule: Rule, node: Node) -> str:
    """Word an expression that gives an id of a grade or party."""
    if isinstance(node, Choice):
        condition = rule.wording.read(node.condition)
        return f"{condition}的，{_word(rule, node.first)}；否则，{_word(rule, node.second)}"
    if isinstance(node, Constant) and isinstance(node.value, str):
        word = node.value
        return Grade(word).label if word in list(Grade) else Party(word).label
    return rule.wording.read(node)


def _cited(rule: Rule, entry: Entry) -> Cited:
    statute = entry.statute
    first, last = (bounds(each)[0] for each in (statute.first_day, statute.last_day))
    days = f"{first.isoformat() if first else '施行日不详'}起" + (f"，至{last.isoformat()}止" if last else "")
    doubts = [
        word
        for word, holds in (
            ("条文未见", not statute.text_seen),
            ("施行日未核实", not statute.first_day_seen),
            ("只作线索", entry.at_most_risk),
        )
        if holds
    ]
    return Cited(
        case=_case(rule, entry.condition),
        citation=f"{statute.citation}{'、'.join(entry.articles)}",
        notes=(days, *doubts),
    )
