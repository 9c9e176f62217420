"""The HTTP side of the local Discord: records each request, lets faults happen, keeps rates, and answers in JSON."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from tests.servers.discord import routes as discord_routes
from tests.servers.discord import threads, webhooks
from tests.servers.discord.faults import VIA, Fault, Faults, Headers, RateLimits, rate_limit_json
from tests.servers.discord.requests import JSON_TYPE, Answer, Call, Refused, body_of
from tests.servers.discord.routes import Handler
from tests.servers.discord.state import State

# From method, path and body to what is wrong with the body.
Validator = Callable[[str, str, Any], list[str]]

PREFIX = "/api/v10"
# What is recorded as the status of a request whose connection broke.
CUT = 0
# A request to Discord may have 25 MiB (resources/message.mdx).
BODY_LIMIT = 25 * 1024 * 1024


class Rest:
    """The REST API. `calls` are all requests in order, `unexpected` those to routes that there are not.

    `violations` is what was wrong with the bodies: what Discord refused as invalid, and what `validator` found.
    """

    def __init__(self, state: State, validator: Validator | None = None) -> None:
        self.calls: list[Call] = []
        self.unexpected: list[Call] = []
        self.violations: list[str] = []
        self.faults = Faults()
        self.rates = RateLimits()
        self._state = state
        self._validator = validator

    def application(self) -> web.Application:
        """The application to serve."""
        app = web.Application(client_max_size=BODY_LIMIT)
        for (method, template), handler in {**discord_routes.ROUTES, **threads.ROUTES}.items():
            app.router.add_route(method, PREFIX + template, self._served(template, handler, needs_token=True))
        for (method, template), handler in webhooks.ROUTES.items():
            app.router.add_route(method, PREFIX + template, self._served(template, handler, needs_token=False))
        app.router.add_get("/attachments/{channel_id}/{attachment_id}/{filename}", self._attachment)
        app.router.add_get("/", self._state.gateway.serve)
        app.router.add_route("*", "/{path:.*}", self._served("", _unknown_route, needs_token=False))
        return app

    def _served(self, template: str, handler: Handler, *, needs_token: bool) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                body, files = await body_of(request)
                unreadable = None
            except Refused as refused:
                body, files, unreadable = None, (), refused
            now = asyncio.get_running_loop().time()
            path = request.path.removeprefix(PREFIX)
            headers = dict(request.headers)
            params, query = dict(request.match_info), dict(request.query)
            call = Call(request.method, path, template, params, query, headers, body, files, now)
            self.calls.append(call)
            self._state.changes.happened()
            return await self._answered(request, call, handler, needs_token, unreadable)

        return serve

    async def _answered(
        self, request: web.Request, call: Call, handler: Handler, needs_token: bool, unreadable: Refused | None
    ) -> web.StreamResponse:
        fault = self.faults.take(call)
        if fault is not None and (fault.delay or fault.held):
            await asyncio.sleep(fault.delay)
            if fault.held:
                await fault.held.wait()
            call.time = asyncio.get_running_loop().time()
        headers, retry_after = self.rates.take(call)
        if fault is not None and fault.answers and not fault.applied:
            return self._faulty(request, call, fault, headers)
        if retry_after is None:
            answer = self._handled(call, handler, needs_token, unreadable)
        else:
            answer = Answer(429, rate_limit_json(retry_after))
        if fault is not None and fault.answers:
            return self._faulty(request, call, fault, headers)
        return self._sent(call, answer, headers)

    def _handled(self, call: Call, handler: Handler, needs_token: bool, unreadable: Refused | None) -> Answer:
        try:
            if needs_token and call.headers.get("Authorization") != f"Bot {self._state.token}":
                raise Refused(401, 0, "401: Unauthorized")
            if unreadable is not None:
                raise unreadable
            if self._validator is not None and call.route and call.json is not None:
                found = self._validator(call.method, call.path, call.json)
                self.violations += [f"{call.method} {call.route}: {each}" for each in found]
            return handler(self._state, call)
        except Refused as refused:
            if refused.status in {400, 413} and refused.code != 40060:
                self.violations.append(f"{call.method} {call.route}: {refused}")
            if not call.route:
                self.unexpected.append(call)
            return Answer(refused.status, refused.json)

    def _sent(self, call: Call, answer: Answer, headers: Headers) -> web.Response:
        body = orjson.dumps(answer.json)
        call.status, call.answer = answer.status, orjson.loads(body)
        self._state.changes.happened()
        if answer.json is None:
            return web.Response(status=answer.status, headers=headers | VIA)
        # discord.py reads JSON only if the type is exactly this, without a charset.
        typed = headers | VIA | {"Content-Type": JSON_TYPE}
        return web.Response(body=body, status=answer.status, headers=typed)

    def _faulty(self, request: web.Request, call: Call, fault: Fault, headers: Headers) -> web.StreamResponse:
        call.status, call.answer = fault.status or CUT, fault.json
        self._state.changes.happened()
        if fault.status is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        if fault.json is None:
            plain = {name: value for name, value in {**VIA, **fault.headers}.items() if value}
            return web.Response(text=fault.text, content_type="text/html", status=fault.status, headers=plain)
        buckets = {} if fault.json.get("global") else headers
        typed = {**buckets, **VIA, **fault.headers, "Content-Type": JSON_TYPE}
        return web.Response(body=orjson.dumps(fault.json), status=fault.status, headers=typed)

    async def _attachment(self, request: web.Request) -> web.StreamResponse:
        file = self._state.messages.uploads.get(request.match_info["attachment_id"])
        if file is None:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=file.content, headers={"Content-Type": file.content_type})


def _unknown_route(state: State, call: Call) -> Answer:
    raise Refused(404, 0, "404: Not Found")
