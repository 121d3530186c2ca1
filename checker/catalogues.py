"""Languages: the texts that people read are written in Chinese, and read through a catalogue in another language.

A catalogue is a gettext file (`.po`) whose ids are the Chinese texts. A rule pack and the schema of dossiers each bring
their own in a folder `locales`, the program has its own beside the templates of its pages. What a catalogue lacks stays
Chinese. Only this module knows how these files are written; it reads them itself, since a library that reads all that
such files may hold takes longer than a check.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cache

from checker.classes import dataclass
from checker.errors import Place, PolicyError, Problem
from checker.resources import folder

ZH = "zh"
LANGUAGES = (ZH, "en")
FOLDER = "locales"
MOST_PROBLEMS = 20
SHOWN = 60
"""How much of a text is shown where its translation is wrong."""

Texts = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catalogue:
    """The texts of a language by the Chinese ones; some have two `forms`, for one and for several things.

    >>> forms = {"{number}项": ("{number} item", "{number} items")}
    >>> english = Catalogue(language="en", forms=forms)
    >>> english("{number}项", number=1), english("{number}项", number=3), CHINESE("{number}项", number=3)
    ('1 item', '3 items', '3项')
    """

    language: str = ZH
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def __call__(self, text: str, /, *parts: object, **slots: object) -> str:
        """Give *text* in this language, its slots filled with *parts* and *slots*; `number` chooses among the forms."""
        found = self.texts.get(text, text)
        if not slots:
            return found.format(*parts) if parts else found
        if "number" in slots and text in self.forms:
            found = self.forms[text][slots["number"] not in {1, "1"}]
        return found.format(*parts, **slots)

    def retold(self, text: str, sentences: Iterable[str], told: Callable[[str], str]) -> str:
        """Give what was said in Chinese: by one of these *sentences*, its parts as they are *told*, or else told whole.

        >>> english = Catalogue(language="en", texts={"{what}的凭证": "voucher of {what}"})
        >>> english.retold("付款的凭证", ["{what}的凭证"], {"付款": "the payment"}.__getitem__)
        'voucher of the payment'
        """
        for sentence in sentences:
            pieces = re.split(_NAMED, sentence)
            names = pieces[1::2]
            pattern = "(.+)".join(map(re.escape, pieces[::2]))
            found = re.fullmatch(pattern, text, re.DOTALL)
            if found:
                return self(sentence, **dict(zip(names, map(told, found.groups()), strict=True)))
        return told(text)

    def over(self, other: "Catalogue") -> "Catalogue":
        """Give this catalogue with the texts of the *other* one, where it has any."""
        if not other.texts:
            return self
        return Catalogue(
            language=other.language, texts={**self.texts, **other.texts}, forms={**self.forms, **other.forms}
        )

    @property
    def is_chinese(self) -> bool:
        """Whether texts stay as they are written."""
        return self.language == ZH

    @property
    def gap(self) -> str:
        """What stands between two words: in Chinese nothing."""
        return "" if self.is_chinese else " "

    def headed(self, label: str) -> str:
        """Give a label as it stands alone: one that is written small to fit into sentences begins with a capital.

        >>> Catalogue(language="en").headed("land grant price"), CHINESE.headed("a")
        ('Land grant price', 'a')
        """
        return label if self.is_chinese else label[:1].upper() + label[1:]

    def numeral(self, article: str) -> str:
        """Give the number of an article, in the figures of the language.

        >>> CHINESE.numeral("第十八条"), Catalogue(language="en").numeral("一百零三"), CHINESE.numeral("结尾")
        ('十八', '103', '结尾')
        """
        bare = article.removeprefix("第").removesuffix("条")
        number = digit = 0
        for sign in "" if self.is_chinese else bare:
            if sign in _TENS:
                number, digit = number + (digit or 1) * _TENS[sign], 0
            elif sign in _DIGITS:
                digit = _DIGITS.index(sign)
            else:
                return bare
        return str(number + digit) if number + digit else bare


_DIGITS = "零一二三四五六七八九"
_TENS: Mapping[str, int] = {"十": 10, "百": 100}

CHINESE = Catalogue()
_NAMED = r"\{([a-z_]+)\}"


@cache
def interface(language: str) -> Catalogue:
    """Give the catalogue of what the program itself says."""
    return shipped("reports", language)


def shipped(where: str, language: str) -> Catalogue:
    """Give the catalogue that ships in the folder *where*."""
    if language == ZH:
        return CHINESE
    name = f"{where}/{FOLDER}/{language}.po"
    text = (folder(where) / FOLDER / f"{language}.po").read_text(encoding="utf-8")
    return catalogue_of(language, text, name)


def catalogue_of(language: str, text: str, name: str) -> Catalogue:
    """Give the catalogue in *text*, which people know as the file *name*; raise `PolicyError` as `parse_po` does."""
    read = parse_po(text, name)
    forms = {each: told for each, told in read.items() if not isinstance(told, str)}
    return Catalogue(
        language=language,
        texts={each: told if isinstance(told, str) else told[-1] for each, told in read.items()},
        forms=forms,
    )


# --- how the files are written --------------------------------------------------------------------------------------

_STRING = r'((?:"[^"\\\n]*(?:\\.[^"\\\n]*)*"[ \t]*\n?)+)'
_ENTRY = rf"msgid +{_STRING}(?:msgstr +{_STRING}|msgid_plural +{_STRING}msgstr\[0\] +{_STRING}msgstr\[1\] +{_STRING})"
_COMMENTS = r"(?:#.*(?:\n|$))*"
_FUZZY = r"(?m:^#,.*\bfuzzy\b)"
_SEAM = r'"[ \t]*\n[ \t]*"'
_ESCAPE = r"\\(.)"
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def parse_po(text: str, name: str) -> dict[str, Texts]:
    r"""Read the catalogue *text*, which people know as the file *name*; raise `PolicyError` with all that is wrong.

    A text that is not translated, or marked as doubtful, is left out.

    >>> parse_po('msgid ""\nmsgstr ""\n\nmsgid "违反"\nmsgstr "violation"\n', "en.po")
    {'违反': 'violation'}
    """
    found: dict[str, Texts] = {}
    problems: list[Problem] = []
    start = 1
    for block in text.replace("\r\n", "\n").split("\n\n"):
        remarks = re.match(_COMMENTS, block)
        assert remarks is not None
        rest = block[remarks.end() :].strip("\n")
        line = start + block[: block.rfind(rest)].count("\n") if rest else start
        read = re.fullmatch(_ENTRY, rest)
        if rest and read is None:
            problems.append(_problem(name, line, "读不懂这一条", "按 gettext 的 .po 格式写，条目之间空一行"))
        elif read is not None:
            key, *told = (_unquoted(each) for each in read.groups() if each is not None)
            told = told[1:] if len(told) > 1 else told  # the form for several, which Chinese does not have
            if key in found:
                problems.append(_problem(name, line, f"“{key[:SHOWN]}”出现了两次", "只留一个"))
            elif not all(told) or not key or re.search(_FUZZY, remarks[0]):
                pass
            elif "{" in "".join((key, *told)) and any(slots(each) != slots(key) for each in told):
                wanted = "、".join(sorted(slots(key))) or "没有"
                problems.append(
                    _problem(
                        name, line, f"“{key[:SHOWN]}”的译文填值之处与原文不同", f"原文的填值之处：{wanted[:SHOWN]}"
                    )
                )
            else:
                found[key] = told[0] if len(told) == 1 else tuple(told)
        start += block.count("\n") + 2
    if problems:
        raise PolicyError(problems[:MOST_PROBLEMS])
    return found


def _unquoted(text: str) -> str:
    text = re.sub(_SEAM, "", text.strip()) if "\n" in text.strip() else text.strip()
    return re.sub(_ESCAPE, lambda each: _ESCAPES.get(each[1], each[1]), text[1:-1]) if "\\" in text else text[1:-1]


def _problem(name: str, line: int, message: str, suggestion: str) -> Problem:
    return Problem(message=message, place=Place(file=name, line=line), suggestion=suggestion)


_QUOTED = "'[^']*'|\"[^\"]*\""
_SLOT = r"(?s:\{\{(?:(?!\{\{).)*?\}\}|\{[^{}]*\})"


def slots(text: str) -> frozenset[str]:
    """Give the places in a text where values are put; a translation must have the same, but for texts in quotes.

    >>> sorted(slots("{low}至{high}")), sorted(slots("欠缴{{ due - paid | yuan }}"))
    (['{high}', '{low}'], ['{{ due - paid | yuan }}'])
    """
    return frozenset(re.sub(_QUOTED, "''", each) for each in re.findall(_SLOT, text))
