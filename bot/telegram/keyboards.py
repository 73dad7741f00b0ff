"""The buttons below messages; pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answers.html import shown
from bot.answers.reply import Reply
from bot.knowledge.model import Entry, Knowledge, Language
from bot.telegram.buttons import Answer, Button, data
from bot.telegram.refs import ref

LABEL = 60
"""Characters of a label; phones show fewer, and nobody reads more."""
RELATED = 3
"""Related questions below an answer."""


def label(text: str) -> str:
    """Cut a button's text to a sensible length."""
    line = " ".join(text.split())
    return line if len(line) <= LABEL else f"{line[: LABEL - 1].rstrip()}…"


def button(text: str, does: Button) -> InlineKeyboardButton:
    """Make one button."""
    return InlineKeyboardButton(label(text), callback_data=data(does))


def below(reply: Reply, knowledge: Knowledge) -> InlineKeyboardMarkup | None:
    """Return the buttons of a reply: related questions below answers, else one a suggestion; None for none."""
    if reply.answers:
        return questions(onward([scored.entry for scored in reply.answers], knowledge), reply.language)
    return column(
        button(f"{number}. {shown(scored.entry.question, reply.language)}", _asks(scored.entry, reply.language))
        for number, scored in enumerate(reply.suggestions, 1)
    )


def questions(entries: Iterable[Entry], language: Language) -> InlineKeyboardMarkup | None:
    """Return a button a question, which answers it in a new message; None where there is none."""
    return column(button(shown(entry.question, language), _asks(entry, language)) for entry in entries)


def onward(entries: Sequence[Entry], knowledge: Knowledge) -> tuple[Entry, ...]:
    """Choose up to three entries related to those shown, none of them shown already."""
    done = {entry.key for entry in entries}
    # The knowledge may have been swapped since `entries` were chosen: a related entry can be gone.
    named = (knowledge.entry(entry.interview, other) for entry in entries for other in entry.related)
    return tuple({other.key: other for other in named if other is not None and other.key not in done}.values())[
        :RELATED
    ]


def column(keys: Iterable[InlineKeyboardButton]) -> InlineKeyboardMarkup | None:
    """Put buttons below each other; None where there is none, for Telegram takes no empty keyboard."""
    rows = [[key] for key in keys]
    return InlineKeyboardMarkup(rows) if rows else None


def _asks(entry: Entry, language: Language) -> Answer:
    return Answer(language, ref(entry.interview, entry.id))
