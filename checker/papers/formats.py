"""The papers and their formats by name: what may be asked for, and the function from `Paper` to bytes of each format.

The library of a format is imported when it is used.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from checker.papers.paper import Paper


def _lazily(name: str) -> "Callable[[Paper], bytes]":
    def render(paper: "Paper") -> bytes:
        module = import_module(f"checker.papers.{name}_writer")
        rendered: bytes = module.render(paper)
        return rendered

    return render


PAPERS: "MappingProxyType[str, Callable[[Paper], bytes]]" = MappingProxyType(
    {name: _lazily(name) for name in ("html", "docx", "pdf")}
)

ENDINGS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "notice": ("html", "docx", "pdf"),
        "ledger": ("xlsx",),
        "checklist": ("pdf", "docx", "xlsx"),
        "self-report": ("html", "docx", "pdf"),
    }
)
"""The papers with the formats of each; the first is meant where none is named."""

TITLES: MappingProxyType[str, str] = MappingProxyType(
    {"notice": "整改通知书", "ledger": "整改台账", "checklist": "核查用表", "self-report": "自查报告"}
)
"""What people call each."""

NAMES: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        paper if place == 0 else f"{paper}-{ending}": (paper, ending)
        for paper, endings in ENDINGS.items()
        for place, ending in enumerate(endings)
    }
)
"""A paper in one of its formats by one name: `ledger`, `notice-docx`."""
