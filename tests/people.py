"""Who talks to the bot in the tests, and short ways to say things."""

from bot.app.app import App
from bot.chat.events import Event, Invocation, Message, Place, Press, Submit, Typed, User, Value
from bot.chat.platform import Platform, Referent
from bot.chat.replies import FileQuestion, Form, Reply
from bot.chat.roles import ADMINISTRATES, MODERATES

MEMBER = User("test:user/1", "member")
OTHER = User("test:user/2", "other")
MODERATOR = User("test:user/3", "moderator", frozenset({MODERATES}))
ADMIN = User("test:user/4", "admin", frozenset({ADMINISTRATES}))
_REFERENTS = {"user": Referent.PERSON, "channel": Referent.CHANNEL, "role": Referent.GROUP}
_OWN_REFERENTS = {"U": Referent.PERSON, "C": Referent.CHANNEL, "S": Referent.GROUP}


def _referent(community: str, named: str) -> Referent | None:
    """What an id stands for: `test:channel/1` anywhere, `test:community/1/C5` in that community."""
    if named.startswith(f"{community}/"):
        return _OWN_REFERENTS.get(named.removeprefix(f"{community}/")[:1])
    return _REFERENTS.get(named.removeprefix("test:").partition("/")[0]) if named.startswith("test:") else None


PLATFORM = Platform("test", "Test", referent=_referent)
CHANNEL = Place("test:channel/1", "test:community/1", platform=PLATFORM)
# What somebody in danger might write.
DANGER = "my boss took my passport and i can't leave"
# The bot's own screen, whose replies are no messages.
SCREEN = Place("test:home/1", "test:community/1", direct=True, posts=False, platform=PLATFORM)
DIRECT = Place("test:dm/1", "test:community/1", direct=True, platform=PLATFORM)


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


async def done(app: App, event: Event) -> Reply:
    """The reply to an event; there has to be one."""
    reply = await app.handle(event)
    assert isinstance(reply, Reply)
    return reply


async def asked(app: App, words: str, place: Place = CHANNEL) -> str:
    """What a member reads who asks that, as plain text."""
    return (await done(app, Message(MEMBER, place, words, addressed=True))).plain


async def moderated(app: App, command: str, user: User = MODERATOR, place: Place = CHANNEL, **given: Value) -> Reply:
    """The reply to a moderators' command."""
    return await done(app, Invocation(user, place, command, given, "ijm-mod"))


async def chosen(
    app: App, reply: Reply, label: str, user: User = MODERATOR, place: Place = CHANNEL, *, alone: bool = False
) -> Reply:
    """The reply to the first choice whose label begins so, perhaps in a message that nobody else sees."""
    button = next(choice for choice in reply.choices if choice.label.startswith(label))
    return await done(app, Press(user, place, button.action, button.value, alone))


def form_of(reply: Reply) -> Form:
    """The form that a reply opens."""
    assert reply.form is not None
    return reply.form


def values_in(form: Form) -> dict[str, str]:
    """What stands in a form's fields."""
    return {field.name: field.value for field in form.fields if not isinstance(field, FileQuestion)}


async def sent(app: App, reply: Reply, user: User = MODERATOR, place: Place = CHANNEL, **typed: str) -> Reply:
    """The reply to a form that is sent in with what stands in it and what is typed."""
    form = form_of(reply)
    return await done(app, Submit(user, place, form.id, values_in(form) | typed))
