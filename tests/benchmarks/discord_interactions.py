"""Discord, from an interaction to its answer: the bot beside a bare discord.py "hello", on the local Discord of the tests."""

import asyncio
import gc
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

from tests.benchmarks.figures import Figure, cpu_seconds, percentile
from tests.benchmarks.rounds import Round, ratio
from tests.benchmarks.slack_http import GOAL, questions
from tests.program import ON_DISCORD, ROOT, START_SECONDS, begun, environment, on_discord
from tests.servers.discord_server import DiscordServer

WARM_UP = 100
INTERACTIONS = 600
ROUNDS = 3
# People who wait for an answer at the same time.
CROWD = 16


@asynccontextmanager
async def hello(server: DiscordServer) -> AsyncIterator[int]:
    """The floor's process, connected."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.discord_hello", cwd=ROOT, env=environment("", **on_discord(server)),
        stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip
    try:
        await server.gateway.identified(seconds=START_SECONDS)
        await server.synced()
        yield process.pid
    finally:
        process.kill()
        await process.wait()


async def _round(server: DiscordServer, pid: int, asked: list[str], count: int = INTERACTIONS) -> Round:
    left = iter(range(count))
    taken: list[float] = []

    async def person() -> None:
        for number in left:
            question = {"question": asked[number % len(asked)]}
            used = await server.slash(server.world.member, server.world.channel, "ijm ask", question)
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
    """The figures of both, each on a local Discord of its own in this process."""
    asked = questions()
    ours: list[Round] = []
    floor: list[Round] = []
    async with DiscordServer() as mine, DiscordServer() as its, hello(its) as pid:
        variables = environment(f"sqlite:///{folder / 'discord.sqlite3'}", **on_discord(mine))
        async with begun(folder, variables) as program:
            await program.said(ON_DISCORD)
            for server, warmed in ((mine, program.process.pid), (its, pid)):
                await _round(server, warmed, asked, WARM_UP)
            for _ in range(ROUNDS):
                ours.append(await _round(mine, program.process.pid, asked))
                floor.append(await _round(its, pid, asked))
    return ratio("Discord", "interactions", ours, floor, GOAL)
