"""A message to the bot with what it was weighed with, and what can come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.asking import answers
from bot.asking.ask import Considered, ReplyKind
from bot.chat.events import Value
from bot.chat.replies import Button, Reply, blocks_of, text
from bot.commands.context import Library
from bot.commands.declarations import Registry
from bot.commands.turns import Turn
from knowledge.matching import Match
from knowledge.pack.model import Entry
from knowledge.talk.groups import Group, GroupKind
from knowledge.talk.recognizer import Said

# The group whose reply leads to other answers and to the moderators.
COMPLAINT = "complaint"
# What no entry answers is taken for talk that is only this likely.
UNKNOWN_SCORE = 0.25


@dataclass(frozen=True)
class Heard:
    """A message to the bot, and what it is classified with."""

    library: Library
    registry: Registry
    message: str
    turn: Turn
    private: bool
    question: Considered

    @cached_property
    def said(self) -> Said | None:
        """Find the likeliest group of talk for the message; None below UNKNOWN_SCORE."""
        return self.library.talk.recognize(self.message, UNKNOWN_SCORE)


def answered_by(heard: Heard, entry: Entry, others: Sequence[Entry] = ()) -> Considered:
    """Answer with an entry; `others` are the next best, for whoever meant something else."""
    others = [other for other in others if other is not entry]
    reply = answers.answer(heard.library.pack, entry, answers.ids_of(others), private=heard.private)
    matches = tuple(Match(each, 1.0 if each is entry else 0.0, each.question) for each in (entry, *others))
    return answer(heard, matches, reply)


def answer(heard: Heard, matches: tuple[Match, ...], reply: Reply) -> Considered:
    """Answer with a reply about the entries that match."""
    ids = {match.entry.id for match in matches}
    rest = tuple(match for match in heard.question.matches if match.entry.id not in ids)
    return replied(heard, ReplyKind.ANSWER, (*matches, *rest), reply)


def replied(heard: Heard, kind: ReplyKind, matches: tuple[Match, ...], reply: Reply) -> Considered:
    """Reply about entries, with a line of help above it where the message may be about somebody's safety."""
    if heard.question.delicate:
        reply = replace(reply, blocks=(text(answers.HINT), *reply.blocks))
    return Considered(kind, matches, reply, delicate=heard.question.delicate)


def talk(group: str, reply: Reply) -> Considered:
    """Reply to small talk of a group."""
    return Considered(ReplyKind.TALK, (), reply, group=group)


def commanded(name: str, arguments: Mapping[str, Value]) -> Considered:
    """Have a command run."""
    return Considered(ReplyKind.COMMAND, (), None, command=name, arguments=arguments)


def fixed_reply(heard: Heard, group: Group) -> Reply:
    """Return the reply of a group of talk, with the buttons that go with it."""
    buttons = [Button("Topics", "topics")]
    if group.name == COMPLAINT:
        others = " ".join(heard.turn.others)
        instead = (Button("Not what I meant", "instead", others),) if others else ()
        buttons = [*instead, Button("Tell the moderators", "suggest")]
    elif group.kind is GroupKind.ELSEWHERE:
        buttons.append(Button("Suggest a question", "suggest"))
    return Reply(tuple(blocks_of(group.reply)), tuple(buttons), heard.private)
