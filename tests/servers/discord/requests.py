"""Requests to the local Discord: what is recorded of them, how their bodies are read, and how they are refused."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, web

Json = dict[str, Any]

JSON_TYPE = "application/json"
FILE_FIELD = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that comes with a request, or that a person attaches."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"
    field: str = "files[0]"

    @property
    def index(self) -> str:
        """The number by which the body's attachments speak of it."""
        found = FILE_FIELD.fullmatch(self.field)
        return found[1] if found else self.field


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers; without JSON an empty body."""

    status: int = 200
    json: Any = None


NOTHING = Answer(204)


class Refused(Exception):  # noqa: N818 -- Discord refuses; the server has no error
    """A request that Discord refuses, with its HTTP status, JSON error code and message (topics/opcodes ... #json)."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message} {errors or ''}".rstrip())
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    @property
    def json(self) -> Json:
        """The body that says so."""
        body: Json = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


def unknown(what: str, code: int) -> Refused:
    """The refusal of an id that Discord does not know, such as "Channel", 10003."""
    return Refused(404, code, f"Unknown {what}")


def invalid_json() -> Refused:
    """The refusal of a body that is no JSON."""
    return Refused(400, 50109, "The request body contains invalid JSON.")


def invalid_form(*faults: tuple[str, str, str]) -> Refused:
    """The refusal of a body: for each fault the path of a field, a code and a message."""
    errors: Json = {}
    for path, code, message in faults:
        place = errors
        for part in path.split(".") if path else []:
            place = place.setdefault(part, {})
        place.setdefault("_errors", []).append({"code": code, "message": message})
    return Refused(400, 50035, "Invalid Form Body", errors)


@dataclass(slots=True)
class Call:
    """A request as recorded: `path` without the API's prefix, `route` its template ("" if there is no such route).

    `time` is the event loop's, when the request was there as a whole; `status` and `answer` come with the response; 0 if the
    connection was broken instead.
    """

    method: str
    path: str
    route: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    json: Any
    files: tuple[Upload, ...]
    time: float
    status: int | None = None
    answer: Any = field(default=None, repr=False)

    @property
    def line(self) -> str:
        """Method and path, as the patterns of faults and look-ups match it."""
        return f"{self.method} {self.path}"

    def flag(self, name: str) -> bool:
        """Whether a query parameter is set; Discord takes true and 1."""
        return self.query.get(name, "").lower() in {"1", "true"}


async def body_of(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    """The JSON and files of a request. Raises Refused if the JSON is none."""
    try:
        if request.content_type.startswith("multipart/"):
            return await _parts_of(await request.multipart())
        text = await request.text()
        if not text:
            return None, ()
        if request.content_type != JSON_TYPE:
            raise invalid_json()
        return json.loads(text), ()
    except json.JSONDecodeError:
        raise invalid_json() from None


async def _parts_of(reader: MultipartReader) -> tuple[Any, tuple[Upload, ...]]:
    payload: Any = None
    files: list[Upload] = []
    async for part in reader:
        assert isinstance(part, BodyPartReader)
        content = bytes(await part.read())
        if part.name == "payload_json":
            payload = json.loads(content)
        elif part.filename is not None:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files.append(Upload(part.filename, content, kind, part.name or ""))
    return payload, tuple(files)
