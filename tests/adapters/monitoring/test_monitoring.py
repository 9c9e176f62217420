"""What whoever watches the bot gets: metrics, health, and a dashboard whose every query finds something."""

import asyncio
import gc
import json
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import yaml

from adapters.monitoring import app as monitoring
from adapters.monitoring.app import MonitoringError, watched
from adapters.monitoring.metrics import PrometheusMetrics
from bot.app.app import App
from bot.chat.events import Invocation, Message
from bot.commands.context import Services
from bot.commands.limits import Rate, Rates
from bot.commands.metrics import Failure, PlatformError
from bot.operating.backups import LAST_BACKUP
from knowledge.store.protocol import NO_COMMUNITY, Reason, StoreError
from knowledge.store.sql.store import SqlStore
from tests.adapters.discord.running import DANGER, SURE, Chat, served
from tests.adapters.slack.running import over_socket_mode
from tests.conftest import NOW
from tests.faults.test_full_disk import give_pages
from tests.people import CHANNEL, DIRECT, MEMBER
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.rules.values import User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[3] / "deploy"
DASHBOARD, ALERTS = DEPLOY / "grafana-dashboard.json", DEPLOY / "alerts.yml"
# A name of a metric in a query, as Prometheus writes them.
_METRIC = re.compile(r"\b(?:ijm|process|python)_[a-z_]+\b")


@pytest.fixture
def metrics() -> PrometheusMetrics:
    return PrometheusMetrics()


@pytest.fixture
def measured(services: Services, metrics: PrometheusMetrics) -> App:
    return App(replace(services, metrics=metrics))


