"""Where a Slack app's installations are kept: slack_sdk's own tables, in the store's database, with sealed tokens."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import Column, MetaData, Table, Text, delete, func, inspect, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from knowledge.store.sealing import SEALED, Sealer
from knowledge.store.sql.database import Database

# Any number that no other lock in the database has; the migrations have another.
_LOCK = 0x51ACC
# The columns of slack_sdk's table of bots that hold secrets.
_SECRETS = ("bot_token", "bot_refresh_token")


class Installations(AsyncSQLAlchemyInstallationStore):
    """slack_sdk's store of installations, which keeps only what the bot needs, and not who installed it."""

    def __init__(self, client_id: str, engine: AsyncEngine, sealer: Sealer) -> None:
        super().__init__(client_id=client_id, engine=engine)
        self._sealer = sealer

    async def async_save(self, installation: Installation) -> None:
        """Keep the bot of an installation."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot, with its tokens sealed."""
        kept = copy(bot)
        for name in _SECRETS:
            if (secret := getattr(bot, name)) is not None:
                setattr(kept, name, self._sealer.seal(secret))
        await super().async_save_bot(kept)

    async def async_count(self) -> int:
        """Count the workspaces and organizations that have the app."""
        kept = self.bots.c
        places = select(kept.enterprise_id, kept.team_id).where(kept.client_id == self.client_id).distinct().subquery()
        async with self.engine.begin() as connection:
            return await connection.scalar(select(func.count()).select_from(places)) or 0

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Return the newest bot of a workspace, with its tokens as Slack gave them."""
        found = await super().async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        if found is not None:
            for name in _SECRETS:
                if (secret := getattr(found, name)) is not None:
                    setattr(found, name, self._sealer.open(secret))
        return found


class States(AsyncSQLAlchemyOAuthStateStore):
    """slack_sdk's states; each is good for one installation, even if two replicas are asked at once."""

    async def async_consume(self, state: str) -> bool:
        """Return whether the state was issued, is not too old, and was not consumed before."""
        row = self.oauth_states.c
        now = datetime.now(UTC).replace(tzinfo=None)
        async with self.engine.begin() as connection:
            await connection.execute(self.oauth_states.delete().where(row.expire_at <= now))
            gone = await connection.execute(self.oauth_states.delete().where(row.state == str(state)))
            return bool(gone.rowcount == 1)


@dataclass(frozen=True, slots=True)
class Tokens:
    """How many Slack tokens a database holds in plain text, and how many encrypted."""

    plain: int
    sealed: int


def slack_tables() -> MetaData:
    """Return the tables in which tokens are kept. States are not among them: they are good for minutes."""
    store, metadata = AsyncSQLAlchemyInstallationStore, MetaData()
    _roomy(store.build_bots_table(metadata, store.default_bots_table_name))
    store.build_installations_table(metadata, store.default_installations_table_name)
    return metadata


async def slack_stores(
    database: Database, client_id: str, seconds: int, keys: Sequence[str] = ()
) -> tuple[Installations, States]:
    """Return the installations of a Slack app, and the states of pending ones, which are good for `seconds`.

    Their tables are slack_sdk's affair, so they are no part of the migrations. Tokens that are there are encrypted
    with the first of the `keys`, if there are any; who installed the app, as earlier versions kept it, is deleted.
    Raises StoreError, also if tokens are encrypted with another key.
    """
    installations = Installations(client_id, database.engine, Sealer(keys))
    states = States(expiration_seconds=seconds, engine=database.engine)
    _roomy(installations.bots)

    async def create(connection: AsyncConnection) -> None:
        if not database.is_sqlite:
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        metadata: MetaData
        for metadata in (installations.metadata, states.metadata):
            await connection.run_sync(metadata.create_all)
        if not database.is_sqlite:
            await _make_room(connection, installations.bots)
        await connection.execute(delete(installations.installations))

    await database.change(create)
    await renew_tokens(database, keys)
    return installations, states


async def renew_tokens(database: Database, keys: Sequence[str]) -> None:
    """Encrypt the Slack tokens in a database with the first of the keys, if there are any.

    Raises StoreError if tokens are encrypted, and none of the keys fits.
    """
    bots, sealer = _bots(), Sealer(keys)

    async def renew(connection: AsyncConnection) -> None:
        if await connection.run_sync(lambda sync: inspect(sync).has_table(bots.name)):
            await _renew(connection, bots, sealer)

    await database.change(renew)


def _bots() -> Table:
    return slack_tables().tables[AsyncSQLAlchemyInstallationStore.default_bots_table_name]


async def tokens_at(url: str, patience: float) -> Tokens:
    """Count the Slack tokens in the database at a URL. Raises StoreError if it does not answer."""
    database = Database(url, patience)
    try:
        # SQLite would make the file.
        if database.path is not None and not database.path.exists():
            return Tokens(0, 0)
        return await database.read(tokens_on)
    finally:
        await database.close()


async def tokens_on(connection: AsyncConnection) -> Tokens:
    """Count the Slack tokens in a database."""
    bots = _bots()
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(bots.name)):
        return Tokens(0, 0)
    found = (await connection.scalars(select(bots.c.bot_token))).all()
    sealed = sum(str(each).startswith(SEALED) for each in found)
    return Tokens(len(found) - sealed, sealed)


def _roomy(bots: Table) -> Table:
    """Return the table with room for sealed tokens, which are longer than slack_sdk's columns."""
    for name in _SECRETS:
        bots.c[name].type = Text()
    return bots


async def _make_room(connection: AsyncConnection, bots: Table) -> None:
    """Widen the columns of a table that an earlier version made."""

    columns = await connection.run_sync(lambda sync: inspect(sync).get_columns(bots.name))
    for column in columns:
        if column["name"] in _SECRETS and getattr(column["type"], "length", None) is not None:
            await connection.execute(text(f"ALTER TABLE {bots.name} ALTER COLUMN {column['name']} TYPE text"))


async def _renew(connection: AsyncConnection, bots: Table, sealer: Sealer) -> None:
    columns: list[Column[str]] = [bots.c[name] for name in _SECRETS]
    for row in (await connection.execute(select(bots.c.id, *columns))).all():
        kept = {name: getattr(row, name) for name in _SECRETS if getattr(row, name) is not None}
        renewed = {name: sealer.renewed(secret) for name, secret in kept.items()}
        if renewed != kept:
            await connection.execute(update(bots).where(bots.c.id == row.id).values(renewed))
