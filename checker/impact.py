"""What another version of a pack changes: which verdicts on a dossier flip, and what of the pack they flip for.

A rule gives other verdicts only if something changed that its verdict depends on: what it says, a figure that it
reads, an edition among its bases. Only such rules are judged.
"""

from collections.abc import Iterator, Mapping, Set
from datetime import date
from decimal import localcontext

from checker import values
from checker.checking import look
from checker.classes import dataclass
from checker.dossier.loading import Dossier
from checker.language.tree import ParameterValue
from checker.model import Verdict
from checker.policy.loading import CompiledRule, Policy
from checker.policy.mutants import SILENT, expressions
from checker.policy.rules import Rule
from checker.verifying import verdicts

NO_RULE = "没有这条规则"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A rule says otherwise of a subject than it did; nothing where there is no such rule."""

    rule: str
    title: str
    subject: str
    before: Verdict | None
    after: Verdict | None
    why: tuple[str, ...]


def flips(old: Policy, new: Policy, dossier: Dossier, as_of: date) -> tuple[Flip, ...]:
    """Give every verdict on *dossier* that the *new* version of a pack changes.

    Raise `DossierError` if one of them is for another province.
    """
    for policy in (old, new):
        policy.require_province(dossier)
    with localcontext(values.EXACT):
        return tuple(_flips(old, new, dossier, as_of))


def _flips(old: Policy, new: Policy, dossier: Dossier, as_of: date) -> Iterator[Flip]:
    before, after = ({each.rule.id: each for each in policy.rules} for policy in (old, new))
    views = look(old, dossier, as_of), look(new, dossier, as_of)
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        why = tuple(_why(old, one, new, other))
        if not why:
            continue
        was = verdicts(old, views[0], one) if one else {}
        now = verdicts(new, views[1], other) if other else {}
        title = next(each.rule.title for each in (other, one) if each is not None)
        for subject in dict.fromkeys((*was, *now)):
            if was.get(subject) is not now.get(subject):
                yield Flip(
                    rule=name,
                    title=title,
                    subject=subject,
                    before=was.get(subject),
                    after=now.get(subject),
                    why=why,
                )


def _why(old: Policy, one: CompiledRule | None, new: Policy, other: CompiledRule | None) -> Iterator[str]:
    """Say what changed that the verdicts of a rule depend on."""
    if one is None or other is None:
        yield "新增规则" if one is None else "删去规则"
        return
    changed = changed_keys(one.rule, other.rule)
    if changed:
        yield f"规则改了{'、'.join(changed)}"
    for name in sorted(figures(one.rule) & figures(other.rule)):
        if old.parameters[name] != new.parameters[name]:
            yield f"参数{name}改了"
    statutes = [{each.statute.id: each.statute for each in held.rule.basis} for held in (one, other)]
    for name in statutes[0]:
        if name in statutes[1] and statutes[0][name] != statutes[1][name]:
            yield f"法规{name}改了"
    if old.statute != new.statute:
        yield "文件自身的编号改了"


MUTE = frozenset({*SILENT, "examples", "title", "labels", "clauses"})
"""The keys of a rule that no verdict depends on."""


def changed_keys(one: Rule, other: Rule, mute: Set[str] = MUTE) -> tuple[str, ...]:
    """Give the keys, but for *mute* ones, under which two versions of a rule say different things."""
    here, there = one.source.value, other.source.value
    keys = (key for key in dict.fromkeys((*here, *there)) if key not in mute)
    return tuple(key for key in keys if here.get(key, ...) != there.get(key, ...))


def figures(rule: Rule) -> set[str]:
    """Give the ids of the figures that the verdict of a rule depends on."""
    trees = expressions(rule).values()
    return {each.id for tree in trees for each in tree.walk() if isinstance(each, ParameterValue)}


def grouped(found: tuple[Flip, ...]) -> Mapping[str, Mapping[tuple[Verdict | None, Verdict | None], list[str]]]:
    """Give the subjects of each rule by what it said and what it says now."""
    rules: dict[str, dict[tuple[Verdict | None, Verdict | None], list[str]]] = {}
    for each in found:
        rules.setdefault(each.rule, {}).setdefault((each.before, each.after), []).append(each.subject)
    return rules
