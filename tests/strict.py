"""Let a run with a skipped test fail: a test that did not run has shown nothing.

`tests/run.sh` loads this plugin; a bare `pytest` does without.
"""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which a test, a module or a subtest was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if isinstance(reporter, pytest.TerminalReporter) and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why the run fails, below the list of what was skipped."""
    if terminalreporter.stats.get("skipped"):
        terminalreporter.write_sep("=", "no test may be skipped: the run fails", red=True)
