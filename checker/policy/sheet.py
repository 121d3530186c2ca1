"""A rule as a lawyer reads it: quotes, statutes with their days, and every expression as a Chinese sentence."""

from collections.abc import Iterator

from checker.language.tree import ZONE, Choice, Constant, Node
from checker.model import Grade, Party
from checker.policy.rules import Entry, ExemptionRule, Rule
from checker.values import bounds


def sheet(rule: Rule) -> str:
    """Write the sheet of a rule as plain text."""
    return "\n".join(_lines(rule)) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}　{rule.title}"
    yield f"检查对象：{'开发区整体' if rule.each == ZONE else rule.subject.label}（{rule.each}）"
    yield f"严重程度：{_word(rule, rule.grade)}　责任主体：{_word(rule, rule.responsible)}"
    if rule.law.signal:
        yield "只作预警，不作违反的结论"
    yield ""
    for norm in rule.clauses:
        yield f"{norm.id}（第{norm.article}条）“{norm.quote}”"
    yield ""
    yield f"行为日：{rule.wording.read(rule.conduct_on)}"
    yield from (f"依据{_case(rule, each.condition)}：{_entry(each)}" for each in rule.basis)
    yield from (f"另见{_case(rule, each.condition)}：{_entry(each)}" for each in rule.see)
    yield ""
    for name, node in rule.lets.items():
        yield f"{rule.labels[name]}（{name}）：{rule.wording.read(node)}"
    for title, node in (("适用条件", rule.when), ("违反", rule.violated), ("疑似", rule.suspected)):
        if not isinstance(node, Constant):
            yield f"{title}：{rule.wording.read(node)}"
    for plea in rule.exemptions:
        effect = "只改为疑似，不免除" if plea.at_most_risk else f"须有证明文件{_valid_on(rule, plea)}"
        yield f"豁免：{plea.reason}；条件：{rule.wording.read(plea.condition)}；{effect}"
    yield ""
    for each in rule.remedy:
        step = each.step
        deadline = "法定时限" if step.source == "law" else "建议时限"
        kind = "追责" if step.penal else "整改"
        case = _case(rule, each.condition)
        yield f"{kind}{case}：{step.action}；完成标准：{step.done_when}；{step.within}（{deadline}）"
    yield from (f"未检查：{each}" for each in rule.limits)


def _valid_on(rule: Rule, plea: ExemptionRule) -> str:
    return "" if plea.valid_on is rule.conduct_on else f"（{rule.wording.read(plea.valid_on)}有效）"


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


def _entry(entry: Entry) -> str:
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
    return f"{statute.citation}{'、'.join(entry.articles)}（{'；'.join([days, *doubts])}）"
