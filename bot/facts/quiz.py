"""The quiz: a question for everyone, a private answer for whoever presses, and a score that is not stored."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from bot.asking import answers
from bot.asking.browse import topic_named
from bot.chat.markup import Plain, Spans, Strong
from bot.chat.replies import Block, Button, Heading, Items, Note, Reply, Text, echo, note, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.refusals import number_in, refused
from bot.commands.scores import Counted, Score
from knowledge.quiz.rounds import Asked, question, questions

# How many random hexadecimal digits tell sessions apart.
SESSION_DIGITS = 6
OPEN, ALONE = "o", "a"
_ID = re.compile(rf"[{OPEN}{ALONE}][0-9a-f]{{{SESSION_DIGITS}}}")
# As many names as are read at a glance.
BOARD_LIMIT = 10
# More digits than any question number has.
NUMBER_DIGITS = 4
HOW_OPEN = (
    "Everybody here can answer, and only you see whether you were right. Names with points are shown; I keep them in "
    "memory for two hours after the last answer."
)

_CHANGED = "A moderator has changed this question since it was asked, so it doesn't count."


@dataclass(frozen=True, slots=True)
class _Session:
    """A quiz that was started: whether everyone can see it, and its topic (empty: all topics). Its questions and their
    order follow from its id, so nothing has to be remembered.
    """

    id: str
    topic: str = ""

    @property
    def is_open(self) -> bool:
        return self.id.startswith(OPEN)

    @property
    def value(self) -> str:
        """The form in which a button carries it."""
        return f"{self.id} {self.topic}".strip()

    @classmethod
    def read(cls, value: str) -> "_Session":
        """Read the session that a button carries. Raises BadArgument if it carries none."""
        session_id, _, topic = value.partition(" ")
        if not _ID.fullmatch(session_id):
            raise BadArgument("This button is from an older version of me. Start a quiz with /ijm quiz.")
        return cls(session_id, topic)


@command()
async def quiz(
    context: Context,
    topic: Annotated[str | None, About("questions about one topic", Completes.TOPIC)] = None,
    private: Annotated[bool, About("play alone: only you see it")] = False,
) -> Reply:
    """Take a quiz about IJM; each answer shows its source.

    In a channel everybody can answer, and only you see whether your answer was right. I keep the score in memory for
    two hours.
    """
    topic_id = topic_named(context.pack, topic).id if topic else ""
    alone = private or context.place.direct or not context.place.posts
    return _started(context, topic_id, alone=alone)


def _started(context: Context, topic_id: str, *, alone: bool) -> Reply:
    session = _Session(f"{ALONE if alone else OPEN}{secrets.token_hex(SESSION_DIGITS // 2)}", topic_id)
    reply = _question(context, session, 1)
    if session.is_open:
        return replace(reply, blocks=(*reply.blocks, note(HOW_OPEN)))
    return reply


def _question(context: Context, session: _Session, number: int) -> Reply:
    """Return the question with that number, from 1; after the last one the score.

    Raises BadArgument if there is none.
    """
    played = questions(context.pack, session.id, session.topic)
    if not played:
        topics = dict.fromkeys(entry.topic for entry in context.pack.entries if entry.quiz)
        raise BadArgument(f"There are no quiz questions about that yet. Topics with some: {', '.join(topics)}.")
    if number > len(played):
        return _ended(context, session, len(played))
    asked = played[number - 1]
    heading = Heading(f"Quiz: question {number} of {len(played)}")
    blocks: tuple[Block, ...] = (heading, Text((Strong((Plain(asked.text.question),)),)), *_points(context, session))
    buttons = (*_options(session, number, asked), _next(session, number + 1, asked.key))
    if session.is_open:
        return Reply(blocks, buttons)
    share = Button("Start one for everyone here", "sharequiz", session.value)
    return Reply(blocks, buttons, private=not context.place.direct, share=share)


def _options(session: _Session, number: int, asked: Asked) -> tuple[Button, ...]:
    """Return the buttons of a question. An id tells the question and the option, but not which one is right."""
    return tuple(
        Button(option, "quizpick", f"{number} {asked.key} {place} {session.value}")
        for place, option in enumerate(asked.options)
    )


def _next(session: _Session, number: int, over: str = "") -> Button:
    """Return the button for the question with that number; it closes the one whose key is `over`."""
    action = "quiznext" if session.is_open else "quizmore"
    return Button("Next question", action, f"{number}{f'.{over}' if over else ''} {session.value}")


def _ended(context: Context, session: _Session, total: int) -> Reply:
    """Return the end of a session, with its score and a button for another one."""
    blocks = (
        Heading("Quiz: the end"),
        text("That was the only question." if total == 1 else f"That was all {total} questions."),
        *_board(context, session),
    )
    again = "quizagain" if session.is_open else "quizalone"
    private = not session.is_open and not context.place.direct
    return Reply(blocks, (Button("Start again", again, session.value),), private=private)


def _closed(context: Context, session: _Session, number: int, key: str) -> Reply | None:
    """Return what a public question becomes when it is over: its answer, and how many chose what."""
    if not session.is_open or not key:
        return None
    heading, asked = Heading(f"Quiz: question {number}, closed"), question(context.pack, session.id, key)
    if asked is None:
        return Reply((heading, text(_CHANGED)))
    picks = context.services.scores.picks(context.community, session.id, key)
    lines = tuple(_chosen(option, picks[place], place == asked.right) for place, option in enumerate(asked.options))
    asked_again, why = Text((Strong((Plain(asked.text.question),)),)), Text((Plain(asked.text.why),))
    return Reply((heading, asked_again, Items(lines), why, answers.source_note(context.pack, asked.entry)))


def _chosen(option: str, count: int, is_right: bool) -> Spans:
    chose = f" ({count} chose it)" if count else ""
    return (Strong((Plain(f"✓ {option}"),)), Plain(chose)) if is_right else (Plain(f"{option}{chose}"),)


def _points(context: Context, session: _Session) -> tuple[Note, ...]:
    """List the points so far in one line; empty if nobody has any, or if somebody plays alone."""
    scores = context.services.scores.board(context.community, session.id)
    if not scores or not session.is_open:
        return ()
    listed = ", ".join(f"{echo(score.name)} {score.right}" for score in scores[:BOARD_LIMIT])
    more = f", and {len(scores) - BOARD_LIMIT} more" if len(scores) > BOARD_LIMIT else ""
    return (Note((Plain(f"Right so far: {listed}{more}"),)),)


def _board(context: Context, session: _Session) -> tuple[Block, ...]:
    scores = context.services.scores.board(context.community, session.id)
    if not scores:
        return (text("No points this time."),)
    lines = Items(tuple((Plain(_line(score)),) for score in scores[:BOARD_LIMIT]))
    more = len(scores) - BOARD_LIMIT
    return (lines, note(f"… and {more} more with points.")) if more > 0 else (lines,)


def _line(score: Score) -> str:
    return f"{echo(score.name)}: {score.right} right"


async def _pick(context: Context, value: str) -> Reply:
    """Return the reply to an answer: whether it is right, why, and the player's score."""
    number, key, place, rest = (*value.split(" ", 3), *[""] * 4)[:4]
    session = _Session.read(rest)
    following = _next(session, (number_in(number, NUMBER_DIGITS) or 0) + 1)
    asked, picked = question(context.pack, session.id, key), number_in(place, 1)
    if asked is None or picked is None or picked >= len(asked.options):
        return Reply((text(_CHANGED),), () if session.is_open else (following,), private=True)
    right = picked == asked.right
    counted = context.services.scores.count(
        context.community, session.id, key, context.user, picked=picked, right=right
    )
    verdict = "Right!" if right else f"Not quite. The right answer: {asked.text.right}."
    said = Text((Strong((Plain(verdict),)), Plain(f" {asked.text.why}")))
    source = answers.source_note(context.pack, asked.entry)
    # Asking for the next question closes this one for everyone, so only public questions have that button.
    more = () if session.is_open else (following,)
    buttons = (*more, Button("Read more", "entry", asked.entry.id), answers.cite_button(asked.entry))
    return Reply((said, source, *_standing(counted)), buttons, private=True)


