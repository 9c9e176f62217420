"""Commands as people type them: `cite "how long does aftercare last" style:mla`, with any kind of quotes."""

import re
from collections.abc import Mapping

from bot.chat.events import Value
from bot.chat.replies import echo
from bot.commands.declarations import BadArgument, Command, Option

# Phones and Slack turn straight quotes into these.
_SMART = str.maketrans(dict.fromkeys("“”„‟″«»", '"'))
_WHOLLY_QUOTED = re.compile(r'"([^"]*)"')


def split(line: str) -> tuple[str, str]:
    """Return the first word of a line in lower case, and the rest."""
    first, _, rest = line.strip().partition(" ")
    return first.lower(), rest.strip()


def arguments(command: Command, rest: str) -> Mapping[str, Value]:
    """Read the arguments in the text after a command's name. `name:value` (the value may be quoted) fills the option of
    that name, wherever it is. Of the rest, a last word that is one of an option's choices fills that option, and the
    remaining text fills the first open option. Raises BadArgument if something is left over, or an option is given
    twice.
    """
    rest = rest.translate(_SMART)
    found: dict[str, Value] = {}
    for option in command.options:
        rest = _named(option, rest, found)
    rest = " ".join(rest.split())
    open_options = [option for option in command.options if option.name not in found and option.type is not bool]
    for option in open_options[1:]:
        before, _, last = rest.rpartition(" ")
        if before and last.lower() in option.choices:
            found[option.name], rest = last, before
    if quoted := _WHOLLY_QUOTED.fullmatch(rest):
        rest = quoted.group(1).strip()
    if rest and open_options:
        found[open_options[0].name] = rest
    elif rest:
        raise BadArgument(f"“{command.name}” takes nothing more, but there was: {echo(rest)}")
    return found


def _named(option: Option, rest: str, found: dict[str, Value]) -> str:
    """Take `option:value` out of the text."""
    pattern = re.compile(rf'(?<!\S){re.escape(option.name)}:\s?(?:"([^"]*)"|(\S+))', re.IGNORECASE)
    matches = list(pattern.finditer(rest))
    if len(matches) > 1:
        raise BadArgument(f"“{option.name}” is given twice.")
    if matches:
        quoted, word = matches[0].groups()
        found[option.name] = word if quoted is None else quoted
        rest = f"{rest[: matches[0].start()]} {rest[matches[0].end() :]}"
    return rest
