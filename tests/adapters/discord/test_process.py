"""The real program, with only environment variables set, against a local Discord."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands.community_settings import Setting
from bot.commands.declarations import SHORTCUTS
from knowledge.store.sql.store import SqlStore
from tests.adapters.discord.running import COVER, DANGER, SURE, Chat, labels, menu_of
from tests.program import bare_environment
from tests.servers.discord.gateway.intents import PRIVILEGED, Intent
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.server import DiscordServer

ROOT = Path(__file__).parent.parent.parent.parent
# A start builds the matching and the database; on a busy machine that takes its time.
START_SECONDS = 120
IN_A_ROW = 1_000
# As many people at once.
CROWD = 10

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


def environment(server: DiscordServer, folder: Path, **more: str) -> dict[str, str]:
    """The process's environment: the test's own without any setting of the bot, and what an operator sets."""
    return bare_environment() | {
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.api_url,
        "DISCORD_GATEWAY_URL": server.gateway_url,
        "DATABASE_URL": f"sqlite:///{folder / 'store.sqlite3'}",
        # A test's person asks more than a person.
        "IJM_PERSON_LIMIT": "off",
        "IJM_COMMUNITY_LIMIT": "off",
        **more,
    }


async def started(given: Mapping[str, str], folder: Path, *words: str) -> asyncio.subprocess.Process:
    """The program with these words behind it, in an empty folder."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, env=given, cwd=folder, stdout=pipe, stderr=pipe
    )


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server
        assert not server.violations
        assert not server.unexpected


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def process(
    server: DiscordServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program, which serves all tests here; the last one ends it."""
    folder = tmp_path_factory.mktemp("run")
    process = await started(environment(server, folder), folder, "run")
    yield process
    if process.returncode is None:
        process.kill()
        await process.communicate()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chat(server: DiscordServer, process: asyncio.subprocess.Process) -> Chat:
    """A conversation with it."""
    await server.gateway.identified(seconds=START_SECONDS)
    return Chat(server)


async def test_it_logs_in_and_registers_its_commands(chat: Chat) -> None:
    assert [each["name"] for each in await chat.server.synced()] == [
        "ijm",
        "ijm-mod",
        *(each.name for each in SHORTCUTS),
    ]
    assert chat.server.gateway.identifies[0].shard == (0, 1)


async def test_it_answers_commands(chat: Chat) -> None:
    assert "four" in (await chat.slash("ijm outcomes")).text
    referral = await chat.slash("ijm referral")
    assert "Polaris" in referral.text
    assert referral.ephemeral
    assert "2 years" in (await chat.slash("ijm ask", {"question": SURE})).text


async def test_it_completes_while_somebody_types(chat: Chat) -> None:
    used = await chat.server.autocomplete(chat.world.member, chat.world.channel, "ijm ask", "question", "cebu")
    assert (await used.choices())[0][1] == "evidence-cebu"


async def test_it_answers_buttons_and_menus(chat: Chat) -> None:
    post = await chat.slash("ijm ask", {"question": SURE})
    assert "APA citation" in (await chat.press(post, "Cite this")).text
    assert "Counted" in (await chat.press(post, "👍")).text
    assert (await chat.choose(post, menu_of(post)[0][1])).ephemeral
    await chat.pressed(post, "Delete")
    await chat.server.called("DELETE /webhooks/*")
    assert post.deleted


async def test_it_answers_the_message_command(chat: Chat) -> None:
    said = await chat.server.say(chat.world.owner, chat.world.channel, SURE)
    post = await (await chat.server.message_command(chat.world.member, said, SHORTCUTS[0].name)).answered()
    assert "2 years" in post.text
    assert "Share here" in labels(post)


async def test_it_answers_a_mention_and_a_direct_message(chat: Chat) -> None:
    assert "2 years" in (await chat.mention(SURE)).text
    assert "2 years" in (await chat.mention(SURE, chat.world.thread)).text
    said = await chat.server.say(chat.world.member, chat.world.dm, SURE)
    assert "2 years" in (await chat.server.posted(chat.world.dm, after=said)).text
    assert (await chat.mention(DANGER)).text == COVER


async def test_it_answers_a_thousand_interactions_in_a_row_without_an_error(chat: Chat) -> None:
    paths = [
        ("ijm outcomes", {}),
        ("ijm ask", {"question": SURE}),
        ("ijm referral", {}),
        ("ijm ask", {"question": "wich contries dose ijm wrok in", "private": True}),
        ("ijm fact", {}),
    ]

    async def one(number: int) -> Interaction:
        path, options = paths[number % len(paths)]
        user, channel = chat.world.member, chat.world.channel
        if number % 7 == 0:
            return await chat.server.autocomplete(user, channel, "ijm ask", "question", "how long")
        return await chat.server.slash(user, channel, path, options)

    async def person(first: int) -> list[Interaction]:
        used = []
        for number in range(first, IN_A_ROW, CROWD):
            used.append(await one(number))
            await used[-1].responded()
        return used

    used = [each for person_used in await asyncio.gather(*map(person, range(CROWD))) for each in person_used]
    assert len(used) == IN_A_ROW
    assert not [each for each in used if each.refused]
    assert all("something went wrong" not in (each.original.text if each.original else "") for each in used)


async def test_it_ends_cleanly_when_asked(chat: Chat, process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    began = b""
    async with asyncio.timeout(START_SECONDS):
        while b"Ready on Discord" not in began:
            began += await process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    _, written = await asyncio.wait_for(process.communicate(), START_SECONDS)
    log = (began + written).decode()
    assert process.returncode == 0
    assert "Stopped." in log
    for never in ("Traceback", "ERROR", SURE, "passport", chat.server.token, chat.world.member.id):
        assert never not in log
    assert chat.server.gateway.live == []


async def passive_somewhere(address: str) -> None:
    """Switch passive answering on in some channel of the database at that address."""
    store = SqlStore(address)
    await store.migrate()
    await store.set_place_setting(
        "discord:guild/1", "discord:channel/1", Setting.PASSIVE, True, by="x", now=datetime.now(UTC)
    )
    await store.close()


async def test_what_it_cannot_start_with_ends_with_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        # The intent is asked for only because passive answering is on somewhere.
        server.gateway.granted = PRIVILEGED & ~Intent.MESSAGE_CONTENT
        passive = {"DATABASE_URL": f"sqlite:///{tmp_path / 'passive.sqlite3'}"}
        await passive_somewhere(passive["DATABASE_URL"])
        said = {
            "Error: Discord refuses DISCORD_TOKEN.": {"DISCORD_TOKEN": "wrong"},
            "Error: Discord refuses the message content intent": passive,
        }
        processes = [await started(environment(server, tmp_path, **more), tmp_path, "run") for more in said.values()]
        logs = await asyncio.wait_for(asyncio.gather(*(each.communicate() for each in processes)), START_SECONDS)
        assert [each.returncode for each in processes] == [1, 1]
        for sentence, (_, log) in zip(said, logs, strict=True):
            assert sentence in log.decode()
            assert "Traceback" not in log.decode()


async def test_the_manifest_is_what_is_registered_and_the_link_installs_it(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        given = environment(server, tmp_path, DISCORD_APPLICATION_ID="123")
        manifest, invite = [await started(given, tmp_path, *words) for words in (["manifest", "discord"], ["invite"])]
        printed, _ = await asyncio.wait_for(manifest.communicate(), START_SECONDS)
        link, _ = await asyncio.wait_for(invite.communicate(), START_SECONDS)
        assert server.calls == []
    assert [each["name"] for each in json.loads(printed)] == ["ijm", "ijm-mod", *(each.name for each in SHORTCUTS)]
    assert link.decode().startswith(
        "https://discord.com/oauth2/authorize?client_id=123&scope=bot+applications.commands"
    )
