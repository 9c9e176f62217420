"""A small reverse proxy in front of replicas, as an operator's nginx would be: each in turn, past those that are gone."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from tests.servers.patience import WAIT_SECONDS

# What is about one connection, and not to be handed on (RFC 9110, section 7.6.1).
HOP_BY_HOP = frozenset({"connection", "host", "keep-alive", "content-length", "transfer-encoding"})


class Proxy:
    """Hands each request to one replica. `served` counts the answers of each."""

    def __init__(self, replicas: Sequence[str], session: aiohttp.ClientSession) -> None:
        self.url = ""
        self.served: Counter[str] = Counter()
        self._replicas = list(replicas)
        self._session = session

    async def hand_on(self, request: web.Request) -> web.Response:
        """The answer of the first replica, beginning with the next in turn, that can be connected to; else 502."""
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        for _ in range(len(self._replicas)):
            replica = self._replicas.pop(0)
            self._replicas.append(replica)
            try:
                async with self._session.request(
                    request.method, f"{replica}{request.rel_url}", data=body, headers=headers
                ) as answer:
                    content = await answer.read()
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                # It may have done the work before it broke; whoever asked decides whether to ask again.
                break
            self.served[replica] += 1
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
            return web.Response(status=answer.status, body=content, headers=kept)
        return web.Response(status=502, text="No replica answers.")


@asynccontextmanager
async def proxy_to(replicas: Sequence[str]) -> AsyncIterator[Proxy]:
    """A proxy on a loopback port."""
    timeout = aiohttp.ClientTimeout(total=WAIT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session:
        proxy = Proxy(replicas, session)
        served = web.Application()
        served.router.add_route("*", "/{path:.*}", proxy.hand_on)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield proxy
        finally:
            await runner.cleanup()
            # The session's connections close behind their transports.
            await asyncio.sleep(0)
