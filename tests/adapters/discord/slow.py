"""A bot with commands that dawdle, break or ask for a form, by which the Discord adapter is tested."""

import asyncio
from typing import Annotated

from bot.app.app import App
from bot.chat.events import Submit
from bot.chat.replies import Button, Form, Question, Reply, text
from bot.commands.context import Context, Services
from bot.commands.declarations import About, Handlers, Registry, command

FORM = Form(
    "wish",
    "A wish",
    (Question("what", "What", lines=3, limit=200), Question("why", "Why", required=False, value="because")),
)


class Gate:
    """What slow commands wait for; `passed` counts those that did."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.passed = 0

    async def pass_through(self) -> None:
        """Wait until it is open."""
        await self.open.wait()
        self.passed += 1


def dawdling(services: Services, gate: Gate) -> App:
    """A bot whose slow commands wait at the gate."""

    @command()
    async def slow(context: Context, private: Annotated[bool, About("to you alone")] = False) -> Reply:
        """Take a while."""
        await gate.pass_through()
        return Reply((text("at last"),), (Button("Slow", "slow"), Button("Post", "share")), private)

    @command(private=True)
    async def hush(context: Context) -> Reply:
        """Take a while, privately."""
        await gate.pass_through()
        return Reply((text("hushed"),), private=True)

    @command()
    async def quick(context: Context) -> Reply:
        """Take no time."""
        gate.passed += 1
        return Reply((text("at once"),), (Button("Slow", "slow"), Button("Post", "share"), Button("Wish", "wish")))

    @command()
    async def crash(context: Context, secret: Annotated[str, About("what must not be logged")] = "") -> Reply:
        """Break."""
        raise RuntimeError("the database is gone")

    @command()
    async def hang(context: Context) -> Reply:
        """Never end."""
        await asyncio.Event().wait()
        raise AssertionError

    @command()
    async def form(context: Context) -> Reply:
        """Ask for something."""
        return Reply((), form=FORM)

    @command()
    async def late(context: Context) -> Reply:
        """Ask for something too late."""
        await gate.pass_through()
        return Reply((), form=FORM)

    async def slowly(context: Context, value: str) -> Reply:
        await gate.pass_through()
        return Reply((text("pressed"),), private=True)

    async def post(context: Context, value: str) -> Reply:
        await gate.pass_through()
        return Reply((text("posted"),))

    async def wish(context: Context, value: str) -> Reply:
        return Reply((), form=FORM)

    async def granted(context: Context, submit: Submit) -> Reply:
        return Reply((text(f"granted {len(submit.values['what'])} letters, {submit.values['why']}"),), private=True)

    commands = (slow, hush, quick, crash, hang, form, late)
    return App(
        services, Registry(commands, [Handlers({"slow": slowly, "share": post, "wish": wish}, {"wish": granted})])
    )
