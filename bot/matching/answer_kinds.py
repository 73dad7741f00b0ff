"""What kind of answer a question asks for: a date, a number, a name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError


@dataclass(frozen=True)
class AnswerKinds:
    """Patterns that tell the kinds, over normalised text."""

    patterns: Mapping[str, re.Pattern[str]]
    """What each kind looks like, by its name."""

    def asked_for(self, text: str) -> frozenset[str]:
        """Return the names of the kinds that normalised `text` asks for."""
        return frozenset(kind for kind, pattern in self.patterns.items() if pattern.search(text))


def read_kinds(path: Path) -> AnswerKinds:
    """Read the patterns; raise SettingsError where the file is missing or malformed."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return AnswerKinds({kind: re.compile(pattern) for kind, pattern in table.items()})
    except (OSError, ValueError, TypeError, re.error) as error:
        raise SettingsError(f"{path}: can't be read as patterns ({error}); restore it from the repository") from None
