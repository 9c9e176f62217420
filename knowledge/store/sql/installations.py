"""Where a Slack app's installations are kept: slack_sdk's own tables, in the store's database."""

from datetime import UTC, datetime

from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import MetaData, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.sql.database import Database

# Any number that no other lock in the database has; the migrations have another.
_LOCK = 0x51ACC


class States(AsyncSQLAlchemyOAuthStateStore):
    """slack_sdk's states, each of which is good for one installation also when two replicas are asked at once."""

    async def async_consume(self, state: str) -> bool:
        """Whether the state was issued, is not too old, and was not consumed before."""
        row = self.oauth_states.c
        now = datetime.now(UTC).replace(tzinfo=None)
        async with self.engine.begin() as connection:
            await connection.execute(self.oauth_states.delete().where(row.expire_at <= now))
            gone = await connection.execute(self.oauth_states.delete().where(row.state == str(state)))
            return bool(gone.rowcount == 1)


def slack_tables() -> MetaData:
    """The tables in which tokens are kept. States are not among them: they are good for minutes."""
    store, metadata = AsyncSQLAlchemyInstallationStore, MetaData()
    store.build_bots_table(metadata, store.default_bots_table_name)
    store.build_installations_table(metadata, store.default_installations_table_name)
    return metadata


async def slack_stores(
    database: Database, client_id: str, seconds: int
) -> tuple[AsyncSQLAlchemyInstallationStore, States]:
    """The installations of one Slack app, and the states of installations under way, which are good for `seconds`.

    Their tables are slack_sdk's affair, so they are no part of the migrations. Raises StoreError.
    """
    installations = AsyncSQLAlchemyInstallationStore(client_id=client_id, engine=database.engine)
    states = States(expiration_seconds=seconds, engine=database.engine)

    async def create(connection: AsyncConnection) -> None:
        if not database.is_sqlite:
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        metadata: MetaData
        for metadata in (installations.metadata, states.metadata):
            await connection.run_sync(metadata.create_all)

    await database.change(create)
    return installations, states
