"""The sheet of a rule as data, and the rule book: nothing of a rule is lost, and each stands once."""

import re
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from checker import site
from checker.commands.rules import rules_book_command
from checker.dossier.loading import dossier_schema
from checker.model import Verdict
from checker.policy.loading import Policy, read_policy
from checker.policy.rules import Rule
from checker.policy.sheet import RuleSheet, sheet, sheet_of
from checker.reporting.book import render
from checker.resources import folder
from checker.rulebook import RuleBook, rule_book

PACK = folder("policies") / site.POLICY


@cache
def policy() -> Policy:
    return read_policy(PACK, dossier_schema())


@cache
def book() -> RuleBook:
    return rule_book(policy())


@cache
def page() -> str:
    return render(book()).decode()


def plain(markup: str) -> str:
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]*>", "", markup)))


def part(name: str) -> str:
    """Give the text of one rule on the page."""
    [found] = re.findall(rf'<article class="rule" id="{name}".*?</article>', page(), re.DOTALL)
    return plain(found)


def sentences(told: RuleSheet) -> list[str]:
    return [
        told.title,
        told.subject,
        told.grade,
        told.responsible,
        told.conduct_on,
        *(norm.quote for norm in told.clauses),
        *(text for each in (*told.basis, *told.see) for text in (each.case, each.citation, *each.notes)),
        *(text for each in told.names for text in (each.label, each.meaning)),
        *(text for each in told.conditions for text in each),
        *(text for each in told.excuses for text in (each.reason, each.condition, each.effect)),
        *(
            text
            for each in told.remedy
            for text in (each.case, each.action, each.done_when, each.within, each.deadline)
        ),
        *told.limits,
    ]


@pytest.mark.parametrize("rule", [each.rule for each in policy().rules], ids=lambda each: each.id)
def test_the_sheet_and_the_book_say_all_that_is_told_of_a_rule(rule: Rule) -> None:
    told = sheet_of(rule)
    on_the_sheet, in_the_book = re.sub(r"\s", "", sheet(rule)), part(rule.id)
    for each in sentences(told):
        said = re.sub(r"\s", "", each)
        assert said in on_the_sheet
        assert said in in_the_book


def test_every_norm_stands_once_in_the_order_of_the_document_with_its_words() -> None:
    held = [passage.treated.norm for _, passages in book().articles for passage in passages]
    assert held == list(policy().norms.values())
    assert [article for article, _ in book().articles] == [*dict.fromkeys(each.heading for each in held)]
    said = plain(page())
    for norm in held:
        assert page().count(f'<h3 id="n{norm.id}">') == 1
        assert re.sub(r"\s", "", f"“{norm.quote}”") in said
        if norm.question is not None:
            assert re.sub(r"\s", "", norm.question.worry) in said


def test_every_rule_is_told_once_at_its_first_clause_and_named_at_the_others() -> None:
    told = [rule.sheet.id for _, passages in book().articles for passage in passages for rule in passage.rules]
    assert sorted(told) == sorted(each.rule.id for each in policy().rules)
    for _, passages in book().articles:
        for passage in passages:
            norm = passage.treated.norm
            assert all(each.sheet.clauses[0].id == norm.id for each in passage.rules)
            assert all(norm.id in {one.id for one in each.clauses[1:]} for each in passage.elsewhere)


def test_every_example_stands_under_the_verdict_that_it_expects() -> None:
    for compiled in policy().rules:
        written = [(each["name"], Verdict(each["expect"])) for each in compiled.rule.examples["cases"]]
        [rule] = [
            each
            for _, passages in book().articles
            for passage in passages
            for each in passage.rules
            if each.sheet.id == compiled.rule.id
        ]
        assert [(each.name, each.expect) for each in rule.examples] == written
        assert sorted(one.name for _, held in rule.expected for one in held) == sorted(name for name, _ in written)
        assert all(one.expect is verdict for verdict, held in rule.expected for one in held)
        assert all(re.sub(r"\s", "", name) in part(compiled.rule.id) for name, _ in written)


def test_the_page_is_one_file_without_script_that_escapes_what_it_prints_and_prints_on_paper() -> None:
    (article, (first, *rest)), *others = book().articles
    evil = replace(first.treated.norm, quote="<img src=x>", why="\u202e甲")
    changed = replace(first, treated=replace(first.treated, norm=evil))
    said = render(replace(book(), articles=((article, (changed, *rest)), *others))).decode()
    assert "&lt;img src=x&gt;" in said
    assert "\u202e" not in said
    for each in (said, page()):
        assert each.startswith("<!DOCTYPE html>")
        assert not re.search(r"<script|<link|<img|https?:|@import|url\(|\son\w+=", each)
        assert "default-src 'none'" in each
        assert "@media print" in each
    assert set(re.findall(r'href="#([^"]+)"', page())) <= set(re.findall(r' id="([^"]+)"', page()))


def test_the_same_pack_gives_the_same_book() -> None:
    assert render(rule_book(policy())) == render(book())


def test_the_command_writes_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.commands.rules._exemplary", lambda _: policy())
    rules_book_command(tmp_path / "手册.html")
    assert (tmp_path / "手册.html").read_text(encoding="utf-8") == page()
