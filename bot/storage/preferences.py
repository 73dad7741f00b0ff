"""Settings that people and groups have chosen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from bot.knowledge.model import Language
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
    """Whether answers show their points alone, and quotes wait behind a button."""
    topic: int | None = None
    """The forum topic in which alone it answers, `GENERAL` for the one without an id; None for everywhere."""


async def language_of(database: Database, person: int) -> Language | None:
    """Return the language that a person chose; None for none."""
    async with database.read() as connection:
        found = await connection.execute(select(PEOPLE.c.language).where(PEOPLE.c.person == person))
        language: Language | None = found.scalar_one_or_none()
    return language


async def save_language(database: Database, person: int, language: Language | None) -> bool:
    """Store the language that a person chose, or (None) that they chose none; tell whether one was taken back."""
    async with database.begin() as connection:
        if language is None:
            gone = await connection.execute(delete(PEOPLE).where(PEOPLE.c.person == person))
            return gone.rowcount > 0
        row = database.insert(PEOPLE).values(person=person, language=language)
        await connection.execute(row.on_conflict_do_update(index_elements=["person"], set_={"language": language}))
    return False


async def settings_of(database: Database, chat: int) -> ChatSettings:
    """Return what is set for a group."""
    columns = select(CHATS.c.language, CHATS.c.quiet, CHATS.c.topic)
    async with database.read() as connection:
        row = (await connection.execute(columns.where(CHATS.c.chat == chat))).one_or_none()
    return ChatSettings(*row) if row is not None else ChatSettings()


async def save_settings(database: Database, chat: int, settings: ChatSettings) -> None:
    """Store the settings of a group."""
    values = {"language": settings.language, "quiet": settings.quiet, "topic": settings.topic}
    async with database.begin() as connection:
        row = database.insert(CHATS).values(chat=chat, **values)
        await connection.execute(row.on_conflict_do_update(index_elements=["chat"], set_=values))


async def move_settings(database: Database, chat: int, to: int) -> None:
    """Let a supergroup have what was set for the group that it was."""
    async with database.begin() as connection:
        await connection.execute(delete(CHATS).where(CHATS.c.chat == to))
        await connection.execute(update(CHATS).where(CHATS.c.chat == chat).values(chat=to))
