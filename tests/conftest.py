"""What all tests share: the shipped knowledge, built once, and a wall against the outside network."""

import ipaddress
import random
import socket
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.app import App
from bot.bootstrap import services as shipped
from bot.context import Services
from bot.deck import Deck

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def built() -> Services:
    """The services on the shipped pack; building them is the slow part."""
    return shipped()


@pytest.fixture
def services(built: Services) -> Services:
    """The shipped services with a fresh deck and a day that stands still."""
    return replace(built, deck=Deck(built.pack, random.Random(1)), today=lambda: TODAY)


@pytest.fixture
def app(services: Services) -> App:
    """A bot that has met nobody yet."""
    return App(services)


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
