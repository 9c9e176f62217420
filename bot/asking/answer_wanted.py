"""A member asks the moderators, under their name if they like, and is told once when there is an answer."""

from bot.chat.replies import Button, Reply, note, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument, Handlers

_PROMISE = (
    "I keep your id until there is an answer, for at most 30 days, and write to you once. You can delete it at any "
    "time with `/ijm privacy`."
)


def ask_moderators(question_id: str) -> Button:
    """Return the button under "I don't know that" for a question that is kept under this id."""
    return Button("Ask the moderators", "ask-mods", question_id)


async def _asked(context: Context, question_id: str) -> Reply:
    """Say what happens with the question, and what its asker may add to it."""
    _check(context)
    said = text("Your question is waiting for the moderators, **without your name**. If you like:")
    buttons = (
        Button("Tell me when there is an answer", "ask-mods-tell", question_id),
        Button("Show them my name", "ask-mods-name", question_id),
    )
    return Reply((said, note(_PROMISE)), buttons, private=True)


async def _tell(context: Context, question_id: str) -> Reply:
    await _keep(context, question_id, notify=True)
    other = Button("Show them my name", "ask-mods-name", question_id)
    return Reply((text("I'll write to you when a moderator has answered it."), note(_PROMISE)), (other,), private=True)


async def _name(context: Context, question_id: str) -> Reply:
    await _keep(context, question_id, named=True)
    other = Button("Tell me when there is an answer", "ask-mods-tell", question_id)
    return Reply((text("The moderators will see your name with it."), note(_PROMISE)), (other,), private=True)


async def _keep(context: Context, question_id: str, *, notify: bool = False, named: bool = False) -> None:
    """Record what else this person agreed to. Raises BadArgument if the question no longer waits."""
    _check(context)
    store, community, person = context.services.store, context.community, context.user.id
    if not any(miss.id == question_id for miss in await store.misses(community)):
        raise BadArgument("This question is no longer waiting. Ask it again: it may have an answer now.")
    before = next((each for each in await store.askers(community, [question_id]) if each.person == person), None)
    name = context.user.name if named else before.name if before else ""
    notify = notify or (before is not None and before.notify)
    await store.add_asker(community, question_id, person, name=name, notify=notify, now=context.services.now())


def _check(context: Context) -> None:
    if context.is_personal:
        raise BadArgument("Questions go to the moderators of a server; please do this there.")


HANDLERS = Handlers(
    {"ask-mods": _asked, "ask-mods-tell": _tell, "ask-mods-name": _name},
    final=frozenset({"ask-mods-tell", "ask-mods-name"}),
)
