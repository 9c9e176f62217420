"""The scaled topology as plain processes on loopback, begun, used, broken and ended: `make topology`.

PostgreSQL; two Slack replicas over HTTP behind a reverse proxy; two processes that share Discord's shards; a local
Slack and a local Discord with people in them.
"""

import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.adapters.discord.running import SURE, Chat
from tests.adapters.slack.running import label_of
from tests.program import ON_DISCORD, ON_SLACK, Program, begun, environment, on_discord, on_slack
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Channel as DiscordChannel
from tests.servers.postgres import interruptible_postgres
from tests.servers.proxy import Proxy, proxy_to
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

SHARDS = 2
REPLICAS = 2
QUESTIONS = 20
# Of the entry that answers SURE.
ENTRY = "aftercare-duration"
OWN_ANSWER = "In our city it takes as long as it takes; ask the chapter's leaders."


@dataclass(frozen=True, slots=True)
class Topology:
    """What runs: the programs, where each Slack replica listens, the proxy before them, and who is on the platforms."""

    slack: SlackServer
    discord: DiscordServer
    proxy: Proxy
    replicas: tuple[Program, ...]
    urls: tuple[str, ...]
    shards: tuple[Program, ...]
    member: User
    admin: User
    channel: Channel
    guilds: tuple[DiscordChannel, ...]

    async def ask(self) -> str:
        """What a member on Slack reads, asking over whatever way is set. Raises AssertionError if there is no answer."""
        asked = self.slack.slash(self.member, self.channel, "/ijm", SURE)
        answer = await asked.message()
        await asked.ack()
        return answer.shown

    def through(self, url: str) -> None:
        """What people on Slack do comes to that address from now on."""
        path = "/slack/events"
        if self.slack.http is None:
            self.slack.serve_over_http(f"{url}{path}")
        else:
            self.slack.http.url = f"{url}{path}"


@asynccontextmanager
async def topology(folder: Path) -> AsyncIterator[Topology]:
    """Everything, ready; what still runs at the end is killed."""
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(interruptible_postgres())
        url = postgres.server.create_database("ijm")
        slack = await stack.enter_async_context(SlackServer(retry_delays=(0.0, 0.0)))
        discord = await stack.enter_async_context(DiscordServer(shards=SHARDS))
        world = discord.world
        guilds = [
            world.add_guild(f"On shard {number}", world.owner, shard=(number, SHARDS)) for number in range(SHARDS)
        ]
        member, admin = (
            slack.world.add_user(slack.team, "kim"),
            slack.world.add_user(slack.team, "ada", is_admin=True),
        )
        slack_variables, discord_variables = (
            environment(url, **on_slack(slack)),
            environment(url, **on_discord(discord)),
        )
        replicas = [
            await stack.enter_async_context(begun(folder, slack_variables, "--slack-http", "0"))
            for _ in range(REPLICAS)
        ]
        shards = [
            await stack.enter_async_context(
                begun(
                    folder, {**discord_variables, "DISCORD_SHARD_COUNT": str(SHARDS), "DISCORD_SHARD_IDS": str(number)}
                )
            )
            for number in range(SHARDS)
        ]
        urls = tuple([(await replica.said(ON_SLACK))[1] for replica in replicas])
        for shard in shards:
            await shard.said(ON_DISCORD)
        proxy = await stack.enter_async_context(proxy_to(urls))
        made = Topology(
            slack,
            discord,
            proxy,
            tuple(replicas),
            urls,
            tuple(shards),
            member,
            admin,
            slack.world.add_channel(slack.team, "general", member, admin),
            tuple(world.add_channel(guild, "general") for guild in guilds),
        )
        for guild in guilds:
            discord.gateway.join(guild)
        made.through(proxy.url)
        yield made


async def edit(made: Topology) -> None:
    """Give the entry another answer on Slack, over whatever way is set: a form, a preview, and Save."""
    form = await made.slack.slash(made.admin, made.channel, "/ijm-mod", f"edit {ENTRY}").view()
    preview = await made.slack.submit_view(made.admin, form, {"answer": OWN_ANSWER}).message()
    button = next(label for label in ("Save", "Save anyway") if f"\n{label}\n" in preview.shown)
    saved = await made.slack.press(made.admin, preview, label_of(preview, button)).message()
    _expect("Saved" in saved.shown, f"the edit was not saved: {saved.shown}")


async def use(made: Topology, say: Callable[[str], None]) -> None:
    """Use it as people do, edit an entry, kill a replica, and end the rest. Raises RuntimeError with what failed."""
    for _ in range(QUESTIONS):
        _expect("2 years" in await made.ask(), "a question on Slack was not answered")
    served = [made.proxy.served[url] for url in made.urls]
    _expect(all(served), f"not every replica answered: {served}")
    say(
        f"{QUESTIONS} questions through the proxy were answered, {served[0]} by one replica and {served[1]} by the other"
    )

    chat = Chat(made.discord)
    for channel in made.guilds:
        post = await chat.slash("ijm ask", {"question": SURE}, made.discord.world.owner, channel)
        _expect("2 years" in post.text, "a question on Discord was not answered")
    identified = sorted(each.shard for each in made.discord.gateway.identifies)
    _expect(identified == [(number, SHARDS) for number in range(SHARDS)], f"shards: {identified}")
    say(f"{SHARDS} Discord servers were answered, each by the process that has its shard")

    made.through(made.urls[0])
    await edit(made)
    made.through(made.urls[1])
    _expect(OWN_ANSWER in await made.ask(), "the other replica does not know of the edit")
    say("an entry was edited at one replica, and the other one answered with it at the next question")
    post = await chat.slash("ijm ask", {"question": SURE}, made.discord.world.owner, made.guilds[0])
    _expect("2 years" in post.text, "another community sees the edit")
    say("the community on Discord still has its own answer")

    made.through(made.proxy.url)
    await made.replicas[0].end(signal.SIGKILL)
    for _ in range(QUESTIONS):
        _expect(OWN_ANSWER in await made.ask(), "a question was not answered after a replica was killed")
    say(f"one replica was killed, and {QUESTIONS} more questions through the proxy were answered by the other")

    ended = await asyncio.gather(*(program.end() for program in (*made.replicas[1:], *made.shards)))
    _expect(not any(ended), f"exit statuses: {ended}")
    say("the others were asked to end, and did")


def _expect(so: bool, otherwise: str) -> None:
    if not so:
        raise RuntimeError(otherwise)


async def main() -> None:
    """Do it all once, and say so."""
    began = monotonic()

    def say(what: str) -> None:
        print(f"{monotonic() - began:6.1f} s  {what}", flush=True)

    with tempfile.TemporaryDirectory(prefix="topology-") as folder:
        say("starting PostgreSQL, two Slack replicas behind a proxy, and two processes for Discord's shards ...")
        async with topology(Path(folder)) as made:
            say(f"ready: Slack at {made.proxy.url}, behind it {' and '.join(made.urls)}")
            await use(made, say)
    say("all well")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (RuntimeError, AssertionError, TimeoutError) as error:
        sys.exit(f"Failed: {error}")
