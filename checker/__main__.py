"""Let `python -m checker` do what the command `zonecheck` does."""

from checker.cli import main

if __name__ == "__main__":
    main()
