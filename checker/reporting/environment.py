"""The only module that knows Jinja: strict, escaping templates out of the shipped folder `reports`.

To compile a page takes ten times as long as to write a short report with it, so its code is remembered, under the
seal of `remembering` and a key of all that it was made of.
"""

import hashlib
import re
import sys
from base64 import b64encode
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from checker.catalogues import ZH, Catalogue, interface
from checker.remembering import Memory, cache_folder
from checker.reporting.wording import HIDDEN, visible
from checker.resources import folder

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.runtime import Macro
    from markupsafe import Markup


MOST_FORMS = 256
"""How many kinds of things are remembered while a page is written."""


class _Plain(str):
    """A text that stands where no element can: in an attribute, or in a title."""

    __slots__ = ()


_SIGN = "[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
_CHINESE = re.compile(rf"(?<![0-9])[0-9]*+{_SIGN}(?:[^A-Za-z<>&]*{_SIGN})?")
_FIXED = re.compile(r'\{\{ _\("([^"]*)"\) \}\}')
_LANG = 'lang="zh-Hans"'
_CHANGED = re.compile(f"[{HIDDEN}\u2028\u2029&<>\"']")


def _printable(value: object) -> object:
    """Make what a template prints safe to look at; markup that a template itself has built stays as it is."""
    if type(value) is str:
        return visible(value)
    return value if hasattr(value, "__html__") else visible(str(value))


