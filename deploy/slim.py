"""Deletes from an environment what is only needed to build or to learn: `python deploy/slim.py FOLDER/site-packages`.

Debugging symbols go too, where `strip` (Debian: binutils) is at hand.
"""

import shutil
import subprocess
import sys
from pathlib import Path

# Patterns below the folder, each with what it is.
UNNEEDED = {
    "**/tests": "packages' own tests",
    "**/*.pyi": "types",
    "**/*.pyx": "sources of what is compiled",
    "**/*.pxd": "sources of what is compiled",
    "**/*.c": "sources of what is compiled",
    "**/*.h": "headers for compilers",
    "**/*.a": "libraries for linkers",
    "knowledge/danger_examples": "what the safety check was learned from",
    "numpy/distutils": "builds extensions",
    "numpy/f2py": "builds extensions",
    "onnxruntime/datasets": "samples",
    "onnxruntime/quantization": "makes models smaller",
    "onnxruntime/tools": "converts models",
    "onnxruntime/transformers": "converts models",
    "PIL/_avif.*": "pictures in a format that the bot never writes",
    "pillow.libs/libavif-*": "pictures in a format that the bot never writes",
    "pycountry/locales": "names of countries in other languages",
    "pygments": "colors of program code, which rich takes for listings",
    "uniseg/docs": "its manual",
}


def slim(site: Path) -> None:
    """Delete what is not needed below a `site-packages`, and strip what is compiled. Raises CalledProcessError."""
    for pattern in UNNEEDED:
        for found in list(site.glob(pattern)):
            if found.is_dir():
                shutil.rmtree(found)
            else:
                found.unlink()
    program = shutil.which("strip")
    # What a wheel brings along in *.libs was changed after it was linked, which strip may not understand.
    compiled = [each for each in site.rglob("*.so") if not each.parent.name.endswith(".libs")]
    if program is not None and compiled:
        subprocess.run([program, "--strip-debug", *compiled], check=True)  # noqa: S603 (files of this environment)


if __name__ == "__main__":
    slim(Path(sys.argv[1]))
