"""Pseudonyms: keyed hashes that stand for ids; who has the database alone can't compute the ids from them."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from pydantic import SecretStr

WEBHOOK_PURPOSE = "webhook"
"""Purpose of the secret that Telegram sends with each delivery to the webhook."""

CACHE_SIZE = 10_000
"""Pseudonyms that are cached; the same few are needed several times while an update is handled."""


class Pseudonyms:
    """Computes the pseudonyms of chats, people and texts, with a key derived from the bot's token."""

    def __init__(self, token: SecretStr) -> None:
        """Derive the key from the token, which all replicas have and the database hasn't.

        Another token gives other pseudonyms.
        """
        self._mac = hmac.new(derive_secret(token, "names").encode(), digestmod="sha256")
        self._cached_hash = lru_cache(CACHE_SIZE)(self._hash)

    def of(self, *parts: object) -> int:
        """Return the pseudonym of a sequence of ids, such as a kind and a number; a signed 64-bit integer."""
        return self._cached_hash(parts)

    def person(self, user: int) -> int:
        """Return the pseudonym of a user, or of a chat in whose name somebody writes."""
        return self.of("person", user)

    def chat(self, chat: int) -> int:
        """Return the pseudonym of a chat."""
        return self.of("chat", chat)

    def of_text(self, purpose: str, text: str) -> int:
        """Return the hash of what somebody wrote, without caching the text; a signed 64-bit integer."""
        return self._hash((purpose, text))

    def _hash(self, parts: tuple[object, ...]) -> int:
        joined = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
        mac = self._mac.copy()  # `hmac.digest` would release the interpreter's lock each time
        mac.update(joined)
        return int.from_bytes(mac.digest()[:8], "big", signed=True)


def derive_secret(token: SecretStr, purpose: str) -> str:
    """Return a secret for one purpose, in hexadecimal, from which the token can't be computed."""
    return hmac.new(token.get_secret_value().encode(), purpose.encode(), hashlib.sha256).hexdigest()
