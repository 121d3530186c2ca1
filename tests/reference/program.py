"""The program's own verdicts, in the words of the plain reading, so that the two can be compared."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from typing import Any

from checker import values
from checker.authoring import Pair
from checker.checking import judge, look
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.facts import View
from checker.policy.loading import CompiledRule, Policy, read_policy
from checker.resources import folder
from checker.verifying import REGISTER
from reference.reading import Reading
from reference.strategies import Sample, encoded, sample

PACK = folder("policies") / "guobanfa-2014-54"
Verdicts = dict[tuple[str, str], str]


@cache
def shipped_policy() -> Policy:
    return read_policy(PACK, dossier_schema())


@cache
def plain_reading() -> Reading:
    return Reading(PACK, raw_schema())


@cache
def raw_schema() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((folder("schemas") / "dossier.schema.json").read_bytes())
    return found


def loaded(dossier: Mapping[str, Any]) -> Dossier:
    return load_dossier(encoded(dict(dossier)), "dossier.json", dossier_schema())


def random_samples(seeds: range) -> Iterator[Sample]:
    return (sample(seed, raw_schema()) for seed in seeds)


def verdicts(policy: Policy, dossier: Dossier, as_of: date, *, only: Collection[str] = ()) -> Verdicts:
    """Give the verdict of each pair as the engine says it; with *only*, of these rules alone."""
    with localcontext(values.EXACT):
        view = look(policy, dossier, as_of)
        return {
            (each.rule.id, key_of(view, pair)): pair.verdict.value
            for each in policy.rules
            if not only or each.rule.id in only
            for pair in judge(policy, view, each)
        }


def key_of(view: View, pair: Pair) -> str:
    return f"{REGISTER}{pair.register}" if pair.found is None else view.key(pair.compiled.rule.each, pair.found.chain)


def read_plainly(reading: Reading, dossier: Mapping[str, Any], as_of: date, *, only: str = "") -> Verdicts:
    """Give the verdict of each pair as the plain reading of the same bytes says it."""
    written = json.loads(encoded(dict(dossier)), parse_float=Decimal)
    return reading.verdicts(written, as_of, only=only)


def rule_of(policy: Policy, rule: str) -> CompiledRule:
    return next(each for each in policy.rules if each.rule.id == rule)
