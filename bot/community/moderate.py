"""Settings that moderators decide: how the bot behaves where, who else moderates, the help line."""

from collections.abc import Mapping
from typing import Annotated

from bot.asking.helpline import confirm, proposal_blocks, propose, withdraw
from bot.chat.events import Role, Submit
from bot.chat.markup import Plain, Reference, Referent, Span, Spans
from bot.chat.replies import Block, Button, Fields, Form, Heading, ReferenceQuestion, Reply, note
from bot.commands.community_settings import Setting, is_passive, opens_threads, read_settings
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.references import own_channel, referred
from bot.curating.unanswerable import overview
from knowledge.store.protocol import Json

# Figures older than this are history and need no review.
OLDEST_REVIEW = 100
# As many groups as an admin can keep track of.
GROUPS_LIMIT = 20
# The form in which the channel of the weekly notice is chosen, the button that opens it, and its field.
NOTICES = "notices"


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def settings(
    context: Context,
    passive: Annotated[
        bool | None, About("answer questions that I'm sure of in this channel, without being mentioned")
    ] = None,
    threads: Annotated[bool | None, About("answer messages in this channel in a thread of their own")] = None,
    ping: Annotated[
        bool | None, About("notify people when I reply to their mention, with Discord's own reply ping")
    ] = None,
    notices: Annotated[str | None, About("the channel for a weekly notice of what waits", Completes.CHANNEL)] = None,
    stale: Annotated[int | None, About("review figures older than this many years; 0 for never")] = None,
    helpline: Annotated[str | None, About("your own help line, to be confirmed by a second moderator")] = None,
    moderators: Annotated[
        str | None, About("a group whose members can moderate (admins only)", Completes.GROUP)
    ] = None,
    approval: Annotated[bool | None, About("changes wait for a second moderator (admins only)")] = None,
) -> Reply:
    """Show or change how I behave here.

    With passive:true I answer questions here that nobody addressed to me, when I am very sure, and not more often
    than every few minutes. On Discord this needs the message content intent (see the operator's documentation).
    With threads:true an answer here opens a thread, which keeps a busy channel readable; on Discord that needs the
    permission Create Public Threads, and on Slack I answer in threads anyway.
    """
    chosen: dict[str, Json] = {}
    if notices is not None:
        chosen[Setting.NOTICES] = referred(context, notices, Referent.CHANNEL)
    if stale is not None:
        if not 0 <= stale <= OLDEST_REVIEW:
            raise BadArgument(f"“stale” is a number of years from 0 (never) to {OLDEST_REVIEW}.")
        chosen[Setting.STALE_YEARS] = stale
    if moderators is not None:
        chosen[Setting.MODERATORS] = _with_group(context, moderators)
    if approval is not None:
        if context.role < Role.ADMIN:
            raise BadArgument("Only admins decide whether changes wait for a second moderator.")
        chosen[Setting.APPROVAL] = approval
    if ping is not None:
        chosen[Setting.PING] = ping
    if helpline is not None:
        return await propose(context, helpline)
    if passive is not None:
        await context.set_here(Setting.PASSIVE, passive)
    if threads is not None:
        await context.set_here(Setting.THREADS, threads)
    return await _set(context, chosen)


def _with_group(context: Context, group: str) -> list[Json]:
    if context.role < Role.ADMIN:
        raise BadArgument("Only admins decide who moderates.")
    groups = context.settings.moderators | {referred(context, group, Referent.GROUP)}
    if len(groups) > GROUPS_LIMIT:
        raise BadArgument(f"At most {GROUPS_LIMIT} groups can moderate.")
    return [*sorted(groups)]


async def _set(context: Context, chosen: Mapping[str, Json]) -> Reply:
    for name, value in chosen.items():
        await context.set(name, value)
    return await _shown(context)


