"""Checks the bodies of requests against Discord's own description of its API, an OpenAPI document."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

Json = dict[str, Any]

JSON_TYPE = "application/json"
PARAMETER = re.compile(r"\{[^}]+\}")
# Discord also takes ids as numbers, and discord.py sends some so (message_reference, allowed_mentions, recipient_id).
SNOWFLAKE = "/SnowflakeType"
NULL = {"type": "null"}
# An error quotes the value, which may be long.
TOLD_LIMIT = 200


class Schema:
    """A validator of request bodies, made of the parsed OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._validators: dict[tuple[str, str], Validator | None] = {}
        # The templates with the fewest parameters come first: /messages/@original before /messages/{message_id}.
        templates = sorted(document["paths"], key=lambda template: template.count("{"))
        self._paths = {template: re.compile(_pattern(template)) for template in templates}
        # With oneOf and anyOf alike one branch has to fit: in the document they tell requests and components apart.
        own = {"oneOf": self._union, "anyOf": self._union, "$ref": self._reference}
        self._checker = extend(Draft202012Validator, own)

    def __call__(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with the body of a request to a path; nothing if the document has no such request."""
        template = next((each for each, pattern in self._paths.items() if pattern.fullmatch(path)), None)
        if template is None:
            return []
        key = (method.lower(), template)
        if key not in self._validators:
            self._validators[key] = self._validator(*key)
        validator = self._validators[key]
        return [] if validator is None else [_told(each) for each in validator.iter_errors(body)]

    def _validator(self, method: str, template: str) -> Validator | None:
        operation = self._document["paths"][template].get(method, {})
        content = operation.get("requestBody", {}).get("content", {})
        return self._checker(content[JSON_TYPE]["schema"]) if JSON_TYPE in content else None

    def _union(
        self, validator: Validator, branches: list[Json], instance: Any, schema: Json
    ) -> Iterator[ValidationError]:
        """A union: one branch has to fit, and of those told apart by `type` only the one that is meant is told of."""
        if instance is not None:
            branches = [branch for branch in branches if branch != NULL]
        if isinstance(instance, dict) and "type" in instance:
            kinds = [(self._kinds(branch), branch) for branch in branches]
            known = sorted(kind for each, _ in kinds for kind in each)
            branches = [branch for each, branch in kinds if instance["type"] in each] if known else branches
            if not branches:
                yield ValidationError(f"type {instance['type']!r} is none of {known}")
                return
        errors = [list(validator.descend(instance, branch)) for branch in branches]
        if all(errors):
            yield from min(errors, key=lambda found: (_is_of_other_type(found), len(found)))

    def _kinds(self, branch: Json) -> list[int]:
        """The values of `type` that a branch of a union is for."""
        resolved = self._resolved(branch["$ref"]) if "$ref" in branch else branch
        kinds: list[int] = resolved.get("properties", {}).get("type", {}).get("enum", [])
        return kinds

    def _reference(self, validator: Validator, ref: str, instance: Any, schema: Json) -> Iterator[ValidationError]:
        if not (ref.endswith(SNOWFLAKE) and isinstance(instance, int) and not isinstance(instance, bool)):
            yield from validator.descend(instance, self._resolved(ref))

    def _resolved(self, ref: str) -> Json:
        """What "#/components/schemas/..." stands for."""
        found: Any = self._document
        for part in ref.removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)


def _pattern(template: str) -> str:
    return "[^/]+".join(re.escape(part) for part in PARAMETER.split(template))


def _is_of_other_type(errors: list[ValidationError]) -> bool:
    return any(error.validator == "type" and not error.path for error in errors)


def _told(error: ValidationError) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    said = error.message
    if len(said) > TOLD_LIMIT:
        said = f"{said[: TOLD_LIMIT // 2]} … {said[-TOLD_LIMIT // 2 :]}"
    return f"{path or 'body'}: {said}"
