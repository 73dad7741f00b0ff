"""The clerk: keeps what arrives and hands out what is to be done, all that has come up in one transaction a turn."""

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
from bot.storage.inbox import ClaimedUpdate, Completion, Inbox, InboxDepth, IncomingUpdate, depth
from bot.storage.write_behind import WriteBehindStore

LOG = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds between two signs of life, and between two looks for what dead replicas left."""
LOOK = 1.0
"""Seconds after which the clerk looks for work that nobody told it of, or tries a database again that was away."""
PATIENCE = 3.0
"""Seconds that an arrival waits for a database that is away, before it is handled without being kept."""
PAUSE = 0.02
"""Seconds between two claims while there is enough to do; fewer of them take more at once, and the others wait less."""
RESTING = 500
"""Chats that may wait for Telegram without taking room from the others."""
LAST_WORDS = 5.0
"""Seconds that the last turn may take when the bot stops."""

Hand = Callable[[ClaimedUpdate], None]


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Updates that somebody waits for to be kept."""

    arrived: Sequence[IncomingUpdate]
    kept: asyncio.Future[bool]
    since: float


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is done in one transaction."""

    deliveries: Sequence[_Delivery]
    new: Sequence[IncomingUpdate]
    unkept: Sequence[IncomingUpdate]
    claims: bool
    enough: Sequence[int]  # chats of which no more is to be handed out now
    plenty: bool  # whether some of them have so much in the house that they'll soon want more


class InboxWorker:
    """Keeps arrivals, notes ends, and hands out what is to be done, as much as there is room for."""

    def __init__(self, database: Database, replica: str, memories: WriteBehindStore, hand: Hand, room: int) -> None:
        """`hand` gets every update to be handled; `room` is how many of them may be in the house at once.

        What `memories` has noted while an update was handled is written down together with its end.
        """
        self.replica = replica
        """What this process is called, and no other."""
        self._trouble = DatabaseHealth()
        self._database = database
        self._inbox = Inbox(database, replica)
        self._ends = CompletionWriter(database, self._inbox, memories, self._trouble, lambda: self.behind)
        self._hand = hand
        self._room = room
        self._part = max(1, room // 4)  # of the room that one claim, and one chat, may take
        self._house: dict[int, int] = {}  # chats by update
        self._resting: dict[int, int] = {}  # chats that wait for Telegram, by the update that does
        self._deliveries: list[_Delivery] = []
        self._more = True  # whether something may wait in the inbox that nobody has in hand
        self._claimed = 0.0  # when that was looked for last, by the monotonic clock
        self._taking = True
        self._work = asyncio.Event()
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; what a former process left in hand is taken up again. Raises StorageError."""
        left = await self._database.run(self._begin)
        if left:
            LOG.info("%d updates were begun by a process that is gone; they are taken up again", left)
        self._work.set()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._ends.run())]
        if self._database.shared:
            self._tasks.append(asyncio.create_task(self._pulse()))

    async def keep(self, arrived: Sequence[IncomingUpdate]) -> bool:
        """Return once these are kept; False where they are handled although they can't be, so don't confirm them."""
        delivery = _Delivery(arrived, asyncio.get_running_loop().create_future(), time.monotonic())
        self._deliveries.append(delivery)
        self._work.set()
        return await delivery.kept

    async def end(self, ended: Completion) -> None:
        """Return once it is written down that something is handled, or noted where nothing can be written."""
        self._house.pop(ended.update_id, None)
        await self._ends.note(ended)
        self._more |= self._database.shared  # its chat's next may wait, which the others had to leave alone
        self._work.set()

    def look(self) -> None:
        """Look into the inbox: another replica says that something waits there."""
        self._more = True
        self._work.set()

    @property
    def begun(self) -> bool:
        """Whether it hands out what there is to do."""
        return bool(self._tasks)

    @property
    def trouble(self) -> str | None:
        """Why the database can't serve; None while it does."""
        return self._trouble.reason

    @property
    def busy(self) -> int:
        """How many updates are in the house."""
        return len(self._house)

    @property
    def behind(self) -> bool:
        """Whether the house is more than half full: whoever comes in will wait for longer than for one answer."""
        return self._occupied > self._room // 2

    @property
    def _occupied(self) -> int:
        """How much of the room is taken; chats that wait for Telegram take none, or others would wait with them."""
        resting = set(self._resting.values())
        return sum(chat not in resting for chat in self._house.values()) if resting else len(self._house)

    @contextmanager
    def resting(self, update_id: int) -> Iterator[None]:
        """Let an update's chat wait for Telegram: others get its room, and no more of it is handed out."""
        chat = self._house.get(update_id)
        if chat is None or len(self._resting) >= RESTING:
            yield
            return
        self._resting[update_id] = chat
        self.look()
        try:
            yield
        finally:
            del self._resting[update_id]
            self.look()

    def stop_taking(self) -> None:
        """Hand out nothing more; what arrives is still kept."""
        self._taking = False

    async def stop(self, last_words: float = LAST_WORDS) -> None:
        """Write down what is handled, and leave the rest to the next process or to another replica.

        Each of the two gets `last_words` seconds at most.
        """
        self._over.set()
        self._work.set()
        self._ends.stop()
        if self._tasks:  # cancelling would break a transaction, so they get time to end by themselves
            _, slow = await asyncio.wait(self._tasks, timeout=last_words)
            for task in slow:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=last_words)
        try:
            async with asyncio.timeout(last_words):
                await self._turn()
                await self._ends.write()
                await self._database.run(self._inbox.leave)
        except (StorageError, TimeoutError) as error:
            LOG.warning(
                "What was answered last couldn't be noted (%s); it may be answered again", str(error) or "too slow"
            )

    async def depth(self) -> InboxDepth:
        """Look how full the inbox is; raises StorageError."""
        async with self._database.read() as connection:
            return await depth(connection)

    async def _run(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE if self._more else LOOK):
                    await self._work.wait()
            self._more |= self._database.shared and not self._work.is_set()
            self._work.clear()
            try:
                await self._turn()
            except Exception as error:  # noqa: BLE001  # whatever it is, the inbox must go on
                self._trouble.failed(self, error)
                await self._wait()

    async def _turn(self) -> None:
        """Write down all that has come up and take in hand what there is room for, in one transaction."""
        turn = self._next()
        self._more &= not turn.claims  # whoever finds that there is more says so meanwhile
        held: list[ClaimedUpdate] = []
        if turn.deliveries or turn.unkept or (turn.claims and await self._waits()):
            lasting = bool(turn.new or turn.unkept)
            held = await self._database.run(lambda connection: self._put(connection, turn), lasting=lasting)
            self._more |= not turn.claims or turn.plenty or len(held) == self._part
            self._claimed = time.monotonic() if turn.claims else self._claimed
        elif not turn.claims:
            return
        self._trouble.over(self)
        self._deliveries = self._deliveries[len(turn.deliveries) :]
        for delivery in turn.deliveries:
            _tell(delivery, kept=True)
        for one in held:
            self._take(one)

    async def _waits(self) -> bool:
        """Look whether there is anything to claim, which costs less, and nobody has to wait for it."""
        return await self._database.look(self._inbox.waits)

    def _next(self) -> _Turn:
        deliveries, unkept = self._deliveries.copy(), self._ends.unkept.copy()
        new = [one for delivery in deliveries for one in delivery.arrived if one.update_id not in unkept]
        claims = (self._more or bool(new)) and self._may_claim(arrived=bool(new))
        plenty = [chat for chat, count in Counter(self._house.values()).items() if count >= self._part]
        enough = [*plenty, *self._resting.values()]
        return _Turn(deliveries, new, list(unkept.values()), claims, enough, bool(plenty))

    def _may_claim(self, *, arrived: bool) -> bool:
        """Tell whether to claim now: at once where there is little to do, and only in a while where there is plenty."""
        busy = self._occupied
        if not self._taking or self._room - busy < self._part:
            return False
        return busy < (self._part if arrived else 1) or time.monotonic() - self._claimed >= PAUSE

    def _put(self, connection: Connection, turn: _Turn) -> list[ClaimedUpdate]:
        self._inbox.keep(connection, turn.new, in_hand=False)
        self._inbox.keep(connection, turn.unkept, in_hand=True)
        held = self._inbox.claim(connection, self._part, turn.enough) if turn.claims else []
        if turn.new and len(held) == self._part:
            notifications.tell(self._database, connection, notifications.INBOX)  # others may have room
        return held

    def _take(self, held: ClaimedUpdate) -> None:
        self._house[held.update_id] = held.chat
        self._hand(held)

    async def _wait(self) -> None:
        """Handle from memory what has waited long enough, and wait a little."""
        self._more = True
        now = time.monotonic()
        for delivery in self._deliveries.copy():
            if self._taking and now - delivery.since >= PATIENCE and self._occupied < self._room:
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
            if one.update_id not in self._ends.unkept:
                self._ends.unkept[one.update_id] = one
                self._take(ClaimedUpdate(one.update_id, one.chat, one.content))
        _tell(delivery, kept=False)

    async def _pulse(self) -> None:
        """Give signs of life, and take over what dead replicas had in hand."""
        while not await self._ends_within(BEAT):
            try:
                await self._beat()
                self._trouble.over(self._beat)
            except StorageError as error:
                self._trouble.failed(self._beat, error)
            except Exception as error:  # a replica that falls silent is held to be dead
                LOG.error("Defect: no sign of life was given: %s", type(error).__name__)  # noqa: TRY400  # as above
                LOG.debug("No sign of life was given", exc_info=error)

    def _begin(self, connection: Connection) -> int:
        self._inbox.beat(connection)
        return self._inbox.take_over(connection)

    async def _beat(self) -> None:
        await self._database.run(self._inbox.beat)
        left = await self._database.run(self._inbox.take_over)
        if left:
            LOG.warning("A replica died; the %d updates that it had in hand are taken over", left)
            self.look()


def _tell(delivery: _Delivery, *, kept: bool) -> None:
    if not delivery.kept.done():  # who waited may have given up
        delivery.kept.set_result(kept)
