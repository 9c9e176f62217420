"""The messages of a local Discord: how they are written, edited and deleted, and what is seen of them."""

import mimetypes
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.servers.discord.posts import EDITABLE, SENDABLE, TEXT_DISPLAY, Flag, MessageType, Post, numbered
from tests.servers.discord.requests import Upload, unknown
from tests.servers.discord.rules.payloads import member_json, moment, user_json, written
from tests.servers.discord.waiting import Changes
from tests.servers.discord.world import Channel, Permission, User, World
from tests.servers.json_copies import copied

Json = dict[str, Any]

USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")
EVERYONE_MENTION = re.compile(r"@(everyone|here)")


class Messages:
    """All messages. `announce` gets the name of the gateway event and the message of each change."""

    def __init__(self, world: World, changes: Changes, announce: Callable[[str, Post], None]) -> None:
        self.address = ""
        self.uploads: dict[str, Upload] = {}
        self.posts: list[Post] = []
        self._world = world
        self._changes = changes
        self._announce = announce

    def find(self, channel_id: str, message_id: str) -> Post:
        """A message. Raises Refused 10008 if it was never there, is deleted or ephemeral."""
        for post in self.posts:
            if post.id == message_id and post.channel_id == channel_id and not post.deleted and not post.ephemeral:
                return post
        raise unknown("Message", 10008)

    def seen_in(self, channel_id: str) -> list[Post]:
        """The messages that everybody sees in a channel, the oldest first."""
        return [p for p in self.posts if p.channel_id == channel_id and not p.deleted and not p.ephemeral]

    def write(
        self,
        author: User,
        channel: Channel,
        body: Json,
        files: Sequence[Upload] = (),
        *,
        kind: MessageType = MessageType.DEFAULT,
        extra: Json | None = None,
        viewer: User | None = None,
        flags: int = 0,
        message_id: str | None = None,
    ) -> Post:
        """Post a message with the fields of a request's body; `extra` are further fields of the message."""
        if body.get("enforce_nonce") and (same := self._with_nonce(author, channel, body["nonce"])):
            return same
        message_id = message_id or self._world.mint()
        content = body.get("content") or ""
        components = numbered(body.get("components") or [])
        json: Json = {
            "id": message_id,
            "type": int(kind),
            "channel_id": channel.id,
            "author": user_json(author),
            "content": content,
            "timestamp": moment(message_id),
            "edited_timestamp": None,
            "attachments": self._attached(channel, body.get("attachments"), files),
            "embeds": [{"type": "rich", **embed} for embed in body.get("embeds") or []],
            "components": components,
            "flags": int(body.get("flags") or 0) & SENDABLE | flags,
            "pinned": False,
            "tts": bool(body.get("tts")),
            **(extra or {}),
        }
        if body.get("nonce") is not None:
            json["nonce"] = body["nonce"]
        post = Post(json, channel.guild_id, viewer.id if viewer else None)
        json |= self._mentions(author, channel, post, body.get("allowed_mentions"))
        post.versions.append(copied(json))
        self.posts.append(post)
        self._tell("MESSAGE_CREATE", post)
        return post

    def edit(self, post: Post, body: Json, files: Sequence[Upload] = ()) -> None:
        """Change the fields of a message that a request's body names; a message that was loading is then there."""
        if "content" in body:
            post.json["content"] = body["content"] or ""
        if "embeds" in body:
            post.json["embeds"] = [{"type": "rich", **embed} for embed in body["embeds"] or []]
        if "components" in body:
            post.json["components"] = numbered(body["components"] or [])
        if "attachments" in body or files:
            kept = post.json["attachments"]
            channel = self._world.channels[post.channel_id]
            post.json["attachments"] = self._attached(channel, body.get("attachments"), files, kept)
        flags = post.flags & ~Flag.LOADING
        if body.get("flags") is not None:
            flags = flags & ~Flag.SUPPRESS_EMBEDS | body["flags"] & EDITABLE
        post.json["flags"] = int(flags)
        post.json["edited_timestamp"] = written(time.time_ns() // 1_000_000)
        author, channel = self._world.users[post.author_id], self._world.channels[post.channel_id]
        post.json |= self._mentions(author, channel, post, body.get("allowed_mentions"))
        post.versions.append(copied(post.json))
        self._tell("MESSAGE_UPDATE", post)

    def react(self, post: Post, emoji: str) -> None:
        """Put the bot's reaction to a message; no session asks for the event of it."""
        if emoji not in post.reactions:
            post.reactions.append(emoji)
        self._changes.happened()

    def delete(self, post: Post) -> None:
        """Remove a message."""
        post.deleted = True
        self._tell("MESSAGE_DELETE", post)

    def upload(self, channel: Channel, file: Upload, description: str | None = None) -> Json:
        """Keep a file under an address of its own; its attachment as JSON."""
        attachment_id = self._world.mint()
        self.uploads[attachment_id] = file
        guessed, _ = mimetypes.guess_type(file.filename)
        url = f"{self.address}/attachments/{channel.id}/{attachment_id}/{file.filename}"
        described = {"description": description} if description else {}
        return {
            "id": attachment_id,
            "filename": file.filename,
            "size": len(file.content),
            "url": url,
            "proxy_url": url,
            "content_type": guessed or file.content_type,
            **described,
        }

    def event_json(self, post: Post) -> Json:
        """A message as the gateway sends it: an ephemeral one without its guild, as if it were direct."""
        if post.ephemeral or post.guild_id is None:
            return copied(post.json)
        more: Json = {"guild_id": post.guild_id}
        member = self._world.members.get((post.guild_id, post.author_id))
        if member is not None and "webhook_id" not in post.json:
            more["member"] = member_json(member)
        more["mentions"] = [self._mentioned_member(post.guild_id, user) for user in post.json["mentions"]]
        return copied(post.json | more)

    def _mentioned_member(self, guild_id: str, user: Json) -> Json:
        member = self._world.members.get((guild_id, user["id"]))
        return user | {"member": member_json(member)} if member else user

    def _tell(self, event: str, post: Post) -> None:
        self._announce(event, post)
        self._changes.happened()

    def _with_nonce(self, author: User, channel: Channel, nonce: object) -> Post | None:
        same = (p for p in self.posts if p.author_id == author.id and p.channel_id == channel.id)
        return next((post for post in same if post.json.get("nonce") == nonce), None)

    def _attached(
        self, channel: Channel, wanted: list[Json] | None, files: Sequence[Upload], kept: Sequence[Json] = ()
    ) -> list[Json]:
        described = {str(each["id"]): each for each in wanted or []}
        old = [each for each in kept if wanted is None or each["id"] in described]
        new = []
        for file in files:
            about = described.get(file.index, {})
            named = replace(file, filename=about.get("filename") or file.filename)
            new.append(self.upload(channel, named, about.get("description")))
        return [*old, *new]

    def _mentions(self, author: User, channel: Channel, post: Post, allowed: Json | None) -> Json:
        text = "\n".join([post.content, *(c["content"] for c in post.components if c["type"] == TEXT_DISPLAY)])
        users = [self._world.users[i] for i in dict.fromkeys(USER_MENTION.findall(text)) if i in self._world.users]
        roles = [i for i in dict.fromkeys(ROLE_MENTION.findall(text)) if i in self._world.roles]
        everyone = bool(EVERYONE_MENTION.search(text))
        if not author.bot:
            everyone = everyone and bool(self._world.permissions(author, channel) & Permission.MENTION_EVERYONE)
        if allowed is not None:
            parse = allowed.get("parse") or []
            named = {str(i) for i in [*(allowed.get("users") or []), *(allowed.get("roles") or [])]}
            users = [user for user in users if "users" in parse or user.id in named]
            roles = [role_id for role_id in roles if "roles" in parse or role_id in named]
            everyone = everyone and "everyone" in parse
        replied = post.json.get("referenced_message")
        if replied is not None and (allowed is None or allowed.get("replied_user")):
            users = [*users, self._world.users[replied["author"]["id"]]]
        unique = {user.id: user for user in users}
        return {
            "mentions": [user_json(user) for user in unique.values()],
            "mention_roles": roles,
            "mention_everyone": everyone,
        }
