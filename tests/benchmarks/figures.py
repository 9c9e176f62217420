"""What benches measure with: percentiles, a process's time and memory, and the table that comes of it."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `met` says whether the goal is reached, None where there is no goal."""

    what: str
    ours: str
    floor: str = ""
    goal: str = ""
    met: bool | None = None


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which that share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has taken, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int | str = "self") -> float:
    """The memory of a process that is in use (RSS), in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024 / MEGABYTE


def machine() -> str:
    """The machine in general terms, and how busy it was with other things."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    cores = len(os.sched_getaffinity(0))
    return f"{platform.system()} on {platform.machine()}, {cores} cores, {memory:.0f} GB; load {os.getloadavg()[1]:.1f}"


def show(figures: Sequence[Figure]) -> None:
    """Print the table, as Markdown rows that docs/benchmarks.md can take over."""
    table = Table("what", "ours", "floor", "goal", "", title="make bench", title_justify="left")
    for each in figures:
        table.add_row(each.what, each.ours, each.floor, each.goal, {None: "", True: "met", False: "MISSED"}[each.met])
    Console(width=150).print(table)
