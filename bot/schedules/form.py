"""An unsaved schedule: what was typed, kept until it is started or discarded, and the plan that it makes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.asking.browse import topic_named
from bot.chat.replies import Button, ChoiceQuestion, Form, Question
from bot.commands.context import Context
from bot.commands.declarations import CHOICES_LIMIT, BadArgument
from bot.schedules.page import fault_of
from bot.schedules.plan import Follow, Plan, plan_of
from bot.schedules.timewords import days_as_typed, quiet_as_typed, read_days, read_quiet, read_time
from bot.schedules.zones import read_zone
from knowledge.store.protocol import Json
from knowledge.store.schedules import Schedule

FORM = "schedule"
# The fields, by the names under which they are stored.
DAYS, TIME, ZONE, TOPIC, QUIET = "days", "time", "zone", "topic", "quiet"
FIELDS = (DAYS, TIME, ZONE, TOPIC, QUIET)
# The choice for facts of all topics; no topic has this id.
ALL = "all"
# Morning classes begin then.
USUAL_TIME = "09:00"
# A few words; and the dates of some years, one per line.
_WORDS_LIMIT, _DATES_LIMIT = 100, 1_500


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into a schedule's form, and what was chosen by buttons. `schedule` is the id that it has or will
    have. `seen` is the plan and place that its author saw when they began to edit; None for a new schedule. `id` is the
    draft's own.
    """

    place: str
    schedule: str
    days: str = "daily"
    time: str = USUAL_TIME
    zone: str = ""
    topic: str = ""
    quiet: str = ""
    follow: str = Follow.OFF.value
    older: bool = False
    seen: Mapping[str, Json] | None = None
    id: str = ""


def draft_of(schedule: Schedule) -> Draft:
    """Return a draft that changes an existing schedule."""
    plan = plan_of(schedule.plan)
    return Draft(
        place=schedule.place,
        schedule=schedule.id,
        days=days_as_typed(plan.weekdays),
        time=plan.at.isoformat("minutes"),
        zone=plan.zone,
        topic=plan.topic,
        quiet=quiet_as_typed(plan.quiet),
        follow=plan.follow.value,
        older=plan.older,
        seen=seen_of(schedule),
    )


def seen_of(schedule: Schedule) -> dict[str, Json]:
    """Return the parts of a schedule that a moderator decides."""
    return {"place": schedule.place, **schedule.plan}


async def keep(context: Context, draft: Draft) -> Draft:
    """Store a draft in place of its earlier version."""
    values = {name: value for name, value in asdict(draft).items() if name != "id"}
    kept = await context.services.store.keep_typed(
        context.community, values, by=context.user.id, now=context.services.now(), typed_id=draft.id or None
    )
    return replace(draft, id=kept)


async def drafted(context: Context, draft_id: str) -> Draft:
    """Return the draft with this id. Raises BadArgument if it is gone."""
    found = await context.services.store.typed(context.community, draft_id)
    if found is None or "schedule" not in found.values:
        raise BadArgument("This was already started or discarded, or is more than a week old.")
    values: Mapping[str, Any] = found.values
    return Draft(**values, id=draft_id)


def form_of(context: Context, draft: Draft) -> Form:
    """Return the form with what was typed so far."""
    topics = ((ALL, "All topics"), *((topic.id, topic.title) for topic in context.pack.topics))
    fields = (
        Question(DAYS, "Days", True, draft.days, _WORDS_LIMIT, hint="daily, weekdays, or mon, wed, fri"),
        Question(TIME, "Time of day there", True, draft.time, _WORDS_LIMIT, hint="09:00 or 4:30 pm"),
        Question(ZONE, "Time zone", True, draft.zone, _WORDS_LIMIT, hint="America/New_York"),
        ChoiceQuestion(TOPIC, "Topic", topics[:CHOICES_LIMIT], draft.topic or ALL),
        Question(
            QUIET, "Quiet days, one or a range per line", False, draft.quiet, _DATES_LIMIT, 3,
            hint="2026-12-24 to 2027-01-02",
        ),
    )  # fmt: skip
    title = "Post facts" if draft.seen is None else "Change a schedule"
    return Form(f"{FORM}:{draft.id}", title, fields, "Preview", Button("Open the form", "schedule-form", draft.id))


async def read(context: Context, draft: Draft) -> tuple[Plan | None, tuple[str, ...]]:
    """Return the plan that was typed, or all its faults, such as a place that accepts no posts."""
    faults: list[str] = []

    def part(reader: Any, typed: str) -> Any:
        try:
            return reader(typed)
        except BadArgument as error:
            faults.append(str(error))
            return None

    days, at, quiet = part(read_days, draft.days), part(read_time, draft.time), part(read_quiet, draft.quiet)
    zone = part(read_zone if draft.zone.strip() else _no_zone, draft.zone)
    named = draft.topic.strip()
    topic = "" if named in {"", ALL} else part(lambda name: topic_named(context.pack, name).id, named)
    if fault := await fault_of(context, draft.place):
        faults.append(fault)
    if faults:
        return None, tuple(faults)
    return Plan(days, at, zone, quiet, topic, Follow(draft.follow), draft.older), ()


def _no_zone(_: str) -> str:
    raise BadArgument("Say in which time zone that is, such as zone:America/New_York.")
