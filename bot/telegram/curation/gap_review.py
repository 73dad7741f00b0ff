"""/gaps: admins decide about what wasn't answered well; no phrasing is searched without their approval."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

from telegram import CallbackQuery, MaybeInaccessibleMessage
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.knowledge.model import Language
from bot.storage import gaps, phrasing_decisions
from bot.storage.phrasing_decisions import DecisionState, PhrasingDecision
from bot.telegram.access import Incoming, require_admin
from bot.telegram.answering import find_exchange
from bot.telegram.client import answer_callback, edit, reply_target, send, typing
from bot.telegram.context import CallbackHandler, Context
from bot.telegram.curation.approval import apply_approved, approve
from bot.telegram.curation.gap_pages import Decide, GapPages, Gaps, ReviewItem
from bot.telegram.curation.gap_queue import Gap, build_queue, candidate_entries
from bot.telegram.ui import Button, Page, decode_exchange_id, find_entry, list_page


async def show_gaps(incoming: Incoming, context: Context) -> None:
    """Show an admin the first page, in private, as it holds what others asked."""
    destination, language = incoming.destination, incoming.language
    if incoming.message.chat.type != ChatType.PRIVATE:
        await send(context.bot, destination, [escape(context.texts(language, "gaps.only_private"))])
    else:
        async with typing(context.bot, destination):
            page = await _page(context, language, 0)
        await send(context.bot, destination, page.paragraphs, page.keyboard)


async def turn_page(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Gaps) -> None:
    """Show another page in place."""
    if await require_admin(context, query, button.language):
        await answer_callback(query)
        await _show(context, message, await _page(context, button.language, button.page))


async def apply_decision(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide
) -> None:
    """Do what an admin decided, and show what comes next."""
    if not await require_admin(context, query, button.language):
        return
    match button.decision:
        case "assign":
            await _assign(context, query, message, button)
        case "approve":
            await _approve(context, query, message, button)
        case "undo":
            await _undo(context, query, message, button)
        case "ignore":
            await _dismiss(context, query, message, button, "ignored")
        case "later":
            await _dismiss(context, query, message, button, "later")


async def _assign(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide) -> None:
    """Put a phrasing under an entry, where it waits for approval."""
    exchange = await find_exchange(context, button.exchange)
    entry = find_entry(context.assistant.knowledge, button.entry)
    if exchange is None or entry is None:
        await answer_callback(query, context.texts(button.language, "gaps.gone"))
        return
    phrasing_hash = _hash_phrasing(context, context.assistant.normalised(exchange.question))
    phrasing = PhrasingDecision(exchange.id, phrasing_hash, exchange.question, entry.key, "pending", time.time())
    await phrasing_decisions.save(context.services.database, [phrasing])
    await answer_callback(query)
    await _show_item(context, message, button.language, exchange.id)


async def _approve(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide) -> None:
    """Have a pending phrasing searched, or say why it can't be."""
    phrasing = await _find_decision(context, button)
    entry = context.assistant.knowledge.by_key.get(phrasing.entry or "") if phrasing is not None else None
    if phrasing is None or entry is None or phrasing.state != "pending":
        await answer_callback(query, context.texts(button.language, "gaps.gone"))
        return
    await answer_callback(query)
    refusal = await approve(context, phrasing)
    if refusal is None:
        await _show(context, message, GapPages(context.texts, button.language).live(phrasing, entry))
        return
    reason = context.texts(button.language, refusal.key, **refusal.values)
    await send(context.bot, reply_target(message), [escape(reason)])


async def _undo(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide) -> None:
    """Delete a decision, so that the question is offered again."""
    phrasing = await _find_decision(context, button)
    if phrasing is None or phrasing.state == "exported":
        await answer_callback(query, context.texts(button.language, "gaps.in_files" if phrasing else "gaps.gone"))
        return
    await phrasing_decisions.delete_decision(context.services.database, phrasing.id)
    if phrasing.state == "approved":
        await apply_approved(context.services)
    await answer_callback(query, context.texts(button.language, "gaps.undone"))
    await _show_item(context, message, button.language, phrasing.id)


