"""Vectors of all texts that training has met, on disk: encoding takes most of a training's time, and texts recur."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from bot.matching.embeddings import Embedder, read_vectors, text_key, write_vectors
from bot.matching.inverted_index import Floats

_HALF = np.float16
"""Precision in which vectors are remembered, and in which new ones are given too: a second run gives the same."""


class RememberedVectors:
    """An embedder that asks another one only for texts that are new."""

    def __init__(self, embedder: Embedder, folder: Path, process: int) -> None:
        """Read what all processes have left in `folder`; what is new goes into the file of this one, on `write`."""
        self._embedder = embedder
        self._path = folder / f"texts-{process}.npz"
        self._own = dict(read_vectors(self._path))
        self._known = {key: vector for path in sorted(folder.glob("texts-*.npz")) for key, vector in read_vectors(path)}
        self._changed = False

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._embedder.name

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text, as rows; raise EmbeddingError where one that is new can't be computed."""
        keys = [text_key(self.name, text) for text in texts]
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
            with suppress(OSError):
                write_vectors(self._path, self._own, compress=False)
                self._changed = False
