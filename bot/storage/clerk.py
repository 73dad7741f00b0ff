"""The clerk: the one task of a replica that writes in the inbox, all that has come up in one transaction a turn."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import StorageError
from bot.storage import signals
from bot.storage.database import Database
from bot.storage.inbox import Arrived, Depth, Ended, Held, Inbox, depth
from bot.storage.memories import Memories, Notes

LOG = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds between two signs of life, and between two looks for what dead replicas left."""
LOOK = 1.0
"""Seconds after which the clerk looks for work that nobody told it of, or tries a database again that was away."""
PATIENCE = 3.0
"""Seconds that an arrival waits for a database that is away, before it is handled without being kept."""
NOTED_EVERY = 0.5
"""Seconds between two turns that write down memories which no other replica asks for."""
LAST_WORDS = 5.0
"""Seconds that the last turn may take when the bot stops."""

Hand = Callable[[Held], None]


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Updates that somebody waits for to be kept."""

    arrived: Sequence[Arrived]
    kept: asyncio.Future[bool]
    since: float


class Clerk:
    """Keeps arrivals, notes ends, and hands out what is to be done, as much as there is room for."""

    def __init__(self, database: Database, replica: str, memories: Memories, hand: Hand, room: int) -> None:
        """`hand` gets every update to be handled; `room` is how many of them may be in the house at once.

        What `memories` has noted while an update was handled is written down together with its end.
        """
        self.trouble: str | None = None
        """Why the database can't serve; None while it does."""
        self._database = database
        self._inbox = Inbox(database, replica)
        self._memories = memories
        self._hand = hand
        self._room = room
        self._part = max(1, room // 4)  # of the room that one claim, and one chat, may take
        self._house: dict[int, int] = {}  # chats by update
        self._deliveries: list[_Delivery] = []
        self._ended: list[Ended] = []
        self._noted = 0.0  # when memories were written down last, by the monotonic clock
        self._waiting: list[asyncio.Future[None]] = []
        self._unkept: dict[int, Arrived] = {}
        self._more = True  # whether something may wait in the inbox that nobody has in hand
        self._taking = True
        self._work = asyncio.Event()
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; what a former process left in hand is taken up again. Raises StorageError."""
        async with self._database.begin() as connection:
            await self._inbox.beat(connection)
            left = await self._inbox.take_over(connection)
        if left:
            LOG.info("%d updates were begun by a process that is gone; they are taken up again", left)
        self._work.set()
        self._tasks = [asyncio.create_task(self._run())]
        if self._database.shared:
            self._tasks.append(asyncio.create_task(self._pulse()))

    async def keep(self, arrived: Sequence[Arrived]) -> bool:
        """Return once these are kept; False where they are handled although they can't be, so don't confirm them."""
        delivery = _Delivery(arrived, asyncio.get_running_loop().create_future(), time.monotonic())
        self._deliveries.append(delivery)
        self._work.set()
        return await delivery.kept

    async def end(self, ended: Ended) -> None:
        """Return once it is written down that something is handled, or noted where nothing can be written."""
        self._house.pop(ended.update_id, None)
        self._ended.append(ended)
        self._work.set()
        if self.trouble is None:
            written = asyncio.get_running_loop().create_future()
            self._waiting.append(written)
            await written

    def look(self) -> None:
        """Look into the inbox: another replica says that something waits there."""
        self._more = True
        self._work.set()

    @property
    def busy(self) -> int:
        """How many updates are in the house."""
        return len(self._house)

    def stop_taking(self) -> None:
        """Hand out nothing more; what arrives is still kept."""
        self._taking = False

    async def stop(self) -> None:
        """Write down what is handled, and leave the rest to the next process or to another replica."""
        self._over.set()
        self._work.set()
        if self._tasks:  # cancelling would break a transaction, so they get time to end by themselves
            _, slow = await asyncio.wait(self._tasks, timeout=LAST_WORDS)
            for task in slow:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(LAST_WORDS):
                await self._turn()
                async with self._database.begin() as connection:
                    await self._inbox.leave(connection)
        except (StorageError, TimeoutError) as error:
            LOG.warning("What was answered last couldn't be noted (%s); it may be answered again", error or "too slow")

    async def depth(self) -> Depth:
        """Look how full the inbox is; raises StorageError."""
        async with self._database.read() as connection:
            return await depth(connection)

    async def _run(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._work.wait()
            self._more |= self._database.shared and not self._work.is_set()
            self._work.clear()
            try:
                await self._turn()
            except StorageError as error:
                await self._wait(str(error))
            except Exception as error:  # whatever it is, the inbox must go on
                LOG.error("Defect: the inbox failed: %s", type(error).__name__)  # noqa: TRY400  # the text may be private
                LOG.debug("The inbox failed", exc_info=error)
                await self._wait(f"a defect, {type(error).__name__}")
            else:
                self._well()

    async def _turn(self) -> None:
        """Write down all that has come up and take in hand what there is room for, in one transaction."""
        waiting, self._waiting = self._waiting, []
        try:
            await self._write()
        finally:
            for one in waiting:
                if not one.done():
                    one.set_result(None)

    async def _write(self) -> None:
        deliveries, ended, unkept = self._deliveries.copy(), self._ended.copy(), dict(self._unkept)
        new = [one for delivery in deliveries for one in delivery.arrived if one.update_id not in unkept]
        notes = self._due_notes()
        room = self._room - len(self._house) if self._taking else 0
        wanted = self._more or bool(new) or (self._database.shared and bool(ended))
        claims = wanted and room >= self._part  # with less room there is plenty to do anyway
        enough = [chat for chat, count in Counter(self._house.values()).items() if count >= self._part]
        if not (deliveries or ended or unkept or claims or notes):
            return
        async with self._database.begin(lasting=bool(new or unkept)) as connection:
            await self._inbox.keep(connection, new, in_hand=False)
            await self._inbox.keep(connection, list(unkept.values()), in_hand=True)
            await self._inbox.end(connection, ended)
            await self._memories.write(connection, notes)
            held = await self._inbox.claim(connection, self._part, enough) if claims else []
            if new and len(held) == self._part:
                await signals.tell(self._database, connection, signals.INBOX)  # others may have room
        self._deliveries = self._deliveries[len(deliveries) :]
        self._ended = self._ended[len(ended) :]
        self._unkept.clear()
        self._memories.written(notes)
        if notes:
            self._noted = time.monotonic()
        for delivery in deliveries:
            _tell(delivery, kept=True)
        if claims or new:
            self._more = not claims or bool(enough) or len(held) == self._part
        for one in held:
            self._take(one)

    def _due_notes(self) -> Notes:
        """Return what is to be written down now; others need it at once, we ourselves only after a restart."""
        due = self._database.shared or self._over.is_set() or time.monotonic() - self._noted >= NOTED_EVERY
        return self._memories.unwritten() if due else {}

    def _take(self, held: Held) -> None:
        self._house[held.update_id] = held.chat
        self._hand(held)

    async def _wait(self, reason: str) -> None:
        """Say once what is wrong, handle from memory what has waited long enough, and wait a little."""
        if self.trouble != reason:
            LOG.warning("Nothing can be kept: %s. Until it can, answers come from memory alone", reason)
        self.trouble = reason
        now = time.monotonic()
        for delivery in self._deliveries.copy():
            if self._taking and now - delivery.since >= PATIENCE and len(self._house) < self._room:
                self._deliveries.remove(delivery)
                self._handle_unkept(delivery)
        await self._ends_within(LOOK)
        self._work.set()

    async def _ends_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        return self._over.is_set()

    def _handle_unkept(self, delivery: _Delivery) -> None:
        for one in delivery.arrived:
            if one.update_id not in self._unkept:
                self._unkept[one.update_id] = one
                self._take(Held(one.update_id, one.chat, one.content))
        _tell(delivery, kept=False)

    def _well(self) -> None:
        if self.trouble is not None:
            LOG.info("The database serves again; what was answered meanwhile is noted")
            self.trouble = None
            self._more = True

    async def _pulse(self) -> None:
        """Give signs of life, and take over what dead replicas had in hand."""
        while not await self._ends_within(BEAT):
            try:
                await self._beat()
            except StorageError:
                continue  # the turns tell it
            except Exception as error:  # a replica that falls silent is held to be dead
                LOG.error("Defect: no sign of life was given: %s", type(error).__name__)  # noqa: TRY400  # as above
                LOG.debug("No sign of life was given", exc_info=error)

    async def _beat(self) -> None:
        async with self._database.begin() as connection:
            await self._inbox.beat(connection)
        async with self._database.begin() as connection:
            left = await self._inbox.take_over(connection)
        if left:
            LOG.warning("A replica died; the %d updates that it had in hand are taken over", left)
            self.look()


def _tell(delivery: _Delivery, *, kept: bool) -> None:
    if not delivery.kept.done():  # who waited may have given up
        delivery.kept.set_result(kept)
