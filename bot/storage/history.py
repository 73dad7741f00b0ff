"""The history of questions and their outcomes, stored for the retention time and without names."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, RowMapping, and_, delete, or_, select, update

from bot.knowledge.model import Language
from bot.matching.results import Status
from bot.storage.database import Database
from bot.storage.schema import ANSWERS, CHOICES, CONVERSATIONS, DEAD_LETTER, HISTORY, INBOX, VOTES

Via: TypeAlias = Literal["typed", "tapped"]

DAY_SECONDS = 86_400
ID_BITS = 48
"""Length of the ids of exchanges: too long to be guessed, and short enough for the data of a button."""
MAX_QUESTION_CHARS = 300
"""Characters of a question that are stored."""

_NAMES_AND_LINKS = re.compile(r"@\w+|https?://\S+|t\.me/\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the outcome of answering it."""

    id: int
    """Random, of 48 bits (see `new_id`)."""
    at: float
    """Seconds since 1970."""
    chat: int
    """Pseudonym of the chat."""
    kind: str
    """Of the chat: private, group or supergroup."""
    asker: int | None
    """Pseudonym of whoever asked; None where that isn't known."""
    via: Via
    """Whether it was typed, or an entry was chosen by a button or a link."""
    question: str
    """What was asked, as it is stored (see `without_names`)."""
    language: Language
    """Language of the reply."""
    status: Status
    """Outcome: answered, suggested, unknown or smalltalk."""
    entries: tuple[str, ...]
    """Keys of the entries that were shown or suggested, likeliest first."""
    score: float | None
    """Probability of the first of them in [0, 1]; None without entries."""
    took_ms: float
    """Milliseconds that it took to find the answer."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted of what was stored about a person."""

    questions: int
    """Exchanges."""
    votes: int
    """Votes and choices."""


def new_id() -> int:
    """Return an id for an exchange that nobody can guess."""
    return secrets.randbits(ID_BITS)


def without_names(text: str) -> str:
    """Return a question as it is stored: on one line, shortened, without links and without @names of people."""
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


async def find(database: Database, exchange_id: int) -> Exchange | None:
    """Return an exchange; None where it isn't stored any more."""
    query = select(HISTORY).where(HISTORY.c.id == exchange_id)
    row = await database.read(lambda connection: connection.execute(query).mappings().one_or_none())
    return _exchange_of(row) if row is not None else None


async def forget(database: Database, person: int, own_chat: int, conversation: int) -> Forgotten:
    """Delete what is stored about a person: questions, votes, choices, and what belongs to their private chat.

    Of updates that failed there, only their content is deleted.

    `conversation` is the one in which they ask for it, perhaps in a group. All are pseudonyms. Raises StorageError.
    """
    theirs = or_(CONVERSATIONS.c.chat == own_chat, CONVERSATIONS.c.conversation == conversation)

    def delete_all(connection: Connection) -> Forgotten:
        votes = connection.execute(delete(VOTES).where(VOTES.c.person == person))
        choices = connection.execute(delete(CHOICES).where(CHOICES.c.person == person))
        connection.execute(delete(CONVERSATIONS).where(theirs))
        connection.execute(delete(ANSWERS).where(ANSWERS.c.chat == own_chat))
        # The row stays, for by it Telegram's redelivery is recognised.
        failed = and_(INBOX.c.chat == own_chat, INBOX.c.state == DEAD_LETTER)
        connection.execute(update(INBOX).where(failed).values(content=None))
        questions = connection.execute(delete(HISTORY).where(HISTORY.c.asker == person))
        return Forgotten(questions.rowcount, votes.rowcount + choices.rowcount)

    return await database.write(delete_all)


def _exchange_of(row: RowMapping) -> Exchange:
    values = {field.name: row[field.name] for field in fields(Exchange)}
    return Exchange(**{**values, "entries": tuple(json.loads(row["entries"]))})
