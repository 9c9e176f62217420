"""Asking: a message is checked for danger, then matched with the entries."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from bot.asking import answers
from bot.asking.answer_wanted import ask_moderators
from bot.asking.helpline import local_line
from bot.asking.safety_cards import card, safety_card
from bot.asking.years import names_other_year
from bot.chat.events import Value
from bot.chat.replies import BUTTON_ID_LIMIT, Button, Reply
from bot.commands.context import Context, Library
from bot.commands.declarations import Handlers
from knowledge.matching import Closest, Found, Match, Reason, Suggestions, Unknown, Verdict
from knowledge.pack.model import Entry
from knowledge.pack.redaction import KEPT_LIMIT, redacted
from knowledge.plain.text import clean, phrase_key, spoken
from knowledge.safety.danger import Danger
from knowledge.store.protocol import StoreError

log = logging.getLogger(__name__)

# An overheard message is answered only if the match is this sure, because nobody asked the bot.
OVERHEARD_SCORE = 0.9
# The name under which opened entries are counted.
OPENED = "opened"


class ReplyKind(StrEnum):
    """Which kind of reply a message gets."""

    ANSWER = "answer"
    CLOSEST = "closest"
    SUGGESTIONS = "suggestions"
    UNKNOWN = "unknown"
    SAFETY = "safety"
    TALK = "talk"
    COMMAND = "command"
    IGNORED = "ignored"


# These are not questions, so they are neither counted nor kept.
_UNCOUNTED = frozenset({ReplyKind.IGNORED, ReplyKind.TALK, ReplyKind.COMMAND})
# What may be said about a question in public; that it may be about somebody's safety never is.
COUNTED = tuple(kind for kind in ReplyKind if kind not in {*_UNCOUNTED, ReplyKind.SAFETY})


@dataclass(frozen=True, slots=True)
class Considered:
    """What the bot makes of a message: the kind, the entries with their scores, and the reply (none if ignored).

    `delicate`: it may be about somebody's safety. `decided`: a moderator said that no entry answers it. `worded`: it is
    one of the entry's own phrasings. `also` are the entries that answer further questions in the same message. `group`
    is the kind of talk, `command` the command of /ijm that it asks for, with `arguments`.
    """

    kind: ReplyKind
    matches: tuple[Match, ...]
    reply: Reply | None
    delicate: bool = False
    decided: bool = False
    also: tuple[Entry, ...] = ()
    worded: bool = False
    group: str = ""
    command: str = ""
    arguments: Mapping[str, Value] = field(default_factory=dict)


def consider(
    library: Library, message: str, *, addressed: bool = True, private: bool = False, help_line: str = ""
) -> Considered:
    """Classify a message and word the reply; keep nothing of it. `help_line` comes first on a safety card.

    A message that is not addressed to the bot gets a reply only if it is about somebody's safety, or if an entry surely
    answers it. A message without words (mentions, links, emoji) is ignored.
    """
    danger = library.danger.judge(message, overheard=not addressed)
    verdict = _dated(library.search.ask(message), message)
    if danger is Danger.CLEAR:
        return Considered(ReplyKind.SAFETY, (), safety_card(library.pack, verdict, help_line), delicate=True)
    # A single word between people ("news") asks the bot nothing, though it may be a phrasing.
    several = len(spoken(message)) > 1
    sure = several and isinstance(verdict, Found) and verdict.matches[0].score >= OVERHEARD_SCORE
    if not (addressed or sure) or (isinstance(verdict, Unknown) and not clean(message)):
        return Considered(ReplyKind.IGNORED, (), None)
    pack, hint = library.pack, danger is Danger.UNSURE
    match verdict:
        case Found(matches, also=()):
            next_best = answers.ids_of(match.entry for match in matches[1:])
            told = library.search.telling(verdict.entry, message)
            reply = answers.answer(pack, verdict.entry, next_best, told=told, hint=hint, private=private)
            worded = verdict.reason is Reason.SAME_WORDING
            return Considered(ReplyKind.ANSWER, matches, reply, delicate=hint, worded=worded)
        case Found(matches, also=also):
            reply = answers.answers(pack, (verdict.entry, *also), hint=hint, private=private)
            return Considered(ReplyKind.ANSWER, matches, reply, delicate=hint, also=also)
        case Closest(matches):
            closest, *others = (match.entry for match in matches)
            told = library.search.telling(closest, message)
            reply = answers.closest(pack, closest, others, told=told, hint=hint, private=private)
            return Considered(ReplyKind.CLOSEST, matches, reply, delicate=hint)
        case Suggestions(matches):
            choice = [match.entry for match in matches]
            reply = answers.did_you_mean(choice, hint=hint, private=private)
            return Considered(ReplyKind.SUGGESTIONS, matches, reply, delicate=hint)
        case Unknown(matches):
            near = [match.entry for match in matches]
            reply = answers.unknown(pack, near, hint=hint, private=private)
            decided = verdict.reason is Reason.SAID_UNANSWERED
            return Considered(ReplyKind.UNKNOWN, matches, reply, delicate=hint, decided=decided)
        case _:
            assert_never(verdict)


def _dated(verdict: Verdict, message: str) -> Verdict:
    """Lower an answer to the closest if the question names a year that the entry does not cover."""
    if not isinstance(verdict, Found) or verdict.also or verdict.reason is Reason.SAME_WORDING:
        return verdict
    return Closest(verdict.matches) if names_other_year(message, verdict.entry) else verdict


async def record(context: Context, considered: Considered, question: str) -> str:
    """Count what became of a question; keep one that no entry answered for the moderators, without the asker's name.

    Return the id under which it is kept, empty if it is not. Keep nothing at all of what may be about somebody's
    safety, nor of a conversation that belongs to no community. A store that is away delays no answer.
    """
    if considered.delicate or considered.group or considered.kind in _UNCOUNTED:
        return ""
    services, now = context.services, context.services.now()
    services.metrics.question(considered.kind)
    if context.is_personal:
        return ""
    shown = considered.kind in {ReplyKind.ANSWER, ReplyKind.CLOSEST}
    count(context, considered.kind, considered.matches[0].entry.id if shown else "")
    for entry in considered.also:
        count(context, OPENED, entry.id)
    if considered.reply is None or considered.decided or not (key := phrase_key(question)):
        return ""
    if considered.kind not in {ReplyKind.UNKNOWN, ReplyKind.SUGGESTIONS}:
        return ""
    kept, offered = redacted(question), considered.kind is ReplyKind.SUGGESTIONS
    try:
        return await services.store.add_miss(context.community, key[:KEPT_LIMIT], kept, now=now, offered=offered)
    except StoreError as error:
        log.warning("A question that was not understood could not be kept for the moderators: %s", error)
        return ""


def with_ways(considered: Considered, miss_id: str) -> Considered:
    """Add the buttons that ask the moderators, for a message that is kept under an id."""
    reply = considered.reply
    if not miss_id or reply is None:
        return considered
    if considered.kind is ReplyKind.UNKNOWN:
        return replace(considered, reply=replace(reply, buttons=(*reply.buttons, ask_moderators(miss_id))))
    buttons = tuple(_knowing(each, miss_id) for each in reply.buttons)
    return replace(considered, reply=replace(reply, buttons=buttons))


def _knowing(button: Button, miss_id: str) -> Button:
    """Put the id of the question into the buttons of its choice."""
    if button.action == "entry":
        return replace(button, action="picked", value=f"{miss_id} {button.value}")
    if button.action == "none":
        room = BUTTON_ID_LIMIT - len("none-of: ") - len(miss_id)
        return replace(button, action="none-of", value=f"{miss_id} {button.value[:room].rpartition(' ')[0]}".strip())
    return button


async def _none_of(context: Context, value: str) -> Reply:
    """Record that none of the offered questions was meant, so the question is unanswered."""
    miss_id, _, ids = value.partition(" ")
    reply = answers.unknown(context.pack, _entries(context, ids), private=True)
    try:
        await context.services.store.declined(context.community, miss_id)
    except StoreError as error:
        log.warning("It could not be kept that no entry was meant: %s", error)
        return reply
    return replace(reply, buttons=(*reply.buttons, ask_moderators(miss_id)))


async def _picked(context: Context, value: str) -> Reply:
    """Take a question out of the review, because one of the offered entries was meant."""
    miss_id, _, entry_id = value.partition(" ")
    try:
        await context.services.store.picked(context.community, miss_id)
    except StoreError as error:
        log.warning("It could not be kept that somebody picked an entry: %s", error)
    return await _open(context, entry_id)


def count(context: Context, what: str, entry_id: str) -> None:
    """Count something once, if there is a community with moderators to see it."""
    if not context.is_personal:
        context.services.usage.add(context.community, what, entry_id, context.services.now())


async def _open(context: Context, value: str) -> Reply:
    """Answer with the entry whose question was chosen."""
    found = _entries(context, value)
    if not found:
        return _gone(context)
    count(context, OPENED, found[0].id)
    return answers.answer(context.pack, found[0], private=True)


async def _instead(context: Context, value: str) -> Reply:
    """Offer the next best entries, because the answer was not what was meant."""
    found = _entries(context, value)
    return answers.did_you_mean(found, private=True) if found else _gone(context)


async def _normal(context: Context, value: str) -> Reply:
    """Return the reply that the message would have got without the safety card."""
    found = _entries(context, value)
    if not found:
        return answers.unknown(context.pack, (), hint=True, private=True)
    if len(found) > 1:
        return answers.did_you_mean(found, hint=True, private=True)
    return answers.answer(context.pack, found[0], hint=True, private=True)


async def _card(context: Context, value: str) -> Reply:
    """Show the safety card whose cover was opened."""
    return card(context.pack, answers.ids_of(_entries(context, value)), local_line(context))


async def _none(context: Context, value: str) -> Reply:
    """None of the offered questions was meant."""
    return answers.unknown(context.pack, _entries(context, value), private=True)


async def _share(context: Context, value: str) -> Reply:
    """Show an answer to everyone."""
    entry = context.pack.entry(value)
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    return answers.shared(context.pack, entry, context.user)


def _entries(context: Context, ids: str) -> list[Entry]:
    return [entry for entry_id in ids.split() if (entry := context.pack.entry(entry_id))]


def _gone(context: Context) -> Reply:
    return answers.unknown(context.pack, (), private=True)


HANDLERS = Handlers(
    {
        "picked": _picked,
        "none-of": _none_of,
        "entry": _open,
        "instead": _instead,
        "card": _card,
        "normal": _normal,
        "none": _none,
        "share": _share,
    }
)
