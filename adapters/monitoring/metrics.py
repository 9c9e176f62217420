"""The metrics for Prometheus, without a label that could tell people or communities apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.asking.ask import COUNTED
from bot.chat.events import Event
from bot.commands.metrics import Failure, Metrics, PlatformError, Step
from bot.schedules.delivery import ENDS, TARDY

# Seconds: from the matching alone to the 3 that Discord and Slack wait, and the 25 after which the core gives up.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10, 25)


class DatabaseErrors(Collector):
    """Reads what the store has counted."""

    def __init__(self, errors: Callable[[], Mapping[str, int]]) -> None:
        self._errors = errors

    def collect(self) -> Iterator[Metric]:
        """Return the counts, of each reason from the start."""
        errors = CounterMetricFamily("ijm_database_errors", "Calls of the database that failed", labels=["reason"])
        for reason, count in self._errors().items():
            errors.add_metric([reason], count)
        yield errors


class PrometheusMetrics(Metrics):
    """Counts since the start of the process, in `registry`. All counts of `platforms` start at 0, or else increase()
    would miss the first failure.
    """

    def __init__(self, platforms: Iterable[str] = ()) -> None:
        self.registry = registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        Info("ijm_build", "The version that runs", registry=registry).info({"version": version("ijm-answers")})
        self._questions = Counter("ijm_questions", "Questions, by what became of them", ["kind"], registry=registry)
        self._seconds = Histogram(
            "ijm_answer_seconds", "Time for an answer, in the core", ["event"], registry=registry, buckets=BUCKETS
        )
        for event in get_args(Event):
            self._seconds.labels(event.__name__.lower())
        self._under_way = Gauge(
            "ijm_under_way", "What has come in and is not answered yet", ["platform"], registry=registry
        )
        self._failures = Counter("ijm_failures", "Events without their answer", ["why"], registry=registry)
        self._limited = Counter("ijm_limited", "Events beyond the limits", registry=registry)
        self._errors = Counter(
            "ijm_platform_errors", "What went wrong on the way to a platform", ["platform", "error"], registry=registry
        )
        self._connected = Gauge(
            "ijm_connected", "Whether a platform that is served is connected", ["platform"], registry=registry
        )
        self._communities = Gauge(
            "ijm_communities", "Servers and workspaces that the bot is in", ["platform"], registry=registry
        )
        self._backup = Gauge(
            "ijm_last_backup_timestamp_seconds", "When the last backup was made; 0 if never", registry=registry
        )
        self._reconnects = Counter("ijm_reconnects", "Connections made anew", ["platform"], registry=registry)
        self._steps = Histogram(
            "ijm_step_seconds", "Time for a step of an answer", ["step"], registry=registry, buckets=BUCKETS
        )
        for step in Step:
            self._steps.labels(step)
        self._posts = Counter("ijm_posts", "Scheduled posts, by what became of them", ["state"], registry=registry)
        for state in (*ENDS, TARDY):
            self._posts.labels(state)
        for kind in COUNTED:
            self._questions.labels(kind)
        for why in Failure:
            self._failures.labels(why)
        for platform in platforms:
            self._under_way.labels(platform)
            self._communities.labels(platform)
            self._reconnects.labels(platform)
            for error in PlatformError:
                self._errors.labels(platform, error)

    def watch(self, errors: Callable[[], Mapping[str, int]]) -> None:
        """Also show the store's own counts."""
        self.registry.register(DatabaseErrors(errors))

    def question(self, kind: str) -> None:
        """Count it."""
        self._questions.labels(kind).inc()

    @contextmanager
    def answering(self, event: str) -> Iterator[None]:
        """Time it."""
        with self._seconds.labels(event).time():
            yield

    @contextmanager
    def step(self, step: Step) -> Iterator[None]:
        """Time it."""
        with self._steps.labels(step).time():
            yield

    @contextmanager
    def under_way(self, platform: str) -> Iterator[None]:
        """Count it while it lasts."""
        with self._under_way.labels(platform).track_inprogress():
            yield

    def failed(self, why: Failure) -> None:
        """Count it."""
        self._failures.labels(why).inc()

    def post(self, state: str) -> None:
        """Count it."""
        self._posts.labels(state).inc()

    def limited(self) -> None:
        """Count it."""
        self._limited.inc()

    def platform_error(self, platform: str, error: PlatformError) -> None:
        """Count it."""
        self._errors.labels(platform, error).inc()

    def communities(self, counts: Mapping[str, int]) -> None:
        """Show how many communities the bot is in on each platform."""
        for platform, count in counts.items():
            self._communities.labels(platform).set(count)

    def last_backup(self, at: float) -> None:
        """Show when the last backup was made, in seconds since 1970."""
        self._backup.set(at)

    def connections(self, states: Mapping[str, bool]) -> None:
        """Show which served platforms are connected."""
        self._connected.clear()
        for platform, up in states.items():
            self._connected.labels(platform).set(up)

    def reconnected(self, platform: str) -> None:
        """Count it."""
        self._reconnects.labels(platform).inc()
