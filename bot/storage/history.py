"""The history of questions and their outcomes, stored for the retention time and without names."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import Row, delete, select

from bot.knowledge.model import Language
from bot.matching.results import Status
from bot.storage.database import Database
from bot.storage.schema import ANSWERS, CHOICES, CONVERSATIONS, HISTORY, VOTES

Via: TypeAlias = Literal["typed", "tapped"]

DAY_SECONDS = 86_400
ID_BITS = 48
MAX_QUESTION_CHARS = 300
"""Characters of a question that are stored."""

_NAMES_AND_LINKS = re.compile(r"@\w+|https?://\S+|t\.me/\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message and what the bot said to it."""

    id: int
    """Random, of 48 bits (see `new_id`)."""
    at: float
    """Seconds since 1970."""
    chat: int
    """Keyed hash of the chat."""
    kind: str
    """Of the chat: private, group or supergroup."""
    asker: int | None
    """Keyed hash of whoever asked."""
    via: Via
    """Whether it was typed, or an entry was chosen by a button or a link."""
    question: str
    """What was asked, as it is kept (see `without_names`)."""
    language: Language
    """Language of the reply."""
    status: Status
    """How it went."""
    entries: tuple[str, ...]
    """Keys of the entries that were shown or suggested, likeliest first."""
    score: float | None
    """Probability of the first of them in [0, 1]; None without entries."""
    took_ms: float
    """Milliseconds that the answer took to find."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted of what was kept about a person."""

    questions: int
    """Exchanges."""
    votes: int
    """Votes and choices."""


def new_id() -> int:
    """Return an id that nobody can guess."""
    return secrets.randbits(ID_BITS)


def without_names(text: str) -> str:
    """Return a question as it is kept: on one line, short, without the names of people and without links."""
    writable = text.encode("utf-8", "replace").decode().replace("\0", " ")
    return " ".join(_NAMES_AND_LINKS.sub(" ", writable).split())[:MAX_QUESTION_CHARS]


def to_row(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as a row of the history."""
    return {
        "id": exchange.id,
        "at": exchange.at,
        "day": int(exchange.at // DAY_SECONDS),
        "chat": exchange.chat,
        "kind": exchange.kind,
        "asker": exchange.asker,
        "via": exchange.via,
        "question": exchange.question,
        "language": exchange.language,
        "status": exchange.status,
        "entry": exchange.entries[0] if exchange.entries else None,
        "score": exchange.score,
        "entries": json.dumps(exchange.entries),
        "took_ms": exchange.took_ms,
    }


async def find(database: Database, number: int) -> Exchange | None:
    """Return an exchange; None where it isn't stored any more."""
    async with database.read() as connection:
        row = (await connection.execute(select(HISTORY).where(HISTORY.c.id == number))).one_or_none()
    return _exchange_of(row) if row is not None else None


async def forget(database: Database, person: int, own_chat: int) -> Forgotten:
    """Delete what is kept about a person: what they asked, how they voted, what they chose, and of their own chat."""
    async with database.begin() as connection:
        votes = await connection.execute(delete(VOTES).where(VOTES.c.person == person))
        choices = await connection.execute(delete(CHOICES).where(CHOICES.c.person == person))
        await connection.execute(delete(CONVERSATIONS).where(CONVERSATIONS.c.chat == own_chat))
        await connection.execute(delete(ANSWERS).where(ANSWERS.c.chat == own_chat))
        questions = await connection.execute(delete(HISTORY).where(HISTORY.c.asker == person))
    return Forgotten(questions.rowcount, votes.rowcount + choices.rowcount)


def _exchange_of(row: Row[tuple[object, ...]]) -> Exchange:
    values = dict(row._mapping)  # noqa: SLF001  # public, whatever its name: SQLAlchemy's way to a row's columns
    del values["day"], values["entry"]
    return Exchange(**{**values, "entries": tuple(json.loads(values["entries"]))})
