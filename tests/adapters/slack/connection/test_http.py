"""The bot on Slack over HTTP: signatures, junk, health, and the installation by OAuth."""

import asyncio
import io
import itertools
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from pydantic import ValidationError

from adapters.monitoring.metrics import PrometheusMetrics
from adapters.slack.connection import doorkeeper, http, signatures
from adapters.slack.settings import SlackSettings
from bot.app.app import App
from bot.commands.context import Services
from bot.commands.metrics import Metrics
from knowledge.store.protocol import StoreError
from knowledge.store.sql.store import SqlStore
from tests.adapters.slack.running import over_http
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"signature": "v0=0123"}, "SLACK_SIGNING_SECRET"),
        ({"secret": "another"}, "SLACK_SIGNING_SECRET"),
        ({"age": 301}, "clock"),
        ({"age": -301}, "clock"),
    ],
)
async def test_a_request_that_is_badly_signed_or_stale_is_refused(
    services: Services,
    slack: SlackServer,
    kim: User,
    general: Channel,
    change: dict[str, Any],
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    metrics = PrometheusMetrics()
    async with over_http(App(replace(services, metrics=metrics)), slack, caplog):
        assert slack.http is not None
        slack.http.signing = replace(slack.http.signing, **change)
        refused = (slack.slash(kim, general, "/ijm"), slack.dm(kim, "hello"))
        assert [(await one.ack()).status for one in refused] == [401, 401]
        assert (await slack.verify_url()).status == 401
    assert len(slack.world.changes) == 0
    lines = [message for message in caplog.messages if message.startswith("Refused a request")]
    assert len(lines) == 1
    assert told in lines[0]
    counted = {"platform": "slack", "error": "unverified"}
    # Slack sends an event again that was not taken.
    assert (metrics.registry.get_sample_value("ijm_platform_errors_total", counted) or 0) >= 3


def test_refused_requests_are_told_once_a_minute_with_their_number(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = itertools.chain([0.0] + [1.0] * 10, itertools.repeat(60.0))
    monkeypatch.setattr(signatures, "monotonic", lambda: next(clock))
    checked = signatures.Signatures("secret", Metrics())
    for _ in range(12):
        assert not checked.accept(b"x", {"X-Slack-Request-Timestamp": "nonsense", "X-Slack-Signature": "v0=1"})
    assert [message.partition("(")[2].partition(" ")[0] for message in caplog.messages] == ["1", "11"]


async def test_junk_is_refused_without_a_traceback(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with over_http(app, slack, caplog):
        assert slack.http is not None
        for junk, kind in (
            ("{", "application/json"),
            ("[1]", "application/json"),
            ('{"type": "event_callback"}', "application/json"),
            ('{"type": "event_callback", "team_id": "T", "event": 5}', "application/json"),
            ('{"type": "block_actions", "team": 5}', "application/json"),
            ("payload=%7B", "application/x-www-form-urlencoded"),
            ("payload=1", "application/x-www-form-urlencoded"),
            ("[" * 300_000, "application/json"),
            ('{"a":' * 150_000, "application/json"),
            (' {"a":' * 150_000, "application/json"),
            ("payload=" + "[" * 300_000, "application/x-www-form-urlencoded"),
            ("hello", "text/plain"),
            ("", "application/json"),
        ):
            assert (await slack.http.post(junk, kind)).status in {200, 400}, junk
    assert "Traceback" not in caplog.text


async def test_who_leaves_in_the_middle_of_a_request_leaves_no_traceback(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with over_http(app, slack, caplog) as url:
        _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
        assert (await slack.verify_url("still there")).body == {"challenge": "still there"}
        await asyncio.sleep(0.05)


async def test_a_request_that_is_too_large_is_refused(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps({"type": "x" * 1_100_000})
    async with over_http(app, slack, caplog) as url, aiohttp.ClientSession() as client:
        assert slack.http is not None
        headers = slack.http.signing.headers(body)
        async with client.post(f"{url}/slack/events", data=io.BytesIO(body.encode()), headers=headers) as answer:
            assert answer.status == 413
    assert "Traceback" not in caplog.text


async def test_the_request_url_is_verified_and_health_is_told(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with over_http(app, slack, caplog) as url, aiohttp.ClientSession() as browser:
        assert (await slack.verify_url("a challenge")).body == {"challenge": "a challenge"}
        async with browser.get(f"{url}/healthz") as page:
            assert (page.status, await page.text()) == (200, "ok")
        async with browser.post(f"{url}/slack/events", data=b"\xff\xfe", headers={"X-Slack-Signature": "é"}) as page:
            assert page.status == 401
        monkeypatch.setattr(SqlStore, "ping", _fails)
        async with browser.get(f"{url}/healthz") as page:
            assert (page.status, await page.text()) == (503, "The database does not answer.")


async def _fails(_: SqlStore) -> None:
    raise StoreError("gone")


@pytest.mark.parametrize("stamp", ["9" * 400, "-" + "9" * 400, "1e400", "nan", "\u0661", "0x10", "", " 1 ", "1_0"])
async def test_a_timestamp_that_is_none_is_refused_without_a_traceback(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture, stamp: str
) -> None:
    async with over_http(app, slack, caplog) as url, aiohttp.ClientSession() as client:
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=00"}
        async with client.post(f"{url}/slack/events", data=b"{}", headers=headers) as answer:
            assert answer.status == 401
    assert "Traceback" not in caplog.text


async def sent_slowly(url: str, begun: bytes) -> bytes:
    """The head of what a connection gets on which no more than this is sent, or nothing if the other side ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(begun)
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (ConnectionError, asyncio.IncompleteReadError) as error:
        return getattr(error, "partial", b"")
    finally:
        writer.close()


async def test_a_request_that_comes_too_slowly_is_ended(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "BODY_SECONDS", 0.05)
    monkeypatch.setattr(doorkeeper.Doorkeeper.__init__, "__defaults__", (doorkeeper.CONNECTIONS_LIMIT, 0.05))
    async with over_http(app, slack, caplog) as url:
        for head in (b"", b"POST /slack", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "):
            assert await sent_slowly(url, head) == b""
        body = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
        # What is still to come of the body is awaited a while; aiohttp closes the connection then.
        refused = await sent_slowly(url, body)
        assert b" 408 " in refused.splitlines()[0]
        assert b"connection: close" in refused.lower()
        assert (await slack.verify_url("still there")).body == {"challenge": "still there"}


async def test_an_address_has_so_many_connections_unless_it_is_a_proxy(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def answered(url: str) -> int:
        """How many of more connections than one address may have are answered while all are open."""
        port = int(url.rpartition(":")[2])
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(doorkeeper.CONNECTIONS_LIMIT + 5)]
        count = 0
        for reader, writer in opened:
            with suppress(ConnectionError):
                writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                count += (await reader.readline()).startswith(b"HTTP/1.1 200")
        for _, writer in opened:
            writer.close()
        return count

    async with over_http(app, slack, caplog, proxies="10.0.0.0/8") as url:
        assert await answered(url) == doorkeeper.CONNECTIONS_LIMIT
    async with over_http(app, slack, caplog, proxies="127.0.0.1") as url:
        assert await answered(url) == doorkeeper.CONNECTIONS_LIMIT + 5


async def test_the_port_is_open_to_this_machine_alone_unless_it_is_told_otherwise(
    app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    assert SlackSettings.model_fields["http_host"].default == "127.0.0.1"
    with pytest.raises(ValidationError, match="write addresses or networks"):
        SlackSettings(proxies="the proxy")
