"""What this adapter offers to the composition root."""

from importlib import import_module

from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.console.events import CONSOLE
from bot.app.app import App
from bot.operating.adapter import Adapter, Serving


class ConsoleSettings(BaseSettings):
    """`plain` lines in and out, as between pipes; without it, if input or output is no terminal."""

    model_config = SettingsConfigDict(title="Terminal", env_prefix="IJM_CONSOLE_", env_file=".env", extra="ignore")

    plain: bool = False


async def _serve(app: App, settings: ConsoleSettings, serving: Serving) -> None:
    # The drawing code is imported only for a terminal.
    console = import_module("adapters.console.app")
    await console.chat(app, scripted=settings.plain or None, connect=serving.connect)


ADAPTER = Adapter(CONSOLE, ConsoleSettings, _serve)
