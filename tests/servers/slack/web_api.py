"""Slack's HTTP side: the Web API, response_url, uploads and the consent page."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from tests.servers.slack.journal import Journal
from tests.servers.slack.methods import app_methods, assistant_methods, chat_methods, reading_methods, view_methods
from tests.servers.slack.methods.calls import Call, Cut, Fault, Faults, Method, Request, SlackError, Token
from tests.servers.slack.records import Code, Grant
from tests.servers.slack.response_url import answer
from tests.servers.slack.rules.values import Json
from tests.servers.slack.world import World

METHODS: dict[str, Method] = {
    method.name: method
    for module in (app_methods, assistant_methods, chat_methods, reading_methods, view_methods)
    for method in module.METHODS
}
NOBODY = Grant("", None, ())
# An answer to a request: status, body (JSON if it is not a text), headers.
Answer = tuple[int, Any, dict[str, str]]


class WebApi:
    """Answers requests by the world, and keeps them. `base_url` is set when the server has a port."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.requests: Journal[Request] = Journal("requests")
        self.base_url = ""

    def routes(self) -> list[web.RouteDef]:
        """Where what is answered."""
        return [
            web.route("*", "/api/{method}", self._api),
            web.post("/response/{team}/{name}", self._response_url),
            web.post("/upload/v1/{file}", self._upload),
            web.get("/files-pri/{file}/download/{name}", self._download),
            web.get("/oauth/v2/authorize", self._authorize),
        ]

    async def _api(self, request: web.Request) -> web.Response:
        arguments, token = await _arguments(request)
        name = request.match_info["method"]
        return await self._recorded(name, token, arguments, lambda: self._called(name, token, arguments))

    def _called(self, name: str, token: str | None, arguments: Json) -> Answer:
        grant, headers = NOBODY, {}
        try:
            method = METHODS.get(name)
            if method is None:
                raise SlackError("unknown_method", req_method=name)
            if method.token is not Token.NONE:
                grant = self._grant(token)
                headers["X-OAuth-Scopes"] = ",".join(grant.scopes)
                if (grant.bot is None) != (method.token is Token.APP):
                    raise SlackError("not_allowed_token_type")
            call = Call(self.world, name, grant, arguments, self.base_url)
            if method.scope:
                headers["X-Accepted-OAuth-Scopes"] = method.scope
                call.require(method.scope)
            return 200, {"ok": True} | method.answer(call), headers
        except SlackError as error:
            return 200, {"ok": False, "error": error.error} | error.extra, headers

    def _grant(self, token: str | None) -> Grant:
        if not token:
            raise SlackError("not_authed")
        grant = self.world.grants.get(token)
        if grant is None or grant.refused:
            raise SlackError("invalid_auth" if grant is None else str(grant.refused))
        return grant

    async def _response_url(self, request: web.Request) -> web.Response:
        body = await request.json()
        name = f"{request.match_info['team']}/{request.match_info['name']}"

        def answered() -> Answer:
            try:
                answer(self.world, name, body)
            except SlackError as error:
                gone = error.error in {"used_url", "expired_url"}
                return 404 if gone else 400, {"ok": False, "error": error.error} | error.extra, {}
            return 200, "ok", {}

        return await self._recorded("response_url", None, {"name": name} | body, answered)

    async def _upload(self, request: web.Request) -> web.Response:
        content = await _content(request)
        name = request.match_info["file"]

        def uploaded() -> Answer:
            file = self.world.files.get(name)
            if file is None or file["size"] != len(content):
                return 400, "the file is not as long as was said, or nobody said it would come", {}
            file["content"] = content
            return 200, f"OK - {len(content)}", {}

        return await self._recorded("upload", None, {"file": name, "length": len(content)}, uploaded)

    async def _download(self, request: web.Request) -> web.Response:
        """A file for whoever may read files; everybody else is sent to the page where people sign in."""
        grant = self.world.grants.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        file = self.world.files.get(request.match_info["file"])
        if grant is None or grant.refused or "files:read" not in grant.scopes or file is None:
            raise web.HTTPFound("/?redir=files-pri")
        return web.Response(body=file["content"], content_type="application/octet-stream")

    async def _authorize(self, request: web.Request) -> web.Response:
        """The consent page of a person who always agrees: the first admin of the workspace that is asked for."""
        asked = request.query
        uri = asked.get("redirect_uri") or next(iter(self.world.app.redirect_urls), None)
        team = self.world.teams.get(asked.get("team", "")) or next(iter(self.world.teams.values()))
        if asked.get("client_id") != self.world.app.client_id or uri is None:
            return web.Response(status=400, text="invalid_client_id or no redirect_uri")
        people = [user for user in self.world.users.values() if user.team == team.id and not user.is_bot]
        installer = next((user for user in people if user.is_admin or user.is_owner), people[0])
        scopes = tuple(filter(None, asked.get("scope", "").split(",")))
        code = self.world.new_id("code.")
        self.world.codes[code] = Code(team, installer, scopes, asked.get("redirect_uri"))
        query = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
        raise web.HTTPFound(f"{uri}?{urlencode(query)}")

    async def _recorded(self, name: str, token: str | None, arguments: Json, answered: Any) -> web.Response:
        came = self.world.clock()
        fault = self.faults.take(name, arguments)
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if fault.held:
                await fault.held.wait()
            if fault.cut:
                raise Cut
        failed = _failed(fault) if fault else None
        status, body, headers = failed or answered()
        self.requests.add(Request(name, token, arguments, came, status, body))
        if isinstance(body, str):
            kind = "text/html" if body.startswith("<") else "text/plain"
            return web.Response(status=status, text=body, headers=headers, content_type=kind)
        return web.json_response(body, status=status, headers=headers)


def _failed(fault: Fault) -> Answer | None:
    if fault.body is not None:
        return fault.status, fault.body, {}
    if fault.status == 429:
        return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(fault.retry_after)}
    if fault.status != 200:
        return fault.status, "<html><body>Server Error</body></html>", {}
    return (200, {"ok": False, "error": fault.error}, {}) if fault.error else None


async def _arguments(request: web.Request) -> tuple[Json, str | None]:
    """The arguments, wherever they stand, and the token."""
    arguments: Json = dict(request.query)
    text = await request.text()
    if request.content_type == "application/json" and text:
        arguments |= json.loads(text)
    elif request.content_type == "application/x-www-form-urlencoded":
        arguments |= dict(parse_qsl(text, keep_blank_values=True))
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        arguments["authorization"] = credentials
    token = arguments.pop("token", None)
    return arguments, credentials if scheme == "Bearer" else token


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    parts = await request.post()
    file = next(part for part in parts.values() if isinstance(part, web.FileField))
    return bytes(file.file.read())
