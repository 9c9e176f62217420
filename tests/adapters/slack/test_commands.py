"""The app's manifest: from the declared commands, with exactly the scopes that the code uses."""

import ast
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.commands import (
    ASSISTANT_METHODS,
    EVENTS,
    METHODS,
    PASSIVE_EVENTS,
    USAGE_LIMIT,
    Surface,
    manifest,
    scopes,
    scopes_of,
)
from bot.__main__ import cli
from bot.app.registry import default_registry
from bot.commands.declarations import HEADS, SHORTCUTS
from tests.servers.slack.web_api import METHODS as SERVED

ADAPTER = Path(__file__).parents[3] / "adapters" / "slack"
# schemas/manifest.schema.2.0.0.json of slackapi/manifest-schema.
SCHEMA = json.loads((Path(__file__).parents[2] / "servers/slack/rules/manifest.schema.json").read_text("utf-8"))
# What slack-bolt and slack_sdk call on their own: when the app is installed.
BY_THE_SDK = {"oauth.v2.access", "files.getUploadURLExternal", "files.completeUploadExternal"}


def called() -> set[str]:
    """The methods of the Web API that the adapter calls on a client, as Slack names them."""
    names: set[str] = set()
    for path in ADAPTER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                if name == "files_upload_v2":
                    continue
                if "_" in name and hasattr(AsyncWebClient, name) and not name.startswith("_"):
                    names.add(name.replace("_", "."))
    return names


def test_the_table_of_methods_is_what_the_code_calls() -> None:
    assert called() | BY_THE_SDK == set(METHODS) | set(ASSISTANT_METHODS)


def test_the_table_names_the_scopes_that_slack_wants() -> None:
    # connections:write is a scope of the app-level token.
    wanted = {name: SERVED[name].scope for name in METHODS} | {"apps.connections.open": None}
    assert dict(METHODS) == wanted
    assert dict(ASSISTANT_METHODS) == {name: SERVED[name].scope for name in ASSISTANT_METHODS}


def test_the_scopes_are_those_of_methods_events_and_commands() -> None:
    assert scopes() == [
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:read",
        "im:history",
        "im:write",
        "reactions:write",
        "usergroups:read",
        "users:read",
    ]
    assert set(scopes()) == {"commands", "files:read", "channels:read", "groups:read"} | scopes_of(METHODS) | scopes_of(
        EVENTS
    )
    for surface in (Surface.AGENT, Surface.ASSISTANT):
        assert set(scopes(surface=surface)) - set(scopes()) == {"assistant:write"}
    assert set(scopes(passive=True)) - set(scopes()) == {"channels:history", "groups:history"}


@pytest.mark.parametrize("passive", [False, True])
def test_the_manifest_asks_for_those_scopes_and_events(passive: bool) -> None:
    shown = manifest(default_registry(), passive=passive)
    assert shown["oauth_config"]["scopes"] == {"bot": scopes(passive=passive)}
    events = set(EVENTS) | (set(PASSIVE_EVENTS) if passive else set())
    assert set(shown["settings"]["event_subscriptions"]["bot_events"]) == events


def test_every_head_is_a_slash_command_that_lists_its_commands() -> None:
    slashes = {each["command"]: each for each in manifest(default_registry())["features"]["slash_commands"]}
    assert set(slashes) == {f"/{head}" for head in HEADS}
    for command in default_registry().commands:
        assert command.name in slashes[f"/{command.head}"]["usage_hint"]
    assert all(1 <= len(each["usage_hint"]) <= USAGE_LIMIT for each in slashes.values())


def test_in_socket_mode_the_manifest_names_no_address() -> None:
    shown = manifest(default_registry())
    assert shown["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(shown)


def test_in_http_mode_everything_leads_to_the_bot() -> None:
    shown = manifest(default_registry(), "https://ijm.example/bot/")
    url = "https://ijm.example/bot/slack/events"
    assert shown["settings"]["socket_mode_enabled"] is False
    assert shown["settings"]["event_subscriptions"]["request_url"] == url
    assert shown["settings"]["interactivity"]["request_url"] == url
    assert {each["url"] for each in shown["features"]["slash_commands"]} == {url}
    assert shown["oauth_config"]["redirect_urls"] == ["https://ijm.example/bot/slack/oauth_redirect"]


def test_the_manifest_keeps_slacks_limits() -> None:
    shown = manifest(default_registry())
    about = shown["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(SHORTCUTS[0].name) <= 24
    assert all(len(each["description"]) <= 150 for each in shown["features"]["shortcuts"])
    assert all(len(each["command"]) <= 32 for each in shown["features"]["slash_commands"])


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("passive", [False, True])
@pytest.mark.parametrize("url", [None, "https://ijm.example"])
def test_slacks_own_schema_takes_the_manifest(surface: Surface, passive: bool, url: str | None) -> None:
    shown = manifest(default_registry(), url, passive=passive, surface=surface)
    assert [each.message for each in Draft7Validator(SCHEMA).iter_errors(shown)] == []


def test_the_assistant_surface_is_in_the_manifest_only_where_it_is_wanted() -> None:
    plain, agent, older = (manifest(default_registry(), surface=surface) for surface in Surface)
    views = {"agent_view", "assistant_view"}
    assert [views & set(each["features"]) for each in (plain, agent, older)] == [
        set(),
        {"agent_view"},
        {"assistant_view"},
    ]
    events = [set(each["settings"]["event_subscriptions"]["bot_events"]) for each in (plain, agent, older)]
    assert events[0] == events[1]
    assert events[2] - events[0] == {"assistant_thread_started"}
    changed = json.loads(json.dumps(plain))
    changed["features"]["agent_view"] = {"agent_description": ""}
    assert [each.message for each in Draft7Validator(SCHEMA).iter_errors(changed)] == []
    changed["features"]["agent_view"] = {"agent_description": "x" * 301}
    assert len(list(Draft7Validator(SCHEMA).iter_errors(changed))) == 1


def test_the_command_line_prints_it() -> None:
    run = CliRunner().invoke(cli, ["manifest", "slack", "--http", "https://ijm.example", "--passive"])
    assert run.exit_code == 0
    assert json.loads(run.output) == manifest(default_registry(), "https://ijm.example", passive=True)
    agent = CliRunner().invoke(cli, ["manifest", "slack", "--surface", "agent"])
    assert json.loads(agent.output) == manifest(default_registry(), surface=Surface.AGENT)
    refused = CliRunner().invoke(cli, ["manifest", "slack", "--http", "ijm.example"])
    assert refused.exit_code == 2
    assert "https://" in refused.output
