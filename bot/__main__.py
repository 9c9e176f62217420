"""The composition root: the only file that imports everything."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import click
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from adapters.monitoring.app import MonitoringError, watched
from adapters.monitoring.metrics import PrometheusMetrics
from bot.app.app import App
from bot.app.notices import keep_noticing
from bot.app.posting import keep_posting
from bot.app.upkeep import keep_counting, keep_limits, keep_tidy
from bot.commands.community_settings import Setting
from bot.commands.metrics import Metrics
from bot.operating import logs
from bot.operating.adapter import Adapter, Serving, adapter, connecting, given_for, platform_commands
from bot.operating.backups import backup_command, restore_command
from bot.operating.bootstrap import library, services
from bot.operating.cli import cli, main
from bot.operating.configuration import mentioned, settings_command, warn
from bot.operating.examining import Database, doctor_command
from bot.operating.serving import Served, beside, run_on_uvloop, serve_all, until_told
from bot.operating.settings import Settings, keys_in
from knowledge.store.examination import Examination, State
from knowledge.store.protocol import StoreError
from knowledge.store.sql.backup import restore, save
from knowledge.store.sql.examination import examined
from knowledge.store.sql.installations import Tokens, renew_tokens, slack_stores, tokens_at
from knowledge.store.sql.store import SqlStore

# The platforms, by their folders.
ADAPTERS = tuple(map(adapter, ("adapters.discord", "adapters.slack")))
# What is served if no platform is set up.
TERMINAL = adapter("adapters.console")

# All settings.
KINDS: tuple[type[BaseSettings], ...] = (Settings, *(each.settings for each in ADAPTERS))
# How long the doctor waits for a database, in seconds.
DOCTOR_PATIENCE = 5

_Wanted = Sequence[tuple[Adapter[Any], BaseSettings]]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[SqlStore]:
    """Open the store, migrate it, and close it at the end. Raises StoreError if that fails."""
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
    asyncio.run(_chat(Settings(), TERMINAL.settings(plain=plain)))


async def _chat(settings: Settings, terminal: BaseSettings) -> None:
    async with opened(settings) as store:
        # One person uses the terminal, so there are no limits.
        app = App(services(library(embeddings=settings.embeddings), store, help_line=settings.help_line))
        async with beside(*_own_work(app)):
            await TERMINAL.serve(app, terminal, _serving(store, passive=False))


@cli.command(params=[option for each in ADAPTERS for option in each.run_options])
@click.pass_context
def run(context: click.Context, /, **given: Any) -> None:
    """Serve the platforms whose tokens are set; without any, chat here.

    A platform that refuses its token is left out, with a sentence, as long as another one is served. One that cannot
    be reached is tried again.
    """
    warn(KINDS)
    read = [(each, each.settings(**given_for(each.run_options, given))) for each in ADAPTERS]
    wanted = [(each, chosen) for each, chosen in read if each.is_wanted(chosen)]
    if not wanted:
        if meant := mentioned(*(each.settings for each in ADAPTERS)):
            raise click.ClickException(
                f"No platform can be served: there is {', '.join(meant)}, but no token has a value. "
                f"{connecting(ADAPTERS)} To chat here: ijm-bot chat."
            )
        context.invoke(chat, plain=False)
        return
    settings = Settings()
    logs.begin(settings.log_format, settings.log_level)
    try:
        run_on_uvloop(until_told(_serve(settings, wanted)))
    except (StoreError, MonitoringError) as error:
        raise click.ClickException(str(error)) from error


def _own_work(app: App) -> tuple[Coroutine[Any, Any, None], ...]:
    """Return the background work that runs wherever the bot runs."""
    services = app.services
    tidy, counting = keep_tidy(services.store, services.now), keep_counting(services.usage, services.store)
    limits = keep_limits(services.store, services.now)
    return tidy, counting, limits, keep_posting(app), app.keep_encoding()


def _serving(store: SqlStore, *, passive: bool) -> Serving:
    tokens = partial(slack_stores, store.database, keys=keys_in(Settings().encryption_keys))
    return Serving(passive, tokens, connecting(ADAPTERS))


async def _serve(settings: Settings, wanted: _Wanted) -> None:
    """Serve every platform until cancelled. Raises ClickException with each reason if all refuse."""
    async with opened(settings) as store, AsyncExitStack() as around:
        await renew_tokens(store.database, keys_in(settings.encryption_keys))
        metrics = PrometheusMetrics(each.platform.name for each in ADAPTERS) if settings.http_port is not None else None
        app = App(services(library(embeddings=settings.embeddings), store, settings, metrics=metrics or Metrics()))
        serving = _serving(store, passive=await store.anywhere(Setting.PASSIVE))
        if metrics is not None and settings.http_port is not None:
            await around.enter_async_context(watched(app, metrics, settings.http_host, settings.http_port))
        await around.enter_async_context(beside(*_own_work(app), keep_noticing(app)))
        platforms = [Served(each.platform, partial(each.serve, app, chosen, serving)) for each, chosen in wanted]
        await serve_all(platforms, app.services.links, app.services.metrics)


async def _examination() -> Examination:
    return await examined(_examined_url(), DOCTOR_PATIENCE)


async def _tokens() -> Tokens:
    return await tokens_at(_examined_url(), DOCTOR_PATIENCE)


def _examined_url() -> str:
    """Return the database's URL without creating the folder of an SQLite file, as serving does."""
    settings = Settings()
    return settings.store_url if settings.database_url else f"sqlite:///{settings.default_path}"


async def _passive() -> bool | None:
    """Return whether some channel wants passive answers; None if the database cannot say."""
    try:
        state = (await _examination()).state
        if state in {State.ABSENT, State.EMPTY, State.NEWER}:
            return None if state is State.NEWER else False
        store = SqlStore(Settings().store_url, patience=DOCTOR_PATIENCE)
        try:
            return await store.anywhere(Setting.PASSIVE)
        finally:
            await store.close()
    except (StoreError, ValidationError):
        return None


@asynccontextmanager
async def _store_at(url: str) -> AsyncIterator[SqlStore]:
    """Open the store at a URL without a migration."""
    store = SqlStore(url)
    try:
        yield store
    finally:
        await store.close()


def _store_url() -> str:
    warn(KINDS)
    return Settings().store_url


for command in (
    settings_command(KINDS),
    doctor_command(ADAPTERS, KINDS, Database(_examination, _tokens, _passive)),
    backup_command(_store_url, save, _store_at),
    restore_command(_store_url, restore),
    *platform_commands(ADAPTERS),
):
    cli.add_command(command)

if __name__ == "__main__":
    main()
