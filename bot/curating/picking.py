"""Choosing an entry from a list, the likeliest first, where a platform has no completion."""

from collections.abc import Iterable

from bot.chat.markup import Plain
from bot.chat.replies import Button, Menu, Reply, Text
from bot.commands.context import Context
from knowledge.pack.model import Entry


def pick(context: Context, question: str, action: str, before: str = "", words: str = "") -> Reply:
    """Return all entries of the community as a menu; choosing one does the action with its id (after `before`, if
    given). The likeliest for some words come first; without words, the community's own, then the others by title.
    """
    entries = context.pack.entries
    if words.strip():
        search = context.library.search
        likely = [match.entry for match in search.ask(words).matches]
        rest = search.complete(words, len(entries))
        entries = tuple({entry.id: entry for entry in (*likely, *rest)}.values())
    else:
        shipped = context.services.pack
        entries = tuple(sorted(entries, key=lambda each: (each is shipped.entry(each.id), each.label.casefold())))
    return pick_of(entries, question, action, before)


def pick_of(entries: Iterable[Entry], question: str, action: str, before: str = "") -> Reply:
    """Return some entries as a menu; choosing one does the action with its id (after `before`, if given)."""
    rows = tuple(Button(entry.label, action, f"{before} {entry.id}".strip()) for entry in entries)
    return Reply((Text((Plain(question),)),), private=True, menu=Menu("Choose an entry", rows))
