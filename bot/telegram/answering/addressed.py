"""Whether a message is meant for the bot, and what it asks; pure functions over the library's objects."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.telegram.answering.mentions import Command, command, mentions, without

ASK = "ask"
"""The command that asks a question."""


@dataclass(frozen=True, slots=True)
class AddressedQuestion:
    """A question put to the bot."""

    text: str
    """The question without the mention or the command; may be empty."""
    message_id: int
    """The message that holds the question and gets the reply."""


def question(message: Message, me: User) -> AddressedQuestion | None:
    """Return what `message` asks the bot, or None where it isn't meant for it."""
    if not from_somebody(message) or (message.via_bot is not None and message.via_bot.id == me.id):
        return None
    begins_with, named = command(_text(message), _entities(message)), _named(message, me)
    asks = begins_with is not None and _is_ask(begins_with, me)
    if (begins_with is not None and not asks) or not (asks or named or _may_go_without(message, me)):
        return None
    if message.is_automatic_forward and not named:
        return None  # a channel's post, with which nobody in the group asks anything
    if text := _words(message, me):
        return AddressedQuestion(text, message.message_id)
    if asks or named:
        return _in_reply(message, me) or AddressedQuestion("", message.message_id)
    wordless = message.chat.type == ChatType.PRIVATE and message.effective_attachment is not None
    return AddressedQuestion("", message.message_id) if wordless else None


def from_somebody(message: Message) -> bool:
    """Tell whether a person wrote it, or a chat in whose name a person writes; other bots aren't answered."""
    return message.sender_chat is not None or (message.from_user is not None and not message.from_user.is_bot)


def _text(message: Message) -> str:
    return message.text or message.caption or ""


def _entities(message: Message) -> tuple[MessageEntity, ...]:
    return message.entities if message.text else message.caption_entities


def _is_ask(begins_with: Command, me: User) -> bool:
    return begins_with.name == ASK and begins_with.bot in {"", (me.username or "").lower()}


def _named(message: Message, me: User) -> set[tuple[int, int]]:
    """Return where the message names the bot: offset and length in UTF-16 units."""
    text, entities = _text(message), _entities(message)
    marked = {
        (entity.offset, entity.length)
        for entity in entities
        if entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == me.id
    }
    return marked | set(mentions(text, entities, me.username or ""))


def _may_go_without(message: Message, me: User) -> bool:
    """Tell whether it is for the bot although it neither names it nor asks by command."""
    return message.chat.type == ChatType.PRIVATE or _answers_us(message, me)


def _answers_us(message: Message, me: User) -> bool:
    """Tell whether it replies to one of our messages; in a topic everything "replies" to the topic's first one."""
    before = message.reply_to_message
    if before is None or before.from_user is None or before.forum_topic_created is not None:
        return False
    return before.from_user.id == me.id


def _in_reply(message: Message, me: User) -> AddressedQuestion | None:
    """Take what is quoted as the question, or else somebody's message that is replied to."""
    before = message.reply_to_message
    if before is not None and before.forum_topic_created is not None:
        return None
    quoted = message.quote.text.strip() if message.quote is not None else ""
    if before is None or _answers_us(message, me):
        return AddressedQuestion(quoted, message.message_id) if quoted else None
    text = quoted or _words(before, me) or (before.quote.text.strip() if before.quote is not None else "")
    return AddressedQuestion(text, before.message_id) if text else None


def _words(message: Message, me: User) -> str:
    """Return what a message says besides naming the bot."""
    begins_with, marks = command(_text(message), _entities(message)), _named(message, me)
    if begins_with is not None and _is_ask(begins_with, me):
        marks |= {(0, begins_with.length)}
    return without(_text(message), marks)
