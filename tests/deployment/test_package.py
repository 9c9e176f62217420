"""The wheel, as `pipx install` takes it: a working `ijm-bot` in an empty home, without a network."""

import re
import subprocess
import sys
import sysconfig
from functools import partial
from importlib.metadata import PathDistribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deployment.image import installed_as_in_the_image, wheel
from tests.test_imports import imported, sources

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SECONDS = 120
PNG = b"\x89PNG\r\n"

Bot = partial[subprocess.CompletedProcess[str]]
_run = partial(subprocess.run, check=True, capture_output=True, text=True, timeout=SECONDS)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel in it; what the wheel needs is borrowed from the tests' own."""
    folder = tmp_path_factory.mktemp("package")
    made = folder / "environment"
    _run([sys.executable, "-m", "venv", "--without-pip", str(made)])
    python = made / "bin" / "python"
    _run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel(folder))]
    )
    # A path in such a file is searched last, and what stands in its own such files is not: the wheel's code it is.
    (site_packages(made) / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return made


def site_packages(environment: Path) -> Path:
    (found,) = environment.glob("lib/python*/site-packages")
    return found


@pytest.fixture
def bot(environment: Path, tmp_path: Path) -> Bot:
    """Runs `ijm-bot` at home in an empty folder, where no address outside can be reached."""
    home = tmp_path / "home"
    home.mkdir()
    nowhere = "http://127.0.0.1:9"
    variables = {"HOME": str(home), "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "HTTPS_PROXY": nowhere}
    return partial(_run, cwd=home, env=variables)


def test_it_answers_and_examines_itself(environment: Path, bot: Bot) -> None:
    program = str(environment / "bin" / "ijm-bot")
    version = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert bot([program, "--version"]).stdout.split()[-1:] == version
    assert "four" in bot([program, "ask", "what are the four outcomes"]).stdout
    examined = bot([program, "doctor"]).stdout
    assert "problem" not in examined
    assert re.search(r"^ok +sentence encoder: ", examined, re.MULTILINE)


def test_it_serves_the_terminal_with_cards(environment: Path, bot: Bot, tmp_path: Path) -> None:
    said = bot([str(environment / "bin" / "ijm-bot"), "run"], input="fact\n2\n")
    assert "Make a card" in said.stdout
    cards = sorted(tmp_path.glob("ijm-answers-*/*.png"))
    assert {card.stem.rpartition("-")[2] for card in cards} == {"square", "wide"}
    assert all(card.read_bytes().startswith(PNG) for card in cards)
    where = _run([str(environment / "bin" / "python"), "-c", "import bot; print(bot.__file__)"], cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(environment), "the wheel was not tried, but the checkout"


def test_what_the_image_installs_answers_draws_and_serves(bot: Bot, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    _run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
    site = installed_as_in_the_image(tmp_path)
    (site_packages(environment) / "image.pth").write_text(str(site), encoding="utf-8")
    program = [str(environment / "bin" / "python"), "-c", "from bot.operating.cli import main; main()"]
    examined = bot([*program, "doctor"]).stdout
    assert re.search(r"^ok +knowledge base: ", examined, re.MULTILINE)
    assert "problem" not in examined
    said = bot([*program, "run"], input="fact\n2\ncite outcomes\nis ijm in Kenya?\n").stdout
    assert "International Justice Mission. (" in said
    assert "Kenya" in said
    assert len(list(tmp_path.glob("ijm-answers-*/*.png"))) == 2
    compiled = "uvloop, asyncpg, aiohttp, discord, slack_bolt, lxml.etree, openpyxl, cryptography.fernet, pycountry"
    bot([program[0], "-c", f"import {compiled}; import bot.__main__; uvloop.new_event_loop().close()"])


def test_the_wheel_asks_for_all_that_its_code_imports(environment: Path) -> None:
    (metadata,) = site_packages(environment).glob("ijm_answers-*.dist-info")
    asked = {canonicalize_name(Requirement(each).name) for each in PathDistribution(metadata).requires or ()}
    known = packages_distributions()
    for package in ("bot", "adapters", "knowledge"):
        for path in sources(package):
            for module in {name.split(".")[0] for name in imported(path)} - sys.stdlib_module_names:
                names = {canonicalize_name(name) for name in known.get(module, ())} - {"ijm-answers"}
                assert not names or names & asked, f"{path} imports {module}, which nothing brings"
