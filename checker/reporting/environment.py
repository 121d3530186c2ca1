"""The only module that knows Jinja: strict, escaping templates out of the shipped folder `reports`."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from checker.catalogues import ZH, interface
from checker.reporting.wording import visible
from checker.resources import folder

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


class _Plain(str):
    """A text that stands where no element can: in an attribute, or in a title."""

    __slots__ = ()


_SIGN = "[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
_CHINESE = re.compile(rf"(?<![0-9])[0-9]*+{_SIGN}(?:[^A-Za-z<>&]*{_SIGN})?")
_FIXED = re.compile(r'\{\{ _\("([^"]*)"\) \}\}')
_LANG = 'lang="zh-Hans"'


def _printable(value: object) -> object:
    """Make what a template prints safe to look at; markup that a template itself has built stays as it is."""
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


def _nothing(_: str) -> str:
    return ""


@cache
def template(name: str, language: str = ZH) -> "Template":
    """Give the template *name*: every value it prints is escaped and freed of invisible characters.

    On a page in another language what is Chinese is marked as such.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - slow, and only pages need it
    from markupsafe import escape  # noqa: PLC0415 - as above

    words = interface(language)

    class Translated(FileSystemLoader):
        """Reads a template, its fixed texts translated: that is done once, and not for every finding."""

        def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
            source, path, is_current = super().get_source(environment, template)
            return _FIXED.sub(lambda found: escape(words(found[1])), source), path, is_current

    environment = Environment(
        loader=Translated(folder("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable if language == ZH else _marked,
    )
    environment.filters["plain"] = _Plain
    environment.globals["foreign"] = _nothing if language == ZH else _foreign
    return environment.get_template(name)


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
