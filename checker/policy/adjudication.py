"""How a pack adjudicates findings: which are about the same matter, which come back, what step they suggest.

Only this module knows how `adjudication.yaml` is written. It speaks of rules, of the keys of matters that rules name,
and of counts of findings; never of a field of a dossier.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checker.classes import dataclass
from checker.errors import PolicyError, Problem
from checker.model import Count, Grade, Past, Rung, Truth
from checker.network import Docket
from checker.policy.forms import (
    Fault,
    FormError,
    Key,
    Reader,
    closest,
    matching,
    one_of,
    read_whole,
    reads,
    record,
    several,
    text,
)
from checker.policy.law import Norm
from checker.policy.rules import RULE_ID, Rule
from checker.policy.source import MOST_PROBLEMS, Source

MOST_RULES = 12
"""How many rules may find the same matter; more matches of one fact than the engine bears can't come about."""

MOST_LINES = 40
MOST_CONDITIONS = 12
LONGEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SameMatter:
    """Findings of these rules with the same value under the key `on` are one matter; the first rule leads."""

    rules: tuple[str, ...]
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A finding on what an item of an earlier notice was about comes back if it is within months of its closure."""

    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """At least so many of what is counted: of one grade, of certain rules, overdue by more than days, of one step.

    With `per_article` the article with the most of them counts. `is_law` says that the document itself names it.
    """

    count: Count
    at_least: int
    grade: Grade | None
    rules: tuple[str, ...]
    days: int
    step: Rung | None
    per_article: bool
    is_law: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the ladder: it is proposed where one of its conditions holds."""

    rung: Rung
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjudicating:
    """What a pack says of findings together; `norm` is the norm whose ladder it is, none where there is no ladder."""

    same_matter: tuple[SameMatter, ...] = ()
    recurrence: Recurrence | None = None
    norm: Norm | None = None
    ladder: tuple[Step, ...] = ()


def _number(low: int, high: int) -> Reader[int]:
    @reads({"type": "integer", "minimum": low, "maximum": high})
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise FormError(Fault(f"这里要写{low}到{high}的整数"))
        return value

    return read


_RULE = matching(RULE_ID, "R18.8-01")
SAME_MATTER = {
    "rules": Key(several(_RULE, at_least=2, at_most=MOST_RULES), about="查的是同一事项的规则，第一条为主"),
    "on": Key(text, about="规则的 matter 中相同的那个编号"),
}
WITHIN = {"months": Key(_number(1, 1_200), about="月数")}
RECURRENCE = {"within": Key(record(WITHIN), about="销号以后多久之内再次发生算复发")}
CONDITION = {
    "count": Key(one_of(Count), about="计什么：违反、违反和疑似、复发、逾期的历次事项、仍有事项逾期的通知"),
    "at_least": Key(_number(1, LONGEST), about="多少项以上"),
    "grade": Key(one_of(Grade), None, about="只计这一严重程度"),
    "rules": Key(several(_RULE, at_least=1), (), about="只计这些规则"),
    "days": Key(_number(0, LONGEST), 0, about="逾期超过多少天"),
    "step": Key(one_of(Rung), None, about="经过哪一步的通知"),
    "per": Key(matching("article", "article"), None, about="article：按条计，取最多的一条"),
    "source": Key(matching("law|proposal", "proposal"), "proposal", about="law 是文件写明的情形；缺省是本工具的建议"),
}
STEP = {
    "step": Key(one_of(Rung), about="处置步骤"),
    "when": Key(several(record(CONDITION), at_least=1, at_most=MOST_CONDITIONS), about="任何一项成立即建议这一步"),
}
ADJUDICATION = {
    "same_matter": Key(several(record(SAME_MATTER), at_most=MOST_LINES), (), about="哪些问题是同一事项"),
    "recurrence": Key(record(RECURRENCE), None, about="历次整改过的事项何时算复发"),
    "norm": Key(text, None, about="处置步骤出自哪一条款，norms.yaml 的编号"),
    "ladder": Key(several(record(STEP), at_most=len(Rung)), (), about="处置步骤，由轻到重"),
}
_TAKES: Mapping[str, frozenset[Count]] = {
    "grade": frozenset({Count.VIOLATIONS, Count.SUSPICIONS}),
    "rules": frozenset({Count.VIOLATIONS, Count.SUSPICIONS}),
    "per": frozenset({Count.VIOLATIONS, Count.SUSPICIONS}),
    "days": frozenset({Count.OVERDUE}),
    "step": frozenset({Count.UNFINISHED}),
}
"""What is counted by which of the keys that narrow a condition."""


