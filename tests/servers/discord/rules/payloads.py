"""From the world to Discord's JSON: users, members, roles, channels, guilds and the application."""

from datetime import UTC, datetime
from typing import Any

from tests.servers.discord.world import (
    EPOCH_MS,
    FOUNDED,
    SNOWFLAKE_SHIFT,
    Channel,
    ChannelType,
    Guild,
    Member,
    Role,
    User,
    World,
)

Json = dict[str, Any]

# A day on which everything was founded and everybody joined.
# The intents that make an application privileged are also flags of it (resources/application.mdx#flags).
LIMITED_MESSAGE_CONTENT = 1 << 19


def moment(snowflake: str) -> str:
    """When an id was minted, as Discord writes time."""
    return written((int(snowflake) >> SNOWFLAKE_SHIFT) + EPOCH_MS)


def written(milliseconds: int) -> str:
    """A time since 1970 as Discord writes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="microseconds")


def user_json(user: User) -> Json:
    """An account as others see it."""
    payload: Json = {
        "id": user.id,
        "username": user.name,
        "global_name": user.display_name,
        "discriminator": "0000" if user.bot else "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    return payload | {"bot": True} if user.bot else payload


def own_user_json(user: User) -> Json:
    """The account of the bot as it sees itself."""
    return user_json(user) | {
        "bio": "",
        "email": None,
        "locale": user.locale,
        "mfa_enabled": True,
        "verified": True,
    }


def member_json(member: Member) -> Json:
    """A member, without the user."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "deaf": False,
        "flags": 0,
        "joined_at": member.joined_at,
        "mute": False,
        "nick": member.nick,
        "pending": False,
        "premium_since": None,
        "roles": list(member.role_ids),
    }


def full_member_json(member: Member) -> Json:
    """A member with its user."""
    return member_json(member) | {"user": user_json(member.user)}


def acting_member_json(world: World, member: Member, channel: Channel) -> Json:
    """The member of an interaction, with what they may do in its channel."""
    return full_member_json(member) | {"permissions": str(world.permissions(member.user, channel))}


def resolved_member_json(world: World, member: Member, channel: Channel) -> Json:
    """A member as an option or target: without user, deaf and mute."""
    payload = member_json(member) | {"permissions": str(world.permissions(member.user, channel))}
    return {key: value for key, value in payload.items() if key not in {"deaf", "mute"}}


def role_json(role: Role) -> Json:
    """A role."""
    tags = {"tags": {"bot_id": role.bot_id}} if role.bot_id else {}
    return tags | {
        "id": role.id,
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "description": None,
        "flags": 0,
        "hoist": False,
        "icon": None,
        "managed": role.bot_id is not None,
        "mentionable": False,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "unicode_emoji": None,
    }


def channel_json(channel: Channel) -> Json:
    """A channel, thread or DM."""
    payload: Json = {"id": channel.id, "type": int(channel.type), "flags": 0, "last_message_id": None}
    if channel.type is ChannelType.DM:
        recipients = [user_json(channel.recipient)] if channel.recipient else []
        return payload | {"recipients": recipients}
    payload |= {
        "guild_id": channel.guild_id,
        "name": channel.name,
        "parent_id": channel.parent_id,
        "rate_limit_per_user": 0,
    }
    if channel.is_thread:
        return payload | _thread_json(channel)
    return payload | {
        "nsfw": False,
        "permission_overwrites": [
            {"id": o.id, "type": int(o.member), "allow": str(int(o.allow)), "deny": str(int(o.deny))}
            for o in channel.overwrites
        ],
        "position": 0,
        "topic": None,
    }


def _thread_json(thread: Channel) -> Json:
    return {
        "owner_id": thread.owner_id,
        "member_count": 2,
        "message_count": 0,
        "total_message_sent": 0,
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": moment(thread.id),
            "auto_archive_duration": 4320,
            "create_timestamp": moment(thread.id),
            "locked": thread.locked,
        },
    }


def shown_channel_json(world: World, channel: Channel, user: User) -> Json:
    """A channel as an interaction holds it, with what the acting user may do in it; of a DM it does not say whose."""
    payload = channel_json(channel)
    if channel.guild_id is None:
        return {key: value for key, value in payload.items() if key != "recipients"}
    payload.pop("permission_overwrites", None)
    return payload | {"permissions": str(world.permissions(user, channel))}


def guild_json(world: World, guild: Guild) -> Json:
    """A guild as REST gives it."""
    return {
        "id": guild.id,
        "name": guild.name,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "application_id": None,
        "banner": None,
        "default_message_notifications": 1,
        "description": None,
        "discovery_splash": None,
        "emojis": [],
        "explicit_content_filter": 0,
        "features": list(guild.features),
        "home_header": None,
        "icon": None,
        "incidents_data": None,
        "max_members": 25_000_000,
        "max_presences": None,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "owner_id": guild.owner_id,
        "preferred_locale": guild.locale,
        "premium_progress_bar_enabled": False,
        "premium_subscription_count": 0,
        "premium_tier": 0,
        "public_updates_channel_id": None,
        "region": "deprecated",
        "roles": [role_json(role) for role in world.guild_roles(guild.id)],
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "splash": None,
        "stickers": [],
        "system_channel_flags": 0,
        "system_channel_id": guild.system_channel_id,
        "vanity_url_code": None,
        "verification_level": 1,
        "widget_channel_id": None,
        "widget_enabled": False,
    }


def guild_create_json(world: World, guild: Guild) -> Json:
    """A guild as the gateway announces it: its places, and of its members only the bot (no presence intent)."""
    channels = world.guild_channels(guild.id)
    return guild_json(world, guild) | {
        "channels": [channel_json(channel) for channel in channels if not channel.is_thread],
        "guild_scheduled_events": [],
        "joined_at": FOUNDED,
        "large": False,
        "member_count": len(world.guild_members(guild.id)),
        "members": [full_member_json(world.members[guild.id, world.bot.id])],
        "presences": [],
        "soundboard_sounds": [],
        "stage_instances": [],
        "threads": [channel_json(channel) for channel in channels if channel.is_thread and not channel.archived],
        "unavailable": False,
        "voice_states": [],
    }


def application_json(world: World) -> Json:
    """The application of the bot."""
    return {
        "id": world.bot.id,
        "name": world.bot.name,
        "approximate_guild_count": len(world.guilds),
        "approximate_user_authorization_count": 0,
        "approximate_user_install_count": 0,
        "bot": user_json(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "description": "",
        "eligible_oauth2_scopes": [],
        "event_webhooks_status": 1,
        "explicit_content_filter": 0,
        "flags": LIMITED_MESSAGE_CONTENT,
        "flags_new": str(LIMITED_MESSAGE_CONTENT),
        "hook": True,
        "icon": None,
        "integration_types_config": {"0": {}},
        "interactions_endpoint_url": None,
        "owner": user_json(world.owner),
        "redirect_uris": [],
        "role_connections_verification_url": None,
        "summary": "",
        "tags": [],
        "team": None,
        "type": None,
        "verify_key": "0" * 64,
    }
