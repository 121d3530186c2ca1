"""This project, through its own pipeline: bytes, typed records, facts, law by the engine, verdicts.

With evidence it goes on to the whole report.
"""

from collections.abc import Iterable
from decimal import localcontext
from functools import cache
from operator import attrgetter, itemgetter
from pathlib import Path

from benchmarks.peers.contest import Engine, Found, Peer
from benchmarks.peers.formulas import PACK
from checker import values
from checker.checking import check, judgements, look
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.model import Verdict
from checker.policy.loading import Policy, read_policy

LISTED = 60_000
"""How large a zone may be for all its findings to be written out: a report writes out no more than 100,000."""


@cache
def policy() -> Policy:
    """Read the pack; what the engine has answered once it remembers, as in one run over many dossiers."""
    return read_policy(PACK, dossier_schema())


class Verdicts:
    """The check as far as the verdicts."""

    def decode(self, data: bytes, path: Path) -> Dossier:
        """Decode, validate and examine a dossier."""
        return load_dossier(data, path.name, policy().schema)

    def evaluate(self, decoded: Dossier) -> Iterable[Found]:
        """Judge every rule on every subject and keep what is a finding."""
        pack, found = policy(), list[Found]()
        with localcontext(values.EXACT):
            view = look(pack, decoded, decoded.root.meta.as_of_date)
            ids = {
                each: list(map(attrgetter(key), map(itemgetter(0), view.chains(each))))
                for each, key in (("zone", "zone_id"), ("parcels", "parcel_id"))
            }
            every = (each for _, judged in judgements(pack, view) for each in judged or ())
            for compiled, judged in every:
                rule, named = compiled.rule.id, ids[compiled.rule.each]
                for verdict, _, _, numbers in judged:
                    if verdict.is_finding:
                        found += [(rule, named[number], verdict) for number in numbers]
                found += [(rule, register, Verdict.UNDETERMINED) for register in view.silent(compiled.rule)]
        return found


class Evidence(Verdicts):
    """The whole report: values, pointers, sentences, what is missing, what to do."""

    def evaluate(self, decoded: Dossier) -> Iterable[Found]:
        """Check, and read the findings out of the report."""
        report = check(policy(), decoded)
        return [(each.rule, each.subject.id, each.verdict.value) for each in report.findings]


def verdicts() -> Engine:
    """Give the check as far as the verdicts."""
    return Verdicts()


def evidence() -> Engine:
    """Give the whole check."""
    return Evidence()


OURS = "zonecheck"
OURS_WITH_EVIDENCE = "zonecheck, evidence"
PEERS = (
    Peer(
        name=OURS,
        package="zonecheck",
        modules=("checker",),
        make=verdicts,
        gives="typed, validated, examined, exact, three-valued; law by durable-rules, read twice",
    ),
    Peer(
        name=OURS_WITH_EVIDENCE,
        package="zonecheck",
        modules=("checker",),
        make=evidence,
        gives="the same with all the evidence of a report",
        largest=LISTED,
    ),
)
