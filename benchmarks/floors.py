"""The floors: the least that each phase could cost, measured in the process that has just measured the phase."""

import gc
import html
import json
from dataclasses import replace
from decimal import localcontext
from pathlib import Path

import jsonschema_rs
import msgspec

from benchmarks import plain
from benchmarks.measuring import Stopwatch
from benchmarks.phases import warm
from checker import checking, values
from checker.dossier.loading import Dossier, load_dossier
from checker.dossier.records import decode
from checker.dossier.schema import DossierSchema
from checker.model import Finding, Report
from checker.policy.loading import Policy

FLOORS = {
    "typed decode": "msgspec into structs of the same shape, numbers as they come",
    "json.loads": "the standard library, into dicts",
    "jsonschema-rs": "the same JSON schema, on what json.loads gave",
    "plain rules": f"{len(plain.RULES)} of the rules as hand-written Python on the same records",
    "f-string rows": "one HTML table row of seven cells for each finding",
}


class DifferentVerdictsError(Exception):
    """The hand-written rules do not do the same work as those of the pack: their times say nothing."""


def floors(watch: Stopwatch, path: Path, report: Report) -> None:
    """Measure every floor, and the part of the check that is held against the hand-written rules.

    What the phases left behind is put out of the garbage collector's sight: a floor must not pay for looking at it.
    """
    gc.collect()
    gc.freeze()
    policy, data = warm(()), path.read_bytes()
    schema = policy.schema
    decoder = msgspec.json.Decoder(type(decode(data, schema)))
    watch.of("typed decode", lambda: decoder.decode(data) and None)
    _schema(watch, data, schema)
    _rules(watch, policy, load_dossier(data, path.name, schema))
    findings = (*report.findings, *report.exempted)
    watch.of("f-string rows", lambda: "".join(map(row, findings)).encode())


def _schema(watch: Stopwatch, data: bytes, schema: DossierSchema) -> None:
    loaded = watch.of("json.loads", lambda: json.loads(data))
    validator = jsonschema_rs.validator_for(dict(schema.raw))
    assert watch.of("jsonschema-rs", lambda: validator.is_valid(loaded))


def _rules(watch: Stopwatch, policy: Policy, dossier: Dossier) -> None:
    """Make sure that the hand-written rules give the same verdicts, subject by subject, and time both."""
    chosen = [each for each in policy.rules if each.rule.id in plain.RULES]
    with localcontext(values.EXACT):
        view = checking.look(policy, dossier, dossier.root.meta.as_of_date)
        for compiled in chosen:
            mine = [each.verdict for each in checking.judge(policy, view, compiled)]
            if mine != list(plain.RULES[compiled.rule.id](plain.Registers(dossier.root))):
                raise DifferentVerdictsError(compiled.rule.id)
        same = replace(policy, rules=tuple(chosen))
        watch.of("same rules", lambda: list(checking.judgements(same, view)))
    watch.of("plain rules", lambda: plain.judge_all(dossier.root))


def row(finding: Finding) -> str:
    """Write a finding as a row of a table."""
    cells = (
        finding.rule,
        finding.title,
        finding.verdict,
        finding.subject.label,
        finding.subject.pointer,
        finding.message,
        "、".join(each.id for each in finding.clauses),
    )
    return f"<tr>{''.join(f'<td>{html.escape(each)}</td>' for each in cells)}</tr>\n"
