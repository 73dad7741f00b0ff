"""What reading and verifying files gave, for the next load: only files that have changed are read again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from bot.knowledge.problem_collector import ProblemCollector

T = TypeVar("T")


class RememberedFiles:
    """What was made of files, by a hash of their content and of all else that it depends on.

    What is remembered are parts of a snapshot, which that contains anyway; files with anything to report are read
    each time.
    """

    def __init__(self) -> None:
        self._parts: dict[str, Any] = {}
        self._used: dict[str, Any] = {}

    def get(
        self, paths: Iterable[Path], context: bytes, collector: ProblemCollector, read: Callable[[], T | None]
    ) -> T | None:
        """Return what `read` returns, which depends on the content of the files and on the `context` alone."""
        paths = tuple(paths)
        key = _key(paths, context)
        if key in self._parts:
            self._used[key] = part = self._parts[key]
            return part  # type: ignore[no-any-return]  # the context says what kind of part it is
        reported = len(collector.problems) + len(collector.warnings)
        made = read()
        clean = reported == len(collector.problems) + len(collector.warnings)
        if made is not None and clean and key == _key(paths, context):  # else a file has changed meanwhile
            self._used[key] = made
        return made

    def end_load(self) -> None:
        """Forget what the load that ends here didn't use."""
        self._parts, self._used = self._used, {}


def _key(paths: Iterable[Path], context: bytes) -> str:
    content_hash = hashlib.sha256(context)
    for path in paths:
        content_hash.update(f"\n{path.as_posix()}\n".encode())
        try:
            content_hash.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError:  # reading it reports that
            content_hash.update(b"-")
    return content_hash.hexdigest()
