"""/gaps: admins see what wasn't answered well, and say what it means; nothing is learned without their yes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telegram import CallbackQuery, MaybeInaccessibleMessage
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.knowledge.model import Language
from bot.storage import gaps, phrasing_decisions
from bot.storage.phrasing_decisions import DecisionState, Wording
from bot.telegram.access import Incoming
from bot.telegram.answering import find_exchange
from bot.telegram.browsing.topic_pages import Page
from bot.telegram.client import answer_callback, edit, reply_target, send, typing
from bot.telegram.context import Context
from bot.telegram.curation import approval
from bot.telegram.curation.gap_pages import Decide, GapPages, Gaps
from bot.telegram.curation.gap_queue import Gap, nearest, queue
from bot.telegram.ui.callback_data import Button, CallbackHandler
from bot.telegram.ui.short_ids import find_entry, number


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that waits for an admin."""

    pending: Sequence[Wording]
    """Wordings that somebody put under an entry."""
    gaps: Sequence[Gap]
    """Questions that nobody has decided about."""

    @property
    def pages(self) -> int:
        """Return how many pages they fill."""
        return len(self.pending) + len(self.gaps)

    def place(self, exchange: int | None) -> int:
        """Return the page that shows an exchange, or the first one."""
        ids = [*(one.id for one in self.pending), *(gap.head.exchange for gap in self.gaps)]
        return ids.index(exchange) if exchange in ids else 0


async def show(incoming: Incoming, context: Context) -> None:
    """Show an admin the first page."""
    place, language = incoming.destination, incoming.language
    if incoming.message.chat.type != ChatType.PRIVATE:
        await send(context.bot, place, [escape(context.texts(language, "gaps.only_private"))])
    else:
        async with typing(context.bot, place):
            page = await _page(context, language, 0)
        await send(context.bot, place, page.paragraphs, page.keyboard)


async def turned(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Gaps) -> None:
    """Show another page in place."""
    if await _is_admin(context, query, button.language):
        await answer_callback(query)
        await _show(context, message, await _page(context, button.language, button.page))


async def decided(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide) -> None:
    """Do what an admin decided, and show what comes next."""
    if not await _is_admin(context, query, button.language):
        return
    match button.decision:
        case "belongs":
            await _put(context, query, message, button)
        case "yes":
            await _go_live(context, query, message, button)
        case "undo":
            await _undo(context, query, message, button)
        case "ignore":
            await _dismiss(context, query, message, button, "ignored")
        case "later":
            await _dismiss(context, query, message, button, "later")


async def _put(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide) -> None:
    """Put a wording under an entry, where it waits for a yes."""
    exchange = await find_exchange(context, button.exchange)
    entry = find_entry(context.assistant.knowledge, button.entry)
    if exchange is None or entry is None:
        await answer_callback(query, context.texts(button.language, "gaps.gone"))
        return
    name = _name(context, exchange.question)
    wording = Wording(exchange.id, name, exchange.question, entry.key, "pending", time.time())
    await phrasing_decisions.save(context.services.database, [wording])
    await answer_callback(query)
    await _show(context, message, await _page(context, button.language, exchange.id, by_exchange=True))


async def _go_live(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide) -> None:
    wording = await _find_decision(context, button)
    entry = context.assistant.knowledge.by_key.get(wording.entry or "") if wording is not None else None
    if wording is None or entry is None or wording.state != "pending":
        await answer_callback(query, context.texts(button.language, "gaps.gone"))
        return
    await answer_callback(query)
    refusal = await approval.approve(context, wording)
    if refusal is None:
        await _show(context, message, _pages(context, button.language, 1).live(wording, entry))
        return
    told = context.texts(button.language, refusal.key, **refusal.values)
    await send(context.bot, reply_target(message), [escape(told)])


async def _undo(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide) -> None:
    wording = await _find_decision(context, button)
    if wording is None or wording.state == "exported":
        await answer_callback(query, context.texts(button.language, "gaps.in_files" if wording else "gaps.gone"))
        return
    await phrasing_decisions.delete_decision(context.services.database, wording.id)
    if wording.state == "approved":
        await approval.learn(context.services)
    await answer_callback(query, context.texts(button.language, "gaps.undone"))
    await _show(context, message, await _page(context, button.language, wording.id, by_exchange=True))


async def _dismiss(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide, state: DecisionState
) -> None:
    """Take a question with all its wordings out of the queue, for a while or for ever."""
    exchange, waiting = number(button.exchange), await _waiting(context)
    names = [(one.id, one.wording) for one in waiting.pending if one.id == exchange]
    for gap in waiting.gaps:
        if gap.head.exchange == exchange:
            names = [(one.exchange, one.wording) for one in gap.asked]
    if not names:
        await answer_callback(query, context.texts(button.language, "gaps.gone"))
        return
    now = time.time()
    dismissed = [Wording(number, name, "", None, state, now) for number, name in names]
    await phrasing_decisions.save(context.services.database, dismissed)
    await answer_callback(
        query, context.texts(button.language, "gaps.ignored" if state == "ignored" else "gaps.put_off")
    )
    await _show(context, message, await _page(context, button.language, waiting.place(exchange)))


async def _page(context: Context, language: Language, which: int, *, by_exchange: bool = False) -> Page:
    """Return a page by its number, or that of an exchange; past the end it is the last one."""
    waiting = await _waiting(context)
    if not waiting.pages:
        return Page((escape(context.texts(language, "gaps.none")),), None)
    at = min(waiting.place(which) if by_exchange else which, waiting.pages - 1)
    pages = _pages(context, language, waiting.pages)
    if at >= len(waiting.pending):
        gap = waiting.gaps[at - len(waiting.pending)]
        return pages.gap(gap, at, await asyncio.to_thread(nearest, gap, context.assistant))
    wording = waiting.pending[at]
    return pages.pending(wording, context.assistant.knowledge.by_key[wording.entry or ""], at)


async def _waiting(context: Context) -> Waiting:
    database = context.services.database
    misses, settled = await gaps.misses(database), await phrasing_decisions.decided_wordings(database, time.time())
    pending = await phrasing_decisions.in_states(database, "pending")
    by_key = context.assistant.knowledge.by_key
    found = await asyncio.to_thread(
        queue, misses, settled, context.assistant, lambda text: context.services.pseudonyms.of_text("wording", text)
    )
    return Waiting([one for one in pending if one.entry in by_key], found)


async def _find_decision(context: Context, button: Decide) -> Wording | None:
    exchange = number(button.exchange)
    return await phrasing_decisions.find(context.services.database, exchange) if exchange is not None else None


async def _is_admin(context: Context, query: CallbackQuery, language: Language) -> bool:
    if query.from_user.id in context.services.options.admins:
        return True
    await answer_callback(query, context.texts(language, "admin.refused"))
    return False


async def _show(context: Context, message: MaybeInaccessibleMessage, page: Page) -> None:
    await edit(context.bot, message, page.paragraphs, page.keyboard)


def _pages(context: Context, language: Language, pages: int) -> GapPages:
    return GapPages(context.texts, language, pages)


def _name(context: Context, text: str) -> int:
    return context.services.pseudonyms.of_text("wording", context.assistant.normalised(text))


CALLBACKS: Mapping[type[Button], CallbackHandler] = {Gaps: turned, Decide: decided}
"""The buttons answered here, each with its handler."""
