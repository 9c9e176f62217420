"""The bot: one function from an event to a reply, and one from a half-typed option to its choices."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import assert_never

from cachetools import TTLCache

from bot import about, answers, ask, browse, feedback, moderate, share
from bot.ask import Kind, consider
from bot.commands import BadArgument, Command, Completes, Registry
from bot.context import Context, Services
from bot.events import Complete, Event, Home, Invocation, Message, Place, Press, Role, Submit, Typed, Value
from bot.markup import Code, Plain
from bot.replies import BUTTON_ID_LIMIT, Block, Button, Copyable, Delete, Reply, Text, echo, short
from bot.roles import role_of
from bot.typed import arguments, split
from knowledge.danger import Danger

# The safety card is shown at most once to a person in a place within this time (docs/safety.md).
CARD_SECONDS = 600
# People whose card is remembered; the oldest is forgotten first, and would just see the card again.
CARDS_LIMIT = 100_000
# How long a place is left alone after an answer that nobody addressed to the bot.
CHIME_SECONDS = 300
# An answer that takes longer than this is given up, and says so; Discord's token for it lives 15 minutes, Slack's 30.
ANSWER_SECONDS = 25
# Pressing these posts something for all; whatever else is pressed answers the one who pressed.
PUBLIC_ACTIONS = frozenset({"share", "sharefact"})
# As many completions as Discord shows, and as long (interactions/application-commands.mdx:124).
COMPLETIONS_LIMIT = 25
COMPLETION_LABEL_LIMIT = 100
# A typed line this short whose first word is nearly a command is a mistyped command, not a question.
MISTYPED_WORDS = 3
# The word that shows the reply to a line for all, where it would otherwise be for the asker alone.
SHARE = "share"
NO_COMMAND = "There is no such command, or it is not open to you. Type /ijm help to see yours."

log = logging.getLogger(__name__)


def default_registry() -> Registry:
    """Every command, button action and form that the bot has."""
    return Registry(
        (*ask.COMMANDS, *browse.COMMANDS, *share.COMMANDS, *about.COMMANDS, *moderate.COMMANDS),
        ask.ACTIONS | browse.ACTIONS | share.ACTIONS | feedback.ACTIONS,
    )


class App:
    """The core of the bot. `clock` gives seconds that never go back."""

    def __init__(
        self, services: Services, registry: Registry | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.services = services
        self.registry = registry or default_registry()
        self._cards: TTLCache[tuple[str, str], bool] = TTLCache(CARDS_LIMIT, CARD_SECONDS, clock)
        self._chimed: TTLCache[str, bool] = TTLCache(CARDS_LIMIT, CHIME_SECONDS, clock)

    async def handle(self, event: Event) -> Reply | Delete | None:
        """The reply to an event, or None if it needs none. Raises no Exception, and takes at most ANSWER_SECONDS.

        What the asker can mend is said in words; anything else gets an error id that is in the log beside the
        error, without what was written.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return _owned(await self._answer(event, self._context(event)), event)
        except BadArgument as error:
            return _refused(str(error))
        except Exception:
            error_id = secrets.token_hex(4)
            log.exception("error %s while answering a %s in %s", error_id, type(event).__name__, event.place.id)
            return _refused(f"Sorry, something broke while I answered. Please tell a moderator: error {error_id}.")

    def answers_privately(self, event: Event) -> bool:
        """Whether the reply to an event will be private, as far as can be said before it is worked out."""
        match event:
            case Invocation(command=name, arguments=given, head=head):
                command = self.registry.command(head, name)
                asked = given.get("private") is True or command is None or command.private
                return asked or self._is_danger(_words(given))
            case Press(action=action):
                return action not in PUBLIC_ACTIONS
            case Typed() | Submit() | Home():
                return True
            case Message():
                return False
            case _:
                assert_never(event)

    async def complete(self, event: Complete) -> tuple[tuple[str, str], ...]:
        """What a half-typed option can become: labels with their values, best first, at most COMPLETIONS_LIMIT."""
        context = self._context(event)
        command = self.registry.command(event.head, event.command)
        if command is None or command.role > context.role:
            return ()
        option = next((option for option in command.options if option.name == event.option), None)
        if option is None:
            return ()
        pairs = [(choice, choice) for choice in option.choices]
        match option.completes:
            case Completes.ENTRY:
                found = self.services.search.complete(event.text, COMPLETIONS_LIMIT)
                return tuple((short(entry.question, COMPLETION_LABEL_LIMIT), entry.id) for entry in found)
            case Completes.TOPIC:
                pairs = [(topic.title, topic.id) for topic in self.services.pack.topics]
            case Completes.COMMAND:
                pairs = [(each.name, each.name) for each in self.registry.open_to(context.role, event.head)]
            case None:
                pass
        typed = event.text.casefold()
        return tuple(pair for pair in pairs if typed in pair[0].casefold())[:COMPLETIONS_LIMIT]

    def _context(self, event: Event | Complete) -> Context:
        return Context(event.user, event.place, role_of(event.user), self.services, self.registry)

    async def _answer(self, event: Event, context: Context) -> Reply | Delete | None:
        match event:
            case Message(text=words, addressed=addressed):
                return await self._asked(event, context, words, addressed=addressed)
            case Typed(line=line, head=head, private=private):
                line_of = self._kept if private else self._typed
                return await line_of(event, context, head, line)
            case Invocation(command=name, arguments=given, head=head):
                return await self._invoked(event, context, self.registry.command(head, name), given)
            case Press(action=action, value=value):
                return await self._pressed(event, context, action, value)
            case Submit(form=form, values=values):
                handler = self.registry.forms.get(form)
                return await handler(context, values) if handler else _outdated(values)
            case Home():
                return browse.home(context)
            case _:
                assert_never(event)

    async def _asked(self, event: Event, context: Context, words: str, *, addressed: bool) -> Reply | None:
        if not addressed and not await moderate.is_passive(self.services.store, event.place.community, event.place.id):
            return None
        considered = consider(self.services, words, addressed=addressed)
        if considered.kind is Kind.SAFETY:
            return self._card(event, considered.reply, addressed=addressed)
        if considered.kind is Kind.IGNORED and addressed:
            return browse.welcome(context)
        if considered.reply is None or addressed or self._may_chime_in(event.place):
            return considered.reply
        return None

    def _may_chime_in(self, place: Place) -> bool:
        """Whether a place has had no answer just now that nobody addressed to the bot."""
        if place.id in self._chimed:
            return False
        self._chimed[place.id] = True
        return True

    async def _kept(self, event: Event, context: Context, head: str, line: str) -> Reply | None:
        """A typed line whose reply is for the asker alone, unless it begins with the word `share`."""
        name, rest = split(line)
        if name != SHARE:
            reply = await self._typed(event, context, head, line)
            return replace(reply, private=True) if reply else None
        if not rest:
            return _refused(f"Type what I should show to all behind it: /{head} {SHARE} what is IJM")
        reply = await self._typed(event, context, head, rest)
        if reply is None:
            return None
        shown, _ = split(rest)
        asked = shown == "ask" or self.registry.command(head, shown) is None
        if reply.private or (asked and reply.share is None):
            # Advice on a question that was not understood is nothing to show to others.
            return replace(reply, private=True)
        return replace(reply, blocks=(*reply.blocks, answers.shared_by(context.user)))

    async def _typed(self, event: Event, context: Context, head: str, line: str) -> Reply | None:
        name, rest = split(line)
        command = self.registry.command(head, name or "help")
        if command is not None and command.role <= context.role:
            if self._is_danger(line):
                return self._danger(event, line)
            try:
                return await self._invoked(event, context, command, arguments(command, rest))
            except BadArgument as error:
                return _refused(str(error), command)
        near = self.registry.nearest(head, name, context.role)
        if near is not None and len(line.split()) <= MISTYPED_WORDS and not self._is_danger(line):
            return _mistyped(name, near, rest)
        if head != "ijm":
            return _refused(NO_COMMAND)
        return await self._asked(event, context, line, addressed=True)

    async def _invoked(
        self, event: Event, context: Context, command: Command | None, given: Mapping[str, Value]
    ) -> Reply | None:
        if command is None or command.role > context.role:
            return _refused(NO_COMMAND)
        if self._is_danger(words := _words(given)):
            return self._danger(event, words)
        try:
            return await command.run(context, given)
        except BadArgument as error:
            return _refused(str(error), command)

    async def _pressed(self, event: Press, context: Context, action: str, value: str) -> Reply | Delete | None:
        if action == "run":
            reply = await self._typed(event, context, "ijm", value)
            return replace(reply, private=True) if reply else None
        if action == "delete":
            if context.user.id == value or context.role >= Role.MODERATOR:
                return Delete()
            return _refused("Only who asked for it, or a moderator, can delete this.")
        handler = self.registry.actions.get(action)
        if handler is None:
            return _refused("This button is from an older version of me. Please ask again.")
        return await handler(context, value)

    def _is_danger(self, words: str) -> bool:
        return self.services.danger.judge(words) is Danger.CLEAR

    def _danger(self, event: Event, words: str) -> Reply | None:
        card = answers.safety_card(self.services.pack, self.services.search.ask(words))
        return self._card(event, card, addressed=True)

    def _card(self, event: Event, card: Reply | None, *, addressed: bool) -> Reply | None:
        """The safety card, once to a person in a place; then a short word, to somebody who addresses the bot."""
        key = (event.place.id, event.user.id)
        if key in self._cards:
            # Where it cannot be private, the same line covers it: nobody is to learn what the first was about.
            return replace(answers.card_again(), cover=card.cover if card else None) if addressed else None
        self._cards[key] = True
        return card


