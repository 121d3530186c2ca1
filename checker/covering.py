"""How far a pack's rules reach: what becomes of each norm, and which truths its examples show of each test.

A test that no example ever shows false, say, may be written wrong and no example would tell. What is shown is the
full truth on the subject that an example is about, whether or not it mattered to the verdict there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import localcontext

from checker import values
from checker.checking import look
from checker.classes import dataclass
from checker.evidence import Witness
from checker.language.tree import Attribute, Compare, Constant, IsNone, Node, Sort
from checker.model import PolicyStamp, Truth
from checker.policy.loading import CompiledRule, Policy
from checker.policy.treatment import TreatedNorm, Treatment, treated
from checker.verifying import Case, cases, load_example

TRUTHS: tuple[Truth, ...] = (True, False, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An elementary test or an exemption of a rule, and the examples that show it true, false or unknown.

    An exemption is true where a paper proves it, unknown where it is merely claimed, false where nobody claims it or
    it does not cover the case. One that is `at_most_risk` is never proved. A test that is `always_known` asks only what
    somebody claims: what nobody claims is none, and not unknown.
    """

    wording: str
    is_exemption: bool
    is_soft: bool
    at_most_risk: bool
    always_known: bool = False
    examples: Mapping[Truth, tuple[str, ...]]

    @property
    def possible(self) -> tuple[Truth, ...]:
        """The truths that it can have."""
        return TRUTHS[1:] if self.at_most_risk else TRUTHS[:2] if self.always_known else TRUTHS

    @property
    def never(self) -> tuple[Truth, ...]:
        """The truths that it can have and that no example shows."""
        return tuple(each for each in self.possible if not self.examples[each])


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCoverage:
    """What the examples of one rule show; some are about a register, where there is nothing to be tested."""

    rule: str
    title: str
    examples: int
    shown: tuple[Shown, ...]

    @property
    def lacking(self) -> tuple[Shown, ...]:
        """The tests and exemptions that some truth is never shown of."""
        return tuple(each for each in self.shown if each.never)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far the rules of a pack reach."""

    policy: PolicyStamp
    norms: tuple[TreatedNorm, ...]
    rules: tuple[RuleCoverage, ...]

    @property
    def totals(self) -> Mapping[Treatment, int]:
        """How many norms there are of each class."""
        found = Counter(each.treatment for each in self.norms)
        return {each: found[each] for each in Treatment}

    @property
    def asked(self) -> int:
        """How many norms, of whatever class, have a question."""
        return sum(each.norm.question is not None for each in self.norms)

    @property
    def unaccounted(self) -> tuple[TreatedNorm, ...]:
        """The norms that nobody looks after."""
        return tuple(each for each in self.norms if each.treatment is Treatment.UNACCOUNTED)

    @property
    def tests(self) -> int:
        """How many tests and exemptions the rules have."""
        return sum(len(each.shown) for each in self.rules)

    @property
    def possible(self) -> int:
        """How many truths all of them can have."""
        return sum(len(one.possible) for each in self.rules for one in each.shown)

    @property
    def never(self) -> int:
        """How many of these no example shows."""
        return sum(len(one.never) for each in self.rules for one in each.shown)


def cover(policy: Policy, rules: Iterator[CompiledRule] | None = None) -> Coverage:
    """Say how far the rules of a pack reach; its examples must have been read. *rules* are worked through one by one.

    Raise `PolicyError` for examples that can't be read.
    """
    with localcontext(values.EXACT):
        covered = tuple(_rule(policy, each) for each in (policy.rules if rules is None else rules))
    return Coverage(policy=policy.stamp, norms=treated(policy), rules=covered)


def _rule(policy: Policy, compiled: CompiledRule) -> RuleCoverage:
    rule, number = compiled.rule, 0
    nodes = (*rule.tests, *rule.exemptions)
    seen: list[dict[Truth, list[str]]] = [{truth: [] for truth in TRUTHS} for _ in nodes]
    for case in cases(compiled, policy.schema):
        number += 1
        for held, truth in zip(seen, _truths(policy, compiled, case), strict=False):
            held[truth].append(case.name)
    told = [{truth: tuple(names) for truth, names in held.items()} for held in seen]
    tests, pleas = told[: len(rule.tests)], told[len(rule.tests) :]
    return RuleCoverage(
        rule=rule.id,
        title=rule.title,
        examples=number,
        shown=(
            *(
                Shown(
                    wording=rule.wording.read(test),
                    is_exemption=False,
                    is_soft=rule.is_soft(test),
                    at_most_risk=False,
                    always_known=_is_always_known(test),
                    examples=examples,
                )
                for test, examples in zip(rule.tests, tests, strict=True)
            ),
            *(
                Shown(
                    wording=plea.reason,
                    is_exemption=True,
                    is_soft=False,
                    at_most_risk=plea.at_most_risk,
                    examples=examples,
                )
                for plea, examples in zip(rule.exemptions, pleas, strict=True)
            ),
        ),
    )


def _is_always_known(test: Node) -> bool:
    """Say whether a test asks only whether something is claimed, or which of some words the claim is."""
    match test:
        case IsNone(value=Attribute(field=asked)):
            return asked.claim
        case Compare(operator="==", left=Attribute(field=asked), right=Constant()):
            return asked.claim and test.left.type.sort is Sort.TEXT
    return False


def _truths(policy: Policy, compiled: CompiledRule, case: Case) -> tuple[Truth, ...]:
    """Find the truth of every test on the subject of an example; none where it is about a register."""
    view = look(policy, load_example(case.dossier, policy.schema), case.as_of)
    rule = compiled.rule
    found = next((each for each in view.find(compiled) if case.subject in {"", view.key(rule.each, each.chain)}), None)
    if found is None:
        return ()
    return Witness(view, rule, found._replace(truths=())).truths()  # without truths nothing is left out
