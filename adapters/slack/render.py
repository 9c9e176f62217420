"""From a reply to Block Kit, within Slack's limits; nothing in it pings, links or formats but what the bot means to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from adapters.slack.mrkdwn import ELLIPSIS, GUARD, bold, cut, escape, fenced, mrkdwn
from bot.chat.markup import visible
from bot.chat.replies import Block, Button, Copyable, Fields, File, Heading, Image, Items, Menu, Note, Reply, Text, kept

# node-slack-sdk packages/types/src/block-kit: blocks.ts and block-elements.ts.
BLOCKS_LIMIT = 50
SECTION_LIMIT = 3000
HEADER_LIMIT = 150
CONTEXT_LIMIT = 2000
ACTIONS_LIMIT = 25
BUTTON_LABEL_LIMIT = 75
PLACEHOLDER_LIMIT = 150
# composition-objects.ts: options. The Python SDK lets a value have 150 characters, this one 75.
OPTIONS_LIMIT = 100
OPTION_LIMIT = 75
# Of all texts of a message's blocks; undocumented, refused from about 13,200 (github.com/slackapi/bolt-js, issue 2509).
MESSAGE_LIMIT = 13_000
# What Slack advises for the text that notifications and screen readers get (docs.slack.dev, methods/chat.postMessage).
TEXT_LIMIT = 4000
# More rows than these are a list to open; so few are quicker as buttons.
MENU_BUTTONS = 5
# As many pieces of small print as a message keeps, however long it is.
NOTES_LIMIT = 4

# The ids of the selects; what is chosen in one is the id of the button that it stands for.
MENUS = ("menu", "menu2", "menu3", "menu4", "menu5")
# What leads back to the first screen of the Home tab.
BACK = Button("Back to the start", "home")


# What takes a message away for all, which nobody can undo; Slack asks first (composition-objects.ts).
DELETE = "delete"
_CONFIRM_DELETION = {
    "title": {"type": "plain_text", "text": "Delete this?"},
    "text": {"type": "plain_text", "text": "It goes for everybody here, and cannot be brought back."},
    "confirm": {"type": "plain_text", "text": "Delete"},
    "deny": {"type": "plain_text", "text": "Keep"},
    "style": "danger",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply for Slack: blocks in Slack's JSON, and its text for notifications and screen readers."""

    text: str
    blocks: list[dict[str, Any]]


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
# A block in Slack's JSON. The SDK's classes take ten times as long to become that, and every answer needs it.
_Json = dict[str, Any]


def render(reply: Reply) -> Rendered:
    """Every block and button of a reply, cut where Slack's limits are exceeded."""
    text = kept(reply.blocks, "slack text", lambda: escape(Reply(reply.blocks).plain))
    if reply.choices:
        text = f"{text}\n\n{escape(Reply((), reply.buttons, menu=reply.menu).plain)}"
    return Rendered(cut(text.strip(), TEXT_LIMIT) or ELLIPSIS, _blocks(reply))


def home(reply: Reply, *, start: bool) -> dict[str, Any]:
    """Return a reply as the Home tab; with a way back, unless it is the tab's `start`."""
    shown = reply if start else Reply(reply.blocks, (*reply.buttons, BACK), menu=reply.menu)
    return {"type": "home", "blocks": _blocks(shown)}


def _blocks(reply: Reply) -> list[_Json]:
    controls = _controls(reply)
    room = MESSAGE_LIMIT - sum(map(_size, controls))
    most = BLOCKS_LIMIT - len(controls)

    def fitting() -> list[_Json]:
        return [_shown(piece) for piece in _fitting(list(_pieces(reply.blocks)), room, most)]

    return [*kept(reply.blocks, ("slack", room, most), fitting), *controls]


def _shown(piece: _Piece) -> _Json:
    match piece:
        case _Header(text):
            return {"type": "header", "text": plain_text(text, HEADER_LIMIT)}
        case _Section(text):
            return {"type": "section", "text": _mrkdwn(text)}
        case _Small(text):
            return {"type": "context", "elements": [_mrkdwn(text)]}
        case _:
            assert_never(piece)


