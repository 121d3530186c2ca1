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


FORMATS: MappingProxyType[str, Callable[[Report], bytes]] = MappingProxyType(
    {name: _lazily(name) for name in ("text", "html", "json")}
)
