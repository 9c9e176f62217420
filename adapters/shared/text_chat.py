"""The bot on platforms with only text: choices are numbers, forms are prompts, private replies go elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cachetools import LRUCache

from adapters.shared.plain_text import numbered
from adapters.shared.prompts import Filling, TakeFile
from adapters.shared.work import is_first
from bot.app.app import App
from bot.chat.events import ASKING, MODERATING, Event, Home, Message, Place, Press, Typed, User
from bot.chat.replies import Button, Delete, Form, Reply
from bot.commands.refusals import number_in

# How many conversations' last choices are remembered; the one silent the longest is forgotten first.
TALKS_LIMIT = 10_000
# Ends a form, typed alone.
CANCEL = "cancel"
NOTHING_SENT = "Nothing was sent."
DRAFT_KEPT = f"{NOTHING_SENT} What you typed is there when you open this form again."
DRAFTED = "What you typed before is filled in."
# No menu has numbers with more digits.
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What to show in a place: a reply with numbered choices, then lines, then a prompt for the next line. `default` is
    the next line's value until somebody changes it; with `takes_lines` it may have several lines. `event` is what the
    reply answers; tell `TextChat.shown` once it is shown.
    """

    place: Place
    reply: Reply | None = None
    said: tuple[str, ...] = ()
    prompt: str = ""
    default: str = ""
    takes_lines: bool = False
    event: Event | None = None

    @property
    def text(self) -> str:
        """The whole answer as plain text."""
        shown = numbered(self.reply) if self.reply else ""
        asked = "\n".join([*self.said, *([self.prompt.strip()] if self.prompt else [])])
        value = f" [{self.default}]" if self.default else ""
        return "\n\n".join(part for part in (shown, f"{asked}{value}") if part)


@dataclass(frozen=True, slots=True)
class _Left:
    """An abandoned form, and what was typed into it, by field."""

    form: Form
    draft: Mapping[str, str]

    def is_of(self, form: Form) -> bool:
        """Return whether that is the same form, opened again: behind the colon its id may differ each time."""
        kinds = {each.id.partition(":")[0] for each in (self.form, form)}
        return len(kinds) == 1 and (self.form.title, self.form.fields) == (form.title, form.fields)


@dataclass(slots=True)
class _Talk:
    """What a line may mean in a conversation: a choice, in the place that offered it, or a field of a form. `left` is
    the last abandoned form.
    """

    place: Place
    choices: tuple[Button, ...] = ()
    filling: Filling | None = None
    left: _Left | None = None

    def leave(self, typed: str = "") -> None:
        """Abandon a form, and keep what was typed into it."""
        if self.filling is not None:
            self.left = _Left(self.filling.form, self.filling.draft(typed))
        self.filling = None


