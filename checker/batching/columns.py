"""A summary as Parquet, for analysts: a row for each dossier, rule and verdict. The only module that knows pyarrow."""

import io
from typing import Any

from checker.batching.gathering import ELSEWHERE, Summary, verdicts_by_row
from checker.batching.provinces import province_name
from checker.errors import MisuseError, Place, Problem

INSTALL = "pip install 'zonecheck[parquet]'（或者 pip install pyarrow）"
COLUMNS = (
    "name",
    "dossier",
    "dossier_sha256",
    "policy_sha256",
    "as_of",
    "zone",
    "zone_name",
    "level",
    "province",
    "province_name",
    "rank",
    "rule",
    "rule_title",
    "grade",
    "article",
    "verdict",
    "number",
)
"""The columns; all are texts but `rank` and `number`, which are whole numbers; `rank` is null where there is none."""
_WHOLE = frozenset({"rank", "number"})


def render(summary: Summary) -> bytes:
    """Write *summary* as Parquet; raise `MisuseError` where pyarrow is not installed, and say how to install it."""
    try:
        import pyarrow  # noqa: PLC0415 - an extra, and only this format needs it
        import pyarrow.parquet  # noqa: PLC0415 - as above
    except ImportError as error:
        told = "parquet 格式需要另装 pyarrow"
        raise MisuseError([Problem(message=told, place=Place(file="parquet"), suggestion=INSTALL)]) from error
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    rules = {each.id: each for each in summary.rules}
    for row, rule, verdict, number in verdicts_by_row(summary.rows):
        known = rules.get(rule)
        values = (
            row.name,
            row.dossier,
            row.sha256,
            row.policy,
            row.as_of,
            row.zone,
            row.zone_name,
            row.level,
            row.province,
            province_name(row.province) if row.province else "",
            row.rank,
            rule,
            "" if known is None else known.title,
            "" if known is None else known.grade,
            ELSEWHERE if known is None else known.article,
            verdict.value,
            number,
        )
        for name, value in zip(COLUMNS, values, strict=True):
            columns[name].append(value)
    schema = pyarrow.schema([(name, pyarrow.int64() if name in _WHOLE else pyarrow.string()) for name in COLUMNS])
    held = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns, schema=schema), held, compression="zstd")
    return held.getvalue()
