"""Write the dossier of an invented zone of real size, as its offices would export it; some of them broke the law.

    python examples/realistic/generate.py --parcels 400 --seed 54 --out DIR

The offices know no rule. What was done wrong is listed in `planted.json`, which was written first; `breaches.py` does
it to ordinary records. The same size and seed give the same bytes; a hundred thousand parcels take less than a minute.
"""

import argparse
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from breaches import BREACHES, FIGURES
from environment import drainage_areas, enterprises, entry_lists, pollutant_caps, projects, wastewater_facilities
from land import expropriations, land_approvals, parcels
from land_use import land_use
from money import arrears_to_firms, complaints, debt_ratios, debts, guarantees, infrastructure_projects
from names import CITY, ZONE, Record
from office import AS_OF, IDS, NESTED, Office, day, encode, on
from planning import plan_changes, plan_eias, plans
from promotion import agreements, delegations, expenditures, policy_documents, promo_expenses, trips
from safety import accidents, chemical_parks, major_hazards, spot_checks
from siting import afterwards, zone_blocks
from supervision import assessment_submission, assessments, inspection_items, land_metrics, notices

LEAST = 60
WRITERS: tuple[Callable[[Office], None], ...] = (
    plans,
    assessments,
    assessment_submission,
    land_metrics,
    inspection_items,
    notices,
    plan_changes,
    major_hazards,
    accidents,
    chemical_parks,
    spot_checks,
    plan_eias,
    parcels,
    land_approvals,
    expropriations,
    agreements,
    debts,
    guarantees,
    debt_ratios,
    infrastructure_projects,
    complaints,
    arrears_to_firms,
    expenditures,
    policy_documents,
    delegations,
    drainage_areas,
    entry_lists,
    projects,
    enterprises,
    wastewater_facilities,
    pollutant_caps,
    promo_expenses,
    trips,
    land_use,
    zone_blocks,
    afterwards,
)
# Who signs for which register, and in which of its columns a blank is signed to mean 无. Nobody signs for powers that
# were passed on, and nobody for incidents; the registers of events and of journeys were signed for earlier days.
SIGNED: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "evidence": ("综合档案室", ("valid_from", "valid_to", "revoked_on")),
        "plans": ("自然资源分局规划科", ("approved_on", "in_use_from")),
        "assessments": ("经济发展局", ("published_on",)),
        "assessment_submission": ("经济发展局", ("submitted_on",)),
        "land_metrics": ("自然资源分局利用科", ("submitted_on", "published_on")),
        "inspection_items": ("生态环境分局", ("closed_on",)),
        "notices": ("党政办公室督查科", ()),
        "notices.items": ("党政办公室督查科", ("closed_on", "reopened_on")),
        "plan_changes": (
            "自然资源分局规划科",
            (
                "effective_on",
                "necessity_report_doc_id",
                "consultation",
                "original_approver_consent_doc_id",
                "reapproved_on",
            ),
        ),
        "major_hazards": ("经济发展局安全生产组", ("closed_on", "supervision_doc_id")),
        "accidents": ("经济发展局安全生产组", ()),
        "chemical_parks": ("经济发展局安全生产组", ("recognised_on", "safety_assessment_on")),
        "spot_checks": ("市场监督管理分局", ("published_on",)),
        "plan_eias": ("生态环境分局", ("reviewed_on",)),
        "plan_eias.followups": ("生态环境分局", ("completed_on",)),
        "plan_eias.measures": ("生态环境分局", ("done_on",)),
        "parcels": (
            "自然资源分局利用科",
            (
                *("title_cert_issued_on", "penalty", "site_check", "conditions_change"),
                *("actual_delivery_on", "actual_start_on", "actual_completion_on", "suspended_since", "last_patrol_on"),
                "idle",
            ),
        ),
        "parcels.payment_schedule": ("自然资源分局利用科", ()),
        "parcels.payments": ("财政局非税科", ("funded_on", "returned_on", "treasury_on")),
        "agreements": ("投资促进局", ()),
        "agreements.commitments": ("投资促进局", ("fulfilled_on",)),
        "debts": ("财政局债务科", ("discharged_on",)),
        "guarantees": ("财政局债务科", ("revoked_on",)),
        "debt_ratios": ("财政局债务科", ()),
        "infrastructure_projects": ("建设局", ("plan_approved_on", "completed_on", "ict_completed_on")),
        "complaints": ("投资促进局", ("closed_on",)),
        "arrears_to_firms": ("财政局国库支付中心", ("paid_on",)),
        "expenditures": ("财政局国库支付中心", ("linked_parcel_id", "linked_agreement_id")),
        "policy_documents": ("党政办公室", ("fcr",)),
        "land_approvals": ("自然资源分局耕保科", ("approved_on", "project_ids")),
        "drainage_areas": ("自然资源分局规划科", ()),
        "entry_lists": ("生态环境分局", ("repealed_on",)),
        "entry_lists.limits": ("生态环境分局", ()),
        "projects": ("行政审批局", ("enterprise_id", "admitted_on", "eia_approved_on", "started_on")),
        "enterprises": ("生态环境分局", ("discharging_from", "stopped_on")),
        "wastewater_facilities": ("生态环境分局", ("in_service_on", "closed_on")),
        "wastewater_facilities.exceedances": ("生态环境分局", ()),
        "pollutant_caps": ("生态环境分局", ()),
        "expropriations": (
            "征收事务中心",
            ("stability_risk_doc_id", "funds_in_place_on", "approved_on", "decision_on", "social_security"),
        ),
        "expropriations.public_notices": ("征收事务中心", ("posted_from",)),
        "expropriations.households": ("征收事务中心", ("paid_on", "agreement_on", "moved_on")),
        "expropriations.account_outflows": ("征收事务中心", ()),
        "promo_expenses": ("投资促进局", ("gift_rule_doc_id",)),
        "trips": ("外事办公室", ("special_approval_doc_id",)),
        "zone_blocks": ("党政办公室", ("approved_on", "approval_doc_id", "geometry_id")),
    }
)
EARLIER: Mapping[str, int] = MappingProxyType({"promo_expenses": on(2024, 6, 30), "trips": on(2023, 12, 31)})