def _marked(value: object) -> object:
    """Do the same on a page that is not Chinese, and say of each Chinese passage that it is."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - slow, and only pages need it

    told = _printable(value)
    if isinstance(value, _Plain) or not isinstance(told, str) or hasattr(told, "__html__") or told.isascii():
        return told
    return Markup(_CHINESE.sub(lambda found: f"<span {_LANG}>{found[0]}</span>", escape(told)))  # noqa: S704 - escaped


def _foreign(text: str) -> "Markup":
    """Give the attribute of an element whose text holds Chinese, on a page that is not."""
    from markupsafe import Markup  # noqa: PLC0415 - as above

    return Markup(f" {_LANG}" if _CHINESE.search(text) else "")  # noqa: S704 - ours


def _printed(value: object, language: str) -> "Markup":
    """Give what a template of that language prints of a value."""
    from markupsafe import escape  # noqa: PLC0415 - as above

    return escape(_printable(value) if language == ZH else _marked(value))


def _all_printed(texts: Sequence[str], language: str) -> Sequence[str]:
    """Give what a template prints of texts: most often the texts themselves."""

    def stands(text: str) -> bool:
        return (language == ZH or text.isascii()) and _CHANGED.search(text) is None

    if stands("".join(texts)):
        return texts
    return [text if stands(text) else str(_printed(text, language)) for text in texts]


def _joined(words: Catalogue) -> Callable[..., "Markup"]:
    from markupsafe import Markup  # noqa: PLC0415 - as above

    def joined(texts: Sequence[str], mark: str = "；") -> "Markup":
        """Print texts one after the other, a mark between them."""
        between = str(_printed(words(mark), words.language))
        return Markup(between.join(_all_printed(texts, words.language)))  # noqa: S704 - escaped

    return joined


def _nothing(_: str) -> str:
    return ""


@cache
def template(name: str, language: str = ZH) -> "Template":
    """Give the template *name*: every value it prints is escaped and freed of invisible characters.

    On a page in another language what is Chinese is marked as such.
    """
    from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - as above
    from jinja2 import __version__ as version  # noqa: PLC0415 - as above
    from jinja2.bccache import Bucket  # noqa: PLC0415 - as above
    from markupsafe import escape  # noqa: PLC0415 - as above

    words = interface(language)

    class Translated(FileSystemLoader):
        """Reads a template, its fixed texts translated: that is done once, and not for every finding."""

        def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
            source, path, is_current = super().get_source(environment, template)
            return _FIXED.sub(lambda found: escape(words(found[1])), source), path, is_current

    class Remembered(BytecodeCache):
        """Keeps the code of a page with what else this program remembers."""

        def __init__(self) -> None:
            self.memory = Memory(cache_folder())
            self.made_of = f"{version} {sys.version} {language}".encode() + Path(__file__).read_bytes()

        def key(self, bucket: Bucket) -> str:
            return hashlib.sha256(self.made_of + f"{bucket.key} {bucket.checksum}".encode()).hexdigest()

        def load_bytecode(self, bucket: Bucket) -> None:
            known = self.memory.recall(self.key(bucket))
            if known is not None:
                bucket.bytecode_from_string(known)

        def dump_bytecode(self, bucket: Bucket) -> None:
            self.memory.keep(self.key(bucket), bucket.bytecode_to_string())

    environment = Environment(
        bytecode_cache=Remembered(),
        loader=Translated(folder("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable if language == ZH else _marked,
    )
    environment.filters["plain"] = _Plain
    environment.globals["joined"] = _joined(words)
    environment.globals["foreign"] = _nothing if language == ZH else _foreign
    return environment.get_template(name)


MOST_BLANKS = 256


class Row(Protocol):
    """A thing of which a page has many; all things of one `kind` read the same but for their `own` texts."""

    @property
    def kind(self) -> Hashable:
        """What decides how the thing is told, but for its own texts."""

    @property
    def own(self) -> Sequence[str]:
        """The texts that only this thing has."""

    def whole(self) -> Sequence[object]:
        """Give the arguments with which the macro writes the thing."""

    def blanked(self) -> Sequence[object]:
        """Give the arguments with which it writes the form of its kind: a `blank` for each own text, in their order."""


@lru_cache(maxsize=MOST_BLANKS)
def blank(number: int) -> "Markup":
    """Give what stands in a form for an own text, by its number; no text is taken for it, since controls are named."""
    from markupsafe import Markup  # noqa: PLC0415 - as above

    return Markup(f"\x00{number}\x00")  # noqa: S704 - ours


class _Form(NamedTuple):
    """What a macro makes of one kind: pieces with room between them, and which own texts go there."""

    pieces: Sequence[str]
    chosen: Callable[[Sequence[str]], Sequence[str]]


_BLANK = re.compile("\x00([0-9]+)\x00")


class Forms:
    """Writes the many things of a page, those that have their kind in common by one form that is filled in for each.

    An own text is printed just as the template would print it: escaped, and freed of invisible characters.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._forms: dict[tuple[str, Hashable], _Form] = {}

    def __call__(self, macro: "Macro", rows: Iterable[Row]) -> "Markup":
        """Write *rows*, each as *macro* writes it."""
        from markupsafe import Markup  # noqa: PLC0415 - as above

        listed = list(rows)
        kinds: dict[Hashable, list[int]] = {}
        for place, each in enumerate(listed):
            kinds.setdefault(each.kind, []).append(place)
        written = [""] * len(listed)
        for kind, places in kinds.items():
            form = self._forms.get((macro.name, kind))
            if form is None and len(places) == 1:
                written[places[0]] = macro(*listed[places[0]].whole())
                continue
            form = form or self._made(macro, kind, listed[places[0]])
            for place in places:
                written[place] = self._filled(form, listed[place].own)
        return Markup("".join(written))  # noqa: S704 - the template's own, and what is escaped

    def _made(self, macro: "Macro", kind: Hashable, row: Row) -> _Form:
        if len(self._forms) >= MOST_FORMS:
            self._forms.clear()
        pieces = _BLANK.split(macro(*row.blanked()))
        form = self._forms[macro.name, kind] = _Form(pieces, _chooser([int(each) for each in pieces[1::2]]))
        return form

    def _filled(self, form: _Form, own: Sequence[str]) -> str:
        own = _all_printed(own, self._language)
        filled = list(form.pieces)
        filled[1::2] = form.chosen(own)
        return "".join(filled)


def _chooser(order: list[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    if len(order) > 1:
        return itemgetter(*order)
    return lambda own: [own[each] for each in order]


class Script(NamedTuple):
    """A script as it stands in a page, and the hash by which the page's own policy lets it run, and no other."""

    text: "Markup"
    hash: str


@cache
def script(name: str) -> Script:
    """Give the script *name*."""
    from markupsafe import Markup  # noqa: PLC0415 - as above

    text = (folder("reports") / name).read_text(encoding="utf-8")
    return Script(Markup(text), f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}")  # noqa: S704 - ours
