"""What all tests in a browser share: the browser, a page opened in it, and what axe finds there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

Opened = tuple[Page, list[str]]
"""A page, and what it asked for and complained of."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    named = os.environ.get("ZONECHECK_CHROMIUM")
    executable = shutil.which(named) if named else shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable is not None, "the browser tests need chromium; name it in ZONECHECK_CHROMIUM"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()


@contextmanager
def opening(browser: Browser, file: Path, content: bytes, options: dict[str, Any]) -> Iterator[Opened]:
    """Open a page in a context with the given options; tell what it asks for and complains of."""
    file.write_bytes(content)
    context = browser.new_context(locale="zh-CN", **options)
    page = context.new_page()
    troubles: list[str] = []
    page.on("request", lambda each: None if each.url == file.as_uri() else troubles.append(f"request {each.url}"))
    page.on("console", lambda each: troubles.append(f"console {each.text}"))
    page.on("pageerror", lambda each: troubles.append(f"error {each}"))
    page.on("dialog", lambda each: troubles.append(f"dialog {each.message}"))
    page.goto(file.as_uri())
    yield page, troubles
    context.close()


def unfold(page: Page) -> None:
    """Open everything on a page that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def violations(page: Page) -> list[str]:
    """Let axe look at a page with everything opened, and name what it finds with the elements."""
    unfold(page)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert len(found["passes"]) > 10
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]
