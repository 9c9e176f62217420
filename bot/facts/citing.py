"""Citations for a paper: of an entry as it reads now, or of one of its revisions."""

from dataclasses import replace
from typing import Annotated

from bot.chat.events import Value
from bot.chat.markup import Emphasis, Plain, Strong
from bot.chat.replies import Block, Button, Copyable, Heading, Note, Reply, Text, echo, note
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.refusals import number_in
from bot.facts import cited_revisions
from bot.facts.cited_revisions import CitedRevision
from knowledge.matching import Closest, Found
from knowledge.pack.citations import Style
from knowledge.pack.citations import cite as citation
from knowledge.pack.model import Entry
from knowledge.pack.overlay import document_of

# More digits than any revision number has.
DIGITS_LIMIT = 9
# Other citation styles that people may name behind a question.
_OTHER_STYLES = frozenset({"vancouver", "ieee", "ama", "acs", "asa", "apsa", "turabian", "oscola", "bluebook", "cse"})


@command()
async def cite(
    context: Context,
    entry: Annotated[str, About("the entry: its id, its question, or what you would ask", Completes.ENTRY)],
    style: Annotated[Style, About("how the citation is written")] = Style.APA,
    revision: Annotated[int | None, About("a revision by its number, with its text; old ones work, too")] = None,
) -> Reply:
    """Cite an entry in APA, MLA, Chicago, Harvard or BibTeX.

    If this community changed the entry, the citation names the revision and its date. With `revision`, you also see its
    text.
    """
    if revision is None:
        return _cited(context, await cited_revisions.current(context, _meant(context, entry)), Style(style))
    cited = await _numbered(context, entry, revision)
    reply, text = _cited(context, cited, Style(style)), cited_revisions.read(context, cited)
    if reply == text:
        return reply
    newest = (button for button in text.buttons if button.action == "entry")
    styles = (button for button in reply.buttons if button.action == "cite")
    return replace(reply, blocks=(*reply.blocks, *text.blocks), buttons=(*styles, *newest))


def _meant(context: Context, name: str) -> Entry:
    """Return the entry with this id, or the one that probably answers this question."""
    pack = context.pack
    found = pack.entry(name.strip().lower())
    if found is not None:
        return found
    first, *rest = name.split() or [""]
    if rest and (pack.entry(first.lower()) or rest[-1].lower() in _OTHER_STYLES):
        raise BadArgument(f"I don't have the style “{echo(rest[-1])}”. The styles are: {', '.join(Style)}.")
    verdict = context.library.search.ask(name)
    if isinstance(verdict, Found | Closest):
        return verdict.entry
    near = ", ".join(match.entry.id for match in verdict.matches)
    raise BadArgument(f"I'm not sure which entry you mean. {f'Near it: {near}.' if near else 'See /ijm topics.'}")


async def _numbered(context: Context, name: str, number: int) -> CitedRevision:
    """Return a revision of an entry; a removed entry has to be named by its id. Raises BadArgument."""
    found = await cited_revisions.numbered(context, name.strip().lower(), number)
    if found is None:
        entry = _meant(context, name)
        found = await cited_revisions.numbered(context, entry.id, number)
        if found is None:
            newest = f"the newest is {entry.revision}"
            raise BadArgument(f"There is no revision {echo(str(number))} of “{entry.id}”; {newest}.")
    if found.entry is None:
        raise BadArgument(f"Revision {number} of “{found.entry_id}” removed the entry: it has no text to cite.")
    return found


def _cited(context: Context, cited: CitedRevision, style: Style) -> Reply:
    entry = cited.entry
    if entry is None or not cited_revisions.is_safe(context, entry):
        return cited_revisions.read(context, cited)
    document, today = document_of(context.pack, entry), context.services.now().date()
    written = citation(entry, document, style, today, cited.at.date() if cited.at else None)
    shown = Text(tuple(Emphasis((Plain(text),)) if italic else Plain(text) for text, italic in written.pieces))
    which = f" {cited.number}" if cited.at or cited.newest else ""
    buttons = [Button(s.label, "cite", f"{entry.id} {s.value}{which}") for s in Style if s is not style]
    if which:
        buttons.append(cited_revisions.read_button(cited))
    blocks: list[Block] = [
        Heading(f"{style.label} citation"),
        Text((Plain("For: "), Strong((Plain(entry.question),)))),
        *((shown,) if style is not Style.BIBTEX else ()),
        Copyable(written.plain),
    ]
    if cited_revisions.is_ours(context, cited):
        said = f"Moderators of this community wrote this text ({cited.name}). Check it against its source."
        blocks.append(Note((Plain(said),)))
    return Reply((*blocks, note("Check it against your style guide before you hand it in.")), tuple(buttons))


async def _cite(context: Context, value: str) -> Reply:
    """Return a citation in another style, or of a shown revision, which may no longer be the newest."""
    entry_id, _, rest = value.partition(" ")
    style, _, number = rest.partition(" ")
    given: dict[str, Value] = {"entry": entry_id, "style": style or Style.APA.value}
    if not number:
        return replace(await cite.run(context, given), private=True)
    cited = await _numbered(context, entry_id, _number(number))
    reply = _cited(context, cited, Style(str(cite.options[1].read(given["style"]))))
    if cited.is_newest or not reply.buttons:
        return replace(reply, private=True)
    return replace(reply, blocks=(*reply.blocks, Note((Plain(cited_revisions.standing(cited)),))), private=True)


async def _read(context: Context, value: str) -> Reply:
    """Return the text of a revision."""
    number, _, entry_id = value.partition(" ")
    found = await cited_revisions.numbered(context, entry_id, _number(number))
    if found is None:
        raise BadArgument("This revision no longer exists.")
    return cited_revisions.read(context, found)


def _number(text: str) -> int:
    """Read a revision's number; 0, which no revision has, if the text is not a number."""
    return number_in(text, DIGITS_LIMIT) or 0


COMMANDS = (cite,)
HANDLERS = Handlers({"cite": _cite, "edition": _read})
