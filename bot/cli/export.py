"""`knowledge export`: what was approved in the chat goes into the files."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot import compose
from bot.configuration import Settings
from bot.errors import BotError
from bot.knowledge import Knowledge
from bot.knowledge.folder import phrasings_of, write_whole
from bot.knowledge.load import load
from bot.knowledge.overlay import ApprovedPhrasing, with_phrasings
from bot.knowledge.phrasings_file import as_line, with_lines
from bot.storage import phrasing_decisions
from bot.storage.phrasing_decisions import PhrasingDecision


def export(_: Namespace, settings: Settings) -> int:
    """Write the approved phrasings into the files of phrasings, and note that they are there."""
    approved = asyncio.run(_approved(settings))
    normalise = compose.normaliser(settings)
    knowledge = load(settings.knowledge_dir, normalise)
    phrasings = {
        decision.id: ApprovedPhrasing(decision.entry, decision.text)
        for decision in approved
        if decision.entry is not None
    }
    rejected = with_phrasings(knowledge, phrasings.values(), normalise).rejected
    for item in rejected:
        print(f"left out: {item.reason}", file=sys.stderr)
    left_out = {item.phrasing for item in rejected}
    accepted = {number: one for number, one in phrasings.items() if one not in left_out}
    known = {normalise(phrasing.text) for entry in knowledge.by_key.values() for phrasing in entry.asked_as()}
    new = list(
        {
            normalise(phrasing.text): phrasing
            for phrasing in accepted.values()
            if normalise(phrasing.text) not in known
        }.values()
    )
    for file, content in _written(settings, knowledge, new).items():
        print(file)
        print(f"  {content}")
    asyncio.run(_exported(settings, list(accepted)))
    print(f"{len(new)} {'phrasing' if len(new) == 1 else 'phrasings'} written")
    return 1 if rejected else 0


def _written(settings: Settings, knowledge: Knowledge, phrasings: Sequence[ApprovedPhrasing]) -> Mapping[Path, str]:
    """Write the phrasings into their files, or change nothing where the result wouldn't load; say what was added."""
    by_file: dict[Path, list[ApprovedPhrasing]] = defaultdict(list)
    for phrasing in phrasings:
        by_file[phrasings_of(Path(knowledge.by_key[phrasing.entry].file))].append(phrasing)
    before = {path: path.read_bytes().decode() for path in by_file}
    try:
        for path, added in by_file.items():
            text = before[path]
            for phrasing in added:
                text = with_lines(text, knowledge.by_key[phrasing.entry].id, [as_line(phrasing.text)])
            write_whole(path, text)
        load(settings.knowledge_dir, compose.normaliser(settings))
    except (BotError, OSError):
        for path, text in before.items():
            write_whole(path, text)
        raise
    return {
        path: "\n  ".join(f"{phrasing.entry}: {phrasing.text}" for phrasing in added) for path, added in by_file.items()
    }


async def _approved(settings: Settings) -> Sequence[PhrasingDecision]:
    database = compose.database(settings)
    try:
        await database.upgrade()
        return await phrasing_decisions.in_states(database, "approved")
    finally:
        await database.close()


async def _exported(settings: Settings, numbers: Sequence[int]) -> None:
    database = compose.database(settings)
    try:
        await phrasing_decisions.mark_exported(database, numbers)
    finally:
        await database.close()
