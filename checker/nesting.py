"""How deep a JSON text is nested."""

import re

DEEPEST = 40
"""So deep a dossier may be nested; the format itself is five levels deep."""

OUTSIDE_STRINGS = r'(?s:"(?:[^"\\]++|\\.)*+"?|([\[{])|([\]}]))'


def first_deeper(text: str, most: int) -> int | None:
    """Give the offset of the first bracket that goes deeper than *most* levels.

    >>> first_deeper('[["[[["]]', 1)
    1
    """
    depth = 0
    for match in re.finditer(OUTSIDE_STRINGS, text):
        depth += 1 if match.group(1) else -1 if match.group(2) else 0
        if depth > most:
            return match.start()
    return None
