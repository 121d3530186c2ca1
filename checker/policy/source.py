"""The files of a pack as they were read: what they say, and where in their text everything stands."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from checker.classes import dataclass
from checker.errors import Place, PolicyError, Problem, reason

LARGEST_FILE = 1_000_000
MOST_PROBLEMS = 20
WIDEST_EXCERPT = 120
UNPRINTABLE = "[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_ESCAPE = r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)"
_WHITE_ESCAPES = frozenset("\\" + each for each in "\n \tnrtvfNLP_")


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a file, and the name that is shown to people."""

    file: str
    text: str


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """A value with the span of text that it was read from; `style` is the quote or block mark, empty for plain."""

    value: Any
    page: Page
    start: int
    end: int
    style: str = ""
    key_start: int | None = None
    children: dict[str, "Node"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A YAML file as read: its value, and where in the text each part of it stands.

    `file` is the name shown to people. `value` holds only `dict`, `list`, `str`, `int`, `Decimal`, `bool` and `None`.
    One that is `joined` of several files has the first one's name and text, and each part its place in its own file.
    """

    file: str
    text: str = field(repr=False)
    value: Any
    root: Node = field(repr=False, compare=False)
    joined: tuple["Source", ...] = field(default=(), repr=False, compare=False)

    @property
    def files(self) -> tuple["Source", ...]:
        """The files that it was read from."""
        return self.joined or (self,)

    @property
    def is_as_read(self) -> bool:
        """Whether its text says all that it holds."""
        return not self.joined and self.value == parse_yaml(self.text, self.file).value

    def place(self, pointer: str, *, key: bool = False) -> Place:
        """Give the place of the value at a JSON pointer, or of its *key*; else that of the nearest parent."""
        node, position = self._start(pointer, key=key)
        return place_of(node.page, position, pointer)

    def expression_place(self, pointer: str, offset: int) -> tuple[Place, str]:
        """Give the place and the source line with a caret for a character offset inside the text at *pointer*."""
        node, _ = self._find(pointer)
        position = _position_in(node.page.text, node, offset) if isinstance(node.value, str) else node.start
        return place_of(node.page, position, pointer), _excerpt(node.page.text, position)

    def problem(self, pointer: str, message: str, suggestion: str = "", *, key: bool = False) -> Problem:
        """Say what is wrong with the value at *pointer*, or with its *key*, and show the line."""
        node, position = self._start(pointer, key=key)
        excerpt = _excerpt(node.page.text, position)
        return Problem(message=message, place=self.place(pointer, key=key), suggestion=suggestion, excerpt=excerpt)

    def _find(self, pointer: str) -> tuple[Node, bool]:
        """Give the node at *pointer* and true, or its nearest parent and false."""
        node = self.root
        for part in pointer.split("/")[1:]:
            child = node.children.get(part.replace("~1", "/").replace("~0", "~"))
            if child is None:
                return node, False
            node = child
        return node, True

    def _start(self, pointer: str, *, key: bool) -> tuple[Node, int]:
        node, exact = self._find(pointer)
        return node, node.key_start if key and exact and node.key_start is not None else node.start


class RememberedSource(Source):
    """A file that was read without fault before: its text is only read again when somebody asks what it says.

    One with a change is a plain source.

    >>> kept = RememberedSource("x.yaml", "a: [1]")
    >>> kept.value, str(kept.place("/a/0")), replace(kept, value=2)
    ({'a': [1]}, 'x.yaml:1:5 /a/0', Source(file='x.yaml', value=2))
    """

    __slots__ = ("_read",)
    _read: Source | None

    def __new__(cls, file: str, text: str, **more: Any) -> Source:  # type: ignore[misc]  # one with a change is a plain source
        """Remember a text."""
        if more:
            return Source(file=file, text=text, **more)
        made = object.__new__(cls)
        for name, value in (("file", file), ("text", text), ("joined", ()), ("_read", None)):
            object.__setattr__(made, name, value)
        return made

    def __init__(self, *_values: str) -> None:
        """Do nothing more."""

    @property
    def value(self) -> Any:
        """What the text says."""
        return self._source.value

    @property
    def root(self) -> Node:
        """Where it says it."""
        return self._source.root

    @property
    def _source(self) -> Source:
        if self._read is None:
            object.__setattr__(self, "_read", parse_yaml(self.text, self.file))
        assert self._read is not None
        return self._read


def joined(source: Source, addition: Source, moves: Iterable[tuple[str, str]]) -> Source:
    r"""Give *source* with values of *addition* put into it, each with its place in its own file.

    A move takes the value at a JSON pointer of the addition to one of the source: a list or mapping that is not there
    comes into being, and `-` for the last step puts the value behind the others, as in JSON Patch. What stands alone
    where a list is wanted is its first item.

    >>> one, two = parse_yaml("a: [1]\nb: x", "1.yaml"), parse_yaml("c: [2, 3]", "2.yaml")
    >>> both = joined(one, two, [("/c/0", "/a/-"), ("/c/1", "/b/-"), ("/c", "/d/e")])
    >>> both.value, str(both.place("/a/1"))
    ({'a': [1, 2], 'b': ['x', 3], 'd': {'e': [2, 3]}}, '2.yaml:1:5 /a/1')
    """
    root = _copied(source.root)
    for origin, target in moves:
        node, _ = addition._find(origin)
        _put(root, [each.replace("~1", "/").replace("~0", "~") for each in target.split("/")[1:]], _copied(node))
    return Source(
        file=source.file,
        text=source.text,
        value=root.value,
        root=root,
        joined=(*source.files, addition),
    )


def _copied(node: Node) -> Node:
    """Copy a node and all below it, so that what is put into the copy stands nowhere else."""
    children = {key: _copied(each) for key, each in node.children.items()}
    value = node.value
    if isinstance(value, dict):
        value = {key: each.value for key, each in children.items()}
    elif isinstance(value, list):
        value = [each.value for each in children.values()]
    return replace(node, value=value, children=children)


def _put(root: Node, steps: Sequence[str], node: Node) -> None:
    holder = root
    for step, following in pairwise(steps):
        if step not in holder.children:
            _put(holder, [step], replace(node, value=[] if following == "-" else {}, children={}))
        elif following == "-" and not isinstance(holder.children[step].value, list):
            alone = holder.children[step]
            _put(holder, [step], replace(alone, value=[alone.value], children={"0": alone}))
        holder = holder.children[step]
    last = steps[-1]
    if isinstance(holder.value, list) and last == "-":
        last = str(len(holder.value))
        holder.value.append(node.value)
    elif isinstance(holder.value, list):
        holder.value[int(last)] = node.value
    else:
        holder.value[last] = node.value
    holder.children[last] = node


def read_yaml(path: Path, name: str = "") -> Source:
    """Read the file at *path*, which people know as *name*; raise `PolicyError` for whatever is wrong with it."""
    name = name or path.name
    return parse_yaml(read_text(path, name), name)


def read_text(path: Path, name: str) -> str:
    """Read the text of a file; raise `PolicyError` where it is none, or too long."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise PolicyError([Problem(message=f"读不到文件（{reason(error)}）", place=Place(file=name))]) from error
    if len(content) > LARGEST_FILE:
        raise PolicyError([Problem(message="文件超过 1 MB", place=Place(file=name, line=1, column=1))])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        place = place_of(Page(name, before), len(before), "")
        raise PolicyError([Problem(message="不是 UTF-8 编码的文本", place=place)]) from error


def parse_yaml(text: str, name: str) -> Source:
    """Read *text*, which people know as the file *name*; raise `PolicyError` with all that is wrong with it.

    >>> parse_yaml("a: [1, 0.50, no, 2014-10-30]", "x.yaml").value
    {'a': [1, Decimal('0.50'), 'no', '2014-10-30']}
    """
    from checker.policy.reading import tree  # noqa: PLC0415  (a pack that is remembered needs no reader of YAML)

    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    root = tree(Page(name, text))
    return Source(file=name, text=text, value=root.value, root=root)


# --- positions ------------------------------------------------------------------------------------------------------


def _position_in(text: str, node: Node, offset: int) -> int:
    """Give the position in *text* of the character at *offset* of a scalar's value.

    However a scalar is quoted, folded or indented, its characters other than white space stand in the text in the same
    order; so the position is found by counting them.
    """
    value = node.value[: max(offset, 0)]
    starts = list(_solid(text, node))
    before = sum(not each.isspace() for each in value)
    if not starts:
        return node.start
    if offset < len(node.value) and not node.value[offset].isspace():
        return starts[before][0] if before < len(starts) else node.start
    if before == 0:
        return starts[0][0]
    position = starts[min(before, len(starts)) - 1][1]
    for _ in value[len(value.rstrip()) :]:
        if text[position : position + 1] in (" ", "\t"):
            position += 1
    return position


def _solid(text: str, node: Node) -> Iterator[tuple[int, int]]:
    """Give the start and end of each piece of a scalar's text that stands for one character other than white space."""
    position, end = node.start, node.end
    if node.style in ("|", ">"):
        position = text.find("\n", position, end) + 1 or end
    elif node.style:
        position, end = position + 1, end - 1
    while position < end:
        piece = text[position]
        if node.style == '"' and piece == "\\":
            escape = re.compile(_ESCAPE, re.DOTALL).match(text, position, end)
            piece = escape.group() if escape else piece
        elif node.style == "'" and piece == "'":
            piece = "''"
        if not piece.isspace() and piece not in _WHITE_ESCAPES:
            yield position, position + len(piece)
        position += len(piece)


def place_of(page: Page, position: int, pointer: str) -> Place:
    """Give the place of a position, and of what stands there."""
    text = page.text
    line = text.count("\n", 0, position) + 1
    return Place(file=page.file, pointer=pointer, line=line, column=position - text.rfind("\n", 0, position))


def problem_at(page: Page, position: int, message: str, way_out: str = "") -> Problem:
    """Say what is wrong at a position, and show the line."""
    place = place_of(page, position, "")
    return Problem(message=message, place=place, suggestion=way_out, excerpt=_excerpt(page.text, position))


def _excerpt(text: str, position: int) -> str:
    """Give the line of *position* with a caret below it, put in place by blanks as wide as what stands above."""
    first = text.rfind("\n", 0, position) + 1
    last = text.find("\n", position)
    first, last = max(first, position - WIDEST_EXCERPT // 2), len(text) if last < 0 else last
    line = re.sub(UNPRINTABLE, "\ufffd", text[first : min(last, first + WIDEST_EXCERPT)])
    blanks = "".join(_blank(each) for each in line[: position - first])
    return f"    {line}\n    {blanks}^"


def _blank(character: str) -> str:
    if character == "\t":
        return character
    return "\u3000" if unicodedata.east_asian_width(character) in "WF" else " "