def _owned(reply: Reply | Delete | None, event: Event) -> Reply | Delete | None:
    """A reply with what its asker may do with it: take a public one away, show a private one to all."""
    place = event.place
    if not isinstance(reply, Reply) or not place.posts or isinstance(event, Home):
        return reply
    delete = Button("Delete", "delete", event.user.id)
    if not reply.private:
        return replace(reply, buttons=(*reply.buttons, delete))
    if reply.cover is not None:
        reply = replace(reply, cover=replace(reply.cover, buttons=(*reply.cover.buttons, delete)))
    if reply.share is not None and not place.direct:
        return replace(reply, buttons=(*reply.buttons, reply.share))
    return reply


def _words(given: Mapping[str, Value]) -> str:
    """All that somebody wrote into a command's options."""
    return " ".join(value for value in given.values() if isinstance(value, str))


def _refused(message: str, command: Command | None = None) -> Reply:
    """What is wrong, in plain characters (a user's own words may be in it), and the command's usage."""
    blocks: list[Block] = [Text((Plain(message),))]
    if command is not None:
        blocks.append(Text((Plain("Usage: "), Code(command.usage))))
    return Reply(tuple(blocks), private=True)


def _mistyped(name: str, near: Command, rest: str) -> Reply:
    line = f"{near.name} {rest}".strip()
    shown = f"/{near.head} {echo(line)}"
    message = Text((Plain(f"There is no command “{echo(name)}”. Did you mean "), Code(shown), Plain("?")))
    room = BUTTON_ID_LIMIT - len("run:")
    buttons = (Button(short(shown), "run", line),) if len(line) <= room else ()
    return Reply((message,), buttons, private=True)


def _outdated(values: Mapping[str, str]) -> Reply:
    """A form that is not there any more: what was typed into it is handed back."""
    message = Text((Plain("This form is from an older version of me, so I did not save it. Here is what you typed:"),))
    typed = tuple(Copyable(f"{name}: {value}") for name, value in values.items() if value)
    return Reply((message, *typed), private=True)
