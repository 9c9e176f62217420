"""Scenes to take pictures of: what a person does on the local Discord and Slack, and what the adapters send there."""

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any

from bot.app.app import App
from tests.adapters.discord.running import Chat, served
from tests.adapters.slack.running import label_of, over_socket_mode
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.posts import Post
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import World
from tests.servers.slack.deliveries import Delivery
from tests.servers.slack.rules.values import Message, View
from tests.servers.slack.server import SlackServer

SURE = "how long does aftercare last?"
UNSURE = "what happened in asia"
DANGER = "my boss took my passport and won't let me leave"
UNKNOWN = "how much is parking at the gala?"
ANSWER = {
    "question": "What does parking at the gala cost?",
    "phrasings": UNKNOWN,
    "answer": "Five dollars, in 2026.",
    "source": "Gala leaflet\n2026",
}
STUDENT, MODERATOR = "Student", "Moderator"

Json = dict[str, Any]


@dataclass
class Scene:
    """What one picture shows, from top to bottom, as plain values for the page that draws it."""

    platform: str
    name: str
    shown: list[Json] = field(default_factory=list)


def _data_url(name: str, content: bytes) -> str:
    kind = "jpeg" if name.endswith(("jpg", "jpeg")) else "png"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


class _Discord:
    """Keeps what each scene shows on Discord."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.scenes: list[Scene] = []

    def begin(self, name: str) -> None:
        self.scenes.append(Scene("discord", name))

    def said(self, text: str) -> None:
        self.scenes[-1].shown.append({"kind": "said", "author": STUDENT, "text": text, "mention": True})

    def post(self, post: Post, author: str = STUDENT, command: str = "") -> Post:
        uploads = self.chat.server.state.messages.uploads
        images = {
            each["filename"]: _data_url(each["filename"], uploads[each["id"]].content)
            for each in post.json["attachments"]
        }
        # Copied, because a later edit changes the message in place.
        message = json.loads(json.dumps(post.json))
        self.scenes[-1].shown.append(
            {"kind": "message", "message": message, "images": images, "author": author, "command": command}
        )
        return post

    async def form(self, opened: Interaction, filled: Json) -> None:
        self.scenes[-1].shown.append({"kind": "form", "form": await opened.modal(), "filled": filled})


async def discord(app: App) -> list[Scene]:
    """Play every scene on a local Discord."""
    world = World()
    world.guild = world.guilds[world.guild.id] = replace(world.guild, name="Campus")
    async with DiscordServer(world) as server, served(app, server):
        chat = Chat(server)
        kept = _Discord(chat)

        kept.begin("answer")
        kept.said(SURE)
        kept.post(await chat.mention(SURE))

        kept.begin("choice")
        kept.said(UNSURE)
        kept.post(await chat.mention(UNSURE))

        kept.begin("safety")
        kept.post(await chat.slash("ijm ask", {"question": DANGER}), command="/ijm ask")

        kept.begin("card")
        kept.post(await chat.slash("ijm fact", {"topic": "results", "card": "wide"}), command="/ijm fact")

        kept.begin("quiz")
        asked = kept.post(await chat.slash("ijm quiz"), command="/ijm quiz")
        kept.post(await chat.press(asked, asked.buttons[0]["label"]))

        await chat.slash("ijm ask", {"question": UNKNOWN})
        kept.begin("review")
        queue = await (await chat.server.slash(chat.head, chat.world.channel, "ijm-mod review")).answered()
        kept.post(queue, MODERATOR, "/ijm-mod review")

        kept.begin("form")
        item = await chat.press(
            queue, next(b["label"] for b in queue.buttons if b["label"].startswith("Begin")), chat.head
        )
        opened = await chat.pressed(item, "Answer it", chat.head)
        filled = {**ANSWER, "topic": ["about"]}
        await kept.form(opened, filled)

        kept.begin("preview")
        kept.post(await (await chat.server.submit_modal(opened, filled)).answered(), MODERATOR)
        return kept.scenes


class _Slack:
    """Keeps what each scene shows on Slack."""

    def __init__(self, server: SlackServer) -> None:
        self.server = server
        self.scenes: list[Scene] = []

    def begin(self, name: str) -> None:
        self.scenes.append(Scene("slack", name))

    def said(self, text: str) -> None:
        self.scenes[-1].shown.append({"kind": "said", "author": STUDENT, "text": text, "mention": True})

    async def message(self, delivery: Delivery) -> Message:
        return self.show(await delivery.message())

    def show(self, message: Message) -> Message:
        images = [
            {"url": _data_url(file["name"], self.server.world.files[file["id"]]["content"]), "alt": file["alt_txt"]}
            for file in message.files
        ]
        self.scenes[-1].shown.append(
            {"kind": "message", "message": message.payload(), "ephemeral": bool(message.ephemeral_to), "images": images}
        )
        return message

    def form(self, view: View, filled: Json) -> None:
        self.scenes[-1].shown.append({"kind": "form", "form": view.body, "filled": filled})


async def slack(app: App) -> list[Scene]:
    """Play every scene on a local Slack."""
    async with SlackServer() as server, over_socket_mode(app, server):
        student = server.world.add_user(server.team, STUDENT)
        moderator = server.world.add_user(server.team, MODERATOR, is_admin=True)
        channel = server.world.add_channel(server.team, "general", student, moderator)
        kept = _Slack(server)

        kept.begin("answer")
        kept.said(SURE)
        await kept.message(server.mention(student, channel, SURE))

        kept.begin("choice")
        kept.said(UNSURE)
        await kept.message(server.mention(student, channel, UNSURE))

        kept.begin("safety")
        await kept.message(server.slash(student, channel, "/ijm", DANGER))

        kept.begin("card")
        for change in await server.mention(student, channel, "fact results card:wide").changes(2):
            if change.message is not None:
                kept.show(change.message)

        kept.begin("quiz")
        asked = await kept.message(server.slash(student, channel, "/ijm", "share quiz"))
        pick = next(each for each in asked.elements if str(each["action_id"]).startswith("quizpick:"))
        await kept.message(server.press(student, asked, pick["action_id"]))

        await server.slash(student, channel, "/ijm", UNKNOWN).message()
        kept.begin("review")
        queue = await kept.message(server.slash(moderator, channel, "/ijm-mod", "review"))

        kept.begin("form")
        begin = next(each for each in queue.elements if each.get("text", {}).get("text", "").startswith("Begin"))
        item = await server.press(moderator, queue, begin["action_id"]).message()
        view = await server.press(moderator, item, label_of(item, "Answer it")).view()
        filled = {**ANSWER, "topic": "about"}
        kept.form(view, filled)

        kept.begin("preview")
        await kept.message(server.submit_view(moderator, view, filled))
        return kept.scenes
