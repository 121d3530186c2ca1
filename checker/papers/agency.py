"""The office that issues papers, as its small TOML file describes it. What the file does not say stays a visible blank.

Number, signer, copy number, secrecy and seal are never in it: an office gives those to each paper by hand.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from checker.classes import dataclass
from checker.errors import MisuseError, Place, Problem
from checker.papers.paper import DOCX_FONTS, PDF_FONTS, ROLES, Fonts, printable

LONGEST = 2_000
"""No text of the file is longer than so many characters."""
MOST_PLAN_DAYS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """Who issues a paper, under which red head, whom to ask, who gets copies, and in which typefaces.

    `code` is what stands before the brackets of a document number. `remedies` is the office's own wording of where and
    until when an enterprise can appeal; without it the paper leaves a blank. `plan_days` are working days.
    """

    name: str = "〔签发机关名称〕"
    red_head: str = ""
    letter_head: str = ""
    code: str = ""
    contact: str = ""
    phone: str = ""
    address: str = ""
    remedies: str = ""
    printer: str = ""
    copies_to: tuple[str, ...] = ()
    plan_days: int = 0
    fonts: Fonts = field(default_factory=Fonts)

    @property
    def mark(self) -> str:
        """The red head of a document: the name with 文件 after it, where the office has settled no other."""
        return self.red_head or f"{self.name}文件"

    @property
    def letter_mark(self) -> str:
        """The red head of a letter: the name alone, where the office has settled no other."""
        return self.letter_head or self.name


def read_agency(data: bytes, file: str, beside: Path = Path()) -> Agency:
    """Read the file of an office; folders in it are meant *beside* it. Raise `MisuseError` with all that is wrong."""
    try:
        written = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MisuseError(
            [Problem(message="不是 UTF-8 编码的文本", place=Place(file=file), suggestion="另存为 UTF-8")]
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise MisuseError(
            [
                Problem(
                    message=f"不是合格的 TOML：{error}",
                    place=Place(file=file),
                    suggestion='每行写作 name = "某某局"，文字放在英文双引号中',
                )
            ]
        ) from error
    reader = _Reader(file=file, beside=beside)
    agency = reader.agency(written)
    if reader.problems:
        raise MisuseError(reader.problems)
    return agency


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads the fields one by one, and keeps what is wrong with each."""

    file: str
    beside: Path
    problems: list[Problem] = field(default_factory=list)

    def agency(self, written: Mapping[str, Any]) -> Agency:
        fields: Mapping[str, Callable[[str, Any], Any]] = {
            **dict.fromkeys(
                ("name", "red_head", "letter_head", "code", "contact", "phone", "address", "remedies", "printer"),
                self.text,
            ),
            "copies_to": self.several,
            "plan_days": self.days,
            "fonts": self.fonts,
        }
        read = self.fields(written, fields, "")
        if "name" not in written:
            self.fault("name", "没有写签发机关的名称", '加一行 name = "某某局"')
        return Agency(**read)

    def fields(
        self, written: Mapping[str, Any], known: Mapping[str, Callable[[str, Any], Any]], under: str
    ) -> dict[str, Any]:
        """Read the fields that are known; tell of any other."""
        for name in written:
            if name not in known:
                self.fault(f"{under}{name}", "没有这个字段", f"可用：{'、'.join(known)}")
        return {name: known[name](f"{under}{name}", value) for name, value in written.items() if name in known}

    def text(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            self.fault(name, "应为文字", "放在英文双引号中")
        elif not value.strip():
            self.fault(name, "是空的", "写明，或者删去这一行")
        elif len(value) > LONGEST:
            self.fault(name, f"超过 {LONGEST} 个字", "缩短")
        elif "\n" in value.strip():
            self.fault(name, "应写在一行之内", "去掉换行")
        elif printable(value.strip()) != value.strip():
            self.fault(name, f"含有不可见的字符：{printable(value.strip())[:40]}", "删去")
        else:
            return value.strip()
        return ""

    def several(self, name: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.fault(name, "应为一列文字", f'写作 {name} = ["甲局", "乙局"]')
            return ()
        return tuple(self.text(f"{name}[{place}]", each) for place, each in enumerate(value))

    def days(self, name: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_PLAN_DAYS:
            self.fault(name, "应为工作日的天数", f"写 1 至 {MOST_PLAN_DAYS} 的整数")
            return 0
        return value

    def fonts(self, name: str, value: Any) -> Fonts:
        if not isinstance(value, dict):
            self.fault(name, "应为一节", "写作 [fonts]")
            return Fonts()
        read = self.fields(value, {"folder": self.folder, "docx": self.families, "pdf": self.families}, f"{name}.")
        return Fonts(
            docx=MappingProxyType({**DOCX_FONTS, **(read.get("docx") or {})}),
            pdf=MappingProxyType({**PDF_FONTS, **(read.get("pdf") or {})}),
            folders=tuple(filter(None, [read.get("folder", "")])),
        )

    def families(self, name: str, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            self.fault(name, "应为一节", f"写作 [{name}]，其中写 {'、'.join(ROLES)}")
            return {}
        return self.fields(value, dict.fromkeys(ROLES, self.text), f"{name}.")

    def folder(self, name: str, value: Any) -> str:
        written = self.text(name, value)
        place = self.beside / written
        try:
            is_there = bool(written) and place.is_dir()
            if is_there:
                next(place.iterdir(), None)  # whether it can be read
        except (OSError, ValueError):
            is_there = False
        if written and not is_there:
            self.fault(name, f"没有字体文件夹 {written}", "相对路径从这个文件所在的文件夹算起")
        return str(place) if is_there else ""

    def fault(self, name: str, message: str, suggestion: str) -> None:
        self.problems.append(Problem(message=message, place=Place(file=self.file, pointer=name), suggestion=suggestion))