def write_zone(folder: Path, *, parcels: int, seed: int) -> Path:
    """Write `dossier.json` into *folder* and give its path."""
    acts: defaultdict[str, list[Callable[[Office, Record], None]]] = defaultdict(list)
    wishes: dict[str, Record] = {}
    planted = json.loads(Path(__file__).with_name("planted.json").read_text(encoding="utf-8"))
    for each in planted:
        breach = BREACHES.get(each["id"], FIGURES)
        doings = {each["record"]["id"]: (breach.wish, breach.act), **breach.also}
        for record_id, (wish, act) in doings.items():
            acts[record_id].append(act)
            if wish:
                wishes[record_id] = wish
    folder.mkdir(parents=True, exist_ok=True)
    office = Office(parcels=parcels, seed=seed, folder=folder, acts=acts, wishes=wishes)
    zone = _zone(office)
    for write in WRITERS:
        write(office)
    office.clear_table()
    for sheet in office.sheets.values():
        sheet.close()
    return _assemble(office, folder, zone)


def _zone(office: Office) -> Record:
    planned = round(office.parcels * 4.0, 2)
    founding = office.paper(f"关于设立{ZONE}的批复", "国函", on(2012, 12, 8), "国务院")
    general = office.paper(f"关于{CITY}城市总体规划的批复", "省政函", on(2011, 12, 20), "省人民政府")
    office.founding = founding
    survey = office.paper("控制性详细规划覆盖范围图及面积测算表", None, AS_OF - 40, f"{CITY}测绘院")
    return {
        "zone_id": "Z54",
        "name_zh": ZONE,
        "level": "national",
        "province_code": "420000",
        "safety": {"agency_doc_id": None, "staff_count": 4},
        "in_yangtze_basin": True,
        "env_emergency": {
            "plan_filed_on": "2019-10-16",
            "plan_revised_on": "2023-03-28",
            "pool_required_m3": 9000,
            "pool_built_m3": 6000,
        },
        "planned_construction_area_ha": planned,
        "detailed_plan_coverage": {
            "covered_ha": round(planned * 0.931, 2),
            "measured_on": day(AS_OF - 40),
            "doc_id": survey,
        },
        "sources": {"level": [founding], "planned_construction_area_ha": [general]},
    }


def _declarations(office: Office) -> Record:
    counts: dict[str, int] = {}
    for register, sheet in office.sheets.items():
        counts[register] = sheet.count
        counts |= {f"{register}.{each}": sheet.nested[each] for each in NESTED.get(register, ())}
    declarations: Record = {}
    for register, (signatory, blank) in SIGNED.items():
        signed = day(EARLIER.get(register, AS_OF))
        declaration: Record = {"complete": True, "as_of": signed, "count": counts[register], "signatory": signatory}
        declarations[register] = declaration | ({"blank_means_none": list(blank)} if blank else {})
    return declarations


def _assemble(office: Office, folder: Path, zone: Record) -> Path:
    path = folder / "dossier.json"
    meta = {
        "schema_version": "1.0",
        "dossier_id": f"栖岭-2024-{office.parcels}",
        "as_of_date": day(AS_OF),
        "prepared_by": f"{ZONE}管理委员会",
    }
    declared = ",\n".join(f"      {encode(name)}: {encode(each)}" for name, each in _declarations(office).items())
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("{\n" + f'  "meta": {encode(meta)[:-1]}, "completeness": {{\n{declared}\n  }}}},\n')
        file.write(f'  "zone": {encode(zone)}')
        for register in IDS:
            part = office.sheets[register].path
            file.write(f',\n  "{register}": [\n')
            with part.open(encoding="utf-8", newline="\n") as lines:
                shutil.copyfileobj(lines, file, 1 << 20)
            file.write("\n  ]")
            part.unlink()
        file.write("\n}\n")
    return path


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Write the dossier of an invented development zone.")
    parser.add_argument("--parcels", type=int, default=400, help=f"how many parcels, {LEAST} at the least")
    parser.add_argument("--seed", type=int, default=54)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    arguments = parser.parse_args()
    if arguments.parcels < LEAST:
        parser.error(f"--parcels: {LEAST} at the least, so that every breach has its record")
    write_zone(arguments.out, parcels=arguments.parcels, seed=arguments.seed)


if __name__ == "__main__":
    main()
