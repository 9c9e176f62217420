"""Digits that may be a phone number: their entry is shown once a second moderator has confirmed them."""

from collections.abc import Sequence

from bot.chat.events import Role
from bot.chat.markup import Plain
from bot.chat.replies import Block, Button, Reply, Text, note, text
from bot.commands.community_settings import Setting
from bot.commands.context import Context
from bot.commands.declarations import BadArgument, Handlers
from bot.curating.editing.drafts import unsure_in
from knowledge.pack.model import Entry
from knowledge.pack.overlay import NOBODY
from knowledge.plain.digests import SEEN_DIGITS, digest

# As many as an admin can review; an entry has one or two.
CONFIRMED_LIMIT = 200


def warning(numbers: Sequence[str]) -> tuple[Block, ...]:
    """Tell the author of an entry what happens because of digits that may be a phone number."""
    if not numbers:
        return ()
    could = f"{', '.join(numbers)} could be a phone number."
    return (note(f"{could} I show this entry once a second moderator has confirmed it in `/ijm-mod review`."),)


def question(context: Context, entry: Entry, by: str, numbers: Sequence[str]) -> tuple[Block, tuple[Button, ...]]:
    """Ask about digits in an entry saved by `by` that may be a phone number; another moderator gets the button."""
    asked = (
        f"Not shown yet: could {', '.join(numbers)} be a phone number? If it is one, call it before you confirm it. A "
        "wrong number can hurt somebody."
    )
    if by == NOBODY:
        return Text((Plain(f"{asked} The person who saved it asked to be forgotten, so edit it first."),)), ()
    if context.user.id == by:
        return Text((Plain(f"{asked} A second moderator has to confirm it."),)), ()
    return Text((Plain(asked),)), (Button("Confirm the number", "number-ok", f"{entry.id} {_seen(numbers)}"),)


async def _confirm(context: Context, value: str) -> Reply:
    """Confirm the digits as a second moderator, so that this community's entries may hold them."""
    entry_id, _, seen = value.partition(" ")
    revision = (await context.services.store.overlay(context.community)).of(entry_id)
    numbers = unsure_in(context, revision.entry) if revision is not None and revision.entry is not None else ()
    if revision is None or not numbers or _seen(numbers) != seen:
        raise BadArgument("This entry has changed. See /ijm-mod review.")
    if revision.by in {context.user.id, NOBODY}:
        raise BadArgument("Another moderator has to confirm it: two people check a number that somebody may depend on.")
    now = sorted({*context.settings.confirmed_numbers, *numbers})
    if len(now) > CONFIRMED_LIMIT:
        raise BadArgument(f"At most {CONFIRMED_LIMIT} numbers can be confirmed; this would be one more.")
    await context.set(Setting.CONFIRMED_NUMBERS, [*now])
    return Reply((text("Confirmed. The entry is shown from now on."),), private=True)


def _seen(numbers: Sequence[str]) -> str:
    return digest(" ".join(numbers), SEEN_DIGITS)


HANDLERS = Handlers({"number-ok": _confirm}, role=Role.MODERATOR)
