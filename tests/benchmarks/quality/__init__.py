"""How well questions are matched, beside other ways."""
