"""What goes into a paper or a post: one dated fact with its source, and citations."""

from dataclasses import replace
from typing import Annotated

from bot import answers
from bot.browse import topic_named
from bot.commands import About, BadArgument, Completes, Handlers, command
from bot.context import Context
from bot.markup import Plain, Strong
from bot.replies import Button, Copyable, Heading, Reply, Text, note
from knowledge.citations import Style
from knowledge.citations import cite as citation
from knowledge.model import Entry, Fact
from knowledge.search import Found


@command()
async def fact(
    context: Context,
    topic: Annotated[str | None, About("a fact about one topic", Completes.TOPIC)] = None,
) -> Reply:
    """Get one quotable fact with its year and source; none comes twice until you have seen all."""
    pack = context.pack
    topic_id = topic_named(pack, topic).id if topic else ""
    drawn = context.services.deck.draw(context.pack, context.place.id, topic_id or None)
    if drawn is None:
        raise BadArgument("There is no fact of this topic; try /ijm fact without one.")
    return _fact(*drawn, topic_id)


def _fact(entry: Entry, card: Fact, topic_id: str) -> Reply:
    buttons = (
        Button("Another one", "fact", topic_id),
        Button("Read more", "entry", entry.id),
        Button("Cite this", "cite", entry.id),
    )
    share = Button("Share here", "sharefact", f"{entry.facts.index(card)} {entry.id}")
    return Reply(answers.quoted(card), buttons, share=share)


def posted(entry: Entry, card: Fact) -> Reply:
    """A fact for all, where nobody asked for it just then."""
    return replace(_fact(entry, card, ""), share=None)


@command()
async def cite(
    context: Context,
    entry: Annotated[str, About("the entry: its id, its question, or what you would ask", Completes.ENTRY)],
    style: Annotated[Style, About("how the citation is written")] = Style.APA,
) -> Reply:
    """Cite an entry as APA, MLA, Chicago or BibTeX, with its section and date."""
    return _cited(context, _meant(context, entry), Style(style))


def _meant(context: Context, name: str) -> Entry:
    """The entry of that id, or that surely answers that question."""
    pack = context.pack
    found = pack.entry(name.strip().lower())
    if found is not None:
        return found
    verdict = context.library.search.ask(name)
    if isinstance(verdict, Found):
        return verdict.entry
    near = ", ".join(match.entry.id for match in verdict.matches)
    raise BadArgument(f"I'm not sure which entry you mean. {f'Near it: {near}.' if near else 'See /ijm topics.'}")


def _cited(context: Context, entry: Entry, style: Style) -> Reply:
    pack = context.pack
    document = pack.document(entry.source.document)
    if document is None:
        raise LookupError(f"{entry.id} cites a document that the pack does not list: {entry.source.document}")
    copy = Copyable(citation(entry, document, style, context.services.now().date()))
    other = tuple(Button(s.label, "cite", f"{entry.id} {s.value}") for s in Style if s is not style)
    title = Heading(f"{style.label} citation")
    about = Text((Plain("For: "), Strong((Plain(entry.question),))))
    return Reply((title, about, copy, note("Check it against your style guide before you hand it in.")), other)


async def _another(context: Context, value: str) -> Reply:
    """The next fact, for the one who asks; it can be shared."""
    topic_id = topic_named(context.pack, value).id if value else ""
    drawn = context.services.deck.draw(context.pack, context.place.id, topic_id or None)
    if drawn is None:
        return answers.unknown(context.pack, (), private=True)
    entry, card = drawn
    return replace(_fact(entry, card, topic_id), private=True)


async def _share(context: Context, value: str) -> Reply:
    """Show an answer to all."""
    entry = context.pack.entry(value)
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    return answers.shared(context.pack, entry, context.user)


async def _share_fact(context: Context, value: str) -> Reply:
    """Show a fact to all."""
    place, _, entry_id = value.partition(" ")
    entry = context.pack.entry(entry_id)
    if entry is None or not place.isdecimal() or int(place) >= len(entry.facts):
        return answers.unknown(context.pack, (), private=True)
    reply = _fact(entry, entry.facts[int(place)], "")
    return replace(reply, blocks=(*reply.blocks, answers.shared_by(context.user)))


async def _cite(context: Context, value: str) -> Reply:
    entry_id, _, style = value.partition(" ")
    cited = await cite.run(context, {"entry": entry_id, "style": style or Style.APA.value})
    return replace(cited, private=True)


COMMANDS = (fact, cite)
HANDLERS = Handlers({"fact": _another, "cite": _cite, "share": _share, "sharefact": _share_fact})
