"""Approved wordings take part in matching: at the start, at a reload, and as soon as an admin says yes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.answers.assistant import Change
from bot.answers.reply import Question
from bot.errors import KnowledgeError, StorageError
from bot.knowledge.overlay import ApprovedPhrasing
from bot.memory import give_back
from bot.storage import phrasing_decisions
from bot.storage.database import Database
from bot.storage.phrasing_decisions import Wording
from bot.telegram.context import Context
from bot.telegram.services import Services

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a wording can't take part."""

    key: str
    """Of the text that tells it."""
    values: Mapping[str, object] = field(default_factory=dict)
    """For the text's placeholders."""


async def approved(database: Database) -> tuple[ApprovedPhrasing, ...]:
    """Return the wordings that take part in matching; those in the files too, for other files may be served."""
    kept = await phrasing_decisions.in_states(database, "approved", "exported")
    return tuple(ApprovedPhrasing(one.entry, one.text) for one in kept if one.entry is not None)


async def learn(services: Services) -> Change | None:
    """Let what is approved take part, and nothing else; None where that is so already."""
    if await approved(services.database) == services.assistant.approved:
        return None
    async with services.knowledge_sync.build_lock:
        learned = await approved(services.database)  # it may have changed while others reloaded
        change = await asyncio.to_thread(services.assistant.set_approved, learned)
        await asyncio.to_thread(give_back)
    for refused in change.refused:
        LOG.warning("An approved phrasing is left out: %s", refused.reason)
    return change


async def follow(services: Services, told: asyncio.Event) -> None:
    """Let take part what was approved at another replica, each time that `told` is set, until cancelled."""
    said: str | None = None
    while True:
        await told.wait()
        told.clear()
        try:
            await learn(services)
            said = None
        except (KnowledgeError, StorageError) as error:
            if str(error) != said:
                LOG.warning("What was approved elsewhere doesn't take part here yet: %s", error)
            said = str(error)


async def approve(context: Context, wording: Wording) -> Refusal | None:
    """Let a wording take part, if it keeps the rules for files and finds its entry then; else tell why not."""
    services, assistant = context.services, context.assistant
    learned = ApprovedPhrasing(wording.entry or "", wording.text)
    reason = await asyncio.to_thread(assistant.rejection_of, learned)
    if reason is not None:
        return Refusal("gaps.refused", {"reason": reason})
    await phrasing_decisions.save(services.database, [replace(wording, state="approved", at=time.time())])
    try:
        await learn(services)
        if await asyncio.to_thread(_finds, context, learned):
            return None
        refusal = Refusal("gaps.strays")
    except KnowledgeError as error:
        refusal = Refusal("gaps.refused", {"reason": error.problems[0].message})
    await phrasing_decisions.save(services.database, [wording])
    await learn(services)
    return refusal


def _finds(context: Context, learned: ApprovedPhrasing) -> bool:
    """Tell whether a wording finds its entry."""
    reply = context.assistant.reply(Question(learned.text))
    return bool(reply.answers) and reply.answers[0].entry.key == learned.entry
