"""The arguments and options that several commands take."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from checker.catalogues import LANGUAGES
from checker.model import Mode

CODES = (
    "退出码：0 无问题；1 有违反或者疑似；2 命令写错；3 有无法判定；4 档案不合格；5 政策包不合格；6 程序错误；130 中断。"
)

DossierPath = Annotated[Path, typer.Argument(help="园区档案（JSON 文件，或者填好的 .xlsx）", metavar="DOSSIER")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="检查基准日；默认为档案自己的基准日", metavar="DATE"),
]
PolicyFolder = Annotated[
    Path | None,
    typer.Option("--policy", help="政策包文件夹，或者随附的一个的编号；默认用国办发〔2014〕54号", metavar="DIR"),
]
Language = StrEnum("Language", {each.upper(): each for each in LANGUAGES})  # type: ignore[misc]  # mypy knows only members that are written out
ModeOption = Annotated[Mode, typer.Option("--mode", help="inspection 检查；self-audit 自查（只改措辞，不改结论）")]