class TextChat:
    """Conversations with the bot on one platform. `direct` returns the place of a person's direct conversation.
    `present` returns who they are in a place now, with their groups there. `keep` are lines that leave a form's field
    as it is, and `take_file` reads a file for one, if the platform can. With `whole_texts`, a text of several lines is
    typed in one piece.
    """

    def __init__(
        self,
        app: App,
        direct: Callable[[User], Place],
        present: Callable[[User, Place], User],
        *,
        keep: frozenset[str] = frozenset({"", "-"}),
        take_file: TakeFile | None = None,
        whole_texts: bool = False,
    ) -> None:
        self._app, self._direct, self._present = app, direct, present
        self._keep, self._take_file, self._whole_texts = keep, take_file, whole_texts
        self._talks: LRUCache[str, _Talk] = LRUCache(TALKS_LIMIT)

    async def hear(self, event: Home | Message | Typed, line: str | None = None) -> Answer | None:
        """Answer a typed line: a choice, a field of a form, or else an event. `line` is the typed text, if the event
        does not have it.
        """
        line = _typed(event) if line is None else line
        talk = self._talks.get(event.place.id)
        if talk is not None and talk.filling is not None and not _is_command(event, line):
            return await self._filled(event.place, talk.filling, line)
        meant: Event = event
        if talk is not None and talk.choices and _chooses(event, line):
            number = number_in(line.strip(), _DIGITS) or 0
            if not 1 <= number <= len(talk.choices):
                return Answer(event.place, said=(f"Type a number from 1 to {len(talk.choices)}.",))
            button = talk.choices[number - 1]
            meant = Press(self._present(event.user, talk.place), talk.place, button.action, button.value)
        return self._answer(await self._app.handle(meant), meant)

    async def answer(self, event: Message | Typed, *keys: str) -> Answer | None:
        """Answer once what may be delivered twice; `keys` identify it. What is meant for the bot is claimed before it
        has effects, the rest only if there is an answer.
        """
        services, community = self._app.services, event.place.community
        meant = not isinstance(event, Message) or event.addressed
        if meant and not await is_first(services, community, *keys):
            return None
        user = self._present(event.user, event.place)
        answer = await self.hear(replace(event, user=user))
        return answer if meant or (answer and await is_first(services, community, *keys)) else None

    def shown(self, answer: Answer) -> None:
        """Note that the platform accepted an answer, so that the core knows about an urgent one."""
        if answer.reply is not None and answer.reply.urgent and answer.event is not None:
            self._app.arrived(answer.event)

    def is_filling(self, place: Place) -> bool:
        """Return whether the next line there is for a form."""
        talk = self._talks.get(place.id)
        return talk is not None and talk.filling is not None

    def cancel(self, place: Place) -> Answer:
        """End a form without submitting it."""
        talk = self._talks[place.id]
        talk.filling = talk.left = None
        return Answer(place, said=(NOTHING_SENT,))

    def interrupt(self, place: Place, typed: str = "") -> Answer:
        """End a form without submitting it, and keep what was typed, including the next field."""
        self._talks[place.id].leave(typed)
        return Answer(place, said=(DRAFT_KEPT,))

    async def _filled(self, place: Place, filling: Filling, line: str) -> Answer | None:
        if line.strip().lower() == CANCEL:
            return self.cancel(place)
        await filling.take(line)
        if filling.submit is None:
            return _asking(place, None, filling)
        talk = self._talks[place.id]
        talk.filling = talk.left = None
        submit = replace(filling.submit, user=self._present(filling.user, filling.place))
        return self._answer(await self._app.handle(submit), submit)

    def _answer(self, reply: Reply | Delete | None, event: Event) -> Answer | None:
        """Return where to show a reply: private ones and forms go to the direct conversation."""
        if not isinstance(reply, Reply) or reply.reaction:
            # Text alone has no reactions.
            return None
        alone = (reply.private or reply.form is not None) and not event.place.direct
        place = self._direct(event.user) if alone else event.place
        talk = self._talks.get(place.id) or _Talk(event.place)
        talk.leave()
        if reply.choices:
            talk.place, talk.choices = event.place, reply.choices
        # The last choices stay until there are new ones.
        self._talks[place.id] = talk
        filling = talk.filling = self._begun(reply.form, event, talk) if reply.form is not None else None
        return _asking(place, reply, filling) if filling else Answer(place, reply, event=event)

    def _begun(self, form: Form, event: Event, talk: _Talk) -> Filling:
        """Begin a form, with what was typed into it before."""
        draft = talk.left.draft if talk.left is not None and talk.left.is_of(form) else {}
        filling = Filling(
            form, event.user, event.place, self._keep, self._take_file, whole=self._whole_texts, draft=draft
        )
        unchanged = "“-”" if "-" in self._keep else "an empty line"
        kept = f", {unchanged} keeps what is there" if self._keep else ""
        title = f"{form.title} (“{CANCEL}” ends this{kept})"
        filling.said[:0] = [title, DRAFTED] if draft else [title]
        return filling


def _asking(place: Place, reply: Reply | None, filling: Filling) -> Answer:
    return Answer(place, reply, tuple(filling.said), filling.prompt, filling.default, filling.takes_lines)


def _typed(event: Home | Message | Typed) -> str:
    if isinstance(event, Message):
        return event.text
    return f"{event.place.platform.sign}{event.head} {event.line}" if isinstance(event, Typed) else ""


def _chooses(event: Home | Message | Typed, line: str) -> bool:
    """Return whether a line is a number, and meant for the bot."""
    meant = not isinstance(event, Message) or event.addressed
    return meant and line.strip().isdecimal()


def _is_command(event: Home | Message | Typed, line: str) -> bool:
    sign, first = event.place.platform.sign, line.strip().partition(" ")[0].lower()
    return isinstance(event, Home) or first in {f"{sign}{ASKING}", f"{sign}{MODERATING}"}
