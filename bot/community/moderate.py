"""What moderators decide for their community: where and how the bot behaves, who else moderates, the help line."""

from collections.abc import Mapping
from typing import Annotated

from bot.asking.helpline import confirm, help_line, proposal_blocks, propose, withdraw
from bot.chat.events import Place, Role
from bot.chat.markup import Plain, Reference, Span, Spans
from bot.chat.platform import Referent
from bot.chat.replies import Block, Button, Fields, Heading, Reply, note, short
from bot.chat.roles import MODERATORS, moderating
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Completes, Handlers, command
from bot.commands.references import referred
from bot.curating.queue import STALE_AFTER, stale_years
from bot.curating.unanswerable import overview
from knowledge.store.protocol import Json, Store

# The name under which the store keeps whether a place is answered without being asked.
PASSIVE = "passive"
# The setting with the place that gets a short notice each week of what waits for moderators.
NOTICES = "notices"
# Older figures than these are history, and need no review.
OLDEST_REVIEW = 100
# As many groups as an admin can keep an eye on.
GROUPS_LIMIT = 20


async def is_passive(store: Store, place: Place) -> bool:
    """Whether a moderator switched on that questions in a place are answered without addressing the bot."""
    return await store.place_setting(place.community, place.id, PASSIVE) is True


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def settings(
    context: Context,
    passive: Annotated[bool | None, About("answer sure questions in this channel without being mentioned")] = None,
    notices: Annotated[str | None, About("the channel for a weekly notice of what waits", Completes.CHANNEL)] = None,
    stale: Annotated[int | None, About("review figures older than so many years; 0 for never")] = None,
    helpline: Annotated[str | None, About("your own help line, to be confirmed by a second moderator")] = None,
    moderators: Annotated[str | None, About("a group that moderates, too (admins only)", Completes.GROUP)] = None,
) -> Reply:
    """Show or change how I behave here.

    With passive:true I answer questions here that nobody addressed to me, when I am very sure, and not more often
    than every few minutes. On Discord this needs the message content intent (see the operator's documentation).
    """
    if context.is_personal:
        raise BadArgument("Settings belong to a server; please do this there.")
    chosen: dict[str, Json] = {}
    if notices is not None:
        chosen[NOTICES] = referred(context, notices, Referent.CHANNEL)
    if stale is not None:
        if not 0 <= stale <= OLDEST_REVIEW:
            raise BadArgument(f"“stale” is a number of years from 0 (never) to {OLDEST_REVIEW}.")
        chosen[STALE_AFTER] = stale
    if moderators is not None:
        chosen[MODERATORS] = _with_group(context, moderators)
    if helpline is not None:
        return await propose(context, helpline)
    if passive is not None:
        await context.services.store.set_place_setting(
            context.community, context.place.id, PASSIVE, passive, by=context.user.id, now=context.services.now()
        )
    return await _set(context, chosen)


def _with_group(context: Context, group: str) -> list[Json]:
    if context.role < Role.ADMIN:
        raise BadArgument("Who moderates is decided by admins.")
    groups = moderating(context.settings) | {referred(context, group, Referent.GROUP)}
    if len(groups) > GROUPS_LIMIT:
        raise BadArgument(f"At most {GROUPS_LIMIT} groups can moderate.")
    return [*sorted(groups)]


async def _set(context: Context, chosen: Mapping[str, Json]) -> Reply:
    for name, value in chosen.items():
        await context.set(name, value)
    return await _shown(context, {**context.settings, **chosen})


async def _shown(context: Context, now: Mapping[str, Json]) -> Reply:
    on = await is_passive(context.services.store, context.place)
    years = stale_years(now)
    place, groups = now.get(NOTICES), sorted(moderating(now))
    named: list[Span] = [span for group in groups for span in (Plain(", "), Reference(group))]
    passive = "on: I answer sure questions in this channel" if on else "off: I answer only when addressed"
    stale = f"figures older than {years} years are to be reviewed" if years else "off"
    pairs: list[tuple[str, Spans]] = [
        ("passive", (Plain(passive),)),
        ("notices", (Reference(place) if isinstance(place, str) else Plain("none: nothing is posted weekly"),)),
        ("stale", (Plain(stale),)),
        ("helpline", (Plain(help_line(now) or "none of your own"),)),
        ("moderators", (Plain("whom the platform says so of"), *named)),
    ]
    blocks: list[Block] = [Heading("Settings"), Fields(tuple(pairs))]
    proposed, buttons = proposal_blocks(now, context.user.id)
    blocks += [*proposed, note("Change one: `/ijm-mod settings passive:true`. Reading a channel may need a restart.")]
    silent, menu = overview(now)
    blocks += silent
    off = [Button("No weekly notice", "nonotices")] if now.get(NOTICES) else []
    if help_line(now) and not proposed:
        off.append(Button("Propose to remove the help line", "nohelpline"))
    if context.role >= Role.ADMIN:
        off += [Button(short(f"Remove {group}"), "nogroup", group) for group in sorted(moderating(now))]
    return Reply(tuple(blocks), (*buttons, *off), private=True, menu=menu)


async def _no_notices(context: Context, _: str) -> Reply:
    return await _set(context, {NOTICES: None})


async def _no_help_line(context: Context, _: str) -> Reply:
    return await propose(context, "")


async def _no_group(context: Context, group: str) -> Reply:
    if context.role < Role.ADMIN:
        raise BadArgument("Who moderates is decided by admins.")
    return await _set(context, {MODERATORS: [*sorted(moderating(context.settings) - {group})]})


COMMANDS = (settings,)
HANDLERS = Handlers(
    {
        "nonotices": _no_notices,
        "nohelpline": _no_help_line,
        "nogroup": _no_group,
        "helpline-yes": confirm,
        "helpline-no": withdraw,
    },
    role=Role.MODERATOR,
)
