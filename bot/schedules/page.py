"""One schedule: its next posts, what became of the last ones, and the buttons that change it."""

from dataclasses import replace

from bot.chat.markup import Plain
from bot.chat.outbox import Unpostable, Unreached
from bot.chat.replies import Block, Button, Heading, Reply, Text, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument
from bot.schedules.delivery import post_now, rhythm_of
from bot.schedules.plan import plan_of
from bot.schedules.view import coming, dry, past, settings_of, state_of, summary, supply
from knowledge.store.schedules import Post, PostState, Schedule

# Another moderator, or a post that is due just now, changes a schedule at the same time: so often it is tried again.
TRIES = 5
GONE = "This schedule is not there any more. See /ijm-mod schedule."
BUSY = "The schedule is being changed by others just now. Please try again."


async def found_of(context: Context, schedule_id: str) -> Schedule:
    """Return the community's schedule of that id. Raises BadArgument if it is gone."""
    found = await context.services.store.schedule(context.community, schedule_id)
    if found is None:
        raise BadArgument(GONE)
    return found


async def shown(context: Context, schedule_id: str, said: str = "") -> Reply:
    """One schedule, its next posts and the last ones."""
    found = await found_of(context, schedule_id)
    plan = plan_of(found.plan)
    having = await supply(context, plan)
    state = state_of(found)
    blocks: list[Block] = [Heading(f"Schedule: {summary(plan)}")]
    if said or state:
        blocks.append(Text((Plain(" ".join(part for part in (said, f"It is {state}." if state else "") if part)),)))
    blocks.append(settings_of(context, found.place, plan, having))
    if found.paused is None:
        blocks += coming(context, found, plan, having) if having.quotes else dry(context, plan)
    blocks += past(plan, await context.services.store.posts(context.community, found.id))
    runs = found.paused is None
    buttons = (
        Button("Change it", "schedule-edit", found.id),
        Button("Pause", "schedule-pause", found.id) if runs else Button("Start again", "schedule-resume", found.id),
        *((Button("Post one now", "schedule-now", found.id),) if runs else ()),
        Button("Delete", "schedule-delete", found.id),
        Button("All schedules", "schedules"),
    )
    return Reply(tuple(blocks), buttons, private=True)


async def _open(context: Context, schedule_id: str) -> Reply:
    return await shown(context, schedule_id)


async def _pause(context: Context, schedule_id: str) -> Reply:
    for _ in range(TRIES):
        found = await found_of(context, schedule_id)
        if await context.services.store.keep_schedule(replace(found, paused=found.paused or "", next_at=None)):
            return await shown(context, schedule_id)
    raise BadArgument(BUSY)


async def _resume(context: Context, schedule_id: str) -> Reply:
    for _ in range(TRIES):
        found = await found_of(context, schedule_id)
        try:
            await context.services.outboxes.examine(context.community, found.place)
        except Unpostable as error:
            raise BadArgument(f"It cannot start: {error}") from error
        except Unreached:
            # That is no fault of the place, and mends itself.
            pass
        next_at = rhythm_of(plan_of(found.plan)).next(context.services.now())
        if await context.services.store.keep_schedule(replace(found, paused=None, next_at=next_at)):
            return await shown(context, schedule_id, "Started again.")
    raise BadArgument(BUSY)


async def _now(context: Context, schedule_id: str) -> Reply:
    found = await found_of(context, schedule_id)
    if found.paused is not None:
        raise BadArgument("It is paused. Start it again first.")
    post = await post_now(context, found)
    if post is None:
        raise BadArgument("The schedule was changed by others just now. Please try again.")
    return await shown(context, schedule_id, _said_of(post))


def _said_of(post: Post) -> str:
    match post.state:
        case PostState.POSTED:
            return "Posted."
        case PostState.DRY:
            return "Nothing was posted, because no fact is fresh."
        case PostState.REFUSED:
            return f"It was not posted. {post.note}"
        case _:
            return f"I could not post it yet, and try again by myself. {post.note}".rstrip()


async def _delete(context: Context, schedule_id: str) -> Reply:
    found = await found_of(context, schedule_id)
    asked = Text((Plain(f"Delete the schedule for {summary(plan_of(found.plan))}? What was posted stays."),))
    buttons = (Button("Delete it", "schedule-drop", found.id), Button("Keep it", "schedule", found.id))
    return Reply((asked,), buttons, private=True)


async def _drop(context: Context, schedule_id: str) -> Reply:
    await context.services.store.drop_schedule(context.community, schedule_id)
    return Reply(
        (text("Deleted. Nothing more is posted by it."),), (Button("All schedules", "schedules"),), private=True
    )


ACTIONS = {
    "schedule": _open,
    "schedule-pause": _pause,
    "schedule-resume": _resume,
    "schedule-now": _now,
    "schedule-delete": _delete,
    "schedule-drop": _drop,
}
