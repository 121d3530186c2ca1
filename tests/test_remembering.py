"""What was verified on this machine before is not verified again; whatever is wrong with a stamp, it is."""

import ast
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jinja2
import pytest
from packs import copied
from reference.program import PACK

import checker
from checker import remembering, verifying
from checker.dossier.loading import dossier_schema
from checker.errors import PolicyError
from checker.policy.loading import CompiledRule
from checker.remembering import NAME, SECRET, WITHOUT_A_SAY, Memory, cache_folder, content_key
from checker.reporting import environment
from checker.verifying import CODE, load_remembered

RULE = "R18.8-01"
HERE = Path(checker.__file__).parent


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copied(tmp_path / PACK.name, RULE)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the rules whose examples were run, as they are."""
    found: list[str] = []
    cases = verifying.cases

    def noted(compiled: CompiledRule, *more: object) -> object:
        found.append(compiled.rule.id)
        return cases(compiled, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(verifying, "cases", noted)
    return found


def runs(pack: Path, cache: Path, ran: list[str]) -> bool:
    """Load a pack, and say whether its examples were run."""
    ran.clear()
    policy = load_remembered(pack, dossier_schema(), Memory(cache))
    assert [each.rule.id for each in policy.rules] == [RULE]
    return bool(ran)


def test_the_examples_of_a_pack_are_run_once(pack: Path, tmp_path: Path, ran: list[str]) -> None:
    cache = tmp_path / "cache"
    assert runs(pack, cache, ran)
    assert not runs(pack, cache, ran)


def edit(pack: Path, name: str, old: str, new: str) -> None:
    text = (pack / name).read_text(encoding="utf-8")
    assert old in text
    (pack / name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda pack: edit(pack, f"rules/{RULE}.yaml", "title: 欠缴", "title: 欠  缴"),
        lambda pack: edit(pack, f"rules/{RULE}.yaml", "name: 少缴一分", "name: 少缴一 分"),
        lambda pack: (pack / "notes.txt").write_text("x", encoding="utf-8"),
        lambda pack: edit(pack, "policy.yaml", 'version: "1.0.0"', 'version: "1.0.1"'),
    ],
)
def test_a_pack_that_was_changed_is_another(
    pack: Path, tmp_path: Path, ran: list[str], change: Callable[[Path], object]
) -> None:
    cache = tmp_path / "cache"
    runs(pack, cache, ran)
    change(pack)
    assert runs(pack, cache, ran)


def test_another_program_runs_them_again(
    pack: Path, tmp_path: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    runs(pack, cache, ran)
    monkeypatch.setattr(remembering, "__version__", "another")
    assert runs(pack, cache, ran)


def test_another_python_runs_them_again(
    pack: Path, tmp_path: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    runs(pack, cache, ran)
    monkeypatch.setattr("sys.version", "4.0")
    assert runs(pack, cache, ran)


def stamp(cache: Path) -> Path:
    [found] = [each for each in cache.iterdir() if each.name != SECRET and not each.name.endswith(CODE)]
    return found


def code(cache: Path) -> Path:
    return cache / f"{stamp(cache).name}{CODE}"


SPOILT: dict[str, Callable[[Path], object]] = {
    "another seal": lambda cache: stamp(cache).write_text("0" * 64, encoding="ascii"),
    "nothing in it": lambda cache: stamp(cache).write_text("", encoding="ascii"),
    "much in it": lambda cache: stamp(cache).write_bytes(b"0" * 1_000_000),
    "bytes": lambda cache: stamp(cache).write_bytes(b"\xff" * 64),
    "for all to write": lambda cache: stamp(cache).chmod(0o666),
    "a folder": lambda cache: _instead(stamp(cache), Path.mkdir),
    "a pipe": lambda cache: _instead(stamp(cache), os.mkfifo),
    "a link": lambda cache: _instead(stamp(cache), lambda path: path.symlink_to(_moved(cache))),
    "its end cut off": lambda cache: os.truncate(stamp(cache), stamp(cache).stat().st_size - 1),
    "all but the seal cut off": lambda cache: os.truncate(stamp(cache), 64),
    "no secret": lambda cache: (cache / SECRET).unlink(),
    "another secret": lambda cache: (cache / SECRET).write_text("0" * 64, encoding="ascii"),
}


def _instead(path: Path, make: Callable[[Path], object]) -> None:
    shutil.copy(path, path.parent.parent / "copy")
    path.unlink()
    make(path)


def _moved(cache: Path) -> Path:
    return cache.parent / "copy"


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_stamp_with_anything_wrong_with_it_is_none(
    pack: Path, tmp_path: Path, ran: list[str], spoil: Callable[[Path], object]
) -> None:
    cache = tmp_path / "cache"
    runs(pack, cache, ran)
    spoil(cache)
    assert runs(pack, cache, ran)


def test_the_code_of_the_rules_is_remembered_beside_it(pack: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    written = load_remembered(pack, dossier_schema(), Memory(cache))
    remembered = load_remembered(pack, dossier_schema(), Memory(cache))
    assert written.codes == {}
    assert remembered.codes == {each.name: each.code(projected=False) for each in written.groups}
    assert all(each.known is remembered.codes[each.name] for each in remembered.groups)


@pytest.mark.parametrize("spoil", ["changed", "cut off", "of another"])
def test_code_with_anything_wrong_with_it_is_written_anew(pack: Path, tmp_path: Path, spoil: str) -> None:
    cache = tmp_path / "cache"
    load_remembered(pack, dossier_schema(), Memory(cache))
    sealed = code(cache).read_bytes()
    code(cache).write_bytes(
        {"changed": sealed[:-1] + b"?", "cut off": sealed[:-1], "of another": stamp(cache).read_bytes()}[spoil]
    )
    assert load_remembered(pack, dossier_schema(), Memory(cache)).codes == {}


def test_a_stamp_from_elsewhere_is_none(pack: Path, tmp_path: Path, ran: list[str]) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    runs(pack, there, ran)
    Memory(here).keep("0" * 64, b"")
    shutil.copy(stamp(there), here)
    assert runs(pack, here, ran)


@pytest.mark.parametrize("where", ["a file", "nothing"])
def test_without_a_folder_to_write_to_nothing_fails(pack: Path, tmp_path: Path, ran: list[str], where: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    cache = tmp_path / "file" if where == "a file" else None
    for _ in range(2):
        ran.clear()
        load_remembered(pack, dossier_schema(), Memory(cache))
        assert ran


def test_a_pack_whose_examples_disagree_never_gets_a_stamp(pack: Path, tmp_path: Path) -> None:
    edit(pack, f"rules/{RULE}.yaml", "{name: 少缴一分, expect: violation}", "{name: 少缴一分, expect: compliant}")
    for _ in range(2):
        with pytest.raises(PolicyError, match="应为 compliant"):
            load_remembered(pack, dossier_schema(), Memory(tmp_path / "cache"))


def test_examples_that_do_not_stand_last_are_always_run(pack: Path, tmp_path: Path, ran: list[str]) -> None:
    """What stands after them would be cut off with them."""
    path = pack / "rules" / f"{RULE}.yaml"
    edit(pack, f"rules/{RULE}.yaml", "grade: S1\n", "")
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\ngrade: S1\n", encoding="utf-8")
    for _ in range(2):
        assert runs(pack, tmp_path / "cache", ran)


def test_many_processes_may_keep_at_once(tmp_path: Path) -> None:
    keys = [f"{number:064x}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: Memory(tmp_path / "cache").keep(key, b"x"), keys))
    Memory(tmp_path / "cache").keep("f" * 64, b"y")
    assert Memory(tmp_path / "cache").recall("f" * 64) == b"y"
    assert Memory(tmp_path / "cache").recall("e" * 64) is None
    assert sorted(each.name for each in (tmp_path / "cache").iterdir()) == sorted([*keys, "f" * 64, SECRET])


def test_the_oldest_entries_are_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "MOST_ENTRIES", 3)
    memory = Memory(tmp_path)
    (tmp_path / "tmp_of_one_who_was_stopped").write_bytes(b"x")
    os.utime(tmp_path / "tmp_of_one_who_was_stopped", (0, 0))
    for number in range(10):
        memory.keep(f"{number:064x}", b"x" * number)
        os.utime(tmp_path / f"{number:064x}", (number, number))
        assert memory.recall(f"{number:064x}") == b"x" * number
    assert sorted(each.name for each in tmp_path.iterdir()) == [*(f"{number:064x}" for number in (7, 8, 9)), SECRET]


def test_what_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "LARGEST", 100)
    memory = Memory(tmp_path)
    memory.keep("0" * 64, b"x" * 36)
    memory.keep("1" * 64, b"x" * 37)
    assert memory.recall("0" * 64) == b"x" * 36
    assert memory.recall("1" * 64) is None


@pytest.mark.parametrize("place", [0, 40, 64, 70, -1])
def test_no_byte_of_an_entry_can_be_changed(tmp_path: Path, place: int) -> None:
    memory = Memory(tmp_path)
    memory.keep("0" * 64, b"0123456789")
    data = bytearray((tmp_path / ("0" * 64)).read_bytes())
    data[place] ^= 1
    (tmp_path / ("0" * 64)).write_bytes(data)
    assert memory.recall("0" * 64) is None


def test_no_entry_can_stand_for_another(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep("0" * 64, b"x")
    shutil.copy(tmp_path / ("0" * 64), tmp_path / ("1" * 64))
    assert memory.recall("1" * 64) is None


def test_the_folder_and_all_in_it_is_for_the_user_alone(tmp_path: Path) -> None:
    Memory(tmp_path / "cache").keep("0" * 64, b"x")
    modes = {each.name: each.stat().st_mode & 0o777 for each in (tmp_path / "cache").iterdir()}
    assert modes == {"0" * 64: 0o600, SECRET: 0o600}
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_a_relative_cache_folder_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder({"XDG_CACHE_HOME": "/x"}) == Path("/x/zonecheck")
    assert cache_folder({"XDG_CACHE_HOME": "x"}) == Path.home() / ".cache" / "zonecheck"


@pytest.mark.parametrize("written", ["off", "OFF", " off "])
def test_nothing_is_remembered_where_that_is_turned_off(written: str) -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/x", "ZONECHECK_CACHE": written}) is None
    assert cache_folder({"XDG_CACHE_HOME": "/x", "ZONECHECK_CACHE": "on"}) is not None


def test_the_key_tells_schemas_and_packs_apart() -> None:
    assert content_key("a", dossier_schema()) == content_key("a", dossier_schema())
    assert content_key("a", dossier_schema()) != content_key("b", dossier_schema())


def imported_by(module: str) -> set[str]:
    """Give the modules of the program that a module imports, wherever in it; a package that holds one is one too."""
    path = HERE.joinpath(*module.split(".")[1:])
    tree = ast.parse((path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8"))
    found = set()
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom) and each.module:
            found |= {each.module, *(f"{each.module}.{name.name}" for name in each.names)}
        elif isinstance(each, ast.Import):
            found |= {name.name for name in each.names}
    return {each for each in found if each.partition(".")[0] == "checker" and is_module(each)}


def is_module(name: str) -> bool:
    path = HERE.joinpath(*name.split(".")[1:])
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def test_every_module_with_a_say_in_what_is_remembered_is_part_of_the_key() -> None:
    reached, waiting = set[str](), ["checker.verifying"]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += imported_by(module)
    assert {"checker.evidence", "checker.policy.reading", "checker.dossier.validation"} <= reached
    assert not {each.split(".")[1] for each in reached - {"checker"}} & WITHOUT_A_SAY
    assert all((HERE / each).is_dir() for each in WITHOUT_A_SAY)


# --- the code of pages ----------------------------------------------------------------------------------------------


def test_the_code_of_a_page_is_remembered_and_what_was_changed_in_it_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    written: list[str] = []
    generate = jinja2.Environment.compile

    def noted(*given: Any, **more: Any) -> Any:
        written.append("compiled")
        return generate(*given, **more)

    monkeypatch.setattr(jinja2.Environment, "compile", noted)

    def compiled() -> int:
        environment.template.cache_clear()
        environment.template("report.html.j2")
        return len(written)

    assert [compiled() for _ in range(3)] == [1, 1, 1]
    [entry] = [each for each in (tmp_path / NAME).iterdir() if each.name != SECRET]
    entry.write_bytes(entry.read_bytes()[:-1] + b"?")
    assert [compiled() for _ in range(2)] == [2, 2]
    monkeypatch.setenv("ZONECHECK_CACHE", "off")
    assert compiled() == 3
    environment.template.cache_clear()
