"""Mutants of a rule: the same rule with one slip of the pen in it, as an author might make it.

A mutant is made in what was written, by the spans of the typed trees, and read again as any rule is. Nothing here
judges anything: `mutating` looks whether the examples tell a mutant from the rule.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from checker.classes import dataclass
from checker.errors import Place
from checker.language.tree import (
    And,
    Arithmetic,
    AsOf,
    Call,
    Choice,
    Compare,
    Constant,
    IsNone,
    Let,
    Member,
    Node,
    Not,
    Or,
    ParameterValue,
    Quantifier,
)
from checker.policy.law import Parameter
from checker.policy.law import ParameterValue as DatedValue
from checker.policy.rules import Rule, below
from checker.policy.source import Source
from checker.values import Value, written_day

Written = dict[str, Any]
ANY_PAPER = "*"
"""The id of a paper that a mutant without the requirement of a paper names: it proves itself."""

GONE = "（去掉）"
MUCH = 10**12
"""What a mutant takes for none: no figure of a dossier that is near a threshold."""

_LAST_PLACE_OF_FRACTION = Fraction(1, 100)
SILENT: Mapping[str, object] = {
    "grade": "A",
    "responsible": "zone",
    "matter": {},
    "see": [],
    "message": "无",
    "remedy": [{"action": "无", "done_when": "无", "within": "immediately"}],
    "ask": {},
    "limits": [],
}
"""What no verdict depends on, cut short: a mutant is read more quickly, and no question falls idle in it."""

_OTHER = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
}
_COMPARISON = re.compile(r"<=|>=|==|!=|<|>|\bnot\s+in\b|\bin\b|\bis\s+not\b|\bis\b")
_ARITHMETIC = re.compile(r"[-+*/]")
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule with one change: what was written, what instead, and where.

    `written` is the rule so changed, without what no verdict depends on; `figures` are the parameters that it changes.
    """

    what: str
    place: Place
    before: str
    after: str
    written: Written
    figures: Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of an expression: the span that is replaced, by what, and how both are shown."""

    what: str
    span: tuple[int, int]
    text: str
    before: str
    after: str

    def of(self, text: str) -> str:
        """Give the changed text of the expression."""
        return f"{text[: self.span[0]]}{self.text}{text[self.span[1] :]}"


def mutants(rule: Rule, parameters: Mapping[str, Parameter], figures: Sequence[Source]) -> Iterator[Mutant]:
    """Give every mutant of a rule; *figures* are the files of the parameters, for the places in them."""
    written: Written = rule.source.value | SILENT
    for pointer, tree in expressions(rule).items():
        text = _at(written, pointer)
        for edit in edits(tree, text) if isinstance(text, str) else ():
            yield Mutant(
                what=edit.what,
                place=rule.source.expression_place(pointer, edit.span[0])[0],
                before=edit.before,
                after=edit.after,
                written=_with(written, pointer, edit.of(text)),
                figures={},
            )
    yield from _omissions(rule, written)
    used = dict.fromkeys(
        part.id for tree in expressions(rule).values() for part in tree.walk() if isinstance(part, ParameterValue)
    )
    for name in used:
        yield from _figures(parameters[name], figures, written)


def expressions(rule: Rule) -> Mapping[str, Node]:
    """Give the expressions of a rule that its verdict depends on, by their JSON pointers."""
    found = {"/when": rule.when, "/violated": rule.violated, "/suspected": rule.suspected}
    found |= {"/conduct_on": rule.conduct_on}
    found |= {f"/basis/{index}/if": each.condition for index, each in enumerate(rule.basis)}
    for index, each in enumerate(rule.exemptions):
        found |= {f"/exempt/{index}/if": each.condition, f"/exempt/{index}/valid_on": each.valid_on}
    used = {part.name for tree in found.values() for part in below(tree, rule.lets) if isinstance(part, Let)}
    return {f"/let/{name}": tree for name, tree in rule.lets.items() if name in used} | found


# --- slips in an expression -----------------------------------------------------------------------------------------


def edits(tree: Node, text: str) -> Iterator[Edit]:
    """Give every change of an expression once: what stands in the middle of `a < b < c` is seen twice."""
    instead = {
        part.arguments[1].span
        for part in tree.walk()
        if isinstance(part, Call) and part.function.name == "if_none" and isinstance(part.arguments[1], Constant)
    }
    for each in dict.fromkeys(each for part in tree.walk() for each in _edits_of(part, text)):
        if each.span not in instead:
            yield each


def _edits_of(node: Node, text: str) -> Iterator[Edit]:
    def instead(what: str, changed: str) -> Edit:
        return Edit(what, node.span, f"({changed})", _one_line(_text(node, text)), _one_line(changed))

    match node:
        case And(all=parts) | Or(any=parts):
            word, other = ("and", "or") if isinstance(node, And) else ("or", "and")
            written = [_part(each, node, text) for each in parts]
            for index, gone in enumerate(written):
                rest = [f"({each})" for position, each in enumerate(written) if position != index]
                yield Edit(f"去掉{word}的一项", node.span, f"({f' {word} '.join(rest)})", _one_line(gone), GONE)
            yield instead(f"{word}改为{other}", f" {other} ".join(f"({each})" for each in written))
        case Not(part=part) if part.span != node.span:
            yield instead("去掉not", _text(part, text))
        case Compare() | Member() | IsNone():
            yield _other_operator(node, _operator(node, text), text)
        case Arithmetic(left=left, right=right):
            found = _ARITHMETIC.search(text, left.span[1], right.span[0])
            assert found is not None
            yield _other_operator(node, found, text)
        case Choice(condition=condition, first=first, second=second):
            here, there, choice = (_text(each, text) for each in (first, second, condition))
            yield instead("两种情形对调", f"({there}) if ({choice}) else ({here})")
        case Quantifier(kind="any" | "all" as kind):
            opposite = "all" if kind == "any" else "any"
            yield instead(f"{kind}改为{opposite}", opposite + _text(node, text).removeprefix(kind))
        case Constant():
            yield from (instead(what, changed) for what, changed in _literals(node.value, _text(node, text)))
        case Call(function=function, arguments=arguments):
            taken = [_text(each, text) for each in arguments]
            match function.name:
                case "happened":
                    yield instead("happened改为is not None", f"({taken[0]}) is not None")
                case "if_none":
                    yield instead("去掉if_none", taken[0])
                    if isinstance(arguments[1], Constant) and isinstance(arguments[1].value, Decimal):
                        yield instead("if_none的代替值", f"if_none({taken[0]}, {MUCH})")
                case "below":
                    yield instead("低于改为不高于", f"not below({taken[1]}, {taken[0]})")
    if isinstance(node, Quantifier):
        for condition in (each for loop in node.loops for each in loop.conditions if not isinstance(each, And)):
            yield Edit("去掉循环的条件", condition.span, "True", _one_line(_text(condition, text)), GONE)


def _text(node: Node, text: str) -> str:
    return text[slice(*node.span)]


def _part(part: Node, whole: Node, text: str) -> str:
    """Give the text of a conjunct; one of `a < b < c` is written out."""
    if part.span != whole.span:
        return _text(part, text)
    pair = part.part if isinstance(part, Not) else part
    left, right = _operands(pair)
    return f"({_text(left, text)}) {_operator(pair, text).group()} ({_text(right, text) if right else None})"


def _operands(pair: Node) -> tuple[Node, Node | None]:
    match pair:
        case Compare(left=left, right=right, turned=turned):
            return (right, left) if turned else (left, right)
        case Member(value=left, members=right):
            return left, right
    assert isinstance(pair, IsNone)
    return pair.value, None


def _operator(pair: Node, text: str) -> re.Match[str]:
    """Find the operator between two operands."""
    left, right = _operands(pair)
    found = _COMPARISON.search(text, left.span[1], right.span[0] if right else len(text))
    assert found is not None
    return found


def _other_operator(node: Node, found: re.Match[str], text: str) -> Edit:
    """Put another operator in the place of the one that was found; shown is the whole of what it joins."""
    operator = " ".join(found.group().split())
    other = _OTHER[operator]
    start, end = node.span
    changed = f"{text[start : found.start()]}{other}{text[found.end() : end]}"
    return Edit(f"{operator}改为{other}", found.span(), other, _one_line(_text(node, text)), _one_line(changed))


def _literals(value: object, written: str) -> Iterator[tuple[str, str]]:
    """Give the neighbours of a literal: a number or day a step away, a set without one of its members.

    Below nought nobody goes by mistake: what is counted and paid begins there.
    """
    match value:
        case Decimal():
            yield from (("数值差一", f"{value + step:f}") for step in _steps(value) if value + step >= 0)
        case date():
            yield from (("日期差一日", f'"{value + timedelta(days=step)}"') for step in (-1, 1))
        case frozenset() if len(value) > 1:
            members = _TEXT.findall(written)
            for gone in members:
                yield "集合少一项", f"{{{', '.join(each for each in members if each != gone)}}}"


def _steps(number: Decimal) -> tuple[Decimal, Decimal]:
    """Give one unit in the last place, down and up."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    unit = Decimal(1).scaleb(min(exponent, 0))
    return -unit, unit


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- what is left out of a rule -------------------------------------------------------------------------------------


