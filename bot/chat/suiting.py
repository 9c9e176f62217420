"""A reply fitted to one platform: its own sign before commands, and no button that it cannot carry."""

import re
from dataclasses import replace
from typing import assert_never

from bot.chat.events import ASKING, MODERATING
from bot.chat.markup import Anchor, Code, Emphasis, Plain, Reference, Span, Spans, Strong
from bot.chat.platform import SIGN, Platform
from bot.chat.replies import (
    BUTTON_ID_LIMIT,
    Block,
    Button,
    Copyable,
    Fields,
    File,
    Heading,
    Image,
    Items,
    Note,
    Reply,
    Text,
)

_COMMAND = re.compile(rf"(?<![\w/]){re.escape(SIGN)}(?=(?:{ASKING}|{MODERATING})\b)")


def suited(reply: Reply, platform: Platform) -> Reply:
    """Return the reply with the platform's sign before every command, without buttons whose ids are too long for it."""
    if platform.sign == SIGN and platform.button_id_limit >= BUTTON_ID_LIMIT:
        return reply
    suiter = _Suiter(platform)
    menu = reply.menu and replace(reply.menu, rows=suiter.buttons(reply.menu.rows))
    return replace(
        reply,
        blocks=tuple(map(suiter.block, reply.blocks)),
        buttons=suiter.buttons(reply.buttons),
        menu=menu if menu and menu.rows else None,
        cover=reply.cover and suited(reply.cover, platform),
        swap=reply.swap and replace(reply.swap, buttons=suiter.buttons(reply.swap.buttons)),
        becomes=reply.becomes and suited(reply.becomes, platform),
    )


class _Suiter:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def block(self, block: Block) -> Block:
        match block:
            case Heading(words):
                return Heading(self._signed(words))
            case Text(spans):
                return Text(self._spans(spans))
            case Note(spans):
                return Note(self._spans(spans))
            case Items(lines, ordered, first):
                return Items(tuple(map(self._spans, lines)), ordered, first)
            case Fields(pairs):
                return Fields(tuple((self._signed(name), self._spans(spans)) for name, spans in pairs))
            case Copyable() | Image() | File():
                return block
            case _:
                assert_never(block)

    def buttons(self, buttons: tuple[Button, ...]) -> tuple[Button, ...]:
        fitting = (each for each in buttons if len(each.id) <= self._platform.button_id_limit)
        return tuple(replace(each, label=self._signed(each.label)) for each in fitting)

    def _spans(self, spans: Spans) -> Spans:
        return tuple(map(self._span, spans))

    def _span(self, span: Span) -> Span:
        match span:
            case Plain(words):
                return Plain(self._signed(words))
            case Code(words):
                return Code(self._signed(words))
            case Strong(children):
                return Strong(self._spans(children))
            case Emphasis(children):
                return Emphasis(self._spans(children))
            case Anchor() | Reference():
                return span
            case _:
                assert_never(span)

    def _signed(self, words: str) -> str:
        return _COMMAND.sub(lambda _: self._platform.sign, words)
