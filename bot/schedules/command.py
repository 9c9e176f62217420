"""The command to see or begin schedules of facts; nothing is posted before a moderator starts one."""

from dataclasses import replace
from typing import Annotated

from bot.chat.events import Role
from bot.chat.replies import Button, Heading, Items, Menu, Reply, items, short, text
from bot.commands.context import Context
from bot.commands.declarations import About, Completes, Handlers, command
from bot.schedules.form import FORM
from bot.schedules.page import ACTIONS as PAGE_ACTIONS
from bot.schedules.plan import Follow, plan_of
from bot.schedules.preview import ACTIONS as PREVIEW_ACTIONS
from bot.schedules.preview import CHANNEL_FORM, begun, channel_chosen, new, previewed, submitted
from bot.schedules.view import listed_line, summary
from bot.schedules.words import spoken


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def schedule(
    context: Context,
    channel: Annotated[str | None, About("where to post; without it, here", Completes.CHANNEL)] = None,
    days: Annotated[str | None, About("daily, weekdays, or days like mon, wed, fri", Completes.DAYS)] = None,
    time: Annotated[str | None, About("time of day there, like 09:00 or 4:30 pm")] = None,
    zone: Annotated[str | None, About("time zone, like America/New_York", Completes.ZONE)] = None,
    topic: Annotated[str | None, About("facts on one topic only", Completes.TOPIC)] = None,
    quiet: Annotated[str | None, About("days without a post: 2026-12-24 to 2027-01-02, 2027-07-04")] = None,
    awareness: Annotated[Follow | None, About("name awareness days, post on them also, or only on them")] = None,
    older: Annotated[bool | None, About("post figures older than the review age, too")] = None,
) -> Reply:
    """Post a fact to a channel on chosen days, or see, change and pause what is posted.

    Without options it lists your schedules. With some it shows a preview, with the next five posts; nothing is posted
    before you start it. No fact comes twice until all fresh ones were posted. Figures older than your review age
    (/ijm-mod settings) are left out, unless you include them.
    """
    given = {"channel": channel, "days": days, "time": time, "zone": zone, "topic": topic, "quiet": quiet}
    chosen = spoken(context, {name: value for name, value in given.items() if value is not None})
    if not chosen and awareness is None and older is None:
        return await _listed(context)
    channel = chosen.pop("channel", None)
    follow = Follow(awareness or Follow.OFF).value
    draft = replace(await begun(context, channel), follow=follow, older=bool(older), **chosen)
    return await previewed(context, draft)


async def _listed(context: Context, _: str = "") -> Reply:
    store = context.services.store
    there = await store.schedules(context.community)
    here = Button("New schedule for this place", "schedule-new")
    if not there:
        about = (
            text(
                "Nothing is posted automatically yet. A schedule posts one fact, with its year and source, on the days "
                "you choose."
            ),
            items(
                "`/ijm-mod schedule channel:#facts days:mon,thu time:09:00 zone:America/New_York`",
                "or press the button for a form; you see the next five posts before anything starts",
            ),
        )
        return Reply((Heading("No schedules yet"), *about), (here,), private=True)
    lines, rows = [], []
    for number, each in enumerate(there, start=1):
        last = await store.posts(context.community, each.id, 1)
        lines.append(listed_line(each, last[0] if last else None))
        rows.append(Button(short(f"{number}. {summary(plan_of(each.plan))}"), "schedule", each.id))
    menu = Menu("Open a schedule", tuple(rows))
    return Reply((Heading("Schedules"), Items(tuple(lines), ordered=True)), (here,), private=True, menu=menu)


async def _new(context: Context, _: str) -> Reply:
    return await new(context)


COMMANDS = (schedule,)
HANDLERS = Handlers(
    {"schedules": _listed, "schedule-new": _new, **PAGE_ACTIONS, **PREVIEW_ACTIONS},
    {FORM: submitted, CHANNEL_FORM: channel_chosen},
    Role.MODERATOR,
    frozenset({*PAGE_ACTIONS, *PREVIEW_ACTIONS}),
)
