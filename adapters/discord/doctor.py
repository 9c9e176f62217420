"""What the doctor checks on Discord: the token, the intents, the commands, and the permissions in servers."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

import aiohttp
import discord
from discord.http import Route

from adapters.discord.registering.commands import REGISTERED, lacking, payload, same
from adapters.discord.settings import DiscordSettings
from bot.commands.declarations import Registry
from bot.operating.doctor import Check, Finding, Passive, clock, ok, problem, unknown, unreached, warning

# Flags of an application that may read messages: reviewed by Discord, and not yet (resources/application.mdx).
_MESSAGE_CONTENT = (1 << 18) | (1 << 19)
# How many servers Discord lists at once (resources/user.mdx#get-current-user-guilds).
GUILDS_LIMIT = 200
# How many of them are asked for their scopes, with one request each.
SCOPES_LIMIT = 20
# Seconds for one request.
REQUEST_SECONDS = 10
_RESET = "Discord Developer Portal: your app, Bot, Reset Token; then set DISCORD_TOKEN."
# Discord wants to know who asks (reference.mdx#user-agent).
_AGENT = f"DiscordBot (https://discord.com, {version('ijm-answers')})"


class _Refused(Exception):  # noqa: N818 (Discord has its reasons)
    """Discord answered with a refusal."""

    def __init__(self, status: int) -> None:
        super().__init__(f"Discord answered with status {status}")
        self.status = status


def checks(
    settings: DiscordSettings, registry: Registry, passive: Passive, now: Callable[[], datetime]
) -> tuple[Check, ...]:
    """Return all checks; they compare the commands with the ones to register."""
    return (Check("Discord", _Doctor(settings, registry, passive, now).look),)


class _Doctor:
    """Asks Discord about the bot, and changes nothing."""

    def __init__(
        self, settings: DiscordSettings, registry: Registry, passive: Passive, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._registry = registry
        self._passive = passive
        self._now = now
        self._token = settings.token.get_secret_value().strip() if settings.token else ""
        self._api = (settings.api_url or Route.BASE).rstrip("/")

    async def look(self) -> Sequence[Finding]:
        """Check the form of the token, which needs no network, and then what Discord says."""
        found = list(self._shape())
        timeout = aiohttp.ClientTimeout(REQUEST_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": _AGENT}, trust_env=True) as session:
            try:
                found.append(await self._clock(session))
                async for finding in self._asked(session):
                    found.append(finding)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                fix = "Check the network, a firewall, and DISCORD_API_URL if you set it."
                found.append(unreached("Discord", "Discord", error, fix))
            except _Refused as error:
                fix = "Try again in a few minutes; see https://discordstatus.com."
                found.append(unknown("Discord", f"{error}, so it was not asked any further.", fix))
        return found

    def _shape(self) -> Sequence[Finding]:
        name = "Discord token"
        named = self._settings.application_id
        of_token = DiscordSettings.model_construct(token=self._settings.token, application_id=None).app_id
        if self._token.lower().startswith(("bot ", "bearer ")):
            return [problem(name, "DISCORD_TOKEN has a word before the token.", "Set only the token.")]
        if self._token.count(".") != 2 or of_token is None:
            return [warning(name, "DISCORD_TOKEN does not look like a bot's token, which has two dots.", _RESET)]
        if named is not None and named != of_token:
            fix = "Unset DISCORD_APPLICATION_ID, or set the token of that app."
            return [problem(name, "DISCORD_TOKEN is of another app than DISCORD_APPLICATION_ID.", fix)]
        return [ok(name, "DISCORD_TOKEN looks like a token.")]

    async def _clock(self, session: aiohttp.ClientSession) -> Finding:
        async with session.get(f"{self._api}/gateway") as response:
            return clock("Discord clock", response.headers.get("Date"), self._now())

    async def _asked(self, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
        try:
            application = await self._get(session, "applications/@me")
        except _Refused as error:
            if error.status != 401:
                raise
            yield problem("Discord token", "Discord refuses DISCORD_TOKEN.", _RESET)
            return
        yield ok("Discord token", f"Discord knows it as “{application.get('name', 'unnamed')}”.")
        yield await self._intents(application)
        yield self._commands(await self._get(session, f"applications/{application['id']}/{REGISTERED}"))
        guilds = await self._get(session, f"users/@me/guilds?limit={GUILDS_LIMIT}")
        yield self._permissions(guilds)
        if guilds:
            yield await self._scopes(session, application["id"], guilds[:SCOPES_LIMIT])

    async def _get(self, session: aiohttp.ClientSession, path: str) -> Any:
        async with session.get(f"{self._api}/{path}", headers={"Authorization": f"Bot {self._token}"}) as response:
            if response.status != 200:
                raise _Refused(response.status)
            return await response.json()

    async def _intents(self, application: Mapping[str, Any]) -> Finding:
        name = "Discord intents"
        granted = bool(int(application.get("flags") or 0) & _MESSAGE_CONTENT)
        if not self._settings.message_content:
            return ok(name, "None is privileged; passive answering is off (DISCORD_MESSAGE_CONTENT=false).")
        if granted:
            return ok(name, "The message content intent is granted, which only passive answering needs.")
        passive = await self._passive()
        if passive is None:
            text = "The message content intent is not granted; the database does not tell whether it is needed."
            return unknown(name, text)
        if passive:
            fix = (
                "Discord Developer Portal: your app, Bot, Privileged Gateway Intents, Message Content Intent; or set "
                "DISCORD_MESSAGE_CONTENT=false to do without passive answering."
            )
            return problem(name, "Passive answering is on in some channel, but the message content intent is not.", fix)
        return ok(name, "None that is used is privileged.")

    def _commands(self, registered: Sequence[Mapping[str, Any]]) -> Finding:
        name = "Discord commands"
        ours = payload(self._registry)
        if same(ours, registered):
            return ok(name, "The registered commands match this version.")
        differing = sorted(
            each
            for each in {str(command["name"]) for command in (*ours, *registered)}
            if not same(_named(ours, each), _named(registered, each))
        )
        text = f"The registered commands differ from this version: {', '.join(differing)}."
        return warning(name, text, "Start the bot (the process with shard 0): it registers them.")

    def _permissions(self, guilds: Sequence[Mapping[str, Any]]) -> Finding:
        name = "Discord permissions"
        if not guilds:
            return warning(name, "The bot is in no server.", "Open the link that `ijm-bot invite` prints.")
        lacks: dict[str, int] = {}
        for guild in guilds:
            allowed = discord.Permissions(int(guild["permissions"]))
            for permission in lacking(allowed):
                lacks[permission] = lacks.get(permission, 0) + 1
        if not lacks:
            return ok(name, f"It has every permission that it needs in each of {len(guilds)} servers.")
        text = ", ".join(f"{permission} in {count}" for permission, count in sorted(lacks.items()))
        fix = "Install it again with the link that `ijm-bot invite` prints, or give its role the permissions."
        return warning(name, f"Of {len(guilds)} servers, it lacks: {text}.", fix)

    async def _scopes(
        self, session: aiohttp.ClientSession, app_id: str, guilds: Sequence[Mapping[str, Any]]
    ) -> Finding:
        """Check whether servers granted the commands scope; without it, Discord does not show their commands."""
        name, without = "Discord scopes", 0
        for guild in guilds:
            try:
                await self._get(session, f"applications/{app_id}/guilds/{guild['id']}/commands")
            except _Refused as error:
                if error.status != 403:
                    raise
                without += 1
        if not without:
            return ok(name, f"The scope applications.commands was granted in each of {len(guilds)} servers.")
        text = f"Of {len(guilds)} servers, {without} did not grant the scope applications.commands: no /ijm there."
        return warning(name, text, "Install it there again with the link that `ijm-bot invite` prints.")


def _named(commands: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    return [command for command in commands if command["name"] == name]