def load_adjudication(source: Source, rules: Sequence[Rule], norms: Mapping[str, Norm]) -> Adjudicating:
    """Read `adjudication.yaml`; raise `PolicyError` with everything that is wrong with it."""
    written = read_whole(source, ADJUDICATION)
    if problems := list(_problems(source, written, {rule.id: rule for rule in rules}, norms)):
        raise PolicyError(problems[:MOST_PROBLEMS])
    return Adjudicating(
        same_matter=tuple(SameMatter(**each) for each in written["same_matter"]),
        recurrence=Recurrence(months=written["recurrence"]["within"]["months"]) if written["recurrence"] else None,
        norm=norms[written["norm"]] if written["norm"] else None,
        ladder=tuple(
            Step(rung=each["step"], conditions=tuple(map(_condition, each["when"]))) for each in written["ladder"]
        ),
    )


def _condition(written: Mapping[str, Any]) -> Condition:
    kept = {key: written[key] for key in ("count", "at_least", "grade", "rules", "days", "step")}
    return Condition(**kept, per_article=written["per"] is not None, is_law=written["source"] == "law")


def _problems(
    source: Source, written: Mapping[str, Any], rules: Mapping[str, Rule], norms: Mapping[str, Norm]
) -> Iterator[Problem]:
    for number, line in enumerate(written["same_matter"]):
        pointer = f"/same_matter/{number}"
        yield from _strangers(source, f"{pointer}/rules", line["rules"], rules)
        if len(set(line["rules"])) < len(line["rules"]):
            yield source.problem(f"{pointer}/rules", "同一条规则写了两次")
        for name in line["rules"]:
            if name in rules and line["on"] not in rules[name].matter:
                yield source.problem(
                    f"{pointer}/on",
                    f"规则 {name} 的 matter 没有“{line['on']}”",
                    closest(line["on"], rules[name].matter) or "在该规则的 matter 里写明这个编号",
                )
    if written["ladder"] and not written["norm"]:
        yield source.problem("/ladder", "处置步骤要写明出自哪一条款（norm）")
    if written["norm"] and written["norm"] not in norms:
        yield source.problem("/norm", f"norms.yaml 没有 {written['norm']}", closest(written["norm"], norms))
    order = [each["step"] for each in written["ladder"]]
    if order != sorted(set(order), key=list(Rung).index):
        yield source.problem("/ladder", f"处置步骤要由轻到重，每步一次：{'、'.join(Rung)}")
    for number, step in enumerate(written["ladder"]):
        for index, condition in enumerate(step["when"]):
            pointer = f"/ladder/{number}/when/{index}"
            yield from _strangers(source, f"{pointer}/rules", condition["rules"], rules)
            for key, counts in _TAKES.items():
                if condition[key] and condition["count"] not in counts:
                    yield source.problem(f"{pointer}/{key}", f"计数 {condition['count']} 不分 {key}")
            if condition["count"] is Count.UNFINISHED and condition["step"] is None:
                yield source.problem(pointer, "计数 unfinished 要写明是哪一步（step）")


def _strangers(source: Source, pointer: str, names: Sequence[str], rules: Mapping[str, Rule]) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name not in rules:
            yield source.problem(f"{pointer}/{number}", f"没有规则 {name}", closest(name, rules))


# --- what the engine concludes ----------------------------------------------------------------------------------------

PAST: tuple[tuple[Mapping[str, Truth], Past], ...] = (
    ({"closed": False, "late": True}, Past.OVERDUE),
    ({"closed": False, "late": False}, Past.BEING_CURED),
    ({"closed": True, "after": False}, Past.CLOSED),
    ({"closed": True, "after": True, "within": True}, Past.RECURRED),
    ({"closed": True, "after": True, "within": False}, Past.RETURNED),
    ({}, Past.UNCLEAR),
)
"""How a finding stands to an item: the first line that holds of what is true, false or unknown of both.

`closed`: the item is; `late`: its day has passed; `after`: the act, or the look at a state that continues, comes after
the closure; `within`: it comes within the months of the pack.
"""


def read_past(truths: Mapping[str, Truth]) -> Past:
    """Give the first line of `PAST` that holds."""
    return next(past for line, past in PAST if all(truths[name] is truth for name, truth in line.items()))


def condition_name(step: int, condition: int) -> str:
    """Give the name under which the engine is told whether a condition of a step holds."""
    return f"s{step}c{condition}"


def docket_of(law: Adjudicating) -> Docket:
    """Compile what the engine has to conclude."""
    return Docket(
        first_of={"past": [(past.value, line) for line, past in PAST]},
        all_of={
            "ladder": [
                (step.rung.value, {condition_name(number, nth): True})
                for number, step in enumerate(law.ladder)
                for nth, _ in enumerate(step.conditions)
            ]
        },
    )
