"""Asks the bot at IJM_HTTP_PORT whether it runs; ends with 0 if it does.

It runs every half a minute, so it imports nothing of the bot: `python -I -S deploy/healthcheck.py`.
"""

# `socket` would take longer to import than all else here; this is the part of it that is written in C.
import _socket
import os
import sys

SECONDS = 4
# Where a server listens at all addresses, it is reached at this one.
_HERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (nothing listens here)


def fault() -> str:
    """Return what is wrong; empty if nothing is."""
    port, host = os.environ.get("IJM_HTTP_PORT", ""), os.environ.get("IJM_HTTP_HOST", "")
    if not port.isdecimal():
        return "IJM_HTTP_PORT is not set, so nothing can be asked."
    host = _HERE.get(host, host)
    connection = _socket.socket(_socket.AF_INET6 if ":" in host else _socket.AF_INET, _socket.SOCK_STREAM)
    connection.settimeout(SECONDS)
    said = b""
    try:
        connection.connect((host, int(port)))
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        while part := connection.recv(4096):
            said += part
    except OSError as error:
        return f"No answer at port {port}: {error}"
    return "" if said.split()[1:2] == [b"200"] else f"The answer at port {port} is {said[:100]!r}."


if __name__ == "__main__":
    sys.exit(fault() or 0)
