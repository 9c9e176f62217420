"""Deleting what is kept about one person or a whole community."""

from typing import Annotated

from bot.asking.own_traces import forget_person
from bot.chat.events import Role, Submit
from bot.chat.markup import Plain, Reference, Referent
from bot.chat.replies import Button, Form, Heading, ReferenceQuestion, Reply, Text, counted, items, note, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.references import referred

# Stands for the whole community in a button, where a person's id would stand.
_ALL = "*"
# The field of that form.
_PERSON = "person"


@command(role=Role.ADMIN, head="ijm-mod", private=True)
async def forget(
    context: Context,
    person: Annotated[str | None, About("whose traces to delete", Completes.PERSON)] = None,
    everything: Annotated[bool, About("delete all that is kept of this community")] = False,
) -> Reply:
    """Delete a person's traces, or all that I keep of this community."""
    if person is not None and everything:
        raise BadArgument("Say whose traces to delete, or everything:true for all of this community.")
    if person is None and not everything:
        return _asking()
    if person is None:
        export = note("`/ijm-mod export` saves your entries first.")
        listed = items(
            "all entries that you added or changed, with their history",
            "the review queue, votes, counts, schedules and settings",
        )
        sure = (Button("Delete everything", "forgetting", _ALL), Button("Keep it", "kept"))
        return Reply((Heading("Delete all of this community?"), listed, export), sure, private=True)
    return _doubtful(context, person)


def _asking() -> Reply:
    """Return the form to choose a person."""
    whose = ReferenceQuestion(_PERSON, "Whose traces to delete", Referent.PERSON)
    again = Button("Choose a person", "forget")
    return Reply((), private=True, form=Form("forget", "Delete traces", (whose,), "Continue", again))


async def _asked_again(_context: Context, _: str) -> Reply:
    return _asking()


async def _chosen(context: Context, submit: Submit) -> Reply:
    return _doubtful(context, submit.values.get(_PERSON, ""))


def _doubtful(context: Context, person: str) -> Reply:
    """Ask whether to delete a person's traces. Raises BadArgument if they are not in this community."""
    referred(context, person, Referent.PERSON)
    stays = Plain("? Entries stay; their name is removed from the history and settings.")
    asked = Text((Plain("Delete the traces of "), Reference(person), stays))
    buttons = (Button("Delete the traces", "forgetting", person), Button("Keep them", "kept"))
    return Reply((asked,), buttons, private=True)


async def _kept(context: Context, _: str) -> Reply:
    return Reply((text("Nothing was deleted."),), private=True)


async def _forget(context: Context, value: str) -> Reply:
    store = context.services.store
    if value == _ALL:
        await store.forget_community(context.community)
        return Reply(
            (text("Deleted. From now on I answer here with the entries that ship with me, as on the first day."),),
            private=True,
        )
    referred(context, value, Referent.PERSON)
    traces = await forget_person(context, value)
    return Reply((text(f"Deleted: {counted(traces, 'trace')}. Nothing names them now."),), private=True)


COMMANDS = (forget,)
HANDLERS = Handlers(
    {"forget": _asked_again, "forgetting": _forget, "kept": _kept},
    {"forget": _chosen},
    Role.ADMIN,
    frozenset({"forgetting", "kept"}),
)
