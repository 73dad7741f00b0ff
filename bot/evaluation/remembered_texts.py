"""Vectors of all texts that training has met, on disk: encoding takes most of a training's time, and texts recur."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.cache import read_arrays, write_arrays
from bot.matching.embeddings import Embedder
from bot.matching.inverted_index import Floats

_KEY = "S16"
_HALF = np.float16
"""Precision in which vectors are remembered, and in which new ones are given too: a second run gives the same."""


class RememberedTexts:
    """An embedder that asks another one only for texts that are new."""

    def __init__(self, embedder: Embedder, folder: Path, process: int) -> None:
        """Read what all processes have left in `folder`; what is new goes into the file of this one, on `write`."""
        self._embedder = embedder
        self._path = folder / f"texts-{process}.npz"
        self._own = _read(self._path)
        self._known = {
            key: vector for path in sorted(folder.glob("texts-*.npz")) for key, vector in _read(path).items()
        }
        self._changed = False

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._embedder.name

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text, as rows; raise EmbeddingError where one that is new can't be computed."""
        keys = [self._key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            for key, vector in zip(new, self._embedder.encode(list(new.values())), strict=True):
                self._known[key] = self._own[key] = vector.astype(_HALF)
            self._changed = True
        rows = np.stack([self._known[key] for key in keys]).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def write(self) -> None:
        """Write what is new; a full disk is no reason to stop."""
        if self._changed:
            arrays = {"keys": np.array(list(self._own), _KEY), "vectors": np.stack(list(self._own.values()))}
            with suppress(OSError):
                write_arrays(self._path, arrays, compress=False)
                self._changed = False

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.name}\n{text}".encode()).hexdigest()[:16].encode()


def _read(path: Path) -> dict[bytes, NDArray[np.float16]]:
    """Read a file; one that is missing or damaged contains nothing."""
    arrays = read_arrays(path) or {}
    with suppress(KeyError, ValueError):
        return dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
    return {}
