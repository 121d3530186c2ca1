"""Identity numbers of citizens: known wherever they stand, and blotted out in whatever is printed."""

import re

CITIZEN = r"(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])"
"""What looks like one, with a year of birth in its place, whether the rest is right or not."""

PRINTED = r"(?:(?<![0-9])|(?<=\\u[0-9a-fA-F]{4}))[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx](?![0-9])"
"""The same in the text of a JSON file, where the character before it can be an escape that ends with digits."""

ESCAPED = r"(?:[0-9]|\\u003[0-9]){17}(?:[0-9Xx]|\\u003[0-9]|\\u00[57]8)"
DIGITS = 17
"""So many digits stand at the beginning of one."""


def citizens_in(text: str) -> list[str]:
    """Give the identity numbers in a text: those whose birthday and check digit are right."""
    return [each for each in re.findall(CITIZEN, text) if _is_citizen(each.upper())]


def _is_citizen(number: str) -> bool:
    from stdnum.cn import ric, uscc  # noqa: PLC0415  (31 ms that only a dossier with such a number pays)

    return bool(ric.is_valid(number)) and not uscc.is_valid(number)


def without_citizens(text: str) -> str:
    """Blot out the birthdays in what looks like identity numbers of citizens; everything else stays in its place.

    >>> without_citizens("张某 11010519491231002X")
    '张某 110105********002X'
    """
    if "\\u003" in text:
        text = re.sub(ESCAPED, lambda found: "*" * len(found[0]) if "\\" in found[0] else found[0], text)
    return re.sub(PRINTED, lambda found: f"{found[0][:6]}********{found[0][-4:]}", text)
