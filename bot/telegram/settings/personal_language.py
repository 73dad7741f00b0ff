"""/lang: people choose the language of their own answers, in private; for a group its admins do, by /settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.knowledge.model import Language
from bot.telegram.access import Incoming, interface_language, writer_language
from bot.telegram.client import answer_callback, edit, send
from bot.telegram.context import CallbackHandler, Context
from bot.telegram.ui import Button, OptionalLanguage, Page, make_button
from bot.text import Texts

LANGUAGE_NAMES: tuple[tuple[Language, str], ...] = (("zh", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English"))
"""Each language with its own name for itself, which needs no translation."""
LANGUAGE_WORDS: dict[str, Language | None] = {language.lower(): language for language, _ in LANGUAGE_NAMES} | {
    "auto": None
}
"""What people type after a command to choose a language; None for the language of the question."""


@dataclass(frozen=True, slots=True)
class ChooseLanguage(Button):
    """Fix the language of the answers for whoever taps."""

    code = "l"
    wanted: OptionalLanguage
    """The language; None for the language of the question."""


async def choose_language(incoming: Incoming, context: Context) -> None:
    """Offer the languages, after saving the one that is named after the command, if any."""
    message, destination, language = incoming.message, incoming.destination, incoming.language
    if message.chat.type != ChatType.PRIVATE:
        await send(context.bot, destination, [escape(context.texts(language, "lang.in_groups"))])
        return
    preferences, person = context.services.preferences, context.services.pseudonyms.person(message.chat.id)
    word = context.args[0].lower() if context.args else ""
    if word in LANGUAGE_WORDS:
        await preferences.save_language(person, LANGUAGE_WORDS[word])
        language = LANGUAGE_WORDS[word] or writer_language(message)
    page = language_page(await preferences.language_of(person), language, context.texts)
    await send(context.bot, destination, page.paragraphs, page.keyboard)


async def save_language(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: ChooseLanguage
) -> None:
    """Save the language that was tapped, and show the choice in that language."""
    person = context.services.pseudonyms.person(query.from_user.id)
    await context.services.preferences.save_language(person, button.wanted)
    page = language_page(
        button.wanted, button.wanted or interface_language(query.from_user.language_code), context.texts
    )
    await answer_callback(query)
    await edit(context.bot, message, page.paragraphs, page.keyboard)


def language_page(chosen: Language | None, language: Language, texts: Texts) -> Page:
    """Return the page that shows the chosen language and offers the others; it is written in `language`."""
    if chosen is None:
        text = texts(language, "lang.follows")
    else:
        text = texts(language, "lang.fixed", language=dict(LANGUAGE_NAMES)[chosen])
    keys = [
        make_button(label, ChooseLanguage(language, wanted))
        for wanted, label in language_choices(chosen, language, texts)
    ]
    return Page((escape(text),), InlineKeyboardMarkup(language_rows(keys)))


def language_choices(
    chosen: Language | None, language: Language, texts: Texts
) -> Iterator[tuple[Language | None, str]]:
    """Yield each language with its label, then None, for the language of the question, with its label."""
    for wanted, name in LANGUAGE_NAMES:
        yield wanted, ticked(name, chosen == wanted)
    yield None, ticked(texts(language, "lang.follow"), chosen is None)


def language_rows(keys: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Lay out the buttons of `language_choices`: the languages side by side, the last choice in a row of its own."""
    return [keys[: len(LANGUAGE_NAMES)], keys[len(LANGUAGE_NAMES) :]]


def ticked(label: str, is_chosen: bool) -> str:  # noqa: FBT001  # the tick is all it is about
    """Return a label, with a tick where it is what was chosen."""
    return f"✓ {label}" if is_chosen else label


CALLBACKS: Mapping[type[Button], CallbackHandler[Any]] = {ChooseLanguage: save_language}
"""The button handled here, with its handler."""
