"""The commands that leave the choice to chance."""

from __future__ import annotations

from telegram import Update

from bot.answers.curated_texts import shown
from bot.answers.html import escape, saying
from bot.telegram.access.chat_settings import language_for
from bot.telegram.answering.answer_keyboards import questions
from bot.telegram.client.send import reply_target, send
from bot.telegram.context import Context
from bot.telegram.ui.popular import sayings


async def random(update: Update, context: Context) -> None:
    """Offer a question worth asking, with a button to open it."""
    if update.message is None:
        return
    language = await language_for(context, update.message)
    entry = context.services.chance.choice(tuple(context.assistant.knowledge.by_key.values()))
    told = context.texts(language, "chance.question", question=shown(entry.question, language))
    sent = await send(context.bot, reply_target(update.message), [escape(told)], questions([entry], language))
    context.services.answers.note_about(update.message.chat.id, [one.message_id for one in sent], [entry])


async def quote(update: Update, context: Context) -> None:
    """Show a memorable quote, with a button to the entry that it belongs to."""
    if update.message is None:
        return
    language = await language_for(context, update.message)
    entry, chosen = context.services.chance.choice(sayings(context.assistant.knowledge))
    told = [saying(chosen, language, context.texts)]
    sent = await send(context.bot, reply_target(update.message), told, questions([entry], language))
    context.services.answers.note_about(update.message.chat.id, [one.message_id for one in sent], [entry])
