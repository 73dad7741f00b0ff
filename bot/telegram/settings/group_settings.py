"""/settings: what the admins of a group set for it, by buttons or in words behind the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MaybeInaccessibleMessage,
    Message,
)
from telegram.constants import ChatType

from bot.answers.html import escape
from bot.knowledge.model import Language
from bot.storage.preferences import GENERAL, ChatSettings
from bot.telegram.access import Incoming, writes_as_group
from bot.telegram.client import answer_callback, edit, send, topic_of
from bot.telegram.context import Context
from bot.telegram.settings.personal_language import NAMES, TYPED, choices, marked, rows_of_choices, value_of
from bot.telegram.ui.callback_data import NONE, Button, CallbackHandler, FieldFormat, one_of
from bot.telegram.ui.keyboards import button
from bot.text import Texts

ON = "1"
_LANGUAGES: dict[str, Language] = {name: name for name, _ in NAMES}


@dataclass(frozen=True, slots=True)
class Setting(Button):
    """Change what is set for a group."""

    code = "o"
    name: Annotated[Literal["language", "quiet", "topic"], one_of({"language": "l", "quiet": "q", "topic": "t"})]
    """What is changed."""
    value: Annotated[str, FieldFormat("[A-Za-z0-9-]{1,19}")]
    """A language, a forum topic, "1", or "-" for none."""


async def show(incoming: Incoming, context: Context) -> None:
    """Show what is set, to the group's admins, after changing what the words behind the command say."""
    message, place, language, texts = incoming.message, incoming.destination, incoming.language, context.texts
    if message.chat.type == ChatType.PRIVATE:
        await send(context.bot, place, [escape(texts(language, "settings.in_private"))])
    elif not await _may_see(context, message):
        await send(context.bot, place, [escape(texts(language, "settings.refused"))])
    else:
        await _show(context, incoming)


async def _show(context: Context, incoming: Incoming) -> None:
    message, language = incoming.message, incoming.language
    chosen, group, topic = (
        context.services.preferences,
        context.services.pseudonyms.chat(message.chat.id),
        _topic_of(message),
    )
    now = await chosen.settings_of(group)
    wanted = typed(context.args or (), language, topic)
    if wanted is not None and (after := changed(now, wanted)) is not None:
        await chosen.save_settings(group, after)
        now, language = after, after.language or language
    panel = Panel(now, language, context.texts, topic)
    told = panel.paragraphs()
    if writes_as_group(message):  # whose taps may not be theirs to be seen
        told.append(escape(context.texts(language, "settings.typed")))
    await send(context.bot, incoming.destination, told, panel.keyboard())


def typed(words: Sequence[str], language: Language, topic: int | None) -> Setting | None:
    """Return the button that words stand for; None where they stand for none."""
    match [word.lower() for word in words]:
        case [name] if name in TYPED:
            return Setting(language, "language", value_of(TYPED[name]))
        case ["quiet"] | ["quiet", "on"]:
            return Setting(language, "quiet", ON)
        case ["quiet", "off"]:
            return Setting(language, "quiet", NONE)
        case ["here"] if topic is not None:
            return Setting(language, "topic", str(topic))
        case ["everywhere"]:
            return Setting(language, "topic", NONE)
    return None


async def tapped(context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Setting) -> None:
    """Change what a button says, for an admin of the group."""
    if not await context.services.group_admins.include(context.bot, message.chat.id, query.from_user.id):
        opened = message.reply_to_message if isinstance(message, Message) else None
        unseen = opened is not None and writes_as_group(opened)
        await answer_callback(
            query, context.texts(button.language, "group.unseen_admin" if unseen else "settings.refused")
        )
        return
    chosen, group = context.services.preferences, context.services.pseudonyms.chat(message.chat.id)
    before = await chosen.settings_of(group)
    now = changed(before, button)
    if now is None:
        await answer_callback(query, context.texts(button.language, "telegram.unknown_button"))
        return
    await chosen.save_settings(group, now)
    await answer_callback(query)
    language = now.language or button.language
    panel = Panel(now, language, context.texts, _topic_of(message))
    await edit(context.bot, message, panel.paragraphs(), panel.keyboard())


def changed(settings: ChatSettings, button: Setting) -> ChatSettings | None:
    """Return the settings as a button wants them; None where it makes no sense."""
    match button.name, button.value:
        case "language", value if value == NONE or value in _LANGUAGES:
            return replace(settings, language=_LANGUAGES.get(value))
        case "quiet", value if value in {ON, NONE}:
            return replace(settings, quiet=value == ON)
        case "topic", value if value == NONE or value.isdecimal():
            return replace(settings, topic=None if value == NONE else int(value))
    return None


class Panel:
    """What /settings shows; pure."""

    def __init__(self, settings: ChatSettings, language: Language, texts: Texts, topic: int | None) -> None:
        """`topic` is the forum topic in which it is shown; None outside of forums."""
        self._settings = settings
        self._language = language
        self._texts = texts
        self._topic = topic

    def paragraphs(self) -> list[str]:
        """Return the text above the buttons: what holds now."""
        title = f"<b>{escape(self._say('settings.title'))}</b>"
        return [title, "\n".join(escape(line) for line in self._lines()), escape(self._say("settings.hint"))]

    def keyboard(self) -> InlineKeyboardMarkup:
        """Return the buttons: each says what it leads to."""
        settings = self._settings
        languages = [
            self._button(label, "language", value_of(wanted))
            for wanted, label in choices(settings.language, self._language, self._texts)
        ]
        quiet = self._button(
            marked(self._say("settings.quiet_button"), settings.quiet), "quiet", NONE if settings.quiet else ON
        )
        rows = [*rows_of_choices(languages), [quiet]]
        if settings.topic is not None:
            rows.append([self._button(self._say("settings.everywhere_button"), "topic", NONE)])
        elif self._topic is not None:
            rows.append([self._button(self._say("settings.only_here_button"), "topic", str(self._topic))])
        return InlineKeyboardMarkup(rows)

    def _lines(self) -> Iterator[str]:
        settings = self._settings
        chosen = dict(NAMES)[settings.language] if settings.language else self._say("lang.follow")
        yield self._texts(self._language, "settings.language", language=chosen)
        yield self._say("settings.quiet_on" if settings.quiet else "settings.quiet_off")
        if settings.topic is not None:
            yield self._say("settings.here" if settings.topic == self._topic else "settings.elsewhere")
        elif self._topic is not None:
            yield self._say("settings.everywhere")

    def _button(self, label: str, name: Literal["language", "quiet", "topic"], value: str) -> InlineKeyboardButton:
        return button(label, Setting(self._language, name, value))

    def _say(self, key: str) -> str:
        return self._texts(self._language, key)


async def _may_see(context: Context, message: Message) -> bool:
    """Tell whether an admin of the group wrote a message, under a name or in the group's."""
    if writes_as_group(message):
        return True
    writer = message.from_user if message.sender_chat is None else None
    return writer is not None and await context.services.group_admins.include(context.bot, message.chat.id, writer.id)


def _topic_of(message: MaybeInaccessibleMessage) -> int | None:
    """Return the forum topic of a message, `GENERAL` for the one without an id; None outside of forums."""
    if not message.chat.is_forum:
        return None
    return topic_of(message) or GENERAL


CALLBACKS: Mapping[type[Button], CallbackHandler] = {Setting: tapped}
"""The button answered here, with its handler."""
