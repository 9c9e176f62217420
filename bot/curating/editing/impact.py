"""What a change would do to the answers, found out before it is saved."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.chat.markup import Plain, Strong
from bot.chat.replies import Block, Items, Text, counted, echo, text
from bot.commands.context import Context
from knowledge.matching import Closest, Found, Search, Suggestions, Unknown
from knowledge.matching.collisions import Collision, collisions
from knowledge.matching.practice import practice
from knowledge.pack.model import Entry, Pack
from knowledge.plain.text import phrase_key

# How many collisions are listed; of the rest only the number is shown.
SHOWN_LIMIT = 8
# From this score (0 to 1) on, a phrasing probably belongs to the other entry.
ALIKE_SCORE = 0.55


@dataclass(frozen=True, slots=True)
class Shared:
    """A phrasing of two entries: `other` had it first; `stays` says that `other` still answers it."""

    text: str
    other: Entry
    stays: bool


@dataclass(frozen=True, slots=True)
class Check:
    """The findings: entries that already answer what the new one would, and questions that would go wrong. `gained` are
    questions without an answer so far, which this entry might answer. `shared` are phrasings that the change gives to a
    second entry.
    """

    alike: tuple[Entry, ...]
    collisions: tuple[Collision, ...]
    gained: tuple[Collision, ...] = ()
    shared: tuple["Shared", ...] = ()

    @property
    def told(self) -> bool:
        """Whether a moderator should see anything before saving."""
        return bool(self.collisions or self.gained or self.shared)

    @property
    def summary(self) -> str:
        """The collisions as the history records them with a change that was saved anyway; empty if there are none."""
        if not self.collisions:
            return ""
        listed = "; ".join(f"“{each.text}”: {each.before} → {each.after}" for each in self.collisions[:SHOWN_LIMIT])
        return f"saved although {len(self.collisions)} questions go elsewhere: {listed}"


async def check(context: Context, after: Pack, changed: Entry | None = None) -> Check:
    """Ask the stored phrasings and the practice questions again with the changed knowledge. `changed` is the entry that
    is added or edited; its phrasings are also compared with the other entries.
    """
    return await asyncio.to_thread(_check, context, after, changed)


def _check(context: Context, after: Pack, changed: Entry | None) -> Check:
    before = context.library.search
    # Built from the community's current knowledge, so that only new texts are encoded.
    changing = before.adapted(after.entries, context.settings.unanswerable_questions)
    alike = _alike(before, changed, _new(context.pack, changed)) if changed else ()
    shared = tuple(_shared(context.pack, after, changing))
    guessed = collisions(before, changing, practice())
    found = [each for collision in guessed if (each := _real(changing, collision)) is not None]
    gained = [each for each in found if changed is not None and not each.accept and each.after == changed.id]
    return Check(alike, tuple(each for each in found if each not in gained), tuple(gained), shared)


def _real(changing: Search, guessed: Collision) -> Collision | None:
    """Return a collision as members will meet it; None if the question is still answered correctly. Collisions are
    found without stored phrasings; a phrasing that is stored for the right entry keeps its answer.
    """
    verdict = changing.ask(guessed.text)
    now = verdict.entry.id if isinstance(verdict, Found | Closest) else None
    if now in guessed.accept or (now is None and not guessed.accept):
        return None
    return replace(guessed, after=now, choice=isinstance(verdict, Suggestions))


def _new(pack: Pack, changed: Entry) -> tuple[str, ...]:
    """Return the phrasings that an entry has not had so far."""
    known = pack.entry(changed.id)
    there = set(known.phrasings) if known else set()
    return tuple(phrasing for phrasing in changed.phrasings if phrasing not in there)


def _alike(before: Search, changed: Entry, new: Sequence[str]) -> tuple[Entry, ...]:
    """Return other entries that are now offered for an entry's new phrasings, the most frequent first."""
    hits: Counter[str] = Counter()
    found: dict[str, Entry] = {}
    for phrasing in new:
        verdict = before.ask(phrasing)
        if isinstance(verdict, Unknown) or verdict.matches[0].score < ALIKE_SCORE:
            continue
        best = verdict.matches[0].entry
        if best.id != changed.id:
            hits[best.id] += 1
            found[best.id] = best
    return tuple(found[entry_id] for entry_id, _ in hits.most_common(2))


def _shared(before: Pack, after: Pack, changing: Search) -> Iterator[Shared]:
    """Yield the phrasings that an entry gets although another entry has the same words."""
    owners: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in after.entries:
        for phrasing in entry.phrasings:
            owners[phrase_key(phrasing)].append(entry)
    for entry in after.entries:
        then = before.entry(entry.id)
        if then is entry:
            continue
        had = set(map(phrase_key, then.phrasings)) if then is not None else set()
        for phrasing in entry.phrasings:
            key = phrase_key(phrasing)
            other = next((each for each in owners[key] if each.id != entry.id), None) if key not in had else None
            if other is not None:
                answering = changing.worded(phrasing)
                yield Shared(phrasing, other, stays=answering is not None and answering.id == other.id)


def blocks_of(found: Check, pack: Pack) -> tuple[Block, ...]:
    """Describe the findings."""
    blocks: list[Block] = []
    for each in found.shared[:SHOWN_LIMIT]:
        owner = Strong((Plain(each.other.question),))
        stays = f"“{echo(each.text)}” stays with ", ", which has the same words."
        goes = f"“{echo(each.text)}” is taken from ", ", which has the same words."
        before, behind = stays if each.stays else goes
        blocks.append(Text((Plain(before), owner, Plain(behind))))
    if len(found.shared) > SHOWN_LIMIT:
        blocks.append(text(f"… and {counted(len(found.shared) - SHOWN_LIMIT, 'more phrasing')} of other entries."))
    for entry in found.alike:
        blocks.append(
            Text((Plain("This looks like "), Strong((Plain(entry.question),)), Plain(": add it there as a phrasing?")))
        )
    if found.collisions:
        blocks.append(text(f"**Questions that this change would send elsewhere: {len(found.collisions)}**"))
        blocks += _listed([_line(each, pack) for each in found.collisions])
    if found.gained:
        blocks.append(text("**These had no answer and would now get this one. Is that right?**"))
        blocks += _listed([f"“{echo(each.text)}”" for each in found.gained])
    return tuple(blocks)


def _listed(lines: Sequence[str]) -> tuple[Block, ...]:
    more = len(lines) - SHOWN_LIMIT
    shown = Items(tuple((Plain(line),) for line in lines[:SHOWN_LIMIT]))
    return (shown, text(f"… and {more} more.")) if more > 0 else (shown,)


def _line(collision: Collision, pack: Pack) -> str:
    right = _names(sorted(collision.accept), pack) if collision.accept else "no answer"
    then = "a choice" if collision.choice else _name(collision.after, pack)
    return f"“{echo(collision.text)}”: {then} instead of {right}"


def _names(ids: Iterable[str], pack: Pack) -> str:
    return " or ".join(_name(entry_id, pack) for entry_id in ids)


def _name(entry_id: str | None, pack: Pack) -> str:
    entry = pack.entry(entry_id) if entry_id else None
    return f"“{entry.question}”" if entry else "no answer"
