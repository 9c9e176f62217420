"""The bot about itself: its commands, and what it keeps."""

from collections.abc import Iterable
from typing import Annotated

from bot.asking import answers
from bot.asking.own_traces import FORGET
from bot.chat.events import ASKING, MODERATING, Role
from bot.chat.markup import Code, Plain, Spans
from bot.chat.pages import page_of, turned_to
from bot.chat.replies import Block, Button, Fields, Heading, Reply, Text, echo, items, note, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Command, Completes, Handlers, command

# As many as a phone shows without much scrolling.
COMMANDS_PER_PAGE = 8
_TURN = "help-page"


@command("help", private=True)
async def help_(
    context: Context,
    command: Annotated[str | None, About("one command in detail", Completes.COMMAND)] = None,
) -> Reply:
    """Show what I can do, or how one command is used."""
    if command is None:
        return _all(context)
    heads = {each.head for each in context.registry.commands}
    asked = next(
        (word for word in command.lower().replace(context.place.platform.sign, " ").split() if word not in heads), ""
    )
    found = [c for c in context.registry.open_to(context.role) if c.name == asked]
    if not found:
        near = context.registry.nearest("ijm", asked, context.role)
        raise BadArgument(
            f"There is no command “{echo(asked)}”." + (f" Did you mean {near.usage}?" if near else " See /ijm help.")
        )
    return _one(found[0])


@command(private=True)
async def privacy(context: Context) -> Reply:
    """See what I keep of what you write, and what I don't."""
    platform = context.place.platform
    keeps, named = platform.keeps, f" ({platform.title})" if platform.title else ""
    return Reply(
        (
            Heading("What I keep"),
            text(
                "Nothing that says who asked what. I match your question in memory and then forget it. Single words "
                "stay there for a while, without the question that they came from."
            ),
            items(
                "A question that I could not answer, or only offered choices for, is kept for this community's "
                "moderators for at most 90 days. I keep it without your name, and take out mentions, e-mail and web "
                "addresses, and long numbers. So leave people's names out of it. I never keep one that I recognize as "
                "being about somebody's safety. The same goes for what you `/ijm suggest`.",
                "If you press *Ask the moderators*, your question waits without your name. If you choose to hear of an "
                "answer, I keep your id. If you choose to show your name, I keep that. I "
                "delete both after at most 30 days.",
                "I count by day how often something is asked, answered and opened, not by whom.",
                "When you press 👍 or 👎, I count the vote. So that nobody votes twice, I keep a keyed hash of your id "
                "with it for 90 days. After that I keep only the count.",
                *([keeps] if keeps else []),
                "No other community sees what I keep of this one. The only exception is an entry that its moderators "
                "lend by a code: its text, source and year, without names.",
                "Moderators sign what they change in entries, settings and schedules, so I keep it with their id. What "
                "they typed and did not save is kept for 7 days.",
                "The button below deletes your own traces in this community. I keep nothing at all of a direct "
                "conversation that belongs to no community.",
                "An admin can delete a person's traces, or everything of this community (`/ijm-mod forget`). When I am "
                "removed from a community, everything is deleted after 30 days.",
                "For an hour I remember, in memory only, that I showed somebody the safety card in a place, so that I "
                "don't repeat it. I don't remember why.",
                "For 10 minutes I remember, in memory only, which entry I showed each person last in a place, so that "
                "you can ask “and in India?” I don't remember what you wrote, or anything about danger.",
                "For a short time I count how much each person asks, so that there is room for everybody. I don't keep "
                "what they ask.",
                "I remember which facts a channel has seen, so that they don't repeat, until I am restarted.",
                "I keep the names, answers and points of a quiz's players in memory only, for at most two hours after "
                "the last answer.",
                "If something breaks, the log says what broke and where, not what you wrote.",
                "Whoever runs me may keep backups of all this for a while.",
            ),
            note(f"The platform you write on{named} keeps its own records; that is between you and it."),
        ),
        () if context.is_personal else (FORGET,),
        private=True,
    )


def _all(context: Context, number: int = 1) -> Reply:
    page = page_of(context.registry.open_to(context.role), number, COMMANDS_PER_PAGE, context.place)
    return Reply(
        (
            Heading("What I can do"),
            text(answers.WELCOME),
            listed(page.items),
            *page.notes,
            note("Or just ask: mention me, send me a direct message, or type a question after `/ijm`. " + answers.HINT),
        ),
        (*page.buttons(_TURN), *_ways(context)),
        private=True,
    )


async def _turned(context: Context, value: str) -> Reply:
    return _all(context, turned_to(value)[1])


def listed(commands: Iterable[Command]) -> Fields:
    """Return commands with what they do."""
    return Fields(tuple((each.usage, _line(each.summary)) for each in commands))


def _ways(context: Context) -> tuple[Button, ...]:
    """Return buttons for what most people want first."""
    runs = (("Browse topics", "topics"), ("Show a fact", "fact"), ("Quiz me", "quiz"), ("Get help", "referral"))
    there = tuple(Button(label, "run", name) for label, name in runs if context.registry.command(ASKING, name))
    moderates = context.registry.command(MODERATING, "review") is not None and context.role >= Role.MODERATOR
    return (*there, Button("Review", "review-list", "all 0")) if moderates else there


def _one(command: Command) -> Reply:
    blocks: list[Block] = [Heading(f"/{command.head} {command.name}"), Text(_line(command.summary))]
    if command.details:
        blocks.append(text(" ".join(command.details.split())))
    blocks.append(Text((Plain("Usage: "), Code(command.usage))))
    if command.options:
        blocks.append(Fields(tuple((option.name, (Plain(option.description),)) for option in command.options)))
    return Reply(tuple(blocks), private=True)


def _line(summary: str) -> Spans:
    return (Plain(f"{summary}."),)


COMMANDS = (help_, privacy)
HANDLERS = Handlers({_TURN: _turned}, final=frozenset({_TURN}))
