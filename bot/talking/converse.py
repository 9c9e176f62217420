"""From a message to the bot to what it makes of it: a question, or one of the things around questions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.asking import answers, browse
from bot.asking.ask import Considered, ReplyKind, consider
from bot.chat.events import Value
from bot.chat.markup import Plain
from bot.chat.replies import Button, Reply, Text, blocks_of, text
from bot.commands.context import Library
from bot.commands.declarations import Registry
from bot.commands.turns import NOTHING, Turn, turn_of
from bot.talking import plain_commands
from bot.talking.follow_ups import (
    asks,
    is_bare,
    joins,
    led_on,
    may_follow,
    names_other_year,
    numbered,
    place_in_list,
)
from knowledge.matching import SUGGESTIONS_LIMIT, Match
from knowledge.pack.model import Entry
from knowledge.plain.text import clean, has_emoji, spoken
from knowledge.talk.groups import Group, GroupKind
from knowledge.talk.languages import ENGLISH_SENTENCE, Language, language_of
from knowledge.talk.places import WHERE, asked_about, sentence
from knowledge.talk.recognizer import SAID_SCORE, Said
from knowledge.talk.translations import translated

# What a platform reacts with to a message that needs no words.
REACTION = "👍"
# Groups with more to them than their reply.
REACTION_GROUP, CONFUSED = "reaction", "confused"
COMPLAINT, INSULT, FIGURES, CITE = "complaint", "insult", "figures", "cite"
MORE, ANOTHER, OTHER, REPEAT, SURE = "more", "another", "other", "repeat", "sure"
# A number by itself; one digit is a number at a menu.
_NUMBER = re.compile(r"\$?(\d[\d,.]*\d) ?(?:%|percent|million|billion)?\??")
# What no entry answers is taken for talk that is only this likely.
UNKNOWN_SCORE = 0.25
# How much less likely than an answer a command in plain words may be.
COMMAND_AHEAD = 0.2
# A message this short that asks nothing is talk, not a question that the bot should know.
STATEMENT_WORDS = 3
STATEMENT = "I answer questions about IJM. Ask me one, or tap a topic."


@dataclass(frozen=True, slots=True)
class Heard:
    """A message to the bot, and what it was weighed with."""

    library: Library
    registry: Registry
    message: str
    turn: Turn
    private: bool
    question: Considered


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
    """Weigh a message as `consider` does, and find small talk, commands in plain words, places, and follow-ups in it.

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
        return _wordless(heard)
    if question.kind is ReplyKind.ANSWER and library.search.is_own(question.matches[0].entry):
        return question
    found = None
    for way in (_place, _number, _named, _listed, _translation, _said, _foreign, _follow_up, _statement):
        found = way(heard)
        if found is not None:
            break
    return found or question


def turn_after(considered: Considered, before: Turn) -> Turn:
    """Return what a person's next message goes on from."""
    if considered.kind is ReplyKind.SAFETY:
        return NOTHING
    if considered.group == INSULT:
        return replace(before, insulted=True)
    shown = turn_of(considered.reply or Reply(()), considered.command, considered.arguments)
    if considered.group in {MORE, ANOTHER}:
        # Related questions leave what is talked about as it is.
        shown = replace(shown, entry=before.entry)
    return before if shown == NOTHING else shown


def _wordless(heard: Heard) -> Considered:
    """A lone emoji gets one back, as dots do. A question mark gets the reply for somebody who is confused.

    Nothing but a mention, a link or code is for the first screen.
    """
    if has_emoji(heard.message):
        return _talk(REACTION_GROUP, Reply((), reaction=REACTION))
    marks = clean(heard.message)
    group = heard.library.talk.groups.get(CONFUSED)
    if "?" in marks and group is not None:
        return _talk(CONFUSED, _reply(heard, group))
    return _talk(REACTION_GROUP, Reply((), reaction=REACTION)) if marks else heard.question


def _place(heard: Heard) -> Considered | None:
    """Whether IJM works in a country: yes or no in a fixed sentence, and then the entry with the list."""
    entry = heard.library.pack.entry(WHERE)
    countries = asked_about(heard.message) if entry else ()
    if entry is None or not countries:
        return None
    if heard.turn.entry not in {"", WHERE} and joins(heard.message) and (led := _follow_up(heard)) is not None:
        # "And in India?" behind what was done in Cebu asks what was done in India.
        return led
    told = " ".join(sentence(country, entry) for country in countries)
    reply = answers.answer(heard.library.pack, entry, private=heard.private)
    reply = replace(reply, blocks=(Text((Plain(f"As of {entry.as_of}: {told}"),)), *reply.blocks))
    return _answer(heard, (Match(entry, 1.0, entry.question),), reply)


