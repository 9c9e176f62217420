"""The scaled topology works, from a start to an end."""

from pathlib import Path

import pytest

from tests.deployment.topology import topology, use

pytestmark = pytest.mark.slow


async def test_two_replicas_and_two_shard_processes_share_one_database_and_survive_a_kill(tmp_path: Path) -> None:
    said: list[str] = []
    async with topology(tmp_path) as made:
        await use(made, said.append)
    assert len(said) == 6
