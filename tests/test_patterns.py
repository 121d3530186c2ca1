"""Every regular expression of the program against texts made to be hard for it: none takes long, however they fail.

The patterns are found in the source, so that a new one is tried without being listed. What is hard for a pattern is
made of its own parts: pieces that it repeats, over and over, with an end that fits nothing.
"""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]  # the parts of a pattern have no other name
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from pace import assert_bearable, slowness

import checker
from checker.catalogues import slots
from checker.sheets.content import BETWEEN, BETWEEN_FIELDS, BETWEEN_PAPERS, parts
from checker.sheets.land_supply import ONE_INSTALMENT
from checker.sheets.workbook import _attributes, _Marks

SHORT, LONG = 2_000, 30_000
SUSPICIOUS = 0.002
BEARABLE = 0.4
"""Seconds for the long text; what grows with the square of its length takes several."""

ROOT = Path(checker.__file__).parent
CALLS = frozenset({"compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer"})
BOUNDED = {
    r"\{\{(.*?)\}\}": "a sentence of a rule has at most 2,000 characters",
    r"\[\[(.*?)\]\]": "the same",
    r"(.*)\|\s*(\w+)\s*": "the same",
}
"""Patterns that are slow on long texts and never see one, each with the reason."""

Pattern = re.Pattern[str] | re.Pattern[bytes]


@cache
def patterns() -> dict[Pattern, frozenset[str]]:
    """Find the patterns that modules hold, and those that are written where they are used; say how each is used."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    found: dict[Pattern, frozenset[str]] = {}
    for info in pkgutil.walk_packages(checker.__path__, "checker."):
        if not info.name.endswith("__main__"):
            for name, each in vars(importlib.import_module(info.name)).items():
                if isinstance(each, re.Pattern):
                    found[each] = frozenset(re.findall(rf"\b{name}\.(\w+)\(", source)) & CALLS or CALLS
    for node in ast.walk(ast.parse(source.replace("from __future__", "#"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=name),
                args=[ast.Constant(value=str() | bytes() as text), *rest],
            ) if name in CALLS:
                given = [*rest, *(each.value for each in node.keywords)]
                flags = [each.attr for each in given if isinstance(each, ast.Attribute) and each.attr.isupper()]
                pattern: Any = re.compile(text, sum(int(getattr(re, each)) for each in flags))
                found[pattern] = found.get(pattern, frozenset()) | {name}
    marks = _Marks.of(b"<worksheet>")
    return found | dict.fromkeys((marks.value, marks.formula, marks.unnamed, marks.row, marks.cell), CALLS)


def pieces(pattern: Pattern) -> list[str]:
    """Give texts that fit parts of a pattern: each literal run, and one or two characters of each class."""
    parsed = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else 0)
    return list(dict.fromkeys(each for each in _pieces(parsed) if each))


def _pieces(parsed: Any) -> Iterator[str]:
    run = ""
    for kind, given in parsed:
        if kind is sre.LITERAL:
            run += chr(given)
            continue
        yield run
        if len(run) > 1:
            yield run[0]
        run = ""
        match kind:
            case sre.ANY | sre.NOT_LITERAL:
                yield "a"
            case sre.IN:
                yield from _members(given)
            case sre.BRANCH:
                for each in given[1]:
                    yield from _pieces(each)
            case sre.SUBPATTERN:
                yield from _pieces(given[-1])
            case sre.ASSERT | sre.ASSERT_NOT:
                yield from _pieces(given[1])
            case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
                yield from _pieces(given[2])
    yield run
    if len(run) > 1:
        yield run[0]


CLASSES = {
    sre.CATEGORY_DIGIT: "1",
    sre.CATEGORY_SPACE: " \n",
    sre.CATEGORY_WORD: "a",
    sre.CATEGORY_NOT_DIGIT: "a",
    sre.CATEGORY_NOT_SPACE: "a",
    sre.CATEGORY_NOT_WORD: " ",
}


def _members(given: Any) -> Iterator[str]:
    is_negated = any(kind is sre.NEGATE for kind, _ in given)
    if is_negated:
        yield from "a "
    for kind, each in given:
        match kind:
            case sre.LITERAL if not is_negated:
                yield chr(each)
            case sre.RANGE if not is_negated:
                yield chr(each[0])
            case sre.CATEGORY:
                yield from CLASSES[each]


def attacks(pattern: Pattern, length: int) -> Iterator[str]:
    """Give texts that are hard for a pattern: one or two of its pieces over and over, behind one of its pieces."""
    held = pieces(pattern)[:7]
    repeated = [*held, *(one + other for one in held[:4] for other in held[:4] if one != other)]
    for head in dict.fromkeys(("", *held[:3])):
        for each in repeated:
            for tail in ("\x01", ""):
                yield head + each * (length // len(each)) + tail


def seconds(pattern: Pattern, text: str, calls: frozenset[str]) -> float:
    """Say how long a pattern takes over a text: to be fitted to it or, where the program searches, to be searched."""
    given: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
    start = time.process_time()
    pattern.fullmatch(given)
    if calls - {"match", "fullmatch", "compile"}:
        pattern.search(given)
    return time.process_time() - start


def test_the_patterns_are_found() -> None:
    assert len(patterns()) > 90


def test_no_pattern_takes_long_over_any_text() -> None:
    slow = []
    for pattern, calls in patterns().items():
        for short, long in zip(attacks(pattern, SHORT), attacks(pattern, LONG), strict=True):
            suspicious = seconds(pattern, short, calls) > SUSPICIOUS and pattern.pattern not in BOUNDED
            if suspicious and seconds(pattern, long, calls) > BEARABLE * slowness():
                slow.append((pattern.pattern, short[:20]))
                break
    assert slow == []


def test_a_pattern_that_takes_long_would_be_noticed() -> None:
    slow = re.compile(r"\s*[、，]\s*")
    hard = next(each for each in attacks(slow, SHORT) if each == " " * SHORT + "\x01")
    assert seconds(slow, hard, CALLS) > SUSPICIOUS


LONG_CELLS = {
    "texts": lambda: parts(BETWEEN, "甲" + " " * 1_000_000 + "乙"),
    "papers": lambda: parts(BETWEEN_PAPERS, "D1" + " " * 1_000_000 + "D2"),
    "fields": lambda: parts(BETWEEN_FIELDS, "甲=D1" + " " * 1_000_000 + "乙"),
    "instalments": lambda: ONE_INSTALMENT.fullmatch("1" + ":" * 1_000_000),
    "a name of XML": lambda: _attributes(b"<sheet " + b"a" * 1_000_000),
    "slots": lambda: slots("{{" * 500_000),
}


@pytest.mark.parametrize("read", LONG_CELLS.values(), ids=LONG_CELLS.keys())
def test_a_long_run_of_one_character_is_read_at_once(read: Any) -> None:
    start = time.process_time()
    read()
    assert_bearable(time.process_time() - start, 1.0)
