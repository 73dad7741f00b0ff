"""Taps on buttons: each goes to the feature that made the button, and is acknowledged, even a stale or repeated one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from telegram import Update

from bot.errors import StorageError
from bot.telegram import browsing, curation, settings
from bot.telegram.access import interface_language
from bot.telegram.answering import answer_callbacks, voting
from bot.telegram.answering.answer_keyboards import Delete
from bot.telegram.client import Destination, answer_callback, reply_target
from bot.telegram.context import CallbackHandler, Context
from bot.telegram.ui import Button, decode_button

LOG = logging.getLogger(__name__)

FEATURES = (
    answer_callbacks.CALLBACKS,
    voting.CALLBACKS,
    browsing.CALLBACKS,
    settings.CALLBACKS,
    curation.CALLBACKS,
)
"""The buttons of each feature, with their handlers."""
CALLBACKS: Mapping[type[Button], CallbackHandler[Any]] = {
    kind: handler for callbacks in FEATURES for kind, handler in callbacks.items()
}
"""The handler of each kind of button."""


async def handle_tap(update: Update, context: Context) -> None:
    """Hand a tap to the handler of its button; where that isn't possible, say why in the note to whoever tapped."""
    query = update.callback_query
    if query is None:
        return
    button, message = decode_button(query.data or "", CALLBACKS), query.message
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
        await answer_callback(query, context.texts(button.language, "telegram.not_stored"))


def _within_limits(context: Context, destination: Destination) -> bool:
    """Count a tap against the rate limits of whoever tapped and of the group; return whether it is within both."""
    group = destination.chat if destination.group else None
    return context.services.rate_limits.take(destination.asker, group) == "admitted"
