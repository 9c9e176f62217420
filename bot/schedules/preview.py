"""Starting or changing a schedule: a form, a preview with the next five posts, and then the start."""

import secrets
from dataclasses import replace
from typing import Any

from bot.chat.events import Submit
from bot.chat.markup import Plain, Reference, Referent
from bot.chat.replies import Block, Button, Form, Heading, Items, Menu, ReferenceQuestion, Reply, Text, note, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument
from bot.commands.references import own_channel, referred
from bot.schedules.form import FIELDS, Draft, draft_of, drafted, form_of, keep, read, seen_of
from bot.schedules.page import GONE, found_of, kept, shown
from bot.schedules.plan import Follow, plan_of
from bot.schedules.view import coming, settings_of, supply
from knowledge.store.schedules import Schedule

# How many a select of Discord holds (components/reference.mdx), and more than a community can keep track of.
SCHEDULES_LIMIT = 25
# The form in which a schedule's channel is chosen, and the button that opens it.
CHANNEL_FORM = "schedule-channel"
# A schedule's id travels in a button beside an action.
_ID_BYTES = 6
_FOLLOW_LABELS = {
    Follow.OFF: "Do not mention awareness days",
    Follow.NAME: "Name awareness days",
    Follow.ALSO: "Post on awareness days, too",
    Follow.ONLY: "Post only on awareness days",
}


class _ChangedMeanwhile(Exception):  # noqa: N818 (nothing is broken)
    """Another moderator changed what a draft changes, too."""


async def begun(context: Context, channel: str | None) -> Draft:
    """Return a new schedule with likely values: the zone of the existing ones."""
    if channel is None and is_nowhere(context):
        raise BadArgument("Say in which channel, with channel:")
    place = context.place.id if channel is None else referred(context, channel, Referent.CHANNEL)
    there = await context.services.store.schedules(context.community)
    if len(there) >= SCHEDULES_LIMIT:
        raise BadArgument(f"There are already {len(there)} schedules, which is the most I can keep. Delete one first.")
    return Draft(place, secrets.token_hex(_ID_BYTES), zone=plan_of(there[-1].plan).zone if there else "")


def is_nowhere(context: Context) -> bool:
    """Return whether no schedule can post here: in a direct conversation, or on the bot's own screen."""
    return context.place.direct and (context.place.posts or not own_channel(context))


async def new(context: Context) -> Reply:
    """Return the form for a new schedule; first the one for its channel, if this is not a channel."""
    if not is_nowhere(context):
        return await opened(context, await begun(context, None))
    return _channel_form("", "")


async def opened(context: Context, draft: Draft) -> Reply:
    """Store a draft, and return its form."""
    return Reply((), private=True, form=form_of(context, await keep(context, draft)))


async def _reopened(context: Context, draft_id: str) -> Reply:
    return Reply((), private=True, form=form_of(context, await drafted(context, draft_id)))


def _channel_form(draft_id: str, chosen: str) -> Reply:
    """Return the form that chooses a schedule's channel; without an id, for a new schedule."""
    channel = ReferenceQuestion("channel", "Where to post", Referent.CHANNEL, chosen)
    again = Button("Choose a channel", CHANNEL_FORM, draft_id)
    form = Form(f"{CHANNEL_FORM}:{draft_id}", "Channel of a schedule", (channel,), "Continue", again)
    return Reply((), private=True, form=form)


async def _channel(context: Context, draft_id: str) -> Reply:
    return _channel_form(draft_id, (await drafted(context, draft_id)).place if draft_id else "")


async def channel_chosen(context: Context, submit: Submit) -> Reply:
    """Return what follows a chosen channel: the preview, or for a new schedule the button that opens its form."""
    draft_id, channel = submit.form.partition(":")[2], submit.values.get("channel", "")
    if draft_id:
        place = referred(context, channel, Referent.CHANNEL)
        return await previewed(context, replace(await drafted(context, draft_id), place=place))
    draft = await keep(context, await begun(context, channel))
    said = Text((Plain("Facts will go to "), Reference(draft.place), Plain(". Now choose the days and the time.")))
    away = Button("Discard", "discard", draft.id)
    return Reply((said,), (Button("Open the form", "schedule-form", draft.id), away), private=True)


async def submitted(context: Context, submit: Submit) -> Reply:
    """Return the preview of what was typed into the form."""
    typed: dict[str, Any] = {name: submit.values.get(name, "") for name in FIELDS}
    try:
        draft = await drafted(context, submit.form.partition(":")[2])
    except BadArgument:
        # The draft expired or was started meanwhile: what was typed begins a new one, so that it is not lost.
        draft = await begun(context, None)
    return await previewed(context, replace(draft, **typed))


