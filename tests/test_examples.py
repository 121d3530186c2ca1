"""What the dossiers in `examples` are said to show: each verdict is worked out by hand from the law."""

import copy
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import localcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from reference.program import shipped_policy

from checker.checking import check, judge, look
from checker.dossier.loading import Dossier, dossier_schema, load_dossier
from checker.errors import DossierError
from checker.model import Consequence, Mode, Party, Report, Verdict
from checker.papers.notice import notices
from checker.reporting.arrangement import by_article, numbering
from checker.reporting.picture import picture
from checker.site import exit_code_of
from checker.values import EXACT
from checker.verifying import REGISTER, creates_accusation, removable, silences_finding

EXAMPLES = Path(__file__).parents[1] / "examples"
LATER = date(2025, 6, 30)

V, R, U, C, E, N = (
    Verdict.VIOLATION,
    Verdict.RISK,
    Verdict.UNDETERMINED,
    Verdict.COMPLIANT,
    Verdict.EXEMPT,
    Verdict.NOT_APPLICABLE,
)
Verdicts = Mapping[str, Mapping[str, Verdict]]

# What each rule says of each subject; a register stands for what it cannot prove, or for having nothing in it.
DOSSIER: Verdicts = {
    "R16.4-01": {
        "G1": V,  # in effect half a year before the new approval
        "G2": R,  # never approved again; a correction is pleaded, without a paper
    },
    # Only P1 has been looked at: 1.32 of the 1.5 that its contract allows, and industrial as agreed.
    "R16.4-02": {"P1": C, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},
    "R16.4-03": {"P1": N, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},  # no conditions were changed
    "R16.5-01": {
        "PLA": N,
        "PLB": N,
        "PL1": N,
        "PL2": N,
        "PL3": N,
        "PL4": C,
        "PL5": C,
    },  # a prefecture approved both detailed plans
    "R16.5-02": {
        "PLA": N,
        "PLB": N,
        "PL1": N,  # not a detailed plan
        "PL2": N,
        "PL3": N,
        "PL4": C,
        "PL5": V,  # approved in 2019, never filed with the government above
    },
    "R16.5-03": {
        "PLA": N,
        "PLB": N,
        "PL1": N,
        "PL2": N,
        "PL3": N,
        "PL4": C,
        "PL5": C,
    },  # used from after their approval
    "R16.6-01": {"Z01": V},  # 900 of 1,000 hectares covered, 995 needed
    "R16.6-02": {
        "P1": C,
        "P2": C,
        "P3": C,
        "P4": C,
        "P5": N,  # allocated
        "P6": U,  # nobody says whether there were planning conditions
    },
    "R16.6-03": {
        "P1": C,  # the contracts are later than the approval of the unit that the parcel lies in
        "P2": C,
        "P3": C,
        "P4": C,
        "P5": N,  # allocated
        "P6": U,  # nobody says in which unit it lies
    },
    "R16.8-01": {
        "PLA": N,
        "PLB": N,
        "PL1": C,  # reviewed 2015-12, approved 2016-06
        "PL2": V,  # approved 2022-03, reviewed 2022-05
        "PL3": N,  # approved in 2001: the law is of 2003
        "PL4": N,  # no overall plan
        "PL5": N,
    },
    "R16.8-02": {
        "E1": C,  # 4 experts of 7; 6 of 7 signed, 5.25 needed
        "E2": C,
    },
    "R16.8-03": {
        "E1": R,  # nine years without a follow-up; the sentence of 2020 that asks for one has not been seen
        "E2": C,  # reviewed in 2022
    },
    "R16.8-04": {"E1/1": C},  # done two months before its day
    "R16.8-05": {"G1": N, "G2": N},  # changes of detailed plans
    "R18.1-01": {"H1": C},  # within its budget and the standard, no gifts
    "R18.3-01": {
        "T1": C,
        "T2": N,  # nobody went
        "T3": U,  # nobody says whether there is an approval
        "trips": U,  # the register is declared complete up to 2023 only
    },
    "R18.3-02": {
        "T1": V,  # one country, three days and 42,600 yuan more than approved
        "T2": N,
        "T3": U,  # nobody says what it cost
        "trips": U,
    },
    "R18.3-03": {"T1": C, "T2": N, "T3": C, "trips": U},
    "R18.5-01": {
        "W1": V,  # issued in September 2024 without a fair competition review
        "W2": N,  # about receptions, not about enterprises
    },
    "R18.5-02": {"A1/1": N, "A2/1": N},  # reckoned by the land price, and by nothing; not by taxes
    "R18.5-03": {"A1/1": C, "A2/1": C},
    "R18.5-04": {
        "X1": N,  # before the regulation of August 2024
        "X2": N,
        "X3": C,  # to the party of an agreement that promises nothing by its taxes
        "X4": N,  # a reversal
    },
    "R18.6-01": {"expropriations": N},  # the register is complete, and empty
    "R18.6-02": {"expropriations.public_notices": N},
    "R18.6-03": {"expropriations": N},
    "R18.6-04": {"expropriations": N},
    "R18.6-05": {"expropriations": N},
    "R18.6-06": {"expropriations.account_outflows": N},
    "R18.6-07": {"expropriations": N},
    "R18.7-01": {"land_approvals": N},
    "R18.7-02": {"land_approvals": N},
    "R18.7-03": {
        "P1": C,
        "P2": V,  # the administrative committee granted the land
        "P3": C,
        "P4": R,  # a platform company did
        "P5": N,  # allocated
        "P6": U,  # who granted it is withheld
    },
    "R18.7-04": {"delegations": N},
    "R18.8-01": {
        "P1": C,
        "P2": C,
        "P3": V,  # 33 of 50 million paid
        "P4": E,  # 12 million deferred until 2025-05-31, with a paper
        "P5": N,
        "P6": U,  # the second instalment is due in December 2024, nobody says when
    },
    "R18.8-02": {
        "X1": V,  # to the grantee of P2, whose agreement caps the price
        "X2": C,
        "X3": R,  # a subsidy "for the land price" to a grantee, linked to no parcel
        "X4": N,  # a reversal
    },
    "R18.8-03": {
        "A1/1": V,  # the price is capped, agreed in 2019 and still standing
        "A2/1": N,
    },
    "R18.8-04": {
        "P1": C,
        "P2": C,  # by agreement, 300 yuan a square metre: the least price is 252, seven tenths of the benchmark are 294
        "P3": C,
        "P4": C,
        "P5": N,
        "P6": N,  # a warehouse sold by auction has no least price
    },
    "R18.8-05": {
        "P1": C,
        "P2": C,
        "P3": V,  # certified when 25 of 50 million were paid
        "P4": N,  # no certificate yet
        "P5": N,
        "P6": N,
    },
    "R18.8-06": {
        "P1/1": C,
        "P2/1": C,
        "P3/1": C,
        "P3/2": R,  # a platform company gave the money the day before
        "P4/1": C,
        "P6/1": C,
    },
    "R18.8-07": {
        "P1": C,
        "P2": C,
        "P3": R,  # late since July and nothing assessed; as long as it is owed the fee is not final
        "P4": C,  # due three weeks ago: the last month's fee may still be assessed
        "P5": N,
        "P6": U,  # the rule does not reckon how far holidays move a day that is known to the month only
    },
    # Nothing in the story turns on what follows: land was approved, lies within its bounds and was built on in time.
    "R14.3-01": {"infrastructure_projects": N},
    "R15.5-01": {"projects": N},
    "R15.5-02": {"projects": N},
    "R15.8-01": {"drainage_areas": N},
    "R15.8-02": {"wastewater_facilities.exceedances": N},
    "R15.8-03": {"projects": N},
    "R15.8-04": {"enterprises": N},
    "R15.9-01": {"Z01": N},
    "R15.9-02": {"projects": N},
    "R16.1-01": {"Z01": C},
    "R16.1-02": {"Z01": C},
    "R16.2-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": C},
    "R17.1-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": C},
    "R17.1-02": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": C},
    "R17.2-01": {"land_approvals": N},
    "R17.3-01": {"P1": N, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},
    "R17.3-02": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": N, "P6": C},
    "R17.4-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": N, "P6": C},
    "R17.5-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": N, "P6": C},
    "R17.5-02": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": N, "P6": C},
    "R17.5-03": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": N, "P6": C},
    "R17.5-04": {"P1": N, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},
    "R17.7-01": {"Z01": C},
    "R17.9-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": C},
    "R19.1-01": {"complaints": N},
    "R19.2-01": {"A1/1": N, "A2/1": C},
    "R19.3-01": {"arrears_to_firms": N},
    "R4.3-01": {"assessments": N},
    "R4.3-02": {"assessments": N},
    "R4.3-03": {"inspection_items": N},
    "R4.3-04": {"TD2022": C, "TD2023": N},
    "R5.2-01": {"assessment_submission": N},
    "R6.10-01": {"guarantees": N},
    "R6.10-02": {"debts": N},
    "R6.10-03": {"debt_ratios": N},
    "R6.5-01": {"W1": C, "W2": N},
    "R6.7-01": {"spot_checks": N},
    "R6.8-01": {"Z01": C},
    "R6.8-02": {"major_hazards": N},
    "R6.8-03": {"chemical_parks": N},
    "R6.8-04": {"accidents": N},
    "R6.9-01": {"P1/1": C, "P2/1": C, "P3/1": C, "P3/2": C, "P4/1": C, "P6/1": C},
    "R7.1-01": {"delegations": N},
    "RR-01": {"notices.items": N},
    "RR-02": {"notices.items": N},
}
CLEAN: Verdicts = {
    "R16.4-01": {"G1": C},
    "R16.4-02": {"P1": N, "P2": N},  # nobody has looked yet
    "R16.4-03": {"P1": N, "P2": N},
    "R16.5-01": {"PLA": N, "PLB": N, "PL1": N, "PL2": C},
    "R16.5-02": {"PLA": N, "PLB": N, "PL1": N, "PL2": C},
    "R16.5-03": {"PLA": N, "PLB": N, "PL1": N, "PL2": C},
    "R16.6-01": {"Z02": C},  # 598 of 600 hectares, 597 needed
    "R16.6-02": {"P1": C, "P2": N},
    "R16.6-03": {"P1": C, "P2": N},
    "R16.8-01": {"PLA": N, "PLB": N, "PL1": C, "PL2": N},
    "R16.8-02": {"E1": C},
    "R16.8-03": {"E1": C},
    "R16.8-04": {"E1/1": C},
    "R16.8-05": {"G1": N},
    "R18.1-01": {"H1": C},
    "R18.3-01": {"T1": C},
    "R18.3-02": {"T1": C},
    "R18.3-03": {"T1": C},
    "R18.5-01": {"W1": C},  # reviewed before it was issued
    "R18.5-02": {"agreements.commitments": N},
    "R18.5-03": {"agreements.commitments": N},
    "R18.5-04": {"X1": N},  # paid before August 2024
    "R18.6-01": {"expropriations": N},
    "R18.6-02": {"expropriations.public_notices": N},
    "R18.6-03": {"expropriations": N},
    "R18.6-04": {"expropriations": N},
    "R18.6-05": {"expropriations": N},
    "R18.6-06": {"expropriations.account_outflows": N},
    "R18.6-07": {"expropriations": N},
    "R18.7-01": {"land_approvals": N},
    "R18.7-02": {"land_approvals": N},
    "R18.7-03": {"P1": C, "P2": N},
    "R18.7-04": {"delegations": N},
    "R18.8-01": {"P1": C, "P2": N},  # the second instalment is not due yet
    "R18.8-02": {"X1": C},
    "R18.8-03": {"agreements.commitments": N},
    "R18.8-04": {"P1": C, "P2": N},  # 667 yuan a square metre, 336 needed
    "R18.8-05": {"P1": N, "P2": N},  # no certificate yet
    "R18.8-06": {"P1/1": C},
    "R18.8-07": {"P1": C, "P2": N},
    # Nothing in the story turns on what follows: land was approved, lies within its bounds and was built on in time.
    "R14.3-01": {"infrastructure_projects": N},
    "R15.5-01": {"projects": N},
    "R15.5-02": {"projects": N},
    "R15.8-01": {"drainage_areas": N},
    "R15.8-02": {"wastewater_facilities.exceedances": N},
    "R15.8-03": {"projects": N},
    "R15.8-04": {"enterprises": N},
    "R15.9-01": {"Z02": N},
    "R15.9-02": {"projects": N},
    "R16.1-01": {"Z02": C},
    "R16.1-02": {"Z02": C},
    "R16.2-01": {"P1": C, "P2": C},
    "R17.1-01": {"P1": C, "P2": C},
    "R17.1-02": {"P1": C, "P2": C},
    "R17.2-01": {"land_approvals": N},
    "R17.3-01": {"P1": N, "P2": N},
    "R17.3-02": {"P1": C, "P2": N},
    "R17.4-01": {"P1": C, "P2": N},
    "R17.5-01": {"P1": C, "P2": N},
    "R17.5-02": {"P1": C, "P2": N},
    "R17.5-03": {"P1": C, "P2": N},
    "R17.5-04": {"P1": N, "P2": N},
    "R17.7-01": {"Z02": C},
    "R17.9-01": {"P1": C, "P2": C},
    "R19.1-01": {"complaints": N},
    "R19.2-01": {"agreements.commitments": N},
    "R19.3-01": {"arrears_to_firms": N},
    "R4.3-01": {"assessments": N},
    "R4.3-02": {"assessments": N},
    "R4.3-03": {"inspection_items": N},
    "R4.3-04": {"TD2022": C, "TD2023": N},
    "R5.2-01": {"assessment_submission": N},
    "R6.10-01": {"guarantees": N},
    "R6.10-02": {"debts": N},
    "R6.10-03": {"debt_ratios": N},
    "R6.5-01": {"W1": C},
    "R6.7-01": {"spot_checks": N},
    "R6.8-01": {"Z02": C},
    "R6.8-02": {"major_hazards": N},
    "R6.8-03": {"chemical_parks": N},
    "R6.8-04": {"accidents": N},
    "R6.9-01": {"P1/1": C},
    "R7.1-01": {"delegations": N},
    "RR-01": {"notices.items": N},
    "RR-02": {"notices.items": N},
}
INCOMPLETE: Verdicts = {
    "R16.4-01": {"G1": U, "plan_changes": U},
    "R16.4-02": {"P1": U, "P2": U, "P3": U, "parcels": U},  # has anybody looked at them?
    "R16.4-03": {"P1": U, "P2": U, "P3": U, "parcels": U},
    "R16.5-01": {"PL1": N, "PL2": U, "plans": U},  # an overall plan is none of these rules' concern
    "R16.5-02": {"PL1": N, "PL2": U, "plans": U},
    "R16.5-03": {"PL1": N, "PL2": U, "plans": U},
    "R16.6-01": {"Z03": U},
    "R16.6-02": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R16.6-03": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R16.8-01": {"PL1": U, "PL2": U, "plans": U},
    "R16.8-02": {"plan_eias": U},
    "R16.8-03": {"plan_eias": U},
    "R16.8-04": {"plan_eias.measures": U},
    "R16.8-05": {"G1": U, "plan_changes": U},
    "R18.1-01": {"promo_expenses": U},
    "R18.3-01": {"T1": U, "trips": U},
    "R18.3-02": {"T1": U, "trips": U},
    "R18.3-03": {"T1": U, "trips": U},
    "R18.5-01": {"policy_documents": U},
    "R18.5-02": {"agreements.commitments": U},
    "R18.5-03": {"agreements.commitments": U},
    "R18.5-04": {"X1": N, "expenditures": U},  # paid two years before the regulation
    "R18.6-01": {"expropriations": U},
    "R18.6-02": {"expropriations.public_notices": U},
    "R18.6-03": {"expropriations": U},
    "R18.6-04": {"expropriations": U},
    "R18.6-05": {"expropriations": U},
    "R18.6-06": {"expropriations.account_outflows": U},
    "R18.6-07": {"expropriations": U},
    "R18.7-01": {"land_approvals": U},
    "R18.7-02": {"land_approvals": U},
    "R18.7-03": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R18.7-04": {"delegations": U},
    "R18.8-01": {"P1": U, "P2": U, "P3": N, "parcels": U},  # 5 of 12 million listed: is that all?
    "R18.8-02": {"X1": U, "expenditures": U},
    "R18.8-03": {"agreements.commitments": U},
    "R18.8-04": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R18.8-05": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R18.8-06": {"P1/1": U, "parcels.payments": U},
    "R18.8-07": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R14.3-01": {"infrastructure_projects": U},
    "R15.5-01": {"projects": U},
    "R15.5-02": {"projects": U},
    "R15.8-01": {"drainage_areas": U},
    "R15.8-02": {"wastewater_facilities.exceedances": U},
    "R15.8-03": {"projects": U},
    "R15.8-04": {"enterprises": U},
    "R15.9-01": {"Z03": U},
    "R15.9-02": {"projects": U},
    "R16.1-01": {"Z03": U},
    "R16.1-02": {"Z03": U},
    "R16.2-01": {"P1": U, "P2": U, "P3": U, "parcels": U},
    "R17.1-01": {"P1": U, "P2": U, "P3": U, "parcels": U},
    "R17.1-02": {"P1": U, "P2": U, "P3": U, "parcels": U},
    "R17.2-01": {"land_approvals": U},
    "R17.3-01": {"P1": U, "P2": U, "P3": U, "parcels": U},
    "R17.3-02": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R17.4-01": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R17.5-01": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R17.5-02": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R17.5-03": {"P1": U, "P2": U, "P3": N, "parcels": U},
    "R17.5-04": {"P1": U, "P2": U, "P3": U, "parcels": U},
    "R17.7-01": {"Z03": U},
    "R17.9-01": {"P1": U, "P2": U, "P3": U, "parcels": U},
    "R19.1-01": {"complaints": U},
    "R19.2-01": {"agreements.commitments": U},
    "R19.3-01": {"arrears_to_firms": U},
    "R4.3-01": {"assessments": U},
    "R4.3-02": {"assessments": U},
    "R4.3-03": {"inspection_items": U},
    "R4.3-04": {"land_metrics": U},
    "R5.2-01": {"assessment_submission": U},
    "R6.10-01": {"guarantees": U},
    "R6.10-02": {"debts": U},
    "R6.10-03": {"debt_ratios": U},
    "R6.5-01": {"policy_documents": U},
    "R6.7-01": {"spot_checks": U},
    "R6.8-01": {"Z03": U},
    "R6.8-02": {"major_hazards": U},
    "R6.8-03": {"chemical_parks": U},
    "R6.8-04": {"accidents": U},
    "R6.9-01": {"P1/1": U, "parcels.payments": U},
    "R7.1-01": {"delegations": U},
    "RR-01": {"notices.items": U},
    "RR-02": {"notices.items": U},
}
MAPPED: Verdicts = {
    "R16.4-01": {"plan_changes": N},
    "R16.4-02": {"P1": N, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},
    "R16.4-03": {"P1": N, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},
    "R16.5-01": {"PLA": N, "PLB": N, "PL1": N, "PL2": C, "PL3": C},
    "R16.5-02": {"PLA": N, "PLB": N, "PL1": N, "PL2": C, "PL3": C},
    "R16.5-03": {"PLA": N, "PLB": N, "PL1": N, "PL2": C, "PL3": C},
    "R16.6-01": {"Z04": C},  # the two units together are the planned area
    "R16.6-02": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    "R16.6-03": {
        "P1": C,
        "P2": C,
        "P3": C,
        "P4": V,  # eight of its thirteen hectares lie in the eastern unit, which was approved nine months later
        "P5": C,
        "P6": N,  # allocated
    },
    "R16.8-01": {"PLA": N, "PLB": N, "PL1": C, "PL2": N, "PL3": N},
    "R16.8-02": {"E1": C},
    "R16.8-03": {"E1": C},
    "R16.8-04": {"plan_eias.measures": N},
    "R16.8-05": {"plan_changes": N},
    "R18.1-01": {"promo_expenses": N},
    "R18.3-01": {"trips": N},
    "R18.3-02": {"trips": N},
    "R18.3-03": {"trips": N},
    "R18.5-01": {"policy_documents": N},
    "R18.5-02": {"agreements.commitments": N},
    "R18.5-03": {"agreements.commitments": N},
    "R18.5-04": {"expenditures": N},
    "R18.6-01": {"expropriations": N},
    "R18.6-02": {"expropriations.public_notices": N},
    "R18.6-03": {"expropriations": N},
    "R18.6-04": {"expropriations": N},
    "R18.6-05": {"expropriations": N},
    "R18.6-06": {"expropriations.account_outflows": N},
    "R18.6-07": {"expropriations": N},
    "R18.7-01": {"land_approvals": N},
    "R18.7-02": {"land_approvals": N},
    "R18.7-03": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": U, "P6": N},  # who granted P5 was refused
    "R18.7-04": {"delegations": N},
    "R18.8-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    "R18.8-02": {"expenditures": N},
    "R18.8-03": {"agreements.commitments": N},
    "R18.8-04": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    "R18.8-05": {"P1": N, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},  # no certificates yet
    "R18.8-06": {"P1/1": C, "P2/1": C, "P3/1": C, "P4/1": C, "P5/1": C},
    "R18.8-07": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    # Nothing in the story turns on what follows: land was approved, lies within its bounds and was built on in time.
    "R14.3-01": {"infrastructure_projects": N},
    "R15.5-01": {"projects": N},
    "R15.5-02": {"projects": N},
    "R15.8-01": {"drainage_areas": N},
    "R15.8-02": {"wastewater_facilities.exceedances": N},
    "R15.8-03": {"projects": N},
    "R15.8-04": {"enterprises": N},
    "R15.9-01": {"Z04": N},
    "R15.9-02": {"projects": N},
    "R16.1-01": {"Z04": C},
    "R16.1-02": {"Z04": C},
    "R16.2-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": C},
    "R17.1-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": C},
    "R17.1-02": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": C},
    "R17.2-01": {"land_approvals": N},
    "R17.3-01": {"P1": N, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},
    "R17.3-02": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    "R17.4-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    "R17.5-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    "R17.5-02": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    "R17.5-03": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": N},
    "R17.5-04": {"P1": N, "P2": N, "P3": N, "P4": N, "P5": N, "P6": N},
    "R17.7-01": {"Z04": C},
    "R17.9-01": {"P1": C, "P2": C, "P3": C, "P4": C, "P5": C, "P6": C},
    "R19.1-01": {"complaints": N},
    "R19.2-01": {"agreements.commitments": N},
    "R19.3-01": {"arrears_to_firms": N},
    "R4.3-01": {"assessments": N},
    "R4.3-02": {"assessments": N},
    "R4.3-03": {"inspection_items": N},
    "R4.3-04": {"TD2022": C, "TD2023": N},
    "R5.2-01": {"assessment_submission": N},
    "R6.10-01": {"guarantees": N},
    "R6.10-02": {"debts": N},
    "R6.10-03": {"debt_ratios": N},
    "R6.5-01": {"policy_documents": N},
    "R6.7-01": {"spot_checks": N},
    "R6.8-01": {"Z04": C},
    "R6.8-02": {"major_hazards": N},
    "R6.8-03": {"chemical_parks": N},
    "R6.8-04": {"accidents": N},
    "R6.9-01": {"P1/1": C, "P2/1": C, "P3/1": C, "P4/1": C, "P5/1": C},
    "R7.1-01": {"delegations": N},
    "RR-01": {"notices.items": N},
    "RR-02": {"notices.items": N},
}
EXPECTED = {"dossier": DOSSIER, "clean": CLEAN, "incomplete": INCOMPLETE, "mapped": MAPPED}
COUNTS = {
    "dossier": {V: 11, R: 6, U: 10, C: 107, E: 1, N: 110},
    "clean": {V: 0, R: 0, U: 0, C: 42, E: 0, N: 76},
    "incomplete": {V: 0, R: 0, U: 146, C: 0, E: 0, N: 16},
    "mapped": {V: 1, R: 0, U: 1, C: 102, E: 0, N: 106},
}
EXIT_CODES = {"dossier": 1, "clean": 0, "incomplete": 3, "mapped": 1}
NAMES = tuple(EXPECTED)


