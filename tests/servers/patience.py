"""How long a test waits for what is going to happen: far longer than it takes on the busiest machine.

Every wait ends as soon as the thing happens, so only a test that fails waits this long. The platforms give up after
seconds; the servers here wait this long, too, unless a test is about being late and says how long.
"""

WAIT_SECONDS = 120.0
