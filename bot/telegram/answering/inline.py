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

from bot.answers.curated_texts import localized
from bot.answers.html import answer
from bot.answers.reply import Question, Reply
from bot.knowledge.model import Entry, Knowledge, Language
from bot.telegram.access import interface_language
from bot.telegram.answering.answer_keyboards import Keyboards, related_entries
from bot.telegram.answering.deliver import keyboards
from bot.telegram.client import NO_PREVIEW, is_too_late, split_messages, with_retries
from bot.telegram.context import Context
from bot.telegram.ui.popular import popular
from bot.telegram.ui.short_ids import short_id

CACHE_SECONDS = 300
"""How long Telegram may show the same person the same results: a reload shows soon enough."""


async def answer_inline_query(update: Update, context: Context) -> None:
    """List the answers to what is typed so far, or what people ask most before anything is typed."""
    query = update.inline_query
    if query is None:
        return
    language, entries = await _entries_for(context, query)
    results = list(articles(entries[: InlineQueryLimit.RESULTS], language, keyboards(context)))
    try:
        await with_retries(lambda: query.answer(results, cache_time=CACHE_SECONDS, is_personal=True))
    except BadRequest as error:
        if not is_too_late(error):
            raise


async def _entries_for(context: Context, query: InlineQuery) -> tuple[Language, Sequence[Entry]]:
    tag, knowledge = query.from_user.language_code, context.assistant.knowledge
    if not query.query.strip():
        return interface_language(tag), popular(knowledge)
    reply = await asyncio.to_thread(context.assistant.reply, Question(query.query, language_hint=tag))
    return reply.language, entries_of(reply, knowledge)


def entries_of(reply: Reply, knowledge: Knowledge) -> tuple[Entry, ...]:
    """Return the entries of a reply: its answers and those related to them, or else its suggestions."""
    answers = tuple(scored.entry for scored in reply.answers)
    if answers:
        return (*answers, *related_entries(answers, knowledge))
    return tuple(scored.entry for scored in reply.suggestions) if reply.status == "suggested" else ()


def articles(entries: Sequence[Entry], language: Language, keyboards: Keyboards) -> Iterator[InlineQueryResultArticle]:
    """Yield a result for each entry, which shows its question and first point, and sends its whole answer."""
    for entry in entries:
        # A result is a single message. Of an answer that is longer, the beginning is sent; the link leads to the rest.
        text = split_messages(answer(entry, language, keyboards.texts))[0]
        more = InlineKeyboardButton(keyboards.texts(language, "inline.more"), url=keyboards.link(entry))
        yield InlineQueryResultArticle(
            id=short_id(entry.interview, entry.id),
            title=localized(entry.question, language),
            description=localized(entry.points[0], language),
            input_message_content=InputTextMessageContent(
                text, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW
            ),
            reply_markup=InlineKeyboardMarkup([[more]]),
        )
