"""What goes into a paper or a post: one dated fact with its source, and citations."""

from typing import Annotated

from bot import answers
from bot.browse import topic_named
from bot.commands import About, Action, BadArgument, Completes, command
from bot.context import Context
from bot.markup import Plain, Strong
from bot.replies import Button, Copyable, Heading, Note, Reply, Text, note
from knowledge.citations import Style
from knowledge.citations import cite as citation
from knowledge.model import Entry
from knowledge.search import Found


@command()
async def fact(
    context: Context,
    topic: Annotated[str | None, About("a fact about one topic", Completes.TOPIC)] = None,
) -> Reply:
    """Get one quotable fact with its year and source; none comes twice until you have seen all."""
    pack = context.services.pack
    topic_id = topic_named(pack, topic).id if topic else None
    drawn = context.services.deck.draw(context.place.id, topic_id)
    if drawn is None:
        raise BadArgument("There is no fact of this topic; try /ijm fact without one.")
    entry, card = drawn
    source = Note((Plain(f"Source: {card.source.document}, “{card.source.section}” · Year: {card.year}"),))
    buttons = (
        Button("Another one", "fact", topic_id or ""),
        answers.entry_button(entry),
        Button("Cite this", "cite", entry.id),
    )
    return Reply((Text((Plain(card.text),)), source), buttons)


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
    pack = context.services.pack
    found = pack.entry(name.strip().lower())
    if found is not None:
        return found
    verdict = context.services.search.ask(name)
    if isinstance(verdict, Found):
        return verdict.entry
    near = ", ".join(match.entry.id for match in verdict.matches)
    raise BadArgument(f"I'm not sure which entry you mean. {f'Near it: {near}.' if near else 'See /ijm topics.'}")


def _cited(context: Context, entry: Entry, style: Style) -> Reply:
    pack = context.services.pack
    document = pack.document(entry.source.document)
    if document is None:
        raise LookupError(f"{entry.id} cites a document that the pack does not list: {entry.source.document}")
    copy = Copyable(citation(entry, document, style, context.services.today()))
    other = tuple(Button(s.label, "cite", f"{entry.id} {s.value}") for s in Style if s is not style)
    title = Heading(f"{style.label} citation")
    about = Text((Plain("For: "), Strong((Plain(entry.question),))))
    return Reply((title, about, copy, note("Check it against your style guide before you hand it in.")), other)


async def _another(context: Context, value: str) -> Reply:
    return await fact.run(context, {"topic": value} if value else {})


async def _cite(context: Context, value: str) -> Reply:
    entry_id, _, style = value.partition(" ")
    return await cite.run(context, {"entry": entry_id, "style": style or Style.APA.value})


COMMANDS = (fact, cite)
ACTIONS: dict[str, Action] = {"fact": _another, "cite": _cite}
