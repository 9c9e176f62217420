"""The composition root: the only file that names everyone."""

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from adapters.discord import commands as discord_commands
from adapters.discord import doctor as discord_doctor
from adapters.discord.app import DiscordError
from adapters.discord.app import serve as serve_discord
from adapters.discord.settings import DiscordSettings
from adapters.monitoring.app import MonitoringError, watched
from adapters.monitoring.metrics import Metrics
from adapters.slack import commands as slack_commands
from adapters.slack import doctor as slack_doctor
from adapters.slack.app import serve as serve_slack
from adapters.slack.connection.install import STATE_SECONDS, InstallationStores
from adapters.slack.connection.web import SlackError
from adapters.slack.settings import SlackSettings
from bot.app.app import App
from bot.app.notices import keep_noticing
from bot.app.posting import keep_posting
from bot.app.registry import default_registry
from bot.app.upkeep import keep_counting, keep_tidy
from bot.commands.metrics import Measures
from bot.community.moderate import PASSIVE
from bot.operating import host_checks, logs, loop
from bot.operating.backups import backup_command, restore_command
from bot.operating.bootstrap import library, services
from bot.operating.cli import cli, main
from bot.operating.configured import settings_command, warn
from bot.operating.doctor import Check, examine, report
from bot.operating.settings import Settings
from knowledge.store.examination import Examination, State
from knowledge.store.protocol import StoreError
from knowledge.store.sql.backup import restore, save
from knowledge.store.sql.examination import examined
from knowledge.store.sql.installations import slack_stores
from knowledge.store.sql.store import SqlStore

# What a platform says in words when it cannot be served.
PLATFORM_ERRORS = (DiscordError, SlackError)

