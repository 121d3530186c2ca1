"""The command line: arguments in, files and exit code out; it alone knows a terminal.

Results go to standard output, everything else to standard error. The exit code says what was found; over several
dossiers the most serious one wins.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from checker.checking import check as check_dossier
from checker.dossier.loading import dossier_schema, load_dossier, read_dossier
from checker.dossier.schema import DossierSchema
from checker.errors import DossierError, MisuseError, Place, PolicyError, Problem, ZonecheckError
from checker.model import Finding, Mode, Party, Report, Verdict
from checker.papers import notice as notices_of
from checker.policy.examples import Proof, load_policy, prove
from checker.policy.loading import Policy, read_policy
from checker.policy.sheet import sheet
from checker.reporting import FORMATS, text
from checker.reporting import explain as explanation
from checker.reporting.wording import visible
from checker.resources import folder

POLICY = "guobanfa-2014-54"
ENDINGS = {"text": "txt", "html": "html", "json": "json"}
SERIOUSNESS = (6, 5, 4, 1, 3, 0)
"""Exit codes, the most serious first: a defect of ours, a bad pack, a bad dossier, accused, undetermined, nothing."""

Format = StrEnum("Format", {name.upper(): name for name in FORMATS})  # type: ignore[misc]

_Item = TypeVar("_Item")

app = typer.Typer(
    name="zonecheck",
    help="国家级经济技术开发区合规检查：按国办发〔2014〕54号逐条检查园区档案，出具检查报告和整改通知书。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
rules_app = typer.Typer(help="规则作者：列出、查看、验证规则。", no_args_is_help=True)
dossier_app = typer.Typer(help="填报档案：查看格式、检查档案。", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
app.add_typer(dossier_app, name="dossier")

DossierPath = Annotated[Path, typer.Argument(help="园区档案（JSON 文件）", metavar="DOSSIER")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="检查基准日；默认为档案自己的基准日", metavar="DATE"),
]
PolicyFolder = Annotated[
    Path | None, typer.Option("--policy", help="政策包文件夹；默认用随附的国办发〔2014〕54号", metavar="DIR")
]
ModeOption = Annotated[Mode, typer.Option("--mode", help="inspection 检查；self-audit 自查（只改措辞，不改结论）")]


def main() -> None:
    """Run the command and exit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="zonecheck")
    except ZonecheckError as error:
        tell_problems(error.problems)
        sys.exit(error.exit_code)


# --- the main job ---------------------------------------------------------------------------------------------------


@app.command("check")
def check_command(
    dossiers: Annotated[list[Path], typer.Argument(help="一个或者多个园区档案（JSON 文件）", metavar="DOSSIER...")],
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
    formats: Annotated[list[Format] | None, typer.Option("--format", help="报告格式，可以给多个；默认 text")] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", help="写到哪里：文件夹、文件，或者 - 表示标准输出（默认）", metavar="DIR|FILE|-"),
    ] = None,
) -> None:
    """检查园区档案，出具报告。退出码：0 无问题；1 有违反或者疑似；3 有无法判定；4 档案不合格；5 政策包不合格。"""
    wanted = tuple(dict.fromkeys(each.value for each in formats or [Format("text")]))
    place = _place_for(out, dossiers, wanted)
    site = Site.load(policy)
    codes = []
    for path in progress(dossiers, "检查", str):
        try:
            report = site.check(path, as_of, mode)
        except DossierError as error:
            tell_problems(error.problems)
            codes.append(error.exit_code)
            continue
        codes.append(exit_code_of(report))
        for name in wanted:
            target = place(path, name)
            write(target, render(report, name, colour=target is None and wants_colour()))
        if place(path, wanted[0]) is not None:
            tell(summary(report))
    raise typer.Exit(next(code for code in SERIOUSNESS if code in codes))


