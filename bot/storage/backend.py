"""What a kind of database has to offer so that `Database` can run transactions on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], T]
"""The statements of a transaction, as a synchronous function of its connection."""


class Backend(Protocol):
    """Runs transactions on one kind of database; drivers' errors pass through untranslated."""

    async def prepare(self) -> None:
        """Make the database usable, before anything else is done with it."""

    async def read(self, work: Work[T], *, brief: bool) -> T:
        """Run work that only reads; it never waits for a writer. `brief` is that of `Database.read`."""
        ...

    async def write(self, work: Work[T], *, durable: bool, one_statement: bool) -> T:
        """Run work that writes, as a transaction; the arguments are those of `Database.write`."""
        ...

    async def close(self) -> None:
        """Close all connections."""
