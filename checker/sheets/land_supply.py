"""Published results of land supply (供地结果) as parcels of a dossier.

The headers are those of the publication, or the short names of its interface. What a dossier has no field for is passed
over and told. Units are converted exactly. 1900-01-01 is how the publication writes a day that it does not know.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import date, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import UNSET

from checker.classes import dataclass
from checker.dossier.grouping import Kinds, Mistake, problems_without_text
from checker.dossier.places import pointer_of
from checker.dossier.schema import DossierSchema
from checker.errors import Problem
from checker.sheets.cells import Cells
from checker.sheets.content import BETWEEN_FIELDS, Read, Refusal, is_blank, number, parts, reader, shown
from checker.sheets.importing import Imported, Notes, finish, gathered
from checker.sheets.layout import Column, layout, plainly
from checker.sheets.workbook import META, Table

REGISTER = "parcels"
SCHEDULE = "payment_schedule"
IDENTITY = "parcel_id"
PUBLISHED = "electronic_supervision_no"
UNKNOWN_DAY = "1900-01-01"
NO_LIMIT = frozenset({"无上限", "无下限"})

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "电子监管号": IDENTITY,
        "项目名称": "project_name",
        "供地方式": "supply_method",
        "土地使用权人": "grantee_name",
        "合同签订日期": "contract_signed_on",
        "土地使用年限": "term_years",
        "土地用途": "land_use",
        "约定容积率下限": "far_min",
        "约定容积率上限": "far_max",
        "约定开工时间": "agreed_start_on",
        "约定竣工时间": "agreed_completion_on",
        "实际开工时间": "actual_start_on",
        "实际竣工时间": "actual_completion_on",
        "成交价格": "total_price_cny",
        "面积": "area_sqm",
    }
)
INSTALMENTS: Mapping[str, str] = MappingProxyType(
    {"期号": "instalment_id", "约定支付日期": "due_on", "约定支付金额": "amount_cny"}
)
TOGETHER = "分期支付约定"
"""A column that has all instalments of a parcel in one cell, one a line: number, day, amount."""

PASSED_OVER = frozenset(
    re.split(
        " ",
        "序号 行政区 项目位置 土地来源 行业分类 土地级别 约定交地时间 批准单位 备注"
        " hyfl tdjb qsj jdsj dgsj jgsj pzjg tzqd",
    )
)
"""What the publication says and a dossier has no field for, or of which its short name does not tell what it is."""

SHORT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "dzbabh": "电子监管号",
        "xmmc": "项目名称",
        "gyfs": "供地方式",
        "tdsyqr": "土地使用权人",
        "qdrq": "合同签订日期",
        "crnx": "土地使用年限",
        "tdyt": "土地用途",
        "minrjl": "约定容积率下限",
        "maxrjl": "约定容积率上限",
        "cjjg": "成交价格(万元)",
        "mj": "面积(平方米)",
        "zfsj": "约定支付日期",
        "zfje": "约定支付金额(万元)",
    }
)
UNITS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "成交价格": MappingProxyType({"元": 1, "万元": 10_000, "亿元": 100_000_000}),
        "约定支付金额": MappingProxyType({"元": 1, "万元": 10_000, "亿元": 100_000_000}),
        "面积": MappingProxyType({"平方米": 1, "公顷": 10_000}),
    }
)
METHODS: Mapping[str, str] = MappingProxyType(
    {"协议": "agreement", "招标": "tender", "拍卖": "auction", "挂牌": "listing", "出让": "grant_unspecified"}
)
USES: Mapping[str, str] = MappingProxyType(
    {"仓储用地": "warehouse", "城镇住宅用地": "residential", "商业用地": "commercial"}
)
ONE_INSTALMENT = re.compile(
    r"第?(?P<id>\d+)期?[\s,，:：|]++(?P<day>[^\s,，|]+)[\s,，|]+(?P<amount>[\d.]+)\s*(?P<unit>[亿万]?元)?(?:[\s,，|].*)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """What came of an import: the dossier, what was done to it, and what a person should look at."""

    imported: Imported
    added: int
    completed: int
    remarks: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A column of the publication: the field it fills, and how its cells are read."""

    name: str
    field: str
    read: Read


@dataclass(slots=True, kw_only=True)
class _Parcel:
    """A parcel as published, with the cell of each value; `schedule` are its instalments, `at` where it begins."""

    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    schedule: list[tuple[dict[str, Any], dict[str, str]]] = field(default_factory=list)
    at: str = ""


