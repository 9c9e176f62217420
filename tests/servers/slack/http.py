"""Slack as an HTTP client: signed requests to the app's request URL."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.servers.slack.deliveries import Ack, Envelope, NoAnswerError, timed
from tests.servers.slack.rules.values import Json

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Signing:
    """How requests are signed: with the secret, as if `age` seconds ago, or with a signature that is none."""

    secret: str
    age: float = 0.0
    signature: str | None = None

    def headers(self, body: str) -> dict[str, str]:
        """The headers that prove where a body comes from (docs.slack.dev/authentication)."""
        timestamp = str(int(time.time() - self.age))
        digest = hmac.new(self.secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": self.signature or f"v0={digest}"}


class SignedHttp:
    """Posts to `url`. Replace `signing` to send what Slack would not."""

    def __init__(self, url: str, secret: str, ack_seconds: float) -> None:
        self.url = url
        self.signing = Signing(secret)
        self.ack_seconds = ack_seconds
        self._session = aiohttp.ClientSession(headers={"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"})

    async def deliver(self, envelope: Envelope, payload: Json, number: int, reason: str) -> Ack:
        """Post once: events as JSON, commands as a form, interactions as a form with one field.

        Raises NoAnswerError `http_timeout` or `connection_failed`.
        """
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason} if number else {}
        match envelope:
            case Envelope.EVENT:
                return await self.post(json.dumps(payload), JSON, headers)
            case Envelope.COMMAND:
                return await self.post(urlencode(payload), FORM, headers)
            case Envelope.INTERACTIVE:
                return await self.post(urlencode({"payload": json.dumps(payload)}), FORM, headers)

    async def post(self, body: str, content_type: str, headers: dict[str, str] | None = None) -> Ack:
        """Post a body, signed. Raises NoAnswerError."""
        headers = {"Content-Type": content_type, **self.signing.headers(body), **(headers or {})}
        elapsed, (status, answer, answered) = await timed(self._answer(body, headers), self.ack_seconds, "http_timeout")
        return Ack(elapsed, answer, status, "X-Slack-No-Retry" in answered)

    async def _answer(self, body: str, headers: dict[str, str]) -> tuple[int, Any, Any]:
        try:
            async with self._session.post(self.url, data=body.encode(), headers=headers) as response:
                text = await response.text()
                parsed = json.loads(text) if text and response.content_type == JSON else text
                return response.status, parsed, response.headers
        except aiohttp.ClientError:
            raise NoAnswerError("connection_failed") from None

    async def close(self) -> None:
        """Close the connections to the app."""
        await self._session.close()
