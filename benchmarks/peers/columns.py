"""DuckDB and Polars: the rules on columns. Both are told which columns the rules read, and build only those.

Both know Kleene logic. Their amounts are floating-point numbers, or decimal ones where all is to be exact; nothing is
validated beyond the types.
"""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.peers.contest import UNDETERMINED, VIOLATION, ZONE, Engine, Found, Peer
from benchmarks.peers.formulas import PLAN, Dialect, Sort, rules

KEY = f"{PLAN}_id"
SQL = Dialect(
    both=" and ",
    either=" or ",
    column=lambda column: column.name,
    number=str,
    day=lambda day: f"DATE '{day.isoformat()}'",
    word="'{}'".format,
    blank="{} is null".format,
    not_blank="{} is not null".format,
    within=lambda column, members: f"{column} in ({', '.join(members)})",
    not_within=lambda column, members: f"{column} not in ({', '.join(members)})",
    equals="=",
)
DIGITS, PLACES = 18, 4
"""How many digits an exact amount may have, and how many of them after the point: what takes 64 bits."""


class DuckDB:
    """The rules as one query over two tables that DuckDB's own reader of JSON fills."""

    def __init__(self, threads: int, *, exact: bool = False) -> None:
        import duckdb  # noqa: PLC0415  (a peer is imported by its own measurement only)

        self.database = duckdb.connect(config={"threads": threads})
        self.rules = rules()
        columns = self.rules.columns
        types = {
            Sort.NUMBER: f"DECIMAL({DIGITS}, {PLACES})" if exact else "DOUBLE",
            Sort.DAY: "DATE",
            Sort.WORD: "VARCHAR",
        }
        own = [f"{each.field} {types[each.sort]}" for each in columns if not each.of_plan]
        plan = [f"{each.field} {types[each.sort]}" for each in columns if each.of_plan]
        self.shape = (
            f"{{parcels: 'STRUCT({', '.join(['parcel_id VARCHAR', *own])})[]',"
            f" plans: 'STRUCT({', '.join(['plan_id VARCHAR', *plan])})[]'}}"
        )
        renamed = ", ".join(f"plans.{each.field} as {each.name}" for each in columns if each.of_plan)
        self.joined = (
            f"create or replace temp table judged as select parcels.*, {renamed} from"
            f" (select unnest(parcels, recursive := true) from read_zone) parcels"
            f" left join (select unnest(plans, recursive := true) from read_zone) plans on {KEY} = plan_id"
        )
        zone = self.rules.zone
        total = f"sum({zone.column.name})"
        parts = [
            f"select '{rule.id}', parcel_id, if({SQL.formula(rule.formula)}, '{VIOLATION}', '{UNDETERMINED}')"
            f" from judged where ({SQL.formula(rule.formula)}) is distinct from false"
            for rule in self.rules.parcels
        ]
        parts.append(
            f"select '{zone.id}', '{ZONE}', if({total} > {zone.limit}, '{VIOLATION}', '{UNDETERMINED}')"
            f" from judged having {total} > {zone.limit} or count(*) > count({zone.column.name})"
        )
        self.query = " union all ".join(parts)

    def decode(self, data: bytes, path: Path) -> Any:
        """Read the file into tables."""
        largest = max(16_777_216, 2 * len(data))
        self.database.execute(
            f"create or replace temp table read_zone as select * from"
            f" read_json('{path}', columns = {self.shape}, format = 'unstructured', maximum_object_size = {largest})"
        )
        self.database.execute(self.joined)
        return self.database

    def evaluate(self, decoded: Any) -> Iterable[Found]:
        """Run the query."""
        found: list[Found] = decoded.execute(self.query).fetchall()
        return found


POLARS = Dialect(
    both=" & ",
    either=" | ",
    column=lambda column: f"col({column.name!r})",
    number=str,
    day=lambda day: repr(day.isoformat()),
    word=repr,
    blank="{}.is_null()".format,
    not_blank="{}.is_not_null()".format,
    within=lambda column, members: f"{column}.is_in([{', '.join(members)}])",
    not_within=lambda column, members: f"~{column}.is_in([{', '.join(members)}])",
)


POLARS_EXACT = replace(
    POLARS, number="Decimal('{}')".format, day=lambda day: f"date({day.year}, {day.month}, {day.day})"
)


