"""Taps on buttons: each is acknowledged, also a stale or a second one, and goes to the feature that made the button."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from telegram import Update

from bot.errors import StorageError
from bot.telegram.access import interface_language
from bot.telegram.answering import answer_callbacks, voting
from bot.telegram.answering.answer_keyboards import Delete
from bot.telegram.browsing import commands
from bot.telegram.client import Destination, answer_callback, reply_target
from bot.telegram.context import Context
from bot.telegram.curation import gap_review
from bot.telegram.settings import group_settings, personal_language
from bot.telegram.ui.callback_data import Button, CallbackHandler, unpack

LOG = logging.getLogger(__name__)

FEATURES = (
    answer_callbacks.CALLBACKS,
    voting.CALLBACKS,
    commands.CALLBACKS,
    personal_language.CALLBACKS,
    group_settings.CALLBACKS,
    gap_review.CALLBACKS,
)
"""What each feature answers."""
CALLBACKS: Mapping[type[Button], CallbackHandler] = {
    kind: handler for callbacks in FEATURES for kind, handler in callbacks.items()
}
"""The handler of each kind of button."""


async def tapped(update: Update, context: Context) -> None:
    """Do what the button says, or say why it can't be done."""
    query = update.callback_query
    if query is None:
        return
    button, message = unpack(query.data or "", CALLBACKS), query.message
    if button is None or message is None:
        language = interface_language(query.from_user.language_code)
        await answer_callback(query, context.texts(language, "telegram.unknown_button"))
        return
    if not isinstance(button, Delete) and not _within_limits(context, reply_target(message, asker=query.from_user.id)):
        await answer_callback(query, context.texts(button.language, "limits.slower"))
        return
    try:
        await CALLBACKS[type(button)](context, query, message, button)
    except StorageError as error:
        LOG.warning("A tap couldn't be handled: %s", error)
        await answer_callback(query, context.texts(button.language, "telegram.not_kept"))


def _within_limits(context: Context, destination: Destination) -> bool:
    """Take one from the allowance of whoever taps and of their group; tell whether there was one left."""
    group = destination.chat if destination.group else None
    return context.services.rate_limits.take(destination.asker, group) == "admitted"
