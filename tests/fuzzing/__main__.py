"""Where the long-running target starts: `python -m tests.fuzzing`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests import one another by their own names

from fuzzing.target import main

if __name__ == "__main__":
    main()