def import_land_supply(
    tables: Sequence[Table],
    base: Mapping[str, Any],
    cells: Cells | None,
    *,
    name: str,
    schema: DossierSchema,
) -> Supplied:
    """Add published parcels to the dossier *base*; raise `DossierError` with every cell that can't be read.

    A parcel is there already if its id, or its 电子监管号, is the one published. It keeps what it says: only what it is
    silent on is filled in, and where the publication differs, that is told.
    """
    reading = _Reading(schema)
    for table in tables:
        reading.table(table)
    if not reading.parcels and not reading.notes.kept():
        nothing = Refusal(cause="none", message="没有读到任何宗地", suggestion="要有“电子监管号”一栏，每行一宗")
        reading.notes.wrong(tables[0].place if tables else "", nothing)
    if cells is not None:
        reading.notes.sheets[:0] = [(sheet, dict(columns)) for sheet, columns in cells.sheets]
        reading.notes.records |= cells.records
        reading.notes.single |= cells.single
    merged = dict(base)
    parcels: list[Any] = [dict(each) for each in base.get(REGISTER) or ()]
    merged[REGISTER] = parcels
    known = {each[PUBLISHED]: index for index, each in enumerate(parcels) if each.get(PUBLISHED)}
    known |= {each[IDENTITY]: index for index, each in enumerate(parcels)}
    before, completed = len(parcels), 0
    for identity, found in reading.parcels.items():
        index = known.get(identity)
        if index is None:
            parcels.append({})
            reading.put(parcels[-1], len(parcels) - 1, found)
        else:
            completed += reading.put(parcels[index], index, found)
    added = len(parcels) - before
    ordered = {each: merged[each] for each in schema.root.fields if each in merged}
    imported = finish(ordered, reading.notes, name, schema)
    remarks = problems_without_text(gathered(reading.remarks), name)
    return Supplied(imported=imported, added=added, completed=completed, remarks=remarks)


