"""What this adapter offers to the composition root."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from adapters.slack.app import serve
from adapters.slack.commands import Surface, manifest
from adapters.slack.connection.install import STATE_SECONDS, InstallationStores
from adapters.slack.doctor import checks
from adapters.slack.events import SLACK
from adapters.slack.settings import SlackSettings
from bot.app.app import App
from bot.app.registry import default_registry
from bot.operating.adapter import Adapter, Examining, Serving
from bot.operating.doctor import Check

_MANIFEST = "slack_manifest"


async def _serve(app: App, settings: SlackSettings, serving: Serving) -> None:
    stores = None
    if settings.http_port is not None and settings.installable:
        kept, states = await serving.oauth_stores(str(settings.client_id), STATE_SECONDS)
        stores = InstallationStores(kept, states, kept.async_count)
    await serve(app, settings, port=settings.http_port, stores=stores, passive=serving.passive)


def _checks(settings: SlackSettings, examining: Examining) -> Sequence[Check]:
    file = examining.options.get(_MANIFEST)
    return checks(settings, examining.registry, examining.passive, examining.now, file)


@click.command()
@click.option("--http", "url", metavar="URL", help="The public address of the bot, for HTTP; without it, Socket Mode.")
@click.option("--passive", is_flag=True, help="Let the bot hear all messages of the channels that it is invited to.")
@click.option(
    "--surface",
    type=click.Choice([each.value for each in Surface]),
    default=Surface.PLAIN.value,
    show_default=True,
    help="Slack's assistant surface, for paid plans: agent; or assistant, for an app made before June 30, 2026.",
)
def _manifest(url: str | None, *, passive: bool, surface: str) -> None:
    """Print the app manifest for Slack: paste it at api.slack.com/apps."""
    if url is not None and not url.startswith("https://"):
        raise click.BadParameter("Slack wants an address that begins with https://", param_hint="--http")
    shown = manifest(default_registry(), url, passive=passive, surface=Surface(surface))
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


ADAPTER = Adapter(
    SLACK,
    SlackSettings,
    _serve,
    connect="SLACK_BOT_TOKEN and SLACK_APP_TOKEN",
    is_wanted=lambda settings: settings.wanted,
    checks=_checks,
    manifest=_manifest,
    run_options=(
        click.Option(
            ["--slack-http", "http_port"],
            type=click.IntRange(0, 65_535),
            metavar="PORT",
            help="Serve Slack over HTTP on this port (0: any that is free), instead of over Socket Mode.",
        ),
    ),
    doctor_options=(
        click.Option(
            ["--slack-manifest", _MANIFEST],
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="The app's manifest, saved from api.slack.com/apps, to compare with what this version needs.",
        ),
    ),
)
