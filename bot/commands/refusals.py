"""The wording of refusals and of what was probably meant."""

from bot.chat.events import Event, Submit
from bot.chat.markup import Code, Plain
from bot.chat.replies import BUTTON_ID_LIMIT, Block, Button, Copyable, Reply, Text, counted, echo, short, text
from bot.commands.declarations import BadArgument, Command

# Waits longer than twice this are given in minutes.
MINUTE = 60
# What an adapter says when it cannot download a file that was sent with a form.
NO_FILE = "I could not download your file, so nothing was changed. Please send it again."

# Revisions have fewer digits.
_DIGITS = 9


def number_in(text: str, digits: int) -> int | None:
    """Read a number of at most this many digits; None if the text is anything else."""
    return int(text) if text.isdecimal() and len(text) <= digits else None


def number(text: str) -> int:
    """Read the number in a button's value. Raises BadArgument if no button of the bot would have that value."""
    found = number_in(text, _DIGITS)
    if found is None:
        raise BadArgument("This button is not one of mine. Please begin again: /ijm-mod help")
    return found


def refused(message: str, command: Command | None = None) -> Reply:
    """Return what is wrong, as literal text (it may quote the user), and the command's usage."""
    blocks: list[Block] = [Text((Plain(message),))]
    if command is not None:
        blocks.append(Text((Plain("Usage: "), Code(command.usage))))
    return Reply(tuple(blocks), private=True)


def mistyped(name: str, near: Command, rest: str, limit: int = BUTTON_ID_LIMIT) -> Reply:
    """Offer the command that a mistyped one probably meant, to run by one press.

    `limit` is how many characters a button's id may have.
    """
    line = f"{near.name} {rest}".strip()
    shown = f"/{near.head} {echo(line)}"
    message = Text((Plain(f"There is no command “{echo(name)}”. Did you mean "), Code(shown), Plain("?")))
    room = limit - len("run:")
    buttons = (Button(short(shown), "run", line),) if len(line) <= room else ()
    return Reply((message,), buttons, private=True)


def too_much(seconds: int) -> Reply:
    """Return a polite refusal to somebody who asks too much at once."""
    return Reply((waiting(seconds),), private=True)


def waiting(seconds: int) -> Text:
    """Say how long somebody who asks too much has to wait."""
    wait = counted(seconds, "second") if seconds < 2 * MINUTE else counted(-(-seconds // MINUTE), "minute")
    said = "That's a lot at once. Please ask again in"
    return text(f"{said} {wait}. If you need help, `/ijm referral` always works.")


def kept_back(event: Event, why: Text) -> Reply:
    """Say why an event was not handled; hand back what was typed into a form, so that it is not lost."""
    if not isinstance(event, Submit) or not any(event.values.values()):
        return Reply((why,), private=True)
    typed = tuple(Copyable(f"{name}: {value}") for name, value in event.values.items() if value)
    return Reply((why, text("Here is what you typed:"), *typed), private=True)
