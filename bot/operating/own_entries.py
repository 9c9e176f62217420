"""A community's own entries from a file, tried without a chat: beside the shipped ones, or alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.commands.context import Library
from knowledge.pack.exchange.import_export import load
from knowledge.pack.exchange.import_plan import FilledIn, Outcome, plan
from knowledge.pack.overlay import Overlay, Revision, effective

_REFUSED = {Outcome.REJECTED, Outcome.AMBIGUOUS}


class RefusedEntriesError(Exception):
    """Some rows of a file of entries are refused; the text says for each what to change."""


def with_entries(base: Library, file: Path, *, only: bool, tell: Callable[[str], None]) -> Library:
    """Return the library with the entries of a file as an import would take them; with `only`, these alone.

    A row without a topic, a source, or a year gets the first topic, the file's name, and this year. `tell` is given
    what should be known of the file. Raises BadFile if the file cannot be read, and RefusedEntriesError if a row of it
    cannot be taken.
    """
    now, notes = datetime.now(UTC), list[str]()
    rows = load(file.name, file.read_bytes(), notes)
    pack = replace(base.pack, entries=()) if only else base.pack
    filled_in = FilledIn(pack.topics[0].id, file.name, now.year)
    made = plan(rows, pack, Overlay(0), f"from {file.name}", filled_in=filled_in)
    refused = [f"row {step.place}: {step.why}" for step in made.steps if step.outcome in _REFUSED]
    if refused:
        raise RefusedEntriesError("\n".join([f"{file.name} cannot be taken as it is:", *refused]))
    for note in (*notes, *(f"row {step.place}: {each}" for step in made.steps for each in step.warnings)):
        tell(note)
    revisions = (Revision(d.entry_id, d.number, d.change, d.entry, d.base, d.note, "", now) for d in made.drafts)
    pack = effective(pack, Overlay(1, tuple(revisions)))
    return replace(base, pack=pack, search=base.search.adapted(pack.entries))