async def _dismiss(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Decide, state: DecisionState
) -> None:
    """Take a question with all its phrasings out of the queue, for a week ("later") or for ever ("ignored")."""
    exchange, items = decode_exchange_id(button.exchange), await _review_items(context)
    position = _position(items, exchange)
    if position is None:
        await answer_callback(query, context.texts(button.language, "gaps.gone"))
        return
    now = time.time()
    dismissed = [
        PhrasingDecision(number, phrasing, "", None, state, now) for number, phrasing in _phrasings(items[position])
    ]
    await phrasing_decisions.save(context.services.database, dismissed)
    await answer_callback(
        query, context.texts(button.language, "gaps.ignored" if state == "ignored" else "gaps.put_off")
    )
    await _show(context, message, await _page(context, button.language, position))


def _phrasings(item: ReviewItem) -> Sequence[tuple[int, int]]:
    """Return the exchange id and the hash of each phrasing of an item."""
    if isinstance(item, Gap):
        return [(phrasing.exchange, phrasing.phrasing) for phrasing in item.phrasings]
    return [(item.id, item.phrasing_hash)]


def _position(items: Sequence[ReviewItem], exchange: int | None) -> int | None:
    """Return the index of the item that shows an exchange; None where none does."""
    ids = [item.head.exchange if isinstance(item, Gap) else item.id for item in items]
    return ids.index(exchange) if exchange in ids else None


async def _page(context: Context, language: Language, number: int) -> Page:
    """Return the page of a number, past the end the last one."""
    return await _page_of(context, language, await _review_items(context), number)


async def _show_item(context: Context, message: MaybeInaccessibleMessage, language: Language, exchange: int) -> None:
    """Show the page of an exchange in place, or the first page where it has none."""
    items = await _review_items(context)
    await _show(context, message, await _page_of(context, language, items, _position(items, exchange) or 0))


async def _page_of(context: Context, language: Language, items: Sequence[ReviewItem], number: int) -> Page:
    if not items:
        return Page((escape(context.texts(language, "gaps.none")),))
    page, pages = list_page(items, number, per_page=1), GapPages(context.texts, language)
    (item,) = page.items
    if isinstance(item, Gap):
        return pages.gap(page, item, await asyncio.to_thread(candidate_entries, item, context.assistant))
    return pages.pending(page, item, context.assistant.knowledge.by_key[item.entry or ""])


async def _review_items(context: Context) -> Sequence[ReviewItem]:
    """Return everything that waits for an admin: phrasings to approve, then gaps to decide about."""
    database = context.services.database
    misses, decided = await gaps.misses(database), await phrasing_decisions.decided_phrasings(database, time.time())
    pending = await phrasing_decisions.in_states(database, "pending")
    by_key = context.assistant.knowledge.by_key
    queue = await asyncio.to_thread(
        build_queue, misses, decided, context.assistant, lambda text: _hash_phrasing(context, text)
    )
    return [*(decision for decision in pending if decision.entry in by_key), *queue]


async def _find_decision(context: Context, button: Decide) -> PhrasingDecision | None:
    exchange = decode_exchange_id(button.exchange)
    return await phrasing_decisions.find(context.services.database, exchange) if exchange is not None else None


async def _show(context: Context, message: MaybeInaccessibleMessage, page: Page) -> None:
    await edit(context.bot, message, page.paragraphs, page.keyboard)


def _hash_phrasing(context: Context, normalised: str) -> int:
    return context.services.pseudonyms.of_text("wording", normalised)


CALLBACKS: Mapping[type[Button], CallbackHandler[Any]] = {Gaps: turn_page, Decide: apply_decision}
"""The buttons handled here, each with its handler."""
