"""Vectors of texts are computed once, and are the same from the file as when they were new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.evaluation.training_vectors import RememberedVectors
from bot.matching.inverted_index import Floats


class Counting:
    """An embedder that notes what it is asked for."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        rows = np.array([[len(text), 1.0, 1 / 3] for text in texts], np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_a_text_is_encoded_once(tmp_path: Path) -> None:
    model = Counting()
    texts = RememberedVectors(model, tmp_path, 0)
    first = texts.encode(["一", "一二", "一"])
    texts.write()
    assert model.asked == ["一", "一二"]
    again = RememberedVectors(model, tmp_path, 1).encode(["一二", "一"])
    assert model.asked == ["一", "一二"]
    assert again.tolist() == first[[1, 0]].tolist()
    assert np.allclose(np.linalg.norm(again, axis=1), 1)


def test_each_process_adds_to_its_own_file(tmp_path: Path) -> None:
    one, two = (RememberedVectors(Counting(), tmp_path, process) for process in range(2))
    for texts, text in ((one, "一"), (two, "二三")):
        texts.encode([text])
        texts.write()
    later = Counting()
    RememberedVectors(later, tmp_path, 2).encode(["一", "二三", "四"])
    assert later.asked == ["四"]


def test_a_damaged_file_contains_nothing(tmp_path: Path) -> None:
    (tmp_path / "texts-0.npz").write_bytes(b"PK\x03\x04 no archive")
    model = Counting()
    RememberedVectors(model, tmp_path, 0).encode(["一"])
    assert model.asked == ["一"]
