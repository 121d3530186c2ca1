"""The dossier that a solver thought of, written out, so that it can be checked like any other."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from checker.dossier.places import joined
from checker.dossier.schema import Field, Kind
from checker.solving.sketch import Chain, Row, Sketch
from checker.solving.terms import Day, Term, solver_package
from checker.verifying import Written, whole_declaration, written_records

CLAIMS = "claims"
_LETTERS = "ABDEFGHIJKLMNOPQRST"


def write(sketch: Sketch, model: Any, chains: Sequence[Chain]) -> Written:
    """Write the dossier that a model of a sketch describes, in which the records of *chains* are judged."""
    writer = _Writer(sketch, model, chains)
    writer.dossier()  # only then it is known what each text has to look like
    writer.names = {}
    return writer.dossier()


class _Writer:
    def __init__(self, sketch: Sketch, model: Any, chains: Sequence[Chain]) -> None:
        self.sketch, self.model, self.chains = sketch, model, chains
        self.by_code = {code: text for text, code in sketch.texts.items()}
        self.names: dict[int, str] = {}
        self.patterns: dict[int, set[str]] = {}

    # --- records

    def dossier(self) -> Written:
        sketch, day = self.sketch, self.day(self.sketch.as_of)
        zone = self.record(sketch.zone)
        written = {path: self.records(rows) for path, rows in sketch.registers.items() if path != CLAIMS}
        paths = [path for path in sketch.schema.registers if path != CLAIMS and self.is_made(path)]
        for path in paths:
            outer, _, name = path.rpartition(".")
            for each in written_records(written, outer) if outer else ():
                each.setdefault(name, [])
        completeness = {path: whole_declaration(written, path, day) for path in paths}
        meta = {"dossier_id": "例", "as_of_date": day, "completeness": completeness}
        claims = list(self.claims())
        return {"meta": meta, "zone": zone, **written, **({CLAIMS: claims} if claims else {})}

    def is_made(self, path: str) -> bool:
        """Say whether a list was read at all."""
        first, *steps = path.split(".")
        rows, made = self.sketch.registers.get(first, ()), first in self.sketch.registers
        for step in steps:
            made = any(step in row.lists for row in rows)
            rows = tuple(inner for row in rows for inner in row.lists.get(step, ()))
        return made

    def claims(self) -> Iterator[Written]:
        """Write the claims that are about a record that is judged."""
        for claim in self.sketch.registers.get(CLAIMS, ()):
            for chain in self.chains:
                about = self.sketch.about.get((id(claim), id(chain[0])), False)
                if self.truth(about) and self.truth(claim.present):
                    ids = tuple(self.record(row)[row.entity.id_field] for row in reversed(chain))
                    yield {**self.record(claim), "subject_id": joined(ids)}
                    break

    def records(self, rows: Iterable[Row]) -> list[Written]:
        return [self.record(each) for each in rows if self.truth(each.present)]

    def record(self, row: Row) -> Written:
        """Write what was read of a record."""
        written: Written = {}
        if row.entity.id_field:
            identity = row.entity.fields[row.entity.id_field]
            written[identity.name] = self.field(identity, row.field(identity).value)
        for name, held in row.fields.items():
            described = row.entity.fields[name]
            if self.truth(held.none):
                written |= {} if described.claim else {name: None}
            elif not self.truth(held.loose):
                written[name] = self.field(described, held.value)
        return written | {name: self.records(rows) for name, rows in row.lists.items()}

    # --- values

    def field(self, described: Field, value: Any) -> Any:
        match described.kind:
            case Kind.TEXT | Kind.ENUM:
                return self.text(value, described)
            case Kind.BOOLEAN:
                return self.truth(value)
            case Kind.DAY:
                return self.day(value)
            case Kind.NUMBER | Kind.INTEGER:
                return self.number(value)
            case Kind.TEXTS:
                return [self.text(code, described) for when, code in value if self.truth(when)]
        [(_, block)] = value
        return self.record(block)

    def found(self, term: Term) -> Any:
        return self.model.eval(term, model_completion=True)

    def truth(self, term: Term) -> bool:
        return term if isinstance(term, bool) else bool(solver_package().is_true(self.found(term)))

    def day(self, day: Day) -> str:
        return date(*(int(self.found(each).as_long()) for each in day)).isoformat()

    def number(self, term: Term) -> Decimal | int:
        found = self.found(term)
        exact = found if solver_package().is_rational_value(found) else found.approx(10)
        number = exact.as_fraction()
        return int(number) if number.denominator == 1 else Decimal(number.numerator) / Decimal(number.denominator)

    def text(self, term: Term, described: Field) -> str:
        """Give the text of a number: the one that the rules mean by it, or one of our own for each other number."""
        code = int(self.found(term).as_long())
        if code in self.by_code:
            return self.by_code[code]
        self.patterns.setdefault(code, set()).add(described.pattern)
        if code not in self.names:
            taken = {*self.names.values(), *self.by_code.values()}
            fits = (each for each in self.spelt(code) if all(re.match(one, each) for one in self.patterns[code]))
            self.names[code] = next((each for each in fits if each not in taken), str(code))
        return self.names[code]

    def spelt(self, code: int) -> Iterator[str]:
        """Give texts with the words that one is said to have in it, as some pattern may want them."""
        number_of = solver_package().IntVal
        words = [word for word, says in self.sketch.spoken.items() if self.truth(says(number_of(code)))]
        said = "".join(each for each in words if not any(each in other for other in words if other != each))
        yield from (f"{said}{number}" for number in range(1, 100))
        for number in range(1, 100):
            yield from (f"{number:04}", f"{10 + number % 90}0000")
            yield from (f"{letter}{number:02}" for letter in _LETTERS)
