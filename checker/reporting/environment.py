"""The only module that knows Jinja: strict, escaping templates out of the shipped folder `reports`."""

import hashlib
from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from checker.reporting.wording import visible
from checker.resources import folder

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


def _printable(value: object) -> object:
    """Make what a template prints safe to look at; markup that a template itself has built stays as it is."""
    return value if hasattr(value, "__html__") else visible(str(value))


@cache
def template(name: str) -> "Template":
    """Give the template *name*: every value it prints is escaped and freed of invisible characters."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - slow, and only pages need it

    environment = Environment(
        loader=FileSystemLoader(folder("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable,
    )
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
