"""The bot where there is nothing but text: choices are numbers, forms are prompts, private replies go elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cachetools import LRUCache

from adapters.shared.prompts import Filling, TakeFile
from bot.app.app import App
from bot.chat.events import ASKING, MODERATING, Event, Home, Message, Place, Press, Typed, User
from bot.chat.markup import visible
from bot.chat.replies import Button, Delete, Reply

# Conversations whose last choices are remembered; the one that was silent the longest is forgotten first.
TALKS_LIMIT = 10_000
# Ends a form, typed alone.
CANCEL = "cancel"
NOTHING_SENT = "Nothing was sent."


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be shown in a place: a reply with numbered choices, then lines, then a prompt for the next line.

    `default` is what the next line is, as long as nobody changes it.
    """

    place: Place
    reply: Reply | None = None
    said: tuple[str, ...] = ()
    prompt: str = ""
    default: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text."""
        shown = numbered(self.reply) if self.reply else ""
        asked = "\n".join([*self.said, *([self.prompt.strip()] if self.prompt else [])])
        value = f" [{self.default}]" if self.default else ""
        return "\n\n".join(part for part in (shown, f"{asked}{value}") if part)


@dataclass(slots=True)
class _Talk:
    """What a line may mean in a conversation: a choice, made in the place where it came up, or a field of a form."""

    place: Place
    choices: tuple[Button, ...] = ()
    filling: Filling | None = None


class TextChat:
    """Conversations with the bot on one platform.

    `direct` is the place of the direct conversation with a person. `present` is who they are in a place just now,
    with the groups that they have there. `keep` are lines that leave a form's field as it is, and `take_file` takes a
    file for one, if the platform can.
    """

    def __init__(
        self,
        app: App,
        direct: Callable[[User], Place],
        present: Callable[[User, Place], User],
        *,
        keep: frozenset[str] = frozenset({"", "-"}),
        take_file: TakeFile | None = None,
    ) -> None:
        self._app, self._direct, self._present = app, direct, present
        self._keep, self._take_file = keep, take_file
        self._talks: LRUCache[str, _Talk] = LRUCache(TALKS_LIMIT)

    async def hear(self, event: Home | Message | Typed, line: str = "") -> Answer | None:
        """Answer a line that was typed, which means an event unless it is a choice or a field of a form."""
        talk = self._talks.get(event.place.id)
        if talk is not None and talk.filling is not None and not _is_command(event, line):
            return await self._filled(event.place, talk.filling, line)
        meant: Event = event
        button = _chosen(event, line, talk.choices) if talk is not None else None
        if button is not None and talk is not None:
            meant = Press(self._present(event.user, talk.place), talk.place, button.action, button.value)
        return self._answer(await self._app.handle(meant), meant)

    def is_filling(self, place: Place) -> bool:
        """Return whether the next line there is for a form."""
        talk = self._talks.get(place.id)
        return talk is not None and talk.filling is not None

    def cancel(self, place: Place) -> Answer:
        """End a form there without sending it."""
        self._talks.pop(place.id, None)
        return Answer(place, said=(NOTHING_SENT,))

    async def _filled(self, place: Place, filling: Filling, line: str) -> Answer | None:
        if line.strip().lower() == CANCEL:
            return self.cancel(place)
        await filling.take(line)
        if filling.submit is None:
            return _asking(place, None, filling)
        del self._talks[place.id]
        submit = replace(filling.submit, user=self._present(filling.user, filling.place))
        return self._answer(await self._app.handle(submit), submit)

    def _answer(self, reply: Reply | Delete | None, event: Event) -> Answer | None:
        """Where a reply is to be shown: what is private, and every form, where the person is alone."""
        if not isinstance(reply, Reply):
            return None
        alone = (reply.private or reply.form is not None) and not event.place.direct
        place = self._direct(event.user) if alone else event.place
        filling = None
        if reply.form is not None:
            filling = Filling(reply.form, event.user, event.place, self._keep, self._take_file)
            unchanged = "“-”" if "-" in self._keep else "an empty line"
            filling.said.insert(0, f"{reply.form.title} (“{CANCEL}” ends this, {unchanged} keeps what is there)")
        self._talks[place.id] = _Talk(event.place, reply.choices, filling)
        return _asking(place, reply, filling) if filling else Answer(place, reply)


def numbered(reply: Reply) -> str:
    """A reply as plain text; what can be chosen is numbered."""
    blocks = Reply(reply.blocks).plain
    choices = "\n".join(f"  {number}. {button.label}" for number, button in enumerate(reply.choices, start=1))
    return visible("\n\n".join(part for part in (blocks, choices) if part))


def _asking(place: Place, reply: Reply | None, filling: Filling) -> Answer:
    return Answer(place, reply, tuple(filling.said), filling.prompt, filling.default)


def _chosen(event: Home | Message | Typed, line: str, choices: tuple[Button, ...]) -> Button | None:
    """The choice whose number a line is, if it is meant for the bot."""
    typed = line.strip()
    meant = not isinstance(event, Message) or event.addressed
    return choices[int(typed) - 1] if meant and typed.isdecimal() and 1 <= int(typed) <= len(choices) else None


def _is_command(event: Home | Message | Typed, line: str) -> bool:
    sign, first = event.place.platform.sign, line.strip().partition(" ")[0].lower()
    return isinstance(event, Home) or first in {f"{sign}{ASKING}", f"{sign}{MODERATING}"}
