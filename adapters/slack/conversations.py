"""The path of a payload: acknowledged at once, then parsed, answered by the core, and sent."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Set
from dataclasses import replace
from typing import Any

import aiohttp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from adapters.shared.work import Work, is_first
from adapters.slack.assistant import assists, in_thread, opened, suggest
from adapters.slack.connection.web import WORTHLESS, SlackError, error_of, lost
from adapters.slack.connection.workspaces import Workspaces
from adapters.slack.events import SLACK, Heard, community, heard
from adapters.slack.joining import Joining
from adapters.slack.members import Members
from adapters.slack.rendering.forms import faulty
from adapters.slack.sending.fallback import Fallbacks
from adapters.slack.sending.files import downloaded
from adapters.slack.sending.replying import delete, react, send, send_urgent
from adapters.slack.threads import is_unused, referring
from bot.app.app import App
from bot.app.progress import progress
from bot.chat.events import Event, Home, Message, Place, Role, Submit
from bot.chat.replies import Delete, Reply, text
from bot.commands.metrics import PlatformError
from bot.commands.refusals import NO_FILE, refused

# Slack tells people that a command or a press failed if it is not acknowledged in 3 s
# (docs.slack.dev/interactivity/handling-user-interaction). It is acknowledged when it is answered, or by then: so they
# are told, too, if the process is killed meanwhile. A form would stay open for that time, and events come again.
ACKNOWLEDGE_SECONDS = 2.0
# After this long, a slow action says what it is doing.
PROGRESS_SECONDS = 1.8
_TOLD = frozenset({"block_actions", "message_action", "view_submission"})
# A mention with only one of these is the command, not a question: they need no argument.
_BARE = frozenset({"help", "topics", "outcomes", "referral", "fact", "privacy", "quiz"})

log = logging.getLogger(__name__)


class Conversations:
    """Everything that people do with the bot, in all workspaces."""

    def __init__(self, app: App, workspaces: Workspaces, fallbacks: Fallbacks) -> None:
        self._app = app
        self._fallbacks = fallbacks
        self._metrics = app.services.metrics
        self._workspaces = workspaces
        self._members = Members()
        self._joining = Joining(app)
        self._work = Work(SLACK, app.services.metrics)
        self._commands = {c.name for c in app.registry.open_to(Role.MEMBER, "ijm") if c.name in _BARE}
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def receive(self, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient) -> BoltResponse:
        """Answer a payload and acknowledge it, whatever it is, unless the process is stopping."""
        if self._closing.done():
            return BoltResponse(status=503, body="")
        inner = body.get("event") or {}
        if body.get("type") == "event_callback" and inner.get("type") in {"app_uninstalled", "tokens_revoked"}:
            self._work.begin(self._guarded(self._left(body, inner)))
            return BoltResponse(status=200, body="")
        faults: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        # Somebody who opens the Messages tab twice at once is greeted once.
        turn = inner.get("channel") if inner.get("type") == "app_home_opened" else None
        task = self._work.begin(self._guarded(self._answered(body, context, client, faults)), turn)
        if "command" in body or body.get("type") in _TOLD:
            await asyncio.wait({task, self._closing}, timeout=ACKNOWLEDGE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        # Slack shows faults in a form only in the acknowledgment; later they come as a message.
        if faults.cancelled() or not faults.done():
            faults.cancel()
            return BoltResponse(status=200, body="")
        return BoltResponse(status=200, body=faults.result())

    def installed(self, installation: Installation) -> None:
        """Welcome whoever has installed the app."""
        self._work.begin(self._guarded(self._joining.installed(installation)))

    def lose(self, error: SlackError) -> None:
        """Make whoever waits for `lost` stop with this error."""
        if not self.lost.done():
            self.lost.set_exception(error)

    def acknowledge(self) -> None:
        """Acknowledge at once what is under way, and what still comes."""
        if not self._closing.done():
            self._closing.set_result(None)

    async def close(self) -> None:
        """Finish the answers under way, once nothing more is accepted."""
        await self._work.finish()
        self.lost.cancel()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something, and log what Slack refuses."""
        try:
            await work
        except SlackApiError as error:
            word = error_of(error)
            self._metrics.platform_error(SLACK.name, PlatformError.REFUSED)
            log.warning("Slack refused an answer: %s", word)
            if word in WORTHLESS and self._workspaces.alone:
                self.lose(lost(word))

    async def _answered(
        self,
        body: Mapping[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
        faults: "asyncio.Future[dict[str, Any]]",
    ) -> None:
        home = self._workspaces.home
        alone = {**body, "authorizations": [{"team_id": home}]} if home else body
        found = heard(alone, context.bot_user_id, self._commands)
        if found is None:
            return
        scopes = await self._workspaces.scopes_of(found.address.team) if _depends_on_scopes(found) else None
        if isinstance(found.event, Home) and not await self._opened(found, client, scopes, context):
            return
        if assists(scopes):
            found = in_thread(found)
        overheard = isinstance(found.event, Message) and not found.event.addressed
        # What was addressed to the bot is claimed before it has effects, the rest only if there is an answer at all.
        if not overheard and not await self._is_first(found):
            return
        user = await self._members.introduced(found.event, found.address, client)
        event = replace(found.event, user=user, place=_named(found.event.place, context))
        if isinstance(event, Message) and event.addressed and found.address.begun is not None:
            event = await referring(event, found.address, client, scopes, context.bot_user_id)
        thread = opened(client, found.address, event) if assists(scopes) else None
        working = asyncio.ensure_future(self._handled(found, event, client))
        if (told := progress(event)) and not (await asyncio.wait({working}, timeout=PROGRESS_SECONDS))[0]:
            faults.cancel()
            await send(client, found.address, Reply((text(told),), private=True), self._fallbacks)
        reply = await working
        if thread is not None:
            await thread.answering(reply)
        if reply is None or (overheard and not await self._is_first(found)):
            return
        if isinstance(reply, Delete):
            await delete(client, found.address)
        elif reply.reaction:
            await react(client, found.address, reply.reaction)
        elif reply.urgent:
            await self._send_urgent(client, found, event, reply)
        elif reply.faults and isinstance(event, Submit) and not faults.done():
            faults.set_result(faulty(reply.faults))
        else:
            await send(client, found.address, reply, self._fallbacks, start=isinstance(event, Home))
        if thread is not None:
            await thread.answered(reply)

    async def _opened(
        self, found: Heard, client: AsyncWebClient, scopes: Set[str] | None, context: AsyncBoltContext
    ) -> bool:
        """Welcome somebody who opens the bot; in a direct conversation, suggest questions.

        Return whether there is still something to show: always on the Home tab; elsewhere how to ask, if nobody has
        yet.
        """
        user = await self._members.introduced(found.event, found.address, client)
        name = _named(found.event.place, context).community_name
        await self._joining.opened(client, found.address, user, name, scopes)
        if found.address.home:
            return True
        if assists(scopes):
            await suggest(client, found.address, await self._app.suggested(found.event.place))
        return found.address.begun is None and await is_unused(client, found.address)

    async def _send_urgent(self, client: AsyncWebClient, found: Heard, event: Event, reply: Reply) -> None:
        if await send_urgent(client, found.address, reply, self._fallbacks):
            self._app.arrived(event)
        else:
            self._metrics.platform_error(SLACK.name, PlatformError.REFUSED)
            log.error("Slack takes no urgent reply, nor a direct message; check the app's scopes and its permissions.")

    async def _handled(self, found: Heard, event: Event, client: AsyncWebClient) -> Reply | Delete | None:
        """Return the core's reply; download a form's files first."""
        if isinstance(event, Submit) and found.files:
            try:
                files = {field: await downloaded(client, file) for field, file in found.files.items()}
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("Slack did not give a file: %s", type(error).__name__)
                return refused(NO_FILE)
            event = replace(event, files=files)
        return await self._app.handle(event)

    async def _is_first(self, found: Heard) -> bool:
        """Return whether no replica has answered this yet."""
        return await is_first(self._app.services, found.event.place.community, *found.keys)

    async def _left(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """Note that a workspace has uninstalled the app, or revoked its token."""
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        team, alone = str(body["team_id"]), self._workspaces.alone
        try:
            await self._app.left(community(team))
            log.info("A workspace has uninstalled the app; what is kept of it is deleted after a time of grace.")
        finally:
            self._members.forget(team)
            await self._workspaces.leave(team, body.get("enterprise_id"))
            if alone:
                self.lose(lost(str(event["type"])))


def _depends_on_scopes(found: Heard) -> bool:
    """Return whether it matters what the token may do: to read a thread, and for the assistant surface."""
    address = found.address
    wrote = address.said is not None and (address.begun is not None or found.event.place.direct)
    return isinstance(found.event, Home) or wrote


def _named(place: Place, context: AsyncBoltContext) -> Place:
    """Return the place with its workspace's name, as Slack gave it with the token."""
    known = context.authorize_result
    name = known.team if known is not None else None
    return replace(place, community_name=name or "")
