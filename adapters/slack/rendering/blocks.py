"""From a reply to Block Kit, within Slack's limits; nothing pings, links or formats unless the bot means it to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from adapters.slack.rendering.controls import BACK, Json, controls, mrkdwn_text, one_line, plain_text, row
from adapters.slack.rendering.mrkdwn import ELLIPSIS, GUARD, bold, cut, escape, fenced, mrkdwn
from bot.chat.replies import Block, Copyable, Fields, File, Heading, Image, Items, Note, Reply, Text, kept

# node-slack-sdk packages/types/src/block-kit: blocks.ts and block-elements.ts.
BLOCKS_LIMIT = 50
SECTION_LIMIT = 3000
HEADER_LIMIT = 150
CONTEXT_LIMIT = 2000
# Of all texts of a message's blocks; undocumented, refused from about 13,200 (github.com/slackapi/bolt-js, issue 2509).
MESSAGE_LIMIT = 13_000
# What Slack advises for the text that notifications and screen readers get (docs.slack.dev, methods/chat.postMessage).
TEXT_LIMIT = 4000
# How many pieces of small print a message keeps, however long it is.
NOTES_LIMIT = 4


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply for Slack: blocks in Slack's JSON, and its text for notifications and screen readers."""

    text: str
    blocks: list[dict[str, Any]]

    @property
    def message(self) -> dict[str, Any]:
        """Return the arguments of a message: the text, and the blocks if there are any."""
        return {"text": self.text, "blocks": self.blocks} if self.blocks else {"text": self.text}


@dataclass(frozen=True, slots=True)
class _Header:
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    text: str


@dataclass(frozen=True, slots=True)
class _Small:
    text: str


_Piece = _Header | _Section | _Small


def render(reply: Reply, *, newer: bool = False) -> Rendered:
    """Render every block and button of a reply, cut to Slack's limits. With `newer`, feedback and deletion are in a
    `context_actions` block, which not every Slack accepts.
    """
    text = kept(reply.blocks, "slack text", lambda: escape(Reply(reply.blocks).plain))
    if reply.choices:
        text = f"{text}\n\n{escape(Reply((), reply.buttons, menu=reply.menu).plain)}"
    return Rendered(cut(text.strip(), TEXT_LIMIT) or ELLIPSIS, _blocks(reply, newer=newer))


def homes(reply: Reply, *, start: bool) -> Iterator[dict[str, Any]]:
    """Yield a reply as the Home tab, and then as text alone; with a way back, unless it is the tab's `start`."""
    shown = reply if start else Reply(reply.blocks, (*reply.buttons, BACK), menu=reply.menu)
    yield {"type": "home", "blocks": _blocks(shown)}
    texts = [_shown(_Section(text)) for text in _sections(reply)]
    yield {"type": "home", "blocks": texts if start else [*texts, row([BACK])]}


def _sections(reply: Reply) -> Iterator[str]:
    """Yield the text of a reply in parts that each fit into a section."""
    text = cut(escape(Reply(reply.blocks).plain).strip(), MESSAGE_LIMIT) or ELLIPSIS
    yield from filter(_shows, _packed(text.splitlines()))


def _blocks(reply: Reply, *, newer: bool = False) -> list[Json]:
    beneath = controls(reply, newer=newer)
    room = MESSAGE_LIMIT - sum(map(_size, beneath))
    most = BLOCKS_LIMIT - len(beneath)

    def fitting() -> list[Json]:
        return [_shown(piece) for piece in _fitting(list(_pieces(reply.blocks)), room, most)]

    return [*kept(reply.blocks, ("slack", room, most), fitting), *beneath]


def _shown(piece: _Piece) -> Json:
    match piece:
        case _Header(text):
            return {"type": "header", "text": plain_text(text, HEADER_LIMIT)}
        case _Section(text):
            return {"type": "section", "text": mrkdwn_text(text)}
        case _Small(text):
            return {"type": "context", "elements": [mrkdwn_text(text)]}
        case _:
            assert_never(piece)


def _pieces(blocks: Sequence[Block]) -> Iterator[_Piece]:
    """Yield the blocks as pieces that each fit into one of Slack's; empty ones are left out."""
    for place, block in enumerate(blocks):
        match block:
            case Heading(text) if place == 0:
                title = one_line(text, HEADER_LIMIT)
                yield from [_Header(title)] if title else []
            case Note(spans):
                small = cut(mrkdwn(spans), CONTEXT_LIMIT)
                yield from [_Small(small)] if _shows(small) else []
            case _:
                yield from (_Section(text) for text in _packed(_lines(block)) if _shows(text))


def _lines(block: Block) -> list[str]:
    match block:
        case Heading(text):
            return [bold(text)]
        case Text(spans) | Note(spans):
            return [mrkdwn(spans)]
        case Items(items, ordered, first):
            return [f"{f'{n}.' if ordered else '•'} {mrkdwn(item)}" for n, item in enumerate(items, start=first)]
        case Fields(pairs):
            return [f"{bold(name)}\n{mrkdwn(spans)}" for name, spans in pairs]
        case Copyable(text):
            return [fenced(text)]
        case Image() | File():
            # They are sent as separate files (`files.py`).
            return []
        case _:
            assert_never(block)


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """Join as many lines as fit into one section; cut a single line that is too long."""
    packed = ""
    for line in lines:
        longer = f"{packed}\n{line}" if packed else line
        if len(longer) > SECTION_LIMIT:
            if packed:
                yield packed
            longer = cut(line, SECTION_LIMIT)
        packed = longer
    yield packed


def _fitting(pieces: Sequence[_Piece], room: int, most: int) -> list[_Piece]:
    """Return the pieces that fit into this many characters and blocks; title and small print first."""
    notes = [place for place, piece in enumerate(pieces) if isinstance(piece, _Small)][-NOTES_LIMIT:]
    each = (room - HEADER_LIMIT) // max(1, len(notes))
    kept = {place: _Small(cut(pieces[place].text, each)) for place in notes}
    room -= sum(len(note.text) for note in kept.values()) + HEADER_LIMIT
    most -= len(kept) + 1
    fitting: list[_Piece] = []
    for place, piece in enumerate(pieces):
        if isinstance(piece, _Header) or place in kept:
            fitting.append(kept.get(place, piece))
        elif isinstance(piece, _Section) and most > 0 and room > len(ELLIPSIS):
            text = cut(piece.text, room)
            # Nothing follows what was cut.
            room = room - len(text) if text == piece.text else 0
            most -= 1
            fitting.append(_Section(text))
    return fitting


def _shows(text: str) -> bool:
    return bool(text.replace(GUARD, "").strip())


def _size(part: Json) -> int:
    """Count the characters of all texts in a block."""
    size = 0
    for value in part.values():
        if isinstance(value, dict):
            size += len(value["text"]) if isinstance(value.get("text"), str) else _size(value)
        elif isinstance(value, list):
            size += sum(map(_size, value))
    return size
