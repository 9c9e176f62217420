"""How long the real program takes from its start until it is ready on both platforms, and the memory that it then has."""

from pathlib import Path
from time import perf_counter

from tests.adapters.slack.running import SURE
from tests.benchmarks.figures import Figure, cpu_seconds, percentile, resident
from tests.program import ON_DISCORD, ON_SLACK, begun, environment, on_discord, on_slack
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.server import SlackServer

TIMES = 3
READY_GOAL, MEMORY_GOAL = 2.0, 230
# What people ask before the memory is looked at, so that nothing is left to be loaded.
QUESTIONS = 50


async def measure(folder: Path) -> list[Figure]:
    """The figures: the first start makes the database, the others find it."""
    ready: list[float] = []
    processor: list[float] = []
    memory: list[float] = []
    for _ in range(TIMES + 1):
        async with SlackServer() as slack, DiscordServer() as discord:
            kim = slack.world.add_user(slack.team, "kim")
            general = slack.world.add_channel(slack.team, "general", kim)
            variables = environment(f"sqlite:///{folder / 'start.sqlite3'}", **on_slack(slack), **on_discord(discord))
            begun_at = perf_counter()
            async with begun(folder, variables, "--slack-http", "0") as program:
                url = (await program.said(ON_SLACK))[1]
                # Shards are ready 2 s after the last server was told of: discord.py waits for more of them.
                await program.said(r"(?s)has connected to Gateway|Ready on Discord")
                ready.append(perf_counter() - begun_at)
                processor.append(cpu_seconds(program.process.pid))
                await program.said(ON_DISCORD)
                slack.serve_over_http(f"{url}/slack/events")
                for _ in range(QUESTIONS):
                    await slack.slash(kim, general, "/ijm", SURE).message()
                memory.append(resident(program.process.pid))
    took, held = percentile(ready[1:], 0.5), percentile(memory[1:], 0.5)
    return [
        Figure(
            "Start until ready on both platforms", f"{took:.1f} s", "", f"under {READY_GOAL:.0f} s", took < READY_GOAL
        ),
        Figure("Start: processor time of it", f"{percentile(processor[1:], 0.5):.1f} s"),
        Figure("The very first start", f"{ready[0]:.1f} s", "", f"under {READY_GOAL:.0f} s", ready[0] < READY_GOAL),
        Figure("Memory with both, 31 entries", f"{held:.0f} MB", "", f"under {MEMORY_GOAL} MB", held < MEMORY_GOAL),
    ]
