"""A report as SARIF 2.1.0, the exchange format of tools that find fault with files.

A finding that someone must act on is a result of kind `fail`, because only that kind may have a level: `error` for a
violation, `warning` for a risk, `note` for what is undetermined, which would otherwise show nowhere and look like
compliance. A proved exemption is a result of kind `pass` that is also suppressed, with its ground. The norms are the
taxonomy that rules and results refer to. No region is given: a report knows pointers into the dossier, not its lines.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import quote

from checker.catalogues import ZH, Catalogue, interface
from checker.model import Basis, Clause, ClauseState, Finding, RemedyStep, Report, RuleState, Subject, Verdict
from checker.reporting import wording
from checker.reporting.json import written, written_singly
from checker.reporting.wording import visible

Object = dict[str, Any]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

LEVELS = {Verdict.VIOLATION: "error", Verdict.RISK: "warning", Verdict.UNDETERMINED: "note", Verdict.EXEMPT: "none"}
MOST_REMEMBERED = 1024
_TAXONOMY = 0
_DOSSIER = 0


_NO_RESULTS = b'"results": []'
"""What stands where the results go: no text can hold it, since quotation marks in one are escaped."""


def render(report: Report) -> bytes:
    """Write *report* as SARIF; the results, which may be many, are written one by one."""
    rules = _rules(report)
    numbers = {each["id"]: number for number, each in enumerate(rules)}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, rules, numbers)]}
    before, after = written(log).split(_NO_RESULTS)
    out = BytesIO()
    out.write(before + b'"results": ')
    out.writelines(written_singly(map(_Results(report, numbers), (*report.findings, *report.exempted)), indent=6))
    out.write(after + b"\n")
    return out.getvalue()


def _run(report: Report, rules: list[Object], numbers: dict[str, int]) -> Object:
    """Give the one run of a log, as yet without results."""
    words = interface(report.language)
    return {
        "tool": {
            "driver": {
                "name": report.tool,
                "version": report.tool_version,
                "language": _tag(report),
                "rules": rules,
                "supportedTaxonomies": [_taxonomy(report)],
            }
        },
        "language": _tag(report),
        "columnKind": "unicodeCodePoints",
        "automationDetails": {
            "id": f"{report.policy.id}/{report.dossier.id}/",
            "description": _message(
                words("{zone}{report}", zone=report.zone.name, report=wording.words_of(report.mode, words).title)
            ),
        },
        "invocations": [_invocation(report, numbers)],
        "artifacts": [
            {
                "location": _artifact(report),
                "roles": ["analysisTarget"],
                "mimeType": "application/json",
                "hashes": {"sha-256": report.dossier.sha256},
            }
        ],
        "taxonomies": [
            {
                "name": report.policy.id,
                "version": report.policy.version,
                "fullName": _text(words("{0}（{1}）", report.policy.title, report.policy.number)),
                "language": "zh-CN",
                "taxa": [_norm(each, words) for each in report.clauses],
            }
        ],
        "results": [],
        "properties": {
            "as_of": report.as_of.isoformat(),
            "projected": report.projected,
            "mode": report.mode.value,
            "zone": _text(report.zone.name),
            "policy_sha256": report.policy.sha256,
            "totals": {verdict.value: report.totals.get(verdict, 0) for verdict in Verdict},
        },
    }


def _rules(report: Report) -> list[Object]:
    """Describe the rules of the pack, and any other that a finding names."""
    rules = {each.id: _rule(each, report) for each in report.rules}
    for each in (*report.findings, *report.exempted):
        rules.setdefault(each.rule, {"id": each.rule, "shortDescription": {"text": _text(each.title)}})
    return list(rules.values())


def _rule(rule: RuleState, report: Report) -> Object:
    norms = [each for each in report.clauses if rule.id in each.rules]
    words = interface(report.language)
    quoted = "".join(
        words("{article}（{id}）“{quote}”", article=wording.article(each.article, words), id=each.id, quote=each.quote)
        for each in norms
    )
    limits = words("未检查的部分：{0}。", words("；").join(rule.limits)) if rule.limits else ""
    return {
        "id": rule.id,
        "shortDescription": {"text": _text(rule.title)},
        "fullDescription": {"text": _text(quoted or rule.title)},
        "help": {"text": _text(words("{0}。{1}{2}", rule.title, quoted, limits))},
        "relationships": [{"target": _taxon(each.id, report), "kinds": ["relevant"]} for each in norms],
        "properties": {
            "grade": rule.grade,
            "tags": [each.id for each in norms],
            "totals": {verdict.value: rule.totals.get(verdict, 0) for verdict in Verdict},
        },
    }


def _norm(clause: ClauseState, words: Catalogue) -> Object:
    return {
        "id": clause.id,
        "shortDescription": {"text": _text(words("{0}（{1}）", wording.article(clause.article, words), clause.id))},
        "fullDescription": {"text": _text(clause.quote)},
    }


def _taxonomy(report: Report) -> Object:
    return {"name": report.policy.id, "index": _TAXONOMY}


def _taxon(clause: str, report: Report) -> Object:
    return {"id": clause, "toolComponent": _taxonomy(report)}


def _invocation(report: Report, numbers: dict[str, int]) -> Object:
    """Say what the check left open, and what in the dossier is hard to believe."""
    words = interface(report.language)
    left_open = [
        {
            "level": "note",
            "message": _message(each.text),
            **({"associatedRule": {"id": each.rule, "index": numbers[each.rule]}} if each.rule in numbers else {}),
            "properties": {"kind": each.kind},
        }
        for each in report.not_checked
    ]
    doubts = [
        {
            "level": "note",
            "message": _message(words("{0}：{1}", words.headed(each.label), each.message)),
            "locations": [_location(each.pointer, _artifact(report))],
            "properties": {"kind": "doubt"},
        }
        for each in report.doubts
    ]
    return {"executionSuccessful": True, "toolExecutionNotifications": [*left_open, *doubts]}


class _Shared(NamedTuple):
    """What results have in common that rest on the same."""

    taxa: list[Object]
    clauses: list[str]
    basis: list[str]
    measures: list[str]


class _Results:
    """Gives findings as results; what is the same of many is looked up once."""

    def __init__(self, report: Report, numbers: dict[str, int]) -> None:
        self._report, self._numbers = report, numbers
        self._words = interface(report.language)
        self._said = wording.words_of(report.mode, self._words)
        self._known = {each.id for each in report.clauses}
        self._artifact = _artifact(report)
        self._shared = lru_cache(MOST_REMEMBERED)(self._of_ground)

    def __call__(self, finding: Finding) -> Object:
        """Give a finding as a result."""
        excused = finding.verdict is Verdict.EXEMPT
        shared = self._shared(finding.verdict, finding.clauses, finding.basis, finding.remedy)
        return {
            "ruleId": finding.rule,
            "ruleIndex": self._numbers[finding.rule],
            "kind": "pass" if excused else "fail",
            "level": LEVELS[finding.verdict],
            "message": _message(finding.message),
            "locations": [_subject(finding.subject, self._artifact)],
            "relatedLocations": self._related(finding),
            "fingerprints": {"zonecheck/v1": finding.id},
            "taxa": shared.taxa,
            **({"suppressions": _suppressions(finding, self._words)} if excused else {}),
            "properties": {
                "verdict": finding.verdict.value,
                "grade": finding.grade,
                "title": _text(finding.title),
                "consequence": finding.consequence.value,
                "responsible": finding.responsible.value,
                "clauses": shared.clauses,
                "basis": shared.basis,
                "reasons": finding.reasons,
                "measures": shared.measures,
                "ask": finding.ask,
                "group": finding.group,
                "absorbed_by": finding.absorbed_by,
            },
        }

    def _of_ground(
        self,
        verdict: Verdict,
        clauses: tuple[Clause, ...],
        basis: tuple[Basis, ...],
        remedy: tuple[RemedyStep, ...],
    ) -> _Shared:
        words = self._words
        return _Shared(
            [_taxon(each.id, self._report) for each in clauses if each.id in self._known],
            [wording.citation(each, verdict, self._said, words) for each in clauses],
            [wording.basis(each, words) for each in basis],
            [wording.measure(each, words) for each in wording.measures(remedy, self._report.mode)],
        )

    def _related(self, finding: Finding) -> list[Object]:
        """Show where each fact stands, and where one that is missing belongs."""
        words = self._words
        facts = [(each.pointer, f"{words.headed(each.label)} {each.text}") for each in finding.facts if each.pointer]
        missing = [(each.pointer, words("缺：{0}", each.label)) for each in finding.missing]
        return [
            {"id": number, **_location(pointer, self._artifact), "message": _message(text)}
            for number, (pointer, text) in enumerate(dict.fromkeys((*facts, *missing)), 1)
        ]


def _subject(subject: Subject, artifact: Object) -> Object:
    is_register = subject.id in {"", subject.register}
    held = {"name": _text(subject.label), "kind": "array" if is_register else "object"}
    return _location(subject.pointer, artifact, **held)


def _suppressions(finding: Finding, words: Catalogue) -> list[Object]:
    return [
        {"kind": "external", "justification": _text(wording.exemption(each, words))}
        for each in finding.exemptions
        if each.state == "proved"
    ]


def _location(pointer: str, artifact: Object, **named: str) -> Object:
    return {
        "physicalLocation": {"artifactLocation": artifact},
        "logicalLocations": [{**named, "fullyQualifiedName": pointer}],
    }


def _tag(report: Report) -> str:
    return "zh-CN" if report.language == ZH else report.language


def _artifact(report: Report) -> Object:
    return {"uri": quote(report.dossier.file, safe=""), "index": _DOSSIER}


def _message(text: str) -> Object:
    """Make a message in which nothing stands for an argument or a link."""
    return {"text": _text(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def _text(text: str) -> str:
    return visible(text)
