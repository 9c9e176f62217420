"""Awareness days: each with a name, a date and a source; a wrong file is told fault by fault."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.pack.awareness import FILE, awareness_days, load_awareness_days
from knowledge.pack.files import PackError
from knowledge.pack.lint import lint

GOOD = """
- id: a-day
  name: A Day
  where: Here
  day: "07-30"
  text: A day.
  source: {title: Resolution, publisher: Somebody, year: 2013}
"""


def test_the_shipped_days_are_those_of_the_issue_and_each_has_its_source() -> None:
    dated = {(each.month, each.day): each for each in awareness_days()}
    for day, year in {(1, None): 2020, (1, 11): 2007, (7, 30): 2013, (12, 2): 1949}.items():
        assert dated[day].source.year == year
    for each in awareness_days():
        assert each.source.publisher
        assert each.where
        assert each.text.endswith(".")
    assert [each.begins for each in awareness_days()] == sorted(each.begins for each in awareness_days())


def test_a_day_comes_today_or_next_year() -> None:
    day = next(each for each in awareness_days() if each.begins == (7, 30))
    assert day.next(date(2026, 7, 30)) == date(2026, 7, 30)
    assert day.next(date(2026, 7, 31)) == date(2027, 7, 30)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('day: "07-30"', 'day: "02-30"', "not a day of the year"),
        ('day: "07-30"', "month: 13", "less than or equal to 12"),
        ('day: "07-30"', 'day: "07-30"\n  month: 7', "either a `day` or a `month`"),
        ('  day: "07-30"\n', "", "either a `day` or a `month`"),
        ("id: a-day", "id: A day", "lower-case"),
        ("year: 2013", "year: 2013, url: somewhere", "http"),
        (", year: 2013", "", "missing"),
        ("text: A day.", f"text: {'x' * 200}", "at most 160"),
        (GOOD, GOOD * 2, "given twice"),
        (GOOD, "nothing", "list"),
    ],
)
def test_every_fault_is_told_by_the_linter_too(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in GOOD
    (tmp_path / FILE).write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(PackError, match=fault):
        load_awareness_days(tmp_path)
    assert any(each.file == FILE for each in lint(tmp_path))


def test_a_pack_without_the_file_has_none(tmp_path: Path) -> None:
    assert load_awareness_days(tmp_path) == ()
