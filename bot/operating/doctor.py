"""`ijm-bot doctor`: everything that has to be right before people can be served, each with what to do about it."""

import asyncio
import json
import logging
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

import click

# A check that takes longer is given up, and its result is unknown.
CHECK_SECONDS = 30
# How far a clock may be off: Slack's requests are refused from five minutes, and a clock that drifts goes on to.
SKEW_SECONDS = 60

# Whether some channel wants passive answers; None if the database cannot say.
Passive = Callable[[], Awaitable[bool | None]]

log = logging.getLogger(__name__)


class Status(StrEnum):
    """The result of a check. Only a problem makes the doctor end with exit status 1."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing, in a sentence, and what to do about it."""

    name: str
    status: Status
    text: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check, with a name for the case that it fails without a finding."""

    name: str
    look: Callable[[], Awaitable[Sequence[Finding]]]


def ok(name: str, text: str) -> Finding:
    """Find that something is right."""
    return Finding(name, Status.OK, text)


def warning(name: str, text: str, fix: str) -> Finding:
    """Find that something works, but not as well as it could, or not for long."""
    return Finding(name, Status.WARNING, text, fix)


def problem(name: str, text: str, fix: str) -> Finding:
    """Find that something does not work."""
    return Finding(name, Status.PROBLEM, text, fix)


def unknown(name: str, text: str, fix: str = "") -> Finding:
    """Find that something could not be checked."""
    return Finding(name, Status.UNKNOWN, text, fix)


def clock(name: str, date: str | None, now: datetime) -> Finding:
    """Compare this machine's clock with a server's `Date` header."""
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return unknown(name, "The server does not say what time it is.")
    skew = round((now - there.astimezone(UTC)).total_seconds())
    if abs(skew) <= SKEW_SECONDS:
        return ok(name, "The clock is right, within a minute.")
    side = "fast" if skew > 0 else "slow"
    return problem(
        name,
        f"The clock of this machine is {abs(skew)} seconds {side}.",
        "Let NTP set it: timedatectl set-ntp true. Signed requests are refused when they seem five minutes old.",
    )


def unreached(name: str, place: str, error: Exception, fix: str) -> Finding:
    """Find that a server cannot be reached: a problem if this machine does not trust it, else not known for now."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__
    if cause is None:
        text = f"{place} cannot be reached ({type(error).__name__}), so it was not asked any further."
        return unknown(name, text, fix)
    found = getattr(cause, "certificate_error", cause)
    why = getattr(found, "verify_message", "") or getattr(found, "reason", "") or type(found).__name__
    return problem(
        name,
        f"{place} shows a certificate that this machine does not trust: {why}.",
        "Set the clock right and install ca-certificates. Behind a proxy that looks into connections, set "
        "SSL_CERT_FILE to its certificate.",
    )


async def examine(checks: Sequence[Check]) -> tuple[Finding, ...]:
    """Return what all checks find, in their order; they look at the same time."""
    found = await asyncio.gather(*(_look(check) for check in checks))
    return tuple(finding for findings in found for finding in findings)


async def _look(check: Check) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check.look()
    except TimeoutError:
        return (unknown(check.name, f"There was no result within {CHECK_SECONDS} seconds."),)
    except Exception as error:
        log.exception("The check of %s broke", check.name)
        fix = "This is a fault of the bot: please report it with the lines above."
        return (problem(check.name, f"The check itself broke ({type(error).__name__}).", fix),)


def report(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print what was found. Ends the program with exit status 1 if there is a problem."""
    counts = Counter(finding.status for finding in findings)
    if as_json:
        click.echo(json.dumps({"findings": [asdict(each) for each in findings]}, indent=2, ensure_ascii=False))
    else:
        for each in findings:
            click.echo(f"{each.status:<8} {each.name}: {each.text}")
            if each.fix:
                click.echo(f"{'':<8}   {each.fix}")
        click.echo(", ".join(f"{counts[status]} {status}" for status in Status if counts[status]) + ".")
    if counts[Status.PROBLEM]:
        raise SystemExit(1)
