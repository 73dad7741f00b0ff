"""What others would build: each scores every question against every phrasing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import bm25s
import jieba
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.matching.engine import Engine

Scores: TypeAlias = NDArray[np.float32]
"""A row a question, a column a phrasing; more is better."""
Peer: TypeAlias = Callable[[Sequence[str], Sequence[str]], Scores]
"""From questions and phrasings to their scores."""


def peers(engine: Engine) -> Mapping[str, Peer]:
    """Return the peers by name; the embeddings alone are those of the bot, where it has any."""
    found: dict[str, Peer] = {"rapidfuzz ratio": ratio, "rapidfuzz WRatio": wratio, "BM25 words": bm25, "TF-IDF": tfidf}
    if engine.embedder is not None and engine.vectors is not None:
        found["embeddings"] = lambda questions, _: _meaning(engine, questions)
    return found


def ratio(questions: Sequence[str], phrasings: Sequence[str]) -> Scores:
    """Score as `process.extractOne(…, scorer=fuzz.ratio)` does, with the library's own preprocessing."""
    return process.cdist(questions, phrasings, scorer=fuzz.ratio, processor=utils.default_process, dtype=np.float32)


def wratio(questions: Sequence[str], phrasings: Sequence[str]) -> Scores:
    """Score as `process.extractOne` does by default, with the library's own preprocessing."""
    return process.cdist(questions, phrasings, scorer=fuzz.WRatio, processor=utils.default_process, dtype=np.float32)


def bm25(questions: Sequence[str], phrasings: Sequence[str]) -> Scores:
    """Score by BM25 over jieba's words."""
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()

    def words(text: str) -> list[str]:
        return [word for word in tokenizer.lcut(text.lower()) if word.isalnum()]

    index = bm25s.BM25()
    index.index([words(text) for text in phrasings], show_progress=False)
    nothing = np.zeros(len(phrasings), np.float32)
    cut = (index.get_tokens_ids(words(text)) for text in questions)
    return np.array([index.get_scores_from_ids(ids) if ids else nothing for ids in cut], np.float32)


def tfidf(questions: Sequence[str], phrasings: Sequence[str]) -> Scores:
    """Score by the cosine of TF-IDF over runs of one to three characters."""
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    known = vectorizer.fit_transform(phrasings)
    return np.asarray((vectorizer.transform(questions) @ known.T).toarray(), np.float32)


def _meaning(engine: Engine, questions: Sequence[str]) -> Scores:
    """Score by the cosine of the sentence vectors, normalised as the bot does it."""
    if engine.embedder is None or engine.vectors is None:
        raise TypeError("the engine has no embeddings")
    texts = [engine.parser.normalise(text) for text in questions]
    rows = np.concatenate([engine.embedder.encode([text]) for text in texts])
    return np.asarray(rows @ engine.vectors.phrasings.floats().T, np.float32)
