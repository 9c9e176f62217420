"""Choosing an entry from a list, where a platform has no completion while one types."""

from collections.abc import Iterable

from bot.chat.markup import Plain
from bot.chat.replies import Button, Menu, Reply, Text, short
from knowledge.pack.model import Entry, Pack


def pick(pack: Pack, question: str, action: str, before: str = "") -> Reply:
    """All entries of a pack as a menu; choosing one does the action with its id (behind `before`, if given)."""
    return pick_of(pack.entries, question, action, before)


def pick_of(entries: Iterable[Entry], question: str, action: str, before: str = "") -> Reply:
    """Some entries as a menu; choosing one does the action with its id (behind `before`, if given)."""
    rows = tuple(Button(short(entry.question), action, f"{before} {entry.id}".strip()) for entry in entries)

    return Reply((Text((Plain(question),)),), private=True, menu=Menu("Choose an entry", rows))
