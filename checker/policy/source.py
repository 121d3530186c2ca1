"""Read YAML and remember where everything stood. The only module that knows PyYAML.

What is read is a strict subset of YAML that holds no surprises for people who write rules: no anchors, aliases, tags
or merge keys, no key twice, keys that are texts, one document, limits on size and depth. `yes`, `no`, `on`, `off`, `~`,
days and numbers with leading zeros stay the text that they are; only `true`, `false`, `null`, whole numbers and
decimals are more than text. The tree is built from the parser's events with a stack of our own, so that no depth of
nesting can exhaust Python's.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from checker.classes import dataclass
from checker.errors import Place, PolicyError, Problem, reason

LARGEST_FILE = 1_000_000
DEEPEST_NESTING = 40
MOST_PROBLEMS = 20
MOST_NODES = 40_000
WIDEST_EXCERPT = 120

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,39})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,39})\.[0-9]{1,40}")
_WORDS = {"": None, "null": None, "true": True, "false": False}
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMATTING = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
)
"""Characters that nobody sees and that change what is seen: directions of writing, joiners, line ends (Cf, Zl, Zp)."""
_HIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]|{_FORMATTING.pattern}")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_WHITE_ESCAPES = frozenset("\\" + each for each in "\n \tnrtvfNLP_")

_USE_BLOCK = "集合 {…} 写在表达式里时，整个表达式用 >- 块"
_SYNTAX = {
    "mapping values are not allowed": ("这里不能出现冒号", "含有“: ”的文字要加引号，或写成 >- 块"),
    "could not find expected ':'": ("键的后面缺少冒号", "写作“键: 值”；多行文字用 >- 块"),
    "did not find expected key": ("缩进不一致，或引号、括号没有配对", "同一层的键要左对齐"),
    "did not find expected ',' or": ("方括号或花括号没有配对，或缺少逗号", _USE_BLOCK),
    "did not find expected '-' indicator": ("列表的各项没有左对齐", "同一个列表的“-”要在同一列"),
    "did not find expected node content": ("缺少内容", "没有内容时写 null"),
    "cannot start any token": ("有不能用来开头的字符", "以 @ ` % 或制表符开头的文字要加引号；缩进用空格"),
    "unexpected end of stream": ("引号没有配对", "补上结尾的引号"),
    "expected <document start>": ("前面的内容已经结束，这里多出内容", "检查缩进和括号"),
    "unknown escape character": ("双引号里有不认识的转义", "反斜杠写成 \\\\，或改用单引号"),
}


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a file, and the name that is shown to people."""

    file: str
    text: str


