"""The dossier schema as frozen types: entities, their fields, and what the annotation keywords say of them.

The JSON schema is the only place where a field is declared. Everything else is derived from what is read here: the
structs that dossiers are decoded into, the names and types of the rule language, labels, units, and the papers that
prove a fact. A schema that contradicts itself, or says something that the decoder would not honour, does not load.
"""

import difflib
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from checker.catalogues import CHINESE, Catalogue
from checker.classes import dataclass
from checker.errors import Place, Problem, ZonecheckError

SCHEMA_FILE = "dossier.schema.json"


class SchemaError(ZonecheckError):
    """The dossier schema contradicts itself: a defect of ours, never of a dossier."""


class Kind(StrEnum):
    """What the value of a field can be, apart from absent and null."""

    TEXT = "text"
    ENUM = "enum"
    DAY = "day"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXTS = "texts"
    BLOCK = "block"
    REGISTER = "register"
    SHAPE = "shape"


_TEXT, _ENUM, _DAY, _NUMBER, _INTEGER, _BOOLEAN, _TEXTS, _BLOCK, _REGISTER, _SHAPE = Kind
"""The same by names that take no time: an enumeration looks a member up each time that it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """One field of an entity.

    `attribute` is its name on a decoded record (`from` becomes `from_`). A `claim` speaks only for the checked party:
    absent, it is null. `may_be_blank` columns are those that `blank_means_none` may name. `ref` is the register whose
    id the field holds. `order` ranks the members of an enumeration, lowest first. `identity` marks the id of the
    record itself. A `full_day` may not be only a month or a year.
    """

    name: str
    attribute: str
    kind: Kind
    label: str
    description: str = ""
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    ref: str = ""
    claim: bool = False
    may_be_blank: bool = False
    nullable: bool = True
    required: bool = False
    identity: bool = False
    full_day: bool = False
    proof: str = ""
    members: tuple[str, ...] = ()
    member_labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    order: tuple[str, ...] = ()
    min_length: int = 0
    max_length: int = 0
    max_items: int = 0
    pattern: str = ""
    entity: "Entity | None" = None

    @property
    def target(self) -> str:
        """The name under which a rule reaches the record that a reference leads to: `plan_id` gives `plan`."""
        return self.name.removesuffix("_id") if self.ref else ""

    @property
    def inner(self) -> "Entity":
        """The entity of a block or of the records of a register."""
        if self.entity is None:
            raise TypeError(self.name)
        return self.entity

    @property
    def slot(self) -> str:
        """Where a record holds the value as it was decoded: a number may be a carrier there."""
        return f"carried_{self.attribute}" if self.kind is Kind.NUMBER else self.attribute

    @property
    def limits(self) -> tuple[int, int]:
        """The bounds of a number."""
        if self.minimum is None or self.maximum is None:
            raise TypeError(self.name)
        return self.minimum, self.maximum


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entity:
    """A kind of record or block; `path` is where it stands: `parcels.payments`, `trips.approved`, empty at the top.

    A record of a register has an `id_field`; a rule calls it by `singular`; people read the first of `label_fields`
    that is filled. Where one is called otherwise than several, `label` is what one is called.
    """

    name: str
    path: str
    label: str
    fields: Mapping[str, Field]
    description: str = ""
    id_field: str = ""
    singular: str = ""
    several: str = ""
    label_fields: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The path of the entity that holds this one; empty at the top."""
        return self.path.rpartition(".")[0]

    @cache  # noqa: B019 - a program has one schema for each language, and they live as long
    def of_kind(self, *kinds: Kind) -> tuple[Field, ...]:
        """Give the fields of these kinds, in the order of the schema."""
        return tuple(each for each in self.fields.values() if each.kind in kinds)

    def label_of(self, record: Any) -> str:
        """Give what people call a record; empty where it has no name."""
        for name in self.label_fields:
            described = self.fields[name]
            value = getattr(record, described.attribute)
            if isinstance(value, str) and value:
                return described.member_labels.get(value, value)
        return ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DossierSchema:
    """The whole schema; `registers` are all that a declaration of completeness may name, parents first.

    `declaration` is one entry of `meta.completeness`. `raw` is the JSON schema itself. Two schemas are the same only
    if they are one object, so that what is derived from a schema can be kept with it.
    What it says to people is read through `texts`. One that is `narrow` has only some of the fields and passes over
    the others.
    """

    root: Entity
    meta: Entity
    zone: Entity
    declaration: Entity
    registers: Mapping[str, Entity]
    raw: Mapping[str, Any]
    texts: Catalogue = CHINESE
    narrow: bool = False

    @property
    def language(self) -> str:
        """The language that it speaks to people."""
        return self.texts.language

    @cache  # noqa: B019 - a program has one schema for each language, and they live as long
    def entities(self) -> tuple[Entity, ...]:
        """Give every entity, the root first and each one before those inside it."""
        found, waiting = [], [self.root]
        while waiting:
            entity = waiting.pop(0)
            found.append(entity)
            waiting[:0] = [each.entity for each in entity.fields.values() if each.entity is not None]
        return tuple(found)

    @cache  # noqa: B019 - as above
    def steps(self) -> tuple[tuple[str, str, str], ...]:
        """Give the path of each entity but the root, the path of what holds it, and its name there."""
        return tuple((each.path, *each.path.rpartition(".")[::2]) for each in self.entities() if each.path)


