"""Codecs for the disk cache: how a catalogue, its vectors and its word counts are stored."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.cache import Arrays, Codec, as_array, from_array, nested, pack_strings, part_of, unpack_strings
from bot.knowledge import Knowledge
from bot.matching.catalogue import Catalogue, items_of, numbered_phrasings
from bot.matching.inverted_index import Index
from bot.matching.semantic_index import Contrast, Vectors
from bot.matching.unit_rows import UnitRows

_CATALOGUE_ARRAYS = ("owner", "first", "passage_owner", "term_starts", "item_terms")
_CATALOGUE_TEXTS = ("texts", "canonical", "sounds", "passages")
_INDEX_ARRAYS = ("weights", "starts", "postings", "lengths")


def catalogue_of(knowledge: Knowledge) -> Codec[Catalogue]:
    """Return the codec of the catalogue of `knowledge`; the entries themselves aren't stored with it."""
    return Codec("catalogue", _catalogue_arrays, lambda arrays: _catalogue(arrays, knowledge))


def _catalogue_arrays(catalogue: Catalogue) -> Arrays:
    index = catalogue.index
    other = {
        "asked_kinds": [sorted(kinds) for kinds in catalogue.asked_kinds],
        "symbols": catalogue.symbols,
        "unknown": index.unknown,
        "kinds": index.kinds,
    }
    arrays: dict[str, NDArray[Any]] = {name: getattr(catalogue, name) for name in _CATALOGUE_ARRAYS}
    arrays |= {f"index_{name}": getattr(index, name) for name in _INDEX_ARRAYS} | {"other": as_array(other)}
    for name in _CATALOGUE_TEXTS:
        arrays |= nested(name, pack_strings(getattr(catalogue, name)))
    return arrays | nested("vocabulary", pack_strings(index.vocabulary))


def _catalogue(arrays: Arrays, knowledge: Knowledge) -> Catalogue:
    other = from_array(arrays["other"])
    texts: dict[str, Any] = {name: unpack_strings(part_of(arrays, name)) for name in _CATALOGUE_TEXTS}
    numbers: dict[str, Any] = {name: arrays[name] for name in _CATALOGUE_ARRAYS}
    items, entry_count = items_of(knowledge)
    vocabulary = unpack_strings(part_of(arrays, "vocabulary"))
    index = Index(
        vocabulary=dict(zip(vocabulary, range(len(vocabulary)), strict=True)),
        unknown=other["unknown"],
        kinds=other["kinds"],
        **{name: arrays[f"index_{name}"] for name in _INDEX_ARRAYS},
    )
    return Catalogue(
        items=items,
        entry_count=entry_count,
        phrasings=tuple(text for _, text in numbered_phrasings(items)),
        index=index,
        exact=dict(zip(texts["texts"], arrays["owner"].tolist(), strict=True)),
        asked_kinds=tuple(map(frozenset, other["asked_kinds"])),
        symbols=other["symbols"],
        **texts,
        **numbers,
    )


def _vector_arrays(vectors: Vectors) -> Arrays:
    arrays: Arrays = {
        "mean": vectors.mean,
        "classifier": vectors.classifier,
        "closeness": np.array(vectors.closeness, np.float32),
    }
    rows = {"phrasings": vectors.phrasings, "passages": vectors.passages}
    if vectors.contrast is not None:
        arrays = {**arrays, "contrast": vectors.contrast.matrix}
        rows["contrasted"] = vectors.contrast.phrasings
    for name, unit_rows in rows.items():
        arrays = {**arrays, f"{name}_codes": unit_rows.codes, f"{name}_scales": unit_rows.scales}
    return arrays


def _vectors(arrays: Arrays) -> Vectors:
    def rows(name: str) -> UnitRows:
        return UnitRows(arrays[f"{name}_codes"], arrays[f"{name}_scales"])

    contrast = Contrast(arrays["contrast"], rows("contrasted")) if "contrast" in arrays else None
    closeness = float(arrays["closeness"])
    return Vectors(rows("phrasings"), rows("passages"), closeness, arrays["mean"], contrast, arrays["classifier"])


VECTORS = Codec("vectors", _vector_arrays, _vectors, large=True)
"""The sentence model's vectors of the texts, and the matrices computed from them."""

STATIC_VECTORS = Codec("static", _vector_arrays, _vectors, large=True)
"""The same of static vectors."""

WORDS: Codec[Counter[str]] = Codec(
    "words",
    lambda words: {"words": as_array(words)},
    lambda arrays: Counter(from_array(arrays["words"])),
)
"""Words of the knowledge and how often they occur."""
