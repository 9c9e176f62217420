"""From a line of the IRC protocol to an event (modern.ircdocs.horse, ircv3.net/specs)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.events import ASKING, MODERATING, Message, Place, Typed, User
from bot.chat.platform import Platform, Referent

_LINE = re.compile(r"(?:@(\S+) +)?(?::([^ !]+)\S* +)?(\S*) *(.*)")
# Bold, colors and the like (modern.ircdocs.horse/formatting).
_FORMATTING = re.compile(r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]")
# A channel or person that is named in a moderator's command, behind an option's name or not.
_NAMED = re.compile(r"(?<![^\s:])(?:(#)|@)([^\s,:]+)")


def _referent(community: str, named: str) -> Referent | None:
    """Return the community of a place: a channel is one of its own."""
    if named.startswith(f"{IRC.prefix}#"):
        return Referent.CHANNEL if named == community else None
    return Referent.PERSON if named.startswith(IRC.prefix) else None


IRC = Platform("irc", "IRC", "!", keeps="I keep a message's number for two days, without text.", referent=_referent)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the protocol; `source` is who it is from."""

    tags: Mapping[str, str]
    source: str
    command: str
    params: tuple[str, ...]


def line_of(raw: str) -> Line:
    """Read a line as it came."""
    found = _LINE.match(raw.rstrip("\r\n"))
    tags, source, command, rest = found.groups() if found else ("", "", "", "")
    middle, parted, trailing = f" {rest}".partition(" :")
    pairs = (each.partition("=") for each in (tags or "").split(";"))
    params = (*middle.split(), *([trailing] if parted else []))
    return Line({name: value for name, _, value in pairs}, source or "", command.upper(), params)


def id_of(name: str) -> str:
    """Return the id of a person or channel; case does not matter in their names."""
    return f"{IRC.prefix}{name.lower()}"


def place_of(name: str) -> Place:
    """Return a channel; or a person, with whom the bot talks alone."""
    place, direct = id_of(name), not name.startswith("#")
    return Place(place, place, direct, posts=False, community_name="" if direct else name, platform=IRC)


def event_of(line: Line, me: str) -> Message | Typed | None:
    """Return what a line means; None from a bot (a NOTICE, or a tag) or the server, and for CTCP."""
    said = _FORMATTING.sub("", line.params[-1]).strip() if line.params else ""
    if line.command != "PRIVMSG" or "bot" in line.tags or id_of(line.source) == id_of(me) or said[:1] in {"", "\x01"}:
        return None
    user, target = User(id_of(line.source), line.source), line.params[0]
    place = place_of(target if target.startswith("#") else line.source)
    meant = re.match(rf"{re.escape(me)}[:,]\s*(.*)", said, re.IGNORECASE)
    words = meant[1] if meant else said
    head, _, rest = words.partition(" ")
    if head.lower() == f"{IRC.sign}{ASKING}":
        return Typed(user, place, rest)
    if head.lower() == f"{IRC.sign}{MODERATING}":
        return Typed(user, place, _NAMED.sub(lambda found: id_of(f"{found[1] or ''}{found[2]}"), rest), MODERATING)
    return Message(user, place, words, addressed=place.direct or meant is not None)
