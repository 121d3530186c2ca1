"""How seldom a process of this program looks for things that hold each other."""

import gc

SELDOM = 200_000
"""So many new things are made before they are looked through: nearly all that is made is used to the end."""


def collect_seldom() -> None:
    """Have this process look for what it may let go only now and then."""
    gc.set_threshold(SELDOM)
