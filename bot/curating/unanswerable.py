"""Wordings that should get no answer in a community, because a moderator said so."""

from bot.chat.events import Role
from bot.chat.markup import Plain
from bot.chat.replies import Block, Button, Items, Menu, Reply, Text, echo, note, short, text
from bot.commands.community_settings import CommunitySettings, unanswerable_name
from bot.commands.context import Context
from bot.commands.declarations import BadArgument, Handlers
from bot.curating.editing import drafts
from bot.curating.editing.entry_form import PHRASINGS
from knowledge.pack.model import PHRASING_LIMIT

# Each is learned when the community's knowledge is built; beyond this number, the entries need work.
UNANSWERABLE_LIMIT = 200
# How many a menu holds on both platforms (Discord: 25 options, components/reference.mdx).
SHOWN_LIMIT = 25


def unanswerable_button(typed_id: str) -> Button:
    """Return the button that marks the wording stored under an id as unanswerable."""
    return Button("Nothing answers it", "silence", typed_id)


def take_back_button(wording: str) -> Button:
    """Return the button that takes that back."""
    return Button("Take that back", "unsilence", unanswerable_name(wording))


def overview(settings: CommunitySettings) -> tuple[tuple[Block, ...], Menu | None]:
    """List the unanswerable wordings for the settings page, with buttons that take one back."""
    found = settings.unanswerable_questions
    if not found:
        return (), None
    rows = tuple(Button(short(wording), "unsilence", unanswerable_name(wording)) for wording in found[:SHOWN_LIMIT])
    listed = Items(tuple((Plain(echo(wording)),) for wording in found[:SHOWN_LIMIT]))
    more = len(found) - SHOWN_LIMIT
    rest = (note(f"… and {more} more: `/ijm-mod why` takes one back."),) if more > 0 else ()
    return (text(f"**Questions that nothing answers here: {len(found)}**"), listed, *rest), Menu("Take one back", rows)


async def _mark(context: Context, typed_id: str) -> Reply:
    pending = await drafts.pending_of(context, typed_id)
    wording = await keep_unanswerable(context, str(pending.values[PHRASINGS]))
    await context.services.store.drop_typed(context.community, typed_id)
    said = Text((Plain(f"From now on I'll say that I don't know this: “{echo(wording)}”."),))
    more = note("Very similar wordings get no answer, either. `/ijm-mod settings` lists them.")
    return Reply((said, more), (take_back_button(wording),), private=True)


async def keep_unanswerable(context: Context, question: str) -> str:
    """Mark a question as unanswerable, and return it as stored. Raises BadArgument if there are too many."""
    wording = " ".join(question.split())
    if len(wording) > PHRASING_LIMIT:
        raise BadArgument(f"A question has at most {PHRASING_LIMIT} characters here; this has {len(wording)}.")
    if len(context.settings.unanswerable) >= UNANSWERABLE_LIMIT:
        raise BadArgument(
            f"There are already {UNANSWERABLE_LIMIT} such questions. First take one back in /ijm-mod settings, or use "
            "/ijm-mod edit to narrow the entry that they get."
        )
    await context.set(unanswerable_name(wording), wording)
    return wording


async def _take_back(context: Context, name: str) -> Reply:
    wording = context.settings.unanswerable.get(name)
    if not wording:
        raise BadArgument("That one was already taken back. See /ijm-mod settings.")
    await context.set(name, None)
    return Reply((Text((Plain(f"Taken back: “{echo(wording)}” may get an answer again."),)),), private=True)


HANDLERS = Handlers({"silence": _mark, "unsilence": _take_back}, role=Role.MODERATOR)
