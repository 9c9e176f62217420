"""What each platform's adapter offers to the composition root; everything that names platforms comes from it."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Generic, TypeVar

import click
from pydantic_settings import BaseSettings

from bot.app.app import App
from bot.chat.platform import Platform
from bot.commands.declarations import Registry
from bot.operating.doctor import Check, Passive

_Settings = TypeVar("_Settings", bound=BaseSettings)
# Keeps what workspaces gave the bot when they installed it: from a client id and the seconds that a state is good for
# to slack_sdk's stores of installations and of states. The database's library is out of an adapter's reach.
OAuthStores = Callable[[str, int], Awaitable[tuple[Any, Any]]]


class CannotServeError(Exception):
    """A platform cannot be served; the message says what to change, and where."""


class CannotReachError(CannotServeError):
    """A platform cannot be reached now; trying again later may help."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What an adapter gets to serve its platform, beside the core and its settings. `passive`: some place wants passive
    answers. `connect` is a sentence on how to connect other platforms.
    """

    passive: bool
    oauth_stores: OAuthStores
    connect: str


@dataclass(frozen=True, slots=True)
class Examining:
    """What an adapter gets for the doctor's checks; `options` are those that the adapter declared."""

    registry: Registry
    passive: Passive
    now: Callable[[], datetime]
    options: Mapping[str, Any] = field(default_factory=dict)


def _no_checks(_settings: Any, _examining: Examining) -> Sequence[Check]:
    return ()


@dataclass(frozen=True, slots=True)
class Adapter(Generic[_Settings]):
    """One platform's adapter, as `ADAPTER` in its `adapter.py`.

    `settings` is all that an operator can set for it, and `is_wanted` whether that asks to serve it. `connect` names
    the settings that have to be there. `serve` goes on until it is cancelled, has an outbox connected meanwhile, and
    finishes what it took; it raises CannotServeError, or CannotReachError to be called again later. `checks` are what
    the doctor looks at.

    `manifest` prints the command definitions for the platform, if it takes any. `commands` are more for an operator.
    An option of `run_options` gives the setting of its name for one run; `doctor_options` come to `checks`.
    """

    platform: Platform
    settings: type[_Settings]
    serve: Callable[[App, _Settings, Serving], Coroutine[Any, Any, None]]
    connect: str = ""
    is_wanted: Callable[[_Settings], bool] = lambda _: True
    checks: Callable[[_Settings, Examining], Sequence[Check]] = _no_checks
    manifest: click.Command | None = None
    commands: tuple[click.Command, ...] = ()
    run_options: tuple[click.Option, ...] = ()
    doctor_options: tuple[click.Option, ...] = ()


def adapter(package: str) -> Adapter[Any]:
    """Load the adapter in a package, such as `examples.irc`."""
    found: Adapter[Any] = import_module(f"{package}.adapter").ADAPTER
    return found


def connecting(adapters: Sequence[Adapter[Any]]) -> str:
    """Say how to connect a platform."""
    return f"To connect a platform, set {', or '.join(each.connect for each in adapters)}, and run this again."


def given_for(options: Sequence[click.Option], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of some options from the command line, by the names that the adapter uses."""
    names = (str(option.name) for option in options)
    return {name: values[name] for name in names if values[name] is not None}


def platform_commands(adapters: Sequence[Adapter[Any]]) -> tuple[click.Command, ...]:
    """Return the operator commands of all platforms: `manifest`, with one command each, and their own."""
    manifests = {each.platform.name: each.manifest for each in adapters if each.manifest is not None}
    group = click.Group("manifest", manifests, help="Print the command definitions for a platform, as JSON.")
    return (group, *(command for each in adapters for command in each.commands))