def _number(heard: Heard) -> Considered | None:
    """A bare number: the entries whose answers have it."""
    asked = _NUMBER.fullmatch(clean(heard.message))
    if asked is None or heard.question.kind is ReplyKind.ANSWER:
        return None
    figure = re.compile(rf"(?<![\d,.]){re.escape(asked.group(1))}(?![\d]|[,.]\d)")
    found = [entry for entry in heard.library.pack.entries if figure.search(entry.answer)][:SUGGESTIONS_LIMIT]
    if not found:
        return _nothing_asked(heard)
    if len(found) == 1:
        return _entry(heard, found[0])
    matches = tuple(Match(entry, 0.0, entry.question) for entry in found)
    return _considered(heard, ReplyKind.SUGGESTIONS, matches, answers.did_you_mean(found, private=heard.private))


def _named(heard: Heard) -> Considered | None:
    """Recognize a command by its own name, or a request for a citation by its word."""
    if heard.question.worded:
        return None
    said = heard.library.talk.recognize(heard.message)
    if said is not None and said.score == 1:
        # "Suggest a question" suggests no question.
        return None
    asked = plain_commands.named(heard.registry, heard.library.pack, heard.message)
    cite = heard.library.talk.groups.get(CITE)
    if asked is None and cite is not None and plain_commands.asks_to_cite(heard.message):
        asked = _meant(heard, cite)
    return None if asked is None else _command(asked.command, asked.arguments)


def _listed(heard: Heard) -> Considered | None:
    """One of a list by its place: of the entries to choose from, or of what the shown answer numbers."""
    pack, turn, nth = heard.library.pack, heard.turn, place_in_list(heard.message)
    if nth is None or heard.question.worded:
        return None
    shown = pack.entry(turn.entry)
    items = numbered(shown) if shown is not None else ()
    if items:
        item = "".join(items[nth:][:1])
        matches = heard.library.search.ask(item).matches if item else ()
        found = next((match.entry for match in matches if match.entry is not shown), None)
    else:
        found = pack.entry("".join(turn.others[nth:][:1]))
    return None if found is None else _entry(heard, found)


def _said(heard: Heard) -> Considered | None:
    """Small talk, a command in plain words, or something about IJM that the sheet does not cover."""
    question = heard.question
    unsure = question.kind in {ReplyKind.UNKNOWN, ReplyKind.SUGGESTIONS} and not question.decided
    said = heard.library.talk.recognize(heard.message, UNKNOWN_SCORE if unsure else SAID_SCORE)
    if said is None or (question.worded and said.score < 1):
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
        return None if asked is None else _command(asked.command, asked.arguments)
    if group.kind is GroupKind.FOLLOW:
        return _went_on(heard, group)
    if group.screen:
        return _talk(group.name, browse.welcome(heard.library.pack))
    if not group.reply:
        return _talk(group.name, Reply((), reaction=REACTION))
    if group.name == INSULT and turn.insulted:
        return _talk(group.name, Reply(()))
    return _talk(group.name, _reply(heard, group))


def _meant(heard: Heard, group: Group) -> plain_commands.Asked | None:
    library = heard.library
    return plain_commands.meant(heard.registry, library.pack, library.search, group, heard.message, heard.turn)


def _goes_on(heard: Heard, said: Said) -> bool:
    """Whether what sounds like talk goes on from the answer before: "why?", or "how much money is that?"."""
    if said.group.kind is GroupKind.TALK:
        return _follow_up(heard) is not None
    if said.group.kind is not GroupKind.ELSEWHERE or said.score == 1:
        return False
    led = _follow_up(heard)
    return led is not None and led.kind is ReplyKind.ANSWER and led.matches[0].entry.id == heard.turn.entry


def _reply(heard: Heard, group: Group) -> Reply:
    buttons = [Button("Topics", "topics")]
    if group.name == COMPLAINT:
        others = " ".join(heard.turn.others)
        instead = (Button("Not what I meant", "instead", others),) if others else ()
        buttons = [*instead, Button("Tell the moderators", "suggest")]
    elif group.kind is GroupKind.ELSEWHERE:
        buttons.append(Button("Suggest a question", "suggest"))
    return Reply(tuple(blocks_of(group.reply)), tuple(buttons), heard.private)