async def _shown(context: Context) -> Reply:
    now = read_settings((await context.services.store.outline(context.community)).settings)
    on = await is_passive(context.services.store, context.place)
    threads = "off"
    if await opens_threads(context.services.store, context.place):
        why = (await context.services.outboxes.threadless(context.community, context.place.id)).rstrip(".")
        threads = f"wanted, but I cannot open one here. {why}." if why else "on: an answer here opens a thread"
    years, groups = now.stale_years, sorted(now.moderators)
    named: list[Span] = [Plain("whoever this platform says is one")]
    for number, group in enumerate(groups, start=1):
        named += [Plain(f"; group {number}: "), Reference(group)]
    passive = "off: I answer only when addressed"
    if on:
        why = (await context.services.outboxes.deaf(context.community, context.place.id)).rstrip(".")
        passive = (
            f"wanted, but I cannot read this channel yet. {why}."
            if why
            else "on: I answer questions here that I'm sure of"
        )
    stale = f"figures older than {years} years need a review" if years else "off"
    pairs: list[tuple[str, Spans]] = [
        ("passive", (Plain(passive),)),
        ("threads", (Plain(threads),)),
        ("ping", (Plain("on: Discord notifies who mentions me of my reply" if now.ping else "off: I notify nobody"),)),
        ("notices", (Reference(now.notices) if now.notices else Plain("none: nothing is posted weekly"),)),
        ("stale", (Plain(stale),)),
        ("helpline", (Plain(now.help_line or "none of your own"),)),
        ("moderators", tuple(named)),
        ("approval", (Plain("on: changes wait for a second moderator" if now.approval else "off"),)),
    ]
    blocks: list[Block] = [Heading("Settings"), Fields(tuple(pairs))]
    proposed, buttons = proposal_blocks(now.proposal, context.user.id)
    blocks += [*proposed, note("Change one: `/ijm-mod settings passive:true`.")]
    unanswerable, menu = overview(now)
    blocks += unanswerable
    off = [
        Button("Choose where notices go", NOTICES),
        *([Button("No weekly notice", "nonotices")] if now.notices else []),
    ]
    if now.help_line and not proposed:
        off.append(Button("Propose to remove the help line", "nohelpline"))
    if context.role >= Role.ADMIN:
        off += [Button(f"Remove group {number}", "nogroup", group) for number, group in enumerate(groups, start=1)]
    return Reply(tuple(blocks), (*buttons, *off), private=True, menu=menu)


async def _open(context: Context, _: str) -> Reply:
    return await _shown(context)


async def _notices(context: Context, _: str) -> Reply:
    there = context.settings.notices or own_channel(context)
    chosen = ReferenceQuestion(NOTICES, "The channel for a weekly notice", Referent.CHANNEL, there)
    form = Form(NOTICES, "Weekly notice", (chosen,), "Save", Button("Open the form", NOTICES))
    return Reply((), private=True, form=form)


async def _noticed(context: Context, submit: Submit) -> Reply:
    return await _set(context, {Setting.NOTICES: referred(context, submit.values.get(NOTICES, ""), Referent.CHANNEL)})


async def _passive(context: Context, value: str) -> Reply:
    await context.set_here(Setting.PASSIVE, value == "on")
    return await _shown(context)


async def _no_notices(context: Context, _: str) -> Reply:
    return await _set(context, {Setting.NOTICES: None})


async def _no_help_line(context: Context, _: str) -> Reply:
    return await propose(context, "")


async def _no_group(context: Context, group: str) -> Reply:
    if context.role < Role.ADMIN:
        raise BadArgument("Only admins decide who moderates.")
    return await _set(context, {Setting.MODERATORS: [*sorted(context.settings.moderators - {group})]})


COMMANDS = (settings,)
HANDLERS = Handlers(
    {
        "settings": _open,
        "passive": _passive,
        NOTICES: _notices,
        "nonotices": _no_notices,
        "nohelpline": _no_help_line,
        "nogroup": _no_group,
        "helpline-yes": confirm,
        "helpline-no": withdraw,
    },
    {NOTICES: _noticed},
    role=Role.MODERATOR,
    final=frozenset({"passive", "nonotices", "nohelpline", "nogroup", "helpline-yes", "helpline-no"}),
)
