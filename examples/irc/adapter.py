"""What this adapter offers to the composition root."""

from bot.operating.adapter import Adapter
from examples.irc.app import serve
from examples.irc.events import IRC
from examples.irc.settings import IrcSettings

ADAPTER = Adapter(IRC, IrcSettings, serve, connect="IRC_SERVER", is_wanted=lambda settings: bool(settings.server))
