"""What a person can have deleted: their votes, what they typed and did not save, and their signature."""

from bot.asking.helpline import forget_proposer
from bot.chat.replies import Button, Heading, Reply, items, note, text
from bot.commands.context import Context
from bot.commands.declarations import Handlers

FORGET = Button("Delete my traces", "my-traces")


async def forget_person(context: Context, person: str) -> int:
    """Delete a person's traces in this community. Return how many there were."""
    return await forget_proposer(context, person) + await context.services.store.forget_person(
        context.community, person
    )


async def _asked(context: Context, _: str) -> Reply:
    listed = items(
        "your votes from the last 90 days are deleted",
        "what you typed into a form and did not save is deleted",
        "your name is removed from entries, settings and schedules that you changed; these stay as they are",
    )
    sure = Button("Delete them", "forget-me")
    return Reply((Heading("Delete your traces here?"), listed, note("It cannot be undone.")), (sure,), private=True)


async def _forget(context: Context, _: str) -> Reply:
    traces = await forget_person(context, context.user.id)
    counted = "1 trace" if traces == 1 else f"{traces} traces"
    return Reply((text(f"Deleted: {counted} in this community. Nothing here names you now."),), private=True)


HANDLERS = Handlers({FORGET.action: _asked, "forget-me": _forget}, final=frozenset({"forget-me"}))
