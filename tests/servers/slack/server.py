"""A local Slack: the Web API, Socket Mode and signed HTTP, with people who do things in its workspaces."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from tests.servers.patience import WAIT_SECONDS
from tests.servers.slack.deliveries import RETRY_DELAYS, Ack, Delivery, Envelope, carry
from tests.servers.slack.http import JSON, SignedHttp
from tests.servers.slack.journal import Journal
from tests.servers.slack.methods.calls import Cut, Faults, Request, SlackError
from tests.servers.slack.methods.view_methods import check_view
from tests.servers.slack.people import People
from tests.servers.slack.response_url import say
from tests.servers.slack.rules.values import Json, SlackApp
from tests.servers.slack.socket import SocketMode
from tests.servers.slack.web_api import METHODS, WebApi
from tests.servers.slack.world import World

UPLOAD_BYTES = 16 * 1024 * 1024


class SlackServer(People):
    """Slack on a loopback port, with one workspace to begin with.

    Point the SDK at it with `AsyncWebClient(base_url=server.web_api_url)`. What people do goes to the app over Socket
    Mode, or over HTTP after `serve_over_http`. `clock` gives seconds since 1970; with a clock of its own a test lets
    triggers and response_urls grow old. `ack_seconds` is how long Slack waits, `trigger_seconds` how long a trigger works (three
    seconds each, on the real one), and `retry_delays` says when it tries again.
    Raises on leaving what broke inside the server itself.
    """

    def __init__(
        self,
        app: SlackApp | None = None,
        *,
        clock: Callable[[], float] = time.time,
        ack_seconds: float = WAIT_SECONDS,
        trigger_seconds: float = WAIT_SECONDS,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        super().__init__(World(app or SlackApp(), clock, trigger_seconds))
        self.world.on_change = self.echo
        self.app = self.world.app
        self.team = self.world.add_team("Campus")
        self.bot = self.world.bots[self.team.id]
        self.socket = SocketMode(self.world, ack_seconds)
        self.http: SignedHttp | None = None
        self.deliveries: Journal[Delivery] = Journal("deliveries")
        self._api = WebApi(self.world)
        self._ack_seconds = ack_seconds
        self._retry_delays = retry_delays
        self._unexpected: list[str] = []
        self._broken: list[BaseException] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None

    # --- where it is, and what came

    @property
    def base_url(self) -> str:
        """Where this Slack is, instead of https://slack.com."""
        return self._api.base_url

    @property
    def web_api_url(self) -> str:
        """What the SDK calls base_url."""
        return f"{self.base_url}/api/"

    @property
    def authorize_url(self) -> str:
        """The page of consent, for OAuth."""
        return f"{self.base_url}/oauth/v2/authorize"

    @property
    def bot_token(self) -> str:
        """The bot token of the first workspace."""
        return self.world.token(self.team)

    @property
    def faults(self) -> Faults:
        """What goes wrong with the next requests."""
        return self._api.faults

    @property
    def requests(self) -> Journal[Request]:
        """All requests that were answered."""
        return self._api.requests

    def calls(self, method: str) -> tuple[Request, ...]:
        """The requests of one method so far; `response_url` and `upload` count as methods."""
        return self.requests.since(where=lambda request: request.method == method)

    @property
    def unexpected(self) -> tuple[str, ...]:
        """What the app did that Slack has no place for: unknown methods and paths, acks that are refused or of nothing."""
        return (*self._unexpected, *(f"ack {frame}" for frame in self.socket.strays))

    # --- the app's side

    def serve_over_http(self, url: str) -> SignedHttp:
        """From now on deliver to a request URL; what is returned can be told to sign badly."""
        assert self.http is None, "there is one request URL only"
        self.http = SignedHttp(url, self.app.signing_secret, self._ack_seconds)
        return self.http

    async def verify_url(self, challenge: str = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P") -> Ack:
        """What Slack asks a request URL when it is entered."""
        assert self.http is not None, "only HTTP has a request URL"
        asked = {"token": self.app.verification_token, "challenge": challenge, "type": "url_verification"}
        return await self.http.post(json.dumps(asked), JSON)

    def send(self, delivery: Delivery) -> Delivery:
        """Bring it to the app over the transport of the moment."""
        return self._carry(delivery, 0, "")

    def redeliver(self, delivery: Delivery, reason: str = "timeout") -> Delivery:
        """Send an event once more although it was acked, as Slack does when the ack was lost."""
        assert delivery.envelope is Envelope.EVENT, "only events are sent again"
        again = Delivery(delivery.envelope, delivery.payload, self.world, delivery.payload["team_id"], delivery.said)
        return self._carry(again, 1, reason)

    def _carry(self, delivery: Delivery, first: int, reason: str) -> Delivery:
        self.deliveries.add(delivery)
        transport = self.http or self.socket
        carried = carry(delivery, transport, self._retry_delays[first:], self._acked, first=first, reason=reason)
        task = asyncio.create_task(carried)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return delivery

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._broken.append(error)

    # --- what an ack does

    def _acked(self, delivery: Delivery, ack: Ack) -> None:
        try:
            if delivery.envelope is Envelope.COMMAND and ack.body:
                self._answered(delivery.payload, ack.body)
            elif delivery.payload.get("type") == "view_submission":
                self._submitted(delivery.payload, ack.body or {})
        except SlackError as error:
            self._unexpected.append(f"ack of {delivery}: {error.error} {error.extra}")

    def _answered(self, command: Json, body: Any) -> None:
        user, channel = self.world.users[command["user_id"]], self.world.channels[command["channel_id"]]
        say(self.world, "ack", user, channel, body if isinstance(body, dict) else {"text": body})

    def _submitted(self, submission: Json, body: Any) -> None:
        user = self.world.users[submission["user"]["id"]]
        view = next((one for one in self.world.modals_of(user) if one.id == submission["view"]["id"]), None)
        if view is None:
            return
        match body.get("response_action") if isinstance(body, dict) else "none":
            case None:
                self.world.close_view("ack", view)
            case "clear":
                self.world.close_view("ack", view, whole_stack=True)
            case "update":
                self.world.replace_view("ack", view, check_view(body.get("view"), "modal"))
            case "push":
                self.world.open_view("ack", user, check_view(body.get("view"), "modal"), push=True)
            case "errors" if body.get("errors", {}).keys() <= {block.get("block_id") for block in view.blocks}:
                pass
            case action:
                raise SlackError("bad_response_action", action=action, body=body)

    # --- the server

    async def __aenter__(self) -> Self:
        served = web.Application(client_max_size=UPLOAD_BYTES, middlewares=[self._watched])
        served.add_routes([*self._api.routes(), web.get("/link/", self.socket.serve)])
        self._runner = web.AppRunner(served, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._api.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.close()
        if self.http is not None:
            await self.http.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._broken and error is None:
            raise self._broken[0]

    @web.middleware
    async def _watched(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.match_info.http_exception or request.match_info.get("method", "api.test") not in METHODS:
            self._unexpected.append(f"{request.method} {request.path}")
        try:
            response: web.StreamResponse = await handler(request)
        except (web.HTTPException, ConnectionError):
            raise
        except Cut:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        except Exception as error:
            self._broken.append(error)
            raise
        return response
