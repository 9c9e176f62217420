"""Tabling mode: a question from a fact, answers for whoever presses, and a score that nobody keeps."""

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from bot.asking import answers
from bot.asking.browse import topic_named
from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Button, Heading, Items, Note, Reply, Text, echo, note, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.numbers import number_in
from bot.commands.refusals import refused
from bot.commands.scores import Counted, Score
from knowledge.quiz.questions import Question, Quiz, quiz_of

# Sessions differ in this many random hexadecimal digits, behind what says whether all can see them.
SESSION_DIGITS = 6
OPEN, ALONE = "o", "a"
_ID = re.compile(rf"[{OPEN}{ALONE}][0-9a-f]{{{SESSION_DIGITS}}}")
# As many names as are read at a glance.
BOARD_LIMIT = 10
# More digits than the number of any question has.
NUMBER_DIGITS = 4
HOW_OPEN = (
    "Everybody here can answer; what you press is told to you alone. Who has points is shown by name; that is kept in "
    "memory for two hours after the last answer, and nowhere else."
)


@dataclass(frozen=True, slots=True)
class _Session:
    """A quiz that was started: whether all can see it, and of which topic it is (empty: of all).

    Its questions and their order follow from its id, so that nothing has to be remembered.
    """

    id: str
    topic: str = ""

    @property
    def is_open(self) -> bool:
        return self.id.startswith(OPEN)

    @property
    def value(self) -> str:
        """As a button carries it."""
        return f"{self.id} {self.topic}".strip()

    @classmethod
    def read(cls, value: str) -> "_Session":
        """The session that a button carries. Raises BadArgument if it is none."""
        session_id, _, topic = value.partition(" ")
        if not _ID.fullmatch(session_id):
            raise BadArgument("This button is from an older version of me. Start a quiz with /ijm quiz.")
        return cls(session_id, topic)


@command()
async def quiz(
    context: Context,
    topic: Annotated[str | None, About("questions about one topic", Completes.TOPIC)] = None,
    private: Annotated[bool, About("play alone: show it to you alone")] = False,
) -> Reply:
    """Take a quiz on figures and places from the facts; each answer shows its source and year.

    In a channel everybody can answer, and sees alone whether it was right. The questions are sentences of my facts
    with a figure or place left out. I keep the score in memory only, and forget it.
    """
    topic_id = topic_named(context.pack, topic).id if topic else ""
    alone = private or context.place.direct or not context.place.posts
    return await _started(context, topic_id, alone=alone)


async def _started(context: Context, topic_id: str, *, alone: bool) -> Reply:
    session = _Session(f"{ALONE if alone else OPEN}{secrets.token_hex(SESSION_DIGITS // 2)}", topic_id)
    reply = await _asked(context, session, 1)
    if session.is_open:
        return replace(reply, blocks=(*reply.blocks, note(HOW_OPEN)))
    return reply


async def _asked(context: Context, session: _Session, number: int) -> Reply:
    """The question with that number, from 1; after the last one the score. Raises BadArgument if there is none."""
    questions = await _questions(context, session)
    if not questions:
        raise BadArgument(await _none(context, session.topic))
    if number > len(questions):
        return _ended(context, session, len(questions))
    question = questions[number - 1]
    what = "place" if question.is_place else "figure"
    *_, source = answers.quoted(question.fact)
    blocks = (
        Heading(f"Quiz: question {number} of {len(questions)}"),
        Text((Plain(question.stem),)),
        text(f"Which {what} does the source have in the blank?"),
        source,
        *_points(context, session),
    )
    buttons = (*_options(session, number, question), _next(session, number + 1))
    if session.is_open:
        return Reply(blocks, (*buttons, Button("Score", "quizscore", session.id)))
    share = Button("Start one for all here", "sharequiz", session.value)
    return Reply(blocks, buttons, private=not context.place.direct, share=share)


def _options(session: _Session, number: int, question: Question) -> tuple[Button, ...]:
    """What can be pressed. An id says which question and option it is, and not which one is right."""
    ids = f"{number} {question.key} {question.stamp}"
    return tuple(
        Button(option, "quizpick", f"{ids} {place} {session.value}") for place, option in enumerate(question.options)
    )


def _next(session: _Session, number: int) -> Button:
    action = "quiznext" if session.is_open else "quizmore"
    return Button("Next question", action, f"{number} {session.value}")


async def _questions(context: Context, session: _Session) -> tuple[Question, ...]:
    made = await _quiz(context)
    return await asyncio.to_thread(made.questions, session.id, session.topic or None)


async def _quiz(context: Context) -> Quiz:
    # A community may have thousands of facts; others should not wait while they are read.
    return await asyncio.to_thread(quiz_of, context.pack)


async def _none(context: Context, topic_id: str) -> str:
    """Why there is no question, and where there are some."""
    questions = await _questions(context, _Session(""))
    topics = ", ".join(dict.fromkeys(question.entry.topic for question in questions))
    if not topics:
        return "No fact here has a figure or place that could be asked for."
    return f"No fact of “{echo(topic_id)}” has a figure or place that could be asked for. Topics with some: {topics}."


def _ended(context: Context, session: _Session, total: int) -> Reply:
    """The end of a session, with its score."""
    blocks = (
        Heading("Quiz: the end"),
        text("That was the only question." if total == 1 else f"Those were all {total} questions."),
        *_board(context, session),
    )
    again = "quizagain" if session.is_open else "quizalone"
    private = not session.is_open and not context.place.direct
    return Reply(blocks, (Button("Start again", again, session.value),), private=private)


