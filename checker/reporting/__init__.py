"""The formats of a report: each is a function from `Report` to bytes, and its library is imported when it is used."""

from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from checker.model import Report


class Render(Protocol):
    """Writes a report; what stands around its own sentences, in another language where the format has such words."""

    def __call__(self, report: Report, language: str = "") -> bytes:
        """Give the bytes."""


def _lazily(name: str) -> Render:
    def render(report: Report, language: str = "") -> bytes:
        module = import_module(f"checker.reporting.{name}")
        rendered: bytes = module.render(report, language) if name in AROUND else module.render(report)
        return rendered

    return render


ENDINGS: MappingProxyType[str, str] = MappingProxyType(
    {"text": "txt", "html": "html", "json": "json", "csv": "csv", "sarif": "sarif", "junit": "xml"}
)
"""The formats with the ending that a file of each has."""

AROUND = frozenset({"text", "html"})
"""The formats that have words around a report which may be in another language than it is."""

FORMATS: MappingProxyType[str, Render] = MappingProxyType({name: _lazily(name) for name in ENDINGS})