def _omissions(rule: Rule, written: Written) -> Iterator[Mutant]:
    """Give the rule without each basis, exemption, bound and requirement."""

    def mutant(what: str, pointer: str, after: str | None = None, *, shown: str = "") -> Mutant:
        return Mutant(
            what=what,
            place=rule.source.place(pointer),
            before=shown or _shown(_at(written, pointer)),
            after=after or GONE,
            written=_with(written, pointer, after),
            figures={},
        )

    for key, tree in (("when", rule.when), ("suspected", rule.suspected)):
        if key in written and not isinstance(tree, And | Constant):
            yield mutant(f"去掉{key}", f"/{key}")
    if "kind" in written:
        yield mutant("去掉kind", "/kind")
    if not isinstance(rule.conduct_on, AsOf):
        yield mutant("行为日改为检查基准日", "/conduct_on", "as_of")
    for index, entry in enumerate(written["basis"]):
        pointer = f"/basis/{index}"
        if len(written["basis"]) > 1:
            yield mutant("去掉依据", pointer, shown=entry["statute"])
        yield from (mutant(f"去掉依据的{key}", f"{pointer}/{key}") for key in ("at_most", "if") if key in entry)
    for index, plea in enumerate(rule.exemptions):
        pointer, entry = f"/exempt/{index}", written["exempt"][index]
        yield mutant("去掉豁免", pointer, shown=plea.reason)
        if not isinstance(plea.condition, And | Constant):
            yield mutant("豁免不设条件", f"{pointer}/if", "True")
        if len(plea.grounds) > 1:
            yield from (mutant("去掉事由", f"{pointer}/ground/{position}") for position in range(len(plea.grounds)))
        yield from (mutant(f"去掉豁免的{key}", f"{pointer}/{key}") for key in ("at_most", "valid_on") if key in entry)
        if not plea.at_most_risk:
            yield Mutant(
                what="豁免不要文件",
                place=rule.source.place(pointer),
                before=entry.get("paper", "claim.doc_id"),
                after=GONE,
                written=_with(written, f"{pointer}/paper", f'"{ANY_PAPER}"'),
                figures={},
            )


