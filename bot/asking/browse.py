"""Browsing: the four outcomes, the outside agencies, and all topics with their questions."""

from dataclasses import replace
from datetime import UTC
from enum import StrEnum
from typing import Annotated

from bot.asking import answers
from bot.asking.helpline import local_line, near_you
from bot.chat.markup import Plain, Strong
from bot.chat.pages import page_of, turned_to
from bot.chat.replies import Block, Button, Heading, Items, Menu, Reply, items, text
from bot.commands.context import Context
from bot.commands.deck import of_day
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from knowledge.pack.model import Pack, Topic

# As many as a phone shows without much scrolling.
QUESTIONS_PER_PAGE = 10


class Outcome(StrEnum):
    """The four outcomes, each as one word."""

    RESCUE = "rescue"
    JUSTICE = "justice"
    RESTORE = "restore"
    TRANSFORM = "transform"


_ENTRY_OF = {
    Outcome.RESCUE: "rescue-victims",
    Outcome.JUSTICE: "bring-criminals-to-justice",
    Outcome.RESTORE: "restore-survivors",
    Outcome.TRANSFORM: "justice-system-transformation",
}
_OTHER_WORDS = {
    "1": "rescue",
    "victims": "rescue",
    "relief": "rescue",
    "2": "justice",
    "bring criminals to justice": "justice",
    "criminals": "justice",
    "accountability": "justice",
    "courts": "justice",
    "3": "restore",
    "restoration": "restore",
    "survivors": "restore",
    "aftercare": "restore",
    "4": "transform",
    "transformation": "transform",
    "justice system": "transform",
    "system": "transform",
    "structural": "transform",
} | {entry_id: outcome.value for outcome, entry_id in _ENTRY_OF.items()}


@command()
async def outcomes(
    context: Context,
    which: Annotated[Outcome | None, About("open one of the four", aliases=_OTHER_WORDS)] = None,
) -> Reply:
    """Show the four outcomes that IJM works for, or open one of them."""
    pack = context.pack
    entry = pack.entry(_ENTRY_OF[Outcome(which)] if which else "outcomes")
    if entry is None:
        return answers.unknown(pack, ())
    reply = answers.answer(pack, entry)
    if which:
        return reply
    ways = [other for entry_id in _ENTRY_OF.values() if (other := pack.entry(entry_id))]
    return replace(reply, menu=Menu("Open one of the four", tuple(answers.entry_button(way) for way in ways)))


@command(private=True)
async def referral(context: Context) -> Reply:
    """Show outside agencies in the United States: anti-trafficking and legal help.

    Shown to you alone where the platform can. In danger now: call 911 or your local emergency number.
    """
    entry = context.pack.entry("referral")
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    shown = answers.answer(context.pack, entry, private=True)
    return replace(shown, blocks=(*near_you(local_line(context)), *shown.blocks))


@command()
async def topics(
    context: Context,
    topic: Annotated[str | None, About("open one topic", Completes.TOPIC)] = None,
) -> Reply:
    """Browse what I know: all topics, or the questions of one."""
    pack = context.pack
    return _questions(context, topic_named(pack, topic)) if topic else _topics(pack)


def topic_named(pack: Pack, name: str) -> Topic:
    """Return the topic with this id or title, in any case, or the only one whose title begins with it.

    Raises BadArgument with the topics that there are.
    """
    asked = name.strip().casefold()
    for topic in pack.topics:
        if asked in {topic.id, topic.title.casefold()}:
            return topic
    begun = [t for t in pack.topics if t.title.casefold().startswith(asked) or t.id.startswith(asked)]
    if len(begun) == 1:
        return begun[0]
    raise BadArgument(f"“topic” is one of: {', '.join(topic.id for topic in pack.topics)}.")


def _topics(pack: Pack) -> Reply:
    lines = Items(tuple((Strong((Plain(t.title),)), Plain(f": {t.description}")) for t in pack.topics))
    return Reply((Heading("What I know about"), lines), menu=_topic_menu(pack))


def _questions(context: Context, topic: Topic, number: int = 1) -> Reply:
    page = page_of(context.pack.in_topic(topic.id), number, QUESTIONS_PER_PAGE, context.place)
    lines = Items(tuple((Plain(entry.question),) for entry in page.items))
    menu = Menu("Open a question", tuple(answers.entry_button(entry) for entry in page.items))
    blocks: tuple[Block, ...] = (Heading(topic.title), text(topic.description), lines, *page.notes)
    return Reply(blocks, (*page.buttons("topic-page", topic.id), Button("All topics", "topics")), menu=menu)


async def _turned(context: Context, value: str) -> Reply:
    topic_id, number = turned_to(value)
    return replace(_questions(context, topic_named(context.pack, topic_id), number), private=True)


async def _topic(context: Context, value: str) -> Reply:
    return replace(_questions(context, topic_named(context.pack, value)), private=True)


async def _all(context: Context, _: str) -> Reply:
    return replace(_topics(context.pack), private=True)


def _topic_menu(pack: Pack) -> Menu:
    return Menu("Open a topic", tuple(Button(topic.title, "topic", topic.id) for topic in pack.topics))


def welcome(pack: Pack) -> Reply:
    """Return the first screen: what the bot is, how to ask, and the topics."""
    ways = items(
        "Ask in your own words: `How long does aftercare last?`",
        "`/ijm topics` to browse, `/ijm fact` for a fact to quote, `/ijm help` for all commands",
        answers.HINT,
    )
    return Reply((Heading("IJM answers"), text(answers.WELCOME), ways), menu=_topic_menu(pack))


def home(context: Context) -> Reply:
    """Return the bot's own screen: the first screen, the four outcomes, the agencies, the day's fact and help."""
    pack = context.pack
    first = welcome(pack)
    blocks = [*first.blocks, text("Below are the topics, the four outcomes, and where to find help.")]
    buttons = [Button(way.capitalize(), "entry", entry) for way, entry in _ENTRY_OF.items() if pack.entry(entry)]
    if pack.entry("referral"):
        buttons.append(Button("Find help", "entry", "referral"))
    drawn = of_day(pack, context.services.now().astimezone(UTC).date())
    if drawn is not None:
        blocks += [Heading("Fact of the day"), *answers.quoted(pack, drawn[1])]
        buttons.append(Button("Another fact", "fact"))
    buttons.append(Button("What I can do", "run", "help"))
    return replace(first, blocks=tuple(blocks), buttons=tuple(buttons))


COMMANDS = (outcomes, referral, topics)
HANDLERS = Handlers({"topic": _topic, "topic-page": _turned, "topics": _all}, final=frozenset({"topic-page"}))
