"""Progress on what a moderator imported in bulk; its texts are encoded in the background."""

from bot.chat.events import Role
from bot.chat.replies import Block, Button, Reply, text
from bot.commands.context import Context
from bot.commands.declarations import Handlers
from bot.commands.embeddings import Progress
from knowledge.pack.overlay import effective

_ACTION = "learning"


async def begin(context: Context) -> tuple[tuple[Block, ...], tuple[Button, ...]]:
    """Start encoding a community's new texts, and show the progress if it takes a while. Raises StoreError."""
    embeddings, services = context.services.embeddings, context.services
    if embeddings is None:
        return (), ()
    overlay = await services.store.overlay(context.community)
    entries = effective(services.pack, overlay).entries
    texts = services.search.texts(entries, context.settings.unanswerable_questions)
    await embeddings.of(context.community, overlay.number, texts)
    progress = embeddings.progress(context.community)
    return ((), ()) if progress is None else ((text(_told(progress)),), (_again(),))


async def _shown(context: Context, _: str) -> Reply:
    embeddings = context.services.embeddings
    progress = None if embeddings is None else embeddings.progress(context.community)
    if progress is None:
        return Reply((text("Everything that you imported is learned."),), private=True)
    return Reply((text(_told(progress)),), (_again(),), private=True)


def _told(progress: Progress) -> str:
    share = f"{progress.done / progress.total:.0%} ({progress.done:,} of {progress.total:,} texts)"
    return f"Learning what was imported: {share}. Until that is done, the rest is matched by its words alone."


def _again() -> Button:
    return Button("Show progress", _ACTION)


HANDLERS = Handlers({_ACTION: _shown}, role=Role.MODERATOR)
