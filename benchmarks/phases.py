"""A worker: one check of one dossier, phase by phase. It prints what it measured as JSON.

`start` does what precedes the first dossier and no more; `phases` takes the check apart; `whole` runs it as the command
does and tells the peak of memory.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import localcontext
from pathlib import Path

from benchmarks.measuring import Stopwatch, peak_memory
from benchmarks.workload import REALISTIC

BEFORE = time.process_time()

from checker import checking, values  # noqa: E402
from checker.dossier import loading  # noqa: E402
from checker.dossier.consistency import examine  # noqa: E402
from checker.dossier.records import read, records  # noqa: E402
from checker.dossier.schema import DossierSchema  # noqa: E402
from checker.facts import TooManyVisitsError  # noqa: E402
from checker.model import Report  # noqa: E402
from checker.policy.loading import CompiledRule, Policy, read_policy  # noqa: E402
from checker.reporting import FORMATS  # noqa: E402
from checker.resources import folder  # noqa: E402
from checker.site import POLICY  # noqa: E402
from checker.verifying import load_policy  # noqa: E402

AFTER = time.process_time()
PACK = folder("policies") / POLICY


def start(watch: Stopwatch) -> None:
    """Do what every command does before it opens a dossier."""
    watch.seconds["import"] = AFTER - BEFORE
    with watch.time("schema"):
        schema = loading.dossier_schema()
    with watch.time("read pack"):
        read_policy(PACK, schema)
    with watch.time("load pack"):
        load_policy(PACK, schema)


def phases(watch: Stopwatch, path: Path, without: Sequence[str]) -> tuple[Sequence[str], Report]:
    """Measure each phase of a check by itself; give the rules that refuse a dossier of this size, and the report."""
    policy, data = warm(without), path.read_bytes()
    _load(watch, data, policy.schema)
    dossier = loading.load_dossier(data, path.name, policy.schema)
    kept: list[CompiledRule] = []
    left_out: list[str] = []
    with localcontext(values.EXACT):
        view = checking.look(policy, dossier, dossier.root.meta.as_of_date)
        for group in policy.groups:
            try:
                with watch.time("facts"):
                    found = view.together(group)
            except TooManyVisitsError:
                left_out += (each.rule.id for each in group.rules)
                continue
            kept += group.rules
            for compiled, answers in zip(group.rules, found, strict=True):
                watch.count("pairs", sum(map(len, answers.values())))
                with watch.time("law"):
                    for ground, *truths in answers:
                        policy.judge.verdict(compiled.rule.id, ground, tuple(truths))
    policy = replace(policy, rules=tuple(kept))
    report = watch.of("check", lambda: checking.check(policy, dossier))
    watch.seconds["evidence, report"] = watch.seconds["check"] - watch.seconds["facts"] - watch.seconds["law"]
    watch.counts |= {
        "questions": policy.judge.network.questions,
        "findings": len(report.findings) + len(report.exempted),
        "bytes": len(data),
    }
    for name, render in FORMATS.items():
        watch.of(name, lambda render=render: render(report))  # type: ignore[misc]
    return left_out, report


def _load(watch: Stopwatch, data: bytes, schema: DossierSchema) -> None:
    survey = watch.of("load", lambda: read(data, schema))
    watch.of("validate", lambda: examine(survey, schema))
    watch.counts["records"] = sum(len(records(survey.root, each)) for each in schema.registers)


def whole(watch: Stopwatch, path: Path, without: Sequence[str]) -> None:
    """Check and write every format, as the command does, and see how much memory that takes."""
    policy = warm(without)
    with watch.time("whole"):
        report = checking.check(policy, loading.load_dossier(path.read_bytes(), path.name, policy.schema))
        for render in FORMATS.values():
            render(report)
    watch.counts["peak"] = peak_memory()


def warm(without: Sequence[str]) -> Policy:
    """Give the pack after a first check of the small example, so that what happens but once is not measured."""
    policy = read_policy(PACK, loading.dossier_schema())
    example = REALISTIC / "dossier.json"
    report = checking.check(policy, loading.load_dossier(example.read_bytes(), example.name, policy.schema))
    for render in FORMATS.values():
        render(report)
    return replace(policy, rules=tuple(each for each in policy.rules if each.rule.id not in without))
