"""Copies of JSON."""

from typing import Any

import orjson


def copied(value: Any) -> Any:
    """A copy that shares nothing with the original; through JSON, which takes far less than `deepcopy`."""
    return orjson.loads(orjson.dumps(value))
