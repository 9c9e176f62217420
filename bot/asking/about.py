"""The bot about itself: its commands, and what it keeps."""

from typing import Annotated

from bot.asking import answers
from bot.asking.own_traces import FORGET
from bot.chat.events import ASKING, MODERATING, Role
from bot.chat.markup import Code, Plain, Spans
from bot.chat.replies import Block, Button, Fields, Heading, Reply, Text, echo, items, note, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Command, Completes, Handlers, command


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
    """Read what I keep of what you write, and what not."""
    platform = context.place.platform
    keeps, named = platform.keeps, f" ({platform.title})" if platform.title else ""
    return Reply(
        (
            Heading("What I keep"),
            text(
                "Nothing that says who asked what. Your question is matched in memory and then forgotten; "
                "single words stay there for a while, without the question that they came from."
            ),
            items(
                "A question that I could not answer, or only offered choices for, is kept for this community's "
                "moderators: without who asked it, with mentions, e-mail and web addresses and long numbers taken out, "
                "for at most 90 days. So leave people's names out of it. One that may be about somebody's safety is "
                "never kept. The same holds for what you `/ijm suggest`.",
                "If you press *Ask the moderators*, your question waits without your name. Only if you choose it do I "
                "keep your id, to hear of an answer, or your name, to show it to them: at most 30 days.",
                "How often something was asked, answered and opened is counted by day, not by person.",
                "When you press 👍 or 👎, I keep the count. So that nobody votes twice, I keep a keyed hash of your id "
                "with it for 90 days; then the hash is thrown away and the count stays.",
                *([keeps] if keeps else []),
                "Nothing that is kept of this community is seen in another, except an entry that its moderators lend "
                "by a code: its text, source and year, and no names.",
                "What moderators change, in entries, settings and schedules, is kept with their id, because they sign "
                "it. What they typed and did not save is kept for 7 days.",
                "The button below deletes your own traces in this community. Of a direct conversation that belongs to "
                "no community I keep nothing at all.",
                "An admin can have a person's traces, or all of this community, deleted (`/ijm-mod forget`). When I "
                "am removed from a community, all of it is deleted after 30 days.",
                "For 10 minutes I remember that I showed somebody the safety card in a place, so that I don't repeat "
                "it; not why.",
                "For 10 minutes I remember, in memory only and for each person and place, which entry I showed last, "
                "so that you can ask “and in India?” Not what you wrote, and nothing about danger.",
                "For a short time I count how much somebody asks, so that there is room for everybody; not what.",
                "I remember which facts a channel has seen, so that they don't repeat, until I am restarted.",
                "The names and points of a quiz's players are in my memory only, for at most two hours after the last "
                "answer.",
                "If something breaks, the log says what broke and where, not what you wrote.",
                "Whoever runs me may keep backups of all this for a while.",
            ),
            note(f"The platform you write on{named} keeps its own records; that is between you and it."),
        ),
        () if context.is_personal else (FORGET,),
        private=True,
    )


def _all(context: Context) -> Reply:
    commands = context.registry.open_to(context.role)
    fields = Fields(tuple((entry.usage, _line(entry.summary)) for entry in commands))
    return Reply(
        (
            Heading("What I can do"),
            text(answers.WELCOME),
            fields,
            note("Or just ask: mention me, write to me directly, or type a question behind `/ijm`. " + answers.HINT),
        ),
        _ways(context),
        private=True,
    )


def _ways(context: Context) -> tuple[Button, ...]:
    """Return what most people want first, to be run by one press."""
    runs = (("Browse topics", "topics"), ("Show a fact", "fact"), ("Quiz me", "quiz"), ("In need of help", "referral"))
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
HANDLERS = Handlers({})
