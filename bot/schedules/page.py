"""One schedule: its next posts, the results of the last ones, and the buttons that change it."""

from collections.abc import Callable
from dataclasses import replace

from bot.chat.markup import Plain
from bot.chat.outbox import Unpostable, Unreached
from bot.chat.replies import Block, Button, Heading, Reply, Text, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument
from bot.schedules.delivery import post_now
from bot.schedules.plan import plan_of
from bot.schedules.view import coming, past, settings_of, state_of, summary, supply
from knowledge.store.schedules import PostState, Schedule

# How often to try again if another moderator or a due post changes the schedule at the same time.
TRIES = 5
_SAID = {
    PostState.POSTED: "Posted.",
    PostState.DRY: "Nothing was posted, because no fact is fresh.",
    PostState.REFUSED: "It was not posted.",
}
GONE = "This schedule no longer exists. See /ijm-mod schedule."


async def fault_of(context: Context, place: str) -> str:
    """Say why a place accepts no posts; empty if it does."""
    try:
        await context.services.outboxes.examine(context.community, place)
    except Unpostable as error:
        return str(error)
    except Unreached:
        # This is not the place's fault and will pass.
        pass
    return ""


async def found_of(context: Context, schedule_id: str) -> Schedule:
    """Return the community's schedule with this id. Raises BadArgument if it is gone."""
    found = await context.services.store.schedule(context.community, schedule_id)
    if found is None:
        raise BadArgument(GONE)
    return found


async def shown(context: Context, schedule_id: str, said: str = "") -> Reply:
    """Show a schedule, its next posts and the last ones."""
    found = await found_of(context, schedule_id)
    plan = plan_of(found.plan)
    having = await supply(context, plan)
    state = state_of(found)
    blocks: list[Block] = [Heading(f"Schedule: {summary(plan)}")]
    if said or state:
        blocks.append(Text((Plain(" ".join(part for part in (said, f"It is {state}." if state else "") if part)),)))
    blocks.append(settings_of(context, found.place, plan, having))
    if found.paused is None:
        blocks += coming(context, found, plan, having)
    blocks += past(plan, await context.services.store.posts(context.community, found.id))
    runs = (("Pause", "pause"), ("Post one now", "now")) if found.paused is None else (("Start again", "resume"),)
    offered = (("Change it", "edit"), *runs, ("Delete", "delete"))
    buttons = (Button(label, f"schedule-{action}", found.id) for label, action in offered)
    return Reply(tuple(blocks), (*buttons, Button("All schedules", "schedules")), private=True)


async def kept(context: Context, schedule_id: str, changed: Callable[[Schedule], Schedule]) -> None:
    """Change a schedule in its current state. Raises BadArgument if it is gone, or others keep changing it."""
    for _ in range(TRIES):
        found = await found_of(context, schedule_id)
        if await context.services.store.keep_schedule(changed(found)):
            return
    raise BadArgument("Someone else is changing the schedule right now. Please try again.")


async def _pause(context: Context, schedule_id: str) -> Reply:
    await kept(context, schedule_id, lambda found: replace(found, paused=found.paused or "", next_at=None))
    return await shown(context, schedule_id)


async def _resume(context: Context, schedule_id: str) -> Reply:
    fault = await fault_of(context, (await found_of(context, schedule_id)).place)
    if fault:
        raise BadArgument(f"It cannot start: {fault}")
    now = context.services.now()
    await kept(
        context, schedule_id, lambda found: replace(found, paused=None, next_at=plan_of(found.plan).rhythm.next(now))
    )
    return await shown(context, schedule_id, "Started again.")


async def _now(context: Context, schedule_id: str) -> Reply:
    found = await found_of(context, schedule_id)
    if found.paused is not None:
        raise BadArgument("It is paused. Start it again first.")
    post = await post_now(context, found)
    if post is None:
        raise BadArgument("Someone else has just changed the schedule. Please try again.")
    said = _SAID.get(post.state, "I could not post it yet. I'll keep trying.")
    return await shown(context, schedule_id, f"{said} {post.note}".rstrip())


async def _delete(context: Context, schedule_id: str) -> Reply:
    found = await found_of(context, schedule_id)
    asked = Text((Plain(f"Delete the schedule for {summary(plan_of(found.plan))}? What was posted stays."),))
    buttons = (Button("Delete it", "schedule-drop", found.id), Button("Keep it", "schedule", found.id))
    return Reply((asked,), buttons, private=True)


async def _drop(context: Context, schedule_id: str) -> Reply:
    await context.services.store.drop_schedule(context.community, schedule_id)
    return Reply((text("Deleted. It will post nothing more."),), (Button("All schedules", "schedules"),), private=True)


ACTIONS = {
    "schedule": shown,
    "schedule-pause": _pause,
    "schedule-resume": _resume,
    "schedule-now": _now,
    "schedule-delete": _delete,
    "schedule-drop": _drop,
}
