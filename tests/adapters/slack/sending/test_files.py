"""Files that people put into Slack forms: fetched from Slack and from nowhere else, as far as the limit goes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.sending.files import downloaded, is_slacks
from bot.chat.events import UPLOAD_LIMIT

TOKEN = "xoxb-secret"


@dataclass
class Host:
    """A web server that keeps the authorization of each request, and answers with `content` or leads elsewhere."""

    content: bytes = b"question,answer"
    status: int = 200
    leads_to: str = ""
    url: str = ""
    asked: list[str | None] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.headers.get("Authorization"))
        if self.leads_to:
            raise web.HTTPFound(self.leads_to)
        return web.Response(status=self.status, body=self.content)


@asynccontextmanager
async def listening(host: Host) -> AsyncIterator[Host]:
    served = web.Application()
    served.router.add_get("/{path:.*}", host.serve)
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield host
    await runner.cleanup()


@pytest.fixture
async def slack_host() -> AsyncIterator[Host]:
    async with listening(Host()) as host:
        yield host


@pytest.fixture
async def elsewhere() -> AsyncIterator[Host]:
    async with listening(Host()) as host:
        yield host


def client(host: Host) -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN, base_url=f"{host.url}/api/")


def file(address: str, size: int = 10) -> dict[str, object]:
    return {"name": "entries.csv", "size": size, "url_private_download": address}


@pytest.mark.slow
async def test_a_file_comes_whole_and_with_the_token(slack_host: Host) -> None:
    slack_host.content = b"x" * UPLOAD_LIMIT
    found = await downloaded(client(slack_host), file(f"{slack_host.url}/files-pri/T1-F1/download/entries.csv"))
    assert (found.name, found.content) == ("entries.csv", slack_host.content)
    assert slack_host.asked == [f"Bearer {TOKEN}"]


@pytest.mark.slow
async def test_the_token_goes_to_slack_only(slack_host: Host, elsewhere: Host) -> None:
    for address in (f"{elsewhere.url}/files-pri/x", "", "/files-pri/x", "file:///etc/passwd", "ftp://slack.com/x"):
        with pytest.raises(aiohttp.ClientError):
            await downloaded(client(slack_host), file(address))
    assert elsewhere.asked == []


@pytest.mark.slow
async def test_a_redirect_is_not_followed(slack_host: Host, elsewhere: Host) -> None:
    slack_host.leads_to = f"{elsewhere.url}/login"
    with pytest.raises(aiohttp.ClientError):
        await downloaded(client(slack_host), file(f"{slack_host.url}/files-pri/x"))
    assert elsewhere.asked == []


@pytest.mark.slow
async def test_a_file_larger_than_it_says_is_not_read_to_its_end(slack_host: Host) -> None:
    slack_host.content = b"x" * (UPLOAD_LIMIT + 1)
    assert (await downloaded(client(slack_host), file(f"{slack_host.url}/files-pri/x"))).content is None
    assert (await downloaded(client(slack_host), file(f"{slack_host.url}/x", UPLOAD_LIMIT + 1))).content is None


@pytest.mark.parametrize(
    ("address", "api", "slacks"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/x.csv", "https://slack.com/api/", True),
        ("https://files.slack-gov.com/files-pri/x", "https://slack-gov.com/api/", True),
        ("http://files.slack.com/files-pri/x", "https://slack.com/api/", False),
        ("https://files.slack.com.evil.example/x", "https://slack.com/api/", False),
        ("https://files.slack.com@evil.example/x", "https://slack.com/api/", False),
        ("https://files.slack.com:8443/x", "https://slack.com/api/", False),
        ("https://evil.example/files.slack.com/x", "https://slack.com/api/", False),
        ("http://169.254.169.254/latest/meta-data", "https://slack.com/api/", False),
        ("http://127.0.0.1:5432/", "https://slack.com/api/", False),
        ("http://[", "https://slack.com/api/", False),
        ("https:///files.slack.com", "https://slack.com/api/", False),
        ("", "https://slack.com/api/", False),
    ],
)
def test_where_slack_keeps_files(address: str, api: str, slacks: bool) -> None:
    assert is_slacks(address, api) is slacks
