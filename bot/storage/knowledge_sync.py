"""Synchronises the knowledge of replicas: a version that one has loaded and verified is adopted by the others."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.answers.assistant import Assistant, Change
from bot.errors import StorageError
from bot.memory import trim_memory
from bot.storage.database import Database
from bot.storage.knowledge_versions import KnowledgeVersions, pack_folder, unpack_folder

LOG = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""Longest time between two polls for a new version without a notification."""


class KnowledgeSync:
    """Publishes this replica's reloads to the others, and adopts theirs."""

    def __init__(self, database: Database, assistant: Assistant) -> None:
        """Share what `assistant` serves, where the database is shared by replicas."""
        self.failure_reason: str | None = None
        """Why this replica serves another version than the others; None where it doesn't."""
        self._shared = database.shared
        self._versions = KnowledgeVersions(database)
        self._assistant = assistant
        self._number = 0
        self._changed = asyncio.Event()
        self.build_lock = asyncio.Lock()
        """Held while the knowledge is rebuilt, so that reloads run one after another."""

    async def reload(self) -> Change:
        """Load and verify this replica's folder, and publish it to all replicas.

        Raises KnowledgeError where it is refused, and StorageError where it can't be published.
        """
        async with self.build_lock:
            change = await asyncio.to_thread(self._assistant.reload)
            await asyncio.to_thread(trim_memory)
            self.failure_reason = None
            if self._shared:
                await self._store()
        return change

    async def start(self) -> None:
        """Publish this replica's folder if its version was never stored; else the newest stored one is adopted."""
        if not self._shared:
            return
        try:
            async with self.build_lock:
                if not await self._versions.contains(self._assistant.knowledge.version):
                    await self._store()
        except StorageError as error:
            LOG.warning("The knowledge isn't shared yet: %s", error)
        self._changed.set()

    def wake(self) -> None:
        """Poll for a new version now: another replica has notified that there is one."""
        self._changed.set()

    async def follow(self) -> None:
        """Adopt every new version, until cancelled."""
        while self._shared:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._changed.wait()
            self._changed.clear()
            with suppress(StorageError):  # reported by DatabaseHealth
                async with self.build_lock:
                    await self._catch_up()

    async def _catch_up(self) -> None:
        latest = await self._versions.latest()
        if latest is None or latest.number == self._number:
            return
        if latest.version != self._assistant.knowledge.version:
            files = await self._versions.files(latest.number)
            try:
                await asyncio.to_thread(self._serve_files, files)
            except Exception as error:  # noqa: BLE001  # whatever another replica's files are, ours serve on
                self.failure_reason = f"version {latest.version} of the knowledge can't be served here"
                reason = str(error).partition("\n")[0] or type(error).__name__
                LOG.warning("%s, keeping the old version: %s", self.failure_reason, reason)
            else:
                self.failure_reason = None
                LOG.info("The knowledge of another replica serves now: version %s", latest.version)
        self._number = latest.number

    def _serve_files(self, files: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self._assistant.adopt(unpack_folder(files, Path(folder)))
        trim_memory()

    async def _store(self) -> None:
        packed = await asyncio.to_thread(pack_folder, self._assistant.folder)
        await self._versions.store(self._assistant.knowledge.version, packed)
        latest = await self._versions.latest()
        self._number = latest.number if latest is not None else 0
