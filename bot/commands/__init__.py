"""How a command is declared, typed, limited, refused, and documented."""
