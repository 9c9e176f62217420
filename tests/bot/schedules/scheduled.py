"""A clock that the tests turn, a platform that takes posts, and schedules started as a moderator starts them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.app.app import App
from bot.app.posting import post_due
from bot.chat.outbox import Outbox
from bot.chat.replies import Reply
from bot.commands.context import Services
from knowledge.store.schedules import Post, PostState, Schedule
from tests.people import CHANNEL, chosen, moderated

# A Sunday.
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOME = CHANNEL.community
FACTS = f"{HOME}/C9"
ELSEWHERE = f"{HOME}/C8"
ZONE = "America/New_York"


@dataclass
class Clock:
    """A time that passes when it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Platform(Outbox):
    """Takes posts, and remembers their keys if `remembers` says so; or does first what `trouble` says."""

    remembers: timedelta = timedelta()
    taken: list[tuple[str, Reply]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    # What the next tries meet with; the post arrives nevertheless before a `maybe`.
    trouble: list[Exception] = field(default_factory=list)
    arriving: bool = False
    closed: Exception | None = None
    sees: bool = False

    async def check(self, community: str, place: str) -> None:
        if self.closed is not None:
            raise self.closed

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        assert len(key) <= 25
        assert place.startswith(community)
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is not None and not self.arriving:
            raise trouble
        if not (self.remembers and key in self.keys):
            self.taken.append((place, reply))
        self.keys.append(key)
        if trouble is not None:
            raise trouble

    async def arrived(self, community: str, place: str, reply: Reply, *, since: datetime) -> bool | None:
        return any(each.blocks == reply.blocks for _, each in self.taken) if self.sees else None

    @property
    def texts(self) -> list[str]:
        """What was posted, without the source."""
        return [Reply(reply.blocks[:-1]).plain for _, reply in self.taken]


class Watch:
    """A bot with a clock that the test turns; what becomes of the schedules of one community."""

    def __init__(self, app: App, clock: Clock, community: str) -> None:
        self.app = app
        self.clock = clock
        self.community = community
        self.store = app.services.store

    async def at_due(self, late: timedelta = timedelta(seconds=7)) -> int:
        """Turn the clock to shortly after the next post is due, and post; how many were posted."""
        due = [each.next_at for each in await self.store.schedules(self.community) if each.next_at is not None]
        self.clock.now = min(due) + late
        return await post_due(self.app)

    async def now(self, schedule: Schedule) -> Schedule:
        """The schedule as it is kept now."""
        found = await self.store.schedule(self.community, schedule.id)
        assert found is not None
        return found

    async def newest(self) -> Schedule:
        """The schedule that was started last."""
        return (await self.store.schedules(self.community))[-1]

    async def posts(self, schedule: Schedule) -> Sequence[Post]:
        """Its last posts."""
        return await self.store.posts(self.community, schedule.id)

    async def states(self, schedule: Schedule) -> list[PostState]:
        """The states of its last posts, the newest first."""
        return [post.state for post in await self.posts(schedule)]


class Scene(Watch):
    """A bot with a platform of the test's own; `apps` are processes on the same store."""

    def __init__(self, services: Services, processes: int = 1) -> None:
        clock = Clock()
        self.platform = Platform()
        services.outboxes.connect("test:", self.platform)
        self.apps = [App(replace(services, now=clock)) for _ in range(processes)]
        super().__init__(self.apps[0], clock, HOME)

    async def start(self, **given: str | bool) -> Schedule:
        """A schedule that a moderator has started; by default daily at nine in New York."""
        before = {each.id for each in await self.store.schedules(HOME)}
        wanted = {"channel": FACTS, "time": "09:00", "zone": ZONE} | given
        preview = await moderated(self.app, "schedule", **wanted)
        assert "Started" in (await chosen(self.app, preview, "Start it")).plain
        return next(each for each in await self.store.schedules(HOME) if each.id not in before)
