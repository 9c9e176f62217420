"""From chat text to words, mended where they are misspelt, and vectors."""
