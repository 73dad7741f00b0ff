"""Versions of the knowledge in the database: each is a verified folder, packed, for all replicas to serve."""

from __future__ import annotations

import io
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, select

from bot.errors import StorageError
from bot.knowledge.folder import files_of
from bot.storage import dialects, notifications
from bot.storage.database import Database
from bot.storage.schema import KNOWLEDGE


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A stored version of the knowledge."""

    number: int
    """Counts up; the highest one is served."""
    version: str
    """Hash of its content, by which a snapshot is named."""


class KnowledgeVersions:
    """Stores versions for other replicas, and loads theirs."""

    def __init__(self, database: Database) -> None:
        """Read nothing yet."""
        self._database = database

    async def latest(self) -> StoredVersion | None:
        """Return the version that is to be served; None where none was ever stored. Raises StorageError."""
        query = select(KNOWLEDGE.c.number, KNOWLEDGE.c.version).order_by(KNOWLEDGE.c.number.desc()).limit(1)
        found = await self._database.read(lambda connection: connection.execute(query).first())
        return None if found is None else StoredVersion(*found)

    async def contains(self, version: str) -> bool:
        """Return whether a version was ever stored; raises StorageError."""
        query = select(KNOWLEDGE.c.number).where(KNOWLEDGE.c.version == version).limit(1)
        return await self._database.read(lambda connection: connection.execute(query).first()) is not None

    async def store(self, version: str, packed: bytes) -> None:
        """Store a version and notify all replicas, which serve it from then on; raises StorageError."""
        row = {"version": version, "files": packed, "stored_at": time.time()}

        def insert_version(connection: Connection) -> None:
            connection.execute(insert(KNOWLEDGE).values(row))
            dialects.notify(connection, notifications.KNOWLEDGE)

        await self._database.write(insert_version)

    async def files(self, number: int) -> bytes:
        """Return the packed folder of a version; raises StorageError."""
        query = select(KNOWLEDGE.c.files).where(KNOWLEDGE.c.number == number)
        found: bytes | None = await self._database.read(lambda connection: connection.execute(query).scalar())
        if found is None:
            raise StorageError(
                "the knowledge that another replica stored is gone; send /reload again", "knowledge_gone"
            )
        return found


def pack_folder(folder: Path) -> bytes:
    """Pack the files that loading a knowledge folder reads, and no others, as a compressed tar archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=6, dereference=True) as archive:
        for path in files_of(folder):
            archive.add(path, path.relative_to(folder).as_posix())
    return packed.getvalue()


def unpack_folder(packed: bytes, folder: Path) -> Path:
    """Write a packed folder's files below `folder`, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder
