"""How much the fuzzers try: in `make test` as much as there is time for, the same each time; more by `make fuzz`."""

import os
import random

# How many times as much as in `make test`.
TIMES = int(os.environ.get("FUZZ", "1"))
LONGER = TIMES > 1
# Of what ships, one in so many is tried in `make test`, and all by `make fuzz`.
STEP = 1 if LONGER else 8


def chance(seed: int) -> random.Random:
    """Chance that is the same each time in `make test`, and new each time in `make fuzz`."""
    return random.Random() if LONGER else random.Random(seed)
