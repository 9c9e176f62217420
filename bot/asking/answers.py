"""The wording of replies to questions: an entry's own text, a choice, the honest "I don't know"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from bot.chat.events import User
from bot.chat.markup import Anchor, Plain
from bot.chat.replies import (
    BUTTON_ID_LIMIT,
    Block,
    Button,
    Heading,
    Items,
    Lasting,
    Menu,
    Note,
    Reply,
    Text,
    blocks_of,
    echo,
    note,
    text,
)
from knowledge.matching.entry_texts import emphasized
from knowledge.pack.model import Entry, Fact, Pack, Source

NEAREST_TOPICS_LIMIT = 3
# How many shown entries of one pack are kept: nearly all that ship, or what a community asks most.
SHOWN_LIMIT = 40

HINT = "If this is about someone's safety: `/ijm referral`"
WELCOME = (
    "I answer questions about International Justice Mission (IJM) from a checked collection of questions and "
    "answers, each with its source and year. I never make up answers."
)
CLOSEST = "**Closest I have:**"
# What follows the entry in a thumb's value, so that its whole answer can be shown again.
_DELICATE, _DOUBTED = "hint", "closest"
SUGGEST = "Should I know this? You can suggest it to the moderators; your name isn't passed on."

_SHOWN: "WeakKeyDictionary[Pack, LRUCache[tuple[str, bool], _Shown]]" = WeakKeyDictionary()


def answer(
    pack: Pack, entry: Entry, next_best: str = "", *, told: str = "", hint: bool = False, private: bool = False
) -> Reply:
    """Return an entry's own text, with its source and the year of its figures below it. `next_best` are the ids that
    "Not what I meant" offers, with spaces between them; `told` is the sentence that is set in bold; `hint` adds the
    line about safety.
    """
    shown = _shown(pack, entry, hint, told)
    instead = (Button("Not what I meant", "instead", next_best),) if next_best else ()
    return Reply(shown.blocks, (*shown.buttons, *instead), private, menu=shown.menu, share=shown.share)


def answers(pack: Pack, entries: Sequence[Entry], *, hint: bool = False, private: bool = False) -> Reply:
    """Return the answers to several questions in one message, one below the other."""
    blocks: list[Block] = []
    buttons: list[Button] = []
    for number, entry in enumerate(entries):
        # The line about safety stands once, below the last one.
        blocks += _shown(pack, entry, hint and number == len(entries) - 1).blocks
        buttons.append(cite_button(entry, f"Cite {number + 1}"))
    return Reply(tuple(blocks), tuple(buttons), private)


def closest(
    pack: Pack, entry: Entry, others: Sequence[Entry], *, told: str = "", hint: bool = False, private: bool = False
) -> Reply:
    """Return the answer that is probably meant, marked as the closest, with the next ones a tap away."""
    shown = _shown(pack, entry, hint, told)
    # What may be about somebody's safety is not counted, and neither is what is opened from there.
    action = "normal" if hint else "entry"
    choices = (Button(other.label, action, other.id) for other in others)
    none = Button("None of these", "none", ids_of((entry, *others)))
    blocks = (text(CLOSEST), *shown.blocks)
    voting = thumbs(_voted_on(entry, _DOUBTED, hint=hint))
    buttons = (*choices, none, *voting, *shown.buttons[len(voting) :])
    return Reply(blocks, buttons, private, menu=_without(shown.menu, others), share=shown.share)


def _without(menu: Menu | None, entries: Sequence[Entry]) -> Menu | None:
    """Return a menu without the entries that are offered beside it; None if nothing is left."""
    offered = {entry.id for entry in entries}
    rows = tuple(row for row in menu.rows if row.value not in offered) if menu else ()
    return Menu(menu.label, rows) if menu and rows else None


def again(pack: Pack, voted_on: str) -> Reply:
    """Return the answer above a thumb with this value again, for the person who pressed it. The alternatives are left
    out, because nobody needs them now. Raises LookupError if the entry is gone.
    """
    entry_id, *said = voted_on.split(" ")
    entry = pack.entry(entry_id)
    if entry is None:
        raise LookupError(entry_id)
    shown = answer(pack, entry, hint=_DELICATE in said, private=True)
    return replace(shown, blocks=(text(CLOSEST), *shown.blocks)) if _DOUBTED in said else shown


def thumbs(voted_on: str) -> tuple[Button, ...]:
    """Return the two buttons for a vote on an answer."""
    return Button("👍", "helpful", voted_on), Button("👎", "unhelpful", voted_on)


def _voted_on(entry: Entry, *said: str, hint: bool) -> str:
    """Read a thumb's value: what it says about its answer."""
    return " ".join((entry.id, *([_DELICATE] if hint else []), *said))


@dataclass(frozen=True, slots=True)
class _Shown:
    """An entry as it is shown, whoever asks."""

    entry: Entry
    blocks: Lasting
    buttons: tuple[Button, ...]
    menu: Menu | None
    share: Button


def _shown(pack: Pack, entry: Entry, hint: bool, told: str = "") -> _Shown:
    """Return what is shown of an entry; it is made once, and kept as long as its pack."""
    if told:
        return _made(pack, entry, hint, told)
    of_pack = _SHOWN.get(pack)
    if of_pack is None:
        of_pack = _SHOWN[pack] = LRUCache(SHOWN_LIMIT)
    known = of_pack.get((entry.id, hint))
    # A preview shows another entry with that id, or another revision.
    if known is None or known.entry is not entry:
        known = of_pack[entry.id, hint] = _made(pack, entry, hint)
    return known


