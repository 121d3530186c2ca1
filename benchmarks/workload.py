"""The dossiers that are measured: the realistic zone of `examples/`, written at any size by its own generator."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
REALISTIC = ROOT / "examples" / "realistic"
SEED = 54


def write_dossier(folder: Path, parcels: int) -> Path:
    """Write the dossier of a zone with so many parcels, and give its path."""
    size = ["--parcels", str(parcels), "--seed", str(SEED)]
    subprocess.run([sys.executable, REALISTIC / "generate.py", *size, "--out", folder], check=True)
    return folder / "dossier.json"