class Polars:
    """The rules as expressions over one frame that Polars' own reader of JSON fills.

    Days stay texts, which sort, unless all is to be exact.
    """

    def __init__(self, *, exact: bool = False) -> None:
        import polars  # noqa: PLC0415  (a peer is imported by its own measurement only)

        self.polars = polars
        self.rules = rules()
        columns = self.rules.columns
        types: dict[Sort, Any] = {Sort.NUMBER: polars.Float64, Sort.DAY: polars.String, Sort.WORD: polars.String}
        dialect = POLARS
        if exact:
            types |= {Sort.NUMBER: polars.Decimal(DIGITS, PLACES), Sort.DAY: polars.Date}
            dialect = POLARS_EXACT

        def listed(key: str, *, of_plan: bool) -> Any:
            fields = {each.field: types[each.sort] for each in columns if each.of_plan == of_plan}
            return polars.List(polars.Struct({key: polars.String, **fields}))

        self.schema = {"parcels": listed("parcel_id", of_plan=False), "plans": listed("plan_id", of_plan=True)}
        self.renamed = {each.field: each.name for each in columns if each.of_plan}
        names = {"col": polars.col, "date": date, "Decimal": Decimal}
        self.expressions = [
            (rule.id, eval(dialect.formula(rule.formula), names))  # noqa: S307  (written above, from our own rules)
            for rule in self.rules.parcels
        ]

    def decode(self, data: bytes, path: Path) -> Any:
        """Read the bytes into a frame."""
        root = self.polars.read_json(io.BytesIO(data), schema=self.schema)
        parcels = root.select(self.polars.col("parcels").explode()).unnest("parcels")
        plans = root.select(self.polars.col("plans").explode()).unnest("plans").rename(self.renamed)
        return parcels.join(plans, left_on=KEY, right_on="plan_id", how="left")

    def evaluate(self, decoded: Any) -> Iterable[Found]:
        """Collect what every expression does not deny."""
        polars, lit = self.polars, self.polars.lit
        frame = decoded.lazy()
        parts = [
            frame.select(
                lit(rule).alias("rule"), polars.col("parcel_id").alias("subject"), expression.alias("violated")
            ).filter(polars.col("violated").ne_missing(other=False))
            for rule, expression in self.expressions
        ]
        found = polars.concat(parts).collect()
        verdicts = [VIOLATION if each else UNDETERMINED for each in found["violated"].to_list()]
        yield from zip(found["rule"].to_list(), found["subject"].to_list(), verdicts, strict=True)
        zone = self.rules.zone
        prices = decoded[zone.column.name]
        if prices.sum() > float(zone.limit):
            yield zone.id, ZONE, VIOLATION
        elif prices.null_count():
            yield zone.id, ZONE, UNDETERMINED


def duckdb_alone() -> Engine:
    """Give DuckDB on one thread."""
    return DuckDB(1)


def duckdb_on_two() -> Engine:
    """Give DuckDB on two threads."""
    return DuckDB(2)


def duckdb_exact() -> Engine:
    """Give DuckDB with decimal amounts; two threads gain it nothing."""
    return DuckDB(1, exact=True)


def polars_engine() -> Engine:
    """Give Polars on the threads of its choice."""
    return Polars()


def polars_exact() -> Engine:
    """Give Polars with decimal amounts and days."""
    return Polars(exact=True)


DUCKDB, DUCKDB_2, POLARS_NAME = "DuckDB, 1 thread", "DuckDB, 2 threads", "Polars"
EXACT_COLUMNS = DUCKDB_EXACT, POLARS_NAME_EXACT = "DuckDB, exact", "Polars, exact"
_COLUMNS = "columns; floating-point amounts, nothing validated, no reasons"
_EXACT = "columns; decimal amounts, nothing validated, no reasons"
PEERS = (
    Peer(name=DUCKDB, package="duckdb", modules=("duckdb",), make=duckdb_alone, gives=_COLUMNS),
    Peer(name=DUCKDB_2, package="duckdb", modules=("duckdb",), make=duckdb_on_two, gives=_COLUMNS),
    Peer(name=DUCKDB_EXACT, package="duckdb", modules=("duckdb",), make=duckdb_exact, gives=_EXACT),
    Peer(name=POLARS_NAME, package="polars", modules=("polars",), make=polars_engine, gives=_COLUMNS),
    Peer(name=POLARS_NAME_EXACT, package="polars", modules=("polars",), make=polars_exact, gives=_EXACT),
)
