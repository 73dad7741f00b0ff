"""/settings: the admins of a group change its settings, by buttons or by words after the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeAlias

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
from bot.telegram.context import CallbackHandler, Context
from bot.telegram.settings.personal_language import (
    LANGUAGE_NAMES,
    LANGUAGE_WORDS,
    language_choices,
    language_rows,
    ticked,
)
from bot.telegram.ui import NONE, Button, FieldFormat, make_button, one_of
from bot.text import Texts

ON = "1"
"""Value of a button that switches something on; `NONE` switches it off."""
SettingName: TypeAlias = Literal["language", "quiet", "topic"]
_LANGUAGES: dict[str, Language] = {language: language for language, _ in LANGUAGE_NAMES}


@dataclass(frozen=True, slots=True)
class Setting(Button):
    """Change one setting of a group."""

    code = "o"
    name: Annotated[SettingName, one_of({"language": "l", "quiet": "q", "topic": "t"})]
    """Which setting."""
    value: Annotated[str, FieldFormat("[A-Za-z0-9-]{1,19}")]
    """A language, the id of a forum topic, `ON`, or `NONE`."""


async def show_settings(incoming: Incoming, context: Context) -> None:
    """Show a group's settings to its admins, after the change that the words after the command ask for, if any."""
    message, destination, language = incoming.message, incoming.destination, incoming.language
    if message.chat.type == ChatType.PRIVATE:
        await send(context.bot, destination, [escape(context.texts(language, "settings.in_private"))])
    elif not await _is_by_group_admin(context, message):
        await send(context.bot, destination, [escape(context.texts(language, "settings.refused"))])
    else:
        await _change_and_show(context, incoming)


async def _change_and_show(context: Context, incoming: Incoming) -> None:
    message, language, preferences = incoming.message, incoming.language, context.services.preferences
    group, topic = context.services.pseudonyms.chat(message.chat.id), _forum_topic(message)
    settings = await preferences.settings_of(group)
    wanted = parse_words(context.args or (), language, topic)
    if wanted is not None and (changed := with_change(settings, wanted)) is not None:
        await preferences.save_settings(group, changed)
        settings, language = changed, changed.language or language
    panel = SettingsPanel(settings, language, context.texts, topic)
    paragraphs = panel.paragraphs()
    if writes_as_group(message):  # taps of an anonymous admin arrive under the admin's own, unknown name
        paragraphs.append(escape(context.texts(language, "settings.typed")))
    await send(context.bot, incoming.destination, paragraphs, panel.keyboard())


def parse_words(words: Sequence[str], language: Language, topic: int | None) -> Setting | None:
    """Return the button that means the same as the words after the command; None where no button does.

    `topic` is the forum topic in which they were typed; None outside of forums.
    """
    match [word.lower() for word in words]:
        case [name] if name in LANGUAGE_WORDS:
            return Setting(language, "language", LANGUAGE_WORDS[name] or NONE)
        case ["quiet"] | ["quiet", "on"]:
            return Setting(language, "quiet", ON)
        case ["quiet", "off"]:
            return Setting(language, "quiet", NONE)
        case ["here"] if topic is not None:
            return Setting(language, "topic", str(topic))
        case ["everywhere"]:
            return Setting(language, "topic", NONE)
    return None


async def change_setting(
    context: Context, query: CallbackQuery, message: MaybeInaccessibleMessage, button: Setting
) -> None:
    """Change what a button says, for an admin of the group, and show the settings in place."""
    if not await context.services.group_admins.include(context.bot, message.chat.id, query.from_user.id):
        command = message.reply_to_message if isinstance(message, Message) else None
        unseen = command is not None and writes_as_group(command)
        await answer_callback(
            query, context.texts(button.language, "group.unseen_admin" if unseen else "settings.refused")
        )
        return
    preferences, group = context.services.preferences, context.services.pseudonyms.chat(message.chat.id)
    changed = with_change(await preferences.settings_of(group), button)
    if changed is None:
        await answer_callback(query, context.texts(button.language, "telegram.unknown_button"))
        return
    await preferences.save_settings(group, changed)
    await answer_callback(query)
    panel = SettingsPanel(changed, changed.language or button.language, context.texts, _forum_topic(message))
    await edit(context.bot, message, panel.paragraphs(), panel.keyboard())


def with_change(settings: ChatSettings, button: Setting) -> ChatSettings | None:
    """Return the settings with the change of a button; None where its value isn't one of that setting."""
    match button.name, button.value:
        case "language", value if value == NONE or value in _LANGUAGES:
            return replace(settings, language=_LANGUAGES.get(value))
        case "quiet", value if value in {ON, NONE}:
            return replace(settings, quiet=value == ON)
        case "topic", value if value == NONE or value.isdecimal():
            return replace(settings, topic=None if value == NONE else int(value))
    return None


class SettingsPanel:
    """Lays out what /settings shows; pure."""

    def __init__(self, settings: ChatSettings, language: Language, texts: Texts, topic: int | None) -> None:
        """`topic` is the forum topic in which it is shown; None outside of forums."""
        self._settings = settings
        self._language = language
        self._texts = texts
        self._topic = topic

    def paragraphs(self) -> list[str]:
        """Return the text above the buttons: the settings as they are."""
        title = f"<b>{escape(self._text('settings.title'))}</b>"
        return [title, "\n".join(escape(line) for line in self._lines()), escape(self._text("settings.hint"))]

    def keyboard(self) -> InlineKeyboardMarkup:
        """Return the buttons, each labelled with what it changes."""
        settings = self._settings
        languages = [
            self._button(label, "language", wanted or NONE)
            for wanted, label in language_choices(settings.language, self._language, self._texts)
        ]
        quiet = self._button(
            ticked(self._text("settings.quiet_button"), settings.quiet), "quiet", NONE if settings.quiet else ON
        )
        rows = [*language_rows(languages), [quiet]]
        if settings.topic is not None:
            rows.append([self._button(self._text("settings.everywhere_button"), "topic", NONE)])
        elif self._topic is not None:
            rows.append([self._button(self._text("settings.only_here_button"), "topic", str(self._topic))])
        return InlineKeyboardMarkup(rows)

    def _lines(self) -> Iterator[str]:
        settings = self._settings
        name = dict(LANGUAGE_NAMES)[settings.language] if settings.language else self._text("lang.follow")
        yield self._texts(self._language, "settings.language", language=name)
        yield self._text("settings.quiet_on" if settings.quiet else "settings.quiet_off")
        if settings.topic is not None:
            yield self._text("settings.here" if settings.topic == self._topic else "settings.elsewhere")
        elif self._topic is not None:
            yield self._text("settings.everywhere")

    def _button(self, label: str, name: SettingName, value: str) -> InlineKeyboardButton:
        return make_button(label, Setting(self._language, name, value))

    def _text(self, key: str) -> str:
        return self._texts(self._language, key)


async def _is_by_group_admin(context: Context, message: Message) -> bool:
    """Return whether an admin of the group wrote a message, under their own name or anonymously in the group's."""
    if writes_as_group(message):
        return True
    writer = message.from_user if message.sender_chat is None else None
    return writer is not None and await context.services.group_admins.include(context.bot, message.chat.id, writer.id)


def _forum_topic(message: MaybeInaccessibleMessage) -> int | None:
    """Return the forum topic of a message, `GENERAL` for the one without an id; None outside of forums."""
    if not message.chat.is_forum:
        return None
    return topic_of(message) or GENERAL


CALLBACKS: Mapping[type[Button], CallbackHandler[Any]] = {Setting: change_setting}
"""The button handled here, with its handler."""
