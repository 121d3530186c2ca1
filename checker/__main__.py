"""Where the program starts: `zonecheck` and `python -m checker`.

Loading the program takes long enough to be interrupted meanwhile, so that is provided for first.
"""

import gc

from checker.interruption import stop_at_once

SELDOM = 50_000
"""Of how many new things those that hold each other are looked for: nearly all that is made is used to the end."""


def main() -> None:
    """Load the program and run it."""
    stop_at_once()
    gc.set_threshold(SELDOM)
    from checker.cli import main as run  # noqa: PLC0415 - the import itself can be interrupted

    try:
        run()
    finally:
        gc.freeze()  # what is left goes with the process, and need not be looked through


if __name__ == "__main__":
    main()
