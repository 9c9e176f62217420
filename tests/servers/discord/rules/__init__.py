"""What Discord refuses, and what its payloads look like."""
