"""Asking: a message is weighed, first for somebody's safety, then for the entry that answers it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, assert_never

from bot import answers
from bot.commands import About, Action, Completes, command
from bot.context import Context, Library
from bot.replies import Reply
from knowledge.danger import Danger
from knowledge.model import Entry
from knowledge.search import Found, Match, Suggestions, Unknown
from knowledge.text import clean

# An overheard message is answered only when the match is this sure, for nobody asked the bot.
OVERHEARD_SCORE = 0.9


class Kind(StrEnum):
    """What became of a message."""

    ANSWER = "answer"
    SUGGESTIONS = "suggestions"
    UNKNOWN = "unknown"
    SAFETY = "safety"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Considered:
    """What the bot makes of a message: the kind, the entries with their scores, and the reply (none if ignored)."""

    kind: Kind
    matches: tuple[Match, ...]
    reply: Reply | None


def consider(library: Library, message: str, *, addressed: bool = True, private: bool = False) -> Considered:
    """Weigh a message and word the reply. Keeps nothing of it.

    What is not addressed to the bot gets a reply only if it is about somebody's safety, or surely a question that
    an entry answers. A message without words (mentions, links, emoji) is ignored.
    """
    danger = library.danger.judge(message)
    verdict = library.search.ask(message)
    if danger is Danger.CLEAR:
        return Considered(Kind.SAFETY, (), answers.safety_card(library.pack, verdict))
    sure = isinstance(verdict, Found) and verdict.matches[0].score >= OVERHEARD_SCORE
    if not clean(message) or not (addressed or sure):
        return Considered(Kind.IGNORED, (), None)
    pack, hint = library.pack, danger is Danger.UNSURE
    match verdict:
        case Found(matches):
            next_best = answers.ids_of(match.entry for match in matches[1:])
            reply = answers.answer(pack, verdict.entry, next_best, hint=hint, private=private)
            return Considered(Kind.ANSWER, matches, reply)
        case Suggestions(matches):
            choice = [match.entry for match in matches]
            reply = answers.did_you_mean(choice, hint=hint, private=private)
            return Considered(Kind.SUGGESTIONS, matches, reply)
        case Unknown(matches):
            near = [match.entry for match in matches]
            return Considered(Kind.UNKNOWN, matches, answers.unknown(pack, near, hint=hint, private=private))
        case _:
            assert_never(verdict)


@command()
async def ask(
    context: Context,
    question: Annotated[str, About("your question about IJM, in your own words", Completes.ENTRY)],
    private: Annotated[bool, About("show the answer to you alone")] = False,
) -> Reply:
    """Ask anything about IJM, in your own words.

    The answer is an entry's own text with its source and year, a choice of entries, or the word that I don't know.
    """
    entry = context.services.pack.entry(question)
    if entry is not None:
        return answers.answer(context.services.pack, entry, private=private)
    reply = consider(context.services, question, private=private).reply
    return reply or answers.unknown(context.services.pack, (), private=private)


async def _open(context: Context, value: str) -> Reply:
    """A question was chosen."""
    found = _entries(context, value)
    return answers.answer(context.services.pack, found[0], private=True) if found else _gone(context)


async def _instead(context: Context, value: str) -> Reply:
    """The answer was not what was meant: offer the next best."""
    found = _entries(context, value)
    return answers.did_you_mean(found, private=True) if found else _gone(context)


async def _normal(context: Context, value: str) -> Reply:
    """The safety card was not needed: what the message would have got without it."""
    found = _entries(context, value)
    if not found:
        return answers.unknown(context.services.pack, (), hint=True, private=True)
    if len(found) > 1:
        return answers.did_you_mean(found, hint=True, private=True)
    return answers.answer(context.services.pack, found[0], hint=True, private=True)


async def _card(context: Context, value: str) -> Reply:
    """The cover of a safety card was opened."""
    return answers.card(context.services.pack, answers.ids_of(_entries(context, value)))


async def _none(context: Context, value: str) -> Reply:
    """None of the offered questions was meant."""
    return answers.unknown(context.services.pack, _entries(context, value), private=True)


def _entries(context: Context, ids: str) -> list[Entry]:
    return [entry for entry_id in ids.split() if (entry := context.services.pack.entry(entry_id))]


def _gone(context: Context) -> Reply:
    return answers.unknown(context.services.pack, (), private=True)


COMMANDS = (ask,)
ACTIONS: dict[str, Action] = {"entry": _open, "instead": _instead, "card": _card, "normal": _normal, "none": _none}
