"""The bot's replies as plain values: blocks, buttons and forms that every adapter renders."""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, assert_never

from bot.chat.markup import Bullets, Paragraph, Plain, Referent, Spans, Verbatim, parse, parse_line, plain

# The most characters that the bot puts into a button's id, `{action}:{value}`. A platform may take fewer
# (`Platform.button_id_limit`); Discord takes as many (components/reference.mdx).
BUTTON_ID_LIMIT = 100
# Discord shows 34 to 38 characters of a button's label on a phone, Slack about 30 (components/reference.mdx,
# block-elements.ts); both allow more, so this is a limit of reading, not of the platforms.
BUTTON_LABEL_LIMIT = 75


# How much of somebody's own words an error message repeats.
ECHO_LIMIT = 60
# These can begin a mention; an invisible space after them breaks it.
_LURE = re.compile(r"[@<]")
_BREAK = "\u200b"

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows; plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered from `first` on if `ordered`."""

    items: tuple[Spans, ...]
    ordered: bool = False
    first: int = 1


@dataclass(frozen=True, slots=True)
class Fields:
    """Pairs of a name and a value."""

    pairs: tuple[tuple[str, Spans], ...]


@dataclass(frozen=True, slots=True)
class Copyable:
    """Text to copy as it is, such as a citation."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Small print below an answer: its source and year."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Image:
    """An attached picture (PNG). `alt` says all that it shows; `name` is its file name."""

    name: str
    content: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class File:
    """An attached file."""

    name: str
    content: bytes


Block = Heading | Text | Items | Fields | Copyable | Note | Image | File


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. Its id carries its state, so it still works after a restart.

    Raises ValueError if action and value are longer than BUTTON_ID_LIMIT, or the label is empty.
    """

    label: str
    action: str
    value: str = ""

    def __post_init__(self) -> None:
        if len(self.id) > BUTTON_ID_LIMIT:
            raise ValueError(f"the button id {self.id!r} is longer than {BUTTON_ID_LIMIT} characters")
        if not self.label.strip():
            raise ValueError(f"the button {self.id!r} has no label")

    @property
    def id(self) -> str:
        """What the platform sends back when it is pressed."""
        return f"{self.action}:{self.value}"


@dataclass(frozen=True, slots=True)
class Menu:
    """A list to choose from, under a label: related questions, topics. Each row is a button."""

    label: str
    rows: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a form. `lines` above one makes it a text area; an empty field shows `hint`. With `markdown`, its
    text is Markdown; an adapter may let people write it in their platform's own way.
    """

    name: str
    label: str
    required: bool = True
    value: str = ""
    limit: int = 1_000
    lines: int = 1
    hint: str = ""
    markdown: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """A field of a form with a choice of at most 25 options, each a value and a label. `value` is the option chosen at
    first; none, if it is not among them.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """A field of a form that takes one file, whose name ends in one of these (`.csv`)."""

    name: str
    label: str
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferenceQuestion:
    """A field of a form for a person or a channel of the community; `value` is the id chosen at first. A platform with
    a list of them offers it. Elsewhere people type, so it may be no id at all.
    """

    name: str
    label: str
    what: Referent
    value: str = ""


Field = Question | ChoiceQuestion | FileQuestion | ReferenceQuestion


@dataclass(frozen=True, slots=True)
class Form:
    """At most five questions to fill in together: a Discord modal, a Slack view, prompts on the console. `reopen` is
    the button that opens it where it cannot open at once (a slow answer, a mention on Slack).
    """

    id: str
    title: str
    fields: tuple[Field, ...]
    submit: str = "Send"
    reopen: Button | None = None


class Lasting(tuple[Block, ...]):
    """Blocks that are shown over and over, such as an entry's answer: nothing in them depends on the asker. A renderer
    may keep its result with them (see `kept`).
    """

    def __init__(self, _: Iterable[Block] = ()) -> None:
        self.kept: dict[Hashable, Any] = {}


@dataclass(frozen=True, slots=True)
class Swap:
    """Replaces buttons of the pressed message: all with one of these actions, where the first one was."""

    actions: frozenset[str]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to an event. `private` asks the platform to show it to the asker alone. Where a platform cannot do that
    (a message in a Discord channel), it shows `cover`, which says nothing and has a button for the private reply.
    `share` is the button that shows a private reply to everyone. `faults` say what is wrong with a submitted form, by
    field: a platform that can shows them in the form. With `in_place`, the reply replaces the message whose button was
    pressed, if possible. With `swap` as well, a platform that has that message at hand changes only its buttons.
    `becomes` changes the pressed message when the reply is a message of its own; without blocks, only its `swap`
    counts. `reaction` is an emoji to add to the message instead of blocks, where the platform can.

    Where the platform can, `thread` opens a thread below the message that is answered. `notify` notifies the author of
    that message with the platform's own reply ping; no text ever notifies anybody.

    A reply with `urgent` has to arrive: if a platform refuses it, the adapter sends it to the direct conversation, or
    else this text, which has only the numbers. Once it arrived, the adapter calls `App.arrived`.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()
    private: bool = False
    form: Form | None = None
    menu: Menu | None = None
    cover: "Reply | None" = None
    share: Button | None = None
    faults: tuple[tuple[str, str], ...] = ()
    in_place: bool = False
    swap: Swap | None = None
    becomes: "Reply | None" = None
    reaction: str = ""
    thread: bool = False
    notify: bool = False
    urgent: str = ""

    @property
    def choices(self) -> tuple[Button, ...]:
        """All that can be pressed or chosen, the menu's rows first."""
        return (*(self.menu.rows if self.menu else ()), *self.buttons)

    @property
    def shortest(self) -> "Reply":
        """The urgent text alone, for when nothing else gets through."""
        return Reply((Text((Plain(self.urgent),)),), private=self.private)

    @property
    def plain(self) -> str:
        """The whole reply as text for any platform and any screen reader."""
        parts = [_plain(block) for block in self.blocks]
        if self.choices:
            parts.append("\n".join(f"[{choice.label}]" for choice in self.choices))
        return "\n\n".join(parts)


