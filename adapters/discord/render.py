"""From a reply to an embed with components, within Discord's limits; text is escaped at the leaf."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import discord
from discord import ui

from bot.chat.markup import Anchor, Code, Emphasis, Plain, Reference, Span, Spans, Strong, plain, shows_address, visible
from bot.chat.replies import (
    Block,
    Button,
    Copyable,
    Fields,
    File,
    Heading,
    Image,
    Items,
    Menu,
    Note,
    Reply,
    Text,
    kept,
    short,
)

# resources/message.mdx: embeds.
TITLE_LIMIT = 256
DESCRIPTION_LIMIT = 4096
FOOTER_LIMIT = 2048
EMBED_LIMIT = 6000
# resources/message.mdx: a message's own text.
CONTENT_LIMIT = 2000
# components/reference.mdx: buttons, rows and selects.
LABEL_LIMIT = 80
ROW_LIMIT = 5
ROWS_LIMIT = 5
OPTIONS_LIMIT = 25
# As many rows as buttons may need beside a menu of several selects.
ROWS_FOR_BUTTONS = 3
OPTION_LABEL_LIMIT = 100
PLACEHOLDER_LIMIT = 150
# resources/message.mdx: an attachment's description.
ALT_LIMIT = 1024
# Labels beside each other that a phone still shows whole; it shows 34 to 38 characters of one alone.
ROW_CHARACTERS = 48

_Json = dict[str, Any]

# The ids of the select menus; what is chosen in one is the id of the button that it stands for.
MENUS = ("menu", "menu2", "menu3", "menu4", "menu5")
COLOUR = discord.Colour(0x1F4E79)
# What is chosen between, or has to be found at once: these buttons stand out.
CHOICES = frozenset({"picked", "card", "quizpick"})

# components/reference.mdx: component types.
_ROW = discord.ComponentType.action_row.value
_BUTTON = discord.ComponentType.button.value
_SELECT = discord.ComponentType.select.value

# What begins markup, a mention, or an address that Discord would make a link of.
_MARKDOWN = re.compile(r"([\\*_~|`\[\]<@]|:(?=//))")
# What makes a heading, a quote or a list of a line that begins with it.
_LINE = re.compile(r"^([^\S\n]*)([#>-]|\d+(?=[.)]))", re.MULTILINE)
_ELLIPSIS = "…"
# reference.mdx: message formatting. In an embed a name pings nobody.
_REFERENCES = {"user": "@", "channel": "#", "role": "@&"}


class Controls(ui.View):
    """Components in Discord's JSON, row by row. The SDK's own classes take many times as long to become that.

    Their presses come to `events.py`: the SDK must not keep them in memory until they are pressed.
    """

    def __init__(self, rows: Sequence[Sequence[_Json]]) -> None:
        super().__init__(timeout=None)
        self._rows = [{"type": _ROW, "components": list(row)} for row in rows]

    def to_components(self) -> list[_Json]:
        """Return what is sent."""
        return self._rows

    def is_finished(self) -> bool:
        """Say yes: the SDK stores only views that are not."""
        return True


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply for Discord: an embed, components, and what is attached."""

    embed: discord.Embed
    controls: Controls | None
    attached: tuple[Image | File, ...] = ()

    @property
    def files(self) -> list[discord.File]:
        """What is attached, to be sent once."""
        return [
            discord.File(
                io.BytesIO(each.content),
                each.name,
                description=_cut(each.alt, ALT_LIMIT) if isinstance(each, Image) else None,
            )
            for each in self.attached
        ]


def render(reply: Reply) -> Rendered:
    """Every block and button of a reply, cut where Discord's limits are exceeded."""
    embed = kept(reply.blocks, "discord", lambda: _embed(reply.blocks))
    attached = tuple(block for block in reply.blocks if isinstance(block, Image | File))
    return Rendered(embed, controls(reply), attached)


def _embed(blocks: Sequence[Block]) -> discord.Embed:
    title, rest = _title(blocks)
    notes = "\n".join(plain(block.spans) for block in rest if isinstance(block, Note))
    embed = discord.Embed(title=_cut(escape(title), TITLE_LIMIT) or None, colour=COLOUR)
    footer = _cut(visible(notes), FOOTER_LIMIT)
    if footer:
        embed.set_footer(text=footer)
    room = min(DESCRIPTION_LIMIT, EMBED_LIMIT - len(embed))
    shown = [_block(block) for block in rest if not isinstance(block, Note | Image | File)]
    embed.description = _fitting(shown, room) or None
    picture = next((block for block in rest if isinstance(block, Image)), None)
    if picture is not None:
        embed.set_image(url=f"attachment://{picture.name}")
    return embed


def content(reply: Reply) -> str:
    """Return the text of a reply, for where no embed is allowed."""
    return _cut(escape(Reply(reply.blocks).plain), CONTENT_LIMIT) or "\u200b"


def controls(reply: Reply) -> Controls | None:
    """Return the menu as a select, and the buttons in rows; None if there is nothing to press."""
    buttons = _unique(reply.buttons)
    room = ROWS_LIMIT - min(len(_rows(buttons, ROWS_LIMIT - 1)), ROWS_FOR_BUTTONS)
    menus = kept(reply.blocks, ("menu", room, reply.menu), lambda: _selects(reply.menu, room))
    rows = _rows(buttons, ROWS_LIMIT - len(menus))
    shown = [*([menu] for menu in menus), *([_button(button) for button in row] for row in rows)]
    return Controls(shown) if shown else None


