"""What people write on Slack, as they see it: without its markup, and with what they forwarded."""

import re
from collections.abc import Mapping
from typing import Any

from bot.chat.events import ASKING

# docs.slack.dev/messaging/formatting-message-text: what stands in angle brackets, with its label.
_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
# A person, a channel or a user group that is named, as in `<@U7|name>`, `<#C5|name>`, `<!subteam^S3|name>`.
_NAMED = re.compile(r"<(?:@|#|!subteam\^)([A-Z0-9]+)(?:\|[^<>]*)?>")
# An emoji comes as its name between colons (docs.slack.dev/messaging/formatting-message-text).
_EMOJI = re.compile(r"(?<![\w:]):[a-z0-9_+'-]{1,100}:(?::skin-tone-[2-6]:)?")


def spoken(text: str, me: str | None = None) -> str:
    """Return a message as its author sees it: without brackets around addresses, and without the mention."""

    def shown(found: re.Match[str]) -> str:
        kind, target, label = found.groups()
        if kind == "@" and target == me:
            return " "
        if kind == "@":
            return label or ""
        return f"{kind}{label or target}" if kind else label or target

    words = _REFERENCE.sub(shown, text)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def line_of(head: str, text: str, home: str, me: str | None = None) -> str:
    """Return a command's line as it was seen; for moderators, with the ids of whom and what they name at `home`."""
    if head == ASKING:
        return spoken(text, me)
    named = _NAMED.sub(lambda found: f"{home}/{found[1]}" if found[1] != me else " ", text)
    return spoken(named, me)


def words_of(text: str) -> str:
    """Return a message for the core, with emoji as characters."""
    return _EMOJI.sub("🙂", text)


def forwarded(message: Mapping[str, Any], me: str | None = None) -> str | None:
    """Return the text that a message forwards, or links to within Slack; None if there is none."""
    for attachment in message.get("attachments") or ():
        if attachment.get("is_share") or attachment.get("is_msg_unfurl"):
            return spoken(str(attachment.get("text") or attachment.get("fallback") or ""), me)
    return None
