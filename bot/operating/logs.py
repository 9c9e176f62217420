"""The log: lines for people or objects for programs, and in neither what somebody wrote."""

import logging
from datetime import UTC, datetime

from pythonjsonlogger.json import JsonFormatter

from bot.operating.settings import LogFormat, LogLevel

PRETTY = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# What is ours, and may be logged in any detail. Libraries log whole messages when they debug.
_OURS = ("adapters", "bot", "knowledge")


class _Json(JsonFormatter):
    """One object a line: time (UTC), level, logger, message, what stands beside it, and a traceback."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (logging's name)
        """The moment in ISO 8601, to the millisecond."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def begin(form: LogFormat, level: LogLevel) -> None:
    """Log to stderr in this form, from this level on; libraries at most from INFO on."""
    handler = logging.StreamHandler()
    if form is LogFormat.JSON:
        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        handler.setFormatter(_Json(PRETTY, rename_fields=names, exc_info_as_array=False))
    else:
        handler.setFormatter(logging.Formatter(PRETTY))
    least = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(least, logging.INFO), handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(least)
    # It tells of each of its plugins, which helps no operator.
    logging.getLogger("alembic").setLevel(max(least, logging.WARNING))
