"""What the bot knows: entries, how they are found, and when a message is about somebody's safety."""

import os

# A question's products are small: more threads would only wait for each other, and cost ten times the time of one.
# numpy's linear algebra (OpenBLAS) reads this when it is imported, which everything here does later.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
