"""Commands in other languages: one file has a text for every command and option, within Discord's limits."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from adapters.discord.registering.commands import payload, same
from adapters.discord.registering.translations import Translations, translations
from bot.app.app import App
from bot.app.registry import default_registry
from tests.adapters.discord.running import SYNC, served
from tests.servers.discord.server import DiscordServer

REGISTRY = default_registry()
LOCALES = {"es-ES", "es-419", "pt-BR", "fr"}
# interactions/application-commands.mdx: a command with all that is in it, by the longest of each text's languages.
COMMAND_LIMIT = 8_000

Json = dict[str, Any]


def test_every_command_and_option_has_its_texts_in_every_language() -> None:
    assert translations().faults(REGISTRY) == []
    for command in REGISTRY.commands:
        assert translations().command(command).names.keys() == LOCALES
        for option in command.options:
            texts = translations().option(command, option.name)
            assert texts.names.keys() == texts.descriptions.keys() == LOCALES


def size(given: Json) -> int:
    """How many characters Discord counts of a command."""
    named = max(map(len, [given["name"], *(given.get("name_localizations") or {}).values()]))
    told = max(map(len, [given.get("description", ""), *(given.get("description_localizations") or {}).values()]))
    choices = sum(len(choice["name"]) + len(str(choice["value"])) for choice in given.get("choices") or [])
    return named + told + choices + sum(size(option) for option in given.get("options") or [])


def test_no_command_is_larger_than_discord_takes() -> None:
    assert max(size(command) for command in payload(REGISTRY)) <= COMMAND_LIMIT


def _changed(change: Callable[[Json], object]) -> list[str]:
    languages = copy.deepcopy(dict(translations()._languages))
    change(languages["french"])
    return Translations(languages).faults(REGISTRY)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda french: french["ijm"]["commands"].pop("ask"), "french: ijm: ask is missing"),
        (lambda french: french["ijm"]["commands"].update(old={"name": "x"}), "old no longer exists"),
        (lambda french: french["ijm"]["commands"]["ask"].update(name="De mander"), "the name of ask"),
        (lambda french: french["ijm"]["commands"]["ask"].update(name="quiz"), "two have the same name"),
        (lambda french: french["ijm"]["commands"]["ask"].update(description="x" * 101), "has 101 characters"),
        (lambda french: french["ijm"]["commands"]["ask"]["options"].pop("question"), "question is missing"),
        (lambda french: french["messages"].pop("answer"), "messages: answer is missing"),
        (lambda french: french.pop("locales"), "it has no locales"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_in_one_line(change: Callable[[Json], object], told: str) -> None:
    assert any(re.search(told, fault) for fault in _changed(change))


def test_what_a_language_lacks_is_shown_in_english() -> None:
    none = Translations({"french": {"locales": ["fr"]}})
    assert none.command(REGISTRY.commands[0]).json == none.head("ijm").json == none.message("answer").json == {}


def test_a_translation_that_changed_is_a_difference() -> None:
    ours, theirs = payload(REGISTRY), copy.deepcopy(payload(REGISTRY))
    assert same(ours, theirs)
    theirs[0]["options"][0]["name_localizations"]["fr"] = "poser"
    assert not same(ours, theirs)


@pytest.mark.slow
async def test_they_are_registered_once_and_found_at_the_next_start(app: App) -> None:
    async with DiscordServer() as server:
        for _ in range(2):
            async with served(app, server):
                ijm, *_ = await server.synced()
        ask = next(option for option in ijm["options"] if option["name"] == "ask")
        assert ask["name_localizations"]["es-419"] == ask["name_localizations"]["es-ES"] == "preguntar"
        assert ask["options"][0]["description_localizations"]["pt-BR"].startswith("sua pergunta")
        assert len(server.calls_to(SYNC)) == 1
        assert not server.violations
