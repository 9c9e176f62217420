"""Encryption at rest, for what is worth stealing from a database: Fernet (AES and HMAC) with keys that can change."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from knowledge.store.protocol import StoreError

# What an encrypted value begins with, so that it is told from a plain one.
SEALED = "fernet:"
_NO_KEY = (
    "Slack tokens in the database are encrypted, and {why}. Set IJM_ENCRYPTION_KEYS to the keys that they were "
    "encrypted with, the newest first; without these keys, each workspace has to install the app again."
)


class Sealer:
    """Encrypts values with the first of some keys, and decrypts them with any. Without keys, values stay plain.

    Raises StoreError if a key is none.
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._newest: Any = None
        self._all: Any = None
        if not keys:
            return
        # It takes 6 MB, and only those who serve many workspaces have keys.
        fernet = import_module("cryptography.fernet")
        self._invalid: type[Exception] = fernet.InvalidToken
        try:
            made = [fernet.Fernet(key) for key in keys]
        except ValueError as error:
            raise StoreError("IJM_ENCRYPTION_KEYS holds something that is no key: write 32 bytes in base64.") from error
        self._newest, self._all = made[0], fernet.MultiFernet(made)

    def seal(self, value: str) -> str:
        """Encrypt a value, if there is a key."""
        return value if self._newest is None else f"{SEALED}{self._newest.encrypt(value.encode()).decode()}"

    def open(self, value: str) -> str:
        """Decrypt a value, unless it is plain. Raises StoreError if no key fits."""
        if not value.startswith(SEALED):
            return value
        if self._all is None:
            raise StoreError(_NO_KEY.format(why="no key is set"))
        try:
            plain: str = self._all.decrypt(value.removeprefix(SEALED)).decode()
        except self._invalid as error:
            raise StoreError(_NO_KEY.format(why="none of the keys fits")) from error
        return plain

    def renewed(self, value: str) -> str:
        """Return a value as it should be kept: encrypted with the newest key. Raises StoreError if no key fits."""
        plain = self.open(value)
        if self._newest is None or not value.startswith(SEALED):
            return self.seal(plain)
        try:
            self._newest.decrypt(value.removeprefix(SEALED))
        except self._invalid:
            return self.seal(plain)
        return value