NOT_A_MEMBER = frozenset(
    {
        "unknown",
        "not_known",
        "unclassified",
        "unspecified",
        "undetermined",
        "undecided",
        "unclear",
        "pending",
        "tbd",
        "na",
        "n/a",
        "none",
        "null",
        "不详",
        "不明",
        "不清",
        "不清楚",
        "不知道",
        "未知",
        "未定",
        "未分类",
        "未填",
        "待定",
        "待查",
        "无",
    }
)
"""Words that say that something is not known: no enumeration may have one, because an absent key says it."""

ON_ENTITIES = frozenset({"x-id", "x-singular", "x-label"})
UNITS = frozenset(
    {"cny", "cny_mu", "cny_sqm", "sqm", "ha", "mu", "pct", "years", "year", "months", "days", "workdays", "persons"}
)
BOTH = frozenset({"$ref", "title", "description", "type"})
SAYABLE: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {
        Kind.TEXT: BOTH | {"maxLength", "minLength", "pattern", "x-ref", "x-claim", "x-may-be-blank", "x-proof"},
        Kind.ENUM: BOTH | {"enum", "x-labels", "x-order", "x-claim", "x-proof", "x-otherwise"},
        Kind.DAY: BOTH | {"pattern", "x-claim", "x-may-be-blank", "x-proof"},
        Kind.NUMBER: BOTH | {"minimum", "maximum", "x-unit", "x-claim", "x-proof"},
        Kind.INTEGER: BOTH | {"minimum", "maximum", "x-unit", "x-claim", "x-proof"},
        Kind.BOOLEAN: BOTH | {"x-claim", "x-proof"},
        Kind.TEXTS: BOTH | {"items", "maxItems", "x-claim", "x-may-be-blank", "x-proof"},
        Kind.BLOCK: BOTH
        | {"required", "properties", "additionalProperties", "x-claim", "x-may-be-blank", "x-proof"}
        | ON_ENTITIES,
        Kind.REGISTER: BOTH | {"items", "maxItems", "x-proof"},
        Kind.SHAPE: BOTH | {"required", "properties", "additionalProperties", "allOf", "x-otherwise", "x-proof"},
    }
)
"""The keywords that mean something on a field of each kind; any other would be a promise that nothing keeps."""

SHAPE = "#/$defs/shape"
DAYS = MappingProxyType({"#/$defs/day": False, "#/$defs/full_day": True})
COMPLETENESS = "completeness"
ATTESTATIONS = "attestations"
"""The register of what people attest: no rule reads it, so that nobody is accused or cleared by a mere statement."""
ON_EVERY_RECORD = frozenset({"sources", "withheld"})
NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
DEEPEST = 4


