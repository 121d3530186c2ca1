"""Where things stand in the text of a JSON document; looked up only when there is an error to word.

The scanner keeps its own stack, so that no nesting can exhaust Python's. It trusts that the text is valid JSON.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence

from checker.classes import dataclass

TOKEN = r'(?s:"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+)'
WIDTH = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a text; `line` and `column` start at 1 and count characters."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """A key that an object has twice: JSON readers keep the last and drop the first without a word."""

    pointer: str
    key: str
    first: Position
    again: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The positions that were asked for: of values by their pointer, and of the keys that lead to them."""

    values: dict[str, Position]
    keys: dict[str, Position]
    repetitions: tuple[Repetition, ...]

    def of(self, pointer: str) -> Position | None:
        """Give the position of the key that leads to *pointer*, or of the value where it has none."""
        return self.keys.get(pointer) or self.values.get(pointer)


def pointer_of(path: Sequence[str | int]) -> str:
    """Write a path as a JSON pointer (RFC 6901).

    >>> pointer_of(["parcels", 3, "a/b"])
    '/parcels/3/a~1b'
    """
    return "".join("/" + escaped(str(step)) for step in path)


def joined(ids: tuple[str, ...]) -> str:
    """Write the ids that lead to a record as one; where there are several, a `/` inside one is written `~1`.

    >>> joined(("E/1", "F")), joined(("E", "1/F")), joined(("2014/23",))
    ('E~11/F', 'E/1~1F', '2014/23')
    """
    return ids[0] if len(ids) == 1 else "/".join(map(escaped, ids))


def escaped(step: str) -> str:
    """Write a key or id as a step of a JSON pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def position(text: str, offset: int) -> Position:
    """Give the line and column of an offset."""
    return Position(line=text.count("\n", 0, offset) + 1, column=offset - text.rfind("\n", 0, offset), offset=offset)


def excerpt(text: str, at: Position) -> str:
    """Give the source line with a caret below the place; a long line is cut around it."""
    start = text.rfind("\n", 0, at.offset) + 1
    end = text.find("\n", at.offset)
    line = text[start : len(text) if end < 0 else end].rstrip("\r")
    column = at.offset - start
    left = max(0, column - WIDTH // 2)
    shown = line[left : left + WIDTH]
    before, after = "…" if left else "", "…" if left + WIDTH < len(line) else ""
    printable = "".join(
        each if each.isprintable() else "�" if each != "\t" else " " for each in f"{before}{shown}{after}"
    )
    indent = "".join(
        "　" if unicodedata.east_asian_width(each) in "WF" else " " for each in printable[: column - left + len(before)]
    )
    return f"    {printable}\n    {indent}^"


def places(text: str, wanted: Collection[str]) -> Places:
    """Find the positions of the *wanted* pointers and every key that an object has twice."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position_at(offset: int) -> Position:
        line = bisect_right(starts, offset)
        return Position(line=line, column=offset - starts[line - 1] + 1, offset=offset)

    values: dict[str, Position] = {}
    keys: dict[str, Position] = {}
    repetitions = []
    for pointer, key, at, first in _tokens(text):
        if first is not None:
            repetitions.append(
                Repetition(pointer=pointer, key=key or "", first=position_at(first), again=position_at(at))
            )
        elif pointer in wanted:
            (values if key is None else keys)[pointer] = position_at(at)
    return Places(values=values, keys=keys, repetitions=tuple(repetitions))


@dataclass(slots=True)
class _Open:
    """An object or a list that has not ended; `seen` maps the keys of an object to their offsets."""

    pointer: str
    seen: dict[str, int] | None
    index: int = 0
    key: str | None = None

    def inside(self) -> str:
        if self.seen is None:
            return f"{self.pointer}/{self.index}"
        return self.pointer + pointer_of([self.key or ""])


def _unescaped(token: str) -> str:
    import json  # noqa: PLC0415  (few dossiers have a key with an escape)

    return str(json.loads(token))


def _tokens(text: str) -> Iterator[tuple[str, str | None, int, int | None]]:
    """Yield (pointer, key or None for a value, offset, offset of the same key earlier in the object or None)."""
    stack: list[_Open] = []
    for match in re.finditer(TOKEN, text):
        token, at = match.group(), match.start()
        if token in "]}":
            stack.pop()
        elif token == ",":
            top = stack[-1]
            if top.seen is None:
                top.index += 1
            else:
                top.key = None
        elif token == ":":
            continue
        elif stack and stack[-1].seen is not None and stack[-1].key is None:
            top = stack[-1]
            key = _unescaped(token) if "\\" in token else token[1:-1]
            first = top.seen.get(key) if top.seen is not None else None
            top.key = key
            yield top.inside(), key, at, None
            if first is not None:
                yield top.inside(), key, at, first
            elif top.seen is not None:
                top.seen[key] = at
        else:
            pointer = stack[-1].inside() if stack else ""
            yield pointer, None, at, None
            if token in "[{":
                stack.append(_Open(pointer, {} if token == "{" else None))
