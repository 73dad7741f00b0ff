"""Has approved phrasings searched: at the start, when an admin approves one here, and when at another replica."""

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
from bot.memory import trim_memory
from bot.storage import phrasing_decisions
from bot.storage.database import Database
from bot.storage.phrasing_decisions import PhrasingDecision
from bot.telegram.context import Context
from bot.telegram.services import Services

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a phrasing can't be approved."""

    key: str
    """Key of the text that says so."""
    values: Mapping[str, object] = field(default_factory=dict)
    """Values of the text's placeholders."""


async def load_approved(database: Database) -> tuple[ApprovedPhrasing, ...]:
    """Return the approved phrasings; exported ones too, as this replica's files may not hold them yet."""
    phrasings = await phrasing_decisions.in_states(database, "approved", "exported")
    return tuple(
        ApprovedPhrasing(decision.entry, decision.text) for decision in phrasings if decision.entry is not None
    )


async def apply_approved(services: Services) -> Change | None:
    """Search exactly the phrasings that are approved; None where that is so already.

    Raises KnowledgeError where the knowledge would be refused with them, and StorageError.
    """
    if await load_approved(services.database) == services.assistant.approved:
        return None
    async with services.knowledge_sync.build_lock:
        approved = await load_approved(services.database)  # it may have changed while this waited for the lock
        change = await asyncio.to_thread(services.assistant.set_approved, approved)
        await asyncio.to_thread(trim_memory)
    for rejected in change.rejected:
        LOG.warning("An approved phrasing is left out: %s", rejected.reason)
    return change


async def follow_approvals(services: Services, changed: asyncio.Event) -> None:
    """Apply what was approved at another replica each time that `changed` is set, until cancelled."""
    last_failure: str | None = None
    while True:
        await changed.wait()
        changed.clear()
        try:
            await apply_approved(services)
            last_failure = None
        except (KnowledgeError, StorageError) as error:
            if str(error) != last_failure:
                LOG.warning("What was approved at another replica isn't searched here yet: %s", error)
            last_failure = str(error)


async def approve(context: Context, decision: PhrasingDecision) -> Refusal | None:
    """Have a pending phrasing searched; where it breaks a rule or doesn't find its entry, leave it pending and say why.

    Raises KnowledgeError and StorageError.
    """
    services, assistant = context.services, context.assistant
    phrasing = ApprovedPhrasing(decision.entry or "", decision.text)
    reason = await asyncio.to_thread(assistant.rejection_of, phrasing)
    if reason is not None:
        return Refusal("gaps.refused", {"reason": reason})
    await phrasing_decisions.save(services.database, [replace(decision, state="approved", at=time.time())])
    try:
        await apply_approved(services)
        if await asyncio.to_thread(_finds_its_entry, context, phrasing):
            return None
        refusal = Refusal("gaps.finds_other")
    except KnowledgeError as error:
        refusal = Refusal("gaps.refused", {"reason": error.problems[0].message})
    await phrasing_decisions.save(services.database, [decision])
    await apply_approved(services)
    return refusal


def _finds_its_entry(context: Context, phrasing: ApprovedPhrasing) -> bool:
    reply = context.assistant.reply(Question(phrasing.text))
    return bool(reply.answers) and reply.answers[0].entry.key == phrasing.entry
