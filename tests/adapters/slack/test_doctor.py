"""What the doctor finds on a local Slack."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.slack.commands import Surface, drift, manifest, scopes
from adapters.slack.doctor import checks
from adapters.slack.settings import SlackSettings
from bot.app.registry import default_registry
from bot.operating.doctor import Finding, Status, examine
from tests.adapters.slack.running import settings
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

REGISTRY = default_registry()
SECRET = "0123456789abcdef" * 2


async def examined(
    given: SlackSettings, *, passive: bool = False, skew: timedelta = timedelta(), file: Path | None = None
) -> Sequence[Finding]:
    async def is_passive() -> bool:
        return passive

    return await examine(checks(given, REGISTRY, is_passive, lambda: datetime.now(UTC) + skew, file))


def of(found: Sequence[Finding], name: str) -> Finding:
    return next(finding for finding in found if finding.name == f"Slack {name}".strip())


def usual(slack: SlackServer, **more: Any) -> SlackSettings:
    """Settings that look as Slack's do, with exactly the scopes that the bot uses."""
    token = slack.world.install(slack.team, scopes())
    return settings(slack, **({"bot_token": token, "signing_secret": SECRET} | more))


@pytest.mark.parametrize("surface", Surface)
async def test_all_is_well_where_all_is_well(slack: SlackServer, tmp_path: Path, surface: Surface) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest(REGISTRY, surface=surface)))
    found = await examined(usual(slack), file=file)
    assert {finding.status for finding in found} == {Status.OK}, found
    assert slack.socket.connections == []


@pytest.mark.parametrize(
    ("given", "name", "said"),
    [
        ({"bot_token": "xoxb-unknown"}, "bot token", "does not know it (invalid_auth)"),
        ({"bot_token": "xapp-1"}, "bot token", "does not begin with xoxb-"),
        ({"app_token": "xapp-unknown"}, "app token", "does not know it (invalid_auth)"),
    ],
)
async def test_a_token_that_is_refused_is_a_problem(
    slack: SlackServer, given: dict[str, Any], name: str, said: str
) -> None:
    finding = of(await examined(usual(slack, **given)), name)
    assert finding.status is Status.PROBLEM
    assert said in finding.text
    assert "api.slack.com/apps" in finding.fix
    assert "unknown" not in finding.text


@pytest.mark.parametrize(
    ("without", "beside", "passive", "status", "said"),
    [
        ({"users:read"}, set(), False, Status.PROBLEM, "lacks users:read"),
        ({"files:read"}, set(), False, Status.WARNING, "files and user groups do not work"),
        (set(), {"channels:history"}, False, Status.OK, "has the scopes that the bot uses"),
        (set(), {"channels:history"}, True, Status.PROBLEM, "lacks groups:history"),
        (set(), {"assistant:write"}, False, Status.OK, "has the scopes that the bot uses"),
        (set(), {"admin.users:read"}, False, Status.WARNING, "never uses: admin.users:read"),
    ],
)
async def test_scopes_are_compared_with_what_is_used(
    slack: SlackServer, without: set[str], beside: set[str], passive: bool, status: Status, said: str
) -> None:
    token = slack.world.install(slack.team, set(scopes()) - without | beside)
    finding = of(await examined(usual(slack, bot_token=token), passive=passive), "scopes")
    assert (finding.status, said in finding.text) == (status, True), finding


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"bot_token": None}, Status.PROBLEM, "Neither SLACK_BOT_TOKEN"),
        ({"app_token": None, "signing_secret": None}, Status.PROBLEM, "Neither SLACK_APP_TOKEN"),
        ({"signing_secret": "short"}, Status.WARNING, "32 digits"),
        ({"client_id": "A123", "client_secret": "s"}, Status.WARNING, "two numbers"),
        ({"client_id": "1.2"}, Status.PROBLEM, "only one is set"),
    ],
)
async def test_settings_are_looked_at_without_a_network(given: dict[str, Any], status: Status, said: str) -> None:
    usually = {"bot_token": "xoxb-1", "app_token": "xapp-1", "signing_secret": SECRET}
    nowhere = {"api_url": "http://127.0.0.1:9/api/"}
    found = await examined(SlackSettings(_env_file=None, **(usually | nowhere | given)))
    shape = of(found, "settings")
    assert (shape.status, said in shape.text) == (status, True)
    assert of(found, "").status is Status.UNKNOWN
    assert of(found, "manifest").status is Status.UNKNOWN


async def test_a_clock_that_is_off_is_a_problem(slack: SlackServer) -> None:
    finding = of(await examined(usual(slack), skew=timedelta(minutes=6)), "clock")
    assert finding.status is Status.PROBLEM
    assert "fast" in finding.text


async def test_a_manifest_that_differs_is_described(slack: SlackServer, tmp_path: Path) -> None:
    theirs = manifest(REGISTRY, "https://ijm.example.org", passive=True)
    theirs["features"]["slash_commands"] = theirs["features"]["slash_commands"][:1]
    theirs["oauth_config"]["scopes"]["bot"].remove("users:read")
    theirs["settings"]["interactivity"]["is_enabled"] = False
    file = tmp_path / "manifest.yaml"
    file.write_text(yaml.safe_dump(theirs))
    finding = of(await examined(usual(slack), file=file), "manifest")
    assert finding.status is Status.WARNING
    assert finding.text == (
        "The app is set up differently: features.slash_commands (lacks /ijm-mod); oauth_config.scopes.bot (lacks "
        "users:read); settings.interactivity.is_enabled."
    )


@pytest.mark.parametrize(
    "content",
    [
        "just words",
        "[1]",
        "a: [",
        "\x00",
        "settings: x",
        "settings: {event_subscriptions: [1]}",
        "[" * 100_000,
        "- " * 50_000,
    ],
)
async def test_what_is_no_manifest_is_a_problem(slack: SlackServer, tmp_path: Path, content: str) -> None:
    file = tmp_path / "manifest"
    file.write_text(content)
    assert of(await examined(usual(slack), file=file), "manifest").status is Status.PROBLEM


def test_drift_does_not_mind_the_order_nor_what_slack_adds() -> None:
    ours = manifest(REGISTRY)
    theirs = json.loads(json.dumps(ours))
    theirs["features"]["slash_commands"].reverse()
    theirs["oauth_config"]["scopes"]["bot"].reverse()
    theirs["oauth_config"]["pkce_enabled"] = False
    assert drift(ours, theirs) == []
    assert drift(ours, {})
