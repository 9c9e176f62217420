"""Pictures for the documentation, drawn from what the adapters send (`make pictures`)."""
