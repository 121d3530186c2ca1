"""A report as SARIF 2.1.0, the exchange format of tools that find fault with files.

A finding that someone must act on is a result of kind `fail`, because only that kind may have a level: `error` for a
violation, `warning` for a risk, `note` for what is undetermined, which would otherwise show nowhere and look like
compliance. A proved exemption is a result of kind `pass` that is also suppressed, with its ground. The norms are the
taxonomy that rules and results refer to. No region is given: a report knows pointers into the dossier, not its lines.
"""

from io import BytesIO
from typing import Any
from urllib.parse import quote

from checker.catalogues import ZH, Catalogue, interface
from checker.model import ClauseState, Finding, Report, RuleState, Subject, Verdict
from checker.reporting import wording
from checker.reporting.json import written, written_singly
from checker.reporting.wording import visible

Object = dict[str, Any]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

LEVELS = {Verdict.VIOLATION: "error", Verdict.RISK: "warning", Verdict.UNDETERMINED: "note", Verdict.EXEMPT: "none"}
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
    out.writelines(
        written_singly((_result(each, report, numbers) for each in (*report.findings, *report.exempted)), indent=6)
    )
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
            "locations": [_location(each.pointer, report)],
            "properties": {"kind": "doubt"},
        }
        for each in report.doubts
    ]
    return {"executionSuccessful": True, "toolExecutionNotifications": [*left_open, *doubts]}


def _result(finding: Finding, report: Report, numbers: dict[str, int]) -> Object:
    excused = finding.verdict is Verdict.EXEMPT
    known = {each.id for each in report.clauses}
    words = interface(report.language)
    said = wording.words_of(report.mode, words)
    return {
        "ruleId": finding.rule,
        "ruleIndex": numbers[finding.rule],
        "kind": "pass" if excused else "fail",
        "level": LEVELS[finding.verdict],
        "message": _message(finding.message),
        "locations": [_subject(finding.subject, report)],
        "relatedLocations": _related(finding, report),
        "fingerprints": {"zonecheck/v1": finding.id},
        "taxa": [_taxon(each.id, report) for each in finding.clauses if each.id in known],
        **({"suppressions": _suppressions(finding, words)} if excused else {}),
        "properties": {
            "verdict": finding.verdict.value,
            "grade": finding.grade,
            "title": _text(finding.title),
            "consequence": finding.consequence.value,
            "responsible": finding.responsible.value,
            "clauses": [wording.citation(each, finding.verdict, said, words) for each in finding.clauses],
            "basis": [wording.basis(each, words) for each in finding.basis],
            "reasons": finding.reasons,
            "measures": [wording.measure(each, words) for each in wording.measures(finding.remedy, report.mode)],
            "ask": finding.ask,
            "group": finding.group,
            "absorbed_by": finding.absorbed_by,
        },
    }


def _subject(subject: Subject, report: Report) -> Object:
    is_register = subject.id in {"", subject.register}
    held = {"name": _text(subject.label), "kind": "array" if is_register else "object"}
    return _location(subject.pointer, report, **held)


def _related(finding: Finding, report: Report) -> list[Object]:
    """Show where each fact stands, and where one that is missing belongs."""
    words = interface(report.language)
    facts = [(each.pointer, f"{words.headed(each.label)} {each.text}") for each in finding.facts if each.pointer]
    missing = [(each.pointer, words("缺：{0}", each.label)) for each in finding.missing]
    return [
        {"id": number, **_location(pointer, report), "message": _message(text)}
        for number, (pointer, text) in enumerate(dict.fromkeys((*facts, *missing)), 1)
    ]


def _suppressions(finding: Finding, words: Catalogue) -> list[Object]:
    return [
        {"kind": "external", "justification": _text(wording.exemption(each, words))}
        for each in finding.exemptions
        if each.state == "proved"
    ]


def _location(pointer: str, report: Report, **named: str) -> Object:
    return {
        "physicalLocation": {"artifactLocation": _artifact(report)},
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
