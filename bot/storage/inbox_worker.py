"""Stores incoming updates and dispatches them, with one database transaction a round."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.errors import StorageError
from bot.storage import notifications
from bot.storage.completions import CompletionWriter
from bot.storage.database import Database
from bot.storage.database_health import DatabaseHealth
from bot.storage.heartbeat import send_heartbeats
from bot.storage.inbox import ClaimedUpdate, Completion, Inbox, InboxDepth, IncomingUpdate, depth
from bot.storage.write_behind import WriteBehindStore

LOG = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""Seconds after which the clerk looks for work that nobody told it of, or tries a database again that was away."""
STORE_TIMEOUT_SECONDS = 3.0
"""Seconds that an arrival waits for a database that is away, before it is handled without being kept."""
CLAIM_INTERVAL_SECONDS = 0.02
"""Seconds between two claims while there is plenty to do; fewer of them take more at once, and the others wait less."""
MAX_PAUSED_CHATS = 500
"""Chats that may wait for Telegram without taking room from the others."""
STOP_TIMEOUT_SECONDS = 5.0
"""Seconds that the last turn may take when the bot stops."""

Dispatch = Callable[[ClaimedUpdate], None]


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Updates that somebody waits for to be kept."""

    arrived: Sequence[IncomingUpdate]
    stored: asyncio.Future[bool]
    since: float


@dataclass(frozen=True, slots=True)
class _Transaction:
    """What is done in one transaction."""

    deliveries: Sequence[_Delivery]
    new: Sequence[IncomingUpdate]
    unstored: Sequence[IncomingUpdate]
    claims: bool
    excluded_chats: Sequence[int]  # chats of which no more is to be handed out now
    any_chat_full: bool  # whether some of them have so much in the house that they'll soon want more


class InboxWorker:
    """Keeps arrivals, notes ends, and hands out what is to be done, as much as there is room for."""

    def __init__(
        self, database: Database, replica: str, store: WriteBehindStore, dispatch: Dispatch, capacity: int
    ) -> None:
        """`hand` gets every update to be handled; `room` is how many of them may be in the house at once.

        What `store` has noted while an update was handled is written down together with its end.
        """
        self.replica = replica
        """What this process is called, and no other."""
        self._health = DatabaseHealth()
        self._database = database
        self._inbox = Inbox(database, replica)
        self._completions = CompletionWriter(database, self._inbox, store, self._health, lambda: self.backlogged)
        self._dispatch = dispatch
        self._capacity = capacity
        self._claim_limit = max(1, capacity // 4)  # of the room that one claim, and one chat, may take
        self._in_progress: dict[int, int] = {}  # chats by update
        self._paused: dict[int, int] = {}  # chats that wait for Telegram, by the update that does
        self._deliveries: list[_Delivery] = []
        self._has_more = True  # whether something may wait in the inbox that nobody has in hand
        self._claimed_at = 0.0  # when that was looked for last, by the monotonic clock
        self._dispatching = True
        self._wakeup = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; what a former process left in hand is taken up again. Raises StorageError."""
        left = await self._database.run(self._register)
        if left:
            LOG.info("%d updates were begun by a process that is gone; they are taken up again", left)
        self._wakeup.set()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._completions.run())]
        if self._database.shared:
            beating = send_heartbeats(self._database, self._inbox, self._health, self.wake, self._stopping)
            self._tasks.append(asyncio.create_task(beating))

    async def enqueue(self, arrived: Sequence[IncomingUpdate]) -> bool:
        """Return once these are kept; False where they are handled although they can't be, so don't confirm them."""
        delivery = _Delivery(arrived, asyncio.get_running_loop().create_future(), time.monotonic())
        self._deliveries.append(delivery)
        self._wakeup.set()
        return await delivery.stored

    async def complete(self, completion: Completion) -> None:
        """Return once it is written down that something is handled, or noted where nothing can be written."""
        self._in_progress.pop(completion.update_id, None)
        await self._completions.record(completion)
        self._has_more |= self._database.shared  # its chat's next may wait, which the others had to leave alone
        self._wakeup.set()

    def wake(self) -> None:
        """Look into the inbox: another replica says that something waits there."""
        self._has_more = True
        self._wakeup.set()

    @property
    def started(self) -> bool:
        """Whether it hands out what there is to do."""
        return bool(self._tasks)

    @property
    def failure_reason(self) -> str | None:
        """Why the database can't serve; None while it does."""
        return self._health.failure_reason

    @property
    def in_progress(self) -> int:
        """How many updates are in the house."""
        return len(self._in_progress)

    @property
    def backlogged(self) -> bool:
        """Whether the house is more than half full: whoever comes in will wait for longer than for one answer."""
        return self._used_capacity > self._capacity // 2

    @property
    def _used_capacity(self) -> int:
        """How much of the room is taken; chats that wait for Telegram take none, or others would wait with them."""
        paused = set(self._paused.values())
        return sum(chat not in paused for chat in self._in_progress.values()) if paused else len(self._in_progress)

    @contextmanager
    def paused(self, update_id: int) -> Iterator[None]:
        """Let an update's chat wait for Telegram: others get its room, and no more of it is handed out."""
        chat = self._in_progress.get(update_id)
        if chat is None or len(self._paused) >= MAX_PAUSED_CHATS:
            yield
            return
        self._paused[update_id] = chat
        self.wake()
        try:
            yield
        finally:
            del self._paused[update_id]
            self.wake()

    def stop_dispatching(self) -> None:
        """Dispatch nothing more; what arrives is still stored."""
        self._dispatching = False

    async def stop(self, seconds: float = STOP_TIMEOUT_SECONDS) -> None:
        """Write down what is handled, and leave the rest to the next process or to another replica.

        The running transaction, and the last one, get `seconds` each at most.
        """
        self._stopping.set()
        self._wakeup.set()
        self._completions.stop()
        if self._tasks:  # cancelling would break a transaction, so they get time to end by themselves
            _, slow = await asyncio.wait(self._tasks, timeout=seconds)
            for task in slow:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=seconds)
        try:
            async with asyncio.timeout(seconds):
                await self._run_transaction()
                await self._completions.write()
                await self._database.run(self._inbox.release)
        except (StorageError, TimeoutError) as error:
            LOG.warning(
                "What was answered last couldn't be noted (%s); it may be answered again", str(error) or "too slow"
            )

    async def depth(self) -> InboxDepth:
        """Look how full the inbox is; raises StorageError."""
        async with self._database.read() as connection:
            return await depth(connection)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(CLAIM_INTERVAL_SECONDS if self._has_more else POLL_SECONDS):
                    await self._wakeup.wait()
            self._has_more |= self._database.shared and not self._wakeup.is_set()
            self._wakeup.clear()
            try:
                await self._run_transaction()
            except Exception as error:  # noqa: BLE001  # whatever it is, the inbox must go on
                self._health.failed(self, error)
                await self._handle_outage()

    async def _run_transaction(self) -> None:
        """Write down all that has come up and take in hand what there is room for, in one transaction."""
        transaction = self._plan()
        self._has_more &= not transaction.claims  # whoever finds that there is more says so meanwhile
        claimed: list[ClaimedUpdate] = []
        if transaction.deliveries or transaction.unstored or (transaction.claims and await self._has_waiting()):
            durable = bool(transaction.new or transaction.unstored)
            claimed = await self._database.run(lambda connection: self._write(connection, transaction), durable=durable)
            self._has_more |= not transaction.claims or transaction.any_chat_full or len(claimed) == self._claim_limit
            self._claimed_at = time.monotonic() if transaction.claims else self._claimed_at
        elif not transaction.claims:
            return
        self._health.recovered(self)
        self._deliveries = self._deliveries[len(transaction.deliveries) :]
        for delivery in transaction.deliveries:
            _resolve(delivery, stored=True)
        for one in claimed:
            self._start(one)

    async def _has_waiting(self) -> bool:
        """Look whether there is anything to claim, which costs less, and nobody has to wait for it."""
        return await self._database.run_read_only(self._inbox.has_waiting)

    def _plan(self) -> _Transaction:
        deliveries, unstored = self._deliveries.copy(), self._completions.unstored.copy()
        new = [one for delivery in deliveries for one in delivery.arrived if one.update_id not in unstored]
        claims = (self._has_more or bool(new)) and self._may_claim(arrived=bool(new))
        full_chats = [chat for chat, count in Counter(self._in_progress.values()).items() if count >= self._claim_limit]
        excluded_chats = [*full_chats, *self._paused.values()]
        return _Transaction(deliveries, new, list(unstored.values()), claims, excluded_chats, bool(full_chats))

    def _may_claim(self, *, arrived: bool) -> bool:
        """Tell whether to claim now: at once where there is little to do, and only in a while where there is plenty."""
        busy = self._used_capacity
        if not self._dispatching or self._capacity - busy < self._claim_limit:
            return False
        return (
            busy < (self._claim_limit if arrived else 1)
            or time.monotonic() - self._claimed_at >= CLAIM_INTERVAL_SECONDS
        )

    def _write(self, connection: Connection, transaction: _Transaction) -> list[ClaimedUpdate]:
        self._inbox.enqueue(connection, transaction.new, claimed=False)
        self._inbox.enqueue(connection, transaction.unstored, claimed=True)
        claimed = (
            self._inbox.claim(connection, self._claim_limit, transaction.excluded_chats) if transaction.claims else []
        )
        if transaction.new and len(claimed) == self._claim_limit:
            notifications.notify(self._database, connection, notifications.INBOX)  # others may have room
        return claimed

    def _start(self, claimed: ClaimedUpdate) -> None:
        self._in_progress[claimed.update_id] = claimed.chat
        self._dispatch(claimed)

    async def _handle_outage(self) -> None:
        """Handle from memory what has waited long enough, and wait a little."""
        self._has_more = True
        now = time.monotonic()
        for delivery in self._deliveries.copy():
            if (
                self._dispatching
                and now - delivery.since >= STORE_TIMEOUT_SECONDS
                and self._used_capacity < self._capacity
            ):
                self._deliveries.remove(delivery)
                self._handle_unkept(delivery)
        await self._stops_within(POLL_SECONDS)
        self._wakeup.set()

    async def _stops_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        return self._stopping.is_set()

    def _handle_unkept(self, delivery: _Delivery) -> None:
        for one in delivery.arrived:
            if one.update_id not in self._completions.unstored:
                self._completions.unstored[one.update_id] = one
                self._start(ClaimedUpdate(one.update_id, one.chat, one.content))
        _resolve(delivery, stored=False)

    def _register(self, connection: Connection) -> int:
        self._inbox.heartbeat(connection)
        return self._inbox.reclaim(connection)


def _resolve(delivery: _Delivery, *, stored: bool) -> None:
    if not delivery.stored.done():  # who waited may have given up
        delivery.stored.set_result(stored)
