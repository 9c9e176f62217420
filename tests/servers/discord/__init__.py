"""A local Discord: its REST API, its state, and the faults it can be told to have."""
