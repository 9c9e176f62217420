"""Local servers that the real SDKs connect to."""
