"""Answers for other chats: `@bot question`, typed anywhere, lists them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.constants import InlineQueryLimit, ParseMode
from telegram.error import BadRequest

from bot.answers.curated_texts import shown
from bot.answers.html import answer
from bot.answers.reply import Question, Reply
from bot.knowledge.model import Entry, Knowledge, Language
from bot.telegram.access.menu_language import spoken
from bot.telegram.answering.answer_keyboards import Keyboards, onward
from bot.telegram.answering.deliver import keyboards
from bot.telegram.client.callback_answers import too_late
from bot.telegram.client.message_split import messages
from bot.telegram.client.send import NO_PREVIEW, with_retries
from bot.telegram.context import Context
from bot.telegram.ui.popular import popular
from bot.telegram.ui.short_ids import ref

CACHED = 300
"""Seconds that Telegram may give the same person the same results: a reload shows up soon enough."""


async def offered(update: Update, context: Context) -> None:
    """List the answers to what is typed so far, or what people ask most before anything is typed."""
    query = update.inline_query
    if query is None:
        return
    language, entries = await _found(context, query)
    results = list(articles(entries[: InlineQueryLimit.RESULTS], language, keyboards(context)))
    try:
        await with_retries(lambda: query.answer(results, cache_time=CACHED, is_personal=True))
    except BadRequest as error:
        if not too_late(error):
            raise


async def _found(context: Context, query: InlineQuery) -> tuple[Language, Sequence[Entry]]:
    tag, knowledge = query.from_user.language_code, context.assistant.knowledge
    if not query.query.strip():
        return spoken(tag), popular(knowledge)
    reply = await asyncio.to_thread(context.assistant.reply, Question(query.query, language_hint=tag))
    return reply.language, named(reply, knowledge)


def named(reply: Reply, knowledge: Knowledge) -> tuple[Entry, ...]:
    """Return the entries that a reply leads to: answers and what they are related to, or else suggestions."""
    answers = tuple(scored.entry for scored in reply.answers)
    if answers:
        return (*answers, *onward(answers, knowledge))
    return tuple(scored.entry for scored in reply.suggestions) if reply.status == "suggested" else ()


def articles(entries: Sequence[Entry], language: Language, below: Keyboards) -> Iterator[InlineQueryResultArticle]:
    """Make a result of each entry: its question and first point to choose by, its whole answer to send."""
    for entry in entries:
        # Longer than a message is no answer that is shipped; if one were, its beginning is sent, and the link leads on.
        text = messages(answer(entry, language, below.texts))[0]
        more = InlineKeyboardButton(below.texts(language, "inline.more"), url=below.link(entry))
        yield InlineQueryResultArticle(
            id=ref(entry.interview, entry.id),
            title=shown(entry.question, language),
            description=shown(entry.points[0], language),
            input_message_content=InputTextMessageContent(
                text, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW
            ),
            reply_markup=InlineKeyboardMarkup([[more]]),
        )
