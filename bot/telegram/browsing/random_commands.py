"""/random and /quote: a question or a quote, chosen at random."""

from __future__ import annotations

from bot.answers.curated_texts import localized
from bot.answers.html import escape, saying
from bot.knowledge.model import Entry
from bot.telegram.access import Incoming
from bot.telegram.answering import question_keyboard
from bot.telegram.client import send
from bot.telegram.context import Context
from bot.telegram.ui import memorable_quotes


async def offer_question(incoming: Incoming, context: Context) -> None:
    """Offer a question worth asking, with a button to open it."""
    language = incoming.language
    entry = context.services.random.choice(tuple(context.assistant.knowledge.by_key.values()))
    offer = context.texts(language, "random.question", question=localized(entry.question, language))
    await _send_with_entry(context, incoming, escape(offer), entry)


async def show_quote(incoming: Incoming, context: Context) -> None:
    """Show a memorable quote, with a button to the entry that it belongs to."""
    language = incoming.language
    entry, quote = context.services.random.choice(memorable_quotes(context.assistant.knowledge))
    await _send_with_entry(context, incoming, saying(quote, language, context.texts), entry)


async def _send_with_entry(context: Context, incoming: Incoming, markup: str, entry: Entry) -> None:
    """Reply with a button that opens an entry; what is asked in reply to that message is about the entry."""
    destination, keyboard = incoming.destination, question_keyboard([entry], incoming.language)
    messages = await send(context.bot, destination, [markup], keyboard)
    context.services.sent_answers.record_entries(destination.chat, messages, [entry])
