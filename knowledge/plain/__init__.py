"""Text as it is: words, digests, phone numbers, and files of YAML."""
