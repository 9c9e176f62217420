"""What goes on from the answer before: a follow-up, one of a list, more of the same, or something else."""

from dataclasses import replace

from bot.asking import answers
from bot.asking.ask import Considered, ReplyKind
from bot.asking.years import names_other_year
from bot.talking.follow_ups import asks, is_bare, led_on, may_follow, numbered, place_in_list
from bot.talking.heard import Heard, answered_by, commanded, fixed_reply, replied, talk
from knowledge.matching import SUGGESTIONS_LIMIT, Match
from knowledge.pack.model import Entry
from knowledge.talk.groups import Group

# The groups that go on from what was shown.
MORE, ANOTHER, OTHER, REPEAT, SURE = "more", "another", "other", "repeat", "sure"
# The group that is told of figures of other years.
FIGURES = "figures"


def follow_up(heard: Heard) -> Considered | None:
    """Recognize a short question that leads on from the entry that was shown before."""
    shown = heard.library.pack.entry(heard.turn.entry)
    if shown is None or not may_follow(heard.message):
        return None
    if heard.question.kind is ReplyKind.ANSWER and heard.question.matches[0].entry is shown:
        return None
    figures = heard.library.talk.groups.get(FIGURES)
    if figures is not None and not heard.question.worded and names_other_year(heard.message, shown):
        return talk(FIGURES, fixed_reply(heard, figures))
    ranked = led_on(heard.library.search, heard.message, heard.question.matches, shown)
    if heard.question.worded and (not ranked or ranked[0].entry is not shown):
        # Words that are an entry's own lead there, unless they ask for what the shown answer says itself.
        return None
    if not ranked:
        return related_to(heard, shown, MORE) if is_bare(heard.message) and asks(heard.message) else None
    return answered_by(heard, ranked[0].entry, [match.entry for match in ranked[1:]])


def one_of_list(heard: Heard) -> Considered | None:
    """Open one of a list by its place: of the entries to choose from, or of what the shown answer numbers."""
    pack, turn, nth = heard.library.pack, heard.turn, place_in_list(heard.message)
    if nth is None or heard.question.worded:
        return None
    shown = pack.entry(turn.entry)
    items = numbered(shown) if shown is not None else ()
    if items:
        item = "".join(items[nth:][:1])
        matches = heard.library.search.ask(item).matches if item else ()
        found = next((match.entry for match in matches if match.entry is not shown), None)
    else:
        found = pack.entry("".join(turn.others[nth:][:1]))
    return None if found is None else answered_by(heard, found)


def went_on(heard: Heard, group: Group) -> Considered | None:
    """Show more of what was shown before, or something else in its place."""
    pack, turn = heard.library.pack, heard.turn
    shown = pack.entry(turn.entry)
    if group.name == ANOTHER and turn.command:
        return commanded(turn.command, dict(turn.arguments))
    if group.name == REPEAT and shown is not None:
        return answered_by(heard, shown)
    if group.name == SURE and shown is not None:
        return commanded("cite", {"entry": shown.id})
    others = [entry for entry_id in turn.others if (entry := pack.entry(entry_id))]
    if group.name == OTHER and others:
        return answered_by(heard, others[0] if shown else others[min(1, len(others) - 1)], others[1:])
    going_on = None
    if group.name in {MORE, ANOTHER} and shown is not None:
        going_on = related_to(heard, shown, group.name)
    return going_on or talk(group.name, fixed_reply(heard, group))


def related_to(heard: Heard, shown: Entry, group: str) -> Considered | None:
    """Offer entries related to the shown one; None if there are none."""
    ids = shown.related or heard.turn.others
    related = [entry for entry_id in ids if (entry := heard.library.pack.entry(entry_id))][:SUGGESTIONS_LIMIT]
    if not related:
        return None
    matches = tuple(Match(entry, 0.0, entry.question) for entry in related)
    # It asks nothing that an entry could answer.
    return replace(
        replied(heard, ReplyKind.SUGGESTIONS, matches, answers.related(related, private=heard.private)), group=group
    )
