"""What this adapter offers to the composition root."""

import json
from collections.abc import Sequence

import click

from adapters.discord.app import serve
from adapters.discord.doctor import checks
from adapters.discord.events import DISCORD
from adapters.discord.registering.commands import invite, payload
from adapters.discord.settings import DiscordSettings
from bot.app.app import App
from bot.app.registry import default_registry
from bot.operating.adapter import Adapter, Examining, Serving
from bot.operating.configuration import warn
from bot.operating.doctor import Check
from bot.operating.settings import Settings


async def _serve(app: App, settings: DiscordSettings, serving: Serving) -> None:
    await serve(app, settings, read_messages=serving.passive)


def _checks(settings: DiscordSettings, examining: Examining) -> Sequence[Check]:
    return checks(settings, examining.registry, examining.passive, examining.now)


@click.command()
def _manifest() -> None:
    """Print the commands as they are registered with Discord."""
    click.echo(json.dumps(payload(default_registry()), indent=2, ensure_ascii=False))


@click.command(name="invite")
def _invite() -> None:
    """Print the link that installs the bot on a Discord server, with exactly the scopes and permissions it uses."""
    warn([Settings, DiscordSettings])
    application_id = DiscordSettings().app_id
    if application_id is None:
        raise click.ClickException(
            "Set DISCORD_TOKEN, or DISCORD_APPLICATION_ID (Discord Developer Portal: your app, General Information)."
        )
    click.echo(invite(application_id))


ADAPTER = Adapter(
    DISCORD,
    DiscordSettings,
    _serve,
    connect="DISCORD_TOKEN",
    is_wanted=lambda settings: settings.token is not None,
    checks=_checks,
    manifest=_manifest,
    commands=(_invite,),
)
