"""How many steps the two commonest tasks of a moderator take, on each platform.

A command, a press, a choice and a form that is sent are a step each; typing is none.
"""

from collections.abc import AsyncIterator

import pytest

from adapters.console.events import HERE, OPERATOR
from bot.app.app import App
from bot.chat.events import Press, Submit, Typed
from bot.chat.replies import Reply
from tests.adapters.discord.running import Chat, labels, menu_of, served
from tests.people import form_of, values_in
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

UNKNOWN = "what is the parking fee at the gala in april"
ANSWER = {"answer": "Five dollars, in 2026.", "topic": "about", "source": "Gala leaflet\n2026"}
# What the issue allows: from an unanswered question to its answer, and for a typing error in an answer.
ANSWERED, MENDED = 4, 3
ENTRY = "prevention"


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with DiscordServer() as server:
        made = Chat(server)
        async with served(app, server):
            yield made


@pytest.mark.slow
async def test_on_discord(chat: Chat) -> None:
    asked = await chat.slash("ijm ask", {"question": UNKNOWN})
    assert "don't know" in asked.text
    steps = 0

    used = await chat.server.slash(chat.head, chat.world.channel, "ijm-mod review")
    steps += 1
    listed = await used.answered()
    value = next(value for label, value in menu_of(listed) if UNKNOWN[:20] in label)
    opened = await chat.server.select(listed, "menu", [value], chat.head)
    steps += 1
    sent = await chat.server.submit_modal(opened, {**ANSWER, "topic": ["about"]})
    steps += 1
    preview = await sent.answered()
    save = next(each for each in labels(preview) if each.startswith("Save"))
    assert "Saved" in (await chat.press(preview, save, chat.head)).text
    steps += 1
    assert steps <= ANSWERED
    assert "Five dollars" in (await chat.slash("ijm ask", {"question": UNKNOWN})).text

    steps = 0
    opened = await chat.server.slash(chat.head, chat.world.channel, "ijm-mod edit", {"entry": ENTRY})
    steps += 1
    preview = await (await chat.server.submit_modal(opened, {"answer": "Mended."})).answered()
    steps += 1
    save = next(each for each in labels(preview) if each.startswith("Save"))
    assert "Saved" in (await chat.press(preview, save, chat.head)).text
    steps += 1
    assert steps <= MENDED


@pytest.mark.slow
@pytest.mark.usefixtures("connected")
async def test_on_slack(slack: SlackServer, kim: User, ada: User, general: Channel) -> None:
    assert "don't know" in (await slack.slash(kim, general, "/ijm", UNKNOWN).message()).shown
    steps = 0

    listed = await slack.slash(ada, general, "/ijm-mod", "review").message()
    steps += 1
    menu = next(each for each in listed.elements if each["type"] == "static_select")
    value = next(each["value"] for each in menu["options"] if UNKNOWN[:20] in each["text"]["text"])
    view = await slack.press(ada, listed, menu["action_id"], value).view()
    steps += 1
    preview = await slack.submit_view(ada, view, ANSWER).message()
    steps += 1
    save = next(each for each in preview.elements if each.get("text", {}).get("text", "").startswith("Save"))
    assert "Saved" in (await slack.press(ada, preview, save["action_id"]).message()).shown
    steps += 1
    assert steps <= ANSWERED
    assert "Five dollars" in (await slack.slash(kim, general, "/ijm", UNKNOWN).message()).shown

    steps = 0
    view = await slack.slash(ada, general, "/ijm-mod", f"edit {ENTRY}").view()
    steps += 1
    preview = await slack.submit_view(ada, view, {"answer": "Mended."}).message()
    steps += 1
    save = next(each for each in preview.elements if each.get("text", {}).get("text", "").startswith("Save"))
    assert "Saved" in (await slack.press(ada, preview, save["action_id"]).message()).shown
    steps += 1
    assert steps <= MENDED


class Terminal:
    """What somebody does in the terminal, and how many steps that was."""

    def __init__(self, app: App) -> None:
        self.steps = 0
        self._app = app

    async def line(self, line: str, head: str) -> Reply:
        self.steps += 1
        return _reply(await self._app.handle(Typed(OPERATOR, HERE, line, head)))

    async def number(self, reply: Reply, label: str) -> Reply:
        self.steps += 1
        button = next(each for each in reply.choices if label in each.label)
        return _reply(await self._app.handle(Press(OPERATOR, HERE, button.action, button.value)))

    async def form(self, reply: Reply, **typed: str) -> Reply:
        self.steps += 1
        form = form_of(reply)
        return _reply(await self._app.handle(Submit(OPERATOR, HERE, form.id, values_in(form) | typed)))


def _reply(reply: object) -> Reply:
    assert isinstance(reply, Reply)
    return reply


async def test_in_the_terminal(app: App) -> None:
    assert "don't know" in (await Terminal(app).line(UNKNOWN, "ijm")).plain
    terminal = Terminal(app)
    listed = await terminal.line("review", "ijm-mod")
    preview = await terminal.form(await terminal.number(listed, UNKNOWN[:20]), **ANSWER)
    assert "Saved" in (await terminal.number(preview, "Save")).plain
    assert terminal.steps <= ANSWERED
    terminal = Terminal(app)
    preview = await terminal.form(await terminal.line(f"edit {ENTRY}", "ijm-mod"), answer="Mended.")
    assert "Saved" in (await terminal.number(preview, "Save")).plain
    assert terminal.steps <= MENDED
