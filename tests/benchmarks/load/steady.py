"""Questions that come by chance, fifty a second on average, to the whole core on one processor; and the encoder alone."""

import asyncio
import json
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bot.app.app import App
from bot.chat.events import Message, Place, User
from bot.operating.bootstrap import library, sentence_encoder, services
from knowledge.encoder import Encoder, EncoderError
from knowledge.store.sql.store import SqlStore
from tests.benchmarks.figures import Figure, percentile, resident
from tests.benchmarks.load.apart import answer
from tests.people import PLATFORM

EACH_SECOND, SECONDS = 50, 40
WARM_UP = 100
MEDIAN_GOAL, P99_GOAL = 8.0, 25.0


async def figures(folder: Path) -> dict[str, float]:
    """The numbers of this process, in milliseconds and megabytes."""
    encoder = sentence_encoder()
    if encoder is None:
        raise EncoderError("Without its encoder there is nothing to measure.")
    answering = library()
    asked = fresh_questions([entry.question for entry in answering.pack.entries], EACH_SECOND * SECONDS + WARM_UP)
    encoded = _encoded(encoder, asked[:500])
    store = SqlStore(f"sqlite:///{folder / 'steady.sqlite3'}")
    await store.migrate()
    app = App(services(answering, store))
    for text in asked[:WARM_UP]:
        await _ask(app, text)
    chance, taken = random.Random(1), []

    async def timed(text: str, due: float) -> None:
        await _ask(app, text)
        taken.append(1000 * (perf_counter() - due))

    due, waiting = perf_counter(), []
    for text in asked[WARM_UP:]:
        due += chance.expovariate(EACH_SECOND)
        await asyncio.sleep(max(0.0, due - perf_counter()))
        # A question counts from when it was to come: that the bot was busy then is the bot's time.
        waiting.append(asyncio.create_task(timed(text, due)))
    await asyncio.gather(*waiting)
    await store.close()
    return {
        "encoder median": percentile(encoded, 0.5),
        "encoder p99": percentile(encoded, 0.99),
        "median": percentile(taken, 0.5),
        "p99": percentile(taken, 0.99),
        "memory": resident(),
    }


def fresh_questions(known: Sequence[str], count: int) -> list[str]:
    """Questions that nobody has asked before, each of two known ones' words, so that none is remembered."""
    chance = random.Random(0)
    words = [text.rstrip("?").split() for text in known]
    found: dict[str, None] = {}
    while len(found) < count:
        one, other = chance.sample(words, 2)
        found[" ".join((*one[: chance.randint(2, 6)], *other[-chance.randint(2, 6) :])) + "?"] = None
    return list(found)


def _encoded(encoder: Encoder, texts: Sequence[str]) -> list[float]:
    taken = []
    for text in texts:
        begun = perf_counter()
        encoder.encode([text])
        taken.append(1000 * (perf_counter() - begun))
    return taken


async def _ask(app: App, text: str) -> None:
    place = Place("test:channel/1", "test:community/1", platform=PLATFORM)
    await app.handle(Message(User("test:user/1", "member"), place, text, addressed=True))


async def measure(folder: Path) -> list[Figure]:
    """The figures, from a process of its own."""
    found = await answer("tests.benchmarks.load.steady", str(folder))
    both = f"{found['median']:.1f} / {found['p99']:.1f} ms"
    goal = f"{MEDIAN_GOAL:.0f} / {P99_GOAL:.0f} ms"
    met = found["median"] <= MEDIAN_GOAL and found["p99"] <= P99_GOAL
    return [
        Figure("Encoding a question, p50 / p99", f"{found['encoder median']:.1f} / {found['encoder p99']:.1f} ms"),
        Figure(f"{EACH_SECOND} questions a second on one core, p50 / p99", both, "", goal, met),
        Figure("The same: memory of that process", f"{found['memory']:.0f} MB"),
    ]


if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(json.dumps(asyncio.run(figures(Path(sys.argv[1])))))
