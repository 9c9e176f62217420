"""The log: lines for people or objects for programs, never with what somebody wrote."""

import asyncio
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from bot.operating.settings import LogFormat, LogLevel

log = logging.getLogger(__name__)

PRETTY = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Our own loggers, at any level. Libraries log whole messages at DEBUG.
_OURS = ("adapters", "bot", "knowledge")


class _Places(logging.Formatter):
    """Shows an exception and its causes by type and place only: a message may hold what somebody typed."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's name)
        """Return the types and places, the first cause first."""
        return "\n".join(_told(ei[1]))


def _told(error: BaseException | None) -> Iterator[str]:
    if error is None:
        return
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield "which led to"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
    module, name = type(error).__module__, type(error).__qualname__
    yield name if module == "builtins" else f"{module}.{name}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _told(each)


def unretrieved(_: asyncio.AbstractEventLoop, about: dict[str, Any]) -> None:
    """Log what asyncio noticed, without its own text, which contains the exception's message."""
    error = about.get("exception")
    log.error("Something broke, and nobody waited for it", exc_info=error if isinstance(error, Exception) else None)


class _Json(_Places, JsonFormatter):
    """One object a line: time (UTC), level, logger, message, what stands beside it, and a traceback."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (logging's name)
        """Return the moment in ISO 8601, to the millisecond."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def begin(form: LogFormat, level: LogLevel) -> None:
    """Log to stderr in this form, from this level on; libraries at most from INFO on."""
    handler = logging.StreamHandler()
    if form is LogFormat.JSON:
        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        handler.setFormatter(_Json(PRETTY, rename_fields=names, exc_info_as_array=False))
    else:
        handler.setFormatter(_Places(PRETTY))
    least = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(least, logging.INFO), handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(least)
    # It tells of each of its plugins, which helps no operator.
    logging.getLogger("alembic").setLevel(max(least, logging.WARNING))
