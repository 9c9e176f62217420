"""The floor: what discord.py's own pages show, a slash command that is answered with "hello"."""

import os
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord import app_commands
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

import yarl


def main() -> None:
    """Serve it until it is killed."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    client = discord.Client(intents=discord.Intents.default())
    tree = app_commands.CommandTree(client)
    ijm = app_commands.Group(name="ijm", description="Hello")

    @ijm.command(name="ask", description="Say hello")
    async def ask(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.send_message("hello")

    tree.add_command(ijm)

    @client.event
    async def setup_hook() -> None:
        await tree.sync()

    client.run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