# Everything that can be set.
KINDS = (Settings, DiscordSettings, SlackSettings)
# How long the doctor waits for a database, in seconds.
DOCTOR_PATIENCE = 5


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Work that goes on beside, and is told to stop at the end. What of it breaks is logged, and the rest goes on."""

    async def guarded(one: Coroutine[Any, Any, None]) -> None:
        try:
            await one
        except Exception:
            logging.getLogger(__name__).exception("Something that the bot does for itself broke")

    tasks = [asyncio.create_task(guarded(each)) for each in work]
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
    warn(KINDS)
    asyncio.run(_chat(Settings(), scripted=plain or None))


async def _chat(settings: Settings, *, scripted: bool | None) -> None:
    async with opened(settings) as store:
        app = App(services(library(embeddings=settings.embeddings), store, help_line=settings.help_line))
        # What draws in a terminal is imported only for one.
        console = import_module("adapters.console.app")
        async with beside(
            keep_tidy(store, app.services.now), keep_counting(app.services.tallies, store), keep_posting(app)
        ):
            await console.chat(app, scripted=scripted)


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
    warn(KINDS)
    discord, slack = DiscordSettings(), SlackSettings()
    wanted = Platforms(
        discord if discord.token is not None else None, slack if slack.wanted or slack_http is not None else None,
        slack_http,
    )  # fmt: skip
    if wanted.discord is None and wanted.slack is None:
        context.invoke(chat, plain=False)
        return
    settings = Settings()
    logs.begin(settings.log_format, settings.log_level)
    try:
        loop.run(_until_told(_serve(settings, wanted)))
    except (StoreError, MonitoringError) as error:
        raise click.ClickException(str(error)) from error


@dataclass(frozen=True, slots=True)
class Platforms:
    """What is to be served; `slack_port` is that of HTTP mode."""

    discord: DiscordSettings | None
    slack: SlackSettings | None
    slack_port: int | None


async def _serve(settings: Settings, wanted: Platforms) -> None:
    """Serve every platform until cancelled, or until the last one has failed: then ClickException with all that did."""
    async with opened(settings) as store:
        metrics = Metrics() if settings.http_port is not None else None
        app = App(services(library(embeddings=settings.embeddings), store, settings, measures=metrics or Measures()))
        passive = await store.anywhere(PASSIVE)
        stores = await _installations(wanted, store)
        async with AsyncExitStack() as around:
            if metrics is not None and settings.http_port is not None:
                await around.enter_async_context(watched(app, metrics, settings.http_host, settings.http_port))
            await around.enter_async_context(
                beside(
                    keep_tidy(store, app.services.now),
                    keep_counting(app.services.tallies, store),
                    keep_noticing(app),
                    keep_posting(app),
                )
            )
            work = []
            if wanted.discord is not None:
                work.append(serve_discord(app, wanted.discord, read_messages=passive))
            if wanted.slack is not None:
                work.append(serve_slack(app, wanted.slack, port=wanted.slack_port, stores=stores, passive=passive))
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


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    """Do it until it ends or the process is told to stop (SIGTERM, SIGINT), and let it finish what is under way.

    Told a second time, it does not wait for that any more.
    """
    task, log = asyncio.ensure_future(work), logging.getLogger(__name__)

    def stop(which: signal.Signals) -> None:
        log.info("Stopping (%s).", which.name)
        # A task group passes on the first cancellation only.
        for each in asyncio.all_tasks() if task.cancelling() else {task}:
            each.cancel()

    for which in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(which, stop, which)
    try:
        await task
    except asyncio.CancelledError:
        log.info("Stopped.")


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
    warn(KINDS)
    application_id = DiscordSettings().app_id
    if application_id is None:
        raise click.ClickException(
            "Set DISCORD_TOKEN, or DISCORD_APPLICATION_ID (Discord Developer Portal: your app, General Information)."
        )
    click.echo(discord_commands.invite(application_id))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option(
    "--slack-manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The app's manifest, saved from api.slack.com/apps, to compare with what this version needs.",
)
def doctor(*, as_json: bool, slack_manifest: Path | None) -> None:
    """Check everything that has to be right, each with what to do; exit status 1 if there is a problem."""
    report(asyncio.run(examine(_checks(slack_manifest))), as_json=as_json)


def _checks(slack_manifest: Path | None) -> list[Check]:
    """What the doctor looks at. A platform is asked only if its settings can be read and it is to be served."""
    checks = [
        Check("settings", lambda: host_checks.settings(KINDS)),
        Check("knowledge base", host_checks.knowledge_base),
        Check("time zones", host_checks.time_zones),
        Check("temporary folder", host_checks.temporary_folder),
    ]
    readable = [kind for kind in KINDS if host_checks.readable(kind)]
    registry, now = default_registry(), lambda: datetime.now(UTC)
    if Settings in readable:
        checks.append(Check("database", lambda: host_checks.database(_examination)))
    if DiscordSettings in readable and (discord := DiscordSettings()).token is not None:
        checks += discord_doctor.checks(discord, registry, _passive, now)
    if SlackSettings in readable and (slack := SlackSettings()).wanted:
        checks += slack_doctor.checks(slack, registry, _passive, now, slack_manifest)
    return checks


async def _examination() -> Examination:
    settings = Settings()
    url = settings.store_url if settings.database_url else f"sqlite:///{settings.default_path}"
    return await examined(url, DOCTOR_PATIENCE)


async def _passive() -> bool | None:
    """Whether some channel wants answers to what is not addressed to the bot; None if the database does not tell."""
    try:
        state = (await _examination()).state
        if state in {State.ABSENT, State.EMPTY, State.NEWER}:
            return None if state is State.NEWER else False
        store = SqlStore(Settings().store_url, patience=DOCTOR_PATIENCE)
        try:
            return await store.anywhere(PASSIVE)
        finally:
            await store.close()
    except (StoreError, ValidationError):
        return None


def _store_url() -> str:
    warn(KINDS)
    return Settings().store_url


cli.add_command(settings_command(KINDS))
cli.add_command(backup_command(_store_url, save))
cli.add_command(restore_command(_store_url, restore))

if __name__ == "__main__":
    main()
