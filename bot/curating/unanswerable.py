"""What nothing answers in a community: wordings that got a wrong answer, until a moderator said so."""

from collections.abc import Mapping

from bot.chat.events import Role
from bot.chat.markup import Plain
from bot.chat.replies import Block, Button, Items, Menu, Reply, Text, echo, note, short, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument, Handlers
from bot.curating import drafts
from bot.curating.entry_form import PHRASINGS
from knowledge.pack.model import PHRASING_LIMIT
from knowledge.plain.digests import digest
from knowledge.plain.text import phrase_key
from knowledge.store.protocol import Json

# Each is a setting of its own under such a name, so that two moderators at once lose nothing.
_PREFIX = "silent:"
# Enough of a hash that no two wordings have the same.
_DIGITS = 16
# Each is learnt when the community's knowledge is built; more than this are a matter of the entries.
SILENCES_LIMIT = 200
# As many as a menu holds on both platforms (Discord: 25 options, components/reference.mdx).
SHOWN_LIMIT = 25


def silences(settings: Mapping[str, Json]) -> tuple[str, ...]:
    """The wordings that nothing answers, always in the same order."""
    names = sorted(name for name in settings if name.startswith(_PREFIX))
    return tuple(str(settings[name]) for name in names if settings[name])


def silencing(typed_id: str) -> Button:
    """The button that says of the wording kept under that id that nothing answers it."""
    return Button("Nothing answers it", "silence", typed_id)


def speaking(wording: str) -> Button:
    """The button that takes that back."""
    return Button("Take that back", "unsilence", _name(wording))


def overview(settings: Mapping[str, Json]) -> tuple[tuple[Block, ...], Menu | None]:
    """What nothing answers, for the page of settings, and the way to take one back."""
    found = silences(settings)
    if not found:
        return (), None
    rows = tuple(Button(short(wording), "unsilence", _name(wording)) for wording in found[:SHOWN_LIMIT])
    listed = Items(tuple((Plain(echo(wording)),) for wording in found[:SHOWN_LIMIT]))
    more = len(found) - SHOWN_LIMIT
    rest = (note(f"… and {more} more: `/ijm-mod why` takes one back."),) if more > 0 else ()
    return (text(f"**Questions that nothing answers here: {len(found)}**"), listed, *rest), Menu("Take one back", rows)


async def _silence(context: Context, typed_id: str) -> Reply:
    if context.is_personal:
        raise BadArgument("This belongs to a server; please do it there.")
    pending = await drafts.pending_of(context, typed_id)
    wording = " ".join(str(pending.values[PHRASINGS]).split())
    if len(wording) > PHRASING_LIMIT:
        raise BadArgument(f"A question has at most {PHRASING_LIMIT} characters here; this has {len(wording)}.")
    if len(silences(context.settings)) >= SILENCES_LIMIT:
        raise BadArgument(
            f"There are {SILENCES_LIMIT} such questions already. Take one back in /ijm-mod settings first, or give the "
            "entry that they get a narrower question with /ijm-mod edit."
        )
    await context.set(_name(wording), wording)
    await context.services.store.drop_typed(context.community, typed_id)
    said = Text((Plain(f"From now on I say that I don't know this: “{echo(wording)}”."),))
    more = note("What is worded nearly like it gets no answer, either. It stands in `/ijm-mod settings`.")
    return Reply((said, more), (speaking(wording),), private=True)


async def _unsilence(context: Context, name: str) -> Reply:
    wording = context.settings.get(name) if name.startswith(_PREFIX) else None
    if not wording:
        raise BadArgument("That one was taken back already. See /ijm-mod settings.")
    await context.set(name, None)
    return Reply((Text((Plain(f"Taken back: “{echo(str(wording))}” may get an answer again."),)),), private=True)


def _name(wording: str) -> str:
    return _PREFIX + digest(phrase_key(wording), _DIGITS)


HANDLERS = Handlers({"silence": _silence, "unsilence": _unsilence}, role=Role.MODERATOR)
