"""What members see of the awareness days: a short list, with dates as Americans write them."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.app.app import App
from bot.chat.replies import Items
from bot.commands.context import Services
from bot.facts.awareness import DAYS_PER_PAGE
from tests.people import typed


async def lines_on(services: Services, day: datetime) -> list[str]:
    reply = await typed(App(replace(services, now=lambda: day)), "awareness")
    (listed,) = (block for block in reply.blocks if isinstance(block, Items))
    assert len(listed.items) == DAYS_PER_PAGE
    return [line.removeprefix("- ") for line in reply.plain.splitlines() if line.startswith("- ")]


async def test_the_days_that_come_next_are_listed_with_american_dates_and_sources(services: Services) -> None:
    lines = await lines_on(services, datetime(2026, 11, 24, tzinfo=UTC))
    assert [line.partition(":")[0] for line in lines] == [
        "Wednesday, November 25",
        "Wednesday, December 2",
        "January 2027",
        "Monday, January 11, 2027",
        "Thursday, March 25, 2027",
    ]
    assert "International Day for the Abolition of Slavery (General Assembly resolution 317 (IV)" in lines[1]
    assert lines[1].endswith(", United Nations, 1949)")
    assert all(len(line) < 260 and line[-5:-1].isdigit() for line in lines)


async def test_a_day_that_is_today_says_so(services: Services) -> None:
    lines = await lines_on(services, datetime(2026, 12, 2, 12, tzinfo=UTC))
    assert lines[0].startswith("Today: International Day for the Abolition of Slavery")
