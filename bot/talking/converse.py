"""From a message to the bot to what it makes of it: a question, or one of the things around questions."""

import re
from dataclasses import replace

from bot.asking import answers
from bot.asking.ask import Considered, ReplyKind, consider
from bot.chat.markup import Plain
from bot.chat.replies import Button, Reply, Text, text
from bot.commands.context import Library
from bot.commands.declarations import Registry
from bot.commands.turns import NOTHING, Turn, turn_of
from bot.talking.follow_ups import joins
from bot.talking.going_on import ANOTHER, MORE, follow_up, one_of_list
from bot.talking.heard import Heard, answer, answered_by, replied, talk
from bot.talking.small_talk import INSULT, named_command, nothing_asked, small_talk, statement, wordless
from knowledge.matching import SUGGESTIONS_LIMIT, Match
from knowledge.plain.text import clean, spoken
from knowledge.talk.languages import ENGLISH_SENTENCE, Language, language_of
from knowledge.talk.places import WHERE, asked_about, sentence
from knowledge.talk.translations import translated

# A number by itself; one digit is a number at a menu.
_NUMBER = re.compile(r"\$?(\d[\d,.]*\d) ?(?:%|percent|million|billion)?\??")


def converse(
    library: Library,
    registry: Registry,
    message: str,
    *,
    addressed: bool = True,
    turn: Turn = NOTHING,
    private: bool = False,
    help_line: str = "",
) -> Considered:
    """Classify a message as `consider` does, and also find small talk, commands in plain words, places, and follow-ups.

    `turn` is what the bot showed before to the same person. A community's own entry goes before all talk; what is not
    addressed to the bot is only ever a question.
    """
    question = consider(library, message, addressed=addressed, private=private, help_line=help_line)
    if question.kind is ReplyKind.SAFETY:
        return question
    if not addressed:
        # "Who are you" between two people is no question to the bot.
        answered = question.kind is ReplyKind.ANSWER and not question.worded
        is_talk = answered and library.talk.recognize(message) is not None
        return Considered(ReplyKind.IGNORED, (), None) if is_talk else question
    heard = Heard(library, registry, message, turn, private, question)
    if not spoken(message):
        return wordless(heard)
    if question.kind is ReplyKind.ANSWER and library.search.is_own(question.matches[0].entry):
        return question
    found = None
    for way in (_place, _number, named_command, one_of_list, _translation, small_talk, _foreign, follow_up, statement):
        found = way(heard)
        if found is not None:
            break
    return found or question


def turn_after(considered: Considered, before: Turn) -> Turn:
    """Return the turn that a person's next message follows."""
    if considered.kind is ReplyKind.SAFETY:
        return NOTHING
    if considered.group == INSULT:
        return replace(before, insulted=True)
    shown = turn_of(considered.reply or Reply(()), considered.command, considered.arguments)
    if considered.group in {MORE, ANOTHER}:
        # Related questions leave what is talked about as it is.
        shown = replace(shown, entry=before.entry)
    return before if shown == NOTHING else shown


def _place(heard: Heard) -> Considered | None:
    """Say whether IJM works in a country: yes or no in a fixed sentence, and then the entry with the list."""
    entry = heard.library.pack.entry(WHERE)
    countries = asked_about(heard.message) if entry else ()
    if entry is None or not countries:
        return None
    if heard.turn.entry not in {"", WHERE} and joins(heard.message) and (led := follow_up(heard)) is not None:
        # "And in India?" behind what was done in Cebu asks what was done in India.
        return led
    told = " ".join(sentence(country, entry) for country in countries)
    reply = answers.answer(heard.library.pack, entry, private=heard.private)
    reply = replace(reply, blocks=(Text((Plain(f"As of {entry.as_of}: {told}"),)), *reply.blocks))
    return answer(heard, (Match(entry, 1.0, entry.question),), reply)


def _number(heard: Heard) -> Considered | None:
    """A bare number: the entries whose answers have it."""
    asked = _NUMBER.fullmatch(clean(heard.message))
    if asked is None or heard.question.kind is ReplyKind.ANSWER:
        return None
    figure = re.compile(rf"(?<![\d,.]){re.escape(asked.group(1))}(?![\d]|[,.]\d)")
    found = [entry for entry in heard.library.pack.entries if figure.search(entry.answer)][:SUGGESTIONS_LIMIT]
    if not found:
        return nothing_asked(heard)
    if len(found) == 1:
        return answered_by(heard, found[0])
    matches = tuple(Match(entry, 0.0, entry.question) for entry in found)
    return replied(heard, ReplyKind.SUGGESTIONS, matches, answers.did_you_mean(found, private=heard.private))


def _translation(heard: Heard) -> Considered | None:
    """Answer a question in another language by the entry that has a phrasing like it."""
    language = language_of(heard.message)
    if language is None or not language.answer or heard.question.worded:
        return None
    entry = translated(heard.library.pack.entries, language.code, heard.message)
    if entry is None:
        return None
    reply = answers.answer(heard.library.pack, entry, private=heard.private)
    reply = replace(reply, blocks=(text(language.answer), *reply.blocks))
    return answer(heard, (Match(entry, 1.0, entry.question),), reply)


def _foreign(heard: Heard) -> Considered | None:
    """Say that the bot reads English, if the message is in another language."""
    language = language_of(heard.message)
    if language is None or heard.question.worded or heard.question.kind is ReplyKind.ANSWER:
        return None
    return talk("language", _unread(language, heard.private))


def _unread(language: Language, private: bool) -> Reply:
    return Reply((text(language.unread), text(ENGLISH_SENTENCE)), (Button("Topics", "topics"),), private)
