"""Prints what a benchmark knows beside its times."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    session = getattr(terminalreporter.config, "_benchmarksession", None)
    rows = [bench for bench in getattr(session, "benchmarks", []) if bench.extra_info]
    if rows:
        terminalreporter.section("beside the times")
    for bench in rows:
        told = ", ".join(f"{name}: {value}" for name, value in bench.extra_info.items())
        terminalreporter.write_line(f"{bench.name:<40} median {1000 * bench.stats.median:.2f} ms, {told}")
