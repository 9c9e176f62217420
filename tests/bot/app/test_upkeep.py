"""Tidying up: again and again, also after the database was away."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.app.upkeep import keep_tidy
from bot.commands.context import Services
from knowledge.store.protocol import StoreError
from tests.conftest import NOW
from tests.servers.patience import WAIT_SECONDS


async def test_what_has_outlived_its_use_is_thrown_away(services: Services) -> None:
    assert await services.store.first_time("event", NOW)
    later = NOW + timedelta(days=3)
    tidying = asyncio.create_task(keep_tidy(services.store, lambda: later))
    async with asyncio.timeout(WAIT_SECONDS):
        while not await services.store.first_time("event", NOW):  # noqa: ASYNC110 (a database sets no event)
            await asyncio.sleep(0)
    tidying.cancel()


async def test_a_database_that_is_away_is_tidied_when_it_is_back(
    services: Services, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = asyncio.Queue[None]()

    async def expire(*_: object) -> None:
        tried.put_nowait(None)
        raise StoreError("the server is not there")

    store = services.store
    monkeypatch.setattr(store, "expire", expire)
    tidying = asyncio.create_task(keep_tidy(store, lambda: NOW, every=0))
    async with asyncio.timeout(WAIT_SECONDS):
        for _ in range(3):
            await tried.get()
    tidying.cancel()
    with caplog.at_level(logging.WARNING):
        assert "the server is not there" in caplog.text
