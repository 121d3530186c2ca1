"""What one run works with, between the files and the check, and what its exit code says."""

import contextlib
import difflib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import localcontext
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from checker import values
from checker.catalogues import ZH, interface
from checker.checking import check as check_dossier
from checker.checking import judge, look
from checker.classes import dataclass
from checker.console import misuse, waiting
from checker.dossier.loading import Dossier, dossier_schema, size_of
from checker.dossier.schema import DossierSchema
from checker.errors import Place, PolicyError, Problem
from checker.limits import bearing, fits
from checker.model import Finding, Mode, Report, Verdict
from checker.policy.loading import CompiledRule, Policy, read_policy
from checker.policy.pack import HEAD, digest_of
from checker.remembering import Memory, cache_folder
from checker.reporting import wording
from checker.reporting.wording import visible
from checker.resources import folder
from checker.sheets import files as spreadsheets
from checker.sheets.cells import with_cells
from checker.targets import is_folder
from checker.verifying import load_remembered

if TYPE_CHECKING:
    from checker.batching.digest import Digest

POLICY = "guobanfa-2014-54"
SERIOUSNESS = (6, 5, 4, 2, 1, 3, 0)
"""Exit codes, the most serious first.

A defect of ours, a bad pack, a bad dossier, a paper that can't be made of one of several reports, accused,
undetermined, nothing.
"""


def pack_folder(policy_folder: Path | None) -> Path:
    """Give the folder of the pack that was asked for, by its path or by the id of a shipped one; else the first one.

    Raise `PolicyError` if there is none.
    """
    shipped = folder("policies")
    if policy_folder is None:
        return shipped / POLICY
    is_id = len(policy_folder.parts) == 1 and is_folder(shipped / policy_folder) and not policy_folder.exists()
    where = shipped / policy_folder if is_id else policy_folder
    message = ""
    if not is_folder(where):
        message = "没有这个政策包文件夹"
    elif not (where / HEAD).exists() and not (where / HEAD).is_symlink():
        message = f"这个文件夹里没有 {HEAD}，不是政策包"
    if message:
        way_out = f"核对 --policy 后的路径；随附的政策包：{'、'.join(shipped_packs())}"
        raise PolicyError([Problem(message=message, place=Place(file=str(where)), suggestion=way_out)])
    return where


