"""From what the real discord.py received to events."""

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from adapters.discord.events import interaction_event, message_event
from adapters.discord.registering.commands import payload
from adapters.discord.rendering.components import MENUS
from adapters.discord.rendering.embeds import render
from adapters.discord.tolerance import pass_over_unreadable
from bot.app.registry import default_registry
from bot.chat.events import Complete, Invocation, Message, Place, Press, Submit, User
from bot.chat.replies import Button, Menu, Reply
from bot.chat.roles import ADMINISTRATES, MODERATES
from bot.commands.declarations import SHORTCUTS, STRING_LIMIT
from bot.commands.metrics import Metrics
from tests.servers.discord.client import running
from tests.servers.discord.posts import Post
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Permission

pytestmark = pytest.mark.slow


class Listener(discord.Client):
    """Keeps what it hears; answers nothing."""

    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
        super().__init__(intents=intents)
        self.heard: list[Any] = []

    async def setup_hook(self) -> None:
        """Register the shipped commands."""
        assert self.application_id is not None
        await self.http.bulk_upsert_global_commands(self.application_id, payload(default_registry()))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Keep it."""
        self.heard.append(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Keep it."""
        self.heard.append(message)


class Ear:
    """A local Discord, and what a client made of the last thing that happened there."""

    def __init__(self, server: DiscordServer, client: Listener) -> None:
        self.server, self.world, self.client = server, server.world, client

    async def event(self) -> Any:
        """What the adapter makes of what was heard last."""
        await self.server.gateway.delivered()
        heard = self.client.heard[-1]
        if isinstance(heard, discord.Interaction):
            return interaction_event(heard)
        assert self.client.user is not None
        return message_event(heard, self.client.user)

    def posted(self, reply: Reply) -> Post:
        """A message of the bot as it renders a reply."""
        controls = render(reply).controls
        body = {"content": "x", "components": controls.to_components() if controls else []}
        return self.server.state.messages.write(self.world.bot, self.world.channel, body)


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    async with DiscordServer() as server:
        client = Listener()
        async with running(client, server):
            yield Ear(server, client)


async def test_a_slash_command_is_an_invocation_with_typed_arguments(ear: Ear) -> None:
    world = ear.world
    await ear.server.slash(world.member, world.channel, "ijm ask", {"question": "why?", "private": True})
    assert await ear.event() == Invocation(
        User(f"discord:user/{world.member.id}", "A member", frozenset({f"discord:role/{world.guild.id}"})),
        Place(f"discord:channel/{world.channel.id}", f"discord:guild/{world.guild.id}"),
        "ask",
        {"question": "why?", "private": True},
    )


async def test_a_moderators_command_has_its_head(ear: Ear) -> None:
    await ear.server.slash(ear.world.owner, ear.world.channel, "ijm-mod settings", {"passive": False})
    event = await ear.event()
    assert isinstance(event, Invocation)
    assert (event.head, event.command, event.arguments) == ("ijm-mod", "settings", {"passive": False})


async def test_a_direct_conversation_is_a_community_of_its_own(ear: Ear) -> None:
    world = ear.world
    await ear.server.slash(world.member, world.dm, "ijm help")
    place = Place(f"discord:channel/{world.dm.id}", f"discord:user/{world.member.id}", direct=True)
    assert (await ear.event()).place == place
    await ear.server.say(world.member, world.dm, "hello")
    assert (await ear.event()).place == place


async def test_a_message_of_a_server_that_is_not_in_the_cache_is_no_direct_message(ear: Ear) -> None:
    world, server = ear.world, ear.server
    said = await server.say(world.member, world.channel, "hello")
    unseen = server.state.messages.event_json(said) | {"guild_id": "99", "channel_id": "98"}
    server.gateway.dispatch("MESSAGE_CREATE", unseen, world.guild.id)
    event = await ear.event()
    assert isinstance(event, Message)
    assert event.place == Place("discord:channel/98", "discord:guild/99")
    assert not event.place.direct
    assert not event.addressed


