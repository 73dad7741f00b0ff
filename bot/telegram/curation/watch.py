"""Watches the knowledge files: what is saved there is verified and served, and the bot's admins get the report."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from telegram.error import TelegramError
from watchfiles import Change, awatch

from bot.errors import StorageError
from bot.knowledge.folder import is_curated
from bot.knowledge.model import Language
from bot.telegram.access import interface_language
from bot.telegram.client import BotClient, Destination
from bot.telegram.curation.reload import Outcome, report, try_reload
from bot.telegram.services import Services

LOG = logging.getLogger(__name__)

QUIET_MILLISECONDS = 500
"""Time without a further change after which the files count as saved."""
MAX_DELAY_MILLISECONDS = 5000
"""Time after which a change is taken up although others follow."""


async def watch_files(services: Services, bot: BotClient) -> None:
    """Reload whenever a curated file changes, until cancelled; return at once unless the settings ask for it."""
    folder = services.options.watched_folder
    if folder is None:
        return
    LOG.info("The knowledge in %s is watched; what is saved there is taken up by itself", folder)
    try:
        async for _ in awatch(
            folder, watch_filter=is_saved_in(folder), step=QUIET_MILLISECONDS, debounce=MAX_DELAY_MILLISECONDS
        ):
            await _reload_and_report(services, bot)
    except (OSError, RuntimeError) as error:
        LOG.warning("The knowledge is watched no more: %s; /reload still works", error)


def is_saved_in(folder: Path) -> Callable[[Change, str], bool]:
    """Return the filter that lets changes of curated files in `folder` through."""
    return lambda _, path: is_curated(Path(path), folder)


async def _reload_and_report(services: Services, bot: BotClient) -> None:
    outcome = await try_reload(services)
    if _is_unchanged(outcome):
        return
    for admin in sorted(services.options.admins):
        destination = Destination(admin, None, None, group=False)
        try:
            await report(bot, destination, outcome, services.texts, await _language(services, admin))
        except TelegramError as error:
            LOG.info("An admin got no report of the reload (%s); to get it, start the bot in private once", error)


def _is_unchanged(outcome: Outcome) -> bool:
    change = outcome.change
    return change is not None and not (change.added or change.removed or change.changed or change.rejected)


async def _language(services: Services, admin: int) -> Language:
    """Return the language that an admin chose; without one, or without the database, that of an unknown client."""
    try:
        chosen = await services.preferences.language_of(services.pseudonyms.person(admin))
    except StorageError:
        chosen = None
    return chosen or interface_language(None)
