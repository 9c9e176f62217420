"""Every command, for every role, on every platform: nothing that is for moderators opens to a member."""

import re
from collections.abc import AsyncIterator, Mapping

import pytest

from adapters.console.events import HERE, OPERATOR
from adapters.slack.members import member
from bot.app.app import App
from bot.app.registry import default_registry
from bot.app.routes import NO_BUTTON
from bot.chat.events import ASKING, Complete, Place, Press, Role, Submit, Typed, User
from bot.chat.roles import ADMINISTRATES, MODERATES, role_of
from bot.commands.community_settings import read_settings
from bot.commands.context import Services
from bot.commands.declarations import Command, Completes
from tests.adapters.discord.running import Chat, served
from tests.adapters.slack.running import over_socket_mode
from tests.people import CHANNEL, MEMBER, MODERATOR, SCREEN, done
from tests.servers.discord import world as discord_world
from tests.servers.discord.interactions import CallbackType
from tests.servers.discord.rules.values import Value
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.records import Did
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

REGISTRY = default_registry()
COMMANDS = {f"{each.head} {each.name}": each for each in REGISTRY.commands}
ROLES = {"member": Role.MEMBER, "moderator": Role.MODERATOR, "admin": Role.ADMIN}
CLOSED = "There is no such command"

table = pytest.mark.parametrize(
    ("command", "role"), [(each, role) for each in COMMANDS.values() for role in ROLES.values()],
    ids=[f"{each}-{role}" for each in COMMANDS for role in ROLES],
)  # fmt: skip


def required(command: Command) -> dict[str, str]:
    """Something for every option that has to be given."""
    return {each.name: "evidence-cebu" for each in command.options if each.required}