def _made(pack: Pack, entry: Entry, hint: bool, told: str = "") -> _Shown:
    answer = emphasized(entry.answer, told) if told else entry.answer
    blocks = (Heading(entry.question), *blocks_of(answer), *links(entry), *_hint(hint), source_note(pack, entry))
    related = tuple(entry_button(other) for other_id in entry.related if (other := pack.entry(other_id)))
    return _Shown(
        entry,
        Lasting(blocks),
        (*thumbs(_voted_on(entry, hint=hint)), cite_button(entry)),
        Menu("Related questions", related) if related else None,
        Button("Share here", "share", entry.id),
    )


def shared(pack: Pack, entry: Entry, by: User) -> Reply:
    """Return an answer that somebody shows to everyone."""
    return shared_by(answer(pack, entry), by)


def shared_by(reply: Reply, user: User) -> Reply:
    """Return a reply with the small print that says who shared it."""
    return replace(reply, blocks=(*reply.blocks, Note((Plain(f"Shared by {echo(user.name)}"),))))


def cite_button(entry: Entry, label: str = "Cite this") -> Button:
    """Return the button that cites the revision that was read, even if a moderator changes the entry meanwhile."""
    return Button(label, "cite", f"{entry.id} apa {entry.revision}")


def quoted(pack: Pack, fact: Fact) -> tuple[Block, ...]:
    """Return a fact to quote, with its source and year below it."""
    return Text((Plain(fact.text),)), fact_note(pack, fact)


def fact_note(pack: Pack, fact: Fact) -> Note:
    """Return the small print of a fact: its author and document, the section if it has one, and its year."""
    dated = f"Year: {fact.year}" if fact.year else "undated"
    return Note((Plain(f"Source: {credited(pack, fact.source)}{_section(fact.source)} · {dated}"),))


def credited(pack: Pack, source: Source) -> str:
    """Return a document after its author, if the pack knows one."""
    document = pack.document(source.document)
    return f"{document.author}, {document.title}" if document and document.author else source.document


def _section(source: Source) -> str:
    return f", “{source.section}”" if source.section else ""


def source_note(pack: Pack, entry: Entry) -> Note:
    """Return the small print of an entry: its document and section, and the year of its figures."""
    document = pack.document(entry.source.document)
    if document is None or not document.dated:
        dated = str(entry.as_of)
    else:
        dated = f"Figures: {entry.as_of}" if entry.has_figures else document.dated.capitalize()
    return Note((Plain(f"Source: {credited(pack, entry.source)}{_section(entry.source)} · {dated}"),))


def links(entry: Entry) -> tuple[Block, ...]:
    """Return the links of an entry that are not in its answer."""
    beside = [link for link in entry.links if link.url not in entry.answer]
    return (Items(tuple((Anchor((Plain(link.title),), link.url),) for link in beside)),) if beside else ()


def did_you_mean(entries: Sequence[Entry], *, hint: bool = False, private: bool = False) -> Reply:
    """Return a choice of questions."""
    asked = Items(tuple((Plain(entry.question),) for entry in entries))
    blocks = (*_hint(hint), text("I'm not sure which of these you mean. Did you mean:"), asked)
    # What may be about somebody's safety is not counted, and neither is what is opened from there.
    action = "normal" if hint else "entry"
    choices = (Button(entry.label, action, entry.id) for entry in entries)
    buttons = (*choices, Button("None of these", "none", ids_of(entries)))
    return Reply(blocks, buttons, private)


def related(entries: Sequence[Entry], *, private: bool = False) -> Reply:
    """Offer entries that are related to the one that was shown."""
    return Reply((text("Related questions:"),), tuple(entry_button(entry) for entry in entries), private)


def unknown(pack: Pack, near: Iterable[Entry], *, hint: bool = False, private: bool = False) -> Reply:
    """Return the reply that says the bot does not know, with the closest topics and how to suggest an entry."""
    blocks = [
        text("I don't know that. I can only answer from my collection of questions about IJM."),
        *_hint(hint),
    ]
    ids = list(dict.fromkeys(entry.topic for entry in near))[:NEAREST_TOPICS_LIMIT]
    topics = [topic for topic_id in ids if (topic := pack.topic(topic_id))]
    if topics:
        names = ", ".join(topic.title for topic in topics)
        blocks.append(text(f"Closest topics: {names}."))
    buttons = [Button(topic.title, "topic", topic.id) for topic in topics] or [Button("All topics", "topics")]
    return Reply((*blocks, note(SUGGEST)), (*buttons, Button("Suggest a question", "suggest")), private)


def entry_button(entry: Entry) -> Button:
    """Return the button that opens an entry."""
    return Button(entry.label, "entry", entry.id)


def ids_of(entries: Iterable[Entry]) -> str:
    """Return the ids of entries with spaces between them, as many as a button can carry."""
    room = BUTTON_ID_LIMIT - len("instead:")
    ids = ""
    for entry in entries:
        longer = f"{ids} {entry.id}".strip()
        if len(longer) > room:
            break
        ids = longer
    return ids


def _hint(shown: bool) -> tuple[Block, ...]:
    return (text(HINT),) if shown else ()
