"""Preferences: the language that a person chose, and the settings of a group."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from bot.knowledge.model import Language
from bot.storage import dialects
from bot.storage.database import Database
from bot.storage.schema import CHATS, PEOPLE

GENERAL = 0
"""Stands for a forum's General topic, which has no id."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What the admins of a group have set."""

    language: Language | None = None
    """Language of the answers; None where it follows the question."""
    quiet: bool = False
    """Whether answers show their points alone, and quotes only when a button is pressed."""
    topic: int | None = None
    """The only forum topic in which the bot answers, `GENERAL` for the one without an id; None for all."""


async def language_of(database: Database, person: int) -> Language | None:
    """Return the language that a person chose; None where they chose none."""
    query = select(PEOPLE.c.language).where(PEOPLE.c.person == person)
    language: Language | None = await database.read(lambda connection: connection.execute(query).scalar_one_or_none())
    return language


async def save_language(database: Database, person: int, language: Language | None) -> bool:
    """Store the language that a person chose; None deletes it. Return whether one was deleted."""

    def save(connection: Connection) -> bool:
        if language is None:
            return connection.execute(delete(PEOPLE).where(PEOPLE.c.person == person)).rowcount > 0
        connection.execute(dialects.upsert(connection, PEOPLE), {"person": person, "language": language})
        return False

    return await database.write(save)


async def settings_of(database: Database, chat: int) -> ChatSettings:
    """Return the settings of a group; the defaults where nothing is set."""
    query = select(CHATS.c.language, CHATS.c.quiet, CHATS.c.topic).where(CHATS.c.chat == chat)
    row = await database.read(lambda connection: connection.execute(query).one_or_none())
    return ChatSettings(*row) if row is not None else ChatSettings()


async def save_settings(database: Database, chat: int, settings: ChatSettings) -> None:
    """Store the settings of a group."""
    row = {"chat": chat, "language": settings.language, "quiet": settings.quiet, "topic": settings.topic}
    await database.write(lambda connection: connection.execute(dialects.upsert(connection, CHATS), row))


async def move_settings(database: Database, chat: int, to: int) -> None:
    """Move the settings of a group to the supergroup that it became, whose id is another one."""

    def move(connection: Connection) -> None:
        connection.execute(delete(CHATS).where(CHATS.c.chat == to))
        connection.execute(update(CHATS).where(CHATS.c.chat == chat).values(chat=to))

    await database.write(move)
