"""Sentences with values in them: `欠缴{{ due - paid | yuan }}`.

What stands in the brackets is an expression of the rule language, checked like any other, so that no template engine
ever sees the text of a policy pack.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from checker.language.parsing import ExpressionError, Scope, parse
from checker.language.tree import Node, Sort
from checker.language.wording import member_text
from checker.values import Value

_SLOT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_STYLED = re.compile(r"(.*)\|\s*(\w+)\s*", re.DOTALL)
"""An expression, a bar and a word; a bar inside a text has more than a word after it."""
STYLES = {"date": Sort.DAY, "yuan": Sort.NUMBER, "hectares": Sort.NUMBER}
"""What may follow the bar: it states what the reader is shown, and is checked against the expression."""
_STYLE_UNITS = {"yuan": "cny", "hectares": "ha"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A sentence: texts and expressions in turn."""

    parts: tuple[str | Node, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The expressions in it."""
        return tuple(part for part in self.parts if isinstance(part, Node))

    def fill(self, value_of: Callable[[Node], Value]) -> str:
        """Put values in: what is unknown reads 不详, a sum over an incomplete list 至少…."""
        return "".join(part if isinstance(part, str) else member_text(value_of(part), part) for part in self.parts)


def parse_template(text: str, scope: Scope) -> Template:
    """Read a sentence; raise `ExpressionError`."""
    parts: list[str | Node] = []
    position = 0
    for slot in _SLOT.finditer(text):
        parts.append(text[position : slot.start()])
        parts.append(_slot(slot, scope))
        position = slot.end()
    parts.append(text[position:])
    if any("{{" in part or "}}" in part for part in parts if isinstance(part, str)):
        raise ExpressionError("花括号没有配对", offset=0)
    return Template(parts=tuple(part for part in parts if part != ""))


def _slot(slot: re.Match[str], scope: Scope) -> Node:
    found = _STYLED.fullmatch(slot[1])
    expression, style = (found[1], found[2]) if found else (slot[1], "")
    start = slot.start(1) + len(expression) - len(expression.lstrip())
    try:
        node = parse(expression.strip(), scope)
    except ExpressionError as error:
        raise ExpressionError(error.message, offset=start + error.offset, suggestion=error.suggestion) from error
    if style and (style not in STYLES or node.type.sort is not STYLES[style]):
        raise ExpressionError(f"{style} 不适用于{node.type.sort.label}", offset=start, suggestion="、".join(STYLES))
    if node.type.unit not in {_STYLE_UNITS.get(style, node.type.unit), "*"}:
        raise ExpressionError(f"{style} 与单位 {node.type.unit} 不符", offset=start)
    if node.type.sort in {Sort.RECORD, Sort.REGISTER, Sort.SHAPE}:
        raise ExpressionError(f"{node.type.sort.label}不能放进句子里", offset=start)
    return node
