"""A pack that extends another, a province's own upon the national one: what it may add, and what it may not undo.

It adds rules, bases, figures and instruments, and tightens figures. It never makes a rule that rests on a statute find
less: whatever would is an error, and so is a name that both packs have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from checker.classes import dataclass
from checker.dossier.places import escaped
from checker.errors import PolicyError, Problem
from checker.language.direction import EITHER, STILL, UP, Direction, direction, turned
from checker.language.tree import ZONE, And, Compare, Constant, Node, path_text
from checker.model import Verdict
from checker.policy.adjudication import SAME_MATTER
from checker.policy.forms import (
    Key,
    Reader,
    closest,
    either,
    mapping,
    matching,
    read_whole,
    reads,
    record,
    several,
    shape_of_form,
    text,
)
from checker.policy.law import SLUG, Parameter, ParameterValue, Statute
from checker.policy.rules import BASIS, RULE_ID, Rule
from checker.policy.source import Source, joined
from checker.values import at_most, less

FIRST_OF_ITS_OWN = 51
"""Where the numbers of a pack's own rules begin, so that those that the pack below may still get do not meet them."""

STRICTNESS = (
    Verdict.NOT_APPLICABLE,
    Verdict.COMPLIANT,
    Verdict.EXEMPT,
    Verdict.UNDETERMINED,
    Verdict.RISK,
    Verdict.VIOLATION,
)
"""The verdicts, each stricter than those before it; what is excused was found."""

_Item = TypeVar("_Item")


# --- how it is written ----------------------------------------------------------------------------------------------


@reads({})
def _anything(value: object) -> object:
    return value


EXTENDS = {
    "policy": Key(matching(SLUG, "guobanfa-2014-54"), about="所扩展的政策包的编号，也是它的文件夹名"),
    "version": Key(matching(r"[0-9]+\.[0-9]+\.[0-9]+", "1.0.0"), about="它的版本；换了版本就要重新核对"),
}
WITHOUT = {
    "rule": Key(matching(RULE_ID, "R4.3-04"), about="不用的规则，只能是不以法规为依据的"),
    "because": Key(text, about="理由，印在报告的未检查事项"),
}
EXTENDING = {
    "id": Key(matching(SLUG, "shandong")),
    "version": Key(matching(r"[0-9]+\.[0-9]+\.[0-9]+", "1.0.0")),
    "extends": Key(record(EXTENDS), about="所扩展的政策包"),
    "province_code": Key(matching("[1-9][0-9]0000", "370000"), "", about="只用于这个省份的开发区；六位行政区划代码"),
    "without": Key(several(record(WITHOUT)), (), about="不用所扩展的政策包的哪些规则"),
}
MATTERS = {"same_matter": Key(several(record(SAME_MATTER), at_least=1))}
EXAMPLES = {
    "cases": Key(several(_anything), (), about="增加的例"),
    "restated": Key(
        mapping(matching("|".join(Verdict), "violation")), {}, about="原有的例，因这里收紧而结论更严的：例名: 结论"
    ),
}


def _examples(value: object) -> Mapping[str, object]:
    """Read the examples; a pack may be read without any."""
    read: Mapping[str, object] = record(EXAMPLES)({} if value is None else value)
    return read


EXTENSION = {
    "extends": Key(matching(RULE_ID, "R18.8-01"), about="在哪条规则上增加，与文件名相同"),
    "basis": Key(several(record(BASIS)), (), about="增加的依据"),
    "see": Key(several(record(BASIS)), (), about="增加的参见"),
    "limits": Key(several(text), (), about="增加的没有检查的部分"),
    "ask": Key(mapping(text), {}, about="增加的所要的文件"),
    "examples": Key(
        Reader(_examples, lambda: either(shape_of_form(EXAMPLES), {"type": "null"})),
        _examples(None),
        about="增加、改变结论的例",
    ),
}


# --- one upon the other ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one pack changed of the one that it extends; `replaced` gives each such figure as it was and as it is.

    `head` and `figures` are its files. Its own `statutes` bind only in its `province`, if it has one.
    """

    head: Source
    province: str
    statutes: frozenset[str]
    figures: Source | None
    replaced: Mapping[str, tuple[Parameter, Parameter]]
    dropped: Mapping[str, str]


def alone(source: Source, own: Mapping[str, _Item], known: Mapping[str, _Item]) -> Mapping[str, _Item]:
    """Give what is known with the records of a pack's *own* file; raise `PolicyError` where an id is taken."""
    problems = [
        source.problem(f"/{number}/id", f"所扩展的政策包已有 {name}", "换一个编号；原有的内容不能改写")
        for number, name in enumerate(own)
        if name in known
    ]
    if problems:
        raise PolicyError(problems)
    return {**known, **own}