def _points(context: Context, session: _Session) -> tuple[Note, ...]:
    """Who has points so far, in one line; nothing while nobody has, or where one plays alone."""
    scores = context.services.scores.board(context.community, session.id)
    if not scores or not session.is_open:
        return ()
    listed = ", ".join(f"{echo(score.name)} {score.right}" for score in scores[:BOARD_LIMIT])
    more = f", and {len(scores) - BOARD_LIMIT} more" if len(scores) > BOARD_LIMIT else ""
    return (Note((Plain(f"Right so far: {listed}{more}"),)),)


def _board(context: Context, session: _Session) -> tuple[Block, ...]:
    scores = context.services.scores.board(context.community, session.id)
    if not scores:
        return (text("Nobody has a point."),)
    lines = Items(tuple((Plain(_line(score)),) for score in scores[:BOARD_LIMIT]))
    more = len(scores) - BOARD_LIMIT
    return (lines, note(f"… and {more} more with points.")) if more > 0 else (lines,)


def _line(score: Score) -> str:
    return f"{echo(score.name)}: {score.right} right"


async def _pick(context: Context, value: str) -> Reply:
    """An answer: whether it is right, what the source says, and how the player stands."""
    number, key, stamp, place, rest = (*value.split(" ", 4), *[""] * 5)[:5]
    session = _Session.read(rest)
    following = _next(session, (number_in(number, NUMBER_DIGITS) or 0) + 1)
    question = (await _quiz(context)).question(session.id, key)
    if question is None or question.stamp != stamp or not _is_option(place, question):
        said = text("A moderator has changed this fact since the question was asked, so it doesn't count.")
        return Reply((said,), (following,), private=True)
    right = int(place) == question.right
    counted = context.services.scores.count(context.community, session.id, key, context.user, right=right)
    picked = question.options[int(place)]
    blocks = (_verdict(question, picked, right=right), *answers.quoted(question.fact), *_standing(counted))
    entry = question.entry
    buttons = (
        following,
        Button("Read more", "entry", entry.id),
        answers.cite_button(entry),
    )
    return Reply(blocks, buttons, private=True)


def _verdict(question: Question, picked: str, *, right: bool) -> Text:
    if right:
        return Text((Strong((Plain("Right"),)), Plain(f": {picked}.")))
    return Text((Strong((Plain("Not this one"),)), Plain(f": the source has {question.answer}, not {picked}.")))


def _standing(counted: Counted) -> Sequence[Block]:
    if counted.score is None:
        return (note("This quiz has more players than I keep the score of, so yours is not counted."),)
    again = "" if counted.is_first else "You answered this one before; the first answer counts. "
    return (note(f"{again}You have {counted.score.right} of {counted.score.answered} right."),)


async def _next_for_all(context: Context, value: str) -> Reply:
    """The next question of an open session, which is posted once however many ask for it."""
    session, number = _following(value)
    if not await _is_first(context, f"{session.id}/{number}"):
        return refused("Somebody has asked for the next question already; it is here below.")
    return await _asked(context, session, number)


async def _next_alone(context: Context, value: str) -> Reply:
    """The next question of somebody who plays alone."""
    session, number = _following(value)
    return replace(await _asked(context, session, number), private=True)


def _following(value: str) -> tuple[_Session, int]:
    number, _, rest = value.partition(" ")
    return _Session.read(rest), max(1, number_in(number, NUMBER_DIGITS) or 1)


async def _again_for_all(context: Context, value: str) -> Reply:
    """A new session that all can see, in the place of one that is over."""
    over = _Session.read(value)
    if not await _is_first(context, f"{over.id}/again"):
        return refused("Somebody has started a new quiz already; it is here below.")
    return await _started(context, over.topic, alone=False)


async def _share(context: Context, value: str) -> Reply:
    """A session that all can see, by somebody who has begun alone."""
    return await _started(context, _Session.read(value).topic, alone=False)


async def _again_alone(context: Context, value: str) -> Reply:
    return replace(await _started(context, _Session.read(value).topic, alone=True), private=True)


async def _is_first(context: Context, key: str) -> bool:
    """Whether nobody has had this done, in whatever process: many press at one time."""
    services = context.services
    return await services.store.first_time(f"quiz/{key}", services.now(), community=context.community)


async def _score(context: Context, value: str) -> Reply:
    """The score, for who asks; it can be shown to all."""
    session = _Session.read(value)
    return replace(_scored(context, session), private=True, share=Button("Share here", "sharescore", session.id))


async def _share_score(context: Context, value: str) -> Reply:
    """The score, for all."""
    return answers.shared_by(_scored(context, _Session.read(value)), context.user)


def _scored(context: Context, session: _Session) -> Reply:
    return Reply((Heading("Quiz: the score so far"), *_board(context, session)))


def _is_option(place: str, question: Question) -> bool:
    option = number_in(place, 1)
    return option is not None and option < len(question.options)


COMMANDS = (quiz,)
HANDLERS = Handlers(
    {
        "quizpick": _pick,
        "quiznext": _next_for_all,
        "quizmore": _next_alone,
        "quizagain": _again_for_all,
        "quizalone": _again_alone,
        "sharequiz": _share,
        "quizscore": _score,
        "sharescore": _share_score,
    }
)
