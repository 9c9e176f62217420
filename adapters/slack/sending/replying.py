"""Sends a reply to its address: a message, an ephemeral one, a modal or the Home tab."""

import json
import logging
from copy import copy
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.shared.proxies import proxy_for
from adapters.shared.urgent import Way, first_taken
from adapters.slack.connection.web import WORTHLESS, error_of
from adapters.slack.events import Address
from adapters.slack.rendering.blocks import Rendered, homes, render
from adapters.slack.rendering.controls import swapped
from adapters.slack.rendering.forms import modals
from adapters.slack.sending.fallback import BLOCKS_REFUSED, Fallbacks, first_view
from adapters.slack.sending.files import upload
from bot.chat.replies import Form, Reply, Swap, text

# A modal opens only within 3 s (docs.slack.dev/interactivity/handling-user-interaction).
_NEEDS_FORM = (text("That needs a form, which opens only when you press something."),)
_TOO_LATE = (text("That took too long for a form to open. Please try again."),)
# A form may ask for a file only with the scope files:read, which an older installation lacks.
_NO_FORM = "Slack does not let me open the form ({word}). An admin may have to install me again."
_TRIGGER_GONE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
# The person or the bot is not in the place of the answer.
_NOT_THERE = frozenset({"user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived"})
_NO_MESSAGE = frozenset({"message_not_found", "channel_not_found", "not_in_channel", "cant_delete_message"})
# Slack's names of the emoji that the bot reacts with.
_EMOJI = {"👍": "+1"}
_PLAINLY: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}

log = logging.getLogger(__name__)


async def send_urgent(client: AsyncWebClient, address: Address, reply: Reply, fallbacks: Fallbacks) -> bool:
    """Send an urgent reply, and return whether Slack accepted it. If Slack refuses it where it belongs, it goes to the
    direct conversation, and then its shortest text to both.
    """
    text = render(reply.shortest).text
    direct = replace(address, channel=None, response_url=None)
    ways: list[Way] = [
        lambda: send(client, address, reply, fallbacks),
        lambda: send(client, direct, reply, fallbacks),
        lambda: client.chat_postMessage(channel=address.user, text=text, **_PLAINLY),
    ]
    if address.channel is not None:
        channel = address.channel
        ways.append(lambda: client.chat_postEphemeral(channel=channel, user=address.user, text=text))
    return await first_taken(ways, SlackApiError)


async def send(
    client: AsyncWebClient, address: Address, reply: Reply, fallbacks: Fallbacks, *, start: bool = False
) -> None:
    """Send a reply; `start` says that it is the first screen of the Home tab. Raises SlackApiError."""
    if reply.form is not None:
        instead = await _opened(client, address, reply.form)
        if instead is None:
            return
        reply = instead
    about_files = await upload(client, address, reply)
    if about_files is not None:
        reply = replace(reply, blocks=(*reply.blocks, *about_files.blocks))
    if address.home:
        await first_view(homes(reply, start=start), lambda view: client.views_publish(user_id=address.user, view=view))
        return
    if reply.swap is not None and reply.in_place and await _swapped(client, address, reply.swap):
        return
    await fallbacks.post(address.team, reply, lambda rendered: _sent(client, address, reply, rendered))
    if reply.becomes is not None:
        await _change(client, address, reply.becomes, fallbacks)


async def _sent(client: AsyncWebClient, address: Address, reply: Reply, rendered: Rendered) -> None:
    """Send a reply as it was rendered. Raises SlackApiError."""
    if address.response_url is not None:
        await _respond(client, address, rendered, public=not reply.private, in_place=reply.in_place)
    elif address.channel is None:
        await _say(client, address.user, rendered)
    elif reply.private and not address.channel.startswith("D"):
        await _whisper(client, address, rendered)
    else:
        await _say(client, address.channel, rendered, address.thread)


async def _change(client: AsyncWebClient, address: Address, becomes: Reply, fallbacks: Fallbacks) -> None:
    """Change the pressed message when the reply is a message of its own. Slack does not show what an ephemeral message
    holds. So if only its buttons would change, it is deleted: the public reply has everything that was in it.
    """
    if becomes.blocks:
        await fallbacks.post(address.team, becomes, lambda rendered: _replaced(client, address, rendered))
    elif becomes.swap is not None and not await _swapped(client, address, becomes.swap) and address.ephemeral:
        await delete(client, address)


async def _swapped(client: AsyncWebClient, address: Address, swap: Swap) -> bool:
    """Replace buttons of the pressed message. Return whether Slack showed its content and accepted the change."""
    pressed = address.pressed or {}
    if not pressed.get("blocks") or address.response_url is None:
        return False
    try:
        await _replaced(client, address, Rendered(str(pressed.get("text") or ""), swapped(pressed["blocks"], swap)))
    except SlackApiError as error:
        log.warning("Slack does not let a message's buttons be changed: %s", error_of(error))
        return False
    return True


