"""Brings together a YAML file's items and the phrasings in the file next to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import Problem
from bot.knowledge.curated_files import Document
from bot.knowledge.folder import PHRASINGS, phrasings_of
from bot.knowledge.model import Phrasing
from bot.knowledge.phrasings_file import PhrasingsFile, read_phrasings
from bot.knowledge.problem_collector import ProblemCollector
from bot.knowledge.yaml_schema import is_id

OLD_KEY = "phrasings"
"""Where the phrasings were before they had files of their own."""


@dataclass(frozen=True, slots=True)
class ItemPhrasings:
    """The phrasings of a YAML file's items."""

    by_index: Mapping[int, Sequence[Phrasing]]
    """By the item's place in its list; nothing for those that lack them."""

    def of(self, index: int) -> tuple[Phrasing, ...]:
        """Return the phrasings of an item."""
        return tuple(self.by_index.get(index, ()))


def read_item_phrasings(
    document: Document, items: str, interview_dir: Path, collector: ProblemCollector
) -> ItemPhrasings:
    """Read the phrasings of the list `items` of a document in `interview_dir`; what doesn't fit goes to the collector.

    Where items still contain phrasings themselves, that is reported once, and the phrasings are taken out of them.
    """
    listed = list(_items(document, items))
    old = [index for index, item in enumerate(listed) if item.pop(OLD_KEY, None) is not None]
    if old:
        message = "holds 'phrasings:', which have files of their own now; run: python -m bot knowledge upgrade"
        collector.problems.append(document.problem((items, old[0], OLD_KEY), message))
    path = phrasings_of(interview_dir / Path(document.name).name)
    if old and not path.is_file():
        return ItemPhrasings({})
    read = _read(path, collector)
    if read is None:
        return ItemPhrasings({})
    names = {str(item.get("id")): index for index, item in reversed(list(enumerate(listed)))}
    if listed and all(map(is_id, names)):  # otherwise a heading may be meant for an id that is faulty
        collector.problems.extend(read.unfit(names, Path(document.name).name))
    for name, index in names.items():
        if name not in read.headings and is_id(name) and index not in old:
            message = f"'{name}' has no wordings; add '[{name}]' and how people ask for it to {path.name}"
            collector.problems.append(document.problem((items, index, "id"), message))
    return ItemPhrasings({index: read.phrasings[name] for name, index in names.items() if name in read.headings})


def check_phrasings_only(path: Path, collector: ProblemCollector) -> None:
    """Collect the problems in the phrasings of a YAML file that can't be read itself."""
    phrasings = phrasings_of(path)
    if phrasings.exists():
        _read(phrasings, collector)


def missing_yaml(path: Path) -> Problem | None:
    """Return the problem of a file of phrasings without a YAML file; None where there is one."""
    partner = path.name.removesuffix(PHRASINGS) + ".yaml"
    if (path.parent / partner).is_file():
        return None
    return Problem(path.as_posix(), 1, f"there is no {partner} beside it; rename or remove it")


def _read(path: Path, collector: ProblemCollector) -> PhrasingsFile | None:
    read = collector.attempt(lambda: read_phrasings(path, path.as_posix()))
    collector.problems.extend(read.problems if read is not None else ())
    return read


def _items(document: Document, items: str) -> Iterator[dict[str, Any]]:
    """Yield what a document lists, also where it has problems."""
    listed = document.data.get(items) if isinstance(document.data, dict) else None
    for item in listed if isinstance(listed, list) else ():
        yield item if isinstance(item, dict) else {}
