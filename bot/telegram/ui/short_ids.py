"""Short, stable names for entries, sections and exchanges: they stand in buttons and links, and outlive a reload."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from bot.knowledge.model import Entry, Interview, Knowledge, Section
from bot.storage.history import ID_BITS

MAX_SHORT_ID_CHARACTERS = 48
"""Leaves room in callback data (64 bytes) and is within what a deep link may carry."""

_SHORT_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_SHORT_ID_CHARACTERS}}}")
_EXCHANGE_CODE = re.compile(r"[A-Za-z0-9_-]{8}")


def short_id(*ids: str) -> str:
    """Join ids into a name of `[A-Za-z0-9_-]`; ids that don't fit become a digest of them."""
    joined = "_".join(ids)
    if _SHORT_ID.fullmatch(joined):
        return joined
    digest = hashlib.sha256("/".join(ids).encode()).digest()
    return urlsafe_b64encode(digest[:15]).decode()


def find_entry(knowledge: Knowledge, wanted: str) -> Entry | None:
    """Return the entry of that name, also by its bare id as people type it, or None where it is gone."""
    interview, _, entry = wanted.rpartition("_")
    if interview and (found := knowledge.entry(interview, entry)):
        return found
    entries = knowledge.by_key.values()
    return next((each for each in entries if wanted in {each.id, short_id(each.interview, each.id)}), None)


def find_interview(knowledge: Knowledge, wanted: str) -> Interview | None:
    """Return the interview of that name, or None where it is gone."""
    return next((each for each in knowledge.interviews if short_id(each.id) == wanted), None)


def find_section(knowledge: Knowledge, wanted: str) -> tuple[Interview, Section] | None:
    """Return the section of that name with its interview, or None where it is gone."""
    for interview in knowledge.interviews:
        for section in interview.sections:
            if short_id(interview.id, section.id) == wanted:
                return interview, section
    return None


def encode_exchange_id(number: int) -> str:
    """Write the id of an exchange in 8 characters of `[A-Za-z0-9_-]`."""
    return urlsafe_b64encode(number.to_bytes(ID_BITS // 8)).decode()


def decode_exchange_id(written: str) -> int | None:
    """Read what `code` wrote; None for anything else."""
    if not _EXCHANGE_CODE.fullmatch(written):
        return None
    return int.from_bytes(urlsafe_b64decode(written))
