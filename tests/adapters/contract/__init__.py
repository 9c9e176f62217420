"""What every adapter owes, tested on all of them: each fills in a harness (`harness.py` beside its own tests)."""
