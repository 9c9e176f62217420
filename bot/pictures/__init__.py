"""Pictures of facts and figures, which know nothing of replies."""