def load_schema(raw: Mapping[str, Any], texts: Catalogue = CHINESE) -> DossierSchema:
    """Read the JSON schema of dossiers; raise `SchemaError` with everything that makes no sense in it.

    What it says to people is read through *texts*.
    """
    reader = _Reader(raw, texts)
    root = reader.entity("dossier", "", raw, "")
    registers = MappingProxyType(dict(sorted(reader.registers.items(), key=lambda item: item[0].count("."))))
    reader.look_at_names(registers)
    declaration = reader.completeness(registers)
    if reader.problems:
        raise SchemaError(reader.problems)
    meta, zone = root.fields["meta"].inner, root.fields["zone"].inner
    return DossierSchema(
        root=root, meta=meta, zone=zone, declaration=declaration, registers=registers, raw=raw, texts=texts
    )


class _Reader:
    """Reads the raw schema once and collects what is wrong with it."""

    def __init__(self, raw: Mapping[str, Any], texts: Catalogue) -> None:
        self.raw = raw
        self.texts = texts
        self.registers: dict[str, Entity] = {}
        self.problems: list[Problem] = []

    def wrong(self, pointer: str, message: str, suggestion: str = "") -> None:
        self.problems.append(
            Problem(message=message, place=Place(file=SCHEMA_FILE, pointer=pointer), suggestion=suggestion)
        )

    def resolved(self, node: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
        """Lay what stands beside a `$ref` over what it refers to."""
        target = node.get("$ref")
        if target is None:
            return node
        found = self.raw.get("$defs", {}).get(str(target).removeprefix("#/$defs/"))
        if not isinstance(found, Mapping):
            self.wrong(pointer, f"$ref 指向的 {target} 不存在")
            return {"type": "boolean", "title": "?"}
        return {**found, **node}

    def entity(self, name: str, path: str, node: Mapping[str, Any], pointer: str) -> Entity:
        """Read a record, a block or the root."""
        properties = node.get("properties", {})
        required = node.get("required", [])
        if node.get("additionalProperties") is not False:
            self.wrong(pointer, "缺 additionalProperties: false：拼错的字段名会被悄悄接受")
        for each in required:
            if each not in properties:
                self.wrong(pointer, f"required 中的 {each} 没有声明")
        fields = {}
        if path.count(".") >= DEEPEST:
            self.wrong(pointer, "嵌套过深或者循环引用")
            properties = {}
        for each in properties:
            if each in ON_EVERY_RECORD or (path == "meta" and each == COMPLETENESS):
                continue
            fields[each] = self.field(each, path, node, f"{pointer}/properties/{each}")
        entity = Entity(
            name=name,
            path=path,
            label=self.texts(node.get("title", ""), number=1),
            several=self.texts(node.get("title", "")),
            description=node.get("description", ""),
            fields=MappingProxyType(fields),
            id_field=node.get("x-id", ""),
            singular=node.get("x-singular", ""),
            label_fields=tuple(node.get("x-label", ())),
        )
        self.look_at_entity(entity, pointer)
        return entity

    def look_at_entity(self, entity: Entity, pointer: str) -> None:
        identity = entity.fields.get(entity.id_field)
        if entity.id_field and identity is None:
            self.wrong(pointer, f"x-id 所指的字段 {entity.id_field} 没有声明", _nearest(entity.id_field, entity.fields))
        elif identity is not None and (identity.kind is not _TEXT or identity.nullable or not identity.required):
            self.wrong(pointer, f"编号字段 {entity.id_field} 必须是必填、不可为 null 的文字")
        for each in entity.label_fields:
            if each not in entity.fields or entity.fields[each].kind not in {_TEXT, _ENUM, _DAY}:
                self.wrong(pointer, f"x-label 中的 {each} 不是文字类字段", _nearest(each, entity.fields))

    def field(self, name: str, path: str, owner: Mapping[str, Any], pointer: str) -> Field:
        """Read one property."""
        declared = owner["properties"][name]
        node = self.resolved(declared, pointer)
        kind = self.kind(node, pointer)
        if not NAME.fullmatch(name):
            self.wrong(pointer, f"字段名 {name} 只能用小写字母、数字和下划线，以字母开头")
        if not node.get("title"):
            self.wrong(pointer, "缺中文名称 title")
        for each in node.keys() - SAYABLE[kind]:
            self.wrong(pointer, f"{each} 用在 {kind} 类字段上没有意义", _nearest(each, SAYABLE[kind]))
        types = node.get("type", [])
        members = tuple(each for each in node.get("enum", ()) if each is not None)
        labels: Mapping[str, str] = node.get("x-labels", {})
        item = self.resolved(node.get("items", {}), pointer)
        inner = item if kind is _REGISTER else node
        inside = f"{path}.{name}" if path else name
        entity = None
        if kind is _BLOCK or kind is _REGISTER:
            entity = self.entity(_definition(declared, kind), inside, inner, pointer)
            if kind is _REGISTER:
                self.registers[inside] = entity
                self.look_at_register(entity, inner, pointer)
        result = Field(
            name=name,
            attribute=f"{name}_" if keyword.iskeyword(name) else name,
            kind=kind,
            label=self.texts(node.get("title", "")),
            description=node.get("description", ""),
            unit=node.get("x-unit", ""),
            minimum=node.get("minimum"),
            maximum=node.get("maximum"),
            ref=node.get("x-ref", ""),
            claim=bool(node.get("x-claim")),
            may_be_blank=bool(node.get("x-may-be-blank")),
            nullable=None in node["enum"] if kind is _ENUM else "null" in types,
            required=name in owner.get("required", ()),
            identity=name == owner.get("x-id"),
            full_day=DAYS.get(node.get("$ref", ""), False),
            proof=self.texts(node.get("x-proof", "")),
            members=members,
            member_labels=MappingProxyType({each: self.texts(told) for each, told in labels.items()}),
            order=tuple(node.get("x-order", ())),
            min_length=(item if kind is _TEXTS else node).get("minLength", 0),
            max_length=(item if kind is _TEXTS else node).get("maxLength", 0),
            max_items=node.get("maxItems", 0),
            pattern=node.get("pattern", ""),
            entity=entity,
        )
        for wrong, message in _CONTRADICTIONS:
            if wrong(result):
                self.wrong(pointer, message)
        for each in members:
            if str(each).lower() in NOT_A_MEMBER or labels.get(each, "") in NOT_A_MEMBER:
                self.wrong(pointer, f"枚举值 {each} 表示“不知道”：不知道就删去该键，枚举中不得有这样的成员")
        return result

    def kind(self, node: Mapping[str, Any], pointer: str) -> Kind:
        types = node.get("type", [])
        names = {types} if isinstance(types, str) else set(types)
        if "enum" in node:
            return _ENUM
        if node.get("$ref") == SHAPE:
            return _SHAPE
        match sorted(names - {"null"}):
            case ["string"]:
                return _DAY if node.get("$ref") in DAYS else _TEXT
            case ["number"]:
                return _NUMBER
            case ["integer"]:
                return _INTEGER
            case ["boolean"]:
                return _BOOLEAN
            case ["object"]:
                return _BLOCK
            case ["array"]:
                return _REGISTER if "$ref" in node.get("items", {}) else _TEXTS
        self.wrong(pointer, f"不支持的类型 {types!r}")
        return _BOOLEAN

    def look_at_register(self, entity: Entity, node: Mapping[str, Any], pointer: str) -> None:
        for each in ("x-id", "x-singular", "x-label"):
            if not node.get(each):
                self.wrong(pointer, f"台账记录缺 {each}")
        for each in sorted(ON_EVERY_RECORD - node.get("properties", {}).keys()):
            self.wrong(pointer, f"台账记录缺公共字段 {each}")
        taken = entity.fields.keys() | {each.target for each in entity.fields.values()}
        if entity.singular in taken:
            self.wrong(pointer, f"x-singular {entity.singular} 与本记录的字段同名")

    def look_at_names(self, registers: Mapping[str, Entity]) -> None:
        """Look at what only the whole schema can tell: references, and names that must be distinct."""
        singulars: dict[str, str] = {}
        for path, entity in registers.items():
            if entity.singular in singulars:
                self.wrong("", f"x-singular {entity.singular} 同时用于 {singulars[entity.singular]} 和 {path}")
            singulars[entity.singular] = path
            parent = registers.get(entity.parent)
            if parent is not None and parent.singular in entity.fields.keys() | {
                each.target for each in entity.fields.values()
            }:
                self.wrong("", f"{path} 的字段与上级记录的名称 {parent.singular} 同名")
        waiting = list(self.raw.get("$defs", {}).items())
        for name, node in waiting:
            properties = node.get("properties", {})
            for each, declared in properties.items():
                target = declared.get("x-ref")
                pointer = f"/$defs/{name}/properties/{each}"
                if target is not None and target not in registers:
                    self.wrong(pointer, f"x-ref 指向的台账 {target} 不存在", _nearest(str(target), registers))
                elif target is not None and not each.endswith("_id"):
                    self.wrong(pointer, "引用字段的名称必须以 _id 结尾")
                elif target is not None and each.removesuffix("_id") in properties:
                    self.wrong(pointer, f"引用字段 {each} 与字段 {each.removesuffix('_id')} 在规则中同名")

    def completeness(self, registers: Mapping[str, Entity]) -> Entity:
        """Read the declaration of completeness; it must name exactly the registers that there are."""
        node = self.raw.get("$defs", {}).get("meta", {}).get("properties", {}).get(COMPLETENESS, {})
        pointer = f"/$defs/meta/properties/{COMPLETENESS}"
        named = node.get("propertyNames", {}).get("enum", [])
        for each in registers.keys() - set(named):
            self.wrong(pointer, f"台账 {each} 不能声明完整：propertyNames 缺它")
        for each in set(named) - registers.keys():
            self.wrong(pointer, f"propertyNames 中的 {each} 不是台账", _nearest(each, registers))
        declared = node.get("additionalProperties", {})
        return self.entity("declaration", f"meta.{COMPLETENESS}", self.resolved(declared, pointer), pointer)


def _definition(declared: Mapping[str, Any], kind: Kind) -> str:
    reference = declared["items"]["$ref"] if kind is _REGISTER else declared.get("$ref", "")
    return str(reference).removeprefix("#/$defs/")


def _nearest(word: str, words: Mapping[str, Any] | frozenset[str]) -> str:
    found = difflib.get_close_matches(word, list(words), n=1)
    return f"是不是 {found[0]}？" if found else ""


_CONTRADICTIONS: tuple[tuple[Callable[[Field], bool], str], ...] = (
    (lambda f: f.identity and f.claim, "编号不能是主张（x-claim）"),
    (lambda f: f.required and f.claim, "必填字段不能是主张（x-claim）"),
    (lambda f: f.may_be_blank and (f.identity or f.required), "编号和必填字段不能空白（x-may-be-blank）"),
    (lambda f: f.may_be_blank and f.claim, "主张未提出即为无，不必再标 x-may-be-blank"),
    (
        lambda f: f.may_be_blank and not (f.kind in {_DAY, _BLOCK, _TEXTS} or f.ref != ""),
        "x-may-be-blank 只能用于事件和关联，不能用于身份和金额",
    ),
    (lambda f: not f.nullable and not f.required, "非必填字段必须允许 null"),
    (lambda f: f.kind is _TEXT and not f.max_length, "文字字段缺 maxLength"),
    (lambda f: f.kind is _TEXTS and not (f.max_items and f.max_length), "列表缺 maxItems 或者 maxLength"),
    (lambda f: f.kind is _REGISTER and not f.max_items, "台账缺 maxItems"),
    (lambda f: None in (f.minimum, f.maximum) and f.kind in {_NUMBER, _INTEGER}, "数值缺 minimum 或者 maximum"),
    (lambda f: f.unit != "" and f.unit not in UNITS, "x-unit 不是已知的单位"),
    (lambda f: f.kind is _ENUM and set(f.members) != set(f.member_labels), "x-labels 与枚举值不一致"),
    (lambda f: bool(f.order) and sorted(f.order) != sorted(f.members), "x-order 必须恰好列出全部枚举值"),
    (lambda f: f.kind is _DAY and not f.pattern, "日期字段缺 pattern"),
)
