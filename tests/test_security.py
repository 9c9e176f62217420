"""What stands against attacks and is about the whole repository: the locks, the patterns, and the page that names it all."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import tests.patterns
from tests.patterns import UNITS, is_busy, units, written

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "security.md"
LOCKS = ("requirements.lock", "requirements-dev.lock")
# A name with its extras, a version, and perhaps for which systems; nothing else can stand at the beginning of a pin.
_PIN = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,-]+\])?==[\w.+!-]+( ; [^\\]+)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
_COMMENT = re.compile(r"    # .*")


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    there = {name for source in sources for name in re.findall(r"def (test_\w+)\(", source)}
    assert len(named) > 40
    assert named - there == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_version_and_hashes_and_comes_from_no_address(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    hashes = 0
    for before, line in zip(["", *lines], lines, strict=False):
        if _PIN.fullmatch(line):
            hashes = 0
            assert not before.endswith("\\"), f"{lock}: {before}"
        else:
            assert _HASH.fullmatch(line) or _COMMENT.fullmatch(line), f"{lock}: {line}"
            hashes += line.strip().startswith("--hash")
            assert hashes, f"{lock}: no hash before {line}"
    assert "://" not in "\n".join(line for line in lines if not _COMMENT.fullmatch(line))


def test_the_locks_have_the_same_versions() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9._-]+)\S*==([\w.+!-]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in LOCKS
    ]
    assert pins[0].items() <= pins[1].items()


@pytest.mark.fuzz
@pytest.mark.slow
def test_no_text_keeps_a_pattern_busy() -> None:
    # No time limit of its own: it judges by processor time, and a busy machine only makes it wait.
    run = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.patterns"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, (run.stderr, [line for line in run.stdout.splitlines() if "busy" in line])
    assert re.search(r"knowledge\.plain\.text\._ADDRESS: linear|^text\.py:\d+: linear", run.stdout, re.MULTILINE)


@pytest.mark.slow
def test_a_pattern_that_can_be_kept_busy_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tests.patterns, "SECONDS", 0.1)
    for pattern, unit in ((r"\](\([^)\s]*\))", "]("), (r"\s*x", " "), (r"(a+)+b", "a")):
        assert unit in {*units(re.compile(pattern)), *UNITS}
        assert is_busy(re.compile(pattern), unit)
    assert not is_busy(re.compile(r"\]\([^)\s(]*+\)"), "](")


def test_a_pattern_is_found_wherever_it_is_written(tmp_path: Path) -> None:
    source = tmp_path / "some.py"
    source.write_text(
        'import re\nTOP = (re.compile("a+"),)\ndef f(x):\n    def g():\n        return re.sub(rf"b{x}" "c", "", x, flags=re.I)\n',
        encoding="utf-8",
    )
    found = list(written(source))
    assert [(name, pattern.pattern) for name, pattern in found] == [("some.py:2", "a+"), ("some.py:5", "bxc")]
    assert found[1][1].flags & re.IGNORECASE
