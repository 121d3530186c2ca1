"""Sentences with values in them: `宗地[[（{{ contract_no }}）]]欠缴{{ due - paid | yuan }}`.

What stands in the braces is an expression of the rule language, checked like any other, so that no template engine
ever sees the text of a policy pack. What stands in square brackets is said only if all its values are known.
"""

import re
from collections.abc import Callable

from checker.classes import dataclass
from checker.language.parsing import ExpressionError, Scope, parse
from checker.language.tree import Node, Sort
from checker.language.wording import member_text
from checker.values import UNKNOWN, Value

_SLOT = r"(?s:\{\{(.*?)\}\})"
_PASSAGE = r"(?s:\[\[(.*?)\]\])"
_STYLED = r"(?s:(.*)\|\s*(\w+)\s*)"
"""An expression, a bar and a word; a bar inside a text has more than a word after it."""
STYLES = {"date": Sort.DAY, "yuan": Sort.NUMBER, "hectares": Sort.NUMBER}
"""What may follow the bar: it states what the reader is shown, and is checked against the expression."""
_STYLE_UNITS = {"yuan": "cny", "hectares": "ha"}
_ENGLISH_MONTH = r"(?:[A-Z][a-z]+ )?[0-9]{4}"
_ON, _IN = r"\b[Oo]n $", {"on ": "in ", "On ": "In "}
"""In English a thing is done on a day, but in a month or year, where no more is known."""

Part = str | Node
"""A text, or an expression whose value stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Texts and expressions in turn; one that is `optional` is left out where a value in it is not known."""

    parts: tuple[Part, ...]
    optional: bool

    def fill(self, value_of: Callable[[Node], Value], text_of: Callable[[Value, Node], str] = member_text) -> str:
        """Put values in: what is unknown reads 不详, a sum over an incomplete list 至少…."""
        told = [part if isinstance(part, str) else value_of(part) for part in self.parts]
        if self.optional and UNKNOWN in told:
            return ""
        texts: list[str] = []
        for part, value in zip(self.parts, told, strict=True):
            if isinstance(part, str):
                texts.append(part)
                continue
            text = text_of(value, part)
            if texts and part.type.sort is Sort.DAY and re.fullmatch(_ENGLISH_MONTH, text):
                texts[-1] = re.sub(_ON, lambda found: _IN[found[0]], texts[-1])
            texts.append(text)
        return "".join(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A sentence: passages one after the other."""

    passages: tuple[Passage, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The expressions in it."""
        return tuple(part for passage in self.passages for part in passage.parts if isinstance(part, Node))

    def fill(self, value_of: Callable[[Node], Value], text_of: Callable[[Value, Node], str] = member_text) -> str:
        """Put values in."""
        return "".join([passage.fill(value_of, text_of) for passage in self.passages])


def parse_template(text: str, scope: Scope) -> Template:
    """Read a sentence; raise `ExpressionError`."""
    passages: list[Passage] = []
    position = 0
    for found in re.finditer(_PASSAGE, text):
        passages.append(_passage(text, (position, found.start()), scope, optional=False))
        passages.append(_passage(text, found.span(1), scope, optional=True))
        position = found.end()
    passages.append(_passage(text, (position, len(text)), scope, optional=False))
    return Template(passages=tuple(each for each in passages if each.parts))


def _passage(text: str, span: tuple[int, int], scope: Scope, *, optional: bool) -> Passage:
    parts: list[Part] = []
    position, end = span
    for slot in re.compile(_SLOT).finditer(text, position, end):
        parts.append(text[position : slot.start()])
        parts.append(_slot(slot, scope))
        position = slot.end()
    parts.append(text[position:end])
    if any(sign in part for part in parts if isinstance(part, str) for sign in ("{{", "}}")):
        raise ExpressionError("花括号没有配对", offset=0)
    if any(sign in part for part in parts if isinstance(part, str) for sign in ("[[", "]]")):
        raise ExpressionError("方括号没有配对", offset=0)
    if optional and all(isinstance(part, str) for part in parts):
        raise ExpressionError("方括号中没有填值的地方，写在外面即可", offset=span[0])
    return Passage(parts=tuple(part for part in parts if part != ""), optional=optional)


def _slot(slot: re.Match[str], scope: Scope) -> Node:
    found = re.fullmatch(_STYLED, slot[1])
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
