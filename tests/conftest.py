"""What all tests share: the shipped knowledge, built once, and a wall against the outside network."""

import ipaddress
import random
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

import bot.app.app
from bot.app.app import App
from bot.commands.context import Library, Services
from bot.commands.deck import Deck
from bot.operating.bootstrap import library as shipped
from bot.operating.bootstrap import services as services_on
from knowledge.store.sql.store import SqlStore
from tests.servers.patience import WAIT_SECONDS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def library() -> Library:
    """What the shipped pack answers from; building it is the slow part."""
    return shipped()


@pytest.fixture
async def services(library: Library) -> AsyncIterator[Services]:
    """The shipped services with an empty store, a fresh deck and a time that stands still."""
    store = SqlStore("sqlite://")
    await _migrated(store)
    made = services_on(library, store)
    yield replace(made, deck=Deck(random.Random(1)), now=lambda: NOW)
    await store.close()


_tables: list[str] = []


async def _migrated(store: SqlStore) -> None:
    """Make the tables that the migrations made for the first test; that takes a fifth of the time."""
    if _tables:
        await store.database.rebuild(lambda connection: [connection.exec_driver_sql(each) for each in _tables])
        return
    await store.migrate()
    kept = await store.database.rows(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    ((version,),) = await store.database.rows(text("SELECT version_num FROM alembic_version"))
    _tables.extend([*(sql for (sql,) in kept), f"INSERT INTO alembic_version VALUES ('{version}')"])


@pytest.fixture
def app(services: Services) -> App:
    """A bot that has met nobody yet."""
    return App(services)


@pytest.fixture(autouse=True)
def _no_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may need longer than people would wait. A test of what takes too long sets its own time."""
    monkeypatch.setattr(bot.app.app, "ANSWER_SECONDS", WAIT_SECONDS)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that leaves this machine fails the test."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def allowed(sock: socket.socket, address: Any) -> None:
        if sock.family in {socket.AF_INET, socket.AF_INET6} and not ipaddress.ip_address(address[0]).is_loopback:
            pytest.fail(f"a test tried to connect to {address}")

    def guarded(sock: socket.socket, address: Any) -> None:
        allowed(sock, address)
        connect(sock, address)

    def guarded_ex(sock: socket.socket, address: Any) -> int:
        allowed(sock, address)
        return connect_ex(sock, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)
