"""Where each field of a dossier stands in a workbook: sheets, columns, headers; all of it follows from the schema.

A register is a sheet with a record in each row; records inside other records have a sheet of their own, whose first
columns are the ids of the records above. A block is spread over columns. What is there once (`meta`, `zone`) is a form:
a field in each row. The sheet of declarations has a row for each register.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import field as made
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from checker.classes import dataclass
from checker.dossier.faults import COMMON
from checker.dossier.schema import COMPLETENESS, DossierSchema, Entity, Field, Kind
from checker.language.wording import UNITS

FORM = "form"
DECLARATIONS = f"meta.{COMPLETENESS}"
FORM_NAME = "基本信息"
DECLARATIONS_NAME = "台账完整性声明"
LONGEST_NAME = 31
FORM_HEADERS = ("字段", "填写内容", "填写说明")


class Role(StrEnum):
    """What a column holds.

    `OWNER` is the id of a record above, `REGISTER_NAME` the register that a declaration speaks of. `BLOCK` and
    `REGISTER` hold no value of their own: they say that there is none, or that there is one without contents.
    """

    OWNER = "owner"
    VALUE = "value"
    BLOCK = "block"
    REGISTER = "register"
    SOURCES = "sources"
    WITHHELD = "withheld"
    REGISTER_NAME = "register_name"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """A column of a sheet, or a row of a form; `path` leads from the record to the value.

    `field` is the field of the schema, `None` for what every record has. `names` are the fields, by their labels, that
    a text in the column can speak of.
    """

    path: tuple[str, ...]
    header: str
    role: Role
    field: Field | None = None
    names: Mapping[str, str] = made(default_factory=lambda: MappingProxyType({}))

    @property
    def key(self) -> str:
        """The path as it is written: `planning_conditions.doc_id`."""
        return ".".join(self.path)

    @property
    def is_required(self) -> bool:
        """Whether a record without it is refused."""
        return self.role in {Role.OWNER, Role.REGISTER_NAME} or (self.field is not None and self.field.required)

    @property
    def spellings(self) -> frozenset[str]:
        """The headers that mean this column: with its unit, without it, or the key."""
        plain = self.header.partition("（")[0] if self.field is not None and self.field.unit else self.header
        return frozenset(map(plainly, (self.header, plain, self.key)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """A sheet; `key` is `form`, `meta.completeness` or the path of the register whose records it holds."""

    key: str
    name: str
    columns: tuple[Column, ...]
    entity: Entity
    field: Field | None = None

    @property
    def owners(self) -> tuple[Column, ...]:
        """The columns that name the records above."""
        return tuple(each for each in self.columns if each.role is Role.OWNER)

    @property
    def above(self) -> str:
        """The path of the register whose records hold these; empty at the top."""
        return self.owners[-1].path[0].rpartition(".")[0] if self.owners else ""

    @property
    def inside(self) -> tuple[str, ...]:
        """The path from the record above to the register."""
        return tuple(self.key.removeprefix(self.above).strip(".").split("."))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """All sheets by their keys: the form, the declarations, then the registers, parents first."""

    sheets: Mapping[str, Sheet]

    @property
    def registers(self) -> tuple[Sheet, ...]:
        """The sheets of records, parents first."""
        return tuple(each for each in self.sheets.values() if each.key not in {FORM, DECLARATIONS})

    def find(self, name: str) -> Sheet | None:
        """Give the sheet that a name means: the name of a sheet, of its records, or the path of a register."""
        wanted = plainly(name)
        names = [(each, (each.name, each.key, each.entity.label)) for each in self.sheets.values()]
        for nth in range(3):
            found = [each for each, spellings in names if plainly(spellings[nth]) == wanted]
            if len(found) == 1:
                return found[0]
        return None


def plainly(text: str) -> str:
    """Take away what people add to a header without meaning anything: spaces, stars, the width of a character.

    >>> plainly("*出让价款总额（元） ")
    '出让价款总额(元)'
    """
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=8)
def layout(schema: DossierSchema) -> Layout:
    """Lay a schema out in sheets."""
    fields = dict(_registers(schema.root, ""))
    registers = [
        Sheet(
            key=path,
            name=_sheet_name(fields[path].label),
            columns=(*_owners(schema, path), *_columns(entity, (), "")),
            entity=entity,
            field=fields[path],
        )
        for path, entity in schema.registers.items()
    ]
    form = Sheet(
        key=FORM,
        name=FORM_NAME,
        columns=tuple(
            each for entity in (schema.meta, schema.zone) for each in _form_of(entity, schema.declaration.label)
        ),
        entity=schema.root,
    )
    names = {each.name: each.key for each in registers}
    declarations = Sheet(
        key=DECLARATIONS,
        name=DECLARATIONS_NAME,
        columns=(
            Column(path=("register",), header="台账", role=Role.REGISTER_NAME, names=MappingProxyType(names)),
            Column(path=("records",), header="记录情况", role=Role.REGISTER),
            *_columns(schema.declaration, (), ""),
        ),
        entity=schema.declaration,
    )
    return Layout(sheets=MappingProxyType({each.key: each for each in (form, declarations, *registers)}))


def _registers(entity: Entity, path: str) -> Iterator[tuple[str, Field]]:
    for each in entity.fields.values():
        inside = f"{path}.{each.name}" if path else each.name
        if each.kind is Kind.REGISTER:
            yield inside, each
        if each.entity is not None:
            yield from _registers(each.entity, inside)


def _sheet_name(label: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "-", label)[:LONGEST_NAME]


def _owners(schema: DossierSchema, path: str) -> Iterator[Column]:
    steps = path.split(".")
    for depth in range(1, len(steps)):
        above = schema.registers.get(".".join(steps[:depth]))
        if above is not None:
            identity = above.fields[above.id_field]
            yield Column(path=(f"{above.path}.{identity.name}",), header=f"所属{identity.label}", role=Role.OWNER)


def _form_of(entity: Entity, declarations: str) -> Iterator[Column]:
    yield from _columns(entity, (entity.path,), "")
    if entity.path == "meta":
        yield Column(path=(entity.path, COMPLETENESS), header=declarations, role=Role.REGISTER)


def _columns(entity: Entity, above: tuple[str, ...], prefix: str) -> Iterator[Column]:
    for each in entity.fields.values():
        path, label = (*above, each.name), f"{prefix}{each.label}"
        unit = f"（{UNITS[each.unit]}）" if UNITS.get(each.unit) else ""
        match each.kind:
            case Kind.BLOCK:
                yield Column(path=path, header=label, role=Role.BLOCK, field=each)
                yield from _columns(each.inner, path, f"{label}：")
            case Kind.REGISTER:
                yield Column(path=path, header=label, role=Role.REGISTER, field=each)
            case _:
                yield Column(path=path, header=f"{label}{unit}", role=Role.VALUE, field=each)
    if entity.id_field and entity.path != "meta":
        names = MappingProxyType(_named(entity))
        yield Column(path=(*above, "sources"), header=COMMON["sources"], role=Role.SOURCES, names=names)
        yield Column(path=(*above, "withheld"), header=COMMON["withheld"], role=Role.WITHHELD, names=names)


def _named(entity: Entity) -> dict[str, str]:
    """Give the fields by their labels; a label that two fields share names none of them."""
    labels = [each.label for each in entity.fields.values()]
    return {each.label: each.name for each in entity.fields.values() if labels.count(each.label) == 1}


def names_in(schema: DossierSchema, register: str) -> Mapping[str, str]:
    """Give the fields of the records of a register by their labels."""
    return _named(schema.registers[register])
