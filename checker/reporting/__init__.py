"""The formats of a report: each is a function from `Report` to bytes, and its library is imported when it is used."""

from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType

from checker.model import Report


def _lazily(name: str) -> Callable[[Report], bytes]:
    def render(report: Report) -> bytes:
        module = import_module(f"checker.reporting.{name}")
        rendered: bytes = module.render(report)
        return rendered

    return render


ENDINGS: MappingProxyType[str, str] = MappingProxyType(
    {"text": "txt", "html": "html", "json": "json", "csv": "csv", "sarif": "sarif", "junit": "xml"}
)
"""The formats with the ending that a file of each has."""

FORMATS: MappingProxyType[str, Callable[[Report], bytes]] = MappingProxyType({name: _lazily(name) for name in ENDINGS})
