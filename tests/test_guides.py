"""What the guides tell is so: what they refer to is there, and what they show is what the program says."""

import re
from pathlib import Path

import pytest
import typer

from checker import cli
from checker.commands.options import CODES
from checker.commands.rules import rules_verify_command

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
MANUAL, AUTHORS = GUIDES["使用手册.md"], GUIDES["规则编写.md"]


def headings(guide: str) -> set[str]:
    return set(re.findall(r"^## (\d+) ", guide, re.MULTILINE))


@pytest.mark.parametrize("name", GUIDES)
def test_a_section_that_a_guide_refers_to_is_there(name: str) -> None:
    for other, numbers in re.findall(r"(?:\]\((\S+\.md)\)\s*)?第\s*(\d+(?:、\d+)*)\s*[节章]", GUIDES[name]):
        assert set(numbers.split("、")) <= headings(GUIDES[other or name]), numbers
    assert "章" not in {each[-1] for each in re.findall(r"第\s*\d+\s*[节章]", GUIDES[name])}


def test_the_guides_name_the_commands_that_end_with_what_was_found() -> None:
    group = typer.main.get_command(cli.command_line())
    commands = {f"{word} {below}".strip(): each for word, held in of(group).items() for below, each in of(held).items()}
    ending = {name for name, each in commands.items() if each.epilog == CODES}  # type: ignore[attr-defined]
    [told] = re.findall(r"^The exit code of (.+) says what was found", README, re.MULTILINE)
    assert set(re.findall("`(.+?)`", told)) == ending
    [told] = re.findall(r"^(`.+)的退出码都是查出了什么", MANUAL, re.MULTILINE)
    assert set(re.findall("`(.+?)`", told)) == ending


def of(command: object) -> dict[str, object]:
    """Give the commands of a group, or a command itself under no name."""
    below: dict[str, object] = getattr(command, "commands", {})
    return below or {"": command}


def test_the_manual_names_every_example() -> None:
    [told] = re.findall(r"^另有.份示例：(?:.+\n)+", MANUAL, re.MULTILINE)
    examples = {path.name for path in (ROOT / "examples").glob("*.json")} - {"dossier.json"}
    assert {each for each in re.findall(r"`([\w/]+\.json)`", told) if "/" not in each} == examples


def test_what_verifying_a_rule_says_is_what_the_guide_shows(capsys: pytest.CaptureFixture[str]) -> None:
    [shown] = re.findall(r"^(R\S+)\t示例 .+$", AUTHORS, re.MULTILINE)
    rules_verify_command([shown])
    assert f"\n{capsys.readouterr().out}" in AUTHORS
