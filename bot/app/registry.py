"""All commands, button actions and forms, brought together."""

from bot.app import welcome
from bot.asking import about, answer_wanted, browse, own_traces, suggest, votes
from bot.commands.declarations import Registry
from bot.community import forget, moderate, statistics
from bot.curating import (
    history,
    import_export,
    learning,
    lending,
    mod_help,
    unanswerable,
    why,
)
from bot.curating.editing import edit, number_check, quiz_form, saving
from bot.curating.reviewing import review, review_item
from bot.facts import awareness, citing, facts, quiz
from bot.schedules import command as schedule
from bot.talking import ask

_GROUPS = (
    *(ask, browse, facts, citing, quiz, awareness, suggest, about),
    *(edit, history, import_export, lending, review, mod_help, why, schedule, moderate, statistics, forget),
)


def default_registry() -> Registry:
    """Return every command, button action and form of the bot."""
    return Registry(
        (command for group in _GROUPS for command in group.COMMANDS),
        (
            group.HANDLERS
            for group in (
                *_GROUPS,
                welcome,
                answer_wanted,
                votes,
                own_traces,
                unanswerable,
                learning,
                saving,
                number_check,
                quiz_form,
                review_item,
            )
        ),
    )