async def _replaced(client: AsyncWebClient, address: Address, rendered: Rendered) -> None:
    """Replace the pressed message. Raises SlackApiError."""
    if address.response_url is None:
        return
    refusal = await _post(client, address.response_url, {"replace_original": True, **rendered.message})
    if refusal is not None:
        raise _refused(refusal)


async def react(client: AsyncWebClient, address: Address, reaction: str) -> None:
    """React with an emoji to the message that is answered; if Slack forbids it, nothing is lost."""
    name = _EMOJI.get(reaction)
    if name is None or address.channel is None or address.said is None:
        return
    try:
        await client.reactions_add(channel=address.channel, timestamp=address.said, name=name)
    except SlackApiError as error:
        if error_of(error) in WORTHLESS:
            raise
        log.info("Slack took no reaction: %s", error_of(error))


async def delete(client: AsyncWebClient, address: Address) -> None:
    """Delete the pressed message. Raises SlackApiError."""
    if address.channel and address.message and not address.ephemeral:
        try:
            await client.chat_delete(channel=address.channel, ts=address.message)
        except SlackApiError as error:
            # The bot may not be in that place, so the message is changed through the press.
            if error_of(error) not in _NO_MESSAGE:
                raise
        else:
            return
    if address.response_url is not None:
        await _post(client, address.response_url, {"delete_original": True})


async def _opened(client: AsyncWebClient, address: Address, form: Form) -> Reply | None:
    """Open a form. Return None if it is open, else what to say instead."""
    again = (form.reopen,) if form.reopen else ()
    if address.trigger is None:
        return Reply(_NEEDS_FORM, again, private=True)
    try:
        trigger = address.trigger
        await first_view(modals(form, address.metadata), lambda view: client.views_open(trigger_id=trigger, view=view))
    except SlackApiError as error:
        word = error_of(error)
        if word in WORTHLESS:
            raise
        if word in _TRIGGER_GONE:
            return Reply(_TOO_LATE, again, private=True)
        log.error("Slack refuses to open a form: %s", word)
        return Reply((text(_NO_FORM.format(word=word)),), again, private=True)
    return None


async def _respond(
    client: AsyncWebClient, address: Address, rendered: Rendered, *, public: bool, in_place: bool
) -> None:
    """Answer an action. If its conversation is over (after 30 minutes), send a direct message."""
    body: dict[str, Any] = {
        "response_type": "in_channel" if public else "ephemeral",
        "replace_original": in_place and address.message is not None,
        **rendered.message,
        **_PLAINLY,
    }
    if address.begun is not None:
        body["thread_ts"] = address.begun
    refusal = await _post(client, str(address.response_url), body)
    if refusal in BLOCKS_REFUSED:
        raise _refused(refusal)
    if refusal is not None:
        await _say(client, address.user, rendered)


async def _post(client: AsyncWebClient, response_url: str, body: dict[str, Any]) -> str | None:
    """Answer at a response_url, which takes 5 answers in 30 minutes.

    Return None if it was accepted, else Slack's error.
    """
    hook = copy(_hook())
    hook.url, hook.session, hook.proxy = response_url, client.session, proxy_for(response_url)
    hook.retry_handlers, hook.logger = client.retry_handlers, client.logger
    # The SDK does not raise for a refusal.
    answer = await hook.send_dict(body)
    word = _refusal(answer.body or "")
    if answer.status_code == HTTPStatus.OK and not word:
        return None
    log.warning("Slack did not take an answer: %d %s", answer.status_code, word)
    return word


def _refused(word: str) -> SlackApiError:
    """Return a response_url's answer as an error."""
    return SlackApiError("A response_url refuses an answer.", {"error": word})  # type: ignore[no-untyped-call]


def _refusal(body: str) -> str:
    """Return the error of a refused response_url call, from JSON or plain text; empty if it was accepted (`ok`)."""
    try:
        said = json.loads(body)
    except ValueError:
        said = body.strip()
    word = said.get("error") if isinstance(said, dict) else said
    return "" if word in {None, "ok", ""} else str(word)[:100]


@cache
def _hook() -> AsyncWebhookClient:
    """Return the client for all response_urls."""
    return AsyncWebhookClient("")


async def _say(client: AsyncWebClient, channel: str, rendered: Rendered, thread: str | None = None) -> None:
    await client.chat_postMessage(channel=channel, thread_ts=thread, **rendered.message, **_PLAINLY)


async def _whisper(client: AsyncWebClient, address: Address, rendered: Rendered) -> None:
    """Show a reply only to the person: where they wrote, or else in the direct conversation."""
    try:
        await client.chat_postEphemeral(
            channel=str(address.channel),
            user=address.user,
            # An ephemeral message is lost in a thread that nobody has begun (docs.slack.dev, chat.postEphemeral).
            thread_ts=address.begun,
            **rendered.message,
        )
    except SlackApiError as error:
        if error_of(error) not in _NOT_THERE:
            raise
        await _say(client, address.user, rendered)
