"""Files that are made to end the process that parses them, each in a process of its own."""

import subprocess
import sys
from contextlib import suppress
from string import ascii_lowercase

import pytest
import yaml

from knowledge.plain.parsing import DEPTH_LIMIT, TOKENS_LIMIT, ParseError, is_too_deep, parse_json, parse_yaml
from tests.fuzzing import TIMES, chance

pytestmark = pytest.mark.slow

# Processor time that one file may take; each of these took minutes, or ended the process with SIGSEGV.
SECONDS = 10
_LIMITED = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from knowledge.plain.parsing import ParseError, parse_json, parse_yaml
parse = {{"yaml": parse_yaml, "json": parse_json}}[sys.argv[1]]
try:
    parse(sys.stdin.read())
except ParseError as error:
    print(error)
"""
DEEP = {
    "sequences": ("yaml", "- " * 50_000),
    "brackets": ("yaml", "[" * 100_000),
    "brackets on lines": ("yaml", "[\n" * 100_000),
    "braces": ("yaml", "{" * 30_000),
    "braces with keys": ("yaml", "{a: " * 30_000),
    "questions": ("yaml", "? " * 30_000),
    "indented": ("yaml", "\n".join(f"{' ' * depth}a:" for depth in range(1_400))),
    "both": ("yaml", "- [{" * 20_000),
    "in JSON": ("json", "[" * 1_000_000),
    "objects in JSON": ("json", '{"a":' * 200_000),
    "quotes in JSON": ("json", "[" * 60 + '"\\' * 400_000),
}
HEAVY = {
    "times": ("yaml", "- " + "1:" * 400_000 + "1"),
    "fractions": ("yaml", "- " + "1:" * 400_000 + "1.5"),
    "digits": ("yaml", "- " + "9" * 900_000),
    "digits in JSON": ("json", f"[{'9' * 900_000}]"),
    "rows": ("yaml", "-\n" * 200_000),
    "keys": ("yaml", "\n".join(f"k{number}: 1" for number in range(60_000))),
}


def parsed_apart(kind: str, text: str) -> str:
    """What a process of its own says of a file. Fails if it is ended by a signal."""
    run = subprocess.run(
        [sys.executable, "-c", _LIMITED, kind], input=text, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, (run.returncode, run.stderr[-500:])
    return run.stdout


@pytest.mark.parametrize("name", DEEP)
def test_a_file_that_is_nested_deep_is_refused_and_ends_no_process(name: str) -> None:
    assert f"more than {DEPTH_LIMIT} deep" in parsed_apart(*DEEP[name])


@pytest.mark.parametrize("name", HEAVY)
def test_no_file_of_a_megabyte_keeps_a_processor_busy(name: str) -> None:
    parsed_apart(*HEAVY[name])


@pytest.mark.parametrize("sign", ["[", "{a: ", "- "])
def test_what_people_nest_is_read(sign: str) -> None:
    closing = {"[": "]", "{a: ": "}", "- ": ""}[sign]
    assert parse_yaml(f"{sign * (DEPTH_LIMIT - 1)}x{closing * (DEPTH_LIMIT - 1)}")
    with pytest.raises(ParseError, match="deep"):
        parse_yaml(f"{sign * (DEPTH_LIMIT + 1)}x{closing * (DEPTH_LIMIT + 1)}")
    assert parse_json("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT)
    assert is_too_deep("[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1))


def test_a_file_of_nothing_but_marks_is_refused() -> None:
    with pytest.raises(ParseError, match="split it"):
        parse_yaml("- \n" * TOKENS_LIMIT)


def test_brackets_in_a_text_are_no_depth() -> None:
    assert parse_json('["' + "[" * 200 + '", "\\"' + "{" * 200 + '"]')
    assert parse_yaml(f"- '{'[' * 200}'")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- *a", "alias"),
        ("- &a x", "anchor"),
        ("- !!python/object/apply:os.system ['true']", "tag"),
        ("- !!timestamp x", "tag"),
        ("- !!bool x", "tag"),
        ("%TAG ! x:\n---\n- a", "directive"),
        ("? [a]\n: b", "list is used as a key"),
        ("- 2026-99-99", "cannot be read"),
        ("{a: 1, a: 2}", "given twice"),
        ("- =", "constructor"),
        ("--- a\n--- b", "single document"),
    ],
)
def test_what_is_not_taken_is_told(text: str, told: str) -> None:
    with pytest.raises(ParseError, match=told):
        parse_yaml(text)


def test_half_a_character_is_refused_and_a_whole_one_read() -> None:
    assert parse_json('["\\ud83d\\ude00 \\\\ud800"]') == ["\U0001f600 \\ud800"]
    with pytest.raises(ParseError, match="half a character"):
        parse_json('[{"\\uD800": 1}]')


@pytest.mark.fuzz
def test_any_short_text_is_read_or_refused_in_words() -> None:
    chosen = chance(17)
    signs = [
        *"[]{}-?:,&*!|>'\"%@`#=<~ \n\t\0\ud800",
        *ascii_lowercase[:3],
        "- ",
        ": ",
        "1",
        "0x",
        ".inf",
        "<<",
        "2026-01-01",
    ]
    for _ in range(5_000 * TIMES):
        text = "".join(chosen.choices(signs, k=chosen.randrange(1, 30)))
        for parse in (parse_yaml, parse_json):
            with suppress(ParseError):
                parse(text)


def test_what_an_export_writes_is_read() -> None:
    record: dict[str, object] = {
        "id": "a",
        "n": 2026,
        "year": "2026",
        "no": "no",
        "t": "1:30",
        "list": ["- x", "&a", "*b", "!c", "%d"],
    }
    assert parse_yaml(yaml.safe_dump([record])) == [record]