@cache
def dossier(name: str) -> Dossier:
    path = EXAMPLES / f"{name}.json"
    return load_dossier(path.read_bytes(), path.name, dossier_schema())


@cache
def report(name: str, as_of: date | None = None, mode: Mode = Mode.INSPECTION) -> Report:
    return check(shipped_policy(), dossier(name), as_of=as_of, mode=mode)


def verdicts(checked: Dossier, as_of: date, *, register: str = "") -> dict[str, dict[str, Verdict]]:
    """Give the verdict of each rule on each subject, by ids; *register* is put before the path of a register."""
    with localcontext(EXACT):
        view = look(shipped_policy(), checked, as_of)
        return {
            each.rule.id: {
                f"{register}{pair.register}"
                if pair.found is None
                else view.key(each.rule.each, pair.found.chain): pair.verdict
                for pair in judge(shipped_policy(), view, each)
            }
            for each in shipped_policy().rules
        }


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_says_of_each_subject_what_the_law_says(name: str) -> None:
    assert verdicts(dossier(name), date(2024, 12, 31)) == EXPECTED[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_totals_add_up_to_the_pairs(name: str) -> None:
    by_rule = {rule: Counter(subjects.values()) for rule, subjects in EXPECTED[name].items()}
    assert dict(report(name).totals) == COUNTS[name]
    assert {each.id: Counter(each.totals) for each in report(name).rules} == by_rule
    assert sum(by_rule.values(), Counter()) == Counter(COUNTS[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_report_lists_every_finding_and_exemption(name: str) -> None:
    listed = {(each.rule, each.subject.id): each.verdict for each in (*report(name).findings, *report(name).exempted)}
    assert listed == {
        (rule, subject): verdict
        for rule, subjects in EXPECTED[name].items()
        for subject, verdict in subjects.items()
        if verdict.is_finding or verdict is E
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_exit_code_says_what_was_found(name: str) -> None:
    assert exit_code_of(report(name)) == EXIT_CODES[name]


def test_the_first_example_shows_every_verdict_and_does_not_drown_its_reader() -> None:
    """That every rule finds something is asked of the realistic zone."""
    shown = verdicts(dossier("dossier"), date(2024, 12, 31))
    assert {verdict for subjects in shown.values() for verdict in subjects.values()} == set(Verdict)
    assert shown.keys() == {each.rule.id for each in shipped_policy().rules}
    assert sum(verdict is U for subjects in shown.values() for verdict in subjects.values()) <= 15


def test_the_clean_example_leaves_nothing_open() -> None:
    shown = verdicts(dossier("clean"), date(2024, 12, 31))
    assert {verdict for subjects in shown.values() for verdict in subjects.values()} == {C, N}
    assert report("clean").requests == ()


def test_problems_stand_in_the_order_of_the_document() -> None:
    norms = list(shipped_policy().norms)
    listed = [under.clause.id for part in by_article(report("dossier")) for under in part.clauses]
    assert len(listed) > 4
    assert listed == sorted(listed, key=norms.index)


def test_the_first_example_concerns_both_parties_and_both_consequences() -> None:
    violations = report("dossier").of(V)
    assert {each.responsible for each in violations} == {Party.ZONE, Party.LOCAL_GOVERNMENT}
    assert [each.rule for each in violations if each.consequence is Consequence.ADVISE] == ["R16.6-01"]


def test_one_plea_of_the_first_example_is_proved_and_one_is_not() -> None:
    [excused] = report("dossier").exempted
    assert [each.state for each in excused.exemptions] == ["proved", "not_claimed", "not_claimed"]
    [pleaded] = [each for each in report("dossier").findings if each.subject.id == "G2"]
    assert [each.state for each in pleaded.exemptions] == ["claimed"]


def test_the_first_example_has_a_withheld_fact_and_one_without_a_paper() -> None:
    assert {each.subject.id: each.withheld for each in report("dossier").findings if each.withheld} == {
        "P6": ("/parcels/5/grantor_kind",)
    }
    [paper] = notices(report("dossier"), party=Party.LOCAL_GOVERNMENT)
    [adjusted] = [item for section in paper.sections for item in section.items if "G1" in item.subject]
    assert [fact.label for fact in adjusted.facts if fact.lacks_evidence] == ["调整生效日期"]


def test_only_the_deliberate_slip_raises_a_doubt() -> None:
    assert [each.pointer for each in report("dossier").doubts] == ["/expenditures/1/payee_uscc"]
    assert report("clean").doubts == ()
    assert report("incomplete").doubts == ()
    assert report("mapped").doubts == ()


def test_the_mapped_example_shows_on_its_map_what_is_violated_and_what_is_not_known() -> None:
    drawn = picture(report("mapped"), numbering(report("mapped")))
    assert drawn is not None
    assert {each.name: each.state for each in drawn.outlines if each.state != "none"} == {
        "仓储设备项目（P4）": "violation",
        "冷链项目（P5）": "undetermined",
    }
    assert len(drawn.outlines) == 1 + 2 + 6
    assert {each.mark for each in drawn.marked} == {"1"}


def test_the_mapped_example_was_visited_and_two_people_say_otherwise_of_one_parcel() -> None:
    attested = {each.id: each for each in report("mapped").attestations}
    [violation], [open_] = report("mapped").of(V), report("mapped").of(U)
    assert attested["核查001"].findings == attested["核查004"].findings == (violation.id,)
    assert attested["核查001"].against == ("核查004",)
    assert attested["核查002"].findings == (open_.id,)
    assert attested["核查003"].quote == shipped_policy().norms["6.6"].quote


def test_nobody_gets_a_notice_for_what_is_clean_or_unknown() -> None:
    assert notices(report("clean")) == ()
    assert notices(report("incomplete")) == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_self_audit_gives_the_same_verdicts(name: str) -> None:
    audited = report(name, mode=Mode.SELF_AUDIT)
    assert audited.totals == report(name).totals
    assert [(each.id, each.verdict) for each in audited.findings] == [
        (each.id, each.verdict) for each in report(name).findings
    ]


@pytest.mark.parametrize("name", NAMES)
def test_on_a_later_day_nothing_is_proved_by_absence(name: str) -> None:
    projected = report(name, as_of=LATER)
    assert projected.projected
    assert {each.id for each in projected.of(V)} <= {each.id for each in report(name).of(V)}
    for each in projected.of(V):
        assert not [fact for fact in each.facts if fact.state == "none" or fact.name.startswith("completeness.")]


def test_the_violations_that_absence_proved_are_open_on_a_later_day() -> None:
    later = verdicts(dossier("dossier"), LATER)
    assert later["R18.8-01"]["P3"] is U  # who knows whether it has been paid since
    assert later["R16.8-01"]["PL2"] is U
    assert later["R18.7-03"]["P2"] is V  # a contract that was signed stays signed


@pytest.mark.parametrize(
    "name", [each if each == "clean" else pytest.param(each, marks=pytest.mark.thorough) for each in NAMES]
)
def test_taking_a_key_out_accuses_nobody_and_closes_nothing(name: str) -> None:
    written = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    before = verdicts(dossier(name), date(2024, 12, 31), register=REGISTER)
    wrong = []
    for path in removable(written, dossier_schema()):
        try:
            poorer = load_dossier(_without(written, path), name, dossier_schema())
        except DossierError:
            continue
        after = verdicts(poorer, date(2024, 12, 31), register=REGISTER)
        wrong += [
            (path, rule)
            for rule in before
            if creates_accusation(before[rule], after[rule]) or silences_finding(before[rule], after[rule])
        ]
    assert wrong == []


def _without(written: dict[str, Any], path: tuple[str, ...]) -> bytes:
    changed: Any = copy.deepcopy(written)
    holder = changed
    for step in path[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    del holder[path[-1]]
    return json.dumps(changed, ensure_ascii=False).encode()
