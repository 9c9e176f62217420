"""The wording of what asking leads to: an entry's own text, a choice, the honest "I don't know", the safety card."""

from collections.abc import Iterable

from bot.markup import Plain
from bot.replies import BUTTON_ID_LIMIT, Block, Button, Heading, Note, Reply, blocks_of, note, short, text
from knowledge.model import Entry, Pack
from knowledge.search import Found, Match, Unknown, Verdict

# Related questions under an answer: with "Cite this" and "Not what I meant" they fill Discord's row of five.
RELATED_LIMIT = 3
NEAREST_TOPICS_LIMIT = 3

HINT = "If this is about someone's safety: `/ijm referral`"
WELCOME = (
    "I answer questions about International Justice Mission (IJM) from a checked collection of questions and "
    "answers, each with its source and year. I never make an answer up."
)
SUGGEST = "Should I know it? Tell a moderator of this community, who can add it."


def answer(pack: Pack, entry: Entry, next_best: str = "", *, hint: bool = False, private: bool = False) -> Reply:
    """An entry's own text, with its source and the year of its figures below it.

    `next_best` are the ids, parted by spaces, that "Not what I meant" offers; `hint` adds the line about safety.
    """
    blocks = (Heading(entry.question), *blocks_of(entry.answer), *_hint(hint), source_note(pack, entry))
    related = [other for other_id in entry.related if (other := pack.entry(other_id))][:RELATED_LIMIT]
    buttons = [entry_button(other) for other in related]
    buttons.append(Button("Cite this", "cite", entry.id))
    if next_best:
        buttons.append(Button("Not what I meant", "instead", next_best))
    return Reply(blocks, tuple(buttons), private)


def source_note(pack: Pack, entry: Entry) -> Note:
    """The small print of an entry: its document and section, and the year that its figures speak for."""
    document = pack.document(entry.source.document)
    figures = entry.has_figures or document is None
    dated = f"Figures: {entry.as_of}" if figures or document is None else document.dated.capitalize()
    return Note((Plain(f"Source: {entry.source.document}, “{entry.source.section}” · {dated}"),))


def did_you_mean(entries: Iterable[Entry], ids: str, *, hint: bool = False, private: bool = False) -> Reply:
    """A choice of questions; `ids` is what the button "None of these" carries on."""
    blocks = (*_hint(hint), text("I'm not sure which of these you mean. Did you mean:"))
    buttons = (*(entry_button(entry) for entry in entries), Button("None of these", "none", ids))
    return Reply(blocks, buttons, private)


def unknown(pack: Pack, near: Iterable[Entry], *, hint: bool = False, private: bool = False) -> Reply:
    """The word that the bot does not know, the topics nearest to the question, and how to suggest an entry."""
    blocks = [
        text("I don't know that. I only say what is in my collection of questions and answers about IJM."),
        *_hint(hint),
    ]
    ids = list(dict.fromkeys(entry.topic for entry in near))[:NEAREST_TOPICS_LIMIT]
    topics = [topic for topic_id in ids if (topic := pack.topic(topic_id))]
    if topics:
        blocks.append(text("The nearest topics that I know something about:"))
    buttons = [Button(topic.title, "topic", topic.id) for topic in topics] or [Button("All topics", "topics")]
    return Reply((*blocks, note(SUGGEST)), tuple(buttons), private)


def safety_card(pack: Pack, verdict: Verdict) -> Reply:
    """The pinned card, with the normal answer one tap away; nothing of the message is in it or kept."""
    if isinstance(verdict, Unknown):
        ids = ""
    else:
        ids = ids_of(verdict.matches[:1] if isinstance(verdict, Found) else verdict.matches)
    return Reply(blocks_of(pack.safety.text), (Button("I was asking for a paper", "normal", ids),), private=True)


def card_again() -> Reply:
    """What a person gets who writes again while the card is still fresh."""
    return Reply(
        (text("I'm a bot, not a hotline. Who can help is in the card that I showed you, and in `/ijm referral`."),),
        private=True,
    )


def entry_button(entry: Entry) -> Button:
    """The button that opens an entry."""
    return Button(short(entry.question), "entry", entry.id)


def ids_of(matches: Iterable[Match]) -> str:
    """The ids of matches, parted by spaces, as many as a button can carry."""
    room = BUTTON_ID_LIMIT - len("instead:")
    ids = ""
    for match in matches:
        longer = f"{ids} {match.entry.id}".strip()
        if len(longer) > room:
            break
        ids = longer
    return ids


def _hint(shown: bool) -> tuple[Block, ...]:
    return (text(HINT),) if shown else ()
