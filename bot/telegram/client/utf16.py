"""Text measured as Telegram measures it: in UTF-16 code units."""

from __future__ import annotations


def length(text: str) -> int:
    """Return how many UTF-16 units `text` takes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitting(text: str, units: int) -> int:
    """Return how many characters from the start of `text` fit into so many units."""
    if length(text) <= units:
        return len(text)
    used = 0
    for count, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > units:
            return count
    return len(text)
