"""The rule book: the document article by article, each rule beside the words it rests on and beside its examples."""

from collections.abc import Mapping
from itertools import groupby

from checker.classes import dataclass
from checker.model import PolicyStamp, Verdict
from checker.policy.loading import CompiledRule, Policy
from checker.policy.sheet import RuleSheet, sheet_of
from checker.policy.treatment import TreatedNorm, treated
from checker.verifying import cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An example of a rule by its name, and the verdict it expects."""

    name: str
    expect: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRule:
    """A rule as the book tells it."""

    sheet: RuleSheet
    examples: tuple[Example, ...]

    @property
    def expected(self) -> tuple[tuple[Verdict, tuple[Example, ...]], ...]:
        """The examples under the verdicts that they expect, in the order of the verdicts."""
        found = ((each, tuple(one for one in self.examples if one.expect is each)) for each in Verdict)
        return tuple((verdict, held) for verdict, held in found if held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A norm with the rules that are told at its words; those `elsewhere` rest on it too, and first on another."""

    treated: TreatedNorm
    rules: tuple[BoundRule, ...]
    elsewhere: tuple[RuleSheet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """A pack for people to read: the passages of each article, in the order of the document."""

    policy: PolicyStamp
    articles: tuple[tuple[str, tuple[Passage, ...]], ...]


def rule_book(policy: Policy) -> RuleBook:
    """Bind a pack into a book; its examples must have been read.

    Raise `PolicyError` for examples that can't be read.
    """
    bound = {each.rule.id: _bound(policy, each) for each in policy.rules}
    passages = (_passage(each, bound) for each in treated(policy))
    return RuleBook(
        policy=policy.stamp,
        articles=tuple(
            (article, tuple(held)) for article, held in groupby(passages, lambda each: each.treated.norm.heading)
        ),
    )


def _bound(policy: Policy, compiled: CompiledRule) -> BoundRule:
    return BoundRule(
        sheet=sheet_of(compiled.rule),
        examples=tuple(Example(name=each.name, expect=each.expect) for each in cases(compiled, policy.schema)),
    )


def _passage(norm: TreatedNorm, bound: Mapping[str, BoundRule]) -> Passage:
    rules = tuple(bound[each] for each in norm.rules)
    is_first = {each.sheet.id: each.sheet.clauses[0].id == norm.norm.id for each in rules}
    return Passage(
        treated=norm,
        rules=tuple(each for each in rules if is_first[each.sheet.id]),
        elsewhere=tuple(each.sheet for each in rules if not is_first[each.sheet.id]),
    )