@pytest.fixture
async def url(measured: App, metrics: PrometheusMetrics) -> AsyncIterator[str]:
    async with watched(measured, metrics, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


def value(metrics: PrometheusMetrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0


async def test_questions_are_counted_by_kind_and_those_about_danger_not_at_all(
    measured: App, metrics: PrometheusMetrics, url: str
) -> None:
    await measured.handle(Message(MEMBER, CHANNEL, SURE, addressed=True))
    await measured.handle(Message(MEMBER, DIRECT, SURE, addressed=True))
    await measured.handle(Message(MEMBER, CHANNEL, "best pizza in town?", addressed=True))
    before = (await get(f"{url}/metrics"))[1]
    await measured.handle(Message(MEMBER, CHANNEL, DANGER, addressed=True))
    status, shown = await get(f"{url}/metrics")
    assert status == 200
    assert value(metrics, "ijm_questions_total", kind="answer") == 2
    assert value(metrics, "ijm_questions_total", kind="unknown") == 1
    assert value(metrics, "ijm_answer_seconds_count", event="message") == 4
    # Each event has its safety check, so that its time tells nothing of what came of it.
    assert value(metrics, "ijm_step_seconds_count", step="safety") == 4
    assert value(metrics, "ijm_step_seconds_count", step="encoding") > 0
    assert "safety" not in "".join(line for line in shown.splitlines() if "ijm_step_seconds" not in line)

    def questions(page: str) -> list[str]:
        return [line for line in page.splitlines() if line.startswith("ijm_questions_total")]

    assert questions(before) == questions(shown)


async def test_no_metric_tells_people_or_communities_apart(measured: App, url: str) -> None:
    await measured.handle(Message(MEMBER, CHANNEL, SURE, addressed=True))
    _, shown = await get(f"{url}/metrics")
    for never in (MEMBER.id, MEMBER.name, CHANNEL.id, CHANNEL.community, "test:"):
        assert never not in shown
    names = set(re.findall(r'[{,](\w+)="', shown))
    ours = {"kind", "event", "le", "platform", "error", "why", "version", "reason", "state", "step"}
    assert names <= ours | {"generation", "implementation", "major", "minor", "patchlevel"}


async def test_it_is_ready_while_all_that_it_serves_is_connected(measured: App, url: str) -> None:
    assert await get(f"{url}/healthz") == (200, "ok")
    assert await get(f"{url}/readyz") == (503, "nothing is served")
    async with DiscordServer() as discord:
        with measured.services.links.served("discord"):
            assert await get(f"{url}/readyz") == (503, "discord is not connected")
            assert 'ijm_connected{platform="discord"} 0.0' in (await get(f"{url}/metrics"))[1]
            async with served(measured, discord):
                await discord.gateway.identified()
                await Chat(discord).slash("ijm outcomes")
                assert await get(f"{url}/readyz") == (200, "ok")
                assert 'ijm_connected{platform="discord"} 1.0' in (await get(f"{url}/metrics"))[1]


async def test_it_is_not_ready_while_the_database_is_away(services: Services, metrics: PrometheusMetrics) -> None:
    away = SqlStore("postgresql://nobody@127.0.0.1:9/none", patience=1)
    app = App(replace(services, store=away))
    with app.services.links.served("slack"):
        app.services.links.connected("slack")
        async with watched(app, metrics, "127.0.0.1", 0) as port:
            assert await get(f"http://127.0.0.1:{port}/readyz") == (503, "the database does not answer")
            assert await get(f"http://127.0.0.1:{port}/healthz") == (200, "ok")
    await away.close()


async def test_a_frozen_database_is_told_with_a_reason(
    services: Services, metrics: PrometheusMetrics, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitoring, "PING_SECONDS", 0.1)
    lost: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: lost.append(about))
    # Its system takes connections, and it never says a word.
    with closing(socket.create_server(("127.0.0.1", 0))) as stopped:
        frozen = SqlStore(f"postgresql://nobody@127.0.0.1:{stopped.getsockname()[1]}/none", patience=0.3)
        app = App(replace(services, store=frozen))
        with app.services.links.served("slack"):
            app.services.links.connected("slack")
            async with watched(app, metrics, "127.0.0.1", 0) as port:
                assert await get(f"http://127.0.0.1:{port}/readyz") == (503, "the database does not answer")
        await frozen.close()
    gc.collect()
    assert lost == []
    (told,) = [each for each in caplog.messages if each.startswith("Not ready: ")]
    assert told.startswith("Not ready: the database said nothing within")


async def test_a_full_disk_is_told_and_counted(services: Services, metrics: PrometheusMetrics, tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    await store.migrate()
    app = App(replace(services, store=store, metrics=metrics))
    await give_pages(store, 1)
    with app.services.links.served("slack"):
        app.services.links.connected("slack")
        async with watched(app, metrics, "127.0.0.1", 0) as port:
            assert (await get(f"http://127.0.0.1:{port}/readyz"))[0] == 200
            shown = (await get(f"http://127.0.0.1:{port}/metrics"))[1]
            assert 'ijm_database_errors_total{reason="full"} 0.0' in shown
            with pytest.raises(StoreError, match="the disk is full"):
                await store.add_suggestion(CHANNEL.community, "x" * 1_000_000, now=NOW)
            full = (503, "the database cannot grow: the disk is full")
            assert await get(f"http://127.0.0.1:{port}/readyz") == full
            shown = (await get(f"http://127.0.0.1:{port}/metrics"))[1]
            assert 'ijm_database_errors_total{reason="full"} 2.0' in shown
            await give_pages(store, 1_000_000)
            assert (await get(f"http://127.0.0.1:{port}/readyz"))[0] == 200
    await store.close()


async def test_a_connection_that_breaks_is_counted_once_it_is_back(measured: App, metrics: PrometheusMetrics) -> None:
    links = measured.services.links
    async with DiscordServer() as discord:
        with links.served("discord"):
            async with served(measured, discord):
                await discord.gateway.identified()
                await Chat(discord).slash("ijm outcomes")
                assert value(metrics, "ijm_reconnects_total", platform="discord") == 0
                discord.gateway.drop()
                await discord.gateway.resumed()
                await Chat(discord).slash("ijm outcomes")
                assert links.states == {"discord": True}
    assert value(metrics, "ijm_reconnects_total", platform="discord") == 1
    assert value(metrics, "ijm_under_way", platform="discord") == 0
    assert links.states == {}


async def test_slack_is_measured_the_same_way(
    measured: App, metrics: PrometheusMetrics, slack: SlackServer, kim: User
) -> None:
    async with over_socket_mode(measured, slack):
        assert measured.services.links.states == {"slack": True}
        await slack.dm(kim, SURE).message()
        await (await slack.socket.connected()).disconnect("refresh_requested")
        await slack.socket.connected(2)
        slack.faults.refuse("chat.postMessage", "restricted_action")
        await slack.dm(kim, SURE).ack()
    assert value(metrics, "ijm_reconnects_total", platform="slack") == 1
    assert value(metrics, "ijm_platform_errors_total", platform="slack", error="refused") == 1
    assert value(metrics, "ijm_under_way", platform="slack") == 0
    assert measured.services.links.states == {}


async def test_a_port_that_is_taken_is_told_in_a_sentence(measured: App, metrics: PrometheusMetrics, url: str) -> None:
    port = int(url.rpartition(":")[2])
    with pytest.raises(MonitoringError, match=f"port {port}.*IJM_HTTP_PORT"):
        async with watched(measured, metrics, "127.0.0.1", port):
            pass


async def test_every_label_value_is_there_from_the_start(services: Services) -> None:
    metrics = PrometheusMetrics(["discord"])
    metrics.watch(lambda: services.store.errors)
    for why in Failure:
        assert metrics.registry.get_sample_value("ijm_failures_total", {"why": why}) == 0
    for error in PlatformError:
        labels = {"platform": "discord", "error": error}
        assert metrics.registry.get_sample_value("ijm_platform_errors_total", labels) == 0
    for state in ("posted", "missed", "refused", "unsure", "dry"):
        assert metrics.registry.get_sample_value("ijm_posts_total", {"state": state}) == 0
    for kind in ("answer", "closest", "suggestions", "unknown"):
        assert metrics.registry.get_sample_value("ijm_questions_total", {"kind": kind}) == 0
    for reason in Reason:
        assert metrics.registry.get_sample_value("ijm_database_errors_total", {"reason": reason}) == 0
    for event in ("message", "invocation", "typed", "press", "submit", "home"):
        assert metrics.registry.get_sample_value("ijm_answer_seconds_count", {"event": event}) == 0
    for name in ("ijm_reconnects_total", "ijm_communities", "ijm_under_way"):
        assert metrics.registry.get_sample_value(name, {"platform": "discord"}) == 0
    assert metrics.registry.get_sample_value("ijm_last_backup_timestamp_seconds") == 0


async def test_communities_and_the_last_backup_are_told(measured: App, metrics: PrometheusMetrics, url: str) -> None:
    async with DiscordServer() as discord, served(measured, discord):
        await Chat(discord).slash("ijm outcomes")
        await get(f"{url}/metrics")
        assert value(metrics, "ijm_communities", platform="discord") == 1
        other = discord.world.add_guild("Another", discord.world.owner)
        discord.gateway.join(other)
        channel = discord.world.add_channel(other, "general")
        await Chat(discord).slash("ijm outcomes", user=discord.world.owner, channel=channel)
        await get(f"{url}/metrics")
        assert value(metrics, "ijm_communities", platform="discord") == 2

    store = measured.services.store
    await store.set_setting(NO_COMMUNITY, LAST_BACKUP, NOW.timestamp(), by="", now=NOW)
    await get(f"{url}/metrics")
    assert value(metrics, "ijm_last_backup_timestamp_seconds") == NOW.timestamp()


async def test_slacks_own_workspace_is_counted(
    measured: App, metrics: PrometheusMetrics, slack: SlackServer, url: str
) -> None:
    async with over_socket_mode(measured, slack):
        await get(f"{url}/metrics")
    assert value(metrics, "ijm_communities", platform="slack") == 1


async def test_every_metric_of_the_alert_rules_exists(services: Services) -> None:
    metrics = PrometheusMetrics(["discord"])
    metrics.watch(lambda: services.store.errors)
    metrics.connections({"discord": True})
    metrics.communities({"discord": 1})
    with metrics.answering("message"):
        pass
    there = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    rules = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]
    used = {name for rule in rules for name in _METRIC.findall(rule["expr"])}
    assert used
    assert used <= there, used - there


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
async def test_prometheus_itself_takes_the_rules_and_the_metrics(measured: App, url: str) -> None:
    await measured.handle(Message(MEMBER, CHANNEL, SURE, addressed=True))
    promtool = str(shutil.which("promtool"))
    _, shown = await get(f"{url}/metrics")
    for arguments, given in ((("check", "rules", str(ALERTS)), ""), (("check", "metrics"), shown)):
        command = [promtool, *arguments]
        done = await asyncio.to_thread(subprocess.run, command, input=given.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


async def test_every_metric_of_the_dashboard_exists(services: Services, metrics: PrometheusMetrics) -> None:
    app = App(replace(services, metrics=metrics, rates=Rates(Rate(1, 60))))
    for _ in range(2):
        await app.handle(Invocation(MEMBER, CHANNEL, "ask", {"question": SURE}))
    metrics.watch(lambda: services.store.errors)
    metrics.failed(Failure.BROKE)
    metrics.platform_error("discord", PlatformError.LATE)
    metrics.reconnected("slack")
    metrics.communities({"slack": 1})
    metrics.connections({"slack": True})
    with metrics.under_way("slack"):
        there = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    queries += [each["query"] for each in dashboard["templating"]["list"]]
    used = {name for query in queries for name in _METRIC.findall(query)}
    assert used <= there, used - there
    ours = {name for name in there if name.startswith("ijm_") and not name.endswith(("_created", "_sum"))}
    assert ours <= used, f"not on the dashboard: {ours - used}"
