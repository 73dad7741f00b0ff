"""/random and /quote: a question or a quote, chosen at random."""

from __future__ import annotations

from telegram import Message, Update

from bot.answers.html import escape, saying
from bot.answers.wording import shown
from bot.knowledge.model import Entry, Language
from bot.telegram.access.chat_settings import language_for
from bot.telegram.answering.answer_keyboards import questions
from bot.telegram.client.send import reply_target, send
from bot.telegram.context import Context
from bot.telegram.ui import memorable_quotes


async def offer_question(update: Update, context: Context) -> None:
    """Offer a question worth asking, with a button to open it."""
    if update.message is None:
        return
    language = await language_for(context, update.message)
    entry = context.services.chance.choice(tuple(context.assistant.knowledge.by_key.values()))
    offer = context.texts(language, "random.question", question=shown(entry.question, language))
    await _send_with_entry(context, update.message, escape(offer), entry, language)


async def show_quote(update: Update, context: Context) -> None:
    """Show a memorable quote, with a button to the entry that it belongs to."""
    if update.message is None:
        return
    language = await language_for(context, update.message)
    entry, quote = context.services.chance.choice(memorable_quotes(context.assistant.knowledge))
    await _send_with_entry(context, update.message, saying(quote, language, context.texts), entry, language)


async def _send_with_entry(context: Context, message: Message, markup: str, entry: Entry, language: Language) -> None:
    """Reply with a button that opens an entry; what is asked in reply to that message is about the entry."""
    sent = await send(context.bot, reply_target(message), [markup], questions([entry], language))
    context.services.answers.note_about(message.chat.id, [one.message_id for one in sent], [entry])
