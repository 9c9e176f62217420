"""Why a question gets its answer, for moderators who want to improve it."""

from typing import Annotated

from bot.asking.answers import entry_button
from bot.chat.events import Role
from bot.chat.markup import Plain
from bot.chat.replies import Button, Fields, Heading, Reply, echo, note
from bot.commands.context import Context
from bot.commands.declarations import About, Handlers, command
from bot.curating.editing.drafts import Pending, keep, pending_of
from bot.curating.editing.entry_form import FIELDS, PHRASINGS
from bot.curating.picking import pick
from bot.curating.unanswerable import take_back_button, unanswerable_button
from knowledge.matching import Match, Reason, Unknown, Verdict
from knowledge.matching.search import ANSWER_SCORE, CLOSEST_SCORE, SUGGEST_SCORE
from knowledge.safety.danger import likelihood

_RULES = {
    Reason.SAME_WORDING: "Answer: it is one of the entry's own phrasings, word for word.",
    Reason.CONFIDENT: f"Answer: the best entry is almost certainly right (at least {ANSWER_SCORE:.2f}).",
    Reason.LIKELY: f"Closest: the best entry is probably right (from {CLOSEST_SCORE:.2f} on), and I say that.",
    Reason.UNSURE: f"Choice: the best entry may be right (from {SUGGEST_SCORE:.2f} on), so I let the asker choose.",
    Reason.SHARED_WORDS: "Closest: several entries share these few words (choices.yaml).",
    Reason.SAID_UNANSWERED: "Unknown: a moderator said that nothing answers it.",
    Reason.OUT_OF_SCOPE: f"Unknown: it reads like a question that no entry answers (below {SUGGEST_SCORE:.2f}).",
    Reason.EMPTY: "There is nothing in it but mentions, links, code or emoji.",
}


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def why(
    context: Context,
    question: Annotated[str, About("the question, as somebody asked it")],
) -> Reply:
    """See why I answer a question as I do; add it to the right entry, or say that nothing answers it."""
    services = context.services
    verdict = context.library.search.ask(question)
    matches = verdict.matches
    pairs = [("rule", _RULES[verdict.reason])]
    if matches:
        pairs.append(("matched", _match(matches[0])))
        pairs.append(("its closest phrasing", f"“{matches[0].phrasing}”"))
    if len(matches) > 1:
        pairs.append(("runner-up", _match(matches[1])))
        pairs.append(("margin", f"{matches[0].score - matches[1].score:.2f}"))
    weighed = services.danger.weigh(question)
    score, card, line = map(likelihood, (weighed.score, weighed.thresholds.clear, weighed.thresholds.unsure))
    pairs.append(("safety", f"{score:.2f} (card from {card:.2f}, a line of help from {line:.2f})"))
    fields = Fields(tuple((name, (Plain(value),)) for name, value in pairs))
    typed_id = await keep(context, Pending(dict.fromkeys(FIELDS, "") | {PHRASINGS: question}))
    adding = [Button(f"Add to: {each.entry.label}", "phrase", f"{typed_id} {each.entry.id}") for each in matches]
    adding.append(Button("Add to another entry", "wording", typed_id))
    adding += _wrong(verdict, question, typed_id)
    small = note("Scores are probabilities from 0 to 1. If you add the wording, it always matches.")
    title = Heading(f"“{echo(question)}”")
    return Reply((title, fields, small), (*adding, *_shown(matches)), private=True)


def _wrong(verdict: Verdict, question: str, typed_id: str) -> tuple[Button, ...]:
    """Return the buttons for a wrong answer when no entry is right, or for taking that back."""
    if verdict.reason is Reason.SAID_UNANSWERED:
        return (take_back_button(question),)
    if isinstance(verdict, Unknown) or verdict.reason is Reason.SAME_WORDING:
        return ()
    return (unanswerable_button(typed_id),)


def _match(match: Match) -> str:
    return f"“{match.entry.question}” ({match.entry.id}), score {match.score:.2f}"


def _shown(matches: tuple[Match, ...]) -> tuple[Button, ...]:
    return (entry_button(matches[0].entry),) if matches else ()


async def _elsewhere(context: Context, typed_id: str) -> Reply:
    pending = await pending_of(context, typed_id)
    words = str(pending.values[PHRASINGS])
    return pick(context, "Which entry answers it?", "phrase", typed_id, words)


COMMANDS = (why,)
HANDLERS = Handlers({"wording": _elsewhere}, role=Role.MODERATOR)
