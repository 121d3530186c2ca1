"""Why no paper is made: of a projection, which proves nothing, and on a day before the facts."""

from datetime import date

from checker.errors import MisuseError, Place, Problem
from checker.model import Report
from checker.reporting.wording import chinese_day


def misuse(file: str, message: str, suggestion: str) -> MisuseError:
    """Give the error of a paper that can't be made of that file."""
    return MisuseError([Problem(message=message, place=Place(file=file), suggestion=suggestion)])


def refuse_projection(report: Report, purpose: str) -> None:
    """Refuse a report on a later day than the dossier speaks of."""
    if report.projected:
        raise misuse(
            report.dossier.file,
            f"检查基准日{chinese_day(report.as_of)}晚于档案所载的{chinese_day(report.dossier.as_of)}，"
            f"结论属于推算，不能据以{purpose}",
            "以档案记载之日为检查基准日重新检查，或先更新档案",
        )


def refuse_early(report: Report, issued_on: date | None, name: str, way_out: str) -> None:
    """Refuse a day on a paper, called *name*, that comes before the facts."""
    if issued_on is not None and issued_on < report.as_of:
        message = f"{name}{chinese_day(issued_on)}早于检查基准日{chinese_day(report.as_of)}"
        raise misuse(report.dossier.file, message, way_out)
