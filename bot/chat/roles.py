"""From the groups that a platform reports to a role. Anybody unknown is a member: permissions fail closed."""

from bot.chat.events import Role, User

# The pseudo-groups by which adapters report a platform's native powers.
ADMINISTRATES = "native:administrates"
MODERATES = "native:moderates"


def role_of(user: User, moderators: frozenset[str]) -> Role:
    """Return the highest role that a person's groups give; these groups moderate, beside the platform's own."""
    if ADMINISTRATES in user.groups:
        return Role.ADMIN
    if MODERATES in user.groups or user.groups & moderators:
        return Role.MODERATOR
    return Role.MEMBER
