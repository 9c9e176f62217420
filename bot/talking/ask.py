"""Asking: what is said to the bot is weighed, counted, and answered, and what it shows is remembered for follow-ups."""

from dataclasses import replace
from functools import partial
from typing import Annotated

from bot.asking import answers
from bot.asking.ask import HANDLERS as OPENING
from bot.asking.ask import Considered, ReplyKind, count, record, with_ways
from bot.asking.helpline import local_line
from bot.chat.events import ASKING
from bot.chat.replies import Reply
from bot.commands.context import Context
from bot.commands.declarations import About, Completes, command
from bot.commands.turns import Turn
from bot.talking.converse import converse, turn_after


async def heard(
    context: Context, words: str, *, addressed: bool = True, private: bool = False, turn: Turn | None = None
) -> Considered:
    """Classify a message and answer it; run a command that it asks for in plain words.

    `turn` is what a follow-up goes on from, by default what the bot showed last to this person here. Raises
    BadArgument for a command that lacks something.
    """
    turns = context.services.turns
    before = turns.before(context.user, context.place) if turn is None else turn
    weigh = partial(
        converse,
        context.library,
        context.registry,
        words,
        addressed=addressed,
        turn=before,
        private=private,
        help_line=local_line(context),
    )
    embeddings = context.services.embeddings
    considered = weigh() if embeddings is None else await embeddings.beside(weigh)
    if not addressed:
        return considered
    kept = await record(context, considered, words)
    if considered.kind is ReplyKind.SAFETY:
        turns.forget(context.user, context.place)
    elif considered.kind is ReplyKind.COMMAND:
        asked = context.registry.command(ASKING, considered.command)
        if asked is not None:
            considered = replace(considered, reply=await asked.run(context, considered.arguments))
    after = turn_after(considered, before)
    if after is not before:
        turns.remember(context.user, context.place, after)
    return with_ways(considered, kept)


@command()
async def ask(
    context: Context,
    question: Annotated[str, About("your question about IJM, in your own words", Completes.ENTRY)],
    private: Annotated[bool, About("show the answer only to you")] = False,
) -> Reply:
    """Ask anything about IJM, in your own words.

    The answer is an entry's own text with its source and year, a choice of entries, or a reply that I don't know.
    """
    entry = context.pack.entry(question)
    if entry is not None:
        count(context, ReplyKind.ANSWER, entry.id)
        return answers.answer(context.pack, entry, private=private)
    considered = await heard(context, question, private=private)
    return considered.reply or answers.unknown(context.pack, (), private=private)


COMMANDS = (ask,)
HANDLERS = OPENING