@pytest.mark.parametrize("channel", [{}, {"channel": None}])
async def test_an_interaction_without_a_channel_object_has_its_raw_id(ear: Ear, channel: Any) -> None:
    world, server = ear.world, ear.server
    pass_over_unreadable(ear.client, Metrics())
    post = ear.posted(Reply((), (Button("Cite this", "cite", "e"),)))
    for used in (
        await server.slash(world.member, world.channel, "ijm help"),
        await server.press(post, "cite:e", world.member),
    ):
        kept = {name: value for name, value in used.payload.items() if name != "channel"}
        await ear.event()
        heard = len(ear.client.heard)
        server.gateway.dispatch("INTERACTION_CREATE", kept | channel, world.guild.id)
        event = await ear.event()
        assert len(ear.client.heard) == heard + 1
        assert event.place.id == f"discord:channel/{world.channel.id}"


async def test_a_menu_in_which_nothing_was_chosen_raises_nothing(ear: Ear) -> None:
    world, server = ear.world, ear.server
    post = ear.posted(Reply((), menu=Menu("Related", (Button("Cite this", "cite", "e"),))))
    used = await server.select(post, MENUS[0], ["cite:e"], world.member)
    for values in ([], None):
        empty = used.payload | {"data": used.payload["data"] | {"values": values}}
        server.gateway.dispatch("INTERACTION_CREATE", empty, world.guild.id)
        event = await ear.event()
        assert isinstance(event, Press)
        assert (event.action, event.value) == ("", "")


async def test_a_thread_is_a_place_of_its_own(ear: Ear) -> None:
    world = ear.world
    place = Place(f"discord:channel/{world.thread.id}", f"discord:guild/{world.guild.id}", thread=world.thread.id)
    await ear.server.slash(world.member, world.thread, "ijm help")
    assert (await ear.event()).place == place
    await ear.server.say(world.member, world.thread, "hello", mentions=[world.bot])
    assert (await ear.event()).place == place


@pytest.mark.parametrize(
    ("permission", "group"),
    [
        (Permission.MANAGE_GUILD, {MODERATES}),
        (Permission.ADMINISTRATOR, {MODERATES, ADMINISTRATES}),
        (Permission.KICK_MEMBERS, set()),
        (Permission.MANAGE_MESSAGES, set()),
    ],
)
async def test_native_permissions_are_reported_as_facts(ear: Ear, permission: Permission, group: set[str]) -> None:
    world = ear.world
    role = world.add_role(world.guild, "role", permission)
    # The client has to know of the role before it comes with a message.
    ear.server.gateway.join(world.guild)
    user = world.add_user("somebody")
    world.add_member(world.guild, user, role)
    native = {ADMINISTRATES, MODERATES}
    await ear.server.slash(user, world.channel, "ijm help")
    assert (await ear.event()).user.groups & native == group
    assert f"discord:role/{role.id}" in (await ear.event()).user.groups
    await ear.server.say(user, world.channel, "hello", mentions=[world.bot])
    assert (await ear.event()).user.groups & native == group


async def test_nobody_has_powers_in_a_direct_conversation(ear: Ear) -> None:
    dm = ear.world.open_dm(ear.world.owner)
    await ear.server.slash(ear.world.owner, dm, "ijm help")
    assert (await ear.event()).user.groups == frozenset()


async def test_the_app_of_a_user_works_in_a_server_that_the_bot_is_not_in(ear: Ear) -> None:
    world = ear.world
    elsewhere = world.add_guild("elsewhere", world.owner)
    channel = world.add_channel(elsewhere, "channel")
    thread = world.add_thread(channel, "thread")
    for place in (channel, thread):
        await ear.server.slash(world.owner, place, "ijm ask", {"question": "why?"})
        event = await ear.event()
        assert isinstance(event, Invocation)
        assert event.place.community == f"discord:guild/{elsewhere.id}"
        assert event.place.id == f"discord:channel/{place.id}"
        assert not event.place.direct
    assert event.place.thread == thread.id


async def test_a_half_typed_option_is_to_be_completed(ear: Ear) -> None:
    world = ear.world
    await ear.server.autocomplete(world.member, world.channel, "ijm cite", "entry", "ceb", {"style": "mla"})
    event = await ear.event()
    assert isinstance(event, Complete)
    assert (event.head, event.command, event.option, event.text) == ("ijm", "cite", "entry", "ceb")


