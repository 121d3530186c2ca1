"""A summary as JSON: the contract with other programs, described by `schemas/summary.schema.json`."""

from collections.abc import Mapping
from decimal import Decimal

from checker.batching.crossing import STANDING, Crossing, Lead, Side
from checker.batching.gathering import GroupRow, RuleRow, Summary, Tally, ZoneRow
from checker.batching.provinces import province_name
from checker.model import Amount, PolicyStamp, Verdict
from checker.reporting.json import Object, counts, written


def render(summary: Summary) -> bytes:
    """Write *summary* as JSON: ids and no translated words, shares and sums as decimal strings."""
    return written(_document(summary)) + b"\n"


def _document(summary: Summary) -> Object:
    return {
        "schema_version": summary.schema_version,
        "programs": list(summary.programs),
        "policy": _stamp(summary.policy),
        "policies": [
            {"sha256": each.sha256, "named": each.named, "dossiers": each.dossiers, "is_given": each.is_given}
            for each in summary.policies
        ],
        "as_of": {"first": summary.first_day, "last": summary.last_day} if summary.rows else None,
        "dossiers": len(summary.rows),
        "zones": summary.zones,
        "not_ranked": summary.thin,
        **_tally(summary.tally),
        "grades": _grades(summary.grades),
        "amount": _amount(summary.amount),
        "articles": list(summary.articles),
        "rows": [_row(each, summary.articles) for each in summary.rows],
        "provinces": [_group(each, summary.articles) for each in summary.provinces],
        "levels": [_group(each, summary.articles) for each in summary.levels],
        "rules": [_rule(each) for each in summary.rules],
        "papers": [
            {
                "document": each.document,
                "dossiers": each.zones,
                "findings": each.findings,
                "settles": each.settles,
                "weight": each.weight,
            }
            for each in summary.papers
        ],
        "papers_more": summary.papers_more,
        "steps": {step: {"proved": proved, "to_verify": other} for step, (proved, other) in summary.steps.items()},
        "histograms": [
            {"id": each.id, "bins": [{"label": part.label, "dossiers": part.dossiers} for part in each.bins]}
            for each in summary.histograms
        ],
        "failures": [
            {"name": each.name, "source": each.source, "why": each.why.value, "message": each.message}
            for each in summary.failures
        ],
        "crossing": _crossing(summary.crossing),
    }


def _stamp(policy: PolicyStamp) -> Object:
    return {
        "id": policy.id,
        "named": policy.named,
        "title": policy.title,
        "number": policy.number,
        "version": policy.version,
        "sha256": policy.sha256,
    }


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _tally(tally: Tally) -> Object:
    return {
        "totals": counts(tally.totals),
        "applicable": tally.applicable,
        "decided": tally.decided,
        "violation_share": _decimal(tally.violation_share),
        "most_violation_share": _decimal(tally.most_violation_share),
        "decided_violation_share": _decimal(tally.decided_violation_share),
        "undetermined_share": _decimal(tally.undetermined_share),
    }


def _grades(grades: Mapping[str, Mapping[Verdict, int]]) -> Object:
    return {
        grade: {verdict.value: counts.get(verdict, 0) for verdict in Verdict if verdict.is_finding}
        for grade, counts in grades.items()
    }


def _amount(amount: Amount | None) -> Object | None:
    return None if amount is None else {"low_cny": _decimal(amount.low_cny), "high_cny": _decimal(amount.high_cny)}


def _row(row: ZoneRow, articles: tuple[str, ...]) -> Object:
    return {
        "rank": row.rank,
        "name": row.name,
        "dossier": {"id": row.dossier, "sha256": row.sha256},
        "policy": row.policy,
        "program": row.program,
        "as_of": row.as_of,
        "projected": row.projected,
        "zone": {"id": row.zone, "name": row.zone_name, "level": row.level, "province": row.province},
        **_tally(row.tally),
        "grades": _grades(row.grades),
        "amount": _amount(row.amount),
        "step": {"proved": row.step or None, "to_verify": row.step_to_verify or None},
        "by_article": dict(zip(articles, (counts(each.totals) for each in row.articles), strict=True)),
        "by_rule": {
            rule: {verdict.value: number for verdict in Verdict if (number := counts.get(verdict, 0))}
            for rule, counts in row.rules.items()
        },
    }


def _group(group: GroupRow, articles: tuple[str, ...]) -> Object:
    name = {"name": province_name(group.key)} if group.key.isdecimal() else {}
    return {
        "key": group.key,
        **name,
        "dossiers": group.dossiers,
        "with_violation": group.with_violation,
        "not_ranked": group.thin,
        **_tally(group.tally),
        "amount": _amount(group.amount),
        "by_article": dict(zip(articles, (counts(each.totals) for each in group.articles), strict=True)),
    }


def _rule(rule: RuleRow) -> Object:
    return {
        "id": rule.id,
        "title": rule.title,
        "grade": rule.grade,
        "article": rule.article,
        **_tally(rule.tally),
        "dossiers": {"violation": rule.violating, "risk": rule.suspected, "undetermined": rule.undetermined},
    }


def _crossing(crossing: Crossing) -> Object:
    return {
        "found": {kind.value: number for kind, number in crossing.found.items()},
        "leads": [_lead(each) for each in crossing.leads],
        "skipped": dict(crossing.skipped),
        "repeated": [
            {"zone": each.zone, "names": list(each.names), "dossiers": each.dossiers} for each in crossing.repeated
        ],
        "repeated_more": crossing.repeated_more,
        "table": {
            "file": crossing.table,
            "without_line": list(crossing.without_line),
            "without_dossier": list(crossing.without_dossier),
            "not_compared": crossing.not_compared,
            "other_day": [
                {
                    "zone": each.zone,
                    "place": each.place,
                    "as_of": each.as_of,
                    "name": each.name,
                    "dossier_as_of": each.dossier_as_of,
                }
                for each in crossing.other_day
            ],
        }
        if crossing.table
        else None,
    }


def _lead(lead: Lead) -> Object:
    return {
        "id": lead.id,
        "kind": lead.kind.value,
        "standing": STANDING,
        "same": list(lead.same),
        "zones": lead.zones,
        "sides": [_side(each) for each in lead.sides],
        "others": lead.others,
        "innocent": lead.kind.innocent,
        "settled_by": lead.kind.settled_by,
    }


def _side(side: Side) -> Object:
    return {
        "name": side.name,
        "dossier": side.dossier,
        "zone": {"id": side.zone, "name": side.zone_name},
        "pointer": side.pointer,
        "label": side.label,
        "told": side.told,
        "more": side.more,
    }