def _standing(counted: Counted) -> Sequence[Block]:
    if counted.score is None:
        return (note("This quiz has too many players, so I can't keep your score."),)
    again = "" if counted.is_first else "Your first answer counts. "
    return (note(f"{again}You have {counted.score.right} of {counted.score.answered} right."),)


async def _next_for_all(context: Context, value: str) -> Reply:
    """Return the next question of an open session; it is posted once, however many people ask."""
    session, number, over = _following(value)
    if not await _is_first(context, f"{session.id}/{number}"):
        return refused("Somebody already asked for the next question. See below.")
    return replace(_question(context, session, number), becomes=_closed(context, session, number - 1, over))


async def _next_alone(context: Context, value: str) -> Reply:
    """Return the next question of somebody who plays alone."""
    session, number, _ = _following(value)
    return replace(_question(context, session, number), private=True)


def _following(value: str) -> tuple[_Session, int, str]:
    """Read the session, the number of the wanted question, and the key of the finished one."""
    asked_for, _, rest = value.partition(" ")
    number, _, over = asked_for.partition(".")
    return _Session.read(rest), max(1, number_in(number, NUMBER_DIGITS) or 1), over


async def _again_for_all(context: Context, value: str) -> Reply:
    """Return a new public session in place of one that is over."""
    over = _Session.read(value)
    if not await _is_first(context, f"{over.id}/again"):
        return refused("Somebody already started a new quiz. See below.")
    total = len(questions(context.pack, over.id, over.topic))
    ended = replace(_ended(context, over, total), buttons=())
    return replace(_started(context, over.topic, alone=False), becomes=ended)


async def _share(context: Context, value: str) -> Reply:
    """Return a public session for somebody who began alone."""
    return _started(context, _Session.read(value).topic, alone=False)


async def _again_alone(context: Context, value: str) -> Reply:
    return replace(_started(context, _Session.read(value).topic, alone=True), private=True)


async def _is_first(context: Context, key: str) -> bool:
    """Return whether this press is the first in any process, since many people press at once."""
    services = context.services
    if context.is_personal:
        return True
    return await services.store.first_time(f"quiz/{key}", services.now(), community=context.community)


COMMANDS = (quiz,)
HANDLERS = Handlers(
    {
        "quizpick": _pick,
        "quiznext": _next_for_all,
        "quizmore": _next_alone,
        "quizagain": _again_for_all,
        "quizalone": _again_alone,
        "sharequiz": _share,
    },
    # Somebody who plays alone has one message, which turns from question to answer to question.
    final=frozenset({"quizpick", "quizmore", "quizalone"}),
)
