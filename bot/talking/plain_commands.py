"""Commands in plain words: "quiz me", "3 facts", "cite that in mla", and the commands' own names in a message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.asking.browse import topic_named
from bot.chat.events import ASKING, Value
from bot.commands.declarations import BadArgument, Command, Completes, Registry
from bot.commands.turns import Turn
from bot.commands.typed import arguments, split
from knowledge.matching import Closest, Found, Search
from knowledge.pack.model import Pack
from knowledge.plain.text import spoken
from knowledge.talk.cues import cues
from knowledge.talk.groups import Group

# What may stand before a command's name in a message.
_SIGN = re.compile(r"^\s*[/!.]?(?:ijm\s+)?(?=[a-z])", re.IGNORECASE)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "couple": 2, "few": 3}
# Commands whose text may be anything: what stands behind their names in a message is taken as it is.
_FREE = frozenset({"ask", "suggest"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A command behind /ijm with its arguments, as a message asked for it."""

    command: str
    arguments: Mapping[str, Value]


def named(registry: Registry, pack: Pack, text: str) -> Asked | None:
    """Read a message that begins with a command's own name; None if what follows is not what the command takes."""
    name, rest = split(_SIGN.sub("", text, count=1))
    command = registry.command(ASKING, name.rstrip("?!.,:"))
    if command is None:
        return None
    try:
        given = arguments(command, rest.rstrip("?!."))
        for option in command.options:
            if option.name in given:
                _check(command, option.completes, option.read(given[option.name]), registry, pack)
    except BadArgument:
        return None
    if any(option.required and option.name not in given for option in command.options):
        return None
    return Asked(command.name, given)


def _check(command: Command, completes: Completes | None, value: Value, registry: Registry, pack: Pack) -> None:
    """Raise BadArgument unless an option's text is one that the command knows."""
    if completes is Completes.TOPIC:
        topic_named(pack, str(value))
    elif completes is Completes.COMMAND and registry.command(ASKING, str(value)) is None:
        raise BadArgument("no such command")
    elif completes is Completes.ENTRY and command.name not in _FREE and pack.entry(str(value).lower()) is None:
        raise BadArgument("no such entry")


def meant(registry: Registry, pack: Pack, search: Search, group: Group, text: str, turn: Turn) -> Asked | None:
    """Read the arguments of a command that a message asks for in plain words; None if the command is not there.

    The words that stand beside a request for a citation name an entry if they lead to one.
    """
    command = registry.command(ASKING, group.command)
    if command is None:
        return None
    said = spoken(text)
    given: dict[str, Value] = dict(group.arguments or {})
    for option in command.options:
        if option.name in given:
            continue
        if option.completes is Completes.TOPIC:
            if topic := _topic(pack, said):
                given[option.name] = topic
        elif option.completes is Completes.ENTRY:
            plain = cues("citing") | _choices(command)
            words = " ".join(word for word in said if word not in plain)
            if words and isinstance(search.ask(words), Found | Closest):
                given[option.name] = words
            elif turn.entry:
                given[option.name] = turn.entry
        elif option.type is int and (option.name == "count" or option.name in said):
            if number := next((_number(word) for word in said if _counts(word)), None):
                given[option.name] = number
        elif option.choices:
            known = {choice.lower(): choice for choice in option.choices} | dict(option.aliases)
            if word := next((word for word in said if word in known), None):
                given[option.name] = known[word]
    return Asked(command.name, given)


def asks_to_cite(text: str) -> bool:
    """Return whether a message names a style of citations that is nothing else, or begins with the wish for one."""
    said = spoken(text)
    return said[:1] in {("cite",), ("citation",)} or not cues("style").isdisjoint(said)


def _choices(command: Command) -> frozenset[str]:
    return frozenset(word.lower() for option in command.options for word in option.choices)


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS[word]


def _counts(word: str) -> bool:
    return word in _NUMBERS or (word.isdecimal() and len(word) <= 2)


def _topic(pack: Pack, said: tuple[str, ...]) -> str | None:
    """Return the topic that a word names: by its id, or by a longer word of its title or of an entry's short title."""
    for topic in pack.topics:
        # "about" is the id of a topic and a word of most requests.
        if topic.id != "about" and topic.id in said:
            return topic.id
    for topic in pack.topics:
        if any(len(word) >= 6 and word in said for word in spoken(topic.title)):
            return topic.id
    for entry in pack.entries:
        if any(len(word) >= 6 and word in said for word in spoken(entry.label)):
            return entry.topic
    return None
