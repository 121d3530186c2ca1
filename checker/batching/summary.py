"""What is said of many dossiers together, and its formats: each is a function from `Summary` to bytes.

The library of a format is imported when it is used.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType

from checker.batching.columns import INSTALL
from checker.batching.failure import Failure, Why
from checker.batching.gathering import Summary, summarise
from checker.batching.totals import Totals, read_totals

__all__ = ["ENDINGS", "FORMATS", "Failure", "Summary", "Totals", "Why", "lacking", "read_totals", "summarise"]

_MODULES = {"html": "page", "xlsx": "workbook", "json": "plain", "parquet": "columns"}


def _lazily(name: str) -> Callable[[Summary], bytes]:
    def render(summary: Summary) -> bytes:
        rendered: bytes = import_module(f"checker.batching.{_MODULES[name]}").render(summary)
        return rendered

    return render


ENDINGS: MappingProxyType[str, str] = MappingProxyType({name: name for name in _MODULES})
"""The formats with the ending that a file of each has."""

FORMATS: MappingProxyType[str, Callable[[Summary], bytes]] = MappingProxyType(
    {name: _lazily(name) for name in _MODULES}
)


def lacking() -> Mapping[str, str]:
    """Give the formats that can't be written here for want of a library, each with how to install it."""
    return {} if find_spec("pyarrow") is not None else {"parquet": INSTALL}
