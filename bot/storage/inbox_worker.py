"""The inbox worker: stores incoming updates and dispatches them to the handlers.

Everything that has come up since the last transaction is written and claimed in the next one, so that the number of
transactions grows with time and not with the number of updates.
"""

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
from bot.storage import dialects, notifications
from bot.storage.completions import CompletionWriter
from bot.storage.database import Database
from bot.storage.database_health import DatabaseHealth
from bot.storage.heartbeats import Heartbeats, set_within
from bot.storage.inbox import ClaimedUpdate, Completion, Inbox, InboxDepth, IncomingUpdate, depth
from bot.storage.write_behind import WriteBehindStore

LOG = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""Longest time between two polls of the inbox, and the delay before a failed transaction is retried."""
STORE_TIMEOUT_SECONDS = 3.0
"""How long an incoming update waits for an unavailable database before it is handled without having been stored."""
CLAIM_INTERVAL_SECONDS = 0.02
"""Interval between two claims under load: fewer, larger claims leave more of the database to the other writers."""
MAX_PAUSED_CHATS = 500
"""Chats whose wait for Telegram (a flood wait, say) doesn't count against the capacity; bounds memory."""
STOP_TIMEOUT_SECONDS = 5.0
"""How long the running and the final transaction may each take when the bot stops."""

