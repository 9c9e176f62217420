"""The proxy that an operator's environment names for an address: HTTPS_PROXY, HTTP_PROXY and NO_PROXY."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

# A WebSocket begins as a page, and uses that page's proxy.
_SECURED = {"ws": "http", "wss": "https"}


def proxy_for(url: str) -> str | None:
    """Return the proxy through which to reach an address; None to reach it directly."""
    address = urlsplit(url)
    if proxy_bypass(address.netloc.rpartition("@")[2]):
        return None
    return getproxies().get(_SECURED.get(address.scheme, address.scheme)) or None
