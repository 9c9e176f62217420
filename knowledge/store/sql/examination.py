"""Looking at an SQL database, and changing nothing."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store import migrations
from knowledge.store.examination import Examination, State
from knowledge.store.sql.database import Database


async def examined(url: str, patience: float) -> Examination:
    """Return the database at a URL. Raises StoreError if the URL is wrong or the database does not answer."""
    database = Database(url, patience)
    try:
        path = database.path
        if path is not None and not path.exists():
            return Examination(database.name, State.ABSENT, path=path)
        step = await database.read(lambda connection: connection.run_sync(migrations.step_of))
        damage = await database.read(_damage) if database.is_sqlite else ""
        writable = database.is_sqlite or await database.read(_is_writable)
        if database.is_sqlite and not damage:
            # Waits for its turn to write, and writes nothing.
            await database.change(_nothing)
    finally:
        await database.close()
    known = migrations.steps()
    return Examination(database.name, _state(step, known), step, known[0], damage, writable, path)


def _state(step: str | None, known: tuple[str, ...]) -> State:
    if step is None:
        return State.EMPTY
    if step not in known:
        return State.NEWER
    return State.CURRENT if step == known[0] else State.BEHIND


async def _nothing(connection: AsyncConnection) -> None:
    pass


async def _damage(connection: AsyncConnection) -> str:
    found = str(await connection.scalar(text("PRAGMA quick_check(1)")))
    return "" if found == "ok" else found


async def _is_writable(connection: AsyncConnection) -> bool:
    """Return whether this is no standby, and the user may make tables and change them."""
    allowed = "has_schema_privilege(current_schema(), 'CREATE')"
    return bool(await connection.scalar(text(f"SELECT NOT pg_is_in_recovery() AND {allowed}")))
