"""How moderators see a schedule: where, when and what, its next posts, and the results of the last ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat.markup import Plain, Reference, Spans
from bot.chat.replies import Block, Fields, Items, Text, items, short, text
from bot.commands.context import Context
from bot.schedules.plan import Follow, Plan, plan_of
from bot.schedules.rotation import Freshness, Quote, drawn, quotes_of
from bot.schedules.timewords import days_in_words, moment_in_words, offset_in_words
from knowledge.store.schedules import Post, PostState, Schedule

# How many of the next posts are shown.
COMING = 5
# Enough of a fact to recognize it.
_FACT_LIMIT = 90
_FOLLOWS = {
    Follow.OFF: "are not mentioned",
    Follow.NAME: "are named if there is a post that day",
    Follow.ALSO: "are named, and get a post even on other weekdays",
    Follow.ONLY: "are the only days with a post, and are named",
}
_STATES = {
    PostState.CLAIMED: "not posted yet; I'll try again",
    PostState.SENDING: "under way",
    PostState.POSTED: "posted",
    PostState.UNSURE: "may or may not be there; I did not send it twice",
    PostState.MISSED: "missed: more than six hours late, or paused before it was sent",
    PostState.DRY: "nothing posted, because no fact was fresh",
    PostState.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class Supply:
    """The facts of a plan: those that it may post now, and how many are left out for old figures."""

    quotes: tuple[Quote, ...]
    old: int
    marks: frozenset[str]


async def supply(context: Context, plan: Plan) -> Supply:
    """Return what a plan has to post."""
    marks = await context.services.store.marks(context.community)
    year = context.services.now().year
    strict = quotes_of(context.pack, replace(plan, older=False), Freshness(context.settings, marks, year))
    every = quotes_of(context.pack, replace(plan, older=True), Freshness(context.settings, marks, year))
    return Supply(every if plan.older else strict, len(every) - len(strict), marks)


def summary(plan: Plan) -> str:
    """Say in a few words when a plan posts."""
    days = "awareness days" if plan.follow is Follow.ONLY else days_in_words(plan.weekdays)
    return f"{days} at {plan.at:%H:%M}, {plan.zone}"


def settings_of(context: Context, place: str, plan: Plan, having: Supply) -> Fields:
    """Say where a schedule posts, when, and what."""
    offset = offset_in_words(plan.rhythm.local(context.services.now()))
    topic = context.pack.topic(plan.topic)
    which = topic.title if topic else plan.topic or "all topics"
    facts = f"{which}: {len(having.quotes)} to post"
    if having.old:
        age = f"older than {context.settings.stale_years} years"
        facts += f", {'with' if plan.older else 'without'} {having.old} whose figures are {age}"
    pairs: list[tuple[str, Spans]] = [
        ("Where", (Reference(place),)),
        ("When", (Plain(f"{summary(plan)} (now {offset})"),)),
        ("Facts", (Plain(facts),)),
        ("Awareness days", (Plain(_FOLLOWS[plan.follow]),)),
    ]
    if plan.quiet:
        pairs.append(("Quiet days", (Plain(", ".join(map(str, plan.quiet))),)))
    return Fields(tuple(pairs))


def coming(context: Context, schedule: Schedule, plan: Plan, having: Supply) -> tuple[Block, ...]:
    """Return the next posts with their facts, if nothing is changed; or say why there are none."""
    if not having.quotes:
        return _dry(context, plan)
    moments = plan.rhythm.first_after(context.services.now(), COMING)
    if not moments:
        return (text("**No day is left**: all its days are quiet days."),)
    lines: list[Spans] = []
    for moment in moments:
        quotes = quotes_of(context.pack, plan, Freshness(context.settings, having.marks, moment.year))
        found = drawn(schedule, quotes)
        if found is not None:
            schedule = found[0]
        local = plan.rhythm.local(moment)
        names = "".join(f"{each.name}. " for each in plan.named(local.date()))
        said = short(found[1].fact.text, _FACT_LIMIT) if found else "nothing, because no fact is fresh"
        lines.append((Plain(f"{moment_in_words(local)}: {names}{said}"),))
    return text("**The next posts:**"), Items(tuple(lines), ordered=True)


def _dry(context: Context, plan: Plan) -> tuple[Block, ...]:
    """Say what a moderator can do if a plan has nothing fresh to post."""
    topic = context.pack.topic(plan.topic)
    where = f" of the topic “{topic.title}”" if topic else ""
    years = context.settings.stale_years
    return (
        Text((Plain(f"No fact{where} is fresh: all their figures are more than {years} years old."),)),
        text("Choose what is right for you:"),
        items(
            "“Include older figures” posts them; each says its year in its sentence.",
            "`/ijm-mod review`, “It still stands”, makes an entry's figures fresh until the end of the year.",
            "Another topic, or all, with “Change it”: sentences without a figure do not age.",
        ),
    )


def past(plan: Plan, posts: Sequence[Post]) -> tuple[Block, ...]:
    """Return the results of the last posts, the newest first."""
    if not posts:
        return ()
    lines = []
    for post in posts:
        noted = f" ({post.note.rstrip('.')})" if post.note else ""
        lines.append((Plain(f"{moment_in_words(plan.rhythm.local(post.due))}: {_STATES[post.state]}{noted}"),))
    return text("**The last ones:**"), Items(tuple(lines))


def state_of(schedule: Schedule) -> str:
    """Say why a schedule does not run; empty if it does."""
    if schedule.paused:
        return f"stopped: {schedule.paused}"
    if schedule.paused is not None:
        return "paused"
    return "" if schedule.next_at is not None else "no day is left"


def listed_line(schedule: Schedule, last: Post | None) -> Spans:
    """Return a schedule as one line of the list."""
    plan = plan_of(schedule.plan)
    state = state_of(schedule)
    if not state and last is not None and last.state is not PostState.POSTED:
        state = f"last: {_STATES[last.state]}"
    return (Plain(f"{summary(plan)}, in "), Reference(schedule.place), Plain(f" ({state})" if state else ""))
