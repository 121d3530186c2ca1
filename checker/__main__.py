"""Where the program starts: `zonecheck` and `python -m checker`.

Loading the program takes long enough to be interrupted meanwhile, so that is provided for first.
"""

from checker.interruption import stop_at_once


def main() -> None:
    """Load the program and run it."""
    stop_at_once()
    from checker.cli import main as run  # noqa: PLC0415 - the import itself can be interrupted

    run()


if __name__ == "__main__":
    main()
