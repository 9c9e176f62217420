"""All commands, button actions and forms, brought together."""

from bot import (
    about,
    ask,
    browse,
    citing,
    curate,
    exchange,
    facts,
    feedback,
    forget,
    moderate,
    observances,
    quiz,
    review,
    revisions,
    schedule,
    share,
    silences,
    statistics,
    suggest,
    why,
)
from bot.commands import Registry

_GROUPS = (
    *(ask, browse, facts, share, citing, quiz, observances, suggest, about),
    *(curate, revisions, exchange, review, why, schedule, moderate, statistics, forget),
)


def default_registry() -> Registry:
    """Every command, button action and form that the bot has."""
    return Registry(
        (command for group in _GROUPS for command in group.COMMANDS),
        (group.HANDLERS for group in (*_GROUPS, feedback, silences)),
    )
