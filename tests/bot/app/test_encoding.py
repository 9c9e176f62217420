"""Questions are encoded beside the event loop: while one is, everybody else is answered."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from bot.app.app import App
from bot.chat.events import ASKING, Event, Invocation, Message, Press, Typed
from bot.chat.replies import Reply
from bot.commands.context import Services
from bot.commands.embeddings import Embeddings
from knowledge.encoder import Floats
from knowledge.encoder.pool import EncoderPool
from knowledge.matching.search import Search
from tests.people import CHANNEL, MEMBER

QUESTION = "What does IJM do?"


class Waiting:
    """An encoder that waits for leave, and says what it was given."""

    digest, dimensions = "waiting" * 9, 1

    def __init__(self) -> None:
        self.go, self.begun = threading.Event(), threading.Event()
        self.given: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.given += texts
        self.begun.set()
        assert self.go.wait(30)
        return np.ones((len(texts), 1), np.float32)


class Asking:
    """The shipped search, which says what it wants to be encoded."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def __getattr__(self, name: str) -> Any:
        return getattr(self._search, name)

    def prepared(self, text: str) -> tuple[str, ...]:
        return (text,)


@pytest.fixture
def encoder() -> Waiting:
    return Waiting()


@pytest.fixture
def waiting(services: Services, encoder: Waiting) -> App:
    embeddings = Embeddings(services.store, EncoderPool(encoder))
    return App(replace(services, search=cast(Search, Asking(services.search)), embeddings=embeddings))


@pytest.mark.parametrize(
    "event",
    [
        Message(MEMBER, CHANNEL, QUESTION, addressed=True),
        Invocation(MEMBER, CHANNEL, "ask", {"question": QUESTION}, ASKING),
        Typed(MEMBER, CHANNEL, QUESTION, ASKING),
        Typed(MEMBER, CHANNEL, f"ask {QUESTION}", ASKING),
        Typed(MEMBER, CHANNEL, f"share ask {QUESTION}", ASKING),
        Press(MEMBER, CHANNEL, "run", f"ask {QUESTION}"),
    ],
)
async def test_while_a_question_is_encoded_others_are_answered(waiting: App, encoder: Waiting, event: Event) -> None:
    asking = asyncio.create_task(waiting.handle(event))
    await asyncio.to_thread(encoder.begun.wait, 30)
    assert encoder.given == [QUESTION]
    other = await waiting.handle(Typed(MEMBER, CHANNEL, "help", ASKING))
    assert isinstance(other, Reply)
    assert not asking.done()
    encoder.go.set()
    assert isinstance(await asking, Reply)


async def test_what_nobody_may_hear_is_not_encoded(waiting: App, encoder: Waiting) -> None:
    encoder.go.set()
    assert await waiting.handle(Message(MEMBER, CHANNEL, QUESTION, addressed=False)) is None
    assert encoder.given == []
