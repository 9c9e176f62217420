"""Slack over HTTP, from a signed request to its answer: the bot beside a bare slack-bolt "hello"."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from time import perf_counter

from knowledge.pack.files import pack_folder
from tests.benchmarks.figures import Figure, cpu_seconds, percentile
from tests.benchmarks.load.rounds import Round, ratio
from tests.benchmarks.load.slack_load import SECRET, TOKEN, Load, load
from tests.program import ON_SLACK, ROOT, Program, begun, environment, free_port

WARM_UP = 300
REQUESTS = 1_500
# Rounds of each, taken in turn, so that what else the machine does hits both.
ROUNDS = 3
START_SECONDS = 30
GOAL = 0.8


def questions() -> list[str]:
    """What people ask, as they type it."""
    lines = (pack_folder() / "practice_questions" / "students.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["q"] for line in lines]


@asynccontextmanager
async def hello(made: Load) -> AsyncIterator[tuple[int, int]]:
    """The floor's process and port."""
    port = free_port()
    variables = environment("", PORT=str(port), **_settings(made))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.load.slack_hello",
        cwd=ROOT,
        env=variables,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        await _listening(process, port)
        yield process.pid, port
    finally:
        process.kill()
        await process.wait()


def _settings(made: Load) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": made.api_url,
        "SLACK_HTTP_HOST": "127.0.0.1",
    }


def ours(folder: Path, made: Load) -> AbstractAsyncContextManager[Program]:
    """The bot, with its SQLite file in a folder, as the load's Slack knows it."""
    variables = environment(f"sqlite:///{folder / 'slack.sqlite3'}", **_settings(made))
    return begun(folder, variables, "--slack-http", "0")


async def _listening(process: Process, port: int) -> None:
    async with asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
    raise AssertionError("the floor did not start")


async def _round(made: Load, pid: int, port: int, asked: list[str]) -> Round:
    before, begun_at = cpu_seconds(pid), perf_counter()
    taken = await made.run(port, asked, REQUESTS)
    seconds = perf_counter() - begun_at
    return Round(REQUESTS / seconds, percentile(taken, 0.99), (cpu_seconds(pid) - before) / REQUESTS)


async def measure(folder: Path) -> list[Figure]:
    """The figures of a command with a stored answer and of questions, beside those of the floor."""
    stored, asked = ["outcomes"], questions()
    commands: list[Round] = []
    answers: list[Round] = []
    floor: list[Round] = []
    async with (
        load() as made,
        ours(folder, made) as program,
        hello(made) as (pid, port),
    ):
        our_port = int((await program.said(ON_SLACK))[1].rpartition(":")[2])
        for warmed in (our_port, port):
            await made.run(warmed, asked, WARM_UP)
        for _ in range(ROUNDS):
            commands.append(await _round(made, program.process.pid, our_port, stored))
            floor.append(await _round(made, pid, port, asked))
            answers.append(await _round(made, program.process.pid, our_port, asked))
    return [
        *ratio("Slack over HTTP, a command", "requests", commands, floor, GOAL),
        *ratio("Slack over HTTP, a question", "requests", answers, floor, GOAL),
    ]
