"""The bot: one function from an event to a reply, and one from a half-typed option to its choices."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic
from typing import assert_never

from bot.app.completion import choices_for
from bot.app.delivery import owned, sent
from bot.app.home import prompts
from bot.app.registry import default_registry
from bot.app.routes import SHARING, Routes
from bot.app.welcome import send_welcome
from bot.chat.events import Complete, Event, Home, Invocation, Message, Place, Press, Role, Submit, Typed, User, written
from bot.chat.incoming import LENGTH_LIMIT, too_long, whole
from bot.chat.markup import Plain, parse_line
from bot.chat.replies import Delete, Reply, Text, short
from bot.chat.roles import role_of
from bot.chat.suiting import suited
from bot.commands.community_settings import is_passive
from bot.commands.context import Context, Services
from bot.commands.declarations import PRIVATE, BadArgument, Registry
from bot.commands.limits import Limiter, Rate, Rates, Together
from bot.commands.metrics import Failure, Step
from bot.commands.refusals import kept_back, too_much, waiting
from bot.commands.typed import split
from bot.community.community_knowledge import CommunityKnowledge, KnowledgeCache
from knowledge.encoder import Encoder
from knowledge.store.protocol import QuotaReached, StoreError

# An answer that takes longer is given up, and the asker told. Discord's token lives 15 minutes, Slack's 30.
ANSWER_SECONDS = 25
# Pressing these posts something for everyone; all other presses are answered privately.
PUBLIC_ACTIONS = SHARING | {"quiznext", "quizagain"}
# A client asks for completions a few times a second while somebody types; nobody types this fast for a minute.
COMPLETION_RATES = Rates(Rate(240, 60), Rate(2_400, 60))
# Events may still arrive for this long after the bot left a community; a later one means that it is back.
STRAGGLING = timedelta(minutes=5)
# What works without the store, too: help for people in danger, and how to use the bot.
ALWAYS_THERE = frozenset({"referral", "help", "privacy"})
AWAY = (
    "I can't reach my memory right now, and I'd rather not give you an outdated answer. Please try again in a "
    "minute. If you need help: `/ijm referral`"
)
# Who acts in what the bot does on its own.
_BOT = User("", "")

log = logging.getLogger(__name__)


class App:
    """The core of the bot. `clock` gives seconds that never go back."""

    def __init__(
        self, services: Services, registry: Registry | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.services = services
        self.registry = registry or default_registry()
        self._knowledge = KnowledgeCache(
            services, services.store, services.help_line, services.knowledge_bytes, services.embeddings
        )
        self._routes = Routes(self.registry, services.danger, clock)
        self._limiter = Limiter(services.rates, clock, Together(services.store, "ask", services.now))
        limited = services.rates.person is not None
        self._completions = Limiter(COMPLETION_RATES if limited else Rates(), clock)

    async def handle(self, event: Event) -> Reply | Delete | None:
        """Return the reply to an event, or None if it needs none. Raises no Exception, and takes at most
        ANSWER_SECONDS.

        Somebody who asks too much is told so once, and then gets no reply until the limit allows it. A mistake of the
        asker is explained; anything else gets an error id, which is also in the log, without what was written.
        """
        answer = await self._answer(whole(event))
        return suited(answer, event.place.platform) if isinstance(answer, Reply) else answer

    async def _answer(self, event: Event) -> Reply | Delete | None:
        kind = type(event).__name__.lower()
        try:
            with self.services.metrics.answering(kind):
                async with asyncio.timeout(ANSWER_SECONDS):
                    return owned(await self._within_limits(event), event)
        except BadArgument as error:
            return kept_back(event, Text((Plain(str(error)),)))
        except QuotaReached as full:
            return kept_back(event, Text((Plain(str(full)),)))
        except StoreError as error:
            log.error("The store is away: %s", error)
            self.services.metrics.failed(Failure.STORE)
            return None if _overheard(event) else kept_back(event, Text(parse_line(AWAY)))
        except Exception:
            error_id = secrets.token_hex(4)
            about = {"error_id": error_id, "event": kind, "place": event.place.id}
            log.exception("error %s while answering a %s in %s", error_id, kind, event.place.id, extra=about)
            self.services.metrics.failed(Failure.BROKE)
            broke = f"Sorry, something went wrong. Please tell a moderator: error {error_id}."
            return None if _overheard(event) else kept_back(event, Text((Plain(broke),)))

    def arrived(self, event: Event) -> None:
        """Note that the platform accepted the `urgent` reply to an event."""
        self._routes.arrived(event)

    def answers_privately(self, event: Event) -> bool:
        """Return whether the reply to an event will be private, as far as that is known beforehand."""
        match event:
            case Invocation(command=name, arguments=given, head=head):
                command = self.registry.command(head, name)
                asked = given.get(PRIVATE) is True or command is None or command.private
                return asked or self._routes.is_danger(written(given))
            case Press(action=action):
                return action not in PUBLIC_ACTIONS
            case Typed() | Submit() | Home():
                return True
            case Message():
                return False
            case _:
                assert_never(event)

    def is_final(self, event: Event) -> bool:
        """Return whether a successful reply to an event replaces the message whose button was pressed."""
        return isinstance(event, Press) and event.alone and event.action in self.registry.final

    async def complete(self, event: Complete) -> tuple[tuple[str, str], ...]:
        """Return what a half-typed option can become: labels with their values, best first, at most COMPLETIONS_LIMIT.

        While the store is away, nothing that depends on it is completed. Somebody who types too fast gets no
        completions.
        """
        if await self._completions.take(event.user.id, event.place.community) is not None:
            return ()
        try:
            return await self._completed(whole(event))
        except StoreError as error:
            log.error("The store is away: %s", error)
            return ()

    async def _completed(self, event: Complete) -> tuple[tuple[str, str], ...]:
        knowledge = await self._knowledge.of(event.place.community)
        context = self._context(event, knowledge)
        command = self.registry.command(event.head, event.command)
        if command is None or command.role > context.role:
            return ()
        option = next((option for option in command.options if option.name == event.option), None)
        if option is None:
            return ()
        return await choices_for(option, event.text, context)

    async def keep_encoding(self) -> None:
        """Encode large numbers of new texts from communities in the background, until cancelled."""
        await self._knowledge.keep_encoding()

    async def left(self, community: str) -> None:
        """Note that the bot was removed from a community, whose data is deleted after a grace period."""
        await self.services.store.left(community, self.services.now())

    async def returned(self, community: str) -> None:
        """Note that the bot was added to a community (again), so that its data stays."""
        await self.services.store.returned(community)

    async def joined(
        self, community: str, name: str, missing: Sequence[str] = (), *, place: str = "", person: str = ""
    ) -> None:
        """Welcome a community that added the bot, once ever: in one of its places, or else by a direct message to a
        person.

        `name` is what people call it. `missing` are sentences that say what the bot needs there and does not have.
        """
        try:
            await send_welcome(self.services, community, name, missing, place=place, person=person)
        except StoreError as error:
            log.warning("A community could not be welcomed while the store is away: %s", error)

    async def present(self, prefix: str, there: Callable[[str], bool], ours: Callable[[str], bool]) -> None:
        """Take the communities in which an adapter finds the bot at start, of those with this prefix that are `ours`.

        The bot has left those that are missing while it was not running; others may have added it again.
        """
        store = self.services.store
        for community in await store.communities(prefix):
            if ours(community) and not there(community):
                await self.left(community)
        for community in await store.communities(prefix, left=True):
            if ours(community) and there(community):
                await self.returned(community)

    async def suggested(self, place: Place) -> tuple[tuple[str, str], ...]:
        """Return questions to suggest to somebody who has not asked yet: short titles with what to ask.

        While the store is away there are none.
        """
        try:
            context = await self.own_context(place)
            return tuple((short(entry.question), entry.question) for entry in await prompts(context))
        except StoreError as error:
            log.error("The store is away: %s", error)
            return ()

    async def own_context(self, place: Place) -> Context:
        """Return the context for what the bot does on its own."""
        knowledge = await self._knowledge.of(place.community)
        return Context(_BOT, place, Role.MODERATOR, self.services, self.registry, knowledge.library, knowledge.settings)

    def _context(self, event: Event | Complete, knowledge: CommunityKnowledge) -> Context:
        role = role_of(event.user, knowledge.settings.moderators)
        alone = isinstance(event, Press) and event.alone
        return Context(
            event.user, event.place, role, self.services, self.registry, knowledge.library, knowledge.settings, alone
        )

    async def _within_limits(self, event: Event) -> Reply | Delete | None:
        if isinstance(event, Submit) and (field := too_long(event)):
            raise BadArgument(f"“{field}” has more than {LENGTH_LIMIT:,} characters, so I did not read it. Shorten it.")
        with self.services.metrics.step(Step.SAFETY):
            if not _overheard(event):
                danger = self.services.danger
                for text in self._routes.judged(event):
                    await self._prepare(text, danger.prepared, danger.encoder)
            spared = self._is_spared(event)
        refusal = None if spared else await self._limiter.take(event.user.id, event.place.community)
        if refusal is None:
            return await self._answered(event)
        self.services.metrics.limited()
        if isinstance(event, Submit):
            return kept_back(event, waiting(refusal.seconds))
        # A command or a press without an answer looks broken; a message gets none once its author was told.
        return too_much(refusal.seconds) if refusal.first or not isinstance(event, Message) else None

    def _is_spared(self, event: Event) -> bool:
        """Return whether limits do not apply to an event: nobody asked the bot, or it leads to help."""
        if isinstance(event, Home) or (isinstance(event, Message) and not event.addressed):
            return True
        if isinstance(event, Submit):
            return self._routes.is_danger(" ".join(event.values.values()))
        return self._does_without_store(event)

    async def _answered(self, event: Event) -> Reply | Delete | None:
        overheard = _overheard(event)
        if overheard and not await is_passive(self.services.store, event.place):
            return None
        knowledge = await self._knowledge.of(event.place.community)
        if knowledge.left_at is not None and self.services.now() - knowledge.left_at > STRAGGLING:
            await self.returned(event.place.community)
        context = self._context(event, knowledge)
        if knowledge.lost and not self._does_without_store(event):
            self.services.metrics.failed(Failure.STORE)
            return None if overheard else kept_back(event, Text(parse_line(AWAY)))
        search = context.library.search
        question, talk = self._routes.question_in(event), self.services.talk
        await self._prepare(question, search.prepared, search.encoder)
        if not overheard:
            await self._prepare(question, talk.prepared, talk.encoder)
        reply = await self._routes.answer(event, context)
        return await sent(reply, event, context) if isinstance(reply, Reply) else reply

    async def _prepare(self, text: str, prepared: Callable[[str], tuple[str, ...]], encoder: Encoder | None) -> None:
        """Encode an event's texts off the event loop, so that nobody else waits for that."""
        if text and self.services.embeddings is not None:
            with self.services.metrics.step(Step.ENCODING):
                await self.services.embeddings.prepare(prepared(text), encoder)

    def _does_without_store(self, event: Event) -> bool:
        """Return whether an event is answered although its community is unknown."""
        match event:
            case Message():
                return self._routes.is_danger(event.question)
            case Typed(line=line) | Press(action="run", value=line):
                return split(line)[0] in ALWAYS_THERE or self._routes.is_danger(line)
            case Invocation(command=name, arguments=given):
                return name in ALWAYS_THERE or self._routes.is_danger(written(given))
            case Press(action=action):
                return action in {"card", "delete"}
            case Submit() | Home():
                return False
            case _:
                assert_never(event)


def _overheard(event: Event) -> bool:
    """Return whether an event was not addressed to the bot, so that nobody is waiting for a reply."""
    return isinstance(event, Message) and not event.addressed