async def previewed(context: Context, draft: Draft) -> Reply:
    """Return the preview of a schedule with all objections, and keep it until it is started or discarded."""
    draft = await keep(context, draft)
    away = (Button("Change it", "schedule-form", draft.id), Button("Discard", "discard", draft.id))
    plan, faults = await read(context, draft)
    if plan is None:
        said = Items(tuple((Plain(fault),) for fault in faults))
        kept = note("What you typed is kept for a week.")
        return Reply((Heading("Not yet: please change this"), said, kept), away, private=True)
    now = context.services.now()
    having = await supply(context, plan)
    model = await _model(context, draft)
    ready = bool(having.quotes) and plan.rhythm.next(now) is not None
    blocks: list[Block] = [Heading("Preview: not started yet"), settings_of(context, draft.place, plan, having)]
    blocks += coming(context, model, plan, having)
    buttons = [Button("Start it" if draft.seen is None else "Save", "schedule-save", draft.id)] if ready else []
    if having.old or plan.older:
        label = "Leave older figures out" if plan.older else "Include older figures"
        buttons.append(Button(label, "schedule-older", draft.id))
    if draft.place != context.place.id and draft.seen is not None and not context.place.direct:
        buttons.append(Button("Post here instead", "schedule-here", draft.id))
    buttons.append(Button("Another channel", CHANNEL_FORM, draft.id))
    rows = tuple(Button(label, "schedule-follow", f"{draft.id} {each}") for each, label in _FOLLOW_LABELS.items())
    return Reply(tuple(blocks), (*buttons, *away), private=True, menu=Menu("Awareness days", rows))


async def _model(context: Context, draft: Draft) -> Schedule:
    """Return the schedule that a draft changes or would create."""
    found = await context.services.store.schedule(context.community, draft.schedule)
    now = context.services.now()
    return found or Schedule(context.community, draft.schedule, draft.place, {}, context.user.id, now)


async def _toggle_older(context: Context, draft_id: str) -> Reply:
    draft = await drafted(context, draft_id)
    return await previewed(context, replace(draft, older=not draft.older))


async def _follow(context: Context, value: str) -> Reply:
    draft_id, _, follow = value.partition(" ")
    if follow not in set(Follow):
        raise BadArgument("This choice is from an older version of me. Please choose again.")
    return await previewed(context, replace(await drafted(context, draft_id), follow=follow))


async def _here(context: Context, draft_id: str) -> Reply:
    return await previewed(context, replace(await drafted(context, draft_id), place=context.place.id))


async def _save(context: Context, value: str) -> Reply:
    """Start a new schedule or change an existing one, unless somebody else changed it meanwhile."""
    draft_id, _, over = value.partition(" ")
    draft = await drafted(context, draft_id)
    plan, _ = await read(context, draft)
    if plan is None or not (await supply(context, plan)).quotes:
        return await previewed(context, draft)
    store, now = context.services.store, context.services.now()
    found = await store.schedule(context.community, draft.schedule)
    if found is None and draft.seen is not None:
        raise BadArgument(GONE)
    if found is not None and draft.seen is None:
        return await shown(context, found.id)

    def changed(base: Schedule) -> Schedule:
        if draft.seen is not None and not over and seen_of(base) != draft.seen:
            raise _ChangedMeanwhile
        # Saving one that the bot has stopped starts it again; one that a moderator paused stays so.
        paused = None if base.paused else base.paused
        next_at = plan.rhythm.next(now) if paused is None else None
        return replace(base, place=draft.place, plan=plan.kept, paused=paused, next_at=next_at)

    try:
        if found is None:
            await store.keep_schedule(changed(await _model(context, draft)))
        else:
            await kept(context, found.id, changed)
    except _ChangedMeanwhile:
        return _conflicting(draft)
    await store.drop_typed(context.community, draft_id)
    return await shown(context, draft.schedule, "Started." if found is None else "Saved.")


def _conflicting(draft: Draft) -> Reply:
    said = text("Another moderator changed this schedule while you were editing. Yours is kept.")
    buttons = (
        Button("Save mine over it", "schedule-save", f"{draft.id} over"),
        Button("Show it as it is now", "schedule", draft.schedule),
    )
    return Reply((said,), buttons, private=True)


async def _edit(context: Context, schedule_id: str) -> Reply:
    return await opened(context, draft_of(await found_of(context, schedule_id)))


ACTIONS = {
    CHANNEL_FORM: _channel,
    "schedule-form": _reopened,
    "schedule-older": _toggle_older,
    "schedule-follow": _follow,
    "schedule-here": _here,
    "schedule-save": _save,
    "schedule-edit": _edit,
}
