"""The word lists that matching needs, read from `config/matching/language.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import SettingsError

Words = Annotated[tuple[str, ...], Field(min_length=1)]


class LanguageWords(BaseModel):
    """Words that don't count and words that are brought to one form; see the file's own comments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    politeness: Words
    politeness_en: Words
    fillers: Words
    fillers_en: Words
    chat_marks: Words
    colloquial: dict[str, str]


def read_language(path: Path) -> LanguageWords:
    """Read the word lists; raise SettingsError where the file is missing or malformed."""
    try:
        return LanguageWords.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{path}: can't be read as word lists ({reason}); restore it from the repository") from None
