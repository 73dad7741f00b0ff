"""/lang: everybody chooses the language of their answers, in private; a group's admins choose it in /settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.knowledge.model import Language
from bot.telegram.access import Incoming, interface_language, writer_language
from bot.telegram.client import answer_callback, edit, send
from bot.telegram.context import Context
from bot.telegram.ui.callback_data import NONE, Button, CallbackHandler, OptionalLanguage
from bot.telegram.ui.keyboards import button
from bot.text import Texts

NAMES: tuple[tuple[Language, str], ...] = (("zh", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English"))
"""Each language in its own words, which need no translation."""
TYPED: dict[str, Language | None] = {name.lower(): name for name, _ in NAMES} | {"auto": None}
"""What people type to choose one; None for that of the question."""


@dataclass(frozen=True, slots=True)
class Speak(Button):
    """Fix the language of the answers for whoever taps."""

    code = "l"
    wanted: OptionalLanguage
    """None for that of the question."""


async def choose(incoming: Incoming, context: Context) -> None:
    """Offer the languages, or take the one that is named."""
    message, place, language = incoming.message, incoming.destination, incoming.language
    known = context.services.preferences
    if message.chat.type != ChatType.PRIVATE:
        await send(context.bot, place, [escape(context.texts(language, "lang.in_groups"))])
        return
    who = context.services.pseudonyms.person(message.chat.id)
    wanted = context.args[0].lower() if context.args else ""
    if wanted in TYPED:
        await known.save_language(who, TYPED[wanted])
        language = TYPED[wanted] or writer_language(message)
    chosen = await known.language_of(who)
    await send(context.bot, place, [_told(chosen, language, context.texts)], keyboard(chosen, language, context.texts))


async def tapped(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Speak) -> None:
    """Keep the language that is tapped, and show the choice in it."""
    who = context.services.pseudonyms.person(query.from_user.id)
    await context.services.preferences.save_language(who, button.wanted)
    language = button.wanted or interface_language(query.from_user.language_code)
    told = _told(button.wanted, language, context.texts)
    await answer_callback(query)
    await edit(context.bot, message, [told], keyboard(button.wanted, language, context.texts))


def keyboard(chosen: Language | None, language: Language, texts: Texts) -> InlineKeyboardMarkup:
    """Return the languages to choose from, the chosen one marked."""
    keys = [button(label, Speak(language, wanted)) for wanted, label in choices(chosen, language, texts)]
    return InlineKeyboardMarkup(rows_of_choices(keys))


def choices(chosen: Language | None, language: Language, texts: Texts) -> Iterator[tuple[Language | None, str]]:
    """Yield each language, and None for that of the question, with its label."""
    for wanted, name in NAMES:
        yield wanted, marked(name, chosen == wanted)
    yield None, marked(texts(language, "lang.follow"), chosen is None)


def rows_of_choices(keys: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Lay out the languages, and what follows the question in a row of its own."""
    return [keys[: len(NAMES)], keys[len(NAMES) :]]


def marked(label: str, is_chosen: bool) -> str:  # noqa: FBT001  # the mark is all it is about
    """Return a label, with a tick where it is what was chosen."""
    return f"✓ {label}" if is_chosen else label


def value_of(language: Language | None) -> str:
    """Return what a button carries for a language."""
    return language or NONE


def _told(chosen: Language | None, language: Language, texts: Texts) -> str:
    if chosen is None:
        return escape(texts(language, "lang.follows"))
    return escape(texts(language, "lang.fixed", language=dict(NAMES)[chosen]))


CALLBACKS: Mapping[type[Button], CallbackHandler] = {Speak: tapped}
"""The button answered here, with its handler."""
