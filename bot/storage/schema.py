"""The tables of the database. Times are seconds since 1970; chats and people are pseudonyms (see `pseudonyms`)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

METADATA = MetaData()
"""Every table of the bot; a new one needs a migration too, and a test compares the two."""

WAITING: Final = "waiting"
"""State of an update that is still to be handled, whether a replica has claimed it or not."""
DONE: Final = "done"
"""State of an update that was handled."""
DEAD_LETTER: Final = "aside"
"""State of an update that was given up: it failed too often, or can't be read.

The stored value is the one that earlier versions wrote, so that old and new replicas read each other's rows while a
rolling deployment replaces them.
"""

INBOX = Table(
    "inbox",
    METADATA,
    # Telegram's id, by which a redelivery is recognised.
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    # Updates with the same one are handled in order.
    Column("chat", BigInteger, nullable=False),
    # As Telegram sent it, JSON; deleted once it is handled.
    Column("content", Text),
    Column("received_at", Double, nullable=False),
    Column("state", String(8), nullable=False, server_default=WAITING),
    # When it was handled or became a dead letter.
    Column("ended_at", Double),
    # Failed attempts, and how many replicas died while they had claimed it.
    Column("failures", SmallInteger, nullable=False, server_default="0"),
    Column("crashes", SmallInteger, nullable=False, server_default="0"),
    # Type and line of the last failure, without any text of a user.
    Column("error", Text),
    # The replica that has claimed it; none while it waits.
    Column("owner", String(32)),
)
for _column in ("update_id", "chat"):
    Index(
        f"inbox_waiting_{_column}",
        INBOX.c[_column],
        sqlite_where=INBOX.c.state == WAITING,
        postgresql_where=INBOX.c.state == WAITING,
    )
Index("inbox_ended_at", INBOX.c.ended_at)

REPLICAS = Table(
    "replicas",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("started_at", Double, nullable=False),
    # Last heartbeat, by the clock of the database, which is the same for all.
    Column("beat_at", Double, nullable=False),
)

KNOWLEDGE = Table(
    "knowledge",
    METADATA,
    # Counts up; the version with the highest number is served.
    Column("number", Integer, primary_key=True),
    Column("version", String(64), nullable=False),
    # The verified folder, packed.
    Column("files", LargeBinary, nullable=False),
    Column("stored_at", Double, nullable=False),
    sqlite_autoincrement=True,
)

ANSWERS = Table(
    "answers",
    METADATA,
    Column("chat", BigInteger, primary_key=True, autoincrement=False),
    # The last message of the answer, which has the buttons.
    Column("last", BigInteger, primary_key=True, autoincrement=False),
    # All of its messages, JSON.
    Column("messages", Text, nullable=False),
    # Hash of what it shows and of its destination; none for what may be repeated.
    Column("content", BigInteger),
    # The message that asked, and a hash of its words; none where a button did.
    Column("question", BigInteger),
    Column("asked", BigInteger),
    Column("at", Double, nullable=False),
    # Keys of the entries that it shows or suggests, JSON; its status, as in the history; and its exchange. None where
    # an older version wrote the row.
    Column("entries", Text),
    Column("status", String(12)),
    Column("exchange", BigInteger),
)
Index("answers_at", ANSWERS.c.at)

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    # One sender in one topic of one chat.
    Column("conversation", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", BigInteger, nullable=False),
    # Keys of the entries that were last shown, and of all shown so far, JSON.
    Column("entries", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("at", Double, nullable=False),
)
Index("conversations_chat", CONVERSATIONS.c.chat)
Index("conversations_at", CONVERSATIONS.c.at)

LIMITS = Table(
    "limits",
    METADATA,
    # A person or a group; `told` says whether they were notified of the limit.
    Column("who", BigInteger, primary_key=True, autoincrement=False),
    Column("tokens", Double, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("at", Double, nullable=False),
)
Index("limits_at", LIMITS.c.at)

HISTORY = Table(
    "history",
    METADATA,
    # Random, so that buttons can carry it and nobody can guess another's.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    # Whole days from 1970 to `at`, UTC. Nothing reads it: it is written because the column takes no NULL.
    Column("day", Integer, nullable=False),
    Column("chat", BigInteger, nullable=False),
    # private, group or supergroup.
    Column("kind", String(12), nullable=False),
    Column("asker", BigInteger),
    # typed or tapped.
    Column("via", String(8), nullable=False),
    # Shortened, without the names of people.
    Column("question", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("status", String(12), nullable=False),
    # The likeliest entry that was shown or suggested, its probability, and the keys of all of them, JSON.
    Column("entry", Text),
    Column("score", Double),
    Column("entries", Text, nullable=False),
    Column("took_ms", Double, nullable=False),
)
Index("history_at", HISTORY.c.at)
Index("history_asker", HISTORY.c.asker)

VOTES = Table(
    "votes",
    METADATA,
    Column("exchange", ForeignKey("history.id", ondelete="CASCADE"), primary_key=True),
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    # up, down, or wrong for an answer to another question.
    Column("vote", String(8), nullable=False),
    Column("at", Double, nullable=False),
)
Index("votes_person", VOTES.c.person)

CHOICES = Table(
    "choices",
    METADATA,
    # Which of the suggested entries somebody tapped: what the wording may have meant.
    Column("exchange", ForeignKey("history.id", ondelete="CASCADE"), primary_key=True),
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", Text, primary_key=True),
    Column("at", Double, nullable=False),
)
Index("choices_person", CHOICES.c.person)

PHRASINGS = Table(
    "phrasings",
    METADATA,
    # Id of the exchange in which the wording was seen; the exchange itself may have been deleted since.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    # Keyed hash of what was typed, normalised; one decision a wording.
    Column("wording", BigInteger, nullable=False, unique=True),
    # As it was typed; empty where it is ignored or put off.
    Column("text", Text, nullable=False),
    # Key of the entry that it belongs to; none where none was chosen.
    Column("entry", Text),
    # pending, approved, exported, ignored or later.
    Column("state", String(8), nullable=False),
    Column("at", Double, nullable=False),
)
Index("phrasings_state", PHRASINGS.c.state)

PEOPLE = Table(
    "people",
    METADATA,
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    # The language that the person chose for the answers.
    Column("language", String(8), nullable=False),
)

CHATS = Table(
    "chats",
    METADATA,
    # What the admins of a group have set.
    Column("chat", BigInteger, primary_key=True, autoincrement=False),
    # None where the language follows the question.
    Column("language", String(8)),
    # Whether quotes wait behind a button.
    Column("quiet", Boolean, nullable=False),
    # The only forum topic in which the bot answers, 0 for General; none for all.
    Column("topic", BigInteger),
)