class Discord:
    """A guild with a member, a moderator and its owner, all of whom an admin let use every command."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        chat = Chat(server)
        self.people = {Role.MEMBER: chat.world.member, Role.MODERATOR: chat.head, Role.ADMIN: chat.world.owner}

    async def said(self, command: Command, role: Role) -> str:
        """What the command answers; nothing if it opens a form."""
        where, path = self.server.world.channel, f"{command.head} {command.name}"
        given: Mapping[str, Value] = required(command)
        used = await self.server.slash(self.people[role], where, path, given, checked=False)
        if (await used.responded()).type is CallbackType.MODAL:
            return ""
        return (await used.answered()).text


class Slack:
    """A workspace with a member, an admin, who moderates here, and an owner."""

    def __init__(self, server: SlackServer) -> None:
        self.server = server
        add = server.world.add_user
        self.people = {
            Role.MEMBER: add(server.team, "kim"),
            Role.MODERATOR: add(server.team, "ada", is_admin=True),
            Role.ADMIN: add(server.team, "olu", is_owner=True),
        }
        self.channel = server.world.add_channel(server.team, "general", *self.people.values())

    async def said(self, command: Command, role: Role) -> str:
        """What the command answers; nothing if it opens a form."""
        line = " ".join([command.name, *required(command).values()])
        sent = self.server.slash(self.people[role], self.channel, f"/{command.head}", line)
        (change,) = await sent.changes()
        if change.did is Did.OPENED:
            return ""
        assert change.message is not None
        return change.message.shown


@pytest.fixture
async def discord(app: App) -> AsyncIterator[Discord]:
    async with DiscordServer() as server:
        made = Discord(server)
        async with served(app, server):
            yield made


@pytest.fixture
async def slack_people(app: App, slack: SlackServer) -> AsyncIterator[Slack]:
    made = Slack(slack)
    async with over_socket_mode(app, slack):
        yield made


async def test_on_discord_a_command_opens_to_its_role_and_above(discord: Discord) -> None:
    for name, command in COMMANDS.items():
        for role in ROLES.values():
            assert (CLOSED in await discord.said(command, role)) is (command.role > role), (name, role)


async def test_on_slack_a_command_opens_to_its_role_and_above(slack_people: Slack) -> None:
    for name, command in COMMANDS.items():
        for role in ROLES.values():
            assert (CLOSED in await slack_people.said(command, role)) is (command.role > role), (name, role)


@pytest.mark.parametrize("name", COMMANDS)
async def test_in_a_terminal_the_operator_may_do_everything(app: App, name: str) -> None:
    command = COMMANDS[name]
    line = " ".join([command.name, *required(command).values()])
    assert CLOSED not in (await done(app, Typed(OPERATOR, HERE, line, command.head))).plain


@table
async def test_help_and_completion_tell_nothing_of_what_is_closed(app: App, command: Command, role: Role) -> None:
    groups = {Role.MEMBER: (), Role.MODERATOR: (MODERATES,), Role.ADMIN: (ADMINISTRATES,)}[role]
    user = User("test:user/1", "kim", frozenset(groups))
    listed = (await done(app, Typed(user, SCREEN, "help"))).plain
    assert (re.search(rf"^/{command.head} {command.name}\b", listed, re.MULTILINE) is not None) is (
        command.role <= role
    )
    for option in command.options:
        found = await app.complete(Complete(user, CHANNEL, command.name, option.name, "", command.head))
        if command.role > role:
            assert found == ()


@pytest.mark.parametrize("name", [name for name, (role, _) in REGISTRY.actions.items() if role > Role.MEMBER])
async def test_a_forged_press_is_refused(app: App, name: str) -> None:
    for value in ("", "evidence-cebu", "0 evidence-cebu", "*"):
        assert (await done(app, Press(MEMBER, CHANNEL, name, value))).plain == NO_BUTTON
    if REGISTRY.actions[name][0] is Role.ADMIN:
        assert (await done(app, Press(MODERATOR, CHANNEL, name, "*"))).plain == NO_BUTTON


@pytest.mark.parametrize("name", [name for name, (role, _) in REGISTRY.forms.items() if role > Role.MEMBER])
async def test_a_forged_form_is_refused_and_hands_back_what_was_typed(app: App, name: str) -> None:
    kept = await done(app, Submit(MEMBER, CHANNEL, f"{name}:0123456789abcdef", {"answer": "long text"}))
    assert "You don't have permission to do this" in kept.plain
    assert "long text" in kept.plain


def test_every_command_under_the_moderators_head_is_for_moderators() -> None:
    for name, command in COMMANDS.items():
        assert (command.head == ASKING) is (command.role is Role.MEMBER), name
        assert command.head == ASKING or command.private, name


@pytest.mark.parametrize(
    ("groups", "settings", "role"),
    [
        ((), {}, Role.MEMBER),
        (("test:role/7",), {}, Role.MEMBER),
        (("test:role/7",), {"moderators": ["test:role/7"]}, Role.MODERATOR),
        (("test:role/8",), {"moderators": ["test:role/7"]}, Role.MEMBER),
        ((MODERATES,), {}, Role.MODERATOR),
        ((ADMINISTRATES,), {}, Role.ADMIN),
        (("native:something-new",), {"moderators": "native:something-new"}, Role.MEMBER),
    ],
)
def test_what_is_unknown_is_a_member(groups: tuple[str, ...], settings: dict[str, list[str]], role: Role) -> None:
    assert role_of(User("test:user/1", "kim", frozenset(groups)), read_settings(settings).moderators) is role


async def test_a_right_that_was_taken_away_is_gone_at_the_next_step(services: Services) -> None:
    app = App(services)
    group = "test:role/7"
    helper = User("test:user/5", "helper", frozenset({group}))
    now = services.now()
    await services.store.set_setting(CHANNEL.community, "moderators", [group], by="x", now=now)
    asked = await done(app, Typed(helper, CHANNEL, "remove evidence-cebu", "ijm-mod"))
    await services.store.set_setting(CHANNEL.community, "moderators", None, by="x", now=now)
    remove = asked.buttons[0]
    assert (await done(app, Press(helper, CHANNEL, remove.action, remove.value))).plain == NO_BUTTON
    assert await services.store.history(CHANNEL.community, "evidence-cebu") == ()


async def test_a_moderator_of_one_community_is_a_member_of_another(services: Services) -> None:
    app = App(services)
    group = "test:role/7"
    helper = User("test:user/5", "helper", frozenset({group}))
    await services.store.set_setting(CHANNEL.community, "moderators", [group], by="x", now=services.now())
    elsewhere = Place("test:channel/1", "test:community/2")
    assert CLOSED in (await done(app, Typed(helper, elsewhere, "review", "ijm-mod"))).plain


@pytest.mark.parametrize(
    "said",
    [
        {"is_restricted": True, "is_admin": True},
        {"is_owner": True, "team_id": "T2"},
        {"is_owner": True, "is_stranger": True},
        {"is_owner": True, "deleted": True},
        {"is_owner": True, "is_bot": True},
    ],
)
def test_guests_strangers_and_bots_on_slack_are_in_no_group_whatever_they_are_elsewhere(
    said: dict[str, object],
) -> None:
    found = member({"id": "U1", "name": "kim", "team_id": "T1", **said}, "T1")
    assert found.groups == frozenset()
    assert not found.belongs


async def test_a_member_of_a_discord_server_gains_nothing_by_a_direct_conversation(discord: Discord) -> None:
    world = discord.server.world
    owner: discord_world.User = world.owner
    direct = world.open_dm(owner)
    used = await discord.server.slash(owner, direct, "ijm-mod review", checked=False)
    assert CLOSED in (await used.answered()).text


def test_every_option_with_a_picker_is_checked_for_its_community() -> None:
    picked = {Completes.PERSON, Completes.CHANNEL, Completes.GROUP}
    options = {
        (each.name, option.name) for each in COMMANDS.values() for option in each.options if option.completes in picked
    }
    assert {("settings", "notices"), ("settings", "moderators"), ("forget", "person")} <= options
