"""Ten thousand questions to the real program over Slack: its memory and open descriptors before and after."""

from pathlib import Path

from bot.operating.bootstrap import library
from tests.benchmarks.figures import Figure, resident
from tests.benchmarks.load.slack_http import ours
from tests.benchmarks.load.slack_load import load
from tests.benchmarks.load.steady import fresh_questions
from tests.program import ON_SLACK

# What is remembered of texts is full after the first of these, so that what still grows is a leak.
WARM_UP, QUESTIONS = 5_000, 10_000
GROWTH_GOAL_MB = 10.0


def _descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def measure(folder: Path) -> list[Figure]:
    """The memory and the descriptors at both ends."""
    known = [entry.question for entry in library().pack.entries]
    asked = fresh_questions(known, WARM_UP + QUESTIONS)
    async with load() as made, ours(folder, made) as program:
        port, pid = int((await program.said(ON_SLACK))[1].rpartition(":")[2]), program.process.pid
        await made.run(port, asked[:WARM_UP], WARM_UP)
        memory, files = resident(pid), _descriptors(pid)
        await made.run(port, asked[WARM_UP:], QUESTIONS)
        after, files_after = resident(pid), _descriptors(pid)
    return [
        Figure(
            f"{QUESTIONS:,} questions: memory before and after",
            f"{memory:.0f} MB, {after:.0f} MB",
            "",
            f"{GROWTH_GOAL_MB:.0f} MB more at most",
            after - memory <= GROWTH_GOAL_MB,
        ),
        Figure(
            f"{QUESTIONS:,} questions: open descriptors before and after",
            f"{files}, {files_after}",
            "",
            "no more",
            files_after <= files,
        ),
    ]
