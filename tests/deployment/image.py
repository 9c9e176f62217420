"""What the image installs, made from what is installed here: the lock's packages and the bot, slimmed."""

import compileall
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.utils import canonicalize_name

from deploy.slim import slim

ROOT = Path(__file__).parents[2]


def uninstalled() -> set[str]:
    """What the Dockerfile takes away again."""
    said = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (names,) = re.findall(r"uninstall --yes ((?:.*\\\n)*.*)", said)
    return set(names.replace("\\\n", " ").split())


def locked() -> set[str]:
    """The names of all packages in the lock."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {canonicalize_name(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lines, re.MULTILINE)}


def wheel(folder: Path) -> Path:
    """Build the bot's wheel in a folder."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (found,) = folder.glob("*.whl")
    return found


def installed_as_in_the_image(folder: Path) -> Path:
    """Make the image's `site-packages` in a folder, with byte code."""
    site = folder / "site-packages"
    for name in locked() - uninstalled():
        try:
            files = distribution(name).files or ()
        except PackageNotFoundError:
            # For other systems.
            continue
        for file in files:
            if ".." not in file.parts and (source := Path(str(file.locate()))).is_file():
                target = site / file
                target.parent.mkdir(parents=True, exist_ok=True)
                # With the times of the files, so that the byte code that came with them still counts.
                shutil.copy2(source, target)
    with ZipFile(wheel(folder)) as packed:
        packed.extractall(site)
    compileall.compile_dir(site, quiet=1)
    slim(site)
    return site


def megabytes(folder: Path) -> float:
    """What the files in a folder take."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 1_000_000
