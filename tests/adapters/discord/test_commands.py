"""From the declared commands to what Discord registers: each derivation, the limits, the comparison, and the link."""

import base64
import copy
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.discord.registering.commands import invite, payload, same
from adapters.discord.settings import DiscordSettings
from bot.app.registry import default_registry
from bot.chat.events import Role
from bot.chat.replies import Reply
from bot.commands.context import Context
from bot.commands.declarations import HEADS, SHORTCUTS, STRING_LIMIT, About, Completes, Registry, command
from bot.talking import ask
from tests.servers.discord.world import Permission

Json = dict[str, Any]

SUBCOMMAND, STRING, INTEGER, BOOLEAN = 1, 3, 4, 5
CHAT_INPUT, MESSAGE = 1, 3
MANAGE_GUILD = 1 << 5
# interactions/application-commands.mdx: names, descriptions, options, choices, and the whole of a command.
NAME_LIMIT, DESCRIPTION_LIMIT, OPTIONS_LIMIT, CHOICES_LIMIT, COMMAND_LIMIT = 32, 100, 25, 25, 8000


class Tone(StrEnum):
    """How something is said."""

    LOUD = "loud"
    SOFT = "soft"


@command()
async def say(
    context: Context,
    words: Annotated[str, About("what to say")],
    about: Annotated[str | None, About("of which entry", Completes.ENTRY)] = None,
    tone: Annotated[Tone, About("how to say it")] = Tone.SOFT,
    times: Annotated[int, About("how often")] = 1,
    private: Annotated[bool, About("to you alone")] = False,
) -> Reply:
    """Say something.

    These details are for the help only.
    """
    return Reply(())


@command(role=Role.MODERATOR, head="ijm-mod")
async def tend(context: Context) -> Reply:
    """Tend the garden."""
    return Reply(())


@pytest.fixture
def made() -> list[Json]:
    return payload(Registry((say, tend, *ask.COMMANDS)))


@pytest.fixture
def options(made: list[Json]) -> dict[str, Json]:
    return {option["name"]: option for option in made[0]["options"][0]["options"]}


def test_a_head_becomes_a_slash_command_with_its_description(made: list[Json]) -> None:
    assert [(each["type"], each["name"]) for each in made] == [
        (CHAT_INPUT, "ijm"),
        (CHAT_INPUT, "ijm-mod"),
        (MESSAGE, SHORTCUTS[0].name),
    ]
    assert made[0]["description"] == HEADS["ijm"]
    assert made[1]["description"] == HEADS["ijm-mod"]


def test_a_command_becomes_a_subcommand_under_its_name_and_summary(made: list[Json]) -> None:
    shown = made[0]["options"][0]
    assert (shown["type"], shown["name"], shown["description"]) == (SUBCOMMAND, "say", "Say something")
    assert [each["name"] for each in made[1]["options"]] == ["tend"]


def test_an_option_keeps_its_name_description_and_place(options: dict[str, Json]) -> None:
    assert list(options) == ["words", "about", "tone", "times", "private"]
    assert options["words"]["description"] == "what to say"


def test_an_option_has_the_type_of_its_annotation(options: dict[str, Json]) -> None:
    assert {name: option["type"] for name, option in options.items()} == {
        "words": STRING,
        "about": STRING,
        "tone": STRING,
        "times": INTEGER,
        "private": BOOLEAN,
    }


def test_an_option_without_a_default_is_required(options: dict[str, Json]) -> None:
    assert [name for name, option in options.items() if option["required"]] == ["words"]


def test_an_enumeration_becomes_choices(options: dict[str, Json]) -> None:
    assert options["tone"]["choices"] == [{"name": "loud", "value": "loud"}, {"name": "soft", "value": "soft"}]
    assert [name for name, option in options.items() if "choices" in option] == ["tone"]


def test_an_option_that_completes_has_autocomplete(options: dict[str, Json]) -> None:
    assert [name for name, option in options.items() if option.get("autocomplete")] == ["about"]


def test_free_text_has_the_length_that_the_core_takes(options: dict[str, Json]) -> None:
    limits = {name: option["max_length"] for name, option in options.items() if "max_length" in option}
    assert limits == {"words": STRING_LIMIT, "about": STRING_LIMIT}


def test_what_is_for_everyone_works_in_servers_in_direct_messages_and_as_a_users_own_app(made: list[Json]) -> None:
    for each in (made[0], made[2]):
        assert each["contexts"] == [0, 1, 2]
        assert each["integration_types"] == [0, 1]
        assert each.get("default_member_permissions") is None


def test_what_is_for_moderators_works_in_servers_and_is_hidden_from_who_cannot_manage_them(made: list[Json]) -> None:
    assert made[1]["contexts"] == [0]
    assert made[1]["integration_types"] == [0]
    assert made[1]["default_member_permissions"] == MANAGE_GUILD


def test_the_message_command_has_a_name_only(made: list[Json]) -> None:
    assert set(made[2]) == {"name", "name_localizations", "type", "contexts", "integration_types"}


def every_option(each: Json) -> list[Json]:
    inner = each.get("options", [])
    return [*inner, *(deeper for option in inner for deeper in every_option(option))]


def characters(each: Json) -> int:
    """What counts towards the limit of a whole command."""
    own = len(each["name"]) + len(each.get("description", ""))
    own += sum(len(choice["name"]) + len(choice["value"]) for choice in each.get("choices", []))
    return own + sum(characters(option) for option in each.get("options", []))


