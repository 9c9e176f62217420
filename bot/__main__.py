"""The composition root: the only file that names everyone."""

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import click
from pydantic import ValidationError

from adapters.console.app import chat as console_chat
from adapters.discord import commands as discord_commands
from adapters.discord.app import DiscordError
from adapters.discord.app import serve as serve_discord
from adapters.discord.settings import DiscordSettings
from bot.app import App, default_registry
from bot.bootstrap import library, services
from bot.cli import cli
from bot.moderate import PASSIVE
from bot.settings import Settings
from knowledge.sql import SqlStore
from knowledge.store import Store


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The store, brought to its newest form, and closed at the end. Raises StoreError if it cannot be had."""
    store = SqlStore(settings.store_url)
    try:
        await store.migrate()
        yield store
    finally:
        await store.close()


@cli.command()
@click.option("--plain", is_flag=True, help="Plain lines in and out, as between pipes.")
def chat(*, plain: bool) -> None:
    """Chat with the bot here, in the terminal."""
    asyncio.run(_chat(Settings(), scripted=plain or None))


async def _chat(settings: Settings, *, scripted: bool | None) -> None:
    async with opened(settings) as store:
        await console_chat(App(services(library(), store)), scripted=scripted)


@cli.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Serve the platforms whose tokens are set; with none set, chat here."""
    settings, discord = Settings(), _discord_settings()
    if discord.token is None:
        context.invoke(chat, plain=False)
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_until_terminated(_serve(settings, discord)))
    except DiscordError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)


async def _serve(settings: Settings, discord: DiscordSettings) -> None:
    async with opened(settings) as store:
        read_messages = await store.anywhere(PASSIVE)
        await serve_discord(App(services(library(), store)), discord, read_messages=read_messages)


async def _until_terminated(work: Coroutine[Any, Any, None]) -> None:
    """Do it until it ends or the process is asked to (SIGTERM), and let it put things away."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        logging.getLogger(__name__).info("Stopped.")


@cli.group()
def manifest() -> None:
    """Print what a platform is told of the commands, as JSON."""


@manifest.command(name="discord")
def manifest_discord() -> None:
    """Print the commands as they are registered with Discord."""
    click.echo(json.dumps(discord_commands.payload(default_registry()), indent=2, ensure_ascii=False))


@cli.command()
def invite() -> None:
    """Print the link that installs the bot on a Discord server, with exactly the scopes and permissions it uses."""
    application_id = _discord_settings().app_id
    if application_id is None:
        raise click.ClickException(
            "Set DISCORD_TOKEN, or DISCORD_APPLICATION_ID (Discord Developer Portal: your app, General Information)."
        )
    click.echo(discord_commands.invite(application_id))


def _discord_settings() -> DiscordSettings:
    try:
        return DiscordSettings()
    except ValidationError as error:
        faults = [f"  DISCORD_{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()]
        raise click.ClickException("\n".join(["The settings for Discord are wrong:", *faults])) from error


def main() -> None:
    """The console script `ijm-bot`."""
    cli(prog_name="ijm-bot")


if __name__ == "__main__":
    main()