def escape(text: str) -> str:
    """Return a text in which no character means anything to Discord: no markup, no mention, no link."""
    marked = _MARKDOWN.sub(r"\\\1", visible(text)).replace("\\@", "@\u200b")
    return _LINE.sub(
        lambda found: f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}", marked
    )


def _title(blocks: Sequence[Block]) -> tuple[str, Sequence[Block]]:
    """Return the first heading, if the reply begins with it, and the rest."""
    if blocks and isinstance(blocks[0], Heading):
        return blocks[0].text, blocks[1:]
    return "", blocks


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"**{escape(text)}**"
        case Text(spans) | Note(spans):
            return _spans(spans)
        case Items(items, ordered, first):
            return "\n".join(
                f"{f'{n}.' if ordered else '-'} {_spans(item)}" for n, item in enumerate(items, start=first)
            )
        case Fields(pairs):
            return "\n".join(f"**{escape(name)}**\n{_spans(spans)}" for name, spans in pairs)
        case Copyable(text):
            return _fenced(text)
        case Image(alt=text) | File(name=text):
            return escape(text)
        case _:
            assert_never(block)


def _spans(spans: Spans) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    match span:
        case Plain(text):
            return escape(text)
        case Strong(children):
            return f"**{_spans(children)}**" if children else ""
        case Emphasis(children):
            return f"*{_spans(children)}*" if children else ""
        case Code(text):
            return f"`{visible(text).replace('`', 'ˋ').strip() or ' '}`"
        case Anchor(children, url):
            label = plain(children)
            address = url.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace(">", "%3E")
            # Discord shows a link whose label looks like an address as text, so that nobody is fooled.
            return address if shows_address(label, url) else f"[{_spans(children)}]({address})"
        case Reference(name):
            kind, _, number = name.removeprefix("discord:").partition("/")
            known = kind in _REFERENCES and number.isdecimal()
            return f"<{_REFERENCES[kind]}{number}>" if known else escape(name)
        case _:
            assert_never(span)


def _fenced(text: str) -> str:
    return f"```\n{visible(text).replace('```', 'ˋˋˋ')}\n```"


def _fitting(blocks: Iterable[str], room: int) -> str:
    """Blocks with an empty line between them, as many as fit; the one that does not is cut."""
    shown = ""
    for block in blocks:
        longer = f"{shown}\n\n{block}" if shown else block
        if len(longer) > room:
            left = room - len(shown) - len("\n\n")
            if block.startswith("```") and left > len(_fenced(_ELLIPSIS)):
                body = block[len("```\n") : -len("\n```")]
                return f"{shown}\n\n{_fenced(_cut(body, left - len(_fenced(''))))}".strip()
            return f"{shown}\n\n{_cut(block, left)}".strip() if left > 1 else shown
        shown = longer
    return shown


def label_of(text: str, limit: int) -> str:
    """Return a label as Discord takes it: visible characters, at least one."""
    return _cut(" ".join(visible(text).split()), limit) or _ELLIPSIS


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    # Not between a backslash and what it escapes.
    return f"{text[: limit - 1].rstrip(chr(92))}{_ELLIPSIS}"


def _unique(buttons: Iterable[Button]) -> list[Button]:
    """Discord refuses a message in which two components have one id."""
    return list({button.id: button for button in buttons}.values())


def _rows(buttons: Sequence[Button], most: int) -> list[list[Button]]:
    """Lay out buttons side by side where a phone can show their labels, in at most so many rows.

    Choices get rows of their own.
    """
    rows: list[list[Button]] = []
    for button in buttons:
        wide = sum(len(each.label) for each in rows[-1]) + len(button.label) if rows else 0
        alike = bool(rows) and (rows[-1][0].action in CHOICES) == (button.action in CHOICES)
        if alike and len(rows[-1]) < ROW_LIMIT and wide <= ROW_CHARACTERS:
            rows[-1].append(button)
        else:
            rows.append([button])
    if len(rows) <= most:
        return rows
    kept = buttons[: most * ROW_LIMIT]
    return [list(kept[at : at + ROW_LIMIT]) for at in range(0, len(kept), ROW_LIMIT)]


def _selects(menu: Menu | None, most: int) -> list[_Json]:
    """Give a menu as one select, or as several where one does not hold all rows; none if there is nothing to choose."""
    if menu is None or not menu.rows:
        return []
    rows = _unique(menu.rows)
    parts = [rows[at : at + OPTIONS_LIMIT] for at in range(0, len(rows), OPTIONS_LIMIT)]
    shown = parts[:most]
    left = sum(map(len, parts[len(shown) :]))
    selects: list[_Json] = []
    for place, part in enumerate(shown):
        options = [{"label": label_of(row.label, OPTION_LABEL_LIMIT), "value": row.id} for row in part]
        count = f" ({place + 1} of {len(shown)})" if len(shown) > 1 else ""
        more = f" (without {left} more)" if left and place == len(shown) - 1 else ""
        label = f"{short(menu.label, PLACEHOLDER_LIMIT - len(count + more))}{count}{more}"
        select = {"type": _SELECT, "custom_id": MENUS[place], "placeholder": label, "options": options}
        selects.append(select)
    return selects


def _button(button: Button) -> _Json:
    style = discord.ButtonStyle.primary if button.action in CHOICES else discord.ButtonStyle.secondary
    label = label_of(button.label, LABEL_LIMIT)
    return {"type": _BUTTON, "style": style.value, "label": label, "custom_id": button.id}