def test_the_shipped_commands_keep_every_limit() -> None:
    shipped = payload(default_registry())
    for each in shipped:
        assert characters(each) <= COMMAND_LIMIT
        for option in (each, *every_option(each)):
            assert 1 <= len(option["name"]) <= NAME_LIMIT
            assert each["type"] == MESSAGE or 1 <= len(option["description"]) <= DESCRIPTION_LIMIT
            assert len(option.get("options", [])) <= OPTIONS_LIMIT
            assert len(option.get("choices", [])) <= CHOICES_LIMIT
            assert option.get("max_length", 1) <= 6000
            given = [bool(inner.get("required")) for inner in option.get("options", [])]
            assert given == sorted(given, reverse=True)
    assert {command.name for command in default_registry().commands} == {
        option["name"] for each in shipped for option in each.get("options", [])
    }


def registered(ours: list[Json]) -> list[Json]:
    """What Discord answers: ids and defaults filled in, what is false or empty left out, in an order of its own."""

    def option(each: Json) -> Json:
        kept = {key: value for key, value in each.items() if value not in (False, [])}
        if "options" in kept:
            kept["options"] = [option(inner) for inner in kept["options"]]
        return {"name_localizations": None, "description_localizations": None, **kept}

    filled = {"application_id": "1", "version": "2", "dm_permission": True, "nsfw": False, "description": ""}
    answered = []
    for number, each in enumerate(copy.deepcopy(ours)):
        shown = filled | {"id": str(number), "default_member_permissions": None} | option(each)
        if shown["default_member_permissions"] is not None:
            shown["default_member_permissions"] = str(shown["default_member_permissions"])
        shown["contexts"] = each["contexts"][::-1]
        shown["integration_types"] = each["integration_types"][::-1]
        answered.append(shown)
    return answered[::-1]


def test_what_discord_answers_is_the_same_as_what_was_sent() -> None:
    ours = payload(default_registry())
    assert same(ours, registered(ours))


CHANGES: dict[str, Callable[[list[Json]], Any]] = {
    "a description": lambda all_: all_[0].update(description="Other"),
    "a subcommand's description": lambda all_: all_[0]["options"][0].update(description="Other"),
    "an option's name": lambda all_: all_[0]["options"][0]["options"][0].update(name="other"),
    "an option's type": lambda all_: all_[0]["options"][0]["options"][3].update(type=STRING),
    "whether it is required": lambda all_: all_[0]["options"][0]["options"][0].update(required=False),
    "a choice": lambda all_: all_[0]["options"][0]["options"][2]["choices"].pop(),
    "a choice's value": lambda all_: all_[0]["options"][0]["options"][2]["choices"][0].update(value="other"),
    "autocomplete": lambda all_: all_[0]["options"][0]["options"][1].update(autocomplete=False),
    "a length": lambda all_: all_[0]["options"][0]["options"][0].update(max_length=10),
    "the order of options": lambda all_: all_[0]["options"][0]["options"].reverse(),
    "a subcommand more": lambda all_: all_[0]["options"].append(all_[1]["options"][0]),
    "contexts": lambda all_: all_[0].update(contexts=[0]),
    "integration types": lambda all_: all_[2].update(integration_types=[0]),
    "permissions": lambda all_: all_[1].update(default_member_permissions="0"),
    "a command less": lambda all_: all_.pop(),
    "a type": lambda all_: all_[2].update(type=2),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_real_difference_is_seen(made: list[Json], change: Callable[[list[Json]], Any]) -> None:
    theirs = copy.deepcopy(made)
    change(theirs)
    assert not same(made, theirs)
    assert not same(made, [])


def test_the_link_asks_for_exactly_what_is_used() -> None:
    link = urlsplit(invite(123))
    query = parse_qs(link.query)
    assert (link.netloc, link.path) == ("discord.com", "/oauth2/authorize")
    assert query["client_id"] == ["123"]
    assert query["scope"] == ["bot applications.commands"]
    used = (
        Permission.VIEW_CHANNEL
        | Permission.ATTACH_FILES
        | Permission.SEND_MESSAGES
        | Permission.SEND_MESSAGES_IN_THREADS
        | Permission.EMBED_LINKS
        | Permission.READ_MESSAGE_HISTORY
        | Permission.ADD_REACTIONS
    )
    assert query["permissions"] == [str(int(used))]


@pytest.mark.parametrize("application_id", [1, 123456789012345678, 1234567890123456789])
def test_a_token_begins_with_the_applications_id(application_id: int) -> None:
    first = base64.b64encode(str(application_id).encode()).decode().rstrip("=")
    given = DiscordSettings(_env_file=None, token=f" {first}.XXXXXX.yyyy ")  # type: ignore[arg-type]
    assert given.app_id == application_id


@pytest.mark.parametrize("token", [None, "", "bot-token", "e.f.g", "ÿ.x.y"])
def test_from_what_is_no_token_no_id_is_read(token: str | None) -> None:
    assert DiscordSettings(_env_file=None, token=token).app_id is None  # type: ignore[arg-type]


def test_the_id_that_is_set_comes_first() -> None:
    assert DiscordSettings(_env_file=None, token="MTIz.x.y", application_id=7).app_id == 7  # type: ignore[arg-type]
