"""Rego, read by regorus and by OPA itself: the policy is asked once about the whole dossier, plan and sum included.

A rule has a function that is defined where its formula is false, and one that says what it is where not; each has a
body for every conjunction.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.peers.contest import UNDETERMINED, VIOLATION, ZONE, Engine, Found, Peer, parsed
from benchmarks.peers.formulas import PLAN, Dialect, ParcelRule, columns_of, conjunctions, negation, rules, tests

PACKAGE, ANSWER = "measured", "findings"
REGO = Dialect(
    both="\n    ",
    either="",
    column=lambda column: f"{'plan' if column.of_plan else 'parcel'}.{column.field}",
    number=str,
    day=lambda day: f'"{day.isoformat()}"',
    word='"{}"'.format,
    blank=lambda column: f'object.get(parcel, "{column.partition(".")[2]}", null) == null',
    not_blank="{} != null".format,
    within=lambda column, members: f"{column} in {{{', '.join(members)}}}",
    not_within=lambda column, members: f"not {column} in {{{', '.join(members)}}}",
    known="{} != null".format,
)


def source() -> str:
    """Write the policy."""
    every = rules()
    zone = every.zone
    price = f"parcel.{zone.column.field}"
    lines = [
        f"package {PACKAGE}",
        "import rego.v1",
        "plans[plan.plan_id] := plan if some plan in input.plans",
        *(line for rule in every.parcels for line in _rule(rule)),
        f"total := sum([{price} | some parcel in input.parcels; {price}])",
        f"is_open if {{\n    some parcel in input.parcels\n    not {price}\n}}",
        f'{ANSWER} contains ["{zone.id}", "{ZONE}", "{VIOLATION}"] if total > {zone.limit}',
        f'{ANSWER} contains ["{zone.id}", "{ZONE}", "{UNDETERMINED}"] if {{'
        f"\n    total <= {zone.limit}\n    is_open\n}}",
    ]
    return "\n".join(lines)


def _rule(rule: ParcelRule) -> Iterator[str]:
    name = rule.id.replace(".", "_").replace("-", "_")
    reads_plan = any(column.of_plan for test in tests(rule.formula) for column in columns_of(test))
    given = "parcel, plan" if reads_plan else "parcel"
    for each in conjunctions(negation(rule.formula)):
        yield f"{name}_fails({given}) if {_body(each)}"
    for each in conjunctions(rule.formula):
        yield f"{name}_holds({given}) if {_body(each)}"
    yield f'{name}_verdict({given}) := "{VIOLATION}" if {name}_holds({given})\nelse := "{UNDETERMINED}"'
    plan = f'    plan := object.get(plans, object.get(parcel, "{PLAN}_id", ""), {{}})\n' if reads_plan else ""
    yield (
        f'{ANSWER} contains ["{rule.id}", parcel.parcel_id, verdict] if {{\n    some parcel in input.parcels\n{plan}'
        f"    not {name}_fails({given})\n    verdict := {name}_verdict({given})\n}}"
    )


def _body(parts: Iterable[Any]) -> str:
    lines = [REGO.test(each)[1:-1] for each in parts]
    return "{\n    " + "\n    ".join(lines) + "\n}"


class Regorus:
    """The policy in the interpreter in Rust, which reads the dossier as text."""

    def __init__(self) -> None:
        import regorus  # noqa: PLC0415  (a peer is imported by its own measurement only)

        self.engine = regorus.Engine()
        self.engine.add_policy("measured.rego", source())

    def decode(self, data: bytes, path: Path) -> None:
        """Read the dossier."""
        self.engine.set_input_json(data.decode())

    def evaluate(self, decoded: None) -> Iterable[Found]:
        """Evaluate the policy, and read the answer."""
        answer = parsed(self.engine.eval_rule_as_json(f"data.{PACKAGE}.{ANSWER}"))
        return [(rule, subject, verdict) for rule, subject, verdict in answer]


class Opa:
    """The policy in OPA, whose binding writes the dossier out again for it: that is part of its evaluation."""

    def __init__(self) -> None:
        from opa_bindings import OpaEngine  # noqa: PLC0415  (a peer is imported by its own measurement only)

        self.engine = OpaEngine()
        self.engine.add_policy("measured.rego", source())

    def decode(self, data: bytes, path: Path) -> Any:
        """Read the bytes into dicts."""
        return json.loads(data)

    def evaluate(self, decoded: Any) -> Iterable[Found]:
        """Evaluate the policy."""
        answer = self.engine.eval_document(f"{PACKAGE}.{ANSWER}", decoded)
        return [(rule, subject, verdict) for rule, subject, verdict in answer]


def regorus() -> Engine:
    """Give regorus."""
    return Regorus()


def opa() -> Engine:
    """Give OPA."""
    return Opa()


REGORUS, OPA = "regorus", "OPA"
_ONE_POLICY = "one policy over the whole dossier; nothing validated, no reasons"
PEERS = (
    Peer(name=REGORUS, package="gordon-to-regorus", modules=("regorus", "orjson"), make=regorus, gives=_ONE_POLICY),
    Peer(
        name=OPA,
        package="opa-golib-python-bindings",
        modules=("opa_bindings",),
        make=opa,
        gives=_ONE_POLICY,
        largest=10_000,
    ),
)
