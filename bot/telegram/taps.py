"""What a tap on a button does; every tap is acknowledged, also a stale or a second one."""

from __future__ import annotations

from telegram import CallbackQuery, MaybeInaccessibleMessage, Update
from telegram.error import BadRequest

from bot.telegram import buttons
from bot.telegram.browse import Browser
from bot.telegram.context import Context
from bot.telegram.language import spoken
from bot.telegram.questions import give
from bot.telegram.refs import find_entry
from bot.telegram.send import beside, edit, patiently


async def tapped(update: Update, context: Context) -> None:
    """Do what the button says, or say why it can't be done any more."""
    query = update.callback_query
    if query is None:
        return
    button = buttons.parse(query.data or "")
    if button is None or query.message is None:
        await acknowledge(query, context.texts(spoken(query.from_user.language_code), "telegram.unknown_button"))
    elif isinstance(button, buttons.Answer):
        await _answer(context, query, query.message, button)
    else:
        await _browse(context, query, query.message, button)


async def acknowledge(query: CallbackQuery, note: str | None = None) -> None:
    """Stop the button's spinner, with a note to whoever tapped; too late is no error."""
    try:
        await patiently(lambda: query.answer(note))
    except BadRequest as error:
        if "query is too old" not in error.message.lower():
            raise


async def _answer(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: buttons.Answer
) -> None:
    entry = find_entry(context.assistant.knowledge, button.entry)
    tap = (message.chat.id, message.message_id, button)
    if entry is None:
        await acknowledge(query, context.texts(button.language, "telegram.gone"))
    elif context.services.taps.seen(tap):
        await acknowledge(query, context.texts(button.language, "telegram.already_answered"))
    else:
        await acknowledge(query)
        try:
            await give(context, beside(message), entry, button.language)
        except Exception:
            context.services.taps.forget(tap)  # nothing arrived, so that the next tap must count
            raise


async def _browse(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: buttons.Button
) -> None:
    page = Browser(context.assistant.knowledge, context.texts, button.language).page(button)
    if page is None:
        await acknowledge(query, context.texts(button.language, "telegram.gone"))
        return
    await acknowledge(query)
    await edit(context.bot, message, page.paragraphs, page.keyboard)