def with_figures(
    source: Source, own: Mapping[str, Parameter], known: Mapping[str, Parameter]
) -> Mapping[str, Parameter]:
    """Give the figures with a pack's *own*: each takes over from its first day, what was before that stays.

    Raise `PolicyError` where one is of another kind of value. Whether it is tighter is seen when the rules are known.
    """
    problems: list[Problem] = []
    found = dict(known)
    for number, (name, figure) in enumerate(own.items()):
        before = known.get(name)
        if before is None:
            found[name] = figure
            continue
        if (figure.unit, _is_list(figure)) != (before.unit, _is_list(before)):
            told = f"{name} 在所扩展的政策包里的单位是“{before.unit}”，单位、值的种类不能改"
            problems.append(source.problem(f"/{number}/unit", told))
            continue
        start = figure.values[0].first_day
        kept = tuple(each for each in before.values if less(each.first_day, start) is True)
        if any(at_most(start, each.first_day) is not True for each in before.values[len(kept) :]):
            told = f"{name} 从哪一天起改不明：与原有的一个起始日分不出先后"
            problems.append(source.problem(f"/{number}/values/0/from", told, "写到日"))
        found[name] = replace(figure, values=(*kept, *figure.values))
    if problems:
        raise PolicyError(problems)
    return found


def _is_list(figure: Parameter) -> bool:
    return isinstance(figure.values[0].value, tuple)


def with_rules(own: Mapping[str, Source], known: Mapping[str, Source]) -> Mapping[str, Source]:
    """Give the files of the rules with a pack's *own*, and with what these add to others."""
    problems: list[Problem] = []
    found = dict(known)
    for name, source in own.items():
        try:
            if isinstance(source.value, dict) and "extends" in source.value:
                found[name] = _extended(source, name, known)
            elif name in known:
                raise PolicyError(
                    [
                        source.problem(
                            "/id",
                            f"所扩展的政策包已有规则 {name}，不能改写",
                            f"要增加依据，写 extends: {name}；要另写一条，编号从 {FIRST_OF_ITS_OWN} 起",
                            key=True,
                        )
                    ]
                )
            elif not name[-2:].isdigit() or int(name[-2:]) < FIRST_OF_ITS_OWN:
                told = f"扩展的政策包自己的规则，序号从 {FIRST_OF_ITS_OWN} 起，免得与所扩展的政策包将来的规则重号"
                raise PolicyError([source.problem("/id", told, f"例如 {name[:-2]}{FIRST_OF_ITS_OWN}", key=True)])
            else:
                found[name] = source
        except PolicyError as error:
            problems.extend(error.problems)
    if problems:
        raise PolicyError(problems)
    return found


def with_matters(own: Source, known: Source | None) -> Source:
    """Give what is said of findings together with the lines of a pack's *own*: it may only name more matters."""
    lines = read_whole(own, MATTERS)["same_matter"]
    if known is None:
        return own
    return joined(known, own, [(f"/same_matter/{number}", "/same_matter/-") for number, _ in enumerate(lines)])


def _extended(source: Source, name: str, known: Mapping[str, Source]) -> Source:
    """Give a rule with what a file adds to it."""
    written = read_whole(source, EXTENSION)
    if written["extends"] != name:
        raise PolicyError([source.problem("/extends", f"编号与文件名 {name} 不同")])
    if name not in known:
        raise PolicyError([source.problem("/extends", f"所扩展的政策包没有规则 {name}", closest(name, known))])
    rule = known[name]
    moves = [
        (f"/{key}/{index}", f"/{key}/-") for key in ("basis", "see", "limits") for index, _ in enumerate(written[key])
    ]
    moves += [(f"/ask/{escaped(each)}", f"/ask/{escaped(each)}") for each in written["ask"]]
    asked = rule.value.get("ask")
    problems = [
        source.problem(f"/ask/{escaped(each)}", f"所扩展的规则已写明 {each} 要什么文件", "去掉这一行", key=True)
        for each in written["ask"]
        if isinstance(asked, dict) and each in asked
    ]
    examples = rule.value.get("examples")
    cases = examples.get("cases") if isinstance(examples, dict) else None
    if isinstance(cases, list):
        expected = {
            each["name"]: (index, each.get("expect"))
            for index, each in enumerate(cases)
            if isinstance(each, dict) and isinstance(each.get("name"), str)
        }
        restated = written["examples"]["restated"]
        problems += _weaker_examples(source, restated, expected)
        moves += [
            (f"/examples/cases/{index}", "/examples/cases/-") for index, _ in enumerate(written["examples"]["cases"])
        ]
        moves += [
            (f"/examples/restated/{escaped(each)}", f"/examples/cases/{expected[each][0]}/expect")
            for each in restated
            if each in expected
        ]
    if problems:
        raise PolicyError(problems)
    found = joined(rule, source, moves)
    left_out = isinstance(rule.value, dict) and rule.value.get("examples", ...) is None
    return replace(found, value={**found.value, "examples": None}) if left_out else found


def _weaker_examples(
    source: Source, restated: Mapping[str, str], expected: Mapping[str, tuple[int, object]]
) -> Iterator[Problem]:
    """Tell which examples are restated to be less strict, or are none."""
    for name, verdict in restated.items():
        pointer = f"/examples/restated/{escaped(name)}"
        if name not in expected:
            yield source.problem(pointer, f"所扩展的规则没有例“{name}”", closest(name, expected), key=True)
            continue
        before = expected[name][1]
        if before in STRICTNESS and STRICTNESS.index(Verdict(verdict)) <= STRICTNESS.index(Verdict(str(before))):
            yield source.problem(pointer, f"例“{name}”原为 {before}：只能改为更严的结论", key=True)