async def test_a_button_is_a_press_with_its_state(ear: Ear) -> None:
    post = ear.posted(Reply((), (Button("One", "cite", "a mla"), Button("Two", "topics"), Button("3", "run", "a:b"))))
    for label, action, value in (("One", "cite", "a mla"), ("Two", "topics", ""), ("3", "run", "a:b")):
        await ear.server.press(post, post.custom_id(label), ear.world.member)
        event = await ear.event()
        assert isinstance(event, Press)
        assert (event.action, event.value) == (action, value)


async def test_a_row_of_the_menu_is_the_press_that_it_stands_for(ear: Ear) -> None:
    post = ear.posted(Reply((), menu=Menu("Choose", (Button("One", "entry", "a"), Button("Two", "topic", "b")))))
    await ear.server.select(post, "menu", ["topic:b"], ear.world.member)
    event = await ear.event()
    assert isinstance(event, Press)
    assert (event.action, event.value) == ("topic", "b")


async def test_the_message_command_asks_what_the_message_says_privately(ear: Ear) -> None:
    said = await ear.server.say(ear.world.owner, ear.world.channel, "words " * 1_000)
    await ear.server.message_command(ear.world.member, said, SHORTCUTS[0].name)
    event = await ear.event()
    assert isinstance(event, Invocation)
    assert event.user.id == f"discord:user/{ear.world.member.id}"
    assert (event.command, event.arguments["private"]) == ("ask", True)
    assert len(str(event.arguments["question"])) == STRING_LIMIT


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 18, "component": {"type": 4, "custom_id": "what", "value": "peace"}}],
        [{"type": 1, "components": [{"type": 4, "custom_id": "what", "value": "peace"}]}],
    ],
    ids=["in a label", "in a row"],
)
async def test_a_form_is_sent_in_with_what_was_typed_into_each_field(ear: Ear, components: list[Any]) -> None:
    await ear.server.slash(ear.world.member, ear.world.channel, "ijm help")
    await ear.server.gateway.delivered()
    interaction = ear.client.heard[-1]
    interaction.type = discord.InteractionType.modal_submit
    interaction.data = {"custom_id": "wish", "components": components}
    event = interaction_event(interaction)
    assert isinstance(event, Submit)
    assert (event.form, event.values) == ("wish", {"what": "peace"})


async def test_an_interaction_of_a_kind_that_the_bot_does_not_have_is_nothing(ear: Ear) -> None:
    await ear.server.slash(ear.world.member, ear.world.channel, "ijm help")
    await ear.server.gateway.delivered()
    interaction = ear.client.heard[-1]
    interaction.type = discord.InteractionType.ping
    assert interaction_event(interaction) is None
    interaction.type = discord.InteractionType.application_command
    interaction.data = {"type": 3, "name": "Another command", "target_id": "1"}
    assert interaction_event(interaction) is None


async def test_a_mention_is_addressed_to_the_bot_and_other_messages_are_overheard(ear: Ear) -> None:
    world = ear.world
    await ear.server.say(world.member, world.channel, "hello", mentions=[world.bot])
    event = await ear.event()
    assert isinstance(event, Message)
    assert (event.text, event.addressed) == ("hello", True)
    for words in ("hello", "@everyone hello", world.owner.mention):
        await ear.server.say(world.owner, world.channel, words)
        assert not (await ear.event()).addressed


async def test_messages_of_bots_and_webhooks_are_nothing(ear: Ear) -> None:
    world = ear.world
    other = world.add_user("another bot", bot=True)
    world.add_member(world.guild, other)
    for author in (other, world.bot):
        await ear.server.say(author, world.channel, "hello", mentions=[world.bot])
        assert await ear.event() is None
    body = {"content": f"{world.bot.mention} hello"}
    for extra in ({"webhook_id": world.mint()}, {"type": 7}, {"type": 6}):
        ear.server.state.messages.write(world.member, world.channel, body, extra=extra)
        assert await ear.event() is None


async def test_a_message_of_which_nothing_can_be_read_is_nothing(ear: Ear) -> None:
    await ear.server.say(ear.world.member, ear.world.channel, "")
    assert await ear.event() is None
    await ear.server.say(ear.world.member, ear.world.dm, "")
    assert (await ear.event()).addressed
