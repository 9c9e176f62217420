"""Load on the running bot, beside the bare SDKs."""
