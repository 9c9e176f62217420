"""Pictures with words in any script: a fact as a card, a community's counts as a chart. Knows nothing of replies."""
