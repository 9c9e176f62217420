"""The parts that the store is made of, each with tables of its own."""
