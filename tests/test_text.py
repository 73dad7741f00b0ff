"""The bot's wording: the same keys and placeholders in every language, all of them used."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from bot.errors import SettingsError
from bot.matching.results import Smalltalk
from bot.text import LANGUAGES, read_texts
from tests.builders import ROOT, copy_of

SHIPPED = ROOT / "config" / "texts"
TEXTS = read_texts(SHIPPED)


def literals() -> set[str]:
    """Return every string in the code, an f-string's changing parts as "{}"."""
    found: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
    return found


def is_used(key: str, used: set[str]) -> bool:
    """Return whether a key stands in the code, whole or put together from parts that stand there."""
    if used & {key, f"/{key}"}:  # commands are written with their stroke
        return True
    parts = key.split(".")
    splits = [(".".join(parts[:at]), ".".join(parts[at:])) for at in range(1, len(parts))]
    return any(
        (f"{head}.{{}}" in used and is_used(tail, used)) or (f"{{}}.{tail}" in used and head in used)
        for head, tail in splits
    )


def test_every_text_is_used_and_every_text_that_is_used_exists() -> None:
    used = literals()
    keys = TEXTS.keys()
    tables = {key.rpartition(".")[0] for key in keys}
    for key in sorted(keys):
        assert is_used(key, used), f"{key} is nowhere used"
    for text in used:
        table, dot, name = text.rpartition(".")
        if dot and table in tables and name != "toml" and name.isidentifier():
            assert text in keys, f"{text} is used and isn't in config/texts"


def test_every_kind_of_small_talk_has_its_reply() -> None:
    assert {f"smalltalk.{kind}" for kind in get_args(Smalltalk)} <= TEXTS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert [key for key, text in TEXTS.by_language[language].items() if not text.strip()] == []


def test_a_placeholder_is_filled() -> None:
    assert TEXTS("en", "answer.quote_lines", first=3, last=5).count("3") == 1
    with pytest.raises(KeyError):
        TEXTS("en", "answer.quote_lines", first=3)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda text: text + "\nmore = 'x'\n", "isn't in every language; add it everywhere"),
        (lambda text: text.replace("{first}", "{fist}"), "has other placeholders than zh.toml; make them equal"),
        (lambda text: text + "\n[answer", "can't be read"),
    ],
    ids=["key", "placeholder", "syntax"],
)
def test_texts_that_dont_fit_each_other_are_refused(
    damage: Callable[[str], str], expected: str, tmp_path: Path
) -> None:
    path = copy_of(SHIPPED, tmp_path / "texts") / "en.toml"
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(SettingsError, match=expected) as refused:
        read_texts(path.parent)
    assert "en.toml" in str(refused.value)
