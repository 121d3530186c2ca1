"""The package as others get it: built, installed into an environment of its own, started far from the checkout."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

import checker
from checker.resources import folder

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = ("policies", "reports", "schemas")
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKED = {
    "runtime": PROJECT["dependencies"],
    "dev": PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"],
}
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PYTHONUTF8": "1"}


def run(*command: str | Path, cwd: Path, codes: tuple[int, ...] = (0,)) -> str:
    result = subprocess.run(
        command, cwd=cwd, env=CLEAN, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert result.returncode in codes, f"{result.returncode}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution, and from it the wheel, with the backend that is installed: no network."""
    target = tmp_path_factory.mktemp("distributions")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", target, CHECKOUT, cwd=target)
    return target


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    [path] = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a new environment that borrows the dependencies alone, and give its folder of commands.

    A folder named in a `.pth` file is not searched for further `.pth` files, so an editable install stays out of sight.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, symlinks=os.name != "nt")
    commands = home / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", commands / "python")
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=home)
    packages = run(commands / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home)
    borrowed = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    Path(packages.strip(), "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return commands


@pytest.mark.parametrize("name", DATA)
def test_wheel_holds_every_file_of_the_data(wheel: Path, name: str) -> None:
    with ZipFile(wheel) as archive:
        shipped = PurePosixPath("checker", "_shipped")
        held = {path.relative_to(shipped) for path in map(PurePosixPath, archive.namelist()) if shipped in path.parents}
    here = {PurePosixPath(path.relative_to(CHECKOUT)) for path in (CHECKOUT / name).rglob("*") if path.is_file()}
    assert here
    assert {path for path in held if path.parts[0] == name} == here


def test_wheel_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert tops == {"checker", f"zonecheck-{checker.__version__}.dist-info"}


def test_source_distribution_holds_what_sets_it_up_and_tests_it(distributions: Path) -> None:
    [path] = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    assert held >= {"README.md", "examples/run.sh", "examples/dossier.json", "tests/run.sh", ".ci/environment.sh"}
    assert not {name for name in held if name.startswith((".venv", "out/", ".git/"))}


def test_installed_package_is_the_wheel_and_finds_its_own_data(commands: Path, tmp_path: Path) -> None:
    program = f"from checker.resources import folder; print(*map(folder, {DATA}), sep='\\n')"
    found = [Path(line) for line in run(commands / "python", "-c", program, cwd=tmp_path).splitlines()]
    assert [path.name for path in found] == list(DATA)
    assert all(path.parent.name == "_shipped" and path.is_relative_to(commands.parent) for path in found)


def test_installed_command_names_its_subcommands(commands: Path, tmp_path: Path) -> None:
    told = run(commands / "zonecheck", "--help", cwd=tmp_path)
    assert all(name in told for name in ("check", "explain", "rules", "dossier"))


def test_installed_command_checks_the_example(commands: Path, tmp_path: Path) -> None:
    dossier = tmp_path / "dossier.json"
    dossier.write_bytes((CHECKOUT / "examples" / "dossier.json").read_bytes())
    by_command = run(commands / "zonecheck", "check", dossier, cwd=tmp_path, codes=(0, 1, 3))
    by_module = run(commands / "python", "-m", "checker", "check", dossier, cwd=tmp_path, codes=(0, 1, 3))
    assert by_command
    assert by_module == by_command


@pytest.mark.parametrize("name", DATA)
def test_checkout_reads_the_data_where_it_is_edited(name: str) -> None:
    assert folder(name) == CHECKOUT / name


def test_missing_data_is_told_with_both_places_where_it_was_sought() -> None:
    with pytest.raises(FileNotFoundError, match=r"'nowhere'.*_shipped.*nowhere.*install it again"):
        folder("nowhere")


@pytest.mark.parametrize("lock", ["build", *LOCKED])
def test_lock_names_no_host(lock: str) -> None:
    assert "://" not in (CHECKOUT / ".ci" / f"{lock}.lock.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKED)
def test_lock_is_as_new_as_the_dependencies(lock: str) -> None:
    lines = (CHECKOUT / ".ci" / f"{lock}.lock.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split()[0].lower().split("==") for line in lines if "==" in line)
    needs = [Requirement(each) for each in LOCKED[lock]]
    stale = [each for each in needs if not each.specifier.contains(pins.get(each.name.lower(), "0"))]
    assert not stale, "dependencies that .ci/lock.sh has not seen"