class _Reading:
    """Reads published tables into parcels by their 电子监管号, and puts them into a dossier."""

    def __init__(self, schema: DossierSchema) -> None:
        sheets = layout(schema).sheets
        self.columns = {each.path[-1]: each for each in sheets[REGISTER].columns if len(each.path) == 1}
        self.inner = {each.path[-1]: each for each in sheets[f"{REGISTER}.{SCHEDULE}"].columns}
        self.notes = Notes()
        self.remarks: Kinds[Mistake] = Kinds()
        self.parcels: dict[str, _Parcel] = {}

    def remark(self, place: str, message: str, label: str, suggestion: str = "") -> None:
        told = Mistake(pointer=place, message=message, label=label, suggestion=suggestion, blocking=False)
        self.remarks.add(label, message, "", told)

    # --- the columns ------------------------------------------------------------------------------------------------

    def table(self, table: Table) -> None:
        """Read the rows of one table; a row without an id goes on with the parcel above it."""
        if table.name == META or all(is_blank(cell) for row in table.rows for cell in row):
            return
        sources = self.sources(table)
        identity = next((at for at, each in sources.items() if each.field == IDENTITY), None)
        if identity is None:
            missing = Refusal(cause="no id", message="缺“电子监管号”这一栏", suggestion="补上这一栏，每宗一个编号")
            self.notes.wrong(table.place, missing)
            return
        last: _Parcel | None = None
        for line, row in enumerate(table.rows[1:], start=1):
            cells = {at: row[at] for at in sources if at < len(row) and not is_blank(row[at])}
            if not cells:
                continue
            if identity in cells:
                last = self.parcel(table, line, sources[identity], identity, cells.pop(identity))
            elif last is None or any(sources[at].name not in {*INSTALMENTS, TOGETHER} for at in cells):
                missing = Refusal(cause="no id", message="没有电子监管号", suggestion="补上编号，或者删去这一行")
                self.notes.wrong(table.cell(line, identity), missing, "电子监管号", (table.place, "no id"))
                continue
            if last is not None:
                self.row(table, line, {sources[at]: (at, cell) for at, cell in cells.items()}, last)

    def sources(self, table: Table) -> dict[int, _Source]:
        """Match the headers of a table with the fields that they fill."""
        found: dict[int, _Source] = {}
        headers = [plainly(shown(each)) for each in table.rows[0]]
        split = [_split(plainly(SHORT_NAMES.get(each, each))) for each in headers]
        price = next((unit for name, unit in split if name == "成交价格"), "")
        passed = [at for at, (name, _) in enumerate(split) if name in PASSED_OVER]
        if passed:
            names = "、".join(shown(table.rows[0][at]) for at in passed)
            self.remark(table.cell(0, passed[0]), f"这些栏在档案中没有对应的内容，没有读入：{names}", "栏名")
        for at, (name, unit) in enumerate(split):
            if not name or name in PASSED_OVER:
                continue
            place = table.cell(0, at)
            if name not in {*FIELDS, *INSTALMENTS, TOGETHER}:
                self.remark(place, f"“{shown(table.rows[0][at])}”一栏没有对应的内容，没有读入", "栏名")
                continue
            if name in {each.name for each in found.values()}:
                again = Refusal(cause="twice", message=f"“{name}”出现了两次", suggestion="只留一个")
                self.notes.wrong(place, again)
                continue
            read = self.reader(name, unit or (price if name == "约定支付金额" else ""), price)
            if isinstance(read, Refusal):
                self.notes.wrong(place, read, name)
                continue
            found[at] = _Source(name=name, field=FIELDS.get(name) or INSTALMENTS.get(name) or SCHEDULE, read=read)
        return found

    def reader(self, name: str, unit: str, price: str) -> Read | Refusal:
        """Give what reads a column; a `Refusal` where its unit is not known."""
        if name in UNITS:
            factor = UNITS[name].get(unit)
            if factor is None:
                told = "、".join(f"{name}({each})" for each in UNITS[name])
                return Refusal(
                    cause="unit",
                    message=f"不能换算的单位“{unit}”" if unit else "栏名没有写明单位",
                    suggestion=f"栏名写作 {told} 之一",
                )
            return lambda cell: _times(number(cell), factor)
        if name == TOGETHER:
            return lambda cell: self.together(cell, price)
        key = FIELDS.get(name) or INSTALMENTS[name]
        column = self.columns[key] if name in FIELDS else self.inner[key]
        return _READERS.get(name, _plain)(column)

    def together(self, cell: Any, price: str) -> Any:
        """Read all instalments of a parcel from one cell; an amount without a unit has that of the price."""
        units = UNITS["约定支付金额"]
        found = []
        for part in parts(BETWEEN_FIELDS, str(cell)):
            told = ONE_INSTALMENT.fullmatch(part)
            day = _day(self.inner["due_on"])(told["day"]) if told else UNSET
            factor = units.get(told["unit"] or price) if told else None
            amount = _times(number(told["amount"]), factor) if told and factor else UNSET
            if told is None or factor is None or isinstance(day, Refusal) or isinstance(amount, Refusal):
                return Refusal(
                    cause="instalments",
                    message=f"不是可以读的分期约定（现为 {shown(part)}）",
                    suggestion="一期一行，写作：1 2014-05-01 1000万元（期号、日期、金额）",
                )
            row = {"instalment_id": told["id"], "due_on": day, "amount_cny": amount}
            found.append({key: value for key, value in row.items() if value is not UNSET})
        return found

    # --- the rows ---------------------------------------------------------------------------------------------------

    def parcel(self, table: Table, line: int, source: _Source, at: int, cell: Any) -> _Parcel | None:
        identity = cell if isinstance(cell, Refusal) else source.read(cell)
        if isinstance(identity, Refusal) or not identity:
            unread = Refusal(cause="no id", message="没有电子监管号", suggestion="补上编号，或者删去这一行")
            refusal = identity if isinstance(identity, Refusal) else unread
            self.notes.wrong(table.cell(line, at), refusal, source.name, (table.place, source.name))
            return None
        found = self.parcels.setdefault(identity, _Parcel(at=table.cell(line, at)))
        for name in (IDENTITY, PUBLISHED):
            found.values.setdefault(name, identity)
            found.cells.setdefault(name, table.cell(line, at))
        return found

    def row(self, table: Table, line: int, cells: Mapping[_Source, tuple[int, Any]], parcel: _Parcel) -> None:
        """Read the cells of one row into its parcel."""
        instalment: dict[str, Any] = {}
        places: dict[str, str] = {}
        for source, (at, cell) in cells.items():
            here = table.cell(line, at)
            value = cell if isinstance(cell, Refusal) else source.read(cell)
            if isinstance(value, Refusal):
                self.notes.wrong(here, value, source.name, (table.place, source.name))
            elif value is _UNLIKE:
                self.remark(here, f"“{shown(cell)}”在档案中没有对应的值，留空", source.name, "对照合同，补在档案里")
            elif value is UNSET:
                (places if source.name in INSTALMENTS else parcel.cells).setdefault(source.field, here)
            elif source.name == TOGETHER:
                parcel.schedule.extend((each, dict.fromkeys(("", *each), here)) for each in value)
            elif source.name in INSTALMENTS:
                instalment[source.field] = value
                places |= {"": places.get("", here), source.field: here}
            elif parcel.values.setdefault(source.field, value) != value:
                message = f"同一宗地前后不一致（{parcel.cells[source.field]} 与这里不同）"
                self.notes.wrong(
                    here, Refusal(cause="differs", message=message, suggestion="核对，只留一个"), source.name
                )
            else:
                parcel.cells.setdefault(source.field, here)
        if instalment.keys() - {"instalment_id"}:
            instalment.setdefault("instalment_id", str(len(parcel.schedule) + 1))
            parcel.schedule.append((instalment, places))

    def put(self, record: dict[str, Any], index: int, found: _Parcel) -> bool:
        """Put a published parcel into the dossier where it is silent; say whether anything was filled in."""
        at = pointer_of((REGISTER, index))
        is_new = not record
        filled = False
        for name, value in found.values.items():
            if name == IDENTITY and not is_new:
                continue
            if name not in record:
                record[name], filled = value, True
                self.notes.single[f"{at}/{name}"] = found.cells[name]
            elif record[name] != value:
                label = self.columns[name].header
                message = f"公布的是 {shown(_told(value))}，档案中是 {shown(_told(record[name]))}；保留档案中的"
                self.remark(found.cells[name], message, label, "对照合同核对")
        silent = found.cells.keys() - found.values.keys() - record.keys()
        self.notes.single |= {f"{at}/{name}": found.cells[name] for name in sorted(silent)}
        if found.schedule and SCHEDULE not in record:
            record[SCHEDULE], filled = [each for each, _ in found.schedule], True
            for nth, (_, places) in enumerate(found.schedule):
                for name, place in places.items():
                    self.notes.single[f"{at}/{SCHEDULE}/{nth}{f'/{name}' if name else ''}"] = place
        elif found.schedule and record[SCHEDULE] != [each for each, _ in found.schedule]:
            message = "公布的分期约定与档案中的不同；保留档案中的"
            self.remark(found.schedule[0][1][""], message, TOGETHER, "对照合同核对")
        if is_new:
            self.notes.single[at] = found.at
        return filled


