"""discord.py's log of a broken connection: a line a try, with the kind of error and no traceback."""

import logging

import pytest

from adapters.discord.log_lines import shorten


def test_a_try_to_connect_again_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    shorten()
    shorten()
    log = logging.getLogger("discord.shard")
    try:
        raise ConnectionResetError("secret")
    except ConnectionResetError as error:
        log.error("Attempting a reconnect for shard ID %s in %.2fs", 0, 1.5, exc_info=error)
        log.exception("Failed to connect for shard_id: %s. Retrying...", 0)
        log.exception("Something else")
    assert caplog.messages == [
        "Attempting a reconnect for shard ID 0 in 1.50s (ConnectionResetError)",
        "Failed to connect for shard_id: 0. Retrying... (ConnectionResetError)",
        "Something else",
    ]
    assert [record.exc_info is None for record in caplog.records] == [True, True, False]
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "ERROR"]
