"""Whether a message is addressed to the bot, and what it asks; pure functions over the library's objects."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.telegram.answering.mentions import LeadingCommand, find_mentions, leading_command, remove_ranges

ASK = "ask"
"""The command that asks a question."""


@dataclass(frozen=True, slots=True)
class AddressedQuestion:
    """A question that is addressed to the bot."""

    text: str
    """The question without the mention or the command; may be empty."""
    message_id: int
    """The message that holds the question and gets the reply."""


def addressed_question(message: Message, me: User) -> AddressedQuestion | None:
    """Return what `message` asks the bot, or None where it isn't addressed to it."""
    if not is_from_person(message) or (message.via_bot is not None and message.via_bot.id == me.id):
        return None
    command, mentioned = leading_command(_text(message), _entities(message)), _mentions_of_bot(message, me)
    asks = command is not None and _is_ask(command, me)
    if (command is not None and not asks) or not (asks or mentioned or _needs_no_mention(message, me)):
        return None
    if message.is_automatic_forward and not mentioned:
        return None  # a post of the linked channel, by which nobody in the group asks anything
    if text := _text_without_address(message, me):
        return AddressedQuestion(text, message.message_id)
    if asks or mentioned:
        return _question_replied_to(message, me) or AddressedQuestion("", message.message_id)
    wordless = message.chat.type == ChatType.PRIVATE and message.effective_attachment is not None
    return AddressedQuestion("", message.message_id) if wordless else None


def is_from_person(message: Message) -> bool:
    """Return whether a person wrote it, or a chat in whose name a person writes; other bots aren't answered."""
    return message.sender_chat is not None or (message.from_user is not None and not message.from_user.is_bot)


def _text(message: Message) -> str:
    return message.text or message.caption or ""


def _entities(message: Message) -> tuple[MessageEntity, ...]:
    return message.entities if message.text else message.caption_entities


def _is_ask(command: LeadingCommand, me: User) -> bool:
    return command.name == ASK and command.bot in {"", (me.username or "").lower()}


def _mentions_of_bot(message: Message, me: User) -> set[tuple[int, int]]:
    """Return where the message mentions the bot: offsets and lengths in UTF-16 units."""
    text, entities = _text(message), _entities(message)
    marked = {
        (entity.offset, entity.length)
        for entity in entities
        if entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == me.id
    }
    return marked | set(find_mentions(text, entities, me.username or ""))


def _needs_no_mention(message: Message, me: User) -> bool:
    """Return whether it is addressed to the bot without a mention or a command: in private, or by a reply to it."""
    return message.chat.type == ChatType.PRIVATE or _replies_to_bot(message, me)


def _replies_to_bot(message: Message, me: User) -> bool:
    """Return whether it replies to a message of the bot; in a topic everything "replies" to its first message."""
    replied_to = message.reply_to_message
    if replied_to is None or replied_to.from_user is None or replied_to.forum_topic_created is not None:
        return False
    return replied_to.from_user.id == me.id


def _question_replied_to(message: Message, me: User) -> AddressedQuestion | None:
    """Return the question in the quoted part, or else in the whole, of the message that is replied to."""
    replied_to = message.reply_to_message
    if replied_to is not None and replied_to.forum_topic_created is not None:
        return None
    quoted = _quoted(message)
    if replied_to is None or _replies_to_bot(message, me):
        return AddressedQuestion(quoted, message.message_id) if quoted else None
    text = quoted or _text_without_address(replied_to, me) or _quoted(replied_to)
    return AddressedQuestion(text, replied_to.message_id) if text else None


def _quoted(message: Message) -> str:
    return message.quote.text.strip() if message.quote is not None else ""


def _text_without_address(message: Message, me: User) -> str:
    """Return what a message says apart from mentions of the bot and the command that asks."""
    command, marks = leading_command(_text(message), _entities(message)), _mentions_of_bot(message, me)
    if command is not None and _is_ask(command, me):
        marks |= {(0, command.length)}
    return remove_ranges(_text(message), marks)
