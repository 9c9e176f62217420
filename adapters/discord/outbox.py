"""Post what nobody has just asked for: scheduled facts, and notices to moderators."""

from datetime import datetime, timedelta

import aiohttp
import discord

from adapters.discord.events import DISCORD
from adapters.discord.hearing.threads import may_open
from adapters.discord.rendering.embeds import content, render
from adapters.discord.sending import LATER_PAUSES, NOBODY, insist, parts
from bot.chat.outbox import Outbox, Unpostable, Unreached
from bot.chat.replies import Reply

_Postable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
# The newest messages of a channel that one request gets (resources/message.mdx, Get Channel Messages).
_NEWEST = 100
_GUILD, _CHANNEL = f"{DISCORD.prefix}guild/", f"{DISCORD.prefix}channel/"


class DiscordOutbox(Outbox):
    """Posts through the client that serves Discord."""

    platform = DISCORD
    # "The past few minutes" are not said more exactly (resources/message.mdx, enforce_nonce); this is the fewest.
    remembers = timedelta(minutes=2)

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def check(self, community: str, place: str) -> None:
        """Look whether the channel is there, and what the bot may do in it."""
        await self._channel(community, place)

    async def post(self, community: str, place: str, reply: Reply, *, key: str) -> None:
        """Post to a channel or thread of that server. With one nonce for all tries Discord posts it once."""
        channel = await self._channel(community, place)
        rendered = render(reply)
        allowed = channel.permissions_for(channel.guild.me)
        plainly = {"embed": rendered.embed} if allowed.embed_links else {"content": content(reply)}

        async def send() -> None:
            await channel.send(**plainly, **parts(rendered), nonce=key, allowed_mentions=NOBODY)

        try:
            await insist(send, LATER_PAUSES)
        except (discord.Forbidden, discord.NotFound) as error:
            raise Unpostable(f"Discord does not let me write in #{channel.name}: {error.text}") from error
        except (aiohttp.ClientError, OSError, discord.DiscordServerError, discord.RateLimited) as error:
            raise Unreached(f"Discord was not reached: {type(error).__name__}", maybe=True) from error
        except discord.HTTPException as error:
            raise Unreached(f"Discord refused a post: {error}") from error

    async def arrived(self, community: str, place: str, reply: Reply, *, since: datetime) -> bool | None:
        """Look among the newest messages for one of the bot's own that says the same and answers nobody."""
        channel, read = await self._channel(community, place), 0
        if not channel.permissions_for(channel.guild.me).read_message_history:
            return None
        try:
            async for message in channel.history(limit=_NEWEST):
                read += 1
                if message.created_at < since:
                    return False
                if self._says(message, reply):
                    return True
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            raise Unreached(f"Discord was not reached: {type(error).__name__}") from error
        # Fewer than were asked for: that was the channel's beginning.
        return False if read < _NEWEST else None

    async def tell(self, community: str, person: str, reply: Reply) -> None:
        """Write a direct message."""
        rendered = render(reply)
        try:
            direct = await self._client.create_dm(discord.Object(int(person.rpartition("/")[2])))
            await direct.send(embed=rendered.embed, **parts(rendered), allowed_mentions=NOBODY)
        except (discord.Forbidden, discord.NotFound) as error:
            raise Unpostable(f"Discord does not let me write to them: {error.text}") from error
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            raise Unreached(f"Discord was not reached: {type(error).__name__}", maybe=True) from error

    async def deaf(self, community: str, place: str) -> str:
        """Look at the intent, and whether the bot sees the channel."""
        if not self._client.intents.message_content:
            return (
                "Discord does not give me the text of messages. Ask my operator to switch on Message Content Intent in "
                "the Discord Developer Portal (my app, Bot), to leave DISCORD_MESSAGE_CONTENT unset, and to restart me"
            )
        try:
            await self._channel(community, place)
        except (Unpostable, Unreached) as error:
            return str(error)
        return ""

    async def threadless(self, community: str, place: str) -> str:
        """Look at the kind of the channel, and what the bot may do in it."""
        try:
            channel = await self._channel(community, place)
        except (Unpostable, Unreached) as error:
            return str(error)
        if not isinstance(channel, discord.TextChannel):
            return "Threads open in text channels only"
        allowed = channel.permissions_for(channel.guild.me)
        return "" if may_open(allowed) else "Give me Create Public Threads and Send Messages in Threads here"

    def _says(self, message: discord.Message, reply: Reply) -> bool:
        asked = message.interaction_metadata is not None or message.reference is not None
        if asked or self._client.user is None or message.author.id != self._client.user.id:
            return False
        embed = render(reply).embed
        shown = ((each.description, each.footer.text) for each in message.embeds)
        return (embed.description, embed.footer.text) in shown or message.content == content(reply)

    async def _archived(self, guild: discord.Guild, channel_id: int) -> discord.Thread | None:
        """A thread that was archived; a message opens it again (topics/threads.mdx), unless it is locked."""
        try:
            found = await guild.fetch_channel(channel_id)
        except (discord.NotFound, discord.Forbidden, discord.InvalidData):
            return None
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            raise Unreached(f"Discord was not reached: {type(error).__name__}") from error
        return found if isinstance(found, discord.Thread) else None

    async def _channel(self, community: str, place: str) -> _Postable:
        """The channel or thread. Discord names no archived threads by itself; it is asked for one."""
        if not community.startswith(_GUILD) or not place.startswith(_CHANNEL):
            raise Unpostable("This is no channel of a server.")
        guild = self._client.get_guild(int(community.removeprefix(_GUILD)))
        if guild is None or guild.unavailable:
            raise Unreached("This server is not served by this process now.")
        channel_id = int(place.removeprefix(_CHANNEL))
        channel = guild.get_channel_or_thread(channel_id) or await self._archived(guild, channel_id)
        if isinstance(channel, discord.Thread) and channel.locked:
            raise Unpostable(f"The thread #{channel.name} was closed by a moderator. Open it again, or choose another.")
        if not isinstance(channel, _Postable):
            raise Unpostable("The channel is gone, hidden from me, or takes no messages (a category, a forum).")
        allowed = channel.permissions_for(guild.me)
        in_thread = isinstance(channel, discord.Thread)
        if not allowed.view_channel or not (allowed.send_messages_in_threads if in_thread else allowed.send_messages):
            raise Unpostable(f"I may not write in #{channel.name}: give me Send Messages there.")
        return channel
