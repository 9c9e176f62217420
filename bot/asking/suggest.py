"""What members tell the moderators: a question that the bot should know."""

from typing import Annotated

from bot.asking import answers
from bot.asking.helpline import local_line
from bot.asking.safety_cards import safety_card
from bot.chat.events import Submit
from bot.chat.replies import Copyable, Form, Question, Reply, note, text
from bot.commands.context import Context
from bot.commands.declarations import About, BadArgument, Handlers, command
from knowledge.pack.redaction import KEPT_LIMIT, redacted
from knowledge.safety.danger import Danger

FORM = "suggest"
DELICATE = "This may be about somebody's safety, so I did not keep it. Please tell a moderator yourself."


@command(private=True)
async def suggest(
    context: Context,
    question: Annotated[str | None, About("what I should know: a question, or a fact and its source")] = None,
) -> Reply:
    """Suggest a question to this community's moderators, without your name."""
    _check_place(context)
    return await _keep(context, question) if question else _opened()


def _opened() -> Reply:
    hint = "How do I start a chapter at my school?"
    asked = Question("question", "What should I know?", limit=KEPT_LIMIT, lines=3, hint=hint)
    return Reply((), private=True, form=Form(FORM, "Suggest a question", (asked,), "Suggest"))


def _check_place(context: Context) -> None:
    """Raise BadArgument where there are no moderators."""
    if context.is_personal:
        raise BadArgument("Suggestions go to the moderators of a server; please do this there.")


async def _submitted(context: Context, submit: Submit) -> Reply:
    _check_place(context)
    return await _keep(context, submit.values.get("question", ""))


async def _keep(context: Context, question: str) -> Reply:
    if not question.strip():
        raise BadArgument("That was empty. What should I know?")
    danger = context.services.danger.judge(question)
    if danger is Danger.CLEAR:
        return safety_card(context.pack, context.library.search.ask(question), local_line(context))
    if danger is Danger.UNSURE:
        return Reply((text(DELICATE), text(answers.HINT)), private=True)
    kept = redacted(question)
    await context.services.store.add_suggestion(context.community, kept, now=context.services.now())
    said = text("Thank you. I kept this for the moderators, without your name:")
    return Reply((said, Copyable(kept), note("It is dropped after 90 days if nobody takes it up.")), private=True)


async def _asked(context: Context, _: str) -> Reply:
    return _opened()


COMMANDS = (suggest,)
HANDLERS = Handlers({"suggest": _asked}, {FORM: _submitted})
