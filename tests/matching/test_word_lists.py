"""The pattern and word files: what is shipped can be read, and what is damaged is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.configuration import CONFIG
from bot.errors import SettingsError
from bot.matching.answer_kinds import read_kinds
from bot.matching.dialogue_patterns import read_dialogue
from bot.matching.smalltalk import read_smalltalk
from bot.matching.word_lists import read_language

READERS: dict[str, Callable[[Path], object]] = {
    "dialogue": read_dialogue, "answer_kinds": read_kinds, "language": read_language, "smalltalk": read_smalltalk,
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "damage",
    [lambda raw: b"\xff" + raw, lambda raw: raw + b"\n[", lambda raw: b"reason = '('" , lambda raw: b"date = 1", None],
    ids=["encoding", "syntax", "pattern", "type", "missing"],
)  # fmt: skip
def test_a_damaged_file_is_refused_in_one_line(
    name: str, damage: Callable[[bytes], bytes] | None, tmp_path: Path
) -> None:
    shipped = CONFIG / "matching" / f"{name}.toml"
    READERS[name](shipped)
    path = tmp_path / shipped.name
    if damage is not None:
        path.write_bytes(damage(shipped.read_bytes()))
    with pytest.raises(SettingsError, match="restore it from the repository") as rejected:
        READERS[name](path)
    assert str(rejected.value).startswith(f"{path}: ")
    assert "\n" not in str(rejected.value)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("sora花了多少钱", {"money", "quantity"}),
        ("什么时候上市", {"date"}),
        ("who asked", {"person"}),
        ("核能", set()),
        ("为什么", {"reason"}),
    ],
)
def test_the_kind_of_answer_asked_for_is_recognised(text: str, kinds: set[str]) -> None:
    assert read_kinds(CONFIG / "matching" / "answer_kinds.toml").asked_for(text) == kinds
