"""Many dossiers in one run: checked side by side, and taken up again where a run was stopped."""

import contextlib
import math
import os
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.checks import Format
from checker.commands.options import CODES, AsOf, ModeOption, PolicyFolder
from checker.console import counting, misuse, tell
from checker.dossier.loading import read_dossier
from checker.model import Mode
from checker.resources import folder
from checker.sheets.files import named
from checker.site import Site, pack_folder, worst
from checker.targets import is_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checker.batching.failure import Failure
    from checker.batching.run import Done, Work
    from checker.batching.store import Store
    from checker.batching.working import Order

MOST_WORKERS = 256
MOST_TOLD = 100
"""So many dossiers without a report are told one by one; the list has them all."""

EXTRA = "pip install 'zonecheck[cluster]'"

app = typer.Typer()


@app.command(
    "batch",
    rich_help_panel="批量",
    help="检查许多档案：每份一份报告，放在 --out 下的 reports/；哪一份读不了、检查不完，不影响别的。"
    "中断以后用同一条命令继续，做完而没有变化的不再做。",
    epilog=CODES,
)
def batch_command(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="档案（.json、.xlsx）、文件夹、通配符、每行一份档案的 .ndjson、压缩包（.zip、.tar、.tar.gz）",
            metavar="SOURCE...",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="结果写到哪个文件夹", metavar="DIR")],
    as_of: AsOf = None,
    mode: ModeOption = Mode.INSPECTION,
    policy: PolicyFolder = None,
    formats: Annotated[list[Format] | None, typer.Option("--format", help="报告格式，可以给多个；默认 json")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="用几个进程；默认每个处理器一个", metavar="N")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", help="一份档案最多检查多少秒；默认不限", metavar="SECONDS")
    ] = None,
    totals: Annotated[
        Path | None,
        typer.Option("--totals", help="省级汇总表（.csv、.xlsx、.json），与各区档案的合计核对", metavar="FILE"),
    ] = None,
    *,
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="接着上一次做（默认）；或者不管以前的结果，全部重做")
    ] = True,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", help="在现成的 Dask 集群上做，写调度器的地址，例如 tcp://10.0.0.1:8786", metavar="ADDRESS"
        ),
    ] = None,
) -> None:
    """Check many dossiers; the help is told at the top."""
    from checker.batching import run as running
    from checker.batching.archives import Shelf
    from checker.batching.failure import told
    from checker.batching.sources import find
    from checker.batching.store import Store
    from checker.batching.summary import read_totals
    from checker.batching.working import order_of

    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise misuse(f"--workers 不能是 {workers}", f"1 至 {MOST_WORKERS}")
    if workers is not None and cluster is not None:
        raise misuse("--workers 和 --cluster 不能同时用", "集群有几个工作进程就用几个")
    if timeout is not None and not (math.isfinite(timeout) and timeout > 0):
        raise misuse(f"--timeout 不能是 {timeout:g}", "写大于 0 的秒数")
    if out.exists() and not is_folder(out):
        raise misuse(f"{out} 是文件，不是文件夹", "换一个 --out")
    wanted = tuple(dict.fromkeys(each.value for each in formats or [Format("json")]))
    table = read_totals(read_dossier(totals), named(totals)) if totals is not None else None
    site = Site.load(policy)
    order = order_of(site, _placed(policy), as_of, mode, wanted)
    with contextlib.closing(Shelf()) as shelf:
        found = find(sources, out, shelf, totals)
        total = len(found.entries) + len(found.failures)
        if found.earlier:
            more = f"等 {len(found.earlier)} 处" if len(found.earlier) > 1 else ""
            tell(f"以前批量检查的结果不当作档案：{found.earlier[0]}{more}")

        many = count(1)

        def tell_failure(failed: "Failure") -> None:
            number = next(many)
            for line in told(failed) if number <= MOST_TOLD else ():
                tell(line)
            if number == MOST_TOLD:
                tell("没有结论的很多，其余不再逐份说明，都在 failures.ndjson 里。")

        if not found.entries:
            for each in found.failures:
                tell_failure(each)
            tell(f"没有可以检查的档案，没有开始；{out} 没有改动")
            raise typer.Exit(worst(each.exit_code for each in found.failures))
        with _goes_on(fresh=not resume), Store.opened(out.absolute(), fresh=not resume) as store:
            size = min(workers or _processors(), max(1, len(found.entries)))
            with (
                _working(order, store, size, timeout, cluster) as work,
                counting(total, "检查") as progress,
            ):
                desk = running.Desk(found, store, order, tell=tell_failure, progress=progress)
                done = running.run(desk, store, site.policy, work, table)
            code = worst(running.codes(done, store))
            _conclude(done, store, out)
    raise typer.Exit(code)


@contextlib.contextmanager
def _goes_on(*, fresh: bool) -> "Iterator[None]":
    """Tell whoever stops a run that nothing of it is lost."""
    try:
        yield
    except KeyboardInterrupt:
        tell(f"做完的都留着：用同一条命令{'（去掉 --fresh）' if fresh else ''}从停下的地方接着做。")
        raise


def _placed(policy: Path | None) -> Path | None:
    """Name the pack so that every worker finds it: a shipped one by its id, any other by its whole path."""
    where = pack_folder(policy)
    return None if policy is None else Path(where.name) if where.parent == folder("policies") else where.absolute()


def _processors() -> int:
    """Say how many processors this run may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@contextlib.contextmanager
def _working(order: "Order", store: "Store", size: int, limit: float | None, cluster: str | None) -> "Iterator[Work]":
    """Give whoever does the work: processes of this machine, or the workers of a cluster."""
    from checker.batching.working import Checked, Drafted, prepare

    if cluster is None:
        from checker.batching.pool import Pool

        with Pool(partial(prepare, order, store.folder), size=size, limit=limit) as pool:
            yield pool.outcomes
        return
    try:
        from checker.batching.cluster import Cluster
    except ModuleNotFoundError as error:
        raise misuse(f"--cluster 需要 Dask，这里没有安装（缺 {error.name}）", f"安装：{EXTRA}") from error
    from checker.batching.store import draft

    def keep(found: Checked) -> Drafted:
        return Drafted(digest=found.digest, drafts=draft(store.folder, found.reports))

    with contextlib.closing(Cluster(cluster, order, limit=limit, keep=keep)) as held:
        yield held.outcomes


def _conclude(done: "Done", store: "Store", out: Path) -> None:
    """Tell people what the run came to."""
    kept = f"，其中 {done.kept} 份以前已经做完，没有变化" if done.kept else ""
    tell(f"{len(done.names)} 份档案有报告{kept}：{out / 'reports'}")
    from checker.batching.summary import lacking

    tell(f"汇总：{out / 'summary.html'} 等")
    for name, way_out in lacking().items():
        tell(f"没有写 summary.{name}，缺少所需的库。\n  → {way_out}")
    if done.failures:
        tell(f"{len(done.failures)} 份没有结论：{out / 'batch' / 'failures.ndjson'}")
    strangers = store.strangers(done.names)
    if strangers:
        tell(f"{out / 'reports'} 中有 {len(strangers)} 个文件不是这次检查的结果（如 {strangers[0]}），没有改动")
