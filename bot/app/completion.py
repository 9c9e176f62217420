"""What a half-typed option can become."""

from bot.chat.replies import short
from bot.commands.context import Context
from bot.commands.declarations import Completes, Option
from bot.curating.history import changed_entries
from bot.schedules.timewords import day_completions
from bot.schedules.zones import zone_completions

# As many completions as Discord shows, and as long (interactions/application-commands.mdx:124).
COMPLETIONS_LIMIT = 25
COMPLETION_LABEL_LIMIT = 100


async def choices_for(option: Option, typed: str, context: Context) -> tuple[tuple[str, str], ...]:
    """Return labels with their values, best first, at most COMPLETIONS_LIMIT. None for a person, channel or group: the
    platform has its own lists of them.
    """
    match option.completes:
        case Completes.ENTRY:
            found = context.library.search.complete(typed, COMPLETIONS_LIMIT)
            return tuple((short(entry.question, COMPLETION_LABEL_LIMIT), entry.id) for entry in found)
        case Completes.CHANGED:
            changed = await changed_entries(context)
            pairs = [(short(entry.question, COMPLETION_LABEL_LIMIT), entry.id) for entry in changed]
        case Completes.TOPIC:
            pairs = [(topic.title, topic.id) for topic in context.pack.topics]
        case Completes.COMMAND:
            open_, sign = context.registry.open_to(context.role), context.place.platform.sign
            pairs = [(f"{sign}{each.head} {each.name}", each.name) for each in open_]
        case Completes.DAYS:
            return tuple((days, days) for days in day_completions(typed))[:COMPLETIONS_LIMIT]
        case Completes.ZONE:
            used = [str(each.plan.get("zone")) for each in await context.services.store.schedules(context.community)]
            return zone_completions(typed, context.services.now(), used)[:COMPLETIONS_LIMIT]
        case _:
            pairs = [(choice, choice) for choice in option.choices]
    asked = typed.casefold()
    fitting = [pair for pair in pairs if any(asked in part.casefold() for part in pair)]
    return tuple(fitting[:COMPLETIONS_LIMIT])