@dataclass(frozen=True, slots=True)
class Delete:
    """The answer to a press that deletes the pressed message."""


def kept(blocks: tuple[Block, ...], key: Hashable, make: Callable[[], _Made]) -> _Made:
    """Return what `make` makes of blocks; for lasting blocks it is made once, and never changed."""
    if not isinstance(blocks, Lasting):
        return make()
    if key not in blocks.kept:
        blocks.kept[key] = make()
    made: _Made = blocks.kept[key]
    return made


def text(markdown: str) -> Text:
    """Return a paragraph from Markdown that the project wrote; never for what a user typed."""
    return Text(parse_line(markdown))


def note(markdown: str) -> Note:
    """Return small print from Markdown that the project wrote; never for what a user typed."""
    return Note(parse_line(markdown))


def items(*lines: str, ordered: bool = False) -> Items:
    """Return a list from Markdown that the project wrote; never for what a user typed."""
    return Items(tuple(parse_line(line) for line in lines), ordered)


def blocks_of(markdown: str) -> tuple[Block, ...]:
    """Return the blocks of an entry's answer."""
    blocks: list[Block] = []
    for part in parse(markdown):
        match part:
            case Paragraph(spans):
                blocks.append(Text(spans))
            case Bullets(lines, ordered):
                blocks.append(Items(lines, ordered))
            case Verbatim(lines):
                blocks.append(Copyable(lines))
            case _:
                assert_never(part)
    return tuple(blocks)


def echo(typed: str) -> str:
    """Quote what somebody typed in a sentence of the bot: one line, cut short, and unable to mention anybody."""
    return short(_LURE.sub(lambda found: f"{found.group()}{_BREAK}", " ".join(typed.split())), ECHO_LIMIT)


def short(label: str, limit: int = BUTTON_LABEL_LIMIT) -> str:
    """Return a label cut at a word, with an ellipsis, so that it has at most `limit` characters."""
    if len(label) <= limit:
        return label
    cut = label[: limit - 1]
    return f"{cut.rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: `1 entry`, `2 entries`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _plain(block: Block) -> str:
    match block:
        case Heading(words):
            return words
        case Text(spans) | Note(spans):
            return plain(spans)
        case Items(lines, ordered, first):
            return "\n".join(
                f"{f'{place}.' if ordered else '-'} {plain(line)}" for place, line in enumerate(lines, start=first)
            )
        case Fields(pairs):
            return "\n".join(f"{name}: {plain(spans)}" for name, spans in pairs)
        case Copyable(words):
            return words
        case Image(alt=alt):
            return f"[Picture: {alt}]"
        case File(name=name):
            return f"[File: {name}]"
        case _:
            assert_never(block)
