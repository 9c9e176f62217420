"""The check of request bodies against an OpenAPI document."""

from typing import Any

import pytest

from tests.servers.discord.client import running
from tests.servers.discord.rules.sample import sample
from tests.servers.discord.rules.schema import Schema
from tests.servers.discord.server import DiscordServer


def body(schema: Any) -> Any:
    """An operation that takes such a body."""
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def component(name: str) -> Any:
    return {"$ref": f"#/components/schemas/{name}"}


def kind(number: int) -> Any:
    return {"type": "integer", "enum": [number]}


DOCUMENT = {
    "paths": {
        "/interactions/{interaction_id}/{interaction_token}/callback": {
            "post": body({"anyOf": [component("Message"), component("Choices")], "x-discord-union": "oneOf"})
        },
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": {"patch": body(component("Reference"))},
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original": {"patch": body(component("Content"))},
        "/users/@me": {"get": {}},
    },
    "components": {
        "schemas": {
            "SnowflakeType": {"type": "string", "pattern": "^[0-9]+$"},
            "Reference": {"type": "object", "properties": {"message_id": component("SnowflakeType")}},
            "Content": {"type": "object", "properties": {"content": {"type": ["string", "null"], "maxLength": 5}}},
            "Message": {
                "type": "object",
                "properties": {"type": kind(4), "data": {"oneOf": [{"type": "null"}, component("Data")]}},
                "required": ["type"],
            },
            "Data": {
                "type": "object",
                "properties": {
                    "components": {"type": "array", "items": {"oneOf": [component("Row"), component("Text")]}}
                },
            },
            "Row": {
                "type": "object",
                "properties": {"type": kind(1), "label": {"type": "string", "maxLength": 3}},
                "required": ["type", "label"],
            },
            "Text": {"type": "object", "properties": {"type": kind(10), "content": {"type": "string"}}},
            "Choices": {"type": "object", "properties": {"type": kind(8)}, "required": ["type"]},
        }
    },
}
CALLBACK = "/interactions/1/token/callback"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"type": 4}, []),
        ({"type": 4, "data": None}, []),
        ({"type": 8}, []),
        ({"type": 7}, ["body: type 7 is none of [4, 8]"]),
        ({"type": 4, "data": {"components": [{"type": 10}, {"type": 1, "label": "abc"}]}}, []),
        (
            {"type": 4, "data": {"components": [{"type": 10}, {"type": 1, "label": "abcd"}]}},
            ["data.components[1].label: 'abcd' is too long"],
        ),
        ({"type": 4, "data": {"components": [{"type": 1}]}}, ["data.components[0]: 'label' is a required property"]),
    ],
)
def test_a_fault_is_told_of_the_branch_that_is_meant(given: Any, told: list[str]) -> None:
    assert Schema(DOCUMENT)("POST", CALLBACK, given) == told


def test_the_most_literal_path_is_meant() -> None:
    schema = Schema(DOCUMENT)
    assert schema("PATCH", "/webhooks/1/t/messages/@original", {"content": "123456"}) == [
        "content: '123456' is too long"
    ]
    assert schema("PATCH", "/webhooks/1/t/messages/2", {"content": "123456"}) == []


def test_ids_may_be_numbers() -> None:
    schema = Schema(DOCUMENT)
    assert schema("PATCH", "/webhooks/1/t/messages/2", {"message_id": 1}) == []
    assert schema("PATCH", "/webhooks/1/t/messages/2", {"message_id": "1"}) == []
    assert schema("PATCH", "/webhooks/1/t/messages/2", {"message_id": "x"}) != []


def test_what_the_document_does_not_know_passes() -> None:
    schema = Schema(DOCUMENT)
    assert schema("POST", "/elsewhere", {"any": "thing"}) == []
    assert schema("GET", "/users/@me", None) == []


@pytest.mark.slow
async def test_the_server_notes_what_the_validator_finds() -> None:
    async with DiscordServer(validator=Schema(DOCUMENT)) as server, running(sample(), server):
        world = server.world
        await (await server.slash(world.member, world.channel, "head box")).responded()
    assert server.violations == [
        "POST /interactions/{interaction_id}/{token}/callback: data.components[0]: type 17 is none of [1, 10]"
    ]
