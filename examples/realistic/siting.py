"""Where land lies and when it was taken into use, as the land office and the survey know it; the zone's blocks.

Each record has dice of its own, so that these columns leave the rest of the zone as it is.
"""

from zlib import crc32

from names import CITY, SHORT, ZONE, Dice, Record
from office import AS_OF, GOVERNMENT, Office, day, on

EXTENDED = on(2016, 8, 19)
NATIONAL = on(2012, 12, 8)


def dice_of(record_id: str) -> Dice:
    return Dice(crc32(record_id.encode()))


def sited(office: Office, parcel: Record, signed: int, *, plain: bool) -> None:
    """Write when the land was approved and occupied, how much of it, and what part lies where it may."""
    dice = dice_of(parcel["parcel_id"])
    allocated = parcel.get("supply_method") == "allocation"
    approved = signed if allocated else signed - dice.between(25, 90)
    parcel["approved_on"] = day(approved)
    _occupied(office, parcel, dice, signed, approved, plain=plain)
    if plain or not dice.chance(0.05 if signed > on(2002) else 0.4):
        parcel["in_master_plan_pct"] = 100 if plain or not dice.chance(0.06) else round(99.1 + dice.random() * 0.8, 1)
    if plain or not dice.chance(0.01):
        parcel["in_boundary_pct"] = 100 if plain or not dice.chance(0.04) else round(99.1 + dice.random() * 0.8, 1)
    if plain:
        return
    if approved > EXTENDED and dice.chance(0.02):  # measured against the boundary of 2012
        parcel |= {"in_boundary_pct": 0, "block_id": "QK02"}
    if allocated and parcel["land_use"] == "infrastructure" and approved > on(2009) and dice.chance(0.12):
        parcel["in_master_plan_pct"] = dice.between(5, 60)
        office.afterwards.append(lambda: _on_a_site_of_its_own(office, parcel["parcel_id"], approved))


def _occupied(office: Office, parcel: Record, dice: Dice, signed: int, approved: int, *, plain: bool) -> None:
    occupied = signed + dice.between(15, 300)
    if occupied > AS_OF - 5:  # not yet: the column says 无
        parcel |= {"occupied_on": None, "occupied_area_sqm": 0}
        return
    if not plain and approved > on(2008) and dice.chance(0.01):
        occupied = approved - dice.between(20, 90)
        office.afterwards.append(lambda: _for_a_time(office, parcel["parcel_id"], occupied, approved))
    if plain or not dice.chance(0.03 if signed > on(2006) else 0.3):
        parcel["occupied_on"] = day(occupied)
    if plain or dice.chance(0.82):
        parcel["occupied_area_sqm"] = round(parcel["area_sqm"] * (0.984 + dice.random() * 0.02))


def _on_a_site_of_its_own(office: Office, parcel_id: str, approved: int) -> None:
    issued = approved - dice_of(f"{parcel_id} site").between(20, 120)
    paper = office.paper(f"关于{parcel_id}单独选址项目建设用地的批复", "省政土", issued, "省人民政府")
    office.plead("separate_site", parcel_id, paper, from_=day(issued))


def _for_a_time(office: Office, parcel_id: str, occupied: int, approved: int) -> None:
    until = approved + 120
    issuer = f"{CITY}自然资源局" if occupied > on(2019, 2, 1) else f"{CITY}国土资源局"
    paper = office.paper(f"临时用地批准书（{parcel_id}）", f"{SHORT}临地", occupied - 12, issuer)
    office.plead("temporary_land", parcel_id, paper, from_=day(occupied - 12), until=day(until))


def supplied(office: Office, batch: Record, approved: int) -> None:
    """Write how much of a batch is supplied: most of it, once it is some years old."""
    if "approved_on" not in batch:
        return
    dice = dice_of(batch["batch_id"])
    area = batch["cultivated_ha"] + batch["pbf_ha"] + batch["other_ha"]
    age = (AS_OF - approved) / 365.25
    least = 0.94 if age > 2.9 else 0.84 if age > 1.9 else 0.55 if age > 0.9 else 0.1
    share = least + dice.random() * (1 - least)
    if 3 < age < 12 and dice.chance(0.06):  # seized in a lawsuit
        share = 0.0
        office.afterwards.append(lambda: _seized(office, batch["batch_id"], round(area, 4)))
    if not dice.chance(0.08):
        batch["supplied_ha"] = round(area * share, 4)


def _seized(office: Office, batch_id: str, area: float) -> None:
    issued = AS_OF - dice_of(f"{batch_id} court").between(60, 500)
    paper = office.paper(f"查封裁定书（{batch_id}所涉土地）", f"{SHORT}执裁", issued, f"{CITY}中级人民法院")
    until = day(issued + 3 * 365)
    office.plead("unsuppliable_land", batch_id, paper, area_ha=area, from_=day(issued), until=until)


def zone_blocks(office: Office) -> None:
    """Write the blocks: what the zone was founded with, what was added, what it looks after for another."""
    blocks = (("QK01", "主园区", "core", NATIONAL), ("QK02", "东扩区", "expanded", EXTENDED))
    for block_id, name, kind, approved in blocks:
        block: Record = {"block_id": block_id, "name": f"{ZONE}{name}", "kind": kind, "approved_on": day(approved)}
        paper = office.founding
        if kind == "expanded":
            paper = office.paper(f"关于同意{ZONE}扩区的批复", "国函", approved, "国务院")
        office.add("zone_blocks", block | {"approval_doc_id": paper})
    title = f"{CITY}人民政府与{ZONE}管理委员会关于委托管理临空片区的协议"
    paper = office.paper(title, None, on(2019, 3, 26), GOVERNMENT)
    entrusted: Record = {"block_id": "QK03", "name": "临空合作共建片区", "kind": "entrusted"}
    office.add("zone_blocks", entrusted | {"sources": {"*": [paper]}})


def afterwards(office: Office) -> None:
    """Enter what was pleaded for the land after all registers were written."""
    for each in office.afterwards:
        each()
    office.clear_table()
