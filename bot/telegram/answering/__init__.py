"""From a message to its answer: whether the bot is addressed, what is asked, in the context of which message.

Also what follows an answer: its buttons, edits of the question, votes; and answers for other chats (inline mode).
"""

from bot.telegram.answering.addressed import addressed_question, is_from_person
from bot.telegram.answering.answer_keyboards import question_keyboard
from bot.telegram.answering.conversation_state import conversation_of
from bot.telegram.answering.deliver import deliver_entry
from bot.telegram.answering.exchange_log import find_exchange

__all__ = [
    "addressed_question",
    "conversation_of",
    "deliver_entry",
    "find_exchange",
    "is_from_person",
    "question_keyboard",
]
