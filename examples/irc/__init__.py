"""The bot on IRC: a platform with text alone, without an SDK. One word in `bot/__main__.py` serves it."""
