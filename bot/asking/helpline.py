"""A community's own help line: shown first where somebody may be in danger, and changed only by two moderators."""

from collections.abc import Mapping

from bot.chat.markup import Plain
from bot.chat.replies import Block, Button, Reply, Text, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument
from knowledge.plain.digests import SEEN_DIGITS, digest
from knowledge.plain.phones import doubtful, phones
from knowledge.store.protocol import Json

# Settings: the line that holds, the one that waits for a second moderator, and digits that two have confirmed.
HELP_LINE, PROPOSED, CONFIRMED = "help_line", "help_line_proposed", "numbers"
# A name and a number, as they are read on a phone by somebody in a hurry.
LINE_LIMIT = 200


def help_line(settings: Mapping[str, Json]) -> str:
    """The community's own line, or nothing."""
    line = settings.get(HELP_LINE)
    return line if isinstance(line, str) else ""


def local_line(context: Context) -> str:
    """The line to show: the community's own, else the operator's, else none."""
    return help_line(context.settings) or context.services.help_line


def pinned(settings: Mapping[str, Json], operators: str = "") -> frozenset[str]:
    """The numbers of the community's own line and of the operator's, and confirmed ones: its entries may hold them."""
    lines = f"{help_line(settings)}\n{operators}"
    return frozenset((*phones(lines), *doubtful(lines), *confirmed(settings)))


def confirmed(settings: Mapping[str, Json]) -> tuple[str, ...]:
    """The digits that two moderators have confirmed."""
    value = settings.get(CONFIRMED)
    return tuple(map(str, value)) if isinstance(value, list) else ()


async def propose(context: Context, line: str) -> Reply:
    """Keep a line (empty: none) as a proposal, until another moderator confirms it. Raises BadArgument if too long."""
    line = " ".join(line.split())
    if len(line) > LINE_LIMIT:
        raise BadArgument(f"A help line can have at most {LINE_LIMIT} characters; this has {len(line)}.")
    proposal: dict[str, Json] = {"line": line, "by": context.user.id}
    await context.set(PROPOSED, proposal)
    return Reply((text("Kept as a proposal."), *_waiting(line)), private=True)


def proposal_blocks(settings: Mapping[str, Json], user: str) -> tuple[tuple[Block, ...], tuple[Button, ...]]:
    """The proposal that waits, if any, with the buttons that this moderator may press."""
    found = _proposal(settings)
    if found is None:
        return (), ()
    line, by = found
    withdraw = Button("Withdraw the proposal", "helpline-no", _seen(line))
    if by == user:
        return _waiting(line), (withdraw,)
    return _waiting(line), (Button("Confirm the help line", "helpline-yes", _seen(line)), withdraw)


async def confirm(context: Context, value: str) -> Reply:
    """A second moderator agrees: from now on the line holds."""
    line, by = await _current(context, value)
    if by == context.user.id:
        raise BadArgument("Another moderator has to confirm it: two people check a line that somebody may depend on.")
    await context.set(HELP_LINE, line or None)
    await context.set(PROPOSED, None)
    return Reply((text("Confirmed. From now on it stands first where somebody may need help."),), private=True)


async def withdraw(context: Context, value: str) -> Reply:
    """The proposal is taken back."""
    await _current(context, value)
    await context.set(PROPOSED, None)
    return Reply((text("The proposal is withdrawn; nothing was changed."),), private=True)


async def forget_proposer(context: Context, person: str) -> int:
    """Take a person's proposal away, in which their id stands; how many there were."""
    found = _proposal({PROPOSED: await context.services.store.setting(context.community, PROPOSED)})
    if found is None or found[1] != person:
        return 0
    await context.set(PROPOSED, None)
    return 1


async def _current(context: Context, seen: str) -> tuple[str, str]:
    value = await context.services.store.setting(context.community, PROPOSED)
    found = _proposal({PROPOSED: value})
    if found is None or _seen(found[0]) != seen:
        raise BadArgument("This proposal is not there any more. See /ijm-mod settings.")
    return found


def _proposal(settings: Mapping[str, Json]) -> tuple[str, str] | None:
    value = settings.get(PROPOSED)
    if not isinstance(value, Mapping):
        return None
    return str(value.get("line", "")), str(value.get("by", ""))


def _waiting(line: str) -> tuple[Block, ...]:
    said = Plain(f"“{line}”" if line else "no help line of your own")
    return (
        Text((Plain("Proposed: "), said)),
        text("It holds once a **second moderator** has dialled it and confirmed it in `/ijm-mod settings`."),
    )


def _seen(line: str) -> str:
    return digest(line, SEEN_DIGITS)
