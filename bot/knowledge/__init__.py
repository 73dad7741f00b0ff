"""The curated knowledge: read from YAML and text files, verified, and served as an immutable snapshot.

The types of the snapshot are exported here. `load` reads and verifies a folder, `folder` says which files belong to it,
`overlay` lays approved phrasings over a snapshot, `draft` begins a new interview, `old_layout` rewrites older folders;
these are imported as modules, so that the types cost no YAML parser at start-up.
"""

from bot.knowledge.model import (
    Bilingual,
    Entry,
    Interview,
    Knowledge,
    Language,
    NotCovered,
    Phrasing,
    Quote,
    Section,
    Speaker,
    Term,
)
from bot.knowledge.transcript import Span, Transcript

__all__ = [
    "Bilingual",
    "Entry",
    "Interview",
    "Knowledge",
    "Language",
    "NotCovered",
    "Phrasing",
    "Quote",
    "Section",
    "Span",
    "Speaker",
    "Term",
    "Transcript",
]
