"""The formats of a paper: each is a function from `Paper` to bytes, and its library is imported when it is used."""

from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType

from checker.papers.paper import Paper


def _lazily(name: str) -> Callable[[Paper], bytes]:
    def render(paper: Paper) -> bytes:
        module = import_module(f"checker.papers.{name}_writer")
        rendered: bytes = module.render(paper)
        return rendered

    return render


PAPERS: MappingProxyType[str, Callable[[Paper], bytes]] = MappingProxyType(
    {name: _lazily(name) for name in ("html", "docx", "pdf")}
)
