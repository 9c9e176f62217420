"""A process of the bot that only posts what is due: `python -m tests.bot.app.posting_worker URL SOCKET KEYED SECONDS`.

It says "ready", begins on a line of input, and says how many it posted when nothing is due any more. Its clock is so many
SECONDS ahead. What it posts goes to a platform that listens on the SOCKET; if KEYED is "keyed", one that knows keys.
"""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from bot.app.app import App
from bot.app.posting import post_due
from bot.chat.outbox import Outbox
from bot.chat.replies import Reply
from bot.commands.context import Library
from bot.operating.bootstrap import services
from knowledge.pack.files import load_pack
from knowledge.store.sql.store import SqlStore

# It has no encoder, and nothing else of it is looked at.
NOTHING: Any = SimpleNamespace(encoder=None)


class Wire(Outbox):
    """Posts over a connection each, and returns when the platform says that it has it."""

    def __init__(self, path: str, *, keyed: bool) -> None:
        self._path = path
        self.remembers = timedelta(minutes=2) if keyed else timedelta()

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        reader, writer = await asyncio.open_unix_connection(self._path)
        told = {"key": key, "place": place, "text": reply.plain, "pid": os.getpid()}
        writer.write(json.dumps(told).encode() + b"\n")
        assert await reader.readline() == b"ok\n"
        writer.close()
        await writer.wait_closed()


async def main(url: str, path: str, keyed: str, ahead: str) -> None:
    store = SqlStore(url)
    # Posting searches nothing, and the search takes seconds to build.
    made = services(Library(load_pack(), NOTHING, NOTHING, NOTHING), store)
    object.__setattr__(made, "now", lambda: datetime.now(UTC) + timedelta(seconds=int(ahead)))
    made.outboxes.connect("test:", Wire(path, keyed=keyed == "keyed"))
    app, posted = App(made), 0
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    while await store.due_schedules("test:", made.now(), 1) or await store.abandoned_posts("test:", made.now(), 1):
        posted += await post_due(app)
    print(posted, flush=True)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
