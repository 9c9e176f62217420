"""Encryption at rest, for what is worth stealing from a database: Fernet (AES and HMAC) with keys that can change."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

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
        try:
            made = [Fernet(key) for key in keys]
        except ValueError as error:
            raise StoreError("IJM_ENCRYPTION_KEYS holds something that is no key: write 32 bytes in base64.") from error
        self._newest = made[0] if made else None
        self._all = MultiFernet(made) if made else None

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
            return self._all.decrypt(value.removeprefix(SEALED)).decode()
        except InvalidToken as error:
            raise StoreError(_NO_KEY.format(why="none of the keys fits")) from error

    def renewed(self, value: str) -> str:
        """Return a value as it should be kept: encrypted with the newest key. Raises StoreError if no key fits."""
        plain = self.open(value)
        if self._newest is None or not value.startswith(SEALED):
            return self.seal(plain)
        try:
            self._newest.decrypt(value.removeprefix(SEALED))
        except InvalidToken:
            return self.seal(plain)
        return value
