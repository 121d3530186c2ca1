"""Read YAML and remember where everything stood. The only module that knows PyYAML.

What is read is a strict subset of YAML that holds no surprises for people who write rules: no anchors, aliases, tags
or merge keys, no key twice, keys that are texts, one document, limits on size and depth. `yes`, `no`, `on`, `off`, `~`,
days and numbers with leading zeros stay the text that they are; only `true`, `false`, `null`, whole numbers and
decimals are more than text. The tree is built from the parser's events with a stack of our own, so that no depth of
nesting can exhaust Python's.
"""

import re
from decimal import Decimal
from typing import Any

import yaml

from checker.errors import PolicyError, Problem
from checker.policy.source import MOST_PROBLEMS, UNPRINTABLE, Node, Page, place_of, problem_at

DEEPEST_NESTING = 40
MOST_NODES = 40_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,39})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,39})\.[0-9]{1,40}")
_WORDS = {"": None, "null": None, "true": True, "false": False}
_UNPRINTABLE = re.compile(UNPRINTABLE)
_FORMATTING = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
)
"""Characters that nobody sees and that change what is seen: directions of writing, joiners, line ends (Cf, Zl, Zp)."""
_HIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]|{_FORMATTING.pattern}")

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


def tree(page: Page) -> Node:
    """Read the text of a page; raise `PolicyError` with all that is wrong with it."""
    found = _UNPRINTABLE.search(page.text) or _FORMATTING.search(page.text)
    if found is not None:
        code = f"U+{ord(found.group()):04X}"
        raise PolicyError([problem_at(page, found.start(), f"含有不可见的控制字符 {code}，可能不是文本文件")])
    builder = _Builder(page)
    try:
        for event in yaml.parse(page.text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise PolicyError([*builder.problems, _syntax_problem(builder.page, error)]) from error
    if builder.problems:
        raise PolicyError(builder.problems)
    return builder.root


def _syntax_problem(page: Page, error: yaml.YAMLError) -> Problem:
    """Say in Chinese what the parser objects to."""
    said, position = "", 0
    if isinstance(error, yaml.MarkedYAMLError):
        said, position = error.problem or "", min(_index(error.problem_mark or error.context_mark), len(page.text))
    message, way_out = next((each for part, each in _SYNTAX.items() if part in said), (f"语法错误（{said}）", ""))
    return problem_at(page, position, f"不是有效的 YAML：{message}", way_out)


class _Builder:
    """Build the tree from the parser's events.

    Lesser faults are collected in `problems`; after the others, which leave no tree to speak of, the file is given up.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = Node(value=None, page=page, start=0, end=0)
        self.problems: list[Problem] = []
        self._documents = 0
        self._nodes = 0
        self._open: list[Node] = []
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

    def _add(self, node: Node, *, is_open: bool) -> None:
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

    def _key(self, node: Node) -> str:
        """Read a key of the innermost open node."""
        key = self.page.text[node.start : node.end]
        if not isinstance(node.value, str):
            self._report(node.start, f"键必须是文字：{_clipped(key) or '空'}", f'加引号："{_clipped(key)}"')
            return key
        if key == "<<":
            self._report(node.start, "不允许使用合并键 <<", "把内容直接写出来")
        elif (earlier := self._open[-1].children.get(node.value)) is not None:
            first = place_of(self.page, earlier.key_start or 0, "").line
            self._report(node.start, f"键“{_clipped(node.value)}”重复（第 {first} 行已有）", "删去其中一个")
        return node.value

    def _no_anchor(self, start: int) -> None:
        way_out = "把内容直接写出来；文字以 * 或 & 开头时要加引号"
        self._report(start, "不允许使用锚点（&）和别名（*）", way_out, fatal=True)

    def _report(self, position: int, message: str, way_out: str = "", *, fatal: bool = False) -> None:
        self.problems.append(problem_at(self.page, position, message, way_out))
        if fatal or len(self.problems) >= MOST_PROBLEMS:
            raise PolicyError(self.problems)


def _node(event: yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent, page: Page) -> Node:
    """Make a node from an event; a plain scalar is resolved, whatever is quoted or a block is text."""
    start, end = _index(event.start_mark), _index(event.end_mark)
    match event:
        case yaml.SequenceStartEvent():
            return Node(value=[], page=page, start=start, end=end)
        case yaml.MappingStartEvent():
            return Node(value={}, page=page, start=start, end=end)
    style = event.style or ""
    value = event.value if style else _resolve(event.value)
    return Node(value=value, page=page, start=start, end=end, style=style)


def _index(mark: Any) -> int:
    """Give the position of a *mark*; the parser in C and the one in Python have marks of different types."""
    return mark.index if mark else 0


def _resolve(plain: str) -> str | int | Decimal | bool | None:
    if plain in _WORDS:
        return _WORDS[plain]
    if _WHOLE_NUMBER.fullmatch(plain):
        return int(plain)
    return Decimal(plain) if _DECIMAL.fullmatch(plain) else plain


def _clipped(key: str) -> str:
    return key if len(key) <= 40 else key[:40] + "…"
