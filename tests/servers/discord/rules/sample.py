"""A small bot on the real discord.py, by which the local Discord is tested."""

import io
from typing import Any

from tests.servers.discord.client import discord

app_commands = discord.app_commands

Kind = type[discord.Client]
# A tenth of what the SDK waits for further guilds before it is ready.
READY_SECONDS = 0.2


class Panel(discord.ui.View):
    """A button that edits its message, one that opens a form, and a menu."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Go", custom_id="go")
    async def go(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.edit_message(content="gone", view=None)

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later")

    @discord.ui.select(custom_id="pick", max_values=2, options=[discord.SelectOption(label=x) for x in "abc"])
    async def pick(self, interaction: discord.Interaction, select: Any) -> None:
        await interaction.response.send_message(" and ".join(select.values), ephemeral=True)


class Form(discord.ui.Modal, title="Form"):
    """One text input and one menu."""

    word = discord.ui.Label(text="Word", component=discord.ui.TextInput(custom_id="word", max_length=10))
    kind = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(
            custom_id="kind", required=False, min_values=0, options=[discord.SelectOption(label="noun")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        word, kind = self.word.component.value, self.kind.component.values
        if interaction.message is not None:
            await interaction.response.edit_message(content=f"{word} {kind}")
        else:
            await interaction.response.send_message(f"{word} {kind}")


class Layout(discord.ui.LayoutView):
    """Components V2."""

    box = discord.ui.Container(
        discord.ui.TextDisplay("# A box"),
        discord.ui.Section("beside", accessory=discord.ui.Button(label="Deep", custom_id="deep")),
    )


def sample(kind: Kind = discord.Client, intents: discord.Intents | None = None, **options: Any) -> discord.Client:
    """The bot, on a client of that kind. It keeps the messages that it reads in `read`, its errors in `errors`."""
    client = kind(intents=intents or discord.Intents.default(), guild_ready_timeout=READY_SECONDS, **options)
    tree = app_commands.CommandTree(client)
    client.tree, client.read, client.errors = tree, [], []
    _slash_commands(tree)
    _other_commands(tree)

    async def sync() -> None:
        await tree.sync()

    async def on_message(message: discord.Message) -> None:
        client.read.append(message)
        if message.author != client.user and (message.guild is None or client.user in message.mentions):
            await message.reply(f"heard {message.content}", mention_author=False)

    async def on_error(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        client.errors.append(getattr(error, "original", error))

    client.setup_hook = sync
    client.event(on_message)
    tree.error(on_error)
    return client


def _slash_commands(tree: Any) -> None:
    head = app_commands.Group(name="head", description="The head")

    @head.command(description="Say a word back")
    async def echo(
        interaction: discord.Interaction, word: app_commands.Range[str, 1, 20], hidden: bool = False
    ) -> None:
        nobody = discord.AllowedMentions.none()
        await interaction.response.send_message(word, ephemeral=hidden, view=Panel(), allowed_mentions=nobody)

    @echo.autocomplete("word")
    async def words(interaction: discord.Interaction, current: str) -> list[Any]:
        return [app_commands.Choice(name=f"{current}!", value=current)]

    @head.command(description="Say it in time, do it later")
    async def slow(interaction: discord.Interaction, hidden: bool = False) -> None:
        await interaction.response.defer(ephemeral=hidden)
        await interaction.followup.send("first", ephemeral=not hidden)
        await interaction.followup.send("second", ephemeral=not hidden)
        await interaction.edit_original_response(content="changed")

    @head.command(description="Open a form")
    async def form(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    @head.command(description="Say nothing, then follow up")
    async def mute(interaction: discord.Interaction) -> None:
        await interaction.followup.send("too early")

    @head.command(description="Send a file's text, and the file again")
    async def file(interaction: discord.Interaction, file: discord.Attachment) -> None:
        content = await file.read()
        again = discord.File(io.BytesIO(content), "again.txt", description="the same")
        await interaction.response.send_message(content.decode(), file=again)

    @head.command(description="Show a box")
    async def box(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Layout())

    @head.command(description="Greet somebody")
    async def greet(interaction: discord.Interaction, who: discord.Member, where: discord.TextChannel) -> None:
        await interaction.response.send_message(f"{who.mention} in {where.mention}, {interaction.locale}")

    tree.add_command(head)


def _other_commands(tree: Any) -> None:
    @tree.command(description="For moderators")
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.guild_only()
    async def moderate(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("moderated", ephemeral=True)

    @tree.context_menu(name="Quote")
    async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"> {message.content}")
