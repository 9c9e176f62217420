"""From a question to a verdict: which entry answers it, and how sure that is."""