def shipped_packs() -> list[str]:
    """Give the ids of the packs that ship with the program."""
    return sorted(each.name for each in folder("policies").iterdir() if is_folder(each))


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A length of time."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What one run works with: the dossier schema and a policy pack."""

    schema: DossierSchema
    policy: Policy

    @classmethod
    def load(cls, policy_folder: Path | None, *, examples: bool = True, language: str = ZH) -> "Site":
        """Load the schema and the pack; with *examples*, a pack whose examples disagree does not load.

        Reports are in *language*; what is wrong with a dossier is told in Chinese, as its sheets are labelled.
        """
        described, told = dossier_schema(), dossier_schema(language)
        where = pack_folder(policy_folder)
        return cls(schema=described, policy=_held(where, told, examples=examples))

    def check(
        self, path: Path, as_of: datetime | None, mode: Mode, horizon: Period | None = None, *, cures: bool = False
    ) -> Report:
        """Check the dossier in a file, and look ahead as far as *horizon*; with *cures*, what would put each right."""
        with waiting(path), bearing(path):
            return self.checked(self.read(path), as_of, mode, horizon, cures=cures)

    def checked(
        self,
        dossier: Dossier,
        as_of: datetime | None,
        mode: Mode,
        horizon: Period | None = None,
        *,
        cures: bool = False,
    ) -> Report:
        """Do the same with a dossier that was read."""
        report = self.report(dossier, as_of, mode)
        if cures:
            found = tuple(self.cured(dossier, report, each) for each in report.findings)
            report = replace(report, findings=found)
        if horizon is None:
            return report
        from checker.foresight import foresee  # noqa: PLC0415  (only who looks ahead needs it)

        if report.projected:
            raise misuse("推算的报告不能再向前看", "去掉 --as-of，或者用档案自己的基准日以前的日期")
        end = values.shift_months(report.as_of, horizon.months) or date.max
        days = (end - report.as_of).days + horizon.days
        return replace(report, ahead=foresee(self.policy, dossier, as_of=report.as_of, days=days))

    def read(self, path: Path) -> Dossier:
        """Load the dossier in a file."""
        return spreadsheets.load(path, self.schema)

    def read_any(self, path: Path, *, low_memory: bool) -> Dossier:
        """Load the dossier in a file in portions, if it is to take little memory or there is not enough for all of it.

        Only `report` can be made of what is loaded in portions.
        """
        if low_memory or not fits(size_of(path)):
            return spreadsheets.load_in_portions(path, self.schema)
        return self.read(path)

    def report(self, dossier: Dossier, as_of: datetime | None, mode: Mode) -> Report:
        """Check a dossier."""
        report = check_dossier(self.policy, dossier, as_of=as_of.date() if as_of else None, mode=mode)
        return with_cells(report, dossier.cells) if dossier.cells is not None else report

    def cured(self, dossier: Dossier, report: Report, finding: Finding) -> Finding:
        """Give a finding with what would put it right, where it is a violation."""
        if finding.verdict is not Verdict.VIOLATION or report.projected:
            return finding
        from checker.curing import cure  # noqa: PLC0415  (only who asks for cures needs it)

        return replace(finding, cure=cure(self.policy, dossier, finding, as_of=report.as_of))

    def rule(self, name: str) -> CompiledRule:
        """Give the rule of that id; raise `MisuseError` if there is none."""
        rules = {each.rule.id: each for each in self.policy.rules}
        found = next((each for each in rules if each.lower() == name.strip().lower()), None)
        if found is None:
            near = difflib.get_close_matches(name.strip().upper(), rules, n=1, cutoff=0.75)
            raise misuse(f"没有规则 {name}", f"{near[0]}？" if near else f"可用：{'、'.join(rules)}")
        return rules[found]

    def closed(self, dossier: Dossier, report: Report, wanted: str) -> str:
        """Say of a rule, or of a rule on a subject, that nothing has to be done: it is no finding."""
        name, at, subject = wanted.partition("@")
        compiled = self.rule(name)
        rule = compiled.rule
        state = next(each for each in report.rules if each.id == rule.id)
        reasons = "；".join(state.inapplicable)
        short = wording.WORDS[report.mode].short
        if not at:
            counts = " · ".join(f"{short[each]} {count}" for each, count in state.totals.items() if count)
            return f"{rule.id} {rule.title}：没有问题（{counts}）{f'。不适用的原因：{reasons}' if reasons else ''}\n"
        entity = self.schema.registers.get(rule.each, self.schema.zone)
        get = attrgetter(entity.fields[entity.id_field].attribute)
        with localcontext(values.EXACT):
            pairs = {
                (get(each.found.subject) if each.found else rule.each): each.verdict
                for each in judge(self.policy, look(self.policy, dossier, report.as_of), compiled)
            }
        found = next((each for each in pairs if each.lower() == subject.lower()), None)
        if found is None:
            near = difflib.get_close_matches(subject, pairs, n=1)
            raise misuse(
                f"{rule.id} 没有检查对象 {subject}",
                f"{rule.id}@{near[0]}？" if near else f"检查对象是{entity.label}，写它的编号",
            )
        verdict = pairs[found]
        why = f"。不适用的原因：{reasons}" if verdict is Verdict.NOT_APPLICABLE and len(state.inapplicable) == 1 else ""
        return f"{rule.id}@{found} {rule.title}：{wording.WORDS[report.mode].verdicts[verdict]}{why}\n"


_HELD: dict[tuple[str, bool], Policy] = {}
"""The packs that this process has loaded, by their digests, and whether their examples were only read; the last few."""
MOST_HELD = 4


def _held(where: Path, told: DossierSchema, *, examples: bool) -> Policy:
    """Give a pack that was loaded before and has not changed, or load it.

    What is told in another language is loaded anew: a digest says nothing of translations.
    """
    key = None
    if told.language == ZH:
        with contextlib.suppress(PolicyError, OSError):
            key = digest_of(where), examples
    if key in _HELD:
        return _HELD[key]
    policy = load_remembered(where, told, Memory(cache_folder())) if examples else read_policy(where, told)
    if key is not None and policy.stamp.sha256 == key[0]:
        for old in [*_HELD][: max(0, len(_HELD) + 1 - MOST_HELD)]:
            del _HELD[old]
        _HELD[key] = policy
    return policy


def exit_code_of(report: "Report | Digest") -> int:
    """Give the exit code that says what a report found, or what its digest keeps of that."""
    if report.totals[Verdict.VIOLATION] or report.totals[Verdict.RISK]:
        return 1
    return 3 if report.totals[Verdict.UNDETERMINED] else 0


def summary(report: Report) -> str:
    """Say in one line what a report found."""
    words = interface(report.language)
    named = words("{0}（{1}）", visible(report.zone.name), visible(report.dossier.file))
    return words("{0}：{1}", named, wording.numbers(report, words=words))


def worst(codes: Iterable[int]) -> int:
    """Give the exit code of several dossiers: that of the most serious one."""
    held = set(codes)
    return next(code for code in SERIOUSNESS if code in held)
