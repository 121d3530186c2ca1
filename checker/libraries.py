"""The libraries that have a part in what a report says and how it looks, as they are installed."""

import sys
from collections.abc import Mapping
from importlib.metadata import version

IN_A_REPORT = (
    "chinesecalendar",
    "durable-rules",
    "jinja2",
    "msgspec",
    "python-stdnum",
    "PyYAML",
    "shapely",
)


def installed() -> Mapping[str, str]:
    """Give the version of each library, and that of Python.

    >>> sorted(installed())[:2]
    ['PyYAML', 'chinesecalendar']
    """
    python = ".".join(map(str, sys.version_info[:3]))
    return {"python": python, **{name: version(name) for name in IN_A_REPORT}}
