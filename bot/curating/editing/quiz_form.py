"""The quiz questions of an entry, written by moderators in a form of their own."""

from dataclasses import dataclass, replace

from bot.chat.events import Role, Submit
from bot.chat.markup import Plain, Strong
from bot.chat.replies import Button, Form, Heading, Items, Question, Reply, Text, note, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument, Handlers
from bot.commands.refusals import number_in
from bot.curating.approval import revise, waits
from bot.curating.editing.drafts import Target, target
from bot.curating.editing.entry_form import AREA_LIMIT
from knowledge.pack.lint import local_faults
from knowledge.pack.overlay import Change, Conflict, Draft
from knowledge.pack.quiz_text import BadQuiz, quiz_text, read_quiz

FORM = "entry-quiz"
FIELD = "quiz"
# The hint in the empty field.
EXAMPLE = "In 2026, how many members came?\n+ 40\n- 25\n- 90\nIn 2026, 40 members came."
# More digits than any revision number has.
_DIGITS = 9
_HOW = (
    "The right answer follows a +, each wrong one a -, and the last line explains. Separate questions by an empty line."
)


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed for an entry at a revision (0 if the community has none), stored under an id."""

    entry_id: str
    expected: int
    words: str
    id: str = ""


def quiz_button(entry_id: str) -> Button:
    """Return the button that opens the form of an entry's quiz questions."""
    return Button("Quiz questions", "quizform", entry_id)


async def _open(context: Context, entry_id: str) -> Reply:
    found = await _target(context, entry_id)
    typed = _Typed(entry_id, found.expected, quiz_text(found.entry.quiz))
    return Reply((), private=True, form=_form(await _kept(context, typed)))


async def _reopen(context: Context, typed_id: str) -> Reply:
    return Reply((), private=True, form=_form(await _typed(context, typed_id)))


async def _submitted(context: Context, event: Submit) -> Reply:
    typed = await _typed(context, event.form.partition(":")[2])
    typed = await _kept(context, replace(typed, words=event.values.get(FIELD, "")))
    found = await _target(context, typed.entry_id)
    if found.expected != typed.expected:
        return await _conflict(context, typed, found.expected)
    try:
        entry = replace(found.entry, quiz=read_quiz(typed.words))
    except BadQuiz as error:
        return _refused(typed, [str(error)])
    faults = local_faults(entry, context.pack, context.pinned)
    if faults:
        return _refused(typed, [f"{field}: {message}" for field, message in faults])
    draft = Draft(entry.id, Change.EDITED, entry, found.expected, found.base)
    store = context.services.store
    try:
        revised = await revise(context, [draft])
    except Conflict as conflict:
        return await _conflict(context, typed, conflict.current.number)
    await store.drop_typed(context.community, typed.id)
    if not revised:
        return waits()
    count = len(entry.quiz)
    saved = f" now has {count} quiz question{'' if count == 1 else 's'}."
    said = Text((Strong((Plain(entry.question),)), Plain(saved)))
    return Reply((said,), (Button("History", "history", entry.id),), private=True)


def _form(typed: _Typed) -> Form:
    limit = max(AREA_LIMIT, len(typed.words))
    field = Question(FIELD, "Questions (+ right, - wrong, last line: why)", False, typed.words, limit, 10, EXAMPLE)
    return Form(
        f"{FORM}:{typed.id}", "Quiz questions", (field,), "Save", Button("Open the form", "quiztyped", typed.id)
    )


def _refused(typed: _Typed, faults: list[str]) -> Reply:
    said = Items(tuple((Plain(fault),) for fault in faults))
    kept = note(f"{_HOW} What you typed is kept for a week.")
    return Reply((Heading("Not yet: please change this"), said, kept), _changing(typed), private=True)


async def _conflict(context: Context, typed: _Typed, current: int) -> Reply:
    typed = await _kept(context, replace(typed, expected=current))
    said = text(f"Another moderator saved revision {current} meanwhile. Your questions are kept; look again and save.")
    return Reply((said,), _changing(typed), private=True)


def _changing(typed: _Typed) -> tuple[Button, ...]:
    return Button("Change it", "quiztyped", typed.id), Button("Discard", "discard", typed.id)


async def _target(context: Context, entry_id: str) -> Target:
    if context.is_personal:
        raise BadArgument("Entries belong to a server. Do this in your server.")
    found = await target(context, entry_id)
    if found is None:
        raise BadArgument("That entry was removed.")
    return found


async def _kept(context: Context, typed: _Typed) -> _Typed:
    """Store what was typed in place of the earlier text under its id, and return it."""
    kept_id = await context.services.store.keep_typed(
        context.community,
        {"quiz_of": typed.entry_id, "expected": typed.expected, FIELD: typed.words},
        by=context.user.id,
        now=context.services.now(),
        typed_id=typed.id or None,
    )
    return replace(typed, id=kept_id)


async def _typed(context: Context, typed_id: str) -> _Typed:
    found = await context.services.store.typed(context.community, typed_id)
    if found is None or "quiz_of" not in found.values:
        raise BadArgument("This was already saved or discarded, or is more than a week old.")
    values = found.values
    return _Typed(
        str(values["quiz_of"]), number_in(str(values["expected"]), _DIGITS) or 0, str(values[FIELD]), typed_id
    )


HANDLERS = Handlers({"quizform": _open, "quiztyped": _reopen}, {FORM: _submitted}, Role.MODERATOR)
