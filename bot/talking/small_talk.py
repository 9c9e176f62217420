"""Small talk, and commands in plain words."""

from bot.asking import browse
from bot.asking.ask import Considered, ReplyKind
from bot.chat.replies import Button, Reply, text
from bot.talking import plain_commands
from bot.talking.follow_ups import asks
from bot.talking.going_on import follow_up, went_on
from bot.talking.heard import UNKNOWN_SCORE, Heard, commanded, fixed_reply, talk
from knowledge.plain.text import clean, has_emoji, spoken
from knowledge.talk.groups import Group, GroupKind
from knowledge.talk.recognizer import SAID_SCORE, Said

# What a platform reacts with to a message that needs no words.
REACTION = "👍"
# Groups with more to them than their reply.
REACTION_GROUP, CONFUSED, INSULT, CITE = "reaction", "confused", "insult", "cite"
# How much less likely than an answer a command in plain words may be.
COMMAND_AHEAD = 0.2
# A message this short that asks nothing is talk, not a question that the bot should know.
STATEMENT_WORDS = 3
STATEMENT = "I answer questions about IJM. Ask me one, or tap a topic."


def wordless(heard: Heard) -> Considered:
    """React to a lone emoji, or to dots; answer a question mark as somebody who is confused.

    Nothing but a mention, a link or code is for the first screen.
    """
    if has_emoji(heard.message):
        return talk(REACTION_GROUP, Reply((), reaction=REACTION))
    marks = clean(heard.message)
    group = heard.library.talk.groups.get(CONFUSED)
    if "?" in marks and group is not None:
        return talk(CONFUSED, fixed_reply(heard, group))
    return talk(REACTION_GROUP, Reply((), reaction=REACTION)) if marks else heard.question


def named_command(heard: Heard) -> Considered | None:
    """Recognize a command by its own name, or a request for a citation by its word."""
    if heard.question.worded:
        return None
    if heard.said is not None and heard.said.score == 1:
        # "Suggest a question" suggests no question.
        return None
    asked = plain_commands.named(heard.registry, heard.library.pack, heard.message)
    cite = heard.library.talk.groups.get(CITE)
    if asked is None and cite is not None and plain_commands.asks_to_cite(heard.message):
        asked = _meant(heard, cite)
    return None if asked is None else commanded(asked.command, asked.arguments)


def small_talk(heard: Heard) -> Considered | None:
    """Recognize small talk, a command in plain words, or something about IJM that the sheet does not cover."""
    question = heard.question
    unsure = question.kind in {ReplyKind.UNKNOWN, ReplyKind.SUGGESTIONS} and not question.decided
    said, least = heard.said, UNKNOWN_SCORE if unsure else SAID_SCORE
    if said is None or said.score < least or (question.worded and said.score < 1):
        return None
    if question.kind is ReplyKind.SUGGESTIONS and question.matches[0].score >= said.score:
        return None
    # A command has few other meanings; small talk may be part of a question.
    doubt = COMMAND_AHEAD if said.group.kind is GroupKind.COMMAND else 0
    if question.kind is ReplyKind.ANSWER and question.matches[0].score > said.score + doubt:
        return None
    group, turn = said.group, heard.turn
    if turn.entry and asks(heard.message) and _goes_on(heard, said):
        return None
    if group.kind is GroupKind.COMMAND:
        asked = _meant(heard, group)
        return None if asked is None else commanded(asked.command, asked.arguments)
    if group.kind is GroupKind.FOLLOW:
        return went_on(heard, group)
    if group.screen:
        return talk(group.name, browse.welcome(heard.library.pack))
    if not group.reply:
        return talk(group.name, Reply((), reaction=REACTION))
    if group.name == INSULT and turn.insulted:
        return talk(group.name, Reply(()))
    return talk(group.name, fixed_reply(heard, group))


def _meant(heard: Heard, group: Group) -> plain_commands.Asked | None:
    library = heard.library
    return plain_commands.meant(heard.registry, library.pack, library.search, group, heard.message, heard.turn)


def _goes_on(heard: Heard, said: Said) -> bool:
    """Return whether what sounds like talk goes on from the answer before: "why?", or "how much money is that?"."""
    if said.group.kind is GroupKind.TALK:
        return follow_up(heard) is not None
    if said.group.kind is not GroupKind.ELSEWHERE or said.score == 1:
        return False
    led = follow_up(heard)
    return led is not None and led.kind is ReplyKind.ANSWER and led.matches[0].entry.id == heard.turn.entry


def statement(heard: Heard) -> Considered | None:
    """Recognize a few words that ask nothing."""
    said = spoken(heard.message)
    if heard.question.kind is not ReplyKind.UNKNOWN or heard.question.decided or len(said) > STATEMENT_WORDS:
        return None
    if "?" in heard.message or asks(heard.message):
        return None
    return nothing_asked(heard)


def nothing_asked(heard: Heard) -> Considered:
    """Say what to ask."""
    return talk("other", Reply((text(STATEMENT),), (Button("Topics", "topics"),), heard.private))
