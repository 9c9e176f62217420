"""A port for monitoring: /metrics, /healthz (it runs), /readyz (it can answer)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from adapters.monitoring.metrics import PrometheusMetrics
from bot.app.app import App
from bot.operating.backups import last_backup

# A database that takes longer to respond is not ready.
PING_SECONDS = 5
# What is wrong with a database that responds, by the error's reason; the log says where it is.
_FAULTS = {
    "full": "the database cannot grow: the disk is full",
    "io": "the database cannot be read or written: the disk may be full",
}

log = logging.getLogger(__name__)


class MonitoringError(Exception):
    """A port cannot be opened; the message says which."""


@asynccontextmanager
async def watched(app: App, metrics: PrometheusMetrics, host: str, port: int) -> AsyncIterator[int]:
    """Listen on a port (0 lets the system choose), and return its number. Raises MonitoringError if it is taken."""
    metrics.watch(lambda: app.services.store.errors)
    runner = web.AppRunner(_application(app, metrics), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise MonitoringError(
                f"Cannot listen at {host}, port {port}, for metrics: {error.strerror}. Change IJM_HTTP_PORT or "
                "IJM_HTTP_HOST."
            ) from error
        number = int(runner.addresses[0][1])
        log.info("Watched at http://%s:%d/metrics", f"[{host}]" if ":" in host else host, number)
        yield number
    finally:
        await runner.cleanup()


def _application(app: App, metrics: PrometheusMetrics) -> web.Application:
    async def measured(_: web.Request) -> web.Response:
        links = app.services.links
        metrics.connections(links.states)
        try:
            async with asyncio.timeout(PING_SECONDS):
                metrics.communities(await links.communities())
                metrics.last_backup(await last_backup(app.services.store))
        except Exception as error:  # noqa: BLE001 (what is known from before stays; /readyz says that it is not ready)
            log.debug("Some metrics are as they were: %s", type(error).__name__)
        body = generate_latest(metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_: web.Request) -> web.Response:
        states = app.services.links.states
        faults = [f"{platform} is not connected" for platform, up in states.items() if not up]
        try:
            async with asyncio.timeout(PING_SECONDS):
                await app.services.store.ping()
        except TimeoutError:
            log.warning("Not ready: the database said nothing within %d seconds.", PING_SECONDS)
            faults.append("the database does not answer")
        except Exception as error:  # noqa: BLE001 (whatever it is, it is not ready)
            log.warning("Not ready: %s", str(error) or type(error).__name__)
            faults.append(_FAULTS.get(getattr(error, "reason", ""), "the database does not answer"))
        if not states:
            faults.append("nothing is served")
        return web.Response(status=503 if faults else 200, text="\n".join(faults) or "ok")

    served = web.Application()
    served.add_routes([web.get("/metrics", measured), web.get("/healthz", healthz), web.get("/readyz", readyz)])
    return served
