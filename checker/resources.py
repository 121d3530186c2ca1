"""Find the data that ships with the package: policy packs, schemas and report templates.

Only this module knows that a wheel keeps them inside the package, and a checkout beside it.
"""

from collections.abc import Iterator
from pathlib import Path


def folder(name: str) -> Path:
    """Give the folder of shipped data called *name*: `policies`, `schemas` or `reports`.

    >>> sorted(path.name for path in folder("schemas").glob("dossier.*"))
    ['dossier.schema.json']
    """
    package = Path(__file__).resolve().parent
    places = (package / "_shipped" / name, package.parent / name)
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise FileNotFoundError(
            f"zonecheck is not installed as a whole: there is no folder {name!r}, neither {places[0]} (a wheel)"
            f" nor {places[1]} (a checkout); install it again"
        )
    return found


def own_files() -> Iterator[tuple[str, bytes]]:
    """Give the program's own files by their names in a checkout: its modules, schemas and templates, but no pack."""
    package = Path(__file__).resolve().parent
    found = {f"checker/{path.relative_to(package).as_posix()}": path for path in package.rglob("*.py")}
    for name in ("reports", "schemas"):
        place = folder(name)
        held = (path for path in place.rglob("*") if path.is_file())
        found |= {f"{name}/{path.relative_to(place).as_posix()}": path for path in held}
    for name in sorted(found):
        yield name, found[name].read_bytes()
