"""Pseudonyms: keyed hashes in place of ids, which the database alone doesn't allow to trace back."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from pydantic import SecretStr

WEBHOOK_PURPOSE = "webhook"
"""Purpose of the secret with which Telegram proves itself."""

CACHE_SIZE = 10_000
"""Numbers of ids that are remembered; the same few are asked for again and again while an update is handled."""


class Pseudonyms:
    """Gives a chat, a person or a text a number that can't be traced back without the bot's token."""

    def __init__(self, token: SecretStr) -> None:
        """Derive the key from the token, which all replicas have and the database hasn't; a new one gives new names."""
        self._mac = hmac.new(derive_secret(token, "names").encode(), digestmod="sha256")
        self._cached_hash = lru_cache(CACHE_SIZE)(self._hash)

    def of(self, *parts: object) -> int:
        """Return the number of what ids spell together; it fits into a signed 64-bit column."""
        return self._cached_hash(parts)

    def person(self, user: int) -> int:
        """Return the pseudonym of a user, or of a chat in whose name somebody writes."""
        return self.of("person", user)

    def chat(self, chat: int) -> int:
        """Return the pseudonym of a chat."""
        return self.of("chat", chat)

    def of_text(self, purpose: str, text: str) -> int:
        """Return the number of what somebody wrote, and remember it not even in memory."""
        return self._hash((purpose, text))

    def _hash(self, parts: tuple[object, ...]) -> int:
        joined = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
        mac = self._mac.copy()  # `hmac.digest` would let other threads go first, each time
        mac.update(joined)
        return int.from_bytes(mac.digest()[:8], "big", signed=True)


def derive_secret(token: SecretStr, purpose: str) -> str:
    """Return a secret for one purpose, in hexadecimal, that doesn't tell the token."""
    return hmac.new(token.get_secret_value().encode(), purpose.encode(), hashlib.sha256).hexdigest()
