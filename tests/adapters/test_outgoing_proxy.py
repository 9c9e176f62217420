"""Discord and Slack through the proxy that the environment names, or past it."""

import asyncio
import ssl
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from adapters.shared.proxies import proxy_for
from adapters.slack.doctor import checks as slack_checks
from bot.app.app import App
from bot.app.registry import default_registry
from bot.chat.replies import Reply, text
from bot.operating.doctor import Finding, examine
from tests.adapters.discord.running import Chat, serving
from tests.adapters.discord.starting.test_doctor import examined, given_token
from tests.adapters.slack.running import SURE, over_socket_mode
from tests.adapters.slack.running import settings as slack_settings
from tests.program import begun, environment
from tests.servers.discord.server import DiscordServer
from tests.servers.forward_proxy import forward_proxy
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


async def test_all_of_discord_goes_through_the_proxy(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    async with DiscordServer() as server, forward_proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        await examined(given_token(server))
        assert len(proxy.wanted) == len(server.calls)
        proxy.wanted.clear()
        async with serving(app, server):
            await server.gateway.identified()
            assert (await Chat(server).slash("ijm outcomes")).text
        assert any("/users/@me" in target for target in proxy.wanted)
        assert any("encoding=json" in target for target in proxy.wanted)


async def test_an_address_in_no_proxy_is_reached_directly(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.org,127.0.0.1")
    async with DiscordServer() as server, forward_proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        await examined(given_token(server))
        async with serving(app, server):
            await server.gateway.identified()
        assert proxy.wanted == []


async def talk_on_slack(app: App, slack: SlackServer) -> None:
    """What reaches Slack in every way: at start, a socket, an answer, a response_url, a file up and a file down."""
    ada = slack.world.add_user(slack.team, "ada", is_admin=True)
    general = slack.world.add_channel(slack.team, "general", ada)
    found = await slack_doctor(slack)
    assert found
    async with over_socket_mode(app, slack):
        await slack.dm(ada, SURE).message()
        await slack.slash(ada, general, "/ijm", SURE).message()
        await slack.slash(ada, general, "/ijm-mod", "export format:csv all:true").message()
        view = await slack.slash(ada, general, "/ijm-mod", "import").view()
        file = slack.file(ada, "entries.csv", b"question,answer")
        field = next(block["block_id"] for block in view.blocks if block["element"]["type"] == "file_input")
        await slack.submit_view(ada, view, {field: [file]}).message()
        home = f"slack:{slack.team.id}"
        await app.services.outboxes.post(home, f"{home}/{general.id}", Reply((text("A fact."),)), key="k")


async def slack_doctor(slack: SlackServer) -> Sequence[Finding]:
    async def is_passive() -> bool:
        return False

    return await examine(slack_checks(slack_settings(slack), default_registry(), is_passive, lambda: datetime.now(UTC)))


async def test_all_of_slack_goes_through_the_proxy(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    async with SlackServer() as slack, forward_proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        await talk_on_slack(app, slack)
        for part in ("/api/auth.test", "/link/", "/api/chat.postMessage", "/response/", "/upload/", "/files-pri/"):
            assert any(part in target for target in proxy.wanted), part
        direct = [each.method for each in slack.requests.since()]
        assert len([each for each in proxy.wanted if "/api/" in each]) == len(
            [each for each in direct if each not in {"response_url", "upload"}]
        )


async def test_a_slack_in_no_proxy_is_reached_directly(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.org,127.0.0.1")
    async with SlackServer() as slack, forward_proxy() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await talk_on_slack(app, slack)
        assert proxy.wanted == []


@pytest.mark.parametrize(
    ("no_proxy", "proxy"),
    [("", "http://proxy:3128"), ("example.org", "http://proxy:3128"), ("discord.com", None), ("*", None)],
)
def test_the_proxy_for_discord_itself(monkeypatch: pytest.MonkeyPatch, no_proxy: str, proxy: str | None) -> None:
    assert proxy_for("https://discord.com/api/v10") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for("https://discord.com/api/v10") == proxy
    assert proxy_for("wss://discord.com/gateway") == proxy


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "campus")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "authority.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@asynccontextmanager
async def over_tls(certificate: Path, key: Path) -> AsyncIterator[str]:
    """What takes no token, over TLS; gives its address."""

    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)

    app = web.Application()
    app.router.add_get("/{path:.*}", refuse)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    finally:
        await runner.cleanup()


async def test_run_and_doctor_trust_the_authority_that_is_named(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    async with over_tls(certificate, key) as url:
        given = environment(f"sqlite:///{tmp_path / 'kept.sqlite3'}", DISCORD_TOKEN="a.b.c", DISCORD_API_URL=url)
        trusting = given | {"SSL_CERT_FILE": str(certificate)}
        async with begun(tmp_path, trusting) as program:
            await program.said("Discord refuses DISCORD_TOKEN")
        for variables, told in ((trusting, "Discord refuses DISCORD_TOKEN"), (given, "set SSL_CERT_FILE")):
            doctor = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "doctor", cwd=tmp_path, env=variables, stdout=PIPE, stderr=PIPE
            )
            assert told in (await doctor.communicate())[0].decode()
