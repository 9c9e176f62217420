"""Where each kind of event goes, once its asker, place and knowledge are known."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from cachetools import TTLCache

from bot.app.home import home
from bot.asking import answers, browse
from bot.asking.ask import ReplyKind
from bot.asking.helpline import local_line
from bot.asking.safety_cards import SafetyCards, safety_card
from bot.chat.events import ASKING, Event, Home, Invocation, Message, Place, Press, Role, Submit, Typed, Value, written
from bot.chat.replies import Delete, Reply, Swap, text
from bot.commands.context import Context
from bot.commands.declarations import PRIVATE, SHORTCUTS, BadArgument, Command, Registry
from bot.commands.refusals import kept_back, mistyped, refused
from bot.commands.turns import NOTHING, Turn, turn_of, turn_of_ids
from bot.commands.typed import arguments, split
from bot.talking.ask import heard
from bot.talking.converse import converse
from bot.talking.small_talk import STATEMENT
from knowledge.plain.text import spoken
from knowledge.safety.danger import Danger, DangerCheck
from knowledge.talk.groups import GroupKind

# How long a place gets no further passive answer.
CHIME_SECONDS = 300
# How many places are remembered; the oldest is forgotten first.
PLACES_LIMIT = 100_000
# A typed line this short whose first word is nearly a command is a mistyped command, not a question.
MISTYPED_WORDS = 3
# Unless it is small talk, at least this likely.
CLEAR_TALK = 0.9
# The word that shows a reply to everyone that would otherwise be private.
SHARE = "share"
# Pressing these shows everyone what only the presser saw, and is done only once.
SHARING = frozenset({"share", "sharefact", "sharecard", "sharequiz"})
NO_BUTTON = "This is for moderators of this community."
# That message may be a picture, or in a channel whose messages the bot may not read.
NO_TEXT = "There is no text in that message for me to answer."
NO_TEXT_THERE = f"I see no text in the message above. Ask me in your own words, or use “{SHORTCUTS[0].name}” on it."
NO_COMMAND = "There is no such command, or you can't use it. Type /ijm help to see yours."
NO_MODERATING = "There is no such command, or you can't use it. Type /ijm-mod help to see yours."


class Routes:
    """Turns an event into its reply. `clock` gives seconds that never go back."""

    def __init__(self, registry: Registry, danger: DangerCheck, clock: Callable[[], float]) -> None:
        self._registry = registry
        self._danger_of = danger
        self._cards = SafetyCards(clock)
        self._chimed: TTLCache[str, bool] = TTLCache(PLACES_LIMIT, CHIME_SECONDS, clock)

    async def answer(self, event: Event, context: Context) -> Reply | Delete | None:
        """Return the reply to an event, or None if it needs none. Raises BadArgument for a mistake of the asker."""
        reply = await self._answer(event, context)
        if not isinstance(reply, Reply) or reply.blocks or reply.form:
            return reply
        if isinstance(event, Message):
            return reply if reply.reaction else None
        # A command or a press has no message to react to, and looks broken without an answer.
        return replace(reply, blocks=(text(reply.reaction or STATEMENT),), reaction="", private=True)

    async def _answer(self, event: Event, context: Context) -> Reply | Delete | None:
        match event:
            case Message():
                return await self._said(event, context)
            case Typed(line=line, head=head, private=private):
                line_of = self._kept if private else self._typed
                return await line_of(event, context, head, line)
            case Invocation(command=name, arguments=given, head=head):
                return await self._invoked(event, context, self._registry.command(head, name), given)
            case Press(action=action, value=value):
                return await self._pressed(event, context, action, value)
            case Submit(form=form):
                role, handler = self._registry.forms.get(form.partition(":")[0], (Role.ADMIN, None))
                if handler is None:
                    return kept_back(event, text("This form is from an older version of me, so I did not save it."))
                if role > context.role:
                    return kept_back(event, text("You don't have permission to do this, so I did not save it."))
                _check_place(context, role)
                return await handler(context, event)
            case Home():
                return await home(context)
            case _:
                assert_never(event)

    def arrived(self, event: Event) -> None:
        """Note that the platform accepted the urgent reply to an event."""
        self._cards.arrived(event)

    def judged(self, event: Event) -> tuple[str, ...]:
        """Return the texts of an event that may be about somebody in danger."""
        match event:
            case Typed(line=line) | Press(action="run", value=line):
                return tuple(dict.fromkeys((line, self.question_in(event))))
            case _:
                return (self.question_in(event),)

    def question_in(self, event: Event) -> str:
        """Return the question in an event; an empty text if there is none."""
        match event:
            case Message():
                return event.question
            case Invocation(arguments=given):
                return written(given)
            case Typed(line=line, head=head):
                return self._question(head, line)
            case Press(action="run", value=line):
                return self._question(ASKING, line)
            case _:
                return ""

    def _question(self, head: str, line: str) -> str:
        name, rest = split(line)
        if name == SHARE:
            return self._question(head, rest)
        return line if self._registry.command(head, name) is None else rest

    async def _said(self, event: Message, context: Context) -> Reply | None:
        if event.quotes and not spoken(event.question):
            return refused(NO_TEXT_THERE)
        turn = NOTHING if event.quotes else _referred(event, context)
        return await self._asked(event, context, event.question, addressed=event.addressed, turn=turn)

    async def _asked(
        self, event: Event, context: Context, words: str, *, addressed: bool, turn: Turn | None = None
    ) -> Reply | None:
        considered = await heard(context, words, addressed=addressed, turn=turn)
        if considered.kind is ReplyKind.SAFETY and considered.reply is not None:
            return self._cards.once(event, considered.reply, addressed=addressed)
        if considered.kind is ReplyKind.IGNORED and addressed:
            return browse.welcome(context.pack)
        if considered.reply is None or addressed or self._may_chime_in(event.place):
            return considered.reply
        return None

    def _may_chime_in(self, place: Place) -> bool:
        """Return whether a place has not just had a passive answer."""
        if place.id in self._chimed:
            return False
        self._chimed[place.id] = True
        return True

    async def _kept(self, event: Event, context: Context, head: str, line: str) -> Reply | None:
        """Make the reply to a typed line private, unless the line begins with the word `share`."""
        name, rest = split(line)
        if name != SHARE:
            reply = await self._typed(event, context, head, line, private=True)
            return replace(reply, private=True) if reply else None
        if not rest:
            return refused(f"Add what I should show to everyone: /{head} {SHARE} what is IJM")
        reply = await self._typed(event, context, head, rest)
        if reply is None:
            return None
        shown, _ = split(rest)
        asked = shown == "ask" or self._registry.command(head, shown) is None
        if reply.private or (asked and reply.share is None):
            # Others need no advice on a question that was not understood.
            return replace(reply, private=True)
        return answers.shared_by(reply, context.user)

    async def _typed(
        self, event: Event, context: Context, head: str, line: str, *, private: bool = False
    ) -> Reply | None:
        """Run a typed line; with `private`, a command that can answer privately does."""
        name, rest = split(line)
        command = self._registry.command(head, name or "help")
        if command is not None and command.role <= context.role:
            if head == ASKING and self.is_danger(line):
                return self._danger(event, context, line)
            try:
                given = arguments(command, rest)
                if private and any(option.name == PRIVATE for option in command.options):
                    given = {**given, PRIVATE: True}
                return await self._invoked(event, context, command, given)
            except BadArgument as error:
                plain = self._in_plain_words(context, command, line)
                if plain is None:
                    return refused(str(error), command)
                return await self._invoked(event, context, command, plain)
        short_line = len(line.split()) <= MISTYPED_WORDS
        near = self._registry.nearest(head, name, context.role) if short_line else None
        if near is not None and not self.is_danger(line) and not self._is_talk(context, line):
            return mistyped(name, near, rest, event.place.platform.button_id_limit)
        if head != ASKING:
            return refused(NO_COMMAND if context.role < Role.MODERATOR else NO_MODERATING)
        return await self._asked(event, context, line, addressed=True)

    async def _invoked(
        self, event: Event, context: Context, command: Command | None, given: Mapping[str, Value]
    ) -> Reply | None:
        if command is None or command.role > context.role:
            return refused(NO_COMMAND)
        _check_place(context, command.role)
        if _asks_nothing(command, given):
            return refused(NO_TEXT)
        # A moderator may write about danger: an answer, a help line.
        if command.head == ASKING and self.is_danger(words := written(given)):
            return self._danger(event, context, words)
        try:
            reply = await command.run(context, given)
        except BadArgument as error:
            return refused(str(error), command)
        if command.head == ASKING:
            context.services.turns.remember(context.user, context.place, turn_of(reply, command.name, given))
        return reply

    @staticmethod
    def _is_talk(context: Context, line: str) -> bool:
        """Return whether a line is small talk, not a mistyped command."""
        said = context.library.talk.recognize(line)
        return said is not None and said.group.kind is GroupKind.TALK and said.score >= CLEAR_TALK

    @staticmethod
    def _in_plain_words(context: Context, command: Command, line: str) -> Mapping[str, Value] | None:
        """Return the arguments of a command's line that is in plain words ("quiz me"), if it is."""
        if any(option.required for option in command.options):
            # "cite … vancouver" is a mistake to point out, not another way to ask.
            return None
        considered = converse(context.library, context.registry, line)
        return considered.arguments if considered.command == command.name else None

    async def _pressed(self, event: Press, context: Context, action: str, value: str) -> Reply | Delete | None:
        if action == "run":
            reply = await self._typed(event, context, "ijm", value, private=True)
            return replace(reply, private=True) if reply else None
        if action == "delete":
            if context.user.id == value or context.role >= Role.MODERATOR:
                return Delete()
            return refused("Only the person who asked for it, or a moderator, can delete this.")
        role, handler = self._registry.actions.get(action, (Role.ADMIN, None))
        if handler is not None and role > context.role:
            return refused(NO_BUTTON)
        if handler is None:
            return refused("This button is from an older version of me. Please ask again.")
        _check_place(context, role)
        reply = await handler(context, value)
        if reply is None:
            return None
        context.services.turns.remember(context.user, context.place, turn_of(reply))
        if event.alone and action in SHARING and not reply.private:
            reply = replace(reply, becomes=Reply((), swap=Swap(frozenset({action}))))
        # One person does not change what everyone sees.
        return replace(reply, in_place=event.alone and (reply.in_place or action in self._registry.final))

    def is_danger(self, words: str) -> bool:
        """Return whether a typed text is clearly about danger; command names alone ("help help") never are."""
        if all(self._registry.command(ASKING, word) for word in words.split()):
            return False
        return self._danger_of.judge(words) is Danger.CLEAR

    def _danger(self, event: Event, context: Context, words: str) -> Reply | None:
        shown = safety_card(context.pack, context.library.search.ask(words), local_line(context))
        return self._cards.once(event, shown, addressed=True)


def _asks_nothing(command: Command, given: Mapping[str, Value]) -> bool:
    """Return whether a message, or the message that it asks about, has no words."""
    asked = SHORTCUTS[0]
    if (command.head, command.name) != (asked.head, asked.command) or asked.option not in given:
        return False
    return not spoken(str(given[asked.option]))


def _referred(event: Message, context: Context) -> Turn | None:
    """Return what the bot's message shows to which somebody replies; None to use what they saw last."""
    shown = turn_of_ids(event.replied)
    # The remembered turn of the same message says more than its buttons.
    before = context.services.turns.before(context.user, context.place)
    return None if shown == NOTHING or (shown.entry and shown.entry == before.entry) else shown


def _check_place(context: Context, role: Role) -> None:
    """Raise BadArgument for a moderator's action where there is nothing to moderate."""
    if role > Role.MEMBER and context.is_personal:
        raise BadArgument("Entries, settings and counts belong to a server; please do this there.")