# --- what it may not undo -------------------------------------------------------------------------------------------


def weakenings(layers: Sequence[Layer], rules: Sequence[Rule], document: str) -> Iterator[Problem]:
    """Tell where a pack makes a rule that rests on a statute find less, or binds those whom its law does not bind.

    *rules* are all rules, those that a layer does without included; *document* is the id of the document's statute.
    """
    for layer in layers:
        yield from _dropped(layer, rules, document)
        yield from _loosened(layer, rules, document)
        yield from _unbounded(layer, rules)


def statutes_of(rule: Rule, document: str) -> tuple[Statute, ...]:
    """Give the statutes that a rule rests on, the document itself left out."""
    return tuple(each.statute for each in rule.basis if each.statute.id != document)


def _dropped(layer: Layer, rules: Sequence[Rule], document: str) -> Iterator[Problem]:
    known = {each.id: each for each in rules}
    for number, name in enumerate(layer.dropped):
        pointer = f"/without/{number}/rule"
        if name not in known:
            yield layer.head.problem(pointer, f"没有规则 {name}", closest(name, known))
        elif statutes := statutes_of(known[name], document):
            yield layer.head.problem(pointer, f"规则 {name} 以{statutes[0].citation}为依据，不能不用")


def stricter(rule: Rule, figure: str) -> Direction:
    """Say which way a figure goes where it makes a rule find more: up, down, either way, or it makes no difference."""

    def of(node: Node) -> Direction:
        return direction(node, figure, rule.lets)

    found = of(rule.when) | of(rule.violated) | of(rule.suspected)
    for each in rule.exemptions:
        found |= turned(of(each.condition)) | (EITHER if of(each.paper) | of(each.valid_on) else STILL)
    for node in (rule.grade, rule.responsible, *(each.condition for each in rule.basis)):
        found |= EITHER if of(node) else STILL
    return found


def _loosened(layer: Layer, rules: Sequence[Rule], document: str) -> Iterator[Problem]:
    for name, (before, after) in layer.replaced.items():
        assert layer.figures is not None
        file = layer.figures
        number = next(index for index, each in enumerate(file.value) if each["id"] == name)
        kept = len(after.values) - len(file.value[number]["values"])
        for rule in rules:
            statutes, way = statutes_of(rule, document), stricter(rule, name)
            if not statutes or way == STILL:
                continue
            why = f"规则 {rule.id} 以{statutes[0].citation}为依据"
            if way == EITHER:
                told = f"{name} 改大改小都可能放宽：{why}"
                yield file.problem(f"/{number}", told, "另写一条规则，用自己的参数")
                continue
            if after.soft and not before.soft:
                told = f"{name} 原是核实的数值，不能换成未核实的：{why}"
                yield file.problem(f"/{number}/kind", told, "写明出处，核实后再改")
            for index, value in enumerate(after.values):
                for other in _at_the_same_time(after, index, before):
                    if value.value < other.value if way == UP else value.value > other.value:
                        told = f"{name} 由{other.value}改为{value.value}是放宽：{why}"
                        way_out = f"只能{'不小于' if way == UP else '不大于'}{other.value}"
                        yield file.problem(f"/{number}/values/{index - kept}/value", told, way_out)


def _at_the_same_time(after: Parameter, index: int, before: Parameter) -> Iterator[ParameterValue]:
    """Give the values of a figure *before* that may be in force while the one at *index* is."""
    starts = [each.first_day for each in after.values]
    end = starts[index + 1] if index + 1 < len(starts) else None
    for other, following in pairwise((*before.values, None)):
        assert other is not None
        is_over = following is not None and at_most(following.first_day, starts[index]) is True
        is_later = end is not None and at_most(end, other.first_day) is True
        if not (is_over or is_later):
            yield other


def _unbounded(layer: Layer, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Tell where local law is a basis that is not confined to its province."""
    if not layer.province:
        return
    wanted = f'zone.province_code == "{layer.province}"'
    for rule in rules:
        for index, each in enumerate(rule.basis):
            if each.statute.id in layer.statutes and not _names_province(each.condition, rule, layer.province):
                yield rule.source.problem(
                    f"/basis/{index}", f"{each.statute.citation}只在本省有效，依据要写明", f"加上 if: '{wanted}'"
                )


def _names_province(condition: Node, rule: Rule, province: str) -> bool:
    if isinstance(condition, And):
        return any(_names_province(each, rule, province) for each in condition.all)
    if not isinstance(condition, Compare) or condition.operator != "==":
        return False
    sides = (condition.left, condition.right)
    names = {"zone.province_code", "province_code"} if rule.each == ZONE else {"zone.province_code"}
    return any(path_text(each) in names for each in sides) and any(
        isinstance(each, Constant) and each.value == province for each in sides
    )
