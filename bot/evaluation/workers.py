"""Processes beside each other, each of which keeps what it has made for a part of the work."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from threadpoolctl import threadpool_limits

S = TypeVar("S")
"""What a process keeps."""
R = TypeVar("R")

_kept: dict[str, object] = {}
"""What this process keeps, if it is a worker."""


@dataclass(frozen=True)
class Workers(Generic[S]):
    """Processes that keep a state each; a part of the work always goes to the same one."""

    _processes: Sequence[ProcessPoolExecutor]

    def __len__(self) -> int:
        """Return how many processes there are."""
        return len(self._processes)

    def run(self, process: int, function: Callable[[S], R]) -> Future[R]:
        """Let a process call a function on what it keeps; numbers beyond the last process begin again."""
        return self._processes[process % len(self._processes)].submit(_on_kept, function)


@contextmanager
def workers(count: int, make: Callable[[int], S]) -> Iterator[Workers[S]]:
    """Start processes, each of which keeps what `make` gives for its number."""
    context = multiprocessing.get_context("spawn")
    processes = [
        ProcessPoolExecutor(1, mp_context=context, initializer=_keep, initargs=(make, number))
        for number in range(count)
    ]
    try:
        yield Workers(processes)
    finally:
        for process in processes:
            process.shutdown(cancel_futures=True)


def spread(sizes: Iterable[int], count: int) -> Sequence[int]:
    """Assign work of given sizes to processes so that all have about as much; return the process of each."""
    loads = [0] * count
    assigned: dict[int, int] = {}
    for at, size in sorted(enumerate(sizes), key=lambda pair: -pair[1]):
        assigned[at] = loads.index(min(loads))
        loads[assigned[at]] += size
    return [assigned[at] for at in range(len(assigned))]


def _keep(make: Callable[[int], object], number: int) -> None:
    threadpool_limits(1)  # there is a process for every processor
    _kept["state"] = make(number)


def _on_kept(function: Callable[[Any], R]) -> R:
    return function(_kept["state"])
