"""What the dossiers of a run are called: each by a name of its own that is safe for a file on any system.

The name is that of the file. Where several have the same one, each is told apart by the folders it lies in, and where
that does not help, by a digest of its whole path: whichever comes first, the names are the same.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256

Parts = tuple[str, ...]
"""Where a dossier lies: the folders from the outermost one on, an archive among them, then the name of the file and,
apart from it, its ending."""

LONGEST = 120
"""So many bytes of UTF-8 a name may have; a file system allows 255 with the ending and what marks a draft."""
DEEPEST = 4
NAMELESS = "档案"
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN_|CONOUT_|COM[0-9¹²³]|LPT[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_REFUSED = re.compile(r"[\s<>:\"/\\|?*#%&$'`;!~_]+")
_UNSEEN = re.compile("[\u115f\u1160\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def safe(text: str) -> str:
    """Make of any text a name for a file: nothing that steers, hides, separates, or means something to a system.

    >>> safe("../济南 经开区\u202egnp"), safe(".."), safe("nul.2024"), len(safe("长" * 500).encode()) <= LONGEST
    ('济南_经开区gnp', '档案', '_nul.2024', True)
    """
    composed = unicodedata.normalize("NFC", _REFUSED.sub("_", text))
    seen = "".join(each for each in _UNSEEN.sub("", composed) if not unicodedata.category(each).startswith("C"))
    name = _REFUSED.sub("_", seen).strip("._-") or NAMELESS
    if RESERVED.match(name):
        name = f"_{name}"
    if len(name.encode()) > LONGEST:
        mark = f"~{_digest(text, 8)}"
        name = name.encode()[: LONGEST - len(mark)].decode(errors="ignore").rstrip("._-") + mark
    return name


def names(places: Iterable[Parts]) -> Mapping[Parts, str]:
    """Name each place, whatever the order in which they come.

    >>> places = [("甲", "园区", ".json"), ("乙", "园区", ".json"), ("乙", "别的", ".json"), ("乙", "别的", ".xlsx")]
    >>> list(names(places).values())
    ['甲-园区', '乙-园区', '别的-json', '别的-xlsx']
    """
    found = {each: _called(each, 1, "") for each in places}
    for group in _clashes(found):
        found |= _told_apart(group)
    digits = 8
    while clashes := list(_clashes(found)):
        for group in clashes:
            found |= {each: _marked(each, digits) for each in group}
        digits *= 2
    return found


def _called(place: Parts, depth: int, ending: str) -> str:
    *folders, name, _ = place
    return safe("-".join(filter(None, (*map(safe, (*folders, name)[-depth:]), ending.strip(".")))))


def _told_apart(group: list[Parts]) -> Mapping[Parts, str]:
    """Name places whose files are called the same by their endings, or by as many of their folders as it takes."""
    for depth in range(1, DEEPEST + 1):
        for ends in (False, True):
            named = {each: _called(each, depth, each[-1] if ends else "") for each in group}
            if not list(_clashes(named)):
                return named
    return {each: _marked(each, 8) for each in group}


def _marked(place: Parts, digits: int) -> str:
    mark = f"~{_digest(chr(0).join(place), digits)}"
    return safe(place[-2]).encode()[: LONGEST - len(mark)].decode(errors="ignore") + mark


def _clashes(named: Mapping[Parts, str]) -> Iterable[list[Parts]]:
    """Give the places whose names some file system takes for one, however it treats letters."""
    groups = defaultdict(list)
    for place, name in named.items():
        groups[_folded(name)].append(place)
    return (each for each in groups.values() if len(each) > 1)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _digest(text: str, digits: int) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
