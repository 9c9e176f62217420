"""The command `ijm-bot doctor`: the checks of the machine, and those of each platform that is to be served."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click
from pydantic_settings import BaseSettings

from bot.app.registry import default_registry
from bot.operating import contacts, host_checks
from bot.operating.adapter import Adapter, Examining, given_for
from bot.operating.bootstrap import cache_folder
from bot.operating.doctor import Check, Passive, examine, report
from bot.operating.settings import Settings, keys_in
from knowledge.store.examination import Examination


@dataclass(frozen=True, slots=True)
class Database:
    """What can be asked of the database: its state, how tokens are stored in it, and `Passive`."""

    examination: Callable[[], Awaitable[Examination]]
    tokens: Callable[[], Awaitable[host_checks.Tokens]]
    passive: Passive


def doctor_command(
    adapters: Sequence[Adapter[Any]], kinds: Sequence[type[BaseSettings]], database: Database
) -> click.Command:
    """Return the command for these platforms and all kinds of settings."""

    @click.command(params=[option for each in adapters for option in each.doctor_options])
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
    def doctor(*, as_json: bool, **given: Any) -> None:
        """Check everything that has to be right, each with what to do; exit status 1 if there is a problem."""
        checks = [*_of_host(kinds, database), *_of_platforms(adapters, database.passive, given)]
        report(asyncio.run(examine(checks)), as_json=as_json)

    return doctor


def _of_host(kinds: Sequence[type[BaseSettings]], database: Database) -> list[Check]:
    checks = [
        Check("settings", lambda: host_checks.settings(kinds)),
        Check("knowledge base", host_checks.knowledge_base),
        Check("contacts", contacts.checked),
        Check("time zones", host_checks.time_zones),
        Check("temporary folder", host_checks.temporary_folder),
        Check("fonts", host_checks.fonts),
    ]
    if host_checks.readable(Settings):
        checks.append(Check("sentence encoder", lambda: host_checks.sentence_encoder(Settings().embeddings)))
        checks.append(Check("database", lambda: host_checks.database(database.examination)))
        checks.append(Check("cache", lambda: host_checks.cache(cache_folder(), Settings().embeddings)))
        keys = keys_in(Settings().encryption_keys)
        checks.append(Check("encryption", lambda: host_checks.encryption(keys, database.tokens)))
    return checks


def _of_platforms(adapters: Sequence[Adapter[Any]], passive: Passive, given: dict[str, Any]) -> list[Check]:
    """Return the checks of platforms whose settings can be read and that are to be served."""
    checks: list[Check] = []
    for each in adapters:
        if host_checks.readable(each.settings) and each.is_wanted(chosen := each.settings()):
            options = given_for(each.doctor_options, given)
            checks += each.checks(chosen, Examining(default_registry(), passive, lambda: datetime.now(UTC), options))
    return checks
