"""Short ids of interviews, sections, entries and exchanges, for buttons and links; they outlive a reload."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from bot.knowledge.model import Entry, Interview, Knowledge, Section
from bot.storage.history import ID_BITS

MAX_SHORT_ID_CHARACTERS = 48
"""Leaves room in callback data (64 bytes), and fits a deep link (64 characters)."""

_SHORT_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_SHORT_ID_CHARACTERS}}}")
_EXCHANGE_ID = re.compile(r"[A-Za-z0-9_-]{8}")


def short_id(*ids: str) -> str:
    """Join ids into one of `[A-Za-z0-9_-]`; a hash of them where they are too long or hold other characters."""
    joined = "_".join(ids)
    if _SHORT_ID.fullmatch(joined):
        return joined
    digest = hashlib.sha256("/".join(ids).encode()).digest()
    return urlsafe_b64encode(digest[:15]).decode()


def find_entry(knowledge: Knowledge, wanted: str) -> Entry | None:
    """Return the entry of a short id, or of a bare id as people type it; None where there is none."""
    interview, _, entry = wanted.rpartition("_")
    if interview and (found := knowledge.entry(interview, entry)):
        return found
    entries = knowledge.by_key.values()
    return next((each for each in entries if wanted in {each.id, short_id(each.interview, each.id)}), None)


def find_interview(knowledge: Knowledge, wanted: str) -> Interview | None:
    """Return the interview of a short id; None where there is none."""
    return next((each for each in knowledge.interviews if short_id(each.id) == wanted), None)


def find_section(knowledge: Knowledge, wanted: str) -> tuple[Interview, Section] | None:
    """Return the section of a short id, with its interview; None where there is none."""
    for interview in knowledge.interviews:
        for section in interview.sections:
            if short_id(interview.id, section.id) == wanted:
                return interview, section
    return None


def encode_exchange_id(exchange_id: int) -> str:
    """Return the id of an exchange as 8 characters of `[A-Za-z0-9_-]`."""
    return urlsafe_b64encode(exchange_id.to_bytes(ID_BITS // 8)).decode()


def decode_exchange_id(written: str) -> int | None:
    """Return the number that `encode_exchange_id` was given; None for any other text."""
    if not _EXCHANGE_ID.fullmatch(written):
        return None
    return int.from_bytes(urlsafe_b64decode(written))
