"""The review as one list, with counts and filters, edited in place."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, assert_never

from bot.chat.events import Role, Submit
from bot.chat.markup import Plain
from bot.chat.replies import Block, Button, Form, Heading, Items, Menu, Question, Reply, Text, echo, short, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Handlers, command
from bot.curating.editing import drafts
from bot.curating.editing.edit import going_on
from bot.curating.reviewing.queue import Asked, BaseChanged, Halted, Item, Proposed, Stale, Suggested, Unchecked, queue

# How many items a page has, which is also what typed numbers refer to.
PAGE = 10
# The forms that ask which items to dismiss, and which to go to.
DISMISS_FORM, GO_FORM = "review-dismiss", "review-go"
_SPAN = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")


class Show(StrEnum):
    """Which part of the review."""

    ALL = "all"
    UNANSWERED = "unanswered"
    OFFERED = "offered"
    SUGGESTIONS = "suggestions"
    FIGURES = "figures"
    OTHER = "other"


_TITLES: Mapping[Show, str] = {
    Show.UNANSWERED: "unanswered",
    Show.OFFERED: "offered but not picked",
    Show.SUGGESTIONS: "suggestions",
    Show.FIGURES: "old figures",
    Show.OTHER: "entries and schedules to look at",
}


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def review(
    context: Context,
    show: Annotated[Show, About("only one part of what is waiting")] = Show.ALL,
) -> Reply:
    """Go through what is waiting: unanswered questions, suggestions, stopped schedules, old entries.

    Questions are kept for 90 days, without the asker's name, mentions, addresses and long numbers. None that I
    recognize as being about somebody's safety is kept.
    """
    return await listed(context, Show(show), in_place=False)


def part_of(item: Item) -> Show:
    """Return the part of the review that an item belongs to."""
    match item:
        case Asked(offered=True):
            return Show.OFFERED
        case Asked():
            return Show.UNANSWERED
        case Suggested():
            return Show.SUGGESTIONS
        case Stale():
            return Show.FIGURES
        case Proposed() | Unchecked() | Halted() | BaseChanged():
            return Show.OTHER
        case _:
            assert_never(item)


async def waiting_in(context: Context, show: Show) -> tuple[Item, ...]:
    """Return what is waiting in a part of the review, in order."""
    return tuple(item for item in await queue(context) if show in {Show.ALL, part_of(item)})


async def listed(context: Context, show: Show, start: int = 0, said: str = "", *, in_place: bool = True) -> Reply:
    """Return one page of the list, from the item at `start`; `said` is what was just done."""
    everything = await queue(context)
    waiting = [item for item in everything if show in {Show.ALL, part_of(item)}]
    done: tuple[Block, ...] = (Text((Plain(said),)),) if said else ()
    unfinished = going_on(await drafts.unfinished(context))[:1]
    if not everything:
        nothing = text("As far as I know, every question has an answer.")
        return Reply((Heading("Nothing waits"), *done, nothing), unfinished, private=True, in_place=in_place)
    if not waiting:
        done = (*done, Text((Plain(f"Nothing else is waiting in “{_TITLES[show]}”. Here is the rest:"),)))
        show, waiting = Show.ALL, list(everything)
    start = min(start, len(waiting) - 1) // PAGE * PAGE
    page = waiting[start : start + PAGE]
    counts = Counter(map(part_of, everything))
    told = " · ".join(f"{name}: {counts[part]}" for part, name in _TITLES.items() if counts[part])
    title = "Review" if show is Show.ALL else f"Review, {_TITLES[show]}"
    blocks = (
        Heading(f"{title}: {len(waiting)} waiting"),
        *done,
        Text((Plain(told),)),
        Items(tuple((Plain(line_of(item)),) for item in page), ordered=True, first=start + 1),
    )
    rows = (_row(show, item) for item in page)
    buttons = (*_moving(show, start, waiting), *_filters(show, counts), *unfinished)
    return Reply(blocks, buttons, private=True, menu=Menu("Answer or edit one", tuple(rows)), in_place=in_place)


def line_of(item: Item) -> str:
    """Describe an item in one line."""
    match item:
        case Asked(misses):
            times = "once" if item.count == 1 else f"{item.count} times"
            return f"“{echo(misses[0].text)}” (asked {times})"
        case Suggested(suggestion):
            return f"“{echo(suggestion.text)}” (suggested)"
        case Proposed(proposal, entry):
            named = short(entry.question) if entry else proposal.draft.entry_id
            return f"{named} ({proposal.draft.change}, to be approved)"
        case Unchecked(entry):
            return f"{short(entry.question)} (not shown: a number to check)"
        case Halted(schedule):
            return f"A schedule has stopped: {echo(schedule.paused or '')}"
        case BaseChanged(base=base):
            return f"{short(base.question)} (the shipped text has changed)"
        case Stale(entry):
            return f"{short(entry.question)} (figures of {entry.as_of})"
        case _:
            assert_never(item)


def _row(show: Show, item: Item) -> Button:
    """Return the menu row that opens an item, or its form if it has one."""
    label = short(line_of(item))
    match item:
        case Asked() | Suggested():
            return Button(label, "answer", f"{show} {item.key}")
        case Proposed():
            return Button(label, "review", f"{show} {item.key}")
        case Halted(schedule):
            return Button(label, "schedule", schedule.id)
        case Unchecked(entry) | Stale(entry):
            return Button(label, "edit", entry.id)
        case BaseChanged(base=base):
            return Button(label, "edit", base.id)
        case _:
            assert_never(item)


def _moving(show: Show, start: int, waiting: Sequence[Item]) -> list[Button]:
    buttons = [Button("Begin", "review", f"{show} {waiting[start].key}")]
    if start:
        buttons.append(Button("Previous ten", "review-list", f"{show} {start - PAGE}"))
    if start + PAGE < len(waiting):
        buttons.append(Button("Next ten", "review-list", f"{show} {start + PAGE}"))
    if len(waiting) > 1:
        buttons.append(Button("Go to …", GO_FORM, show.value))
    if sum(isinstance(item, Asked | Suggested) for item in waiting) > 1:
        buttons.append(Button("Dismiss several", DISMISS_FORM, show.value))
    return buttons


def _filters(show: Show, counts: Counter[Show]) -> list[Button]:
    if show is not Show.ALL:
        return [Button(f"Everything ({sum(counts.values())})", "review-list", f"{Show.ALL} 0")]
    there = [part for part in _TITLES if counts[part]]
    if len(there) < 2:
        return []
    return [Button(f"Only {_TITLES[part]} ({counts[part]})", "review-list", f"{part} 0") for part in there]


def show_of(word: str) -> Show:
    """Return the part of the review that a button names; the whole review for a button of an older version."""
    return Show(word) if word in set(Show) else Show.ALL


async def _list(context: Context, value: str) -> Reply:
    word, _, start = value.partition(" ")
    return await listed(context, show_of(word), int(start) if start.isdecimal() else 0)


async def _choosing(context: Context, value: str) -> Reply:
    return _numbers(DISMISS_FORM, "Dismiss several", "Their numbers", "1, 3-5", value, "Dismiss")


async def _going(context: Context, value: str) -> Reply:
    return _numbers(GO_FORM, "Go to one", "Its number", "12", value, "Go")


def _numbers(form: str, title: str, label: str, hint: str, show: str, submit: str) -> Reply:
    """Return the form that asks for item numbers."""
    asked = Question("numbers", label, limit=200, hint=hint)
    again = Button(title, form, show)
    return Reply((), private=True, form=Form(f"{form}:{show}", title, (asked,), submit, again))


async def _dismissed(context: Context, submit: Submit) -> Reply:
    """Dismiss the questions and suggestions with these numbers."""
    show = show_of(submit.form.partition(":")[2])
    waiting = await waiting_in(context, show)
    chosen = [waiting[number - 1] for number in _read(submit.values.get("numbers", ""), len(waiting))]
    misses = [miss.id for item in chosen if isinstance(item, Asked) for miss in item.misses]
    suggested = [item.suggestion.id for item in chosen if isinstance(item, Suggested)]
    await context.services.store.remove_misses(context.community, misses)
    await context.services.store.remove_suggestions(context.community, suggested)
    gone = sum(isinstance(item, Asked | Suggested) for item in chosen)
    kept = len(chosen) - gone
    rest = f" {kept} cannot be dismissed: they are entries or schedules." if kept else ""
    return await listed(context, show, said=f"Dismissed: {gone}.{rest}")


def _read(typed: str, most: int) -> list[int]:
    """Read the typed numbers, each once. Raises BadArgument with what would be right."""
    found: set[int] = set()
    joined = re.sub(r"(?<!\s)\s*+[-–]\s*+", "-", typed)
    for part in filter(None, map(str.strip, re.split(r"[,;\s]+(?![-–])", joined))):
        span = _SPAN.fullmatch(part)
        first = int(span[1]) if span else 0
        last = int(span[2] or first) if span else 0
        if not most:
            raise BadArgument("Nothing is waiting here now. See /ijm-mod review.")
        if not 1 <= first <= last <= most:
            raise BadArgument(f"“{echo(part)}” is not a number from 1 to {most}, or a span like 2-4.")
        found.update(range(first, last + 1))
    if not found:
        raise BadArgument("I see no number there. Write something like 1, 3-5.")
    return sorted(found)


async def _gone_to(context: Context, submit: Submit) -> Reply:
    show = show_of(submit.form.partition(":")[2])
    waiting = await waiting_in(context, show)
    first = _read(submit.values.get("numbers", ""), len(waiting))[0]
    return await listed(context, show, first - 1)


COMMANDS = (review,)
HANDLERS = Handlers(
    {"review-list": _list, DISMISS_FORM: _choosing, GO_FORM: _going},
    {DISMISS_FORM: _dismissed, GO_FORM: _gone_to},
    Role.MODERATOR,
)
