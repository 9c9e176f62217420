"""What discord.py logs while it connects again: one line each time, without the traceback."""

import logging

# discord.py's loggers, and how their messages begin that come with each try.
_LOGGERS = ("discord.client", "discord.shard")
_AGAIN = ("Attempting a reconnect", "Failed to connect for shard")


def shorten() -> None:
    """Let the log name the error of a broken connection, and leave out where it was noticed."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_short)


def _short(record: logging.LogRecord) -> bool:
    if record.exc_info and str(record.msg).startswith(_AGAIN):
        error = record.exc_info[1]
        record.msg, record.args = f"{record.getMessage()} ({type(error).__name__})", ()
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    return True
