"""Facts to share, cite and play with: quotable facts, citations, the quiz, awareness days."""
