"""What the bot answers, as plain values: blocks, buttons and forms that every adapter renders."""

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


# As much of somebody's own words as an error message repeats.
ECHO_LIMIT = 60
# A platform takes these for the beginning of a mention; an invisible space behind them breaks it.
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
    """Names with a value each."""

    pairs: tuple[tuple[str, Spans], ...]


@dataclass(frozen=True, slots=True)
class Copyable:
    """Text to be copied as it is, a citation for example."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Small print below an answer: its source and year."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that is sent along: PNG. `alt` says all that it shows; `name` is its file name."""

    name: str
    content: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that is sent along, to be saved."""

    name: str
    content: bytes


Block = Heading | Text | Items | Fields | Copyable | Note | Image | File


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. Its id carries its state, so that it still works after a restart.

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
        """What the platform hands back when it is pressed."""
        return f"{self.action}:{self.value}"


@dataclass(frozen=True, slots=True)
class Menu:
    """A list to choose one from, under a label: related questions, topics. Each row is what a button would be."""

    label: str
    rows: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a form. `lines` above one makes it a text area; `hint` stands in it while it is empty.

    With `markdown` its text is Markdown; an adapter may let people write it the way of their platform.
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
    """A field of a form in which one of at most 25 options is chosen: each has a value and a label.

    `value` is chosen already; if it is none of the options, nothing is.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """A field of a form that takes one file, whose name has to end in one of these (`.csv`)."""

    name: str
    label: str
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferenceQuestion:
    """A field of a form in which a person or a channel of the community is chosen; `value` is the id chosen already.

    A platform that has a list of them offers it; elsewhere the id is typed, so it may be none.
    """

    name: str
    label: str
    what: Referent
    value: str = ""


Field = Question | ChoiceQuestion | FileQuestion | ReferenceQuestion


@dataclass(frozen=True, slots=True)
class Form:
    """Questions to be filled in together, at most five: a Discord modal, a Slack view, prompts on the console.

    `reopen` is the button that opens it where it cannot open at once (an answer that took long, a mention on Slack).
    """

    id: str
    title: str
    fields: tuple[Field, ...]
    submit: str = "Send"
    reopen: Button | None = None


class Lasting(tuple[Block, ...]):
    """The blocks of what is shown again and again, an entry's answer: nothing in them is of the asker.

    Who renders them may keep with them what came of it (see `kept`).
    """

    def __init__(self, _: Iterable[Block] = ()) -> None:
        self.kept: dict[Hashable, Any] = {}


@dataclass(frozen=True, slots=True)
class Swap:
    """Buttons of the pressed message that give way to others: all with one of these actions, where the first stood."""

    actions: frozenset[str]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to an event. `private` asks the platform to show it to the asker alone.

    Where a platform cannot do that (a message in a Discord channel), `cover` is shown instead: it says nothing, and
    has a button that shows the reply privately. `share` is the button that shows a private reply to all. `faults` say
    what is wrong with the form that was sent, each behind its field: a platform that can shows them in the form.
    With `in_place` the reply takes the place of the message whose button was pressed, where it can. With `swap`, too, a
    platform that has that message at hand changes its buttons only. `becomes` is what becomes of the pressed message
    beside a reply that is a message of its own; without blocks there is only its `swap`.
    `reaction` is an emoji that is put to the message in place of blocks, where the platform can.

    Where the platform can, a reply with `thread` opens a thread below the message that it answers. One with `notify`
    notifies that message's author by the platform's own mark of a reply; no text ever notifies anybody.

    A reply with `urgent` has to arrive: where a platform refuses it, the adapter shows it in the direct conversation,
    or else this text, which holds the numbers and nothing else. Once it arrived, the adapter calls `App.arrived`.
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
        """The urgent text alone, for where nothing else gets through."""
        return Reply((Text((Plain(self.urgent),)),), private=self.private)

    @property
    def plain(self) -> str:
        """The whole reply as text that any platform, and a screen reader, can show."""
        parts = [_plain(block) for block in self.blocks]
        if self.choices:
            parts.append("\n".join(f"[{choice.label}]" for choice in self.choices))
        return "\n\n".join(parts)


@dataclass(frozen=True, slots=True)
class Delete:
    """The answer to a press that takes the pressed message away."""


def kept(blocks: tuple[Block, ...], key: Hashable, make: Callable[[], _Made]) -> _Made:
    """Return what `make` makes of blocks; of those that last it is made once, and never changed."""
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
    """Small print from Markdown that the project wrote; never for what a user typed."""
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
    """Return what somebody typed, for a sentence of the bot: one line, cut short, and unable to mention anybody."""
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
