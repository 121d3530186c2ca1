"""GoRules ZEN and CEL: expression languages that are asked about one parcel at a time.

All rules are one list expression, which says of each rule 2 for true, 0 for false and 1 for unknown; that is faster
than an expression for each rule. Python looks up the plan and adds up the zone for them. Their numbers are floating
point, but for those of ZEN.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.contest import UNDETERMINED, VIOLATION, Engine, Found, Peer, Projection, parsed, zone_findings
from benchmarks.peers.formulas import Dialect, Sort, negation, rules

Ask = Callable[[dict[str, Any]], Sequence[int]]
VERDICTS = ("", UNDETERMINED, VIOLATION)


class Asked:
    """An expression over one parcel, asked of each."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.rules = rules()
        self.names = [each.id for each in self.rules.parcels]
        self.days = [each.name for each in self.rules.columns if each.sort is Sort.DAY]
        self.projection = Projection(self.rules.columns)

    def decode(self, data: bytes, path: Path) -> Any:
        """Read the bytes into dicts, with the fastest reader there is."""
        return parsed(data)

    def evaluate(self, decoded: Any) -> Iterable[Found]:
        """Ask of each parcel."""
        found: list[Found] = []
        for subject, record in self.projection.records(decoded):
            for rule, answer in zip(self.names, self.ask(record), strict=True):
                if answer:
                    found.append((rule, subject, VERDICTS[int(answer)]))
        zone = self.rules.zone
        found += zone_findings(zone, (each.get(zone.column.field) for each in decoded["parcels"]))
        return found


def one_list(dialect: Dialect) -> str:
    """Write all rules as one expression."""
    parts = (
        f"({dialect.formula(each.formula)} ? 2 : {dialect.formula(negation(each.formula))} ? 0 : 1)"
        for each in rules().parcels
    )
    return f"[{', '.join(parts)}]"


def _plain(**kwargs: Any) -> Dialect:
    return Dialect(
        column=lambda column: column.name,
        blank="{} == null".format,
        not_blank="{} != null".format,
        known="{} != null".format,
        within=lambda column, members: f"{column} in [{', '.join(members)}]",
        word=repr,
        **kwargs,
    )


def _day_number(text: str) -> int:
    return int(text.replace("-", ""))


def zen() -> Engine:
    """Compile for ZEN, which compares no texts: its days are numbers such as 20230630."""
    from zen import compile_expression  # noqa: PLC0415  (a peer is imported by its own measurement only)

    days = [each.name for each in rules().columns if each.sort is Sort.DAY]
    dialect = _plain(
        both=" and ",
        either=" or ",
        number=str,
        day=lambda day: f"{day:%Y%m%d}",
        not_within=lambda column, members: f"{column} not in [{', '.join(members)}]",
    )
    compiled = compile_expression(one_list(dialect))

    def ask(record: dict[str, Any]) -> Sequence[int]:
        numbered = {**record}
        for name in days:
            if (text := numbered[name]) is not None:
                numbered[name] = _day_number(text)
        answer: Sequence[int] = compiled.evaluate(numbered)
        return answer

    return Asked(ask)


def _cel() -> str:
    return one_list(
        _plain(
            both=" && ",
            either=" || ",
            number=lambda number: f"{float(number)}",
            day=lambda day: repr(day.isoformat()),
            not_within=lambda column, members: f"!({column} in [{', '.join(members)}])",
            factor=lambda text: f"double({text})",
        )
    )


def cel_in_cpp() -> Engine:
    """Compile for the runtime in C++."""
    from cel_expr_python import cel  # noqa: PLC0415  (a peer is imported by its own measurement only)

    environment = cel.NewEnv(variables={each.name: cel.Type.DYN for each in rules().columns})
    compiled = environment.compile(_cel())

    def ask(record: dict[str, Any]) -> Sequence[int]:
        answer: Sequence[int] = compiled.eval(data=record).plain_value()
        return answer

    return Asked(ask)


def cel_in_rust() -> Engine:
    """Compile for the runtime in Rust."""
    import cel  # noqa: PLC0415  (a peer is imported by its own measurement only)

    compiled = cel.compile(_cel())

    def ask(record: dict[str, Any]) -> Sequence[int]:
        answer: Sequence[int] = compiled.execute(record)
        return answer

    return Asked(ask)


ZEN, CEL_CPP, CEL_RUST = "GoRules ZEN", "CEL (C++)", "CEL (Rust)"
_GUARDED = "one expression a parcel; plan and sum by Python; nothing validated, no reasons"
PEERS = (
    Peer(name=ZEN, package="zen-engine", modules=("zen", "orjson"), make=zen, gives=_GUARDED),
    Peer(
        name=CEL_CPP,
        package="cel-expr-python",
        modules=("cel_expr_python", "orjson"),
        make=cel_in_cpp,
        gives=_GUARDED,
    ),
    Peer(
        name=CEL_RUST,
        package="common-expression-language",
        modules=("cel", "orjson"),
        make=cel_in_rust,
        gives=_GUARDED,
    ),
)
