"""Where the program starts: `zonecheck` and `python -m checker`.

Loading the program takes long enough to be interrupted meanwhile, so that is provided for first.
"""

import gc

from checker.collecting import collect_seldom
from checker.interruption import stop_at_once


def main() -> None:
    """Load the program and run it."""
    stop_at_once()
    collect_seldom()
    from checker.cli import main as run  # noqa: PLC0415 - the import itself can be interrupted

    try:
        run()
    finally:
        gc.freeze()  # what is left goes with the process, and need not be looked through


if __name__ == "__main__":
    main()
