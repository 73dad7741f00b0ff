"""Brings together a YAML file's items and the wordings that stand in the file beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import Problem
from bot.knowledge.curated_files import Document
from bot.knowledge.faults import Faults
from bot.knowledge.folder import PHRASINGS, phrasings_of
from bot.knowledge.model import Phrasing
from bot.knowledge.phrasings_file import PhrasingsFile, read_phrasings
from bot.knowledge.yaml_schema import is_id

OLD_KEY = "phrasings"
"""Where the wordings stood before they had files of their own."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """The wordings of a YAML file's items."""

    by_index: Mapping[int, Sequence[Phrasing]]
    """By the item's place in its list; nothing for those that lack them."""

    def of(self, index: int) -> tuple[Phrasing, ...]:
        """Return the wordings of an item."""
        return tuple(self.by_index.get(index, ()))


def wordings_of(document: Document, items: str, home: Path, faults: Faults) -> Wordings:
    """Read the wordings of the list `items` of a document in `home`; what doesn't fit goes to the faults.

    Where items still hold their wordings themselves, that is reported once, and the wordings are taken out of them.
    """
    found = list(_items(document, items))
    old = [index for index, item in enumerate(found) if item.pop(OLD_KEY, None) is not None]
    if old:
        message = "holds 'phrasings:', which have files of their own now; run: python -m bot knowledge upgrade"
        faults.problems.append(document.problem((items, old[0], OLD_KEY), message))
    path = phrasings_of(home / Path(document.name).name)
    if old and not path.is_file():
        return Wordings({})
    read = _read(path, faults)
    if read is None:
        return Wordings({})
    names = {str(item.get("id")): index for index, item in reversed(list(enumerate(found)))}
    if found and all(map(is_id, names)):  # otherwise a heading may be meant for an id that is faulty
        faults.problems.extend(read.unfit(names, Path(document.name).name))
    for name, index in names.items():
        if name not in read.headings and is_id(name) and index not in old:
            message = f"'{name}' has no wordings; add '[{name}]' and how people ask for it to {path.name}"
            faults.problems.append(document.problem((items, index, "id"), message))
    return Wordings({index: read.wordings[name] for name, index in names.items() if name in read.headings})


def look_alone(path: Path, faults: Faults) -> None:
    """Look for faults in the wordings of a YAML file that is faulty itself."""
    wordings = phrasings_of(path)
    if wordings.exists():
        _read(wordings, faults)


def unpaired(path: Path) -> Problem | None:
    """Return the problem of a file of wordings without a YAML file; None where there is one."""
    partner = path.name.removesuffix(PHRASINGS) + ".yaml"
    if (path.parent / partner).is_file():
        return None
    return Problem(path.as_posix(), 1, f"there is no {partner} beside it; rename or remove it")


def _read(path: Path, faults: Faults) -> PhrasingsFile | None:
    read = faults.attempt(lambda: read_phrasings(path, path.as_posix()))
    faults.problems.extend(read.problems if read is not None else ())
    return read


def _items(document: Document, items: str) -> Iterator[dict[str, Any]]:
    """Yield what a document lists, also where it has faults."""
    listed = document.data.get(items) if isinstance(document.data, dict) else None
    for item in listed if isinstance(listed, list) else ():
        yield item if isinstance(item, dict) else {}
