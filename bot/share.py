"""What goes into a paper: citations; and showing an answer to all."""

from dataclasses import replace
from typing import Annotated

from bot import answers
from bot.commands import About, BadArgument, Completes, Handlers, command
from bot.context import Context
from bot.markup import Plain, Strong
from bot.replies import Button, Copyable, Heading, Reply, Text, note
from knowledge.citations import Style
from knowledge.citations import cite as citation
from knowledge.model import Entry
from knowledge.search import Found


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


async def _share(context: Context, value: str) -> Reply:
    """Show an answer to all."""
    entry = context.pack.entry(value)
    if entry is None:
        return answers.unknown(context.pack, (), private=True)
    return answers.shared(context.pack, entry, context.user)


async def _cite(context: Context, value: str) -> Reply:
    entry_id, _, style = value.partition(" ")
    cited = await cite.run(context, {"entry": entry_id, "style": style or Style.APA.value})
    return replace(cited, private=True)


COMMANDS = (cite,)
HANDLERS = Handlers({"cite": _cite, "share": _share})
