"""The methods about the app itself: its tokens, its installation, its connections and its files."""

import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import replace

from tests.servers.slack.methods.calls import Call, Method, SlackError, Token
from tests.servers.slack.methods.chat_methods import thread
from tests.servers.slack.rules.values import Json


def api_test(call: Call) -> Json:
    """api.test: says back what it was told, an error too."""
    if error := call.arguments.get("error"):
        raise SlackError(str(error), args=call.arguments)
    return {"args": call.arguments}


def auth_test(call: Call) -> Json:
    """auth.test: who the token speaks for."""
    bot, team = call.bot, call.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": bot.name,
        "team_id": team.id,
        "user_id": bot.id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


def auth_revoke(call: Call) -> Json:
    """auth.revoke: makes the token worthless, unless it is only a test."""
    if call.flag("test"):
        return {"revoked": False}
    call.world.grants[call.grant.token] = replace(call.grant, refused="token_revoked")
    return {"revoked": True}


def oauth_v2_access(call: Call) -> Json:
    """oauth.v2.access: a bot token for the code that a person's consent gave."""
    app = call.world.app
    client_id, client_secret = _client(call)
    if client_id != app.client_id:
        raise SlackError("invalid_client_id")
    if client_secret != app.client_secret:
        raise SlackError("bad_client_secret")
    code = call.world.codes.get(call.text("code"))
    if code is None:
        raise SlackError("invalid_code")
    if code.used:
        raise SlackError("code_already_used")
    if code.redirect_uri and call.arguments.get("redirect_uri") != code.redirect_uri:
        raise SlackError("bad_redirect_uri")
    call.world.codes[call.text("code")] = replace(code, used=True)
    token = call.world.install(code.team, code.scopes)
    return {
        "access_token": token,
        "token_type": "bot",
        "scope": ",".join(code.scopes),
        "bot_user_id": call.world.bots[code.team.id].id,
        "app_id": app.id,
        "team": {"id": code.team.id, "name": code.team.name},
        "enterprise": None,
        "authed_user": {"id": code.installer.id},
        "is_enterprise_install": False,
    }


def _client(call: Call) -> tuple[str, str]:
    basic = call.arguments.get("authorization", "")
    if basic:
        try:
            client_id, _, client_secret = b64decode(basic).decode().partition(":")
        except (NotBase64, UnicodeDecodeError):
            raise SlackError("invalid_auth") from None
        return client_id, client_secret
    return call.text("client_id", ""), call.text("client_secret", "")


def apps_connections_open(call: Call) -> Json:
    """apps.connections.open: the address of one Socket Mode connection, for an app-level token."""
    ticket = secrets.token_hex(16)
    call.world.tickets.add(ticket)
    return {"url": f"ws{call.base_url.removeprefix('http')}/link/?ticket={ticket}&app_id={call.world.app.id}"}


def files_get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal: where to send a file's bytes."""
    name, length = call.text("filename"), int(call.text("length"))
    if length <= 0:
        raise SlackError("invalid_arguments")
    file = {"id": call.world.new_id("F"), "name": name, "size": length, "user": call.bot.id, "content": None}
    file["alt_txt"] = call.text("alt_txt", "")
    call.world.files[str(file["id"])] = file
    return {"upload_url": f"{call.base_url}/upload/v1/{file['id']}", "file_id": file["id"]}


def files_complete_upload(call: Call) -> Json:
    """files.completeUploadExternal: shares uploaded files, in a message if a channel is named."""
    shared = []
    for wanted in call.parsed("files", "invalid_arguments") or ():
        file = call.world.files.get(wanted.get("id"))
        if file is None or file["content"] is None or file["user"] != call.bot.id:
            raise SlackError("file_not_found")
        file["title"] = wanted.get("title") or file["name"]
        shared.append({name: value for name, value in file.items() if name != "content"})
    if not shared:
        raise SlackError("invalid_arguments")
    for name in filter(None, [call.arguments.get("channel_id"), *call.text("channels", "").split(",")]):
        there = replace(call, arguments=call.arguments | {"channel": name})
        channel = there.channel()
        if call.bot.id not in channel.members:
            raise SlackError("not_in_channel")
        comment, place = call.text("initial_comment", ""), thread(call, channel)
        call.world.post(call.method, channel, call.bot, comment, files=tuple(shared), thread_ts=place)
    return {"files": shared}


METHODS = (
    Method("api.test", api_test, token=Token.NONE),
    Method("auth.test", auth_test),
    Method("auth.revoke", auth_revoke),
    Method("oauth.v2.access", oauth_v2_access, token=Token.NONE),
    Method("apps.connections.open", apps_connections_open, "connections:write", Token.APP),
    Method("files.getUploadURLExternal", files_get_upload_url, "files:write"),
    Method("files.completeUploadExternal", files_complete_upload, "files:write"),
)
