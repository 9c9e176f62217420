"""A community's own help line: shown first to people who may be in danger, and changed only by two moderators."""

from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Button, Reply, Text, text
from bot.commands.community_settings import Proposal, Setting, read_proposal
from bot.commands.context import Context
from bot.commands.declarations import BadArgument
from knowledge.plain.digests import SEEN_DIGITS, digest
from knowledge.store.protocol import Json

# A name and a number, short enough for somebody in a hurry.
LINE_LIMIT = 200


def local_line(context: Context) -> str:
    """Return the line to show: the community's, else the operator's, else none."""
    return context.settings.help_line or context.services.help_line


def near_you(help_line: str) -> tuple[Block, ...]:
    """Return a local help line, worded for the top of the card."""
    return (Text((Strong((Plain("Near you:"),)), Plain(f" {help_line}"))),) if help_line else ()


async def propose(context: Context, line: str) -> Reply:
    """Keep a line (empty: none) as a proposal, until another moderator confirms it. Raises BadArgument if too long."""
    line = " ".join(line.split())
    if len(line) > LINE_LIMIT:
        raise BadArgument(f"A help line can have at most {LINE_LIMIT} characters; this has {len(line)}.")
    proposal: dict[str, Json] = {"line": line, "by": context.user.id}
    await context.set(Setting.PROPOSED_HELP_LINE, proposal)
    return Reply((text("Kept as a proposal."), *_waiting(line)), private=True)


def proposal_blocks(proposal: Proposal | None, user: str) -> tuple[tuple[Block, ...], tuple[Button, ...]]:
    """Return the waiting proposal, if any, with the buttons that this moderator may press."""
    if proposal is None:
        return (), ()
    line = proposal.line
    withdraw = Button("Withdraw the proposal", "helpline-no", _seen(line))
    if proposal.by == user:
        return _waiting(line), (withdraw,)
    return _waiting(line), (Button("Confirm the help line", "helpline-yes", _seen(line)), withdraw)


async def confirm(context: Context, value: str) -> Reply:
    """Confirm the line as a second moderator, so that it is shown from now on."""
    proposal = await _current(context, value)
    if proposal.by == context.user.id:
        raise BadArgument("Another moderator has to confirm it: two people check a line that somebody may depend on.")
    await context.set(Setting.HELP_LINE, proposal.line or None)
    await context.set(Setting.PROPOSED_HELP_LINE, None)
    return Reply((text("Confirmed. From now on it comes first wherever somebody may need help."),), private=True)


async def withdraw(context: Context, value: str) -> Reply:
    """Withdraw the proposal."""
    await _current(context, value)
    await context.set(Setting.PROPOSED_HELP_LINE, None)
    return Reply((text("The proposal is withdrawn; nothing was changed."),), private=True)


async def forget_proposer(context: Context, person: str) -> int:
    """Delete a person's proposal, because it holds their id. Return how many there were."""
    found = await _stored(context)
    if found is None or found.by != person:
        return 0
    await context.set(Setting.PROPOSED_HELP_LINE, None)
    return 1


async def _current(context: Context, seen: str) -> Proposal:
    found = await _stored(context)
    if found is None or _seen(found.line) != seen:
        raise BadArgument("This proposal is gone. See /ijm-mod settings.")
    return found


async def _stored(context: Context) -> Proposal | None:
    return read_proposal(await context.services.store.setting(context.community, Setting.PROPOSED_HELP_LINE))


def _waiting(line: str) -> tuple[Block, ...]:
    said = Plain(f"“{line}”" if line else "no help line of your own")
    return (
        Text((Plain("Proposed: "), said)),
        text("It takes effect once a **second moderator** has called it and confirmed it in `/ijm-mod settings`."),
    )


def _seen(line: str) -> str:
    return digest(line, SEEN_DIGITS)