@app.command("explain")
def explain_command(
    dossier: DossierPath,
    finding: Annotated[str, typer.Argument(help="问题编号（可以只写开头几位），或者 规则编号@检查对象")],
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """说明一个问题：引用的条款、每个判定项及其数值和出处、怎样整改。"""
    report = Site.load(policy).check(dossier, as_of, mode)
    write(None, explanation.render(report, _one_finding(report, finding)).encode())


@app.command("notice")
def notice_command(
    dossier: DossierPath,
    out: Annotated[
        Path, typer.Option("--out", help="写到哪个 HTML 文件；有几个责任主体时分成几个文件", metavar="FILE")
    ],
    party: Annotated[Party | None, typer.Option("--party", help="只写给这个责任主体")] = None,
    issued_on: Annotated[
        datetime | None,
        typer.Option("--issued-on", formats=["%Y-%m-%d"], help="落款日期；不给则留空", metavar="DATE"),
    ] = None,
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
) -> None:
    """起草整改通知书（送审稿）：每个责任主体一份，只写已经证实的违反。"""
    report = Site.load(policy).check(dossier, as_of, mode)
    found = notices_of.notices(report, party=party, issued_on=issued_on.date() if issued_on else None)
    if not found:
        tell("没有已经证实且责任主体明确的违反，不需要通知书。")
    for each in found:
        path = out if len(found) == 1 else out.with_name(f"{out.stem}-{each.party.value}{out.suffix}")
        write(path, notices_of.render(each))


# --- for those who write rules, and those who fill dossiers -----------------------------------------------------------


@rules_app.command("list")
def rules_list_command(policy: PolicyFolder = None) -> None:
    """列出规则。"""
    for each in Site.load(policy).policy.rules:
        rule = each.rule
        write(None, f"{rule.id}\t{'、'.join(norm.id for norm in rule.clauses)}\t{rule.title}\n".encode())


@rules_app.command("show")
def rules_show_command(
    rule: Annotated[str, typer.Argument(help="规则编号，例如 R18.8-01")], policy: PolicyFolder = None
) -> None:
    """读出一条规则：引文、依据及其有效期、每个表达式的中文意思、未检查的事项。"""
    rules = {each.rule.id: each.rule for each in Site.load(policy).policy.rules}
    if rule not in rules:
        raise misuse(f"没有规则 {rule}", f"可用：{'、'.join(rules)}")
    write(None, sheet(rules[rule]).encode())


@rules_app.command("verify")
def rules_verify_command(policy: PolicyFolder = None) -> None:
    """验证规则：运行全部示例；把全部真值组合交给引擎，与复核逐一对照；从示例中逐个去掉字段，看会不会误报或者漏报。"""
    site = Site.load(policy, examples=False)
    proofs = [prove(site.policy, each) for each in progress(site.policy.rules, "验证", lambda each: each.rule.id)]
    for each in proofs:
        write(None, _proof_line(each).encode())
    problems = [problem for each in proofs for problem in each.problems]
    tell_problems(problems)
    if problems or any(each.removals.accusations or each.removals.silenced for each in proofs):
        raise typer.Exit(PolicyError.exit_code)


@dossier_app.command("schema")
def dossier_schema_command() -> None:
    """打印档案的 JSON Schema。"""
    write(None, (folder("schemas") / "dossier.schema.json").read_bytes())


@dossier_app.command("lint")
def dossier_lint_command(dossier: DossierPath) -> None:
    """检查一份档案是否合格，并列出可疑之处；不作合规判断。"""
    loaded = load_dossier(read_dossier(dossier), dossier.name, dossier_schema())
    tell_problems(loaded.doubts)
    tell(f"{dossier.name}：合格，{len(loaded.doubts)} 处可疑。")


# --- between the files and the check --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What one run works with: the dossier schema and a policy pack."""

    schema: DossierSchema
    policy: Policy

    @classmethod
    def load(cls, policy_folder: Path | None, *, examples: bool = True) -> "Site":
        """Load the schema and the pack; with *examples*, a pack whose examples disagree does not load."""
        described = dossier_schema()
        read = load_policy if examples else read_policy
        return cls(schema=described, policy=read(policy_folder or folder("policies") / POLICY, described))

    def check(self, path: Path, as_of: datetime | None, mode: Mode) -> Report:
        """Check the dossier in a file."""
        dossier = load_dossier(read_dossier(path), path.name, self.schema)
        return check_dossier(self.policy, dossier, as_of=as_of.date() if as_of else None, mode=mode)


def exit_code_of(report: Report) -> int:
    """Give the exit code that says what a report found."""
    if report.totals[Verdict.VIOLATION] or report.totals[Verdict.RISK]:
        return 1
    return 3 if report.totals[Verdict.UNDETERMINED] else 0


def summary(report: Report) -> str:
    """Say in one line what a report found."""
    counts = "，".join(f"{verdict.label} {report.totals[verdict]}" for verdict in Verdict)
    return f"{visible(report.zone.name)}（{report.dossier.file}）：{counts}"


def render(report: Report, name: str, *, colour: bool) -> bytes:
    """Render a report; only text can have colours."""
    return text.render(report, colour=colour) if name == "text" else FORMATS[name](report)


def wants_colour() -> bool:
    """Say whether standard output is a terminal that has not asked for plain text."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _one_finding(report: Report, wanted: str) -> Finding:
    every = (*report.findings, *report.exempted)
    found = [each for each in every if each.id.startswith(wanted) or f"{each.rule}@{each.subject.id}" == wanted]
    if len(found) != 1:
        known = "\n".join(f"    {each.id}  {each.rule}@{each.subject.id}  {each.verdict.label}" for each in every)
        what = "不止一个问题" if found else "没有这个问题"
        raise misuse(f"{what}：{wanted}", f"可用的编号：\n{known}" if every else "这份档案没有任何问题")
    return found[0]


def _proof_line(proof: Proof) -> str:
    removals = proof.removals
    lines = [
        f"{proof.rule}\t示例 {sum(proof.examples.values())}，不符 {len(proof.problems)}"
        f"\t真值组合 {proof.combinations}，全部一致"
        f"\t去掉字段 {removals.tried} 次（{removals.refused} 次档案不合格），"
        f"误报 {len(removals.accusations)}，漏报 {len(removals.silenced)}\n"
    ]
    lines += [f"    误报：{each}\n" for each in removals.accusations]
    lines += [f"    漏报：{each}\n" for each in removals.silenced]
    return "".join(lines)


# --- files and terminal ---------------------------------------------------------------------------------------------


def _place_for(out: str | None, dossiers: Sequence[Path], formats: Sequence[str]) -> Callable[[Path, str], Path | None]:
    """Say where each report goes: `None` is standard output. Two reports never go to one file."""
    several = len(dossiers) * len(formats) > 1
    if out in {None, "-"}:
        if len(formats) > 1 or (several and formats != ("text",)):
            raise misuse("几份报告不能都写到标准输出", "用 --out 指定一个文件夹")
        return lambda _dossier, _name: None
    assert out is not None
    target = Path(out)
    if not (several or out.endswith(("/", os.sep)) or target.is_dir()):
        return lambda _dossier, _name: target
    names = [path.stem for path in dossiers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise misuse(f"几份档案同名：{'、'.join(twice)}，报告会互相覆盖", "分几次检查，或者改文件名")
    return lambda dossier, name: target / f"{dossier.stem}.{ENDINGS[name]}"


def write(path: Path | None, data: bytes) -> None:
    """Write to a file, whole or not at all, or to standard output, where a reader may have gone away."""
    if path is None:
        with contextlib.suppress(BrokenPipeError):
            _write_out(data)
        return
    held = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held.write_bytes(data)
        held.replace(path)
    except OSError as error:
        raise MisuseError(
            [Problem(message=f"写不了文件（{error.strerror}）", place=Place(file=str(path)), suggestion="换一个 --out")]
        ) from error
    finally:
        held.unlink(missing_ok=True)
    tell(f"已写入 {path}")


def _write_out(data: bytes) -> None:
    try:
        if (sys.stdout.encoding or "").lower().replace("-", "") == "utf8":
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(data.decode())
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def progress(items: Sequence[_Item], doing: str, name: Callable[[_Item], str]) -> Iterator[_Item]:
    """Give the items one by one; people at a terminal see which one is at work, and how many are to come."""
    if len(items) < 2 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it, and it is slow to import
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=len(items))
        for each in items:
            bar.update(task, description=f"{doing} {name(each)}")
            yield each
            bar.advance(task)


def tell(message: str) -> None:
    """Tell people something on standard error."""
    with contextlib.suppress(BrokenPipeError):
        typer.echo(message, err=True)


def tell_problems(problems: Iterable[Problem]) -> None:
    """Tell what is wrong, each problem with its place and the way out."""
    for each in problems:
        tell("\n".join(visible(line) for line in str(each).splitlines()))


def misuse(message: str, suggestion: str) -> MisuseError:
    """Give the error of a command line that asks for what can't be done."""
    return MisuseError([Problem(message=message, place=Place(file="zonecheck"), suggestion=suggestion)])
