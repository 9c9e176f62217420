"""The installations of a Slack app, beside the store in its database."""

import asyncio

from slack_sdk.oauth.installation_store import Installation

from knowledge.store.sql.installations import slack_stores
from tests.knowledge.store.databases import database


def installed(team: str, token: str) -> Installation:
    return Installation(app_id="A1", user_id="U1", team_id=team, bot_token=token, bot_id="B1", bot_user_id="U2")


async def test_replicas_that_start_together_make_the_tables_once(shared_url: str) -> None:
    async with database(shared_url) as one, database(shared_url) as other:
        await asyncio.gather(*(slack_stores(each, "1.2", 60) for each in (one, other)))


async def test_the_newest_token_of_a_workspace_is_found_until_it_leaves(shared_url: str) -> None:
    async with database(shared_url) as kept:
        installations, _ = await slack_stores(kept, "1.2", 60)
        for team, token in (("T1", "old"), ("T2", "other"), ("T1", "new")):
            await installations.async_save(installed(team, token))
        found = await installations.async_find_bot(enterprise_id=None, team_id="T1")
        assert found is not None
        assert found.bot_token == "new"
        another, _ = await slack_stores(kept, "another app", 60)
        assert await another.async_find_bot(enterprise_id=None, team_id="T1") is None
        await installations.async_delete_all(enterprise_id=None, team_id="T1")
        assert await installations.async_find_bot(enterprise_id=None, team_id="T1") is None
        assert await installations.async_find_bot(enterprise_id=None, team_id="T2") is not None


async def test_a_state_is_good_once_and_not_for_ever(shared_url: str) -> None:
    async with database(shared_url) as one, database(shared_url) as other:
        (_, here), (_, there) = [await slack_stores(each, "1.2", 60) for each in (one, other)]
        state = await here.async_issue()
        consumed = await asyncio.gather(here.async_consume(state), there.async_consume(state))
        assert sorted(consumed) == [False, True]
        _, brief = await slack_stores(one, "1.2", -1)
        assert await brief.async_consume(await brief.async_issue()) is False
        assert await here.async_consume("never issued") is False
