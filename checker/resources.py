"""Find the data that ships with the package: policy packs, schemas and report templates.

Only this module knows that a wheel keeps them inside the package, and a checkout beside it.
"""

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
