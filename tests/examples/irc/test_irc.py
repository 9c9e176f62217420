"""The example on IRC: what a line means, who moderates, and connections that are refused or lost."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app.app import App
from bot.chat.events import Message, Typed
from bot.commands.context import Services
from bot.operating.adapter import CannotServeError, Serving
from examples.irc import app as irc
from examples.irc.events import event_of, line_of, place_of
from tests.adapters.contract.harness import Watch
from tests.examples.irc.harness import CHANNEL, KIM, IrcStage, no_stores, served, settings
from tests.examples.irc.server import IrcServer
from tests.program import environment

ROOT = Path(__file__).parents[3]
LINES_LIMIT = 250
START_SECONDS = 120


@pytest.mark.parametrize(
    ("raw", "event", "words"),
    [
        (f"PRIVMSG {CHANNEL} :what is ijm", Message, "what is ijm"),
        (f"PRIVMSG {CHANNEL} :BOT: what is \x02ijm\x0f", Message, "what is ijm"),
        (f"PRIVMSG {CHANNEL} :!ijm  outcomes", Typed, " outcomes"),
        (f"PRIVMSG {CHANNEL} :bot, !ijm-mod schedule {CHANNEL} daily", Typed, f"schedule irc:{CHANNEL} daily"),
        (f"PRIVMSG {CHANNEL} :!ijm-mod forget person:@Ada a@b #1", Typed, "forget person:irc:ada a@b irc:#1"),
        ("PRIVMSG bot :!ijm fact", Typed, "fact"),
        ("PRIVMSG bot hi", Message, "hi"),
        ("PRIVMSG bot :\x01VERSION\x01", None, ""),
        (f"NOTICE {CHANNEL} :bot: what is ijm", None, ""),
        (f"PRIVMSG {CHANNEL} : ", None, ""),
        ("PRIVMSG", None, ""),
        (f"JOIN {CHANNEL}", None, ""),
    ],
)
def test_a_line_becomes_an_event(raw: str, event: type | None, words: str) -> None:
    found = event_of(line_of(f":kim!u@h {raw}\r\n"), "bot")
    assert type(found) is (event or type(None))
    match found:
        case Message(text=said) | Typed(line=said):
            assert said == words
            assert found.place == place_of(CHANNEL if CHANNEL in raw.split(" ")[1] else "Kim")


@pytest.mark.parametrize(("raw", "addressed"), [("bot: hi", True), ("bot hi", False), ("hi bot:", False)])
def test_a_message_in_a_channel_is_addressed_by_the_name_at_its_beginning(raw: str, addressed: bool) -> None:
    found = event_of(line_of(f":kim!u@h PRIVMSG {CHANNEL} :{raw}"), "bot")
    assert isinstance(found, Message)
    assert found.addressed is addressed


async def staged(app: App, watch: Watch, server: IrcServer, task: "asyncio.Task[None]") -> IrcStage:
    """The stage, when the bot knows who has powers."""
    stage = IrcStage(server, task, watch)
    await stage.settle()
    return stage


async def test_an_operator_of_the_channel_moderates_until_the_server_says_otherwise(services: Services) -> None:
    watch = Watch()
    app = App(replace(services, metrics=watch))
    async with IrcServer() as server:
        server.operators.add(KIM)
        async with served(app, server) as task:
            stage = await staged(app, watch, server, task)
            await stage.command("ijm-mod", "settings")
            await stage.settle()
            assert any("moderators" in line for line in stage.seen_by_member())
            assert stage.seen_by_all() == []
            server.operators.clear()
            server.send(f":ada!u@h MODE {CHANNEL} -o {KIM}")
            before = len(server.said)
            await stage.command("ijm-mod", "settings")
            await stage.settle()
            assert "or you can't use it" in server.said[before][1]


@pytest.mark.parametrize("gone", [f"PART {CHANNEL}", "QUIT :bye", "NICK somebody", f"KICK {CHANNEL} {KIM} :bye"])
async def test_who_takes_the_name_of_an_operator_that_left_has_no_powers(services: Services, gone: str) -> None:
    watch = Watch()
    app = App(replace(services, metrics=watch))
    async with IrcServer() as server:
        server.operators.add(KIM)
        async with served(app, server) as task:
            stage = await staged(app, watch, server, task)
            server.send(f":{KIM}!u@h {gone}")
            await stage.command("ijm-mod", "settings")
            await stage.settle()
            assert "or you can't use it" in server.said[0][1]


async def test_a_form_is_filled_in_alone_and_acts_in_the_channel(services: Services) -> None:
    watch = Watch()
    app = App(replace(services, metrics=watch))
    async with IrcServer() as server:
        server.operators.add(KIM)
        async with served(app, server) as task:
            stage = await staged(app, watch, server, task)
            await stage.command("ijm-mod", "schedule", zone="utc")
            await stage.settle()
            assert any("Start it" in line for line in stage.seen_by_member())
            await stage.press("Start it")
            await stage.settle()
            assert len(await services.store.schedules(stage.community)) == 1


async def test_a_name_that_is_taken_is_changed(app: App) -> None:
    async with IrcServer() as server:
        server.taken.add("ijm-answers")
        async with served(app, server):
            assert server.nick == "ijm-answers_"


async def test_a_connection_that_breaks_is_made_again(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(irc, "AGAIN_SECONDS", 0)
    async with IrcServer() as server, served(app, server):
        server.drop()
        server.joined.clear()
        await server.until_joined(CHANNEL)
        server.say(KIM, server.nick, "How long do aftercare programs last?")
        assert server.connections == 2


async def test_a_server_that_refuses_the_bot_is_told_in_words(app: App) -> None:
    serving = Serving(passive=False, oauth_stores=no_stores, connect="")
    async with IrcServer("Bad password") as server:
        with pytest.raises(CannotServeError, match=r"Bad password\. Check IRC_SERVER"):
            await irc.serve(app, settings(server), serving)
    with pytest.raises(CannotServeError, match="IRC_PORT"):
        await irc.serve(app, settings(server), serving)


def test_the_example_is_small() -> None:
    sizes = [len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "examples" / "irc").glob("*.py")]
    assert sum(sizes) <= LINES_LIMIT


@pytest.mark.slow
async def test_one_word_in_the_composition_root_serves_it(tmp_path: Path) -> None:
    """Outside its folder nothing else changes: its settings, its sentence on connecting, and serving come from it."""
    root = (ROOT / "bot" / "__main__.py").read_text(encoding="utf-8")
    changed = root.replace('"adapters.slack"', '"adapters.slack", "examples.irc"')
    assert sum(before != after for before, after in zip(root.splitlines(), changed.splitlines(), strict=True)) == 1
    program = tmp_path / "with_irc.py"
    program.write_text(changed, encoding="utf-8")
    async with IrcServer() as server:
        given = {"IRC_SERVER": "127.0.0.1", "IRC_PORT": str(server.port), "IRC_TLS": "false", "IRC_CHANNELS": CHANNEL}
        variables = environment(f"sqlite:///{tmp_path / 'store.sqlite3'}", **given)
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(program), "run", cwd=tmp_path, env=variables, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                await server.until_joined(CHANNEL)
            server.say(KIM, server.nick, "How long do aftercare programs last?")
            await server.until_said("Source:")
            process.terminate()
            _, log = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        assert process.returncode == 0, log.decode()
        assert "Ready on IRC" in log.decode()
    shown = await asyncio.create_subprocess_exec(
        sys.executable, str(program), "settings", "--as", "env", cwd=tmp_path, env=variables,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await shown.communicate()
    assert "#IRC_CHANNELS=" in printed.decode()
