"""From the groups that a platform reports to a role. What is unknown is a member: permissions fail closed."""

from collections.abc import Mapping

from bot.chat.events import Role, User
from knowledge.store.protocol import Json

# The pseudo-groups by which adapters report a platform's native powers.
ADMINISTRATES = "native:administrates"
MODERATES = "native:moderates"


# The setting with the ids of the groups whose members are moderators, beside those whom the platform says so of.
MODERATORS = "moderators"


def role_of(user: User, settings: Mapping[str, Json]) -> Role:
    """The highest role that a person's groups give in a community with these settings."""
    if ADMINISTRATES in user.groups:
        return Role.ADMIN
    if MODERATES in user.groups or user.groups & moderating(settings):
        return Role.MODERATOR
    return Role.MEMBER


def moderating(settings: Mapping[str, Json]) -> frozenset[str]:
    """The groups that a community made moderators; none if the setting is not what it should be."""
    named = settings.get(MODERATORS)
    return frozenset(name for name in named if isinstance(name, str)) if isinstance(named, list) else frozenset()
