"""From a reply to an embed with components, within Discord's limits; text is escaped at the leaf."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

import discord

from adapters.discord.rendering.components import ELLIPSIS, Controls, controls, cut
from bot.chat.markup import Anchor, Code, Emphasis, Plain, Reference, Span, Spans, Strong, plain, shows_address, visible
from bot.chat.replies import (
    Block,
    Copyable,
    Fields,
    File,
    Heading,
    Image,
    Items,
    Note,
    Reply,
    Text,
    kept,
)

# resources/message.mdx: embeds.
TITLE_LIMIT = 256
DESCRIPTION_LIMIT = 4096
FOOTER_LIMIT = 2048
EMBED_LIMIT = 6000
# resources/message.mdx: a message's own text.
CONTENT_LIMIT = 2000
# resources/message.mdx: an attachment's description.
ALT_LIMIT = 1024
COLOR = discord.Colour(0x1F4E79)
# Characters that begin markup, a mention, or an address that Discord would turn into a link.
_MARKDOWN = re.compile(r"([\\*_~|`\[\]<@]|:(?=//))")
# Characters that turn a line into a heading, a quote or a list item.
_LINE = re.compile(r"^([^\S\n]*)([#>-]|\d+(?=[.)]))", re.MULTILINE)
# reference.mdx: message formatting. In an embed a name pings nobody.
_REFERENCES = {"user": "@", "channel": "#", "role": "@&"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply for Discord: an embed, components, and attachments."""

    embed: discord.Embed
    controls: Controls | None
    attached: tuple[Image | File, ...] = ()

    @property
    def files(self) -> list[discord.File]:
        """Return the attachments, for one send."""
        return [
            discord.File(
                io.BytesIO(each.content),
                each.name,
                description=cut(each.alt, ALT_LIMIT) if isinstance(each, Image) else None,
            )
            for each in self.attached
        ]


def render(reply: Reply) -> Rendered:
    """Render every block and button of a reply, cut to Discord's limits."""
    embed = kept(reply.blocks, "discord", lambda: _embed(reply.blocks))
    attached = tuple(block for block in reply.blocks if isinstance(block, Image | File))
    return Rendered(embed, controls(reply), attached)


def _embed(blocks: Sequence[Block]) -> discord.Embed:
    title, rest = _title(blocks)
    notes = "\n".join(plain(block.spans) for block in rest if isinstance(block, Note))
    embed = discord.Embed(title=cut(escape(title), TITLE_LIMIT) or None, colour=COLOR)
    footer = cut(visible(notes), FOOTER_LIMIT)
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
    """Return the text of a reply, for places without embeds."""
    return cut(escape(Reply(reply.blocks).plain), CONTENT_LIMIT) or "\u200b"


def escape(text: str) -> str:
    """Escape a text for Discord, so that nothing in it is markup, a mention, or a link."""
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
    """Join as many blocks as fit, with empty lines between them; cut the last one."""
    shown = ""
    for block in blocks:
        longer = f"{shown}\n\n{block}" if shown else block
        if len(longer) > room:
            left = room - len(shown) - len("\n\n")
            if block.startswith("```") and left > len(_fenced(ELLIPSIS)):
                body = block[len("```\n") : -len("\n```")]
                return f"{shown}\n\n{_fenced(cut(body, left - len(_fenced(''))))}".strip()
            return f"{shown}\n\n{cut(block, left)}".strip() if left > 1 else shown
        shown = longer
    return shown
