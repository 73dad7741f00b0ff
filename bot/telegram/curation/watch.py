"""A watch over the knowledge files: what is saved is verified and taken up, and the admins are told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from telegram import Bot
from telegram.error import TelegramError
from watchfiles import Change, awatch

from bot.errors import StorageError
from bot.knowledge.folder import is_curated
from bot.knowledge.model import Language
from bot.telegram.access import interface_language
from bot.telegram.client import Destination
from bot.telegram.curation.reload import Outcome, attempt, tell
from bot.telegram.services import Services

LOG = logging.getLogger(__name__)

SETTLED = 500
"""Milliseconds without a further change after which files count as saved."""
LONGEST = 5000
"""Milliseconds after which a change is taken up although others follow."""


async def watch(services: Services, bot: Bot) -> None:
    """Reload whenever a curated file changes, until cancelled; only where the settings ask for it."""
    folder = services.options.watched_folder
    if folder is None:
        return
    LOG.info("The knowledge in %s is watched; what is saved there is taken up by itself", folder)
    try:
        async for _ in awatch(folder, watch_filter=is_saved_in(folder), step=SETTLED, debounce=LONGEST):
            await _take_up(services, bot)
    except (OSError, RuntimeError) as error:
        LOG.warning("The knowledge is watched no more: %s; /reload still works", error)


def is_saved_in(folder: Path) -> Callable[[Change, str], bool]:
    """Return what tells whether a changed file belongs to the knowledge in `folder`."""
    return lambda _, path: is_curated(Path(path), folder)


async def _take_up(services: Services, bot: Bot) -> None:
    outcome = await attempt(services)
    if _says_nothing(outcome):
        return
    for admin in sorted(services.options.admins):
        place = Destination(admin, None, None, group=False)
        try:
            await tell(bot, place, outcome, services.texts, await _language(services, admin))
        except TelegramError as error:
            LOG.info("An admin wasn't told of the reload (%s); whoever wants to be told starts the bot once", error)


def _says_nothing(outcome: Outcome) -> bool:
    change = outcome.change
    return change is not None and not (change.added or change.removed or change.changed or change.refused)


async def _language(services: Services, admin: int) -> Language:
    try:
        chosen = await services.preferences.language_of(services.pseudonyms.person(admin))
    except StorageError:
        chosen = None
    return chosen or interface_language(None)
