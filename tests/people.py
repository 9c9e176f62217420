"""Who talks to the bot in the tests, and short ways to say things."""

from bot.app import App
from bot.events import Invocation, Message, Place, Press, Typed, User, Value
from bot.replies import Reply
from bot.roles import ADMINISTRATES, MODERATES

MEMBER = User("test:user/1", "member")
OTHER = User("test:user/2", "other")
MODERATOR = User("test:user/3", "moderator", frozenset({MODERATES}))
ADMIN = User("test:user/4", "admin", frozenset({ADMINISTRATES}))
CHANNEL = Place("test:channel/1", "test:community/1")
DIRECT = Place("test:dm/1", "test:community/1", direct=True)


async def typed(app: App, line: str, user: User = MEMBER, place: Place = CHANNEL) -> Reply:
    """The reply to a typed command line; there has to be one."""
    reply = await app.handle(Typed(user, place, line))
    assert isinstance(reply, Reply)
    return reply


async def invoked(app: App, command: str, user: User = MEMBER, **arguments: Value) -> Reply:
    """The reply to a structured command; there has to be one."""
    reply = await app.handle(Invocation(user, CHANNEL, command, arguments))
    assert isinstance(reply, Reply)
    return reply


async def said(
    app: App, text: str, *, addressed: bool = True, user: User = MEMBER, place: Place = CHANNEL
) -> Reply | None:
    """The reply to free text, if any."""
    reply = await app.handle(Message(user, place, text, addressed=addressed))
    assert reply is None or isinstance(reply, Reply)
    return reply


async def pressed(app: App, reply: Reply, label: str, user: User = MEMBER) -> Reply:
    """The reply to the button with that label; both have to be there."""
    button = next(choice for choice in reply.choices if choice.label == label)
    answer = await app.handle(Press(user, CHANNEL, button.action, button.value))
    assert isinstance(answer, Reply)
    return answer
