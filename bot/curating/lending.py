"""Lending: another community may copy an entry by its code, and sees nothing else of the lender."""

import re
import secrets
from dataclasses import replace
from typing import Annotated

from bot.chat.events import Role
from bot.chat.markup import Plain, Strong
from bot.chat.replies import Button, Copyable, Heading, Items, Reply, Text, note, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.curating.editing.edit import entry_named
from knowledge.pack.model import Entry
from knowledge.plain.digests import digest

# 128 random bits, which nobody can guess.
CODE_BYTES = 16
_CODE = re.compile(rf"[0-9a-f]{{{2 * CODE_BYTES}}}")
# 128 bits of the digest: enough that nobody finds the code, or another code with the same digest.
_DIGITS = 32
# As many as a community can keep track of.
LOANS_LIMIT = 25


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def lend(
    context: Context,
    entry: Annotated[str | None, About("the entry that another community may copy", Completes.CHANGED)] = None,
    withdraw: Annotated[str | None, About("the entry to stop lending, or its code", Completes.CHANGED)] = None,
) -> Reply:
    """Let another community of this bot copy an entry of yours, with a code for 30 days.

    They copy it with `/ijm-mod import code:`, after a dry run and all checks. They see its text, source and year, and
    nothing else of yours. Copies stay when you stop lending.
    """
    store, now = context.services.store, context.services.now()
    there = await store.loans(context.community, now)
    if withdraw:
        code = withdraw.strip().casefold()
        kept, entry_id = (_kept(code), "") if _CODE.fullmatch(code) else ("", entry_named(context, withdraw).id)
        ended = [loan for loan in there if kept == loan.code or entry_id == loan.entry_id]
        for loan in ended:
            await store.end_loan(context.community, loan.code)
        said = "You no longer lend it. Copies that others made stay." if ended else "You did not lend it."
        return Reply((text(said),), private=True)
    if not entry:
        return _listed(context, [loan.entry_id for loan in there])
    named = entry_named(context, entry)
    if context.services.pack.entry(named.id) is named:
        raise BadArgument("This entry ships with me, so every community has it already.")
    if len(there) >= LOANS_LIMIT:
        raise BadArgument(f"You lend {LOANS_LIMIT} entries already. Withdraw one first: /ijm-mod lend withdraw:")
    code = secrets.token_hex(CODE_BYTES)
    await store.lend(context.community, _kept(code), named.id, by=context.user.id, now=now)
    said_of = Text((Plain("You lend "), Strong((Plain(named.question),)), Plain(" for 30 days. The code:")))
    how = note(
        "I show it only once. To copy the entry, type `/ijm-mod import code:` and the code. Anybody who has it can do "
        "that."
    )
    return Reply((said_of, Copyable(code), how), private=True)


def _listed(context: Context, ids: list[str]) -> Reply:
    lent = [entry for entry_id in dict.fromkeys(ids) if (entry := context.pack.entry(entry_id))]
    if not lent:
        return Reply((text("You lend nothing. To get a code for an entry, use `/ijm-mod lend entry:`."),), private=True)
    lines = tuple((Plain(entry.question),) for entry in lent)
    buttons = tuple(Button(f"Withdraw: {entry.label}", "loan-end", entry.id) for entry in lent)
    return Reply((Heading("You lend"), Items(lines)), buttons, private=True)


def _kept(code: str) -> str:
    """Return the digest under which the store keeps a code."""
    return digest(code, _DIGITS)


async def lent(context: Context, code: str) -> Entry | None:
    """Return the entry that is lent under a code, as it is now; None if there is none."""
    store = context.services.store
    loan = await store.loan(_kept(code.strip().casefold()), context.services.now())
    if loan is None:
        return None
    revision = (await store.overlay(loan.community)).of(loan.entry_id)
    if revision is None or revision.entry is None:
        return None
    here = context.pack
    # The lender's ids mean nothing here, and related entries that are missing would lead nowhere.
    related = tuple(other for other in revision.entry.related if here.entry(other) is not None)
    return replace(revision.entry, id="", related=related)


async def _end(context: Context, entry_id: str) -> Reply:
    return await lend.run(context, {"withdraw": entry_id})


COMMANDS = (lend,)
HANDLERS = Handlers({"loan-end": _end}, role=Role.MODERATOR)
