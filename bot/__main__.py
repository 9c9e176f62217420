"""The composition root: the only file that names everyone."""

import asyncio
import gc
import json
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from adapters.console.app import chat as console_chat
from adapters.discord import commands as discord_commands
from adapters.discord.app import DiscordError
from adapters.discord.app import serve as serve_discord
from adapters.discord.settings import DiscordSettings
from adapters.slack import commands as slack_commands
from adapters.slack.app import serve as serve_slack
from adapters.slack.install import STATE_SECONDS, InstallationStores
from adapters.slack.settings import SlackSettings
from adapters.slack.web import SlackError
from bot.app import App
from bot.bootstrap import library, services
from bot.cli import cli, main
from bot.everything import default_registry
from bot.moderate import PASSIVE
from bot.notices import keep_noticing
from bot.settings import Settings
from bot.upkeep import keep_counting, keep_tidy
from knowledge.sql import SqlStore
from knowledge.sql_installations import slack_stores
from knowledge.store import StoreError

# What a platform says in words when it cannot be served.
PLATFORM_ERRORS = (DiscordError, SlackError)

_Settings = TypeVar("_Settings")


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Work that goes on beside, and is told to stop at the end."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[SqlStore]:
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
        app = App(services(library(embeddings=settings.ijm_embeddings), store))
        async with beside(keep_tidy(store, app.services.now), keep_counting(app.services.tallies, store)):
            await console_chat(app, scripted=scripted)


@cli.command()
@click.option(
    "--slack-http",
    type=click.IntRange(0, 65_535),
    metavar="PORT",
    help="Serve Slack over HTTP on this port (0: any that is free), instead of over Socket Mode.",
)
@click.pass_context
def run(context: click.Context, slack_http: int | None) -> None:
    """Serve the platforms whose tokens are set; with none set, chat here.

    A platform that refuses its token is left out, with a sentence, as long as another one is served.
    """
    discord, slack = _discord_settings(), _settings(SlackSettings, "Slack")
    wanted = Platforms(
        discord if discord.token is not None else None, slack if slack.wanted or slack_http is not None else None,
        slack_http,
    )  # fmt: skip
    if wanted.discord is None and wanted.slack is None:
        context.invoke(chat, plain=False)
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_until_terminated(_serve(Settings(), wanted)))
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)


@dataclass(frozen=True, slots=True)
class Platforms:
    """What is to be served; `slack_port` is that of HTTP mode."""

    discord: DiscordSettings | None
    slack: SlackSettings | None
    slack_port: int | None


async def _serve(settings: Settings, wanted: Platforms) -> None:
    """Serve every platform until cancelled, or until the last one has failed: then ClickException with all that did."""
    async with opened(settings) as store:
        app, passive = App(services(library(embeddings=settings.ijm_embeddings), store)), await store.anywhere(PASSIVE)
        # What is built by now stays. The collector would walk it now and then, and keep people waiting for 0.1 s.
        gc.collect()
        gc.freeze()
        stores = await _installations(wanted, store)
        work = []
        if wanted.discord is not None:
            work.append(serve_discord(app, wanted.discord, read_messages=passive))
        if wanted.slack is not None:
            work.append(serve_slack(app, wanted.slack, port=wanted.slack_port, stores=stores, passive=passive))
        async with beside(
            keep_tidy(store, app.services.now), keep_counting(app.services.tallies, store), keep_noticing(app)
        ):
            await _all(work)


async def _all(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    failed: list[Exception] = []

    async def one(serving: Coroutine[Any, Any, None]) -> None:
        try:
            await serving
        except PLATFORM_ERRORS as error:
            failed.append(error)
            if len(failed) < len(work):
                logging.getLogger(__name__).error("%s The rest goes on.", error)

    async with asyncio.TaskGroup() as group:
        for serving in work:
            group.create_task(one(serving))
    if failed:
        raise click.ClickException("\n".join(map(str, failed)))


async def _installations(wanted: Platforms, store: SqlStore) -> InstallationStores | None:
    """Where the workspaces are kept that install the Slack app themselves, if they can."""
    if wanted.slack_port is None or wanted.slack is None or not wanted.slack.installable:
        return None
    return InstallationStores(*await slack_stores(store.database, str(wanted.slack.client_id), STATE_SECONDS))


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


@manifest.command(name="slack")
@click.option("--http", "url", metavar="URL", help="The public address of the bot, for HTTP; without it, Socket Mode.")
@click.option("--passive", is_flag=True, help="Let the bot hear all messages of the channels that it is invited to.")
def manifest_slack(url: str | None, *, passive: bool) -> None:
    """Print the app manifest for Slack: paste it at api.slack.com/apps."""
    if url is not None and not url.startswith("https://"):
        raise click.BadParameter("Slack wants an address that begins with https://", param_hint="--http")
    manifest = slack_commands.manifest(default_registry(), url, passive=passive)
    click.echo(json.dumps(manifest, indent=2, ensure_ascii=False))


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
    return _settings(DiscordSettings, "Discord")


def _settings(kind: Callable[[], _Settings], platform: str) -> _Settings:
    try:
        return kind()
    except ValidationError as error:
        prefix = platform.upper()
        faults = [f"  {prefix}_{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()]
        raise click.ClickException("\n".join([f"The settings for {platform} are wrong:", *faults])) from error


if __name__ == "__main__":
    main()