@dataclass(slots=True, eq=False, repr=False)
class _Node:
    """A value with the span of text that it was read from; `style` is the quote or block mark, empty for plain."""

    value: Any
    page: _Page
    start: int
    end: int
    style: str = ""
    key_start: int | None = None
    children: dict[str, "_Node"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A YAML file as read: its value, and where in the text each part of it stands.

    `file` is the name shown to people. `value` holds only `dict`, `list`, `str`, `int`, `Decimal`, `bool` and `None`.
    One that is `joined` of several files has the first one's name and text, and each part its place in its own file.
    """

    file: str
    text: str = field(repr=False)
    value: Any
    root: _Node = field(repr=False, compare=False)
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
        return _place(node.page, position, pointer)

    def expression_place(self, pointer: str, offset: int) -> tuple[Place, str]:
        """Give the place and the source line with a caret for a character offset inside the text at *pointer*."""
        node, _ = self._find(pointer)
        position = _position_in(node.page.text, node, offset) if isinstance(node.value, str) else node.start
        return _place(node.page, position, pointer), _excerpt(node.page.text, position)

    def problem(self, pointer: str, message: str, suggestion: str = "", *, key: bool = False) -> Problem:
        """Say what is wrong with the value at *pointer*, or with its *key*, and show the line."""
        node, position = self._start(pointer, key=key)
        excerpt = _excerpt(node.page.text, position)
        return Problem(message=message, place=self.place(pointer, key=key), suggestion=suggestion, excerpt=excerpt)

    def _find(self, pointer: str) -> tuple[_Node, bool]:
        """Give the node at *pointer* and true, or its nearest parent and false."""
        node = self.root
        for part in pointer.split("/")[1:]:
            child = node.children.get(part.replace("~1", "/").replace("~0", "~"))
            if child is None:
                return node, False
            node = child
        return node, True

    def _start(self, pointer: str, *, key: bool) -> tuple[_Node, int]:
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

    def __new__(cls, file: str, text: str, **more: Any) -> Source:  # type: ignore[misc]
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
    def root(self) -> _Node:
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


def _copied(node: _Node) -> _Node:
    """Copy a node and all below it, so that what is put into the copy stands nowhere else."""
    children = {key: _copied(each) for key, each in node.children.items()}
    value = node.value
    if isinstance(value, dict):
        value = {key: each.value for key, each in children.items()}
    elif isinstance(value, list):
        value = [each.value for each in children.values()]
    return replace(node, value=value, children=children)


def _put(root: _Node, steps: Sequence[str], node: _Node) -> None:
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
        place = _place(_Page(name, before), len(before), "")
        raise PolicyError([Problem(message="不是 UTF-8 编码的文本", place=place)]) from error


def parse_yaml(text: str, name: str) -> Source:
    """Read *text*, which people know as the file *name*; raise `PolicyError` with all that is wrong with it.

    >>> parse_yaml("a: [1, 0.50, no, 2014-10-30]", "x.yaml").value
    {'a': [1, Decimal('0.50'), 'no', '2014-10-30']}
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _UNPRINTABLE.search(text) or _FORMATTING.search(text)
    if found is not None:
        code = f"U+{ord(found.group()):04X}"
        page = _Page(name, text)
        raise PolicyError([_problem(page, found.start(), f"含有不可见的控制字符 {code}，可能不是文本文件")])
    builder = _Builder(_Page(name, text))
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise PolicyError([*builder.problems, _syntax_problem(builder.page, error)]) from error
    if builder.problems:
        raise PolicyError(builder.problems)
    return Source(file=name, text=text, value=builder.root.value, root=builder.root)


def _syntax_problem(page: _Page, error: yaml.YAMLError) -> Problem:
    """Say in Chinese what the parser objects to."""
    said, position = "", 0
    if isinstance(error, yaml.MarkedYAMLError):
        said, position = error.problem or "", min(_index(error.problem_mark or error.context_mark), len(page.text))
    message, way_out = next((each for part, each in _SYNTAX.items() if part in said), (f"语法错误（{said}）", ""))
    return _problem(page, position, f"不是有效的 YAML：{message}", way_out)


class _Builder:
    """Build the tree from the parser's events.

    Lesser faults are collected in `problems`; after the others, which leave no tree to speak of, the file is given up.
    """

    def __init__(self, page: _Page) -> None:
        self.page = page
        self.root = _Node(value=None, page=page, start=0, end=0)
        self.problems: list[Problem] = []
        self._documents = 0
        self._nodes = 0
        self._open: list[_Node] = []
        self._keys: list[tuple[str, int] | None] = []  # for each open node, the key that waits for its value

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        start = _index(event.start_mark)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._report(start, "一个文件只能有一个文档", "去掉第二个 ---", fatal=True)
            case yaml.AliasEvent():
                self._no_anchor(start)
            case yaml.ScalarEvent() | yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                if event.anchor is not None:
                    self._no_anchor(start)
                if event.tag is not None:
                    self._report(start, "不允许使用类型标记（!）", "去掉标记；文字以 ! 开头时要加引号", fatal=True)
                node = _node(event, self.page)
                if isinstance(node.value, str) and (hidden := _HIDDEN.search(node.value)):
                    code = f"U+{ord(hidden.group()):04X}"
                    self._report(node.start, f"含有不可见的控制字符 {code}", "去掉这个转义")
                self._add(node, is_open=not isinstance(event, yaml.ScalarEvent))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._open.pop().end = _index(event.end_mark)
                self._keys.pop()

    def _add(self, node: _Node, *, is_open: bool) -> None:
        """Put *node* where it belongs: the root, the next of a list, the value of the key that waits, or a key."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._report(node.start, f"一个文件超过{MOST_NODES:,}项内容", "分成几个文件，或者删减", fatal=True)
        if is_open and len(self._open) == DEEPEST_NESTING:
            self._report(node.start, f"嵌套超过 {DEEPEST_NESTING} 层", fatal=True)
        if not self._open:
            self.root = node
        elif isinstance(self._open[-1].value, list):
            self._open[-1].children[str(len(self._open[-1].value))] = node
            self._open[-1].value.append(node.value)
        elif self._keys[-1] is not None:
            key, node.key_start = self._keys[-1]
            self._keys[-1] = None
            self._open[-1].value[key] = node.value
            self._open[-1].children[key] = node
        elif is_open:
            self._report(node.start, "键必须是文字，不能是列表或对象", _USE_BLOCK, fatal=True)
        else:
            self._keys[-1] = (self._key(node), node.start)
        if is_open:
            self._open.append(node)
            self._keys.append(None)

    def _key(self, node: _Node) -> str:
        """Read a key of the innermost open node."""
        key = self.page.text[node.start : node.end]
        if not isinstance(node.value, str):
            self._report(node.start, f"键必须是文字：{_clipped(key) or '空'}", f'加引号："{_clipped(key)}"')
            return key
        if key == "<<":
            self._report(node.start, "不允许使用合并键 <<", "把内容直接写出来")
        elif (earlier := self._open[-1].children.get(node.value)) is not None:
            first = _place(self.page, earlier.key_start or 0, "").line
            self._report(node.start, f"键“{_clipped(node.value)}”重复（第 {first} 行已有）", "删去其中一个")
        return node.value

    def _no_anchor(self, start: int) -> None:
        way_out = "把内容直接写出来；文字以 * 或 & 开头时要加引号"
        self._report(start, "不允许使用锚点（&）和别名（*）", way_out, fatal=True)

    def _report(self, position: int, message: str, way_out: str = "", *, fatal: bool = False) -> None:
        self.problems.append(_problem(self.page, position, message, way_out))
        if fatal or len(self.problems) >= MOST_PROBLEMS:
            raise PolicyError(self.problems)


def _node(event: yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent, page: _Page) -> _Node:
    """Make a node from an event; a plain scalar is resolved, whatever is quoted or a block is text."""
    start, end = _index(event.start_mark), _index(event.end_mark)
    match event:
        case yaml.SequenceStartEvent():
            return _Node(value=[], page=page, start=start, end=end)
        case yaml.MappingStartEvent():
            return _Node(value={}, page=page, start=start, end=end)
    style = event.style or ""
    value = event.value if style else _resolve(event.value)
    return _Node(value=value, page=page, start=start, end=end, style=style)


def _index(mark: Any) -> int:
    """Give the position of a *mark*; the parser in C and the one in Python have marks of different types."""
    return mark.index if mark else 0


def _resolve(plain: str) -> str | int | Decimal | bool | None:
    if plain in _WORDS:
        return _WORDS[plain]
    if _WHOLE_NUMBER.fullmatch(plain):
        return int(plain)
    return Decimal(plain) if _DECIMAL.fullmatch(plain) else plain


# --- positions ------------------------------------------------------------------------------------------------------


def _position_in(text: str, node: _Node, offset: int) -> int:
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


def _solid(text: str, node: _Node) -> Iterator[tuple[int, int]]:
    """Give the start and end of each piece of a scalar's text that stands for one character other than white space."""
    position, end = node.start, node.end
    if node.style in ("|", ">"):
        position = text.find("\n", position, end) + 1 or end
    elif node.style:
        position, end = position + 1, end - 1
    while position < end:
        piece = text[position]
        if node.style == '"' and piece == "\\":
            escape = _ESCAPE.match(text, position, end)
            piece = escape.group() if escape else piece
        elif node.style == "'" and piece == "'":
            piece = "''"
        if not piece.isspace() and piece not in _WHITE_ESCAPES:
            yield position, position + len(piece)
        position += len(piece)


def _place(page: _Page, position: int, pointer: str) -> Place:
    text = page.text
    line = text.count("\n", 0, position) + 1
    return Place(file=page.file, pointer=pointer, line=line, column=position - text.rfind("\n", 0, position))


def _problem(page: _Page, position: int, message: str, way_out: str = "") -> Problem:
    place = _place(page, position, "")
    return Problem(message=message, place=place, suggestion=way_out, excerpt=_excerpt(page.text, position))


def _excerpt(text: str, position: int) -> str:
    """Give the line of *position* with a caret below it, put in place by blanks as wide as what stands above."""
    first = text.rfind("\n", 0, position) + 1
    last = text.find("\n", position)
    first, last = max(first, position - WIDEST_EXCERPT // 2), len(text) if last < 0 else last
    line = _UNPRINTABLE.sub("\ufffd", text[first : min(last, first + WIDEST_EXCERPT)])
    blanks = "".join(_blank(each) for each in line[: position - first])
    return f"    {line}\n    {blanks}^"


def _blank(character: str) -> str:
    if character == "\t":
        return character
    return "\u3000" if unicodedata.east_asian_width(character) in "WF" else " "


def _clipped(key: str) -> str:
    return key if len(key) <= 40 else key[:40] + "…"