def _went_on(heard: Heard, group: Group) -> Considered | None:
    """More of what was shown before, or something else in its place."""
    pack, turn = heard.library.pack, heard.turn
    shown = pack.entry(turn.entry)
    if group.name == ANOTHER and turn.command:
        return _command(turn.command, dict(turn.arguments))
    if group.name == REPEAT and shown is not None:
        return _entry(heard, shown)
    if group.name == SURE and shown is not None:
        return _command("cite", {"entry": shown.id})
    others = [entry for entry_id in turn.others if (entry := pack.entry(entry_id))]
    if group.name == OTHER and others:
        return _entry(heard, others[0] if shown else others[min(1, len(others) - 1)], others[1:])
    going_on = None
    if group.name in {MORE, ANOTHER} and shown is not None:
        going_on = _related(heard, shown, group.name)
    return going_on or _talk(group.name, _reply(heard, group))


def _related(heard: Heard, shown: Entry, group: str) -> Considered | None:
    """Offer what belongs to the entry that was shown before; None if nothing does."""
    ids = shown.related or heard.turn.others
    related = [entry for entry_id in ids if (entry := heard.library.pack.entry(entry_id))][:SUGGESTIONS_LIMIT]
    if not related:
        return None
    matches = tuple(Match(entry, 0.0, entry.question) for entry in related)
    # It asks nothing that an entry could answer.
    return replace(
        _considered(heard, ReplyKind.SUGGESTIONS, matches, answers.related(related, private=heard.private)), group=group
    )


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
    return _answer(heard, (Match(entry, 1.0, entry.question),), reply)


def _foreign(heard: Heard) -> Considered | None:
    """Say that the bot reads English, to what is in another language."""
    language = language_of(heard.message)
    if language is None or heard.question.worded or heard.question.kind is ReplyKind.ANSWER:
        return None
    return _talk("language", _unread(language, heard.private))


def _unread(language: Language, private: bool) -> Reply:
    return Reply((text(language.unread), text(ENGLISH_SENTENCE)), (Button("Topics", "topics"),), private)


def _follow_up(heard: Heard) -> Considered | None:
    """Recognize a short question that leads on from the entry that was shown before."""
    shown = heard.library.pack.entry(heard.turn.entry)
    if shown is None or not may_follow(heard.message):
        return None
    if heard.question.kind is ReplyKind.ANSWER and heard.question.matches[0].entry is shown:
        return None
    figures = heard.library.talk.groups.get(FIGURES)
    if figures is not None and not heard.question.worded and names_other_year(heard.message, shown):
        return _talk(FIGURES, _reply(heard, figures))
    ranked = led_on(heard.library.search, heard.message, heard.question.matches, shown)
    if heard.question.worded and (not ranked or ranked[0].entry is not shown):
        # Words that are an entry's own lead there, unless they ask for what the shown answer says itself.
        return None
    if not ranked:
        return _related(heard, shown, MORE) if is_bare(heard.message) and asks(heard.message) else None
    return _entry(heard, ranked[0].entry, [match.entry for match in ranked[1:]])


def _statement(heard: Heard) -> Considered | None:
    """Recognize a few words that ask nothing."""
    said = spoken(heard.message)
    if heard.question.kind is not ReplyKind.UNKNOWN or heard.question.decided or len(said) > STATEMENT_WORDS:
        return None
    if "?" in heard.message or asks(heard.message):
        return None
    return _nothing_asked(heard)


def _nothing_asked(heard: Heard) -> Considered:
    return _talk("other", Reply((text(STATEMENT),), (Button("Topics", "topics"),), heard.private))


def _entry(heard: Heard, entry: Entry, others: Sequence[Entry] = ()) -> Considered:
    others = [other for other in others if other is not entry]
    reply = answers.answer(heard.library.pack, entry, answers.ids_of(others), private=heard.private)
    matches = tuple(Match(each, 1.0 if each is entry else 0.0, each.question) for each in (entry, *others))
    return _answer(heard, matches, reply)


def _answer(heard: Heard, matches: tuple[Match, ...], reply: Reply) -> Considered:
    ids = {match.entry.id for match in matches}
    rest = tuple(match for match in heard.question.matches if match.entry.id not in ids)
    return _considered(heard, ReplyKind.ANSWER, (*matches, *rest), reply)


def _considered(heard: Heard, kind: ReplyKind, matches: tuple[Match, ...], reply: Reply) -> Considered:
    if heard.question.delicate:
        reply = replace(reply, blocks=(text(answers.HINT), *reply.blocks))
    return Considered(kind, matches, reply, delicate=heard.question.delicate)


def _talk(group: str, reply: Reply) -> Considered:
    return Considered(ReplyKind.TALK, (), reply, group=group)


def _command(command: str, arguments: Mapping[str, Value]) -> Considered:
    return Considered(ReplyKind.COMMAND, (), None, command=command, arguments=arguments)
