"""A pack that was kept is the pack that was read; bytes that hold anything else give nothing."""

import os
import pickle
import shutil
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from checker.catalogues import CHINESE, Catalogue
from checker.checking import check
from checker.dossier.loading import dossier_schema, load_dossier
from checker.dossier.schema import DossierSchema, Entity, Field
from checker.judging import Judge
from checker.language.functions import FUNCTIONS
from checker.language.tree import Function
from checker.model import Mode
from checker.network import Docket
from checker.policy.keeping import NotKeptError, packed, unpacked
from checker.policy.loading import Policy, read_policy
from checker.policy.rules import Known
from checker.policy.source import RememberedSource, Source
from checker.reporting import FORMATS
from checker.resources import folder

HERE = Path(__file__).parent
PACKS = ["guobanfa-2014-54", "shandong"]


@cache
def read(name: str) -> Policy:
    return read_policy(folder("policies") / name, dossier_schema(), examples=False)


@cache
def kept(name: str) -> Policy:
    return unpacked(packed(read(name)), dossier_schema())


def differences(one: Any, other: Any, where: str, seen: dict[tuple[int, int], Any]) -> list[str]:
    """Tell where two policies differ, whatever they are made of."""
    if (id(one), id(other)) in seen or isinstance(one, Judge | Docket | Known):
        return []
    seen[id(one), id(other)] = one, other  # kept, or others might come by their identities
    if isinstance(one, Source):
        one, other = ((each.file, each.text, each.value, each.joined) for each in (one, other))
    if isinstance(one, Entity | Field | DossierSchema | Function | Catalogue):
        return [] if one is other else [f"{where}: another one"]
    if type(one) is not type(other):
        return [f"{where}: {type(one).__name__} and {type(other).__name__}"]
    if is_dataclass(one):
        pairs = [(each.name, getattr(one, each.name), getattr(other, each.name)) for each in fields(one)]
    elif type(one).__name__ in {"dict", "mappingproxy"}:
        if list(one) != list(other):
            return [f"{where}: {list(one)} and {list(other)}"]
        pairs = [(key, one[key], other[key]) for key in one]
    elif isinstance(one, list | tuple):
        if len(one) != len(other):
            return [f"{where}: {len(one)} and {len(other)}"]
        pairs = [(str(index), *each) for index, each in enumerate(zip(one, other, strict=True))]
    elif hasattr(one, "__dict__") and not isinstance(one, str):
        pairs = [("its", vars(one), vars(other))]
    else:
        return [] if one == other else [f"{where}: {one!r} and {other!r}"]
    return [line for name, mine, theirs in pairs for line in differences(mine, theirs, f"{where}/{name}", seen)]


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_that_was_kept_is_the_one_that_was_read(name: str) -> None:
    assert not differences(read(name), kept(name), name, {})


def test_a_difference_would_be_seen() -> None:
    other = unpacked(packed(read("shandong")).replace("应当".encode(), "不必".encode()), dossier_schema())
    assert differences(read("shandong"), other, "", {})


def test_parts_that_were_one_are_one() -> None:
    """What is known of a node is known by its identity."""
    for compiled, other in zip(read("shandong").rules, kept("shandong").rules, strict=True):
        for test, same in zip(compiled.rule.tests, other.rule.tests, strict=True):
            assert compiled.rule.tests_of(test) == other.rule.tests_of(same)
            assert compiled.rule.written(test) == other.rule.written(same)


@pytest.mark.parametrize("path", sorted((HERE.parent / "examples").glob("*.json")), ids=lambda path: path.stem)
def test_both_give_the_same_report(path: Path) -> None:
    dossier = load_dossier(path.read_bytes(), path.name, dossier_schema())
    one, other = (
        FORMATS["json"](check(each(PACKS[0]), dossier, as_of=None, mode=Mode.INSPECTION), "") for each in (read, kept)
    )
    assert one == other


def test_a_rule_file_is_read_again_only_when_it_is_asked_for() -> None:
    source = unpacked(packed(read(PACKS[0])), dossier_schema()).rules[0].rule.source
    assert isinstance(source, RememberedSource)
    assert source._read is None
    before = read(PACKS[0]).rules[0].rule.source
    assert source.place("/title") == before.place("/title")
    assert source._read is not None


def test_a_pack_in_another_language_is_not_kept() -> None:
    policy = read_policy(folder("policies") / PACKS[0], dossier_schema("en"), examples=False)
    with pytest.raises(NotKeptError, match="en"):
        packed(policy)


def test_a_schema_that_lacks_what_a_pack_refers_to_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(read(PACKS[0]))
    monkeypatch.setattr("checker.policy.keeping.FUNCTIONS", {})
    with pytest.raises(NotKeptError):
        unpacked(data, dossier_schema())


class Act:
    """What a hostile entry would like to have done when it is read."""

    def __init__(self, function: Any, *values: Any) -> None:
        self.does = function, values

    def __reduce__(self) -> Any:
        return self.does


HOSTILE: dict[str, Any] = {
    "a command": Act(os.system, "touch done"),
    "a program": Act(eval, "open('done', 'w')"),
    "a file deleted": Act(shutil.rmtree, "."),
    "a function of ours": Act(load_dossier, b"{}", "x", None),
    "a class of ours that holds no policy": Act(Judge, ()),
    "a module": Act(__import__, "antigravity"),
    "an attribute": Act(getattr, "x", "__class__"),
    "a value where a policy is wanted": Decimal(1),
    "two values": (1, 2),
    "rules without a policy": ((), {}),
    "rules that are none": ((1,), {"stamp": 1}),
    "a policy without laws": ((), {each.name: () for each in fields(Policy)}),
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_bytes_that_hold_no_policy_do_nothing(value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept").write_text("x", encoding="utf-8")
    with pytest.raises(NotKeptError):
        unpacked(pickle.dumps(value, 5), dossier_schema())
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize("data", [b"", b"\x80", b"x" * 100, b"\x80\x05.", b"\x80\x05N."])
def test_what_is_no_pickle_gives_nothing(data: bytes) -> None:
    with pytest.raises(NotKeptError):
        unpacked(data, dossier_schema())


def test_a_pack_cut_off_anywhere_gives_nothing() -> None:
    data = packed(read("shandong"))
    for end in range(0, len(data), len(data) // 17):
        with pytest.raises(NotKeptError):
            unpacked(data[:end], dossier_schema())


def test_what_is_referred_to_is_the_program_s_own() -> None:
    nodes = [node for each in kept(PACKS[0]).rules for _, tree in each.rule.texts for node in tree.walk()]
    functions = [node.function for node in nodes if hasattr(node, "function")]
    assert functions
    assert all(each is FUNCTIONS[each.name] for each in functions)
    assert kept(PACKS[0]).texts is CHINESE