def _split(header: str) -> tuple[str, str]:
    """Split a header into its name and its unit."""
    name, _, unit = header.partition("(")
    return name, unit.rstrip(")")


def _told(value: Any) -> Any:
    return f"{value:,}" if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


_UNLIKE = object()
"""What is said where a word of the publication has no like in a dossier."""


def _times(value: int | Decimal | Refusal, factor: int) -> Any:
    if isinstance(value, Refusal):
        return value
    product = value * factor
    return int(product) if product == int(product) else product


def _plain(column: Column) -> Read:
    return reader(column)


def _day(column: Column) -> Read:
    read = reader(column)

    def known(cell: Any) -> Any:
        if isinstance(cell, time | timedelta) or (isinstance(cell, date) and cell.isoformat()[:10] <= UNKNOWN_DAY):
            return UNSET
        found = read(cell)
        return UNSET if found == UNKNOWN_DAY else found

    return known


def _word(others: Mapping[str, str]) -> Callable[[Column], Read]:
    """Read a word of the publication as a member of an enumeration."""

    def made(column: Column) -> Read:
        assert column.field is not None
        known = {label: member for member, label in column.field.member_labels.items()} | dict(others)

        def read(cell: Any) -> Any:
            return known.get(shown(cell).strip(), _UNLIKE)

        return read

    return made


def _far(column: Column) -> Read:
    read = reader(column)
    return lambda cell: None if cell.__class__ is str and cell.strip() in NO_LIMIT else read(cell)


_READERS: Mapping[str, Callable[[Column], Read]] = MappingProxyType(
    {
        "合同签订日期": _day,
        "约定支付日期": _day,
        "约定开工时间": _day,
        "约定竣工时间": _day,
        "实际开工时间": _day,
        "实际竣工时间": _day,
        "供地方式": _word(METHODS),
        "土地用途": _word(USES),
        "约定容积率下限": _far,
        "约定容积率上限": _far,
    }
)