# --- figures --------------------------------------------------------------------------------------------------------


def _figures(parameter: Parameter, figures: Sequence[Source], written: Written) -> Iterator[Mutant]:
    """Give the rule with each dated value of a figure a step away, or a list without one of its members."""
    for position, dated in enumerate(parameter.values):
        for value in _neighbours(dated.value):
            changed = (*parameter.values[:position], replace(dated, value=value), *parameter.values[position + 1 :])
            yield Mutant(
                what="参数差一",
                place=_place_of(parameter, dated, figures),
                before=f"{parameter.id} {_shown(_plain(dated.value))}",
                after=f"{parameter.id} {_shown(_plain(value))}",
                written=written,
                figures={parameter.id: replace(parameter, values=changed)},
            )


def _place_of(parameter: Parameter, dated: DatedValue, figures: Sequence[Source]) -> Place:
    """Give where a value stands: in the last file that has one of this figure from that day."""
    return next(
        file.place(f"/{index}/values/{position}/value")
        for file in reversed(figures)
        for index, each in enumerate(file.value)
        if each["id"] == parameter.id
        for position, written in enumerate(each["values"])
        if str(written["from"]) == written_day(dated.first_day)
    )


def _neighbours(value: Value) -> Iterator[Value]:
    match value:
        case tuple():
            yield from (tuple(each for each in value if each != gone) for gone in value)
        case Fraction():
            yield from (value + step for step in (-_LAST_PLACE_OF_FRACTION, _LAST_PLACE_OF_FRACTION))
        case int() | Decimal():
            yield from (value + step for step in _steps(Decimal(value)))


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


# --- the tree of what was written -----------------------------------------------------------------------------------


def _at(written: Any, pointer: str) -> Any:
    """Give what stands at a pointer, or nothing."""
    for step in pointer.split("/")[1:]:
        if isinstance(written, list):
            written = written[int(step)]
        elif step in written:
            written = written[step]
        else:
            return None
    return written


def _with(written: Written, pointer: str, value: str | None) -> Written:
    """Give what was written with another text at a pointer, or with nothing there."""
    changed: Written = _changed(written, pointer.split("/")[1:], value)
    return changed


def _changed(written: Any, steps: Sequence[str], value: str | None) -> Any:
    first, *others = steps
    step = int(first) if isinstance(written, list) else first
    changed = written.copy()
    if others:
        changed[step] = _changed(written[step], others, value)
    elif value is None:
        del changed[step]
    else:
        changed[step] = value
    return changed


def _shown(value: object) -> str:
    match value:
        case str():
            return _one_line(value)
        case list():
            return "、".join(map(_shown, value))
        case dict():
            return "，".join(f"{key}: {_shown(each)}" for key, each in value.items())
    return str(value)
