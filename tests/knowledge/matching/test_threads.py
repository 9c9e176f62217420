"""A question is worked out by one thread."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="counts threads as Linux shows them")
def test_asking_begins_no_threads() -> None:
    ask = (
        "import os; from bot.operating.bootstrap import library; search = library().search; "
        "before = len(os.listdir('/proc/self/task')); search.ask('where does ijm work'); "
        "print(len(os.listdir('/proc/self/task')) - before)"
    )
    variables = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    said = subprocess.run([sys.executable, "-c", ask], env=variables, capture_output=True, text=True, check=True)
    assert said.stdout == "0\n"
