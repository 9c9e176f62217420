"""The composition root: the only file that names everyone."""

import asyncio

import click

from adapters.console.app import chat as console_chat
from bot.app import App
from bot.bootstrap import services
from bot.cli import cli
from bot.settings import Settings


@cli.command()
@click.option("--plain", is_flag=True, help="Plain lines in and out, as between pipes.")
def chat(*, plain: bool) -> None:
    """Chat with the bot here, in the terminal."""
    asyncio.run(console_chat(App(services()), scripted=plain or None))


@cli.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Serve the platforms whose tokens are set; with none set, chat here."""
    platforms = Settings().platforms
    if platforms:
        raise click.ClickException(
            f"{' and '.join(platforms)}: this version does not serve it yet. Unset the token to chat here."
        )
    context.invoke(chat, plain=False)


def main() -> None:
    """The console script `ijm-bot`."""
    cli(prog_name="ijm-bot")


if __name__ == "__main__":
    main()
