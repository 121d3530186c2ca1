"""The rule book as one page that needs no script, no network and no second file, and prints on A4."""

from checker.policy.sheet import ONLY_A_SIGNAL
from checker.reporting.environment import template
from checker.rulebook import RuleBook


def render(book: RuleBook) -> bytes:
    """Write the book as HTML."""
    rules = [rule for _, passages in book.articles for passage in passages for rule in passage.rules]
    page = template("book.html.j2").render(
        book=book,
        norms=sum(len(passages) for _, passages in book.articles),
        rules=len(rules),
        examples=sum(len(each.examples) for each in rules),
        signal=ONLY_A_SIGNAL,
    )
    return page.encode()
