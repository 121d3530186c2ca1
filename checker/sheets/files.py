"""Spreadsheets on disk: which files belong together, and the map of cells beside an imported dossier."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from checker.dossier.loading import Dossier, FileText, load_dossier, read_dossier
from checker.dossier.records import BOM, exact
from checker.dossier.schema import DossierSchema
from checker.errors import DossierError, Place, Problem
from checker.limits import limits, look_at_text, most_worded
from checker.sheets import CSV, WORKBOOKS
from checker.sheets.cells import ENDING, Cells, read_cells

if TYPE_CHECKING:
    from checker.dossier.spans import Text
    from checker.sheets.importing import Imported
    from checker.sheets.land_supply import Supplied
    from checker.sheets.workbook import Table

READ = WORKBOOKS | {CSV}
LARGEST_MAP = 512 * 1024 * 1024


def load(path: Path, schema: DossierSchema) -> Dossier:
    """Load a dossier from its file: JSON, or a workbook that is read in memory."""
    data = read_dossier(path)
    return load_data(data, named(path), schema, None if is_workbook(path.name) else map_beside(path))


def load_in_portions(path: Path, schema: DossierSchema) -> Dossier:
    """Load a dossier of any size from its file, without holding all of it; a workbook is held."""
    if is_workbook(path.name):
        return load(path, schema)
    return load_text(FileText(path), named(path), schema, map_beside(path))


def load_text(text: "Text", name: str, schema: DossierSchema, cells: bytes | None = None) -> Dossier:
    """Load a dossier from its text in portions; *cells* is the map that lay beside it."""
    from checker.dossier.long import load_long

    dossier = load_long(text, name, schema, most_worded=most_worded(), allowed=limits())
    return dossier if cells is None else replace(dossier, cells=read_cells(cells, dossier.sha256))


def load_data(data: bytes, name: str, schema: DossierSchema, cells: bytes | None = None) -> Dossier:
    """Load a dossier from the bytes of a file of that name; *cells* is the map that lay beside it."""
    if is_workbook(name):
        from checker.sheets.importing import import_tables
        from checker.sheets.workbook import tables

        imported = import_tables(tables(data, name), name, schema)
        look_at_text(imported.data, name)
        return replace(imported.dossier, sha256=sha256(data).hexdigest(), cells=imported.cells)
    look_at_text(data, name)
    dossier = load_dossier(data, name, schema)
    return dossier if cells is None else replace(dossier, cells=read_cells(cells, dossier.sha256))


def is_workbook(name: str) -> bool:
    """Say whether a file of that name is read as a workbook."""
    return PurePath(name).suffix.lower() in WORKBOOKS


def contents(path: Path, schema: DossierSchema) -> Mapping[str, Any]:
    """Give a valid dossier, JSON or a workbook, as plain objects and lists, its numbers with every digit."""
    import json

    if is_workbook(path.name):
        data = import_files([path], schema).data
    else:
        data = read_dossier(path)
        load_dossier(data, named(path), schema)
    held: Mapping[str, Any] = json.loads(data.removeprefix(BOM), parse_float=exact)
    return held


def import_files(paths: Sequence[Path], schema: DossierSchema) -> "Imported":
    """Make one dossier of workbooks, CSV files and folders of them."""
    from checker.sheets.importing import import_tables

    return import_tables(read_tables(paths), together(paths), schema)


def import_supply(
    paths: Sequence[Path], into: Path | None, schema: DossierSchema, *, zone: str, as_of: date | None
) -> "Supplied":
    """Add published results of land supply to the dossier *into*, or to a new one of that zone and day."""
    from checker.sheets.land_supply import import_land_supply

    cells = None
    if into is not None:
        base = contents(into, schema)
        cells = cells_beside(into, sha256(read_dossier(into)).hexdigest())
    else:
        day = as_of.isoformat() if as_of is not None else ""
        base = {"meta": {"dossier_id": f"{zone}-{day}", "as_of_date": day}, "zone": {"zone_id": zone}}
    return import_land_supply(read_tables(paths), base, cells, name=together(paths), schema=schema)


def read_tables(paths: Sequence[Path]) -> "tuple[Table, ...]":
    """Read the sheets of all files; what is wrong with several files is told at once."""
    from checker.sheets.workbook import tables

    files = [each for path in paths for each in _files(path)]
    found: list[Table] = []
    problems: list[Problem] = []
    for each in files:
        try:
            found.extend(tables(read_dossier(each), named(each), alone=len(files) == 1))
        except DossierError as error:
            problems.extend(error.problems)
    if problems:
        raise DossierError(problems)
    return tuple(found)


def _files(path: Path) -> Iterator[Path]:
    """Give the spreadsheets in a folder, without the locks that an open one leaves; a file is itself."""
    try:
        inside = list(path.iterdir()) if path.is_dir() else None
    except OSError:  # reading it says why
        inside = None
    if inside is None:
        yield path
        return
    found = sorted(each for each in inside if each.suffix.lower() in READ and not each.name.startswith((".", "~$")))
    if not found:
        raise DossierError(
            [
                Problem(
                    message="这个文件夹里没有 .xlsx 或者 .csv 文件",
                    place=Place(file=str(path)),
                    suggestion="核对路径；旧版格式先另存为 .xlsx",
                )
            ]
        )
    yield from found


def together(paths: Sequence[Path]) -> str:
    """Name what is read together."""
    return named(paths[0]) + (f"等{len(paths)}个文件" if len(paths) > 1 else "")


def named(path: Path) -> str:
    """Give the name of a file as text; on some disks a name is bytes that are no text."""
    return path.name.encode("utf-8", "backslashreplace").decode()


def beside(dossier: Path) -> Path:
    """Give the file that holds the cells of an imported dossier."""
    return dossier.with_name(f"{dossier.stem}{ENDING}")


def cells_beside(dossier: Path, digest: str) -> Cells | None:
    """Give the cells that belong to a dossier; `None` where it has none, or was changed since."""
    held = map_beside(dossier)
    return None if held is None else read_cells(held, digest)


def map_beside(dossier: Path) -> bytes | None:
    """Read the map of cells beside a dossier, whatever is in it; `None` where there is none that can be read."""
    path = beside(dossier)
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= LARGEST_MAP else None
    except OSError:
        return None
