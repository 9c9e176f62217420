"""The installations of a Slack app, beside the store in its database."""

import asyncio

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from sqlalchemy import Text, cast, select

from knowledge.store.protocol import StoreError
from knowledge.store.sql.database import Database
from knowledge.store.sql.installations import Tokens, renew_tokens, slack_stores, slack_tables, tokens_at
from tests.knowledge.store.databases import PATIENCE, database

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


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
        assert await installations.async_count() == 2
        another, _ = await slack_stores(kept, "another app", 60)
        assert await another.async_count() == 0
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


async def told(kept: Database) -> str:
    """All that the database says in Slack's tables."""
    tables = slack_tables().tables.values()
    found = [row for table in tables for row in await kept.rows(select(*(cast(each, Text) for each in table.columns)))]
    return repr(found)


async def test_tokens_are_encrypted_and_keys_can_change(shared_url: str) -> None:
    async with database(shared_url) as kept:
        plain, _ = await slack_stores(kept, "1.2", 60)
        await plain.async_save(installed("T1", "xoxb-first"))
        assert "xoxb-first" in await told(kept)
        assert await tokens_at(shared_url, PATIENCE) == Tokens(plain=1, sealed=0)

        sealed, _ = await slack_stores(kept, "1.2", 60, [OLD])
        await sealed.async_save(installed("T2", "xoxb-" + "9" * 200))
        assert "xoxb-" not in await told(kept)
        assert await tokens_at(shared_url, PATIENCE) == Tokens(plain=0, sealed=2)
        for keys in ([OLD], [NEW, OLD]):
            store, _ = await slack_stores(kept, "1.2", 60, keys)
            for team, token in (("T1", "xoxb-first"), ("T2", "xoxb-" + "9" * 200)):
                found = await store.async_find_bot(enterprise_id=None, team_id=team)
                assert found is not None
                assert found.bot_token == token
        # All of them are encrypted with the newest key now, so the old one can go.
        await renew_tokens(kept, [NEW])


@pytest.mark.parametrize("keys", [[], [OTHER]])
async def test_without_the_right_key_nothing_starts_and_nothing_is_lost(shared_url: str, keys: list[str]) -> None:
    async with database(shared_url) as kept:
        sealed, _ = await slack_stores(kept, "1.2", 60, [OLD])
        await sealed.async_save(installed("T1", "xoxb-first"))
        before = await told(kept)
        with pytest.raises(StoreError, match="Set IJM_ENCRYPTION_KEYS"):
            await slack_stores(kept, "1.2", 60, keys)
        with pytest.raises(StoreError, match="Set IJM_ENCRYPTION_KEYS"):
            await renew_tokens(kept, keys)
        assert await told(kept) == before


async def test_a_database_without_tokens_needs_no_key(shared_url: str) -> None:
    async with database(shared_url) as kept:
        await renew_tokens(kept, [])
        await renew_tokens(kept, [NEW])
        assert await tokens_at(shared_url, PATIENCE) == Tokens(0, 0)
        with pytest.raises(StoreError, match="holds something that is no key"):
            await renew_tokens(kept, ["short"])


async def test_who_installed_the_app_is_not_kept(shared_url: str) -> None:
    async with database(shared_url) as kept:
        theirs = AsyncSQLAlchemyInstallationStore(client_id="1.2", engine=kept.engine)
        await slack_stores(kept, "1.2", 60)
        await theirs.async_save(installed("T1", "xoxb-first"))
        assert "U1'" in await told(kept)
        ours, _ = await slack_stores(kept, "1.2", 60)
        await ours.async_save(installed("T2", "xoxb-second"))
        assert "U1'" not in await told(kept)
        found = await ours.async_find_bot(enterprise_id=None, team_id="T1")
        assert found is not None
        assert found.bot_token == "xoxb-first"
