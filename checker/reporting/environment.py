"""The only module that knows Jinja: strict, escaping templates out of the shipped folder `reports`."""

from functools import cache
from typing import TYPE_CHECKING

from checker.reporting.wording import visible
from checker.resources import folder

if TYPE_CHECKING:
    from jinja2 import Template


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
