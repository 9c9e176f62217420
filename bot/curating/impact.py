"""What a change of the knowledge would do to the answers, found out before it is saved."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Items, Text, echo, text
from bot.commands.context import Context
from knowledge.matching.practice import practice
from knowledge.matching.search import Search, Unknown
from knowledge.matching.search.collisions import Collision, collisions
from knowledge.pack.model import Entry, Pack

# Of more collisions only the number is told: who sees so many will not read them one by one.
SHOWN_LIMIT = 8
# A phrasing that another entry would be offered for this surely is one of that entry (0 to 1).
ALIKE_SCORE = 0.55


@dataclass(frozen=True, slots=True)
class Check:
    """What was found: the entries that already answer what the new one would, and the questions that would go wrong.

    `gained` are questions that nothing should answer, as long as there is no such entry: perhaps this one now does.
    `taken` are phrasings that another entry has word for word, and goes on answering; beside each that entry.
    """

    alike: tuple[Entry, ...]
    collisions: tuple[Collision, ...]
    gained: tuple[Collision, ...] = ()
    taken: tuple[tuple[str, Entry], ...] = ()

    @property
    def summary(self) -> str:
        """The collisions as they are recorded with a change that was saved all the same; empty if there are none."""
        if not self.collisions:
            return ""
        listed = "; ".join(f"“{each.text}”: {each.before} → {each.after}" for each in self.collisions[:SHOWN_LIMIT])
        return f"saved in spite of {len(self.collisions)} questions that go elsewhere: {listed}"


async def check(context: Context, after: Pack, changed: Entry | None = None) -> Check:
    """Run all stored phrasings and the practice questions again with the knowledge as it would be.

    `changed` is the entry that is added or edited, whose phrasings are also held against the other entries.
    """
    return await asyncio.to_thread(_check, context, after, changed)


def _check(context: Context, after: Pack, changed: Entry | None) -> Check:
    before = context.library.search
    changing = context.services.search.adapted(after.entries, context.settings.unanswerable_questions)
    alike = _alike(before, changed) if changed else ()
    taken = tuple(_taken(changing, changed)) if changed else ()
    found = collisions(before, changing, practice())
    gained = [each for each in found if changed is not None and not each.accept and each.after == changed.id]
    return Check(alike, tuple(each for each in found if each not in gained), tuple(gained), taken)


def _alike(before: Search, changed: Entry) -> tuple[Entry, ...]:
    """Other entries that are now offered for the phrasings of one, the most often first."""
    hits: Counter[str] = Counter()
    found: dict[str, Entry] = {}
    for phrasing in changed.phrasings:
        verdict = before.ask(phrasing)
        if isinstance(verdict, Unknown) or verdict.matches[0].score < ALIKE_SCORE:
            continue
        best = verdict.matches[0].entry
        if best.id != changed.id:
            hits[best.id] += 1
            found[best.id] = best
    return tuple(found[entry_id] for entry_id, _ in hits.most_common(2))


def _taken(changing: Search, changed: Entry) -> Iterator[tuple[str, Entry]]:
    """The phrasings of an entry that would find another one, which has the same words; with that one."""
    for phrasing in changed.phrasings:
        owner = changing.worded(phrasing)
        if owner is not None and owner.id != changed.id:
            yield phrasing, owner


def blocks_of(found: Check, pack: Pack) -> tuple[Block, ...]:
    """What was found, in words."""
    blocks: list[Block] = []
    for phrasing, entry in found.taken:
        owner = Strong((Plain(entry.question),))
        blocks.append(Text((Plain(f"“{echo(phrasing)}” stays with "), owner, Plain(", which has these very words."))))
    for entry in found.alike:
        blocks.append(
            Text((Plain("This looks like "), Strong((Plain(entry.question),)), Plain(": add it there as a phrasing?")))
        )
    if found.collisions:
        blocks.append(text(f"**Questions that would go elsewhere with this change: {len(found.collisions)}**"))
        blocks += _listed([_line(each, pack) for each in found.collisions])
    if found.gained:
        blocks.append(text("**Questions that nothing answered and this would. Does it?**"))
        blocks += _listed([f"“{echo(each.text)}”" for each in found.gained])
    return tuple(blocks)


def _listed(lines: Sequence[str]) -> tuple[Block, ...]:
    more = len(lines) - SHOWN_LIMIT
    shown = Items(tuple((Plain(line),) for line in lines[:SHOWN_LIMIT]))
    return (shown, text(f"… and {more} more.")) if more > 0 else (shown,)


def _line(collision: Collision, pack: Pack) -> str:
    right = _names(sorted(collision.accept), pack) if collision.accept else "no answer"
    return f"“{echo(collision.text)}”: {_name(collision.after, pack)} instead of {right}"


def _names(ids: Iterable[str], pack: Pack) -> str:
    return " or ".join(_name(entry_id, pack) for entry_id in ids)


def _name(entry_id: str | None, pack: Pack) -> str:
    entry = pack.entry(entry_id) if entry_id else None
    return f"“{entry.question}”" if entry else "no answer"
