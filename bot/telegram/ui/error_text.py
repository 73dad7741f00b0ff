"""What users are told of a failure, in their language."""

from __future__ import annotations

from bot.errors import BotError, StorageError
from bot.knowledge.model import Language
from bot.text import Texts


def error_text(error: BotError, texts: Texts, language: Language) -> str:
    """Return what is wrong and what to do: the text of a database's failure, or else the error's own English."""
    if isinstance(error, StorageError) and error.kind is not None:
        return texts(language, f"database.{error.kind}", **error.values)
    return str(error)
