"""Names and descriptions of commands in other languages, from one file that a translator can edit."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.commands.declarations import DESCRIPTION_LIMIT, NAME_LIMIT, SHORTCUTS, Command, Registry

PATH = Path(__file__).with_name("translations.yaml")
# interactions/application-commands.mdx: application command naming; `\w` holds letters of all scripts, digits and "_".
_NAME = re.compile(rf"[-\w]{{1,{NAME_LIMIT}}}")

_Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Texts:
    """What Discord shows of one thing in each locale: its name and its description; either may be empty."""

    names: Mapping[str, str]
    descriptions: Mapping[str, str]

    @property
    def json(self) -> dict[str, Any]:
        """Return the translations as Discord takes them; a locale that is left out shows the English text."""
        named = {"name_localizations": dict(self.names)} if self.names else {}
        return named | ({"description_localizations": dict(self.descriptions)} if self.descriptions else {})


class Translations:
    """The texts of a file's languages. What a language lacks is shown in English."""

    def __init__(self, languages: Mapping[str, _Json]) -> None:
        self._languages = languages

    def head(self, head: str) -> Texts:
        """Return the texts of a head of commands, whose name is the same everywhere."""
        return self._texts(lambda language: {"description": (language.get(head) or {}).get("description")})

    def command(self, command: Command) -> Texts:
        """Return the texts of a command."""
        return self._texts(lambda language: _command(language, command))

    def option(self, command: Command, name: str) -> Texts:
        """Return the texts of one of a command's options."""

        def found(language: _Json) -> _Json:
            pair = (_command(language, command).get("options") or {}).get(name) or (None, None)
            return {"name": pair[0], "description": pair[1]}

        return self._texts(found)

    def message(self, shortcut_id: str) -> Texts:
        """Return the name of a message command."""
        return self._texts(lambda language: {"name": (language.get("messages") or {}).get(shortcut_id)})

    def faults(self, registry: Registry) -> list[str]:
        """Return all that Discord would refuse, and all that is missing or no longer exists; a line for each."""
        return [fault for name, language in self._languages.items() for fault in _faults(name, language, registry)]

    def _texts(self, found: Any) -> Texts:
        names: dict[str, str] = {}
        descriptions: dict[str, str] = {}
        for language in self._languages.values():
            texts = found(language)
            for locale in language.get("locales") or []:
                if texts.get("name"):
                    names[locale] = texts["name"]
                if texts.get("description"):
                    descriptions[locale] = texts["description"]
        return Texts(names, descriptions)


@cache
def translations() -> Translations:
    """Return what the file says; it is read once."""
    return Translations(yaml.safe_load(PATH.read_text(encoding="utf-8")))


def _command(language: _Json, command: Command) -> _Json:
    commands = (language.get(command.head) or {}).get("commands") or {}
    found: _Json = commands.get(command.name) or {}
    return found


def _faults(name: str, language: _Json, registry: Registry) -> Iterator[str]:
    if not language.get("locales"):
        yield f"{name}: it has no locales"
    messages = language.get("messages") or {}
    yield from _differing(f"{name}: messages", messages, {each.id for each in SHORTCUTS})
    for each, text in messages.items():
        if not 1 <= len(str(text)) <= NAME_LIMIT:
            yield f"{name}: messages: {each}: the name has to have 1 to {NAME_LIMIT} characters"
    for head in dict.fromkeys(command.head for command in registry.commands):
        there = language.get(head) or {}
        commands = there.get("commands") or {}
        declared = {command.name: command for command in registry.commands if command.head == head}
        yield from _described(f"{name}: {head}", there.get("description"))
        yield from _differing(f"{name}: {head}", commands, set(declared))
        yield from _named(f"{name}: {head}", {each: (text or {}).get("name") for each, text in commands.items()})
        for each in sorted(commands.keys() & declared.keys()):
            where, texts = f"{name}: {head} {each}", commands[each]
            options = texts.get("options") or {}
            yield from _described(where, texts.get("description"))
            yield from _differing(where, options, {option.name for option in declared[each].options})
            yield from _named(where, {option: pair[0] for option, pair in options.items()})
            for option, pair in options.items():
                yield from _described(f"{where} {option}", pair[1])


def _differing(where: str, there: _Json, declared: set[str]) -> Iterator[str]:
    for each in sorted(declared - there.keys()):
        yield f"{where}: {each} is missing"
    for each in sorted(there.keys() - declared):
        yield f"{where}: {each} no longer exists"


def _named(where: str, names: Mapping[str, str | None]) -> Iterator[str]:
    for each, name in names.items():
        if not isinstance(name, str) or name != name.lower() or not _NAME.fullmatch(name):
            yield f"{where}: the name of {each}, {name!r}, is not 1 to {NAME_LIMIT} lower-case letters, digits, - and _"
    if len(set(names.values())) < len(names):
        yield f"{where}: two have the same name"


def _described(where: str, description: object) -> Iterator[str]:
    length = len(description) if isinstance(description, str) else 0
    if not 1 <= length <= DESCRIPTION_LIMIT:
        yield f"{where}: the description has {length} characters, and has to have 1 to {DESCRIPTION_LIMIT}"
