"""The commands that leave the choice to chance."""

from __future__ import annotations

from bot.answers.html import escape, saying
from bot.answers.wording import shown
from bot.telegram.access import Incoming
from bot.telegram.answering import question_keyboard
from bot.telegram.client import send
from bot.telegram.context import Context
from bot.telegram.ui.popular import sayings


async def random(incoming: Incoming, context: Context) -> None:
    """Offer a question worth asking, with a button to open it."""
    language = incoming.language
    entry = context.services.random.choice(tuple(context.assistant.knowledge.by_key.values()))
    told = context.texts(language, "chance.question", question=shown(entry.question, language))
    sent = await send(context.bot, incoming.destination, [escape(told)], question_keyboard([entry], language))
    context.services.sent_answers.record_entries(incoming.destination.chat, [one.message_id for one in sent], [entry])


async def quote(incoming: Incoming, context: Context) -> None:
    """Show a memorable quote, with a button to the entry that it belongs to."""
    language = incoming.language
    entry, chosen = context.services.random.choice(sayings(context.assistant.knowledge))
    told = [saying(chosen, language, context.texts)]
    sent = await send(context.bot, incoming.destination, told, question_keyboard([entry], language))
    context.services.sent_answers.record_entries(incoming.destination.chat, [one.message_id for one in sent], [entry])
