"""Answering interactions: commands, presses and forms, each once and in Discord's time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.abc import Messageable

from adapters.discord.events import DISCORD, interaction_event, uploaded
from adapters.discord.rendering.embeds import render
from adapters.discord.rendering.forms import modal
from adapters.discord.sending import (
    INVALID_TOKEN,
    LATER_PAUSES,
    NOBODY,
    UNKNOWN_INTERACTION,
    edited,
    insist,
    is_refusal,
    parts,
    refusal,
)
from adapters.shared.urgent import Way
from bot.app.app import App
from bot.app.progress import progress
from bot.chat.events import UPLOAD_LIMIT, Complete, Event, Submit, Upload
from bot.chat.replies import Delete, Reply, text
from bot.commands.metrics import PlatformError
from bot.commands.refusals import NO_FILE, refused

# Discord wants a first response within 3 s (interactions/receiving-and-responding.mdx:351). A slower answer is deferred
# just before that; it can then be no modal, and cannot change between private and public.
DEFER_AFTER = 2.0
# A modal can never follow a deferred response (interactions/receiving-and-responding.mdx).
_TOO_LATE = (text("That took too long for a form to open. Please try again."),)
# Discord's error code for an interaction that is over.
_OVER = frozenset({UNKNOWN_INTERACTION, INVALID_TOKEN})

# Delivers an urgent reply to a person, in one way or at last in another.
Surely = Callable[[Event, Reply, Messageable, Way, Way], Awaitable[None]]

log = logging.getLogger(__name__)


class Answering:
    """Answers interactions. `surely` delivers an urgent reply, and tells the core if it arrived."""

    def __init__(self, app: App, surely: Surely) -> None:
        self._app = app
        self._metrics = app.services.metrics
        self._surely = surely

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a command, a press, a form or a half-typed option."""
        event = interaction_event(interaction)
        try:
            if isinstance(event, Complete):
                choices = await self._app.complete(event)
                shown = [app_commands.Choice(name=label, value=value) for label, value in choices]
                await insist(lambda: interaction.response.autocomplete(shown))
            elif event is not None:
                await self._answer(interaction, event)
        except discord.HTTPException as error:
            if error.code in _OVER:
                self._metrics.platform_error(DISCORD.name, PlatformError.LATE)
                log.warning("An answer came too late for Discord, or the conversation is gone.")
            elif is_refusal(error):
                refusal(self._metrics, error)
            else:
                raise

    async def _answer(self, interaction: discord.Interaction[Any], event: Event) -> None:
        """Answer within Discord's 3 seconds, or say in time that it takes longer; then answer once."""
        working = asyncio.create_task(self._handled(interaction, event))
        await asyncio.wait({working}, timeout=DEFER_AFTER)
        # The SDK's own `is_done` misses a deferral whose confirmation was lost.
        deferred = not working.done()
        # The reply to some buttons replaces their message, which stays in the meantime.
        stays = self._app.is_final(event)
        if deferred:
            try:
                await self._defer(interaction, event, stays=stays)
            except discord.HTTPException:
                late = await working
                if isinstance(late, Reply) and late.urgent:
                    await self._answer_surely(interaction, event, late, deferred=True)
                raise
        outcome = await working
        if isinstance(outcome, Delete):
            await self._delete(interaction, deferred=deferred)
        elif outcome is None:
            await self._pass_over(interaction, deferred=deferred)
        elif outcome.urgent:
            await self._answer_surely(interaction, event, outcome, deferred=deferred)
        elif deferred and stays and not outcome.in_place:
            # Such as a mistake: the message stays, so that the button can be tried again.
            await insist(lambda: interaction.edit_original_response(content=None), LATER_PAUSES)
            await self._follow(interaction, outcome)
        else:
            try:
                await (self._fill if deferred else self._respond)(interaction, outcome)
            except discord.HTTPException as error:
                if error.code not in _OVER or not isinstance(event, Submit):
                    raise
                await self._write_to(interaction.user, outcome)

    async def _defer(self, interaction: discord.Interaction[Any], event: Event, *, stays: bool) -> None:
        """Say that the answer takes longer, and name a slow action."""
        private = self._app.answers_privately(event)
        await insist(lambda: interaction.response.defer(ephemeral=private, thinking=not stays))
        if told := progress(event):
            with suppress(discord.HTTPException):
                await interaction.edit_original_response(content=told)

    async def _answer_surely(
        self, interaction: discord.Interaction[Any], event: Event, reply: Reply, *, deferred: bool
    ) -> None:
        """Send an urgent answer."""
        answer = self._fill if deferred else self._respond
        await self._surely(
            event,
            reply,
            interaction.user,
            lambda: answer(interaction, reply),
            lambda: answer(interaction, reply.shortest),
        )

    async def _handled(self, interaction: discord.Interaction[Any], event: Event) -> Reply | Delete | None:
        """Return the core's reply; download a form's files first."""
        if isinstance(event, Submit):
            try:
                files = {field: await _content(file) for field, file in uploaded(interaction).items()}
            except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("Discord did not give a file: %s", type(error).__name__)
                return refused(NO_FILE)
            event = replace(event, files=files)
        return await self._app.handle(event)

    async def _delete(self, interaction: discord.Interaction[Any], *, deferred: bool) -> None:
        """Remove the pressed message; after a deferral, also the one that says that the bot is thinking."""
        try:
            if deferred and interaction.message is not None:
                await insist(interaction.message.delete, LATER_PAUSES)
            elif not deferred:
                await insist(interaction.response.defer)
            await insist(interaction.delete_original_response, LATER_PAUSES)
        except discord.NotFound as error:
            if error.code == UNKNOWN_INTERACTION:
                raise
            log.info("The message to delete is already gone.")

    async def _pass_over(self, interaction: discord.Interaction[Any], *, deferred: bool) -> None:
        """Acknowledge an interaction without an answer; otherwise Discord tells the user that the bot failed."""
        if not deferred and interaction.type is discord.InteractionType.component:
            await insist(interaction.response.defer)
            return
        if not deferred:
            await insist(lambda: interaction.response.defer(ephemeral=True, thinking=True))
        await insist(interaction.delete_original_response, LATER_PAUSES)

    async def _respond(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        """Send the first response."""
        message = interaction.message
        if reply.form is not None:
            form = modal(reply.form)
            await insist(lambda: interaction.response.send_modal(form))
        elif message is None or not (reply.in_place or reply.becomes):
            await self._say(interaction, reply)
        elif reply.becomes is None:
            await insist(lambda: interaction.response.edit_message(**edited(message, reply)))
        elif message.flags.ephemeral:
            # Only the first response can change what one person sees.
            change = edited(message, reply.becomes)
            await insist(lambda: interaction.response.edit_message(**change))
            await self._follow(interaction, reply)
        else:
            await self._say(interaction, reply)
            await self._change(message, reply.becomes)

    async def _say(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        """Send the first response as a message."""
        rendered = render(reply)
        await insist(
            lambda: interaction.response.send_message(
                embed=rendered.embed, ephemeral=reply.private, allowed_mentions=NOBODY, **parts(rendered)
            )
        )

    async def _follow(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        """Send a reply after the first response, once: Discord does not recognize a repeated one."""
        rendered = render(reply)
        await interaction.followup.send(
            embed=rendered.embed, ephemeral=reply.private, allowed_mentions=NOBODY, **parts(rendered)
        )

    async def _change(self, message: discord.Message, becomes: Reply) -> None:
        """Change the pressed message through the press, since the bot may not be a member there."""
        change = edited(message, becomes)
        try:
            await insist(lambda: message.edit(**change), LATER_PAUSES)
        except discord.HTTPException as error:
            log.info("Discord does not let a message be changed: %s", error.code)

    async def _fill(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        """Replace the deferred response with the answer."""
        if reply.form is not None:
            reply = Reply(_TOO_LATE, (reply.form.reopen,) if reply.form.reopen else ())
        rendered = render(reply)
        await insist(
            lambda: interaction.edit_original_response(
                content=None,
                embed=rendered.embed,
                view=rendered.controls,
                attachments=rendered.files,
                allowed_mentions=NOBODY,
            ),
            LATER_PAUSES,
        )
        if reply.becomes is not None and interaction.message is not None and not interaction.message.flags.ephemeral:
            await self._change(interaction.message, reply.becomes)

    async def _write_to(self, person: discord.User | discord.Member, reply: Reply) -> None:
        """Tell somebody in a direct message what came of the form that they sent, since its interaction is over."""
        rendered = render(reply)
        try:
            await person.send(embed=rendered.embed, **parts(rendered), allowed_mentions=NOBODY)
        except discord.Forbidden:
            log.warning("An answer came too late for Discord, and its receiver takes no direct messages.")


async def _content(file: discord.Attachment) -> Upload:
    """Return a file with its content, if it is not too large. Raises HTTPException if it cannot be downloaded."""
    return Upload(file.filename, await file.read() if file.size <= UPLOAD_LIMIT else None)
