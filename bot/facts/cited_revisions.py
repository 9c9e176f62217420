"""Revisions of entries for members: what a citation names, and its text, which stays readable."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.asking import answers
from bot.chat.markup import Plain
from bot.chat.replies import Block, Button, Heading, Items, Reply, Text, blocks_of, text
from bot.commands.context import Context
from knowledge.pack.citations import long_day
from knowledge.pack.lint import unpinned
from knowledge.pack.model import Entry
from knowledge.pack.overlay import Revision


@dataclass(frozen=True, slots=True)
class CitedRevision:
    """One revision of an entry as a community has it.

    `entry` is None if this revision removed it. `at` is when a moderator made it (UTC), None for the text that ships
    with the bot, which is revision 1. `newest` is the community's last revision, if any.
    """

    entry_id: str
    number: int
    entry: Entry | None
    at: datetime | None = None
    newest: Revision | None = None

    @property
    def name(self) -> str:
        """Its name in a sentence."""
        return f"revision {self.number}" + (f" of {long_day(self.at)}" if self.at else "")

    @property
    def is_newest(self) -> bool:
        """Whether it is the community's current revision."""
        return self.newest is None or self.newest.number == self.number


async def current(context: Context, entry: Entry) -> CitedRevision:
    """Return the current revision of an entry."""
    # An entry that nobody here has changed is the shipped one, which has no history to read.
    if context.services.pack.entry(entry.id) is entry:
        return CitedRevision(entry.id, entry.revision, entry)
    return await numbered(context, entry.id, entry.revision) or CitedRevision(entry.id, entry.revision, entry)


async def numbered(context: Context, entry_id: str, number: int) -> CitedRevision | None:
    """Return the revision with that number, even of a removed entry; None if there is none."""
    base = context.services.pack.entry(entry_id)
    if base is not None and number == base.revision and context.pack.entry(entry_id) is base:
        # Nobody here has changed it, so there is no history to read.
        return CitedRevision(entry_id, number, base)
    revisions = await context.services.store.history(context.community, entry_id)
    newest = revisions[0] if revisions else None
    found = _numbered(revisions, number)
    if found is not None:
        entry = replace(found.entry, revision=number) if found.entry else None
        return CitedRevision(entry_id, number, entry, found.at, newest)
    if base is None or number != base.revision:
        return None
    return CitedRevision(entry_id, number, base, None, newest)


def is_safe(context: Context, entry: Entry) -> bool:
    """Return whether every phone number in an entry is still a checked one."""
    return not unpinned(entry, context.services.pack, context.pinned)


def is_ours(context: Context, cited: CitedRevision) -> bool:
    """Return whether moderators of this community wrote a cited revision's text (not just another phrasing)."""
    base = context.services.pack.entry(cited.entry_id)
    return cited.at is not None and (base is None or _said(cited.entry) != _said(base))


def read_button(cited: CitedRevision) -> Button:
    """Return the button that opens a cited revision."""
    return Button(f"Read revision {cited.number}", "edition", f"{cited.number} {cited.entry_id}")


def read(context: Context, cited: CitedRevision) -> Reply:
    """Return the text of a cited revision with its number, its date, and whether it is the current one."""
    entry = cited.entry
    blocks: list[Block] = [Text((Plain(f"{_capital(cited.name)}. {standing(cited)}"),))]
    buttons: list[Button] = []
    if entry is None:
        blocks.insert(0, Heading(f"Entry “{cited.entry_id}”"))
    elif not is_safe(context, entry):
        blocks.insert(0, Heading(f"Entry “{cited.entry_id}”"))
        blocks.append(
            text(
                "It has a phone number that is no longer among the checked ones, so I don't show its text. Moderators "
                "see it in `/ijm-mod history`. If you need help: `/ijm referral`"
            )
        )
    else:
        blocks = [Heading(entry.question), *blocks, *_body(context, entry)]
        buttons.append(answers.cite_button(entry, "Cite this revision"))
    if context.pack.entry(cited.entry_id) is not None and not cited.is_newest:
        buttons.append(Button("Read what I say today", "entry", cited.entry_id))
    return Reply(tuple(blocks), tuple(buttons), private=True)


def standing(cited: CitedRevision) -> str:
    """Say whether a cited revision is current, and if not, what came after it."""
    if cited.entry is None:
        return "In this revision, this community's moderators removed the entry, so it has no text."
    newest = cited.newest
    if newest is None or cited.is_newest:
        shipped = "" if cited.at else "It ships with me. "
        return f"{shipped}It is the newest, and what I say today."
    if newest.entry is None:
        return f"It is not what I say today: this community's moderators removed the entry on {long_day(newest.at)}."
    return f"It is not what I say today: revision {newest.number} of {long_day(newest.at)} is the newest."


def _numbered(revisions: Sequence[Revision], number: int) -> Revision | None:
    return next((each for each in revisions if each.number == number), None)


def _body(context: Context, entry: Entry) -> tuple[Block, ...]:
    facts = Items(tuple((Plain(fact.text),) for fact in entry.facts))
    quotable = (text("Facts to quote:"), facts) if entry.facts else ()
    return (*blocks_of(entry.answer), *answers.links(entry), *quotable, answers.source_note(context.pack, entry))


def _said(entry: Entry | None) -> tuple[object, ...]:
    return () if entry is None else (entry.question, entry.answer, entry.facts, entry.source, entry.as_of, entry.links)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
