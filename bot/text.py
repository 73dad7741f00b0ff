"""The bot's own wording, per language, from `config/texts/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from bot.errors import SettingsError

LANGUAGES = ("zh", "zh-Hant", "en")


@dataclass(frozen=True)
class Texts:
    """All texts in all languages; every language has the same keys and placeholders."""

    by_language: Mapping[str, Mapping[str, str]]
    """Language to key ("answer.points") to text."""

    def __call__(self, language: str, key: str, /, **values: object) -> str:
        """Return the text of `key` ("answer.points") in `language`, its placeholders filled."""
        return self.by_language[language][key].format(**values)

    def keys(self) -> frozenset[str]:
        """Return every key there is."""
        return frozenset(self.by_language[LANGUAGES[0]])


def read_texts(folder: Path) -> Texts:
    """Read one TOML file a language; raises SettingsError where keys or placeholders differ between them."""
    by_language = {language: _read(folder / f"{language}.toml") for language in LANGUAGES}
    first = by_language[LANGUAGES[0]]
    for language, texts in by_language.items():
        for key in first.keys() ^ texts.keys():
            raise SettingsError(f"{folder / language}.toml: the key '{key}' isn't in every language; add it everywhere")
        for key, text in texts.items():
            if _placeholders(text) != _placeholders(first[key]):
                raise SettingsError(
                    f"{folder / language}.toml: '{key}' has other placeholders than zh.toml; make them equal"
                )
    return Texts(by_language)


def _read(path: Path) -> dict[str, str]:
    try:
        return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), ""))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: can't be read ({error}); restore it from the repository") from None


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in table.items():
        flat.extend(_flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, str(value))])
    return flat


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