Dispatch = Callable[[ClaimedUpdate], None]
"""Passes a claimed update to its handler; must not block."""


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Updates whose sender waits until they are stored; `since` is monotonic time, in seconds."""

    arrived: Sequence[IncomingUpdate]
    stored: asyncio.Future[bool]
    since: float


@dataclass(frozen=True, slots=True)
class _Transaction:
    """What the next transaction is to do."""

    deliveries: Sequence[_Delivery]
    new: Sequence[IncomingUpdate]
    unstored: Sequence[IncomingUpdate]
    claims: bool
    excluded_chats: Sequence[int]  # chats of which nothing more is dispatched now
    any_chat_full: bool  # whether some are excluded only because they have enough in progress


class InboxWorker:
    """Stores incoming updates, claims as many as fit, dispatches them, and has their completion recorded."""

    def __init__(
        self, database: Database, replica: str, store: WriteBehindStore, dispatch: Dispatch, capacity: int
    ) -> None:
        """`replica` is unique to this process; `dispatch` is called with every update that is to be handled.

        `capacity` is how many updates may be in progress at once. The pending records of `store` are written together
        with the completion of an update.
        """
        self.replica = replica
        """Id of this process among the replicas."""
        self.health = DatabaseHealth()
        """Whether the database can be written."""
        self._database = database
        self._inbox = Inbox(replica)
        self._completions = CompletionWriter(database, self._inbox, store, self.health, lambda: self.backlogged)
        self._heartbeats = Heartbeats(database, self._inbox, self.health, self.wake)
        self._dispatch = dispatch
        self._capacity = capacity
        self._claim_limit = max(1, capacity // 4)  # updates that one claim, and one chat, may take
        self._in_progress: dict[int, int] = {}  # chat by update id
        self._paused: dict[int, int] = {}  # chat by the id of the update that waits for Telegram
        self._deliveries: list[_Delivery] = []
        self._has_more = True  # whether the inbox may hold unclaimed updates
        self._claimed_at = 0.0  # time of the last claim, monotonic
        self._dispatching = True
        self._wakeup = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start the background tasks and reclaim what a former process left unfinished; raises StorageError."""
        reclaimed = await self._heartbeats.register()
        if reclaimed:
            LOG.info("%d updates were left unfinished by a process that is gone; they are handled again", reclaimed)
        self._wakeup.set()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._completions.run())]
        if self._database.shared:
            self._tasks.append(asyncio.create_task(self._heartbeats.run(self._stopping)))

    async def enqueue(self, arrived: Sequence[IncomingUpdate]) -> bool:
        """Return True once the updates are stored.

        False where the database stayed unavailable and they are handled from memory: then they must not be confirmed
        to Telegram, so that it delivers them again should this process die.
        """
        delivery = _Delivery(arrived, asyncio.get_running_loop().create_future(), time.monotonic())
        self._deliveries.append(delivery)
        self._wakeup.set()
        return await delivery.stored

    async def complete(self, completion: Completion) -> None:
        """Return once the completion is stored; at once, and stored later, while the database is unavailable."""
        self._in_progress.pop(completion.update_id, None)
        await self._completions.record(completion)
        self._has_more |= self._database.shared  # other replicas had to skip this chat's next update
        self._wakeup.set()

    def wake(self) -> None:
        """Poll the inbox now: another replica has notified that something waits there."""
        self._has_more = True
        self._wakeup.set()

    @property
    def started(self) -> bool:
        """Whether `start` has run, so that updates are dispatched."""
        return bool(self._tasks)

    @property
    def failure_reason(self) -> str | None:
        """Why the database is unavailable, and what to do; None while it is available."""
        return self.health.failure_reason

    @property
    def in_progress(self) -> int:
        """Number of updates that are dispatched and not completed."""
        return len(self._in_progress)

    @property
    def backlogged(self) -> bool:
        """Whether more than half of the capacity is used, so that a new update waits for more than one answer."""
        return self._used_capacity > self._capacity // 2

    @property
    def _used_capacity(self) -> int:
        """Updates in progress, without those of paused chats, which would make all other chats wait."""
        paused = set(self._paused.values())
        return sum(chat not in paused for chat in self._in_progress.values()) if paused else len(self._in_progress)

    @contextmanager
    def paused(self, update_id: int) -> Iterator[None]:
        """Pause the update's chat while the block waits for Telegram.

        Its updates use no capacity meanwhile, and no more of that chat is dispatched.
        """
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
        """Dispatch nothing more; incoming updates are still stored."""
        self._dispatching = False

    async def stop(self, seconds: float = STOP_TIMEOUT_SECONDS) -> None:
        """Store the last completions, release everything else; the running and the last transaction get `seconds`."""
        self._stopping.set()
        self._wakeup.set()
        self._completions.stop()
        if self._tasks:  # a cancelled task would break off its transaction, so each gets time to finish
            _, slow = await asyncio.wait(self._tasks, timeout=seconds)
            for task in slow:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=seconds)
        try:
            async with asyncio.timeout(seconds):
                await self._run_transaction()
                await self._completions.write()
                await self._database.write(self._inbox.release)
        except (StorageError, TimeoutError) as error:
            LOG.warning(
                "The last completions couldn't be stored (%s); these questions may be answered again",
                str(error) or "too slow",
            )

    async def depth(self) -> InboxDepth:
        """Count what waits in the inbox; raises StorageError."""
        return await self._database.read(depth)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(CLAIM_INTERVAL_SECONDS if self._has_more else POLL_SECONDS):
                    await self._wakeup.wait()
            self._has_more |= self._database.shared and not self._wakeup.is_set()
            self._wakeup.clear()
            try:
                await self._run_transaction()
            except Exception as error:  # noqa: BLE001  # a defect too must not stop the inbox
                self.health.failed(self, error)
                await self._handle_outage()

    async def _run_transaction(self) -> None:
        """Store what has come in and claim what there is capacity for, in one transaction; then dispatch."""
        transaction = self._plan()
        self._has_more &= not transaction.claims  # set again by `wake` while the transaction runs
        claimed: list[ClaimedUpdate] = []
        if transaction.deliveries or transaction.unstored or (transaction.claims and await self._has_waiting()):
            durable = bool(transaction.new or transaction.unstored)
            claimed = await self._database.write(
                lambda connection: self._write(connection, transaction), durable=durable
            )
            self._has_more |= not transaction.claims or transaction.any_chat_full or len(claimed) == self._claim_limit
            self._claimed_at = time.monotonic() if transaction.claims else self._claimed_at
        elif not transaction.claims:
            return
        self.health.recovered(self)
        self._deliveries = self._deliveries[len(transaction.deliveries) :]
        for delivery in transaction.deliveries:
            _resolve(delivery, stored=True)
        for update in claimed:
            self._start(update)

    async def _has_waiting(self) -> bool:
        """Return whether anything can be claimed, by a read, which is cheaper than a claim and locks nothing."""
        return await self._database.read(self._inbox.has_waiting, brief=True)

    def _plan(self) -> _Transaction:
        deliveries, unstored = self._deliveries.copy(), self._completions.unstored.copy()
        new = [update for delivery in deliveries for update in delivery.arrived if update.update_id not in unstored]
        claims = (self._has_more or bool(new)) and self._may_claim(arrived=bool(new))
        full_chats = [chat for chat, count in Counter(self._in_progress.values()).items() if count >= self._claim_limit]
        excluded_chats = [*full_chats, *self._paused.values()]
        return _Transaction(deliveries, new, list(unstored.values()), claims, excluded_chats, bool(full_chats))

    def _may_claim(self, *, arrived: bool) -> bool:
        """Decide whether to claim now: at once while little is in progress, else every `CLAIM_INTERVAL_SECONDS`."""
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
            dialects.notify(connection, notifications.INBOX)  # other replicas may have free capacity
        return claimed

    def _start(self, claimed: ClaimedUpdate) -> None:
        self._in_progress[claimed.update_id] = claimed.chat_pseudonym
        self._dispatch(claimed)

    async def _handle_outage(self) -> None:
        """Dispatch from memory what has waited for `STORE_TIMEOUT_SECONDS`, then pause before the next attempt."""
        self._has_more = True
        now = time.monotonic()
        for delivery in self._deliveries.copy():
            if (
                self._dispatching
                and now - delivery.since >= STORE_TIMEOUT_SECONDS
                and self._used_capacity < self._capacity
            ):
                self._deliveries.remove(delivery)
                self._dispatch_unstored(delivery)
        await set_within(self._stopping, POLL_SECONDS)
        self._wakeup.set()

    def _dispatch_unstored(self, delivery: _Delivery) -> None:
        for update in delivery.arrived:
            if update.update_id not in self._completions.unstored:
                self._completions.unstored[update.update_id] = update
                self._start(ClaimedUpdate(update.update_id, update.chat_pseudonym, update.content))
        _resolve(delivery, stored=False)


def _resolve(delivery: _Delivery, *, stored: bool) -> None:
    if not delivery.stored.done():  # the waiting task may have been cancelled
        delivery.stored.set_result(stored)
