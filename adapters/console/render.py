"""From a reply to what a terminal shows a person, with styles."""

from typing import assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from bot.chat.markup import Anchor, Code, Emphasis, Plain, Reference, Spans, Strong, shows_address, visible
from bot.chat.replies import Block, Copyable, Fields, File, Heading, Image, Items, Note, Reply, Text


def styled(reply: Reply) -> RenderableType:
    """Return a reply with headings, lists and small print; buttons are numbered choices."""
    parts: list[RenderableType] = []
    for block in reply.blocks:
        parts += [_block(block), Styled()]
    if reply.choices:
        parts += [_choices(reply), Styled()]
    return Group(*parts)


def _block(block: Block) -> RenderableType:
    match block:
        case Heading(text):
            return Styled(visible(text), style="bold cyan")
        case Text(spans):
            return _spans(spans)
        case Items(items, ordered, first):
            rows = Table.grid(padding=(0, 1))
            for number, item in enumerate(items, start=first):
                rows.add_row(Styled(f" {number}." if ordered else " •", style="cyan"), _spans(item))
            return rows
        case Fields(pairs):
            rows = Table.grid(padding=(0, 2))
            for name, spans in pairs:
                rows.add_row(Styled(visible(name), style="bold"), _spans(spans))
            return rows
        case Copyable(text):
            return Padding(Styled(visible(text), style="green"), (0, 0, 0, 2))
        case Note(spans):
            return _spans(spans, "dim")
        case Image(alt=text):
            return Styled(f"[Picture: {visible(text)}]", style="dim")
        case File(name=text):
            return Styled(f"[File: {visible(text)}]", style="dim")
        case _:
            assert_never(block)


def _choices(reply: Reply) -> RenderableType:
    rows = Table.grid(padding=(0, 1))
    for number, button in enumerate(reply.choices, start=1):
        rows.add_row(Styled(f" {number}", style="bold magenta"), Styled(visible(button.label), style="magenta"))
    return rows


def _spans(spans: Spans, style: str = "") -> Styled:
    text = Styled(style=style)
    for span in spans:
        match span:
            case Plain(words) | Reference(words):
                text.append(visible(words))
            case Strong(children):
                text.append_text(_spans(children, "bold"))
            case Emphasis(children):
                text.append_text(_spans(children, "italic"))
            case Code(words):
                text.append(visible(words), style="yellow")
            case Anchor(children, url):
                label = _spans(children)
                if not shows_address(label.plain, url):
                    text.append_text(label)
                    text.append(" ")
                text.append(visible(url), style="blue underline")
            case _:
                assert_never(span)
    return text
