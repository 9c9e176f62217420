"""Discord, from an interaction to its answer: the bot beside a bare discord.py "hello", on the local Discord of the tests."""

import asyncio
import gc
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.benchmarks.figures import Figure, cpu_seconds, percentile
from tests.benchmarks.load.rounds import Round, ratio
from tests.benchmarks.load.slack_http import GOAL, questions
from tests.program import ON_DISCORD, ROOT, START_SECONDS, begun, environment, on_discord
from tests.servers.discord.server import DiscordServer

WARM_UP = 100
INTERACTIONS = 600
ROUNDS = 3
# People who wait for an answer at the same time.
CROWD = 16


@asynccontextmanager
async def hello(server: DiscordServer) -> AsyncIterator[int]:
    """The floor's process, connected."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.load.discord_hello", cwd=ROOT, env=environment("", **on_discord(server)),
        stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip
    try:
        await server.gateway.identified(seconds=START_SECONDS)
        await server.synced()
        yield process.pid
    finally:
        process.kill()
        await process.wait()


@dataclass(frozen=True, slots=True)
class Uses:
    """A command, and what it is given, in turn."""

    command: str
    options: Sequence[dict[str, str]]


async def _round(server: DiscordServer, pid: int, uses: Uses, count: int = INTERACTIONS) -> Round:
    left = iter(range(count))
    taken: list[float] = []

    async def person() -> None:
        for number in left:
            options = uses.options[number % len(uses.options)]
            used = await server.slash(server.world.member, server.world.channel, uses.command, options)
            taken.append((await used.responded()).elapsed)

    # What the local Discord keeps of a round is thrown away after it: looking through it meanwhile would only slow it.
    gc.collect()
    gc.disable()
    before, begun_at = cpu_seconds(pid), perf_counter()
    await asyncio.gather(*(person() for _ in range(CROWD)))
    rate = count / (perf_counter() - begun_at)
    gc.enable()
    server.calls.clear()
    return Round(rate, percentile(taken, 0.99), (cpu_seconds(pid) - before) / count)


async def measure(folder: Path) -> list[Figure]:
    """The figures of a command with a stored answer and of questions, each bot on a local Discord of its own here."""
    hello_there, stored = Uses("ijm ask", [{"question": "hello"}]), Uses("ijm outcomes", [{}])
    asked = Uses("ijm ask", [{"question": question} for question in questions()])
    commands: list[Round] = []
    answers: list[Round] = []
    floor: list[Round] = []
    async with DiscordServer() as mine, DiscordServer() as its, hello(its) as pid:
        variables = environment(f"sqlite:///{folder / 'discord.sqlite3'}", **on_discord(mine))
        async with begun(folder, variables) as program:
            await program.said(ON_DISCORD)
            bot = program.process.pid
            for server, process, uses in ((mine, bot, stored), (mine, bot, asked), (its, pid, hello_there)):
                await _round(server, process, uses, WARM_UP)
            for _ in range(ROUNDS):
                commands.append(await _round(mine, bot, stored))
                floor.append(await _round(its, pid, hello_there))
                answers.append(await _round(mine, bot, asked))
    return [
        *ratio("Discord, a command", "interactions", commands, floor, GOAL),
        *ratio("Discord, a question", "interactions", answers, floor, GOAL),
    ]
