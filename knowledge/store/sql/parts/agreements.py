"""Who wants to hear of an answer, what waits for a second moderator, and what is lent."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from knowledge.pack.overlay import Change, Draft
from knowledge.pack.records import entry_of, record_of
from knowledge.store.agreements import LOAN_LIFE, Asker, Loan, Proposal
from knowledge.store.sql.parts.statements import Statements, are, utc
from knowledge.store.sql.tables import askers, loans, proposals

# As many letters as an id in a button may have.
_ID_BYTES = 8


class Agreements(Statements):
    """The part of the store that holds what people agreed to."""

    async def add_asker(
        self, community: str, question_id: str, person: str, *, name: str, notify: bool, now: datetime
    ) -> None:
        """Write a row."""
        key = {"community": community, "question_id": question_id, "person": person}
        row = {**key, "name": name, "notify": notify, "asked_at": utc(now)}
        await self._execute(self._upsert(askers, row))

    async def askers(self, community: str, questions: Sequence[str]) -> tuple[Asker, ...]:
        """Read the rows of some questions."""
        if not questions:
            return ()
        query = select(askers).where(askers.c.community == community, askers.c.question_id.in_(questions))
        rows = await self._database.rows(query.order_by(askers.c.asked_at, askers.c.person))
        return tuple(Asker(row.question_id, row.person, row.name, row.notify, row.asked_at) for row in rows)

    async def propose(self, community: str, draft: Draft, *, by: str, now: datetime, misses: Sequence[str] = ()) -> str:
        """Add a row."""
        made = secrets.token_hex(_ID_BYTES)
        row = {
            "community": community,
            "id": made,
            "content": _written(draft, misses),
            "made_by": by,
            "made_at": utc(now),
        }
        await self._execute(proposals.insert().values(row))
        return made

    async def proposals(self, community: str) -> tuple[Proposal, ...]:
        """Read a community's rows."""
        query = select(proposals).where(proposals.c.community == community)
        rows = await self._database.rows(query.order_by(proposals.c.made_at, proposals.c.id))
        return tuple(_proposal(row) for row in rows)

    async def drop_proposal(self, community: str, proposal_id: str) -> bool:
        """Delete a row."""
        row = {"community": community, "id": proposal_id}
        return await self._execute(delete(proposals).where(*are(proposals, row))) == 1

    async def lend(self, community: str, code: str, entry_id: str, *, by: str, now: datetime) -> None:
        """Add a row."""
        row = {"community": community, "code": code, "entry_id": entry_id, "made_by": by, "made_at": utc(now)}
        await self._execute(loans.insert().values(row))

    async def loans(self, community: str, now: datetime) -> tuple[Loan, ...]:
        """Read a community's rows."""
        query = select(loans).where(loans.c.community == community, loans.c.made_at > utc(now) - LOAN_LIFE)
        rows = await self._database.rows(query.order_by(loans.c.made_at, loans.c.code))
        return tuple(Loan(row.community, row.code, row.entry_id, row.made_at) for row in rows)

    async def loan(self, code: str, now: datetime) -> Loan | None:
        """Read one row, whosever it is."""
        query = select(loans).where(loans.c.code == code, loans.c.made_at > utc(now) - LOAN_LIFE)
        rows = await self._database.rows(query)
        return Loan(rows[0].community, rows[0].code, rows[0].entry_id, rows[0].made_at) if rows else None

    async def end_loan(self, community: str, code: str) -> None:
        """Delete one row."""
        await self._execute(delete(loans).where(*are(loans, {"community": community, "code": code})))


def _written(draft: Draft, misses: Sequence[str]) -> str:
    content = None if draft.entry is None else record_of(draft.entry)
    return json.dumps(
        {
            "entry_id": draft.entry_id,
            "change": draft.change.value,
            "entry": content,
            "expected": draft.expected,
            "base": draft.base,
            "note": draft.note,
            "misses": list(misses),
        }
    )


def _proposal(row: Row[Any]) -> Proposal:
    kept = json.loads(row.content)
    entry = None if kept["entry"] is None else entry_of(kept["entry"])
    draft = Draft(kept["entry_id"], Change(kept["change"]), entry, kept["expected"], kept["base"], kept["note"])
    return Proposal(row.id, draft, row.made_by, row.made_at, tuple(kept["misses"]))
