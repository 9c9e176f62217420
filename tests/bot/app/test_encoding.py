"""Questions are encoded beside the event loop, to be matched and to be looked at for danger: nobody waits for others'."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.app.app import App
from bot.chat.events import ASKING, Complete, Event, Invocation, Message, Press, Typed
from bot.chat.replies import Reply
from bot.commands.context import Services
from bot.commands.embeddings import Embeddings
from knowledge.encoder import Floats, load_encoder
from knowledge.encoder.pool import EncoderPool
from knowledge.matching import Search
from knowledge.matching.learned import load_learned
from knowledge.safety.danger import load_danger_check
from tests.people import CHANNEL, DIRECT, MEMBER

QUESTION = "what does ijm do"
LONG = f"{QUESTION}? " + "we have a paper to write about it and nobody of us knows where to begin with that. " * 3


class Waiting:
    """The shipped encoder, which waits for leave, and says what it was given and which threads it kept busy."""

    def __init__(self) -> None:
        self._encoder = load_encoder()
        self.digest, self.dimensions = self._encoder.digest, self._encoder.dimensions
        self.go, self.begun = threading.Event(), threading.Event()
        self.given: list[str] = []
        self.threads: set[str] = set()

    def encode(self, texts: Sequence[str]) -> Floats:
        known = self.given.copy()
        self.given += texts
        # What was encoded a moment ago takes no time.
        if not set(texts).issubset(known):
            self.threads.add(threading.current_thread().name)
        self.begun.set()
        assert self.go.wait(30)
        return self._encoder.encode(texts)


class Asking:
    """The shipped search, which says what it wants to be encoded."""

    def __init__(self, search: Search, encoder: Waiting) -> None:
        self._search, self.encoder = search, encoder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._search, name)

    def prepared(self, text: str) -> tuple[str, ...]:
        return (text,)


@pytest.fixture
def encoder() -> Waiting:
    return Waiting()


@pytest.fixture
def waiting(services: Services, encoder: Waiting) -> App:
    search = cast(Search, Asking(services.search, encoder))
    embeddings = Embeddings(services.store, EncoderPool(encoder))
    return App(replace(services, search=search, danger=load_danger_check(encoder), embeddings=embeddings))


@pytest.mark.parametrize(
    "event",
    [
        Message(MEMBER, CHANNEL, QUESTION, addressed=True),
        Invocation(MEMBER, CHANNEL, "ask", {"question": QUESTION}, ASKING),
        Typed(MEMBER, CHANNEL, QUESTION, ASKING),
        Typed(MEMBER, CHANNEL, f"ask {QUESTION}", ASKING),
        Typed(MEMBER, CHANNEL, f"share ask {QUESTION}", ASKING),
        Press(MEMBER, CHANNEL, "run", f"ask {QUESTION}"),
        Message(MEMBER, CHANNEL, LONG, addressed=True),
    ],
)
async def test_no_question_is_encoded_on_the_event_loop(waiting: App, encoder: Waiting, event: Event) -> None:
    asking = asyncio.create_task(waiting.handle(event))
    await asyncio.to_thread(encoder.begun.wait, 30)
    # While it is encoded, others are answered.
    assert await waiting.complete(Complete(MEMBER, CHANNEL, "topics", "topic", "", ASKING)) is not None
    assert not asking.done()
    encoder.go.set()
    assert isinstance(await asking, Reply)
    assert QUESTION in encoder.given
    assert all(thread.startswith("encoder") for thread in encoder.threads)


async def test_what_nobody_may_hear_is_not_encoded(waiting: App, encoder: Waiting) -> None:
    encoder.go.set()
    assert await waiting.handle(Message(MEMBER, CHANNEL, QUESTION, addressed=False)) is None
    assert encoder.given == []


async def test_neither_answers_nor_follow_ups_are_encoded_on_the_event_loop(services: Services) -> None:
    encoder = Waiting()
    encoder.go.set()
    search = Search(services.pack.entries, load_learned(), encoder)
    embeddings = Embeddings(services.store, EncoderPool(encoder))
    app = App(replace(services, search=search, danger=load_danger_check(encoder), embeddings=embeddings))
    encoder.threads.clear()  # what the search itself was made of
    for said in ("what evidence is there that it works in the end", "and why?", "how does the training of police go"):
        assert isinstance(await app.handle(Message(MEMBER, DIRECT, said, addressed=True)), Reply)
    assert encoder.threads
    assert all(thread.startswith("encoder") for thread in encoder.threads)