def _pieces(blocks: Sequence[Block]) -> Iterator[_Piece]:
    """Yield the blocks as pieces that each fit into one of Slack's; what would show nothing is left out."""
    for place, block in enumerate(blocks):
        match block:
            case Heading(text) if place == 0:
                title = _line(text, HEADER_LIMIT)
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
            # They are sent as files of their own (`files.py`).
            return []
        case _:
            assert_never(block)


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """Lines together, as many as fit into one section; one that is too long alone is cut."""
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
    """Return the pieces that fit into so many characters and blocks; the title and the small print before the rest."""
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


def _controls(reply: Reply) -> list[_Json]:
    """Return the menu as a select or as buttons, and the buttons. No id comes twice: Slack would refuse that."""
    taken, shown = kept(reply.blocks, ("slack menu", reply.menu), lambda: _menu(reply.menu))
    buttons = _unique(reply.buttons, taken)
    return [*shown, _row(buttons)] if buttons else shown


def _menu(menu: Menu | None) -> tuple[frozenset[str], list[_Json]]:
    """Return the ids that a menu takes, and the menu; nothing where there is none."""
    if menu is None:
        return frozenset(), []
    rows = _unique(menu.rows, frozenset())
    shown: list[_Json] = []
    if len(rows) > MENU_BUTTONS:
        options = [row for row in rows if len(row.id) <= OPTION_LIMIT]
        beside = [row for row in rows if len(row.id) > OPTION_LIMIT]
        parts = [options[at : at + OPTIONS_LIMIT] for at in range(0, len(options), OPTIONS_LIMIT)][: len(MENUS)]
        shown += [_actions([_select(menu, part, MENUS[n])]) for n, part in enumerate(parts)]
        shown += [_row(beside)] if beside else []
    elif rows:
        label = _line(menu.label, PLACEHOLDER_LIMIT)
        shown += [{"type": "context", "elements": [_mrkdwn(escape(label))]}] if label else []
        shown.append(_row(rows))
    return frozenset(row.id for row in rows), shown


def _unique(buttons: Iterable[Button], taken: frozenset[str]) -> list[Button]:
    return list({button.id: button for button in buttons if button.id not in taken}.values())


def _row(buttons: Sequence[Button]) -> _Json:
    return _actions([_button(button) for button in buttons[:ACTIONS_LIMIT]])


def _button(button: Button) -> _Json:
    shown = {"type": "button", "text": plain_text(button.label, BUTTON_LABEL_LIMIT), "action_id": button.id}
    return shown | {"confirm": _CONFIRM_DELETION} if button.action == DELETE else shown


def _actions(elements: list[_Json]) -> _Json:
    return {"type": "actions", "elements": elements}


def _select(menu: Menu, rows: Sequence[Button], action_id: str) -> _Json:
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(menu.label, PLACEHOLDER_LIMIT),
        "options": [{"text": plain_text(row.label, OPTION_LIMIT), "value": row.id} for row in rows],
    }


def _mrkdwn(text: str) -> _Json:
    """mrkdwn in which Slack makes no links of what looks like an address, a channel or a name."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str, limit: int) -> _Json:
    """Text in which nothing means anything; never empty, which Slack would refuse."""
    return {"type": "plain_text", "text": _line(text, limit) or ELLIPSIS, "emoji": False}


def _line(text: str, limit: int) -> str:
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else f"{line[: limit - len(ELLIPSIS)]}{ELLIPSIS}"


def _shows(text: str) -> bool:
    return bool(text.replace(GUARD, "").strip())


def _size(part: _Json) -> int:
    """Return the characters of all texts in a block, wherever they stand."""
    size = 0
    for value in part.values():
        if isinstance(value, dict):
            size += len(value["text"]) if isinstance(value.get("text"), str) else _size(value)
        elif isinstance(value, list):
            size += sum(map(_size, value))
    return size
