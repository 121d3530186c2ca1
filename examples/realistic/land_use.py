"""The land office after the contract: when building began and ended, what was invested, who was granted more time.

It throws dice of its own for each parcel, and files its papers and pleas last, so that no other record changes.
"""

from names import CITY, Dice, Record
from office import AS_OF, GOVERNMENT, Office, day, month, number_of, on

TRADES: tuple[str, ...] = ("C1499", "C1751", "C2231", "C2651", "C2760", "C2929", "C3484", "C3670", "C3823", "C3982")
EARLY = on(2011)  # before, contracts said nothing of when to build
NUMBERED = on(2010)  # since when the clerk enters the number that the supervision system gives
BUREAU = f"{CITY}自然资源局"


def used(office: Office, parcel: Record, use: str, *, signed: int, price: int) -> None:
    """Write how a granted parcel was used."""
    number = int(parcel["parcel_id"][2:])
    dice = Dice(office.seed * 1_000_000 + number)
    if signed >= NUMBERED and not dice.chance(0.02):
        parcel["electronic_supervision_no"] = f"420115{day(signed)[:4]}B{number:05d}"
    check = parcel.get("site_check")
    if signed < EARLY:
        done = signed + dice.between(480, 1000)
        if not dice.chance(0.3):  # nobody has looked into the other contracts
            parcel |= {"agreed_start_on": None, "agreed_completion_on": None}
        parcel["actual_completion_on"] = month(done) if signed < on(2003) else day(done)
    else:
        done = _built_in_time(office, dice, parcel, signed)
    if use != "industrial":
        return
    if check or (signed > on(2020) and not dice.chance(0.08)):
        parcel["industry_code"] = dice.pick(TRADES)
    agreed = round(price * dice.between(5, 14), -4) if signed > on(2016) else None
    if signed >= EARLY or not dice.chance(0.3):
        parcel["agreed_invest_cny"] = agreed
    if agreed and done <= AS_OF and not dice.chance(0.03):
        parcel["invested_cny"] = round(int(agreed * (0.94 + dice.random() * 0.3)), -4)
    if check:
        covers = signed > on(2006)
        parcel["far_min"] = dice.pick((0.8, 1.0)) if covers else None
        parcel["building_coefficient_min_pct"] = dice.pick((30, 35, 40)) if covers else None
        parcel["admin_living_land_max_pct"] = 7 if covers else None
        if not dice.chance(0.04):
            check["building_coefficient_pct"] = dice.between(41, 58)
            check["admin_living_land_pct"] = round(2.5 + dice.random() * 4.4, 1)


def _built_in_time(office: Office, dice: Dice, parcel: Record, signed: int) -> int:
    """Write the days agreed and the days on which building began and ended; give the latter."""
    start = signed + dice.pick((120, 180, 270, 365))
    end = start + dice.pick((540, 730, 900, 1095))
    began = max(signed + 15, start - dice.between(0, 100))
    done = end - dice.between(5, 150)
    check = parcel.get("site_check")
    if check:
        done = min(done, number_of(check["checked_on"]) - dice.between(20, 60))
        began = min(began, done - 150)
    parcel |= {"agreed_start_on": day(start), "agreed_completion_on": day(end)}
    ordinary = not check and not office.wish(parcel["parcel_id"])
    if ordinary and AS_OF - 560 < start < AS_OF - 470 and dice.chance(0.3):
        _kept_waiting(office, parcel, start)
        return AS_OF + 1
    if began <= AS_OF:
        parcel["actual_start_on"] = day(began)
    if ordinary and AS_OF - 300 < end < AS_OF and dice.chance(0.25):
        _given_time(office, parcel, end)
        done = AS_OF + 1
    if done <= AS_OF:
        parcel["actual_completion_on"] = day(done)
    elif began <= AS_OF:
        parcel["last_patrol_on"] = day(AS_OF - dice.between(5, 120))
    return done


def _given_time(office: Office, parcel: Record, end: int) -> None:
    """Let the owner have asked in time, and been granted, another year to finish."""
    title, until = "关于同意延长竣工期限的批复", end + 365
    paper = later_paper(office, title, end - 30, BUREAU)
    later_plea(office, "schedule_extension", parcel["parcel_id"], paper, until)


def _kept_waiting(office: Office, parcel: Record, start: int) -> None:
    """Let the road or the mains have been late, and the authority have granted more time as it may."""
    paper = later_paper(office, "闲置土地认定书（政府原因）", start + 380, BUREAU)
    agreement = later_paper(office, "闲置土地处置协议（延长动工开发期限）", start + 440, BUREAU)
    parcel["last_patrol_on"] = day(start + 440)
    until = start + 440 + 360
    parcel["idle"] = {
        "notice_on": day(start + 366),
        "determined_on": day(start + 380),
        "cause": "government",
        "cause_doc_id": paper,
        "disposal_kind": "extension",
        "disposal_on": day(start + 440),
        "disposal_doc_id": agreement,
        "extension_until": day(until),
        "extension_count": 1,
    }
    later_plea(office, "government_delay", parcel["parcel_id"], agreement, until)


def later_paper(office: Office, title: str, issued: int, issuer: str) -> str:
    """Give the number of a paper that is filed when all the others are."""
    doc_id = f"DTL{len(office.later['evidence']) + 1:04d}"
    paper: Record = {"doc_id": doc_id, "title": title, "issuer_name": issuer, "issued_on": day(issued)}
    office.later["evidence"].append(paper)
    return doc_id


def later_plea(office: Office, ground: str, subject: str, doc_id: str, until: int) -> None:
    """Plead for a parcel when everybody else has pleaded."""
    claim: Record = {"claim_id": f"ZZTL{len(office.later['claims']) + 1:04d}", "ground": ground, "subject_id": subject}
    claim |= {"until": day(until), "doc_id": doc_id}
    office.later["claims"].append(claim | {"stated_by": BUREAU, "stated_on": day(AS_OF - 10)})


def land_use(office: Office) -> None:
    """File the papers and enter the pleas that were put off."""
    for register, records in office.later.items():
        for each in records:
            office.add(register, each)


def kept_waiting_too_long(office: Office, parcel: Record) -> None:
    """Let the mains never have come, and nobody have agreed with the owner on what to do."""
    paper = later_paper(office, "闲置土地认定书（政府原因）", on(2022, 3, 16), BUREAU)
    inquiry = later_paper(office, "关于市政管网未到位情况的说明", on(2024, 10, 8), GOVERNMENT)
    for each in ("actual_start_on", "actual_completion_on", "invested_cny"):
        parcel.pop(each, None)
    parcel |= {"agreed_start_on": "2020-08-31", "agreed_completion_on": "2022-08-31", "last_patrol_on": "2024-11-20"}
    parcel["idle"] = {
        "notice_on": "2021-12-06",
        "determined_on": "2022-03-16",
        "cause": "government",
        "cause_doc_id": paper,
        "disposal_kind": None,
        "disposal_on": None,
        "extension_until": None,
        "extension_count": 0,
        "reclaim_decision_on": None,
    }
    later_plea(office, "government_delay", parcel["parcel_id"], inquiry, AS_OF + 180)
