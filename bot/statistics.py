COMMANDS = ()
from bot.commands import Handlers

HANDLERS = Handlers({})
