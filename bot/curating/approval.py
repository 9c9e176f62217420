"""Two pairs of eyes, if a community wants them: a change waits until a second moderator approves it."""

from collections.abc import Sequence

from bot.asking import answers
from bot.chat.markup import Plain, Reference
from bot.chat.replies import Block, Reply, Text, text
from bot.commands.context import Context
from bot.commands.declarations import BadArgument
from bot.curating.telling import settle, waiting_for
from knowledge.pack.changes import differences
from knowledge.pack.overlay import Conflict, Draft, Revision
from knowledge.store.agreements import Proposal


async def revise(context: Context, drafts: Sequence[Draft], misses: Sequence[str] = ()) -> tuple[Revision, ...]:
    """Save changes as revisions; if the community wants two moderators, save none and let them wait in the review.
    `misses` are questions that the first change answers. Raises Conflict as the store does.
    """
    store, now, by = context.services.store, context.services.now(), context.user.id
    if not context.settings.approval:
        return await store.revise(context.community, drafts, by=by, now=now)
    for place, draft in enumerate(drafts):
        await store.propose(context.community, draft, by=by, now=now, misses=misses if place == 0 else ())
    return ()


def waits() -> Reply:
    """Tell the author of a change that it waits."""
    said = text("Kept. It waits in `/ijm-mod review` until a second moderator approves it; nothing has changed yet.")
    return Reply((said,), private=True)


async def waiting_changes(context: Context, entry_id: str) -> tuple[Block, ...]:
    """Say whose changes to an entry wait for a second moderator."""
    there = await context.services.store.proposals(context.community)
    authors = dict.fromkeys(each.by for each in there if each.draft.entry_id == entry_id)
    waits_for = Plain(" waits in the review; only one of two changes can be approved.")
    return tuple(Text((Plain("A change by "), Reference(by), waits_for)) for by in authors)


def difference(context: Context, proposal: Proposal) -> tuple[Block, ...]:
    """Show what a proposal would change, and whose it is."""
    draft = proposal.draft
    now = context.pack.entry(draft.entry_id)
    whose = Text((Plain("By "), Reference(proposal.by), Plain(f", {proposal.at:%Y-%m-%d %H:%M} UTC: {draft.change}")))
    if now is None and draft.entry is not None:
        return (whose, *answers.answer(context.pack, draft.entry).blocks)
    lines = [line for each in differences(now, draft.entry) for line in (f"{each.field}:", *each.lines)]
    return (whose, *(Text((Plain(line),)) for line in lines))


async def approve(context: Context, proposal: Proposal) -> Revision:
    """Save an approved change as a revision in its author's name. Raises BadArgument if the author approves it, or if
    the entry has changed meanwhile.
    """
    store, now = context.services.store, context.services.now()
    if proposal.by == context.user.id:
        raise BadArgument("Another moderator has to approve it: that is the point of a second pair of eyes.")
    try:
        (revision,) = await store.revise(context.community, [proposal.draft], by=proposal.by, now=now)
    except Conflict as conflict:
        number = conflict.current.number
        raise BadArgument(
            f"Revision {number} of this entry was saved in the meantime, so this change no longer fits. Reject it, or "
            "ask its author to edit the entry again."
        ) from conflict
    await store.drop_proposal(context.community, proposal.id)
    # Who approved is kept as a signed mark, not in the text of a revision.
    mark = f"approved:{revision.entry_id}:{revision.number}"
    await store.mark(context.community, mark, by=context.user.id, now=now)
    if revision.entry is not None:
        entry = revision.entry
        await settle(context, dict.fromkeys(proposal.misses, entry) | await waiting_for(context, [entry]))
    return revision
